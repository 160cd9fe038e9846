/* SPDX-License-Identifier: Apache-2.0 */
#include "links_print.h"

#include <math.h>

#include "output.h"

static void json_text(FILE *out, const char *name, PropterStr text) {
  fprintf(out, ",\"%s\":", name);
  output_json(out, text);
}

static const char *how(PropterIdentification by) {
  static const char *const names[] = {"not identified", "no effect", "back door", "front door", "instrument"};
  return names[by];
}

static const char *const unseen[] = {[PROPTER_UNSEEN_OPEN] = "open", [PROPTER_UNSEEN_RULED_OUT] = "ruled out", [PROPTER_UNSEEN_SHOWN] = "shown"};

static const char *arrow(const PropterMetricLink *l) { return l->unseen == PROPTER_UNSEEN_SHOWN ? "↔" : l->directed ? "→" : "—"; }

static size_t passed(const PropterMetricLink *l) {
  size_t n = 0;
  for (size_t i = 0; i < l->refutations; i++) n += l->refutation[i].passed;
  return n;
}

/* --- links ------------------------------------------------------------------------------------------------------------------------------------------- */

/* What a step is called. */
static const char *step_name(size_t closed, PropterGrain grain) { return closed ? "working day" : propter_grain_name(grain); }
static const char *step_of(const PropterMetricLinks *x) { return step_name(x->closed, x->grain); }

static void print_lag(FILE *out, const char *step, size_t lag) {
  if (lag) fprintf(out, "%zu %s%s later", lag, step, lag == 1 ? "" : "s");
  else fprintf(out, "in the same %s", step);
}

static void print_link(FILE *out, const PropterMetricLinks *x, const PropterMetricLink *l, bool refute) {
  fprintf(out, "\n%.*s %s %.*s, ", (int)l->cause_label.len, l->cause_label.data, arrow(l), (int)l->effect_label.len, l->effect_label.data);
  print_lag(out, step_of(x), (size_t)l->lag);
  fprintf(out, "\n  link       strength %+.2f   q %.2g   stability %.2f\n", l->strength, l->q, l->stability);
  static const char *const said[] = {[PROPTER_UNSEEN_OPEN] = "a common cause of both is not ruled out by the figures",
                                     [PROPTER_UNSEEN_RULED_OUT] = "a common cause of both is ruled out: what comes before the cause acts through it alone",
                                     [PROPTER_UNSEEN_SHOWN] = "a common cause of both shows"};
  fprintf(out, "  unseen     %s\n", said[l->unseen]);
  if (isfinite(l->value))
    fprintf(out, "  effect     %s for one more (%s to %s, 95 %%), %zu rows\n", output_figures(l->value, 4, true), output_figures(l->low, 4, true),
            output_figures(l->high, 4, true), l->rows);
  fprintf(out, "  %-10s %.*s\n", isfinite(l->value) ? "identified" : "effect", (int)l->adjustment.len, l->adjustment.data);
  if (l->knowledge.len) fprintf(out, "  knowledge  %.*s\n", (int)l->knowledge.len, l->knowledge.data);
  if (l->refutations) fprintf(out, "  refutation %zu of %zu attempts passed%s\n", passed(l), l->refutations, refute || passed(l) == l->refutations ? "" : ":");
  for (size_t i = 0; i < l->refutations; i++)
    if (refute || !l->refutation[i].passed) fprintf(out, "             %s\n", l->refutation[i].text);
}

void links_table(FILE *out, const PropterMetricLinks *x, double rate, bool refute) {
  fprintf(out, "searched   %zu metrics, %zu %ss in common, %zu of them whole; lags up to %zu; as %s; ", x->metrics, x->steps, step_of(x),
          x->rows, x->lags, x->levels ? "distances from the level before" : "changes");
  fprintf(out, "%s, false discovery rate %g over %zu tests; %zu ordered pairs ruled out\n", x->method, rate, x->tests, x->forbidden);
  if (x->until != PROPTER_NO_DAY) {
    char day[16];
    propter_day_format(x->until, day);
    fprintf(out, "resampled  up to %s: stability, intervals and refutations are by the months that are over\n", day);
  }
  for (size_t i = 0; i < x->left_out; i++) fprintf(out, "left out   %.*s\n", (int)x->left_out_text[i].len, x->left_out_text[i].data);
  for (size_t i = 0; i < x->links; i++) print_link(out, x, &x->link[i], refute);
  fprintf(out, "%s%s link%s\n", x->links ? "\n" : "", output_number(x->links), x->links == 1 ? "" : "s");
}

