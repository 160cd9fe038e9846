/* SPDX-License-Identifier: Apache-2.0 */
#include "propter/links.h"

#include <math.h>
#include <string.h>

#include "output.h"
#include "view.h"

typedef PROPTER_VEC(PropterStr) Names;

typedef struct {
  PropterLinkOptions o;
  Names metric, among, hidden;
  const char *format, *explain;
  PropterDay from, to;
} Asked;

static PropterStatus add_all(const CommandCall *call, const char *option, Names *names, PropterError *err) {
  const char *text;
  for (unsigned i = 0; (text = cmd_value_at(call, option, i)); i++)
    if (!propter_vec_push(names, propter_str(text))) return propter_fail(err, PROPTER_NO_MEMORY, "names of metrics");
  return PROPTER_OK;
}

static const char *const formats[] = {"table", "json", "csv", NULL};

static PropterStatus read_options(const CommandCall *call, Asked *a, PropterError *err) {
  int64_t lags = 0, resamples = 0;
  PROPTER_TRY(output_format(call, formats, &a->format, err));
  PROPTER_TRY(output_day_option(call, "from", &a->from, err));
  PROPTER_TRY(output_day_option(call, "to", &a->to, err));
  PROPTER_TRY(output_number_option(call, "lags", 1, 30, &lags, err));
  PROPTER_TRY(output_number_option(call, "resamples", 20, 10000, &resamples, err));
  for (unsigned i = 0; i < call->operand_count; i++)
    if (!propter_vec_push(&a->metric, propter_str(call->operands[i]))) return propter_fail(err, PROPTER_NO_MEMORY, "names of metrics");
  PROPTER_TRY(add_all(call, "among", &a->among, err));
  PROPTER_TRY(add_all(call, "hidden", &a->hidden, err));
  a->explain = cmd_value(call, "explain");
  if (a->explain && (a->from == PROPTER_NO_DAY || a->to == PROPTER_NO_DAY)) return propter_fail(err, PROPTER_USAGE, "--explain needs --from and --to");
  if (a->explain && a->metric.count) return propter_fail(err, PROPTER_USAGE, "--explain names its metric; found \"%s\" as well", call->operands[0]);
  if (!a->explain && (a->from != PROPTER_NO_DAY || a->to != PROPTER_NO_DAY)) return propter_fail(err, PROPTER_USAGE, "--from and --to are the window of --explain");
  a->o = (PropterLinkOptions){.metric = a->metric.items, .metrics = a->metric.count, .among = a->among.items, .amongs = a->among.count, .hidden = a->hidden.items,
                              .hiddens = a->hidden.count, .method = cmd_value(call, "method"), .lags = (size_t)lags, .resamples = (size_t)resamples,
                              .as = PROPTER_LINKS_AS_THEY_ARE};
  const char *as = cmd_value(call, "as");
  if (as && strcmp(as, "changes") != 0 && strcmp(as, "levels") != 0) return propter_fail(err, PROPTER_USAGE, "--as: expected changes or levels, found \"%s\"", as);
  if (as) a->o.as = *as == 'c' ? PROPTER_LINKS_CHANGES : PROPTER_LINKS_LEVELS;
  return PROPTER_OK;
}

static void json_number(FILE *out, const char *name, double value) {
  if (isfinite(value)) fprintf(out, ",\"%s\":%.6g", name, value);
  else fprintf(out, ",\"%s\":null", name);
}

static void json_text(FILE *out, const char *name, PropterStr text) {
  fprintf(out, ",\"%s\":", name);
  output_json(out, text);
}

static const char *grain_name(PropterGrain grain) {
  static const char *const names[] = {"day", "week", "month", "quarter", "year"};
  return names[grain];
}

static const char *how(PropterIdentification by) {
  static const char *const names[] = {"not identified", "no effect", "back door", "front door", "instrument"};
  return names[by];
}

static size_t passed(const PropterMetricLink *l) {
  size_t n = 0;
  for (size_t i = 0; i < l->refutations; i++) n += l->refutation[i].passed;
  return n;
}

/* --- links ------------------------------------------------------------------------------------------------------------------------------------------- */

