/* SPDX-License-Identifier: Apache-2.0 */
/* Scores that are kept from run to run: whatever changes in the graph, a run with them ends in the same statements as one that computes everything, on any
 * number of threads, and wherever an earlier one was stopped; the file itself may be torn, lost or another's. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../engine/infer/memo.h"
#include "propter/changed.h"
#include "propter/io.h"
#include "propter/rng.h"
#include "world.h"

/* ---- the file ---------------------------------------------------------------------------------------------------------------- */

static const PropterHash128 maker = {1, 2};

static PropterHash128 number(uint64_t n) { return (PropterHash128){n, ~n}; }

static Memo *opened(const char *path) {
  Memo *memo;
  ck_ok(memo_open(path, maker, true, &memo, err));
  return memo;
}

static bool has(Memo *memo, uint64_t n, const char *text) {
  PropterStr value;
  return memo_get(memo, number(n), &value) && propter_str_equal(value, propter_str(text));
}

static size_t size_of(const char *path) {
  PropterBuf bytes = {0};
  ck_ok(propter_io_read_file(path, 0, &bytes, err));
  size_t size = bytes.len;
  propter_buf_clear(&bytes);
  return size;
}

START_TEST(values_last_and_what_nobody_asks_for_goes) {
  const char *path = support_path(support_folder(), "kept");
  Memo *memo = opened(path);
  PropterStr value;
  size_t found, made;
  ck_assert(!memo_get(memo, number(1), &value) && !memo_get(NULL, number(1), &value));
  ck_ok(memo_put(NULL, number(1), PROPTER_STR("x"), err));
  for (uint64_t i = 0; i < 3; i++) ck_ok(memo_put(memo, number(i), i ? PROPTER_STR("one") : PROPTER_STR("none"), err));
  ck_ok(memo_put(memo, number(2), PROPTER_STR("two"), err)); /* in place of the other */
  ck_assert(has(memo, 0, "none") && has(memo, 2, "two"));
  memo_counts(memo, &found, &made);
  ck_assert(found == 0 && made == 3); /* nothing is of an earlier run */
  memo_close(memo);
  memo = opened(path); /* never settled: a run that was stopped */
  ck_assert(has(memo, 0, "none") && has(memo, 1, "one") && has(memo, 2, "two"));
  ck_ok(memo_settle(memo, false, err));
  memo_close(memo);
  memo = opened(path);
  ck_assert(has(memo, 1, "one") && has(memo, 1, "one"));
  memo_counts(memo, &found, &made);
  ck_assert(found == 1 && made == 0);
  ck_ok(memo_settle(memo, true, err));
  memo_close(memo);
  memo = opened(path);
  ck_assert(has(memo, 0, "none") && has(memo, 2, "two"));
  ck_ok(memo_settle(memo, false, err));
  memo_close(memo);
  memo = opened(path);
  ck_assert(!has(memo, 1, "one") && memo_touch(memo, number(0), NULL) && !memo_touch(memo, number(1), NULL) && !memo_touch(NULL, number(0), NULL));
  memo_counts(memo, &found, &made);
  ck_assert(found == 0 && made == 0);
  ck_ok(memo_settle(memo, false, err)); /* what was touched is kept */
  memo_close(memo);
  memo = opened(path);
  ck_assert(memo_touch(memo, number(0), &value) && propter_str_equal(value, PROPTER_STR("none")) && has(memo, 0, "none"));
  memo_counts(memo, &found, &made);
  ck_assert(found == 1 && made == 0);
  memo_close(memo);
  ck_ok(memo_open(path, number(9), true, &memo, err)); /* of another build */
  ck_assert(!has(memo, 0, "none"));
  ck_ok(memo_put(memo, number(5), PROPTER_STR("five"), err));
  memo_close(memo);
  memo = opened(path);
  ck_assert(!has(memo, 5, "five"));
  memo_close(memo);
  ck_ok(memo_open(support_path(support_folder(), "none/kept"), maker, true, &memo, err)); /* a folder that is not there: nothing is kept */
  ck_ok(memo_put(memo, number(1), PROPTER_STR("one"), err));
  ck_assert(has(memo, 1, "one"));
  ck_ok(memo_settle(memo, false, err));
  memo_close(memo);
}
END_TEST

