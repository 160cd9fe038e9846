/* SPDX-License-Identifier: Apache-2.0 */
/* Runs as they stand in the graph. */
#include <stdlib.h>
#include <string.h>

#include "propter/date.h"
#include "propter/put.h"
#include "propter/vocab.h"
#include "run.h"

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory listing runs"); }

static PropterStatus find_word(PropterSnapshot *snapshot, PropterVocab word, PropterId *id, PropterError *err) {
  PropterTerm term = propter_iri(propter_vocab_iri(word));
  return propter_snapshot_find(snapshot, &term, id, err);
}

static PropterStatus text_of(PropterSnapshot *snapshot, PropterId id, PropterArena *arena, PropterStr *text, PropterError *err) {
  PropterTerm term;
  PROPTER_TRY(propter_snapshot_term(snapshot, id, arena, &term, err));
  *text = term.value;
  return PROPTER_OK;
}

static uint64_t number_of(PropterId id) {
  double v = 0;
  (void)propter_id_number(id, &v);
  return v > 0 ? (uint64_t)v : 0;
}

static PropterStatus read_input(PropterSnapshot *snapshot, PropterId node, PropterId graph, PropterRunInfo *info, PropterArena *arena, PropterError *err) {
  static const PropterVocab words[3] = {VOCAB_propter_name, VOCAB_propter_path, VOCAB_propter_hash};
  PropterRunInput in = {{"", 0}, {"", 0}, {"", 0}};
  PropterStr *to[3] = {&in.role, &in.name, &in.hash};
  bool any = false;
  for (unsigned i = 0; i < 3; i++) {
    PropterId p;
    PropterQuads quads = {0};
    PROPTER_TRY(find_word(snapshot, words[i], &p, err));
    if (!p) continue;
    PropterStatus status = propter_snapshot_match(snapshot, (PropterQuad){node, p, PROPTER_NO_ID, graph}, 2, &quads, err);
    if (status == PROPTER_OK && quads.count) any = true, status = text_of(snapshot, quads.items[0].o, arena, to[i], err);
    propter_vec_clear(&quads);
    if (status != PROPTER_OK) return status;
  }
  /* What has neither role nor hash is a graph that the run read. */
  if (!any) return propter_vec_push(&info->used, node) ? PROPTER_OK : no_memory(err);
  return propter_vec_push(&info->inputs, in) ? PROPTER_OK : no_memory(err);
}

static PropterStatus read_quad(PropterSnapshot *snapshot, const PropterId *words, const PropterQuad *q, PropterRunInfo *info, PropterArena *arena,
                               PropterError *err) {
  const PropterId p = q->p, o = q->o;
  if (p == words[VOCAB_propter_runKind]) return text_of(snapshot, o, arena, &info->kind, err);
  if (p == words[VOCAB_prov_startedAtTime]) return text_of(snapshot, o, arena, &info->started, err);
  if (p == words[VOCAB_propter_softwareVersion]) return text_of(snapshot, o, arena, &info->software, err);
  if (p == words[VOCAB_propter_parameters]) return text_of(snapshot, o, arena, &info->parameters, err);
  if (p == words[VOCAB_propter_kernel]) return text_of(snapshot, o, arena, &info->kernel, err);
  if (p == words[VOCAB_propter_fingerprint]) return text_of(snapshot, o, arena, &info->fingerprint, err);
  if (p == words[VOCAB_propter_sequence]) info->sequence = (int64_t)number_of(o);
  if (p == words[VOCAB_propter_rowsRead]) info->rows_read = number_of(o);
  if (p == words[VOCAB_propter_rowsRejected]) info->rows_rejected = number_of(o);
  if (p == words[VOCAB_propter_quadsAdded]) info->added = number_of(o);
  if (p == words[VOCAB_propter_quadsRemoved]) info->removed = number_of(o);
  if (p == words[VOCAB_propter_graphVersion]) info->version = number_of(o);
  if (p == words[VOCAB_propter_undoes]) info->undoes = o;
  if (p == words[VOCAB_prov_generated] && !propter_vec_push(&info->generated, o)) return no_memory(err);
  if (p == words[VOCAB_prov_used]) return read_input(snapshot, o, info->id, info, arena, err);
  if (p == words[VOCAB_propter_created] || p == words[VOCAB_propter_added] || p == words[VOCAB_propter_removed]) info->undoable = true;
  return PROPTER_OK;
}

