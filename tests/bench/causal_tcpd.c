/* SPDX-License-Identifier: Apache-2.0 */
/* Changepoints as people mark them: FOLDER/annotations.json and FOLDER/datasets/NAME/NAME.json, series with one dimension. Default settings, no preprocessing.
 * Covering and F1 (margin of five periods, period 0 counted as a changepoint) as in van den Burg and Williams 2020. */
#include <jansson.h>
#include <math.h>
#include <string.h>

#include "causal.h"
#include "propter/detect.h"

enum { MARGIN = 5, MARKS = 256 };

typedef struct {
  size_t at[MARKS], count;
} Marks;

static void mark(Marks *m, size_t at) {
  size_t i = m->count;
  for (size_t k = 0; k < m->count; k++)
    if (m->at[k] == at) return;
  if (m->count == MARKS) exit(5);
  for (m->count++; i > 0 && m->at[i - 1] > at; i--) m->at[i] = m->at[i - 1];
  m->at[i] = at;
}

static size_t apart(size_t a, size_t b) { return a > b ? a - b : b - a; }

/* True marks that have a prediction of their own within the margin. */
static size_t matched(const Marks *truth, const Marks *found) {
  bool used[MARKS] = {false};
  size_t count = 0;
  for (size_t i = 0; i < truth->count; i++) {
    size_t best = SIZE_MAX;
    for (size_t k = 0; k < found->count; k++)
      if (!used[k] && apart(truth->at[i], found->at[k]) <= MARGIN &&
          (best == SIZE_MAX || apart(truth->at[i], found->at[k]) < apart(truth->at[i], found->at[best])))
        best = k;
    if (best != SIZE_MAX) used[best] = true, count++;
  }
  return count;
}

static double covering(const Marks *truth, const Marks *found, size_t n) {
  double sum = 0;
  for (size_t i = 0; i < truth->count; i++) {
    size_t a = truth->at[i], b = i + 1 < truth->count ? truth->at[i + 1] : n;
    double best = 0;
    for (size_t k = 0; k < found->count; k++) {
      size_t c = found->at[k], d = k + 1 < found->count ? found->at[k + 1] : n, low = a > c ? a : c, high = b < d ? b : d;
      if (high > low) best = fmax(best, (double)(high - low) / (double)((b > d ? b : d) - (a < c ? a : c)));
    }
    sum += (double)(b - a) * best / (double)n;
  }
  return sum;
}

static double *read_series(const char *folder, const char *name, size_t *n) {
  char path[4096];
  path_format(path, sizeof path, "datasets/%s/%s.json", name, name);
  char *text = file_text(folder, path);
  json_t *json = text ? json_loads(text, 0, NULL) : NULL, *series = json_object_get(json, "series");
  double *x = NULL;
  if (json_array_size(series) == 1) {
    json_t *raw = json_object_get(json_array_get(series, 0), "raw");
    *n = json_array_size(raw);
    if (!(x = propter_malloc((*n + 1) * sizeof *x))) exit(75);
    for (size_t i = 0; i < *n; i++) x[i] = json_is_number(json_array_get(raw, i)) ? json_number_value(json_array_get(raw, i)) : NAN;
  }
  json_decref(json);
  propter_free(text);
  return x;
}

static void score_series(const char *name, json_t *annotators, const Marks *found, size_t n, double *cover, double *f1) {
  Marks all = {{0}, 0};
  double recall = 0, people = (double)json_object_size(annotators);
  const char *who;
  json_t *list, *item;
  size_t i;
  *cover = 0;
  json_object_foreach(annotators, who, list) {
    Marks truth = {{0}, 1};
    json_array_foreach(list, i, item) mark(&truth, (size_t)json_integer_value(item));
    for (size_t k = 0; k < truth.count; k++) mark(&all, truth.at[k]);
    recall += (double)matched(&truth, found) / (double)truth.count / people;
    *cover += covering(&truth, found, n) / people;
  }
  double precision = (double)matched(&all, found) / (double)found->count;
  *f1 = 2 * precision * recall / (precision + recall);
  fprintf(stderr, "%-24s cover %.3f F1 %.3f ", name, *cover, *f1);
  for (size_t k = 1; k < found->count; k++) fprintf(stderr, " %zu", found->at[k]);
  fputc('\n', stderr);
}

int causal_tcpd(const char *folder, int argc, char **argv) {
  char *text = file_text(folder, "annotations.json");
  json_t *json = text ? json_loads(text, 0, NULL) : NULL, *annotators;
  const char *name;
  double covers = 0, f1s = 0, none_covers = 0, none_f1s = 0, count = 0, seconds = 0;
  (void)argc, (void)argv;
  json_object_foreach(json, name, annotators) {
    size_t n = 0;
    double *x = read_series(folder, name, &n), cover, f1;
    if (!x) continue;
    PropterChanges changes = {0};
    PropterError err = {0};
    Marks found = {{0}, 1}, none = {{0}, 1};
    double start = bench_cpu();
    need(propter_changes(x, n, NULL, &changes, &err), &err);
    seconds += bench_cpu() - start;
    for (size_t i = 0; i < changes.count; i++) mark(&found, changes.items[i].at);
    score_series("  (no change)", annotators, &none, n, &cover, &f1);
    none_covers += cover, none_f1s += f1;
    score_series(name, annotators, &found, n, &cover, &f1);
    covers += cover, f1s += f1, count++;
    propter_vec_clear(&changes);
    propter_free(x);
  }
  json_decref(json);
  propter_free(text);
  if (count == 0) return 3;
  bench_versus("tcpd-cover", covers / count, "share", "BINSEG", 0.706);
  bench_versus("tcpd-f1", f1s / count, "F1", "BINSEG", 0.744);
  bench_print("tcpd-cover-of-no-change", none_covers / count, "share"); /* published: .583, .669; tells how this part compares with the whole */
  bench_print("tcpd-f1-of-no-change", none_f1s / count, "F1");
  bench_print("tcpd-series", 1e3 * seconds / count, "ms");
  return 0;
}
