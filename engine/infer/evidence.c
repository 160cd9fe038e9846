/* SPDX-License-Identifier: Apache-2.0 */
/* What speaks for and against each cause, with the place where it stands. */
#include <math.h>
#include <string.h>

#include "judge.h"

enum { EVIDENCE_MOST = 40, ROWS_MOST = 14 };

typedef PROPTER_VEC(PropterEvidence) Evidences;

static const PropterStr none = {"", 0};

static PropterEvidence blank(PropterEvidenceKind kind) {
  return (PropterEvidence){.kind = kind,
                           .weight = NAN,
                           .iri = none,
                           .text = none,
                           .source_text = none,
                           .reason = none,
                           .cause_label = none,
                           .rule = none,
                           .document = none,
                           .path = none,
                           .title = none,
                           .published = PROPTER_NO_DAY,
                           .section = none,
                           .part = none,
                           .confidence = NAN,
                           .cell = {.value = NAN, .observation = none, .file = none, .column = none}};
}

static PropterStatus push(Evidences *all, PropterEvidence e, PropterError *err) {
  return propter_vec_push(all, e) ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "%zu pieces of evidence", all->count);
}

static PropterStatus cause_name(Know *know, const KnowClaim *claim, PropterArena *arena, PropterStr *out, PropterError *err) {
  KnowEvent *e = know_event(know, claim->cause);
  if (e) *out = e->label;
  else if (claim->cause) return label_of(know->snapshot, know->v, claim->cause, arena, out, err);
  else *out = claim->cause_text;
  return PROPTER_OK;
}

PropterStatus quote_of(Judged *judged, size_t index, PropterArena *arena, PropterEvidence *out, PropterError *err) {
  Know *know = judged->c.know;
  const KnowClaim *claim = &know->claims.items[index];
  *out = blank(PROPTER_EVIDENCE_QUOTE);
  out->iri = claim->iri;
  out->text = claim->quote;
  out->polarity = claim->polarity;
  out->negated = claim->negated;
  out->hedge = claim->hedge;
  out->confidence = claim->confidence;
  out->rule = claim->rule;
  out->section = claim->section;
  out->part = claim->part;
  out->char_start = claim->char_start;
  out->char_end = claim->char_end;
  out->byte_start = claim->byte_start;
  out->byte_end = claim->byte_end;
  out->has_bytes = claim->has_bytes;
  if (claim->document != SIZE_MAX) {
    const KnowDocument *d = &know->documents.items[claim->document];
    out->document = d->iri;
    out->path = d->path;
    out->title = d->title;
    out->published = d->published;
  }
  return cause_name(know, claim, arena, &out->cause_label, err);
}

/* --- quotes ---------------------------------------------------------------------------------------------------------------------------------- */

static PropterStatus add_quotes(Judged *j, const Cause *cause, PropterArena *arena, Evidences *all, PropterError *err) {
  Know *know = j->c.know;
  const PropterBeliefOptions *o = &know->options.belief;
  const double most[] = {[CLAIM_TYPE_LEVEL] = o->type_lr, [CLAIM_EX_ANTE] = o->forecast_lr, [CLAIM_POST_HOC] = o->attribution_lr};
  for (size_t i = 0; i < cause->claims.count; i++) {
    const CauseClaim *x = &cause->claims.items[i];
    PropterEvidence e;
    PROPTER_TRY(quote_of(j, x->claim, arena, &e, err));
    e.against = x->against;
    e.counted = x->copy_of == SIZE_MAX && x->stands > 0;
    e.said = x->against ? PROPTER_SAID_DENIES : PROPTER_SAID_SUPPORTS;
    if (e.counted) {
      e.weight = log1p((most[x->as] - 1) * x->strength * x->stands) * (x->against ? -1 : 1);
    } else if (x->copy_of != SIZE_MAX) {
      e.said = PROPTER_SAID_COPY;
    }
    size_t other = x->copy_of != SIZE_MAX ? x->copy_of : x->overtaken;
    if (other != SIZE_MAX) {
      const KnowClaim *first = &know->claims.items[cause->claims.items[other].claim];
      PropterStr where = first->document == SIZE_MAX ? first->iri : know->documents.items[first->document].path;
      e.reason = other == x->copy_of ? propter_arena_printf(arena, "says again what stands in %.*s; counted once", (int)where.len, where.data)
                 : x->stands > 0     ? propter_arena_printf(arena, "counts less: %.*s says the opposite later", (int)where.len, where.data)
                                     : propter_arena_printf(arena, "not counted: taken back later in %.*s", (int)where.len, where.data);
      if (!e.reason.data) return propter_fail(err, PROPTER_NO_MEMORY, "text");
    }
    PROPTER_TRY(push(all, e, err));
  }
  return PROPTER_OK;
}

