/* SPDX-License-Identifier: Apache-2.0 */
/* Claims about the window that are wrong, or that nothing supports, with the reason in words. A claim that counts for a cause stands with that cause. */
#include <math.h>
#include <string.h>

#include "../graph/id.h"
#include "judge.h"

typedef PROPTER_VEC(PropterEvidence) Evidences;

static const Cause *cause_of(const Case *c, const KnowClaim *claim, size_t *index) {
  const Know *know = c->know;
  for (*index = 0; *index < c->causes.count; ++*index) {
    const Cause *x = &c->causes.items[*index];
    if (x->id && ids_have(&claim->causes, x->id)) return x;
    for (size_t k = 0; k < x->members.count; k++)
      if (know->events.items[x->members.items[k]].id && ids_have(&claim->causes, know->events.items[x->members.items[k]].id)) return x;
  }
  for (*index = 0; *index < c->causes.count; ++*index) {
    const Cause *x = &c->causes.items[*index];
    for (size_t k = 0; k < x->claims.count; k++)
      if (&know->claims.items[x->claims.items[k].claim] == claim) return x;
  }
  return NULL;
}

static void name_dates(PropterBuf *out, const KnowEvent *e) {
  propter_buf_printf(out, "%.*s: ", (int)e->label.len, e->label.data);
  say_dates(out, e->start, e->end);
}

/* The slice the event is documented for, if it moved in the window. */
static PropterStatus say_elsewhere(Judged *j, const KnowEvent *e, PropterBuf *out, PropterError *err) {
  Know *know = j->c.know;
  for (size_t i = 0; i < know->metrics.count; i++) {
    KnowMetric *m = &know->metrics.items[i];
    size_t from, to;
    double part;
    if (m == j->c.metric || m->def.dataset != j->c.metric->def.dataset || m->def.measure != j->c.metric->def.measure ||
        scope_relation(know, &e->scope, &m->scope, &part) != RELATION_SAME || !e->scope.count)
      continue;
    PROPTER_TRY(know_series(know, m, err));
    if (!propter_series_find(&m->series.series, j->c.first, &from) || !propter_series_find(&m->series.series, j->c.last, &to)) continue;
    propter_buf_printf(out, "; it is documented for %.*s, which changed by ", (int)m->def.label.len, m->def.label.data);
    say_change(out, &m->def, window_change(&m->series.series, from, to));
    return PROPTER_OK;
  }
  return PROPTER_OK;
}

static void say_moved(const Judged *j, PropterBuf *out) {
  propter_buf_printf(out, "the figure stood ");
  say_change(out, &j->c.metric->def, j->answer.deviation);
  propter_buf_printf(out, " from its usual course%s", j->answer.window > 1 ? " on average" : "");
}

/* How small a deviation would still have been noticed. */
static double noticeable(const Judged *j) { return j->c.know->options.score.moved_z * j->answer.se; }

static bool too_small(const Judged *j, const KnowClaim *claim, const Cause *cause) {
  double scale = j->c.metric->def.scale, size = noticeable(j);
  if (cause && cause->number.effect.has_dose) return fabs(cause->number.effect.dose) < size;
  return claim->has_quantity && fabs(claim->quantity) / scale < size;
}

/* Which of the data speak most against the cause. */
static void say_contradiction(const Judged *j, const PropterCauseScore *score, PropterBuf *why) {
  static const struct {
    PropterScoreTerm term;
    const char *words;
  } kinds[] = {{PROPTER_TERM_TIMING, "the figure does not move by its dates"},
               {PROPTER_TERM_SIZE, "the documented size does not fit"},
               {PROPTER_TERM_RETURN, "what followed does not fit"},
               {PROPTER_TERM_CONTRAST, "other series do not move as they should with it"}};
  const double least = -1; /* in log odds */
  double worst = least;
  const char *words = NULL;
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
    if (score->term[kinds[i].term] < worst) worst = score->term[kinds[i].term], words = kinds[i].words;
  if (score->term[PROPTER_TERM_RIVALS] < worst)
    for (size_t i = 0; i < j->c.allowed && i < j->answer.causes; i++) {
      const PropterStr label = j->c.causes.items[i].label;
      if (&j->answer.cause[i] == score || j->answer.cause[i].rank != 1 || j->answer.cause[i].p < .5) continue;
      propter_buf_printf(why, "%.*s explains the change and leaves little for it", (int)label.len, label.data);
      return;
    }
  propter_buf_printf(why, "the data speak against it: ");
  if (words) propter_buf_printf(why, "%s", words);
  else say_moved(j, why);
}

