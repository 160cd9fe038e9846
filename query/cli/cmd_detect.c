/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include <string.h>

#include "left_out.h"

static const char *const formats[] = {"table", "json", "jsonl", "csv", NULL};
typedef enum { TABLE, JSON, LINES, CSV } Form; /* their order */

typedef struct {
  PropterStr metric;
  PropterDay from, to;
  Form form;
  PropterLeftOut *left_out;
  size_t left_out_count;
} Asked;

static PropterStatus read_options(const CommandCall *call, Asked *asked, PropterError *err) {
  const char *format;
  PROPTER_TRY(output_format(call, formats, &format, err));
  while (strcmp(formats[asked->form], format) != 0) asked->form++;
  PROPTER_TRY(output_iri_option(call, "metric", &asked->metric, err));
  PROPTER_TRY(output_day_option(call, "from", &asked->from, err));
  return output_day_option(call, "to", &asked->to, err);
}

/* --- a list in each form ------------------------------------------------------------------------------------------------------- */

/* `csv`: the names of its columns. */
static void open_list(FILE *out, Form form, const char *name, const char *csv) {
  if (form == JSON) fprintf(out, "{\"schema\":\"propter-detect-1\",\"%s\":[", name);
  if (form == CSV) fprintf(out, "%s\n", csv);
}

static void before_item(FILE *out, Form form, size_t at) {
  if (form == JSON) fputs(at ? ",\n" : "\n", out);
}

static void after_item(FILE *out, Form form) {
  if (form == LINES) fputc('\n', out);
}

/* With the metrics left out: of JSON a list of their own, as a table and for CSV, which has no place for them, lines. */
static void close_list(const CommandCall *call, const Asked *asked) {
  FILE *out = call->out;
  if (asked->form == JSON) fputs("\n],\"leftOut\":[", out);
  if (asked->form == TABLE || asked->form == CSV) left_out_lines(asked->form == CSV ? stderr : out, asked->left_out, asked->left_out_count);
  for (size_t i = 0; i < asked->left_out_count && (asked->form == JSON || asked->form == LINES); i++)
    before_item(out, asked->form, i), left_out_json(out, &asked->left_out[i]), after_item(out, asked->form);
  if (asked->form == JSON) fputs(asked->left_out_count ? "\n]}\n" : "]}\n", out);
}

/* --- patterns -------------------------------------------------------------------------------------------------------------------- */

static void as_json(FILE *out, const PropterPattern *p) {
  char first[16], last[16], onset[16];
  propter_day_format(p->first, first);
  propter_day_format(p->last, last);
  propter_day_format(p->onset, onset);
  fputs("{\"pattern\":", out);
  output_json(out, p->iri);
  fputs(",\"metric\":", out);
  output_json(out, p->metric);
  fputs(",\"label\":", out);
  output_json(out, p->label);
  fprintf(out, ",\"first\":\"%s\",\"last\":\"%s\",\"kind\":\"%s\"", first, last, propter_pattern_name(p->kind));
  output_json_number(out, "observed", p->observed, 6);
  output_json_number(out, "expected", p->expected, 6);
  output_json_number(out, "expectedLow", p->expected_low, 6);
  output_json_number(out, "expectedHigh", p->expected_high, 6);
  output_json_number(out, "deviation", p->deviation, 6);
  output_json_number(out, "score", p->z, 6);
  fprintf(out, ",\"onset\":\"%s\"", onset);
  output_json_number(out, "onsetProbability", p->onset_probability, 6);
  fprintf(out, ",\"n\":%zu}", p->usable);
}

enum { FIGURE = 11 }; /* columns of a number */

static void put_right(FILE *out, double value, bool sign) {
  const char *text = output_figures(value, 4, sign);
  fprintf(out, " %*s", output_width(propter_str(text), FIGURE), text);
}

static void as_row(FILE *out, const PropterPattern *p, bool csv) {
  char first[16], last[16], onset[16];
  propter_day_format(p->first, first);
  propter_day_format(p->last, last);
  propter_day_format(p->onset, onset);
  if (csv) {
    output_csv(out, p->metric);
    fputc(',', out);
    output_csv(out, p->label);
    fprintf(out, ",%s,%s,%s,%.6g,%.6g,%.6g,%.6g,%.6g,%.2f,%s,%.2f,%zu\n", first, last, propter_pattern_name(p->kind), p->observed, p->expected, p->expected_low,
            p->expected_high, p->deviation, p->z, onset, p->onset_probability, p->usable);
  } else {
    fprintf(out, "%-*.*s %s %s  %-12s", output_width(p->label, 44), (int)p->label.len, p->label.data, first, last, propter_pattern_name(p->kind));
    put_right(out, p->observed, false), put_right(out, p->expected, false), put_right(out, p->deviation, true);
    fprintf(out, " %+7.1f  %s\n", p->z, onset);
  }
}

