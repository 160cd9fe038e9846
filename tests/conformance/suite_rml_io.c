/* SPDX-License-Identifier: Apache-2.0 */
/* RML-IO, sources (RMLSTC) and targets (RMLTTC), and its registry. What has no truth must be refused. A target is written into a copy of its case; each file
 * that the case has as a truth is read back, unpacked and decoded, and compared as a set of quads. The truths write doubles as they like and leave the type of
 * JSON's numbers out in some dumps: doubles are compared by value, and a dump may agree with or without xsd:integer. The truth of the query over an RDF file
 * has integers where the file has plain literals and the CSV of SPARQL no types: their types are passed over. */
#include <iconv.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conformance.h"
#include "propter/ingest.h"
#include "propter/io.h"
#include "rml_case.h"
#include "server.h"

#define BASE "http://example.com/"

static bool names(const char *folder, const char *name, const char *words) {
  char path[4096];
  PropterBuf text = {0};
  (void)snprintf(path, sizeof path, "%s/%s/mapping.ttl", folder, name);
  bool found = propter_io_read_file(path, 0, &text, NULL) == PROPTER_OK && propter_str_find(propter_buf_str(&text), propter_str(words)) != SIZE_MAX;
  propter_buf_clear(&text);
  return found;
}

static RmlCase source_case(const char *folder, const char *name) {
  char path[4096];
  struct stat st;
  (void)snprintf(path, sizeof path, "%s/%s/default.nq", folder, name);
  return (RmlCase){
      .truth = stat(path, &st) == 0 ? "default.nq" : "output.nq", .base = BASE, .any_number = true, .any_integer = names(folder, name, "SPARQL_Results_CSV")};
}

/* --- Targets -------------------------------------------------------------------------------------------------------------------------- */

static void copy_files(const char *folder, const char *const *prefixes, const char *to) {
  for (size_t p = 0; prefixes[p]; p++) {
    size_t count;
    char **files = conformance_list(folder, prefixes[p], "", &count);
    char from[8192], copy[8192];
    for (size_t i = 0; i < count; i++) {
      PropterBuf bytes = {0};
      (void)snprintf(from, sizeof from, "%s/%s", folder, files[i]);
      (void)snprintf(copy, sizeof copy, "%s/%s", to, files[i]);
      if (propter_io_read_file(from, 0, &bytes, NULL) == PROPTER_OK) (void)propter_io_write_file(copy, propter_buf_str(&bytes), NULL);
      propter_buf_clear(&bytes);
      free(files[i]);
    }
    free(files);
  }
}

/* Text in UTF-16 is for iconv; a name that no reader knows is of this suite. */
static PropterStatus read_dump(Dataset *d, const char *path, PropterError *err) {
  static const char *const formats[][2] = {{".rdfxml", "rdfxml"}, {".rdfjson", "json"}, {".n3", "turtle"},
                                           {".jsonld", "jsonld"}, {".ttl", "turtle"},   {".nt", "ntriples"}};
  const char *format = "nquads";
  PropterBuf bytes = {0}, text = {0};
  for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
    if (propter_str_ends(propter_str(path), propter_str(formats[i][0]))) format = formats[i][1];
  PropterStatus status = propter_io_read_file(path, 0, &bytes, err);
  bool wide = bytes.len > 2 && ((unsigned char)bytes.data[0] >= 0xFE && (unsigned char)bytes.data[1] >= 0xFE);
  if (status == PROPTER_OK && wide) {
    iconv_t convert = iconv_open("UTF-8", "UTF-16");
    char *in = bytes.data, *at = propter_buf_reserve(&text, 2 * bytes.len) ? text.data : NULL;
    size_t left = bytes.len, room = 2 * bytes.len;
    if (!at || iconv(convert, &in, &left, &at, &room) == (size_t)-1) status = propter_fail(err, PROPTER_INVALID, "%s is no UTF-16", path);
    text.len = 2 * bytes.len - room;
    (void)iconv_close(convert);
    if (status == PROPTER_OK) status = dataset_read_text(d, propter_buf_str(&text), format, PROPTER_STR(BASE), err);
  } else if (status == PROPTER_OK && strncmp(format, "json", 4) == 0) {
    status = dataset_read_json(d, propter_buf_str(&bytes), strcmp(format, "jsonld") == 0, err);
  } else if (status == PROPTER_OK) {
    status = dataset_read(d, path, format, err);
  }
  propter_buf_clear(&bytes);
  propter_buf_clear(&text);
  return status;
}

static bool same_dump(const char *truth, const char *made, PropterBuf *why) {
  Dataset wanted = {0}, found = {0};
  PropterError err = {0};
  char text[1024];
  PropterStatus status = read_dump(&wanted, truth, &err);
  if (status == PROPTER_OK) status = read_dump(&found, made, &err);
  dataset_numbers(&wanted), dataset_numbers(&found);
  bool same = status == PROPTER_OK && dataset_equal(&found, &wanted, why);
  if (status == PROPTER_OK && !same) propter_buf_reset(why), dataset_plain_integers(&found), same = dataset_equal(&found, &wanted, why);
  (void)propter_error_format(&err, text, sizeof text);
  if (status != PROPTER_OK) propter_buf_printf(why, "%s", text);
  if (!same) propter_buf_printf(why, " in %s", truth);
  dataset_clear(&wanted);
  dataset_clear(&found);
  return same;
}

