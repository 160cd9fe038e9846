/* SPDX-License-Identifier: Apache-2.0 */
/* What the last inference found: one line per pattern with its first cause, for the morning after the nightly job. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "output.h"
#include "propter/infer.h"
#include "propter/io.h"
#include "propter/mem.h"
#include "propter/vocab.h"
#include "propter/why.h"

typedef struct {
  PropterStr pattern, metric, metric_label, measure, unit, outcome, cause, cause_label, grade, conclusion;
  PropterDay start, end, back_of, as_on;
  double observed, expected, deviation, score, probability;
  bool has_cause, answered;
  bool part;  /* of what the measure is of */
  bool asked; /* of the run that is asked for */
} Line;

typedef struct {
  PROPTER_VEC(Line) all;
  size_t figures, left_out; /* looked at; lines that chance makes of so many, left out */
} Lines;

typedef struct {
  PropterSnapshot *snapshot;
  PropterArena arena;
  PropterId ids[VOCAB_COUNT];
} Reader;

static PropterStatus text_of(Reader *r, PropterId id, PropterStr *out, PropterError *err) {
  PropterTerm term;
  PROPTER_TRY(propter_snapshot_term(r->snapshot, id, &r->arena, &term, err));
  *out = term.value;
  return PROPTER_OK;
}

/* Text of the object of (s, p), empty if there is none. */
static PropterStatus object_text(Reader *r, PropterId s, PropterVocab p, PropterStr *out, PropterError *err) {
  PropterId o = PROPTER_NO_ID;
  *out = PROPTER_STR("");
  if (r->ids[p] == PROPTER_NO_ID) return PROPTER_OK;
  PROPTER_TRY(propter_snapshot_object(r->snapshot, s, r->ids[p], &o, err));
  return o == PROPTER_NO_ID ? PROPTER_OK : text_of(r, o, out, err);
}

static PropterStatus number(Reader *r, PropterId s, PropterVocab p, double *out, PropterError *err) {
  PropterStr text;
  PROPTER_TRY(object_text(r, s, p, &text, err));
  if (!propter_str_to_double(text, out)) *out = NAN;
  return PROPTER_OK;
}

static PropterStatus day(Reader *r, PropterId s, PropterVocab p, PropterDay *out, PropterError *err) {
  PropterStr text;
  PROPTER_TRY(object_text(r, s, p, &text, err));
  if (!propter_day_parse(text, out)) *out = PROPTER_NO_DAY;
  return PROPTER_OK;
}

static PropterStr local_name(PropterStr iri) {
  size_t n = iri.len;
  while (n && iri.data[n - 1] != '#' && iri.data[n - 1] != '/') n--;
  return (PropterStr){iri.data + n, iri.len - n};
}

static PropterStatus label_of(Reader *r, PropterId s, PropterStr iri, PropterStr *out, PropterError *err) {
  PROPTER_TRY(object_text(r, s, VOCAB_skos_prefLabel, out, err));
  if (!out->len) PROPTER_TRY(object_text(r, s, VOCAB_rdfs_label, out, err));
  if (!out->len) *out = local_name(iri);
  return PROPTER_OK;
}

/* Local names of the vocabulary as people say them: "CauseUnknown" is "cause unknown". */
static PropterStr spoken(PropterArena *arena, PropterStr name) {
  PropterBuf buf = {0};
  for (size_t i = 0; i < name.len; i++) {
    bool upper = name.data[i] >= 'A' && name.data[i] <= 'Z';
    if (upper && i) propter_buf_add_char(&buf, ' ');
    propter_buf_add_char(&buf, upper ? (char)(name.data[i] - 'A' + 'a') : name.data[i]);
  }
  PropterStr copy = propter_arena_copy(arena, propter_buf_str(&buf));
  propter_buf_clear(&buf);
  return copy.data ? copy : name;
}

