/* SPDX-License-Identifier: Apache-2.0 */
/* Private: discrete columns as bytes, joint counts, and n·ln n by table: what the tests and the scores of discrete data are made of. */
#ifndef CAUSAL_COUNTS_H
#define CAUSAL_COUNTS_H

#include "propter/structure.h"

enum { CAUSAL_CELLS = 1 << 20 }; /* largest table of joint counts */

typedef struct {
  size_t p, n;
  unsigned *levels;    /* levels that occur are 0 … levels−1; a missing value is the code `levels` */
  unsigned char *code; /* code[v·n + row] */
  bool *gaps;          /* a value is missing */
  double *n_log_n;     /* of 0 … n */
} CausalCounts;

/* Every variable must be discrete (INVALID). */
PropterStatus causal_counts_new(const PropterData *data, CausalCounts *counts, PropterError *err);
void causal_counts_clear(CausalCounts *counts);

/* Joins variables to one code for each row: code[row] < *cells, or *cells where one is missing. False if there would be more than CAUSAL_CELLS. */
bool causal_counts_join(const CausalCounts *c, const size_t *v, size_t k, uint32_t *code, size_t *cells);
/* Joins one more in front: code := v + levels·code. False as above; then code is unchanged. */
bool causal_counts_join_one(const CausalCounts *c, size_t v, const uint32_t *old, size_t old_cells, uint32_t *code, size_t *cells);
/* table[cell·(levels+1) + value of v] := rows, for cells 0 … cells inclusive (the last row and the last column of each row hold what is missing). */
void causal_counts_table(const CausalCounts *c, const uint32_t *code, size_t cells, size_t v, uint32_t *table);

#endif
