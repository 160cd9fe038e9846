/* SPDX-License-Identifier: Apache-2.0 */
/* The quad store: one durable commit of a million quads, scans, lookups, small commits. The data are shaped like a shop's: subjects with ten properties, of
 * which some are shared values, some numbers and some texts. Argument: number of quads. The graph is made below $TMPDIR or /tmp. */
#include "bench.h"

#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "propter/graph.h"
#include "propter/rdf.h"
#include "propter/rng.h"

#define SUBJECTS(quads) ((quads) / 10)
typedef struct {
  PropterGraph *graph;
  uint64_t quads, seen;
} Bench;

static PropterId intern(PropterWriter *w, PropterTerm term) {
  PropterId id;
  must(propter_writer_intern(w, &term, &id, errp));
  return id;
}

static PropterId iri(PropterWriter *w, const char *kind, uint64_t n) {
  char text[80];
  (void)snprintf(text, sizeof text, "http://example.org/%s/%llu", kind, (unsigned long long)n);
  return intern(w, propter_iri(propter_str(text)));
}

static PropterId object(PropterWriter *w, PropterRng *rng, uint64_t subject, unsigned p, uint64_t subjects) {
  char text[80];
  if (p < 3) return iri(w, "feature", propter_rng_below(rng, 500));
  if (p < 5) return iri(w, "thing", propter_rng_below(rng, subjects));
  if (p < 8) {
    (void)snprintf(text, sizeof text, "%llu", (unsigned long long)propter_rng_below(rng, 2000));
    return intern(w, propter_typed(propter_str(text), PROPTER_STR("http://www.w3.org/2001/XMLSchema#integer")));
  }
  (void)snprintf(text, sizeof text, "%s of thing %llu", p == 8 ? "name" : "comment", (unsigned long long)subject);
  return intern(w, propter_literal(propter_str(text)));
}

static void load(Bench *b) {
  PropterWriter *w = NULL;
  PropterRng rng;
  propter_rng_seed(&rng, 1);
  uint64_t subjects = SUBJECTS(b->quads);
  double start = bench_now();
  must(propter_writer_open(b->graph, false, &w, errp));
  for (uint64_t i = 0; i < b->quads; i++) {
    unsigned p = (unsigned)(i % 10);
    PropterQuad q = {iri(w, "thing", i / 10), iri(w, "property", p), object(w, &rng, i / 10, p, subjects), PROPTER_DEFAULT_GRAPH};
    must(propter_writer_add(w, q, errp));
  }
  double interned = bench_now();
  must(propter_writer_commit(w, errp));
  double end = bench_now();
  propter_writer_close(w);
  bench_print("store-intern", (double)b->quads / (interned - start) / 1e3, "kquads/s");
  bench_print("store-apply-commit", (double)b->quads / (end - interned) / 1e3, "kquads/s");
  bench_print("store-load", (double)b->quads / (end - start) / 1e3, "kquads/s");
  struct rusage use;
  (void)getrusage(RUSAGE_SELF, &use);
  bench_print("store-load-peak", (double)use.ru_maxrss / 1024, "MiB");
}

static void scan(Bench *b, PropterOrder order) {
  PropterSnapshot *s = NULL;
  PropterScan *sc = NULL;
  static PropterQuad rows[4096];
  size_t n = 1;
  must(propter_snapshot_open(b->graph, 0, &s, errp));
  must(propter_scan_open(s, order, (PropterQuad){0}, 0, &sc, errp));
  for (b->seen = 0; n; b->seen += n) must(propter_scan_next(sc, rows, 4096, &n, errp));
  propter_scan_close(sc);
  propter_snapshot_close(s);
}

static void scan_columns(Bench *b, PropterOrder order) {
  PropterSnapshot *s = NULL;
  PropterScan *sc = NULL;
  const PropterId *columns[4];
  size_t n = 1;
  must(propter_snapshot_open(b->graph, 0, &s, errp));
  must(propter_scan_open(s, order, (PropterQuad){0}, 0, &sc, errp));
  for (b->seen = 0; n; b->seen += n) must(propter_scan_columns(sc, 15, columns, &n, errp));
  propter_scan_close(sc);
  propter_snapshot_close(s);
}

static void columns_spog(void *payload) { scan_columns(payload, PROPTER_SPOG); }
static void columns_posg(void *payload) { scan_columns(payload, PROPTER_POSG); }
static void scan_spog(void *payload) { scan(payload, PROPTER_SPOG); }
static void scan_posg(void *payload) { scan(payload, PROPTER_POSG); }

