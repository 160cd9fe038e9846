/* SPDX-License-Identifier: Apache-2.0 */
#include "csvw.h"

#include <inttypes.h>
#include <string.h>

void *model_alloc(PropterMapping *m, size_t size, PropterError *err) {
  void *p = propter_arena_alloc(&m->arena, size);
  if (!p) (void)propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a mapping");
  return p;
}

void model_blank(const PropterMapping *m, uint32_t file, PropterStr label, char out[34]) {
  PropterBuf key = {0};
  propter_buf_add(&key, m->doc.files.items[file].iri);
  propter_buf_add_char(&key, '\n');
  propter_buf_add(&key, label);
  out[0] = 'm';
  propter_hash_hex(propter_buf_str(&key), out + 1);
  propter_buf_clear(&key);
}

static PropterStatus copy_blank(PropterMapping *m, uint32_t file, const PropterTerm *term, PropterTerm *out, PropterError *err) {
  *out = *term;
  if (term->kind != PROPTER_TERM_BLANK) return PROPTER_OK;
  char label[34];
  model_blank(m, file, term->value, label);
  out->value = propter_arena_copy(&m->arena, propter_str(label));
  return out->value.data ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a mapping");
}

PropterTerm model_word(PropterVocab word) { return propter_iri(propter_vocab_iri(word)); }

static PropterStatus number_constant(PropterMapping *m, const PropterTerm *term, uint32_t *number, PropterError *err) {
  propter_buf_reset(&m->doc.key);
  propter_term_write(term, &m->doc.key);
  PROPTER_TRY(propter_buf_status(&m->doc.key, err));
  bool added;
  uint64_t *at = propter_map_put(&m->constant_index, propter_buf_str(&m->doc.key), m->constants.count + 1, &added);
  if (!at || (added && !propter_vec_push(&m->constants, *term))) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a mapping");
  *number = (uint32_t)*at;
  return PROPTER_OK;
}

PropterStatus model_constant(PropterMapping *m, const PropterTerm *term, const DocTriple *at, TermMap **out, PropterError *err) {
  TermMap *t = model_alloc(m, sizeof *t, err);
  if (!t) return PROPTER_NO_MEMORY;
  t->kind = EXPRESSION_CONSTANT;
  t->type = term->kind == PROPTER_TERM_IRI ? TYPE_IRI : term->kind == PROPTER_TERM_BLANK ? TYPE_BLANK : TYPE_LITERAL;
  t->at = at;
  PROPTER_TRY(copy_blank(m, at ? at->file : 0, term, &t->constant, err));
  PROPTER_TRY(number_constant(m, &t->constant, &t->number, err));
  *out = t;
  return PROPTER_OK;
}

static PropterStatus with_parts(PropterMapping *m, ExpressionKind kind, size_t most, TermType type, const DocTriple *at, TermMap **out, PropterError *err) {
  TermMap *t = model_alloc(m, sizeof *t, err);
  if (!t || !(t->parts = model_alloc(m, most * sizeof *t->parts, err))) return PROPTER_NO_MEMORY;
  t->kind = kind;
  t->type = type;
  t->at = at;
  *out = t;
  return PROPTER_OK;
}

PropterStatus model_reference(PropterMapping *m, PropterStr column, TermType type, const DocTriple *at, TermMap **out, PropterError *err) {
  PROPTER_TRY(with_parts(m, EXPRESSION_REFERENCE, 1, type, at, out, err));
  (*out)->parts[(*out)->part_count++] = (Part){.text = column, .is_column = true, .slot = m->slot_count++};
  return PROPTER_OK;
}

