/* SPDX-License-Identifier: Apache-2.0 */
/* One file that needs no network and no script: the report to pass on. Its own content security policy forbids both. */
#include <ctype.h>
#include <math.h>

#include "propter/hash.h"
#include "svg.h"

static const char style[] = {
#include "picture_css.h"
#include "report_css.h"
};

static void add(PropterBuf *out, const char *text) { propter_buf_add(out, propter_str(text)); }
static void escaped(PropterBuf *out, const char *before, PropterStr text, const char *after) { add(out, before), propter_put_html(out, text), add(out, after); }

/* Text that opens the file behind it, where the report is shown by a program that can. */
static void opens(const PropterWhyAnswer *a, PropterBuf *out, PropterStr iri, const char *before, PropterStr text, const char *after) {
  if (!a->options.source.len || !iri.len) {
    escaped(out, before, text, after);
    return;
  }
  escaped(out, "<a target=\"_parent\" href=\"", a->options.source, "");
  for (size_t i = 0; i < iri.len; i++)
    propter_buf_printf(out, isalnum((unsigned char)iri.data[i]) ? "%c" : "%%%02X", (unsigned)(unsigned char)iri.data[i]);
  add(out, "\">"), escaped(out, before, text, after), add(out, "</a>");
}

static void likely(PropterBuf *out, const PropterWhyAnswer *a, const char *words, double p) {
  add(out, words);
  if (a->options.numbers || (a->inference && a->inference->calibrated)) propter_buf_add_char(out, ' '), why_put_probability(out, p);
}

static void facts(const PropterWhyAnswer *a, PropterBuf *out) {
  const PropterInference *f = a->inference;
  int d = why_answer_decimals(a);
  add(out, "<dl class=\"facts\"><div><dt>observed</dt><dd>"), why_put_number(out, f->observed, d), why_put_unit(out, a, propter_put_html);
  if (a->mean.len) escaped(out, "<small>", a->mean, "</small>");
  add(out, "</dd></div><div><dt>expected</dt><dd>"), why_put_number(out, f->expected, d), why_put_unit(out, a, propter_put_html);
  add(out, "<small>95 % interval "), why_put_number(out, f->expected_low, d), add(out, "\xE2\x80\x93"), why_put_number(out, f->expected_high, d);
  if (f->usual_text.len) escaped(out, "</small><small>holds ", f->usual_text, "");
  add(out, "</small></dd></div><div><dt>deviation</dt><dd>"), why_put_signed(out, f->deviation, d), why_put_unit(out, a, propter_put_html), add(out, "<small>"),
      why_put_percent(out, f->relative, true);
  add(out, "</small></dd></div><div><dt>pattern</dt><dd>"),
      add(out, why_pattern(a));
  if (a->back.len) escaped(out, "<small>", a->back, "</small>");
  propter_buf_printf(out, "</dd></div><div><dt>baseline rests on</dt><dd>%zu<small>observations</small></dd></div></dl>", f->usable);
}

static void piece(const PropterWhyAnswer *a, PropterBuf *out, const PropterEvidence *e) {
  if (e->kind != PROPTER_EVIDENCE_QUOTE) {
    escaped(out, "<p>", e->text, "");
    if (e->source_text.len) escaped(out, " <span class=\"place\">", e->source_text, "</span>");
    add(out, "</p>");
    return;
  }
  PropterBuf place = {0};
  why_put_place(&place, e);
  add(out, "<blockquote>"), opens(a, out, e->iri, "\xE2\x80\x9C", e->text, "\xE2\x80\x9D"), add(out, "</blockquote>");
  escaped(out, "<div class=\"place\">", propter_buf_str(&place), "");
  if (e->published != PROPTER_NO_DAY) add(out, ", published "), why_put_day(out, e->published);
  add(out, "</div>");
  why_drop(out, &place);
  add(out, "<details><summary>where exactly</summary><table>");
  if (e->title.len) escaped(out, "<tr><th>document</th><td>", e->title, "</td></tr>");
  escaped(out, "<tr><th>file</th><td>", why_base_name(e->path), ""); /* a report is passed on: where the file lay is nobody's business */
  if (e->part.len) escaped(out, ", part ", e->part, "");
  add(out, "</td></tr>");
  if (e->has_bytes)
    propter_buf_printf(out, "<tr><th>bytes</th><td>%llu\xE2\x80\x93%llu</td></tr>", (unsigned long long)e->byte_start, (unsigned long long)e->byte_end);
  if (e->rule.len) escaped(out, "<tr><th>read by rule</th><td>", e->rule, "</td></tr>");
  escaped(out, "<tr><th>statement</th><td>", e->iri, "</td></tr></table></details>");
}

