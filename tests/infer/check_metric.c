/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "world.h"

static PropterMetricSeries read(const char *dir, const char *metric, PropterDay known_by, PropterMetric *def) {
  static PropterArena arena;
  World w = world_open(dir);
  PropterMetricSeries out;
  ck_ok(propter_metric_read(w.snapshot, world_id(&w, metric), &arena, def, err));
  ck_ok(propter_metric_series(w.snapshot, def, NULL, 0, known_by, &out, err));
  world_close(&w);
  return out;
}

START_TEST(a_definition_and_its_series) {
  PropterMetric m;
  PropterMetricSeries s = read(world_make(""), W "north-orders", PROPTER_NO_DAY, &m);
  ck_assert_str_eq(m.label.data, "north orders");
  ck_assert_str_eq(m.unit_label.data, "t");
  ck_assert_str_eq(m.concept_label.data, "north");
  ck_assert_int_eq(m.grain, PROPTER_GRAIN_MONTH);
  ck_assert_int_eq(m.reference_day, 12);
  ck_assert(m.seasonally_adjusted);
  ck_assert_double_eq(m.scale, 1);
  ck_assert_uint_eq(m.fixed_count, 1);
  ck_assert_uint_eq(s.series.count, WORLD_MONTHS);
  ck_assert_int_eq(s.series.first, propter_period_of(PROPTER_GRAIN_MONTH, propter_day(2010, 1, 1)));
  ck_assert_uint_eq(s.observations, WORLD_MONTHS);
  for (size_t i = 0; i < s.series.count; i++) ck_assert(isfinite(s.series.value[i]) && s.observation[i]);
  ck_assert_double_lt(s.series.value[41], s.series.value[40] - 20);
  propter_metric_series_clear(&s);
}
END_TEST

#define CUBE "w:c a p:Metric ; p:dataset w:d ; p:measure w:v ; p:timeDimension w:t ; p:grain \"P1D\"^^xsd:duration"
#define CELL(id, day, value, more) "w:" id " qb:dataSet w:d ; w:t \"" day "\"^^xsd:date ; w:v " value " " more " .\n"

START_TEST(several_observations_of_a_period_combine) {
  static const struct {
    const char *how;
    double first;
  } rows[] = {{"", 9},
              {"; p:aggregation p:Sum", 9},
              {"; p:aggregation p:Mean", 3},
              {"; p:aggregation p:Minimum", 1},
              {"; p:aggregation p:Maximum", 6},
              {"; p:aggregation p:Last", 2}};
  char text[2000];
  PropterMetric m;
  (void)snprintf(text, sizeof text,
                 CUBE "%s .\n" CELL("a", "2020-01-01", "1", "") CELL("b", "2020-01-01", "6", "") CELL("c1", "2020-01-01", "2", "")
                     CELL("e", "2020-01-04", "7.5", ""),
                 rows[_i].how);
  PropterMetricSeries s = read(world_make(text), W "c", PROPTER_NO_DAY, &m);
  ck_assert_uint_eq(s.series.count, 4);
  ck_assert_uint_eq(s.observations, 4);
  ck_assert(isnan(s.series.value[1]) && isnan(s.series.value[2]));
  ck_assert_uint_eq(s.observation[1], PROPTER_NO_ID);
  ck_assert_double_eq(s.series.value[3], 7.5);
  if (_i < 5) ck_assert_double_eq(s.series.value[0], rows[_i].first);
  else /* all on one day: the last by its id */ ck_assert(s.series.value[0] == 1 || s.series.value[0] == 6 || s.series.value[0] == 2);
  propter_metric_series_clear(&s);
}
END_TEST

/* A time belongs to the day it is written with, also where clocks go forward (a day of 23 hours) and back (the same hour twice). */
START_TEST(times_around_a_change_of_clocks_keep_their_day) {
  PropterMetric m;
  PropterMetricSeries s = read(world_make(CUBE " .\n"
                                               "w:a qb:dataSet w:d ; w:t \"2024-03-31T00:30:00+01:00\"^^xsd:dateTime ; w:v 1 .\n"
                                               "w:b qb:dataSet w:d ; w:t \"2024-03-31T23:30:00+02:00\"^^xsd:dateTime ; w:v 2 .\n"
                                               "w:c1 qb:dataSet w:d ; w:t \"2024-10-27T00:30:00+02:00\"^^xsd:dateTime ; w:v 4 .\n"
                                               "w:e qb:dataSet w:d ; w:t \"2024-10-27T02:30:00+02:00\"^^xsd:dateTime ; w:v 8 .\n"
                                               "w:f qb:dataSet w:d ; w:t \"2024-10-27T02:30:00+01:00\"^^xsd:dateTime ; w:v 16 .\n"
                                               "w:g qb:dataSet w:d ; w:t \"2024-10-27T23:30:00+01:00\"^^xsd:dateTime ; w:v 32 .\n"),
                               W "c", PROPTER_NO_DAY, &m);
  ck_assert_uint_eq(s.series.count, 211);
  ck_assert_double_eq(s.series.value[0], 3);
  ck_assert_double_eq(s.series.value[210], 60);
  for (size_t i = 1; i < 210; i++) ck_assert(isnan(s.series.value[i]));
  propter_metric_series_clear(&s);
}
END_TEST

