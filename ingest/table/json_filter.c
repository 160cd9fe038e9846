/* SPDX-License-Identifier: Apache-2.0 */
/* Filters of JSONPath (RFC 9535 §2.3.5 and §2.4): parsed into a tree, tested node by node. */
#include "json_filter.h"

#include <string.h>

enum { DEPTH = 64 };

typedef enum { FILTER_OR, FILTER_AND, FILTER_NOT, FILTER_COMPARE, FILTER_QUERY, FILTER_LITERAL, FILTER_FUNCTION } FilterKind;
typedef enum { COMPARE_EQ, COMPARE_NE, COMPARE_LE, COMPARE_GE, COMPARE_LT, COMPARE_GT } Comparison;
typedef enum { FUNCTION_LENGTH, FUNCTION_COUNT, FUNCTION_MATCH, FUNCTION_SEARCH, FUNCTION_VALUE } Function;

struct Held {
  Held *next;
  PropterRegex *regex; /* NULL: none */
  PropterMatcher *matcher;
  json_t *literal; /* NULL: none */
};

struct Filter {
  FilterKind kind;
  Filter *left, *right;
  Comparison comparison;
  bool root;         /* of a query: from "$" */
  Segment *segments; /* of a query */
  json_t *literal;   /* borrowed from the parser's list */
  Function function;
  Held *regex;    /* of match and search with a literal pattern */
};

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a JSONPath"); }

/* --- Parser -------------------------------------------------------------------------------------------------------------------- */

static PropterStatus parse_or(PathParser *p, Filter **out, PropterError *err);

static Filter *new_filter(PathParser *p, FilterKind kind) {
  Filter *f = propter_arena_alloc(p->arena, sizeof *f);
  if (f) f->kind = kind;
  return f;
}

/* Things that outlive the arena's bytes hang on the parser's list. */
static Held *hold(PathParser *p) {
  Held *r = propter_calloc(1, sizeof *r);
  if (!r) return NULL;
  r->next = p->held;
  return p->held = r;
}

static json_t *number(PathParser *p) {
  size_t from = p->at;
  double d;
  int64_t i;
  while (p->at < p->text.len && strchr("+-.0123456789eE", p->text.data[p->at])) p->at++;
  PropterStr text = {p->text.data + from, p->at - from};
  if (propter_str_to_int64(text, &i)) return json_integer(i);
  if (text.len && propter_str_to_double(text, &d)) return json_real(d);
  p->at = from;
  return NULL;
}

static PropterStatus parse_literal(PathParser *p, Filter *f, PropterError *err) {
  f->kind = FILTER_LITERAL;
  PropterStr text;
  bool known = true;
  if (path_peek(p, '"') || path_peek(p, '\'')) {
    PROPTER_TRY(path_string(p, &text, err));
    f->literal = json_stringn(text.data, text.len);
  } else if (path_take(p, "true")) {
    f->literal = json_true();
  } else if (path_take(p, "false")) {
    f->literal = json_false();
  } else if (path_take(p, "null")) {
    f->literal = json_null();
  } else {
    f->literal = number(p);
    known = f->literal != NULL;
  }
  if (!known) return path_expected(p, "@, $, a literal or a function", err);
  Held *held = f->literal ? hold(p) : NULL;
  if (held) return held->literal = f->literal, PROPTER_OK;
  json_decref(f->literal);
  return no_memory(err);
}

static bool take_function(PathParser *p, Function *function) {
  static const struct {
    const char *word;
    Function function;
  } names[] = {{"length(", FUNCTION_LENGTH}, {"count(", FUNCTION_COUNT}, {"match(", FUNCTION_MATCH}, {"search(", FUNCTION_SEARCH}, {"value(", FUNCTION_VALUE}};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (path_take(p, names[i].word)) return *function = names[i].function, true;
  return false;
}

static PropterStatus compile_regex(PathParser *p, Filter *f, PropterError *err) {
  PropterStr pattern = {json_string_value(f->right->literal), json_string_length(f->right->literal)};
  PropterBuf whole = {0};
  f->regex = hold(p);
  if (!f->regex) return no_memory(err);
  propter_buf_printf(&whole, f->function == FUNCTION_MATCH ? "\\A(?:%.*s)\\z" : "%.*s", (int)pattern.len, pattern.data);
  PropterStatus status = propter_buf_status(&whole, err);
  if (status == PROPTER_OK) status = propter_regex_compile(propter_buf_str(&whole), PROPTER_REGEX_UNICODE, p->limits, &f->regex->regex, err);
  propter_buf_clear(&whole);
  return status == PROPTER_OK ? propter_matcher_new(0, &f->regex->matcher, err) : status;
}

