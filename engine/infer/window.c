/* SPDX-License-Identifier: Apache-2.0 */
/* One question: load what it needs, score it, write it up. */
#include <math.h>
#include <string.h>

#include "judge.h"

/* --- inferrer --------------------------------------------------------------------------------------------------------------------------------- */

static PropterStatus slice_names(Know *know, KnowMetric *m, PropterError *err) {
  PropterBuf key = {.max = 1 << 20}, label = {.max = 1 << 20};
  PropterStatus status = PROPTER_OK;
  for (size_t i = 0; i < m->slice_count && !status; i++) {
    PropterStr dimension, member, text;
    if ((status = node_text(know->snapshot, m->slice[i].dimension, &know->arena, &dimension, err)) ||
        (status = node_text(know->snapshot, m->slice[i].member, &know->arena, &member, err)) ||
        (status = label_of(know->snapshot, know->v, m->slice[i].member, &know->arena, &text, err)))
      break;
    propter_buf_printf(&key, "%.*s=%.*s\n", (int)dimension.len, dimension.data, (int)member.len, member.data);
    propter_buf_printf(&label, "%s%.*s", i ? ", " : "", (int)text.len, text.data);
  }
  if (!status) status = keep(&key, &know->arena, &m->slice_key, err);
  if (!status) status = keep(&label, &know->arena, &m->slice_label, err);
  propter_buf_clear(&key);
  propter_buf_clear(&label);
  return status;
}

/* The slice asked for narrows every metric it can narrow: those of cubes that have its dimensions. */
static PropterStatus apply_slice(Know *know, PropterError *err) {
  if (!know->options.slice_count) return PROPTER_OK;
  for (size_t i = 0; i < know->metrics.count; i++) {
    KnowMetric *m = &know->metrics.items[i];
    m->slice = know->options.slice;
    m->slice_count = know->options.slice_count;
    for (size_t k = 0; k < m->slice_count; k++)
      if (concept_find(know, m->slice[k].member) && !propter_vec_push(&m->scope, m->slice[k].member)) return propter_fail(err, PROPTER_NO_MEMORY, "slice");
    PROPTER_TRY(slice_names(know, m, err));
  }
  return PROPTER_OK;
}

PropterStatus propter_inferrer_new(PropterSnapshot *snapshot, const PropterInferOptions *options, PropterInferrer **out, PropterError *err) {
  *out = NULL;
  Know *know = propter_calloc(1, sizeof *know);
  if (!know) return propter_fail(err, PROPTER_NO_MEMORY, "inferrer");
  know->snapshot = snapshot;
  know->options = options ? *options : propter_infer_options();
  if (know->options.depth < 1) know->options.depth = 1;
  if (know->options.depth > 5) know->options.depth = 5;
  PropterStatus status = pthread_mutex_init(&know->lock, NULL) ? propter_fail(err, PROPTER_NO_MEMORY, "lock") : PROPTER_OK;
  know->locking = status == PROPTER_OK;
  if (!status) status = know_load(know, err);
  if (!status) status = claims_place(know, err);
  if (!status) status = links_chain(know, err);
  if (!status) status = events_from_text(know, err);
  if (!status) claims_settle(know);
  if (!status) status = apply_slice(know, err);
  if (status) {
    propter_inferrer_free(know);
    return status;
  }
  *out = know;
  return PROPTER_OK;
}

void propter_inferrer_free(PropterInferrer *know) {
  if (!know) return;
  know_clear(know);
  if (know->locking) (void)pthread_mutex_destroy(&know->lock);
  propter_free(know);
}

/* --- judging -------------------------------------------------------------------------------------------------------------------------------------- */

static void place_window(Case *c, size_t from, size_t to) {
  const PropterSeries *s = &c->metric->series.series;
  c->from = from;
  c->to = to;
  c->first = propter_period_first(s->grain, s->first + (int32_t)from);
  c->last = propter_period_last(s->grain, s->first + (int32_t)to);
  c->before = propter_period_first(s->grain, s->first + (int32_t)from - 1);
}

