/* SPDX-License-Identifier: Apache-2.0 */
#include "sparql_case.h"

static const char *const types[] = {"QueryEvaluationTest", NULL};

static void run(const char *folder) { sparql_cases(folder, types, NULL, NULL); }

const ConformanceSuite conformance_sparql10_query = {.name = "sparql10-query", .folder = "w3c-rdf-tests/sparql/sparql10", .run = run};
