/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "propter/links.h"
#include "propter/rng.h"
#include "world.h"

enum { PUSH, HUB, LEVER, YIELD, ODD, METRICS, MONTHS = 180 };
static const char *const names[METRICS] = {"push", "hub", "lever", "yield", "odd"};

typedef double Months[METRICS][MONTHS];

/* push and hub move the lever a month later, lever and hub the yield one and two months later (2 and 2 for one); the odd one is observed for a year only. */
static void mill_turns(Months x, size_t t) {
  x[LEVER][t] = .4 * x[LEVER][t] + (t ? x[PUSH][t - 1] + x[HUB][t - 1] : 0);
  x[YIELD][t] = .4 * x[YIELD][t] + (t > 1 ? 2 * x[LEVER][t - 1] + 2 * x[HUB][t - 2] : 0);
}

/* The hub moves push and yield; push moves the lever (1.5), the lever the yield (2), each a month later. */
static void through_the_lever(Months x, size_t t) {
  x[PUSH][t] = .7 * x[PUSH][t] + (t ? x[HUB][t - 1] : 0);
  x[LEVER][t] = .5 * x[LEVER][t] + (t ? 1.5 * x[PUSH][t - 1] : 0);
  x[YIELD][t] = .5 * x[YIELD][t] + (t > 2 ? 2 * x[LEVER][t - 1] + 3 * x[HUB][t - 3] : 0);
}

static const char *make(void (*turn)(Months, size_t)) {
  PropterBuf text = {0};
  PropterRng rng;
  static Months x;
  propter_rng_seed(&rng, 14);
  for (size_t m = 0; m < METRICS; m++)
    propter_buf_printf(
        &text,
        "w:%s a p:Metric ; skos:prefLabel \"%s\" ; p:dataset w:mill ; p:measure w:m%zu ; p:timeDimension w:month ; p:grain \"P1M\"^^xsd:duration ; p:seasonallyAdjusted true .\n",
        names[m], names[m], m);
  for (size_t t = 0; t < MONTHS; t++) {
    for (size_t m = 0; m < METRICS; m++) x[m][t] = propter_rng_normal(&rng);
    turn(x, t);
    propter_buf_printf(&text, "w:mill-%zu a qb:Observation ; qb:dataSet w:mill ; w:month \"%zu-%02zu-01\"^^xsd:date", t, 2000 + t / 12, t % 12 + 1);
    for (size_t m = 0; m < METRICS; m++)
      if (m != ODD || t < 12) propter_buf_printf(&text, " ; w:m%zu %.4f", m, 100 + x[m][t]);
    propter_buf_printf(&text, " .\n");
  }
  ck_ok(propter_buf_status(&text, err));
  propter_buf_add(&text, (PropterStr){"", 1});
  const char *dir = world_make(text.data);
  propter_buf_clear(&text);
  return dir;
}

static const PropterStr mill[] = {PROPTER_STR(W "push"), PROPTER_STR(W "hub"), PROPTER_STR(W "lever"), PROPTER_STR("Yield"), PROPTER_STR(W "odd")};

static const PropterMetricLink *find(const PropterMetricLinks *x, const char *cause, const char *effect) {
  for (size_t i = 0; i < x->links; i++)
    if (propter_str_equal(x->link[i].cause_label, propter_str(cause)) && propter_str_equal(x->link[i].effect_label, propter_str(effect))) return &x->link[i];
  return NULL;
}

typedef struct {
  World w;
  PropterInferrer *inferrer;
  PropterArena arena;
} Open;

static Open open_with(void (*turn)(Months, size_t)) {
  Open o = {.w = world_open(make(turn))};
  PropterInferOptions options = world_options();
  ck_ok(propter_inferrer_new(o.w.snapshot, &options, &o.inferrer, err));
  return o;
}

static Open open_world(void) { return open_with(mill_turns); }

static void close_world(Open *o) {
  propter_arena_clear(&o->arena);
  propter_inferrer_free(o->inferrer);
  world_close(&o->w);
}

