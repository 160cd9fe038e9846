/* SPDX-License-Identifier: Apache-2.0 */
#include "score_known.h"

#include <string.h>

#include "kept.h"

/* A kept value: this, then the records of each part that were asked for. */
typedef struct {
  uint64_t count[KNOWN_PARTS];
  double unknown[2];
} Head;

static PropterStatus no_memory(size_t count, PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for %zu candidates", count); }

static bool same(PropterHash128 a, PropterHash128 b) { return a.low == b.low && a.high == b.high; }

static PropterStr cut(PropterStr *rest, uint64_t count, size_t size) {
  const PropterStr part = {rest->data, count > rest->len / size ? 0 : (size_t)count * size};
  *rest = (PropterStr){rest->data + part.len, rest->len - part.len};
  return part;
}

/* The record of this size under the key. */
static bool find(PropterStr records, size_t size, PropterHash128 key, void *out) {
  for (size_t at = 0; at < records.len; at += size) {
    PropterHash128 own;
    memcpy(&own, records.data + at, sizeof own);
    if (!same(own, key)) continue;
    memcpy(out, records.data + at, size);
    return true;
  }
  return false;
}

/* One after the other: what a key is made of is hashed with the key before. */
static PropterHash128 joined(PropterHash128 a, PropterHash128 b) {
  const PropterHash128 both[] = {a, b};
  return propter_hash128((PropterStr){(const char *)both, sizeof both});
}

static void take_kept(Known *k) {
  static const size_t size[KNOWN_PARTS] = {sizeof(KnownCause), sizeof(KnownTiming), sizeof(KnownPlacebo), sizeof(KnownSet)};
  PropterStr rest;
  Head head;
  if (!memo_get(k->frame->memo, k->key, &rest) || rest.len < sizeof head) return;
  memcpy(&head, rest.data, sizeof head);
  (void)cut(&rest, 1, sizeof head);
  memcpy(k->unknown, head.unknown, sizeof k->unknown);
  for (int part = 0; part < KNOWN_PARTS; part++) k->kept[part] = cut(&rest, head.count[part], size[part]);
  k->fresh = false;
}

/* So that who has the answer of a window knows what it rests on. */
static PropterStatus kept_name(const Frame *f, PropterHash128 key, PropterError *err) {
  const PropterHash128 own = kept_key(f->own, KEPT_EVIDENCE, f->from, f->from + f->length - 1);
  const PropterStr name = {(const char *)&key, sizeof key};
  PropterStr kept;
  return memo_get(f->memo, own, &kept) && propter_str_equal(kept, name) ? PROPTER_OK : memo_put(f->memo, own, name, err);
}

PropterStatus known_open(Known *k, const Frame *f, const PropterCandidate *c, size_t count, double threshold, int direction, PropterError *err) {
  *k = (Known){.frame = f, .candidate = c, .count = count, .cause = propter_calloc(count + 1, sizeof *k->cause), .fresh = true};
  if (!k->cause) return no_memory(count, err);
  if (f->memo) {
    PROPTER_TRY(kept_deviations(f, threshold, direction, &k->key, err));
    PROPTER_TRY(kept_name(f, k->key, err));
    if (count) PROPTER_TRY(kept_periods(f, &k->periods, err));
    take_kept(k);
  }
  if (k->fresh) frame_unknown(f, k->unknown);
  return PROPTER_OK;
}

void known_clear(Known *k) {
  propter_free(k->cause);
  propter_vec_clear(&k->timings);
  propter_vec_clear(&k->placebos);
  propter_vec_clear(&k->sets);
}

static void add_part(PropterBuf *buf, const void *records, size_t size) {
  if (size) propter_buf_add(buf, (PropterStr){records, size});
}

PropterStatus known_keep(const Known *k, PropterError *err) {
  if (!k->frame->memo || !k->fresh) return PROPTER_OK;
  PropterBuf buf = {0};
  const Head head = {{k->count, k->timings.count, k->placebos.count, k->sets.count}, {k->unknown[0], k->unknown[1]}};
  add_part(&buf, &head, sizeof head);
  add_part(&buf, k->cause, k->count * sizeof *k->cause);
  add_part(&buf, k->timings.items, k->timings.count * sizeof *k->timings.items);
  add_part(&buf, k->placebos.items, k->placebos.count * sizeof *k->placebos.items);
  add_part(&buf, k->sets.items, k->sets.count * sizeof *k->sets.items);
  PropterStatus status = propter_buf_status(&buf, err);
  if (!status) status = memo_put(k->frame->memo, k->key, propter_buf_str(&buf), err);
  propter_buf_clear(&buf);
  return status;
}

PropterStatus known_cause(Known *k, size_t candidate, const Set *alone, PropterError *err) {
  KnownCause *own = &k->cause[candidate];
  own->key = (PropterHash128){candidate, 0};
  if (!k->frame->memo) return PROPTER_OK;
  PROPTER_TRY(kept_columns(alone->column, alone->start[1], is_dated(alone->candidate[0]), &own->key, err));
  (void)find(k->kept[KNOWN_CAUSES], sizeof *own, own->key, own);
  return PROPTER_OK;
}

/* What the candidate does, and what else its evidence rests on. */
static PropterStatus effect_key(const Known *k, size_t candidate, PropterHash128 rest, PropterHash128 *out, PropterError *err) {
  *out = (PropterHash128){candidate, 0};
  if (!k->frame->memo) return PROPTER_OK;
  PROPTER_TRY(kept_effect(&k->candidate[candidate], out, err));
  *out = joined(*out, rest);
  return PROPTER_OK;
}

/* Of the records of this run, the first of which begins at `made`, that with the key of `one`; else what was kept of it; else `one` is new. Its place, count if
 * it is to be added. */
static size_t record(const Known *k, int part, const void *made, size_t count, size_t size, void *one, bool *fresh) {
  PropterHash128 key, own;
  memcpy(&key, one, sizeof key);
  *fresh = false;
  for (size_t i = 0; i < count; i++) {
    memcpy(&own, (const char *)made + i * size, sizeof own);
    if (same(own, key)) return i;
  }
  *fresh = !find(k->kept[part], size, key, one);
  return count;
}

#define KNOWN_RECORD(k, vec, part, one, out, fresh)                                                      \
  do {                                                                                                   \
    const size_t at_ = record(k, part, (vec).items, (vec).count, sizeof(one), &(one), fresh);            \
    if (at_ == (vec).count && !propter_vec_push(&(vec), one)) return no_memory((k)->count, err);         \
    *(out) = &(vec).items[at_];                                                                          \
    (k)->fresh |= *(fresh);                                                                              \
  } while (0)

PropterStatus known_timing(Known *k, size_t candidate, KnownTiming **out, bool *fresh, PropterError *err) {
  KnownTiming one = {.undated = {.alone = {{0}}}};
  PROPTER_TRY(effect_key(k, candidate, k->periods, &one.key, err));
  KNOWN_RECORD(k, k->timings, KNOWN_TIMINGS, one, out, fresh);
  return PROPTER_OK;
}

PropterStatus known_placebo(Known *k, size_t candidate, KnownPlacebo **out, bool *fresh, PropterError *err) {
  KnownPlacebo one = {.p = 0};
  PROPTER_TRY(effect_key(k, candidate, k->frame->own, &one.key, err));
  KNOWN_RECORD(k, k->placebos, KNOWN_PLACEBOS, one, out, fresh);
  return PROPTER_OK;
}

PropterStatus known_set(Known *k, const size_t *candidate, size_t members, KnownSet **out, bool *fresh, PropterError *err) {
  PropterHash128 key[PROPTER_SCORE_SUBSET];
  KnownSet one = {.acting = {{0}}};
  for (size_t i = 0; i < members; i++) key[i] = k->cause[candidate[i]].key;
  one.key = propter_hash128((PropterStr){(const char *)key, members * sizeof *key});
  KNOWN_RECORD(k, k->sets, KNOWN_SETS, one, out, fresh);
  return PROPTER_OK;
}
