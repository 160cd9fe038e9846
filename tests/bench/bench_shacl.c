/* SPDX-License-Identifier: Apache-2.0 */
/* SHACL over generated orders. bench_shacl [ORDERS] measures; bench_shacl write FOLDER [ORDERS] writes data.nt and shapes.ttl for peers (shacl_peers.py). */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"
#include "propter/rng.h"
#include "propter/shacl.h"

#define EX "http://example.org/"
#define TYPE "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
#define XSD "http://www.w3.org/2001/XMLSchema#"

enum { CUSTOMERS = 5000 };

static const char shapes[] =
    "@prefix ex: <" EX "> . @prefix sh: <http://www.w3.org/ns/shacl#> . @prefix xsd: <" XSD "> .\n"
    "ex:OrderShape a sh:NodeShape ; sh:targetClass ex:Order ;\n"
    "  sh:property [ sh:path ex:number ; sh:minCount 1 ; sh:maxCount 1 ; sh:pattern \"^O-[0-9]+$\" ] ,\n"
    "    [ sh:path ex:customer ; sh:minCount 1 ; sh:maxCount 1 ; sh:class ex:Customer ] ,\n"
    "    [ sh:path ex:quantity ; sh:minCount 1 ; sh:maxCount 1 ; sh:datatype xsd:integer ; sh:minInclusive 1 ; sh:maxInclusive 1000 ] ,\n"
    "    [ sh:path ex:price ; sh:datatype xsd:decimal ; sh:minExclusive 0.0 ] ,\n"
    "    [ sh:path ex:state ; sh:in ( \"open\" \"paid\" \"sent\" ) ] ,\n"
    "    [ sh:path ex:placed ; sh:minCount 1 ; sh:datatype xsd:date ; sh:lessThanOrEquals ex:sent ] ,\n"
    "    [ sh:path ex:sent ; sh:maxCount 1 ; sh:datatype xsd:date ] .\n"
    "ex:CustomerShape a sh:NodeShape ; sh:targetClass ex:Customer ; sh:property [ sh:path ex:name ; sh:minLength 2 ; sh:minCount 1 ] .\n";

/* About one order in a hundred breaks a rule. */
static void put_order(PropterBuf *out, PropterRng *rng, uint64_t i) {
  static const char *const states[] = {"open", "paid", "sent", "lost"};
  bool bad = propter_rng_below(rng, 100) == 0;
  uint64_t rule = bad ? propter_rng_below(rng, 5) : 9;
  uint64_t day = 1 + propter_rng_below(rng, 27), sent = rule == 4 ? day - 1 : day + propter_rng_below(rng, 28 - day);
  propter_buf_printf(out, "<" EX "o%llu> " TYPE " <" EX "Order> .\n", (unsigned long long)i);
  propter_buf_printf(out, "<" EX "o%llu> <" EX "number> \"%s-%llu\" .\n", (unsigned long long)i, rule == 0 ? "X" : "O", (unsigned long long)i);
  if (rule != 1)
    propter_buf_printf(out, "<" EX "o%llu> <" EX "customer> <" EX "c%llu> .\n", (unsigned long long)i, (unsigned long long)propter_rng_below(rng, CUSTOMERS));
  propter_buf_printf(out, "<" EX "o%llu> <" EX "quantity> \"%llu\"^^<" XSD "integer> .\n", (unsigned long long)i,
                     (unsigned long long)(rule == 2 ? 0 : 1 + propter_rng_below(rng, 1000)));
  propter_buf_printf(out, "<" EX "o%llu> <" EX "price> \"%llu.%llu\"^^<" XSD "decimal> .\n", (unsigned long long)i,
                     (unsigned long long)propter_rng_below(rng, 500), (unsigned long long)(1 + propter_rng_below(rng, 9)));
  propter_buf_printf(out, "<" EX "o%llu> <" EX "state> \"%s\" .\n", (unsigned long long)i, states[rule == 3 ? 3 : propter_rng_below(rng, 3)]);
  propter_buf_printf(out, "<" EX "o%llu> <" EX "placed> \"2024-03-%02llu\"^^<" XSD "date> .\n", (unsigned long long)i, (unsigned long long)day + 1);
  propter_buf_printf(out, "<" EX "o%llu> <" EX "sent> \"2024-03-%02llu\"^^<" XSD "date> .\n", (unsigned long long)i, (unsigned long long)sent + 1);
}

