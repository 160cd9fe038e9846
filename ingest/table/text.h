/* SPDX-License-Identifier: Apache-2.0 */
/* Files as UTF-8 text for the readers that take a document or a value at a time. */
#ifndef TABLE_TEXT_H
#define TABLE_TEXT_H

#include "propter/table.h"

typedef struct Text Text;

/* Opens a file ("-": standard input), unpacked, or the options' text, in their encoding (NULL: UTF-8, or what the first bytes show; a mark is dropped).
 * `buffer` bytes at most are held. Errors as propter_table_open. Close with text_close. */
PropterStatus text_open(const char *path, const PropterTableOptions *options, const PropterLimits *limits, size_t buffer, Text **out, PropterError *err);
void text_close(Text *text);
/* More bytes behind those held. *more is false at the end. LIMIT: the buffer is full. */
PropterStatus text_more(Text *text, bool *more, PropterError *err);
/* Bytes held; the first `n` of them are given up, and lines counted in them. */
PropterStr text_held(const Text *text);
void text_drop(Text *text, size_t n);
uint64_t text_line(const Text *text); /* of the first byte held, from 1 */
bool text_converted(const Text *text); /* the file itself is in another encoding */
const char *text_encoding(const Text *text); /* what the first bytes showed, once they were read; NULL: UTF-8, or it was named */
/* Fails with the line of byte `at` of those held. */
PropterStatus text_fail(const Text *text, size_t at, PropterError *err, PropterStatus status, const char *format, ...) PROPTER_PRINTF(5, 6);

#endif
