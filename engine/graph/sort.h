/* SPDX-License-Identifier: Apache-2.0 */
/* Stable sorting by radix. Keys with the place of their row are moved instead of the rows; a permutation that differs from a sorted one by the column in front
 * needs that column sorted only. */
#ifndef GRAPH_SORT_H
#define GRAPH_SORT_H

#include "block.h"
#include "sort_keys.h"

/* Sorts rows by all four columns where they are, keeping the order of equals; `keys` and `spare` have room for as many, `count` is at most UINT32_MAX. */
void sort_rows(Change *changes, size_t count, SortKey *keys, SortKey *spare);

#endif
