/* SPDX-License-Identifier: Apache-2.0 */
#include "propter/mechanism.h"

#include <math.h>

#include "marks.h"
#include "propter/math.h"
#include "propter/mem.h"
#include "propter/pool.h"
#include "propter/rng.h"

enum { MOST_PLAYERS = 14, MOST_PARENTS = 8, TERMS = 1 + 2 * MOST_PARENTS + MOST_PARENTS * (MOST_PARENTS - 1), LEAST_ROWS = 20, ROWS_A_TERM = 5 };
static const double too_large = 1e70; /* the square of its square is still finite */

/* One variable's mechanism in one period, drawn from one resample of its rows. */
typedef struct {
  double beta[TERMS];
  double *noise; /* residuals of the rows; the values themselves without parents */
  size_t rows;
} Mechanism;

typedef struct {
  size_t v, parents[MOST_PARENTS], k; /* parents as places in the order of players */
  size_t terms, term[TERMS];          /* of all terms of the basis those in use */
  bool changed;                       /* a player of the game, with a seat; otherwise the old mechanism stands in both periods */
  size_t seat;
  double p;                           /* of the test that it did not change */
  double centre[MOST_PARENTS], scale[MOST_PARENTS];
} Player;

typedef struct {
  const PropterData *data[2];
  const PropterAttributionOptions *o;
  size_t draws, resamples, n, seats; /* n variables: the target's ancestors, causes first, the target last */
  Player player[MOST_PLAYERS];
  size_t place[MOST_PLAYERS]; /* of a seat among the variables */
  double *shares; /* (resamples + 1) × n; the first row is the data themselves */
  double mean[2];
} Job;

static size_t all_terms(size_t k) { return 1 + 2 * k + k * (k ? k - 1 : 0); }

static void full_basis(const Player *p, const double *parent, double *b) {
  double z[MOST_PARENTS];
  size_t m = 0;
  b[m++] = 1;
  for (size_t i = 0; i < p->k; i++) z[i] = (parent[i] - p->centre[i]) / p->scale[i], b[m++] = z[i];
  for (size_t i = 0; i < p->k; i++) b[m++] = z[i] * z[i];
  for (size_t i = 0; i < p->k; i++)
    for (size_t j = 0; j < i; j++) b[m++] = z[i] * z[j], b[m++] = (fmin(parent[i], parent[j]) - fmin(p->centre[i], p->centre[j])) / p->scale[i];
}

static void basis(const Player *p, const double *parent, double *b) {
  double full[TERMS];
  if (p->terms <= p->k + 1) { /* only the linear terms, which stand first */
    b[0] = 1;
    for (size_t i = 0; i < p->k; i++) b[1 + i] = (parent[i] - p->centre[i]) / p->scale[i];
    return;
  }
  full_basis(p, parent, full);
  for (size_t i = 0; i < p->terms; i++) b[i] = full[p->term[i]];
}

static double predict(const Player *p, const double *beta, const double *parent) {
  double b[TERMS], sum = 0;
  basis(p, parent, b);
  for (size_t i = 0; i < p->terms; i++) sum += beta[i] * b[i];
  return sum;
}

static void parents_at(const Job *job, const Player *p, const PropterData *data, size_t row, double *parent) {
  for (size_t i = 0; i < p->k; i++) parent[i] = data->x[job->player[p->parents[i]].v * data->n + row];
}

static void add_row(const Job *job, const Player *p, const PropterData *data, size_t row, double *gram, double *xty, double *square) {
  double b[TERMS], parent[MOST_PARENTS], y = data->x[p->v * data->n + row];
  parents_at(job, p, data, row, parent);
  basis(p, parent, b);
  *square += y * y;
  for (size_t i = 0; i < p->terms; i++) {
    xty[i] += b[i] * y;
    for (size_t j = 0; j <= i; j++) gram[i * p->terms + j] += b[i] * b[j];
  }
}

