/* SPDX-License-Identifier: Apache-2.0 */
#include "propter/event.h"

#include <math.h>
#include <stdio.h>

#include "propter/math.h"
#include "propter/mem.h"
#include "propter/str.h"

enum { LEAST_BEFORE = 5, LEAST_CONTROLS = 3, STEPS = 400 };
static const double too_large = 1e150; /* its square is still finite */

/* One estimate: rows[0] is taken as treated, the others as controls. */
typedef struct {
  size_t controls, before, after;
  const double **row;         /* treated first */
  double *unit, *time, *work; /* weights of controls, of steps before; scratch */
} Study;

/* Minimises |a·w + intercept − b|²/rows + ridge·|w|² over the simplex by Frank and Wolfe's steps with exact line search (as the authors' package).
 * a(r, c) for column c of `columns`; both are centred over rows. */
static void simplex(size_t rows, size_t columns, const double *a, const double *b, double ridge, double *w, double *fit) {
  for (size_t c = 0; c < columns; c++) w[c] = 1 / (double)columns;
  for (size_t r = 0; r < rows; r++) {
    fit[r] = -b[r];
    for (size_t c = 0; c < columns; c++) fit[r] += a[r * columns + c] * w[c];
  }
  for (int step = 0; step < STEPS; step++) {
    size_t best = 0;
    double least = INFINITY, along = 0, square = 0, ww = 0;
    for (size_t c = 0; c < columns; c++) {
      double slope = ridge * (double)rows * w[c];
      for (size_t r = 0; r < rows; r++) slope += a[r * columns + c] * fit[r];
      if (slope < least) least = slope, best = c;
      ww += w[c] * w[c];
    }
    for (size_t r = 0; r < rows; r++) { /* direction: the best corner less where we are */
      double d = a[r * columns + best] - (fit[r] + b[r]);
      along += d * fit[r], square += d * d;
    }
    along += ridge * (double)rows * (w[best] - ww), square += ridge * (double)rows * (ww - 2 * w[best] + 1);
    if (!(along < -1e-12) || !(square > 0)) break;
    double size = fmin(1, -along / square);
    for (size_t r = 0; r < rows; r++) fit[r] += size * (a[r * columns + best] - (fit[r] + b[r]));
    for (size_t c = 0; c < columns; c++) w[c] *= 1 - size;
    w[best] += size;
  }
}

static double mean(const double *x, size_t n) {
  double sum = 0;
  for (size_t i = 0; i < n; i++) sum += x[i] / (double)n;
  return sum;
}

/* Standard deviation of the first differences of the controls before the event. */
static double noise(const Study *s) {
  double sum = 0, square = 0, n = 0;
  for (size_t i = 1; i <= s->controls; i++)
    for (size_t t = 1; t < s->before; t++) {
      double d = s->row[i][t] - s->row[i][t - 1];
      sum += d, square += d * d, n++;
    }
  return n > 1 ? sqrt(fmax(0, square / n - sum * sum / (n * n))) : 0;
}

static void centre(double *a, size_t rows, size_t columns) {
  for (size_t c = 0; c < columns; c++) {
    double m = 0;
    for (size_t r = 0; r < rows; r++) m += a[r * columns + c] / (double)rows;
    for (size_t r = 0; r < rows; r++) a[r * columns + c] -= m;
  }
}

/* Unit weights make the controls run parallel to the treated before; time weights make the steps before like those after. */
static void weigh(Study *s) {
  size_t n = s->controls, t0 = s->before;
  double *a = s->work, *b = a + n * t0, *fit = b + (n > t0 ? n : t0), sd = noise(s), wide = sqrt(sqrt((double)s->after)) * sd;
  for (size_t t = 0; t < t0; t++) {
    b[t] = s->row[0][t];
    for (size_t i = 0; i < n; i++) a[t * n + i] = s->row[i + 1][t];
  }
  centre(a, t0, n), centre(b, t0, 1);
  simplex(t0, n, a, b, wide * wide, s->unit, fit);
  for (size_t i = 0; i < n; i++) {
    b[i] = mean(s->row[i + 1] + t0, s->after);
    for (size_t t = 0; t < t0; t++) a[i * t0 + t] = s->row[i + 1][t];
  }
  centre(a, n, t0), centre(b, n, 1);
  simplex(n, t0, a, b, 1e-12 * sd * sd, s->time, fit);
}

static double gap(const Study *s, size_t t) {
  double g = s->row[0][t];
  for (size_t i = 0; i < s->controls; i++) g -= s->unit[i] * s->row[i + 1][t];
  return g;
}

static double estimate(Study *s) {
  weigh(s);
  double effect = 0;
  for (size_t t = 0; t < s->after; t++) effect += gap(s, s->before + t) / (double)s->after;
  for (size_t t = 0; t < s->before; t++) effect -= s->time[t] * gap(s, t);
  return effect;
}

