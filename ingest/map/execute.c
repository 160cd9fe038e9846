/* SPDX-License-Identifier: Apache-2.0 */
#include "execute.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory executing a mapping"); }

/* --- Sources ----------------------------------------------------------------------------------------------------------------- */

static PropterStatus bind(Execution *x, const PropterTable *table, const TermMap *t, PropterError *err) {
  if (!t) return PROPTER_OK;
  for (size_t i = 0; i < t->part_count; i++) {
    if (!t->parts[i].is_column) continue;
    PropterError why = {0};
    PropterStatus status = propter_table_column(table, t->parts[i].text, &x->slots[t->parts[i].slot], &why);
    if (status != PROPTER_OK) return doc_fail(&x->m->doc, t->parts[i].at ? t->parts[i].at : t->at, err, status, "%s", why.message);
  }
  PROPTER_TRY(bind(x, table, t->datatype, err));
  return bind(x, table, t->language, err);
}

static PropterStatus bind_object(Execution *x, const PropterTable *table, size_t source, const TriplesMap *map, const ObjectMap *object, PropterError *err) {
  if (map->source == source) PROPTER_TRY(bind(x, table, object->map, err));
  for (size_t i = 0; i < object->join_count; i++) {
    if (map->source == source) PROPTER_TRY(bind(x, table, object->joins[i].child, err));
    if (x->m->maps.items[object->parent].source == source) PROPTER_TRY(bind(x, table, object->joins[i].parent, err));
  }
  return PROPTER_OK;
}

static PropterStatus bind_map(Execution *x, const PropterTable *table, size_t source, const TriplesMap *map, PropterError *err) {
  bool reads = map->source == source;
  if (reads) PROPTER_TRY(bind(x, table, map->subject, err));
  for (size_t i = 0; reads && i < map->graphs.count; i++) PROPTER_TRY(bind(x, table, map->graphs.items[i], err));
  for (size_t k = 0; k < map->says.count; k++) {
    const PredicateObject *po = &map->says.items[k];
    for (size_t i = 0; reads && i < po->predicates.count; i++) PROPTER_TRY(bind(x, table, po->predicates.items[i], err));
    for (size_t i = 0; reads && i < po->graphs.count; i++) PROPTER_TRY(bind(x, table, po->graphs.items[i], err));
    for (size_t i = 0; i < po->objects.count; i++) PROPTER_TRY(bind_object(x, table, source, map, &po->objects.items[i], err));
  }
  return PROPTER_OK;
}

PropterStatus open_source(Execution *x, size_t source, PropterTable **table, PropterError *err) {
  const LogicalSource *s = &x->m->sources.items[source];
  PropterError why = {0};
  PropterStatus status = propter_table_open(s->is.path.data, &s->options, x->options->limits, table, &why);
  if (status == PROPTER_NOT_FOUND || status == PROPTER_USAGE) return doc_fail(&x->m->doc, s->at, err, status == PROPTER_USAGE ? PROPTER_INVALID : status, "source %s: %s", s->is.path.data, why.message);
  if (status != PROPTER_OK) {
    if (err) *err = why;
    return status;
  }
  for (size_t i = 0; i < x->m->maps.count && status == PROPTER_OK; i++) status = bind_map(x, *table, source, &x->m->maps.items[i], err);
  if (status == PROPTER_OK) return PROPTER_OK;
  propter_table_close(*table);
  *table = NULL;
  return status;
}

/* --- One record -------------------------------------------------------------------------------------------------------------- */

static PropterStatus add_term(Execution *x, const PropterMapTerm *term, uint32_t *index, PropterError *err) {
  *index = (uint32_t)x->terms.count;
  return propter_vec_push(&x->terms, *term) ? PROPTER_OK : no_memory(err);
}