/* Coefficients with a ridge of a millionth: enough to leave collinear terms defined, too little to matter otherwise. Returns the residual sum of squares. */
static double solve(size_t m, const double *gram, const double *xty, double square, double *beta) {
  double a[TERMS * TERMS], rss = square;
  for (size_t i = 0; i < m; i++) {
    for (size_t j = 0; j <= i; j++) a[i * m + j] = a[j * m + i] = gram[i * m + j];
    a[i * m + i] += 1e-6 * a[i * m + i] + 1e-12;
    beta[i] = xty[i];
  }
  if (propter_cholesky(m, a, NULL) != PROPTER_OK) return INFINITY;
  propter_cholesky_solve(m, a, 1, beta);
  for (size_t i = 0; i < m; i++) {
    double fitted = 0;
    for (size_t j = 0; j < m; j++) fitted += beta[j] * (j <= i ? gram[i * m + j] : gram[j * m + i]);
    rss += beta[i] * (fitted - 2 * xty[i]);
  }
  return fmax(rss, 0);
}

/* One fit of the periods first … last; rows NULL: as they are. */
static double fit(const Job *job, const Player *p, int first, int last, size_t *const rows[2], double *beta) {
  double gram[TERMS * TERMS] = {0}, xty[TERMS] = {0}, square = 0;
  for (int period = first; period <= last; period++)
    for (size_t t = 0; t < job->data[period]->n; t++) add_row(job, p, job->data[period], rows ? rows[period][t] : t, gram, xty, &square);
  return solve(p->terms, gram, xty, square, beta);
}

/* Whether the rows after are enough to fit this many terms to. */
static bool refits(const Job *job, size_t terms) { return job->data[1]->n >= ROWS_A_TERM * terms; }

/* The last period whose rows can be fitted. */
static int last_fitted(const Job *job, const Player *p) { return refits(job, p->terms); }

/* Sum of squared errors of predicting each row of the periods 0 … last from the others (Allen 1974), for p's terms. */
static double press(const Job *job, const Player *p, int last) {
  double gram[TERMS * TERMS] = {0}, beta[TERMS] = {0}, square = 0, b[TERMS], parent[MOST_PARENTS], sum = 0;
  size_t m = p->terms;
  for (int period = 0; period <= last; period++)
    for (size_t t = 0; t < job->data[period]->n; t++) add_row(job, p, job->data[period], t, gram, beta, &square);
  for (size_t i = 0; i < m; i++) {
    gram[i * m + i] += 1e-6 * gram[i * m + i] + 1e-12;
    for (size_t j = i + 1; j < m; j++) gram[i * m + j] = gram[j * m + i];
  }
  if (propter_cholesky(m, gram, NULL) != PROPTER_OK) return INFINITY;
  propter_cholesky_solve(m, gram, 1, beta);
  for (int period = 0; period <= last; period++)
    for (size_t t = 0; t < job->data[period]->n; t++) {
      const PropterData *d = job->data[period];
      double leverage = 0, y = d->x[p->v * d->n + t];
      parents_at(job, p, d, t, parent);
      double off = y - predict(p, beta, parent);
      basis(p, parent, b);
      for (size_t i = 0; i < m; i++) {
        for (size_t j = 0; j < i; j++) b[i] -= gram[i * m + j] * b[j];
        b[i] /= gram[i * m + i], leverage += b[i] * b[i];
      }
      off /= fmax(1e-6, 1 - leverage);
      sum += off * off;
    }
  return sum + 1e-9 * square;
}

/* Linear terms always; a square, product or minimum only if it halves the squared error of predicting left-out rows. Such terms run away outside the
 * range they were seen in, which is where a change leads, so they must be the relation itself (price times quantity, the smaller of demand and stock). */
static void choose_terms(const Job *job, Player *p) {
  size_t all = all_terms(p->k), rows = job->data[0]->n;
  p->terms = p->k + 1;
  for (size_t i = 0; i < p->terms; i++) p->term[i] = i;
  int last = last_fitted(job, p);
  double now = p->k ? press(job, p, last) : 0, least_gain = 2;
  while (p->terms < all && (p->terms + 1) * ROWS_A_TERM <= rows) {
    size_t best = all, m = p->terms++;
    double least = now;
    for (size_t c = p->k + 1; c < all; c++) {
      bool in = false;
      for (size_t i = 0; i < m && !in; i++) in = p->term[i] == c;
      if (in) continue;
      p->term[m] = c;
      double with = press(job, p, last);
      if (with < least) least = with, best = c;
    }
    if (best == all || now < least_gain * least) {
      p->terms = m;
      break;
    }
    p->term[m] = best, now = least;
  }
}

