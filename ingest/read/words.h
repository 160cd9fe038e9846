/* SPDX-License-Identifier: Apache-2.0 */
/* Word vectors: how near words are in meaning, learned by ingest/learn from vectors that others made of large texts.
 *
 * The file is text: notes with #, a line `scale NUMBER`, a line `piece NUMBERS` for each WORDS_PIECE dimensions (the WORDS_CENTRES centres of that piece one
 * behind the other, whole numbers, divided by `scale`), then a line per word in the order of bytes: the word, a tab, WORDS_PATH letters that are the word's
 * path in a binary tree of clusters, and a letter for each piece, the centre nearest to it. A letter is a number from 0 to 63, '0' + number. A line `landmarks
 * WORDS` names some of them, that lie all over: the commonest of each cluster at depth 6.
 * Product quantisation: Jégou, Douze and Schmid 2011. */
#ifndef READ_WORDS_H
#define READ_WORDS_H

#include "propter/mem.h"

enum {
  WORDS_DIMENSIONS = 100,
  WORDS_PIECE = 3, /* dimensions; the last piece has fewer */
  WORDS_PIECES = (WORDS_DIMENSIONS + WORDS_PIECE - 1) / WORDS_PIECE,
  WORDS_CENTRES = 64,
  WORDS_PATH = 2,              /* letters */
  WORDS_BITS = WORDS_PATH * 6, /* turnings of a path */
  WORDS_LANDMARKS = 64         /* at most */
};

#define WORDS_NONE SIZE_MAX

typedef struct {
  PropterStr name; /* borrowed from the text */
  unsigned path;
  float vector[WORDS_DIMENSIONS];
} WordsLandmark;

/* May be read from several threads. */
typedef struct {
  PropterStr text;          /* borrowed */
  PROPTER_VEC(size_t) rows; /* where each word's line begins */
  float centres[WORDS_PIECES][WORDS_CENTRES][WORDS_PIECE];
  WordsLandmark landmarks[WORDS_LANDMARKS];
  size_t landmark_count;
} Words;

/* `text` must outlive it. SYNTAX with `source` and the line; NO_MEMORY. Free with words_clear, which takes one that failed, too. */
PropterStatus words_parse(PropterStr text, const char *source, Words *out, PropterError *err);
void words_clear(Words *w);

/* The number of a word, which is known in its forms ("kill", "killed"), ASCII in any case; or WORDS_NONE. A binary search. */
size_t words_find(const Words *w, PropterStr word);
/* The word of a number; borrowed from the text. */
PropterStr words_name(const Words *w, size_t number);
/* The vector of a word, of length 1. */
void words_vector(const Words *w, size_t number, float out[WORDS_DIMENSIONS]);
/* The word's leaf in the tree, WORDS_BITS turnings, the first in the highest bit: shifted right by WORDS_BITS - n it is the cluster at depth n. */
unsigned words_path(const Words *w, size_t number);
/* The first landmark in the word's cluster at that depth: a name for the kind of what the word names. Empty if there is none. */
PropterStr words_kind(const Words *w, size_t number, unsigned depth);

/* Cosine of the angle between two vectors; 0 where one of them is 0. */
double words_cosine(const float a[WORDS_DIMENSIONS], const float b[WORDS_DIMENSIONS]);
/* Adds the vector of a word to a sum; false, and nothing added, if it is not known. */
bool words_add(const Words *w, PropterStr word, float sum[WORDS_DIMENSIONS]);

extern const PropterStr model_en_words; /* ontology/models/en.words, which libread carries */

#endif
