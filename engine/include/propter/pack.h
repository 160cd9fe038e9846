/* SPDX-License-Identifier: Apache-2.0 */
/* Packed files, through libarchive: gzip, xz, bzip2, zstd, zip, and tar under any of these. */
#ifndef PROPTER_PACK_H
#define PROPTER_PACK_H

#include "propter/mem.h"

/* Gives up to `size` more bytes of the packed file; *count 0: its end. */
typedef PropterStatus (*PropterUnpackFeed)(void *payload, void *bytes, size_t size, size_t *count, PropterError *err);

typedef struct PropterUnpack PropterUnpack;

/* True if the first bytes of a file are those of a packed one. A gzip file counts only if its name says that there is a tar inside (.tar.gz, .tgz). */
PROPTER_API bool propter_unpack_knows(PropterStr head, const char *name);

/* Opens what `feed` gives. The one file inside is read; folders beside it do not count. SYNTAX: damaged, or encrypted; INVALID: no file inside; what `feed`
 * fails with; NO_MEMORY. Memory of libarchive's own does not pass through propter_malloc. Free with propter_unpack_close. */
PROPTER_API PropterStatus propter_unpack_open(PropterUnpackFeed feed, void *payload, const char *name, PropterUnpack **out, PropterError *err);
/* Up to `size` bytes of the file inside; *count 0: its end. INVALID: a second file follows; else as propter_unpack_open. */
PROPTER_API PropterStatus propter_unpack_read(PropterUnpack *unpack, void *bytes, size_t size, size_t *count, PropterError *err);
PROPTER_API void propter_unpack_close(PropterUnpack *unpack);

/* Appends `bytes` packed to `out`: `kind` is gzip, zip, targz (or targzip) or tarxz; `entry` names the file inside an archive. The same bytes every time.
 * USAGE: another kind; NO_MEMORY, LIMIT. */
PROPTER_API PropterStatus propter_pack(PropterStr kind, const char *entry, PropterStr bytes, PropterBuf *out, PropterError *err);

#endif
