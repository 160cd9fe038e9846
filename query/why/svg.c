/* SPDX-License-Identifier: Apache-2.0 */
#include "svg.h"

#include <math.h>

enum { WIDTH = WHY_SVG_WIDTH, BEFORE = 30, AFTER = 18, LANES = 5 };

static void add(PropterBuf *out, const char *text) { propter_buf_add(out, propter_str(text)); }

/* Coordinates to a tenth: the same bytes on every machine. */
static void num(PropterBuf *out, double v) {
  long long t = llround(v * 10);
  if (t < 0) propter_buf_add_char(out, '-'), t = -t;
  propter_buf_printf(out, "%lld", t / 10);
  if (t % 10) propter_buf_printf(out, ".%lld", t % 10);
}

static void point(PropterBuf *out, double x, double y) { num(out, x), propter_buf_add_char(out, ','), num(out, y), propter_buf_add_char(out, ' '); }

static void attribute(PropterBuf *out, const char *name, double v) { propter_buf_printf(out, " %s=\"", name), num(out, v), propter_buf_add_char(out, '"'); }

static void line(PropterBuf *out, const char *class, double x1, double y1, double x2, double y2) {
  propter_buf_printf(out, "<line class=\"%s\"", class);
  attribute(out, "x1", x1), attribute(out, "y1", y1), attribute(out, "x2", x2), attribute(out, "y2", y2), add(out, "/>");
}

static void rect(PropterBuf *out, const char *class, double x, double y, double w, double h, double r) {
  propter_buf_printf(out, "<rect class=\"%s\"", class);
  attribute(out, "x", x), attribute(out, "y", y), attribute(out, "width", w < 0 ? 0 : w), attribute(out, "height", h);
  if (r > 0) attribute(out, "rx", r);
  add(out, "/>");
}

static void open_text(PropterBuf *out, const char *class, double x, double y, const char *anchor) {
  propter_buf_printf(out, "<text class=\"%s\"", class);
  attribute(out, "x", x), attribute(out, "y", y);
  if (anchor) propter_buf_printf(out, " text-anchor=\"%s\"", anchor);
  propter_buf_add_char(out, '>');
}

static void text(PropterBuf *out, const char *class, double x, double y, const char *anchor, PropterStr s) {
  open_text(out, class, x, y, anchor), propter_put_html(out, s), add(out, "</text>");
}

/* Width and height are for pictures in a picture; a report's style sheet overrules them. */
static void open_svg(PropterBuf *out, const char *id, double height, const char *title) {
  propter_buf_printf(out, "<svg viewBox=\"0 0 %d ", WIDTH), num(out, height);
  propter_buf_printf(out, "\" width=\"%d\" height=\"", WIDTH), num(out, height);
  propter_buf_printf(out, "\" role=\"img\" aria-labelledby=\"%s-t %s-d\"><title id=\"%s-t\">%s</title><desc id=\"%s-d\">", id, id, id, title, id);
}

static bool finite3(double a, double b, double c) { return isfinite(a) && isfinite(b) && isfinite(c); }

/* --- axis ---------------------------------------------------------------------------------------------------------------------------- */

/* A round step (1, 2 or 5 times a power of ten) that gives at most `most` ticks. */
static double step_for(double span, int most) {
  if (!(span > 0)) return 1;
  double raw = span / most, power = pow(10, floor(log10(raw)));
  double f = raw / power;
  return power * (f <= 1 ? 1 : f <= 2 ? 2 : f <= 5 ? 5 : 10);
}

static int step_decimals(double step) {
  int d = -(int)floor(log10(step) + 1e-9);
  return d < 0 ? 0 : d;
}

typedef struct {
  double left, right, top, bottom, low, high;
  size_t from, to; /* points shown */
} Frame;

static double x_at(const Frame *f, double i) {
  return f->left + (f->right - f->left) * (i - (double)f->from) / ((double)(f->to - f->from) > 0 ? (double)(f->to - f->from) : 1);
}
static double y_at(const Frame *f, double v) { return f->bottom - (f->bottom - f->top) * (v - f->low) / (f->high - f->low); }

