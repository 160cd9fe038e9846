/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "propter/map.h"
#include "propter/sniff.h"
#include "support.h"

Suite *suite_sniff(void);

static const char *table(const char *csv) {
  const char *path = support_path(support_folder(), "t.csv");
  support_write(path, propter_str(csv));
  return path;
}

static const PropterColumn *column(const PropterSniff *s, const char *name) {
  for (size_t i = 0; i < s->count; i++)
    if (propter_str_equal(s->columns[i].name, propter_str(name))) return &s->columns[i];
  ck_abort_msg("no column %s", name);
}

#define ORDERS                                                                                                  \
  "OrderNo,day,Region,Amount USD,unit_price,refunds,code,year_built,note\n"                                     \
  "A1,2024-01-01,north,10.5,2,1,007,1990,fine\nA2,2024-01-01,north,3,2.5,0,008,1991,\n"                         \
  "A3,2024-01-02,south,4,2,0,009,1990,late\nA4,2024-01-03,south,1,2,2,010,1990,lost\nA5,2024-01-04,north,1,2,2,010,1990,lost\n"

START_TEST(roles_and_types) {
  PropterSniff s = {0};
  ck_ok(propter_sniff(table(ORDERS), NULL, NULL, &s, err));
  ck_assert_uint_eq(s.rows, 5);
  ck_assert(s.whole);
  ck_assert_str_eq(s.grain, "P1D");
  ck_assert_str_eq(s.columns[s.time].name.data, "day");
  ck_assert_int_eq(column(&s, "OrderNo")->role, PROPTER_COLUMN_KEY);
  ck_assert_uint_eq(s.repeated, 0);
  ck_assert_int_eq(column(&s, "Region")->role, PROPTER_COLUMN_SLICE);
  ck_assert_uint_eq(column(&s, "Region")->distinct, 2);
  const PropterColumn *amount = column(&s, "Amount USD");
  ck_assert_int_eq(amount->role, PROPTER_COLUMN_MEASURE);
  ck_assert_str_eq(amount->unit, "USD");
  ck_assert(propter_str_equal(amount->label, PROPTER_STR("amount")));
  ck_assert(propter_str_ends(amount->datatype, PROPTER_STR("#decimal")));
  ck_assert(!amount->mean);
  ck_assert(column(&s, "unit_price")->mean);
  ck_assert_int_eq(column(&s, "refunds")->direction, -1);
  ck_assert(propter_str_ends(column(&s, "refunds")->datatype, PROPTER_STR("#integer")));
  /* Codes with zeros before them and four digits in a column named after years are no measures. */
  ck_assert_int_ne(column(&s, "code")->role, PROPTER_COLUMN_MEASURE);
  ck_assert_uint_eq(column(&s, "code")->datatype.len, 0);
  ck_assert_int_eq(column(&s, "year_built")->role, PROPTER_COLUMN_OTHER);
  ck_assert_uint_eq(column(&s, "note")->values, 4);
  propter_sniff_clear(&s);
}
END_TEST

static const struct {
  const char *days, *grain;
} grains[] = {{"2024-01-01 2024-02-01 2024-03-01", "P1M"}, {"2024-01-01 2024-04-01 2024-07-01", "P3M"}, {"2022-01-01 2023-01-01 2024-01-01", "P1Y"},
              {"2024-01-01 2024-01-08 2024-01-22", "P7D"}, {"2024-01-01 2024-01-02 2024-01-05", "P1D"}, {"2024-Q1 2024-Q2", "P3M"},
              {"2024-01-31 2024-02-29 2024-03-31", "P1M"}, {"2024-03-31 2024-06-30 2024-09-30", "P3M"}, {"2022-12-31 2023-12-31 2024-12-31", "P1Y"},
              {"2024-01-31 2024-02-29 2024-03-28 2024-04-30 2024-05-31 2024-06-28", "P1M"}, {"2024-01-31 2024-02-29 2024-03-28", "P1D"},
              {"2024-01-05 2024-06-17 2024-12-02 2025-01-03 2025-10-01 2026-02-02", "P1D"},
              {"2024-W01 2024-W02", "P7D"},                {"2024-01 2024-02", "P1M"},                  {"2022 2023", "P1Y"}};

/* Observations are of a day: rows that differ in the hour alone need a key, or are said to repeat. */
START_TEST(hours_tell_no_observations_apart) {
  PropterSniff s = {0};
  ck_ok(propter_sniff(table("when,sku,note,n\n2024-01-01 10:00:00,1,x,5\n2024-01-01 11:00:00,1,x,6\n2024-01-01 12:00:00,2,x,6\n2024-01-02 10:00:00,1,x,7\n"),
                      NULL, NULL, &s, err));
  ck_assert_uint_eq(s.repeated, 1);
  propter_sniff_clear(&s);
  ck_ok(propter_sniff(table("when,sku,order_id,n\n2024-01-01 10:00:00,1,17,5\n2024-01-01 11:00:00,1,18,6\n2024-01-02 10:00:00,1,19,7\n"), NULL, NULL, &s, err));
  ck_assert_int_eq(column(&s, "order_id")->role, PROPTER_COLUMN_KEY);
  ck_assert_uint_eq(s.repeated, 0);
  propter_sniff_clear(&s);
}
END_TEST

START_TEST(grain_of_a_time_column) {
  PropterSniff s = {0};
  PropterBuf csv = {0};
  propter_buf_printf(&csv, "year,n\n");
  for (const char *p = grains[_i].days; *p; p += strcspn(p, " "), p += *p == ' ')
    propter_buf_printf(&csv, "%.*s,%zu\n", (int)strcspn(p, " "), p, (size_t)(p - grains[_i].days));
  ck_ok(propter_sniff(table(csv.data), NULL, NULL, &s, err));
  ck_assert_str_eq(s.grain, grains[_i].grain);
  propter_buf_clear(&csv);
  propter_sniff_clear(&s);
}
END_TEST

