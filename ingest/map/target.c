/* SPDX-License-Identifier: Apache-2.0 */
/* Logical targets of RML-IO: files that a term map wants its triples in; one, or one for each value of a column. */
#include <string.h>

#include "execute.h"
#include "propter/rdf.h"

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a mapping"); }

static PropterStr local_name(PropterStr iri) {
  size_t at = iri.len;
  while (at && iri.data[at - 1] != '#' && iri.data[at - 1] != '/') at--;
  return (PropterStr){iri.data + at, iri.len - at};
}

/* http://www.w3.org/ns/formats/Turtle and its like, by the name of the writer. */
static PropterStr format_of(PropterStr iri) {
  static const char *const names[][2] = {{"N-Triples", "ntriples"}, {"N-Quads", "nquads"}, {"Turtle", "turtle"}, {"TriG", "trig"},
                                         {"N3", "turtle"},          {"RDF_XML", "rdfxml"}, {"RDF_JSON", "json"}, {"JSON-LD", "jsonld"}};
  PropterStr local = local_name(iri);
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (propter_str_equal(local, propter_str(names[i][0]))) return propter_str(names[i][1]);
  return (PropterStr){"", 0};
}

/* The words that name where a target lies; those on the web are not written to. */
static const Word address_words[] = {WORD_path, WORD_dataDump, WORD_absoluteURI, WORD_linkingAbsoluteURI, WORD_endpoint};
enum { ADDRESS_WORDS = sizeof address_words / sizeof *address_words };

static const DocTriple *address_of(const PropterMapping *m, Node target) {
  const DocTriple *t = NULL;
  for (size_t i = 0; !t && i < ADDRESS_WORDS; i++) t = doc_get(&m->doc, target, address_words[i], 0);
  return t;
}

/* What stands behind file:// in a path beside the mapping or below. A mapping from somewhere else must not overwrite what lies anywhere. */
static PropterStatus relative(PropterMapping *m, const DocTriple *at, PropterStr *text, PropterError *err) {
  if (propter_str_starts(*text, PROPTER_STR("file://"))) text->data += 7, text->len -= 7;
  if (propter_str_find(*text, PROPTER_STR("://")) != SIZE_MAX)
    return doc_fail(&m->doc, at, err, PROPTER_INVALID, "a target is a file; found the address %.*s, which nothing is sent to: write a file and send that",
                    (int)text->len, text->data);
  while (propter_str_starts(*text, PROPTER_STR("./"))) text->data += 2, text->len -= 2;
  if (propter_str_starts(*text, PROPTER_STR("/")) || propter_str_find(*text, PROPTER_STR("..")) != SIZE_MAX)
    return doc_fail(&m->doc, at, err, PROPTER_INVALID, "a target lies beside the mapping or below: %.*s", (int)text->len, text->data);
  return PROPTER_OK;
}

static PropterStatus read_path(PropterMapping *m, const DocTriple *target, PropterMapTarget *out, PropterError *err) {
  const DocTriple *path = address_of(m, target->o), *root = doc_get(&m->doc, target->o, WORD_root, 0);
  PropterStr directory = m->doc.files.items[target->file].directory, text;
  if (!path) return doc_fail(&m->doc, target, err, PROPTER_INVALID, "the target has neither rml:path nor void:dataDump");
  if (root && doc_node(&m->doc, root->o)->word == WORD_CurrentWorkingDirectory) directory.len = 0;
  text = doc_node(&m->doc, path->o)->term.value;
  PROPTER_TRY(relative(m, path, &text, err));
  out->path = propter_arena_printf(&m->arena, "%.*s%.*s", (int)directory.len, directory.data, (int)text.len, text.data);
  return out->path.data ? PROPTER_OK : no_memory(err);
}

static PropterStatus read_format(PropterMapping *m, const DocTriple *v, PropterMapTarget *out, PropterError *err) {
  if (!v) return PROPTER_OK;
  out->format = format_of(doc_node(&m->doc, v->o)->term.value);
  return out->format.len ? PROPTER_OK : doc_fail(&m->doc, v, err, PROPTER_INVALID, "no writer for %s", doc_name(&m->doc, v->o));
}

