/* SPDX-License-Identifier: Apache-2.0 */
/* What runs now, and how to stop it. */
#include <string.h>

#include "http.h"

static PropterStatus list(HttpRequest *r, PropterError *err) {
  enum { SHOWN = 2000 };
  PropterServer *s = r->server;
  PropterBuf out = {.max = 16 << 20};
  uint64_t now = http_clock_ms();
  bool first = true;
  propter_buf_add_char(&out, '[');
  (void)pthread_mutex_lock(&s->lock);
  for (HttpRequest *q = s->live; q; q = q->older) {
    if (!q->queued || q == r || !q->route) continue;
    propter_buf_printf(&out, "%s{\"id\":%llu,\"state\":\"%s\",\"ms\":%llu,\"path\":", first ? "" : ",", (unsigned long long)q->id,
                       atomic_load(&q->running) ? "running" : "waiting", (unsigned long long)(now - q->began_ms));
    propter_buf_add_json(&out, propter_str(q->route->path));
    propter_buf_add(&out, PROPTER_STR(",\"query\":"));
    propter_buf_add_json(&out, (PropterStr){q->about.data, q->about.len < SHOWN ? q->about.len : SHOWN});
    propter_buf_add_char(&out, '}');
    first = false;
  }
  (void)pthread_mutex_unlock(&s->lock);
  propter_buf_add(&out, PROPTER_STR("]\n"));
  PropterStatus status = propter_buf_status(&out, err);
  http_reply_head(r, 200, "application/json");
  if (status == PROPTER_OK) status = http_reply_write(propter_buf_str(&out), r, err);
  propter_buf_clear(&out);
  return status;
}

static PropterStatus run(HttpRequest *r, PropterError *err) {
  int64_t id;
  if (!propter_str_equal(r->method, PROPTER_STR("DELETE"))) return list(r, err);
  if (!propter_str_to_int64(r->rest, &id)) return propter_fail(err, PROPTER_INVALID, "expected DELETE %s/NUMBER", r->route->path);
  if (!http_cancel(r->server, (uint64_t)id)) return propter_fail(err, PROPTER_NOT_FOUND, "no request of that number is running");
  http_reply_head(r, 200, "application/json");
  return http_reply_write(PROPTER_STR("{\"cancelled\":true}\n"), r, err);
}

static PropterAccess scope(const HttpRequest *r) { (void)r; return PROPTER_ACCESS_ADMIN; }

const HttpRoute http_route_queries = {.path = "/queries",
                                      .below = "number",
                                      .methods = "GET DELETE",
                                      .summary = "requests that run now; DELETE /queries/NUMBER stops one",
                                      .prompt = true,
                                      .scope = scope,
                                      .run = run};
