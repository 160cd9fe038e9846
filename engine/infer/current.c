/* SPDX-License-Identifier: Apache-2.0 */
/* The live results: patterns, hypotheses, evidence and causal links of propter:current, replaced by each run where they changed. */
#include <math.h>
#include <string.h>

#include "../graph/sort_keys.h"
#include "current.h"
#include "know.h"
#include "propter/rdf.h"

/* --- statements ----------------------------------------------------------------------------------------------------------------------------------- */

static PropterStatus known_term(Sheet *sheet, PropterVocab which, PropterError *err) {
  return sheet->vocab[which] ? PROPTER_OK : propter_vocab_intern(sheet->writer, which, &sheet->vocab[which], err);
}

PropterStatus put(Sheet *sheet, PropterId s, PropterVocab p, PropterId o, PropterError *err) {
  PROPTER_TRY(known_term(sheet, p, err));
  return propter_vec_push(&sheet->quads, ((PropterQuad){s, sheet->vocab[p], o, sheet->graph}))
             ? PROPTER_OK
             : propter_fail(err, PROPTER_NO_MEMORY, "%zu statements", sheet->quads.count);
}

PropterStatus put_is(Sheet *sheet, PropterId s, PropterVocab p, PropterVocab o, PropterError *err) {
  PROPTER_TRY(known_term(sheet, o, err));
  return put(sheet, s, p, sheet->vocab[o], err);
}

PropterStatus put_iri(Sheet *sheet, PropterId s, PropterVocab p, PropterStr iri, PropterError *err) {
  PropterId id;
  PropterTerm term = propter_iri(iri);
  if (!iri.len) return PROPTER_OK;
  PROPTER_TRY(propter_writer_intern(sheet->writer, &term, &id, err));
  return put(sheet, s, p, id, err);
}

static PropterStatus put_typed(Sheet *sheet, PropterId s, PropterVocab p, PropterStr text, PropterVocab type, PropterError *err) {
  PropterId id;
  PropterTerm term = propter_typed(text, propter_vocab_iri(type));
  PROPTER_TRY(propter_writer_intern(sheet->writer, &term, &id, err));
  return put(sheet, s, p, id, err);
}

PropterStatus put_text(Sheet *sheet, PropterId s, PropterVocab p, PropterStr text, PropterError *err) {
  PropterId id;
  PropterTerm term = propter_literal(text);
  if (!text.len) return PROPTER_OK;
  PROPTER_TRY(propter_writer_intern(sheet->writer, &term, &id, err));
  return put(sheet, s, p, id, err);
}

/* Canonical xsd:decimal, at most six digits after the point. */
PropterStatus put_number(Sheet *sheet, PropterId s, PropterVocab p, double value, PropterError *err) {
  char text[400];
  if (!isfinite(value)) return PROPTER_OK;
  int n = snprintf(text, sizeof text, "%.6f", value);
  while (n > 2 && text[n - 1] == '0' && text[n - 2] != '.') text[--n] = 0;
  if (strcmp(text, "-0.0") == 0) (void)memmove(text, text + 1, 4);
  return put_typed(sheet, s, p, propter_str(text), VOCAB_xsd_decimal, err);
}

PropterStatus put_real(Sheet *sheet, PropterId s, PropterVocab p, double value, PropterError *err) {
  char text[40];
  if (!isfinite(value)) return PROPTER_OK;
  (void)snprintf(text, sizeof text, "%.6gE0", value);
  char *own = strchr(text, 'e');
  if (own) (void)snprintf(text, sizeof text, "%.5E", value);
  return put_typed(sheet, s, p, propter_str(text), VOCAB_xsd_double, err);
}

PropterStatus put_whole(Sheet *sheet, PropterId s, PropterVocab p, int64_t value, PropterError *err) {
  char text[32];
  (void)snprintf(text, sizeof text, "%lld", (long long)value);
  return put_typed(sheet, s, p, propter_str(text), VOCAB_xsd_integer, err);
}

