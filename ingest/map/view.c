/* SPDX-License-Identifier: Apache-2.0 */
#include "view.h"

#include <string.h>

enum { FIELD_DEPTH = 32 };

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a logical view"); }

static PropterStatus add_name(PropterMapping *m, View *v, PropterStr name, const char *end, PropterError *err) {
  PropterStr copy = propter_arena_printf(&m->arena, "%.*s%s", (int)name.len, name.data, end);
  return copy.data && propter_vec_push(&v->names, copy) ? PROPTER_OK : no_memory(err);
}

static size_t column_of(const View *v, PropterStr name) {
  size_t i = 0;
  while (i < v->names.count && !propter_str_equal(v->names.items[i], name)) i++;
  return i < v->names.count ? i : SIZE_MAX;
}

/* --- Fields ------------------------------------------------------------------------------------------------------------------------- */

/* The declared name behind that of the field around it. */
static PropterStatus read_name(PropterMapping *m, const View *v, const DocTriple *at, PropterStr around, PropterStr *out, PropterError *err) {
  const DocTriple *t = doc_get(&m->doc, at->o, WORD_fieldName, 0);
  if (!t || doc_get(&m->doc, at->o, WORD_fieldName, 1)) return doc_fail(&m->doc, at, err, PROPTER_INVALID, "expected a field with one rml:fieldName");
  PropterStr name = doc_node(&m->doc, t->o)->term.value;
  if (!name.len || memchr(name.data, '.', name.len) || memchr(name.data, '#', name.len) || strpbrk(name.data, "<>{}"))
    return doc_fail(&m->doc, t, err, PROPTER_INVALID, "expected letters and digits as the name of a field, found \"%.*s\"", (int)name.len, name.data);
  *out = propter_arena_printf(&m->arena, "%.*s%s%.*s", (int)around.len, around.data, around.len ? "." : "", (int)name.len, name.data);
  if (!out->data) return no_memory(err);
  PropterStr index = propter_arena_printf(&m->arena, "%s.#", out->data);
  if (!index.data) return no_memory(err);
  return column_of(v, index) == SIZE_MAX ? PROPTER_OK : doc_fail(&m->doc, t, err, PROPTER_INVALID, "two fields are called %s", out->data);
}

static bool same_format(const char *a, const char *b) { return a && b && strcmp(a, b) == 0; }

/* The values of the field around are documents where it has an expression of its own, or holds another syntax than what is around it. */
static PropterStatus read_document(PropterMapping *m, const View *v, const ViewFields *fields, ViewField *f, PropterError *err) {
  LogicalSource *s = model_alloc(m, sizeof *s, err);
  const LogicalSource *around = f->within == SIZE_MAX ? &m->sources.items[v->source] : fields->items[f->within].document;
  if (!s) return PROPTER_NO_MEMORY;
  s->at = f->at;
  PropterStatus status = source_formulation(m, s, f->at, err);
  bool document =
      s->options.format && (same_format(s->options.format, "csv") || same_format(s->options.format, "json") || same_format(s->options.format, "xml"));
  if (status == PROPTER_OK && (!document || s->nulls.count))
    status = doc_fail(&m->doc, f->at, err, PROPTER_INVALID, "expected rml:CSV, rml:JSONPath or rml:XPath as reference formulation of a field");
  propter_vec_clear(&s->nulls);
  PROPTER_TRY(status);
  bool same = same_format(s->options.format, around->options.format);
  if (same && (f->parent == SIZE_MAX || fields->items[f->parent].iterable)) return PROPTER_OK;
  if (f->parent == SIZE_MAX)
    return doc_fail(&m->doc, f->at, err, PROPTER_INVALID, "a field with a reference formulation of its own stands in the field whose values it reads");
  f->document = s;
  return PROPTER_OK;
}

