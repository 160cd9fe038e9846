/* SPDX-License-Identifier: Apache-2.0 */
/* Shops with known truth (retail/README.md): right cause first, false claims first, calibration, and whether joining figures and text pays. */
#include <math.h>
#include <string.h>

#include "propter/rng.h"
#include "retail_cases.h"

enum { BINS = 15, RESAMPLES = 2000, SIMULATIONS = 200 };

/* --- calibration ------------------------------------------------------------------------------------------------------------------------------ */

/* Which hypotheses: of a case, by shop and family. */
typedef bool Filter(const Case *one, const void *what);

static bool any_case(const Case *one, const void *what) { return (void)one, (void)what, true; }
static bool of_family(const Case *one, const void *what) { return strcmp(one->family, what) == 0; }
static bool not_family(const Case *one, const void *what) { return strcmp(one->family, what) != 0; }
static bool of_shop(const Case *one, const void *what) { return one->shop == *(const size_t *)what; }
static bool not_shop(const Case *one, const void *what) { return one->shop != *(const size_t *)what; }

typedef struct {
  double *p;
  unsigned char *right;
  size_t count;
} Sample;

static Sample sample(const Cases *x, Filter *filter, const void *what) {
  size_t n = x->hypotheses.count + 1;
  Sample s = {propter_malloc(n * sizeof *s.p), propter_malloc(n), 0};
  if (!s.p || !s.right) exit(5);
  for (size_t i = 0; i < x->hypotheses.count; i++) {
    const Hypothesis *h = &x->hypotheses.items[i];
    if (!filter(&x->cases.items[h->at], what)) continue;
    s.p[s.count] = h->p;
    s.right[s.count++] = h->right;
  }
  return s;
}

static void sample_free(Sample *s) {
  propter_free(s->p);
  propter_free(s->right);
}

/* Calibrates `s` by what `train` teaches; nothing where there is nothing to learn from. */
static void fit(const Sample *train, PropterCalibration *out) {
  PropterError err = {0};
  *out = (PropterCalibration){{1, 1, 0}, 0};
  if (train->count) need(propter_calibration_fit(train->p, train->right, train->count, out, &err), &err);
}

static void map_sample(Sample *s, const PropterCalibration *map) {
  for (size_t i = 0; i < s->count; i++) s->p[i] = propter_calibration_apply(map, s->p[i]);
}

static void calibrate(Sample *s, const Sample *train) {
  PropterCalibration learned;
  fit(train, &learned);
  map_sample(s, &learned);
}

typedef struct {
  double p;
  unsigned char right;
} Pair;

static int by_p(const void *a, const void *b) {
  const Pair *x = a, *y = b;
  return x->p < y->p ? -1 : x->p > y->p ? 1 : (int)x->right - (int)y->right;
}

/* Expected calibration error over bins of equal mass, p ascending. */
static double binned_error(const Pair *pair, size_t n) {
  double sum = 0;
  for (size_t b = 0; b < BINS; b++) {
    double gap = 0;
    for (size_t i = b * n / BINS; i < (b + 1) * n / BINS; i++) gap += pair[i].right - pair[i].p;
    sum += fabs(gap) / (double)n;
  }
  return sum;
}

/* Skill of the Brier score over the base rate; the calibration error, and the same less what chance alone gives a perfectly calibrated forecast. */
typedef struct {
  double skill, ece, excess;
} Quality;

static Quality quality(const Sample *s) {
  Quality q = {NAN, NAN, NAN};
  double brier = 0, base = 0, chance = 0, n = (double)s->count;
  if (!s->count) return q;
  Pair *pair = propter_malloc(s->count * sizeof *pair);
  PropterRng rng;
  propter_rng_seed(&rng, 1);
  if (!pair) exit(5);
  for (size_t i = 0; i < s->count; i++) {
    pair[i] = (Pair){s->p[i], s->right[i]};
    brier += (s->right[i] - s->p[i]) * (s->right[i] - s->p[i]) / n;
    base += s->right[i] / n;
  }
  qsort(pair, s->count, sizeof *pair, by_p);
  q.ece = binned_error(pair, s->count);
  q.skill = 1 - brier / (base * (1 - base));
  for (int k = 0; k < SIMULATIONS; k++) {
    for (size_t i = 0; i < s->count; i++) pair[i].right = propter_rng_unit(&rng) < pair[i].p;
    chance += binned_error(pair, s->count) / SIMULATIONS;
  }
  q.excess = fmax(0, q.ece - chance);
  propter_free(pair);
  return q;
}

