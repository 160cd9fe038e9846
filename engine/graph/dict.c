/* SPDX-License-Identifier: Apache-2.0 */
#include "dict.h"

#include <stdlib.h>
#include <string.h>

#include "propter/hash.h"
#include "term.h"

static void big_endian(uint64_t v, unsigned char out[8]) {
  for (int i = 7; i >= 0; i--, v >>= 8) out[i] = (unsigned char)v;
}

void dict_record(const PropterTerm *term, PropterId datatype, PropterBuf *record) {
  unsigned tag = term->kind == PROPTER_TERM_BLANK    ? ID_BLANK
                 : term->kind == PROPTER_TERM_IRI    ? ID_IRI
                 : term->language.len                ? ID_LANGUAGE
                 : term_is_string(term)              ? ID_STRING
                                                     : ID_TYPED;
  propter_buf_reset(record);
  propter_buf_add_char(record, (char)tag);
  if (tag == ID_TYPED) propter_buf_add(record, (PropterStr){(const char *)&datatype, sizeof datatype});
  if (tag == ID_LANGUAGE) {
    /* Tags that differ in case only are the same (RDF 1.1 Concepts, 3.3): kept in lower case. */
    for (size_t i = 0; i < term->language.len; i++) {
      char c = term->language.data[i];
      propter_buf_add_char(record, c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c);
    }
    propter_buf_add_char(record, '\0');
  }
  propter_buf_add(record, term->value);
}

static uint32_t checksum(PropterStr record) { return (uint32_t)propter_hash64(record); }

PropterStatus dict_open(PropterStr stored, PropterId id, PropterStr *record, PropterError *err) {
  uint32_t sum;
  if (stored.len < 1 + sizeof sum) return propter_fail(err, PROPTER_DAMAGED, "term %llx is too short", (unsigned long long)id);
  *record = (PropterStr){stored.data, stored.len - sizeof sum};
  memcpy(&sum, record->data + record->len, sizeof sum);
  if (sum != checksum(*record) || (unsigned char)record->data[0] != id_tag(id)) return propter_fail(err, PROPTER_DAMAGED, "term %llx fails its checksum", (unsigned long long)id);
  return PROPTER_OK;
}

PropterStatus dict_get(const Env *env, MDB_txn *txn, PropterId id, PropterStr *record, PropterError *err) {
  unsigned char k[8];
  big_endian(id & ID_PAYLOAD, k);
  MDB_val key = {sizeof k, k}, data;
  int rc = mdb_get(txn, env->db[ENV_TERMS], &key, &data);
  if (rc == MDB_NOTFOUND) return propter_fail(err, PROPTER_NOT_FOUND, "the graph has no term %llx", (unsigned long long)id);
  if (rc) return env_fail(env, rc, "read", err);
  return dict_open((PropterStr){data.mv_data, data.mv_size}, id, record, err);
}

PropterStatus dict_find(const Env *env, MDB_txn *txn, PropterStr record, PropterId *id, PropterError *err) {
  unsigned char k[8];
  big_endian(propter_hash64(record), k);
  MDB_val key = {sizeof k, k}, data;
  *id = PROPTER_NO_ID;
  int rc = mdb_get(txn, env->db[ENV_HASHES], &key, &data);
  if (rc == MDB_NOTFOUND) return PROPTER_OK;
  if (rc) return env_fail(env, rc, "read", err);
  if (data.mv_size % sizeof *id) return propter_fail(err, PROPTER_DAMAGED, "hash entry has %zu bytes", data.mv_size);
  for (size_t at = 0; at < data.mv_size; at += sizeof *id) {
    PropterId found;
    PropterStr present;
    memcpy(&found, (const char *)data.mv_data + at, sizeof found);
    PropterStatus status = dict_get(env, txn, found, &present, err);
    if (status == PROPTER_NOT_FOUND) return propter_fail(err, PROPTER_DAMAGED, "hash entry names the absent term %llx", (unsigned long long)found);
    PROPTER_TRY(status);
    if (propter_str_equal(present, record)) {
      *id = found;
      return PROPTER_OK;
    }
  }
  return PROPTER_OK;
}

