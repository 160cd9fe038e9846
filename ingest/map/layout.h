/* SPDX-License-Identifier: Apache-2.0 */
/* How a table stands in its file: what divides its cells, which line has the names of its columns. */
#ifndef MAP_LAYOUT_H
#define MAP_LAYOUT_H

#include "propter/table.h"

enum { LAYOUT_ROWS = 100 };

/* Looks at the first LAYOUT_ROWS rows and sets the delimiter where `options` names none, and the line of the header where that is not the first row: titles
 * above a table have fewer cells than most of its rows. What cannot be told stays as it is. NO_MEMORY, or INVALID where the rows are no text in the encoding.
 */
PropterStatus layout_find(const char *path, const PropterLimits *limits, PropterTableOptions *options, PropterError *err);

#endif
