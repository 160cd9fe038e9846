/* SPDX-License-Identifier: Apache-2.0 */
#include "reading.h"

static bool by_rules(const Reading *reading, PropterStr text) {
  PropterError err = {0};
  PropterReadings r = {0};
  Passage p;
  passage_make(&p, text);
  reading_check(propter_read_document(reading->rules, NULL, &p.document, &r, &err), &err);
  bool said = r.claims.count > 0;
  propter_readings_clear(&r);
  passage_clear(&p);
  return said;
}

void reading_cnc(const Reading *reading) {
  Corpus c = {0};
  Outcomes outcomes = {0};
  PropterError err = {0};
  reading_check(corpus_cnc(reading->folder, &c, &err), &err);
  for (size_t i = 0; i < c.items.count; i++) {
    const CorpusItem *item = &c.items.items[i];
    bool said = by_rules(reading, item->text), truth = item->label != 0;
    if (reading->verbose && said != truth) fprintf(stderr, "%d for %d\t%s\n", said, truth, item->text.data);
    reading_add(&outcomes, (Outcome){item->document, said && truth, said && !truth, !said && truth});
  }
  reading_print_f1("cnc-sentence-rules", &outcomes, "linear-ngrams", 74.9);
  propter_vec_clear(&outcomes);
  corpus_clear(&c);
}
