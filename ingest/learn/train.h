/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LEARN_TRAIN_H
#define LEARN_TRAIN_H

#include "../read/reading.h"
#include "corpus.h"
#include "learn.h"

#define MODEL(name, summary) PropterStatus train_##name(const char *data, PropterBuf *out, PropterError *err);
#include "models.def"
#undef MODEL

/* The texts of the models that ship for benchmarks, and of the word vectors that they look at. */
extern const PropterStr model_en_pair, model_en_sentence;

/* Appends a file, unpacked if it is gzip. */
PropterStatus train_read(const char *path, PropterBuf *out, PropterError *err);

/* What reads the sentences of a labelled set: the rules and the judge. */
typedef struct {
  PropterRules *rules;
  Judge *judge;
  Tagged *tagged;
  PropterReadings readings;
} Trainer;
PropterStatus trainer_start(Trainer *t, PropterError *err);
void trainer_clear(Trainer *t);
/* Tags of a sentence and the claims of the rules in it. */
PropterStatus trainer_read(Trainer *t, PropterStr sentence, PropterError *err);

/* Cases of a set, in the order of its items. */
PropterStatus train_pair_cases(Trainer *t, const Corpus *c, LearnSet *out, PropterError *err);
PropterStatus train_sentence_cases(Trainer *t, const Corpus *c, LearnSet *out, PropterError *err);
/* Proposals of the rules in the sets of `data`, in our own sentences and in the judged documents: the documents of DATA/realdocs have the numbers of
 * corpus_files, those of the other sets come after them. */
PropterStatus train_claim_cases(Trainer *t, const char *data, LearnSet *out, PropterError *err);
PropterStatus train_claim_model(const LearnSet *set, unsigned folds, unsigned fold, PropterBuf *out, PropterError *err);
/* Verdicts on claims (tests/bench/realdocs_verdicts.tsv) by train_claim_name; direction: right but for a direction or denial that is not said; used: no longer
 * one. Free with propter_map_clear. */
enum { TRAIN_WRONG, TRAIN_RIGHT, TRAIN_DIRECTION, TRAIN_USED };
PropterStatus train_verdicts(PropterMap *out, PropterError *err);
/* What a verdict knows a claim by: quote, cause and effect, hashed into `digest`. Empty: no memory. */
PropterStr train_claim_name(PropterStr text, const PropterReading *r, char digest[129]);
/* What they say of a reading of that name: 1 right, 0 wrong, -1 not judged. */
int train_verdict(const PropterMap *verdicts, PropterStr name, const PropterReading *r);
/* Learns from such cases, leaving out a fold (folds 0: none). */
PropterStatus train_pair_model(const LearnSet *set, unsigned folds, unsigned fold, PropterBuf *out, PropterError *err);
PropterStatus train_sentence_model(const LearnSet *set, unsigned folds, unsigned fold, PropterBuf *out, PropterError *err);

#endif
