/* SPDX-License-Identifier: Apache-2.0 */
/* Inside PropterNames: what names.c (labels word by word) and rank.c (what a phrase comes closest to) share. */
#ifndef READ_NAMES_H
#define READ_NAMES_H

#include <pthread.h>

#include "meaning.h"
#include "reading.h"
#include "words.h"

enum { TOKEN_MAX = 64 };

typedef struct {
  size_t index;
  double quality;
} LabelOf;
typedef PROPTER_VEC(LabelOf) LabelList;

typedef struct {
  size_t narrow, broad;
} Edge;

/* A label or example as a set of the words that carry it. */
typedef struct {
  size_t index;
  double quality;
  size_t first; /* of its words in bag_words */
  unsigned words;
  bool example;   /* not a label: nothing is found by it word by word */
  size_t earlier; /* the bag of the same thing before this, SIZE_MAX: none */
} Bag;
typedef PROPTER_VEC(size_t) Posting;

/* A word of labels that another word is like; how much, 0 to 1, and why. */
typedef struct {
  uint32_t word;
  double likeness;
  PropterLikeness why;
} Alike;
typedef PROPTER_VEC(Alike) Alikes;

typedef PROPTER_VEC(PropterStr) Strings;

/* What stands in place of an ending in the singular. */
typedef struct {
  PropterStr ending, singular;
} Plural;

struct PropterNames {
  PropterArena arena;
  PropterMap by_iri;
  PROPTER_VEC(PropterNamed) things;
  PROPTER_VEC(size_t) newest; /* per thing its last bag, SIZE_MAX: none */
  PropterMap by_label;        /* key to index into lists */
  PROPTER_VEC(LabelList) lists;
  PROPTER_VEC(Edge) edges;
  PropterMap label_words; /* word of a metric's label to how many metrics have it */
  PropterMap measured;    /* those that many have */
  Language language; /* of labels; those with another tag do not count */
  struct sb_stemmer *stemmer;
  pthread_mutex_t stemming; /* the stemmer writes to itself, and documents are read by several threads */
  PropterMap by_word;       /* stem to index into postings, which is the word's number */
  PROPTER_VEC(Posting) postings;
  PROPTER_VEC(Bag) bags;
  PROPTER_VEC(uint32_t) bag_words;
  PropterMap small;            /* words that carry nothing (SMALL; LINKING and JOINING not in a label either), or little before an "of" (VAGUE) */
  Strings negating;                 /* "in" of "insecurity" */
  PropterMap articles;              /* words of labels that say nothing */
  PropterMap affixes;               /* beginnings of words that are no part of a compound */
  Strings joints;                   /* what may stand between the parts of a compound; none: the language has no compounds in one word */
  PROPTER_VEC(Plural) plurals;      /* none: a stem is all that two forms of a word have in common */
  PropterStr and;                   /* what & stands for */
  PropterMap alike;            /* stem to index into groups */
  PROPTER_VEC(Posting) groups; /* numbers of the groups of words alike in which a stem stands */
  size_t group_count;
  /* What rank.c learns when it is first asked, under this lock: */
  pthread_mutex_t learning;
  PropterWordnet *wordnet;         /* NULL: not installed, or not its language */
  Words vectors;                   /* of words, if names_near was called and the language has them: else without a word */
  PROPTER_VEC(PropterStr) forms;   /* per posting the word of its stem that came first */
  size_t learned;                  /* of them, how many stand in by_sense */
  PropterMap by_sense;             /* sense to index into meant: words with that meaning */
  PROPTER_VEC(Alikes) meant;
  PropterMap looked_up;            /* word of a phrase to index into likes */
  PROPTER_VEC(Alikes) likes;
  unsigned longest;
  uint64_t hash;
};

typedef struct {
  PropterSpan span;
  char stem[TOKEN_MAX], plain[TOKEN_MAX]; /* plain: folded, in the singular */
  bool part; /* of a compound, whose whole is its span */
} Word;
typedef PROPTER_VEC(Word) NameWords;

typedef enum { SMALL = 1, LINKING, JOINING, VAGUE } Carries;

/* Appends the words of a label. False: no memory. */
bool names_words(const PropterNames *names, PropterStr text, NameWords *out);
/* Likewise of a text, to be compared with labels: a compound that stands in none is the part of it that does ("Heizlüfter": "Lüfter"). */
bool names_text_words(const PropterNames *names, PropterStr text, NameWords *out);

/* What words mean by WordNet, each looked up once. Zero-initialise; free with senses_clear. */
typedef PROPTER_VEC(Meaning) MeaningList;
typedef struct {
  PropterMap known; /* word to number in `words` */
  PROPTER_VEC(MeaningList) words;
} Senses;
void senses_clear(Senses *senses);
/* The number of the word in `senses`: it means nothing there without WordNet or if it is short. False: no memory. */
bool senses_of(const PropterNames *names, const Word *word, Senses *senses, size_t *number);

/* How much one word says what another does, 0 to 1: by stem, by the lines `alike` and `negating`, by the stem's beginning, by a meaning in common (x, y:
 * those of a and b). */
double names_likeness(const PropterNames *names, const Word *a, const Word *b, const MeaningList *x, const MeaningList *y);

#endif
