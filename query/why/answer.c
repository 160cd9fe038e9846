/* SPDX-License-Identifier: Apache-2.0 */
/* Words for a judged question: everything the renderers show is made here, once. */
#include <math.h>

#include "propter/hash.h"
#include "render.h"

enum { DEFAULT_LIMIT = 5, MOST_ROWS = 6 };

typedef struct {
  PropterWhyAnswer *a;
  PropterBuf text;
  PropterStatus status;
  PropterError *err;
} Build;

/* What was written into the buffer, kept in the arena. */
static PropterStr keep(Build *b) {
  PropterStr s = {"", 0};
  if (b->status == PROPTER_OK) b->status = propter_buf_status(&b->text, b->err);
  if (b->status == PROPTER_OK && b->text.len) {
    s = propter_arena_copy(&b->a->arena, propter_buf_str(&b->text));
    if (!s.data) b->status = propter_fail(b->err, PROPTER_NO_MEMORY, "out of memory"), s = (PropterStr){"", 0};
  }
  propter_buf_reset(&b->text);
  return s;
}

static PropterStr copy(Build *b, PropterStr s) {
  propter_buf_add(&b->text, s);
  return keep(b);
}

static void *room(Build *b, size_t size) {
  void *p = b->status == PROPTER_OK ? propter_arena_alloc(&b->a->arena, size ? size : 1) : NULL;
  if (!p && b->status == PROPTER_OK) b->status = propter_fail(b->err, PROPTER_NO_MEMORY, "out of memory");
  return p;
}

/* Where the local name of an IRI begins. */
static size_t local_at(PropterStr iri) {
  for (size_t i = iri.len; i-- > 0;)
    if (iri.data[i] == '#' || iri.data[i] == '/' || iri.data[i] == ':') return i + 1;
  return 0;
}

static bool plain_local(PropterStr s) {
  for (size_t i = 0; i < s.len; i++) {
    char c = s.data[i];
    if (!((unsigned char)c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || (c == '-' && i))) return false;
  }
  return s.len > 0;
}

/* --- the WHY form ---------------------------------------------------------------------------------------------------------------- */

static void metric_name(Build *b, PropterStr iri) {
  size_t at = local_at(iri);
  PropterStr local = {iri.data + at, iri.len - at};
  if (plain_local(local)) propter_buf_printf(&b->text, "m:%.*s", (int)local.len, local.data);
  else propter_buf_printf(&b->text, "<%.*s>", (int)iri.len, iri.data);
}

static void days_clause(Build *b, const char *keyword, PropterDay from, PropterDay to, const char *type) {
  propter_buf_printf(&b->text, "%s \"", keyword), why_put_day(&b->text, from);
  propter_buf_printf(&b->text, "\"%s TO \"", type), why_put_day(&b->text, to), propter_buf_printf(&b->text, "\"%s", type);
}

void why_put_slice(PropterBuf *out, char before, size_t at, size_t count, PropterStr dimension, const PropterTerm *member) {
  propter_buf_printf(out, "%c%s <%.*s> ", before, at ? ";" : "WHERE { ?slice", (int)dimension.len, dimension.data), propter_term_write(member, out);
  if (at + 1 == count) propter_buf_add(out, PROPTER_STR(" }"));
}

/* "WHERE { ?slice d:region "Norway" }": names of dimensions short where they are plain and of one place. */
static void short_slices(Build *b) {
  const PropterQuestion *q = &b->a->question;
  for (size_t i = 0; i < q->slice_count; i++) {
    const PropterStr iri = q->dimension[i], place = {q->dimension[0].data, local_at(q->dimension[0])};
    const PropterStr local = {iri.data + local_at(iri), iri.len - local_at(iri)};
    const bool again = i && propter_str_equal(iri, q->dimension[i - 1]), plain = plain_local(local) && iri.len - local.len == place.len;
    propter_buf_add(&b->text, again ? PROPTER_STR(" , ") : i ? PROPTER_STR(" ; ") : PROPTER_STR(" WHERE { ?slice "));
    if (!again && plain && propter_str_starts(iri, place)) propter_buf_printf(&b->text, "d:%.*s ", (int)local.len, local.data);
    else if (!again) propter_buf_printf(&b->text, "<%.*s> ", (int)iri.len, iri.data);
    propter_term_write(&q->member[i], &b->text);
  }
  if (q->slice_count) propter_buf_add(&b->text, PROPTER_STR(" }"));
}

