/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "propter/cells.h"
#include "support.h"

Suite *suite_cells(void);

static PropterCellsTable paths[2];
static PropterSniff sniff;

static void set_up(void) {
  paths[0].path = support_path(support_folder(), "a.csv"), paths[1].path = support_path(support_folder(), "b.csv");
  support_write(paths[0].path, PROPTER_STR("at,region,amount,price\n2024-01-01T10:00:00,\"north, far\",10,2\n2024-01-01T11:00:00,\"north, far\",5,4\n"
                                      "2024-01-02T09:00:00,south,1,3\nnever,south,7,7\n2024-01-03T09:00:00,south,,3\n"));
  support_write(paths[1].path,
                PROPTER_STR("at,region,amount,price\n2024-01-01T23:59:59,\"north, far\",1.5,3\n2024-01-02T09:00:00,south,1\n2024-01-01T08:00:00,south,2,1\n"));
  static PropterColumn columns[4];
  static const PropterColumnRole roles[] = {PROPTER_COLUMN_TIME, PROPTER_COLUMN_SLICE, PROPTER_COLUMN_MEASURE, PROPTER_COLUMN_MEASURE};
  static const char *const names[] = {"at", "region", "amount", "price"};
  for (size_t i = 0; i < 4; i++)
    columns[i] = (PropterColumn){
        .name = propter_str(names[i]), .label = propter_str(names[i]), .datatype = {"", 0}, .role = roles[i], .distinct = 2, .values = 8, .mean = i == 3};
  sniff = (PropterSniff){.columns = columns, .count = 4, .rows = 8, .time = 0, .grain = "P1D"};
}

START_TEST(rows_are_added_up_by_period_and_slice) {
  PropterBuf out = {0}, left = {0}, wanted = {0};
  PropterCellsSummary summary;
  ck_ok(propter_cells(paths, 2, &sniff, &out, &left, &summary, err));
  propter_buf_printf(&wanted,
                     "file,sheet,line,column,value,reason\n\"%s\",,5,\"at\",\"never\",no day\n\"%s\",,3,\"\",\"2024-01-02T09:00:00\",a wrong number of cells\n",
                     paths[0].path, paths[1].path);
  ck_assert_str_eq(left.data, wanted.data);
  propter_buf_clear(&wanted), propter_buf_clear(&left);
  ck_assert_str_eq(out.data,
                   "at,region,amount,price,rows\n2024-01-01,\"north, far\",16.5,3,3\n2024-01-01,south,2,1,1\n2024-01-02,south,1,3,1\n2024-01-03,south,,3,1\n");
  ck_assert_uint_eq(summary.rows, 8);
  ck_assert_uint_eq(summary.cells, 4);
  ck_assert_uint_eq(summary.left_out, 2); /* no day; a cell too few */
  propter_buf_clear(&out);
}
END_TEST

START_TEST(slices_of_many_values_and_names_are_left_out) {
  PropterBuf out = {0};
  PropterCellsSummary summary;
  sniff.columns[1].distinct = PROPTER_CELLS_SLICE + 1;
  sniff.columns[2].distinct = sniff.columns[2].values = 100, sniff.rows = 100;
  sniff.columns[2].datatype = PROPTER_STR("http://www.w3.org/2001/XMLSchema#integer");
  sniff.grain = "P1M";
  ck_ok(propter_cells(paths, 2, &sniff, &out, NULL, &summary, err));
  ck_assert_str_eq(out.data, "at,price,rows\n2024-01-01,2.66666666666667,6\n");
  propter_buf_clear(&out);
}
END_TEST