PropterStatus model_template(PropterMapping *m, PropterStr text, TermType type, const DocTriple *at, TermMap **out, PropterError *err) {
  size_t braces = 0;
  for (size_t i = 0; i < text.len; i++) braces += text.data[i] == '{';
  PROPTER_TRY(with_parts(m, EXPRESSION_TEMPLATE, 2 * braces + 1, type, at, out, err));
  TermMap *t = *out;
  char *buf = model_alloc(m, text.len + 1, err);
  if (!buf) return PROPTER_NO_MEMORY;
  size_t begin = 0, to = 0, open = SIZE_MAX;
  for (size_t i = 0; i <= text.len; i++) {
    char c = i < text.len ? text.data[i] : '\0';
    bool end = i == text.len;
    if (!end && c == '\\' && i + 1 < text.len && strchr("{}\\", text.data[i + 1])) {
      buf[to++] = text.data[++i];
      continue;
    }
    bool opens = !end && c == '{', closes = !end && c == '}';
    if (opens && open != SIZE_MAX)
      return doc_fail(&m->doc, at, err, PROPTER_INVALID,
                      "template \"%.*s\": expected '}' for the '{' at character %zu, found another '{'; a brace that stands for itself is written \\{",
                      (int)text.len, text.data, open + 1);
    if (closes && open == SIZE_MAX)
      return doc_fail(&m->doc, at, err, PROPTER_INVALID, "template \"%.*s\": '}' at character %zu has no '{'; a brace that stands for itself is written \\}",
                      (int)text.len, text.data, i + 1);
    if (end && open != SIZE_MAX)
      return doc_fail(&m->doc, at, err, PROPTER_INVALID, "template \"%.*s\": expected '}' for the '{' at character %zu, found the end", (int)text.len,
                      text.data, open + 1);
    if (!opens && !closes && !end) {
      buf[to++] = c;
      continue;
    }
    if (closes && to == begin)
      return doc_fail(&m->doc, at, err, PROPTER_INVALID, "template \"%.*s\": expected a column name between the braces at character %zu", (int)text.len,
                      text.data, open + 1);
    if (to > begin) t->parts[t->part_count++] = (Part){.text = {buf + begin, to - begin}, .is_column = closes, .slot = closes ? m->slot_count++ : 0};
    begin = to;
    open = opens ? i : SIZE_MAX;
  }
  if (!t->part_count) return doc_fail(&m->doc, at, err, PROPTER_INVALID, "expected a template, found an empty text");
  return PROPTER_OK;
}

PropterStatus model_definition(PropterMapping *m, uint32_t file, const PropterTerm *s, const PropterTerm *p, const PropterTerm *o, PropterError *err) {
  Definition d = {{*s, *p, *o, propter_iri(m->doc.files.items[file].iri)}};
  PROPTER_TRY(copy_blank(m, file, s, &d.quad[0], err));
  PROPTER_TRY(copy_blank(m, file, o, &d.quad[2], err));
  return propter_vec_push(&m->definitions, d) ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a metric definition");
}

/* --- Where observations come from ---------------------------------------------------------------------------------------------- */

static bool among_parts(const TermMap *t, PropterStr column) {
  for (size_t i = 0; i < t->part_count; i++)
    if (t->parts[i].is_column && propter_str_equal(t->parts[i].text, column)) return true;
  return false;
}

static bool is_measure(const PropterMapping *m, PropterStr predicate) {
  for (size_t i = 0; i < m->doc.triples.count; i++) {
    const DocTriple *t = &m->doc.triples.items[i];
    if (doc_node(&m->doc, t->p)->word == WORD_type && propter_str_equal(doc_node(&m->doc, t->o)->term.value, propter_vocab_iri(VOCAB_qb_MeasureProperty)) &&
        propter_str_equal(doc_node(&m->doc, t->s)->term.value, predicate))
      return true;
  }
  return false;
}

static PropterStatus add_column(PropterMapping *m, TriplesMap *map, PropterStr predicate, PropterStr column, PropterError *err) {
  for (size_t i = 0; i < map->columns.count; i++)
    if (propter_str_equal(map->columns.items[i].predicate, predicate) && propter_str_equal(map->columns.items[i].name->constant.value, column))
      return PROPTER_OK;
  Column c = {.predicate = predicate, .measure = is_measure(m, predicate)};
  PropterTerm text = propter_literal(column);
  PROPTER_TRY(model_constant(m, &text, NULL, &c.name, err));
  return propter_vec_push(&map->columns, c) ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a mapping");
}

