/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "support.h"
#include "when.h"

Suite *suite_when(void);

static const struct {
  const char *text, *words, *first, *last; /* words NULL: no date at all */
} cases[] = {
    {"It began on 7 August 2011.", "7 August 2011", "2011-08-07", "2011-08-07"},
    {"on the 7th of August 2011", "7th of August 2011", "2011-08-07", "2011-08-07"},
    {"On August 7, 2011, they left", "August 7, 2011", "2011-08-07", "2011-08-07"},
    {"since Aug. 7 they", "Aug. 7", "2011-08-07", "2011-09-09"},
    {"on 13 Jan the fan", "13 Jan", "2011-01-13", "2011-01-13"},
    {"dated 2011-08-07.", "2011-08-07", "2011-08-07", "2011-08-07"},
    {"the strike of 7\xE2\x80\x93" "22 August", "7\xE2\x80\x93" "22 August", "2011-08-07", "2011-08-22"},
    {"from August 7 to 22, 2011", "August 7 to 22, 2011", "2011-08-07", "2011-08-22"},
    {"on Tuesday 2 and Wednesday 3 August 2011", "2 and Wednesday 3 August 2011", "2011-08-02", "2011-08-03"},
    {"on Tuesday, 2, and Wednesday, 3 August 2011", "2, and Wednesday, 3 August 2011", "2011-08-02", "2011-08-03"},
    {"between 28 April and 5 May 2010", "28 April and 5 May 2010", "2010-04-28", "2010-05-05"},
    {"from December 2007 to June 2009", "December 2007 to June 2009", "2007-12-01", "2009-06-30"},
    {"November to January 2008", "November to January 2008", "2007-11-01", "2008-01-31"},
    {"in August", "August", "2011-08-01", "2011-08-31"},
    {"in November", "November", "2010-11-01", "2010-11-30"},
    {"in late August", "late August", "2011-08-21", "2011-08-31"},
    {"in August 2011 it", "August 2011", "2011-08-01", "2011-08-31"},
    {"in May 2010", "May 2010", "2010-05-01", "2010-05-31"},
    {"in the spring of 2008", "spring of 2008", "2008-03-01", "2008-05-31"},
    {"autumn 2008", "autumn 2008", "2008-09-01", "2008-11-30"},
    {"the winter of 2014", "winter of 2014", "2013-12-01", "2014-02-28"},
    {"the winter boots", NULL, NULL, NULL},
    {"over the winter orders fell", "winter", "2010-12-01", "2011-02-28"},
    {"this spring", "spring", "2011-03-01", "2011-05-31"},
    {"from late 2014 on", "late 2014", "2014-09-01", "2014-12-31"},
    {"mid-2008", "mid-2008", "2008-05-01", "2008-08-31"},
    {"during 2009", "2009", "2009-01-01", "2009-12-31"},
    {"in the third quarter of 2010", "third quarter of 2010", "2010-07-01", "2010-09-30"},
    {"in Q3 2010", "Q3 2010", "2010-07-01", "2010-09-30"},
    {"in the second half of 2008", "second half of 2008", "2008-07-01", "2008-12-31"},
    {"In Q1 it", "Q1", "2011-01-01", "2011-03-31"},
    {"in 1H 2010", "1H 2010", "2010-01-01", "2010-06-30"},
    {"in H2 2010", "H2 2010", "2010-07-01", "2010-12-31"},
    {"in fiscal year 2010", "fiscal year 2010", "2010-01-01", "2010-12-31"},
    {"in FY2010", "FY2010", "2010-01-01", "2010-12-31"},
    {"yesterday they", "yesterday", "2011-09-08", "2011-09-08"},
    {"last week", "last week", "2011-08-29", "2011-09-04"},
    {"next quarter", "next quarter", "2011-10-01", "2011-12-31"},
    {"last year", "last year", "2010-01-01", "2010-12-31"},
    {"on Monday they", "Monday", "2011-09-05", "2011-09-05"},
    {"last Friday they", "last Friday", "2011-09-02", "2011-09-02"},
    {"on Good Friday they", "Good Friday", "2011-04-22", "2011-04-22"},
    {"since Easter Monday they", "Easter Monday", "2011-04-25", "2011-09-09"},
    {"from Good Friday to Easter Monday 2010", "Good Friday to Easter Monday 2010", "2010-04-02", "2010-04-05"},
    {"on Boxing Day 2010 it", "Boxing Day 2010", "2010-12-26", "2010-12-26"},
    {"on New Year's Eve it", "New Year's Eve", "2010-12-31", "2010-12-31"},
    {"the Boxing Day sale", NULL, NULL, NULL},
    {"since Sat 3rd they", "Sat 3rd", "2011-09-03", "2011-09-09"},
    {"on Saturday the 6th they", "Saturday the 6th", "2011-08-06", "2011-08-06"},
    {"they sat 3rd", NULL, NULL, NULL},
    {"the sun", NULL, NULL, NULL},
    {"from Monday 23 December to Sunday 5 January it", "23 December to Sunday 5 January", "2010-12-23", "2011-01-05"},
    {"On Monday, 5 September 2011, they", "5 September 2011", "2011-09-05", "2011-09-05"},
    {"two weeks ago", "two weeks ago", "2011-08-22", "2011-08-28"},
    {"a month ago", "a month ago", "2011-08-01", "2011-08-31"},
    {"3 days ago", "3 days ago", "2011-09-06", "2011-09-06"},
    {"over the past two years", "past two years", "2009-09-10", "2011-09-09"},
    {"for the last 3 months", "last 3 months", "2011-06-10", "2011-09-09"},
    {"in week 21", "week 21", "2011-05-23", "2011-05-29"},
    {"in week 52 of 2009", "week 52 of 2009", "2009-12-21", "2009-12-27"},
    {"since March", "March", "2011-03-01", "2011-09-09"},
    {"the three months ended March 31, 2010", "three months ended March 31, 2010", "2010-01-01", "2010-03-31"},
    {"the year ended June 30, 2010", "year ended June 30, 2010", "2009-07-01", "2010-06-30"},
    {"on 25/04/2010 it", "25/04/2010", "2010-04-25", "2010-04-25"},
    {"on 04/25/2010 it", "04/25/2010", "2010-04-25", "2010-04-25"},
    {"on 05/03/2010 it", NULL, NULL, NULL},
    {"in the last week of the sale", NULL, NULL, NULL},
    {"one day two men", NULL, NULL, NULL},
    {"last month", "last month", "2011-08-01", "2011-08-31"},
    {"this year", "this year", "2011-01-01", "2011-12-31"},
    {"between 2008 and 2010", "2008 and 2010", "2008-01-01", "2010-12-31"},
    {"It may fall, and we march on.", NULL, NULL, NULL},
    {"a fall in orders", NULL, NULL, NULL},
    {"45,000 workers and $2011 and 2011 units", NULL, NULL, NULL},
    {"the second bolt of 7 boxes", NULL, NULL, NULL},
};

