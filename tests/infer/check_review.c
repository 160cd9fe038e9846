/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "propter/review.h"
#include "propter/run.h"
#include "world.h"

/* No size: something is left to say. */
static const char unsized[] =
    "w:strike a p:Event ; p:concept w:walkout ; p:scope w:north ; p:start \"2013-06-01\"^^xsd:date ; p:end \"2013-06-28\"^^xsd:date .\n"
    "w:flood a p:Event ; p:scope w:north ; p:start \"2013-06-10\"^^xsd:date ; p:end \"2013-06-20\"^^xsd:date .\n";

static const char *inferred(void) {
  const char *dir = world_make(unsized);
  PropterGraph *graph;
  PropterInferSummary summary;
  ck_ok(propter_graph_open(dir, 0, NULL, &graph, err));
  ck_ok(propter_infer_run(graph, NULL, 0, NULL, PROPTER_STR("test"), 1700000000, false, &summary, err));
  propter_graph_close(graph);
  propter_infer_summary_clear(&summary);
  return dir;
}

static PropterStr hypothesis_of(const char *dir, PropterArena *arena) {
  PropterInference *x = world_ask(dir, NULL);
  PropterStr out = propter_arena_copy(arena, world_cause(x, "strike")->hypothesis);
  propter_inference_free(x);
  return out;
}

static void judge(const char *dir, PropterStr hypothesis, const char *who, PropterVerdict verdict, bool blind, int64_t now) {
  PropterGraph *graph;
  PropterArena arena = {0};
  PropterStr iri;
  PropterReviewEntry entry = {.hypothesis = hypothesis,
                              .reviewer = propter_str(who),
                              .verdict = verdict,
                              .reason = PROPTER_STR("I was there"),
                              .blind = blind,
                              .shown = PROPTER_STR("rows and quotes")};
  ck_ok(propter_graph_open(dir, 0, NULL, &graph, err));
  ck_ok(propter_review_add(graph, &entry, PROPTER_STR("test"), now, &arena, &iri, err));
  ck_assert(propter_str_starts(iri, PROPTER_STR("https://w3id.org/propter/id/review/")));
  propter_graph_close(graph);
  propter_arena_clear(&arena);
}

static const PropterCause *strike(const char *dir, PropterInference **x) {
  *x = world_ask(dir, NULL);
  return world_cause(*x, "strike");
}

START_TEST(a_verdict_moves_its_hypothesis_by_a_stated_ratio) {
  PropterArena arena = {0};
  PropterInference *x[4];
  const char *dir = inferred();
  PropterStr h = hypothesis_of(dir, &arena);
  const PropterCause *before = strike(dir, &x[0]);
  ck_assert_double_eq(before->score.term[PROPTER_TERM_REVIEW], 0);
  judge(dir, h, "ann", PROPTER_VERDICT_CONFIRMED, true, 1700000100);
  const PropterCause *yes = strike(dir, &x[1]);
  ck_assert_double_gt(yes->score.p, before->score.p);
  ck_assert_double_eq_tol(yes->score.term[PROPTER_TERM_REVIEW], log(4),
                          .2); /* four right to one wrong; the shares of the terms depend a little on each other */
  /* Nothing else is believed more because of it. */
  ck_assert_double_eq_tol(yes->score.prior, before->score.prior, 1e-12);
  ck_assert_double_eq_tol(yes->score.term[PROPTER_TERM_TEXT], before->score.term[PROPTER_TERM_TEXT], .2);
  judge(dir, h, "ann", PROPTER_VERDICT_REFUTED, true, 1700000200);
  const PropterCause *no = strike(dir, &x[2]);
  ck_assert_double_lt(no->score.p, before->score.p);
  ck_assert_double_eq_tol(no->score.term[PROPTER_TERM_REVIEW], -log(4), .2); /* her last word */
  judge(dir, h, "bob", PROPTER_VERDICT_CONFIRMED, false, 1700000300);
  const PropterCause *seen = strike(dir, &x[3]);
  ck_assert_double_eq_tol(seen->score.term[PROPTER_TERM_REVIEW], -log(4) + log(4) / 2, .2); /* after the score was shown */
  size_t verdicts = 0;
  for (size_t i = 0; i < seen->evidences; i++) verdicts += seen->evidence[i].kind == PROPTER_EVIDENCE_VERDICT;
  ck_assert_uint_eq(verdicts, 3);
  for (int i = 0; i < 4; i++) propter_inference_free(x[i]);
  propter_arena_clear(&arena);
}
END_TEST

