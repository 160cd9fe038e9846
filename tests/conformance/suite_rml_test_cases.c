/* SPDX-License-Identifier: Apache-2.0 */
/* RML of 2014: one folder per case and kind of source, with mapping.ttl and output.nq. A case without output.nq must be refused, and so must those
 * listed here, whose empty output.nq stands for an expected error. */
#include "conformance.h"
#include "rml_case.h"
#include "server.h"

static RmlCase file_case(const char *folder, const char *name) {
  static const char *const listed[] = {"0002c", "0002g", "0002h", "0002i", "0002j", "0003a", "0007h"};
  (void)folder;
  RmlCase c = {.truth = "output.nq", .base = "http://example.com/base/"};
  for (size_t i = 0; i < sizeof listed / sizeof *listed; i++) c.fails |= strncmp(name + strlen("RMLTC"), listed[i], 5) == 0;
  return c;
}

/* Databases: the mapping names a server by a placeholder. */
static void run_postgres(const char *folder) {
  const char *server = server_start();
  size_t count;
  char **names = conformance_list(folder, "RMLTC", "-PostgreSQL", &count);
  for (size_t i = 0; i < count; i++) {
    char script[4096];
    (void)snprintf(script, sizeof script, "%s/%s/resource.sql", folder, names[i]);
    if (server && conformance_case(names[i])) {
      RmlCase c = file_case(folder, names[i]);
      c.dsn = server;
      if (!server_fill(script, (const char *[]){"'\\\\x", "'\\x", NULL}))
        conformance_failed("the database could not be made");
      else
        rml_case(folder, names[i], c);
    }
    free(names[i]);
  }
  free(names);
}

static void run_csv(const char *folder) { rml_cases(folder, "RMLTC", "-CSV", file_case); }
static void run_json(const char *folder) { rml_cases(folder, "RMLTC", "-JSON", file_case); }
static void run_xml(const char *folder) { rml_cases(folder, "RMLTC", "-XML", file_case); }

const ConformanceSuite conformance_rml_csv = {.name = "rml-test-cases-csv", .folder = "ingest/rml-test-cases/test-cases", .run = run_csv};
const ConformanceSuite conformance_rml_json = {.name = "rml-test-cases-json", .folder = "ingest/rml-test-cases/test-cases", .run = run_json};
const ConformanceSuite conformance_rml_xml = {.name = "rml-test-cases-xml", .folder = "ingest/rml-test-cases/test-cases", .run = run_xml};
const ConformanceSuite conformance_rml_postgres = {.name = "rml-test-cases-postgresql", .folder = "ingest/rml-test-cases/test-cases", .run = run_postgres};
