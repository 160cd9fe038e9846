/* SPDX-License-Identifier: Apache-2.0 */
/* Fork-join over independent items. Results must be written by item index, so that they do not depend on the number of threads. */
#ifndef PROPTER_POOL_H
#define PROPTER_POOL_H

#include "propter/status.h"

/* One item; `payload` is shared by all. A failure stops the start of further items. */
typedef PropterStatus (*PropterTask)(size_t item, void *payload, PropterError *err);

/* Runs task(0..count-1) on up to `threads` threads (0: number of processors, at most 64). Of several failures the one with the lowest item
 * among those run is returned. Runs in the calling thread if no thread can be started; fails only as a task does. */
PROPTER_API PropterStatus propter_pool_run(size_t count, unsigned threads, PropterTask task, void *payload, PropterError *err);

/* How many threads `threads` means (0: number of processors), at most 64. */
PROPTER_API unsigned propter_pool_threads(unsigned threads);

#endif
