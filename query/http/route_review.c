/* SPDX-License-Identifier: Apache-2.0 */
/* A verdict about a hypothesis, from a form; and the verdicts given so far. */
#include "config.h"

#include "http.h"
#include "propter/review.h"

static const char *const verdicts[] = {
    [PROPTER_VERDICT_REFUTED + 1] = "refuted", [PROPTER_VERDICT_UNSURE + 1] = "unsure", [PROPTER_VERDICT_CONFIRMED + 1] = "confirmed"};

static PropterStatus list(HttpRequest *r, PropterError *err) {
  PropterSnapshot *snapshot = NULL;
  PropterReviewRecords records = {0};
  PropterBuf out = {.max = 64 << 20};
  PropterStr hypothesis;
  PROPTER_TRY(http_param(&r->params, "hypothesis", &hypothesis, NULL, err));
  PropterStatus status = http_snapshot(r, r->server->options.deadline_ms, &snapshot, err);
  if (status == PROPTER_OK) status = propter_review_list(snapshot, hypothesis, &records, err);
  propter_buf_add_char(&out, '[');
  for (size_t i = 0; i < records.count && status == PROPTER_OK; i++) {
    const PropterReviewRecord *v = &records.items[i];
    propter_buf_add(&out, i ? PROPTER_STR(",\n{\"hypothesis\":") : PROPTER_STR("{\"hypothesis\":")), propter_buf_add_json(&out, v->hypothesis);
    propter_buf_add(&out, PROPTER_STR(",\"reviewer\":")), propter_buf_add_json(&out, v->reviewer);
    propter_buf_printf(&out, ",\"verdict\":\"%s\",\"reason\":", verdicts[v->verdict + 1]), propter_buf_add_json(&out, v->reason);
    propter_buf_add(&out, PROPTER_STR(",\"time\":")), propter_buf_add_json(&out, v->time);
    propter_buf_printf(&out, ",\"blind\":%s}", v->blind ? "true" : "false");
  }
  propter_buf_add(&out, PROPTER_STR("]\n"));
  if (status == PROPTER_OK) status = propter_buf_status(&out, err);
  if (status == PROPTER_OK) http_reply_head(r, 200, "application/json");
  if (status == PROPTER_OK) status = http_reply_write(propter_buf_str(&out), r, err);
  propter_buf_clear(&out);
  propter_review_records_clear(&records);
  propter_snapshot_close(snapshot);
  return status;
}

/* What waits for a verdict of somebody. */
static PropterStatus waiting(HttpRequest *r, PropterStr reviewer, PropterError *err) {
  PropterSnapshot *snapshot = NULL;
  PropterReviewQueue queue = {0};
  PropterBuf out = {.max = 64 << 20};
  PropterStr text;
  bool given;
  int64_t limit = 0;
  PROPTER_TRY(http_param(&r->params, "limit", &text, &given, err));
  if (given && (!propter_str_to_int64(text, &limit) || limit < 1)) return propter_fail(err, PROPTER_INVALID, "limit: expected a number from 1");
  if (!propter_str_trim(reviewer).len) return propter_fail(err, PROPTER_INVALID, "queue: expected the name of a reviewer");
  PropterStatus status = http_snapshot(r, r->server->options.deadline_ms, &snapshot, err);
  if (status == PROPTER_OK) status = propter_review_queue(snapshot, reviewer, r->server->options.seed, (size_t)limit, &queue, err);
  if (status == PROPTER_OK) propter_review_queue_json(&queue, reviewer, &out), status = propter_buf_status(&out, err);
  if (status == PROPTER_OK) http_reply_head(r, 200, "application/json");
  if (status == PROPTER_OK) status = http_reply_write(propter_buf_str(&out), r, err);
  propter_buf_clear(&out);
  propter_review_queue_clear(&queue);
  propter_snapshot_close(snapshot);
  return status;
}

static PropterStatus show(HttpRequest *r, PropterError *err) {
  PropterStr reviewer;
  bool queue;
  PROPTER_TRY(http_param(&r->params, "queue", &reviewer, &queue, err));
  return queue ? waiting(r, reviewer, err) : list(r, err);
}

