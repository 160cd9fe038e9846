/* SPDX-License-Identifier: Apache-2.0 */
/* FinCausal task 2 as its scorer does it: every word of a passage is cause, effect or neither; precision, recall and F1 per class, weighted by how often
 * the class is true; and the share of rows with both spans exact. Where a passage has several relations, each found one answers for its nearest. */
#include <string.h>

#include "reading_split.h"

enum { CLASSES = 3, CLAIMS = 64 };

typedef struct {
  double right[CLASSES], said[CLASSES], true_[CLASSES];
} WordCounts;

static int class_of(const CorpusRelation *r, size_t at) {
  if (at >= r->cause.start && at < r->cause.end) return 1;
  return at >= r->effect.start && at < r->effect.end ? 2 : 0;
}

static void count_words(PropterStr text, const CorpusRelation *truth, const CorpusRelation *said, WordCounts *w) {
  for (size_t i = 0; i < text.len; i++) {
    bool word = text.data[i] != ' ' && (i == 0 || text.data[i - 1] == ' ');
    if (!word) continue;
    int t = class_of(truth, i), s = class_of(said, i);
    w->true_[t]++, w->said[s]++, w->right[t] += t == s;
  }
}

static double alike(const CorpusRelation *a, const CorpusRelation *b) { return span_iou(a->cause, b->cause) + span_iou(a->effect, b->effect); }

typedef struct {
  Outcomes exact;
  WordCounts words;
} Tally;

/* Each truth against the nearest of as many found ones as there are. */
static void tally(const Reading *reading, const Corpus *c, const CorpusItem *item, const CorpusRelation *found, size_t n, Tally *t) {
  for (size_t k = 0; k < item->count; k++) {
    const CorpusRelation *truth = &c->relations.items[item->first + k];
    CorpusRelation best = {0};
    for (size_t j = 0; j < n && j < item->count; j++)
      if (j == 0 || alike(&found[j], truth) > alike(&best, truth)) best = found[j];
    bool same = memcmp(&best.cause, &truth->cause, sizeof best.cause) == 0 && memcmp(&best.effect, &truth->effect, sizeof best.effect) == 0;
    count_words(item->text, truth, &best, &t->words);
    reading_add(&t->exact, (Outcome){item->document, same, !same, 0});
    if (reading->verbose && !same)
      fprintf(stderr, "T: %s\n  true  C: %.*s | E: %.*s\n  found C: %.*s | E: %.*s\n", item->text.data, (int)span_size(truth->cause),
              item->text.data + truth->cause.start, (int)span_size(truth->effect), item->text.data + truth->effect.start, (int)span_size(best.cause),
              item->text.data + best.cause.start, (int)span_size(best.effect), item->text.data + best.effect.start);
  }
}

static void print(const char *name, Tally *t) {
  double total = 0, f1 = 0, precision = 0, recall = 0;
  const WordCounts *w = &t->words;
  char title[64];
  for (int k = 0; k < CLASSES; k++) {
    double p = w->said[k] > 0 ? w->right[k] / w->said[k] : 0, r = w->true_[k] > 0 ? w->right[k] / w->true_[k] : 0;
    total += w->true_[k];
    precision += w->true_[k] * p, recall += w->true_[k] * r, f1 += p + r > 0 ? w->true_[k] * 2 * p * r / (p + r) : 0;
  }
  printf("bench reading-%s-precision %.3f\nbench reading-%s-recall %.3f\nbench reading-%s-f1 %.3f vs crf .511 %.2f\n", name, precision / total, name,
         recall / total, name, f1 / total, f1 / total / .511);
  (void)snprintf(title, sizeof title, "%s-exact", name);
  reading_print_share(title, &t->exact, "crf", 11.1);
  propter_vec_clear(&t->exact);
}

enum { FOLDS = 5, COPY = 30 /* bytes of an argument that two documents do not share by chance */ };

static unsigned root(const unsigned *of, unsigned d) {
  while (of[d] != d) d = of[d];
  return d;
}

static bool join(PropterMap *seen, PropterStr words, unsigned document, unsigned *of) {
  bool added;
  if (words.len < COPY) return true;
  const uint64_t *first = propter_map_put(seen, words, document, &added);
  if (!first) return false;
  unsigned a = root(of, (unsigned)*first), b = root(of, document);
  if (a < b) of[b] = a;
  else of[a] = b;
  return true;
}

/* Newspapers print the same report: documents with an argument in common count as one, so that no copy is learned from. */
static bool join_copies(Corpus *c) {
  PropterMap seen = {0};
  unsigned *of = propter_malloc((c->documents.count + 1) * sizeof *of);
  bool done = of != NULL;
  for (unsigned d = 0; done && d < c->documents.count; d++) of[d] = d;
  for (size_t i = 0; done && i < c->items.count; i++) {
    const CorpusItem *item = &c->items.items[i];
    for (size_t k = 0; done && k < item->count; k++) {
      const CorpusRelation *r = &c->relations.items[item->first + k];
      PropterStr cause = {item->text.data + r->cause.start, span_size(r->cause)}, effect = {item->text.data + r->effect.start, span_size(r->effect)};
      done = join(&seen, cause, item->document, of) && join(&seen, effect, item->document, of);
    }
  }
  for (size_t i = 0; done && i < c->items.count; i++) c->items.items[i].document = root(of, c->items.items[i].document);
  propter_map_clear(&seen);
  propter_free(of);
  return done;
}

/* First by connectives; then learned from the other documents of the folder, since no model of this set ships. */
void reading_fincausal(const Reading *reading) {
  Corpus c = {0};
  Tally written = {0}, learned = {0};
  PropterError err = {0};
  Trainer t;
  Reading quiet = *reading;
  quiet.verbose = false;
  reading_check(trainer_start(&t, &err), &err);
  reading_check(corpus_fincausal(reading->folder, &c, &err), &err);
  reading_check(join_copies(&c) ? PROPTER_OK : PROPTER_NO_MEMORY, &(PropterError){.message = "out of memory"});
  for (size_t i = 0; i < c.items.count; i++) {
    CorpusRelation found[CLAIMS];
    tally(&quiet, &c, &c.items.items[i], found, reading_passage(&t, c.items.items[i].text, found, CLAIMS), &written);
  }
  print("fincausal-connectives", &written);
  SplitSet *set = split_set(&t, &c);
  unsigned folds = reading->folds ? reading->folds : FOLDS;
  for (unsigned fold = 0; fold < folds; fold++) {
    split_learn(set, &c, folds, fold);
    for (size_t i = 0; i < c.items.count; i++) {
      CorpusRelation found[CLAIMS];
      const CorpusItem *item = &c.items.items[i];
      if (item->document % folds == fold) tally(reading, &c, item, found, split_best(set, i, found, item->count < CLAIMS ? item->count : CLAIMS), &learned);
    }
  }
  print("fincausal", &learned);
  split_clear(set);
  trainer_clear(&t);
  corpus_clear(&c);
}