/* ln 10: strong evidence (Kass and Raftery 1995), from which figures elsewhere contradict a documented course. */
static const double strong = 2.302585092994046;

/* An event that is documented for another scope is not weighed against the data here: whatever they say, a claim alone moves it with a probability
 * of at most `stretched`. */
static PropterStatus add_stretched(Judged *j, PropterError *err) {
  PropterAnswer *a = &j->answer;
  size_t more = j->c.allowed - j->c.scored, n = a->causes;
  if (!more) return PROPTER_OK;
  PropterCauseScore *all = propter_realloc(a->cause, (n + more) * sizeof *all);
  if (!all) return propter_fail(err, PROPTER_NO_MEMORY, "%zu causes", n + more);
  a->cause = all;
  for (size_t i = 0; i < more; i++) {
    const Cause *cause = &j->c.causes.items[j->c.scored + i];
    double p = fmin(cause->belief_for, j->c.know->options.belief.stretched);
    if (p < 1e-6) p = 1e-6;
    PropterTests none = {.dose = NAN, .back = NAN, .contrast = NAN, .placebo = NAN, .placebo_p = NAN};
    all[n + i] = (PropterCauseScore){.p = p,
                                     .happened = p,
                                     .mattered = 1,
                                     .prior = p,
                                     .tests = none,
                                     .grade = cause->belief_for >= j->c.know->options.score.text_belief ? PROPTER_GRADE_TEXT_ONLY : PROPTER_GRADE_UNSUPPORTED,
                                     .inseparable_from = -1};
  }
  a->causes = n + more;
  return PROPTER_OK;
}

/* Probabilities that differ by less than what irrelevant text may change (.02 for a document copied fifty times) do not put one cause before another: then
 * the better supported comes first, and of those the one with the larger part of the change. */
static const double alike = .02;

static bool stands_before(const PropterCauseScore *a, const PropterCauseScore *b) {
  static const int worth[] = {[PROPTER_GRADE_BOTH] = 0,          [PROPTER_GRADE_DATA_ONLY] = 1,   [PROPTER_GRADE_TEXT_ONLY] = 1,
                              [PROPTER_GRADE_NOT_SEPARABLE] = 1, [PROPTER_GRADE_UNSUPPORTED] = 2, [PROPTER_GRADE_CONTRADICTED] = 3};
  if (worth[a->grade] != worth[b->grade]) return worth[a->grade] < worth[b->grade];
  if (isfinite(a->share) && isfinite(b->share) && fabs(a->share) != fabs(b->share)) return fabs(a->share) > fabs(b->share);
  return a->p > b->p;
}

static void rank_causes(PropterAnswer *a) {
  for (size_t i = 0; i < a->causes; i++) a->cause[i].rank = 0;
  for (int rank = 1; (size_t)rank <= a->causes; rank++) {
    PropterCauseScore *top_one = NULL, *next = NULL;
    for (size_t i = 0; i < a->causes; i++)
      if (!a->cause[i].rank && (!top_one || a->cause[i].p > top_one->p)) top_one = &a->cause[i];
    next = top_one;
    for (size_t i = 0; i < a->causes; i++)
      if (!a->cause[i].rank && &a->cause[i] != next && a->cause[i].p > top_one->p - alike && a->cause[i].p >= alike && stands_before(&a->cause[i], next))
        next = &a->cause[i];
    next->rank = rank;
  }
}

static PropterStatus gather(Case *c, PropterError *err) {
  Know *know = c->know;
  (void)pthread_mutex_lock(&know->lock);
  c->pattern = pattern_iri(c->metric, c->first, c->last, c->arena);
  PropterStatus status = c->pattern.data ? controls_find(c, err) : propter_fail(err, PROPTER_NO_MEMORY, "name of a pattern");
  if (!status) status = candidates_find(c, err);
  (void)pthread_mutex_unlock(&know->lock);
  return status;
}

