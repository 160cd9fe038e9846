/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers, days and foreign text, written the same way everywhere. */
#include <math.h>
#include <utf8proc.h>

#include "render.h"

/* --- numbers ------------------------------------------------------------------------------------------------------------------- */

int why_number_decimals(double se) {
  if (!(se > 0) || !isfinite(se)) return 0;
  int d = -(int)floor(log10(se / 3)); /* rounding then adds at most a sixth of the error */
  return d < 0 ? 0 : d > 6 ? 6 : d;
}

static void number(PropterBuf *out, double value, int decimals, bool sign) {
  char text[PROPTER_NUMBER];
  propter_buf_add(out, propter_str(propter_number(text, value, decimals, sign)));
}

void why_put_number(PropterBuf *out, double value, int decimals) { number(out, value, decimals, false); }
void why_put_signed(PropterBuf *out, double value, int decimals) { number(out, value, decimals, true); }

void why_put_percent(PropterBuf *out, double part, bool sign) {
  double p = part * 100;
  number(out, p, fabs(p) < 9.95 ? 1 : 0, sign);
  if (isfinite(p)) propter_buf_add(out, PROPTER_STR(" %"));
}

void why_put_probability(PropterBuf *out, double p) {
  if (!isfinite(p)) propter_buf_add(out, PROPTER_STR("n/a"));
  else if (p < .005) propter_buf_add(out, PROPTER_STR("<.01"));
  else if (p >= .995) propter_buf_add(out, PROPTER_STR(">.99"));
  else propter_buf_printf(out, ".%02d", (int)(p * 100 + .5));
}

bool why_may_be_chance(const PropterInference *f) {
  return (f->outcome == PROPTER_ANSWER_ANSWERED || f->outcome == PROPTER_ANSWER_CAUSE_UNKNOWN) && f->p_none >= .05;
}

void why_put_rest(PropterBuf *out, const PropterInference *f) {
  const double share = f->unknown_share;
  bool identified = f->p_unknown >= .5;
  if (!isfinite(share)) return;
  for (size_t i = 0; i < f->causes; i++) identified |= f->cause[i].score.share_identified;
  if (!identified) {
    propter_buf_add(out, PROPTER_STR("not identified"));
    return;
  }
  if (share < .005) propter_buf_add(out, PROPTER_STR("nothing left over"));
  else propter_buf_add(out, PROPTER_STR("about ")), why_put_number(out, share * 100, 0), propter_buf_add(out, PROPTER_STR(" %"));
}

void why_put_plain(PropterBuf *out, double value, const char *none) {
  char text[48];
  if (!isfinite(value)) {
    propter_buf_add(out, propter_str(none));
    return;
  }
  if (value == 0) value = 0; /* no minus zero */
  (void)snprintf(text, sizeof text, "%.10g", value);
  for (char *p = text; *p; p++)
    if (*p == ',') *p = '.';
  propter_buf_add(out, propter_str(text));
}

int why_answer_decimals(const PropterWhyAnswer *a) {
  return a->inference ? why_number_decimals((a->inference->expected_high - a->inference->expected_low) / 4) : 0;
}

/* --- days ---------------------------------------------------------------------------------------------------------------------- */

static const char *const long_month[] = {"January", "February", "March",     "April",   "May",      "June",
                                         "July",    "August",   "September", "October", "November", "December"};

void why_put_day(PropterBuf *out, PropterDay day) {
  char text[16];
  propter_day_format(day, text);
  propter_buf_add(out, propter_str(text));
}

void why_put_days(PropterBuf *out, PropterDay first, PropterDay last, bool year) {
  int y, m, d, y2, m2, d2;
  propter_day_civil(first, &y, &m, &d);
  propter_day_civil(last, &y2, &m2, &d2);
  if (first == last) propter_buf_printf(out, "%d %.3s", d, long_month[m - 1]);
  else if (y == y2 && m == m2) propter_buf_printf(out, "%d\xE2\x80\x93%d %.3s", d, d2, long_month[m - 1]);
  else if (y == y2 || !year) propter_buf_printf(out, "%d %.3s \xE2\x80\x93 %d %.3s", d, long_month[m - 1], d2, long_month[m2 - 1]);
  else propter_buf_printf(out, "%d %.3s %d \xE2\x80\x93 %d %.3s", d, long_month[m - 1], y, d2, long_month[m2 - 1]);
  if (year) propter_buf_printf(out, " %d", y2);
}

static bool whole_months(PropterDay first, PropterDay last) {
  int y, m, d, y2, m2, d2;
  propter_day_civil(first, &y, &m, &d);
  propter_day_civil(last, &y2, &m2, &d2);
  return d == 1 && d2 == propter_month_length(y2, m2);
}

