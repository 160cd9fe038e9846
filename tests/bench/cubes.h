/* SPDX-License-Identifier: Apache-2.0 */
/* Cases of multi-dimensional localisation as files: columns real, predict, then one per dimension; and their truth "a=a1&b=b2;c=c3". */
#ifndef BENCH_CUBES_H
#define BENCH_CUBES_H

#include "causal.h"
#include "propter/drill.h"

typedef struct {
  Table table;
  PropterCube cube;
  uint32_t *level;
  double *actual, *expected;
} CubeFile;
/* NAME.csv or NAME.csv.gz in `folder`. */
void cube_read(CubeFile *file, const char *folder, const char *name);
void cube_free(CubeFile *file);

/* Slices named by `text`; their number, at most `most`. Ends the program on a name that the file does not have. */
size_t cube_truth(const CubeFile *file, const char *text, PropterSlice *out, size_t most);

typedef struct {
  size_t cases, exact, right, wrong, missed;
  double seconds;
} CubeScore;
/* Counts a case's slices against its truth; says on stderr what differs. */
void cube_score(const CubeFile *file, const PropterSlices *found, const char *truth, const char *name, CubeScore *score);

/* Every case of every SETTING/injection_info.csv below `folder`; the names of the files are TIMESTAMP + suffix. */
typedef void CubeCase(const char *folder, const char *timestamp, const char *truth, CubeScore *score);
void cube_cases(const char *folder, CubeCase *run, CubeScore *score);

#endif
