/* SPDX-License-Identifier: Apache-2.0 */
/* Anomalies in streams: FOLDER/labels/combined_windows.json names the files below FOLDER/data (timestamp,value) and their windows. Scored as the
 * Numenta Anomaly Benchmark does (Lavin and Ahmad 2015), standard profile: a probationary 15 % of a file, at most 750 rows; the earliest alert of a
 * window counts by a sigmoid of its place, a missed window -1, every alert outside -0.11, less soon after a window; one threshold for all files, the one
 * of best score; 0 is to stay silent, 100 to alert at the start of every window and nowhere else. A word after FOLDER: only files whose name begins so.
 * Preprocessing: rows as they come, seasons of a day and a week of the median step between rows. */
#include <jansson.h>
#include <math.h>
#include <string.h>

#include "causal.h"
#include "propter/date.h"
#include "propter/stream.h"

enum { WINDOWS = 32, STAMP = 19, PROBATION = 750 };
static const double false_alert = 0.11;

typedef struct {
  size_t rows, count;
  double *value, *second;
  char (*stamp)[STAMP + 1];
  size_t from[WINDOWS], to[WINDOWS]; /* inclusive, in order */
} Stream;

/* What an alert at a row would be worth: `window` numbers the windows of all files from 1, 0: outside. */
typedef struct {
  double score, worth;
  size_t window;
} Row;
typedef PROPTER_VEC(Row) Rows;

static double seconds_of(const char *stamp) {
  int year, month, day, hour, minute, second;
  if (sscanf(stamp, "%d-%d-%d %d:%d:%d", &year, &month, &day, &hour, &minute, &second) != 6) exit(3);
  return 86400.0 * propter_day(year, month, day) + 3600 * hour + 60 * minute + second;
}

static void stream_read(Stream *s, const char *folder, const char *name) {
  char path[4096];
  path_format(path, sizeof path, "data/%s", name);
  char *text = file_text(folder, path), *at = text ? strchr(text, '\n') : NULL;
  *s = (Stream){0};
  for (char *p = at; p && (p = strchr(p, ',')); p++) s->rows++;
  s->value = propter_malloc((s->rows + 1) * sizeof *s->value);
  s->second = propter_malloc((s->rows + 1) * sizeof *s->second);
  s->stamp = propter_calloc(s->rows + 1, sizeof *s->stamp);
  if (!at || !s->value || !s->second || !s->stamp) exit(3);
  for (size_t i = 0; i < s->rows; i++) {
    char *comma = strchr(++at, ',');
    if (!comma || comma - at < STAMP) exit(3);
    memcpy(s->stamp[i], at, STAMP);
    s->second[i] = seconds_of(s->stamp[i]);
    s->value[i] = strtod(comma + 1, &at);
    at = strchr(at, '\n');
    if (!at) s->rows = i + 1;
  }
  propter_free(text);
}

static size_t row_of(const Stream *s, const char *stamp) {
  size_t i = 0;
  while (i < s->rows && strncmp(s->stamp[i], stamp, STAMP) != 0) i++;
  if (i == s->rows) exit(3);
  return i;
}

static void stream_windows(Stream *s, json_t *windows) {
  size_t k;
  json_t *window;
  json_array_foreach(windows, k, window) {
    if (k == WINDOWS) exit(5);
    s->from[k] = row_of(s, json_string_value(json_array_get(window, 0)));
    s->to[k] = row_of(s, json_string_value(json_array_get(window, 1)));
  }
  s->count = json_array_size(windows);
}

static void stream_free(Stream *s) {
  propter_free(s->value);
  propter_free(s->second);
  propter_free(s->stamp);
}

static size_t rows_of_a_day(const Stream *s) {
  double *step = propter_malloc(s->rows * sizeof *step);
  if (!step) exit(75);
  for (size_t i = 0; i + 1 < s->rows; i++) step[i] = s->second[i + 1] - s->second[i];
  qsort(step, s->rows - 1, sizeof *step, bench_compare);
  double day = 86400 / step[s->rows / 2];
  propter_free(step);
  return day >= 2 ? (size_t)lrint(day) : 0;
}

static double sigmoid(double place) { return place >= 3 ? -1 : 2 / (1 + exp(5 * place)) - 1; }