/* What to name as the cause: of a move nobody explained, that, and what it is to others; the best rival stands behind it. */
static PropterStr conclusion(PropterArena *arena, const Line *l) {
  const PropterDay other = l->back_of != PROPTER_NO_DAY ? l->back_of : l->as_on;
  if (l->answered) return l->cause_label;
  if (other != PROPTER_NO_DAY) {
    char day[16];
    propter_day_format(other, day);
    const char *what = other == l->back_of ? "way back of the move of" : other < l->start ? "as a year before, on" : "as a year after, on";
    const PropterStr text = propter_arena_printf(arena, "%.*s, %s %s", (int)l->outcome.len, l->outcome.data, what, day);
    return text.data ? text : l->outcome;
  }
  if (!l->has_cause) return l->outcome;
  PropterStr text = propter_arena_printf(arena, "%.*s (best rival: %.*s)", (int)l->outcome.len, l->outcome.data, (int)l->cause_label.len, l->cause_label.data);
  return text.data ? text : l->outcome;
}

/* The hypothesis of rank 1 of a pattern. */
static PropterStatus first_cause(Reader *r, PropterId pattern, Line *line, PropterError *err) {
  PropterIds hypotheses = {0};
  PropterStatus status = PROPTER_OK;
  if (r->ids[VOCAB_propter_pattern] != PROPTER_NO_ID) status = propter_snapshot_subjects(r->snapshot, r->ids[VOCAB_propter_pattern], pattern, &hypotheses, err);
  for (size_t i = 0; i < hypotheses.count && status == PROPTER_OK && !line->has_cause; i++) {
    double rank = NAN;
    PropterId h = hypotheses.items[i], cause = PROPTER_NO_ID;
    if ((status = number(r, h, VOCAB_propter_rank, &rank, err)) != PROPTER_OK || !(rank <= 1)) continue;
    if ((status = propter_snapshot_object(r->snapshot, h, r->ids[VOCAB_propter_cause], &cause, err)) != PROPTER_OK || cause == PROPTER_NO_ID) continue;
    PropterStr grade;
    line->has_cause = true;
    if ((status = text_of(r, cause, &line->cause, err)) == PROPTER_OK && (status = label_of(r, cause, line->cause, &line->cause_label, err)) == PROPTER_OK &&
        (status = number(r, h, VOCAB_propter_probability, &line->probability, err)) == PROPTER_OK &&
        (status = object_text(r, h, VOCAB_propter_grade, &grade, err)) == PROPTER_OK)
      line->grade = spoken(&r->arena, local_name(grade));
  }
  propter_vec_clear(&hypotheses);
  return status;
}

static PropterStatus read_line(Reader *r, PropterId pattern, Line *line, PropterError *err) {
  PropterId metric = PROPTER_NO_ID;
  PropterStr outcome;
  PROPTER_TRY(text_of(r, pattern, &line->pattern, err));
  PROPTER_TRY(propter_snapshot_object(r->snapshot, pattern, r->ids[VOCAB_propter_metric], &metric, err));
  if (metric != PROPTER_NO_ID) {
    PROPTER_TRY(text_of(r, metric, &line->metric, err));
    PROPTER_TRY(label_of(r, metric, line->metric, &line->metric_label, err));
    PropterStr fixed;
    PROPTER_TRY(object_text(r, metric, VOCAB_propter_fixed, &fixed, err));
    PROPTER_TRY(object_text(r, metric, VOCAB_propter_measure, &line->measure, err));
    if (!line->measure.len) line->measure = line->metric;
    line->part = fixed.len > 0;
    PROPTER_TRY(object_text(r, metric, VOCAB_propter_unitLabel, &line->unit, err));
    if (propter_str_equal(line->unit, PROPTER_STR("1"))) line->unit = PROPTER_STR("");
  }
  PROPTER_TRY(day(r, pattern, VOCAB_propter_start, &line->start, err));
  PROPTER_TRY(day(r, pattern, VOCAB_propter_end, &line->end, err));
  PROPTER_TRY(number(r, pattern, VOCAB_propter_observed, &line->observed, err));
  PROPTER_TRY(number(r, pattern, VOCAB_propter_expected, &line->expected, err));
  PROPTER_TRY(number(r, pattern, VOCAB_propter_deviation, &line->deviation, err));
  PROPTER_TRY(number(r, pattern, VOCAB_propter_score, &line->score, err));
  PROPTER_TRY(object_text(r, pattern, VOCAB_propter_outcome, &outcome, err));
  line->outcome = spoken(&r->arena, local_name(outcome));
  line->answered = propter_str_equal(line->outcome, PROPTER_STR("answered"));
  return first_cause(r, pattern, line, err);
}