/* An iterator is an expression, too, unless it is one of documents. */
static PropterStatus read_expression(PropterMapping *m, const View *v, const ViewFields *fields, ViewField *f, PropterError *err) {
  const DocTriple *at = f->at, *iterator = doc_get(&m->doc, at->o, WORD_iterator, 0), *formulation = doc_get(&m->doc, at->o, WORD_referenceFormulation, 0);
  bool own = doc_get(&m->doc, at->o, WORD_reference, 0) || doc_get(&m->doc, at->o, WORD_template, 0) || doc_get(&m->doc, at->o, WORD_constant, 0);
  bool around = doc_get(&m->doc, at->o, WORD_field, 0) != NULL;
  f->iterable = !own && (iterator || formulation);
  if (formulation && own)
    return doc_fail(&m->doc, formulation, err, PROPTER_INVALID, "a field with an expression has no reference formulation: a field in it reads its values");
  if (formulation) PROPTER_TRY(read_document(m, v, fields, f, err));
  if (f->iterable && !around) return doc_fail(&m->doc, at, err, PROPTER_INVALID, "a field with an iterator has no rml:field");
  if (f->document) return PROPTER_OK;
  if (iterator && !own) PROPTER_TRY(model_reference(m, doc_node(&m->doc, iterator->o)->term.value, TYPE_LITERAL, iterator, &f->expression, err));
  else PROPTER_TRY(rml_expression(m, at, &f->expression, err));
  ExpressionKind kind = f->expression->kind;
  const ViewField *p = f->parent == SIZE_MAX ? NULL : &fields->items[f->parent];
  if (p && !p->document && p->expression->kind != EXPRESSION_REFERENCE)
    return doc_fail(&m->doc, at, err, PROPTER_INVALID, "expected a reference or an iterator in the field around a field");
  if (kind == EXPRESSION_REFERENCE || kind == EXPRESSION_CONSTANT || kind == EXPRESSION_TEMPLATE) return PROPTER_OK;
  return doc_fail(&m->doc, at, err, PROPTER_INVALID, "expected a reference, a template, a constant or an iterator in a field");
}

static void number_parts(TermMap *t, size_t *count) {
  for (size_t i = 0; i < t->part_count; i++)
    if (t->parts[i].is_column) t->parts[i].slot = (*count)++;
}

static PropterStatus read_fields(PropterMapping *m, View *v, const DocTriple *at, size_t parent, ViewFields *out, size_t *parts, unsigned depth,
                                 PropterError *err);

static PropterStatus read_field(PropterMapping *m, View *v, const DocTriple *at, size_t parent, ViewFields *out, size_t *parts, unsigned depth,
                                PropterError *err) {
  ViewField f = {.parent = parent, .at = at, .column = v->names.count, .within = SIZE_MAX};
  if (parent != SIZE_MAX) f.within = out->items[parent].document ? parent : out->items[parent].within;
  PROPTER_TRY(read_name(m, v, at, parent == SIZE_MAX ? (PropterStr){"", 0} : out->items[parent].name, &f.name, err));
  PROPTER_TRY(read_expression(m, v, out, &f, err));
  if (f.expression) number_parts(f.expression, parts);
  PROPTER_TRY(add_name(m, v, f.name, ".#", err));
  if (!f.iterable) PROPTER_TRY(add_name(m, v, f.name, "", err));
  if (!propter_vec_push(out, f)) return no_memory(err);
  return read_fields(m, v, at, out->count - 1, out, parts, depth + 1, err);
}

static PropterStatus read_fields(PropterMapping *m, View *v, const DocTriple *at, size_t parent, ViewFields *out, size_t *parts, unsigned depth,
                                 PropterError *err) {
  const DocTriple *t;
  if (depth > FIELD_DEPTH) return doc_fail(&m->doc, at, err, PROPTER_INVALID, "more than %d fields inside one another: one is inside itself", FIELD_DEPTH);
  for (size_t i = 0; (t = doc_get(&m->doc, at->o, WORD_field, i)); i++) PROPTER_TRY(read_field(m, v, t, parent, out, parts, depth, err));
  return PROPTER_OK;
}

