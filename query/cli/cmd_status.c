/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "output.h"
#include "view.h"

static const char *const formats[] = {"table", "json", NULL};

typedef struct {
  uint64_t bytes, quads, version;
  PropterIds graphs, counts;
  PropterRunList runs;
  PropterReaders readers; /* of other processes */
  PropterArena arena;
} Report;

static uint64_t size_of(const char *folder) {
  uint64_t bytes = 0;
  DIR *d = opendir(folder);
  if (!d) return 0;
  for (struct dirent *e; (e = readdir(d)) != NULL;) {
    struct stat st;
    if (fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode)) bytes += (uint64_t)st.st_blocks * 512;
  }
  (void)closedir(d);
  return bytes;
}

static const PropterRunInfo *run_of(const Report *r, PropterId graph) {
  for (size_t i = 0; i < r->runs.count; i++)
    if (r->runs.items[i].id == graph) return &r->runs.items[i];
  return NULL;
}

static PropterStatus name_of(PropterSnapshot *snapshot, Report *r, PropterId graph, PropterStr *name, PropterError *err) {
  PropterTerm term;
  *name = (PropterStr){"", 0};
  if (graph == PROPTER_DEFAULT_GRAPH) return PROPTER_OK;
  PROPTER_TRY(propter_snapshot_term(snapshot, graph, &r->arena, &term, err));
  *name = term.kind == PROPTER_TERM_BLANK ? propter_arena_printf(&r->arena, "_:%.*s", (int)term.value.len, term.value.data) : term.value;
  return name->data ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
}

/* The newest first: their names are what diff, undo, rejects and why --as-of want. */
static void print_runs(FILE *out, const PropterRunList *runs) {
  enum { SHOWN = 10 };
  if (runs->count) fprintf(out, "\n%14s %14s %14s  run\n", "rejected", "added", "removed");
  for (size_t i = runs->count; i-- > 0 && runs->count - i <= SHOWN;) {
    const PropterRunInfo *x = &runs->items[i];
    fprintf(out, "%14s %14s %14s  %.*s\n", output_number(x->rows_rejected), output_number(x->added), output_number(x->removed), (int)x->name.len, x->name.data);
  }
  if (runs->count > SHOWN) fprintf(out, "%44s  %s older (propter status --format json)\n", "", output_number(runs->count - SHOWN));
}

static void print_readers(FILE *out, const PropterReaders *readers) {
  if (readers->count) fprintf(out, "\n%14s %14s  reader (behind the newest version since so many seconds)\n", "commits behind", "seconds");
  for (size_t i = 0; i < readers->count; i++)
    fprintf(out, "%14s %14s  process %lld\n", output_number(readers->items[i].behind), output_number(readers->items[i].seconds),
            (long long)readers->items[i].process);
}

static PropterStatus as_text(CommandCall *call, PropterSnapshot *snapshot, Report *r, PropterError *err) {
  fprintf(call->out, "graph    %s\nversion  %s\nsize     %s bytes on disk\nquads    %s\nruns     %s\n\n%14s  named graph\n", call->graph,
          output_number(r->version), output_number(r->bytes), output_number(r->quads), output_number(r->runs.count), "quads");
  uint64_t records = 0;
  for (size_t i = 0; i < r->graphs.count; i++) {
    PropterStr name;
    if (run_of(r, r->graphs.items[i])) {
      records += r->counts.items[i];
      continue;
    }
    PROPTER_TRY(name_of(snapshot, r, r->graphs.items[i], &name, err));
    fprintf(call->out, "%14s  %.*s\n", output_number(r->counts.items[i]), name.len ? (int)name.len : 15, name.len ? name.data : "(default graph)");
  }
  if (records) fprintf(call->out, "%14s  (records of the runs)\n", output_number(records));
  print_readers(call->out, &r->readers);
  print_runs(call->out, &r->runs);
  return PROPTER_OK;
}

