/* SPDX-License-Identifier: Apache-2.0 */
#include "propter/pack.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <string.h>

enum { BLOCK = 1 << 16 };

struct PropterUnpack {
  struct archive *archive;
  PropterUnpackFeed feed;
  void *payload;
  const char *name;
  bool ended;
  PropterStatus failed; /* of the feed */
  PropterError why;
  char block[BLOCK];
};

bool propter_unpack_knows(PropterStr head, const char *name) {
  static const struct {
    const char *magic;
    size_t length;
  } kinds[] = {{"PK\003\004", 4},
               {"\xFD"
                "7zXZ\0",
                6},
               {"\x28\xB5\x2F\xFD", 4},
               {"BZh", 3}};
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
    if (head.len >= kinds[i].length && memcmp(head.data, kinds[i].magic, kinds[i].length) == 0) return true;
  PropterStr text = propter_str(name);
  bool tar = propter_str_ends(text, PROPTER_STR(".tar.gz")) || propter_str_ends(text, PROPTER_STR(".tgz"));
  return tar && propter_str_starts(head, PROPTER_STR("\x1F\x8B"));
}

static la_ssize_t more(struct archive *archive, void *payload, const void **bytes) {
  PropterUnpack *u = payload;
  size_t n = 0;
  *bytes = u->block;
  u->failed = u->feed(u->payload, u->block, sizeof u->block, &n, &u->why);
  if (u->failed != PROPTER_OK) archive_set_error(archive, EIO, "cannot be read");
  return u->failed == PROPTER_OK ? (la_ssize_t)n : -1;
}

/* What the feed failed with comes first: libarchive only knows that it failed. */
static PropterStatus fail(PropterUnpack *u, PropterError *err) {
  if (u->failed != PROPTER_OK) {
    if (err) *err = u->why;
    return u->failed;
  }
  const char *text = archive_error_string(u->archive);
  propter_error_at(err, u->name, 0, 0);
  if (archive_errno(u->archive) == ENOMEM) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for unpacking");
  return propter_fail(err, PROPTER_SYNTAX, "packed data: %s", text ? text : "damaged");
}

/* The next entry that is a file. */
static PropterStatus next_file(PropterUnpack *u, struct archive_entry **entry, PropterError *err) {
  for (;;) {
    int r = archive_read_next_header(u->archive, entry);
    if (r == ARCHIVE_EOF) return *entry = NULL, PROPTER_OK;
    if (r < ARCHIVE_WARN) return fail(u, err);
    if (archive_entry_filetype(*entry) == AE_IFREG || archive_entry_filetype(*entry) == 0) return PROPTER_OK;
  }
}

PropterStatus propter_unpack_open(PropterUnpackFeed feed, void *payload, const char *name, PropterUnpack **out, PropterError *err) {
  PropterUnpack *u = *out = propter_calloc(1, sizeof *u);
  struct archive_entry *entry = NULL;
  if (u) *u = (PropterUnpack){.archive = archive_read_new(), .feed = feed, .payload = payload, .name = name};
  if (!u || !u->archive) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for unpacking");
  int (*const filters[])(struct archive *) = {archive_read_support_filter_gzip, archive_read_support_filter_xz, archive_read_support_filter_bzip2,
                                              archive_read_support_filter_zstd};
  int (*const formats[])(struct archive *) = {archive_read_support_format_zip_streamable, archive_read_support_format_tar, archive_read_support_format_raw};
  for (size_t i = 0; i < sizeof filters / sizeof *filters; i++) (void)filters[i](u->archive);
  for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) (void)formats[i](u->archive);
  if (archive_read_open(u->archive, u, NULL, more, NULL) != ARCHIVE_OK) return fail(u, err);
  PROPTER_TRY(next_file(u, &entry, err));
  propter_error_at(err, name, 0, 0);
  if (!entry) return propter_fail(err, PROPTER_INVALID, "expected one file in the archive, found none");
  if (archive_format(u->archive) == ARCHIVE_FORMAT_RAW && archive_filter_code(u->archive, 0) == ARCHIVE_FILTER_NONE)
    return propter_fail(err, PROPTER_SYNTAX, "packed data: the beginning is damaged");
  return archive_entry_is_encrypted(entry) ? propter_fail(err, PROPTER_SYNTAX, "the file in the archive is encrypted") : PROPTER_OK;
}

