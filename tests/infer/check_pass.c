/* SPDX-License-Identifier: Apache-2.0 */
/* A run over all patterns: what it writes, that it writes nothing twice, that it can be undone, and that threads do not change a byte. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "propter/changed.h"
#include "propter/math.h"
#include "propter/run.h"
#include "world.h"

static PropterInferSummary run(const char *dir, unsigned threads, bool dry) {
  PropterGraph *graph;
  PropterInferSummary summary;
  PropterInferOptions options = propter_infer_options();
  options.threads = threads;
  ck_ok(propter_graph_open(dir, 0, NULL, &graph, err));
  ck_ok(propter_infer_run(graph, NULL, 0, &options, PROPTER_STR("test"), 1700000000, dry, &summary, err));
  propter_graph_close(graph);
  propter_infer_summary_clear(&summary);
  return summary;
}

static bool holds(const PropterBuf *text, const char *part) { return text->data && strstr(text->data, part) != NULL; }

START_TEST(a_run_writes_patterns_and_hypotheses) {
  const char *dir = world_make(world_strike);
  PropterInferSummary s = run(dir, 1, false);
  ck_assert_uint_eq(s.metrics, 6);
  ck_assert_uint_ge(s.patterns, 2);
  ck_assert_uint_ge(s.answered, 2);
  ck_assert_uint_gt(s.added, 50);
  ck_assert_uint_eq(s.removed, 0);
  PropterBuf text = world_current(dir);
  ck_assert(holds(&text, "<" NS "Pattern>") && holds(&text, "<" NS "Hypothesis>") && holds(&text, "<" NS "Evidence>") && holds(&text, "<" NS "scoreTerm>"));
  ck_assert(holds(&text, "<" NS "cause> <" W "strike>") && holds(&text, "<" NS "grade>") && holds(&text, s.run));
  ck_assert(holds(&text, "orders.csv:43 north"));
  propter_buf_clear(&text);
  /* The run stands in its own graph with the graphs it read. */
  World w = world_open(dir);
  PropterRunList list = {0};
  ck_ok(propter_run_list(w.snapshot, &list, err));
  ck_assert_uint_eq(list.count, 1);
  ck_assert_str_eq(list.items[0].kind.data, "infer");
  ck_assert_uint_eq(list.items[0].used.count, 2);
  ck_assert_uint_eq(list.items[0].generated.count, 1);
  ck_assert_uint_gt(list.items[0].kernel.len, 0);
  ck_assert_uint_eq(list.items[0].added, s.added);
  propter_run_list_clear(&list);
  world_close(&w);
}
END_TEST

/* An event that only a sentence states is named in the graph by nothing but the results. */
START_TEST(a_told_cause_has_a_label) {
  const char *dir = world_make("w:blackout a skos:Concept ; skos:inScheme w:kinds ; skos:prefLabel \"blackout\" .\n"
                               "w:note a p:Document ; p:path \"note.txt\" ; p:published \"2013-08-01\"^^xsd:date .\n"
                               "w:c a p:Claim ; p:document w:note ; p:cause w:blackout ; p:effect w:north ; p:quote \"The blackout of June cut orders.\" ;"
                               " p:confidence 0.8 ; p:claimKind p:PostHoc ; p:polarity p:Decrease ;"
                               " p:causeStart \"2013-06-01\"^^xsd:date ; p:causeEnd \"2013-06-25\"^^xsd:date .\n");
  (void)run(dir, 1, false);
  PropterBuf text = world_current(dir);
  const char *told = text.data ? strstr(text.data, "/id/told/") : NULL;
  ck_assert_ptr_nonnull(told);
  ck_assert(holds(&text, "prefLabel> \"blackout, 2013-06-01\""));
  propter_buf_clear(&text);
  ck_assert_uint_eq(run(dir, 2, false).added, 0);
}
END_TEST

