/* SPDX-License-Identifier: Apache-2.0 */
/* Candidates, belief and evidence of one question in the small world. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../../engine/infer/judge.h"
#include "propter/pool.h"
#include "propter/rng.h"
#include "world.h"

#define DOC(id, published) "w:" id " a p:Document ; p:path \"docs/" id ".txt\" ; p:published \"" published "\"^^xsd:date .\n"
#define CLAIM(id, doc, cause, quote, more)                                                                                                              \
  "w:" id " a p:Claim ; p:document w:" doc " ; p:cause w:" cause " ; p:effect w:north ; p:quote \"" quote "\" ; p:confidence 0.8 ; p:claimKind p:PostHoc ;" \
  " p:charStart 10 ; p:charEnd 50 ; p:byteStart 12 ; p:byteEnd 52 ; p:rule \"because\" " more " .\n"
#define FELL "; p:polarity p:Decrease ; p:effectStart \"2013-06-01\"^^xsd:date ; p:effectEnd \"2013-06-30\"^^xsd:date"

static const PropterEvidence *piece(const PropterCause *cause, PropterEvidenceKind kind) {
  for (size_t i = 0; i < cause->evidences; i++)
    if (cause->evidence[i].kind == kind) return &cause->evidence[i];
  return NULL;
}

static const char *join(const char *a, const char *b, const char *c) {
  static PropterArena arena;
  return propter_arena_printf(&arena, "%s%s%s", a, b, c).data;
}

START_TEST(a_documented_event_is_found_with_everything_about_it) {
  PropterInference *x = world_ask(
      world_make(join(world_strike, DOC("d", "2013-08-01"), CLAIM("c", "d", "strike", "Orders fell in June because of the strike in the north.", FELL))), NULL);
  ck_assert_int_eq(x->outcome, PROPTER_ANSWER_ANSWERED);
  const PropterCause *c = world_cause(x, "strike");
  ck_assert_ptr_eq(c, &x->cause[0]);
  ck_assert_double_gt(c->score.p, .95);
  ck_assert_int_eq(c->score.grade, PROPTER_GRADE_BOTH);
  ck_assert(c->documented && c->has_dose);
  ck_assert_double_eq(c->dose, -40);
  ck_assert_double_eq_tol(c->predicted, -40, 1e-9);
  ck_assert_double_eq_tol(c->actual, -40, 8);
  ck_assert_str_eq(c->scope_label.data, "north");
  ck_assert_str_eq(c->dose_source.data, "forty of them");
  const PropterEvidence *q = piece(c, PROPTER_EVIDENCE_QUOTE), *e = piece(c, PROPTER_EVIDENCE_EVENT), *r = piece(c, PROPTER_EVIDENCE_ROW);
  ck_assert(q && e && r && piece(c, PROPTER_EVIDENCE_TEST));
  ck_assert_str_eq(q->path.data, "docs/d.txt");
  ck_assert_uint_eq(q->char_start, 10);
  ck_assert_uint_eq(q->byte_end, 52);
  ck_assert(q->has_bytes && q->counted && !q->against);
  ck_assert_int_eq(q->published, propter_day(2013, 8, 1));
  ck_assert_str_eq(e->text.data, "Strike in the north: 1 to 28 June 2013, north, \xE2\x88\x92" "40.0 t (forty of them)");
  ck_assert_str_eq(e->source_text.data, "the gazette");
  ck_assert_str_eq(r->cell.file.data, "orders.csv");
  ck_assert_str_eq(r->cell.column.data, "north");
  ck_assert_uint_eq(x->cells, 3);
  ck_assert_uint_eq(x->cell[1].row, 43);
  ck_assert_uint_eq(x->points, WORLD_MONTHS);
  ck_assert(x->point[41].in_window && isfinite(x->point[41].expected) && !x->point[40].in_window && isnan(x->point[40].expected));
  ck_assert_int_eq(x->onset, propter_day(2013, 6, 1));
  ck_assert_uint_eq(x->said, 0);
  ck_assert(!x->calibrated && x->audited == 0);
  ck_assert(x->forecasts <= 3);
  propter_inference_free(x);
}
END_TEST

#define FIGURE(name, more)                                                                                                                             \
  "w:" name " a p:Metric ; skos:prefLabel \"" name "\" ; p:dataset w:cube ; p:measure w:orders ; p:timeDimension w:month ; p:concept w:north ;"               \
  "  p:fixed [ p:dimension w:region ; p:member w:north ] ; p:grain \"P1M\"^^xsd:duration ; p:seasonallyAdjusted true ; p:unitLabel \"t\" " more " .\n"

static void ck_forecast(const char *dir, const char *metric, int last, const char *with, const char *without) {
  World world = world_open(dir);
  PropterInferOptions options = world_options();
  PropterInference *x;
  bool found = false;
  ck_ok(propter_infer_window(world.snapshot, propter_str(metric), propter_day(2013, 6, 1), propter_day(2013, last, 28), &options, &x, err));
  ck_assert_int_eq(x->outcome, PROPTER_ANSWER_ANSWERED);
  for (size_t i = 0; i < x->forecasts; i++) {
    const char *text = x->forecast[i].text.data;
    if (x->forecast[i].kind != PROPTER_PREDICT_SIZE) continue;
    ck_assert_msg(strstr(text, with) && !(without && strstr(text, without)), "%s", text);
    found = true;
  }
  ck_assert(found);
  propter_inference_free(x);
  world_close(&world);
}

START_TEST(a_forecast_speaks_of_the_window_and_of_figures_that_there_are) {
  const char *dir = world_make(join(world_strike, FIGURE("summed", "; p:aggregation p:Sum"), FIGURE("averaged", "; p:aggregation p:Mean")));
  ck_forecast(dir, W "summed", 6, "its effect on summed is ", "around");
  ck_forecast(dir, W "summed", 6, " in June 2013, where it acts", "figures");
  ck_forecast(dir, W "averaged", 6, " in June 2013", "figures");
  ck_forecast(dir, W "north-orders", 6, " around 12 June 2013", "figures"); /* counted on one day */
}
END_TEST

START_TEST(the_change_is_that_of_the_window) {
  PropterSeries s;
  double value[] = {10, 20, NAN, 4, 6, 5};
  s = (PropterSeries){.grain = PROPTER_GRAIN_DAY, .count = 6, .value = value};
  ck_assert_double_eq(window_change(&s, 4, 4), 2);
  ck_assert_double_eq(window_change(&s, 4, 5), 1.5);         /* a gap is no value */
  ck_assert_double_eq(window_change(&s, 3, 5), 5 - 15.);     /* though 5 is 5 less than nothing before it */
  ck_assert(isnan(window_change(&s, 0, 0)) && isnan(window_change(&s, 2, 4)) && isnan(window_change(&s, 3, 3)));
  const char *dir = world_make(world_strike);
  World world = world_open(dir);
  PropterInferOptions options = world_options();
  PropterInference *x;
  ck_ok(propter_infer_window(world.snapshot, PROPTER_STR(W "north-orders"), propter_day(2013, 6, 1), propter_day(2013, 7, 31), &options, &x, err));
  const PropterPathPoint *p = &x->point[41];
  ck_assert_double_eq_tol(x->change, (p[0].value + p[1].value - p[-1].value - p[-2].value) / 2, 1e-9);
  ck_assert_double_lt(x->change, 0); /* July alone stood above May */
  propter_inference_free(x);
  world_close(&world);
}
END_TEST

START_TEST(without_it_nothing_is_named) {
  static const char *const names[] = {W "strike", "d.txt", "docs/d.txt", "/d.txt", W "d", W "c"};
  const char *dir =
      world_make(join(world_strike, DOC("d", "2013-08-01"), CLAIM("c", "d", "strike", "Orders fell in June because of the strike in the north.", FELL)));
  PropterInferOptions options = world_options();
  PropterStr without[2] = {propter_str(names[0]), propter_str(names[1])};
  options.without = without;
  options.without_count = 2;
  PropterInference *x = world_ask(dir, &options);
  ck_assert_int_eq(x->outcome, PROPTER_ANSWER_CAUSE_UNKNOWN);
  ck_assert_uint_eq(x->causes, 0);
  ck_assert_uint_gt(x->would_change, 0);
  propter_inference_free(x);
  for (size_t i = 1; i < sizeof names / sizeof *names; i++) { /* each of these names takes the claim away */
    without[0] = propter_str(names[i]);
    options.without_count = 1;
    x = world_ask(dir, &options);
    const PropterCause *c = world_cause(x, "strike");
    ck_assert_ptr_nonnull(c);
    ck_assert_ptr_null(piece(c, PROPTER_EVIDENCE_QUOTE));
    ck_assert_int_eq(c->score.grade == PROPTER_GRADE_CONTRADICTED, 0);
    propter_inference_free(x);
  }
}
END_TEST

START_TEST(a_quiet_month_did_not_move) {
  PropterInference *x = world_ask_at(world_make(world_strike), W "south-orders", 2013, 6, NULL);
  ck_assert_int_eq(x->outcome, PROPTER_ANSWER_DID_NOT_MOVE);
  ck_assert_ptr_null(world_cause(x, "strike")); /* another region */
  ck_assert_uint_gt(x->reason.len, 0);
  propter_inference_free(x);
}
END_TEST

START_TEST(the_whole_sees_the_part) {
  PropterInference *x = world_ask_at(world_make(world_strike), W "world-orders", 2013, 6, NULL);
  const PropterCause *c = world_cause(x, "strike");
  ck_assert_ptr_nonnull(c);
  ck_assert_double_eq(c->dose, -40);
  ck_assert_double_gt(c->score.p, .75);
  propter_inference_free(x);
}
END_TEST

START_TEST(the_return_belongs_to_the_strike) {
  const char *dir = world_make(join(
      world_strike,
      "w:back a p:Event ; skos:prefLabel \"Return\" ; p:concept w:end ; p:scope w:north ; p:start \"2013-06-29\"^^xsd:date ; p:end \"2013-07-05\"^^xsd:date . w:strike p:leadsTo w:back .\n",
      DOC("d", "2013-08-01")
          CLAIM("c", "d", "back", "Orders rose in July because of the return.", "; p:polarity p:Increase ; p:effectStart \"2013-07-01\"^^xsd:date")));
  PropterInference *x = world_ask_at(dir, W "north-orders", 2013, 7, NULL);
  ck_assert_uint_eq(x->causes, 1);
  const PropterCause *c = world_cause(x, "strike");
  ck_assert_uint_eq(c->aliases, 1);
  ck_assert_str_eq(c->alias[0].data, W "back");
  ck_assert_double_gt(c->score.p, .9);
  ck_assert_double_eq_tol(c->predicted, 40, 1e-9);
  propter_inference_free(x);
}
END_TEST

