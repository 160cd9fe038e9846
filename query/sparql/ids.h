/* SPDX-License-Identifier: Apache-2.0 */
/* What ids alone tell about values, without decoding them. */
#ifndef SPARQL_IDS_H
#define SPARQL_IDS_H

#include "value.h"

/* The value of an inlined integer of any integer type. */
bool id_integer(PropterId id, int64_t *value);
/* Compares two inlined values; false: the ids do not tell (other terms, a moment with a zone and one without). *c: -1, 0, 1. */
bool id_compare(PropterId a, PropterId b, int *c);
/* Operator = on ids: 1, 0; -1: the ids do not tell. */
int id_equal(PropterId a, PropterId b);
/* Value of an inlined id, without texts. */
Value id_value(PropterId id);
/* Id of a computed integer, decimal or boolean that can be inlined, otherwise PROPTER_NO_ID. */
PropterId id_of_value(const Value *value);

#endif
