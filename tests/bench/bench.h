/* SPDX-License-Identifier: Apache-2.0 */
/* Timing of one operation: median of several runs, printed as a bench line. */
#ifndef BENCH_H
#define BENCH_H

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* A call that must succeed, for programs that include propter/error.h. */
#define must(call)                                                                                                                                             \
  do {                                                                                                                                                         \
    PropterError err = {0}, *errp = &err; /* `errp` is for the call */                                                                                         \
    if ((call) != PROPTER_OK) fprintf(stderr, "%s: %s\n", #call, err.message), exit(70);                                                                       \
  } while (0)

static inline double bench_clock(clockid_t clock) {
  struct timespec t;
  (void)clock_gettime(clock, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}
static inline double bench_now(void) { return bench_clock(CLOCK_MONOTONIC); }

/* Processor time of this thread: steadier than the clock on a shared machine. */
static inline double bench_cpu(void) { return bench_clock(CLOCK_THREAD_CPUTIME_ID); }

static inline int bench_compare(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* Runs `operation` RUNS times after one warm-up and returns the median seconds of that clock. */
static inline double bench_median_of(clockid_t clock, void (*operation)(void *), void *payload) {
  enum { RUNS = 5 };
  double seconds[RUNS];
  operation(payload);
  for (int i = 0; i < RUNS; i++) {
    double start = bench_clock(clock);
    operation(payload);
    seconds[i] = bench_clock(clock) - start;
  }
  qsort(seconds, RUNS, sizeof *seconds, bench_compare);
  return seconds[RUNS / 2];
}
static inline double bench_median(void (*operation)(void *), void *payload) { return bench_median_of(CLOCK_MONOTONIC, operation, payload); }
/* Processor time of all threads: steadier than the clock on the wall where the machine is shared. */
static inline double bench_processor(void (*operation)(void *), void *payload) { return bench_median_of(CLOCK_PROCESS_CPUTIME_ID, operation, payload); }

static inline void bench_print(const char *name, double value, const char *unit) { printf("bench %s %.4g %s\n", name, value, unit); }

#endif
