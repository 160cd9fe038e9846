/* SPDX-License-Identifier: Apache-2.0 */
#include "score_known.h"

#include <string.h>

#include "kept.h"

/* A kept value: this, then the causes, timings and sets, those that were asked for. */
typedef struct {
  uint64_t causes, timings, sets;
  double unknown[2];
} Head;

static PropterStatus no_memory(size_t count, PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for %zu candidates", count); }

static bool same(PropterHash128 a, PropterHash128 b) { return a.low == b.low && a.high == b.high; }

enum { CAUSES, TIMINGS, SETS };

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

static void take_kept(Known *k) {
  PropterStr rest;
  Head head;
  if (!memo_get(k->frame->memo, k->frame->key, &rest) || rest.len < sizeof head) return;
  memcpy(&head, rest.data, sizeof head);
  (void)cut(&rest, 1, sizeof head);
  memcpy(k->unknown, head.unknown, sizeof k->unknown);
  k->kept[CAUSES] = cut(&rest, head.causes, sizeof(KnownCause));
  k->kept[TIMINGS] = cut(&rest, head.timings, sizeof(KnownTiming));
  k->kept[SETS] = cut(&rest, head.sets, sizeof(KnownSet));
  k->fresh = false;
  for (size_t i = 0; i < k->count; i++) (void)find(k->kept[CAUSES], sizeof k->cause[i], k->cause[i].effect, &k->cause[i]);
}

PropterStatus known_open(Known *k, const Frame *f, const PropterCandidate *c, size_t count, PropterError *err) {
  PropterStatus status = PROPTER_OK;
  *k = (Known){.frame = f, .count = count, .cause = propter_calloc(count + 1, sizeof *k->cause), .fresh = true};
  if (!k->cause) return no_memory(count, err);
  for (size_t i = 0; i < count && !status; i++)
    if (f->memo) status = kept_effect(&c[i], &k->cause[i].effect, err);
    else k->cause[i].effect = (PropterHash128){i, 0};
  if (!status && f->memo) take_kept(k);
  if (!status && k->fresh) frame_unknown(f, k->unknown);
  return status;
}

void known_clear(Known *k) {
  propter_free(k->cause);
  propter_vec_clear(&k->timings);
  propter_vec_clear(&k->sets);
}

PropterStatus known_keep(const Known *k, PropterError *err) {
  if (!k->frame->memo || !k->fresh) return PROPTER_OK;
  PropterBuf buf = {0};
  const Head head = {k->count, k->timings.count, k->sets.count, {k->unknown[0], k->unknown[1]}};
  propter_buf_add(&buf, (PropterStr){(const char *)&head, sizeof head});
  propter_buf_add(&buf, (PropterStr){(const char *)k->cause, k->count * sizeof *k->cause});
  if (k->timings.count) propter_buf_add(&buf, (PropterStr){(const char *)k->timings.items, k->timings.count * sizeof *k->timings.items});
  if (k->sets.count) propter_buf_add(&buf, (PropterStr){(const char *)k->sets.items, k->sets.count * sizeof *k->sets.items});
  PropterStatus status = propter_buf_status(&buf, err);
  if (!status) status = memo_put(k->frame->memo, k->frame->key, propter_buf_str(&buf), err);
  propter_buf_clear(&buf);
  return status;
}

PropterStatus known_timing(Known *k, size_t candidate, KnownTiming **out, bool *fresh, PropterError *err) {
  const PropterHash128 effect = k->cause[candidate].effect;
  *fresh = false;
  for (size_t i = 0; i < k->timings.count; i++)
    if (same(k->timings.items[i].effect, effect)) return *out = &k->timings.items[i], PROPTER_OK;
  KnownTiming one = {.effect = effect};
  *fresh = !find(k->kept[TIMINGS], sizeof one, effect, &one);
  if (!propter_vec_push(&k->timings, one)) return no_memory(k->count, err);
  *out = &k->timings.items[k->timings.count - 1];
  k->fresh |= *fresh;
  return PROPTER_OK;
}

PropterStatus known_set(Known *k, const size_t *candidate, size_t members, Tally **acting, bool *fresh, PropterError *err) {
  PropterHash128 effect[PROPTER_SCORE_SUBSET];
  for (size_t i = 0; i < members; i++) effect[i] = k->cause[candidate[i]].effect;
  const PropterHash128 effects = propter_hash128((PropterStr){(const char *)effect, members * sizeof *effect});
  *fresh = false;
  for (size_t i = 0; i < k->sets.count; i++)
    if (same(k->sets.items[i].effects, effects)) return *acting = k->sets.items[i].acting, PROPTER_OK;
  KnownSet one = {.effects = effects};
  *fresh = !find(k->kept[SETS], sizeof one, effects, &one);
  if (!propter_vec_push(&k->sets, one)) return no_memory(k->count, err);
  *acting = k->sets.items[k->sets.count - 1].acting;
  k->fresh |= *fresh;
  return PROPTER_OK;
}
