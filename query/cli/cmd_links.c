/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include <string.h>

#include "links_print.h"
#include "output.h"
#include "propter/hash.h"
#include "slice_call.h"

typedef PROPTER_VEC(PropterStr) Names;

typedef struct {
  PropterLinkOptions o;
  Names metric, among, hidden, order;
  const char *format, *explain;
  PropterDay from, to;
  PropterMember where[SLICE_CALL_MOST];
  PropterBuf parameters;
  PropterLinksWritten written;
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
  double rate = 0;
  PROPTER_TRY(output_format(call, formats, &a->format, err));
  PROPTER_TRY(output_day_option(call, "from", &a->from, err));
  PROPTER_TRY(output_day_option(call, "to", &a->to, err));
  PROPTER_TRY(output_number_option(call, "lags", 1, 30, &lags, err));
  PROPTER_TRY(output_number_option(call, "resamples", 20, 10000, &resamples, err));
  PROPTER_TRY(output_real_option(call, "rate", 0, 1, &rate, err));
  for (unsigned i = 0; i < call->operand_count; i++)
    if (!propter_vec_push(&a->metric, propter_str(call->operands[i]))) return propter_fail(err, PROPTER_NO_MEMORY, "names of metrics");
  PROPTER_TRY(add_all(call, "among", &a->among, err));
  PROPTER_TRY(add_all(call, "hidden", &a->hidden, err));
  PROPTER_TRY(add_all(call, "order", &a->order, err));
  a->explain = cmd_value(call, "explain");
  if (a->explain && (a->from == PROPTER_NO_DAY || a->to == PROPTER_NO_DAY)) return propter_fail(err, PROPTER_USAGE, "--explain needs --from and --to");
  if (a->explain && a->metric.count) return propter_fail(err, PROPTER_USAGE, "--explain names its metric; found \"%s\" as well", call->operands[0]);
  if (!a->explain && (a->from != PROPTER_NO_DAY || a->to != PROPTER_NO_DAY))
    return propter_fail(err, PROPTER_USAGE, "--from and --to are the window of --explain");
  if (a->explain && cmd_flag(call, "write")) return propter_fail(err, PROPTER_USAGE, "--write keeps links; --explain finds none");
  a->o = (PropterLinkOptions){.metric = a->metric.items,
                              .metrics = a->metric.count,
                              .among = a->among.items,
                              .amongs = a->among.count,
                              .hidden = a->hidden.items,
                              .hiddens = a->hidden.count,
                              .order = a->order.items,
                              .orders = a->order.count,
                              .method = cmd_value(call, "method"),
                              .lags = (size_t)lags,
                              .rate = rate,
                              .resamples = (size_t)resamples,
                              .as = PROPTER_LINKS_AS_THEY_ARE};
  const char *as = cmd_value(call, "as");
  if (as && strcmp(as, "changes") != 0 && strcmp(as, "levels") != 0)
    return propter_fail(err, PROPTER_USAGE, "--as: expected changes or levels, found \"%s\"", as);
  if (as) a->o.as = *as == 'c' ? PROPTER_LINKS_CHANGES : PROPTER_LINKS_LEVELS;
  return PROPTER_OK;
}

/* What decides the result: so is the graph of a search named. */
static PropterStatus name_search(const CommandCall *call, Asked *a, PropterArena *arena, PropterError *err) {
  const struct {
    const char *name;
    const Names *names;
  } lists[] = {{"metric", &a->metric}, {"among", &a->among}, {"hidden", &a->hidden}, {"order", &a->order}};
  const char *text;
  char hex[33];
  PropterBuf *out = &a->parameters;
  out->max = 1 << 20;
  propter_buf_printf(out, "method=%s lags=%zu resamples=%zu as=%d seed=%llu known-by=%s", a->o.method ? a->o.method : "pcmci_plus", a->o.lags, a->o.resamples,
                     (int)a->o.as, (unsigned long long)call->seed, (text = cmd_value(call, "known-by")) ? text : "");
  if (a->o.rate > 0) propter_buf_printf(out, " rate=%.17g", a->o.rate);
  for (size_t l = 0; l < sizeof lists / sizeof *lists; l++)
    for (size_t i = 0; i < lists[l].names->count; i++)
      propter_buf_printf(out, " %s=%.*s", lists[l].name, (int)lists[l].names->items[i].len, lists[l].names->items[i].data);
  for (unsigned i = 0; (text = cmd_value_at(call, "where", i)); i++) propter_buf_printf(out, " where=%s", text);
  PROPTER_TRY(propter_buf_status(out, err));
  propter_hash_hex(propter_buf_str(out), hex);
  a->o.kept = propter_arena_printf(arena, "%s/links-%s.kept", call->graph, hex).data;
  a->o.keep = cmd_flag(call, "write") && !call->dry_run;
  return a->o.kept ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "name of a search");
}

