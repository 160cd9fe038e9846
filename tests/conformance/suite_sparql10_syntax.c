/* SPDX-License-Identifier: Apache-2.0 */
#include "sparql_case.h"

static const char *const types[] = {"PositiveSyntaxTest", "NegativeSyntaxTest", NULL};

static void run(const char *folder) { sparql_cases(folder, types, NULL, NULL); }

const ConformanceSuite conformance_sparql10_syntax = {.name = "sparql10-syntax", .folder = "w3c-rdf-tests/sparql/sparql10", .run = run};
