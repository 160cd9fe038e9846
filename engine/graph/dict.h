/* SPDX-License-Identifier: Apache-2.0 */
/* The dictionary: terms that are not inlined get a number, in order of arrival, that never changes. A record is a tag byte, for a typed literal the id of
 * its datatype, for a language literal the tag and a zero byte, then the text. Records of consecutive numbers stand in blocks, compressed by zstd so that a
 * block fills a page; literals of long records have numbers and blocks of their own, so that names are read without the texts between them. The index is a
 * table of rows (top bits of the record's XXH3, id) in the blocks of a permutation. */
#ifndef GRAPH_DICT_H
#define GRAPH_DICT_H

#include "env.h"
#include "id.h"
#include "propter/hash.h"

/* The table of a record or id of that tag: ENV_TERMS or ENV_TEXTS. */
static inline unsigned dict_table(unsigned tag) { return id_long(tag) ? ENV_TEXTS : ENV_TERMS; }

/* Appends the record of a term; `datatype` is the id of a typed literal's datatype. */
void dict_record(const PropterTerm *term, PropterId datatype, PropterBuf *record);

/* Unpacked blocks that were read last, shared by all readers of an environment. NULL: out of memory. */
DictCache *dict_cache_new(void);
void dict_cache_free(DictCache *cache);

/* Id of a record, PROPTER_NO_ID if absent; `hash` is its XXH3. */
PropterStatus dict_find(const Env *env, MDB_txn *txn, PropterStr record, uint64_t hash, PropterId *id, PropterError *err);

/* Stores new records (key) with their ids (value), whose numbers follow one another, those of long ones apart. LIMIT without a message: the map is full. */
PropterStatus dict_put(const Env *env, MDB_txn *txn, const PropterMapEntry *terms, size_t count, PropterError *err);

/* Record of an id, copied into `arena` with a zero byte behind it. NOT_FOUND, DAMAGED. */
PropterStatus dict_get(const Env *env, MDB_txn *txn, PropterId id, PropterArena *arena, PropterStr *record, PropterError *err);

/* The same of `count` ids in ascending order, as far as they stand in one block with the first: *done of them, at least one. */
PropterStatus dict_get_many(const Env *env, MDB_txn *txn, const PropterId *ids, size_t count, PropterArena *arena, PropterStr *records, size_t *done,
                            PropterError *err);

/* Hands over all records of the block that holds an id. */
PropterStatus dict_neighbours(const Env *env, MDB_txn *txn, PropterId id,
                              PropterStatus (*see)(void *payload, PropterId id, PropterStr record, PropterError *err), void *payload, PropterError *err);

/* What stands in the index for a record of that hash. */
static inline uint64_t dict_index(uint64_t hash) { return hash >> 24; }

/* For the walk through a file: checks a block stored under `key`, whose first number must be `first`, and hands over its records. */
PropterStatus dict_walk(PropterStr key, PropterStr value, uint64_t first,
                        PropterStatus (*see)(void *payload, uint64_t number, PropterStr record, PropterError *err), void *payload, PropterError *err);

#endif
