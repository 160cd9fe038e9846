/* SPDX-License-Identifier: Apache-2.0 */
/* SHACL-SPARQL: constraints that are queries (SHACL 1.0, sections 5 and 6), asked with $this and the parameters of their component given. */
#include <string.h>

#include "../sparql/form.h"
#include "shacl.h"

static PropterStatus no_memory(const Validator *v, PropterError *err) { return exec_fail_memory(&v->run, err); }

/* --- What a query may hold (appendix A) --------------------------------------------------------------------------------------------- */

typedef struct {
  Validator *v;
  const ShapesTriple *at;
  const PropterQuery *query;
  const ShaclShape *shape;
  const ShaclQuery *of;
  PropterError *err;
} Look;

static PropterStatus look_pattern(Look *l, AstPattern *a);

static bool is_name(const Look *l, uint32_t var, const char *name) { return propter_str_equal(l->query->names[var].text, propter_str(name)); }

static PropterStatus refuse(const Look *l, const char *what) {
  return shapes_fail(l->v, l->at, l->err, PROPTER_INVALID, "a query of SHACL must not hold %s", what);
}

static bool is_given(const Look *l, uint32_t var) {
  for (size_t i = 0; i < l->of->count; i++)
    if (propter_str_equal(l->query->names[var].text, l->of->names[i])) return true;
  return false;
}

static PropterStatus look_expr(Look *l, AstExpr *e) {
  if (e->pattern) PROPTER_TRY(look_pattern(l, e->pattern));
  for (size_t i = 0; i < e->count; i++) PROPTER_TRY(look_expr(l, e->args[i]));
  return PROPTER_OK;
}

typedef struct {
  const Look *look;
  PropterStr name;
  bool found;
} Wanted;

static void find_visible(uint32_t var, void *payload) {
  Wanted *w = payload;
  if (propter_str_equal(w->look->query->names[var].text, w->name)) w->found = true;
}

/* A sub-select must hand on what is given from outside; the shape and its graph may be left out. */
static PropterStatus look_inner(Look *l, const AstSelect *s) {
  for (size_t i = 0; i < l->of->count; i++) {
    Wanted w = {l, l->of->names[i], false};
    if (propter_str_equal(w.name, PROPTER_STR("currentShape")) || propter_str_equal(w.name, PROPTER_STR("shapesGraph"))) continue;
    for (size_t k = 0; k < s->item_count; k++) find_visible(s->items[k].var, &w);
    if (s->star && s->where) ast_visible(s->where, find_visible, &w);
    if (!w.found) return shapes_fail(l->v, l->at, l->err, PROPTER_INVALID, "a sub-select of a query of SHACL must select $%s", w.name.data);
  }
  return PROPTER_OK;
}

static PropterStatus look_select(Look *l, AstSelect *s, bool inner) {
  if (s->values) return refuse(l, "VALUES");
  if (inner) PROPTER_TRY(look_inner(l, s));
  for (size_t i = 0; i < s->item_count; i++) {
    if (s->items[i].expr && is_given(l, s->items[i].var)) return refuse(l, "AS with a variable that is given");
    if (s->items[i].expr) PROPTER_TRY(look_expr(l, s->items[i].expr));
  }
  for (size_t i = 0; i < s->having_count; i++) PROPTER_TRY(look_expr(l, s->having[i]));
  for (size_t i = 0; i < s->group_count; i++) PROPTER_TRY(look_expr(l, s->group[i].expr));
  return s->where ? look_pattern(l, s->where) : PROPTER_OK;
}

/* $PATH as a predicate is the path of the property shape. */
static PropterStatus put_path(Look *l, AstTriple *t) {
  if (t->path || t->p.kind != AST_VAR || !is_name(l, t->p.var, "PATH")) return PROPTER_OK;
  if (!l->shape->path) return refuse(l, "$PATH in a node shape");
  t->path = (AstPath *)l->shape->path;
  return PROPTER_OK;
}