void why_put_period(PropterBuf *out, PropterDay first, PropterDay last) {
  int y, m, d, y2, m2, d2;
  propter_day_civil(first, &y, &m, &d);
  propter_day_civil(last, &y2, &m2, &d2);
  if (!whole_months(first, last)) {
    why_put_days(out, first, last, true);
  } else if (m == 1 && m2 == 12) {
    propter_buf_printf(out, "%d", y);
    if (y2 != y) propter_buf_printf(out, " to %d", y2);
  } else if (y == y2 && m == m2) {
    propter_buf_printf(out, "%s %d", long_month[m - 1], y);
  } else if (y == y2) {
    propter_buf_printf(out, "%s to %s %d", long_month[m - 1], long_month[m2 - 1], y);
  } else {
    propter_buf_printf(out, "%s %d to %s %d", long_month[m - 1], y, long_month[m2 - 1], y2);
  }
}

/* "from 4 to 31 Mar 2024", "from 20 Dec 2024 to 3 Jan 2025". */
static void put_span(PropterBuf *out, PropterDay first, PropterDay last) {
  int y, m, d, y2, m2, d2;
  propter_day_civil(first, &y, &m, &d);
  propter_day_civil(last, &y2, &m2, &d2);
  propter_buf_printf(out, "from %d", d);
  if (y != y2 || m != m2) propter_buf_printf(out, " %.3s", long_month[m - 1]);
  if (y != y2) propter_buf_printf(out, " %d", y);
  propter_buf_printf(out, " to %d %.3s %d", d2, long_month[m2 - 1], y2);
}

void why_put_when(PropterBuf *out, PropterDay first, PropterDay last) {
  int y, m, d, y2, m2, d2;
  propter_day_civil(first, &y, &m, &d);
  propter_day_civil(last, &y2, &m2, &d2);
  const bool one = y == y2 && (m == m2 || (m == 1 && m2 == 12)); /* month or year */
  if (first != last && !whole_months(first, last)) {
    put_span(out, first, last);
    return;
  }
  propter_buf_add(out, first == last ? PROPTER_STR("on ") : one ? PROPTER_STR("in ") : PROPTER_STR("from "));
  why_put_period(out, first, last);
}

PropterStatus why_keep(PropterBuf *text, PropterArena *arena, PropterStr *out, PropterError *err) {
  PropterStatus status = propter_buf_status(text, err);
  const PropterStr kept = status == PROPTER_OK ? propter_arena_copy(arena, propter_buf_str(text)) : (PropterStr){NULL, 0};
  if (kept.data) *out = kept;
  else if (status == PROPTER_OK) status = propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
  propter_buf_clear(text);
  return status;
}

void why_drop(PropterBuf *out, PropterBuf *used) {
  if (used->failed != PROPTER_OK && out->failed == PROPTER_OK) out->failed = used->failed;
  propter_buf_clear(used);
}

size_t why_text_width(PropterStr text) {
  size_t width = 0;
  for (size_t at = 0; at < text.len;) {
    int w = utf8proc_charwidth((utf8proc_int32_t)propter_utf8_next(text, &at));
    if (w > 0) width += (size_t)w;
  }
  return width;
}

void why_put_pad(PropterBuf *out, size_t columns) {
  while (columns--) propter_buf_add_char(out, ' ');
}

PropterStr why_base_name(PropterStr path) {
  for (size_t i = path.len; i-- > 0;)
    if (path.data[i] == '/' && i + 1 < path.len) return (PropterStr){path.data + i + 1, path.len - i - 1};
  return path;
}

void why_put_place(PropterBuf *out, const PropterEvidence *q) {
  propter_buf_add(out, why_base_name(q->path.len ? q->path : q->document));
  if (q->section.len) propter_buf_add(out, PROPTER_STR(" \xC2\xA7 ")), propter_buf_add(out, q->section);
  if (q->char_end > q->char_start)
    propter_buf_printf(out, ", characters %llu\xE2\x80\x93%llu", (unsigned long long)q->char_start, (unsigned long long)q->char_end);
}

PropterStr why_unit(const PropterMetric *m) {
  PropterStr unit = m->unit_label.len ? m->unit_label : m->unit;
  return propter_str_equal(unit, PROPTER_STR("1")) ? (PropterStr){"", 0} : unit;
}

void why_put_unit(PropterBuf *out, const PropterWhyAnswer *a, void (*put)(PropterBuf *, PropterStr)) {
  if (!a->inference) return;
  PropterStr unit = why_unit(&a->inference->metric);
  if (unit.len) propter_buf_add_char(out, ' '), put(out, unit);
}

size_t why_part_depth(const PropterWhyAnswer *a, size_t at) {
  size_t depth = 0;
  while (a->part[at].parent != SIZE_MAX) at = a->part[at].parent, depth++;
  return depth;
}

void why_put_part(PropterBuf *out, const PropterWhyAnswer *a, const PropterPart *p, void (*put)(PropterBuf *, PropterStr)) {
  if (isfinite(p->observed)) why_put_signed(out, p->observed - p->expected, why_answer_decimals(a)), why_put_unit(out, a, put);
  if (isfinite(p->observed) && isfinite(p->share)) propter_buf_add(out, PROPTER_STR(", "));
  if (isfinite(p->share)) why_put_percent(out, p->share, false), propter_buf_add(out, PROPTER_STR(" of the change"));
  else if (!isfinite(p->observed)) propter_buf_add(out, PROPTER_STR("cannot be judged"));
}