START_TEST(effects_are_identified_by_name) {
  Open o = open_world();
  PropterMetricLinks x;
  PropterLinkOptions options = {.among = mill, .amongs = METRICS};
  ck_ok(propter_links(o.inferrer, &options, &o.arena, &x, err));
  const PropterMetricLink *l = find(&x, "lever", "yield");
  ck_assert_uint_eq(x.metrics, 4);
  ck_assert_uint_eq(x.left_out, 1);
  ck_assert_ptr_nonnull(memmem(x.left_out_text[0].data, x.left_out_text[0].len, "half of the periods", 19));
  ck_assert(l && l->lag == 1 && l->directed && l->by == PROPTER_BACK_DOOR && l->stability > .9 && l->q < 1e-6);
  ck_assert_ptr_nonnull(memmem(l->adjustment.data, l->adjustment.len, "hub 1 month before", 18));
  ck_assert(l->low <= 2 && l->high >= 2 && l->high - l->low < .5);
  ck_assert(find(&x, "hub", "yield") && find(&x, "push", "lever") && !find(&x, "push", "yield") && !find(&x, "yield", "lever"));
  close_world(&o);
}
END_TEST

/* Nobody has measured the hub: the lever's effect shows in what the push does. */
START_TEST(an_instrument_stands_in_for_what_is_hidden) {
  Open o = open_world();
  PropterMetricLinks x;
  PropterLinkOptions options = {.metric = &mill[YIELD], .metrics = 1, .among = mill, .amongs = METRICS, .hidden = &mill[HUB], .hiddens = 1};
  ck_ok(propter_links(o.inferrer, &options, &o.arena, &x, err));
  const PropterMetricLink *l = find(&x, "lever", "yield");
  ck_assert(l && l->by == PROPTER_INSTRUMENT && l->low <= 2 && l->high >= 2 && l->refutations == 0);
  ck_assert_ptr_nonnull(memmem(l->adjustment.data, l->adjustment.len, "instrument push 1 month before", 30));
  ck_assert(!find(&x, "push", "lever")); /* not asked about */
  close_world(&o);
}
END_TEST

static PropterTotalEffect total(Open *o, const char *cause, const char *outcome, const PropterLinkOptions *options) {
  PropterTotalEffect x;
  ck_ok(propter_total_effect(o->inferrer, propter_str(cause), propter_str(outcome), options, &o->arena, &x, err));
  return x;
}

/* What comes through the lever: 1 × 2, two months later; the hub moves the yield through it and by itself: 1 × 2 + 2. */
START_TEST(effects_add_up_over_all_ways) {
  Open o = open_world();
  const PropterStr hub = mill[HUB];
  const PropterLinkOptions all = {.among = mill, .amongs = METRICS}, hidden = {.among = mill, .amongs = METRICS, .hidden = &hub, .hiddens = 1};
  PropterTotalEffect x = total(&o, "push", "yield", &all);
  ck_assert(x.identified && x.links == 2 && x.grain == PROPTER_GRAIN_MONTH && x.steps > 100);
  ck_assert(x.low <= 2 && 2 <= x.high && x.high - x.low < 1 && x.low < x.value && x.value < x.high);
  ck_assert_uint_ge(x.periods, 3);
  ck_assert_double_lt(fabs(x.after[0]) + fabs(x.after[1]), 1e-9);
  ck_assert_double_eq_tol(x.after[2], x.value, .3);
  x = total(&o, "hub", "yield", &all);
  ck_assert(x.identified && x.links == 3 && x.low <= 4 && 4 <= x.high && x.high - x.low < 1.5);
  x = total(&o, "push", "yield", &hidden); /* nobody sees what moves lever and yield alike */
  ck_assert(x.identified && x.low <= 2 && 2 <= x.high);
  x = total(&o, "yield", "push", &all);
  ck_assert(!x.identified && isnan(x.value) && memmem(x.reason.data, x.reason.len, "no link leads from yield to push", 31));
  x = total(&o, "odd", "yield", &all);
  ck_assert(!x.identified && propter_str_starts(x.reason, PROPTER_STR("odd: it has less than half of the periods")));
  PropterError named = {0};
  ck_assert_int_eq(propter_total_effect(o.inferrer, mill[PUSH], mill[PUSH], &all, &o.arena, &x, &named), PROPTER_INVALID);
  ck_assert_int_eq(propter_total_effect(o.inferrer, PROPTER_STR("pull"), mill[PUSH], &all, &o.arena, &x, &named), PROPTER_NOT_FOUND);
  close_world(&o);
}
END_TEST