/* Rows of a day and a number, each as its country's spreadsheets write them; the dialect, the form of days and that of numbers which must be found. */
static const struct {
  const char *csv;
  char delimiter;
  const char *encoding, *date, *decimal, *group, *grain, *unit;
} forms[] = {
    {"date;amount\n01.02.2024;1.234,50\n02.02.2024;99\n14.02.2024;-3,5\n", ';', NULL, "d.M.yyyy", ",", ".", "P1D", NULL},
    {"date;amount\n1.2.2024;12,5\n2.2.2024;1.200\n", ';', NULL, "d.M.yyyy", ",", ".", "P1D", NULL},
    {"date,amount\n1/31/2024,\"$1,234.50\"\n2/29/2024,\"$99.00\"\n", 0, NULL, "M/d/yyyy", ".", ",", "P1D", "USD"},
    {"date,amount\n31/01/2024,\"1,234\"\n01/02/2024,\"(99)\"\n", 0, NULL, "d/M/yyyy", ".", ",", "P1D", NULL},
    {"date,amount\n1/3/2024,5\n2/3/2024,6\n3/3/2024,7\n1/4/2024,7\n", 0, NULL, "d/M/yyyy", NULL, NULL, "P1D", NULL},
    {"date,amount\n1/12/2010 8:26,5\n1/13/2010 23:01,6\n", 0, NULL, "M/d/yyyy", NULL, NULL, "P1D", NULL},
    {"month\tamount\nJan 2024\t5 %\nFeb 2024\t6,5 %\nMar 2024\t7 %\n", '\t', NULL, "MMM yyyy", ",", ".", "P1M", "%"},
    {"monat;amount\n1. M\xE4rz 2024;5\n2. M\xE4rz 2024;6\n", ';', "windows-1252", "d. MMM yyyy", NULL, NULL, "P1D", NULL},
    {"day|amount\n20240101|1 234,5\n20240102|99,5\n", '|', NULL, "yyyyMMdd", ",", " ", "P1D", NULL},
    {"date,amount\n2024-01-01,1.5\n2024-01-02,2\n", 0, NULL, NULL, NULL, NULL, "P1D", NULL},
    {"sep=;\ndate;amount\n01.02.2024;1.234,50\n02.02.2024;99\n14.02.2024;-3,5\n", ';', NULL, "d.M.yyyy", ",", ".", "P1D", NULL},
    {"sep=,\ndate,amount\n2024-01-01,1.5\n2024-01-02,2\n", 0, NULL, NULL, NULL, NULL, "P1D", NULL},
    {"sep=^\r\nmonat^amount\r\n1. M\xE4rz 2024^5\r\n2. M\xE4rz 2024^6\r\n", '^', "windows-1252", "d. MMM yyyy", NULL, NULL, "P1D", NULL},
};

START_TEST(days_and_numbers_as_people_write_them) {
  PropterSniff s = {0};
  ck_ok(propter_sniff(table(forms[_i].csv), NULL, NULL, &s, err));
  ck_assert_int_eq(s.options.delimiter, forms[_i].delimiter);
  ck_assert_pstr_eq(s.options.encoding, forms[_i].encoding);
  ck_assert_uint_eq(s.time, 0);
  ck_assert_pstr_eq(s.columns[0].date_format, forms[_i].date);
  ck_assert_str_eq(s.grain, forms[_i].grain);
  ck_assert_int_eq(s.columns[1].role, PROPTER_COLUMN_MEASURE);
  ck_assert_pstr_eq(s.columns[1].decimal, forms[_i].decimal);
  ck_assert_pstr_eq(s.columns[1].group, forms[_i].group);
  ck_assert_pstr_eq(s.columns[1].unit, forms[_i].unit);
  propter_sniff_clear(&s);
}
END_TEST

/* 24 rows of two regions with something in the way; the header's line, rows aside, strays and what the mapping must say. */
static const struct {
  const char *before, *cell, *after, *encoding;
  uint64_t header, aside, bad, strays;
  const char *says;
} untidy[] = {
    {"", "7", "", NULL, 0, 0, 0, 0, "\n\n:sales a"},
    {"Sales report\nprinted,3 May 2024\n\n", "7", "", NULL, 4, 0, 0, 0, "propter:headerLine 4 ;"},
    {"Sales report,,\n,,\n", "7", "", NULL, 3, 0, 0, 0, "propter:headerLine 3 ;"},
    {"", "7", "Total,,9999\n", NULL, 0, 1, 0, 0, "# left out: 1 row without a day (line 26: \"Total\")\n"},
    {"", "7", "\n* provisional\n", NULL, 0, 0, 1, 0, "# left out: 1 row with a wrong number of cells\n"},
    {"", "n/a", "", NULL, 0, 0, 0, 1, "# left out: 1 cell of Sales that is no number (line 25: \"n/a\")\n"},
    {"", "k.A.", "", NULL, 0, 0, 0, 1, "propter:cellsPerPeriod 2"},
    {"", "closed", "", NULL, 0, 0, 0, 1, "propter:sourceColumn \"Sales\""},
    {"K\xF6ln\n", "7", "", "windows-1252", 2, 0, 0, 0, "propter:encoding \"windows-1252\""},
};

START_TEST(untidy_tables_are_used) {
  PropterSniff s = {0};
  PropterBuf csv = {0}, text = {0};
  propter_buf_printf(&csv, "%sDate,Region,Sales\n", untidy[_i].before);
  for (int i = 0; i < 24; i++) propter_buf_printf(&csv, "2024-03-%02d,%s,%d\n", 1 + i / 2, i % 2 ? "n" : "s", 40 + i);
  csv.len -= sizeof "63"; /* the last of them */
  propter_buf_printf(&csv, "%s\n", untidy[_i].cell);
  propter_buf_printf(&csv, "%s", untidy[_i].after);
  ck_ok(propter_sniff(table(csv.data), NULL, NULL, &s, err));
  ck_assert_pstr_eq(s.options.encoding, untidy[_i].encoding);
  ck_assert_uint_eq(s.options.header_line, untidy[_i].header);
  ck_assert_uint_eq(s.aside, untidy[_i].aside);
  ck_assert_uint_eq(s.bad_rows, untidy[_i].bad);
  ck_assert_uint_eq(s.time, 0);
  ck_assert_int_eq(column(&s, "Region")->role, PROPTER_COLUMN_SLICE);
  ck_assert_int_eq(column(&s, "Sales")->role, PROPTER_COLUMN_MEASURE);
  ck_assert_uint_eq(column(&s, "Sales")->strays, untidy[_i].strays);
  ck_ok(propter_sniff_write(&s, PROPTER_STR("t.csv"), PROPTER_STR("https://example.org/t#"), &text, err));
  ck_assert_msg(strstr(text.data, untidy[_i].says), "%s", text.data);
  propter_buf_clear(&csv), propter_buf_clear(&text);
  propter_sniff_clear(&s);
}
END_TEST