static PropterStatus add(HttpRequest *r, PropterError *err) {
  HttpParams form = {0};
  PropterReviewEntry entry = {0};
  PropterStr verdict, blind = {"", 0}, iri = {"", 0};
  PropterBuf out = {0};
  if (!propter_str_equal(http_media_type(http_header(r, MHD_HTTP_HEADER_CONTENT_TYPE)), PROPTER_STR("application/x-www-form-urlencoded"))) {
    http_reply_head(r, 415, "application/problem+json");
    return propter_fail(err, PROPTER_INVALID, "expected application/x-www-form-urlencoded");
  }
  PropterStatus status = http_params_parse(&r->arena, propter_buf_str(&r->body), true, &form, err);
  if (status == PROPTER_OK) status = http_param(&form, "hypothesis", &entry.hypothesis, NULL, err);
  if (status == PROPTER_OK) status = http_param(&form, "reviewer", &entry.reviewer, NULL, err);
  if (status == PROPTER_OK) status = http_param(&form, "reason", &entry.reason, NULL, err);
  if (status == PROPTER_OK) status = http_param(&form, "shown", &entry.shown, NULL, err);
  if (status == PROPTER_OK) status = http_param(&form, "verdict", &verdict, NULL, err);
  if (status == PROPTER_OK) status = http_param(&form, "blind", &blind, NULL, err);
  entry.blind = propter_str_equal(blind, PROPTER_STR("1"));
  size_t at = 0;
  while (status == PROPTER_OK && at < 3 && !propter_str_equal(verdict, propter_str(verdicts[at]))) at++;
  if (status == PROPTER_OK && at == 3) status = propter_fail(err, PROPTER_INVALID, "verdict: expected confirmed, refuted or unsure");
  if (status == PROPTER_OK && !propter_str_trim(entry.reviewer).len) status = propter_fail(err, PROPTER_INVALID, "reviewer: expected a name");
  entry.verdict = (PropterVerdict)((int)at - 1);
  entry.audit = propter_review_is_audit(entry.hypothesis, r->server->options.seed);
  if (status == PROPTER_OK)
    status = propter_review_add(r->server->graph, &entry, PROPTER_STR("propter " PACKAGE_VERSION), r->server->options.now_ms() / 1000, &r->arena, &iri, err);
  propter_buf_add(&out, PROPTER_STR("{\"review\":")), propter_buf_add_json(&out, iri), propter_buf_add(&out, PROPTER_STR("}\n"));
  if (status == PROPTER_OK) status = propter_buf_status(&out, err);
  if (status == PROPTER_OK) http_reply_head(r, 201, "application/json");
  if (status == PROPTER_OK) status = http_reply_write(propter_buf_str(&out), r, err);
  propter_buf_clear(&out);
  propter_vec_clear(&form);
  return status;
}

static bool reads(const HttpRequest *r) { return !propter_str_equal(r->method, PROPTER_STR("POST")); }

static PropterStatus run(HttpRequest *r, PropterError *err) { return reads(r) ? show(r, err) : add(r, err); }

static PropterAccess scope(const HttpRequest *r) { return reads(r) ? PROPTER_ACCESS_READ : PROPTER_ACCESS_WRITE; }

static const HttpRouteParam params[] = {
    {"hypothesis", "IRI of a hypothesis; without it the verdicts about all", false},
    {"queue", "instead of verdicts: what waits for one of this reviewer, without scores (review-queue.schema.json)", false},
    {"limit", "with queue: at most so many", false},
    {0}};

const HttpRoute http_route_review = {.path = "/review",
                                     .methods = "GET HEAD POST",
                                     .summary = "verdicts about hypotheses, and what waits for one; POST hypothesis, verdict, reason, reviewer, shown and blind (1: "
                                                "before the score was seen) as a form to add one",
                                     .params = params,
                                     .bodies = "application/x-www-form-urlencoded",
                                     .scope = scope,
                                     .run = run};