static PropterStatus parse_operand(PathParser *p, Filter **out, PropterError *err) {
  Filter *f = new_filter(p, FILTER_QUERY);
  if (!f) return no_memory(err);
  *out = f;
  path_blanks(p);
  if ((f->root = path_take(p, "$")) || path_take(p, "@")) return path_segments(p, false, &f->segments, err);
  if (!take_function(p, &f->function)) return parse_literal(p, f, err);
  f->kind = FILTER_FUNCTION;
  PROPTER_TRY(parse_operand(p, &f->left, err));
  path_blanks(p);
  bool two = f->function == FUNCTION_MATCH || f->function == FUNCTION_SEARCH;
  if (two) {
    if (!path_take(p, ",")) return path_expected(p, ",", err);
    PROPTER_TRY(parse_operand(p, &f->right, err));
    if (f->right->kind != FILTER_LITERAL || !json_is_string(f->right->literal)) return path_expected(p, "a regular expression in quotes before this", err);
    PROPTER_TRY(compile_regex(p, f, err));
    path_blanks(p);
  }
  if ((f->function == FUNCTION_COUNT || f->function == FUNCTION_VALUE) && f->left->kind != FILTER_QUERY) return path_expected(p, "a path before this", err);
  return path_take(p, ")") ? PROPTER_OK : path_expected(p, ")", err);
}

static bool take_comparison(PathParser *p, Comparison *comparison) {
  static const char *const words[] = {"==", "!=", "<=", ">=", "<", ">"};
  path_blanks(p);
  for (int i = 0; i < 6; i++)
    if (path_take(p, words[i])) return *comparison = (Comparison)i, true;
  return false;
}

static bool singular(const Filter *f) {
  if (f->kind != FILTER_QUERY) return true;
  for (const Segment *s = f->segments; s; s = s->next)
    if (s->descendants || s->selectors->next || (s->selectors->kind != SELECT_NAME && s->selectors->kind != SELECT_INDEX)) return false;
  return true;
}

static bool logical(const Filter *f) {
  return f->kind == FILTER_QUERY || (f->kind == FILTER_FUNCTION && (f->function == FUNCTION_MATCH || f->function == FUNCTION_SEARCH));
}

static PropterStatus parse_basic(PathParser *p, Filter **out, PropterError *err) {
  path_blanks(p);
  if (path_take(p, "!")) {
    Filter *f = *out = new_filter(p, FILTER_NOT);
    return f ? parse_basic(p, &f->left, err) : no_memory(err);
  }
  if (path_take(p, "(")) {
    PROPTER_TRY(parse_or(p, out, err));
    path_blanks(p);
    return path_take(p, ")") ? PROPTER_OK : path_expected(p, ")", err);
  }
  Filter *left = NULL;
  Comparison comparison;
  PROPTER_TRY(parse_operand(p, &left, err));
  *out = left;
  if (!take_comparison(p, &comparison)) return logical(left) ? PROPTER_OK : path_expected(p, "a comparison", err);
  Filter *f = *out = new_filter(p, FILTER_COMPARE);
  if (!f) return no_memory(err);
  f->left = left;
  f->comparison = comparison;
  PROPTER_TRY(parse_operand(p, &f->right, err));
  return singular(f->left) && singular(f->right) ? PROPTER_OK : path_expected(p, "paths to one node on both sides before this", err);
}

static PropterStatus parse_list(PathParser *p, const char *word, FilterKind kind, PropterStatus (*part)(PathParser *p, Filter **out, PropterError *err),
                                Filter **out, PropterError *err) {
  PROPTER_TRY(part(p, out, err));
  while (path_blanks(p), path_take(p, word)) {
    Filter *f = new_filter(p, kind);
    if (!f) return no_memory(err);
    f->left = *out;
    *out = f;
    PROPTER_TRY(part(p, &f->right, err));
  }
  return PROPTER_OK;
}

static PropterStatus parse_and(PathParser *p, Filter **out, PropterError *err) { return parse_list(p, "&&", FILTER_AND, parse_basic, out, err); }

static PropterStatus parse_or(PathParser *p, Filter **out, PropterError *err) {
  if (++p->depth > DEPTH) return propter_fail(err, PROPTER_LIMIT, "a JSONPath filter is nested deeper than %d", DEPTH);
  PropterStatus status = parse_list(p, "||", FILTER_OR, parse_and, out, err);
  p->depth--;
  return status;
}

PropterStatus filter_parse(PathParser *p, Filter **out, PropterError *err) { return parse_or(p, out, err); }

void filter_free(Held *held) {
  while (held) {
    Held *next = held->next;
    propter_regex_free(held->regex);
    propter_matcher_free(held->matcher);
    json_decref(held->literal);
    propter_free(held);
    held = next;
  }
}

/* --- Test ---------------------------------------------------------------------------------------------------------------------- */

/* A value, or nothing. Counts are values of their own. */
typedef struct {
  json_t *node; /* NULL: nothing, unless it is a count */
  bool is_count, logical;
  int64_t count;
} Value;

static PropterStatus eval(const Filter *f, const Selection *x, json_t *node, Value *out, PropterError *err);