/* Sentences that tell of the event itself: what happened, not what it caused. */
static PropterStatus add_told(Judged *j, const Cause *cause, PropterArena *arena, Evidences *all, PropterError *err) {
  Know *know = j->c.know;
  for (size_t i = 0; i < know->events.count; i++) {
    const KnowEvent *event = &know->events.items[i];
    bool mine = false, said = false;
    size_t claim = know_claim(know, event->quote);
    if (!event->told || claim == SIZE_MAX) continue;
    for (size_t k = 0; k < cause->members.count; k++) mine |= cause->members.items[k] == i || cause->members.items[k] == event->same_as;
    for (size_t k = 0; k < cause->claims.count; k++)
      said |= cause->claims.items[k].claim == claim || know->claims.items[cause->claims.items[k].claim].quote_hash == know->claims.items[claim].quote_hash;
    if (!mine || said) continue;
    PropterEvidence e;
    PROPTER_TRY(quote_of(j, claim, arena, &e, err));
    e.cause_label = event->label;
    e.said = PROPTER_SAID_SUPPORTS;
    e.counted = cause->root == i;
    e.reason = PROPTER_STR("tells that it happened");
    PROPTER_TRY(push(all, e, err));
  }
  return PROPTER_OK;
}

/* --- events and links -------------------------------------------------------------------------------------------------------------------------- */

static PropterStatus scope_words(Know *know, const PropterIds *scope, PropterArena *arena, PropterStr *out, PropterError *err) {
  PropterBuf buf = {.max = 1 << 20};
  PropterStatus status = PROPTER_OK;
  for (size_t i = 0; i < scope->count && !status; i++) {
    PropterStr label;
    if (!(status = label_of(know->snapshot, know->v, scope->items[i], arena, &label, err)))
      propter_buf_printf(&buf, "%s%.*s", i ? ", " : "", (int)label.len, label.data);
  }
  if (!status) status = keep(&buf, arena, out, err);
  propter_buf_clear(&buf);
  return status;
}

static PropterStatus add_events(Judged *j, const Cause *cause, PropterArena *arena, Evidences *all, PropterError *err) {
  Know *know = j->c.know;
  PropterBuf buf = {.max = 1 << 20};
  PropterStatus status = PROPTER_OK;
  for (size_t i = 0; i < cause->members.count && !status; i++) {
    const KnowEvent *event = &know->events.items[cause->members.items[i]];
    PropterEvidence e = blank(PROPTER_EVIDENCE_EVENT);
    PropterStr scope;
    if (event->told) continue;
    if ((status = scope_words(know, &event->scope, arena, &scope, err))) break;
    propter_buf_printf(&buf, "%.*s: ", (int)event->label.len, event->label.data);
    say_dates(&buf, event->start, event->end);
    if (scope.len) propter_buf_printf(&buf, ", %.*s", (int)scope.len, scope.data);
    if (event->has_dose) {
      propter_buf_printf(&buf, ", %s", event->profile == PROPTER_PROFILE_PATH ? "at most " : "");
      say_change(&buf, &j->c.metric->def, event->dose);
      if (event->dose_source.len) propter_buf_printf(&buf, " (%.*s)", (int)event->dose_source.len, event->dose_source.data);
      if (cause->number.scope == PROPTER_SCOPE_PARENT) propter_buf_printf(&buf, ", of more than this figure: its size here is left open");
    }
    e.iri = event->iri;
    e.source_text = event->source;
    e.counted = true;
    if (!(status = keep(&buf, arena, &e.text, err))) status = push(all, e, err);
  }
  propter_buf_clear(&buf);
  return status;
}

