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

/* Items that come one after the other, each in a slot until it is taken. `read` fills a slot (*more false: there was nothing left) and `take` empties it, each
 * for one item at a time and in the order of the items; `work` is done for several at once. All run on any of the threads, also read beside take. */
typedef struct {
  PropterStatus (*read)(size_t slot, bool *more, void *payload, PropterError *err);
  PropterTask work, take;
} PropterPipe;
enum { PROPTER_PIPE_SLOTS = 64 };

/* Runs everything through the pipe with at most `slots` (up to PROPTER_PIPE_SLOTS) items under way. Returns the failure of the first item that has one, when
 * all before it are taken. Runs in the calling thread if no other can be started; fails only as its functions do. */
PROPTER_API PropterStatus propter_pool_pipe(const PropterPipe *pipe, size_t slots, unsigned threads, void *payload, PropterError *err);

/* How many threads `threads` means (0: number of processors), at most 64. */
PROPTER_API unsigned propter_pool_threads(unsigned threads);

#endif
