/* SPDX-License-Identifier: Apache-2.0 */
/* What ids alone tell about values, without decoding them. */
#ifndef SPARQL_IDS_H
#define SPARQL_IDS_H

#include "ast.h"
#include "value.h"

/* Ids from `from` to `last`. */
typedef struct {
  PropterId from, last;
} IdRange;

/* The value of an inlined integer of any integer type. */
bool id_integer(PropterId id, int64_t *value);
/* Compares two inlined values; false: the ids do not tell (other terms, a moment with a zone and one without). *c: -1, 0, 1. */
bool id_compare(PropterId a, PropterId b, int *c);
/* Operator = on ids: 1, 0; -1: the ids do not tell. */
int id_equal(PropterId a, PropterId b);
/* The ids a term of the graph may have that stands to a constant in that relation (EQUAL, LESS, …), ascending and apart; more than that, where ids do not tell.
 * Returns how many ranges. */
enum { ID_RANGES = 20 };
size_t id_ranges(AstExprOp relation, const Value *constant, IdRange out[ID_RANGES]);
/* The ids of blank nodes, IRIs, literals, literals that may be numbers. */
extern const IdRange id_blanks, id_iris, id_literals, id_numbers[2];
typedef struct {
  IdRange *items; /* ascending and apart */
  size_t count;
} IdRanges;
/* Value of an inlined id, without texts. */
Value id_value(PropterId id);
/* Id of a computed integer, decimal or boolean that can be inlined, otherwise PROPTER_NO_ID. */
PropterId id_of_value(const Value *value);
/* From `at` on, the first of `end` ascending ids that is not below `least`, or `end`; fast where it is near. */
size_t ids_gallop(const PropterId *id, size_t at, size_t end, PropterId least);

#endif
