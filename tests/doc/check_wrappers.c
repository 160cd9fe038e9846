/* SPDX-License-Identifier: Apache-2.0 */
/* The wrappers of PCRE2 and libxml2 that documents are read with. */
#include <string.h>

#include "propter/regex.h"
#include "propter/xml.h"
#include "support.h"

Suite *suite_wrappers(void);

START_TEST(groups_and_spans) {
  PropterRegex *r = NULL;
  PropterMatcher *m = NULL;
  bool found = false;
  size_t start = 0, end = 0;
  ck_ok(propter_regex_compile(PROPTER_STR("(?<cause>\\w+) led to (?<effect>\\w+)"), PROPTER_REGEX_CASELESS, NULL, &r, err));
  ck_ok(propter_matcher_new(0, &m, err));
  ck_ok(propter_regex_match(r, m, PROPTER_STR("Rain LED to floods"), 0, &found, err));
  ck_assert(found);
  ck_assert(propter_matcher_span(m, propter_regex_group(r, "effect"), &start, &end));
  ck_assert_uint_eq(start, 12);
  ck_assert_uint_eq(end, 18);
  ck_assert_uint_eq(propter_regex_group(r, "none"), 0);
  ck_ok(propter_regex_match(r, m, PROPTER_STR("Rain fell"), 0, &found, err));
  ck_assert(!found && !propter_matcher_span(m, 0, &start, &end));
  propter_matcher_free(m);
  propter_regex_free(r);
}
END_TEST

START_TEST(bad_expressions) {
  PropterError err = {0};
  PropterRegex *r = NULL;
  ck_assert_int_eq(propter_regex_compile(PROPTER_STR("(a"), 0, NULL, &r, &err), PROPTER_SYNTAX);
  ck_assert_int_eq(propter_regex_compile(PROPTER_STR("a\\Cb"), 0, NULL, &r, &err), PROPTER_SYNTAX);
  char nested[2000];
  memset(nested, '(', 1000);
  memset(nested + 1000, ')', 1000);
  ck_assert_int_eq(propter_regex_compile((PropterStr){nested, 2000}, 0, NULL, &r, &err), PROPTER_LIMIT);
  PropterLimits limits = propter_limits_default();
  limits.pattern_bytes = 3;
  ck_assert_int_eq(propter_regex_compile(PROPTER_STR("abcd"), 0, &limits, &r, &err), PROPTER_LIMIT);
  ck_assert_ptr_null(r);
}
END_TEST

START_TEST(backtracking_ends) {
  PropterRegex *r = NULL;
  PropterMatcher *m = NULL;
  PropterError e = {0};
  bool found;
  char text[3001];
  memset(text, 'a', 3000);
  text[3000] = '!';
  ck_ok(propter_regex_compile(PROPTER_STR("(a+)+$"), 0, NULL, &r, err));
  ck_ok(propter_matcher_new(100000, &m, err));
  ck_assert_int_eq(propter_regex_match(r, m, (PropterStr){text, sizeof text}, 0, &found, &e), PROPTER_LIMIT);
  propter_matcher_free(m);
  propter_regex_free(r);
}
END_TEST

START_TEST(replaces) {
  PropterRegex *r = NULL;
  PropterMatcher *m = NULL;
  PropterBuf b = {0};
  ck_ok(propter_regex_compile(PROPTER_STR("(b)"), 0, NULL, &r, err));
  ck_ok(propter_matcher_new(0, &m, err));
  ck_ok(propter_regex_replace(r, m, PROPTER_STR("abab"), PROPTER_STR("<$1>"), &b, err));
  ck_assert_str_eq(b.data, "a<b>a<b>");
  propter_buf_clear(&b);
  propter_matcher_free(m);
  propter_regex_free(r);
}
END_TEST

static PropterStatus use_regex(void *payload, PropterError *err) {
  (void)payload;
  PropterRegex *r = NULL;
  PropterMatcher *m = NULL;
  bool found;
  PropterStatus status = propter_regex_compile(PROPTER_STR("a(b|c)+d"), 0, NULL, &r, err);
  if (status == PROPTER_OK) status = propter_matcher_new(0, &m, err);
  if (status == PROPTER_OK) status = propter_regex_match(r, m, PROPTER_STR("xabcbd"), 0, &found, err);
  propter_matcher_free(m);
  propter_regex_free(r);
  return status;
}

START_TEST(failing_allocations) { ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, use_regex, NULL, true), 4); }
END_TEST

START_TEST(xml_says_where_it_breaks) {
  PropterError err = {0};
  PropterXmlHandler none = {NULL, NULL, NULL};
  ck_assert_int_eq(propter_xml_parse(PROPTER_XML, PROPTER_STR("<a>\n<b></a>"), NULL, &none, NULL, &err), PROPTER_SYNTAX);
  ck_assert_uint_eq(err.line, 2);
  memset(&err, 0, sizeof err);
  ck_assert_int_eq(propter_xml_parse(PROPTER_XML, PROPTER_STR("<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>"), NULL, &none, NULL, &err), PROPTER_INVALID);
  ck_assert_uint_eq(propter_xml_entity(PROPTER_STR("eacute")), 0xE9);
  ck_assert_uint_eq(propter_xml_entity(PROPTER_STR("nothing")), 0);
}
END_TEST

Suite *suite_wrappers(void) {
  Suite *s = suite_create("wrappers");
  TCase *tc = tcase_create("wrappers");
  tcase_add_test(tc, groups_and_spans);
  tcase_add_test(tc, bad_expressions);
  tcase_add_test(tc, backtracking_ends);
  tcase_add_test(tc, replaces);
  tcase_add_test(tc, failing_allocations);
  tcase_add_test(tc, xml_says_where_it_breaks);
  suite_add_tcase(s, tc);
  return s;
}
