/* SPDX-License-Identifier: Apache-2.0 */
#include "propter/shacl.h"

#include <string.h>

#include "../../engine/graph/id.h"
#include "shacl.h"

enum { RESULTS_MAX = 100000 };

struct PropterShaclReport {
  Validator v;
  PropterBuf text; /* of the result handed out */
  PropterArena arena;
  PropterShaclResult result;
};

/* --- Validating ----------------------------------------------------------------------------------------------------------------- */

static PropterStatus own_nodes(Validator *v, const ShaclShape *shape, Nodes *n, PropterIds *values, size_t *first, PropterError *err) {
  n->first = first;
  if (shape->path) {
    PROPTER_TRY(nodes_values(v, shape, n->focus, n->count, values, first, err));
    n->value = values->items;
    return PROPTER_OK;
  }
  for (size_t i = 0; i <= n->count; i++) first[i] = i;
  n->value = n->focus;
  return PROPTER_OK;
}

PropterStatus shape_validate(Validator *v, const ShaclShape *shape, const PropterId *focus, size_t count, Verdict *to, PropterError *err) {
  Nodes n = {.focus = focus, .count = count};
  PropterIds values = {0};
  if (shape->deactivated || !count) return PROPTER_OK;
  size_t *first = propter_malloc((count + 1) * sizeof *first);
  if (!first) return exec_fail_memory(&v->run, err);
  PropterStatus status = exec_check(&v->run, err);
  if (status == PROPTER_OK) status = own_nodes(v, shape, &n, &values, first, err);
  for (size_t i = 0; status == PROPTER_OK && i < shape->constraints.count; i++) {
    const Constraint *c = shape->constraints.items[i];
    status = c->component->check(v, c, &n, to, err);
  }
  propter_free(first);
  propter_vec_clear(&values);
  return status;
}

PropterStatus shacl_found_more(Validator *v, const Constraint *c, size_t i, const Found *found, Verdict *to, PropterError *err) {
  to->failed[i] = true;
  if (!to->record) return PROPTER_OK;
  PropterId severity = c->shape->severity;
  const PropterVocab known[] = {VOCAB_sh_Violation, VOCAB_sh_Warning, VOCAB_sh_Info};
  int s = 0;
  while (s < PROPTER_SHACL_OTHER && severity != v->word[known[s]]) s++;
  v->counts[s]++;
  size_t most = v->options.max_results ? v->options.max_results : RESULTS_MAX;
  return v->found.count >= most || propter_vec_push(&v->found, *found) ? PROPTER_OK : exec_fail_memory(&v->run, err);
}

PropterStatus shacl_found(Validator *v, const Constraint *c, const Nodes *n, size_t i, PropterId value, Verdict *to, PropterError *err) {
  return shacl_found_more(v, c, i, &(Found){.focus = n->focus[i], .value = value, .constraint = c}, to, err);
}

static PropterStatus validate_targets(Validator *v, ShaclShape *shape, PropterError *err) {
  PropterIds focus = {0};
  Verdict to = {.record = true};
  PropterStatus status = nodes_targets(v, shape, &focus, err);
  if (status == PROPTER_OK && v->options.changed) status = delta_keep(v, shape, &focus, err);
  if (status == PROPTER_OK && focus.count) {
    v->looked += focus.count, v->targeted++;
    to.failed = propter_calloc(focus.count, sizeof *to.failed);
    status = to.failed ? shape_validate(v, shape, focus.items, focus.count, &to, err) : exec_fail_memory(&v->run, err);
  }
  propter_free(to.failed);
  propter_vec_clear(&focus);
  return status;
}

