/* SPDX-License-Identifier: Apache-2.0 */
/* The answer as one picture for slides and messages: words, numbers, evidence, rivals, then the pictures of the report. Colours are written out, since many
 * programs that draw SVG know no variables. */
#include "svg.h"

static const char style[] = {
#include "picture_css.h"
};

enum { MARGIN = 24, COLUMNS = 126, GIST_COLUMNS = 76 };

typedef struct {
  const PropterWhyAnswer *answer;
  PropterBuf body;
  double y; /* base line of the last line */
} Page;

static void say_in(Page *p, const char *class, double indent, double leading, size_t columns, PropterStr text) {
  if (!text.len) return;
  p->y += leading;
  size_t lines = why_svg_lines(&p->body, class, MARGIN + indent, p->y, leading, columns, text);
  p->y += lines ? (double)(lines - 1) * leading : 0;
}

/* A sentence in pieces; `part` is emptied. */
static void say(Page *p, const char *class, double indent, PropterBuf *part) {
  say_in(p, class, indent, 19, COLUMNS - (size_t)indent / 7, propter_buf_str(part));
  why_drop(&p->body, part);
  *part = (PropterBuf){0};
}

static void lead(Page *p, const char *text) { p->y += 14, say_in(p, "section", 0, 20, COLUMNS, propter_str(text)), p->y += 3; }

static void add(PropterBuf *out, const char *text) { propter_buf_add(out, propter_str(text)); }

static void quote(Page *p, const PropterEvidence *e, const char *before) {
  PropterBuf part = {0};
  if (e->kind == PROPTER_EVIDENCE_QUOTE) {
    add(&part, before), add(&part, "\xE2\x80\x9C"), propter_buf_add(&part, e->text), add(&part, "\xE2\x80\x9D \xE2\x80\x93 "), why_put_place(&part, e);
  } else {
    add(&part, before), propter_buf_add(&part, e->text);
    if (e->source_text.len) add(&part, " \xE2\x80\x93 "), propter_buf_add(&part, e->source_text);
  }
  say(p, "aside", 20, &part);
}

static void cause(Page *p, size_t i) {
  const PropterWhyCause *w = &p->answer->cause[i];
  PropterBuf part = {0};
  propter_buf_printf(&part, "%zu  ", i + 1), propter_buf_add(&part, w->name);
  say(p, "words strong", 0, &part);
  add(&part, w->likely);
  if (p->answer->options.numbers || p->answer->inference->calibrated) add(&part, " "), why_put_probability(&part, w->cause->score.p);
  add(&part, "; share of the change: "), propter_buf_add(&part, w->share), add(&part, "; evidence: "), propter_buf_add(&part, w->grade);
  say(p, "words", 20, &part);
  if (w->quotes) quote(p, w->quote[0], "says: ");
  else if (w->facts) quote(p, w->fact[0], "documented: ");
  if (w->data.len) add(&part, "data: "), propter_buf_add(&part, w->data), say(p, "aside", 20, &part);
  if (why_new_rows(p->answer, w)) add(&part, "rows: "), propter_buf_add(&part, w->rows), say(p, "aside", 20, &part);
  if (w->objections) quote(p, w->objection[0], "speaks against it: ");
  if (w->controllable || w->owner.len || w->next_step.len) {
    add(&part, "what can be done: "), add(&part, why_controllable(w));
    if (w->owner.len) add(&part, "; decides: "), propter_buf_add(&part, w->owner);
    if (w->next_step.len) add(&part, "; next: "), propter_buf_add(&part, w->next_step);
    say(p, "words", 20, &part);
  }
  p->y += 5;
}

static void causes(Page *p) {
  const PropterWhyAnswer *a = p->answer;
  const PropterInference *f = a->inference;
  lead(p, a->outcome == PROPTER_ANSWER_ANSWERED ? "Causes" : a->outcome == PROPTER_ANSWER_DID_NOT_MOVE ? "Without a mark" : "Considered");
  for (size_t i = 0; i < a->causes; i++) cause(p, i);
  if (a->outcome == PROPTER_ANSWER_DID_NOT_MOVE) return;
  PropterBuf part = {0};
  add(&part, "Unknown cause: "), add(&part, propter_likelihood_words(f->p_unknown));
  say(p, "words", 0, &part);
}

static void against(Page *p) {
  const PropterInference *f = p->answer->inference;
  if (f->said) lead(p, "Said, but not borne out");
  for (size_t i = 0; i < f->said && i < 3; i++) {
    PropterBuf part = {0};
    add(&part, why_verdict(&f->saying[i])), add(&part, ": ");
    quote(p, &f->saying[i], propter_buf_str(&part).data), why_drop(&p->body, &part);
  }
}

