/* SPDX-License-Identifier: Apache-2.0 */
/* The terminal: words first, one screen, numbers on demand. */
#include <math.h>

#include "render.h"

enum { LABEL = 12, QUOTE = 160, NAME_MOST = 60 };

static void label(PropterBuf *out, const char *text) { propter_buf_printf(out, "%-*s%s", LABEL, text, strlen(text) < LABEL ? "" : " "); }

static void line(PropterBuf *out, const char *name, PropterStr text) {
  if (!text.len) return;
  label(out, name), propter_put_line(out, text), propter_buf_add_char(out, '\n');
}

static void quote(const PropterEvidence *e, PropterBuf *out) {
  if (e->kind == PROPTER_EVIDENCE_QUOTE) {
    propter_buf_add_char(out, '"'), propter_put_line_cut(out, e->text, QUOTE), propter_buf_add(out, PROPTER_STR("\"    "));
    PropterBuf place = {0};
    why_put_place(&place, e);
    propter_put_line(out, propter_buf_str(&place));
    why_drop(out, &place);
  } else {
    propter_put_line(out, e->text);
    if (e->source_text.len) propter_buf_add(out, PROPTER_STR("    ")), propter_put_line(out, e->source_text);
  }
}

static void numbers(const PropterWhyCause *w, const PropterWhyAnswer *a, PropterBuf *out) {
  const PropterCauseScore *s = &w->cause->score;
  propter_buf_add(out, PROPTER_STR("     number P "));
  why_put_probability(out, s->p), propter_buf_add(out, PROPTER_STR(" = happened ")), why_put_probability(out, s->happened);
  propter_buf_add(out, PROPTER_STR(" \xC3\x97 mattered ")), why_put_probability(out, s->mattered), propter_buf_add(out, PROPTER_STR("; prior ")),
      why_put_probability(out, s->prior);
  if (isfinite(s->effect)) {
    int d = why_answer_decimals(a);
    propter_buf_add(out, PROPTER_STR("; effect ")), why_put_signed(out, s->effect, d);
    if (isfinite(s->effect_low) && isfinite(s->effect_high))
      propter_buf_add(out, PROPTER_STR(" (")), why_put_signed(out, s->effect_low, d), propter_buf_add(out, PROPTER_STR(" to ")),
          why_put_signed(out, s->effect_high, d), propter_buf_add_char(out, ')');
    why_put_unit(out, a, propter_put_line);
  }
  propter_buf_add_char(out, '\n');
}

static void terms(const PropterWhyCause *w, PropterBuf *out) {
  const PropterCauseScore *s = &w->cause->score;
  double prior = log(s->prior / (1 - s->prior)), sum = prior;
  propter_buf_add(out, PROPTER_STR("     score  log odds: prior ")), why_put_signed(out, prior, 2);
  for (int t = 0; t < PROPTER_TERMS; t++) {
    if (s->term[t] == 0) continue;
    propter_buf_printf(out, ", %s ", propter_score_term_name((PropterScoreTerm)t)), why_put_signed(out, s->term[t], 2);
    sum += s->term[t];
  }
  propter_buf_add(out, PROPTER_STR(" = ")), why_put_signed(out, sum, 2), propter_buf_add(out, PROPTER_STR(", that is P ")),
      why_put_probability(out, 1 / (1 + exp(-sum)));
  propter_buf_add_char(out, '\n');
}

static void evidence(const PropterWhyCause *w, const PropterWhyAnswer *a, PropterBuf *out) {
  const PropterCause *c = w->cause;
  for (size_t k = 0; k < c->hops; k++) {
    propter_buf_add(out, PROPTER_STR("     chain  ")), propter_put_line(out, c->hop[k].cause_label), propter_buf_add(out, PROPTER_STR(" \xE2\x86\x92 ")),
        propter_put_line(out, c->hop[k].effect_label);
    propter_buf_printf(out, " (believed %.2f)\n", c->hop[k].belief);
  }
  size_t shown = w->quotes < 3 ? w->quotes : 3;
  for (size_t k = 0; k < shown; k++) propter_buf_add(out, PROPTER_STR("     says   ")), quote(w->quote[k], out), propter_buf_add_char(out, '\n');
  if (w->quotes > shown) propter_buf_printf(out, "            and %zu more\n", w->quotes - shown);
  for (size_t k = 0; k < w->facts && k < 3; k++) propter_buf_add(out, PROPTER_STR("     fact   ")), quote(w->fact[k], out), propter_buf_add_char(out, '\n');
  for (size_t k = 0; k < w->tests; k++)
    propter_buf_add(out, k ? PROPTER_STR("            ") : PROPTER_STR("     data   ")), propter_put_line(out, w->test[k]->text),
        propter_buf_add_char(out, '\n');
  if (why_new_rows(a, w)) propter_buf_add(out, PROPTER_STR("     rows   ")), propter_buf_add(out, w->rows), propter_buf_add_char(out, '\n');
  for (size_t k = 0; k < w->objections && k < 3; k++) {
    propter_buf_add(out, PROPTER_STR("     but    ")), quote(w->objection[k], out);
    if (w->objection[k]->reason.len) propter_buf_add(out, PROPTER_STR(": ")), propter_put_line(out, w->objection[k]->reason);
    propter_buf_add_char(out, '\n');
  }
  if (w->controllable || w->owner.len || w->next_step.len) {
    propter_buf_add(out, PROPTER_STR("     act    ")), propter_buf_add(out, propter_str(why_controllable(w)));
    if (w->owner.len) propter_buf_add(out, PROPTER_STR("; decides: ")), propter_put_line(out, w->owner);
    if (w->next_step.len) propter_buf_add(out, PROPTER_STR("; next: ")), propter_put_line(out, w->next_step);
    propter_buf_add_char(out, '\n');
  }
  if (a->options.numbers) numbers(w, a, out);
  if (a->options.explain) terms(w, out);
}