static PropterStatus find_columns(PropterMapping *m, TriplesMap *map, PropterError *err) {
  for (size_t k = 0; k < map->says.count; k++) {
    const PredicateObject *po = &map->says.items[k];
    for (size_t o = 0; o < po->objects.count; o++) {
      const TermMap *t = po->objects.items[o].map;
      for (size_t i = 0; t && i < t->part_count; i++) {
        if (!t->parts[i].is_column || among_parts(map->subject, t->parts[i].text)) continue;
        for (size_t p = 0; p < po->predicates.count; p++)
          if (po->predicates.items[p]->kind == EXPRESSION_CONSTANT)
            PROPTER_TRY(add_column(m, map, po->predicates.items[p]->constant.value, t->parts[i].text, err));
      }
    }
  }
  return PROPTER_OK;
}

static PropterStatus prepare_places(PropterMapping *m, PropterError *err) {
  PropterTerm file = model_word(VOCAB_propter_sourceFile), row = model_word(VOCAB_propter_sourceRow), column = model_word(VOCAB_propter_sourceColumn);
  PROPTER_TRY(model_constant(m, &file, NULL, &m->says_file, err));
  PROPTER_TRY(model_constant(m, &row, NULL, &m->says_row, err));
  PROPTER_TRY(model_constant(m, &column, NULL, &m->says_column, err));
  for (size_t i = 0; i < m->sources.count; i++) {
    LogicalSource *s = &m->sources.items[i];
    if (!(s->paths = model_alloc(m, s->is.file_count * sizeof(TermMap *), err))) return PROPTER_NO_MEMORY;
    for (size_t k = 0; k < s->is.file_count; k++) {
      PropterTerm path = propter_literal(s->is.files[k]);
      PROPTER_TRY(model_constant(m, &path, NULL, &s->paths[k], err));
    }
  }
  for (size_t i = 0; i < m->maps.count; i++)
    if (m->maps.items[i].observation) PROPTER_TRY(find_columns(m, &m->maps.items[i], err));
  return PROPTER_OK;
}

/* No definition is left: the first at its place, the others with their lines as far as a message goes. */
static PropterStatus fail_of_refusals(const PropterMapping *m, PropterError *err) {
  const PropterMapRefusal *r = m->doc.refusals.items;
  PropterBuf text = {0};
  for (size_t i = 0; i < m->doc.refusals.count; i++)
    i ? propter_buf_printf(&text, "; line %" PRIu64 ": %s", r[i].line, r[i].reason.data) : propter_buf_add(&text, r->reason);
  PropterStatus status = propter_buf_status(&text, err);
  propter_error_at(err, r->file.data, r->line, 0);
  if (status == PROPTER_OK) status = propter_fail(err, PROPTER_INVALID, "%s", text.data);
  propter_buf_clear(&text);
  return status;
}

/* --- Public ------------------------------------------------------------------------------------------------------------------ */

