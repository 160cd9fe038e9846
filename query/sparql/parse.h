/* SPDX-License-Identifier: Apache-2.0 */
/* Recursive descent over the grammar of SPARQL 1.1 (section 19.8). A function consumes its production or fails with the place of the token it
 * did not expect. */
#ifndef SPARQL_PARSE_H
#define SPARQL_PARSE_H

#include "form.h"
#include "lex.h"
#include "propter/hash.h"

enum { PARSE_DEPTH = 400, PARSE_CHAIN = 2000 };

struct Parser {
  PropterQuery *query;
  PropterArena *arena;
  Lexer lexer;
  Token token; /* the next one */
  PropterMap names;    /* ?x, _:x, and blank nodes of templates */
  PropterMap prefixes; /* index into prefix_iris */
  PROPTER_VEC(PropterStr) prefix_iris;
  PROPTER_VEC(AstName) name_list;
  PROPTER_VEC(uint32_t) name_scopes; /* blank nodes: the basic graph pattern that has them */
  unsigned depth;
  uint32_t scope, next_scope; /* number of the present basic graph pattern */
  uint32_t anonymous;
  enum { LABELS_PATTERN, LABELS_TEMPLATE, LABELS_DATA } template; /* whose blank node labels: a template's are its own, those of data belong to the request */
  bool no_vars, no_blanks;
  bool aggregates_allowed, saw_aggregate;
  PropterError *err;
};

typedef struct {
  AstTriple *items;
  size_t count;
} TripleList;

/* Fails: "expected WHAT, found <token>" at the present token. */
PropterStatus parse_expected(Parser *p, const char *what);
/* Fails at byte `at` of the text with a message of its own. */
PropterStatus parse_fail(Parser *p, size_t at, PropterStatus status, const char *format, ...) PROPTER_PRINTF(4, 5);
PropterStatus parse_no_memory(Parser *p);

PropterStatus parse_next(Parser *p);
bool parse_is_word(const Parser *p, const char *keyword); /* any case */
bool parse_is_mark(const Parser *p, int mark);
PropterStatus parse_word(Parser *p, const char *keyword); /* must stand there */
PropterStatus parse_mark(Parser *p, int mark, const char *text);
PropterStatus parse_take_word(Parser *p, const char *keyword, bool *taken); /* may stand there */
PropterStatus parse_enter(Parser *p); /* one level deeper; LIMIT */

void *parse_alloc(Parser *p, size_t size);
/* Appends to an array in the arena whose `count` the caller advances through this call. */
PropterStatus parse_push(Parser *p, void *items, size_t *count, const void *value, size_t size);

PropterStatus parse_iri(Parser *p, PropterStr *iri);
PropterStatus parse_var(Parser *p, uint32_t *var);
PropterStatus parse_var_or_iri(Parser *p, AstTerm *term, const char *expected);
bool parse_at_var_or_iri(const Parser *p);
/* Literal with language or datatype, number, boolean; the caller has checked parse_at_literal. */
PropterStatus parse_literal(Parser *p, AstTerm *term);
bool parse_at_literal(const Parser *p);
PropterStatus parse_blank(Parser *p, AstTerm *term);
PropterStatus parse_fresh_blank(Parser *p, AstTerm *term);
PropterStatus parse_name(Parser *p, PropterStr text, bool blank, uint32_t *index);
PropterStatus parse_integer(Parser *p, uint64_t *value);

/* parse_expr.c */
PropterStatus parse_expr(Parser *p, AstExpr **expr);
PropterStatus parse_constraint(Parser *p, AstExpr **expr); /* ( … ), a call, EXISTS */
bool parse_at_constraint(const Parser *p);
PropterStatus parse_bracketed(Parser *p, AstExpr **expr);

/* parse_pattern.c */
PropterStatus parse_group(Parser *p, AstPattern **pattern);
/* Gives a form whose solutions are made elsewhere the group that consists of itself. */
PropterStatus parse_form_alone(Parser *p, AstSelect *form);
PropterStatus parse_quads(Parser *p, AstQuad **quads, size_t *count, bool graphs); /* { … } */
PropterStatus parse_values(Parser *p, AstValues **values); /* after VALUES */

/* parse.c: clauses of the forms */
PropterStatus parse_select(Parser *p, AstSelect *select, bool inner);
PropterStatus parse_dataset(Parser *p, AstSelect *select);
PropterStatus parse_where(Parser *p, AstSelect *select, bool optional);
PropterStatus parse_tail(Parser *p, AstSelect *select); /* modifiers and VALUES */

/* parse_update.c */
PropterStatus parse_update(Parser *p, AstUpdate *update);
bool parse_at_update(const Parser *p);

#endif
