/* SPDX-License-Identifier: Apache-2.0 */
#include "propter/ingest.h"

#include <inttypes.h>
#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>

#include "propter/hash.h"
#include "propter/io.h"
#include "propter/run.h"
#include "propter/vocab.h"
#include "rows.h"
#include "shrink.h"
#include "targets.h"
#include "unit.h"

typedef struct {
  const PropterIngestOptions *options;
  PropterIngestResult *result;
  PropterMapping *mapping;
  PropterWriter *writer;
  PropterRun *run;
  PropterRunList known;
  PropterId *sources;   /* graph of each source */
  PropterIds owned;     /* graphs this run may write */
  Targets *targets;     /* NULL: the mapping has none */
  PropterMapChanges *changes; /* NULL: the mapping does not ask for them, or nothing is kept */
  PropterBuf changes_path;
  Rows *rows;           /* NULL: every row is executed */
  Shrink before;        /* what its graphs held */
  bool damaged;         /* nothing of the state is believed */
  bool incremental;     /* the graphs keep what the last run made of rows that are still there */
  PropterId *constants; /* ids of constants met so far */
  PROPTER_VEC(PropterId) ids; /* of the terms of a record */
  PROPTER_VEC(uint64_t) hashes;
  uint64_t *source_hashes; /* of the graph of each source */
  PropterStatus failed; /* inside a callback that cannot return it */
  PropterError why;
} Ingest;

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory during ingest"); }

/* --- Which graphs ---------------------------------------------------------------------------------------------------------- */

static PropterStr last_part(PropterStr path) {
  const char *slash = path.len ? memrchr(path.data, '/', path.len) : NULL;
  size_t skip = slash ? (size_t)(slash - path.data) + 1 : 0;
  return (PropterStr){path.data + skip, path.len - skip};
}

static bool is_mapping(const PropterRunInput *in) { return propter_str_equal(in->role, PROPTER_STR("mapping")); }

/* The same set of mapping documents, by file name: folders may move. */
static bool same_mapping(const Ingest *in, const PropterRunInfo *run) {
  size_t mappings = 0;
  for (size_t i = 0; i < run->inputs.count; i++) {
    if (!is_mapping(&run->inputs.items[i])) continue;
    mappings++;
    bool found = false;
    for (size_t k = 0; k < in->options->count; k++)
      found |= propter_str_equal(last_part(run->inputs.items[i].name), last_part(propter_str(in->options->mappings[k])));
    if (!found) return false;
  }
  return mappings == in->options->count;
}

static bool contains(const PropterIds *ids, PropterId id) {
  for (size_t i = 0; i < ids->count; i++)
    if (ids->items[i] == id) return true;
  return false;
}

/* Takes a graph over: it is free, or the last run of this mapping wrote it, or the caller wants it replaced. */
static PropterStatus own(Ingest *in, PropterId graph, PropterStr name, PropterError *err) {
  if (contains(&in->owned, graph)) return PROPTER_OK;
  const PropterRunInfo *last = propter_run_find_last(&in->known, NULL, graph);
  if (last && strcmp(last->kind.data, "ingest") == 0 && !same_mapping(in, last) && !in->options->replace) {
    PropterStr other = {"", 0};
    for (size_t i = 0; i < last->inputs.count; i++)
      if (is_mapping(&last->inputs.items[i])) other = last->inputs.items[i].name;
    return propter_fail(err, PROPTER_INVALID, "graph %.*s was written from mapping %.*s (run %s); --replace writes it anew from this one", (int)name.len,
                        name.data, (int)other.len, other.data, last->name.data);
  }
  if (!propter_vec_push(&in->owned, graph)) return no_memory(err);
  return propter_run_generated(in->run, graph, err);
}

static PropterStatus intern_iri(Ingest *in, PropterStr iri, PropterId *id, PropterError *err) {
  PropterTerm term = propter_iri(iri);
  return propter_writer_intern(in->writer, &term, id, err);
}

