/* SPDX-License-Identifier: Apache-2.0 */
/* Moves that do not keep to the period asked about. One within it: with the days around it nothing moved. One that goes beyond it: seen from the level just
 * before the period, which the move made, or with all of the period, nothing moved. */
#include <math.h>

#include "propter/math.h"
#include "question.h"
#include "render.h"

/* Days around the period in which such a move may lie; days before it that make the level which it is judged by. */
enum { REACH = 92, LEVEL_LEAST = 7, LEVEL_MOST = 36 };
static const double least = .01; /* how rare a move must be */

static PropterDay earlier(PropterDay a, PropterDay b) { return a < b ? a : b; }
static PropterDay later(PropterDay a, PropterDay b) { return a > b ? a : b; }
static PropterDay days_in(const PropterPattern *p, const PropterQuestion *q) { return earlier(p->last, q->to) - later(p->first, q->from) + 1; }

/* It takes up half of the period or more. */
static bool covers(const PropterPattern *p, const PropterQuestion *q) { return 2 * days_in(p, q) > q->to - q->from; }

/* It goes the way that the question says, and takes up most of the period and more, or began before it so late that the level before it may be its own. */
static bool may_hold(const PropterPattern *p, const PropterQuestion *q) {
  const PropterDay level = earlier(later(q->to - q->from + 1, LEVEL_LEAST), LEVEL_MOST);
  if (p->deviation * q->direction < 0) return false;
  return p->first < q->from ? covers(p, q) || p->first >= q->from - level : covers(p, q) && p->last > q->to;
}

/* Right behind a move the other way: where that has been, it is seen from there. */
static bool is_way_back(const PropterPattern *p, const PropterPattern *found, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (found[i].last + 1 == p->first && found[i].deviation * p->deviation < 0) return true;
  return false;
}

/* Of the moves that are as rare as one in a hundred and may hold the period, else of those that overlap it, the rarest; NULL: none. */
static const PropterPattern *move_around(const PropterQuestion *q, const PropterPattern *found, size_t count, bool hold) {
  const PropterPattern *best = NULL;
  for (size_t i = 0; i < count; i++) {
    const PropterPattern *p = &found[i];
    if ((hold ? !may_hold(p, q) : days_in(p, q) < 1) || !(2 * propter_normal_cdf(-fabs(p->z)) <= least) || is_way_back(p, found, count)) continue;
    if (!best || fabs(p->z) > fabs(best->z)) best = p;
  }
  return best;
}

/* Seen from before the move, the period lies off by half of what the whole does or more. */
static bool lasts(const PropterInference *f, const PropterQuestion *q) {
  double sum = 0;
  size_t n = 0;
  if (f->outcome != PROPTER_ANSWER_ANSWERED && f->outcome != PROPTER_ANSWER_CAUSE_UNKNOWN) return false;
  for (size_t i = 0; i < f->points; i++) {
    const PropterPathPoint *x = &f->point[i];
    if (x->first < q->from || !x->in_window || !isfinite(x->value - x->expected)) continue;
    sum += x->value - x->expected, n++;
  }
  return n && sum / (double)n / f->deviation >= .5;
}

/* A note on a move, with its part of what was expected, if that is finite. */
static PropterStatus say_move(PropterQuestion *q, const char *before, PropterDay first, PropterDay last, double part, const char *behind, PropterArena *arena,
                              PropterError *err) {
  PropterBuf text = {0};
  why_put_period(&text, first, last);
  if (isfinite(part)) propter_buf_printf(&text, " ("), why_put_percent(&text, part, true), propter_buf_add_char(&text, ')');
  PropterStatus status = propter_buf_status(&text, err);
  if (status == PROPTER_OK) status = why_question_note(q, arena, err, "%s%.*s%s", before, (int)text.len, text.data, behind);
  propter_buf_clear(&text);
  return status;
}