/* Each column that is not used says why. */
START_TEST(what_is_not_used_says_why) {
  PropterSniff s = {0};
  PropterBuf left = {0};
  ck_ok(propter_sniff(
      table(
          "day,sales,sales,empty,note,same,mostly,until\n2024-01-01,1,2,,x,a,1,2024-02-01\n2024-01-02,1,2,,,a,closed,2024-02-02\n2024-01-03,1,2,,y,a,3,2024-02-03\n"
          "2024-01-04,1,2,,y,a,3,2024-02-04\n"),
      NULL, NULL, &s, err));
  ck_ok(propter_sniff_left_out(&s, &left, err));
  ck_assert_str_eq(
      left.data,
      "columns not used: sales (another column has the same name), sales (another column has the same name), empty (it is empty), note (not every row has one), "
      "same (it is the same in every row), mostly (too many of its cells are no numbers, or they are written in different ways), "
      "until (the periods are those of another column)\n");
  propter_buf_clear(&left);
  propter_sniff_clear(&s);
}
END_TEST

/* Few whole numbers that come again in every period are parts where the name says so, also where one of them has a letter; else they are amounts. */
START_TEST(numbers_that_name_parts) {
  static const struct {
    const char *name, *second;
    unsigned codes;
    PropterColumnRole role;
  } columns[] = {{"store", "7", 2, PROPTER_COLUMN_SLICE},      {"Filiale", "7", 2, PROPTER_COLUMN_SLICE},        {"Line No", "N7", 2, PROPTER_COLUMN_SLICE},
                 {"store", "7.5", 2, PROPTER_COLUMN_MEASURE},  {"store hours", "7", 2, PROPTER_COLUMN_MEASURE},  {"stores", "7", 2, PROPTER_COLUMN_MEASURE},
                 {"store", "7", 20, PROPTER_COLUMN_MEASURE}};
  const size_t n = sizeof columns / sizeof *columns;
  for (size_t k = 0; k < n; k++) {
    PropterBuf text = {0};
    PropterSniff s = {0};
    propter_buf_printf(&text, "date,%s,sales\n", columns[k].name);
    for (unsigned i = 0; i < 40; i++) {
      propter_buf_printf(&text, "2024-01-%02u,", 1 + i / 2);
      if (i % 2) propter_buf_printf(&text, "%s", columns[k].second);
      else propter_buf_printf(&text, "%u", 12 + i % columns[k].codes);
      propter_buf_printf(&text, ",%u\n", 900 + i * 37 % 50);
    }
    ck_ok(propter_sniff(table(text.data), NULL, NULL, &s, err));
    ck_assert_msg(column(&s, columns[k].name)->role == columns[k].role, "%s", columns[k].name);
    ck_assert_int_eq(column(&s, "sales")->role, PROPTER_COLUMN_MEASURE);
    propter_sniff_clear(&s), propter_buf_clear(&text);
  }
}
END_TEST

/* What was planned stands beside what came about; alone it is all there is. */
START_TEST(plans_are_no_measures) {
  PropterSniff s = {0};
  ck_ok(propter_sniff(table("month,Actual,Budget,variance %,No-shows\n2024-01,1.5,2,3,4\n2024-02,1,2,3,5\n"), NULL, NULL, &s, err));
  ck_assert_int_eq(column(&s, "Actual")->role, PROPTER_COLUMN_MEASURE);
  ck_assert_int_eq(column(&s, "No-shows")->role, PROPTER_COLUMN_MEASURE);
  ck_assert_int_eq(column(&s, "Budget")->role, PROPTER_COLUMN_OTHER);
  ck_assert_ptr_nonnull(strstr(column(&s, "variance %")->why, "not what came about"));
  propter_sniff_clear(&s);
  ck_ok(propter_sniff(table("month,Budget\n2024-01,2\n2024-02,3\n"), NULL, NULL, &s, err));
  ck_assert_int_eq(column(&s, "Budget")->role, PROPTER_COLUMN_MEASURE);
  propter_sniff_clear(&s);
}
END_TEST

/* Rows with names of their own, now more of them, now fewer, are happenings; as many each day are cells of a table. */
START_TEST(rows_that_are_happenings) {
  PropterSniff s = {0};
  ck_ok(propter_sniff(table("Query ID,day,shop,n\n1,2024-01-01,a,1\n2,2024-01-01,a,1\n3,2024-01-02,b,1\n4,2024-01-02,a,1\n5,2024-01-02,a,1\n6,2024-01-03,b,2\n7,2024-01-04,b,2\n"),
                      NULL, NULL, &s, err));
  ck_assert_uint_eq(s.repeated, 0);
  ck_assert(propter_str_equal(s.counted, PROPTER_STR("queries")));
  propter_sniff_clear(&s);
  ck_ok(propter_sniff(table("row,day,shop,n\n1,2024-01-01,a,1\n2,2024-01-01,b,1\n3,2024-01-02,a,1\n4,2024-01-02,b,1\n"), NULL, NULL, &s, err));
  ck_assert_uint_eq(s.counted.len, 0);
  propter_sniff_clear(&s);
}
END_TEST

/* Hours of a day are one period: their rows are to be added up. Lengths of time are no slices, amounts in several currencies no total. */
START_TEST(hours_lengths_and_currencies) {
  PropterSniff s = {0};
  PropterBuf left = {0};
  ck_ok(propter_sniff(
      table(
          "at,n,avg session,Currency\n2024-01-01 00:00,1,00:02:30,EUR\n2024-01-01 01:00,2,00:02:31,GBP\n2024-01-02 00:00,3,00:02:30,EUR\n2024-01-02 01:00,4,00:02:31,GBP\n"),
      NULL, NULL, &s, err));
  ck_assert_uint_eq(s.repeated, 0); /* the currency tells them apart */
  ck_assert_int_eq(column(&s, "avg session")->role, PROPTER_COLUMN_OTHER);
  ck_ok(propter_sniff_left_out(&s, &left, err));
  ck_assert_str_eq(left.data, "columns not used: avg session (times of day and lengths of time are no numbers here)\n"
                              "amounts are in 2 units (column Currency): only what is asked of one of them means something, no total over them\n");
  propter_buf_clear(&left);
  propter_sniff_clear(&s);
  ck_ok(propter_sniff(table("at,n\n2024-01-01 00:00,1\n2024-01-01 01:00,2\n2024-01-02 00:00,3\n2024-01-02 01:00,4\n"), NULL, NULL, &s, err));
  ck_assert_uint_eq(s.repeated, 2);
  propter_sniff_clear(&s);
}
END_TEST

