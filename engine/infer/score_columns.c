/* SPDX-License-Identifier: Apache-2.0 */
/* What the candidates and the unknown cause would look like in the window and after it. */
#include <math.h>

#include "propter/math.h"
#include "score_parts.h"

/* Fills column and shape from levels relative to the time before the window; the shape gets a mean of 1 over the window's observations. lead[f->lead] (NULL:
 * nothing): levels of the days before it. */
static void normalise(const Frame *f, double *shape, const double *lead, Column *column) {
  double mean = 0, top = 0;
  for (size_t i = 0; i < f->rows; i++) {
    double level = shape[f->at[i]];
    if (i < f->window_rows) mean += level / (double)f->window_rows;
    if (fabs(level) > top) top = fabs(level);
  }
  for (size_t b = 0; lead && b < f->lead; b++) top = fmax(top, fabs(lead[b]));
  column->null = top < 1e-9;
  column->material = fabs(mean) > 1e-6 * top ? 1 : 0;
  double unit = column->null ? 1 : column->material > 0 ? mean : top;
  for (size_t h = 0; h < f->periods; h++) shape[h] = column->null ? 0 : shape[h] / unit;
  column->mean = column->null ? 0 : unit;
  for (size_t b = 0; b < f->bins; b++) {
    column->bin[b] = lead && b < f->lead && !column->null ? lead[b] / unit : 0;
    for (size_t h = 0; h < f->periods; h++) column->bin[b] += f->average[b * f->periods + h] * shape[h];
  }
}

/* Level of one of the kinds of patterns h periods after its beginning. */
static double pattern_level(PropterPatternKind kind, size_t from, size_t h, size_t window) {
  if (h < from || (kind == PROPTER_PATTERN_SPIKE && h >= window)) return 0;
  return kind == PROPTER_PATTERN_TREND_CHANGE ? (double)(h - from + 1) : 1;
}

static void pattern_column(const Frame *f, PropterPatternKind kind, size_t from, double *shape, Column *column) {
  for (size_t h = 0; h < f->periods; h++) shape[h] = pattern_level(kind, from, h, f->length);
  *column = (Column){.shape_error = ideal_error, .scale = 1};
  normalise(f, shape, NULL, column);
}

static const PropterPatternKind kinds[] = {PROPTER_PATTERN_SPIKE, PROPTER_PATTERN_LEVEL_SHIFT, PROPTER_PATTERN_TREND_CHANGE};

size_t pattern_columns(const Frame *f, Column *column, double *shape, PropterPatternKind *kind, size_t *onset) {
  size_t window = f->length < f->periods ? f->length : f->periods, count = 0;
  for (size_t from = 0; from < window; from++)
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
      pattern_column(f, kinds[k], from, shape + count * f->periods, &column[count]);
      kind[count] = kinds[k];
      onset[count++] = from;
    }
  return count;
}

/* Where a course of the unknown cause may begin or end: at any bin, and in the middle of one of the window that holds several days, since a documented course
 * is not held to the bins. */
typedef struct {
  size_t bin;
  double part; /* of the bin */
} Piece;

static size_t list_pieces(const Frame *f, Piece *piece) {
  size_t n = 0;
  for (size_t b = 0; b < f->bins; b++) {
    size_t rows = 0;
    for (size_t i = 0; f->part[b] > 0 && i < f->rows; i++) rows += f->average[b * f->periods + f->at[i]] > 0;
    const double first = rows > 1 ? (double)(rows / 2) / (double)rows : 1;
    piece[n++] = (Piece){b, first};
    if (first < 1) piece[n++] = (Piece){b, 1 - first};
  }
  return n;
}

/* One course, level or growing, in the pieces from … end − 1. */
static void add_course(Frame *f, const Piece *piece, size_t from, size_t end, bool grows) {
  double mean = 0;
  for (size_t k = from; k < end; k++) {
    const double level = piece[k].part * (grows ? (double)(k - from + 1) : 1);
    f->course[piece[k].bin][f->courses] += level;
    mean += f->part[piece[k].bin] * level;
  }
  for (size_t k = from; k < end; k++)
    if (k == from || piece[k].bin != piece[k - 1].bin) f->course[piece[k].bin][f->courses] /= mean;
  f->courses++;
}