/* The answer about a move in place of that about the period, which the other one is then. */
static void put_in_place(PropterInference **inference, PropterInference **other) {
  PropterInference *seen = *inference;
  (*other)->holder = seen->holder, seen->holder = NULL;
  *inference = *other, *other = seen;
}

/* Which of the moves that lie in the period may be meant: of the question's direction, the one that is rarest even if the period is searched for it; NULL:
 * none. Each stretch as long as it counts as one look, so that of quiet periods no more than one in a hundred shows one. */
static const PropterPattern *move_meant(const PropterQuestion *q, const PropterPattern *found, size_t count) {
  const PropterPattern *best = NULL;
  for (size_t i = 0; i < count; i++) {
    const PropterPattern *p = &found[i];
    const double days = p->last - p->first + 1, looks = fmax(1, (q->to - q->from + 1) / days), rare = 2 * propter_normal_cdf(-fabs(p->z));
    if (p->first < q->from || p->last > q->to || p->deviation * q->direction < 0 || rare * looks > least) continue;
    if (!best || fabs(p->z) > fabs(best->z)) best = p;
  }
  return best;
}

PropterStatus why_look_inside(PropterInferrer *inferrer, PropterQuestion *q, PropterArena *arena, PropterInference **inference, PropterError *err) {
  PropterInference *whole = *inference, *inside = NULL;
  PropterInferrer *know = inferrer ? inferrer : whole->holder;
  PropterPattern *found = NULL;
  size_t count = 0;
  if (whole->outcome != PROPTER_ANSWER_DID_NOT_MOVE) return PROPTER_OK;
  PropterStatus status = propter_patterns(know, q->metric_iri, q->from, q->to, &found, &count, err);
  const PropterPattern *p = move_meant(q, found, count);
  if (p && (p->first > whole->first || p->last < whole->last)) status = propter_inferrer_window(know, q->metric_iri, p->first, p->last, &inside, err);
  if (inside && (inside->outcome == PROPTER_ANSWER_ANSWERED || inside->outcome == PROPTER_ANSWER_CAUSE_UNKNOWN)) {
    status = say_move(q, "judged is ", p->first, p->last, (double)NAN, ", which moved within this time", arena, err);
    put_in_place(inference, &inside);
  }
  propter_inference_free(inside);
  propter_patterns_free(found, count);
  return status;
}

PropterStatus why_look_around(PropterInferrer *inferrer, PropterQuestion *q, bool whole, PropterArena *arena, PropterInference **inference, PropterError *err) {
  PropterInference *seen = *inference, *around = NULL;
  PropterInferrer *know = inferrer ? inferrer : seen->holder;
  PropterPattern *found = NULL;
  size_t count = 0;
  const bool moved = seen->outcome == PROPTER_ANSWER_CAUSE_UNKNOWN; /* perhaps back, from the level that the move made */
  if (seen->outcome != PROPTER_ANSWER_DID_NOT_MOVE && !moved) return PROPTER_OK;
  PropterStatus status = propter_patterns(know, q->metric_iri, q->from - REACH, q->to + REACH, &found, &count, err);
  const PropterPattern *p = whole ? NULL : move_around(q, found, count, true);
  if (p && !status && !(moved && p->deviation * seen->deviation >= 0))
    status = propter_inferrer_window(know, q->metric_iri, p->first, later(p->last, q->to), &around, err);
  if (around && !status && lasts(around, q)) {
    status = say_move(q, "a move goes beyond this time: judged is ", around->first, around->last, around->relative, ", by the level before it", arena, err);
    put_in_place(inference, &around);
  } else if (!status && !moved && (p = move_around(q, found, count, false))) {
    status = say_move(q, "a move overlaps this time: ", p->first, p->last, p->expected != 0 ? p->deviation / p->expected : (double)NAN, "", arena, err);
  }
  propter_inference_free(around);
  propter_patterns_free(found, count);
  return status;
}
