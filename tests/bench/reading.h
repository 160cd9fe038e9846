/* SPDX-License-Identifier: Apache-2.0 */
/* What the formats of `reading` share. */
#ifndef BENCH_READING_H
#define BENCH_READING_H

#include "../../ingest/learn/train.h"
#include "bench.h"

typedef struct {
  const char *folder;
  PropterRules *rules;
  bool verbose;
  unsigned folds; /* 0: what ships; k: trained anew k times without the documents it is scored on */
  bool by_source; /* realdocs: a part for each folder that documents come from, not K */
} Reading;

typedef struct {
  const char *name;   /* of the format and of its folder in the data */
  const char *summary;
  void (*run)(const Reading *reading);
} ReadingFormat;

#define FORMAT(function, name, summary) void reading_##function(const Reading *reading);
#include "reading.def"
#undef FORMAT

/* Ends the program with the error. */
void reading_check(PropterStatus status, const PropterError *err);

/* Claims of a text with their belief, by their place in it; at most `room`. */
size_t reading_claims(const Reading *reading, PropterStr text, CorpusRelation *found, double *belief, size_t room);
/* Relations of a passage known to have some, the most certain first; whole sentences where they hold one side only. */
size_t reading_passage(Trainer *t, PropterStr text, CorpusRelation *found, size_t room);
/* Explanations of figures in a filing, by the same conventions; asserted ones only. */
size_t reading_filing(Trainer *t, PropterStr text, CorpusRelation *found, double *belief, size_t room);
/* Scores relations in whole documents; `filings`: found by reading_filing, else all claims. */
void reading_documents(const Reading *reading, const char *name, bool filings, const char *peer, double peer_value);

typedef PropterStatus (*ReadingLearn)(const LearnSet *set, unsigned folds, unsigned fold, PropterBuf *out, PropterError *err);
typedef int (*ReadingClass)(const Linear *m, const float *scores, double *sure);
/* Class of every case; by the shipped model or by K learned anew. */
void reading_decide(const Reading *reading, const LearnSet *set, PropterStr shipped, ReadingLearn learn, ReadingClass class_, int *out);

/* What an item gave: things found that are right and wrong, things missed. `document` is what the bootstrap draws. */
typedef struct {
  unsigned document;
  double right, wrong, missed;
} Outcome;
typedef PROPTER_VEC(Outcome) Outcomes;
void reading_add(Outcomes *outcomes, Outcome o);
/* Prints NAME-precision, -recall and -f1 in per cent with 95 % intervals from 1,000 bootstrap draws of documents. */
void reading_print_f1(const char *name, const Outcomes *outcomes, const char *peer, double peer_value);
/* Prints right / (right + wrong + missed) in per cent likewise. */
void reading_print_share(const char *name, const Outcomes *outcomes, const char *peer, double peer_value);

/* Belief against truth: weights, beliefs and truths of claims, added up by tenths of belief. Zero-initialise. */
enum { CALIBRATION_BINS = 10 };
typedef struct {
  double weight[CALIBRATION_BINS], belief[CALIBRATION_BINS], right[CALIBRATION_BINS], squares; /* of the differences */
} Calibration;
void reading_calibrate(Calibration *c, double belief, bool right, double weight);
/* Prints NAME-brier and a reliability table. */
void reading_print_calibration(const char *name, const Calibration *c);

#endif
