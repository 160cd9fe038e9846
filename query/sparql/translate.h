/* SPDX-License-Identifier: Apache-2.0 */
/* Syntax tree to algebra; all of it is made in the plan's memory. */
#ifndef SPARQL_TRANSLATE_H
#define SPARQL_TRANSLATE_H

#include "algebra.h"

/* Names to slots; a sub-select has its own. */
typedef struct {
  Exec *run;
  uint32_t *slots; /* by name */
  Graphs graphs;
  Alg *group; /* where aggregates of the select go, or NULL */
  PropterError *err;
} Scope;

PropterStatus translate_group(Scope *s, const AstPattern *group, Alg **out);
PropterStatus translate_expr(Scope *s, const AstExpr *e, Expr **out);
PropterStatus translate_values(Scope *s, const AstValues *v, Alg **out);
/* A sub-select; `columns`: the slots it projects. */
PropterStatus translate_select(Scope *outer, const AstSelect *a, Alg **out, uint32_t **columns, size_t *column_count);

PropterStatus translate_no_memory(Scope *s);
PropterStatus translate_make(Scope *s, AlgKind kind, Alg **out);
/* A node over one other. */
PropterStatus translate_wrap(Scope *s, AlgKind kind, Alg *item, Alg **out);
PropterStatus translate_filter(Scope *s, Alg *alg, Expr *e, Alg **out);
PropterStatus translate_extend(Scope *s, Alg *alg, uint32_t slot, Expr *e, Alg **out);
PropterStatus translate_join(Scope *s, Alg *left, Alg *right, Alg **out);
/* Appends an item of `size` bytes to an array of *count. */
PropterStatus translate_push(Scope *s, void *items, size_t *count, const void *value, size_t size);
/* The slot of a name in this scope; a slot of nothing that has a name. */
PropterStatus translate_slot(Scope *s, uint32_t name, uint32_t *slot);
PropterStatus translate_fresh(Scope *s, uint32_t *slot);

#endif
