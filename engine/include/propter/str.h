/* SPDX-License-Identifier: Apache-2.0 */
/* String views: pointer and length, passed by value, never owning, not necessarily terminated. */
#ifndef PROPTER_STR_H
#define PROPTER_STR_H

#include "propter/status.h"

typedef struct {
  const char *data;
  size_t len;
} PropterStr;

#define PROPTER_STR(literal) ((PropterStr){"" literal, sizeof(literal) - 1})

/* View of a terminated string; NULL gives the empty view. */
PROPTER_API PropterStr propter_str(const char *text);

/* Same bytes. */
PROPTER_API bool propter_str_equal(PropterStr a, PropterStr b);
/* … but for the case of ASCII letters. */
PROPTER_API bool propter_str_equal_caseless(PropterStr a, PropterStr b);

/* <0, 0, >0 by bytes, shorter first. */
PROPTER_API int propter_str_compare(PropterStr a, PropterStr b);

PROPTER_API bool propter_str_starts(PropterStr text, PropterStr prefix);
PROPTER_API bool propter_str_ends(PropterStr text, PropterStr suffix);

/* Without ASCII white space at both ends. */
PROPTER_API PropterStr propter_str_trim(PropterStr text);

/* What stands behind the last '/' of a path: all of it without one, nothing behind one at its end. */
PROPTER_API PropterStr propter_str_base_name(PropterStr path);

/* Index of the first `needle`, or SIZE_MAX. An empty needle is found at 0. */
PROPTER_API size_t propter_str_find(PropterStr text, PropterStr needle);

/* True if the bytes are well-formed UTF-8 (RFC 3629: no surrogates, nothing above U+10FFFF, no overlong forms). On false,
 * *bad (if not NULL) is the offset of the first bad byte. */
PROPTER_API bool propter_utf8_valid(PropterStr text, size_t *bad);

/* The character at *at < text.len, which moves behind it; U+FFFD for a byte that begins no well-formed character. */
PROPTER_API uint32_t propter_utf8_next(PropterStr text, size_t *at);

/* What the names of Turtle and SPARQL may begin with: a letter of any script (PN_CHARS_BASE). */
PROPTER_API bool propter_utf8_letter(uint32_t character);

/* Number of Unicode characters in valid UTF-8. */
PROPTER_API size_t propter_utf8_length(PropterStr text);

/* Parses a whole decimal number in C syntax, independent of the locale. False if any byte is left over or it is out of range. */
PROPTER_API bool propter_str_to_double(PropterStr text, double *value);
PROPTER_API bool propter_str_to_int64(PropterStr text, int64_t *value);

/* A number as people read it: so many decimals (at most 20), never an exponent, commas between thousands, U+2212 for minus, + before positive ones if
 * `sign`; what rounds to zero has no sign, what is not finite is "n/a". Independent of the locale. Returns `out`. */
enum { PROPTER_NUMBER = 448 };
PROPTER_API char *propter_number(char out[PROPTER_NUMBER], double value, int decimals, bool sign);
/* Decimals that show so many significant digits of it, at most six. */
PROPTER_API int propter_number_decimals(double value, int digits);

#endif
