/* SPDX-License-Identifier: Apache-2.0 */
/* Preloaded by tests/cli/ends.sh: makes one function of the library find a mistake of its own, which nothing from outside can. */
#include <stdio.h>

#include "propter/graph.h"

PropterStatus propter_snapshot_open(PropterGraph *graph, uint32_t timeout, PropterSnapshot **out, PropterError *err) {
  (void)graph, (void)timeout, (void)out;
  if (err) (void)snprintf(err->message, sizeof err->message, "a mistake made for the test");
  return PROPTER_BUG;
}