static PropterStatus read_run(PropterSnapshot *snapshot, const PropterId *words, PropterId id, PropterRunInfo *info, PropterArena *arena, PropterError *err) {
  static const PropterStr empty = {"", 0};
  *info = (PropterRunInfo){
      .id = id, .iri = empty, .name = empty, .kind = empty, .started = empty, .software = empty, .parameters = empty, .kernel = empty, .fingerprint = empty};
  PROPTER_TRY(text_of(snapshot, id, arena, &info->iri, err));
  const char *slash = memrchr(info->iri.data, '/', info->iri.len);
  size_t skip = slash ? (size_t)(slash - info->iri.data) + 1 : 0;
  info->name = (PropterStr){info->iri.data + skip, info->iri.len - skip};
  PropterQuads quads = {0};
  PropterStatus status = propter_snapshot_match(snapshot, (PropterQuad){id, PROPTER_NO_ID, PROPTER_NO_ID, id}, 0, &quads, err);
  for (size_t i = 0; i < quads.count && status == PROPTER_OK; i++)
    if (quads.items[i].p != words[VOCAB_propter_rejects]) status = read_quad(snapshot, words, &quads.items[i], info, arena, err);
  propter_vec_clear(&quads);
  /* A run that changed nothing has nothing to reverse. */
  if (!info->added && !info->removed) info->undoable = true;
  return status;
}

static int by_sequence(const void *a, const void *b) {
  const PropterRunInfo *x = a, *y = b;
  if (x->sequence != y->sequence) return x->sequence < y->sequence ? -1 : 1;
  return propter_str_compare(x->iri, y->iri);
}

static PropterRunInfo *by_id(PropterRunList *list, PropterId id) {
  for (size_t i = 0; i < list->count; i++)
    if (list->items[i].id == id) return &list->items[i];
  return NULL;
}

PropterStatus propter_run_list(PropterSnapshot *snapshot, PropterRunList *list, PropterError *err) {
  PropterId *words = propter_calloc(VOCAB_COUNT, sizeof *words);
  if (!words) return no_memory(err);
  PropterIds ids = {0};
  PropterStatus status = propter_vocab_ids(snapshot, words, err);
  if (status == PROPTER_OK && words[VOCAB_propter_Run] && words[VOCAB_rdf_type])
    status = propter_snapshot_subjects(snapshot, words[VOCAB_rdf_type], words[VOCAB_propter_Run], &ids, err);
  if (status == PROPTER_OK && !propter_vec_reserve(list, ids.count)) status = no_memory(err);
  for (size_t i = 0; i < ids.count && status == PROPTER_OK; i++)
    status = read_run(snapshot, words, ids.items[i], &list->items[list->count++], &list->arena, err);
  if (status == PROPTER_OK && list->count) {
    qsort(list->items, list->count, sizeof *list->items, by_sequence);
    /* Newest first: an undo counts unless it was itself undone. */
    for (size_t i = list->count; i-- > 0;) {
      PropterRunInfo *target = list->items[i].undoes && !list->items[i].undone ? by_id(list, list->items[i].undoes) : NULL;
      if (target) target->undone = true;
    }
  }
  propter_vec_clear(&ids);
  propter_free(words);
  return status;
}

void propter_run_list_clear(PropterRunList *list) {
  for (size_t i = 0; i < list->count; i++) {
    propter_vec_clear(&list->items[i].inputs);
    propter_vec_clear(&list->items[i].generated);
    propter_vec_clear(&list->items[i].used);
  }
  propter_vec_clear(list);
  propter_arena_clear(&list->arena);
}

