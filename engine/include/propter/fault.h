/* SPDX-License-Identifier: Apache-2.0 */
/* Fault injection for tests: makes the n-th allocation, file operation or start of a helping thread of the process fail, once or from then on.
 * The counters are the only state; without a plan they cost one relaxed atomic load per call. */
#ifndef PROPTER_FAULT_H
#define PROPTER_FAULT_H

#include "propter/status.h"

typedef enum { PROPTER_FAULT_ALLOCATION, PROPTER_FAULT_IO, PROPTER_FAULT_THREAD } PropterFaultKind;

/* From now on count the calls of this kind and fail the n-th (1 = the next one); `forever`: every later one as well; n = 0
 * only counts. `error_number` is the errno of a failing file operation (e.g. ENOSPC). */
PROPTER_API void propter_fault_plan(PropterFaultKind kind, uint64_t n, bool forever, int error_number);

/* Ends the plan of this kind and returns how many calls were counted since it was made. */
PROPTER_API uint64_t propter_fault_end(PropterFaultKind kind);

#endif
