/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include <string.h>
#include <sys/stat.h>

#include "output.h"
#include "propter/document.h"
#include "propter/run.h"
#include "start.h"

typedef struct {
  CommandCall *call;
  PropterRdfLoadOptions options;
  PropterRdfLoaded loaded;
  PropterWriter *writer;
  PropterRun *record;
  bool standard_input, unchanged;
  bool hash; /* each file as it is read, since there is nothing to compare it with before */
} Load;

/* Of a page this command takes the RDFa, of a document nothing; nearly always its words were meant. */
static const char *page_hint(const CommandCall *call, const char *file) {
  const PropterRdfFormat *format = call->format ? NULL : propter_rdf_format_of_file(file);
  if (!format && !call->format && propter_document_known(file)) return "; propter read takes what a document says in words";
  if (!format && !call->format && start_names_table(file)) return "; propter start takes a folder of tables, propter ingest --sniff the rows of one";
  return format && strcmp(format->name, "rdfa") == 0 ? "; of a page load takes RDFa only: propter read takes what it says in words" : "";
}

static PropterStatus set_options(Load *l, PropterError *err) {
  CommandCall *call = l->call;
  PROPTER_TRY(output_iri_option(call, "graph-iri", &l->options.graph, err));
  PROPTER_TRY(output_iri_option(call, "base", &l->options.read.base, err));
  l->options.default_graph = cmd_flag(call, "default-graph");
  l->options.read.format = call->format;
  l->options.read.log = call->log;
  if (l->options.graph.len && l->options.default_graph) return propter_fail(err, PROPTER_USAGE, "--graph-iri and --default-graph exclude each other");
  unsigned inputs = 0;
  for (unsigned i = 0; i < call->operand_count; i++) {
    if (strcmp(call->operands[i], "-") == 0) {
      inputs++;
      l->standard_input = true;
      if (!call->format) return propter_fail(err, PROPTER_USAGE, "standard input needs --format");
      if (!l->options.graph.len && !l->options.default_graph && !l->options.read.base.len)
        return propter_fail(err, PROPTER_USAGE, "standard input needs --graph-iri or --default-graph");
    } else if (!call->format && !propter_rdf_format_of_file(call->operands[i])) {
      return propter_fail(err, PROPTER_USAGE, "cannot tell the RDF format of %s from its name: use --format%s", call->operands[i],
                          page_hint(call, call->operands[i]));
    }
  }
  if (inputs > 1) return propter_fail(err, PROPTER_USAGE, "standard input can be read once");
  if (call->operand_count > 1 && l->options.read.base.len && !l->options.graph.len && !l->options.default_graph)
    return propter_fail(err, PROPTER_USAGE, "--base with several files needs --graph-iri, or they would replace one another");
  return PROPTER_OK;
}

/* The graph that a file replaces. */
static PropterStatus graph_of(Load *l, const char *path, PropterId *id, PropterError *err) {
  PropterBuf own = {.max = 1 << 16};
  PropterStatus status = PROPTER_OK;
  PropterStr iri = l->options.graph.len ? l->options.graph : l->options.read.base;
  if (l->options.default_graph) {
    *id = PROPTER_DEFAULT_GRAPH;
    return PROPTER_OK;
  }
  if (!iri.len) {
    status = propter_iri_of_file(path, &own, err);
    iri = propter_buf_str(&own);
  }
  PropterTerm term = propter_iri(iri);
  if (status == PROPTER_OK) status = propter_writer_intern(l->writer, &term, id, err);
  propter_buf_clear(&own);
  return status;
}

static PropterStatus generated(Load *l, PropterId graph, PropterError *err) {
  /* The default graph has no source of its own: nothing there is replaced. */
  return graph == PROPTER_DEFAULT_GRAPH ? PROPTER_OK : propter_run_generated(l->record, graph, err);
}

