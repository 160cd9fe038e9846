/* SPDX-License-Identifier: Apache-2.0 */
/* Queries over files with RDF, for mappings whose source they are (a PropterTableAnswer). */
#ifndef CLI_RDF_ANSWER_H
#define CLI_RDF_ANSWER_H

#include "propter/table.h"

/* Loads the file into a graph of its own in $TMPDIR, removed when the solutions are closed. SYNTAX with the line of the query or of the file; INVALID: no
 * SELECT query. */
PropterStatus rdf_answer(const char *path, const char *query, const PropterLimits *limits, PropterTableSolutions *out, PropterError *err);

#endif