static void print(const CommandCall *call, const Asked *asked, const PropterPattern *found, size_t count) {
  FILE *out = call->out;
  open_list(out, asked->form, "patterns",
            "metric,label,first,last,kind,observed,expected,expected_low,expected_high,deviation,score,onset,onset_probability,n");
  if (asked->form == TABLE)
    fprintf(out, "%-44s %-10s %-10s  %-12s %11s %11s %11s %7s  %s\n", "series", "first", "last", "pattern", "observed", "expected", "deviation", "score",
            "onset");
  for (size_t i = 0; i < count; i++) {
    before_item(out, asked->form, i);
    if (asked->form == JSON || asked->form == LINES) as_json(out, &found[i]);
    else as_row(out, &found[i], asked->form == CSV);
    after_item(out, asked->form);
  }
  if (asked->form == TABLE) fprintf(out, "%s pattern%s\n", output_number(count), count == 1 ? "" : "s");
  close_list(call, asked);
}

/* --- findings of the detectors, and slices ----------------------------------------------------------------------------------- */

static void print_finding(const CommandCall *call, const Asked *asked, const PropterFinding *f) {
  char first[16], last[16], low[16], high[16];
  propter_day_format(f->first, first);
  propter_day_format(f->last, last);
  propter_day_format(f->onset_low, low);
  propter_day_format(f->onset_high, high);
  if (asked->form == CSV) {
    output_csv(call->out, f->metric);
    fprintf(call->out, ",%s,%s,%s,%.6g,%.3f,%s,%s,%.3f,%.3g,%.3g,", f->detector, first, last, f->size, f->score, low, high, f->onset_probability, f->p, f->q);
    output_csv(call->out, f->leader);
    fprintf(call->out, ",%d\n", f->lag);
  } else if (asked->form == TABLE) {
    fprintf(call->out, "%-*.*s %-9s %s %s ", output_width(f->label, 40), (int)f->label.len, f->label.data, f->detector, first, last);
    put_right(call->out, f->size, true);
    fprintf(call->out, " %+7.1f  %s..%s %4.2f  %8.2g %8.2g", f->score, low, high, f->onset_probability, f->p, f->q);
    if (f->lag) fprintf(call->out, "  after %.*s by %d", (int)f->leader.len, f->leader.data, f->lag);
    fputc('\n', call->out);
  } else {
    fputs("{\"metric\":", call->out);
    output_json(call->out, f->metric);
    fputs(",\"label\":", call->out);
    output_json(call->out, f->label);
    fprintf(call->out, ",\"detector\":\"%s\",\"first\":\"%s\",\"last\":\"%s\",\"onsetLow\":\"%s\",\"onsetHigh\":\"%s\"", f->detector, first, last, low, high);
    output_json_number(call->out, "onsetProbability", f->onset_probability, 6);
    output_json_number(call->out, "size", f->size, 6);
    output_json_number(call->out, "score", f->score, 6);
    output_json_number(call->out, "p", f->p, 6);
    output_json_number(call->out, "q", f->q, 6);
    if (f->lag) {
      fprintf(call->out, ",\"lag\":%d,\"leader\":", f->lag);
      output_json(call->out, f->leader);
    }
    fputc('}', call->out);
  }
}

static PropterStatus findings(const CommandCall *call, const Asked *asked, PropterInferrer *inferrer, size_t *count, PropterError *err) {
  PropterFinding *found = NULL;
  size_t n = 0;
  PROPTER_TRY(propter_findings(inferrer, asked->metric, 0.05, &found, &n, err));
  open_list(call->out, asked->form, "findings", "metric,detector,first,last,size,score,onset_low,onset_high,onset_probability,p,q,leader,lag");
  if (asked->form == TABLE)
    fprintf(call->out, "%-40s %-9s %-10s %-10s  %11s %7s  %-22s %4s  %8s %8s\n", "series", "detector", "first", "last", "size", "score", "onset, 95 %", "P",
            "p", "q");
  for (size_t i = 0; i < n; i++) {
    if ((asked->from != PROPTER_NO_DAY && found[i].last < asked->from) || (asked->to != PROPTER_NO_DAY && found[i].first > asked->to)) continue;
    before_item(call->out, asked->form, *count);
    print_finding(call, asked, &found[i]);
    after_item(call->out, asked->form);
    ++*count;
  }
  close_list(call, asked);
  propter_free(found);
  return PROPTER_OK;
}

static void print_slice(const CommandCall *call, const Asked *asked, const PropterDrilled *d) {
  if (asked->form == CSV) {
    output_csv(call->out, d->members);
    fprintf(call->out, ",%.6g,%.6g,%.4f,%.2f,%zu\n", d->observed, d->expected, d->share, d->evidence, d->cells);
  } else if (asked->form == TABLE) {
    fprintf(call->out, "%-*.*s", output_width(d->members, 48), (int)d->members.len, d->members.data);
    put_right(call->out, d->observed, false), put_right(call->out, d->expected, false);
    fprintf(call->out, " %7.1f %% %9.1f %6zu\n", 100 * d->share, d->evidence, d->cells);
  } else {
    fputs("{\"slice\":", call->out);
    output_json(call->out, d->members);
    output_json_number(call->out, "observed", d->observed, 6);
    output_json_number(call->out, "expected", d->expected, 6);
    output_json_number(call->out, "share", d->share, 6);
    output_json_number(call->out, "evidence", d->evidence, 6);
    fprintf(call->out, ",\"cells\":%zu}", d->cells);
  }
}

