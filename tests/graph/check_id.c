/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "id.h"
#include "propter/rng.h"
#include "support.h"

Suite *suite_id(void);

#define XSD "http://www.w3.org/2001/XMLSchema#"

static const struct {
  const char *text, *type;
  bool inlined;
} rows[] = {{"0", "integer", true},           {"-1", "integer", true},
            {"36028797018963967", "integer", true}, {"36028797018963968", "integer", false},
            {"01", "integer", false},         {"+1", "integer", false},
            {"-0", "integer", false},         {"127", "byte", true},
            {"128", "byte", false},           {"-1", "nonNegativeInteger", false},
            {"2634", "decimal", true},        {"549.8", "decimal", true},
            {"-0.000001", "decimal", true},   {"1.0", "decimal", false},
            {".5", "decimal", false},         {"1.0000001", "decimal", false},
            {"9999999999.999999", "decimal", true}, {"1.5E0", "double", true},
            {"-2.5E10", "double", true},      {"1.5", "double", false},
            {"1.0E0", "double", true},        {"1.0E-1", "double", false},
            {"1.0E-1", "float", true},        {"INF", "double", false},
            {"true", "boolean", true},        {"1", "boolean", false},
            {"2011-08-07", "date", true},     {"2011-02-29", "date", false},
            {"2011-08-07Z", "date", false},   {"0001-01-01", "date", true},
            {"2011-08-07T10:00:00Z", "dateTime", true}, {"2011-08-07T10:00:00.25+02:00", "dateTime", true},
            {"2011-08-07T10:00:00.250Z", "dateTime", false}, {"2011-08-07T24:00:00Z", "dateTime", false},
            {"2011-08-07T10:00:00+00:00", "dateTime", false}, {"2011-08-07T10:00:00", "dateTime", true},
            {"1969-12-31T23:59:59.999-14:00", "dateTime", true}, {"1", "string", false}};

START_TEST(a_canonical_form_is_inlined_and_comes_back) {
  char type[64], text[ID_TEXT];
  (void)snprintf(type, sizeof type, XSD "%s", rows[_i].type);
  PropterId id = id_inline(propter_str(rows[_i].text), propter_str(type));
  ck_assert_msg((id != PROPTER_NO_ID) == rows[_i].inlined, "%s^^%s", rows[_i].text, rows[_i].type);
  if (id == PROPTER_NO_ID) return;
  PropterStr back;
  (void)id_lexical(id, text, &back);
  ck_assert_str_eq(text, rows[_i].text);
  ck_assert(propter_str_equal(back, propter_str(type)));
  ck_assert_int_eq(propter_id_kind(id), PROPTER_TERM_LITERAL);
}
END_TEST

START_TEST(ids_order_as_their_values) {
  PropterRng rng;
  propter_rng_seed(&rng, 3);
  static const char *const types[] = {XSD "integer", XSD "decimal", XSD "double"};
  unsigned compared = 0;
  for (int i = 0; i < 30000; i++) {
    PropterStr type = propter_str(types[i % 3]);
    PropterId ids[2];
    double values[2];
    for (int k = 0; k < 2; k++) {
      char text[ID_TEXT];
      int64_t v = (int64_t)propter_rng_below(&rng, 2000001) - 1000000;
      if (i % 3 == 0) (void)snprintf(text, sizeof text, "%lld", (long long)v);
      if (i % 3 == 1) (void)snprintf(text, sizeof text, "%s%lld.%lld", v < 0 ? "-" : "", (long long)(v < 0 ? -v : v) / 10, (long long)(v < 0 ? -v : v) % 10);
      if (i % 3 == 2) (void)snprintf(text, sizeof text, "%lld.%lldE%d", (long long)(v / 100000 % 9) , (long long)(v < 0 ? -v : v) % 10, (int)(v % 7));
      ids[k] = id_inline(propter_str(text), type);
      values[k] = strtod(text, NULL);
    }
    if (ids[0] == PROPTER_NO_ID || ids[1] == PROPTER_NO_ID) continue;
    compared++;
    ck_assert_int_eq((ids[0] > ids[1]) - (ids[0] < ids[1]), (values[0] > values[1]) - (values[0] < values[1]));
    PropterId below = id_floor((unsigned)(ids[0] >> 56), values[1]);
    if (ids[0] != ids[1]) ck_assert_int_eq(ids[0] > below, values[0] > values[1]);
    double number;
    ck_assert(propter_id_number(ids[0], &number));
    ck_assert(number - values[0] < 1e-6 && values[0] - number < 1e-6);
  }
  ck_assert_uint_gt(compared, 15000);
}
END_TEST

START_TEST(values_are_read_from_ids) {
  bool b = false;
  int32_t day = 0;
  ck_assert(propter_id_boolean(id_inline(PROPTER_STR("true"), PROPTER_STR(XSD "boolean")), &b) && b);
  ck_assert(propter_id_day(id_inline(PROPTER_STR("1970-01-02"), PROPTER_STR(XSD "date")), &day) && day == 1);
  ck_assert(propter_id_day(id_inline(PROPTER_STR("1970-01-03T00:30:00+01:00"), PROPTER_STR(XSD "dateTime")), &day) && day == 2);
  double v;
  ck_assert(!propter_id_number(id_inline(PROPTER_STR("true"), PROPTER_STR(XSD "boolean")), &v));
  ck_assert(!propter_id_day(id_inline(PROPTER_STR("1"), PROPTER_STR(XSD "integer")), &day));
}
END_TEST

Suite *suite_id(void) {
  Suite *s = suite_create("id");
  TCase *tc = tcase_create("id");
  tcase_add_loop_test(tc, a_canonical_form_is_inlined_and_comes_back, 0, sizeof rows / sizeof *rows);
  tcase_add_test(tc, ids_order_as_their_values);
  tcase_add_test(tc, values_are_read_from_ids);
  suite_add_tcase(s, tc);
  return s;
}