START_TEST(a_second_run_changes_nothing) {
  const char *dir = world_make(world_strike);
  PropterInferSummary first = run(dir, 1, true);
  ck_assert_uint_gt(first.added, 50);
  ck_assert_str_eq(first.run, "");
  PropterBuf before = world_current(dir);
  ck_assert_uint_eq(before.len, 0); /* a dry run writes nothing */
  (void)run(dir, 1, false);
  before = world_current(dir);
  PropterInferSummary second = run(dir, 2, false);
  PropterBuf after = world_current(dir);
  ck_assert_uint_eq(second.added + second.removed, 0);
  ck_assert_str_eq(second.run, "");
  ck_assert(propter_str_equal(propter_buf_str(&before), propter_buf_str(&after)));
  propter_buf_clear(&before);
  propter_buf_clear(&after);
}
END_TEST

START_TEST(only_what_changed_is_written_and_equals_a_fresh_run) {
  static const char later[] = "w:flood a p:Event ; p:concept w:end ; p:scope w:south ; p:start \"2014-03-01\"^^xsd:date ; p:end \"2014-03-20\"^^xsd:date .\n";
  const char *dir = world_make(world_strike);
  PropterInferSummary first = run(dir, 1, false);
  char both[4000];
  (void)snprintf(both, sizeof both, "%s%s", world_strike, later);
  world_load(dir, "https://example.org/extra", "w:strike a p:Event ; p:scope w:north ; p:start \"2013-06-01\"^^xsd:date ; p:end \"2013-06-28\"^^xsd:date .\n");
  PropterInferSummary second = run(dir, 1, false);
  ck_assert(second.added > 0 && second.removed > 0 && strcmp(first.run, second.run) != 0);
  PropterBuf text = world_current(dir);
  ck_assert(holds(&text, second.run));
  propter_buf_clear(&text);
  world_load(dir, "https://example.org/extra", both);
  (void)run(dir, 1, false);
  PropterBuf grown = world_current(dir);
  const char *fresh = world_make(both);
  (void)run(fresh, 1, false);
  PropterBuf whole = world_current(fresh);
  /* Equal but for the runs that found it. */
  PropterBuf *texts[2] = {&grown, &whole};
  for (int k = 0; k < 2; k++) {
    char *to = texts[k]->data;
    for (char *line = texts[k]->data, *end; *line; line = end) {
      end = strchr(line, '\n') + 1;
      bool of_run = false;
      for (char *p = line; p < end && !of_run; p++) of_run = strncmp(p, "<" NS "run>", strlen(NS) + 5) == 0;
      if (of_run) continue;
      memmove(to, line, (size_t)(end - line));
      to += end - line;
    }
    *to = 0;
  }
  ck_assert_str_eq(grown.data, whole.data);
  propter_buf_clear(&grown);
  propter_buf_clear(&whole);
}
END_TEST

START_TEST(a_run_can_be_undone) {
  const char *dir = world_make(world_strike);
  PropterInferSummary s = run(dir, 1, false);
  PropterGraph *graph;
  PropterWriter *writer;
  ck_ok(propter_graph_open(dir, 0, NULL, &graph, err));
  ck_ok(propter_writer_open(graph, true, &writer, err));
  ck_ok(propter_run_undo(writer, propter_str(s.run), 1700000001, PROPTER_STR("test"), NULL, NULL, err));
  ck_ok(propter_writer_commit(writer, err));
  propter_writer_close(writer);
  propter_graph_close(graph);
  PropterBuf text = world_current(dir);
  ck_assert_uint_eq(text.len, 0);
  PropterInferSummary again = run(dir, 1, false);
  ck_assert_uint_eq(again.added, s.added);
}
END_TEST

START_TEST(threads_write_the_same_bytes) {
  const char *a = world_make(world_strike), *b = world_make(world_strike);
  (void)run(a, 1, false);
  (void)run(b, 4, false);
  PropterBuf x = world_current(a), y = world_current(b);
  ck_assert_uint_gt(x.len, 1000);
  ck_assert(propter_str_equal(propter_buf_str(&x), propter_buf_str(&y)));
  propter_buf_clear(&x);
  propter_buf_clear(&y);
}
END_TEST