/* Coefficients of one period, and the covariance of their errors added to v, right whatever the noise depends on (HC3: MacKinnon and White 1985). Noise that
 * grows with what is sold would otherwise pass for a change of the function. False: the terms determine each other. */
static bool add_covariance(const Job *job, const Player *p, int period, double *beta, double *v) {
  const PropterData *d = job->data[period];
  size_t m = p->terms;
  double gram[TERMS * TERMS] = {0}, inverse[TERMS * TERMS] = {0}, meat[TERMS * TERMS] = {0}, b[TERMS], w[TERMS], parent[MOST_PARENTS], square = 0;
  for (size_t i = 0; i < m; i++) beta[i] = 0, inverse[i * m + i] = 1;
  for (size_t t = 0; t < d->n; t++) add_row(job, p, d, t, gram, beta, &square);
  for (size_t i = 0; i < m; i++) {
    gram[i * m + i] += 1e-6 * gram[i * m + i] + 1e-12;
    for (size_t j = i + 1; j < m; j++) gram[i * m + j] = gram[j * m + i];
  }
  if (propter_cholesky(m, gram, NULL) != PROPTER_OK) return false;
  propter_cholesky_solve(m, gram, 1, beta), propter_cholesky_solve(m, gram, m, inverse);
  for (size_t t = 0; t < d->n; t++) {
    double leverage = 0;
    parents_at(job, p, d, t, parent);
    basis(p, parent, b);
    double off = d->x[p->v * d->n + t] - predict(p, beta, parent);
    for (size_t i = 0; i < m; i++) {
      w[i] = 0;
      for (size_t j = 0; j < m; j++) w[i] += inverse[i * m + j] * b[j];
      leverage += w[i] * b[i];
    }
    off /= fmax(1e-6, 1 - leverage);
    for (size_t i = 0; i < m; i++)
      for (size_t j = 0; j < m; j++) meat[i * m + j] += w[i] * w[j] * off * off;
  }
  for (size_t i = 0; i < m * m; i++) v[i] += meat[i];
  return true;
}

/* Whether the function changed: Wald's test of equal coefficients in both periods. Variables without parents and periods too short to fit are always
 * players. */
static void test_change(const Job *job, Player *p) {
  p->changed = true, p->p = NAN;
  if (!p->k || !last_fitted(job, p)) return;
  double beta[2][TERMS], v[TERMS * TERMS] = {0}, off[TERMS], square = 0, wald = 0;
  size_t m = p->terms;
  double apart = fit(job, p, 0, 0, NULL, beta[0]) + fit(job, p, 1, 1, NULL, beta[1]), together = fit(job, p, 0, 1, NULL, off);
  for (int period = 0; period < 2; period++)
    for (size_t t = 0; t < job->data[period]->n; t++) square += pow(job->data[period]->x[p->v * job->data[period]->n + t], 2);
  bool exact = apart <= 1e-9 * square; /* in both, but for the ridge */
  if (!exact && add_covariance(job, p, 0, beta[0], v) && add_covariance(job, p, 1, beta[1], v) && propter_cholesky(m, v, NULL) == PROPTER_OK) {
    for (size_t i = 0; i < m; i++) off[i] = beta[1][i] - beta[0][i];
    propter_cholesky_solve(m, v, 1, off);
    for (size_t i = 0; i < m; i++) wald += off[i] * (beta[1][i] - beta[0][i]);
    p->p = 1 - propter_chi2_cdf(fmax(0, wald), (double)m);
  } else {
    p->p = together > 1e-6 * square ? 0 : 1;
  }
  p->changed = p->p * (double)job->n < 1 - (job->o->level > 0 ? job->o->level : .95); /* Bonferroni over the mechanisms */
}

