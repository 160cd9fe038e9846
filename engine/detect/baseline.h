/* SPDX-License-Identifier: Apache-2.0 */
/* What a series would have done: the level before a window plus the usual growth, and how wrong that is elsewhere in the series. */
#ifndef DETECT_BASELINE_H
#define DETECT_BASELINE_H

#include "propter/series.h"
#include "scale.h"

enum {
  BASELINE_MIN_CHANGES = 12 /* changes outside a window below which nothing is said about it */
};

/* Periods of a seasonal cycle (1: none), and the place of period i in it. */
size_t series_cycle(PropterGrain grain);
size_t series_season(const PropterSeries *series, size_t i);

/* What days of the year add to `y`, a series of days without its weekly season: fixed dates, days from Easter, n-th and last weekdays of a month that stand
 * apart from the level around them in each of at least three years (one in five may miss), or that series->holiday names and that did so each time, twice at
 * least, with the two days before and after these. A part of the level where that is above 0 throughout. *out[count] is to be freed with propter_free; NULL:
 * nothing recurs, or it cannot be known (another grain; of days that nobody named, in an adjusted series or under three years). */
PropterStatus yearly_part(const PropterSeries *series, const double *y, double **out, PropterError *err);

/* Periods [from, to) whose changes are not to be used. */
typedef struct {
  size_t from, to;
} Block;

/* The seasonal term of a series, with what it was found from. */
typedef struct Seasons Seasons;

/* A series prepared once. `y` has the seasonal part removed where there is one. */
typedef struct {
  PropterGrain grain;
  size_t n;
  double *y;       /* NaN: gap */
  double *season;  /* what was removed, `yearly` included */
  double *yearly;  /* days that recur every year (yearly_part); NULL: none */
  double *change;  /* per period since the previous observation; NaN at gaps and at the first */
  size_t *before;  /* index of the observation before period i, SIZE_MAX: none; n + 1 entries */
  size_t *left;    /* where the move began in which period i lies and that is over, SIZE_MAX: none; n + 1 entries, NULL: no such moves */
  Seasons *seasons; /* NULL: the season, if any, was seen so often that no single time counts */
  bool seasonal;
  bool inside;     /* the window lies in such a move: its level is that from before it, too */
  double resolution; /* smallest step between values: nothing can be known more precisely */
  size_t reach;
  size_t width;    /* observations whose median is the level before a window, chosen by the one-step error */
  double growth;   /* part of the usual growth that is expected to go on, chosen likewise */
} Baseline;

/* reach 0: three seasons of the grain, at least 36 periods. Free with baseline_free. */
PropterStatus baseline_new(const PropterSeries *series, size_t reach, Baseline **out, PropterError *err);
/* The same without the choice of a width (1), and with the season to the last digit, for those who look at changes only. */
PropterStatus baseline_changes(const PropterSeries *series, size_t reach, Baseline **out, PropterError *err);
/* Either (`width`: as baseline_new) on the scale that suits the figures (scale.h), which y[series->count] takes up. */
PropterStatus baseline_scaled(const PropterSeries *series, double *y, size_t reach, bool width, PropterScale *scale, Baseline **out, PropterError *err);
void baseline_free(Baseline *b);
/* Sets the width of the level before a window and the part of the growth (all, half, none) to what forecasts the mean of `length` periods best, learned
 * without the windows that touch [block_from, block_to); a wider level and less growth must be better by a twentieth. baseline_new has done so for one
 * period. */
PropterStatus baseline_choose_width(Baseline *b, size_t length, size_t block_from, size_t block_to, PropterError *err);

/* What is estimated from all of a series is held to a few digits before it is used, so that one figure more, less or corrected seldom changes what is said of
 * the others. The step between numbers like `x` that have so many binary digits (a power of two; 0: there is none); `x` in whole steps, as it is where they are
 * too small for that. */
double digit_step(double x, int digits);
double in_steps(double x, double step);

/* The term: median of the change into a season from the one before, less the usual one, cumulated over a cycle and centred. *out is to be freed with
 * seasons_free. scratch[b->n]: steps into seasons that were there often (seasons_often) are held to the digits that can be known; NULL: to the last.
 * NO_MEMORY. */
PropterStatus seasons_find(const Baseline *b, const PropterSeries *series, double usual, double *scratch, Seasons **out, PropterError *err);
void seasons_free(Seasons *s);
/* What it adds to period i. */
double seasons_at(const Seasons *s, size_t i);
/* Each season was there so often that one time more or less changes nothing. */
bool seasons_often(const Seasons *s);
/* Makes y (the term removed) and season (what was removed; may be NULL), [n] each, those of a term that knows nothing of the blocks. */
void seasons_aside(const Seasons *s, const Block *blocks, size_t count, double *y, double *season);

/* Sets the window of `length` periods from `from`, and an equal time after it, aside from y and season, which are the caller's own, [n] each: where each season
 * was seen a few times, the window would say a good part of what is usual in it. */
void baseline_set_aside(const Baseline *b, size_t from, size_t length, double *y, double *season);

