/* SPDX-License-Identifier: Apache-2.0 */
/* Expressions: grammar rules 107 to 128. Chains of || and && become one node with many arguments. */
#include <string.h>

#include "parse.h"

static const struct {
  const char *keyword;
  uint32_t least, most;
} functions[] = {
#define FUNCTION(name, keyword, least, most, eval) {keyword, least, most},
#include "functions.def"
#undef FUNCTION
};

static const char *const aggregates[] = {
#define AGGREGATE(name) #name,
#include "aggregates.def"
#undef AGGREGATE
};

static bool word_equals(const Parser *p, const char *keyword) { return parse_is_word(p, keyword); }

static int find_function(const Parser *p) {
  for (int i = 0; i < FN_COUNT; i++)
    if (word_equals(p, functions[i].keyword)) return i;
  return -1;
}

static int find_aggregate(const Parser *p) {
  for (int i = 0; i < AGG_COUNT_OF; i++)
    if (word_equals(p, aggregates[i])) return i;
  return -1;
}

static PropterStatus make(Parser *p, AstExprOp op, AstExpr **out) {
  *out = parse_alloc(p, sizeof **out);
  if (!*out) return parse_no_memory(p);
  (*out)->op = op;
  return PROPTER_OK;
}

static PropterStatus add_arg(Parser *p, AstExpr *e, AstExpr *arg) { return parse_push(p, &e->args, &e->count, &arg, sizeof arg); }

static PropterStatus make_binary(Parser *p, AstExprOp op, AstExpr *left, AstExpr *right, AstExpr **out) {
  AstExpr *e;
  PROPTER_TRY(make(p, op, &e));
  PROPTER_TRY(add_arg(p, e, left));
  PROPTER_TRY(add_arg(p, e, right));
  *out = e;
  return PROPTER_OK;
}

PropterStatus parse_bracketed(Parser *p, AstExpr **expr) {
  PROPTER_TRY(parse_mark(p, '(', "\"(\""));
  PROPTER_TRY(parse_expr(p, expr));
  return parse_mark(p, ')', "\")\"");
}

/* ( e, e, … ) or () */
static PropterStatus parse_arguments(Parser *p, AstExpr *e) {
  if (p->token.kind == TOKEN_NIL) return parse_next(p);
  PROPTER_TRY(parse_mark(p, '(', "\"(\""));
  for (;;) {
    AstExpr *arg;
    PROPTER_TRY(parse_expr(p, &arg));
    PROPTER_TRY(add_arg(p, e, arg));
    if (!parse_is_mark(p, ',')) break;
    PROPTER_TRY(parse_next(p));
  }
  return parse_mark(p, ')', "\",\" or \")\"");
}

static PropterStatus parse_call(Parser *p, int function, AstExpr **out) {
  size_t at = p->token.start;
  AstExpr *e;
  PROPTER_TRY(make(p, EXPR_CALL, &e));
  e->function = (AstFunction)function;
  p->query->by_chance |= function == FN_RAND || function == FN_UUID || function == FN_STRUUID || function == FN_BNODE;
  PROPTER_TRY(parse_next(p));
  if (function == FN_BOUND) {
    PROPTER_TRY(parse_mark(p, '(', "\"(\""));
    AstExpr *arg;
    PROPTER_TRY(make(p, EXPR_TERM, &arg));
    arg->term.kind = AST_VAR;
    PROPTER_TRY(parse_var(p, &arg->term.var));
    PROPTER_TRY(add_arg(p, e, arg));
    PROPTER_TRY(parse_mark(p, ')', "\")\""));
  } else
    PROPTER_TRY(parse_arguments(p, e));
  if (e->count < functions[function].least || e->count > functions[function].most)
    return parse_fail(p, at, PROPTER_SYNTAX, "expected %u to %u arguments of %s, found %zu", functions[function].least, functions[function].most,
                      functions[function].keyword, e->count);
  *out = e;
  return PROPTER_OK;
}

static PropterStatus parse_aggregate(Parser *p, int aggregate, AstExpr **out) {
  if (!p->aggregates_allowed) return parse_expected(p, "an expression without aggregates");
  AstExpr *e, *arg;
  PROPTER_TRY(make(p, EXPR_AGGREGATE, &e));
  e->aggregate = (AstAggregate)aggregate;
  e->separator = PROPTER_STR(" ");
  PROPTER_TRY(parse_next(p));
  PROPTER_TRY(parse_mark(p, '(', "\"(\""));
  PROPTER_TRY(parse_take_word(p, "DISTINCT", &e->distinct));
  p->aggregates_allowed = false;
  p->saw_aggregate = true;
  if (aggregate == AGG_COUNT && parse_is_mark(p, '*')) {
    e->star = true;
    PROPTER_TRY(parse_next(p));
  } else {
    PROPTER_TRY(parse_expr(p, &arg));
    PROPTER_TRY(add_arg(p, e, arg));
  }
  p->aggregates_allowed = true;
  if (aggregate == AGG_GROUP_CONCAT && parse_is_mark(p, ';')) {
    PROPTER_TRY(parse_next(p));
    PROPTER_TRY(parse_word(p, "SEPARATOR"));
    PROPTER_TRY(parse_mark(p, '=', "\"=\""));
    if (p->token.kind != TOKEN_STRING) return parse_expected(p, "a string");
    e->separator = p->token.value;
    PROPTER_TRY(parse_next(p));
  }
  *out = e;
  return parse_mark(p, ')', "\")\"");
}