typedef struct {
  uint64_t hash;
  PropterId id;
} Pair;

static int by_hash(const void *a, const void *b) {
  const Pair *x = a, *y = b;
  return x->hash != y->hash ? (x->hash > y->hash ? 1 : -1) : (x->id > y->id) - (x->id < y->id);
}

static PropterStatus failed(const Env *env, int rc, PropterError *err) { return rc == MDB_MAP_FULL ? PROPTER_LIMIT : env_fail(env, rc, "write", err); }

/* The records, by number. */
static PropterStatus put_records(const Env *env, MDB_txn *txn, const PropterMapEntry *terms, size_t count, Pair *pairs, PropterError *err) {
  for (size_t i = 0; i < count; i++) {
    PropterStr record = terms[i].key;
    unsigned char k[8];
    big_endian(terms[i].value & ID_PAYLOAD, k);
    uint64_t hash = propter_hash64(record);
    uint32_t sum = (uint32_t)hash;
    MDB_val key = {sizeof k, k}, data = {record.len + sizeof sum, NULL};
    int rc = mdb_put(txn, env->db[ENV_TERMS], &key, &data, MDB_RESERVE | MDB_NOOVERWRITE | MDB_APPEND);
    if (rc) return failed(env, rc, err);
    memcpy(data.mv_data, record.data, record.len);
    memcpy((char *)data.mv_data + record.len, &sum, sizeof sum);
    pairs[i] = (Pair){hash, terms[i].value};
  }
  return PROPTER_OK;
}

/* One entry of the index; terms of equal hash share it. */
static PropterStatus put_hash(const Env *env, MDB_txn *txn, const Pair *pair, bool append, PropterError *err) {
  PropterId ids[32], id = pair->id;
  unsigned char k[8];
  big_endian(pair->hash, k);
  MDB_val key = {sizeof k, k}, data = {sizeof id, &id};
  int rc = mdb_put(txn, env->db[ENV_HASHES], &key, &data, append ? MDB_APPEND : MDB_NOOVERWRITE);
  if (rc != MDB_KEYEXIST) return rc ? failed(env, rc, err) : PROPTER_OK;
  if (append && (rc = mdb_get(txn, env->db[ENV_HASHES], &key, &data)) != 0) return env_fail(env, rc, "read", err);
  if (data.mv_size % sizeof id || data.mv_size > sizeof ids - sizeof id) return propter_fail(err, PROPTER_DAMAGED, "hash entry has %zu bytes", data.mv_size);
  size_t n = data.mv_size / sizeof id;
  memcpy(ids, data.mv_data, data.mv_size);
  ids[n++] = id;
  data = (MDB_val){n * sizeof id, ids};
  rc = mdb_put(txn, env->db[ENV_HASHES], &key, &data, 0);
  return rc ? failed(env, rc, err) : PROPTER_OK;
}

PropterStatus dict_put(const Env *env, MDB_txn *txn, const PropterMapEntry *terms, size_t count, PropterError *err) {
  if (!count) return PROPTER_OK;
  Pair *pairs = propter_malloc(count * sizeof *pairs);
  if (!pairs) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for %zu new terms", count);
  PropterStatus status = put_records(env, txn, terms, count, pairs, err);
  /* In order of their hashes, the index is written page by page instead of all over. */
  if (status == PROPTER_OK) qsort(pairs, count, sizeof *pairs, by_hash);
  MDB_stat index = {0};
  int rc = mdb_stat(txn, env->db[ENV_HASHES], &index);
  if (status == PROPTER_OK && rc) status = env_fail(env, rc, "read", err);
  for (size_t i = 0; i < count && status == PROPTER_OK; i++) status = put_hash(env, txn, &pairs[i], index.ms_entries == 0, err);
  propter_free(pairs);
  return status;
}