static void read_compression(const PropterMapping *m, const DocTriple *v, PropterMapTarget *out) {
  if (v && doc_node(&m->doc, v->o)->word != WORD_none) out->compression = local_name(doc_node(&m->doc, v->o)->term.value);
}

static PropterStatus read_stream(PropterMapping *m, const DocTriple *iri, const DocTriple *stream, const DocTriple *immutable, PropterMapTarget *out,
                                 PropterError *err) {
  const DocTriple *t;
  if (immutable)
    return doc_fail(&m->doc, immutable, err, PROPTER_INVALID, "versions of members have no IRIs of their own: name the version in the subject's template");
  if (iri) out->stream = doc_node(&m->doc, iri->o)->term.value;
  if (stream && (t = doc_get(&m->doc, stream->o, WORD_timestampPath, 0))) out->timestamp_path = doc_node(&m->doc, t->o)->term.value;
  if (stream && (t = doc_get(&m->doc, stream->o, WORD_versionOfPath, 0))) out->version_of_path = doc_node(&m->doc, t->o)->term.value;
  return PROPTER_OK;
}

static PropterStatus add_target(PropterMapping *m, const DocTriple *at, const Target *target, size_t *index, PropterError *err) {
  *index = m->targets.count;
  if (*index == PROPTER_MAP_TARGETS) return doc_fail(&m->doc, at, err, PROPTER_LIMIT, "more than %d targets", PROPTER_MAP_TARGETS);
  if (target->address) m->targets_by_row |= (uint64_t)1 << *index;
  return propter_vec_push(&m->targets, *target) ? PROPTER_OK : no_memory(err);
}

static PropterStatus read_one(PropterMapping *m, const DocTriple *t, size_t *index, PropterError *err) {
  const DocTriple *target = doc_get(&m->doc, t->o, WORD_target, 0), *v;
  Target out = {.is = {.format = PROPTER_STR("nquads"), .encoding = {"", 0}, .compression = {"", 0}}};
  if (!target) return doc_fail(&m->doc, t, err, PROPTER_INVALID, "the logical target has no rml:target");
  PROPTER_TRY(read_path(m, target, &out.is, err));
  PROPTER_TRY(read_format(m, doc_get(&m->doc, t->o, WORD_serialization, 0), &out.is, err));
  PROPTER_TRY(read_stream(m, doc_get(&m->doc, t->o, WORD_ldesBaseIRI, 0), doc_get(&m->doc, t->o, WORD_ldes, 0),
                          doc_get(&m->doc, t->o, WORD_ldesGenerateImmutableIRI, 0), &out.is, err));
  const Node places[] = {t->o, target->o};
  for (size_t i = 0; i < 2; i++) {
    if ((v = doc_get(&m->doc, places[i], WORD_encoding, 0))) out.is.encoding = local_name(doc_node(&m->doc, v->o)->term.value);
    read_compression(m, doc_get(&m->doc, places[i], WORD_compression, 0), &out.is);
  }
  for (size_t i = 0; i < m->targets.count; i++)
    if (!m->targets.items[i].address && propter_str_equal(m->targets.items[i].is.path, out.is.path)) return *index = i, PROPTER_OK;
  return add_target(m, t, &out, index, err);
}

/* --- Targets whose path depends on the row ------------------------------------------------------------------------------------------------ */

/* rmle:logicalTargetMap names a target by a template. Triples maps with rmle:ThisMapping for a target describe what has such a name; so what they say is looked
 * for here, and they make no triples: their columns are those of the row that goes into the file. */

bool target_makes(const PropterMapping *m, Node triples_map) {
  const DocTriple *subject = doc_get(&m->doc, triples_map, WORD_subjectMap, 0), *t = subject ? doc_get(&m->doc, subject->o, WORD_logicalTarget, 0) : NULL;
  return t && doc_node(&m->doc, t->o)->word == WORD_ThisMapping;
}

