/* SPDX-License-Identifier: Apache-2.0 */
/* Results of two runs compared: the results as they are, taken back run by run to how they were after each of the two. */
#include "propter/changed.h"

#include <math.h>
#include <string.h>

#include "../graph/id.h"
#include "current.h"

static const double digits = 1e-6; /* of a probability in the graph */

typedef struct {
  PropterSnapshot *snapshot;
  PropterId v[VOCAB_COUNT];
  PropterQuads state[2]; /* results after either run, in SPO order */
  PropterResultChanges *out;
  PROPTER_VEC(PropterChangedCause) found;
  PROPTER_VEC(PropterChangedMove) moves;
} Compare;

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory comparing runs"); }

/* --- the results as they were --------------------------------------------------------------------------------------------------------------------- */

static PropterStatus of_graph(const PropterQuads *all, PropterId graph, PropterQuads *out, PropterError *err) {
  for (size_t i = 0; i < all->count; i++)
    if (all->items[i].g == graph && !propter_vec_push(out, all->items[i])) return no_memory(err);
  quads_sort(out);
  return PROPTER_OK;
}

/* Takes a run back: without what it added, with what it removed. */
static PropterStatus take_back(PropterQuads *state, const PropterQuads *added, const PropterQuads *removed, PropterError *err) {
  PropterQuads before = {0};
  size_t i = 0, a = 0, r = 0;
  while (i < state->count || r < removed->count) {
    bool old = i == state->count || (r < removed->count && compare_spo(&removed->items[r], &state->items[i]) < 0);
    PropterQuad q = old ? removed->items[r++] : state->items[i++];
    while (!old && a < added->count && compare_spo(&added->items[a], &q) < 0) a++;
    if (!old && a < added->count && compare_spo(&added->items[a], &q) == 0) continue;
    if (!propter_vec_push(&before, q)) {
      propter_vec_clear(&before);
      return no_memory(err);
    }
  }
  propter_vec_clear(state);
  *state = before;
  return PROPTER_OK;
}

static PropterStatus state_after(Compare *c, const PropterRunInfo *run, PropterId graph, PropterQuads *state, PropterError *err) {
  PropterStatus status = propter_snapshot_match(c->snapshot, (PropterQuad){.g = graph}, 0, state, err);
  quads_sort(state);
  for (size_t i = c->out->runs.count; i-- > 0 && status == PROPTER_OK;) {
    const PropterRunInfo *later = &c->out->runs.items[i];
    if (later->sequence <= run->sequence || (!later->undoable && !ids_have(&later->generated, graph))) continue;
    PropterQuads added = {0}, removed = {0}, own_added = {0}, own_removed = {0};
    status = propter_run_delta(c->snapshot, later, &added, &removed, err);
    if (status == PROPTER_OK) status = of_graph(&added, graph, &own_added, err);
    if (status == PROPTER_OK) status = of_graph(&removed, graph, &own_removed, err);
    if (status == PROPTER_OK) status = take_back(state, &own_added, &own_removed, err);
    propter_vec_clear(&added);
    propter_vec_clear(&removed);
    propter_vec_clear(&own_added);
    propter_vec_clear(&own_removed);
  }
  return status;
}

/* --- one hypothesis ---------------------------------------------------------------------------------------------------------------------------------- */