/* --- Joins -------------------------------------------------------------------------------------------------------------------------- */

/* The child's side names fields of this view. */
static PropterStatus bind_child(PropterMapping *m, const View *v, TermMap *t, PropterError *err) {
  for (size_t i = 0; i < t->part_count; i++) {
    if (!t->parts[i].is_column) continue;
    t->parts[i].slot = column_of(v, t->parts[i].text);
    if (t->parts[i].slot == SIZE_MAX)
      return doc_fail(&m->doc, t->at, err, PROPTER_NOT_FOUND, "no field \"%.*s\" in the view", (int)t->parts[i].text.len, t->parts[i].text.data);
  }
  return PROPTER_OK;
}

static bool is_simple(const TermMap *t) { return t->kind == EXPRESSION_CONSTANT || t->kind == EXPRESSION_REFERENCE || t->kind == EXPRESSION_TEMPLATE; }

static PropterStatus read_conditions(PropterMapping *m, const View *v, const DocTriple *at, ViewJoin *j, PropterError *err) {
  PROPTER_TRY(rml_joins(m, at, &j->conditions, &j->condition_count, err));
  if (!j->condition_count) return doc_fail(&m->doc, at, err, PROPTER_INVALID, "a join of views has no rml:joinCondition");
  for (size_t i = 0; i < j->condition_count; i++) {
    if (!is_simple(j->conditions[i].child) || !is_simple(j->conditions[i].parent))
      return doc_fail(&m->doc, at, err, PROPTER_INVALID, "expected references, templates or constants in the condition of a join of views");
    PROPTER_TRY(bind_child(m, v, j->conditions[i].child, err));
    number_parts(j->conditions[i].parent, &j->part_count);
  }
  return PROPTER_OK;
}

static PropterStatus read_join(PropterMapping *m, View *v, const DocTriple *at, bool inner, PropterError *err) {
  const DocTriple *parent = doc_get(&m->doc, at->o, WORD_parentLogicalView, 0), *field = doc_get(&m->doc, at->o, WORD_field, 0);
  ViewJoin j = {.inner = inner};
  if (!parent) return doc_fail(&m->doc, at, err, PROPTER_INVALID, "a join of views has no rml:parentLogicalView");
  if (!field) return doc_fail(&m->doc, at, err, PROPTER_INVALID, "a join of views has no rml:field");
  PROPTER_TRY(source_compile(m, parent, &j.source, err));
  PropterStatus status = read_conditions(m, v, at, &j, err);
  if (status == PROPTER_OK) status = read_fields(m, v, at, SIZE_MAX, &j.fields, &j.part_count, 0, err);
  for (size_t i = 0; i < j.fields.count && status == PROPTER_OK; i++)
    if (j.fields.items[i].iterable || j.fields.items[i].parent != SIZE_MAX)
      status = doc_fail(&m->doc, j.fields.items[i].at, err, PROPTER_INVALID, "a field of a join has no fields: it refers to one of the parent");
  if (status == PROPTER_OK && !propter_vec_push(&v->joins, j)) status = no_memory(err);
  if (status != PROPTER_OK) propter_vec_clear(&j.fields);
  return status;
}

static PropterStatus read_joins(PropterMapping *m, View *v, PropterError *err) {
  const DocTriple *t;
  for (size_t n = doc_subject(&m->doc, v->node, &t); n; n--, t++) {
    Word word = doc_node(&m->doc, t->p)->word;
    if (word == WORD_leftJoin || word == WORD_innerJoin) PROPTER_TRY(read_join(m, v, t, word == WORD_innerJoin, err));
  }
  return PROPTER_OK;
}

/* --- Annotations -------------------------------------------------------------------------------------------------------------------- */