/* Equal for terms that RDF 1.1 (Concepts, 3.3) calls equal. */
static uint64_t hash_term(const PropterTerm *t) {
  uint64_t hash = propter_hash64(t->value) + (uint64_t)t->kind;
  if (t->kind != PROPTER_TERM_LITERAL) return hash;
  if (t->language.len) {
    char low[256];
    size_t n = t->language.len < sizeof low ? t->language.len : sizeof low;
    for (size_t i = 0; i < n; i++) low[i] = (char)(t->language.data[i] >= 'A' && t->language.data[i] <= 'Z' ? t->language.data[i] | 32 : t->language.data[i]);
    return hash * 3 + propter_hash64((PropterStr){low, n});
  }
  bool string = !t->datatype.len || propter_str_equal(t->datatype, propter_vocab_iri(VOCAB_xsd_string));
  return string ? hash : hash * 5 + propter_hash64(t->datatype);
}

/* Graphs of the sources and definitions, and those that the last run of this mapping wrote besides. */
static PropterStatus own_graphs(Ingest *in, PropterError *err) {
  const PropterMapSource *s;
  size_t n = 0;
  while (propter_mapping_source(in->mapping, n)) n++;
  in->sources = propter_calloc(n, sizeof *in->sources);
  in->source_hashes = propter_calloc(n, sizeof *in->source_hashes);
  if (!in->sources || !in->source_hashes) return no_memory(err);
  for (size_t i = 0; (s = propter_mapping_source(in->mapping, i)); i++) {
    PropterTerm graph = propter_iri(s->graph);
    in->source_hashes[i] = hash_term(&graph);
    PROPTER_TRY(intern_iri(in, s->graph, &in->sources[i], err));
    PROPTER_TRY(own(in, in->sources[i], s->graph, err));
  }
  return PROPTER_OK;
}

static PropterStatus own_earlier_graphs(Ingest *in, PropterError *err) {
  for (size_t i = in->known.count; i-- > 0;) {
    const PropterRunInfo *run = &in->known.items[i];
    if (run->undone || strcmp(run->kind.data, "ingest") != 0 || !same_mapping(in, run)) continue;
    for (size_t k = 0; k < run->generated.count; k++) {
      if (contains(&in->owned, run->generated.items[k]) || propter_run_find_last(&in->known, NULL, run->generated.items[k]) != run) continue;
      if (!propter_vec_push(&in->owned, run->generated.items[k])) return no_memory(err);
      PROPTER_TRY(propter_run_generated(in->run, run->generated.items[k], err));
    }
    break;
  }
  return PROPTER_OK;
}

/* The run that the state belongs to has counted them, and it still stands. */
static PropterStatus hold_graphs(Ingest *in, PropterError *err) {
  const PropterMapSource *s;
  const PropterRunInfo *last = in->incremental ? propter_run_find_last(&in->known, NULL, in->owned.items[0]) : NULL;
  PropterId run = last ? last->id : PROPTER_NO_ID;
  for (size_t i = 0; (s = propter_mapping_source(in->mapping, i)); i++) PROPTER_TRY(shrink_hold(&in->before, in->writer, in->sources[i], s, run, err));
  for (size_t i = 0; i < in->owned.count; i++) PROPTER_TRY(shrink_hold(&in->before, in->writer, in->owned.items[i], NULL, run, err));
  return PROPTER_OK;
}

static PropterStatus clear_graphs(Ingest *in, PropterError *err) {
  for (size_t i = 0; i < in->owned.count; i++) PROPTER_TRY(propter_writer_clear_graph(in->writer, in->owned.items[i], err));
  return PROPTER_OK;
}

/* --- The state of rows ----------------------------------------------------------------------------------------------------- */

