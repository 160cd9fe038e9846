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
  PropterStatus status = propter_regex_compile(PROPTER_STR("a(b|c)+d"), PROPTER_REGEX_SIEVED, NULL, &r, err);
  if (status == PROPTER_OK) status = propter_matcher_new(0, &m, err);
  if (status == PROPTER_OK) status = propter_regex_match(r, m, PROPTER_STR("xabcbd"), 0, &found, err);
  propter_matcher_free(m);
  propter_regex_free(r);
  return status;
}

/* A sieve passes over no match: what it finds is what is found without it, from every place of texts made of what the expressions look at. */
START_TEST(sieves_find_the_same) {
  static const struct {
    const char *pattern;
    unsigned flags;
  } rows[] = {
      {"due to|because of", 0},
      {"(?<![\\w-])(?:led|leads?) to(?![\\w-])", PROPTER_REGEX_CASELESS},
      {"\\b(?:as|if)\\b(?= to)", 0},
      {"\\bto\\b|\\Bs\\b", PROPTER_REGEX_CASELESS},
      {"^(?:so|as) ?", 0},
      {"(?:^|(?<=, ))so (?<cause>[^,]{2,9}?),", PROPTER_REGEX_CASELESS},
      {"[^,;]{3,5}$", 0},
      {",? ?(?:and|but)? to$", 0},
      {"\\b[^\\s/]+/(?:VERB|AUX) (?=\\S+/NOUN )", 0},
      {"(?<!/ADP )\\S+/NOUN \\K(?:of|to)/", 0},
      {"\\w{2,}ed|s{2}|o{1,3}n", 0},
      {"(?i:So|AS)k|[’'k]s", 0},
      {"(?:a|s)*s(?!o)", 0},
      {"[\\W\\d]+[a-d-]", PROPTER_REGEX_CASELESS},
      {"\\d{1,2}(?:,\\d{3})*\\.?\\d*", 0},
      {"(?>as|a)s?k", PROPTER_REGEX_ANCHORED},
      {"x*", 0},
      {"(a)\\1", 0},
      {"ß|é.", PROPTER_REGEX_CASELESS | PROPTER_REGEX_UNICODE},
      {"\\bé\\w*", PROPTER_REGEX_UNICODE},
      {"s$", PROPTER_REGEX_CASELESS},
  };
  static const char *const pieces[] = {"so",  "as",  "As",  "led", " ",     "to",    ", ",     "due",  " because of ", "/VERB ", "/NOUN ", "/ADP ", "is",
                                       "-",   "'",   "’",   "é",   "É",     "ß",     "ſ",      "12",   ",300",         ".5",     "and",    "ask",   "k",
                                       "K",   "x",   "a",   "aa",  "ended", "\n",    "if to",  "of",   ";",            "son",    "led to", "AUX ",  "s"};
  PropterMatcher *m = NULL;
  uint64_t random = 12345;
  size_t matches = 0;
  ck_ok(propter_matcher_new(0, &m, err));
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    PropterRegex *plain = NULL, *sieved = NULL;
    ck_ok(propter_regex_compile(propter_str(rows[i].pattern), rows[i].flags, NULL, &plain, err));
    ck_ok(propter_regex_compile(propter_str(rows[i].pattern), rows[i].flags | PROPTER_REGEX_SIEVED, NULL, &sieved, err));
    for (int k = 0; k < 400; k++) {
      PropterBuf text = {0};
      for (int n = k % 9; n > 0; n--) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        propter_buf_add(&text, propter_str(pieces[(random >> 33) % (sizeof pieces / sizeof *pieces)]));
      }
      PropterStr s = propter_buf_str(&text);
      for (size_t from = 0; from <= s.len; from++) {
        bool one = false, two = false;
        size_t a = 0, b = 0, c = 0, d = 0;
        if (from < s.len && ((unsigned char)s.data[from] & 0xC0) == 0x80) continue;
        ck_ok(propter_regex_match(plain, m, s, from, &one, err));
        if (one && !propter_matcher_span(m, 0, &a, &b)) a = b = SIZE_MAX;
        ck_ok(propter_regex_match(sieved, m, s, from, &two, err));
        if (two && !propter_matcher_span(m, 0, &c, &d)) c = d = SIZE_MAX;
        ck_assert_msg(one == two && a == c && b == d, "%s on \"%.*s\" from %zu: %d %zu–%zu, sieved %d %zu–%zu", rows[i].pattern, (int)s.len, s.data, from, one,
                      a, b, two, c, d);
        matches += one;
      }
      propter_buf_clear(&text);
    }
    propter_regex_free(plain);
    propter_regex_free(sieved);
  }
  ck_assert_uint_gt(matches, 10000);
  propter_matcher_free(m);
}
END_TEST

/* Escapes and groups that a sieve does not understand match without one; brackets that do not close are still told. */
START_TEST(sieves_are_no_must) {
  static const char *const patterns[] = {"\\x41", "\\p{Lu}", "(?i)a", "(?(?=a)a|b)", "[[:alpha:]]", "(*UCP)a", "a{,3}A", "\\QA\\E"};
  PropterMatcher *m = NULL;
  PropterRegex *r = NULL;
  PropterError e = {0};
  bool found;
  ck_ok(propter_matcher_new(0, &m, err));
  for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
    ck_ok(propter_regex_compile(propter_str(patterns[i]), PROPTER_REGEX_SIEVED, NULL, &r, err));
    ck_ok(propter_regex_match(r, m, PROPTER_STR("x a{,3}Ab"), 0, &found, err));
    ck_assert_msg(found, "%s", patterns[i]);
    propter_regex_free(r);
  }
  ck_assert_int_eq(propter_regex_compile(PROPTER_STR("a(b|c"), PROPTER_REGEX_SIEVED, NULL, &r, &e), PROPTER_SYNTAX);
  ck_assert_uint_eq(propter_regex_item_end(PROPTER_STR("(?:a[)]|\\)b)c"), 0), 12);
  ck_assert_uint_eq(propter_regex_item_end(PROPTER_STR("(a"), 0), 0);
  propter_matcher_free(m);
}
END_TEST

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
  tcase_add_test(tc, sieves_find_the_same);
  tcase_add_test(tc, sieves_are_no_must);
  tcase_add_test(tc, failing_allocations);
  tcase_add_test(tc, xml_says_where_it_breaks);
  suite_add_tcase(s, tc);
  return s;
}
