/* SPDX-License-Identifier: Apache-2.0 */
#include "propter/log.h"

#include <stdarg.h>
#include <stdio.h>

void propter_log(const PropterLog *log, PropterLogLevel level, const char *step, const char *format, ...) {
  if (!log || !log->event) return;
  char message[1024];
  va_list args;
  va_start(args, format);
  (void)vsnprintf(message, sizeof message, format, args);
  va_end(args);
  propter_mask_passwords(message);
  log->event(&(PropterLogEvent){.level = level, .step = step, .message = message}, log->payload);
}

void propter_log_progress(const PropterLog *log, const char *step, uint64_t done, uint64_t total, const char *unit) {
  if (!log || !log->event) return;
  log->event(&(PropterLogEvent){.level = PROPTER_LOG_PROGRESS, .step = step, .message = "", .done = done, .total = total, .unit = unit},
             log->payload);
}
