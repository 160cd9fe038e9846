/* SPDX-License-Identifier: Apache-2.0 */
#include "run.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "propter/date.h"
#include "propter/hash.h"
#include "propter/vocab.h"
#include "writer.h"

#define RUN_PREFIX "https://w3id.org/propter/run/"
enum { VALUE_BYTES = 200, ROW_BYTES = 4096, REASON_BYTES = 1000 };

typedef struct {
  PropterStr file, column, value, rule, reason;
  uint64_t row;
} KeptReject;

struct PropterRun {
  PropterWriter *writer;
  char *kind;
  int64_t now;
  PropterStr software, parameters, kernel;
  bool tracked;
  uint64_t max_rejects, rows, rejected, added, removed;
  PropterArena arena;
  PROPTER_VEC(PropterRunInput) inputs;
  PROPTER_VEC(KeptReject) rejects;
  PropterIds used, generated;
  PropterStr iri; /* empty until it is fixed */
  char fingerprint[33];
  PropterRunList known; /* runs of the graph when the IRI was fixed */
  PropterId undoes;
};

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory recording a run"); }

/* Well-formed UTF-8 of at most `max` bytes, in the run's arena. */
static PropterStatus keep(PropterRun *run, PropterStr text, size_t max, PropterStr *out, PropterError *err) {
  size_t bad;
  PropterStr cut = text;
  if (max && cut.len > max) {
    cut.len = max;
    while (cut.len && ((unsigned char)text.data[cut.len] & 0xC0) == 0x80) cut.len--;
  }
  if (propter_utf8_valid(cut, &bad) && !memchr(cut.len ? cut.data : "", '\0', cut.len)) {
    *out = propter_arena_copy(&run->arena, cut);
    return out->data ? PROPTER_OK : no_memory(err);
  }
  PropterBuf buf = {0};
  while (cut.len) {
    bool fine = propter_utf8_valid(cut, &bad);
    if (fine) bad = cut.len;
    for (size_t i = 0; i < bad; i++) cut.data[i] ? propter_buf_add_char(&buf, cut.data[i]) : propter_buf_add_utf8(&buf, 0xFFFD);
    if (!fine) propter_buf_add_utf8(&buf, 0xFFFD), bad++;
    cut.data += bad, cut.len -= bad;
  }
  PropterStatus status = propter_buf_status(&buf, err);
  if (status == PROPTER_OK) {
    *out = propter_arena_copy(&run->arena, propter_buf_str(&buf));
    if (!out->data) status = no_memory(err);
  }
  propter_buf_clear(&buf);
  return status;
}

PropterStatus propter_run_begin(PropterWriter *writer, const PropterRunOptions *options, const PropterLimits *limits, PropterRun **out, PropterError *err) {
  PropterLimits l = limits ? *limits : propter_limits_default();
  PropterRun *run = propter_calloc(1, sizeof *run);
  if (!run) return no_memory(err);
  run->writer = writer;
  run->now = options->now;
  run->tracked = !options->untracked;
  run->max_rejects = l.rejects;
  run->kind = propter_strdup(propter_str(options->kind));
  PropterStatus status = run->kind ? keep(run, options->software, 0, &run->software, err) : no_memory(err);
  if (status == PROPTER_OK) status = keep(run, options->parameters, 0, &run->parameters, err);
  if (status != PROPTER_OK) {
    propter_run_free(run);
    return status;
  }
  *out = run;
  return PROPTER_OK;
}

void propter_run_free(PropterRun *run) {
  if (!run) return;
  propter_free(run->kind);
  propter_vec_clear(&run->inputs);
  propter_vec_clear(&run->rejects);
  propter_vec_clear(&run->used);
  propter_vec_clear(&run->generated);
  propter_run_list_clear(&run->known);
  propter_arena_clear(&run->arena);
  propter_free(run);
}

