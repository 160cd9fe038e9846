/* SPDX-License-Identifier: Apache-2.0 */
/* A "why" question in words, or by metric and days; one answer in every form the command has. */
#include <string.h>

#include "offer.h"
#include "propter/put.h"
#include "propter/why.h"

typedef struct {
  PropterWhyOptions why;
  PropterStr question, metric;
  PropterDay from, to;
  PropterStr as_of;          /* a run or a day; empty: as the graph is now */
  PropterStr diff[2];        /* runs that are compared, instead of a question */
  size_t diffs;
  uint32_t deadline_ms;
  const PropterWhyFormat *format;
  bool report; /* of JSON: with the report in it */
} Wanted;

enum { DIFF_LIMIT = 20 };

static PropterStatus date(HttpRequest *r, const char *name, PropterDay *day, PropterError *err) {
  PropterStr text;
  bool given;
  *day = PROPTER_NO_DAY;
  PROPTER_TRY(http_param(&r->params, name, &text, &given, err));
  if (given && !propter_day_parse(text, day)) return propter_fail(err, PROPTER_INVALID, "%s: expected a date like 2011-08-31", name);
  return PROPTER_OK;
}

static PropterStatus number(HttpRequest *r, const char *name, int64_t low, int64_t high, int64_t *n, PropterError *err) {
  PropterStr text;
  bool given;
  PROPTER_TRY(http_param(&r->params, name, &text, &given, err));
  if (given && (!propter_str_to_int64(text, n) || *n < low || *n > high))
    return propter_fail(err, PROPTER_INVALID, "%s: expected %lld to %lld", name, (long long)low, (long long)high);
  return PROPTER_OK;
}

static PropterStatus form(HttpRequest *r, Wanted *w, PropterError *err) {
  enum { MOST = 16 };
  const char *media[MOST];
  PropterStr name;
  bool given;
  size_t count = 0, at = 0;
  for (; count < MOST && propter_why_format(count); count++) media[count] = propter_why_format(count)->media_type;
  PROPTER_TRY(http_param(&r->params, "format", &name, &given, err));
  if (given)
    while (at < count && !propter_str_equal(name, propter_str(propter_why_format(at)->name))) at++;
  else
    at = http_negotiate(http_header(r, MHD_HTTP_HEADER_ACCEPT), media, count);
  http_reply_head(r, 406, "application/problem+json");
  if (at == count || at == SIZE_MAX) return propter_fail(err, PROPTER_INVALID, "no format that you take; there are json, html, text, md, csv, svg, png");
  w->format = propter_why_format(at);
  if (w->diffs && strcmp(w->format->name, "json") != 0 && strcmp(w->format->name, "text") != 0)
    return propter_fail(err, PROPTER_INVALID, "runs are compared as json or text, not as %s", w->format->name);
  http_reply_head(r, 200, w->format->media_type);
  return PROPTER_OK;
}

static PropterStatus lists(HttpRequest *r, Wanted *w, PropterError *err) {
  PropterStr *list = propter_arena_alloc(&r->arena, (r->params.count + 1) * sizeof *list);
  if (!list) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
  for (size_t i = 0; i < r->params.count; i++) {
    const HttpParam *p = &r->params.items[i];
    const bool diff = propter_str_equal(p->name, PROPTER_STR("diff"));
    if (!diff && !propter_str_equal(p->name, PROPTER_STR("without"))) continue;
    if (!propter_utf8_valid(p->value, NULL)) return propter_fail(err, PROPTER_INVALID, "%s: not UTF-8", diff ? "diff" : "without");
    if (!diff) list[w->why.infer.without_count++] = p->value;
    else if (w->diffs == 2) return propter_fail(err, PROPTER_INVALID, "diff: expected one run or two");
    else w->diff[w->diffs++] = p->value;
  }
  w->why.infer.without = list;
  return PROPTER_OK;
}

static PropterStatus wanted(HttpRequest *r, Wanted *w, PropterError *err) {
  int64_t limit = 0, depth, numbers = 0, explain = 0, decide = 0, report = 0;
  w->why = propter_why_options();
  w->why.today = (PropterDay)(r->server->options.now_ms() / 86400000);
  if (r->server->options.source) w->why.source = PROPTER_STR("/#source?iri=");
  w->why.infer.threads = 1; /* the server's workers are the parallelism */
  w->why.infer.score.seed = r->server->options.seed;
  depth = w->why.infer.depth;
  PROPTER_TRY(lists(r, w, err));
  PROPTER_TRY(form(r, w, err));
  PROPTER_TRY(http_param(&r->params, "q", &w->question, NULL, err));
  PROPTER_TRY(http_param(&r->params, "metric", &w->metric, NULL, err));
  PROPTER_TRY(http_param(&r->params, "as-of", &w->as_of, NULL, err));
  PROPTER_TRY(http_deadline(r, &r->params, &w->deadline_ms, err));
  PROPTER_TRY(date(r, "from", &w->from, err));
  PROPTER_TRY(date(r, "to", &w->to, err));
  PROPTER_TRY(date(r, "known-by", &w->why.infer.known_by, err));
  PROPTER_TRY(number(r, "limit", 1, 1000, &limit, err));
  PROPTER_TRY(number(r, "depth", 1, 5, &depth, err));
  PROPTER_TRY(number(r, "numbers", 0, 1, &numbers, err));
  PROPTER_TRY(number(r, "explain", 0, 1, &explain, err));
  PROPTER_TRY(number(r, "decide", 0, 1, &decide, err));
  PROPTER_TRY(number(r, "report", 0, 1, &report, err));
  w->report = report != 0;
  w->why.decide = decide != 0;
  w->why.limit = (size_t)limit, w->why.infer.depth = (unsigned)depth, w->why.numbers = numbers != 0, w->why.explain = explain != 0;
  if ((w->metric.len > 0) + (w->question.len > 0) + (w->diffs > 0) != 1)
    return propter_fail(err, PROPTER_INVALID, "expected one of q, a question in words; metric, from and to; or diff, a run");
  if (w->report && (w->diffs || strcmp(w->format->name, "json") != 0))
    return propter_fail(err, PROPTER_INVALID, "report: a member of an answer as json, found %s", w->diffs ? "diff" : w->format->name);
  if (w->metric.len && (w->from == PROPTER_NO_DAY || w->to == PROPTER_NO_DAY)) return propter_fail(err, PROPTER_INVALID, "metric needs from and to");
  return PROPTER_OK;
}

