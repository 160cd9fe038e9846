/* SPDX-License-Identifier: Apache-2.0 */
/* crowd PORT PID IDLE ACTIVE SECONDS [ROUNDS]: a crowd for a server in another process. ACTIVE clients ask alone, then beside IDLE connections that stay open,
 * then beside them for SECONDS, at most ROUNDS times a second; meanwhile each idle connection asks for /health every 25 s, so that it is kept. Each answer is
 * checked. Prints the times of answers, and the memory and descriptors of PID; 1 when answers beside the crowd take more than twice as long (99th percentile),
 * an idle connection was cut, the idle ones cost more than IDLE_KIB each, or memory (10 %) or descriptors (16) grew from the first to the last of the PARTS of
 * that time. The allocator gives back by fits and starts, so memory is the least that was seen in a part. */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "http_client.h"

enum { ALONE = 10, BESIDE = 20, ROWS = 100, IDLE_KIB = 40, PARTS = 10, KEPT_MS = 25000 };
static const char ask[] = "GET /sparql?query=SELECT%20*%20%7B%3Fs%20%3Fp%20%3Fo%7D%20LIMIT%20100 HTTP/1.1\r\nHost: localhost\r\nAccept: text/csv\r\n\r\n";
static const char hello[] = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n";

typedef struct {
  double *ms;
  size_t count, cap;
} Times;

