/* SPDX-License-Identifier: Apache-2.0 */
/* Group graph patterns, triples, property paths, VALUES, quads: grammar rules 49 to 106. */
#include <string.h>

#include "parse.h"

#define RDF "http://www.w3.org/1999/02/22-rdf-syntax-ns#"

static PropterStatus parse_node(Parser *p, AstTerm *term, TripleList *list, bool paths);

static AstTerm iri_term(PropterStr iri) { return (AstTerm){.kind = AST_IRI, .term = propter_iri(iri)}; }

static PropterStatus add_triple(Parser *p, TripleList *list, AstTerm s, AstTerm predicate, AstPath *path, AstTerm o) {
  AstTriple t = {s, predicate, o, path};
  return parse_push(p, &list->items, &list->count, &t, sizeof t);
}

/* --- Paths ---------------------------------------------------------------------------------------------------------- */

static PropterStatus parse_path(Parser *p, AstPath **out);

static PropterStatus make_path(Parser *p, AstPathKind kind, AstPath *item, AstPath **out) {
  AstPath *path = parse_alloc(p, sizeof *path);
  if (!path) return parse_no_memory(p);
  path->kind = kind;
  if (item) PROPTER_TRY(parse_push(p, &path->items, &path->count, &item, sizeof item));
  *out = path;
  return PROPTER_OK;
}

/* iri | a */
static PropterStatus parse_link(Parser *p, AstPath **out) {
  PROPTER_TRY(make_path(p, PATH_LINK, NULL, out));
  if (p->token.kind == TOKEN_WORD && propter_str_equal(p->token.value, PROPTER_STR("a"))) {
    (*out)->iri = PROPTER_STR(RDF "type");
    return parse_next(p);
  }
  if (p->token.kind != TOKEN_IRI && p->token.kind != TOKEN_PNAME) return parse_expected(p, "an IRI, \"a\", \"!\", \"^\" or \"(\"");
  return parse_iri(p, &(*out)->iri);
}

static PropterStatus parse_negated_one(Parser *p, AstPath *set) {
  bool inverse = parse_is_mark(p, '^');
  AstPath *link;
  if (inverse) PROPTER_TRY(parse_next(p));
  PROPTER_TRY(parse_link(p, &link));
  if (inverse) PROPTER_TRY(make_path(p, PATH_INVERSE, link, &link));
  return parse_push(p, &set->items, &set->count, &link, sizeof link);
}

static PropterStatus parse_negated(Parser *p, AstPath **out) {
  PROPTER_TRY(make_path(p, PATH_NEGATED, NULL, out));
  if (p->token.kind == TOKEN_NIL) return parse_next(p);
  if (!parse_is_mark(p, '(')) return parse_negated_one(p, *out);
  PROPTER_TRY(parse_next(p));
  PROPTER_TRY(parse_negated_one(p, *out));
  while (parse_is_mark(p, '|')) {
    PROPTER_TRY(parse_next(p));
    PROPTER_TRY(parse_negated_one(p, *out));
  }
  return parse_mark(p, ')', "\"|\" or \")\"");
}

static PropterStatus parse_path_element(Parser *p, AstPath **out) {
  bool inverse = parse_is_mark(p, '^');
  if (inverse) PROPTER_TRY(parse_next(p));
  if (parse_is_mark(p, '!')) {
    PROPTER_TRY(parse_next(p));
    PROPTER_TRY(parse_negated(p, out));
  } else if (parse_is_mark(p, '(')) {
    PROPTER_TRY(parse_next(p));
    PROPTER_TRY(parse_path(p, out));
    PROPTER_TRY(parse_mark(p, ')', "\")\""));
  } else
    PROPTER_TRY(parse_link(p, out));
  AstPathKind kind = parse_is_mark(p, '*') ? PATH_STAR : parse_is_mark(p, '+') ? PATH_PLUS : parse_is_mark(p, '?') ? PATH_OPTIONAL : PATH_LINK;
  if (kind != PATH_LINK) {
    PROPTER_TRY(make_path(p, kind, *out, out));
    PROPTER_TRY(parse_next(p));
  }
  return inverse ? make_path(p, PATH_INVERSE, *out, out) : PROPTER_OK;
}

