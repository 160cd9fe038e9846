/* SPDX-License-Identifier: Apache-2.0 */
/* Patterns: SPARQL 1.1, section 18.2.2. */
#include "translate.h"

#include <string.h>

#include "path_service.h"
#include "propter/vocab.h"

PropterStatus translate_no_memory(Scope *s) { return exec_fail_memory(s->run, s->err); }

PropterStatus translate_make(Scope *s, AlgKind kind, Alg **out) {
  PROPTER_TRY(exec_check(s->run, s->err));
  *out = exec_plan_alloc(s->run, sizeof **out);
  if (!*out) return translate_no_memory(s);
  **out =
      (Alg){.kind = kind, .slot = NO_SLOT, .from = NO_SLOT, .s = {NO_SLOT, 0}, .p = {NO_SLOT, 0}, .o = {NO_SLOT, 0}, .graphs = s->graphs};
  return PROPTER_OK;
}

PropterStatus translate_push(Scope *s, void *items, size_t *count, const void *value, size_t size) {
  return ast_append(&s->run->arena, items, count, value, size) ? PROPTER_OK : translate_no_memory(s);
}

static PropterStatus add_item(Scope *s, Alg *alg, Alg *item) { return translate_push(s, &alg->items, &alg->count, &item, sizeof item); }

PropterStatus translate_wrap(Scope *s, AlgKind kind, Alg *item, Alg **out) {
  Alg *alg;
  PROPTER_TRY(translate_make(s, kind, &alg));
  PROPTER_TRY(add_item(s, alg, item));
  *out = alg;
  return PROPTER_OK;
}

static PropterStatus make_pair(Scope *s, AlgKind kind, Alg *left, Alg *right, Alg **out) {
  PROPTER_TRY(translate_wrap(s, kind, left, out));
  return add_item(s, *out, right);
}

/* Join without needless units and nested joins. */
PropterStatus translate_join(Scope *s, Alg *left, Alg *right, Alg **out) {
  if (left->kind == ALG_UNIT) return *out = right, PROPTER_OK;
  if (right->kind == ALG_UNIT) return *out = left, PROPTER_OK;
  if (left->kind != ALG_JOIN) return make_pair(s, ALG_JOIN, left, right, out);
  *out = left;
  return add_item(s, left, right);
}

PropterStatus translate_slot(Scope *s, uint32_t name, uint32_t *slot) {
  if (s->slots[name] == NO_SLOT) s->slots[name] = exec_slot(s->run, name, s->err);
  *slot = s->slots[name];
  return *slot == NO_SLOT ? PROPTER_NO_MEMORY : PROPTER_OK;
}

PropterStatus translate_fresh(Scope *s, uint32_t *slot) {
  *slot = exec_slot(s->run, NO_SLOT, s->err);
  return *slot == NO_SLOT ? PROPTER_NO_MEMORY : PROPTER_OK;
}

static PropterStatus item_of(Scope *s, const AstTerm *t, Item *item) {
  *item = (Item){NO_SLOT, PROPTER_NO_ID};
  if (t->kind == AST_VAR || t->kind == AST_BLANK) return translate_slot(s, t->var, &item->slot);
  return exec_intern(s->run, &t->term, &item->id, s->err);
}

static PropterStatus iri_item(Scope *s, PropterStr iri, Item *item) {
  AstTerm t = {.kind = AST_IRI, .term = propter_iri(iri)};
  return item_of(s, &t, item);
}

/* --- Expressions ------------------------------------------------------------------------------------------------------ */

static PropterStatus make_expr(Scope *s, AstExprOp op, const AstExpr *ast, Expr **out) {
  *out = exec_plan_alloc(s->run, sizeof **out);
  if (!*out) return translate_no_memory(s);
  (*out)->op = op, (*out)->ast = ast;
  (*out)->slot = NO_SLOT;
  return PROPTER_OK;
}

