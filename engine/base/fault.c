/* SPDX-License-Identifier: Apache-2.0 */
#include "fault.h"

#include <errno.h>
#include <stdatomic.h>

/* Process-wide by nature: the n-th call of a whole operation may come from any thread and any object. */
static struct {
  atomic_bool active;
  atomic_bool forever;
  atomic_ullong count;
  atomic_ullong fail_at;
  atomic_int error_number;
} plans[3];

void propter_fault_plan(PropterFaultKind kind, uint64_t n, bool forever, int error_number) {
  atomic_store(&plans[kind].count, 0);
  atomic_store(&plans[kind].fail_at, n);
  atomic_store(&plans[kind].forever, forever);
  atomic_store(&plans[kind].error_number, error_number);
  atomic_store(&plans[kind].active, true);
}

uint64_t propter_fault_end(PropterFaultKind kind) {
  atomic_store(&plans[kind].active, false);
  return atomic_load(&plans[kind].count);
}

static bool fails(PropterFaultKind kind) {
  if (!atomic_load_explicit(&plans[kind].active, memory_order_relaxed)) return false;
  unsigned long long now = atomic_fetch_add(&plans[kind].count, 1) + 1, at = atomic_load(&plans[kind].fail_at);
  return at && (now == at || (now > at && atomic_load(&plans[kind].forever)));
}

bool fault_allocation(void) { return fails(PROPTER_FAULT_ALLOCATION); }

bool fault_thread(void) { return fails(PROPTER_FAULT_THREAD); }

bool fault_io(void) {
  if (!fails(PROPTER_FAULT_IO)) return false;
  errno = atomic_load(&plans[PROPTER_FAULT_IO].error_number);
  return true;
}
