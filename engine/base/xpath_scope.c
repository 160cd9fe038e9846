/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens of XPath 1.0 (§3.7), and what can be told from them. */
#include <ctype.h>
#include <string.h>

#include "xpath.h"

typedef enum {
  T_END, T_BAD, T_NAME, T_STAR, T_LITERAL, T_NUMBER, T_DOT, T_DOTS, T_SLASH, T_SLASHES, T_AT, T_AXIS, T_OPEN, T_CLOSE, T_LEFT, T_RIGHT, T_COMMA, T_OPERATOR
} Kind;

typedef struct {
  PropterStr text;
  size_t at;     /* behind the token */
  size_t begin;  /* of the token */
  Kind kind;
  bool operand;  /* the token ends an operand, so that a name or * behind it is an operator */
} Lexer;

static char peek(const Lexer *l, size_t ahead) { return l->at + ahead < l->text.len ? l->text.data[l->at + ahead] : '\0'; }

static bool begins_name(char c) { return isalpha((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80; }

static bool goes_on(char c) { return begins_name(c) || isdigit((unsigned char)c) || c == '-' || c == '.'; }

static void skip_name(Lexer *l) {
  while (goes_on(peek(l, 0))) l->at++;
}

static Kind lex_name(Lexer *l) {
  skip_name(l);
  if (l->operand) return T_OPERATOR;
  if (peek(l, 0) != ':' || peek(l, 1) == ':') return T_NAME;
  l->at++;
  if (peek(l, 0) == '*') l->at++;
  else if (begins_name(peek(l, 0))) skip_name(l);
  else return T_BAD;
  return T_NAME;
}

static Kind lex_number(Lexer *l) {
  while (isdigit((unsigned char)peek(l, 0)) || peek(l, 0) == '.') l->at++;
  return T_NUMBER;
}

static Kind lex_literal(Lexer *l, char quote) {
  const char *end = l->at < l->text.len ? memchr(l->text.data + l->at, quote, l->text.len - l->at) : NULL;
  if (!end) return T_BAD;
  l->at = (size_t)(end - l->text.data) + 1;
  return T_LITERAL;
}

static Kind lex(Lexer *l) {
  static const struct {
    char word[3];
    Kind kind;
  } words[] = {{"..", T_DOTS}, {".", T_DOT}, {"//", T_SLASHES}, {"/", T_SLASH}, {"::", T_AXIS}, {"@", T_AT}, {"(", T_OPEN}, {")", T_CLOSE}, {"[", T_LEFT},
               {"]", T_RIGHT}, {",", T_COMMA}, {"!=", T_OPERATOR}, {"<=", T_OPERATOR}, {">=", T_OPERATOR}, {"<", T_OPERATOR}, {">", T_OPERATOR},
               {"=", T_OPERATOR}, {"+", T_OPERATOR}, {"-", T_OPERATOR}, {"|", T_OPERATOR}};
  while (peek(l, 0) && strchr(" \t\r\n", peek(l, 0))) l->at++;
  l->begin = l->at;
  char c = peek(l, 0);
  if (l->at >= l->text.len) return T_END;
  if (begins_name(c)) return lex_name(l);
  if (isdigit((unsigned char)c) || (c == '.' && isdigit((unsigned char)peek(l, 1)))) return lex_number(l);
  if (c == '*') return l->at++, l->operand ? T_OPERATOR : T_STAR;
  if (c == '"' || c == '\'') return l->at++, lex_literal(l, c);
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    size_t n = strlen(words[i].word);
    if (l->text.len - l->at >= n && memcmp(l->text.data + l->at, words[i].word, n) == 0) return l->at += n, words[i].kind;
  }
  return T_BAD;
}

static Kind next(Lexer *l) {
  l->kind = lex(l);
  l->operand = l->kind == T_NAME || l->kind == T_STAR || l->kind == T_LITERAL || l->kind == T_NUMBER || l->kind == T_DOT || l->kind == T_DOTS ||
               l->kind == T_CLOSE || l->kind == T_RIGHT;
  return l->kind;
}

static PropterStr token(const Lexer *l) { return (PropterStr){l->text.data + l->begin, l->at - l->begin}; }

static Kind behind(const Lexer *l, size_t count) {
  Lexer copy = *l;
  while (count--) (void)next(&copy);
  return copy.kind;
}

static bool among(PropterStr word, const char *const *words) {
  while (*words && !propter_str_equal(word, propter_str(*words))) words++;
  return *words;
}

/* --- What an expression looks at -------------------------------------------------------------------------------------------------- */

static bool may_call(const Lexer *l, XPathScope scope, bool *counts) {
  static const char *const any[] = {"count", "local-name", "namespace-uri", "name", "concat", "starts-with", "contains", "substring-before", "substring-after",
                                    "substring", "translate", "boolean", "not", "true", "false", "lang", "sum", "floor", "ceiling", "round", NULL};
  static const char *const of_node[] = {"string", "string-length", "normalize-space", "number", NULL}; /* without an argument: of the node */
  static const char *const types[] = {"text", "node", "comment", "processing-instruction", NULL};
  static const char *const places[] = {"position", "last", NULL};
  PropterStr name = token(l);
  if (among(name, places)) return *counts = true;
  if (among(name, any)) return true;
  if (among(name, of_node)) return scope == XPATH_SUBTREE || behind(l, 2) != T_CLOSE;
  return scope == XPATH_SUBTREE && among(name, types);
}

/* `up`: a step to what the node stands in was read (1), and the / behind it (2): only an attribute or another such step may follow. */
static bool stays_name(Lexer *l, XPathScope scope, bool attribute, int *up, bool *counts) {
  static const char *const down[] = {"child", "descendant", "descendant-or-self", "self", NULL}, *const upward[] = {"parent", "ancestor", "ancestor-or-self",
                                                                                                                    NULL};
  if (behind(l, 1) == T_OPEN) return !*up && may_call(l, scope, counts);
  if (behind(l, 1) != T_AXIS) return !*up && (attribute || scope == XPATH_SUBTREE);
  if (among(token(l), down)) return !*up && scope == XPATH_SUBTREE;
  if (!among(token(l), upward)) return false;
  (void)next(l), (void)next(l);
  *up = 1;
  return (l->kind == T_NAME || l->kind == T_STAR) && behind(l, 1) != T_OPEN;
}

bool xpath_stays(PropterStr expression, XPathScope scope, bool *counts) {
  Lexer l = {.text = expression};
  bool ignored, attribute = false, operand = false;
  int up = 0;
  if (!counts) counts = &ignored;
  *counts = false;
  for (; next(&l) != T_END; attribute = l.kind == T_AT, operand = l.operand) {
    if (up == 1 && l.kind != T_SLASH) return false;
    switch (l.kind) {
    case T_BAD: return false;
    case T_SLASH:
    case T_SLASHES:
      if (!operand || (up && l.kind == T_SLASHES)) return false;
      up = up ? 2 : 0;
      break;
    case T_DOT:
      if (up || scope == XPATH_ATTRIBUTES) return false;
      break;
    case T_DOTS: up = 1; break;
    case T_AT: up = 0; break;
    case T_STAR:
      if (up || !(attribute || scope == XPATH_SUBTREE)) return false;
      break;
    case T_NAME:
      if (!stays_name(&l, scope, attribute, &up, counts)) return false;
      break;
    default:
      if (up) return false;
    }
  }
  return !up;
}

/* --- Iterators -------------------------------------------------------------------------------------------------------------------- */

enum { STEPS = 32, CONDITIONS = 32 };

typedef struct {
  PropterStr name;
  bool deep; /* somewhere below the step before */
  size_t conditions, condition_count;
} Step;

typedef struct {
  Step steps[STEPS];
  size_t count;
  PropterStr conditions[CONDITIONS];
  size_t condition_count;
} Steps;

static bool parse_condition(Lexer *l, Steps *s) {
  size_t begin = l->at, depth = 1;
  while (depth && next(l) != T_END && l->kind != T_BAD) depth += l->kind == T_LEFT ? 1 : l->kind == T_RIGHT ? (size_t)-1 : 0;
  if (depth || s->condition_count == CONDITIONS) return false;
  s->conditions[s->condition_count++] = propter_str_trim((PropterStr){l->text.data + begin, l->begin - begin});
  return true;
}

static bool parse_steps(PropterStr iterator, Steps *s) {
  Lexer l = {.text = iterator};
  bool deep = false;
  if (next(&l) == T_SLASH || l.kind == T_SLASHES) deep = l.kind == T_SLASHES, (void)next(&l);
  for (; s->count < STEPS; deep = l.kind == T_SLASHES, (void)next(&l)) {
    if (l.kind != T_NAME && l.kind != T_STAR) return false;
    Step *step = &s->steps[s->count++];
    *step = (Step){token(&l), deep, s->condition_count, 0};
    while (next(&l) == T_LEFT)
      if (!parse_condition(&l, s)) return false;
    step->condition_count = s->condition_count - step->conditions;
    if (l.kind == T_END) return true;
    if (l.kind != T_SLASH && l.kind != T_SLASHES) return false;
  }
  return false;
}

/* From the last step to the first: self::c/ancestor::b/parent::a[not(parent::*)] for /a/b//c. */
static bool write_way(const Steps *s, PropterBuf *start, PropterBuf *whole) {
  const char *axis = "self::";
  for (size_t i = s->count; i-- > 0; axis = s->steps[i].deep ? "/ancestor::" : "/parent::") {
    const Step *step = &s->steps[i];
    propter_buf_printf(start, "%s%.*s", axis, (int)step->name.len, step->name.data);
    for (size_t k = 0; k < step->condition_count; k++) {
      PropterStr c = s->conditions[step->conditions + k];
      bool counts, early = xpath_stays(c, XPATH_ATTRIBUTES, &counts) && !counts;
      if (!early && (i + 1 < s->count || !xpath_stays(c, XPATH_SUBTREE, &counts) || counts)) return false;
      if (!early && !whole->len) propter_buf_add(whole, PROPTER_STR("self::node()"));
      propter_buf_printf(early ? start : whole, "[%.*s]", (int)c.len, c.data);
    }
  }
  if (!s->steps[0].deep) propter_buf_add(start, PROPTER_STR("[not(parent::*)]"));
  return true;
}

PropterStatus xpath_way(PropterStr iterator, PropterArena *arena, XPathWay *way, bool *found, PropterError *err) {
  Steps s = {.count = 0};
  PropterBuf start = {0}, whole = {0};
  *found = parse_steps(iterator, &s) && (s.count > 1 || s.steps[0].deep) && write_way(&s, &start, &whole);
  PropterStatus status = propter_buf_status(&start, err);
  if (status == PROPTER_OK) status = propter_buf_status(&whole, err);
  if (status == PROPTER_OK && *found) {
    PropterStr name = s.steps[s.count - 1].name;
    const char *colon = memchr(name.data, ':', name.len);
    if (colon) name.len -= (size_t)(colon + 1 - name.data), name.data = colon + 1;
    *way = (XPathWay){propter_arena_copy(arena, name), propter_arena_copy(arena, propter_buf_str(&start)), propter_arena_copy(arena, propter_buf_str(&whole)),
                      propter_arena_alloc(arena, (s.condition_count + 1) * sizeof *way->conditions), s.condition_count};
    if (!way->name.data || !way->start.data || !way->whole.data || !way->conditions)
      status = propter_fail(err, PROPTER_NO_MEMORY, "out of memory for an XPath");
    if (status == PROPTER_OK) memcpy(way->conditions, s.conditions, s.condition_count * sizeof *way->conditions);
  }
  propter_buf_clear(&start);
  propter_buf_clear(&whole);
  return status;
}