/* They may change nothing (the invariance principle), so they are checked and not used. */
static PropterStatus check_annotation(PropterMapping *m, const View *v, const DocTriple *at, PropterError *err) {
  const DocTriple *type = doc_get(&m->doc, at->o, WORD_type, 0), *list = doc_get(&m->doc, at->o, WORD_onFields, 0), *t;
  Word word = type ? doc_node(&m->doc, type->o)->word : WORD_NONE;
  bool target = word == WORD_ForeignKeyAnnotation || word == WORD_InclusionAnnotation;
  if (!target && word != WORD_PrimaryKeyAnnotation && word != WORD_UniqueAnnotation && word != WORD_NotNullAnnotation && word != WORD_IriSafeAnnotation)
    return doc_fail(&m->doc, at, err, PROPTER_INVALID, "expected an annotation of type primary key, unique, not null, IRI safe, foreign key or inclusion");
  if (!list) return doc_fail(&m->doc, at, err, PROPTER_INVALID, "the annotation has no rml:onFields");
  if (target && !(doc_get(&m->doc, at->o, WORD_targetView, 0) && doc_get(&m->doc, at->o, WORD_targetFields, 0)))
    return doc_fail(&m->doc, at, err, PROPTER_INVALID, "the annotation has no rml:targetView or no rml:targetFields");
  size_t n = 0;
  for (Node node = list->o; (t = doc_get(&m->doc, node, WORD_first, 0)) && n++ <= m->doc.triples.count; node = doc_get(&m->doc, node, WORD_rest, 0)->o) {
    PropterStr name = doc_node(&m->doc, t->o)->term.value;
    if (column_of(v, name) == SIZE_MAX) return doc_fail(&m->doc, t, err, PROPTER_NOT_FOUND, "no field \"%.*s\" in the view", (int)name.len, name.data);
    if (!doc_get(&m->doc, node, WORD_rest, 0)) break;
  }
  return n ? PROPTER_OK : doc_fail(&m->doc, list, err, PROPTER_INVALID, "expected a list of field names after rml:onFields");
}

/* --- The view ------------------------------------------------------------------------------------------------------------------------- */

static PropterStatus read_view(PropterMapping *m, View *v, const DocTriple *at, PropterError *err) {
  const DocTriple *on = doc_get(&m->doc, at->o, WORD_viewOn, 0), *t;
  if (doc_get(&m->doc, at->o, WORD_viewOn, 1)) return doc_fail(&m->doc, on, err, PROPTER_INVALID, "a view is on one source");
  if ((t = doc_get(&m->doc, at->o, WORD_referenceFormulation, 0)) || (t = doc_get(&m->doc, at->o, WORD_iterator, 0)))
    return doc_fail(&m->doc, t, err, PROPTER_INVALID, "a view has no reference formulation and no iterator of its own");
  PROPTER_TRY(source_compile(m, on, &v->source, err));
  PROPTER_TRY(add_name(m, v, PROPTER_STR("#"), "", err));
  PROPTER_TRY(read_fields(m, v, at, SIZE_MAX, &v->fields, &v->part_count, 0, err));
  if (!v->fields.count) return doc_fail(&m->doc, at, err, PROPTER_INVALID, "a view has at least one rml:field");
  PROPTER_TRY(read_joins(m, v, err));
  for (size_t i = 0; (t = doc_get(&m->doc, at->o, WORD_structuralAnnotation, i)); i++) PROPTER_TRY(check_annotation(m, v, t, err));
  v->ready = true;
  return PROPTER_OK;
}

static PropterStatus find_view(PropterMapping *m, const DocTriple *at, View **out, PropterError *err) {
  for (size_t i = 0; i < m->views.count; i++) {
    if (m->views.items[i]->node != at->o) continue;
    *out = m->views.items[i];
    return (*out)->ready ? PROPTER_OK : doc_fail(&m->doc, at, err, PROPTER_INVALID, "a view that is on itself");
  }
  View *v = *out = model_alloc(m, sizeof *v, err);
  if (!v) return PROPTER_NO_MEMORY;
  v->node = at->o;
  if (!propter_vec_push(&m->views, v)) return no_memory(err);
  return read_view(m, v, at, err);
}