/* Each shop calibrated by the others. */
static Sample cross_calibrated(const Cases *x) {
  Sample all = sample(x, any_case, NULL);
  all.count = 0;
  for (size_t k = 0; k < x->shops; k++) {
    Sample own = sample(x, of_shop, &k), rest = sample(x, not_shop, &k);
    calibrate(&own, &rest);
    memcpy(all.p + all.count, own.p, own.count * sizeof *own.p);
    memcpy(all.right + all.count, own.right, own.count);
    all.count += own.count;
    sample_free(&own);
    sample_free(&rest);
  }
  return all;
}

static void print_quality(const char *suffix, Sample s) {
  char name[64];
  Quality q = quality(&s);
  path_format(name, sizeof name, "retail-brier-skill%s", suffix);
  bench_print(name, q.skill, "skill");
  path_format(name, sizeof name, "retail-ece%s", suffix);
  bench_print(name, q.ece, "error");
  sample_free(&s);
}

/* Each family of causes by what the other families teach. */
static void print_families(const Cases *x) {
  Quality worst = {INFINITY, 0, 0};
  for (size_t i = 0; i < x->cases.count; i++) {
    const char *family = x->cases.items[i].family;
    bool seen = !*family;
    for (size_t k = 0; k < i && !seen; k++) seen = strcmp(x->cases.items[k].family, family) == 0;
    if (seen) continue;
    Sample own = sample(x, of_family, family), rest = sample(x, not_family, family);
    calibrate(&own, &rest);
    Quality q = quality(&own);
    printf("# family %s left out: %zu hypotheses, skill %.3f, ece %.3f, of it beyond chance %.3f\n", family, own.count, q.skill, q.ece, q.excess);
    worst.skill = fmin(worst.skill, q.skill);
    worst.ece = fmax(worst.ece, q.ece);
    worst.excess = fmax(worst.excess, q.excess);
    sample_free(&own);
    sample_free(&rest);
  }
  bench_print("retail-family-brier-skill", worst.skill, "skill");
  bench_print("retail-family-ece", worst.ece, "error");
  bench_print("retail-family-ece-beyond-chance", worst.excess, "error");
}

/* --- joining ------------------------------------------------------------------------------------------------------------------------------------ */

static bool documented(const Case *c, const void *what) { return (void)what, c->documented; }
static bool confounded(const Case *c, const void *what) { return (void)what, c->documented && c->confounded; }
static bool coincidence(const Case *c, const void *what) { return (void)what, c->documented && c->coincidence; }
static bool joint(const Case *c, const void *what) { return (void)what, c->two; }

static double rate(const Cases *x, Filter *filter, int way) {
  double right = 0, n = 0;
  for (size_t i = 0; i < x->cases.count; i++)
    if (filter(&x->cases.items[i], NULL)) n++, right += x->cases.items[i].right[way];
  return n > 0 ? right / n : NAN;
}

/* Lower end of the 95 % interval of joined minus `way`: the questions are drawn again, paired. */
static double lower_bound(const Cases *x, Filter *filter, int way) {
  double difference[RESAMPLES];
  signed char *each = propter_malloc(x->cases.count + 1);
  size_t n = 0;
  PropterRng rng;
  propter_rng_seed(&rng, 1);
  if (!each) exit(5);
  for (size_t i = 0; i < x->cases.count; i++) {
    const Case *c = &x->cases.items[i];
    if (filter(c, NULL)) each[n++] = (signed char)(c->right[WAY_JOINED] - c->right[way]);
  }
  for (int k = 0; k < RESAMPLES; k++) {
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += each[propter_rng_below(&rng, n)];
    difference[k] = n ? sum / (double)n : NAN;
  }
  qsort(difference, RESAMPLES, sizeof *difference, bench_compare);
  propter_free(each);
  return difference[RESAMPLES / 40];
}

static void print_stratum(const Cases *x, const char *name, Filter *filter) {
  char label[64];
  int best = WAY_DATA;
  for (int w = WAY_DATA; w <= WAY_CLAIMED; w++)
    if (x->asked[w] && rate(x, filter, w) > rate(x, filter, best)) best = w;
  size_t n = 0;
  for (size_t i = 0; i < x->cases.count; i++) n += filter(&x->cases.items[i], NULL);
  printf("# %s: %zu questions; right cause first:", name, n);
  for (int w = 0; w < WAYS; w++)
    if (x->asked[w]) printf(" %s %.3f", way_names[w], rate(x, filter, w));
  printf("\n");
  path_format(label, sizeof label, "retail-%s-right-first", name);
  if (!x->asked[WAY_DATA]) { /* the best of the other ways is not known without it */
    bench_print(label, rate(x, filter, WAY_JOINED), "share");
    return;
  }
  bench_versus(label, rate(x, filter, WAY_JOINED), "share", way_names[best], rate(x, filter, best));
  path_format(label, sizeof label, "retail-%s-joining", name);
  bench_print(label, rate(x, filter, WAY_JOINED) - rate(x, filter, best), "gain");
  path_format(label, sizeof label, "retail-%s-joining-low", name);
  bench_print(label, lower_bound(x, filter, best), "gain");
}

