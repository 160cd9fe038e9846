/* SPDX-License-Identifier: Apache-2.0 */
/* reading FORMAT FOLDER [--cross-validate K | --by-source] [-v]: what is read from a labelled set of that format, scored. Without K with the rules and models that
 * ship; a set on which a shipped model was trained needs K for a fair figure. -v shows the mistakes on standard error. */
#include "reading.h"

#include <string.h>

#include "propter/rng.h"

static const ReadingFormat formats[] = {
#define FORMAT(function, name, summary) {name, summary, reading_##function},
#include "reading.def"
#undef FORMAT
};

void reading_check(PropterStatus status, const PropterError *err) {
  if (status == PROPTER_OK) return;
  fprintf(stderr, "reading: %s %s\n", propter_status_name(status), err->message);
  exit(propter_exit_code(status));
}

static void need(bool done) { reading_check(done ? PROPTER_OK : PROPTER_NO_MEMORY, &(PropterError){.message = "out of memory"}); }

/* --- claims ------------------------------------------------------------------------------------------------------------------------- */

size_t reading_claims(const Reading *reading, PropterStr text, CorpusRelation *found, double *belief, size_t room) {
  PropterError err = {0};
  PropterReadings r = {0};
  Passage p;
  size_t n = 0;
  reading_check(passage_make(&p, text, &err), &err);
  reading_check(propter_read_document(reading->rules, NULL, &p.document, &r, &err), &err);
  for (; n < r.claims.count && n < room; n++) {
    const PropterReading *x = &r.claims.items[n];
    found[n] = (CorpusRelation){passage_origin(&p, x->trigger), passage_origin(&p, x->cause), passage_origin(&p, x->effect)};
    belief[n] = x->confidence * (1 - x->hedge);
  }
  propter_readings_clear(&r);
  passage_clear(&p);
  return n;
}

/* --- scores ------------------------------------------------------------------------------------------------------------------------- */

void reading_add(Outcomes *outcomes, Outcome o) { need(propter_vec_push(outcomes, o)); }

typedef struct {
  double precision, recall, f1, share;
} Scores;

static Scores scores_of(Outcome o) {
  Scores s = {0};
  s.precision = o.right + o.wrong > 0 ? 100 * o.right / (o.right + o.wrong) : 0;
  s.recall = o.right + o.missed > 0 ? 100 * o.right / (o.right + o.missed) : 0;
  s.f1 = s.precision + s.recall > 0 ? 2 * s.precision * s.recall / (s.precision + s.recall) : 0;
  s.share = o.right + o.wrong + o.missed > 0 ? 100 * o.right / (o.right + o.wrong + o.missed) : 0;
  return s;
}

enum { DRAWS = 1000 };

typedef struct {
  Scores value, low, high;
} Interval;

static void bounds(double *draws, double *low, double *high) {
  qsort(draws, DRAWS, sizeof *draws, bench_compare);
  *low = draws[DRAWS * 25 / 1000], *high = draws[DRAWS * 975 / 1000 - 1];
}

static Interval interval_of(const Outcomes *outcomes) {
  static double draws[4][DRAWS];
  unsigned documents = 0;
  for (size_t i = 0; i < outcomes->count; i++)
    if (outcomes->items[i].document >= documents) documents = outcomes->items[i].document + 1;
  Outcome *sum = propter_calloc(documents + 1, sizeof *sum), total = {0};
  need(sum != NULL);
  for (size_t i = 0; i < outcomes->count; i++) {
    const Outcome *o = &outcomes->items[i];
    Outcome *s = &sum[o->document];
    s->right += o->right, s->wrong += o->wrong, s->missed += o->missed;
    total.right += o->right, total.wrong += o->wrong, total.missed += o->missed;
  }
  Interval r = {.value = scores_of(total)};
  PropterRng rng;
  propter_rng_seed(&rng, 1);
  for (int d = 0; d < DRAWS; d++) {
    Outcome drawn = {0};
    for (unsigned i = 0; i < documents; i++) {
      const Outcome *s = &sum[propter_rng_below(&rng, documents)];
      drawn.right += s->right, drawn.wrong += s->wrong, drawn.missed += s->missed;
    }
    Scores s = scores_of(drawn);
    draws[0][d] = s.precision, draws[1][d] = s.recall, draws[2][d] = s.f1, draws[3][d] = s.share;
  }
  bounds(draws[0], &r.low.precision, &r.high.precision);
  bounds(draws[1], &r.low.recall, &r.high.recall);
  bounds(draws[2], &r.low.f1, &r.high.f1);
  bounds(draws[3], &r.low.share, &r.high.share);
  propter_free(sum);
  return r;
}

