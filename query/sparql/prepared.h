/* SPDX-License-Identifier: Apache-2.0 */
/* A query planned once and asked many times, each time with values for some of its variables. They are seen everywhere in the query, also in sub-selects and
 * nested groups: what SHACL 1.0 (appendix A) calls pre-binding. */
#ifndef SPARQL_PREPARED_H
#define SPARQL_PREPARED_H

#include "op.h"

typedef struct Prepared Prepared;

/* Plans a SELECT or ASK query. `names`: the variables to be given, without ? or $. The query, the snapshot and what `options` points to must outlive it.
 * Free with prepared_close. */
PropterStatus prepared_open(const PropterQuery *query, PropterSnapshot *snapshot, const PropterQueryOptions *options, const PropterStr *names, size_t count,
                            Prepared **out, PropterError *err);
void prepared_close(Prepared *p);

/* The value of the n-th name from the next start on (PROPTER_NO_ID: none). `of`: the run the id belongs to. */
PropterStatus prepared_give(Prepared *p, size_t n, const Exec *of, PropterId id, PropterError *err);
PropterStatus prepared_start(Prepared *p, PropterError *err);
/* The next solution; *end: there is none (ASK: any solution means true). */
PropterStatus prepared_next(Prepared *p, bool *end, PropterError *err);
/* Number of the column of a variable; SIZE_MAX: the query does not select it. */
size_t prepared_column(const Prepared *p, PropterStr name);
/* A column of the present solution as an id of the run `to`; PROPTER_NO_ID: unbound. */
PropterStatus prepared_value(Prepared *p, size_t column, Exec *to, PropterId *id, PropterError *err);

#endif