/* What was learned and weighed in a window (score_known.h) is not forgotten where the answer is taken over that rests on it. */
static void keep_evidence(Memo *memo, PropterHash128 view, size_t from, size_t to) {
  PropterHash128 key;
  PropterStr kept;
  (void)memo_touch(memo, kept_key(view, KEPT_LEARNED, from, to), NULL);
  if (!memo_touch(memo, kept_key(view, KEPT_EVIDENCE, from, to), &kept) || kept.len != sizeof key) return;
  memcpy(&key, kept.data, sizeof key);
  (void)memo_touch(memo, key, NULL);
}

static PropterStatus score(Case *c, PropterScoreFrame **frame, PropterAnswer *answer, PropterError *err) {
  Know *know = c->know;
  PropterHash128 key = {0, 0};
  PropterStr kept;
  PropterBuf made = {0};
  PropterCandidate *numbers = propter_calloc(c->scored ? c->scored : 1, sizeof *numbers);
  if (!numbers) return propter_fail(err, PROPTER_NO_MEMORY, "%zu candidates", c->scored);
  for (size_t i = 0; i < c->scored; i++) numbers[i] = c->causes.items[i].number;
  PropterStatus status = know->memo ? view_key(know, c->metric, c->view, &key, err) : PROPTER_OK;
  if (!status && know->memo) status = kept_answer_key(key, c->from, c->to, numbers, c->scored, c->controls.count, &key, err);
  if (!status && memo_get(know->memo, key, &kept)) {
    status = kept_decode(kept, answer, err);
    keep_evidence(know->memo, c->view->key, c->from, c->to);
  } else if (!status) {
    status = view_frame(know, c->view, c->from, c->to, frame, err);
    if (!status) status = view_compare(know, c->metric, c->view, err);
    if (!status) status = propter_score_causes(*frame, numbers, c->scored, answer, err);
    if (!status && know->memo) {
      status = kept_encode(answer, &made, err);
      if (!status) status = memo_put(know->memo, key, propter_buf_str(&made), err);
      if (status) propter_answer_clear(answer);
    }
  }
  propter_buf_clear(&made);
  propter_free(numbers);
  return status;
}

/* Which way it went: by its last period where it ends further off than it lay. */
static int sign_of(const PropterAnswer *a) {
  double by = a->end_deviation != 0 && fabs(a->end_deviation) > fabs(a->deviation) ? a->end_deviation : a->deviation;
  return by > 0 ? 1 : by < 0 ? -1 : 0;
}

static PropterStatus find_sign(Case *c, PropterScoreFrame **frame, PropterError *err) {
  const PropterHash128 key = kept_key(c->view->key, KEPT_SIGN, c->from, c->to);
  PropterStr kept;
  PropterAnswer move;
  if (memo_get(c->know->memo, key, &kept) && kept.len == 1) {
    c->sign = (signed char)kept.data[0];
    return PROPTER_OK;
  }
  PROPTER_TRY(view_frame(c->know, c->view, c->from, c->to, frame, err));
  PROPTER_TRY(propter_score_move(*frame, &move, err));
  c->sign = sign_of(&move);
  propter_answer_clear(&move);
  const char sign = (char)c->sign;
  return memo_put(c->know->memo, key, (PropterStr){&sign, 1}, err);
}