PropterStatus put_yes(Sheet *sheet, PropterId s, PropterVocab p, bool yes, PropterError *err) {
  return put_typed(sheet, s, p, yes ? PROPTER_STR("true") : PROPTER_STR("false"), VOCAB_xsd_boolean, err);
}

PropterStatus put_day(Sheet *sheet, PropterId s, PropterVocab p, PropterDay day, PropterError *err) {
  char text[16];
  if (day == PROPTER_NO_DAY) return PROPTER_OK;
  propter_day_format(day, text);
  return put_typed(sheet, s, p, propter_str(text), VOCAB_xsd_date, err);
}

PropterStatus put_node(Sheet *sheet, PropterStr base, const char *kind, size_t number, PropterId *id, PropterError *err) {
  PropterArena arena = {0};
  PropterStr iri = number == SIZE_MAX ? propter_arena_copy(&arena, base) : propter_arena_printf(&arena, "%.*s/%s/%zu", (int)base.len, base.data, kind, number);
  PropterTerm term = propter_iri(iri);
  PropterStatus status = iri.data ? propter_writer_intern(sheet->writer, &term, id, err) : propter_fail(err, PROPTER_NO_MEMORY, "name of a node");
  propter_arena_clear(&arena);
  return status;
}

/* --- one pattern with its hypotheses ------------------------------------------------------------------------------------------------------------------- */

static PropterStatus put_pattern(Sheet *sheet, const PropterInference *x, PropterId *pattern, PropterError *err) {
  static const PropterVocab kinds[] = {VOCAB_propter_Spike, VOCAB_propter_LevelShift, VOCAB_propter_TrendChange};
  static const PropterVocab outcomes[] = {VOCAB_propter_Answered, VOCAB_propter_DidNotMove, VOCAB_propter_CauseUnknown, VOCAB_propter_NotTestable,
                                          VOCAB_propter_NotUnderstood};
  PropterId onset;
  PROPTER_TRY(put_node(sheet, x->pattern, "", SIZE_MAX, pattern, err));
  PROPTER_TRY(put_is(sheet, *pattern, VOCAB_rdf_type, VOCAB_propter_Pattern, err));
  PROPTER_TRY(put(sheet, *pattern, VOCAB_propter_metric, x->metric.id, err));
  PROPTER_TRY(put_day(sheet, *pattern, VOCAB_propter_start, x->first, err));
  PROPTER_TRY(put_day(sheet, *pattern, VOCAB_propter_end, x->last, err));
  PROPTER_TRY(put_is(sheet, *pattern, VOCAB_propter_patternKind, kinds[x->pattern_kind], err));
  PROPTER_TRY(put_is(sheet, *pattern, VOCAB_propter_outcome, outcomes[x->outcome], err));
  const struct { PropterVocab property; double value;
  } numbers[] = {{VOCAB_propter_observed, x->observed},
                 {VOCAB_propter_expected, x->expected},
                 {VOCAB_propter_expectedLow, x->expected_low},
                 {VOCAB_propter_expectedHigh, x->expected_high},
                 {VOCAB_propter_deviation, x->deviation},
                 {VOCAB_propter_score, x->z},
                 {VOCAB_propter_probabilityUnknown, x->p_unknown},
                 {VOCAB_propter_probabilityNone, x->p_none}};
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) PROPTER_TRY(put_number(sheet, *pattern, numbers[i].property, numbers[i].value, err));
  PROPTER_TRY(put_whole(sheet, *pattern, VOCAB_propter_count, (int64_t)x->usable, err));
  PROPTER_TRY(put_text(sheet, *pattern, VOCAB_propter_reason, x->reason, err));
  if (x->provisional) PROPTER_TRY(put_typed(sheet, *pattern, VOCAB_propter_provisional, PROPTER_STR("true"), VOCAB_xsd_boolean, err));
  if (x->onset == PROPTER_NO_DAY) return PROPTER_OK;
  PROPTER_TRY(put_node(sheet, x->pattern, "onset", 1, &onset, err));
  PROPTER_TRY(put(sheet, *pattern, VOCAB_propter_onset, onset, err));
  PROPTER_TRY(put_day(sheet, onset, VOCAB_propter_at, x->onset, err));
  return put_number(sheet, onset, VOCAB_propter_probability, x->onset_probability, err);
}

