/* SPDX-License-Identifier: Apache-2.0 */
/* Effect of job training on the treated: the experiment's own difference is the truth (nsw_mixtape.csv); the same treated people against two surveys.
 * Estimators with their defaults. Refutations on the survey sample, timed. */
#include <math.h>
#include <string.h>

#include "causal.h"
#include "propter/effects.h"

enum { COVARIATES = 8, MOST = 20000 };

typedef struct {
  size_t n;
  double t[MOST], y[MOST], x[COVARIATES][MOST];
} People;

static void add(People *p, const Table *t, const char *const *names, int arm) {
  const double *treat = table_column(t, "treat"), *re78 = table_column(t, "re78");
  for (size_t r = 0; r < t->rows && p->n < MOST; r++) {
    if (arm >= 0 && treat[r] != arm) continue;
    p->t[p->n] = treat[r], p->y[p->n] = re78[r];
    for (size_t c = 0; c < COVARIATES; c++) p->x[c][p->n] = table_column(t, names[c])[r];
    p->n++;
  }
}

/* Covariates close up, one row per variable. */
static PropterEffectData data_of(const People *p, double *x) {
  for (size_t c = 0; c < COVARIATES; c++) memcpy(x + c * p->n, p->x[c], p->n * sizeof *x);
  return (PropterEffectData){.n = p->n, .p = COVARIATES, .t = p->t, .y = p->y, .x = x};
}

static void line(const char *sample, const char *estimator, const PropterEffectData *d, double truth) {
  PropterEffectEstimate e;
  PropterError err = {0};
  char name[96];
  need(propter_effect(d, estimator, 0, &e, &err), &err);
  (void)snprintf(name, sizeof name, "lalonde-%s-%s", sample, estimator);
  bench_versus(name, e.value, "dollars", "experiment", truth);
  fprintf(stderr, "  %s: %.0f [%.0f, %.0f], off by %.0f, %s, %zu rows, %zu left out\n", name, e.value, e.low, e.high, fabs(e.value - truth),
          e.low <= truth && truth <= e.high ? "covers" : "does not cover", e.rows, e.left_out);
  (void)snprintf(name, sizeof name, "lalonde-%s-%s-covers", sample, estimator);
  bench_print(name, e.low <= truth && truth <= e.high, "of 1");
}

/* The survey of lalonde.csv names race in words and marriage in full. */
static void add_survey(People *p, const Table *t) {
  static const char *const names[COVARIATES] = {"age", "educ", NULL, NULL, "married", "nodegree", "re74", "re75"};
  const double *treat = table_column(t, "treat"), *re78 = table_column(t, "re78"), *race = table_column(t, "race");
  size_t column = 0;
  while (strcmp(t->names[column], "race") != 0) column++;
  for (size_t r = 0; r < t->rows && p->n < MOST; r++, p->n++) {
    p->t[p->n] = treat[r], p->y[p->n] = re78[r];
    for (size_t c = 0; c < COVARIATES; c++)
      if (names[c]) p->x[c][p->n] = table_column(t, names[c])[r];
    const char *word = t->levels[column][(size_t)race[r]];
    p->x[2][p->n] = strcmp(word, "black") == 0, p->x[3][p->n] = strncmp(word, "hisp", 4) == 0;
  }
}

typedef struct {
  const PropterEffectData *data;
  PropterRefutation found[PROPTER_REFUTATIONS];
} Refute;

static void refute(void *payload) {
  Refute *r = payload;
  PropterError err = {0};
  need(propter_refute(r->data, 100, 1, r->found, &err), &err);
}

int causal_lalonde(const char *folder, int argc, char **argv) {
  (void)argc, (void)argv;
  static const char *const names[COVARIATES] = {"age", "educ", "black", "hisp", "marr", "nodegree", "re74", "re75"};
  Table nsw, cps, survey;
  table_read(&nsw, folder, "nsw_mixtape.csv", ","), table_read(&cps, folder, "cps_mixtape.csv", ","), table_read(&survey, folder, "lalonde.csv", ",");
  People *trial = propter_calloc(3, sizeof *trial), *against_cps = trial + 1, *against_psid = trial + 2;
  double *x = propter_malloc((size_t)COVARIATES * MOST * sizeof *x);
  if (!trial || !x) return 75;
  add(trial, &nsw, names, -1);
  add(against_cps, &nsw, names, 1), add(against_cps, &cps, names, 0);
  add_survey(against_psid, &survey);
  double mean[2] = {0}, count[2] = {0}, truth;
  for (size_t i = 0; i < trial->n; i++) mean[trial->t[i] == 1] += trial->y[i], count[trial->t[i] == 1]++;
  truth = mean[1] / count[1] - mean[0] / count[0];
  bench_print("lalonde-experiment", truth, "dollars");
  static const char *const estimators[] = {"regression", "aipw_treated"};
  for (size_t e = 0; e < 2; e++) {
    PropterEffectData d = data_of(trial, x);
    line("trial", estimators[e], &d, truth);
    d = data_of(against_psid, x), line("psid", estimators[e], &d, truth);
    d = data_of(against_cps, x), line("cps", estimators[e], &d, truth);
  }
  PropterEffectData d = data_of(against_psid, x);
  Refute r = {.data = &d};
  bench_print("refutations-psid-5x100-rounds", bench_median(refute, &r), "s");
  for (size_t i = 0; i < PROPTER_REFUTATIONS; i++) fprintf(stderr, "  %s: %s\n", r.found[i].name, r.found[i].text);
  Table college;
  table_read(&college, folder, "close_college.csv", ",");
  double *z = propter_malloc(5 * college.rows * sizeof *z);
  static const char *const controls[5] = {"exper", "black", "south", "married", "smsa"};
  if (!z) return 75;
  for (size_t c = 0; c < 5; c++) memcpy(z + c * college.rows, table_column(&college, controls[c]), college.rows * sizeof *z);
  PropterEffectData iv = {college.rows, 5, 1, table_column(&college, "educ"), table_column(&college, "lwage"), z, table_column(&college, "nearc4")};
  PropterEffectEstimate e;
  PropterError err = {0};
  need(propter_effect(&iv, "instrument", 0, &e, &err), &err);
  bench_print("close-college-instrument", e.value, "log wage a year");
  bench_print("close-college-first-stage", e.first_stage, "F");
  propter_free(z), propter_free(x), propter_free(trial);
  table_free(&college), table_free(&nsw), table_free(&cps), table_free(&survey);
  return 0;
}
