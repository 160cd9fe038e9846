/* SPDX-License-Identifier: Apache-2.0 */
#include "propter/detect.h"

#include <math.h>
#include <string.h>

#include "detector.h"
#include "propter/decompose.h"
#include "propter/math.h"
#include "propter/pool.h"

static const struct {
  const char *name;
  DetectorFunction *run;
} detectors[] = {
#define DETECTOR(name, summary) {#name, detect_##name},
#include "detectors.def"
#undef DETECTOR
};

const PropterDetectorInfo *propter_detectors(void) {
  static const PropterDetectorInfo info[] = {
#define DETECTOR(name, summary) {#name, summary},
#include "detectors.def"
#undef DETECTOR
      {NULL, NULL}};
  return info;
}

PropterDetectOptions propter_detect_options(void) { return (PropterDetectOptions){.threshold = 3.5, .longest_spike = 6, .lags = 3, .penalty = 3}; }

double detect_p(double score, size_t places) {
  double p = 2 * propter_t_cdf(-fabs(score), 8) * (double)places;
  return p < 1 ? p : 1;
}

double detect_p_mean(double score, size_t places) {
  double p = 2 * propter_normal_cdf(-fabs(score)) * (double)places;
  return p < 1 ? p : 1;
}

void detect_place(PropterDetection *d, double *weight, size_t from, size_t to) {
  double top = -INFINITY, total = 0, sum = 0;
  bool low = false, high = false;
  for (size_t i = from; i <= to; i++) top = fmax(top, weight[i - from]);
  for (size_t i = from; i <= to; i++) total += weight[i - from] = exp(weight[i - from] - top);
  d->probability = weight[d->from - from] / total;
  for (size_t i = from; i <= to; i++) {
    sum += weight[i - from] / total;
    if (!low && sum >= 0.025) d->low = i, low = true;
    if (!high && sum >= 0.975) d->high = i, high = true;
  }
}

PropterStatus detect_add(PropterDetections *found, PropterDetection one, PropterError *err) {
  return propter_vec_push(found, one) ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "out of memory for patterns");
}

/* Where a change of the mean of x (period at[i]) begins between `from` and `to`. */
static PropterStatus place_mean(PropterDetection *d, const double *x, const size_t *at, size_t from, size_t to, PropterError *err) {
  double *posterior = propter_malloc((to - from) * sizeof *posterior), sum = 0;
  if (!posterior) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for patterns");
  PropterStatus status = propter_change_posterior(x + from, to - from, posterior, err);
  bool low = false, high = false;
  for (size_t i = 0; i < to - from && !status; i++) {
    sum += posterior[i];
    if (at[from + i] == d->from) d->probability = posterior[i];
    if (!low && sum >= 0.025) d->low = at[from + i], low = true;
    if (!high && sum >= 0.975) d->high = at[from + i], high = true;
  }
  propter_free(posterior);
  return status;
}

/* The changes of the mean between neighbours of the segments that end at `ends`. */
static PropterStatus add_changes(const DetectInput *in, const MeanChange *what, const double *x, const size_t *at, const size_t *ends, size_t segments,
                                 PropterDetections *found, PropterError *err) {
  double before = 0, length_before = 1;
  for (size_t s = 0; s < segments; s++) {
    size_t from = s ? ends[s - 1] : 0;
    double length = (double)(ends[s] - from), mean = 0;
    for (size_t i = from; i < ends[s]; i++) mean += x[i] / length;
    if (s) {
      double score = (mean - before) / sqrt(what->variance * (1 / length + 1 / length_before));
      PropterDetection d = {.kind = what->kind, .from = at[from], .to = at[from], .size = what->size(in, mean - before), .score = score,
                            .p = detect_p_mean(score, in->baseline->n)};
      PROPTER_TRY(place_mean(&d, x, at, s > 1 ? ends[s - 2] : 0, ends[s], err));
      PROPTER_TRY(detect_add(found, d, err));
    }
    before = mean;
    length_before = length;
  }
  return PROPTER_OK;
}