static PropterStatus put_locator(Sheet *sheet, PropterId node, const PropterEvidence *e, PropterError *err) {
  PropterBuf buf = {.max = 1 << 20};
  if (e->kind == PROPTER_EVIDENCE_QUOTE && e->path.len)
    propter_buf_printf(&buf, "%.*s characters %llu-%llu", (int)e->path.len, e->path.data, (unsigned long long)e->char_start, (unsigned long long)e->char_end);
  if (e->kind == PROPTER_EVIDENCE_ROW && e->cell.file.len)
    propter_buf_printf(&buf, "%.*s:%llu %.*s", (int)e->cell.file.len, e->cell.file.data, (unsigned long long)e->cell.row, (int)e->cell.column.len,
                       e->cell.column.data);
  PropterStatus status = propter_buf_status(&buf, err);
  if (!status) status = put_text(sheet, node, VOCAB_propter_locator, propter_buf_str(&buf), err);
  propter_buf_clear(&buf);
  return status;
}

static PropterStatus put_evidence(Sheet *sheet, PropterId hypothesis, PropterStr base, size_t number, const PropterEvidence *e, PropterError *err) {
  static const PropterVocab kinds[] = {VOCAB_propter_Quote, VOCAB_propter_Knowledge, VOCAB_propter_Knowledge,
                                       VOCAB_propter_Row,   VOCAB_propter_Test,      VOCAB_propter_Verdict};
  PropterId node;
  PROPTER_TRY(put_node(sheet, base, "evidence", number, &node, err));
  PROPTER_TRY(put(sheet, hypothesis, VOCAB_propter_evidence, node, err));
  PROPTER_TRY(put_is(sheet, node, VOCAB_rdf_type, VOCAB_propter_Evidence, err));
  PROPTER_TRY(put_is(sheet, node, VOCAB_propter_evidenceKind, kinds[e->kind], err));
  PROPTER_TRY(put_is(sheet, node, VOCAB_propter_stance, e->against ? VOCAB_propter_Contradicts : VOCAB_propter_Supports, err));
  PROPTER_TRY(put_iri(sheet, node, e->kind == PROPTER_EVIDENCE_QUOTE ? VOCAB_prov_wasQuotedFrom : VOCAB_prov_wasDerivedFrom, e->iri, err));
  PROPTER_TRY(put_text(sheet, node, VOCAB_propter_value, e->text, err));
  PROPTER_TRY(put_text(sheet, node, VOCAB_propter_reason, e->reason, err));
  PROPTER_TRY(put_number(sheet, node, VOCAB_propter_weight, e->weight, err));
  return put_locator(sheet, node, e, err);
}

static PropterStatus put_terms(Sheet *sheet, PropterId hypothesis, PropterStr base, const PropterCauseScore *score, PropterError *err) {
  for (int k = 0; k < PROPTER_TERMS; k++) {
    PropterId node;
    PROPTER_TRY(put_node(sheet, base, "term", (size_t)k + 1, &node, err));
    PROPTER_TRY(put(sheet, hypothesis, VOCAB_propter_scoreTerm, node, err));
    PROPTER_TRY(put_text(sheet, node, VOCAB_propter_name, propter_str(propter_score_term_name((PropterScoreTerm)k)), err));
    PROPTER_TRY(put_number(sheet, node, VOCAB_propter_value, score->term[k], err));
  }
  return PROPTER_OK;
}

