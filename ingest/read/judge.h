/* SPDX-License-Identifier: Apache-2.0 */
/* What the linear models look at. */
#ifndef READ_JUDGE_H
#define READ_JUDGE_H

#include "linear.h"
#include "propter/wordnet.h"
#include "words.h"

/* A sentence with tags and stems. One thread at a time. */
enum { CODED = 24576 };
typedef struct {
  PropterStr text;
  const PropterWordnet *wordnet; /* NULL: not there */
  const Words *words;            /* likewise */
  size_t count;
  Token tokens[TOKENS];
  char stems[TOKENS][TOKEN_WORD];
  unsigned char stem_len[TOKENS];
  char coded[CODED];             /* "word/TAG word/TAG ": what the tagged expressions of rule files match */
  uint32_t coded_at[TOKENS + 1]; /* where each token stands in it, and its end; tokens that no longer fit are not there */
} Tagged;

typedef struct Judge Judge;

typedef enum { JUDGE_TAGGER, JUDGE_PAIR, JUDGE_SENTENCE, JUDGE_CLAIM, JUDGE_MODELS } JudgeModel;

/* With a tagger and, where the language has them, a model of claims and the word vectors that it looks at; texts and `parts`, by which words are parted, are
 * borrowed. Free with judge_free. */
PropterStatus judge_new(const WordParts *parts, PropterStr tagger, const PropterStr *claim, const PropterStr *words, Judge **out, PropterError *err);
void judge_free(Judge *j);
/* Takes up what models of pairs and sentences look at besides: stems, and WordNet where it is installed. */
PropterStatus judge_look_up(Judge *j, const char *stemmer, PropterError *err);

/* What the judge looks words up in, or NULL. */
const PropterWordnet *judge_wordnet(const Judge *j);

/* Takes a model, or another for one of them. `text` must outlive it. */
PropterStatus judge_use(Judge *j, JudgeModel which, PropterStr text, const char *source, PropterError *err);

/* With or without the stems (judge_look_up), which models of claims do not look at. */
void judge_tag(Judge *j, PropterStr sentence, bool stems, Tagged *out);
/* Token that holds a byte of the sentence, or the next one. */
size_t judge_token(const Tagged *t, size_t byte);
/* The tokens that begin in the span, coded. */
PropterStr judge_coded(const Tagged *t, PropterSpan span);
/* Byte of the sentence at which the token begins that stands at `at` of coded(span), or span.end. */
size_t judge_decoded(const Tagged *t, PropterSpan span, size_t at);

/* Probabilities from which on a pair, a sentence counts as causal: best F1 in cross-validation on the sets the models were trained on. */
#define JUDGE_PAIR_LEAST .35
#define JUDGE_SENTENCE_LEAST .35

/* Two arguments in a sentence: 0 neither causes the other, 1 the first, 2 the second. `readings` are the claims of the rules in it, spans of the same text. */
void judge_pair_features(const Tagged *t, PropterSpan first, PropterSpan second, const PropterReading *readings, size_t count, Features *out);
/* What WordNet adds to that: of the tokens that are the heads of both arguments, of which the second begins at `second_start`. Nothing without WordNet. */
void sense_features(const Tagged *t, size_t first, size_t second, size_t second_start, Features *out);
/* Class from a pair model's scores, and the probability that either causes the other. */
int judge_pair_class(const Linear *m, const float *scores, double *sure);
int judge_pair(Judge *j, const Tagged *t, PropterSpan first, PropterSpan second, const PropterReading *readings, size_t count, double *sure);

/* Whether a sentence says that one thing made another happen: its probability. */
void judge_sentence_features(const Tagged *t, const PropterReading *readings, size_t count, Features *out);
int judge_sentence_class(const Linear *m, const float *scores, double *sure);
double judge_sentence(Judge *j, const Tagged *t, const PropterReading *readings, size_t count);

/* Whether a claim that a rule proposes is what the sentence says, with this cause, effect and denial: its probability. `t`: the claim's sentence, which begins
 * at byte `offset` of the text that the reading's spans belong to; `count` readings were proposed in it. */
void judge_claim_features(const Tagged *t, size_t offset, const PropterReading *reading, size_t count, Features *out);
double judge_claim(Judge *j, const Tagged *t, size_t offset, const PropterReading *reading, size_t count);
/* Tells what that probability was made of. */
PropterStatus judge_claim_weigh(Judge *j, const Tagged *t, size_t offset, const PropterReading *reading, size_t count, PropterWeigh weigh, void *payload,
                                PropterError *err);

#endif
