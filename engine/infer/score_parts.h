/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of the score: model of a series → frame of a window → evidence of columns → sets of causes → answer. */
#ifndef INFER_SCORE_PARTS_H
#define INFER_SCORE_PARTS_H

#include <math.h>

#include "../detect/baseline.h"
#include "memo.h"
#include "propter/score.h"

enum {
  NODES = 8,      /* scale mixture that stands for t₃ */
  VARIANTS = 26,  /* dates and profiles tried per candidate */
  KEPT = 3,       /* of them in sets of several causes */
  UNKNOWN_SCALES = 7,
  UNKNOWN_RATES = 10,
  BINS = 7,       /* parts of the window, and of the time after it, that are compared with an effect where a period is a day */
  FEW_BINS = 3,   /* the same where it is longer: an event is dated to the day, so that only days show where its course begins and ends */
  ONSETS = 4,     /* places in the window from which the unknown cause may act where a period is longer than a day */
  LATER = 3,      /* of those after the window in which a course of the unknown cause may end */
  LEAD = 3,       /* days before the window, each a part of its own: what began before it shows there */
  DIM = LEAD + 2 * BINS,
  COURSES = 240   /* of the unknown cause; room for LEAD + 2·BINS beginnings with their ends, and for none; whole eights (score_evidence.c) */
};

/* Densities of a standardised deviation: unmoved, and moved by an unknown cause of each scale that is weighed. */
typedef double UnknownDensity[1 + UNKNOWN_SCALES];
/* Log likelihoods of its scale and rate. */
typedef double UnknownLikelihood[UNKNOWN_SCALES][UNKNOWN_RATES];

/* Relative error of an idealised profile per bin: a step and a ramp of the same mean over three bins differ by 1/3 at either end, and as both are tried, what
 * lies between them is off by half of that from the nearer one at most. */
static const double ideal_error = 1.0 / 6;

/* What the windows of a length that nobody asks about say of one, to as many digits as can be known. Of numbers of eight bytes alone, since it is kept as it
 * is. */
typedef struct {
  uint64_t known;  /* there are enough of them */
  uint64_t width;  /* of the baseline, and part of the growth, for windows of this length */
  double growth;
  ErrorModel error;
  double rho, scale; /* ρ, and s_u in standard errors of the window's mean */
  uint64_t others; /* their number */
} Learned;

struct PropterScoreModel {
  PropterScoreOptions options;
  PropterSeries series; /* value owned */
  double *value;
  PropterScale scale;  /* on which the baseline and its errors are */
  Baseline *base;
  unsigned char *covered;
  size_t control_count;
  Baseline **control;  /* their changes, each on its own scale; a width is chosen for the first, whose course is forecast */
  PropterScale *control_scale;
  double *control_spread; /* robust standard deviation of their changes */
  Baseline *composite; /* median standardised change of the controls, cumulated; NULL without controls */
  double *rows, *composite_rows; /* errors for windows of one period: n × 2 */
  double *standard;    /* changes in robust standard units */
  UnknownDensity *unknown; /* at steps of the deviation */
  double tail;         /* of the errors of one period (baseline_tail) */
  struct Singles *singles; /* what windows of one period are learned about with; NULL: there are too few */
  double usual, spread; /* median and robust standard deviation of the changes */
};

