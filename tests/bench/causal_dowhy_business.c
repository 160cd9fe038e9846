/* SPDX-License-Identifier: Apache-2.0 */
/* Three documented business cases: what lowered an online shop's profit, what raised a supply chain's received units, which service slowed a web page.
 * The graphs are those of the documentation; 95 % intervals; same settings for all. */
#include <math.h>
#include <string.h>

#include "causal.h"
#include "propter/mechanism.h"

typedef struct {
  const char *from, *to;
} Edge;

static const char *const shop_names[] = {"Shopping Event?", "Ad Spend", "Page Views", "Unit Price", "Sold Units", "Revenue", "Operational Cost", "Profit"};
static const Edge shop_edges[] = {{"Page Views", "Sold Units"},      {"Revenue", "Profit"},
                                  {"Unit Price", "Sold Units"},      {"Unit Price", "Revenue"},
                                  {"Shopping Event?", "Page Views"}, {"Shopping Event?", "Sold Units"},
                                  {"Shopping Event?", "Unit Price"}, {"Shopping Event?", "Ad Spend"},
                                  {"Ad Spend", "Page Views"},        {"Ad Spend", "Operational Cost"},
                                  {"Sold Units", "Revenue"},         {"Sold Units", "Operational Cost"},
                                  {"Operational Cost", "Profit"},    {NULL, NULL}};
static const char *const chain_names[] = {"demand", "constraint", "submitted", "confirmed", "received"};
static const Edge chain_edges[] = {{"demand", "submitted"}, {"constraint", "submitted"}, {"submitted", "confirmed"}, {"confirmed", "received"}, {NULL, NULL}};
static const char *const service_names[] = {
    "Product DB", "Customer DB", "Order DB", "Shipping Cost Service", "Caching Service", "Product Service", "Auth Service", "Order Service",
    "API",        "www",         "Website"};
static const Edge service_edges[] = {{"www", "Website"},
                                     {"Auth Service", "www"},
                                     {"API", "www"},
                                     {"Customer DB", "Auth Service"},
                                     {"Customer DB", "API"},
                                     {"Product Service", "API"},
                                     {"Auth Service", "API"},
                                     {"Order Service", "API"},
                                     {"Shipping Cost Service", "Product Service"},
                                     {"Caching Service", "Product Service"},
                                     {"Product DB", "Caching Service"},
                                     {"Customer DB", "Product Service"},
                                     {"Order DB", "Order Service"},
                                     {NULL, NULL}};

enum { MOST = 16 };

static size_t place(const char *const *names, size_t p, const char *name) {
  for (size_t i = 0; i < p; i++)
    if (strcmp(names[i], name) == 0) return i;
  fprintf(stderr, "causal: no variable \"%s\"\n", name);
  exit(70);
}

/* The rows of a table whose `column` (NULL: all rows) holds the text `value`. */
static PropterData pick(const Table *t, const char *const *names, size_t p, const char *column, const char *value) {
  const double *chosen = column ? table_column(t, column) : NULL;
  size_t c = 0, n = 0;
  while (column && strcmp(t->names[c], column) != 0) c++;
  double *x = propter_malloc(p * t->rows * sizeof *x + 1);
  bool *in = propter_calloc(t->rows + 1, sizeof *in);
  if (!x || !in) exit(75);
  for (size_t r = 0; r < t->rows; r++) in[r] = !column || strcmp(t->levels[c][(size_t)chosen[r]], value) == 0, n += in[r];
  for (size_t v = 0; v < p; v++) {
    const double *from = table_column(t, names[v]);
    size_t own = (size_t)(from - t->values) / (t->rows ? t->rows : 1), m = 0;
    for (size_t r = 0; r < t->rows; r++) /* a truth value is 1 for True, whichever comes first */
      if (in[r]) x[v * n + m++] = t->level_count[own] ? strcmp(t->levels[own][(size_t)from[r]], "True") == 0 : from[r];
  }
  propter_free(in);
  return (PropterData){p, n, x, NULL};
}