static PropterStatus select_nodes(const Filter *f, const Selection *x, json_t *node, JsonNodes *out, PropterError *err) {
  return path_select(f->segments, x, f->root ? x->root : node, out, err);
}

static PropterStatus query(const Filter *f, const Selection *x, json_t *node, Value *out, size_t *count, PropterError *err) {
  JsonNodes found = {0};
  PropterStatus status = select_nodes(f, x, node, &found, err);
  *count = found.count;
  out->node = found.count == 1 ? found.items[0] : NULL;
  propter_vec_clear(&found);
  return status;
}

static PropterStatus call(const Filter *f, const Selection *x, json_t *node, Value *out, PropterError *err) {
  Value v = {0};
  size_t count = 0;
  if (f->function == FUNCTION_COUNT || f->function == FUNCTION_VALUE) {
    PROPTER_TRY(query(f->left, x, node, &v, &count, err));
    if (f->function == FUNCTION_VALUE)
      *out = v;
    else
      out->is_count = true, out->count = (int64_t)count;
    return PROPTER_OK;
  }
  PROPTER_TRY(eval(f->left, x, node, &v, err));
  if (f->function == FUNCTION_LENGTH) {
    out->is_count = json_is_string(v.node) || json_is_array(v.node) || json_is_object(v.node);
    if (json_is_string(v.node))
      out->count = (int64_t)propter_utf8_length((PropterStr){json_string_value(v.node), json_string_length(v.node)});
    else
      out->count = (int64_t)(json_is_array(v.node) ? json_array_size(v.node) : json_object_size(v.node));
    return PROPTER_OK;
  }
  if (!json_is_string(v.node)) return PROPTER_OK;
  return propter_regex_match(f->regex->regex, f->regex->matcher, (PropterStr){json_string_value(v.node), json_string_length(v.node)}, 0, &out->logical, err);
}

static PropterStatus eval(const Filter *f, const Selection *x, json_t *node, Value *out, PropterError *err) {
  size_t count;
  *out = (Value){0};
  if (f->kind == FILTER_LITERAL) {
    out->node = f->literal;
    return PROPTER_OK;
  }
  return f->kind == FILTER_QUERY ? query(f, x, node, out, &count, err) : call(f, x, node, out, err);
}

static bool is_number(const Value *v) { return v->is_count || json_is_number(v->node); }
static double number_of(const Value *v) { return v->is_count ? (double)v->count : json_number_value(v->node); }

static bool equal_values(const Value *a, const Value *b) {
  if (is_number(a) && is_number(b)) return number_of(a) >= number_of(b) && number_of(a) <= number_of(b);
  if (is_number(a) || is_number(b)) return false;
  if (!a->node || !b->node) return a->node == b->node;
  return json_equal(a->node, b->node);
}

static bool less(const Value *a, const Value *b) {
  if (is_number(a) && is_number(b)) return number_of(a) < number_of(b);
  if (!json_is_string(a->node) || !json_is_string(b->node)) return false;
  return propter_str_compare((PropterStr){json_string_value(a->node), json_string_length(a->node)},
                             (PropterStr){json_string_value(b->node), json_string_length(b->node)}) < 0;
}

static PropterStatus compare(const Filter *f, const Selection *x, json_t *node, bool *keep, PropterError *err) {
  Value a, b;
  PROPTER_TRY(eval(f->left, x, node, &a, err));
  PROPTER_TRY(eval(f->right, x, node, &b, err));
  switch (f->comparison) {
  case COMPARE_EQ: *keep = equal_values(&a, &b); break;
  case COMPARE_NE: *keep = !equal_values(&a, &b); break;
  case COMPARE_LE: *keep = less(&a, &b) || equal_values(&a, &b); break;
  case COMPARE_GE: *keep = less(&b, &a) || equal_values(&a, &b); break;
  case COMPARE_LT: *keep = less(&a, &b); break;
  case COMPARE_GT: *keep = less(&b, &a); break;
  }
  return PROPTER_OK;
}

PropterStatus filter_test(const Filter *f, const Selection *x, json_t *node, bool *keep, PropterError *err) {
  Value v = {0};
  size_t count = 0;
  switch (f->kind) {
  case FILTER_NOT:
    PROPTER_TRY(filter_test(f->left, x, node, keep, err));
    *keep = !*keep;
    return PROPTER_OK;
  case FILTER_AND:
  case FILTER_OR:
    PROPTER_TRY(filter_test(f->left, x, node, keep, err));
    return *keep == (f->kind == FILTER_OR) ? PROPTER_OK : filter_test(f->right, x, node, keep, err);
  case FILTER_COMPARE: return compare(f, x, node, keep, err);
  case FILTER_QUERY:
    PROPTER_TRY(query(f, x, node, &v, &count, err));
    *keep = count > 0;
    return PROPTER_OK;
  default:
    PROPTER_TRY(eval(f, x, node, &v, err));
    *keep = v.logical;
    return PROPTER_OK;
  }
}
