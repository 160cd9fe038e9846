/* SPDX-License-Identifier: Apache-2.0 */
/* Documents into a graph, and graphs out into documents. */
#include <string.h>

#include "feed.h"
#include "io.h"
#include "propter/hash.h"

typedef struct Load Load;

typedef struct {
  Load *load;
  unsigned number;
  PropterBuf labels[3];
} Place;

struct Load {
  PropterWriter *writer;
  const PropterRdfLoadOptions *options;
  PropterRdfLoaded *loaded;
  PropterId graph; /* of statements outside named graphs */
  PropterMap cleared;
  uint64_t document; /* hash in the labels of its blank nodes */
  Place places[SPREAD_PLACES];
  Feed *feed;
};

/* The label of a blank node, or of a graph's, made unlike those of every other document. */
static PropterStatus own_label(Load *l, PropterTerm *term, PropterBuf *label, PropterError *err) {
  if (term->kind != PROPTER_TERM_BLANK) return PROPTER_OK;
  propter_buf_reset(label);
  propter_buf_printf(label, "f%016llx", (unsigned long long)l->document);
  propter_buf_add(label, term->value);
  term->value = propter_buf_str(label);
  return propter_buf_status(label, err);
}

/* What a graph held before this writer goes the first time the document names the graph. */
static PropterStatus enter_graph(Load *l, PropterId graph, bool keep, PropterError *err) {
  bool added = false;
  if (!propter_map_put(&l->cleared, (PropterStr){(const char *)&graph, sizeof graph}, 1, &added)) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
  if (!added) return PROPTER_OK;
  bool known = false;
  for (size_t i = 0; i < l->loaded->graphs.count; i++) known |= l->loaded->graphs.items[i] == graph;
  if (!known && !propter_vec_push(&l->loaded->graphs, graph)) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
  return keep ? PROPTER_OK : propter_writer_clear_graph(l->writer, graph, err);
}

static PropterStatus on_graph(PropterId graph, void *payload, PropterError *err) { return enter_graph(payload, graph, false, err); }

static PropterStatus on_statement(const PropterStatement *statement, void *payload, PropterError *err) {
  Place *place = payload;
  Load *l = place->load;
  PropterStatement st = *statement;
  if (l->options->graph.len) st.g.kind = PROPTER_TERM_NONE;
  PROPTER_TRY(own_label(l, &st.s, &place->labels[0], err));
  PROPTER_TRY(own_label(l, &st.o, &place->labels[1], err));
  PROPTER_TRY(own_label(l, &st.g, &place->labels[2], err));
  return feed_add(l->feed, place->number, &st, err);
}

/* The document's statements through the feed. */
static PropterStatus read_into(Load *l, const char *path, const PropterStr *text, const PropterRdfOptions *read, PropterError *err) {
  PropterRdfSink sinks[SPREAD_PLACES];
  for (unsigned i = 0; i < SPREAD_PLACES; i++) {
    l->places[i].load = l;
    l->places[i].number = i;
    sinks[i] = (PropterRdfSink){on_statement, NULL, &l->places[i]};
  }
  PROPTER_TRY(feed_open(l->writer, l->graph, on_graph, l, &l->feed, err));
  Spread spread = {sinks, feed_run, l->feed};
  PROPTER_TRY(text ? propter_rdf_read_text(*text, path, read, sinks, err) : rdf_read(path, read, sinks, &spread, err));
  return feed_finish(l->feed, l->loaded, err);
}

static PropterStatus load(PropterWriter *writer, const char *path, const PropterStr *text, const PropterRdfLoadOptions *options, PropterRdfLoaded *loaded,
                          PropterError *err) {
  Load *l = propter_calloc(1, sizeof *l);
  if (!l) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
  l->writer = writer;
  l->options = options;
  l->loaded = loaded;
  PropterBuf base = {.max = 65536}, key = {.max = 1 << 18};
  PropterRdfOptions read = options->read;
  PropterStatus status = PROPTER_OK;
  if (!read.base.len) {
    if (text)
      propter_buf_add(&base, options->graph);
    else
      status = propter_iri_of_file(path, &base, err);
    if (status == PROPTER_OK) status = propter_buf_status(&base, err);
    if (status != PROPTER_OK) goto done;
    read.base = propter_buf_str(&base);
  }
  PropterTerm graph = propter_iri(options->graph.len ? options->graph : read.base);
  const char *why = NULL;
  bool keep = options->default_graph && !options->graph.len;
  if (keep) {
    l->graph = PROPTER_DEFAULT_GRAPH;
  } else {
    if (!propter_iri_valid(graph.value, &why)) {
      status = propter_fail(err, PROPTER_INVALID, "graph IRI \"%.*s\": %s", (int)(graph.value.len < 200 ? graph.value.len : 200), graph.value.data, why);
      goto done;
    }
    status = propter_writer_intern(writer, &graph, &l->graph, err);
  }
  if (status == PROPTER_OK) status = enter_graph(l, l->graph, keep, err);
  if (status != PROPTER_OK) goto done;
  propter_buf_add(&key, keep ? (PropterStr){"", 0} : graph.value);
  propter_buf_add_char(&key, '\n');
  propter_buf_add(&key, read.base);
  status = propter_buf_status(&key, err);
  if (status != PROPTER_OK) goto done;
  l->document = propter_hash64(propter_buf_str(&key));
  status = read_into(l, path, text, &read, err);
done:
  feed_close(l->feed);
  propter_map_clear(&l->cleared);
  for (int i = 0; i < SPREAD_PLACES; i++)
    for (int k = 0; k < 3; k++) propter_buf_clear(&l->places[i].labels[k]);
  propter_free(l);
  propter_buf_clear(&base);
  propter_buf_clear(&key);
  return status;
}