/* Where a day stands on the axis of points. */
static double index_of(const PropterInference *inf, const Frame *f, PropterDay day) {
  for (size_t i = f->from; i <= f->to; i++) {
    const PropterPathPoint *p = &inf->point[i];
    if (day <= p->last) return (double)i - .5 + (double)(day - p->first) / (double)(p->last - p->first + 1);
  }
  return (double)f->to + .5;
}

static bool window_of(const PropterInference *inf, size_t *first, size_t *last) {
  bool found = false;
  for (size_t i = 0; i < inf->points; i++)
    if (inf->point[i].in_window) {
      if (!found) *first = i;
      *last = i;
      found = true;
    }
  return found;
}

static Frame frame_for(const PropterInference *inf, size_t first, size_t last) {
  size_t length = last - first + 1;
  size_t before = BEFORE > 2 * length ? BEFORE : 2 * length, after = AFTER > length ? AFTER : length;
  Frame f = {.left = 66, .right = WIDTH - 14, .top = 34, .bottom = 272, .low = INFINITY, .high = -INFINITY};
  f.from = first > before ? first - before : 0;
  f.to = last + after < inf->points ? last + after : inf->points - 1;
  for (size_t i = f.from; i <= f.to; i++) {
    const PropterPathPoint *p = &inf->point[i];
    double v[] = {p->value, p->low, p->high, p->expected};
    for (int k = 0; k < 4; k++)
      if (isfinite(v[k])) f.low = fmin(f.low, v[k]), f.high = fmax(f.high, v[k]);
  }
  if (!isfinite(f.low)) f.low = 0, f.high = 1;
  if (f.high <= f.low) f.high = f.low + 1;
  double pad = (f.high - f.low) * .08;
  f.low -= pad, f.high += pad;
  return f;
}

static void axes(const PropterInference *inf, const Frame *f, PropterBuf *out) {
  double step = step_for(f->high - f->low, 7);
  int d = step_decimals(step);
  for (double v = ceil(f->low / step) * step; v <= f->high; v += step) {
    double y = y_at(f, v);
    line(out, "grid", f->left, y, f->right, y);
    open_text(out, "tick", f->left - 8, y + 4, "end"), why_put_number(out, v, d), add(out, "</text>");
  }
  /* A tick where a year begins; for short stretches of fine data, at every eighth of the axis. */
  size_t ticks = 0;
  for (int pass = 0; pass < 2 && ticks == 0; pass++)
    for (size_t i = f->from; i <= f->to; i++) {
      int y, m, dom;
      propter_day_civil(inf->point[i].first, &y, &m, &dom);
      bool january = m == 1 && dom <= 7 && (i == f->from || inf->point[i].first - inf->point[i - 1].first < 360);
      size_t every = (f->to - f->from) / 8 + 1;
      if (pass == 0 ? !january && inf->point[i].last - inf->point[i].first < 360 : (i - f->from) % every != 0) continue;
      double x = x_at(f, (double)i);
      line(out, "tickmark", x, f->bottom, x, f->bottom + 5);
      open_text(out, "tick", x, f->bottom + 19, pass && x > f->right - 32 ? "end" : "middle");
      if (pass == 0) propter_buf_printf(out, "%d", y);
      else why_put_day(out, inf->point[i].first);
      add(out, "</text>");
      ticks++;
    }
  line(out, "axis", f->left, f->bottom, f->right, f->bottom);
}

static void band_and_line(const PropterInference *inf, const Frame *f, PropterBuf *out) {
  size_t i = f->from;
  while (i <= f->to) { /* each stretch with a baseline */
    while (i <= f->to && !finite3(inf->point[i].low, inf->point[i].high, inf->point[i].expected)) i++;
    size_t a = i;
    while (i <= f->to && finite3(inf->point[i].low, inf->point[i].high, inf->point[i].expected)) i++;
    if (i == a) break;
    add(out, "<polygon class=\"band\" points=\"");
    double half = i - a == 1 ? .4 : 0;
    for (size_t k = a; k < i; k++) point(out, x_at(f, (double)k - half), y_at(f, inf->point[k].high));
    if (half > 0) point(out, x_at(f, (double)a + half), y_at(f, inf->point[a].high)), point(out, x_at(f, (double)a + half), y_at(f, inf->point[a].low));
    for (size_t k = i; k-- > a;) point(out, x_at(f, (double)k - half), y_at(f, inf->point[k].low));
    add(out, "\"/><polyline class=\"expected\" points=\"");
    for (size_t k = a; k < i; k++) point(out, x_at(f, (double)k - half), y_at(f, inf->point[k].expected));
    if (half > 0) point(out, x_at(f, (double)a + half), y_at(f, inf->point[a].expected));
    add(out, "\"/>");
  }
  for (i = f->from; i <= f->to;) {
    while (i <= f->to && !isfinite(inf->point[i].value)) i++;
    size_t a = i;
    while (i <= f->to && isfinite(inf->point[i].value)) i++;
    if (i == a) break;
    add(out, "<polyline class=\"observed\" points=\"");
    for (size_t k = a; k < i; k++) point(out, x_at(f, (double)k), y_at(f, inf->point[k].value));
    add(out, "\"/>");
  }
}