/* Slope of y over time and its error by Newey and West (1987) with lag 4·(n/100)^(2/9); with `from` < n a step at `from` too: then the effect is
 * the step's, otherwise the slope's. */
static bool step_or_slope(const double *y, size_t n, size_t from, double *value, double *error) {
  size_t k = from < n ? 3 : 2, want = from < n ? 2 : 1, lag = (size_t)floor(4 * pow((double)n / 100, 2.0 / 9));
  double gram[9] = {0}, inverse[9] = {0}, beta[3] = {0}, meat[9] = {0}, d[3] = {1, 0, 0};
  for (size_t t = 0; t < n; t++) {
    d[1] = 2 * (double)t / (double)n - 1, d[2] = t >= from;
    for (size_t i = 0; i < k; i++) {
      beta[i] += d[i] * y[t];
      for (size_t j = 0; j < k; j++) gram[i * k + j] += d[i] * d[j];
    }
  }
  for (size_t i = 0; i < k; i++) inverse[i * k + i] = 1;
  if (propter_cholesky(k, gram, NULL) != PROPTER_OK) return false;
  propter_cholesky_solve(k, gram, 1, beta), propter_cholesky_solve(k, gram, k, inverse);
  for (size_t h = 0; h <= lag; h++)
    for (size_t t = h; t < n; t++) {
      double a[3] = {1, 2 * (double)t / (double)n - 1, t >= from}, b[3] = {1, 2 * (double)(t - h) / (double)n - 1, t - h >= from}, ea = y[t], eb = y[t - h];
      for (size_t i = 0; i < k; i++) ea -= beta[i] * a[i], eb -= beta[i] * b[i];
      double w = (1 - (double)h / (double)(lag + 1)) * ea * eb;
      for (size_t i = 0; i < k; i++)
        for (size_t j = 0; j < k; j++) meat[i * k + j] += h ? w * (a[i] * b[j] + b[i] * a[j]) : w * a[i] * a[j];
    }
  double var = 0;
  for (size_t i = 0; i < k; i++)
    for (size_t j = 0; j < k; j++) var += inverse[want * k + i] * meat[i * k + j] * inverse[want * k + j];
  *value = want == 1 ? beta[1] * 2 / (double)n : beta[2];
  *error = sqrt(fmax(var, 0) * (double)n / (double)(n - k)) * (want == 1 ? 2 / (double)n : 1);
  return true;
}

static double two_sided(double value, double error, double freedom) {
  if (error > 0) return 2 * propter_t_cdf(-fabs(value) / error, freedom);
  return value == 0 ? 1 : 0;
}

/* ---- with controls ------------------------------------------------------------------------------------------------------ */

/* Slope of treated less synthetic before the event. */
static double drift(const Study *s, double *gaps) {
  double slope = 0, error;
  for (size_t t = 0; t < s->before; t++) gaps[t] = gap(s, t);
  (void)step_or_slope(gaps, s->before, s->before, &slope, &error);
  return slope;
}

static void in_space(Study *s, const double **all, PropterEventEffect *e, double *gaps) {
  size_t n = s->controls;
  double square = 0, as_large = 0, slopes = 0;
  for (size_t c = 1; c <= n; c++) { /* control c plays the treated among the other controls */
    s->row[0] = all[c], s->controls = n - 1;
    for (size_t i = 1, k = 1; i <= n; i++)
      if (i != c) s->row[k++] = all[i];
    double placebo = estimate(s);
    double slope = drift(s, gaps);
    slopes += slope * slope, square += placebo * placebo, as_large += fabs(placebo) >= fabs(e->effect);
  }
  for (size_t i = 0; i <= n; i++) s->row[i] = all[i];
  s->controls = n, e->in_space = n;
  e->trend_p = two_sided(e->trend, sqrt(slopes / (double)n), (double)n);
  e->error = sqrt(square / (double)n), e->p_space = (1 + as_large) / (1 + (double)n);
}

/* The event moved back to false dates, looking only at steps before the true one. */
static void in_time(Study *s, PropterEventEffect *e) {
  size_t t0 = s->before, t1 = s->after, width = t1 < t0 / 3 ? t1 : t0 / 3 ? t0 / 3 : 1;
  double as_large = 0;
  for (size_t at = LEAST_BEFORE; at + width <= t0; at += width) {
    double value = 0, error = 0;
    s->before = at, s->after = width;
    if (e->synthetic) value = estimate(s);
    else if (!step_or_slope(s->row[0], at + width, at, &value, &error)) continue;
    as_large += fabs(value) >= fabs(e->effect), e->in_time++;
  }
  s->before = t0, s->after = t1;
  e->p_time = e->in_time >= 3 ? (1 + as_large) / (1 + (double)e->in_time) : NAN;
}

