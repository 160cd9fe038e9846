/* SPDX-License-Identifier: Apache-2.0 */
/* What a question supposes of the move, held against how the figure stood: to what was to be expected, and to the time that the question names. */
#include <math.h>

#include "render.h"

static void put_amount(PropterBuf *t, const PropterWhyAnswer *a, double value) {
  why_put_number(t, fabs(value), why_answer_decimals(a));
  why_put_unit(t, a, propter_put_line);
}

static void put_stood(PropterBuf *t, const PropterWhyAnswer *a, bool moved) {
  const double off = a->inference->deviation;
  propter_buf_add(t, PROPTER_STR("stood "));
  if (moved) put_amount(t, a, off), propter_buf_add(t, off < 0 ? PROPTER_STR(" below") : PROPTER_STR(" above"));
  else propter_buf_add(t, PROPTER_STR("within"));
  propter_buf_add(t, PROPTER_STR(" what was to be expected"));
}

static void put_change(PropterBuf *t, const PropterWhyAnswer *a, double by) {
  if (by == 0) propter_buf_add(t, PROPTER_STR("did not change"));
  else propter_buf_add(t, by < 0 ? PROPTER_STR("fell by ") : PROPTER_STR("rose by ")), put_amount(t, a, by);
}

/* The time that the change is counted from: the one that the question names, else as much time before as the window has. */
static void put_since(PropterBuf *t, const PropterWhyAnswer *a) {
  const PropterInference *f = a->inference;
  propter_buf_add(t, PROPTER_STR("against "));
  if (a->compared && a->compared->inference) {
    why_put_period(t, a->compared->inference->first, a->compared->inference->last);
    return;
  }
  const char *period = propter_grain_name(f->metric.grain);
  size_t n = 0;
  for (size_t i = 0; i < f->points; i++) n += f->point[i].in_window;
  propter_buf_add(t, PROPTER_STR("the "));
  if (n > 1) propter_buf_printf(t, "%zu %ss", n, period);
  else propter_buf_printf(t, "%s", period);
  propter_buf_add(t, PROPTER_STR(" before"));
}

static void hold(PropterBuf *t, const PropterWhyAnswer *a) {
  const PropterInference *f = a->inference;
  const int way = a->question.direction;
  const bool moved = a->outcome != PROPTER_ANSWER_DID_NOT_MOVE, compared = a->compared && a->compared->inference;
  const double by = compared ? a->difference : f->change;
  if (a->question.negated) {
    if (!moved || (way && f->deviation * way <= 0)) return;
    propter_buf_printf(t, "the question says that the figure did not %s, but it ", way < 0 ? "fall" : way > 0 ? "rise" : "move"), put_stood(t, a, moved);
    return;
  }
  if (!way) return;
  const bool expected = moved && f->deviation * way > 0;
  if (expected && !(compared && by * way <= 0)) return;
  propter_buf_printf(t, "the question speaks of a %s, but ", way < 0 ? "fall" : "rise");
  if (expected) {
    put_since(t, a), propter_buf_add(t, PROPTER_STR(" the figure ")), put_change(t, a, by), propter_buf_add(t, PROPTER_STR("; it ")), put_stood(t, a, moved);
    return;
  }
  propter_buf_add(t, PROPTER_STR("the figure ")), put_stood(t, a, moved);
  if (!isfinite(by)) return;
  propter_buf_add(t, PROPTER_STR("; ")), put_since(t, a), propter_buf_add(t, PROPTER_STR(" it ")), put_change(t, a, by);
}

PropterStatus why_premise(PropterWhyAnswer *a, PropterError *err) {
  PropterBuf text = {0};
  a->premise = (PropterStr){"", 0};
  if (!a->inference || a->outcome == PROPTER_ANSWER_NOT_TESTABLE) return PROPTER_OK;
  hold(&text, a);
  return why_keep(&text, &a->arena, &a->premise, err);
}