/* The causes' days, one lane each below the axis. */
static double lanes(const PropterWhyAnswer *a, const Frame *f, double y, PropterBuf *out) {
  const PropterInference *inf = a->inference;
  PropterDay first = inf->point[f->from].first, last = inf->point[f->to].last;
  size_t lane = 0;
  for (size_t i = 0; i < a->causes && lane < LANES; i++) {
    const PropterCause *c = a->cause[i].cause;
    if (c->start == PROPTER_NO_DAY) continue;
    PropterDay end = c->end == PROPTER_NO_DAY ? last : c->end;
    if (c->start > last || end < first) continue;
    double x1 = x_at(f, index_of(inf, f, c->start < first ? first : c->start)), x2 = x_at(f, index_of(inf, f, end > last ? last : end + 1));
    if (x1 < f->left) x1 = f->left;
    if (x2 > f->right) x2 = f->right;
    if (x2 - x1 < 5) x2 = x1 + 5;
    double mid = y + 9 + (double)lane * 20;
    rect(out, i < a->named ? "event named" : "event", x1, mid - 5, x2 - x1, 10, 3);
    size_t w = why_text_width(a->cause[i].name) * 7;
    bool fits = x2 + 8 + (double)w < WIDTH - 10, left = !fits && x1 - 8 - (double)w > 4;
    open_text(out, "lane", left ? x1 - 8 : fits ? x2 + 8 : f->left, mid + 4, left ? "end" : NULL);
    propter_buf_printf(out, "%zu ", i + 1);
    propter_put_html(out, a->cause[i].name);
    add(out, "</text>");
    lane++;
  }
  return y + (double)lane * 20;
}

double why_svg_series(const PropterWhyAnswer *a, PropterBuf *out) {
  const PropterInference *inf = a->inference;
  size_t first = 0, last = 0;
  if (!inf || !inf->points || !window_of(inf, &first, &last)) return 0;
  Frame f = frame_for(inf, first, last);
  PropterBuf body = {0};
  double w1 = x_at(&f, (double)first - .5), w2 = x_at(&f, (double)last + .5);
  if (w1 < f.left) w1 = f.left;
  if (w2 > f.right) w2 = f.right;
  rect(&body, "window", w1, f.top - 8, w2 - w1, f.bottom - f.top + 8, 0);
  line(&body, "windowedge", w1, f.top - 8, w1, f.bottom), line(&body, "windowedge", w2, f.top - 8, w2, f.bottom);
  axes(inf, &f, &body);
  band_and_line(inf, &f, &body);
  for (size_t i = first; i <= last; i++)
    if (isfinite(inf->point[i].value) && last - first < 24) {
      add(&body, "<circle class=\"dot\"");
      attribute(&body, "cx", x_at(&f, (double)i)), attribute(&body, "cy", y_at(&f, inf->point[i].value)), add(&body, " r=\"4.5\"/>");
    }
  if (first == last && isfinite(inf->point[first].value)) { /* left of the point: the line comes from above or below there, never from the side */
    double x = x_at(&f, (double)first);
    open_text(&body, "value", x > 150 ? x - 12 : x + 12, y_at(&f, inf->point[first].value) + 4.5, x > 150 ? "end" : NULL);
    why_put_number(&body, inf->point[first].value, why_answer_decimals(a)), why_put_unit(&body, a, propter_put_html), add(&body, "</text>");
  }
  double middle = (w1 + w2) / 2;
  const char *anchor = middle < 160 ? "start" : middle > WIDTH - 160 ? "end" : "middle";
  open_text(&body, "windowlabel", middle < 160 ? w1 : middle > WIDTH - 160 ? w2 : middle, f.top - 15, anchor);
  why_put_period(&body, inf->first, inf->last);
  add(&body, "</text>");
  double bottom = lanes(a, &f, f.bottom + 32, &body) + 8;
  open_svg(out, "series", bottom, "The series, what was expected, and the window asked about");
  propter_put_html(out, a->headline);
  add(out,
      " Line: observed values. Dashed line with shaded band: expected, with its 95 % interval. Framed column: the window. Bars below: when the causes were "
      "in force. The vertical axis begins near the lowest value.</desc>");
  propter_buf_add(out, propter_buf_str(&body));
  add(out, "</svg>");
  why_drop(out, &body);
  return bottom;
}