PropterStatus propter_run_input(PropterRun *run, PropterStr role, PropterStr name, PropterStr hash, PropterError *err) {
  if (run->iri.len) return propter_fail(err, PROPTER_BUG, "input \"%.*s\" came after the run's name was fixed", (int)name.len, name.data);
  char hex[33];
  PropterRunInput in = {0};
  PROPTER_TRY(keep(run, role, 0, &in.role, err));
  PROPTER_TRY(keep(run, name, 0, &in.name, err));
  if (!hash.len) {
    char *path = propter_strdup(name);
    if (!path) return no_memory(err);
    PropterStatus status = propter_hash_file(path, 0, hex, err);
    propter_free(path);
    if (status != PROPTER_OK) return status;
    hash = propter_str(hex);
  }
  PROPTER_TRY(keep(run, hash, 0, &in.hash, err));
  for (size_t i = 0; i < run->inputs.count; i++)
    if (propter_str_equal(run->inputs.items[i].role, in.role) && propter_str_equal(run->inputs.items[i].name, in.name)) return PROPTER_OK;
  return propter_vec_push(&run->inputs, in) ? PROPTER_OK : no_memory(err);
}

static PropterStatus add_id(PropterIds *ids, PropterId id, PropterError *err) {
  for (size_t i = 0; i < ids->count; i++)
    if (ids->items[i] == id) return PROPTER_OK;
  return propter_vec_push(ids, id) ? PROPTER_OK : no_memory(err);
}

PropterStatus propter_run_used(PropterRun *run, PropterId graph, PropterError *err) { return add_id(&run->used, graph, err); }
PropterStatus propter_run_generated(PropterRun *run, PropterId graph, PropterError *err) { return add_id(&run->generated, graph, err); }
PropterStatus propter_run_kernel(PropterRun *run, PropterStr kernel, PropterError *err) { return keep(run, kernel, 0, &run->kernel, err); }
void propter_run_rows(PropterRun *run, uint64_t rows) { run->rows += rows; }

PropterStatus propter_run_reject(PropterRun *run, const PropterReject *r, PropterError *err) {
  run->rejected++;
  if (run->rejects.count >= run->max_rejects) return PROPTER_OK;
  KeptReject k = {.row = r->row};
  PROPTER_TRY(keep(run, r->file, 0, &k.file, err));
  PROPTER_TRY(keep(run, r->column, VALUE_BYTES, &k.column, err));
  PROPTER_TRY(keep(run, r->value, r->column.len ? VALUE_BYTES : ROW_BYTES, &k.value, err));
  PROPTER_TRY(keep(run, r->rule, VALUE_BYTES, &k.rule, err));
  PROPTER_TRY(keep(run, r->reason, REASON_BYTES, &k.reason, err));
  return propter_vec_push(&run->rejects, k) ? PROPTER_OK : no_memory(err);
}

static int by_role_and_name(const void *a, const void *b) {
  const PropterRunInput *x = a, *y = b;
  int c = propter_str_compare(x->role, y->role);
  return c ? c : propter_str_compare(x->name, y->name);
}

/* "r-20111231T235959Z-ingest-1a2b3c4d": sorts by time. */
static PropterStatus fix_name(PropterRun *run, PropterError *err) {
  if (run->iri.len) return PROPTER_OK;
  PropterBuf text = {0};
  if (run->inputs.count) qsort(run->inputs.items, run->inputs.count, sizeof *run->inputs.items, by_role_and_name);
  propter_buf_printf(&text, "%s%c%s%c%s", run->kind, 0, run->software.data, 0, run->parameters.data);
  for (size_t i = 0; i < run->inputs.count; i++) {
    const PropterRunInput *in = &run->inputs.items[i];
    propter_buf_printf(&text, "%c%s%c%s%c%s", 0, in->role.data, 0, in->name.data, 0, in->hash.data);
  }
  PropterStatus status = propter_buf_status(&text, err);
  propter_hash_hex(propter_buf_str(&text), run->fingerprint);
  propter_buf_clear(&text);
  if (status != PROPTER_OK) return status;

  PropterSnapshot *snapshot;
  PROPTER_TRY(propter_writer_snapshot(run->writer, &snapshot, err));
  propter_run_list_clear(&run->known);
  PROPTER_TRY(propter_run_list(snapshot, &run->known, err));
  int64_t day = run->now / 86400, second = run->now % 86400;
  if (second < 0) day--, second += 86400;
  int y, m, d;
  propter_day_civil((PropterDay)day, &y, &m, &d);
  for (unsigned n = 1;; n++) {
    PropterStr iri = propter_arena_printf(&run->arena, RUN_PREFIX "r-%04d%02d%02dT%02d%02d%02dZ-%s-%.8s", y, m, d, (int)(second / 3600),
                                          (int)(second / 60 % 60), (int)(second % 60), run->kind, run->fingerprint);
    if (iri.data && n > 1) iri = propter_arena_printf(&run->arena, "%s-%u", iri.data, n);
    if (!iri.data) return no_memory(err);
    bool taken = false;
    for (size_t i = 0; i < run->known.count && !taken; i++) taken = propter_str_equal(run->known.items[i].iri, iri);
    if (!taken) {
      run->iri = iri;
      return PROPTER_OK;
    }
  }
}

