/* SPDX-License-Identifier: Apache-2.0 */
/* FinCausal task 2 as its scorer does it: every word of a passage is cause, effect or neither; precision, recall and F1 per class, weighted by how often
 * the class is true; and the share of rows with both spans exact. Where a passage has several relations, each found one answers for its nearest. */
#include <string.h>

#include "reading.h"

enum { CLASSES = 3, CLAIMS = 64 };

typedef struct {
  double right[CLASSES], said[CLASSES], true_[CLASSES];
} Words;

static int class_of(const CorpusRelation *r, size_t at) {
  if (at >= r->cause.start && at < r->cause.end) return 1;
  return at >= r->effect.start && at < r->effect.end ? 2 : 0;
}

static void count_words(PropterStr text, const CorpusRelation *truth, const CorpusRelation *said, Words *w) {
  for (size_t i = 0; i < text.len; i++) {
    bool word = text.data[i] != ' ' && (i == 0 || text.data[i - 1] == ' ');
    if (!word) continue;
    int t = class_of(truth, i), s = class_of(said, i);
    w->true_[t]++, w->said[s]++, w->right[t] += t == s;
  }
}

static double alike(const CorpusRelation *a, const CorpusRelation *b) { return span_iou(a->cause, b->cause) + span_iou(a->effect, b->effect); }

void reading_fincausal(const Reading *reading) {
  Corpus c = {0};
  Outcomes exact = {0};
  Words words = {0};
  PropterError err = {0};
  Trainer t;
  reading_check(trainer_start(&t, &err), &err);
  reading_check(corpus_fincausal(reading->folder, &c, &err), &err);
  for (size_t i = 0; i < c.items.count; i++) {
    const CorpusItem *item = &c.items.items[i];
    CorpusRelation found[CLAIMS];
    size_t n = reading_passage(&t, item->text, found, CLAIMS);
    for (size_t k = 0; k < item->count; k++) {
      const CorpusRelation *truth = &c.relations.items[item->first + k];
      CorpusRelation best = {0};
      for (size_t j = 0; j < n && j < item->count; j++)
        if (j == 0 || alike(&found[j], truth) > alike(&best, truth)) best = found[j];
      bool same = memcmp(&best.cause, &truth->cause, sizeof best.cause) == 0 && memcmp(&best.effect, &truth->effect, sizeof best.effect) == 0;
      count_words(item->text, truth, &best, &words);
      reading_add(&exact, (Outcome){item->document, same, !same, 0});
      if (reading->verbose && !same)
        fprintf(stderr, "T: %s\n  true  C: %.*s | E: %.*s\n  found C: %.*s | E: %.*s\n", item->text.data, (int)span_size(truth->cause),
                item->text.data + truth->cause.start, (int)span_size(truth->effect), item->text.data + truth->effect.start, (int)span_size(best.cause),
                item->text.data + best.cause.start, (int)span_size(best.effect), item->text.data + best.effect.start);
    }
  }
  double total = 0, f1 = 0, precision = 0, recall = 0;
  for (int k = 0; k < CLASSES; k++) {
    double p = words.said[k] > 0 ? words.right[k] / words.said[k] : 0, r = words.true_[k] > 0 ? words.right[k] / words.true_[k] : 0;
    total += words.true_[k];
    precision += words.true_[k] * p, recall += words.true_[k] * r, f1 += p + r > 0 ? words.true_[k] * 2 * p * r / (p + r) : 0;
  }
  printf("bench reading-fincausal-precision %.3f\nbench reading-fincausal-recall %.3f\nbench reading-fincausal-f1 %.3f vs crf .511 %.2f\n", precision / total,
         recall / total, f1 / total, f1 / total / .511);
  reading_print_share("fincausal-exact", &exact, "crf", 11.1);
  trainer_clear(&t);
  propter_vec_clear(&exact);
  corpus_clear(&c);
}
