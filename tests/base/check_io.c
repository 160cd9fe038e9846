/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <string.h>
#include <unistd.h>

#include "propter/io.h"
#include "support.h"

Suite *suite_io(void);

START_TEST(a_file_is_read_whole_or_refused) {
  const char *path = support_path(support_folder(), "a.txt");
  support_write(path, PROPTER_STR("hello"));
  PropterBuf buf = {0};
  ck_ok(propter_io_read_file(path, 5, &buf, err));
  ck_assert_str_eq(buf.data, "hello");
  PropterError err = {0};
  ck_assert_int_eq(propter_io_read_file(path, 4, &buf, &err), PROPTER_LIMIT);
  ck_assert_str_eq(err.source, path);
  ck_assert_int_eq(propter_io_read_file("/nowhere/at/all", 0, &buf, &err), PROPTER_NOT_FOUND);
  propter_buf_clear(&buf);
}
END_TEST

typedef struct {
  const char *folder, *path;
} Place;

static size_t files_in(const char *folder) {
  size_t n = 0;
  DIR *d = opendir(folder);
  ck_assert_ptr_nonnull(d);
  for (struct dirent *e; (e = readdir(d));) n += e->d_name[0] != '.';
  (void)closedir(d);
  return n;
}

static PropterStatus replace(void *payload, PropterError *err) {
  Place *place = payload;
  support_write(place->path, PROPTER_STR("old"));
  PropterStatus status = propter_io_write_file(place->path, PROPTER_STR("new text"), err);
  PropterBuf buf = {0};
  PropterError ignored = {0};
  /* Whatever fails, the file is the old or the new one, and nothing lies beside it. */
  for (int tries = 0; tries < 2 && !buf.len; tries++) (void)propter_io_read_file(place->path, 0, &buf, &ignored);
  if (buf.len) ck_assert(strcmp(buf.data, status == PROPTER_OK ? "new text" : "old") == 0 || strcmp(buf.data, "new text") == 0);
  propter_buf_clear(&buf);
  ck_assert_uint_eq(files_in(place->folder), 1);
  return status;
}

START_TEST(a_failed_replacement_leaves_the_old_file) {
  Place place = {.folder = support_folder()};
  place.path = support_path(place.folder, "a.txt");
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_IO, replace, &place, true), 5);
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, replace, &place, true), 0);
}
END_TEST

/* Standard input is a pipe with "hello"; kept, it can be opened as often as one likes. */
static PropterStatus keep_input(void *payload, PropterError *err) {
  int ends[2];
  ck_assert_int_eq(pipe(ends), 0);
  ck_assert_int_eq(write(ends[1], "hello", 5), 5);
  ck_assert_int_eq(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
  (void)close(ends[0]), (void)close(ends[1]);
  PROPTER_TRY(propter_io_keep_input(*(const uint64_t *)payload, err));
  for (int i = 0; i < 2; i++) {
    PropterBuf buf = {0};
    PropterStatus status = propter_io_read_file("/dev/stdin", 0, &buf, err);
    if (status == PROPTER_OK) ck_assert_str_eq(buf.data, "hello");
    propter_buf_clear(&buf);
    if (status != PROPTER_OK) return status;
  }
  return propter_io_keep_input(1, err); /* a file is left alone */
}

START_TEST(standard_input_is_kept) {
  uint64_t limit = 5;
  PropterError err = {0};
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_IO, keep_input, &limit, true), 5);
  limit = 4;
  ck_assert_int_eq(keep_input(&limit, &err), PROPTER_LIMIT);
}
END_TEST

static PropterStatus only_write(void *payload, PropterError *err) { return propter_io_write_file(payload, PROPTER_STR("x"), err); }

START_TEST(every_failed_call_of_a_write_is_reported) {
  char *path = (char *)(uintptr_t)support_path(support_folder(), "b.txt");
  ck_assert_uint_ge(support_fail_everywhere(PROPTER_FAULT_IO, only_write, path, false), 6);
}
END_TEST

Suite *suite_io(void) {
  Suite *s = suite_create("io");
  TCase *tc = tcase_create("io");
  tcase_add_test(tc, a_file_is_read_whole_or_refused);
  tcase_add_test(tc, standard_input_is_kept);
  tcase_add_test(tc, a_failed_replacement_leaves_the_old_file);
  tcase_add_test(tc, every_failed_call_of_a_write_is_reported);
  suite_add_tcase(s, tc);
  return s;
}