static PropterStatus parse_path_list(Parser *p, int mark, AstPathKind kind, PropterStatus (*item)(Parser *, AstPath **), AstPath **out) {
  PROPTER_TRY(item(p, out));
  if (!parse_is_mark(p, mark)) return PROPTER_OK;
  PROPTER_TRY(make_path(p, kind, *out, out));
  while (parse_is_mark(p, mark)) {
    AstPath *next;
    PROPTER_TRY(parse_next(p));
    PROPTER_TRY(item(p, &next));
    PROPTER_TRY(parse_push(p, &(*out)->items, &(*out)->count, &next, sizeof next));
  }
  return PROPTER_OK;
}

static PropterStatus parse_sequence(Parser *p, AstPath **out) { return parse_path_list(p, '/', PATH_SEQUENCE, parse_path_element, out); }

static PropterStatus parse_path(Parser *p, AstPath **out) {
  PROPTER_TRY(parse_enter(p));
  PROPTER_TRY(parse_path_list(p, '|', PATH_ALTERNATIVE, parse_sequence, out));
  p->depth--;
  return PROPTER_OK;
}

/* --- Triples --------------------------------------------------------------------------------------------------------- */

static bool at_verb(const Parser *p) {
  return parse_at_var_or_iri(p) || parse_is_mark(p, '(') || parse_is_mark(p, '^') || parse_is_mark(p, '!') ||
         (p->token.kind == TOKEN_WORD && propter_str_equal(p->token.value, PROPTER_STR("a")));
}

static PropterStatus parse_verb(Parser *p, AstTerm *verb, AstPath **path, bool paths) {
  *path = NULL;
  *verb = (AstTerm){0};
  if (p->token.kind == TOKEN_VAR) return parse_var_or_iri(p, verb, "a variable");
  AstPath *whole;
  if (paths)
    PROPTER_TRY(parse_path(p, &whole));
  else
    PROPTER_TRY(parse_link(p, &whole));
  if (whole->kind == PATH_LINK)
    *verb = iri_term(whole->iri);
  else
    *path = whole;
  return PROPTER_OK;
}

static PropterStatus parse_properties(Parser *p, AstTerm subject, TripleList *list, bool paths) {
  for (;;) {
    AstTerm verb, object;
    AstPath *path;
    PROPTER_TRY(parse_verb(p, &verb, &path, paths));
    for (;;) {
      PROPTER_TRY(parse_node(p, &object, list, paths));
      PROPTER_TRY(add_triple(p, list, subject, verb, path, object));
      if (!parse_is_mark(p, ',')) break;
      PROPTER_TRY(parse_next(p));
    }
    if (!parse_is_mark(p, ';')) return PROPTER_OK;
    while (parse_is_mark(p, ';')) PROPTER_TRY(parse_next(p));
    if (!at_verb(p)) return PROPTER_OK;
  }
}

static PropterStatus parse_collection(Parser *p, AstTerm *head, TripleList *list, bool paths) {
  AstTerm cell, first = iri_term(PROPTER_STR(RDF "first")), rest = iri_term(PROPTER_STR(RDF "rest")), nil = iri_term(PROPTER_STR(RDF "nil"));
  PROPTER_TRY(parse_next(p));
  PROPTER_TRY(parse_fresh_blank(p, &cell));
  *head = cell;
  for (;;) {
    AstTerm item, next = nil;
    PROPTER_TRY(parse_node(p, &item, list, paths));
    PROPTER_TRY(add_triple(p, list, cell, first, NULL, item));
    bool last = parse_is_mark(p, ')');
    if (!last) PROPTER_TRY(parse_fresh_blank(p, &next));
    PROPTER_TRY(add_triple(p, list, cell, rest, NULL, next));
    if (last) return parse_next(p);
    cell = next;
  }
}