static void print_lag(FILE *out, const PropterMetricLinks *x, int lag) {
  if (lag) fprintf(out, "%d %s%s later", lag, grain_name(x->grain), lag == 1 ? "" : "s");
  else fprintf(out, "in the same %s", grain_name(x->grain));
}

static void print_link(FILE *out, const PropterMetricLinks *x, const PropterMetricLink *l, bool refute) {
  fprintf(out, "\n%.*s %s %.*s, ", (int)l->cause_label.len, l->cause_label.data, l->directed ? "→" : "—", (int)l->effect_label.len, l->effect_label.data);
  print_lag(out, x, l->lag);
  fprintf(out, "\n  link       strength %+.2f   q %.2g   stability %.2f\n", l->strength, l->q, l->stability);
  if (isfinite(l->value)) fprintf(out, "  effect     %+.4g for one more (%+.4g to %+.4g, 95 %%), %zu rows\n", l->value, l->low, l->high, l->rows);
  fprintf(out, "  %-10s %.*s\n", isfinite(l->value) ? "identified" : "effect", (int)l->adjustment.len, l->adjustment.data);
  if (l->knowledge.len) fprintf(out, "  knowledge  %.*s\n", (int)l->knowledge.len, l->knowledge.data);
  if (l->refutations) fprintf(out, "  refutation %zu of %zu attempts passed%s\n", passed(l), l->refutations, refute || passed(l) == l->refutations ? "" : ":");
  for (size_t i = 0; i < l->refutations; i++)
    if (refute || !l->refutation[i].passed) fprintf(out, "             %s\n", l->refutation[i].text);
}

static void links_table(FILE *out, const PropterMetricLinks *x, double rate, bool refute) {
  fprintf(out, "searched   %zu metrics, %zu %ss in common, %zu of them whole; lags up to %zu; as %s; %s, false discovery rate %g over %zu tests; %zu ordered pairs ruled out\n",
          x->metrics, x->steps, grain_name(x->grain), x->rows, x->lags, x->levels ? "distances from the level before" : "changes", x->method, rate, x->tests, x->forbidden);
  for (size_t i = 0; i < x->left_out; i++) fprintf(out, "left out   %.*s\n", (int)x->left_out_text[i].len, x->left_out_text[i].data);
  for (size_t i = 0; i < x->links; i++) print_link(out, x, &x->link[i], refute);
  fprintf(out, "%s%s link%s\n", x->links ? "\n" : "", output_number(x->links), x->links == 1 ? "" : "s");
}

static void link_json(FILE *out, const PropterMetricLink *l) {
  fputs("{\"cause\":", out);
  output_json(out, l->cause);
  json_text(out, "causeLabel", l->cause_label), json_text(out, "effect", l->effect), json_text(out, "effectLabel", l->effect_label);
  fprintf(out, ",\"lag\":%d,\"directed\":%s,\"required\":%s", l->lag, l->directed ? "true" : "false", l->required ? "true" : "false");
  json_number(out, "strength", l->strength), json_number(out, "p", l->p), json_number(out, "q", l->q), json_number(out, "stability", l->stability);
  json_number(out, "prior", l->prior), json_text(out, "knowledge", l->knowledge);
  json_text(out, "identifiedBy", propter_str(how(l->by))), json_text(out, "adjustment", l->adjustment);
  json_number(out, "value", l->value), json_number(out, "low", l->low), json_number(out, "high", l->high);
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

static void links_json(FILE *out, const PropterMetricLinks *x, double rate) {
  fprintf(out, "{\"method\":\"%s\",\"metrics\":%zu,\"grain\":\"%s\",\"steps\":%zu,\"rows\":%zu,\"lags\":%zu,\"as\":\"%s\",\"rate\":%g,\"tests\":%zu,\"ruledOut\":%zu,\"leftOut\":[", x->method,
          x->metrics, grain_name(x->grain), x->steps, x->rows, x->lags, x->levels ? "levels" : "changes", rate, x->tests, x->forbidden);
  for (size_t i = 0; i < x->left_out; i++) {
    if (i) fputc(',', out);
    output_json(out, x->left_out_text[i]);
  }
  fputs("],\"links\":[", out);
  for (size_t i = 0; i < x->links; i++) fputs(i ? ",\n" : "\n", out), link_json(out, &x->link[i]);
  fputs("\n]}\n", out);
}

static void links_csv(FILE *out, const PropterMetricLinks *x) {
  fputs("cause,cause_label,effect,effect_label,lag,directed,required,strength,p,q,stability,prior,knowledge,identified_by,adjustment,value,low,high,rows,passed,attempts\n", out);
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
    fprintf(out, ",%zu,%zu,%zu\n", l->rows, passed(l), l->refutations);
  }
}

