/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens, sparse linear models over named features, the part-of-speech tagger. */
#ifndef READ_LINEAR_H
#define READ_LINEAR_H

#include "propter/hash.h"
#include "propter/read.h"

/* --- token.c --- */
enum { TOKEN_WORD = 48, TOKENS = 1024 }; /* longest folded word; tokens of one sentence that are looked at */

typedef struct {
  size_t start, end;     /* of the text */
  char word[TOKEN_WORD]; /* lower case, digits as 0; cut */
  unsigned char len;
  unsigned char shape; /* 0 lower, 1 Capital, 2 UPPER, 3 digits, 4 with a digit, 5 punctuation */
  unsigned char tag;   /* Upos */
  bool known;          /* the tag goes without saying */
} Token;

/* A word that a full stop behind it belongs to. */
typedef struct {
  PropterStr text;    /* with the stop */
  bool before_number; /* only where a number follows ("No. 5") */
  bool may_end;       /* it may end a sentence ("Inc.", "p.m.") */
} Abbreviation;

/* How a language parts its words (lines `clitic` and `abbreviation` of the rules). */
typedef struct {
  PROPTER_VEC(PropterStr) clitics; /* ends of words that are words of their own: "n't", "'s" */
  PROPTER_VEC(Abbreviation) abbreviations;
} WordParts;

/* Tokens as a treebank has them: "don't" is do n't, "firm's" is firm 's, punctuation alone, hyphens apart. At most `room`. */
size_t read_tokens(const WordParts *parts, PropterStr text, Token *out, size_t room);
/* The abbreviation that the word is, with its stop; NULL: none. */
const Abbreviation *abbreviation_of(const WordParts *parts, PropterStr word);
/* A token made of one given word. */
void token_fold(PropterStr word, Token *out);

/* --- linear.c --- */
enum { LINEAR_CLASSES = 26, LINEAR_FEATURES = 4096 };

/* Small, since a model is looked up all over: the upper half of the hash of the feature's name (0: free), and its weights: first << 8 | count. */
typedef struct {
  uint32_t key, weights;
} LinearRow;

typedef struct {
  float weight;
  unsigned char class_;
} LinearWeight;

/* File: lines `classes A B …`, `scale NUMBER`, notes with #, then a line per feature: its name, a tab, a letter for the class (A the first) and a whole number
 * per weight. */
typedef struct {
  PropterStr classes[LINEAR_CLASSES]; /* borrowed from the text */
  size_t class_count;
  LinearRow *rows;
  /* A bit for each row, by the upper half of its hash: most features have no row, and to find that out must not wait for memory. */
  uint64_t *marks;
  size_t row_count, slot_count; /* slots: a power of 2; LINEAR_MARKS bits for each */
  PROPTER_VEC(LinearWeight) weights;
} Linear;

/* `text` must outlive the model. SYNTAX with the line. */
PropterStatus linear_parse(PropterStr text, const char *source, Linear *out, PropterError *err);
void linear_clear(Linear *m);
enum { LINEAR_MARKS = 4 };
/* False: the feature has no row. */
static inline bool linear_may_have(const Linear *m, uint64_t hash) {
  size_t bit = (size_t)(hash >> 32) & (LINEAR_MARKS * m->slot_count - 1);
  return m->slot_count && m->marks[bit / 64] >> (bit % 64) & 1;
}
/* Row of a feature, or NULL. */
const LinearRow *linear_row(const Linear *m, uint64_t hash);
/* Its weights; none for NULL. */
const LinearWeight *linear_weights(const Linear *m, const LinearRow *row, size_t *count);
/* scores[0..class_count) = sums of the weights, each times the feature's value; `values` NULL: all are 1. */
void linear_score(const Linear *m, const uint64_t *features, const float *values, size_t count, float *scores);
/* The logistic of the difference of a class to all others: exp(s_c) / Σ exp(s). */
double linear_share(const float *scores, size_t count, size_t class_);

/* Features of one decision. In training `names` keeps what the hashes stand for. */
typedef struct {
  uint64_t hashes[LINEAR_FEATURES];
  float values[LINEAR_FEATURES];
  size_t count;
  PropterMap *names;
} Features;

/* Sorts them, each once, with the value that came first. */
void features_once(Features *f);
/* Adds "template=a" or "template=a|b" with the value 1; beyond LINEAR_FEATURES nothing. */
void feature_add(Features *f, const char *template_, PropterStr a, PropterStr b);
/* Likewise "template=a" with a value of its own. */
void feature_add_value(Features *f, const char *template_, PropterStr a, float value);

/* --- tag.c --- */
/* Universal part-of-speech tags (https://universaldependencies.org/u/pos/), in the order of the tagger's classes. */
#define UPOS(row)                                                                                                                                              \
  row(ADJ) row(ADP) row(ADV) row(AUX) row(CCONJ) row(DET) row(INTJ) row(NOUN) row(NUM) row(PART) row(PRON) row(PROPN) row(PUNCT) row(SCONJ) row(SYM) row(VERB) \
      row(X)
typedef enum {
#define ROW(name) UPOS_##name,
  UPOS(ROW)
#undef ROW
      UPOS_COUNT
} Upos;
const char *upos_name(Upos tag);

/* Collins 2002, averaged perceptron, greedy from left to right; weights learned by ingest/learn. */
typedef struct Tagger Tagger;
/* The model, whose classes are the tags in their order, must outlive it. INVALID: it has more classes than there are tags. One thread at a time. */
PropterStatus tagger_new(const Linear *model, Tagger **out, PropterError *err);
void tagger_free(Tagger *t);
/* At most TOKENS. */
void tag_tokens(Tagger *tagger, Token *tokens, size_t count);
void tag_features(const Token *tokens, size_t count, size_t at, Features *out);
/* Feature whose row names the tag of a word that always has the same. */
uint64_t tag_known(const Token *token);

#endif
