/* SPDX-License-Identifier: Apache-2.0 */
/* Which encoding a file of text is in, where nobody named one. */
#ifndef TABLE_ENCODING_H
#define TABLE_ENCODING_H

#include "propter/str.h"

enum { ENCODING_HEAD = 512 }; /* bytes of a file that are enough to tell */

/* True for the names of UTF-8, and for NULL. */
bool encoding_is_utf8(const char *name);
/* The name for iconv of what the first bytes show by a byte order mark, or because one byte of each pair is 0 as it is in no text in UTF-8 (UTF-16 without a
 * mark); NULL: neither, so it is UTF-8 or nothing that shows. Static. */
const char *encoding_found(PropterStr head);

#endif
