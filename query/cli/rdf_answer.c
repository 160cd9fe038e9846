/* SPDX-License-Identifier: Apache-2.0 */
#include "rdf_answer.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "propter/io.h"
#include "propter/rdf.h"
#include "propter/sparql.h"

typedef struct {
  char folder[4096];
  PropterGraph *graph;
  PropterSnapshot *snapshot;
  PropterQuery *query;
  PropterQueryOptions options;
  PropterResults *results;
  PROPTER_VEC(PropterStr) names;
} Answer;

/* The folder of a graph holds files only. */
static void remove_folder(const char *folder) {
  DIR *d = *folder ? opendir(folder) : NULL;
  char path[8192];
  for (struct dirent *e; d && (e = readdir(d));)
    if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0 && snprintf(path, sizeof path, "%s/%s", folder, e->d_name) < (int)sizeof path)
      (void)propter_io_unlink(path);
  if (d) (void)closedir(d);
  if (d) (void)rmdir(folder);
}

static void close_answer(void *state) {
  Answer *a = state;
  propter_results_close(a->results);
  propter_query_free(a->query);
  propter_snapshot_close(a->snapshot);
  propter_graph_close(a->graph);
  remove_folder(a->folder);
  propter_vec_clear(&a->names);
  propter_free(a);
}

static PropterStatus next_row(void *state, const PropterTerm **row, PropterError *err) { return propter_results_next(((Answer *)state)->results, row, err); }

static PropterStatus load(Answer *a, const char *path, const PropterLimits *limits, PropterError *err) {
  const char *tmp = getenv("TMPDIR");
  PropterWriter *writer;
  PropterRdfLoaded loaded = {0};
  if (snprintf(a->folder, sizeof a->folder, "%s/propter-rdf-XXXXXX", tmp && *tmp ? tmp : "/tmp") >= (int)sizeof a->folder || !mkdtemp(a->folder)) {
    a->folder[0] = '\0';
    return propter_io_fail(err, tmp && *tmp ? tmp : "/tmp", "make a folder in");
  }
  PROPTER_TRY(propter_graph_open(a->folder, PROPTER_GRAPH_CREATE, limits, &a->graph, err));
  PROPTER_TRY(propter_writer_open(a->graph, false, &writer, err));
  PropterStatus status = propter_rdf_load(writer, path, &(PropterRdfLoadOptions){.read = {.limits = limits}, .default_graph = true}, &loaded, err);
  if (status == PROPTER_OK) status = propter_writer_commit(writer, err);
  propter_writer_close(writer);
  propter_rdf_loaded_clear(&loaded);
  return status;
}

static PropterStatus ask(Answer *a, const char *text, PropterError *err) {
  PROPTER_TRY(propter_query_parse(propter_str(text), PROPTER_STR(""), &a->query, err));
  a->options = propter_query_options();
  a->options.default_is_union = false; /* the file's own default graph */
  PROPTER_TRY(propter_snapshot_open(a->graph, 0, &a->snapshot, err));
  PROPTER_TRY(propter_query_run(a->query, a->snapshot, &a->options, &a->results, err));
  if (propter_results_kind(a->results) != PROPTER_RESULTS_SOLUTIONS) return propter_fail(err, PROPTER_INVALID, "expected a SELECT query");
  for (size_t i = 0; i < propter_results_columns(a->results); i++)
    if (!propter_vec_push(&a->names, propter_results_name(a->results, i))) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a query");
  return PROPTER_OK;
}

PropterStatus rdf_answer(const char *path, const char *query, const PropterLimits *limits, PropterTableSolutions *out, PropterError *err) {
  Answer *a = propter_calloc(1, sizeof *a);
  if (!a) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a query");
  PropterStatus status = load(a, path, limits, err);
  if (status == PROPTER_OK) status = ask(a, query, err);
  if (status != PROPTER_OK) return close_answer(a), status;
  *out = (PropterTableSolutions){a->names.items, a->names.count, next_row, close_answer, a};
  return PROPTER_OK;
}
