/* SPDX-License-Identifier: Apache-2.0 */
/* JSON as answer.schema.json (version 1) describes it. Here the numbers stand, calibrated or not, with the flag that says which. */
#include <math.h>

#include "render.h"

/* A comma is due before the next member or element. */
typedef struct {
  PropterBuf *out;
  bool comma;
} Json;

static void key(Json *j, const char *name) {
  if (j->comma) propter_buf_add_char(j->out, ',');
  if (name) propter_buf_printf(j->out, "\"%s\":", name);
  j->comma = true;
}
static void open(Json *j, const char *name, char c) {
  key(j, name);
  propter_buf_add_char(j->out, c);
  j->comma = false;
}
static void shut(Json *j, char c) {
  propter_buf_add_char(j->out, c);
  j->comma = true;
}
static void text(Json *j, const char *name, PropterStr s) { key(j, name), propter_put_json(j->out, s); }
static void word(Json *j, const char *name, const char *s) { text(j, name, propter_str(s)); }
static void real(Json *j, const char *name, double v) { key(j, name), why_put_plain(j->out, v, "null"); }
static void whole(Json *j, const char *name, uint64_t v) { key(j, name), propter_buf_printf(j->out, "%llu", (unsigned long long)v); }
static void truth(Json *j, const char *name, bool v) { key(j, name), propter_buf_add(j->out, v ? PROPTER_STR("true") : PROPTER_STR("false")); }
static void day(Json *j, const char *name, PropterDay d) {
  key(j, name);
  if (d == PROPTER_NO_DAY) {
    propter_buf_add(j->out, PROPTER_STR("null"));
    return;
  }
  propter_buf_add_char(j->out, '"'), why_put_day(j->out, d), propter_buf_add_char(j->out, '"');
}
static void none(Json *j, const char *name) { key(j, name), propter_buf_add(j->out, PROPTER_STR("null")); }

static void question(Json *j, const PropterWhyAnswer *a) {
  const PropterQuestion *q = &a->question;
  open(j, "question", '{');
  text(j, "text", q->text), text(j, "form", a->form), text(j, "title", a->title);
  text(j, "metric", a->inference ? a->inference->metric.iri : q->metric_iri), text(j, "label", a->inference ? a->inference->metric.label : q->metric_label);
  day(j, "from", q->has_period ? q->from : PROPTER_NO_DAY), day(j, "to", q->has_period ? q->to : PROPTER_NO_DAY);
  word(j, "direction", q->direction < 0 ? "down" : q->direction > 0 ? "up" : "any");
  open(j, "notes", '[');
  for (size_t i = 0; i < q->note_count; i++) text(j, NULL, q->note[i]);
  shut(j, ']');
  if (q->negated) truth(j, "negated", true);
  if (q->slice_count) open(j, "slices", '[');
  for (size_t i = 0; i < q->slice_count; i++) open(j, NULL, '{'), text(j, "dimension", q->dimension[i]), text(j, "member", q->member[i].value), shut(j, '}');
  if (q->slice_count) shut(j, ']');
  day(j, "knownBy", a->options.infer.known_by);
  open(j, "without", '[');
  for (size_t i = 0; i < a->options.infer.without_count; i++) text(j, NULL, a->options.infer.without[i]);
  shut(j, ']'), shut(j, '}');
}

static void gap(Json *j, const PropterWhyAnswer *a) {
  const PropterQuestion *q = &a->question;
  if (a->inference) {
    none(j, "gap");
    return;
  }
  open(j, "gap", '{');
  word(j, "code", propter_gap_code(q->gap)), word(j, "text", propter_gap_text(q->gap)), word(j, "help", propter_gap_help(q->gap)), text(j, "about", q->about);
  open(j, "didYouMean", '[');
  for (size_t i = 0; i < a->rewrites; i++) text(j, NULL, a->rewrite[i]);
  shut(j, ']'), open(j, "names", '[');
  for (size_t i = 0; i < a->nearest; i++) open(j, NULL, '{'), text(j, "iri", a->near[i].iri), text(j, "label", a->near[i].label), shut(j, '}');
  shut(j, ']'), open(j, "moves", '[');
  for (size_t i = 0; i < a->moves; i++) {
    const PropterWhyMove *m = &a->move[i];
    open(j, NULL, '{'), day(j, "from", m->first), day(j, "to", m->last), real(j, "deviation", m->deviation), real(j, "z", m->z),
        text(j, "question", m->question), shut(j, '}');
  }
  shut(j, ']'), shut(j, '}');
}

