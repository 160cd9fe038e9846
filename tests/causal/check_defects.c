/* SPDX-License-Identifier: Apache-2.0 */
/* Every kind of defect through every function that takes a matrix: a result without NaN, or a named reason. */
#include <float.h>
#include <math.h>

#include "propter/direction.h"
#include "propter/effects.h"
#include "propter/event.h"
#include "propter/lagged.h"
#include "propter/math.h"
#include "propter/mechanism.h"
#include "propter/rng.h"
#include "propter/structure.h"
#include "support.h"

enum { P = 5, N = 240 };
typedef double Matrix[P][N];

static void sound(Matrix m) {
  PropterRng rng;
  propter_rng_seed(&rng, 17);
  for (size_t t = 0; t < N; t++) {
    for (size_t v = 0; v < P; v++) m[v][t] = propter_rng_normal(&rng);
    m[2][t] += m[0][t] + m[1][t], m[3][t] += m[2][t], m[4][t] += t ? m[0][t - 1] : 0;
  }
}
static void constant(Matrix m) {
  for (size_t t = 0; t < N; t++) m[1][t] = 0.1;
}
static void all_constant(Matrix m) {
  for (size_t t = 0; t < N; t++)
    for (size_t v = 0; v < P; v++) m[v][t] = 7;
}
static void duplicated(Matrix m) { memcpy(m[1], m[0], sizeof m[1]); }
static void opposite(Matrix m) {
  for (size_t t = 0; t < N; t++) m[1][t] = -3 * m[0][t];
}
static void collinear(Matrix m) {
  for (size_t t = 0; t < N; t++) m[3][t] = m[0][t] + m[1][t] - m[2][t];
}
static void all_missing(Matrix m) {
  for (size_t t = 0; t < N; t++) m[0][t] = NAN;
}
static void mostly_missing(Matrix m) {
  for (size_t t = 0; t < N; t++)
    if (t % 40) m[0][t] = NAN;
}
static void never_together(Matrix m) {
  for (size_t t = 0; t < N; t++) m[t % 2][t] = NAN;
}
static void infinite(Matrix m) { m[2][5] = INFINITY; }
static void denormal(Matrix m) {
  for (size_t t = 0; t < N; t++) m[0][t] = 5e-324 * (double)(t % 9);
}
static void huge(Matrix m) {
  for (size_t t = 0; t < N; t++) m[0][t] *= 1e300, m[2][t] *= 1e307;
}
static void units(Matrix m) { /* the same measure in cents from the middle on */
  for (size_t t = N / 2; t < N; t++) m[0][t] *= 100;
}
static void one_step(Matrix m) {
  for (size_t t = 0; t < N; t++) m[0][t] = t == 100;
}
static void zeros_and_ones(Matrix m) {
  for (size_t t = 0; t < N; t++) m[0][t] = m[2][t] = (double)(t % 2);
}

static const struct {
  const char *name;
  void (*apply)(Matrix m);
  size_t rows;
} defects[] = {{"sound", NULL, N},
               {"constant", constant, N},
               {"all constant", all_constant, N},
               {"duplicated", duplicated, N},
               {"opposite", opposite, N},
               {"collinear", collinear, N},
               {"all missing", all_missing, N},
               {"mostly missing", mostly_missing, N},
               {"never together", never_together, N},
               {"infinite", infinite, N},
               {"denormal", denormal, N},
               {"huge", huge, N},
               {"unit jump", units, N},
               {"one step", one_step, N},
               {"zeros and ones", zeros_and_ones, N},
               {"no rows", NULL, 0},
               {"one row", NULL, 1},
               {"two rows", NULL, 2},
               {"six rows", NULL, 6}};
enum { DEFECTS = sizeof defects / sizeof *defects };

static double x[P * N]; /* columns of `rows` values */
static size_t rows;

static const char *prepare(int i) {
  static Matrix m;
  sound(m);
  if (defects[i].apply) defects[i].apply(m);
  rows = defects[i].rows;
  for (size_t v = 0; v < P; v++) memcpy(x + v * rows, m[v], rows * sizeof *x);
  return defects[i].name;
}

/* OK, or a refusal that says why. */
static bool ok(PropterStatus status, const PropterError *err, const char *what, const char *defect) {
  ck_assert_msg(status == PROPTER_OK || status == PROPTER_INVALID || status == PROPTER_LIMIT, "%s, %s: %s", what, defect, propter_status_name(status));
  ck_assert_msg(status == PROPTER_OK || strlen(err->message) > 10, "%s, %s: no reason", what, defect);
  return status == PROPTER_OK;
}
#define finite(value) ck_assert_msg(isfinite(value), "%s: " #value, defect)

START_TEST(structure) {
  static const char *const names[] = {"pc", "boss", "fges", "fci", "directed"};
  const char *defect = prepare(_i);
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    PropterError err = {0};
    PropterCausalGraph g;
    PropterData data = {P, rows, x, NULL};
    if (!ok(propter_structure_search(&data, names[i], NULL, &g, &err), &err, names[i], defect)) continue;
    for (size_t a = 0; a < P; a++)
      for (size_t b = 0; b < P; b++) ck_assert_msg((g.mark[a * P + b] == 0) == (g.mark[b * P + a] == 0) && g.mark[a * P + a] == 0, "%s", defect);
    propter_causal_graph_free(&g);
  }
}
END_TEST