START_TEST(the_same_under_two_names_is_one) {
  const char *dir = world_make(
      join(world_strike, "w:other a p:Event ; p:concept w:dispute ; p:scope w:north ; p:start \"2013-06-03\"^^xsd:date ; p:end \"2013-06-28\"^^xsd:date .\n",
           "w:linked a p:Event ; p:scope w:north ; p:start \"2013-06-10\"^^xsd:date ; p:end \"2013-06-11\"^^xsd:date ; skos:closeMatch w:strike .\n"));
  PropterInference *x = world_ask(dir, NULL);
  ck_assert_uint_eq(x->causes, 1);
  ck_assert_str_eq(x->cause[0].iri.data, W "strike");
  ck_assert_uint_eq(x->cause[0].aliases, 2);
  propter_inference_free(x);
  /* Two of one kind at one place and time with sizes that differ are two. */
  dir = world_make(join(
      world_strike,
      "w:small a p:Event ; p:concept w:walkout ; p:scope w:north ; p:start \"2013-06-01\"^^xsd:date ; p:end \"2013-06-28\"^^xsd:date ; p:dose [ p:value -3.0 ; p:profile p:Pulse ] .\n",
      ""));
  x = world_ask(dir, NULL);
  ck_assert_uint_eq(x->causes, 2);
  propter_inference_free(x);
}
END_TEST

START_TEST(copies_and_retellings_count_once) {
  PropterBuf more = {0};
  for (int i = 0; i < 12; i++)
    propter_buf_printf(
        &more,
        "w:e%d a p:Document ; p:path \"docs/e%d.txt\" ; p:published \"2013-08-02\"^^xsd:date . w:k%d a p:Claim ; p:document w:e%d ; p:cause w:strike ; p:effect w:north ; p:quote \"%s\" ; p:confidence 0.8 ;"
        " p:claimKind p:PostHoc " FELL " .\n",
        i, i, i, i, i % 2 ? "Orders fell in June because of the strike in the north." : "In June orders fell because of the long strike up in the north.");
  const char *base = DOC("d", "2013-08-01") CLAIM("c", "d", "strike", "Orders fell in June because of the strike in the north.", FELL);
  PropterInference *one = world_ask(world_make(join(world_strike, base, "")), NULL), *many = world_ask(world_make(join(world_strike, base, more.data)), NULL);
  propter_buf_clear(&more);
  const PropterCause *a = world_cause(one, "strike"), *b = world_cause(many, "strike");
  ck_assert_double_eq_tol(a->score.p, b->score.p, 1e-12);
  ck_assert_double_eq_tol(a->score.term[PROPTER_TERM_TEXT], b->score.term[PROPTER_TERM_TEXT], 1e-9);
  size_t counted = 0, copies = 0;
  for (size_t i = 0; i < b->evidences; i++) {
    if (b->evidence[i].kind != PROPTER_EVIDENCE_QUOTE) continue;
    counted += b->evidence[i].counted;
    copies += b->evidence[i].said == PROPTER_SAID_COPY && b->evidence[i].reason.len > 0;
  }
  ck_assert_uint_eq(counted, 1);
  ck_assert_uint_eq(copies, 12);
  propter_inference_free(one);
  propter_inference_free(many);
}
END_TEST

START_TEST(a_second_opinion_helps_and_a_denial_hurts) {
  /* No size, so that text is what decides. */
  const char *event = "w:strike a p:Event ; p:concept w:walkout ; p:scope w:north ; p:start \"2013-06-01\"^^xsd:date ; p:end \"2013-06-28\"^^xsd:date .\n";
  const char *docs = DOC("d", "2013-08-01") CLAIM("c", "d", "strike", "Orders fell in June because of the strike in the north.", FELL) DOC("e", "2013-09-01");
  const char *second = CLAIM("c2", "e", "strike", "The walkout left trucks idle and cost the company a tenth of its business.", FELL);
  const char *denial = CLAIM("c2", "e", "strike", "The walkout did not touch orders at all.", FELL "; p:negated true");
  PropterInference *x[3] = {world_ask(world_make(join(event, docs, "")), NULL), world_ask(world_make(join(event, docs, second)), NULL),
                            world_ask(world_make(join(event, docs, denial)), NULL)};
  double text[3];
  for (int i = 0; i < 3; i++) text[i] = world_cause(x[i], "strike")->score.term[PROPTER_TERM_TEXT];
  ck_assert_double_gt(text[1], text[0]);
  ck_assert_double_lt(text[2], text[0]);
  /* However many say so afterwards: at most three to one. */
  ck_assert_double_le(text[1], log(3) + 1e-9);
  const PropterCause *c = world_cause(x[2], "strike");
  bool denied = false;
  for (size_t i = 0; i < c->evidences; i++) denied |= c->evidence[i].said == PROPTER_SAID_DENIES && c->evidence[i].against && c->evidence[i].weight < 0;
  ck_assert(denied);
  for (int i = 0; i < 3; i++) propter_inference_free(x[i]);
}
END_TEST

static double text_of(const char *docs, PropterInference **asked) {
  const char *event = "w:strike a p:Event ; p:concept w:walkout ; p:scope w:north ; p:start \"2013-06-01\"^^xsd:date ; p:end \"2013-06-28\"^^xsd:date .\n";
  const char *claim = CLAIM("c", "note1", "strike", "Orders fell in June because of the strike in the north.", FELL) DOC("note1", "2013-08-01");
  *asked = world_ask(world_make(join(event, docs, claim)), NULL);
  return world_cause(*asked, "strike")->score.term[PROPTER_TERM_TEXT];
}

/* A heading dates what stands below it, most of the time. */
START_TEST(a_guessed_period_weighs_less) {
  static const char *const period[] = {FELL, FELL " ; p:periodFrom \"headings\""};
  double belief[2];
  for (int i = 0; i < 2; i++) {
    const char *claim = join("w:c a p:Claim ; p:document w:d ; p:cause w:strike ; p:effect w:north ; p:quote \"The strike cut orders.\" ; p:confidence 0.8 ; p:claimKind p:PostHoc ",
                             period[i], " .\n");
    PropterInference *x = world_ask(world_make(join(world_strike, DOC("d", "2013-08-01"), claim)), NULL);
    belief[i] = world_cause(x, "strike")->score.term[PROPTER_TERM_TEXT];
    propter_inference_free(x);
  }
  ck_assert_msg(belief[1] < belief[0] - .05 && belief[1] > .5 * belief[0], "%.3f %.3f", belief[0], belief[1]);
}
END_TEST

#define MEASURED(name, place)                                                                                                                            \
  "w:" name " a skos:Concept ; skos:inScheme w:measures ; skos:prefLabel \"" name "\" .\nw:" place "-" name " a p:Metric ; skos:prefLabel \"" place " " name "\" ;"   \
  " p:dataset w:cube ; p:measure w:orders ; p:timeDimension w:month ; p:fixed [ p:dimension w:region ; p:member w:" place " ] ; p:concept w:" name " ;"               \
  " p:grain \"P1M\"^^xsd:duration ; p:seasonallyAdjusted true ; p:unitLabel \"" name "\" .\n"

/* The claim speaks of takings; what failed did so for visitors as well, and not in another region. */
START_TEST(a_told_event_holds_for_every_measure_of_its_place) {
  const char *dir = world_make(join("w:blackout a skos:Concept ; skos:inScheme w:kinds ; skos:prefLabel \"blackout\" .\n" MEASURED("takings", "north")
                                        MEASURED("visitors", "north") MEASURED("visits", "south"),
                                    DOC("d", "2013-08-01"),
                                    "w:c a p:Claim ; p:document w:d ; p:cause w:blackout ; p:effect w:north-takings ; p:quote \"The blackout of 5 June cut takings.\" ;"
                                    " p:confidence 0.8 ; p:claimKind p:PostHoc ; p:polarity p:Decrease ; p:causeStart \"2013-06-05\"^^xsd:date ; p:causeEnd \"2013-06-25\"^^xsd:date .\n"));
  static const struct {
    const char *metric;
    bool candidate, said;
  } rows[] = {{W "north-takings", true, true}, {W "north-visitors", true, false}, {W "south-visits", false, false}};
  for (size_t i = 0; i < 3; i++) {
    PropterInference *x = world_ask_at(dir, rows[i].metric, 2013, 6, NULL);
    const bool found = x->causes && strstr(x->cause[0].label.data, "blackout");
    ck_assert_msg(found == rows[i].candidate, "%s: %zu causes", rows[i].metric, x->causes);
    if (found) ck_assert_msg((x->cause[0].score.term[PROPTER_TERM_TEXT] > .2) == rows[i].said, "%s: %.3f", rows[i].metric, x->cause[0].score.term[PROPTER_TERM_TEXT]);
    propter_inference_free(x);
  }
}
END_TEST

START_TEST(a_later_statement_goes_over_an_earlier_one) {
#define DENIES(doc, day) DOC(doc, day) CLAIM("c2", doc, "strike", "The walkout did not touch orders at all.", FELL "; p:negated true")
  PropterInference *x[4];
  double earlier = text_of(DENIES("review", "2013-07-05"), &x[0]), later = text_of(DENIES("review", "2013-09-01"), &x[1]),
         version = text_of(DENIES("note2", "2013-09-01"), &x[2]), denied = text_of(DENIES("note2", "2013-07-05"), &x[3]);
#undef DENIES
  /* The claim is of 1 August: it goes over what was said before, and what comes after goes over it, most of all a later note of the same series. */
  ck_assert_double_gt(earlier, 0);
  ck_assert_double_lt(later, 0);
  ck_assert_double_lt(version, later);
  ck_assert_double_gt(denied, earlier);
  const PropterCause *c = world_cause(x[2], "strike");
  bool said = false;
  for (size_t i = 0; i < c->evidences; i++)
    said |= !c->evidence[i].counted && strstr(c->evidence[i].reason.data ? c->evidence[i].reason.data : "", "taken back later in docs/note2.txt");
  ck_assert(said);
  for (int i = 0; i < 4; i++) propter_inference_free(x[i]);
}
END_TEST

START_TEST(a_forecast_weighs_more_than_an_afterthought) {
  const char *event = "w:strike a p:Event ; p:concept w:walkout ; p:scope w:north ; p:start \"2013-06-01\"^^xsd:date ; p:end \"2013-06-28\"^^xsd:date .\n" DOC(
      "d", "2013-05-01");
  const char *after = CLAIM("c", "d", "strike", "Orders fall in June because of the strike.", FELL);
  char before[2000];
  (void)snprintf(before, sizeof before, "%s", after);
  memcpy(strstr(before, "p:PostHoc"), "p:ExAnte ", 9);
  PropterInference *a = world_ask(world_make(join(event, after, "")), NULL), *b = world_ask(world_make(join(event, before, "")), NULL);
  ck_assert_double_gt(world_cause(b, "strike")->score.p, world_cause(a, "strike")->score.p);
  propter_inference_free(a);
  propter_inference_free(b);
}
END_TEST