static PropterStatus put_hypothesis(Sheet *sheet, const PropterInference *x, const PropterCause *cause, PropterId pattern, PropterError *err) {
  static const PropterVocab grades[] = {VOCAB_propter_Both,         VOCAB_propter_DataOnly,     VOCAB_propter_TextOnly,
                                        VOCAB_propter_NotSeparable, VOCAB_propter_Contradicted, VOCAB_propter_Unsupported};
  static const PropterVocab channels[] = {VOCAB_propter_Curated, VOCAB_propter_Text, VOCAB_propter_Calendar, VOCAB_propter_Mined};
  const PropterCauseScore *score = &cause->score;
  PropterId h;
  PROPTER_TRY(put_node(sheet, cause->hypothesis, "", SIZE_MAX, &h, err));
  PROPTER_TRY(put_is(sheet, h, VOCAB_rdf_type, VOCAB_propter_Hypothesis, err));
  PROPTER_TRY(put(sheet, h, VOCAB_propter_pattern, pattern, err));
  PROPTER_TRY(put(sheet, pattern, VOCAB_propter_hypothesis, h, err));
  PROPTER_TRY(put_iri(sheet, h, VOCAB_propter_cause, cause->iri, err));
  if (propter_str_starts(cause->iri, PROPTER_STR(KNOW_TOLD))) { /* nothing else in the graph names it */
    PropterId told;
    PROPTER_TRY(put_node(sheet, cause->iri, "", SIZE_MAX, &told, err));
    PROPTER_TRY(put_text(sheet, told, VOCAB_skos_prefLabel, cause->label, err));
  }
  PROPTER_TRY(put_is(sheet, h, VOCAB_propter_grade, grades[score->grade], err));
  PROPTER_TRY(put_is(sheet, h, VOCAB_propter_channel, channels[cause->channel], err));
  PROPTER_TRY(put_whole(sheet, h, VOCAB_propter_rank, score->rank, err));
  PROPTER_TRY(put_yes(sheet, h, VOCAB_propter_shareIdentified, score->share_identified, err));
  const struct { PropterVocab property; double value;
  } numbers[] = {{VOCAB_propter_probability, score->p},
                 {VOCAB_propter_probabilityHappened, score->happened},
                 {VOCAB_propter_probabilityMattered, score->mattered},
                 {VOCAB_propter_prior, score->prior}};
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) PROPTER_TRY(put_number(sheet, h, numbers[i].property, numbers[i].value, err));
  if (score->share_identified) {
    PROPTER_TRY(put_number(sheet, h, VOCAB_propter_share, score->share, err));
    PROPTER_TRY(put_number(sheet, h, VOCAB_propter_shareLow, score->share_low, err));
    PROPTER_TRY(put_number(sheet, h, VOCAB_propter_shareHigh, score->share_high, err));
  }
  for (size_t i = 0; i < x->causes; i++) {
    bool twin = score->grade == PROPTER_GRADE_NOT_SEPARABLE && cause->inseparable_from.len && propter_str_equal(x->cause[i].label, cause->inseparable_from);
    if (&x->cause[i] != cause && x->cause[i].score.scored && score->scored) PROPTER_TRY(put_iri(sheet, h, VOCAB_propter_rival, x->cause[i].hypothesis, err));
    if (twin) PROPTER_TRY(put_iri(sheet, h, VOCAB_propter_inseparableFrom, x->cause[i].hypothesis, err));
  }
  PROPTER_TRY(put_terms(sheet, h, cause->hypothesis, score, err));
  for (size_t i = 0; i < cause->evidences; i++) PROPTER_TRY(put_evidence(sheet, h, cause->hypothesis, i + 1, &cause->evidence[i], err));
  return PROPTER_OK;
}

