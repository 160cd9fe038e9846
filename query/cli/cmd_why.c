/* SPDX-License-Identifier: Apache-2.0 */
/* Why did a metric move? */
#include "propter/io.h"
#include "propter/why.h"

#include <string.h>
#include <unistd.h>

#include "output.h"
#include "view.h"

static const CommandOption options[] = {{"metric", 'm', "IRI", "metric asked about, instead of a question in words"},
                                        {"from", 0, "DATE", "first day of the window"},
                                        {"to", 0, "DATE", "last day of the window"},
                                        {"known-by", 0, "DATE", "use only what was known on this day"},
                                        {"as-of", 0, "RUN|DAY", "the answer as the graph stood after this run or day: byte by byte what it was then"},
                                        {"without", 0, "IRI", "leave out this document or list of events (or by path or name), claim, event or review; may be repeated"},
                                        {"numbers", 0, NULL, "show probabilities even while they are not calibrated"},
                                        {"decide", 0, NULL, "the answer will be acted on: declined unless somebody is recorded who decides (propter:owner)"},
                                        {"explain-score", 0, NULL, "show how each score adds up"},
                                        {"diff", 0, NULL, "what two runs say differently about causes, and why: RUN1 [RUN2] instead of a question"},
                                        {"limit", 0, "N", "causes listed (default 5; with --diff 20)"},
                                        {"depth", 0, "N", "hops of a chain of causes, 1 to 5 (default 3)"},
                                        {"out", 'o', "FILE", "write the answer to this file; its ending says the format where --format does not"},
                                        {"report", 0, NULL, "also write the HTML report why-METRIC-PERIOD.html into the current folder"},
                                        {NULL, 0, NULL, NULL}};

typedef struct {
  PropterWhyOptions why;
  PropterStr without[64];
  PropterStr metric;
  PropterDay from, to;
  const PropterWhyFormat *format;
  const char *out;
  char command[300];
} Wanted;

