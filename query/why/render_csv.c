/* SPDX-License-Identifier: Apache-2.0 */
/* The causes as a table (RFC 4180, but lines end in LF): one row each, the unknown cause last; an answer without causes has its header and one row with the
 * outcome. Probabilities only with --numbers or once calibrated. */
#include <math.h>

#include "render.h"

static void comma(PropterBuf *out) { propter_buf_add_char(out, ','); }
static void field(PropterBuf *out, PropterStr text) { propter_put_csv(out, text), comma(out); }
static void value(PropterBuf *out, double v) { why_put_plain(out, v, ""), comma(out); }

static void front(const PropterWhyAnswer *a, PropterBuf *out) {
  const PropterInference *f = a->inference;
  field(out, propter_str(propter_answer_outcome_name(a->outcome)));
  field(out, f ? f->metric.iri : a->question.metric_iri);
  if (f) why_put_day(out, f->first), comma(out), why_put_day(out, f->last), comma(out);
  else comma(out), comma(out);
}

static void chance(const PropterWhyAnswer *a, PropterBuf *out, double p) {
  bool show = a->options.numbers || (a->inference && a->inference->calibrated);
  value(out, show ? p : NAN);
}

PropterStatus why_render_csv(const PropterWhyAnswer *a, PropterBuf *out, PropterError *err) {
  (void)err;
  const PropterInference *f = a->inference;
  propter_buf_add(
      out, PROPTER_STR(
               "outcome,metric,from,to,rank,cause,label,start,end,likely,probability,share,share_low,share_high,grade,quote,document,characters,data,rows\n"));
  if (!f) {
    front(a, out);
    propter_buf_add(out, PROPTER_STR(",,")), propter_put_csv(out, a->headline), propter_buf_add(out, PROPTER_STR(",,,,,,,,,,,,,\n"));
    return PROPTER_OK;
  }
  for (size_t i = 0; i < a->causes; i++) {
    const PropterWhyCause *w = &a->cause[i];
    const PropterCauseScore *s = &w->cause->score;
    const PropterEvidence *q = w->quotes ? w->quote[0] : NULL;
    front(a, out), propter_buf_printf(out, "%zu,", i + 1), field(out, w->cause->iri), field(out, w->cause->label);
    if (w->cause->start != PROPTER_NO_DAY) why_put_day(out, w->cause->start);
    comma(out);
    if (w->cause->end != PROPTER_NO_DAY) why_put_day(out, w->cause->end);
    comma(out), field(out, propter_str(w->likely)), chance(a, out, s->p);
    value(out, s->share_identified ? s->share : NAN), value(out, s->share_identified ? s->share_low : NAN),
        value(out, s->share_identified ? s->share_high : NAN);
    field(out, w->grade), field(out, q ? q->text : (PropterStr){"", 0}), field(out, q ? (q->path.len ? q->path : q->document) : (PropterStr){"", 0});
    if (q) propter_buf_printf(out, "\"%llu-%llu\"", (unsigned long long)q->char_start, (unsigned long long)q->char_end);
    comma(out), field(out, w->data), propter_put_csv(out, w->rows), propter_buf_add_char(out, '\n');
  }
  front(a, out), propter_buf_add(out, PROPTER_STR(",,")),
      field(out, a->outcome == PROPTER_ANSWER_ANSWERED || a->outcome == PROPTER_ANSWER_CAUSE_UNKNOWN ? PROPTER_STR("unknown cause") : f->reason);
  comma(out), comma(out);
  if (a->outcome == PROPTER_ANSWER_ANSWERED || a->outcome == PROPTER_ANSWER_CAUSE_UNKNOWN)
    field(out, propter_str(propter_likelihood_words(f->p_unknown))), chance(a, out, f->p_unknown), value(out, f->unknown_share);
  else
    comma(out), comma(out), comma(out);
  propter_buf_add(out, PROPTER_STR(",,,,,,,")), propter_put_csv(out, a->rows), propter_buf_add_char(out, '\n');
  return PROPTER_OK;
}
