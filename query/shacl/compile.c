/* SPDX-License-Identifier: Apache-2.0 */
/* Shapes into constraints. */
#include <string.h>

#include "../../engine/graph/id.h"
#include "../sparql/eval.h"
#include "../sparql/print.h"
#include "shacl.h"

static const Component components[] = {
#define COMPONENT(name, parameter, takes, message) {#name, VOCAB_sh_##parameter, TAKES_##takes, check_##parameter, message},
#include "components.def"
#undef COMPONENT
};
enum { COMPONENTS = sizeof components / sizeof *components };

static PropterStatus no_memory(const Validator *v, PropterError *err) { return exec_fail_memory(&v->run, err); }

bool shape_is_one(const Validator *v, PropterId node) {
  for (const ShapesTriple *t = NULL; (t = shapes_next(v, node, PROPTER_NO_ID, t));) {
    if (t->p == v->word[VOCAB_rdf_type] && (t->o == v->word[VOCAB_sh_NodeShape] || t->o == v->word[VOCAB_sh_PropertyShape])) return true;
    if (t->p == v->word[VOCAB_sh_targetNode] || t->p == v->word[VOCAB_sh_targetClass] || t->p == v->word[VOCAB_sh_targetSubjectsOf] ||
        t->p == v->word[VOCAB_sh_targetObjectsOf])
      return true;
    for (size_t i = 0; i < COMPONENTS; i++)
      if (t->p == v->word[components[i].parameter]) return true;
  }
  return false;
}

/* --- Parameters ----------------------------------------------------------------------------------------------------------------- */

/* The specification speaks of the literal true: "1" is a boolean that asks for nothing. */
static PropterStatus read_flag(const Validator *v, const ShapesTriple *t, bool *flag, PropterError *err) {
  *flag = false;
  if (!t || propter_id_boolean(t->o, flag)) return PROPTER_OK;
  Value value;
  PROPTER_TRY(exec_value((Exec *)&v->run, t->o, &value, err));
  return value.type == VALUE_BOOLEAN ? PROPTER_OK : shapes_fail(v, t, err, PROPTER_INVALID, "expected true or false");
}

static PropterStatus read_count(const Validator *v, const ShapesTriple *t, int64_t *number, PropterError *err) {
  Value value;
  PROPTER_TRY(exec_value((Exec *)&v->run, t->o, &value, err));
  char text[MOMENT_TEXT];
  if (value.type != VALUE_INTEGER || !propter_str_to_int64(value_text_in(&value, text), number) || *number < 0)
    return shapes_fail(v, t, err, PROPTER_INVALID, "expected a whole number of 0 or more");
  return PROPTER_OK;
}

static PropterStatus keep(Validator *v, const PropterIds *ids, Constraint *c, PropterError *err) {
  c->list = propter_arena_alloc(&v->arena, (ids->count + 1) * sizeof *c->list);
  if (!c->list) return no_memory(v, err);
  if (ids->count) memcpy(c->list, ids->items, ids->count * sizeof *c->list);
  c->count = ids->count;
  return PROPTER_OK;
}

static PropterStatus read_list(Validator *v, const ShapesTriple *t, Constraint *c, PropterError *err) {
  PropterIds members = {0};
  PropterStatus status = shapes_list(v, t, &members, err);
  if (c->component->check == check_in) ids_sort(&members, 0);
  if (status == PROPTER_OK) status = keep(v, &members, c, err);
  propter_vec_clear(&members);
  return status;
}

static PropterStatus read_shapes(Validator *v, const PropterId *nodes, size_t count, const ShapesTriple *t, Constraint *c, PropterError *err) {
  c->shapes = propter_arena_alloc(&v->arena, (count + 1) * sizeof *c->shapes);
  if (!c->shapes) return no_memory(v, err);
  for (size_t i = 0; i < count; i++) PROPTER_TRY(shape_compile(v, nodes[i], t, &c->shapes[i], err));
  c->shape_count = count;
  return PROPTER_OK;
}

static PropterStatus read_shape_list(Validator *v, const ShapesTriple *t, Constraint *c, PropterError *err) {
  PropterIds members = {0};
  PropterStatus status = shapes_list(v, t, &members, err);
  if (status == PROPTER_OK) status = read_shapes(v, members.items, members.count, t, c, err);
  propter_vec_clear(&members);
  return status;
}

/* The qualified shapes of the other property shapes beside this one (section 4.7.3). */
static PropterStatus siblings(Validator *v, PropterId property, PropterId own, PropterIds *out, PropterError *err) {
  for (size_t i = 0; i < v->triples.count; i++) {
    const ShapesTriple *parent = &v->triples.items[i];
    if (parent->p != v->word[VOCAB_sh_property] || parent->o != property) continue;
    for (const ShapesTriple *p = NULL; (p = shapes_next(v, parent->s, v->word[VOCAB_sh_property], p));)
      for (const ShapesTriple *q = NULL; (q = shapes_next(v, p->o, v->word[VOCAB_sh_qualifiedValueShape], q));)
        if (q->o != own && !propter_vec_push(out, q->o)) return no_memory(v, err);
  }
  ids_sort(out, 1);
  return PROPTER_OK;
}

