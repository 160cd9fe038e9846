/* SPDX-License-Identifier: Apache-2.0 */
#include "propter/infer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "links_print.h"
#include "output.h"
#include "view.h"

enum { MOST_HIDDEN = 64 };

static const char *const formats[] = {"table", "json", NULL};

static const CommandOption options[] = {{"set", 0, "CAUSE=AMOUNT",
                                         "by label or IRI: an event or a kind of event, and how much of it (1: as in the past); or a metric, and by how much"},
                                        {"hidden", 0, "METRIC", "CAUSE is a metric: do not adjust for this one, as if nobody had measured it (repeat)"},
                                        {"known-by", 0, "DATE", "use only what was known on this day"},
                                        {NULL, 0, NULL, NULL}};

/* "promotion=1": the last = parts the two, since an IRI may hold one. */
static PropterStatus read_set(const CommandCall *call, PropterStr *cause, double *amount, PropterError *err) {
  const char *set = cmd_value(call, "set"), *sign = set ? strrchr(set, '=') : NULL;
  char *end = NULL;
  if (!set) return propter_fail(err, PROPTER_USAGE, "expected --set CAUSE=AMOUNT");
  *amount = sign ? strtod(sign + 1, &end) : NAN;
  if (!sign || sign == set || end == sign + 1 || *end || !isfinite(*amount))
    return propter_fail(err, PROPTER_USAGE, "--set: expected CAUSE=AMOUNT like promotion=1, found \"%s\"", set);
  *cause = (PropterStr){set, (size_t)(sign - set)};
  return PROPTER_OK;
}

static void as_text(FILE *out, const PropterWhatIf *x, double amount) {
  fprintf(out, "what if     %.*s = %g, for %.*s\n", (int)x->cause.len, x->cause.data, amount, (int)x->metric.len, x->metric.data);
  if (!x->identified) {
    fprintf(out, "effect      not identifiable: %.*s\n", (int)x->reason.len, x->reason.data);
    return;
  }
  fprintf(out, "effect      %.*s a period while it lasts (%.*s, 95 %%, of one more such event)", (int)x->effect_text.len, x->effect_text.data,
          (int)x->range_text.len, x->range_text.data);
  if (x->relative) fprintf(out, ", %.*s", (int)x->level_text.len, x->level_text.data);
  fprintf(out, "   from %zu of %zu past events", x->pasts, x->events);
  if (x->told) fprintf(out, ", %zu of them told by documents alone", x->told);
  fputc('\n', out);
  for (size_t i = 0; i < x->pasts; i++) {
    const PropterPastEffect *past = &x->past[i];
    char first[16], last[16];
    propter_day_format(past->first, first);
    propter_day_format(past->last, last);
    fprintf(out, "%-12s%.*s, %s to %s: %.*s (%.*s), against %zu untouched slices\n", i ? "" : "studied", (int)past->label.len, past->label.data, first, last,
            (int)past->effect_text.len, past->effect_text.data, (int)past->range_text.len, past->range_text.data, past->controls);
    fprintf(out, "%-12s%.*s\n", "", (int)past->checks.len, past->checks.data);
  }
  fprintf(out, "assumes     the next one is of the kind of the past ones%s\n", amount == 1 || amount == 0 ? "" : ", and acts in proportion to its amount");
  if (x->relative) fprintf(out, "%-12sas large a part of the figure as then, whose spread grows with its level\n", "");
  if (x->between_assumed)
    fprintf(out, "%-12s%s past event%s how much the next will differ: at least half of the effect is taken as the standard deviation\n", "",
            x->pasts == 1 ? "one" : "two", x->pasts == 1 ? " does not show" : "s do not show");
}

static void as_json(FILE *out, const PropterWhatIf *x, double amount) {
  fputs("{\"metric\":", out);
  output_json(out, x->metric);
  fputs(",\"cause\":", out);
  output_json(out, x->cause);
  fprintf(out, ",\"amount\":%.6g,\"identified\":%s,\"reason\":", amount, x->identified ? "true" : "false");
  output_json(out, x->reason);
  output_json_number(out, "effect", x->effect, 10);
  output_json_number(out, "low", x->low, 10);
  output_json_number(out, "high", x->high, 10);
  output_json_number(out, "between", x->between, 10);
  fprintf(out, ",\"relative\":%s", x->relative ? "true" : "false");
  output_json_number(out, "part", x->part, 10), output_json_number(out, "partLow", x->part_low, 10), output_json_number(out, "partHigh", x->part_high, 10),
      output_json_number(out, "level", x->level, 10);
  fprintf(out, ",\"betweenAssumed\":%s", x->between_assumed ? "true" : "false");
  fprintf(out, ",\"events\":%zu,\"told\":%zu,\"studied\":[", x->events, x->told);
  for (size_t i = 0; i < x->pasts; i++) {
    fputs(i ? ",{\"event\":" : "{\"event\":", out);
    output_json(out, x->past[i].event);
    output_json_number(out, "effect", x->past[i].effect, 10);
    output_json_number(out, "low", x->past[i].low, 10);
    output_json_number(out, "high", x->past[i].high, 10);
    fprintf(out, ",\"controls\":%zu,\"checks\":", x->past[i].controls);
    output_json(out, x->past[i].checks);
    fputc('}', out);
  }
  fputs("]}\n", out);
}

