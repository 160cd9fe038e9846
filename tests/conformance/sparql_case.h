/* SPDX-License-Identifier: Apache-2.0 */
/* Cases of the W3C SPARQL suites, from their manifests. */
#ifndef SPARQL_CASE_H
#define SPARQL_CASE_H

#include "conformance.h"
#include "propter/sparql.h"

/* Solutions or a boolean, comparable: a blank node for each row. `lexical`: values are compared by their text, as CSV has them. */
typedef struct {
  Dataset rows;
  bool is_boolean, boolean, ordered, lexical;
  bool at_most; /* the other one may have more of the same rows */
  size_t count;
} Answer;
void answer_row(Answer *a, const PropterStr *names, const PropterTerm *terms, size_t columns);
bool answer_equal(Answer *a, Answer *b, PropterBuf *difference);
void answer_clear(Answer *a);
/* Reads a file of results by its extension: srx, srj, csv, tsv, or a result set as RDF. */
PropterStatus answer_read(Answer *a, const char *path, PropterError *err);
PropterStatus answer_read_text(Answer *a, PropterStr text, const char *format, PropterError *err);

/* A graph of a case, in a folder of its own. */
typedef struct {
  char folder[64];
  PropterGraph *graph;
  PropterWriter *writer;
} Store;
PropterStatus store_open(Store *s, PropterError *err);
/* Into a named graph, or into the default graph if `graph` is empty. */
PropterStatus store_load(Store *s, const char *path, PropterStr graph, PropterError *err);
PropterStatus store_commit(Store *s, PropterError *err);
void store_close(Store *s);

/* Runs the entries of each manifest below `folder` whose type is among `types` (local names, ended by NULL); `only` and `but` are names of folders, ended
 * by NULL, or NULL. */
void sparql_cases(const char *folder, const char *const *types, const char *const *only, const char *const *but);

#endif