START_TEST(one_metric_leaves_the_others_alone) {
  const char *dir = world_make(world_strike);
  (void)run(dir, 1, false);
  PropterBuf before = world_current(dir);
  PropterGraph *graph;
  PropterInferSummary summary;
  PropterStr name = PROPTER_STR(W "south-orders"), none = PROPTER_STR(W "no-such");
  PropterError error = {0};
  ck_ok(propter_graph_open(dir, 0, NULL, &graph, err));
  ck_ok(propter_infer_run(graph, &name, 1, NULL, PROPTER_STR("test"), 1700000002, false, &summary, err));
  ck_assert_uint_eq(summary.metrics, 1);
  ck_assert_uint_eq(summary.added + summary.removed, 0);
  propter_infer_summary_clear(&summary);
  ck_assert_int_eq(propter_infer_run(graph, &none, 1, NULL, PROPTER_STR("test"), 1700000002, false, &summary, &error), PROPTER_NOT_FOUND);
  propter_graph_close(graph);
  PropterBuf after = world_current(dir);
  ck_assert(propter_str_equal(propter_buf_str(&before), propter_buf_str(&after)));
  propter_buf_clear(&before);
  propter_buf_clear(&after);
}
END_TEST

typedef struct {
  World world;
  const char *from, *to;
} Compared;

static PropterStatus compare(void *payload, PropterError *err) {
  Compared *c = payload;
  PropterResultChanges x;
  PROPTER_TRY(propter_result_changes(c->world.snapshot, propter_str(c->from), propter_str(c->to), &x, err));
  propter_result_changes_clear(&x);
  return PROPTER_OK;
}

/* Without the strike, with it, without it again. */
START_TEST(two_runs_are_compared) {
  const char *dir = world_make("");
  PropterInferSummary runs[3];
  for (int i = 0; i < 3; i++) {
    world_load(dir, "https://example.org/strike", i == 1 ? world_strike : "");
    runs[i] = run(dir, 1, false);
  }
  World w = world_open(dir);
  PropterResultChanges x;
  const PropterChangedCause *june = NULL;
  ck_ok(propter_result_changes(w.snapshot, propter_str(runs[0].run), propter_str(runs[1].run), &x, err));
  ck_assert_int_eq(x.from->sequence, 1);
  ck_assert_int_eq(x.to->sequence, 2);
  for (size_t i = 0; i < x.count; i++) {
    if (strcmp(x.cause[i].cause.data, W "strike") == 0 && strcmp(x.cause[i].metric.data, W "north-orders") == 0 && x.cause[i].first == propter_day(2013, 6, 1))
      june = &x.cause[i];
    ck_assert(i == 0 || fabs(x.cause[i].after.p) <= fabs(x.cause[i - 1].after.p) + 1e-9);
  }
  ck_assert_ptr_nonnull(june);
  ck_assert(!june->before.held && june->after.held && june->after.p > .9 && june->last == propter_day(2013, 6, 30));
  ck_assert_str_eq(june->after.outcome.data, "Answered");
  double sum = propter_logit(june->after.prior);
  for (int k = 0; k < PROPTER_TERMS; k++) sum += june->after.term[k];
  ck_assert_double_eq_tol(sum, propter_logit(june->after.p), 1e-2); /* six digits */
  ck_assert_uint_gt(june->evidences, 0);
  for (size_t i = 0; i < june->evidences; i++) ck_assert(june->evidence[i].now && june->evidence[i].text.len);
  propter_result_changes_clear(&x);
  /* the other way round */
  ck_ok(propter_result_changes(w.snapshot, propter_str(runs[1].run), propter_str(runs[0].run), &x, err));
  ck_assert_uint_gt(x.count, 0);
  ck_assert(x.cause[0].before.held && !x.cause[0].after.held && !x.cause[0].evidence[0].now);
  propter_result_changes_clear(&x);
  /* what came and went */
  ck_ok(propter_result_changes(w.snapshot, propter_str(runs[0].run), PROPTER_STR("last"), &x, err));
  ck_assert_int_eq(x.to->sequence, 3);
  ck_assert_uint_eq(x.count, 0);
  propter_result_changes_clear(&x);
  PropterError error = {0};
  ck_assert_int_eq(propter_result_changes(w.snapshot, PROPTER_STR("r-none"), PROPTER_STR("last"), &x, &error), PROPTER_NOT_FOUND);
  Compared c = {w, runs[0].run, runs[1].run};
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, compare, &c, false), 20);
  world_close(&w);
}
END_TEST

