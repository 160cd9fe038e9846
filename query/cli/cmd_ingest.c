/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include <malloc.h>
#include <string.h>
#include <unistd.h>

#include "ingest_call.h"
#include "project.h"
#include "rdf_answer.h"

static const char *const formats[] = {"table", "json", NULL};

/* By default a graph may come out half as large: rows that change are no loss, and an export that lost half of its rows is most likely cut. */
static PropterStatus set_guard(const CommandCall *call, PropterIngestOptions *o, PropterError *err) {
  PropterStr text = propter_str(cmd_value(call, "max-removed") ? cmd_value(call, "max-removed") : "50%");
  bool percent = propter_str_ends(text, PROPTER_STR("%"));
  int64_t n;
  if (!propter_str_to_int64((PropterStr){text.data, text.len - percent}, &n) || n < 0 || (percent && n > 100))
    return propter_fail(err, PROPTER_USAGE, "--max-removed: expected a number of quads, or 0%% to 100%%, found \"%s\"", text.data);
  o->guard = percent ? PROPTER_INGEST_PERCENT : PROPTER_INGEST_QUADS;
  o->max_removed = (uint64_t)n;
  return PROPTER_OK;
}

static PropterStatus set_options(const CommandCall *call, PropterIngestOptions *o, PropterError *err) {
  static const char *const modes[] = {"quarantine", "skip", "stop"};
  const char *mode = cmd_value(call, "on-error");
  size_t m = 0;
  while (mode && m < 3 && strcmp(mode, modes[m]) != 0) m++;
  if (m == 3) return propter_fail(err, PROPTER_USAGE, "--on-error: expected quarantine, skip or stop, found \"%s\"", mode);
  o->on_error = (PropterIngestOnError)m;
  int64_t n = 0;
  PROPTER_TRY(output_number_option(call, "max-errors", 0, INT64_MAX, &n, err));
  o->bounded = cmd_value(call, "max-errors") != NULL;
  o->max_errors = (uint64_t)n;
  PROPTER_TRY(set_guard(call, o, err));
  o->how.database = cmd_value(call, "database"), o->how.file = cmd_value(call, "source"), o->how.plain = cmd_value(call, "plain"),
  o->how.encoding = cmd_value(call, "encoding");
  return output_iri_option(call, "base", &o->how.base, err);
}

static PropterStatus set_unpacked(const CommandCall *call, PropterLimits *limits, PropterError *err) {
  int64_t n = 0;
  if (!cmd_value(call, "max-unpacked")) return PROPTER_OK;
  PROPTER_TRY(output_number_option(call, "max-unpacked", 1, INT64_MAX, &n, err));
  limits->table_bytes = limits->unpack_free = (uint64_t)n;
  return PROPTER_OK;
}

enum { NULLS_MAX = 64 };

/* Texts between commas; none before the first, or between two, is the empty text. */
static PropterStatus set_nulls(const CommandCall *call, PropterStr texts[NULLS_MAX], PropterMappingOptions *how, PropterError *err) {
  const char *list = cmd_value(call, "null");
  how->nulls = texts;
  for (bool more = list != NULL; more; how->null_count++) {
    size_t n = strcspn(list, ",");
    if (how->null_count == NULLS_MAX) return propter_fail(err, PROPTER_USAGE, "--null: expected at most %d texts", NULLS_MAX);
    texts[how->null_count] = propter_str_trim((PropterStr){list, n});
    more = list[n] == ',';
    list += n + more;
  }
  return PROPTER_OK;
}

static void print_counts(const CommandCall *call, const PropterIngestOptions *o, const PropterIngestResult *r) {
  FILE *out = call->out;
  if (call->format && strcmp(call->format, "json") == 0) {
    fputs("{\"run\":", out);
    output_json(out, r->run);
    fprintf(out,
            ",\"unchanged\":%s,\"dryRun\":%s,\"rows\":%llu,\"quads\":%llu,\"added\":%llu,\"removed\":%llu,\"rejected\":%llu,\"withoutSubject\":%llu,"
            "\"known\":%llu,\"suspect\":%llu}\n",
            r->unchanged ? "true" : "false", call->dry_run ? "true" : "false", (unsigned long long)r->rows.rows, (unsigned long long)r->quads,
            (unsigned long long)r->added, (unsigned long long)r->removed, (unsigned long long)r->rows.rejects, (unsigned long long)r->rows.empty,
            (unsigned long long)r->known, (unsigned long long)r->suspect);
    return;
  }
  if (r->unchanged) fprintf(out, "nothing to do: run %s ingested the same\n", r->run.data);
  else
    fprintf(out, "%s: %s rows, %s quads; %s added, %s removed; run %s\n", call->dry_run ? "would ingest" : "ingested", output_number(r->rows.rows),
            output_number(r->quads), output_number(r->added), output_number(r->removed), r->run.data);
  if (r->known) fprintf(out, "%s rows are those of the last run\n", output_number(r->known));
  if (r->rows.empty)
    fprintf(out, "%s times a cell that is needed was empty: nothing was taken from it there, and nothing is rejected for that\n", output_number(r->rows.empty));
  if (r->suspect) fprintf(out, "%s measure(s) look as if the unit had changed; to see them: propter rejects %s\n", output_number(r->suspect), r->run.data);
  if (!r->rows.rejects) return;
  if (o->on_error == PROPTER_INGEST_SKIP) fprintf(out, "%s rejected and left out\n", output_number(r->rows.rejects));
  else
    fprintf(out, "%s rejected and put into quarantine%s%s\n", output_number(r->rows.rejects), call->dry_run ? "" : "; to see them: propter rejects ",
            call->dry_run ? "" : r->run.data);
}

