/* SPDX-License-Identifier: Apache-2.0 */
/* Patterns: stretches of a series that leave its baseline in one direction. Each period is asked whether it moved; neighbours that moved the same way are
 * one pattern from where it may have begun, judged as a whole, and so is all that lies between a move and its return. */
#include <math.h>
#include <string.h>

#include "patterns.h"
#include "propter/pool.h"

/* Periods from a move to its return at most: of days a quarter, after which a level is no longer left but lived on. */
enum { LONGEST = 92 };

typedef struct {
  Know *know;
  KnowMetric *const *metrics;
  PropterDay from, to;
  Stretches *found;
} Task;

static int moved(const PropterAnswer *a) {
  if (a->outcome == PROPTER_OUTCOME_DID_NOT_MOVE || a->outcome == PROPTER_OUTCOME_NOT_TESTABLE) return 0;
  return a->deviation > 0 ? 1 : a->deviation < 0 ? -1 : 0;
}

/* Periods before the 95 % of the onset: they moved the same way by chance. */
static size_t early(const PropterAnswer *a) {
  static const double least = 0.025;
  double sum = 0;
  size_t n = 0;
  while (a->onset && n + 1 < a->window && (sum += a->onset[n]) < least) n++;
  return n;
}

/* Seen from before the first period, all but the last one lie off the expectation by half of their mean or more, and the last one by less: it came back. */
static bool came_back(const PropterAnswer *a, const PropterSeries *s, int direction) {
  size_t last = a->to - a->from;
  double mean = 0;
  if (a->outcome == PROPTER_OUTCOME_NOT_TESTABLE || a->periods <= last) return false;
  const double *value = s->value + a->from;
  for (size_t h = 0; h < last; h++) mean += direction * (value[h] - a->path[h]) / (double)last;
  for (size_t h = 0; h < last; h++)
    if (!(direction * (value[h] - a->path[h]) >= mean / 2)) return false;
  return mean > 0 && direction * (value[last] - a->path[last]) < mean / 2;
}

/* Where a stretch may have come back: after a move that is over, which the level before later periods leaves out (days and weeks), or where the next stretch
 * goes the other way, because the level before a period is soon that of the stretch itself. */
typedef struct {
  size_t at;
  bool over;
} Back;

static PropterStatus ask_return(Know *know, const Stretch *out, Back back, bool *whole, PropterError *err) {
  PropterAnswer a;
  *whole = back.over;
  if (!back.over) {
    PROPTER_TRY(judge_move(know, out->metric, out->from, back.at, &a, err));
    *whole = came_back(&a, &out->metric->series.series, out->direction);
    propter_answer_clear(&a);
  }
  if (!*whole) return PROPTER_OK;
  PROPTER_TRY(judge_move(know, out->metric, out->from, back.at - 1, &a, err));
  *whole = moved(&a) == out->direction && early(&a) == 0;
  propter_answer_clear(&a);
  return PROPTER_OK;
}

/* Both windows are judged by one view, or the answer is none of that view alone. */
static PropterStatus is_return(Know *know, const Stretch *out, Back back, bool *whole, PropterError *err) {
  KnowView *view;
  PropterStr kept;
  PROPTER_TRY(view_open(know, out->metric, out->from, back.at, &view, err));
  const bool alone = view == view_at(out->metric, out->from, back.at - 1);
  const PropterHash128 key = kept_key(view->key, KEPT_RETURN, out->from, 4 * back.at + 2 * back.over + (out->direction > 0));
  if (alone && memo_get(know->memo, key, &kept) && kept.len == 1) {
    *whole = kept.data[0] != 0;
    return PROPTER_OK;
  }
  PROPTER_TRY(ask_return(know, out, back, whole, err));
  const char answer = *whole;
  return alone ? memo_put(know->memo, key, (PropterStr){&answer, 1}, err) : PROPTER_OK;
}

