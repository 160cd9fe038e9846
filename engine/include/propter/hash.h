/* SPDX-License-Identifier: Apache-2.0 */
/* Content hashes (XXH3) and hash maps. */
#ifndef PROPTER_HASH_H
#define PROPTER_HASH_H

#include "propter/mem.h"

/* XXH3-64 of the bytes. */
PROPTER_API uint64_t propter_hash64(PropterStr bytes);

/* XXH3-128 of the bytes as 32 hexadecimal digits and a terminator. */
PROPTER_API void propter_hash_hex(PropterStr bytes, char out[33]);

/* The same as two numbers. */
typedef struct {
  uint64_t low, high;
} PropterHash128;
PROPTER_API PropterHash128 propter_hash128(PropterStr bytes);

/* The same for bytes that come one after the other. NULL: out of memory. */
typedef struct PropterHasher PropterHasher;
PROPTER_API PropterHasher *propter_hasher_new(void);
PROPTER_API void propter_hasher_add(PropterHasher *hasher, const void *bytes, size_t size);
PROPTER_API void propter_hasher_hex(const PropterHasher *hasher, char out[33]); /* of what was added so far */
PROPTER_API void propter_hasher_free(PropterHasher *hasher);

/* Cryptographic digests in hexadecimal digits, with a terminator: MD5 (RFC 1321), SHA-1 and SHA-2 (FIPS 180-4). For names and comparisons, not for secrets. */
typedef enum { PROPTER_DIGEST_MD5, PROPTER_DIGEST_SHA1, PROPTER_DIGEST_SHA256, PROPTER_DIGEST_SHA384, PROPTER_DIGEST_SHA512 } PropterDigest;
PROPTER_API void propter_digest(PropterDigest kind, PropterStr bytes, char out[129]);

/* XXH3-128 for a file, read in blocks. Errors as propter_io_read_file; `limit` 0: no limit. */
PROPTER_API PropterStatus propter_hash_file(const char *path, uint64_t limit, char out[33], PropterError *err);

/* Map from bytes to a 64-bit value. Zero-initialise. Keys are copied. Iteration order is insertion order: entries[0..count). */
typedef struct {
  PropterStr key;
  uint64_t hash;
  uint64_t value;
} PropterMapEntry;
typedef struct {
  PropterMapEntry *entries;
  size_t count;
  size_t cap;
  uint64_t *slots;
  size_t slot_count;
  PropterArena keys;
} PropterMap;

/* Address of the value, or NULL if the key is absent. Valid until the next put. */
PROPTER_API uint64_t *propter_map_get(const PropterMap *map, PropterStr key);
/* Address of the value; *added tells whether the key is new (its value is `initial` then). NULL: out of memory, map unchanged. */
PROPTER_API uint64_t *propter_map_put(PropterMap *map, PropterStr key, uint64_t initial, bool *added);
/* The same for a key whose propter_hash64 is known. */
PROPTER_API uint64_t *propter_map_get_hashed(const PropterMap *map, PropterStr key, uint64_t hash);
PROPTER_API uint64_t *propter_map_put_hashed(PropterMap *map, PropterStr key, uint64_t hash, uint64_t initial, bool *added);
/* Brings nearer what looking up a key of that hash will touch: called with step 0, 1, 2 some keys ahead each, each needs what the one before has fetched. */
enum { PROPTER_MAP_STEPS = 3 };
PROPTER_API void propter_map_expect(const PropterMap *map, uint64_t hash, unsigned step);
PROPTER_API void propter_map_clear(PropterMap *map);

/* Set of 128-bit hashes, 16 bytes each, in parts that grow one by one, so that growing never holds everything twice. Zero-initialise. */
typedef struct {
  struct PropterHashPart {
    PropterHash128 *slots;
    size_t count, cap;
  } parts[256];
} PropterHashSet;
/* *added tells whether it is new. False: out of memory, set unchanged. */
PROPTER_API bool propter_hash_set_add(PropterHashSet *set, PropterHash128 hash, bool *added);
PROPTER_API void propter_hash_set_clear(PropterHashSet *set);

#endif
