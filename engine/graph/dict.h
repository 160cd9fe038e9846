/* SPDX-License-Identifier: Apache-2.0 */
/* The dictionary: terms that are not inlined get a number, in order of arrival, that never changes. A record is a tag byte, for a typed literal the id of
 * its datatype, for a language literal the tag and a zero byte, then the text; stored with a checksum. */
#ifndef GRAPH_DICT_H
#define GRAPH_DICT_H

#include "env.h"
#include "id.h"
#include "propter/hash.h"

/* Record of a term; `datatype` is the id of a typed literal's datatype. Replaces the buffer's content. */
void dict_record(const PropterTerm *term, PropterId datatype, PropterBuf *record);

/* Id of a record, PROPTER_NO_ID if absent. */
PropterStatus dict_find(const Env *env, MDB_txn *txn, PropterStr record, PropterId *id, PropterError *err);

/* Stores new records (key) with their ids (value), whose numbers ascend. LIMIT without a message: the map is full. */
PropterStatus dict_put(const Env *env, MDB_txn *txn, const PropterMapEntry *terms, size_t count, PropterError *err);

/* Record of an id from its stored form: takes the checksum off and checks it. DAMAGED. */
PropterStatus dict_open(PropterStr stored, PropterId id, PropterStr *record, PropterError *err);

/* Record of an id (without the checksum), borrowed from the transaction. NOT_FOUND, DAMAGED. */
PropterStatus dict_get(const Env *env, MDB_txn *txn, PropterId id, PropterStr *record, PropterError *err);

#endif