static void add_patterns(Frame *f, double *scratch) {
  size_t window = f->length < f->periods ? f->length : f->periods, onsets = window < ONSETS ? window : ONSETS;
  for (size_t o = 0; o < onsets; o++)
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++, f->courses++) {
      Column column;
      pattern_column(f, kinds[k], o * window / onsets, scratch, &column);
      for (size_t b = 0; b < f->bins; b++) f->course[b][f->courses] = column.bin[b];
    }
}

/* From each beginning to each later place, and two on and on; and one place more, since a cause without a date may not act (undated_columns). */
_Static_assert(LEAD * (2 * BINS + LATER) + BINS * (2 * BINS + 1) + 2 * BINS * LATER + 2 * (LEAD + 2 * BINS) + 1 <= COURSES && COURSES % 8 == 0,
               "room for all courses");

void fill_courses(Frame *f, double *scratch) {
  if (f->base.grain != PROPTER_GRAIN_DAY) {
    add_patterns(f, scratch);
    return;
  }
  const size_t inside = f->lead + f->window_bins;
  Piece piece[DIM + BINS];
  const size_t all = list_pieces(f, piece);
  for (size_t from = 0; from < all && piece[from].bin < inside; from++) {
    for (size_t end = from + 1; end < all && piece[end - 1].bin < inside + LATER; end++)
      if (piece[end - 1].bin >= f->lead) add_course(f, piece, from, end, false);
    add_course(f, piece, from, all, false);
    add_course(f, piece, from, all, true);
  }
}

/* Dose of a wider scope is an upper bound here, so its size is free. */
bool candidate_is_sized(const PropterCandidate *c) {
  return c->effect.has_dose && c->effect.profile != PROPTER_PROFILE_UNKNOWN && c->scope != PROPTER_SCOPE_PARENT;
}

bool is_dated(const PropterCandidate *c) {
  return c->effect.profile == PROPTER_PROFILE_PATH ? c->effect.points > 0 : c->effect.start != PROPTER_NO_DAY;
}

size_t undated_columns(const Frame *f, Column *column) {
  for (size_t c = 0; c < f->courses; c++) {
    column[c] = (Column){.material = 1, .scale = 1, .shape_error = ideal_error, .log_weight = log(f->rho / (double)f->courses)};
    for (size_t b = 0; b < f->bins; b++) column[c].bin[b] = f->course[b][c];
  }
  column[f->courses] = (Column){.null = true, .log_weight = log1p(-f->rho)};
  return f->courses + 1;
}

/* A course to try, and its part of the prior. */
typedef struct {
  PropterProfile profile;
  PropterDay end;
  double weight;
  bool shown; /* the end is where the figures show it, however late the beginning shows */
} Course;
enum { COURSES_MAX = BINS + LATER + 3 };

/* How likely something lasts no more than so many days if nothing is known of that but that it may be a day or a year: each doubling as likely as any. */
static double lasts_at_most(double days) {
  enum { LONGEST = 365 };
  return days <= 0 ? 0 : days >= LONGEST ? 1 : log1p(days) / log1p(LONGEST);
}

/* The last day of a bin. */
static PropterDay bin_end(const Frame *f, size_t bin) {
  const PropterSeries *s = &f->model->series;
  size_t last = 0;
  for (size_t h = 0; h < f->periods; h++)
    if (f->average[bin * f->periods + h] > 0) last = h;
  return propter_period_last(s->grain, s->first + (int32_t)(f->from + last));
}

/* An end that nobody gave does not say that it goes on: even odds of that and of an end. Where it may have been over before the window is as likely as its
 * age makes it; after that each end that the figures can tell apart is as likely, as with an unknown cause. Each event of its kind that is known to have ended,
 * or left open where ends are given, counts as much as either. */
