/* SPDX-License-Identifier: Apache-2.0 */
/* The most surprising moves of a graph: where somebody can begin who does not know yet what to ask. */
#include <math.h>

#include "propter/math.h"
#include "propter/mem.h"
#include "propter/vocab.h"
#include "question.h"
#include "render.h"

enum { MOST_READ = 1000 };
static const double rate = .05, sure = .01;

PropterStatus propter_why_figures(PropterSnapshot *snapshot, size_t *figures, PropterError *err) {
  PropterId ids[VOCAB_COUNT];
  uint64_t count = 0;
  PROPTER_TRY(propter_vocab_ids(snapshot, ids, err));
  if (ids[VOCAB_rdf_type] != PROPTER_NO_ID && ids[VOCAB_qb_Observation] != PROPTER_NO_ID)
    PROPTER_TRY(propter_snapshot_count(snapshot, PROPTER_POSG, (PropterQuad){.p = ids[VOCAB_rdf_type], .o = ids[VOCAB_qb_Observation]}, 2, &count, err));
  *figures = (size_t)count;
  return PROPTER_OK;
}

PropterStatus propter_why_beyond_chance(const double *score, size_t count, size_t figures, size_t *kept, PropterError *err) {
  double *p = propter_malloc((2 * count + 1) * sizeof *p);
  if (!p) return propter_fail(err, PROPTER_NO_MEMORY, "%zu moves", count);
  for (size_t i = 0; i < count; i++) p[i] = 2 * propter_normal_cdf(-fabs(score[i]));
  PropterStatus status = propter_false_discovery(p, count, figures > count ? figures : count, false, p + count, err);
  *kept = count;
  while (!status && *kept && !(p[count + *kept - 1] <= rate)) --*kept;
  propter_free(p);
  return status;
}

/* --- what the last inference found, the largest first --------------------------------------------------------------------------- */

typedef struct {
  PropterMove move;
  PropterStr measure; /* the same of a whole and of its parts */
  PropterStr file;    /* of its table; empty: not known */
  bool part;          /* of what the measure is of */
  bool stands;        /* beyond chance, or with a cause */
  bool back;          /* the way back of another */
} Move;

typedef struct {
  PropterArena *arena;
  PROPTER_VEC(Move) all;
  size_t figures;
} Moves;

static const char by_surprise[] =
    "PREFIX p: <https://w3id.org/propter#> SELECT ?metric ?from ?to ?score ?deviation ?expected ?of ?outcome ?file ?part { "
    "{ SELECT ?x ?score { ?x a p:Pattern ; p:score ?score } ORDER BY DESC(ABS(?score)) ?x LIMIT %d } "
    "?x p:metric ?metric ; p:start ?from ; p:end ?to ; p:deviation ?deviation ; p:expected ?expected "
    "OPTIONAL { ?metric p:measure ?of } OPTIONAL { ?x p:outcome ?outcome } "
    "OPTIONAL { { SELECT ?of (MIN(?name) AS ?file) { ?whole p:measure ?of ; p:sourceFile ?name } GROUP BY ?of } } "
    "BIND(EXISTS { ?metric p:fixed ?slice } AS ?part) } "
    "ORDER BY DESC(ABS(?score)) ?metric ?from";

static PropterStatus add_move(const PropterTerm *row, void *payload, PropterError *err) {
  Moves *moves = payload;
  Move m = {.move = {.metric = propter_arena_copy(moves->arena, row[0].value), .answered = propter_str_ends(row[7].value, PROPTER_STR("#Answered"))},
            .measure = propter_arena_copy(moves->arena, row[6].kind == PROPTER_TERM_NONE ? row[0].value : row[6].value),
            .file = propter_arena_copy(moves->arena, row[8].value),
            .part = propter_str_equal(row[9].value, PROPTER_STR("true"))};
  (void)propter_day_parse(row[1].value, &m.move.first), (void)propter_day_parse(row[2].value, &m.move.last);
  (void)propter_str_to_double(row[3].value, &m.move.score), (void)propter_str_to_double(row[4].value, &m.move.deviation);
  (void)propter_str_to_double(row[5].value, &m.move.expected);
  if (m.move.expected != 0) m.move.part = m.move.deviation / m.move.expected;
  const bool kept = m.move.metric.data && m.measure.data && m.file.data && propter_vec_push(&moves->all, m);
  return kept ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
}

static PropterStatus read_moves(PropterSnapshot *snapshot, Moves *moves, PropterError *err) {
  PropterBuf text = {0};
  propter_buf_printf(&text, by_surprise, MOST_READ);
  return why_each_row(snapshot, &text, add_move, moves, err);
}

