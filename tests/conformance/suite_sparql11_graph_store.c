/* SPDX-License-Identifier: Apache-2.0 */
#include "http_case.h"

static void run(const char *folder) {
  http_cases(folder, "manifest-direct.ttl");
  http_cases(folder, "manifest-indirect.ttl");
}

const ConformanceSuite conformance_sparql11_graph_store = {
    .name = "sparql11-graph-store", .folder = "w3c-rdf-tests/sparql/sparql11/graph-store-protocol", .run = run};
