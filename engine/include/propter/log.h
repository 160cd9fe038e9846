/* SPDX-License-Identifier: Apache-2.0 */
/* Progress and log as events the caller receives: the library itself never writes to a stream. */
#ifndef PROPTER_LOG_H
#define PROPTER_LOG_H

#include "propter/str.h"

typedef enum { PROPTER_LOG_ERROR, PROPTER_LOG_WARNING, PROPTER_LOG_INFO, PROPTER_LOG_PROGRESS } PropterLogLevel;

/* One event. `done` of `total` items of `unit` for progress (total 0: unknown). Strings are borrowed for the call. */
typedef struct {
  PropterLogLevel level;
  const char *step; /* "load", "read", … */
  const char *message;
  uint64_t done;
  uint64_t total;
  const char *unit;
  const char *run; /* the job this belongs to, or NULL */
} PropterLogEvent;

/* Receives events; may be called from any thread, one call at a time. A NULL log is allowed everywhere. */
typedef struct {
  void (*event)(const PropterLogEvent *event, void *payload);
  void *payload;
} PropterLog;

PROPTER_API void propter_log(const PropterLog *log, PropterLogLevel level, const char *step, const char *format, ...) PROPTER_PRINTF(4, 5);
PROPTER_API void propter_log_progress(const PropterLog *log, const char *step, uint64_t done, uint64_t total, const char *unit);

#endif
