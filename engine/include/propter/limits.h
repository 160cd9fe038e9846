/* SPDX-License-Identifier: Apache-2.0 */
/* Every limit on something that can grow, with its default. Rows: LIMIT(field, default, what it bounds). */
#ifndef PROPTER_LIMITS_H
#define PROPTER_LIMITS_H

#include "propter/status.h"

typedef struct {
#define LIMIT(field, value, text) uint64_t field;
#include "propter/limits.def"
#undef LIMIT
} PropterLimits;

/* The defaults. */
PROPTER_API PropterLimits propter_limits_default(void);

#endif
