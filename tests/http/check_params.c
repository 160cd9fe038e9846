/* SPDX-License-Identifier: Apache-2.0 */
#include "http.h"
#include "support.h"

#define ck_str(a, b) ck_assert_msg(propter_str_equal(a, propter_str(b)), "%.*s, not %s", (int)(a).len, (a).data, b)

START_TEST(escapes) {
  PropterArena arena = {0};
  ck_str(http_decode(&arena, PROPTER_STR("a%20b+c%e2%82%ac%"), true), "a b c\xe2\x82\xac%");
  ck_str(http_decode(&arena, PROPTER_STR("a+b%2g%2"), false), "a+b%2g%2");
  PropterStr nul = http_decode(&arena, PROPTER_STR("%00"), false);
  ck_assert(nul.len == 1 && nul.data[0] == 0);
  propter_arena_clear(&arena);
}
END_TEST

START_TEST(forms) {
  PropterArena arena = {0};
  HttpParams p = {0};
  PropterStr v;
  bool given;
  ck_ok(http_params_parse(&arena, PROPTER_STR("query=ASK+%7B%7D&&x=1&x=2&empty&bad=%ff"), true, &p, err));
  ck_assert_uint_eq(p.count, 5);
  ck_ok(http_param(&p, "query", &v, &given, err));
  ck_str(v, "ASK {}");
  ck_ok(http_param(&p, "empty", &v, &given, err));
  ck_assert(given && !v.len);
  ck_ok(http_param(&p, "absent", &v, &given, err));
  ck_assert(!given);
  ck_assert_int_eq(http_param(&p, "x", &v, &given, NULL), PROPTER_INVALID);
  ck_assert_int_eq(http_param(&p, "bad", &v, &given, NULL), PROPTER_INVALID);
  propter_vec_clear(&p);
  propter_arena_clear(&arena);
}
END_TEST

START_TEST(too_many_parameters) {
  PropterArena arena = {0};
  PropterBuf text = {0};
  HttpParams p = {0};
  for (int i = 0; i < 1001; i++) propter_buf_add(&text, PROPTER_STR("a=1&"));
  ck_assert_int_eq(http_params_parse(&arena, propter_buf_str(&text), true, &p, NULL), PROPTER_LIMIT);
  propter_buf_clear(&text);
  propter_vec_clear(&p);
  propter_arena_clear(&arena);
}
END_TEST

START_TEST(media_types) {
  PropterStr header = PROPTER_STR(" Text/Turtle ; charset = \"UTF-8\"; q=0.5");
  ck_str(http_media_type(header), "Text/Turtle");
  ck_str(http_media_parameter(header, "charset"), "UTF-8");
  ck_str(http_media_parameter(header, "q"), "0.5");
  ck_str(http_media_parameter(header, "none"), "");
}
END_TEST

START_TEST(negotiation) {
  static const char *const offers[] = {"application/json", "text/csv; charset=utf-8", "text/html"};
  static const struct {
    const char *accept;
    size_t chosen;
  } cases[] = {{"", 0},
               {"*/*", 0},
               {"text/csv", 1},
               {"text/*", 1},
               {"text/*, text/csv;q=0", 2},
               {"text/html;q=0.4, application/json;q=0.3", 2},
               {"text/html, application/json", 0},
               {"image/png", SIZE_MAX},
               {"application/json;q=0", SIZE_MAX},
               {"*/*;q=0.1, text/html", 2},
               {"application/json;q=banana, text/html;q=0.1", 2}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    ck_assert_msg(http_negotiate(propter_str(cases[i].accept), offers, 3) == cases[i].chosen, "%s", cases[i].accept);
  ck_assert(http_accepts_coding(PROPTER_STR("br, gzip;q=0.5"), "gzip"));
  ck_assert(!http_accepts_coding(PROPTER_STR("gzip;q=0"), "gzip"));
  ck_assert(!http_accepts_coding(PROPTER_STR(""), "zstd"));
}
END_TEST

START_TEST(route_table) {
  PropterStr rest;
  ck_assert(http_route_find(PROPTER_STR("/sparql/"), &rest) == http_route_find(PROPTER_STR("/sparql"), &rest));
  const HttpRoute *page = http_route_find(PROPTER_STR("/"), &rest);
  ck_assert(http_route_find(PROPTER_STR("/sparqling"), &rest) == page && http_route_find(PROPTER_STR("/sparql/x"), &rest) == page);
  const HttpRoute *data = http_route_find(PROPTER_STR("/data/a/b"), &rest);
  ck_assert_ptr_nonnull(data);
  ck_str(rest, "a/b");
  ck_assert(http_route_allows(data, PROPTER_STR("PUT")) && !http_route_allows(data, PROPTER_STR("PATCH")) && !http_route_allows(data, PROPTER_STR("PU")) &&
            !http_route_allows(data, PROPTER_STR("")));
}
END_TEST

Suite *suite_params(void);
Suite *suite_params(void) {
  Suite *s = suite_create("params");
  TCase *c = tcase_create("params");
  tcase_add_test(c, escapes);
  tcase_add_test(c, forms);
  tcase_add_test(c, too_many_parameters);
  tcase_add_test(c, media_types);
  tcase_add_test(c, negotiation);
  tcase_add_test(c, route_table);
  suite_add_tcase(s, c);
  return s;
}
