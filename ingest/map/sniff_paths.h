/* SPDX-License-Identifier: Apache-2.0 */
/* What the columns of a document are: JSON and XML have no header. */
#ifndef MAP_SNIFF_PATHS_H
#define MAP_SNIFF_PATHS_H

#include "propter/table.h"

/* Zero-initialise; free with propter_vec_clear(&names), texts live in the arena. */
typedef struct {
  PROPTER_VEC(PropterStr) names; /* expressions of the columns, in the order they come */
  const char *formulation;       /* what RML calls such expressions: "JSONPath", "XPath"; NULL: columns are no expressions */
  PropterBuf lists;              /* those that several values of a row stand under, separated by ", ": no columns */
} SniffPaths;

/* Where a table's columns are expressions, which there are among the first rows (members of objects, elements and attributes, one inside another at most
 * four deep), and in options->iterator, where none is given, where the rows are: of JSON the longest list of objects, of XML the elements of the
 * first name that several have. Errors as propter_table_next. */
PropterStatus sniff_paths(const char *path, PropterTableOptions *options, const PropterLimits *limits, PropterArena *arena, SniffPaths *out, PropterError *err);

#endif
