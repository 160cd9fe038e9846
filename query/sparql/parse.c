/* SPDX-License-Identifier: Apache-2.0 */
#include "parse.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "iri.h"

#define FORM(name) extern const SparqlForm sparql_form_##name;
#include "forms.def"
#undef FORM
const SparqlForm *const sparql_forms[] = {
#define FORM(name) &sparql_form_##name,
#include "forms.def"
#undef FORM
    NULL};

#define XSD "http://www.w3.org/2001/XMLSchema#"

PropterStatus parse_fail(Parser *p, size_t at, PropterStatus status, const char *format, ...) {
  char message[384];
  va_list args;
  va_start(args, format);
  (void)vsnprintf(message, sizeof message, format, args);
  va_end(args);
  uint64_t line, column;
  lex_place(&p->lexer, at, &line, &column);
  (void)propter_fail(p->err, status, "%s", message);
  propter_error_at(p->err, NULL, line, column);
  return status;
}

PropterStatus parse_no_memory(Parser *p) { return propter_fail(p->err, PROPTER_NO_MEMORY, "no memory for the syntax tree of the query"); }

PropterStatus parse_expected(Parser *p, const char *what) {
  const Token *t = &p->token;
  if (t->kind == TOKEN_END) return parse_fail(p, t->start, PROPTER_SYNTAX, "expected %s, found the end of the text", what);
  size_t len = t->end - t->start < 40 ? t->end - t->start : 40;
  while (len > 0 && t->start + len < p->lexer.text.len && (p->lexer.text.data[t->start + len] & 0xC0) == 0x80) len--;
  return parse_fail(p, t->start, PROPTER_SYNTAX, "expected %s, found \"%.*s\"", what, (int)len, p->lexer.text.data + t->start);
}

PropterStatus parse_next(Parser *p) { return lex_token(&p->lexer, p->token.end, &p->token, p->err); }

bool parse_is_word(const Parser *p, const char *keyword) {
  return p->token.kind == TOKEN_WORD && propter_str_equal_caseless(p->token.value, propter_str(keyword));
}

bool parse_is_mark(const Parser *p, int mark) { return p->token.kind == TOKEN_MARK && p->token.mark == mark; }

PropterStatus parse_word(Parser *p, const char *keyword) { return parse_is_word(p, keyword) ? parse_next(p) : parse_expected(p, keyword); }
PropterStatus parse_mark(Parser *p, int mark, const char *text) { return parse_is_mark(p, mark) ? parse_next(p) : parse_expected(p, text); }

PropterStatus parse_take_word(Parser *p, const char *keyword, bool *taken) {
  bool found = parse_is_word(p, keyword);
  if (taken) *taken = found;
  return found ? parse_next(p) : PROPTER_OK;
}

PropterStatus parse_enter(Parser *p) {
  if (++p->depth > PARSE_DEPTH) return parse_fail(p, p->token.start, PROPTER_LIMIT, "nested deeper than %d levels", PARSE_DEPTH);
  return PROPTER_OK;
}

void *parse_alloc(Parser *p, size_t size) { return propter_arena_alloc(p->arena, size); }

bool ast_append(PropterArena *arena, void *items, size_t *count, const void *value, size_t size) {
  void *old;
  memcpy(&old, items, sizeof old);
  if (*count == 0 || (*count >= 4 && (*count & (*count - 1)) == 0)) {
    void *more = propter_arena_alloc(arena, (*count ? *count * 2 : 4) * size);
    if (!more) return false;
    if (*count) memcpy(more, old, *count * size);
    memcpy(items, &more, sizeof more);
    old = more;
  }
  memcpy((char *)old + *count * size, value, size);
  ++*count;
  return true;
}

PropterStatus parse_push(Parser *p, void *items, size_t *count, const void *value, size_t size) {
  return ast_append(p->arena, items, count, value, size) ? PROPTER_OK : parse_no_memory(p);
}

