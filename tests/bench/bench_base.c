/* SPDX-License-Identifier: Apache-2.0 */
/* Hash map and content hash: what interning costs at least. */
#include "bench.h"

#include "propter/hash.h"
#include "propter/rng.h"

enum { KEYS = 1000000 };

static void fill_map(void *payload) {
  PropterMap map = {0};
  PropterRng rng;
  propter_rng_seed(&rng, 1);
  for (uint64_t i = 0; i < KEYS; i++) {
    uint64_t key = propter_rng_below(&rng, KEYS / 2);
    if (!propter_map_put(&map, (PropterStr){(const char *)&key, sizeof key}, i, NULL)) exit(75);
  }
  *(size_t *)payload = map.count;
  propter_map_clear(&map);
}

static void hash_bytes(void *payload) {
  static char block[1 << 20];
  uint64_t sum = 0;
  for (int i = 0; i < 64; i++) block[0] = (char)i, sum += propter_hash64((PropterStr){block, sizeof block});
  *(uint64_t *)payload = sum;
}

int main(void) {
  size_t count = 0;
  uint64_t sum = 0;
  bench_print("map-put", KEYS / bench_median(fill_map, &count) / 1e6, "M/s");
  bench_print("hash-xxh3", 64 / bench_median(hash_bytes, &sum) / 1e3, "GB/s");
  return count && sum ? 0 : 70;
}
