/* SPDX-License-Identifier: Apache-2.0 */
/* Logical sources: files by a path in the 2014 form, by rml:path and rml:root, or as a csvw:Table. */
#include <string.h>
#include <unistd.h>

#include "model.h"
#include "propter/rdf.h"

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a mapping"); }

static PropterStr text_of(const PropterMapping *m, const DocTriple *t) { return t ? doc_node(&m->doc, t->o)->term.value : (PropterStr){"", 0}; }

static bool same_text(const char *a, const char *b) { return a == b || (a && b && strcmp(a, b) == 0); }

static bool same_source(const LogicalSource *a, const LogicalSource *b) {
  if (!propter_str_equal(a->is.path, b->is.path) || !propter_str_equal(a->is.graph, b->is.graph) || a->nulls.count != b->nulls.count) return false;
  for (size_t i = 0; i < a->nulls.count; i++)
    if (!propter_str_equal(a->nulls.items[i], b->nulls.items[i])) return false;
  return a->options.delimiter == b->options.delimiter && a->options.quote == b->options.quote && a->options.no_header == b->options.no_header &&
         a->options.trim == b->options.trim && same_text(a->options.comment, b->options.comment) && same_text(a->options.encoding, b->options.encoding);
}

/* Takes over `s`, unless an equal one is there. */
static PropterStatus keep(PropterMapping *m, LogicalSource *s, size_t *index, PropterError *err) {
  for (size_t i = 0; i < m->sources.count; i++)
    if (same_source(&m->sources.items[i], s)) {
      propter_vec_clear(&s->nulls);
      *index = i;
      return PROPTER_OK;
    }
  *index = m->sources.count;
  if (propter_vec_push(&m->sources, *s)) return PROPTER_OK;
  propter_vec_clear(&s->nulls);
  return no_memory(err);
}

static PropterStatus set_path(PropterMapping *m, LogicalSource *s, PropterStr directory, PropterStr path, PropterError *err) {
  if (!path.len) return doc_fail(&m->doc, s->at, err, PROPTER_INVALID, "expected the path of a file, found an empty text");
  if (path.data[0] == '/') directory.len = 0;
  while (directory.len && propter_str_starts(path, PROPTER_STR("./"))) path.data += 2, path.len -= 2;
  s->is.path = propter_arena_printf(&m->arena, "%.*s%.*s", (int)directory.len, directory.data, (int)path.len, path.data);
  return s->is.path.data ? PROPTER_OK : no_memory(err);
}

static PropterStatus set_graph(PropterMapping *m, LogicalSource *s, const NodeInfo *node, PropterError *err) {
  if (node && node->term.kind == PROPTER_TERM_IRI) {
    s->is.graph = node->term.value;
    return PROPTER_OK;
  }
  PropterBuf iri = {0};
  PropterStatus status = propter_iri_of_file(s->is.path.data, &iri, err);
  if (status == PROPTER_OK) status = propter_buf_status(&iri, err);
  if (status == PROPTER_OK) {
    s->is.graph = propter_arena_copy(&m->arena, propter_buf_str(&iri));
    if (!s->is.graph.data) status = no_memory(err);
  }
  propter_buf_clear(&iri);
  return status;
}

static PropterStatus add_nulls(PropterMapping *m, LogicalSource *s, Node node, PropterError *err) {
  const DocTriple *t;
  for (size_t i = 0; (t = doc_get(&m->doc, node, WORD_null, i)); i++)
    if (!propter_vec_push(&s->nulls, text_of(m, t))) return no_memory(err);
  return PROPTER_OK;
}

static PropterStatus one_character(const PropterMapping *m, const DocTriple *t, char *out, PropterError *err) {
  PropterStr text = text_of(m, t);
  if (!t || !text.len) return PROPTER_OK;
  if (text.len != 1 || (unsigned char)text.data[0] >= 0x80 || strchr("\r\n", text.data[0]))
    return doc_fail(&m->doc, t, err, PROPTER_INVALID, "expected one ASCII character, found \"%.*s\"", (int)text.len, text.data);
  *out = text.data[0];
  return PROPTER_OK;
}

static bool is_true(const PropterMapping *m, const DocTriple *t) {
  PropterStr text = text_of(m, t);
  return propter_str_equal(text, PROPTER_STR("true")) || propter_str_equal(text, PROPTER_STR("1"));
}

static PropterStatus csvw_table(PropterMapping *m, LogicalSource *s, Node table, PropterError *err) {
  const DocTriple *url = doc_get(&m->doc, table, WORD_url, 0), *d = doc_get(&m->doc, table, WORD_dialect, 0), *t;
  if (!url) return doc_fail(&m->doc, s->at, err, PROPTER_INVALID, "csvw:Table has no csvw:url");
  PropterStr path = text_of(m, url);
  if (propter_str_starts(path, PROPTER_STR("file://"))) path.data += 7, path.len -= 7;
  if (propter_str_find(path, PROPTER_STR("://")) != SIZE_MAX) return doc_fail(&m->doc, url, err, PROPTER_INVALID, "expected a file, found the address %.*s: propter fetches nothing", (int)path.len, path.data);
  PROPTER_TRY(set_path(m, s, m->doc.files.items[url->file].directory, path, err));
  PROPTER_TRY(add_nulls(m, s, table, err));
  if (!d) return PROPTER_OK;
  PROPTER_TRY(one_character(m, doc_get(&m->doc, d->o, WORD_delimiter, 0), &s->options.delimiter, err));
  PROPTER_TRY(one_character(m, doc_get(&m->doc, d->o, WORD_quoteChar, 0), &s->options.quote, err));
  if ((t = doc_get(&m->doc, d->o, WORD_commentPrefix, 0)) && text_of(m, t).len) s->options.comment = text_of(m, t).data;
  if ((t = doc_get(&m->doc, d->o, WORD_encoding, 0))) s->options.encoding = text_of(m, t).data;
  if ((t = doc_get(&m->doc, d->o, WORD_header, 0))) s->options.no_header = !is_true(m, t);
  if ((t = doc_get(&m->doc, d->o, WORD_trim, 0))) s->options.trim = is_true(m, t);
  return PROPTER_OK;
}