PropterStatus parse_name(Parser *p, PropterStr text, bool blank, uint32_t *index) {
  PropterBuf key = {0};
  if (blank && p->template == LABELS_TEMPLATE)
    propter_buf_printf(&key, "*%u*", p->scope);
  else
    propter_buf_add_char(&key, !blank ? '?' : p->template == LABELS_DATA ? '*' : '_');
  propter_buf_add(&key, text);
  bool added = false;
  uint64_t *slot = key.failed ? NULL : propter_map_put(&p->names, propter_buf_str(&key), p->name_list.count, &added);
  propter_buf_clear(&key);
  if (!slot) return parse_no_memory(p);
  *index = (uint32_t)*slot;
  if (!added) return PROPTER_OK;
  AstName name = {propter_arena_copy(p->arena, text), blank};
  if (!name.text.data || !propter_vec_push(&p->name_list, name) || !propter_vec_push(&p->name_scopes, p->scope)) return parse_no_memory(p);
  return PROPTER_OK;
}

PropterStatus parse_var(Parser *p, uint32_t *var) {
  if (p->token.kind != TOKEN_VAR) return parse_expected(p, "a variable");
  if (p->no_vars) return parse_expected(p, "a term (variables are not allowed in data)");
  PROPTER_TRY(parse_name(p, p->token.value, false, var));
  return parse_next(p);
}

PropterStatus parse_blank(Parser *p, AstTerm *term) {
  if (p->no_blanks) return parse_expected(p, "a term (blank nodes are not allowed here)");
  term->kind = AST_BLANK;
  if (p->token.kind == TOKEN_ANON) {
    PROPTER_TRY(parse_fresh_blank(p, term));
    return parse_next(p);
  }
  PROPTER_TRY(parse_name(p, p->token.value, true, &term->var));
  if (p->name_scopes.items[term->var] != p->scope)
    return parse_fail(p, p->token.start, PROPTER_SYNTAX, "expected a new blank node label, found _:%.*s, which belongs to another basic graph pattern",
                      (int)p->token.value.len, p->token.value.data);
  return parse_next(p);
}

PropterStatus parse_fresh_blank(Parser *p, AstTerm *term) {
  char label[24];
  if (p->no_blanks) return parse_expected(p, "a term (blank nodes are not allowed here)");
  /* No label of the grammar begins with a dot, so this is nobody else's. */
  int n = snprintf(label, sizeof label, ".%u", p->anonymous++);
  *term = (AstTerm){.kind = AST_BLANK};
  return parse_name(p, (PropterStr){label, (size_t)n}, true, &term->var);
}

static PropterStatus resolve(Parser *p, PropterStr reference, PropterStr *iri) {
  *iri = iri_resolve(p->query->base, reference, p->arena);
  return iri->data ? PROPTER_OK : parse_no_memory(p);
}

PropterStatus parse_iri(Parser *p, PropterStr *iri) {
  Token *t = &p->token;
  if (t->kind == TOKEN_IRI) {
    PROPTER_TRY(resolve(p, t->value, iri));
  } else if (t->kind == TOKEN_PNAME) {
    uint64_t *slot = propter_map_get(&p->prefixes, t->prefix);
    if (!slot) return parse_fail(p, t->start, PROPTER_SYNTAX, "expected a declared prefix, found \"%.*s:\"", (int)t->prefix.len, t->prefix.data);
    PropterStr space = p->prefix_iris.items[*slot];
    char *both = parse_alloc(p, space.len + t->value.len + 1);
    if (!both) return parse_no_memory(p);
    memcpy(both, space.data, space.len);
    if (t->value.len) memcpy(both + space.len, t->value.data, t->value.len);
    *iri = (PropterStr){both, space.len + t->value.len};
  } else
    return parse_expected(p, "an IRI");
  return parse_next(p);
}

bool parse_at_var_or_iri(const Parser *p) { return p->token.kind == TOKEN_VAR || p->token.kind == TOKEN_IRI || p->token.kind == TOKEN_PNAME; }

PropterStatus parse_var_or_iri(Parser *p, AstTerm *term, const char *expected) {
  *term = (AstTerm){0};
  if (p->token.kind == TOKEN_VAR) {
    term->kind = AST_VAR;
    return parse_var(p, &term->var);
  }
  if (p->token.kind != TOKEN_IRI && p->token.kind != TOKEN_PNAME) return parse_expected(p, expected);
  PropterStr iri;
  PROPTER_TRY(parse_iri(p, &iri));
  term->kind = AST_IRI;
  term->term = propter_iri(iri);
  return PROPTER_OK;
}

static bool at_number(const Parser *p) { return p->token.kind >= TOKEN_INTEGER && p->token.kind <= TOKEN_DOUBLE; }

