/* SPDX-License-Identifier: Apache-2.0 */
/* Slices that a call names. */
#ifndef CLI_SLICE_CALL_H
#define CLI_SLICE_CALL_H

#include "cmd.h"
#include "propter/infer.h"

enum { SLICE_CALL_MOST = 8 };

/* The values DIM=VALUE of an option: a dimension that cuts or holds a metric, and a member of it, each by IRI, label or the end of its IRI. NOT_FOUND,
 * INVALID (it means several), USAGE. */
PropterStatus slice_call(const CommandCall *call, const char *option, PropterSnapshot *snapshot, PropterMember slice[SLICE_CALL_MOST], size_t *count,
                         PropterError *err);

#endif