/* Term, collection or [ properties ]. */
static PropterStatus parse_node(Parser *p, AstTerm *term, TripleList *list, bool paths) {
  const Token *t = &p->token;
  if (parse_at_var_or_iri(p)) return parse_var_or_iri(p, term, "a term");
  if (parse_at_literal(p)) return parse_literal(p, term);
  if (t->kind == TOKEN_BLANK || t->kind == TOKEN_ANON) return *term = (AstTerm){0}, parse_blank(p, term);
  if (t->kind == TOKEN_NIL) return *term = iri_term(PROPTER_STR(RDF "nil")), parse_next(p);
  if (!parse_is_mark(p, '(') && !parse_is_mark(p, '[')) return parse_expected(p, "a term");
  PROPTER_TRY(parse_enter(p));
  if (parse_is_mark(p, '(')) {
    PROPTER_TRY(parse_collection(p, term, list, paths));
  } else {
    PROPTER_TRY(parse_fresh_blank(p, term));
    PROPTER_TRY(parse_next(p));
    PROPTER_TRY(parse_properties(p, *term, list, paths));
    PROPTER_TRY(parse_mark(p, ']', "\";\" or \"]\""));
  }
  p->depth--;
  return PROPTER_OK;
}

static bool at_triples(const Parser *p) {
  const TokenKind k = p->token.kind;
  return parse_at_var_or_iri(p) || parse_at_literal(p) || k == TOKEN_BLANK || k == TOKEN_ANON || k == TOKEN_NIL || parse_is_mark(p, '(') ||
         parse_is_mark(p, '[');
}

/* Zero or more, until what begins none. */
static PropterStatus parse_triples(Parser *p, TripleList *list, bool paths) {
  while (at_triples(p)) {
    bool bracketed = parse_is_mark(p, '(') || parse_is_mark(p, '[');
    AstTerm subject;
    PROPTER_TRY(parse_node(p, &subject, list, paths));
    if (!bracketed || at_verb(p)) {
      if (!at_verb(p)) return parse_expected(p, "a predicate");
      PROPTER_TRY(parse_properties(p, subject, list, paths));
    }
    if (!parse_is_mark(p, '.')) return PROPTER_OK;
    PROPTER_TRY(parse_next(p));
  }
  return PROPTER_OK;
}

static PropterStatus add_quads(Parser *p, AstQuad **quads, size_t *count, AstTerm g, const TripleList *list) {
  for (size_t i = 0; i < list->count; i++) {
    AstQuad q = {g, list->items[i].s, list->items[i].p, list->items[i].o};
    PROPTER_TRY(parse_push(p, quads, count, &q, sizeof q));
  }
  return PROPTER_OK;
}

PropterStatus parse_quads(Parser *p, AstQuad **quads, size_t *count, bool graphs) {
  PROPTER_TRY(parse_mark(p, '{', "\"{\""));
  for (bool graph_last = true; !parse_is_mark(p, '}');) {
    TripleList list = {0};
    AstTerm g = {0};
    if (graphs && parse_is_word(p, "GRAPH")) {
      PROPTER_TRY(parse_next(p));
      PROPTER_TRY(parse_var_or_iri(p, &g, "a variable or an IRI"));
      PROPTER_TRY(parse_mark(p, '{', "\"{\""));
      PROPTER_TRY(parse_triples(p, &list, false));
      PROPTER_TRY(parse_mark(p, '}', "a triple or \"}\""));
      if (parse_is_mark(p, '.')) PROPTER_TRY(parse_next(p));
      graph_last = true;
    } else {
      if (!graph_last || !at_triples(p)) return parse_expected(p, graphs ? "a triple, GRAPH or \"}\"" : "a triple or \"}\"");
      PROPTER_TRY(parse_triples(p, &list, false));
      graph_last = false;
    }
    PROPTER_TRY(add_quads(p, quads, count, g, &list));
  }
  return parse_next(p);
}