/* A sign that touches a number. */
static bool at_signed(const Parser *p) {
  if (!parse_is_mark(p, '+') && !parse_is_mark(p, '-')) return false;
  Token t;
  return lex_token(&p->lexer, p->token.end, &t, NULL) == PROPTER_OK && t.kind >= TOKEN_INTEGER && t.kind <= TOKEN_DOUBLE && t.start == p->token.end;
}

bool parse_at_literal(const Parser *p) {
  return p->token.kind == TOKEN_STRING || at_number(p) || at_signed(p) || parse_is_word(p, "true") || parse_is_word(p, "false");
}

static PropterStatus parse_text(Parser *p, AstTerm *term) {
  term->term = propter_literal(p->token.value);
  PROPTER_TRY(parse_next(p));
  if (p->token.kind == TOKEN_LANG) {
    term->term.language = propter_arena_copy(p->arena, p->token.value);
    if (!term->term.language.data) return parse_no_memory(p);
    /* Tags that differ in case only are the same; lower case is how the graph has them. */
    lex_lower((char *)(uintptr_t)term->term.language.data, term->term.language.len);
    return parse_next(p);
  }
  if (!parse_is_mark(p, MARK_CARETS)) return PROPTER_OK;
  PROPTER_TRY(parse_next(p));
  PropterStr type;
  PROPTER_TRY(parse_iri(p, &type));
  term->term.datatype = propter_str_equal(type, PROPTER_STR(XSD "string")) ? PROPTER_STR("") : type;
  return PROPTER_OK;
}

PropterStatus parse_literal(Parser *p, AstTerm *term) {
  *term = (AstTerm){.kind = AST_LITERAL};
  if (p->token.kind == TOKEN_STRING) return parse_text(p, term);
  if (p->token.kind == TOKEN_WORD) {
    term->term = propter_typed(parse_is_word(p, "true") ? PROPTER_STR("true") : PROPTER_STR("false"), PROPTER_STR(XSD "boolean"));
    return parse_next(p);
  }
  size_t start = p->token.start;
  if (!at_number(p)) PROPTER_TRY(parse_next(p));
  if (!at_number(p)) return parse_expected(p, "a number");
  PropterStr type = p->token.kind == TOKEN_INTEGER   ? PROPTER_STR(XSD "integer")
                    : p->token.kind == TOKEN_DECIMAL ? PROPTER_STR(XSD "decimal")
                                                     : PROPTER_STR(XSD "double");
  term->term = propter_typed((PropterStr){p->lexer.text.data + start, p->token.end - start}, type);
  return parse_next(p);
}

PropterStatus parse_integer(Parser *p, uint64_t *value) {
  int64_t n;
  if (p->token.kind != TOKEN_INTEGER) return parse_expected(p, "a whole number");
  if (!propter_str_to_int64(p->token.value, &n)) return parse_expected(p, "a whole number below 2^63");
  *value = (uint64_t)n;
  return parse_next(p);
}

static PropterStatus parse_prologue(Parser *p) {
  for (;;) {
    if (parse_is_word(p, "BASE")) {
      PROPTER_TRY(parse_next(p));
      if (p->token.kind != TOKEN_IRI) return parse_expected(p, "an IRI in angle brackets");
      PropterStr base;
      PROPTER_TRY(resolve(p, p->token.value, &base));
      p->query->base = base;
    } else if (parse_is_word(p, "PREFIX")) {
      PROPTER_TRY(parse_next(p));
      if (p->token.kind != TOKEN_PNAME || !p->token.colon_only) return parse_expected(p, "a prefix that ends in a colon");
      PropterStr prefix = p->token.prefix, iri;
      PROPTER_TRY(parse_next(p));
      if (p->token.kind != TOKEN_IRI) return parse_expected(p, "an IRI in angle brackets");
      PROPTER_TRY(resolve(p, p->token.value, &iri));
      uint64_t *slot = propter_map_put(&p->prefixes, prefix, 0, NULL);
      if (!slot || !propter_vec_push(&p->prefix_iris, iri)) return parse_no_memory(p);
      *slot = p->prefix_iris.count - 1;
    } else
      return PROPTER_OK;
    PROPTER_TRY(parse_next(p));
  }
}

