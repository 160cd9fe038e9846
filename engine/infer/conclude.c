/* SPDX-License-Identifier: Apache-2.0 */
/* The outcome in one sentence, what would change it, and what it commits to. */
#include <math.h>
#include <string.h>

#include "judge.h"

enum { WISHES = 6 };

PropterStatus usual_of(Judged *j, PropterInference *out, PropterError *err) {
  const PropterAnswer *a = &j->answer;
  PropterBuf buf = {.max = 1 << 12};
  out->usual_text = out->usual_cause = (PropterStr){"", 0};
  if (!(fabs(a->yearly) > a->se) || out->outcome == PROPTER_ANSWER_NOT_TESTABLE) return PROPTER_OK;
  const KnowEvent *on = holiday_of(j->c.know, j->c.metric, j->c.first, j->c.last);
  const KnowEvent *near = on ? on : holiday_of(j->c.know, j->c.metric, j->c.first - HOLIDAY_NEAR, j->c.last + HOLIDAY_NEAR);
  const double part = a->yearly / (a->expected - a->yearly);
  out->usual = a->yearly;
  say_change(&buf, &out->metric, a->yearly);
  if (isfinite(part) && part > -1) propter_buf_printf(&buf, " (%s%.0f %%)", part < 0 ? "\xE2\x88\x92" : "+", fabs(part) * 100);
  if (near) {
    propter_buf_printf(&buf, " %s the holiday %.*s", on ? "for" : "next to", (int)near->label.len, near->label.data);
    out->usual_cause = near->iri;
  } else {
    propter_buf_printf(&buf, " at this time of each year");
  }
  PropterStatus status = keep(&buf, &out->arena, &out->usual_text, err);
  propter_buf_clear(&buf);
  return status;
}

static PropterStatus say_reason(Judged *j, PropterInference *out, PropterError *err) {
  const PropterScoreOptions *o = &j->c.know->options.score;
  const PropterAnswer *a = &j->answer;
  const char *moved = out->usual != 0 ? "it moved beyond what is usual here" : "it moved";
  PropterBuf buf = {.max = 1 << 16};
  size_t named = 0;
  const double limit = propter_score_named(o);
  for (size_t i = 0; i < out->causes; i++) named += out->cause[i].score.p >= limit;
  switch (out->outcome) {
    case PROPTER_ANSWER_ANSWERED:
      if (named == 1)
        propter_buf_printf(&buf, "one cause reaches the probability from which it is named (%.2f)", limit);
      else
        propter_buf_printf(&buf, "%zu causes reach the probability from which they are named (%.2f)", named, limit);
      break;
    case PROPTER_ANSWER_DID_NOT_MOVE:
      propter_buf_printf(&buf, "%.1f sigma from its usual course; from %.1f on it counts as moved", fabs(a->z), a->moved_z);
      break;
    case PROPTER_ANSWER_CAUSE_UNKNOWN:
      if (out->causes)
        propter_buf_printf(&buf, "%s (%.1f sigma), but no cause reaches %.2f; the likeliest, %.*s, is %s", moved, fabs(a->z), limit,
                           (int)out->cause[0].label.len, out->cause[0].label.data, propter_likelihood_words(out->cause[0].score.p));
      else
        propter_buf_printf(&buf, "%s (%.1f sigma), and nothing that was read names a cause for it", moved, fabs(a->z));
      break;
    case PROPTER_ANSWER_NOT_TESTABLE:
      propter_buf_printf(&buf, "%s", a->reason ? a->reason : "the series cannot be judged here");
      break;
    case PROPTER_ANSWER_NOT_UNDERSTOOD: break;
  }
  say_fault(j, out, &buf);
  PropterStatus status = keep(&buf, &out->arena, &out->reason, err);
  propter_buf_clear(&buf);
  return status;
}

/* --- what would change it ------------------------------------------------------------------------------------------------------------------------- */

typedef struct {
  PropterStr text[WISHES];
  size_t count;
} Wishes;

static PropterStatus wish(Wishes *w, PropterBuf *buf, PropterArena *arena, PropterError *err) {
  if (w->count == WISHES) {
    propter_buf_reset(buf);
    return PROPTER_OK;
  }
  return keep(buf, arena, &w->text[w->count++], err);
}