PropterStatus detect_mean_changes(const DetectInput *in, const MeanChange *what, PropterDetections *found, PropterError *err) {
  size_t n = in->baseline->n, count = 0, segments = 0;
  double *x = propter_malloc(n * sizeof *x);
  size_t *at = propter_malloc(2 * n * sizeof *at), *ends = at + n;
  PropterStatus status = x && at ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "out of memory for patterns");
  for (size_t i = 1; i < n && !status; i++)
    if (!isnan(in->standard[i]) && what->value(in, in->standard[i], &x[count])) at[count++] = i;
  if (!status && count >= 2 * what->shortest)
    status = propter_segment_pelt(x, count, PROPTER_COST_MEAN, in->options->penalty * log((double)count) * what->variance, what->shortest, ends,
                                  &segments, err);
  if (!status) status = add_changes(in, what, x, at, ends, segments, found, err);
  propter_free(x);
  propter_free(at);
  return status;
}

static int by_place(const void *a, const void *b) {
  const PropterDetection *x = a, *y = b;
  if (x->from != y->from) return x->from < y->from ? -1 : 1;
  if (x->kind != y->kind) return x->kind < y->kind ? -1 : 1;
  return (x->leader > y->leader) - (x->leader < y->leader);
}

/* Special periods have effects of their own, and days a second season, the year, where they last for three: what is found of them is taken off into *own
 * (NULL: nothing is). The first season is the baseline's. */
static PropterStatus remove_calendar(const PropterSeries *series, double **own, PropterError *err) {
  enum { YEAR = 365 };
  static const double strong = 0.64; /* of a seasonal part: the usual mark for using one (Wang, Smith and Hyndman 2006) */
  bool years = series->grain == PROPTER_GRAIN_DAY && series->count >= 3 * YEAR && !series->seasonally_adjusted;
  size_t cycle = series_cycle(series->grain);
  PropterDecomposeOptions o = {.season = {cycle > 1 ? cycle : 0, years ? YEAR : 0}, .holiday = series->holiday};
  PropterDecomposition d;
  *own = NULL;
  if (!years && !series->holiday) return PROPTER_OK;
  PropterStatus status = propter_decompose(series->value, series->count, &o, &d, err);
  if (status == PROPTER_INVALID) return PROPTER_OK; /* too few values for parts; the baseline says what else is wrong */
  if (!status && !(*own = propter_malloc(series->count * sizeof **own))) status = propter_fail(err, PROPTER_NO_MEMORY, "out of memory for patterns");
  for (size_t i = 0; i < series->count && !status; i++)
    (*own)[i] = series->value[i] - d.holiday[i] - (d.season[1] && d.strength[1] >= strong ? d.season[1][i] : 0);
  propter_decomposition_clear(&d);
  return status;
}

/* Sizes on the scale become sizes in the figures, from the value before. */
static void size_in_figures(const PropterSeries *series, PropterScale scale, const Baseline *b, PropterDetection *d) {
  const size_t before = b->before[d->from] == SIZE_MAX ? d->from : b->before[d->from];
  if (scale == PROPTER_SCALE_LEVEL || d->kind == PROPTER_PATTERN_VARIANCE_CHANGE || d->kind == PROPTER_PATTERN_LAGGED) return;
  d->size = scale_back(scale, scale_to(scale, series->value[before]) + d->size) - series->value[before];
}

static PropterStatus detect_in(const PropterSeries *series, const PropterDetectOptions *options, const Leader *leaders, PropterDetections *found,
                               PropterError *err) {
  Baseline *baseline = NULL;
  size_t before = found->count;
  if (!series->count) return PROPTER_OK;
  double *own;
  PropterSeries adjusted = *series;
  PROPTER_TRY(remove_calendar(series, &own, err));
  if (own) adjusted.value = own, adjusted.holiday = NULL;
  PropterScale scale = PROPTER_SCALE_LEVEL;
  double *standard = propter_malloc(3 * series->count * sizeof *standard);
  PropterStatus status = standard ? baseline_scaled(&adjusted, standard, 0, false, &scale, &baseline, err)
                                  : propter_fail(err, PROPTER_NO_MEMORY, "out of memory for patterns");
  propter_free(own);
  if (status) return propter_free(standard), status;
  DetectInput input = {.series = series, .baseline = baseline, .standard = standard, .before = standard + 2 * baseline->n, .options = options,
                       .leaders = leaders};
  baseline_standardise(baseline, standard + baseline->n, standard, &input.usual, &input.spread);
  memcpy(standard + 2 * baseline->n, standard, baseline->n * sizeof *standard);
  detect_draw_in(standard + 2 * baseline->n, baseline->n, options->threshold);
  for (size_t d = 0; d < sizeof detectors / sizeof *detectors && status == PROPTER_OK; d++) {
    size_t first = found->count;
    status = detectors[d].run(&input, found, err);
    for (size_t i = first; i < found->count; i++) {
      found->items[i].detector = detectors[d].name, found->items[i].q = found->items[i].p;
      size_in_figures(series, scale, baseline, &found->items[i]);
    }
  }
  if (found->count > before) qsort(found->items + before, found->count - before, sizeof *found->items, by_place);
  propter_free(standard);
  baseline_free(baseline);
  return status;
}