const char *const why_member_column[WHY_MEMBER_COLUMNS] = {"observed", "expected", "deviation", "share of the change"};

void why_put_member(PropterBuf *out, const PropterWhyAnswer *a, const PropterPart *p, int column) {
  const double v[] = {p->observed, p->expected, p->observed - p->expected, p->share};
  if (!isfinite(v[column])) propter_buf_add(out, PROPTER_STR("\xE2\x80\x93"));
  else if (column == 3) why_put_percent(out, v[column], false);
  else if (column == 2) why_put_signed(out, v[column], why_answer_decimals(a));
  else why_put_number(out, v[column], why_answer_decimals(a));
}

/* Three figures of a number whose unit is another metric's. */
static void put_figures(PropterBuf *out, double value) { number(out, value, propter_number_decimals(value, 3), true); }

void why_put_upstream(PropterBuf *out, const PropterWhyAnswer *a, size_t at, void (*put)(PropterBuf *, PropterStr)) {
  const PropterUpstream *u = &a->upstream[at];
  put(out, u->label), propter_buf_add(out, PROPTER_STR(" stood ")), put_figures(out, u->deviation);
  propter_buf_add(out, PROPTER_STR(" from its usual course "));
  if (u->lag) propter_buf_printf(out, "%d %s%s before; ", u->lag, propter_grain_name(u->grain), u->lag == 1 ? "" : "s");
  else propter_buf_add(out, PROPTER_STR("at the time; "));
  if (u->parent == SIZE_MAX) propter_buf_add(out, PROPTER_STR("this figure"));
  else put(out, a->upstream[u->parent].label);
  propter_buf_add(out, PROPTER_STR(" follows it"));
  if (isfinite(u->value)) {
    /* Knowledge says that it does; an interval that holds 0 does not say which way. */
    const bool told = u->low > 0 || u->high < 0;
    if (told) propter_buf_add(out, PROPTER_STR(", ")), put_figures(out, u->value), propter_buf_add(out, PROPTER_STR(" for one more ("));
    else propter_buf_add(out, PROPTER_STR(", by how much the figures do not tell ("));
    put_figures(out, u->low), propter_buf_add(out, PROPTER_STR(" to ")), put_figures(out, u->high);
    propter_buf_add(out, told ? PROPTER_STR(", 95 %)") : PROPTER_STR(" for one more, 95 %)"));
  }
  propter_buf_printf(out, ", stability %.2f", u->stability);
  if (u->knowledge.len) propter_buf_add(out, PROPTER_STR("; ")), put(out, u->knowledge);
  if (u->cause.len)
    propter_buf_add(out, PROPTER_STR("; its cause: ")), put(out, u->cause), propter_buf_printf(out, ", %s", propter_likelihood_words(u->probability));
  else propter_buf_add(out, PROPTER_STR("; its own cause is not known"));
  if (u->origin) propter_buf_add(out, PROPTER_STR("; nothing that drives it moved"));
}

bool why_new_rows(const PropterWhyAnswer *a, const PropterWhyCause *cause) {
  for (const PropterWhyCause *w = a->cause; w < cause; w++)
    if (propter_str_equal(w->rows, cause->rows)) return false;
  return cause->rows.len > 0;
}

const char *why_pattern(const PropterWhyAnswer *a) {
  const PropterInference *f = a->inference;
  size_t periods = 0, days = 0;
  for (size_t i = 0; i < f->points; i++)
    if (f->point[i].in_window) periods++, days += (size_t)(f->point[i].last - f->point[i].first) + 1;
  return a->outcome == PROPTER_ANSWER_DID_NOT_MOVE ? "none" : propter_pattern_form(f->pattern_kind, f->deviation, periods, days);
}

void why_put_observed(PropterBuf *out, const PropterWhyAnswer *a, const char *gap) {
  const PropterInference *f = a->inference;
  int d = why_answer_decimals(a);
  why_put_number(out, f->observed, d), why_put_unit(out, a, propter_put_line);
  propter_buf_printf(out, "%sexpected ", gap), why_put_number(out, f->expected, d), why_put_unit(out, a, propter_put_line);
  propter_buf_add(out, PROPTER_STR(" (")), why_put_number(out, f->expected_low, d), propter_buf_add(out, PROPTER_STR("\xE2\x80\x93")),
      why_put_number(out, f->expected_high, d);
  propter_buf_printf(out, ")%s", gap), why_put_signed(out, f->deviation, d), why_put_unit(out, a, propter_put_line);
  propter_buf_add(out, propter_str(gap)), why_put_percent(out, f->relative, true);
  if (a->mean.len) propter_buf_add(out, propter_str(gap)), propter_buf_add(out, a->mean);
  if (a->outcome != PROPTER_ANSWER_DID_NOT_MOVE) {
    propter_buf_printf(out, "%s%s", gap, why_pattern(a));
    if (a->back.len) propter_buf_add(out, PROPTER_STR(", ")), propter_buf_add(out, a->back);
  }
  propter_buf_printf(out, "%sjudged by %zu %ss", gap, f->usable, propter_grain_name(f->metric.grain));
}
