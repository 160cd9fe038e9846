/* SPDX-License-Identifier: Apache-2.0 */
/* From a question to its answer: names, days, the judge, and what to offer when there is nothing to judge. */
#include <math.h>
#include <string.h>

#include "form_why.h"
#include "propter/mem.h"
#include "propter/vocab.h"
#include "question.h"
#include "render.h"

enum { MOVES = 5, MEMBERS = 100000, REWRITES = 3, OFFERED = 8 };

typedef struct {
  PropterSnapshot *snapshot;
  PropterInferrer *inferrer; /* NULL: one is made for the question */
  PropterWhyOptions options; /* with the slices of the question */
  PropterMember slice[PROPTER_WHY_SLICES];
  PropterArena arena;
  bool whole; /* the period is judged as it is asked about, since another is held against it */
  bool form;  /* asked by a form, which means its days */
  PropterError *err;
} Ask;

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory"); }

typedef struct {
  PropterArena *arena;
  PropterStr dimension, members, first;
} Apart;

static PropterStatus add_member_name(const PropterTerm *row, void *payload, PropterError *err) {
  Apart *a = payload;
  a->dimension = propter_arena_copy(a->arena, row[0].value);
  a->members = propter_arena_printf(a->arena, "%.*s%s%.*s", (int)a->members.len, a->members.data, a->members.len ? ", " : "", (int)row[1].value.len,
                                    row[1].value.data);
  if (!a->first.len) a->first = propter_arena_copy(a->arena, row[1].value);
  return a->dimension.data && a->members.data && a->first.data ? PROPTER_OK : no_memory(err);
}

/* Values of different members are not combined, so one is to be named. */
static PropterStatus ask_member(Ask *k, const PropterMetric *m, PropterId dimension) {
  Apart a = {&k->arena, {"", 0}, {"", 0}, {"", 0}};
  PropterTerm term;
  PropterBuf text = {0};
  PROPTER_TRY(propter_snapshot_term(k->snapshot, dimension, &k->arena, &term, k->err));
  propter_buf_printf(&text,
                     "PREFIX skos: <http://www.w3.org/2004/02/skos/core#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "
                     "SELECT ?name ?member { { SELECT DISTINCT ?m { ?o <%.*s> ?m } ORDER BY ?m LIMIT 5 } OPTIONAL { ?m skos:prefLabel ?ml } "
                     "OPTIONAL { <%.*s> skos:prefLabel ?p } OPTIONAL { <%.*s> rdfs:label ?l } BIND (COALESCE(?p, ?l, \"\") AS ?name) BIND (COALESCE(?ml, ?m) AS ?member) } "
                     "ORDER BY ?member",
                     (int)term.value.len, term.value.data, (int)term.value.len, term.value.data, (int)term.value.len, term.value.data);
  PROPTER_TRY(why_each_row(k->snapshot, &text, add_member_name, &a, k->err));
  return propter_fail(k->err, PROPTER_INVALID, "%.*s does not add up over %.*s (%.*s): ask about one, such as \"%.*s for %.*s %.*s\"", (int)m->label.len,
                      m->label.data, (int)a.dimension.len, a.dimension.data, (int)a.members.len, a.members.data, (int)m->label.len, m->label.data,
                      (int)a.dimension.len, a.dimension.data, (int)a.first.len, a.first.data);
}

/* Grain and reach of a metric's data. */
typedef struct {
  PropterGrain grain;
  PropterDay first, last;
  bool any;
  PropterDay complete, settled; /* as of PropterMetricSeries */
} Reach;

static PropterStatus reach(Ask *k, PropterStr iri, Reach *out) {
  PropterTerm term = propter_iri(iri);
  PropterId id;
  PROPTER_TRY(propter_snapshot_find(k->snapshot, &term, &id, k->err));
  if (id == PROPTER_NO_ID) return propter_fail(k->err, PROPTER_NOT_FOUND, "no metric <%.*s> in this graph", (int)iri.len, iri.data);
  PropterMetric metric;
  PropterMetricSeries series;
  PROPTER_TRY(propter_metric_read(k->snapshot, id, &k->arena, &metric, k->err));
  PROPTER_TRY(propter_metric_series(k->snapshot, &metric, k->options.infer.slice, k->options.infer.slice_count, k->options.infer.known_by, &series, k->err));
  *out = (Reach){metric.grain, k->options.today, k->options.today, series.series.count > 0, series.complete, series.settled};
  const PropterId apart = series.apart;
  if (out->any) {
    out->first = propter_period_first(metric.grain, series.series.first);
    out->last = propter_period_last(metric.grain, series.series.first + (int32_t)series.series.count - 1);
  }
  propter_metric_series_clear(&series);
  return apart ? ask_member(k, &metric, apart) : PROPTER_OK;
}

/* What of the period is not final. */
static PropterStatus note_freshness(Ask *k, PropterQuestion *q, const Reach *r, PropterDay asked) {
  char day[16];
  if (r->complete != PROPTER_NO_DAY && asked > r->complete) {
    propter_day_format(r->complete, day);
    PROPTER_TRY(why_question_note(q, &k->arena, k->err, "figures after %s are not complete yet and not judged", day));
  }
  if (r->settled == PROPTER_NO_DAY || q->to < r->settled) return PROPTER_OK;
  propter_day_format(r->settled, day);
  return why_question_note(q, &k->arena, k->err, "figures from %s on may still be corrected", day);
}