static void rows(const PropterWhyAnswer *a, PropterBuf *out, const PropterEvidence *const *list, size_t count) {
  bool any = false;
  for (size_t i = 0; i < count; i++) {
    const PropterSourceCell *c = &list[i]->cell;
    if (!any)
      add(out, "<details><summary>the rows behind it</summary><table><tr><th>period</th><th class=\"n\">value</th><th>file and row</th><th>column</th></tr>");
    any = true;
    add(out, "<tr><td>"), why_put_period(out, c->first, c->last), add(out, "</td><td class=\"n\">"), why_put_plain(out, c->value, "none");
    PropterBuf place = {0};
    propter_buf_add(&place, c->file), propter_buf_printf(&place, ":%llu", (unsigned long long)c->row);
    add(out, "</td><td>"), opens(a, out, c->observation, "", propter_buf_str(&place), ""), escaped(out, "</td><td>", c->column, "</td></tr>");
    why_drop(out, &place);
  }
  if (any) add(out, "</table></details>");
}

static void score(const PropterWhyAnswer *a, const PropterWhyCause *w, size_t number, PropterBuf *out) {
  const PropterCauseScore *s = &w->cause->score;
  propter_buf_printf(out, "<details%s><summary>how the score adds up</summary><figure class=\"scroll\">", a->options.explain ? " open" : "");
  why_svg_terms(w, number, out);
  add(out, "<figcaption>In log odds. Filled bars speak for the cause, outlined bars against it. Probability "), why_put_probability(out, s->p);
  add(out, a->inference->calibrated ? "" : " (not calibrated here)");
  add(out, " = happened "), why_put_probability(out, s->happened), add(out, " \xC3\x97 mattered "), why_put_probability(out, s->mattered), add(out, "; prior "),
      why_put_probability(out, s->prior);
  add(out, ".</figcaption></figure></details>");
}

static void cause(const PropterWhyAnswer *a, size_t i, PropterBuf *out) {
  const PropterWhyCause *w = &a->cause[i];
  const PropterCause *c = w->cause;
  propter_buf_printf(out, "<section class=\"cause\" id=\"cause%zu\"><header><span class=\"rank\">%zu</span>", i + 1, i + 1);
  escaped(out, "<h3>", w->name, "</h3></header><div class=\"tags\">");
  propter_buf_printf(out, "<span class=\"tag%s\">", i < a->named ? " strong" : ""), likely(out, a, w->likely, c->score.p), add(out, "</span>");
  escaped(out, "<span class=\"tag\">share: ", w->share, "</span>"), escaped(out, "<span class=\"tag\">evidence: ", w->grade, "</span>");
  if (c->kind_label.len) escaped(out, "<span class=\"tag\">", c->kind_label, "</span>");
  add(out, "</div>");
  if (w->finding) propter_buf_printf(out, "<p class=\"lead\">Why it did not show: %s</p>", w->finding), escaped(out, "<p>", w->finding_text, ".</p>");
  for (size_t k = 0; k < w->quotes && k < 2; k++) piece(a, out, w->quote[k]);
  if (w->quotes > 2) {
    propter_buf_printf(out, "<details><summary>%zu more that say so</summary>", w->quotes - 2);
    for (size_t k = 2; k < w->quotes; k++) piece(a, out, w->quote[k]);
    add(out, "</details>");
  }
  if (w->tests) add(out, "<p class=\"lead\">What the data say</p><ul>");
  for (size_t k = 0; k < w->tests; k++) escaped(out, "<li>", w->test[k]->text, "</li>");
  if (w->tests) add(out, "</ul>");
  if (w->facts) add(out, "<p class=\"lead\">Documented</p>");
  for (size_t k = 0; k < w->facts; k++) piece(a, out, w->fact[k]);
  const PropterEvidence *list[64];
  size_t n = 0;
  for (size_t k = 0; k < c->evidences && n < 64; k++)
    if (c->evidence[k].kind == PROPTER_EVIDENCE_ROW) list[n++] = &c->evidence[k];
  rows(a, out, list, n);
  if (w->objections) add(out, "<div class=\"but\">");
  for (size_t k = 0; k < w->objections; k++) {
    add(out, "<p class=\"verdict\">speaks against it</p>"), piece(a, out, w->objection[k]);
    if (w->objection[k]->reason.len) escaped(out, "<p>", w->objection[k]->reason, "</p>");
  }
  if (w->objections) add(out, "</div>");
  if (w->controllable || w->owner.len || w->next_step.len) {
    propter_buf_printf(out, "<p class=\"lead\">What can be done</p><p>%s", why_controllable(w));
    if (w->owner.len) escaped(out, "; decides: ", w->owner, "");
    if (w->next_step.len) escaped(out, "; next: ", w->next_step, "");
    add(out, ".</p>");
  }
  score(a, w, i + 1, out);
  add(out, "</section>");
}

