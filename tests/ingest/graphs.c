/* SPDX-License-Identifier: Apache-2.0 */
#include "graphs.h"

#include <stdlib.h>
#include <string.h>

#include "propter/run.h"
#include "support.h"

PropterGraph *new_graph(void) {
  PropterGraph *graph = NULL;
  ck_ok(propter_graph_open(support_path(support_folder(), "g"), PROPTER_GRAPH_CREATE, NULL, &graph, err));
  return graph;
}

PropterStatus ingest(PropterGraph *graph, const char *mapping, const PropterIngestOptions *more, PropterIngestResult *result, PropterError *err) {
  PropterIngestOptions o = more ? *more : (PropterIngestOptions){0};
  o.mappings = &mapping;
  o.count = 1;
  if (!o.software.len) o.software = PROPTER_STR("test 1");
  return propter_ingest(graph, &o, result, err);
}

static int by_text(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

/* Two graphs have their terms in different orders. */
static void sort_lines(PropterBuf *out) {
  PROPTER_VEC(char *) lines = {0};
  char *copy = propter_strdup(propter_buf_str(out));
  ck_assert_ptr_nonnull(copy);
  for (char *line = copy; *line;) {
    size_t n = strcspn(line, "\n");
    bool last = !line[n];
    line[n] = '\0';
    if (n) ck_assert(propter_vec_push(&lines, line));
    line += n + !last;
  }
  if (lines.count) qsort(lines.items, lines.count, sizeof *lines.items, by_text);
  propter_buf_reset(out);
  propter_buf_add_char(out, '\n');
  for (size_t i = 0; i < lines.count; i++) propter_buf_printf(out, "%s\n", lines.items[i]);
  propter_vec_clear(&lines);
  propter_free(copy);
}

void dump(PropterGraph *graph, PropterBuf *out) {
  PropterSnapshot *snapshot = NULL;
  PropterQuads quads = {0};
  PropterArena arena = {0};
  ck_ok(propter_snapshot_open(graph, 0, &snapshot, err));
  ck_ok(propter_snapshot_match(snapshot, (PropterQuad){0}, 0, &quads, err));
  propter_buf_reset(out);
  propter_buf_add(out, PROPTER_STR("\n"));
  for (size_t i = 0; i < quads.count; i++) {
    const PropterId ids[] = {quads.items[i].s, quads.items[i].p, quads.items[i].o, quads.items[i].g};
    PropterTerm term[4];
    for (int k = 0; k < 4; k++) ck_ok(propter_snapshot_term(snapshot, ids[k], &arena, &term[k], err));
    if (propter_str_starts(term[3].value, PROPTER_STR("https://w3id.org/propter/run/"))) continue;
    for (int k = 0; k < 4; k++) propter_term_write(&term[k], out), propter_buf_add_char(out, k < 3 ? ' ' : '\n');
  }
  propter_vec_clear(&quads);
  propter_arena_clear(&arena);
  propter_snapshot_close(snapshot);
  sort_lines(out);
}
