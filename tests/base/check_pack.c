/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "propter/pack.h"
#include "support.h"

Suite *suite_pack(void);

typedef struct {
  PropterStr bytes;
  size_t at, most; /* bytes given at a time */
} Feed;

static PropterStatus feed(void *payload, void *bytes, size_t size, size_t *count, PropterError *err) {
  Feed *f = payload;
  (void)err;
  size_t left = f->bytes.len - f->at;
  *count = size < left ? size : left;
  if (*count > f->most) *count = f->most;
  memcpy(bytes, f->bytes.data + f->at, *count);
  f->at += *count;
  return PROPTER_OK;
}

static PropterStatus unpack(PropterStr packed, size_t most, PropterBuf *out, PropterError *err) {
  PropterUnpack *u = NULL;
  Feed f = {packed, 0, most};
  char block[77];
  size_t n = 1;
  PropterStatus status = propter_unpack_open(feed, &f, "packed", &u, err);
  while (status == PROPTER_OK && n && (status = propter_unpack_read(u, block, sizeof block, &n, err)) == PROPTER_OK)
    propter_buf_add(out, (PropterStr){block, n});
  propter_unpack_close(u);
  return status == PROPTER_OK ? propter_buf_status(out, err) : status;
}

static const char *const kinds[] = {"gzip", "zip", "targz", "tarxz"};

static void text(PropterBuf *out) {
  for (int i = 0; i < 5000; i++) propter_buf_printf(out, "%d,row %d\n", i, i * i % 977);
}

START_TEST(what_is_packed_is_unpacked) {
  PropterBuf whole = {0};
  text(&whole);
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
    PropterBuf packed = {0}, again = {0}, out = {0};
    ck_ok(propter_pack(propter_str(kinds[i]), "t.csv", propter_buf_str(&whole), &packed, err));
    ck_ok(propter_pack(propter_str(kinds[i]), "t.csv", propter_buf_str(&whole), &again, err));
    ck_assert_msg(propter_str_equal(propter_buf_str(&packed), propter_buf_str(&again)), "%s differs", kinds[i]);
    ck_assert(propter_unpack_knows(propter_buf_str(&packed), i == 0 || i == 2 ? "t.tar.gz" : "t"));
    for (size_t most = 1; most < 100000; most *= 100) {
      propter_buf_reset(&out);
      ck_ok(unpack(propter_buf_str(&packed), most, &out, err));
      ck_assert_msg(propter_str_equal(propter_buf_str(&whole), propter_buf_str(&out)), "%s", kinds[i]);
    }
    propter_buf_clear(&packed);
    propter_buf_clear(&again);
    propter_buf_clear(&out);
  }
  ck_assert(!propter_unpack_knows(PROPTER_STR("id,name\n"), "t.csv"));
  ck_assert(!propter_unpack_knows(PROPTER_STR("\x1F\x8B\x08"), "t.csv.gz"));
  propter_buf_clear(&whole);
}
END_TEST

/* A packed file that is cut, or whose bytes are others, never gives a part as if it were the whole. */
START_TEST(damage_is_seen) {
  PropterBuf whole = {0};
  text(&whole);
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
    PropterBuf packed = {0}, out = {0};
    ck_ok(propter_pack(propter_str(kinds[i]), "t.csv", propter_buf_str(&whole), &packed, err));
    for (size_t cut = 8; cut + 700 < packed.len; cut += packed.len / 13) {
      PropterError why = {0};
      propter_buf_reset(&out);
      ck_assert_msg(unpack((PropterStr){packed.data, cut}, 1000, &out, &why) != PROPTER_OK, "%s cut at %zu", kinds[i], cut);
      ck_assert_str_eq(why.source, "packed");
    }
    propter_buf_reset(&out);
    for (size_t k = packed.len / 2; k < packed.len / 2 + 32; k++) packed.data[k] = (char)(packed.data[k] ^ 0x55);
    ck_assert_int_ne(unpack(propter_buf_str(&packed), 1000, &out, NULL), PROPTER_OK);
    propter_buf_clear(&packed);
    propter_buf_clear(&out);
  }
  propter_buf_clear(&whole);
}
END_TEST

START_TEST(one_file_is_expected) {
  PropterBuf one = {0}, two = {0}, out = {0};
  PropterError why = {0};
  ck_ok(propter_pack(PROPTER_STR("zip"), "a.csv", PROPTER_STR("id\n1\n"), &one, err));
  /* The second local header of a zip follows the first file; its directory stands at the end of each. */
  propter_buf_add(&two, (PropterStr){one.data, propter_str_find(propter_buf_str(&one), PROPTER_STR("PK\001\002"))});
  propter_buf_add(&two, propter_buf_str(&one));
  ck_assert_int_eq(unpack(propter_buf_str(&two), 1000, &out, &why), PROPTER_INVALID);
  ck_assert_msg(strstr(why.message, "found another: a.csv"), "%s", why.message);
  ck_assert_int_eq(propter_pack(PROPTER_STR("rar"), "a", PROPTER_STR("x"), &out, &why), PROPTER_USAGE);
  propter_buf_clear(&one);
  propter_buf_clear(&two);
  propter_buf_clear(&out);
}
END_TEST

static PropterStatus there_and_back(void *payload, PropterError *err) {
  PropterBuf packed = {0}, out = {0};
  (void)payload;
  PropterStatus status = propter_pack(PROPTER_STR("tarxz"), "t.csv", PROPTER_STR("id\n1\n"), &packed, err);
  if (status == PROPTER_OK) status = unpack(propter_buf_str(&packed), 1000, &out, err);
  propter_buf_clear(&packed);
  propter_buf_clear(&out);
  return status;
}

START_TEST(every_allocation_may_fail) { ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, there_and_back, NULL, false), 2); }
END_TEST

Suite *suite_pack(void) {
  Suite *s = suite_create("pack");
  TCase *t = tcase_create("pack");
  tcase_add_test(t, what_is_packed_is_unpacked);
  tcase_add_test(t, damage_is_seen);
  tcase_add_test(t, one_file_is_expected);
  tcase_add_test(t, every_allocation_may_fail);
  suite_add_tcase(s, t);
  return s;
}