PropterStatus propter_run_iri(PropterRun *run, PropterStr *iri, PropterError *err) {
  PROPTER_TRY(fix_name(run, err));
  *iri = run->iri;
  return PROPTER_OK;
}

/* The run wrote down how many quads it left in each graph: another program may have changed them since. */
PropterStatus propter_run_stands(PropterWriter *writer, const PropterRunInfo *run, bool *stands, PropterError *err) {
  PropterTerm count = propter_iri(propter_vocab_iri(VOCAB_propter_count));
  PropterSnapshot *snapshot;
  uint64_t version;
  *stands = true;
  PROPTER_TRY(writer_base_version(writer, &version, err));
  if (version == run->version && !writer_has_changes(writer)) return PROPTER_OK;
  PROPTER_TRY(propter_writer_snapshot(writer, &snapshot, err));
  for (size_t i = 0; i < run->generated.count && *stands; i++) {
    PropterQuad pattern = {run->generated.items[i], PROPTER_NO_ID, PROPTER_NO_ID, run->id};
    PropterQuads found = {0};
    uint64_t now = 0;
    double then = -1;
    PROPTER_TRY(propter_snapshot_find(snapshot, &count, &pattern.p, err));
    PropterStatus status = propter_snapshot_match(snapshot, pattern, 2, &found, err);
    if (status == PROPTER_OK && found.count) (void)propter_id_number(found.items[0].o, &then);
    propter_vec_clear(&found);
    if (status == PROPTER_OK) status = propter_snapshot_count(snapshot, PROPTER_GSPO, (PropterQuad){.g = pattern.s}, 1, &now, err);
    if (status != PROPTER_OK) return status;
    *stands = (double)now == then;
  }
  return PROPTER_OK;
}

PropterStatus propter_run_first(const PropterRun *run, bool *first, PropterError *err) {
  PropterSnapshot *snapshot;
  PropterRunList known = {0};
  PROPTER_TRY(propter_writer_snapshot(run->writer, &snapshot, err));
  PropterStatus status = propter_run_list(snapshot, &known, err);
  *first = true;
  for (size_t i = 0; i < run->generated.count && *first; i++) *first = !propter_run_find_last(&known, NULL, run->generated.items[i]);
  if (!run->generated.count) *first = !propter_run_find_last(&known, run->kind, PROPTER_NO_ID);
  propter_run_list_clear(&known);
  return status;
}

PropterStatus propter_run_unchanged(PropterRun *run, bool *same, PropterStr *last, PropterError *err) {
  *same = false;
  PROPTER_TRY(fix_name(run, err));
  size_t n = run->generated.count ? run->generated.count : 1;
  for (size_t i = 0; i < n; i++) {
    PropterId graph = run->generated.count ? run->generated.items[i] : PROPTER_NO_ID;
    const PropterRunInfo *info = propter_run_find_last(&run->known, graph ? NULL : run->kind, graph);
    if (!info || !propter_str_equal(info->fingerprint, propter_str(run->fingerprint))) return PROPTER_OK;
    if (last) *last = info->name;
    bool stands;
    PROPTER_TRY(propter_run_stands(run->writer, info, &stands, err));
    if (!stands) return PROPTER_OK;
  }
  *same = true;
  return PROPTER_OK;
}

/* --- Writing the record ----------------------------------------------------------------------------------------------------- */

typedef struct {
  PropterRun *run;
  PropterId graph;
} Record;

static PropterStatus say_id(const Record *rec, PropterId s, PropterVocab p, PropterId o, PropterError *err) {
  PropterQuad q = {s, PROPTER_NO_ID, o, rec->graph};
  PROPTER_TRY(propter_vocab_intern(rec->run->writer, p, &q.p, err));
  return propter_writer_add(rec->run->writer, q, err);
}

static PropterStatus say(const Record *rec, PropterId s, PropterVocab p, PropterTerm o, PropterError *err) {
  PropterId id;
  PROPTER_TRY(propter_writer_intern(rec->run->writer, &o, &id, err));
  return say_id(rec, s, p, id, err);
}

