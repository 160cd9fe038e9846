/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include <math.h>
#include <string.h>

#include "output.h"
#include "propter/detect.h"
#include "propter/infer.h"

typedef struct {
  PropterStr metric;
  PropterDay from, to;
  const char *format, *detector; /* detector NULL: patterns; "all" or a name of detectors.def: what it finds by itself */
} Asked;

static PropterStatus day_option(const CommandCall *call, const char *name, PropterDay *day, PropterError *err) {
  const char *text = cmd_value(call, name);
  *day = PROPTER_NO_DAY;
  if (text && !propter_day_parse(propter_str(text), day)) return propter_fail(err, PROPTER_USAGE, "--%s: expected a date like 2012-03-31, found \"%s\"", name, text);
  return PROPTER_OK;
}

static PropterStatus known_detector(const char *name, PropterError *err) {
  PropterBuf names = {.max = 1000};
  bool known = !name || strcmp(name, "all") == 0;
  for (const PropterDetectorInfo *d = propter_detectors(); d->name; d++) {
    if (name && strcmp(name, d->name) == 0) known = true;
    propter_buf_printf(&names, ", %s (%s)", d->name, d->summary);
  }
  PropterStatus status = propter_buf_status(&names, err);
  if (status == PROPTER_OK && !known) status = propter_fail(err, PROPTER_USAGE, "--detector: expected all%s; found \"%s\"", names.data, name);
  propter_buf_clear(&names);
  return status;
}

static PropterStatus read_options(const CommandCall *call, Asked *asked, PropterError *err) {
  static const char *const formats[] = {"table", "json", "jsonl", "csv", NULL};
  PROPTER_TRY(output_format(call, formats, &asked->format, err));
  PROPTER_TRY(output_iri_option(call, "metric", &asked->metric, err));
  PROPTER_TRY(day_option(call, "from", &asked->from, err));
  PROPTER_TRY(day_option(call, "to", &asked->to, err));
  asked->detector = cmd_value(call, "detector");
  return known_detector(asked->detector, err);
}

static void json_number(FILE *out, const char *name, double value) {
  if (isfinite(value))
    fprintf(out, ",\"%s\":%.6g", name, value);
  else
    fprintf(out, ",\"%s\":null", name);
}

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
  json_number(out, "observed", p->observed);
  json_number(out, "expected", p->expected);
  json_number(out, "expectedLow", p->expected_low);
  json_number(out, "expectedHigh", p->expected_high);
  json_number(out, "deviation", p->deviation);
  json_number(out, "score", p->z);
  fprintf(out, ",\"onset\":\"%s\"", onset);
  json_number(out, "onsetProbability", p->onset_probability);
  fprintf(out, ",\"n\":%zu}", p->usable);
}

static void csv_text(FILE *out, PropterStr text) {
  fputc('"', out);
  /* A cell that begins like a formula is one to a spreadsheet. */
  if (text.len && strchr("=+-@\t\r", text.data[0])) fputc('\'', out);
  for (size_t i = 0; i < text.len; i++) {
    if (text.data[i] == '"') fputc('"', out);
    fputc(text.data[i], out);
  }
  fputc('"', out);
}

static void as_row(FILE *out, const PropterPattern *p, bool csv) {
  char first[16], last[16], onset[16];
  propter_day_format(p->first, first);
  propter_day_format(p->last, last);
  propter_day_format(p->onset, onset);
  if (csv) {
    csv_text(out, p->metric);
    fputc(',', out);
    csv_text(out, p->label);
    fprintf(out, ",%s,%s,%s,%.6g,%.6g,%.6g,%.6g,%.6g,%.2f,%s,%.2f,%zu\n", first, last, propter_pattern_name(p->kind), p->observed, p->expected, p->expected_low, p->expected_high, p->deviation, p->z, onset,
            p->onset_probability, p->usable);
  } else {
    fprintf(out, "%-44.*s %s %s  %-12s %10.6g %10.6g %+10.4g %+7.1f  %s\n", (int)p->label.len, p->label.data, first, last, propter_pattern_name(p->kind), p->observed, p->expected, p->deviation, p->z, onset);
  }
}

static void print(const CommandCall *call, const Asked *asked, const PropterPattern *found, size_t count) {
  bool json = strcmp(asked->format, "json") == 0, lines = strcmp(asked->format, "jsonl") == 0, csv = strcmp(asked->format, "csv") == 0;
  if (csv) fputs("metric,label,first,last,kind,observed,expected,expected_low,expected_high,deviation,score,onset,onset_probability,n\n", call->out);
  if (!json && !lines && !csv) fprintf(call->out, "%-44s %-10s %-10s  %-12s %10s %10s %10s %7s  %s\n", "series", "first", "last", "pattern", "observed", "expected", "deviation", "score", "onset");
  if (json) fputc('[', call->out);
  for (size_t i = 0; i < count; i++) {
    if (json) fputs(i ? ",\n" : "\n", call->out);
    if (json || lines)
      as_json(call->out, &found[i]);
    else
      as_row(call->out, &found[i], csv);
    if (lines) fputc('\n', call->out);
  }
  if (json) fputs("\n]\n", call->out);
  if (!json && !lines && !csv) fprintf(call->out, "%s pattern%s\n", output_number(count), count == 1 ? "" : "s");
}

/* --- what the detectors find by themselves ------------------------------------------------------------------------------------ */