static PropterStatus settle(Ask *k, PropterQuestion *q) {
  Reach r;
  PROPTER_TRY(reach(k, q->metric_iri, &r));
  if (!r.any && q->slice_count)
    return propter_fail(k->err, PROPTER_INVALID, "metric <%.*s> has no observation of this slice", (int)q->metric_iri.len, q->metric_iri.data);
  const PropterDay asked = q->to;
  PROPTER_TRY(propter_question_settle(q, r.grain, r.first, r.last, k->options.today, &k->arena, k->err));
  return q->gap == PROPTER_GAP_NONE ? note_freshness(k, q, &r, asked) : PROPTER_OK;
}

static PropterStr kept(PropterWhyAnswer *a, PropterStr s) { return propter_arena_copy(&a->arena, s); }

/* Where none comes near: the first names that are not of a part alone. */
static PropterStatus offer_wholes(Ask *k, const PropterLexicon *lexicon, PropterWhyAnswer *a) {
  a->near = propter_arena_alloc(&a->arena, OFFERED * sizeof *a->near);
  if (!a->near) return no_memory(k->err);
  for (size_t i = 0; i < propter_lexicon_count(lexicon) && a->nearest < OFFERED; i++) {
    if (propter_str_find(propter_lexicon_label(lexicon, i), PROPTER_STR(", ")) != SIZE_MAX) continue;
    PropterWhyName name = {kept(a, propter_lexicon_iri(lexicon, i)), kept(a, propter_lexicon_label(lexicon, i))};
    if (!name.iri.data || !name.label.data) return no_memory(k->err);
    a->near[a->nearest++] = name;
  }
  return PROPTER_OK;
}

/* The names to choose from. */
static PropterStatus offer_names(Ask *k, const PropterLexicon *lexicon, PropterWhyAnswer *a) {
  const PropterQuestion *q = &a->question;
  a->near = propter_arena_alloc(&a->arena, (q->nearest_count + 1) * sizeof *a->near);
  if (!a->near) return no_memory(k->err);
  for (size_t i = 0; i < q->nearest_count; i++) {
    PropterWhyName name = {kept(a, propter_lexicon_iri(lexicon, q->nearest[i])), kept(a, propter_lexicon_label(lexicon, q->nearest[i]))};
    if (!name.iri.data || !name.label.data) return no_memory(k->err);
    a->near[a->nearest++] = name;
  }
  return PROPTER_OK;
}

/* --- moves to choose from: of the metric, then of its parts ------------------------------------------------------------------------ */

typedef struct {
  PropterStr metric, label;
  PropterDay first, last;
  double deviation, z;
} Offer;

typedef struct {
  PropterArena *arena;
  PROPTER_VEC(Offer) all;
} Offers;

static PropterStatus add_offer(const PropterTerm *row, void *payload, PropterError *err) {
  Offers *o = payload;
  Offer m = {.metric = propter_arena_copy(o->arena, row[0].value), .label = propter_arena_copy(o->arena, row[1].value), .deviation = NAN, .z = NAN};
  if (!m.metric.data || !m.label.data) return no_memory(err);
  const bool days = propter_day_parse(row[2].value, &m.first) && propter_day_parse(row[3].value, &m.last);
  (void)propter_str_to_double(row[4].value, &m.deviation), (void)propter_str_to_double(row[5].value, &m.z);
  return !days || isnan(m.deviation * m.z) || propter_vec_push(&o->all, m) ? PROPTER_OK : no_memory(err);
}

/* Of the parts that are figures of their own, as the last inference found them. */
static PropterStatus read_parts(Ask *k, PropterStr metric, Offers *o) {
  PropterBuf text = {0};
  propter_buf_printf(&text,
                     "PREFIX p: <https://w3id.org/propter#> PREFIX skos: <http://www.w3.org/2004/02/skos/core#> SELECT ?m ?label ?from ?to ?deviation ?score { "
                     "<%.*s> p:measure ?of . ?m p:measure ?of ; skos:prefLabel ?label . ?x a p:Pattern ; p:metric ?m ; p:start ?from ; p:end ?to ; "
                     "p:deviation ?deviation ; p:score ?score FILTER NOT EXISTS { <%.*s> p:fixed ?one } FILTER EXISTS { ?m p:fixed ?two } } "
                     "ORDER BY ?label ?from",
                     (int)metric.len, metric.data, (int)metric.len, metric.data);
  return why_each_row(k->snapshot, &text, add_offer, o, k->err);
}

static PropterStatus read_offers(Ask *k, const PropterWhyAnswer *a, Offers *o) {
  PropterInferrer *inferrer = NULL;
  PropterPattern *found = NULL;
  size_t count = 0;
  PropterStatus status = propter_inferrer_new(k->snapshot, &k->options.infer, &inferrer, k->err);
  if (status == PROPTER_OK) status = propter_patterns(inferrer, a->question.metric_iri, PROPTER_NO_DAY, PROPTER_NO_DAY, &found, &count, k->err);
  for (size_t i = 0; i < count && status == PROPTER_OK; i++) {
    const Offer m = {a->question.metric_iri, a->question.metric_label, found[i].first, found[i].last, found[i].deviation, found[i].z};
    if (!propter_vec_push(&o->all, m)) status = no_memory(k->err);
  }
  propter_patterns_free(found, count);
  propter_inferrer_free(inferrer);
  return status == PROPTER_OK && !a->question.slice_count ? read_parts(k, a->question.metric_iri, o) : status;
}

