/* SPDX-License-Identifier: Apache-2.0 */
/* JSONPath (RFC 9535) over jansson's trees. */
#ifndef TABLE_JSON_PATH_H
#define TABLE_JSON_PATH_H

#include <jansson.h>

#include "propter/limits.h"
#include "propter/mem.h"

typedef struct JsonPath JsonPath;
typedef PROPTER_VEC(json_t *) JsonNodes;

/* Parses a path. Besides RFC 9535: "@" for "$", no "$." before a first name, and member names after a dot that hold blanks or other characters, as
 * mappings have them. SYNTAX with the character. Free with json_path_free. */
PropterStatus json_path_parse(PropterStr text, const PropterLimits *limits, JsonPath **out, PropterError *err);
void json_path_free(JsonPath *path);
/* Appends the nodes that the path selects from `node`, in its order; `root` is what "$" means inside filters. Nodes are borrowed from the tree. */
PropterStatus json_path_select(const JsonPath *path, json_t *root, json_t *node, JsonNodes *out, PropterError *err);
/* If the path is names followed by [*] alone ("$.a.b[*]", "$[*]"), its number of names, and each of them by json_path_name; else SIZE_MAX. */
size_t json_path_array_depth(const JsonPath *path);
PropterStr json_path_name(const JsonPath *path, size_t n);
/* Whether the path is "$..name[*]" alone, and the name. */
bool json_path_searches(const JsonPath *path, PropterStr *name);

#endif