static void causes(const PropterWhyAnswer *a, PropterBuf *out) {
  const PropterInference *f = a->inference;
  add(out, a->outcome == PROPTER_ANSWER_ANSWERED       ? "<h2>Causes</h2>"
           : a->outcome == PROPTER_ANSWER_DID_NOT_MOVE ? "<h2>Without a mark</h2>"
                                                       : "<h2>Considered</h2>");
  if (a->causes && a->outcome == PROPTER_ANSWER_ANSWERED)
    add(out, "<figure class=\"scroll\">"), why_svg_chain(a, out),
        add(out, "<figcaption>Solid arrow: text and data agree; dashed: only one of them, or neither.</figcaption></figure>");
  for (size_t i = 0; i < a->causes; i++) cause(a, i, out);
  if (a->outcome != PROPTER_ANSWER_DID_NOT_MOVE) {
    add(out, "<p><strong>An unknown cause:</strong> "), likely(out, a, propter_likelihood_words(f->p_unknown), f->p_unknown);
    if (isfinite(f->unknown_share)) add(out, "; share of the change: "), why_put_rest(out, f);
    add(out, ".</p>");
    if (why_may_be_chance(f))
      add(out, "<p><strong>Chance, no cause:</strong> "), likely(out, a, propter_likelihood_words(f->p_none), f->p_none), add(out, ".</p>");
  }
  if (a->others) {
    add(out, "<p class=\"note\">Also considered: ");
    for (size_t i = 0; i < a->others; i++) escaped(out, i ? "; " : "", f->cause[a->causes + i].label, "");
    add(out, ".</p>");
  }
  bool shares = false;
  for (size_t i = 0; i < a->causes; i++) shares |= a->cause[i].cause->score.share_identified;
  if (shares && a->outcome == PROPTER_ANSWER_ANSWERED)
    add(out, "<h2>Share of the change</h2><figure class=\"scroll\">"), why_svg_shares(a, out),
        add(out, "<figcaption>Bar: best estimate. Thin line: 90 % interval, with the error of the baseline.</figcaption></figure>");
}

static void list(PropterBuf *out, const char *title, size_t count, const PropterStr *items) {
  if (!count) return;
  propter_buf_printf(out, "<h2>%s</h2><ul>", title);
  for (size_t i = 0; i < count; i++) escaped(out, "<li>", items[i], "</li>");
  add(out, "</ul>");
}

