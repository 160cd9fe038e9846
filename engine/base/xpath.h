/* SPDX-License-Identifier: Apache-2.0 */
/* What an XPath 1.0 expression looks at, found from its tokens alone. */
#ifndef BASE_XPATH_H
#define BASE_XPATH_H

#include "propter/mem.h"

/* How far an expression may look: at attributes of the node and of what it stands in; at what stands in the node, too. */
typedef enum { XPATH_ATTRIBUTES, XPATH_SUBTREE } XPathScope;

/* False also for what is no XPath, or asks for a variable, an ID or a function that XPath 1.0 has not. `counts`: NULL, or whether position() or last() stands
 * in it. */
bool xpath_stays(PropterStr expression, XPathScope scope, bool *counts);

/* An iterator that can be matched on the way. Texts in `arena`, but for the conditions: parts of the iterator. */
typedef struct {
  PropterStr name;  /* local name of the last step; "*": any */
  PropterStr start; /* true at a start tag that may begin a row: the path read from its end */
  PropterStr whole; /* true at the row when it is complete; empty: always */
  PropterStr *conditions; /* all that stand in it */
  size_t condition_count;
} XPathWay;
/* *found false: it is none. A path of one step is none either, because its row is the document. */
PropterStatus xpath_way(PropterStr iterator, PropterArena *arena, XPathWay *way, bool *found, PropterError *err);

#endif