static void link_json(FILE *out, const PropterMetricLink *l) {
  fputs("{\"cause\":", out);
  output_json(out, l->cause);
  json_text(out, "causeLabel", l->cause_label), json_text(out, "effect", l->effect), json_text(out, "effectLabel", l->effect_label);
  fprintf(out, ",\"lag\":%d,\"directed\":%s,\"required\":%s", l->lag, l->directed ? "true" : "false", l->required ? "true" : "false");
  json_text(out, "unseenCause", propter_str(unseen[l->unseen]));
  output_json_number(out, "strength", l->strength, 6), output_json_number(out, "p", l->p, 6), output_json_number(out, "q", l->q, 6),
      output_json_number(out, "stability", l->stability, 6);
  output_json_number(out, "prior", l->prior, 6), json_text(out, "knowledge", l->knowledge);
  json_text(out, "identifiedBy", propter_str(how(l->by))), json_text(out, "adjustment", l->adjustment);
  output_json_number(out, "value", l->value, 6), output_json_number(out, "low", l->low, 6), output_json_number(out, "high", l->high, 6);
  fprintf(out, ",\"rows\":%zu,\"refutations\":[", l->rows);
  for (size_t i = 0; i < l->refutations; i++) {
    fputs(i ? ",{\"name\":" : "{\"name\":", out);
    output_json(out, propter_str(l->refutation[i].name));
    fprintf(out, ",\"passed\":%s", l->refutation[i].passed ? "true" : "false");
    json_text(out, "text", propter_str(l->refutation[i].text));
    fputc('}', out);
  }
  fputs("]}", out);
}

void links_json(FILE *out, const PropterMetricLinks *x, double rate) {
  char until[16] = "";
  if (x->until != PROPTER_NO_DAY) propter_day_format(x->until, until);
  fprintf(out, "{\"method\":\"%s\",\"metrics\":%zu,\"grain\":\"%s\",\"steps\":%zu,\"closed\":%zu,\"rows\":%zu,\"lags\":%zu", x->method, x->metrics,
          propter_grain_name(x->grain), x->steps, x->closed, x->rows, x->lags);
  if (*until) fprintf(out, ",\"resampledUntil\":\"%s\"", until);
  fprintf(out, ",\"as\":\"%s\",\"rate\":%g,\"tests\":%zu,\"ruledOut\":%zu,\"leftOut\":[", x->levels ? "levels" : "changes", rate, x->tests, x->forbidden);
  for (size_t i = 0; i < x->left_out; i++) {
    if (i) fputc(',', out);
    output_json(out, x->left_out_text[i]);
  }
  fputs("],\"links\":[", out);
  for (size_t i = 0; i < x->links; i++) fputs(i ? ",\n" : "\n", out), link_json(out, &x->link[i]);
  fputs("\n]}\n", out);
}

void links_csv(FILE *out, const PropterMetricLinks *x) {
  fputs("cause,cause_label,effect,effect_label,lag,directed,required,strength,p,q,stability,prior,knowledge,identified_by,adjustment,value,low,high,rows,"
        "passed,attempts,unseen_cause\n",
        out);
  for (size_t i = 0; i < x->links; i++) {
    const PropterMetricLink *l = &x->link[i];
    const PropterStr names[] = {l->cause, l->cause_label, l->effect, l->effect_label};
    for (size_t k = 0; k < 4; k++) output_csv(out, names[k]), fputc(',', out);
    fprintf(out, "%d,%d,%d,%.6g,%.6g,%.6g,%.6g,%.6g,", l->lag, l->directed, l->required, l->strength, l->p, l->q, l->stability, l->prior);
    output_csv(out, l->knowledge);
    fprintf(out, ",%s,", how(l->by));
    output_csv(out, l->adjustment);
    if (isfinite(l->value)) fprintf(out, ",%.6g,%.6g,%.6g", l->value, l->low, l->high);
    else fputs(",,,", out);
    fprintf(out, ",%zu,%zu,%zu,%s\n", l->rows, passed(l), l->refutations, unseen[l->unseen]);
  }
}