START_TEST(unsure_says_nothing) {
  PropterArena arena = {0};
  PropterInference *x[2];
  const char *dir = inferred();
  PropterStr h = hypothesis_of(dir, &arena);
  double before = strike(dir, &x[0])->score.p;
  judge(dir, h, "ann", PROPTER_VERDICT_UNSURE, true, 1700000100);
  ck_assert_double_eq_tol(strike(dir, &x[1])->score.p, before, 1e-12);
  propter_inference_free(x[0]);
  propter_inference_free(x[1]);
  propter_arena_clear(&arena);
}
END_TEST

START_TEST(the_ledger_only_grows) {
  PropterArena arena = {0};
  const char *dir = inferred();
  PropterStr h = hypothesis_of(dir, &arena);
  judge(dir, h, "ann lee", PROPTER_VERDICT_CONFIRMED, true, 1700000100);
  judge(dir, h, "ann lee", PROPTER_VERDICT_CONFIRMED, true, 1700000100); /* the same again is another record */
  judge(dir, h, "https://example.org/bob", PROPTER_VERDICT_REFUTED, false, 1700000050);
  World w = world_open(dir);
  PropterReviewRecords all = {0};
  ck_ok(propter_review_list(w.snapshot, (PropterStr){"", 0}, &all, err));
  ck_assert_uint_eq(all.count, 3);
  ck_assert_str_eq(all.items[0].reviewer.data, "https://example.org/bob");
  ck_assert_str_eq(all.items[0].time.data, "2023-11-14T22:14:10Z");
  ck_assert(all.items[0].verdict == PROPTER_VERDICT_REFUTED && !all.items[0].blind);
  ck_assert_str_eq(all.items[1].reviewer.data, "urn:propter:person:ann%20lee");
  ck_assert_str_eq(all.items[1].reason.data, "I was there");
  ck_assert_str_eq(all.items[1].shown.data, "rows and quotes");
  ck_assert(propter_str_equal(all.items[1].hypothesis, h) && all.items[1].blind);
  ck_assert(!propter_str_equal(all.items[1].iri, all.items[2].iri));
  propter_review_records_clear(&all);
  ck_ok(propter_review_list(w.snapshot, PROPTER_STR("https://example.org/other"), &all, err));
  ck_assert_uint_eq(all.count, 0);
  propter_review_records_clear(&all);
  PropterRunList runs = {0};
  ck_ok(propter_run_list(w.snapshot, &runs, err));
  ck_assert_uint_eq(runs.count, 4);
  propter_run_list_clear(&runs);
  world_close(&w);
  propter_arena_clear(&arena);
}
END_TEST

START_TEST(the_queue_begins_with_chance_and_goes_on_with_doubt) {
  World w = world_open(inferred());
  PropterReviewQueue queue = {0};
  ck_ok(propter_review_queue(w.snapshot, PROPTER_STR("ann"), 1, 0, &queue, err));
  ck_assert_uint_ge(queue.count, 4);
  double last = -1;
  for (size_t i = 0; i < queue.count; i++) {
    ck_assert(queue.items[i].audit == propter_review_is_audit(queue.items[i].hypothesis, 1));
    ck_assert(queue.items[i].cause.len && queue.items[i].metric_label.len && queue.items[i].first != PROPTER_NO_DAY);
    if (queue.items[i].audit) continue;
    double doubt = fabs(queue.items[i].probability - .5);
    ck_assert_double_ge(doubt, last);
    last = doubt;
  }
  propter_review_queue_clear(&queue);
  ck_ok(propter_review_queue(w.snapshot, PROPTER_STR("ann"), 1, 2, &queue, err));
  ck_assert_uint_eq(queue.count, 2);
  propter_review_queue_clear(&queue);
  world_close(&w);
}
END_TEST