/* What the function leaves of a period's rows. */
static void add_noise(const Job *job, const Player *p, int period, const size_t *rows, Mechanism *m) {
  const PropterData *data = job->data[period];
  double parent[MOST_PARENTS];
  for (size_t t = 0; t < data->n; t++) {
    double y = data->x[p->v * data->n + rows[t]];
    parents_at(job, p, data, rows[t], parent);
    m->noise[m->rows++] = p->k ? y - predict(p, m->beta, parent) : y;
  }
}

/* The mechanisms of one player in both periods. One that did not change is learned from both, so that it need not be carried on beyond what the first has seen.
 */
static void learn(const Job *job, const Player *p, size_t *const rows[2], Mechanism m[2]) {
  int last = last_fitted(job, p);
  m[0].rows = m[1].rows = 0;
  if (p->k) (void)fit(job, p, 0, p->changed ? 0 : last, rows, m[0].beta);
  for (int period = 0, periods = p->changed ? 1 : 2; period < periods; period++) add_noise(job, p, period, rows[period], &m[0]);
  if (!p->changed) return;
  if (p->k && last) (void)fit(job, p, 1, 1, rows, m[1].beta);
  else memcpy(m[1].beta, m[0].beta, sizeof m[0].beta);
  add_noise(job, p, 1, rows[1], &m[1]);
}

/* Values of the variables from place `from` on, for one draw and one set of new mechanisms. */
static void evaluate(const Job *job, Mechanism (*m)[2], unsigned set, const uint32_t *pick, size_t from, double *value) {
  double parent[MOST_PARENTS];
  for (size_t i = from; i < job->n; i++) {
    const Player *p = &job->player[i];
    const Mechanism *own = &m[i][p->changed && set >> p->seat & 1U];
    for (size_t q = 0; q < p->k; q++) parent[q] = value[p->parents[q]];
    value[i] = own->noise[(uint64_t)pick[i] * own->rows >> 32] + (p->k ? predict(p, own->beta, parent) : 0);
  }
}

/* mean[set]: the target's mean when the mechanisms of the set are new. The draws are the same for every set, so that sets differ by their mechanisms
 * only. Sets follow each other in Gray's order and the last variables have the lowest seats, so that a step mostly moves only the end of the chain. */
static void simulate(const Job *job, Mechanism (*m)[2], const uint32_t *pick, double *mean) {
  double value[MOST_PLAYERS];
  unsigned sets = 1U << job->seats;
  for (unsigned s = 0; s < sets; s++) mean[s] = 0;
  for (size_t d = 0; d < job->draws; d++)
    for (unsigned s = 0; s < sets; s++) {
      unsigned set = s ^ s >> 1, flipped = s ? (unsigned)__builtin_ctz(s) : 0;
      evaluate(job, m, set, pick + d * job->n, s ? job->place[flipped] : 0, value);
      mean[set] += value[job->n - 1] / (double)job->draws;
    }
}

typedef struct {
  size_t *rows[2];
  Mechanism m[MOST_PLAYERS][2];
  double *value;
  uint32_t *pick;
} Space;

static void space_clear(Space *s, size_t n) {
  propter_free(s->rows[0]), propter_free(s->rows[1]), propter_free(s->value), propter_free(s->pick);
  for (size_t i = 0; i < n; i++) propter_free(s->m[i][0].noise), propter_free(s->m[i][1].noise);
}

static PropterStatus space_open(const Job *job, Space *s, PropterError *err) {
  bool good = true;
  for (int period = 0; period < 2; period++) {
    size_t rows = job->data[period]->n, most = rows + (period ? 0 : job->data[1]->n);
    good = (s->rows[period] = propter_malloc(rows * sizeof(size_t))) && good;
    for (size_t i = 0; i < job->n; i++) good = (s->m[i][period].noise = propter_malloc(most * sizeof(double))) && good;
  }
  s->value = propter_malloc(((size_t)1 << job->seats) * sizeof(double)), s->pick = propter_malloc(job->draws * job->n * sizeof(uint32_t));
  if (good && s->value && s->pick) return PROPTER_OK;
  space_clear(s, job->n);
  return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for an attribution");
}

