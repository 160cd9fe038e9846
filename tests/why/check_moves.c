/* SPDX-License-Identifier: Apache-2.0 */
/* The most surprising moves of a graph, and the questions that begin with them. */
#include <math.h>

#include "propter/why.h"
#include "world.h"

Suite *suite_moves(void);

#define MOVE(name, metric, from, to, score, deviation, expected, more)                                                                         \
  "w:" name " a p:Pattern ; p:metric w:" metric " ; p:start \"" from "\"^^xsd:date ; p:end \"" to "\"^^xsd:date ; p:score " score " ; "             \
  "p:deviation " deviation " ; p:expected " expected more " .\n"

static const char patterns[] =
    MOVE("dip", "all-orders", "2013-06-01", "2013-06-30", "-9.0", "-40.0", "500.0", " ; p:outcome p:Answered")
    MOVE("dip-in-north", "north-orders", "2013-06-01", "2013-06-30", "-8.0", "-40.0", "100.0", "")
    MOVE("back", "north-orders", "2013-07-01", "2013-07-31", "7.0", "38.0", "60.0", "")
    MOVE("rise", "south-orders", "2014-02-01", "2014-04-30", "6.0", "9.0", "0.0", "")
    MOVE("of-nothing", "no-metric", "2014-02-01", "2014-04-30", "12.0", "9.0", "1.0", "")
    MOVE("noise", "west-orders", "2012-01-01", "2012-01-31", "1.0", "2.0", "100.0", "")
    "w:all-orders a p:Metric ; skos:prefLabel \"all orders\" ; p:dataset w:cube ; p:measure w:orders ; p:timeDimension w:month ; p:grain \"P1M\"^^xsd:duration ; p:unitLabel \"k\" .\n";

static void says(PropterStr text, const char *expected) {
  ck_assert_msg(propter_str_equal(text, propter_str(expected)), "%.*s, expected %s", (int)text.len, text.data, expected);
}

START_TEST(a_move_is_listed_once_without_its_way_back_and_noise) {
  World w = world_open(world_make(patterns));
  PropterArena arena = {0};
  PropterMoves found;
  ck_ok(propter_why_moves(w.snapshot, &arena, &found, err));
  ck_assert_uint_eq(found.count, 2);
  says(found.move[0].metric, W "all-orders"), says(found.move[0].label, "all orders"), says(found.move[0].unit, "k");
  says(found.move[0].question, "all orders in June 2013");
  ck_assert(found.move[0].answered && !found.most[0].answered && !found.move[1].answered);
  says(found.most[0].metric, W "north-orders");
  ck_assert_double_eq_tol(found.move[0].part, -.08, 1e-12);
  ck_assert_double_eq_tol(found.most[0].part, -.4, 1e-12);
  says(found.move[1].question, "south orders from February to April 2014");
  ck_assert(found.move[1].part == 0 && found.most[1].score == 6);
  says(found.example[0], "why did all orders fall in June 2013");
  says(found.example[1], "south orders in February 2014 compared with January 2014");
  says(found.example[2], "all orders in the last month");
  ck_assert(found.figures > 400 && found.largest == 12);
  propter_arena_clear(&arena);
  world_close(&w);
}
END_TEST

#define METRIC(name, measure, more) \
  "w:" name " a p:Metric ; skos:prefLabel \"" name "\" ; p:dataset w:cube ; p:timeDimension w:month ; p:grain \"P1D\"^^xsd:duration ; p:measure w:" measure more " .\n"