static int newest_first(const void *a, const void *b) {
  const Line *x = a, *y = b;
  if (x->start != y->start) return x->start < y->start ? 1 : -1;
  int c = propter_str_compare(x->metric, y->metric);
  return c ? c : propter_str_compare(x->pattern, y->pattern);
}

/* By how far it left its usual course, in standard errors. */
static int surprising_first(const void *a, const void *b) {
  const Line *x = a, *y = b;
  const double sx = isnan(x->score) ? -1 : fabs(x->score), sy = isnan(y->score) ? -1 : fabs(y->score);
  return sx != sy ? (sx < sy ? 1 : -1) : newest_first(a, b);
}

/* What is a way back, or comes every year, and has no cause behind what is news. */
static int news_first(const void *a, const void *b) {
  const Line *x = a, *y = b;
  const bool old_x = x->back_of != PROPTER_NO_DAY || x->as_on != PROPTER_NO_DAY, old_y = y->back_of != PROPTER_NO_DAY || y->as_on != PROPTER_NO_DAY;
  const bool last_x = old_x && !x->answered, last_y = old_y && !y->answered;
  return last_x != last_y ? (last_x ? 1 : -1) : surprising_first(a, b);
}

/* Patterns of the live graph; with `run` (an IRI) only those that run found are `asked`, and of the others the score alone is read. */
static PropterStatus collect(Reader *r, const char *run, Lines *lines, PropterError *err) {
  PROPTER_TRY(propter_vocab_ids(r->snapshot, r->ids, err));
  PROPTER_TRY(propter_why_figures(r->snapshot, &lines->figures, err));
  if (r->ids[VOCAB_propter_Pattern] == PROPTER_NO_ID || r->ids[VOCAB_propter_current] == PROPTER_NO_ID) return PROPTER_OK;
  PropterId only = PROPTER_NO_ID;
  if (run) {
    PropterTerm term = propter_iri(propter_str(run));
    PROPTER_TRY(propter_snapshot_find(r->snapshot, &term, &only, err));
    if (only == PROPTER_NO_ID) return propter_fail(err, PROPTER_NOT_FOUND, "the graph has no run %s", run);
  }
  PropterQuads found = {0};
  PropterStatus status = propter_snapshot_match(
      r->snapshot, (PropterQuad){.p = r->ids[VOCAB_rdf_type], .o = r->ids[VOCAB_propter_Pattern], .g = r->ids[VOCAB_propter_current]}, 0, &found, err);
  for (size_t i = 0; i < found.count && status == PROPTER_OK; i++) {
    Line line = {.probability = NAN, .asked = true};
    PropterId from = only;
    if (only != PROPTER_NO_ID) status = propter_snapshot_object(r->snapshot, found.items[i].s, r->ids[VOCAB_propter_run], &from, err);
    line.asked = from == only;
    if (status == PROPTER_OK)
      status = line.asked ? read_line(r, found.items[i].s, &line, err) : number(r, found.items[i].s, VOCAB_propter_score, &line.score, err);
    if (status == PROPTER_OK && !propter_vec_push(&lines->all, line)) status = propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
  }
  propter_vec_clear(&found);
  return status;
}