/* What of the call decides what a mapping makes, as it stands in the record: without the database's address, which may hold a password. */
static void add_how(PropterBuf *out, const PropterMappingOptions *how) {
  propter_buf_printf(out, "base=%.*s", (int)how->base.len, how->base.data);
  if (how->minimal) propter_buf_add(out, PROPTER_STR("\nminimal"));
  if (how->csvm) propter_buf_printf(out, "\ncsvm=%s", how->csvm);
  for (size_t i = 0; i < how->null_count; i++) propter_buf_printf(out, "\nnull=%.*s", (int)how->nulls[i].len, how->nulls[i].data);
  if (how->file) propter_buf_printf(out, "\nsource=%s", how->file);
  if (how->encoding) propter_buf_printf(out, "\nencoding=%s", how->encoding);
  if (how->plain) propter_buf_printf(out, "\nplain=%s", how->plain);
}

/* Mapping documents by content, and what else decides which outcome a row has. */
static PropterStatus print_mapping(const Ingest *in, char names[33], char fingerprint[33], PropterError *err) {
  const PropterIngestOptions *o = in->options;
  PropterBuf text = {0}, name = {0};
  char hash[33];
  PropterStatus status = PROPTER_OK;
  propter_buf_printf(&text, "%.*s%c%s%c", (int)o->software.len, o->software.data, 0, o->how.database ? o->how.database : "", 0);
  add_how(&text, &o->how);
  for (size_t i = 0; i < o->count && status == PROPTER_OK; i++) {
    PropterStr last = last_part(propter_str(o->mappings[i]));
    status = propter_hash_file(o->mappings[i], 0, hash, err);
    propter_buf_printf(&text, "%c%s", 0, hash);
    propter_buf_printf(&name, "%.*s%c", (int)last.len, last.data, 0);
  }
  if (status == PROPTER_OK) status = propter_buf_status(&text, err);
  if (status == PROPTER_OK) status = propter_buf_status(&name, err);
  propter_hash_hex(propter_buf_str(&text), fingerprint);
  propter_hash_hex(propter_buf_str(&name), names);
  propter_buf_clear(&text);
  propter_buf_clear(&name);
  return status;
}

/* The state tells what stands in the graphs only if the run that wrote it was the last one to write each of them. */
static PropterStatus is_of_last_run(Ingest *in, bool *last, PropterError *err) {
  const PropterRunInfo *run = NULL;
  *last = false;
  for (size_t i = 0; i < in->owned.count; i++) {
    const PropterRunInfo *one = propter_run_find_last(&in->known, NULL, in->owned.items[i]);
    if (!one || !propter_str_equal(one->iri, rows_run(in->rows))) return PROPTER_OK;
    run = one;
  }
  if (!run) return PROPTER_OK;
  return propter_run_stands(in->writer, run, last, err);
}

static PropterStatus open_rows(Ingest *in, PropterError *err) {
  const PropterIngestOptions *o = in->options;
  char names[33], fingerprint[33];
  if (!o->state) return PROPTER_OK;
  bool changes = propter_mapping_finds_changes(in->mapping);
  if (!propter_mapping_by_row(in->mapping) && !changes) {
    propter_log(o->log, PROPTER_LOG_INFO, "ingest", "the mapping gathers values across rows or is CSVW: every row is executed");
    return PROPTER_OK;
  }
  if (mkdir(o->state, 0777) != 0 && errno != EEXIST) return propter_io_fail(err, o->state, "create");
  PROPTER_TRY(print_mapping(in, names, fingerprint, err));
  if (changes) {
    propter_buf_printf(&in->changes_path, "%s/%s.changes", o->state, names);
    PROPTER_TRY(propter_buf_status(&in->changes_path, err));
    return propter_map_changes_open(in->changes_path.data, &in->changes, err);
  }
  PropterBuf path = {0};
  propter_buf_printf(&path, "%s/%s", o->state, names);
  PropterStatus status = propter_buf_status(&path, err);
  if (status == PROPTER_OK) status = rows_open(path.data, fingerprint, &in->rows, err);
  propter_buf_clear(&path);
  if (status == PROPTER_OK && !in->damaged) status = is_of_last_run(in, &in->incremental, err);
  if (status != PROPTER_OK) return status;
  if (rows_lost(in->rows)) propter_log(o->log, PROPTER_LOG_WARNING, "ingest", "the state of rows %s: every row is executed", rows_lost(in->rows));
  return rows_begin(in->rows, in->incremental, err);
}