START_TEST(a_queue_as_json_keeps_the_score) {
  World w = world_open(inferred());
  PropterReviewQueue queue = {0}, none = {0};
  PropterBuf out = {0};
  ck_ok(propter_review_queue(w.snapshot, PROPTER_STR("ann"), 1, 1, &queue, err));
  propter_review_queue_json(&queue, PROPTER_STR("ann \"a\""), &out);
  ck_ok(propter_buf_status(&out, err));
  ck_assert_ptr_nonnull(strstr(out.data, "\"reviewer\":\"ann \\\"a\\\"\",\"waiting\":[\n{\"hypothesis\":\""));
  ck_assert_ptr_nonnull(strstr(out.data, "\"reviews\":0}]}\n"));
  ck_assert_ptr_null(strstr(out.data, "robability"));
  propter_buf_reset(&out);
  queue.items[0].first = queue.items[0].last = PROPTER_NO_DAY; /* of a pattern without days */
  propter_review_queue_json(&queue, PROPTER_STR(""), &out);
  ck_assert_ptr_null(strstr(out.data, "\"first\""));
  propter_buf_reset(&out);
  propter_review_queue_json(&none, PROPTER_STR(""), &out);
  ck_assert_str_eq(out.data, "{\"schema\":\"https://w3id.org/propter/review-queue/1\",\"reviewer\":\"\",\"waiting\":[]}\n");
  propter_buf_clear(&out);
  propter_review_queue_clear(&queue);
  world_close(&w);
}
END_TEST

START_TEST(what_somebody_judged_is_not_shown_again) {
  PropterArena arena = {0};
  const char *dir = inferred();
  PropterStr h = hypothesis_of(dir, &arena);
  judge(dir, h, "ann", PROPTER_VERDICT_CONFIRMED, true, 1700000100);
  World w = world_open(dir);
  PropterReviewQueue ann = {0}, bob = {0};
  ck_ok(propter_review_queue(w.snapshot, PROPTER_STR("ann"), 1, 0, &ann, err));
  ck_ok(propter_review_queue(w.snapshot, PROPTER_STR("bob"), 1, 0, &bob, err));
  ck_assert_uint_eq(ann.count + 1, bob.count);
  unsigned reviews = 0;
  for (size_t i = 0; i < bob.count; i++)
    if (propter_str_equal(bob.items[i].hypothesis, h)) reviews = bob.items[i].reviews;
  ck_assert_uint_eq(reviews, 1);
  propter_review_queue_clear(&ann);
  propter_review_queue_clear(&bob);
  world_close(&w);
  propter_arena_clear(&arena);
}
END_TEST

START_TEST(one_in_ten_is_picked_at_random) {
  size_t picked = 0, both = 0;
  for (int i = 0; i < 5000; i++) {
    char iri[100];
    (void)snprintf(iri, sizeof iri, "https://example.org/h%d", i);
    bool one = propter_review_is_audit(propter_str(iri), 1), two = propter_review_is_audit(propter_str(iri), 2);
    picked += one;
    both += one && two;
    ck_assert(one == propter_review_is_audit(propter_str(iri), 1));
  }
  ck_assert_uint_gt(picked, 415); /* 500 ± 4 standard deviations */
  ck_assert_uint_lt(picked, 585);
  ck_assert_uint_lt(both, 100); /* another seed, another tenth */
}
END_TEST