typedef struct {
  const CommandCall *call;
  IngestLimits *limits;
} Checks;

/* Before the commit: samples of a dry run, what was measured, shapes. */
static PropterStatus before_commit(PropterWriter *writer, PropterStr run, void *payload, PropterError *err) {
  const Checks *checks = payload;
  const CommandCall *call = checks->call;
  PropterTerm name = propter_iri(run);
  PropterId graph;
  PROPTER_TRY(propter_writer_intern(writer, &name, &graph, err));
  if (call->dry_run && !(call->format && strcmp(call->format, "json") == 0)) PROPTER_TRY(ingest_samples(call, writer, graph, err));
  IngestRecord record = {writer, graph};
  PROPTER_TRY(ingest_limits_keep(checks->limits, run, &(PropterRdfSink){ingest_record, NULL, &record}, err));
  return cmd_value(call, "validate") ? ingest_shapes(call, writer, run, graph, err) : PROPTER_OK;
}

/* What does not go together, and files that are not there, before a graph is made for them. */
static PropterStatus check_call(const CommandCall *call, const PropterIngestOptions *o, PropterError *err) {
  const bool output = cmd_value(call, "output"), validate = cmd_value(call, "validate");
  const char *report;
  if (!o->count && !o->how.database) return propter_fail(err, PROPTER_USAGE, "expected a mapping, or --database for its direct mapping");
  if (!o->count && !o->how.base.len) return propter_fail(err, PROPTER_USAGE, "the direct mapping needs --base IRI: what the IRIs it makes begin with");
  for (unsigned i = 0; i < call->operand_count; i++)
    if (access(call->operands[i], F_OK) != 0) {
      propter_error_at(err, call->operands[i], 0, 0);
      return propter_fail(err, PROPTER_NOT_FOUND, "no such file");
    }
  if (!output && (o->triples || o->append)) return propter_fail(err, PROPTER_USAGE, "--triples and --append are of a file: expected --output");
  if (output && cmd_flag(call, "incremental")) return propter_fail(err, PROPTER_USAGE, "--incremental keeps a graph up to date: expected no --output");
  if (output && validate) return propter_fail(err, PROPTER_USAGE, "--validate looks at a graph: expected no --output");
  PROPTER_TRY(output_file_option(call, "report", &report, err));
  if (report && !validate) return propter_fail(err, PROPTER_USAGE, "--report is that of a validation: expected --validate");
  return PROPTER_OK;
}

static PropterStatus into_graph(const CommandCall *call, PropterIngestOptions *o, IngestLimits *limits, PropterIngestResult *result, PropterError *err) {
  PropterGraph *graph = NULL;
  PropterBuf state = {0};
  propter_buf_printf(&state, "%s/rows", call->graph);
  if (cmd_flag(call, "incremental")) o->state = state.data;
  PropterStatus status = propter_buf_status(&state, err);
  if (status == PROPTER_OK) status = propter_graph_open(call->graph, PROPTER_GRAPH_CREATE, NULL, &graph, err);
  if (status == PROPTER_OK) status = ingest_limits_check(limits, graph, err);
  if (status == PROPTER_OK) status = propter_ingest(graph, o, result, err);
  if (status == PROPTER_OK) print_counts(call, o, result);
  propter_graph_close(graph);
  propter_buf_clear(&state);
  return status;
}

static PropterStatus ingest(const CommandCall *call, PropterIngestOptions *o, Checks *checks, PropterIngestResult *result, PropterError *err) {
  const char *output = cmd_value(call, "output");
  PROPTER_TRY(ingest_limits_open(call, o, &checks->limits, err));
  if (!output || call->dry_run) return into_graph(call, o, checks->limits, result, err);
  PROPTER_TRY(ingest_limits_check(checks->limits, NULL, err));
  return propter_ingest_write(o, output, result, err);
}