/* Marks what stands beyond what chance makes where so many figures are looked at (ordered by score, the first of them), and what has a cause. */
static PropterStatus mark_standing(Moves *moves, PropterError *err) {
  size_t kept;
  double *score = propter_arena_alloc(moves->arena, (moves->all.count + 1) * sizeof *score);
  if (!score) return propter_fail(err, PROPTER_NO_MEMORY, "%zu moves", moves->all.count);
  for (size_t i = 0; i < moves->all.count; i++) score[i] = moves->all.items[i].move.score;
  PROPTER_TRY(propter_why_beyond_chance(score, moves->all.count, moves->figures, &kept, err));
  for (size_t i = 0; i < moves->all.count; i++) moves->all.items[i].stands = i < kept || moves->all.items[i].move.answered;
  return PROPTER_OK;
}

/* --- which of them are news -------------------------------------------------------------------------------------------------------- */

static bool same_way(const PropterMove *a, const PropterMove *b) { return (a->score > 0) == (b->score > 0); }

/* Which are ways back of others, and which come every year. */
static PropterStatus relate(Moves *moves, PropterError *err) {
  PropterMoveKin *kin = propter_malloc((moves->all.count + 1) * sizeof *kin);
  if (!kin) return propter_fail(err, PROPTER_NO_MEMORY, "%zu moves", moves->all.count);
  for (size_t i = 0; i < moves->all.count; i++) {
    const Move *m = &moves->all.items[i];
    kin[i] = (PropterMoveKin){.metric = m->move.metric, .measure = m->measure, .part = m->part, .stands = m->stands, .first = m->move.first,
                              .score = m->move.score, .share = m->move.part};
  }
  PropterStatus status = propter_why_relate(kin, moves->all.count, err);
  for (size_t i = 0; i < moves->all.count && !status; i++) {
    Move *m = &moves->all.items[i];
    m->back = kin[i].back_of != PROPTER_NO_DAY, m->move.as_on = kin[i].as_on;
  }
  propter_free(kin);
  return status;
}

/* Of a whole and its parts, or of one figure with a weekend between: they go the same way, and overlap but for a few days. */
static bool same_measure(const Move *a, const Move *b) {
  enum { APART_DAYS = 3 };
  return propter_str_equal(a->measure, b->measure) && a->move.first <= b->move.last + APART_DAYS && b->move.first <= a->move.last + APART_DAYS &&
         same_way(&a->move, &b->move);
}

/* Two measures of one file that moved in about the same days: two thirds of those in which either did. */
static bool same_time(const Move *a, const Move *b) {
  if (!a->file.len || !propter_str_equal(a->file, b->file) || propter_str_equal(a->measure, b->measure)) return false;
  const PropterMove *x = &a->move, *y = &b->move;
  const PropterDay first = x->first > y->first ? x->first : y->first, last = x->last < y->last ? x->last : y->last;
  const PropterDay from = x->first < y->first ? x->first : y->first, to = x->last > y->last ? x->last : y->last;
  return 3 * (last - first + 1) >= 2 * (to - from + 1);
}

/* No cause and no other measure confirms it, and chance makes as much more often than once in a hundred such graphs. */
static bool stands_alone(const Moves *moves, const Move *m) {
  if (m->move.answered || 2 * propter_normal_cdf(-fabs(m->move.score)) * (double)moves->figures <= sure) return false;
  for (size_t i = 0; i < moves->all.count; i++)
    if (moves->all.items[i].stands && same_time(&moves->all.items[i], m)) return false;
  return true;
}

/* The same move of a whole and of its parts is one: of it the one that stands out most is listed, and where it is the largest part of what is usual; of other
 * measures that moved with it one each. */
typedef struct {
  const Move *move, *most, *also[PROPTER_WHY_ALSO];
  size_t alsos;
} Listed;

static void add_also(Listed *x, const Move *m) {
  for (size_t k = 0; k < x->alsos; k++)
    if (propter_str_equal(x->also[k]->measure, m->measure)) return;
  if (x->alsos < PROPTER_WHY_ALSO) x->also[x->alsos++] = m;
}

/* It is one that is listed. */
static bool is_listed(Listed *listed, size_t count, const Move *m) {
  for (size_t i = 0; i < count; i++) {
    Listed *x = &listed[i];
    if (same_measure(x->move, m)) {
      if (fabs(m->move.part) > fabs(x->most->move.part) && 2 * fabs(m->move.score) > fabs(x->move->move.score)) x->most = m;
      return true;
    }
    if (same_time(x->move, m)) return add_also(x, m), true;
  }
  return false;
}

/* How far behind it comes: what comes every year is no news, what stands alone may be chance. */
static int rank_of(const Moves *moves, const Move *m) { return m->move.as_on != PROPTER_NO_DAY && !m->move.answered ? 2 : stands_alone(moves, m); }

