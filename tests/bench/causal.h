/* SPDX-License-Identifier: Apache-2.0 */
/* What the tasks of the cause-finding benchmark share. A task is one file causal_NAME.c with its function and one row in causal.def. */
#ifndef BENCH_CAUSAL_H
#define BENCH_CAUSAL_H

#include "bench.h"
#include "propter/mem.h"

/* Scores what lies in `folder` and prints bench lines; words of the command line after the folder are in argv[0..argc). Exit code. */
typedef int CausalTask(const char *folder, int argc, char **argv);
#define TASK(name, text) extern CausalTask causal_##name;
#include "causal.def"
#undef TASK

/* "bench NAME VALUE UNIT vs PEER VALUE RATIO", the ratio being value ÷ peer. */
static inline void bench_versus(const char *name, double value, const char *unit, const char *peer, double peer_value) {
  printf("bench %s %.4g %s vs %s %.4g %.3g\n", name, value, unit, peer, peer_value, value / peer_value);
}

/* Ends the program with the error's text and code unless status is PROPTER_OK. */
void need(PropterStatus status, const PropterError *err);

/* A delimited file with a header, plain or .gz. Value (column c, row r) is values[c·rows + r]; a cell that is not a number is the place of its text in
 * levels[c], in order of first sight, and a cell that is empty, *, ? or NA is NaN. */
typedef struct {
  size_t rows, cols;
  char **names;
  double *values;
  char ***levels;
  size_t *level_count;
} Table;
/* Ends the program when the file cannot be read. A name of NULL header cells gets "". */
void table_read(Table *table, const char *folder, const char *name, const char *delimiters);
/* Column by name; ends the program when it is missing. */
const double *table_column(const Table *table, const char *name);
void table_free(Table *table);

/* The bytes of folder/name, unpacked when it ends in .gz, terminated; NULL when there is no such file. */
char *file_text(const char *folder, const char *name);

/* Formats a path; ends the program when it is longer than `size`. */
void path_format(char *out, size_t size, const char *format, ...) PROPTER_PRINTF(3, 4);

/* The names in `folder` that end in `suffix`, sorted; `count` of them. Freed by names_free. */
char **folder_names(const char *folder, const char *suffix, size_t *count);
void names_free(char **names, size_t count);

#endif
