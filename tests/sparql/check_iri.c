/* SPDX-License-Identifier: Apache-2.0 */
#include "iri.h"
#include "support.h"

Suite *suite_iri(void);

/* Cases of the kinds of RFC 3986, 5.4, over a base of our own. */
START_TEST(references_resolve_as_the_standard_says) {
  static const struct { const char *reference, *result; } cases[] = {
      {"d", "http://h/a/b/d"},          {"./d", "http://h/a/b/d"},      {"d/", "http://h/a/b/d/"},   {"/d", "http://h/d"},
      {"//g", "http://g"},              {"?y", "http://h/a/b/c?y"},     {"#s", "http://h/a/b/c?q#s"}, {"", "http://h/a/b/c?q"},
      {".", "http://h/a/b/"},           {"..", "http://h/a/"},          {"../d", "http://h/a/d"},    {"../../d", "http://h/d"},
      {"../../../d", "http://h/d"},     {"./../d", "http://h/a/d"},     {"d/./e", "http://h/a/b/d/e"}, {"d/../e", "http://h/a/b/e"},
      {"d?y=../x", "http://h/a/b/d?y=../x"}, {"urn:x", "urn:x"},        {"g:h", "g:h"},              {"d.", "http://h/a/b/d."},
      {"..d", "http://h/a/b/..d"},      {"/./d", "http://h/d"},         {"/../d", "http://h/d"},
  };
  PropterArena arena = {0};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    PropterStr r = iri_resolve(PROPTER_STR("http://h/a/b/c?q"), propter_str(cases[i].reference), &arena);
    ck_assert_msg(propter_str_equal(r, propter_str(cases[i].result)), "%s: %s", cases[i].reference, r.data);
  }
  ck_assert_str_eq(iri_resolve(PROPTER_STR("http://h"), PROPTER_STR("x"), &arena).data, "http://h/x");
  ck_assert_str_eq(iri_resolve(PROPTER_STR(""), PROPTER_STR("x"), &arena).data, "x");
  propter_arena_clear(&arena);
}
END_TEST

Suite *suite_iri(void) {
  Suite *s = suite_create("iri");
  TCase *tc = tcase_create("iri");
  tcase_add_test(tc, references_resolve_as_the_standard_says);
  suite_add_tcase(s, tc);
  return s;
}
