/* SPDX-License-Identifier: Apache-2.0 */
#include "rdf_case.h"

const ConformanceSuite conformance_rdf11_ntriples = {.name = "rdf-n-triples", .folder = "w3c-rdf-tests/rdf/rdf11/rdf-n-triples", .run = rdf_cases};
const ConformanceSuite conformance_rdf11_nquads = {.name = "rdf-n-quads", .folder = "w3c-rdf-tests/rdf/rdf11/rdf-n-quads", .run = rdf_cases};
const ConformanceSuite conformance_rdf11_turtle = {.name = "rdf-turtle", .folder = "w3c-rdf-tests/rdf/rdf11/rdf-turtle", .run = rdf_cases};
const ConformanceSuite conformance_rdf11_trig = {.name = "rdf-trig", .folder = "w3c-rdf-tests/rdf/rdf11/rdf-trig", .run = rdf_cases};
