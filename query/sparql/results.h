/* SPDX-License-Identifier: Apache-2.0 */
/* What a result format is: one file with one descriptor and one row in results.def. */
#ifndef SPARQL_RESULTS_H
#define SPARQL_RESULTS_H

#include "propter/results.h"

typedef struct {
  const PropterRows *rows;
  bool raw;
  PropterBuf *out;   /* drained by the caller after each row */
  PropterArena held; /* for formats that need all rows first; limited */
  PROPTER_VEC(PropterStr) cells; /* kept texts, for those formats */
} ResultCall;

typedef struct {
  void (*begin)(ResultCall *call);
  /* A row; `index` counts from 0. A failure is a LIMIT or NO_MEMORY of what is held, or INVALID: the format cannot say it. */
  PropterStatus (*row)(ResultCall *call, const PropterTerm *row, uint64_t index, PropterError *err);
  void (*end)(ResultCall *call, uint64_t count);
  void (*boolean)(bool answer, PropterBuf *out); /* NULL: the format has none */
} ResultWriter;

#endif
