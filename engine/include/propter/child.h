/* SPDX-License-Identifier: Apache-2.0 */
/* A program on untrusted bytes: it sees nothing but them, and is stopped when it takes too much. */
#ifndef PROPTER_CHILD_H
#define PROPTER_CHILD_H

#include "propter/mem.h"

typedef struct {
  uint64_t seconds;      /* of processor time; by the clock it has twice as many */
  uint64_t memory_bytes; /* of its address space */
  uint64_t output_bytes; /* of each of its outputs */
} PropterChildLimits;

/* Runs argv[0] (looked up in PATH) with `input` as its standard input and no other descriptor, no environment but PATH and a UTF-8 locale, and no core
 * dump. *code: its exit status. `out` and `said` get its standard output and error. NOT_FOUND: there is no such program; TIMEOUT: out of time; LIMIT: an
 * output too long; SYNTAX: it crashed; IO, NO_MEMORY. Safe to call from several threads. */
PROPTER_API PropterStatus propter_child_run(const char *const *argv, PropterStr input, const PropterChildLimits *limits, int *code, PropterBuf *out,
                                            PropterBuf *said, PropterError *err);

#endif
