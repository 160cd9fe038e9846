/* SPDX-License-Identifier: Apache-2.0 */
/* Results being pulled: what a form's `start` sets up. */
#ifndef SPARQL_ANSWER_H
#define SPARQL_ANSWER_H

#include "ahead.h"
#include "op.h"

/* A position of a template: a slot, a constant, or a blank node of its own for each solution. */
typedef struct {
  Item item;
  bool blank;
  uint32_t name; /* of the blank node */
} TemplateItem;

struct PropterResults {
  Exec run;
  bool running; /* `run` was opened */
  PropterResultsKind kind;
  PropterStatus (*next)(PropterResults *results, const PropterTerm **row, PropterError *err);
  PropterStr *names;
  size_t columns;
  AheadSource source; /* of rows of ids */
  Ahead ahead;
  bool boolean;
  /* The solutions. */
  Op *root;
  uint64_t planning; /* nanoseconds */
  uint32_t *slots;
  size_t slot_count;
  Batch *batch;
  size_t at;
  /* Triples. */
  TemplateItem (*template)[4]; /* subject, predicate, object, graph */
  size_t template_count, template_at;
  PropterId *blanks; /* by name: of the present solution */
  RowSet seen, wanted;
  Matcher matcher;
  size_t next_wanted;
  bool matching;
  /* Rows from outside. */
  PropterArena text;
  PropterTerm *rows;
  size_t row_count;
};

PropterStatus answer_select(PropterResults *results, const AstSelect *select, PropterError *err);
PropterStatus answer_ask(PropterResults *results, const AstSelect *select, PropterError *err);
PropterStatus answer_construct(PropterResults *results, const AstSelect *select, PropterError *err);
PropterStatus answer_describe(PropterResults *results, const AstSelect *select, PropterError *err);

/* Starts a query; on failure *out is NULL or what there is of its results, which are closed as others are. */
PropterStatus answer_open(const PropterQuery *query, PropterSnapshot *snapshot, const PropterQueryOptions *options, PropterResults **out, PropterError *err);

/* A query inside another's run: over its dataset, within what is left of its memory and time. Its results end before that run does. */
PropterStatus answer_within(const Exec *run, const PropterQuery *query, PropterResults **out, PropterError *err);

/* A template of quads; `names` gives slots by name (NO_SLOT: never bound). */
PropterStatus template_make(Exec *run, const AstQuad *quads, size_t count, const uint32_t *names, TemplateItem (**out)[4], PropterError *err);
/* One quad of a solution; *valid: it is RDF. `blanks`, by name, are those of this solution (0: not yet made). Graph 0: none given. */
PropterStatus template_fill(Exec *run, const TemplateItem *items, const Batch *batch, size_t row, PropterId *blanks, PropterQuad *quad, bool *valid,
                            PropterError *err);

#endif