/* --- origins --------------------------------------------------------------------------------------------------------------------------------------------- */

static void explained_table(FILE *out, const PropterExplained *x) {
  char first[16], last[16];
  propter_day_format(x->first, first);
  propter_day_format(x->last, last);
  fprintf(out, "%.*s, %s to %s: %+.4g from its usual course (%.1f standard errors), %+.4g from the level before\n\n", (int)x->metric.label.len, x->metric.label.data,
          first, last, x->deviation, x->z, x->explained);
  fprintf(out, "%-40s %5s %11s %7s %7s %7s  %-34s\n", "came in at", "lag", "deviation", "z", "score", "own", "share of that, 95 %");
  for (size_t i = 0; i < x->origins; i++) {
    const PropterOrigins *o = &x->origin[i];
    char own[16] = "";
    if (isfinite(o->own)) (void)snprintf(own, sizeof own, "%+.1f", o->own);
    fprintf(out, "%-40.*s %5d %+11.4g %+7.1f %7.1f %7s  %+.4g (%+.4g to %+.4g)%s\n", (int)o->label.len, o->label.data, o->lag, o->deviation, o->z, o->score, own,
            o->share, o->low, o->high, o->origin ? "  moved, with nothing upstream that moved" : "");
  }
}

static void explained_json(FILE *out, const PropterExplained *x) {
  char first[16], last[16];
  propter_day_format(x->first, first);
  propter_day_format(x->last, last);
  fputs("{\"metric\":", out);
  output_json(out, x->metric.iri);
  fprintf(out, ",\"first\":\"%s\",\"last\":\"%s\"", first, last);
  json_number(out, "deviation", x->deviation), json_number(out, "z", x->z), json_number(out, "explained", x->explained);
  fputs(",\"origins\":[", out);
  for (size_t i = 0; i < x->origins; i++) {
    const PropterOrigins *o = &x->origin[i];
    fputs(i ? ",\n{\"metric\":" : "\n{\"metric\":", out);
    output_json(out, o->metric);
    json_text(out, "label", o->label);
    fprintf(out, ",\"lag\":%d,\"origin\":%s", o->lag, o->origin ? "true" : "false");
    json_number(out, "deviation", o->deviation), json_number(out, "z", o->z), json_number(out, "score", o->score), json_number(out, "own", o->own);
    json_number(out, "share", o->share), json_number(out, "low", o->low), json_number(out, "high", o->high);
    fputc('}', out);
  }
  fputs("\n]}\n", out);
}

static void explained_csv(FILE *out, const PropterExplained *x) {
  fputs("metric,label,lag,origin,deviation,z,score,own,share,low,high\n", out);
  for (size_t i = 0; i < x->origins; i++) {
    const PropterOrigins *o = &x->origin[i];
    output_csv(out, o->metric), fputc(',', out), output_csv(out, o->label);
    fprintf(out, ",%d,%d,%.6g,%.6g,%.6g,", o->lag, o->origin, o->deviation, o->z, o->score);
    if (isfinite(o->own)) fprintf(out, "%.6g", o->own);
    fprintf(out, ",%.6g,%.6g,%.6g\n", o->share, o->low, o->high);
  }
}

/* --- the call ------------------------------------------------------------------------------------------------------------------------------------------------ */

