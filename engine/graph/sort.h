/* SPDX-License-Identifier: Apache-2.0 */
/* Stable sorting of changes by radix. A permutation that differs from a sorted one by the column in front needs that column sorted only. */
#ifndef GRAPH_SORT_H
#define GRAPH_SORT_H

#include "block.h"

/* Sorts by column `column`, keeping the order of equals; `spare` has the same size. Returns the one of the two that holds the result. */
Change *sort_column(Change *changes, Change *spare, size_t count, unsigned column);

/* The same by all four columns. */
Change *sort_rows(Change *changes, Change *spare, size_t count);

#endif
