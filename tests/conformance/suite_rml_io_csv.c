/* SPDX-License-Identifier: Apache-2.0 */
/* The cases of RML-IO and of its registry that read CSV files only. */
#include <sys/stat.h>

#include "conformance.h"
#include "propter/io.h"
#include "rml_case.h"

/* A case of this suite: its mapping names CSV and no target that is not the default one. */
static bool reads_csv(const char *folder, const char *name) {
  char path[4096];
  PropterBuf text = {0};
  (void)snprintf(path, sizeof path, "%s/%s/mapping.ttl", folder, name);
  bool csv = propter_io_read_file(path, 0, &text, NULL) == PROPTER_OK && propter_str_find(propter_buf_str(&text), PROPTER_STR("rml:CSV")) != SIZE_MAX;
  propter_buf_clear(&text);
  return csv;
}

static void run_folder(const char *folder, const char *prefix) {
  size_t count;
  char **names = conformance_list(folder, prefix, "", &count);
  for (size_t i = 0; i < count; i++) {
    if (reads_csv(folder, names[i]) && conformance_case(names[i])) {
      char path[4096];
      struct stat st;
      (void)snprintf(path, sizeof path, "%s/%s/default.nq", folder, names[i]);
      rml_case(folder, names[i], (RmlCase){.truth = stat(path, &st) == 0 ? "default.nq" : "output.nq", .base = "http://example.com/"});
    }
    free(names[i]);
  }
  free(names);
}

static void run(const char *folder) {
  char other[4096];
  run_folder(folder, "RMLSTC");
  (void)snprintf(other, sizeof other, "%s/../../rml-io-registry/test-cases", folder);
  run_folder(other, "RMLIOREGTC");
}

const ConformanceSuite conformance_rml_io_csv = {.name = "rml-io-csv", .folder = "ingest/rml-io/test-cases", .run = run};