static void request(Json *j, const PropterWhyAnswer *a) {
  open(j, "request", '{');
  truth(j, "accepted", a->status != PROPTER_DECLINED), text(j, "text", a->request);
  open(j, "conditions", '[');
  for (int i = 0; i < PROPTER_GATES; i++) {
    const PropterWhyGate *g = &a->gate[i];
    open(j, NULL, '{'), word(j, "code", propter_gate_code((PropterGate)i));
    if (g->state == PROPTER_GATE_NOT_LOOKED) none(j, "met");
    else truth(j, "met", g->state == PROPTER_GATE_MET);
    text(j, "text", g->text), text(j, "help", g->help), shut(j, '}');
  }
  shut(j, ']'), shut(j, '}');
}

static void observed(Json *j, const PropterWhyAnswer *a) {
  const PropterInference *f = a->inference;
  if (!f) {
    none(j, "observed"), none(j, "series");
    return;
  }
  const PropterMetric *m = &f->metric;
  open(j, "observed", '{');
  day(j, "from", f->first), day(j, "to", f->last), text(j, "unit", m->unit), text(j, "unitLabel", m->unit_label), real(j, "scale", m->scale);
  real(j, "value", f->observed), real(j, "expected", f->expected), real(j, "low", f->expected_low), real(j, "high", f->expected_high);
  real(j, "deviation", f->deviation), real(j, "relative", f->relative), real(j, "z", f->z), real(j, "change", f->change), whole(j, "n", f->usable);
  word(j, "pattern", propter_pattern_name(f->pattern_kind)), text(j, "patternIri", f->pattern), day(j, "onset", f->onset),
      real(j, "onsetProbability", f->onset_probability);
  if (f->usual_text.len)
    open(j, "usual", '{'), real(j, "value", f->usual), text(j, "text", f->usual_text), text(j, "cause", f->usual_cause), shut(j, '}');
  text(j, "mean", a->mean), text(j, "back", a->back), text(j, "premise", a->premise), text(j, "rows", a->rows);
  open(j, "cells", '[');
  for (size_t i = 0; i < f->cells; i++) {
    const PropterSourceCell *c = &f->cell[i];
    open(j, NULL, '{'), day(j, "from", c->first), day(j, "to", c->last), real(j, "value", c->value), text(j, "iri", c->observation), text(j, "file", c->file);
    whole(j, "row", c->row), text(j, "column", c->column), shut(j, '}');
  }
  shut(j, ']'), shut(j, '}');
  open(j, "series", '[');
  for (size_t i = 0; i < f->points; i++) {
    const PropterPathPoint *p = &f->point[i];
    open(j, NULL, '{'), day(j, "from", p->first), day(j, "to", p->last), real(j, "value", p->value), real(j, "expected", p->expected), real(j, "low", p->low),
        real(j, "high", p->high);
    truth(j, "inWindow", p->in_window), shut(j, '}');
  }
  shut(j, ']');
}

