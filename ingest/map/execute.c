/* SPDX-License-Identifier: Apache-2.0 */
#include "csvw.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory executing a mapping"); }

/* --- Sources ----------------------------------------------------------------------------------------------------------------- */

static PropterStatus bind_object(Execution *x, PropterTable *table, size_t source, const TriplesMap *map, const ObjectMap *object, PropterError *err);

static PropterStatus bind_gather(Execution *x, PropterTable *table, const TriplesMap *map, const Gather *g, PropterError *err);

static PropterStatus bind(Execution *x, PropterTable *table, const TriplesMap *map, const TermMap *t, PropterError *err) {
  if (!t) return PROPTER_OK;
  for (size_t i = 0; i < t->part_count; i++) {
    if (!t->parts[i].is_column) continue;
    PropterError why = {0};
    PropterStatus status = propter_table_column(table, t->parts[i].text, &x->slots[t->parts[i].slot], &why);
    x->uses[t->parts[i].slot].part = &t->parts[i];
    x->uses[t->parts[i].slot].source = map->source;
    if (status != PROPTER_OK) return doc_fail(&x->m->doc, t->parts[i].at ? t->parts[i].at : t->at, err, status, "%s", why.message);
  }
  for (size_t i = 0; t->call && i < FUNCTION_PARAMETERS; i++) PROPTER_TRY(bind(x, table, map, t->call->arguments[i], err));
  if (t->gather) PROPTER_TRY(bind_gather(x, table, map, t->gather, err));
  for (size_t i = 0; t->targets & x->m->targets_by_row && i < x->m->targets.count; i++)
    if (t->targets >> i & 1) PROPTER_TRY(bind(x, table, map, x->m->targets.items[i].address, err));
  PROPTER_TRY(bind(x, table, map, t->condition, err));
  PROPTER_TRY(bind(x, table, map, t->datatype, err));
  return bind(x, table, map, t->language, err);
}

static PropterStatus bind_gather(Execution *x, PropterTable *table, const TriplesMap *map, const Gather *g, PropterError *err) {
  PROPTER_TRY(bind(x, table, map, g->name, err));
  for (size_t i = 0; i < g->item_count; i++) PROPTER_TRY(bind_object(x, table, map->source, map, &g->items[i], err));
  return PROPTER_OK;
}

static PropterStatus bind_object(Execution *x, PropterTable *table, size_t source, const TriplesMap *map, const ObjectMap *object, PropterError *err) {
  if (map->source == source) PROPTER_TRY(bind(x, table, map, object->map, err));
  for (size_t i = 0; i < object->join_count; i++) {
    if (map->source == source) PROPTER_TRY(bind(x, table, map, object->joins[i].child, err));
    if (x->m->maps.items[object->parent].source == source) PROPTER_TRY(bind(x, table, map, object->joins[i].parent, err));
  }
  return PROPTER_OK;
}

static PropterStatus bind_map(Execution *x, PropterTable *table, size_t source, const TriplesMap *map, PropterError *err) {
  bool reads = map->source == source;
  if (reads) PROPTER_TRY(bind(x, table, map, map->subject, err));
  for (size_t i = 0; reads && i < map->graphs.count; i++) PROPTER_TRY(bind(x, table, map, map->graphs.items[i], err));
  for (size_t k = 0; k < map->says.count; k++) {
    const PredicateObject *po = &map->says.items[k];
    for (size_t i = 0; reads && i < po->predicates.count; i++) PROPTER_TRY(bind(x, table, map, po->predicates.items[i], err));
    for (size_t i = 0; reads && i < po->graphs.count; i++) PROPTER_TRY(bind(x, table, map, po->graphs.items[i], err));
    for (size_t i = 0; i < po->objects.count; i++) PROPTER_TRY(bind_object(x, table, source, map, &po->objects.items[i], err));
  }
  return PROPTER_OK;
}

PropterStatus open_source(Execution *x, size_t source, size_t file, PropterTable **table, PropterError *err) {
  x->source = source, x->file = file;
  PROPTER_TRY(source_open(x->m, source, file, x->options->limits, table, err));
  PropterStatus status = PROPTER_OK;
  for (size_t i = 0; i < x->m->maps.count && status == PROPTER_OK; i++) status = bind_map(x, *table, source, &x->m->maps.items[i], err);
  if (status == PROPTER_OK) return PROPTER_OK;
  propter_table_close(*table);
  *table = NULL;
  return status;
}