static PropterStatus run(CommandCall *call, PropterError *err) {
  Checks checks = {.call = call};
  const char *format, *table = cmd_value(call, "sniff"), *output = cmd_value(call, "output");
  if (call->operand_count == 1 && project_is(call->operands[0])) return project_run(call, call->operands[0], err);
  PropterIngestOptions o = {.mappings = (const char *const *)call->operands,
                            .count = call->operand_count,
                            .dry_run = call->dry_run,
                            .force = cmd_flag(call, "force"),
                            .replace = cmd_flag(call, "replace"),
                            .how = {.minimal = cmd_flag(call, "minimal"), .csvm = cmd_value(call, "csvm"), .answer = rdf_answer},
                            .triples = cmd_flag(call, "triples"),
                            .append = cmd_flag(call, "append"),
                            .check = before_commit,
                            .payload = &checks,
                            .now = call->now,
                            .software = PROPTER_STR("propter " PACKAGE_VERSION),
                            .log = call->log};
  PropterIngestResult result = {0};
  PropterStr nulls[NULLS_MAX];
  PropterLimits limits = propter_limits_default();
  o.limits = &limits;
  PROPTER_TRY(output_format(call, formats, &format, err));
  PROPTER_TRY(set_options(call, &o, err));
  PROPTER_TRY(set_unpacked(call, &limits, err));
  PROPTER_TRY(set_nulls(call, nulls, &o.how, err));
  if (table && o.count) return propter_fail(err, PROPTER_USAGE, "--sniff makes a mapping: expected no other, found %s", call->operands[0]);
  if (table) return ingest_sniff(call, table, o.how.base, err);
  PROPTER_TRY(check_call(call, &o, err));
  if (!output && o.dry_run && strcmp(format, "table") == 0) PROPTER_TRY(ingest_plan(call, &o, err));
  /* Once a large block was freed, glibc takes others of its size from the heap; tables that grow by doubling leave holes there, as large as they are. */
  if (output) (void)mallopt(M_MMAP_THRESHOLD, 1 << 17);
  PropterStatus status = ingest(call, &o, &checks, &result, err);
  ingest_limits_close(checks.limits);
  if (status == PROPTER_OK && (result.rows.rejects || result.suspect) && o.on_error == PROPTER_INGEST_QUARANTINE) status = PROPTER_NEGATIVE;
  propter_ingest_result_clear(&result);
  return status;
}

static const CommandOption options[] = {
    {"on-error", 0, "HOW", "what to do with a row that breaks a rule: quarantine (default: record it, leave it out, exit 1), skip or stop"},
    {"max-errors", 0, "N", "give up when more than N rows break a rule"},
    {"max-removed", 0, "N|N%",
     "give up when the graph of a source, or all that the mapping gives, would shrink by more than N quads or N percent (default: 50%)"},
    {"base", 0, "IRI", "base of relative IRIs where the mapping states none"},
    {"database", 0, "ADDRESS",
     "database of R2RML's logical tables and of metrics, which it adds up itself: an SQLite file, a postgresql:// address, or odbc: and a connection string"},
    {"output", 0, "FILE", "write N-Quads to a file (- is standard output) instead of into a graph; of CSVW to a .json file CSV2JSON; with --sniff the mapping"},
    {"max-unpacked", 0, "BYTES", "give up when a source is longer, unpacked (default: what is packed may be 200 times as long as it is packed, beyond 64 MiB)"},
    {"triples", 0, NULL, "with --output: leave the names of graphs out (N-Triples)"},
    {"append", 0, NULL, "with --output: add to the file"},
    {"null", 0, "LIST", "texts, separated by commas, that are no value in any source (,NA: the empty text and NA)"},
    {"source", 0, "FILE", "read every source that is a file from this one, whatever the mapping says (- is standard input)"},
    {"encoding", 0, "NAME", "what files of text are in whose mapping does not say so, such as windows-1252 (default: what their first bytes show, else UTF-8)"},
    {"plain", 0, "CHARACTERS", "ASCII characters that templates of IRIs leave as they are instead of percent-encoding them"},
    {"sniff", 0, "FILE",
     "write a mapping guessed from a table, JSON, XML or the tables of a database (- is standard input; to --output or standard output): types, time, measures, slices, keys, units"},
    {"incremental", 0, NULL, "execute only rows that are new since the last run, take back what rows that are gone gave; the graph is that of a full run"},
    {"limits", 0, "LIST",
     "limits of quality, separated by commas: [warn] [COLUMN] MEASURE [change|drop|rise] <=|>=|= NUMBER; one that is broken leaves the graph as it was (exit 1)"},
    {"validate", 0, "FILE", "before the commit, check what the change may have affected against SHACL shapes; a violation leaves the graph as it was (exit 1)"},
    {"report", 0, "FILE", "with --validate: write the report in SHACL's vocabulary (Turtle)"},
    {"csvm", 0, "FILE",
     "CSVW: where the metadata of a table given alone may lie, as a site's /.well-known/csvm says it ({+url}-metadata.json, …), a line each"},
    {"minimal", 0, NULL, "CSVW: what the cells say only, nothing of the tables and rows that say it"},
    {"force", 0, NULL, "ingest again although nothing changed"},
    {"replace", 0, NULL, "also replace graphs that another mapping wrote"},
    {NULL, 0, NULL, NULL}};