/* The whole's stand before those of parts; of these what the whole did as well is not listed again. */
static bool stands_before(const Offer *m, const Offer *x, PropterStr whole) {
  const bool a = propter_str_equal(m->metric, whole), b = propter_str_equal(x->metric, whole);
  return a != b ? a : fabs(m->z) > fabs(x->z);
}

static bool is_same_move(const Offer *m, const Offer *x) {
  return m->first <= x->last && x->first <= m->last && m->deviation * x->deviation > 0;
}

/* Those that go the way of the question and are no way back, by distance from the baseline in standard errors. */
static PropterStatus choose_offers(const Offers *o, const PropterQuestion *q, const Offer *chosen[MOVES], size_t *count, PropterError *err) {
  PropterMoveKin *kin = propter_malloc((o->all.count + 1) * sizeof *kin);
  if (!kin) return no_memory(err);
  for (size_t i = 0; i < o->all.count; i++) {
    const Offer *m = &o->all.items[i];
    const bool part = !propter_str_equal(m->metric, q->metric_iri);
    kin[i] = (PropterMoveKin){.metric = m->metric, .measure = q->metric_iri, .part = part, .stands = true, .first = m->first, .score = m->z};
  }
  PropterStatus status = propter_why_relate(kin, o->all.count, err);
  for (size_t n = 0; n < MOVES && status == PROPTER_OK; n++) {
    const Offer *best = NULL;
    for (size_t i = 0; i < o->all.count; i++) {
      const Offer *m = &o->all.items[i];
      bool listed = kin[i].back_of != PROPTER_NO_DAY || m->deviation * q->direction < 0;
      for (size_t c = 0; c < *count && !listed; c++) listed = m == chosen[c] || is_same_move(m, chosen[c]);
      if (!listed && (!best || stands_before(m, best, q->metric_iri))) best = m;
    }
    if (best) chosen[(*count)++] = best;
  }
  propter_free(kin);
  return status;
}

static PropterStatus offer_moves(Ask *k, PropterWhyAnswer *a) {
  Offers offers = {.arena = &k->arena};
  const Offer *chosen[MOVES];
  size_t count = 0;
  PropterBuf text = {0};
  PropterStatus status = read_offers(k, a, &offers);
  if (status == PROPTER_OK) status = choose_offers(&offers, &a->question, chosen, &count, k->err);
  if (status == PROPTER_OK && !(a->move = propter_arena_alloc(&a->arena, MOVES * sizeof *a->move))) status = no_memory(k->err);
  for (size_t i = 0; i < count && status == PROPTER_OK; i++) {
    const Offer *m = chosen[i];
    propter_buf_reset(&text);
    propter_buf_add(&text, m->label);
    if (a->question.slice_words.len) propter_buf_add(&text, PROPTER_STR(" for ")), propter_buf_add(&text, a->question.slice_words);
    propter_buf_add(&text, PROPTER_STR(" ")), why_put_when(&text, m->first, m->last);
    PropterWhyMove move = {.first = m->first, .last = m->last, .deviation = m->deviation, .z = m->z};
    status = propter_buf_status(&text, k->err);
    if (status == PROPTER_OK && !(move.question = kept(a, propter_buf_str(&text))).data) status = no_memory(k->err);
    if (status == PROPTER_OK) a->move[a->moves++] = move;
  }
  propter_buf_clear(&text);
  propter_vec_clear(&offers.all);
  return status;
}

static PropterStatus infer(Ask *k, const PropterQuestion *q, PropterInference **out) {
  if (k->inferrer) return propter_inferrer_window(k->inferrer, q->metric_iri, q->from, q->to, out, k->err);
  return propter_infer_window(k->snapshot, q->metric_iri, q->from, q->to, &k->options.infer, out, k->err);
}

static PropterStatus any_row(const PropterTerm *row, void *payload, PropterError *err) {
  (void)row, (void)err;
  *(bool *)payload = true;
  return PROPTER_OK;
}

/* Is the cause meant: by its own IRI, that of another name for it, or by its kind? */
static PropterStatus is_meant(Ask *k, const PropterCause *c, PropterStr iri, bool *meant) {
  *meant = propter_str_equal(c->iri, iri);
  for (size_t i = 0; i < c->aliases; i++) *meant |= propter_str_equal(c->alias[i], iri);
  PropterBuf text = {0};
  if (*meant) return PROPTER_OK;
  propter_buf_printf(&text,
                     "PREFIX skos: <http://www.w3.org/2004/02/skos/core#> SELECT * { <%.*s> <https://w3id.org/propter#concept>?/skos:broader* <%.*s> } LIMIT 1",
                     (int)c->iri.len, c->iri.data, (int)iri.len, iri.data);
  return why_each_row(k->snapshot, &text, any_row, meant, k->err);
}

typedef struct {
  PropterArena *arena;
  PropterStr label;
  PropterDay start, end;
  bool found;
} Known;

static PropterStatus known_row(const PropterTerm *row, void *payload, PropterError *err) {
  Known *known = payload;
  known->found = true;
  if (row[0].value.len) known->label = propter_arena_copy(known->arena, row[0].value);
  if (!propter_day_parse(row[1].value, &known->start)) known->start = PROPTER_NO_DAY;
  if (!propter_day_parse(row[2].value, &known->end)) known->end = PROPTER_NO_DAY;
  return known->label.data ? PROPTER_OK : no_memory(err);
}

