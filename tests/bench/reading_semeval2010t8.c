/* SPDX-License-Identifier: Apache-2.0 */
#include "reading.h"


/* The training part's first sentences are drawn like the test part's; the others are those of the trial. */
enum { OFFICIAL = 7109 };

static int by_rules(const PropterReadings *r, const CorpusRelation *pair) {
  for (size_t i = 0; i < r->claims.count; i++) {
    const PropterReading *x = &r->claims.items[i];
    if (span_common(x->cause, pair->cause) && span_common(x->effect, pair->effect)) return 1;
    if (span_common(x->cause, pair->effect) && span_common(x->effect, pair->cause)) return 2;
  }
  return 0;
}

static int causal(int class_) { return class_ <= 2 ? class_ : 0; }

static void add(Outcomes *outcomes, const CorpusItem *item, int said) {
  int truth = causal(item->label);
  reading_add(outcomes, (Outcome){item->document, said && said == truth, said && said != truth, truth && said != truth});
}

void reading_semeval2010t8(const Reading *reading) {
  Corpus c = {0};
  Outcomes rules = {0}, model = {0}, parts[2] = {{0}};
  PropterError err = {0};
  Trainer t;
  LearnSet set = {0};
  reading_check(trainer_start(&t, &err), &err);
  if (!judge_wordnet(t.judge)) printf("# without WordNet (Debian's wordnet-base), at which the model looks\n");
  reading_check(corpus_semeval2010t8(reading->folder, &c, &err), &err);
  reading_check(train_pair_cases(&t, &c, &set, &err), &err);
  int *said = propter_calloc(c.items.count + 1, sizeof *said);
  reading_check(said ? PROPTER_OK : PROPTER_NO_MEMORY, &err);
  reading_decide(reading, &set, model_en_pair, train_pair_model, judge_pair_class, said);
  for (size_t i = 0; i < c.items.count; i++) {
    const CorpusItem *item = &c.items.items[i];
    reading_check(trainer_read(&t, item->text, &err), &err);
    add(&rules, item, by_rules(&t.readings, &c.relations.items[item->first]));
    add(&model, item, said[i]);
    add(&parts[i >= OFFICIAL], item, said[i]);
    if (reading->verbose && said[i] != causal(item->label)) fprintf(stderr, "%d for %d\t%s\n", said[i], item->label, item->text.data);
  }
  reading_print_f1("semeval2010t8-rules", &rules, "verb-regex", 72.8);
  reading_print_f1("semeval2010t8", &model, "linear+rule", 88.2);
  if (parts[1].count) {
    reading_print_f1("semeval2010t8-official", &parts[0], "linear+rule", 88.2);
    reading_print_f1("semeval2010t8-trial", &parts[1], NULL, 0);
  }
  propter_free(said);
  propter_vec_clear(&rules);
  propter_vec_clear(&model);
  for (int k = 0; k < 2; k++) propter_vec_clear(&parts[k]);
  learn_set_clear(&set);
  corpus_clear(&c);
  trainer_clear(&t);
}