#define CLAIM(id, doc, cause, effect, quote)                                                                                                            \
  "w:" id " a p:Claim ; p:document w:" doc " ; p:cause w:" cause " ; p:effect w:" effect " ; p:quote \"" quote "\" ; p:confidence 0.8 ;"                 \
  " p:claimKind p:PostHoc ; p:rule \"because\" ; p:polarity p:Decrease ; p:effectStart \"2013-06-01\"^^xsd:date ;"                                     \
  " p:effectEnd \"2013-06-30\"^^xsd:date .\n"
#define DOC(id) "w:" id " a p:Document ; p:path \"" id ".txt\" ; p:published \"2013-08-01\"^^xsd:date .\n"

static void judge_claim(const char *dir, const char *claim, PropterVerdict verdict, bool source_wrong) {
  PropterGraph *graph;
  PropterReviewEntry entry = {.hypothesis = propter_str(claim),
                              .reviewer = PROPTER_STR("ann"),
                              .verdict = verdict,
                              .reason = PROPTER_STR("I read it"),
                              .blind = true,
                              .source_wrong = source_wrong};
  ck_ok(propter_graph_open(dir, 0, NULL, &graph, err));
  ck_ok(propter_review_add(graph, &entry, PROPTER_STR("test"), 1700000500, NULL, NULL, err));
  propter_graph_close(graph);
}

static PropterRates rates_of(const char *dir) {
  World w = world_open(dir);
  PropterRates all = {0};
  ck_ok(propter_rates_list(w.snapshot, &all, err));
  world_close(&w);
  return all;
}

static double text_of_strike(const char *dir) {
  PropterInference *x;
  double text = strike(dir, &x)->score.term[PROPTER_TERM_TEXT];
  propter_inference_free(x);
  return text;
}

static PropterStatus list_rates(void *payload, PropterError *error) {
  PropterRates all = {0};
  PropterStatus status = propter_rates_list(payload, &all, error);
  propter_rates_clear(&all);
  return status;
}

/* Ann is right in four of five (the prior of reviewers). */
START_TEST(verdicts_on_claims_teach_rules_and_documents) {
  static const char said[] =
      "w:strike a p:Event ; p:concept w:walkout ; p:scope w:north ; p:start \"2013-06-01\"^^xsd:date ; p:end \"2013-06-28\"^^xsd:date .\n" DOC("d") DOC("e")
          CLAIM("c1", "d", "strike", "north", "Orders in the north dropped since the men walked out.")
              CLAIM("c2", "e", "flood", "south", "Water in the cellars did it.") CLAIM("c3", "e", "flood", "south", "Mud on every road kept buyers away.");
  const char *dir = world_make(said);
  double before = text_of_strike(dir);
  PropterRates none = rates_of(dir);
  ck_assert_uint_eq(none.count, 0);
  judge_claim(dir, W "c2", PROPTER_VERDICT_REFUTED, false);
  PropterRates one = rates_of(dir);
  ck_assert_uint_eq(one.count, 1); /* what was read wrongly says nothing of its document */
  ck_assert(!one.items[0].document && propter_str_equal(one.items[0].name, PROPTER_STR("because")));
  ck_assert_double_eq_tol(one.items[0].prior, .8, 1e-9);
  ck_assert_double_eq_tol(one.items[0].mean, (8 + .2) / 11, 1e-9);
  ck_assert_double_eq_tol(one.items[0].deviation, sqrt(8.2 * 2.8 / (121 * 12)), 1e-9);
  propter_rates_clear(&one);
  double less = text_of_strike(dir);
  ck_assert_double_lt(less, before); /* another claim of the rule is believed less */
  judge_claim(dir, W "c3", PROPTER_VERDICT_REFUTED, true);
  PropterRates two = rates_of(dir);
  ck_assert_uint_eq(two.count, 2);
  ck_assert_double_eq_tol(two.items[0].mean, (8 + 1.) / 12, 1e-9);
  ck_assert(two.items[1].document && propter_str_equal(two.items[1].name, PROPTER_STR(W "e")));
  ck_assert_double_eq_tol(two.items[1].mean, (19 + .2) / 21, 1e-9);
  propter_rates_clear(&two);
  double more = text_of_strike(dir);
  ck_assert_double_gt(more, less); /* the rule had read it well */
  judge_claim(dir, W "c2", PROPTER_VERDICT_CONFIRMED, false); /* her last word */
  ck_assert_double_gt(text_of_strike(dir), more);
  judge_claim(dir, W "c1", PROPTER_VERDICT_REFUTED, false);
  ck_assert_double_lt(text_of_strike(dir), less); /* a verdict on it counts for itself most */
  World w = world_open(dir);
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, list_rates, w.snapshot, true), 3);
  world_close(&w);
}
END_TEST

