/* SPDX-License-Identifier: Apache-2.0 */
#include "delta.h"

PropterStatus delta_count(const Env *env, MDB_txn *txn, uint64_t *count, PropterError *err) { return env_meta(env, txn, "delta", count, err); }

PropterStatus delta_room(const Env *env, MDB_txn *txn, uint64_t *most, PropterError *err) {
  PROPTER_TRY(env_meta(env, txn, "quads", most, err));
  *most /= env->delta_share;
  if (*most > DELTA_MOST) *most = DELTA_MOST;
  return PROPTER_OK;
}

/* Calls `see` with each of ascending rows that a table holds. */
static PropterStatus look(const Env *env, MDB_txn *txn, unsigned table, Change *changes, size_t count, void (*see)(Change *), PropterError *err) {
  MDB_cursor *cursor;
  int rc = mdb_cursor_open(txn, env->db[table], &cursor);
  if (rc) return env_fail(env, rc, "read", err);
  PropterStatus status = PROPTER_OK;
  for (size_t i = 0; i < count && status == PROPTER_OK;) {
    MDB_val key, value;
    Block block;
    rc = block_seek(cursor, &changes[i].row, &key, &value);
    if (rc) {
      status = rc == MDB_NOTFOUND ? PROPTER_OK : env_fail(env, rc, "read", err);
      break;
    }
    if ((status = block_open(key, value, &block, err)) != PROPTER_OK) break;
    Row last = block_row(&block, block.count - 1);
    size_t at = 0;
    do {
      at = block_search(&block, at, &changes[i].row, 4, false);
      Row here = last;
      if (at < block.count) here = block_row(&block, at);
      if (at < block.count && row_compare(&here, &changes[i].row, 4) == 0) see(&changes[i]);
    } while (++i < count && row_compare(&changes[i].row, &last, 4) <= 0);
  }
  mdb_cursor_close(cursor);
  return status;
}

static void toggle_done(Change *c) { c->done = !c->done; }
static void not_added(Change *c) { c->add = false; }

PropterStatus delta_find(const Env *env, MDB_txn *txn, Change *changes, size_t count, Change *out, size_t *found, PropterError *err) {
  *found = 0;
  for (size_t i = 0; i < count; i++) changes[i].done = changes[i].add;
  PROPTER_TRY(look(env, txn, PROPTER_SPOG, changes, count, toggle_done, err));
  PROPTER_TRY(look(env, txn, ENV_DELTA + PROPTER_SPOG, changes, count, toggle_done, err));
  for (size_t i = 0; i < count; i++)
    if (changes[i].done) out[(*found)++] = (Change){changes[i].row, true, false};
  return look(env, txn, ENV_DELTA + PROPTER_SPOG, out, *found, not_added, err);
}

/* The rows of the delta, as additions. */
static PropterStatus load(const Env *env, MDB_txn *txn, Change *changes, size_t count, PropterError *err) {
  MDB_cursor *cursor;
  MDB_val key, value;
  Block block;
  size_t n = 0;
  int rc = mdb_cursor_open(txn, env->db[ENV_DELTA + PROPTER_SPOG], &cursor);
  if (rc) return env_fail(env, rc, "read", err);
  PropterStatus status = PROPTER_OK;
  while (status == PROPTER_OK && (rc = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) == 0) {
    status = block_open(key, value, &block, err);
    for (size_t i = 0; status == PROPTER_OK && i < block.count && n < count; i++) changes[n++] = (Change){block_row(&block, i), true, false};
  }
  mdb_cursor_close(cursor);
  if (status != PROPTER_OK) return status;
  if (rc != MDB_NOTFOUND) return env_fail(env, rc, "read", err);
  return n == count ? PROPTER_OK : propter_fail(err, PROPTER_DAMAGED, "the delta holds %zu quads, expected %zu", n, count);
}

PropterStatus delta_take(const Env *env, MDB_txn *txn, Change *changes, size_t count, PropterError *err) {
  PROPTER_TRY(load(env, txn, changes, count, err));
  PROPTER_TRY(look(env, txn, PROPTER_SPOG, changes, count, not_added, err));
  for (unsigned order = 0; order < PROPTER_ORDER_COUNT; order++) {
    int rc = mdb_drop(txn, env->db[ENV_DELTA + order], 0);
    if (rc) return rc == MDB_MAP_FULL ? PROPTER_LIMIT : env_fail(env, rc, "write", err);
  }
  return env_set_meta(env, txn, "delta", 0, err);
}
