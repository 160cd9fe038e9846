/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "propter/mem.h"
#include "support.h"

Suite *suite_mem(void);

START_TEST(an_arena_gives_zeroed_aligned_memory_up_to_its_limit) {
  PropterArena arena = {.limit = 200000};
  unsigned char *a = propter_arena_alloc(&arena, 100), *b = propter_arena_alloc(&arena, 100000);
  ck_assert_ptr_nonnull(a);
  ck_assert_ptr_nonnull(b);
  ck_assert_uint_eq((uintptr_t)a % 16, 0);
  ck_assert_uint_eq((uintptr_t)b % 16, 0);
  for (size_t i = 0; i < 100000; i++) ck_assert_uint_eq(b[i], 0);
  ck_assert_ptr_null(propter_arena_alloc(&arena, 100000));
  ck_assert_ptr_null(propter_arena_alloc(&arena, SIZE_MAX));
  PropterStr s = propter_arena_printf(&arena, "%s-%d", "x", 42);
  ck_assert_str_eq(s.data, "x-42");
  ck_assert_uint_eq(s.len, 4);
  propter_arena_clear(&arena);
  ck_assert_ptr_nonnull(propter_arena_alloc(&arena, 150000));
  propter_arena_clear(&arena);
}
END_TEST

START_TEST(percent_encoded_bytes_are_decoded) {
  PropterBuf buf = {0};
  propter_buf_add_decoded(&buf, PROPTER_STR("Storm%20Ottilie%c3%A9 100% %2 %zz%"));
  ck_assert_str_eq(buf.data, "Storm Ottilie\xC3\xA9 100% %2 %zz%");
  propter_buf_clear(&buf);
}
END_TEST

START_TEST(a_buffer_stops_at_its_maximum_and_says_so) {
  PropterBuf buf = {.max = 10};
  propter_buf_add(&buf, PROPTER_STR("12345"));
  propter_buf_printf(&buf, "%s", "67890");
  ck_assert_str_eq(buf.data, "1234567890");
  propter_buf_add_char(&buf, 'x');
  PropterError err = {0};
  ck_assert_int_eq(propter_buf_status(&buf, &err), PROPTER_LIMIT);
  ck_assert_ptr_nonnull(strstr(err.message, "10 bytes"));
  ck_assert_str_eq(buf.data, "1234567890");
  propter_buf_reset(&buf);
  ck_assert_uint_eq(buf.len, 0);
  propter_buf_add_utf8(&buf, 0x20AC);
  propter_buf_add_utf8(&buf, 0xD800);
  ck_assert_str_eq(propter_buf_str(&buf).data, "\xE2\x82\xAC\xEF\xBF\xBD");
  propter_buf_reset(&buf);
  buf.max = 64;
  propter_buf_add_json(&buf, PROPTER_STR("a\"\\\n\x1b\x7f</b>"));
  ck_assert_str_eq(propter_buf_str(&buf).data, "\"a\\\"\\\\\\n\\u001b\\u007f</b>\"");
  propter_buf_clear(&buf);
}
END_TEST

START_TEST(a_vector_keeps_its_items_while_it_grows) {
  PROPTER_VEC(int) v = {0};
  for (int i = 0; i < 10000; i++) ck_assert(propter_vec_push(&v, i));
  for (int i = 0; i < 10000; i++) ck_assert_int_eq(v.items[i], i);
  propter_vec_clear(&v);
  ck_assert_uint_eq(v.cap, 0);
}
END_TEST

static PropterStatus grow_everything(void *payload, PropterError *err) {
  (void)payload;
  PropterArena arena = {0};
  PropterBuf buf = {0};
  PROPTER_VEC(double) v = {0};
  bool ok = propter_arena_copy(&arena, PROPTER_STR("text")).data != NULL;
  for (int i = 0; ok && i < 100; i++) {
    propter_buf_printf(&buf, "%d,", i);
    ok = propter_vec_push(&v, (double)i);
  }
  char *copy = ok ? propter_strdup(PROPTER_STR("copy")) : NULL;
  PropterStatus status = copy ? propter_buf_status(&buf, err) : PROPTER_NO_MEMORY;
  propter_free(copy);
  propter_vec_clear(&v);
  propter_buf_clear(&buf);
  propter_arena_clear(&arena);
  return status;
}

START_TEST(every_failed_allocation_is_noticed) {
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, grow_everything, NULL, false), 5);
}
END_TEST

Suite *suite_mem(void) {
  Suite *s = suite_create("mem");
  TCase *tc = tcase_create("mem");
  tcase_add_test(tc, an_arena_gives_zeroed_aligned_memory_up_to_its_limit);
  tcase_add_test(tc, a_buffer_stops_at_its_maximum_and_says_so);
  tcase_add_test(tc, percent_encoded_bytes_are_decoded);
  tcase_add_test(tc, a_vector_keeps_its_items_while_it_grows);
  tcase_add_test(tc, every_failed_allocation_is_noticed);
  suite_add_tcase(s, tc);
  return s;
}