/* `disputed`: the same statement among those not borne out, or NULL. */
static void evidence(Json *j, const PropterEvidence *e, const PropterEvidence *disputed) {
  static const char *const kinds[] = {"quote", "event", "link", "row", "test", "verdict"};
  static const char *const said[] = {"supports", "denies", "copy", "unsupported", "contradicted"};
  open(j, NULL, '{');
  word(j, "kind", kinds[e->kind]), truth(j, "against", e->against), truth(j, "counted", e->counted), real(j, "weight", e->weight), text(j, "iri", e->iri),
      text(j, "text", e->text);
  text(j, "source", e->source_text), text(j, "reason", e->reason);
  if (e->kind == PROPTER_EVIDENCE_QUOTE) {
    open(j, "quote", '{');
    word(j, "said", said[(disputed ? disputed : e)->said]), text(j, "cause", e->cause_label),
        word(j, "direction",
             e->polarity < 0   ? "down"
             : e->polarity > 0 ? "up"
                               : "any"),
        truth(j, "negated", e->negated);
    real(j, "hedge", e->hedge), real(j, "confidence", e->confidence), text(j, "rule", e->rule), text(j, "document", e->document), text(j, "path", e->path),
        text(j, "title", e->title);
    day(j, "published", e->published), text(j, "section", e->section), text(j, "part", e->part), whole(j, "charStart", e->char_start),
        whole(j, "charEnd", e->char_end);
    if (e->has_bytes) whole(j, "byteStart", e->byte_start), whole(j, "byteEnd", e->byte_end);
    shut(j, '}');
  }
  if (e->kind == PROPTER_EVIDENCE_ROW) {
    open(j, "cell", '{');
    day(j, "from", e->cell.first), day(j, "to", e->cell.last), real(j, "value", e->cell.value), text(j, "iri", e->cell.observation),
        text(j, "file", e->cell.file), whole(j, "row", e->cell.row);
    text(j, "column", e->cell.column), shut(j, '}');
  }
  shut(j, '}');
}

static void cause(Json *j, const PropterWhyAnswer *a, size_t i) {
  static const char *const channels[] = {"curated", "text", "calendar", "mined"};
  static const char *const profiles[] = {"unknown", "pulse", "step", "ramp", "path"};
  const PropterWhyCause *w = &a->cause[i];
  const PropterCause *c = w->cause;
  const PropterCauseScore *s = &c->score;
  open(j, NULL, '{');
  whole(j, "rank", (uint64_t)i + 1), truth(j, "named", i < a->named), text(j, "iri", c->iri), text(j, "label", c->label), text(j, "name", w->name),
      text(j, "kind", c->kind_label);
  day(j, "start", c->start), day(j, "end", c->end), text(j, "scope", c->scope_label), truth(j, "documented", c->documented),
      word(j, "channel", channels[c->channel]);
  word(j, "likely", w->likely), real(j, "probability", s->p), real(j, "happened", s->happened), real(j, "mattered", s->mattered), real(j, "prior", s->prior);
  open(j, "share", '{');
  text(j, "text", w->share), truth(j, "identified", s->share_identified), real(j, "value", s->share_identified ? s->share : NAN),
      real(j, "low", s->share_identified ? s->share_low : NAN), real(j, "high", s->share_identified ? s->share_high : NAN), shut(j, '}');
  open(j, "effect", '{'), real(j, "value", s->effect), real(j, "low", s->effect_low), real(j, "high", s->effect_high), shut(j, '}');
  word(j, "grade", propter_grade_name(s->grade)), text(j, "gradeText", w->grade), text(j, "inseparableFrom", c->inseparable_from);
  if (c->has_dose) {
    open(j, "dose", '{');
    real(j, "value", c->dose), word(j, "profile", profiles[c->profile]), text(j, "source", c->dose_source), real(j, "predicted", c->predicted),
        real(j, "actual", c->actual), shut(j, '}');
  } else {
    none(j, "dose");
  }
  open(j, "terms", '{');
  for (int t = 0; t < PROPTER_TERMS; t++) real(j, propter_score_term_name((PropterScoreTerm)t), s->term[t]);
  shut(j, '}');
  open(j, "tests", '{');
  real(j, "dose", s->tests.dose), real(j, "return", s->tests.back), real(j, "contrast", s->tests.contrast), real(j, "placebo", s->tests.placebo),
      real(j, "placeboP", s->tests.placebo_p);
  whole(j, "placeboShifts", (uint64_t)(s->tests.placebo_shifts > 0 ? s->tests.placebo_shifts : 0)), shut(j, '}');
  open(j, "chain", '[');
  for (size_t k = 0; k < c->hops; k++) {
    const PropterHop *h = &c->hop[k];
    open(j, NULL, '{'), text(j, "cause", h->cause), text(j, "causeLabel", h->cause_label), text(j, "effect", h->effect),
        text(j, "effectLabel", h->effect_label), real(j, "belief", h->belief), text(j, "claim", h->claim), shut(j, '}');
  }
  shut(j, ']'), open(j, "aliases", '[');
  for (size_t k = 0; k < c->aliases; k++) open(j, NULL, '{'), text(j, "iri", c->alias[k]), text(j, "label", c->alias_label[k]), shut(j, '}');
  shut(j, ']'), text(j, "data", w->data), text(j, "rows", w->rows), text(j, "hypothesis", c->hypothesis);
  if (w->controllable || w->owner.len || w->next_step.len) {
    open(j, "action", '{');
    if (w->controllable) truth(j, "controllable", w->controllable > 0);
    else none(j, "controllable");
    text(j, "owner", w->owner), text(j, "nextStep", w->next_step), shut(j, '}');
  }
  if (w->finding) open(j, "finding", '{'), word(j, "code", w->finding), text(j, "text", w->finding_text), shut(j, '}');
  open(j, "evidence", '[');
  for (size_t k = 0; k < c->evidences; k++) evidence(j, &c->evidence[k], why_disputed(a, &c->evidence[k]));
  shut(j, ']'), shut(j, '}');
}