static void against(const PropterWhyAnswer *a, PropterBuf *out) {
  const PropterInference *f = a->inference;
  if (f->said || f->excluded) add(out, "<h2>Said, but not borne out</h2><div class=\"against\">");
  for (size_t i = 0; i < f->said; i++) {
    piece(a, out, &f->saying[i]);
    propter_buf_printf(out, "<p><span class=\"verdict\">%s</span> ", why_verdict(&f->saying[i]));
    escaped(out, "", f->saying[i].reason, "</p>");
  }
  for (size_t i = 0; i < f->excluded; i++)
    escaped(out, "<p><span class=\"verdict\">excluded</span> ", f->excluded_label[i], ""), escaped(out, ": ", f->excluded_reason[i], "</p>");
  if (f->said || f->excluded) add(out, "</div>");
}

static void not_understood(const PropterWhyAnswer *a, PropterBuf *out) {
  if (a->rewrites) add(out, "<h2>Did you mean</h2><ul>");
  for (size_t i = 0; i < a->rewrites; i++) escaped(out, "<li>", a->rewrite[i], "</li>");
  if (a->rewrites) add(out, "</ul>");
  if (a->nearest) add(out, "<h2>Names that come near</h2><ul>");
  for (size_t i = 0; i < a->nearest; i++) escaped(out, "<li>", a->near[i].label, ""), escaped(out, " <span class=\"place\">", a->near[i].iri, "</span></li>");
  if (a->nearest) add(out, "</ul>");
  if (a->moves) add(out, "<h2>Its largest moves</h2><ul>");
  for (size_t i = 0; i < a->moves; i++) escaped(out, "<li>", a->move[i].question, "</li>");
  if (a->moves) add(out, "</ul>");
}

/* What a declined request is short of. */
static void request(const PropterWhyAnswer *a, PropterBuf *out) {
  if (a->status != PROPTER_DECLINED) return;
  escaped(out, "<h2>The request</h2><p>", a->request, ".</p><ul>");
  for (int i = 0; i < PROPTER_GATES; i++)
    if (a->gate[i].help.len) escaped(out, "<li>Would help: ", a->gate[i].help, ".</li>");
  add(out, "</ul>");
}

static void understood(const PropterWhyAnswer *a, PropterBuf *out) {
  if (!a->form.len) return;
  add(out, "<h2>The question as understood</h2>");
  if (a->question.text.len) escaped(out, "<p>\xE2\x80\x9C", a->question.text, "\xE2\x80\x9D</p>");
  add(out, "<pre><code>");
  for (size_t i = 0, from = 0; i <= a->form.len; i++)
    if (i == a->form.len || a->form.data[i] == '\n') propter_put_html(out, (PropterStr){a->form.data + from, i - from}), add(out, "\n"), from = i + 1;
  escaped(out, "</code></pre><p class=\"note\">", a->form_words, ".</p>");
  for (size_t i = 0; i < a->question.note_count; i++) escaped(out, "<p class=\"note\">", a->question.note[i], ".</p>");
  const PropterInferOptions *o = &a->options.infer;
  if (o->known_by != PROPTER_NO_DAY) add(out, "<p class=\"note\">Only what was known by "), why_put_day(out, o->known_by), add(out, ".</p>");
  for (size_t i = 0; i < o->without_count; i++) escaped(out, "<p class=\"note\">Without ", o->without[i], ".</p>");
}

/* A list in each point of which stands what is above it. */
static void upstream(const PropterWhyAnswer *a, PropterBuf *out) {
  add(out, "<h2>What moved upstream</h2>");
  for (size_t i = 0; i < a->upstreams; i++) {
    size_t depth = a->upstream[i].depth, next = i + 1 < a->upstreams ? a->upstream[i + 1].depth + 1 : 0;
    if (!i || depth > a->upstream[i - 1].depth) add(out, "<ul>");
    add(out, "<li>"), why_put_upstream(out, a, i, propter_put_html);
    if (next <= depth + 1) add(out, "</li>");
    for (size_t level = depth + 1; level-- > next;) add(out, level ? "</ul></li>" : "</ul>");
  }
}