/* --- lines of text -------------------------------------------------------------------------------------------------------------------- */

/* Where a line of at most `most` columns that begins at `at` ends. */
static size_t line_end(PropterStr s, size_t at, size_t most) {
  size_t end = at, fit = at, columns = 0;
  while (end < s.len) {
    size_t k = end + 1;
    while (k < s.len && ((unsigned char)s.data[k] & 0xC0) == 0x80) k++;
    columns += why_text_width((PropterStr){s.data + end, k - end});
    if (columns > most) break;
    end = k;
    if (end == s.len || s.data[end] == ' ') fit = end;
  }
  return fit > at ? fit : end > at ? end : s.len;
}

size_t why_svg_lines(PropterBuf *out, const char *class, double x, double y, double leading, size_t columns, PropterStr s) {
  size_t lines = 0;
  for (size_t at = 0, end;; at = end, lines++) {
    while (at < s.len && s.data[at] == ' ') at++;
    if (at == s.len) return lines;
    end = line_end(s, at, columns);
    text(out, class, x, y + (double)lines * leading, NULL, (PropterStr){s.data + at, end - at});
  }
}

/* --- causal chain ------------------------------------------------------------------------------------------------------------------- */

enum { BOX_W = 196, BOX_GAP = 44, BOX_CHARS = 25, BOX_LINES = 3 };

/* The text in up to three lines around the middle `y`, the last one cut. */
static void wrapped(PropterBuf *out, const char *class, double x, double y, PropterStr s) {
  size_t at = 0;
  int lines = 0;
  for (size_t k = 0; k < s.len && lines < BOX_LINES; lines++) {
    while (k < s.len && s.data[k] == ' ') k++;
    k = line_end(s, k, BOX_CHARS);
  }
  y -= (lines - 1) * 17 / 2.0;
  for (int n = 0; n < BOX_LINES && at < s.len; n++) {
    while (at < s.len && s.data[at] == ' ') at++;
    size_t fit = line_end(s, at, BOX_CHARS);
    bool cut = n == BOX_LINES - 1 && fit < s.len;
    open_text(out, class, x, y + n * 17, "middle"), propter_put_html(out, (PropterStr){s.data + at, fit - at});
    add(out, cut ? "\xE2\x80\xA6</text>" : "</text>");
    at = fit;
  }
}

static void box(PropterBuf *out, const char *class, double x, double y, PropterStr title, PropterStr sub) {
  rect(out, class, x, y, BOX_W, 68, 8);
  wrapped(out, "boxtext", x + BOX_W / 2.0, y + 39, title);
  text(out, "boxsub", x + BOX_W / 2.0, y + 84, "middle", sub);
}

static void arrow(PropterBuf *out, const char *class, double x1, double x2, double y) {
  line(out, class, x1 + 5, y, x2 - 9, y);
  add(out, "<polygon class=\"arrowhead\" points=\""), point(out, x2 - 3, y), point(out, x2 - 13, y - 5), point(out, x2 - 13, y + 5), add(out, "\"/>");
}