/* Appends the terms that the maps give; the default graph is PROPTER_MAP_DEFAULT. Terms without a value are left out. */
static PropterStatus eval_all(Execution *x, const TermMaps *maps, Indexes *out, Outcome *outcome, PropterError *err) {
  for (size_t i = 0; i < maps->count; i++) {
    uint32_t index = PROPTER_MAP_DEFAULT;
    if (maps->items[i]) {
      PropterMapTerm term;
      PROPTER_TRY(eval_term(x, maps->items[i], &term, outcome, err));
      if (*outcome == REJECTED) return PROPTER_OK;
      if (*outcome == MISSING) continue;
      PROPTER_TRY(add_term(x, &term, &index, err));
    }
    if (!propter_vec_push(out, index)) return no_memory(err);
  }
  *outcome = GOT;
  return PROPTER_OK;
}

static PropterStatus add_joined(Execution *x, const PropterTerm *subject, PropterError *err) {
  uint32_t index;
  PROPTER_TRY(add_term(x, &(PropterMapTerm){.term = *subject}, &index, err));
  return propter_vec_push(&x->objects, index) ? PROPTER_OK : no_memory(err);
}

static PropterStatus eval_objects(Execution *x, const PredicateObject *po, Outcome *outcome, PropterError *err) {
  x->objects.count = 0;
  for (size_t i = 0; i < po->objects.count; i++) {
    const ObjectMap *object = &po->objects.items[i];
    if (!object->map) {
      PROPTER_TRY(join_each(x, object, add_joined, err));
      continue;
    }
    PropterMapTerm term;
    uint32_t index;
    PROPTER_TRY(eval_term(x, object->map, &term, outcome, err));
    if (*outcome == REJECTED || (*outcome == MISSING && object->required)) return PROPTER_OK;
    if (*outcome == MISSING) continue;
    PROPTER_TRY(add_term(x, &term, &index, err));
    if (!propter_vec_push(&x->objects, index)) return no_memory(err);
  }
  *outcome = GOT;
  return PROPTER_OK;
}

static PropterStatus add_quads(Execution *x, uint32_t s, uint32_t p, uint32_t o, const uint32_t *graphs, size_t count, PropterError *err) {
  for (size_t i = 0; i < count; i++)
    if (!propter_vec_push(&x->quads, ((PropterMapQuad){s, p, o, graphs[i]}))) return no_memory(err);
  return PROPTER_OK;
}

/* Quads of one predicate-object map: in the graphs of the subject and its own, or in the default graph where neither names one. */
static PropterStatus say(Execution *x, const TriplesMap *map, const PredicateObject *po, uint32_t subject, Outcome *outcome, PropterError *err) {
  static const uint32_t only_default[] = {PROPTER_MAP_DEFAULT};
  x->predicates.count = x->graphs.count = 0;
  PROPTER_TRY(eval_all(x, &po->predicates, &x->predicates, outcome, err));
  if (*outcome == REJECTED) return PROPTER_OK;
  PROPTER_TRY(eval_all(x, &po->graphs, &x->graphs, outcome, err));
  if (*outcome == REJECTED) return PROPTER_OK;
  PROPTER_TRY(eval_objects(x, po, outcome, err));
  if (*outcome != GOT) return PROPTER_OK;
  bool plain = !map->graphs.count && !po->graphs.count;
  for (size_t p = 0; p < x->predicates.count; p++)
    for (size_t o = 0; o < x->objects.count; o++) {
      uint32_t predicate = x->predicates.items[p], object = x->objects.items[o];
      if (plain) PROPTER_TRY(add_quads(x, subject, predicate, object, only_default, 1, err));
      PROPTER_TRY(add_quads(x, subject, predicate, object, x->subject_graphs.items, x->subject_graphs.count, err));
      PROPTER_TRY(add_quads(x, subject, predicate, object, x->graphs.items, x->graphs.count, err));
    }
  return PROPTER_OK;
}

static PropterStatus add_constant(Execution *x, const TermMap *t, uint32_t *index, PropterError *err) {
  return add_term(x, &(PropterMapTerm){.term = t->constant, .constant = t->number}, index, err);
}