PropterStatus propter_mapping_read(const char *const *paths, size_t count, const PropterMappingOptions *options, PropterMapping **out, PropterError *err) {
  static const PropterMappingOptions defaults;
  PropterMapping *m = propter_calloc(1, sizeof *m);
  if (!m) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a mapping");
  m->doc.arena = &m->arena;
  m->options = options ? options : &defaults;
  m->doc.database = m->options->database != NULL;
  m->plain = m->options->plain ? m->options->plain : "";
  PropterStatus status = doc_read(&m->doc, paths, count, m->options->limits, err);
  if (status == PROPTER_OK && !count && m->options->database) status = direct_compile(m, err);
  if (status == PROPTER_OK) status = rml_compile(m, err);
  if (status == PROPTER_OK) status = metric_compile(m, err);
  if (status == PROPTER_OK) status = csvw_compile(m, err);
  if (status == PROPTER_OK && !m->maps.count && !m->definitions.count && m->doc.refusals.count) status = fail_of_refusals(m, err);
  if (status == PROPTER_OK && !m->maps.count && !m->definitions.count) {
    propter_error_at(err, count ? paths[0] : NULL, 0, 0);
    status = propter_fail(err, PROPTER_INVALID, "expected RML triples maps or metric definitions (propter:Metric with propter:sourceFile), found neither");
  }
  if (status == PROPTER_OK) status = database_joins(m, err);
  if (status == PROPTER_OK) status = prepare_places(m, err);
  m->options = NULL;
  if (status != PROPTER_OK) {
    propter_mapping_free(m);
    return status;
  }
  *out = m;
  return PROPTER_OK;
}

void propter_mapping_free(PropterMapping *m) {
  if (!m) return;
  for (size_t i = 0; i < m->maps.count; i++) {
    TriplesMap *t = &m->maps.items[i];
    for (size_t k = 0; k < t->says.count; k++) {
      propter_vec_clear(&t->says.items[k].predicates);
      propter_vec_clear(&t->says.items[k].objects);
      propter_vec_clear(&t->says.items[k].graphs);
    }
    propter_vec_clear(&t->says);
    propter_vec_clear(&t->graphs);
    propter_vec_clear(&t->columns);
  }
  for (size_t i = 0; i < m->sources.count; i++) propter_vec_clear(&m->sources.items[i].nulls);
  for (size_t i = 0; i < m->views.count; i++) view_clear(m->views.items[i]);
  propter_vec_clear(&m->views);
  for (size_t i = 0; i < m->patterns.count; i++) propter_regex_free(m->patterns.items[i]);
  propter_vec_clear(&m->patterns);
  csvw_free(m->csvw);
  propter_vec_clear(&m->targets);
  propter_vec_clear(&m->maps);
  propter_vec_clear(&m->sources);
  propter_vec_clear(&m->constants);
  propter_vec_clear(&m->definitions);
  propter_map_clear(&m->constant_index);
  doc_clear(&m->doc);
  propter_arena_clear(&m->arena);
  propter_free(m);
}

const PropterMapSource *propter_mapping_source(const PropterMapping *m, size_t n) { return n < m->sources.count ? &m->sources.items[n].is : NULL; }

const PropterTableOptions *propter_mapping_source_options(const PropterMapping *m, size_t n) { return &m->sources.items[n].options; }

const PropterMapRefusal *propter_mapping_refusal(const PropterMapping *m, size_t n) { return n < m->doc.refusals.count ? &m->doc.refusals.items[n] : NULL; }

const PropterMapTarget *propter_mapping_target(const PropterMapping *m, size_t n) { return n < m->targets.count ? &m->targets.items[n].is : NULL; }

const PropterTerm *propter_mapping_constant(const PropterMapping *m, uint32_t number) { return &m->constants.items[number - 1]; }

bool propter_mapping_by_row(const PropterMapping *m) { return m->gather_count == 0 && m->change_count == 0 && !m->csvw; }

size_t propter_mapping_maps(const PropterMapping *m) { return m->maps.count; }

bool propter_mapping_join(const PropterMapping *m, size_t n, PropterMapJoin *join) {
  for (size_t i = 0; i < m->maps.count; i++)
    for (size_t k = 0; k < m->maps.items[i].says.count; k++) {
      const PredicateObject *po = &m->maps.items[i].says.items[k];
      for (size_t o = 0; o < po->objects.count; o++) {
        const ObjectMap *object = &po->objects.items[o];
        if ((object->map && !object->queried) || n--) continue;
        *join = (PropterMapJoin){.child = doc_name(&m->doc, m->maps.items[i].node), .parent = doc_name(&m->doc, m->maps.items[object->parent].node), .file = "",
                                 .conditions = object->queried ? object->queried : object->join_count, .database = object->queried,
                                 .projection = !object->queried && join_is_projection(m, &m->maps.items[i], po, object)};
        if (object->at) join->file = m->doc.files.items[object->at->file].path, join->line = object->at->line;
        return true;
      }
    }
  return false;
}

