/* SPDX-License-Identifier: Apache-2.0 */
#include "eval.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "../../engine/graph/id.h"
#include "ids.h"
#include "spill.h"

enum { LOCAL = 255 };
#define CACHE_BYTES ((size_t)16 << 20)

static size_t local_index(PropterId id) { return (size_t)(id & ID_PAYLOAD); }

/* --- Memory, time --------------------------------------------------------------------------------------------------- */

static void *resize(Exec *run, void *old, size_t old_size, size_t size) {
  uint64_t fixed = run->arena.used + run->local_text.used + run->cache_text.used;
  if (size > old_size && run->used + fixed + (size - old_size) > run->options.memory) return run->over = true, NULL;
  void *ptr = propter_realloc(old, size ? size : 1);
  if (!ptr) return NULL;
  run->used = run->used - old_size + size;
  if (run->used + fixed > run->peak) run->peak = run->used + fixed;
  return ptr;
}

void *exec_alloc(Exec *run, size_t size) { return resize(run, NULL, 0, size); }

void exec_free(Exec *run, void *ptr, size_t size) {
  if (!ptr) return;
  run->used -= size;
  propter_free(ptr);
}

PropterStatus exec_fail_memory(const Exec *run, PropterError *err) {
  if (run->over || run->arena.used >= run->options.memory || run->local_text.used >= run->options.memory)
    return propter_fail(err, PROPTER_LIMIT, "the query needs more than the %llu bytes it may use", (unsigned long long)run->options.memory);
  return propter_fail(err, PROPTER_NO_MEMORY, "no memory for the query's intermediate results");
}

PropterStatus exec_grow(Exec *run, void *items, size_t *cap, size_t need, size_t size, PropterError *err) {
  void *old;
  if (need <= *cap) return PROPTER_OK;
  size_t more = *cap < 16 ? 16 : *cap + *cap / 2;
  if (more < need) more = need;
  if (more > SIZE_MAX / 2 / size) return run->over = true, exec_fail_memory(run, err);
  memcpy(&old, items, sizeof old);
  void *ptr = resize(run, old, *cap * size, more * size);
  if (!ptr) return exec_fail_memory(run, err);
  memcpy(items, &ptr, sizeof ptr);
  *cap = more;
  return PROPTER_OK;
}

void *exec_plan_alloc(Exec *run, size_t size) {
  void *ptr = propter_arena_alloc(&run->arena, size ? size : 1);
  run->over = run->over || (!ptr && (size > run->arena.limit || run->arena.used > run->arena.limit - size));
  return ptr;
}

uint64_t exec_now(void) {
  struct timespec t;
  (void)clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000U + (uint64_t)t.tv_nsec;
}

uint32_t exec_left(const Exec *run) {
  uint64_t now = exec_now();
  return !run->deadline ? 0 : run->deadline > now + 1000000 ? (uint32_t)((run->deadline - now) / 1000000) : 1;
}

PropterStatus exec_check(Exec *run, PropterError *err) {
  if ((run->options.cancel && atomic_load_explicit(run->options.cancel, memory_order_relaxed)) ||
      (run->stop && atomic_load_explicit(run->stop, memory_order_relaxed)))
    return propter_fail(err, PROPTER_CANCELLED, "the query was cancelled");
  if (run->deadline && exec_now() > run->deadline)
    return propter_fail(err, PROPTER_TIMEOUT, "the deadline passed: the query took longer than %u ms", run->options.deadline_ms);
  return PROPTER_OK;
}

/* --- Terms ------------------------------------------------------------------------------------------------------------ */

static PropterStatus local_key(const PropterTerm *t, PropterBuf *key, PropterError *err) {
  propter_buf_add_char(key, (char)('0' + (int)t->kind));
  propter_buf_add(key, t->language.len ? t->language : t->datatype);
  propter_buf_add_char(key, t->language.len ? '@' : '^');
  propter_buf_add(key, t->value);
  return propter_buf_status(key, err);
}

static PropterStatus add_local(Exec *run, const PropterTerm *t, PropterId *id, PropterError *err) {
  PropterTerm copy = *t;
  copy.value = propter_arena_copy(&run->local_text, t->value);
  if (t->datatype.len) copy.datatype = propter_arena_copy(&run->local_text, t->datatype);
  if (t->language.len) copy.language = propter_arena_copy(&run->local_text, t->language);
  if (!copy.value.data || !copy.datatype.data || !copy.language.data || !propter_vec_push(&run->locals, copy)) return exec_fail_memory(run, err);
  run->used += sizeof copy + 64; /* the term and its entry in the map */
  *id = id_make(LOCAL, run->locals.count);
  return run->used > run->options.memory ? (run->over = true, exec_fail_memory(run, err)) : PROPTER_OK;
}