static PropterStatus look_pattern(Look *l, AstPattern *a) {
  switch (a->kind) {
  case PAT_MINUS:
    return refuse(l, "MINUS");
  case PAT_SERVICE:
    return refuse(l, "SERVICE");
  case PAT_VALUES:
    return refuse(l, "VALUES");
  case PAT_FORM:
    return refuse(l, "WHY");
  case PAT_BIND:
    if (is_given(l, a->term.var)) return refuse(l, "BIND to a variable that is given");
    break;
  default:
    break;
  }
  for (size_t i = 0; i < a->triple_count; i++) PROPTER_TRY(put_path(l, &a->triples[i]));
  if (a->expr) PROPTER_TRY(look_expr(l, a->expr));
  if (a->select) PROPTER_TRY(look_select(l, a->select, true));
  for (size_t i = 0; i < a->count; i++) PROPTER_TRY(look_pattern(l, a->items[i]));
  return PROPTER_OK;
}

/* --- Text of a query ------------------------------------------------------------------------------------------------------------------ */

static PropterStatus text_of(Validator *v, const ShapesTriple *t, PropterStr *out, PropterError *err) {
  PropterTerm term;
  PROPTER_TRY(exec_term(&v->run, t->o, &v->arena, &term, err));
  *out = term.value;
  return PROPTER_OK;
}

/* Prefixes declared by a node and by what it imports. */
static PropterStatus put_prefixes(Validator *v, PropterId node, unsigned depth, PropterBuf *out, PropterError *err) {
  for (const ShapesTriple *d = NULL; (d = shapes_next(v, node, v->word[VOCAB_sh_declare], d));) {
    const ShapesTriple *prefix = shapes_get(v, d->o, VOCAB_sh_prefix), *iri = shapes_get(v, d->o, VOCAB_sh_namespace);
    PropterStr name, text;
    if (!prefix || !iri) return shapes_fail(v, d, err, PROPTER_INVALID, "expected a node with sh:prefix and sh:namespace");
    PROPTER_TRY(text_of(v, prefix, &name, err));
    PROPTER_TRY(text_of(v, iri, &text, err));
    propter_buf_printf(out, "PREFIX %s: <%s> ", name.data, text.data);
  }
  for (const ShapesTriple *i = NULL; depth < 8 && (i = shapes_next(v, node, v->word[VOCAB_owl_imports], i));)
    PROPTER_TRY(put_prefixes(v, i->o, depth + 1, out, err));
  return PROPTER_OK;
}

static PropterStatus parse(Validator *v, PropterId node, const ShapesTriple *text, PropterQuery **query, PropterError *err) {
  PropterBuf all = {0};
  PropterStr own;
  PropterError why = {0};
  PropterStatus status = text_of(v, text, &own, err);
  for (const ShapesTriple *t = NULL; status == PROPTER_OK && (t = shapes_next(v, node, v->word[VOCAB_sh_prefixes], t));)
    status = put_prefixes(v, t->o, 0, &all, err);
  if (status == PROPTER_OK) propter_buf_add(&all, own);
  if (status == PROPTER_OK) status = propter_buf_status(&all, err);
  if (status == PROPTER_OK) {
    status = propter_query_parse(propter_buf_str(&all), PROPTER_STR(""), query, &why);
    if (status != PROPTER_OK) status = shapes_fail(v, text, err, status, "line %llu of the query: %s", (unsigned long long)why.line, why.message);
  }
  propter_buf_clear(&all);
  return status;
}

/* --- Queries ---------------------------------------------------------------------------------------------------------------------------- */

/* The graph of the shapes' document, if the data has it too. */
static PropterStatus find_shapes_graph(Validator *v, PropterId *id, PropterError *err) {
  PropterTerm term = propter_iri(v->shapes_graph);
  uint64_t count = 0;
  PROPTER_TRY(exec_intern(&v->run, &term, id, err));
  if (!exec_local(*id)) PROPTER_TRY(propter_snapshot_count(v->snapshot, PROPTER_GSPO, (PropterQuad){.g = *id}, 1, &count, err));
  if (!count) *id = PROPTER_NO_ID;
  return PROPTER_OK;
}

typedef PROPTER_VEC(PropterStr) Names;