/* --- VALUES ---------------------------------------------------------------------------------------------------------- */

static PropterStatus parse_cell(Parser *p, AstTerm *cell) {
  *cell = (AstTerm){0};
  if (parse_is_word(p, "UNDEF")) return parse_next(p);
  if (p->token.kind == TOKEN_IRI || p->token.kind == TOKEN_PNAME) return parse_var_or_iri(p, cell, "a value");
  if (parse_at_literal(p)) return parse_literal(p, cell);
  return parse_expected(p, "an IRI, a literal or UNDEF");
}

PropterStatus parse_values(Parser *p, AstValues **out) {
  AstValues *v = parse_alloc(p, sizeof *v);
  size_t cells = 0;
  if (!v) return parse_no_memory(p);
  *out = v;
  bool one = p->token.kind == TOKEN_VAR;
  if (one || parse_is_mark(p, '(')) {
    if (!one) PROPTER_TRY(parse_next(p));
    do {
      uint32_t var;
      size_t at = p->token.start;
      PROPTER_TRY(parse_var(p, &var));
      for (size_t i = 0; i < v->var_count; i++)
        if (v->vars[i] == var) return parse_fail(p, at, PROPTER_SYNTAX, "expected different variables in VALUES, found one twice");
      PROPTER_TRY(parse_push(p, &v->vars, &v->var_count, &var, sizeof var));
    } while (!one && p->token.kind == TOKEN_VAR);
    if (!one) PROPTER_TRY(parse_mark(p, ')', "a variable or \")\""));
  } else if (p->token.kind == TOKEN_NIL)
    PROPTER_TRY(parse_next(p));
  else
    return parse_expected(p, "a variable or \"(\"");
  PROPTER_TRY(parse_mark(p, '{', "\"{\""));
  for (; !parse_is_mark(p, '}'); v->row_count++) {
    AstTerm cell;
    if (!one && p->token.kind == TOKEN_NIL) {
      if (v->var_count > 0) return parse_expected(p, "a value for each variable");
      PROPTER_TRY(parse_next(p));
      continue;
    }
    if (!one) PROPTER_TRY(parse_mark(p, '(', "\"(\" or \"}\""));
    if (!one && v->var_count == 0) return parse_expected(p, "\")\"");
    for (size_t i = 0; i < v->var_count; i++) {
      PROPTER_TRY(parse_cell(p, &cell));
      PROPTER_TRY(parse_push(p, &v->cells, &cells, &cell, sizeof cell));
    }
    if (!one) PROPTER_TRY(parse_mark(p, ')', "\")\" after as many values as there are variables"));
  }
  return parse_next(p);
}

/* --- Groups ---------------------------------------------------------------------------------------------------------- */

static PropterStatus make_pattern(Parser *p, AstPatternKind kind, AstPattern **out) {
  *out = parse_alloc(p, sizeof **out);
  if (!*out) return parse_no_memory(p);
  (*out)->kind = kind;
  return PROPTER_OK;
}

static PropterStatus add_item(Parser *p, AstPattern *pattern, AstPattern *item) { return parse_push(p, &pattern->items, &pattern->count, &item, sizeof item); }

static PropterStatus parse_inner_group(Parser *p, AstPattern *pattern) {
  AstPattern *group;
  PROPTER_TRY(parse_group(p, &group));
  return add_item(p, pattern, group);
}

static PropterStatus parse_union(Parser *p, AstPattern **out) {
  AstPattern *group;
  PROPTER_TRY(parse_group(p, out));
  if (!parse_is_word(p, "UNION")) return PROPTER_OK;
  group = *out;
  PROPTER_TRY(make_pattern(p, PAT_UNION, out));
  PROPTER_TRY(add_item(p, *out, group));
  while (parse_is_word(p, "UNION")) {
    PROPTER_TRY(parse_next(p));
    PROPTER_TRY(parse_inner_group(p, *out));
  }
  return PROPTER_OK;
}