/* Nobody measures what moves both ends; all that the one does to the other passes through the lever. */
START_TEST(a_front_door_needs_no_common_cause_measured) {
  Open o = open_with(through_the_lever);
  const PropterStr hub = mill[HUB];
  PropterTotalEffect x = total(&o, "push", "yield", &(PropterLinkOptions){.among = mill, .amongs = METRICS, .hidden = &hub, .hiddens = 1});
  ck_assert(x.identified && x.links == 2);
  ck_assert(x.low <= 3 && 3 <= x.high && x.low > 2 && x.high < 4);
  ck_assert_ptr_nonnull(memmem(x.link[1].adjustment.data, x.link[1].adjustment.len, "push 1 month before", 19));
  close_world(&o);
}
END_TEST

/* What moves lever and yield alike is not measured, nor is what moves the lever alone: the way is named that cannot be measured. */
START_TEST(a_way_that_cannot_be_measured_is_named) {
  Open o = open_world();
  const PropterStr unseen[] = {mill[HUB], mill[PUSH]};
  const PropterTotalEffect x = total(&o, "lever", "yield", &(PropterLinkOptions){.among = mill, .amongs = METRICS, .hidden = unseen, .hiddens = 2});
  ck_assert(!x.identified && isnan(x.value) && x.links == 1);
  ck_assert_ptr_nonnull(memmem(x.reason.data, x.reason.len, "of the link from lever to yield on the way: cannot be told from what is observed", 78));
  close_world(&o);
}
END_TEST

/* The hub, which nobody records, moves push a month and yield two months later; both remember. */
static void behind_both(Months x, size_t t) {
  x[PUSH][t] += t ? .6 * x[PUSH][t - 1] + 1.5 * x[HUB][t - 1] : 0;
  x[YIELD][t] += t > 1 ? .6 * x[YIELD][t - 1] + 1.5 * x[HUB][t - 2] : 0;
}

START_TEST(what_something_unseen_moves_has_no_effect) {
  Open o = open_with(behind_both);
  const PropterStr among[] = {mill[PUSH], mill[LEVER], mill[YIELD]};
  const PropterLinkOptions options = {.among = among, .amongs = 3, .as = PROPTER_LINKS_LEVELS};
  PropterMetricLinks x;
  ck_ok(propter_links(o.inferrer, &options, &o.arena, &x, err));
  const PropterMetricLink *l = find(&x, "push", "yield");
  ck_assert(l && l->lag == 1 && l->unseen == PROPTER_UNSEEN_SHOWN && isnan(l->value));
  ck_assert_ptr_nonnull(memmem(l->adjustment.data, l->adjustment.len, "something unseen moves both", 27));
  const PropterTotalEffect total_of = total(&o, "push", "yield", &options);
  ck_assert(!total_of.identified && memmem(total_of.reason.data, total_of.reason.len, "no link leads from push to yield", 32));
  ck_assert_ptr_nonnull(memmem(total_of.reason.data, total_of.reason.len, "something unseen moves push and yield", 37));
  ck_assert_ptr_nonnull(memmem(total_of.reason.data, total_of.reason.len, "would be needed", 15));
  ck_assert(total_of.links == 1 && total_of.link[0].unseen == PROPTER_UNSEEN_SHOWN && isnan(total_of.link[0].value));
  const PropterTotalEffect back = total(&o, "yield", "push", &options); /* the same thing stands between them */
  ck_assert(!back.identified && back.links == 1 && memmem(back.reason.data, back.reason.len, "something unseen moves push and yield", 37));
  const PropterTotalEffect apart = total(&o, "lever", "yield", &options);
  ck_assert(!apart.identified && !apart.links && memmem(apart.reason.data, apart.reason.len, "no proof that it does nothing", 29));
  close_world(&o);
}
END_TEST