/* Leaves out what chance makes where so many figures are looked at, but for what has a cause that may be named (`every`: nothing), and what is not asked for. */
static PropterStatus sift(Lines *lines, bool every, PropterError *err) {
  Line *line = lines->all.items;
  size_t kept = 0, beyond = lines->all.count;
  double *score = propter_malloc((beyond + 1) * sizeof *score);
  if (!score) return propter_fail(err, PROPTER_NO_MEMORY, "%zu patterns", beyond);
  if (beyond) qsort(line, beyond, sizeof *line, surprising_first);
  for (size_t i = 0; i < lines->all.count; i++) score[i] = line[i].score;
  PropterStatus status = every ? PROPTER_OK : propter_why_beyond_chance(score, lines->all.count, lines->figures, &beyond, err);
  for (size_t i = 0; i < lines->all.count; i++) {
    if (!line[i].asked) continue;
    if (i < beyond || line[i].answered) line[kept++] = line[i];
    else lines->left_out++;
  }
  lines->all.count = kept;
  propter_free(score);
  return status;
}

/* Which are ways back of others that are listed, and which come every year. */
static PropterStatus relate(Reader *r, Lines *lines, PropterError *err) {
  PropterMoveKin *kin = propter_malloc((lines->all.count + 1) * sizeof *kin);
  if (!kin) return propter_fail(err, PROPTER_NO_MEMORY, "%zu patterns", lines->all.count);
  for (size_t i = 0; i < lines->all.count; i++) {
    const Line *l = &lines->all.items[i];
    kin[i] = (PropterMoveKin){.metric = l->metric, .measure = l->measure, .part = l->part, .stands = true, .first = l->start, .score = l->score,
                              .share = l->expected != 0 ? l->deviation / l->expected : 0};
  }
  PropterStatus status = propter_why_relate(kin, lines->all.count, err);
  for (size_t i = 0; i < lines->all.count && status == PROPTER_OK; i++) {
    Line *l = &lines->all.items[i];
    l->back_of = kin[i].back_of, l->as_on = kin[i].as_on;
    l->conclusion = conclusion(&r->arena, l);
  }
  propter_free(kin);
  return status;
}

static const char *words(const Line *l) { return l->has_cause && !isnan(l->probability) ? propter_likelihood_words(l->probability) : ""; }

static void window(const Line *l, char out[40]) {
  char a[16] = "", b[16] = "";
  if (l->start != PROPTER_NO_DAY) propter_day_format(l->start, a);
  if (l->end != PROPTER_NO_DAY) propter_day_format(l->end, b);
  (void)snprintf(out, 40, strcmp(a, b) == 0 ? "%s" : "%s to %s", a, b);
}

#define TEXT(view) (int)(view).len, (view).data

/* "+1,112", "+156 %", "57.7": the deviation, its part of what was expected, standard errors. */
typedef struct {
  char deviation[PROPTER_NUMBER], part[PROPTER_NUMBER + 2], score[PROPTER_NUMBER];
} Figures;

static void figures_of(const Line *l, Figures *f) {
  const double part = 100 * l->deviation / fabs(l->expected);
  (void)propter_number(f->deviation, l->deviation, propter_number_decimals(l->deviation, 4), true);
  (void)propter_number(f->part, part, fabs(part) < 9.95 ? 1 : 0, true);
  (void)propter_number(f->score, fabs(l->score), 1, false);
}

/* What is not listed, and why. */
static void put_left_out(const Lines *lines, const char *before, const char *after, PropterBuf *out) {
  if (lines->left_out)
    propter_buf_printf(out, "%s%s left out: chance makes as much where %s figures are looked at (--all)%s", before, output_number(lines->left_out),
                       output_number(lines->figures), after);
}

