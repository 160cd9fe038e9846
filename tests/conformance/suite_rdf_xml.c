/* SPDX-License-Identifier: Apache-2.0 */
#include "rdf_case.h"

const ConformanceSuite conformance_rdf_xml = {.name = "rdf-xml", .folder = "w3c-rdf-tests/rdf/rdf11/rdf-xml", .run = rdf_cases};
