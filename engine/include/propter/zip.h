/* SPDX-License-Identifier: Apache-2.0 */
/* Reading archives from memory, with limits on entries, unpacked bytes and ratio; the only user of libzip. Nothing is ever written to a path
 * that an archive names. */
#ifndef PROPTER_ZIP_H
#define PROPTER_ZIP_H

#include "propter/limits.h"
#include "propter/mem.h"

typedef struct PropterZip PropterZip;

/* `bytes` must outlive the archive. SYNTAX: no archive or a damaged one; LIMIT: more than limits->zip_entries. `limits` NULL: defaults. */
PROPTER_API PropterStatus propter_zip_open(PropterStr bytes, const PropterLimits *limits, PropterZip **out, PropterError *err);
PROPTER_API void propter_zip_close(PropterZip *zip);
PROPTER_API bool propter_zip_has(PropterZip *zip, const char *name);
/* Appends an entry's bytes. NOT_FOUND; SYNTAX: damaged (checksum) or encrypted; LIMIT: limits->zip_bytes over all entries read, or an entry beyond
 * 100 KiB that grows more than limits->zip_ratio times. */
PROPTER_API PropterStatus propter_zip_read(PropterZip *zip, const char *name, PropterBuf *out, PropterError *err);

#endif
