/* SPDX-License-Identifier: Apache-2.0 */
/* What the linear models look at. */
#ifndef READ_JUDGE_H
#define READ_JUDGE_H

#include "linear.h"

/* A sentence with tags and stems. One thread at a time. */
typedef struct {
  PropterStr text;
  size_t count;
  Token tokens[TOKENS];
  char stems[TOKENS][TOKEN_WORD];
  unsigned char stem_len[TOKENS];
} Tagged;

typedef struct Judge Judge;

/* The models of a language; borrowed texts. Free with judge_free. */
PropterStatus judge_new(Judge **out, PropterError *err);
void judge_free(Judge *j);

typedef enum { JUDGE_TAGGER, JUDGE_PAIR, JUDGE_SENTENCE, JUDGE_CLAIM, JUDGE_MODELS } JudgeModel;
/* Takes another model for one of them (training). `text` must outlive it. */
PropterStatus judge_use(Judge *j, JudgeModel which, PropterStr text, const char *source, PropterError *err);

void judge_tag(Judge *j, PropterStr sentence, Tagged *out);

/* Probabilities from which on a pair, a sentence counts as causal: best F1 in cross-validation on the sets the models were trained on. */
#define JUDGE_PAIR_LEAST .35
#define JUDGE_SENTENCE_LEAST .35

/* Two arguments in a sentence: 0 neither causes the other, 1 the first, 2 the second. `readings` are the claims of the rules in it, spans of the same text. */
void judge_pair_features(const Tagged *t, PropterSpan first, PropterSpan second, const PropterReading *readings, size_t count, Features *out);
/* Class from a pair model's scores, and the probability that either causes the other. */
int judge_pair_class(const Linear *m, const float *scores, double *sure);
int judge_pair(Judge *j, const Tagged *t, PropterSpan first, PropterSpan second, const PropterReading *readings, size_t count, double *sure);

/* Whether a sentence says that one thing made another happen: its probability. */
void judge_sentence_features(const Tagged *t, const PropterReading *readings, size_t count, Features *out);
int judge_sentence_class(const Linear *m, const float *scores, double *sure);
double judge_sentence(Judge *j, const Tagged *t, const PropterReading *readings, size_t count);

#endif
