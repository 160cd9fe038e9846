/* SPDX-License-Identifier: Apache-2.0 */
#include "metric_join.h"

#include "metric_dialect.h"
#include "view.h"

enum { JOIN_DEPTH = 8 };

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a metric definition"); }

static PropterStr text_of(const PropterMapping *m, const DocTriple *t) { return t ? doc_node(&m->doc, t->o)->term.value : (PropterStr){"", 0}; }

void metric_slices_clear(MetricSlices *slices) {
  propter_vec_clear(&slices->joins);
  propter_vec_clear(&slices->slices);
}

/* "column" or "join.column". */
static PropterStatus name_in(PropterMapping *m, const MetricSlices *s, size_t join, PropterStr column, PropterStr *out, PropterError *err) {
  *out = column;
  if (join == SIZE_MAX) return PROPTER_OK;
  const PropterStr name = s->joins.items[join].name;
  *out = propter_arena_printf(&m->arena, "%.*s.%.*s", (int)name.len, name.data, (int)column.len, column.data);
  return out->data ? PROPTER_OK : no_memory(err);
}

static PropterStatus read_columns(PropterMapping *m, Node node, size_t join, MetricSlices *out, PropterError *err) {
  const DocTriple *t;
  for (size_t i = 0;; i++) {
    PROPTER_TRY(metric_text(m, node, VOCAB_propter_sliceColumn, i, &t, err));
    if (!t) return PROPTER_OK;
    MetricSlice slice = {.column = text_of(m, t), .join = join, .at = t};
    PROPTER_TRY(name_in(m, out, join, slice.column, &slice.name, err));
    for (size_t k = 0; k < out->slices.count; k++)
      if (propter_str_equal(out->slices.items[k].name, slice.name))
        return doc_fail(&m->doc, t, err, PROPTER_INVALID, "two dimensions are called \"%.*s\"", (int)slice.name.len, slice.name.data);
    if (!propter_vec_push(&out->slices, slice)) return no_memory(err);
  }
}

static PropterStatus read_join(PropterMapping *m, const DocTriple *at, size_t around, MetricSlices *out, PropterError *err) {
  MetricJoin j = {.at = at, .around = around};
  const PropterStr name = text_of(m, doc_find(&m->doc, at->o, VOCAB_skos_notation, 0));
  if (!name.len) return doc_fail(&m->doc, at, err, PROPTER_INVALID, "the join has no skos:notation: what its table is called");
  PROPTER_TRY(name_in(m, out, around, name, &j.name, err));
  PROPTER_TRY(metric_dialect(m, at->o, &j.dialect, err));
  PROPTER_TRY(rml_joins(m, at, &j.conditions, &j.condition_count, err));
  if (!j.condition_count) return doc_fail(&m->doc, at, err, PROPTER_INVALID, "the join has no rml:joinCondition");
  for (size_t i = 0; i < j.condition_count; i++)
    if (j.conditions[i].child->kind != EXPRESSION_REFERENCE || j.conditions[i].parent->kind != EXPRESSION_REFERENCE)
      return doc_fail(&m->doc, at, err, PROPTER_INVALID, "expected a column each as rml:child and rml:parent of a metric's join");
  if (!propter_vec_push(&out->joins, j)) return no_memory(err);
  return read_columns(m, at->o, out->joins.count - 1, out, err);
}

static PropterStatus read_joins(PropterMapping *m, Node node, size_t around, unsigned depth, MetricSlices *out, PropterError *err) {
  const DocTriple *t;
  for (size_t i = 0; (t = doc_find(&m->doc, node, VOCAB_propter_join, i)); i++) {
    if (depth == JOIN_DEPTH) return doc_fail(&m->doc, t, err, PROPTER_INVALID, "more than %d joins inside one another: one is inside itself", JOIN_DEPTH);
    PROPTER_TRY(read_join(m, t, around, out, err));
    PROPTER_TRY(read_joins(m, t->o, out->joins.count - 1, depth + 1, out, err));
  }
  return PROPTER_OK;
}

PropterStatus metric_slices_read(PropterMapping *m, Node metric, MetricSlices *out, PropterError *err) {
  PROPTER_TRY(read_columns(m, metric, SIZE_MAX, out, err));
  return read_joins(m, metric, SIZE_MAX, 0, out, err);
}

PropterStr metric_child(const MetricJoin *j, size_t c) { return j->conditions[c].child->parts[0].text; }
PropterStr metric_parent(const MetricJoin *j, size_t c) { return j->conditions[c].parent->parts[0].text; }

/* --- Files ------------------------------------------------------------------------------------------------------------------------------ */

static PropterStatus source_of_join(PropterMapping *m, const MetricJoin *j, size_t *source, PropterError *err) {
  const DocTriple *file = doc_find(&m->doc, j->at->o, VOCAB_propter_sourceFile, 0);
  if (!file) return doc_fail(&m->doc, j->at, err, PROPTER_INVALID, "the join names no file: expected propter:sourceFile");
  return source_of_file(m, file, text_of(m, file), &j->dialect, source, err);
}