/* Names and values given: $this and $value (later), the shape, its graph, and the parameters. */
static PropterStatus give_names(Validator *v, ShaclQuery *q, const ShaclShape *shape, const Names *parameters, const PropterIds *values, PropterError *err) {
  PropterStr *names = propter_arena_alloc(&v->arena, (parameters->count + 4) * sizeof *names);
  q->given = propter_arena_alloc(&v->arena, (parameters->count + 4) * sizeof *q->given);
  if (!names || !q->given) return no_memory(v, err);
  q->this_at = q->count, names[q->count++] = PROPTER_STR("this");
  q->value_at = SIZE_MAX;
  if (q->ask) q->value_at = q->count, names[q->count++] = PROPTER_STR("value");
  q->given[q->count] = shape->node, names[q->count++] = PROPTER_STR("currentShape");
  PROPTER_TRY(find_shapes_graph(v, &q->given[q->count], err));
  if (q->given[q->count]) names[q->count++] = PROPTER_STR("shapesGraph");
  for (size_t i = 0; i < parameters->count; i++) q->given[q->count] = values->items[i], names[q->count++] = parameters->items[i];
  q->names = names;
  return PROPTER_OK;
}

/* The query of `node`, which has sh:select or sh:ask. */
static PropterStatus open_query(Validator *v, Constraint *c, PropterId node, const ShapesTriple *at, const Names *parameters, const PropterIds *values,
                                PropterError *err) {
  const ShapesTriple *select = shapes_get(v, node, VOCAB_sh_select), *ask = shapes_get(v, node, VOCAB_sh_ask), *text = select ? select : ask,
                     *message = shapes_get(v, node, VOCAB_sh_message);
  if (!text) return shapes_fail(v, at, err, PROPTER_INVALID, "expected a node with sh:select or sh:ask");
  ShaclQuery *q = c->query = propter_calloc(1, sizeof *q);
  if (!q) return no_memory(v, err);
  q->ask = !select;
  c->message = message ? message->o : PROPTER_NO_ID;
  PROPTER_TRY(parse(v, node, text, &q->query, err));
  if (!q->query->select || q->query->select->form->kind != (select ? PROPTER_RESULTS_SOLUTIONS : PROPTER_RESULTS_BOOLEAN))
    return shapes_fail(v, text, err, PROPTER_INVALID, "expected %s query", select ? "a SELECT" : "an ASK");
  PROPTER_TRY(give_names(v, q, c->shape, parameters, values, err));
  Look look = {v, text, q->query, c->shape, q, err};
  PROPTER_TRY(look_select(&look, q->query->select, false));
  PROPTER_TRY(prepared_open(q->query, v->snapshot, &v->options.query, q->names, q->count, &q->prepared, err));
  q->column_value = prepared_column(q->prepared, PROPTER_STR("value"));
  q->column_path = prepared_column(q->prepared, PROPTER_STR("path"));
  q->column_message = prepared_column(q->prepared, PROPTER_STR("message"));
  for (size_t i = 0; i < q->count; i++)
    if (i != q->this_at && i != q->value_at) PROPTER_TRY(prepared_give(q->prepared, i, &v->run, q->given[i], err));
  return PROPTER_OK;
}

PropterStatus sparql_compile(Validator *v, Constraint *c, const ShapesTriple *at, PropterError *err) {
  Names none = {0};
  PropterIds no_values = {0};
  c->source = at->o;
  return open_query(v, c, at->o, at, &none, &no_values, err);
}

void sparql_free(ShaclQuery *q) {
  if (!q) return;
  prepared_close(q->prepared);
  propter_query_free(q->query);
  propter_free(q);
}

/* --- Messages with variables -------------------------------------------------------------------------------------------------------- */

/* A variable's value as text; none: not given and not selected, or unbound. */
static PropterStatus put_variable(Validator *v, const ShaclQuery *q, PropterStr name, bool row, PropterBuf *out, PropterError *err) {
  PropterId id = PROPTER_NO_ID;
  for (size_t i = 0; i < q->count; i++)
    if (propter_str_equal(q->names[i], name)) id = q->given[i];
  if (row && !id) PROPTER_TRY(prepared_value(q->prepared, prepared_column(q->prepared, name), &v->run, &id, err));
  return id ? shapes_name(v, id, out, err) : PROPTER_OK;
}

