/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "document.h"
#include "propter/rng.h"
#include "support.h"

#define ONE "{\"http://a/s\":{\"http://a/p\":[{\"value\":\"x\",\"type\":\"literal\"}]}}"

START_TEST(test_formats) {
  PropterBuf out = {.max = 100000};
  ck_ok(document_read(
      "rdfa", "http://b/d",
      PROPTER_STR(
          "<html xmlns=\"http://www.w3.org/1999/xhtml\" prefix=\"a: http://a/\"><head><title>t</title></head><body about=\"#s\"><p property=\"a:p\">x</p></body></html>"),
      &out, err));
  ck_assert_ptr_nonnull(strstr(out.data, "<http://b/d#s> <http://a/p> \"x\" .\n"));
  propter_buf_reset(&out);
  ck_ok(document_read("json", "http://b/d", PROPTER_STR("{\"http://a/s\":{\"http://a/p\":[{\"value\":\"x\",\"type\":\"literal\",\"lang\":\"en\"}]}}"), &out,
                      err));
  ck_assert_str_eq(out.data, "<http://a/s> <http://a/p> \"x\"@en .\n");
  propter_buf_clear(&out);
}
END_TEST

START_TEST(test_bad_documents) {
  static const char *const texts[] = {"", "{", "[1]", "{\"http://a/b c\":{\"http://a/p\":[{\"value\":\"x\",\"type\":\"literal\"}]}}"};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    PropterBuf out = {.max = 100000};
    PropterError err = {0};
    PropterStatus status = document_read("json", "http://b/d", propter_str(texts[i]), &out, &err);
    ck_assert_msg(status == PROPTER_SYNTAX || status == PROPTER_INVALID, "%s: %s", texts[i], propter_status_name(status));
    ck_assert_str_eq(err.source, "test");
    propter_buf_clear(&out);
  }
}
END_TEST

START_TEST(test_garbage) {
  PropterRng rng;
  propter_rng_seed(&rng, 11);
  static const char *const names[] = {"rdfa", "json"};
  static const char seed[] =
      "<html xmlns=\"http://www.w3.org/1999/xhtml\"><body about=\"#s\"><p property=\"http://a/p\">x</p></body></html>{\"a:s\":{\"a:p\":[{\"value\":\"x\"}]}}";
  for (int i = 0; i < 60; i++) {
    char text[sizeof seed];
    memcpy(text, seed, sizeof seed);
    for (int k = 0; k < 6; k++) text[propter_rng_below(&rng, sizeof seed - 1)] = (char)propter_rng_below(&rng, 256);
    PropterBuf out = {.max = 100000};
    PropterError err = {0};
    PropterStatus status = document_read(names[i % 2], "http://b/", (PropterStr){text, sizeof seed - 1}, &out, &err);
    ck_assert_msg(propter_exit_code(status) == 0 || propter_exit_code(status) == 3 || propter_exit_code(status) == 5, "%s: %s", propter_status_name(status),
                  err.message);
    propter_buf_clear(&out);
  }
}
END_TEST

static PropterStatus read_limited(PropterStr text, PropterLimits limits, PropterError *err) {
  PropterBuf out = {.max = 1 << 28};
  PropterRdfSink sink = {document_line, NULL, &out};
  PropterRdfOptions options = {.format = "rdfa", .base = PROPTER_STR("http://b/"), .limits = &limits};
  PropterStatus status = propter_rdf_read_text(text, "test", &options, &sink, err);
  propter_buf_clear(&out);
  return status;
}

START_TEST(test_limits) {
  PropterBuf text = {.max = 1 << 26};
  propter_buf_add(&text, PROPTER_STR("<html xmlns=\"http://www.w3.org/1999/xhtml\"><body>"));
  for (int i = 0; i < 1000000; i++) propter_buf_printf(&text, "<p about=\"#n%d\" property=\"http://a/p\">x</p>\n", i);
  propter_buf_add(&text, PROPTER_STR("</body></html>"));
  PropterError err = {0};
  PropterLimits limits = propter_limits_default();
  limits.helper_seconds = 1;
  ck_assert_msg(read_limited(propter_buf_str(&text), limits, &err) == PROPTER_TIMEOUT, "%s", err.message);
  ck_assert_str_eq(err.source, "test");
  limits = propter_limits_default();
  limits.load_bytes = 1 << 20;
  ck_assert_int_eq(read_limited(propter_buf_str(&text), limits, &err), PROPTER_LIMIT);
  limits = propter_limits_default();
  limits.helper_bytes = 1 << 22;
  ck_assert_int_ne(read_limited(propter_buf_str(&text), limits, &err), PROPTER_OK);
  propter_buf_clear(&text);
}
END_TEST

static PropterStatus refuse(const PropterStatement *st, void *payload, PropterError *err) {
  (void)st, (void)payload;
  return propter_fail(err, PROPTER_DECLINED, "no more");
}

START_TEST(test_sink_and_missing_helper) {
  PropterRdfSink sink = {refuse, NULL, NULL};
  PropterRdfOptions options = {.format = "json", .base = PROPTER_STR("http://b/")};
  PropterStr text = PROPTER_STR(ONE);
  PropterError err = {0};
  ck_assert_int_eq(propter_rdf_read_text(text, "test", &options, &sink, &err), PROPTER_DECLINED);
  ck_assert_str_eq(err.message, "no more");
  /* The descriptors of this program stay here, and none is left open. */
  int before = open("/dev/null", O_RDONLY);
  (void)close(before);
  ck_assert_int_eq(propter_rdf_read_text(text, "test", &options, &sink, &err), PROPTER_DECLINED);
  int after = open("/dev/null", O_RDONLY);
  ck_assert_int_eq(before, after);
  (void)close(after);
  ck_assert_int_eq(setenv("PROPTER_LIBEXEC", "/nonexistent", 1), 0);
  ck_assert_int_eq(propter_rdf_read_text(text, "test", &options, &sink, &err), PROPTER_IO);
  ck_assert_ptr_nonnull(strstr(err.message, "propter-raptor"));
}
END_TEST

static PropterStatus read_once(void *payload, PropterError *err) {
  (void)payload;
  PropterBuf out = {.max = 100000};
  PropterStatus status = document_read("json", "http://b/", PROPTER_STR(ONE), &out, err);
  propter_buf_clear(&out);
  return status;
}

START_TEST(test_faults) {
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, read_once, NULL, false), 3);
}
END_TEST

Suite *suite_helper(void);
Suite *suite_helper(void) {
  Suite *s = suite_create("helper");
  TCase *t = tcase_create("helper");
  tcase_set_timeout(t, 120);
  tcase_add_test(t, test_formats);
  tcase_add_test(t, test_bad_documents);
  tcase_add_test(t, test_garbage);
  tcase_add_test(t, test_limits);
  tcase_add_test(t, test_sink_and_missing_helper);
  tcase_add_test(t, test_faults);
  suite_add_tcase(s, t);
  return s;
}