START_TEST(shares_of_a_move_sum_to_it) {
  Open o = open_world();
  PropterExplained x;
  PropterLinkOptions options = {.among = mill, .amongs = METRICS};
  double sum = 0;
  ck_ok(propter_explain(o.inferrer, mill[YIELD], propter_day(2012, 5, 1), propter_day(2012, 6, 30), &options, &o.arena, &x, err));
  ck_assert_uint_eq(x.origins, 4);
  for (size_t i = 0; i < x.origins; i++) {
    sum += x.origin[i].share;
    ck_assert(x.origin[i].low <= x.origin[i].share && x.origin[i].share <= x.origin[i].high);
  }
  ck_assert_double_eq_tol(sum, x.explained, 1e-9);
  close_world(&o);
}
END_TEST

START_TEST(more_than_asked_for_is_a_limit) {
  Open o = open_world();
  PropterMetricLinks x;
  PropterError named = {0};
  ck_assert_int_eq(propter_links(o.inferrer, &(PropterLinkOptions){.among = mill, .amongs = METRICS, .most = 3}, &o.arena, &x, &named), PROPTER_LIMIT);
  ck_assert_ptr_nonnull(strstr(named.message, "4 metrics, at most 3"));
  close_world(&o);
}
END_TEST

static PropterStatus links_once(Open *o, PropterArena *arena, PropterError *err) {
  PropterMetricLinks x;
  return propter_links(o->inferrer, &(PropterLinkOptions){.among = &mill[HUB], .amongs = 3, .lags = 1, .resamples = 2}, arena, &x, err);
}

static PropterStatus explain_once(Open *o, PropterArena *arena, PropterError *err) {
  PropterExplained x;
  const PropterLinkOptions options = {.among = &mill[HUB], .amongs = 3, .lags = 1};
  return propter_explain(o->inferrer, mill[YIELD], propter_day(2012, 5, 1), propter_day(2012, 6, 30), &options, arena, &x, err);
}

static PropterStatus upstream_once(Open *o, PropterArena *arena, PropterError *err) {
  PropterUpstream *found;
  size_t count;
  return propter_upstream(o->inferrer, PROPTER_STR(W "yield"), propter_day(2012, 5, 1), propter_day(2012, 6, 30), arena, &found, &count, err);
}

static PropterStatus total_once(Open *o, PropterArena *arena, PropterError *err) {
  PropterTotalEffect x;
  return propter_total_effect(o->inferrer, mill[HUB], mill[YIELD], &(PropterLinkOptions){.among = &mill[HUB], .amongs = 3, .lags = 2}, arena, &x, err);
}

/* Each takes thousands of allocations: fifty of them fail, one at a time. */
START_TEST(failing_memory_is_reported) {
  static PropterStatus (*const operation[])(Open *, PropterArena *, PropterError *) = {links_once, explain_once, upstream_once, total_once};
  Open o = open_world();
  uint64_t every = 1;
  for (uint64_t n = 0, points = 1; n < points; n += every) {
    PropterArena arena = {0};
    PropterError named = {0};
    propter_fault_plan(PROPTER_FAULT_ALLOCATION, n, false, 0);
    PropterStatus status = operation[_i](&o, &arena, &named);
    uint64_t reached = propter_fault_end(PROPTER_FAULT_ALLOCATION);
    if (n) ck_assert_msg(status != PROPTER_OK || reached < n, "point %llu went unnoticed", (unsigned long long)n);
    else ck_assert_msg(status == PROPTER_OK, "%s", named.message);
    if (!n) points = reached, every = points / 50 + 1;
    propter_arena_clear(&arena);
  }
  close_world(&o);
}
END_TEST

/* ---- kept in the graph --------------------------------------------------------------------------------------------------------- */

enum { EDITION_LINKS = 2 };