/* What setting a metric does, through the links of metrics. */
static PropterStatus run_figure(CommandCall *call, PropterInferrer *inferrer, PropterStr cause, double amount, bool json, PropterArena *arena,
                                PropterError *err) {
  PropterTotalEffect x;
  PropterLinkOptions links = {0};
  PropterStr hidden[MOST_HIDDEN];
  for (const char *name; (name = cmd_value_at(call, "hidden", (unsigned)links.hiddens)); links.hiddens++) {
    if (links.hiddens == MOST_HIDDEN) return propter_fail(err, PROPTER_USAGE, "--hidden: at most %d times", MOST_HIDDEN);
    hidden[links.hiddens] = propter_str(name);
  }
  links.hidden = hidden;
  PROPTER_TRY(propter_total_effect(inferrer, cause, propter_str(call->operands[0]), &links, arena, &x, err));
  if (json) total_json(call->out, &x, amount);
  else total_table(call->out, &x, amount);
  return x.identified ? PROPTER_OK : PROPTER_DECLINED;
}

static PropterStatus run(CommandCall *call, PropterError *err) {
  const char *format;
  PropterInferOptions infer = propter_infer_options();
  CommandView view;
  PropterInferrer *inferrer = NULL;
  PropterArena arena = {0};
  PropterWhatIf x;
  PropterStr cause;
  double amount = 1;
  PROPTER_TRY(output_format(call, formats, &format, err));
  PROPTER_TRY(read_set(call, &cause, &amount, err));
  PROPTER_TRY(output_day_option(call, "known-by", &infer.known_by, err));
  PropterStatus status = view_open(call, &view, err);
  if (!status) status = propter_inferrer_new(view.snapshot, &infer, &inferrer, err);
  if (!status) status = propter_what_if(inferrer, propter_str(call->operands[0]), cause, amount, &arena, &x, err);
  const bool json = strcmp(format, "json") == 0;
  if (!status && x.figure) status = run_figure(call, inferrer, cause, amount, json, &arena, err);
  else if (!status) {
    if (json) as_json(call->out, &x, amount);
    else as_text(call->out, &x, amount);
    status = x.identified ? PROPTER_OK : PROPTER_DECLINED;
  }
  propter_arena_clear(&arena);
  propter_inferrer_free(inferrer);
  view_close(&view);
  return status;
}

const Command command_what_if = {
    .name = "what-if",
    .summary = "what would an event, or another figure, do to a metric: the effect with interval",
    .operands = "METRIC",
    .min_operands = 1,
    .max_operands = 1,
    .options = options,
    .details =
        "METRIC is a label or an IRI. Each event of that kind in the metric's scope, on record or told by a document, is studied by itself: against the\n"
        "slices of the same cube that it does not touch (synthetic difference in differences) or, where there are fewer than three, against the series'\n"
        "own course. The effects are pooled with what differs from event to event; the interval is that of one more event. Fewer than three events do not show how they differ:\n"
        "half of the effect is taken as its standard deviation, and said. Of a figure whose spread grows with its level the effects are ratios, and told at its\n"
        "present level, too. With each event stands what placebo slices and false dates say. An event that shares half of\n"
        "its days with another documented one there is left out. Where nothing is left, the answer is that the effect is not identifiable, and\n"
        "what would be needed.\n"
        "Where CAUSE is a metric, AMOUNT is by how much it is set higher in one period. The effect adds up over all ways through the links that propter links\n"
        "finds, each measured by itself, and over the periods that follow. A common cause of the two that nobody measured does no harm where all that acts\n"
        "passes through a figure between them. Not identifiable where no link leads there, one has no direction, or one cannot be measured;\n"
        "where a link between the two is due to something unseen (A ↔ B), it is named.\n"
        "--format table or json.\n"
        "Exit codes: 0 an effect; 7 not identifiable; 3 an unknown metric or cause.",
    .examples = "propter what-if \"government jobs\" --set \"temporary Census hiring=1\"\npropter what-if \"manufacturing jobs\" --set \"construction jobs=10\"",
    .formats = formats,
    .run = run,
};