/* Seen from before the first stretch, each period of the one right after it lies within what was expected, and off it by less than half of the first's mean. */
static bool is_nowhere_off(const PropterAnswer *a, const PropterSeries *s, const Stretch *out) {
  const size_t before = out->to - out->from + 1, last = a->to - a->from;
  const double *value = s->value + a->from;
  double mean = 0;
  if (a->outcome == PROPTER_OUTCOME_NOT_TESTABLE || a->periods <= last) return false;
  for (size_t h = 0; h < before; h++) mean += out->direction * (value[h] - a->path[h]) / (double)before;
  for (size_t h = before; h <= last; h++)
    if (!(value[h] >= a->path_low[h] && value[h] <= a->path_high[h] && out->direction * (value[h] - a->path[h]) < mean / 2)) return false;
  return true;
}

/* The stretch right after one, of the other direction, is its way back. */
static PropterStatus is_way_back(Know *know, const Stretch *out, const Stretch *next, bool *back, PropterError *err) {
  KnowView *view;
  PropterStr kept;
  PropterAnswer a;
  *back = false;
  if (!next || next->from != out->to + 1 || next->direction == out->direction || next->to - out->from > LONGEST) return PROPTER_OK;
  PROPTER_TRY(view_open(know, out->metric, out->from, next->to, &view, err));
  const PropterHash128 key = kept_key(view->key, KEPT_BACK, out->from, out->to * out->metric->series.series.count + next->to);
  if (memo_get(know->memo, key, &kept) && kept.len == 1) {
    *back = kept.data[0] != 0;
    return PROPTER_OK;
  }
  PROPTER_TRY(judge_move(know, out->metric, out->from, next->to, &a, err));
  *back = is_nowhere_off(&a, &out->metric->series.series, out);
  propter_answer_clear(&a);
  const char answer = *back;
  return memo_put(know->memo, key, (PropterStr){&answer, 1}, err);
}

/* First period after the move that is over in which the stretch began; 0: none. Seen by what judges as many periods as such a move can have. */
static PropterStatus move_over(Know *know, const Stretch *out, size_t *end, PropterError *err) {
  KnowView *view;
  PropterStr kept;
  PropterScoreFrame *frame = NULL;
  PROPTER_TRY(view_open(know, out->metric, out->from, out->from + propter_score_longest_move(out->metric->series.series.grain), &view, err));
  const PropterHash128 key = kept_key(view->key, KEPT_OVER, out->from, 0);
  if (memo_get(know->memo, key, &kept) && kept.len == sizeof *end) {
    memcpy(end, kept.data, sizeof *end);
    return PROPTER_OK;
  }
  PROPTER_TRY(view_frame(know, view, out->from, out->from, &frame, err));
  propter_score_free(frame);
  *end = propter_score_move_end(view->model, out->from);
  return memo_put(know->memo, key, (PropterStr){(const char *)end, sizeof *end}, err);
}

/* A move of which no period stands out is seen by its way back alone. It began after `free`, where the periods before the way back say. */
static PropterStatus ask_unseen(Know *know, const Stretch *back, size_t free, Stretch *out, PropterError *err) {
  const size_t longest = propter_score_longest_move(back->metric->series.series.grain), from = back->from > free + longest ? back->from - longest : free;
  PropterAnswer a;
  size_t begin = 0;
  bool found = false;
  PROPTER_TRY(judge_move(know, back->metric, from, back->from - 1, &a, err));
  for (size_t i = 1; a.onset && i < a.window; i++)
    if (a.onset[i] > a.onset[begin]) begin = i;
  propter_answer_clear(&a);
  const Stretch unseen = {back->metric, from + begin, back->from - 1, -back->direction};
  PROPTER_TRY(judge_move(know, back->metric, unseen.from, unseen.to, &a, err));
  if (moved(&a) == unseen.direction && early(&a) == 0) found = true;
  propter_answer_clear(&a);
  if (found) PROPTER_TRY(is_way_back(know, &unseen, back, &found, err));
  if (found) *out = unseen;
  return PROPTER_OK;
}

