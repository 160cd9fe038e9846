/* SPDX-License-Identifier: Apache-2.0 */
#include "multipart.h"
#include "support.h"

static PropterStatus on_part(PropterStr type, PropterStr bytes, void *payload, PropterError *err) {
  PropterBuf *out = payload;
  (void)err;
  propter_buf_printf(out, "[%.*s|%.*s]", (int)type.len, type.data, (int)bytes.len, bytes.data);
  return PROPTER_OK;
}

static PropterStatus split(const char *body, const char *boundary, PropterBuf *out) {
  propter_buf_reset(out);
  propter_buf_add(out, PROPTER_STR(""));
  return multipart_each(propter_str(body), propter_str(boundary), on_part, out, NULL);
}

START_TEST(parts) {
  PropterBuf out = {0};
  ck_assert_int_eq(split("preamble\r\n--b\r\nContent-Type: text/turtle\r\nX: y\r\n\r\none\r\n--b\r\n\r\ntwo --b\r\n--b--\r\nepilogue", "b", &out), PROPTER_OK);
  ck_assert_str_eq(out.data, "[text/turtle|one\r\n][|two --b\r\n]");
  ck_assert_int_eq(split("--b--", "b", &out), PROPTER_OK);
  ck_assert_uint_eq(out.len, 0);
  propter_buf_clear(&out);
}
END_TEST

START_TEST(broken) {
  PropterBuf out = {0};
  ck_assert_int_eq(split("", "b", &out), PROPTER_INVALID);
  ck_assert_int_eq(split("--b\r\n\r\nno end", "b", &out), PROPTER_INVALID);
  ck_assert_int_eq(split("--b--", "", &out), PROPTER_INVALID);
  ck_assert_int_eq(split("--b", "b", &out), PROPTER_INVALID);
  ck_assert_int_eq(split("--b\n--b\n--b--", "b", &out), PROPTER_OK);
  propter_buf_clear(&out);
}
END_TEST

Suite *suite_multipart(void);
Suite *suite_multipart(void) {
  Suite *s = suite_create("multipart");
  TCase *c = tcase_create("multipart");
  tcase_add_test(c, parts);
  tcase_add_test(c, broken);
  suite_add_tcase(s, c);
  return s;
}