/* --- origins --------------------------------------------------------------------------------------------------------------------------------------------- */

void explained_table(FILE *out, const PropterExplained *x) {
  char first[16], last[16];
  propter_day_format(x->first, first);
  propter_day_format(x->last, last);
  fprintf(out, "%.*s, %s to %s: %s from its usual course (%.1f sigma), %s from the level before\n\n", (int)x->metric.label.len,
          x->metric.label.data, first, last, output_figures(x->deviation, 4, true), x->z, output_figures(x->explained, 4, true));
  fprintf(out, "%-40s %5s %11s %7s %7s %7s  %-34s\n", "came in at", "lag", "deviation", "z", "score", "own", "share of that, 95 %");
  for (size_t i = 0; i < x->origins; i++) {
    const PropterOrigins *o = &x->origin[i];
    char own[16] = "";
    if (isfinite(o->own)) (void)snprintf(own, sizeof own, "%+.1f", o->own);
    const char *deviation = output_figures(o->deviation, 4, true);
    fprintf(out, "%-*.*s %5d %*s %+7.1f %7.1f %7s  %s (%s to %s)%s\n", output_width(o->label, 40), (int)o->label.len, o->label.data, o->lag,
            output_width(propter_str(deviation), 11), deviation, o->z, o->score, own, output_figures(o->share, 4, true), output_figures(o->low, 4, true),
            output_figures(o->high, 4, true), o->origin ? "  moved, with nothing upstream that moved" : "");
  }
}

void explained_json(FILE *out, const PropterExplained *x) {
  char first[16], last[16];
  propter_day_format(x->first, first);
  propter_day_format(x->last, last);
  fputs("{\"metric\":", out);
  output_json(out, x->metric.iri);
  fprintf(out, ",\"first\":\"%s\",\"last\":\"%s\"", first, last);
  output_json_number(out, "deviation", x->deviation, 6), output_json_number(out, "z", x->z, 6), output_json_number(out, "explained", x->explained, 6);
  fputs(",\"origins\":[", out);
  for (size_t i = 0; i < x->origins; i++) {
    const PropterOrigins *o = &x->origin[i];
    fputs(i ? ",\n{\"metric\":" : "\n{\"metric\":", out);
    output_json(out, o->metric);
    json_text(out, "label", o->label);
    fprintf(out, ",\"lag\":%d,\"origin\":%s", o->lag, o->origin ? "true" : "false");
    output_json_number(out, "deviation", o->deviation, 6), output_json_number(out, "z", o->z, 6), output_json_number(out, "score", o->score, 6),
        output_json_number(out, "own", o->own, 6);
    output_json_number(out, "share", o->share, 6), output_json_number(out, "low", o->low, 6), output_json_number(out, "high", o->high, 6);
    fputc('}', out);
  }
  fputs("\n]}\n", out);
}

void explained_csv(FILE *out, const PropterExplained *x) {
  fputs("metric,label,lag,origin,deviation,z,score,own,share,low,high\n", out);
  for (size_t i = 0; i < x->origins; i++) {
    const PropterOrigins *o = &x->origin[i];
    output_csv(out, o->metric), fputc(',', out), output_csv(out, o->label);
    fprintf(out, ",%d,%d,%.6g,%.6g,%.6g,", o->lag, o->origin, o->deviation, o->z, o->score);
    if (isfinite(o->own)) fprintf(out, "%.6g", o->own);
    fprintf(out, ",%.6g,%.6g,%.6g\n", o->share, o->low, o->high);
  }
}

