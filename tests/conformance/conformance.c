/* SPDX-License-Identifier: Apache-2.0 */
/* conformance DATA-FOLDER SKIP-LIST [SUITE…] */
#include "conformance.h"

#include <dirent.h>
#include <stdarg.h>
#include <sys/stat.h>

#define CONFORMANCE(name) extern const ConformanceSuite conformance_##name;
#include "conformance.def"
#undef CONFORMANCE

static const ConformanceSuite *const suites[] = {
#define CONFORMANCE(name) &conformance_##name,
#include "conformance.def"
#undef CONFORMANCE
};

static const char *skip_list, *suite_name;
static char case_name[256];
static size_t total, passed, failed, skipped;
static bool verbose;

static bool in_skip_list(const char *name) {
  FILE *f = fopen(skip_list, "r");
  char line[1024], suite[128], test[256];
  bool found = false;
  while (f && !found && fgets(line, sizeof line, f)) {
    if (line[0] == '#' || sscanf(line, "%127s %255s", suite, test) != 2) continue;
    found = strcmp(suite, suite_name) == 0 && strcmp(test, name) == 0;
    if (found) printf("# skipped %s", line);
  }
  if (f) fclose(f);
  return found;
}

void conformance_skip(void) { skipped++; }

bool conformance_case(const char *name) {
  (void)snprintf(case_name, sizeof case_name, "%s", name);
  if (in_skip_list(name)) {
    skipped++;
    return false;
  }
  total++;
  return true;
}

void conformance_pass(void) { passed++; }

void conformance_failed(const char *format, ...) {
  failed++;
  printf("# failed %s %s", suite_name, case_name);
  if (verbose) {
    va_list args;
    va_start(args, format);
    fputs(": ", stdout);
    vprintf(format, args);
    va_end(args);
  }
  putchar('\n');
}

static int by_name(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

char **conformance_list(const char *folder, const char *prefix, const char *suffix, size_t *count) {
  char **names = NULL;
  *count = 0;
  DIR *d = opendir(folder);
  for (struct dirent *e; d && (e = readdir(d));) {
    PropterStr name = propter_str(e->d_name);
    if (name.data[0] == '.' || !propter_str_starts(name, propter_str(prefix)) || !propter_str_ends(name, propter_str(suffix))) continue;
    char **grown = realloc(names, (*count + 1) * sizeof *names);
    if (!grown || !(grown[*count] = strdup(e->d_name))) abort();
    names = grown;
    ++*count;
  }
  if (d) closedir(d);
  if (*count) qsort(names, *count, sizeof *names, by_name);
  return names;
}

static bool asked_for(const ConformanceSuite *s, int argc, char **argv) {
  if (argc <= 3) return true;
  for (int i = 3; i < argc; i++)
    if (strcmp(argv[i], s->name) == 0) return true;
  return false;
}

static bool known_suite(const char *name) {
  for (size_t i = 0; i < sizeof suites / sizeof *suites; i++)
    if (strcmp(suites[i]->name, name) == 0) return true;
  return false;
}

/* A suite that is asked for and not known would pass by not being run. */
static int unknown_suites(int argc, char **argv) {
  int unknown = 0;
  for (int i = 3; i < argc; i++) {
    if (known_suite(argv[i])) continue;
    fprintf(stderr, "conformance: no suite \"%s\"; there are:", argv[i]);
    for (size_t k = 0; k < sizeof suites / sizeof *suites; k++) fprintf(stderr, " %s", suites[k]->name);
    fputc('\n', stderr);
    unknown++;
  }
  return unknown;
}

int main(int argc, char **argv) {
  if (argc < 3 || unknown_suites(argc, argv)) return 2;
  skip_list = argv[2];
  verbose = getenv("VERBOSE") != NULL;
  bool any_failed = false;
  for (size_t i = 0; i < sizeof suites / sizeof *suites; i++) {
    const ConformanceSuite *s = suites[i];
    if (!asked_for(s, argc, argv)) continue;
    char folder[4096];
    struct stat st;
    (void)snprintf(folder, sizeof folder, "%s/%s", argv[1], s->folder);
    if (stat(folder, &st) != 0) {
      printf("conformance %s SKIPPED: no folder %s (set PROPTER_DATA)\n", s->name, folder);
      continue;
    }
    suite_name = s->name;
    total = passed = failed = skipped = 0;
    s->run(folder);
    printf("conformance %s %zu/%zu", s->name, passed, total);
    if (skipped) printf(" (%zu skipped)", skipped);
    putchar('\n');
    any_failed |= passed != total;
  }
  return any_failed;
}
