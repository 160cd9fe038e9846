/* SPDX-License-Identifier: Apache-2.0 */
#include "propter/pool.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "fault.h"

enum { MAX_THREADS = 64 };

typedef struct {
  size_t count;
  PropterTask task;
  void *payload;
  atomic_size_t next;
  atomic_bool stop;
  pthread_mutex_t lock;
  size_t failed_item;
  PropterStatus status;
  PropterError error;
} Job;

static void *work(void *arg) {
  Job *job = arg;
  while (!atomic_load(&job->stop)) {
    size_t item = atomic_fetch_add(&job->next, 1);
    if (item >= job->count) break;
    PropterError err = {0};
    PropterStatus status = job->task(item, job->payload, &err);
    if (status == PROPTER_OK) continue;
    atomic_store(&job->stop, true);
    (void)pthread_mutex_lock(&job->lock);
    if (job->status == PROPTER_OK || item < job->failed_item) {
      job->status = status;
      job->failed_item = item;
      job->error = err;
    }
    (void)pthread_mutex_unlock(&job->lock);
  }
  return NULL;
}

unsigned propter_pool_threads(unsigned threads) {
  long online = threads ? 0 : sysconf(_SC_NPROCESSORS_ONLN);
  if (!threads) threads = online > 0 ? (unsigned)online : 1;
  return threads > MAX_THREADS ? MAX_THREADS : threads;
}

/* Starts up to `threads` - 1 helpers, runs in this thread, too, and waits for all. */
static void run_on(unsigned threads, void *(*run)(void *), void *arg) {
  pthread_t started[MAX_THREADS];
  unsigned n = 0;
  while (n + 1 < threads && !fault_thread() && pthread_create(&started[n], NULL, run, arg) == 0) n++;
  (void)run(arg);
  for (unsigned i = 0; i < n; i++) (void)pthread_join(started[i], NULL);
}

PropterStatus propter_pool_run(size_t count, unsigned threads, PropterTask task, void *payload, PropterError *err) {
  if (count <= 1) return count ? task(0, payload, err) : PROPTER_OK;
  Job job = {.count = count, .task = task, .payload = payload, .lock = PTHREAD_MUTEX_INITIALIZER};
  threads = propter_pool_threads(threads);
  if (threads > count) threads = (unsigned)count;
  run_on(threads, work, &job);
  (void)pthread_mutex_destroy(&job.lock);
  if (job.status != PROPTER_OK && err) *err = job.error;
  return job.status;
}

/* --- Pipes ----------------------------------------------------------------------------------------------------------------------- */

typedef enum { EMPTY, READ, DONE } SlotState;

typedef struct {
  const PropterPipe *is;
  void *payload;
  size_t slots;
  struct {
    SlotState state;
    PropterStatus status;
    PropterError error;
  } slot[PROPTER_PIPE_SLOTS];
  pthread_mutex_t lock;
  pthread_cond_t changed;
  size_t read, working, taken; /* numbers of the next item to be read, worked on and taken */
  bool reading, taking, ended, failed;
  PropterStatus status;
  PropterError error;
} Pipe;

/* Each of these is called with the lock held, which it gives back meanwhile. */
static void take_one(Pipe *p) {
  size_t slot = p->taken % p->slots;
  p->taking = true;
  p->status = p->slot[slot].status;
  p->error = p->slot[slot].error;
  if (p->status == PROPTER_OK) {
    (void)pthread_mutex_unlock(&p->lock);
    PropterStatus status = p->is->take(slot, p->payload, &p->error);
    (void)pthread_mutex_lock(&p->lock);
    p->status = status;
  }
  p->failed = p->status != PROPTER_OK;
  p->slot[slot].state = EMPTY;
  p->taken++;
  p->taking = false;
}

static void work_one(Pipe *p) {
  size_t slot = p->working++ % p->slots;
  if (p->slot[slot].status == PROPTER_OK) {
    (void)pthread_mutex_unlock(&p->lock);
    PropterStatus status = p->is->work(slot, p->payload, &p->slot[slot].error);
    (void)pthread_mutex_lock(&p->lock);
    p->slot[slot].status = status;
  }
  p->slot[slot].state = DONE;
}

static void read_one(Pipe *p) {
  size_t slot = p->read % p->slots;
  bool more = false;
  p->reading = true;
  (void)pthread_mutex_unlock(&p->lock);
  p->slot[slot].error = (PropterError){0};
  PropterStatus status = p->is->read(slot, &more, p->payload, &p->slot[slot].error);
  (void)pthread_mutex_lock(&p->lock);
  p->reading = false;
  p->ended = !more || status != PROPTER_OK;
  if (p->ended && status == PROPTER_OK) return;
  p->slot[slot].status = status;
  p->slot[slot].state = READ;
  p->read++;
}

/* What empties slots goes first, so that few items are under way. */
static void *pipe_thread(void *arg) {
  Pipe *p = arg;
  (void)pthread_mutex_lock(&p->lock);
  while (!p->failed && !(p->ended && p->taken == p->read)) {
    if (!p->taking && p->slot[p->taken % p->slots].state == DONE) {
      take_one(p);
    } else if (p->working < p->read) {
      work_one(p);
    } else if (!p->ended && !p->reading && p->slot[p->read % p->slots].state == EMPTY) {
      read_one(p);
    } else {
      (void)pthread_cond_wait(&p->changed, &p->lock);
      continue;
    }
    (void)pthread_cond_broadcast(&p->changed);
  }
  (void)pthread_mutex_unlock(&p->lock);
  return NULL;
}

PropterStatus propter_pool_pipe(const PropterPipe *pipe, size_t slots, unsigned threads, void *payload, PropterError *err) {
  Pipe p = {.is = pipe, .payload = payload, .slots = slots, .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};
  run_on(propter_pool_threads(threads), pipe_thread, &p);
  (void)pthread_mutex_destroy(&p.lock);
  (void)pthread_cond_destroy(&p.changed);
  if (p.failed && err) *err = p.error;
  return p.failed ? p.status : PROPTER_OK;
}