/* Everything about a window that does not depend on the candidates. */
typedef struct PropterScoreFrame {
  const PropterScoreModel *model;
  const char *reason;           /* static; why nothing can be said; NULL */
  Baseline base;                /* the model's, with the width that suits windows of this length; arrays borrowed, but for `aside` */
  double *aside;                /* y and season that know nothing of the window; NULL: they are the model's */
  size_t from, length, periods; /* window; window and after, cut at the end of the series */
  double *expected;             /* [periods] means, season and units of the figures put back */
  double *middle;               /* [periods] the same on the model's scale: medians */
  double *slope;                /* [periods] units of the figures for one of the scale, where it is expected */
  double *error;                /* [periods] standard errors in units of the figures */
  size_t *at;                   /* [rows] periods with an observation */
  size_t rows, window_rows;
  double *cholesky;             /* of the errors' covariance, [rows × rows] */
  double *white;                /* [rows] whitened deviations */
  double *average;              /* [bins × periods] weights of the periods in each bin, 0 in the lead's */
  size_t lead, bins, window_bins; /* days before the window that are looked at, then its parts, then those of the time after it: `bins` in all */
  size_t lead_at[LEAD];         /* indexes of these days, in order */
  double noise[DIM][DIM]; /* covariance of the binned errors */
  double deviation[DIM];        /* binned deviations */
  double part[DIM];             /* weight of a bin in the mean of the window; 0 outside of it */
  double still[2];              /* log density of the deviations without any effect: all bins, those up to the end of the window */
  size_t courses;
  double course[DIM][COURSES]; /* of the unknown cause, binned, with a mean of 1 over the window; alike likely */
  double drift;
  size_t usable, others;
  double mean, mean_se, end, end_se, observed, expected_mean, yearly; /* of the observed part of the window */
  double unit;                  /* slope of the scale at the window's expected mean */
  double mean_z, end_z;         /* standard errors, counted on the scale, as rare as those of a normal distribution */
  double reach, mean_reach;     /* standard errors to either end of a 95 % interval of one period, of the window's mean */
  size_t end_at;
  ErrorModel error_model;
  double rho, size;             /* ρ and s_u */
  Memo *memo;                   /* keeps what is learned and what is weighed without controls; NULL: nothing is kept */
  PropterHash128 own;           /* of all that the model was made of, without controls */
  bool compared, has_control; /* the controls were looked at; they tell something */
  double control_z, control_rho, control_ratio; /* ln of moved to unmoved density of control_z */
} Frame;

/* Only `reason` is set (and OK returned) when nothing can be said. frame_clear always. `memo` (may be NULL) keeps what is learned and weighed; `own` is the
 * hash of what the model was made of. */
PropterStatus frame_init(Frame *frame, const PropterScoreModel *model, size_t from, size_t to, Memo *memo, PropterHash128 own, PropterError *err);
void frame_clear(Frame *frame);
/* Looks at the model's controls, once. */
PropterStatus frame_compare(Frame *frame, PropterError *err);

/* Learns about the window of a copy of the model's baseline, whose width it sets. */
PropterStatus learn(const PropterScoreModel *model, Baseline *base, size_t from, size_t length, Learned *out, PropterError *err);
/* Prepares the windows of one period, each of which leaves a few of all out. */
PropterStatus singles_new(PropterScoreModel *model, PropterError *err);
void singles_free(struct Singles *singles);
/* Its parts: flags the windows whose origin lies clear of the question's and of documented events (the latter are let in when too few are left); the
 * standard error of the mean of the first `length` horizons; standardised mean deviations z of the flagged windows (returns how many). */
void learn_from(const PropterScoreModel *model, size_t from, size_t length, unsigned char *use);
double learn_mean_error(const ErrorModel *error, size_t length);
size_t learn_deviations(size_t windows, const double *rows, size_t horizon, size_t length, const unsigned char *use, double se, double *z);

/* Nodes of the t₃ scale mixture: a ~ N(0, s²·node_variance) with probability exp(node_log_weight). */
typedef struct {
  double variance[NODES], log_weight[NODES];
} Nodes;
const Nodes *score_nodes(void);

/* An effect as the data would show it, with a mean of 1 over the window's observations. */
typedef struct {
  bool sized;        /* the amplitude has a Gaussian prior (documented dose, or bounded by the cause's own slice) */
  double mean, sd;   /* of that prior */
  double material;   /* mean effect in the window per unit of amplitude: 1, or 0 where the effect does not touch the window */
  double scale;      /* of a free amplitude, in units of the frame's size */
  double shape_error; /* relative, per bin: how far an idealised profile is from what happens */
  int sign;          /* of the amplitude where it is not sized; 0 free */
  double log_weight; /* prior weight of the variant */
  bool null;         /* leaves the window and the time after it untouched */
  double bin[DIM];   /* the shape, binned */
} Column;

/* Columns of a candidate's variants, shifted `shift` periods round the calendar: column[VARIANTS], shape[VARIANTS × periods]. Returns their number.
 * `change` holds count × n changes of the variants' paths (filled by candidate_changes). */