static PropterStatus add_links(Judged *j, const Cause *cause, Evidences *all, PropterError *err) {
  const Know *know = j->c.know;
  for (size_t i = 0; i < cause->links.count; i++) {
    const KnowLink *link = &know->links.items[cause->links.items[i]];
    PropterEvidence e = blank(PROPTER_EVIDENCE_LINK);
    e.iri = link->iri;
    e.text = link->reason;
    e.source_text = link->chained    ? PROPTER_STR("one behind the other")
                    : link->required ? PROPTER_STR("stated as required")
                                     : PROPTER_STR("stated as knowledge");
    e.counted = true;
    PROPTER_TRY(push(all, e, err));
  }
  return PROPTER_OK;
}

/* --- rows ---------------------------------------------------------------------------------------------------------------------------------------- */

static PropterStatus add_row(Judged *j, PropterInference *out, size_t index, Evidences *all, PropterError *err) {
  const PropterSeries *s = &j->c.metric->series.series;
  PropterEvidence e = blank(PROPTER_EVIDENCE_ROW);
  PropterBuf buf = {.max = 1 << 16};
  if (!isfinite(s->value[index])) return PROPTER_OK;
  PropterStatus status = know_cell(j->c.know, j->c.metric, index, &out->arena, &e.cell, err);
  say_period(&buf, s->grain, e.cell.first, e.cell.last);
  propter_buf_printf(&buf, ": ");
  say_value(&buf, &j->c.metric->def, s->value[index]);
  if (index > 0 && isfinite(s->value[index - 1])) {
    propter_buf_printf(&buf, " (");
    say_change(&buf, &j->c.metric->def, s->value[index] - s->value[index - 1]);
    propter_buf_add_char(&buf, ')');
  }
  e.iri = e.cell.observation;
  e.counted = true;
  if (!status) status = keep(&buf, &out->arena, &e.text, err);
  if (!status) status = push(all, e, err);
  propter_buf_clear(&buf);
  return status;
}

static PropterStatus add_rows(Judged *j, PropterInference *out, const Cause *cause, Evidences *all, PropterError *err) {
  size_t from = j->c.from ? j->c.from - 1 : 0, length = j->c.to - j->c.from + 1, end = j->c.to + length;
  const size_t count = j->c.metric->series.series.count;
  (void)cause;
  if (end >= count) end = count - 1;
  if (end - from + 1 <= ROWS_MOST) {
    for (size_t i = from; i <= end; i++) PROPTER_TRY(add_row(j, out, i, all, err));
    return PROPTER_OK;
  }
  /* A long window: where it came from, where it ended, and what followed. */
  PROPTER_TRY(add_row(j, out, from, all, err));
  PROPTER_TRY(add_row(j, out, j->c.from, all, err));
  PROPTER_TRY(add_row(j, out, j->c.to, all, err));
  return j->c.to + 1 < count ? add_row(j, out, j->c.to + 1, all, err) : PROPTER_OK;
}

/* --- tests ----------------------------------------------------------------------------------------------------------------------------------------- */

/* Level that the dose adds in period `index`, 0 before the series. */
static PropterStatus dose_path(const Judged *j, const Cause *cause, double **path, PropterError *err) {
  const PropterSeries *s = &j->c.metric->series.series;
  *path = propter_malloc(s->count * sizeof **path);
  if (!*path) return propter_fail(err, PROPTER_NO_MEMORY, "path of a dose");
  PropterStatus status = propter_effect_path(&cause->number.effect, s, 0, *path, err);
  if (status) {
    propter_free(*path);
    *path = NULL;
  }
  return status;
}