static void members(const PropterWhyAnswer *a, PropterBuf *out) {
  add(out, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"All parts\"><table><thead><tr>");
  escaped(out, "<th scope=\"col\">", a->question.by_label, "</th>");
  for (int c = 0; c < WHY_MEMBER_COLUMNS; c++) propter_buf_printf(out, "<th scope=\"col\" class=\"n\">%s</th>", why_member_column[c]);
  add(out, "</tr></thead><tbody>");
  for (size_t i = 0; i < a->parts; i++) {
    escaped(out, "<tr><th scope=\"row\">", a->part[i].label, "</th>");
    for (int c = 0; c < WHY_MEMBER_COLUMNS; c++) add(out, "<td class=\"n\">"), why_put_member(out, a, &a->part[i], c), add(out, "</td>");
    add(out, "</tr>");
  }
  add(out, "</tbody></table></div>");
}

PropterStatus why_render_html(const PropterWhyAnswer *a, PropterBuf *out, PropterError *err) {
  (void)err;
  const PropterInference *f = a->inference;
  add(out,
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\"><meta name=\"color-scheme\" content=\"light "
      "dark\">");
  escaped(out, "<title>Why: ", a->title, "</title><style>"), propter_buf_add(out, (PropterStr){style, sizeof style}),
      escaped(out, "</style></head><body><main><h1>Why: ", a->title, "</h1>");
  escaped(out, "<p class=\"headline\">", a->headline, "</p>");
  if (a->premise.len) escaped(out, "<p class=\"note\">Note: ", a->premise, ".</p>");
  if (a->comparison.len) escaped(out, "<p class=\"reason\">Compared: ", a->comparison, ".</p>");
  if (a->asked.len) escaped(out, "<p class=\"reason\">Asked: ", a->asked, ".</p>");
  if (a->despite.finding) escaped(out, "<p class=\"reason\">", a->despite.label, ": "), escaped(out, "", a->despite.text, ".</p>");
  if (!f) {
    not_understood(a, out), request(a, out), understood(a, out);
  } else {
    if (a->outcome != PROPTER_ANSWER_ANSWERED && f->reason.len) escaped(out, "<p class=\"reason\">", f->reason, ".</p>");
    if (a->outcome != PROPTER_ANSWER_NOT_TESTABLE) facts(a, out);
    add(out, "<figure class=\"scroll\">"), why_svg_series(a, out);
    add(out, "<figcaption>");
    PropterStr unit = why_unit(&f->metric);
    escaped(out, "", f->metric.label, "");
    if (unit.len) escaped(out, " in ", unit, "");
    add(out,
        ". Solid line: observed. Dashed line and shade: expected, with its 95 % interval. Framed column: the window asked about. The axis begins near "
        "the lowest value.</figcaption></figure>");
    if (a->parts)
      add(out, "<h2>Where the change lies</h2><figure class=\"scroll\">"), why_svg_parts(a, out),
          propter_buf_printf(out, "<figcaption>Bar: the part\'s share of the deviation; each part beside its own usual course.%s</figcaption></figure>",
                             a->members ? "" : " Small parts are left out.");
    if (a->members) members(a, out);
    if (a->upstreams) upstream(a, out);
    if (a->outcome != PROPTER_ANSWER_NOT_TESTABLE && (a->causes || a->outcome != PROPTER_ANSWER_DID_NOT_MOVE)) causes(a, out);
    against(a, out);
    list(out, "What would change this answer", f->would_change, f->would_change_text);
    if (f->forecasts) {
      add(out, "<h2>What this answer predicts</h2><ul>");
      for (size_t i = 0; i < f->forecasts; i++) escaped(out, "<li>", f->forecast[i].text, "</li>");
      add(out, "</ul>");
    }
    request(a, out), understood(a, out);
    if (a->rows.len) escaped(out, "<p class=\"note\">Rows: ", a->rows, ".</p>");
  }
  escaped(out, "<footer>Track record here: ", a->track, "."),
      propter_buf_printf(out, "<br>propter, answer a-%s on version %llu of the graph.</footer></main></body></html>\n", a->id, (unsigned long long)a->version);
  return PROPTER_OK;
}