static PropterStatus explain_absence(Ask *k, PropterStr iri, PropterWhyAnswer *a) {
  Known known = {.arena = &a->arena, .label = iri, .start = PROPTER_NO_DAY, .end = PROPTER_NO_DAY};
  PropterBuf text = {0};
  propter_buf_printf(
      &text,
      "PREFIX p: <https://w3id.org/propter#> PREFIX skos: <http://www.w3.org/2004/02/skos/core#> SELECT ?label ?start ?end { { SELECT * { <%.*s> ?p ?o } LIMIT "
      "1 } "
      "OPTIONAL { <%.*s> skos:prefLabel ?label } OPTIONAL { <%.*s> p:start ?start } OPTIONAL { <%.*s> p:end ?end } } ORDER BY ?label LIMIT 1",
      (int)iri.len, iri.data, (int)iri.len, iri.data, (int)iri.len, iri.data, (int)iri.len, iri.data);
  PROPTER_TRY(why_each_row(k->snapshot, &text, known_row, &known, k->err));
  if (!known.found) return propter_fail(k->err, PROPTER_NOT_FOUND, "no cause <%.*s> in this graph", (int)iri.len, iri.data);
  return why_absent(a, iri, known.label, known.start, known.end, k->err);
}

/* What the graph says of a cause or its kind: can it be changed, by whom, how. */
static PropterStatus use_action(const PropterTerm *row, void *payload, PropterError *err) {
  PropterWhyAnswer *a = payload;
  for (size_t i = 0; i < a->causes; i++) {
    PropterWhyCause *w = &a->cause[i];
    if (!propter_str_equal(w->cause->iri, row[0].value)) continue;
    if (row[1].value.len && !w->controllable)
      w->controllable = propter_str_equal(row[1].value, PROPTER_STR("true")) || propter_str_equal(row[1].value, PROPTER_STR("1")) ? 1 : -1;
    if (row[2].value.len && !w->owner.len && !(w->owner = propter_arena_copy(&a->arena, row[2].value)).data) return no_memory(err);
    if (row[3].value.len && !w->next_step.len && !(w->next_step = propter_arena_copy(&a->arena, row[3].value)).data) return no_memory(err);
  }
  return PROPTER_OK;
}

static PropterStatus add_actions(Ask *k, PropterWhyAnswer *a) {
  static const PropterVocab said[] = {VOCAB_propter_controllable, VOCAB_propter_owner, VOCAB_propter_nextStep};
  PropterBuf text = {0};
  bool any = false;
  for (size_t i = 0; i < 3 && a->causes; i++) {
    const PropterTerm term = propter_iri(propter_vocab_iri(said[i]));
    PropterId id = PROPTER_NO_ID;
    PROPTER_TRY(propter_snapshot_find(k->snapshot, &term, &id, k->err));
    any |= id != PROPTER_NO_ID;
  }
  if (!any) return PROPTER_OK;
  propter_buf_add(
      &text,
      PROPTER_STR(
          "PREFIX p: <https://w3id.org/propter#> PREFIX skos: <http://www.w3.org/2004/02/skos/core#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "
          "SELECT ?c ?can ?owner ?next { VALUES ?c {"));
  for (size_t i = 0; i < a->causes; i++) propter_buf_printf(&text, " <%.*s>", (int)a->cause[i].cause->iri.len, a->cause[i].cause->iri.data);
  propter_buf_add(
      &text,
      PROPTER_STR(" } ?c p:concept?/skos:broader* ?x { ?x p:controllable ?can } UNION { ?x p:nextStep ?next } UNION "
                  "{ ?x p:owner ?o OPTIONAL { ?o skos:prefLabel|rdfs:label ?name } BIND (COALESCE(?name, ?o) AS ?owner) } } ORDER BY ?c ?can ?owner ?next"));
  return why_each_row(k->snapshot, &text, use_action, a, k->err);
}

static PropterStatus use_owner(const PropterTerm *row, void *payload, PropterError *err) {
  PropterWhyAnswer *a = payload;
  return why_gate_owner(a, row[0].value, err);
}

/* Who decides about the metric, or about what it measures. */
static PropterStatus add_owner(Ask *k, PropterWhyAnswer *a) {
  PropterBuf text = {0};
  const PropterStr iri = a->inference->metric.iri;
  PROPTER_TRY(why_gate_owner(a, PROPTER_STR(""), k->err));
  if (a->gate[PROPTER_GATE_RISK].state == PROPTER_GATE_MET) return PROPTER_OK;
  propter_buf_printf(
      &text,
      "PREFIX p: <https://w3id.org/propter#> PREFIX skos: <http://www.w3.org/2004/02/skos/core#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "
      "SELECT ?owner { <%.*s> p:concept?/skos:broader*/p:owner ?o OPTIONAL { ?o skos:prefLabel|rdfs:label ?name } BIND (COALESCE(?name, ?o) AS ?owner) } "
      "ORDER BY ?owner LIMIT 1",
      (int)iri.len, iri.data);
  return why_each_row(k->snapshot, &text, use_owner, a, k->err);
}

/* What else is asked: was it that cause, in which part does it lie. */
static PropterStatus add_asked(Ask *k, PropterWhyAnswer *a) {
  const PropterQuestion *q = &a->question;
  size_t at = a->causes;
  for (size_t i = 0; q->suspect.len && i < a->causes && at == a->causes; i++) {
    bool meant;
    PROPTER_TRY(is_meant(k, a->cause[i].cause, q->suspect, &meant));
    if (meant) at = i;
  }
  a->suspected = q->suspect.len && at < a->causes ? at + 1 : 0;
  if (q->suspect.len && !a->suspected) PROPTER_TRY(explain_absence(k, q->suspect, a));
  PROPTER_TRY(why_asked(a, at, k->err));
  const size_t limit = k->options.limit ? k->options.limit : propter_why_options().limit;
  if (a->causes > limit) a->others += a->causes - limit, a->causes = limit;
  return PROPTER_OK;
}