PropterStatus judge(Know *know, KnowMetric *metric, size_t from, size_t to, PropterArena *arena, Judged *judged, PropterError *err) {
  PropterScoreFrame *frame = NULL;
  Case *c = &judged->c;
  *judged = (Judged){.c = {.know = know, .metric = metric, .arena = arena}};
  (void)pthread_mutex_lock(&know->lock);
  PropterStatus status = controls_beside(know, metric, err);
  (void)pthread_mutex_unlock(&know->lock);
  if (status || (status = view_open(know, metric, from, to, &c->view, err))) return status;
  place_window(c, from, to);
  status = find_sign(c, &frame, err);
  if (!status) status = gather(c, err);
  if (!status) status = score(c, &frame, &judged->answer, err);
  propter_score_free(frame);
  for (size_t i = 0; !status && i < c->scored && i < judged->answer.causes; i++)
    if (c->causes.items[i].course < -strong) judged->answer.cause[i].grade = PROPTER_GRADE_CONTRADICTED;
  if (!status) status = add_stretched(judged, err);
  if (!status) rank_causes(&judged->answer);
  if (status) case_clear(c);
  return status;
}

void judged_clear(Judged *judged) {
  propter_answer_clear(&judged->answer);
  case_clear(&judged->c);
}

PropterStatus keep(PropterBuf *buf, PropterArena *arena, PropterStr *out, PropterError *err) {
  PROPTER_TRY(propter_buf_status(buf, err));
  *out = propter_arena_copy(arena, propter_buf_str(buf));
  if (!out->data) return propter_fail(err, PROPTER_NO_MEMORY, "text");
  propter_buf_reset(buf);
  return PROPTER_OK;
}

/* --- write-up ----------------------------------------------------------------------------------------------------------------------------------------- */

static double mean_of(const double *value, size_t count) {
  double sum = 0;
  size_t n = 0;
  for (size_t i = 0; i < count; i++)
    if (isfinite(value[i])) sum += value[i], n++;
  return sum / (double)n;
}

double window_change(const PropterSeries *s, size_t from, size_t to) {
  const size_t length = to - from + 1;
  return length > from ? NAN : mean_of(s->value + from, length) - mean_of(s->value + from - length, length);
}

static void fill_numbers(const Judged *j, PropterInference *out) {
  const PropterAnswer *a = &j->answer;
  static const PropterAnswerOutcome outcomes[] = {[PROPTER_OUTCOME_ANSWERED] = PROPTER_ANSWER_ANSWERED,
                                                  [PROPTER_OUTCOME_DID_NOT_MOVE] = PROPTER_ANSWER_DID_NOT_MOVE,
                                                  [PROPTER_OUTCOME_CAUSE_UNKNOWN] = PROPTER_ANSWER_CAUSE_UNKNOWN,
                                                  [PROPTER_OUTCOME_NOT_TESTABLE] = PROPTER_ANSWER_NOT_TESTABLE};
  const PropterSeries *s = &j->c.metric->series.series;
  out->outcome = outcomes[a->outcome];
  out->observed = a->observed;
  out->expected = a->expected;
  out->expected_low = a->expected_low;
  out->expected_high = a->expected_high;
  out->deviation = a->deviation;
  out->relative = a->expected != 0 ? a->deviation / a->expected : NAN;
  out->z = a->z;
  out->change = window_change(s, j->c.from, j->c.to);
  out->usable = a->usable;
  out->pattern_kind = a->pattern;
  out->pattern = j->c.pattern;
  out->p_unknown = a->p_unknown;
  out->p_none = a->p_none;
  out->unknown_share = a->unknown_share;
  out->rho = a->rho;
  out->unknown_size = a->unknown_size;
  out->onset = PROPTER_NO_DAY;
  for (size_t i = 0; a->onset && i < a->window; i++)
    if (out->onset == PROPTER_NO_DAY || a->onset[i] > out->onset_probability) {
      out->onset_probability = a->onset[i];
      out->onset = propter_period_first(s->grain, s->first + (int32_t)(j->c.from + i));
    }
  memcpy(out->kernel, a->kernel, sizeof out->kernel);
}

