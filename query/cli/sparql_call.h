/* SPDX-License-Identifier: Apache-2.0 */
/* What the commands query and update share. */
#ifndef CLI_SPARQL_CALL_H
#define CLI_SPARQL_CALL_H

#include "output.h"
#include "propter/remote.h"

enum { SPARQL_CALL_RULES = 32 };

/* The query of an operand or --file, parsed with --base. `hidden`: clear it at the end. */
typedef struct {
  PropterBuf text;
  PropterQuery *query;
  PropterQueryOptions options; /* --timeout, --memory, clock, seed; runs hidden */
  PropterIds hidden;
  PropterRemote remote; /* --allow-service, --allow-load */
  const char *services[SPARQL_CALL_RULES + 1], *loads[SPARQL_CALL_RULES + 1];
} SparqlCall;

PropterStatus sparql_call_parse(const CommandCall *call, SparqlCall *s, PropterError *err);
/* The values of a repeated option, ended by NULL; *rules stays NULL without any. */
PropterStatus sparql_call_rules(const CommandCall *call, const char *name, const char *values[SPARQL_CALL_RULES + 1], const char *const **rules,
                                PropterError *err);
/* The graphs of run records stay out of a query that names no graph. */
PropterStatus sparql_call_hide_runs(SparqlCall *s, PropterSnapshot *snapshot, PropterError *err);
void sparql_call_clear(SparqlCall *s);

#define SPARQL_CALL_OPTIONS                                                                                                                                    \
  {"file", 'F', "FILE", "take the text from a file (- for standard input)"}, {"base", 0, "IRI", "base for relative IRIs in the text"},                         \
      {"timeout", 0, "SECONDS", "give up after so long with exit 5 (default 60; 0: never)"},                                                                   \
      {"memory", 0, "MIB", "give up with exit 5 beyond so much memory for intermediate results (default 1024)"}, {                                             \
    "allow-service", 0, "URL", "let SERVICE ask endpoints at or below this URL; may be repeated (default: none)"                                               \
  }

#endif