/* WHY NOT … DESPITE: only the causes that are meant stay; if none is judged here, it is said why. */
static PropterStatus keep_meant(Ask *k, PropterWhyAnswer *a) {
  size_t kept = 0;
  for (size_t i = 0; i < a->causes; i++) {
    bool meant;
    PROPTER_TRY(is_meant(k, a->cause[i].cause, a->question.despite, &meant));
    if (meant) a->cause[kept++] = a->cause[i];
  }
  a->causes = kept, a->others = 0;
  if (a->named > kept) a->named = kept;
  return kept ? PROPTER_OK : explain_absence(k, a->question.despite, a);
}

static PropterStatus judge(Ask *k, PropterQuestion *q, PropterLexicon *lexicon, PropterWhyAnswer **out);

static PropterStatus compare(Ask *k, const PropterQuestion *q, PropterWhyAnswer *a) {
  PropterQuestion there = *q;
  PropterWhyAnswer *other;
  k->whole = true;
  there.negated = there.compared = there.parted = false, there.note_count = 0, there.direction = 0, there.suspect = (PropterStr){"", 0};
  there.from = q->compared_from, there.to = q->compared_to;
  PROPTER_TRY(judge(k, &there, NULL, &other));
  return why_compare(a, other, k->err);
}

/* Where the deviation lies. */
static PropterStatus add_parts(Ask *k, PropterWhyAnswer *a) {
  const PropterInference *f = a->inference;
  PropterPart *found = NULL;
  const PropterStr by = a->question.parted ? a->question.by : (PropterStr){"", 0};
  if (a->outcome == PROPTER_ANSWER_NOT_TESTABLE || (a->outcome == PROPTER_ANSWER_DID_NOT_MOVE && !by.len)) return PROPTER_OK;
  if (by.len) PROPTER_TRY(propter_members(f->holder, f->metric.iri, by, f->first, f->last, &a->arena, &found, &a->parts, k->err));
  a->members = a->parts > 0;
  for (size_t i = 0; i < a->parts && a->outcome == PROPTER_ANSWER_DID_NOT_MOVE; i++) found[i].share = NAN; /* of no change */
  if (!a->members && a->outcome != PROPTER_ANSWER_DID_NOT_MOVE) {
    propter_free(found);
    PROPTER_TRY(propter_where(f->holder, f->metric.iri, f->first, f->last, &a->arena, &found, &a->parts, k->err));
  }
  a->part = propter_arena_alloc(&a->arena, (a->parts + 1) * sizeof *a->part);
  if (a->part && a->parts) memcpy(a->part, found, a->parts * sizeof *a->part);
  propter_free(found);
  return a->part ? PROPTER_OK : propter_fail(k->err, PROPTER_NO_MEMORY, "parts of a figure");
}

/* What moved upstream. */
static PropterStatus add_upstream(Ask *k, PropterWhyAnswer *a) {
  const PropterInference *f = a->inference;
  if (a->outcome == PROPTER_ANSWER_DID_NOT_MOVE || a->outcome == PROPTER_ANSWER_NOT_TESTABLE) return PROPTER_OK;
  return propter_upstream(f->holder, f->metric.iri, f->first, f->last, &a->arena, &a->upstream, &a->upstreams, k->err);
}

static PropterStatus judge(Ask *k, PropterQuestion *q, PropterLexicon *lexicon, PropterWhyAnswer **out) {
  PropterInference *inference = NULL;
  PropterWhyOptions options = k->options;
  if (q->despite.len || q->suspect.len) options.limit = SIZE_MAX; /* the cause may stand far down */
  if (q->gap == PROPTER_GAP_NONE) {
    PROPTER_TRY(infer(k, q, &inference));
    const bool whole = k->whole || q->negated || q->compared;
    PropterStatus looked = whole ? PROPTER_OK : why_look_inside(k->inferrer, q, &k->arena, &inference, k->err);
    if (!looked) looked = why_look_around(k->inferrer, q, whole || k->form, &k->arena, &inference, k->err);
    if (looked) return propter_inference_free(inference), looked;
  }
  PROPTER_TRY(why_answer_make(q, inference, options.version ? options.version : propter_snapshot_version(k->snapshot), &options, out, k->err));
  PropterStatus status = PROPTER_OK;
  bool causes = q->gap == PROPTER_GAP_NO_CAUSE || q->gap == PROPTER_GAP_MANY_CAUSES;
  if (lexicon && !q->nearest_count && q->gap == PROPTER_GAP_NO_METRIC) status = offer_wholes(k, lexicon, *out);
  if (lexicon && q->nearest_count) status = offer_names(k, causes ? why_lexicon_causes(lexicon) : lexicon, *out);
  if (status == PROPTER_OK && q->has_metric && (q->gap == PROPTER_GAP_NO_PERIOD || q->gap == PROPTER_GAP_NO_YEAR)) status = offer_moves(k, *out);
  if (status == PROPTER_OK && inference && q->despite.len) status = keep_meant(k, *out);
  if (status == PROPTER_OK && inference) status = add_actions(k, *out);
  if (status == PROPTER_OK && inference && !k->inferrer) status = add_owner(k, *out);
  if (status == PROPTER_OK && inference && !k->inferrer) status = add_parts(k, *out);
  if (status == PROPTER_OK && inference && !k->inferrer) status = add_upstream(k, *out);
  if (status == PROPTER_OK && inference && q->negated) status = why_unmoved(*out, k->err);
  if (status == PROPTER_OK && inference && !q->negated && (q->suspect.len || q->parted)) status = add_asked(k, *out);
  if (status == PROPTER_OK && inference && q->compared) status = compare(k, q, *out);
  if (status != PROPTER_OK) {
    propter_why_free(*out);
    *out = NULL;
  }
  return status;
}

