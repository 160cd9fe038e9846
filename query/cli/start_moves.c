/* SPDX-License-Identifier: Apache-2.0 */
/* The most surprising moves, and why the first of them. */
#include <math.h>

#include "propter/detect.h"
#include "propter/math.h"
#include "start.h"

enum { SURPRISES = 5, MAX_MOVES = 1000, RETURN_DAYS = 62 };
static const double chance = .05; /* the false discovery rate of moves that are listed */

typedef struct {
  PropterStr metric, label, from, to;
  PropterDay day;
  double score, part;
} Move;
typedef PROPTER_VEC(Move) Moves;

static PropterStatus add_move(Start *s, const PropterTerm *row, void *payload) {
  Moves *moves = payload;
  Move m = {.metric = propter_arena_copy(&s->arena, row[0].value),
            .label = propter_arena_copy(&s->arena, row[1].value),
            .from = propter_arena_copy(&s->arena, row[2].value),
            .to = propter_arena_copy(&s->arena, row[3].value)};
  (void)propter_day_parse(row[2].value, &m.day), (void)propter_str_to_double(row[4].value, &m.score), (void)propter_str_to_double(row[5].value, &m.part);
  return m.metric.data && m.label.data && m.from.data && m.to.data && propter_vec_push(moves, m) ? PROPTER_OK : start_no_memory(s->err);
}

static PropterStatus add_count(Start *s, const PropterTerm *row, void *payload) {
  (void)s;
  double n = 0;
  (void)propter_str_to_double(row[0].value, &n);
  *(size_t *)payload = (size_t)n;
  return PROPTER_OK;
}

/* Drops the moves that chance makes where so many figures are looked at: those beyond a false discovery rate of .05 among all cells. Ordered by score, they
 * are the last. */
static PropterStatus drop_chance(Start *s, Moves *moves, size_t cells) {
  double *p = propter_arena_alloc(&s->arena, (2 * moves->count + 1) * sizeof *p);
  if (!p) return start_no_memory(s->err);
  for (size_t i = 0; i < moves->count; i++) p[i] = 2 * propter_normal_cdf(-fabs(moves->items[i].score));
  PROPTER_TRY(propter_false_discovery(p, moves->count, cells > moves->count ? cells : moves->count, false, p + moves->count, s->err));
  size_t kept = moves->count;
  while (kept && p[moves->count + kept - 1] > chance) kept--;
  moves->count = kept;
  return PROPTER_OK;
}

/* A way back is no news of its own: the metric had moved the other way, as far, not long before. */
static bool is_return(const Moves *moves, const Move *m) {
  for (size_t i = 0; i < moves->count; i++) {
    const Move *other = &moves->items[i];
    if (propter_str_equal(other->metric, m->metric) && other->day < m->day && m->day - other->day <= RETURN_DAYS && (other->score > 0) != (m->score > 0) &&
        fabs(other->score) * 2 >= fabs(m->score))
      return true;
  }
  return false;
}

PropterStatus start_moves(Start *s) {
  Moves moves = {0};
  const Move *first = NULL;
  PropterStatus status = start_each(
      s,
      START_PREFIXES
      "SELECT ?metric (MIN(?l) AS ?label) ?from ?to ?score ?part { ?p a propter:Pattern ; propter:metric ?metric ; propter:start ?from ; propter:end ?to ; "
      "propter:score ?score ; propter:deviation ?d ; propter:expected ?e . ?metric skos:prefLabel ?l BIND (?d / ?e AS ?part) } "
      "GROUP BY ?metric ?from ?to ?score ?part ORDER BY DESC(ABS(?score)) ?metric ?from",
      MAX_MOVES, add_move, &moves);
  size_t cells = 0;
  double largest = moves.count ? fabs(moves.items[0].score) : 0;
  if (status == PROPTER_OK) status = start_each(s, START_PREFIXES "SELECT (COUNT(*) AS ?n) { ?o a qb:Observation }", 1, add_count, &cells);
  if (status == PROPTER_OK) status = drop_chance(s, &moves, cells);
  for (size_t i = 0, n = 0; i < moves.count && n < SURPRISES && status == PROPTER_OK; i++) {
    const Move *m = &moves.items[i];
    if (is_return(&moves, m)) continue;
    fprintf(s->call->out, "%s%zu %.*s, %.*s to %.*s: %+.1f %%, %.1f standard errors\n", n ? "         " : "moves    ", n + 1, (int)m->label.len, m->label.data,
            (int)m->from.len, m->from.data, (int)m->to.len, m->to.data, m->part * 100, m->score);
    if (!n++) first = m;
  }
  if (status == PROPTER_OK && !first && largest > 0) {
    fprintf(s->call->out, "moves    none beyond chance: the largest has %.1f standard errors, and %s figures were looked at\n", largest, output_number(cells));
    status = propter_fail(s->err, PROPTER_DECLINED, "nothing to ask about: no figure left its usual course further than chance makes one of so many");
  } else if (status == PROPTER_OK && !first) {
    fprintf(s->call->out, "moves    none: no figure left its usual course, or the series are too short to know one\n");
    status = propter_fail(s->err, PROPTER_DECLINED, "nothing to ask about: no figure left its usual course, or the series are too short to know one");
  }
  char *words[] = {first ? start_text(s, "--metric=%s%s", first->metric.data, "") : NULL, first ? start_text(s, "--from=%s%s", first->from.data, "") : NULL,
                   first ? start_text(s, "--to=%s%s", first->to.data, "") : NULL};
  propter_vec_clear(&moves);
  PROPTER_TRY(status);
  for (size_t i = 0; i < 3; i++)
    if (!words[i]) return start_no_memory(s->err);
  fputs("\nthe first of them\n", s->call->out), (void)fflush(s->call->out); /* the answer may take another way to the same place */
  return start_step(s, "why", words, 3, s->call->out);
}