static const DocTriple *expression_of(const PropterMapping *m, Node term_map) {
  const DocTriple *t = doc_get(&m->doc, term_map, WORD_template, 0);
  return t ? t : doc_get(&m->doc, term_map, WORD_reference, 0);
}

/* The triples map that makes what is called by the expression at `at`. */
static PropterStatus maker_of(PropterMapping *m, const DocTriple *at, Node *out, PropterError *err) {
  const DocTriple *name = expression_of(m, at->o);
  for (size_t i = 0; name && i < m->doc.triples.count; i++) {
    const DocTriple *t = &m->doc.triples.items[i], *subject;
    if (doc_node(&m->doc, t->p)->word != WORD_subjectMap || !target_makes(m, t->s)) continue;
    subject = expression_of(m, t->o);
    if (subject && subject->o == name->o && subject->p == name->p) return *out = t->s, PROPTER_OK;
  }
  return doc_fail(&m->doc, at, err, PROPTER_INVALID, "expected a template that a triples map with rmle:ThisMapping as target has for its subject, too");
}

/* The object map that a triples map has for one of the words; NULL: none. */
static const DocTriple *object_of(const PropterMapping *m, Node triples_map, const Word *words, size_t count) {
  const DocTriple *po;
  for (size_t i = 0; (po = doc_get(&m->doc, triples_map, WORD_predicateObjectMap, i)); i++) {
    const DocTriple *map = doc_get(&m->doc, po->o, WORD_predicateMap, 0), *p = map ? doc_get(&m->doc, map->o, WORD_constant, 0) : NULL;
    for (size_t k = 0; p && k < count; k++)
      if (doc_node(&m->doc, p->o)->word == words[k]) return doc_get(&m->doc, po->o, WORD_objectMap, 0);
  }
  return NULL;
}

static const DocTriple *constant_of(const PropterMapping *m, Node triples_map, Word word) {
  const DocTriple *object = object_of(m, triples_map, &word, 1);
  return object ? doc_get(&m->doc, object->o, WORD_constant, 0) : NULL;
}

static size_t slashes_of(PropterStr text) {
  size_t count = 0;
  for (size_t i = 0; i < text.len; i++) count += text.data[i] == '/';
  return count;
}

static PropterStatus read_address(PropterMapping *m, const DocTriple *at, Target *out, PropterError *err) {
  const PropterStr text = doc_node(&m->doc, expression_of(m, at->o)->o)->term.value;
  PropterStr path = text;
  PROPTER_TRY(relative(m, at, &path, err));
  PROPTER_TRY(rml_expression(m, at, &out->address, err));
  out->address->type = TYPE_LITERAL;
  for (size_t i = 0; i < out->address->part_count; i++)
    if (!out->address->parts[i].is_column) out->slashes += slashes_of(out->address->parts[i].text);
  out->slashes -= slashes_of((PropterStr){text.data, (size_t)(path.data - text.data)}); /* those of file:// */
  out->is.path = m->doc.files.items[at->file].directory;
  out->is.by_row = true;
  return PROPTER_OK;
}

static PropterStatus read_by_row(PropterMapping *m, const DocTriple *t, size_t *index, PropterError *err) {
  Target out = {.is = {.format = PROPTER_STR("nquads"), .encoding = {"", 0}, .compression = {"", 0}}};
  Node logical = 0, place = 0;
  PROPTER_TRY(maker_of(m, t, &logical, err));
  const DocTriple *named = object_of(m, logical, &(Word){WORD_target}, 1);
  if (!named) return doc_fail(&m->doc, t, err, PROPTER_INVALID, "the logical target has no rml:target");
  PROPTER_TRY(maker_of(m, named, &place, err));
  const DocTriple *address = object_of(m, place, address_words, ADDRESS_WORDS);
  if (!address || !expression_of(m, address->o)) return doc_fail(&m->doc, named, err, PROPTER_INVALID, "the target has no path with a reference to the row");
  PROPTER_TRY(read_address(m, address, &out, err));
  PROPTER_TRY(read_format(m, constant_of(m, logical, WORD_serialization), &out.is, err));
  PROPTER_TRY(read_stream(m, constant_of(m, logical, WORD_ldesBaseIRI), constant_of(m, logical, WORD_ldes),
                          constant_of(m, logical, WORD_ldesGenerateImmutableIRI), &out.is, err));
  read_compression(m, constant_of(m, logical, WORD_compression), &out.is);
  return add_target(m, t, &out, index, err);
}

