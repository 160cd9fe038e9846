/* SPDX-License-Identifier: Apache-2.0 */
/* The pass over one window: pick the best candidates, weigh their sets, test, grade, decide. */
#include "propter/score.h"

#include <math.h>

#include "kept.h"
#include "propter/causal.h"
#include "propter/math.h"
#include "propter/mem.h"
#include "score_answer.h"
#include "score_known.h"

static const double least_p = 1e-6; /* so that every log odds is finite */

const char *propter_score_term_name(PropterScoreTerm term) {
  static const char *const names[] = {"history", "text", "timing", "size", "return", "contrast", "review", "rivals", "calibration"};
  return term < PROPTER_TERMS ? names[term] : "";
}

void propter_answer_clear(PropterAnswer *a) {
  propter_free(a->path);
  propter_free(a->path_low);
  propter_free(a->path_high);
  propter_free(a->onset);
  propter_free(a->cause);
  *a = (PropterAnswer){0};
}

static double clamp(double p) { return p < least_p ? least_p : p > 1 - least_p ? 1 - least_p : p; }

/* ---- priors ------------------------------------------------------------------------------------------------------------- */

static PropterStatus check_candidates(const PropterCandidate *c, size_t count, PropterError *err) {
  for (size_t i = 0; i < count; i++) {
    for (int k = 0; k < PROPTER_CHANNELS; k++)
      if (!(c[i].weight[k] >= 0) || isinf(c[i].weight[k])) return propter_fail(err, PROPTER_INVALID, "candidate %zu has a weight that is no weight", i + 1);
    if (!(c[i].happened >= 0 && c[i].happened <= 1)) return propter_fail(err, PROPTER_INVALID, "candidate %zu: P(happened) outside 0 … 1", i + 1);
    if (!(c[i].text_lr > 0) || isinf(c[i].text_lr) || !(c[i].review_lr > 0) || isinf(c[i].review_lr))
      return propter_fail(err, PROPTER_INVALID, "candidate %zu has a likelihood ratio that is not positive and finite", i + 1);
    for (size_t k = 0; k < c[i].pasts; k++)
      if (!(c[i].past[k] >= 0) || isinf(c[i].past[k]))
        return propter_fail(err, PROPTER_INVALID, "candidate %zu has another event of its kind with a likelihood ratio that is negative or infinite", i + 1);
    if (!(c[i].controls_in_scope >= 0 && c[i].controls_in_scope <= 1))
      return propter_fail(err, PROPTER_INVALID, "candidate %zu: part of the controls in scope outside 0 … 1", i + 1);
    if (c[i].slice && c[i].slice->grain == PROPTER_GRAIN_DAY && c[i].slice->count == 0)
      return propter_fail(err, PROPTER_INVALID, "candidate %zu has an empty slice", i + 1);
  }
  return PROPTER_OK;
}

/* Each channel's budget, split by weight. */
static void set_priors(const PropterScoreOptions *o, const PropterCandidate *c, size_t count, PropterCauseScore *score) {
  double total[PROPTER_CHANNELS] = {0};
  for (size_t i = 0; i < count; i++)
    for (int k = 0; k < PROPTER_CHANNELS; k++) total[k] += c[i].weight[k];
  for (size_t i = 0; i < count; i++) {
    double prior = 0;
    for (int k = 0; k < PROPTER_CHANNELS; k++)
      if (c[i].weight[k] > 0) prior += o->budget[k] * c[i].weight[k] / total[k];
    score[i].prior = clamp(prior);
  }
}

static double happened_before(const PropterScoreOptions *o, const PropterCandidate *c) {
  bool dated = c->effect.start != PROPTER_NO_DAY || (c->effect.profile == PROPTER_PROFILE_PATH && c->effect.points);
  double h = dated || c->happened < o->happened_undated ? c->happened : o->happened_undated;
  return clamp(h);
}

/* ---- the best eight ----------------------------------------------------------------------------------------------------- */

typedef struct {
  size_t index;
  double log_odds, logit;
} Ranked;

static int by_logit(const void *a, const void *b) {
  const Ranked *x = a, *y = b;
  if (x->logit != y->logit) return x->logit < y->logit ? 1 : -1;
  return x->index < y->index ? -1 : x->index > y->index;
}

/* The rate at which its kind acts: the channels' prior counts as `history_weight` events (a beta prior), the others as far as the figures tell what they did
 * (expectation and maximisation), so that those of which they tell nothing change nothing. */