static PropterStatus on_row(uint64_t hash, bool *known, void *payload, PropterError *err) {
  Ingest *in = payload;
  PROPTER_TRY(rows_next(in->rows, hash, known, err));
  in->result->known += *known;
  return PROPTER_OK;
}

static PropterStatus on_group(const PropterMapGroup *group, void *payload, PropterError *err) { return rows_group(((Ingest *)payload)->rows, group, err); }
static const PropterMapGroup *expected(void *payload) { return rows_expected(((Ingest *)payload)->rows); }

static PropterStatus on_passed(void *payload, PropterError *err) {
  Ingest *in = payload;
  in->result->known += rows_expected(in->rows)->rows;
  return rows_passed(in->rows, err);
}

static PropterStatus on_come(PropterQuad quad, void *payload, PropterError *err) { return propter_writer_add(((Ingest *)payload)->writer, quad, err); }
static PropterStatus on_gone(PropterQuad quad, void *payload, PropterError *err) { return propter_writer_remove(((Ingest *)payload)->writer, quad, err); }

/* --- What the mapping gives ------------------------------------------------------------------------------------------------ */

static uint64_t hash_quad(const Ingest *in, const PropterMapRecord *r, const PropterMapQuad *q) {
  const uint64_t *hash = in->hashes.items;
  uint64_t four[4] = {hash[q->s], hash[q->p], hash[q->o], q->g == PROPTER_MAP_DEFAULT ? in->source_hashes[r->source] : hash[q->g]};
  return propter_hash64((PropterStr){(const char *)four, sizeof four});
}

/* Ids of terms that the row had before it was changed: looking a term up is what costs most. */
static PropterStatus recall_terms(Ingest *in, const PropterMapRecord *r, PropterError *err) {
  if (!propter_vec_reserve(&in->hashes, r->term_count)) return no_memory(err);
  for (size_t i = 0; i < r->term_count; i++) in->hashes.items[i] = hash_term(&r->terms[i].term);
  for (size_t i = 0; i < r->quad_count && in->incremental; i++) {
    const PropterMapQuad *q = &r->quads[i];
    PropterQuad quad;
    bool found;
    PROPTER_TRY(rows_recall(in->rows, hash_quad(in, r, q), &quad, &found, err));
    if (!found) continue;
    in->ids.items[q->s] = quad.s, in->ids.items[q->p] = quad.p, in->ids.items[q->o] = quad.o;
    if (q->g != PROPTER_MAP_DEFAULT) in->ids.items[q->g] = quad.g;
  }
  return PROPTER_OK;
}

static PropterStatus intern_terms(Ingest *in, const PropterMapRecord *r, PropterError *err) {
  if (!propter_vec_reserve(&in->ids, r->term_count)) return no_memory(err);
  for (size_t i = 0; i < r->term_count; i++) in->ids.items[i] = r->terms[i].constant ? in->constants[r->terms[i].constant] : PROPTER_NO_ID;
  if (in->rows) PROPTER_TRY(recall_terms(in, r, err));
  for (size_t i = 0; i < r->term_count; i++) {
    const PropterMapTerm *t = &r->terms[i];
    if (!in->ids.items[i]) PROPTER_TRY(propter_writer_intern(in->writer, &t->term, &in->ids.items[i], err));
    if (t->constant) in->constants[t->constant] = in->ids.items[i];
  }
  return PROPTER_OK;
}

