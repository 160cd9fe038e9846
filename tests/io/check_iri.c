/* SPDX-License-Identifier: Apache-2.0 */
#include "propter/rdf.h"
#include "support.h"

/* RFC 3986 §5.4, base http://a/b/c/d;p?q */
static const char *const resolved[][2] = {
    {"g:h", "g:h"},           {"g", "http://a/b/c/g"},          {"./g", "http://a/b/c/g"},       {"g/", "http://a/b/c/g/"},        {"/g", "http://a/g"},
    {"//g", "http://g"},      {"?y", "http://a/b/c/d;p?y"},     {"g?y", "http://a/b/c/g?y"},     {"#s", "http://a/b/c/d;p?q#s"},   {"g#s", "http://a/b/c/g#s"},
    {"", "http://a/b/c/d;p?q"}, {".", "http://a/b/c/"},         {"./", "http://a/b/c/"},         {"..", "http://a/b/"},            {"../", "http://a/b/"},
    {"../g", "http://a/b/g"}, {"../..", "http://a/"},           {"../../g", "http://a/g"},       {"../../../g", "http://a/g"},     {"/./g", "http://a/g"},
    {"/../g", "http://a/g"},  {"g.", "http://a/b/c/g."},        {"..g", "http://a/b/c/..g"},     {"./../g", "http://a/b/g"},       {"./g/.", "http://a/b/c/g/"},
    {"g/./h", "http://a/b/c/g/h"}, {"g/../h", "http://a/b/c/h"}, {"g;x=1/./y", "http://a/b/c/g;x=1/y"}, {"g?y/../x", "http://a/b/c/g?y/../x"},
    {"g#s/../x", "http://a/b/c/g#s/../x"}};

START_TEST(test_resolve) {
  PropterBuf out = {.max = 1000};
  for (size_t i = 0; i < sizeof resolved / sizeof *resolved; i++) {
    propter_buf_reset(&out);
    ck_ok(propter_iri_resolve(PROPTER_STR("http://a/b/c/d;p?q"), propter_str(resolved[i][0]), &out, err));
    ck_assert_str_eq(out.data, resolved[i][1]);
  }
  propter_buf_reset(&out);
  ck_ok(propter_iri_resolve(PROPTER_STR("http://a"), PROPTER_STR("x"), &out, err));
  ck_assert_str_eq(out.data, "http://a/x");
  PropterError err = {0};
  ck_assert_int_eq(propter_iri_resolve(PROPTER_STR(""), PROPTER_STR("x"), &out, &err), PROPTER_INVALID);
  propter_buf_clear(&out);
}
END_TEST

START_TEST(test_valid) {
  static const char *const good[] = {"http://example.org/", "urn:x:y", "http://example.org/\xC3\xA4?q=%20#f", "mailto:a@b",
                                     "http://[2001:db8::1]:80/[x]?a=[1]", "ftp://u:p@h:21/", "http://h:/", "http://[v1.a:b]",
                                     "file:///a:b", "urn:[a]", "http://h?//[", "a:"};
  static const char *const bad[] = {"", "x", "/a", "1a:b", "http://e/a b", "http://e/<", "http://e/\x01", "http://e/%2", "http://e/\xC2\x85", "a\\b:c", "://x",
                                    "http://[", "http://]/", "http://[]", "http://[::1", "http://[::1]x", "http://[1.2]",
                                    "http://a[b]c", "http://h:8o/", "http://[::1]:x",
                                    "http://a:b:80/", "http://[u]@h/"};
  for (size_t i = 0; i < sizeof good / sizeof *good; i++) ck_assert_msg(propter_iri_valid(propter_str(good[i]), NULL), "%s", good[i]);
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    const char *why = NULL;
    ck_assert_msg(!propter_iri_valid(propter_str(bad[i]), &why), "%s", bad[i]);
    ck_assert_ptr_nonnull(why);
  }
}
END_TEST

START_TEST(test_language) {
  ck_assert(propter_language_valid(PROPTER_STR("en")));
  ck_assert(propter_language_valid(PROPTER_STR("de-CH-1996")));
  ck_assert(!propter_language_valid(PROPTER_STR("")));
  ck_assert(!propter_language_valid(PROPTER_STR("en-")));
  ck_assert(!propter_language_valid(PROPTER_STR("1en")));
  ck_assert(!propter_language_valid(PROPTER_STR("en-abcdefghi")));
}
END_TEST

START_TEST(test_file) {
  PropterBuf out = {.max = 10000};
  ck_ok(propter_iri_of_file("/no such/f%le", &out, err));
  ck_assert_str_eq(out.data, "file:///no%20such/f%25le");
  propter_buf_reset(&out);
  ck_ok(propter_iri_of_file("-", &out, err));
  ck_assert_str_eq(out.data, "stdin:");
  propter_buf_clear(&out);
}
END_TEST

START_TEST(test_formats) {
  ck_assert_str_eq(propter_rdf_format(PROPTER_STR("text/turtle; charset=utf-8"))->name, "turtle");
  ck_assert_str_eq(propter_rdf_format(PROPTER_STR("NT"))->name, "ntriples");
  ck_assert_ptr_null(propter_rdf_format(PROPTER_STR("docx")));
  ck_assert_ptr_null(propter_rdf_format(PROPTER_STR("")));
  ck_assert_str_eq(propter_rdf_format_of_file("/a.b/x.TRIG.gz")->name, "trig");
  ck_assert_ptr_null(propter_rdf_format_of_file("/a.ttl/x"));
  size_t n = 0;
  for (const PropterRdfFormat *f; (f = propter_rdf_format_at(n)) != NULL; n++) ck_assert_ptr_eq(propter_rdf_format(propter_str(f->name)), f);
  ck_assert_uint_ge(n, 7);
}
END_TEST

Suite *suite_iri(void);
Suite *suite_iri(void) {
  Suite *s = suite_create("iri");
  TCase *t = tcase_create("iri");
  tcase_add_test(t, test_resolve);
  tcase_add_test(t, test_valid);
  tcase_add_test(t, test_language);
  tcase_add_test(t, test_file);
  tcase_add_test(t, test_formats);
  suite_add_tcase(s, t);
  return s;
}
