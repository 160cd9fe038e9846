/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel on real figures: the pack's table, with a few documented events written out here. The questions of tests/demo ask the whole program. */
#include <math.h>
#include <stdio.h>

#include "propter/score.h"
#include "support.h"

enum { N = 120, COLUMNS = 24, FIRST = 432 /* January 2006 */ };

static const char *const leaf[] = {"mining_and_logging",
                                   "construction",
                                   "durable_goods",
                                   "nondurable_goods",
                                   "wholesale_trade",
                                   "retail_trade",
                                   "transportation_and_warehousing",
                                   "utilities",
                                   "information",
                                   "financial_activities",
                                   "professional_and_business_services",
                                   "education_and_health_services",
                                   "leisure_and_hospitality",
                                   "other_services",
                                   "government"};
enum { LEAVES = sizeof leaf / sizeof *leaf };

static double table[COLUMNS][N];
static char name[COLUMNS][64];
static PropterSeries series[COLUMNS];
static size_t columns;

static void read_table(void) {
  char path[1024], line[4096];
  const char *srcdir = getenv("srcdir");
  (void)snprintf(path, sizeof path, "%s/ontology/packs/us-employment/us-employment.csv", srcdir ? srcdir : ".");
  FILE *file = fopen(path, "r");
  ck_assert_msg(file != NULL, "cannot open %s", path);
  size_t row = 0;
  while (fgets(line, sizeof line, file)) {
    size_t column = 0;
    char *at = line;
    if (line[0] == '#') continue;
    at[strcspn(at, "\r\n")] = 0;
    for (; at; column++) {
      char *comma = strchr(at, ',');
      if (comma) *comma++ = 0;
      if (row == 0 && column) (void)snprintf(name[column - 1], sizeof name[0], "%.60s", at);
      if (row && column) table[column - 1][row - 1] = strtod(at, NULL);
      at = comma;
    }
    if (row == 0) columns = column - 1;
    row++;
  }
  (void)fclose(file);
  ck_assert_uint_eq(row, N + 1);
  for (size_t c = 0; c < columns; c++)
    series[c] = (PropterSeries){.grain = PROPTER_GRAIN_MONTH, .first = FIRST, .count = N, .value = table[c], .reference_day = 12, .seasonally_adjusted = true};
}

static const PropterSeries *find(const char *sector) {
  for (size_t c = 0; c < columns; c++)
    if (strcmp(name[c], sector) == 0) return &series[c];
  ck_abort_msg("no column %s", sector);
  return NULL;
}

static size_t month(int year, int m) { return (size_t)((year - 2006) * 12 + m - 1); }

static PropterScoreModel *model_of(const char *sector) {
  const PropterSeries *controls[LEAVES], *target = find(sector);
  size_t n = 0;
  PropterScoreModel *m;
  for (size_t i = 0; i < LEAVES; i++)
    if (strcmp(leaf[i], sector) != 0) controls[n++] = find(leaf[i]);
  ck_ok(propter_score_model_new(target, controls, n, NULL, NULL, &m, err));
  return m;
}

static PropterCandidate event(PropterDay start, PropterDay end, double dose) {
  return (PropterCandidate){.weight = {0, .65, 1, 0}, .happened = 1, .text_lr = 2.3, .review_lr = 1, .belief_for = .65,
                            .effect = {.start = start, .end = end, .profile = dose != 0 ? PROPTER_PROFILE_PULSE : PROPTER_PROFILE_UNKNOWN,
                                       .has_dose = dose != 0, .dose = dose}};
}

static const PropterPoint census_path[] = {{14610, 24},  {14641, 39},  {14669, 87}, {14700, 153}, {14730, 564},
                                           {14761, 339}, {14791, 196}, {14822, 82}, {14853, 5},   {14883, 0}};

static PropterCandidate census(void) {
  PropterCandidate c = event(propter_day(2010, 1, 1), propter_day(2010, 9, 30), 0);
  c.effect.profile = PROPTER_PROFILE_PATH;
  c.effect.has_dose = true;
  c.effect.points = sizeof census_path / sizeof *census_path;
  c.effect.point = census_path;
  return c;
}

static void expect(const char *sector, size_t from, size_t to, const PropterCandidate *c, size_t count, PropterOutcome outcome, int lead, PropterGrade grade) {
  PropterScoreModel *m = model_of(sector);
  PropterAnswer a;
  ck_ok(propter_score_window(m, from, to, c, count, &a, err));
  ck_assert_msg(a.outcome == outcome, "%s %zu–%zu: outcome %d, expected %d (z %.1f)", sector, from, to, (int)a.outcome, (int)outcome, a.z);
  if (lead >= 0) {
    ck_assert_int_eq(a.cause[lead].rank, 1);
    ck_assert_int_eq(a.cause[lead].grade, grade);
  }
  propter_answer_clear(&a);
  propter_score_model_free(m);
}