static PropterStatus add_test(Evidences *all, PropterBuf *buf, PropterArena *arena, const char *name, double weight, PropterError *err) {
  PropterEvidence e = blank(PROPTER_EVIDENCE_TEST);
  /* A weight that is written as 0 has no side: what is left of it is rounding. */
  e.weight = fabs(weight) < 5e-7 ? 0 : weight;
  e.against = e.weight < 0;
  e.counted = true;
  e.source_text = propter_str(name);
  PROPTER_TRY(keep(buf, arena, &e.text, err));
  return push(all, e, err);
}

static void say_times(PropterBuf *buf, double log_ratio) {
  double r = exp(fabs(log_ratio));
  propter_buf_printf(buf, ": ");
  if (r < 1.05) { /* would read "1.0 times likelier" */
    propter_buf_printf(buf, "as likely with this cause as without");
    return;
  }
  say_ratio(buf, r);
  propter_buf_printf(buf, log_ratio >= 0 ? " times likelier with this cause than without" : " times likelier without this cause than with it");
}

static PropterStatus test_dose(const Judged *j, const Cause *cause, const PropterCause *shown, const PropterTests *t, PropterBuf *buf, PropterArena *arena,
                               Evidences *all, PropterError *err) {
  const PropterMetric *m = &j->c.metric->def;
  (void)cause;
  if (!isfinite(t->dose) || !shown->has_dose) return PROPTER_OK;
  propter_buf_printf(buf, "The documented size predicts ");
  say_change(buf, m, shown->predicted);
  propter_buf_add_char(buf, ' ');
  say_when(buf, m->grain, j->c.first, j->c.last);
  propter_buf_printf(buf, "; seen, against the baseline: ");
  say_change(buf, m, shown->actual);
  say_times(buf, t->dose);
  return add_test(all, buf, arena, "size", t->dose, err);
}

/* Mean distance from the usual course in the time after the window that is judged, and what the course of the cause adds there; number of periods. */
static size_t after_window(const Judged *j, const double *path, double *seen, double *adds) {
  const PropterSeries *s = &j->c.metric->series.series;
  const PropterAnswer *a = &j->answer;
  size_t n = 0;
  *seen = *adds = 0;
  for (size_t k = a->window; k < a->periods && j->c.from + k < s->count; k++) {
    const size_t at = j->c.from + k;
    if (!isfinite(s->value[at]) || !isfinite(a->path[k])) continue;
    *seen += s->value[at] - a->path[k], *adds += path ? path[at] : 0, n++;
  }
  if (n) *seen /= (double)n, *adds /= (double)n;
  return n;
}

static PropterStatus test_back(const Judged *j, const PropterTests *t, const double *path, PropterBuf *buf, PropterArena *arena, Evidences *all,
                               PropterError *err) {
  const PropterSeries *s = &j->c.metric->series.series;
  const PropterMetric *m = &j->c.metric->def;
  double seen, adds;
  if (!isfinite(t->back)) return PROPTER_OK;
  const size_t n = after_window(j, path, &seen, &adds);
  if (n) {
    const int32_t first = s->first + (int32_t)j->c.to + 1, last = s->first + (int32_t)(j->c.from + j->answer.periods) - 1;
    propter_buf_printf(buf, "In the time after, ");
    say_period(buf, s->grain, propter_period_first(s->grain, first), propter_period_last(s->grain, last));
    propter_buf_printf(buf, ", the figure stood ");
    say_change(buf, m, seen);
    propter_buf_printf(buf, " from its usual course%s", n > 1 ? " on average" : "");
    if (path) {
      propter_buf_printf(buf, "; the course of the cause predicts ");
      say_change(buf, m, adds);
    }
  } else {
    propter_buf_printf(buf, "What followed the window");
  }
  say_times(buf, t->back);
  return add_test(all, buf, arena, "return", t->back, err);
}