START_TEST(a_second_writer_is_told_so) {
  const char *dir = world_make("");
  PropterGraph *graph;
  PropterWriter *writer;
  PropterInferSummary summary;
  PropterError error = {0};
  ck_ok(propter_graph_open(dir, 0, NULL, &graph, err));
  ck_ok(propter_writer_open(graph, true, &writer, err));
  ck_assert_int_eq(propter_infer_run(graph, NULL, 0, NULL, PROPTER_STR("test"), 0, false, &summary, &error), PROPTER_LOCKED);
  propter_writer_close(writer);
  propter_graph_close(graph);
}
END_TEST

START_TEST(patterns_are_listed_by_series_and_time) {
  World w = world_open(world_make(""));
  PropterInferrer *inferrer;
  PropterPattern *found;
  size_t count;
  bool fall = false, back = false;
  PropterInferOptions options = world_options();
  ck_ok(propter_inferrer_new(w.snapshot, &options, &inferrer, err));
  ck_ok(propter_patterns(inferrer, PROPTER_STR(W "north-orders"), PROPTER_NO_DAY, PROPTER_NO_DAY, &found, &count, err));
  for (size_t i = 0; i < count; i++) {
    ck_assert_str_eq(found[i].metric.data, W "north-orders");
    ck_assert(i == 0 || found[i].first > found[i - 1].last);
    fall |= found[i].first == propter_day(2013, 6, 1) && found[i].deviation < -30;
    back |= found[i].first == propter_day(2013, 7, 1) && found[i].deviation > 30;
  }
  ck_assert(fall && !back); /* its way back is told with it */
  propter_patterns_free(found, count);
  ck_ok(propter_patterns(inferrer, PROPTER_STR(W "north-orders"), propter_day(2013, 7, 1), propter_day(2013, 7, 31), &found, &count, err));
  ck_assert_uint_eq(count, 1);
  propter_patterns_free(found, count);
  PropterError error = {0};
  ck_assert_int_eq(propter_patterns(inferrer, PROPTER_STR(W "x"), PROPTER_NO_DAY, PROPTER_NO_DAY, &found, &count, &error), PROPTER_NOT_FOUND);
  propter_inferrer_free(inferrer);
  world_close(&w);
}
END_TEST

Suite *suite_pass(void) {
  Suite *s = suite_create("pass");
  TCase *t = tcase_create("runs");
  tcase_set_timeout(t, 60);
  tcase_add_test(t, a_run_writes_patterns_and_hypotheses);
  tcase_add_test(t, a_told_cause_has_a_label);
  tcase_add_test(t, a_second_run_changes_nothing);
  tcase_add_test(t, only_what_changed_is_written_and_equals_a_fresh_run);
  tcase_add_test(t, a_run_can_be_undone);
  tcase_add_test(t, threads_write_the_same_bytes);
  tcase_add_test(t, one_metric_leaves_the_others_alone);
  tcase_add_test(t, two_runs_are_compared);
  tcase_add_test(t, a_second_writer_is_told_so);
  tcase_add_test(t, patterns_are_listed_by_series_and_time);
  suite_add_tcase(s, t);
  return s;
}