/* What takes its time is averaged where a unit of time says how long; hours that are worked add up. */
START_TEST(spans_are_averaged) {
  PropterSniff s = {0};
  PropterBuf mapping = {0};
  ck_ok(propter_sniff(table("day,team,currency,first reply (min),resolution_h,responses,hours worked,wait count\n2024-01-01,a,EUR,3.5,2.5,4,8,1\n"
                            "2024-01-01,a,USD,4.5,3.5,7,6,2\n2024-01-01,b,EUR,4.5,3.5,7,6,2\n2024-01-01,b,USD,5.5,3.5,7,6,2\n2024-01-02,a,EUR,3.5,2.5,4,8,1\n"
                            "2024-01-02,a,USD,4.5,3.5,7,6,2\n2024-01-02,b,EUR,4.5,3.5,7,6,2\n2024-01-02,b,USD,5.5,3.5,7,6,2\n"),
                      NULL, NULL, &s, err));
  ck_assert(column(&s, "first reply (min)")->mean && column(&s, "resolution_h")->mean);
  ck_assert(!column(&s, "responses")->mean && !column(&s, "hours worked")->mean && !column(&s, "wait count")->mean);
  ck_ok(propter_sniff_write(&s, PROPTER_STR("t.csv"), PROPTER_STR("http://example.org/"), &mapping, err));
  ck_assert_ptr_nonnull(strstr(mapping.data, "propter:nonAdditiveColumn \"currency\" ;"));
  ck_assert_ptr_null(strstr(mapping.data, "propter:nonAdditiveColumn \"team\""));
  propter_buf_clear(&mapping);
  propter_sniff_clear(&s);
}
END_TEST

/* A table of ASCII as UTF-16LE behind a mark, which may be empty. */
static const char *wide_table(PropterStr mark, const char *text) {
  PropterBuf wide = {0};
  propter_buf_add(&wide, mark);
  for (const char *c = text; *c; c++) propter_buf_add_char(&wide, *c), propter_buf_add_char(&wide, 0);
  const char *path = support_path(support_folder(), "t.csv");
  support_write(path, propter_buf_str(&wide));
  propter_buf_clear(&wide);
  return path;
}

START_TEST(utf_16_is_known_by_its_zeros) {
  PropterSniff s = {0};
  ck_ok(propter_sniff(wide_table(PROPTER_STR(""), "day,n\n2024-01-01,1\n2024-01-02,2\n"), NULL, NULL, &s, err));
  ck_assert_str_eq(s.options.encoding, "UTF-16LE");
  ck_assert_int_eq(s.columns[1].role, PROPTER_COLUMN_MEASURE);
  propter_sniff_clear(&s);
}
END_TEST

/* Excel's "Unicode text" and what other programs export for it: the mark tells the encoding, the first line the delimiter, which columns there are. */
START_TEST(utf_16_with_a_mark_and_a_declared_delimiter) {
  PropterSniff s = {0};
  const char *path = wide_table(PROPTER_STR("\xFF\xFE"), "sep=;\nday;n;m\n2024-01-01;1;2,5\n2024-01-02;2;3,5\n2024-01-03\n");
  for (int named = 0; named < 2; named++) {
    ck_ok(propter_sniff(path, &(PropterTableOptions){.encoding = named ? "UTF-16LE" : NULL}, NULL, &s, err));
    ck_assert_pstr_eq(s.options.encoding, named ? "UTF-16LE" : NULL);
    ck_assert_int_eq(s.options.delimiter, ';');
    ck_assert_uint_eq(s.options.header_line, 0);
    ck_assert_uint_eq(s.count, 3);
    ck_assert_uint_eq(s.bad_rows, 1);
    ck_assert_int_eq(column(&s, "day")->role, PROPTER_COLUMN_TIME);
    ck_assert_pstr_eq(column(&s, "m")->decimal, ",");
    propter_sniff_clear(&s);
  }
}
END_TEST

/* Titles above the header are counted from the file's first line; a dialect of CSVW, which must name a delimiter, has that of the file. */
START_TEST(a_declared_delimiter_is_written) {
  PropterSniff s = {0};
  PropterBuf out = {0};
  ck_ok(propter_sniff(table("sep=;\nSales\nid;name;n\nA;x;1\nB;y;2\nC;z;3\n"), NULL, NULL, &s, err));
  ck_assert_uint_eq(s.options.header_line, 3);
  ck_ok(propter_sniff_write(&s, PROPTER_STR("t.csv"), PROPTER_STR("https://example.org/#"), &out, err));
  ck_assert_msg(strstr(out.data, "csvw:dialect [ csvw:delimiter \";\" ; csvw:skipRows 2 ]"), "%s", out.data);
  propter_buf_reset(&out);
  propter_sniff_clear(&s);
  const char *path = support_path(support_folder(), "t.tsv");
  support_write(path, PROPTER_STR("id\tname\nA\tcaf\xE9\nB\ty\n"));
  ck_ok(propter_sniff(path, NULL, NULL, &s, err));
  ck_assert_str_eq(s.options.encoding, "windows-1252");
  ck_ok(propter_sniff_write(&s, PROPTER_STR("t.tsv"), PROPTER_STR("https://example.org/#"), &out, err));
  ck_assert_msg(!strstr(out.data, "csvw:delimiter \",\""), "%s", out.data);
  propter_buf_clear(&out);
  propter_sniff_clear(&s);
}
END_TEST

/* A column's name, how it is called, its unit and whether several values are averaged. */
static const struct {
  const char *name, *label, *unit;
  bool mean;
} named[] = {{"CSAT %", "csat", "%", true},
             {"Umsatz (€)", "umsatz", "EUR", false},
             {"Avg. rate (€)", "average rate", "EUR", true},
             {"first response time (h)", "first response time", "h", true},
             {"Occupancy in %", "occupancy", "%", true},
             {"energy [kWh]", "energy", "kW.h", false},
             {"Tickets per agent", "tickets per agent", NULL, true},
             {"Outside (°C)", "outside", "Cel", true},
             {"NPS", "nps", NULL, true},
             {"total score", "total score", NULL, false},
             {"No. of orders", "no of orders", NULL, false},
             {"Stock", "stock", NULL, false},
             {"Out of stock SKUs", "out of stock skus", NULL, false},
             {"Engagement score (1-5)", "engagement score", NULL, true},
             {"revenue (net)", "revenue net", NULL, false},
             {"Agency nurse hours", "agency nurse hours", "h", false},
             {"resolution hours", "resolution", "h", true},
             {"duration_min", "duration", "min", true},
             {"low_pressure_calls", "low pressure calls", NULL, false},
             {"On-time deliveries", "on time deliveries", NULL, false},
             {"Complaints received about price", "complaints received about price", NULL, false},
             {"phone orders", "phone orders", NULL, false},
             {"avg pressure calls", "average pressure calls", NULL, true},
             {"price per orders", "price per orders", NULL, true},
             {"temperature degrees", "temperature degrees", NULL, true},
             {"share of orders", "share of orders", NULL, true},
             {"interest rates", "interest rates", NULL, false},
             {"gross margin", "gross margin", NULL, true},
             {"Sales t", "sales", "t", false},
             {"sold_kW", "sold", "kW", false},
             {"Size L", "size l", NULL, false},
             {"Gate c", "gate c", NULL, false}};