double why_svg_chain(const PropterWhyAnswer *a, PropterBuf *out) {
  const PropterInference *inf = a->inference;
  if (!inf || !a->causes) return 0;
  size_t shown = a->named ? a->named : 1;
  if (shown > 3) shown = 3;
  PropterBuf body = {0}, words = {0};
  for (size_t i = 0; i < shown; i++) {
    const PropterWhyCause *w = &a->cause[i];
    const PropterCause *c = w->cause;
    double y = 6 + (double)i * 104;
    size_t hops = c->hops < 3 ? c->hops : 2; /* four boxes fit */
    size_t boxes = 0;
    double x = 4;
    if (i) propter_buf_add(&words, PROPTER_STR(" "));
    for (size_t k = 0; k < hops && hops > 1; k++) { /* what lies behind the cause */
      if (propter_str_equal(c->hop[k].cause, c->iri)) break;
      box(&body, "box", x, y, c->hop[k].cause_label, (PropterStr){"", 0});
      arrow(&body, "arrow", x + BOX_W, x + BOX_W + BOX_GAP, y + 34);
      propter_put_html(&words, c->hop[k].cause_label), propter_buf_add(&words, PROPTER_STR(" leads to "));
      x += BOX_W + BOX_GAP, boxes++;
    }
    box(&body, "box cause", x, y, w->name, c->kind_label.len < 40 ? c->kind_label : (PropterStr){"", 0});
    propter_put_html(&words, w->name), propter_buf_add(&words, PROPTER_STR(" leads to "));
    double x2 = WIDTH - 4 - BOX_W;
    arrow(&body, c->score.grade == PROPTER_GRADE_BOTH ? "arrow sure" : "arrow", x + BOX_W, x2, y + 34);
    if (x2 - x - BOX_W > 180) {
      double mid = (x + BOX_W + x2) / 2;
      text(&body, "arrowtext", mid, y + 26, "middle", propter_str(w->likely));
      open_text(&body, "arrowsub", mid, y + 51, "middle"), add(&body, "evidence: ");
      PropterBuf cut = {0};
      propter_put_line_cut(&cut, w->grade, 44);
      propter_put_html(&body, propter_buf_str(&cut)), add(&body, "</text>");
      why_drop(&body, &cut);
    }
    PropterBuf size = {0};
    why_put_signed(&size, inf->deviation, why_answer_decimals(a)), why_put_unit(&size, a, propter_put_line);
    box(&body, "box metric", x2, y, inf->metric.label, propter_buf_str(&size));
    propter_put_html(&words, inf->metric.label), add(&words, ", "), propter_put_html(&words, propter_buf_str(&size));
    propter_buf_printf(&words, ": %s, evidence: ", w->likely), propter_put_html(&words, w->grade), propter_buf_add_char(&words, '.');
    why_drop(&body, &size);
  }
  double height = (double)shown * 104;
  open_svg(out, "chain", height, "From cause to effect");
  propter_buf_add(out, propter_buf_str(&words));
  add(out, "</desc>");
  propter_buf_add(out, propter_buf_str(&body));
  add(out, "</svg>");
  why_drop(out, &body);
  why_drop(out, &words);
  return height;
}

/* --- score terms ---------------------------------------------------------------------------------------------------------------------- */

static double logit(double p) { return log(p / (1 - p)); }