/* `break_at`: what stands before a clause; `type`: what stands behind a date. */
static void form_text(Build *b, PropterStr iri, char break_at, const char *type) {
  const PropterQuestion *q = &b->a->question;
  propter_buf_add(&b->text, q->negated ? PROPTER_STR("WHY NOT ") : PROPTER_STR("WHY "));
  metric_name(b, iri);
  if (q->despite.len) propter_buf_printf(&b->text, "%cDESPITE <%.*s>", break_at, (int)q->despite.len, q->despite.data);
  if (q->suspect.len) propter_buf_printf(&b->text, "%cSUSPECT <%.*s>", break_at, (int)q->suspect.len, q->suspect.data);
  if (q->has_period && q->from != PROPTER_NO_DAY && q->to != PROPTER_NO_DAY)
    propter_buf_add_char(&b->text, break_at), days_clause(b, "DURING", q->from, q->to, type);
  if (!*type) short_slices(b);
  for (size_t i = 0; i < q->slice_count && *type; i++) why_put_slice(&b->text, i ? ' ' : break_at, i, q->slice_count, q->dimension[i], &q->member[i]);
  if (q->compared) propter_buf_add_char(&b->text, break_at), days_clause(b, "COMPARED TO", q->compared_from, q->compared_to, type);
}

/* "jobs in the information sector, seasonally adjusted, in August 2011, compared with August 2010". */
static void form_in_words(Build *b, bool days) {
  const PropterWhyAnswer *a = b->a;
  const PropterQuestion *q = &a->question;
  const PropterMetric *m = a->inference ? &a->inference->metric : NULL;
  const PropterStr label = m ? m->label : q->metric_label;
  propter_buf_add(&b->text, label);
  if (m && m->concept_label.len && propter_str_find(label, m->concept_label) == SIZE_MAX)
    propter_buf_add(&b->text, PROPTER_STR(": ")), propter_buf_add(&b->text, m->concept_label);
  if (m && m->seasonally_adjusted) propter_buf_add(&b->text, PROPTER_STR(", seasonally adjusted"));
  if (q->slice_words.len) propter_buf_add(&b->text, PROPTER_STR(" (")), propter_buf_add(&b->text, q->slice_words), propter_buf_add_char(&b->text, ')');
  if (days) propter_buf_add(&b->text, PROPTER_STR(", ")), why_put_when(&b->text, q->from, q->to);
  if (q->compared) propter_buf_add(&b->text, PROPTER_STR(", compared with ")), why_put_period(&b->text, q->compared_from, q->compared_to);
}

static void form(Build *b) {
  PropterWhyAnswer *a = b->a;
  const PropterQuestion *q = &a->question;
  PropterStr iri = a->inference ? a->inference->metric.iri : q->metric_iri;
  if (!iri.len) return;
  bool days = q->has_period && q->from != PROPTER_NO_DAY && q->to != PROPTER_NO_DAY;
  form_text(b, iri, ' ', "");
  a->form_short = keep(b);
  form_in_words(b, days);
  a->form_words = keep(b);
  size_t at = local_at(iri);
  if (plain_local((PropterStr){iri.data + at, iri.len - at})) propter_buf_printf(&b->text, "PREFIX m: <%.*s>\n", (int)at, iri.data);
  if (days) propter_buf_add(&b->text, PROPTER_STR("PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>\n"));
  form_text(b, iri, '\n', "^^xsd:date");
  a->form = keep(b);
}

/* --- one cause ------------------------------------------------------------------------------------------------------------------- */

static bool contains_year(PropterStr text, PropterDay day) {
  char year[16];
  propter_day_format(day, year);
  return propter_str_find(text, (PropterStr){year, 4}) != SIZE_MAX;
}

/* The label without the first day at its end, which is told with the last: "runway closure" of "runway closure, 2024-03-04". */
static PropterStr undated(PropterStr label, PropterDay start) {
  char day[16];
  propter_day_format(start, day);
  const PropterStr text = propter_str(day);
  if (label.len <= text.len + 2 || memcmp(label.data + label.len - text.len - 2, ", ", 2) != 0) return label;
  return propter_str_ends(label, text) ? (PropterStr){label.data, label.len - text.len - 2} : label;
}