static void write_table(const Lines *lines, PropterBuf *out) {
  for (size_t i = 0; i < lines->all.count; i++) {
    const Line *l = &lines->all.items[i];
    char w[40];
    Figures f;
    window(l, w), figures_of(l, &f);
    propter_buf_printf(out, "%-24s  %*s%*s %%%7s sigma  ", w, output_width(propter_str(f.deviation), 11), f.deviation, output_width(propter_str(f.part), 8),
                       f.part, f.score);
    propter_buf_printf(out, "%-*.*s  %-14s  %.*s\n", output_width(l->metric_label, 44), TEXT(l->metric_label), l->has_cause ? words(l) : "", TEXT(l->conclusion));
  }
  put_left_out(lines, "", "\n", out);
}

static void write_json(const Lines *lines, PropterBuf *out) {
  propter_buf_add(out, PROPTER_STR("{\"schema\":\"propter-report-1\",\"patterns\":["));
  for (size_t i = 0; i < lines->all.count; i++) {
    const Line *l = &lines->all.items[i];
    char a[16] = "", b[16] = "";
    if (l->start != PROPTER_NO_DAY) propter_day_format(l->start, a);
    if (l->end != PROPTER_NO_DAY) propter_day_format(l->end, b);
    propter_buf_printf(out, "%s\n{\"pattern\":", i ? "," : ""), propter_put_json(out, l->pattern);
    propter_buf_add(out, PROPTER_STR(",\"metric\":")), propter_put_json(out, l->metric);
    propter_buf_add(out, PROPTER_STR(",\"label\":")), propter_put_json(out, l->metric_label);
    propter_buf_printf(out, ",\"start\":\"%s\",\"end\":\"%s\"", a, b);
    propter_put_json_number(out, "observed", l->observed, 10), propter_put_json_number(out, "expected", l->expected, 10),
        propter_put_json_number(out, "deviation", l->deviation, 10);
    propter_put_json_number(out, "score", l->score, 10), propter_buf_add(out, PROPTER_STR(",\"unit\":")), propter_put_json(out, l->unit);
    propter_buf_add(out, PROPTER_STR(",\"outcome\":")), propter_put_json(out, l->outcome);
    if (l->back_of != PROPTER_NO_DAY) propter_day_format(l->back_of, a), propter_buf_printf(out, ",\"wayBackOf\":\"%s\"", a);
    if (l->as_on != PROPTER_NO_DAY) propter_day_format(l->as_on, a), propter_buf_printf(out, ",\"asOn\":\"%s\"", a);
    if (l->has_cause) {
      propter_buf_add(out, PROPTER_STR(",\"cause\":")), propter_put_json(out, l->cause);
      propter_buf_add(out, PROPTER_STR(",\"causeLabel\":")), propter_put_json(out, l->cause_label);
      propter_buf_printf(out, ",\"likelihood\":\"%s\",\"grade\":", words(l)), propter_put_json(out, l->grade);
      propter_put_json_number(out, "probability", l->probability, 10);
    }
    propter_buf_add_char(out, '}');
  }
  propter_buf_printf(out, "\n],\"leftOut\":%zu,\"figures\":%zu}\n", lines->left_out, lines->figures);
}

static void write_csv(const Lines *lines, PropterBuf *out) {
  propter_buf_add(out, PROPTER_STR("start,end,metric,deviation,outcome,cause,likelihood,grade,score\n"));
  for (size_t i = 0; i < lines->all.count; i++) {
    const Line *l = &lines->all.items[i];
    char a[16] = "", b[16] = "";
    if (l->start != PROPTER_NO_DAY) propter_day_format(l->start, a);
    if (l->end != PROPTER_NO_DAY) propter_day_format(l->end, b);
    propter_buf_printf(out, "%s,%s,", a, b), propter_put_csv_line(out, l->metric_label);
    propter_buf_printf(out, ",%.10g,%.*s,", l->deviation, TEXT(l->outcome)), propter_put_csv_line(out, l->cause_label);
    propter_buf_printf(out, ",%s,%.*s,%.4g\n", words(l), TEXT(l->grade), l->score);
  }
}