START_TEST(knowledge_requires_and_forbids) {
  PropterInference *plain = world_ask(world_make(world_strike), NULL);
  PropterInference *required = world_ask(
      world_make(
          join(world_strike, "w:l a p:CausalLink ; p:constraint p:Required ; p:cause w:dispute ; p:effect w:north ; p:reason \"no hands, no orders\" .\n", "")),
      NULL);
  ck_assert_double_gt(world_cause(required, "strike")->score.prior, world_cause(plain, "strike")->score.prior);
  ck_assert_ptr_nonnull(piece(world_cause(required, "strike"), PROPTER_EVIDENCE_LINK));
  propter_inference_free(plain);
  propter_inference_free(required);
  /* What cannot act on the whole cannot act on a part. */
  static const char *const effects[] = {"north", "world"};
  for (int i = 0; i < 2; i++) {
    char link[300];
    (void)snprintf(link, sizeof link, "w:l a p:CausalLink ; p:constraint p:Forbidden ; p:cause w:walkout ; p:effect w:%s ; p:reason \"machines do it\" .\n",
                   effects[i]);
    PropterInference *x = world_ask(
        world_make(join(world_strike, link, DOC("d", "2013-08-01") CLAIM("c", "d", "strike", "Orders fell in June because of the strike.", FELL))), NULL);
    ck_assert_ptr_null(world_cause(x, "strike"));
    ck_assert_uint_eq(x->excluded, 1);
    ck_assert_str_eq(x->excluded_reason[0].data, "machines do it");
    ck_assert_int_eq(x->outcome, PROPTER_ANSWER_CAUSE_UNKNOWN);
    ck_assert_uint_eq(x->said, 1);
    ck_assert_int_eq(x->saying[0].said, PROPTER_SAID_CONTRADICTED);
    propter_inference_free(x);
  }
}
END_TEST

START_TEST(a_claim_moves_no_event) {
  const char *elsewhere =
      "w:flood a p:Event ; skos:prefLabel \"Flood\" ; p:scope w:south ; p:start \"2013-06-01\"^^xsd:date ; p:end \"2013-06-20\"^^xsd:date .\n";
  const char *later = "w:flood a p:Event ; skos:prefLabel \"Flood\" ; p:scope w:north ; p:start \"2014-06-01\"^^xsd:date ; p:end \"2014-06-20\"^^xsd:date .\n";
  const char *said = DOC("d", "2013-08-01") CLAIM("c", "d", "flood", "The flood cut orders in the north in June 2013.", FELL);
  PropterInference *x = world_ask(world_make(join(elsewhere, said, "")), NULL);
  const PropterCause *c = world_cause(x, "flood");
  ck_assert_ptr_nonnull(c);
  ck_assert_double_le(c->score.p, .10);
  ck_assert_int_eq(x->outcome, PROPTER_ANSWER_CAUSE_UNKNOWN);
  ck_assert_uint_eq(x->said, 1);
  ck_assert_ptr_nonnull(strstr(x->saying[0].reason.data, "south orders"));
  propter_inference_free(x);
  x = world_ask(world_make(join(later, said, "")), NULL);
  ck_assert_ptr_null(world_cause(x, "flood"));
  ck_assert_uint_eq(x->said, 1);
  ck_assert_ptr_nonnull(strstr(x->saying[0].reason.data, "not in this window"));
  propter_inference_free(x);
}
END_TEST

/* Gossip without a date, about all regions, beside a strike on record whose own sentence was linked to its place. */
START_TEST(gossip_without_a_date_does_not_beat_what_is_on_record) {
  const char *gossip = "w:all a p:Claim ; p:document w:d ; p:cause w:gossip ; p:effect w:world ; p:quote \"Gossip cut orders everywhere.\" ; p:confidence 0.9 ;"
                       " p:claimKind p:PostHoc " FELL " .\n";
  const char *strike = "w:walkout skos:prefLabel \"walkout\" . w:one a p:Event ; p:concept w:walkout ; p:scope w:north ; p:start \"2013-06-01\"^^xsd:date ;"
                       " p:end \"2013-06-28\"^^xsd:date .\n";
  const char *linked =
      CLAIM("c", "e", "north", "The walkout in the north cut orders.", FELL " ; p:causeText \"The walkout in the north\" ; p:causeScore 0.375");
  PropterInference *x = world_ask(world_make(join(DOC("d", "2013-08-01"), gossip, "")), NULL);
  const PropterCause *c = world_cause(x, "gossip");
  ck_assert_int_eq(x->outcome, PROPTER_ANSWER_CAUSE_UNKNOWN);
  ck_assert_double_lt(c->score.p, .1);
  ck_assert_double_lt(c->score.term[PROPTER_TERM_CONTRAST], 0); /* the other regions, which it names, did not move */
  ck_assert(!c->score.share_identified);
  propter_inference_free(x);
  x = world_ask(world_make(join(join(DOC("d", "2013-08-01"), DOC("e", "2013-08-01"), gossip), strike, linked)), NULL);
  ck_assert_int_eq(x->outcome, PROPTER_ANSWER_ANSWERED);
  ck_assert_ptr_eq(world_cause(x, "one"), &x->cause[0]);
  ck_assert_double_gt(x->cause[0].score.p, .9);
  ck_assert_ptr_nonnull(piece(&x->cause[0], PROPTER_EVIDENCE_QUOTE));
  for (size_t i = 0; i < x->said; i++) ck_assert_ptr_eq(strstr(x->saying[i].text.data, "walkout"), NULL);
  propter_inference_free(x);
}
END_TEST

/* A sentence that dates nothing is weighed for moves shortly before it was written, a forecast for those shortly after. */
START_TEST(what_is_undated_speaks_from_its_own_day) {
  static const struct {
    const char *published, *kind;
    bool weighed;
  } texts[] = {{"2013-06-15", "PostHoc", true}, {"2013-08-01", "PostHoc", true}, {"2013-05-20", "PostHoc", false}, {"2014-02-01", "PostHoc", false},
               {"2013-05-20", "ExAnte", true},  {"2013-08-01", "ExAnte", false}, {"2012-05-20", "ExAnte", false}};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    char text[512];
    (void)snprintf(text, sizeof text,
                   "w:d a p:Document ; p:path \"docs/d.txt\" ; p:published \"%s\"^^xsd:date . w:c a p:Claim ; p:document w:d ; p:cause w:gossip ;"
                   " p:effect w:north ; p:quote \"Gossip cuts orders.\" ; p:confidence 0.8 ; p:claimKind p:%s ; p:polarity p:Decrease .\n",
                   texts[i].published, texts[i].kind);
    PropterInference *x = world_ask(world_make(text), NULL);
    ck_assert_msg((world_cause(x, "gossip") != NULL) == texts[i].weighed, "%s of %s", texts[i].kind, texts[i].published);
    propter_inference_free(x);
  }
}
END_TEST

START_TEST(wrong_claims_are_told_with_their_reason) {
  static const struct {
    const char *claim, *reason;
    PropterSaid said;
  } rows[] = {
      {CLAIM("c", "d", "strike", "The strike raised orders in June.", "; p:polarity p:Increase ; p:effectStart \"2013-06-01\"^^xsd:date"), "says a rise",
       PROPTER_SAID_CONTRADICTED},
      {CLAIM("c", "d", "gossip", "Gossip cut orders in June.", FELL), "nothing documents", PROPTER_SAID_UNSUPPORTED},
      {CLAIM("c", "d", "south", "Trouble in the south cut orders in June.", FELL), "a part of the figures", PROPTER_SAID_UNSUPPORTED},
      {"w:c a p:Claim ; p:document w:d ; p:cause w:south-orders ; p:effect w:north ; p:quote \"South orders cut orders in June.\" ; p:claimKind p:PostHoc " FELL
       " .\n",
       "another series", PROPTER_SAID_UNSUPPORTED},
      {"w:c a p:Claim ; p:document w:d ; p:effect w:north ; p:quote \"Bad luck cut orders in June.\" ; p:claimKind p:PostHoc " FELL " .\n", "does not know",
       PROPTER_SAID_UNSUPPORTED}};
  PropterInference *x = world_ask(world_make(join(world_strike, DOC("d", "2013-08-01"), rows[_i].claim)), NULL);
  ck_assert_uint_eq(x->said, 1);
  ck_assert_int_eq(x->saying[0].said, rows[_i].said);
  ck_assert_msg(strstr(x->saying[0].reason.data, rows[_i].reason) != NULL, "%s", x->saying[0].reason.data);
  ck_assert_ptr_eq(world_cause(x, "strike"), &x->cause[0]);
  propter_inference_free(x);
}
END_TEST

/* "Orders of the north fell because of the outage", said of the figure that every region has: the claim's scope says of which. */
START_TEST(a_claim_holds_where_its_scope_is) {
  static const struct {
    const char *effect, *scope;
    double low, high; /* its P in the north; 0: no candidate there */
  } rows[] = {{"world-orders", "", .03, .045},                       /* a whole, of which the north is a part */
              {"world-orders", "; p:scope w:north", .055, .07},
              {"world-orders", "; p:scope w:south , w:north", .015, .03}, /* and the south did not move */
              {"world-orders", "; p:scope w:south", 0, 0},
              {"world", "; p:scope w:south", 0, 0},
              {"north-orders", "; p:scope w:south", .055, .07},      /* the effect's own place goes before */
              {"north-orders", "; p:scope w:shoes", .03, .045},      /* one of three products */
              {"north-orders", "; p:scope w:nobody", .055, .07}};    /* no concept */
  char extra[2048];
  (void)snprintf(extra, sizeof extra,
                 "w:outage a skos:Concept , p:EventKind ; skos:inScheme w:kinds ; skos:prefLabel \"outage\" . w:shoes a skos:Concept ; skos:inScheme w:products .\n"
                 "w:hats a skos:Concept ; skos:inScheme w:products . w:boots a skos:Concept ; skos:inScheme w:products .\n" DOC("d", "2013-08-01")
                 "w:c a p:Claim ; p:document w:d ; p:cause w:outage ; p:effect w:%s ; p:quote \"Orders fell in June because of the outage.\" ; p:confidence 0.8 ;"
                 " p:claimKind p:PostHoc " FELL "%s .\n",
                 rows[_i].effect, rows[_i].scope);
  PropterInference *x = world_ask(world_make(extra), NULL);
  const PropterCause *c = world_cause(x, "outage");
  if (rows[_i].high > 0) {
    ck_assert_ptr_nonnull(c);
    ck_assert_double_ge(c->score.p, rows[_i].low);
    ck_assert_double_le(c->score.p, rows[_i].high);
  } else ck_assert_ptr_null(c);
  propter_inference_free(x);
}
END_TEST

