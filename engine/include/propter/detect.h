/* SPDX-License-Identifier: Apache-2.0 */
/* What is unusual in one series: spikes, level shifts, changes of trend; and the segmentation beneath them. */
#ifndef PROPTER_DETECT_H
#define PROPTER_DETECT_H

#include "propter/mem.h"
#include "propter/series.h"

typedef enum {
  PROPTER_PATTERN_SPIKE,
  PROPTER_PATTERN_LEVEL_SHIFT,
  PROPTER_PATTERN_TREND_CHANGE,
  PROPTER_PATTERN_VARIANCE_CHANGE,
  PROPTER_PATTERN_SEASON_BREAK,
  PROPTER_PATTERN_LAGGED
} PropterPatternKind;

/* A stretch of a series that one detector found. */
typedef struct {
  PropterPatternKind kind;
  const char *detector;  /* its name; static */
  size_t from, to;       /* periods, inclusive: the spike; the first period of a new course, twice; of a lagged association: the whole series */
  double size;           /* height of a spike, step of a level, change of the growth per period, largest change of a season: in units of the series,
                            from the value before where these were found on its square roots or logarithms (propter/series.h, PropterScale);
                            factor of the noise's standard deviation; correlation */
  double score;          /* in robust standard errors of such a size, signed; of a season break: root of χ² */
  double p;              /* of a series without this pattern showing one as strong anywhere; a bound by Bonferroni over its places */
  size_t low, high;      /* middle 95 % of the posterior of `from` */
  double probability;    /* of `from` itself */
  size_t series;         /* of propter_detect_many: which */
  double q;              /* of propter_detect_many: false discovery rate at which it would be kept; otherwise p */
  size_t leader;         /* of a lagged association: which of options.leaders leads, `lag` periods earlier; otherwise 0 */
  int lag;
} PropterDetection;
typedef PROPTER_VEC(PropterDetection) PropterDetections;

typedef struct {
  double threshold;      /* 3.5 robust standard deviations: the usual cut for modified z-scores (Iglewicz and Hoaglin 1993) */
  size_t longest_spike;  /* 6 periods; what stays away longer is a level shift */
  const PropterSeries *const *leaders; /* series of the same grain that may lead this one; none by default. Borrowed */
  size_t leader_count;
  int lags;              /* 3 periods by which a leader leads at most */
  double penalty;        /* 3: of a changepoint, in ln(n) units of the noise variance (a mean, a place and its scale: three parameters in BIC) */
} PropterDetectOptions;

PROPTER_API PropterDetectOptions propter_detect_options(void);

/* Runs every detector of detectors.def (options NULL: the defaults) and appends what it found, by period, then detector. A seasonal part is removed first
 * where one is found; of days, that of the year too where they last for three years; and the effects of the series' special periods. */
PROPTER_API PropterStatus propter_detect_series(const PropterSeries *series, const PropterDetectOptions *options, PropterDetections *found, PropterError *err);

/* The same for many series on `threads` threads (0: one per processor), appended by series; q is adjusted over all series and detectors (of the lagged
 * one: over all pairs). The result does not
 * depend on the number of threads. Only what was found takes memory. A series with an infinite value is INVALID and stops the search. */
PROPTER_API PropterStatus propter_detect_many(const PropterSeries *series, size_t count, const PropterDetectOptions *options, unsigned threads,
                                              PropterDetections *found, PropterError *err);

/* Names of the detectors and what they look for, NULL-terminated; static. */
typedef struct {
  const char *name, *summary;
} PropterDetectorInfo;
PROPTER_API const PropterDetectorInfo *propter_detectors(void);

/* P-value of the Kruskal–Wallis test (1952) that the changes from period to period do not depend on the season (month, quarter or week of the
 * year, day of the week); tied ranks averaged. 1 where fewer than three full cycles are there or the grain has no season. */
PROPTER_API PropterStatus propter_seasonality_test(const PropterSeries *series, double *p, PropterError *err);

/* Cost of a segment: squared error around its mean, or around its straight line. */
typedef enum { PROPTER_COST_MEAN, PROPTER_COST_LINE } PropterSegmentCost;

/* Segments of x[n] (finite) with least total cost + penalty per changepoint, no segment shorter than `shortest` ≥ 1. Writes where segments end (the
 * last is n) into ends[n] and their number into *count.
 *  - pelt: exact, by dynamic programming with pruning (Killick, Fearnhead and Eckley 2012); about linear when changes are frequent.
 *  - binary: greedy splitting (Scott and Knott 1974); not exact, O(n log n). */
PROPTER_API PropterStatus propter_segment_pelt(const double *x, size_t n, PropterSegmentCost cost, double penalty, size_t shortest, size_t *ends,
                                               size_t *count, PropterError *err);
PROPTER_API PropterStatus propter_segment_binary(const double *x, size_t n, PropterSegmentCost cost, double penalty, size_t shortest, size_t *ends,
                                                 size_t *count, PropterError *err);

typedef struct {
  size_t shortest; /* observations of a segment: 10 */
  double penalty;  /* of a change in ln(n) units of the noise variance: 4 (its place counts twice, a level and a slope once each, as in the minimum
                      description length of Davis, Lee and Rodriguez-Yam 2006) */
  size_t rich;     /* 5 changes of a greedy first fit, from whose residuals the noise is learned */
} PropterChangeOptions;
PROPTER_API PropterChangeOptions propter_change_options(void);

typedef struct {
  size_t at;          /* first index of the new course */
  size_t low, high;   /* middle 95 % of the posterior of that index */
  double probability; /* of `at` itself */
  double step, bend;  /* change of the level there, and of the slope per index */
  double noise;       /* long-run standard deviation */
} PropterChange;
typedef PROPTER_VEC(PropterChange) PropterChanges;

/* Breaks of the level or slope of x[n], gaps NaN (infinite values are gaps too): exact segmentation into straight lines, penalised by the long-run variance
 * of the noise, so that autocorrelation is not taken for changes; appended in order. A series that is constant or has fewer than two segments' worth
 * of observations has none. */
PROPTER_API PropterStatus propter_changes(const double *x, size_t n, const PropterChangeOptions *options, PropterChanges *found, PropterError *err);

/* Posterior of the start of the present run of x[n] after its last observation, by online Bayesian changepoint detection (Adams and MacKay 2007): runs are
 * Gaussian with unknown mean and variance, a new one begins with probability 1/expected_run at every observation. onset[n] sums to 1, or is all 0 with fewer
 * than three observations; gaps NaN. Runs below 1e-8 are dropped, at most 1,024 are kept, so the time is linear. INVALID: expected_run ≤ 1. */
PROPTER_API PropterStatus propter_online_onset(const double *x, size_t n, double expected_run, double *onset, PropterError *err);

/* Posterior of the first index after one change of mean in x[n] (finite, n ≥ 3) with unknown means and variance, uniform prior over 1 … n − 1 (Smith
 * 1975, with Jeffreys priors): posterior[0] = 0, the rest sums to 1. */
PROPTER_API PropterStatus propter_change_posterior(const double *x, size_t n, double *posterior, PropterError *err);

#endif