PropterStatus propter_mapping_whole(const PropterMapping *m, size_t source, bool *expressions, PropterBuf *whole, PropterError *err) {
  static const PropterMapOptions defaults;
  const LogicalSource *s = &m->sources.items[source];
  Execution x = {.m = m, .options = &defaults, .slots = propter_calloc(m->slot_count, sizeof *x.slots), .uses = propter_calloc(m->slot_count, sizeof *x.uses)};
  PropterTable *table = NULL;
  PropterStatus status = x.slots && x.uses ? PROPTER_OK : no_memory(err);
  bool file = !s->csvw && !s->is.database && s->is.file_count && strcmp(s->is.files[0].data, "-") != 0;
  *expressions = false;
  if (status == PROPTER_OK && file) status = open_source(&x, source, 0, &table, err);
  if (status == PROPTER_OK && table && propter_table_has_expressions(table)) {
    *expressions = true;
    propter_buf_add(whole, propter_str(propter_table_whole(table)));
    status = propter_buf_status(whole, err);
  }
  propter_table_close(table);
  propter_free(x.slots);
  propter_free(x.uses);
  return status;
}

/* --- One record -------------------------------------------------------------------------------------------------------------- */

/* Appends the terms that the maps give; the default graph is PROPTER_MAP_DEFAULT. Terms without a value are left out. */
static PropterStatus eval_all(Execution *x, const TermMaps *maps, Indexes *out, Outcome *outcome, PropterError *err) {
  for (size_t i = 0; i < maps->count; i++) {
    if (!maps->items[i]) {
      if (!propter_vec_push(out, PROPTER_MAP_DEFAULT)) return no_memory(err);
      continue;
    }
    Range range;
    PROPTER_TRY(eval_terms(x, maps->items[i], &range, outcome, err));
    if (*outcome == REJECTED) return PROPTER_OK;
    for (size_t k = range.begin; k < range.end; k++)
      if (!propter_vec_push(out, (uint32_t)k)) return no_memory(err);
  }
  *outcome = GOT;
  return PROPTER_OK;
}

PropterStatus eval_object(Execution *x, const ObjectMap *object, Range *out, Outcome *outcome, PropterError *err) {
  if (object->map) return eval_terms(x, object->map, out, outcome, err);
  *outcome = GOT;
  return join_terms(x, object, out, err);
}

static PropterStatus eval_objects(Execution *x, const PredicateObject *po, Outcome *outcome, PropterError *err) {
  x->objects.count = 0;
  for (size_t i = 0; i < po->objects.count; i++) {
    const ObjectMap *object = &po->objects.items[i];
    Range range;
    PROPTER_TRY(eval_object(x, object, &range, outcome, err));
    if (*outcome == REJECTED || (*outcome == MISSING && object->required)) return PROPTER_OK;
    for (size_t k = range.begin; k < range.end; k++)
      if (!propter_vec_push(&x->objects, (uint32_t)k)) return no_memory(err);
  }
  *outcome = GOT;
  return PROPTER_OK;
}

static PropterStatus add_quads(Execution *x, uint32_t s, uint32_t p, uint32_t o, const uint32_t *graphs, size_t count, PropterError *err) {
  uint64_t targets = x->terms.items[s].targets | x->terms.items[p].targets | x->terms.items[o].targets;
  for (size_t i = 0; i < count; i++) {
    uint64_t also = graphs[i] == PROPTER_MAP_DEFAULT ? 0 : x->terms.items[graphs[i]].targets;
    if (!propter_vec_push(&x->quads, ((PropterMapQuad){s, p, o, graphs[i], targets | also}))) return no_memory(err);
  }
  return PROPTER_OK;
}

/* The triples of the lists and containers made last, in the graphs of the statement they are part of. */
static PropterStatus add_extras(Execution *x, const Indexes *graphs, PropterError *err) {
  for (size_t i = 0; i < x->extras.count; i++) {
    const Extra *e = &x->extras.items[i];
    PROPTER_TRY(add_quads(x, e->s, e->p, e->o, graphs->items, graphs->count, err));
  }
  x->extras.count = 0;
  return PROPTER_OK;
}

