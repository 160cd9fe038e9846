/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of ids fetched ahead and decoded together, so that each block of the dictionary is opened once for many rows. */
#ifndef SPARQL_AHEAD_H
#define SPARQL_AHEAD_H

#include "exec.h"

/* Fills in the next row, or says that there is none. */
typedef PropterStatus (*AheadSource)(void *payload, PropterId *row, bool *end, PropterError *err);

typedef struct {
  size_t width;      /* of rows; set it before the first use */
  PropterId *ids;    /* `count` rows of them */
  PropterTerm *terms; /* of rows `from` to `decoded` */
  size_t cap, ask;   /* rows there is room for; rows to fetch next */
  size_t count, from, decoded, at;
  bool ended;
  PropterArena text; /* of the decoded rows */
} Ahead;

/* *row: borrowed until the next call; NULL at the end. */
PropterStatus ahead_next(Exec *run, Ahead *ahead, AheadSource source, void *payload, const PropterTerm **row, PropterError *err);
void ahead_clear(Exec *run, Ahead *ahead);

#endif
