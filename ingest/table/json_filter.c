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
  Held *regex;       /* of match and search: the pattern compiled last; its text is the literal */
  bool fixed;        /* it stands in the path */
  const PropterLimits *limits;
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

static size_t digits(const PathParser *p, size_t at) {
  size_t from = at;
  while (at < p->text.len && p->text.data[at] >= '0' && p->text.data[at] <= '9') at++;
  return at - from;
}

/* ("int" or "-0"), then a fraction and an exponent that may be left out (§2.3.5.1). */
static json_t *number(PathParser *p) {
  const char *s = p->text.data;
  size_t from = p->at, at = from + path_peek(p, '-'), n = digits(p, at);
  double d;
  int64_t i;
  if (!n || (n > 1 && s[at] == '0')) return NULL;
  at += n;
  if (at < p->text.len && s[at] == '.' && (n = digits(p, at + 1))) at += 1 + n;
  if (at < p->text.len && (s[at] == 'e' || s[at] == 'E')) {
    size_t sign = at + 1 < p->text.len && (s[at + 1] == '+' || s[at + 1] == '-');
    if ((n = digits(p, at + 1 + sign))) at += 1 + sign + n;
  }
  PropterStr text = {s + from, at - from};
  p->at = at;
  if (propter_str_to_int64(text, &i)) return json_integer(i);
  return propter_str_to_double(text, &d) ? json_real(d) : (p->at = from, NULL);
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

/* A dot of I-Regexp (RFC 9485) is any character but those that end a line. */
static void put_pattern(PropterStr pattern, PropterBuf *out) {
  bool class = false;
  for (size_t i = 0; i < pattern.len; i++) {
    char c = pattern.data[i];
    if (c == '\\' && i + 1 < pattern.len) propter_buf_add_char(out, c), c = pattern.data[++i];
    else if (c == '.' && !class) {
      propter_buf_add(out, PROPTER_STR("[^\\n\\r]"));
      continue;
    } else if (c == '[' || c == ']') class = c == '[';
    propter_buf_add_char(out, c);
  }
}

static PropterStatus compile_regex(Held *held, PropterStr pattern, Function function, const PropterLimits *limits, PropterError *err) {
  PropterBuf whole = {0};
  if (function == FUNCTION_MATCH) propter_buf_add(&whole, PROPTER_STR("\\A(?:"));
  put_pattern(pattern, &whole);
  if (function == FUNCTION_MATCH) propter_buf_add(&whole, PROPTER_STR(")\\z"));
  PropterStatus status = propter_buf_status(&whole, err);
  PropterStr text = whole.len ? propter_buf_str(&whole) : PROPTER_STR("");
  if (status == PROPTER_OK) status = propter_regex_compile(text, PROPTER_REGEX_UNICODE, limits, &held->regex, err);
  propter_buf_clear(&whole);
  return status == PROPTER_OK && !held->matcher ? propter_matcher_new(0, &held->matcher, err) : status;
}

/* A pattern in quotes is compiled at once; one that stands in the data, whenever it is another. */
static PropterStatus hold_regex(PathParser *p, Filter *f, PropterError *err) {
  f->regex = hold(p);
  if (!f->regex) return no_memory(err);
  f->limits = p->limits;
  if (f->right->kind != FILTER_LITERAL || !json_is_string(f->right->literal)) return PROPTER_OK;
  PropterStr pattern = {json_string_value(f->right->literal), json_string_length(f->right->literal)};
  f->fixed = true;
  return compile_regex(f->regex, pattern, f->function, p->limits, err);
}

static bool singular(const Filter *f);
static bool logical(const Filter *f);

/* Types of arguments (§2.4.3): count and value take nodes, the others a value. */
static PropterStatus check_argument(const PathParser *p, const Filter *f, const Filter *argument, PropterError *err) {
  bool nodes = f->function == FUNCTION_COUNT || f->function == FUNCTION_VALUE;
  if (nodes) return argument->kind == FILTER_QUERY ? PROPTER_OK : path_expected(p, "a path before this", err);
  bool fine = argument->kind == FILTER_QUERY ? singular(argument) : argument->kind == FILTER_LITERAL || !logical(argument);
  return fine ? PROPTER_OK : path_expected(p, "a path to one node, a literal or a function that gives a value before this", err);
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
  PROPTER_TRY(check_argument(p, f, f->left, err));
  if (f->function == FUNCTION_MATCH || f->function == FUNCTION_SEARCH) {
    if (!path_take(p, ",")) return path_expected(p, ",", err);
    PROPTER_TRY(parse_operand(p, &f->right, err));
    PROPTER_TRY(check_argument(p, f, f->right, err));
    PROPTER_TRY(hold_regex(p, f, err));
    path_blanks(p);
  }
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

static PropterStatus parse_comparison(PathParser *p, Filter **out, bool negated, PropterError *err) {
  Filter *left = NULL;
  Comparison comparison;
  PROPTER_TRY(parse_operand(p, &left, err));
  *out = left;
  size_t at = p->at;
  if (!take_comparison(p, &comparison)) return logical(left) ? PROPTER_OK : path_expected(p, "a comparison", err);
  Filter *f = *out = new_filter(p, FILTER_COMPARE);
  if (!f) return no_memory(err);
  f->left = left;
  f->comparison = comparison;
  PROPTER_TRY(parse_operand(p, &f->right, err));
  if (negated) return p->at = at, path_expected(p, "no comparison behind ! without brackets", err);
  bool values = (left->kind != FILTER_FUNCTION || !logical(left)) && (f->right->kind != FILTER_FUNCTION || !logical(f->right));
  return values && singular(left) && singular(f->right) ? PROPTER_OK : path_expected(p, "values or paths to one node on both sides before this", err);
}

static PropterStatus parse_basic(PathParser *p, Filter **out, PropterError *err) {
  path_blanks(p);
  bool negated = path_take(p, "!");
  if (negated) {
    Filter *f = *out = new_filter(p, FILTER_NOT);
    if (!f) return no_memory(err);
    out = &f->left;
    path_blanks(p);
  }
  if (!path_take(p, "(")) return parse_comparison(p, out, negated, err);
  PROPTER_TRY(parse_or(p, out, err));
  path_blanks(p);
  return path_take(p, ")") ? PROPTER_OK : path_expected(p, ")", err);
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

/* The pattern that stands in the data. What is no pattern matches nothing (§2.4.6). */
static PropterStatus find_pattern(const Filter *f, const Selection *x, json_t *node, bool *usable, PropterError *err) {
  Value v = {0};
  PropterError why = {0};
  PROPTER_TRY(eval(f->right, x, node, &v, err));
  *usable = json_is_string(v.node);
  if (!*usable || (f->regex->regex && json_equal(f->regex->literal, v.node))) return PROPTER_OK;
  propter_regex_free(f->regex->regex);
  json_decref(f->regex->literal);
  f->regex->regex = NULL;
  f->regex->literal = json_incref(v.node);
  PropterStatus status = compile_regex(f->regex, (PropterStr){json_string_value(v.node), json_string_length(v.node)}, f->function, f->limits, &why);
  *usable = status == PROPTER_OK;
  if (status == PROPTER_OK || status == PROPTER_SYNTAX || status == PROPTER_INVALID) return PROPTER_OK;
  if (err) *err = why;
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
  bool usable = f->fixed;
  if (!usable) PROPTER_TRY(find_pattern(f, x, node, &usable, err));
  if (!usable) return PROPTER_OK;
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

/* Numbers are compared by value, also inside arrays and objects (§2.3.5.2.2). */
static bool equal_nodes(json_t *a, json_t *b) {
  const char *key;
  json_t *child;
  size_t i;
  if (json_is_number(a) && json_is_number(b)) return json_number_value(a) >= json_number_value(b) && json_number_value(a) <= json_number_value(b);
  if (!a || !b || json_typeof(a) != json_typeof(b)) return false;
  if (json_is_array(a)) {
    if (json_array_size(a) != json_array_size(b)) return false;
    json_array_foreach(a, i, child) if (!equal_nodes(child, json_array_get(b, i))) return false;
    return true;
  }
  if (!json_is_object(a)) return json_equal(a, b);
  if (json_object_size(a) != json_object_size(b)) return false;
  json_object_foreach(a, key, child) if (!equal_nodes(child, json_object_get(b, key))) return false;
  return true;
}

static bool equal_values(const Value *a, const Value *b) {
  if (is_number(a) && is_number(b)) return number_of(a) >= number_of(b) && number_of(a) <= number_of(b);
  if (is_number(a) || is_number(b)) return false;
  if (!a->node || !b->node) return a->node == b->node;
  return equal_nodes(a->node, b->node);
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
