/* SPDX-License-Identifier: Apache-2.0 */
/* SERVICE propter:path: the hops of paths over rows of a pattern, best first (README.md says how it is written). */
#ifndef SPARQL_PATH_SERVICE_H
#define SPARQL_PATH_SERVICE_H

#include "exec.h"

typedef struct PathSearch PathSearch;

/* Answers the block `pattern` of a query with one row for each hop; `ends`: values of the variables path_service_ends tells. INVALID: not written as it must
 * be, or such a variable has no value. Simple paths come in the order of their products of belief by best-first search; a partial path that cannot reach its
 * end within the depth is not followed. The hops are found in the first call (*kept NULL) and kept for the next; path_service_drop frees them. */
PropterStatus path_service(Exec *run, const AstPattern *pattern, const PropterTerm *ends, PathSearch **kept, PropterResults **out, PropterError *err);
void path_service_drop(PathSearch *kept);
/* The variables at which paths begin or end, as they stand in the block; how many (`terms` may be NULL). */
size_t path_service_ends(const AstPattern *block, AstTerm *terms);

#endif