START_TEST(expressions) {
  Whens found = {0};
  ck_assert(when_scan(propter_str(cases[_i].text), &(WhenContext){.reference = propter_day(2011, 9, 9), .year = 0, .forward = false}, &found));
  if (!cases[_i].words) {
    ck_assert_msg(found.count == 0, "%s: found %zu", cases[_i].text, found.count);
  } else {
    ck_assert_msg(found.count == 1, "%s: found %zu", cases[_i].text, found.count);
    When w = found.items[0];
    char first[16], last[16];
    propter_day_format(w.first, first);
    propter_day_format(w.last, last);
    ck_assert_msg(propter_str_equal((PropterStr){cases[_i].text + w.start, w.end - w.start}, propter_str(cases[_i].words)), "%s: found \"%.*s\"",
                  cases[_i].text, (int)(w.end - w.start), cases[_i].text + w.start);
    ck_assert_str_eq(first, cases[_i].first);
    ck_assert_str_eq(last, cases[_i].last);
  }
  propter_vec_clear(&found);
}
END_TEST

/* A day without a month stands behind "until" and an earlier day, or is none. */
START_TEST(until_a_day_of_the_month) {
  static const struct {
    const char *text, *last; /* NULL: one date alone */
  } until[] = {{"They left on 7 August 2011 and stayed out until the 22nd.", "2011-08-22"}, {"from the strike of 30 August 2011, till the 3rd", "2011-09-03"},
               {"on 31 December 2010 and through the 2nd", "2011-01-02"},                   {"on 7 August 2011 they rose until the 22nd floor", NULL},
               {"on 30 January 2011, until the 30th", NULL},                                {"on 7 August 2011 they met the 22nd.", NULL},
               {"in August 2011 and until the 22nd", "2011-08-22"},                         {"in August 2011, on the 3rd floor", NULL}};
  for (size_t i = 0; i < sizeof until / sizeof *until; i++) {
    Whens found = {0};
    char last[16] = "";
    ck_assert(when_scan(propter_str(until[i].text), &(WhenContext){.reference = propter_day(2012, 1, 1)}, &found));
    ck_assert_msg(found.count == (until[i].last ? 2 : 1), "%s: found %zu", until[i].text, found.count);
    if (until[i].last) {
      ck_assert(found.items[1].first == found.items[1].last && found.items[1].grain == WHEN_DAY && found.items[1].year_given);
      propter_day_format(found.items[1].last, last);
      ck_assert_str_eq(last, until[i].last);
    }
    propter_vec_clear(&found);
  }
}
END_TEST

/* Days of the month that was named last; "March" and "May" alone are months. */
START_TEST(days_of_the_month_named_last) {
  static const struct {
    const char *text, *first, *last;
  } days[] = {{"March.", "2011-03-01", "2011-03-31"}, {"May: a quiet month", "2011-05-01", "2011-05-31"}, {"It struck on the 11th.", "2011-04-11", "2011-04-11"},
              {"closed from the 1st to the 20th.", "2011-04-01", "2011-04-20"}, {"May we come?", NULL, NULL}, {"closed from the 20th to the 31st", NULL, NULL},
              {"from the 1st to the 20th floor", "2011-04-01", "2011-04-01"}};
  for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
    Whens found = {0};
    char first[16] = "", last[16] = "";
    const WhenContext context = {.reference = propter_day(2012, 1, 1), .year = 2011, .month = 4, .month_year = 2011};
    ck_assert(when_scan(propter_str(days[i].text), &context, &found));
    ck_assert_msg(found.count == (days[i].first ? 1 : 0), "%s: found %zu", days[i].text, found.count);
    if (days[i].first) {
      propter_day_format(found.items[0].first, first), propter_day_format(found.items[0].last, last);
      ck_assert_str_eq(first, days[i].first);
      ck_assert_str_eq(last, days[i].last);
    }
    propter_vec_clear(&found);
  }
}
END_TEST