/* All shapes, in the order in which their nodes first appear as subjects. */
static PropterStatus compile_all(Validator *v, PropterError *err) {
  PropterIds order = {0};
  PropterStatus status = PROPTER_OK;
  for (size_t i = 0; i < v->triples.count && status == PROPTER_OK; i++) {
    const ShapesTriple *t = &v->triples.items[i];
    if ((!i || t[-1].s != t->s) && !propter_vec_push(&order, (uint64_t)t->order << 32 | (uint32_t)i)) status = exec_fail_memory(&v->run, err);
  }
  ids_sort(&order, 0);
  for (size_t i = 0; i < order.count && status == PROPTER_OK; i++) {
    PropterId node = v->triples.items[(uint32_t)order.items[i]].s;
    ShaclShape *shape;
    if (!shape_is_one(v, node)) continue;
    status = shape_compile(v, node, NULL, &shape, err);
    if (status == PROPTER_OK && !propter_vec_push(&v->roots, shape)) status = exec_fail_memory(&v->run, err);
  }
  propter_vec_clear(&order);
  return status;
}

static PropterStatus validate(Validator *v, PropterSnapshot *snapshot, const char *const *shapes, size_t count, PropterError *err) {
  PROPTER_TRY(propter_query_parse(PROPTER_STR("ASK {}"), PROPTER_STR(""), &v->none, err));
  PROPTER_TRY(exec_open(&v->run, v->none, snapshot, &v->options.query, err));
  v->snapshot = snapshot;
  for (int i = 0; i < VOCAB_COUNT; i++) {
    PropterTerm term = propter_iri(propter_vocab_iri((PropterVocab)i));
    PROPTER_TRY(exec_intern(&v->run, &term, &v->word[i], err));
  }
  PROPTER_TRY(shapes_read(v, shapes, count, err));
  PROPTER_TRY(compile_all(v, err));
  PROPTER_TRY(delta_read(v, err));
  for (size_t i = 0; i < v->roots.count; i++) PROPTER_TRY(validate_targets(v, v->roots.items[i], err));
  return PROPTER_OK;
}

PropterStatus propter_shacl_validate(PropterSnapshot *snapshot, const char *const *shapes, size_t count, const PropterShaclOptions *options,
                                     PropterShaclReport **out, PropterError *err) {
  PropterShaclReport *r = propter_calloc(1, sizeof *r);
  *out = NULL;
  if (!r) return propter_fail(err, PROPTER_NO_MEMORY, "no memory for a validation");
  r->v.options = *options;
  PropterStatus status = validate(&r->v, snapshot, shapes, count, err);
  if (status == PROPTER_OK) *out = r;
  else propter_shacl_free(r);
  return status;
}

void propter_shacl_free(PropterShaclReport *r) {
  if (!r) return;
  Validator *v = &r->v;
  for (size_t i = 0; i < v->shapes.count; i++) shape_free(v->shapes.items[i]);
  propter_vec_clear(&v->shapes);
  propter_vec_clear(&v->roots);
  propter_vec_clear(&v->triples);
  propter_vec_clear(&v->changed);
  propter_vec_clear(&v->touched);
  propter_vec_clear(&v->files);
  propter_vec_clear(&v->prefixes);
  propter_vec_clear(&v->found);
  exec_close(&v->run);
  propter_query_free(v->none);
  propter_arena_clear(&v->arena);
  propter_arena_clear(&r->arena);
  propter_buf_clear(&r->text);
  propter_free(r);
}

uint64_t propter_shacl_count(const PropterShaclReport *r, PropterShaclSeverity severity) {
  uint64_t all = 0;
  if (severity < PROPTER_SHACL_SEVERITIES) return r->v.counts[severity];
  for (int i = 0; i < PROPTER_SHACL_SEVERITIES; i++) all += r->v.counts[i];
  return all;
}

void propter_shacl_looked(const PropterShaclReport *r, uint64_t *nodes, uint64_t *shapes) { *nodes = r->v.looked, *shapes = r->v.targeted; }

/* --- Results --------------------------------------------------------------------------------------------------------------------- */

/* Short names are collected in one buffer; views into it are made once it moves no more. */
typedef struct {
  size_t at[2];
} Piece;

static PropterStatus piece(PropterShaclReport *r, PropterId id, Piece *p, PropterError *err) {
  p->at[0] = r->text.len;
  if (id) PROPTER_TRY(shapes_name(&r->v, id, &r->text, err));
  p->at[1] = r->text.len;
  return propter_buf_status(&r->text, err);
}

static PropterStr view(const PropterShaclReport *r, Piece p) { return (PropterStr){p.at[1] > p.at[0] ? r->text.data + p.at[0] : "", p.at[1] - p.at[0]}; }

