/* SPDX-License-Identifier: Apache-2.0 */
/* The checks serd does not make, on the bytes before serd sees them: UTF-8, numeric escapes, string escapes, bracket nesting and pairing,
 * length of a line and of a token. It also keeps the place of the byte last handed over
 * and puts an "x" before every blank node label of the document, so that serd's own labels ("b1") never meet one of those, and a blank between
 * a number and the dot of its statement, without which serd forgets the number's datatype; and it takes away white space around "^^" and before the "@" of a
 * language. */
#ifndef GRAPH_IO_SCAN_H
#define GRAPH_IO_SCAN_H

#include "io.h"

typedef struct {
  Source *source;
  const PropterLimits *limits;
  PropterError *err;
  PropterStatus status; /* of the first failure; the bytes end there */

  uint64_t line, column; /* of the last byte handed over, from 1 */
  uint64_t served;
  bool newline; /* the last byte ended its line */

  unsigned char block[1 << 15];
  size_t at, have;
  size_t run; /* bytes from `at` on that are looked at and counted already, `served` apart */
  bool source_ended, finished;
  int insert; /* handed over next, 0: nothing */

  int state;      /* scan.c: State */
  int word;       /* scan.c: Word */
  int before_dot; /* the word before a dot */
  unsigned char quote;
  unsigned quotes; /* quotes seen in a row */
  uint32_t code;   /* of the escape or UTF-8 character being read */
  unsigned left;   /* hex digits or UTF-8 bytes still to come */
  uint32_t least;  /* smallest code its UTF-8 length may hold */
  bool escape_in_iri;
  bool label_start, label_wide;
  unsigned closing; /* quotes seen in a row that may end a long string */
  int gap;          /* scan.c: Gap */
  bool kept;        /* white space or a comment was, in this gap */
  uint64_t line_bytes, token_bytes;
  size_t depth;
  unsigned char *brackets;
  size_t brackets_cap;
} Scan;

void scan_init(Scan *scan, Source *source, const PropterLimits *limits, PropterError *err);
void scan_clear(Scan *scan);
/* The next byte, or -1 at the end and after a failure. */
int scan_look(Scan *scan);
static inline int scan_next(Scan *scan) {
  if (!scan->run) return scan_look(scan);
  scan->run--;
  scan->served++;
  return scan->block[scan->at++];
}
/* Records a failure at the present place, if it is the first, and ends the bytes. Returns its status. */
PropterStatus scan_fail(Scan *scan, PropterStatus status, const char *format, ...) PROPTER_PRINTF(3, 4);

#endif
