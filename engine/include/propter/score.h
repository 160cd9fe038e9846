/* SPDX-License-Identifier: Apache-2.0 */
/* The probability of a cause: series, candidates and options in, numbers out; no graph, no names, no text. Candidates are known by
 * their index. Definitions (design, the inference pass):
 *
 *  - Deviation. Expected is the level before the window (robustly over as many periods as forecast best outside the window, often one)
 *    plus the usual growth (median change around it, window and an equal time after it left out; all, half or none of it, chosen likewise). The error of
 *    that is measured, by horizon, on all other windows of the same series, so integrated noise widens it as it should.
 *  - P(j): probability that without j the deviation would have been at least `material` (20 %) smaller. Marginal: joint causes may sum
 *    above 1.  P = pHappened × pMattered.
 *  - Weight of a set S of at most three of the eight best candidates: product of prior odds × text × review for its members, times the
 *    density of one vector: the deviations in the window and an equal time after it, of the series and of its controls. A documented dose
 *    predicts it; without a dose the size is integrated over the same wide t₃ prior that the unknown cause has. The unknown cause enters
 *    every S with probability ρ: level or growing, from any part of the window to any later one, size t₃ with scale s_u.  ρ and s_u come from the other
 *    windows of the same series that no documented event covers.
 *  - Timing is judged against all circular shifts of the candidate's calendar.
 */
#ifndef PROPTER_SCORE_H
#define PROPTER_SCORE_H

#include "propter/detect.h"

/* ---- in ---------------------------------------------------------------------------------------------------------------- */

typedef enum { PROPTER_CHANNEL_CURATED, PROPTER_CHANNEL_TEXT, PROPTER_CHANNEL_CALENDAR, PROPTER_CHANNEL_MINED, PROPTER_CHANNELS } PropterChannel;

typedef enum {
  PROPTER_SCOPE_SAME,   /* the cause's scope is the series' own slice */
  PROPTER_SCOPE_PARENT, /* the cause's scope contains the slice: its dose is the parent's, an upper bound here, so the size is free */
  PROPTER_SCOPE_CHILD   /* the cause acts in a part of the slice: the dose holds undiluted, the noise is the parent's */
} PropterScope;

enum { PROPTER_SCORE_CANDIDATES = 8, PROPTER_SCORE_SUBSET = 3 };

/* A possible cause, aliases merged; a chain or an event with its own end (strike and return to work) is one candidate. Borrowed. */
typedef struct {
  double weight[PROPTER_CHANNELS]; /* r_j in each channel that names it, 0: not named there; the channel's budget is split by these */
  double happened;      /* P(it happened, in scope), before the data: 1 for a documented event in scope */
  double text_lr;       /* likelihood ratio of the text that it matters here: 1 without text, < 1 when denied; attributions at most 3 each */
  double review_lr;     /* likelihood ratio of the reviews: 1 without */
  const double *past;   /* of each other event of its kind: likelihood ratio of what the measure did then, that it moved it this way against that it did not */
  size_t pasts;
  double belief_for;    /* text belief 0 … 1 that it acts on this series; for the grade only */
  double belief_against;
  int direction;        /* +1 or -1: the sign it is said to have; 0: not said. Ignored with a dose */
  PropterScope scope;
  double lasted;        /* of an effect without an end: days that others of its kind lasted (median), and how many are known; 0: none */
  size_t ended, open;   /* … and those of its kind, itself included, that stand without an end in a record that gives ends */
  PropterEffect effect; /* dates, profile, dose. An undated one acts as often, and on the same courses, as the unknown cause, and in its
                           place: the data say nothing for it that they do not say for that one */
  int lag_min, lag_max; /* periods after the effect's dates in which it may show; 0, 0: at once */
  double controls_in_scope; /* part 0 … 1 of the controls that its documented scope covers as well (a recession: 1, a strike: 0) */
  const double *control_part; /* the same for each control of the model, in their order; NULL: not known, then there is no event study */
  const PropterSeries *slice; /* series of the cause's own scope where that is a part of the question's (CHILD), or NULL: looked at by the timing
                                 test, and without a dose the effect lies between nothing and the slice's own deviation */
  double part, part_error;    /* with `slice`: its mean deviation in the window, and the standard error of that; NaN: not known */
} PropterCandidate;

