/* SPDX-License-Identifier: Apache-2.0 */
/* The models that look at pairs and at sentences. */
#include <stdio.h>
#include <string.h>

#include "train.h"

PropterStatus trainer_start(Trainer *t, PropterError *err) {
  memset(t, 0, sizeof *t);
  PROPTER_TRY(propter_rules_new(NULL, &t->rules, err));
  t->rules->ungraded = true;
  const Language *l = &t->rules->language;
  PROPTER_TRY(judge_new(&t->rules->parts, *l->tagger, l->claim, l->words, &t->judge, err));
  PROPTER_TRY(judge_look_up(t->judge, l->stemmer, err));
  PROPTER_TRY(judge_use(t->judge, JUDGE_PAIR, model_en_pair, "en.pair", err));
  PROPTER_TRY(judge_use(t->judge, JUDGE_SENTENCE, model_en_sentence, "en.sentence", err));
  return (t->tagged = propter_malloc(sizeof *t->tagged)) ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "no memory for training");
}

void trainer_clear(Trainer *t) {
  propter_rules_free(t->rules);
  judge_free(t->judge);
  propter_free(t->tagged);
  propter_readings_clear(&t->readings);
}

PropterStatus trainer_read(Trainer *t, PropterStr sentence, PropterError *err) {
  PropterBlock block = {.kind = PROPTER_BLOCK_PARAGRAPH, .end = sentence.len};
  PropterDocument d = {.format = "text", .encoding = "UTF-8", .published = PROPTER_NO_DAY, .text = sentence, .blocks = &block, .block_count = 1};
  t->readings.claims.count = t->readings.happenings.count = 0;
  judge_tag(t->judge, sentence, true, t->tagged);
  return propter_read_document(t->rules, NULL, &d, &t->readings, err);
}

typedef void (*Look)(const Trainer *t, const Corpus *c, const CorpusItem *item, Features *f);

static PropterStatus cases(Trainer *t, const Corpus *c, Look look, LearnSet *out, PropterError *err) {
  Features *f = propter_malloc(sizeof *f);
  PropterStatus status = f ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "no memory for training");
  for (size_t i = 0; i < c->items.count && status == PROPTER_OK; i++) {
    const CorpusItem *item = &c->items.items[i];
    status = trainer_read(t, item->text, err);
    learn_begin(out, f);
    if (status == PROPTER_OK) look(t, c, item, f);
    if (status == PROPTER_OK && !learn_add(out, f, item->label, item->document, 1)) status = propter_fail(err, PROPTER_NO_MEMORY, "no memory for training");
  }
  propter_free(f);
  return status;
}

static void look_at_pair(const Trainer *t, const Corpus *c, const CorpusItem *item, Features *f) {
  const CorpusRelation *r = &c->relations.items[item->first];
  judge_pair_features(t->tagged, r->cause, r->effect, t->readings.claims.items, t->readings.claims.count, f);
}

static void look_at_sentence(const Trainer *t, const Corpus *c, const CorpusItem *item, Features *f) {
  (void)c, (void)item;
  judge_sentence_features(t->tagged, t->readings.claims.items, t->readings.claims.count, f);
}

PropterStatus train_pair_cases(Trainer *t, const Corpus *c, LearnSet *out, PropterError *err) { return cases(t, c, look_at_pair, out, err); }
PropterStatus train_sentence_cases(Trainer *t, const Corpus *c, LearnSet *out, PropterError *err) { return cases(t, c, look_at_sentence, out, err); }

PropterStatus train_pair_model(const LearnSet *set, unsigned folds, unsigned fold, PropterBuf *out, PropterError *err) {
  const char *classes[CORPUS_PAIRS];
  for (int k = 0; k < CORPUS_PAIRS; k++) classes[k] = corpus_pairs[k].class_;
  return learn_logistic(set, classes, CORPUS_PAIRS, &(LearnOptions){.epochs = 12, .rate = .01, .l2 = 1e-3, .least = 2, .folds = folds, .fold = fold}, 20, out,
                        err);
}

PropterStatus train_sentence_model(const LearnSet *set, unsigned folds, unsigned fold, PropterBuf *out, PropterError *err) {
  static const char *const classes[] = {"none", "causal"};
  return learn_logistic(set, classes, 2, &(LearnOptions){.epochs = 12, .runs = 8, .rate = .005, .l2 = 1e-3, .least = 2, .folds = folds, .fold = fold}, 100, out,
                        err);
}

static PropterStatus train(const char *data, const char *folder, PropterStatus (*corpus)(const char *, Corpus *, PropterError *),
                           PropterStatus (*take)(Trainer *, const Corpus *, LearnSet *, PropterError *),
                           PropterStatus (*model)(const LearnSet *, unsigned, unsigned, PropterBuf *, PropterError *), PropterBuf *out, PropterError *err) {
  char path[4096];
  Trainer t;
  Corpus c = {0};
  LearnSet set = {0};
  (void)snprintf(path, sizeof path, "%s/%s", data, folder);
  PropterStatus status = trainer_start(&t, err);
  if (status == PROPTER_OK && !judge_wordnet(t.judge))
    status = propter_fail(err, PROPTER_NOT_FOUND, "%s: WordNet is not there (Debian's wordnet-base)", PROPTER_WORDNET_FOLDER);
  if (status == PROPTER_OK) status = corpus(path, &c, err);
  if (status == PROPTER_OK) status = take(&t, &c, &set, err);
  if (status == PROPTER_OK) status = model(&set, 0, 0, out, err);
  learn_set_clear(&set);
  corpus_clear(&c);
  trainer_clear(&t);
  return status;
}

PropterStatus train_pair(const char *data, PropterBuf *out, PropterError *err) {
  propter_buf_add(out,
                  PROPTER_STR("# Does one of two words cause the other: multinomial logistic regression, learned by ingest/learn.\n"
                              "# Trained on SemEval-2010 Task 8 (train; Hendrickx et al. 2010), CC BY 3.0 (https://creativecommons.org/licenses/by/3.0/);\n"
                              "# classes and kinds of words are those of WordNet 3.0, Copyright 2006 by Princeton University (NOTICE).\n"));
  return train(data, "semeval2010t8", corpus_semeval2010t8, train_pair_cases, train_pair_model, out, err);
}

PropterStatus train_sentence(const char *data, PropterBuf *out, PropterError *err) {
  propter_buf_add(out, PROPTER_STR("# Is a sentence causal: logistic regression, learned by ingest/learn.\n"
                                   "# Trained on the Causal News Corpus V2 (train; Tan et al. 2022), CC0 1.0.\n"));
  return train(data, "cnc", corpus_cnc, train_sentence_cases, train_sentence_model, out, err);
}
