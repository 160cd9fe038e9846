/* SPDX-License-Identifier: Apache-2.0 */
#include "print.h"

#include "form.h"

static const struct {
  PropterStr text;
  int precedence;
} operators[] = {
#define EXPR_OP(name, text, precedence) {{text, sizeof(text) - 1}, precedence},
#include "operators.def"
#undef EXPR_OP
};

static const char *const functions[] = {
#define FUNCTION(name, keyword, least, most, eval) keyword,
#include "functions.def"
#undef FUNCTION
};

static const char *const aggregates[] = {
#define AGGREGATE(name) #name,
#include "aggregates.def"
#undef AGGREGATE
};

static void put(PropterBuf *out, const char *text) { propter_buf_add(out, propter_str(text)); }

static void put_iri(PropterStr iri, PropterBuf *out) {
  propter_buf_add_char(out, '<');
  propter_buf_add(out, iri);
  propter_buf_add_char(out, '>');
}

static void put_var(const PropterQuery *q, uint32_t var, PropterBuf *out) {
  propter_buf_add_char(out, '?');
  propter_buf_add(out, q->names[var].text);
}

static void put_string(PropterStr text, PropterBuf *out) {
  propter_buf_add_char(out, '"');
  for (size_t i = 0; i < text.len; i++) switch (text.data[i]) {
    case '"': put(out, "\\\""); break;
    case '\\': put(out, "\\\\"); break;
    case '\n': put(out, "\\n"); break;
    case '\r': put(out, "\\r"); break;
    case '\t': put(out, "\\t"); break;
    case '\b': put(out, "\\b"); break;
    case '\f': put(out, "\\f"); break;
    default: propter_buf_add_char(out, text.data[i]);
    }
  propter_buf_add_char(out, '"');
}

/* A number without sign may stand bare wherever a term may. */
static bool is_bare(const PropterTerm *t) {
  bool digits = t->value.len > 0 && propter_str_equal(t->datatype, PROPTER_STR("http://www.w3.org/2001/XMLSchema#integer"));
  for (size_t i = 0; digits && i < t->value.len; i++) digits = t->value.data[i] >= '0' && t->value.data[i] <= '9';
  return digits;
}

void print_term(const PropterQuery *q, const AstTerm *t, PropterBuf *out) {
  switch (t->kind) {
  case AST_NONE: put(out, "UNDEF"); break;
  case AST_VAR: put_var(q, t->var, out); break;
  case AST_BLANK: propter_buf_printf(out, "_:b%u", t->var); break;
  case AST_IRI: put_iri(t->term.value, out); break;
  case AST_LITERAL:
    if (is_bare(&t->term)) {
      propter_buf_add(out, t->term.value);
      break;
    }
    put_string(t->term.value, out);
    if (t->term.language.len) {
      propter_buf_add_char(out, '@');
      propter_buf_add(out, t->term.language);
    } else if (t->term.datatype.len) {
      put(out, "^^");
      put_iri(t->term.datatype, out);
    }
  }
}

void print_path(const AstPath *p, PropterBuf *out) {
  static const char *const suffix[] = {[PATH_STAR] = "*", [PATH_PLUS] = "+", [PATH_OPTIONAL] = "?"};
  switch (p->kind) {
  case PATH_LINK: put_iri(p->iri, out); break;
  case PATH_INVERSE:
    /* "^^" is another token. */
    put(out, p->items[0]->kind == PATH_INVERSE ? "^(" : "^");
    print_path(p->items[0], out);
    if (p->items[0]->kind == PATH_INVERSE) put(out, ")");
    break;
  case PATH_STAR:
  case PATH_PLUS:
  case PATH_OPTIONAL:
    put(out, "(");
    print_path(p->items[0], out);
    put(out, ")");
    put(out, suffix[p->kind]);
    break;
  case PATH_NEGATED:
    put(out, "!(");
    for (size_t i = 0; i < p->count; i++) {
      if (i) put(out, "|");
      print_path(p->items[i], out);
    }
    put(out, ")");
    break;
  default:
    put(out, "(");
    for (size_t i = 0; i < p->count; i++) {
      if (i) put(out, p->kind == PATH_SEQUENCE ? "/" : "|");
      print_path(p->items[i], out);
    }
    put(out, ")");
  }
}