const Command command_ingest = {
    .name = "ingest",
    .summary = "turn tables into graph data by mappings or metric definitions",
    .operands = "[MAPPING...|PROJECT.ini]",
    .min_operands = 0,
    .max_operands = UINT32_MAX,
    .options = options,
    .details =
        "A mapping is a Turtle file with RML or R2RML triples maps over CSV, JSON, XML or a database, a YARRRML file (.yml),\n"
        "CSVW metadata (JSON with the @context http://www.w3.org/ns/csvw; or a .csv or .tsv file with its metadata beside it),\n"
        "or metric definitions: propter:Metric with propter:sourceFile, propter:timeColumn and propter:sourceColumn, metrics of dbt (.yml with metrics,\n"
        "semantic_models or models, or semantic_manifest.json), measures of Cube (.yml with cubes) or a semantic model of Apache Ossie (.yml or .json with\n"
        "semantic_model; one with ontology gives concepts); the table orders is orders.csv beside it, or, with --database,\n"
        "a table that the database adds up by period and slice, so that only cells come here; a metric that cannot be said so is a reject with its line.\n"
        "Paths in it are relative to the mapping. Each source goes to a graph of its own,\n"
        "named by the IRI of the logical source or else of the file; ingesting again replaces that graph and never doubles anything. All mappings of one call\n"
        "are one transaction: after an error the graph is as it was. The run is recorded with hashes of mapping and data; when they are those of the last "
        "run,\n"
        "nothing is done. A source may be - (standard input), a folder or a pattern such as orders/*.csv: its files are one table. With --incremental the state of each row is "
        "kept\n"
        "beside the graph (rows/), and the next run costs reading and the change. Without a mapping, --database makes the W3C Direct Mapping of its tables; "
        "--base is what its IRIs begin with.\n"
        "A source that comes out empty or less than half as large as before is refused: an export that was cut short looks like deletions. Changed rows are no\n"
        "loss; --max-removed=100% accepts any, --max-removed=0 none.\n"
        "A project file (.ini) has a section for each data source with mappings and db_url, as Morph-KGC has them; each is a run of its own. [CONFIGURATION] "
        "holds\n"
        "options of this command, and Morph-KGC's own keys do what they do there: na_values, safe_percent_encoding, output_file and output_format (a file instead of\n"
        "a graph), file_path of a source. What it has no use for is passed over with a warning; what would change the outcome and has nothing like it here (udfs) is refused. ${NAME} stands for another key or\n"
        "for a variable of the environment (secrets). --dry-run shows the joins, twenty triples of what would be added, and the counts.\n"
        "--sniff FILE reads a table and writes such definitions for it, to be edited: what it takes each column for stands at the top.\n"
        "Of a database all tables: declared primary keys name rows, declared foreign keys slice metrics or refer to the rows of their table (SQLite, PostgreSQL).\n"
        "--validate writes a line for each result, as propter validate does; with warnings or infos alone the run is committed and its record holds the\n"
        "report (RUN#validation, prov:wasGeneratedBy the run).\n"
        "--limits measures the tables as propter profile does and compares with what the last run measured: 'age <= 3' (days since the last day), 'rowCount drop <= 20%',\n"
        "'badRows = 0', 'orders completeness >= 0.95', '* completeness drop <= 0.02', 'id uniqueness = 1', 'warn price highest <= 1000', 'day highest >= 2024-01-31'. Names with\n"
        "blanks stand in double quotes, * is each column. Each that is broken is said with the old and the new figure; warn only says it. The measurements stand in\n"
        "the record of the run (RUN#quality-…, DQV). Of a source of several files the last by name is measured. In a project a source has the key limits.\n"
        "Figures of a metric that stand to those before as a unit does to another (1,000; 60; 2.2046 …) are listed as rejects of the rule unit with both medians;\n"
        "they are in the graph, because a jump may be real; --on-error stop refuses them.\n"
        "Exit 1: rows were put into quarantine or figures look like ones in another unit (propter rejects shows them), limits are broken, or the shapes are violated;\n"
        "also where nothing changed since, as long as such rows stand in the sources: a nightly job does not turn green by running twice.",
    .examples = "propter ingest --sniff ontology/packs/us-employment/us-employment.csv\npropter ingest ontology/packs/us-employment/mapping.ttl\n"
                "propter ingest ontology/packs/us-employment/mapping.ttl --dry-run",
    .formats = formats,
    .run = run};
