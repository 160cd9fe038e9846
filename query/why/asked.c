/* SPDX-License-Identifier: Apache-2.0 */
/* What a question asks besides why: was it this cause, and where does the change lie. */
#include <math.h>

#include "render.h"

static bool contains(PropterStr text, PropterStr start, const char *before) {
  const size_t at = propter_str_find(text, start), n = strlen(before);
  if (at == SIZE_MAX || at + start.len >= text.len || text.data[at + start.len] != ' ') return false;
  return at == 0 || (at >= n && memcmp(text.data + at - n, before, n) == 0);
}

/* The largest part that the dimension tells: "region EU", "product shoes, region EU"; a->parts: none. */
static size_t part_by(const PropterWhyAnswer *a) {
  if (a->members) return isfinite(a->part[0].share) ? 0 : a->parts;
  for (size_t i = 0; i < a->parts; i++)
    if (!a->question.by_label.len || contains(a->part[i].label, a->question.by_label, ", ")) return i;
  return a->parts;
}

static void put_verdict(PropterBuf *t, PropterWhyAnswer *a, size_t at) {
  if (at == a->causes) {
    propter_buf_add(t, a->despite.label), propter_buf_add(t, PROPTER_STR(": ")), propter_buf_add(t, a->despite.text);
    a->despite.finding = NULL; /* said here */
    return;
  }
  const PropterWhyCause *w = &a->cause[at];
  propter_put_line(t, w->name);
  if (a->outcome == PROPTER_ANSWER_DID_NOT_MOVE) {
    propter_buf_add(t, PROPTER_STR(": the figure did not move more than usual, so there is nothing for it to explain"));
    return;
  }
  propter_buf_printf(t, ": %s", w->likely);
  if (a->options.numbers || a->inference->calibrated) propter_buf_add(t, PROPTER_STR(", ")), why_put_probability(t, w->cause->score.p);
  propter_buf_add(t, PROPTER_STR("; share of the change ")), propter_buf_add(t, w->share);
  propter_buf_add(t, PROPTER_STR("; evidence: ")), propter_buf_add(t, w->grade);
}

static void put_part(PropterBuf *t, const PropterWhyAnswer *a) {
  const size_t at = part_by(a);
  const PropterPart *p = &a->part[at < a->parts ? at : 0];
  if (a->outcome == PROPTER_ANSWER_DID_NOT_MOVE) {
    propter_buf_add(t, PROPTER_STR("it did not move more than usual, so no part is to be named"));
    return;
  }
  if (at == a->parts && a->question.by_label.len)
    propter_buf_add(t, a->members ? PROPTER_STR("no part by ") : PROPTER_STR("no figures to compare by ")), propter_put_line(t, a->question.by_label),
        propter_buf_add(t, a->members ? PROPTER_STR(" stands out") : (PropterStr){"", 0});
  else if (at == a->parts) propter_buf_add(t, PROPTER_STR("the graph knows no part of it that carries the change"));
  if (!a->parts || !isfinite(p->share)) return;
  propter_buf_add(t, at == a->parts ? PROPTER_STR("; most of it lies in ") : PROPTER_STR("most of it lies in "));
  if (a->members) propter_put_line(t, a->question.by_label), propter_buf_add_char(t, ' ');
  propter_put_line(t, p->label), propter_buf_add(t, PROPTER_STR(" (")), why_put_percent(t, p->share, false), propter_buf_add(t, PROPTER_STR(" of the change)"));
}

PropterStatus why_asked(PropterWhyAnswer *a, size_t at, PropterError *err) {
  PropterBuf text = {0};
  if (a->outcome != PROPTER_ANSWER_NOT_TESTABLE && a->question.suspect.len) put_verdict(&text, a, at);
  if (a->outcome != PROPTER_ANSWER_NOT_TESTABLE && a->question.parted) {
    if (text.len) propter_buf_add(&text, PROPTER_STR("; "));
    put_part(&text, a);
  }
  return why_keep(&text, &a->arena, &a->asked, err);
}