static PropterStr cause_name(Build *b, const PropterCause *c) {
  const PropterStr label = c->start == PROPTER_NO_DAY ? c->label : undated(c->label, c->start);
  propter_put_line(&b->text, label);
  if (c->start == PROPTER_NO_DAY) return keep(b);
  PropterDay end = c->end == PROPTER_NO_DAY ? c->start : c->end;
  int y, y2, m, d;
  propter_day_civil(c->start, &y, &m, &d), propter_day_civil(end, &y2, &m, &d);
  bool said = contains_year(label, c->start) || contains_year(label, end);
  if (said && y != y2) return keep(b); /* the label has its own years */
  propter_buf_add(&b->text, said ? PROPTER_STR(" (") : PROPTER_STR(", "));
  why_put_days(&b->text, c->start, end, !said);
  if (said) propter_buf_add_char(&b->text, ')');
  return keep(b);
}

static PropterStr share_words(Build *b, const PropterCauseScore *s) {
  if (!s->share_identified || !isfinite(s->share)) return PROPTER_STR("not identified");
  propter_buf_add(&b->text, PROPTER_STR("identified, "));
  if (isfinite(s->share_low) && isfinite(s->share_high)) {
    why_put_number(&b->text, s->share_low * 100, 0);
    propter_buf_add(&b->text, s->share_low < -.005 || s->share_high < -.005 ? PROPTER_STR(" to ") : PROPTER_STR("\xE2\x80\x93"));
    why_put_number(&b->text, s->share_high * 100, 0), propter_buf_add(&b->text, PROPTER_STR(" %"));
  } else {
    why_put_number(&b->text, s->share * 100, 0), propter_buf_add(&b->text, PROPTER_STR(" %"));
  }
  return keep(b);
}

static PropterStr grade_words(Build *b, const PropterCause *c) {
  if (c->score.grade == PROPTER_GRADE_NOT_SEPARABLE) {
    propter_buf_add(&b->text, PROPTER_STR("text only, not separable"));
    if (c->inseparable_from.len) propter_buf_add(&b->text, PROPTER_STR(" from ")), propter_put_line(&b->text, c->inseparable_from);
    propter_buf_add(&b->text, PROPTER_STR(" at this grain"));
    return keep(b);
  }
  return propter_str(propter_grade_name(c->score.grade));
}

static PropterStr without_stop(PropterStr s) {
  s = propter_str_trim(s);
  while (s.len && (s.data[s.len - 1] == '.' || s.data[s.len - 1] == ';')) s.len--;
  return s;
}

static PropterStr data_words(Build *b, const PropterCause *c) {
  bool first = true;
  for (size_t i = 0; i < c->evidences; i++) {
    const PropterEvidence *e = &c->evidence[i];
    if (e->kind != PROPTER_EVIDENCE_TEST || !e->text.len) continue;
    if (!first) propter_buf_add(&b->text, PROPTER_STR("; "));
    PropterStr text = without_stop(e->text);
    bool lower = !first && text.len > 1 && text.data[0] >= 'A' && text.data[0] <= 'Z' && text.data[1] >= 'a' && text.data[1] <= 'z';
    if (lower) propter_buf_add_char(&b->text, (char)(text.data[0] + 32)), text.data++, text.len--;
    propter_put_line(&b->text, text);
    first = false;
  }
  return keep(b);
}

typedef struct {
  PropterStr file, column;
  uint64_t row;
} Place;

static bool together(const Place *a, const Place *b) { return propter_str_equal(a->file, b->file) && propter_str_equal(a->column, b->column); }

