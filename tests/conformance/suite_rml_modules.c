/* SPDX-License-Identifier: Apache-2.0 */
/* Modules of the new RML over files: core, functions, collections and containers, logical views. metadata.csv tells which must be refused. */
#include "conformance.h"
#include "rml_case.h"

static RmlCase module_case(const char *folder, const char *name) {
  return (RmlCase){.truth = "output.nq", .base = "http://example.com/", .fails = rml_error_expected(folder, name)};
}

static RmlCase collection_case(const char *folder, const char *name) {
  return (RmlCase){.truth = "default.nq", .base = "http://example.com/base/", .fails = rml_error_expected(folder, name)};
}

static RmlCase view_case(const char *folder, const char *name) {
  (void)folder, (void)name; /* those that must be refused have no truth */
  return (RmlCase){.truth = "output.nq", .base = "http://example.com/"};
}

static void run_core(const char *folder) { rml_cases(folder, "RMLTC", "", module_case); }
static void run_fnml(const char *folder) { rml_cases(folder, "RMLFNMLTC", "", module_case); }
static void run_cc(const char *folder) { rml_cases(folder, "RMLTC-CC-", "", collection_case); }

const ConformanceSuite conformance_rml_core = {.name = "rml-core", .folder = "ingest/rml-core/test-cases", .run = run_core};
const ConformanceSuite conformance_rml_fnml = {.name = "rml-fnml", .folder = "ingest/rml-fnml/test-cases", .run = run_fnml};
static void run_lv(const char *folder) { rml_cases(folder, "RMLLVTC", "", view_case); }

const ConformanceSuite conformance_rml_lv = {.name = "rml-lv", .folder = "ingest/rml-lv/test-cases", .run = run_lv};
const ConformanceSuite conformance_rml_cc = {.name = "rml-cc", .folder = "ingest/rml-cc/test-cases", .run = run_cc};