static PropterStatus read_qualified(Validator *v, const ShapesTriple *t, Constraint *c, PropterError *err) {
  const ShapesTriple *shape = shapes_get(v, t->s, VOCAB_sh_qualifiedValueShape);
  PropterIds nodes = {0};
  bool disjoint;
  PROPTER_TRY(read_count(v, t, &c->number, err));
  PROPTER_TRY(read_flag(v, shapes_get(v, t->s, VOCAB_sh_qualifiedValueShapesDisjoint), &disjoint, err));
  PropterStatus status = propter_vec_push(&nodes, shape->o) ? PROPTER_OK : no_memory(v, err);
  if (status == PROPTER_OK && disjoint) status = siblings(v, t->s, shape->o, &nodes, err);
  if (status == PROPTER_OK) status = read_shapes(v, nodes.items, nodes.count, shape, c, err);
  propter_vec_clear(&nodes);
  return status;
}

/* The predicates of the shape's own properties and those to be ignored. */
static PropterStatus read_closed(Validator *v, const ShapesTriple *t, Constraint *c, PropterError *err) {
  const ShapesTriple *ignored = shapes_get(v, t->s, VOCAB_sh_ignoredProperties);
  PropterIds allowed = {0};
  PropterStatus status = ignored ? shapes_list(v, ignored, &allowed, err) : PROPTER_OK;
  for (const ShapesTriple *p = NULL; status == PROPTER_OK && (p = shapes_next(v, t->s, v->word[VOCAB_sh_property], p));) {
    const ShapesTriple *path = shapes_get(v, p->o, VOCAB_sh_path);
    if (path && exec_kind(&v->run, path->o) == PROPTER_TERM_IRI && !propter_vec_push(&allowed, path->o)) status = no_memory(v, err);
  }
  ids_sort(&allowed, 0);
  if (status == PROPTER_OK) status = keep(v, &allowed, c, err);
  propter_vec_clear(&allowed);
  return status;
}

static PropterStatus read_pattern(Validator *v, const ShapesTriple *t, Constraint *c, PropterError *err) {
  const ShapesTriple *flags = shapes_get(v, t->s, VOCAB_sh_flags);
  PropterTerm term = propter_literal(PROPTER_STR(""));
  struct PropterRegex *regex;
  if (flags) PROPTER_TRY(exec_term(&v->run, flags->o, &v->arena, &term, err));
  c->flags = term.value;
  PROPTER_TRY(exec_term(&v->run, t->o, &v->arena, &term, err));
  PROPTER_TRY(pattern_get(&v->run, term.value, c->flags, &regex, err));
  c->bound = value_string(term.value);
  return regex ? PROPTER_OK : shapes_fail(v, t, err, PROPTER_INVALID, "expected a regular expression of XPath, found \"%s\"", term.value.data);
}

/* What a decoded value keeps must outlive the run's cache. */
static PropterStatus read_bound(Validator *v, const ShapesTriple *t, Constraint *c, PropterError *err) {
  PropterTerm term;
  PROPTER_TRY(exec_term(&v->run, t->o, &v->arena, &term, err));
  c->bound = value_of_term(&term);
  c->bound.id = t->o;
  return PROPTER_OK;
}

static PropterStatus read_parameter(Validator *v, const ShapesTriple *t, Constraint *c, PropterError *err) {
  switch (c->component->takes) {
  case TAKES_COUNT:
    return read_count(v, t, &c->number, err);
  case TAKES_LIST:
    return read_list(v, t, c, err);
  case TAKES_SHAPE:
    return read_shapes(v, &t->o, 1, t, c, err);
  case TAKES_SHAPES:
    return read_shape_list(v, t, c, err);
  case TAKES_PATTERN:
    return read_pattern(v, t, c, err);
  case TAKES_QUALIFIED:
    return read_qualified(v, t, c, err);
  case TAKES_CLOSED:
    return read_closed(v, t, c, err);
  case TAKES_SPARQL:
    return sparql_compile(v, c, t, err);
  default:
    return read_bound(v, t, c, err);
  }
}

/* --- Shapes --------------------------------------------------------------------------------------------------------------------- */

static PropterStatus component_iri(Validator *v, const char *name, PropterId *iri, PropterError *err) {
  PropterStr text = propter_arena_printf(&v->arena, TERMS_sh "%sConstraintComponent", name);
  PropterTerm term = propter_iri(text);
  return text.data ? exec_intern(&v->run, &term, iri, err) : no_memory(v, err);
}

