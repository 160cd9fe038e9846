/* SPDX-License-Identifier: Apache-2.0 */
/* The algebra of SPARQL 1.1, section 18.2, over slots: each variable in scope, each blank node of a pattern and each intermediate result has
 * one. A variable of a sub-select that is not projected has a slot of its own. */
#ifndef SPARQL_ALGEBRA_H
#define SPARQL_ALGEBRA_H

#include "exec.h"
#include "ids.h"

typedef struct Alg Alg;
typedef struct Expr Expr;

struct Expr {
  AstExprOp op;
  const AstExpr *ast; /* what was written; NULL: made of others here */
  AstFunction function;
  uint32_t slot; /* TERM: variable, or NO_SLOT for a constant */
  Value constant;
  PropterStr iri; /* CALL_IRI */
  Expr **args;
  size_t count;
  Alg *pattern; /* EXISTS, NOT_EXISTS */
  Op *plan;
  PropterId *outer; /* scratch row for the plan */
  void *regex;      /* eval's cache */
};

/* A position of a pattern: a slot, or a constant id. */
typedef struct {
  uint32_t slot;
  PropterId id;
} Item;

typedef struct {
  AstAggregate kind;
  const AstExpr *ast;
  bool distinct, star;
  Expr *arg;
  PropterStr separator;
  uint32_t slot;
} Aggregate;

typedef struct {
  Expr *expr;
  bool descending;
} OrderKey;

typedef enum {
  ALG_UNIT, /* one row without bindings */
  ALG_NONE, /* no row */
  ALG_SCAN,
  ALG_PATH, /* a path that is not a plain step: *, +, ?, negated set */
  ALG_VALUES,
  ALG_JOIN,
  ALG_LEFT,
  ALG_UNION,
  ALG_MINUS,
  ALG_FILTER,
  ALG_EXTEND,
  ALG_GRAPH, /* items[0] once for each named graph; patterns inside have it in graphs.slot */
  ALG_UNIFY, /* slot: equal to `from` or set to it */
  ALG_SERVICE,
  ALG_GROUP,
  ALG_PROJECT,
  ALG_DISTINCT,
  ALG_ORDER,
  ALG_SLICE,
  ALG_KINDS
} AlgKind;

struct Alg {
  AlgKind kind;
  Alg **items;
  size_t count;
  Item s, p, o;
  Graphs graphs;         /* SCAN, PATH, GRAPH */
  const AstPath *path;
  Expr *expr;            /* FILTER, EXTEND, LEFT (may be NULL) */
  uint32_t slot, from;   /* EXTEND, UNIFY, GRAPH */
  uint32_t *slots;       /* VALUES, PROJECT, GROUP (keys), DISTINCT */
  size_t slot_count;
  PropterId *rows;       /* VALUES */
  size_t row_count;
  Aggregate *aggregates; /* GROUP */
  size_t aggregate_count;
  uint32_t *whole; /* GROUP: slots of the variables a solution has, for COUNT(DISTINCT *); others are there only to join patterns */
  size_t whole_count;
  OrderKey *order;
  size_t order_count;
  bool has_limit, silent;
  uint64_t limit, offset;
  const AstPattern *ast; /* SERVICE: the pattern sent to an endpoint, or the form that somebody else solves */
  Item *inputs;          /* SERVICE: the endpoint's name, or what the form is called with */
  size_t input_count;
  /* SCAN, set by the planner: ids that subject and object must be in for the filters over it (NULL: any), the part of the rows where they are
   * (0: not known). */
  const IdRanges *within[3];
  double share[3];
  /* Set by algebra_analyse: bit sets over all slots. */
  uint64_t *maybe, *certain;
};

/* Algebra of a form's WHERE clause and solution modifiers. `columns` and `column_count`: the projected slots in order (in the plan's memory). */
PropterStatus algebra_of_select(Exec *run, const AstSelect *select, Alg **out, uint32_t **columns, size_t *column_count, PropterError *err);
/* Algebra of a WHERE clause alone; `names`, of as many items as the query has names, gives the slots of its variables (NO_SLOT: not used). */
PropterStatus algebra_of_pattern(Exec *run, const AstPattern *pattern, Alg **out, uint32_t *names, PropterError *err);
/* Bottom-up: which slots may be and which are always bound. After the last slot was made. */
PropterStatus algebra_analyse(Exec *run, Alg *alg, PropterError *err);

/* --- Bit sets over slots ---------------------------------------------------------------------------------------------- */

static inline size_t slots_words(const Exec *run) { return (run->slot_names.count + 63) / 64 + 1; }
static inline bool slots_has(const uint64_t *set, uint32_t slot) { return slot != NO_SLOT && (set[slot / 64] >> (slot % 64) & 1) != 0; }
static inline void slots_add(uint64_t *set, uint32_t slot) {
  if (slot != NO_SLOT) set[slot / 64] |= (uint64_t)1 << (slot % 64);
}
uint64_t *slots_new(Exec *run, PropterError *err); /* NULL: no memory */
/* Adds the slots an expression reads (of EXISTS: all slots of its pattern). */
void slots_of_expr(const Exec *run, const Expr *expr, uint64_t *set);
/* Adds all slots a tree mentions, also those it does not show. */
void slots_mentioned(const Exec *run, const Alg *alg, uint64_t *set);
/* Part of the rows of a pattern that its ranges leave. */
static inline double alg_share(const Alg *a, unsigned position) { return a->share[position] > 0 ? a->share[position] : 1; }
/* Must the pattern be started with the value of a variable that another pattern gives? */
static inline bool alg_waits(const Alg *a) {
  for (size_t i = 0; i < a->input_count; i++)
    if (a->inputs[i].slot != NO_SLOT) return true;
  return false;
}

#endif
