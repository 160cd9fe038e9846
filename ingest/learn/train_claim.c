/* SPDX-License-Identifier: Apache-2.0 */
/* The model that weighs the rules' proposals: each proposal in a labelled text is a case, right if the labels hold a relation with these arguments. */
#include <stdio.h>

#include "train.h"

#define OWN "ingest/learn/claims.txt" /* below the source folder, in which training runs */
#define ARGUMENT_LEAST .3             /* intersection over union of a proposed argument with the labelled one */

/* 1 right, 0 wrong, -1 the labels do not say. */
typedef int (*Truth)(const Corpus *c, const CorpusItem *item, PropterSpan cause, PropterSpan effect);

/* Sets differ in where an argument ends: what shares less than that with every relation, but something with one, is left out. */
static int by_spans(const Corpus *c, const CorpusItem *item, PropterSpan cause, PropterSpan effect) {
  int answer = 0;
  for (size_t i = 0; i < item->count; i++) {
    const CorpusRelation *r = &c->relations.items[item->first + i];
    if (span_iou(cause, r->cause) >= ARGUMENT_LEAST && span_iou(effect, r->effect) >= ARGUMENT_LEAST) return 1;
    if (span_common(cause, r->cause) && span_common(effect, r->effect)) answer = -1;
  }
  return answer;
}

static int by_marks(const Corpus *c, const CorpusItem *item, PropterSpan cause, PropterSpan effect) { return by_spans(c, item, cause, effect) == 1; }

/* Only what has one of the two marked words on each side. */
static int by_words(const Corpus *c, const CorpusItem *item, PropterSpan cause, PropterSpan effect) {
  const CorpusRelation *r = &c->relations.items[item->first];
  bool forth = span_common(cause, r->cause) && span_common(effect, r->effect), back = span_common(cause, r->effect) && span_common(effect, r->cause);
  if (forth == back) return -1;
  return item->label == (forth ? 1 : 2);
}

static PropterStatus propose(Trainer *t, const Corpus *c, const CorpusItem *item, unsigned document, Truth truth, double weight, Features *f, LearnSet *out,
                             PropterError *err) {
  Passage p;
  PropterReadings r = {0};
  PROPTER_TRY(passage_make(&p, item->text, err));
  PropterStatus status = propter_read_document(t->rules, NULL, &p.document, &r, err);
  for (size_t i = 0, n = 0; i < r.claims.count && status == PROPTER_OK; i += n) {
    PropterSpan sentence = r.claims.items[i].sentence;
    for (n = 1; i + n < r.claims.count && r.claims.items[i + n].sentence.start == sentence.start;) n++;
    judge_tag(t->judge, (PropterStr){p.document.text.data + sentence.start, sentence.end - sentence.start}, false, t->tagged);
    for (size_t k = i; k < i + n && status == PROPTER_OK; k++) {
      const PropterReading *x = &r.claims.items[k];
      int right = x->negated ? -1 : truth(c, item, passage_origin(&p, x->cause), passage_origin(&p, x->effect));
      if (right < 0) continue;
      learn_begin(out, f);
      judge_claim_features(t->tagged, sentence.start, x, n, f);
      if (!learn_add(out, f, right, document, weight)) status = propter_fail(err, PROPTER_NO_MEMORY, "no memory for training");
    }
  }
  propter_readings_clear(&r);
  passage_clear(&p);
  return status;
}

/* What the rules' own examples say, as a set; an argument in the sentence before has no marks and is left out. */
static PropterStatus examples(const PropterRules *rules, Corpus *out, PropterError *err) {
  PropterStatus status = PROPTER_OK;
  for (size_t i = 0; i < rules->rules.count; i++)
    for (size_t k = 0; k < rules->rules.items[i].examples.count && status == PROPTER_OK; k++) {
      const Example *e = &rules->rules.items[i].examples.items[k];
      PropterBuf plain = {0};
      CorpusRelation r = {0};
      if (!rules_unmark(e->text, &plain, &r.cause, &r.effect)) status = propter_fail(err, PROPTER_NO_MEMORY, "no memory for training");
      bool marked = span_size(r.cause) && span_size(r.effect);
      if (status == PROPTER_OK && (marked || e->counter)) status = corpus_item(out, propter_buf_str(&plain), (unsigned)out->items.count, marked, err);
      if (status == PROPTER_OK && marked) status = corpus_relation(out, r, err);
      propter_buf_clear(&plain);
    }
  return status;
}

PropterStatus train_claim_cases(Trainer *t, const char *data, LearnSet *out, PropterError *err) {
  static const struct {
    const char *path;
    PropterStatus (*read)(const char *path, Corpus *out, PropterError *err);
    Truth truth;
    double weight;
  } sets[] = {{"semeval2010t8", corpus_semeval2010t8, by_words, .5},
              {"cnc", corpus_cnc_spans, by_spans, .5},
              {"because", corpus_brat, by_spans, 1},
              {OWN, corpus_own, by_marks, 2}};
  Features *f = propter_malloc(sizeof *f);
  PropterStatus status = f ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "no memory for training");
  unsigned document = 0;
  for (size_t s = 0; s < sizeof sets / sizeof *sets && status == PROPTER_OK; s++) {
    char path[4096];
    Corpus c = {0};
    (void)snprintf(path, sizeof path, "%s%s%s", sets[s].read == corpus_own ? "" : data, sets[s].read == corpus_own ? "" : "/", sets[s].path);
    status = sets[s].read(path, &c, err);
    if (status == PROPTER_OK && sets[s].read == corpus_own) status = examples(t->rules, &c, err);
    for (size_t i = 0; i < c.items.count && status == PROPTER_OK; i++)
      status = propose(t, &c, &c.items.items[i], document + c.items.items[i].document, sets[s].truth, sets[s].weight, f, out, err);
    document += (unsigned)c.items.count;
    corpus_clear(&c);
  }
  propter_free(f);
  return status;
}

PropterStatus train_claim_model(const LearnSet *set, unsigned folds, unsigned fold, PropterBuf *out, PropterError *err) {
  static const char *const classes[] = {"wrong", "right"};
  return learn_logistic(set, classes, 2, &(LearnOptions){.epochs = 20, .rate = .02, .l2 = 1e-3, .least = 2, .folds = folds, .fold = fold}, 100, out, err);
}

PropterStatus train_claim(const char *data, PropterBuf *out, PropterError *err) {
  Trainer t;
  LearnSet set = {0};
  propter_buf_add(
      out, PROPTER_STR("# Is a claim that a rule proposes what the sentence says: logistic regression, learned by ingest/learn.\n"
                       "# Trained on SemEval-2010 Task 8 (train; CC BY 3.0), the Causal News Corpus V2 (train; CC0 1.0), the annotations of BECAUSE 2.1\n"
                       "# (train; Dunietz, Levin and Carbonell 2017; MIT) and ingest/learn/claims.txt.\n"));
  PropterStatus status = trainer_start(&t, err);
  if (status == PROPTER_OK) status = train_claim_cases(&t, data, &set, err);
  if (status == PROPTER_OK) status = train_claim_model(&set, 0, 0, out, err);
  learn_set_clear(&set);
  trainer_clear(&t);
  return status;
}
