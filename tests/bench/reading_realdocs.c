/* SPDX-License-Identifier: Apache-2.0 */
/* How sure claims of real documents may be taken to be: each document is read with a model of claims that has seen neither it nor one with a claim in common,
 * and what is read is compared with the verdicts on it. FOLDER lies beside the other sets from which the model learns. */
#include <math.h>
#include <string.h>

#include "propter/document.h"
#include "propter/rng.h"
#include "reading.h"

extern const PropterStr model_en_claim;

#define SURE .8
#define JUDGED_FROM .5 /* held out, below which hardly any claim has a verdict: what is right there is not counted as missed */

typedef struct {
  unsigned document; /* the first of those that have claims in common */
  double belief, ships;
  int verdict; /* 1 right, 0 wrong, -1 not judged */
} Claim;

typedef struct {
  const Reading *reading;
  CorpusFiles files;
  PropterMap verdicts, ships, names; /* by train_claim_name: verdict; permille; index of claims */
  unsigned *first;                   /* of each file: the first one that has a claim in common with it, or comes from one source with it; itself if none */
  unsigned parts;                    /* 0: what ships */
  PROPTER_VEC(Claim) claims;
} Real;

static void need(const void *p) { reading_check(p ? PROPTER_OK : PROPTER_NO_MEMORY, &(PropterError){.message = "out of memory"}); }

/* --- reading -------------------------------------------------------------------------------------------------------------------------- */

typedef void (*Take)(Real *real, unsigned file, PropterStr name, const PropterReading *r);

static unsigned first_of(const Real *real, unsigned file) {
  while (real->first[file] != file) file = real->first[file];
  return file;
}

static void join(Real *real, unsigned a, unsigned b) {
  a = first_of(real, a), b = first_of(real, b);
  real->first[a > b ? a : b] = a > b ? b : a;
}

/* The folder below the given one. */
static PropterStr source_of(const Real *real, unsigned file) {
  const char *path = real->files.paths.items[file] + strlen(real->reading->folder);
  while (*path == '/') path++;
  return (PropterStr){path, strcspn(path, "/")};
}

/* Which part a file is held out with: how manieth its source is among all, else by its number. */
static unsigned part_of(const Real *real, unsigned file) {
  unsigned first = first_of(real, file), part = 0;
  for (unsigned i = 0; i < first && real->reading->by_source; i++) part += real->first[i] == i;
  return real->reading->by_source ? part : first % real->parts;
}

/* Reads files with a model of claims; `fold` of `folds`: only those of it, by the first of the files with claims in common. */
static void read_files(Real *real, PropterStr model, unsigned folds, unsigned fold, Take take) {
  PropterError err = {0};
  PropterRules *rules;
  reading_check(propter_rules_new(NULL, &rules, &err), &err);
  rules->language.claim = &model;
  for (unsigned i = 0; i < real->files.paths.count; i++) {
    PropterDocument *d = NULL;
    PropterReadings r = {0};
    char digest[129];
    if (folds && part_of(real, i) != fold) continue;
    if (propter_document_open(real->files.paths.items[i], NULL, &d, &err) != PROPTER_OK) continue; /* some are no documents */
    reading_check(propter_read_document(rules, NULL, d, &r, &err), &err);
    for (size_t k = 0; k < r.claims.count; k++) {
      const PropterReading *x = &r.claims.items[k];
      take(real, i, train_claim_name(d->text, x, digest), x);
    }
    propter_readings_clear(&r);
    propter_document_free(d);
  }
  propter_rules_free(rules);
}

static double belief_of(const PropterReading *r) { return r->confidence * (1 - r->hedge); }

/* As it ships; files with a claim in common are joined. */
static void take_shipped(Real *real, unsigned file, PropterStr name, const PropterReading *r) {
  bool added;
  uint64_t *there = propter_map_put(&real->names, name, file, &added);
  need(there), need(propter_map_put(&real->ships, name, (uint64_t)lround(1000 * belief_of(r)), NULL));
  join(real, (unsigned)*there, file);
}

/* The same words are one claim. */
static void take_held_out(Real *real, unsigned file, PropterStr name, const PropterReading *r) {
  const uint64_t *ships = propter_map_get(&real->ships, name);
  bool added;
  need(propter_map_put(&real->names, name, real->claims.count, &added));
  Claim c = {first_of(real, file), belief_of(r), ships ? (double)*ships / 1000 : 0, train_verdict(&real->verdicts, name, r)};
  if (added) need(propter_vec_push(&real->claims, c) ? real : NULL);
}

