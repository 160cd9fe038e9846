/* SPDX-License-Identifier: Apache-2.0 */
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