static PropterStatus write_links(const CommandCall *call, Asked *a, PropterGraph *graph, PropterInferrer *inferrer, const PropterMetricLinks *x,
                                 PropterError *err) {
  PropterStatus status = propter_links_write(graph, inferrer, x, propter_buf_str(&a->parameters), PROPTER_STR("propter " PACKAGE_VERSION), call->now,
                                             call->dry_run, &a->written, err);
  if (status || strcmp(a->format, "table") != 0) return status;
  const PropterLinksWritten *w = &a->written;
  fprintf(call->out, "graph      %s: ", w->graph);
  if (w->run[0]) fprintf(call->out, "%s statements added, %s removed; run %s\n", output_number(w->added), output_number(w->removed), w->run);
  else if (w->added || w->removed) fprintf(call->out, "would add %s and remove %s statements\n", output_number(w->added), output_number(w->removed));
  else fputs("nothing new\n", call->out);
  return PROPTER_OK;
}

static PropterStatus answer(CommandCall *call, Asked *a, PropterGraph *graph, PropterInferrer *inferrer, PropterArena *arena, PropterError *err) {
  bool json = strcmp(a->format, "json") == 0, csv = strcmp(a->format, "csv") == 0;
  if (a->explain) {
    PropterExplained x;
    PROPTER_TRY(propter_explain(inferrer, propter_str(a->explain), a->from, a->to, &a->o, arena, &x, err));
    (json ? explained_json : csv ? explained_csv : explained_table)(call->out, &x);
    return PROPTER_OK;
  }
  PropterMetricLinks x;
  PROPTER_TRY(name_search(call, a, arena, err));
  PROPTER_TRY(propter_links(inferrer, &a->o, arena, &x, err));
  double rate = a->o.rate > 0 ? a->o.rate : .05;
  if (json) links_json(call->out, &x, rate);
  else if (csv) links_csv(call->out, &x);
  else links_table(call->out, &x, rate, cmd_flag(call, "refute"));
  if (cmd_flag(call, "write")) PROPTER_TRY(write_links(call, a, graph, inferrer, &x, err));
  return x.links ? PROPTER_OK : PROPTER_NEGATIVE;
}

static PropterStatus run(CommandCall *call, PropterError *err) {
  Asked asked = {0};
  PropterInferOptions infer = propter_infer_options();
  PropterGraph *graph = NULL;
  PropterSnapshot *snapshot = NULL;
  PropterInferrer *inferrer = NULL;
  PropterArena arena = {0};
  infer.threads = call->threads;
  infer.score.seed = call->seed;
  PropterStatus status = read_options(call, &asked, err);
  if (!status) status = output_day_option(call, "known-by", &infer.known_by, err);
  if (!status) status = propter_graph_open(call->graph, cmd_flag(call, "write") ? 0 : PROPTER_GRAPH_READ_ONLY, NULL, &graph, err);
  if (!status) status = propter_snapshot_open(graph, 0, &snapshot, err);
  if (!status) status = slice_call(call, "where", snapshot, asked.where, &infer.slice_count, err);
  infer.slice = asked.where;
  if (!status) status = propter_inferrer_new(snapshot, &infer, &inferrer, err);
  if (!status) status = answer(call, &asked, graph, inferrer, &arena, err);
  propter_arena_clear(&arena);
  propter_inferrer_free(inferrer);
  propter_snapshot_close(snapshot);
  propter_graph_close(graph);
  propter_vec_clear(&asked.metric);
  propter_vec_clear(&asked.among);
  propter_vec_clear(&asked.hidden);
  propter_vec_clear(&asked.order);
  propter_buf_clear(&asked.parameters);
  return status;
}

