/* SPDX-License-Identifier: Apache-2.0 */
/* SPARQL queries answered by rasqal over the storage of this folder. */
#ifndef QUERY_LIBRDF_ANSWER_H
#define QUERY_LIBRDF_ANSWER_H

#include "propter/results.h"

typedef struct {
  const char *folder;   /* graph directory */
  PropterStr base;      /* for relative IRIs in the query; may be empty */
  uint32_t deadline_ms; /* 0: none */
  const char *format;   /* a result format, or an RDF format for CONSTRUCT; NULL: table, or turtle */
  bool raw;             /* CSV without guards against formulas */
} AnswerOptions;

/* Answers a query; *negative is set if it was an ASK and the answer is false. FROM, SERVICE and whatever else would read from outside the graph is
 * refused before anything runs. SYNTAX with line; INVALID: refused, or rasqal cannot do it; USAGE: format; TIMEOUT and DAMAGED from the graph.
 * librdf's worlds are process-wide in part (it ends libxml2), so this is for a program that answers and ends. */
PropterStatus answer_query(const char *text, const AnswerOptions *options, PropterWrite write, void *payload, bool *negative, PropterError *err);

#endif
