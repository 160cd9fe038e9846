/* SPDX-License-Identifier: Apache-2.0 */
/* Markdown (CommonMark with GitHub's tables), for notes and tickets. */
#include <math.h>

#include "render.h"

static void add(PropterBuf *out, const char *text) { propter_buf_add(out, propter_str(text)); }

static void likely(PropterBuf *out, const PropterWhyAnswer *a, const char *words, double p) {
  add(out, words);
  if (a->options.numbers || (a->inference && a->inference->calibrated)) propter_buf_add_char(out, ' '), why_put_probability(out, p);
}

static void piece(PropterBuf *out, const char *lead, const PropterEvidence *e) {
  add(out, lead);
  if (e->kind == PROPTER_EVIDENCE_QUOTE) {
    PropterBuf place = {0};
    why_put_place(&place, e);
    add(out, "\xE2\x80\x9C"), propter_put_md(out, e->text), add(out, "\xE2\x80\x9D (");
    propter_put_md(out, propter_buf_str(&place)), add(out, ")");
    why_drop(out, &place);
  } else {
    propter_put_md(out, e->text);
    if (e->source_text.len) add(out, " ("), propter_put_md(out, e->source_text), add(out, ")");
  }
}

static void causes(const PropterWhyAnswer *a, PropterBuf *out) {
  const PropterInference *f = a->inference;
  add(out, a->outcome == PROPTER_ANSWER_ANSWERED ? "\n## Causes\n\n" : "\n## Considered\n\n");
  add(out, "| | cause | likely? | share of the change | grade |\n|---:|---|---|---|---|\n");
  for (size_t i = 0; i < a->causes; i++) {
    const PropterWhyCause *w = &a->cause[i];
    propter_buf_printf(out, "| %zu | ", i + 1), propter_put_md(out, w->name), add(out, " | "), likely(out, a, w->likely, w->cause->score.p);
    add(out, " | "), propter_put_md(out, w->share), add(out, " | "), propter_put_md(out, w->grade), add(out, " |\n");
  }
  add(out, "| | unknown cause | "), likely(out, a, propter_likelihood_words(f->p_unknown), f->p_unknown), add(out, " | ");
  why_put_rest(out, f);
  add(out, " | |\n");
  if (why_may_be_chance(f)) add(out, "| | chance, no cause | "), likely(out, a, propter_likelihood_words(f->p_none), f->p_none), add(out, " | | |\n");
  for (size_t i = 0; i < a->causes; i++) {
    const PropterWhyCause *w = &a->cause[i];
    if (!w->quotes && !w->facts && !w->data.len && !w->rows.len && !w->objections) continue;
    propter_buf_printf(out, "\n### %zu. ", i + 1), propter_put_md(out, w->name), add(out, "\n\n");
    for (size_t k = 0; k < w->quotes; k++) piece(out, "- says: ", w->quote[k]), add(out, "\n");
    for (size_t k = 0; k < w->facts; k++) piece(out, "- fact: ", w->fact[k]), add(out, "\n");
    for (size_t k = 0; k < w->tests; k++) piece(out, "- data: ", w->test[k]), add(out, "\n");
    if (why_new_rows(a, w)) add(out, "- rows: "), propter_put_md(out, w->rows), add(out, "\n");
    for (size_t k = 0; k < w->objections; k++) {
      piece(out, "- but: ", w->objection[k]);
      if (w->objection[k]->reason.len) add(out, ": "), propter_put_md(out, w->objection[k]->reason);
      add(out, "\n");
    }
    if (w->controllable || w->owner.len || w->next_step.len) {
      add(out, "- act: "), add(out, why_controllable(w));
      if (w->owner.len) add(out, "; decides: "), propter_put_md(out, w->owner);
      if (w->next_step.len) add(out, "; next: "), propter_put_md(out, w->next_step);
      add(out, "\n");
    }
    if (a->options.explain) {
      double prior = log(w->cause->score.prior / (1 - w->cause->score.prior));
      add(out, "- score in log odds: prior "), why_put_signed(out, prior, 2);
      for (int t = 0; t < PROPTER_TERMS; t++)
        if (w->cause->score.term[t] != 0)
          propter_buf_printf(out, ", %s ", propter_score_term_name((PropterScoreTerm)t)), why_put_signed(out, w->cause->score.term[t], 2);
      add(out, "\n");
    }
  }
}