/* A search's result in two editions, which differ in what one of the links rests on. */
static PropterMetricLinks edition(unsigned number) {
  static const PropterRefutation refutation[2] = {{.name = "placebo", .passed = true, .text = "none is left"}, {.name = "subset", .text = "half is left"}};
  static PropterMetricLink link[EDITION_LINKS];
  link[0] = (PropterMetricLink){.cause = PROPTER_STR(W "north-orders"), .effect = PROPTER_STR(W "world-orders"), .lag = 1, .directed = true,
                                .strength = .5, .p = 1e-7, .q = 1e-6, .stability = number % 2 ? .75 : .5,
                                .knowledge = PROPTER_STR("the gazette"), .adjustment = PROPTER_STR("seen through nothing"),
                                .value = 2, .low = 1, .high = 3, .refutations = 2, .refutation = refutation};
  link[1] = (PropterMetricLink){.cause = PROPTER_STR(W "east-orders"), .effect = PROPTER_STR(W "west-orders"),
                                .directed = true, .unseen = PROPTER_UNSEEN_SHOWN, .strength = .2, .p = .01, .q = .04,
                                .stability = .6, .knowledge = {"", 0}, .adjustment = {"", 0}, .value = NAN, .low = NAN, .high = NAN};
  return (PropterMetricLinks){.grain = PROPTER_GRAIN_MONTH, .links = EDITION_LINKS, .link = link};
}

typedef struct {
  PropterGraph *graph;
  unsigned edition; /* the last that was written: 0 is none */
  bool dry;
  PropterLinksWritten written;
} Keep;

static PropterStatus count_in(PropterSnapshot *snapshot, const char *graph, const char *property, PropterTerm object, uint64_t *count, PropterError *err) {
  const PropterTerm term[] = {propter_iri(propter_str(graph)), propter_iri(propter_str(property)), object};
  PropterId id[3] = {0};
  PropterQuads found = {0};
  *count = 0;
  for (size_t i = 0; i < 3; i++) {
    if (term[i].value.len) PROPTER_TRY(propter_snapshot_find(snapshot, &term[i], &id[i], err));
    if (term[i].value.len && !id[i]) return PROPTER_OK;
  }
  PropterStatus status = propter_snapshot_match(snapshot, (PropterQuad){.p = id[1], .o = id[2], .g = id[0]}, 0, &found, err);
  *count = found.count;
  propter_vec_clear(&found);
  return status;
}

/* One whole edition or nothing, and no trace of the other. */
static PropterStatus check_kept(PropterSnapshot *snapshot, const char *graph, unsigned number, PropterError *err) {
  uint64_t links, runs, same, other, directed;
  const PropterStr decimal = propter_vocab_iri(VOCAB_xsd_decimal);
  const PropterTerm stability[] = {propter_typed(PROPTER_STR("0.5"), decimal), propter_typed(PROPTER_STR("0.75"), decimal)};
  PROPTER_TRY(count_in(snapshot, graph, NS "stability", (PropterTerm){0}, &links, err));
  PROPTER_TRY(count_in(snapshot, graph, NS "run", (PropterTerm){0}, &runs, err));
  PROPTER_TRY(count_in(snapshot, graph, NS "stability", stability[number % 2], &same, err));
  PROPTER_TRY(count_in(snapshot, graph, NS "stability", stability[(number + 1) % 2], &other, err));
  const PropterTerm yes = propter_typed(PROPTER_STR("true"), propter_vocab_iri(VOCAB_xsd_boolean));
  PROPTER_TRY(count_in(snapshot, graph, NS "directed", yes, &directed, err));
  ck_assert_uint_eq(directed, number ? 1 : 0); /* that of the other is due to something unseen */
  ck_assert_uint_eq(links, number ? EDITION_LINKS : 0);
  ck_assert_uint_eq(same, number ? 1 : 0);
  ck_assert_uint_eq(other, 0);
  ck_assert(!number || runs);
  return PROPTER_OK;
}