PropterStatus why_slices(PropterSnapshot *snapshot, size_t count, const PropterStr *dimension, const PropterTerm *member, PropterMember *out,
                         PropterError *err) {
  for (size_t i = 0; i < count; i++) {
    const PropterTerm d = propter_iri(dimension[i]);
    PROPTER_TRY(propter_snapshot_find(snapshot, &d, &out[i].dimension, err));
    if (!out[i].dimension) return propter_fail(err, PROPTER_NOT_FOUND, "no dimension <%.*s> in this graph", (int)d.value.len, d.value.data);
    PROPTER_TRY(propter_snapshot_find(snapshot, &member[i], &out[i].member, err));
    if (out[i].member) continue;
    const bool iri = member[i].kind == PROPTER_TERM_IRI;
    return propter_fail(err, PROPTER_NOT_FOUND, "no member %c%.*s%c in this graph", iri ? '<' : '"', (int)member[i].value.len, member[i].value.data,
                        iri ? '>' : '"');
  }
  return PROPTER_OK;
}

/* The question with its days settled and its slices in the options. */
static PropterStatus prepare(Ask *k, PropterQuestion *q) {
  if (q->slice_count) {
    PROPTER_TRY(why_slices(k->snapshot, q->slice_count, q->dimension, q->member, k->slice, k->err));
    k->options.infer.slice = k->slice, k->options.infer.slice_count = q->slice_count;
    PROPTER_TRY(why_slice_words(k->snapshot, k->slice, q->slice_count, &k->arena, &q->slice_words, k->err));
  }
  return q->has_metric && q->has_period ? settle(k, q) : PROPTER_OK;
}

static PropterStatus add_cause(const PropterTerm *row, void *payload, PropterError *err) {
  PropterDay start, end;
  if (!propter_day_parse(row[2].value, &start)) start = PROPTER_NO_DAY;
  if (!propter_day_parse(row[3].value, &end)) end = PROPTER_NO_DAY;
  return propter_lexicon_add_cause(payload, row[0].value, row[1].value, start, end, err);
}

/* Names of events, on record or told by documents, and of their kinds; what is of a kind has its name, too. */
static PropterStatus load_causes(Ask *k, PropterLexicon *lexicon) {
  PropterBuf text = {0};
  if (why_lexicon_causes(lexicon)) return PROPTER_OK;
  propter_buf_add(
      &text,
      PROPTER_STR("PREFIX p: <https://w3id.org/propter#> PREFIX skos: <http://www.w3.org/2004/02/skos/core#> "
                  "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> SELECT ?c ?label ?start ?end { "
                  "{ SELECT DISTINCT ?c { { ?c a p:Event } UNION { ?c a p:EventKind } UNION { ?e a p:Event ; p:concept ?c } } } "
                  "{ ?c skos:prefLabel ?label BIND (1 AS ?kind) } UNION { ?c a p:Event ; rdfs:label ?label BIND (2 AS ?kind) } "
                  "UNION { ?c skos:altLabel ?label BIND (3 AS ?kind) } UNION { ?c a p:Event ; p:concept ?k . ?k skos:prefLabel ?label BIND (4 AS ?kind) } "
                  "OPTIONAL { ?c p:start ?start } OPTIONAL { ?c p:end ?end } } ORDER BY ?c ?kind ?label ?start ?end"));
  return why_each_row(k->snapshot, &text, add_cause, lexicon, k->err);
}

static PropterStatus parse_with_members(Ask *k, PropterLexicon *lexicon, PropterStr question, PropterQuestion *q) {
  PROPTER_TRY(propter_question_parse(lexicon, question, k->options.today, &k->arena, q, k->err));
  if (!q->has_metric) return PROPTER_OK;
  PROPTER_TRY(propter_lexicon_load_members(lexicon, k->snapshot, q->metric, MEMBERS, k->err));
  return propter_question_parse(lexicon, question, k->options.today, &k->arena, q, k->err);
}

static PropterStatus use_whole(const PropterTerm *row, void *payload, PropterError *err) {
  Apart *a = payload;
  a->first = a->first.data ? (PropterStr){"", 0} : propter_arena_copy(a->arena, row[0].value); /* of two none */
  return a->first.data ? PROPTER_OK : no_memory(err);
}