/* Beta calibration (Kull, Silva Filho and Flach 2017): logit P' = a·ln P − b·ln(1−P) + c, P taken no nearer to 0 or 1 than `edge`; 1, 1, 0 changes
 * nothing. */
typedef struct {
  double abc[3], edge;
} PropterCalibration;

typedef struct {
  double budget[PROPTER_CHANNELS]; /* prior probability shared by all candidates of a channel. Default curated .50 (a person says that it moves this
                                      series whenever it happens, not that it did so here: even odds), text .25 (half of that), calendar .05
                                      (it happened in scope, nobody says it matters), mined .10 (the cap of the design) */
  double material;      /* .20: what part of the deviation must go with the cause (the definition of P) */
  double moved_z;       /* 2.576: |z| of an answer from which a window of one period counts as moved; two-sided 1 % for Gaussian
                           errors. Below it the outcome is did-not-move, unless a cause is named and p_none is at most .01: then from 5 % on */
  double cost_wrong, cost_silent; /* 3 and 1: a cause is named from P = 3/(3+1) on (propter_score_named) */
  double text_belief;   /* .5: belief from which a text side counts for the grade "both": more likely than not; half of it is enough for "text only" */
  double test_lr;       /* 3: likelihood ratio from which a data test counts for the grade ("positive" in Kass and Raftery 1995) */
  double contradict_lr; /* 10: likelihood ratio against a cause from which it is contradicted ("strong", Jeffreys 1961): to deny a source asks for more
                           than to doubt it */
  double dose_error;    /* .20: relative standard error of a documented dose without one: head counts in reports are rounded and survey
                           counts of the same people differ by that order */
  double unknown_rate;  /* .02 with the weight of `unknown_weight` = 50 windows: prior for ρ before the other windows are seen */
  double unknown_weight;
  double unknown_scale; /* 4: prior for s_u in standard errors of the baseline, with the weight of 4 windows: what is worth asking about
                           lies beyond 2.6 */
  double scope_reach;   /* .80: P(the controls in the scope of a cause that acted move): the scope says it acts on each; one in five is left for scopes
                           drawn too wide */
  double unknown_reach; /* .50: the same for the unknown cause, of which nothing is known */
  double unknown_wider; /* 1/3: P(the unknown cause moves just the controls that some cause's scope covers): it may act on the series alone, on these, on
                           all */
  double history_weight; /* 4: so many events of a kind count as much as the budgets of the channels; chosen on made shops (tests/bench/retail) */
  double happened_undated; /* .10: `happened` is capped by this for an undated effect, since no date says that it was then */
  PropterCalibration calibration; /* default: changes nothing */
  int drift_reach;      /* 0: the usual growth is taken from three seasons of the grain on each side, at least 36 periods */
  uint64_t seed;        /* for the choice of shifts where a series has more than `shifts` */
  int shifts;           /* 400: a p-value of 1/400 is finer than any threshold here */
} PropterScoreOptions;

PROPTER_API PropterScoreOptions propter_score_options(void);
/* The probability from which a cause is named: from there on silence costs more than what is wrong. */
PROPTER_API double propter_score_named(const PropterScoreOptions *options);

/* ---- out --------------------------------------------------------------------------------------------------------------- */

typedef enum { PROPTER_OUTCOME_ANSWERED, PROPTER_OUTCOME_DID_NOT_MOVE, PROPTER_OUTCOME_CAUSE_UNKNOWN, PROPTER_OUTCOME_NOT_TESTABLE } PropterOutcome;

typedef enum {
  PROPTER_GRADE_BOTH,          /* text and a data test that could have failed */
  PROPTER_GRADE_DATA_ONLY,
  PROPTER_GRADE_TEXT_ONLY,
  PROPTER_GRADE_NOT_SEPARABLE, /* text only, and at this grain the data cannot tell it from `inseparable_from` */
  PROPTER_GRADE_CONTRADICTED,
  PROPTER_GRADE_UNSUPPORTED    /* neither text nor data speak for it */
} PropterGrade;

