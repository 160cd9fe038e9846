/* SPDX-License-Identifier: Apache-2.0 */
/* Multi-dimensional localisation of a ratio: FOLDER/SETTING/{injection_info.csv, TIMESTAMP.a.csv (numerator), TIMESTAMP.b.csv (denominator)}, the cells in the
 * same order. Without a folder of cases the seeded generator below makes some in a temporary one; "causal squeeze_ratio FOLDER generate SEED CASES" makes and
 * keeps them (CASES per setting).
 * The generator: 6 × 36 × 10 × 10 cells, about a third of them empty, denominators heavy-tailed; ratios vary by level and cell; forecasts are wrong by some
 * per cent, denominators by more, and two slices per case have other traffic with the same ratio. In one to three slices of one to three dimensions the ratio
 * falls by 20 to 80 %; numerators are drawn from their binomial. */
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cubes.h"
#include "propter/rng.h"

enum { DIMS = 4, CELLS = 6 * 36 * 10 * 10, TRAFFIC = 2, DEFAULT_CASES = 6 };
static const size_t levels[DIMS] = {6, 36, 10, 10};
static const char names[DIMS] = {'a', 'b', 'c', 'd'};

/* --- scoring ---------------------------------------------------------------------------------------------------------------- */

static void run(const char *folder, const char *timestamp, const char *truth, CubeScore *score) {
  CubeFile top, bottom;
  PropterSlices found = {0};
  PropterError err = {0};
  char name[64];
  path_format(name, sizeof name, "%s.a", timestamp);
  cube_read(&top, folder, name);
  path_format(name, sizeof name, "%s.b", timestamp);
  cube_read(&bottom, folder, name);
  double *expected = propter_malloc((top.cube.cells + 1) * sizeof *expected), start = bench_cpu();
  if (!expected || bottom.cube.cells != top.cube.cells) exit(3);
  propter_drill_ratio(top.cube.cells, top.actual, bottom.actual, top.expected, bottom.expected, expected);
  top.cube.expected = expected;
  need(propter_drill(&top.cube, NULL, &found, NULL, 0, &err), &err);
  score->seconds += bench_cpu() - start;
  cube_score(&top, &found, truth, folder, score);
  propter_vec_clear(&found);
  propter_free(expected);
  cube_free(&top);
  cube_free(&bottom);
}

/* --- generator -------------------------------------------------------------------------------------------------------------- */

typedef struct {
  uint32_t level[DIMS];
  double factor;
} Change;

typedef struct {
  PropterRng rng;
  double bottom[CELLS], rate[CELLS];                 /* what is expected */
  double real[2][CELLS], predict[2][CELLS];          /* numerator, denominator */
} Shop;

static void cell_levels(size_t cell, uint32_t *level) {
  for (size_t d = DIMS; d-- > 0; cell /= levels[d]) level[d] = (uint32_t)(cell % levels[d]);
}

static bool within(const Change *change, const uint32_t *level) {
  for (size_t d = 0; d < DIMS; d++)
    if (change->level[d] != PROPTER_LEVEL_ANY && change->level[d] != level[d]) return false;
  return true;
}

static double uniform(PropterRng *rng, double from, double to) { return from + (to - from) * propter_rng_unit(rng); }

static double binomial(PropterRng *rng, double n, double p) {
  if (n > 60) return fmin(n, fmax(0, floor(n * p + sqrt(n * p * (1 - p)) * propter_rng_normal(rng) + 0.5)));
  double count = 0;
  for (double i = 0; i < n; i++) count += propter_rng_unit(rng) < p;
  return count;
}

static void draw_shop(Shop *shop) {
  double effect[DIMS][36];
  for (size_t d = 0; d < DIMS; d++)
    for (size_t l = 0; l < levels[d]; l++) effect[d][l] = 0.3 * propter_rng_normal(&shop->rng);
  for (size_t i = 0; i < CELLS; i++) {
    uint32_t level[DIMS];
    cell_levels(i, level);
    double score = 1.5 + 0.3 * propter_rng_normal(&shop->rng);
    for (size_t d = 0; d < DIMS; d++) score += effect[d][level[d]];
    shop->rate[i] = 1 / (1 + exp(-score));
    shop->bottom[i] = propter_rng_unit(&shop->rng) < 0.36 ? 0 : floor(exp(3 + 2.7 * fmin(3, propter_rng_normal(&shop->rng))));
  }
}

/* A slice that fixes `fixed` dimensions and holds at least `least` of the denominator in three cells. */
static Change draw_change(Shop *shop, size_t fixed, double least) {
  for (;;) {
    Change change;
    uint32_t level[DIMS];
    double sum = 0;
    size_t cells = 0, left = fixed;
    for (size_t d = 0; d < DIMS; d++) {
      bool take = propter_rng_below(&shop->rng, DIMS - d) < left;
      left -= take;
      change.level[d] = take ? (uint32_t)propter_rng_below(&shop->rng, levels[d]) : PROPTER_LEVEL_ANY;
    }
    for (size_t i = 0; i < CELLS; i++) {
      cell_levels(i, level);
      if (within(&change, level) && shop->bottom[i] > 0) sum += shop->bottom[i], cells++;
    }
    if (sum >= least && cells >= 3) return change;
  }
}