static bool same_dumps(const char *folder, PropterBuf *why) {
  size_t count;
  bool same = true;
  for (int k = 0; k < 2; k++) {
    char **files = conformance_list(folder, k ? "dump" : "default", "", &count), truth[8192];
    for (size_t i = 0; i < count; i++) {
      (void)snprintf(truth, sizeof truth, "%s/%s", folder, files[i]);
      same = same && same_dump(truth, files[i], why);
      free(files[i]);
    }
    free(files);
  }
  return same;
}

static void target_case(const char *folder, const char *name) {
  char from[4000], here[4096], temporary[] = "/tmp/propter-targets-XXXXXX";
  const char *mapping = "mapping.ttl";
  PropterIngestOptions options = {.mappings = &mapping, .count = 1, .how.base = PROPTER_STR(BASE)};
  PropterIngestResult result = {.run = {"", 0}};
  PropterError err = {0};
  PropterBuf why = {0};
  size_t count;
  (void)snprintf(from, sizeof from, "%s/%s", folder, name);
  if (!mkdtemp(temporary) || !getcwd(here, sizeof here) || chdir(temporary) != 0) abort();
  copy_files(from, (const char *const[]){"mapping", "Friends", "companies", NULL}, ".");
  if (propter_ingest_write(&options, "default.nq", &result, &err) != PROPTER_OK) conformance_failed("%s: %s", err.source, err.message);
  else if (same_dumps(from, &why)) conformance_pass();
  else conformance_failed("%s", why.data);
  propter_ingest_result_clear(&result);
  propter_buf_clear(&why);
  char **left = conformance_list(".", "", "", &count);
  for (size_t i = 0; i < count; i++) (void)unlink(left[i]), free(left[i]);
  free(left);
  if (chdir(here) != 0) abort();
  (void)rmdir(temporary);
}

static void run_targets(const char *folder) {
  size_t count;
  char **cases = conformance_list(folder, "RMLTTC", "", &count);
  for (size_t i = 0; i < count; i++) {
    if (conformance_case(cases[i])) target_case(folder, cases[i]);
    free(cases[i]);
  }
  free(cases);
}

/* Its table is what its CSV file says. */
static void database_case(const char *folder, const char *name) {
  char script[] = "/tmp/propter-friends-XXXXXX.sql";
  int fd = mkstemps(script, 4);
  const char *server = server_start();
  RmlCase c = source_case(folder, name);
  c.dsn = server;
  bool made = fd >= 0 && server &&
              propter_io_write_file(
                  script,
                  PROPTER_STR("CREATE TABLE Friends (id INTEGER, name VARCHAR(50), age INTEGER);\nINSERT INTO Friends VALUES (0, 'Monica Geller', 33),"
                              "(1, 'Rachel Green', 34), (2, 'Joey Tribbiani', 35), (3, 'Chandler Bing', 36), (4, 'Ross Geller', 37);\n"),
                  NULL) == PROPTER_OK &&
              server_fill(script, NULL);
  if (fd >= 0) close(fd), (void)unlink(script);
  if (made) rml_case(folder, name, c);
  else conformance_failed("the database could not be made");
}

static void run_io(const char *folder) {
  size_t count;
  char **cases = conformance_list(folder, "RMLSTC", "", &count);
  for (size_t i = 0; i < count; i++) {
    if (conformance_case(cases[i]))
      names(folder, cases[i], "CONNECTIONDSN") ? database_case(folder, cases[i]) : rml_case(folder, cases[i], source_case(folder, cases[i]));
    free(cases[i]);
  }
  free(cases);
  run_targets(folder);
}

/* --- Registry ------------------------------------------------------------------------------------------------------------------------- */

static void run_registry(const char *folder) {
  size_t count;
  char **cases = conformance_list(folder, "RMLIOREGTC", "", &count), script[4096];
  for (size_t i = 0; i < count; i++) {
    const bool postgres = names(folder, cases[i], "org.postgresql.Driver"), mysql = names(folder, cases[i], "com.mysql.cj.jdbc.Driver");
    const char *server = postgres ? server_start() : mysql ? mysql_start() : NULL;
    if ((postgres || mysql) && !server) {
      conformance_skip();
    } else if (conformance_case(cases[i])) {
      RmlCase c = source_case(folder, cases[i]);
      if (server) c.dsn = server;
      (void)snprintf(script, sizeof script, "%s/%s/resource.sql", folder, cases[i]);
      if ((postgres && !server_fill(script, (const char *[]){"'\\\\x", "'\\x", NULL})) || (mysql && !mysql_fill(script)))
        conformance_failed("the database could not be made");
      else
        rml_case(folder, cases[i], c);
    }
    free(cases[i]);
  }
  free(cases);
}

const ConformanceSuite conformance_rml_io = {.name = "rml-io", .folder = "ingest/rml-io/test-cases", .run = run_io};
const ConformanceSuite conformance_rml_io_registry = {.name = "rml-io-registry", .folder = "ingest/rml-io-registry/test-cases", .run = run_registry};
