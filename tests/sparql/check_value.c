/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "support.h"
#include "value.h"

Suite *suite_value(void);

static Decimal number(const char *text) {
  Decimal d;
  ck_assert_msg(decimal_parse(propter_str(text), true, &d), "%s", text);
  return d;
}

static const char *printed(Decimal d) {
  static char text[DECIMAL_TEXT];
  (void)decimal_print(d, text);
  return text;
}

START_TEST(decimals_are_exact) {
  static const struct { const char *a; char op; const char *b, *result;
  } cases[] = {
      {"0.1", '+', "0.2", "0.3"},
      {"1", '-', "1.000", "0"},
      {"-2.5", '*', "4", "-10"},
      {"1", '/', "3", "0.333333333333333333"},
      {"2", '/', "3", "0.666666666666666667"},
      {"-2", '/', "3", "-0.666666666666666667"},
      {"10", '/', "4", "2.5"},
      {"1", '/', "0.0001", "10000"},
      {"99999999999999999999", '+', "1", "100000000000000000000"},
      {"0.000000000000000000000000000000000001", '+', "0", "0.000000000000000000000000000000000001"},
      {"7", '/', "7000000000000000000000", "0.000000000000000000"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    Decimal a = number(cases[i].a), b = number(cases[i].b), r = {0, 0};
    bool ok = cases[i].op == '+'   ? decimal_add(a, b, &r)
              : cases[i].op == '-' ? decimal_subtract(a, b, &r)
              : cases[i].op == '*' ? decimal_multiply(a, b, &r)
                                   : decimal_divide(a, b, &r);
    ck_assert_msg(ok && decimal_compare(r, number(cases[i].result)) == 0, "%s %c %s: %s", cases[i].a, cases[i].op, cases[i].b, printed(r));
  }
  Decimal big = number("170141183460469231731687303715884105727"), r;
  ck_assert(!decimal_add(big, decimal_of(1), &r));
  ck_assert(!decimal_multiply(big, decimal_of(2), &r));
  ck_assert(!decimal_divide(big, decimal_of(0), &r));
  ck_assert(!decimal_parse(PROPTER_STR("170141183460469231731687303715884105728"), false, &r));
  ck_assert_int_eq(decimal_compare(big, number("0.000000000000000000000000000000000001")), 1);
  ck_assert_int_eq(decimal_compare(number("-170141183460469231731687303715884105727"), number("0.5")), -1);
  ck_assert_str_eq(printed(decimal_round(number("-2.5"), DECIMAL_HALF_UP)), "-2");
  ck_assert_str_eq(printed(decimal_round(number("2.5"), DECIMAL_HALF_UP)), "3");
  ck_assert_str_eq(printed(decimal_round(number("-2.5"), DECIMAL_FLOOR)), "-3");
  ck_assert_str_eq(printed(decimal_round(number("-2.5"), DECIMAL_CEIL)), "-2");
  ck_assert_str_eq(printed(decimal_round(number("-2.5"), DECIMAL_TRUNCATE)), "-2");
}
END_TEST

static Value typed(const char *text, const char *type) {
  static PropterArena arena;
  return value_typed(propter_str(text), propter_arena_printf(&arena, "http://www.w3.org/2001/XMLSchema#%s", type));
}

START_TEST(literals_compare_as_the_standard_says) {
  static const struct { const char *a, *ta, *b, *tb; int equal, less; } cases[] = {
      {"1", "integer", "01", "integer", 1, 0},
      {"1", "integer", "1.0", "double", 1, 0},
      {"1", "byte", "2.5", "decimal", 0, 1},
      {"NaN", "double", "NaN", "double", 0, 0},
      {"300", "byte", "300", "byte", 1, -1}, /* not a byte, but the same term */
      {"300", "byte", "301", "byte", -1, -1},
      {"a", "string", "b", "string", 0, 1},
      {"a", "string", "1", "integer", 0, -1},
      {"x", "nothing", "y", "nothing", -1, -1},
      {"false", "boolean", "1", "boolean", 0, 1},
      {"2011-08-07T12:00:00Z", "dateTime", "2011-08-07T14:00:00+02:00", "dateTime", 1, 0},
      {"2011-08-07T12:00:00", "dateTime", "2011-08-07T14:00:00Z", "dateTime", -1, -1},
      {"2011-08-05T12:00:00", "dateTime", "2011-08-07T14:00:00Z", "dateTime", 0, 1},
      {"2011-08-07T24:00:00Z", "dateTime", "2011-08-08T00:00:00Z", "dateTime", 1, 0},
      {"2011-02-28", "date", "2011-03-01", "date", 0, 1},
      {"2011-02-29", "date", "2011-03-01", "date", -1, -1}, /* no such day */
      {"12:00:00", "time", "13:00:00", "time", 0, 1},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    Value a = typed(cases[i].a, cases[i].ta), b = typed(cases[i].b, cases[i].tb);
    ck_assert_msg(value_equal(&a, &b) == cases[i].equal && value_equal(&b, &a) == cases[i].equal, "%s = %s: %d", cases[i].a, cases[i].b, value_equal(&a, &b));
    int less = value_less(&a, &b, false);
    ck_assert_msg(less == cases[i].less, "%s < %s: %d", cases[i].a, cases[i].b, less);
    ck_assert_int_eq(value_order(&a, &b), -value_order(&b, &a));
  }
}
END_TEST

START_TEST(values_have_canonical_texts) {
  char text[MOMENT_TEXT];
  static const struct { const char *text, *type, *canonical;
  } cases[] = {
      {"+007", "integer", "7"},
      {"1.500", "decimal", "1.5"},
      {"-0.0", "decimal", "0"},
      {"100", "double", "1.0E2"},
      {"0.1", "float", "1.0E-1"},
      {"INF", "double", "INF"},
      {"1", "boolean", "true"},
      {"-0001-01-01T00:00:00.500-05:00", "dateTime", "-0001-01-01T00:00:00.5-05:00"},
      {"2011-08-07Z", "date", "2011-08-07Z"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    Value v = typed(cases[i].text, cases[i].type);
    ck_assert_msg(v.type < VALUE_OTHER, "%s", cases[i].text);
    v.text = (PropterStr){NULL, 0};
    PropterStr made = value_text_in(&v, text);
    ck_assert_msg(propter_str_equal(made, propter_str(cases[i].canonical)), "%s: %.*s", cases[i].text, (int)made.len, made.data);
  }
}
END_TEST

Suite *suite_value(void) {
  Suite *s = suite_create("value");
  TCase *tc = tcase_create("value");
  tcase_add_test(tc, decimals_are_exact);
  tcase_add_test(tc, literals_compare_as_the_standard_says);
  tcase_add_test(tc, values_have_canonical_texts);
  suite_add_tcase(s, tc);
  return s;
}
