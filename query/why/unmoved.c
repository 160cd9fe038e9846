/* SPDX-License-Identifier: Apache-2.0 */
/* WHY NOT: what kept a cause from showing; and COMPARED TO: what a difference between two windows is made of. */
#include <math.h>

#include "render.h"

typedef enum {
#define FINDING(name, code) FINDING_##name,
#include "findings.def"
#undef FINDING
} Finding;

static const char *const codes[] = {
#define FINDING(name, code) code,
#include "findings.def"
#undef FINDING
};

/* What the level may differ from the baseline and still be usual: half of its 95 % interval. */
static double usual(const PropterInference *f) { return (f->expected_high - f->expected_low) / 2; }

/* The cause that pulls the other way, so that together they would not show; or NULL. */
static const PropterCause *counterweight(const PropterInference *f, const PropterCause *c) {
  for (size_t i = 0; i < f->causes; i++) {
    const PropterCause *o = &f->cause[i];
    if (o != c && o->has_dose && isfinite(o->predicted) && o->predicted * c->predicted < 0 && fabs(o->predicted + c->predicted) <= usual(f)) return o;
  }
  return NULL;
}

static void put_size(PropterBuf *t, const PropterWhyAnswer *a, double value, bool sign) {
  if (sign) why_put_signed(t, value, why_answer_decimals(a));
  else why_put_number(t, value, why_answer_decimals(a));
  why_put_unit(t, a, propter_put_line);
}

static Finding find(const PropterWhyAnswer *a, const PropterCause *c, PropterBuf *t) {
  const PropterInference *f = a->inference;
  if (a->outcome != PROPTER_ANSWER_DID_NOT_MOVE) {
    propter_buf_add(t, PROPTER_STR("the figure did move"));
    return FINDING_MOVED;
  }
  if (!c->has_dose || !isfinite(c->predicted)) {
    propter_buf_add(t, PROPTER_STR("no size of it is documented for this figure; up to \xC2\xB1 ")), put_size(t, a, usual(f), false);
    propter_buf_add(t, PROPTER_STR(" it would not show"));
    return FINDING_SIZE_UNKNOWN;
  }
  propter_buf_add(t, PROPTER_STR("its documented size predicts ")), put_size(t, a, c->predicted, true);
  if (fabs(c->predicted) <= usual(f)) {
    propter_buf_add(t, PROPTER_STR(", within what is usual (\xC2\xB1 ")), put_size(t, a, usual(f), false), propter_buf_add_char(t, ')');
    return FINDING_TOO_SMALL;
  }
  const PropterCause *other = counterweight(f, c);
  if (other) {
    propter_buf_add(t, PROPTER_STR("; ")), propter_put_line(t, other->label), propter_buf_add(t, PROPTER_STR(" predicts "));
    put_size(t, a, other->predicted, true), propter_buf_add(t, PROPTER_STR(" at the same time"));
    return FINDING_OFFSET;
  }
  propter_buf_add(t, PROPTER_STR(", but the figure stood ")), put_size(t, a, f->deviation, true), propter_buf_add(t, PROPTER_STR(" from its usual course"));
  return FINDING_NOT_SEEN;
}

PropterStatus why_unmoved(PropterWhyAnswer *a, PropterError *err) {
  for (size_t i = 0; i < a->causes; i++) {
    PropterBuf text = {0};
    a->cause[i].finding = codes[find(a, a->cause[i].cause, &text)];
    PROPTER_TRY(why_keep(&text, &a->arena, &a->cause[i].finding_text, err));
  }
  return PROPTER_OK;
}

PropterStatus why_absent(PropterWhyAnswer *a, PropterStr iri, PropterStr label, PropterDay start, PropterDay end, PropterError *err) {
  const PropterInference *f = a->inference;
  PropterBuf text = {0};
  Finding finding = start != PROPTER_NO_DAY && (start > f->last || (end != PROPTER_NO_DAY && end < f->first)) ? FINDING_NOT_THEN : FINDING_NOT_HERE;
  if (f->usual_cause.len && propter_str_equal(f->usual_cause, iri)) finding = FINDING_USUAL;
  if (finding == FINDING_USUAL)
    propter_buf_add(&text, PROPTER_STR("what it always does is expected here (")), propter_put_line(&text, f->usual_text),
        propter_buf_add(&text, PROPTER_STR("); that it did more than that is unlikely"));
  else if (finding == FINDING_NOT_HERE)
    propter_buf_add(&text, PROPTER_STR("nothing in the graph leads from it to this figure: no documented scope, no statement of a document"));
  else if (start > f->last) propter_buf_add(&text, PROPTER_STR("it began only on ")), why_put_day(&text, start);
  else propter_buf_add(&text, PROPTER_STR("it was over on ")), why_put_day(&text, end);
  a->despite.finding = codes[finding];
  PROPTER_TRY(why_keep(&text, &a->arena, &a->despite.text, err));
  propter_put_line(&text, label);
  return why_keep(&text, &a->arena, &a->despite.label, err);
}

PropterStatus why_compare(PropterWhyAnswer *a, PropterWhyAnswer *other, PropterError *err) {
  const PropterInference *f = a->inference, *o = other->inference;
  PropterBuf t = {0};
  a->compared = other;
  a->difference = f->observed - o->observed;
  a->difference_expected = f->expected - o->expected;
  put_size(&t, a, a->difference, true), propter_buf_add(&t, PROPTER_STR(" against ")), why_put_period(&t, o->first, o->last);
  if (isfinite(a->difference_expected)) {
    propter_buf_add(&t, PROPTER_STR(": ")), put_size(&t, a, a->difference_expected, true), propter_buf_add(&t, PROPTER_STR(" is the expected course, "));
    put_size(&t, a, f->deviation, true), propter_buf_add(&t, PROPTER_STR(" how far it stood off it here, less "));
    put_size(&t, a, o->deviation, true), propter_buf_add(&t, PROPTER_STR(" there"));
  }
  if (other->outcome == PROPTER_ANSWER_DID_NOT_MOVE) propter_buf_add(&t, PROPTER_STR("; there it did not move more than usual"));
  for (size_t i = 0; i < other->named; i++) {
    propter_buf_add(&t, i ? PROPTER_STR(", ") : PROPTER_STR("; its cause there: ")), propter_buf_add(&t, other->cause[i].name);
    propter_buf_printf(&t, " (%s)", other->cause[i].likely);
  }
  PROPTER_TRY(why_keep(&t, &a->arena, &a->comparison, err));
  return why_premise(a, err);
}
