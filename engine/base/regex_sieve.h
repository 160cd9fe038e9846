/* SPDX-License-Identifier: Apache-2.0 */
/* Where in a text an expression may begin to match: an automaton over its first bytes, which looks at each place once and lets most of them fail at their first
 * or second byte (prefilters of RE2 and Hyperscan go the same way). It errs on one side only: it never passes over a place where the expression matches. */
#ifndef BASE_REGEX_SIEVE_H
#define BASE_REGEX_SIEVE_H

#include "propter/status.h"
#include "propter/str.h"

typedef struct Sieve Sieve;

/* Of the expression with the default options, caseless or not. *out is NULL if the expression may match without a byte, or is not understood. NO_MEMORY. Free
 * with propter_free. */
PropterStatus sieve_new(PropterStr pattern, bool caseless, Sieve **out, PropterError *err);

/* What bytes are to all sieves. */
typedef struct {
  unsigned char symbols[256], befores[256];
} SieveBytes;
void sieve_bytes(SieveBytes *out);
/* First place at or after `from` where a match may begin, `here`: itself or none; SIZE_MAX: none. */
size_t sieve_next(const Sieve *sieve, const SieveBytes *bytes, PropterStr text, size_t from, bool here);

#endif