/* South has rows on two days of three: on the other nothing happened there. West has them on one only: what it lacks is not known. */
START_TEST(where_nothing_happened_is_no_gap) {
  PropterBuf out = {0};
  PropterCellsSummary summary;
  sniff.counted = PROPTER_STR("tickets");
  support_write(paths[0].path, PROPTER_STR("at,region,amount,price\n2024-01-01,south,10,2\n2024-01-02,north,5,4\n2024-01-02,west,1,3\n"));
  support_write(paths[1].path, PROPTER_STR("at,region,amount,price\n2024-01-03,north,1,3\n2024-01-03,south,2,1\n"));
  ck_ok(propter_cells(paths, 2, &sniff, &out, NULL, &summary, err));
  ck_assert_str_eq(out.data, "at,region,amount,price,tickets\n2024-01-01,south,10,2,1\n2024-01-01,north,0,,0\n2024-01-02,north,5,4,1\n2024-01-02,west,1,3,1\n"
                             "2024-01-02,south,0,,0\n2024-01-03,north,1,3,1\n2024-01-03,south,2,1,1\n");
  propter_buf_clear(&out);
}
END_TEST

START_TEST(a_rate_that_goes_with_the_slice_is_no_measure) {
  PropterBuf out = {0};
  PropterCellsSummary summary;
  support_write(paths[0].path, PROPTER_STR("at,region,amount,price\n2024-01-01,south,10,19\n2024-01-01,south,5,19\n2024-01-01,north,1,7\n2024-01-01,north,1,7\n"));
  ck_ok(propter_cells(paths, 1, &sniff, &out, NULL, &summary, err));
  ck_assert_str_eq(out.data, "at,region,amount,rows\n2024-01-01,north,2,2\n2024-01-01,south,15,2\n");
  ck_assert_uint_eq(summary.fixed, 1 << 3);
  propter_buf_clear(&out);
}
END_TEST

START_TEST(no_time_no_table) {
  PropterBuf out = {0};
  PropterCellsSummary summary;
  sniff.time = SIZE_MAX;
  ck_assert_int_eq(propter_cells(paths, 2, &sniff, &out, NULL, &summary, NULL), PROPTER_INVALID);
  sniff.time = 0;
  paths[1].path = "nowhere.csv";
  ck_assert_int_eq(propter_cells(paths, 2, &sniff, &out, NULL, &summary, NULL), PROPTER_NOT_FOUND);
  propter_buf_clear(&out);
}
END_TEST

static PropterStatus add_up(void *payload, PropterError *error) {
  (void)payload;
  PropterBuf out = {0};
  PropterCellsSummary summary;
  PropterStatus status = propter_cells(paths, 2, &sniff, &out, NULL, &summary, error);
  propter_buf_clear(&out);
  return status;
}

START_TEST(every_failure_is_an_error) {
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, add_up, NULL, false), 10);
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_IO, add_up, NULL, true), 3);
}
END_TEST

/* Turns the table; the text is `out`. */
static PropterStatus turn(const char *text, PropterBuf *out, PropterMelted *melted, PropterError *error) {
  static const char *path;
  if (!path) path = support_path(support_folder(), "wide use.csv");
  PropterSniff found = {0};
  support_write(path, propter_str(text));
  PropterStatus status = propter_sniff(path, NULL, NULL, &found, error);
  if (status == PROPTER_OK) status = propter_melt(path, &found, out, melted, error);
  if (status == PROPTER_OK && melted->mixed) ck_assert_str_eq(melted->mixed, "KPI");
  propter_sniff_clear(&found);
  return status;
}

static void turned(const char *text, size_t periods, const char *wanted) {
  PropterBuf out = {0};
  PropterMelted melted;
  ck_ok(turn(text, &out, &melted, err));
  ck_assert_uint_eq(melted.periods, periods);
  ck_assert_str_eq(out.len ? out.data : "", wanted);
  propter_buf_clear(&out);
}

static const char wide[] = "site,unit,Jan 2022,Feb 2022,Mar 2022,Apr 2022,May 2022,Jun 2022\nA,t,1,2,,4,5,6\n\"B, far\",t,7,8,9,10,11,\"12,5\"\n";

