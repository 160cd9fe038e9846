/* SPDX-License-Identifier: Apache-2.0 */
#include "reading.h"

/* Is the sentence causal; is it at the marker. */
static void by_rules(const Reading *reading, const CorpusItem *item, const CorpusRelation *marker, bool *sentence, bool *at_marker) {
  PropterError err = {0};
  PropterReadings r = {0};
  Passage p;
  reading_check(passage_make(&p, item->text, &err), &err);
  reading_check(propter_read_document(reading->rules, NULL, &p.document, &r, &err), &err);
  *sentence = r.claims.count > 0, *at_marker = false;
  for (size_t i = 0; i < r.claims.count; i++) *at_marker |= span_common(passage_origin(&p, r.claims.items[i].trigger), marker->trigger) > 0;
  propter_readings_clear(&r);
  passage_clear(&p);
}

void reading_altlex(const Reading *reading) {
  Corpus c = {0};
  Outcomes sentences = {0}, markers = {0};
  PropterError err = {0};
  reading_check(corpus_altlex(reading->folder, &c, &err), &err);
  for (size_t i = 0; i < c.items.count; i++) {
    const CorpusItem *item = &c.items.items[i];
    bool said, marked, truth = item->label != 0;
    by_rules(reading, item, &c.relations.items[item->first], &said, &marked);
    if (reading->verbose && said != truth) fprintf(stderr, "%d for %d\t%s\n", said, truth, item->text.data);
    reading_add(&sentences, (Outcome){item->document, said && truth, said && !truth, !said && truth});
    reading_add(&markers, (Outcome){item->document, marked && truth, marked && !truth, !marked && truth});
  }
  reading_print_f1("altlex-sentence", &sentences, "linear", 58.6);
  reading_print_f1("altlex-at-marker", &markers, NULL, 0);
  propter_vec_clear(&sentences);
  propter_vec_clear(&markers);
  corpus_clear(&c);
}
