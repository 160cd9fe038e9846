/* SPDX-License-Identifier: Apache-2.0 */
/* Property paths of SHACL (section 2.3.1) as those of SPARQL. */
#include "shacl.h"

enum { DEPTH_MAX = 64 };

static const struct {
  PropterVocab word;
  AstPathKind kind;
} wrappers[] = {
    {VOCAB_sh_inversePath, PATH_INVERSE}, {VOCAB_sh_zeroOrMorePath, PATH_STAR}, {VOCAB_sh_oneOrMorePath, PATH_PLUS}, {VOCAB_sh_zeroOrOnePath, PATH_OPTIONAL}};
enum { WRAPPERS = sizeof wrappers / sizeof *wrappers };

static PropterStatus compile(Validator *v, PropterId node, const ShapesTriple *at, unsigned depth, const AstPath **out, PropterError *err);

static PropterStatus bad(const Validator *v, const ShapesTriple *at, PropterError *err) {
  return shapes_fail(v, at, err, PROPTER_INVALID,
                     "expected a property path: a predicate, a list of two or more, or one of sh:inversePath, sh:alternativePath, sh:zeroOrMorePath, "
                     "sh:oneOrMorePath and sh:zeroOrOnePath");
}

static PropterStatus make(Validator *v, AstPathKind kind, size_t count, AstPath **out, PropterError *err) {
  *out = propter_arena_alloc(&v->arena, sizeof **out);
  AstPath **items = propter_arena_alloc(&v->arena, (count + 1) * sizeof *items);
  if (!*out || !items) return exec_fail_memory(&v->run, err);
  **out = (AstPath){.kind = kind, .iri = {"", 0}, .items = items, .count = count};
  return PROPTER_OK;
}

static PropterStatus compile_list(Validator *v, AstPathKind kind, const ShapesTriple *list, const ShapesTriple *at, unsigned depth, const AstPath **out,
                                  PropterError *err) {
  PropterIds members = {0};
  AstPath *path = NULL;
  PropterStatus status = shapes_list(v, list, &members, err);
  if (status == PROPTER_OK && members.count < 2) status = bad(v, at, err);
  if (status == PROPTER_OK) status = make(v, kind, members.count, &path, err);
  for (size_t i = 0; status == PROPTER_OK && i < members.count; i++) {
    const AstPath *item;
    status = compile(v, members.items[i], at, depth + 1, &item, err);
    if (status == PROPTER_OK) path->items[i] = (AstPath *)item;
  }
  propter_vec_clear(&members);
  *out = path;
  return status;
}

static PropterStatus compile_wrapped(Validator *v, AstPathKind kind, const ShapesTriple *inner, unsigned depth, const AstPath **out, PropterError *err) {
  AstPath *path;
  const AstPath *item;
  PROPTER_TRY(compile(v, inner->o, inner, depth + 1, &item, err));
  PROPTER_TRY(make(v, kind, 1, &path, err));
  path->items[0] = (AstPath *)item;
  *out = path;
  return PROPTER_OK;
}

static PropterStatus compile_link(Validator *v, PropterId node, const AstPath **out, PropterError *err) {
  PropterTerm term;
  AstPath *path;
  PROPTER_TRY(exec_term(&v->run, node, &v->arena, &term, err));
  PROPTER_TRY(make(v, PATH_LINK, 0, &path, err));
  path->iri = term.value;
  *out = path;
  return PROPTER_OK;
}

static PropterStatus compile(Validator *v, PropterId node, const ShapesTriple *at, unsigned depth, const AstPath **out, PropterError *err) {
  const ShapesTriple *inner;
  if (depth > DEPTH_MAX) return shapes_fail(v, at, err, PROPTER_LIMIT, "a property path is nested more than %d times", DEPTH_MAX);
  if (exec_kind(&v->run, node) == PROPTER_TERM_IRI && node != v->word[VOCAB_rdf_nil]) return compile_link(v, node, out, err);
  if (shapes_get(v, node, VOCAB_rdf_first)) {
    ShapesTriple list = *at;
    list.o = node;
    return compile_list(v, PATH_SEQUENCE, &list, at, depth, out, err);
  }
  if ((inner = shapes_get(v, node, VOCAB_sh_alternativePath))) return compile_list(v, PATH_ALTERNATIVE, inner, inner, depth, out, err);
  for (size_t i = 0; i < WRAPPERS; i++)
    if ((inner = shapes_get(v, node, wrappers[i].word))) return compile_wrapped(v, wrappers[i].kind, inner, depth, out, err);
  return bad(v, at, err);
}

