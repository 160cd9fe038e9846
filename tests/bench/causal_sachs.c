/* SPDX-License-Identifier: Apache-2.0 */
/* Protein signalling, logarithms of the measured values: data/sachs.2005.continuous.txt, of which the first 853 rows are without intervention;
 * ground.truth/sachs.2005.ground.truth.graph.txt has 20 edges; the network "sachs" of bnlearn has 17 of them, with the edge between plc and pip3 turned
 * round ("bnlearn" below). Every search with its defaults. */
#include <math.h>
#include <string.h>

#include "causal.h"
#include "propter/structure.h"

enum { OBSERVATIONAL = 853 };

static const char *const left_out[3][2] = {{"pip2", "pkc"}, {"pip3", "akt"}, {"plc", "pkc"}};

static bool is_left_out(const char *a, const char *b) {
  for (size_t i = 0; i < 3; i++)
    if (strcmp(left_out[i][0], a) == 0 && strcmp(left_out[i][1], b) == 0) return true;
  return false;
}

static size_t read_truth(const Table *t, const char *text, bool all, uint8_t *mark) {
  size_t edges = 0;
  memset(mark, 0, t->cols * t->cols);
  for (const char *line = text; line; line = strchr(line, '\n')) {
    char a[64], b[64];
    size_t i = 0, j = 0;
    while (*line == '\n') line++;
    if (sscanf(line, "%*d. %63s --> %63s", a, b) != 2 || (!all && is_left_out(a, b))) continue;
    while (i < t->cols && strcmp(t->names[i], a) != 0) i++;
    while (j < t->cols && strcmp(t->names[j], b) != 0) j++;
    if (i == t->cols || j == t->cols) continue;
    mark[i * t->cols + j] = PROPTER_ARROW, mark[j * t->cols + i] = PROPTER_TAIL, edges++;
  }
  return edges;
}

static void turn(const Table *t, uint8_t *mark, const char *from, const char *to) {
  size_t i = 0, j = 0;
  while (strcmp(t->names[i], from) != 0) i++;
  while (strcmp(t->names[j], to) != 0) j++;
  uint8_t end = mark[i * t->cols + j];
  mark[i * t->cols + j] = mark[j * t->cols + i], mark[j * t->cols + i] = end;
}

/* Distance from a DAG: an undirected edge where the truth has a direction counts as different. */
static void score(const Table *t, const double *x, size_t rows, const char *search, const uint8_t *truth, size_t edges, const char *kind) {
  PropterError err = {0};
  PropterCausalGraph g;
  PropterData data = {t->cols, rows, x, NULL};
  char name[96];
  need(propter_structure_search(&data, search, NULL, &g, &err), &err);
  (void)snprintf(name, sizeof name, "sachs-%zu-rows-%zu-edges%s-%s-shd", rows, edges, kind, search);
  bench_versus(name, (double)propter_graph_distance(t->cols, g.mark, truth, NULL), "edges", "GraN-DAG", 13);
  propter_causal_graph_free(&g);
}

int causal_sachs(const char *folder, int argc, char **argv) {
  (void)argc, (void)argv;
  Table t;
  table_read(&t, folder, "data/sachs.2005.continuous.txt", "\t");
  char *text = file_text(folder, "ground.truth/sachs.2005.ground.truth.graph.txt");
  double *x = propter_malloc(t.rows * t.cols * sizeof *x);
  uint8_t *truth = propter_malloc(t.cols * t.cols);
  static const char *const searches[] = {"pc", "boss", "directed"};
  if (!text || !x || !truth) return 3;
  for (int all = 0; all < 2; all++) {
    size_t rows = all || t.rows < OBSERVATIONAL ? t.rows : OBSERVATIONAL;
    for (size_t v = 0; v < t.cols; v++)
      for (size_t r = 0; r < rows; r++) x[v * rows + r] = log(t.values[v * t.rows + r]);
    size_t edges = read_truth(&t, text, all, truth);
    for (size_t s = 0; s < sizeof searches / sizeof *searches; s++) score(&t, x, rows, searches[s], truth, edges, "");
    if (all) break;
    turn(&t, truth, "pip3", "plc");
    for (size_t s = 0; s < sizeof searches / sizeof *searches; s++) score(&t, x, rows, searches[s], truth, edges, "-bnlearn");
  }
  propter_free(text), propter_free(x), propter_free(truth);
  table_free(&t);
  return 0;
}
