/* SPDX-License-Identifier: Apache-2.0 */
/* The model that weighs the rules' proposals: each proposal in a labelled text is a case, right if the labels hold a relation with these arguments. */
#include <stdio.h>
#include <string.h>

#include "propter/document.h"
#include "propter/hash.h"
#include "propter/io.h"
#include "train.h"

#define OWN "ingest/learn/claims.txt" /* below the source folder, in which training runs */
#define VERDICTS "tests/bench/realdocs_verdicts.tsv"
#define VERDICT_DIGITS 24
#define SHIFT -.28 /* what verdicts on sources that are held out say (reading realdocs --by-source): slope 1, intercept so */
#define FRESH 1   /* weights of verdicts: on documents that rules were not mended by, */
#define MENDED .1 /* and on those that they were */
#define ARGUMENT_LEAST .3 /* intersection over union of a proposed argument with the labelled one */

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

/* Cases of the proposals in a text. `says`: as Truth, of a claim with these places. */
typedef struct Labels Labels;
struct Labels {
  int (*says)(const Labels *l, PropterStr text, const PropterReading *r);
  unsigned document;
  double weights[2];    /* of wrong ones, of right ones */
  const Corpus *corpus; /* by_relations */
  const CorpusItem *item;
  const Passage *passage;
  Truth truth;
  PropterMap *verdicts; /* by_verdict, which uses each once */
};

static PropterStatus propose(Trainer *t, const PropterDocument *d, const Labels *l, Features *f, LearnSet *out, PropterError *err) {
  PropterReadings r = {0};
  PropterStatus status = propter_read_document(t->rules, NULL, d, &r, err);
  for (size_t i = 0, n = 0; i < r.claims.count && status == PROPTER_OK; i += n) {
    PropterSpan sentence = r.claims.items[i].sentence;
    size_t count = 1; /* as many as were proposed, of which lists make more */
    for (n = 1; i + n < r.claims.count && r.claims.items[i + n].sentence.start == sentence.start; n++)
      count += r.claims.items[i + n].trigger.start != r.claims.items[i + n - 1].trigger.start;
    judge_tag(t->judge, (PropterStr){d->text.data + sentence.start, sentence.end - sentence.start}, false, t->tagged);
    for (size_t k = i; k < i + n && status == PROPTER_OK; k++) {
      const PropterReading *x = &r.claims.items[k];
      int right = l->says(l, d->text, x);
      if (right < 0) continue;
      learn_begin(out, f);
      judge_claim_features(t->tagged, sentence.start, x, count, f);
      if (!learn_add(out, f, right, l->document, l->weights[right])) status = propter_fail(err, PROPTER_NO_MEMORY, "no memory for training");
    }
  }
  propter_readings_clear(&r);
  return status;
}

