/* SPDX-License-Identifier: Apache-2.0 */
/* Layout of a term id: high 8 bits a tag, low 56 a payload. Tags below ID_INLINE number terms of the dictionary; the others hold the value of a literal whose
 * lexical form is the canonical one, so that the form can be made again from the value and unsigned order is value order inside a tag. Shared with the folders
 * below: what works on ids (executor, shapes, inference) has to know what an id says. */
#ifndef GRAPH_ID_H
#define GRAPH_ID_H

#include "propter/graph.h"

enum {
  ID_SPECIAL = 0, /* no id, the default graph */
  ID_BLANK = 1,
  ID_IRI = 2,
  /* Literals: the long ones are of the second tag, and numbered apart. */
  ID_STRING = 3,
  ID_LONG_STRING = 4,
  ID_LANGUAGE = 5,
  ID_LONG_LANGUAGE = 6,
  ID_TYPED = 7, /* of any other type */
  ID_LONG_TYPED = 8,
  ID_INLINE = 16,
  ID_INTEGER = 16, /* 13 tags, one per integer type, in the order of id_integer_types */
  ID_DECIMAL = 32, /* millionths */
  ID_DOUBLE = 34,
  ID_FLOAT = 35,
  ID_BOOLEAN = 36,
  ID_DATE = 38,     /* days, no zone */
  ID_DATETIME = 39  /* milliseconds in UTC, then the zone */
};

#define ID_PAYLOAD ((((PropterId)1) << 56) - 1)

static inline unsigned id_tag(PropterId id) { return (unsigned)(id >> 56); }
static inline bool id_long(unsigned tag) { return tag == ID_LONG_STRING || tag == ID_LONG_LANGUAGE || tag == ID_LONG_TYPED; }
static inline PropterId id_make(unsigned tag, uint64_t payload) { return (PropterId)tag << 56 | payload; }

/* The id of a literal that can be inlined, or PROPTER_NO_ID. `datatype` is the full IRI. */
PropterId id_inline(PropterStr lexical, PropterStr datatype);

/* Lexical form (into text, terminated; returns its length) and datatype of an inlined id. */
enum { ID_TEXT = 64 };
size_t id_lexical(PropterId id, char text[ID_TEXT], PropterStr *datatype);

/* With this tag of a number, the id of the greatest value not above `v`, or its tag's first. */
PropterId id_floor(unsigned tag, double v);

/* Ascending order of ids, for qsort and bsearch. */
int id_order(const void *a, const void *b);
/* Puts the ids from `from` on in ascending order, each once. */
void ids_sort(PropterIds *ids, size_t from);
/* Is it one of so many ids in ascending order? */
bool id_among(const PropterId *id, size_t count, PropterId which);
static inline bool ids_have(const PropterIds *ids, PropterId which) { return id_among(ids->items, ids->count, which); }

#endif