/* A claim and what it speaks of; each may be NULL but the first two. */
typedef struct {
  const KnowClaim *claim;
  const ClaimView *view;
  const Cause *cause;
  const KnowEvent *event;
  const PropterCauseScore *score;
} Told;

static bool is_member(const Know *know, const Cause *cause, const KnowEvent *event) {
  for (size_t k = 0; cause && k < cause->members.count; k++)
    if (&know->events.items[cause->members.items[k]] == event) return true;
  return false;
}

/* By knowledge, or because it happened at another time. */
static bool is_excluded(const Judged *j, const Told *t, PropterBuf *why) {
  const Know *know = j->c.know;
  if (t->cause && t->cause->forbidden_by != SIZE_MAX) {
    const PropterStr reason = know->links.items[t->cause->forbidden_by].reason;
    propter_buf_printf(why, "knowledge excludes it: %.*s", (int)reason.len, reason.data);
    return true;
  }
  if (!t->event || t->event->start == PROPTER_NO_DAY || event_in_time(&j->c, t->event) || is_member(know, t->cause, t->event)) return false;
  name_dates(why, t->event);
  propter_buf_printf(why, "; not in this window");
  return true;
}

/* It says a rise of a fall. Without a date of its own a sentence means the days of its event; only if these lie in the window, and it is not the end of
 * something, is it about this move. */
static bool is_opposite(const Judged *j, const Told *t, PropterSaid *said, PropterBuf *why) {
  const Case *c = &j->c;
  if (!t->claim->polarity || !c->sign || t->claim->polarity == c->sign) return false;
  const bool is_end = t->cause && t->event && t->cause->root != SIZE_MAX && &c->know->events.items[t->cause->root] != t->event;
  const bool meant = (t->view->of_effect && !t->claim->period_guessed) || (t->event && !is_end && t->event->start >= c->first && t->view->end <= c->last);
  if (meant) {
    propter_buf_printf(why, "says %s, but ", t->claim->polarity > 0 ? "a rise" : "a fall");
    say_moved(j, why);
  } else {
    *said = PROPTER_SAID_SUPPORTS; /* of another move */
  }
  return true;
}

static PropterStatus judge_unmoved(Judged *j, const Told *t, PropterSaid *said, PropterBuf *why, PropterError *err) {
  if (too_small(j, t->claim, t->cause)) *said = PROPTER_SAID_UNSUPPORTED;
  propter_buf_printf(why, "no move to explain, trend before and after unchanged: ");
  say_moved(j, why);
  if (t->event && t->cause && !t->cause->in_scope) PROPTER_TRY(say_elsewhere(j, t->event, why, err));
  if (*said == PROPTER_SAID_UNSUPPORTED) {
    propter_buf_printf(why, "; less than ");
    say_value(why, &j->c.metric->def, noticeable(j));
    propter_buf_printf(why, " could not be seen here");
  }
  return PROPTER_OK;
}

/* What it names is nothing that happened. */
static bool names_no_cause(Know *know, const Told *t, PropterBuf *why) {
  if (!t->claim->cause)
    propter_buf_printf(why, "names a cause this graph does not know");
  else if (t->claim->cause_is_scope && !t->event)
    propter_buf_printf(why, know_metric_id(know, t->claim->cause) ? "names another series, not something that happened"
                                                                  : "read as a statement about a part of the figures, not about something that happened");
  else
    return false;
  return true;
}