static PropterStatus say_place(Execution *x, const TriplesMap *map, uint32_t subject, PropterError *err) {
  static const uint32_t only_default[] = {PROPTER_MAP_DEFAULT};
  const uint32_t *graphs = map->graphs.count ? x->subject_graphs.items : only_default;
  size_t count = map->graphs.count ? x->subject_graphs.count : 1;
  uint32_t file, row, column, value;
  PROPTER_TRY(add_constant(x, x->m->says_file, &file, err));
  PROPTER_TRY(add_constant(x, x->m->says_row, &row, err));
  PROPTER_TRY(add_constant(x, x->m->says_column, &column, err));
  PROPTER_TRY(add_constant(x, x->m->sources.items[x->source].path, &value, err));
  PROPTER_TRY(add_quads(x, subject, file, value, graphs, count, err));
  char *line = scratch_alloc(&x->scratch, 24);
  if (!line) return no_memory(err);
  (void)snprintf(line, 24, "%" PRIu64, x->row.line);
  PROPTER_TRY(add_term(x, &(PropterMapTerm){.term = propter_typed(propter_str(line), propter_vocab_iri(VOCAB_xsd_integer))}, &value, err));
  PROPTER_TRY(add_quads(x, subject, row, value, graphs, count, err));
  for (size_t i = 0; i < map->columns.count; i++) {
    if (!x->shown[x->map][i]) continue;
    PROPTER_TRY(add_constant(x, map->columns.items[i].name, &value, err));
    PROPTER_TRY(add_quads(x, subject, column, value, graphs, count, err));
  }
  return PROPTER_OK;
}

static PropterStatus reject(Execution *x, PropterError *err) {
  x->counts->rejects++;
  PropterReject r = {x->m->sources.items[x->source].is.path, x->row.line, x->column, x->value, propter_str(x->rule), propter_str(x->reason)};
  return x->sink->reject(&r, x->sink->payload, err);
}

static PropterStatus check_unique(Execution *x, const TriplesMap *map, PropterStr subject, Outcome *outcome, PropterError *err) {
  if (!map->unique) return PROPTER_OK;
  bool added;
  uint64_t *line = propter_map_put(&x->seen[x->map], subject, x->row.line, &added);
  if (!line) return no_memory(err);
  if (!added) {
    PropterStr none = {"", 0};
    *outcome = eval_reject(x, "duplicate", none, subject, "the same time and slices as line %" PRIu64 "; name a propter:keyColumn that tells such rows apart, or remove one", *line);
  }
  return PROPTER_OK;
}

static PropterStatus run_map(Execution *x, PropterError *err) {
  const TriplesMap *map = &x->m->maps.items[x->map];
  Outcome outcome;
  PropterMapTerm subject;
  uint32_t index;
  scratch_rewind(&x->scratch);
  x->terms.count = x->quads.count = x->subject_graphs.count = 0;
  PROPTER_TRY(eval_term(x, map->subject, &subject, &outcome, err));
  if (outcome == REJECTED) return reject(x, err);
  if (outcome == MISSING) {
    x->counts->empty++;
    return PROPTER_OK;
  }
  PROPTER_TRY(add_term(x, &subject, &index, err));
  PROPTER_TRY(eval_all(x, &map->graphs, &x->subject_graphs, &outcome, err));
  for (size_t i = 0; i < map->says.count && outcome == GOT; i++) PROPTER_TRY(say(x, map, &map->says.items[i], index, &outcome, err));
  if (outcome == GOT) PROPTER_TRY(check_unique(x, map, subject.term.value, &outcome, err));
  if (outcome == REJECTED) return reject(x, err);
  if (outcome == MISSING) {
    x->counts->empty++;
    return PROPTER_OK;
  }
  if (!x->quads.count) return PROPTER_OK;
  if (x->options->provenance && map->observation) PROPTER_TRY(say_place(x, map, index, err));
  PropterMapRecord record = {x->source, x->row.line, x->terms.items, x->terms.count, x->quads.items, x->quads.count};
  return x->sink->record(&record, x->sink->payload, err);
}

