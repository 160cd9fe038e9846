/* SPDX-License-Identifier: Apache-2.0 */
/* Terms to ids and back. */
#include <string.h>

#include "dict.h"
#include "snapshot.h"
#include "sort_keys.h"
#include "term.h"

PropterStatus propter_snapshot_find(PropterSnapshot *s, const PropterTerm *term, PropterId *id, PropterError *err) {
  *id = PROPTER_NO_ID;
  PROPTER_TRY(term_check(term, s->env->limits.term_bytes, err));
  PropterId datatype = PROPTER_NO_ID;
  if (term->kind == PROPTER_TERM_LITERAL && !term->language.len && !term_is_string(term)) {
    if ((*id = id_inline(term->value, term->datatype)) != PROPTER_NO_ID) return PROPTER_OK;
    PropterTerm type = propter_iri(term->datatype);
    PROPTER_TRY(propter_snapshot_find(s, &type, &datatype, err));
    if (datatype == PROPTER_NO_ID) return PROPTER_OK;
  }
  PropterBuf record = {0};
  dict_record(term, datatype, &record);
  PropterStatus status = propter_buf_status(&record, err);
  if (status == PROPTER_OK) status = dict_find(s->env, s->txn, propter_buf_str(&record), propter_hash64(propter_buf_str(&record)), id, err);
  propter_buf_clear(&record);
  return status;
}

/* The datatype that was read last, since many literals have the same. */
typedef struct {
  PropterId id;
  PropterStr iri;
} Datatype;

/* Splits a record, which is in the arena, into the views of a term; the datatype's text comes from its own record. */
static PropterStatus split(PropterSnapshot *s, PropterStr record, PropterArena *arena, Datatype *known, PropterTerm *term, PropterError *err) {
  unsigned tag = (unsigned char)record.data[0];
  PropterStr rest = {record.data + 1, record.len - 1};
  *term = (PropterTerm){tag == ID_BLANK ? PROPTER_TERM_BLANK : tag == ID_IRI ? PROPTER_TERM_IRI : PROPTER_TERM_LITERAL, rest, {"", 0}, {"", 0}};
  if (tag == ID_LANGUAGE || tag == ID_LONG_LANGUAGE) {
    const char *zero = memchr(rest.data, '\0', rest.len);
    if (!zero) return propter_fail(err, PROPTER_DAMAGED, "a language literal has no end of its language");
    term->language = (PropterStr){rest.data, (size_t)(zero - rest.data)};
    term->value = (PropterStr){zero + 1, rest.len - term->language.len - 1};
  } else if (tag == ID_TYPED || tag == ID_LONG_TYPED) {
    PropterId type;
    PropterStr iri;
    if (rest.len < sizeof type) return propter_fail(err, PROPTER_DAMAGED, "a typed literal has no datatype");
    memcpy(&type, rest.data, sizeof type);
    if (known->id != type) {
      PROPTER_TRY(dict_get(s->env, s->txn, type, arena, &iri, err));
      *known = (Datatype){type, {iri.data + 1, iri.len - 1}};
    }
    term->datatype = known->iri;
    term->value = (PropterStr){rest.data + sizeof type, rest.len - sizeof type};
  }
  return PROPTER_OK;
}

static PropterStatus inlined(PropterId id, PropterArena *arena, PropterTerm *term, PropterError *err) {
  char text[ID_TEXT];
  PropterStr datatype;
  size_t n = id_lexical(id, text, &datatype);
  if (n == 0) return propter_fail(err, PROPTER_NOT_FOUND, "the graph has no term %llx", (unsigned long long)id);
  *term = propter_typed(propter_arena_copy(arena, (PropterStr){text, n}), datatype);
  return term->value.data ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
}

static PropterStatus special(PropterId id, PropterError *err) {
  return propter_fail(err, PROPTER_NOT_FOUND, "%s has no term", id == PROPTER_DEFAULT_GRAPH ? "the default graph" : "an absent id");
}

