/* SPDX-License-Identifier: Apache-2.0 */
/* Seeded random numbers: xoshiro256** seeded by splitmix64 (Blackman and Vigna 2021, https://prng.di.unimi.it). Equal seeds give equal
 * sequences on every machine. */
#ifndef PROPTER_RNG_H
#define PROPTER_RNG_H

#include "propter/status.h"

typedef struct {
  uint64_t s[4];
} PropterRng;

PROPTER_API void propter_rng_seed(PropterRng *rng, uint64_t seed);
PROPTER_API uint64_t propter_rng_next(PropterRng *rng);
/* Even in [0, n), n > 0, without bias. */
PROPTER_API uint64_t propter_rng_below(PropterRng *rng, uint64_t n);
/* Even in [0, 1) with 53 bits. */
PROPTER_API double propter_rng_unit(PropterRng *rng);
/* Standard normal (polar method). */
PROPTER_API double propter_rng_normal(PropterRng *rng);

#endif