/* Additive terms in log odds; together exactly logit P − logit prior. */
typedef enum {
  PROPTER_TERM_HISTORY, PROPTER_TERM_TEXT, PROPTER_TERM_TIMING, PROPTER_TERM_SIZE, PROPTER_TERM_RETURN, PROPTER_TERM_CONTRAST, PROPTER_TERM_REVIEW,
  PROPTER_TERM_RIVALS, PROPTER_TERM_CALIBRATION, PROPTER_TERMS
} PropterScoreTerm;
/* "text", "timing", …; static. */
PROPTER_API const char *propter_score_term_name(PropterScoreTerm term);

/* Data tests that could have failed, as natural-log likelihood ratios; NaN: not testable here. */
typedef struct {
  double dose;     /* documented size against a free one and against nothing */
  double back;     /* return (or staying) after the window as the profile says */
  double contrast; /* controls as the scope says */
  size_t contrast_touched, contrast_untouched; /* of an event study: controls that its scope covers, against those that it does not; 0, 0: there is none */
  double placebo;  /* bound 1/(−e·p·ln p) of the circular-shift p-value (Sellke, Bayarri and Berger 2001) */
  double placebo_p; /* the p-value itself, not a logarithm */
  int placebo_shifts;
} PropterTests;

typedef struct {
  double p;            /* P(j), calibrated */
  double happened;     /* P(it happened, in scope), after the data */
  double mattered;     /* P(it mattered | it happened); p = happened × mattered */
  double prior;        /* π_j */
  double acted;        /* of the other events of its kind, expected number that moved the measure */
  double active;       /* P(it acted at all, however little), uncalibrated; at least p */
  double term[PROPTER_TERMS];
  double data_lr;      /* ln of the likelihood ratio of all data for j, rivals and the unknown cause included */
  PropterTests tests;
  double effect, effect_low, effect_high; /* contribution to the mean deviation of the window, with 90 % interval; given that it acted */
  double share, share_low, share_high;    /* of the deviation; 90 % interval with the baseline's error */
  bool share_identified;                  /* by a dose or by unaffected controls; otherwise do not print the share */
  PropterGrade grade;
  int inseparable_from; /* index of the candidate it cannot be told from, or -1 */
  int rank;             /* from 1, by p */
  bool scored;          /* false: not among the best eight but weighed beside the best three; its data terms are not taken apart, they
                           stand under `rivals` */
} PropterCauseScore;

typedef enum { PROPTER_PREDICT_RETURN, PROPTER_PREDICT_SIZE, PROPTER_PREDICT_UNTOUCHED } PropterPredictionKind;

/* A checkable statement of the answer. RETURN: from `day` on the deviation lies within low … high. Of the mean of the window, whose first
 * day is `day`: SIZE: the deviation that finer data of the cause's scope must show; UNTOUCHED: the level of control `control` is within low … high. */
typedef struct {
  PropterPredictionKind kind;
  int candidate;
  int control; /* -1 unless UNTOUCHED */
  PropterDay day;
  double low, high;
} PropterPrediction;

typedef struct {
  PropterOutcome outcome;
  const char *reason; /* of NOT_TESTABLE; static; else NULL */
  size_t from, to;    /* window as indexes into the series, inclusive */
  size_t usable;      /* observations the baseline rests on */
  /* The window as one number, its mean (the value itself for one period), in the series' units; then the last period of the window. */
  double observed, expected, expected_low, expected_high, deviation; /* mean; 95 % interval: quantiles, so not even about it but on the scale LEVEL */
  PropterScale scale; /* on which seasons and errors of the baseline are (engine/detect/scale.h); all figures here are in the series' own units */
  double yearly;      /* part of `expected`: what days of the year that stand apart every year add to it; 0: none does */
  double se, z;       /* robust standard error of `deviation`; the larger of the mean's and the last period's deviation in standard errors, on the scale;
                         as far off as a normal deviate as rare: `se` is known to the errors of `other_windows` alone, which in a short series is little */
  double moved_z;     /* |z| from which it counts as moved: that of the options, of several periods more, since two looks are taken */
  double end_observed, end_expected, end_deviation;
  PropterPatternKind pattern;
  size_t periods;     /* of the arrays below: the window and an equal time after it, cut at the end of the series */
  double *path, *path_low, *path_high; /* expected, 95 % interval */
  size_t window;      /* periods of them inside the window */
  double *onset;      /* posterior of the onset per period of the window; sums to 1 */
  double p_unknown, p_none, unknown_share;
  double rho, unknown_size; /* ρ and s_u used */
  size_t other_windows;     /* they rest on */
  size_t causes;
  PropterCauseScore *cause; /* in the order of the candidates */
  size_t predictions;
  PropterPrediction prediction[3];
  char kernel[32];    /* BLAS kernel */
} PropterAnswer;