PropterStatus propter_snapshot_term(PropterSnapshot *s, PropterId id, PropterArena *arena, PropterTerm *term, PropterError *err) {
  if (id_tag(id) >= ID_INLINE) return inlined(id, arena, term, err);
  if (id_tag(id) == ID_SPECIAL) return special(id, err);
  PropterStr record;
  Datatype known = {PROPTER_NO_ID, {NULL, 0}};
  PROPTER_TRY(dict_get(s->env, s->txn, id, arena, &record, err));
  return split(s, record, arena, &known, term, err);
}

/* In order of these ids of one block stand together. */
static uint64_t key_of(PropterId id) { return (uint64_t)id_long(id_tag(id)) << 63 | (id & ID_PAYLOAD) << 4 | id_tag(id); }
static PropterId id_of_key(uint64_t key) { return id_make((unsigned)(key & 15), key >> 4 & ID_PAYLOAD); }

/* Dictionary ids sorted by number, with the places of their terms. */
typedef struct {
  SortKey *keys;
  PropterId *ids; /* different ones */
  PropterStr *records;
  size_t count;
} Wanted;

static PropterStatus read_wanted(PropterSnapshot *s, const Wanted *w, PropterCheck check, void *payload, PropterArena *arena, PropterTerm *terms,
                                 PropterError *err) {
  size_t different = 0, done, place = 0;
  Datatype known = {PROPTER_NO_ID, {NULL, 0}};
  for (size_t i = 0; i < w->count; i++)
    if (i == 0 || w->keys[i].key != w->keys[i - 1].key) w->ids[different++] = id_of_key(w->keys[i].key);
  for (size_t i = 0; i < different; i += done) {
    if (check) PROPTER_TRY(check(payload, err));
    PROPTER_TRY(dict_get_many(s->env, s->txn, w->ids + i, different - i, arena, w->records + i, &done, err));
  }
  for (size_t i = 0; i < w->count; i++) {
    PropterTerm *term = &terms[w->keys[i].at];
    if (i > 0 && w->keys[i].key == w->keys[i - 1].key)
      *term = terms[w->keys[i - 1].at];
    else
      PROPTER_TRY(split(s, w->records[place++], arena, &known, term, err));
  }
  return PROPTER_OK;
}

/* Terms that need no dictionary; *rest: how many do. */
static PropterStatus read_inlined(const PropterId *ids, size_t count, PropterArena *arena, PropterTerm *terms, size_t *rest, PropterError *err) {
  *rest = 0;
  for (size_t i = 0; i < count; i++) {
    if (ids[i] == PROPTER_NO_ID)
      terms[i] = (PropterTerm){PROPTER_TERM_NONE, {"", 0}, {"", 0}, {"", 0}};
    else if (id_tag(ids[i]) == ID_SPECIAL)
      return special(ids[i], err);
    else if (id_tag(ids[i]) >= ID_INLINE)
      PROPTER_TRY(inlined(ids[i], arena, &terms[i], err));
    else
      ++*rest;
  }
  return PROPTER_OK;
}

PropterStatus propter_snapshot_terms(PropterSnapshot *s, const PropterId *ids, size_t count, PropterCheck check, void *payload, PropterArena *arena,
                                     PropterTerm *terms, PropterError *err) {
  Wanted w = {0};
  PROPTER_TRY(read_inlined(ids, count, arena, terms, &w.count, err));
  if (!w.count) return PROPTER_OK;
  if (count > UINT32_MAX) return propter_fail(err, PROPTER_LIMIT, "more than %u terms at once", UINT32_MAX);
  SortKey *memory = propter_malloc(w.count * (2 * sizeof *memory + sizeof *w.records + sizeof *w.ids));
  if (!memory) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
  w.records = (PropterStr *)(void *)(memory + 2 * w.count);
  w.ids = (PropterId *)(void *)(w.records + w.count);
  for (size_t i = 0, n = 0; i < count; i++)
    if (ids[i] && id_tag(ids[i]) < ID_INLINE) memory[n++] = (SortKey){key_of(ids[i]), (uint32_t)i};
  w.keys = sort_keys(memory, memory + w.count, w.count);
  PropterStatus status = read_wanted(s, &w, check, payload, arena, terms, err);
  propter_free(memory);
  return status;
}
