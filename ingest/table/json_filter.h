/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of a JSONPath: segments, selectors and filters (RFC 9535 §2.3 to §2.5). */
#ifndef TABLE_JSON_FILTER_H
#define TABLE_JSON_FILTER_H

#include "json_path.h"
#include "propter/regex.h"

typedef struct Filter Filter;
typedef struct Held Held;

typedef enum { SELECT_NAME, SELECT_ALL, SELECT_INDEX, SELECT_SLICE, SELECT_FILTER } SelectorKind;
typedef struct Selector Selector;
struct Selector {
  Selector *next;
  SelectorKind kind;
  PropterStr name;
  int64_t from, to, step; /* `from` is the index, too */
  bool has_from, has_to;
  Filter *filter;
};

typedef struct Segment Segment;
struct Segment {
  Segment *next;
  bool descendants;
  Selector *selectors;
};

struct JsonPath {
  PropterArena arena;
  Segment *segments;
  Held *held; /* what filters hold, freed with the path */
};

typedef struct {
  PropterStr text;
  size_t at;
  unsigned depth; /* of filters */
  PropterArena *arena;
  const PropterLimits *limits;
  Held *held;
} PathParser;

typedef struct {
  json_t *root;
} Selection;

/* json_path.c */
PropterStatus path_expected(const PathParser *p, const char *what, PropterError *err);
bool path_peek(const PathParser *p, char c);
bool path_take(PathParser *p, const char *word);
void path_blanks(PathParser *p);
PropterStatus path_string(PathParser *p, PropterStr *out, PropterError *err);
/* `bare`: a first name may stand without a dot. */
PropterStatus path_segments(PathParser *p, bool bare, Segment **out, PropterError *err);
PropterStatus path_select(const Segment *segments, const Selection *x, json_t *node, JsonNodes *out, PropterError *err);

/* json_filter.c: what follows "?". */
PropterStatus filter_parse(PathParser *p, Filter **out, PropterError *err);
PropterStatus filter_test(const Filter *filter, const Selection *x, json_t *node, bool *keep, PropterError *err);
void filter_free(Held *held);

#endif