/* "us-employment.csv:69 and 70, column information" for cells of one column; others follow after a semicolon. */
static PropterStr rows_words(Build *b, const Place *cell, size_t count) {
  for (size_t i = 0; i < count; i++) {
    bool earlier = false;
    for (size_t k = 0; k < i; k++) earlier |= together(&cell[k], &cell[i]);
    if (earlier || !cell[i].file.len) continue;
    uint64_t row[MOST_ROWS];
    size_t n = 0, all = 0;
    for (size_t k = i; k < count; k++) {
      if (!together(&cell[k], &cell[i])) continue;
      bool known = false;
      for (size_t j = 0; j < n; j++) known |= row[j] == cell[k].row;
      if (known) continue;
      all++;
      if (n < MOST_ROWS) row[n++] = cell[k].row;
    }
    for (size_t k = 1; k < n; k++)
      for (size_t j = k; j > 0 && row[j - 1] > row[j]; j--) {
        uint64_t t = row[j];
        row[j] = row[j - 1];
        row[j - 1] = t;
      }
    if (b->text.len) propter_buf_add(&b->text, PROPTER_STR("; "));
    propter_put_line(&b->text, why_base_name(cell[i].file));
    bool run = n > 2 && n == all && row[n - 1] - row[0] == n - 1;
    for (size_t k = 0; k < n; k++) {
      if (run && k > 0 && k + 1 < n) continue;
      propter_buf_add(&b->text, k == 0 ? PROPTER_STR(":") : run ? PROPTER_STR(" to ") : k + 1 == n && n == all ? PROPTER_STR(" and ") : PROPTER_STR(", "));
      propter_buf_printf(&b->text, "%llu", (unsigned long long)row[k]);
    }
    if (all > n) propter_buf_printf(&b->text, " and %zu more", all - n);
    if (cell[i].column.len) propter_buf_add(&b->text, PROPTER_STR(", column ")), propter_put_line(&b->text, cell[i].column);
  }
  return keep(b);
}

static PropterStr cause_rows(Build *b, const PropterCause *c) {
  Place *cell = room(b, c->evidences * sizeof *cell);
  size_t n = 0;
  for (size_t i = 0; cell && i < c->evidences; i++)
    if (c->evidence[i].kind == PROPTER_EVIDENCE_ROW) cell[n++] = (Place){c->evidence[i].cell.file, c->evidence[i].cell.column, c->evidence[i].cell.row};
  return cell ? rows_words(b, cell, n) : (PropterStr){"", 0};
}

/* A sentence that makes several claims is quoted once. */
static bool quoted(const PropterWhyCause *w, const PropterEvidence *e) {
  for (size_t i = 0; i < w->quotes; i++) {
    const PropterEvidence *q = w->quote[i];
    if (q->char_start == e->char_start && q->char_end == e->char_end && q->char_end && propter_str_equal(q->path, e->path) &&
        propter_str_equal(q->text, e->text))
      return true;
  }
  return false;
}

/* Other series, or the time after, that are as likely with the cause as without say nothing of it. */
static bool tells(const PropterEvidence *e) {
  const bool compared = propter_str_equal(e->source_text, PROPTER_STR("contrast")) || propter_str_equal(e->source_text, PROPTER_STR("return"));
  return !compared || fabs(e->weight) >= log(1.05);
}

static void fill_cause(Build *b, PropterWhyCause *w, const PropterCause *c) {
  *w = (PropterWhyCause){.cause = c, .name = cause_name(b, c)}; /* its place may hold one that was not worth listing */
  w->likely = propter_likelihood_words(c->score.p);
  w->share = share_words(b, &c->score);
  w->grade = grade_words(b, c);
  w->data = data_words(b, c);
  w->rows = cause_rows(b, c);
  const size_t size = c->evidences * sizeof(void *);
  w->quote = room(b, size);
  w->test = room(b, size);
  w->fact = room(b, size);
  w->objection = room(b, size);
  if (b->status != PROPTER_OK) return;
  for (size_t i = 0; i < c->evidences; i++) {
    const PropterEvidence *e = &c->evidence[i];
    if (e->kind == PROPTER_EVIDENCE_ROW) continue;
    if (e->kind == PROPTER_EVIDENCE_TEST && tells(e)) w->test[w->tests++] = e;
    else if (e->kind == PROPTER_EVIDENCE_TEST) continue;
    else if (e->against) w->objection[w->objections++] = e;
    else if (e->kind != PROPTER_EVIDENCE_QUOTE) w->fact[w->facts++] = e;
    else if (!why_disputed(b->a, e) && !quoted(w, e)) w->quote[w->quotes++] = e;
  }
  if (c->score.grade == PROPTER_GRADE_DATA_ONLY && w->quotes) w->grade = PROPTER_STR("data only, its texts do not suffice");
}

/* --- the whole ----------------------------------------------------------------------------------------------------------------------- */

static bool is_named(const PropterWhyAnswer *a, const PropterCause *c) {
  return a->outcome == PROPTER_ANSWER_ANSWERED && c->score.p >= propter_score_named(&a->options.infer.score);
}