PropterStatus propter_run_find(const PropterRunList *list, PropterStr name, const PropterRunInfo **run, PropterError *err) {
  *run = NULL;
  if (!list->count) return propter_fail(err, PROPTER_NOT_FOUND, "this graph has no runs");
  if (!name.len || propter_str_equal(name, PROPTER_STR("last"))) {
    *run = &list->items[list->count - 1];
    return PROPTER_OK;
  }
  for (size_t i = 0; i < list->count; i++) {
    const PropterRunInfo *r = &list->items[i];
    if (propter_str_equal(r->iri, name) || propter_str_equal(r->name, name)) {
      *run = r;
      return PROPTER_OK;
    }
  }
  for (size_t i = 0; i < list->count; i++) {
    const PropterRunInfo *r = &list->items[i];
    if (!propter_str_starts(r->name, name)) continue;
    if (*run) return propter_fail(err, PROPTER_INVALID, "several runs begin with \"%.*s\": %s, %s", (int)name.len, name.data, (*run)->name.data, r->name.data);
    *run = r;
  }
  return *run ? PROPTER_OK
              : propter_fail(err, PROPTER_NOT_FOUND, "no run \"%.*s\"; the newest is %s", (int)name.len, name.data, list->items[list->count - 1].name.data);
}

PropterStatus propter_run_find_past(const PropterRunList *list, PropterStr when, const PropterRunInfo **run, PropterError *err) {
  PropterDay day, started;
  if (!list->count || !propter_day_parse(when, &day) || when.len > 10) return propter_run_find(list, when, run, err);
  *run = NULL;
  for (size_t i = list->count; i-- > 0;)
    if (propter_day_parse(list->items[i].started, &started) && started <= day) return *run = &list->items[i], PROPTER_OK;
  return propter_fail(err, PROPTER_NOT_FOUND, "no run by the end of %.*s; the first is %s", (int)when.len, when.data, list->items[0].name.data);
}

const PropterRunInfo *propter_run_find_last(const PropterRunList *list, const char *kind, PropterId graph) {
  for (size_t i = list->count; i-- > 0;) {
    const PropterRunInfo *r = &list->items[i];
    /* An undo restores what an earlier run left, so the search goes on behind both. */
    if (r->undone || (r->undoes && (!kind || strcmp(kind, "undo") != 0))) continue;
    if (kind && strcmp(r->kind.data, kind) != 0) continue;
    if (!graph) return r;
    for (size_t k = 0; k < r->generated.count; k++)
      if (r->generated.items[k] == graph) return r;
  }
  return NULL;
}

const PropterRunInfo *propter_run_find_intake(const PropterRunList *list) {
  static const char *const kinds[] = {"ingest", "events", "read"};
  for (size_t i = list->count; i-- > 0;)
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
      if (strcmp(list->items[i].kind.data, kinds[k]) == 0) return &list->items[i];
  return NULL;
}

/* --- Rejects ---------------------------------------------------------------------------------------------------------------- */

typedef struct {
  PropterId node;
  uint64_t sequence;
} Place;

static int by_place(const void *a, const void *b) {
  const Place *x = a, *y = b;
  return (x->sequence > y->sequence) - (x->sequence < y->sequence);
}

static PropterStatus read_reject(PropterSnapshot *snapshot, const PropterId *words, PropterId node, PropterId graph, PropterArena *arena, PropterReject *r,
                                 uint64_t *sequence, PropterError *err) {
  static const PropterStr empty = {"", 0};
  *r = (PropterReject){empty, 0, empty, empty, empty, empty};
  PropterQuads quads = {0};
  PropterStatus status = propter_snapshot_match(snapshot, (PropterQuad){node, PROPTER_NO_ID, PROPTER_NO_ID, graph}, 0, &quads, err);
  for (size_t i = 0; i < quads.count && status == PROPTER_OK; i++) {
    PropterId p = quads.items[i].p, o = quads.items[i].o;
    PropterStr *to = p == words[VOCAB_propter_sourceFile]     ? &r->file
                     : p == words[VOCAB_propter_sourceColumn] ? &r->column
                     : p == words[VOCAB_propter_value]        ? &r->value
                     : p == words[VOCAB_propter_rule]         ? &r->rule
                     : p == words[VOCAB_propter_reason]       ? &r->reason
                                                              : NULL;
    if (p == words[VOCAB_propter_sequence]) *sequence = number_of(o);
    if (p == words[VOCAB_propter_sourceRow]) r->row = number_of(o);
    if (to) status = text_of(snapshot, o, arena, to, err);
  }
  propter_vec_clear(&quads);
  return status;
}