PropterStatus propter_unpack_read(PropterUnpack *u, void *bytes, size_t size, size_t *count, PropterError *err) {
  struct archive_entry *second = NULL;
  *count = 0;
  if (u->ended) return PROPTER_OK;
  la_ssize_t n = archive_read_data(u->archive, bytes, size);
  if (n < 0) return fail(u, err);
  *count = (size_t)n;
  if (n > 0) return PROPTER_OK;
  u->ended = true;
  PROPTER_TRY(next_file(u, &second, err));
  if (!second) return PROPTER_OK;
  const char *name = archive_entry_pathname(second);
  propter_error_at(err, u->name, 0, 0);
  return propter_fail(err, PROPTER_INVALID, "expected one file in the archive, found another: %s", name ? name : "(without a name)");
}

void propter_unpack_close(PropterUnpack *u) {
  if (!u) return;
  if (u->archive) (void)archive_read_free(u->archive);
  propter_free(u);
}

/* --- Packing -------------------------------------------------------------------------------------------------------------------------- */

static la_ssize_t keep(struct archive *archive, void *payload, const void *bytes, size_t size) {
  PropterBuf *out = payload;
  (void)archive;
  propter_buf_add(out, (PropterStr){bytes, size});
  return out->failed == PROPTER_OK ? (la_ssize_t)size : -1;
}

/* Format, filter and options of a kind. No time goes into the bytes. */
static bool begin(struct archive *a, PropterStr kind) {
  if (propter_str_equal(kind, PROPTER_STR("gzip"))) return archive_write_set_format_raw(a) == ARCHIVE_OK && archive_write_add_filter_gzip(a) == ARCHIVE_OK;
  if (propter_str_equal(kind, PROPTER_STR("zip"))) return archive_write_set_format_zip(a) == ARCHIVE_OK;
  if (archive_write_set_format_ustar(a) != ARCHIVE_OK) return false;
  return propter_str_equal(kind, PROPTER_STR("tarxz")) ? archive_write_add_filter_xz(a) == ARCHIVE_OK : archive_write_add_filter_gzip(a) == ARCHIVE_OK;
}

static bool known(PropterStr kind) {
  static const char *const kinds[] = {"gzip", "zip", "targz", "targzip", "tarxz"};
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
    if (propter_str_equal(kind, propter_str(kinds[i]))) return true;
  return false;
}

PropterStatus propter_pack(PropterStr kind, const char *entry, PropterStr bytes, PropterBuf *out, PropterError *err) {
  if (!known(kind)) return propter_fail(err, PROPTER_USAGE, "expected gzip, zip, targz or tarxz as compression, found %.*s", (int)kind.len, kind.data);
  struct archive *a = archive_write_new();
  struct archive_entry *e = archive_entry_new();
  bool fine = a && e && begin(a, kind);
  if (fine) {
    (void)archive_write_set_options(a, "gzip:!timestamp");
    (void)archive_write_set_bytes_in_last_block(a, 1);
    archive_entry_set_pathname(e, entry);
    archive_entry_set_filetype(e, AE_IFREG);
    archive_entry_set_perm(e, 0644);
    archive_entry_set_mtime(e, 315532800, 0); /* 1980, the first that zip knows */
    archive_entry_set_size(e, (la_int64_t)bytes.len);
  }
  fine = fine && archive_write_open(a, out, NULL, keep, NULL) == ARCHIVE_OK && archive_write_header(a, e) == ARCHIVE_OK &&
         archive_write_data(a, bytes.data, bytes.len) == (la_ssize_t)bytes.len && archive_write_close(a) == ARCHIVE_OK;
  if (e) archive_entry_free(e);
  if (a) (void)archive_write_free(a);
  PROPTER_TRY(propter_buf_status(out, err));
  return fine ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "out of memory for packing");
}