PROPTER_API void propter_answer_clear(PropterAnswer *answer);

/* ---- the pass ---------------------------------------------------------------------------------------------------------- */

/* What is learned once per series and used for all its windows; immutable afterwards, so windows may be scored on several threads. */
typedef struct PropterScoreModel PropterScoreModel;

/* `controls`: slices of the same grain that share no definition edge with the target (no part, no whole, no sibling computed from it); a control
 * on another calendar is aligned. `covered`: target->count flags, nonzero where a documented event covers the period (NULL: none); used
 * only to keep known causes out of ρ and s_u, and dropped when fewer than 24 other periods would be left. Everything is copied.
 * INVALID for an empty series, infinite values or a control of another grain. Free with propter_score_model_free. */
PROPTER_API PropterStatus propter_score_model_new(const PropterSeries *target, const PropterSeries *const *controls, size_t control_count,
                                                  const unsigned char *covered, const PropterScoreOptions *options,
                                                  PropterScoreModel **model, PropterError *err);
/* The same in two steps: the controls of a model that was made without any. Moves are the series' own, so that other threads may look at them
 * meanwhile; windows are scored with candidates only afterwards. INVALID as above and where the model has controls; on failure it has none. */
PROPTER_API PropterStatus propter_score_model_compare(PropterScoreModel *model, const PropterSeries *const *controls, size_t control_count,
                                                      PropterError *err);
PROPTER_API void propter_score_model_free(PropterScoreModel *model);

/* First period after the move that is over in which period i of the target lies: it left its level there and was back at it by then, so that the level before
 * later periods leaves the move out. 0: none. */
PROPTER_API size_t propter_score_move_end(const PropterScoreModel *model, size_t i);
/* Periods that such a move has at most; 0: periods of this grain (months and longer) have none. */
PROPTER_API size_t propter_score_longest_move(PropterGrain grain);

/* Scores the window of periods from … to (indexes into the target, inclusive; INVALID outside of it). A window that cannot be judged
 * gives OK with outcome NOT_TESTABLE. `answer` need not be initialised; clear it with propter_answer_clear on OK. */
PROPTER_API PropterStatus propter_score_window(const PropterScoreModel *model, size_t from, size_t to, const PropterCandidate *candidates,
                                               size_t count, PropterAnswer *answer, PropterError *err);

/* The same in steps, for one who looks at the move before the candidates are known: opened once (INVALID as above), scored with any candidates,
 * also none, as often as wanted, by one thread at a time. Free with propter_score_free. propter_score_move says whether and how the series moved,
 * with all of the answer that needs no causes and no controls: p_unknown, p_none and unknown_share are 0. */
typedef struct PropterScoreFrame PropterScoreFrame;
PROPTER_API PropterStatus propter_score_open(const PropterScoreModel *model, size_t from, size_t to, PropterScoreFrame **frame, PropterError *err);
PROPTER_API PropterStatus propter_score_move(const PropterScoreFrame *frame, PropterAnswer *answer, PropterError *err);
PROPTER_API PropterStatus propter_score_causes(PropterScoreFrame *frame, const PropterCandidate *candidates, size_t count, PropterAnswer *answer,
                                               PropterError *err);
PROPTER_API void propter_score_free(PropterScoreFrame *frame);

/* Beta calibration (Kull, Silva Filho and Flach 2017) of probabilities p against outcomes 0/1 by Newton steps on the log loss with a ridge
 * towards "no change" that weighs as one case; a, b ≥ 0; probabilities
 * beyond what this number of cases can tell apart are taken at its edge. INVALID for no case. */
PROPTER_API PropterStatus propter_calibration_fit(const double *p, const unsigned char *outcome, size_t count, PropterCalibration *out,
                                                  PropterError *err);
PROPTER_API double propter_calibration_apply(const PropterCalibration *calibration, double p);

#endif
