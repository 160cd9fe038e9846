/* SPDX-License-Identifier: Apache-2.0 */
/* Exact arithmetic of xsd:decimal and xsd:integer: 127 bits and a decimal scale. What does not fit fails instead of rounding; only a
 * division that never ends is cut, at DECIMAL_DIGITS digits after the point. */
#ifndef SPARQL_DECIMAL_H
#define SPARQL_DECIMAL_H

#include "propter/mem.h"

__extension__ typedef __int128 Int128;

enum { DECIMAL_DIGITS = 18, DECIMAL_TEXT = 48 };

/* m / 10^scale; scale 0 to 36, without trailing zeros unless it is 0. */
typedef struct {
  Int128 m;
  unsigned scale;
} Decimal;

Decimal decimal_of(int64_t n);
/* [+-]? digits, and if `fraction`, a point. False: another form, or too large. */
bool decimal_parse(PropterStr text, bool fraction, Decimal *out);
bool decimal_add(Decimal a, Decimal b, Decimal *out);
bool decimal_subtract(Decimal a, Decimal b, Decimal *out);
bool decimal_multiply(Decimal a, Decimal b, Decimal *out);
bool decimal_divide(Decimal a, Decimal b, Decimal *out); /* false also for b = 0 */
int decimal_compare(Decimal a, Decimal b);
typedef enum { DECIMAL_FLOOR, DECIMAL_CEIL, DECIMAL_HALF_UP, DECIMAL_TRUNCATE } DecimalRounding;
Decimal decimal_round(Decimal a, DecimalRounding how);
double decimal_to_double(Decimal a);
/* The exact value of a finite double, cut after DECIMAL_DIGITS digits. */
bool decimal_from_double(double d, Decimal *out);
size_t decimal_print(Decimal a, char out[DECIMAL_TEXT]);

#endif
