/* SPDX-License-Identifier: Apache-2.0 */
/* What a linear model decides on a labelled set: the one that ships, or K learned anew without the documents they decide on. */
#include "reading.h"

void reading_decide(const Reading *reading, const LearnSet *set, PropterStr shipped, ReadingLearn learn, ReadingClass class_, int *out) {
  PropterError err = {0};
  for (unsigned fold = 0; fold < (reading->folds ? reading->folds : 1); fold++) {
    PropterBuf text = {0};
    Linear m;
    if (reading->folds) reading_check(learn(set, reading->folds, fold, &text, &err), &err);
    reading_check(linear_parse(reading->folds ? propter_buf_str(&text) : shipped, "model", &m, &err), &err);
    for (size_t i = 0; i < set->cases.count; i++) {
      const LearnCase *c = &set->cases.items[i];
      float scores[LINEAR_CLASSES];
      double sure;
      if (reading->folds && c->document % reading->folds != fold) continue;
      linear_score(&m, set->hashes.items + c->first, set->values.items + c->first, c->count, scores);
      out[i] = class_(&m, scores, &sure);
    }
    linear_clear(&m);
    propter_buf_clear(&text);
  }
}