START_TEST(names_tell_units_and_means) {
  PropterSniff s = {0};
  PropterBuf csv = {0};
  propter_buf_printf(&csv, "date,%s\n2024-01-01,5\n2024-01-02,7\n", named[_i].name);
  ck_ok(propter_sniff(table(csv.data), NULL, NULL, &s, err));
  ck_assert_int_eq(s.columns[1].role, PROPTER_COLUMN_MEASURE);
  ck_assert_msg(propter_str_equal(s.columns[1].label, propter_str(named[_i].label)), "%s", s.columns[1].label.data);
  ck_assert_pstr_eq(s.columns[1].unit, named[_i].unit);
  ck_assert_int_eq(s.columns[1].mean, named[_i].mean);
  propter_buf_clear(&csv);
  propter_sniff_clear(&s);
}
END_TEST

/* Thousands and millions, of what, and how it is called then; a tonne, a metre and what stands behind "per" are none. */
static const struct {
  const char *name, *label, *written;
} scaled[] = {{"Orders T\xE2\x82\xAC", "orders", "propter:unit \"10*3.EUR\" ; propter:scale 1000 ; propter:unitLabel \"thousand euros\""},
              {"Umsatz (Tsd. \xE2\x82\xAC)", "umsatz", "propter:scale 1000 ; propter:unitLabel \"thousand euros\""},
              {"Umsatz TEUR", "umsatz", "propter:scale 1000 ; propter:unitLabel \"thousand euros\""},
              {"revenue_keur", "revenue", "propter:scale 1000 ; propter:unitLabel \"thousand euros\""},
              {"Revenue (k\xE2\x82\xAC)", "revenue", "propter:scale 1000 ; propter:unitLabel \"thousand euros\""},
              {"Revenue (\xC2\xA3m)", "revenue", "propter:unit \"10*6.GBP\" ; propter:scale 1000000 ; propter:unitLabel \"million pounds\""},
              {"Revenue $'000", "revenue", "propter:scale 1000 ; propter:unitLabel \"thousand US dollars\""},
              {"revenue in thousands of euros", "revenue", "propter:scale 1000 ; propter:unitLabel \"thousand euros\""},
              {"Sales (in 000s)", "sales", "propter:unit \"10*3\" ; propter:scale 1000 ; propter:unitLabel \"thousand\""},
              {"Sales (000)", "sales", "propter:unit \"10*3\" ; propter:scale 1000"},
              {"visitors, thousands", "visitors", "propter:unit \"10*3\" ; propter:scale 1000"},
              {"Umsatz Mio. EUR", "umsatz", "propter:unit \"10*6.EUR\" ; propter:scale 1000000"},
              {"waste (t)", "waste", "propter:unit \"t\" ; propter:unitLabel \"t\""},
              {"Preis \xE2\x82\xAC/t", "preis eur t", "propter:unit \"EUR\" ; propter:unitLabel \"euros\""},
              {"deaths per million", "deaths per million", "propter:unit \"1\""},
              {"pipe m", "pipe m", "propter:unit \"1\""}};

START_TEST(names_tell_thousands) {
  PropterSniff s = {0};
  PropterBuf csv = {0}, text = {0};
  propter_buf_printf(&csv, "date,\"%s\"\n2024-01-01,5\n2024-01-02,7\n", scaled[_i].name);
  ck_ok(propter_sniff(table(csv.data), NULL, NULL, &s, err));
  ck_assert_int_eq(s.columns[1].role, PROPTER_COLUMN_MEASURE);
  ck_assert_msg(propter_str_equal(s.columns[1].label, propter_str(scaled[_i].label)), "%.*s", (int)s.columns[1].label.len, s.columns[1].label.data);
  ck_ok(propter_sniff_write(&s, PROPTER_STR("t.csv"), PROPTER_STR("http://example.org/"), &text, err));
  ck_assert_msg(strstr(text.data, scaled[_i].written), "%s", text.data);
  propter_buf_clear(&csv), propter_buf_clear(&text);
  propter_sniff_clear(&s);
}
END_TEST

/* Sums of calls in whole numbers; fractions of them are what the name says first. */
START_TEST(figures_have_a_say_in_what_counts) {
  PropterSniff s = {0};
  ck_ok(propter_sniff(table("date,pressure calls,price points,day tickets\n2024-01-01,5.5,3,7\n2024-01-02,7,3,9\n"), NULL, NULL, &s, err));
  ck_assert(column(&s, "pressure calls")->mean && column(&s, "price points")->mean);
  ck_assert_int_eq(column(&s, "day tickets")->role, PROPTER_COLUMN_MEASURE);
  propter_sniff_clear(&s);
}
END_TEST

/* Nouns of a table in German are as they were written; the local names of IRIs have small letters. */
START_TEST(german_nouns_keep_their_capitals) {
  PropterSniff s = {0};
  PropterBuf text = {0};
  const char *csv = "Woche ab;Gutmenge St\xC3\xBC" "ck;Auftragseingang T\xE2\x82\xAC\n01.02.2024;5;7\n02.02.2024;7;8\n14.02.2024;7;8\n";
  ck_ok(propter_sniff(table(csv), NULL, NULL, &s, err));
  ck_assert_str_eq(s.columns[1].label.data, "Gutmenge St\xC3\xBC" "ck");
  ck_assert(propter_str_equal(s.columns[2].label, PROPTER_STR("Auftragseingang")));
  ck_ok(propter_sniff_write(&s, PROPTER_STR("t.csv"), PROPTER_STR("http://example.org/"), &text, err));
  ck_assert_msg(strstr(text.data, "\n:auftragseingang a propter:Metric"), "%s", text.data);
  propter_buf_clear(&text);
  propter_sniff_clear(&s);
}
END_TEST