static PropterStatus as_json(CommandCall *call, PropterSnapshot *snapshot, Report *r, PropterError *err) {
  fputs("{\"graph\":", call->out);
  output_json(call->out, propter_str(call->graph));
  fprintf(call->out, ",\"version\":%llu,\"bytes\":%llu,\"quads\":%llu,\"runs\":%zu,\"graphs\":[", (unsigned long long)r->version, (unsigned long long)r->bytes,
          (unsigned long long)r->quads, r->runs.count);
  for (size_t i = 0; i < r->graphs.count; i++) {
    PropterStr name;
    PROPTER_TRY(name_of(snapshot, r, r->graphs.items[i], &name, err));
    fputs(i ? ",\n{\"iri\":" : "\n{\"iri\":", call->out);
    if (name.len)
      output_json(call->out, name);
    else
      fputs("null", call->out);
    fprintf(call->out, ",\"quads\":%llu,\"run\":%s}", (unsigned long long)r->counts.items[i], run_of(r, r->graphs.items[i]) ? "true" : "false");
  }
  fputs("],\"records\":[", call->out);
  for (size_t i = r->runs.count; i-- > 0;) {
    const PropterRunInfo *x = &r->runs.items[i];
    fputs(i + 1 < r->runs.count ? ",\n{\"name\":" : "\n{\"name\":", call->out), output_json(call->out, x->name);
    fputs(",\"kind\":", call->out), output_json(call->out, x->kind);
    fputs(",\"started\":", call->out), output_json(call->out, x->started);
    fprintf(call->out, ",\"read\":%llu,\"rejected\":%llu,\"added\":%llu,\"removed\":%llu}", (unsigned long long)x->rows_read,
            (unsigned long long)x->rows_rejected, (unsigned long long)x->added, (unsigned long long)x->removed);
  }
  fputs("],\"readers\":[", call->out);
  for (size_t i = 0; i < r->readers.count; i++)
    fprintf(call->out, "%s{\"process\":%lld,\"behind\":%llu,\"seconds\":%llu}", i ? "," : "", (long long)r->readers.items[i].process,
            (unsigned long long)r->readers.items[i].behind, (unsigned long long)r->readers.items[i].seconds);
  fputs("]}\n", call->out);
  return PROPTER_OK;
}

static PropterStatus list_readers(PropterGraph *graph, Report *r, PropterError *err) {
  size_t kept = 0;
  PROPTER_TRY(propter_graph_readers(graph, &r->readers, err));
  for (size_t i = 0; i < r->readers.count; i++)
    if (r->readers.items[i].process != getpid()) r->readers.items[kept++] = r->readers.items[i];
  r->readers.count = kept;
  return PROPTER_OK;
}

static PropterStatus run(CommandCall *call, PropterError *err) {
  const char *format;
  PROPTER_TRY(output_format(call, formats, &format, err));
  CommandView view;
  Report r = {.bytes = size_of(call->graph)};
  PropterStatus status = view_open(call, &view, err);
  if (status == PROPTER_OK) {
    r.version = propter_snapshot_version(view.snapshot);
    status = propter_snapshot_count(view.snapshot, PROPTER_SPOG, (PropterQuad){0, 0, 0, 0}, 0, &r.quads, err);
  }
  if (status == PROPTER_OK) status = propter_rdf_graphs(view.snapshot, &r.graphs, &r.counts, err);
  if (status == PROPTER_OK) status = list_readers(view.graph, &r, err);
  if (status == PROPTER_OK) status = propter_run_list(view.snapshot, &r.runs, err);
  if (status == PROPTER_OK) status = strcmp(format, "json") == 0 ? as_json(call, view.snapshot, &r, err) : as_text(call, view.snapshot, &r, err);
  view_close(&view);
  propter_vec_clear(&r.graphs);
  propter_vec_clear(&r.counts);
  propter_vec_clear(&r.readers);
  propter_run_list_clear(&r.runs);
  propter_arena_clear(&r.arena);
  return status;
}

const Command command_status = {
    .name = "status",
    .summary = "say what the graph holds: named graphs with their sizes, runs, version",
    .operands = "",
    .details =
        "--format table or json. The version counts commits. Readers of other processes are listed with the number of commits since their snapshot and its "
        "age\n"
        "in seconds: as long as they read, the pages of those commits cannot be used again.",
    .examples = "propter status\npropter status --format json",
    .formats = formats,
    .run = run};