START_TEST(odd_values_are_gaps_not_numbers) {
  PropterMetric m;
  PropterMetricSeries s = read(
      world_make(CUBE " .\n" CELL("a", "2020-01-01", "1", "") CELL("b", "2020-01-02", "\"INF\"^^xsd:double", "") CELL("c1", "2020-01-03", "\"many\"", "") CELL(
          "e", "2020-01-04", "\"004\"^^xsd:integer",
          "") "w:f qb:dataSet w:d ; w:t \"later\" ; w:v 5 . w:g qb:dataSet w:d ; w:v 5 . w:h qb:dataSet w:d ; w:t \"2020-01-05\"^^xsd:date .\n"),
      W "c", PROPTER_NO_DAY, &m);
  ck_assert_uint_eq(s.series.count, 4);
  ck_assert(isnan(s.series.value[1]) && isnan(s.series.value[2]));
  ck_assert_double_eq(s.series.value[3], 4);
  propter_metric_series_clear(&s);
}
END_TEST

START_TEST(what_was_known_by_a_day) {
  const char *dir = world_make(CUBE " .\n" CELL("a", "2020-01-01", "1", "; p:knownFrom \"2020-01-10\"^^xsd:date ; p:supersededAt \"2020-02-01\"^^xsd:date")
                                   CELL("b", "2020-01-01", "2", "; p:knownFrom \"2020-02-01\"^^xsd:date") CELL("e", "2020-01-02", "3", ""));
  PropterMetric m;
  PropterMetricSeries s = read(dir, W "c", propter_day(2020, 1, 9), &m);
  ck_assert_uint_eq(s.series.count, 1); /* the second day only, known when it was over */
  ck_assert_double_eq(s.series.value[0], 3);
  propter_metric_series_clear(&s);
  s = read(dir, W "c", propter_day(2020, 1, 15), &m);
  ck_assert_double_eq(s.series.value[0], 1);
  propter_metric_series_clear(&s);
  s = read(dir, W "c", PROPTER_NO_DAY, &m);
  ck_assert_double_eq(s.series.value[0], 2);
  propter_metric_series_clear(&s);
  s = read(dir, W "c", propter_day(2019, 1, 1), &m);
  ck_assert_uint_eq(s.series.count, 0);
  propter_metric_series_clear(&s);
}
END_TEST

START_TEST(a_ratio_divides_where_both_are_known) {
  PropterMetric m;
  PropterMetricSeries s = read(
      world_make(
          "w:r a p:Metric ; p:numerator w:n ; p:denominator w:c .\nw:n a p:Metric ; p:dataset w:d2 ; p:measure w:v ; p:timeDimension w:t ; p:grain \"P1D\"^^xsd:duration .\n" CUBE
          " .\n" CELL("a", "2020-01-01", "4", "") CELL("b", "2020-01-02", "0", "") CELL(
              "e", "2020-01-03", "2",
              "") "w:x qb:dataSet w:d2 ; w:t \"2020-01-01\"^^xsd:date ; w:v 1 . w:y qb:dataSet w:d2 ; w:t "
                  "\"2020-01-02\"^^xsd:date ; w:v 1 . w:z qb:dataSet w:d2 ; w:t \"2020-01-03\"^^xsd:date ; w:v 5 . w:zz qb:dataSet w:d2 ; w:t \"2020-01-04\"^^xsd:date ; w:v 5 .\n"),
      W "r", PROPTER_NO_DAY, &m);
  ck_assert_int_eq(m.grain, PROPTER_GRAIN_DAY); /* that of its parts */
  ck_assert_uint_eq(s.series.count, 3);
  ck_assert_double_eq(s.series.value[0], .25);
  ck_assert(isnan(s.series.value[1]));
  ck_assert_double_eq(s.series.value[2], 2.5);
  propter_metric_series_clear(&s);
}
END_TEST