static PropterStr mean_words(Build *b) {
  const PropterInference *f = b->a->inference;
  size_t n = 0;
  for (size_t i = 0; f && i < f->points; i++) n += f->point[i].in_window && isfinite(f->point[i].value);
  if (n < 2) return (PropterStr){"", 0};
  propter_buf_printf(&b->text, "mean of %zu %ss", n, propter_grain_name(f->metric.grain));
  return keep(b);
}

static bool is_usual(const PropterPathPoint *p) { return p->value >= p->low && p->value <= p->high; }
static bool may_be_usual(const PropterPathPoint *p) { return isnan(p->value) || is_usual(p); }

/* First of the periods at the end of what was asked about that lie in the usual range, as the one after it does, and less than half as far from what was
 * expected, taken together, as those before them; end + 1: none. */
static size_t begin_of_return(const PropterInference *f, size_t end) {
  size_t begin = end + 1, first = end;
  while (first && f->point[first - 1].in_window) first--;
  if (begin >= f->points || !may_be_usual(&f->point[begin])) return begin;
  while (begin > first + 1 && may_be_usual(&f->point[begin - 1])) begin--;
  for (; begin <= end; begin++) {
    double off[2] = {0}, count[2] = {0};
    for (size_t i = first; i <= end; i++)
      if (isfinite(f->point[i].value)) off[i >= begin] += f->point[i].value - f->point[i].expected, count[i >= begin]++;
    if (is_usual(&f->point[begin]) && 2 * fabs(off[1]) * count[0] < fabs(off[0]) * count[1]) break;
  }
  return begin;
}

static PropterStr return_words(Build *b) {
  const PropterInference *f = b->a->inference;
  size_t end = SIZE_MAX;
  for (size_t i = 0; i < f->points; i++)
    if (f->point[i].in_window) end = i;
  if (end == SIZE_MAX || b->a->outcome == PROPTER_ANSWER_DID_NOT_MOVE) return (PropterStr){"", 0};
  PropterDay last = PROPTER_NO_DAY;
  for (size_t i = begin_of_return(f, end); i < f->points && isfinite(f->point[i].expected) && isfinite(f->point[i].value); i++) {
    last = f->point[i].last;
    if (!is_usual(&f->point[i])) continue;
    propter_buf_add(&b->text, PROPTER_STR("back to normal ")), why_put_when(&b->text, f->point[i].first, f->point[i].last);
    return keep(b);
  }
  if (last == PROPTER_NO_DAY) return (PropterStr){"", 0};
  propter_buf_add(&b->text, PROPTER_STR("not back to normal by "));
  why_put_day(&b->text, last);
  return keep(b);
}

static void amount(Build *b, double value) {
  why_put_number(&b->text, fabs(value), why_answer_decimals(b->a));
  why_put_unit(&b->text, b->a, propter_put_line);
}

static void capital(PropterBuf *text) {
  if (text->len && text->data[0] >= 'a' && text->data[0] <= 'z') text->data[0] = (char)(text->data[0] - 32);
}

static PropterStr headline(Build *b) {
  PropterWhyAnswer *a = b->a;
  const PropterInference *f = a->inference;
  PropterBuf *t = &b->text;
  if (!f) {
    propter_buf_printf(t, "Not understood: %s", propter_gap_text(a->question.gap));
    if (a->question.about.len) propter_buf_add(t, PROPTER_STR(" (\"")), propter_put_line(t, a->question.about), propter_buf_add(t, PROPTER_STR("\")"));
    propter_buf_add_char(t, '.');
    return keep(b);
  }
  if (f->usual_text.len) propter_buf_add(t, PROPTER_STR("Usual here: ")), propter_put_line(t, f->usual_text), propter_buf_add(t, PROPTER_STR(". Beyond that, "));
  propter_put_line(t, f->metric.label), capital(t);
  if (a->outcome != PROPTER_ANSWER_NOT_TESTABLE && propter_str_find(f->metric.label, PROPTER_STR(", ")) != SIZE_MAX) propter_buf_add_char(t, ',');
  bool testable = a->outcome != PROPTER_ANSWER_NOT_TESTABLE;
  if (a->outcome == PROPTER_ANSWER_DID_NOT_MOVE) {
    propter_buf_add(t, PROPTER_STR(" did not move more than usual ")), why_put_when(t, f->first, f->last);
  } else if (testable) {
    propter_buf_add(t, a->mean.len ? PROPTER_STR(" came in on average ") : PROPTER_STR(" came in ")), amount(b, f->deviation);
    propter_buf_printf(t, " %s what was to be expected ", f->deviation < 0 ? "below" : "above"), why_put_when(t, f->first, f->last);
  } else {
    propter_buf_add(t, PROPTER_STR(" ")), why_put_when(t, f->first, f->last), propter_buf_add(t, PROPTER_STR(" cannot be judged"));
  }
  propter_buf_add(t, PROPTER_STR(". "));
  if (a->outcome == PROPTER_ANSWER_ANSWERED && a->causes) {
    size_t n = a->named ? a->named : 1;
    char first = a->cause[0].likely[0];
    propter_buf_printf(t, "%c%s cause%s: ", first >= 'a' && first <= 'z' ? first - 32 : first, a->cause[0].likely + 1, n > 1 ? "s" : "");
    for (size_t i = 0; i < n && i < 3; i++) {
      if (i) propter_buf_add(t, i + 1 == n || i == 2 ? PROPTER_STR(" and ") : PROPTER_STR("; "));
      propter_buf_add(t, a->cause[i].name);
    }
    propter_buf_add_char(t, '.');
  } else if (a->outcome == PROPTER_ANSWER_CAUSE_UNKNOWN) {
    propter_buf_add(t, f->p_none > f->p_unknown && f->p_none >= .5 ? PROPTER_STR("That may well be chance.") : PROPTER_STR("The cause is unknown."));
  }
  while (t->len && t->data[t->len - 1] == ' ') t->data[--t->len] = 0;
  return keep(b);
}