static PropterStatus test_contrast(const Judged *j, const Cause *cause, const PropterTests *t, PropterBuf *buf, PropterArena *arena, Evidences *all,
                                   PropterError *err) {
  if (!isfinite(t->contrast)) return PROPTER_OK;
  if (t->contrast_touched)
    propter_buf_printf(buf, "Event study of %zu other series that it should move, against %zu that it should leave alone", t->contrast_touched,
                       t->contrast_untouched);
  else
    propter_buf_printf(buf,
                       cause->number.controls_in_scope >= .5 ? "Compared with %zu other series, most of which it may move too"
                                                             : "Compared with %zu other series, which it should leave alone",
                       j->c.controls.count);
  say_times(buf, t->contrast);
  return add_test(all, buf, arena, "contrast", t->contrast, err);
}

static PropterStatus test_placebo(const PropterTests *t, PropterBuf *buf, PropterArena *arena, Evidences *all, PropterError *err) {
  if (!isfinite(t->placebo) || t->placebo_shifts <= 0) return PROPTER_OK;
  int as_well = (int)lround(t->placebo_p * (1 + t->placebo_shifts)) - 1;
  propter_buf_printf(buf, "Of %d shifts of its dates in time, %d fit the series as well as the true dates (p = %.3f)", t->placebo_shifts,
                     as_well < 0 ? 0 : as_well, t->placebo_p);
  return add_test(all, buf, arena, "timing", t->placebo, err);
}

static PropterStatus test_course(const Cause *cause, PropterBuf *buf, PropterArena *arena, Evidences *all, PropterError *err) {
  if (cause->course > -1) return PROPTER_OK; /* not worth a line */
  propter_buf_printf(buf, "Outside this window the figures do not follow its documented course");
  say_times(buf, cause->course);
  return add_test(all, buf, arena, "course", cause->course, err);
}

/* What the other events of its kind did is no test of this window, but weighs like one. */
static PropterStatus say_history(const Cause *cause, const PropterCauseScore *score, PropterBuf *buf, PropterArena *arena, Evidences *all, PropterError *err) {
  size_t events = cause->number.pasts;
  if (!events) return PROPTER_OK;
  const long acted = lround(score->acted); /* an expected number: what cannot be told apart from chance counts in part */
  propter_buf_printf(buf, "Of %zu other event%s of this kind ", events, events == 1 ? "" : "s");
  if (acted) propter_buf_printf(buf, "about %ld", acted);
  else propter_buf_printf(buf, "none clearly");
  propter_buf_printf(buf, " moved the same measure this way, each in its own place");
  return add_test(all, buf, arena, "history", score->term[PROPTER_TERM_HISTORY], err);
}

/* What speaks against the cause although no test above says so; without these lines a verdict would rest on nothing that is shown. */
static PropterStatus say_against(const PropterCauseScore *score, const PropterTests *t, PropterBuf *buf, PropterArena *arena, Evidences *all,
                                 PropterError *err) {
  enum { LEAST = 1 }; /* in log odds */
  const double timing = score->term[PROPTER_TERM_TIMING], rivals = score->term[PROPTER_TERM_RIVALS];
  if (timing <= -LEAST && !(t->placebo <= -LEAST)) {
    propter_buf_printf(buf, "How the figure moves within the window, by its dates");
    say_times(buf, timing);
    PROPTER_TRY(add_test(all, buf, arena, "dates", timing, err));
  }
  if (rivals <= -LEAST) {
    propter_buf_printf(buf, "The other causes leave little for it to explain");
    say_times(buf, rivals);
    PROPTER_TRY(add_test(all, buf, arena, "rivals", rivals, err));
  }
  return PROPTER_OK;
}