static void print_select(const PropterQuery *q, const AstSelect *s, PropterBuf *out);

static void print_list(const PropterQuery *q, AstExpr *const *items, size_t count, const char *between, PropterBuf *out) {
  for (size_t i = 0; i < count; i++) {
    if (i) put(out, between);
    print_expr(q, items[i], out);
  }
}

static void print_aggregate(const PropterQuery *q, const AstExpr *e, PropterBuf *out) {
  put(out, aggregates[e->aggregate]);
  put(out, e->distinct ? "(DISTINCT " : "(");
  if (e->star) put(out, "*");
  print_list(q, e->args, e->count, "", out);
  if (e->aggregate == AGG_GROUP_CONCAT) {
    put(out, "; SEPARATOR=");
    put_string(e->separator, out);
  }
  put(out, ")");
}

void print_expr(const PropterQuery *q, const AstExpr *e, PropterBuf *out) {
  switch (e->op) {
  case EXPR_TERM: print_term(q, &e->term, out); return;
  case EXPR_CALL:
    put(out, functions[e->function]);
    put(out, "(");
    print_list(q, e->args, e->count, ", ", out);
    put(out, ")");
    return;
  case EXPR_CALL_IRI:
    print_term(q, &e->term, out);
    put(out, e->distinct ? "(DISTINCT " : "(");
    print_list(q, e->args, e->count, ", ", out);
    put(out, ")");
    return;
  case EXPR_AGGREGATE: print_aggregate(q, e, out); return;
  case EXPR_EXISTS:
  case EXPR_NOT_EXISTS:
    put(out, e->op == EXPR_EXISTS ? "EXISTS " : "NOT EXISTS ");
    print_pattern(q, e->pattern, out);
    return;
  case EXPR_IN:
  case EXPR_NOT_IN:
    put(out, "(");
    print_expr(q, e->args[0], out);
    put(out, e->op == EXPR_IN ? " IN (" : " NOT IN (");
    print_list(q, e->args + 1, e->count - 1, ", ", out);
    put(out, "))");
    return;
  case EXPR_NOT:
  case EXPR_PLUS:
  case EXPR_MINUS:
    /* A space, so that a sign before a number stays an operator. */
    put(out, "(");
    propter_buf_add(out, operators[e->op].text);
    put(out, " ");
    print_expr(q, e->args[0], out);
    put(out, ")");
    return;
  default: {
    char between[8];
    (void)snprintf(between, sizeof between, " %s ", operators[e->op].text.data);
    put(out, "(");
    print_list(q, e->args, e->count, between, out);
    put(out, ")");
  }
  }
}

static void print_values(const PropterQuery *q, const AstValues *v, PropterBuf *out) {
  put(out, "VALUES (");
  for (size_t i = 0; i < v->var_count; i++) {
    if (i) put(out, " ");
    put_var(q, v->vars[i], out);
  }
  put(out, ") {");
  for (size_t r = 0; r < v->row_count; r++) {
    put(out, " (");
    for (size_t i = 0; i < v->var_count; i++) {
      if (i) put(out, " ");
      print_term(q, &v->cells[r * v->var_count + i], out);
    }
    put(out, ")");
  }
  put(out, " }");
}

static void print_triple(const PropterQuery *q, const AstTriple *t, PropterBuf *out) {
  print_term(q, &t->s, out);
  put(out, " ");
  if (t->path)
    print_path(t->path, out);
  else
    print_term(q, &t->p, out);
  put(out, " ");
  print_term(q, &t->o, out);
  put(out, " .");
}

static void print_items(const PropterQuery *q, const AstPattern *a, const char *between, PropterBuf *out) {
  for (size_t i = 0; i < a->count; i++) {
    if (i) put(out, between);
    print_pattern(q, a->items[i], out);
  }
}

