/* SPDX-License-Identifier: Apache-2.0 */
/* Logical targets of RML-IO: files that a term map wants its triples in. */
#include <string.h>

#include "model.h"
#include "propter/rdf.h"

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a mapping"); }

static PropterStr local_name(PropterStr iri) {
  size_t at = iri.len;
  while (at && iri.data[at - 1] != '#' && iri.data[at - 1] != '/') at--;
  return (PropterStr){iri.data + at, iri.len - at};
}

/* http://www.w3.org/ns/formats/Turtle and its like, by the name of the writer. */
static PropterStr format_of(PropterStr iri) {
  static const char *const names[][2] = {{"N-Triples", "ntriples"}, {"N-Quads", "nquads"}, {"Turtle", "turtle"},    {"TriG", "trig"},
                                         {"N3", "turtle"},          {"RDF_XML", "rdfxml"}, {"RDF_JSON", "json"}, {"JSON-LD", "jsonld"}};
  PropterStr local = local_name(iri);
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (propter_str_equal(local, propter_str(names[i][0]))) return propter_str(names[i][1]);
  return (PropterStr){"", 0};
}

static PropterStatus read_path(PropterMapping *m, const DocTriple *target, PropterMapTarget *out, PropterError *err) {
  const DocTriple *path = doc_get(&m->doc, target->o, WORD_path, 0), *root = doc_get(&m->doc, target->o, WORD_root, 0),
                  *dump = doc_get(&m->doc, target->o, WORD_dataDump, 0);
  PropterStr directory = m->doc.files.items[target->file].directory, text;
  if (!path && !dump) return doc_fail(&m->doc, target, err, PROPTER_INVALID, "the target has neither rml:path nor void:dataDump");
  text = doc_node(&m->doc, (path ? path : dump)->o)->term.value;
  if (propter_str_starts(text, PROPTER_STR("file://"))) text.data += 7, text.len -= 7;
  if (propter_str_find(text, PROPTER_STR("://")) != SIZE_MAX)
    return doc_fail(&m->doc, path ? path : dump, err, PROPTER_INVALID, "expected a file, found the address %.*s", (int)text.len, text.data);
  if (root && doc_node(&m->doc, root->o)->word == WORD_CurrentWorkingDirectory) directory.len = 0;
  while (propter_str_starts(text, PROPTER_STR("./"))) text.data += 2, text.len -= 2;
  /* A mapping from somewhere else must not overwrite what lies anywhere. */
  if (propter_str_starts(text, PROPTER_STR("/")) || propter_str_find(text, PROPTER_STR("..")) != SIZE_MAX)
    return doc_fail(&m->doc, path ? path : dump, err, PROPTER_INVALID, "a target lies beside the mapping or below: %.*s", (int)text.len, text.data);
  out->path = propter_arena_printf(&m->arena, "%.*s%.*s", (int)directory.len, directory.data, (int)text.len, text.data);
  return out->path.data ? PROPTER_OK : no_memory(err);
}

static PropterStatus read_one(PropterMapping *m, const DocTriple *t, size_t *index, PropterError *err) {
  const DocTriple *target = doc_get(&m->doc, t->o, WORD_target, 0), *v;
  PropterMapTarget out = {.format = PROPTER_STR("nquads"), .encoding = {"", 0}, .compression = {"", 0}};
  if (!target) return doc_fail(&m->doc, t, err, PROPTER_INVALID, "the logical target has no rml:target");
  PROPTER_TRY(read_path(m, target, &out, err));
  if ((v = doc_get(&m->doc, t->o, WORD_serialization, 0))) {
    out.format = format_of(doc_node(&m->doc, v->o)->term.value);
    if (!out.format.len) return doc_fail(&m->doc, v, err, PROPTER_INVALID, "no writer for %s", doc_name(&m->doc, v->o));
  }
  const Node places[] = {t->o, target->o};
  for (size_t i = 0; i < 2; i++) {
    if ((v = doc_get(&m->doc, places[i], WORD_encoding, 0))) out.encoding = local_name(doc_node(&m->doc, v->o)->term.value);
    v = doc_get(&m->doc, places[i], WORD_compression, 0);
    if (v && doc_node(&m->doc, v->o)->word != WORD_none) out.compression = local_name(doc_node(&m->doc, v->o)->term.value);
  }
  for (size_t i = 0; i < m->targets.count; i++)
    if (propter_str_equal(m->targets.items[i].path, out.path)) return *index = i, PROPTER_OK;
  *index = m->targets.count;
  if (*index == PROPTER_MAP_TARGETS) return doc_fail(&m->doc, t, err, PROPTER_LIMIT, "more than %d targets", PROPTER_MAP_TARGETS);
  return propter_vec_push(&m->targets, out) ? PROPTER_OK : no_memory(err);
}

PropterStatus target_read(PropterMapping *m, Node term_map, uint64_t *targets, PropterError *err) {
  const DocTriple *t;
  size_t index = 0;
  for (size_t i = 0; (t = doc_get(&m->doc, term_map, WORD_logicalTarget, i)); i++) {
    PROPTER_TRY(read_one(m, t, &index, err));
    *targets |= (uint64_t)1 << index;
  }
  return PROPTER_OK;
}