/* Changes in robust standard units: median removed, in units of 1.4826 × median absolute deviation. out[n], scratch[n]. */
void baseline_standardise(const Baseline *b, double *scratch, double *out, double *usual, double *spread);

/* Growth to be expected: that part of the median change around the window of `length` periods from `from`, without the changes that touch a block. False:
 * fewer than BASELINE_MIN_CHANGES. *used (may be NULL): their number. scratch[n]. */
bool baseline_drift(const Baseline *b, size_t from, size_t length, const Block *blocks, size_t block_count, double *scratch, double *drift, size_t *used);

/* Expected values of the `count` periods from `from`, learned without the window and an equal time after it; false where there is no observation
 * before or no drift. scratch[n]. */
bool baseline_expect(const Baseline *b, size_t from, size_t length, size_t count, double *scratch, double *expected, double *drift, size_t *used);

/* Notes the moves that are over, of days and weeks (returns.c): the level before what follows is that from before them. For a baseline with a width.
 * NO_MEMORY. */
PropterStatus baseline_leave_out(Baseline *b, PropterError *err);
/* Both periods lie in the same one. */
bool baseline_in_one_move(const Baseline *b, size_t from, size_t to);
/* Periods that such a move has at most; 0: periods of this grain have none. */
size_t baseline_longest_move(PropterGrain grain);

/* Index of the observation before period i that the level before `from` looks at, SIZE_MAX: none. */
size_t baseline_back(const Baseline *b, size_t from, size_t i);

/* Level before the window of any path on the same periods (an effect's): what the baseline would subtract from it. */
double baseline_level_before(const Baseline *b, size_t from, double drift, const double *path);

/* Mean of those of `length` values that are known; NaN where they are fewer than half. */
double baseline_mean(const double *row, size_t length);

/* Errors of the same forecast at every origin, learned without the origin's own window and without [block_from, block_to): row o holds y − expected
 * for `horizon` periods from o, NaN where not known; rows[n × horizon]. */
PropterStatus baseline_errors(const Baseline *b, size_t length, size_t horizon, size_t block_from, size_t block_to, double *rows, PropterError *err);

/* Robust scale of n errors, from their median size; where most of them are no more than rounding (a figure that is mostly 0), from that of the rest, which then
 * lies as many standard deviations off as it is rare, or, where it is less than one in fifty, from the squares of all. 0: no error is more.
 * Errors become sizes, in any order. */
double baseline_error_scale(const Baseline *b, double *error, size_t n);

enum { BASELINE_SWINGS = 3 };
/* Error model: variance at horizon h = noise·(…) + walk·h + slope·h² + swings; fitted to the robust scales of the errors whose flag in `use` is set. Of
 * doubles alone, so that it can be hashed as it is. */
typedef struct {
  double noise, walk, slope;
  double shared; /* part of the noise that all horizons share, because it is the noise of the level before the window */
  double swing[BASELINE_SWINGS]; /* noise that goes on for a while: variances of first-order autoregressions about the level (baseline.c) */
  double width;  /* observations whose mean is the level before: what of a swing is in it */
} ErrorModel;

/* Errors of windows of one period, horizon 2, in order: a window that leaves out a few of them finds the robust scale of the rest at once. */
typedef struct {
  double *sorted; /* sizes, ascending */
  size_t *place;  /* [n] of an origin's; SIZE_MAX: it has none */
  size_t count;
} Ordered;
enum { BASELINE_ORDERED = 3 }; /* at one period, how it bends, at two */
/* By rows[n × 2] and flags as below. baseline_order_free always (also after NO_MEMORY). */
PropterStatus baseline_order(const Baseline *b, const double *rows, const unsigned char *use, Ordered order[BASELINE_ORDERED], PropterError *err);
void baseline_order_free(Ordered order[BASELINE_ORDERED]);
/* baseline_fit without the origins from, from + 1 and with the block [from, from + 2): the same to the bit. */
bool baseline_fit_ordered(const Baseline *b, const Ordered order[BASELINE_ORDERED], size_t from, ErrorModel *model);

/* Uses the rows whose flag in `use` is set, without what touches the periods in [block_from, block_to). False when fewer than eight
 * errors can be used. scratch[n]. */
bool baseline_fit(const Baseline *b, const double *rows, size_t horizon, const unsigned char *use, size_t block_from, size_t block_to,
                  double *scratch, ErrorModel *model);

/* Degrees of freedom of an error model from so many errors: how far off by it is that of Student's t. */
double baseline_freedom(double errors);

/* How heavy the tails of errors of one period are, by sizes in order: 1/degrees of freedom of the Student's t that has them, 0 for normal ones or where
 * there are fewer than 60 errors. */
double baseline_tail(const Baseline *b, const Ordered *sizes);

/* By how much wider than Student's t of `errors` is what as many errors are as rare as the normal deviate `normal`: for a mean of several periods `together` of
 * which count as one (its variance is so many times what it would be if they had no part of their errors in common; 1: one period), with tails as
 * baseline_tail says, less as more periods that are not together are averaged. */
double baseline_wider(double normal, size_t errors, double together, double tail);

/* Covariance of the errors at horizons g, h ≥ 1. */
double error_covariance(const ErrorModel *model, size_t g, size_t h);

#endif