/* Graphs of one predicate-object map: those of the subject and its own, or the default graph where neither names one. */
static PropterStatus choose_graphs(Execution *x, const TriplesMap *map, const PredicateObject *po, Outcome *outcome, PropterError *err) {
  x->graphs.count = 0;
  *outcome = GOT;
  for (size_t i = 0; i < x->subject_graphs.count; i++)
    if (!propter_vec_push(&x->graphs, x->subject_graphs.items[i])) return no_memory(err);
  PROPTER_TRY(eval_all(x, &po->graphs, &x->graphs, outcome, err));
  if (!map->graphs.count && !po->graphs.count && !propter_vec_push(&x->graphs, PROPTER_MAP_DEFAULT)) return no_memory(err);
  return PROPTER_OK;
}

static PropterStatus say(Execution *x, const TriplesMap *map, const PredicateObject *po, Range subjects, Outcome *outcome, PropterError *err) {
  x->predicates.count = 0;
  PROPTER_TRY(eval_all(x, &po->predicates, &x->predicates, outcome, err));
  if (*outcome == REJECTED) return PROPTER_OK;
  PROPTER_TRY(choose_graphs(x, map, po, outcome, err));
  if (*outcome == REJECTED) return PROPTER_OK;
  x->statement_graphs = &x->graphs;
  PROPTER_TRY(eval_objects(x, po, outcome, err));
  if (*outcome != GOT) return PROPTER_OK;
  for (size_t s = subjects.begin; s < subjects.end; s++)
    for (size_t p = 0; p < x->predicates.count; p++)
      for (size_t o = 0; o < x->objects.count; o++)
        PROPTER_TRY(add_quads(x, (uint32_t)s, x->predicates.items[p], x->objects.items[o], x->graphs.items, x->graphs.count, err));
  return add_extras(x, &x->graphs, err);
}

static PropterStatus add_constant(Execution *x, const TermMap *t, uint32_t *index, PropterError *err) {
  return eval_add(x, &(PropterMapTerm){.term = t->constant, .constant = t->number}, index, err);
}

static PropterStatus say_place(Execution *x, const TriplesMap *map, uint32_t subject, PropterError *err) {
  static const uint32_t only_default[] = {PROPTER_MAP_DEFAULT};
  const uint32_t *graphs = map->graphs.count ? x->subject_graphs.items : only_default;
  size_t count = map->graphs.count ? x->subject_graphs.count : 1;
  uint32_t file, row, column, value;
  PROPTER_TRY(add_constant(x, x->m->says_file, &file, err));
  PROPTER_TRY(add_constant(x, x->m->says_row, &row, err));
  PROPTER_TRY(add_constant(x, x->m->says_column, &column, err));
  PROPTER_TRY(add_constant(x, x->m->sources.items[x->source].paths[x->file], &value, err));
  PROPTER_TRY(add_quads(x, subject, file, value, graphs, count, err));
  char *line = scratch_alloc(&x->scratch, 24);
  if (!line) return no_memory(err);
  (void)snprintf(line, 24, "%" PRIu64, x->row.line);
  PROPTER_TRY(eval_add(x, &(PropterMapTerm){.term = propter_typed(propter_str(line), propter_vocab_iri(VOCAB_xsd_integer))}, &value, err));
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
  PropterReject r = {x->m->sources.items[x->source].is.files[x->file], x->row.line, x->column, x->value, propter_str(x->rule), propter_str(x->reason)};
  return x->sink->reject(&r, x->sink->payload, err);
}

enum { LINE_BITS = 40 };

PropterStatus check_unique(Execution *x, const TriplesMap *map, PropterStr subject, Outcome *outcome, PropterError *err) {
  if (!map->unique) return PROPTER_OK;
  uint64_t here = (uint64_t)x->file << LINE_BITS | x->row.line;
  bool added;
  const uint64_t *first = propter_map_put(&x->seen[x->map], subject, here, &added);
  if (!first) return no_memory(err);
  if (added || *first == here) return PROPTER_OK;
  PropterStr none = {"", 0}, file = x->m->sources.items[x->source].is.files[*first >> LINE_BITS];
  bool same = *first >> LINE_BITS == x->file;
  *outcome = eval_reject(x, "duplicate", none, subject,
                         "the same time and slices as line %" PRIu64 "%s%.*s; name a propter:keyColumn that tells such rows apart, or remove one",
                         *first & ((UINT64_C(1) << LINE_BITS) - 1), same ? "" : " of ", same ? 0 : (int)file.len, file.data);
  return PROPTER_OK;
}