static PropterStatus slot_expr(Scope *s, uint32_t slot, const AstExpr *ast, Expr **out) {
  PROPTER_TRY(make_expr(s, EXPR_TERM, ast, out));
  (*out)->slot = slot;
  return PROPTER_OK;
}

static PropterStatus translate_aggregate(Scope *s, const AstExpr *e, Expr **out) {
  Aggregate a = {.kind = e->aggregate, .ast = e, .distinct = e->distinct, .star = e->star, .separator = e->separator};
  Alg *group = s->group;
  if (e->count > 0) {
    s->group = NULL;
    PROPTER_TRY(translate_expr(s, e->args[0], &a.arg));
    s->group = group;
  }
  PROPTER_TRY(translate_fresh(s, &a.slot));
  PROPTER_TRY(translate_push(s, &group->aggregates, &group->aggregate_count, &a, sizeof a));
  return slot_expr(s, a.slot, e, out);
}

static PropterStatus translate_exists(Scope *s, const AstExpr *e, Expr **out) {
  Alg *group = s->group;
  s->group = NULL;
  PROPTER_TRY(make_expr(s, e->op, e, out));
  PROPTER_TRY(translate_group(s, e->pattern, &(*out)->pattern));
  s->group = group;
  return PROPTER_OK;
}

PropterStatus translate_expr(Scope *s, const AstExpr *e, Expr **out) {
  if (e->op == EXPR_AGGREGATE)
    return s->group ? translate_aggregate(s, e, out) : propter_fail(s->err, PROPTER_INVALID, "an aggregate stands where none is allowed");
  if (e->op == EXPR_EXISTS || e->op == EXPR_NOT_EXISTS) return translate_exists(s, e, out);
  PROPTER_TRY(exec_tick(s->run, s->err));
  PROPTER_TRY(make_expr(s, e->op, e, out));
  Expr *x = *out;
  x->function = e->function;
  if (e->op == EXPR_TERM) {
    if (e->term.kind == AST_VAR) return translate_slot(s, e->term.var, &x->slot);
    x->constant = value_of_term(&e->term.term);
    return exec_intern(s->run, &e->term.term, &x->constant.id, s->err);
  }
  if (e->op == EXPR_CALL_IRI) x->iri = e->term.term.value;
  x->count = e->count;
  x->args = exec_plan_alloc(s->run, e->count * sizeof *x->args);
  if (!x->args) return translate_no_memory(s);
  for (size_t i = 0; i < e->count; i++) PROPTER_TRY(translate_expr(s, e->args[i], &x->args[i]));
  return PROPTER_OK;
}

PropterStatus translate_filter(Scope *s, Alg *alg, Expr *e, Alg **out) {
  PROPTER_TRY(translate_wrap(s, ALG_FILTER, alg, out));
  (*out)->expr = e;
  return PROPTER_OK;
}

PropterStatus translate_extend(Scope *s, Alg *alg, uint32_t slot, Expr *e, Alg **out) {
  PROPTER_TRY(translate_wrap(s, ALG_EXTEND, alg, out));
  (*out)->slot = slot, (*out)->expr = e;
  return PROPTER_OK;
}

/* --- Triples and paths -------------------------------------------------------------------------------------------------- */

static PropterStatus make_scan(Scope *s, Item subject, Item predicate, Item object, Alg **out) {
  PROPTER_TRY(translate_make(s, ALG_SCAN, out));
  (*out)->s = subject, (*out)->p = predicate, (*out)->o = object;
  return PROPTER_OK;
}