static PropterStatus fill_path(const Judged *j, PropterInference *out, PropterError *err) {
  const PropterSeries *s = &j->c.metric->series.series;
  const PropterAnswer *a = &j->answer;
  PropterPathPoint *points = propter_arena_alloc(&out->arena, s->count * sizeof *points);
  if (!points) return propter_fail(err, PROPTER_NO_MEMORY, "%zu points", s->count);
  for (size_t i = 0; i < s->count; i++) {
    int32_t period = s->first + (int32_t)i;
    points[i] = (PropterPathPoint){propter_period_first(s->grain, period), propter_period_last(s->grain, period), s->value[i], NAN, NAN, NAN,
                                   i >= j->c.from && i <= j->c.to};
    if (a->path && i >= j->c.from && i - j->c.from < a->periods) {
      points[i].expected = a->path[i - j->c.from];
      points[i].low = a->path_low[i - j->c.from];
      points[i].high = a->path_high[i - j->c.from];
    }
  }
  out->point = points;
  out->points = s->count;
  return PROPTER_OK;
}

static PropterStatus fill_cells(const Judged *j, PropterInference *out, PropterError *err) {
  const PropterSeries *s = &j->c.metric->series.series;
  size_t length = j->c.to - j->c.from + 1, from = j->c.from ? j->c.from - 1 : 0, to = j->c.to + length < s->count ? j->c.to + length : s->count - 1;
  PropterSourceCell *cells = propter_arena_alloc(&out->arena, (to - from + 1) * sizeof *cells);
  if (!cells) return propter_fail(err, PROPTER_NO_MEMORY, "%zu rows", to - from + 1);
  for (size_t i = from; i <= to; i++) PROPTER_TRY(know_cell(j->c.know, j->c.metric, i, &out->arena, &cells[i - from], err));
  out->cell = cells;
  out->cells = to - from + 1;
  return PROPTER_OK;
}

static PropterStatus write_up(Judged *j, PropterInference *out, PropterError *err) {
  Know *know = j->c.know;
  out->metric = j->c.metric->def;
  if (j->c.metric->slice_label.len) {
    const PropterStr label = out->metric.label, slice = j->c.metric->slice_label;
    out->metric.label = propter_arena_printf(&out->arena, "%.*s, %.*s", (int)label.len, label.data, (int)slice.len, slice.data);
    if (!out->metric.label.data) return propter_fail(err, PROPTER_NO_MEMORY, "label");
  }
  out->first = j->c.first;
  out->last = j->c.last;
  out->provisional = j->c.metric->series.settled != PROPTER_NO_DAY && out->last >= j->c.metric->series.settled;
  out->audited = know->audited;
  out->audited_right = know->audited_right;
  out->calibrated = know->calibrated;
  out->version = propter_snapshot_version(know->snapshot);
  fill_numbers(j, out);
  PROPTER_TRY(usual_of(j, out, err));
  PROPTER_TRY(evidence_of(j, out, err));
  return conclude(j, out, err);
}

/* What only a reader of the answer sees. */
static PropterStatus show(Judged *j, PropterInference *out, PropterError *err) {
  PROPTER_TRY(fill_path(j, out, err));
  PROPTER_TRY(fill_cells(j, out, err));
  PROPTER_TRY(said_of(j, out, err));
  return wishes_of(j, out, err);
}

static PropterStatus find_window(const KnowMetric *m, PropterDay from, PropterDay to, size_t *first, size_t *last, PropterError *err) {
  const PropterSeries *s = &m->series.series;
  char a[16], b[16], x[16], y[16];
  propter_day_format(from, a);
  propter_day_format(to, b);
  if (from > to) return propter_fail(err, PROPTER_INVALID, "the window ends before it begins: %s to %s", a, b);
  if (m->series.apart)
    return propter_fail(err, PROPTER_INVALID, "metric <%.*s> does not add up over one of its dimensions: expected a question about one member of it",
                        (int)m->def.iri.len, m->def.iri.data);
  if (!s->count) return propter_fail(err, PROPTER_INVALID, "metric <%.*s> has no observations", (int)m->def.iri.len, m->def.iri.data);
  if (propter_series_find(s, from, first) && propter_series_find(s, to, last)) return PROPTER_OK;
  propter_day_format(propter_period_first(s->grain, s->first), x);
  propter_day_format(propter_period_last(s->grain, s->first + (int32_t)s->count - 1), y);
  return propter_fail(err, PROPTER_INVALID, "window %s to %s lies outside the data of %.*s: they go from %s to %s%s", a, b, (int)m->def.label.len,
                      m->def.label.data, x, y, m->series.complete == PROPTER_NO_DAY ? "" : ", later ones are not complete yet");
}

