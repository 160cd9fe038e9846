/* SPDX-License-Identifier: Apache-2.0 */
#include "archive.h"

#include <string.h>
#include <zip.h>

#include "support.h"

void archive_make(PropterBuf *out, const ArchivePart *parts) {
  zip_error_t e;
  zip_error_init(&e);
  zip_source_t *memory = zip_source_buffer_create(NULL, 0, 0, &e);
  ck_assert_ptr_nonnull(memory);
  zip_source_keep(memory);
  zip_t *archive = zip_open_from_source(memory, ZIP_CREATE | ZIP_TRUNCATE, &e);
  ck_assert_ptr_nonnull(archive);
  for (; parts->name; parts++) {
    if (!parts->text) continue;
    zip_source_t *s = zip_source_buffer(archive, parts->text, strlen(parts->text), 0);
    ck_assert_ptr_nonnull(s);
    zip_int64_t index = zip_file_add(archive, parts->name, s, 0);
    ck_assert_int_ge((int)index, 0);
    if (strcmp(parts->name, "mimetype") == 0) ck_assert_int_eq(zip_set_file_compression(archive, (zip_uint64_t)index, ZIP_CM_STORE, 0), 0);
  }
  ck_assert_int_eq(zip_close(archive), 0);
  ck_assert_int_eq(zip_source_open(memory), 0);
  char block[4096];
  for (zip_int64_t n; (n = zip_source_read(memory, block, sizeof block)) > 0;) propter_buf_add(out, (PropterStr){block, (size_t)n});
  zip_source_close(memory);
  zip_source_free(memory);
}