static PropterStatus described_file(PropterMapping *m, LogicalSource *s, Node node, PropterError *err) {
  const DocTriple *path = doc_get(&m->doc, node, WORD_path, 0), *root = doc_get(&m->doc, node, WORD_root, 0), *t;
  if (!path) return doc_fail(&m->doc, s->at, err, PROPTER_INVALID, "the source has no rml:path; expected a file");
  PropterStr directory = m->doc.files.items[path->file].directory;
  if (!root || doc_node(&m->doc, root->o)->word == WORD_CurrentWorkingDirectory) {
    /* The default root of RML-IO. A file that lies beside the mapping only is what people mean. */
    PropterStr text = text_of(m, path);
    if (root || access(text.data, F_OK) == 0) directory.len = 0;
  } else if (doc_node(&m->doc, root->o)->word != WORD_MappingDirectory) {
    PropterStr text = text_of(m, root);
    if (propter_str_starts(text, PROPTER_STR("file://"))) text.data += 7, text.len -= 7;
    directory = propter_arena_printf(&m->arena, "%s%.*s%s", text.len && text.data[0] == '/' ? "" : directory.data, (int)text.len, text.data, propter_str_ends(text, PROPTER_STR("/")) ? "" : "/");
    if (!directory.data) return no_memory(err);
  }
  PROPTER_TRY(set_path(m, s, directory, text_of(m, path), err));
  PROPTER_TRY(add_nulls(m, s, node, err));
  if ((t = doc_get(&m->doc, node, WORD_encoding, 0))) {
    PropterStr name = text_of(m, t);
    const char *slash = memrchr(name.data, '/', name.len), *hash = memrchr(name.data, '#', name.len);
    s->options.encoding = hash ? hash + 1 : slash ? slash + 1 : name.data;
  }
  t = doc_get(&m->doc, node, WORD_compression, 0);
  if (t && doc_node(&m->doc, t->o)->word != WORD_none && doc_node(&m->doc, t->o)->word != WORD_gzip)
    return doc_fail(&m->doc, t, err, PROPTER_INVALID, "expected rml:none or rml:gzip as compression, found %s", doc_name(&m->doc, t->o));
  return PROPTER_OK;
}

static PropterStatus check_formulation(PropterMapping *m, const DocTriple *at, bool csvw, PropterError *err) {
  const DocTriple *f = doc_get(&m->doc, at->o, WORD_referenceFormulation, 0);
  if (!f && csvw) return PROPTER_OK;
  if (!f) return doc_fail(&m->doc, at, err, PROPTER_INVALID, "the logical source has no reference formulation; expected rml:CSV or ql:CSV");
  if (doc_node(&m->doc, f->o)->word != WORD_CSV) return doc_fail(&m->doc, f, err, PROPTER_INVALID, "expected the reference formulation rml:CSV or ql:CSV, found %s", doc_name(&m->doc, f->o));
  return PROPTER_OK;
}

PropterStatus source_compile(PropterMapping *m, const DocTriple *at, size_t *index, PropterError *err) {
  const DocTriple *src = doc_get(&m->doc, at->o, WORD_source, 0);
  if (!src) return doc_fail(&m->doc, at, err, PROPTER_INVALID, "the logical source has no rml:source");
  const NodeInfo *node = doc_node(&m->doc, src->o);
  LogicalSource s = {.at = src};
  bool csvw = doc_get(&m->doc, src->o, WORD_url, 0) != NULL;
  PROPTER_TRY(check_formulation(m, at, csvw, err));
  PropterStatus status;
  if (node->term.kind == PROPTER_TERM_LITERAL)
    status = set_path(m, &s, m->doc.files.items[src->file].directory, node->term.value, err);
  else if (csvw)
    status = csvw_table(m, &s, src->o, err);
  else
    status = described_file(m, &s, src->o, err);
  if (status == PROPTER_OK) status = add_nulls(m, &s, at->o, err);
  /* In the 2014 form, which took over R2RML's, an empty cell is no value; in RML-IO only what rml:null names is none. */
  if (status == PROPTER_OK && node->vocabulary != VOCABULARY_RML && !s.nulls.count && doc_node(&m->doc, src->p)->vocabulary != VOCABULARY_RML && !propter_vec_push(&s.nulls, PROPTER_STR("")))
    status = no_memory(err);
  if (status == PROPTER_OK) status = set_graph(m, &s, doc_node(&m->doc, at->o), err);
  if (status == PROPTER_OK) return keep(m, &s, index, err);
  propter_vec_clear(&s.nulls);
  return status;
}

PropterStatus source_of_file(PropterMapping *m, const DocTriple *at, PropterStr path, size_t *index, PropterError *err) {
  LogicalSource s = {.at = at};
  PROPTER_TRY(set_path(m, &s, m->doc.files.items[at->file].directory, path, err));
  PROPTER_TRY(set_graph(m, &s, NULL, err));
  if (!propter_vec_push(&s.nulls, PROPTER_STR(""))) return no_memory(err);
  return keep(m, &s, index, err);
}