static PropterStatus on_record(const PropterMapRecord *r, void *payload, PropterError *err) {
  Ingest *in = payload;
  PROPTER_TRY(intern_terms(in, r, err));
  for (size_t i = 0; i < r->quad_count; i++) {
    const PropterMapQuad *q = &r->quads[i];
    if (q->targets) {
      PROPTER_TRY(targets_add(in->targets, r, q, err));
      continue;
    }
    PropterQuad quad = {in->ids.items[q->s], in->ids.items[q->p], in->ids.items[q->o], in->sources[r->source]};
    if (q->g != PROPTER_MAP_DEFAULT) {
      quad.g = in->ids.items[q->g];
      PROPTER_TRY(own(in, quad.g, r->terms[q->g].term.value, err));
    }
    if (in->rows) rows_add(in->rows, quad, hash_quad(in, r, q));
    if (!in->incremental) PROPTER_TRY(propter_writer_add(in->writer, quad, err));
  }
  in->result->quads += r->quad_count;
  return PROPTER_OK;
}

static PropterStatus on_reject(const PropterReject *r, void *payload, PropterError *err) {
  Ingest *in = payload;
  const PropterIngestOptions *o = in->options;
  if (in->rows) rows_reject(in->rows);
  bool stop = o->on_error == PROPTER_INGEST_STOP, many = o->bounded && in->result->rows.rejects > o->max_errors;
  if (stop || many) {
    char file[256];
    (void)snprintf(file, sizeof file, "%.*s", (int)r->file.len, r->file.data);
    propter_error_at(err, file, r->row, 0);
    if (stop)
      return propter_fail(err, PROPTER_INVALID, "%s%.*s%s%.*s", r->column.len ? "column " : "", (int)r->column.len, r->column.data, r->column.len ? ": " : "",
                          (int)r->reason.len, r->reason.data);
    return propter_fail(err, PROPTER_INVALID, "more than %" PRIu64 " bad rows; the last: %.*s", o->max_errors, (int)r->reason.len, r->reason.data);
  }
  return o->on_error == PROPTER_INGEST_QUARANTINE ? propter_run_reject(in->run, r, err) : PROPTER_OK;
}

static PropterStatus known_measure(Ingest *in, PropterStr predicate, bool *known, PropterError *err) {
  PropterSnapshot *snapshot;
  PropterQuad q = {0};
  uint64_t count = 0;
  PropterTerm s = propter_iri(predicate), p = propter_iri(propter_vocab_iri(VOCAB_rdf_type)), o = propter_iri(propter_vocab_iri(VOCAB_qb_MeasureProperty));
  PROPTER_TRY(propter_writer_snapshot(in->writer, &snapshot, err));
  PROPTER_TRY(propter_snapshot_find(snapshot, &s, &q.s, err));
  PROPTER_TRY(propter_snapshot_find(snapshot, &p, &q.p, err));
  PROPTER_TRY(propter_snapshot_find(snapshot, &o, &q.o, err));
  if (q.s && q.p && q.o) PROPTER_TRY(propter_snapshot_count(snapshot, PROPTER_SPOG, q, 3, &count, err));
  *known = count > 0;
  return PROPTER_OK;
}

static bool is_measure(PropterStr predicate, void *payload) {
  Ingest *in = payload;
  bool known = false;
  if (in->failed == PROPTER_OK) in->failed = known_measure(in, predicate, &known, &in->why);
  return known;
}

static PropterStatus on_definition(const PropterTerm term[4], void *payload, PropterError *err) {
  Ingest *in = payload;
  PropterId id[4];
  PropterBuf name = {0};
  propter_buf_printf(&name, "%.*s#definitions", (int)term[3].value.len, term[3].value.data);
  PropterStatus status = propter_buf_status(&name, err);
  for (int i = 0; i < 3 && status == PROPTER_OK; i++) status = propter_writer_intern(in->writer, &term[i], &id[i], err);
  if (status == PROPTER_OK) status = intern_iri(in, propter_buf_str(&name), &id[3], err);
  if (status == PROPTER_OK) status = own(in, id[3], propter_buf_str(&name), err);
  propter_buf_clear(&name);
  if (status == PROPTER_OK) status = propter_writer_add(in->writer, (PropterQuad){id[0], id[1], id[2], id[3]}, err);
  in->result->quads++;
  return status;
}