static PropterStatus add_tests(Judged *j, const Cause *cause, PropterCause *shown, PropterArena *arena, Evidences *all, PropterError *err) {
  const PropterTests *t = &shown->score.tests;
  PropterBuf buf = {.max = 1 << 16};
  double *path = NULL;
  PropterStatus status = PROPTER_OK;
  if (cause->number.effect.has_dose && cause->number.effect.start != PROPTER_NO_DAY) {
    if ((status = dose_path(j, cause, &path, err))) return status;
    shown->predicted = path[j->c.to] - (j->c.from ? path[j->c.from - 1] : 0);
  }
  shown->actual = j->answer.end_deviation;
  if (shown->score.scored) {
    status = test_dose(j, cause, shown, t, &buf, arena, all, err);
    if (!status) status = test_back(j, t, path, &buf, arena, all, err);
    if (!status) status = test_contrast(j, cause, t, &buf, arena, all, err);
    if (!status) status = test_placebo(t, &buf, arena, all, err);
    if (!status) status = test_course(cause, &buf, arena, all, err);
    if (!status) status = say_history(cause, &shown->score, &buf, arena, all, err);
    if (!status) status = say_against(&shown->score, t, &buf, arena, all, err);
  }
  propter_free(path);
  propter_buf_clear(&buf);
  return status;
}

/* --- verdicts ------------------------------------------------------------------------------------------------------------------------------------------ */

static PropterStatus add_verdicts(Judged *j, const Cause *cause, PropterArena *arena, Evidences *all, PropterError *err) {
  static const char *const verdicts[] = {"refuted", "unsure", "confirmed"};
  for (size_t i = 0; i < cause->reviews.count; i++) {
    const KnowReview *r = &j->c.know->reviews.items[cause->reviews.items[i]];
    PropterEvidence e = blank(PROPTER_EVIDENCE_VERDICT);
    e.iri = r->iri;
    e.against = r->verdict < 0;
    e.counted = r->verdict != 0;
    e.text = propter_arena_printf(arena, "%s%s%.*s", verdicts[r->verdict + 1], r->reason.len ? ": " : "", (int)r->reason.len, r->reason.data);
    e.source_text = propter_arena_printf(arena, "%.*s, %.*s, %s", (int)r->reviewer.len, r->reviewer.data, (int)r->time.len, r->time.data,
                                         r->blind ? "before the score was shown" : "after the score was shown");
    if (!e.text.data || !e.source_text.data) return propter_fail(err, PROPTER_NO_MEMORY, "text");
    PROPTER_TRY(push(all, e, err));
  }
  return PROPTER_OK;
}

/* --- one cause ---------------------------------------------------------------------------------------------------------------------------------------------
 */

typedef struct {
  PropterEvidence e;
  size_t order;
} Ordered;

static double size_of(const PropterEvidence *e) { return isfinite(e->weight) ? fabs(e->weight) : 0; }

/* For first; what was counted before what was not; heavier first; else as it came. */
static int by_weight(const void *a, const void *b) {
  const Ordered *x = a, *y = b;
  if (x->e.against != y->e.against) return x->e.against ? 1 : -1;
  if (x->e.counted != y->e.counted) return x->e.counted ? -1 : 1;
  if (x->e.kind != y->e.kind) return x->e.kind < y->e.kind ? -1 : 1;
  if (size_of(&x->e) != size_of(&y->e)) return size_of(&x->e) > size_of(&y->e) ? -1 : 1;
  return x->order < y->order ? -1 : 1;
}

static PropterStatus settle(const Judged *j, Evidences *all, PropterCause *shown, PropterArena *arena, PropterError *err) {
  Ordered *order = propter_calloc(all->count ? all->count : 1, sizeof *order);
  PropterEvidence *kept = propter_arena_alloc(arena, (all->count + 1) * sizeof *kept);
  if (!order || !kept) {
    propter_free(order);
    return propter_fail(err, PROPTER_NO_MEMORY, "%zu pieces of evidence", all->count);
  }
  for (size_t i = 0; i < all->count; i++) order[i] = (Ordered){all->items[i], i};
  if (all->count) qsort(order, all->count, sizeof *order, by_weight);
  size_t n = 0;
  for (size_t i = 0; i < all->count; i++)
    if (j->c.know->options.unlimited || order[i].e.kind != PROPTER_EVIDENCE_QUOTE || n < EVIDENCE_MOST) kept[n++] = order[i].e;
  propter_free(order);
  shown->evidence = kept;
  shown->evidences = n;
  return PROPTER_OK;
}

