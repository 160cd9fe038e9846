/* SPDX-License-Identifier: Apache-2.0 */
#include "reading.h"

static int by_rules(const Reading *reading, const CorpusItem *item, const CorpusRelation *pair) {
  PropterError err = {0};
  PropterReadings r = {0};
  Passage p;
  int said = 0;
  passage_make(&p, item->text);
  reading_check(propter_read_document(reading->rules, NULL, &p.document, &r, &err), &err);
  for (size_t i = 0; i < r.claims.count && !said; i++) {
    PropterSpan cause = passage_origin(&p, r.claims.items[i].cause), effect = passage_origin(&p, r.claims.items[i].effect);
    if (span_common(cause, pair->cause) && span_common(effect, pair->effect)) said = 1;
    if (span_common(cause, pair->effect) && span_common(effect, pair->cause)) said = 2;
  }
  propter_readings_clear(&r);
  passage_clear(&p);
  return said;
}

void reading_semeval2010t8(const Reading *reading) {
  Corpus c = {0};
  Outcomes outcomes = {0};
  PropterError err = {0};
  reading_check(corpus_semeval2010t8(reading->folder, &c, &err), &err);
  for (size_t i = 0; i < c.items.count; i++) {
    const CorpusItem *item = &c.items.items[i];
    int said = by_rules(reading, item, &c.relations.items[item->first]);
    if (reading->verbose && said != item->label) fprintf(stderr, "%d for %d\t%s\n", said, item->label, item->text.data);
    reading_add(&outcomes, (Outcome){item->document, said && said == item->label, said && said != item->label, item->label && said != item->label});
  }
  reading_print_f1("semeval2010t8-rules", &outcomes, "linear+rule", 88.2);
  propter_vec_clear(&outcomes);
  corpus_clear(&c);
}
