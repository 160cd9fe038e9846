/* SPDX-License-Identifier: Apache-2.0 */
/* What a table is like: quality measurements, and what changed since those in the graph (W3C Data Quality Vocabulary). */
#include "config.h"

#include <ctype.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "output.h"
#include "propter/results.h"
#include "propter/run.h"
#include "propter/sniff.h"
#include "propter/vocab.h"

typedef enum { TABLE, COLUMN } Of;

typedef struct {
  PropterStr column; /* empty: of the table */
  PropterVocab metric;
  double value, before; /* before: NAN, not known */
  bool day;
  PropterStr iri;
} Measured;

typedef struct {
  CommandCall *call;
  PropterArena arena;
  PropterStr file, graph; /* IRIs of the table and of its profile */
  PROPTER_VEC(Measured) items;
  size_t next; /* while rows are written */
  PropterTerm row[4];
  char texts[2][32];
} Profile;

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a profile"); }

/* --- Measuring ---------------------------------------------------------------------------------------------------------------------- */

static PropterStatus name(Profile *p, Measured *m, PropterError *err) {
  PropterBuf iri = {0};
  PropterStr metric = propter_vocab_iri(m->metric);
  metric.data += strlen(TERMS_propter), metric.len -= strlen(TERMS_propter);
  propter_buf_printf(&iri, "%s/%.*s", p->graph.data, (int)metric.len, metric.data);
  if (m->column.len) propter_buf_add_char(&iri, '/');
  for (size_t i = 0; i < m->column.len; i++)
    isalnum((unsigned char)m->column.data[i]) ? propter_buf_add_char(&iri, m->column.data[i])
                                              : propter_buf_printf(&iri, "%%%02X", (unsigned char)m->column.data[i]);
  PropterStatus status = propter_buf_status(&iri, err);
  m->iri = propter_arena_copy(&p->arena, propter_buf_str(&iri));
  propter_buf_clear(&iri);
  return status == PROPTER_OK && !m->iri.data ? no_memory(err) : status;
}

static PropterStatus add(Profile *p, PropterStr column, PropterVocab metric, double value, bool day, PropterError *err) {
  Measured m = {.column = propter_arena_copy(&p->arena, column), .metric = metric, .value = value, .before = (double)NAN, .day = day};
  if (!m.column.data) return no_memory(err);
  PROPTER_TRY(name(p, &m, err));
  return propter_vec_push(&p->items, m) ? PROPTER_OK : no_memory(err);
}