/* `shown`: with all that a reader sees. */
static PropterStatus infer_periods(Know *know, KnowMetric *m, size_t first, size_t last, bool shown, PropterInference **out, PropterError *err) {
  Judged judged;
  const PropterSeries *s = &m->series.series;
  PropterInference *x = propter_calloc(1, sizeof *x);
  if (!x) return propter_fail(err, PROPTER_NO_MEMORY, "inference");
  x->from = propter_period_first(s->grain, s->first + (int32_t)first);
  x->to = propter_period_last(s->grain, s->first + (int32_t)last);
  PropterStatus status = judge(know, m, first, last, &x->arena, &judged, err);
  if (!status) {
    (void)pthread_mutex_lock(&know->lock);
    status = write_up(&judged, x, err);
    if (!status && shown) status = show(&judged, x, err);
    (void)pthread_mutex_unlock(&know->lock);
    judged_clear(&judged);
  }
  if (status) propter_inference_free(x);
  else *out = x;
  return status;
}

PropterStatus infer_result(Know *know, KnowMetric *metric, size_t from, size_t to, PropterInference **out, PropterError *err) {
  return infer_periods(know, metric, from, to, false, out, err);
}

PropterStatus propter_inferrer_window(PropterInferrer *know, PropterStr metric, PropterDay from, PropterDay to, PropterInference **out, PropterError *err) {
  size_t first = 0, last = 0;
  *out = NULL;
  KnowMetric *m = know_metric(know, metric);
  if (!m) {
    PropterTerm term = propter_iri(metric);
    PropterId id;
    PropterArena arena = {0};
    PropterMetric ignored;
    PropterStatus status = propter_snapshot_find(know->snapshot, &term, &id, err);
    if (!status && id) status = metric_read(know->snapshot, know->v, id, &arena, &ignored, err); /* says what is wrong with it */
    propter_arena_clear(&arena);
    return status ? status : propter_fail(err, PROPTER_NOT_FOUND, "<%.*s> is no propter:Metric of this graph", (int)metric.len, metric.data);
  }
  (void)pthread_mutex_lock(&know->lock);
  PropterStatus status = know_series(know, m, err);
  (void)pthread_mutex_unlock(&know->lock);
  if (!status) status = find_window(m, from, to, &first, &last, err);
  if (!status) status = infer_periods(know, m, first, last, true, out, err);
  if (!status) (*out)->from = from, (*out)->to = to;
  return status;
}

void propter_inference_free(PropterInference *inference) {
  if (!inference) return;
  propter_inferrer_free(inference->holder);
  propter_arena_clear(&inference->arena);
  propter_free(inference);
}

PropterStatus propter_infer_window(PropterSnapshot *snapshot, PropterStr metric, PropterDay from, PropterDay to, const PropterInferOptions *options,
                                   PropterInference **out, PropterError *err) {
  PropterInferrer *inferrer;
  *out = NULL;
  PROPTER_TRY(propter_inferrer_new(snapshot, options, &inferrer, err));
  PropterStatus status = propter_inferrer_window(inferrer, metric, from, to, out, err);
  if (status)
    propter_inferrer_free(inferrer);
  else
    (*out)->holder = inferrer;
  return status;
}