#define HELD(id, set, region, value) \
  "w:" id " qb:dataSet w:" set " ; w:t \"2020-01-01\"^^xsd:date ; w:region w:" region " ; w:v " value " .\n"

typedef struct {
  PropterSnapshot *snapshot;
  const PropterMetric *metric;
  PropterMember group;
} Group;

static PropterStatus read_group(void *payload, PropterError *err) {
  const Group *g = payload;
  PropterMetricSeries s;
  PropterStatus status = propter_metric_series(g->snapshot, g->metric, &g->group, 1, PROPTER_NO_DAY, &s, err);
  if (status == PROPTER_OK) propter_metric_series_clear(&s);
  return status;
}

/* Of a group of members both sides are added up, and the sums divided: (1 + 3) / (2 + 4). A circle of broader ones ends. */
START_TEST(a_ratio_of_a_group_is_pooled) {
  const char *dir = world_make(
      "w:r a p:Metric ; p:numerator w:n ; p:denominator w:c .\n"
      "w:n a p:Metric ; p:dataset w:d1 ; p:measure w:v ; p:timeDimension w:t ; p:grain \"P1D\"^^xsd:duration .\n"
      "w:c a p:Metric ; p:dataset w:d2 ; p:measure w:v ; p:timeDimension w:t ; p:grain \"P1D\"^^xsd:duration .\n"
      "w:de skos:broader w:eu . w:fr skos:broader w:core . w:core skos:broader w:eu . w:eu skos:broader w:core .\n" HELD("a", "d1", "de", "1")
          HELD("b", "d2", "de", "2") HELD("e", "d1", "fr", "3") HELD("f", "d2", "fr", "4") HELD("g", "d1", "us", "5") HELD("h", "d2", "us", "5"));
  World w = world_open(dir);
  PropterArena arena = {0};
  PropterMetric m;
  ck_ok(propter_metric_read(w.snapshot, world_id(&w, W "r"), &arena, &m, err));
  const PropterMember eu = {.dimension = world_id(&w, W "region"), .member = world_id(&w, W "eu")};
  PropterMetricSeries s;
  ck_ok(propter_metric_series(w.snapshot, &m, &eu, 1, PROPTER_NO_DAY, &s, err));
  ck_assert_uint_eq(s.series.count, 1);
  ck_assert_double_eq_tol(s.series.value[0], 4.0 / 6, 1e-12);
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, read_group, &(Group){w.snapshot, &m, eu}, false), 10);
  propter_metric_series_clear(&s);
  propter_arena_clear(&arena);
  world_close(&w);
}
END_TEST

#define LABEL(id, text) "w:" id " <http://www.w3.org/2000/01/rdf-schema#label> \"" text "\" .\n"

/* Each side of a ratio calls the dimension by an IRI of its own. */
START_TEST(a_ratio_is_cut_by_dimensions_of_one_name) {
  PropterMetric m;
  PropterMetricSeries s;
  World w = world_open(world_make(
      "w:r a p:Metric ; p:numerator w:c ; p:denominator w:n .\n" CUBE " ; p:sliceBy w:g1 .\n"
      "w:n a p:Metric ; p:dataset w:d2 ; p:measure w:v ; p:timeDimension w:t ; p:grain \"P1D\"^^xsd:duration ; p:sliceBy w:g0, w:g2 .\n" LABEL(
          "g1", "shop") LABEL("g0", "region") LABEL("g2", "shop") CELL("a", "2020-01-01", "4", "; w:g1 \"x\"") CELL("b", "2020-01-01", "9", "; w:g1 \"y\"")
          "w:e qb:dataSet w:d2 ; w:t \"2020-01-01\"^^xsd:date ; w:v 2 ; w:g0 \"x\" ; w:g2 \"x\" .\n"
          "w:f qb:dataSet w:d2 ; w:t \"2020-01-01\"^^xsd:date ; w:v 5 ; w:g0 \"x\" ; w:g2 \"y\" .\n"));
  const PropterTerm x = propter_literal(PROPTER_STR("x"));
  PropterMember member = {.dimension = world_id(&w, W "g1")};
  PropterArena arena = {0};
  ck_ok(propter_snapshot_find(w.snapshot, &x, &member.member, err));
  ck_ok(propter_metric_read(w.snapshot, world_id(&w, W "r"), &arena, &m, err));
  ck_ok(propter_metric_series(w.snapshot, &m, &member, 1, PROPTER_NO_DAY, &s, err));
  ck_assert_uint_eq(s.series.count, 1);
  ck_assert_double_eq(s.series.value[0], 2);
  propter_metric_series_clear(&s);
  world_close(&w);
  propter_arena_clear(&arena);
}
END_TEST

