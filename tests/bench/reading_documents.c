/* SPDX-License-Identifier: Apache-2.0 */
/* Relations in whole documents: both arguments with half of their characters in common (intersection over union), any in common, exact; connectives
 * where they are marked; belief against truth. Only between the first and the last mark of a document: what stands outside was not judged. */
#include <string.h>

#include "reading.h"

typedef struct {
  const char *name;
  double least; /* intersection over union of both arguments */
} Degree;

static const Degree degrees[] = {{"iou50", .5}, {"overlap", 1e-9}, {"exact", 1}};

static void match(const CorpusItem *item, const CorpusRelation *truth, const CorpusRelation *found, size_t n, double least, bool *right, Outcome *o) {
  *o = (Outcome){.document = item->document};
  memset(right, 0, n * sizeof *right);
  for (size_t k = 0; k < item->count; k++) {
    size_t best = SIZE_MAX;
    double score = 0;
    for (size_t j = 0; j < n; j++) {
      double c = span_iou(found[j].cause, truth[k].cause), e = span_iou(found[j].effect, truth[k].effect);
      if (!right[j] && c >= least && e >= least && c + e > score) best = j, score = c + e;
    }
    if (best == SIZE_MAX)
      o->missed++;
    else
      right[best] = true, o->right++;
  }
  o->wrong = (double)n - o->right;
}

static size_t within(const CorpusItem *item, const CorpusRelation *truth, CorpusRelation *found, double *belief, size_t n) {
  size_t first = item->text.len, last = 0, kept = 0;
  for (size_t k = 0; k < item->count; k++) {
    const PropterSpan spans[] = {truth[k].cause, truth[k].effect};
    for (int s = 0; s < 2; s++) {
      if (!span_size(spans[s])) continue;
      if (spans[s].start < first) first = spans[s].start;
      if (spans[s].end > last) last = spans[s].end;
    }
  }
  for (size_t j = 0; j < n; j++)
    if (found[j].cause.start < last && found[j].cause.end > first) found[kept] = found[j], belief[kept++] = belief[j];
  return kept;
}

enum { FOUND = 20000 };

void reading_documents(const Reading *reading, const char *name, bool filings, const char *peer, double peer_value) {
  Corpus c = {0};
  Outcomes outcomes[3] = {{0}}, connectives = {0};
  PropterError err = {0};
  CorpusRelation *found = propter_malloc(FOUND * sizeof *found);
  Calibration calibration = {0};
  double *belief = propter_malloc(FOUND * sizeof *belief);
  bool *right = propter_malloc(FOUND * sizeof *right);
  reading_check(found && belief && right ? corpus_brat(reading->folder, &c, &err) : PROPTER_NO_MEMORY, &err);
  Trainer t = {0};
  if (filings) reading_check(trainer_start(&t, &err), &err);
  bool marked = false;
  for (size_t i = 0; i < c.items.count; i++) {
    const CorpusItem *item = &c.items.items[i];
    const CorpusRelation *truth = &c.relations.items[item->first];
    size_t n = within(item, truth, found, belief,
                      filings ? reading_filing(&t, item->text, found, belief, FOUND) : reading_claims(reading, item->text, found, belief, FOUND));
    for (size_t d = sizeof degrees / sizeof *degrees; d-- > 0;) {
      Outcome o;
      match(item, truth, found, n, degrees[d].least, right, &o);
      reading_add(&outcomes[d], o);
    }
    for (size_t j = 0; j < n; j++) reading_calibrate(&calibration, belief[j], right[j], 1);
    for (size_t j = 0; j < n && reading->verbose; j++)
      if (!right[j])
        fprintf(stderr, "wrong\t%.2f\t%.*s | %.*s | %.*s\n", belief[j], (int)span_size(found[j].cause), item->text.data + found[j].cause.start,
                (int)span_size(found[j].trigger), item->text.data + found[j].trigger.start, (int)span_size(found[j].effect),
                item->text.data + found[j].effect.start);
    Outcome o = {.document = item->document};
    for (size_t k = 0; k < item->count; k++) {
      bool met = false, half = false;
      for (size_t j = 0; j < n; j++) {
        met |= span_common(found[j].trigger, truth[k].trigger) > 0;
        half |= span_iou(found[j].cause, truth[k].cause) >= .5 && span_iou(found[j].effect, truth[k].effect) >= .5;
      }
      if (reading->verbose && !half)
        fprintf(stderr, "missed\t%.*s | %.*s | %.*s\n", (int)span_size(truth[k].cause), item->text.data + truth[k].cause.start,
                (int)span_size(truth[k].trigger), item->text.data + truth[k].trigger.start, (int)span_size(truth[k].effect),
                item->text.data + truth[k].effect.start);
      for (size_t j = 0; j < n && reading->verbose && !half; j++)
        if (span_common(found[j].cause, truth[k].cause) && span_common(found[j].effect, truth[k].effect))
          fprintf(stderr, "near\t%.*s | %.*s\n", (int)span_size(found[j].cause), item->text.data + found[j].cause.start, (int)span_size(found[j].effect),
                  item->text.data + found[j].effect.start);
      marked |= span_size(truth[k].trigger) > 0;
      o.right += met, o.missed += !met;
    }
    for (size_t j = 0; j < n; j++) {
      bool met = false;
      for (size_t k = 0; k < item->count; k++) met |= span_common(found[j].trigger, truth[k].trigger) > 0;
      o.wrong += !met;
    }
    reading_add(&connectives, o);
  }
  char title[64];
  if (marked) {
    (void)snprintf(title, sizeof title, "%s-connectives", name);
    reading_print_f1(title, &connectives, NULL, 0);
  }
  for (size_t d = 0; d < sizeof degrees / sizeof *degrees; d++) {
    (void)snprintf(title, sizeof title, "%s-%s", name, degrees[d].name);
    reading_print_f1(title, &outcomes[d], d == 0 ? peer : NULL, peer_value);
    propter_vec_clear(&outcomes[d]);
  }
  reading_print_calibration(name, &calibration);
  propter_vec_clear(&connectives);
  trainer_clear(&t);
  propter_free(found);
  propter_free(belief);
  propter_free(right);
  corpus_clear(&c);
}