/* The subjects of the row with their graphs, and what is said of them. */
static PropterStatus make_record(Execution *x, const TriplesMap *map, Range *subjects, Outcome *outcome, PropterError *err) {
  Outcome graphs = GOT;
  Indexes *own = &x->subject_graphs;
  PROPTER_TRY(eval_all(x, &map->graphs, own, &graphs, err));
  if (!map->graphs.count && !propter_vec_push(own, PROPTER_MAP_DEFAULT)) return no_memory(err);
  x->statement_graphs = own;
  PROPTER_TRY(eval_terms(x, map->subject, subjects, outcome, err));
  if (*outcome != GOT) return PROPTER_OK;
  *outcome = graphs;
  if (x->options->subjects_only) {
    static const uint32_t only_default[] = {PROPTER_MAP_DEFAULT};
    uint32_t s = (uint32_t)subjects->begin;
    x->extras.count = 0;
    return subjects->end - subjects->begin == 1 ? add_quads(x, s, s, s, only_default, 1, err) : PROPTER_OK;
  }
  PROPTER_TRY(add_extras(x, own, err));
  if (!map->graphs.count) own->count = 0;
  for (size_t i = 0; i < map->says.count && *outcome == GOT; i++) PROPTER_TRY(say(x, map, &map->says.items[i], *subjects, outcome, err));
  for (size_t s = subjects->begin; s < subjects->end && *outcome == GOT; s++) PROPTER_TRY(check_unique(x, map, x->terms.items[s].term.value, outcome, err));
  return PROPTER_OK;
}

/* Of an observation, the cell of its figure is empty: a note below the table tells nothing, whatever stands where its day should. */
static bool has_no_figure(const Execution *x, const TriplesMap *map) {
  for (size_t i = 0; i < map->says.count && map->observation; i++)
    for (size_t k = 0; k < map->says.items[i].objects.count; k++) {
      const ObjectMap *object = &map->says.items[i].objects.items[k];
      if (object->required && object->map && object->map->part_count == 1 && object->map->parts[0].is_amount) return eval_empty(x, &object->map->parts[0]);
    }
  return false;
}

static PropterStatus run_map(Execution *x, PropterError *err) {
  const TriplesMap *map = &x->m->maps.items[x->map];
  Outcome outcome = GOT;
  Range subjects = {0, 0};
  scratch_rewind(&x->scratch);
  x->terms.count = x->quads.count = x->subject_graphs.count = x->texts.count = x->extras.count = 0;
  PROPTER_TRY(make_record(x, map, &subjects, &outcome, err));
  if (outcome == REJECTED && has_no_figure(x, map)) outcome = MISSING;
  if (outcome == REJECTED) return reject(x, err);
  if (outcome == MISSING) {
    x->counts->empty += !change_kind(map->subject); /* what did not change lacks nothing */
    return PROPTER_OK;
  }
  if (!x->quads.count) return PROPTER_OK;
  PROPTER_TRY(target_places(x, &outcome, err));
  if (outcome == REJECTED) return reject(x, err);
  for (size_t s = subjects.begin; s < subjects.end && x->options->provenance && map->observation && !x->options->subjects_only; s++)
    PROPTER_TRY(say_place(x, map, (uint32_t)s, err));
  PropterMapRecord record = {x->source, x->map, x->row.line, x->terms.items, x->terms.count, x->quads.items, x->quads.count, x->places.items};
  return x->sink->record(&record, x->sink->payload, err);
}

/* A reference that no row has is most likely misspelt. Columns of tables were found when the source was opened; expressions are judged at its end. */
static PropterStatus reject_unknown(Execution *x, PropterError *err) {
  PropterStr none = {"", 0};
  for (size_t i = 0; i < x->m->slot_count; i++) {
    const SlotUse *use = &x->uses[i];
    if (!use->part || use->source != x->source || !use->asked || use->found) continue;
    x->row.line = 0;
    (void)eval_reject(x, "reference", use->part->text, none, "no row has a value for it");
    PROPTER_TRY(reject(x, err));
  }
  return PROPTER_OK;
}

/* --- The run ------------------------------------------------------------------------------------------------------------------- */