static PropterStatus drill(const CommandCall *call, const Asked *asked, PropterInferrer *inferrer, size_t *count, PropterError *err) {
  PropterArena arena = {0};
  PropterDrilled *found = NULL;
  if (!asked->metric.len || asked->from == PROPTER_NO_DAY || asked->to == PROPTER_NO_DAY)
    return propter_fail(err, PROPTER_USAGE, "--slices needs --metric, --from and --to");
  PropterStatus status = propter_drill_metric(inferrer, asked->metric, asked->from, asked->to, &arena, &found, count, err);
  if (!status) open_list(call->out, asked->form, "slices", "slice,observed,expected,share,evidence,cells");
  if (!status && asked->form == TABLE) fprintf(call->out, "%-48s %11s %11s %9s %9s %6s\n", "slice", "observed", "expected", "share", "evidence", "cells");
  for (size_t i = 0; i < *count && !status; i++) {
    before_item(call->out, asked->form, i);
    print_slice(call, asked, &found[i]);
    after_item(call->out, asked->form);
  }
  if (!status) close_list(call, asked);
  propter_free(found);
  propter_arena_clear(&arena);
  return status;
}

static PropterStatus run(CommandCall *call, PropterError *err) {
  Asked asked = {0};
  PropterArena arena = {0};
  PropterGraph *graph = NULL;
  PropterSnapshot *snapshot = NULL;
  PropterInferrer *inferrer = NULL;
  PropterPattern *found = NULL;
  size_t count = 0;
  PropterInferOptions options = propter_infer_options();
  PROPTER_TRY(read_options(call, &asked, err));
  options.threads = call->threads;
  options.score.seed = call->seed;
  PropterStatus status = propter_graph_open(call->graph, PROPTER_GRAPH_READ_ONLY, NULL, &graph, err);
  if (!status) status = propter_snapshot_open(graph, 0, &snapshot, err);
  if (!status) status = propter_inferrer_new(snapshot, &options, &inferrer, err);
  if (!status && !cmd_flag(call, "slices")) status = propter_left_out(inferrer, asked.metric, &arena, &asked.left_out, &asked.left_out_count, err);
  if (!status && cmd_flag(call, "detectors")) {
    status = findings(call, &asked, inferrer, &count, err);
  } else if (!status && cmd_flag(call, "slices")) {
    status = drill(call, &asked, inferrer, &count, err);
  } else if (!status) {
    status = propter_patterns(inferrer, asked.metric, asked.from, asked.to, &found, &count, err);
    if (!status) print(call, &asked, found, count);
  }
  propter_patterns_free(found, count);
  propter_inferrer_free(inferrer);
  propter_snapshot_close(snapshot);
  propter_graph_close(graph);
  propter_arena_clear(&arena);
  return !status && !count ? PROPTER_NEGATIVE : status;
}

static const CommandOption options[] = {{"metric", 'm', "IRI", "only this metric (default: all)"},
                                        {"from", 0, "DATE", "only periods from this day on"},
                                        {"to", 0, "DATE", "only periods up to this day"},
                                        {"detectors", 0, NULL, "what each detector of the table found"},
                                        {"slices", 0, NULL, "which slices carry what happened between --from and --to"},
                                        {NULL, 0, NULL, NULL}};

const Command command_detect = {
    .name = "detect",
    .summary = "find where metrics left their usual course",
    .operands = "",
    .options = options,
    .details = "Each period of each metric is compared with the course the series took before it and takes usually; neighbouring periods that moved\n"
               "the same way are one pattern.\n"
               "--detectors runs the detectors one by one (spike, shift, trend, variance, season, lagged) and shows each finding with its size,\n"
               "the 95 % of its onset, and its significance: p in its series, q adjusted over all series and detectors (false discovery rate,\n"
               "kept up to 5 %).\n"
               "--slices compares every finest slice of a metric with propter:sliceBy with its own course and shows the shortest list of slices\n"
               "that accounts for what deviates; of a ratio, its numerator given its denominator.\n"
               "Metrics, or last figures of them, in which nothing can be found are listed after that, with the reason and what would help (of CSV on\n"
               "standard error, of JSON under leftOut).\n"
               "--format table, json, jsonl or csv. Exit 1: nothing moved. Nothing is written to the graph.",
    .examples = "propter detect\npropter detect --metric https://w3id.org/propter/pack/us-employment#information-employment --format csv\n"
                "propter detect --detectors --from 2008-01-01",
    .formats = formats,
    .run = run};