static PropterStr track(Build *b) {
  const PropterInference *f = b->a->inference;
  size_t n = f ? f->audited : 0;
  if (f && f->calibrated) {
    propter_buf_printf(&b->text, "%zu audited answers, %zu of them right", f->audited, f->audited_right);
  } else {
    propter_buf_printf(&b->text, "%zu audited answer%s, so no percentages yet", n, n == 1 ? "" : "s");
  }
  return keep(b);
}

static PropterStr title(Build *b) {
  const PropterInference *f = b->a->inference;
  if (!f) {
    if (b->a->question.text.len) propter_put_line_cut(&b->text, b->a->question.text, 120);
    return keep(b);
  }
  propter_put_line(&b->text, f->metric.label), propter_buf_add(&b->text, PROPTER_STR(", ")), why_put_period(&b->text, f->first, f->last);
  return keep(b);
}

/* Equal question, options and graph: equal id. */
static void identity(Build *b) {
  PropterWhyAnswer *a = b->a;
  const PropterWhyOptions *o = &a->options;
  propter_buf_printf(&b->text, "%.*s\n%s\n%.*s\n%llu %llu %d %u\n", (int)a->form.len, a->form.data, a->question.gap ? propter_gap_code(a->question.gap) : "",
                     a->inference ? 0 : (int)a->question.text.len, a->question.text.data ? a->question.text.data : "", (unsigned long long)a->version,
                     (unsigned long long)o->infer.score.seed, (int)o->infer.known_by, o->infer.depth);
  for (size_t i = 0; i < o->infer.without_count; i++) propter_buf_printf(&b->text, "-%.*s\n", (int)o->infer.without[i].len, o->infer.without[i].data);
  if (o->decide) propter_buf_add(&b->text, PROPTER_STR("decide\n"));
  if (a->question.parted) propter_buf_printf(&b->text, "by %.*s\n", (int)a->question.by.len, a->question.by.data);
  PropterStr all = keep(b);
  (void)snprintf(a->id, sizeof a->id, "%016llx", (unsigned long long)propter_hash64(all));
}

static void copy_question(Build *b, const PropterQuestion *q) {
  PropterQuestion *to = &b->a->question;
  *to = *q;
  to->text = copy(b, q->text);
  to->about = copy(b, q->about);
  to->metric_iri = copy(b, q->metric_iri);
  to->metric_label = copy(b, q->metric_label);
  to->metric_words = copy(b, q->metric_words);
  to->despite = copy(b, q->despite), to->suspect = copy(b, q->suspect);
  to->by = copy(b, q->by), to->by_label = copy(b, q->by_label);
  to->period_words = copy(b, q->period_words);
  for (size_t i = 0; i < q->note_count; i++) to->note[i] = copy(b, q->note[i]);
  for (size_t i = 0; i < q->slice_count; i++) {
    to->dimension[i] = copy(b, q->dimension[i]);
    to->member[i].value = copy(b, q->member[i].value), to->member[i].datatype = copy(b, q->member[i].datatype);
    to->member[i].language = copy(b, q->member[i].language);
  }
  to->slice_words = copy(b, q->slice_words);
}