void count_row(Execution *x) {
  if (x->counts->rows++ % 65536 == 65535) propter_log_progress(x->options->log, "ingest", x->counts->rows, 0, "rows");
}

/* The row itself, as a line of CSV or as it stands in the file, so that it can be mended. */
static PropterStatus reject_row(Execution *x, PropterError *err) {
  PropterStr none = {"", 0};
  propter_buf_reset(&x->text);
  for (size_t i = 0; i < x->row.count && x->row.cells; i++) {
    PropterStr cell = x->row.cells[i];
    bool quoted = false;
    for (size_t k = 0; k < cell.len; k++) quoted |= strchr(",\"\r\n", cell.data[k]) != NULL;
    if (i) propter_buf_add_char(&x->text, ',');
    if (quoted) propter_put_quoted(&x->text, cell);
    else propter_buf_add(&x->text, cell);
  }
  PROPTER_TRY(propter_buf_status(&x->text, err));
  (void)eval_reject(x,
                    x->row.rule       ? x->row.rule
                    : x->row.text.len ? "syntax"
                                      : "columns",
                    none, x->row.text.len ? x->row.text : propter_buf_str(&x->text), "%s", x->row.problem);
  return reject(x, err);
}

PropterStatus execute_row(Execution *x, PropterError *err) {
  if (x->row.problem) return reject_row(x, err);
  for (x->map = 0; x->map < x->m->maps.count; x->map++)
    if (x->m->maps.items[x->map].source == x->source) PROPTER_TRY(run_map(x, err));
  return PROPTER_OK;
}

static PropterStatus run_rows(Execution *x, PropterTable *table, PropterError *err) {
  for (;;) {
    bool found, asked = false, known = false;
    PROPTER_TRY(known_skip(x, table, &asked, err));
    PropterError why = {0};
    PropterStatus status = propter_table_next(table, &x->row, &found, &why);
    if (status != PROPTER_OK) return source_failed(x->m, x->source, x->file, status, &why, err);
    if (!found) return PROPTER_OK;
    count_row(x);
    if (x->sink->row && !asked) PROPTER_TRY(row_is_known(x, &known, err));
    if (!known) PROPTER_TRY(execute_row(x, err));
  }
}

static bool depends_on_place(const PropterMapping *m, size_t source) {
  if (m->fresh_count) return true;
  for (size_t i = 0; i < m->maps.count; i++)
    if (m->maps.items[i].source == source && m->maps.items[i].observation) return true;
  return false;
}

/* What only a view is on is read by it. */
static bool is_read(const PropterMapping *m, size_t source) {
  size_t i = 0;
  while (i < m->maps.count && m->maps.items[i].source != source) i++;
  return i < m->maps.count || !m->views.count;
}

/* Most likely a path that is misspelt, or a file that is not the one. */
static void warn_of_nothing(const Execution *x, size_t source) {
  const LogicalSource *s = &x->m->sources.items[source];
  const char *what = s->options.iterator ? s->options.iterator : s->options.query ? s->options.query : s->options.table;
  char place[512] = "";
  if (s->at) (void)snprintf(place, sizeof place, "%s:%" PRIu64 ": ", x->m->doc.files.items[s->at->file].path, s->at->line);
  propter_log(x->options->log, PROPTER_LOG_WARNING, "ingest", "%ssource %s: %s%s no row", place, s->is.path.data, what ? what : "it",
              what ? " matches" : " has");
}

/* What nobody declared and the data may contradict one day. */
static void note_encoding(const Execution *x, const PropterTable *table) {
  const char *found = propter_table_encoding(table);
  if (!found || x->options->subjects_only) return;
  bool marked = strlen(found) == strlen("UTF-16");
  propter_log(x->options->log, marked ? PROPTER_LOG_INFO : PROPTER_LOG_WARNING, "ingest", "%s: read as %s, %s",
              x->m->sources.items[x->source].is.files[x->file].data, found,
              marked ? "as its byte order mark says" : "because one byte of each pair is 0; declare it, if it is not");
}

