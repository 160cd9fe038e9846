/* SPDX-License-Identifier: Apache-2.0 */
#include "propter/zip.h"

#include <string.h>
#include <zip.h>

struct PropterZip {
  zip_t *archive;
  PropterLimits limits;
  uint64_t unpacked;
};

enum { SMALL = 1 << 20, BLOCK = 1 << 16 };

PropterStatus propter_zip_open(PropterStr bytes, const PropterLimits *limits, PropterZip **out, PropterError *err) {
  *out = NULL;
  if (!bytes.len) return propter_fail(err, PROPTER_SYNTAX, "expected a zip archive, found nothing");
  PropterZip *z = propter_calloc(1, sizeof *z);
  if (!z) return propter_fail(err, PROPTER_NO_MEMORY, "no memory for an archive");
  z->limits = limits ? *limits : propter_limits_default();
  zip_error_t problem;
  zip_error_init(&problem);
  PropterStatus status = PROPTER_OK;
  zip_source_t *source = zip_source_buffer_create(bytes.data, bytes.len, 0, &problem);
  if (source && !(z->archive = zip_open_from_source(source, ZIP_RDONLY, &problem))) zip_source_free(source);
  if (!z->archive)
    status = propter_fail(err, zip_error_code_zip(&problem) == ZIP_ER_MEMORY ? PROPTER_NO_MEMORY : PROPTER_SYNTAX, "expected a zip archive, found: %s",
                          zip_error_strerror(&problem));
  else if ((uint64_t)zip_get_num_entries(z->archive, 0) > z->limits.zip_entries)
    status = propter_fail(err, PROPTER_LIMIT, "archive with more than %llu entries", (unsigned long long)z->limits.zip_entries);
  zip_error_fini(&problem);
  if (status != PROPTER_OK) {
    propter_zip_close(z);
    return status;
  }
  *out = z;
  return PROPTER_OK;
}

void propter_zip_close(PropterZip *z) {
  if (!z) return;
  if (z->archive) zip_discard(z->archive);
  propter_free(z);
}

bool propter_zip_has(PropterZip *z, const char *name) { return zip_name_locate(z->archive, name, 0) >= 0; }

PropterStatus propter_zip_read(PropterZip *z, const char *name, PropterBuf *out, PropterError *err) {
  zip_stat_t st;
  zip_stat_init(&st);
  zip_int64_t index = zip_name_locate(z->archive, name, 0);
  if (index < 0) return propter_fail(err, PROPTER_NOT_FOUND, "archive has no entry \"%s\"", name);
  if (zip_stat_index(z->archive, (zip_uint64_t)index, 0, &st) != 0 || !(st.valid & ZIP_STAT_COMP_SIZE))
    return propter_fail(err, PROPTER_SYNTAX, "entry \"%s\": %s", name, zip_strerror(z->archive));
  if (st.valid & ZIP_STAT_ENCRYPTION_METHOD && st.encryption_method != ZIP_EM_NONE)
    return propter_fail(err, PROPTER_SYNTAX, "expected an entry that can be read, found \"%s\" encrypted", name);
  zip_file_t *f = zip_fopen_index(z->archive, (zip_uint64_t)index, 0);
  if (!f) return propter_fail(err, PROPTER_SYNTAX, "entry \"%s\": %s", name, zip_strerror(z->archive));
  PropterStatus status = PROPTER_OK;
  char *block = propter_malloc(BLOCK);
  uint64_t size = 0;
  if (!block) status = propter_fail(err, PROPTER_NO_MEMORY, "no memory to unpack \"%s\"", name);
  while (status == PROPTER_OK) {
    zip_int64_t n = zip_fread(f, block, BLOCK);
    if (n < 0) status = propter_fail(err, PROPTER_SYNTAX, "entry \"%s\" is damaged: %s", name, zip_file_strerror(f));
    if (n <= 0) break;
    size += (uint64_t)n;
    z->unpacked += (uint64_t)n;
    if (z->unpacked > z->limits.zip_bytes)
      status = propter_fail(err, PROPTER_LIMIT, "archive unpacks to more than %llu bytes", (unsigned long long)z->limits.zip_bytes);
    else if (size > SMALL && size / z->limits.zip_ratio > st.comp_size)
      status = propter_fail(err, PROPTER_LIMIT, "entry \"%s\" unpacks to more than %llu times its size", name, (unsigned long long)z->limits.zip_ratio);
    else
      propter_buf_add(out, (PropterStr){block, (size_t)n});
  }
  propter_free(block);
  if (zip_fclose(f) != 0 && status == PROPTER_OK) status = propter_fail(err, PROPTER_SYNTAX, "entry \"%s\" is damaged", name);
  return status == PROPTER_OK ? propter_buf_status(out, err) : status;
}