PropterStatus sheet_inference(Sheet *sheet, const PropterInference *x, PropterError *err) {
  PropterId pattern;
  PROPTER_TRY(put_pattern(sheet, x, &pattern, err));
  for (size_t i = 0; i < x->causes; i++) PROPTER_TRY(put_hypothesis(sheet, x, &x->cause[i], pattern, err));
  for (size_t i = 0; i < x->forecasts; i++) {
    PropterId node;
    PROPTER_TRY(put_node(sheet, x->pattern, "prediction", i + 1, &node, err));
    PROPTER_TRY(put(sheet, pattern, VOCAB_propter_prediction, node, err));
    PROPTER_TRY(put_is(sheet, node, VOCAB_rdf_type, VOCAB_propter_Prediction, err));
    PROPTER_TRY(put_iri(sheet, node, VOCAB_propter_metric, x->forecast[i].metric, err));
    PROPTER_TRY(put_text(sheet, node, VOCAB_propter_value, x->forecast[i].text, err));
    PROPTER_TRY(put_day(sheet, node, VOCAB_propter_at, x->forecast[i].day, err));
    PROPTER_TRY(put_number(sheet, node, VOCAB_propter_expectedLow, x->forecast[i].low, err));
    PROPTER_TRY(put_number(sheet, node, VOCAB_propter_expectedHigh, x->forecast[i].high, err));
  }
  return PROPTER_OK;
}

/* --- type-level links ----------------------------------------------------------------------------------------------------------------------------------------
 */

typedef struct {
  PropterStr cause, effect;
  PropterId cause_id, effect_id;
  Cause held;
} Link;

static int by_ends(const void *a, const void *b) {
  const Link *x = a, *y = b;
  int c = propter_str_compare(x->cause, y->cause);
  return c ? c : propter_str_compare(x->effect, y->effect);
}

typedef PROPTER_VEC(Link) Links;

static PropterStatus gather_links(Know *know, PropterArena *arena, Links *links, PropterError *err) {
  for (size_t i = 0; i < know->claims.count; i++) {
    const KnowClaim *claim = &know->claims.items[i];
    const KnowEvent *e = know_event(know, claim->cause);
    Link link = {.cause_id = e && e->kind ? e->kind : claim->cause, .effect_id = claim->effect};
    size_t at = 0;
    if (!link.cause_id || !link.effect_id) continue;
    while (at < links->count && (links->items[at].cause_id != link.cause_id || links->items[at].effect_id != link.effect_id)) at++;
    if (at == links->count) {
      PROPTER_TRY(node_text(know->snapshot, link.cause_id, arena, &link.cause, err));
      PROPTER_TRY(node_text(know->snapshot, link.effect_id, arena, &link.effect, err));
      if (!propter_vec_push(links, link)) return propter_fail(err, PROPTER_NO_MEMORY, "links");
    }
    CauseClaim said = {.claim = i, .against = claim->negated, .acts = claim_trust(know, claim), .as = claim->kind, .copy_of = SIZE_MAX};
    if (!propter_vec_push(&links->items[at].held.claims, said)) return propter_fail(err, PROPTER_NO_MEMORY, "links");
  }
  if (links->count) qsort(links->items, links->count, sizeof *links->items, by_ends);
  return PROPTER_OK;
}

PropterStatus sheet_links(Sheet *sheet, Know *know, size_t *count, PropterError *err) {
  PropterArena arena = {0};
  Links links = {0};
  PropterStatus status = gather_links(know, &arena, &links, err);
  for (size_t i = 0; i < links.count && !status; i++) {
    Link *link = &links.items[i];
    char hex[33];
    PropterId node;
    if ((status = claims_believe(know, &arena, &link->held, err))) break;
    PropterStr key = propter_arena_printf(&arena, "%.*s\n%.*s", (int)link->cause.len, link->cause.data, (int)link->effect.len, link->effect.data);
    if (key.data) propter_hash_hex(key, hex);
    PropterStr iri = key.data ? propter_arena_printf(&arena, "https://w3id.org/propter/id/link/%s", hex) : key;
    if (!iri.data) {
      status = propter_fail(err, PROPTER_NO_MEMORY, "name of a link");
      break;
    }
    if ((status = put_node(sheet, iri, "", SIZE_MAX, &node, err)) || (status = put_is(sheet, node, VOCAB_rdf_type, VOCAB_propter_CausalLink, err)) ||
        (status = put(sheet, node, VOCAB_propter_cause, link->cause_id, err)) || (status = put(sheet, node, VOCAB_propter_effect, link->effect_id, err)) ||
        (status = put_number(sheet, node, VOCAB_propter_beliefFor, link->held.belief_for, err)) ||
        (status = put_number(sheet, node, VOCAB_propter_beliefAgainst, link->held.belief_against, err)))
      break;
    for (size_t k = 0; k < link->held.claims.count && !status; k++)
      status = put(sheet, node, VOCAB_propter_basedOn, know->claims.items[link->held.claims.items[k].claim].id, err);
  }
  *count = links.count;
  for (size_t i = 0; i < links.count; i++) propter_vec_clear(&links.items[i].held.claims);
  propter_vec_clear(&links);
  propter_arena_clear(&arena);
  return status;
}

