/* SPDX-License-Identifier: Apache-2.0 */
#include "meaning.h"

#include <string.h>

enum { COMMON = 4, FAMILY = 3, POINTERS = 24, STEPS = 2, DEPTH = 4 };
#define RARER .9   /* each further sense of a word */
#define DERIVED .9 /* "produce" for "production" */
#define KIND .8    /* what it is a kind of */

static size_t add(Meaning *out, size_t count, PropterSynset sense, double weight) {
  for (size_t i = 0; i < count; i++)
    if (out[i].sense.pos == sense.pos && out[i].sense.offset == sense.offset) {
      if (out[i].weight < weight) out[i].weight = weight;
      return count;
    }
  if (count < MEANINGS) out[count++] = (Meaning){sense, weight};
  return count;
}

/* A sense is derived from others, too, that it has synonyms of; the word's own family begins as it does. */
static bool of_family(const PropterWordnet *w, PropterSynset sense, PropterStr word) {
  PropterStr words[POINTERS];
  size_t n = propter_wordnet_words(w, sense, words, POINTERS);
  for (size_t i = 0; i < n; i++)
    if (word.len >= FAMILY && words[i].len >= FAMILY && memcmp(words[i].data, word.data, FAMILY) == 0) return true;
  return false;
}

size_t meanings_of(const PropterWordnet *w, PropterStr word, bool kinds, Meaning out[MEANINGS]) {
  PropterSynset senses[COMMON], near[POINTERS], above[MEANINGS];
  size_t count = 0;
  for (PropterWordnetPos pos = PROPTER_WORDNET_NOUN; pos < PROPTER_WORDNET_POS_COUNT; pos++) {
    size_t n = propter_wordnet_senses(w, word, pos, senses, COMMON);
    double weight = 1;
    for (size_t i = 0; i < n; i++, weight *= RARER) {
      count = add(out, count, senses[i], weight);
      size_t derived = propter_wordnet_pointers(w, senses[i], "+ \\", near, POINTERS);
      for (size_t k = 0; k < derived; k++)
        if (of_family(w, near[k], word)) count = add(out, count, near[k], weight * DERIVED);
    }
  }
  size_t from = 0;
  for (int step = 0; step < STEPS && kinds; step++)
    for (size_t end = count; from < end; from++) {
      size_t n = propter_wordnet_pointers(w, out[from].sense, "@ @i", near, POINTERS);
      for (size_t k = 0; k < n; k++)
        if (propter_wordnet_hypernyms(w, near[k], above, DEPTH) == DEPTH) count = add(out, count, near[k], out[from].weight * KIND);
    }
  return count;
}