static void not_understood(const PropterWhyAnswer *a, PropterBuf *out) {
  const char *help = propter_gap_help(a->question.gap);
  if (*help) add(out, "\nWhat would help: "), add(out, help), add(out, ".\n");
  if (a->rewrites) add(out, "\nDid you mean:\n\n");
  for (size_t i = 0; i < a->rewrites; i++) add(out, "- "), propter_put_md(out, a->rewrite[i]), add(out, "\n");
  if (a->nearest) add(out, "\n");
  for (size_t i = 0; i < a->nearest; i++) add(out, "- "), propter_put_md(out, a->near[i].label), add(out, "\n");
  if (a->moves) add(out, "\nIts largest moves:\n\n");
  for (size_t i = 0; i < a->moves; i++) add(out, "- "), propter_put_md(out, a->move[i].question), add(out, "\n");
}

/* What a declined request is short of. */
static void request(const PropterWhyAnswer *a, PropterBuf *out) {
  if (a->status != PROPTER_DECLINED) return;
  add(out, "\nRequest: "), propter_put_md(out, a->request), add(out, ".\n");
  for (int i = a->inference ? 0 : 1; i < PROPTER_GATES; i++)
    if (a->gate[i].help.len) add(out, "\n- would help: "), propter_put_md(out, a->gate[i].help), add(out, "\n");
}

static void members(const PropterWhyAnswer *a, PropterBuf *out) {
  add(out, "| "), propter_put_md(out, a->question.by_label);
  for (int c = 0; c < WHY_MEMBER_COLUMNS; c++) propter_buf_printf(out, " | %s", why_member_column[c]);
  add(out, " |\n|---|--:|--:|--:|--:|\n");
  for (size_t i = 0; i < a->parts; i++) {
    add(out, "| "), propter_put_md(out, a->part[i].label);
    for (int c = 0; c < WHY_MEMBER_COLUMNS; c++) add(out, " | "), why_put_member(out, a, &a->part[i], c);
    add(out, " |\n");
  }
}