/* Puts the report into the JSON of the answer, as its last member. */
static PropterStatus add_report(const PropterWhyAnswer *answer, PropterBuf *json, PropterError *err) {
  PropterBuf html = {.max = 64 << 20};
  PropterStatus status = propter_why_render(answer, "html", &html, err);
  if (status == PROPTER_OK) status = propter_buf_status(&html, err);
  while (json->len && json->data[json->len - 1] != '}') json->len--;
  if (json->len) json->len--;
  propter_buf_add(json, PROPTER_STR(",\"report\":"));
  propter_put_json(json, propter_buf_str(&html));
  propter_buf_add(json, PROPTER_STR("}\n"));
  propter_buf_clear(&html);
  return status;
}

static PropterStatus ask(const Wanted *w, PropterSnapshot *snapshot, PropterBuf *text, PropterError *err) {
  PropterWhyAnswer *answer = NULL;
  PropterStatus status = w->metric.len ? propter_why_window(snapshot, w->metric, w->from, w->to, &w->why, &answer, err)
                                       : propter_why_ask(snapshot, w->question, &w->why, &answer, err);
  if (status == PROPTER_OK) status = propter_why_render(answer, w->format->name, text, err);
  if (status == PROPTER_OK && w->report) status = add_report(answer, text, err);
  propter_why_free(answer);
  return status;
}

/* As the graph was after a run: what came later is taken back in a writer that nobody commits. */
static PropterStatus ask_then(HttpRequest *r, Wanted *w, PropterBuf *text, PropterError *err) {
  PropterWriter *writer = NULL;
  PropterSnapshot *snapshot;
  PropterStatus status = http_writer(r, w->deadline_ms, &writer, err);
  if (status == PROPTER_OK) status = propter_run_past(writer, w->as_of, &snapshot, &w->why.version, err);
  if (status == PROPTER_OK) {
    propter_snapshot_limit(snapshot, w->deadline_ms, &r->cancel);
    status = ask(w, snapshot, text, err);
  }
  propter_writer_close(writer);
  return status;
}

static PropterStatus ask_now(HttpRequest *r, const Wanted *w, PropterBuf *text, PropterError *err) {
  PropterSnapshot *snapshot = NULL;
  PropterStatus status = http_snapshot(r, w->deadline_ms, &snapshot, err);
  if (status == PROPTER_OK && w->diffs)
    status = propter_why_changes(snapshot, w->diff[0], w->diffs > 1 ? w->diff[1] : PROPTER_STR("last"), strcmp(w->format->name, "json") == 0,
                                 w->why.limit ? w->why.limit : DIFF_LIMIT, text, err);
  else if (status == PROPTER_OK) status = ask(w, snapshot, text, err);
  propter_snapshot_close(snapshot);
  return status;
}

static PropterStatus run(HttpRequest *r, PropterError *err) {
  Wanted w = {0};
  PropterBuf text = {.max = 64 << 20};
  PROPTER_TRY(wanted(r, &w, err));
  PropterStatus status = w.as_of.len ? ask_then(r, &w, &text, err) : ask_now(r, &w, &text, err);
  if (status == PROPTER_OK) {
    http_reply_field(r, "Content-Security-Policy", PROPTER_STR(HTTP_REPORT_POLICY));
    status = http_reply_write(propter_buf_str(&text), r, err);
  }
  propter_buf_clear(&text);
  return status;
}

static const HttpRouteParam params[] = {{"q", "a question in words, e.g. information jobs in August 2011", false},
                                        {"metric", "IRI of the metric, instead of q", false},
                                        {"from", "first day of the window, with metric", false},
                                        {"to", "last day of the window, with metric", false},
                                        {"known-by", "use only what was known on this day", false},
                                        {"as-of", "the answer as the graph stood after this run or at the end of this day: byte by byte what it was", false},
                                        {"diff", "instead of a question: what two runs or days (or one and the newest run) say differently; json, text", true},
                                        {"without", "leave out this document, list of events, claim, event or review", true},
                                        {"limit", "causes listed", false},
                                        {"depth", "hops of a chain of causes", false},
                                        {"numbers", "1: probabilities even while they are not calibrated", false},
                                        {"explain", "1: how each score adds up", false},
                                        {"decide", "1: the answer will be acted on; declined unless somebody is recorded who decides", false},
                                        {"report", "1: of json, the report in HTML as its member report", false},
                                        {"timeout", "seconds after which it fails", false},
                                        {"format", "json, html, text, md, csv, svg or png, instead of the Accept header", false},
                                        {0}};

const HttpRoute http_route_why = {
    .path = "/why", .methods = "GET HEAD", .summary = "why did a metric move: causes with their evidence", .params = params, .run = run};