/* One metric for all regions, cut by them (the row of the world left out), and an event without a size. */
#define CUT "w:all a p:Metric ; skos:prefLabel \"all orders\" ; p:dataset w:cut ; p:measure w:orders ; p:timeDimension w:month ; p:sliceBy w:region ;" \
            " p:concept w:ordering ; p:grain \"P1M\"^^xsd:duration ; p:seasonallyAdjusted true . w:ordering a skos:Concept ; skos:inScheme w:measures .\n"
#define IN(place) "w:flood a p:Event ; skos:prefLabel \"Flood\" ; p:scope w:" place " ; p:start \"2013-06-01\"^^xsd:date ; p:end \"2013-06-28\"^^xsd:date .\n"

/* The cells of every region but the world, of a cube that has no metric for each. */
static const char *cut_world(const char *extra) {
  static const char *const regions[] = {"north", "south", "east", "west", "centre"};
  PropterRng rng;
  PropterBuf text = {0};
  propter_rng_seed(&rng, 11);
  propter_buf_printf(&text, "%s%s", CUT, extra);
  for (int m = 0; m < WORLD_MONTHS; m++)
    for (size_t r = 0; r < sizeof regions / sizeof *regions; r++)
      propter_buf_printf(&text, "w:k-%d-%zu a qb:Observation ; qb:dataSet w:cut ; w:region w:%s ; w:month \"%d-%02d-01\"^^xsd:date ; w:orders %.1f .\n", m, r, regions[r],
                         2010 + m / 12, m % 12 + 1, 400 + 50 * (double)r + 3 * propter_rng_normal(&rng) - (r == 0 && m == 41 ? 60 : 0));
  ck_assert_int_eq(propter_buf_status(&text, NULL), PROPTER_OK);
  const char *dir = world_make(text.data);
  propter_buf_clear(&text);
  return dir;
}

/* What happened in a part did at most what the part did. */
START_TEST(a_cause_in_a_slice_did_what_the_slice_did) {
  static const struct {
    const char *event;
    double low, high;
  } rows[] = {{IN("north"), .9, 1}, {IN("south"), 0, .1}, {IN("north , w:south"), .9, 1}, {IN("east , w:south , w:west , w:centre"), 0, .3}};
  PropterInference *x = world_ask_at(cut_world(rows[_i].event), W "all", 2013, 6, NULL);
  const PropterCause *c = world_cause(x, "flood");
  ck_assert_ptr_nonnull(c);
  ck_assert_double_ge(c->score.p, rows[_i].low);
  ck_assert_double_le(c->score.p, rows[_i].high);
  propter_inference_free(x);
}
END_TEST

/* A size that is said of more than the figure is none of the figure's, and the answer says so. */
START_TEST(a_size_of_a_wider_scope_is_left_open) {
  static const char *const scopes[] = {"w:north", "w:north , w:ordering", "w:world , w:ordering"};
  char event[512];
  (void)snprintf(event, sizeof event,
                 "w:flood a p:Event ; skos:prefLabel \"Flood\" ; p:scope %s ; p:start \"2013-06-01\"^^xsd:date ; p:end \"2013-06-28\"^^xsd:date ;"
                 " p:dose [ p:value -60.0 ; p:profile p:Pulse ] .\n", scopes[_i]);
  const char *dir = cut_world(event);
  World w = world_open(dir);
  const PropterMember north = {.dimension = world_id(&w, W "region"), .member = world_id(&w, W "north")};
  world_close(&w);
  PropterInferOptions options = world_options();
  options.slice = &north, options.slice_count = 1;
  PropterInference *x = world_ask_at(dir, W "all", 2013, 6, &options);
  const PropterCause *c = world_cause(x, "flood");
  ck_assert_ptr_nonnull(c);
  bool open = false, sized = false;
  for (size_t i = 0; i < c->evidences; i++) {
    open |= strstr(c->evidence[i].text.data, "its size here is left open") != NULL;
    sized |= strstr(c->evidence[i].text.data, "The documented size predicts") != NULL;
  }
  ck_assert(open == (_i != 1) && sized == (_i == 1));
  propter_inference_free(x);
}
END_TEST

/* An event in a part is studied in that part, against the parts that it left alone. */
START_TEST(what_an_event_in_a_part_would_do) {
  World w = world_open(cut_world(IN("north")));
  PropterArena arena = {0};
  PropterInferrer *inferrer;
  PropterWhatIf x;
  PropterInferOptions options = world_options();
  ck_ok(propter_inferrer_new(w.snapshot, &options, &inferrer, err));
  ck_ok(propter_what_if(inferrer, PROPTER_STR(W "all"), PROPTER_STR("Flood"), 1, &arena, &x, err));
  ck_assert(x.identified);
  ck_assert_uint_eq(x.pasts, 1);
  ck_assert_uint_eq(x.past[0].controls, 4);
  ck_assert_double_eq_tol(x.past[0].effect, -60, 8);
  propter_arena_clear(&arena);
  propter_inferrer_free(inferrer);
  world_close(&w);
}
END_TEST

#define UPLAND \
  "w:upland a skos:Concept ; skos:prefLabel \"Upland\" . w:north skos:broader w:upland . w:upland skos:narrower w:east .\n"

/* A group that no observation holds is the sum of what is narrower, and so is a list: a flood in one of them moved it, one beside it did not. */
START_TEST(a_group_of_members_is_their_sum) {
  static const struct {
    const char *event, *member[2];
    const char *compared;
  } rows[] = {{UPLAND IN("north"), {W "upland"}, "Compared with 3 other series"}, {UPLAND IN("south"), {W "upland"}, NULL},
              {IN("north"), {W "north", W "east"}, "Compared with 3 other series"}, {IN("south"), {W "north", W "east"}, NULL},
              {IN("south"), {W "south", W "north"}, "Compared with 3 other series"}};
  const char *dir = cut_world(rows[_i].event);
  World w = world_open(dir);
  PropterMember slice[3] = {{0}};
  PropterMetricSeries whole, part;
  PropterMetric m;
  PropterArena arena = {0};
  PropterInferOptions options = world_options();
  options.slice = slice;
  for (size_t i = 0; i < 2 && rows[_i].member[i]; i++, options.slice_count++)
    slice[i] = (PropterMember){.dimension = world_id(&w, W "region"), .member = world_id(&w, rows[_i].member[i])};
  ck_ok(propter_metric_read(w.snapshot, world_id(&w, W "all"), &arena, &m, err));
  ck_ok(propter_metric_series(w.snapshot, &m, slice, options.slice_count, PROPTER_NO_DAY, &whole, err));
  double sum = 0;
  const char *const members[] = {W "north", _i == 4 ? W "south" : W "east"};
  for (size_t i = 0; i < 2; i++) {
    const PropterMember one = {.dimension = slice[0].dimension, .member = world_id(&w, members[i])};
    ck_ok(propter_metric_series(w.snapshot, &m, &one, 1, PROPTER_NO_DAY, &part, err));
    sum += part.series.value[41];
    propter_metric_series_clear(&part);
  }
  ck_assert_double_eq_tol(whole.series.value[41], sum, 1e-9);
  propter_metric_series_clear(&whole);
  propter_arena_clear(&arena);
  world_close(&w);
  PropterInference *x = world_ask_at(dir, W "all", 2013, 6, &options);
  const PropterCause *c = world_cause(x, "flood");
  ck_assert_int_eq(c != NULL, rows[_i].compared != NULL);
  bool compared = !c;
  for (size_t i = 0; c && i < c->evidences; i++) compared |= strstr(c->evidence[i].text.data, rows[_i].compared) != NULL;
  ck_assert(compared);
  if (c) ck_assert_msg(_i == 4 ? c->score.p < .1 : c->score.p > .9, "P %.3f", c->score.p); /* what moved the north is not what flooded the south */
  propter_inference_free(x);
}
END_TEST

/* The slices beside the one asked about are what it is compared with. */
START_TEST(a_slice_is_compared_with_those_beside_it) {
  const char *dir = cut_world(IN("north"));
  World w = world_open(dir);
  const PropterMember north = {.dimension = world_id(&w, W "region"), .member = world_id(&w, W "north")};
  world_close(&w);
  PropterInferOptions options = world_options();
  options.slice = &north, options.slice_count = 1;
  PropterInference *x = world_ask_at(dir, W "all", 2013, 6, &options);
  const PropterCause *c = world_cause(x, "flood");
  ck_assert_ptr_nonnull(c);
  bool compared = false, untouched = false;
  for (size_t i = 0; i < c->evidences; i++) compared |= strstr(c->evidence[i].text.data, "Compared with 4 other series, which it should leave alone") != NULL;
  for (size_t i = 0; i < x->forecasts; i++) untouched |= strstr(x->forecast[i].text.data, "The untouched slice all orders, ") != NULL;
  ck_assert(compared && untouched);
  ck_assert(c->score.share_identified);
  propter_inference_free(x);
}
END_TEST

START_TEST(what_a_sentence_tells_can_be_an_event) {
  const char *text = DOC("d", "2013-08-01") CLAIM("c", "d", "walkout", "From 1 to 28 June the crews walked out, and orders fell.",
                                                  FELL "; p:causeStart \"2013-06-01\"^^xsd:date ; p:causeEnd \"2013-06-28\"^^xsd:date");
  PropterInference *x = world_ask(world_make(text), NULL);
  ck_assert_uint_eq(x->causes, 1);
  ck_assert(!x->cause[0].documented);
  ck_assert_int_eq(x->cause[0].start, propter_day(2013, 6, 1));
  ck_assert_double_gt(x->cause[0].score.p, .3);
  ck_assert_double_lt(x->cause[0].score.happened, 1);
  propter_inference_free(x);
  /* A documented event of that kind and time takes the claim to itself. */
  x = world_ask(world_make(join(world_strike, text, "")), NULL);
  ck_assert_uint_eq(x->causes, 1);
  ck_assert_str_eq(x->cause[0].iri.data, W "strike");
  ck_assert_ptr_nonnull(piece(&x->cause[0], PROPTER_EVIDENCE_QUOTE));
  propter_inference_free(x);
}
END_TEST

#define MISHAP "w:mishap a skos:Concept , p:EventKind ; skos:prefLabel \"mishap\" .\n" DOC("d", "2013-08-01") DOC("e", "2013-08-02")
#define BESIDE(start, at, more)                                                                                                                            \
  "w:idle a p:Event ; skos:prefLabel \"crane stood idle\" ; p:scope w:north ; p:start \"" start "\"^^xsd:date ; p:document w:d ; p:source w:d ;"              \
  " p:quote \"From then on the crane stood idle.\" ; p:confidence 0.7 ; p:charStart " at " " more " .\n"