/* --- The run ----------------------------------------------------------------------------------------------------------------- */

static PropterStatus begin(Ingest *in, PropterError *err) {
  static const char *const modes[] = {"quarantine", "skip", "stop"};
  const PropterIngestOptions *o = in->options;
  PropterBuf parameters = {0};
  add_how(&parameters, &o->how);
  propter_buf_printf(&parameters, "\non-error=%s", modes[o->on_error]);
  PropterRunOptions options = {.kind = "ingest", .now = o->now, .software = o->software, .parameters = propter_buf_str(&parameters)};
  PropterStatus status = propter_buf_status(&parameters, err);
  if (status == PROPTER_OK) status = propter_run_begin(in->writer, &options, o->limits, &in->run, err);
  propter_buf_clear(&parameters);
  if (status != PROPTER_OK) return status;
  PropterStr none = {"", 0};
  for (size_t i = 0; i < o->count; i++) PROPTER_TRY(propter_run_input(in->run, PROPTER_STR("mapping"), propter_str(o->mappings[i]), none, err));
  const PropterMapSource *s;
  for (size_t i = 0; (s = propter_mapping_source(in->mapping, i)); i++)
    for (size_t k = 0; k < s->file_count && !s->database; k++) PROPTER_TRY(propter_run_input(in->run, PROPTER_STR("data"), s->files[k], none, err));
  PropterSnapshot *snapshot;
  PROPTER_TRY(propter_writer_snapshot(in->writer, &snapshot, err));
  return propter_run_list(snapshot, &in->known, err);
}

/* Nobody knows whether the tables of a server are as they were. */
static bool reads_server(const Ingest *in) {
  const PropterMapSource *s;
  for (size_t i = 0; (s = propter_mapping_source(in->mapping, i)); i++)
    if (s->database) return true;
  return false;
}

/* A file of a graph, or its name. */
static PropterStr place_of(const Ingest *in, PropterId graph) {
  const PropterMapSource *s;
  for (size_t i = 0; (s = propter_mapping_source(in->mapping, i)); i++)
    if (in->sources[i] == graph) return s->file_count ? s->files[0] : s->path;
  return (PropterStr){"", 0};
}

/* The figures stay: a jump may be real, and then it is what people ask about. */
static PropterStatus on_unit(const UnitChange *u, void *payload, PropterError *err) {
  Ingest *in = payload;
  PropterSnapshot *snapshot;
  PropterArena arena = {0};
  PropterTerm measure;
  PropterBuf text = {0}, value = {0};
  bool larger = fabs(u->now) > fabs(u->before);
  PROPTER_TRY(propter_writer_snapshot(in->writer, &snapshot, err));
  PropterStatus status = propter_snapshot_term(snapshot, u->measure, &arena, &measure, err);
  if (status == PROPTER_OK) {
    /* <metric>/value */
    size_t at, end = measure.value.len - (propter_str_ends(measure.value, PROPTER_STR("/value")) ? strlen("/value") : 0);
    for (at = end; at && !strchr("#/", measure.value.data[at - 1]);) at--;
    PropterStr column = {measure.value.data + at, end - at};
    propter_buf_printf(&value, "%g", u->now);
    propter_buf_printf(&text, "another unit? The median of %zu figures is %g where that of those before is %g: %s %g (%s)", u->count, u->now, u->before,
                       larger ? "times" : "divided by", u->factor, u->what);
    status = propter_buf_status(&text, err);
    PropterReject r = {place_of(in, u->graph), 0, column, propter_buf_str(&value), PROPTER_STR("unit"), propter_buf_str(&text)};
    if (status == PROPTER_OK) status = propter_buf_status(&value, err);
    if (status == PROPTER_OK)
      propter_log(in->options->log, PROPTER_LOG_WARNING, "ingest", "%.*s: %.*s: %s", (int)r.file.len, r.file.data, (int)column.len, column.data, text.data);
    if (status == PROPTER_OK) status = on_reject(&r, in, err), in->result->suspect++;
  }
  propter_buf_clear(&text);
  propter_buf_clear(&value);
  propter_arena_clear(&arena);
  return status;
}