/* `out`: the stretch, or the move whose way back it is. */
static PropterStatus find_unseen(Know *know, size_t free, Stretch *out, PropterError *err) {
  KnowView *view;
  PropterStr kept;
  if (!propter_score_longest_move(out->metric->series.series.grain) || out->from <= free) return PROPTER_OK;
  PROPTER_TRY(view_open(know, out->metric, out->from, out->to, &view, err));
  const PropterHash128 key = kept_key(view->key, KEPT_UNSEEN, out->from, free);
  size_t begin = out->from;
  if (memo_get(know->memo, key, &kept) && kept.len == sizeof begin) {
    memcpy(&begin, kept.data, sizeof begin);
    if (begin < out->from) *out = (Stretch){out->metric, begin, out->from - 1, -out->direction};
    return PROPTER_OK;
  }
  PROPTER_TRY(ask_unseen(know, out, free, out, err));
  begin = out->from;
  return memo_put(know->memo, key, (PropterStr){(const char *)&begin, sizeof begin}, err);
}

/* A stretch that came back lasts until then, with all that lies in it; one whose way back is the next stretch says so of itself. */
static PropterStatus last_until_return(Know *know, Stretches *found, PropterError *err) {
  size_t kept = 0, over = 0; /* how many are kept, and those up to the last one that came back */
  for (size_t k = 0; k < found->count; k++) {
    Stretch out = found->items[k], *next = k + 1 < found->count ? &found->items[k + 1] : NULL;
    Back back = {0, true};
    bool whole = false, way_back = false;
    size_t same = kept; /* those behind it went the other way, as the move would */
    while (same > over && found->items[same - 1].direction != out.direction) same--;
    PROPTER_TRY(find_unseen(know, same ? found->items[same - 1].to + 1 : 0, &out, err));
    if (out.to < found->items[k].from) {
      while (kept > same && found->items[kept - 1].from >= out.from) kept--;
      if (kept > same && found->items[kept - 1].to + 1 >= out.from) found->items[kept - 1].to = out.to;
      else found->items[kept++] = out;
      over = kept;
      continue;
    }
    PROPTER_TRY(move_over(know, &out, &back.at, err));
    if (back.at <= out.to) back = (Back){0, false};
    if (!back.at && next && next->direction != out.direction && next->from != out.to + 1 && next->from - out.from <= LONGEST) back.at = next->from;
    if (back.at) PROPTER_TRY(is_return(know, &out, back, &whole, err));
    if (whole) out.to = back.at - 1;
    else PROPTER_TRY(is_way_back(know, &out, next, &way_back, err));
    k += way_back;
    while (k + 1 < found->count && found->items[k + 1].to <= out.to) k++;
    found->items[kept++] = out;
    if (whole || way_back) over = kept;
  }
  found->count = kept;
  return PROPTER_OK;
}

static bool is_asked(const Task *task, const PropterSeries *s, size_t i) {
  int32_t period = s->first + (int32_t)i;
  return (task->to == PROPTER_NO_DAY || propter_period_first(s->grain, period) <= task->to) &&
         (task->from == PROPTER_NO_DAY || propter_period_last(s->grain, period) >= task->from);
}

static PropterStatus ask_moves(const Task *task, KnowMetric *m, size_t from, size_t to, char *move, PropterError *err) {
  PropterAnswer a;
  for (size_t i = from; i < to; i++) {
    if (!is_asked(task, &m->series.series, i)) continue;
    PROPTER_TRY(judge_move(task->know, m, i, i, &a, err));
    move[i] = (char)moved(&a);
    propter_answer_clear(&a);
  }
  return PROPTER_OK;
}

