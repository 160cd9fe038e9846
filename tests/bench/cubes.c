/* SPDX-License-Identifier: Apache-2.0 */
#include "cubes.h"

#include <string.h>

enum { MEASURES = 2, SLICES_MAX = 32 };

void cube_read(CubeFile *f, const char *folder, const char *name) {
  char plain[512], packed[512];
  path_format(plain, sizeof plain, "%s.csv", name);
  path_format(packed, sizeof packed, "%s.csv.gz", name);
  char *there = file_text(folder, plain);
  table_read(&f->table, folder, there ? plain : packed, ",");
  propter_free(there);
  size_t rows = f->table.rows, dims = f->table.cols - MEASURES;
  f->level = propter_malloc((rows * dims + 1) * sizeof *f->level);
  if (!f->level) exit(75);
  for (size_t r = 0; r < rows; r++)
    for (size_t d = 0; d < dims; d++) f->level[r * dims + d] = (uint32_t)f->table.values[(d + MEASURES) * rows + r];
  f->actual = f->table.values;
  f->expected = f->table.values + rows;
  f->cube = (PropterCube){
      .cells = rows, .dimensions = dims, .level = f->level, .levels = f->table.level_count + MEASURES, .actual = f->actual, .expected = f->expected};
}

void cube_free(CubeFile *f) {
  table_free(&f->table);
  propter_free(f->level);
}

static void set_level(const CubeFile *f, PropterSlice *slice, const char *text, size_t len) {
  const char *equals = memchr(text, '=', len);
  for (size_t d = 0; equals && d < f->cube.dimensions; d++) {
    const char *name = f->table.names[d + MEASURES];
    if (strlen(name) != (size_t)(equals - text) || memcmp(name, text, strlen(name)) != 0) continue;
    size_t rest = len - strlen(name) - 1;
    for (size_t l = 0; l < f->cube.levels[d]; l++) {
      const char *level = f->table.levels[d + MEASURES][l];
      if (strlen(level) == rest && memcmp(level, equals + 1, rest) == 0) {
        slice->level[d] = (uint32_t)l;
        return;
      }
    }
  }
  fprintf(stderr, "causal: no slice \"%.*s\"\n", (int)len, text);
  exit(3);
}

size_t cube_truth(const CubeFile *f, const char *text, PropterSlice *out, size_t most) {
  size_t count = 0;
  for (const char *at = text; *at && count < most; count++) {
    size_t length = strcspn(at, ";");
    for (size_t d = 0; d < PROPTER_DRILL_DIMENSIONS; d++) out[count].level[d] = PROPTER_LEVEL_ANY;
    for (size_t from = 0; from < length;) {
      size_t part = strcspn(at + from, "&;");
      set_level(f, &out[count], at + from, part);
      from += part + 1;
    }
    at += length + (at[length] == ';');
  }
  return count;
}

static bool same(const CubeFile *f, const PropterSlice *a, const PropterSlice *b) {
  return memcmp(a->level, b->level, f->cube.dimensions * sizeof *a->level) == 0;
}

static void print_slice(const CubeFile *f, const char *word, const PropterSlice *s) {
  fprintf(stderr, "  %s", word);
  for (size_t d = 0; d < f->cube.dimensions; d++)
    if (s->level[d] != PROPTER_LEVEL_ANY) fprintf(stderr, " %s=%s", f->table.names[d + MEASURES], f->table.levels[d + MEASURES][s->level[d]]);
}

void cube_score(const CubeFile *f, const PropterSlices *found, const char *truth, const char *name, CubeScore *score) {
  PropterSlice want[SLICES_MAX];
  size_t n = cube_truth(f, truth, want, SLICES_MAX), right = 0;
  for (size_t i = 0; i < found->count; i++)
    for (size_t k = 0; k < n; k++) right += same(f, &found->items[i], &want[k]);
  score->cases++;
  score->right += right;
  score->wrong += found->count - right;
  score->missed += n - right;
  score->exact += right == n && found->count == n;
  if (right == n && found->count == n) return;
  fprintf(stderr, "%s:", name);
  for (size_t k = 0; k < n; k++) print_slice(f, "true", &want[k]);
  for (size_t i = 0; i < found->count; i++) print_slice(f, "found", &found->items[i]), fprintf(stderr, " (%.1f)", found->items[i].evidence);
  fputs("\n", stderr);
}

void cube_cases(const char *folder, CubeCase *run, CubeScore *score) {
  char path[4096], timestamp[32];
  size_t settings;
  char **names = folder_names(folder, "", &settings);
  for (size_t i = 0; i < settings; i++) {
    Table info;
    path_format(path, sizeof path, "%s/%s", folder, names[i]);
    char *there = file_text(path, "injection_info.csv");
    if (!there) continue;
    propter_free(there);
    table_read(&info, path, "injection_info.csv", ",");
    const double *set = table_column(&info, "set"), *time = table_column(&info, "timestamp");
    size_t column = (size_t)(set - info.values) / info.rows;
    for (size_t r = 0; r < info.rows; r++) {
      path_format(timestamp, sizeof timestamp, "%.0f", time[r]);
      run(path, timestamp, info.levels[column][(size_t)set[r]], score);
    }
    table_free(&info);
  }
  names_free(names, settings);
}