/* Whatever length is left of it, and whichever byte is wrong, no wrong value comes out, and what follows is kept again. */
START_TEST(a_torn_file_loses_only_what_is_torn) {
  const char *path = support_path(support_folder(), "kept");
  PropterBuf whole = {0};
  Memo *memo = opened(path);
  for (uint64_t i = 0; i < 4; i++) ck_ok(memo_put(memo, number(i), PROPTER_STR("value"), err));
  memo_close(memo);
  ck_ok(propter_io_read_file(path, 0, &whole, err));
  for (size_t at = 0; at < 2 * whole.len; at++) {
    PropterStr bytes = {whole.data, at < whole.len ? at : whole.len};
    char *byte = at < whole.len ? NULL : &whole.data[at - whole.len];
    if (byte) *byte ^= 1;
    support_write(path, bytes);
    if (byte) *byte ^= 1;
    memo = opened(path);
    for (uint64_t i = 0; i < 4; i++) {
      PropterStr value;
      if (memo_get(memo, number(i), &value)) ck_assert(propter_str_equal(value, PROPTER_STR("value")));
    }
    ck_ok(memo_put(memo, number(7), PROPTER_STR("seven"), err));
    memo_close(memo);
    memo = opened(path);
    ck_assert(has(memo, 7, "seven"));
    memo_close(memo);
  }
  propter_buf_clear(&whole);
}
END_TEST

static PropterStatus use(void *payload, PropterError *err) {
  Memo *memo;
  PROPTER_TRY(memo_open(payload, maker, true, &memo, err));
  PropterStr value;
  if (memo_get(memo, number(1), &value)) ck_assert(propter_str_equal(value, PROPTER_STR("value")));
  PropterStatus status = memo_put(memo, number(1), PROPTER_STR("value"), err);
  if (!status) status = memo_put(memo, number(2), PROPTER_STR("value"), err);
  if (!status) status = memo_settle(memo, false, err);
  memo_close(memo);
  return status;
}

START_TEST(failing_calls_lose_time_only) {
  char path[512];
  (void)snprintf(path, sizeof path, "%s", support_path(support_folder(), "kept"));
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, use, path, true), 5);
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_IO, use, path, true), 5);
  ck_assert_uint_gt(size_of(path), 32);
}
END_TEST

/* ---- runs -------------------------------------------------------------------------------------------------------------------- */

enum { REGIONS = 3, DAYS = 396 /* from 1 January 2014: thirteen months */ };
static const char *const regions[REGIONS] = {"north", "south", "east"};

typedef struct {
  int days, corrected; /* the day with another value, −1: none */
  unsigned claims, events, verdicts; /* bits */
} Shop;

static void add_cube(PropterBuf *out) {
  propter_buf_printf(out, "w:offer a skos:Concept ; skos:inScheme w:kinds . w:frost a skos:Concept ; skos:inScheme w:kinds .\n");
  for (int r = 0; r < REGIONS; r++)
    propter_buf_printf(
        out,
        "w:%s a skos:Concept ; skos:inScheme w:regions ; skos:prefLabel \"%s\" .\nw:%s-sales a p:Metric ; skos:prefLabel \"%s sales\" ; p:dataset w:days ; "
        "p:measure w:sales ; p:timeDimension w:day ; p:fixed [ p:dimension w:region ; p:member w:%s ] ; p:concept w:%s ; p:grain "
        "\"P1D\"^^xsd:duration .\n",
        regions[r], regions[r], regions[r], regions[r], regions[r], regions[r]);
}

