/* SPDX-License-Identifier: Apache-2.0 */
/* What the last inference found: one line per pattern with its first cause, for the morning after the nightly job. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "output.h"
#include "propter/infer.h"
#include "propter/io.h"
#include "propter/vocab.h"
#include "propter/why.h"

typedef struct {
  PropterStr pattern, metric, metric_label, outcome, cause, cause_label, grade, conclusion;
  PropterDay start, end;
  double observed, expected, deviation, score, probability;
  bool has_cause;
} Line;

typedef PROPTER_VEC(Line) Lines;

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

/* What to name as the cause: of a move nobody explained, that; the best rival stands behind it. */
static PropterStr conclusion(PropterArena *arena, const Line *l) {
  if (!l->has_cause) return l->outcome;
  if (propter_str_equal(l->outcome, PROPTER_STR("answered"))) return l->cause_label;
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
  }
  PROPTER_TRY(day(r, pattern, VOCAB_propter_start, &line->start, err));
  PROPTER_TRY(day(r, pattern, VOCAB_propter_end, &line->end, err));
  PROPTER_TRY(number(r, pattern, VOCAB_propter_observed, &line->observed, err));
  PROPTER_TRY(number(r, pattern, VOCAB_propter_expected, &line->expected, err));
  PROPTER_TRY(number(r, pattern, VOCAB_propter_deviation, &line->deviation, err));
  PROPTER_TRY(number(r, pattern, VOCAB_propter_score, &line->score, err));
  PROPTER_TRY(object_text(r, pattern, VOCAB_propter_outcome, &outcome, err));
  line->outcome = spoken(&r->arena, local_name(outcome));
  PROPTER_TRY(first_cause(r, pattern, line, err));
  line->conclusion = conclusion(&r->arena, line);
  return PROPTER_OK;
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

/* Patterns of the live graph; with `run` (an IRI) only those that run found. */
static PropterStatus collect(Reader *r, const char *run, Lines *lines, PropterError *err) {
  PROPTER_TRY(propter_vocab_ids(r->snapshot, r->ids, err));
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
    Line line = {.probability = NAN};
    if (only != PROPTER_NO_ID) {
      PropterId from = PROPTER_NO_ID;
      if ((status = propter_snapshot_object(r->snapshot, found.items[i].s, r->ids[VOCAB_propter_run], &from, err)) != PROPTER_OK || from != only) continue;
    }
    status = read_line(r, found.items[i].s, &line, err);
    if (status == PROPTER_OK && !propter_vec_push(lines, line)) status = propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
  }
  propter_vec_clear(&found);
  return status;
}

static const char *words(const Line *l) { return l->has_cause && !isnan(l->probability) ? propter_likelihood_words(l->probability) : ""; }

static void window(const Line *l, char out[40]) {
  char a[16] = "", b[16] = "";
  if (l->start != PROPTER_NO_DAY) propter_day_format(l->start, a);
  if (l->end != PROPTER_NO_DAY) propter_day_format(l->end, b);
  (void)snprintf(out, 40, "%s to %s", a, b);
}

#define TEXT(view) (int)(view).len, (view).data

static void write_table(const Lines *lines, PropterBuf *out) {
  for (size_t i = 0; i < lines->count; i++) {
    const Line *l = &lines->items[i];
    char w[40];
    window(l, w);
    propter_buf_printf(out, "%s  %+10.4g  %-44.*s  %-13s  %.*s\n", w, l->deviation, TEXT(l->metric_label), l->has_cause ? words(l) : "", TEXT(l->conclusion));
  }
}

static void number_json(PropterBuf *out, const char *name, double v) {
  if (isfinite(v))
    propter_buf_printf(out, ",\"%s\":%.6g", name, v);
  else
    propter_buf_printf(out, ",\"%s\":null", name);
}

static void write_json(const Lines *lines, PropterBuf *out) {
  propter_buf_add(out, PROPTER_STR("{\"schema\":\"propter-report-1\",\"patterns\":["));
  for (size_t i = 0; i < lines->count; i++) {
    const Line *l = &lines->items[i];
    char a[16] = "", b[16] = "";
    if (l->start != PROPTER_NO_DAY) propter_day_format(l->start, a);
    if (l->end != PROPTER_NO_DAY) propter_day_format(l->end, b);
    propter_buf_printf(out, "%s\n{\"pattern\":", i ? "," : ""), propter_put_json(out, l->pattern);
    propter_buf_add(out, PROPTER_STR(",\"metric\":")), propter_put_json(out, l->metric);
    propter_buf_add(out, PROPTER_STR(",\"label\":")), propter_put_json(out, l->metric_label);
    propter_buf_printf(out, ",\"start\":\"%s\",\"end\":\"%s\"", a, b);
    number_json(out, "observed", l->observed), number_json(out, "expected", l->expected), number_json(out, "deviation", l->deviation);
    propter_buf_add(out, PROPTER_STR(",\"outcome\":")), propter_put_json(out, l->outcome);
    if (l->has_cause) {
      propter_buf_add(out, PROPTER_STR(",\"cause\":")), propter_put_json(out, l->cause);
      propter_buf_add(out, PROPTER_STR(",\"causeLabel\":")), propter_put_json(out, l->cause_label);
      propter_buf_printf(out, ",\"likelihood\":\"%s\",\"grade\":", words(l)), propter_put_json(out, l->grade);
      number_json(out, "probability", l->probability);
    }
    propter_buf_add_char(out, '}');
  }
  propter_buf_add(out, PROPTER_STR("\n]}\n"));
}