static PropterStatus judge_cause(Judged *j, const Told *t, PropterSaid *said, PropterBuf *why, PropterError *err) {
  const PropterCauseScore *score = t->score;
  if (names_no_cause(j->c.know, t, why)) {
    *said = PROPTER_SAID_UNSUPPORTED;
  } else if (t->event && t->cause && !t->cause->in_scope && (!score || score->p < .5)) {
    if (t->claim->hedge > 0 || t->claim->kind == CLAIM_EX_ANTE) *said = PROPTER_SAID_UNSUPPORTED;
    propter_buf_printf(why, "only this claim brings it here");
    return say_elsewhere(j, t->event, why, err);
  } else if (score && score->grade == PROPTER_GRADE_CONTRADICTED) {
    say_contradiction(j, score, why);
  } else if (!score || (score->p < .5 && (score->grade == PROPTER_GRADE_UNSUPPORTED || !t->event))) {
    *said = PROPTER_SAID_UNSUPPORTED;
    propter_buf_printf(why, t->event ? "no test of the data speaks for it" : "nothing documents that it happened then, and no test of the data speaks for it");
  } else {
    *said = PROPTER_SAID_SUPPORTS;
  }
  return PROPTER_OK;
}

static PropterStatus judge_claim(Judged *j, const KnowClaim *claim, const ClaimView *view, PropterSaid *said, PropterBuf *why, PropterError *err) {
  const Case *c = &j->c;
  size_t index;
  Told t = {claim, view, cause_of(c, claim, &index), know_event(c->know, claim->cause), NULL};
  if (t.cause && index < c->allowed && index < j->answer.causes) t.score = &j->answer.cause[index];
  *said = PROPTER_SAID_CONTRADICTED;
  if (is_excluded(j, &t, why) || is_opposite(j, &t, said, why)) return PROPTER_OK;
  return j->answer.outcome == PROPTER_OUTCOME_DID_NOT_MOVE ? judge_unmoved(j, &t, said, why, err) : judge_cause(j, &t, said, why, err);
}

/* The same sentence stands under a likely cause: it made another claim as well, of which nothing follows. */
static bool is_cited(const PropterInference *x, const PropterEvidence *e) {
  for (size_t i = 0; i < x->causes; i++)
    for (size_t k = 0; k < x->cause[i].evidences && x->cause[i].score.p >= .5; k++) {
      const PropterEvidence *q = &x->cause[i].evidence[k];
      if (q->kind == PROPTER_EVIDENCE_QUOTE && !q->against && q->char_start == e->char_start && q->char_end == e->char_end &&
          propter_str_equal(q->document, e->document) && propter_str_equal(q->part, e->part))
        return true;
    }
  return false;
}

PropterStatus said_of(Judged *j, PropterInference *out, PropterError *err) {
  Know *know = j->c.know;
  Evidences all = {0};
  PropterBuf why = {.max = 1 << 20};
  PropterStatus status = PROPTER_OK;
  for (size_t i = 0; i < know->claims.count && !status; i++) {
    const KnowClaim *claim = &know->claims.items[i];
    ClaimView view;
    PropterSaid said;
    PropterEvidence e;
    if (claim->negated || claim->kind == CLAIM_TYPE_LEVEL) continue;
    claim_view(&j->c, claim, &view);
    if (view.relation != RELATION_SAME || !view.in_window || view.start == PROPTER_NO_DAY) continue;
    if ((status = judge_claim(j, claim, &view, &said, &why, err))) break;
    if (said == PROPTER_SAID_SUPPORTS) {
      propter_buf_reset(&why);
      continue;
    }
    if ((status = quote_of(j, i, &out->arena, &e, err)) || (status = keep(&why, &out->arena, &e.reason, err))) break;
    if (said == PROPTER_SAID_UNSUPPORTED && is_cited(out, &e)) continue;
    e.said = said;
    e.against = said == PROPTER_SAID_CONTRADICTED;
    if (!propter_vec_push(&all, e)) status = propter_fail(err, PROPTER_NO_MEMORY, "claims");
  }
  if (!status && all.count) {
    PropterEvidence *kept = propter_arena_alloc(&out->arena, all.count * sizeof *kept);
    if (!kept)
      status = propter_fail(err, PROPTER_NO_MEMORY, "claims");
    else {
      for (int against = 1; against >= 0; against--)
        for (size_t i = 0; i < all.count; i++)
          if (all.items[i].against == against) kept[out->said++] = all.items[i];
      out->saying = kept;
    }
  }
  propter_vec_clear(&all);
  propter_buf_clear(&why);
  return status;
}
