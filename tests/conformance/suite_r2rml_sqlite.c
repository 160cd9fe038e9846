/* SPDX-License-Identifier: Apache-2.0 */
/* R2RML over ready SQLite files. Its truths hold the values of some databases as texts, of others with the datatypes of
 * R2RML's natural mapping. A case with an empty truth must be refused, but for the first, an empty table. */
#include <sys/stat.h>

#include "conformance.h"
#include "rml_case.h"

static RmlCase sqlite_case(const char *folder, const char *name) {
  char path[4096];
  struct stat st;
  (void)snprintf(path, sizeof path, "%s/%s/output.nq", folder, name);
  bool empty = stat(path, &st) == 0 && st.st_size == 0;
  return (RmlCase){.truth = "output.nq", .base = "http://example.com/base/", .database = "resource.db", .plain_too = true, .fails = empty};
}

static void run(const char *folder) { rml_cases(folder, "R2RMLTC", "", sqlite_case); }

const ConformanceSuite conformance_r2rml_sqlite = {.name = "r2rml-sqlite", .folder = "ingest/r2rml-sqlite/test/r2rml", .run = run};