/* Nothing here is finer than a day. */
static const char *finer(PropterGrain grain) {
  return grain == PROPTER_GRAIN_YEAR || grain == PROPTER_GRAIN_QUARTER ? "monthly figures, or "
         : grain == PROPTER_GRAIN_MONTH                                ? "weekly figures, or "
         : grain == PROPTER_GRAIN_WEEK                                 ? "daily figures, or "
                                                                       : "";
}

/* Some sentence says that it acts, which did not suffice: it came afterwards, or is believed too little. */
static bool is_claimed(const PropterCause *cause) {
  for (size_t i = 0; i < cause->evidences; i++) {
    const PropterEvidence *e = &cause->evidence[i];
    if (e->kind == PROPTER_EVIDENCE_QUOTE && !e->against && e->cause_label.len) return true;
  }
  return false;
}

static PropterStatus wishes_of_cause(const PropterInference *x, const PropterCause *cause, Wishes *w, PropterBuf *buf, PropterArena *arena, PropterError *err) {
  const PropterStr label = cause->label;
  if (!cause->documented) {
    if (cause->start == PROPTER_NO_DAY) propter_buf_printf(buf, "a record that \"%.*s\" happened, with dates", (int)label.len, label.data);
    else propter_buf_printf(buf, "a record of \"%.*s\" beside what documents say of it, with its size", (int)label.len, label.data);
    PROPTER_TRY(wish(w, buf, arena, err));
  } else if (!cause->has_dose && cause->score.grade != PROPTER_GRADE_BOTH) {
    propter_buf_printf(buf, "the documented size of \"%.*s\"", (int)label.len, label.data);
    PROPTER_TRY(wish(w, buf, arena, err));
  }
  if (cause->score.grade == PROPTER_GRADE_NOT_SEPARABLE) {
    propter_buf_printf(buf, "%sa narrower slice, to tell %.*s from %.*s", finer(x->metric.grain), (int)label.len, label.data,
                       (int)(cause->inseparable_from.len ? cause->inseparable_from.len : strlen("its rivals")),
                       cause->inseparable_from.len ? cause->inseparable_from.data : "its rivals");
    PROPTER_TRY(wish(w, buf, arena, err));
  }
  if (cause->score.grade == PROPTER_GRADE_DATA_ONLY) {
    propter_buf_printf(buf, "%s that says how \"%.*s\" acts on %.*s", is_claimed(cause) ? "a second source, or one from before it," : "a document",
                       (int)label.len, label.data, (int)x->metric.label.len, x->metric.label.data);
    PROPTER_TRY(wish(w, buf, arena, err));
  }
  return PROPTER_OK;
}

PropterStatus wishes_of(Judged *j, PropterInference *out, PropterError *err) {
  Wishes w = {0};
  PropterBuf buf = {.max = 1 << 16};
  PropterStatus status = PROPTER_OK;
  if (out->outcome == PROPTER_ANSWER_CAUSE_UNKNOWN) {
    propter_buf_printf(&buf, "a dated event, or a document that names a cause, for %.*s ", (int)out->metric.label.len, out->metric.label.data);
    say_when(&buf, out->metric.grain, out->first, out->last);
    status = wish(&w, &buf, &out->arena, err);
  }
  if (!status && out->outcome == PROPTER_ANSWER_NOT_TESTABLE) {
    propter_buf_printf(&buf, "more history of %.*s: %zu observations can be used now", (int)out->metric.label.len, out->metric.label.data, out->usable);
    status = wish(&w, &buf, &out->arena, err);
  }
  for (size_t i = 0; !status && i < out->causes && i < 3; i++)
    if (out->cause[i].score.p >= .1) status = wishes_of_cause(out, &out->cause[i], &w, &buf, &out->arena, err);
  if (!status && !j->c.controls.count && out->outcome != PROPTER_ANSWER_DID_NOT_MOVE) {
    propter_buf_printf(&buf, "a comparable series that the causes leave alone");
    status = wish(&w, &buf, &out->arena, err);
  }
  PropterStr *texts = propter_arena_alloc(&out->arena, (w.count + 1) * sizeof *texts);
  if (!status && !texts) status = propter_fail(err, PROPTER_NO_MEMORY, "text");
  if (!status) {
    memcpy(texts, w.text, w.count * sizeof *texts);
    out->would_change_text = texts;
    out->would_change = w.count;
  }
  propter_buf_clear(&buf);
  return status;
}

/* --- forecasts ------------------------------------------------------------------------------------------------------------------------------------------ */