/* --- The run ------------------------------------------------------------------------------------------------------------------- */

static PropterStatus run_source(Execution *x, size_t source, PropterError *err) {
  PropterTable *table = NULL;
  PROPTER_TRY(open_source(x, source, &table, err));
  PropterStatus status = PROPTER_OK;
  bool found = true;
  x->source = source;
  while (status == PROPTER_OK && (status = propter_table_next(table, &x->row, &found, err)) == PROPTER_OK && found) {
    if (x->counts->rows++ % 65536 == 65535) propter_log_progress(x->options->log, "ingest", x->counts->rows, 0, "rows");
    if (x->row.problem) {
      PropterStr none = {"", 0};
      (void)eval_reject(x, "columns", none, x->row.count ? x->row.cells[0] : none, "%s", x->row.problem);
      status = reject(x, err);
      continue;
    }
    for (x->map = 0; x->map < x->m->maps.count && status == PROPTER_OK; x->map++)
      if (x->m->maps.items[x->map].source == source) status = run_map(x, err);
  }
  propter_table_close(table);
  return status;
}

/* Columns of measures where any predicate is known as one, else all that are not part of the key. */
static PropterStatus choose_columns(Execution *x, PropterError *err) {
  for (size_t i = 0; i < x->m->maps.count; i++) {
    const TriplesMap *map = &x->m->maps.items[i];
    bool any = false;
    x->shown[i] = propter_calloc(map->columns.count, sizeof *x->shown[i]);
    if (!x->shown[i]) return no_memory(err);
    for (size_t k = 0; k < map->columns.count; k++) {
      const Column *c = &map->columns.items[k];
      x->shown[i][k] = c->measure || (x->sink->is_measure && x->sink->is_measure(c->predicate, x->sink->payload));
      any |= x->shown[i][k];
    }
    for (size_t k = 0; k < map->columns.count; k++) x->shown[i][k] |= !any;
  }
  return PROPTER_OK;
}

static void clear(Execution *x) {
  for (size_t i = 0; i < x->m->maps.count; i++) {
    if (x->seen) propter_map_clear(&x->seen[i]);
    if (x->shown) propter_free(x->shown[i]);
  }
  for (size_t i = 0; x->joins && i < x->m->join_count; i++) join_clear(&x->joins[i]);
  propter_free(x->slots);
  propter_free(x->joins);
  propter_free(x->seen);
  propter_free(x->shown);
  scratch_clear(&x->scratch);
  propter_buf_clear(&x->text);
  propter_vec_clear(&x->terms);
  propter_vec_clear(&x->quads);
  propter_vec_clear(&x->predicates);
  propter_vec_clear(&x->objects);
  propter_vec_clear(&x->graphs);
  propter_vec_clear(&x->subject_graphs);
}

PropterStatus propter_mapping_run(const PropterMapping *m, const PropterMapOptions *options, const PropterMapSink *sink, PropterMapCounts *counts, PropterError *err) {
  static const PropterMapOptions defaults;
  *counts = (PropterMapCounts){0};
  Execution x = {.m = m, .options = options ? options : &defaults, .sink = sink, .counts = counts};
  x.slots = propter_calloc(m->slot_count, sizeof *x.slots);
  x.joins = propter_calloc(m->join_count, sizeof *x.joins);
  x.seen = propter_calloc(m->maps.count, sizeof *x.seen);
  x.shown = propter_calloc(m->maps.count, sizeof *x.shown);
  PropterStatus status = x.slots && x.joins && x.seen && x.shown ? choose_columns(&x, err) : no_memory(err);
  if (status == PROPTER_OK) status = join_build_all(&x, err);
  for (size_t i = 0; i < m->sources.count && status == PROPTER_OK; i++) status = run_source(&x, i, err);
  clear(&x);
  return status;
}