static size_t choose(const Moves *moves, Listed listed[PROPTER_WHY_MOVES]) {
  size_t n = 0;
  for (int rank = 0; rank < 3; rank++)
    for (size_t i = 0; i < moves->all.count; i++) {
      const Move *m = &moves->all.items[i];
      if (!m->stands || m->back || rank_of(moves, m) != rank || is_listed(listed, n, m)) continue;
      if (n < PROPTER_WHY_MOVES) listed[n++] = (Listed){.move = m, .most = m};
    }
  return n;
}

/* --- in words ------------------------------------------------------------------------------------------------------------------------ */

/* NOT_FOUND, INVALID: the metric cannot be read, so nobody can ask about it. */
static PropterStatus put_words(PropterSnapshot *snapshot, const Move *m, PropterArena *arena, PropterMove *out, PropterError *err) {
  PropterId id;
  PropterMetric metric;
  const PropterTerm iri = propter_iri(m->move.metric);
  PropterBuf text = {0};
  *out = m->move;
  PROPTER_TRY(propter_snapshot_find(snapshot, &iri, &id, err));
  PROPTER_TRY(propter_metric_read(snapshot, id, arena, &metric, err));
  out->label = metric.label, out->unit = why_unit(&metric);
  propter_buf_add(&text, metric.label), propter_buf_add(&text, PROPTER_STR(" ")), why_put_when(&text, out->first, out->last);
  return why_keep(&text, arena, &out->question, err);
}

/* Questions of the three kinds there are: about a move, against the month before it, about the last month. */
static PropterStatus put_examples(PropterArena *arena, PropterMoves *s, PropterError *err) {
  const PropterMove *a = &s->move[0], *b = &s->move[1 % s->count], *c = &s->move[2 % s->count];
  int year, month, day;
  PropterBuf text = {0};
  propter_buf_printf(&text, "why did %.*s %s ", (int)a->label.len, a->label.data, a->deviation < 0 ? "fall" : "rise"), why_put_when(&text, a->first, a->last);
  PROPTER_TRY(why_keep(&text, arena, &s->example[0], err));
  propter_day_civil(b->first, &year, &month, &day);
  const PropterDay first = b->first - (day - 1), last = first + propter_month_length(year, month) - 1;
  propter_day_civil(first - 1, &year, &month, &day);
  propter_buf_add(&text, b->label), propter_buf_add(&text, PROPTER_STR(" ")), why_put_when(&text, first, last);
  propter_buf_add(&text, PROPTER_STR(" compared with ")), why_put_period(&text, first - day, first - 1);
  PROPTER_TRY(why_keep(&text, arena, &s->example[1], err));
  propter_buf_add(&text, c->label), propter_buf_add(&text, PROPTER_STR(" in the last month"));
  return why_keep(&text, arena, &s->example[2], err);
}

static PropterStatus put_listed(PropterSnapshot *snapshot, const Listed *listed, PropterArena *arena, PropterMoves *out, PropterError *err) {
  const size_t at = out->count;
  PropterStatus status = put_words(snapshot, listed->move, arena, &out->move[at], err);
  if (status == PROPTER_OK) status = put_words(snapshot, listed->most, arena, &out->most[at], err);
  out->alsos[at] = 0;
  for (size_t k = 0; k < listed->alsos && status == PROPTER_OK; k++)
    status = put_words(snapshot, listed->also[k], arena, &out->also[at][out->alsos[at]++], err);
  if (status == PROPTER_NOT_FOUND || status == PROPTER_INVALID) {
    propter_error_clear(err);
    return PROPTER_OK;
  }
  if (status == PROPTER_OK) out->count++;
  return status;
}

PropterStatus propter_why_moves(PropterSnapshot *snapshot, PropterArena *arena, PropterMoves *out, PropterError *err) {
  Moves moves = {.arena = arena};
  Listed listed[PROPTER_WHY_MOVES];
  size_t count = 0;
  *out = (PropterMoves){0};
  PropterStatus status = read_moves(snapshot, &moves, err);
  if (status == PROPTER_OK) status = propter_why_figures(snapshot, &out->figures, err);
  moves.figures = out->figures;
  if (moves.all.count) out->largest = fabs(moves.all.items[0].move.score);
  if (status == PROPTER_OK) status = mark_standing(&moves, err);
  if (status == PROPTER_OK) status = relate(&moves, err);
  if (status == PROPTER_OK) count = choose(&moves, listed);
  for (size_t i = 0; i < count && status == PROPTER_OK; i++) status = put_listed(snapshot, &listed[i], arena, out, err);
  if (status == PROPTER_OK && out->count) status = put_examples(arena, out, err);
  propter_vec_clear(&moves.all);
  return status;
}
