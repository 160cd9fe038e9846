/* SPDX-License-Identifier: Apache-2.0 */
/* Logical views (RML-LV, https://w3id.org/rml/lv/spec): a table whose columns are fields of another source, those of its nested values and of other views
 * joined with it. A column has one value: where an expression gives several there is a row for each. */
#ifndef MAP_VIEW_H
#define MAP_VIEW_H

#include "model.h"

/* In the order of the document, each behind the one around it. */
typedef struct {
  PropterStr name;     /* with those of the fields around it: item.type */
  TermMap *expression; /* constant, reference or template; its parts' slots are places in View.part_count. NULL: `document` */
  const LogicalSource *document; /* how the values of the field around it are read, of whose rows this field is the index; NULL: they are no documents */
  size_t parent;       /* field around it, SIZE_MAX: none */
  size_t within;       /* field of whose document's rows this is a part, SIZE_MAX: the source's */
  bool iterable;       /* only its index is a column */
  size_t column;       /* "name.#"; its value one more, unless iterable */
  const DocTriple *at;
} ViewField;
typedef PROPTER_VEC(ViewField) ViewFields;

typedef struct {
  size_t source; /* of the parent */
  bool inner;
  bool single; /* a row has one partner at most: another one is a mistake */
  Join *conditions; /* parts of the children: columns of this view; of the parents: places in `part_count` */
  size_t condition_count;
  ViewFields fields;
  size_t part_count; /* of what is read from the parent */
} ViewJoin;

struct View {
  Node node;
  size_t source; /* what it is on */
  bool ready;    /* false: it is being read */
  ViewFields fields; /* each behind the one around it */
  PROPTER_VEC(PropterStr) names; /* of the columns; the first is "#" */
  PROPTER_VEC(ViewJoin) joins;
  size_t part_count;
  PropterStr print; /* of a view that is made for metrics: what it joins */
};

/* Views that no document declares: over `source`, as a source of its own. Another one with the same `print` over it is taken again. */
PropterStatus view_made(PropterMapping *m, size_t source, PropterStr print, View **out, bool *fresh, PropterError *err);
PropterStatus view_source(PropterMapping *m, const View *v, size_t *source, PropterError *err);
/* Its column of that name is that of the source; it may be there. */
PropterStatus view_column(PropterMapping *m, View *v, PropterStr column, const DocTriple *at, PropterError *err);
/* Joins a source in which a row has one partner at most. Children of the conditions are columns of the view. The result is the number of the join. */
PropterStatus view_join(PropterMapping *m, View *v, size_t source, Join *conditions, size_t count, PropterError *err);
/* Column `name` of the view is `column` of that join's source. */
PropterStatus view_joined(PropterMapping *m, View *v, size_t join, PropterStr column, PropterStr name, const DocTriple *at, PropterError *err);

#endif