static const CommandOption options[] = {
    {"among", 0, "METRIC", "search only these metrics (repeat)"},
    {"where", 0, "DIM=VALUE", "search the figures of this slice (repeat; members of one DIM together)"},
    {"order", 0, "METRIC", "repeat: of the metrics given so, none acts on one before it"},
    {"hidden", 0, "METRIC", "do not adjust for it, as if nobody had measured it (repeat)"},
    {"method", 0, "NAME", "pcmci_plus (default), var, var_lingam, pc or boss"},
    {"lags", 0, "N", "largest lag in periods (default 3)"},
    {"rate", 0, "SHARE", "false discovery rate over all pairs and lags (default .05)"},
    {"resamples", 0, "N", "of the bootstrap behind stability and intervals (default 100)"},
    {"as", 0, "HOW", "take figures as changes, or as levels that are returned to (default: as most of them are)"},
    {"refute", 0, NULL, "every attempt to refute an effect, in words"},
    {"write", 0, NULL, "keep the links in the graph"},
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
    .details =
        "METRIC is a label or an IRI: links that begin or end at it, sought among all metrics of overlapping places; without one, all links of all\n"
        "metrics, as many as memory holds. Series are searched without their season, as changes where levels wander, else as distances from the mean of\n"
        "the 28 periods before, drawn in to 3.5 robust standard deviations. Only periods count that all have; metrics whose gaps leave fewer than 48 are left\n"
        "out by name, the one with most gaps first, but none that is asked about. --where takes a dimension of propter:sliceBy or propter:fixed and one of its\n"
        "members, each by IRI, label or the end of its IRI.\n"
        "A metric is no cause of what it is a part, a whole or an operand of, nor of another slice of its own measure, nor of what happens in another\n"
        "place. Required and forbidden links of the graph (or of a file of PyRCA: causal-graph, by propter ingest) bind, and so do propter:tier (a whole number of a metric or of what it measures: nothing of a\n"
        "higher tier acts on a lower one) and --order; what documents say of two metrics counts beforehand. Links are kept at a false discovery rate of\n"
        ".05 (--rate) over all pairs and lags; stability is the share of bootstrap resamples (moving blocks) that show the link too.\n"
        "The effect is that of one unit more of the cause at that lag, in units of both, through all paths: by adjustment (back door) or by an instrument, named;\n"
        "its 95 % interval is by the same blocks. \"before\" and \"later\" are counted from the cause. What acts through a figure between two (front door) is\n"
        "measured by propter what-if METRIC --set CAUSE=1.\n"
        "Each link says whether an unseen common cause of its ends may be behind it: ruled out, where what comes before the cause (its own past, what leads to\n"
        "it) acts on the effect through it alone; shown (↔), where that does not reach the effect, and then no effect is told and no question follows the link;\n"
        "else open, as of a cause without memory or one that shares a slowly changing cause with its effect, or wherever changes are looked at (--as levels). pcmci_plus\n"
        "tells most.\n"
        "--explain METRIC: the metric and what is upstream of it, each in the window moved back by its lag: deviation and standard errors (z) from the\n"
        "usual course, robust score (interquartile ranges), what its own causes leave of z, and its part of the move (Shapley values over mechanisms, 95 %).\n"
        "--write puts the links as propter:CausalLink, with lag, strength, q, stability and effect, into a graph named after the search, by a run that can be\n"
        "undone; the same search again writes what changed. They are results, never knowledge: no search and no question takes them for given.\n"
        "Where days or weeks of at least a year of months are over, stability, intervals and refutations are by these months, links and effects by all days.\n"
        "With --write what resampling said is kept beside the graph in a file links-*.kept, under a hash of all that went into it: the same search in the\n"
        "same month draws nothing anew, and one that was stopped goes on. Results are those of a search without the file, which may be removed.\n"
        "--format table, json or csv.\n"
        "Exit codes: 0 links; 1 none; 3 an unknown metric, or too few figures; 5 more metrics than memory holds.",
    .examples = "propter links \"information jobs\"\npropter links --method var --format csv",
    .run = run,
};