enum { LOOKUPS = 100000, SMALL = 100 };

/* Term to id, then all quads of that subject. */
static void look_up(void *payload) {
  Bench *b = payload;
  PropterSnapshot *s = NULL;
  PropterRng rng;
  PropterQuad rows[32];
  propter_rng_seed(&rng, 2);
  must(propter_snapshot_open(b->graph, 0, &s, errp));
  b->seen = 0;
  for (int i = 0; i < LOOKUPS; i++) {
    char text[80];
    PropterId id;
    PropterScan *sc = NULL;
    size_t n;
    (void)snprintf(text, sizeof text, "http://example.org/thing/%llu", (unsigned long long)propter_rng_below(&rng, SUBJECTS(b->quads)));
    PropterTerm t = propter_iri(propter_str(text));
    must(propter_snapshot_find(s, &t, &id, errp));
    must(propter_scan_open(s, PROPTER_SPOG, (PropterQuad){.s = id}, 1, &sc, errp));
    must(propter_scan_next(sc, rows, 32, &n, errp));
    b->seen += n;
    propter_scan_close(sc);
  }
  propter_snapshot_close(s);
}

static void small_commits(void *payload) {
  Bench *b = payload;
  static uint64_t round;
  PropterRng rng;
  propter_rng_seed(&rng, 3 + round++);
  for (int i = 0; i < SMALL; i++) {
    PropterWriter *w = NULL;
    must(propter_writer_open(b->graph, false, &w, errp));
    for (int k = 0; k < 20; k++) {
      PropterQuad q = {iri(w, "thing", propter_rng_below(&rng, SUBJECTS(b->quads))), iri(w, "property", propter_rng_below(&rng, 10)),
                       iri(w, "feature", propter_rng_below(&rng, 500)), PROPTER_DEFAULT_GRAPH};
      must(propter_writer_add(w, q, errp));
    }
    must(propter_writer_commit(w, errp));
    propter_writer_close(w);
  }
}

/* What a night changes: so many quads, all over the graph, get the object of another with their property. */
enum { UPDATES = 7500 };

static void choose(Bench *b, PropterRng *rng, PropterQuad chosen[UPDATES]) {
  static PropterQuad rows[4096];
  PropterSnapshot *s = NULL;
  PropterScan *sc = NULL;
  uint64_t stretch = b->quads / UPDATES, passed = 0;
  size_t n = 1, picked = 0;
  must(propter_snapshot_open(b->graph, 0, &s, errp));
  must(propter_scan_open(s, PROPTER_SPOG, (PropterQuad){0}, 0, &sc, errp));
  uint64_t next = propter_rng_below(rng, stretch);
  for (; n; passed += n) {
    must(propter_scan_next(sc, rows, 4096, &n, errp));
    for (; picked < UPDATES && next < passed + n; next = ++picked * stretch + propter_rng_below(rng, stretch)) chosen[picked] = rows[next - passed];
  }
  propter_scan_close(sc);
  propter_snapshot_close(s);
  if (picked < UPDATES) exit(70);
}

static double scattered_commit(Bench *b, uint64_t seed) {
  static PropterQuad chosen[UPDATES];
  PropterRng rng;
  PropterWriter *w = NULL;
  propter_rng_seed(&rng, seed);
  choose(b, &rng, chosen);
  double start = bench_clock(CLOCK_PROCESS_CPUTIME_ID);
  must(propter_writer_open(b->graph, false, &w, errp));
  for (size_t i = 0; i < UPDATES; i++) {
    size_t other = i;
    do other = (other + propter_rng_below(&rng, UPDATES)) % UPDATES;
    while (chosen[other].p != chosen[i].p);
    must(propter_writer_remove(w, chosen[i], errp));
    must(propter_writer_add(w, (PropterQuad){chosen[i].s, chosen[i].p, chosen[other].o, chosen[i].g}, errp));
  }
  must(propter_writer_commit(w, errp));
  propter_writer_close(w);
  return bench_clock(CLOCK_PROCESS_CPUTIME_ID) - start;
}

static void reads(Bench *b, const char *when) {
  static const struct {
    const char *name, *unit;
    void (*read)(void *);
    double items; /* 0: the quads */
  } kinds[] = {{"scan-spog", "Mquads/s", scan_spog, 0}, {"scan-posg", "Mquads/s", scan_posg, 0}, {"columns-spog", "Mquads/s", columns_spog, 0},
               {"columns-posg", "Mquads/s", columns_posg, 0}, {"lookup", "M/s", look_up, LOOKUPS}};
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
    char name[64];
    (void)snprintf(name, sizeof name, "store-%s%s", kinds[i].name, when);
    bench_print(name, (kinds[i].items > 0 ? kinds[i].items : (double)b->quads) / bench_processor(kinds[i].read, b) / 1e6, kinds[i].unit);
  }
}