static Prior prior_of(const PropterScoreOptions *o, const PropterCandidate *c, double stated) {
  enum { ROUNDS = 60 };
  Prior prior = {.stated = stated, .seen = stated, .happened = happened_before(o, c)};
  for (int round = 0; round < ROUNDS && c->pasts; round++) {
    prior.acted = 0;
    for (size_t k = 0; k < c->pasts; k++) prior.acted += prior.seen * c->past[k] / (prior.seen * c->past[k] + 1 - prior.seen);
    prior.seen = clamp((o->history_weight * stated + prior.acted) / (o->history_weight + (double)c->pasts));
  }
  return prior;
}

static double prior_log_odds(const PropterCandidate *c, const Prior *prior) {
  return propter_logit(prior->seen * prior->happened) + log(c->text_lr) + log(c->review_lr);
}

enum { ALL_GROUPS = (1 << GROUPS) - 1 };

static PropterStatus rank_alone(const Frame *f, const Contrasts *contrasts, const PropterCandidate *c, size_t count, double threshold, int direction,
                                Known *known, PropterCauseScore *score, Ranked *ranked, PropterError *err) {
  const PropterScoreOptions *o = &f->model->options;
  for (size_t i = 0; i < count; i++) {
    const PropterCandidate *one = &c[i];
    KnownCause *own = &known->cause[i];
    Set set;
    Prior prior = prior_of(o, one, score[i].prior);
    ranked[i] = (Ranked){.index = i, .log_odds = prior_log_odds(one, &prior)};
    score[i].acted = prior.acted;
    PROPTER_TRY(set_init(&set, f, contrasts, &one, &ranked[i].log_odds, 1, threshold, direction, err));
    PropterStatus status = known_cause(known, i, &set, err);
    if (!status && !own->weighed) set_solo(&set, 0, &own->dated), own->weighed = known->fresh = true;
    if (!status) ranked[i].logit = solo_logit(&set, 0, &own->dated, &own->dated, known->unknown, &prior, ALL_GROUPS);
    set_clear(&set);
    if (status) return status;
    score[i].p = clamp(propter_expit(ranked[i].logit));
  }
  qsort(ranked, count, sizeof *ranked, by_logit);
  return PROPTER_OK;
}

/* ---- terms -------------------------------------------------------------------------------------------------------------- */

/* What the window would say if the candidate's date were not known. */
static PropterStatus find_timing(const Set *set, size_t i, Known *known, KnownTiming **timing, PropterError *err) {
  bool fresh;
  PROPTER_TRY(known_timing(known, set_place(set, i), timing, &fresh, err));
  return fresh ? shifted_solo(set, i, known->unknown, &(*timing)->undated, err) : PROPTER_OK;
}

static PropterStatus find_placebo(const Set *set, size_t i, Known *known, PropterTests *tests, PropterError *err) {
  bool fresh;
  size_t shifts;
  KnownPlacebo *placebo;
  PROPTER_TRY(known_placebo(known, set_place(set, i), &placebo, &fresh, err));
  if (fresh) {
    PROPTER_TRY(answer_placebo(set, i, &placebo->p, &shifts, err));
    placebo->shifts = shifts;
  }
  tests->placebo_p = placebo->p;
  tests->placebo = placebo->shifts ? propter_p_value_bound(placebo->p) : NAN;
  tests->placebo_shifts = (int)placebo->shifts;
  return PROPTER_OK;
}