static void copy_options(Build *b, const PropterWhyOptions *options) {
  PropterWhyOptions *o = &b->a->options;
  *o = *options;
  o->report = copy(b, options->report), o->command = copy(b, options->command);
  PropterStr *without = room(b, o->infer.without_count * sizeof *without);
  for (size_t i = 0; without && i < o->infer.without_count; i++) without[i] = copy(b, options->infer.without[i]);
  o->infer.without = without;
  o->infer.slice = NULL;
  o->infer.slice_count = 0;
  if (!o->limit) o->limit = DEFAULT_LIMIT;
}

static PropterStatus exit_status(const PropterWhyAnswer *a) {
  if (a->question.negated && a->outcome != PROPTER_ANSWER_NOT_TESTABLE && a->outcome != PROPTER_ANSWER_NOT_UNDERSTOOD)
    return a->premise.len ? PROPTER_NEGATIVE : PROPTER_OK;
  switch (a->outcome) {
    case PROPTER_ANSWER_ANSWERED: return PROPTER_OK;
    case PROPTER_ANSWER_DID_NOT_MOVE: return PROPTER_NEGATIVE;
    default: return PROPTER_DECLINED;
  }
}

/* Of what is listed where nothing moved: it has a day, or is asked for, and none before it is called so. */
static bool worth_listing(const PropterWhyAnswer *a, const PropterWhyCause *w) {
  const PropterQuestion *q = &a->question;
  if (a->outcome != PROPTER_ANSWER_DID_NOT_MOVE || q->negated || q->suspect.len) return true;
  for (const PropterWhyCause *x = a->cause; x < w; x++)
    if (propter_str_equal_caseless(x->cause->label, w->cause->label)) return false;
  return w->cause->start != PROPTER_NO_DAY;
}

static void fill_inference(Build *b) {
  PropterWhyAnswer *a = b->a;
  const PropterInference *f = a->inference;
  const size_t most = f->causes < a->options.limit ? f->causes : a->options.limit;
  a->others = a->outcome == PROPTER_ANSWER_DID_NOT_MOVE ? 0 : f->causes - most;
  a->cause = room(b, most * sizeof *a->cause);
  for (size_t i = 0; a->cause && i < most; i++) {
    PropterWhyCause *w = &a->cause[a->causes];
    fill_cause(b, w, &f->cause[i]);
    if (i == a->named && is_named(a, &f->cause[i])) a->named++;
    a->causes += worth_listing(a, w);
  }
  Place *cell = room(b, f->cells * sizeof *cell);
  size_t n = 0;
  for (size_t i = 0; cell && i < f->cells && f->cell[i].first <= f->last; i++)
    if (f->cell[i].row) cell[n++] = (Place){f->cell[i].file, f->cell[i].column, f->cell[i].row};
  if (cell) a->rows = rows_words(b, cell, n);
  a->back = return_words(b);
}

PropterWhyOptions propter_why_options(void) {
  return (PropterWhyOptions){.today = PROPTER_NO_DAY, .infer = propter_infer_options(), .limit = DEFAULT_LIMIT, .report = {"", 0}, .command = {"", 0}};
}

void propter_why_free(PropterWhyAnswer *a) {
  if (!a) return;
  propter_why_free(a->compared);
  propter_inference_free(a->inference);
  propter_arena_clear(&a->arena);
  propter_free(a);
}

PropterStatus why_answer_make(const PropterQuestion *question, PropterInference *inference, uint64_t version, const PropterWhyOptions *options,
                              PropterWhyAnswer **out, PropterError *err) {
  *out = NULL;
  PropterWhyAnswer *a = propter_calloc(1, sizeof *a);
  if (!a) {
    propter_inference_free(inference);
    return propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
  }
  a->inference = inference;
  a->outcome = inference ? inference->outcome : PROPTER_ANSWER_NOT_UNDERSTOOD;
  a->version = version;
  Build b = {.a = a, .err = err};
  copy_options(&b, options);
  copy_question(&b, question);
  if (b.status == PROPTER_OK && inference) fill_inference(&b);
  if (b.status == PROPTER_OK) {
    form(&b);
    a->title = title(&b);
    a->mean = mean_words(&b);
    a->headline = headline(&b);
    a->track = track(&b);
    identity(&b);
  }
  if (b.status == PROPTER_OK) b.status = why_premise(a, err);
  if (b.status == PROPTER_OK) b.status = why_gate(a, err);
  a->status = exit_status(a);
  propter_buf_clear(&b.text);
  if (b.status != PROPTER_OK) {
    propter_why_free(a);
    return b.status;
  }
  *out = a;
  return PROPTER_OK;
}

