/* SPDX-License-Identifier: Apache-2.0 */
/* What stands on other machines: SERVICE and LOAD, for as much of the world as a list allows. */
#ifndef PROPTER_REMOTE_H
#define PROPTER_REMOTE_H

#include "propter/sparql.h"

/* Zero-initialise; must outlive the query that uses it. Rules are those of propter/fetch.h, ended by NULL (NULL: nothing); one of `loads` may also be
 * "file:///FOLDER/" or "file:///FILE": files at or below it, links resolved. */
typedef struct {
  const char *const *services, *const *loads;
  const atomic_bool *cancel;
  uint64_t memory; /* of the reply of one service; 0: limits.document_bytes */
  unsigned calls;  /* services asked so far: keeps their blank nodes apart */
} PropterRemote;

/* INVALID: a rule that is none. */
PROPTER_API PropterStatus propter_remote_check(const PropterRemote *remote, PropterError *err);
/* Sets service, load and payload of `options`. SERVICE sends a POST with the pattern as a query (SPARQL 1.1 Protocol §2.1.3) and reads the XML format. LOAD
 * adds the triples of a document to the graph; its format is told by the file's extension or the media type; INVALID: the document has named graphs. RDFa and
 * RDF/JSON are read by the helper program, as in propter/rdf.h. */
PROPTER_API void propter_remote_use(PropterRemote *remote, PropterQueryOptions *options);

#endif
