/* SPDX-License-Identifier: Apache-2.0 */
/* The most surprising moves, and why the first of them. */
#include <math.h>

#include "chance.h"
#include "start.h"

enum { SURPRISES = 5, MAX_MOVES = 1000, RETURN_DAYS = 62 };

typedef struct {
  PropterStr metric, measure, label, from, to;
  PropterDay day, last;
  double score, part;
  bool explained; /* a cause is likely enough to be named */
} Move;
typedef PROPTER_VEC(Move) Moves;

static PropterStatus add_move(Start *s, const PropterTerm *row, void *payload) {
  Moves *moves = payload;
  Move m = {.metric = propter_arena_copy(&s->arena, row[0].value),
            .measure = propter_arena_copy(&s->arena, row[6].value.len ? row[6].value : row[0].value),
            .label = propter_arena_copy(&s->arena, row[1].value),
            .from = propter_arena_copy(&s->arena, row[2].value),
            .to = propter_arena_copy(&s->arena, row[3].value)};
  m.explained = propter_str_ends(row[7].value, PROPTER_STR("#Answered"));
  (void)propter_day_parse(row[2].value, &m.day), (void)propter_day_parse(row[3].value, &m.last);
  (void)propter_str_to_double(row[4].value, &m.score), (void)propter_str_to_double(row[5].value, &m.part);
  return m.metric.data && m.measure.data && m.label.data && m.from.data && m.to.data && propter_vec_push(moves, m) ? PROPTER_OK : start_no_memory(s->err);
}

static PropterStatus add_count(Start *s, const PropterTerm *row, void *payload) {
  (void)s;
  double n = 0;
  (void)propter_str_to_double(row[0].value, &n);
  *(size_t *)payload = (size_t)n;
  return PROPTER_OK;
}