PropterStatus propter_run_rejects(PropterSnapshot *snapshot, const PropterRunInfo *run,
                                  PropterStatus (*reject)(const PropterReject *reject, void *payload, PropterError *err), void *payload, PropterError *err) {
  PropterId *words = propter_calloc(VOCAB_COUNT, sizeof *words);
  if (!words) return no_memory(err);
  PropterQuads quads = {0};
  PROPTER_VEC(Place) places = {0};
  PropterArena arena = {0};
  PropterReject r;
  PropterStatus status = propter_vocab_ids(snapshot, words, err);
  if (status == PROPTER_OK && words[VOCAB_propter_rejects])
    status = propter_snapshot_match(snapshot, (PropterQuad){run->id, words[VOCAB_propter_rejects], PROPTER_NO_ID, run->id}, 0, &quads, err);
  for (size_t i = 0; i < quads.count && status == PROPTER_OK; i++) {
    Place place = {quads.items[i].o, 0};
    PropterQuads numbers = {0};
    status = propter_snapshot_match(snapshot, (PropterQuad){place.node, words[VOCAB_propter_sequence], PROPTER_NO_ID, run->id}, 2, &numbers, err);
    if (status == PROPTER_OK && numbers.count) place.sequence = number_of(numbers.items[0].o);
    propter_vec_clear(&numbers);
    if (status == PROPTER_OK && !propter_vec_push(&places, place)) status = no_memory(err);
  }
  if (places.count) qsort(places.items, places.count, sizeof *places.items, by_place);
  for (size_t i = 0; i < places.count && status == PROPTER_OK; i++) {
    uint64_t sequence = 0;
    status = read_reject(snapshot, words, places.items[i].node, run->id, &arena, &r, &sequence, err);
    if (status == PROPTER_OK) status = reject(&r, payload, err);
    propter_arena_clear(&arena);
  }
  propter_vec_clear(&places);
  propter_vec_clear(&quads);
  propter_arena_clear(&arena);
  propter_free(words);
  return status;
}

/* --- Delta ------------------------------------------------------------------------------------------------------------------ */

typedef struct {
  PropterStr text;
  uint64_t number;
} Part;

static int by_number(const void *a, const void *b) {
  const Part *x = a, *y = b;
  return (x->number > y->number) - (x->number < y->number);
}

static PropterStatus read_parts(PropterSnapshot *snapshot, PropterId run, PropterVocab word, PropterQuads *out, PropterError *err) {
  PropterId p;
  PropterQuads quads = {0};
  PROPTER_VEC(Part) parts = {0};
  PropterArena arena = {0};
  PropterStatus status = find_word(snapshot, word, &p, err);
  if (status == PROPTER_OK && p) status = propter_snapshot_match(snapshot, (PropterQuad){run, p, PROPTER_NO_ID, run}, 0, &quads, err);
  for (size_t i = 0; i < quads.count && status == PROPTER_OK; i++) {
    Part part = {.number = 0};
    status = text_of(snapshot, quads.items[i].o, &arena, &part.text, err);
    if (status == PROPTER_OK) part.number = strtoull(part.text.data, NULL, 10);
    if (status == PROPTER_OK && !propter_vec_push(&parts, part)) status = no_memory(err);
  }
  if (parts.count) qsort(parts.items, parts.count, sizeof *parts.items, by_number);
  for (size_t i = 0; i < parts.count && status == PROPTER_OK; i++) status = run_decode(snapshot, parts.items[i].text, out, err);
  propter_vec_clear(&parts);
  propter_vec_clear(&quads);
  propter_arena_clear(&arena);
  return status;
}

static int by_spog(const void *a, const void *b) {
  const PropterQuad *x = a, *y = b;
  const PropterId k[4] = {x->s, x->p, x->o, x->g}, l[4] = {y->s, y->p, y->o, y->g};
  for (unsigned i = 0; i < 4; i++)
    if (k[i] != l[i]) return k[i] < l[i] ? -1 : 1;
  return 0;
}

static void sort_quads(PropterQuads *quads) {
  if (quads->count) qsort(quads->items, quads->count, sizeof *quads->items, by_spog);
}

static bool among(const PropterQuads *sorted, const PropterQuad *q) { return sorted->count && bsearch(q, sorted->items, sorted->count, sizeof *q, by_spog); }