/* Which way each period moved. Those that one view judges are kept together. */
static PropterStatus find_moves(const Task *task, KnowMetric *m, char *move, PropterError *err) {
  const size_t count = m->series.series.count;
  const bool all = task->from == PROPTER_NO_DAY && task->to == PROPTER_NO_DAY;
  for (size_t from = 0, to = 0; from < count; from = to) {
    KnowView *view;
    PropterStr kept;
    PROPTER_TRY(view_open(task->know, m, from, from, &view, err));
    while (to < count && view_at(m, to, to) == view) to++;
    const PropterHash128 key = kept_key(view->key, KEPT_MOVES, from, from);
    /* A view that was the whole series judged its last period, too. */
    if (all && memo_get(task->know->memo, key, &kept) && kept.len >= to - from) {
      memcpy(move + from, kept.data, to - from);
      continue;
    }
    PROPTER_TRY(ask_moves(task, m, from, to, move, err));
    if (all) PROPTER_TRY(memo_put(task->know->memo, key, (PropterStr){move + from, to - from}, err));
  }
  return PROPTER_OK;
}

static PropterStatus join_moves(KnowMetric *m, const char *move, Stretches *found, PropterError *err) {
  const size_t count = m->series.series.count;
  for (size_t i = 0, open = 0; i < count; i++) {
    if (i == 0 || move[i] != move[i - 1]) open = i;
    if (move[i] && (i + 1 == count || move[i + 1] != move[i]) && !propter_vec_push(found, ((Stretch){m, open, i, (signed char)move[i]})))
      return propter_fail(err, PROPTER_NO_MEMORY, "patterns");
  }
  return PROPTER_OK;
}

static PropterStatus find_early(Know *know, const Stretch *whole, size_t *count, PropterError *err) {
  KnowView *view;
  PropterStr kept;
  PropterAnswer a;
  PROPTER_TRY(view_open(know, whole->metric, whole->from, whole->to, &view, err));
  const PropterHash128 key = kept_key(view->key, KEPT_EARLY, whole->from, whole->to);
  if (memo_get(know->memo, key, &kept) && kept.len == sizeof *count) {
    memcpy(count, kept.data, sizeof *count);
    return PROPTER_OK;
  }
  PROPTER_TRY(judge_move(know, whole->metric, whole->from, whole->to, &a, err));
  *count = early(&a);
  propter_answer_clear(&a);
  return memo_put(know->memo, key, (PropterStr){(const char *)count, sizeof *count}, err);
}

/* What moved by chance before a stretch is one of its own. */
static PropterStatus split_early(Know *know, Stretches *found, PropterError *err) {
  for (size_t k = 0; k < found->count; k++) {
    const Stretch whole = found->items[k];
    size_t count = 0;
    if (whole.from < whole.to) PROPTER_TRY(find_early(know, &whole, &count, err));
    if (!count) continue;
    if (!propter_vec_push(found, whole)) return propter_fail(err, PROPTER_NO_MEMORY, "patterns");
    memmove(found->items + k + 1, found->items + k, (found->count - 1 - k) * sizeof *found->items);
    found->items[k++].to = whole.from + count - 1;
    found->items[k].from = whole.from + count;
  }
  return PROPTER_OK;
}

static PropterStatus search(size_t item, void *payload, PropterError *err) {
  Task *task = payload;
  KnowMetric *m = task->metrics[item];
  (void)pthread_mutex_lock(&task->know->lock);
  PropterStatus status = know_series(task->know, m, err);
  (void)pthread_mutex_unlock(&task->know->lock);
  if (status || !m->series.series.count) return status;
  char *move = propter_calloc(m->series.series.count, 1);
  if (!move) return propter_fail(err, PROPTER_NO_MEMORY, "%zu periods", m->series.series.count);
  status = find_moves(task, m, move, err);
  if (!status) status = join_moves(m, move, &task->found[item], err);
  propter_free(move);
  if (!status) status = split_early(task->know, &task->found[item], err);
  return status ? status : last_until_return(task->know, &task->found[item], err);
}

PropterStatus patterns_find(Know *know, KnowMetric *const *metrics, size_t count, PropterDay from, PropterDay to, Stretches *out, PropterError *err) {
  Task task = {.know = know, .metrics = metrics, .from = from, .to = to, .found = propter_calloc(count ? count : 1, sizeof *task.found)};
  if (!task.found) return propter_fail(err, PROPTER_NO_MEMORY, "patterns of %zu metrics", count);
  PropterStatus status = propter_pool_run(count, know->options.threads, search, &task, err);
  for (size_t i = 0; i < count; i++) {
    for (size_t k = 0; k < task.found[i].count && !status; k++)
      if (!propter_vec_push(out, task.found[i].items[k])) status = propter_fail(err, PROPTER_NO_MEMORY, "patterns");
    propter_vec_clear(&task.found[i]);
  }
  propter_free(task.found);
  return status;
}