/* One direction of a negated set: any predicate but those listed in it. */
static PropterStatus negated_scan(Scope *s, Item subject, const AstPath *p, Item object, bool inverse, Alg **out) {
  Item predicate = {NO_SLOT, PROPTER_NO_ID};
  Expr *not_in, *arg;
  PROPTER_TRY(translate_fresh(s, &predicate.slot));
  PROPTER_TRY(make_expr(s, EXPR_NOT_IN, NULL, &not_in));
  PROPTER_TRY(slot_expr(s, predicate.slot, NULL, &arg));
  PROPTER_TRY(translate_push(s, &not_in->args, &not_in->count, &arg, sizeof arg));
  for (size_t i = 0; i < p->count; i++) {
    if ((p->items[i]->kind == PATH_INVERSE) != inverse) continue;
    PropterTerm term = propter_iri(inverse ? p->items[i]->items[0]->iri : p->items[i]->iri);
    PROPTER_TRY(make_expr(s, EXPR_TERM, NULL, &arg));
    arg->constant = value_of_term(&term);
    PROPTER_TRY(exec_intern(s->run, &term, &arg->constant.id, s->err));
    PROPTER_TRY(translate_push(s, &not_in->args, &not_in->count, &arg, sizeof arg));
  }
  PROPTER_TRY(inverse ? make_scan(s, object, predicate, subject, out) : make_scan(s, subject, predicate, object, out));
  return translate_filter(s, *out, not_in, out);
}

static PropterStatus translate_negated(Scope *s, Item subject, const AstPath *p, Item object, Alg **out) {
  bool forward = p->count == 0, backward = false;
  for (size_t i = 0; i < p->count; i++) *(p->items[i]->kind == PATH_INVERSE ? &backward : &forward) = true;
  if (!forward || !backward) return negated_scan(s, subject, p, object, backward, out);
  Alg *one, *other;
  PROPTER_TRY(negated_scan(s, subject, p, object, false, &one));
  PROPTER_TRY(negated_scan(s, subject, p, object, true, &other));
  return make_pair(s, ALG_UNION, one, other, out);
}

/* Section 18.2.2.4: sequences, alternatives and inverses become joins and unions, the rest stays a path. */
static PropterStatus translate_path(Scope *s, Item subject, const AstPath *p, Item object, Alg **out) {
  switch (p->kind) {
  case PATH_LINK: {
    Item predicate;
    PROPTER_TRY(iri_item(s, p->iri, &predicate));
    return make_scan(s, subject, predicate, object, out);
  }
  case PATH_INVERSE: return translate_path(s, object, p->items[0], subject, out);
  case PATH_SEQUENCE: {
    PROPTER_TRY(translate_make(s, ALG_UNIT, out));
    Item from = subject;
    for (size_t i = 0; i < p->count; i++) {
      Item to = object;
      Alg *step;
      if (i + 1 < p->count) {
        to.id = PROPTER_NO_ID;
        PROPTER_TRY(translate_fresh(s, &to.slot));
      }
      PROPTER_TRY(translate_path(s, from, p->items[i], to, &step));
      PROPTER_TRY(translate_join(s, *out, step, out));
      from = to;
    }
    return PROPTER_OK;
  }
  case PATH_ALTERNATIVE:
    PROPTER_TRY(translate_make(s, ALG_UNION, out));
    for (size_t i = 0; i < p->count; i++) {
      Alg *branch;
      PROPTER_TRY(translate_path(s, subject, p->items[i], object, &branch));
      PROPTER_TRY(add_item(s, *out, branch));
    }
    return PROPTER_OK;
  case PATH_NEGATED: return translate_negated(s, subject, p, object, out);
  default:
    PROPTER_TRY(translate_make(s, ALG_PATH, out));
    (*out)->s = subject, (*out)->o = object, (*out)->path = p;
    return PROPTER_OK;
  }
}

static PropterStatus translate_triples(Scope *s, const AstPattern *a, Alg **in_out) {
  for (size_t i = 0; i < a->triple_count; i++) {
    const AstTriple *t = &a->triples[i];
    Item subject, predicate, object;
    Alg *one;
    PROPTER_TRY(item_of(s, &t->s, &subject));
    PROPTER_TRY(item_of(s, &t->o, &object));
    if (t->path) {
      PROPTER_TRY(translate_path(s, subject, t->path, object, &one));
    } else {
      PROPTER_TRY(item_of(s, &t->p, &predicate));
      PROPTER_TRY(make_scan(s, subject, predicate, object, &one));
    }
    PROPTER_TRY(translate_join(s, *in_out, one, in_out));
  }
  return PROPTER_OK;
}