static void print_detection(const CommandCall *call, const Asked *asked, const PropterMetric *m, const PropterSeries *series, const PropterDetection *d, bool begun) {
  bool json = strcmp(asked->format, "json") == 0, lines = strcmp(asked->format, "jsonl") == 0;
  char first[16], last[16];
  propter_day_format(propter_period_first(series->grain, series->first + (int32_t)d->from), first);
  propter_day_format(propter_period_last(series->grain, series->first + (int32_t)d->to), last);
  if (json || lines) {
    fputs(json && begun ? ",\n{\"metric\":" : "{\"metric\":", call->out), output_json(call->out, m->iri);
    fprintf(call->out, ",\"detector\":\"%s\",\"first\":\"%s\",\"last\":\"%s\"", d->detector, first, last);
    json_number(call->out, "size", d->size), json_number(call->out, "score", d->score);
    fputs(lines ? "}\n" : "}", call->out);
  } else if (strcmp(asked->format, "csv") == 0) {
    csv_text(call->out, m->iri), fprintf(call->out, ",%s,%s,%s,%.6g,%.2f\n", d->detector, first, last, d->size, d->score);
  } else {
    fprintf(call->out, "%-44.*s %s %s  %-8s %+10.4g %+7.1f\n", (int)m->label.len, m->label.data, first, last, d->detector, d->size, d->score);
  }
}

static PropterStatus detect_metric(const CommandCall *call, const Asked *asked, PropterSnapshot *snapshot, PropterId id, PropterArena *arena, size_t *count, PropterError *err) {
  PropterMetric m;
  PropterMetricSeries s;
  PropterDetections found = {0};
  PROPTER_TRY(propter_metric_read(snapshot, id, arena, &m, err));
  PROPTER_TRY(propter_metric_series(snapshot, &m, NULL, 0, PROPTER_NO_DAY, &s, err));
  PropterStatus status = s.series.count ? propter_detect_series(&s.series, NULL, &found, err) : PROPTER_OK;
  for (size_t i = 0; i < found.count && status == PROPTER_OK; i++) {
    const PropterDetection *d = &found.items[i];
    PropterDay first = propter_period_first(s.series.grain, s.series.first + (int32_t)d->from), last = propter_period_last(s.series.grain, s.series.first + (int32_t)d->to);
    if (strcmp(asked->detector, "all") != 0 && strcmp(asked->detector, d->detector) != 0) continue;
    if ((asked->from != PROPTER_NO_DAY && last < asked->from) || (asked->to != PROPTER_NO_DAY && first > asked->to)) continue;
    print_detection(call, asked, &m, &s.series, d, (*count)++ > 0);
  }
  propter_vec_clear(&found);
  propter_metric_series_clear(&s);
  return status;
}

static PropterStatus one_metric(PropterSnapshot *snapshot, PropterStr iri, PropterIds *metrics, PropterError *err) {
  PropterTerm term = propter_iri(iri);
  PropterId id = PROPTER_NO_ID;
  PROPTER_TRY(propter_snapshot_find(snapshot, &term, &id, err));
  if (id == PROPTER_NO_ID) return propter_fail(err, PROPTER_NOT_FOUND, "no metric <%.*s> in this graph", (int)iri.len, iri.data);
  return propter_vec_push(metrics, id) ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
}

static PropterStatus run_detectors(const CommandCall *call, const Asked *asked, PropterSnapshot *snapshot, size_t *count, PropterError *err) {
  PropterIds metrics = {0};
  PropterArena arena = {0};
  PropterStatus status = asked->metric.len ? one_metric(snapshot, asked->metric, &metrics, err) : propter_metric_list(snapshot, &metrics, err);
  bool json = strcmp(asked->format, "json") == 0;
  if (json) fputs("[\n", call->out);
  else if (strcmp(asked->format, "csv") == 0) fputs("metric,detector,first,last,size,score\n", call->out);
  else if (strcmp(asked->format, "table") == 0) fprintf(call->out, "%-44s %-10s %-10s  %-8s %10s %7s\n", "series", "first", "last", "detector", "size", "score");
  for (size_t i = 0; i < metrics.count && status == PROPTER_OK; i++) status = detect_metric(call, asked, snapshot, metrics.items[i], &arena, count, err);
  if (json) fputs("\n]\n", call->out);
  propter_arena_clear(&arena);
  propter_vec_clear(&metrics);
  return status;
}

/* --- the command ---------------------------------------------------------------------------------------------------------------- */

static PropterStatus run(CommandCall *call, PropterError *err) {
  Asked asked;
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
  if (!status && asked.detector) {
    status = run_detectors(call, &asked, snapshot, &count, err);
  } else {
    if (!status) status = propter_inferrer_new(snapshot, &options, &inferrer, err);
    if (!status) status = propter_patterns(inferrer, asked.metric, asked.from, asked.to, &found, &count, err);
    if (!status) print(call, &asked, found, count);
    propter_patterns_free(found, count);
  }
  propter_inferrer_free(inferrer);
  propter_snapshot_close(snapshot);
  propter_graph_close(graph);
  return !status && !count ? PROPTER_NEGATIVE : status;
}

static const CommandOption options[] = {{"metric", 'm', "IRI", "only this metric (default: all)"},
                                        {"from", 0, "DATE", "only periods from this day on"},
                                        {"to", 0, "DATE", "only periods up to this day"},
                                        {"detector", 0, "NAME", "instead of patterns, what this detector finds by itself in the whole series: spike, shift, trend or all"},
                                        {NULL, 0, NULL, NULL}};

const Command command_detect = {.name = "detect",
                                .summary = "find where metrics left their usual course",
                                .operands = "",
                                .options = options,
                                .details = "Each period of each metric is compared with the course the series took before it and takes usually; neighbouring periods that moved\n"
                                           "the same way are one pattern. --detector shows instead what each detector makes of the whole series, without a baseline.\n"
                                           "--format table, json, jsonl or csv. Exit 1: nothing moved. Nothing is written to the graph.",
                                .examples = "propter detect\npropter detect --detector shift\npropter detect --metric https://w3id.org/propter/pack/us-employment#information-employment --format csv",
                                .run = run};