START_TEST(figures_in_the_order_of_the_document) {
  WhenContext c = {.reference = PROPTER_NO_DAY};
  Whens found = {0};
  ck_assert(when_order(PROPTER_STR("from 05/03/2010 to 25/04/2010"), &c.order));
  ck_assert_int_eq(c.order, WHEN_DAY_FIRST);
  ck_assert(when_scan(PROPTER_STR("on 05/03/2010"), &c, &found));
  ck_assert_uint_eq(found.count, 1);
  ck_assert_int_eq(found.items[0].first, propter_day(2010, 3, 5));
  found.count = 0;
  ck_assert(when_order(PROPTER_STR("from 04/25/2010"), &c.order));
  ck_assert_int_eq(c.order, WHEN_MONTH_FIRST);
  ck_assert(when_scan(PROPTER_STR("on 05/03/2010"), &c, &found));
  ck_assert_int_eq(found.items[0].first, propter_day(2010, 5, 3));
  ck_assert(when_order(PROPTER_STR("from 04/25/2010 to 25/04/2010"), &c.order));
  ck_assert_int_eq(c.order, WHEN_ORDER_UNKNOWN);
  propter_vec_clear(&found);
}
END_TEST

START_TEST(lengths_of_time) {
  static const struct {
    const char *text, *duration;
  } lengths[] = {{"it lasted for three weeks.", "P21D"}, {"down for 40 minutes", "PT40M"}, {"for nearly two years", "P2Y"}, {"for a quarter", "P3M"},
                 {"for the strike of two weeks", ""}, {"for two shops", ""}};
  for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
    WhenDuration d;
    WhenText cut = {0};
    ck_assert(when_cut(propter_str(lengths[i].text), calendar_default(), &cut));
    when_duration(&cut, &d);
    propter_vec_clear(&cut.tokens);
    ck_assert_msg(strcmp(d.duration, lengths[i].duration) == 0, "%s: %s", lengths[i].text, d.duration);
  }
}
END_TEST

START_TEST(a_hint_beats_the_reference) {
  Whens found = {0};
  ck_assert(when_scan(PROPTER_STR("in August"), &(WhenContext){.reference = propter_day(2016, 1, 1), .year = 2011, .forward = false}, &found));
  ck_assert_uint_eq(found.count, 1);
  ck_assert_int_eq(found.items[0].first, propter_day(2011, 8, 1));
  ck_assert(!found.items[0].year_given);
  found.count = 0;
  ck_assert(when_scan(PROPTER_STR("in August and in June 2010"), &(WhenContext){.reference = PROPTER_NO_DAY, .year = 0, .forward = false}, &found));
  ck_assert_uint_eq(found.count, 1);
  found.count = 0;
  ck_assert(when_scan(PROPTER_STR("in June it will"), &(WhenContext){.reference = propter_day(2010, 2, 1), .year = 0, .forward = true}, &found));
  ck_assert_uint_eq(found.count, 1);
  ck_assert_int_eq(found.items[0].first, propter_day(2010, 6, 1));
  propter_vec_clear(&found);
}
END_TEST

START_TEST(neighbours) {
  Whens found = {0};
  ck_assert(when_scan(PROPTER_STR("in January 2009, twice as many as in December"),
                      &(WhenContext){.reference = propter_day(2009, 9, 14), .year = 2009, .forward = false}, &found));
  ck_assert_uint_eq(found.count, 2);
  ck_assert_int_eq(found.items[1].first, propter_day(2008, 12, 1));
  found.count = 0;
  ck_assert(when_scan(PROPTER_STR("in October"), &(WhenContext){.reference = propter_day(2009, 9, 14), .year = 2009, .forward = false}, &found));
  ck_assert_int_eq(found.items[0].first, propter_day(2008, 10, 1));
  propter_vec_clear(&found);
}
END_TEST

Suite *suite_when(void) {
  Suite *s = suite_create("when");
  TCase *tc = tcase_create("when");
  tcase_add_loop_test(tc, expressions, 0, sizeof cases / sizeof *cases);
  tcase_add_test(tc, until_a_day_of_the_month);
  tcase_add_test(tc, days_of_the_month_named_last);
  tcase_add_test(tc, figures_in_the_order_of_the_document);
  tcase_add_test(tc, lengths_of_time);
  tcase_add_test(tc, a_hint_beats_the_reference);
  tcase_add_test(tc, neighbours);
  suite_add_tcase(s, tc);
  return s;
}