/* How a probability is read: as it comes, by a map learned elsewhere, by what the other shops teach. */
typedef enum { RAW, MAPPED, CROSSED, READINGS } Reading;
static const char *const suffixes[READINGS] = {"", "-mapped", "-calibrated"};

/* What is named from .75 on. */
static void print_answers(const Cases *x, Reading reading, const PropterCalibration *map) {
  const char *const names[] = {"false-claims-first", "wrong-first", "answered", "unknown-kept"};
  double sum[4] = {0}, unknown = 0, n = (double)x->cases.count;
  for (size_t k = 0; k < x->shops; k++) {
    PropterCalibration learned = {{1, 1, 0}, 0};
    Sample rest = sample(x, not_shop, &k);
    if (reading == CROSSED) fit(&rest, &learned);
    else if (reading == MAPPED) learned = *map;
    sample_free(&rest);
    for (size_t i = 0; i < x->cases.count; i++) {
      const Case *c = &x->cases.items[i];
      bool named = c->shop == k && c->moved && propter_calibration_apply(&learned, c->p) >= .75;
      sum[0] += named && c->said, sum[1] += named && !c->right[WAY_JOINED], sum[2] += named;
      if (c->shop == k && !c->documented) unknown++, sum[3] += !named;
    }
  }
  for (int i = 0; i < 4; i++) {
    char name[64];
    path_format(name, sizeof name, "retail-%s%s", names[i], suffixes[reading]);
    bench_print(name, sum[i] / (i == 3 ? unknown : n), "share");
  }
}

/* What each pack of knowledge adds to the rest. */
static void print_lifts(const Cases *x) {
  char label[64];
  for (int way = WAY_NO_DOCUMENTS; way < WAYS; way++) {
    path_format(label, sizeof label, "retail-lift-%s", way_names[way] + 3); /* without "no-" */
    bench_print(label, rate(x, documented, WAY_JOINED) - rate(x, documented, way), "gain");
    path_format(label, sizeof label, "retail-lift-%s-low", way_names[way] + 3);
    bench_print(label, lower_bound(x, documented, way), "gain");
  }
}

/* The map that all these shops together teach. */
static void print_map(const Cases *x) {
  Sample all = sample(x, any_case, NULL);
  PropterCalibration learned;
  fit(&all, &learned);
  printf("# what these %zu hypotheses teach: --map %.4f,%.4f,%.4f,%.6f\n", all.count, learned.abc[0], learned.abc[1], learned.abc[2], learned.edge);
  sample_free(&all);
}

int causal_retail(const char *folder, int argc, char **argv) {
  Cases x;
  CasesOptions options = {0};
  PropterCalibration given, *map = NULL;
  for (int i = 0; i < argc; i++) {
    if (strcmp(argv[i], "--verbose") == 0) options.verbose = true;
    else if (strcmp(argv[i], "--joined") == 0) options.joined = true;
    else if (strcmp(argv[i], "--graphs") == 0 && i + 1 < argc) options.graphs = argv[++i];
    else if (strcmp(argv[i], "--map") == 0 && i + 1 < argc &&
             sscanf(argv[++i], "%lf,%lf,%lf,%lf", &given.abc[0], &given.abc[1], &given.abc[2], &given.edge) == 4) map = &given;
    else return fputs("usage: causal retail FOLDER [--verbose] [--joined] [--graphs FOLDER] [--map A,B,C,EDGE]\n", stderr), 2;
  }
  cases_read(folder, &options, &x);
  if (!x.cases.count) return 3;
  double n = (double)x.cases.count;
  printf("# %zu shops, %.0f questions, %zu hypotheses\n", x.shops, n, x.hypotheses.count);
  print_stratum(&x, "all", documented);
  print_stratum(&x, "joint", joint);
  print_stratum(&x, "confounded", confounded);
  print_stratum(&x, "coincidence", coincidence);
  if (!options.joined) print_lifts(&x);
  for (int r = 0; r < READINGS; r++) {
    if (r == MAPPED && !map) continue;
    print_answers(&x, (Reading)r, map);
    Sample s = r == CROSSED ? cross_calibrated(&x) : sample(&x, any_case, NULL);
    if (r == MAPPED) map_sample(&s, map);
    print_quality(suffixes[r], s);
  }
  print_families(&x);
  print_map(&x);
  bench_print("retail-question", 1e3 * x.seconds / n, "ms");
  cases_clear(&x);
  return 0;
}