static void cell(PropterBuf *out, PropterStr text, size_t width) {
  propter_put_line(out, text);
  size_t w = why_text_width(text);
  why_put_pad(out, w < width ? width - w : 2);
}

static void likely(PropterBuf *out, const PropterWhyAnswer *a, const char *words, double p, size_t width) {
  PropterBuf t = {0};
  propter_buf_add(&t, propter_str(words));
  if (a->options.numbers || (a->inference && a->inference->calibrated)) propter_buf_add_char(&t, ' '), why_put_probability(&t, p);
  cell(out, propter_buf_str(&t), width);
  why_drop(out, &t);
}

static void causes(const PropterWhyAnswer *a, PropterBuf *out) {
  const PropterInference *f = a->inference;
  if (!f || a->outcome == PROPTER_ANSWER_NOT_TESTABLE) return;
  if (a->outcome == PROPTER_ANSWER_DID_NOT_MOVE) {
    for (size_t i = 0; i < a->causes; i++) {
      label(out, i == 0 ? "no mark of" : ""); /* also of what has no date, and so cannot be said to have been in force */
      propter_put_line(out, a->cause[i].name);
      if (a->cause[i].finding) propter_buf_printf(out, ": %s, ", a->cause[i].finding), propter_put_line(out, a->cause[i].finding_text);
      propter_buf_add_char(out, '\n');
    }
    if (a->despite.finding) {
      label(out, "despite"), propter_buf_add(out, a->despite.label), propter_buf_printf(out, ": %s, ", a->despite.finding);
      propter_buf_add(out, a->despite.text), propter_buf_add_char(out, '\n');
    }
    return;
  }
  size_t name = 33;
  for (size_t i = 0; i < a->causes; i++) {
    size_t w = why_text_width(a->cause[i].name);
    if (w > name && w <= NAME_MOST) name = w;
  }
  const char *title = a->outcome == PROPTER_ANSWER_ANSWERED ? "causes" : "considered";
  size_t chance = a->options.numbers || f->calibrated ? 19 : 14;
  propter_buf_add(out, propter_str(title)), why_put_pad(out, name + 5 - strlen(title));
  cell(out, PROPTER_STR("likely?"), chance);
  propter_buf_add(out, PROPTER_STR("share of the change    grade\n"));
  for (size_t i = 0; i < a->causes; i++) {
    const PropterWhyCause *w = &a->cause[i];
    propter_buf_printf(out, "%2zu ", i + 1);
    propter_put_line(out, w->name);
    size_t width = why_text_width(w->name);
    if (width > name) propter_buf_add_char(out, '\n'), why_put_pad(out, name + 5);
    else why_put_pad(out, name + 2 - width);
    likely(out, a, w->likely, w->cause->score.p, chance);
    cell(out, w->share, 23);
    propter_buf_add(out, w->grade), propter_buf_add_char(out, '\n');
    evidence(w, a, out);
  }
  propter_buf_add(out, PROPTER_STR("   unknown cause")), why_put_pad(out, name - 11);
  likely(out, a, propter_likelihood_words(f->p_unknown), f->p_unknown, chance);
  why_put_rest(out, f);
  while (out->len && out->data[out->len - 1] == ' ') out->data[--out->len] = 0;
  propter_buf_add_char(out, '\n');
  if (why_may_be_chance(f)) {
    propter_buf_add(out, PROPTER_STR("   chance, no cause")), why_put_pad(out, name - 14);
    likely(out, a, propter_likelihood_words(f->p_none), f->p_none, chance);
    while (out->len && out->data[out->len - 1] == ' ') out->data[--out->len] = 0;
    propter_buf_add_char(out, '\n');
  }
  if (a->others) {
    propter_buf_add(out, PROPTER_STR("   also considered: "));
    for (size_t i = 0; i < a->others && i < 8; i++)
      propter_buf_add(out, i ? PROPTER_STR("; ") : PROPTER_STR("")), propter_put_line(out, f->cause[a->causes + i].label);
    if (a->others > 8) propter_buf_printf(out, " and %zu more", a->others - 8);
    propter_buf_add_char(out, '\n');
  }
}