PropterStatus target_read(PropterMapping *m, Node term_map, uint64_t *targets, PropterError *err) {
  const DocTriple *t;
  size_t index = 0;
  for (size_t i = 0; (t = doc_get(&m->doc, term_map, WORD_logicalTarget, i)); i++) {
    PROPTER_TRY(read_one(m, t, &index, err));
    *targets |= (uint64_t)1 << index;
  }
  for (size_t i = 0; (t = doc_get(&m->doc, term_map, WORD_logicalTargetMap, i)); i++) {
    PROPTER_TRY(read_by_row(m, t, &index, err));
    *targets |= (uint64_t)1 << index;
  }
  return PROPTER_OK;
}

static const char *wrong_path(PropterStr path, size_t slashes) {
  for (size_t i = 0; i < path.len; i++) {
    if ((unsigned char)path.data[i] < ' ') return "a control character";
    if (path.data[i] == '/' && slashes-- == 0) return "a value with \"/\"";
  }
  return propter_str_find(path, PROPTER_STR("..")) != SIZE_MAX ? "\"..\"" : NULL;
}

static PropterStr first_column(const Target *target) {
  size_t i = 0;
  while (i + 1 < target->address->part_count && !target->address->parts[i].is_column) i++;
  return target->address->parts[i].text;
}

/* The paths of one target. A value may not lead into another folder. */
static PropterStatus place(Execution *x, const Target *target, Range range, Outcome *outcome, PropterError *err) {
  PropterStr folder = target->is.path, column = first_column(target);
  for (size_t i = range.begin; i < range.end; i++) {
    PropterStr path = x->terms.items[i].term.value;
    if (propter_str_starts(path, PROPTER_STR("file://"))) path.data += 7, path.len -= 7;
    while (propter_str_starts(path, PROPTER_STR("./"))) path.data += 2, path.len -= 2;
    const char *wrong = wrong_path(path, target->slashes);
    if (wrong) {
      *outcome = eval_reject(x, "target", column, path, "expected a value that can be the name of a file, found %s", wrong);
      return PROPTER_OK;
    }
    propter_buf_reset(&x->text);
    propter_buf_add(&x->text, folder);
    propter_buf_add(&x->text, path);
    PROPTER_TRY(propter_buf_status(&x->text, err));
    PROPTER_TRY(eval_keep(x, propter_buf_str(&x->text), &x->terms.items[i].term.value, err));
  }
  return PROPTER_OK;
}

PropterStatus target_places(Execution *x, Outcome *outcome, PropterError *err) {
  uint64_t used = 0;
  if (!x->m->targets_by_row) return PROPTER_OK;
  x->places.count = 0;
  for (size_t i = 0; i < x->quads.count; i++) used |= x->quads.items[i].targets;
  for (size_t i = 0; i < x->m->targets.count; i++) {
    const Target *target = &x->m->targets.items[i];
    Range range = {0, 0};
    PropterStr none = {"", 0};
    if (target->address && used >> i & 1) {
      PROPTER_TRY(eval_terms(x, target->address, &range, outcome, err));
      if (*outcome == MISSING) *outcome = eval_reject(x, "target", first_column(target), none, "no value for the path of the file that the row goes to");
      if (*outcome == GOT) PROPTER_TRY(place(x, target, range, outcome, err));
      if (*outcome != GOT) return PROPTER_OK;
    }
    if (!propter_vec_push(&x->places, ((PropterMapTerms){(uint32_t)range.begin, (uint32_t)range.end}))) return no_memory(err);
  }
  return PROPTER_OK;
}
