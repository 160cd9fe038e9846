/* SPDX-License-Identifier: Apache-2.0 */
#include "propter/stream.h"

#include <float.h>
#include <math.h>

#include "propter/mem.h"

enum { TOP = 48, WIDEST = 32, SLOTS = 1000000 };
static const double too_large = 1e150; /* its square is still finite */
/* Misfits below this part of the largest value are rounding. */
static const double rounding = 1e-9;
/* Least tail index: many equal misfits would make the next larger one infinitely surprising. */
static const double least_shape = 0.02;

/* What is averaged, over how many of the last observations. */
typedef enum { STEP, MISFIT, MISFITS } Measure;
static const struct {
  Measure of;
  size_t width;
} scales[] = {{STEP, 1}, {STEP, 8}, {STEP, 32}, {MISFIT, 1}, {MISFIT, 4}, {MISFIT, 8}, {MISFIT, 16}, {MISFIT, 32}};
enum { SCALES = sizeof scales / sizeof *scales };

/* Mean of absolute errors with fading weights. */
typedef struct {
  double sum, weight;
} Fading;

typedef struct {
  size_t length;
  double *mean;
  unsigned *count; /* values in each place's mean */
  Fading error;
} Season;

/* The largest misfits of a scale, the least first. */
typedef struct {
  double top[TOP];
} Tail;

struct PropterStream {
  PropterStreamOptions options;
  Season season[PROPTER_STREAM_SEASONS];
  Tail tail[SCALES];
  double step[WIDEST], misfit[WIDEST]; /* of the last observations, by their number modulo WIDEST */
  size_t time, seen;                   /* observations with and without gaps */
  double level, last, largest, fade;
  Fading level_error, step_error;
  double bar; /* what an alert must exceed, at the time of the last one */
  size_t alerted;
};

PropterStreamOptions propter_stream_options(void) {
  return (PropterStreamOptions){.memory = 1000, .adaptation = 0.1, .alert = 3, .margin = 2.302585092994046};
}

static PropterStatus check(const PropterStreamOptions *o, size_t *slots, PropterError *err) {
  *slots = 0;
  for (size_t k = 0; k < PROPTER_STREAM_SEASONS; k++) {
    if (o->season[k] > SLOTS - *slots) return propter_fail(err, PROPTER_INVALID, "seasons of more than %d observations", SLOTS);
    *slots += o->season[k];
  }
  if (!o->memory) return propter_fail(err, PROPTER_INVALID, "a stream without memory; expected at least one observation");
  if (!(o->adaptation > 0 && o->adaptation <= 1))
    return propter_fail(err, PROPTER_INVALID, "an adaptation of %g; expected more than 0, at most 1", o->adaptation);
  if (!(o->alert >= 0 && o->margin >= 0))
    return propter_fail(err, PROPTER_INVALID, "an alert at %g with margin %g; expected numbers from 0 on", o->alert, o->margin);
  return PROPTER_OK;
}

PropterStatus propter_stream_new(const PropterStreamOptions *options, PropterStream **out, PropterError *err) {
  PropterStreamOptions o = options ? *options : propter_stream_options();
  size_t slots;
  PROPTER_TRY(check(&o, &slots, err));
  PropterStream *s = propter_calloc(1, sizeof *s);
  double *mean = propter_malloc((slots + 1) * sizeof *mean);
  unsigned *count = propter_calloc(slots + 1, sizeof *count);
  if (!s || !mean || !count) {
    propter_free(s);
    propter_free(mean);
    propter_free(count);
    return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a stream");
  }
  if (!o.hush) o.hush = o.season[0] ? o.season[0] : WIDEST;
  s->options = o;
  s->fade = exp(-1 / (double)o.memory);
  for (size_t k = 0; k < PROPTER_STREAM_SEASONS; mean += o.season[k], count += o.season[k], k++)
    s->season[k] = (Season){.length = o.season[k], .mean = mean, .count = count};
  *out = s;
  return PROPTER_OK;
}

void propter_stream_free(PropterStream *s) {
  if (!s) return;
  propter_free(s->season[0].mean);
  propter_free(s->season[0].count);
  propter_free(s);
}