/* The metric of whose measure this is a part, or itself if it is none; SIZE_MAX: not one. */
static PropterStatus find_whole(Ask *k, const PropterLexicon *lexicon, size_t metric, size_t *whole) {
  const PropterStr iri = propter_lexicon_iri(lexicon, metric);
  Apart a = {.arena = &k->arena, .first = {NULL, 0}};
  PropterBuf text = {0};
  propter_buf_printf(&text,
                     "PREFIX p: <https://w3id.org/propter#> SELECT ?whole { <%.*s> p:dataset ?set ; p:measure ?of . "
                     "?whole p:dataset ?set ; p:measure ?of ; a p:Metric FILTER NOT EXISTS { ?whole p:fixed ?any } "
                     "FILTER (?whole = <%.*s> || EXISTS { <%.*s> p:fixed ?one }) } ORDER BY ?whole LIMIT 2",
                     (int)iri.len, iri.data, (int)iri.len, iri.data, (int)iri.len, iri.data);
  PROPTER_TRY(why_each_row(k->snapshot, &text, use_whole, &a, k->err));
  *whole = SIZE_MAX;
  for (size_t i = 0; i < propter_lexicon_count(lexicon) && a.first.len; i++)
    if (propter_str_equal(propter_lexicon_iri(lexicon, i), a.first)) *whole = i;
  return PROPTER_OK;
}

static bool holds_several(const PropterQuestion *q) {
  for (size_t i = 1; i < q->slice_count; i++)
    if (propter_str_equal(q->dimension[i], q->dimension[i - 1])) return true;
  return false;
}

/* "Orders in the North and South", where each part is a metric of its own: of the whole, several together, if nothing is left over then. */
static PropterStatus read_of_whole(Ask *k, PropterLexicon *lexicon, PropterStr question, PropterQuestion *q) {
  PropterQuestion other;
  size_t whole;
  const bool many = q->gap == PROPTER_GAP_MANY_METRICS && q->nearest_count;
  if (!many && (q->gap != PROPTER_GAP_WORDS_LEFT || !q->has_metric)) return PROPTER_OK;
  PROPTER_TRY(find_whole(k, lexicon, many ? q->nearest[0] : q->metric, &whole));
  if (whole == SIZE_MAX) return PROPTER_OK;
  why_lexicon_alone(lexicon, whole);
  PropterStatus status = parse_with_members(k, lexicon, question, &other);
  why_lexicon_alone(lexicon, SIZE_MAX);
  if (status == PROPTER_OK && holds_several(&other) && other.gap != PROPTER_GAP_WORDS_LEFT && other.gap != PROPTER_GAP_MANY_SLICES) *q = other;
  return status;
}

/* Once the metric is known, the names of the parts of its data are, and the question is read with them; where that is not enough, or a cause is named, or could
 * be in what was passed over, with the names of causes, too. */
static PropterStatus parse(Ask *k, PropterLexicon *lexicon, PropterStr question, PropterQuestion *q) {
  bool names;
  PROPTER_TRY(parse_with_members(k, lexicon, question, q));
  PROPTER_TRY(why_question_names_cause(lexicon, question, &names, k->err));
  if (q->gap == PROPTER_GAP_NONE && !names && !q->passed) return PROPTER_OK;
  PROPTER_TRY(load_causes(k, lexicon));
  PROPTER_TRY(parse_with_members(k, lexicon, question, q));
  return read_of_whole(k, lexicon, question, q);
}

/* Text that begins with PREFIX or BASE, or with WHY and the name of a metric, is the form itself; what is wrong with it is said with its place. */
static bool is_form(PropterStr text) {
  PropterStr t = propter_str_trim(text);
  size_t at = 0;
  bool upper = true;
  while (at < t.len && ((t.data[at] >= 'A' && t.data[at] <= 'Z') || (t.data[at] >= 'a' && t.data[at] <= 'z'))) upper &= t.data[at++] <= 'Z';
  const PropterStr first = {t.data, at};
  PropterStr rest = propter_str_trim((PropterStr){t.data + at, t.len - at});
  if (!upper || !rest.len) return false;
  if (propter_str_equal(first, PROPTER_STR("PREFIX")) || propter_str_equal(first, PROPTER_STR("BASE"))) return true;
  if (!propter_str_equal(first, PROPTER_STR("WHY"))) return false;
  size_t end = 0;
  while (end < rest.len && rest.data[end] != ' ' && rest.data[end] != '\n' && rest.data[end] != '\t') end++;
  const PropterStr second = {rest.data, end};
  return second.data[0] == '<' || propter_str_find(second, PROPTER_STR(":")) != SIZE_MAX || propter_str_find(rest, PROPTER_STR(" DURING ")) != SIZE_MAX;
}

static PropterStatus ask_form(PropterSnapshot *snapshot, PropterStr text, const PropterWhyOptions *options, PropterWhyAnswer **out, PropterError *err) {
  PropterQuery *query = NULL;
  PropterWhyForm form;
  PropterWhyOptions changed = *options;
  PropterBuf whole = {0};
  PropterStatus status = why_declare_short(snapshot, text, &whole, err);
  const bool declared = whole.len > 0;
  if (declared) propter_buf_add_char(&whole, '\n');
  propter_buf_add(&whole, text);
  if (status == PROPTER_OK) status = propter_buf_status(&whole, err);
  if (status == PROPTER_OK) status = propter_query_parse(propter_buf_str(&whole), PROPTER_STR(""), &query, err);
  if (status == PROPTER_SYNTAX) propter_error_at(err, "question", err ? err->line - declared : 0, err ? err->column : 0);
  if (status == PROPTER_OK) status = why_form_of_query(query, &form, &changed, err);
  if (status == PROPTER_OK) status = propter_why_form(snapshot, &form, &changed, out, err);
  propter_query_free(query);
  propter_buf_clear(&whole);
  return status;
}

/* --- did you mean ----------------------------------------------------------------------------------------------------------------- */