static void add_days(PropterBuf *out, const Shop *shop) {
  PropterRng rng;
  propter_rng_seed(&rng, 11);
  for (int d = 0; d < shop->days; d++)
    for (int r = 0; r < REGIONS; r++) {
      char date[16];
      double value = 200 + 10 * (d % 7 == 5) + 4 * propter_rng_normal(&rng);
      if (r == 0 && d >= 100 && d < 105) value -= 45;
      if (r == 1 && d >= 250 && d < 253) value += 50;
      if (r == 0 && d >= 397 && d < 399) value += 40;
      if (r == d % REGIONS && d == shop->corrected) value += 60;
      propter_day_format(propter_day(2014, 1, 1 + d), date);
      propter_buf_printf(out, "w:s-%d-%s a qb:Observation ; qb:dataSet w:days ; w:region w:%s ; w:day \"%s\"^^xsd:date ; w:sales %.1f ; p:sourceRow %d .\n", d,
                         regions[r], regions[r], date, value, d + 2);
    }
}

static void add_told(PropterBuf *out, const Shop *shop) {
  static const char *const claims[] = {
      "w:c0 a p:Claim ; p:document w:d0 ; p:cause w:frost ; p:effect w:north ; p:quote \"Frost cut sales.\" ; p:confidence 0.8 ; p:claimKind p:PostHoc ; p:rule \"cut\" ; "
      "p:polarity p:Decrease ; p:effectStart \"2014-04-11\"^^xsd:date ; p:effectEnd \"2014-04-15\"^^xsd:date .\n",
      "w:c1 a p:Claim ; p:document w:d1 ; p:cause w:offer ; p:effect w:south ; p:quote \"The offer lifted sales.\" ; p:confidence 0.7 ; p:claimKind p:PostHoc ; p:rule "
      "\"cut\" ; p:polarity p:Increase ; p:effectStart \"2014-09-08\"^^xsd:date ; p:effectEnd \"2014-09-10\"^^xsd:date .\n",
      "w:c2 a p:Claim ; p:document w:d1 ; p:cause w:frost ; p:effect w:east ; p:quote \"Frost cuts sales in general.\" ; p:confidence 0.6 ; p:claimKind p:TypeLevel ; "
      "p:polarity p:Decrease .\n"};
  static const char *const events[] = {
      "w:e0 a p:Event ; p:concept w:frost ; p:scope w:north ; p:start \"2014-04-11\"^^xsd:date ; p:end \"2014-04-15\"^^xsd:date ; p:dose [ p:value -44.0 ; p:profile p:Pulse ] .\n",
      "w:e1 a p:Event ; p:concept w:offer ; p:scope w:south ; p:start \"2014-09-07\"^^xsd:date ; p:end \"2014-09-10\"^^xsd:date .\n",
      "w:e2 a p:Event ; p:concept w:offer ; p:scope w:north ; p:start \"2015-02-01\"^^xsd:date ; p:end \"2015-02-03\"^^xsd:date .\n"};
  for (unsigned i = 0; i < 3; i++) {
    if (shop->claims >> i & 1) propter_buf_printf(out, "%s", claims[i]);
    if (shop->events >> i & 1) propter_buf_printf(out, "%s", events[i]);
    if (shop->verdicts >> i & 1)
      propter_buf_printf(
          out,
          "w:r%u a p:Review ; p:basedOn w:c%u ; p:verdict p:%s ; p:reviewer w:ann ; p:blind true ; <http://www.w3.org/ns/prov#atTime> \"2015-03-0%u\"^^xsd:date .\n",
          i, i, i ? "Confirmed" : "Refuted", i + 1);
  }
  if (shop->claims)
    propter_buf_printf(
        out,
        "w:d0 a p:Document ; p:path \"d0.txt\" ; p:published \"2014-05-01\"^^xsd:date . w:d1 a p:Document ; p:path \"d1.txt\" ; p:published \"2014-10-01\"^^xsd:date .\n");
}

