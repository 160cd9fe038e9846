/* SPDX-License-Identifier: Apache-2.0 */
/* RML of 2014 over CSV: one folder per case with mapping.ttl and output.nq. A case without output.nq must be refused, and so must those
 * listed here, whose empty output.nq stands for an expected error. */
#include "conformance.h"
#include "rml_case.h"

static bool must_fail(const char *name) {
  static const char *const listed[] = {"RMLTC0002c-CSV", "RMLTC0002g-CSV", "RMLTC0002h-CSV", "RMLTC0002i-CSV", "RMLTC0002j-CSV", "RMLTC0003a-CSV", "RMLTC0007h-CSV"};
  for (size_t i = 0; i < sizeof listed / sizeof *listed; i++)
    if (strcmp(listed[i], name) == 0) return true;
  return false;
}

static void run(const char *folder) {
  size_t count;
  char **names = conformance_list(folder, "RMLTC", "-CSV", &count);
  for (size_t i = 0; i < count; i++) {
    if (conformance_case(names[i])) rml_case(folder, names[i], "output.nq", "", must_fail(names[i]));
    free(names[i]);
  }
  free(names);
}

const ConformanceSuite conformance_rml_csv = {.name = "rml-test-cases-csv", .folder = "ingest/rml-test-cases/test-cases", .run = run};
