/* SPDX-License-Identifier: Apache-2.0 */
/* How much a cause changes an outcome: what to adjust for, the estimate with its interval, and attempts to refute it. */
#ifndef PROPTER_EFFECTS_H
#define PROPTER_EFFECTS_H

#include "propter/structure.h"

/* ---- identification ----------------------------------------------------------------------------------------------------- */

enum { PROPTER_ADJUSTMENT = 64 }; /* most variables of a set */

/* BACK_DOOR, FRONT_DOOR and INSTRUMENT after Pearl (Causality, 2009, 3.3 and 7.4); NO_EFFECT: no directed path leads from cause to outcome. */
typedef enum { PROPTER_NOT_IDENTIFIED, PROPTER_NO_EFFECT, PROPTER_BACK_DOOR, PROPTER_FRONT_DOOR, PROPTER_INSTRUMENT } PropterIdentification;

typedef struct {
  PropterIdentification by;
  size_t set[PROPTER_ADJUSTMENT], count; /* covariates, mediators or instruments, ascending; no member is superfluous */
  char text[256];                        /* a sentence with variable numbers */
} PropterAdjustment;

/* Whether z[0..k) separates x and y in a DAG (d-separation by the reachable trails of Shachter 1998). */
PROPTER_API PropterStatus propter_separates(size_t p, const uint8_t *dag, size_t x, size_t y, const size_t *z, size_t k, bool *separates, PropterError *err);

/* A way to the effect of cause on outcome in a DAG whose variables with observed[v] = false cannot be used (NULL: all observed): first a back-door set, then
 * a front-door set, then an instrument. INVALID if the graph is no DAG. */
PROPTER_API PropterStatus propter_identify(size_t p, const uint8_t *dag, size_t cause, size_t outcome, const bool *observed, PropterAdjustment *adjustment,
                                           PropterError *err);

/* ---- estimation --------------------------------------------------------------------------------------------------------- */

/* n rows: cause t, outcome y, p covariates x[p×n] and m instruments z[m×n], one row per variable. Rows with a missing value are left out. */
typedef struct {
  size_t n, p, m;
  const double *t, *y, *x, *z;
} PropterEffectData;

/* The estimators are the rows of estimators.def:
 *   regression  least squares, heteroskedasticity-consistent error HC3 (MacKinnon and White 1985): effect of one unit of t
 *   aipw        augmented inverse probability weighting (Robins, Rotnitzky and Zhao 1994) for t in {0, 1}: average effect; logistic propensities and
 *               a linear outcome per arm, both with squares of covariates; rows with propensity outside [.1, .9] are left out (Crump and others 2009)
 *   aipw_treated  the same for the treated alone: propensities above .9 are left out, as are all rows less likely than the least likely treated one
 *   instrument  two-stage least squares with the first stage's F (weak below 10: Staiger and Stock 1997) */
typedef struct {
  double value, error, low, high; /* with the interval of the level asked for */
  size_t rows, left_out;          /* used; whole rows that were not comparable */
  double first_stage;             /* F of the instruments; NaN without */
  bool weak;                      /* F below 10: the interval is not to be trusted */
} PropterEffectEstimate;

/* NOT_FOUND: no such estimator; INVALID, saying why: too few rows, a cause that does not vary or is not 0/1 where it must be, collinear data, no
 * instrument. level 0: .95. */
PROPTER_API PropterStatus propter_effect(const PropterEffectData *data, const char *estimator, double level, PropterEffectEstimate *effect, PropterError *err);

/* ---- refutation --------------------------------------------------------------------------------------------------------- */

/* One attempt to refute a linear estimate. `text` is a sentence for a person. */
typedef struct {
  char name[24];
  double value, spread; /* mean and standard deviation of what the attempt estimated */
  double p;             /* how unusual the attempt found things; NaN where it is no test */
  bool passed;
  char text[320];
} PropterRefutation;

enum { PROPTER_REFUTATIONS = 5 };

/* Five attempts on the least squares estimate: placebo (t shuffled), random common cause (a random covariate more), subset (four fifths of the rows),
 * dummy outcome (a random y), unobserved confounder (robustness value: Cinelli and Hazlett 2020). All repetitions re-solve one cached Gram matrix. rounds 0:
 * 200. INVALID as propter_effect. */
PROPTER_API PropterStatus propter_refute(const PropterEffectData *data, size_t rounds, uint64_t seed, PropterRefutation *refutations, PropterError *err);

#endif