static void put_shop(const char *dir, const Shop *shop) {
  PropterBuf figures = {0}, told = {0};
  add_cube(&figures);
  add_days(&figures, shop);
  add_told(&told, shop);
  ck_ok(propter_buf_status(&figures, err));
  world_load(dir, "https://example.org/figures", figures.data);
  world_load(dir, "https://example.org/told", told.data ? told.data : "");
  propter_buf_clear(&figures);
  propter_buf_clear(&told);
}

static const char *new_shop(void) {
  const char *dir = support_path(support_folder(), "graph");
  PropterGraph *graph;
  ck_ok(propter_graph_open(dir, PROPTER_GRAPH_CREATE, NULL, &graph, err));
  propter_graph_close(graph);
  return dir;
}

static PropterInferSummary run(const char *dir, bool keep, unsigned threads, bool dry) {
  PropterGraph *graph;
  PropterInferSummary summary;
  PropterInferOptions options = propter_infer_options();
  options.threads = threads;
  options.kept = keep ? support_path(dir, "scores.kept") : NULL;
  ck_ok(propter_graph_open(dir, 0, NULL, &graph, err));
  ck_ok(propter_infer_run(graph, NULL, 0, &options, PROPTER_STR("test"), 1700000000, dry, &summary, err));
  propter_graph_close(graph);
  propter_infer_summary_clear(&summary);
  return summary;
}

/* With what was kept; then nothing is left to change for a run that computes everything. */
static PropterInferSummary night(const char *dir, const Shop *shop, unsigned threads) {
  put_shop(dir, shop);
  PropterInferSummary s = run(dir, true, threads, false), all = run(dir, false, 1, true);
  ck_assert_uint_eq(all.added + all.removed, 0);
  ck_assert_uint_eq(all.patterns, s.patterns);
  ck_assert_uint_eq(all.kept + all.scored, 0);
  return s;
}

START_TEST(a_new_day_is_scored_and_what_is_long_over_is_kept) {
  const char *dir = new_shop();
  Shop shop = {.days = DAYS, .corrected = -1, .claims = 3, .events = 3};
  PropterInferSummary first = night(dir, &shop, 1);
  ck_assert(first.kept == 0 && first.scored > 10 && first.answered);
  PropterInferSummary again = night(dir, &shop, 2);
  ck_assert(again.scored == 0 && again.kept > first.scored / 2 && again.kept <= first.scored && again.added == 0);
  shop.days += 3;
  PropterInferSummary grown = night(dir, &shop, 2);
  ck_assert_uint_gt(grown.kept, first.scored / 2);
  ck_assert_uint_le(grown.patterns, first.patterns + 4);
  ck_assert(grown.added > 0 && grown.run[0]);
  /* What the night changed: the rise of the last two days, of which nothing names a cause; and why, once something does. */
  World w = world_open(dir);
  PropterResultChanges x;
  bool rise = false;
  ck_ok(propter_result_changes(w.snapshot, propter_str(first.run), propter_str(grown.run), &x, err));
  ck_assert_uint_eq(x.count, 0);
  for (size_t i = 0; i < x.moves; i++) {
    ck_assert(x.move[i].now && x.move[i].first >= propter_day(2015, 1, 25));
    rise |= strcmp(x.move[i].metric.data, W "north-sales") == 0 && x.move[i].first <= propter_day(2015, 2, 2) && x.move[i].last >= propter_day(2015, 2, 2);
  }
  ck_assert(rise);
  propter_result_changes_clear(&x);
  shop.events = 7;
  PropterInferSummary told = night(dir, &shop, 1);
  world_close(&w);
  w = world_open(dir);
  ck_ok(propter_result_changes(w.snapshot, propter_str(grown.run), propter_str(told.run), &x, err));
  ck_assert_uint_gt(x.count, 0);
  for (size_t i = 0; i < x.count; i++) {
    ck_assert_str_eq(x.cause[i].metric.data, W "north-sales");
    ck_assert_str_eq(x.cause[i].cause.data, W "e2");
    ck_assert(!x.cause[i].before.held && x.cause[i].after.held && x.cause[i].evidences);
  }
  propter_result_changes_clear(&x);
  world_close(&w);
}
END_TEST