void print_pattern(const PropterQuery *q, const AstPattern *a, PropterBuf *out) {
  switch (a->kind) {
  case PAT_GROUP:
    put(out, "{ ");
    print_items(q, a, " ", out);
    put(out, " }");
    break;
  case PAT_TRIPLES:
    for (size_t i = 0; i < a->triple_count; i++) {
      if (i) put(out, " ");
      print_triple(q, &a->triples[i], out);
    }
    break;
  case PAT_FILTER:
    put(out, "FILTER (");
    print_expr(q, a->expr, out);
    put(out, ")");
    break;
  case PAT_UNION: print_items(q, a, " UNION ", out); break;
  case PAT_OPTIONAL:
  case PAT_MINUS:
    put(out, a->kind == PAT_OPTIONAL ? "OPTIONAL " : "MINUS ");
    print_items(q, a, "", out);
    break;
  case PAT_GRAPH:
  case PAT_SERVICE:
    put(out, a->kind == PAT_GRAPH ? "GRAPH " : a->silent ? "SERVICE SILENT " : "SERVICE ");
    print_term(q, &a->term, out);
    put(out, " ");
    print_items(q, a, "", out);
    break;
  case PAT_BIND:
    put(out, "BIND (");
    print_expr(q, a->expr, out);
    put(out, " AS ");
    put_var(q, a->term.var, out);
    put(out, ")");
    break;
  case PAT_VALUES: print_values(q, a->values, out); break;
  case PAT_SELECT:
  case PAT_FORM: print_select(q, a->select, out); break;
  }
}

void print_quads(const PropterQuery *q, const AstQuad *quads, size_t count, PropterBuf *out) {
  put(out, "{ ");
  for (size_t i = 0; i < count; i++) {
    AstTriple t = {quads[i].s, quads[i].p, quads[i].o, NULL};
    bool named = quads[i].g.kind != AST_NONE;
    if (named) {
      put(out, "GRAPH ");
      print_term(q, &quads[i].g, out);
      put(out, " { ");
    }
    print_triple(q, &t, out);
    put(out, named ? " } " : " ");
  }
  put(out, "}");
}

void print_projection(const PropterQuery *q, const AstSelect *s, PropterBuf *out) {
  put(out, s->distinct ? " DISTINCT" : s->reduced ? " REDUCED" : "");
  if (s->star) put(out, " *");
  for (size_t i = 0; i < s->item_count; i++) {
    put(out, s->items[i].expr ? " (" : " ");
    if (s->items[i].expr) {
      print_expr(q, s->items[i].expr, out);
      put(out, " AS ");
    }
    put_var(q, s->items[i].var, out);
    if (s->items[i].expr) put(out, ")");
  }
}

static void print_modifiers(const PropterQuery *q, const AstSelect *s, PropterBuf *out) {
  if (s->group_count) put(out, " GROUP BY");
  for (size_t i = 0; i < s->group_count; i++) {
    put(out, " (");
    print_expr(q, s->group[i].expr, out);
    if (s->group[i].has_var) {
      put(out, " AS ");
      put_var(q, s->group[i].var, out);
    }
    put(out, ")");
  }
  if (s->having_count) put(out, " HAVING");
  for (size_t i = 0; i < s->having_count; i++) {
    put(out, " (");
    print_expr(q, s->having[i], out);
    put(out, ")");
  }
  if (s->order_count) put(out, " ORDER BY");
  for (size_t i = 0; i < s->order_count; i++) {
    put(out, s->order[i].descending ? " DESC(" : " ASC(");
    print_expr(q, s->order[i].expr, out);
    put(out, ")");
  }
  if (s->has_limit) propter_buf_printf(out, " LIMIT %llu", (unsigned long long)s->limit);
  if (s->offset) propter_buf_printf(out, " OFFSET %llu", (unsigned long long)s->offset);
  if (s->values) {
    put(out, " ");
    print_values(q, s->values, out);
  }
}

