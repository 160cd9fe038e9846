/* SPDX-License-Identifier: Apache-2.0 */
#include "sparql_case.h"

static const char *const types[] = {"PositiveSyntaxTest11",
                                    "NegativeSyntaxTest11",
                                    "PositiveUpdateSyntaxTest11",
                                    "NegativeUpdateSyntaxTest11",
                                    "PositiveSyntaxTest",
                                    "NegativeSyntaxTest",
                                    NULL};

static void run(const char *folder) { sparql_cases(folder, types, NULL, NULL); }

const ConformanceSuite conformance_sparql11_syntax = {.name = "sparql11-syntax", .folder = "w3c-rdf-tests/sparql/sparql11", .run = run};
