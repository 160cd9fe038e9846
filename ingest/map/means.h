/* SPDX-License-Identifier: Apache-2.0 */
/* Which columns of numbers are quotients of two others, by the numbers alone. */
#ifndef MAP_MEANS_H
#define MAP_MEANS_H

#include <stddef.h>

enum { MEANS_COLUMNS = 8, MEANS_ROWS = 2000, MEANS_LEAST = 20 };

/* Zero-initialise, then set the columns: only the first MEANS_COLUMNS are looked at. */
typedef struct {
  size_t count;
  struct {
    size_t column;   /* the caller's number for it */
    unsigned digits; /* after the decimal character, at most: what was rounded away is half a unit of the last */
    double value;    /* of the present row; NaN: none */
  } of[MEANS_COLUMNS];
  unsigned rows;
  double first[MEANS_COLUMNS];    /* value of the first row */
  unsigned char varies[MEANS_COLUMNS];
  unsigned hits[MEANS_COLUMNS][MEANS_COLUMNS][MEANS_COLUMNS][2];   /* rows in which the first is second / third; × 100 */
  unsigned char no[MEANS_COLUMNS][MEANS_COLUMNS][MEANS_COLUMNS][2];
} Means;

/* Takes the values that were set; only the first MEANS_ROWS rows count. */
void means_row(Means *means);
/* Whether `column` (its place in `of`) is, in each of at least MEANS_LEAST rows, another column over a third one that varies, or 100 times that. */
int means_ratio(const Means *means, size_t column);

#endif