static void read_held_out(Real *real) {
  PropterError err = {0};
  Trainer t;
  LearnSet set = {0};
  char data[4096];
  unsigned folds = real->parts, files = (unsigned)real->files.paths.count;
  (void)snprintf(data, sizeof data, "%s/..", real->reading->folder);
  reading_check(trainer_start(&t, &err), &err);
  if (folds) reading_check(train_claim_cases(&t, data, &set, &err), &err);
  for (size_t i = 0; i < set.cases.count; i++)
    if (set.cases.items[i].document < files) set.cases.items[i].document = part_of(real, set.cases.items[i].document);
  for (unsigned fold = 0; fold < (folds ? folds : 1); fold++) {
    PropterBuf model = {0};
    if (folds) reading_check(train_claim_model(&set, folds, fold, &model, &err), &err);
    read_files(real, folds ? propter_buf_str(&model) : model_en_claim, folds, fold, take_held_out);
    propter_buf_clear(&model);
  }
  learn_set_clear(&set);
  trainer_clear(&t);
}

/* --- scores --------------------------------------------------------------------------------------------------------------------------- */

/* Verdicts were drawn by belief, so a judged claim stands for all of its band (post-stratification), apart by whether it ships as sure: all those are judged,
 * of the rest a part. */
static double weight_of(const Real *real, const Claim *claim) {
  static const double bands[] = {JUDGED_FROM, .6, .7, SURE, .85, .9, .95, 2};
  size_t band = 0, all = 0, judged = 0;
  while (claim->belief >= bands[band]) band++;
  for (size_t i = 0; i < real->claims.count; i++) {
    const Claim *c = &real->claims.items[i];
    if ((c->ships >= SURE) != (claim->ships >= SURE) || c->belief >= bands[band] || (band && c->belief < bands[band - 1])) continue;
    all++, judged += c->verdict >= 0;
  }
  return judged ? (double)all / (double)judged : 0;
}

static void print_scores(const Real *real) {
  Outcomes outcomes = {0};
  Calibration calibration = {0};
  size_t sure = 0, judged = 0;
  for (size_t i = 0; i < real->claims.count; i++) {
    const Claim *c = &real->claims.items[i];
    bool held = c->belief >= SURE, right = c->verdict == 1;
    sure += held, judged += held && c->verdict >= 0;
    if (real->reading->verbose)
      fprintf(stderr, "%.*s\t%s\t%.3f\t%.3f\t%d\n", (int)real->names.entries[i].key.len, real->names.entries[i].key.data,
              real->files.paths.items[c->document], c->belief, c->ships, c->verdict);
    if (c->belief < JUDGED_FROM || c->verdict < 0) continue;
    double weight = weight_of(real, c);
    reading_add(&outcomes, (Outcome){c->document, weight * (right && held), weight * (!right && held), weight * (right && !held)});
    reading_calibrate(&calibration, c->belief, right, weight);
  }
  printf("# %zu claims of belief %.1f or more, %zu of them judged\n", sure, SURE, judged);
  reading_print_f1("realdocs", &outcomes, NULL, 0);
  reading_print_calibration("realdocs", &calibration);
  propter_vec_clear(&outcomes);
}

void reading_realdocs(const Reading *reading) {
  PropterError err = {0};
  Real real = {.reading = reading};
  reading_check(corpus_files(reading->folder, "", "", &real.files, &err), &err);
  reading_check(train_verdicts(&real.verdicts, &err), &err);
  need(real.first = propter_calloc(real.files.paths.count, sizeof *real.first));
  for (unsigned i = 0; i < real.files.paths.count; i++) real.first[i] = i;
  read_files(&real, model_en_claim, 0, 0, take_shipped);
  for (unsigned i = 0; i < real.files.paths.count; i++) real.first[i] = first_of(&real, i);
  propter_map_clear(&real.names);
  real.parts = reading->folds;
  for (unsigned i = 1; i < real.files.paths.count && reading->by_source; i++)
    if (propter_str_equal(source_of(&real, i), source_of(&real, i - 1))) join(&real, i, i - 1);
  for (unsigned i = 0; i < real.files.paths.count; i++) real.parts += reading->by_source && real.first[i] == i;
  read_held_out(&real);
  print_scores(&real);
  corpus_files_clear(&real.files);
  propter_map_clear(&real.verdicts), propter_map_clear(&real.ships), propter_map_clear(&real.names);
  propter_vec_clear(&real.claims);
  propter_free(real.first);
}