PropterStatus parse_dataset(Parser *p, AstSelect *s) {
  while (parse_is_word(p, "FROM")) {
    bool named;
    PropterStr iri;
    PROPTER_TRY(parse_next(p));
    PROPTER_TRY(parse_take_word(p, "NAMED", &named));
    PROPTER_TRY(parse_iri(p, &iri));
    PROPTER_TRY(named ? parse_push(p, &s->from_named, &s->from_named_count, &iri, sizeof iri) : parse_push(p, &s->from, &s->from_count, &iri, sizeof iri));
  }
  return PROPTER_OK;
}

PropterStatus parse_where(Parser *p, AstSelect *s, bool optional) {
  bool where;
  PROPTER_TRY(parse_take_word(p, "WHERE", &where));
  if (!where && optional && !parse_is_mark(p, '{')) return PROPTER_OK;
  return parse_group(p, &s->where);
}

static PropterStatus parse_group_key(Parser *p, AstSelect *s) {
  AstGroupKey key = {0};
  if (p->token.kind == TOKEN_VAR) {
    AstExpr *e = parse_alloc(p, sizeof *e);
    if (!e) return parse_no_memory(p);
    e->term.kind = AST_VAR;
    PROPTER_TRY(parse_var(p, &e->term.var));
    key.expr = e;
  } else if (parse_is_mark(p, '(')) {
    PROPTER_TRY(parse_next(p));
    PROPTER_TRY(parse_expr(p, &key.expr));
    PROPTER_TRY(parse_take_word(p, "AS", &key.has_var));
    if (key.has_var) PROPTER_TRY(parse_var(p, &key.var));
    PROPTER_TRY(parse_mark(p, ')', "\")\""));
  } else
    PROPTER_TRY(parse_constraint(p, &key.expr));
  return parse_push(p, &s->group, &s->group_count, &key, sizeof key);
}

static PropterStatus parse_order_key(Parser *p, AstSelect *s) {
  AstOrder key = {0};
  if (parse_is_word(p, "ASC") || parse_is_word(p, "DESC")) {
    key.descending = parse_is_word(p, "DESC");
    PROPTER_TRY(parse_next(p));
    PROPTER_TRY(parse_bracketed(p, &key.expr));
  } else if (p->token.kind == TOKEN_VAR) {
    AstExpr *e = parse_alloc(p, sizeof *e);
    if (!e) return parse_no_memory(p);
    e->term.kind = AST_VAR;
    PROPTER_TRY(parse_var(p, &e->term.var));
    key.expr = e;
  } else
    PROPTER_TRY(parse_constraint(p, &key.expr));
  return parse_push(p, &s->order, &s->order_count, &key, sizeof key);
}

static bool at_key(const Parser *p) { return p->token.kind == TOKEN_VAR || parse_at_constraint(p); }

static PropterStatus parse_groups(Parser *p, AstSelect *s) {
  bool found;
  PROPTER_TRY(parse_take_word(p, "GROUP", &found));
  if (found) {
    PROPTER_TRY(parse_word(p, "BY"));
    do PROPTER_TRY(parse_group_key(p, s));
    while (at_key(p));
  }
  p->aggregates_allowed = true;
  PROPTER_TRY(parse_take_word(p, "HAVING", &found));
  if (found)
    do {
      AstExpr *e;
      PROPTER_TRY(parse_constraint(p, &e));
      PROPTER_TRY(parse_push(p, &s->having, &s->having_count, &e, sizeof e));
    } while (parse_at_constraint(p));
  PROPTER_TRY(parse_take_word(p, "ORDER", &found));
  if (found) {
    PROPTER_TRY(parse_word(p, "BY"));
    do PROPTER_TRY(parse_order_key(p, s));
    while (at_key(p) || parse_is_word(p, "ASC") || parse_is_word(p, "DESC"));
  }
  return PROPTER_OK;
}

static PropterStatus parse_modifiers(Parser *p, AstSelect *s) {
  bool saved = p->aggregates_allowed;
  p->aggregates_allowed = false;
  PROPTER_TRY(parse_groups(p, s));
  p->aggregates_allowed = saved;
  bool offset = false;
  while ((parse_is_word(p, "LIMIT") && !s->has_limit) || (parse_is_word(p, "OFFSET") && !offset)) {
    bool limit = parse_is_word(p, "LIMIT");
    PROPTER_TRY(parse_next(p));
    PROPTER_TRY(parse_integer(p, limit ? &s->limit : &s->offset));
    if (limit)
      s->has_limit = true;
    else
      offset = true;
  }
  return PROPTER_OK;
}