PropterStatus translate_values(Scope *s, const AstValues *v, Alg **out) {
  PROPTER_TRY(translate_make(s, ALG_VALUES, out));
  Alg *alg = *out;
  alg->slot_count = v->var_count, alg->row_count = v->row_count;
  alg->slots = exec_plan_alloc(s->run, v->var_count * sizeof *alg->slots);
  alg->rows = exec_plan_alloc(s->run, v->var_count * v->row_count * sizeof *alg->rows);
  if (!alg->slots || !alg->rows) return translate_no_memory(s);
  for (size_t i = 0; i < v->var_count; i++) PROPTER_TRY(translate_slot(s, v->vars[i], &alg->slots[i]));
  for (size_t i = 0; i < v->var_count * v->row_count; i++) {
    if (v->cells[i].kind != AST_NONE) PROPTER_TRY(exec_intern(s->run, &v->cells[i].term, &alg->rows[i], s->err));
    PROPTER_TRY(exec_tick(s->run, s->err));
  }
  return PROPTER_OK;
}

/* --- Graphs ------------------------------------------------------------------------------------------------------------- */

typedef struct {
  uint32_t var;
  bool found;
} Mention;

static void in_pattern(const AstPattern *a, Mention *m);

static void in_expr(const AstExpr *e, Mention *m) {
  if (e->op == EXPR_TERM && e->term.kind == AST_VAR && e->term.var == m->var) m->found = true;
  if (e->pattern) in_pattern(e->pattern, m);
  for (size_t i = 0; i < e->count; i++) in_expr(e->args[i], m);
}

static void in_term(const AstTerm *t, Mention *m) {
  if (t->kind == AST_VAR && t->var == m->var) m->found = true;
}

static void in_values(const AstValues *v, Mention *m) {
  for (size_t i = 0; v && i < v->var_count; i++)
    if (v->vars[i] == m->var) m->found = true;
}

static void in_pattern(const AstPattern *a, Mention *m) {
  in_term(&a->term, m);
  if (a->expr) in_expr(a->expr, m);
  in_values(a->values, m);
  /* A sub-select counts as mentioning everything: it is rare below GRAPH ?g. */
  if (a->select) m->found = true;
  for (size_t i = 0; i < a->triple_count; i++) in_term(&a->triples[i].s, m), in_term(&a->triples[i].p, m), in_term(&a->triples[i].o, m);
  for (size_t i = 0; i < a->count; i++) in_pattern(a->items[i], m);
}

static bool named_graph_exists(Scope *s, PropterId g, PropterStatus *status) {
  Graphs named = {.kind = GRAPHS_NAMED, .restricted = s->run->named_restricted, .set = s->run->named, .set_count = s->run->named_count};
  if (s->run->named_restricted) return exec_graph_visible(s->run, &named, g);
  uint64_t count = 0;
  *status = propter_snapshot_count(s->run->snapshot, PROPTER_GSPO, (PropterQuad){.g = g}, 1, &count, s->err);
  return count > 0 && g != PROPTER_DEFAULT_GRAPH;
}

