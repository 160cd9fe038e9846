/* SPDX-License-Identifier: Apache-2.0 */
/* Conditions on a variable as ranges of the ids it may have: what a scan need not read. The conditions themselves are still evaluated, so ranges only have to
 * hold all ids that may meet them; a term that leads to an error meets none. */
#ifndef SPARQL_RANGES_H
#define SPARQL_RANGES_H

#include "plan.h"

/* The ids `slot` may have where `condition` is true; NULL: any. In the plan's memory. */
PropterStatus ranges_of(Exec *run, Expr *condition, uint32_t slot, const IdRanges **out, PropterError *err);
/* Both; either may be NULL. */
PropterStatus ranges_meet(Exec *run, const IdRanges *a, const IdRanges *b, const IdRanges **out, PropterError *err);
/* Is the id in one of them? `hint`: where the last one was found. */
bool ranges_have(const IdRanges *ranges, PropterId id, size_t *hint);
/* The first range that ends at `id` or later; ranges->count: none does. */
size_t ranges_from(const IdRanges *ranges, PropterId id);

#endif
