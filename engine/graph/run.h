/* SPDX-License-Identifier: Apache-2.0 */
/* The compact form of a run's additions and removals: texts of type propter:Quads. */
#ifndef GRAPH_RUN_H
#define GRAPH_RUN_H

#include "propter/hash.h"
#include "propter/run.h"

typedef PROPTER_VEC(PropterStr) RunParts;

/* Encodes what the writer added, or removed, but in graphs that are a key of `skip` (ids as 8 bytes; NULL: none), into parts; texts live in `arena`. */
PropterStatus run_encode(PropterSnapshot *snapshot, const PropterWriter *writer, bool added, const PropterMap *skip, PropterArena *arena, RunParts *parts,
                         PropterError *err);
/* Appends the quads of one part. INVALID: not such a text, or not of this store. */
PropterStatus run_decode(PropterSnapshot *snapshot, PropterStr part, PropterQuads *quads, PropterError *err);

#endif