static PropterStatus translate_graph(Scope *s, const AstPattern *a, Alg **out) {
  Graphs saved = s->graphs;
  Exec *run = s->run;
  if (a->term.kind == AST_IRI) {
    PropterStatus status = PROPTER_OK;
    PropterId g;
    PROPTER_TRY(exec_intern(run, &a->term.term, &g, s->err));
    bool exists = named_graph_exists(s, g, &status);
    PROPTER_TRY(status);
    s->graphs = (Graphs){.kind = GRAPHS_ONE, .graph = g};
    PROPTER_TRY(translate_group(s, a->items[0], out));
    s->graphs = saved;
    return exists ? PROPTER_OK : translate_make(s, ALG_NONE, out);
  }
  /* ?g is bound after the pattern was matched; where the pattern does not mention it, it may as well be bound by the scans. */
  Mention mention = {a->term.var, false};
  uint32_t name, slot;
  in_pattern(a->items[0], &mention);
  PROPTER_TRY(translate_slot(s, a->term.var, &name));
  slot = name;
  if (mention.found) PROPTER_TRY(translate_fresh(s, &slot));
  s->graphs = (Graphs){.kind = GRAPHS_NAMED, .slot = slot, .restricted = run->named_restricted, .set = run->named, .set_count = run->named_count};
  Alg *inner, *graph;
  PROPTER_TRY(translate_group(s, a->items[0], &inner));
  PROPTER_TRY(translate_wrap(s, ALG_GRAPH, inner, &graph));
  s->graphs = saved;
  graph->slot = slot;
  *out = graph;
  if (!mention.found) return PROPTER_OK;
  PROPTER_TRY(translate_wrap(s, ALG_UNIFY, graph, out));
  (*out)->slot = name, (*out)->from = slot;
  return PROPTER_OK;
}

/* --- Groups ------------------------------------------------------------------------------------------------------------- */

static PropterStatus translate_optional(Scope *s, const AstPattern *a, Alg **in_out) {
  Alg *right;
  Expr *e = NULL;
  PROPTER_TRY(translate_group(s, a->items[0], &right));
  /* A filter of the optional group itself sees both sides. */
  bool own = false;
  for (size_t i = 0; i < a->items[0]->count; i++) own = own || a->items[0]->items[i]->kind == PAT_FILTER;
  if (own) e = right->expr, right = right->items[0];
  PROPTER_TRY(make_pair(s, ALG_LEFT, *in_out, right, in_out));
  (*in_out)->expr = e;
  return PROPTER_OK;
}

static PropterStatus translate_inputs(Scope *s, const AstTerm *terms, size_t count, Alg *alg) {
  alg->inputs = exec_plan_alloc(s->run, (count + 1) * sizeof *alg->inputs);
  if (!alg->inputs) return translate_no_memory(s);
  for (size_t i = 0; i < count; i++) PROPTER_TRY(item_of(s, &terms[i], &alg->inputs[i]));
  alg->input_count = count;
  return PROPTER_OK;
}

static PropterStatus translate_form(Scope *s, const AstPattern *a, Alg **out) {
  const AstSelect *form = a->select;
  PROPTER_TRY(translate_make(s, ALG_SERVICE, out));
  (*out)->ast = a;
  PROPTER_TRY(translate_inputs(s, form->inputs, form->input_count, *out));
  (*out)->slots = exec_plan_alloc(s->run, (form->item_count + 1) * sizeof *(*out)->slots);
  if (!(*out)->slots) return translate_no_memory(s);
  (*out)->slot_count = form->item_count;
  for (size_t i = 0; i < form->item_count; i++) PROPTER_TRY(translate_slot(s, form->items[i].var, &(*out)->slots[i]));
  return PROPTER_OK;
}

static PropterStatus translate_service(Scope *s, const AstPattern *a, Alg **out) {
  const AstPattern *block = a->items[0];
  size_t names = s->run->query->name_count;
  bool paths = a->term.kind == AST_IRI && propter_str_equal(a->term.term.value, propter_vocab_iri(VOCAB_propter_path));
  size_t ends = paths ? path_service_ends(block, NULL) : 0;
  AstTerm *inputs = exec_plan_alloc(s->run, (ends + 1) * sizeof *inputs);
  PROPTER_TRY(translate_make(s, ALG_SERVICE, out));
  Alg *alg = *out;
  alg->ast = a, alg->silent = a->silent;
  alg->slots = exec_plan_alloc(s->run, names * sizeof *alg->slots);
  if (!alg->slots || !inputs) return translate_no_memory(s);
  inputs[0] = a->term;
  if (ends) (void)path_service_ends(block, inputs + 1);
  PROPTER_TRY(translate_inputs(s, inputs, ends + 1, alg));
  /* Its variables are visible here. */
  for (uint32_t v = 0; v < names; v++) {
    Mention m = {v, false};
    in_pattern(block, &m);
    if (m.found && !s->run->query->names[v].blank) PROPTER_TRY(translate_slot(s, v, &alg->slots[alg->slot_count++]));
  }
  return PROPTER_OK;
}