static PropterStatus parse_projection(Parser *p, AstSelect *s) {
  if (parse_is_mark(p, '*')) {
    s->star = true;
    return parse_next(p);
  }
  if (p->token.kind != TOKEN_VAR && !parse_is_mark(p, '(')) return parse_expected(p, "*, a variable or (expression AS ?variable)");
  while (p->token.kind == TOKEN_VAR || parse_is_mark(p, '(')) {
    AstProjection item = {.at = p->token.start};
    if (p->token.kind == TOKEN_VAR) {
      PROPTER_TRY(parse_var(p, &item.var));
    } else {
      PROPTER_TRY(parse_next(p));
      PROPTER_TRY(parse_expr(p, &item.expr));
      PROPTER_TRY(parse_word(p, "AS"));
      PROPTER_TRY(parse_var(p, &item.var));
      PROPTER_TRY(parse_mark(p, ')', "\")\""));
    }
    PROPTER_TRY(parse_push(p, &s->items, &s->item_count, &item, sizeof item));
  }
  return PROPTER_OK;
}

typedef struct {
  unsigned char *marks;
} Marks;

static void mark(uint32_t var, void *payload) { ((Marks *)payload)->marks[var] = 1; }

/* First variable outside an aggregate that is not marked; false when there is none. */
static bool ungrouped(const AstExpr *e, const unsigned char *grouped, uint32_t *var) {
  if (e->op == EXPR_AGGREGATE) return false;
  if (e->op == EXPR_TERM && e->term.kind == AST_VAR && !grouped[e->term.var]) return *var = e->term.var, true;
  for (size_t i = 0; i < e->count; i++)
    if (ungrouped(e->args[i], grouped, var)) return true;
  return false;
}

static PropterStatus check_grouping(Parser *p, AstSelect *s, size_t at) {
  if (!s->aggregated) return PROPTER_OK;
  if (s->star) return parse_fail(p, at, PROPTER_SYNTAX, "expected named variables: SELECT * cannot be used with GROUP BY");
  unsigned char *grouped = parse_alloc(p, p->name_list.count + 1);
  if (!grouped) return parse_no_memory(p);
  for (size_t i = 0; i < s->group_count; i++) {
    if (s->group[i].has_var) grouped[s->group[i].var] = 1;
    if (s->group[i].expr->op == EXPR_TERM && s->group[i].expr->term.kind == AST_VAR) grouped[s->group[i].expr->term.var] = 1;
  }
  for (size_t i = 0; i < s->item_count; i++) {
    uint32_t var = s->items[i].var;
    bool bad = s->items[i].expr ? ungrouped(s->items[i].expr, grouped, &var) : !grouped[var];
    if (bad)
      return parse_fail(p, s->items[i].at, PROPTER_SYNTAX, "expected an aggregate or a variable of GROUP BY, found ?%.*s",
                        (int)p->name_list.items[var].text.len, p->name_list.items[var].text.data);
    grouped[s->items[i].var] = 1;
  }
  return PROPTER_OK;
}

/* A variable given by AS must be new. */
static PropterStatus check_new_vars(Parser *p, AstSelect *s) {
  Marks seen = {parse_alloc(p, p->name_list.count + 1)};
  if (!seen.marks) return parse_no_memory(p);
  if (s->where) ast_visible(s->where, mark, &seen);
  for (size_t i = 0; i < s->item_count; i++) {
    uint32_t var = s->items[i].var;
    if (s->items[i].expr && seen.marks[var])
      return parse_fail(p, s->items[i].at, PROPTER_SYNTAX, "expected a new variable after AS, found ?%.*s, which is in scope",
                        (int)p->name_list.items[var].text.len, p->name_list.items[var].text.data);
    if (s->items[i].expr) seen.marks[var] = 1;
  }
  return PROPTER_OK;
}

PropterStatus parse_select(Parser *p, AstSelect *s, bool inner) {
  size_t at = p->token.start;
  bool allowed = p->aggregates_allowed, saw = p->saw_aggregate;
  PROPTER_TRY(parse_take_word(p, "DISTINCT", &s->distinct));
  if (!s->distinct) PROPTER_TRY(parse_take_word(p, "REDUCED", &s->reduced));
  p->aggregates_allowed = true, p->saw_aggregate = false;
  PROPTER_TRY(parse_projection(p, s));
  p->aggregates_allowed = false;
  bool aggregated = p->saw_aggregate;
  if (!inner) PROPTER_TRY(parse_dataset(p, s));
  PROPTER_TRY(parse_where(p, s, false));
  p->saw_aggregate = false;
  PROPTER_TRY(parse_modifiers(p, s));
  s->aggregated = aggregated || p->saw_aggregate || s->group_count > 0 || s->having_count > 0;
  p->aggregates_allowed = allowed, p->saw_aggregate = saw;
  bool values;
  PROPTER_TRY(parse_take_word(p, "VALUES", &values));
  if (values) PROPTER_TRY(parse_values(p, &s->values));
  PROPTER_TRY(check_new_vars(p, s));
  return check_grouping(p, s, at);
}