static void picture(Page *p, const char *title, double (*draw)(const PropterWhyAnswer *answer, PropterBuf *out)) {
  PropterBuf drawn = {0};
  double height = draw(p->answer, &drawn);
  if (height > 0) {
    if (title) lead(p, title);
    p->y += 10;
    propter_buf_printf(&p->body, "<g transform=\"translate(%d %d)\">", MARGIN, (int)p->y), propter_buf_add(&p->body, propter_buf_str(&drawn));
    add(&p->body, "</g>");
    p->y += (int)height + 6;
  }
  why_drop(&p->body, &drawn);
}

/* The sheet with each var(--NAME) replaced by what its first rule says. */
static void put_style(PropterBuf *out) {
  PropterStr css = {style, sizeof style};
  size_t rule = 0; /* the first rule holds the colours of paper and light */
  while (rule < css.len && css.data[rule] != '}') rule++;
  for (size_t at = rule + 1; at < css.len;) {
    PropterStr rest = {css.data + at, css.len - at}, name = {css.data + at + 4, 0}, before = PROPTER_STR("var(");
    if (!propter_str_starts(rest, before)) {
      propter_buf_add_char(out, css.data[at++]);
      continue;
    }
    while (name.data + name.len < css.data + css.len && name.data[name.len] != ')') name.len++;
    at += before.len + name.len + 1;
    for (size_t k = 0; k + name.len < rule; k++)
      if (css.data[k + name.len] == ':' && propter_str_equal((PropterStr){css.data + k, name.len}, name))
        for (k += name.len + 1; k < rule && css.data[k] != ';'; k++) propter_buf_add_char(out, css.data[k]);
  }
}

static void page(Page *p) {
  const PropterWhyAnswer *a = p->answer;
  const PropterInference *f = a->inference;
  PropterBuf part = {0};
  add(&part, "Why: "), propter_buf_add(&part, a->title), say(p, "asked", 0, &part);
  p->y += 4, say_in(p, "gist", 0, 28, GIST_COLUMNS, a->headline), p->y += 4;
  if (a->premise.len) add(&part, "Note: "), propter_buf_add(&part, a->premise), say(p, "aside", 0, &part);
  say_in(p, "words", 0, 19, COLUMNS, a->comparison);
  say_in(p, "words", 0, 19, COLUMNS, a->asked);
  if (a->despite.finding) propter_buf_add(&part, a->despite.label), add(&part, ": "), propter_buf_add(&part, a->despite.text), say(p, "words", 0, &part);
  if (f) {
    if (a->outcome != PROPTER_ANSWER_ANSWERED) say_in(p, "words", 0, 19, COLUMNS, f->reason);
    if (a->outcome != PROPTER_ANSWER_NOT_TESTABLE) add(&part, "Observed "), why_put_observed(&part, a, "; "), say(p, "words", 0, &part);
    picture(p, NULL, why_svg_series);
    picture(p, "Where the change lies", why_svg_parts);
    if (a->outcome != PROPTER_ANSWER_NOT_TESTABLE && (a->causes || a->outcome != PROPTER_ANSWER_DID_NOT_MOVE)) causes(p);
    if (a->causes && a->outcome == PROPTER_ANSWER_ANSWERED)
      picture(p, "From cause to effect", why_svg_chain), picture(p, "Share of the change", why_svg_shares);
    against(p);
  }
  if (a->status == PROPTER_DECLINED) add(&part, "The request: "), propter_buf_add(&part, a->request), say(p, "words", 0, &part);
  for (int i = 0; i < PROPTER_GATES && a->status == PROPTER_DECLINED; i++)
    if (a->gate[i].help.len) add(&part, "Would help: "), propter_buf_add(&part, a->gate[i].help), say(p, "aside", 20, &part);
  p->y += 10;
  if (a->form_short.len) add(&part, "Understood as "), propter_buf_add(&part, a->form_words), say(p, "aside", 0, &part);
  add(&part, "Track record here: "), propter_buf_add(&part, a->track);
  propter_buf_printf(&part, ". propter, answer a-%s on version %llu of the graph", a->id, (unsigned long long)a->version), say(p, "aside", 0, &part);
}

PropterStatus why_render_svg(const PropterWhyAnswer *a, PropterBuf *out, PropterError *err) {
  (void)err;
  Page p = {.answer = a, .y = 14};
  page(&p);
  int width = WHY_SVG_WIDTH + 2 * MARGIN, height = (int)p.y + MARGIN;
  propter_buf_printf(
      out,
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\" aria-labelledby=\"t d\" xml:lang=\"en\"><title id=\"t\">Why: ",
      width, height, width, height);
  propter_put_html(out, a->title), add(out, "</title><desc id=\"d\">"), propter_put_html(out, a->headline), add(out, "</desc><style>");
  put_style(out), add(out, "</style><rect class=\"paper\" width=\"100%\" height=\"100%\"/>");
  propter_buf_add(out, propter_buf_str(&p.body)), add(out, "</svg>\n");
  why_drop(out, &p.body);
  return PROPTER_OK;
}