/* Where the statements (subject, property, …) begin; a property of 0: where the subject's do. */
static size_t place(const PropterQuads *state, PropterId subject, PropterId property) {
  const PropterQuad wanted = {.s = subject, .p = property};
  size_t low = 0, high = state->count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (compare_spo(&state->items[middle], &wanted) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

static PropterId object(const Compare *c, const PropterQuads *state, PropterId subject, PropterVocab property) {
  size_t at = place(state, subject, c->v[property]);
  bool has = c->v[property] && at < state->count && state->items[at].s == subject && state->items[at].p == c->v[property];
  return has ? state->items[at].o : PROPTER_NO_ID;
}

static PropterStatus text_of(const Compare *c, PropterId id, PropterStr *out, PropterError *err) {
  *out = (PropterStr){"", 0};
  return id ? node_text(c->snapshot, id, &c->out->arena, out, err) : PROPTER_OK;
}

static PropterStatus number_of(const Compare *c, const PropterQuads *state, PropterId subject, PropterVocab property, double *out, PropterError *err) {
  bool is = false;
  PropterId id = object(c, state, subject, property);
  if (id) PROPTER_TRY(node_value_number(c->snapshot, id, out, &is, err));
  if (!is) *out = NAN;
  return PROPTER_OK;
}

static PropterStatus day_of(const Compare *c, const PropterQuads *state, PropterId subject, PropterVocab property, PropterDay *out, PropterError *err) {
  bool is = false;
  PropterId id = object(c, state, subject, property);
  if (id) PROPTER_TRY(node_value_day(c->snapshot, id, out, &is, err));
  if (!is) *out = PROPTER_NO_DAY;
  return PROPTER_OK;
}

static PropterStatus local_name(const Compare *c, PropterId id, PropterStr *out, PropterError *err) {
  PROPTER_TRY(text_of(c, id, out, err));
  for (size_t i = out->len; i-- > 0;)
    if (out->data[i] == '#' || out->data[i] == '/') {
      *out = (PropterStr){out->data + i + 1, out->len - i - 1};
      break;
    }
  return PROPTER_OK;
}

static PropterStatus read_terms(const Compare *c, const PropterQuads *state, PropterId hypothesis, PropterHeld *out, PropterError *err) {
  PropterId property = c->v[VOCAB_propter_scoreTerm];
  for (size_t i = place(state, hypothesis, property); i < state->count && state->items[i].s == hypothesis && state->items[i].p == property; i++) {
    PropterStr name;
    PROPTER_TRY(text_of(c, object(c, state, state->items[i].o, VOCAB_propter_name), &name, err));
    for (int k = 0; k < PROPTER_TERMS; k++)
      if (propter_str_equal(name, propter_str(propter_score_term_name((PropterScoreTerm)k))))
        PROPTER_TRY(number_of(c, state, state->items[i].o, VOCAB_propter_value, &out->term[k], err));
  }
  return PROPTER_OK;
}

static PropterStatus read_held(const Compare *c, const PropterQuads *state, PropterId hypothesis, PropterHeld *out, PropterError *err) {
  PropterId pattern = object(c, state, hypothesis, VOCAB_propter_pattern);
  *out = (PropterHeld){.held = pattern != PROPTER_NO_ID, .p = NAN, .prior = NAN, .grade = {"", 0}, .outcome = {"", 0}};
  if (!out->held) return PROPTER_OK;
  PROPTER_TRY(number_of(c, state, hypothesis, VOCAB_propter_probability, &out->p, err));
  PROPTER_TRY(number_of(c, state, hypothesis, VOCAB_propter_prior, &out->prior, err));
  PROPTER_TRY(local_name(c, object(c, state, hypothesis, VOCAB_propter_grade), &out->grade, err));
  PROPTER_TRY(local_name(c, object(c, state, pattern, VOCAB_propter_outcome), &out->outcome, err));
  return read_terms(c, state, hypothesis, out, err);
}

/* --- evidence ------------------------------------------------------------------------------------------------------------------------------------------- */

typedef struct {
  PropterId text, source, stance;
  bool now;
} Piece;
typedef PROPTER_VEC(Piece) Pieces;

static PropterStatus pieces_of(const Compare *c, int which, PropterId hypothesis, Pieces *out, PropterError *err) {
  const PropterQuads *state = &c->state[which];
  PropterId property = c->v[VOCAB_propter_evidence];
  for (size_t i = place(state, hypothesis, property); property && i < state->count && state->items[i].s == hypothesis && state->items[i].p == property; i++) {
    PropterId node = state->items[i].o, from = object(c, state, node, VOCAB_prov_wasQuotedFrom);
    Piece one = {object(c, state, node, VOCAB_propter_value), from ? from : object(c, state, node, VOCAB_prov_wasDerivedFrom),
                 object(c, state, node, VOCAB_propter_stance), which == 1};
    if (!propter_vec_push(out, one)) return no_memory(err);
  }
  return PROPTER_OK;
}

static bool same_piece(const Piece *a, const Piece *b) { return a->text == b->text && a->source == b->source && a->stance == b->stance; }

static int by_text(const void *a, const void *b) {
  const PropterEvidenceChange *x = a, *y = b;
  if (x->now != y->now) return x->now - y->now;
  int order = propter_str_compare(x->text, y->text);
  return order ? order : propter_str_compare(x->source, y->source);
}

static PropterStatus compare_evidence(const Compare *c, PropterId hypothesis, PropterChangedCause *out, PropterError *err) {
  Pieces all = {0};
  PropterStatus status = pieces_of(c, 0, hypothesis, &all, err);
  if (status == PROPTER_OK) status = pieces_of(c, 1, hypothesis, &all, err);
  out->evidence = status == PROPTER_OK && all.count ? propter_arena_alloc(&c->out->arena, all.count * sizeof *out->evidence) : NULL;
  if (status == PROPTER_OK && all.count && !out->evidence) status = no_memory(err);
  for (size_t i = 0; i < all.count && status == PROPTER_OK; i++) {
    bool both = false;
    for (size_t k = 0; k < all.count && !both; k++) both = all.items[k].now != all.items[i].now && same_piece(&all.items[k], &all.items[i]);
    if (both) continue;
    PropterEvidenceChange *e = &out->evidence[out->evidences++];
    *e = (PropterEvidenceChange){.now = all.items[i].now, .against = all.items[i].stance == c->v[VOCAB_propter_Contradicts]};
    status = text_of(c, all.items[i].text, &e->text, err);
    if (status == PROPTER_OK) status = text_of(c, all.items[i].source, &e->source, err);
  }
  if (status == PROPTER_OK && out->evidences) qsort(out->evidence, out->evidences, sizeof *out->evidence, by_text);
  propter_vec_clear(&all);
  return status;
}

/* --- all ------------------------------------------------------------------------------------------------------------------------------------------------ */

static double known(double x) { return isnan(x) ? 0 : x; }

static bool differs(const PropterChangedCause *x) {
  const PropterHeld *a = &x->before, *b = &x->after;
  return a->held != b->held || fabs(known(a->p) - known(b->p)) > digits / 2 || !propter_str_equal(a->grade, b->grade) ||
         !propter_str_equal(a->outcome, b->outcome) || x->evidences;
}

static PropterStatus compare_one(Compare *c, PropterId hypothesis, PropterError *err) {
  PropterChangedCause x = {0};
  PROPTER_TRY(read_held(c, &c->state[0], hypothesis, &x.before, err));
  PROPTER_TRY(read_held(c, &c->state[1], hypothesis, &x.after, err));
  PROPTER_TRY(compare_evidence(c, hypothesis, &x, err));
  if (!differs(&x)) {
    c->out->same++;
    return PROPTER_OK;
  }
  const PropterQuads *state = &c->state[x.after.held];
  PropterId pattern = object(c, state, hypothesis, VOCAB_propter_pattern), cause = object(c, state, hypothesis, VOCAB_propter_cause);
  PropterId metric = object(c, state, pattern, VOCAB_propter_metric);
  PROPTER_TRY(text_of(c, hypothesis, &x.hypothesis, err));
  PROPTER_TRY(text_of(c, cause, &x.cause, err));
  PROPTER_TRY(text_of(c, metric, &x.metric, err));
  PROPTER_TRY(label_of(c->snapshot, c->v, cause, &c->out->arena, &x.cause_label, err));
  PROPTER_TRY(label_of(c->snapshot, c->v, metric, &c->out->arena, &x.metric_label, err));
  PROPTER_TRY(day_of(c, state, pattern, VOCAB_propter_start, &x.first, err));
  PROPTER_TRY(day_of(c, state, pattern, VOCAB_propter_end, &x.last, err));
  return propter_vec_push(&c->found, x) ? PROPTER_OK : no_memory(err);
}

static int by_change(const void *a, const void *b) {
  const PropterChangedCause *x = a, *y = b;
  double p = fabs(known(x->after.p) - known(x->before.p)), q = fabs(known(y->after.p) - known(y->before.p));
  if (p != q) return p < q ? 1 : -1;
  return propter_str_compare(x->hypothesis, y->hypothesis);
}

static PropterStatus compare_all(Compare *c, PropterError *err) {
  PropterId property = c->v[VOCAB_propter_pattern];
  for (int which = 0; which < 2; which++)
    for (size_t i = 0; property && i < c->state[which].count; i++) {
      PropterId hypothesis = c->state[which].items[i].s;
      if (c->state[which].items[i].p != property) continue;
      if (which == 1 && object(c, &c->state[0], hypothesis, VOCAB_propter_pattern)) continue; /* compared already */
      PROPTER_TRY(compare_one(c, hypothesis, err));
    }
  if (!c->found.count) return PROPTER_OK;
  qsort(c->found.items, c->found.count, sizeof *c->found.items, by_change);
  c->out->cause = propter_arena_alloc(&c->out->arena, c->found.count * sizeof *c->found.items);
  if (!c->out->cause) return no_memory(err);
  memcpy(c->out->cause, c->found.items, c->found.count * sizeof *c->found.items);
  c->out->count = c->found.count;
  return PROPTER_OK;
}

static int by_day(const void *a, const void *b) {
  const PropterChangedMove *x = a, *y = b;
  return x->first != y->first ? (x->first > y->first) - (x->first < y->first) : propter_str_compare(x->pattern, y->pattern);
}

static PropterStatus compare_moves(Compare *c, PropterError *err) {
  for (int which = 0; which < 2; which++)
    for (size_t i = 0; c->v[VOCAB_propter_outcome] && i < c->state[which].count; i++) {
      const PropterQuads *state = &c->state[which];
      const PropterId pattern = state->items[i].s;
      if (state->items[i].p != c->v[VOCAB_propter_outcome] || object(c, state, pattern, VOCAB_propter_hypothesis) ||
          object(c, &c->state[!which], pattern, VOCAB_propter_outcome))
        continue;
      PropterChangedMove x = {.now = which == 1};
      const PropterId metric = object(c, state, pattern, VOCAB_propter_metric);
      PROPTER_TRY(text_of(c, pattern, &x.pattern, err));
      PROPTER_TRY(text_of(c, metric, &x.metric, err));
      PROPTER_TRY(label_of(c->snapshot, c->v, metric, &c->out->arena, &x.metric_label, err));
      PROPTER_TRY(day_of(c, state, pattern, VOCAB_propter_start, &x.first, err));
      PROPTER_TRY(day_of(c, state, pattern, VOCAB_propter_end, &x.last, err));
      if (!propter_vec_push(&c->moves, x)) return no_memory(err);
    }
  if (!c->moves.count) return PROPTER_OK;
  qsort(c->moves.items, c->moves.count, sizeof *c->moves.items, by_day);
  c->out->move = propter_arena_alloc(&c->out->arena, c->moves.count * sizeof *c->moves.items);
  if (!c->out->move) return no_memory(err);
  memcpy(c->out->move, c->moves.items, c->moves.count * sizeof *c->moves.items);
  c->out->moves = c->moves.count;
  return PROPTER_OK;
}

/* The run before the newest that inferred, or before the newest where none did. */
static PropterStatus before_inference(const PropterRunList *runs, const PropterRunInfo **out, PropterError *err) {
  const PropterRunInfo *newest = propter_run_find_last(runs, "infer", PROPTER_NO_ID);
  size_t at = newest ? (size_t)(newest - runs->items) : runs->count - (runs->count > 0);
  *out = at ? &runs->items[at - 1] : NULL;
  return *out ? PROPTER_OK : propter_fail(err, PROPTER_NOT_FOUND, "there is no run to compare with the newest");
}

PropterStatus propter_result_changes(PropterSnapshot *snapshot, PropterStr from, PropterStr to, PropterResultChanges *out, PropterError *err) {
  Compare c = {.snapshot = snapshot, .out = out};
  *out = (PropterResultChanges){0};
  PropterStatus status = propter_vocab_ids(snapshot, c.v, err);
  if (status == PROPTER_OK) status = propter_run_list(snapshot, &out->runs, err);
  if (status == PROPTER_OK) status = from.len ? propter_run_find_past(&out->runs, from, &out->from, err) : before_inference(&out->runs, &out->from, err);
  if (status == PROPTER_OK) status = propter_run_find_past(&out->runs, to, &out->to, err);
  PropterId graph = c.v[VOCAB_propter_current];
  if (status == PROPTER_OK && graph) status = state_after(&c, out->from, graph, &c.state[0], err);
  if (status == PROPTER_OK && graph) status = state_after(&c, out->to, graph, &c.state[1], err);
  if (status == PROPTER_OK) status = compare_all(&c, err);
  if (status == PROPTER_OK) status = compare_moves(&c, err);
  propter_vec_clear(&c.state[0]);
  propter_vec_clear(&c.state[1]);
  propter_vec_clear(&c.found);
  propter_vec_clear(&c.moves);
  if (status != PROPTER_OK) propter_result_changes_clear(out);
  return status;
}

void propter_result_changes_clear(PropterResultChanges *x) {
  propter_run_list_clear(&x->runs);
  propter_arena_clear(&x->arena);
  *x = (PropterResultChanges){0};
}