static PropterStatus own_text(PropterShaclReport *r, PropterId id, PropterStr *out, PropterError *err) {
  PropterTerm term;
  PROPTER_TRY(exec_term(&r->v.run, id, &r->arena, &term, err));
  *out = term.value;
  return PROPTER_OK;
}

static PropterStatus name_message(PropterShaclReport *r, const Found *f, Piece *p, PropterError *err) {
  const Constraint *c = f->constraint;
  PropterId own = f->message ? f->message : c->message ? c->message : c->shape->message;
  PropterStr text;
  p->at[0] = r->text.len;
  if (own) {
    PROPTER_TRY(own_text(r, own, &text, err));
    propter_buf_add(&r->text, text);
  } else {
    const char *mark = strstr(c->component->message, "%s");
    propter_buf_add(&r->text, (PropterStr){c->component->message, mark ? (size_t)(mark - c->component->message) : strlen(c->component->message)});
    if (mark) PROPTER_TRY(shapes_name(&r->v, c->value, &r->text, err));
    if (mark) propter_buf_add(&r->text, propter_str(mark + 2));
  }
  p->at[1] = r->text.len;
  return propter_buf_status(&r->text, err);
}

static PropterStatus name_path(PropterShaclReport *r, const Found *f, Piece *p, PropterError *err) {
  if (f->path || !f->constraint->shape->path) return piece(r, f->path, p, err);
  p->at[0] = r->text.len;
  PROPTER_TRY(path_name(&r->v, f->constraint->shape->path, &r->text, err));
  p->at[1] = r->text.len;
  return propter_buf_status(&r->text, err);
}

PropterStatus propter_shacl_result(PropterShaclReport *r, size_t n, const PropterShaclResult **result, PropterError *err) {
  *result = NULL;
  if (n >= r->v.found.count) return PROPTER_OK;
  const Found *f = &r->v.found.items[n];
  const Constraint *c = f->constraint;
  PropterShaclResult *to = &r->result;
  Piece focus, path, value, message, shape;
  propter_buf_reset(&r->text);
  propter_arena_clear(&r->arena);
  PROPTER_TRY(piece(r, f->focus, &focus, err));
  PROPTER_TRY(name_path(r, f, &path, err));
  PROPTER_TRY(piece(r, f->value, &value, err));
  PROPTER_TRY(name_message(r, f, &message, err));
  PROPTER_TRY(piece(r, c->shape->node, &shape, err));
  PROPTER_TRY(own_text(r, c->shape->severity, &to->severity, err));
  PROPTER_TRY(own_text(r, c->iri, &to->rule, err));
  to->severity = shapes_local(to->severity);
  to->rule = shapes_local(to->rule);
  if (propter_str_ends(to->rule, PROPTER_STR("ConstraintComponent"))) to->rule.len -= strlen("ConstraintComponent");
  to->focus = view(r, focus), to->path = view(r, path), to->value = view(r, value), to->message = view(r, message), to->shape = view(r, shape);
  to->file = propter_str(r->v.files.items[c->file]), to->line = c->line;
  *result = to;
  return PROPTER_OK;
}

/* --- As triples ------------------------------------------------------------------------------------------------------------------- */

typedef struct {
  PropterShaclReport *r;
  const PropterRdfSink *sink;
  PropterTerm node;
  PropterStr label;
} Writer;

static PropterStatus put(Writer *w, const PropterTerm *s, PropterVocab p, PropterTerm o, PropterError *err) {
  PropterStatement st = {.s = *s, .p = propter_iri(propter_vocab_iri(p)), .o = o};
  return w->sink->statement(&st, w->sink->payload, err);
}

static PropterStatus put_id(Writer *w, PropterVocab p, PropterId id, PropterError *err) {
  PropterTerm term;
  if (!id) return PROPTER_OK;
  PROPTER_TRY(exec_term(&w->r->v.run, id, &w->r->arena, &term, err));
  return put(w, &w->node, p, term, err);
}