static PropterStatus show_hops(Judged *j, const Cause *cause, PropterCause *shown, PropterArena *arena, PropterError *err) {
  Know *know = j->c.know;
  if (!cause->hops.count) return PROPTER_OK;
  PropterHop *hops = propter_arena_alloc(arena, cause->hops.count * sizeof *hops);
  if (!hops) return propter_fail(err, PROPTER_NO_MEMORY, "chain");
  for (size_t i = 0; i < cause->hops.count; i++) {
    const Hop *h = &cause->hops.items[i];
    hops[i].belief = h->belief;
    hops[i].claim = h->statement;
    PROPTER_TRY(node_text(know->snapshot, h->cause, arena, &hops[i].cause, err));
    PROPTER_TRY(label_of(know->snapshot, know->v, h->cause, arena, &hops[i].cause_label, err));
    hops[i].effect = cause->iri;
    hops[i].effect_label = cause->label;
    if (!h->effect || h->effect == cause->id) continue;
    PROPTER_TRY(node_text(know->snapshot, h->effect, arena, &hops[i].effect, err));
    PROPTER_TRY(label_of(know->snapshot, know->v, h->effect, arena, &hops[i].effect_label, err));
  }
  shown->hop = hops;
  shown->hops = cause->hops.count;
  return PROPTER_OK;
}

static PropterChannel main_channel(const Judged *j, const Cause *cause) {
  const PropterScoreOptions *o = &j->c.know->options.score;
  PropterChannel best = PROPTER_CHANNEL_TEXT;
  double most = -1;
  for (int k = 0; k < PROPTER_CHANNELS; k++) {
    double total = 0;
    for (size_t i = 0; i < j->c.scored; i++) total += j->c.causes.items[i].number.weight[k];
    double share = total > 0 ? o->budget[k] * cause->number.weight[k] / total : 0;
    if (share > most) most = share, best = (PropterChannel)k;
  }
  return best;
}

static PropterStatus show_cause(Judged *j, size_t index, PropterInference *out, PropterCause *shown, PropterError *err) {
  Know *know = j->c.know;
  const Cause *cause = &j->c.causes.items[index];
  const KnowEvent *root = cause->root == SIZE_MAX ? NULL : &know->events.items[cause->root];
  PropterArena *arena = &out->arena;
  Evidences all = {0};
  *shown = (PropterCause){.iri = cause->iri,
                          .label = cause->label,
                          .kind_label = none,
                          .start = PROPTER_NO_DAY,
                          .end = PROPTER_NO_DAY,
                          .scope_label = none,
                          .dose_source = none,
                          .predicted = NAN,
                          .actual = NAN,
                          .inseparable_from = none,
                          .score = j->answer.cause[index]};
  shown->channel = main_channel(j, cause);
  shown->has_dose = cause->number.effect.has_dose;
  shown->profile = cause->number.effect.profile;
  shown->dose = cause->number.effect.dose;
  if (root) {
    shown->kind_label = root->kind_label;
    shown->start = root->start;
    shown->end = root->end;
    shown->documented = !root->told;
    if (shown->has_dose) shown->dose_source = root->dose_source;
    PROPTER_TRY(scope_words(know, &root->scope, arena, &shown->scope_label, err));
  }
  PropterStr *alias = propter_arena_alloc(arena, (cause->members.count + 1) * sizeof *alias),
             *alias_label = propter_arena_alloc(arena, (cause->members.count + 1) * sizeof *alias_label);
  if (!alias || !alias_label) return propter_fail(err, PROPTER_NO_MEMORY, "aliases");
  for (size_t i = 0; i < cause->members.count; i++)
    if (cause->members.items[i] != cause->root) {
      alias[shown->aliases] = know->events.items[cause->members.items[i]].iri;
      alias_label[shown->aliases++] = know->events.items[cause->members.items[i]].label;
    }
  shown->alias = alias;
  shown->alias_label = alias_label;
  if (shown->score.inseparable_from >= 0) shown->inseparable_from = j->c.causes.items[shown->score.inseparable_from].label;
  shown->hypothesis = hypothesis_iri(j->c.pattern, cause->iri, arena);
  if (!shown->hypothesis.data) return propter_fail(err, PROPTER_NO_MEMORY, "name of a hypothesis");
  PropterStatus status = show_hops(j, cause, shown, arena, err);
  if (!status) status = add_quotes(j, cause, arena, &all, err);
  if (!status) status = add_told(j, cause, arena, &all, err);
  if (!status) status = add_events(j, cause, arena, &all, err);
  if (!status) status = add_links(j, cause, &all, err);
  if (!status) status = add_tests(j, cause, shown, arena, &all, err);
  if (!status && shown->score.scored) status = add_rows(j, out, cause, &all, err);
  if (!status) status = add_verdicts(j, cause, arena, &all, err);
  if (!status) status = settle(j, &all, shown, arena, err);
  propter_vec_clear(&all);
  return status;
}