static void fading_add(Fading *f, double error, double fade) {
  f->sum = f->sum * fade + fabs(error);
  f->weight = f->weight * fade + 1;
}
static double fading_mean(const Fading *f) { return f->weight > 0 ? f->sum / f->weight : INFINITY; }

/* −ln of the share of misfits that reach this one. */
static double tail_surprise(const Tail *t, double misfit, double floor, size_t seen) {
  double least = fmax(t->top[0], floor), shape = 0;
  if (seen < TOP || misfit <= least) return 0;
  for (size_t i = 1; i < TOP; i++) shape += log(fmax(t->top[i], floor) / least) / (TOP - 1);
  return log((double)seen / TOP) + log(misfit / least) / fmax(shape, least_shape);
}

static void tail_add(Tail *t, double misfit) {
  size_t i = 0;
  if (misfit <= t->top[0]) return;
  for (; i + 1 < TOP && t->top[i + 1] < misfit; i++) t->top[i] = t->top[i + 1];
  t->top[i] = misfit;
}

static double misfit_on(const PropterStream *s, size_t scale) {
  double sum = 0;
  size_t width = scales[scale].width < s->seen ? scales[scale].width : s->seen;
  for (size_t k = 0; k < width; k++) {
    size_t i = (s->seen - k) % WIDEST;
    sum += scales[scale].of == STEP ? fabs(s->step[i]) : s->misfit[i];
  }
  return fabs(sum) / (double)(width ? width : 1);
}

/* What the level and the seasons expect; the error of the one chosen lately. */
static double expect(const PropterStream *s, double *error) {
  double expected = s->level;
  *error = fading_mean(&s->level_error);
  for (size_t k = 0; k < PROPTER_STREAM_SEASONS; k++) {
    const Season *season = &s->season[k];
    if (!season->length || s->time < 2 * season->length || !season->count[s->time % season->length]) continue;
    double its = fading_mean(&season->error);
    if (its < *error) *error = its, expected = season->mean[s->time % season->length];
  }
  return expected;
}

static void learn(PropterStream *s, double x) {
  if (s->seen) fading_add(&s->level_error, x - s->level, s->fade), fading_add(&s->step_error, x - s->last, s->fade);
  double share = s->seen < s->options.memory ? 1 / (double)(s->seen + 1) : 1 / (double)s->options.memory;
  s->level += share * (x - s->level);
  for (size_t k = 0; k < PROPTER_STREAM_SEASONS; k++) {
    Season *season = &s->season[k];
    if (!season->length) continue;
    size_t place = s->time % season->length;
    double *mean = &season->mean[place];
    if (season->count[place]++) {
      fading_add(&season->error, x - *mean, s->fade);
      *mean += fmax(1 / (double)season->count[place], s->options.adaptation) * (x - *mean);
    } else {
      *mean = x;
    }
  }
  s->last = x;
}

/* Whether a surprise is an alert of its own, or belongs to one that was raised. */
static bool alerts(PropterStream *s, double surprise) {
  double age = (double)(s->time - s->alerted) / (double)s->options.hush;
  double bar = s->options.alert + (age < 1 ? (s->bar - s->options.alert) * (1 - age) : 0);
  if (surprise < s->options.alert || surprise < bar) return false;
  s->bar = surprise + s->options.margin;
  s->alerted = s->time;
  return true;
}

PropterSurprise propter_stream_next(PropterStream *s, double x) {
  double error, square = 0;
  PropterSurprise out = {.expected = s->seen ? expect(s, &error) : NAN};
  if (!(fabs(x) < too_large)) {
    s->time++;
    return out;
  }
  if (s->seen) {
    double near = fading_mean(&s->step_error) < error ? s->last : out.expected;
    s->largest = fmax(s->largest, fabs(x));
    s->step[s->seen % WIDEST] = x - near;
    s->misfit[s->seen % WIDEST] = x - out.expected;
    for (size_t k = 0; k < SCALES; k++) {
      double misfit = misfit_on(s, k), surprise = tail_surprise(&s->tail[k], misfit, fmax(rounding * s->largest, DBL_MIN), s->seen);
      square += surprise * surprise / SCALES;
      tail_add(&s->tail[k], misfit);
    }
    out.surprise = sqrt(square);
    out.alert = alerts(s, out.surprise);
  }
  learn(s, x);
  s->seen++;
  s->time++;
  return out;
}