static void print_iris(const char *keyword, const PropterStr *iris, size_t count, PropterBuf *out) {
  for (size_t i = 0; i < count; i++) {
    put(out, keyword);
    put_iri(iris[i], out);
  }
}

static void print_select(const PropterQuery *q, const AstSelect *s, PropterBuf *out) {
  put(out, s->form->keyword);
  if (s->form->print_head) s->form->print_head(q, s, out);
  print_iris(" FROM ", s->from, s->from_count, out);
  print_iris(" FROM NAMED ", s->from_named, s->from_named_count, out);
  if (s->where && !s->form->solve) {
    put(out, " WHERE ");
    print_pattern(q, s->where, out);
  }
  print_modifiers(q, s, out);
}

static void print_target(const AstTarget *t, PropterBuf *out) {
  static const char *const words[] = {[TARGET_DEFAULT] = "DEFAULT", [TARGET_NAMED] = "NAMED", [TARGET_ALL] = "ALL"};
  if (t->kind == TARGET_GRAPH) {
    put(out, "GRAPH ");
    put_iri(t->iri, out);
  } else
    put(out, words[t->kind]);
}

static void print_modify(const PropterQuery *q, const AstUpdate *u, PropterBuf *out) {
  if (u->with.kind != AST_NONE) {
    put(out, "WITH ");
    print_term(q, &u->with, out);
    put(out, " ");
  }
  if (u->remove_count || !u->insert_count) {
    put(out, "DELETE ");
    print_quads(q, u->remove, u->remove_count, out);
    put(out, " ");
  }
  if (u->insert_count) {
    put(out, "INSERT ");
    print_quads(q, u->insert, u->insert_count, out);
    put(out, " ");
  }
  print_iris(" USING ", u->using_default, u->using_default_count, out);
  print_iris(" USING NAMED ", u->using_named, u->using_named_count, out);
  put(out, " WHERE ");
  print_pattern(q, u->where, out);
}

static void print_update(const PropterQuery *q, const AstUpdate *u, PropterBuf *out) {
  static const char *const words[] = {[UPDATE_LOAD] = "LOAD ", [UPDATE_CLEAR] = "CLEAR ", [UPDATE_DROP] = "DROP ", [UPDATE_CREATE] = "CREATE ",
                                      [UPDATE_ADD] = "ADD ",   [UPDATE_MOVE] = "MOVE ",   [UPDATE_COPY] = "COPY "};
  switch (u->kind) {
  case UPDATE_INSERT_DATA:
    put(out, "INSERT DATA ");
    print_quads(q, u->insert, u->insert_count, out);
    return;
  case UPDATE_DELETE_DATA:
    put(out, "DELETE DATA ");
    print_quads(q, u->remove, u->remove_count, out);
    return;
  case UPDATE_DELETE_WHERE:
    put(out, "DELETE WHERE ");
    print_quads(q, u->remove, u->remove_count, out);
    return;
  case UPDATE_MODIFY: print_modify(q, u, out); return;
  default: break;
  }
  put(out, words[u->kind]);
  if (u->silent) put(out, "SILENT ");
  if (u->kind == UPDATE_LOAD) {
    put_iri(u->from.iri, out);
    if (u->to.kind == TARGET_GRAPH) put(out, " INTO ");
  }
  if (u->kind >= UPDATE_ADD) {
    print_target(&u->from, out);
    put(out, " TO ");
  }
  if (u->kind != UPDATE_LOAD || u->to.kind == TARGET_GRAPH) print_target(&u->to, out);
}

void print_base(const PropterQuery *query, PropterBuf *out) {
  if (!query->base.len) return;
  put(out, "BASE ");
  put_iri(query->base, out);
  put(out, "\n");
}

PropterStatus propter_query_print(const PropterQuery *query, PropterBuf *out, PropterError *err) {
  print_base(query, out);
  if (query->select) print_select(query, query->select, out);
  for (size_t i = 0; i < query->update_count; i++) {
    if (i) put(out, " ;\n");
    print_update(query, &query->updates[i], out);
  }
  return propter_buf_status(out, err);
}
