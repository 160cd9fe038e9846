/* SPDX-License-Identifier: Apache-2.0 */
/* What a load asks of a writer beyond graph.h: terms that are records already (dict.h). */
#ifndef GRAPH_WRITER_H
#define GRAPH_WRITER_H

#include "propter/graph.h"

/* As propter_writer_intern, for the record of a valid term; `hash` is its XXH3. INVALID: too long. */
PropterStatus writer_intern_record(PropterWriter *writer, PropterStr record, uint64_t hash, PropterId *id, PropterError *err);
/* A record of that hash will be asked for soon: propter_map_expect. */
void writer_expect(const PropterWriter *writer, uint64_t hash, unsigned step);

/* Whether new terms should leave memory, which they do when the thread that opened the writer makes the next one. */
bool writer_is_full(const PropterWriter *writer);

/* By graph of the delta (its id's bytes) how many quads it got; of one that lost some: UINT64_MAX. */
PropterStatus writer_graphs(const PropterWriter *writer, PropterMap *counts, PropterError *err);

/* Whether it was told of any quad that comes or goes. */
bool writer_has_changes(const PropterWriter *writer);

/* Version of the graph before this writer. */
PropterStatus writer_base_version(PropterWriter *writer, uint64_t *version, PropterError *err);

#endif
