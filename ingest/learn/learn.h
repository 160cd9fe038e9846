/* SPDX-License-Identifier: Apache-2.0 */
/* Learns sparse linear models (ingest/read/linear.h). */
#ifndef LEARN_LEARN_H
#define LEARN_LEARN_H

#include "../read/linear.h"
#include "propter/hash.h"

/* Numbers hashes of features as they come. */
typedef struct {
  uint64_t *slots;
  uint32_t *numbers;
  size_t slot_count, count;
} LearnIndex;

/* Number of the hash, made if `make`; UINT32_MAX: absent, or no memory. */
uint32_t learn_number(LearnIndex *x, uint64_t hash, bool make);
void learn_index_clear(LearnIndex *x);

/* A decision with its truth; features are those of f.hashes. */
typedef struct {
  size_t first, count; /* of LearnSet.hashes */
  int truth;
  double weight;
  unsigned document;
} LearnCase;

typedef struct {
  PROPTER_VEC(uint64_t) hashes;
  PROPTER_VEC(float) values; /* of each of hashes */
  PROPTER_VEC(LearnCase) cases;
  PropterMap names;
} LearnSet;

/* Starts features whose names the set keeps. */
void learn_begin(LearnSet *set, Features *f);
/* Takes the features, each once. */
bool learn_add(LearnSet *set, Features *f, int truth, unsigned document, double weight);
void learn_set_clear(LearnSet *set);

typedef struct {
  unsigned epochs;
  unsigned runs; /* in orders of their own, whose weights are averaged: the order of the cases says nothing; 0: one */
  double rate, l2;
  double ridge;         /* L2 of a feature over all of its cases, however many (l2: in each of them, so what is rare is held less) */
  double shift;         /* what the last class's weight of the feature "bias" is moved by in the end (the intercept of Platt scaling, Platt 1999) */
  unsigned least;       /* occurrences below which a feature is left out */
  unsigned folds, fold; /* leave out documents with document % folds == fold; folds 0: none */
} LearnOptions;

/* Multinomial logistic regression by AdaGrad (Duchi, Hazan and Singer 2011), averaged over the last half of the epochs. Deterministic. The model as text,
 * weights below .5 / scale left out. */
PropterStatus learn_logistic(const LearnSet *set, const char *const *classes, size_t class_count, const LearnOptions *options, double scale, PropterBuf *out,
                             PropterError *err);

/* Averaged perceptron over tagged sentences in CoNLL-U (text of a file, unpacked); `epochs` passes. What the treebank takes for several words though it is
 * written as one ("don't", German "im") is several only if `parted`. */
PropterStatus learn_tagger(PropterStr conllu, bool parted, unsigned epochs, size_t features, PropterBuf *out, PropterError *err);
/* Share of right tags on the given words. */
PropterStatus learn_tag_score(PropterStr conllu, bool parted, const Linear *tagger, size_t *right, size_t *all, PropterError *err);

#endif