/* Drops the moves that chance makes where so many figures are looked at. Ordered by score, they are the last. */
static PropterStatus drop_chance(Start *s, Moves *moves, size_t cells) {
  double *score = propter_arena_alloc(&s->arena, (moves->count + 1) * sizeof *score);
  if (!score) return start_no_memory(s->err);
  for (size_t i = 0; i < moves->count; i++) score[i] = moves->items[i].score;
  return chance_kept(score, moves->count, cells, &moves->count, s->err);
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

/* The same move of a whole and of its parts is one: of it the one that stands out most is listed, and where it is the largest part of what is usual. */
typedef struct {
  const Move *move, *most;
} Listed;

static const double much_more = 1.25;

static Listed *same_move(Listed *listed, size_t count, const Move *m) {
  for (size_t i = 0; i < count; i++) {
    const Move *x = listed[i].move;
    if (propter_str_equal(x->measure, m->measure) && x->day <= m->last && m->day <= x->last && (x->score > 0) == (m->score > 0)) return &listed[i];
  }
  return NULL;
}

static size_t choose(const Moves *moves, Listed listed[SURPRISES]) {
  size_t n = 0;
  for (size_t i = 0; i < moves->count; i++) {
    const Move *m = &moves->items[i];
    if (is_return(moves, m)) continue;
    Listed *same = same_move(listed, n, m);
    if (same && fabs(m->part) > fabs(same->most->part) && 2 * fabs(m->score) > fabs(same->move->score)) same->most = m;
    if (!same && n < SURPRISES) listed[n++] = (Listed){m, m};
  }
  return n;
}

/* "−53.5 %". */
static void print_part(FILE *out, const Move *m) {
  char text[PROPTER_NUMBER];
  fprintf(out, ": %s %%", propter_number(text, m->part * 100, 1, true));
}

static void print_moves(const Start *s, const Listed *listed, size_t count) {
  for (size_t i = 0; i < count; i++) {
    const Move *m = listed[i].move, *most = listed[i].most;
    fprintf(s->call->out, "%s%zu %.*s, %.*s to %.*s", i ? "         " : "moves    ", i + 1, (int)m->label.len, m->label.data,
            (int)m->from.len, m->from.data, (int)m->to.len, m->to.data);
    print_part(s->call->out, m), fprintf(s->call->out, ", %.1f standard errors", fabs(m->score));
    if (fabs(most->part) > much_more * fabs(m->part))
      fprintf(s->call->out, "; %.*s, %.*s to %.*s", (int)most->label.len, most->label.data, (int)most->from.len, most->from.data, (int)most->to.len,
              most->to.data),
          print_part(s->call->out, most);
    fputc('\n', s->call->out);
  }
}

static PropterStatus answer(Start *s, const Move *m) {
  char *words[] = {start_text(s, "--metric=%s%s", m->metric.data, ""), start_text(s, "--from=%s%s", m->from.data, ""), start_text(s, "--to=%s%s", m->to.data, "")};
  for (size_t i = 0; i < 3; i++)
    if (!words[i]) return start_no_memory(s->err);
  (void)fflush(s->call->out); /* the answer may take another way to the same place */
  return start_step(s, "why", words, 3, s->call->out);
}

/* Of the first; where it is refused, the next that has a cause stands behind it. */
static PropterStatus answer_first(Start *s, const Listed *listed, size_t count) {
  fputs("\nthe first of them\n", s->call->out);
  PropterStatus status = answer(s, listed[0].move);
  for (size_t i = 1; i < count && status == PROPTER_DECLINED; i++) {
    if (!listed[i].move->explained) continue;
    propter_error_clear(s->err);
    fprintf(s->call->out, "\nno cause can be named for the first of them; one can for number %zu\n", i + 1);
    status = answer(s, listed[i].move);
    break;
  }
  return status;
}

static const char by_surprise[] =
    START_PREFIXES "SELECT ?metric (MIN(?l) AS ?label) ?from ?to ?score ?part ?of ?outcome { ?p a propter:Pattern ; propter:metric ?metric ; propter:start ?from ; "
                   "propter:end ?to ; propter:score ?score ; propter:deviation ?d ; propter:expected ?e . ?metric skos:prefLabel ?l BIND (?d / ?e AS ?part) "
                   "OPTIONAL { ?metric propter:measure ?of } OPTIONAL { ?p propter:outcome ?outcome } } "
                   "GROUP BY ?metric ?from ?to ?score ?part ?of ?outcome ORDER BY DESC(ABS(?score)) ?metric ?from";

PropterStatus start_moves(Start *s) {
  Moves moves = {0};
  Listed listed[SURPRISES];
  size_t cells = 0, count = 0;
  PropterStatus status = start_each(s, by_surprise, MAX_MOVES, add_move, &moves);
  const double largest = moves.count ? fabs(moves.items[0].score) : 0;
  if (status == PROPTER_OK) status = start_each(s, START_PREFIXES "SELECT (COUNT(*) AS ?n) { ?o a qb:Observation }", 1, add_count, &cells);
  if (status == PROPTER_OK) status = drop_chance(s, &moves, cells);
  if (status == PROPTER_OK) count = choose(&moves, listed);
  if (status == PROPTER_OK && count) {
    print_moves(s, listed, count);
    status = answer_first(s, listed, count);
  } else if (status == PROPTER_OK && largest > 0) {
    fprintf(s->call->out, "moves    none beyond chance: the largest has %.1f standard errors, and %s figures were looked at\n", largest, output_number(cells));
    status = propter_fail(s->err, PROPTER_DECLINED, "nothing to ask about: no figure left its usual course further than chance makes one of so many");
  } else if (status == PROPTER_OK) {
    fprintf(s->call->out, "moves    none: no figure left its usual course, or the series are too short to know one\n");
    status = propter_fail(s->err, PROPTER_DECLINED, "nothing to ask about: no figure left its usual course, or the series are too short to know one");
  }
  propter_vec_clear(&moves);
  return status;
}