/* The table of all members of the dimension asked for. */
static void members(const PropterWhyAnswer *a, size_t widest, PropterBuf *out) {
  enum { FIGURE = 12 };
  label(out, "where"), cell(out, a->question.by_label, widest + 2);
  for (int c = 0; c < WHY_MEMBER_COLUMNS; c++) {
    if (c + 1 < WHY_MEMBER_COLUMNS) cell(out, propter_str(why_member_column[c]), FIGURE);
    else propter_buf_printf(out, "%s\n", why_member_column[c]);
  }
  for (size_t i = 0; i < a->parts; i++) {
    label(out, ""), cell(out, a->part[i].label, widest + 2);
    for (int c = 0; c < WHY_MEMBER_COLUMNS; c++) {
      PropterBuf t = {0};
      why_put_member(&t, a, &a->part[i], c);
      if (c + 1 < WHY_MEMBER_COLUMNS) cell(out, propter_buf_str(&t), FIGURE);
      else propter_buf_add(out, propter_buf_str(&t)), propter_buf_add_char(out, '\n');
      why_drop(out, &t);
    }
  }
}

static void where(const PropterWhyAnswer *a, PropterBuf *out) {
  size_t widest = a->members ? why_text_width(a->question.by_label) : 0;
  for (size_t i = 0; i < a->parts; i++) {
    size_t w = why_text_width(a->part[i].label) + 2 * why_part_depth(a, i);
    if (w > widest && w <= NAME_MOST) widest = w;
  }
  if (a->members) {
    members(a, widest, out);
    return;
  }
  for (size_t i = 0; i < a->parts; i++) {
    size_t indent = 2 * why_part_depth(a, i);
    label(out, i ? "" : "where"), why_put_pad(out, indent);
    cell(out, a->part[i].label, widest + 2 - indent);
    why_put_part(out, a, &a->part[i], propter_put_line), propter_buf_add_char(out, '\n');
  }
}

static void upstream(const PropterWhyAnswer *a, PropterBuf *out) {
  for (size_t i = 0; i < a->upstreams; i++) {
    label(out, i ? "" : "upstream"), why_put_pad(out, 2 * a->upstream[i].depth);
    why_put_upstream(out, a, i, propter_put_line), propter_buf_add_char(out, '\n');
  }
}

static void against(const PropterWhyAnswer *a, PropterBuf *out) {
  const PropterInference *f = a->inference;
  if (!f) return;
  for (size_t i = 0; i < f->said; i++) {
    const PropterEvidence *e = &f->saying[i];
    /* what nothing supports is no evidence against anything */
    label(out, i && f->saying[i - 1].against == e->against ? "" : e->against ? "against" : "also said"), quote(e, out);
    propter_buf_printf(out, ": %s", why_verdict(e));
    if (e->reason.len) propter_buf_add(out, PROPTER_STR(", ")), propter_put_line(out, e->reason);
    propter_buf_add_char(out, '\n');
  }
  for (size_t i = 0; i < f->excluded; i++) {
    label(out, "excluded"), propter_put_line(out, f->excluded_label[i]);
    if (f->excluded_reason[i].len) propter_buf_add(out, PROPTER_STR(": ")), propter_put_line(out, f->excluded_reason[i]);
    propter_buf_add_char(out, '\n');
  }
}

/* One word of a shell command. */
static void put_word(PropterBuf *out, PropterStr text) {
  propter_buf_add_char(out, '\'');
  for (size_t quote; (quote = propter_str_find(text, PROPTER_STR("'"))) != SIZE_MAX; text.data += quote + 1, text.len -= quote + 1)
    propter_put_line(out, (PropterStr){text.data, quote}), propter_buf_add(out, PROPTER_STR("'\\''"));
  propter_put_line(out, text), propter_buf_add_char(out, '\'');
}