static double now_ms(void) {
  struct timespec t;
  (void)clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void fail(const char *what, size_t i) {
  fprintf(stderr, "%s, connection %zu: %s\n", what, i, strerror(errno));
  exit(1);
}

static void keep(Times *t, double ms) {
  if (t->count == t->cap && !(t->ms = realloc(t->ms, (t->cap = t->cap * 2 + 4096) * sizeof *t->ms))) fail("memory", t->count);
  t->ms[t->count++] = ms;
}

static int by_size(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}

static double part(Times *t, double p) {
  qsort(t->ms, t->count, sizeof *t->ms, by_size);
  return t->count ? t->ms[(size_t)(p * (double)(t->count - 1))] : 0;
}

static void receive(int fd, size_t i, size_t least) {
  HttpAnswer a;
  if (!http_receive(fd, false, &a)) fail("no answer", i);
  if (a.code != 200 || !a.whole) {
    fprintf(stderr, "connection %zu: %u, %s: %.*s\n", i, a.code, a.whole ? "whole" : "cut off", (int)a.body.len, a.body.len ? a.body.data : "");
    exit(1);
  }
  size_t lines = 0;
  for (size_t k = 0; k < a.body.len; k++) lines += a.body.data[k] == '\n';
  if (lines < least) fail("an answer too short", i);
  http_answer_clear(&a);
}

/* A round: all ask, then all are answered. */
static void round_of(const int *fd, size_t count, Times *times) {
  const double began = now_ms();
  for (size_t i = 0; i < count; i++)
    if (!http_send(fd[i], (PropterStr){ask, sizeof ask - 1})) fail("cannot send", i);
  for (size_t i = 0; i < count; i++) receive(fd[i], i, ROWS + 1), keep(times, now_ms() - began);
}

static void busy(const int *fd, size_t count, double seconds, Times *times) {
  for (const double end = now_ms() + seconds * 1e3; now_ms() < end;) round_of(fd, count, times);
}

static void connect_all(uint16_t port, int *fd, size_t count) {
  for (size_t i = 0; i < count; i++)
    if ((fd[i] = http_connect(port)) < 0) fail("cannot connect", i);
}

static long memory_kib(const char *pid) {
  char path[64], line[128];
  long kib = -1;
  (void)snprintf(path, sizeof path, "/proc/%s/status", pid);
  FILE *f = fopen(path, "re");
  while (f && fgets(line, sizeof line, f)) (void)sscanf(line, "VmRSS: %ld", &kib);
  if (f) (void)fclose(f);
  return kib;
}

static long descriptors(const char *pid) {
  char path[64];
  long n = 0;
  (void)snprintf(path, sizeof path, "/proc/%s/fd", pid);
  DIR *d = opendir(path);
  while (d && readdir(d)) n++;
  if (d) (void)closedir(d);
  return n;
}

/* The idle connections that are due ask for /health. */
static void keep_idle(const int *fd, size_t count, double began, size_t *done) {
  for (size_t due = (size_t)((now_ms() - began) / KEPT_MS * (double)count), n = 0; *done < due && n < count; n++, ++*done) {
    if (!http_send(fd[*done % count], (PropterStr){hello, sizeof hello - 1})) fail("cannot send", *done);
    receive(fd[*done % count], *done, 0);
  }
}

static void pause_until(double ms) {
  const double left = ms - now_ms();
  const struct timespec nap = {(time_t)(left / 1e3), (long)((left / 1e3 - (double)(time_t)(left / 1e3)) * 1e9)};
  if (left > 0) (void)nanosleep(&nap, NULL);
}

static size_t cut_off(const int *fd, size_t count) {
  size_t cut = 0;
  for (size_t i = 0; i < count; i++) {
    struct pollfd p = {.fd = fd[i], .events = POLLIN};
    cut += poll(&p, 1, 0) != 0;
  }
  return cut;
}

int main(int argc, char **argv) {
  struct rlimit limit;
  if (argc < 6) return 2;
  const uint16_t port = (uint16_t)atoi(argv[1]);
  const char *pid = argv[2];
  const size_t idles = (size_t)atol(argv[3]), actives = (size_t)atol(argv[4]);
  const double seconds = atof(argv[5]), rounds = argc > 6 ? atof(argv[6]) : 0;
  Times alone = {0}, beside = {0}, long_run = {0};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) limit.rlim_cur = limit.rlim_max, (void)setrlimit(RLIMIT_NOFILE, &limit);
  int *idle = calloc(idles + 1, sizeof *idle), *active = calloc(actives + 1, sizeof *active);
  if (!idle || !active) return 1;
  connect_all(port, active, actives);
  busy(active, actives, ALONE, &alone);
  const long quiet = memory_kib(pid);
  for (size_t i = 0; i < idles; i++) {
    connect_all(port, idle + i, 1);
    if (!http_send(idle[i], (PropterStr){hello, sizeof hello - 1})) fail("cannot send", i);
    receive(idle[i], i, 0);
  }
  const long crowded = memory_kib(pid), each = (crowded - quiet) / (long)(idles ? idles : 1);
  printf("idle %zu connections, %ld to %ld KiB, %ld each, %ld descriptors\n", idles, quiet, crowded, each, descriptors(pid));
  busy(active, actives, BESIDE, &beside);
  const double ratio = part(&beside, .99) / part(&alone, .99);
  printf("alone %zu answers, 50 %% within %.1f ms, 99 %% within %.1f ms\n", alone.count, part(&alone, .5), part(&alone, .99));
  printf("beside %zu answers, 50 %% within %.1f ms, 99 %% within %.1f ms, %.2f times as long\n", beside.count, part(&beside, .5), part(&beside, .99), ratio);
  long least[PARTS], open = 0;
  size_t asked = 0;
  const double began = now_ms(), a_part = seconds * 1e3 / PARTS;
  for (int i = 0; i < PARTS; i++) {
    least[i] = LONG_MAX;
    while (now_ms() < began + (i + 1) * a_part) {
      const double round = now_ms();
      round_of(active, actives, &long_run);
      keep_idle(idle, idles, began, &asked);
      const long now = memory_kib(pid);
      if (now < least[i]) least[i] = now;
      if (rounds > 0) pause_until(round + 1e3 / rounds);
    }
    printf("soak %.0f s: %zu answers, %ld KiB, %ld descriptors\n", (i + 1) * a_part / 1e3, long_run.count, least[i], descriptors(pid));
    (void)fflush(stdout);
    if (i == 0) open = descriptors(pid);
  }
  const long still = descriptors(pid);
  const size_t cut = cut_off(idle, idles);
  printf("soak: 99 %% within %.1f ms; idle connections cut: %zu\n", part(&long_run, .99), cut);
  return ratio > 2 || cut || each > IDLE_KIB || (double)least[PARTS - 1] > 1.1 * (double)least[0] || still > open + 16;
}