size_t candidate_changes(const Frame *frame, const PropterCandidate *candidate, double *change, PropterError *err);
void candidate_columns(const Frame *frame, const PropterCandidate *candidate, const double *change, size_t count, size_t shift, double *scratch,
                       Column *column, double *shape);
/* A spike, a level shift and a ramp from each period of the window on; kind[i] and onset[i] name them. Returns their number (at most 3 × the window's). */
size_t pattern_columns(const Frame *frame, Column *column, double *shape, PropterPatternKind *kind, size_t *onset);
bool is_dated(const PropterCandidate *candidate);
/* What no date ties to the window is another name of the unknown cause: as many columns as that has courses, each as likely as there, and one of nothing
 * (column[COURSES]). Returns their number. So the data never say more for it than for the unknown cause. */
size_t undated_columns(const Frame *frame, Column *column);
/* Fills the courses of the unknown cause. By days: from any bin up to the end of the window, or the middle of one of several days, to any later place up to
 * LATER bins after it, or on and on, level or growing; so it is given as free a course as documented causes have, or what merely happened nearby would fit
 * better only because the unknown cause is not let end. Where a period is longer: patterns from a few places in the window. scratch[periods]. */
void fill_courses(Frame *frame, double *scratch);
bool candidate_is_sized(const PropterCandidate *candidate);

/* One component: a set of effects with their amplitudes integrated out. */
typedef struct {
  double log_evidence; /* against no effect at all */
  double mean[PROPTER_SCORE_SUBSET], sd[PROPTER_SCORE_SUBSET]; /* posterior of each effect on the mean of the window */
} Component;

/* Which part of the evidence is looked at. */
typedef struct {
  bool window_only; /* not the time after */
  bool free_size;   /* documented sizes are ignored */
} Look;

/* Amplitudes of k ≤ PROPTER_SCORE_SUBSET columns under one node of the scale mixture; beside[frame->courses] (may be NULL): the same with each course
 * of the unknown cause beside them. */
void component(const Frame *frame, Look look, const Column *const *column, size_t k, double node_variance, Component *out, Component *beside);

/* Sums over what the effects of a set may be, scaled by exp(−top): of weights, and of each weight times the probability that an effect is material, its mean,
 * its mean square. */
typedef struct {
  double top, total, material[PROPTER_SCORE_SUBSET], mean[PROPTER_SCORE_SUBSET], square[PROPTER_SCORE_SUBSET];
} Tally;
static const Tally no_tally = {.top = -INFINITY};
/* Adds `other` with a weight whose logarithm is `log_weight`; one component of k columns, material being at least `threshold` with sign `direction`. */
void tally_add(Tally *tally, double log_weight, const Tally *other);
void tally_component(Tally *tally, double log_weight, const Column *const *column, size_t k, const Component *component, Look look, double threshold,
                     int direction);

/* Log evidence of one set of columns, nodes averaged: alone, and where asked for with the unknown cause beside it, courses averaged. `tally` (may be
 * NULL): of both. */
typedef struct {
  double alone, beside;
} Evidence;
Evidence set_evidence(const Frame *frame, Look look, const Column *const *column, size_t k, bool beside, double threshold, int direction, Tally tally[2]);

/* Half the squared length of a column's effect in units of the noise, without what `rival` (may be NULL) could imitate: the log likelihood ratio to
 * be expected if the effect is there. */
double column_power(const Frame *frame, const Column *column, const Column *rival);

/* Fills a model's table of densities; propter_free it. */
PropterStatus unknown_table(const PropterScoreOptions *options, UnknownDensity **out, PropterError *err);
/* Parts of estimate_unknown: adds `share` of the log likelihoods of deviations; reads the posterior means. */
void unknown_add(const PropterScoreModel *model, const double *z, size_t n, double share, UnknownLikelihood likelihood);
void unknown_read(const PropterScoreModel *model, UnknownLikelihood likelihood, double *rho, double *scale);
/* ρ and s_u (in standard errors) from standardised deviations of other windows, counted as n/overlap independent ones. */
void estimate_unknown(const PropterScoreModel *model, const double *z, size_t n, double overlap, double *rho, double *scale);

#endif