/* Of logarithms the part by which the figure differs. */
static const char *said(char out[PROPTER_NUMBER], const PropterEventPanel *p, double value) {
  if (!p->logs) return propter_number(out, value, propter_number_decimals(value, 4), true);
  const double part = 100 * expm1(value);
  return propter_number(out, part, fabs(part) < 9.95 ? 1 : 0, true);
}

static void describe(PropterEventEffect *e, const PropterEventPanel *p) {
  char space[96] = "", time[96] = "";
  if (e->in_space) (void)snprintf(space, sizeof space, "; among %zu untouched slices as large or larger with p = %.2g", e->in_space, e->p_space);
  if (e->in_time >= 3) (void)snprintf(time, sizeof time, "; at %zu false dates with p = %.2g", e->in_time, e->p_time);
  const char *unit = p->logs ? " %" : "";
  char effect[PROPTER_NUMBER], low[PROPTER_NUMBER], high[PROPTER_NUMBER];
  (void)snprintf(e->text, sizeof e->text, "%s: %.40s%s per step over %zu step%s (95 %%: %.40s to %.40s%s)%s%s; before the event %s",
                 e->synthetic ? "against untouched slices" : "against its own trend", said(effect, p, e->effect), unit, p->after, p->after == 1 ? "" : "s",
                 said(low, p, e->low), said(high, p, e->high), unit, space, time,
                 !e->synthetic      ? "there was nothing to compare with"
                 : e->trend_p < .05 ? "it already went its own way: read the effect with care"
                                    : "it ran parallel to them");
}

static PropterStatus check(const PropterEventPanel *p, PropterError *err) {
  size_t steps = p->before + p->after;
  if (p->before < LEAST_BEFORE || !p->after)
    return propter_fail(err, PROPTER_INVALID, "%zu steps before the event and %zu after, expected at least %d and 1", p->before, p->after, LEAST_BEFORE);
  for (size_t i = 0; i <= p->controls; i++)
    for (size_t t = 0; t < steps; t++)
      if (!(fabs(i ? p->control[(i - 1) * steps + t] : p->treated[t]) < too_large))
        return propter_fail(err, PROPTER_INVALID, "step %zu of %s is missing, infinite or too large to be squared", t, i ? "a control" : "the treated series");
  return PROPTER_OK;
}

static void compare(Study *s, const double **all, const PropterEventPanel *p, double *weights, PropterEventEffect *e, double *gaps) {
  e->effect = estimate(s), e->trend = drift(s, gaps);
  for (size_t i = 0; weights && i < p->controls; i++) weights[i] = s->unit[i];
  in_space(s, all, e, gaps);
  in_time(s, e);
  double t = propter_t_quantile(.975, (double)p->controls);
  e->low = e->effect - t * e->error, e->high = e->effect + t * e->error;
}

static void interrupt(Study *s, const PropterEventPanel *p, PropterEventEffect *e) {
  size_t n = p->before + p->after;
  (void)step_or_slope(p->treated, n, p->before, &e->effect, &e->error);
  in_time(s, e);
  double t = propter_t_quantile(.975, (double)n - 3);
  e->low = e->effect - t * e->error, e->high = e->effect + t * e->error;
}

PropterStatus propter_event_effect(const PropterEventPanel *p, double *weights, PropterEventEffect *e, PropterError *err) {
  *e = (PropterEventEffect){.synthetic = p->controls >= LEAST_CONTROLS, .p_space = NAN, .p_time = NAN, .trend_p = NAN};
  PROPTER_TRY(check(p, err));
  size_t n = p->controls + 1, t0 = p->before, most = n > t0 ? n : t0;
  const double **row = propter_malloc(2 * n * sizeof *row);
  double *space = propter_malloc((n + t0 + n * t0 + 2 * most + t0) * sizeof *space);
  PropterStatus status = row && space ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "out of memory for an event study");
  if (status == PROPTER_OK) {
    Study s = {.controls = p->controls, .before = t0, .after = p->after, .row = row, .unit = space, .time = space + n, .work = space + n + t0};
    for (size_t i = 0; i < n; i++) row[i] = row[n + i] = i ? p->control + (i - 1) * (t0 + p->after) : p->treated;
    if (e->synthetic) compare(&s, row + n, p, weights, e, space + n + t0 + n * t0 + 2 * most);
    else interrupt(&s, p, e);
    for (size_t i = 0; weights && !e->synthetic && i < p->controls; i++) weights[i] = 0;
    describe(e, p);
  }
  propter_free(row), propter_free(space);
  return status;
}