static void fill_source(const PropterMapping *m, const View *v, LogicalSource *s) {
  const LogicalSource *on = &m->sources.items[v->source];
  s->is = on->is;
  s->options.format = "view";
  s->plain_values = on->plain_values;
  s->paths = on->paths;
  s->view = v;
}

PropterStatus view_compile(PropterMapping *m, const DocTriple *at, LogicalSource *s, PropterError *err) {
  View *v;
  PROPTER_TRY(find_view(m, at, &v, err));
  fill_source(m, v, s);
  s->is.graph = (PropterStr){"", 0};
  return PROPTER_OK;
}

/* --- Views made for metrics ------------------------------------------------------------------------------------------------------------- */

PropterStatus view_made(PropterMapping *m, size_t source, PropterStr print, View **out, bool *fresh, PropterError *err) {
  *fresh = false;
  for (size_t i = 0; i < m->views.count; i++) {
    *out = m->views.items[i];
    if ((*out)->source == source && (*out)->print.len && propter_str_equal((*out)->print, print)) return PROPTER_OK;
  }
  View *v = *out = model_alloc(m, sizeof *v, err);
  if (!v) return PROPTER_NO_MEMORY;
  *v = (View){.node = NO_NODE, .source = source, .ready = true, .print = print};
  *fresh = true;
  if (!propter_vec_push(&m->views, v)) return no_memory(err);
  return add_name(m, v, PROPTER_STR("#"), "", err);
}

static PropterStatus add_field(PropterMapping *m, View *v, ViewFields *fields, size_t *parts, PropterStr column, PropterStr name, const DocTriple *at,
                               PropterError *err) {
  ViewField f = {.name = name, .parent = SIZE_MAX, .within = SIZE_MAX, .column = v->names.count, .at = at};
  if (column_of(v, name) != SIZE_MAX) return PROPTER_OK;
  PROPTER_TRY(model_reference(m, column, TYPE_LITERAL, at, &f.expression, err));
  number_parts(f.expression, parts);
  PROPTER_TRY(add_name(m, v, name, ".#", err));
  PROPTER_TRY(add_name(m, v, name, "", err));
  return propter_vec_push(fields, f) ? PROPTER_OK : no_memory(err);
}

PropterStatus view_column(PropterMapping *m, View *v, PropterStr column, const DocTriple *at, PropterError *err) {
  return add_field(m, v, &v->fields, &v->part_count, column, column, at, err);
}

PropterStatus view_join(PropterMapping *m, View *v, size_t source, Join *conditions, size_t count, PropterError *err) {
  ViewJoin j = {.source = source, .single = true, .conditions = conditions, .condition_count = count};
  for (size_t i = 0; i < count; i++) {
    PROPTER_TRY(bind_child(m, v, conditions[i].child, err));
    number_parts(conditions[i].parent, &j.part_count);
  }
  return propter_vec_push(&v->joins, j) ? PROPTER_OK : no_memory(err);
}

PropterStatus view_joined(PropterMapping *m, View *v, size_t join, PropterStr column, PropterStr name, const DocTriple *at, PropterError *err) {
  ViewJoin *j = &v->joins.items[join];
  return add_field(m, v, &j->fields, &j->part_count, column, name, at, err);
}

PropterStatus view_source(PropterMapping *m, const View *v, size_t *source, PropterError *err) {
  LogicalSource s = {.at = m->sources.items[v->source].at};
  fill_source(m, v, &s);
  return source_keep(m, &s, source, err);
}

void view_clear(View *v) {
  propter_vec_clear(&v->fields);
  propter_vec_clear(&v->names);
  for (size_t i = 0; i < v->joins.count; i++) propter_vec_clear(&v->joins.items[i].fields);
  propter_vec_clear(&v->joins);
}