void why_svg_terms(const PropterWhyCause *w, size_t number, PropterBuf *out) {
  const PropterCauseScore *s = &w->cause->score;
  if (!(s->prior > 0 && s->prior < 1)) return;
  double at = logit(s->prior), low = fmin(at, 0), high = fmax(at, 0);
  size_t rows = 2;
  double sum = at;
  for (int t = 0; t < PROPTER_TERMS; t++) {
    if (!isfinite(s->term[t]) || s->term[t] == 0) continue;
    sum += s->term[t];
    low = fmin(low, sum), high = fmax(high, sum), rows++;
  }
  if (high - low < 1) high = low + 1;
  double left = 150, right = WIDTH - 120, top = 12, height = 24;
  double scale = (right - left) / (high - low);
#define X(v) (left + ((v) - low) * scale)
  char id[32], title[64];
  (void)snprintf(id, sizeof id, "terms%zu", number);
  (void)snprintf(title, sizeof title, "How the score of cause %zu adds up", number);
  open_svg(out, id, top + (double)rows * height + 30, title);
  add(out, "In log odds: prior "), why_put_signed(out, at, 2);
  for (int t = 0; t < PROPTER_TERMS; t++)
    if (isfinite(s->term[t]) && s->term[t] != 0)
      propter_buf_printf(out, ", %s ", propter_score_term_name((PropterScoreTerm)t)), why_put_signed(out, s->term[t], 2);
  add(out, ", together "), why_put_signed(out, sum, 2), add(out, ".</desc>");
  line(out, "axis", X(0), top, X(0), top + (double)rows * height + 4);
  text(out, "tick", X(0), top + (double)rows * height + 20, "middle", PROPTER_STR("even odds"));
  double y = top, before = at;
  text(out, "rowlabel", left - 12, y + 16, "end", PROPTER_STR("prior"));
  rect(out, "total", fmin(X(0), X(at)), y + 4, fabs(at) * scale, 15, 2);
  open_text(out, "rowvalue", right + 14, y + 16, NULL), why_put_signed(out, at, 2), add(out, "</text>");
  y += height;
  for (int t = 0; t < PROPTER_TERMS; t++) {
    double v = s->term[t];
    if (!isfinite(v) || v == 0) continue;
    line(out, "connector", X(before), y - 5, X(before), y + 5);
    text(out, "rowlabel", left - 12, y + 16, "end", propter_str(propter_score_term_name((PropterScoreTerm)t)));
    rect(out, v > 0 ? "up" : "downbar", fmin(X(before), X(before + v)), y + 4, fmax(fabs(v) * scale, 1), 15, 2);
    open_text(out, "rowvalue", right + 14, y + 16, NULL), why_put_signed(out, v, 2), add(out, "</text>");
    before += v, y += height;
  }
  line(out, "connector", X(before), y - 5, X(before), y + 5);
  text(out, "rowlabel strong", left - 12, y + 16, "end", PROPTER_STR("together"));
  rect(out, "total", fmin(X(0), X(before)), y + 4, fmax(fabs(before) * scale, 1), 15, 2);
  open_text(out, "rowvalue strong", right + 14, y + 16, NULL), why_put_signed(out, before, 2), add(out, "</text></svg>");
#undef X
}

/* --- shares ---------------------------------------------------------------------------------------------------------------------------- */

double why_svg_shares(const PropterWhyAnswer *a, PropterBuf *out) {
  const PropterInference *inf = a->inference;
  if (!inf) return 0;
  double low = 0, high = 1;
  size_t rows = 1, known = 0;
  for (size_t i = 0; i < a->causes; i++) {
    const PropterCauseScore *s = &a->cause[i].cause->score;
    rows++;
    if (!s->share_identified || !isfinite(s->share)) continue;
    known++;
    double v[] = {s->share, s->share_low, s->share_high};
    for (int k = 0; k < 3; k++)
      if (isfinite(v[k])) low = fmin(low, v[k]), high = fmax(high, v[k]);
  }
  if (!known) return 0;
  if (low < -1) low = -1; /* an interval that runs far out is cut at the frame and said in words */
  if (high > 2.5) high = 2.5;
  double left = 300, right = WIDTH - 170, top = 10, height = 30;
  double scale = (right - left) / (high - low);
#define X(v) (left + (fmin(fmax((v), low), high) - low) * scale)
  open_svg(out, "shares", top + (double)rows * height + 30, "Share of the change");
  for (size_t i = 0; i < a->causes; i++) propter_put_html(out, a->cause[i].name), add(out, ": "), propter_put_html(out, a->cause[i].share), add(out, ". ");
  add(out, "Thick bar: best estimate; thin line: 90 % interval.</desc>");
  double bottom = top + (double)rows * height;
  line(out, "axis", X(0), top, X(0), bottom), line(out, "grid", X(1), top, X(1), bottom);
  text(out, "tick", X(0), bottom + 18, "middle", PROPTER_STR("0 %")), text(out, "tick", X(1), bottom + 18, "middle", PROPTER_STR("100 %"));
  for (size_t i = 0; i < a->causes; i++) {
    const PropterCauseScore *s = &a->cause[i].cause->score;
    double y = top + (double)i * height;
    PropterBuf cut = {0};
    propter_buf_printf(&cut, "%zu ", i + 1), propter_put_line_cut(&cut, a->cause[i].cause->label, 38);
    text(out, "rowlabel", left - 14, y + 19, "end", propter_buf_str(&cut));
    why_drop(out, &cut);
    if (s->share_identified && isfinite(s->share)) {
      rect(out, "share", fmin(X(0), X(s->share)), y + 7, fabs(X(s->share) - X(0)), 16, 2);
      if (isfinite(s->share_low) && isfinite(s->share_high)) {
        line(out, "whisker", X(s->share_low), y + 15, X(s->share_high), y + 15);
        line(out, "whisker", X(s->share_low), y + 10, X(s->share_low), y + 20), line(out, "whisker", X(s->share_high), y + 10, X(s->share_high), y + 20);
      }
    }
    text(out, "rowvalue", right + 14, y + 19, NULL,
         propter_str_starts(a->cause[i].share, PROPTER_STR("identified, ")) ? (PropterStr){a->cause[i].share.data + 12, a->cause[i].share.len - 12}
                                                                            : a->cause[i].share);
  }
  double y = top + (double)a->causes * height;
  text(out, "rowlabel", left - 14, y + 19, "end", PROPTER_STR("unknown cause"));
  if (isfinite(inf->unknown_share)) {
    rect(out, "unknown", fmin(X(0), X(inf->unknown_share)), y + 7, fmax(fabs(X(inf->unknown_share) - X(0)), 1), 16, 2);
    open_text(out, "rowvalue", right + 14, y + 19, NULL), why_put_rest(out, inf), add(out, "</text>");
  }
  add(out, "</svg>");
  return top + (double)rows * height + 30;
#undef X
}

