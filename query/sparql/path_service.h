/* SPDX-License-Identifier: Apache-2.0 */
/* SERVICE propter:path: the hops of paths over rows of a pattern, best first (README.md says how it is written). */
#ifndef SPARQL_PATH_SERVICE_H
#define SPARQL_PATH_SERVICE_H

#include "exec.h"

/* Answers the block `pattern` of a query with one row for each hop. INVALID: not written as it must be. Simple paths come in the order of their products of
 * belief by best-first search; a partial path that cannot reach its end within the depth is not followed. */
PropterStatus path_service(Exec *run, const AstPattern *pattern, PropterResults **out, PropterError *err);

#endif