static PropterStatus put_path(Writer *w, const Found *f, PropterError *err) {
  PropterTerm path;
  if (f->path) return put_id(w, VOCAB_sh_resultPath, f->path, err);
  if (!f->constraint->shape->path) return PROPTER_OK;
  PROPTER_TRY(path_statements(f->constraint->shape->path, w->label, &w->r->arena, w->sink, &path, err));
  return put(w, &w->node, VOCAB_sh_resultPath, path, err);
}

static PropterStatus put_message(Writer *w, const Found *f, PropterError *err) {
  const Constraint *c = f->constraint;
  PropterId own = f->message ? f->message : c->message ? c->message : c->shape->message;
  Piece message;
  if (own) return put_id(w, VOCAB_sh_resultMessage, own, err);
  propter_buf_reset(&w->r->text);
  PROPTER_TRY(name_message(w->r, f, &message, err));
  return put(w, &w->node, VOCAB_sh_resultMessage, propter_literal(view(w->r, message)), err);
}

/* A report with a name has named results; labels of blank nodes below them are its own, too. */
static PropterStatus name_result(Writer *w, const PropterTerm *report, size_t n, PropterError *err) {
  bool named = report->kind == PROPTER_TERM_IRI;
  PropterStr name = report->value;
  w->label = named ? propter_arena_printf(&w->r->arena, "result%zu-%016llx", n, (unsigned long long)propter_hash64(name))
                   : propter_arena_printf(&w->r->arena, "result%zu", n);
  w->node = named ? propter_iri(propter_arena_printf(&w->r->arena, "%.*s-%zu", (int)name.len, name.data, n))
                  : (PropterTerm){PROPTER_TERM_BLANK, w->label, {"", 0}, {"", 0}};
  return w->label.data && w->node.value.data ? PROPTER_OK : exec_fail_memory(&w->r->v.run, err);
}

static PropterStatus put_result(Writer *w, const PropterTerm *report, size_t n, PropterError *err) {
  const Found *f = &w->r->v.found.items[n];
  const Constraint *c = f->constraint;
  propter_arena_clear(&w->r->arena);
  PROPTER_TRY(name_result(w, report, n + 1, err));
  PROPTER_TRY(put(w, report, VOCAB_sh_result, w->node, err));
  PROPTER_TRY(put(w, &w->node, VOCAB_rdf_type, propter_iri(propter_vocab_iri(VOCAB_sh_ValidationResult)), err));
  PROPTER_TRY(put_id(w, VOCAB_sh_focusNode, f->focus, err));
  PROPTER_TRY(put_path(w, f, err));
  PROPTER_TRY(put_id(w, VOCAB_sh_value, f->value, err));
  PROPTER_TRY(put_id(w, VOCAB_sh_sourceConstraintComponent, c->iri, err));
  PROPTER_TRY(put_id(w, VOCAB_sh_sourceConstraint, c->source, err));
  PROPTER_TRY(put_id(w, VOCAB_sh_sourceShape, c->shape->node, err));
  PROPTER_TRY(put_id(w, VOCAB_sh_resultSeverity, c->shape->severity, err));
  return put_message(w, f, err);
}

PropterStatus propter_shacl_statements(PropterShaclReport *r, const PropterTerm *subject, const PropterRdfSink *sink, PropterError *err) {
  PropterTerm report = subject ? *subject : (PropterTerm){PROPTER_TERM_BLANK, PROPTER_STR("report"), {"", 0}, {"", 0}};
  bool conforms = propter_shacl_count(r, PROPTER_SHACL_SEVERITIES) == 0;
  Writer w = {.r = r, .sink = sink};
  PROPTER_TRY(put(&w, &report, VOCAB_rdf_type, propter_iri(propter_vocab_iri(VOCAB_sh_ValidationReport)), err));
  PROPTER_TRY(
      put(&w, &report, VOCAB_sh_conforms, propter_typed(conforms ? PROPTER_STR("true") : PROPTER_STR("false"), propter_vocab_iri(VOCAB_xsd_boolean)), err));
  for (size_t i = 0; i < r->v.found.count; i++) PROPTER_TRY(put_result(&w, &report, i, err));
  return PROPTER_OK;
}