PropterStatus metrics_named(Know *know, const PropterStr *names, size_t count, KnowMetric ***out, size_t *found, PropterError *err) {
  size_t n = count ? count : know->metrics.count;
  *found = 0;
  *out = propter_calloc(n ? n : 1, sizeof **out);
  if (!*out) return propter_fail(err, PROPTER_NO_MEMORY, "%zu metrics", n);
  for (size_t i = 0; i < n; i++) {
    KnowMetric *m = count ? know_metric_named(know, names[i]) : &know->metrics.items[i];
    if (!m) {
      propter_free(*out);
      *out = NULL;
      return propter_fail(err, PROPTER_NOT_FOUND, "\"%.*s\" is no propter:Metric of this graph", (int)names[i].len, names[i].data);
    }
    (*out)[(*found)++] = m;
  }
  return PROPTER_OK;
}

static PropterStatus describe(Know *know, const Stretch *stretch, PropterPattern *f, PropterError *err) {
  PropterArena arena = {0};
  PropterAnswer a;
  const PropterSeries *s = &stretch->metric->series.series;
  PropterStatus status = judge_move(know, stretch->metric, stretch->from, stretch->to, &a, err);
  if (status) return status;
  f->first = propter_period_first(s->grain, s->first + (int32_t)stretch->from);
  f->last = propter_period_last(s->grain, s->first + (int32_t)stretch->to);
  PropterStr iri = pattern_iri(stretch->metric, f->first, f->last, &arena);
  f->iri.data = iri.data ? propter_strdup(iri) : NULL;
  f->iri.len = iri.len;
  f->metric = stretch->metric->def.iri;
  f->label = stretch->metric->def.label;
  f->kind = a.pattern;
  f->observed = a.observed;
  f->expected = a.expected;
  f->expected_low = a.expected_low;
  f->expected_high = a.expected_high;
  f->deviation = a.deviation;
  f->z = a.z;
  f->usable = a.usable;
  f->onset = f->first;
  for (size_t i = 0; a.onset && i < a.window; i++)
    if (a.onset[i] > f->onset_probability)
      f->onset_probability = a.onset[i], f->onset = propter_period_first(s->grain, s->first + (int32_t)(stretch->from + i));
  propter_answer_clear(&a);
  propter_arena_clear(&arena);
  return f->iri.data ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "name of a pattern");
}

PropterStatus propter_patterns(PropterInferrer *know, PropterStr metric, PropterDay from, PropterDay to, PropterPattern **out, size_t *count,
                               PropterError *err) {
  KnowMetric **metrics = NULL;
  Stretches found = {0};
  size_t n;
  *out = NULL;
  *count = 0;
  PropterStatus status = metrics_named(know, &metric, metric.len ? 1 : 0, &metrics, &n, err);
  if (!status) status = patterns_find(know, metrics, n, from, to, &found, err);
  if (!status && !(*out = propter_calloc(found.count ? found.count : 1, sizeof **out)))
    status = propter_fail(err, PROPTER_NO_MEMORY, "%zu patterns", found.count);
  for (size_t i = 0; i < found.count && !status; i++)
    if (!(status = describe(know, &found.items[i], &(*out)[i], err))) ++*count;
  if (status) {
    propter_patterns_free(*out, *count);
    *out = NULL;
    *count = 0;
  }
  propter_vec_clear(&found);
  propter_free(metrics);
  return status;
}

void propter_patterns_free(PropterPattern *found, size_t count) {
  for (size_t i = 0; found && i < count; i++) propter_free((void *)(uintptr_t)found[i].iri.data);
  propter_free(found);
}