static size_t list_endless(const Frame *f, const PropterCandidate *c, Course *course) {
  const PropterSeries *s = &f->model->series;
  const double open = 1 + (double)c->open, all = open + 1 + (double)c->ended;
  const PropterDay before = propter_period_first(s->grain, s->first + (int32_t)f->from) - 1;
  const double over = lasts_at_most((double)before - c->effect.start + 1);
  size_t n = 0;
  course[n++] = (Course){PROPTER_PROFILE_STEP, PROPTER_NO_DAY, open / all, false};
  for (size_t bin = f->lead; bin < f->bins && bin < f->lead + f->window_bins + LATER; bin++)
    if (bin_end(f, bin) >= c->effect.start) course[n++] = (Course){PROPTER_PROFILE_PULSE, bin_end(f, bin), 0, true};
  for (size_t k = 1; k < n; k++) course[k].weight = (1 - over) / all / (double)(n - 1);
  if (over > 0) course[n++] = (Course){PROPTER_PROFILE_PULSE, before, over / all, false};
  if (c->ended) course[n++] = (Course){PROPTER_PROFILE_PULSE, c->effect.start + (PropterDay)fmax(0, ceil(c->lasted) - 1), (double)c->ended / all, false};
  return n;
}

/* The documented one, or all that the dates allow: even odds that what it did ends with it and that it stays, at once or growing meanwhile. */
static size_t list_courses(const Frame *f, const PropterCandidate *c, Course *course) {
  const PropterSeries *series = &f->model->series;
  const PropterEffect *e = &c->effect;
  size_t n = 0;
  if (e->profile != PROPTER_PROFILE_UNKNOWN) {
    course[n++] = (Course){e->profile, e->end, 1, false};
    return n;
  }
  if (e->end == PROPTER_NO_DAY) return list_endless(f, c, course);
  const bool grows = propter_period_of(series->grain, e->start) != propter_period_of(series->grain, e->end);
  course[n++] = (Course){PROPTER_PROFILE_STEP, e->end, grows ? .25 : .5, false};
  course[n++] = (Course){PROPTER_PROFILE_PULSE, e->end, .5, false};
  if (grows) course[n++] = (Course){PROPTER_PROFILE_RAMP, e->end, .25, false};
  return n;
}

/* The day on which something ends that shows so many periods late. */
static PropterDay caused_until(const Frame *f, const PropterCandidate *c, PropterDay shown, int lag) {
  const PropterGrain grain = f->model->series.grain;
  const PropterDay end = propter_period_last(grain, propter_period_of(grain, shown) - lag);
  return end < c->effect.start ? c->effect.start : end;
}

/* What begins in the second half of a week may show from the next one on alone, as what begins on a day may show the day after. */
static bool may_wait(const Frame *f, const PropterCandidate *c) {
  const PropterSeries *s = &f->model->series;
  const PropterEffect *e = &c->effect;
  if (s->grain != PROPTER_GRAIN_WEEK || e->profile != PROPTER_PROFILE_UNKNOWN || c->lag_min || c->lag_max) return false;
  const PropterDay last = propter_period_last(s->grain, propter_period_of(s->grain, e->start));
  return 2 * (last - e->start + 1) < 7 && (e->end == PROPTER_NO_DAY || e->end > last);
}

size_t candidate_changes(const Frame *f, const PropterCandidate *c, double *change, PropterError *err) {
  const PropterSeries *series = &f->model->series;
  Course course[COURSES_MAX];
  if (!is_dated(c)) return 0;
  const bool waits = may_wait(f, c);
  size_t courses = list_courses(f, c, course), lags = waits ? 2 : c->lag_max > c->lag_min ? (size_t)(c->lag_max - c->lag_min) + 1 : 1, count = 0;
  size_t used = lags * courses > VARIANTS ? VARIANTS / courses : lags;
  for (size_t l = 0; l < used; l++)
    for (size_t p = 0; p < courses; p++) {
      PropterEffect effect = c->effect;
      double *path = change + count * series->count;
      effect.profile = course[p].profile;
      const int lag = waits ? 0 : c->lag_min + (int)(used > 1 ? l * (lags - 1) / (used - 1) : 0);
      effect.end = course[p].shown ? caused_until(f, c, course[p].end, lag) : course[p].end;
      const PropterDay next = propter_period_last(series->grain, propter_period_of(series->grain, effect.start)) + 1;
      if (waits && l && (effect.end == PROPTER_NO_DAY || effect.end >= next)) effect.start = next;
      if (propter_effect_path(&effect, series, lag, path, err) != PROPTER_OK) return SIZE_MAX;
      for (size_t i = series->count; i-- > 1;) path[i] -= path[i - 1];
      /* what was already there when the series begins is no change in it */
      path[0] = 0;
      count++;
    }
  return count;
}