START_TEST(independence) {
  static const char *const names[] = {"fisherz", "conditional_gaussian", "kernel"};
  const char *defect = prepare(_i);
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    for (size_t k = 0; k < 3; k++) {
      PropterError err = {0};
      PropterIndependenceTest *test;
      PropterIndependence r;
      PropterData data = {P, rows, x, NULL};
      if (!ok(propter_independence_new(&data, names[i], 1, &test, &err), &err, names[i], defect)) continue;
      if (ok(propter_independent(test, 0, 1, (size_t[]){2, 3}, k, &r, &err), &err, names[i], defect))
        ck_assert_msg(r.p >= 0 && r.p <= 1 && isfinite(r.statistic) && (r.testable || r.reason), "%s, %s: p %g, statistic %g", names[i], defect, r.p,
                      r.statistic);
      propter_independence_free(test);
    }
}
END_TEST

START_TEST(lagged) {
  static const char *const names[] = {"var", "var_lingam", "pcmci_plus"};
  const char *defect = prepare(_i);
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    PropterError err = {0};
    PropterLaggedGraph g;
    PropterLaggedOptions o = {.lags = 2};
    if (!ok(propter_lagged_search(P, rows, x, names[i], &o, &g, &err), &err, names[i], defect)) continue;
    for (size_t c = 0; c < 3 * P * P; c++) {
      finite(g.strength[c]);
      ck_assert_msg(g.p_value[c] >= 0 && g.p_value[c] <= 1, "%s, %s: p %g", names[i], defect, g.p_value[c]);
    }
    propter_lagged_graph_free(&g);
  }
}
END_TEST

START_TEST(effects) {
  static const char *const names[] = {"regression", "aipw", "aipw_treated", "instrument"};
  const char *defect = prepare(_i);
  PropterEffectData data = {.n = rows, .p = 2, .m = 1, .t = x, .y = x + 2 * rows, .x = x + 3 * rows, .z = x + rows};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    PropterError err = {0};
    PropterEffectEstimate e;
    if (!ok(propter_effect(&data, names[i], 0, &e, &err), &err, names[i], defect)) continue;
    finite(e.value);
    finite(e.error);
    finite(e.low);
    finite(e.high);
  }
  PropterError err = {0};
  PropterRefutation r[PROPTER_REFUTATIONS];
  if (ok(propter_refute(&data, 20, 1, r, &err), &err, "refute", defect))
    for (size_t i = 0; i < PROPTER_REFUTATIONS; i++) {
      finite(r[i].value);
      ck_assert(strlen(r[i].text) > 10 && !strstr(r[i].text, "nan"));
    }
}
END_TEST

START_TEST(direction_and_correlation) {
  const char *defect = prepare(_i);
  PropterError err = {0};
  PropterDirection d;
  double r[P * P];
  if (ok(propter_pair_direction(rows, x, x + 2 * rows, &d, &err), &err, "direction", defect)) finite(d.score);
  if (!rows) return;
  if (ok(propter_correlation(P, rows, x, 1, r, &err), &err, "correlation", defect))
    for (size_t i = 0; i < P * P; i++) ck_assert_msg(r[i] >= -1 && r[i] <= 1, "%s: %g", defect, r[i]);
}
END_TEST

START_TEST(events) {
  const char *defect = prepare(_i);
  PropterError err = {0};
  PropterEventEffect e;
  double weights[P];
  PropterEventPanel panel = {.controls = P - 1, .before = rows / 2, .after = rows - rows / 2, .treated = x, .control = x + rows};
  if (!ok(propter_event_effect(&panel, weights, &e, &err), &err, "event", defect)) return;
  finite(e.effect);
  finite(e.error);
  finite(e.low);
  finite(e.high);
  finite(e.trend);
  ck_assert(strlen(e.text) > 10 && !strstr(e.text, "nan"));
}
END_TEST

START_TEST(attribution) {
  const char *defect = prepare(_i);
  PropterError err = {0};
  PropterMechanismShare share[P];
  PropterAttribution sum;
  size_t half = rows / 2;
  double before[P * N], after[P * N];
  uint8_t dag[P * P] = {0};
  for (size_t v = 0; v < P; v++) {
    memcpy(before + v * half, x + v * rows, half * sizeof *x);
    memcpy(after + v * (rows - half), x + v * rows + half, (rows - half) * sizeof *x);
  }
  static const size_t edges[][2] = {{0, 2}, {1, 2}, {2, 3}, {0, 3}};
  for (size_t e = 0; e < 4; e++) dag[edges[e][0] * P + edges[e][1]] = PROPTER_ARROW, dag[edges[e][1] * P + edges[e][0]] = PROPTER_TAIL;
  PropterData old = {P, half, before, NULL}, now = {P, rows - half, after, NULL};
  PropterAttributionOptions o = {.resamples = 5, .draws = 50, .threads = 1};
  if (!ok(propter_attribute_change(&old, &now, dag, 3, &o, share, &sum, &err), &err, "attribution", defect)) return;
  for (size_t v = 0; v < P; v++) {
    finite(share[v].share);
    finite(share[v].low);
    finite(share[v].high);
  }
  finite(sum.before);
  finite(sum.after);
}
END_TEST

Suite *suite_defects(void) {
  Suite *suite = suite_create("defects");
  TCase *tc = tcase_create("defects");
  tcase_add_loop_test(tc, structure, 0, DEFECTS);
  tcase_add_loop_test(tc, independence, 0, DEFECTS);
  tcase_add_loop_test(tc, lagged, 0, DEFECTS);
  tcase_add_loop_test(tc, effects, 0, DEFECTS);
  tcase_add_loop_test(tc, direction_and_correlation, 0, DEFECTS);
  tcase_add_loop_test(tc, events, 0, DEFECTS);
  tcase_add_loop_test(tc, attribution, 0, DEFECTS);
  suite_add_tcase(suite, tc);
  return suite;
}
