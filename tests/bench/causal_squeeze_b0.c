/* SPDX-License-Identifier: Apache-2.0 */
/* Multi-dimensional localisation, additive measure: FOLDER/SETTING/{injection_info.csv, TIMESTAMP.csv[.gz]}. F1 over exact slices; the time of a case is that
 * of the search, without reading the file. */
#include "cubes.h"

static void run(const char *folder, const char *timestamp, const char *truth, CubeScore *score) {
  CubeFile file;
  PropterSlices found = {0};
  PropterError err = {0};
  cube_read(&file, folder, timestamp);
  double start = bench_cpu();
  need(propter_drill(&file.cube, NULL, &found, NULL, 0, &err), &err);
  score->seconds += bench_cpu() - start;
  cube_score(&file, &found, truth, folder, score);
  propter_vec_clear(&found);
  cube_free(&file);
}

int causal_squeeze_b0(const char *folder, int argc, char **argv) {
  CubeScore s = {0};
  (void)argc, (void)argv;
  cube_cases(folder, run, &s);
  if (!s.cases) return 3;
  /* Of the same source, 2 slices of 2 dimensions in its set B3: .786; RiskLoc reports up to 57 % above the second best. */
  bench_versus("squeeze_b0-f1", 2 * (double)s.right / (double)(2 * s.right + s.wrong + s.missed), "F1", "Squeeze", 0.786);
  bench_print("squeeze_b0-exact", (double)s.exact / (double)s.cases, "share");
  bench_versus("squeeze_b0-case", 1e3 * s.seconds / (double)s.cases, "ms", "Squeeze", 10800);
  return 0;
}