/* A sum is so much a period, not so much on average. */
static bool adds_up(const Know *know, const PropterMetric *m) {
  const PropterId how = m->aggregation, *v = know->v;
  return (how == PROPTER_NO_ID || how == v[VOCAB_propter_Sum] || how == v[VOCAB_propter_Count]) && !m->numerator && !m->reference_day;
}

/* Sizes and levels are those of the whole window, not of the day on which it begins. */
static void say_window(const Judged *j, const PropterInference *x, PropterBuf *buf) {
  const PropterMetric *m = &x->metric;
  if (m->reference_day && j->c.to == j->c.from) {
    propter_buf_printf(buf, " around ");
    say_dates(buf, x->first + m->reference_day - 1, x->first + m->reference_day - 1);
    return;
  }
  if (j->c.to > j->c.from && adds_up(j->c.know, m)) propter_buf_printf(buf, " a %s", propter_grain_name(m->grain));
  else if (j->c.to > j->c.from) propter_buf_printf(buf, " on average");
  propter_buf_add_char(buf, ' ');
  say_when(buf, m->grain, x->first, x->last);
}

static PropterStatus say_forecast(Judged *j, const PropterInference *x, const PropterPrediction *p, PropterForecast *f, PropterBuf *buf, PropterArena *arena,
                                  PropterError *err) {
  const PropterMetric *m = &x->metric;
  void (*say)(PropterBuf *, const PropterMetric *, double) = say_change;
  PropterStr cause = p->candidate >= 0 ? j->c.causes.items[p->candidate].label : PROPTER_STR("the cause");
  *f = (PropterForecast){.kind = p->kind, .metric = m->iri, .day = p->day, .low = p->low, .high = p->high, .text = {"", 0}};
  switch (p->kind) {
  case PROPTER_PREDICT_RETURN:
    propter_buf_printf(buf, "If it was \"%.*s\", the deviation of %.*s is ", (int)cause.len, cause.data, (int)m->label.len, m->label.data);
    break;
  case PROPTER_PREDICT_SIZE:
    propter_buf_printf(buf, "If it was \"%.*s\", its effect on %.*s is ", (int)cause.len, cause.data, (int)m->label.len, m->label.data);
    break;
  case PROPTER_PREDICT_UNTOUCHED:
    if (p->control < 0 || (size_t)p->control >= j->c.controls.count) return PROPTER_OK;
    f->metric = j->c.controls.items[p->control]->def.iri;
    propter_buf_printf(buf, "The untouched slice %.*s stays where it was going: ", (int)j->c.controls.items[p->control]->def.label.len,
                       j->c.controls.items[p->control]->def.label.data);
    m = &j->c.controls.items[p->control]->def;
    say = say_value;
    break;
  }
  if (p->low > 0 && say == say_change) propter_buf_add_char(buf, '+');
  say_number(buf, p->low);
  propter_buf_printf(buf, " to ");
  say(buf, m, p->high);
  if (p->kind != PROPTER_PREDICT_RETURN) {
    say_window(j, x, buf);
  } else if (p->day != PROPTER_NO_DAY) {
    propter_buf_printf(buf, " from ");
    say_dates(buf, p->day, p->day);
    propter_buf_printf(buf, " on");
  }
  if (p->kind == PROPTER_PREDICT_SIZE) propter_buf_printf(buf, ", where it acts");
  return keep(buf, arena, &f->text, err);
}

static PropterStatus find_forecasts(Judged *j, PropterInference *out, PropterError *err) {
  const PropterAnswer *a = &j->answer;
  PropterBuf buf = {.max = 1 << 16};
  PropterStatus status = PROPTER_OK;
  PropterForecast *list = propter_arena_alloc(&out->arena, (a->predictions + 1) * sizeof *list);
  if (!list) return propter_fail(err, PROPTER_NO_MEMORY, "forecasts");
  for (size_t i = 0; i < a->predictions && !status; i++) {
    status = say_forecast(j, out, &a->prediction[i], &list[out->forecasts], &buf, &out->arena, err);
    if (!status && list[out->forecasts].text.len) out->forecasts++;
  }
  out->forecast = list;
  propter_buf_clear(&buf);
  return status;
}

PropterStatus conclude(Judged *j, PropterInference *out, PropterError *err) {
  PROPTER_TRY(say_reason(j, out, err));
  return find_forecasts(j, out, err);
}