static PropterStatus run_source(Execution *x, size_t source, PropterError *err) {
  bool expressions = false;
  uint64_t before = x->counts->rows;
  if (!is_read(x->m, source)) return PROPTER_OK;
  if (x->m->sources.items[source].csvw) return csvw_run(x, source, err);
  x->placed = depends_on_place(x->m, source);
  for (size_t file = 0; file < x->m->sources.items[source].is.file_count; file++) {
    PropterTable *table = NULL;
    PROPTER_TRY(open_source(x, source, file, &table, err));
    expressions = propter_table_has_expressions(table);
    PropterStatus status = known_header(x, table, err);
    if (status == PROPTER_OK) status = parallel_can(x, table) ? parallel_run(x, table, err) : run_rows(x, table, err);
    if (status == PROPTER_OK) note_encoding(x, table);
    propter_table_close(table);
    if (status != PROPTER_OK) return status;
  }
  if (expressions) PROPTER_TRY(reject_unknown(x, err));
  if (x->m->change_count) PROPTER_TRY(change_finish(x, run_map, err));
  if (x->counts->rows == before && !x->options->subjects_only) warn_of_nothing(x, source);
  return gather_finish(x, err);
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
  csvw_seen_free(x->m->csvw, x->csvw_seen);
  propter_free(x->slots);
  propter_free(x->uses);
  propter_free(x->joins);
  propter_free(x->seen);
  propter_free(x->shown);
  execute_clear_scratch(x);
}

void execute_clear_scratch(Execution *x) {
  scratch_clear(&x->scratch);
  propter_buf_clear(&x->text);
  propter_matcher_free(x->matcher);
  propter_buf_clear(&x->key);
  propter_buf_clear(&x->content);
  propter_buf_clear(&x->group);
  propter_vec_clear(&x->terms);
  propter_vec_clear(&x->quads);
  propter_vec_clear(&x->places);
  propter_vec_clear(&x->texts);
  propter_vec_clear(&x->found);
  propter_vec_clear(&x->extras);
  gather_clear(x);
  propter_vec_clear(&x->predicates);
  propter_vec_clear(&x->objects);
  propter_vec_clear(&x->graphs);
  propter_vec_clear(&x->subject_graphs);
}

static PropterStatus reject_refused(Execution *x, PropterError *err) {
  const PropterMapRefusal *r;
  PropterStr none = {"", 0};
  for (size_t i = 0; i < x->m->doc.warnings.count; i++) propter_log(x->options->log, PROPTER_LOG_WARNING, "ingest", "%s", x->m->doc.warnings.items[i]);
  for (size_t i = 0; (r = propter_mapping_refusal(x->m, i)); i++)
    propter_log(x->options->log, PROPTER_LOG_WARNING, "ingest", "%s:%" PRIu64 ": the definition of %s is left out: %s", r->file.data, r->line, r->name.data,
                r->reason.data);
  for (size_t i = 0; (r = propter_mapping_refusal(x->m, i)); i++) {
    PropterReject reject = {r->file, r->line, r->name, none, PROPTER_STR("definition"), r->reason};
    x->counts->rejects++;
    PROPTER_TRY(x->sink->reject(&reject, x->sink->payload, err));
  }
  return PROPTER_OK;
}

PropterStatus propter_mapping_run(const PropterMapping *m, const PropterMapOptions *options, const PropterMapSink *sink, PropterMapCounts *counts,
                                  PropterError *err) {
  static const PropterMapOptions defaults;
  *counts = (PropterMapCounts){0};
  Execution x = {.m = m, .options = options ? options : &defaults, .sink = sink, .counts = counts};
  x.slots = propter_calloc(m->slot_count, sizeof *x.slots);
  x.uses = propter_calloc(m->slot_count, sizeof *x.uses);
  x.joins = propter_calloc(m->join_count, sizeof *x.joins);
  x.seen = propter_calloc(m->maps.count, sizeof *x.seen);
  x.shown = propter_calloc(m->maps.count, sizeof *x.shown);
  PropterMapChanges *own = NULL;
  PropterStatus status = x.slots && x.uses && x.joins && x.seen && x.shown ? choose_columns(&x, err) : no_memory(err);
  if (status == PROPTER_OK && m->change_count && !x.options->changes) status = propter_map_changes_open(NULL, &own, err);
  x.changes = own ? own : x.options->changes;
  if (status == PROPTER_OK && !x.options->subjects_only) status = reject_refused(&x, err);
  if (status == PROPTER_OK && !x.options->subjects_only) status = join_build_all(&x, err);
  for (size_t i = 0; i < m->sources.count && status == PROPTER_OK; i++) status = run_source(&x, i, err);
  clear(&x);
  propter_map_changes_free(own);
  return status;
}