static void not_understood(const PropterWhyAnswer *a, PropterBuf *out) {
  const PropterQuestion *q = &a->question;
  label(out, "not clear"), propter_buf_add(out, propter_str(propter_gap_text(q->gap)));
  if (q->about.len) propter_buf_add(out, PROPTER_STR(": \"")), propter_put_line(out, q->about), propter_buf_add_char(out, '"');
  propter_buf_add_char(out, '\n');
  const char *help = propter_gap_help(q->gap);
  if (*help) label(out, "would help"), propter_buf_add(out, propter_str(help)), propter_buf_add_char(out, '\n');
  for (size_t i = 0; i < a->rewrites; i++) {
    label(out, i ? "" : "did you mean");
    if (a->options.command.len) propter_put_line(out, a->options.command), propter_buf_add_char(out, ' '), put_word(out, a->rewrite[i]);
    else propter_put_line(out, a->rewrite[i]);
    propter_buf_add_char(out, '\n');
  }
  for (size_t i = 0; i < a->nearest; i++) {
    label(out, i ? "" : "names");
    propter_put_line(out, a->near[i].label), propter_buf_add(out, PROPTER_STR("   <")), propter_put_line(out, a->near[i].iri),
        propter_buf_add(out, PROPTER_STR(">\n"));
  }
  for (size_t i = 0; i < a->moves; i++) {
    label(out, i ? "" : "moves");
    propter_put_line(out, a->move[i].question), propter_buf_add(out, PROPTER_STR("   ")),
        why_put_signed(out, a->move[i].deviation, why_number_decimals(fabs(a->move[i].deviation) / 8)), propter_buf_add_char(out, '\n');
  }
}

/* What a declined request is short of. */
static void request(const PropterWhyAnswer *a, PropterBuf *out) {
  if (a->status != PROPTER_DECLINED) return;
  line(out, "request", a->request);
  for (int i = a->inference ? 0 : 1; i < PROPTER_GATES; i++) line(out, "would help", a->gate[i].help);
}

static void sources(const PropterWhyAnswer *a, PropterBuf *out) {
  const PropterInferOptions *o = &a->options.infer;
  if (o->known_by != PROPTER_NO_DAY)
    label(out, "known by"), why_put_day(out, o->known_by), propter_buf_add(out, PROPTER_STR(": what became known later was left out\n"));
  for (size_t i = 0; i < o->without_count; i++) label(out, "without"), propter_put_line(out, o->without[i]), propter_buf_add_char(out, '\n');
}

PropterStatus why_render_text(const PropterWhyAnswer *a, PropterBuf *out, PropterError *err) {
  (void)err;
  const PropterInference *f = a->inference;
  label(out, "understood");
  if (a->form_short.len)
    propter_put_line(out, a->form_words), propter_buf_add_char(out, '\n'), label(out, "form"), propter_put_line(out, a->form_short);
  else propter_buf_add(out, PROPTER_STR("nothing"));
  propter_buf_add_char(out, '\n');
  for (size_t i = 0; i < a->question.note_count; i++) line(out, "note", a->question.note[i]);
  sources(a, out);
  if (!f) {
    not_understood(a, out), request(a, out);
    return PROPTER_OK;
  }
  line(out, "premise", a->premise);
  if (f->usual_text.len) label(out, "usual"), propter_put_line(out, f->usual_text), propter_buf_add(out, PROPTER_STR(": part of what is expected\n"));
  if (a->inference && a->outcome != PROPTER_ANSWER_NOT_TESTABLE) label(out, "observed"), why_put_observed(out, a, "   "), propter_buf_add_char(out, '\n');
  line(out, "compared", a->comparison);
  line(out, "asked", a->asked);
  if (a->outcome != PROPTER_ANSWER_ANSWERED) line(out, propter_answer_outcome_name(a->outcome), f->reason);
  where(a, out);
  upstream(a, out);
  causes(a, out);
  bool rows = false;
  for (size_t i = 0; i < a->causes; i++) rows |= a->cause[i].rows.len > 0 && a->outcome != PROPTER_ANSWER_DID_NOT_MOVE;
  if (!rows) line(out, "rows", a->rows);
  against(a, out);
  for (size_t i = 0; i < f->would_change; i++) {
    propter_buf_add(out, i ? PROPTER_STR("; ") : PROPTER_STR("would change this answer: ")), propter_put_line(out, f->would_change_text[i]);
    if (i + 1 == f->would_change) propter_buf_add_char(out, '\n');
  }
  for (size_t i = 0; i < f->forecasts; i++) line(out, i ? "" : "predicts", f->forecast[i].text);
  request(a, out);
  propter_buf_add(out, PROPTER_STR("track record here: ")), propter_buf_add(out, a->track);
  if (!a->options.numbers && !f->calibrated) propter_buf_add(out, PROPTER_STR(" (details: --numbers)"));
  propter_buf_add_char(out, '\n');
  propter_buf_printf(out, "run a-%s on version %llu of the graph", a->id, (unsigned long long)a->version);
  if (a->options.report.len) propter_buf_add(out, PROPTER_STR("   report  ")), propter_put_line(out, a->options.report);
  propter_buf_add_char(out, '\n');
  return PROPTER_OK;
}