PropterStatus exec_intern(Exec *run, const PropterTerm *term, PropterId *id, PropterError *err) {
  PropterError ignored = {0};
  *id = PROPTER_NO_ID;
  PropterStatus status = propter_snapshot_find(run->snapshot, term, id, &ignored);
  if (status == PROPTER_OK && *id != PROPTER_NO_ID) return PROPTER_OK;
  /* A term the graph could not hold may still be the result of an expression. */
  if (status != PROPTER_OK && status != PROPTER_INVALID) return propter_fail(err, status, "%s", ignored.message);
  PropterBuf key = {0};
  status = local_key(term, &key, err);
  uint64_t *known = status == PROPTER_OK ? propter_map_get(&run->local_ids, propter_buf_str(&key)) : NULL;
  if (known)
    *id = *known;
  else if (status == PROPTER_OK) {
    status = add_local(run, term, id, err);
    if (status == PROPTER_OK && !propter_map_put(&run->local_ids, propter_buf_str(&key), *id, NULL)) status = exec_fail_memory(run, err);
  }
  propter_buf_clear(&key);
  return status;
}

PropterStatus exec_intern_value(Exec *run, Value *value, PropterArena *scratch, PropterId *id, PropterError *err) {
  if (!value->id) value->id = id_of_value(value);
  *id = value->id;
  if (value->id || value->type <= VALUE_ERROR) return PROPTER_OK;
  PropterTerm term;
  if (!value_term(value, scratch, &term)) return exec_fail_memory(run, err);
  PROPTER_TRY(exec_intern(run, &term, id, err));
  value->id = *id;
  return PROPTER_OK;
}

PropterTermKind exec_kind(const Exec *run, PropterId id) { return exec_local(id) ? run->locals.items[local_index(id) - 1].kind : propter_id_kind(id); }

PropterStatus exec_term(Exec *run, PropterId id, PropterArena *arena, PropterTerm *term, PropterError *err) {
  if (exec_local(id)) return *term = run->locals.items[local_index(id) - 1], PROPTER_OK;
  return propter_snapshot_term(run->snapshot, id, arena, term, err);
}

PropterStatus exec_blank(Exec *run, PropterId *id, PropterError *err) {
  for (;;) {
    char label[32];
    int n = snprintf(label, sizeof label, "q%llu", (unsigned long long)++run->blanks);
    PropterTerm term = {PROPTER_TERM_BLANK, {label, (size_t)n}, {"", 0}, {"", 0}};
    PROPTER_TRY(propter_snapshot_find(run->snapshot, &term, id, err));
    if (*id == PROPTER_NO_ID) return add_local(run, &term, id, err);
  }
}

static size_t cache_size(const Exec *run) { return run->cache ? ((size_t)1 << run->cache_bits) * sizeof *run->cache : 0; }

/* A cache for few terms at first; one that is missed often grows while there is room. */
static PropterStatus grow_cache(Exec *run, PropterError *err) {
  unsigned bits = run->cache ? run->cache_bits + 3 : 8;
  size_t size = ((size_t)1 << bits) * sizeof *run->cache;
  run->cache_misses = 0;
  if (run->cache && (bits > 15 || size > run->options.memory / 16 || exec_crowded(run))) return PROPTER_OK;
  Value *more = exec_alloc(run, size);
  if (!more) return exec_fail_memory(run, err);
  memset(more, 0, size);
  exec_free(run, run->cache, cache_size(run));
  run->cache = more, run->cache_bits = bits;
  return PROPTER_OK;
}

