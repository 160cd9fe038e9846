/* SPDX-License-Identifier: Apache-2.0 */
#include "http_case.h"

static void run(const char *folder) { http_description(folder); }

const ConformanceSuite conformance_sparql11_description = {
    .name = "sparql11-description", .folder = "w3c-rdf-tests/sparql/sparql11/service-description", .run = run};
