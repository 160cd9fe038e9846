/* SPDX-License-Identifier: Apache-2.0 */
/* What annotators mark in a passage, learned from other passages of theirs. */
#ifndef BENCH_READING_SPLIT_H
#define BENCH_READING_SPLIT_H

#include "../../ingest/read/reading.h"
#include "reading.h"

typedef struct SplitSet SplitSet;

/* Candidates of every item of a corpus. */
SplitSet *split_set(Trainer *t, const Corpus *c);
void split_clear(SplitSet *set);
/* Learns from the items whose document is not of the fold. */
void split_learn(SplitSet *set, const Corpus *c, unsigned folds, unsigned fold);
/* The best candidates of an item that are not much the same, the best first; their number. */
size_t split_best(const SplitSet *set, size_t item, CorpusRelation *found, size_t room);

#endif