PropterStatus exec_value(Exec *run, PropterId id, Value *value, PropterError *err) {
  if (id == PROPTER_NO_ID) return *value = value_of(VALUE_UNBOUND), PROPTER_OK;
  if (exec_local(id)) {
    *value = value_of_term(&run->locals.items[local_index(id) - 1]);
    value->id = id;
    return PROPTER_OK;
  }
  if (id_tag(id) >= ID_INLINE) return *value = id_value(id), PROPTER_OK;
  if (!run->cache || run->cache_misses >> run->cache_bits > 1) PROPTER_TRY(grow_cache(run, err));
  Value *slot = &run->cache[(id * 0x9E3779B97F4A7C15U) >> (64 - run->cache_bits)];
  if (slot->id != id) {
    PropterTerm term;
    slot->id = PROPTER_NO_ID;
    run->cache_misses++, run->decoded++;
    PROPTER_TRY(propter_snapshot_term(run->snapshot, id, &run->cache_text, &term, err));
    *slot = value_of_term(&term);
    slot->id = id;
  }
  *value = *slot;
  return PROPTER_OK;
}

void exec_release(Exec *run) {
  if (run->evaluating || (run->cache_text.used < CACHE_BYTES && run->cache_text.used < run->options.memory / 8)) return;
  propter_arena_clear(&run->cache_text);
  if (run->cache) memset(run->cache, 0, cache_size(run));
}

static PropterStatus check(void *payload, PropterError *err) { return exec_check(payload, err); }

PropterStatus exec_terms(Exec *run, const PropterId *ids, size_t count, PropterId *scratch, PropterArena *arena, PropterTerm *terms, PropterError *err) {
  for (size_t i = 0; i < count; i++) scratch[i] = exec_local(ids[i]) ? PROPTER_NO_ID : ids[i];
  PROPTER_TRY(propter_snapshot_terms(run->snapshot, scratch, count, check, run, arena, terms, err));
  for (size_t i = 0; i < count; i++)
    if (exec_local(ids[i])) terms[i] = run->locals.items[local_index(ids[i]) - 1];
  return PROPTER_OK;
}

PropterStatus exec_values(Exec *run, const PropterId *ids, size_t count, PropterArena *arena, Value *values, PropterError *err) {
  PropterTerm *terms = propter_arena_alloc(arena, count * sizeof *terms);
  PropterId *rest = propter_arena_alloc(arena, 2 * count * sizeof *rest);
  if (!terms || !rest) return exec_fail_memory(run, err);
  /* What is inlined needs no text. */
  for (size_t i = 0; i < count; i++) rest[i] = id_tag(ids[i]) < ID_INLINE || exec_local(ids[i]) ? ids[i] : PROPTER_NO_ID;
  PROPTER_TRY(exec_terms(run, rest, count, rest + count, arena, terms, err));
  for (size_t i = 0; i < count; i++) {
    values[i] = rest[i] ? value_of_term(&terms[i]) : ids[i] ? id_value(ids[i]) : value_of(VALUE_UNBOUND);
    values[i].id = ids[i];
  }
  return PROPTER_OK;
}

/* --- Dataset ---------------------------------------------------------------------------------------------------------- */

static bool hidden(const Exec *run, PropterId g) {
  for (size_t i = 0; i < run->options.hidden_count; i++)
    if (run->options.hidden[i] == g) return true;
  return false;
}

bool exec_graph_visible(const Exec *run, const Graphs *graphs, PropterId g) {
  switch (graphs->kind) {
  case GRAPHS_ONE: return g == graphs->graph;
  case GRAPHS_UNION: return !hidden(run, g);
  case GRAPHS_SET: return id_among(graphs->set, graphs->set_count, g);
  default: return g != PROPTER_DEFAULT_GRAPH && (graphs->restricted ? id_among(graphs->set, graphs->set_count, g) : !hidden(run, g));
  }
}

PropterStatus exec_graph_set(Exec *run, const PropterStr *iris, size_t count, const PropterId **out, PropterError *err) {
  PropterId *set = exec_plan_alloc(run, (count + 1) * sizeof *set);
  if (!set) return exec_fail_memory(run, err);
  for (size_t i = 0; i < count; i++) {
    PropterTerm term = propter_iri(iris[i]);
    PROPTER_TRY(exec_intern(run, &term, &set[i], err));
  }
  if (count > 1) qsort(set, count, sizeof *set, id_order);
  *out = set;
  return PROPTER_OK;
}

static PropterStatus scan_graphs(Exec *run, PropterScan *scan, PropterIds *ids, PropterError *err) {
  for (PropterQuad row;;) {
    size_t n;
    PROPTER_TRY(propter_scan_next(scan, &row, 1, &n, err));
    if (n == 0) return PROPTER_OK;
    if (row.g != PROPTER_DEFAULT_GRAPH && !hidden(run, row.g) && !propter_vec_push(ids, row.g)) return exec_fail_memory(run, err);
    PROPTER_TRY(exec_check(run, err));
    PROPTER_TRY(propter_scan_seek(scan, (PropterQuad){.g = row.g + 1}, err));
  }
}