/* Values tell, too: parts of one, what is another column over a third, levels several times a day; hours of a cost and its rate are a sum all the same. */
START_TEST(values_tell_means) {
  PropterSniff s = {0};
  PropterBuf csv = {0};
  propter_buf_printf(&csv, "date,site,visits,sales,basket,conv,part,balance,pay rate,paid,worked\n");
  for (int i = 0; i < 40; i++) {
    int visits = 300 + 7 * (i % 11), sales = 20 + i % 7;
    double paid = 900 + 13.25 * i, rate = 20 + i % 3;
    propter_buf_printf(&csv, "2024-01-%02d,%s,%d,%d,%.2f,%.2f,0.%d,%d,%.2f,%.2f,%.2f\n", 1 + i / 2, i % 2 ? "b" : "a", visits, sales, (double)visits / sales,
                       100. * sales / visits, 10 + i, 500 + i, rate, paid, paid / rate);
  }
  ck_ok(propter_sniff(table(csv.data), NULL, NULL, &s, err));
  static const char *const means[] = {"basket", "conv", "part", "pay rate"}, *const sums[] = {"visits", "sales", "balance", "paid", "worked"};
  for (size_t i = 0; i < sizeof means / sizeof *means; i++) ck_assert_msg(column(&s, means[i])->mean, "%s", means[i]);
  for (size_t i = 0; i < sizeof sums / sizeof *sums; i++) ck_assert_msg(!column(&s, sums[i])->mean, "%s", sums[i]);
  propter_sniff_clear(&s);
  propter_buf_clear(&csv);
  ck_ok(propter_sniff(table("date,balance\n2024-01-01,5\n2024-01-01,7\n2024-01-02,7\n"), NULL, NULL, &s, err));
  ck_assert_uint_eq(s.repeated, 1);
  ck_assert(column(&s, "balance")->mean);
  propter_sniff_clear(&s);
}
END_TEST

/* Codes, telephone numbers, versions and addresses are no days and no amounts. */
START_TEST(not_everything_with_points_is_a_number) {
  PropterSniff s = {0};
  ck_ok(propter_sniff(table("date;phone;ip;release\n1.2.2024;030 123 456;10.100.20.7;1.2.3\n2.2.2024;040 123 456;10.100.200.1;1.10.0\n"), NULL, NULL, &s, err));
  for (size_t i = 1; i < s.count; i++) ck_assert_int_ne(s.columns[i].role, PROPTER_COLUMN_MEASURE);
  propter_sniff_clear(&s);
}
END_TEST

/* What is written is a mapping, of as many triples maps as there are measures, or of the rows. */
static size_t maps_of(const char *csv, const char *wanted) {
  PropterSniff s = {0};
  PropterBuf text = {0};
  PropterMapping *m = NULL;
  const char *path = table(csv);
  ck_ok(propter_sniff(path, NULL, NULL, &s, err));
  ck_ok(propter_sniff_write(&s, PROPTER_STR("t.csv"), PROPTER_STR("https://example.org/t#"), &text, err));
  ck_assert_msg(strstr(text.data, wanted), "%s", text.data);
  const char *mapping = support_path(support_folder(), "m.ttl");
  support_write(mapping, propter_buf_str(&text));
  ck_ok(propter_mapping_read(&mapping, 1, NULL, &m, err));
  size_t maps = propter_mapping_maps(m);
  propter_mapping_free(m);
  propter_buf_clear(&text);
  propter_sniff_clear(&s);
  return maps;
}

START_TEST(what_is_written_can_be_read) {
  ck_assert_uint_eq(maps_of(ORDERS, "propter:keyColumn \"OrderNo\""), 3);
  ck_assert_uint_eq(maps_of("id,a b,\"q\"\"\\{x}\"\n1,2,x\n2,3,y\n", "rml:template \"https://example.org/t#row-{id}\""), 1);
  ck_assert_uint_eq(maps_of("\"q\"\"\\{x}\"\nx\ny\n", "row-{q\\\"\\\\\\\\\\\\{x\\\\}}"), 1);
  ck_assert_uint_eq(
      maps_of("date;sum\n1.2.2024;1,5\n2.2.2024;2,5\n", "propter:delimiter \";\" ;\n  propter:dateFormat \"d.M.yyyy\" ;\n  propter:decimalChar \",\""), 1);
  ck_assert_uint_eq(maps_of("id;a\n1;x\n2;y\n", "csvw:delimiter \";\""), 1);
  ck_assert_uint_eq(maps_of("a,A,?\n1,2,x\n1,2,x\n", "rml:termType rml:BlankNode"), 1);
}
END_TEST

/* Each file has a day, a slice and a number once it is read as it is meant, and says how in its mapping. */
static const struct {
  const char *csv, *written;
} written_so[] = {
    {"day,who,n\n2024-01-01,\"a \\\"b\\\", c\",1\n2024-01-02,\"d\",2\n2024-01-03,d,3\n", "propter:escapeChar \"\\\\\""},
    {"day;who;n\n2024-01-01;a\\;b;1\n2024-01-02;d;\\N\n2024-01-03;d;3\n2024-01-04;a\\;b;3\n", "propter:escapeChar \"\\\\\""},
    {"day,who,n\n2024-01-01,'a,b',1\n2024-01-02,'c',2\n2024-01-03,'c',3\n", "propter:quoteChar \"'\""},
    {"# made by hand\nday,who,n\n2024-01-01,a,1\n# half of it\n2024-01-02,b,2\n2024-01-03,b,3\n", "propter:commentPrefix \"#\""},
    {"day,who,n\n2024-01-01,a,1,\n2024-01-02,b,2,\n2024-01-03,b,3,\n", "propter:trailingDelimiter true"}};

START_TEST(dialects_show) {
  PropterSniff s = {0};
  ck_assert_uint_eq(maps_of(written_so[_i].csv, written_so[_i].written), 1);
  ck_ok(propter_sniff(table(written_so[_i].csv), NULL, NULL, &s, err));
  ck_assert_uint_eq(s.count, 3);
  ck_assert_uint_eq(s.bad_rows, 0);
  ck_assert_uint_eq(s.options.header_line, 0);
  ck_assert_int_eq(column(&s, "n")->role, PROPTER_COLUMN_MEASURE);
  propter_sniff_clear(&s);
}
END_TEST

/* A header that begins with #, an apostrophe in a name, a row too many cells: no dialect. */
START_TEST(no_dialect_without_a_reason) {
  PropterSniff s = {0};
  ck_ok(propter_sniff(table("#day,who,n\n2024-01-01,O'Neil,1\n2024-01-02,C:\\x,2\n2024-01-03,b,3,\n2024-01-04,b,3\n"), NULL, NULL, &s, err));
  ck_assert_uint_eq(s.count, 3);
  ck_assert_uint_eq(s.bad_rows, 1);
  ck_assert(!s.options.quote && !s.options.escape && !s.options.comment && !s.options.trailing && !s.options.encoding);
  propter_sniff_clear(&s);
}
END_TEST