static PropterStatus parse_exists(Parser *p, AstExprOp op, AstExpr **out) {
  bool allowed = p->aggregates_allowed, saw = p->saw_aggregate;
  uint32_t scope = p->scope;
  AstExpr *e;
  PROPTER_TRY(make(p, op, &e));
  PROPTER_TRY(parse_next(p));
  p->aggregates_allowed = false;
  PROPTER_TRY(parse_group(p, &e->pattern));
  p->aggregates_allowed = allowed, p->saw_aggregate = saw;
  p->scope = scope;
  *out = e;
  return PROPTER_OK;
}

static PropterStatus parse_not_exists(Parser *p, AstExpr **out) {
  PROPTER_TRY(parse_next(p));
  if (!parse_is_word(p, "EXISTS")) return parse_expected(p, "EXISTS");
  return parse_exists(p, EXPR_NOT_EXISTS, out);
}

static PropterStatus parse_iri_or_call(Parser *p, AstExpr **out, bool call_only) {
  AstExpr *e;
  PropterStr iri;
  PROPTER_TRY(make(p, EXPR_TERM, &e));
  PROPTER_TRY(parse_iri(p, &iri));
  e->term = (AstTerm){.kind = AST_IRI, .term = propter_iri(iri)};
  *out = e;
  if (p->token.kind != TOKEN_NIL && !parse_is_mark(p, '(')) return call_only ? parse_expected(p, "\"(\"") : PROPTER_OK;
  e->op = EXPR_CALL_IRI;
  if (p->token.kind == TOKEN_NIL) return parse_next(p);
  Token after;
  PROPTER_TRY(lex_token(&p->lexer, p->token.end, &after, p->err));
  if (after.kind == TOKEN_WORD && propter_str_equal_caseless(after.value, PROPTER_STR("DISTINCT"))) {
    e->distinct = true;
    p->token.end = after.end; /* the "(" stays the present token */
  }
  return parse_arguments(p, e);
}

static PropterStatus parse_primary(Parser *p, AstExpr **out) {
  const Token *t = &p->token;
  if (parse_is_mark(p, '(')) return parse_bracketed(p, out);
  if (t->kind == TOKEN_IRI || t->kind == TOKEN_PNAME) return parse_iri_or_call(p, out, false);
  if (t->kind == TOKEN_VAR || parse_at_literal(p)) {
    AstExpr *e;
    PROPTER_TRY(make(p, EXPR_TERM, &e));
    *out = e;
    return t->kind == TOKEN_VAR ? parse_var_or_iri(p, &e->term, "a variable") : parse_literal(p, &e->term);
  }
  if (t->kind == TOKEN_WORD) {
    int i = find_function(p);
    if (i >= 0) return parse_call(p, i, out);
    if ((i = find_aggregate(p)) >= 0) return parse_aggregate(p, i, out);
    if (parse_is_word(p, "EXISTS")) return parse_exists(p, EXPR_EXISTS, out);
    if (parse_is_word(p, "NOT")) return parse_not_exists(p, out);
  }
  return parse_expected(p, "an expression");
}

static PropterStatus parse_unary(Parser *p, AstExpr **out) {
  AstExprOp op = parse_is_mark(p, '!') ? EXPR_NOT : parse_is_mark(p, '+') ? EXPR_PLUS : parse_is_mark(p, '-') ? EXPR_MINUS : EXPR_TERM;
  if (op == EXPR_TERM || parse_at_literal(p)) return parse_primary(p, out);
  AstExpr *e, *arg;
  PROPTER_TRY(parse_enter(p));
  PROPTER_TRY(make(p, op, &e));
  PROPTER_TRY(parse_next(p));
  PROPTER_TRY(op == EXPR_NOT ? parse_unary(p, &arg) : parse_primary(p, &arg));
  p->depth--;
  *out = e;
  return add_arg(p, e, arg);
}

static PropterStatus too_long(Parser *p) { return parse_fail(p, p->token.start, PROPTER_LIMIT, "more than %d operators in one chain", PARSE_CHAIN); }

