/* SPDX-License-Identifier: Apache-2.0 */
/* W3C's R2RML and Direct Mapping test cases: 26 databases, on PostgreSQL and on SQLite. A mapping without a truth must be refused. */
#include <sys/stat.h>
#include <unistd.h>

#include "conformance.h"
#include "rml_case.h"
#include "server.h"

static void run_database(const char *folder, const char *name, const char *database) {
  char path[4096], here[600], truth[4200];
  struct stat st;
  (void)snprintf(path, sizeof path, "%s/%s", folder, name);
  (void)snprintf(here, sizeof here, "%.4s-direct", name);
  RmlCase direct = {.direct = true, .truth = "directGraph.ttl", .base = "http://example.com/base/", .database = database};
  (void)snprintf(truth, sizeof truth, "%s/directGraph.ttl", path);
  if (stat(truth, &st) == 0 && conformance_case(here)) rml_case(folder, name, direct);
  size_t count;
  char **mappings = conformance_list(path, "r2rml", ".ttl", &count);
  for (size_t i = 0; i < count; i++) {
    (void)snprintf(here, sizeof here, "%.4s-%s", name, mappings[i]);
    (void)snprintf(truth, sizeof truth, "mapped%.*s.nq", (int)(strlen(mappings[i]) - strlen("r2rml.ttl")), mappings[i] + strlen("r2rml"));
    if (conformance_case(here))
      rml_case(folder, name, (RmlCase){.mapping = mappings[i], .truth = truth, .base = "http://example.com/base/", .database = database});
    free(mappings[i]);
  }
  free(mappings);
}

/* What the scripts say in SQL:2008 and PostgreSQL says otherwise. */
static const char *const postgres_words[] = {"VARBINARY(200)", "BYTEA",          "X'",          "'\\x",           "12:12:22',0", "12:12:22',false",
                                             "09:45:44',1",    "09:45:44',true", "02:13:14',1", "02:13:14',true", NULL};

/* SQLite wants constraints behind the columns, or with their column, and none added later. */
static const char *const sqlite_words[] = {",\n\tPRIMARY KEY(\"PK\"),",
                                           " PRIMARY KEY,",
                                           ",\n\tPRIMARY KEY(\"ID\"),",
                                           " PRIMARY KEY,",
                                           "\tUNIQUE (\"key1attr1\", \"key1attr2\"),\n",
                                           "",
                                           "\"city\" VARCHAR(50),\n\tUNIQUE (\"name\", \"city\"),",
                                           "\"city\" VARCHAR(50),",
                                           "\"manager\" INT\n",
                                           "\"manager\" INT REFERENCES \"People\"(\"ID\"), UNIQUE (\"name\", \"city\")\n",
                                           "\"addr\" INT,\n\tFOREIGN KEY (\"addr\") REFERENCES \"Addresses\"(\"ID\"),",
                                           "\"addr\" INT REFERENCES \"Addresses\"(\"ID\"),",
                                           "\"deptCity\" VARCHAR(50)\n);",
                                           "\"deptCity\" VARCHAR(50), FOREIGN KEY (\"deptName\", \"deptCity\") REFERENCES \"Department\"(\"name\", \"city\"));",
                                           "\tUNIQUE (\"lead\", \"name\"), \n",
                                           "",
                                           "\"lead\" INT,",
                                           "\"lead\" INT REFERENCES \"People\"(\"ID\"),",
                                           "\tPRIMARY KEY (\"worker\", \"project\"), \n",
                                           "",
                                           "FOREIGN KEY (\"project\",",
                                           "PRIMARY KEY (\"worker\", \"project\"), FOREIGN KEY (\"project\",",
                                           "\"worker\" INT,",
                                           "\"worker\" INT REFERENCES \"People\"(\"ID\"),",
                                           "ALTER TABLE \"Department\" ADD FOREIGN KEY(\"manager\") REFERENCES \"People\"(\"ID\");",
                                           "",
                                           "ALTER TABLE \"People\" ADD FOREIGN KEY(\"deptName\", \"deptCity\") REFERENCES \"Department\"(\"name\", \"city\");",
                                           "",
                                           "ALTER TABLE \"Projects\" ADD FOREIGN KEY(\"lead\") REFERENCES \"People\"(\"ID\");",
                                           "",
                                           "ALTER TABLE \"TaskAssignments\" ADD FOREIGN KEY(\"worker\") REFERENCES \"People\"(\"ID\");",
                                           "",
                                           NULL};

static void run_all(const char *folder, const char *server) {
  size_t count;
  char script[4096], name[64], own[] = "/tmp/propter-rdb2rdf-XXXXXX", file[sizeof own + 4];
  if (!server && !mkdtemp(own)) {
    if (conformance_case("folder")) conformance_failed("no folder");
    return;
  }
  (void)snprintf(file, sizeof file, "%s/db", own);
  char **names = conformance_list(folder, "D0", "", &count);
  for (size_t i = 0; i < count; i++) {
    (void)snprintf(script, sizeof script, "%s/%s/create.sql", folder, names[i]);
    (void)snprintf(name, sizeof name, "%.4s", names[i]);
    bool filled = server ? server_fill(script, postgres_words) : sqlite_fill(file, script, sqlite_words);
    if (filled)
      run_database(folder, names[i], server ? server : file);
    else if (conformance_case(name))
      conformance_failed("the database could not be made");
    free(names[i]);
  }
  free(names);
  if (server) return;
  (void)remove(file);
  (void)rmdir(own);
}

static void run_postgres(const char *folder) {
  const char *server = server_start();
  if (server) run_all(folder, server);
}

static void run_sqlite(const char *folder) { run_all(folder, NULL); }

const ConformanceSuite conformance_rdb2rdf_postgres = {.name = "rdb2rdf-ts-postgresql", .folder = "ingest/rdb2rdf-ts/xt/rdb2rdf-tests", .run = run_postgres};
const ConformanceSuite conformance_rdb2rdf_sqlite = {.name = "rdb2rdf-ts-sqlite", .folder = "ingest/rdb2rdf-ts/xt/rdb2rdf-tests", .run = run_sqlite};
