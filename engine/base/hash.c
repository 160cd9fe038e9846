/* SPDX-License-Identifier: Apache-2.0 */
#include "propter/hash.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <xxhash.h>

#include "propter/io.h"

uint64_t propter_hash64(PropterStr bytes) { return XXH3_64bits(bytes.data, bytes.len); }

PropterHash128 propter_hash128(PropterStr bytes) {
  XXH128_hash_t h = XXH3_128bits(bytes.data, bytes.len);
  return (PropterHash128){h.low64, h.high64};
}

static void to_hex(XXH128_hash_t h, char out[33]) {
  (void)snprintf(out, 33, "%016llx%016llx", (unsigned long long)h.high64, (unsigned long long)h.low64);
}

void propter_hash_hex(PropterStr bytes, char out[33]) { to_hex(XXH3_128bits(bytes.data, bytes.len), out); }

struct PropterHasher {
  XXH3_state_t *state;
};

PropterHasher *propter_hasher_new(void) {
  PropterHasher *h = propter_calloc(1, sizeof *h);
  if (h && !(h->state = XXH3_createState())) {
    propter_free(h);
    return NULL;
  }
  if (h) (void)XXH3_128bits_reset(h->state);
  return h;
}

void propter_hasher_add(PropterHasher *h, const void *bytes, size_t size) { (void)XXH3_128bits_update(h->state, bytes, size); }

void propter_hasher_hex(const PropterHasher *h, char out[33]) { to_hex(XXH3_128bits_digest(h->state), out); }

void propter_hasher_free(PropterHasher *h) {
  if (h) (void)XXH3_freeState(h->state);
  propter_free(h);
}

PropterStatus propter_hash_file(const char *path, uint64_t limit, char out[33], PropterError *err) {
  int fd = propter_io_open(path, O_RDONLY, 0);
  if (fd < 0) return propter_io_fail(err, path, "open");
  PropterHasher *hasher = propter_hasher_new();
  if (!hasher) {
    (void)propter_io_close(fd);
    return propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
  }
  PropterStatus status = PROPTER_OK;
  char block[1 << 16];
  uint64_t total = 0;
  for (;;) {
    ssize_t n = propter_io_read(fd, block, sizeof block);
    if (n < 0) status = propter_io_fail(err, path, "read");
    if (n <= 0) break;
    total += (uint64_t)n;
    if (limit && total > limit) {
      propter_error_at(err, path, 0, 0);
      status = propter_fail(err, PROPTER_LIMIT, "file is longer than the limit of %llu bytes", (unsigned long long)limit);
      break;
    }
    propter_hasher_add(hasher, block, (size_t)n);
  }
  propter_hasher_hex(hasher, out);
  propter_hasher_free(hasher);
  (void)propter_io_close(fd);
  return status;
}

/* Open addressing. A slot is 0, or the upper half of the hash above index + 1 into the insertion-ordered entries: most misses and hits are told without
 * touching an entry. */
static uint64_t slot_for(uint64_t hash, size_t index) { return (hash & UINT64_C(0xFFFFFFFF00000000)) | ((uint64_t)index + 1); }

static PropterMapEntry *entry_of(const PropterMap *map, uint64_t slot) { return &map->entries[(uint32_t)slot - 1]; }

static size_t slot_of(const PropterMap *map, PropterStr key, uint64_t hash) {
  size_t mask = map->slot_count - 1, i = (size_t)hash & mask;
  while (map->slots[i]) {
    if ((map->slots[i] ^ hash) >> 32 == 0) {
      const PropterMapEntry *e = entry_of(map, map->slots[i]);
      if (e->hash == hash && propter_str_equal(e->key, key)) break;
    }
    i = (i + 1) & mask;
  }
  return i;
}

uint64_t *propter_map_get_hashed(const PropterMap *map, PropterStr key, uint64_t hash) {
  if (!map->slot_count) return NULL;
  uint64_t slot = map->slots[slot_of(map, key, hash)];
  return slot ? &entry_of(map, slot)->value : NULL;
}

uint64_t *propter_map_get(const PropterMap *map, PropterStr key) { return map->slot_count ? propter_map_get_hashed(map, key, propter_hash64(key)) : NULL; }