/* WHY NOT … DESPITE what is no candidate, and COMPARED TO: members that only such answers have. */
static void others(Json *j, const PropterWhyAnswer *a) {
  const PropterWhyAnswer *o = a->compared;
  if (a->asked.len) text(j, "asked", a->asked);
  if (a->despite.finding)
    open(j, "despite", '{'), text(j, "iri", a->question.despite), text(j, "label", a->despite.label), word(j, "finding", a->despite.finding),
        text(j, "text", a->despite.text), shut(j, '}');
  if (!o) return;
  const PropterInference *f = o->inference;
  open(j, "comparison", '{');
  text(j, "text", a->comparison), day(j, "from", f->first), day(j, "to", f->last), real(j, "difference", a->difference);
  real(j, "expected", a->difference_expected), word(j, "outcome", propter_answer_outcome_name(o->outcome));
  real(j, "value", f->observed), real(j, "deviation", f->deviation);
  open(j, "causes", '[');
  for (size_t i = 0; i < o->causes; i++) cause(j, o, i);
  shut(j, ']'), shut(j, '}');
}

static void upstream(Json *j, const PropterWhyAnswer *a) {
  open(j, "upstream", '[');
  for (size_t i = 0; i < a->upstreams; i++) {
    const PropterUpstream *u = &a->upstream[i];
    open(j, NULL, '{'), text(j, "metric", u->metric), text(j, "label", u->label), whole(j, "lag", (uint64_t)u->lag);
    if (u->parent == SIZE_MAX) none(j, "parent");
    else whole(j, "parent", u->parent);
    truth(j, "origin", u->origin);
    day(j, "first", u->first), day(j, "last", u->last), real(j, "deviation", u->deviation), real(j, "z", u->z);
    real(j, "value", u->value), real(j, "low", u->low), real(j, "high", u->high), real(j, "q", u->q), real(j, "stability", u->stability);
    text(j, "adjustment", u->adjustment), text(j, "knowledge", u->knowledge), word(j, "outcome", propter_answer_outcome_name(u->outcome));
    text(j, "cause", u->cause), real(j, "probability", u->probability), shut(j, '}');
  }
  shut(j, ']');
}