static void generate(PropterBuf *out, uint64_t orders) {
  PropterRng rng;
  propter_rng_seed(&rng, 1);
  for (int c = 0; c < CUSTOMERS; c++) propter_buf_printf(out, "<" EX "c%d> " TYPE " <" EX "Customer> .\n<" EX "c%d> <" EX "name> \"customer %d\" .\n", c, c, c);
  for (uint64_t i = 0; i < orders; i++) put_order(out, &rng, i);
}

static int write_files(const char *folder, const PropterBuf *data) {
  char path[4096];
  const struct {
    const char *name, *text;
    size_t len;
  } files[] = {{"data.nt", data->data, data->len}, {"shapes.ttl", shapes, sizeof shapes - 1}};
  for (int i = 0; i < 2; i++) {
    (void)snprintf(path, sizeof path, "%s/%s", folder, files[i].name);
    FILE *f = fopen(path, "w");
    if (!f || fwrite(files[i].text, 1, files[i].len, f) != files[i].len || fclose(f) != 0) return perror(path), 75;
  }
  return 0;
}

typedef struct {
  PropterGraph *graph;
  const char *shapes;
  uint64_t nodes, results;
  PropterStatus status;
} World;

static void validate(void *payload) {
  World *w = payload;
  PropterShaclOptions options = {.query = propter_query_options()};
  PropterSnapshot *snapshot = NULL;
  PropterShaclReport *report = NULL;
  uint64_t targeted;
  w->status = propter_snapshot_open(w->graph, 0, &snapshot, NULL);
  if (w->status == PROPTER_OK) w->status = propter_shacl_validate(snapshot, &w->shapes, 1, &options, &report, NULL);
  if (report) propter_shacl_looked(report, &w->nodes, &targeted), w->results = propter_shacl_count(report, PROPTER_SHACL_SEVERITIES);
  propter_shacl_free(report);
  if (snapshot) propter_snapshot_close(snapshot);
}

static PropterStatus load(World *w, const char *dir, const PropterBuf *data, PropterError *err) {
  PropterWriter *writer = NULL;
  PropterRdfLoadOptions options = {.read.format = "ntriples", .default_graph = true};
  PropterRdfLoaded loaded = {0};
  PROPTER_TRY(propter_graph_open(dir, PROPTER_GRAPH_CREATE, NULL, &w->graph, err));
  PropterStatus status = propter_writer_open(w->graph, true, &writer, err);
  if (status == PROPTER_OK) status = propter_rdf_load_text(writer, propter_buf_str(data), "orders", &options, &loaded, err);
  if (status == PROPTER_OK) status = propter_writer_commit(writer, err);
  propter_writer_close(writer);
  propter_rdf_loaded_clear(&loaded);
  return status;
}

static int measure(const PropterBuf *data) {
  char dir[] = "/tmp/propter-bench-XXXXXX", path[64], command[64];
  World w = {.shapes = path};
  PropterError err = {0};
  if (!mkdtemp(dir) || write_files(dir, data) != 0) return 75;
  (void)snprintf(path, sizeof path, "%s/shapes.ttl", dir);
  PropterStatus status = load(&w, dir, data, &err);
  if (status == PROPTER_OK) {
    double wall = bench_median(validate, &w), cpu = bench_processor(validate, &w);
    status = w.status;
    bench_print("shacl", wall, "s");
    bench_print("shacl-cpu", cpu, "s");
    bench_print("shacl-nodes", (double)w.nodes, "nodes");
    bench_print("shacl-results", (double)w.results, "results");
  }
  propter_graph_close(w.graph);
  (void)snprintf(command, sizeof command, "rm -rf '%s'", dir);
  if (status != PROPTER_OK) fprintf(stderr, "bench_shacl: %s\n", err.message);
  return system(command) == 0 && status == PROPTER_OK ? 0 : 70;
}

int main(int argc, char **argv) {
  bool write = argc > 2 && strcmp(argv[1], "write") == 0;
  const char *count = argc > (write ? 3 : 1) ? argv[write ? 3 : 1] : "100000";
  PropterBuf data = {0};
  generate(&data, strtoull(count, NULL, 10));
  if (propter_buf_status(&data, NULL) != PROPTER_OK) return 75;
  int code = write ? write_files(argv[2], &data) : measure(&data);
  propter_buf_clear(&data);
  return code;
}