static PropterStatus explain(const Set *set, size_t i, Known *known, double p_full, PropterCauseScore *s, PropterError *err) {
  static const PropterScoreTerm term[GROUPS] = {PROPTER_TERM_TEXT, PROPTER_TERM_REVIEW, PROPTER_TERM_HISTORY, PROPTER_TERM_TIMING,
                                                PROPTER_TERM_SIZE, PROPTER_TERM_RETURN, PROPTER_TERM_CONTRAST};
  const PropterScoreOptions *o = &set->frame->model->options;
  const Solo *dated = &known->cause[set_place(set, i)].dated;
  double value[1 << GROUPS], share[GROUPS], low = propter_logit(least_p);
  Prior prior = prior_of(o, set->candidate[i], s->prior);
  KnownTiming *timing;
  PROPTER_TRY(find_timing(set, i, known, &timing, err));
  for (unsigned g = 0; g < 1U << GROUPS; g++) {
    double v = solo_logit(set, i, dated, &timing->undated, known->unknown, &prior, g);
    value[g] = v < low ? low : v > -low ? -low : v;
  }
  PROPTER_TRY(propter_shapley(GROUPS, value, share, err));
  for (int k = 0; k < GROUPS; k++) s->term[term[k]] = share[k];
  double calibrated = clamp(propter_calibration_apply(&o->calibration, p_full));
  s->term[PROPTER_TERM_RIVALS] = propter_logit(p_full) - value[ALL_GROUPS];
  s->term[PROPTER_TERM_CALIBRATION] = propter_logit(calibrated) - propter_logit(p_full);
  s->p = calibrated;
  /* The exact identity, whatever was lost to rounding, is kept by the line that rests on everything else. */
  double sum = 0;
  for (int k = 0; k < PROPTER_TERMS; k++) sum += s->term[k];
  s->term[PROPTER_TERM_RIVALS] += propter_logit(calibrated) - propter_logit(s->prior) - sum;
  s->tests = answer_tests(set, i, dated, known->unknown);
  return find_placebo(set, i, known, &s->tests, err);
}

/* Prior, posterior, effect and share of candidate i of the set. */
static void read_posterior(const Set *set, size_t i, const Posterior *post, double log_odds, PropterCauseScore *s) {
  const Frame *f = set->frame;
  double p = clamp(post->material[i]), active = post->active[i] > p ? post->active[i] : p;
  double mean = post->mean[i] / active, spread = post->square[i] / active - mean * mean, sd = sqrt(spread > 0 ? spread : 0);
  double all = post->square[i] - post->mean[i] * post->mean[i], all_sd = sqrt(all > 0 ? all : 0), z = propter_normal_quantile(0.95);
  s->p = p;
  s->active = clamp(active);
  s->data_lr = propter_logit(p) - log_odds;
  s->effect = mean;
  s->effect_low = mean - z * sd;
  s->effect_high = mean + z * sd;
  if (f->mean == 0) return;
  s->share = post->mean[i] / f->mean;
  s->share_low = s->share - z * all_sd / fabs(f->mean);
  s->share_high = s->share + z * all_sd / fabs(f->mean);
}

/* P(it happened) after the data: certain where it acted; where it did not, what is left of the prior. */
static void split_p(const PropterScoreOptions *o, const PropterCandidate *c, PropterCauseScore *s) {
  Prior prior = prior_of(o, c, s->prior);
  double idle = prior.happened * (1 - prior.seen) / (1 - prior.happened * prior.seen);
  s->happened = s->active + (1 - s->active) * idle;
  if (s->happened < s->p) s->happened = s->p;
  s->mattered = s->p / s->happened;
}

/* A candidate beyond the best eight is weighed beside the best three; its terms are not taken apart further. */
static PropterStatus score_rest(const Set *best, const PropterCandidate *c, const Ranked *ranked, size_t at, Known *known, PropterCauseScore *score,
                                PropterError *err) {
  enum { BESIDE = 3 };
  const PropterScoreOptions *o = &best->frame->model->options;
  PropterCauseScore *s = &score[ranked[at].index];
  const PropterCandidate *own = &c[ranked[at].index], *set_of[BESIDE + 1] = {own};
  double log_odds[BESIDE + 1] = {ranked[at].log_odds};
  Prior prior = prior_of(o, own, s->prior);
  Set set;
  Posterior post;
  size_t beside = s->p < o->material / 10 ? 0 : BESIDE; /* alone it is likelier than in company, and even so it does not count */
  for (size_t k = 0; k < beside; k++) set_of[k + 1] = &c[ranked[k].index], log_odds[k + 1] = ranked[k].log_odds;
  PROPTER_TRY(set_init(&set, best->frame, best->contrasts, set_of, log_odds, beside + 1, best->threshold, best->direction, err));
  PropterStatus status = set_posterior(&set, known, &post, err);
  if (status == PROPTER_OK) read_posterior(&set, 0, &post, ranked[at].log_odds, s);
  set_clear(&set);
  if (status != PROPTER_OK) return status;
  double p = s->p;
  s->p = clamp(propter_calibration_apply(&o->calibration, p));
  s->term[PROPTER_TERM_HISTORY] = propter_logit(prior.seen) - propter_logit(prior.stated);
  s->term[PROPTER_TERM_TEXT] = log(own->text_lr) + propter_logit(prior.seen * prior.happened) - propter_logit(prior.seen);
  s->term[PROPTER_TERM_REVIEW] = log(own->review_lr);
  s->term[PROPTER_TERM_CALIBRATION] = propter_logit(s->p) - propter_logit(p);
  s->term[PROPTER_TERM_RIVALS] = propter_logit(s->p) - propter_logit(s->prior) - s->term[PROPTER_TERM_HISTORY] - s->term[PROPTER_TERM_TEXT] -
                                 s->term[PROPTER_TERM_REVIEW] - s->term[PROPTER_TERM_CALIBRATION];
  s->tests = (PropterTests){.dose = NAN, .back = NAN, .contrast = NAN, .placebo = NAN, .placebo_p = NAN};
  split_p(o, own, s);
  return PROPTER_OK;
}

