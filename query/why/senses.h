/* SPDX-License-Identifier: Apache-2.0 */
/* A look at the words of a question with the lexicon and WordNet at hand, for senses.c and talk.c. */
#ifndef WHY_SENSES_H
#define WHY_SENSES_H

#include "lexicon.h"

/* How many senses of a word count at most. */
enum { LOOKED = 4 };

/* A sense under which unknown words belong, and what it makes of them. */
typedef struct {
  PropterSynset sense;
  WordKind kind;
} Root;

typedef struct {
  const PropterLexicon *l;
  const PropterWordnet *w; /* NULL: it is not there */
  Words *words;
  PropterQuestion *q;
  PROPTER_VEC(Root) roots;
} Look;

/* NULL: beyond the last word. */
static inline const Word *why_at(const Look *k, size_t i) { return i < k->words->count ? &k->words->word[i] : NULL; }
/* An unused word that moves; NULL does not. */
static inline bool why_goes(const Word *w) { return w && w->used == USED_NOT && why_moves(w); }

/* Is one of the `most` (up to LOOKED) commonest senses of the word in one of these classes (lexnames(5WN), between blanks)? WordNet must be there. */
bool why_of_class(const Look *k, PropterStr word, PropterWordnetPos pos, const char *classes, size_t most);
/* Is it an adjective that says neither which part of the data is meant nor how often? WordNet must be there. */
bool why_colours(const Look *k, PropterStr word);

#endif