static PropterStatus add_constraint(Validator *v, ShaclShape *shape, const Component *component, const ShapesTriple *t, PropterError *err) {
  Constraint *c = propter_arena_alloc(&v->arena, sizeof *c);
  bool wanted = true, off = false;
  if (component->takes == TAKES_FLAG || component->takes == TAKES_CLOSED) PROPTER_TRY(read_flag(v, t, &wanted, err));
  if (component->takes == TAKES_QUALIFIED) wanted = shapes_get(v, t->s, VOCAB_sh_qualifiedValueShape) != NULL;
  if (component->takes == TAKES_SPARQL) PROPTER_TRY(read_flag(v, shapes_get(v, t->o, VOCAB_sh_deactivated), &off, err));
  if (!wanted || off) return PROPTER_OK;
  if (!c) return no_memory(v, err);
  *c = (Constraint){.component = component, .shape = shape, .value = t->o, .file = t->file, .line = t->line};
  PROPTER_TRY(component_iri(v, component->name, &c->iri, err));
  if (!propter_vec_push(&shape->constraints, c)) return no_memory(v, err);
  return read_parameter(v, t, c, err);
}

static PropterStatus add_component(Validator *v, ShaclShape *shape, const Component *component, PropterError *err) {
  bool one = component->takes != TAKES_EACH && component->takes != TAKES_SHAPE && component->takes != TAKES_SHAPES && component->takes != TAKES_SPARQL;
  size_t n = 0;
  for (const ShapesTriple *t = NULL; (t = shapes_next(v, shape->node, v->word[component->parameter], t));) {
    if (n++ && one && component->takes != TAKES_LIST) return shapes_fail(v, t, err, PROPTER_INVALID, "expected one value, found a second");
    PROPTER_TRY(add_constraint(v, shape, component, t, err));
  }
  return PROPTER_OK;
}

static PropterStatus compile_path(Validator *v, ShaclShape *shape, const ShapesTriple *t, PropterError *err) {
  PropterBuf text = {0};
  const AstPath *path;
  PROPTER_TRY(path_compile(v, t, &path, err));
  shape->path = path;
  shape->inverse = path->kind == PATH_INVERSE && path->items[0]->kind == PATH_LINK;
  if (shape->inverse) path = path->items[0];
  if (path->kind == PATH_LINK) {
    PropterTerm term = propter_iri(path->iri);
    return exec_intern(&v->run, &term, &shape->link, err);
  }
  propter_buf_add(&text, PROPTER_STR("SELECT DISTINCT ?value WHERE { ?this "));
  print_path(path, &text);
  propter_buf_add(&text, PROPTER_STR(" ?value }"));
  PropterStatus status = propter_buf_status(&text, err);
  PropterStr names[] = {PROPTER_STR("this")};
  if (status == PROPTER_OK) status = propter_query_parse(propter_buf_str(&text), PROPTER_STR(""), &shape->query, err);
  if (status == PROPTER_OK) status = prepared_open(shape->query, v->snapshot, &v->options.query, names, 1, &shape->walk, err);
  propter_buf_clear(&text);
  return status;
}

static PropterStatus fill(Validator *v, ShaclShape *shape, PropterError *err) {
  const ShapesTriple *path = shapes_get(v, shape->node, VOCAB_sh_path), *severity = shapes_get(v, shape->node, VOCAB_sh_severity),
                     *message = shapes_get(v, shape->node, VOCAB_sh_message);
  shape->severity = severity ? severity->o : v->word[VOCAB_sh_Violation];
  shape->message = message ? message->o : PROPTER_NO_ID;
  PROPTER_TRY(read_flag(v, shapes_get(v, shape->node, VOCAB_sh_deactivated), &shape->deactivated, err));
  if (shape->deactivated) return PROPTER_OK;
  if (path) PROPTER_TRY(compile_path(v, shape, path, err));
  for (size_t i = 0; i < COMPONENTS; i++) PROPTER_TRY(add_component(v, shape, &components[i], err));
  return sparql_components(v, shape, err);
}

PropterStatus shape_compile(Validator *v, PropterId node, const ShapesTriple *at, ShaclShape **out, PropterError *err) {
  for (size_t i = 0; i < v->shapes.count; i++) {
    *out = v->shapes.items[i];
    if ((*out)->node != node) continue;
    return (*out)->compiling ? shapes_fail(v, at, err, PROPTER_INVALID, "a shape refers to itself here; SHACL gives such shapes no meaning") : PROPTER_OK;
  }
  if (at && at->p == v->word[VOCAB_sh_property] && !shapes_get(v, node, VOCAB_sh_path))
    return shapes_fail(v, at, err, PROPTER_INVALID, "expected a property shape, found a node without sh:path");
  ShaclShape *shape = propter_calloc(1, sizeof *shape);
  if (!shape || !propter_vec_push(&v->shapes, shape)) return propter_free(shape), no_memory(v, err);
  shape->node = node, shape->compiling = true;
  PROPTER_TRY(fill(v, shape, err));
  shape->compiling = false;
  *out = shape;
  return PROPTER_OK;
}

void shape_free(ShaclShape *shape) {
  if (!shape) return;
  for (size_t i = 0; i < shape->constraints.count; i++) sparql_free(shape->constraints.items[i]->query);
  propter_vec_clear(&shape->constraints);
  propter_vec_clear(&shape->affected);
  prepared_close(shape->walk);
  propter_query_free(shape->query);
  propter_free(shape);
}