/* --- where it lies ---------------------------------------------------------------------------------------------------------------------- */

double why_svg_parts(const PropterWhyAnswer *a, PropterBuf *out) {
  enum { ROW = 28, INDENT = 22, MOST = 40 };
  const size_t parts = a->parts < MOST ? a->parts : MOST; /* the tables have all */
  if (!parts) return 0;
  double low = 0, high = 1;
  for (size_t i = 0; i < parts; i++) low = fmin(low, a->part[i].share), high = fmax(high, a->part[i].share);
  const double left = 360, right = WIDTH - 240, top = 8, bottom = top + (double)(parts + 1) * ROW, scale = (right - left) / (high - low);
#define X(v) (left + ((v) - low) * scale)
  open_svg(out, "parts", bottom + 26, "Where the change lies");
  for (size_t i = 0; i < parts; i++) {
    const size_t above = a->part[i].parent;
    propter_put_html(out, a->part[i].label);
    if (above != SIZE_MAX) add(out, ", in "), propter_put_html(out, a->part[above].label);
    add(out, ": "), why_put_part(out, a, &a->part[i], propter_put_html), add(out, ". ");
  }
  add(out, "</desc>");
  line(out, "axis", X(0), top, X(0), bottom), line(out, "grid", X(1), top, X(1), bottom);
  text(out, "tick", X(0), bottom + 18, "middle", PROPTER_STR("0 %")), text(out, "tick", X(1), bottom + 18, "middle", PROPTER_STR("100 %"));
  text(out, "rowlabel strong", 4, top + 18, NULL, a->inference->metric.label);
  rect(out, "total", X(0), top + 6, X(1) - X(0), 16, 2);
  for (size_t i = 0; i < parts; i++) {
    const PropterPart *p = &a->part[i];
    const double x = 4 + (double)(why_part_depth(a, i) + 1) * INDENT, y = top + (double)(i + 1) * ROW;
    const size_t above = p->parent == SIZE_MAX ? 0 : p->parent + 1; /* its row */
    line(out, "axis", x - 14, top + (double)above * ROW + 24, x - 14, y + 14), line(out, "axis", x - 14, y + 14, x - 4, y + 14);
    PropterBuf part = {0};
    propter_put_line_cut(&part, p->label, 44), text(out, "rowlabel", x, y + 18, NULL, propter_buf_str(&part)), why_drop(out, &part);
    if (isfinite(p->share)) rect(out, "share", fmin(X(0), X(p->share)), y + 6, fmax(fabs(X(p->share) - X(0)), 1), 16, 2);
    why_put_part(&part, a, p, propter_put_line), text(out, "rowvalue", right + 14, y + 18, NULL, propter_buf_str(&part)), why_drop(out, &part);
  }
  add(out, "</svg>");
  return bottom + 26;
#undef X
}