static PropterStatus translate_one(Scope *s, const AstPattern *a, Alg **in_out) {
  Alg *item;
  switch (a->kind) {
  case PAT_TRIPLES: return translate_triples(s, a, in_out);
  case PAT_FILTER: return PROPTER_OK;
  case PAT_OPTIONAL: return translate_optional(s, a, in_out);
  case PAT_MINUS:
    PROPTER_TRY(translate_group(s, a->items[0], &item));
    PROPTER_TRY(make_pair(s, ALG_MINUS, *in_out, item, in_out));
    return PROPTER_OK;
  case PAT_BIND: {
    Expr *e;
    uint32_t slot;
    PROPTER_TRY(translate_expr(s, a->expr, &e));
    PROPTER_TRY(translate_slot(s, a->term.var, &slot));
    return translate_extend(s, *in_out, slot, e, in_out);
  }
  case PAT_GROUP: PROPTER_TRY(translate_group(s, a, &item)); break;
  case PAT_UNION:
    PROPTER_TRY(translate_make(s, ALG_UNION, &item));
    for (size_t i = 0; i < a->count; i++) {
      Alg *branch;
      PROPTER_TRY(translate_group(s, a->items[i], &branch));
      PROPTER_TRY(add_item(s, item, branch));
    }
    break;
  case PAT_GRAPH: PROPTER_TRY(translate_graph(s, a, &item)); break;
  case PAT_VALUES: PROPTER_TRY(translate_values(s, a->values, &item)); break;
  case PAT_FORM: PROPTER_TRY(translate_form(s, a, &item)); break;
  case PAT_SELECT: {
    uint32_t *columns;
    size_t count;
    PROPTER_TRY(translate_select(s, a->select, &item, &columns, &count));
    break;
  }
  default: PROPTER_TRY(translate_service(s, a, &item));
  }
  return translate_join(s, *in_out, item, in_out);
}

PropterStatus translate_group(Scope *s, const AstPattern *group, Alg **out) {
  Expr *all = NULL;
  PROPTER_TRY(translate_make(s, ALG_UNIT, out));
  for (size_t i = 0; i < group->count; i++) PROPTER_TRY(translate_one(s, group->items[i], out));
  for (size_t i = 0; i < group->count; i++) {
    Expr *e;
    if (group->items[i]->kind != PAT_FILTER) continue;
    PROPTER_TRY(translate_expr(s, group->items[i]->expr, &e));
    if (!all) {
      all = e;
      continue;
    }
    if (all->op != EXPR_AND) {
      Expr *both;
      PROPTER_TRY(make_expr(s, EXPR_AND, NULL, &both));
      PROPTER_TRY(translate_push(s, &both->args, &both->count, &all, sizeof all));
      PROPTER_TRY(translate_push(s, &both->args, &both->count, &e, sizeof e));
      all = both;
    } else {
      Expr *both;
      PROPTER_TRY(make_expr(s, EXPR_AND, NULL, &both));
      for (size_t k = 0; k < all->count; k++) PROPTER_TRY(translate_push(s, &both->args, &both->count, &all->args[k], sizeof all));
      PROPTER_TRY(translate_push(s, &both->args, &both->count, &e, sizeof e));
      all = both;
    }
  }
  return all ? translate_filter(s, *out, all, out) : PROPTER_OK;
}

PropterStatus algebra_of_pattern(Exec *run, const AstPattern *pattern, Alg **out, uint32_t *names, PropterError *err) {
  Scope s = {run, names, run->default_graph, NULL, err};
  for (size_t i = 0; i < run->query->name_count; i++) names[i] = NO_SLOT;
  return translate_group(&s, pattern, out);
}