static PropterStatus answer(CommandCall *call, const Asked *a, PropterInferrer *inferrer, PropterArena *arena, PropterError *err) {
  bool json = strcmp(a->format, "json") == 0, csv = strcmp(a->format, "csv") == 0;
  if (a->explain) {
    PropterExplained x;
    PROPTER_TRY(propter_explain(inferrer, propter_str(a->explain), a->from, a->to, &a->o, arena, &x, err));
    (json ? explained_json : csv ? explained_csv : explained_table)(call->out, &x);
    return PROPTER_OK;
  }
  PropterMetricLinks x;
  PROPTER_TRY(propter_links(inferrer, &a->o, arena, &x, err));
  double rate = a->o.rate > 0 ? a->o.rate : .05;
  if (json) links_json(call->out, &x, rate);
  else if (csv) links_csv(call->out, &x);
  else links_table(call->out, &x, rate, cmd_flag(call, "refute"));
  return x.links ? PROPTER_OK : PROPTER_NEGATIVE;
}

static PropterStatus run(CommandCall *call, PropterError *err) {
  Asked asked = {0};
  PropterInferOptions infer = propter_infer_options();
  CommandView view = {0};
  PropterInferrer *inferrer = NULL;
  PropterArena arena = {0};
  infer.threads = call->threads;
  infer.score.seed = call->seed;
  PropterStatus status = read_options(call, &asked, err);
  if (!status) status = output_day_option(call, "known-by", &infer.known_by, err);
  if (!status) status = view_open(call, &view, err);
  if (!status) status = propter_inferrer_new(view.snapshot, &infer, &inferrer, err);
  if (!status) status = answer(call, &asked, inferrer, &arena, err);
  propter_arena_clear(&arena);
  propter_inferrer_free(inferrer);
  view_close(&view);
  propter_vec_clear(&asked.metric);
  propter_vec_clear(&asked.among);
  propter_vec_clear(&asked.hidden);
  return status;
}

static const CommandOption options[] = {{"among", 0, "METRIC", "search only these metrics (repeat)"},
                                        {"hidden", 0, "METRIC", "do not adjust for it, as if nobody had measured it (repeat)"},
                                        {"method", 0, "NAME", "pcmci_plus (default), var, var_lingam, pc or boss"},
                                        {"lags", 0, "N", "largest lag in periods (default 3)"},
                                        {"resamples", 0, "N", "of the bootstrap behind stability and intervals (default 100)"},
                                        {"as", 0, "HOW", "take figures as changes, or as levels that are returned to (default: as most of them are)"},
                                        {"refute", 0, NULL, "every attempt to refute an effect, in words"},
                                        {"explain", 0, "METRIC", "where its deviation between --from and --to came in"},
                                        {"from", 0, "DATE", "first day of the window of --explain"},
                                        {"to", 0, "DATE", "last day of it"},
                                        {"known-by", 0, "DATE", "use only what was known on this day"},
                                        {NULL, 0, NULL, NULL}};

const Command command_links = {
    .name = "links",
    .summary = "which metrics drive which, how late and by how much; and where a deviation came in",
    .operands = "[METRIC...]",
    .max_operands = 16,
    .options = options,
    .formats = formats,
    .details = "METRIC is a label or an IRI: links that begin or end at it, sought among all metrics of overlapping places; without one, all links of all metrics (at most 64\n"
               "together). Series are searched without their season, as changes where levels wander, else as distances from the mean of the\n"
               "28 periods before, drawn in to 3.5 robust standard deviations. A metric is no cause of what it\n"
               "is a part, a whole or an operand of, nor of another slice of its own measure, nor of what happens in another place. Required and forbidden links of the graph\n"
               "bind; what documents say of two metrics counts beforehand. Links are kept at a false discovery rate of .05 over all pairs and lags; stability is the share of\n"
               "bootstrap resamples (moving blocks) that show the link too.\n"
               "The effect is that of one unit more of the cause at that lag, in units of both, through all paths: by adjustment (back door), by what it passes (front door) or by an\n"
               "instrument, named; its 95 % interval is by the same blocks. \"before\" and \"later\" are counted from the cause.\n"
               "--explain METRIC: the metric and what is upstream of it, each in the window moved back by its lag: deviation and standard errors (z) from the usual course, robust\n"
               "score (interquartile ranges), what its own causes leave of z, and its part of the move (Shapley values over mechanisms, 95 %).\n"
               "--format table, json or csv. Nothing is written to the graph.\n"
               "Exit codes: 0 links; 1 none; 3 an unknown metric, or too few figures; 5 too many metrics.",
    .examples = "propter links \"information jobs\"\npropter links --method var --format csv",
    .run = run,
};