/* Where there was nothing there is nothing to compare with. */
static PropterStatus check_units(Ingest *in, PropterError *err) {
  uint64_t before = 0;
  for (size_t i = 0; i < in->before.count; i++) before += in->before.items[i].before;
  return before ? unit_check(in->writer, &in->owned, on_unit, in, err) : PROPTER_OK;
}

static PropterStatus name_run(Ingest *in, PropterStr name, PropterError *err) {
  in->result->run = propter_arena_copy(&in->result->arena, last_part(name));
  return in->result->run.data ? PROPTER_OK : no_memory(err);
}

static PropterStatus count_suspect(const PropterReject *r, void *payload, PropterError *err) {
  PropterIngestResult *result = payload;
  (void)err;
  result->suspect += propter_str_equal(r->rule, PROPTER_STR("unit"));
  return PROPTER_OK;
}

/* What the run that did the same rejected is rejected still. */
static PropterStatus standing_rejects(Ingest *in, PropterStr name, PropterError *err) {
  const PropterRunInfo *run;
  PropterSnapshot *snapshot;
  PROPTER_TRY(propter_run_find(&in->known, name, &run, err));
  if (!run->rows_rejected) return PROPTER_OK;
  PROPTER_TRY(propter_writer_snapshot(in->writer, &snapshot, err));
  PROPTER_TRY(propter_run_rejects(snapshot, run, count_suspect, in->result, err));
  in->result->rows.rejects = run->rows_rejected - in->result->suspect;
  return PROPTER_OK;
}