/* Low-discrepancy draws: in each column the draws are one in each of equal strata, in seeded order. */
static void draw(const Job *job, PropterRng *rng, uint32_t *pick) {
  for (size_t i = 0; i < job->n; i++) {
    for (size_t d = 0; d < job->draws; d++) pick[d * job->n + i] = (uint32_t)(((double)d + .5) / (double)job->draws * 4294967296.0);
    for (size_t d = job->draws; d > 1; d--) {
      size_t j = (size_t)propter_rng_below(rng, d);
      uint32_t t = pick[(d - 1) * job->n + i];
      pick[(d - 1) * job->n + i] = pick[j * job->n + i], pick[j * job->n + i] = t;
    }
  }
}

static PropterStatus resample(size_t item, void *payload, PropterError *err) {
  Job *job = payload;
  Space s = {0};
  PROPTER_TRY(space_open(job, &s, err));
  PropterRng rng;
  propter_rng_seed(&rng, job->o->seed + item);
  for (int period = 0; period < 2; period++)
    for (size_t t = 0; t < job->data[period]->n; t++) s.rows[period][t] = item ? (size_t)propter_rng_below(&rng, job->data[period]->n) : t;
  draw(job, &rng, s.pick);
  PropterStatus status = PROPTER_OK;
  for (size_t i = 0; i < job->n; i++) learn(job, &job->player[i], s.rows, s.m[i]);
  simulate(job, s.m, s.pick, s.value);
  status = propter_shapley(job->seats, s.value, job->shares + item * job->n, err);
  if (!item) job->mean[0] = s.value[0], job->mean[1] = s.value[(1U << job->seats) - 1];
  space_clear(&s, job->n);
  return status;
}

/* ---- players ------------------------------------------------------------------------------------------------------------ */

static void scales(Player *p, const Job *job) {
  const PropterData *d = job->data[0];
  for (size_t i = 0; i < p->k; i++) {
    const double *x = d->x + job->player[p->parents[i]].v * d->n;
    double mean = 0, square = 0;
    for (size_t t = 0; t < d->n; t++) mean += x[t] / (double)d->n;
    for (size_t t = 0; t < d->n; t++) square += (x[t] - mean) * (x[t] - mean) / (double)d->n;
    p->centre[i] = mean, p->scale[i] = square > 0 ? sqrt(square) : 1;
  }
}

/* Ancestors of the target, causes first. `dag` is known to be one. */
static PropterStatus list_players(Job *job, const uint8_t *dag, size_t target, PropterError *err) {
  size_t p = job->data[0]->p, place[MOST_PLAYERS], found = 1;
  place[0] = target;
  for (size_t i = 0; i < found; i++)
    for (size_t v = 0; v < p; v++) {
      bool known = false;
      for (size_t j = 0; j < found && !known; j++) known = place[j] == v;
      if (known || !marks_directed(dag, p, v, place[i])) continue;
      if (found == MOST_PLAYERS) return propter_fail(err, PROPTER_LIMIT, "more than %d variables act on the target", MOST_PLAYERS);
      place[found++] = v;
    }
  while (job->n < found) /* next: one all of whose parents stand already */
    for (size_t i = 0; i < found; i++) {
      Player next = {.v = place[i]};
      bool ready = true;
      for (size_t j = 0; j < job->n; j++) ready = ready && job->player[j].v != next.v;
      for (size_t v = 0; v < p && ready; v++) {
        if (!marks_directed(dag, p, v, next.v)) continue;
        size_t j = 0;
        while (j < job->n && job->player[j].v != v) j++;
        ready = j < job->n;
        if (ready && next.k == MOST_PARENTS) return propter_fail(err, PROPTER_LIMIT, "variable %zu has more than %d parents", next.v, MOST_PARENTS);
        if (ready) next.parents[next.k++] = j;
      }
      if (!ready) continue;
      scales(&next, job);
      choose_terms(job, &next);
      job->player[job->n++] = next;
      break;
    }
  for (size_t i = 0; i < job->n; i++) test_change(job, &job->player[i]);
  for (size_t i = job->n; i-- > 0;)
    if (job->player[i].changed) job->place[job->player[i].seat = job->seats++] = i;
  return PROPTER_OK;
}

