/* SPDX-License-Identifier: Apache-2.0 */
#include "sparql_case.h"

static const char *const types[] = {"QueryEvaluationTest", "CSVResultFormatTest", NULL};
static const char *const only[] = {"csv-tsv-res", "json-res", NULL};
static void run(const char *folder) { sparql_cases(folder, types, only, NULL); }

const ConformanceSuite conformance_sparql11_results = {.name = "sparql11-results", .folder = "w3c-rdf-tests/sparql/sparql11", .run = run};