PropterStatus propter_detect_series(const PropterSeries *series, const PropterDetectOptions *options, PropterDetections *found, PropterError *err) {
  const PropterDetectOptions defaults = propter_detect_options();
  Leader *leaders;
  if (!options) options = &defaults;
  PROPTER_TRY(leaders_new(options, 1, &leaders, err));
  PropterStatus status = detect_in(series, options, leaders, found, err);
  leaders_free(leaders, options->leader_count);
  return status;
}

typedef struct {
  const PropterSeries *series;
  const PropterDetectOptions *options;
  const Leader *leaders;
  PropterDetections *found; /* of every block */
  size_t count;
} Many;

enum { BLOCK = 64 };

static PropterStatus detect_block(size_t block, void *payload, PropterError *err) {
  Many *many = payload;
  PropterDetections *found = &many->found[block];
  for (size_t s = block * BLOCK; s < many->count && s < (block + 1) * BLOCK; s++) {
    size_t first = found->count;
    PROPTER_TRY(detect_in(&many->series[s], many->options, many->leaders, found, err));
    for (size_t i = first; i < found->count; i++) found->items[i].series = s;
  }
  return PROPTER_OK;
}

static PropterStatus adjust(PropterDetections *found, size_t first, size_t tests, PropterError *err) {
  size_t count = found->count - first;
  double *p = propter_malloc((2 * count + 1) * sizeof *p);
  if (!p) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for %zu patterns", count);
  for (size_t i = 0; i < count; i++) p[i] = found->items[first + i].p;
  PropterStatus status = propter_false_discovery(p, count, tests, false, p + count, err);
  for (size_t i = 0; i < count && !status; i++) found->items[first + i].q = p[count + i];
  propter_free(p);
  return status;
}

/* One for each series and detector; the lagged one tests each pair. */
static size_t tests_of(const PropterSeries *series, size_t count, const PropterDetectOptions *options) {
  size_t tests = count * (sizeof detectors / sizeof *detectors - 1);
  for (size_t k = 0; k < options->leader_count; k++)
    for (size_t s = 0; s < count; s++) tests += options->leaders[k]->value != series[s].value;
  return tests;
}

PropterStatus propter_detect_many(const PropterSeries *series, size_t count, const PropterDetectOptions *options, unsigned threads, PropterDetections *found,
                                  PropterError *err) {
  const PropterDetectOptions defaults = propter_detect_options();
  size_t blocks = (count + BLOCK - 1) / BLOCK, first = found->count, all = first;
  Leader *leaders;
  if (!options) options = &defaults;
  PROPTER_TRY(leaders_new(options, threads, &leaders, err));
  Many many = {series, options, leaders, propter_calloc(blocks + 1, sizeof *many.found), count};
  if (!many.found) return leaders_free(leaders, options->leader_count), propter_fail(err, PROPTER_NO_MEMORY, "out of memory for %zu series", count);
  PropterStatus status = propter_pool_run(blocks, threads, detect_block, &many, err);
  for (size_t b = 0; b < blocks; b++) all += many.found[b].count;
  if (!status && all && !propter_vec_reserve(found, all)) status = propter_fail(err, PROPTER_NO_MEMORY, "out of memory for %zu patterns", all);
  for (size_t b = 0; b < blocks; b++) {
    if (!status && many.found[b].count) {
      memcpy(found->items + found->count, many.found[b].items, many.found[b].count * sizeof *found->items);
      found->count += many.found[b].count;
    }
    propter_vec_clear(&many.found[b]);
  }
  propter_free(many.found);
  leaders_free(leaders, options->leader_count);
  if (!status) status = adjust(found, first, tests_of(series, count, options), err);
  if (status) found->count = first;
  return status;
}