PropterStatus parse_tail(Parser *p, AstSelect *s) {
  p->saw_aggregate = false;
  PROPTER_TRY(parse_modifiers(p, s));
  s->aggregated = p->saw_aggregate || s->group_count > 0 || s->having_count > 0;
  bool values;
  PROPTER_TRY(parse_take_word(p, "VALUES", &values));
  return values ? parse_values(p, &s->values) : PROPTER_OK;
}

static PropterStatus parse_unit(Parser *p) {
  PropterQuery *q = p->query;
  PROPTER_TRY(parse_prologue(p));
  for (size_t i = 0; sparql_forms[i]; i++)
    if (parse_is_word(p, sparql_forms[i]->keyword)) {
      AstSelect *s = parse_alloc(p, sizeof *s);
      if (!s) return parse_no_memory(p);
      s->form = sparql_forms[i];
      PROPTER_TRY(parse_next(p));
      PROPTER_TRY(s->form->parse(p, s));
      if (s->form->solve) PROPTER_TRY(parse_form_alone(p, s));
      q->select = s;
      if (p->token.kind != TOKEN_END) return parse_expected(p, "the end of the query");
      return PROPTER_OK;
    }
  while (parse_at_update(p)) {
    AstUpdate update = {0};
    p->scope = p->next_scope++;
    PROPTER_TRY(parse_update(p, &update));
    PROPTER_TRY(parse_push(p, &q->updates, &q->update_count, &update, sizeof update));
    if (!parse_is_mark(p, ';')) break;
    PROPTER_TRY(parse_next(p));
    PROPTER_TRY(parse_prologue(p));
  }
  /* A request of no operations is an update. */
  if (p->token.kind != TOKEN_END)
    return parse_expected(p, q->update_count ? "; or the end of the update" : "SELECT, ASK, CONSTRUCT, DESCRIBE, WHY or an update operation");
  return PROPTER_OK;
}

PropterStatus propter_query_parse(PropterStr text, PropterStr base, PropterQuery **out, PropterError *err) {
  *out = NULL;
  PropterQuery *q = propter_calloc(1, sizeof *q);
  if (!q) return propter_fail(err, PROPTER_NO_MEMORY, "no memory for a query");
  Parser p = {.query = q, .arena = &q->arena, .err = err, .next_scope = 1};
  PropterStatus status = PROPTER_OK;
  /* The tree points into the text, so the query keeps its own. */
  PropterStr copy = propter_arena_copy(&q->arena, text);
  q->base = propter_arena_copy(&q->arena, base);
  if (!copy.data || !q->base.data) status = parse_no_memory(&p);
  if (status == PROPTER_OK) status = lex_open(&p.lexer, copy, &q->arena, err);
  if (status == PROPTER_OK) status = parse_next(&p);
  if (status == PROPTER_OK) status = parse_unit(&p);
  if (status == PROPTER_OK && p.name_list.count > 0) {
    q->name_count = p.name_list.count;
    q->names = propter_arena_alloc(&q->arena, q->name_count * sizeof *q->names);
    if (q->names)
      memcpy(q->names, p.name_list.items, q->name_count * sizeof *q->names);
    else
      status = parse_no_memory(&p);
  }
  propter_map_clear(&p.names);
  propter_map_clear(&p.prefixes);
  propter_vec_clear(&p.prefix_iris);
  propter_vec_clear(&p.name_list);
  propter_vec_clear(&p.name_scopes);
  if (status == PROPTER_OK)
    *out = q;
  else
    propter_query_free(q);
  return status;
}

void propter_query_free(PropterQuery *query) {
  if (!query) return;
  propter_arena_clear(&query->arena);
  propter_free(query);
}

bool propter_query_is_update(const PropterQuery *query) { return query->select == NULL; }