/* Takes the changes of a later run in `graph` back out of `quads` (sorted). */
static PropterStatus rewind_graph(PropterSnapshot *snapshot, const PropterRunInfo *later, PropterId graph, PropterQuads *quads, PropterError *err) {
  PropterQuads added = {0}, removed = {0};
  PropterStatus status = propter_run_delta(snapshot, later, &added, &removed, err);
  if (status == PROPTER_OK) {
    size_t kept = 0;
    for (size_t i = 0; i < quads->count; i++)
      if (!among(&added, &quads->items[i])) quads->items[kept++] = quads->items[i];
    quads->count = kept;
    for (size_t i = 0; i < removed.count && status == PROPTER_OK; i++)
      if (removed.items[i].g == graph && !propter_vec_push(quads, removed.items[i])) status = no_memory(err);
    sort_quads(quads);
  }
  propter_vec_clear(&added);
  propter_vec_clear(&removed);
  return status;
}

PropterStatus propter_run_graphs(PropterSnapshot *snapshot, PropterIds *graphs, PropterError *err) {
  PropterRunList list = {0};
  PropterStatus status = propter_run_list(snapshot, &list, err);
  for (size_t i = 0; i < list.count && status == PROPTER_OK; i++)
    if (!propter_vec_push(graphs, list.items[i].id)) status = no_memory(err);
  propter_run_list_clear(&list);
  return status;
}

/* The content that a created graph had when its run ended: what it has now, later runs taken back, the newest first. */
static PropterStatus read_created(PropterSnapshot *snapshot, const PropterRunInfo *run, PropterId graph, PropterQuads *out, PropterError *err) {
  PropterQuads quads = {0};
  PropterRunList list = {0};
  PropterStatus status = propter_snapshot_match(snapshot, (PropterQuad){.g = graph}, SIZE_MAX, &quads, err);
  sort_quads(&quads);
  if (status == PROPTER_OK) status = propter_run_list(snapshot, &list, err);
  for (size_t i = list.count; i-- > 0 && status == PROPTER_OK && list.items[i].sequence > run->sequence;)
    for (size_t k = 0; k < list.items[i].generated.count && status == PROPTER_OK; k++)
      if (list.items[i].generated.items[k] == graph) status = rewind_graph(snapshot, &list.items[i], graph, &quads, err);
  for (size_t i = 0; i < quads.count && status == PROPTER_OK; i++)
    if (!propter_vec_push(out, quads.items[i])) status = no_memory(err);
  propter_vec_clear(&quads);
  propter_run_list_clear(&list);
  return status;
}

PropterStatus propter_run_delta(PropterSnapshot *snapshot, const PropterRunInfo *run, PropterQuads *added, PropterQuads *removed, PropterError *err) {
  if (!run->undoable) return propter_fail(err, PROPTER_INVALID, "run %s did not record what it changed", run->name.data);
  PropterId p;
  PropterQuads created = {0};
  PROPTER_TRY(find_word(snapshot, VOCAB_propter_created, &p, err));
  PropterStatus status = p ? propter_snapshot_match(snapshot, (PropterQuad){run->id, p, PROPTER_NO_ID, run->id}, 0, &created, err) : PROPTER_OK;
  for (size_t i = 0; i < created.count && status == PROPTER_OK; i++) {
    PropterId g = created.items[i].o;
    status = read_created(snapshot, run, propter_id_kind(g) == PROPTER_TERM_LITERAL ? PROPTER_DEFAULT_GRAPH : g, added, err);
  }
  propter_vec_clear(&created);
  if (status == PROPTER_OK) status = read_parts(snapshot, run->id, VOCAB_propter_added, added, err);
  if (status == PROPTER_OK) status = read_parts(snapshot, run->id, VOCAB_propter_removed, removed, err);
  sort_quads(added);
  sort_quads(removed);
  return status;
}

void propter_reject_json(const PropterReject *r, PropterBuf *out) {
  const struct {
    const char *name;
    PropterStr text;
  } members[] = {{",\"column\":", r->column}, {",\"value\":", r->value}, {",\"rule\":", r->rule}, {",\"reason\":", r->reason}};
  propter_buf_add(out, PROPTER_STR("{\"file\":"));
  propter_put_json(out, r->file);
  if (r->row) propter_buf_printf(out, ",\"row\":%llu", (unsigned long long)r->row);
  for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
    propter_buf_add(out, propter_str(members[i].name));
    propter_put_json(out, members[i].text);
  }
  propter_buf_add_char(out, '}');
}
