/* SPDX-License-Identifier: Apache-2.0 */
/* retail PARAMETERS FOLDER [SEED]: writes a shop with known truth into FOLDER (made if it is not there). Equal arguments, equal bytes. PARAMETERS is a file of
 * "name = number" lines (parameters.def; # begins a remark) or "-" for the defaults. */
#include "retail.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>

static const struct {
  const char *name;
  size_t offset;
  double value, low, high;
} parameters[] = {
#define PARAMETER(name, value, low, high, text) {#name, offsetof(Parameters, name), value, low, high},
#include "parameters.def"
#undef PARAMETER
};

void must_have(bool memory) {
  if (memory) return;
  fputs("retail: out of memory\n", stderr);
  exit(5);
}

FILE *open_file(const char *folder, const char *name) {
  char path[4096];
  int n = snprintf(path, sizeof path, "%s/%s", folder, name);
  FILE *f = n > 0 && (size_t)n < sizeof path ? fopen(path, "w") : NULL;
  if (f) return f;
  fprintf(stderr, "retail: %s/%s: %s\n", folder, name, strerror(errno));
  exit(75);
}

void close_file(FILE *f) {
  bool bad = ferror(f) != 0;
  if (fclose(f) == 0 && !bad) return;
  fprintf(stderr, "retail: write error: %s\n", strerror(errno));
  exit(75);
}

static void set(Parameters *p, const char *name, double value, const char *where, int line) {
  for (size_t i = 0; i < sizeof parameters / sizeof *parameters; i++) {
    if (strcmp(parameters[i].name, name) != 0) continue;
    if (!(value >= parameters[i].low && value <= parameters[i].high)) {
      fprintf(stderr, "retail: %s:%d: %s: expected %g to %g, found %g\n", where, line, name, parameters[i].low, parameters[i].high, value);
      exit(3);
    }
    memcpy((char *)p + parameters[i].offset, &value, sizeof value);
    return;
  }
  fprintf(stderr, "retail: %s:%d: no parameter \"%s\"\n", where, line, name);
  exit(3);
}

static void read_parameters(Parameters *p, const char *path) {
  char line[512], name[64], rest[2];
  double value;
  FILE *f = fopen(path, "r");
  if (!f) {
    fprintf(stderr, "retail: %s: %s\n", path, strerror(errno));
    exit(3);
  }
  for (int n = 1; fgets(line, sizeof line, f); n++) {
    line[strcspn(line, "#\n")] = 0;
    if (line[strspn(line, " \t\r")] == 0) continue;
    if (sscanf(line, " %63[a-z_] = %lf %1s", name, &value, rest) != 2) {
      fprintf(stderr, "retail: %s:%d: expected \"name = number\", found \"%s\"\n", path, n, line);
      exit(3);
    }
    set(p, name, value, path, n);
  }
  (void)fclose(f);
}

int main(int argc, char **argv) {
  Shop shop = {0};
  if (argc != 3 && argc != 4) {
    fputs("usage: retail PARAMETERS FOLDER [SEED]\n", stderr);
    return 2;
  }
  for (size_t i = 0; i < sizeof parameters / sizeof *parameters; i++) set(&shop.p, parameters[i].name, parameters[i].value, "defaults", 0);
  if (strcmp(argv[1], "-") != 0) read_parameters(&shop.p, argv[1]);
  if (argc == 4) set(&shop.p, "seed", strtod(argv[3], NULL), "command line", 0);
  if (mkdir(argv[2], 0777) != 0 && errno != EEXIST) {
    fprintf(stderr, "retail: %s: %s\n", argv[2], strerror(errno));
    return 75;
  }
  propter_rng_seed(&shop.rng, (uint64_t)shop.p.seed);
  shop_open(&shop);
  plant(&shop);
  tell(&shop, argv[2]);
  write_files(&shop, argv[2]);
  shop_close(&shop);
  return 0;
}
