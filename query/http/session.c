/* SPDX-License-Identifier: Apache-2.0 */
/* What the routes share: deadlines, snapshots, the writer, query options. */
#include <time.h>

#include "http.h"
#include "propter/run.h"

PropterStatus http_deadline(const HttpRequest *request, const HttpParams *params, uint32_t *ms, PropterError *err) {
  PropterStr text;
  bool given;
  double seconds;
  *ms = request->server->options.deadline_ms;
  PROPTER_TRY(http_param(params, "timeout", &text, &given, err));
  if (!given) return PROPTER_OK;
  if (!propter_str_to_double(text, &seconds) || !(seconds > 0))
    return propter_fail(err, PROPTER_INVALID, "timeout: expected seconds above 0, found \"%.*s\"", (int)(text.len < 40 ? text.len : 40), text.data);
  if (!*ms || seconds * 1000 < *ms) *ms = seconds < 0.001 ? 1 : (uint32_t)(seconds * 1000);
  return PROPTER_OK;
}

static void hidden_release(PropterServer *s, HttpHidden *h) {
  (void)pthread_mutex_lock(&s->lock);
  bool last = --h->users == 0 && h != s->hidden;
  (void)pthread_mutex_unlock(&s->lock);
  if (!last) return;
  propter_vec_clear(&h->graphs);
  propter_free(h);
}

/* The list is the same for every request on a version of the graph. */
static PropterStatus hidden_take(PropterServer *s, PropterSnapshot *snapshot, HttpHidden **out, PropterError *err) {
  uint64_t version = propter_snapshot_version(snapshot);
  HttpHidden *old = NULL;
  (void)pthread_mutex_lock(&s->lock);
  HttpHidden *h = s->hidden && s->hidden->version == version ? s->hidden : NULL;
  if (h) h->users++;
  (void)pthread_mutex_unlock(&s->lock);
  *out = h;
  if (h) return PROPTER_OK;
  h = propter_calloc(1, sizeof *h);
  PropterStatus status = h ? propter_run_graphs(snapshot, &h->graphs, err) : propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
  if (status != PROPTER_OK) {
    if (h) propter_vec_clear(&h->graphs);
    propter_free(h);
    return status;
  }
  h->version = version;
  h->users = 1;
  (void)pthread_mutex_lock(&s->lock);
  if (!s->hidden || s->hidden->version < version) {
    if (s->hidden && !s->hidden->users) old = s->hidden;
    s->hidden = h;
  }
  (void)pthread_mutex_unlock(&s->lock);
  if (old) propter_vec_clear(&old->graphs), propter_free(old);
  *out = h;
  return PROPTER_OK;
}

PropterStatus http_snapshot(HttpRequest *request, uint32_t deadline_ms, PropterSnapshot **snapshot, PropterError *err) {
  PROPTER_TRY(propter_snapshot_open(request->server->graph, deadline_ms, snapshot, err));
  propter_snapshot_limit(*snapshot, deadline_ms, &request->cancel);
  return PROPTER_OK;
}

PropterStatus http_enter(HttpRequest *request, uint32_t deadline_ms, PropterSnapshot **snapshot, HttpHidden **hidden, PropterError *err) {
  *hidden = NULL;
  PROPTER_TRY(http_snapshot(request, deadline_ms, snapshot, err));
  return hidden_take(request->server, *snapshot, hidden, err);
}

void http_leave(HttpRequest *request, PropterSnapshot *snapshot, HttpHidden *hidden) {
  if (hidden) hidden_release(request->server, hidden);
  propter_snapshot_close(snapshot);
}

PropterStatus http_writer(HttpRequest *request, uint32_t deadline_ms, PropterWriter **writer, PropterError *err) {
  enum { WAIT_MS = 2000 };
  uint64_t until = http_clock_ms() + (deadline_ms && deadline_ms < WAIT_MS ? deadline_ms : WAIT_MS);
  struct timespec tick = {0, 2000000};
  for (;;) {
    PropterStatus status = propter_writer_open(request->server->graph, false, writer, err);
    if (status != PROPTER_LOCKED || http_clock_ms() > until || atomic_load(&request->cancel)) return status;
    propter_error_clear(err);
    (void)nanosleep(&tick, NULL);
  }
}

/* Nothing else is computed or waits: both processors may work for one request. */
static bool alone(PropterServer *s) {
  (void)pthread_mutex_lock(&s->lock);
  bool yes = s->lane[HTTP_COMPUTED].running <= 1 && s->lane[HTTP_COMPUTED].waiting == 0;
  (void)pthread_mutex_unlock(&s->lock);
  return yes;
}

PropterQueryOptions http_query_options(HttpRequest *request, uint32_t deadline_ms, const HttpHidden *hidden) {
  PropterQueryOptions o = propter_query_options();
  const PropterServerOptions *server = &request->server->options;
  o.memory = server->memory;
  o.deadline_ms = deadline_ms;
  o.threads = alone(request->server) ? 0 : 1;
  o.cancel = &request->cancel;
  o.now_ms = server->now_ms();
  o.seed = server->seed * 0x9e3779b97f4a7c15u + request->id;
  request->remote = (PropterRemote){.services = server->services, .loads = server->loads, .cancel = &request->cancel};
  propter_remote_use(&request->remote, &o);
  if (hidden) o.hidden = hidden->graphs.items, o.hidden_count = hidden->graphs.count;
  return o;
}