PropterStatus propter_why_answer(const PropterQuestion *question, PropterInference *inference, const PropterWhyOptions *options, PropterWhyAnswer **out,
                                 PropterError *err) {
  return why_answer_make(question, inference, inference ? inference->version : 0, options, out, err);
}

const char *why_verdict(const PropterEvidence *e) {
  return e->said == PROPTER_SAID_CONTRADICTED ? "contradicted" : e->said == PROPTER_SAID_UNSUPPORTED ? "unsupported" : "not counted";
}

const char *why_controllable(const PropterWhyCause *w) {
  return w->controllable > 0 ? "can be changed" : w->controllable < 0 ? "cannot be changed" : "not said whether it can be changed";
}

const PropterEvidence *why_disputed(const PropterWhyAnswer *a, const PropterEvidence *quote) {
  for (size_t i = 0; a->inference && quote->iri.len && i < a->inference->said; i++)
    if (propter_str_equal(a->inference->saying[i].iri, quote->iri)) return &a->inference->saying[i];
  return NULL;
}

/* --- renderers -------------------------------------------------------------------------------------------------------------------------- */

static PropterStatus (*const render[])(const PropterWhyAnswer *answer, PropterBuf *out, PropterError *err) = {
#define RENDERER(name, type) why_render_##name,
#include "renderers.def"
#undef RENDERER
};

static const PropterWhyFormat formats[] = {
#define RENDERER(name, type) {#name, type},
#include "renderers.def"
#undef RENDERER
};

const PropterWhyFormat *propter_why_format(size_t at) { return at < sizeof formats / sizeof *formats ? &formats[at] : NULL; }

PropterStatus propter_why_find_format(const char *name, const PropterWhyFormat **format, PropterError *err) {
  static const char names[] =
#define RENDERER(name, type) ", " #name
#include "renderers.def"
#undef RENDERER
      ;
  for (size_t i = 0; (*format = propter_why_format(i)); i++)
    if (strcmp((*format)->name, name) == 0) return PROPTER_OK;
  return propter_fail(err, PROPTER_INVALID, "unknown format \"%s\"; expected one of %s", name, &names[2]);
}

PropterStatus propter_why_render(const PropterWhyAnswer *answer, const char *name, PropterBuf *out, PropterError *err) {
  const PropterWhyFormat *format;
  PROPTER_TRY(propter_why_find_format(name, &format, err));
  PROPTER_TRY(render[format - formats](answer, out, err));
  return propter_buf_status(out, err);
}

void propter_why_report_name(PropterStr metric, PropterDay first, PropterDay last, char out[160]) {
  size_t at = local_at(metric), n = 0;
  char local[96], days[40], a[16], b[16];
  for (size_t i = at; i < metric.len && n + 1 < sizeof local; i++) {
    char c = metric.data[i];
    bool fine = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    local[n++] = fine ? c : '-';
  }
  local[n] = 0;
  propter_day_format(first, a), propter_day_format(last, b);
  int y, m, d, y2, m2, d2;
  propter_day_civil(first, &y, &m, &d), propter_day_civil(last, &y2, &m2, &d2);
  if (d == 1 && d2 == propter_month_length(y2, m2)) a[7] = b[7] = 0;
  if (strcmp(a, b) == 0) (void)snprintf(days, sizeof days, "%s", a);
  else (void)snprintf(days, sizeof days, "%s-to-%s", a, b);
  (void)snprintf(out, 160, "why-%s-%s.html", local[0] ? local : "metric", days);
}

PropterStatus propter_why_name_report(PropterWhyAnswer *a, PropterError *err) {
  char name[160] = "why-not-understood.html";
  if (a->inference) propter_why_report_name(a->inference->metric.iri, a->inference->first, a->inference->last, name);
  a->options.report = propter_arena_copy(&a->arena, propter_str(name));
  return a->options.report.data ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
}
