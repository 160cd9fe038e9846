/* SPDX-License-Identifier: Apache-2.0 */
/* RML of 2014: one folder per case and kind of source, with mapping.ttl and output.nq. A case without output.nq must be refused, and so must those
 * listed here, whose empty output.nq stands for an expected error. */
#include <unistd.h>

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
static void run_database(const char *folder, const char *suffix, const char *dsn, bool (*fill)(const char *script)) {
  size_t count;
  char **names = conformance_list(folder, "RMLTC", suffix, &count);
  for (size_t i = 0; i < count; i++) {
    char script[4096];
    (void)snprintf(script, sizeof script, "%s/%s/resource.sql", folder, names[i]);
    if (conformance_case(names[i])) {
      RmlCase c = file_case(folder, names[i]);
      c.dsn = c.database = dsn;
      if (fill(script)) rml_case(folder, names[i], c);
      else conformance_failed("the database could not be made");
    }
    free(names[i]);
  }
  free(names);
}

static bool fill_postgres(const char *script) { return server_fill(script, (const char *[]){"'\\\\x", "'\\x", NULL}); }

static void run_postgres(const char *folder) {
  const char *server = server_start();
  if (server) run_database(folder, "-PostgreSQL", server, fill_postgres);
}

/* The mappings say rr:SQL2008, which MySQL speaks when it is told to. */
static void run_mysql(const char *folder) {
  const char *server = mysql_start();
  char dsn[600];
  (void)snprintf(dsn, sizeof dsn, "%s;InitStmt={SET sql_mode='ANSI,PAD_CHAR_TO_FULL_LENGTH'}", server ? server : "");
  if (server) run_database(folder, "-MySQL", dsn, mysql_fill);
}

static char file[] = "/tmp/propter-rml-XXXXXX.db";

/* There are no scripts for SQLite: those of PostgreSQL. */
static bool fill_sqlite(const char *script) { return sqlite_fill(file, script, (const char *[]){" CASCADE", "", "'\\\\x", "X'", "public.", "", NULL}); }

static void run_sqlite(const char *folder) {
  char dsn[sizeof file + 16];
  int fd = mkstemps(file, 3);
  (void)snprintf(dsn, sizeof dsn, "jdbc:sqlite:%s", file);
  if (fd >= 0) run_database(folder, "-PostgreSQL", dsn, fill_sqlite), close(fd), (void)unlink(file);
  else if (conformance_case("file")) conformance_failed("no file");
}

static void run_csv(const char *folder) { rml_cases(folder, "RMLTC", "-CSV", file_case); }
static void run_json(const char *folder) { rml_cases(folder, "RMLTC", "-JSON", file_case); }
static void run_xml(const char *folder) { rml_cases(folder, "RMLTC", "-XML", file_case); }

const ConformanceSuite conformance_rml_csv = {.name = "rml-test-cases-csv", .folder = "ingest/rml-test-cases/test-cases", .run = run_csv};
const ConformanceSuite conformance_rml_json = {.name = "rml-test-cases-json", .folder = "ingest/rml-test-cases/test-cases", .run = run_json};
const ConformanceSuite conformance_rml_xml = {.name = "rml-test-cases-xml", .folder = "ingest/rml-test-cases/test-cases", .run = run_xml};
const ConformanceSuite conformance_rml_postgres = {.name = "rml-test-cases-postgresql", .folder = "ingest/rml-test-cases/test-cases", .run = run_postgres};
const ConformanceSuite conformance_rml_mysql = {.name = "rml-test-cases-mysql", .folder = "ingest/rml-test-cases/test-cases", .run = run_mysql};
const ConformanceSuite conformance_rml_sqlite = {.name = "rml-test-cases-sqlite", .folder = "ingest/rml-test-cases/test-cases", .run = run_sqlite};