/* Documents have no header: rows and columns are found in what is there, and what is written is a mapping of them. */
static const struct {
  const char *file, *text, *columns, *iterator, *written;
} documents[] = {
    {"t.json",
     "{\"at\": \"x\", \"few\": [{\"a\": 1}], \"data\": {\"orders\": [{\"day\": \"2024-01-01\", \"who\": {\"region\": \"n\", \"a b\": 1}, \"sales eur\": 1.5, \"tags\": [1]},"
     "{\"day\": \"2024-01-02\", \"who\": {\"region\": \"s\"}, \"sales eur\": 2, \"late\": null},{\"day\": \"2024-01-03\", \"who\": {\"region\": \"s\"}, \"sales eur\": 2.5}]}}",
     "day who.region who['a b'] @['sales eur']", "$.data.orders[*]", "propter:unit \"EUR\""},
    {"t.ndjson", "{\"day\":\"2024-01-01\",\"n\":1,\"shop\":\"a\"}\n{\"day\":\"2024-01-02\",\"n\":2,\"shop\":\"b\"}\n{\"day\":\"2024-01-03\",\"n\":2,\"shop\":\"b\"}\n"
     "{\"day\":\"2024-01-04\",\"n\":2,\"shop\":\"b\"}\n", "day n shop",
     NULL, "propter:sliceColumn \"shop\""},
    {"t.json", "[{\"id\":\"a\",\"x\":{}},{\"id\":\"b\",\"x\":1}]", "id x", "$[*]", "rml:referenceFormulation rml:JSONPath ; rml:iterator \"$[*]\""},
    {"t.xml",
     "<shop v=\"1\"><order id=\"a\"><day>2024-01-01</day><n>1</n><who><region>n</region></who></order>"
     "<order id=\"b\"><day>2024-01-02</day><n>2</n><n>3</n><who><region>s</region></who></order>"
     "<order id=\"c\"><day>2024-01-03</day><n>2</n><who><region>s</region></who></order></shop>",
     "@id day n who/region", "/*/order", "propter:iterator \"/*/order\""},
    {"t.xml", "<a xmlns=\"urn:x\"><b><c><k>1</k></c><c><k>2</k></c></b></a>", "*[local-name()='k']", "/*/*/*[local-name()='c']", "rml:referenceFormulation rml:XPath"}};

START_TEST(documents_are_looked_at) {
  PropterSniff s = {0};
  PropterBuf names = {0}, text = {0};
  PropterMapping *m = NULL;
  const char *path = support_path(support_folder(), documents[_i].file), *mapping = support_path(support_folder(), "m.ttl");
  support_write(path, propter_str(documents[_i].text));
  ck_ok(propter_sniff(path, NULL, NULL, &s, err));
  for (size_t i = 0; i < s.count; i++) propter_buf_printf(&names, "%s%s", i ? " " : "", s.columns[i].name.data);
  ck_assert_str_eq(names.data, documents[_i].columns);
  ck_assert_pstr_eq(s.options.iterator, documents[_i].iterator);
  ck_ok(propter_sniff_write(&s, propter_str(documents[_i].file), PROPTER_STR("https://example.org/t#"), &text, err));
  ck_assert_msg(strstr(text.data, documents[_i].written), "%s", text.data);
  support_write(mapping, propter_buf_str(&text));
  ck_ok(propter_mapping_read(&mapping, 1, NULL, &m, err));
  propter_mapping_free(m);
  propter_sniff_clear(&s);
  propter_buf_clear(&names);
  propter_buf_clear(&text);
}
END_TEST

static PropterStatus sniff_document(void *payload, PropterError *err) {
  PropterSniff s = {0};
  PropterStatus status = propter_sniff(payload, NULL, NULL, &s, err);
  propter_sniff_clear(&s);
  return status;
}

START_TEST(memory_may_end_in_documents) {
  for (size_t i = 1; i < 3; i++) {
    const char *path = support_path(support_folder(), documents[i].file);
    support_write(path, propter_str(documents[i].text));
    ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, sniff_document, (void *)(uintptr_t)path, false), 20);
  }
}
END_TEST

START_TEST(no_table_no_guess) {
  PropterSniff s = {0};
  PropterError err = {0};
  ck_assert_int_eq(propter_sniff("/nowhere.csv", NULL, NULL, &s, &err), PROPTER_NOT_FOUND);
  ck_assert_int_eq(propter_sniff(table(""), NULL, NULL, &s, &err), PROPTER_INVALID);
  ck_assert_ptr_null(s.columns);
}
END_TEST

static PropterStatus sniff_and_write(void *payload, PropterError *err) {
  PropterSniff s = {0};
  PropterBuf text = {0};
  PropterStatus status = propter_sniff(payload, NULL, NULL, &s, err);
  if (status == PROPTER_OK) status = propter_sniff_write(&s, PROPTER_STR("t.csv"), PROPTER_STR("https://example.org/t#"), &text, err);
  propter_buf_clear(&text);
  propter_sniff_clear(&s);
  return status;
}

START_TEST(memory_may_end) {
  static const char *const tables[] = {ORDERS, "Datum;Umsatz Tsd. EUR\n01.02.2024;5\n02.02.2024;7\n14.02.2024;7\n"};
  for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
    ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, sniff_and_write, (void *)(uintptr_t)table(tables[i]), false), 10);
}
END_TEST

static size_t key_of(const char *text, const PropterColumn *key[PROPTER_SNIFF_KEY], PropterSniff *s) {
  ck_ok(propter_sniff(table(text), NULL, NULL, s, err));
  return propter_sniff_row_key(s, key);
}

/* Every set of three of eight columns is tried: only the last one tells the rows apart. */
START_TEST(the_last_set_of_columns_is_tried) {
  PropterSniff s = {0};
  const PropterColumn *key[PROPTER_SNIFF_KEY];
  PropterBuf text = {0};
  propter_buf_printf(&text, "a_id,b_id,c_id,d_id,e_id,f_id,g_id,h_id\n");
  for (int i = 0; i < 8; i++) propter_buf_printf(&text, "1,1,1,1,1,%d,%d,%d\n", i & 1, i >> 1 & 1, i >> 2);
  ck_assert_uint_eq(key_of(text.data, key, &s), 3);
  ck_assert_str_eq(key[0]->name.data, "f_id");
  ck_assert_str_eq(key[2]->name.data, "h_id");
  propter_sniff_clear(&s);
  /* None does, and there are more columns than are tried. */
  propter_buf_reset(&text);
  propter_buf_printf(&text, "a_id,b_id,c_id,d_id,e_id,f_id,g_id,h_id,i_id,note\n");
  for (int i = 0; i < 6; i++) propter_buf_printf(&text, "1,1,1,1,1,1,1,1,%d,x\n", i / 2);
  ck_assert_uint_eq(key_of(text.data, key, &s), 0);
  propter_sniff_clear(&s);
  propter_buf_clear(&text);
}
END_TEST