/* A claim whose cause has no date speaks of the happening that its passage dates, and so does another document about the same. */
START_TEST(a_claim_speaks_of_what_its_passage_dates) {
  static const struct {
    const char *text;
    bool meant;
  } rows[] = {
      {BESIDE("2013-06-01", "60", "; p:charEnd 90"), true},
      {BESIDE("2013-06-01", "0", "; p:charEnd 9"), true},
      {BESIDE("2013-06-01", "300", "; p:charEnd 330"), false},                            /* not beside it */
      {BESIDE("2013-06-01", "60", "; p:charEnd 90 ; p:section \"Other business\""), false}, /* of another section */
      {BESIDE("2013-06-30", "60", "; p:charEnd 90"), false},                              /* when it was over */
      {BESIDE("2013-01-01", "60", "; p:charEnd 90"), false},                              /* long before */
      {BESIDE("2013-06-01", "60", "; p:charEnd 90") "w:mishap1 a p:Event ; p:concept w:mishap ; p:scope w:south ; p:start \"2012-02-01\"^^xsd:date .\n", false}, /* its kind is on record */
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    PropterInference *x = world_ask(world_make(join(MISHAP CLAIM("c", "d", "mishap", "Orders fell because of the mishap.", FELL), rows[i].text,
                                                    CLAIM("c2", "e", "mishap", "The mishap of that month cost us orders.", FELL))),
                                    NULL);
    const PropterCause *idle = world_cause(x, "idle"), *mishap = world_cause(x, "mishap");
    size_t quotes = 0;
    for (size_t k = 0; idle && k < idle->evidences; k++) quotes += idle->evidence[k].kind == PROPTER_EVIDENCE_QUOTE;
    ck_assert_msg(rows[i].meant ? idle && !mishap && quotes == 3 : !!mishap, "row %zu: %zu quotes", i, quotes);
    propter_inference_free(x);
  }
}
END_TEST

#define IDLE(quote, at, more) IDLE_IN(" ; p:scope w:north", quote, at, more)
#define IDLE_IN(scope, quote, at, more)                                                                                                                   \
  "w:idle a p:Event ; skos:prefLabel \"crane stood idle\"" scope " ; p:start \"2013-06-01\"^^xsd:date ; p:document w:d ; p:quote \"" quote        \
  "\" ; p:confidence 0.7 ; p:charStart " at " " more " .\n"
#define WORKED(section)                                                                                                                                   \
  "w:worked a p:Event ; skos:prefLabel \"crane was back\" ; p:scope w:north ; p:start \"2013-06-30\"^^xsd:date ; p:document w:d ; p:quote \"It was back.\" ;" \
  " p:confidence 0.7 ; p:charStart 90 ; p:section \"" section "\" .\n"

static PropterCauseScore score_of_idle(const char *text, const char *more) {
  PropterInference *x = world_ask(world_make(join(MISHAP, text, more)), NULL);
  const PropterCause *idle = world_cause(x, "idle");
  ck_assert_ptr_nonnull(idle);
  const PropterCauseScore score = idle->score;
  propter_inference_free(x);
  return score;
}

/* What a document tells where it speaks of the figure is likelier to be about it, and a later day that it tells there is an idea of the end. */
START_TEST(the_passage_of_a_told_event_counts) {
  const PropterCauseScore apart = score_of_idle(IDLE_IN("", "The crane stood idle.", "60", ""), ""), place = score_of_idle(IDLE("The crane stood idle.", "60", ""), ""),
                          words = score_of_idle(IDLE("The crane stood idle and orders waited.", "60", ""), ""),
                          heading = score_of_idle(IDLE("The crane stood idle.", "60", "; p:section \"Report > Orders in June\""), "");
  ck_assert_double_lt(apart.prior, .06);
  ck_assert_double_gt(place.prior, .2); /* of just the place that is asked about */
  ck_assert_double_gt(words.prior, .2);
  ck_assert_double_eq_tol(words.prior, heading.prior, 1e-12);
  const PropterCauseScore other = score_of_idle(IDLE("The crane stood idle.", "60", "; p:section \"Harbour\""), WORKED("Staff")),
                          ended = score_of_idle(IDLE("The crane stood idle.", "60", "; p:section \"Harbour\""), WORKED("Harbour"));
  ck_assert_msg(ended.p > other.p, "ended %.4f, something else began %.4f", ended.p, other.p);
}
END_TEST

#define REPORT(start)                                                                                                                                     \
  "w:idle a p:Event ; skos:prefLabel \"Incident at the quay\" ; p:scope w:north ; p:start \"" start "\"^^xsd:date ; p:document w:e ;"                         \
  " p:quote \"Date of incident: 1 June\" ; p:section \"Incident at the quay\" ; p:confidence 0.7 ; p:charStart 900 ; p:charEnd 930 .\n"

/* A report is called by its heading; what happened there on the day when the effect of a claim began is what the claim names. */
START_TEST(a_report_is_of_what_a_claim_about_its_day_names) {
  static const char *const starts[] = {REPORT("2013-06-01"), REPORT("2013-06-03")};
  for (size_t i = 0; i < 2; i++) {
    PropterInference *x = world_ask(world_make(join(MISHAP, CLAIM("c", "d", "mishap", "Orders fell because of the mishap.", FELL), starts[i])), NULL);
    const PropterCause *idle = world_cause(x, "idle");
    ck_assert_ptr_nonnull(idle);
    ck_assert_str_eq(idle->label.data, i ? "Incident at the quay" : "mishap");
    ck_assert(!!world_cause(x, "mishap") == (i == 1));
    propter_inference_free(x);
  }
}
END_TEST

START_TEST(an_event_without_a_kind_is_known_by_its_name) {
  /* On record without a kind, told by a clause, and named by a claim: one cause. */
  const char *dir = world_make(
      "w:crane a p:Event ; skos:prefLabel \"Crane outage\" ; p:scope w:north ; p:start \"2013-06-01\"^^xsd:date ; p:end \"2013-06-28\"^^xsd:date .\n"
      "w:outage a skos:Concept , p:EventKind ; skos:prefLabel \"outage\" .\n"
      "w:told a p:Event ; skos:prefLabel \"crane was down\" ; p:scope w:north ; p:start \"2013-06-01\"^^xsd:date ; p:end \"2013-06-28\"^^xsd:date ;\n"
      "  p:document w:d ; p:quote \"The crane was down in June.\" ; p:confidence 0.7 .\n" DOC("d", "2013-08-01")
      CLAIM("c", "d", "outage", "Orders fell in June because of the outage.", FELL) CLAIM("c2", "d", "told", "As a result, orders fell.", FELL));
  PropterInference *x = world_ask(dir, NULL);
  ck_assert_uint_eq(x->causes, 1);
  const PropterCause *c = world_cause(x, "crane");
  ck_assert_ptr_nonnull(c);
  size_t quotes = 0;
  for (size_t i = 0; i < c->evidences; i++) quotes += c->evidence[i].kind == PROPTER_EVIDENCE_QUOTE;
  ck_assert_uint_ge(quotes, 2);
  ck_assert_uint_eq(x->said, 0);
  propter_inference_free(x);
}
END_TEST

#define TOLD_FROM(id, doc, label, start, quote)                                                                                                             \
  "w:" id " a p:Event ; skos:prefLabel \"" label "\" ; p:scope w:north ; p:start \"" start "\"^^xsd:date ; p:document w:" doc " ; p:quote \"" quote "\" ; p:confidence 0.7 .\n"
#define TOLD(id, doc, label, start, quote)                                                                                                                  \
  "w:" id " a p:Event ; skos:prefLabel \"" label "\" ; p:scope w:north ; p:start \"" start "\"^^xsd:date ; p:end \"2013-06-28\"^^xsd:date ; p:document w:" doc \
  " ; p:source w:" doc " ; p:quote \"" quote "\" ; p:confidence 0.7 .\n"

#define REGISTER(name, from, to)                                                                                                                          \
  "w:" name " a p:Event ; skos:prefLabel \"Harbour incident 7\" ; p:scope w:north ; p:start \"" from "\"^^xsd:date ; p:end \"" to "\"^^xsd:date .\n"

/* What two documents tell in the same words of the same days happened once, and a sentence copied is no second one. */
START_TEST(an_event_that_two_documents_tell_is_one) {
  static const struct {
    const char *second;
    size_t causes;
  } rows[] = {
      {"", 1},
      {TOLD("b", "e", "a CRANE was down", "2013-06-01", "In June a crane was down for weeks.") CLAIM("c2", "e", "b", "As a result, orders fell.", FELL), 1},
      {TOLD_FROM("b", "e", "crane was down", "2013-06-01", "The crane was down from 1 June.") CLAIM("c2", "e", "b", "As a result, orders fell.", FELL), 1},
      {TOLD("b", "e", "crane was down", "2013-06-12", "From 12 June the crane was down.") CLAIM("c2", "e", "b", "As a result, orders fell.", FELL), 2},
      {TOLD("b", "e", "The new cranes was DOWN", "2013-06-01", "In June the new crane was down.") CLAIM("c2", "e", "b", "As a result, orders fell.", FELL), 1},
      {TOLD("b", "d", "hoist stood idle", "2013-06-01", "The hoist stood idle.") CLAIM("c2", "d", "b", "As a result, orders fell.", FELL), 1},
      {TOLD("b", "e", "gate was down", "2013-06-01", "In June the gate was down.") CLAIM("c2", "e", "b", "As a result, orders fell.", FELL), 2},
      {REGISTER("b", "2013-06-01", "2013-06-28"), 1}, /* on record, with its place and its days */
      {REGISTER("b", "2013-06-01", "2013-06-20"), 2},
      {TOLD("b", "e", "crane 2 was down", "2013-06-01", "In June crane 2 was down.") CLAIM("c2", "e", "b", "As a result, orders fell.", FELL), 2},
  };
  double once[2] = {0};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    const char *first = TOLD("a", "d", "The cranes was down", "2013-06-01", "The crane was down in June.") CLAIM("c", "d", "a", "As a result, orders fell.", FELL);
    PropterInference *x = world_ask(world_make(join(DOC("d", "2013-08-01") DOC("e", "2013-08-01"), first, rows[i].second)), NULL);
    ck_assert_msg(x->causes == rows[i].causes, "%zu: %zu causes", i, x->causes);
    if (i == 0) once[0] = x->cause[0].score.p, once[1] = x->cause[0].score.term[PROPTER_TERM_TEXT];
    if (i == 1) {
      bool said[2] = {false, false};
      for (size_t k = 0; k < x->cause[0].evidences; k++) {
        const PropterEvidence *e = &x->cause[0].evidence[k];
        said[0] |= e->kind == PROPTER_EVIDENCE_QUOTE && propter_str_equal(e->text, PROPTER_STR("The crane was down in June."));
        said[1] |= e->kind == PROPTER_EVIDENCE_QUOTE && propter_str_equal(e->text, PROPTER_STR("In June a crane was down for weeks."));
      }
      ck_assert(said[0] && said[1]);
      ck_assert_uint_eq(x->cause[0].aliases, 1);
      ck_assert_double_eq_tol(x->cause[0].score.p, once[0], 1e-9);
      ck_assert_double_eq_tol(x->cause[0].score.term[PROPTER_TERM_TEXT], once[1], 1e-9);
    }
    propter_inference_free(x);
  }
}
END_TEST