START_TEST(any_edit_ends_where_a_full_run_ends) {
  const char *dir = new_shop();
  Shop shop = {.days = DAYS, .corrected = -1, .events = 1};
  PropterRng rng;
  propter_rng_seed(&rng, 5);
  size_t changed = 0, kept = 0;
  (void)night(dir, &shop, 1);
  for (int edit = 0; edit < 14; edit++) {
    unsigned bit = 1u << propter_rng_below(&rng, 3);
    switch (edit < 6 ? edit : (int)propter_rng_below(&rng, 6)) {
    case 0: shop.days += 1 + (int)propter_rng_below(&rng, 20); break; /* over the end of a month, too */
    case 1: shop.corrected = shop.corrected < 0 ? (int)propter_rng_below(&rng, (uint64_t)shop.days) : -1; break;
    case 2: shop.claims ^= bit; break;
    case 3: shop.events ^= bit; break;
    case 4: shop.verdicts ^= bit; break;
    default: shop.claims = shop.claims ? 0 : 7; break;
    }
    PropterInferSummary s = night(dir, &shop, 1 + (edit % 2 == 1));
    changed += s.added + s.removed > 0;
    kept += s.kept;
  }
  ck_assert(changed >= 9 && kept > 100);
}
END_TEST

/* Killed after longer and longer, until one gets to its end. */
START_TEST(a_killed_run_is_taken_up_again) {
  const char *dir = new_shop(), *calm = new_shop();
  Shop shop = {.days = DAYS, .corrected = 200, .claims = 7, .events = 7};
  put_shop(dir, &shop);
  put_shop(calm, &shop);
  PropterInferSummary whole = run(calm, true, 1, false);
  PropterBuf undisturbed = world_current(calm);
  bool ended = false;
  for (unsigned wait = 1; !ended; wait += wait) {
    pid_t pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
      (void)run(dir, true, 2, false);
      _exit(0);
    }
    int how;
    (void)usleep(1000 * wait);
    (void)kill(pid, SIGKILL);
    ck_assert_int_eq(waitpid(pid, &how, 0), pid);
    ended = WIFEXITED(how);
    PropterBuf now = world_current(dir);
    ck_assert(now.len == 0 || propter_str_equal(propter_buf_str(&now), propter_buf_str(&undisturbed)));
    propter_buf_clear(&now);
  }
  PropterInferSummary last = run(dir, true, 2, false);
  PropterBuf after = world_current(dir);
  ck_assert(last.kept > whole.scored / 2 && last.scored == 0 && last.added == 0);
  ck_assert(propter_str_equal(propter_buf_str(&after), propter_buf_str(&undisturbed)));
  propter_buf_clear(&after);
  propter_buf_clear(&undisturbed);
}
END_TEST

Suite *suite_kept(void) {
  Suite *s = suite_create("kept");
  TCase *t = tcase_create("scores");
  tcase_set_timeout(t, 120);
  tcase_add_test(t, values_last_and_what_nobody_asks_for_goes);
  tcase_add_test(t, a_torn_file_loses_only_what_is_torn);
  tcase_add_test(t, failing_calls_lose_time_only);
  tcase_add_test(t, a_new_day_is_scored_and_what_is_long_over_is_kept);
  tcase_add_test(t, any_edit_ends_where_a_full_run_ends);
  tcase_add_test(t, a_killed_run_is_taken_up_again);
  suite_add_tcase(s, t);
  return s;
}