static void attribute(const char *label, const PropterData *before, const PropterData *after, const char *const *names, const Edge *edges, const char *target,
                      PropterMechanismShare *share) {
  uint8_t dag[MOST * MOST] = {0};
  size_t p = before->p;
  PropterAttribution sum;
  PropterError err = {0};
  for (const Edge *e = edges; e->from; e++) {
    size_t i = place(names, p, e->from), j = place(names, p, e->to);
    dag[i * p + j] = PROPTER_ARROW, dag[j * p + i] = PROPTER_TAIL;
  }
  double begin = bench_now(), worked = bench_clock(CLOCK_PROCESS_CPUTIME_ID);
  need(propter_attribute_change(before, after, dag, place(names, p, target), &(PropterAttributionOptions){.seed = 1}, share, &sum, &err), &err);
  double seconds = bench_now() - begin;
  worked = bench_clock(CLOCK_PROCESS_CPUTIME_ID) - worked;
  fprintf(stderr, "%s: %s changed by %.4g (simulated %.4g), %.2f s\n", label, target, sum.observed, sum.after - sum.before, seconds);
  for (size_t v = 0; v < p; v++) fprintf(stderr, "  %-22s %12.4g  [%.4g, %.4g]\n", names[v], share[v].share, share[v].low, share[v].high);
  char name[96];
  (void)snprintf(name, sizeof name, "dowhy-%s-time", label);
  bench_print(name, seconds, "s");
  (void)snprintf(name, sizeof name, "dowhy-%s-processor", label);
  bench_print(name, worked, "s");
}

static size_t largest(const PropterMechanismShare *s, size_t p) {
  size_t best = 0;
  for (size_t v = 1; v < p; v++)
    if (fabs(s[v].share) > fabs(s[best].share)) best = v;
  return best;
}

static bool moved(const PropterMechanismShare *s) { return s->low > 0 || s->high < 0; }

static bool shop(const char *folder, const char *file) {
  enum { P = sizeof shop_names / sizeof *shop_names };
  Table a, b;
  table_read(&a, folder, "2021_Data.csv", ","), table_read(&b, folder, file, ",");
  PropterData before = pick(&a, shop_names, P, NULL, NULL), after = pick(&b, shop_names, P, NULL, NULL);
  PropterMechanismShare s[P];
  attribute(file, &before, &after, shop_names, shop_edges, "Profit", s);
  const PropterMechanismShare *views = &s[place(shop_names, P, "Page Views")], *price = &s[place(shop_names, P, "Unit Price")];
  bool right = largest(s, P) == place(shop_names, P, "Page Views") && views->share < 0 && moved(views) && price->share > 0;
  propter_free((void *)before.x), propter_free((void *)after.x), table_free(&a), table_free(&b);
  return right;
}

static bool chain(const char *folder) {
  enum { P = sizeof chain_names / sizeof *chain_names };
  Table t;
  table_read(&t, folder, "supply_chain_week_over_week.csv", ",");
  PropterData before = pick(&t, chain_names, P, "week", "w1"), after = pick(&t, chain_names, P, "week", "w2");
  PropterMechanismShare s[P];
  attribute("supply-chain", &before, &after, chain_names, chain_edges, "received", s);
  bool right = moved(&s[0]) && moved(&s[3]) && !moved(&s[1]) && !moved(&s[2]);
  propter_free((void *)before.x), propter_free((void *)after.x), table_free(&t);
  return right;
}

static bool services(const char *folder, const char *file) {
  enum { P = sizeof service_names / sizeof *service_names };
  Table a, b;
  table_read(&a, folder, "rca_microservice_architecture_latencies.csv.gz", ","), table_read(&b, folder, file, ",");
  PropterData before = pick(&a, service_names, P, NULL, NULL), after = pick(&b, service_names, P, NULL, NULL);
  PropterMechanismShare s[P];
  attribute(file, &before, &after, service_names, service_edges, "Website", s);
  size_t first = largest(s, P);
  bool right = first == place(service_names, P, "Caching Service") && moved(&s[first]);
  propter_free((void *)before.x), propter_free((void *)after.x), table_free(&a), table_free(&b);
  return right;
}

int causal_dowhy_business(const char *folder, int argc, char **argv) {
  (void)argc, (void)argv;
  bench_print("dowhy-shop-first-day", shop(folder, "2022_First_Day.csv"), "right");
  bench_print("dowhy-shop-first-quarter", shop(folder, "2022_First_Quarter.csv"), "right");
  bench_print("dowhy-supply-chain", chain(folder), "right");
  bench_print("dowhy-services-one-outlier", services(folder, "rca_microservice_architecture_anomaly.csv"), "right");
  bench_print("dowhy-services-thousand", services(folder, "rca_microservice_architecture_anomaly_1000.csv"), "right");
  return 0;
}
