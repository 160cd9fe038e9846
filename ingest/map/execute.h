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
  uint64_t targets;
  size_t next; /* entry with the same key, or SIZE_MAX */
  size_t last; /* of the first entry of a key: its last one */
  uint64_t sum; /* of the first entry of a key: of the hashes of its subjects */
} JoinEntry;

/* Subjects of a parent triples map by the values of the join's columns, each subject once a key. */
typedef struct JoinIndex {
  bool built;
  const struct JoinIndex *same; /* that of another join of the same parent by the same columns; NULL: there was none before */
  PropterMap first; /* key → entry */
  PropterHashSet pairs; /* of key and subject, while it is built */
  uint64_t print;       /* sum of their hashes */
  PROPTER_VEC(JoinEntry) entries;
  PropterArena texts;
} JoinIndex;

typedef enum { GOT, MISSING, REJECTED } Outcome;

/* Whether a reference was ever looked for, and ever found. */
typedef struct {
  const Part *part;
  size_t source;
  bool asked, found;
} SlotUse;

typedef PROPTER_VEC(uint32_t) Indexes;

/* Terms from `begin` up to `end` in the list of terms. */
typedef struct {
  size_t begin, end;
} Range;

/* A triple of a list or container; indexes of terms. */
typedef struct {
  uint32_t s, p, o;
} Extra;

/* What came together under one name of a gather map, in one set of graphs. */
typedef struct {
  const Gather *gather;
  PropterTerm name;
  uint64_t targets;
  PropterTerm *graphs;
  size_t graph_count;
  size_t source, map;
  uint64_t line;
  PROPTER_VEC(PropterMapTerm) items;
} Gathered;

typedef struct {
  const PropterMapping *m;
  const PropterMapOptions *options;
  const PropterMapSink *sink;
  PropterMapCounts *counts;
  size_t *slots; /* column index of each slot, for the sources opened so far */
  SlotUse *uses; /* of each slot */
  JoinIndex *joins;
  PropterMap *seen; /* of each triples map that is unique: subject → file and line of the first row with it */
  bool **shown;     /* of each triples map: which of its columns are named as the place of a value */
  Scratch scratch;
  PropterBuf text, key;
  PropterMapChanges *changes; /* the options', or those of this run alone */
  PropterStr gone;            /* the subject that the last run had and no row has; no data: there is a row */
  PropterMatcher *matcher; /* of functions with a pattern; NULL: none was called yet */
  PropterBuf content; /* of the present row */
  uint64_t header;    /* hash of the present source and the column names of its file */
  bool by_bytes;      /* rows of the present source may be known by their bytes */
  bool grouped;       /* and groups of them, if joins give what they gave: */
  uint64_t context;   /* hash of the header and of all that rows of the present source are joined with */
  PropterBuf group;   /* bytes of rows handed over and not yet told to be a group */
  uint32_t group_rows;
  bool placed;        /* what rows of the present source give depends on where they stand */

  size_t source, file, map; /* where the run is */
  PropterRow row;
  PropterStr column, value; /* of the last reject */
  const char *rule;
  char reason[400];

  PROPTER_VEC(PropterMapTerm) terms;
  PROPTER_VEC(PropterMapQuad) quads;
  PROPTER_VEC(PropterMapTerms) places; /* of each target */
  PROPTER_VEC(PropterMapTerm) found; /* by a join */
  PROPTER_VEC(PropterCell) texts;    /* a stack */
  PROPTER_VEC(Extra) extras;         /* of the lists and containers among the terms made last */
  Indexes predicates, objects, graphs, subject_graphs;
  PropterMap gathered_index; /* gather map, name, graphs → number in `gathered` */
  PROPTER_VEC(Gathered) gathered;
  PropterArena gathered_texts;
  struct CsvwSeen *csvw_seen;      /* NULL: no keys are checked */
  bool csvw_open;                  /* of JSON: something stands in the present array */
  const Indexes *statement_graphs; /* of the terms that are being made */
} Execution;

