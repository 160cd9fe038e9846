/* SPDX-License-Identifier: Apache-2.0 */
/* What a word may mean by WordNet, as far as rank.c compares words by it. */
#ifndef READ_MEANING_H
#define READ_MEANING_H

#include "propter/wordnet.h"

enum { MEANINGS = 96 };

/* A sense, and how likely and near it is: 1 the commonest of a word. */
typedef struct {
  PropterSynset sense;
  double weight;
} Meaning;

/* Senses of a word in small letters and of words derived from it; with `kinds` also what these are kinds of, two steps up, unless that says next to nothing.
 * Fills `out`, each sense once, and returns how many. */
size_t meanings_of(const PropterWordnet *wordnet, PropterStr word, bool kinds, Meaning out[MEANINGS]);

#endif
