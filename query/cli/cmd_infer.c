/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include <string.h>

#include "left_out.h"

static const char *const formats[] = {"table", "json", NULL};

typedef PROPTER_VEC(PropterStr) Names;

static PropterStatus add_names(Names *names, const char *text, PropterError *err) {
  PropterStr rest = propter_str_trim(propter_str(text));
  while (rest.len) {
    size_t end = 0;
    while (end < rest.len && !strchr(" \t\n", rest.data[end])) end++;
    const char *why = NULL;
    PropterStr name = {rest.data, end};
    if (!propter_str_equal(name, PROPTER_STR("all"))) {
      if (!propter_iri_valid(name, &why))
        return propter_fail(err, PROPTER_INVALID, "--metrics: \"%.*s\" is no absolute IRI: %s", (int)name.len, name.data, why);
      if (!propter_vec_push(names, name)) return propter_fail(err, PROPTER_NO_MEMORY, "names of metrics");
    }
    rest = propter_str_trim((PropterStr){rest.data + end, rest.len - end});
  }
  return PROPTER_OK;
}

static PropterStatus read_options(CommandCall *call, PropterInferOptions *options, Names *metrics, Names *without, PropterError *err) {
  const char *text;
  for (unsigned i = 0; (text = cmd_value_at(call, "metrics", i)); i++) PROPTER_TRY(add_names(metrics, text, err));
  for (unsigned i = 0; (text = cmd_value_at(call, "without", i)); i++)
    if (!propter_vec_push(without, propter_str(text))) return propter_fail(err, PROPTER_NO_MEMORY, "names");
  if ((text = cmd_value(call, "periods")) && strcmp(text, "new") != 0 && strcmp(text, "all") != 0)
    return propter_fail(err, PROPTER_USAGE, "--periods: expected new or all, found \"%s\"", text);
  int64_t depth = options->depth;
  PROPTER_TRY(output_day_option(call, "known-by", &options->known_by, err));
  PROPTER_TRY(output_number_option(call, "depth", 1, 5, &depth, err));
  options->depth = (unsigned)depth;
  options->without = without->items;
  options->without_count = without->count;
  options->threads = call->threads;
  options->score.seed = call->seed;
  return PROPTER_OK;
}

static void print(const CommandCall *call, const char *format, const PropterInferSummary *s) {
  if (strcmp(format, "json") == 0) {
    fprintf(
        call->out,
        "{\"metrics\":%zu,\"patterns\":%zu,\"hypotheses\":%zu,\"links\":%zu,\"answered\":%zu,\"unknown\":%zu,\"kept\":%zu,\"scored\":%zu,\"added\":%llu,\"removed\":%llu,\"run\":",
        s->metrics, s->patterns, s->hypotheses, s->links, s->answered, s->unknown, s->kept, s->scored, (unsigned long long)s->added,
        (unsigned long long)s->removed);
    if (s->run[0])
      output_json(call->out, propter_str(s->run));
    else
      fputs("null", call->out);
    fputs(",\"leftOut\":[", call->out);
    for (size_t i = 0; i < s->left_out_count; i++) fputs(i ? "," : "", call->out), left_out_json(call->out, &s->left_out[i]);
    fputs("]}\n", call->out);
    return;
  }
  const size_t rest = s->patterns - s->answered - s->unknown;
  fprintf(call->out, "metrics     %s\npatterns    %s: %s with a cause, %s of unknown cause", output_number(s->metrics), output_number(s->patterns),
          output_number(s->answered), output_number(s->unknown));
  if (rest) fprintf(call->out, ", %s unusual in parts alone", output_number(rest));
  fprintf(call->out, "\nhypotheses  %s\nlinks       %s between kinds, from what documents say\n", output_number(s->hypotheses), output_number(s->links));
  left_out_lines(call->out, s->left_out, s->left_out_count);
  if (call->dry_run)
    fprintf(call->out, "would add %s and remove %s statements\n", output_number(s->added), output_number(s->removed));
  else if (s->run[0])
    fprintf(call->out, "changed     %s statements added, %s removed\nrun         %s\n", output_number(s->added), output_number(s->removed), s->run);
  else
    fputs("nothing new\n", call->out);
}

static PropterStatus run(CommandCall *call, PropterError *err) {
  const char *format;
  PropterGraph *graph = NULL;
  PropterInferOptions options = propter_infer_options();
  PropterInferSummary summary = {0};
  Names metrics = {0}, without = {0};
  PropterArena arena = {0};
  const char *periods = cmd_value(call, "periods");
  PropterStatus status = output_format(call, formats, &format, err);
  /* Scores are kept beside the graph, by what they were made of. */
  if (!periods || strcmp(periods, "all") != 0) options.kept = propter_arena_printf(&arena, "%s/scores.kept", call->graph).data;
  if (!status) status = read_options(call, &options, &metrics, &without, err);
  if (!status) status = propter_graph_open(call->graph, 0, NULL, &graph, err);
  if (!status)
    status = propter_infer_run(graph, metrics.items, metrics.count, &options, PROPTER_STR("propter " PACKAGE_VERSION), call->now, call->dry_run, &summary, err);
  if (!status) print(call, format, &summary);
  propter_infer_summary_clear(&summary);
  propter_graph_close(graph);
  propter_vec_clear(&metrics);
  propter_vec_clear(&without);
  propter_arena_clear(&arena);
  return status;
}

static const CommandOption options[] = {
    {"metrics", 'm', "IRI...", "only these metrics, parted by blanks or given again (default: all)"},
    {"periods", 0, "WHICH", "new: only what changed is scored anew (default); all: everything. The result is the same"},
    {"known-by", 0, "DATE", "use only what was known by that day"},
    {"without", 0, "WHAT", "leave out this document or list of events (IRI, path or file name), claim, event or link; may be repeated"},
    {"depth", 0, "N", "hops of a chain of causes, 1 to 5 (default 3)"},
    {NULL, 0, NULL, NULL}};

const Command command_infer = {
    .name = "infer",
    .summary = "find the causes of every pattern and keep them in the graph",
    .operands = "",
    .options = options,
    .details =
        "Looks for patterns in the metrics (as propter detect), gathers what events, documents and links name as causes, and writes patterns, hypotheses with\n"
        "their evidence, and causal links to the graph propter:current, which it replaces where something changed. Run again on the same graph it changes\n"
        "nothing and records no run; what did not change keeps its statements and the run that found it. --dry-run says what would change. --format table\n"
        "or json.\n"
        "Scores are kept in the file scores.kept beside the graph, under a hash of all that went into them, so that a nightly run scores only what new figures,\n"
        "events, documents and verdicts touch, and a run that was stopped goes on where it was. The file may be deleted; another build does not use it.\n"
        "Series of days and weeks: a window that was over when the last month ended, with an equal time after it, is judged by the figures up to that month's\n"
        "end once there is a year of them; figures of the month that goes on therefore change what is new, and those of a month that ended change everything.",
    .examples = "propter infer\npropter infer --dry-run --metrics https://w3id.org/propter/pack/us-employment#information-employment",
    .formats = formats,
    .run = run};
