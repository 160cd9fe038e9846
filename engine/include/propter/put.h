/* SPDX-License-Identifier: Apache-2.0 */
/* Text that others wrote, made harmless in its new surroundings. */
#ifndef PROPTER_PUT_H
#define PROPTER_PUT_H

#include "propter/mem.h"

/* Does a character steer a terminal, or turn the direction of what follows: C0, DEL, C1, line and paragraph separators, marks, embeddings and isolates of
 * direction, U+FEFF? */
PROPTER_API bool propter_steers(uint32_t character);

/* Each appends. In one line: white space folded to one blank, what is not UTF-8 or steers replaced by U+FFFD. */
PROPTER_API void propter_put_line(PropterBuf *out, PropterStr text);                 /* one line of a terminal */
PROPTER_API void propter_put_line_cut(PropterBuf *out, PropterStr text, size_t characters); /* the same, cut at a word with "…" */
PROPTER_API void propter_put_md(PropterBuf *out, PropterStr text);
PROPTER_API void propter_put_html(PropterBuf *out, PropterStr text);                 /* element content and quoted attributes */
/* Several lines of a terminal: as they are, but for the same replacements; line feeds and tabs stay. */
PROPTER_API void propter_put_lines(PropterBuf *out, PropterStr text);
/* With its quotes, nothing lost but what is not UTF-8: what steers, and "<", as \uXXXX. */
PROPTER_API void propter_put_json(PropterBuf *out, PropterStr text);
/* The member ,"NAME":NUMBER of an object, of so many significant digits; null for what is no number. */
PROPTER_API void propter_put_json_number(PropterBuf *out, const char *name, double value, int digits);
/* A field of a CSV file (RFC 4180), in quotes where it needs them, else as it is. `guard`: what a spreadsheet would run is led by an apostrophe; numbers are
 * not. */
PROPTER_API void propter_put_csv(PropterBuf *out, PropterStr text, bool guard);
/* The same, guarded, of what propter_put_line makes of the text. */
PROPTER_API void propter_put_csv_line(PropterBuf *out, PropterStr text);

#endif