/* eval.c: appends the terms that `t` gives for the present row to the list of terms. Texts live in the scratch, the row or the mapping. MISSING: none. */
PropterStatus eval_terms(Execution *x, const TermMap *t, Range *out, Outcome *outcome, PropterError *err);
/* A blank node of the present mapping document named after `text`. */
PropterStatus eval_blank(Execution *x, PropterStr text, PropterTerm *out, PropterError *err);
PropterStatus eval_add(Execution *x, const PropterMapTerm *term, uint32_t *index, PropterError *err);
PropterStatus eval_keep(Execution *x, PropterStr text, PropterStr *out, PropterError *err);

/* change.c: whether a function gives its first argument; and, after the last row of a source, what is gone: x->gone is set and `run` called for each. */
PropterStatus change_given(Execution *x, ChangeKind kind, const PropterStr *arguments, bool *given, PropterError *err);
PropterStatus change_finish(Execution *x, PropterStatus (*run)(Execution *x, PropterError *err), PropterError *err);
/* target.c: the paths of the present quads' targets, where those depend on the row; x->places stays empty where no target's does. */
PropterStatus target_places(Execution *x, Outcome *outcome, PropterError *err);

/* gather.c: appends the heads of lists or the containers, which are `out`; their triples go to x->extras, or are kept until the source ends. */
PropterStatus gather_terms(Execution *x, const TermMap *t, Range *out, Outcome *outcome, PropterError *err);
/* Hands over what was kept. */
PropterStatus gather_finish(Execution *x, PropterError *err);
void gather_clear(Execution *x);

/* execute.c: appends the terms of an object map, joined or not. */
PropterStatus eval_object(Execution *x, const ObjectMap *object, Range *out, Outcome *outcome, PropterError *err);
/* The present row has nothing in that column. */
bool eval_empty(const Execution *x, const Part *part);
/* Records why the present row is rejected; returns REJECTED. */
Outcome eval_reject(Execution *x, const char *rule, PropterStr column, PropterStr value, const char *format, ...) PROPTER_PRINTF(5, 6);

PropterStatus join_build_all(Execution *x, PropterError *err);
/* Appends the subjects that join the present row. */
PropterStatus join_terms(Execution *x, const ObjectMap *object, Range *out, PropterError *err);
/* A hash of these subjects. */
PropterStatus join_hash(Execution *x, const ObjectMap *object, uint64_t *hash, PropterError *err);
/* A hash of all that a join may give. */
uint64_t join_print(const Execution *x, const ObjectMap *object);
void join_clear(JoinIndex *index);

/* execute.c: whether another row gave the same subject before, where each may be given once. */
PropterStatus check_unique(Execution *x, const TriplesMap *map, PropterStr subject, Outcome *outcome, PropterError *err);
/* execute.c: the present row through every triples map of its source. */
PropterStatus execute_row(Execution *x, PropterError *err);
/* Frees what the making of terms took. */
void execute_clear_scratch(Execution *x);

/* parallel.c: whether the rows of a table can be executed by several threads; and that. */
bool parallel_can(const Execution *x, const PropterTable *table);
PropterStatus parallel_run(Execution *x, PropterTable *table, PropterError *err);

/* execute.c: opens a file of a source and finds the columns of all term maps that read from it. */
PropterStatus open_source(Execution *x, size_t source, size_t file, PropterTable **table, PropterError *err);

/* execute.c: one row more was read. */
void count_row(Execution *x);

/* known.c: takes in the header of the present file; before its rows. */
PropterStatus known_header(Execution *x, const PropterTable *table, PropterError *err);
/* known.c: passes over the next rows as long as the sink knows them by their bytes, one or a group; *asked: the one to come is new. */
PropterStatus known_skip(Execution *x, PropterTable *table, bool *asked, PropterError *err);
/* known.c: asks the sink whether the present row is known. */
PropterStatus row_is_known(Execution *x, bool *known, PropterError *err);

#endif
