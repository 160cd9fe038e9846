/* SPDX-License-Identifier: Apache-2.0 */
/* Zip archives made inside tests. */
#ifndef SUPPORT_ARCHIVE_H
#define SUPPORT_ARCHIVE_H

#include "propter/mem.h"

/* An archive of these entries, in order, ended by a row without name; rows without text are left out. Free with propter_buf_clear. */
typedef struct {
  const char *name, *text;
} ArchivePart;
void archive_make(PropterBuf *out, const ArchivePart *parts);

#endif