static void draw_case(Shop *shop, const Change *changes, size_t count, const Change *traffic) {
  for (size_t i = 0; i < CELLS; i++) {
    uint32_t level[DIMS];
    cell_levels(i, level);
    double n = shop->bottom[i], rate = shop->rate[i];
    shop->predict[1][i] = n;
    shop->predict[0][i] = n * fmin(1, rate * (1 + 0.02 * propter_rng_normal(&shop->rng)));
    for (size_t t = 0; t < TRAFFIC; t++)
      if (within(&traffic[t], level)) n *= traffic[t].factor;
    for (size_t c = 0; c < count; c++)
      if (within(&changes[c], level)) rate *= changes[c].factor;
    shop->real[1][i] = fmax(0, floor(n * (1 + 0.05 * propter_rng_normal(&shop->rng)) + sqrt(n) * propter_rng_normal(&shop->rng) + 0.5));
    shop->real[0][i] = binomial(&shop->rng, shop->real[1][i], rate);
  }
}

static void write_measure(const Shop *shop, const char *folder, size_t timestamp, size_t measure) {
  char path[4096];
  path_format(path, sizeof path, "%s/%zu.%c.csv", folder, timestamp, "ab"[measure]);
  FILE *file = fopen(path, "w");
  if (!file) exit(75);
  fputs("real,predict,a,b,c,d\n", file);
  for (size_t i = 0; i < CELLS; i++) {
    uint32_t level[DIMS];
    cell_levels(i, level);
    fprintf(file, "%.6g,%.6g", shop->real[measure][i], shop->predict[measure][i]);
    for (size_t d = 0; d < DIMS; d++) fprintf(file, ",%c%u", names[d], level[d] + 1);
    fputc('\n', file);
  }
  if (fclose(file)) exit(75);
}

static void write_truth(FILE *info, const Change *changes, size_t count, size_t timestamp) {
  for (size_t c = 0; c < count; c++) {
    const char *between = c ? ";" : "";
    for (size_t d = 0; d < DIMS; d++) {
      if (changes[c].level[d] == PROPTER_LEVEL_ANY) continue;
      fprintf(info, "%s%c=%c%u", between, names[d], names[d], changes[c].level[d] + 1);
      between = "&";
    }
  }
  fprintf(info, ",%zu\n", timestamp);
}

static bool same_change(const Change *a, const Change *b) { return memcmp(a->level, b->level, sizeof a->level) == 0; }

static void generate_setting(Shop *shop, const char *root, size_t fixed, size_t count, size_t cases) {
  char folder[2048], path[4096];
  path_format(folder, sizeof folder, "%s/ratio_cuboid_layer_%zu_n_ele_%zu", root, fixed, count);
  path_format(path, sizeof path, "%s/injection_info.csv", folder);
  (void)mkdir(folder, 0777);
  FILE *info = fopen(path, "w");
  if (!info) exit(75);
  fputs("set,timestamp\n", info);
  for (size_t t = 0; t < cases; t++) {
    Change changes[3], traffic[TRAFFIC];
    draw_shop(shop);
    for (size_t c = 0; c < count;) {
      changes[c] = draw_change(shop, fixed, 500);
      changes[c].factor = 1 - uniform(&shop->rng, 0.2, 0.8);
      bool again = false;
      for (size_t k = 0; k < c; k++) again |= same_change(&changes[k], &changes[c]);
      c += !again;
    }
    for (size_t k = 0; k < TRAFFIC; k++) traffic[k] = draw_change(shop, 1 + k, 500), traffic[k].factor = uniform(&shop->rng, 0.5, 1.5);
    draw_case(shop, changes, count, traffic);
    for (size_t m = 0; m < 2; m++) write_measure(shop, folder, t, m);
    write_truth(info, changes, count, t);
  }
  if (fclose(info)) exit(75);
}

static void generate(const char *root, uint64_t seed, size_t cases) {
  Shop *shop = propter_malloc(sizeof *shop);
  if (!shop) exit(75);
  propter_rng_seed(&shop->rng, seed);
  (void)mkdir(root, 0777);
  for (size_t fixed = 1; fixed <= 3; fixed++)
    for (size_t count = 1; count <= 3; count++) generate_setting(shop, root, fixed, count, cases);
  propter_free(shop);
}

static void remove_cases(const char *root) {
  size_t settings, files;
  char path[4096];
  char **setting = folder_names(root, "", &settings);
  for (size_t i = 0; i < settings; i++) {
    path_format(path, sizeof path, "%s/%s", root, setting[i]);
    char **file = folder_names(path, "", &files);
    for (size_t k = 0; k < files; k++) {
      path_format(path, sizeof path, "%s/%s/%s", root, setting[i], file[k]);
      (void)unlink(path);
    }
    names_free(file, files);
    path_format(path, sizeof path, "%s/%s", root, setting[i]);
    (void)rmdir(path);
  }
  names_free(setting, settings);
  (void)rmdir(root);
}

int causal_squeeze_ratio(const char *folder, int argc, char **argv) {
  CubeScore s = {0};
  if (argc == 3 && strcmp(argv[0], "generate") == 0) {
    generate(folder, strtoull(argv[1], NULL, 10), strtoull(argv[2], NULL, 10));
    return 0;
  }
  cube_cases(folder, run, &s);
  if (!s.cases) {
    char temporary[1024];
    const char *base = getenv("TMPDIR");
    path_format(temporary, sizeof temporary, "%s/squeeze_ratio.XXXXXX", base ? base : "/tmp");
    if (!mkdtemp(temporary)) return 75;
    generate(temporary, 1, DEFAULT_CASES);
    cube_cases(temporary, run, &s);
    remove_cases(temporary);
  }
  if (!s.cases) return 3;
  bench_versus("squeeze_ratio-top1", (double)s.exact / (double)s.cases, "share", "RobustSpot", 0.559);
  bench_print("squeeze_ratio-f1", 2 * (double)s.right / (double)(2 * s.right + s.wrong + s.missed), "F1");
  bench_print("squeeze_ratio-case", 1e3 * s.seconds / (double)s.cases, "ms");
  return 0;
}
