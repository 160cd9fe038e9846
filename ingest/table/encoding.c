/* SPDX-License-Identifier: Apache-2.0 */
#include "encoding.h"

#include <strings.h>

bool encoding_is_utf8(const char *name) { return !name || strcasecmp(name, "UTF-8") == 0 || strcasecmp(name, "utf8") == 0; }

/* The marks of UTF-32 begin as one of UTF-16 does. */
static const struct {
  PropterStr mark;
  const char *name;
} marks[] = {{{"\xFF\xFE\0\0", 4}, "UTF-32"}, {{"\0\0\xFE\xFF", 4}, "UTF-32"}, {{"\xFF\xFE", 2}, "UTF-16"}, {{"\xFE\xFF", 2}, "UTF-16"}};

/* Delimiters, digits and line ends have a byte 0 in whatever script the rest is: at least one sign of sixteen, and not a stray one, all on one side. */
static const char *without_mark(PropterStr head) {
  size_t zeros[2] = {0}, pairs = head.len / 2;
  for (size_t i = 0; i < 2 * pairs; i++) zeros[i & 1] += !head.data[i];
  size_t all = zeros[0] + zeros[1];
  if ((zeros[0] && zeros[1]) || all < 3 || all * 16 < pairs) return NULL;
  return zeros[1] ? "UTF-16LE" : "UTF-16BE";
}

const char *encoding_found(PropterStr head) {
  for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
    if (propter_str_starts(head, marks[i].mark)) return marks[i].name;
  return without_mark(head);
}