static PropterStatus begin_record(Load *l, PropterError *err) {
  CommandCall *call = l->call;
  PropterBuf parameters = {.max = 1 << 16};
  propter_buf_printf(&parameters, "graph-iri=%.*s\nbase=%.*s\nformat=%s\ndefault-graph=%d", (int)l->options.graph.len, l->options.graph.data,
                     (int)l->options.read.base.len, l->options.read.base.data, call->format ? call->format : "", l->options.default_graph);
  PropterRunOptions options = {.kind = "load",
                               .now = call->now,
                               .software = PROPTER_STR("propter " PACKAGE_VERSION),
                               .parameters = propter_buf_str(&parameters),
                               .untracked = cmd_flag(call, "no-undo")};
  PropterStatus status = propter_buf_status(&parameters, err);
  if (status == PROPTER_OK) status = propter_run_begin(l->writer, &options, NULL, &l->record, err);
  for (unsigned i = 0; i < call->operand_count && status == PROPTER_OK; i++) {
    PropterId graph;
    if (strcmp(call->operands[i], "-") == 0) continue;
    status = graph_of(l, call->operands[i], &graph, err);
    if (status == PROPTER_OK) status = generated(l, graph, err);
  }
  propter_buf_clear(&parameters);
  return status;
}

/* Has a run loaded the same before? */
static PropterStatus compare(Load *l, PropterStr *last, PropterError *err) {
  CommandCall *call = l->call;
  l->hash = l->standard_input || cmd_flag(call, "force");
  if (!l->hash) PROPTER_TRY(propter_run_first(l->record, &l->hash, err));
  if (l->hash) return PROPTER_OK;
  for (unsigned i = 0; i < call->operand_count; i++)
    PROPTER_TRY(propter_run_input(l->record, PROPTER_STR("data"), propter_str(call->operands[i]), (PropterStr){"", 0}, err));
  return propter_run_unchanged(l->record, &l->unchanged, last, err);
}

static PropterStatus no_page(const CommandCall *call, const char *file, PropterStatus status, PropterError *err) {
  const size_t n = err ? strlen(err->message) : 0;
  if (err) (void)snprintf(err->message + n, sizeof err->message - n, "%s", page_hint(call, file));
  return status;
}

static PropterStatus read_all(Load *l, PropterError *err) {
  CommandCall *call = l->call;
  for (unsigned i = 0; i < call->operand_count; i++) {
    uint64_t before = l->loaded.statements;
    char hash[33];
    bool standard = strcmp(call->operands[i], "-") == 0;
    l->options.read.hash = l->hash && !standard ? hash : NULL;
    PropterStatus status = propter_rdf_load(l->writer, call->operands[i], &l->options, &l->loaded, err);
    if (status != PROPTER_OK) return no_page(call, call->operands[i], status, err);
    if (l->options.read.hash) PROPTER_TRY(propter_run_input(l->record, PROPTER_STR("data"), propter_str(call->operands[i]), propter_str(hash), err));
    fprintf(call->out, "%s: %s statements%s\n", call->operands[i], output_number(l->loaded.statements - before),
            l->loaded.statements == before ? page_hint(call, call->operands[i]) : "");
  }
  return PROPTER_OK;
}

static PropterStatus finish_record(Load *l, PropterError *err) {
  char hash[33];
  if (l->standard_input) {
    (void)snprintf(hash, sizeof hash, "%016llx%016llx", (unsigned long long)l->loaded.hash[0], (unsigned long long)l->loaded.hash[1]);
    PROPTER_TRY(propter_run_input(l->record, PROPTER_STR("data"), PROPTER_STR("standard input"), propter_str(hash), err));
  }
  for (size_t i = 0; i < l->loaded.graphs.count; i++) PROPTER_TRY(generated(l, l->loaded.graphs.items[i], err));
  propter_run_rows(l->record, l->loaded.statements);
  return propter_run_finish(l->record, err);
}

static PropterStatus load(Load *l, PropterError *err) {
  CommandCall *call = l->call;
  uint64_t added = 0, removed = 0;
  char run[160];
  PropterStr last;
  PROPTER_TRY(begin_record(l, err));
  PROPTER_TRY(compare(l, &last, err));
  if (l->unchanged) {
    fprintf(call->out, "nothing to do: run %.*s loaded the same\n", (int)last.len, last.data);
    return PROPTER_OK;
  }
  PROPTER_TRY(read_all(l, err));
  PROPTER_TRY(finish_record(l, err));
  propter_run_counts(l->record, &added, &removed);
  PROPTER_TRY(output_run(call, l->record, run, err));
  if (!call->dry_run) PROPTER_TRY(propter_writer_commit(l->writer, err));
  fprintf(call->out, "%s: %s added, %s removed, %s graph%s written%s\n", call->dry_run ? "would load" : "loaded", output_number(added), output_number(removed),
          output_number(l->loaded.graphs.count), l->loaded.graphs.count == 1 ? "" : "s", run);
  return PROPTER_OK;
}

