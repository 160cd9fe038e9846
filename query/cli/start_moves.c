/* SPDX-License-Identifier: Apache-2.0 */
/* The most surprising moves, and why the first of them. */
#include <math.h>

#include "start.h"

enum { SURPRISES = 5, MAX_MOVES = 1000, RETURN_DAYS = 62 };

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
  for (size_t i = 0, n = 0; i < moves.count && n < SURPRISES && status == PROPTER_OK; i++) {
    const Move *m = &moves.items[i];
    if (is_return(&moves, m)) continue;
    fprintf(s->call->out, "%s%zu %.*s, %.*s to %.*s: %+.1f %%, %.1f standard errors\n", n ? "         " : "moves    ", n + 1, (int)m->label.len, m->label.data,
            (int)m->from.len, m->from.data, (int)m->to.len, m->to.data, m->part * 100, m->score);
    if (!n++) first = m;
  }
  if (status == PROPTER_OK && !first) {
    fprintf(s->call->out, "moves    none: no figure left its usual course, or the series are too short to know one\n");
    status = propter_fail(s->err, PROPTER_DECLINED, "nothing to ask about: no figure left its usual course");
  }
  char *words[] = {first ? start_text(s, "--metric=%s%s", first->metric.data, "") : NULL, first ? start_text(s, "--from=%s%s", first->from.data, "") : NULL,
                   first ? start_text(s, "--to=%s%s", first->to.data, "") : NULL};
  propter_vec_clear(&moves);
  PROPTER_TRY(status);
  for (size_t i = 0; i < 3; i++)
    if (!words[i]) return start_no_memory(s->err);
  fputs("\nthe first of them\n", s->call->out);
  return start_step(s, "why", words, 3, s->call->out);
}
