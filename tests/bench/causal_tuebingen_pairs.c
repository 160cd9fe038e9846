/* SPDX-License-Identifier: Apache-2.0 */
/* Directions of real pairs: data/pair.N.txt (tab separated, a header), ground.truth/pairmeta.txt (id, first and last column of the cause, of the
 * effect, weight). A decision is forced; pairs of more than two columns are left out. */
#include <string.h>

#include "causal.h"
#include "propter/direction.h"

typedef struct {
  double right[6], all;
  size_t pairs;
} Tally;

static void count(Tally *tally, const PropterDirection *d, bool forward, double weight) {
  const double clue[6] = {d->score, d->regression, d->slope, d->shape, d->code, d->sequence};
  for (size_t i = 0; i < 6; i++)
    if (clue[i] != 0 && (clue[i] > 0) == forward) tally->right[i] += weight;
  tally->all += weight, tally->pairs++;
}

int causal_tuebingen_pairs(const char *folder, int argc, char **argv) {
  bool each = argc && strcmp(argv[0], "each") == 0;
  char *meta = file_text(folder, "ground.truth/pairmeta.txt");
  if (!meta) return 3;
  Tally tally = {0};
  double begin = bench_now();
  for (char *line = meta; line; line = strchr(line, '\n')) {
    unsigned id, cause, cause_end, effect, effect_end;
    double weight;
    line += *line == '\n';
    if (sscanf(line, "%u %u %u %u %u %lf", &id, &cause, &cause_end, &effect, &effect_end, &weight) != 6) continue;
    if (cause != cause_end || effect != effect_end || weight <= 0) continue;
    char name[64];
    (void)snprintf(name, sizeof name, "data/pair.%u.txt", id);
    Table t;
    table_read(&t, folder, name, "\t");
    PropterDirection d;
    PropterError err = {0};
    need(propter_pair_direction(t.rows, t.values, t.values + t.rows, &d, &err), &err);
    count(&tally, &d, cause < effect, weight);
    if (each)
      printf("pair %u %s score %.3f regression %.3f slope %.3f shape %.4f code %.4f sequence %.5f\n", id, cause < effect ? "->" : "<-", d.score, d.regression,
             d.slope, d.shape, d.code, d.sequence);
    table_free(&t);
  }
  static const char *const names[6] = {"", "-regression", "-slope", "-shape", "-code", "-sequence"};
  for (size_t i = 0; i < 6; i++) {
    char name[64];
    (void)snprintf(name, sizeof name, "tuebingen%s-weighted-accuracy", names[i]);
    if (i) bench_print(name, 100 * tally.right[i] / tally.all, "%");
    else bench_versus(name, 100 * tally.right[0] / tally.all, "%", "SLOPE", 77.2);
  }
  bench_print("tuebingen-time", (bench_now() - begin) / (double)(tally.pairs ? tally.pairs : 1), "s/pair");
  propter_free(meta);
  return tally.pairs ? 0 : 3;
}