static void print(const char *name, const char *what, double value, double low, double high, const char *peer, double peer_value) {
  printf("bench reading-%s%s %.1f %%", name, what, value);
  if (peer) printf(" vs %s %.1f %.2f", peer, peer_value, value / peer_value);
  printf("  # 95%% %.1f to %.1f\n", low, high);
}

void reading_print_f1(const char *name, const Outcomes *outcomes, const char *peer, double peer_value) {
  Interval i = interval_of(outcomes);
  print(name, "-precision", i.value.precision, i.low.precision, i.high.precision, NULL, 0);
  print(name, "-recall", i.value.recall, i.low.recall, i.high.recall, NULL, 0);
  print(name, "-f1", i.value.f1, i.low.f1, i.high.f1, peer, peer_value);
}

void reading_print_share(const char *name, const Outcomes *outcomes, const char *peer, double peer_value) {
  Interval i = interval_of(outcomes);
  print(name, "", i.value.share, i.low.share, i.high.share, peer, peer_value);
}

void reading_calibrate(Calibration *c, double belief, bool right, double weight) {
  int b = (int)(belief * CALIBRATION_BINS);
  if (b >= CALIBRATION_BINS) b = CALIBRATION_BINS - 1;
  c->weight[b] += weight, c->belief[b] += weight * belief, c->right[b] += weight * right;
  c->squares += weight * (belief - right) * (belief - right);
}

void reading_print_calibration(const char *name, const Calibration *c) {
  double all = 0;
  for (int b = 0; b < CALIBRATION_BINS; b++) all += c->weight[b];
  if (all > 0) printf("bench reading-%s-brier %.3f\n", name, c->squares / all);
  for (int b = 0; b < CALIBRATION_BINS; b++)
    if (c->weight[b] > 0)
      printf("# belief %.1f to %.1f: %5.0f claims, mean belief %.2f, right %.2f\n", b / 10., (b + 1) / 10., c->weight[b], c->belief[b] / c->weight[b],
             c->right[b] / c->weight[b]);
}

int main(int argc, char **argv) {
  Reading reading = {0};
  const char *name = NULL;
  PropterError err = {0};
  bool usage = false;
  for (int i = 1; i < argc; i++) {
    int64_t k = 0;
    if (strcmp(argv[i], "-v") == 0)
      reading.verbose = true;
    else if (strcmp(argv[i], "--cross-validate") == 0 && i + 1 < argc && propter_str_to_int64(propter_str(argv[i + 1]), &k) && k >= 2 && k <= 100)
      reading.folds = (unsigned)k, i++;
    else if (strcmp(argv[i], "--by-source") == 0)
      reading.by_source = true;
    else if (!name)
      name = argv[i];
    else if (!reading.folder)
      reading.folder = argv[i];
    else
      usage = true;
  }
  const ReadingFormat *format = NULL;
  for (size_t i = 0; i < sizeof formats / sizeof *formats && name; i++)
    if (strcmp(formats[i].name, name) == 0) format = &formats[i];
  if (usage || !format || !reading.folder) {
    fprintf(stderr, "usage: reading FORMAT FOLDER [--cross-validate K | --by-source] [-v]\n");
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) fprintf(stderr, "  %-20s %s\n", formats[i].name, formats[i].summary);
    return 2;
  }
  reading_check(propter_rules_new(NULL, &reading.rules, &err), &err);
  format->run(&reading);
  propter_rules_free(reading.rules);
  return 0;
}