/* {?name} and {$name} are replaced by values; *out PROPTER_NO_ID: there is nothing to replace. */
static PropterStatus fill_message(Validator *v, const Constraint *c, bool row, PropterId *out, PropterError *err) {
  PropterId message = c->message ? c->message : c->shape->message;
  PropterArena scratch = {0};
  PropterBuf text = {0};
  PropterTerm term;
  *out = PROPTER_NO_ID;
  if (!message) return PROPTER_OK;
  PropterStatus status = exec_term(&v->run, message, &scratch, &term, err);
  PropterStr rest = term.value;
  while (status == PROPTER_OK && rest.len) {
    size_t open = propter_str_find(rest, PROPTER_STR("{")), close = open == SIZE_MAX ? SIZE_MAX : propter_str_find(rest, PROPTER_STR("}"));
    bool variable = close != SIZE_MAX && close > open + 1 && (rest.data[open + 1] == '?' || rest.data[open + 1] == '$');
    size_t plain = !variable ? rest.len : open;
    propter_buf_add(&text, (PropterStr){rest.data, plain});
    if (variable) status = put_variable(v, c->query, (PropterStr){rest.data + open + 2, close - open - 2}, row, &text, err);
    size_t used = variable ? close + 1 : plain;
    rest = (PropterStr){rest.data + used, rest.len - used};
  }
  if (status == PROPTER_OK) status = propter_buf_status(&text, err);
  term.value = propter_buf_str(&text);
  if (status == PROPTER_OK) status = exec_intern(&v->run, &term, out, err);
  propter_buf_clear(&text);
  propter_arena_clear(&scratch);
  return status;
}

/* --- Checking ------------------------------------------------------------------------------------------------------------------------- */

static PropterStatus row_found(Validator *v, const Constraint *c, const Nodes *n, size_t i, Verdict *to, PropterError *err) {
  const ShaclQuery *q = c->query;
  Found f = {.focus = n->focus[i], .constraint = c};
  PROPTER_TRY(prepared_value(q->prepared, q->column_value, &v->run, &f.value, err));
  PROPTER_TRY(prepared_value(q->prepared, q->column_path, &v->run, &f.path, err));
  PROPTER_TRY(prepared_value(q->prepared, q->column_message, &v->run, &f.message, err));
  if (!f.value && !c->shape->path) f.value = f.focus;
  if (f.path && exec_kind(&v->run, f.path) != PROPTER_TERM_IRI) f.path = PROPTER_NO_ID;
  if (!f.message && to->record) PROPTER_TRY(fill_message(v, c, true, &f.message, err));
  return shacl_found_more(v, c, i, &f, to, err);
}

static PropterStatus check_select(Validator *v, const Constraint *c, const Nodes *n, size_t i, Verdict *to, PropterError *err) {
  PROPTER_TRY(prepared_start(c->query->prepared, err));
  for (bool end;;) {
    PROPTER_TRY(prepared_next(c->query->prepared, &end, err));
    if (end) return PROPTER_OK;
    PROPTER_TRY(row_found(v, c, n, i, to, err));
  }
}

static PropterStatus check_ask(Validator *v, const Constraint *c, const Nodes *n, size_t i, Verdict *to, PropterError *err) {
  ShaclQuery *q = c->query;
  for (size_t k = n->first[i]; k < n->first[i + 1]; k++) {
    Found f = {.focus = n->focus[i], .value = n->value[k], .constraint = c};
    bool end;
    PROPTER_TRY(prepared_give(q->prepared, q->value_at, &v->run, q->given[q->value_at] = n->value[k], err));
    PROPTER_TRY(prepared_start(q->prepared, err));
    PROPTER_TRY(prepared_next(q->prepared, &end, err));
    if (!end) continue;
    if (to->record) PROPTER_TRY(fill_message(v, c, false, &f.message, err));
    PROPTER_TRY(shacl_found_more(v, c, i, &f, to, err));
  }
  return PROPTER_OK;
}