START_TEST(a_chain_stands_behind_its_cause) {
  const char *chain =
      "w:cut a p:Event ; skos:prefLabel \"Pay cut\" ; p:scope w:nowhere ; p:start \"2013-05-01\"^^xsd:date ; p:leadsTo w:strike . w:nowhere a skos:Concept ; skos:inScheme w:places .\n"
      "w:debt a skos:Concept ; skos:inScheme w:kinds ; skos:prefLabel \"debt\" .\n" DOC(
          "d",
          "2013-08-01") "w:c9 a p:Claim ; p:document w:d ; p:cause w:debt ; p:effect w:cut ; p:quote \"Debt forced the pay cut.\" ; p:confidence 0.7 ; p:claimKind p:PostHoc .\n";
  PropterInferOptions options = world_options();
  const char *dir = world_make(join(world_strike, chain, ""));
  PropterInference *x = world_ask(dir, NULL);
  const PropterCause *c = world_cause(x, "strike");
  ck_assert_uint_eq(c->hops, 2);
  ck_assert_str_eq(c->hop[0].cause_label.data, "debt");
  ck_assert_str_eq(c->hop[0].effect_label.data, "Pay cut");
  ck_assert_double_eq_tol(c->hop[0].belief, .7, 1e-9);
  ck_assert_str_eq(c->hop[1].cause_label.data, "Pay cut");
  ck_assert_str_eq(c->hop[1].effect.data, W "strike");
  propter_inference_free(x);
  options.depth = 2;
  x = world_ask(dir, &options);
  ck_assert_uint_eq(world_cause(x, "strike")->hops, 1);
  propter_inference_free(x);
}
END_TEST

/* A gale leads to debris, debris to fewer orders a month later: so a gale of May is known to act in June. */
#define GALE "w:gale a skos:Concept ; skos:inScheme w:kinds ; skos:prefLabel \"gale\" . w:debris a skos:Concept ; skos:inScheme w:kinds ; skos:prefLabel \"debris\" .\n" \
             "w:g a p:Event ; p:concept w:gale ; p:scope w:north ; p:start \"2013-05-03\"^^xsd:date ; p:end \"2013-05-20\"^^xsd:date .\n"
#define STEP(id, cause, effect, more) "w:" id " a p:CausalLink ; p:cause w:" cause " ; p:effect w:" effect " ; p:beliefFor " more " .\n"
#define TWO(first, second) GALE STEP("s1", "gale", "debris", first) STEP("s2", "debris", "north", second)

START_TEST(knowledge_is_chained_forwards) {
  static const struct {
    const char *text, *said; /* NULL: no chain */
    double low, high;        /* of its P */
  } rows[] = {
      {GALE, NULL, 0, 1},
      {TWO("0.9", "0.8 ; p:lag \"P1M\"^^xsd:duration"), "gale \xE2\x86\x92 debris (believed 0.90), debris \xE2\x86\x92 north, 30 days later (believed 0.80)", .9, 1},
      {TWO("0.9 ; p:polarity p:Increase", "0.8 ; p:lag \"P1M\"^^xsd:duration ; p:polarity p:Decrease"), "(believed 0.80)", .9, 1},
      {TWO("0.9 ; p:polarity p:Decrease", "0.8 ; p:lag \"P1M\"^^xsd:duration ; p:polarity p:Decrease"), "(believed 0.80)", 0, .6}, /* lowers what lowers */
      {TWO("0.9", "0.8") STEP("s3", "debris", "gale", "0.9") STEP("s4", "debris", "debris", "0.9"), "(believed 0.80)", 0, 1},   /* in circles */
      {TWO("0.9", "0.8") STEP("s3", "gale", "north", "0.3"), NULL, 0, 1},                                                     /* said of both ends */
      {TWO("0.9", "0.8") "w:s3 a p:CausalLink ; p:cause w:gale ; p:effect w:north ; p:constraint p:Forbidden .\n", NULL, 0, 1},
      {TWO("0.9", "0.8 ; p:constraint p:Forbidden"), NULL, 0, 1},
      {GALE STEP("s1", "gale", "debris", "0.9") DOC("d", "2012-02-01")
           "w:c a p:Claim ; p:document w:d ; p:cause w:debris ; p:effect w:north ; p:quote \"Debris costs orders.\" ; p:confidence 0.7 ; p:claimKind p:TypeLevel .\n",
       "debris \xE2\x86\x92 north (believed 0.70)", 0, 1}};
  PropterInferOptions options = world_options();
  const char *dir = world_make(rows[_i].text);
  for (options.depth = 1; options.depth <= 3; options.depth += 2) {
    PropterInference *x = world_ask(dir, &options);
    const PropterCause *c = world_cause(x, "g");
    const char *said = NULL;
    for (size_t k = 0; c && k < c->evidences; k++)
      if (propter_str_equal(c->evidence[k].source_text, PROPTER_STR("one behind the other"))) said = c->evidence[k].text.data;
    ck_assert_msg((said != NULL) == (options.depth > 1 && rows[_i].said != NULL), "depth %u: %s", options.depth, said ? said : "no chain");
    if (said) ck_assert_msg(strstr(said, rows[_i].said) != NULL, "%s", said);
    if (said) ck_assert_msg(c->score.p >= rows[_i].low && c->score.p <= rows[_i].high, "%f", c->score.p);
    propter_inference_free(x);
  }
}
END_TEST

/* Events and claims that cause each other, and themselves: the chain goes round once at most. */
START_TEST(causes_in_a_circle_end) {
  const char *ring =
      "w:cut a p:Event ; skos:prefLabel \"Pay cut\" ; p:scope w:nowhere ; p:start \"2013-05-01\"^^xsd:date ; p:leadsTo w:strike .\n"
      "w:strike p:leadsTo w:cut , w:strike . w:nowhere a skos:Concept ; skos:inScheme w:places .\n"
      "w:c7 a p:Claim ; p:document w:d ; p:cause w:strike ; p:effect w:cut ; p:quote \"The strike led to the pay cut.\" ; p:confidence 0.7 .\n"
      "w:c8 a p:Claim ; p:document w:d ; p:cause w:cut ; p:effect w:strike ; p:quote \"The pay cut led to the strike.\" ; p:confidence 0.7 .\n"
      "w:c9 a p:Claim ; p:document w:d ; p:cause w:strike ; p:effect w:strike ; p:quote \"The strike led to itself.\" ; p:confidence 0.7 .\n" DOC("d", "2013-08-01");
  PropterInference *x = world_ask(world_make(join(world_strike, ring, "")), NULL);
  const PropterCause *c = world_cause(x, "strike");
  ck_assert_ptr_nonnull(c);
  ck_assert(c->score.p > 0 && c->score.p < 1 && c->hops <= 2);
  for (size_t i = 0; i < c->hops; i++) ck_assert(c->hop[i].belief >= 0 && c->hop[i].belief <= 1);
  propter_inference_free(x);
}
END_TEST

START_TEST(only_what_was_known_counts) {
  PropterInferOptions options = world_options();
  const char *dir = world_make(join(world_strike, DOC("d", "2013-08-01"), CLAIM("c", "d", "strike", "Orders fell in June because of the strike.", FELL)));
  options.known_by = propter_day(2013, 7, 15);
  PropterInference *x = world_ask(dir, &options);
  ck_assert_ptr_null(piece(world_cause(x, "strike"), PROPTER_EVIDENCE_QUOTE));
  ck_assert_uint_eq(x->points, 42); /* July was not over */
  propter_inference_free(x);
  World w = world_open(dir);
  PropterError err = {0};
  options.known_by = propter_day(2013, 5, 31);
  ck_assert_int_eq(propter_infer_window(w.snapshot, propter_str(W "north-orders"), propter_day(2013, 6, 1), propter_day(2013, 6, 30), &options, &x, &err),
                   PROPTER_INVALID);
  ck_assert_msg(strstr(err.message, "2013-05-31") != NULL, "%s", err.message);
  world_close(&w);
}
END_TEST

START_TEST(bad_questions_are_refused) {
  World w = world_open(
      world_make("w:nothing a p:Metric ; p:dataset w:none ; p:measure w:v ; p:timeDimension w:t ; p:grain \"P1M\"^^xsd:duration . w:broken a p:Metric .\n"));
  PropterInference *x;
  PropterError err = {0};
  PropterDay a = propter_day(2013, 6, 1), b = propter_day(2013, 6, 30);
  ck_assert_int_eq(propter_infer_window(w.snapshot, propter_str(W "no-such"), a, b, NULL, &x, &err), PROPTER_NOT_FOUND);
  ck_assert_int_eq(propter_infer_window(w.snapshot, propter_str(W "north"), a, b, NULL, &x, &err), PROPTER_NOT_FOUND);
  ck_assert_int_eq(propter_infer_window(w.snapshot, propter_str(W "broken"), a, b, NULL, &x, &err), PROPTER_INVALID);
  ck_assert_int_eq(propter_infer_window(w.snapshot, propter_str(W "nothing"), a, b, NULL, &x, &err), PROPTER_INVALID);
  ck_assert_msg(strstr(err.message, "has no observations"), "%s", err.message);
  ck_assert_int_eq(propter_infer_window(w.snapshot, propter_str(W "north-orders"), b, a, NULL, &x, &err), PROPTER_INVALID);
  ck_assert_int_eq(propter_infer_window(w.snapshot, propter_str(W "north-orders"), propter_day(1999, 1, 1), b, NULL, &x, &err), PROPTER_INVALID);
  ck_assert_msg(strstr(err.message, "2010-01-01") && strstr(err.message, "2015-12-31"), "%s", err.message);
  ck_assert_ptr_null(x);
  world_close(&w);
}
END_TEST

/* --- threads and failing memory --------------------------------------------------------------------------------------------------------------------- */

typedef struct {
  PropterInferrer *inferrer;
  double p[WORLD_MONTHS];
} Many;