static PropterStatus count_one(const PropterStatement *statement, void *payload, PropterError *err) {
  (void)statement, (void)err;
  ++*(uint64_t *)payload;
  return PROPTER_OK;
}

/* Without a graph a dry run only reads. */
static PropterStatus only_read(Load *l, PropterError *err) {
  CommandCall *call = l->call;
  for (unsigned i = 0; i < call->operand_count; i++) {
    uint64_t count = 0;
    PropterRdfSink sink = {count_one, NULL, &count};
    PROPTER_TRY(propter_rdf_read(call->operands[i], &l->options.read, &sink, err));
    fprintf(call->out, "%s: %s statements\n", call->operands[i], output_number(count));
  }
  fprintf(call->out, "would load: into the new graph %s\n", call->graph);
  return PROPTER_OK;
}

static PropterStatus run(CommandCall *call, PropterError *err) {
  Load l = {.call = call};
  PropterGraph *graph = NULL;
  /* Before a graph is made for files that are not there. */
  for (unsigned i = 0; i < call->operand_count; i++) {
    struct stat st;
    if (strcmp(call->operands[i], "-") == 0) continue;
    bool there = stat(call->operands[i], &st) == 0;
    if (there && !S_ISDIR(st.st_mode)) continue;
    propter_error_at(err, call->operands[i], 0, 0);
    return propter_fail(err, PROPTER_NOT_FOUND, there ? "expected a file, found a folder" : "no such file");
  }
  PROPTER_TRY(set_options(&l, err));
  PropterError opening = {0};
  PropterStatus status = propter_graph_open(call->graph, call->dry_run ? 0 : PROPTER_GRAPH_CREATE, NULL, &graph, &opening);
  if (status == PROPTER_NOT_FOUND && call->dry_run) return only_read(&l, err);
  if (status != PROPTER_OK) {
    if (err) *err = opening;
    return status;
  }
  status = propter_writer_open(graph, cmd_flag(call, "wait"), &l.writer, err);
  if (status == PROPTER_OK) status = load(&l, err);
  propter_run_free(l.record);
  if (l.writer) propter_writer_close(l.writer);
  propter_graph_close(graph);
  propter_rdf_loaded_clear(&l.loaded);
  return status;
}

static const CommandOption options[] = {{"graph-iri", 0, "IRI", "put everything into this named graph, replacing what it held"},
                                        {"default-graph", 0, NULL, "put triples without a graph into the default graph, which keeps what it has"},
                                        {"base", 0, "IRI", "base for relative IRIs, and name of the graph (default: the file's IRI)"},
                                        {"force", 0, NULL, "load again although nothing changed"},
                                        {"no-undo", 0, NULL, "do not record what was added and removed: less to write for a first load of very much"},
                                        {"wait", 0, NULL, "wait while another program writes to the graph, instead of exit 4"},
                                        {NULL, 0, NULL, NULL}};

static const char *const formats[] = {"ntriples", "nquads", "turtle", "trig", "rdfxml", "rdfa", "json", NULL};

const Command command_load = {
    .name = "load",
    .summary = "load RDF files into the graph",
    .operands = "FILE...",
    .min_operands = 1,
    .max_operands = UINT32_MAX,
    .options = options,
    .details =
        "Formats (--format, else by the file's name): ntriples (nt), nquads (nq), turtle (ttl), trig, rdfxml (rdf, owl), rdfa (html), json (rj: RDF/JSON).\n"
        "Packed files (gzip, xz, bzip2, zstd, one file in a zip or tar) are unpacked, - is standard input. Each file is a named graph of its own, named like "
        "the file; its named graphs keep their names. Loading\n"
        "again replaces those graphs and nothing else; a graph that the new version of a file no longer names stays. All files of one call are one\n"
        "transaction: after an error in any of them (exit 3, with file, line and column) the graph is as it was. The load is recorded as a run.",
    .examples =
        "propter load ontology/propter.ttl ontology/packs/us-employment/metrics.ttl ontology/packs/us-employment/concepts.ttl "
        "ontology/packs/us-employment/events.ttl\npropter load --graph-iri https://example.org/g ontology/propter.ttl --dry-run",
    .formats = formats,
    .run = run};