static PropterStatus score_best(const Set *set, const size_t *index, Known *known, PropterCauseScore *score, PropterAnswer *a, PropterError *err) {
  Posterior post;
  PROPTER_TRY(set_posterior(set, known, &post, err));
  a->p_unknown = post.unknown;
  a->p_none = post.none;
  for (size_t i = 0; i < set->count; i++) {
    PropterCauseScore *s = &score[index[i]];
    s->scored = true;
    read_posterior(set, i, &post, set->log_odds[i], s);
    PROPTER_TRY(explain(set, i, known, s->p, s, err));
    split_p(&set->frame->model->options, set->candidate[i], s);
  }
  return PROPTER_OK;
}

/* Those that may be named come first, by share; the others by probability. */
typedef struct {
  size_t index;
  double named, key;
} Place;

static int by_place(const void *a, const void *b) {
  const Place *x = a, *y = b;
  if (x->named != y->named) return x->named < y->named ? 1 : -1;
  if (x->key != y->key) return x->key < y->key ? 1 : -1;
  return x->index < y->index ? -1 : x->index > y->index;
}

/* The mean of a window does not see what its course tells: a figure that leaves its level on the day of a cause and comes back when that ends has moved, if it
 * stands off at all as one window in twenty does, and hardly anything is left for its not having moved. */
static void see_course(const PropterScoreOptions *o, PropterAnswer *a) {
  static const double seldom = .05, least_none = .01;
  const double looks = a->window > 1 ? 2 : 1;
  if (a->outcome != PROPTER_OUTCOME_DID_NOT_MOVE || a->p_none > least_none || 2 * looks * propter_normal_cdf(-fabs(a->z)) > seldom) return;
  for (size_t i = 0; i < a->causes; i++)
    if (a->cause[i].p >= propter_score_named(o)) a->outcome = PROPTER_OUTCOME_CAUSE_UNKNOWN; /* until it is named */
}

static PropterStatus place(const PropterScoreOptions *o, PropterAnswer *a, PropterError *err) {
  double named = propter_score_named(o), unexplained = 1;
  Place *order = propter_malloc((a->causes + 1) * sizeof *order);
  if (!order) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for %zu candidates", a->causes);
  for (size_t i = 0; i < a->causes; i++) {
    bool enough = a->cause[i].p >= named;
    order[i] = (Place){i, enough, enough ? fabs(a->cause[i].share) : a->cause[i].p};
    unexplained -= a->cause[i].share;
  }
  qsort(order, a->causes, sizeof *order, by_place);
  for (size_t i = 0; i < a->causes; i++) a->cause[order[i].index].rank = (int)i + 1;
  if (a->outcome != PROPTER_OUTCOME_DID_NOT_MOVE)
    a->outcome = a->causes && order[0].named > 0 ? PROPTER_OUTCOME_ANSWERED : PROPTER_OUTCOME_CAUSE_UNKNOWN;
  a->unknown_share = a->deviation != 0 ? unexplained : 0;
  propter_free(order);
  return PROPTER_OK;
}

/* The best, in the order of the candidates, so that one set is weighed in one order whatever the ranks. */
static size_t choose_best(const PropterCandidate *c, const Ranked *ranked, size_t count, const PropterCandidate **best, double *log_odds, size_t *index) {
  size_t m = count < PROPTER_SCORE_CANDIDATES ? count : PROPTER_SCORE_CANDIDATES;
  for (size_t i = 0; i < m; i++) {
    size_t at = i;
    for (; at && index[at - 1] > ranked[i].index; at--) index[at] = index[at - 1], log_odds[at] = log_odds[at - 1];
    index[at] = ranked[i].index, log_odds[at] = ranked[i].log_odds;
  }
  for (size_t i = 0; i < m; i++) best[i] = &c[index[i]];
  return m;
}