static PropterStatus parse_product(Parser *p, AstExpr **out) {
  PROPTER_TRY(parse_unary(p, out));
  for (int n = 0; parse_is_mark(p, '*') || parse_is_mark(p, '/'); n++) {
    AstExprOp op = parse_is_mark(p, '*') ? EXPR_MULTIPLY : EXPR_DIVIDE;
    AstExpr *right;
    if (n == PARSE_CHAIN) return too_long(p);
    PROPTER_TRY(parse_next(p));
    PROPTER_TRY(parse_unary(p, &right));
    PROPTER_TRY(make_binary(p, op, *out, right, out));
  }
  return PROPTER_OK;
}

static PropterStatus parse_sum(Parser *p, AstExpr **out) {
  PROPTER_TRY(parse_product(p, out));
  for (int n = 0; parse_is_mark(p, '+') || parse_is_mark(p, '-'); n++) {
    AstExprOp op = parse_is_mark(p, '+') ? EXPR_ADD : EXPR_SUBTRACT;
    AstExpr *right;
    if (n == PARSE_CHAIN) return too_long(p);
    PROPTER_TRY(parse_next(p));
    PROPTER_TRY(parse_product(p, &right));
    PROPTER_TRY(make_binary(p, op, *out, right, out));
  }
  return PROPTER_OK;
}

static AstExprOp comparison(const Parser *p) {
  if (p->token.kind != TOKEN_MARK) return EXPR_TERM;
  switch (p->token.mark) {
  case '=': return EXPR_EQUAL;
  case '<': return EXPR_LESS;
  case '>': return EXPR_GREATER;
  case MARK_NE: return EXPR_NOT_EQUAL;
  case MARK_LE: return EXPR_LESS_EQUAL;
  case MARK_GE: return EXPR_GREATER_EQUAL;
  default: return EXPR_TERM;
  }
}

static PropterStatus parse_relation(Parser *p, AstExpr **out) {
  PROPTER_TRY(parse_sum(p, out));
  AstExprOp op = comparison(p);
  if (op != EXPR_TERM) {
    AstExpr *right;
    PROPTER_TRY(parse_next(p));
    PROPTER_TRY(parse_sum(p, &right));
    return make_binary(p, op, *out, right, out);
  }
  if (!parse_is_word(p, "IN") && !parse_is_word(p, "NOT")) return PROPTER_OK;
  AstExpr *e;
  PROPTER_TRY(make(p, parse_is_word(p, "IN") ? EXPR_IN : EXPR_NOT_IN, &e));
  PROPTER_TRY(parse_next(p));
  if (e->op == EXPR_NOT_IN) PROPTER_TRY(parse_word(p, "IN"));
  PROPTER_TRY(add_arg(p, e, *out));
  *out = e;
  return parse_arguments(p, e);
}

/* a OP b OP c as one node; one operand alone stays itself. */
static PropterStatus parse_chain(Parser *p, int mark, AstExprOp op, PropterStatus (*operand)(Parser *, AstExpr **), AstExpr **out) {
  PROPTER_TRY(operand(p, out));
  if (!parse_is_mark(p, mark)) return PROPTER_OK;
  AstExpr *e, *arg;
  PROPTER_TRY(make(p, op, &e));
  PROPTER_TRY(add_arg(p, e, *out));
  while (parse_is_mark(p, mark)) {
    PROPTER_TRY(parse_next(p));
    PROPTER_TRY(operand(p, &arg));
    PROPTER_TRY(add_arg(p, e, arg));
  }
  *out = e;
  return PROPTER_OK;
}

static PropterStatus parse_and(Parser *p, AstExpr **out) { return parse_chain(p, MARK_AND, EXPR_AND, parse_relation, out); }

PropterStatus parse_expr(Parser *p, AstExpr **expr) {
  PROPTER_TRY(parse_enter(p));
  PROPTER_TRY(parse_chain(p, MARK_OR, EXPR_OR, parse_and, expr));
  p->depth--;
  return PROPTER_OK;
}

bool parse_at_constraint(const Parser *p) {
  if (parse_is_mark(p, '(') || p->token.kind == TOKEN_IRI || p->token.kind == TOKEN_PNAME) return true;
  return p->token.kind == TOKEN_WORD && (find_function(p) >= 0 || find_aggregate(p) >= 0 || parse_is_word(p, "EXISTS") || parse_is_word(p, "NOT"));
}

PropterStatus parse_constraint(Parser *p, AstExpr **expr) {
  if (!parse_at_constraint(p)) return parse_expected(p, "an expression in parentheses or a call");
  if (p->token.kind == TOKEN_IRI || p->token.kind == TOKEN_PNAME) return parse_iri_or_call(p, expr, true);
  return parse_primary(p, expr);
}