/* How to ask again, for a shell; not said where the graph's path cannot be quoted simply. */
static void asking(const CommandCall *call, Wanted *w) {
  const char *graph = cmd_value(call, "graph");
  const bool plain = graph && !graph[strspn(graph, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/")];
  const bool quoted = graph && strchr(graph, '\'');
  const int n = graph ? snprintf(w->command, sizeof w->command, plain ? "propter -g %s why" : "propter -g '%s' why", graph)
                      : snprintf(w->command, sizeof w->command, "propter why");
  if (n > 0 && (size_t)n < sizeof w->command && !quoted) w->why.command = propter_str(w->command);
}

/* --format, else what the ending of --out says, else text. */
static PropterStatus form(const CommandCall *call, Wanted *w, PropterError *err) {
  const char *slash = w->out ? strrchr(w->out, '/') : NULL, *ending = w->out ? strrchr(slash ? slash : w->out, '.') : NULL;
  PropterError bad = {0};
  if (!call->format && (!ending || strcmp(ending, ".txt") == 0)) return propter_why_find_format("text", &w->format, err);
  if (!call->format && propter_why_find_format(ending + 1, &w->format, &bad) != PROPTER_OK)
    return propter_fail(err, PROPTER_USAGE, "--out %s: %s; --format says one whatever the file is called", w->out, bad.message);
  if (call->format && propter_why_find_format(call->format, &w->format, &bad) != PROPTER_OK)
    return propter_fail(err, PROPTER_USAGE, "--format: %s", bad.message);
  if (strcmp(w->format->name, "png") == 0 && !w->out && call->terminal)
    return propter_fail(err, PROPTER_USAGE, "a PNG is no text for a terminal: name a file with --out");
  return PROPTER_OK;
}

static PropterStatus wanted(const CommandCall *call, Wanted *w, PropterError *err) {
  w->why = propter_why_options();
  w->why.today = call->today;
  w->why.infer.threads = call->threads;
  asking(call, w);
  w->why.infer.score.seed = call->seed;
  w->why.numbers = cmd_flag(call, "numbers");
  w->why.decide = cmd_flag(call, "decide");
  w->why.explain = cmd_flag(call, "explain-score");
  int64_t limit = 0, depth = w->why.infer.depth;
  PROPTER_TRY(output_number_option(call, "limit", 1, 1000, &limit, err));
  PROPTER_TRY(output_number_option(call, "depth", 1, 5, &depth, err));
  w->why.limit = (size_t)limit;
  w->why.infer.depth = (unsigned)depth;
  PROPTER_TRY(output_day_option(call, "known-by", &w->why.infer.known_by, err));
  PROPTER_TRY(output_day_option(call, "from", &w->from, err));
  PROPTER_TRY(output_day_option(call, "to", &w->to, err));
  for (const char *v; w->why.infer.without_count < 64 && (v = cmd_value_at(call, "without", (unsigned)w->why.infer.without_count));)
    w->without[w->why.infer.without_count++] = propter_str(v);
  w->why.infer.without = w->without;
  PROPTER_TRY(output_file_option(call, "out", &w->out, err));
  PROPTER_TRY(form(call, w, err));
  const char *metric = cmd_value(call, "metric");
  if (!metric && !call->operand_count) return propter_fail(err, PROPTER_USAGE, "expected a question in words, or --metric, --from and --to");
  if (metric && call->operand_count) return propter_fail(err, PROPTER_USAGE, "expected either a question in words or --metric, found both");
  if (metric ? w->from == PROPTER_NO_DAY || w->to == PROPTER_NO_DAY : w->from != PROPTER_NO_DAY || w->to != PROPTER_NO_DAY)
    return propter_fail(err, PROPTER_USAGE, "%s",
                        metric ? "--metric needs --from and --to" : "--from and --to go with --metric; a question names its time itself");
  w->metric = propter_str(metric);
  return PROPTER_OK;
}

/* The operands are the words of one question, whether the shell kept them together or not. */
static PropterStatus question(const CommandCall *call, PropterBuf *text, PropterError *err) {
  text->max = PROPTER_QUESTION_BYTES * 4;
  for (unsigned i = 0; i < call->operand_count; i++) {
    if (i) propter_buf_add_char(text, ' ');
    propter_buf_add(text, propter_str(call->operands[i]));
  }
  return propter_buf_status(text, err);
}

static PropterStatus ask(const CommandCall *call, Wanted *w, PropterWhyAnswer **answer, PropterError *err) {
  CommandView view;
  PropterBuf text = {0};
  const char *as_of = cmd_value(call, "as-of");
  PropterStatus status = as_of ? view_open_past(call, as_of, &view, &w->why.version, err) : view_open(call, &view, err);
  if (status == PROPTER_OK && w->metric.len) status = propter_why_window(view.snapshot, w->metric, w->from, w->to, &w->why, answer, err);
  else if (status == PROPTER_OK && (status = question(call, &text, err)) == PROPTER_OK)
    status = propter_why_ask(view.snapshot, propter_buf_str(&text), &w->why, answer, err);
  propter_buf_clear(&text);
  view_close(&view);
  return status;
}

static PropterStatus deliver(const CommandCall *call, const Wanted *w, const PropterWhyAnswer *answer, PropterError *err) {
  PropterBuf text = {0};
  PropterStatus status = propter_why_render(answer, w->format->name, &text, err);
  if (status == PROPTER_OK && w->out) status = propter_io_write_file(w->out, propter_buf_str(&text), err);
  else if (status == PROPTER_OK) (void)fwrite(text.data, 1, text.len, call->data); /* main checks the stream */
  propter_buf_reset(&text);
  if (status == PROPTER_OK && answer->options.report.len) {
    status = propter_why_render(answer, "html", &text, err);
    if (status == PROPTER_OK) status = propter_io_write_file(answer->options.report.data, propter_buf_str(&text), err);
  }
  propter_buf_clear(&text);
  return status;
}

static PropterStatus diff(const CommandCall *call, size_t limit, PropterError *err) {
  static const char *const formats[] = {"text", "json", NULL};
  const char *format;
  CommandView view;
  PropterBuf text = {0};
  for (unsigned i = 0; i < call->operand_count; i++)
    if (i > 1 || strchr(call->operands[i], ' '))
      return propter_fail(err, PROPTER_USAGE, "--diff: expected at most two runs, and no question, found \"%s\"", call->operands[i]);
  PROPTER_TRY(output_format(call, formats, &format, err));
  PropterStatus status = view_open(call, &view, err);
  const PropterStr from = propter_str(call->operand_count ? call->operands[0] : ""), to = propter_str(call->operand_count > 1 ? call->operands[1] : "last");
  if (status == PROPTER_OK) status = propter_why_changes(view.snapshot, from, to, format == formats[1], limit, &text, err);
  if (status == PROPTER_OK) (void)fwrite(text.data, 1, text.len, call->out);
  propter_buf_clear(&text);
  view_close(&view);
  return status;
}

static PropterStatus run(CommandCall *call, PropterError *err) {
  Wanted w = {0};
  PropterWhyAnswer *answer = NULL;
  int64_t limit = 20;
  PROPTER_TRY(output_number_option(call, "limit", 1, 1000, &limit, err));
  if (cmd_flag(call, "diff")) return diff(call, (size_t)limit, err);
  PROPTER_TRY(wanted(call, &w, err));
  PROPTER_TRY(ask(call, &w, &answer, err));
  PropterStatus status = PROPTER_OK;
  if (cmd_flag(call, "report")) status = propter_why_name_report(answer, err);
  if (status == PROPTER_OK) status = deliver(call, &w, answer, err);
  if (status == PROPTER_OK) status = answer->status;
  propter_why_free(answer);
  return status;
}

static const char *const forms[] = {"text", "json", "md", "html", "csv", "svg", "png", NULL};

const Command command_why = {
    .name = "why",
    .summary = "why did a metric move: causes with their evidence",
    .operands = "QUESTION... | --metric IRI --from DATE --to DATE | --diff [RUN1 [RUN2]]",
    .min_operands = 0,
    .max_operands = 64,
    .options = options,
    .details =
        "A question in words names a metric by any of its labels and a time: \"information jobs in August 2011\", \"from March to May\n"
        "2010\", \"Q3 2009\", \"since June 2015\", \"last month\", and parts of its data by label: \"in the North region\", or several of a\n"
        "dimension together: \"in the North, South and West\". What was understood is printed first, in words and as a WHY form; the form, as it is printed, is a question too (propter query --help has its clauses: COMPARED TO, SUSPECT,\n"
        "WHY NOT ... DESPITE).\n"
        "Words that are not understood are never passed over: the answer then says what is missing and what comes near.\n"
        "--as-of RUN takes back what later runs changed, without writing it, and answers then; the clock is still --today. A day stands for the last run\n"
        "that began by its end (UTC). Refused (exit 3) if a later change is not known, or if the first run is later than the day.\n"
        "--diff compares what the graph held after RUN1 (default: the run before the newest inference) and after RUN2 (default: the newest run; propter\n"
        "status lists them; a day is the last run by its end): hypotheses that came, went or changed, largest change first; which terms of the score moved (in\n"
        "log odds), which evidence came and went. Formats: text, json.\n"
        "Formats: text (default), json, md, html (one file, no network), csv (the causes), svg (one picture with words), png (the same, drawn by\n"
        "rsvg-convert). Probabilities are words until 200 answers were audited; --numbers shows them anyway.\n"
        "A declined request says what it is short of: a clear question (goal clarity), data and documents (resource openness), somebody who decides (risk\n"
        "sharing), and what would help.\n"
        "Exit codes: 0 answered; 1 the metric did not move; 7 the cause is unknown, the window cannot be tested, the question is not\n"
        "understood, or --decide and nobody owns the decision; 3 a window outside the data, or an unknown metric.",
    .examples = "propter why \"information jobs in August 2011\"\npropter why --numbers why did federal jobs fall in June 2010\n"
                "propter why --format json \"mining jobs in 2015\"\n"
                "propter why --out answer.png \"information jobs in August 2011\"\n"
                "propter why --diff",
    .formats = forms,
    .run = run,
};