PropterStatus why_render_md(const PropterWhyAnswer *a, PropterBuf *out, PropterError *err) {
  (void)err;
  const PropterInference *f = a->inference;
  add(out, "# Why: "), propter_put_md(out, a->title), add(out, "\n\n"), propter_put_md(out, a->headline), add(out, "\n\n");
  if (a->form.len) {
    propter_put_md(out, a->form_words), add(out, ":\n\n```sparql\n");
    /* The form holds IRIs and dates only; a fence inside it would end the block. */
    if (propter_str_find(a->form, PROPTER_STR("```")) == SIZE_MAX) propter_buf_add(out, a->form);
    add(out, "\n```\n");
  }
  for (size_t i = 0; i < a->question.note_count; i++) add(out, "\n- note: "), propter_put_md(out, a->question.note[i]);
  if (a->question.note_count) add(out, "\n");
  if (!f) {
    not_understood(a, out), request(a, out);
    return PROPTER_OK;
  }
  if (a->premise.len) add(out, "\nPremise: "), propter_put_md(out, a->premise), add(out, ".\n");
  if (f->usual_text.len) add(out, "\nUsual: "), propter_put_md(out, f->usual_text), add(out, ", part of what is expected.\n");
  if (a->outcome != PROPTER_ANSWER_NOT_TESTABLE) {
    int d = why_answer_decimals(a);
    add(out, "\n| observed | expected (95 %) | deviation | | pattern | n |\n|---:|---:|---:|---:|---|---:|\n| ");
    why_put_number(out, f->observed, d), why_put_unit(out, a, propter_put_md);
    if (a->mean.len) add(out, ", "), propter_put_md(out, a->mean);
    add(out, " | "), why_put_number(out, f->expected, d), why_put_unit(out, a, propter_put_md), add(out, " (");
    why_put_number(out, f->expected_low, d), add(out, "\xE2\x80\x93"), why_put_number(out, f->expected_high, d), add(out, ") | "),
        why_put_signed(out, f->deviation, d), why_put_unit(out, a, propter_put_md);
    add(out, " | "), why_put_percent(out, f->relative, true);
    add(out, " | "), add(out, why_pattern(a));
    if (a->back.len) add(out, ", "), propter_put_md(out, a->back);
    propter_buf_printf(out, " | %zu |\n", f->usable);
  }
  if (a->comparison.len) add(out, "\nCompared: "), propter_put_md(out, a->comparison), add(out, ".\n");
  if (a->asked.len) add(out, "\nAsked: "), propter_put_md(out, a->asked), add(out, ".\n");
  for (size_t i = 0; i < a->causes; i++)
    if (a->cause[i].finding)
      add(out, "\n- "), propter_put_md(out, a->cause[i].name), propter_buf_printf(out, ": **%s**, ", a->cause[i].finding),
          propter_put_md(out, a->cause[i].finding_text), add(out, "\n");
  if (a->despite.finding)
    add(out, "\n- "), propter_put_md(out, a->despite.label), propter_buf_printf(out, ": **%s**, ", a->despite.finding), propter_put_md(out, a->despite.text),
        add(out, "\n");
  if (a->outcome != PROPTER_ANSWER_ANSWERED)
    propter_buf_printf(out, "\n**%s**: ", propter_answer_outcome_name(a->outcome)), propter_put_md(out, f->reason), add(out, "\n");
  if (a->parts) add(out, "\n## Where the change lies\n\n");
  if (a->members) members(a, out);
  for (size_t i = 0; i < a->parts && !a->members; i++)
    why_put_pad(out, 2 * why_part_depth(a, i)), add(out, "- "), propter_put_md(out, a->part[i].label), add(out, ": "),
        why_put_part(out, a, &a->part[i], propter_put_md), add(out, "\n");
  if (a->upstreams) add(out, "\n## What moved upstream\n\n");
  for (size_t i = 0; i < a->upstreams; i++)
    why_put_pad(out, 2 * a->upstream[i].depth), add(out, "- "), why_put_upstream(out, a, i, propter_put_md), add(out, "\n");
  if (a->outcome == PROPTER_ANSWER_ANSWERED || a->outcome == PROPTER_ANSWER_CAUSE_UNKNOWN) causes(a, out);
  if (a->rows.len) add(out, "\nRows: "), propter_put_md(out, a->rows), add(out, "\n");
  if (f->said) add(out, "\n## Said, but not borne out\n\n");
  for (size_t i = 0; i < f->said; i++) {
    piece(out, "- ", &f->saying[i]);
    propter_buf_printf(out, ": %s", why_verdict(&f->saying[i]));
    if (f->saying[i].reason.len) add(out, ", "), propter_put_md(out, f->saying[i].reason);
    add(out, "\n");
  }
  for (size_t i = 0; i < f->excluded; i++)
    add(out, "- excluded: "), propter_put_md(out, f->excluded_label[i]), add(out, ": "), propter_put_md(out, f->excluded_reason[i]), add(out, "\n");
  if (f->would_change) add(out, "\nWould change this answer:\n\n");
  for (size_t i = 0; i < f->would_change; i++) add(out, "- "), propter_put_md(out, f->would_change_text[i]), add(out, "\n");
  if (f->forecasts) add(out, "\nPredicts:\n\n");
  for (size_t i = 0; i < f->forecasts; i++) add(out, "- "), propter_put_md(out, f->forecast[i].text), add(out, "\n");
  request(a, out);
  add(out, "\nTrack record here: "), propter_put_md(out, a->track),
      propter_buf_printf(out, ". Run a-%s on version %llu of the graph.\n", a->id, (unsigned long long)a->version);
  return PROPTER_OK;
}