/* Writes the next edition over the last, which must still be there as it was. */
static PropterStatus keep(void *payload, PropterError *err) {
  Keep *k = payload;
  PropterSnapshot *snapshot = NULL;
  PropterInferrer *inferrer = NULL;
  const PropterInferOptions options = world_options();
  const PropterMetricLinks links = edition(k->edition + 1);
  PropterStatus status = propter_snapshot_open(k->graph, 0, &snapshot, err);
  if (!status) status = check_kept(snapshot, k->written.graph, k->edition, err);
  if (!status) status = propter_inferrer_new(snapshot, &options, &inferrer, err);
  if (!status) {
    PropterLinksWritten written;
    status = propter_links_write(k->graph, inferrer, &links, PROPTER_STR("a search"), PROPTER_STR("check"), 1400000000, k->dry, &written, err);
    ck_assert_msg(status ? !*written.run && !written.added && !written.removed : written.added > 0, "%s, %llu added, %llu removed", propter_status_name(status),
                  (unsigned long long)written.added, (unsigned long long)written.removed);
    ck_assert(status || k->dry == !*written.run);
    if (!status && !k->dry) k->edition++, k->written = written;
  }
  propter_inferrer_free(inferrer);
  propter_snapshot_close(snapshot);
  return status;
}

START_TEST(links_are_kept_whole_or_not_at_all) {
  const char *dir = world_make("");
  World w = world_open(dir);
  Keep k = {.graph = w.graph, .dry = true};
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, keep, &k, false), 50);
  ck_assert_uint_eq(k.edition, 0);
  k.dry = false;
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, keep, &k, false), 50);
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_IO, keep, &k, true), 1);
  ck_assert_uint_ge(k.edition, 6);
  world_close(&w);
  ck_ok(propter_graph_verify(dir, NULL, err));
}
END_TEST

/* The same again is no run; what the search finds no more goes. */
START_TEST(what_did_not_change_is_not_written_again) {
  World w = world_open(world_make(""));
  Keep k = {.graph = w.graph};
  PropterSnapshot *snapshot;
  PropterInferrer *inferrer;
  PropterLinksWritten written;
  const PropterInferOptions options = world_options();
  ck_ok(keep(&k, err));
  ck_assert_uint_eq(k.written.removed, 0);
  ck_assert(propter_str_starts(propter_str(k.written.graph), PROPTER_STR("https://w3id.org/propter/id/links/")));
  for (int none = 0; none < 2; none++) {
    PropterMetricLinks links = edition(1);
    if (none) links.links = 0;
    ck_ok(propter_snapshot_open(w.graph, 0, &snapshot, err));
    ck_ok(propter_inferrer_new(snapshot, &options, &inferrer, err));
    ck_ok(propter_links_write(w.graph, inferrer, &links, PROPTER_STR("a search"), PROPTER_STR("check"), 1400000000, false, &written, err));
    ck_assert_str_eq(written.graph, k.written.graph);
    ck_assert_uint_eq(written.added, 0);
    ck_assert_uint_eq(written.removed, none ? k.written.added : 0);
    ck_assert_int_eq(*written.run != 0, none);
    propter_inferrer_free(inferrer);
    propter_snapshot_close(snapshot);
  }
  ck_ok(propter_snapshot_open(w.graph, 0, &snapshot, err));
  ck_ok(check_kept(snapshot, written.graph, 0, err));
  propter_snapshot_close(snapshot);
  world_close(&w);
}
END_TEST

Suite *suite_links(void) {
  Suite *suite = suite_create("links");
  TCase *tc = tcase_create("links");
  tcase_set_timeout(tc, 60);
  tcase_add_test(tc, effects_are_identified_by_name);
  tcase_add_test(tc, an_instrument_stands_in_for_what_is_hidden);
  tcase_add_test(tc, effects_add_up_over_all_ways);
  tcase_add_test(tc, a_front_door_needs_no_common_cause_measured);
  tcase_add_test(tc, a_way_that_cannot_be_measured_is_named);
  tcase_add_test(tc, what_something_unseen_moves_has_no_effect);
  tcase_add_test(tc, shares_of_a_move_sum_to_it);
  tcase_add_test(tc, more_than_asked_for_is_a_limit);
  tcase_add_loop_test(tc, failing_memory_is_reported, 0, 4);
  tcase_add_test(tc, links_are_kept_whole_or_not_at_all);
  tcase_add_test(tc, what_did_not_change_is_not_written_again);
  suite_add_tcase(suite, tc);
  return suite;
}
