/* SPDX-License-Identifier: Apache-2.0 */
/* The answer as a table (RFC 4180, but lines end in LF): a row for each cause, for the unknown cause, and for each part that carries some of the deviation; an
 * answer without causes has one row that says why. `row` says which it is. Probabilities only with --numbers or once calibrated. */
#include <math.h>

#include "render.h"

static const char header[] =
    "outcome,metric,from,to,observed,expected,deviation,n,row,rank,cause,label,start,end,likely,probability,share,share_low,share_high,grade,"
    "quote,document,characters,data,rows,controllable,owner,next_step\n";

/* One row; what is empty or no number stays empty. */
typedef struct {
  const char *row;
  size_t rank; /* 0: none */
  PropterStr cause, label;
  PropterDay start, end;
  const char *likely;
  double probability, share, low, high, observed, expected, deviation;
  PropterStr grade, data, rows, owner, next_step;
  const char *controllable;
  const PropterEvidence *quote;
} Row;

static void comma(PropterBuf *out) { propter_buf_add_char(out, ','); }
static void field(PropterBuf *out, PropterStr text) {
  propter_put_csv_line(out, text), comma(out);
}
static void value(PropterBuf *out, double v) { why_put_plain(out, v, ""), comma(out); }
static void day(PropterBuf *out, PropterDay d) {
  if (d != PROPTER_NO_DAY) why_put_day(out, d);
  comma(out);
}

static void put(const PropterWhyAnswer *a, const Row *r, PropterBuf *out) {
  const PropterInference *f = a->inference;
  const PropterEvidence *q = r->quote;
  bool chance = a->options.numbers || (f && f->calibrated);
  field(out, propter_str(propter_answer_outcome_name(a->outcome))), field(out, f ? f->metric.iri : a->question.metric_iri);
  day(out, f ? f->first : PROPTER_NO_DAY), day(out, f ? f->last : PROPTER_NO_DAY);
  value(out, r->observed), value(out, r->expected), value(out, r->deviation);
  if (f) propter_buf_printf(out, "%zu", f->usable);
  comma(out), field(out, propter_str(r->row));
  if (r->rank) propter_buf_printf(out, "%zu", r->rank);
  comma(out), field(out, r->cause), field(out, r->label), day(out, r->start), day(out, r->end), field(out, propter_str(r->likely));
  value(out, chance ? r->probability : NAN), value(out, r->share), value(out, r->low), value(out, r->high), field(out, r->grade);
  field(out, q ? q->text : PROPTER_STR("")), field(out, q ? (q->path.len ? q->path : q->document) : PROPTER_STR(""));
  if (q) propter_buf_printf(out, "%llu-%llu", (unsigned long long)q->char_start, (unsigned long long)q->char_end);
  comma(out), field(out, r->data), field(out, r->rows), field(out, propter_str(r->controllable)), field(out, r->owner);
  propter_put_csv_line(out, r->next_step);
  propter_buf_add_char(out, '\n');
}

static Row row(const PropterWhyAnswer *a, const char *kind) {
  const PropterInference *f = a->inference;
  bool judged = f && a->outcome != PROPTER_ANSWER_NOT_TESTABLE;
  return (Row){.row = kind, .start = PROPTER_NO_DAY, .end = PROPTER_NO_DAY, .probability = NAN, .share = NAN, .low = NAN, .high = NAN,
               .observed = judged ? f->observed : NAN, .expected = judged ? f->expected : NAN, .deviation = judged ? f->deviation : NAN};
}

static void put_cause(const PropterWhyAnswer *a, size_t i, PropterBuf *out) {
  const PropterWhyCause *w = &a->cause[i];
  const PropterCauseScore *s = &w->cause->score;
  Row r = row(a, "cause");
  r.rank = i + 1, r.cause = w->cause->iri, r.label = w->cause->label, r.start = w->cause->start, r.end = w->cause->end;
  r.likely = w->likely, r.probability = s->p, r.grade = w->grade, r.data = w->data, r.rows = w->rows, r.quote = w->quotes ? w->quote[0] : NULL;
  if (s->share_identified) r.share = s->share, r.low = s->share_low, r.high = s->share_high;
  r.controllable = w->controllable > 0 ? "true" : w->controllable < 0 ? "false" : "", r.owner = w->owner, r.next_step = w->next_step;
  put(a, &r, out);
}

/* The last row: what is left for causes nobody knows, or why there is no answer and what would help. */
static void put_rest(const PropterWhyAnswer *a, PropterBuf *out) {
  const PropterInference *f = a->inference;
  bool unknown = a->outcome == PROPTER_ANSWER_ANSWERED || a->outcome == PROPTER_ANSWER_CAUSE_UNKNOWN;
  Row r = row(a, unknown ? "unknown" : "none");
  r.label = unknown ? PROPTER_STR("unknown cause") : f ? f->reason : a->headline, r.rows = a->rows;
  if (unknown) r.likely = propter_likelihood_words(f->p_unknown), r.probability = f->p_unknown, r.share = f->unknown_share;
  PropterBuf help = {0};
  for (int i = 0; i < PROPTER_GATES && a->status == PROPTER_DECLINED; i++)
    if (a->gate[i].help.len) propter_buf_add(&help, help.len ? PROPTER_STR("; ") : PROPTER_STR("")), propter_buf_add(&help, a->gate[i].help);
  r.next_step = propter_buf_str(&help);
  put(a, &r, out);
  why_drop(out, &help);
}

PropterStatus why_render_csv(const PropterWhyAnswer *a, PropterBuf *out, PropterError *err) {
  (void)err;
  propter_buf_add(out, propter_str(header));
  for (size_t i = 0; i < a->causes; i++) put_cause(a, i, out);
  put_rest(a, out);
  for (size_t i = 0; i < a->parts; i++) {
    const PropterPart *p = &a->part[i];
    Row r = row(a, "part");
    r.cause = p->metric, r.label = p->label, r.share = p->share;
    r.observed = p->observed, r.expected = p->expected, r.deviation = p->observed - p->expected;
    put(a, &r, out);
  }
  return PROPTER_OK;
}