/* Percentiles of what resamples differ from their own mean, around the estimate: they keep the skew of shares on its side, which the basic bootstrap turns
 * over, and what the resamples have in common against the estimate does not move the interval off it. */
static void summarise(Job *job, double level, PropterMechanismShare *share, double *column) {
  for (size_t i = 0; i < job->n; i++) {
    PropterMechanismShare *s = &share[job->player[i].v];
    const Player *p = &job->player[i];
    *s = (PropterMechanismShare){.ancestor = true, .p = p->p};
    if (!p->changed) continue;
    double mean = 0;
    for (size_t r = 0; r < job->resamples; r++) column[r] = job->shares[(r + 1) * job->n + p->seat], mean += column[r] / (double)job->resamples;
    propter_sort(column, job->resamples);
    size_t cut = (size_t)((1 - level) / 2 * (double)job->resamples);
    s->share = job->shares[p->seat];
    s->low = s->share + fmin(0, column[cut] - mean), s->high = s->share + fmax(0, column[job->resamples - 1 - cut] - mean);
  }
}

static double mean_of(const PropterData *d, size_t v) {
  double sum = 0;
  for (size_t t = 0; t < d->n; t++) sum += d->x[v * d->n + t] / (double)d->n;
  return sum;
}

static PropterStatus check(const PropterData *before, const PropterData *after, const uint8_t *dag, size_t target, PropterError *err) {
  if (before->p != after->p || target >= before->p)
    return propter_fail(err, PROPTER_INVALID, "%zu variables before, %zu after, target %zu", before->p, after->p, target);
  if (before->n < LEAST_ROWS || !after->n)
    return propter_fail(err, PROPTER_INVALID, "%zu rows before and %zu after, expected at least %d and 1", before->n, after->n, LEAST_ROWS);
  for (int period = 0; period < 2; period++) {
    const PropterData *d = period ? after : before;
    for (size_t i = 0; i < d->p * d->n; i++)
      if (!(fabs(d->x[i]) < too_large))
        return propter_fail(err, PROPTER_INVALID, "row %zu of variable %zu %s the change is missing, infinite or too large for a fit of squares",
                            i % d->n, i / d->n, period ? "after" : "before");
  }
  size_t bytes = before->p * before->p;
  uint8_t *copy = propter_malloc(bytes + 1);
  if (!copy) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for an attribution");
  memcpy(copy, dag, bytes);
  PropterStatus status = propter_dag_to_cpdag(before->p, copy, err);
  propter_free(copy);
  return status;
}

PropterStatus propter_attribute_change(const PropterData *before, const PropterData *after, const uint8_t *dag, size_t target,
                                       const PropterAttributionOptions *options, PropterMechanismShare *share, PropterAttribution *sum, PropterError *err) {
  static const PropterAttributionOptions defaults = {0};
  if (!options) options = &defaults;
  PROPTER_TRY(check(before, after, dag, target, err));
  Job job = {.data = {before, after}, .o = options, .draws = options->draws ? options->draws : 400, .resamples = options->resamples ? options->resamples : 100};
  PROPTER_TRY(list_players(&job, dag, target, err));
  job.shares = propter_malloc((job.resamples + 1) * job.n * sizeof(double));
  double *column = propter_malloc(job.resamples * sizeof *column);
  PropterStatus status = job.shares && column ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "out of memory for an attribution");
  if (status == PROPTER_OK) status = propter_pool_run(job.resamples + 1, options->threads, resample, &job, err);
  if (status == PROPTER_OK) {
    for (size_t v = 0; v < before->p; v++) share[v] = (PropterMechanismShare){0};
    summarise(&job, options->level > 0 ? options->level : .95, share, column);
    *sum = (PropterAttribution){job.mean[0], job.mean[1], mean_of(after, target) - mean_of(before, target)};
  }
  propter_free(job.shares), propter_free(column);
  return status;
}
