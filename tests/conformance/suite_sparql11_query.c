/* SPDX-License-Identifier: Apache-2.0 */
#include "sparql_case.h"

static const char *const types[] = {"QueryEvaluationTest", NULL};
/* Entailment regimes are not part of the query language; the result formats are a suite of their own. */
static const char *const but[] = {"entailment", "csv-tsv-res", "json-res", NULL};
static void run(const char *folder) { sparql_cases(folder, types, NULL, but); }

const ConformanceSuite conformance_sparql11_query = {.name = "sparql11-query", .folder = "w3c-rdf-tests/sparql/sparql11", .run = run};