static void write_md(const Lines *lines, PropterBuf *out) {
  propter_buf_printf(out, "# What moved\n\n%zu pattern%s.\n\n| when | metric | deviation | | sigma | likely? | cause | grade |\n|---|---|---:|---:|---:|---|---|---|\n",
                     lines->all.count, lines->all.count == 1 ? "" : "s");
  for (size_t i = 0; i < lines->all.count; i++) {
    const Line *l = &lines->all.items[i];
    char w[40];
    Figures f;
    window(l, w), figures_of(l, &f);
    propter_buf_printf(out, "| %s | ", w), propter_put_md(out, l->metric_label), propter_buf_printf(out, " | %s", f.deviation);
    if (l->unit.len) propter_buf_add_char(out, ' '), propter_put_md(out, l->unit);
    propter_buf_printf(out, " | %s %% | %s | %s | ", f.part, f.score, words(l)), propter_put_md(out, l->conclusion);
    propter_buf_printf(out, " | %.*s |\n", TEXT(l->grade));
  }
  put_left_out(lines, "\n", "\n", out);
}

static void write_html(const Lines *lines, PropterBuf *out) {
  propter_buf_add(
      out,
      PROPTER_STR(
          "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>What moved</title>\n"
          "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
          "<style>body{font:16px/1.5 system-ui,sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem;color:#1b1f24;background:#fff}"
          "table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.4rem .6rem;border-bottom:1px solid #d0d7de;vertical-align:top}"
          "td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}code{font-size:.85em;color:#57606a}"
          "@media(prefers-color-scheme:dark){body{color:#e6edf3;background:#0d1117}th,td{border-color:#30363d}code{color:#9ea7b3}}</style></head>\n<body>\n"));
  propter_buf_printf(
      out,
      "<h1>What moved</h1>\n<p>%zu pattern%s.</p>\n"
      "<table><thead><tr><th scope=\"col\">when</th><th scope=\"col\">metric</th><th scope=\"col\" class=\"n\">deviation</th>"
      "<th scope=\"col\" class=\"n\">of what was expected</th><th scope=\"col\" class=\"n\">sigma</th>"
      "<th scope=\"col\">likely?</th><th scope=\"col\">cause</th><th scope=\"col\">grade</th></tr></thead><tbody>\n",
      lines->all.count, lines->all.count == 1 ? "" : "s");
  for (size_t i = 0; i < lines->all.count; i++) {
    const Line *l = &lines->all.items[i];
    char w[40];
    Figures f;
    window(l, w), figures_of(l, &f);
    propter_buf_printf(out, "<tr><td>%s</td><td>", w), propter_put_html(out, l->metric_label);
    propter_buf_printf(out, "</td><td class=\"n\">%s", f.deviation);
    if (l->unit.len) propter_buf_add_char(out, ' '), propter_put_html(out, l->unit);
    propter_buf_printf(out, "</td><td class=\"n\">%s %%</td><td class=\"n\">%s</td><td>%s</td><td>", f.part, f.score, words(l));
    propter_put_html(out, l->conclusion);
    propter_buf_add(out, PROPTER_STR("</td><td>")), propter_put_html(out, l->grade), propter_buf_add(out, PROPTER_STR("</td></tr>\n"));
  }
  propter_buf_add(out, PROPTER_STR("</tbody></table>\n"));
  put_left_out(lines, "<p>", "</p>\n", out);
  propter_buf_add(out, PROPTER_STR("</body></html>\n"));
}

static const struct {
  const char *name;
  void (*write)(const Lines *, PropterBuf *);
} forms[] = {{"table", write_table}, {"json", write_json}, {"csv", write_csv}, {"md", write_md}, {"html", write_html}};

