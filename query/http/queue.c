/* SPDX-License-Identifier: Apache-2.0 */
/* The workers: bounded queues of requests and the threads that answer them. */
#include <errno.h>
#include <string.h>
#include <time.h>

#include "http.h"

uint64_t http_clock_ms(void) {
  struct timespec t;
  (void)clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

void http_request_release(HttpRequest *request) {
  if (atomic_fetch_sub(&request->owners, 1) != 1) return;
  propter_buf_clear(&request->body);
  propter_vec_clear(&request->params);
  http_reply_free(request->reply);
  propter_arena_clear(&request->arena);
  propter_free(request);
}

static void answer(HttpRequest *request) {
  PropterError err = {0};
  PropterStatus status = PROPTER_CANCELLED;
  request->work_ms = http_clock_ms();
  atomic_store(&request->running, true);
  if (atomic_load(&request->cancel))
    (void)propter_fail(&err, status, "cancelled before it began");
  else
    status = request->route->run(request, &err);
  atomic_store(&request->running, false);
  http_reply_end(request, status, &err);
}

static void *work(void *payload) {
  HttpLane *lane = payload;
  PropterServer *s = lane->server;
  for (;;) {
    (void)pthread_mutex_lock(&s->lock);
    while (!lane->first && !s->stopping) (void)pthread_cond_wait(&lane->work, &s->lock);
    HttpRequest *request = lane->first;
    if (!request) {
      (void)pthread_mutex_unlock(&s->lock);
      return NULL;
    }
    lane->first = request->next;
    if (!lane->first) lane->last = NULL;
    lane->waiting--;
    lane->running++;
    (void)pthread_mutex_unlock(&s->lock);
    answer(request);
    http_request_release(request);
    (void)pthread_mutex_lock(&s->lock);
    lane->running--;
    (void)pthread_cond_broadcast(&s->idle);
    (void)pthread_mutex_unlock(&s->lock);
  }
}

PropterStatus http_queue_start(PropterServer *s, PropterError *err) {
  const unsigned n = s->options.workers + 1; /* the last is the prompt one */
  s->threads = propter_calloc(n, sizeof *s->threads);
  if (!s->threads) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
  for (; s->thread_count < n; s->thread_count++) {
    int failed = pthread_create(&s->threads[s->thread_count], NULL, work, &s->lane[s->thread_count + 1 < n ? HTTP_COMPUTED : HTTP_PROMPT]);
    if (failed) return propter_fail(err, PROPTER_NO_MEMORY, "cannot start a thread (error %d)", failed);
  }
  return PROPTER_OK;
}

static unsigned of_client(const PropterServer *s, const HttpRequest *request) {
  unsigned n = 0;
  for (const HttpRequest *r = s->live; r; r = r->older)
    n += r->queued && r->route->prompt == request->route->prompt && memcmp(r->client, request->client, sizeof r->client) == 0;
  return n;
}

static void append(HttpLane *lane, HttpRequest *request) {
  request->next = NULL;
  if (lane->last)
    lane->last->next = request;
  else
    lane->first = request;
  lane->last = request;
  lane->waiting++;
  (void)pthread_cond_signal(&lane->work);
}

/* False: it does not wait there. */
static bool take_out(HttpLane *lane, const HttpRequest *request) {
  HttpRequest *before = NULL, *r = lane->first;
  for (; r && r != request; r = r->next) before = r;
  if (!r) return false;
  if (before)
    before->next = r->next;
  else
    lane->first = r->next;
  if (lane->last == r) lane->last = before;
  lane->waiting--;
  return true;
}

unsigned http_queue_push(PropterServer *s, HttpRequest *request) {
  HttpLane *lane = &s->lane[request->route->prompt ? HTTP_PROMPT : HTTP_COMPUTED];
  unsigned refused = 0;
  (void)pthread_mutex_lock(&s->lock);
  if (s->stopping || lane->waiting >= s->options.queue) refused = 503, s->refused_full++;
  else if (s->options.requests_per_client && of_client(s, request) >= s->options.requests_per_client) refused = 429, s->refused_client++;
  request->queued = !refused;
  if (!refused) atomic_fetch_add(&request->owners, 1), append(lane, request);
  (void)pthread_mutex_unlock(&s->lock);
  return refused;
}

/* Waits until no request lives, at most so long; called with the lock held. */
static void wait_idle(PropterServer *s, uint32_t ms) {
  struct timespec until;
  (void)clock_gettime(CLOCK_REALTIME, &until);
  until.tv_sec += ms / 1000;
  until.tv_nsec += (long)(ms % 1000) * 1000000;
  if (until.tv_nsec >= 1000000000) until.tv_sec++, until.tv_nsec -= 1000000000;
  while (s->live_count && pthread_cond_timedwait(&s->idle, &s->lock, &until) != ETIMEDOUT) {}
}

void http_queue_stop(PropterServer *s, uint32_t grace_ms) {
  enum { CANCELLED_MS = 2000 };
  (void)pthread_mutex_lock(&s->lock);
  s->stopping = true;
  for (int i = 0; i < HTTP_LANES; i++) (void)pthread_cond_broadcast(&s->lane[i].work);
  wait_idle(s, grace_ms);
  for (HttpRequest *r = s->live; r; r = r->older) http_reply_cancel(r, false);
  wait_idle(s, CANCELLED_MS);
  (void)pthread_mutex_unlock(&s->lock);
  for (unsigned i = 0; i < s->thread_count; i++) (void)pthread_join(s->threads[i], NULL);
  propter_free(s->threads);
}

void http_queue_cancel(PropterServer *s, HttpRequest *request) {
  http_reply_cancel(request, false);
  s->cancelled++;
  if (take_out(&s->lane[HTTP_COMPUTED], request)) append(&s->lane[HTTP_PROMPT], request);
}

bool http_cancel(PropterServer *s, uint64_t id) {
  bool found = false;
  (void)pthread_mutex_lock(&s->lock);
  for (HttpRequest *r = s->live; r && !found; r = r->older)
    if (r->id == id && r->queued) http_queue_cancel(s, r), found = true;
  (void)pthread_mutex_unlock(&s->lock);
  return found;
}