/* Covers fell with the rooms of their file; of 400 figures one day of 4.2 standard errors is confirmed by nothing; the whole comes back where a part had fallen. */
START_TEST(measures_of_a_file_that_move_together_are_one_and_what_stands_alone_comes_last) {
  static const char inn[] =
      METRIC("all-rooms", "rooms", " ; p:sourceFile \"nights.csv\"") METRIC("covers", "covers", " ; p:sourceFile \"nights.csv\"")
      METRIC("rooms-north", "rooms", " ; p:fixed [ p:dimension w:region ; p:member w:north ]") METRIC("other", "other", " ; p:sourceFile \"else.csv\"")
      MOVE("fall", "rooms-north", "2013-06-01", "2013-06-20", "-9.0", "-40.0", "80.0", "")
      MOVE("goes-on", "rooms-north", "2013-06-23", "2013-06-25", "-5.0", "-40.0", "80.0", "") MOVE("with-it", "covers", "2013-06-03", "2013-06-21", "-7.0", "-30.0", "90.0", "")
      MOVE("elsewhere", "other", "2013-06-01", "2013-06-20", "-6.0", "-3.0", "9.0", "")
      MOVE("back", "all-rooms", "2013-06-21", "2013-07-02", "4.6", "20.0", "400.0", "")
      MOVE("alone", "other", "2012-02-02", "2012-02-02", "4.2", "20.0", "400.0", "")
      MOVE("told", "other", "2014-05-01", "2014-05-09", "-2.5", "-3.0", "30.0", " ; p:outcome p:Answered");
  World w = world_open(world_make(inn));
  PropterArena arena = {0};
  PropterMoves found;
  ck_ok(propter_why_moves(w.snapshot, &arena, &found, err));
  ck_assert_uint_eq(found.count, 4);
  says(found.move[0].label, "rooms-north"), says(found.also[0][0].label, "covers");
  ck_assert(found.alsos[0] == 1 && found.alsos[1] == 0);
  ck_assert_double_eq_tol(found.also[0][0].part, -1 / 3., 1e-12);
  says(found.move[1].question, "other from 1 to 20 Jun 2013");
  ck_assert(found.move[2].answered && found.move[2].score == -2.5);
  ck_assert(found.move[3].score == 4.2);
  propter_arena_clear(&arena);
  world_close(&w);
}
END_TEST

START_TEST(where_nothing_was_found_there_is_nothing) {
  World w = world_open(world_make(""));
  PropterArena arena = {0};
  PropterMoves found;
  ck_ok(propter_why_moves(w.snapshot, &arena, &found, err));
  ck_assert(found.count == 0 && found.largest == 0 && found.example[0].len == 0 && found.figures > 400);
  propter_arena_clear(&arena);
  world_close(&w);
}
END_TEST

START_TEST(so_many_are_kept_as_chance_does_not_make) {
  const double score[] = {9, -8, 3.5, 2.5, 0};
  size_t kept;
  ck_ok(propter_why_beyond_chance(score, 5, 5, &kept, err));
  ck_assert_uint_eq(kept, 4);
  ck_ok(propter_why_beyond_chance(score, 5, 10000, &kept, err));
  ck_assert_uint_eq(kept, 2);
  ck_ok(propter_why_beyond_chance(score, 0, 10, &kept, err));
  ck_assert_uint_eq(kept, 0);
}
END_TEST

static PropterMoveKin kin_of(const char *metric, bool part, const char *day, double score, double share) {
  PropterMoveKin m = {.metric = propter_str(metric), .measure = PROPTER_STR("orders"), .part = part, .stands = true, .score = score, .share = share};
  ck_assert(propter_day_parse(propter_str(day), &m.first));
  return m;
}

