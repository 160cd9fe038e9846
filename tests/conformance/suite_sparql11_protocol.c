/* SPDX-License-Identifier: Apache-2.0 */
#include "http_case.h"

static void run(const char *folder) { http_cases(folder, "manifest.ttl"); }

const ConformanceSuite conformance_sparql11_protocol = {.name = "sparql11-protocol", .folder = "w3c-rdf-tests/sparql/sparql11/protocol", .run = run};