PropterStatus exec_named_graphs(Exec *run, const PropterId **set, size_t *count, PropterError *err) {
  *set = run->named, *count = run->named_count;
  if (run->named_restricted) return PROPTER_OK;
  PropterScan *scan = NULL;
  PropterIds ids = {0};
  PropterStatus status = propter_scan_open(run->snapshot, PROPTER_GSPO, (PropterQuad){0}, 0, &scan, err);
  if (status == PROPTER_OK) status = scan_graphs(run, scan, &ids, err);
  propter_scan_close(scan);
  PropterId *copy = status == PROPTER_OK ? exec_plan_alloc(run, ids.count * sizeof *copy) : NULL;
  if (status == PROPTER_OK && !copy) status = exec_fail_memory(run, err);
  if (status == PROPTER_OK) {
    if (ids.count) memcpy(copy, ids.items, ids.count * sizeof *copy);
    *set = copy, *count = ids.count;
  }
  propter_vec_clear(&ids);
  return status;
}

/* --- Life ------------------------------------------------------------------------------------------------------------- */

uint32_t exec_slot(Exec *run, uint32_t name, PropterError *err) {
  if (!propter_vec_push(&run->slot_names, name)) {
    (void)exec_fail_memory(run, err);
    return NO_SLOT;
  }
  return (uint32_t)(run->slot_names.count - 1);
}

static PropterStatus open_dataset(Exec *run, PropterError *err) {
  const PropterQueryOptions *o = &run->options;
  const AstSelect *s = run->query->select;
  const PropterStr *from = o->from, *named = o->from_named;
  size_t from_count = o->from_count, named_count = o->from_named_count;
  if (from_count + named_count == 0 && s) from = s->from, from_count = s->from_count, named = s->from_named, named_count = s->from_named_count;
  run->default_graph = (Graphs){.kind = o->default_is_union ? GRAPHS_UNION : GRAPHS_ONE, .graph = PROPTER_DEFAULT_GRAPH};
  if (from_count + named_count == 0) return PROPTER_OK;
  run->named_restricted = true;
  run->named_count = named_count;
  PROPTER_TRY(exec_graph_set(run, named, named_count, &run->named, err));
  run->default_graph = (Graphs){.kind = GRAPHS_SET, .set_count = from_count};
  PROPTER_TRY(exec_graph_set(run, from, from_count, &run->default_graph.set, err));
  if (from_count == 1) run->default_graph.kind = GRAPHS_ONE, run->default_graph.graph = run->default_graph.set[0];
  return PROPTER_OK;
}

PropterStatus exec_open(Exec *run, const PropterQuery *query, PropterSnapshot *snapshot, const PropterQueryOptions *options, PropterError *err) {
  *run = (Exec){.snapshot = snapshot, .query = query, .options = *options};
  if (run->options.memory == 0) run->options.memory = propter_query_options().memory;
  run->arena.limit = run->local_text.limit = run->cache_text.limit = run->options.memory;
  if (options->deadline_ms) run->deadline = exec_now() + (uint64_t)options->deadline_ms * 1000000U;
  run->now = moment_from_ms(options->now_ms);
  propter_rng_seed(&run->rng, options->seed);
  return open_dataset(run, err);
}

void exec_use_dataset(Exec *run, const Exec *other) {
  run->default_graph = other->default_graph;
  run->named_restricted = other->named_restricted, run->named = other->named, run->named_count = other->named_count;
}

void exec_close(Exec *run) {
  for (size_t i = 0; i < run->ops.count; i++) op_stop(run->ops.items[i]);
  pattern_clear(run);
  exec_free(run, run->cache, cache_size(run));
  propter_vec_clear(&run->excess);
  propter_vec_clear(&run->locals);
  propter_map_clear(&run->local_ids);
  propter_vec_clear(&run->slot_names);
  propter_vec_clear(&run->ops);
  propter_arena_clear(&run->arena);
  propter_arena_clear(&run->local_text);
  propter_arena_clear(&run->cache_text);
}

PropterQueryOptions propter_query_options(void) { return (PropterQueryOptions){.memory = (uint64_t)1 << 30, .threads = 1, .default_is_union = true}; }