static int by_relations(const Labels *l, PropterStr text, const PropterReading *r) {
  (void)text;
  return r->negated ? -1 : l->truth(l->corpus, l->item, passage_origin(l->passage, r->cause), passage_origin(l->passage, r->effect));
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

PropterStatus train_verdicts(PropterMap *out, PropterError *err) {
  enum { WORDS = 4, VERDICT = 6, COLUMNS };
  PropterBuf text = {0};
  PropterStatus status = propter_io_read_file(VERDICTS, 16 << 20, &text, err);
  for (size_t at = 0; at < text.len && status == PROPTER_OK; at++) {
    PropterStr cells[COLUMNS] = {{0}};
    for (size_t column = 0, from = at; at <= text.len; at++) {
      char c = at < text.len ? text.data[at] : '\n';
      if (c != '\t' && c != '\n') continue;
      if (column < COLUMNS) cells[column++] = (PropterStr){text.data + from, at - from};
      from = at + 1;
      if (c == '\n') break;
    }
    bool right = propter_str_equal(cells[VERDICT], PROPTER_STR("right")), direction = propter_str_equal(cells[VERDICT], PROPTER_STR("direction"));
    if (cells[VERDICT].len && !propter_map_put(out, cells[WORDS], right ? TRAIN_RIGHT : direction ? TRAIN_DIRECTION : TRAIN_WRONG, NULL))
      status = propter_fail(err, PROPTER_NO_MEMORY, "no memory for training");
  }
  propter_buf_clear(&text);
  return status;
}

PropterStr train_claim_name(PropterStr text, const PropterReading *r, char digest[129]) {
  PropterBuf words = {0};
  const PropterSpan spans[] = {r->quote, r->cause, r->effect};
  for (int i = 0; i < 3; i++) {
    if (i) propter_buf_add_char(&words, '\n');
    propter_buf_add(&words, (PropterStr){text.data + spans[i].start, span_size(spans[i])});
  }
  bool whole = words.failed == PROPTER_OK;
  if (whole) propter_digest(PROPTER_DIGEST_SHA256, propter_buf_str(&words), digest);
  propter_buf_clear(&words);
  return (PropterStr){digest, whole ? VERDICT_DIGITS : 0};
}

int train_verdict(const PropterMap *verdicts, PropterStr name, const PropterReading *r) {
  const uint64_t *found = propter_map_get(verdicts, name);
  if (!found || *found == TRAIN_USED) return -1;
  return *found == TRAIN_RIGHT || (*found == TRAIN_DIRECTION && !r->polarity && !r->negated);
}

static int by_verdict(const Labels *l, PropterStr text, const PropterReading *r) {
  char digest[129];
  PropterStr name = train_claim_name(text, r, digest);
  int verdict = train_verdict(l->verdicts, name, r);
  if (verdict >= 0) (void)propter_map_put(l->verdicts, name, TRAIN_USED, &(bool){false});
  return verdict;
}

/* 0: its licence does not let a model learn from it. */
static double weight_of(const char *path) {
  static const struct {
    const char *folder;
    double weight;
  } sources[] = {
#define SOURCE(folder, licence, weight) {"/" folder "/", weight},
#include "sources.def"
#undef SOURCE
  };
  for (size_t i = 0; i < sizeof sources / sizeof *sources; i++)
    if (strstr(path, sources[i].folder)) return sources[i].weight;
  return 0;
}

static PropterStatus judged_cases(Trainer *t, const CorpusFiles *files, Features *f, LearnSet *out, PropterError *err) {
  PropterMap verdicts = {0};
  PropterStatus status = train_verdicts(&verdicts, err);
  t->rules->parted = true;
  for (size_t i = 0; i < files->paths.count && status == PROPTER_OK; i++) {
    PropterDocument *d = NULL;
    double weight = weight_of(files->paths.items[i]);
    if (!(weight > 0)) continue;
    if (propter_document_open(files->paths.items[i], NULL, &d, err) != PROPTER_OK) continue; /* some are no documents */
    const Labels labels = {.says = by_verdict, .document = (unsigned)i, .weights = {weight, weight}, .verdicts = &verdicts};
    status = propose(t, d, &labels, f, out, err);
    propter_document_free(d);
  }
  t->rules->parted = false;
  propter_map_clear(&verdicts);
  return status;
}

PropterStatus train_claim_cases(Trainer *t, const char *data, LearnSet *out, PropterError *err) {
  static const struct {
    const char *path;
    PropterStatus (*read)(const char *path, Corpus *out, PropterError *err);
    Truth truth;
    double weights[2]; /* of our own the wrong ones were written to be wrong: they do not say how often that is */
  } sets[] = {{"semeval2010t8", corpus_semeval2010t8, by_words, {.15, .15}},
              {"cnc", corpus_cnc_spans, by_spans, {.15, .15}},
              {"because", corpus_brat, by_spans, {.3, .3}},
              {OWN, corpus_own, by_marks, {.25, 1}}};
  Features *f = propter_malloc(sizeof *f);
  PropterStatus status = f ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "no memory for training");
  CorpusFiles real = {0};
  char path[4096];
  (void)snprintf(path, sizeof path, "%s/realdocs", data);
  if (status == PROPTER_OK) status = corpus_files(path, "", "", &real, err);
  unsigned document = (unsigned)real.paths.count;
  for (size_t s = 0; s < sizeof sets / sizeof *sets && status == PROPTER_OK; s++) {
    Corpus c = {0};
    (void)snprintf(path, sizeof path, "%s%s%s", sets[s].read == corpus_own ? "" : data, sets[s].read == corpus_own ? "" : "/", sets[s].path);
    status = sets[s].read(path, &c, err);
    if (status == PROPTER_OK && sets[s].read == corpus_own) status = examples(t->rules, &c, err);
    for (size_t i = 0; i < c.items.count && status == PROPTER_OK; i++) {
      const CorpusItem *item = &c.items.items[i];
      Passage p;
      if ((status = passage_make(&p, item->text, err)) != PROPTER_OK) break;
      status = propose(t, &p.document,
                       &(Labels){.says = by_relations,
                                 .document = document + item->document,
                                 .weights = {sets[s].weights[0], sets[s].weights[1]},
                                 .corpus = &c,
                                 .item = item,
                                 .passage = &p,
                                 .truth = sets[s].truth},
                       f, out, err);
      passage_clear(&p);
    }
    document += (unsigned)c.items.count;
    corpus_clear(&c);
  }
  if (status == PROPTER_OK) status = judged_cases(t, &real, f, out, err);
  corpus_files_clear(&real);
  propter_free(f);
  return status;
}

PropterStatus train_claim_model(const LearnSet *set, unsigned folds, unsigned fold, PropterBuf *out, PropterError *err) {
  static const char *const classes[] = {"wrong", "right"};
  LearnOptions options = {.epochs = 20, .rate = .05, .ridge = 20, .shift = SHIFT, .least = 2, .folds = folds, .fold = fold};
  return learn_logistic(set, classes, 2, &options, 100, out, err);
}

PropterStatus train_claim(const char *data, PropterBuf *out, PropterError *err) {
  Trainer t;
  LearnSet set = {0};
  propter_buf_add(
      out,
      PROPTER_STR(
          "# Is a claim that a rule proposes what the sentence says: logistic regression, learned by ingest/learn.\n"
          "# Trained on SemEval-2010 Task 8 (train; CC BY 3.0), the Causal News Corpus V2 (train; CC0 1.0), the annotations of BECAUSE 2.1\n"
          "# (train; Dunietz, Levin and Carbonell 2017; MIT), ingest/learn/claims.txt and our verdicts on what is read from the 18F handbook (public domain),\n"
          "# the Beige Books of the Federal Reserve (public domain), Microsoft's engineering playbook and OpenStax' Introduction to Business (both CC BY\n"
          "# 4.0), PagerDuty's postmortem guide (Apache-2.0) and the repositories of ingest/learn/sources.def (public domain, CC0 1.0, CC BY 4.0, MIT, Apache-2.0).\n"));
  PropterStatus status = trainer_start(&t, err);
  if (status == PROPTER_OK) status = train_claim_cases(&t, data, &set, err);
  if (status == PROPTER_OK) status = train_claim_model(&set, 0, 0, out, err);
  learn_set_clear(&set);
  trainer_clear(&t);
  return status;
}
