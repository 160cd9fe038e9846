/* SPDX-License-Identifier: Apache-2.0 */
/* The files that a mapping itself wants written (RML-IO's logical targets). */
#ifndef INGEST_TARGETS_H
#define INGEST_TARGETS_H

#include "propter/map.h"

typedef struct Targets Targets;

/* NULL in *out: the mapping has none. Free with targets_close, which leaves the files as they were unless targets_write was called. */
PropterStatus targets_open(const PropterMapping *mapping, Targets **out, PropterError *err);
/* The quad goes into the files that it names. Each is held in memory; LIMIT: more than 1 GiB in one, more than 10,000 files. INVALID: two targets are one file. */
PropterStatus targets_add(Targets *targets, const PropterMapRecord *record, const PropterMapQuad *quad, PropterError *err);
/* Writes each file, its quads once, in its format, encoding and compression; an old one is replaced whole. INVALID: a character that the encoding does not
 * have; USAGE: an encoding or compression that is not known; IO. */
PropterStatus targets_write(Targets *targets, PropterError *err);
void targets_close(Targets *targets);

#endif