/* A holiday whose usual effect is expected is no cause of what is left, unless more of it may be: what it always does must not read as denied. */
static PropterStatus beyond_usual(const Judged *j, size_t index, PropterInference *out, PropterCause *shown, bool *kept, PropterError *err) {
  const size_t root = j->c.causes.items[index].root;
  const KnowEvent *e = root == SIZE_MAX ? NULL : &j->c.know->events.items[root];
  *kept = true;
  if (!out->usual_cause.len || !e || !e->holiday) return PROPTER_OK;
  *kept = shown->score.p >= likely_from("possible");
  shown->label = propter_arena_printf(&out->arena, "%.*s (beyond its usual effect)", (int)e->label.len, e->label.data);
  return shown->label.data ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "a cause");
}

static int by_rank(const void *a, const void *b) { return ((const PropterCause *)a)->score.rank - ((const PropterCause *)b)->score.rank; }

static PropterStatus show_excluded(Judged *j, PropterInference *out, PropterError *err) {
  const Know *know = j->c.know;
  size_t n = j->c.causes.count - j->c.allowed;
  PropterStr *label = propter_arena_alloc(&out->arena, (n + 1) * sizeof *label), *reason = propter_arena_alloc(&out->arena, (n + 1) * sizeof *reason);
  if (!label || !reason) return propter_fail(err, PROPTER_NO_MEMORY, "excluded causes");
  for (size_t i = 0; i < n; i++) {
    const Cause *cause = &j->c.causes.items[j->c.allowed + i];
    label[i] = cause->label;
    reason[i] = know->links.items[cause->forbidden_by].reason;
    if (!reason[i].len) reason[i] = PROPTER_STR("stated as impossible");
    if (cause->links.count) {
      reason[i] = propter_arena_printf(&out->arena, "%.*s (another statement requires it; a prohibition wins)", (int)reason[i].len, reason[i].data);
      if (!reason[i].data) return propter_fail(err, PROPTER_NO_MEMORY, "text");
    }
  }
  out->excluded_label = label;
  out->excluded_reason = reason;
  out->excluded = n;
  return PROPTER_OK;
}

PropterStatus evidence_of(Judged *j, PropterInference *out, PropterError *err) {
  size_t n = j->answer.causes < j->c.allowed ? j->answer.causes : j->c.allowed;
  PropterCause *causes = propter_arena_alloc(&out->arena, (n + 1) * sizeof *causes);
  if (!causes) return propter_fail(err, PROPTER_NO_MEMORY, "%zu causes", n);
  size_t shown = 0;
  for (size_t i = 0; i < n; i++) {
    bool kept;
    PROPTER_TRY(show_cause(j, i, out, &causes[shown], err));
    PROPTER_TRY(beyond_usual(j, i, out, &causes[shown], &kept, err));
    shown += kept;
  }
  if (shown) qsort(causes, shown, sizeof *causes, by_rank);
  out->cause = causes;
  out->causes = shown;
  return show_excluded(j, out, err);
}