START_TEST(columns_of_periods_become_rows) {
  turned(wide, 6,
         "\"site\",period,\"wide use\"\n\"A\",\"2022-01-01\",\"1\"\n\"A\",\"2022-02-01\",\"2\"\n\"A\",\"2022-04-01\",\"4\"\n\"A\",\"2022-05-01\",\"5\"\n"
         "\"A\",\"2022-06-01\",\"6\"\n\"B, far\",\"2022-01-01\",\"7\"\n\"B, far\",\"2022-02-01\",\"8\"\n\"B, far\",\"2022-03-01\",\"9\"\n"
         "\"B, far\",\"2022-04-01\",\"10\"\n\"B, far\",\"2022-05-01\",\"11\"\n\"B, far\",\"2022-06-01\",\"12,5\"\n");
  turned("2022-Q1,2022-Q2,2022-Q3,2022-Q4,2023-Q1,2023-Q2\n1,2,3,4,5,6\n", 6,
         "period,\"wide use\"\n\"2022-Q1\",\"1\"\n\"2022-Q2\",\"2\"\n\"2022-Q3\",\"3\"\n\"2022-Q4\",\"4\"\n\"2023-Q1\",\"5\"\n\"2023-Q2\",\"6\"\n");
  turned("a,2019,2020,2021,2022,2023\nx,1,2,3,4,5\n", 0, "");                                       /* too few */
  turned("KPI,2018,2019,2020,2021,2022,2023\nsales,1,2,3,4,5,6\ncosts,6,5,4,3,2,1\n", 6, ""); /* two measures */
}
END_TEST

/* A row that says it is a total; one that does not, but holds the sums since the last; the sums of all. */
START_TEST(totals_are_left_out) {
  static const char text[] = "site,2018,2019,2020,2021,2022,2023\nA,1,2,3,4,5,6\nB,1,1,1,1,1,1\nNorth,2,3,4,5,6,7\nC,4,4,4,4,4,4\nD,1,1,1,1,1,1\n"
                             "Summe,9,9,9,9,9,9\nEverywhere,7,8,9,10,11,12\nE,0,0,0,0,0,0\n";
  PropterBuf out = {0};
  PropterMelted melted;
  ck_ok(turn(text, &out, &melted, err));
  ck_assert_uint_eq(melted.totals, 3);
  ck_assert_uint_eq(melted.total_line, 4);
  ck_assert_uint_eq(melted.rows, 5 * 6);
  ck_assert_ptr_null(strstr(out.data, "North"));
  propter_buf_clear(&out);
}
END_TEST

static const char titled[] = "Wide use in % by month\n\nsite,Jan 2022,Feb 2022,Mar 2022,Apr 2022,May 2022,Jun 2022\nA,1,2,3,4,5,6\nB,6,7,8,9,10,11\n";

START_TEST(a_title_above_names_the_figure) {
  PropterBuf out = {0};
  PropterMelted melted;
  ck_ok(turn(titled, &out, &melted, err));
  ck_assert_ptr_nonnull(strstr(out.data, "\"site\",period,\"Wide use in %\"\n"));
  propter_buf_clear(&out);
}
END_TEST

static PropterStatus turn_text(void *payload, PropterError *error) {
  PropterBuf out = {0};
  PropterMelted melted;
  PropterStatus status = turn(payload, &out, &melted, error);
  if (status == PROPTER_OK && payload == titled) ck_assert_ptr_nonnull(strstr(out.data, "Wide use in %"));
  propter_buf_clear(&out);
  return status;
}

START_TEST(every_failure_of_turning_is_an_error) {
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, turn_text, (char *)(uintptr_t)wide, false), 10);
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, turn_text, (char *)(uintptr_t)titled, false), 10);
}
END_TEST

Suite *suite_cells(void) {
  Suite *s = suite_create("cells");
  TCase *tc = tcase_create("cells");
  tcase_add_checked_fixture(tc, set_up, NULL);
  tcase_add_test(tc, rows_are_added_up_by_period_and_slice);
  tcase_add_test(tc, slices_of_many_values_and_names_are_left_out);
  tcase_add_test(tc, where_nothing_happened_is_no_gap);
  tcase_add_test(tc, a_rate_that_goes_with_the_slice_is_no_measure);
  tcase_add_test(tc, no_time_no_table);
  tcase_add_test(tc, every_failure_is_an_error);
  tcase_add_test(tc, columns_of_periods_become_rows);
  tcase_add_test(tc, totals_are_left_out);
  tcase_add_test(tc, a_title_above_names_the_figure);
  tcase_add_test(tc, every_failure_of_turning_is_an_error);
  suite_add_tcase(s, tc);
  return s;
}
