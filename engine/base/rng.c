/* SPDX-License-Identifier: Apache-2.0 */
#include "propter/rng.h"

#include <math.h>

static uint64_t rotl(uint64_t x, int k) { return (x << k) | (x >> (64 - k)); }

void propter_rng_seed(PropterRng *rng, uint64_t seed) {
  for (int i = 0; i < 4; i++) {
    uint64_t z = (seed += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    rng->s[i] = z ^ (z >> 31);
  }
}

uint64_t propter_rng_next(PropterRng *rng) {
  uint64_t *s = rng->s, result = rotl(s[1] * 5, 7) * 9, t = s[1] << 17;
  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= t;
  s[3] = rotl(s[3], 45);
  return result;
}

uint64_t propter_rng_below(PropterRng *rng, uint64_t n) {
  uint64_t limit = UINT64_MAX - UINT64_MAX % n, x;
  do x = propter_rng_next(rng);
  while (x >= limit);
  return x % n;
}

double propter_rng_unit(PropterRng *rng) { return (double)(propter_rng_next(rng) >> 11) * 0x1.0p-53; }

double propter_rng_normal(PropterRng *rng) {
  double u, v, s;
  do {
    u = 2 * propter_rng_unit(rng) - 1;
    v = 2 * propter_rng_unit(rng) - 1;
    s = u * u + v * v;
  } while (s >= 1 || s <= 0);
  return u * sqrt(-2 * log(s) / s);
}