static void write_csv(const Lines *lines, PropterBuf *out) {
  propter_buf_add(out, PROPTER_STR("start,end,metric,deviation,outcome,cause,likelihood,grade\n"));
  for (size_t i = 0; i < lines->count; i++) {
    const Line *l = &lines->items[i];
    char a[16] = "", b[16] = "";
    if (l->start != PROPTER_NO_DAY) propter_day_format(l->start, a);
    if (l->end != PROPTER_NO_DAY) propter_day_format(l->end, b);
    propter_buf_printf(out, "%s,%s,", a, b), propter_put_csv_line(out, l->metric_label);
    propter_buf_printf(out, ",%.6g,%.*s,", l->deviation, TEXT(l->outcome)), propter_put_csv_line(out, l->cause_label);
    propter_buf_printf(out, ",%s,%.*s\n", words(l), TEXT(l->grade));
  }
}

static void write_md(const Lines *lines, PropterBuf *out) {
  propter_buf_printf(out, "# What moved\n\n%zu pattern%s.\n\n| when | metric | deviation | likely? | cause | grade |\n|---|---|---:|---|---|---|\n",
                     lines->count, lines->count == 1 ? "" : "s");
  for (size_t i = 0; i < lines->count; i++) {
    const Line *l = &lines->items[i];
    char w[40];
    window(l, w);
    propter_buf_printf(out, "| %s | ", w), propter_put_md(out, l->metric_label);
    propter_buf_printf(out, " | %+.4g | %s | ", l->deviation, words(l)), propter_put_md(out, l->conclusion);
    propter_buf_printf(out, " | %.*s |\n", TEXT(l->grade));
  }
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
      "<th scope=\"col\">likely?</th><th scope=\"col\">cause</th><th scope=\"col\">grade</th></tr></thead><tbody>\n",
      lines->count, lines->count == 1 ? "" : "s");
  for (size_t i = 0; i < lines->count; i++) {
    const Line *l = &lines->items[i];
    char w[40];
    window(l, w);
    propter_buf_printf(out, "<tr><td>%s</td><td>", w), propter_put_html(out, l->metric_label);
    propter_buf_printf(out, "</td><td class=\"n\">%+.4g</td><td>%s</td><td>", l->deviation, words(l)), propter_put_html(out, l->conclusion);
    propter_buf_add(out, PROPTER_STR("</td><td>")), propter_put_html(out, l->grade), propter_buf_add(out, PROPTER_STR("</td></tr>\n"));
  }
  propter_buf_add(out, PROPTER_STR("</tbody></table>\n</body></html>\n"));
}

static const struct {
  const char *name;
  void (*write)(const Lines *, PropterBuf *);
} forms[] = {{"table", write_table}, {"json", write_json}, {"csv", write_csv}, {"md", write_md}, {"html", write_html}};

static PropterStatus run(CommandCall *call, PropterError *err) {
  const char *file;
  PROPTER_TRY(output_file_option(call, "file", &file, err));
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
  if (status == PROPTER_OK) {
    if (lines.count) qsort(lines.items, lines.count, sizeof *lines.items, cmd_flag(call, "surprising") ? surprising_first : newest_first);
    forms[f].write(&lines, &out);
    status = propter_buf_status(&out, err);
  }
  if (status == PROPTER_OK && file && !call->dry_run) status = propter_io_write_file(file, propter_buf_str(&out), err);
  if (status == PROPTER_OK && !file) (void)fwrite(propter_buf_str(&out).data, 1, out.len, call->data);
  if (status == PROPTER_OK && file) fprintf(call->out, "%zu patterns %s %s\n", lines.count, call->dry_run ? "would go to" : "in", file);
  propter_buf_clear(&out);
  propter_vec_clear(&lines);
  propter_arena_clear(&reader.arena);
  propter_snapshot_close(reader.snapshot);
  propter_graph_close(graph);
  return status;
}

static const CommandOption options[] = {
    {"file", 'o', "FILE", "write there (the form follows the ending .html, .md, .json or .csv), replacing the file as a whole"},
    {"run", 0, "RUN", "only what this inference run found new (its IRI)"},
    {"surprising", 0, NULL, "what left its usual course furthest first, in standard errors, not the newest"},
    {NULL, 0, NULL, NULL}};

static const char *const formats[] = {"table", "json", "csv", "md", "html", NULL};

const Command command_report = {
    .name = "report",
    .summary = "list the patterns inference found, each with its first cause",
    .operands = "",
    .options = options,
    .details =
        "One line per pattern, the newest (or, with --surprising, the most surprising) first: window, deviation, metric, how likely the first cause is, and\n"
        "what it is. For all about one of them, ask propter why.",
    .examples = "propter report\npropter report --file report.html",
    .formats = formats,
    .run = run};