typedef struct {
  uint32_t var;
  bool found;
} Search;

static void search(uint32_t var, void *payload) {
  Search *s = payload;
  if (s->var == var) s->found = true;
}

static PropterStatus parse_bind(Parser *p, const AstPattern *group, AstPattern *bind) {
  PROPTER_TRY(parse_mark(p, '(', "\"(\""));
  PROPTER_TRY(parse_expr(p, &bind->expr));
  PROPTER_TRY(parse_word(p, "AS"));
  size_t at = p->token.start;
  bind->term.kind = AST_VAR;
  PROPTER_TRY(parse_var(p, &bind->term.var));
  Search s = {bind->term.var, false};
  ast_visible(group, search, &s);
  if (s.found)
    return parse_fail(p, at, PROPTER_SYNTAX, "expected a new variable after AS, found ?%.*s, which is in scope", (int)p->name_list.items[s.var].text.len,
                      p->name_list.items[s.var].text.data);
  return parse_mark(p, ')', "\")\"");
}

typedef struct {
  const char *keyword;
  AstPatternKind kind;
} Clause;

static const Clause clauses[] = {{"FILTER", PAT_FILTER},   {"OPTIONAL", PAT_OPTIONAL}, {"MINUS", PAT_MINUS},  {"GRAPH", PAT_GRAPH},
                                 {"SERVICE", PAT_SERVICE}, {"BIND", PAT_BIND},         {"VALUES", PAT_VALUES}};

static const Clause *find_clause(const Parser *p) {
  for (size_t i = 0; i < sizeof clauses / sizeof *clauses; i++)
    if (parse_is_word(p, clauses[i].keyword)) return &clauses[i];
  return NULL;
}

static PropterStatus parse_clause(Parser *p, const Clause *clause, AstPattern *group) {
  AstPattern *item;
  PROPTER_TRY(make_pattern(p, clause->kind, &item));
  PROPTER_TRY(parse_next(p));
  switch (clause->kind) {
  case PAT_FILTER: PROPTER_TRY(parse_constraint(p, &item->expr)); break;
  case PAT_BIND: PROPTER_TRY(parse_bind(p, group, item)); break;
  case PAT_VALUES: PROPTER_TRY(parse_values(p, &item->values)); break;
  case PAT_SERVICE: PROPTER_TRY(parse_take_word(p, "SILENT", &item->silent)); /* fall through */
  case PAT_GRAPH: PROPTER_TRY(parse_var_or_iri(p, &item->term, "a variable or an IRI")); /* fall through */
  default: PROPTER_TRY(parse_inner_group(p, item)); break;
  }
  /* Only a filter leaves the basic graph pattern around it whole. */
  if (clause->kind != PAT_FILTER) p->scope = p->next_scope++;
  return add_item(p, group, item);
}

static PropterStatus parse_group_body(Parser *p, AstPattern *group) {
  bool after_dot = true;
  while (!parse_is_mark(p, '}')) {
    const Clause *clause = find_clause(p);
    AstPattern *item;
    if (clause) {
      PROPTER_TRY(parse_clause(p, clause, group));
    } else if (parse_is_mark(p, '{')) {
      PROPTER_TRY(parse_union(p, &item));
      PROPTER_TRY(add_item(p, group, item));
      p->scope = p->next_scope++;
    } else if (at_triples(p) && after_dot) {
      PROPTER_TRY(make_pattern(p, PAT_TRIPLES, &item));
      TripleList list = {0};
      PROPTER_TRY(parse_triples(p, &list, true));
      item->triples = list.items, item->triple_count = list.count;
      PROPTER_TRY(add_item(p, group, item));
      after_dot = false;
      continue;
    } else
      return parse_expected(p, after_dot ? "a triple, a clause or \"}\"" : "\".\", a clause or \"}\"");
    if (parse_is_mark(p, '.')) PROPTER_TRY(parse_next(p));
    after_dot = true;
  }
  return PROPTER_OK;
}