static PropterStatus score_candidates(const Frame *f, const PropterCandidate *c, size_t count, PropterAnswer *a, PropterError *err) {
  const PropterScoreOptions *o = &f->model->options;
  int direction = f->mean < 0 ? -1 : 1;
  double floor = o->moved_z * f->mean_se, size = fabs(f->mean), threshold = o->material * (size > floor ? size : floor);
  const PropterCandidate *best[PROPTER_SCORE_CANDIDATES];
  double log_odds[PROPTER_SCORE_CANDIDATES];
  size_t index[PROPTER_SCORE_CANDIDATES], m;
  a->causes = count;
  a->cause = propter_calloc(count + 1, sizeof *a->cause);
  Ranked *ranked = propter_malloc((count + 1) * sizeof *ranked);
  Contrasts contrasts = {0};
  Known known = {0};
  Set set = {0};
  PropterStatus status = a->cause && ranked ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "out of memory for %zu candidates", count);
  if (status == PROPTER_OK) status = contrasts_init(&contrasts, f, c, count, err);
  if (status == PROPTER_OK) status = known_open(&known, f, c, count, threshold, direction, err);
  if (status != PROPTER_OK) goto done;
  set_priors(o, c, count, a->cause);
  status = rank_alone(f, &contrasts, c, count, threshold, direction, &known, a->cause, ranked, err);
  if (status != PROPTER_OK) goto done;
  m = choose_best(c, ranked, count, best, log_odds, index);
  status = set_init(&set, f, &contrasts, best, log_odds, m, threshold, direction, err);
  if (status != PROPTER_OK) goto done;
  status = score_best(&set, index, &known, a->cause, a, err);
  for (size_t i = m; i < count && status == PROPTER_OK; i++) status = score_rest(&set, c, ranked, i, &known, a->cause, err);
  if (status == PROPTER_OK) see_course(o, a), answer_grades(&set, index, c, count, a);
  set_clear(&set);
  if (status == PROPTER_OK) status = place(o, a, err);
  if (status == PROPTER_OK && a->outcome == PROPTER_OUTCOME_ANSWERED) status = answer_predictions(f, c, a, err);
  if (status == PROPTER_OK) status = known_keep(&known, err);
done:
  propter_free(ranked);
  known_clear(&known);
  contrasts_clear(&contrasts);
  return status;
}

PropterStatus propter_score_open(const PropterScoreModel *model, size_t from, size_t to, PropterScoreFrame **frame, PropterError *err) {
  return kept_open(model, from, to, NULL, (PropterHash128){0, 0}, frame, err);
}

void propter_score_free(PropterScoreFrame *frame) {
  if (!frame) return;
  frame_clear(frame);
  propter_free(frame);
}

PropterStatus propter_score_move(const PropterScoreFrame *f, PropterAnswer *answer, PropterError *err) {
  *answer = (PropterAnswer){.from = f->from, .to = f->from + f->length - 1, .outcome = PROPTER_OUTCOME_NOT_TESTABLE};
  (void)snprintf(answer->kernel, sizeof answer->kernel, "%s", propter_math_kernel());
  PropterStatus status = answer_window(f, answer, err);
  if (status != PROPTER_OK) propter_answer_clear(answer);
  return status;
}

PropterStatus propter_score_causes(PropterScoreFrame *f, const PropterCandidate *candidates, size_t count, PropterAnswer *answer, PropterError *err) {
  *answer = (PropterAnswer){0};
  PROPTER_TRY(check_candidates(candidates, count, err));
  PROPTER_TRY(frame_compare(f, err));
  PROPTER_TRY(propter_score_move(f, answer, err));
  PropterStatus status = answer->reason ? PROPTER_OK : score_candidates(f, candidates, count, answer, err);
  if (status != PROPTER_OK) propter_answer_clear(answer);
  return status;
}

PropterStatus propter_score_window(const PropterScoreModel *model, size_t from, size_t to, const PropterCandidate *candidates, size_t count,
                                   PropterAnswer *answer, PropterError *err) {
  PropterScoreFrame *frame;
  PROPTER_TRY(propter_score_open(model, from, to, &frame, err));
  PropterStatus status = propter_score_causes(frame, candidates, count, answer, err);
  propter_score_free(frame);
  return status;
}
