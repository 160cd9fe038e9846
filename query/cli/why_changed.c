/* SPDX-License-Identifier: Apache-2.0 */
#include "why_changed.h"

#include <math.h>

#include "output.h"
#include "propter/changed.h"
#include "propter/math.h"
#include "view.h"

static const double least_term = .05; /* of a term's change that is worth a word */

static void days(const PropterChangedCause *x, char *out, size_t size) {
  char first[16] = "", last[16] = "";
  if (x->first != PROPTER_NO_DAY) propter_day_format(x->first, first);
  if (x->last != PROPTER_NO_DAY) propter_day_format(x->last, last);
  (void)snprintf(out, size, "%s to %s", first, last);
}

static void print_step(FILE *out, const char *name, PropterStr before, PropterStr after) {
  if (!propter_str_equal(before, after))
    fprintf(out, "  %s %.*s > %.*s", name, before.len ? (int)before.len : 1, before.len ? before.data : "-", after.len ? (int)after.len : 1,
            after.len ? after.data : "-");
}

/* Probabilities and what they are made of; the terms say where a change comes from, since they add up to it in log odds. */
static void print_cause(FILE *out, const PropterChangedCause *x) {
  const PropterHeld *a = &x->before, *b = &x->after;
  char when[40];
  days(x, when, sizeof when);
  fprintf(out, "%-8s  %.*s, %s: %.*s\n", !a->held ? "new" : !b->held ? "gone" : "changed", (int)x->metric_label.len, x->metric_label.data, when,
          (int)x->cause_label.len, x->cause_label.data);
  fputs("            p", out);
  if (a->held && isfinite(a->p)) fprintf(out, " %.3f", a->p);
  if (a->held && b->held) fputs(" >", out);
  if (b->held && isfinite(b->p)) fprintf(out, " %.3f", b->p);
  print_step(out, "grade", a->grade, b->grade);
  print_step(out, "outcome", a->outcome, b->outcome);
  fputc('\n', out);
  if (a->held && b->held) {
    bool any = false;
    double prior = propter_logit(b->prior) - propter_logit(a->prior);
    for (int k = -1; k < PROPTER_TERMS; k++) {
      double change = k < 0 ? prior : b->term[k] - a->term[k];
      if (!(fabs(change) >= least_term)) continue;
      fprintf(out, "%s%s %+.2f", any ? ", " : "            since ", k < 0 ? "prior" : propter_score_term_name((PropterScoreTerm)k), change);
      any = true;
    }
    if (any) fputc('\n', out);
  }
  for (size_t i = 0; i < x->evidences; i++)
    fprintf(out, "            %c %s%.*s\n", x->evidence[i].now ? '+' : '-', x->evidence[i].against ? "against: " : "", (int)x->evidence[i].text.len,
            x->evidence[i].text.data);
}

static void as_text(FILE *out, const PropterResultChanges *x, size_t limit) {
  const PropterRunInfo *first = x->from, *last = x->to;
  if (first->sequence > last->sequence) first = x->to, last = x->from;
  fprintf(out, "from      %.*s\nto        %.*s\n", (int)x->from->name.len, x->from->name.data, (int)x->to->name.len, x->to->name.data);
  for (size_t i = 0; i < x->runs.count; i++) {
    const PropterRunInfo *run = &x->runs.items[i];
    if (run->sequence <= first->sequence || run->sequence > last->sequence) continue;
    fprintf(out, "between   %.*s: %.*s, %s statements added, %s removed\n", (int)run->name.len, run->name.data, (int)run->kind.len, run->kind.data,
            output_number(run->added), output_number(run->removed));
  }
  fprintf(out, "causes    %zu changed, %zu as before\n", x->count, x->same);
  for (size_t i = 0; i < x->count && i < limit; i++) print_cause(out, &x->cause[i]);
  if (x->count > limit) fprintf(out, "          %zu more (--limit)\n", x->count - limit);
}

static void json_number(FILE *out, const char *name, double value) {
  fprintf(out, ",\"%s\":", name);
  if (isfinite(value)) fprintf(out, "%.6f", value);
  else fputs("null", out);
}

static void json_held(FILE *out, const char *name, const PropterHeld *x) {
  fprintf(out, ",\"%s\":", name);
  if (!x->held) {
    fputs("null", out);
    return;
  }
  fputs("{\"grade\":", out);
  output_json(out, x->grade);
  fputs(",\"outcome\":", out);
  output_json(out, x->outcome);
  json_number(out, "probability", x->p);
  json_number(out, "prior", x->prior);
  for (int k = 0; k < PROPTER_TERMS; k++) json_number(out, propter_score_term_name((PropterScoreTerm)k), x->term[k]);
  fputc('}', out);
}

static void as_json(FILE *out, const PropterResultChanges *x) {
  fputs("{\"from\":", out);
  output_json(out, x->from->iri);
  fputs(",\"to\":", out);
  output_json(out, x->to->iri);
  fprintf(out, ",\"same\":%zu,\"changed\":[", x->same);
  for (size_t i = 0; i < x->count; i++) {
    const PropterChangedCause *c = &x->cause[i];
    char day[16];
    fputs(i ? ",{\"hypothesis\":" : "{\"hypothesis\":", out);
    output_json(out, c->hypothesis);
    fputs(",\"metric\":", out);
    output_json(out, c->metric);
    fputs(",\"cause\":", out);
    output_json(out, c->cause);
    fputs(",\"label\":", out);
    output_json(out, c->cause_label);
    if (c->first != PROPTER_NO_DAY) propter_day_format(c->first, day), fprintf(out, ",\"first\":\"%s\"", day);
    if (c->last != PROPTER_NO_DAY) propter_day_format(c->last, day), fprintf(out, ",\"last\":\"%s\"", day);
    json_held(out, "before", &c->before);
    json_held(out, "after", &c->after);
    fputs(",\"evidence\":[", out);
    for (size_t k = 0; k < c->evidences; k++) {
      fprintf(out, "%s{\"now\":%s,\"against\":%s,\"text\":", k ? "," : "", c->evidence[k].now ? "true" : "false", c->evidence[k].against ? "true" : "false");
      output_json(out, c->evidence[k].text);
      fputs(",\"source\":", out);
      output_json(out, c->evidence[k].source);
      fputc('}', out);
    }
    fputs("]}", out);
  }
  fputs("]}\n", out);
}

PropterStatus why_changed(const CommandCall *call, size_t limit, PropterError *err) {
  static const char *const formats[] = {"text", "json", NULL};
  const char *format;
  CommandView view;
  PropterResultChanges changes;
  if (call->operand_count < 1 || call->operand_count > 2) return propter_fail(err, PROPTER_USAGE, "--diff: expected one run or two, and no question");
  PROPTER_TRY(output_format(call, formats, &format, err));
  PropterStatus status = view_open(call, &view, err);
  if (status == PROPTER_OK) {
    PropterStr to = propter_str(call->operand_count > 1 ? call->operands[1] : "last");
    status = propter_result_changes(view.snapshot, propter_str(call->operands[0]), to, &changes, err);
  }
  if (status == PROPTER_OK) {
    if (format == formats[0]) as_text(call->out, &changes, limit);
    else as_json(call->out, &changes);
    propter_result_changes_clear(&changes);
  }
  view_close(&view);
  return status;
}