static PropterStatus ask_month(size_t item, void *payload, PropterError *err) {
  Many *many = payload;
  PropterInference *x;
  int year = 2010 + (int)item / 12, month = (int)item % 12 + 1;
  PROPTER_TRY(
      propter_inferrer_window(many->inferrer, PROPTER_STR(W "north-orders"), propter_day(year, month, 1), propter_day(year, month + 1, 1) - 1, &x, err));
  many->p[item] = x->causes ? x->cause[0].score.p : x->p_unknown;
  propter_inference_free(x);
  return PROPTER_OK;
}

START_TEST(threads_change_nothing) {
  World w = world_open(world_make(world_strike));
  Many many[2];
  for (unsigned k = 0; k < 2; k++) {
    ck_ok(propter_inferrer_new(w.snapshot, NULL, &many[k].inferrer, err));
    ck_ok(propter_pool_run(WORLD_MONTHS, k ? 4 : 1, ask_month, &many[k], err));
    propter_inferrer_free(many[k].inferrer);
  }
  ck_assert_mem_eq(many[0].p, many[1].p, sizeof many[0].p);
  world_close(&w);
}
END_TEST

static PropterWhatIf what_if(const char *dir, const char *metric, const char *cause, double amount) {
  World w = world_open(dir);
  PropterInferrer *inferrer;
  static PropterArena arena;
  PropterWhatIf x;
  ck_ok(propter_inferrer_new(w.snapshot, NULL, &inferrer, err));
  ck_ok(propter_what_if(inferrer, propter_str(metric), propter_str(cause), amount, &arena, &x, err));
  x.metric = x.cause = (PropterStr){"", 0}; /* theirs are gone with the inferrer */
  x.reason = (PropterStr){x.identified ? "" : "told", x.identified ? 0 : 4};
  propter_inferrer_free(inferrer);
  world_close(&w);
  propter_arena_clear(&arena);
  return x;
}

/* The strike took 40 orders; the event study finds that against the other regions. */
#define WALKOUT(id, place, day, last)                                                                                                                          \
  "w:" id " a p:Event ; skos:prefLabel \"" id "\" ; p:concept w:walkout ; p:scope w:" place " ; p:start \"" day "\"^^xsd:date ; p:end \"" last                 \
  "\"^^xsd:date .\n"

static const PropterEvidence *test_named(const PropterCause *cause, const char *name) {
  for (size_t i = 0; i < cause->evidences; i++)
    if (cause->evidence[i].kind == PROPTER_EVIDENCE_TEST && propter_str_equal(cause->evidence[i].source_text, propter_str(name))) return &cause->evidence[i];
  return NULL;
}

/* What the other walkouts did: nothing, so this one is less to be expected of doing something; the one of June 2013 did, so another is more. Neither vouches
 * for itself, what was not known does not count, and where two happened at once nobody knows which of them it was. */
START_TEST(other_events_of_the_kind_count) {
  const char *idle = join(WALKOUT("a", "south", "2011-04-02", "2011-04-20"), WALKOUT("b", "east", "2012-03-02", "2012-03-25"),
                          WALKOUT("c", "west", "2014-05-02", "2014-05-20") WALKOUT("e", "centre", "2014-10-02", "2014-10-20"));
  const char *dir = world_make(join(world_strike, idle, ""));
  PropterInferOptions options = world_options();
  PropterInference *alone = world_ask(world_make(world_strike), NULL), *x = world_ask(dir, &options);
  const PropterCause *c = world_cause(alone, "strike");
  ck_assert_double_eq(c->score.term[PROPTER_TERM_HISTORY], 0);
  ck_assert_ptr_null(test_named(c, "history"));
  c = world_cause(x, "strike");
  ck_assert_double_lt(c->score.term[PROPTER_TERM_HISTORY], -.2);
  ck_assert_double_lt(c->score.acted, .5);
  ck_assert_double_lt(c->score.p, world_cause(alone, "strike")->score.p);
  const PropterEvidence *e = test_named(c, "history");
  ck_assert(e && e->against && propter_str_starts(e->text, PROPTER_STR("Of 4 other events of this kind none clearly moved ")));
  ck_assert_double_eq(e->weight, c->score.term[PROPTER_TERM_HISTORY]);
  propter_inference_free(alone);
  propter_inference_free(x);
  options.known_by = propter_day(2013, 8, 1);
  x = world_ask(dir, &options);
  ck_assert(propter_str_starts(test_named(world_cause(x, "strike"), "history")->text, PROPTER_STR("Of 2 other")));
  propter_inference_free(x);
  const char *falls = "w:l a p:CausalLink ; p:cause w:walkout ; p:effect w:world ; p:polarity p:Decrease ; p:beliefFor 0.5 .\n";
  x = world_ask_at(world_make(join(world_strike, WALKOUT("a", "south", "2011-04-02", "2011-04-20"), falls)), W "south-orders", 2011, 4, NULL);
  c = world_cause(x, "a");
  ck_assert_double_gt(c->score.term[PROPTER_TERM_HISTORY], .2);
  ck_assert_double_gt(c->score.acted, .8);
  double sure = c->score.acted;
  propter_inference_free(x);
  const char *storm =
      "w:storm a skos:Concept ; skos:inScheme w:kinds . w:s a p:Event ; p:concept w:storm ; p:scope w:north ; p:start \"2013-06-02\"^^xsd:date ; p:end \"2013-06-27\"^^xsd:date .\n";
  x = world_ask_at(world_make(join(world_strike, WALKOUT("a", "south", "2011-04-02", "2011-04-20"), join(falls, storm, ""))), W "south-orders", 2011, 4, NULL);
  ck_assert_double_lt(world_cause(x, "a")->score.acted, sure);
  propter_inference_free(x);
}
END_TEST

START_TEST(what_an_event_would_do) {
  const char *dir = world_make(world_strike);
  PropterWhatIf once = what_if(dir, W "north-orders", W "strike", 1), twice = what_if(dir, "north orders", "Strike in the north", 2);
  ck_assert(once.identified && twice.identified);
  ck_assert_uint_eq(once.events, 1);
  ck_assert_uint_eq(once.pasts, 1);
  ck_assert_double_lt(fabs(once.effect + 40), 8);
  ck_assert(once.low < once.effect && once.effect < once.high && once.high < 0);
  ck_assert_double_eq(twice.effect, 2 * once.effect);
  PropterWhatIf elsewhere = what_if(dir, W "south-orders", W "strike", 1), figure = what_if(dir, W "north-orders", W "south-orders", 1);
  ck_assert(!elsewhere.identified && elsewhere.reason.len && isnan(elsewhere.effect));
  ck_assert(!figure.identified && figure.reason.len && isnan(figure.effect));
}
END_TEST

static PropterPart *where_in(PropterSnapshot *snapshot, const char *metric, PropterArena *arena, size_t *count) {
  PropterInferOptions options = world_options();
  PropterInferrer *inferrer;
  PropterPart *parts;
  ck_ok(propter_inferrer_new(snapshot, &options, &inferrer, err));
  ck_ok(propter_where(inferrer, propter_str(metric), propter_day(2013, 6, 1), propter_day(2013, 6, 30), arena, &parts, count, err));
  propter_inferrer_free(inferrer);
  return parts;
}

/* All regions as one metric with a dimension; the cube has a line for the world, too. */
static const char in_parts[] =
    "w:all-orders a p:Metric ; skos:prefLabel \"all orders\" ; p:dataset w:cube ; p:measure w:orders ; p:timeDimension w:month ; p:sliceBy w:region ;\n"
    "  p:grain \"P1M\"^^xsd:duration .\n";

/* The north carries what the world lost; where the north is a sum itself, its part does. What is no sum, has a part nobody knows or cancels out has no parts.
 */
START_TEST(a_deviation_lies_somewhere) {
  const char *more =
      "w:north2-orders a p:Metric ; skos:prefLabel \"orders of the two norths\" ; p:dataset w:cube ; p:measure w:orders ; p:timeDimension w:month ; p:fixed [ p:dimension w:region ; p:member w:north ] ; p:grain \"P1M\"^^xsd:duration .\n"
      "w:s1 a p:Definition ; p:operator p:SumOf ; p:whole w:north-orders ; p:part w:north2-orders .\n"
      "w:s2 a p:Definition ; p:operator p:DifferenceOf ; p:whole w:south-orders ; p:part w:north-orders .\n"
      "w:s3 a p:Definition ; p:operator p:SumOf ; p:whole w:east-orders ; p:part w:north-orders, w:nowhere-orders .\n";
  World w = world_open(world_make(join(in_parts, more, "")));
  PropterArena arena = {0};
  size_t count;
  PropterPart *parts = where_in(w.snapshot, W "world-orders", &arena, &count);
  ck_assert_uint_ge(count, 2);
  ck_assert(propter_str_equal(parts[0].metric, PROPTER_STR(W "north-orders")));
  ck_assert(propter_str_equal(parts[0].label, PROPTER_STR("north orders")));
  ck_assert(parts[0].parent == SIZE_MAX && fabs(parts[0].observed - parts[0].expected + 40) < 8 && parts[0].share > .7 && parts[0].share < 1.3);
  ck_assert(propter_str_equal(parts[1].metric, PROPTER_STR(W "north2-orders")));
  ck_assert(parts[1].parent == 0 && fabs(parts[1].share - parts[0].share) < 1e-9);
  for (size_t i = 2; i < count; i++) ck_assert(parts[i].parent == SIZE_MAX && fabs(parts[i].share) >= .05 && fabs(parts[i].share) < .3);
  propter_free(parts);
  parts = where_in(w.snapshot, W "all-orders", &arena, &count);
  ck_assert_uint_ge(count, 1);
  bool north = false;
  for (size_t i = 0; i < count; i++)
    north |= propter_str_equal(parts[i].label, PROPTER_STR("region north")) && !parts[i].metric.len && parts[i].observed < parts[i].expected;
  ck_assert(north);
  propter_free(parts);
  const char *const none[] = {W "south-orders", W "east-orders", W "west-orders"};
  for (size_t i = 0; i < 3; i++) {
    propter_free(where_in(w.snapshot, none[i], &arena, &count));
    ck_assert_uint_eq(count, 0);
  }
  propter_arena_clear(&arena);
  world_close(&w);
}
END_TEST

static PropterStatus members_in(PropterInferrer *inferrer, const char *metric, const char *dimension, int year, int months, PropterArena *arena,
                                PropterPart **members, size_t *count, PropterError *err) {
  const PropterDay from = propter_day(year, 6, 1), to = propter_day(year, 6 + months, 1) - 1;
  return propter_members(inferrer, propter_str(metric), propter_str(dimension), from, to, arena, members, count, err);
}