START_TEST(a_verdict_must_be_about_something_and_say_why) {
  PropterArena arena = {0};
  const char *dir = inferred();
  PropterStr h = hypothesis_of(dir, &arena);
  PropterGraph *graph;
  PropterError error = {0};
  PropterReviewEntry rows[] = {
      {.hypothesis = PROPTER_STR(W "strike"), .reviewer = PROPTER_STR("ann"), .verdict = PROPTER_VERDICT_CONFIRMED, .reason = PROPTER_STR("x")},
      {.hypothesis = PROPTER_STR("https://example.org/none"), .reviewer = PROPTER_STR("ann"), .verdict = PROPTER_VERDICT_CONFIRMED, .reason = PROPTER_STR("x")},
      {.hypothesis = h, .reviewer = PROPTER_STR("ann"), .verdict = PROPTER_VERDICT_REFUTED, .reason = PROPTER_STR("  ")},
      {.hypothesis = h, .reviewer = PROPTER_STR(""), .verdict = PROPTER_VERDICT_UNSURE, .reason = PROPTER_STR("")}};
  ck_ok(propter_graph_open(dir, 0, NULL, &graph, err));
  for (size_t i = 0; i < 4; i++) ck_assert_int_eq(propter_review_add(graph, &rows[i], PROPTER_STR("test"), 0, NULL, NULL, &error), PROPTER_INVALID);
  propter_graph_close(graph);
  propter_arena_clear(&arena);
}
END_TEST

START_TEST(audited_verdicts_make_the_track_record) {
  PropterArena arena = {0};
  const char *dir = inferred();
  PropterStr h = hypothesis_of(dir, &arena);
  PropterGraph *graph;
  PropterReviewEntry entry = {
      .hypothesis = h, .reviewer = PROPTER_STR("ann"), .verdict = PROPTER_VERDICT_CONFIRMED, .reason = PROPTER_STR("x"), .blind = true, .audit = true};
  ck_ok(propter_graph_open(dir, 0, NULL, &graph, err));
  ck_ok(propter_review_add(graph, &entry, PROPTER_STR("test"), 0, NULL, NULL, err));
  propter_graph_close(graph);
  PropterInference *x = world_ask(dir, NULL);
  ck_assert_uint_eq(x->audited, 1);
  ck_assert(x->audited_right <= 1 && !x->calibrated);
  propter_inference_free(x);
  propter_arena_clear(&arena);
}
END_TEST

Suite *suite_review(void) {
  Suite *s = suite_create("review");
  TCase *t = tcase_create("ledger");
  tcase_set_timeout(t, 60);
  tcase_add_test(t, a_verdict_moves_its_hypothesis_by_a_stated_ratio);
  tcase_add_test(t, unsure_says_nothing);
  tcase_add_test(t, the_ledger_only_grows);
  tcase_add_test(t, a_queue_as_json_keeps_the_score);
  tcase_add_test(t, the_queue_begins_with_chance_and_goes_on_with_doubt);
  tcase_add_test(t, what_somebody_judged_is_not_shown_again);
  tcase_add_test(t, one_in_ten_is_picked_at_random);
  tcase_add_test(t, verdicts_on_claims_teach_rules_and_documents);
  tcase_add_test(t, a_verdict_must_be_about_something_and_say_why);
  tcase_add_test(t, audited_verdicts_make_the_track_record);
  suite_add_tcase(s, t);
  return s;
}