static PropterStatus execute(Ingest *in, PropterError *err) {
  const PropterIngestOptions *o = in->options;
  PROPTER_TRY(begin(in, err));
  PROPTER_TRY(own_graphs(in, err));
  PropterStr name = {"", 0};
  if (!o->force && !reads_server(in)) {
    PROPTER_TRY(propter_run_unchanged(in->run, &in->result->unchanged, &name, err));
    if (in->result->unchanged) {
      PROPTER_TRY(standing_rejects(in, name, err));
      return name_run(in, name, err);
    }
  }
  PROPTER_TRY(targets_open(in->mapping, &in->targets, err));
  if (in->targets && o->state && propter_mapping_by_row(in->mapping)) return propter_fail(err, PROPTER_USAGE, "a mapping with targets of its own (rml:logicalTarget) is not ingested incrementally");
  in->constants = propter_calloc(propter_mapping_constants(in->mapping), sizeof *in->constants);
  if (!in->constants) return no_memory(err);
  PROPTER_TRY(own_earlier_graphs(in, err));
  PROPTER_TRY(open_rows(in, err));
  PROPTER_TRY(hold_graphs(in, err));
  if (!in->incremental) PROPTER_TRY(clear_graphs(in, err));
  PropterMapSink sink = {.record = on_record, .reject = on_reject, .is_measure = is_measure, .payload = in};
  if (in->rows) sink.row = on_row, sink.group = on_group, sink.expected = expected, sink.passed = on_passed;
  PropterMapOptions options = {.provenance = true, .changes = in->changes, .limits = o->limits, .log = o->log};
  if (!in->incremental) PROPTER_TRY(propter_mapping_definitions(in->mapping, on_definition, in, err));
  PROPTER_TRY(propter_mapping_run(in->mapping, &options, &sink, &in->result->rows, err));
  if (in->failed != PROPTER_OK) return propter_fail(err, in->failed, "%s", in->why.message);
  propter_run_rows(in->run, in->result->rows.rows);
  PROPTER_TRY(propter_run_iri(in->run, &name, err));
  if (in->rows) PROPTER_TRY(rows_finish(in->rows, name, &(RowsChange){on_come, on_gone, in}, err));
  /* What a row gave and the mapping's own statements say, too, stays. */
  if (in->incremental) PROPTER_TRY(propter_mapping_definitions(in->mapping, on_definition, in, err));
  PROPTER_TRY(name_run(in, name, err));
  PROPTER_TRY(check_units(in, err));
  PROPTER_TRY(propter_run_finish(in->run, err));
  PROPTER_TRY(shrink_check(&in->before, in->writer, name, o, err));
  propter_run_counts(in->run, &in->result->added, &in->result->removed);
  if (o->check) PROPTER_TRY(o->check(in->writer, name, o->payload, err));
  if (o->dry_run) return PROPTER_OK;
  PROPTER_TRY(targets_write(in->targets, err));
  PROPTER_TRY(propter_writer_commit(in->writer, err));
  /* A state that could not be kept costs the next run time, nothing else. */
  PropterError why = {0};
  if (in->rows && rows_commit(in->rows, &why) != PROPTER_OK)
    propter_log(o->log, PROPTER_LOG_WARNING, "ingest", "the state of rows is not kept: %s", why.message);
  if (in->changes && propter_map_changes_write(in->changes, in->changes_path.data, &why) != PROPTER_OK)
    propter_log(o->log, PROPTER_LOG_WARNING, "ingest", "what was read is not kept: %s", why.message);
  return PROPTER_OK;
}

/* *damaged: the state of rows must not be believed, or turned out so, and nothing was done. */
static PropterStatus attempt(PropterGraph *graph, const PropterIngestOptions *options, PropterIngestResult *result, bool *damaged, PropterError *err) {
  *result = (PropterIngestResult){.run = {"", 0}, .arena = result->arena};
  Ingest in = {.options = options, .result = result, .damaged = *damaged};
  PropterMappingOptions how = options->how;
  how.limits = options->limits;
  PropterStatus status = propter_mapping_read(options->mappings, options->count, &how, &in.mapping, err);
  if (status == PROPTER_OK) status = propter_writer_open(graph, false, &in.writer, err);
  if (status == PROPTER_OK) status = execute(&in, err);
  *damaged = status == PROPTER_DAMAGED && in.incremental && rows_lost(in.rows);
  rows_close(in.rows);
  targets_close(in.targets);
  propter_map_changes_free(in.changes);
  propter_buf_clear(&in.changes_path);
  propter_run_free(in.run);
  propter_writer_close(in.writer);
  propter_run_list_clear(&in.known);
  propter_mapping_free(in.mapping);
  propter_free(in.sources);
  propter_free(in.source_hashes);
  propter_free(in.constants);
  propter_vec_clear(&in.owned);
  propter_vec_clear(&in.before);
  propter_vec_clear(&in.ids);
  propter_vec_clear(&in.hashes);
  return status;
}

PropterStatus propter_ingest(PropterGraph *graph, const PropterIngestOptions *options, PropterIngestResult *result, PropterError *err) {
  bool damaged = false;
  PropterStatus status = attempt(graph, options, result, &damaged, err);
  if (!damaged) return status;
  propter_log(options->log, PROPTER_LOG_WARNING, "ingest", "the state of rows is damaged: every row is executed");
  return attempt(graph, options, result, &damaged, err);
}

void propter_ingest_result_clear(PropterIngestResult *result) {
  propter_arena_clear(&result->arena);
  *result = (PropterIngestResult){0};
}