void propter_map_expect(const PropterMap *map, uint64_t hash, unsigned step) {
  if (!map->slot_count) return;
  const uint64_t *slot = &map->slots[(size_t)hash & (map->slot_count - 1)];
  if (step == 0)
    __builtin_prefetch(slot);
  else if (*slot && (*slot ^ hash) >> 32 == 0)
    __builtin_prefetch(step == 1 ? (const void *)entry_of(map, *slot) : entry_of(map, *slot)->key.data);
}

static bool grow_slots(PropterMap *map) {
  size_t n = map->slot_count ? map->slot_count * 2 : 16;
  uint64_t *slots = propter_calloc(n, sizeof *slots);
  if (!slots) return false;
  for (size_t k = 0; k < map->count; k++) {
    size_t i = (size_t)map->entries[k].hash & (n - 1);
    while (slots[i]) i = (i + 1) & (n - 1);
    slots[i] = slot_for(map->entries[k].hash, k);
  }
  propter_free(map->slots);
  map->slots = slots;
  map->slot_count = n;
  return true;
}

uint64_t *propter_map_put(PropterMap *map, PropterStr key, uint64_t initial, bool *added) {
  return propter_map_put_hashed(map, key, propter_hash64(key), initial, added);
}

uint64_t *propter_map_put_hashed(PropterMap *map, PropterStr key, uint64_t hash, uint64_t initial, bool *added) {
  uint64_t *present = propter_map_get_hashed(map, key, hash);
  if (added) *added = !present;
  if (present) return present;
  if (map->count >= UINT32_MAX - 1) return NULL;
  if ((map->count + 1) * 4 > map->slot_count * 3 && !grow_slots(map)) return NULL;
  if (!propter_vec_grow((void **)&map->entries, &map->cap, map->count + 1, sizeof *map->entries)) return NULL;
  PropterStr copy = propter_arena_copy(&map->keys, key);
  if (!copy.data) return NULL;
  map->entries[map->count] = (PropterMapEntry){copy, hash, initial};
  map->slots[slot_of(map, key, hash)] = slot_for(hash, map->count);
  return &map->entries[map->count++].value;
}

void propter_map_clear(PropterMap *map) {
  propter_free(map->entries);
  propter_free(map->slots);
  propter_arena_clear(&map->keys);
  *map = (PropterMap){.keys.limit = map->keys.limit};
}

static bool is_empty(PropterHash128 h) { return !h.low && !h.high; }

/* The slot of the hash in its part, or the empty one that it would take. */
static size_t place_in(const struct PropterHashPart *p, PropterHash128 h) {
  size_t at = (size_t)h.low & (p->cap - 1);
  while (!is_empty(p->slots[at]) && (p->slots[at].low != h.low || p->slots[at].high != h.high)) at = (at + 1) & (p->cap - 1);
  return at;
}

static bool grow_part(struct PropterHashPart *p) {
  size_t cap = p->cap ? 2 * p->cap : 64;
  struct PropterHashPart bigger = {propter_calloc(cap, sizeof *p->slots), p->count, cap};
  if (!bigger.slots) return false;
  for (size_t i = 0; i < p->cap; i++)
    if (!is_empty(p->slots[i])) bigger.slots[place_in(&bigger, p->slots[i])] = p->slots[i];
  propter_free(p->slots);
  *p = bigger;
  return true;
}

bool propter_hash_set_add(PropterHashSet *set, PropterHash128 hash, bool *added) {
  struct PropterHashPart *p = &set->parts[hash.high % (sizeof set->parts / sizeof *set->parts)];
  if (is_empty(hash)) hash.low = 1;
  if (4 * (p->count + 1) > 3 * p->cap && !grow_part(p)) return false;
  size_t at = place_in(p, hash);
  *added = is_empty(p->slots[at]);
  p->slots[at] = hash;
  p->count += *added;
  return true;
}

void propter_hash_set_clear(PropterHashSet *set) {
  for (size_t i = 0; i < sizeof set->parts / sizeof *set->parts; i++) propter_free(set->parts[i].slots);
  *set = (PropterHashSet){0};
}
