/* SPDX-License-Identifier: Apache-2.0 */
#include "sparql_case.h"

static const char *const types[] = {"UpdateEvaluationTest", NULL};

static void run(const char *folder) { sparql_cases(folder, types, NULL, NULL); }

const ConformanceSuite conformance_sparql11_update = {.name = "sparql11-update", .folder = "w3c-rdf-tests/sparql/sparql11", .run = run};