PropterStatus propter_rdf_load(PropterWriter *writer, const char *path, const PropterRdfLoadOptions *options, PropterRdfLoaded *loaded, PropterError *err) {
  return load(writer, path, NULL, options, loaded, err);
}

PropterStatus propter_rdf_load_text(PropterWriter *writer, PropterStr text, const char *source, const PropterRdfLoadOptions *options, PropterRdfLoaded *loaded,
                                    PropterError *err) {
  return load(writer, source, &text, options, loaded, err);
}

void propter_rdf_loaded_clear(PropterRdfLoaded *loaded) { propter_vec_clear(&loaded->graphs); }

PropterStatus propter_rdf_graphs(PropterSnapshot *snapshot, PropterIds *graphs, PropterIds *counts, PropterError *err) {
  PropterScan *scan = NULL;
  PROPTER_TRY(propter_scan_open(snapshot, PROPTER_GSPO, (PropterQuad){0, 0, 0, 0}, 0, &scan, err));
  PropterStatus status = PROPTER_OK;
  for (;;) {
    PropterQuad row;
    size_t n = 0;
    status = propter_scan_next(scan, &row, 1, &n, err);
    if (status != PROPTER_OK || !n) break;
    uint64_t count = 0;
    if (counts && (status = propter_snapshot_count(snapshot, PROPTER_GSPO, row, 1, &count, err)) != PROPTER_OK) break;
    if (!propter_vec_push(graphs, row.g) || (counts && !propter_vec_push(counts, count))) {
      status = propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
      break;
    }
    if (row.g == UINT64_MAX) break;
    status = propter_scan_seek(scan, (PropterQuad){.g = row.g + 1}, err);
    if (status != PROPTER_OK) break;
  }
  propter_scan_close(scan);
  return status;
}

static bool left_out(const PropterIds *without, PropterId graph) {
  for (size_t i = 0; without && i < without->count; i++)
    if (without->items[i] == graph) return true;
  return false;
}

static PropterStatus write_rows(PropterSnapshot *snapshot, PropterScan *scan, const PropterIds *without, PropterRdfWriter *w, uint64_t *count,
                                PropterError *err) {
  PropterArena arena = {0};
  PropterStatus status = PROPTER_OK;
  PropterQuad rows[256], last = {0, 0, 0, 0};
  PropterStatement st = {.line = 0};
  PropterId skipped = PROPTER_NO_ID;
  for (;;) {
    size_t n = 0;
    status = propter_scan_next(scan, rows, sizeof rows / sizeof *rows, &n, err);
    if (status != PROPTER_OK || !n) break;
    for (size_t i = 0; i < n && status == PROPTER_OK; i++) {
      const PropterQuad *q = &rows[i];
      if (q->g == skipped || (q->g != last.g && left_out(without, q->g))) {
        skipped = q->g;
        continue;
      }
      if (arena.used > 1 << 22) {
        propter_arena_clear(&arena);
        last = (PropterQuad){0, 0, 0, 0};
      }
      if (q->g != last.g) {
        st.g = (PropterTerm){.kind = PROPTER_TERM_NONE};
        if (q->g != PROPTER_DEFAULT_GRAPH) status = propter_snapshot_term(snapshot, q->g, &arena, &st.g, err);
      }
      if (status == PROPTER_OK && q->s != last.s) status = propter_snapshot_term(snapshot, q->s, &arena, &st.s, err);
      if (status == PROPTER_OK && q->p != last.p) status = propter_snapshot_term(snapshot, q->p, &arena, &st.p, err);
      if (status == PROPTER_OK && q->o != last.o) status = propter_snapshot_term(snapshot, q->o, &arena, &st.o, err);
      if (status == PROPTER_OK) status = propter_rdf_writer_add(w, &st, err);
      last = *q;
      *count += status == PROPTER_OK;
    }
    if (status != PROPTER_OK) break;
  }
  propter_arena_clear(&arena);
  return status;
}

PropterStatus propter_rdf_write(PropterSnapshot *snapshot, PropterId graph, const PropterRdfWriterOptions *options, PropterWrite write, void *payload,
                                uint64_t *count, PropterError *err) {
  PropterRdfWriter *w = NULL;
  PropterScan *scan = NULL;
  uint64_t rows = 0;
  PROPTER_TRY(propter_rdf_writer_open(options, write, payload, &w, err));
  PropterStatus status = propter_scan_open(snapshot, PROPTER_GSPO, (PropterQuad){.g = graph}, graph == PROPTER_NO_ID ? 0 : 1, &scan, err);
  if (status == PROPTER_OK) {
    status = write_rows(snapshot, scan, options ? options->without : NULL, w, &rows, err);
    propter_scan_close(scan);
  }
  if (status == PROPTER_OK) status = propter_rdf_writer_finish(w, err);
  propter_rdf_writer_close(w);
  if (count) *count = rows;
  return status;
}
