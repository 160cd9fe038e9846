/* SPDX-License-Identifier: Apache-2.0 */
/* What two runs say differently about causes, as text or JSON. */
#include <math.h>

#include "propter/changed.h"
#include "propter/math.h"
#include "render.h"

static const double least_term = .05; /* of a term's change that is worth a word */

/* "DataOnly" is data only. */
static void put_words(PropterBuf *out, PropterStr name) {
  for (size_t i = 0; i < name.len; i++) {
    const bool upper = name.data[i] >= 'A' && name.data[i] <= 'Z';
    if (upper && i) propter_buf_add_char(out, ' ');
    propter_buf_add_char(out, upper ? (char)(name.data[i] + 32) : name.data[i]);
  }
  if (!name.len) propter_buf_add_char(out, '-');
}

/* Nothing where both say the same. */
static void put_step(PropterBuf *out, const char *name, PropterStr before, PropterStr after, bool *any) {
  if (propter_str_equal(before, after)) return;
  propter_buf_printf(out, "%s%s ", *any ? "   " : "            ", name);
  put_words(out, before);
  propter_buf_add(out, PROPTER_STR(" > "));
  put_words(out, after);
  *any = true;
}

/* Words, as in answers: a number is for who has a track record to judge it by (JSON has it). */
static PropterStr likely(const PropterHeld *x) {
  return x->held && isfinite(x->p) ? propter_str(propter_likelihood_words(x->p)) : PROPTER_STR("");
}

static void put_terms(PropterBuf *out, const PropterHeld *a, const PropterHeld *b) {
  bool any = false;
  const double prior = propter_logit(b->prior) - propter_logit(a->prior);
  for (int k = -1; k < PROPTER_TERMS; k++) {
    const double change = k < 0 ? prior : b->term[k] - a->term[k];
    if (!(fabs(change) >= least_term)) continue;
    propter_buf_printf(out, "%s%s %+.2f", any ? ", " : "            since ", k < 0 ? "prior" : propter_score_term_name((PropterScoreTerm)k), change);
    any = true;
  }
  if (any) propter_buf_add_char(out, '\n');
}

static void put_where(PropterBuf *out, PropterStr metric, PropterDay first, PropterDay last) {
  propter_put_line(out, metric);
  propter_buf_add(out, PROPTER_STR(", "));
  if (first != PROPTER_NO_DAY) why_put_day(out, first);
  propter_buf_add(out, PROPTER_STR(" to "));
  if (last != PROPTER_NO_DAY) why_put_day(out, last);
}

/* Probabilities and what they are made of; the terms say where a change comes from, since they add up to it in log odds. */
static void put_cause(PropterBuf *out, const PropterChangedCause *x) {
  const PropterHeld *a = &x->before, *b = &x->after;
  propter_buf_printf(out, "%-8s  ", !a->held ? "new" : !b->held ? "gone" : "changed");
  put_where(out, x->metric_label, x->first, x->last);
  propter_buf_add(out, PROPTER_STR(": "));
  propter_put_line(out, x->cause_label);
  propter_buf_add_char(out, '\n');
  bool any = false;
  put_step(out, "likely?", likely(a), likely(b), &any);
  put_step(out, "grade", a->grade, b->grade, &any);
  put_step(out, "outcome", a->outcome, b->outcome, &any);
  if (any) propter_buf_add_char(out, '\n');
  if (a->held && b->held) put_terms(out, a, b);
  for (size_t i = 0; i < x->evidences; i++) {
    propter_buf_printf(out, "            %c %s", x->evidence[i].now ? '+' : '-', x->evidence[i].against ? "against: " : "");
    propter_put_line(out, x->evidence[i].text);
    propter_buf_add_char(out, '\n');
  }
}

/* Moves for which nothing names a cause. */
static void put_moves(PropterBuf *out, const PropterResultChanges *x, size_t limit) {
  if (!x->moves) return;
  propter_buf_printf(out, "moves     %zu changed of which nothing names a cause\n", x->moves);
  for (size_t i = 0; i < x->moves && i < limit; i++) {
    propter_buf_printf(out, "%-8s  ", x->move[i].now ? "new" : "gone");
    put_where(out, x->move[i].metric_label, x->move[i].first, x->move[i].last);
    propter_buf_add_char(out, '\n');
  }
  if (x->moves > limit) propter_buf_printf(out, "          %zu more (--limit)\n", x->moves - limit);
}