/* --- what changed
 * ----------------------------------------------------------------------------------------------------------------------------------------------- */

int compare_spo(const void *a, const void *b) {
  const PropterQuad *x = a, *y = b;
  if (x->s != y->s) return x->s < y->s ? -1 : 1;
  if (x->p != y->p) return x->p < y->p ? -1 : 1;
  return x->o < y->o ? -1 : x->o > y->o;
}

void quads_sort(PropterQuads *q) {
  bool sorted = true;
  for (size_t i = 1; i < q->count && sorted; i++) sorted = compare_spo(&q->items[i - 1], &q->items[i]) <= 0;
  if (!sorted) qsort(q->items, q->count, sizeof *q->items, compare_spo);
}

/* By subjects first, of which there are very many with few statements each. */
static PropterStatus distinct(PropterQuads *q, PropterError *err) {
  size_t n = 0;
  PropterQuad *sorted = propter_malloc((q->count + 1) * sizeof *sorted);
  SortKey *keys = propter_malloc(2 * (q->count + 1) * sizeof *keys);
  if (!sorted || !keys || q->count > UINT32_MAX) {
    propter_free(sorted);
    propter_free(keys);
    return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for %zu statements", q->count);
  }
  for (size_t i = 0; i < q->count; i++) keys[i] = (SortKey){q->items[i].s, (uint32_t)i};
  const SortKey *order = sort_keys(keys, keys + q->count, q->count);
  for (size_t i = 0; i < q->count; i++) {
    const PropterQuad quad = q->items[order[i].at];
    size_t place = i;
    for (; place && compare_spo(&sorted[place - 1], &quad) > 0; place--) sorted[place] = sorted[place - 1];
    sorted[place] = quad;
  }
  if (q->count) memcpy(q->items, sorted, q->count * sizeof *sorted);
  propter_free(sorted);
  propter_free(keys);
  for (size_t i = 0; i < q->count; i++)
    if (i == 0 || compare_spo(&q->items[i], &q->items[i - 1]) != 0) q->items[n++] = q->items[i];
  q->count = n;
  return PROPTER_OK;
}

static size_t subject_end(const PropterQuads *q, size_t from) {
  size_t end = from;
  while (end < q->count && q->items[end].s == q->items[from].s) end++;
  return end;
}

/* Same statements but for the run that made them. */
static bool same_subject(const PropterQuads *a, size_t a0, size_t a1, const PropterQuads *b, size_t b0, size_t b1, PropterId run) {
  while (a0 < a1 || b0 < b1) {
    if (a0 < a1 && a->items[a0].p == run) {
      a0++;
      continue;
    }
    if (a0 == a1 || b0 == b1 || compare_spo(&a->items[a0], &b->items[b0]) != 0) return false;
    a0++, b0++;
  }
  return true;
}

static bool has_type(const Sheet *sheet, const PropterQuads *q, size_t from, size_t to) {
  for (size_t i = from; i < to; i++)
    if (q->items[i].p == sheet->type) return true;
  return false;
}