static PropterStatus run(CommandCall *call, PropterError *err) {
  const char *file;
  PROPTER_TRY(output_file_option(call, cmd_value(call, "out") ? "out" : "file", &file, err));
  const char *dot = file ? strrchr(file, '.') : NULL;
  const char *form = call->format                                                                                                             ? call->format
                     : dot && (strcmp(dot, ".html") == 0 || strcmp(dot, ".md") == 0 || strcmp(dot, ".json") == 0 || strcmp(dot, ".csv") == 0) ? dot + 1
                                                                                                                                              : "table";
  size_t f = 0;
  while (f < sizeof forms / sizeof *forms && strcmp(forms[f].name, form) != 0) f++;
  if (f == sizeof forms / sizeof *forms) return propter_fail(err, PROPTER_USAGE, "--format: expected table, json, csv, md or html, found \"%s\"", form);

  PropterGraph *graph = NULL;
  Reader reader = {0};
  Lines lines = {0};
  PropterBuf out = {0};
  PropterStatus status = propter_graph_open(call->graph, PROPTER_GRAPH_READ_ONLY, NULL, &graph, err);
  if (status == PROPTER_OK) status = propter_snapshot_open(graph, 0, &reader.snapshot, err);
  if (status == PROPTER_OK) status = collect(&reader, cmd_value(call, "run"), &lines, err);
  if (status == PROPTER_OK) status = sift(&lines, cmd_flag(call, "all"), err);
  if (status == PROPTER_OK) status = relate(&reader, &lines, err);
  if (status == PROPTER_OK) {
    if (lines.all.count) qsort(lines.all.items, lines.all.count, sizeof *lines.all.items, cmd_flag(call, "newest") ? newest_first : news_first);
    forms[f].write(&lines, &out);
    status = propter_buf_status(&out, err);
  }
  if (status == PROPTER_OK && file && !call->dry_run) status = propter_io_write_file(file, propter_buf_str(&out), err);
  if (status == PROPTER_OK && !file) (void)fwrite(propter_buf_str(&out).data, 1, out.len, call->data);
  if (status == PROPTER_OK && file) {
    propter_buf_reset(&out), put_left_out(&lines, "; ", "", &out);
    fprintf(call->out, "%zu patterns %s %s%.*s\n", lines.all.count, call->dry_run ? "would go to" : "in", file, (int)out.len, out.len ? out.data : "");
  }
  propter_buf_clear(&out);
  propter_vec_clear(&lines.all);
  propter_arena_clear(&reader.arena);
  propter_snapshot_close(reader.snapshot);
  propter_graph_close(graph);
  return status;
}

static const CommandOption options[] = {
    {"file", 'o', "FILE", "write there (the form follows the ending .html, .md, .json or .csv), replacing the file as a whole"},
    {"out", 0, "FILE", "the same, as of propter why"},
    {"run", 0, "RUN", "only what this inference run found new (its IRI)"},
    {"newest", 0, NULL, "the newest first, not the most surprising"},
    {"all", 0, NULL, "also what chance makes where so many figures are looked at"},
    {NULL, 0, NULL, NULL}};

static const char *const formats[] = {"table", "json", "csv", "md", "html", NULL};

const Command command_report = {
    .name = "report",
    .summary = "list the patterns inference found, each with its first cause",
    .operands = "",
    .options = options,
    .details =
        "One line per pattern, the most surprising first, what is no news behind it: window, deviation, its part of what was expected, sigma (how far off,\n"
        "as a normal deviate as rare), metric, how likely the first cause is, and what it is. Left out, and counted at the end, is what lies beyond a false\n"
        "discovery rate of .05 among all figures and has no cause that may be named. Of one without such a cause it is said whether it is the way back of\n"
        "one that is listed, of that figure or of a part of it (wayBackOf in JSON), and whether the figure moved so about a year before or after (asOn). For\n"
        "all about one of them, ask propter why.",
    .examples = "propter report\npropter report --file report.html",
    .formats = formats,
    .run = run};