static PropterStatus say_text(const Record *rec, PropterId s, PropterVocab p, PropterStr text, PropterError *err) {
  return text.len ? say(rec, s, p, propter_literal(text), err) : PROPTER_OK;
}

static PropterStatus say_number(const Record *rec, PropterId s, PropterVocab p, uint64_t n, PropterError *err) {
  char text[32];
  (void)snprintf(text, sizeof text, "%" PRIu64, n);
  return say(rec, s, p, propter_typed(propter_str(text), propter_vocab_iri(VOCAB_xsd_integer)), err);
}

static PropterStatus say_class(const Record *rec, PropterId s, PropterVocab class, PropterError *err) {
  return say(rec, s, VOCAB_rdf_type, propter_iri(propter_vocab_iri(class)), err);
}

/* <run>#WHAT-N */
static PropterStatus part_iri(const Record *rec, const char *what, size_t n, PropterId *id, PropterError *err) {
  PropterBuf iri = {0};
  propter_buf_printf(&iri, "%s#%s-%zu", rec->run->iri.data, what, n);
  PropterTerm t = propter_iri(propter_buf_str(&iri));
  PropterStatus status = propter_buf_status(&iri, err);
  if (status == PROPTER_OK) status = propter_writer_intern(rec->run->writer, &t, id, err);
  propter_buf_clear(&iri);
  return status;
}

static PropterStatus say_reject(const Record *rec, size_t n, const KeptReject *r, PropterError *err) {
  PropterId id;
  PROPTER_TRY(part_iri(rec, "reject", n + 1, &id, err));
  PROPTER_TRY(say_id(rec, rec->graph, VOCAB_propter_rejects, id, err));
  PROPTER_TRY(say_number(rec, id, VOCAB_propter_sequence, n + 1, err));
  PropterBuf place = {0};
  propter_buf_add(&place, r->file);
  if (r->row) propter_buf_printf(&place, ":%" PRIu64, r->row);
  if (r->column.len) propter_buf_printf(&place, ":%s", r->column.data);
  PropterStatus status = propter_buf_status(&place, err);
  if (status == PROPTER_OK) status = say_text(rec, id, VOCAB_propter_locator, propter_buf_str(&place), err);
  propter_buf_clear(&place);
  if (status != PROPTER_OK) return status;
  PROPTER_TRY(say_text(rec, id, VOCAB_propter_sourceFile, r->file, err));
  if (r->row) PROPTER_TRY(say_number(rec, id, VOCAB_propter_sourceRow, r->row, err));
  PROPTER_TRY(say_text(rec, id, VOCAB_propter_sourceColumn, r->column, err));
  PROPTER_TRY(say_text(rec, id, VOCAB_propter_value, r->value, err));
  PROPTER_TRY(say_text(rec, id, VOCAB_propter_rule, r->rule, err));
  return say_text(rec, id, VOCAB_propter_reason, r->reason, err);
}

static PropterStatus say_when(const Record *rec, PropterId s, PropterVocab p, PropterError *err) {
  int64_t now = rec->run->now, day = now / 86400, second = now % 86400;
  if (second < 0) day--, second += 86400;
  int y, m, d;
  propter_day_civil((PropterDay)day, &y, &m, &d);
  char text[64];
  (void)snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02dZ", y, m, d, (int)(second / 3600), (int)(second / 60 % 60), (int)(second % 60));
  return say(rec, s, p, propter_typed(propter_str(text), propter_vocab_iri(VOCAB_xsd_dateTime)), err);
}

static PropterStatus say_inputs(const Record *rec, PropterError *err) {
  const PropterRun *run = rec->run;
  for (size_t i = 0; i < run->inputs.count; i++) {
    PropterId id;
    PROPTER_TRY(part_iri(rec, "input", i + 1, &id, err));
    PROPTER_TRY(say_id(rec, rec->graph, VOCAB_prov_used, id, err));
    PROPTER_TRY(say_class(rec, id, VOCAB_prov_Entity, err));
    PROPTER_TRY(say_text(rec, id, VOCAB_propter_name, run->inputs.items[i].role, err));
    PROPTER_TRY(say_text(rec, id, VOCAB_propter_path, run->inputs.items[i].name, err));
    PROPTER_TRY(say_text(rec, id, VOCAB_propter_hash, run->inputs.items[i].hash, err));
  }
  for (size_t i = 0; i < run->used.count; i++) PROPTER_TRY(say_id(rec, rec->graph, VOCAB_prov_used, run->used.items[i], err));
  return PROPTER_OK;
}