/* The candidate's own level changes at `shift` periods later, round the calendar, as levels from `first` on. */
static void shifted_path(const double *change, size_t n, size_t shift, size_t first, size_t end, double *path) {
  double level = 0;
  for (size_t i = first; i < end; i++) {
    level += change[(i + n - shift) % n];
    path[i] = level;
  }
}

static int sign_of(double x) { return (x > 0) - (x < 0); }

/* Periods that an effect takes to reach its full size: of a pulse and a ramp its duration, of a step the window. */
static size_t duration(const Frame *f, const PropterCandidate *c, const Course *course) {
  if (course->profile == PROPTER_PROFILE_STEP || c->effect.start == PROPTER_NO_DAY || course->end == PROPTER_NO_DAY) return f->length;
  PropterGrain grain = f->model->series.grain;
  return (size_t)(propter_period_of(grain, course->end) - propter_period_of(grain, c->effect.start)) + 1;
}

/* Prior of a variant's amplitude. A free size is that of the whole effect: as large, against the noise over its own duration, as unknown causes are
 * against the noise of a window; if only a small part of the effect falls into the window, little is expected of it there. */
static void set_size(const Frame *f, const PropterCandidate *c, const Course *course, Column *column) {
  size_t length = duration(f, c, course);
  double full = c->effect.has_dose && c->effect.dose != 0 ? fabs(c->effect.dose) : 1; /* of the course, where the documented size is not that of this slice */
  column->scale = column->null ? 1 : fabs(column->mean) / full * sqrt(error_covariance(&f->error_model, length, length)) * f->unit / f->mean_se;
  double error = f->model->options.dose_error;
  if (c->effect.dose_sd > 0 && c->effect.dose != 0) error = c->effect.dose_sd / fabs(c->effect.dose);
  if (candidate_is_sized(c)) {
    column->sized = true;
    column->sd = error * fabs(column->mean);
    return;
  }
  column->shape_error = ideal_error;
  if (c->slice && c->scope == PROPTER_SCOPE_CHILD && !isnan(c->part) && column->material > 0) {
    /* between nothing and what the part did; one that went the other way than the cause is said to push leaves nothing to expect of it */
    bool against = c->direction && sign_of(c->part) != c->direction;
    column->sized = true;
    column->mean = against ? 0 : c->part / 2;
    column->sd = hypot(c->part / 2, c->part_error);
    return;
  }
  /* the shape was divided by its mean, so the amplitude's sign is the effect's times the mean's; a documented path is signed already */
  column->sign = (c->effect.has_dose ? 1 : c->direction) * sign_of(column->mean);
}

void candidate_columns(const Frame *f, const PropterCandidate *c, const double *change, size_t count, size_t shift, double *scratch, Column *column,
                       double *shape) {
  Course course[COURSES_MAX];
  size_t n = f->model->series.count, back = 0, courses = list_courses(f, c, course);
  double lead[LEAD];
  for (size_t i = baseline_back(&f->base, f->from, f->from), k = 0; k < f->base.width && i != SIZE_MAX; i = baseline_back(&f->base, f->from, i), k++) back = i;
  if (f->lead && f->lead_at[0] < back) back = f->lead_at[0];
  for (size_t v = 0; v < count; v++) {
    double *s = shape + v * f->periods;
    shifted_path(change + v * n, n, shift % n, back, f->from + f->periods, scratch);
    double before = baseline_level_before(&f->base, f->from, 0, scratch);
    for (size_t h = 0; h < f->periods; h++) s[h] = scratch[f->from + h] - before;
    for (size_t b = 0; b < f->lead; b++) lead[b] = scratch[f->lead_at[b]] - before;
    column[v] = (Column){.log_weight = log(course[v % courses].weight * (double)courses / (double)count)};
    normalise(f, s, lead, &column[v]);
    set_size(f, c, &course[v % courses], &column[v]);
  }
}