/* A form that may stand in braces among patterns. */
static const SparqlForm *inner_form(const Parser *p) {
  for (size_t i = 0; sparql_forms[i]; i++)
    if ((sparql_forms[i]->solve || sparql_forms[i] == &sparql_form_select) && parse_is_word(p, sparql_forms[i]->keyword)) return sparql_forms[i];
  return NULL;
}

static PropterStatus add_form(Parser *p, AstPattern *group, AstSelect *form, AstPatternKind kind) {
  AstPattern *item;
  PROPTER_TRY(make_pattern(p, kind, &item));
  item->select = form;
  return add_item(p, group, item);
}

PropterStatus parse_form_alone(Parser *p, AstSelect *form) {
  PROPTER_TRY(make_pattern(p, PAT_GROUP, &form->where));
  return add_form(p, form->where, form, PAT_FORM);
}

static PropterStatus parse_inner(Parser *p, const SparqlForm *form, AstPattern *group) {
  AstSelect *s = parse_alloc(p, sizeof *s);
  if (!s) return parse_no_memory(p);
  s->form = form;
  PROPTER_TRY(parse_next(p));
  PROPTER_TRY(form->solve ? form->parse(p, s) : parse_select(p, s, true));
  PROPTER_TRY(add_form(p, group, s, form->solve ? PAT_FORM : PAT_SELECT));
  return parse_is_mark(p, '}') ? PROPTER_OK : parse_expected(p, "\"}\" after the sub-query");
}

PropterStatus parse_group(Parser *p, AstPattern **out) {
  PROPTER_TRY(parse_enter(p));
  PROPTER_TRY(make_pattern(p, PAT_GROUP, out));
  PROPTER_TRY(parse_mark(p, '{', "\"{\""));
  p->scope = p->next_scope++;
  const SparqlForm *form = inner_form(p);
  if (form)
    PROPTER_TRY(parse_inner(p, form, *out));
  else
    PROPTER_TRY(parse_group_body(p, *out));
  p->scope = p->next_scope++;
  p->depth--;
  return parse_next(p);
}

/* --- Scope ----------------------------------------------------------------------------------------------------------- */

static void visit_term(AstTerm term, void (*visit)(uint32_t, void *), void *payload) {
  if (term.kind == AST_VAR) visit(term.var, payload);
}

void ast_visible(const AstPattern *a, void (*visit)(uint32_t var, void *payload), void *payload) {
  switch (a->kind) {
  case PAT_TRIPLES:
    for (size_t i = 0; i < a->triple_count; i++) {
      visit_term(a->triples[i].s, visit, payload);
      visit_term(a->triples[i].p, visit, payload);
      visit_term(a->triples[i].o, visit, payload);
    }
    break;
  case PAT_VALUES:
    for (size_t i = 0; i < a->values->var_count; i++) visit(a->values->vars[i], payload);
    break;
  case PAT_FORM:
    for (size_t i = 0; i < a->select->input_count; i++) visit_term(a->select->inputs[i], visit, payload);
    for (size_t i = 0; i < a->select->item_count; i++) visit(a->select->items[i].var, payload);
    break;
  case PAT_SELECT:
    for (size_t i = 0; i < a->select->item_count; i++) visit(a->select->items[i].var, payload);
    if (a->select->star) ast_visible(a->select->where, visit, payload);
    for (size_t i = 0; a->select->values && i < a->select->values->var_count && a->select->star; i++) visit(a->select->values->vars[i], payload);
    break;
  case PAT_FILTER:
  case PAT_MINUS: break;
  default: /* GROUP, UNION, OPTIONAL, GRAPH, SERVICE, BIND */
    visit_term(a->term, visit, payload);
    for (size_t i = 0; i < a->count; i++) ast_visible(a->items[i], visit, payload);
  }
}