START_TEST(what_is_wrong_with_a_definition_is_said) {
  static const struct {
    const char *text, *message;
    PropterStatus status;
  } rows[] = {{"w:m a w:Other .", "no propter:Metric", PROPTER_NOT_FOUND},
              {"w:m a p:Metric ; p:measure w:v ; p:timeDimension w:t ; p:grain \"P1D\"^^xsd:duration .", "propter:dataset", PROPTER_INVALID},
              {"w:m a p:Metric ; p:dataset w:d ; p:timeDimension w:t ; p:grain \"P1D\"^^xsd:duration .", "propter:measure", PROPTER_INVALID},
              {"w:m a p:Metric ; p:dataset w:d ; p:measure w:v ; p:grain \"P1D\"^^xsd:duration .", "propter:timeDimension", PROPTER_INVALID},
              {"w:m a p:Metric ; p:dataset w:d ; p:measure w:v ; p:timeDimension w:t .", "propter:grain", PROPTER_INVALID},
              {"w:m a p:Metric ; p:dataset w:d ; p:measure w:v ; p:timeDimension w:t ; p:grain \"P5D\" .", "\"P5D\"", PROPTER_INVALID},
              {"w:m a p:Metric ; p:numerator w:v .", "only one of", PROPTER_INVALID},
              {"w:m a p:Metric ; p:dataset w:d ; p:measure w:v ; p:timeDimension w:t ; p:grain \"P1D\"^^xsd:duration ; p:fixed [ p:member w:x ] .",
               "propter:fixed", PROPTER_INVALID}};
  PropterArena arena = {0};
  PropterError err = {0};
  PropterMetric m;
  World w = world_open(world_make(rows[_i].text));
  ck_assert_int_eq(propter_metric_read(w.snapshot, world_id(&w, W "m"), &arena, &m, &err), rows[_i].status);
  ck_assert_msg(strstr(err.message, rows[_i].message) != NULL, "%s", err.message);
  world_close(&w);
  propter_arena_clear(&arena);
}
END_TEST

START_TEST(a_ratio_in_a_circle_ends) {
  PropterArena arena = {0};
  PropterError error = {0};
  PropterMetric m;
  PropterMetricSeries s;
  World w = world_open(world_make("w:m a p:Metric ; p:numerator w:m ; p:denominator w:m ; p:grain \"P1D\"^^xsd:duration ."));
  ck_ok(propter_metric_read(w.snapshot, world_id(&w, W "m"), &arena, &m, err));
  ck_assert_int_eq(propter_metric_series(w.snapshot, &m, NULL, 0, PROPTER_NO_DAY, &s, &error), PROPTER_INVALID);
  world_close(&w);
  propter_arena_clear(&arena);
}
END_TEST

START_TEST(metrics_come_in_the_order_of_their_names) {
  World w = world_open(world_make(""));
  PropterIds ids = {0};
  ck_ok(propter_metric_list(w.snapshot, &ids, err));
  ck_assert_uint_eq(ids.count, 6);
  ck_assert_uint_eq(ids.items[0], world_id(&w, W "centre-orders"));
  ck_assert_uint_eq(ids.items[5], world_id(&w, W "world-orders"));
  propter_vec_clear(&ids);
  world_close(&w);
}
END_TEST

Suite *suite_metric(void) {
  Suite *s = suite_create("metric");
  TCase *t = tcase_create("series");
  tcase_add_test(t, a_definition_and_its_series);
  tcase_add_loop_test(t, several_observations_of_a_period_combine, 0, 6);
  tcase_add_test(t, times_around_a_change_of_clocks_keep_their_day);
  tcase_add_test(t, odd_values_are_gaps_not_numbers);
  tcase_add_test(t, what_was_known_by_a_day);
  tcase_add_test(t, a_ratio_divides_where_both_are_known);
  tcase_add_test(t, a_ratio_of_a_group_is_pooled);
  tcase_add_loop_test(t, what_is_wrong_with_a_definition_is_said, 0, 8);
  tcase_add_test(t, a_ratio_in_a_circle_ends);
  tcase_add_test(t, a_ratio_is_cut_by_dimensions_of_one_name);
  tcase_add_test(t, metrics_come_in_the_order_of_their_names);
  suite_add_tcase(s, t);
  return s;
}
