/* SPDX-License-Identifier: Apache-2.0 */
/* Many ids sorted with the places of their rows: a stable radix sort by bytes, those that all keys share left out, on all processors. Shared with the
 * executor. */
#ifndef GRAPH_SORT_KEYS_H
#define GRAPH_SORT_KEYS_H

#include "propter/graph.h"

typedef struct {
  PropterId key;
  uint32_t at; /* of its row */
} SortKey;

/* Sorts by key, keeping the order of equals; `spare` has the same size. Returns the one of the two that holds the result. */
SortKey *sort_keys(SortKey *keys, SortKey *spare, size_t count);

#endif