PropterStatus why_render_json(const PropterWhyAnswer *a, PropterBuf *out, PropterError *err) {
  (void)err;
  Json state = {.out = out}, *j = &state;
  const PropterInference *f = a->inference;
  open(j, NULL, '{');
  word(j, "schema", "https://w3id.org/propter/answer/1"), word(j, "outcome", propter_answer_outcome_name(a->outcome)),
      whole(j, "exit", (uint64_t)propter_exit_code(a->status));
  text(j, "headline", a->headline), text(j, "reason", f ? f->reason : propter_str(propter_gap_text(a->question.gap)));
  question(j, a);
  gap(j, a);
  request(j, a);
  observed(j, a);
  open(j, "where", '[');
  for (size_t i = 0; i < a->parts; i++) {
    const PropterPart *p = &a->part[i];
    open(j, NULL, '{'), text(j, "label", p->label), text(j, "metric", p->metric);
    if (p->parent == SIZE_MAX) none(j, "parent");
    else whole(j, "parent", p->parent);
    real(j, "observed", p->observed), real(j, "expected", p->expected), real(j, "deviation", p->observed - p->expected), real(j, "share", p->share),
        shut(j, '}');
  }
  shut(j, ']');
  upstream(j, a);
  open(j, "causes", '[');
  for (size_t i = 0; i < a->causes; i++) cause(j, a, i);
  shut(j, ']'), others(j, a), open(j, "others", '[');
  for (size_t i = 0; f && i < a->others; i++) {
    const PropterCause *c = &f->cause[a->causes + i];
    open(j, NULL, '{'), text(j, "iri", c->iri), text(j, "label", c->label), word(j, "likely", propter_likelihood_words(c->score.p)),
        real(j, "probability", c->score.p), shut(j, '}');
  }
  shut(j, ']');
  if (f) {
    open(j, "unknown", '{'), word(j, "likely", propter_likelihood_words(f->p_unknown)), real(j, "probability", f->p_unknown),
        real(j, "share", f->unknown_share), real(j, "none", f->p_none), shut(j, '}');
  } else {
    none(j, "unknown");
  }
  open(j, "against", '[');
  for (size_t i = 0; f && i < f->said; i++) evidence(j, &f->saying[i], NULL);
  shut(j, ']'), open(j, "excluded", '[');
  for (size_t i = 0; f && i < f->excluded; i++)
    open(j, NULL, '{'), text(j, "label", f->excluded_label[i]), text(j, "reason", f->excluded_reason[i]), shut(j, '}');
  shut(j, ']'), open(j, "wouldChange", '[');
  for (size_t i = 0; f && i < f->would_change; i++) text(j, NULL, f->would_change_text[i]);
  shut(j, ']'), open(j, "forecasts", '[');
  for (size_t i = 0; f && i < f->forecasts; i++) {
    static const char *const kinds[] = {"return", "size", "untouched"};
    const PropterForecast *p = &f->forecast[i];
    open(j, NULL, '{'), word(j, "kind", kinds[p->kind]), text(j, "text", p->text), text(j, "metric", p->metric), day(j, "day", p->day), real(j, "low", p->low),
        real(j, "high", p->high), shut(j, '}');
  }
  shut(j, ']'), open(j, "trackRecord", '{');
  whole(j, "audited", f ? f->audited : 0), whole(j, "right", f ? f->audited_right : 0), truth(j, "calibrated", f && f->calibrated), text(j, "text", a->track),
      shut(j, '}');
  open(j, "run", '{'), propter_buf_printf(out, "\"id\":\"a-%s\"", a->id), j->comma = true;
  whole(j, "graphVersion", a->version), word(j, "kernel", f ? f->kernel : ""), whole(j, "seed", a->options.infer.score.seed),
      text(j, "report", a->options.report), shut(j, '}');
  shut(j, '}');
  propter_buf_add_char(out, '\n');
  return PROPTER_OK;
}