/* Each region once, as it stands among the parts of the world; means of the periods; shares of the whole. */
START_TEST(a_dimension_shows_all_its_members) {
  const char *dir = world_make(in_parts);
  World w = world_open(dir);
  PropterArena arena = {0};
  PropterInferOptions options = world_options();
  PropterInferrer *inferrer;
  PropterPart *members;
  size_t count, listed;
  PropterPart *parts = where_in(w.snapshot, W "world-orders", &arena, &listed);
  ck_ok(propter_inferrer_new(w.snapshot, &options, &inferrer, err));
  ck_ok(members_in(inferrer, W "all-orders", W "region", 2013, 1, &arena, &members, &count, err));
  ck_assert_uint_eq(count, 6);
  double shares = 0, deviation = 0;
  size_t met = 0;
  for (size_t i = 0; i < count; i++) {
    shares += members[i].share, deviation += members[i].observed - members[i].expected;
    ck_assert(members[i].parent == SIZE_MAX && !members[i].metric.len && (!i || members[i].share <= members[i - 1].share));
    for (size_t k = 0; k < listed; k++) {
      if (!propter_str_starts(parts[k].label, members[i].label)) continue;
      ck_assert_double_eq_tol(members[i].observed, parts[k].observed, 1e-9);
      ck_assert_double_eq_tol(members[i].expected, parts[k].expected, 1e-9);
      met++;
    }
  }
  ck_assert_uint_eq(met, listed);
  ck_assert_double_eq_tol(shares, 1, 1e-9);
  for (size_t i = 0; i < count; i++) ck_assert_double_eq_tol(members[i].share, (members[i].observed - members[i].expected) / deviation, 1e-9);
  propter_free(members);
  ck_ok(members_in(inferrer, W "all-orders", W "region", 2013, 2, &arena, &members, &count, err));
  double months[2], both = NAN;
  for (size_t i = 0; i < count; i++)
    if (propter_str_equal(members[i].label, PROPTER_STR("north"))) both = members[i].observed;
  for (int m = 0; m < 2; m++) {
    PropterInference *x = world_ask_at(dir, W "north-orders", 2013, 6 + m, NULL);
    months[m] = x->observed;
    propter_inference_free(x);
  }
  ck_assert_double_eq_tol(both, (months[0] + months[1]) / 2, 1e-9);
  propter_free(members);
  static const struct {
    const char *metric, *dimension;
    int year;
  } none[] = {{W "north-orders", W "region", 2013}, {W "all-orders", W "month", 2013}, {W "all-orders", W "nothing", 2013}, {W "all-orders", W "region", 2031}};
  for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
    ck_ok(members_in(inferrer, none[i].metric, none[i].dimension, none[i].year, 1, &arena, &members, &count, err));
    ck_assert(!members && !count);
  }
  PropterError named = {0};
  ck_assert_int_eq(members_in(inferrer, W "region", W "region", 2013, 1, &arena, &members, &count, &named), PROPTER_NOT_FOUND);
  propter_free(parts);
  propter_inferrer_free(inferrer);
  propter_arena_clear(&arena);
  world_close(&w);
}
END_TEST

/* The six members of a dimension, or the parts where a move lies. */
typedef struct {
  PropterGraph *graph;
  bool members;
} PartsAsked;

static PropterStatus parts_under_failure(void *payload, PropterError *err) {
  const PartsAsked *asked = payload;
  PropterSnapshot *snapshot = NULL;
  PropterInferrer *inferrer = NULL;
  PropterArena arena = {0};
  PropterPart *parts = NULL;
  size_t count = 0;
  PropterStatus status = propter_snapshot_open(asked->graph, 0, &snapshot, err);
  if (!status) status = propter_inferrer_new(snapshot, NULL, &inferrer, err);
  if (!status && asked->members) status = members_in(inferrer, W "all-orders", W "region", 2013, 1, &arena, &parts, &count, err);
  else if (!status)
    status = propter_where(inferrer, PROPTER_STR(W "world-orders"), propter_day(2013, 6, 1), propter_day(2013, 6, 30), &arena, &parts, &count, err);
  if (status) ck_assert(!parts && !count);
  else ck_assert(asked->members ? count == 6 : count > 0);
  propter_free(parts);
  propter_arena_clear(&arena);
  propter_inferrer_free(inferrer);
  propter_snapshot_close(snapshot);
  return status;
}

static PropterStatus what_if_under_failure(void *payload, PropterError *err) {
  PropterSnapshot *snapshot = NULL;
  PropterInferrer *inferrer = NULL;
  PropterArena arena = {0};
  PropterWhatIf x;
  PropterStatus status = propter_snapshot_open(payload, 0, &snapshot, err);
  if (!status) status = propter_inferrer_new(snapshot, NULL, &inferrer, err);
  if (!status) status = propter_what_if(inferrer, PROPTER_STR(W "north-orders"), PROPTER_STR(W "strike"), 1, &arena, &x, err);
  propter_arena_clear(&arena);
  propter_inferrer_free(inferrer);
  propter_snapshot_close(snapshot);
  return status;
}

static PropterStatus ask_under_failure(void *payload, PropterError *err) {
  PropterSnapshot *snapshot = NULL;
  PropterInference *x = NULL;
  PropterInferOptions options = world_options();
  options.score.shifts = 3;
  PropterStatus status = propter_snapshot_open(payload, 0, &snapshot, err);
  if (!status) status = propter_infer_window(snapshot, PROPTER_STR(W "north-orders"), propter_day(2013, 6, 1), propter_day(2013, 6, 30), &options, &x, err);
  ck_assert((status == PROPTER_OK) == (x != NULL));
  propter_inference_free(x);
  propter_snapshot_close(snapshot);
  return status;
}

typedef struct {
  PropterGraph *graph;
  PropterMember slice;
} CutAsked;

/* All orders where the slice has no dimension, else that slice. */
static PropterStatus cut_under_failure(void *payload, PropterError *err) {
  const CutAsked *asked = payload;
  PropterSnapshot *snapshot = NULL;
  PropterInference *x = NULL;
  PropterInferOptions options = world_options();
  options.slice = &asked->slice, options.slice_count = asked->slice.dimension != PROPTER_NO_ID;
  PropterStatus status = propter_snapshot_open(asked->graph, 0, &snapshot, err);
  if (!status) status = propter_infer_window(snapshot, PROPTER_STR(W "all"), propter_day(2013, 6, 1), propter_day(2013, 6, 30), &options, &x, err);
  ck_assert((status == PROPTER_OK) == (x != NULL));
  propter_inference_free(x);
  propter_snapshot_close(snapshot);
  return status;
}

START_TEST(failing_memory_is_reported_in_cubes) {
  World w = world_open(cut_world(IN("north")));
  CutAsked asked = {w.graph, {0}};
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, cut_under_failure, &asked, false), 100);
  asked.slice = (PropterMember){.dimension = world_id(&w, W "region"), .member = world_id(&w, W "north")};
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, cut_under_failure, &asked, false), 100);
  world_close(&w);
}
END_TEST

START_TEST(failing_memory_is_reported_everywhere) {
  const char *dir = world_make(join(world_strike, DOC("d", "2013-08-01"),
                                    CLAIM("c", "d", "strike", "Orders fell in June because of the strike in the north.", FELL "; p:scope w:dispute")
                                        TWO("0.9", "0.8")));
  World w = world_open(dir);
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, ask_under_failure, w.graph, false), 100);
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, what_if_under_failure, w.graph, false), 100);
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, parts_under_failure, &(PartsAsked){w.graph, false}, false), 100);
  world_close(&w);
  w = world_open(world_make(in_parts));
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, parts_under_failure, &(PartsAsked){w.graph, true}, false), 100);
  world_close(&w);
}
END_TEST

Suite *suite_window(void) {
  Suite *s = suite_create("window");
  TCase *t = tcase_create("questions");
  tcase_set_timeout(t, 120);
  tcase_add_test(t, a_documented_event_is_found_with_everything_about_it);
  tcase_add_test(t, a_forecast_speaks_of_the_window_and_of_figures_that_there_are);
  tcase_add_test(t, the_change_is_that_of_the_window);
  tcase_add_test(t, without_it_nothing_is_named);
  tcase_add_test(t, a_quiet_month_did_not_move);
  tcase_add_test(t, the_whole_sees_the_part);
  tcase_add_test(t, a_deviation_lies_somewhere);
  tcase_add_test(t, a_dimension_shows_all_its_members);
  tcase_add_test(t, the_return_belongs_to_the_strike);
  tcase_add_test(t, the_same_under_two_names_is_one);
  tcase_add_test(t, copies_and_retellings_count_once);
  tcase_add_test(t, a_second_opinion_helps_and_a_denial_hurts);
  tcase_add_test(t, a_guessed_period_weighs_less);
  tcase_add_test(t, a_told_event_holds_for_every_measure_of_its_place);
  tcase_add_test(t, a_later_statement_goes_over_an_earlier_one);
  tcase_add_test(t, a_forecast_weighs_more_than_an_afterthought);
  tcase_add_test(t, knowledge_requires_and_forbids);
  tcase_add_test(t, a_claim_moves_no_event);
  tcase_add_test(t, gossip_without_a_date_does_not_beat_what_is_on_record);
  tcase_add_test(t, what_is_undated_speaks_from_its_own_day);
  tcase_add_loop_test(t, wrong_claims_are_told_with_their_reason, 0, 5);
  tcase_add_loop_test(t, a_claim_holds_where_its_scope_is, 0, 8);
  tcase_add_loop_test(t, a_cause_in_a_slice_did_what_the_slice_did, 0, 4);
  tcase_add_loop_test(t, a_size_of_a_wider_scope_is_left_open, 0, 3);
  tcase_add_test(t, what_an_event_in_a_part_would_do);
  tcase_add_loop_test(t, a_group_of_members_is_their_sum, 0, 5);
  tcase_add_test(t, a_slice_is_compared_with_those_beside_it);
  tcase_add_test(t, what_a_sentence_tells_can_be_an_event);
  tcase_add_test(t, a_claim_speaks_of_what_its_passage_dates);
  tcase_add_test(t, the_passage_of_a_told_event_counts);
  tcase_add_test(t, a_report_is_of_what_a_claim_about_its_day_names);
  tcase_add_test(t, an_event_without_a_kind_is_known_by_its_name);
  tcase_add_test(t, an_event_that_two_documents_tell_is_one);
  tcase_add_test(t, a_chain_stands_behind_its_cause);
  tcase_add_loop_test(t, knowledge_is_chained_forwards, 0, 9);
  tcase_add_test(t, causes_in_a_circle_end);
  tcase_add_test(t, only_what_was_known_counts);
  tcase_add_test(t, bad_questions_are_refused);
  tcase_add_test(t, threads_change_nothing);
  tcase_add_test(t, other_events_of_the_kind_count);
  tcase_add_test(t, what_an_event_would_do);
  tcase_add_test(t, failing_memory_is_reported_everywhere);
  tcase_add_test(t, failing_memory_is_reported_in_cubes);
  suite_add_tcase(s, t);
  return s;
}
