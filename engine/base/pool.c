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

PropterStatus propter_pool_run(size_t count, unsigned threads, PropterTask task, void *payload, PropterError *err) {
  if (count <= 1) return count ? task(0, payload, err) : PROPTER_OK;
  Job job = {.count = count, .task = task, .payload = payload, .lock = PTHREAD_MUTEX_INITIALIZER};
  threads = propter_pool_threads(threads);
  if (threads > count) threads = (unsigned)count;
  pthread_t started[MAX_THREADS];
  unsigned n = 0;
  while (n + 1 < threads && !fault_thread() && pthread_create(&started[n], NULL, work, &job) == 0) n++;
  (void)work(&job);
  for (unsigned i = 0; i < n; i++) (void)pthread_join(started[i], NULL);
  (void)pthread_mutex_destroy(&job.lock);
  if (job.status != PROPTER_OK && err) *err = job.error;
  return job.status;
}