PropterStatus check_sparql(Validator *v, const Constraint *c, const Nodes *n, Verdict *to, PropterError *err) {
  ShaclQuery *q = c->query;
  for (size_t i = 0; i < n->count; i++) {
    PROPTER_TRY(exec_check(&v->run, err));
    PROPTER_TRY(prepared_give(q->prepared, q->this_at, &v->run, q->given[q->this_at] = n->focus[i], err));
    PROPTER_TRY(q->ask ? check_ask(v, c, n, i, to, err) : check_select(v, c, n, i, to, err));
  }
  return PROPTER_OK;
}

/* --- Constraint components of the shapes graph ---------------------------------------------------------------------------------------- */

static const Component custom = {"", VOCAB_sh_parameter, TAKES_SPARQL, check_sparql, "expected the constraint component to hold"};

/* The values a shape has for a component's parameters; *complete: none that it needs is missing. `many`: a parameter that stands alone may have several values.
 */
static PropterStatus parameters_of(Validator *v, PropterId component, PropterId shape, Names *names, PropterIds *values, const ShapesTriple **many,
                                   bool *complete, PropterError *err) {
  size_t count = 0;
  *complete = true;
  for (const ShapesTriple *t = NULL; (t = shapes_next(v, component, v->word[VOCAB_sh_parameter], t)); count++) {
    const ShapesTriple *path = shapes_get(v, t->o, VOCAB_sh_path), *optional = shapes_get(v, t->o, VOCAB_sh_optional);
    bool may_miss = false;
    PropterTerm term;
    if (!path || exec_kind(&v->run, path->o) != PROPTER_TERM_IRI)
      return shapes_fail(v, t, err, PROPTER_INVALID, "expected a parameter whose sh:path is an IRI");
    if (optional) (void)propter_id_boolean(optional->o, &may_miss);
    const ShapesTriple *value = shapes_next(v, shape, path->o, NULL);
    if (!value) {
      *complete = *complete && may_miss;
      continue;
    }
    PROPTER_TRY(exec_term(&v->run, path->o, &v->arena, &term, err));
    if (!propter_vec_push(names, shapes_local(term.value)) || !propter_vec_push(values, value->o)) return no_memory(v, err);
    *many = value;
  }
  *complete = *complete && values->count > 0;
  return PROPTER_OK;
}

static PropterStatus add_custom(Validator *v, ShaclShape *shape, PropterId component, const ShapesTriple *value, const Names *names, const PropterIds *values,
                                PropterError *err) {
  const ShapesTriple *own = shapes_get(v, component, shape->path ? VOCAB_sh_propertyValidator : VOCAB_sh_nodeValidator);
  const ShapesTriple *validator = own ? own : shapes_get(v, component, VOCAB_sh_validator);
  if (!validator) return PROPTER_OK;
  Constraint *c = propter_arena_alloc(&v->arena, sizeof *c);
  if (!c) return no_memory(v, err);
  *c = (Constraint){.component = &custom, .shape = shape, .iri = component, .value = value->o, .file = value->file, .line = value->line};
  return propter_vec_push(&shape->constraints, c) ? open_query(v, c, validator->o, validator, names, values, err) : no_memory(v, err);
}

static PropterStatus add_customs(Validator *v, ShaclShape *shape, PropterId component, PropterError *err) {
  Names names = {0};
  PropterIds values = {0};
  const ShapesTriple *value = NULL;
  bool complete;
  PropterStatus status = parameters_of(v, component, shape->node, &names, &values, &value, &complete, err);
  if (status == PROPTER_OK && complete) status = add_custom(v, shape, component, value, &names, &values, err);
  while (status == PROPTER_OK && complete && values.count == 1 && (value = shapes_next(v, shape->node, value->p, value))) {
    values.items[0] = value->o;
    status = add_custom(v, shape, component, value, &names, &values, err);
  }
  propter_vec_clear(&names);
  propter_vec_clear(&values);
  return status;
}

PropterStatus sparql_components(Validator *v, ShaclShape *shape, PropterError *err) {
  PropterId last = PROPTER_NO_ID;
  for (size_t i = 0; i < v->triples.count; i++) {
    const ShapesTriple *t = &v->triples.items[i];
    if (t->p != v->word[VOCAB_sh_parameter] || t->s == last) continue;
    last = t->s;
    PROPTER_TRY(add_customs(v, shape, last, err));
  }
  return PROPTER_OK;
}