/* Text that every subject of a triples map begins with. */
static PropterStr subject_prefix(const TriplesMap *map) {
  const TermMap *t = map->subject;
  bool plain = t->type == TYPE_IRI && t->kind == EXPRESSION_TEMPLATE && !t->parts[0].is_column && memchr(t->parts[0].text.data, ':', t->parts[0].text.len);
  return plain ? t->parts[0].text : (PropterStr){"", 0};
}

/* Two objects of one row may be the same where a predicate stands twice; lists, containers and graphs are not looked into. */
static bool may_repeat_in_row(const TriplesMap *map) {
  if (map->graphs.count || !subject_prefix(map).len) return true;
  for (size_t i = 0; i < map->says.count; i++) {
    const PredicateObject *po = &map->says.items[i];
    if (po->graphs.count || po->predicates.count != 1 || po->objects.count != 1 || po->predicates.items[0]->kind != EXPRESSION_CONSTANT) return true;
    for (size_t k = 0; k < i; k++)
      if (map->says.items[k].predicates.items[0]->number == po->predicates.items[0]->number) return true;
    if (po->objects.items[0].map ? po->objects.items[0].map->kind == EXPRESSION_FUNCTION || po->objects.items[0].map->kind == EXPRESSION_GATHER
                                 : po->objects.items[0].join_count > 0)
      return true;
  }
  return false;
}

/* Whether a triples map says what its predicates do not tell: where an observation comes from, the parts of lists, tables of CSVW. */
static bool says_more(const TriplesMap *map) {
  bool more = map->observation || map->subject->gather || !map->says.count;
  for (size_t i = 0; i < map->says.count; i++)
    for (size_t o = 0; o < map->says.items[i].objects.count; o++)
      more |= map->says.items[i].objects.items[o].map && map->says.items[i].objects.items[o].map->gather;
  return more;
}

/* Whether two triples maps may say the same of one subject. */
static bool share_predicate(const TriplesMap *a, const TriplesMap *b) {
  if (says_more(a) || says_more(b)) return true;
  for (size_t i = 0; i < a->says.count; i++)
    for (size_t p = 0; p < a->says.items[i].predicates.count; p++)
      for (size_t k = 0; k < b->says.count; k++)
        for (size_t q = 0; q < b->says.items[k].predicates.count; q++) {
          uint32_t one = a->says.items[i].predicates.items[p]->number, other = b->says.items[k].predicates.items[q]->number;
          if (!one || !other || one == other) return true;
        }
  return false;
}

bool propter_mapping_may_meet(const PropterMapping *m, size_t map) {
  PropterStr mine = subject_prefix(&m->maps.items[map]);
  if (may_repeat_in_row(&m->maps.items[map]) || m->sources.items[m->maps.items[map].source].several) return true;
  for (size_t i = 0; i < m->maps.count; i++) {
    PropterStr other = subject_prefix(&m->maps.items[i]);
    if (i != map && (propter_str_starts(mine, other) || propter_str_starts(other, mine)) && share_predicate(&m->maps.items[map], &m->maps.items[i]))
      return true;
  }
  return false;
}

uint32_t propter_mapping_constants(const PropterMapping *m) { return (uint32_t)m->constants.count + 1; }

PropterStatus propter_mapping_definitions(const PropterMapping *m, PropterStatus (*statement)(const PropterTerm quad[4], void *payload, PropterError *err),
                                          void *payload, PropterError *err) {
  for (size_t i = 0; i < m->definitions.count; i++) PROPTER_TRY(statement(m->definitions.items[i].quad, payload, err));
  return PROPTER_OK;
}