PropterStatus sheet_changes(Sheet *sheet, const PropterQuads *old, PropterError *err) {
  size_t i = 0, k = 0;
  PROPTER_TRY(distinct(&sheet->quads, err));
  while (i < old->count || k < sheet->quads.count) {
    size_t i1 = i < old->count ? subject_end(old, i) : i, k1 = k < sheet->quads.count ? subject_end(&sheet->quads, k) : k;
    bool gone = k == k1 || (i < i1 && old->items[i].s < sheet->quads.items[k].s), fresh = i == i1 || (k < k1 && sheet->quads.items[k].s < old->items[i].s);
    if (!gone && !fresh && same_subject(old, i, i1, &sheet->quads, k, k1, sheet->run_property)) {
      i = i1, k = k1;
      continue;
    }
    for (size_t n = i; !fresh && n < i1; n++)
      if (!propter_vec_push(&sheet->removed, old->items[n])) return propter_fail(err, PROPTER_NO_MEMORY, "changes");
    for (size_t n = k; !gone && n < k1; n++)
      if (!propter_vec_push(&sheet->added, sheet->quads.items[n])) return propter_fail(err, PROPTER_NO_MEMORY, "changes");
    /* Parts of a result (terms, onsets) belong to what has a type and names its run. */
    if (!gone && has_type(sheet, &sheet->quads, k, k1) && !propter_vec_push(&sheet->stamped, sheet->quads.items[k].s))
      return propter_fail(err, PROPTER_NO_MEMORY, "changes");
    if (!fresh) i = i1;
    if (!gone) k = k1;
  }
  return PROPTER_OK;
}

/* The graphs that were read: all but the results and the records of runs. */
PropterStatus sheet_inputs(const Sheet *sheet, PropterRun *run, PropterSnapshot *snapshot, const PropterId *v, PropterError *err) {
  PropterIds graphs = {0};
  PropterStatus status = propter_rdf_graphs(snapshot, &graphs, NULL, err);
  for (size_t i = 0; i < graphs.count && !status; i++) {
    uint64_t is_run = 0;
    PropterQuad quad = {.s = graphs.items[i], .p = v[VOCAB_rdf_type], .o = v[VOCAB_propter_Run]};
    if (quad.p && quad.o) status = propter_snapshot_count(snapshot, PROPTER_SPOG, quad, 3, &is_run, err);
    if (!status && !is_run && quad.s != sheet->graph && quad.s != PROPTER_DEFAULT_GRAPH) status = propter_run_used(run, quad.s, err);
  }
  propter_vec_clear(&graphs);
  return status;
}

PropterStatus sheet_commit(Sheet *sheet, PropterRun *run, uint64_t *added, uint64_t *removed, char *iri, size_t size, PropterError *err) {
  PropterStr name;
  PropterId id;
  PROPTER_TRY(propter_run_iri(run, &name, err));
  PropterTerm term = propter_iri(name);
  PROPTER_TRY(propter_writer_intern(sheet->writer, &term, &id, err));
  for (size_t i = 0; i < sheet->removed.count; i++) PROPTER_TRY(propter_writer_remove(sheet->writer, sheet->removed.items[i], err));
  for (size_t i = 0; i < sheet->added.count; i++) PROPTER_TRY(propter_writer_add(sheet->writer, sheet->added.items[i], err));
  for (size_t i = 0; i < sheet->stamped.count; i++)
    PROPTER_TRY(propter_writer_add(sheet->writer, (PropterQuad){sheet->stamped.items[i], sheet->run_property, id, sheet->graph}, err));
  PROPTER_TRY(propter_run_finish(run, err));
  propter_run_counts(run, added, removed);
  if (name.len >= size) return propter_fail(err, PROPTER_BUG, "name of a run is too long: %.*s", (int)name.len, name.data);
  memcpy(iri, name.data, name.len);
  iri[name.len] = 0;
  return propter_writer_commit(sheet->writer, err);
}

void sheet_clear(Sheet *sheet) {
  propter_vec_clear(&sheet->quads);
  propter_vec_clear(&sheet->added);
  propter_vec_clear(&sheet->removed);
  propter_vec_clear(&sheet->stamped);
}