/* Appends a row for every observation after the probation; *first numbers this file's windows. */
static void stream_score(const Stream *s, const double *score, size_t first, Rows *rows) {
  size_t probation = (size_t)(0.15 * (double)s->rows), next = 0;
  if (probation > PROBATION) probation = PROBATION;
  for (size_t i = 0; i < s->rows; i++) {
    if (next < s->count && i > s->to[next]) next++;
    Row row = {.score = score[i], .worth = -false_alert};
    if (next < s->count && i >= s->from[next]) {
      row.worth = sigmoid(-(double)(s->to[next] - i + 1) / (double)(s->to[next] - s->from[next] + 1)) / sigmoid(-1);
      row.window = first + next;
    } else if (next) {
      row.worth = false_alert * sigmoid((double)(i - s->to[next - 1]) / (double)(s->to[next - 1] - s->from[next - 1]));
    }
    if (i >= probation && !propter_vec_push(rows, row)) exit(75);
  }
}

static double detect(const Stream *s, double *score) {
  PropterStreamOptions options = propter_stream_options();
  PropterStream *stream;
  PropterError err = {0};
  options.season[0] = rows_of_a_day(s);
  options.season[1] = 7 * options.season[0];
  double start = bench_cpu();
  need(propter_stream_new(&options, &stream, &err), &err);
  for (size_t i = 0; i < s->rows; i++) {
    PropterSurprise surprise = propter_stream_next(stream, s->value[i]);
    score[i] = surprise.alert ? surprise.surprise : 0;
  }
  propter_stream_free(stream);
  return bench_cpu() - start;
}

static int by_score(const void *a, const void *b) {
  double x = ((const Row *)a)->score, y = ((const Row *)b)->score;
  return (x < y) - (x > y);
}

/* Best sum of worth over all thresholds, between that of silence (0) and of the perfect detector (100); *threshold: where. */
static double best_score(Rows *rows, size_t windows, double *threshold) {
  double *best = propter_malloc((windows + 1) * sizeof *best), silence = 0, sum, most;
  if (!best) exit(75);
  for (size_t w = 0; w <= windows; w++) best[w] = 0;
  for (size_t i = 0; i < rows->count; i++) best[rows->items[i].window] = -1;
  for (size_t w = 1; w <= windows; w++) silence += best[w];
  sum = most = silence, *threshold = INFINITY;
  qsort(rows->items, rows->count, sizeof *rows->items, by_score);
  for (size_t i = 0; i < rows->count && rows->items[i].score > 0; i++) {
    const Row *r = &rows->items[i];
    if (!r->window) sum += r->worth;
    else if (r->worth > best[r->window]) sum += r->worth - best[r->window], best[r->window] = r->worth;
    bool last = i + 1 == rows->count || rows->items[i + 1].score != r->score;
    if (last && sum > most) most = sum, *threshold = r->score;
  }
  propter_free(best);
  return 100 * (most - silence) / ((double)windows - silence);
}

int causal_nab(const char *folder, int argc, char **argv) {
  char *text = file_text(folder, "labels/combined_windows.json");
  json_t *json = text ? json_loads(text, 0, NULL) : NULL, *windows;
  const char *name, *family = argc ? argv[0] : "";
  Rows rows = {0};
  size_t count = 0, observations = 0;
  double seconds = 0, threshold;
  json_object_foreach(json, name, windows) {
    if (strncmp(name, family, strlen(family)) != 0) continue;
    Stream s;
    stream_read(&s, folder, name);
    stream_windows(&s, windows);
    double *score = propter_malloc((s.rows + 1) * sizeof *score);
    if (!score) return 75;
    seconds += detect(&s, score);
    stream_score(&s, score, count + 1, &rows);
    count += s.count, observations += s.rows;
    propter_free(score);
    stream_free(&s);
  }
  json_decref(json);
  propter_free(text);
  if (!count) return 3;
  bench_versus("nab-standard", best_score(&rows, count, &threshold), "score", "HTM", 70.5);
  bench_print("nab-threshold", threshold, "surprise");
  bench_print("nab-observation", 1e6 * seconds / (double)observations, "us");
  propter_vec_clear(&rows);
  return 0;
}