static PropterStatus measure(Profile *p, const PropterSniff *t, PropterError *err) {
  double today = p->call->today;
  PropterStr none = {"", 0};
  const PropterColumn *c = NULL; /* rows of a table have none */
#define MEASURE(word, of, when, amount)                                                                                                                        \
  if (of == TABLE && (when)) PROPTER_TRY(add(p, none, VOCAB_propter_##word, amount, false, err));
#include "profile.def"
#undef MEASURE
  for (size_t i = 0; i < t->count; i++) {
    c = &t->columns[i];
    bool day = c->role == PROPTER_COLUMN_TIME;
#define MEASURE(word, of, when, amount)                                                                                                                        \
  if (of == COLUMN && (when))                                                                                                                                  \
    PROPTER_TRY(add(p, c->name, VOCAB_propter_##word, amount,                                                                                                  \
                    day && (VOCAB_propter_##word == VOCAB_propter_lowest || VOCAB_propter_##word == VOCAB_propter_highest), err));
#include "profile.def"
#undef MEASURE
  }
  return PROPTER_OK;
}

/* --- In the graph -------------------------------------------------------------------------------------------------------------------- */

static PropterStatus recall(Profile *p, PropterSnapshot *snapshot, PropterError *err) {
  PropterTerm word = propter_iri(propter_vocab_iri(VOCAB_dqv_value));
  PropterId value, id, object;
  PROPTER_TRY(propter_snapshot_find(snapshot, &word, &value, err));
  for (size_t i = 0; i < p->items.count; i++) {
    Measured *m = &p->items.items[i];
    PropterTerm term = propter_iri(m->iri);
    int32_t day;
    PROPTER_TRY(propter_snapshot_find(snapshot, &term, &id, err));
    PROPTER_TRY(propter_snapshot_object(snapshot, id, value, &object, err));
    if (object && m->day && propter_id_day(object, &day)) m->before = day;
    if (object && !m->day) (void)propter_id_number(object, &m->before);
  }
  return PROPTER_OK;
}

static void print_value(const Measured *m, double value, char text[32]) {
  if (m->day) propter_day_format((PropterDay)value, text);
  else (void)snprintf(text, 32, "%.6f", value);
  if (m->day) return;
  size_t n = strlen(text);
  while (text[n - 1] == '0') text[--n] = '\0';
  if (text[n - 1] == '.') text[--n] = '\0';
}

/* A measurement's triples: numbers are decimals of at most six digits, so that they can be compared as they stand. */
static PropterStatus statements(const Profile *p, const Measured *m, const PropterRdfSink *sink, PropterError *err) {
  char text[32];
  print_value(m, m->value, text);
  bool whole = !m->day && !strchr(text, '.');
  const PropterTerm value = propter_typed(propter_str(text), propter_vocab_iri(m->day ? VOCAB_xsd_date : whole ? VOCAB_xsd_integer : VOCAB_xsd_decimal));
  const struct {
    PropterVocab word;
    PropterTerm object;
  } says[] = {{VOCAB_rdf_type, propter_iri(propter_vocab_iri(VOCAB_dqv_QualityMeasurement))},
              {VOCAB_dqv_isMeasurementOf, propter_iri(propter_vocab_iri(m->metric))},
              {VOCAB_dqv_computedOn, propter_iri(p->file)},
              {VOCAB_dqv_value, value},
              {VOCAB_propter_sourceColumn, propter_literal(m->column)}};
  for (size_t i = 0; i < sizeof says / sizeof *says - !m->column.len; i++) {
    PropterStatement st = {.s = propter_iri(m->iri), .p = propter_iri(propter_vocab_iri(says[i].word)), .o = says[i].object};
    PROPTER_TRY(sink->statement(&st, sink->payload, err));
  }
  return PROPTER_OK;
}

typedef struct {
  PropterWriter *writer;
  PropterId graph;
} Keep;

static PropterStatus keep_statement(const PropterStatement *st, void *payload, PropterError *err) {
  Keep *k = payload;
  PropterQuad q = {.g = k->graph};
  PROPTER_TRY(propter_writer_intern(k->writer, &st->s, &q.s, err));
  PROPTER_TRY(propter_writer_intern(k->writer, &st->p, &q.p, err));
  PROPTER_TRY(propter_writer_intern(k->writer, &st->o, &q.o, err));
  return propter_writer_add(k->writer, q, err);
}

static PropterStatus keep(Profile *p, PropterGraph *graph, PropterError *err) {
  Keep k = {0};
  PropterRun *run = NULL;
  PropterTerm name = propter_iri(p->graph);
  PropterRdfSink sink = {keep_statement, NULL, &k};
  PropterRunOptions options = {.kind = "profile", .now = p->call->now, .software = PROPTER_STR("propter " PACKAGE_VERSION), .parameters = PROPTER_STR("")};
  PropterStatus status = propter_writer_open(graph, false, &k.writer, err);
  if (status == PROPTER_OK) status = propter_run_begin(k.writer, &options, NULL, &run, err);
  if (status == PROPTER_OK) status = propter_run_input(run, PROPTER_STR("data"), propter_str(p->call->operands[0]), (PropterStr){"", 0}, err);
  if (status == PROPTER_OK) status = propter_writer_intern(k.writer, &name, &k.graph, err);
  if (status == PROPTER_OK) status = propter_run_generated(run, k.graph, err);
  if (status == PROPTER_OK) status = propter_writer_clear_graph(k.writer, k.graph, err);
  for (size_t i = 0; i < p->items.count && status == PROPTER_OK; i++) status = statements(p, &p->items.items[i], &sink, err);
  if (status == PROPTER_OK) status = propter_run_finish(run, err);
  if (status == PROPTER_OK) status = propter_writer_commit(k.writer, err);
  propter_run_free(run);
  propter_writer_close(k.writer);
  return status;
}

/* --- Writing ------------------------------------------------------------------------------------------------------------------------- */

static PropterStatus next(void *payload, const PropterTerm **row, PropterError *err) {
  Profile *p = payload;
  (void)err;
  *row = NULL;
  if (p->next == p->items.count) return PROPTER_OK;
  const Measured *m = &p->items.items[p->next++];
  PropterStr metric = propter_vocab_iri(m->metric);
  bool changed = !isnan(m->before) && fabs(m->before - m->value) > 5e-7;
  print_value(m, m->value, p->texts[0]);
  if (changed) print_value(m, m->before, p->texts[1]);
  p->row[0] = m->column.len ? propter_literal(m->column) : (PropterTerm){.kind = PROPTER_TERM_NONE};
  p->row[1] = propter_literal((PropterStr){metric.data + strlen(TERMS_propter), metric.len - strlen(TERMS_propter)});
  p->row[2] = propter_literal(propter_str(p->texts[0]));
  p->row[3] = changed ? propter_literal(propter_str(p->texts[1])) : (PropterTerm){.kind = PROPTER_TERM_NONE};
  *row = p->row;
  return PROPTER_OK;
}

static PropterStatus write_statement(const PropterStatement *st, void *writer, PropterError *err) { return propter_rdf_writer_add(writer, st, err); }

static PropterStatus write_out(Profile *p, const char *format, PropterError *err) {
  static const PropterStr names[] = {{"column", 6}, {"measure", 7}, {"value", 5}, {"before", 6}};
  PropterRows rows = {names, 4, next, p};
  PropterRdfWriter *writer;
  if (!propter_rdf_format(propter_str(format))) return propter_rows_write(&rows, format, !p->call->terminal, output_write, p->call->data, NULL, err);
  PROPTER_TRY(propter_rdf_writer_open(&(PropterRdfWriterOptions){.format = format}, output_write, p->call->data, &writer, err));
  PropterRdfSink sink = {write_statement, NULL, writer};
  PropterStatus status = PROPTER_OK;
  for (size_t i = 0; i < p->items.count && status == PROPTER_OK; i++) status = statements(p, &p->items.items[i], &sink, err);
  if (status == PROPTER_OK) status = propter_rdf_writer_finish(writer, err);
  propter_rdf_writer_close(writer);
  return status;
}

/* A graph that is not there has nothing to compare with. */
static PropterStatus with_graph(Profile *p, const char *format, PropterError *err) {
  PropterGraph *graph = NULL;
  PropterSnapshot *snapshot = NULL;
  PropterError why = {0};
  bool keeps = cmd_flag(p->call, "keep") && !p->call->dry_run;
  PropterStatus status = propter_graph_open(p->call->graph, keeps ? PROPTER_GRAPH_CREATE : PROPTER_GRAPH_READ_ONLY, NULL, &graph, &why);
  if (status == PROPTER_NOT_FOUND && !keeps) return write_out(p, format, err);
  if (status != PROPTER_OK) return propter_fail(err, status, "%s", why.message);
  status = propter_snapshot_open(graph, 0, &snapshot, err);
  if (status == PROPTER_OK) status = recall(p, snapshot, err);
  if (snapshot) propter_snapshot_close(snapshot);
  if (status == PROPTER_OK) status = write_out(p, format, err);
  if (status == PROPTER_OK && keeps) status = keep(p, graph, err);
  propter_graph_close(graph);
  return status;
}

static PropterStatus run(CommandCall *call, PropterError *err) {
  Profile p = {.call = call};
  PropterSniff found = {0};
  PropterBuf iri = {0};
  const char *format = call->format ? call->format : "table";
  PropterStatus status = propter_iri_of_file(call->operands[0], &iri, err);
  if (status == PROPTER_OK) status = propter_buf_status(&iri, err);
  p.file = propter_arena_copy(&p.arena, propter_buf_str(&iri));
  p.graph = propter_arena_printf(&p.arena, "%.*s#profile", (int)p.file.len, p.file.data ? p.file.data : "");
  propter_buf_clear(&iri);
  if (status == PROPTER_OK && (!p.file.data || !p.graph.data)) status = no_memory(err);
  if (status == PROPTER_OK) status = propter_sniff(call->operands[0], NULL, NULL, &found, err);
  if (status == PROPTER_OK) status = measure(&p, &found, err);
  if (status == PROPTER_OK) status = with_graph(&p, format, err);
  propter_sniff_clear(&found);
  propter_vec_clear(&p.items);
  propter_arena_clear(&p.arena);
  return status;
}

static const CommandOption options[] = {{"keep", 0, NULL, "put the measurements into the graph, in place of those of the last profile of this table"},
                                        {NULL, 0, NULL, NULL}};

static const char *const formats[] = {"table", "json", "csv", "tsv", "xml", "turtle", "ntriples", "nquads", "trig", "rdfxml", "jsonld", NULL};

const Command command_profile = {
    .name = "profile",
    .summary = "measure the quality of a table and what changed since the last time",
    .operands = "TABLE",
    .min_operands = 1,
    .max_operands = 1,
    .options = options,
    .details =
        "Rows that cannot be read, days since the last day, and for each column completeness, uniqueness, range and mean, with the value before where the\n"
        "graph holds a profile of this table that differs. --keep makes them measurements of the W3C Data Quality Vocabulary in the graph TABLE#profile, as a\n"
        "run that can be undone; --format turtle writes them. A million rows are looked at, and 100,000 different values of a column.",
    .examples = "propter profile ontology/packs/us-employment/us-employment.csv --keep",
    .formats = formats,
    .run = run};
