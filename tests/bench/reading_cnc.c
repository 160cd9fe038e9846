/* SPDX-License-Identifier: Apache-2.0 */
#include "reading.h"

static void add(Outcomes *outcomes, const CorpusItem *item, bool said) {
  bool truth = item->label != 0;
  reading_add(outcomes, (Outcome){item->document, said && truth, said && !truth, !said && truth});
}

void reading_cnc(const Reading *reading) {
  Corpus c = {0};
  Outcomes rules = {0}, model = {0};
  PropterError err = {0};
  Trainer t;
  LearnSet set = {0};
  reading_check(trainer_start(&t, &err), &err);
  reading_check(corpus_cnc(reading->folder, &c, &err), &err);
  reading_check(train_sentence_cases(&t, &c, &set, &err), &err);
  int *said = propter_calloc(c.items.count + 1, sizeof *said);
  reading_check(said ? PROPTER_OK : PROPTER_NO_MEMORY, &err);
  reading_decide(reading, &set, model_en_sentence, train_sentence_model, judge_sentence_class, said);
  for (size_t i = 0; i < c.items.count; i++) {
    const CorpusItem *item = &c.items.items[i];
    reading_check(trainer_read(&t, item->text, &err), &err);
    add(&rules, item, t.readings.claims.count > 0);
    add(&model, item, said[i] != 0);
    if (reading->verbose && said[i] != item->label) fprintf(stderr, "%d for %d\t%s\n", said[i], item->label, item->text.data);
  }
  reading_print_f1("cnc-sentence-rules", &rules, "verb-regex", 40.7);
  reading_print_f1("cnc-sentence", &model, "linear-ngrams", 74.9);
  propter_free(said);
  propter_vec_clear(&rules);
  propter_vec_clear(&model);
  learn_set_clear(&set);
  corpus_clear(&c);
  trainer_clear(&t);
}
