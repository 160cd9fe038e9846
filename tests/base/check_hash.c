/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "propter/hash.h"
#include "support.h"

Suite *suite_hash(void);

START_TEST(hashes_are_those_of_xxh3) {
  /* XXH3 of no bytes, as xxHash's own documentation of the algorithm fixes it. */
  ck_assert_uint_eq(propter_hash64(PROPTER_STR("")), 0x2D06800538D394C2u);
  char a[33], b[33];
  propter_hash_hex(PROPTER_STR("hello"), a);
  const char *path = support_path(support_folder(), "h");
  support_write(path, PROPTER_STR("hello"));
  ck_ok(propter_hash_file(path, 0, b, err));
  ck_assert_str_eq(a, b);
  PropterError err = {0};
  ck_assert_int_eq(propter_hash_file(path, 4, b, &err), PROPTER_LIMIT);
  ck_assert_int_eq(propter_hash_file("/nowhere", 0, b, &err), PROPTER_NOT_FOUND);
}
END_TEST

START_TEST(a_map_finds_what_was_put_in_order) {
  PropterMap map = {0};
  char key[16];
  for (uint64_t i = 0; i < 5000; i++) {
    int n = snprintf(key, sizeof key, "k%llu", (unsigned long long)i);
    bool added = false;
    ck_assert_ptr_nonnull(propter_map_put(&map, (PropterStr){key, (size_t)n}, i, &added));
    ck_assert(added);
  }
  ck_assert_uint_eq(map.count, 5000);
  for (uint64_t i = 0; i < 5000; i++) {
    int n = snprintf(key, sizeof key, "k%llu", (unsigned long long)i);
    uint64_t *v = propter_map_get(&map, (PropterStr){key, (size_t)n});
    ck_assert(v && *v == i);
    ck_assert_uint_eq(map.entries[i].value, i);
  }
  bool added = true;
  ck_assert_uint_eq(*propter_map_put(&map, PROPTER_STR("k7"), 99, &added), 7);
  ck_assert(!added);
  ck_assert_ptr_null(propter_map_get(&map, PROPTER_STR("absent")));
  propter_map_clear(&map);
  ck_assert_ptr_null(propter_map_get(&map, PROPTER_STR("k7")));
}
END_TEST

static PropterStatus fill(void *payload, PropterError *err) {
  (void)payload;
  PropterMap map = {0};
  PropterStatus status = PROPTER_OK;
  for (uint64_t i = 0; i < 200 && status == PROPTER_OK; i++)
    if (!propter_map_put(&map, (PropterStr){(const char *)&i, sizeof i}, i, NULL)) status = propter_fail(err, PROPTER_NO_MEMORY, "map");
  propter_map_clear(&map);
  return status;
}

START_TEST(a_map_survives_failed_allocations) {
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, fill, NULL, false), 3);
}
END_TEST

START_TEST(a_set_knows_what_was_added) {
  PropterHashSet set = {0};
  bool added;
  char a[33];
  PropterHash128 hash = propter_hash128(PROPTER_STR("hello"));
  propter_hash_hex(PROPTER_STR("hello"), a);
  ck_assert_uint_eq(strtoull(a + 16, NULL, 16), hash.low);
  for (uint64_t i = 0; i < 40000; i++) {
    uint64_t n = i % 20000;
    /* Some that differ in one half only, and the one that looks like an empty slot. */
    hash = n < 10 ? (PropterHash128){n, 0} : n < 20 ? (PropterHash128){0, n} : propter_hash128((PropterStr){(const char *)&n, sizeof n});
    ck_assert(propter_hash_set_add(&set, hash, &added));
    ck_assert_int_eq(added, i < 20000 && n != 1); /* 1 stands for nothing but zeros */
  }
  propter_hash_set_clear(&set);
  ck_assert(propter_hash_set_add(&set, hash, &added) && added);
  propter_hash_set_clear(&set);
}
END_TEST

static PropterStatus fill_set(void *payload, PropterError *err) {
  (void)payload;
  PropterHashSet set = {0};
  PropterStatus status = PROPTER_OK;
  bool added;
  for (uint64_t i = 0; i < 100 && status == PROPTER_OK; i++)
    if (!propter_hash_set_add(&set, (PropterHash128){i * 1000003, 0}, &added)) status = propter_fail(err, PROPTER_NO_MEMORY, "set");
  propter_hash_set_clear(&set);
  return status;
}

START_TEST(a_set_survives_failed_allocations) { ck_assert_uint_ge(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, fill_set, NULL, false), 2); }
END_TEST

Suite *suite_hash(void) {
  Suite *s = suite_create("hash");
  TCase *tc = tcase_create("hash");
  tcase_add_test(tc, hashes_are_those_of_xxh3);
  tcase_add_test(tc, a_map_finds_what_was_put_in_order);
  tcase_add_test(tc, a_map_survives_failed_allocations);
  tcase_add_test(tc, a_set_knows_what_was_added);
  tcase_add_test(tc, a_set_survives_failed_allocations);
  suite_add_tcase(s, tc);
  return s;
}