/* A sale of two years, on the same Friday; a strike, the way back of the whole after that of a part; another measure is no kin. */
START_TEST(moves_are_of_a_year_or_a_way_back) {
  PropterMoveKin m[] = {kin_of("all", false, "2024-11-29", 9, .8),   kin_of("all", false, "2023-11-24", 8, .6),  kin_of("north", true, "2023-11-24", 7, .9),
                        kin_of("all", false, "2024-12-05", -5, -.1), kin_of("north", true, "2024-03-01", -6, -.3), kin_of("all", false, "2024-04-20", 5, .1),
                        kin_of("south", true, "2024-04-20", 5, .1),  kin_of("all", false, "2025-11-28", 8, 2.5)};
  PropterMoveKin other = kin_of("returns", false, "2024-05-01", -9, -.1);
  PropterDay day;
  ck_ok(propter_why_relate(m, sizeof m / sizeof *m, err));
  ck_assert_int_eq(m[0].as_on, m[1].first);
  ck_assert_int_eq(m[1].as_on, m[0].first);
  ck_assert_int_eq(m[2].as_on, PROPTER_NO_DAY);
  ck_assert_int_eq(m[7].as_on, PROPTER_NO_DAY); /* three times as much is news */
  ck_assert(propter_day_parse(PROPTER_STR("2024-11-29"), &day));
  ck_assert_int_eq(m[3].back_of, day);
  ck_assert_int_eq(m[5].back_of, m[4].first);
  ck_assert_int_eq(m[6].back_of, PROPTER_NO_DAY);
  ck_assert_int_eq(m[4].back_of, PROPTER_NO_DAY);
  other.measure = PROPTER_STR("returns");
  m[1] = other;
  ck_ok(propter_why_relate(m, 2, err));
  ck_assert(m[0].as_on == PROPTER_NO_DAY && m[1].back_of == PROPTER_NO_DAY);
  ck_ok(propter_why_relate(NULL, 0, err));
}
END_TEST

/* What was there the year before, too, comes behind what is not. */
START_TEST(what_comes_every_year_is_listed_last) {
  static const char sales[] = MOVE("sale", "all-orders", "2013-11-29", "2013-11-29", "9.0", "40.0", "50.0", "") MOVE("sale-before", "all-orders", "2012-11-23", "2012-11-23", "8.0", "30.0", "50.0", "")
      MOVE("news", "all-orders", "2013-06-01", "2013-06-20", "-6.0", "-9.0", "50.0", "")
      "w:all-orders a p:Metric ; skos:prefLabel \"all orders\" ; p:dataset w:cube ; p:measure w:orders ; p:timeDimension w:month ; p:grain \"P1M\"^^xsd:duration .\n";
  World w = world_open(world_make(sales));
  PropterArena arena = {0};
  PropterMoves found;
  ck_ok(propter_why_moves(w.snapshot, &arena, &found, err));
  ck_assert_uint_eq(found.count, 3);
  ck_assert(found.move[0].score == -6 && found.move[0].as_on == PROPTER_NO_DAY);
  ck_assert(found.move[1].score == 9 && found.move[1].as_on == found.move[2].first && found.move[2].as_on == found.move[1].first);
  propter_arena_clear(&arena);
  world_close(&w);
}
END_TEST

START_TEST(failing_memory_is_reported) {
  World w = world_open(world_make(patterns));
  uint64_t every = 1;
  for (uint64_t n = 0, points = 1; n < points; n += every) {
    PropterArena arena = {0};
    PropterMoves found;
    PropterError named = {0};
    propter_fault_plan(PROPTER_FAULT_ALLOCATION, n, false, 0);
    const PropterStatus status = propter_why_moves(w.snapshot, &arena, &found, &named);
    const uint64_t reached = propter_fault_end(PROPTER_FAULT_ALLOCATION);
    ck_assert_msg(n ? status != PROPTER_OK || reached < n : status == PROPTER_OK, "point %llu: %s", (unsigned long long)n, named.message);
    if (!n) points = reached, every = points / 100 + 1;
    propter_arena_clear(&arena);
  }
  world_close(&w);
}
END_TEST

Suite *suite_moves(void) {
  Suite *s = suite_create("moves");
  TCase *t = tcase_create("moves");
  tcase_set_timeout(t, 60);
  tcase_add_test(t, a_move_is_listed_once_without_its_way_back_and_noise);
  tcase_add_test(t, measures_of_a_file_that_move_together_are_one_and_what_stands_alone_comes_last);
  tcase_add_test(t, where_nothing_was_found_there_is_nothing);
  tcase_add_test(t, so_many_are_kept_as_chance_does_not_make);
  tcase_add_test(t, moves_are_of_a_year_or_a_way_back);
  tcase_add_test(t, what_comes_every_year_is_listed_last);
  tcase_add_test(t, failing_memory_is_reported);
  suite_add_tcase(s, t);
  return s;
}