START_TEST(several_columns_name_a_row) {
  PropterSniff s = {0};
  const PropterColumn *key[PROPTER_SNIFF_KEY];
  PropterBuf out = {0};
  ck_assert_uint_eq(key_of("order_id,line_no,product_code,note\n1,1,A,x\n1,2,B,y\n2,1,A,x\n2,2,C,y\n3,1,B,x\n", key, &s), 2);
  ck_assert_str_eq(key[0]->name.data, "order_id");
  ck_assert_str_eq(key[1]->name.data, "line_no");
  ck_ok(propter_sniff_write(&s, PROPTER_STR("t.csv"), PROPTER_STR("http://example.org/"), &out, err));
  ck_assert_msg(strstr(out.data, "\"http://example.org/row-{order_id}/{line_no}\""), "%s", out.data);
  propter_sniff_clear(&s);
  propter_buf_clear(&out);
  ck_assert_uint_eq(key_of("a_id,b_id,c_id,note\n1,1,1,x\n1,1,2,x\n1,2,1,x\n2,1,1,x\n2,2,1,x\n2,2,2,x\n1,2,2,x\n2,1,2,x\n", key, &s), 3);
  propter_sniff_clear(&s);
  /* What is no identifier is different by chance; what stands twice has no name. */
  ck_assert_uint_eq(key_of("first,last\nAnn,A\nAnn,B\nBo,A\nCy,B\n", key, &s), 0);
  propter_sniff_clear(&s);
  ck_assert_uint_eq(key_of("order_id,line_no\n1,1\n1,1\n2,1\n", key, &s), 0);
  propter_sniff_clear(&s);
  /* Beside a day a name that several rows have names none of them. */
  ck_assert_uint_eq(key_of("day,who,what_id\n2024-01-01,a,1\n2024-01-02,a,2\n2024-01-03,b,1\n2024-01-04,b,2\n2024-01-05,c,1\n", key, &s), 0);
  propter_sniff_clear(&s);
}
END_TEST

static bool same(const PropterSniff *s, const char *name, const char *text) {
  const char *path = support_path(support_folder(), name);
  support_write(path, propter_str(text));
  return propter_sniff_same(s, path, NULL, NULL);
}

START_TEST(tables_of_one_shape) {
  PropterSniff s = {0};
  ck_ok(propter_sniff(table("day,n\n2024-01-01,1\n"), NULL, NULL, &s, err));
  ck_assert(same(&s, "a.csv", "day,n\n2024-01-02,2\n"));
  ck_assert(!same(&s, "b.csv", "day,m\n2024-01-02,2\n"));
  propter_sniff_clear(&s);
  const char *json = support_path(support_folder(), "a.json");
  support_write(json, PROPTER_STR("[{\"day\":\"2024-01-01\",\"n\":1},{\"day\":\"2024-01-02\",\"n\":2}]"));
  ck_ok(propter_sniff(json, NULL, NULL, &s, err));
  ck_assert(same(&s, "b.json", "[{\"n\":3,\"day\":\"2024-01-03\"},{\"n\":4,\"day\":\"2024-01-04\"}]"));
  ck_assert(!same(&s, "c.json", "[{\"day\":\"2024-01-03\",\"m\":1},{\"day\":\"2024-01-04\",\"m\":1}]"));
  ck_assert(!same(&s, "d.json", "{\"rows\":[{\"day\":\"2024-01-03\",\"n\":1},{\"day\":\"2024-01-04\",\"n\":1}]}"));
  ck_assert(!same(&s, "e.json", "{"));
  ck_assert(!same(&s, "f.csv", "day,n\n2024-01-02,2\n"));
  propter_sniff_clear(&s);
}
END_TEST

Suite *suite_sniff(void) {
  Suite *suite = suite_create("sniff");
  TCase *t = tcase_create("sniff");
  tcase_add_test(t, several_columns_name_a_row);
  tcase_add_test(t, the_last_set_of_columns_is_tried);
  tcase_add_test(t, tables_of_one_shape);
  tcase_add_test(t, roles_and_types);
  tcase_add_test(t, hours_tell_no_observations_apart);
  tcase_add_loop_test(t, grain_of_a_time_column, 0, sizeof grains / sizeof *grains);
  tcase_add_loop_test(t, days_and_numbers_as_people_write_them, 0, sizeof forms / sizeof *forms);
  tcase_add_loop_test(t, untidy_tables_are_used, 0, sizeof untidy / sizeof *untidy);
  tcase_add_test(t, what_is_not_used_says_why);
  tcase_add_test(t, numbers_that_name_parts);
  tcase_add_test(t, plans_are_no_measures);
  tcase_add_test(t, rows_that_are_happenings);
  tcase_add_test(t, hours_lengths_and_currencies);
  tcase_add_test(t, spans_are_averaged);
  tcase_add_test(t, utf_16_is_known_by_its_zeros);
  tcase_add_test(t, utf_16_with_a_mark_and_a_declared_delimiter);
  tcase_add_test(t, a_declared_delimiter_is_written);
  tcase_add_loop_test(t, names_tell_units_and_means, 0, sizeof named / sizeof *named);
  tcase_add_loop_test(t, names_tell_thousands, 0, sizeof scaled / sizeof *scaled);
  tcase_add_test(t, figures_have_a_say_in_what_counts);
  tcase_add_test(t, german_nouns_keep_their_capitals);
  tcase_add_test(t, values_tell_means);
  tcase_add_test(t, not_everything_with_points_is_a_number);
  tcase_add_test(t, what_is_written_can_be_read);
  tcase_add_loop_test(t, dialects_show, 0, sizeof written_so / sizeof *written_so);
  tcase_add_test(t, no_dialect_without_a_reason);
  tcase_add_test(t, no_table_no_guess);
  tcase_add_test(t, memory_may_end);
  tcase_add_loop_test(t, documents_are_looked_at, 0, sizeof documents / sizeof *documents);
  tcase_add_test(t, memory_may_end_in_documents);
  suite_add_tcase(suite, t);
  return suite;
}