/* What is joined, so that metrics of one table read it once. */
static PropterStatus print_joins(PropterMapping *m, const MetricSlices *s, PropterStr *out, PropterError *err) {
  PropterBuf text = {0};
  PropterStatus status = PROPTER_OK;
  for (size_t i = 0, source = 0; i < s->joins.count && status == PROPTER_OK; i++) {
    const MetricJoin *j = &s->joins.items[i];
    status = source_of_join(m, j, &source, err);
    propter_buf_printf(&text, "%s\n%zu\n", j->name.data, source);
    for (size_t c = 0; c < j->condition_count; c++) propter_buf_printf(&text, " %s = %s\n", metric_child(j, c).data, metric_parent(j, c).data);
  }
  if (status == PROPTER_OK) status = propter_buf_status(&text, err);
  if (status == PROPTER_OK && !(*out = propter_arena_copy(&m->arena, propter_buf_str(&text))).data) status = no_memory(err);
  propter_buf_clear(&text);
  return status;
}

/* The conditions with columns of the view as children. */
static PropterStatus bind_conditions(PropterMapping *m, const MetricSlices *s, const MetricJoin *j, View *v, Join **out, PropterError *err) {
  Join *conditions = *out = model_alloc(m, (j->condition_count + 1) * sizeof *conditions, err);
  if (!conditions) return PROPTER_NO_MEMORY;
  for (size_t c = 0; c < j->condition_count; c++) {
    PropterStr name;
    conditions[c].parent = j->conditions[c].parent;
    PROPTER_TRY(name_in(m, s, j->around, metric_child(j, c), &name, err));
    PROPTER_TRY(j->around == SIZE_MAX ? view_column(m, v, name, j->at, err) : view_joined(m, v, j->around, metric_child(j, c), name, j->at, err));
    PROPTER_TRY(model_reference(m, name, TYPE_LITERAL, j->at, &conditions[c].child, err));
  }
  return PROPTER_OK;
}

static PropterStatus join_files(PropterMapping *m, const MetricSlices *s, View *v, PropterError *err) {
  for (size_t i = 0; i < s->joins.count; i++) {
    const MetricJoin *j = &s->joins.items[i];
    size_t source;
    Join *conditions;
    PROPTER_TRY(source_of_join(m, j, &source, err));
    PROPTER_TRY(bind_conditions(m, s, j, v, &conditions, err));
    PROPTER_TRY(view_join(m, v, source, conditions, j->condition_count, err));
  }
  return PROPTER_OK;
}

PropterStatus metric_joined_file(PropterMapping *m, const MetricSlices *s, const DocTriple *const *columns, size_t count, size_t *source, PropterError *err) {
  View *v;
  PropterStr print;
  bool fresh;
  if (!s->joins.count) return PROPTER_OK;
  PROPTER_TRY(print_joins(m, s, &print, err));
  PROPTER_TRY(view_made(m, *source, print, &v, &fresh, err));
  if (fresh) PROPTER_TRY(join_files(m, s, v, err));
  for (size_t i = 0; i < count; i++) PROPTER_TRY(view_column(m, v, text_of(m, columns[i]), columns[i], err));
  for (size_t i = 0; i < s->slices.count; i++) {
    const MetricSlice *slice = &s->slices.items[i];
    PROPTER_TRY(slice->join == SIZE_MAX ? view_column(m, v, slice->column, slice->at, err)
                                        : view_joined(m, v, slice->join, slice->column, slice->name, slice->at, err));
  }
  return view_source(m, v, source, err);
}

/* --- Levels ----------------------------------------------------------------------------------------------------------------------------- */

static bool is_column(const MetricSlice *slice, size_t join, PropterStr column) { return slice->join == join && propter_str_equal(slice->column, column); }

/* Whether a row of join `inner` is one of the rows that join `outer` leads to, or of its own. */
static bool leads_to(const MetricSlices *s, size_t outer, size_t inner) {
  while (inner != SIZE_MAX && inner != outer) inner = s->joins.items[inner].around;
  return inner == outer;
}

size_t metric_finer(const MetricSlices *s, size_t n, size_t i) {
  for (size_t j = 0; j < s->joins.count; j++) {
    const MetricJoin *join = &s->joins.items[j];
    if (join->condition_count != 1 || s->slices.items[n].join == SIZE_MAX || !leads_to(s, j, s->slices.items[n].join)) continue;
    for (size_t k = 0; k < s->slices.count; k++) {
      bool child = is_column(&s->slices.items[k], join->around, metric_child(join, 0));
      bool key = is_column(&s->slices.items[k], j, metric_parent(join, 0));
      if (k != n && (child || key) && i-- == 0) return k;
    }
  }
  return SIZE_MAX;
}