/* The question near `q` about this metric, in words, if it is one that is understood; its days are settled. */
static PropterStatus offer_rewrite(Ask *k, PropterLexicon *lexicon, const PropterQuestion *q, PropterStr iri, PropterStr label, PropterWhyAnswer *a) {
  Ask other = {.snapshot = k->snapshot, .options = k->options, .err = k->err};
  PropterQuestion near = *q, read;
  PropterBuf text = {0};
  near.gap = PROPTER_GAP_NONE, near.note_count = 0, near.metric_iri = iri, near.has_metric = true;
  other.options.infer.slice_count = 0;
  PropterStatus status = propter_str_equal(iri, q->metric_iri) ? PROPTER_OK : settle(&other, &near);
  propter_buf_add(&text, label);
  if (q->slice_words.len) propter_buf_add(&text, PROPTER_STR(" for ")), propter_buf_add(&text, q->slice_words);
  if (status == PROPTER_OK && near.gap == PROPTER_GAP_NONE) {
    propter_buf_add(&text, PROPTER_STR(" ")), why_put_when(&text, near.from, near.to);
    if (near.compared) propter_buf_add(&text, PROPTER_STR(" compared with ")), why_put_period(&text, near.compared_from, near.compared_to);
    status = propter_buf_status(&text, k->err);
    if (status == PROPTER_OK) status = parse(&other, lexicon, propter_buf_str(&text), &read);
    if (status == PROPTER_OK && read.gap == PROPTER_GAP_NONE && !(a->rewrite[a->rewrites++] = kept(a, propter_buf_str(&text))).data) status = no_memory(k->err);
  }
  propter_buf_clear(&text);
  propter_arena_clear(&other.arena);
  return status;
}

/* What is left of a question whose metric or other words are not understood but whose time is. */
static PropterStatus offer_rewrites(Ask *k, PropterLexicon *lexicon, PropterWhyAnswer *a) {
  const PropterQuestion *q = &a->question;
  const bool metrics = q->gap == PROPTER_GAP_NO_METRIC || q->gap == PROPTER_GAP_MANY_METRICS;
  if (q->gap == PROPTER_GAP_NONE || !q->has_period || q->negated || (metrics && !q->nearest_count)) return PROPTER_OK;
  if (!(a->rewrite = propter_arena_alloc(&a->arena, (a->nearest + 1) * sizeof *a->rewrite))) return no_memory(k->err);
  if (!metrics && q->has_metric) return offer_rewrite(k, lexicon, q, q->metric_iri, q->metric_label, a);
  for (size_t i = 0; metrics && i < a->nearest && a->rewrites < REWRITES; i++) PROPTER_TRY(offer_rewrite(k, lexicon, q, a->near[i].iri, a->near[i].label, a));
  return PROPTER_OK;
}

PropterStatus propter_why_ask(PropterSnapshot *snapshot, PropterStr question, const PropterWhyOptions *options, PropterWhyAnswer **out, PropterError *err) {
  *out = NULL;
  if (is_form(question)) return ask_form(snapshot, question, options, out, err);
  Ask k = {.snapshot = snapshot, .options = *options, .err = err};
  PropterLexicon *lexicon = NULL;
  PropterQuestion q;
  PropterStatus status = propter_lexicon_load(snapshot, &lexicon, err);
  if (status == PROPTER_OK) status = parse(&k, lexicon, question, &q);
  if (status == PROPTER_OK) status = prepare(&k, &q);
  if (status == PROPTER_OK) status = judge(&k, &q, lexicon, out);
  if (status == PROPTER_OK && (status = offer_rewrites(&k, lexicon, *out)) != PROPTER_OK) propter_why_free(*out), *out = NULL;
  propter_lexicon_free(lexicon);
  propter_arena_clear(&k.arena);
  return status;
}

PropterStatus why_form_with(PropterSnapshot *snapshot, PropterInferrer *inferrer, const PropterWhyForm *form, const PropterWhyOptions *options,
                            PropterWhyAnswer **out, PropterError *err) {
  *out = NULL;
  if (form->from > form->to || (form->compared && form->compared_from > form->compared_to))
    return propter_fail(err, PROPTER_INVALID, "the window ends before it begins");
  Ask k = {.snapshot = snapshot, .inferrer = inferrer, .options = *options, .form = true, .err = err};
  PropterQuestion q = why_question_empty();
  q.has_metric = q.has_period = true;
  q.metric_iri = form->metric, q.from = form->from, q.to = form->to;
  q.negated = form->negated, q.despite = form->despite, q.suspect = form->suspect;
  q.compared = form->compared, q.compared_from = form->compared_from, q.compared_to = form->compared_to;
  q.slice_count = form->slice_count;
  memcpy(q.dimension, form->dimension, sizeof q.dimension), memcpy(q.member, form->member, sizeof q.member);
  PropterStatus status = prepare(&k, &q);
  if (status == PROPTER_OK) status = judge(&k, &q, NULL, out);
  propter_arena_clear(&k.arena);
  return status;
}

PropterStatus propter_why_form(PropterSnapshot *snapshot, const PropterWhyForm *form, const PropterWhyOptions *options, PropterWhyAnswer **out,
                               PropterError *err) {
  return why_form_with(snapshot, NULL, form, options, out, err);
}

PropterStatus propter_why_window(PropterSnapshot *snapshot, PropterStr metric, PropterDay from, PropterDay to, const PropterWhyOptions *options,
                                 PropterWhyAnswer **out, PropterError *err) {
  const PropterWhyForm form = {.metric = metric, .from = from, .to = to, .despite = {"", 0}, .suspect = {"", 0}};
  return propter_why_form(snapshot, &form, options, out, err);
}