static PropterStr id_key(const PropterId *id) { return (PropterStr){(const char *)id, sizeof *id}; }

/* Graphs that were empty before, and how many quads they have: all are among the added ones. */
static PropterStatus find_created(PropterSnapshot *snapshot, const PropterWriter *writer, PropterMap *created, PropterError *err) {
  PropterMap counts = {0};
  PropterStatus status = writer_graphs(writer, &counts, err);
  for (size_t i = 0; i < counts.count && status == PROPTER_OK; i++) {
    PropterQuad prefix = {0};
    uint64_t now = 0;
    if (counts.entries[i].value == UINT64_MAX) continue; /* quads went, so there were some */
    memcpy(&prefix.g, counts.entries[i].key.data, sizeof prefix.g);
    status = propter_snapshot_count(snapshot, PROPTER_GSPO, prefix, 1, &now, err);
    if (status == PROPTER_OK && now == counts.entries[i].value && !propter_map_put(created, id_key(&prefix.g), now, NULL)) status = no_memory(err);
  }
  propter_map_clear(&counts);
  return status;
}

typedef struct {
  PropterMap created;
  RunParts added, removed;
} Delta;

static void delta_clear(Delta *d) {
  propter_map_clear(&d->created);
  propter_vec_clear(&d->added);
  propter_vec_clear(&d->removed);
}

static PropterStatus take_delta(PropterRun *run, PropterSnapshot *snapshot, Delta *d, PropterError *err) {
  propter_writer_counts(run->writer, &run->added, &run->removed);
  if (!run->tracked) return PROPTER_OK;
  PROPTER_TRY(find_created(snapshot, run->writer, &d->created, err));
  uint64_t in_created = 0;
  for (size_t i = 0; i < d->created.count; i++) in_created += d->created.entries[i].value;
  if (run->added > in_created) PROPTER_TRY(run_encode(snapshot, run->writer, true, &d->created, &run->arena, &d->added, err));
  return !run->removed ? PROPTER_OK : run_encode(snapshot, run->writer, false, NULL, &run->arena, &d->removed, err);
}

static PropterStatus say_delta(const Record *rec, const Delta *d, PropterError *err) {
  PropterStr type = propter_vocab_iri(VOCAB_propter_Quads);
  for (size_t i = 0; i < d->created.count; i++) {
    PropterId g;
    memcpy(&g, d->created.entries[i].key.data, sizeof g);
    /* The default graph has no IRI: a text stands for it. */
    if (g == PROPTER_DEFAULT_GRAPH)
      PROPTER_TRY(say_text(rec, rec->graph, VOCAB_propter_created, PROPTER_STR("default"), err));
    else
      PROPTER_TRY(say_id(rec, rec->graph, VOCAB_propter_created, g, err));
  }
  for (size_t i = 0; i < d->added.count; i++) PROPTER_TRY(say(rec, rec->graph, VOCAB_propter_added, propter_typed(d->added.items[i], type), err));
  for (size_t i = 0; i < d->removed.count; i++) PROPTER_TRY(say(rec, rec->graph, VOCAB_propter_removed, propter_typed(d->removed.items[i], type), err));
  return PROPTER_OK;
}

/* How many quads each generated graph has now. */
static PropterStatus say_generated(const Record *rec, const uint64_t *counts, PropterError *err) {
  const PropterRun *run = rec->run;
  for (size_t i = 0; i < run->generated.count; i++) {
    PropterId g = run->generated.items[i];
    if (g == PROPTER_DEFAULT_GRAPH) continue;
    PROPTER_TRY(say_id(rec, rec->graph, VOCAB_prov_generated, g, err));
    PROPTER_TRY(say_number(rec, g, VOCAB_propter_count, counts[i], err));
  }
  return PROPTER_OK;
}

