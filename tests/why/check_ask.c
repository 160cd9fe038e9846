/* SPDX-License-Identifier: Apache-2.0 */
/* Questions by a dimension, asked of a graph. */
#include <math.h>
#include <string.h>

#include "propter/why.h"
#include "world.h"

Suite *suite_ask(void);

static const char in_parts[] =
    "w:region skos:prefLabel \"region\" .\n"
    "w:all-orders a p:Metric ; skos:prefLabel \"all orders\" ; skos:altLabel \"shipments\" ; p:dataset w:cube ; p:measure w:orders ; p:timeDimension w:month ; p:sliceBy w:region ;\n"
    "  p:grain \"P1M\"^^xsd:duration .\n"
    "w:all-stock a p:Metric ; skos:prefLabel \"stock\" ; p:dataset w:cube ; p:measure w:orders ; p:timeDimension w:month ; p:sliceBy w:region ;\n"
    "  p:nonAdditive w:region ; p:grain \"P1M\"^^xsd:duration .\n";

enum { MEMBERS = 6 /* the cube has a line for the world, too */ };

static PropterStatus ask(PropterSnapshot *snapshot, const char *question, PropterWhyAnswer **out, PropterError *err) {
  PropterWhyOptions options = propter_why_options();
  options.infer = world_options();
  return propter_why_ask(snapshot, propter_str(question), &options, out, err);
}

static void check_members(const PropterWhyAnswer *a) {
  ck_assert(a->members && propter_str_equal(a->question.by_label, PROPTER_STR("region")));
  ck_assert_uint_eq(a->parts, MEMBERS);
  for (size_t i = 0; i < MEMBERS; i++) {
    ck_assert(isfinite(a->part[i].observed) && isfinite(a->part[i].expected));
    ck_assert_int_eq(isfinite(a->part[i].share), a->outcome != PROPTER_ANSWER_DID_NOT_MOVE);
  }
}

START_TEST(by_a_dimension_shows_all_members_also_of_what_did_not_move) {
  World w = world_open(world_make(in_parts));
  static const char *const questions[] = {"why did all orders fall by region in June 2013", "all orders by region in March 2013"};
  for (size_t i = 0; i < 2; i++) {
    PropterWhyAnswer *a;
    ck_ok(ask(w.snapshot, questions[i], &a, err));
    ck_assert_int_eq(a->outcome == PROPTER_ANSWER_DID_NOT_MOVE, i == 1);
    check_members(a);
    propter_why_free(a);
  }
  world_close(&w);
}
END_TEST

/* A list of members is their sum; of what does not add up over them one is asked for. */
START_TEST(members_in_a_list_are_taken_together) {
  World w = world_open(world_make(in_parts));
  static const char *const questions[] = {"shipments in the region North and South in June 2013", "north orders in June 2013",
                                          "south orders in June 2013"};
  double observed[3];
  for (size_t i = 0; i < 3; i++) {
    PropterWhyAnswer *a;
    ck_ok(ask(w.snapshot, questions[i], &a, err));
    ck_assert_msg(a->inference, "%s: %s", questions[i], propter_gap_code(a->question.gap));
    ck_assert_uint_eq(a->question.slice_count, i ? 0 : 2);
    if (!i) ck_assert_msg(propter_str_equal(a->question.slice_words, PROPTER_STR("region north and south")), "%s", a->question.slice_words.data);
    observed[i] = a->inference->observed;
    propter_why_free(a);
  }
  ck_assert_double_eq_tol(observed[0], observed[1] + observed[2], 1e-6);
  PropterWhyAnswer *a;
  PropterError named = {0};
  ck_assert_int_eq(ask(w.snapshot, "stock in the region North and South in June 2013", &a, &named), PROPTER_INVALID);
  ck_assert_msg(propter_str_find(propter_str(named.message), PROPTER_STR("stock does not add up over region")) == 0, "%s", named.message);
  propter_error_clear(&named);
  world_close(&w);
}
END_TEST

/* A period that is wider than the move in it: the move is judged where that has a cause, and a note says so. */
START_TEST(a_move_within_the_period_is_meant) {
  World w = world_open(world_make(world_strike));
  static const struct {
    const char *question;
    PropterAnswerOutcome outcome;
    PropterDay first, last;
  } rows[] = {
      {"why did north orders fall from January to October 2013", PROPTER_ANSWER_ANSWERED, 15857, 15886},
      {"why did north orders rise from January to October 2013", PROPTER_ANSWER_DID_NOT_MOVE, 15706, 16009},
      {"why did north orders fall from January to May 2013", PROPTER_ANSWER_DID_NOT_MOVE, 15706, 15856},
      {"why did south orders fall from January to October 2013", PROPTER_ANSWER_DID_NOT_MOVE, 15706, 16009},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    PropterWhyAnswer *a;
    ck_ok(ask(w.snapshot, rows[i].question, &a, err));
    ck_assert_msg(a->outcome == rows[i].outcome && a->inference->first == rows[i].first && a->inference->last == rows[i].last, "%s: %d, %d to %d",
                  rows[i].question, (int)a->outcome, a->inference->first, a->inference->last);
    ck_assert_uint_eq(a->question.note_count, i < 2); /* of the second: that a move overlaps it */
    propter_why_free(a);
  }
  world_close(&w);
}
END_TEST

/* Thousands of allocations: a hundred of them fail, one at a time. */
START_TEST(failing_memory_is_reported) {
  World w = world_open(world_make(in_parts));
  uint64_t every = 1;
  for (uint64_t n = 0, points = 1; n < points; n += every) {
    PropterWhyAnswer *a;
    PropterError named = {0};
    propter_fault_plan(PROPTER_FAULT_ALLOCATION, n, false, 0);
    const PropterStatus status = ask(w.snapshot, "all orders by region in March 2013", &a, &named);
    const uint64_t reached = propter_fault_end(PROPTER_FAULT_ALLOCATION);
    ck_assert_msg(n ? status != PROPTER_OK || reached < n : status == PROPTER_OK, "point %llu: %s", (unsigned long long)n, named.message);
    if (status) ck_assert_ptr_null(a);
    else check_members(a);
    if (!n) points = reached, every = points / 100 + 1;
    propter_why_free(a);
  }
  world_close(&w);
}
END_TEST

Suite *suite_ask(void) {
  Suite *s = suite_create("ask");
  TCase *t = tcase_create("ask");
  tcase_set_timeout(t, 60);
  tcase_add_test(t, by_a_dimension_shows_all_members_also_of_what_did_not_move);
  tcase_add_test(t, members_in_a_list_are_taken_together);
  tcase_add_test(t, a_move_within_the_period_is_meant);
  tcase_add_test(t, failing_memory_is_reported);
  suite_add_tcase(s, t);
  return s;
}