static void as_text(PropterBuf *out, const PropterResultChanges *x, size_t limit) {
  const PropterRunInfo *first = x->from, *last = x->to;
  if (first->sequence > last->sequence) first = x->to, last = x->from;
  propter_buf_add(out, PROPTER_STR("from      ")), propter_put_line(out, x->from->name);
  propter_buf_add(out, PROPTER_STR("\nto        ")), propter_put_line(out, x->to->name);
  propter_buf_add_char(out, '\n');
  for (size_t i = 0; i < x->runs.count; i++) {
    const PropterRunInfo *run = &x->runs.items[i];
    if (run->sequence <= first->sequence || run->sequence > last->sequence) continue;
    propter_buf_add(out, PROPTER_STR("between   ")), propter_put_line(out, run->name);
    propter_buf_add(out, PROPTER_STR(": ")), propter_put_line(out, run->kind);
    propter_buf_add(out, PROPTER_STR(", ")), why_put_number(out, (double)run->added, 0);
    propter_buf_add(out, PROPTER_STR(" statements added, ")), why_put_number(out, (double)run->removed, 0);
    propter_buf_add(out, PROPTER_STR(" removed\n"));
  }
  propter_buf_printf(out, "causes    %zu changed, %zu as before\n", x->count, x->same);
  for (size_t i = 0; i < x->count && i < limit; i++) put_cause(out, &x->cause[i]);
  if (x->count > limit) propter_buf_printf(out, "          %zu more (--limit)\n", x->count - limit);
  put_moves(out, x, limit);
}

static void member(PropterBuf *out, const char *name, PropterStr text) {
  propter_buf_add(out, propter_str(name));
  propter_put_json(out, text);
}

static void json_number(PropterBuf *out, const char *name, double value) {
  propter_buf_printf(out, ",\"%s\":", name);
  if (isfinite(value)) propter_buf_printf(out, "%.6f", value);
  else propter_buf_add(out, PROPTER_STR("null"));
}

static void json_day(PropterBuf *out, const char *name, PropterDay day) {
  if (day == PROPTER_NO_DAY) return;
  propter_buf_printf(out, ",\"%s\":\"", name);
  why_put_day(out, day);
  propter_buf_add_char(out, '"');
}

static void json_held(PropterBuf *out, const char *name, const PropterHeld *x) {
  propter_buf_printf(out, ",\"%s\":%s", name, x->held ? "{" : "null");
  if (!x->held) return;
  member(out, "\"grade\":", x->grade);
  member(out, ",\"outcome\":", x->outcome);
  json_number(out, "probability", x->p);
  json_number(out, "prior", x->prior);
  for (int k = 0; k < PROPTER_TERMS; k++) json_number(out, propter_score_term_name((PropterScoreTerm)k), x->term[k]);
  propter_buf_add_char(out, '}');
}

static void json_cause(PropterBuf *out, const PropterChangedCause *c) {
  member(out, "{\"hypothesis\":", c->hypothesis);
  member(out, ",\"metric\":", c->metric);
  member(out, ",\"cause\":", c->cause);
  member(out, ",\"label\":", c->cause_label);
  json_day(out, "first", c->first);
  json_day(out, "last", c->last);
  json_held(out, "before", &c->before);
  json_held(out, "after", &c->after);
  propter_buf_add(out, PROPTER_STR(",\"evidence\":["));
  for (size_t k = 0; k < c->evidences; k++) {
    const PropterEvidenceChange *e = &c->evidence[k];
    propter_buf_printf(out, "%s{\"now\":%s,\"against\":%s", k ? "," : "", e->now ? "true" : "false", e->against ? "true" : "false");
    member(out, ",\"text\":", e->text);
    member(out, ",\"source\":", e->source);
    propter_buf_add_char(out, '}');
  }
  propter_buf_add(out, PROPTER_STR("]}"));
}

static void as_json(PropterBuf *out, const PropterResultChanges *x) {
  member(out, "{\"from\":", x->from->iri);
  member(out, ",\"to\":", x->to->iri);
  propter_buf_printf(out, ",\"same\":%zu,\"changed\":[", x->same);
  for (size_t i = 0; i < x->count; i++) {
    if (i) propter_buf_add_char(out, ',');
    json_cause(out, &x->cause[i]);
  }
  propter_buf_add(out, PROPTER_STR("],\"moves\":["));
  for (size_t i = 0; i < x->moves; i++) {
    const PropterChangedMove *m = &x->move[i];
    propter_buf_printf(out, "%s{\"now\":%s", i ? "," : "", m->now ? "true" : "false");
    member(out, ",\"pattern\":", m->pattern);
    member(out, ",\"metric\":", m->metric);
    json_day(out, "first", m->first);
    json_day(out, "last", m->last);
    propter_buf_add_char(out, '}');
  }
  propter_buf_add(out, PROPTER_STR("]}\n"));
}

PropterStatus propter_why_changes(PropterSnapshot *snapshot, PropterStr from, PropterStr to, bool json, size_t limit, PropterBuf *out, PropterError *err) {
  PropterResultChanges changes;
  PROPTER_TRY(propter_result_changes(snapshot, from, to, &changes, err));
  if (json) as_json(out, &changes);
  else as_text(out, &changes, limit);
  propter_result_changes_clear(&changes);
  return propter_buf_status(out, err);
}
