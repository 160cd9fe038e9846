/* SPDX-License-Identifier: Apache-2.0 */
/* From a question to its answer: names, days, the judge, and what to offer when there is nothing to judge. */
#include <math.h>

#include "render.h"

enum { MOVES = 5 };

typedef struct {
  PropterSnapshot *snapshot;
  const PropterWhyOptions *options;
  PropterArena arena;
  PropterError *err;
} Ask;

/* Grain and reach of a metric's data; *any is false when it has none. */
static PropterStatus reach(Ask *k, PropterStr iri, PropterGrain *grain, PropterDay *first, PropterDay *last, bool *any) {
  PropterTerm term = propter_iri(iri);
  PropterId id;
  PROPTER_TRY(propter_snapshot_find(k->snapshot, &term, &id, k->err));
  if (id == PROPTER_NO_ID) return propter_fail(k->err, PROPTER_NOT_FOUND, "no metric <%.*s> in this graph", (int)iri.len, iri.data);
  PropterMetric metric;
  PropterMetricSeries series;
  PROPTER_TRY(propter_metric_read(k->snapshot, id, &k->arena, &metric, k->err));
  PROPTER_TRY(propter_metric_series(k->snapshot, &metric, k->options->infer.slice, k->options->infer.slice_count, k->options->infer.known_by, &series, k->err));
  *grain = metric.grain;
  *any = series.series.count > 0;
  if (*any) {
    *first = propter_period_first(metric.grain, series.series.first);
    *last = propter_period_last(metric.grain, series.series.first + (int32_t)series.series.count - 1);
  }
  propter_metric_series_clear(&series);
  return PROPTER_OK;
}

static PropterStatus settle(Ask *k, PropterQuestion *q) {
  PropterGrain grain = PROPTER_GRAIN_DAY;
  PropterDay first = k->options->today, last = first;
  bool any;
  PROPTER_TRY(reach(k, q->metric_iri, &grain, &first, &last, &any));
  return propter_question_settle(q, grain, first, last, k->options->today, &k->arena, k->err);
}

static PropterStr kept(PropterWhyAnswer *a, PropterStr s) { return propter_arena_copy(&a->arena, s); }

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory"); }

/* The names to choose from. */
static PropterStatus offer_names(Ask *k, const PropterLexicon *lexicon, PropterWhyAnswer *a) {
  const PropterQuestion *q = &a->question;
  a->near = propter_arena_alloc(&a->arena, (q->nearest_count + 1) * sizeof *a->near);
  if (!a->near) return no_memory(k->err);
  for (size_t i = 0; i < q->nearest_count; i++) {
    PropterWhyName name = {kept(a, propter_lexicon_iri(lexicon, q->nearest[i])), kept(a, propter_lexicon_label(lexicon, q->nearest[i]))};
    if (!name.iri.data || !name.label.data) return no_memory(k->err);
    a->near[a->nearest++] = name;
  }
  return PROPTER_OK;
}

/* The metric's largest moves, by distance from the baseline in standard errors. */
static PropterStatus offer_moves(Ask *k, PropterWhyAnswer *a) {
  PropterInferrer *inferrer = NULL;
  PropterPattern *found = NULL;
  size_t count = 0;
  PropterStatus status = propter_inferrer_new(k->snapshot, &k->options->infer, &inferrer, k->err);
  if (status == PROPTER_OK) status = propter_patterns(inferrer, a->question.metric_iri, PROPTER_NO_DAY, PROPTER_NO_DAY, &found, &count, k->err);
  if (status == PROPTER_OK && !(a->move = propter_arena_alloc(&a->arena, MOVES * sizeof *a->move))) status = no_memory(k->err);
  for (size_t i = 0; a->move && i < count && status == PROPTER_OK; i++) {
    PropterWhyMove m = {.first = found[i].first, .last = found[i].last, .deviation = found[i].deviation, .z = found[i].z};
    size_t at = a->moves < MOVES ? a->moves : MOVES;
    while (at > 0 && fabs(a->move[at - 1].z) < fabs(m.z)) at--;
    if (at == MOVES) continue;
    if (a->moves < MOVES) a->moves++;
    for (size_t j = a->moves - 1; j > at; j--) a->move[j] = a->move[j - 1];
    a->move[at] = m;
  }
  PropterBuf text = {0};
  for (size_t i = 0; a->move && i < a->moves && status == PROPTER_OK; i++) {
    propter_buf_reset(&text);
    propter_buf_add(&text, a->question.metric_label), propter_buf_add(&text, PROPTER_STR(" in ")), why_put_period(&text, a->move[i].first, a->move[i].last);
    status = propter_buf_status(&text, k->err);
    if (status == PROPTER_OK && !(a->move[i].question = kept(a, propter_buf_str(&text))).data) status = no_memory(k->err);
  }
  propter_buf_clear(&text);
  propter_patterns_free(found, count);
  propter_inferrer_free(inferrer);
  return status;
}

static PropterStatus judge(Ask *k, const PropterQuestion *q, const PropterLexicon *lexicon, PropterWhyAnswer **out) {
  PropterInference *inference = NULL;
  if (q->gap == PROPTER_GAP_NONE) PROPTER_TRY(propter_infer_window(k->snapshot, q->metric_iri, q->from, q->to, &k->options->infer, &inference, k->err));
  PROPTER_TRY(why_answer_make(q, inference, propter_snapshot_version(k->snapshot), k->options, out, k->err));
  PropterStatus status = PROPTER_OK;
  if (lexicon && q->nearest_count) status = offer_names(k, lexicon, *out);
  if (status == PROPTER_OK && q->has_metric && (q->gap == PROPTER_GAP_NO_PERIOD || q->gap == PROPTER_GAP_NO_YEAR)) status = offer_moves(k, *out);
  if (status != PROPTER_OK) {
    propter_why_free(*out);
    *out = NULL;
  }
  return status;
}

PropterStatus propter_why_ask(PropterSnapshot *snapshot, PropterStr question, const PropterWhyOptions *options, PropterWhyAnswer **out, PropterError *err) {
  *out = NULL;
  Ask k = {.snapshot = snapshot, .options = options, .err = err};
  PropterLexicon *lexicon = NULL;
  PropterQuestion q;
  PropterStatus status = propter_lexicon_load(snapshot, &lexicon, err);
  if (status == PROPTER_OK) status = propter_question_parse(lexicon, question, options->today, &k.arena, &q, err);
  if (status == PROPTER_OK && q.has_metric && q.has_period) status = settle(&k, &q);
  if (status == PROPTER_OK) status = judge(&k, &q, lexicon, out);
  propter_lexicon_free(lexicon);
  propter_arena_clear(&k.arena);
  return status;
}

PropterStatus propter_why_window(PropterSnapshot *snapshot, PropterStr metric, PropterDay from, PropterDay to, const PropterWhyOptions *options,
                                 PropterWhyAnswer **out, PropterError *err) {
  *out = NULL;
  if (from > to) return propter_fail(err, PROPTER_INVALID, "the window ends before it begins");
  Ask k = {.snapshot = snapshot, .options = options, .err = err};
  PropterQuestion q = {.text = {"", 0},
                       .about = {"", 0},
                       .has_metric = true,
                       .metric_iri = metric,
                       .metric_label = {"", 0},
                       .metric_words = {"", 0},
                       .has_period = true,
                       .from = from,
                       .to = to};
  PropterStatus status = settle(&k, &q);
  if (status == PROPTER_OK) status = judge(&k, &q, NULL, out);
  propter_arena_clear(&k.arena);
  return status;
}
