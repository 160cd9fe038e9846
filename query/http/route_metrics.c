/* SPDX-License-Identifier: Apache-2.0 */
/* Counters in the Prometheus text format. */
#include <time.h>

#include "http.h"

/* Upper bounds in milliseconds; the last slot has none. */
static const uint64_t bounds[HTTP_TOOK - 1] = {1, 3, 10, 30, 100, 300, 1000, 3000, 10000, 30000, 100000};

unsigned http_took_slot(uint64_t ms) {
  unsigned slot = 0;
  while (slot < HTTP_TOOK - 1 && ms > bounds[slot]) slot++;
  return slot;
}

static void counters(const PropterServer *s, PropterBuf *out) {
  uint64_t sum = 0;
  struct timespec used = {0};
  (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  propter_buf_printf(out, "# TYPE process_cpu_seconds_total counter\nprocess_cpu_seconds_total %lld.%03ld\n", (long long)used.tv_sec, used.tv_nsec / 1000000);
  propter_buf_printf(out, "# TYPE propter_requests_total counter\n");
  for (int i = 1; i < HTTP_CODES; i++)
    if (s->replies[i]) propter_buf_printf(out, "propter_requests_total{code=\"%dxx\"} %llu\n", i, (unsigned long long)s->replies[i]);
  propter_buf_printf(out, "# TYPE propter_request_duration_seconds histogram\n");
  for (size_t i = 0; i < HTTP_TOOK - 1; i++) {
    sum += s->took[i];
    propter_buf_printf(out, "propter_request_duration_seconds_bucket{le=\"%g\"} %llu\n", (double)bounds[i] / 1000, (unsigned long long)sum);
  }
  sum += s->took[HTTP_TOOK - 1];
  propter_buf_printf(out, "propter_request_duration_seconds_bucket{le=\"+Inf\"} %llu\n", (unsigned long long)sum);
  propter_buf_printf(out, "propter_request_duration_seconds_sum %.3f\npropter_request_duration_seconds_count %llu\n", (double)s->took_ms / 1000,
                     (unsigned long long)sum);
  propter_buf_printf(out,
                     "# TYPE propter_queries_total counter\npropter_queries_total %llu\n# TYPE propter_updates_total counter\npropter_updates_total %llu\n",
                     (unsigned long long)s->queries, (unsigned long long)s->updates);
  propter_buf_printf(
      out, "# TYPE propter_cancelled_total counter\npropter_cancelled_total %llu\n# TYPE propter_refused_full_total counter\npropter_refused_full_total %llu\n"
      "# TYPE propter_refused_client_total counter\npropter_refused_client_total %llu\n",
      (unsigned long long)s->cancelled, (unsigned long long)s->refused_full, (unsigned long long)s->refused_client);
  propter_buf_printf(out, "# TYPE propter_response_bytes_total counter\npropter_response_bytes_total %llu\n", (unsigned long long)s->bytes);
  propter_buf_printf(out,
                     "# TYPE propter_requests_waiting gauge\npropter_requests_waiting %u\n# TYPE propter_requests_running gauge\npropter_requests_running %u\n",
                     s->lane[HTTP_COMPUTED].waiting, s->lane[HTTP_COMPUTED].running);
  propter_buf_printf(out, "# TYPE propter_connections gauge\npropter_connections %u\n# TYPE propter_uptime_seconds gauge\npropter_uptime_seconds %llu\n",
                     s->peer_count, (unsigned long long)(http_clock_ms() - s->started_ms) / 1000);
}

static PropterStatus run(HttpRequest *r, PropterError *err) {
  PropterServer *s = r->server;
  PropterBuf out = {.max = 1 << 20};
  PropterSnapshot *snapshot = NULL;
  uint64_t quads = 0;
  PropterStatus status = propter_snapshot_open(s->graph, 1000, &snapshot, err);
  if (status == PROPTER_OK) status = propter_snapshot_count(snapshot, PROPTER_SPOG, (PropterQuad){0}, 0, &quads, err);
  (void)pthread_mutex_lock(&s->lock);
  counters(s, &out);
  (void)pthread_mutex_unlock(&s->lock);
  if (status == PROPTER_OK)
    propter_buf_printf(&out, "# TYPE propter_graph_quads gauge\npropter_graph_quads %llu\n# TYPE propter_graph_version gauge\npropter_graph_version %llu\n",
                       (unsigned long long)quads, (unsigned long long)propter_snapshot_version(snapshot));
  propter_snapshot_close(snapshot);
  if (status == PROPTER_OK) status = propter_buf_status(&out, err);
  http_reply_head(r, 200, "text/plain; version=0.0.4; charset=utf-8");
  if (status == PROPTER_OK) status = http_reply_write(propter_buf_str(&out), r, err);
  propter_buf_clear(&out);
  return status;
}

const HttpRoute http_route_metrics = {.path = "/metrics", .methods = "GET", .summary = "counters in the Prometheus text format", .prompt = true, .run = run};