/* The first after a load goes beside the blocks; the median of those after it, some of which take what waits there into them, and one more that waits. */
static void scattered_commits(Bench *b) {
  enum { RUNS = 5 };
  double seconds[RUNS];
  bench_print("store-apply-scattered-first", scattered_commit(b, 10) * 1e3, "ms");
  for (uint64_t i = 0; i < RUNS; i++) seconds[i] = scattered_commit(b, 11 + i);
  qsort(seconds, RUNS, sizeof *seconds, bench_compare);
  bench_print("store-apply-scattered", seconds[RUNS / 2] * 1e3, "ms");
  bench_print("store-apply-scattered-longest", seconds[RUNS - 1] * 1e3, "ms");
  (void)scattered_commit(b, 11 + RUNS);
}

static PropterStatus to_file(PropterStr bytes, void *file, PropterError *err) {
  return fwrite(bytes.data, 1, bytes.len, file) == bytes.len ? PROPTER_OK : propter_fail(err, PROPTER_IO, "cannot write the document");
}

static void remove_graph(const char *dir) {
  static const char *const files[] = {"data.mdb", "lock.mdb", "data.mark", "write.lock"};
  char path[400];
  for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
    (void)snprintf(path, sizeof path, "%s/%s", dir, files[i]);
    (void)unlink(path);
  }
  (void)rmdir(dir);
}

/* The graph as a document, and that into a graph of its own, durably. */
static void load_document(Bench *b, const char *dir, const char *format) {
  char path[300], again[300], name[64];
  PropterSnapshot *s = NULL;
  PropterGraph *graph = NULL;
  PropterWriter *w = NULL;
  PropterRdfLoaded loaded = {0};
  PropterRdfWriterOptions how = {.format = format};
  PropterRdfLoadOptions options = {.read = {.format = format}};
  (void)snprintf(path, sizeof path, "%s/document", dir);
  (void)snprintf(again, sizeof again, "%s/again", dir);
  (void)snprintf(name, sizeof name, "store-load-%s", format);
  FILE *file = fopen(path, "wb");
  if (!file) exit(75);
  must(propter_snapshot_open(b->graph, 0, &s, errp));
  must(propter_rdf_write(s, PROPTER_NO_ID, &how, to_file, file, NULL, errp));
  propter_snapshot_close(s);
  if (fclose(file) != 0) exit(75);
  double start = bench_now();
  must(propter_graph_open(again, PROPTER_GRAPH_CREATE, NULL, &graph, errp));
  must(propter_writer_open(graph, false, &w, errp));
  must(propter_rdf_load(w, path, &options, &loaded, errp));
  must(propter_writer_commit(w, errp));
  bench_print(name, (double)loaded.statements / (bench_now() - start) / 1e3, "kquads/s");
  propter_rdf_loaded_clear(&loaded);
  propter_writer_close(w);
  propter_graph_close(graph);
  remove_graph(again);
  (void)unlink(path);
}

int main(int argc, char **argv) {
  Bench b = {.quads = argc > 1 ? strtoull(argv[1], NULL, 10) : 1000000};
  const char *tmp = getenv("TMPDIR");
  char dir[256], path[300];
  (void)snprintf(dir, sizeof dir, "%s/propter-bench-XXXXXX", tmp && *tmp ? tmp : "/tmp");
  if (!mkdtemp(dir)) return 75;
  must(propter_graph_open(dir, PROPTER_GRAPH_CREATE, NULL, &b.graph, errp));
  load(&b);
  (void)snprintf(path, sizeof path, "%s/data.mdb", dir);
  struct stat st = {0};
  (void)stat(path, &st);
  bench_print("store-size", (double)st.st_size / (double)b.quads, "B/quad");
  reads(&b, "");
  scattered_commits(&b);
  reads(&b, "-delta");
  load_document(&b, dir, "ntriples");
  load_document(&b, dir, "turtle");
  bench_print("store-commit-20", bench_median(small_commits, &b) / SMALL * 1e3, "ms");
  propter_graph_close(b.graph);
  double start = bench_now();
  must(propter_graph_verify(dir, NULL, errp));
  bench_print("store-verify", (double)b.quads / (bench_now() - start) / 1e6, "Mquads/s");
  remove_graph(dir);
  return 0;
}
