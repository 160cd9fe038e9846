/* SPDX-License-Identifier: Apache-2.0 */
/* Labelled sets of causal text as one shape, for training and for scoring. Not part of the library. */
#ifndef LEARN_CORPUS_H
#define LEARN_CORPUS_H

#include "propter/read.h"

typedef struct {
  PropterSpan trigger;       /* of the item's text; equal ends: not marked */
  PropterSpan cause, effect; /* from the first to the last marked byte */
} CorpusRelation;

typedef struct {
  PropterStr text;
  unsigned document;   /* items of one document stay in one fold */
  int label;           /* what the set's rows say: 0 or 1; semeval2010t8: an index of corpus_pairs; altlex: 1 reason, 2 result */
  size_t first, count; /* relations */
} CorpusItem;

typedef struct {
  PropterArena arena;
  PROPTER_VEC(CorpusItem) items;
  PROPTER_VEC(CorpusRelation) relations;
  PROPTER_VEC(PropterStr) documents;
} Corpus;

/* Relations of SemEval-2010 task 8; an odd one is (e1,e2), the even one after it (e2,e1). */
enum { CORPUS_PAIRS = 19 };
typedef struct {
  const char *name, *class_; /* of the relation; of the model */
} CorpusPair;
extern const CorpusPair corpus_pairs[CORPUS_PAIRS];

void corpus_clear(Corpus *c);
/* Number of a document by its name, made if need be; UINT_MAX: no memory. */
unsigned corpus_document(Corpus *c, PropterStr name);
PropterStatus corpus_item(Corpus *c, PropterStr text, unsigned document, int label, PropterError *err);
/* Adds a relation to the last item. */
PropterStatus corpus_relation(Corpus *c, CorpusRelation r, PropterError *err);

typedef struct {
  PropterArena arena;
  PROPTER_VEC(const char *) paths;
} CorpusFiles;

/* Files at or below `folder` whose names begin and end so ("" for any), in order of their paths. NOT_FOUND if there is none. */
PropterStatus corpus_files(const char *folder, const char *prefix, const char *suffix, CorpusFiles *out, PropterError *err);
void corpus_files_clear(CorpusFiles *files);

/* One reader per set; each takes the folder in the layout of the given set. */
PropterStatus corpus_semeval2010t8(const char *folder, Corpus *out, PropterError *err); /* a sentence per item, one relation: its two marked words */
PropterStatus corpus_cnc(const char *folder, Corpus *out, PropterError *err);           /* *_subtask1.csv: label */
PropterStatus corpus_cnc_spans(const char *folder, Corpus *out, PropterError *err);     /* *_subtask2.csv: relations; an item per sentence */
PropterStatus corpus_altlex(const char *folder, Corpus *out, PropterError *err);        /* relation's trigger: the marker */
PropterStatus corpus_fincausal(const char *folder, Corpus *out, PropterError *err);     /* a text per item; all its relations */
PropterStatus corpus_brat(const char *folder, Corpus *out, PropterError *err);          /* 10-K and BECAUSE: a document per item; equal texts once */
PropterStatus corpus_own(const char *path, Corpus *out, PropterError *err);             /* a file: our own sentences, one a line, as claims.txt has them */

/* A text as a document: a paragraph per line, white space folded; origin[i] is the byte of the text from which byte i comes. */
typedef struct {
  PropterDocument document;
  PropterBlock *blocks;
  size_t *origin;
  PropterBuf folded;
} Passage;
PropterStatus passage_make(Passage *p, PropterStr text, PropterError *err);
void passage_clear(Passage *p);
/* A span of the document's text as one of the original. */
PropterSpan passage_origin(const Passage *p, PropterSpan span);

static inline size_t span_size(PropterSpan s) { return s.end > s.start ? s.end - s.start : 0; }
static inline size_t span_common(PropterSpan a, PropterSpan b) {
  size_t from = a.start > b.start ? a.start : b.start, to = a.end < b.end ? a.end : b.end;
  return to > from ? to - from : 0;
}
static inline double span_iou(PropterSpan a, PropterSpan b) {
  size_t common = span_common(a, b), both = span_size(a) + span_size(b) - common;
  return both ? (double)common / (double)both : 0;
}

#endif