START_TEST(strikes_and_their_ends) {
  PropterCandidate verizon = event(propter_day(2011, 8, 7), propter_day(2011, 8, 22), -45),
                   edison = event(propter_day(2012, 7, 1), propter_day(2012, 7, 26), -8.5);
  ck_assert_int_eq(census_path[0].at, propter_day(2010, 1, 1));
  read_table();
  expect("information", month(2011, 8), month(2011, 8), &verizon, 1, PROPTER_OUTCOME_ANSWERED, 0, PROPTER_GRADE_BOTH);
  expect("information", month(2011, 9), month(2011, 9), &verizon, 1, PROPTER_OUTCOME_ANSWERED, 0, PROPTER_GRADE_BOTH);
  expect("utilities", month(2012, 7), month(2012, 7), &edison, 1, PROPTER_OUTCOME_ANSWERED, 0, PROPTER_GRADE_BOTH);
  expect("utilities", month(2012, 8), month(2012, 8), &edison, 1, PROPTER_OUTCOME_ANSWERED, 0, PROPTER_GRADE_BOTH);
}
END_TEST

START_TEST(the_census_up_and_down) {
  PropterCandidate c = census();
  read_table();
  for (int m = 5; m <= 7; m++) expect("government", month(2010, m), month(2010, m), &c, 1, PROPTER_OUTCOME_ANSWERED, 0, PROPTER_GRADE_BOTH);
  c.scope = PROPTER_SCOPE_CHILD; /* in the whole the noise is larger, the cause the same */
  c.slice = find("government");
  expect("nonfarm", month(2010, 5), month(2010, 5), &c, 1, PROPTER_OUTCOME_ANSWERED, 0, PROPTER_GRADE_BOTH);
}
END_TEST

START_TEST(slow_causes) {
  PropterCandidate recession = event(propter_day(2007, 12, 1), propter_day(2009, 6, 30), 0), oil = event(propter_day(2014, 10, 1), propter_day(2016, 2, 11), 0);
  recession.direction = oil.direction = -1;
  recession.scope = PROPTER_SCOPE_PARENT;
  recession.controls_in_scope = 1;
  oil.weight[PROPTER_CHANNEL_CURATED] = 1;
  read_table();
  expect("professional_and_business_services", month(2008, 9), month(2009, 3), &recession, 1, PROPTER_OUTCOME_ANSWERED, 0, PROPTER_GRADE_BOTH);
  expect("mining_and_logging", month(2015, 1), month(2015, 12), &oil, 1, PROPTER_OUTCOME_ANSWERED, 0, PROPTER_GRADE_BOTH);
}
END_TEST

START_TEST(a_strike_inside_a_recession_is_not_separable) {
  PropterCandidate c[] = {event(propter_day(2007, 12, 1), propter_day(2009, 6, 30), 0), event(propter_day(2008, 9, 6), propter_day(2008, 11, 1), -27)};
  c[0].direction = -1;
  c[0].scope = PROPTER_SCOPE_PARENT;
  c[0].controls_in_scope = 1;
  read_table();
  PropterScoreModel *m = model_of("durable_goods");
  for (int k = 9; k <= 11; k++) {
    PropterAnswer a;
    ck_ok(propter_score_window(m, month(2008, k), month(2008, k), c, 2, &a, err));
    ck_assert(a.cause[1].grade == PROPTER_GRADE_NOT_SEPARABLE || a.cause[1].grade == PROPTER_GRADE_TEXT_ONLY || a.cause[1].grade == PROPTER_GRADE_CONTRADICTED);
    ck_assert_double_le(a.cause[1].p, .5);
    propter_answer_clear(&a);
  }
  propter_score_model_free(m);
}
END_TEST

START_TEST(quiet_and_unexplained_months) {
  PropterCandidate verizon = event(propter_day(2011, 8, 7), propter_day(2011, 8, 22), -45),
                   late = event(propter_day(2012, 8, 7), propter_day(2012, 8, 22), -45);
  PropterCandidate shutdown = event(propter_day(2013, 10, 1), propter_day(2013, 10, 16), 0);
  shutdown.direction = -1;
  read_table();
  expect("information", month(2011, 3), month(2011, 3), &verizon, 1, PROPTER_OUTCOME_DID_NOT_MOVE, -1, PROPTER_GRADE_BOTH);
  expect("government", month(2013, 10), month(2013, 10), &shutdown, 1, PROPTER_OUTCOME_DID_NOT_MOVE, -1, PROPTER_GRADE_BOTH);
  expect("information", month(2013, 2), month(2013, 2), &verizon, 1, PROPTER_OUTCOME_CAUSE_UNKNOWN, -1, PROPTER_GRADE_BOTH);
  expect("information", month(2013, 8), month(2013, 8), &verizon, 1, PROPTER_OUTCOME_CAUSE_UNKNOWN, -1, PROPTER_GRADE_BOTH);
  expect("information", month(2011, 8), month(2011, 8), &late, 1, PROPTER_OUTCOME_CAUSE_UNKNOWN, -1, PROPTER_GRADE_BOTH);
}
END_TEST

Suite *suite_employment(void) {
  Suite *suite = suite_create("employment");
  TCase *tc = tcase_create("employment");
  tcase_add_test(tc, strikes_and_their_ends);
  tcase_add_test(tc, the_census_up_and_down);
  tcase_add_test(tc, slow_causes);
  tcase_add_test(tc, a_strike_inside_a_recession_is_not_separable);
  tcase_add_test(tc, quiet_and_unexplained_months);
  suite_add_tcase(suite, tc);
  return suite;
}