static PropterStatus say_run(const Record *rec, PropterError *err) {
  PropterRun *run = rec->run;
  PropterId id = rec->graph;
  PROPTER_TRY(say_class(rec, id, VOCAB_prov_Activity, err));
  PROPTER_TRY(say_class(rec, id, VOCAB_propter_Run, err));
  PROPTER_TRY(say_text(rec, id, VOCAB_propter_runKind, propter_str(run->kind), err));
  PROPTER_TRY(say_when(rec, id, VOCAB_prov_startedAtTime, err));
  PROPTER_TRY(say_text(rec, id, VOCAB_propter_softwareVersion, run->software, err));
  PROPTER_TRY(say_text(rec, id, VOCAB_propter_parameters, run->parameters, err));
  PROPTER_TRY(say_text(rec, id, VOCAB_propter_kernel, run->kernel, err));
  PROPTER_TRY(say_text(rec, id, VOCAB_propter_fingerprint, propter_str(run->fingerprint), err));
  int64_t sequence = run->known.count ? run->known.items[run->known.count - 1].sequence + 1 : 1;
  PROPTER_TRY(say_number(rec, id, VOCAB_propter_sequence, (uint64_t)sequence, err));
  uint64_t version;
  PROPTER_TRY(writer_base_version(run->writer, &version, err));
  PROPTER_TRY(say_number(rec, id, VOCAB_propter_graphVersion, version + 1, err));
  PROPTER_TRY(say_number(rec, id, VOCAB_propter_rowsRead, run->rows, err));
  PROPTER_TRY(say_number(rec, id, VOCAB_propter_rowsRejected, run->rejected, err));
  PROPTER_TRY(say_number(rec, id, VOCAB_propter_quadsAdded, run->added, err));
  PROPTER_TRY(say_number(rec, id, VOCAB_propter_quadsRemoved, run->removed, err));
  if (run->undoes) PROPTER_TRY(say_id(rec, id, VOCAB_propter_undoes, run->undoes, err));
  PROPTER_TRY(say_inputs(rec, err));
  for (size_t i = 0; i < run->rejects.count; i++) PROPTER_TRY(say_reject(rec, i, &run->rejects.items[i], err));
  return PROPTER_OK;
}

PropterStatus propter_run_sign(PropterRun *run, PropterId thing, PropterId graph, PropterError *err) {
  PROPTER_TRY(fix_name(run, err));
  const Record rec = {run, graph};
  PropterTerm iri = propter_iri(run->iri);
  PropterId id;
  PROPTER_TRY(propter_writer_intern(run->writer, &iri, &id, err));
  PROPTER_TRY(say_id(&rec, thing, VOCAB_prov_wasGeneratedBy, id, err));
  return say_when(&rec, thing, VOCAB_prov_generatedAtTime, err);
}

PropterStatus propter_run_finish(PropterRun *run, PropterError *err) {
  PROPTER_TRY(fix_name(run, err));
  PropterSnapshot *snapshot;
  PROPTER_TRY(propter_writer_snapshot(run->writer, &snapshot, err));
  Delta delta = {0};
  uint64_t *counts = propter_calloc(run->generated.count, sizeof *counts);
  PropterStatus status = counts ? take_delta(run, snapshot, &delta, err) : no_memory(err);
  for (size_t i = 0; i < run->generated.count && status == PROPTER_OK; i++)
    status = propter_snapshot_count(snapshot, PROPTER_GSPO, (PropterQuad){.g = run->generated.items[i]}, 1, &counts[i], err);
  Record rec = {run, PROPTER_NO_ID};
  PropterTerm iri = propter_iri(run->iri);
  if (status == PROPTER_OK) status = propter_writer_intern(run->writer, &iri, &rec.graph, err);
  if (status == PROPTER_OK) status = say_run(&rec, err);
  if (status == PROPTER_OK) status = say_generated(&rec, counts, err);
  if (status == PROPTER_OK && run->tracked) status = say_delta(&rec, &delta, err);
  propter_free(counts);
  delta_clear(&delta);
  return status;
}

void propter_run_counts(const PropterRun *run, uint64_t *added, uint64_t *removed) {
  if (added) *added = run->added;
  if (removed) *removed = run->removed;
}

/* --- Undo ------------------------------------------------------------------------------------------------------------------- */

static bool shares(const PropterIds *a, const PropterIds *b) {
  for (size_t i = 0; i < a->count; i++)
    for (size_t k = 0; k < b->count; k++)
      if (a->items[i] == b->items[k]) return true;
  return false;
}