/* --- what setting a figure does ------------------------------------------------------------------------------------------------------------------------ */

static const char *effect_figures(double value) { return output_figures(value, 4, true); }

static void print_way(FILE *out, const PropterMetricLink *l, const char *step, bool first) {
  fprintf(out, "%-12s%.*s %s %.*s, ", first ? "through" : "", (int)l->cause_label.len, l->cause_label.data, arrow(l),
          (int)l->effect_label.len, l->effect_label.data);
  print_lag(out, step, (size_t)l->lag);
  if (isfinite(l->value)) fprintf(out, ": %s for one more (%s to %s)", effect_figures(l->value), effect_figures(l->low), effect_figures(l->high));
  fprintf(out, ", %s%.*s", isfinite(l->value) ? "" : "effect ", (int)l->adjustment.len, l->adjustment.data);
  if (l->refutations && passed(l) < l->refutations) fprintf(out, "; %zu of %zu attempts to refute it succeeded", l->refutations - passed(l), l->refutations);
  fputc('\n', out);
}

void total_table(FILE *out, const PropterTotalEffect *x, double amount) {
  const char *step = step_name(x->closed, x->grain);
  fprintf(out, "what if     %.*s by %s in one %s, for %.*s\n", (int)x->cause.len, x->cause.data, effect_figures(amount), step, (int)x->outcome.len,
          x->outcome.data);
  if (x->identified) {
    fprintf(out, "effect      %s in all (%s to %s, 95 %%)", effect_figures(amount * x->value), effect_figures(amount * (amount < 0 ? x->high : x->low)),
            effect_figures(amount * (amount < 0 ? x->low : x->high)));
    for (size_t k = 0, told = 0; k < x->periods; k++) {
      if (x->after[k] / x->value < .01 && x->after[k] / x->value > -.01) continue;
      fprintf(out, told++ ? "; %s " : ": %s ", effect_figures(amount * x->after[k]));
      print_lag(out, step, k);
    }
    fputc('\n', out);
  } else fprintf(out, "effect      not identifiable: %.*s\n", (int)x->reason.len, x->reason.data);
  for (size_t i = 0; i < x->links; i++) print_way(out, &x->link[i], step, !i);
  if (!x->identified) return;
  size_t open = 0;
  for (size_t i = 0; i < x->links; i++) open += x->link[i].unseen == PROPTER_UNSEEN_OPEN && x->link[i].by != PROPTER_INSTRUMENT;
  fprintf(out, "assumes     the links that %zu %ss show (%s)%s\n", x->steps, step, x->method,
          open ? " and nothing unseen that acts on two neighbours of the way at once" : "; the figures rule out what acts unseen on two neighbours of the way");
  fprintf(out, "%-12sthat it acts in proportion to its amount, and that nothing else is set in the %ss after it\n", "", step);
}

void total_json(FILE *out, const PropterTotalEffect *x, double amount) {
  fputs("{\"metric\":", out);
  output_json(out, x->outcome);
  json_text(out, "cause", x->cause);
  fprintf(out, ",\"amount\":%.6g,\"identified\":%s", amount, x->identified ? "true" : "false");
  json_text(out, "reason", x->reason);
  output_json_number(out, "effect", amount * x->value, 6), output_json_number(out, "low", amount * (amount < 0 ? x->high : x->low), 6);
  output_json_number(out, "high", amount * (amount < 0 ? x->low : x->high), 6);
  fprintf(out, ",\"method\":\"%s\",\"grain\":\"%s\",\"steps\":%zu,\"after\":[", x->method, propter_grain_name(x->grain), x->steps);
  for (size_t k = 0; k < x->periods; k++) fprintf(out, "%s%.6g", k ? "," : "", amount * x->after[k]);
  fputs("],\"links\":[", out);
  for (size_t i = 0; i < x->links; i++) fputs(i ? ",\n" : "\n", out), link_json(out, &x->link[i]);
  fputs("]}\n", out);
}