PropterStatus path_compile(Validator *v, const ShapesTriple *at, const AstPath **out, PropterError *err) { return compile(v, at->o, at, 0, out, err); }

static PropterStatus put_name(Validator *v, const AstPath *p, bool inner, PropterBuf *out, PropterError *err) {
  static const char *const after[] = {[PATH_STAR] = "*", [PATH_PLUS] = "+", [PATH_OPTIONAL] = "?"};
  if (p->kind == PATH_LINK) {
    PropterTerm term = propter_iri(p->iri);
    PropterId id;
    PROPTER_TRY(exec_intern(&v->run, &term, &id, err));
    return shapes_name(v, id, out, err);
  }
  bool list = p->kind == PATH_SEQUENCE || p->kind == PATH_ALTERNATIVE;
  if (p->kind == PATH_INVERSE) propter_buf_add_char(out, '^');
  if (list && inner) propter_buf_add_char(out, '(');
  for (size_t i = 0; i < p->count; i++) {
    if (i) propter_buf_add_char(out, p->kind == PATH_SEQUENCE ? '/' : '|');
    PROPTER_TRY(put_name(v, p->items[i], true, out, err));
  }
  if (list && inner) propter_buf_add_char(out, ')');
  if (!list && p->kind != PATH_INVERSE) propter_buf_add(out, propter_str(after[p->kind]));
  return PROPTER_OK;
}

PropterStatus path_name(Validator *v, const AstPath *path, PropterBuf *out, PropterError *err) { return put_name(v, path, false, out, err); }

/* --- As triples ------------------------------------------------------------------------------------------------------------------- */

typedef struct {
  PropterStr label;
  unsigned made;
  PropterArena *arena;
  const PropterRdfSink *sink;
} Writer;

static PropterStatus fresh(Writer *w, PropterTerm *node, PropterError *err) {
  *node = (PropterTerm){PROPTER_TERM_BLANK, propter_arena_printf(w->arena, "%.*s-%u", (int)w->label.len, w->label.data, w->made++), {"", 0}, {"", 0}};
  return node->value.data ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "no memory for a report");
}

static PropterStatus put(Writer *w, const PropterTerm *s, PropterVocab p, const PropterTerm *o, PropterError *err) {
  PropterStatement st = {.s = *s, .p = propter_iri(propter_vocab_iri(p)), .o = *o};
  return w->sink->statement(&st, w->sink->payload, err);
}

static PropterStatus put_path(Writer *w, const AstPath *p, PropterTerm *node, PropterError *err);

static PropterStatus put_list(Writer *w, const AstPath *p, PropterTerm *node, PropterError *err) {
  PropterTerm nil = propter_iri(propter_vocab_iri(VOCAB_rdf_nil)), cell, item, next;
  PROPTER_TRY(fresh(w, node, err));
  cell = *node;
  for (size_t i = 0; i < p->count; i++, cell = next) {
    PROPTER_TRY(put_path(w, p->items[i], &item, err));
    PROPTER_TRY(put(w, &cell, VOCAB_rdf_first, &item, err));
    next = nil;
    if (i + 1 < p->count) PROPTER_TRY(fresh(w, &next, err));
    PROPTER_TRY(put(w, &cell, VOCAB_rdf_rest, &next, err));
  }
  return PROPTER_OK;
}

static PropterStatus put_path(Writer *w, const AstPath *p, PropterTerm *node, PropterError *err) {
  PropterTerm inner;
  if (p->kind == PATH_LINK) return *node = propter_iri(p->iri), PROPTER_OK;
  if (p->kind == PATH_SEQUENCE) return put_list(w, p, node, err);
  PROPTER_TRY(fresh(w, node, err));
  if (p->kind == PATH_ALTERNATIVE) {
    PROPTER_TRY(put_list(w, p, &inner, err));
    return put(w, node, VOCAB_sh_alternativePath, &inner, err);
  }
  PROPTER_TRY(put_path(w, p->items[0], &inner, err));
  for (size_t i = 0; i < WRAPPERS; i++)
    if (wrappers[i].kind == p->kind) return put(w, node, wrappers[i].word, &inner, err);
  return propter_fail(err, PROPTER_BUG, "a path that SHACL does not have");
}

PropterStatus path_statements(const AstPath *path, PropterStr label, PropterArena *arena, const PropterRdfSink *sink, PropterTerm *node, PropterError *err) {
  Writer w = {label, 0, arena, sink};
  return put_path(&w, path, node, err);
}
