/* SPDX-License-Identifier: Apache-2.0 */
/* The state of one execution of a mapping. */
#ifndef MAP_EXECUTE_H
#define MAP_EXECUTE_H

#include "model.h"

/* Memory for the terms of one row, taken back row by row. */
typedef struct ScratchBlock ScratchBlock;
typedef struct {
  ScratchBlock *blocks;
} Scratch;
void *scratch_alloc(Scratch *s, size_t size);
void scratch_rewind(Scratch *s);
void scratch_clear(Scratch *s);

typedef struct {
  PropterTerm subject;
  size_t next; /* entry with the same key, or SIZE_MAX */
} JoinEntry;

/* Subjects of a parent triples map by the values of the join's columns. */
typedef struct {
  bool built;
  PropterMap first, last; /* key → entry */
  PROPTER_VEC(JoinEntry) entries;
  PropterArena texts;
} JoinIndex;

typedef enum { GOT, MISSING, REJECTED } Outcome;

typedef PROPTER_VEC(uint32_t) Indexes;

typedef struct {
  const PropterMapping *m;
  const PropterMapOptions *options;
  const PropterMapSink *sink;
  PropterMapCounts *counts;
  size_t *slots; /* column index of each slot, for the sources opened so far */
  JoinIndex *joins;
  PropterMap *seen;   /* of each triples map that is unique: subject → line */
  bool **shown;       /* of each triples map: which of its columns are named as the place of a value */
  Scratch scratch;
  PropterBuf text;

  size_t source, map; /* where the run is */
  PropterRow row;
  PropterStr column, value; /* of the last reject */
  const char *rule;
  char reason[400];

  PROPTER_VEC(PropterMapTerm) terms;
  PROPTER_VEC(PropterMapQuad) quads;
  Indexes predicates, objects, graphs, subject_graphs;
} Execution;

/* eval.c: the term that `t` gives for the present row. Texts live in the scratch, the row or the mapping. */
PropterStatus eval_term(Execution *x, const TermMap *t, PropterMapTerm *out, Outcome *outcome, PropterError *err);
/* Records why the present row is rejected; returns REJECTED. */
Outcome eval_reject(Execution *x, const char *rule, PropterStr column, PropterStr value, const char *format, ...) PROPTER_PRINTF(5, 6);

/* join.c */
bool join_is_projection(const PropterMapping *m, const TriplesMap *map, const PredicateObject *po, const ObjectMap *object);
PropterStatus join_build_all(Execution *x, PropterError *err);
/* Calls back for each subject that joins the present row. */
PropterStatus join_each(Execution *x, const ObjectMap *object, PropterStatus (*each)(Execution *x, const PropterTerm *subject, PropterError *err), PropterError *err);
void join_clear(JoinIndex *index);

/* execute.c: opens a source and finds the columns of all term maps that read from it. */
PropterStatus open_source(Execution *x, size_t source, PropterTable **table, PropterError *err);

#endif