/* Whether a later run used or changed what `run` wrote. An undo and the later run it undid cancel each other. */
static bool stands_on(const PropterRunList *list, const PropterRunInfo *later, const PropterRunInfo *run) {
  if (later->sequence <= run->sequence || later->undone) return false;
  for (size_t k = 0; k < list->count; k++)
    if (later->undoes && list->items[k].id == later->undoes && list->items[k].sequence > run->sequence) return false;
  return shares(&later->generated, &run->generated) || shares(&later->used, &run->generated);
}

PropterStatus propter_run_standing_on(const PropterRunList *list, const PropterRunInfo *run, PropterIds *out, PropterError *err) {
  bool *taken = propter_calloc(list->count + 1, sizeof *taken);
  if (!taken) return no_memory(err);
  PropterStatus status = PROPTER_OK;
  /* In the order of time: whoever stands on a run comes after it. */
  for (size_t i = 0; i < list->count; i++) {
    const PropterRunInfo *later = &list->items[i];
    taken[i] = later == run;
    for (size_t k = 0; k < i && !taken[i]; k++) taken[i] = taken[k] && stands_on(list, later, &list->items[k]);
  }
  for (size_t i = list->count; i-- > 0 && status == PROPTER_OK;)
    if (taken[i] && &list->items[i] != run) status = add_id(out, list->items[i].id, err);
  propter_free(taken);
  return status;
}

/* Later runs that stand in the way, by name. */
static PropterStatus check_undo(const PropterRunList *list, const PropterRunInfo *run, PropterError *err) {
  if (run->undone) return propter_fail(err, PROPTER_INVALID, "run %s is undone already", run->name.data);
  if (!run->undoable) return propter_fail(err, PROPTER_INVALID, "run %s did not record what it changed: it cannot be undone", run->name.data);
  PropterBuf names = {.max = 400};
  for (size_t i = 0; i < list->count; i++) {
    const PropterRunInfo *later = &list->items[i];
    if (stands_on(list, later, run)) propter_buf_printf(&names, "%s%s", names.len ? ", " : "", later->name.data);
  }
  PropterStatus status = PROPTER_OK;
  if (names.len || names.failed)
    status = propter_fail(err, PROPTER_INVALID, "later runs used or changed what run %s wrote; undo them first, the newest first: %s", run->name.data,
                          names.data ? names.data : "…");
  propter_buf_clear(&names);
  return status;
}

PropterStatus propter_run_undo(PropterWriter *writer, PropterStr name, int64_t now, PropterStr software, PropterArena *arena, PropterStr *undo,
                               PropterError *err) {
  PropterRunList list = {0};
  PropterQuads added = {0}, removed = {0};
  PropterRun *run = NULL;
  const PropterRunInfo *info = NULL;
  PropterRunOptions options = {.kind = "undo", .now = now, .software = software};
  PropterSnapshot *snapshot = NULL;
  PropterStatus status = propter_run_begin(writer, &options, NULL, &run, err);
  if (status == PROPTER_OK) status = propter_writer_snapshot(writer, &snapshot, err);
  if (status == PROPTER_OK) status = propter_run_list(snapshot, &list, err);
  if (status == PROPTER_OK) status = propter_run_find(&list, name, &info, err);
  if (status == PROPTER_OK) status = check_undo(&list, info, err);
  if (status == PROPTER_OK) status = propter_run_delta(snapshot, info, &added, &removed, err);
  for (size_t i = 0; i < added.count && status == PROPTER_OK; i++) status = propter_writer_remove(writer, added.items[i], err);
  for (size_t i = 0; i < removed.count && status == PROPTER_OK; i++) status = propter_writer_add(writer, removed.items[i], err);
  if (status == PROPTER_OK) {
    run->undoes = info->id;
    status = propter_run_input(run, PROPTER_STR("run"), info->name, info->fingerprint, err);
  }
  for (size_t i = 0; status == PROPTER_OK && i < info->generated.count; i++) status = propter_run_generated(run, info->generated.items[i], err);
  if (status == PROPTER_OK) status = propter_run_finish(run, err);
  if (status == PROPTER_OK && undo) {
    *undo = propter_arena_copy(arena, (PropterStr){run->iri.data + sizeof RUN_PREFIX - 1, run->iri.len - (sizeof RUN_PREFIX - 1)});
    if (!undo->data) status = no_memory(err);
  }
  propter_run_free(run);
  propter_run_list_clear(&list);
  propter_vec_clear(&added);
  propter_vec_clear(&removed);
  return status;
}
