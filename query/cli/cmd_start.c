/* SPDX-License-Identifier: Apache-2.0 */
/* From a folder of tables and documents to a first answer: guesses what the tables measure, writes that as a pack to be edited, and runs it. */
#include "config.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "output.h"
#include "propter/cells.h"
#include "propter/document.h"
#include "propter/io.h"
#include "propter/sparql.h"

enum { MAX_FILES = 10000, MAX_DEPTH = 8, SURPRISES = 5, MAX_CAUSES = 200, MAX_SLICES = 200, MAX_MOVES = 1000, RETURN_DAYS = 62, CAUSE_WORDS = 5 };

typedef struct {
  char *path;      /* as opened */
  bool table;
  bool taken;      /* read together with an earlier table of the same columns */
  PropterStatus status;
} File;

typedef struct {
  CommandCall *call;
  PropterArena arena;
  PROPTER_VEC(File) files;
  PropterStr folder, name; /* last part of its name, as IRIs and files take it */
  const char *pack;
  PropterBuf job; /* names of the mappings, for the job file */
  size_t mappings, documents;
  PropterError *err;
} Start;

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory"); }

static char *text(Start *s, const char *format, const char *a, const char *b) { return (char *)(uintptr_t)propter_arena_printf(&s->arena, format, a, b).data; }

/* --- What is in the folder ------------------------------------------------------------------------------------------------------ */

static bool ends_in(const char *name, const char *const *endings) {
  size_t n = strlen(name);
  for (; *endings; endings++) {
    size_t m = strlen(*endings);
    if (n > m && strcasecmp(name + n - m, *endings) == 0) return true;
  }
  return false;
}

static bool is_table(const char *name) {
  static const char *const endings[] = {".csv", ".tsv", ".tab", ".csv.gz", ".tsv.gz", ".xlsx", ".ods", NULL};
  return ends_in(name, endings);
}

/* Data that are neither a table nor something to read. */
static bool is_other(const char *name) {
  static const char *const endings[] = {".ttl", ".nt", ".nq",  ".rdf", ".json", ".xml", ".ini", ".db", ".sqlite",
                                        ".sql", ".gz", ".zip", ".png", ".jpg",  ".svg", ".css", ".js", NULL};
  return ends_in(name, endings);
}

static PropterStatus walk(Start *s, const char *folder, int depth) {
  struct dirent **entries = NULL;
  int count = scandir(folder, &entries, NULL, alphasort);
  if (count < 0) return propter_io_fail(s->err, folder, "open the folder");
  PropterStatus status = PROPTER_OK;
  for (int i = 0; i < count; i++) {
    const char *name = entries[i]->d_name;
    struct stat info;
    char *path = name[0] == '.' || status != PROPTER_OK ? NULL : text(s, "%s/%s", folder, name);
    if (path && stat(path, &info) == 0 && S_ISDIR(info.st_mode)) {
      if (depth < MAX_DEPTH) status = walk(s, path, depth + 1);
    } else if (path && S_ISREG(info.st_mode) && !is_other(name)) {
      File file = {.path = path, .table = is_table(name) && !propter_document_recognised(path)}; /* a list of claims is read */
      if (s->files.count == MAX_FILES) status = propter_fail(s->err, PROPTER_LIMIT, "more than %d files in the folder", MAX_FILES);
      else if (!propter_vec_push(&s->files, file)) status = no_memory(s->err);
    }
    free(entries[i]);
  }
  free(entries);
  return status;
}

/* --- Tables ------------------------------------------------------------------------------------------------------------------------ */

/* Letters and digits of a file's name, for IRIs and file names. */
static char *stem_of(Start *s, const char *path) {
  const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path, *dot = strchr(name, '.');
  char *stem = (char *)(uintptr_t)propter_arena_copy(&s->arena, (PropterStr){name, dot && dot != name ? (size_t)(dot - name) : strlen(name)}).data;
  for (char *c = stem; c && *c; c++)
    if (!isalnum((unsigned char)*c)) *c = '-';
  return stem;
}

static bool same_columns(const PropterSniff *a, const char *path) {
  PropterTable *table;
  size_t count = 0;
  if (propter_table_open(path, &a->options, NULL, &table, NULL) != PROPTER_OK) return false;
  const PropterStr *names = propter_table_columns(table, &count);
  bool same = count == a->count;
  for (size_t i = 0; same && i < count; i++) same = propter_str_equal(names[i], a->columns[i].name);
  propter_table_close(table);
  return same;
}

static void say_columns(FILE *out, const PropterSniff *f, PropterColumnRole role, const char *before) {
  bool any = false;
  for (size_t i = 0; i < f->count; i++) {
    if (f->columns[i].role != role) continue;
    PropterStr label = f->columns[i].label.len ? f->columns[i].label : f->columns[i].name;
    fprintf(out, "%s%.*s", any ? ", " : before, (int)label.len, label.data);
    any = true;
  }
}

static PropterStatus write_mapping(Start *s, const PropterSniff *found, const char *source, const char *stem) {
  PropterBuf mapping = {.max = 16 << 20};
  char *base = text(s, "https://example.org/%s/", s->name.data, ""), *path = text(s, "%s/%s.ttl", s->pack, stem);
  char *iri = base ? text(s, "%s%s#", base, stem) : NULL;
  PropterStatus status = path && iri ? propter_sniff_write(found, propter_str(source), propter_str(iri), &mapping, s->err) : no_memory(s->err);
  if (status == PROPTER_OK) status = propter_io_write_file(path, propter_buf_str(&mapping), s->err);
  if (status == PROPTER_OK) propter_buf_printf(&s->job, "%s%s.ttl", s->mappings++ ? " " : "", stem);
  propter_buf_clear(&mapping);
  return status;
}

/* Rows of facts, or many files of one shape: added up into one table of the pack. */
static PropterStatus add_up(Start *s, const PropterSniff *found, const char **paths, size_t count, const char *stem) {
  PropterBuf cells = {.max = 1 << 30};
  PropterCellsSummary summary;
  PropterSniff sniff = {0};
  if (count > 1) stem = s->name.data; /* no one file's name */
  char *name = text(s, "%s-cells.csv%s", stem, ""), *path = name ? text(s, "%s/%s", s->pack, name) : NULL;
  PropterStatus status = path ? propter_cells(paths, count, found, &cells, &summary, s->err) : no_memory(s->err);
  if (status == PROPTER_OK) status = propter_io_write_file(path, propter_buf_str(&cells), s->err);
  propter_buf_clear(&cells);
  if (status == PROPTER_OK) status = propter_sniff(path, NULL, NULL, &sniff, s->err);
  if (status == PROPTER_OK)
    fprintf(s->call->out, "         added up by period and slice: %s rows of %zu file%s to %s cells\n", output_number(summary.rows), count,
            count == 1 ? "" : "s", output_number(summary.cells));
  if (status == PROPTER_OK) status = write_mapping(s, &sniff, name, stem);
  propter_sniff_clear(&sniff);
  return status;
}

static PropterStatus use_table(Start *s, size_t at) {
  PropterSniff found = {0};
  FILE *out = s->call->out;
  const char *path = s->files.items[at].path, *stem = stem_of(s, path);
  const char **paths = propter_arena_alloc(&s->arena, s->files.count * sizeof *paths);
  if (!stem || !paths) return no_memory(s->err);
  PropterError bad = {0};
  if (propter_sniff(path, NULL, NULL, &found, &bad) != PROPTER_OK) {
    fprintf(out, "table    %s: not used: %s\n", path, bad.message);
    propter_sniff_clear(&found);
    return bad.status == PROPTER_NO_MEMORY ? propter_fail(s->err, bad.status, "%s", bad.message) : PROPTER_OK;
  }
  size_t count = 0, measures = 0;
  for (size_t i = 0; i < found.count; i++) measures += found.columns[i].role == PROPTER_COLUMN_MEASURE;
  for (size_t i = at; i < s->files.count; i++)
    if (s->files.items[i].table && !s->files.items[i].taken && (i == at || same_columns(&found, s->files.items[i].path)))
      s->files.items[i].taken = true, paths[count++] = s->files.items[i].path;
  PropterStatus status = PROPTER_OK;
  if (found.time == SIZE_MAX || !measures) {
    fprintf(out, "table    %s: not used: it has no %s\n", path, found.time == SIZE_MAX ? "column of days or periods" : "column of amounts");
  } else {
    fprintf(out, "table    %s%s: %s rows by %.*s", path, count > 1 ? " and others like it" : "", output_number(found.rows),
            (int)found.columns[found.time].name.len, found.columns[found.time].name.data);
    say_columns(out, &found, PROPTER_COLUMN_MEASURE, ", measures "), say_columns(out, &found, PROPTER_COLUMN_SLICE, ", slices ");
    fputc('\n', out);
    char *absolute = realpath(path, NULL);
    status = !absolute                     ? propter_io_fail(s->err, path, "open")
             : found.repeated || count > 1 ? add_up(s, &found, paths, count, stem)
                                           : write_mapping(s, &found, absolute, stem);
    free(absolute);
  }
  propter_sniff_clear(&found);
  return status;
}

/* --- Steps -------------------------------------------------------------------------------------------------------------------------- */

/* Runs a command with these words; what it prints goes to `out`. Rows or documents set aside are no failure. */
static PropterStatus step(Start *s, const char *name, char **words, unsigned count, FILE *out) {
  CommandCall call = *s->call;
  bool help;
  call.command = cmd_find(name), call.out = out, call.given_count = call.operand_count = 0, call.operands = NULL;
  PROPTER_TRY(cmd_parse((int)count, words, &call, &help, s->err));
  PropterStatus status = call.command->run(&call, s->err);
  if (status == PROPTER_NEGATIVE && strcmp(name, "why") != 0) propter_error_clear(s->err), status = PROPTER_OK;
  return status;
}

/* The same, but only its last line is shown, behind its name; or nothing. */
static PropterStatus brief(Start *s, const char *name, char **words, unsigned count, bool show) {
  char *printed = NULL;
  size_t size = 0;
  FILE *out = open_memstream(&printed, &size);
  if (!out) return no_memory(s->err);
  PropterStatus status = step(s, name, words, count, out);
  if (fclose(out) != 0 && status == PROPTER_OK) status = no_memory(s->err);
  while (status == PROPTER_OK && size && printed[size - 1] == '\n') printed[--size] = 0;
  const char *last = status == PROPTER_OK && show ? memrchr(printed, '\n', size) : NULL;
  if (status == PROPTER_OK && show) fprintf(s->call->out, "%-8s %s\n", name, last ? last + 1 : printed);
  free(printed);
  return status;
}

/* Rows of a query, one call for each. */
static PropterStatus each(Start *s, const char *query, size_t most, PropterStatus (*use)(Start *s, const PropterTerm *row, void *payload), void *payload) {
  PropterGraph *graph = NULL;
  PropterSnapshot *snapshot = NULL;
  PropterQuery *parsed = NULL;
  PropterResults *results = NULL;
  const PropterTerm *row = NULL;
  const PropterQueryOptions options = propter_query_options();
  PropterStatus status = propter_graph_open(s->call->graph, PROPTER_GRAPH_READ_ONLY, NULL, &graph, s->err);
  if (status == PROPTER_OK) status = propter_snapshot_open(graph, 0, &snapshot, s->err);
  if (status == PROPTER_OK) status = propter_query_parse(propter_str(query), PROPTER_STR(""), &parsed, s->err);
  if (status == PROPTER_OK) status = propter_query_run(parsed, snapshot, &options, &results, s->err);
  while (status == PROPTER_OK && most-- && (status = propter_results_next(results, &row, s->err)) == PROPTER_OK && row) status = use(s, row, payload);
  propter_results_close(results);
  propter_query_free(parsed);
  propter_snapshot_close(snapshot);
  propter_graph_close(graph);
  return status;
}

/* --- Concepts -------------------------------------------------------------------------------------------------------------------------- */

#define PREFIXES                                                                                                                                               \
  "PREFIX propter: <https://w3id.org/propter#> PREFIX skos: <http://www.w3.org/2004/02/skos/core#> PREFIX qb: <http://purl.org/linked-data/cube#> "            \
  "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "
/* The parts of each metric along a dimension of few members: dimension label ?d, member ?v. */
#define SLICES "?m a propter:Metric ; skos:prefLabel ?l ; propter:sliceBy ?dim ; propter:dataset ?set . ?dim rdfs:label ?d . " \
               "{ SELECT ?set ?dim { ?o qb:dataSet ?set ; ?dim ?x . ?dim a qb:DimensionProperty } GROUP BY ?set ?dim HAVING (COUNT(DISTINCT ?x) < 13) } " \
               "{ SELECT DISTINCT ?set ?dim ?v { ?o qb:dataSet ?set ; ?dim ?v . ?dim a qb:DimensionProperty } } "

static void put_label(PropterBuf *out, PropterStr label) {
  propter_buf_add_char(out, '"');
  for (size_t i = 0; i < label.len; i++) {
    if (label.data[i] == '"' || label.data[i] == '\\') propter_buf_add_char(out, '\\');
    propter_buf_add_char(out, (unsigned char)label.data[i] < 0x20 ? ' ' : label.data[i]);
  }
  propter_buf_add(out, PROPTER_STR("\"@en"));
}

static void put_local(PropterBuf *out, PropterStr label) {
  for (size_t i = 0; i < label.len; i++) {
    unsigned char c = (unsigned char)label.data[i];
    propter_buf_add_char(out, isalnum(c) ? (char)tolower(c) : '-');
  }
}

static PropterStatus metric_concept(Start *s, const PropterTerm *row, void *payload) {
  PropterBuf *out = payload;
  propter_buf_printf(out, "\n<%.*s> propter:concept :", (int)row[0].value.len, row[0].value.data), put_local(out, row[1].value);
  propter_buf_add(out, PROPTER_STR(" .\n:")), put_local(out, row[1].value),
      propter_buf_add(out, PROPTER_STR(" a skos:Concept ; skos:inScheme :measures ; skos:prefLabel "));
  put_label(out, row[1].value);
  propter_buf_add(out, PROPTER_STR(" .\n"));
  return propter_buf_status(out, s->err);
}

/* "net revenue, Hamburg", and how questions and documents may call it. */
static void put_slice_labels(Start *s, PropterBuf *out, PropterStr measure, PropterStr member) {
  static const char *const between[] = {", ", " in ", " of ", " for "};
  for (size_t i = 0; i < sizeof between / sizeof *between; i++) {
    propter_buf_printf(out, " ;\n  skos:%s ", i ? "altLabel" : "prefLabel");
    put_label(out, propter_arena_printf(&s->arena, "%.*s%s%.*s", (int)measure.len, measure.data, between[i], (int)member.len, member.data));
  }
  propter_buf_printf(out, " ;\n  skos:altLabel ");
  put_label(out, propter_arena_printf(&s->arena, "%.*s %.*s", (int)member.len, member.data, (int)measure.len, measure.data));
}

/* A metric for each part of the data: documents speak of parts, and so do moves. Columns: metric, label, dimension, its label, member, then as named below. */
static PropterStatus slice_metric(Start *s, const PropterTerm *row, void *payload) {
  static const char *const properties[] = {"dataset", "measure", "timeDimension", "aggregation", "goodDirection", "grain", "unit", "unitLabel"};
  PropterBuf *out = payload;
  propter_buf_add(out, PROPTER_STR("\n:")), put_local(out, row[1].value), propter_buf_add_char(out, '-'), put_local(out, row[3].value),
      propter_buf_add_char(out, '-');
  put_local(out, row[4].value), propter_buf_printf(out, " a propter:Metric");
  put_slice_labels(s, out, row[1].value, row[4].value);
  propter_buf_printf(out, " ;\n  propter:concept :"), put_local(out, row[1].value);
  propter_buf_printf(out, " ; propter:fixed [ propter:dimension <%.*s> ; propter:concept :", (int)row[2].value.len, row[2].value.data);
  put_local(out, row[3].value), propter_buf_add_char(out, '-'), put_local(out, row[4].value);
  propter_buf_printf(out, " ; propter:member "), propter_term_write(&row[4], out), propter_buf_printf(out, " ]");
  for (size_t i = 0; i < sizeof properties / sizeof *properties; i++) {
    if (!row[5 + i].value.len) continue;
    propter_buf_printf(out, " ;\n  propter:%s ", properties[i]);
    propter_term_write(&row[5 + i], out);
  }
  propter_buf_add(out, PROPTER_STR(" .\n"));
  return propter_buf_status(out, s->err);
}

static PropterStatus member_concept(Start *s, const PropterTerm *row, void *payload) {
  PropterBuf *out = payload;
  propter_buf_add_char(out, ':'), put_local(out, row[0].value), propter_buf_add_char(out, '-'), put_local(out, row[1].value);
  propter_buf_printf(out, " a skos:Concept ; skos:inScheme :"), put_local(out, row[0].value), propter_buf_printf(out, " ; skos:prefLabel ");
  put_label(out, row[1].value), propter_buf_add(out, PROPTER_STR(" .\n"));
  return propter_buf_status(out, s->err);
}

/* A cause that a document names and nothing in the graph answers to: its last words, without what only points. */
static PropterStr cause_name(PropterStr said) {
  static const char *const pointing[] = {"the", "a", "an", "this", "that", "these", "those", "our", "their", "its", "new", NULL};
  PropterStr name = propter_str_trim(said);
  for (bool again = true; again;) {
    again = false;
    size_t end = 0;
    while (end < name.len && name.data[end] != ' ') end++;
    for (size_t i = 0; pointing[i] && !again; i++)
      again = end < name.len && end == strlen(pointing[i]) && strncasecmp(name.data, pointing[i], end) == 0;
    if (again) name = propter_str_trim((PropterStr){name.data + end, name.len - end});
  }
  size_t words = 1;
  for (size_t i = 0; i < name.len; i++) words += name.data[i] == ' ';
  return words <= CAUSE_WORDS ? name : (PropterStr){"", 0};
}

static PropterStatus cause_concept(Start *s, const PropterTerm *row, void *payload) {
  PropterBuf *out = payload;
  PropterStr name = cause_name(row[0].value);
  if (name.len < 3) return PROPTER_OK;
  propter_buf_add(out, PROPTER_STR("\n# ")), put_label(out, row[1].value), propter_buf_add(out, PROPTER_STR("\n:cause-")), put_local(out, name);
  propter_buf_add(out, PROPTER_STR(" a skos:Concept , propter:EventKind ; skos:prefLabel ")), put_label(out, name), propter_buf_add(out, PROPTER_STR(" .\n"));
  return propter_buf_status(out, s->err);
}

static PropterStatus write_concepts(Start *s, PropterBuf *concepts, char *path) {
  char *words[] = {path};
  PROPTER_TRY(propter_io_write_file(path, propter_buf_str(concepts), s->err));
  return brief(s, "load", words, 1, false);
}

static PropterStatus read_documents(Start *s, bool again) {
  char **words = propter_arena_alloc(&s->arena, (s->files.count + 3) * sizeof *words);
  unsigned count = 0;
  if (!words) return no_memory(s->err);
  if (again && !(words[count++] = text(s, "--force%s%s", "", ""))) return no_memory(s->err);
  if (!(words[count++] = text(s, "--%s%s", "", ""))) return no_memory(s->err);
  for (size_t i = 0; i < s->files.count; i++)
    if (!s->files.items[i].table) words[count++] = s->files.items[i].path;
  return brief(s, "read", words, count, again);
}

/* Names for what the tables measure and for the causes that documents give; documents are read with the first, then with both. */
static PropterStatus name_things(Start *s) {
  PropterBuf concepts = {.max = 16 << 20};
  char *path = text(s, "%s/%s", s->pack, "concepts.ttl");
  propter_buf_printf(&concepts,
                     "# Names. More of them (skos:altLabel) are found in documents and understood in questions; skos:broader puts a name below another.\n"
                     "@prefix propter: <https://w3id.org/propter#> .\n@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n"
                     "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n@prefix : <https://example.org/%s/concepts#> .\n",
                     s->name.data);
  PropterStatus status = path ? each(s, PREFIXES "SELECT ?m (MIN(?l) AS ?label) { ?m a propter:Metric ; skos:prefLabel ?l } GROUP BY ?m ORDER BY ?m", SIZE_MAX,
                                     metric_concept, &concepts)
                              : no_memory(s->err);
  if (status == PROPTER_OK) status = each(s, PREFIXES "SELECT DISTINCT ?d ?v { " SLICES " } ORDER BY ?d ?v", MAX_SLICES, member_concept, &concepts);
  if (status == PROPTER_OK)
    status = each(
        s,
        PREFIXES
        "SELECT ?m ?l ?dim ?d ?v ?set ?measure ?time ?sum ?good ?grain ?unit ?words { " SLICES
        " ?m propter:measure ?measure ; propter:timeDimension ?time ; propter:aggregation ?sum ; "
        "propter:grain ?grain ; propter:unit ?unit OPTIONAL { ?m propter:goodDirection ?good } OPTIONAL { ?m propter:unitLabel ?words } } ORDER BY ?m ?dim ?v",
        MAX_SLICES, slice_metric, &concepts);
  if (status == PROPTER_OK) status = write_concepts(s, &concepts, path);
  if (status == PROPTER_OK && s->documents) {
    status = read_documents(s, false);
    if (status == PROPTER_OK)
      status = each(
          s,
          PREFIXES
          "SELECT ?text (MIN(?q) AS ?quote) { ?c a propter:Claim ; propter:causeText ?text ; propter:effect ?e ; propter:quote ?q FILTER NOT EXISTS { ?c "
          "propter:cause ?known } } "
          "GROUP BY ?text ORDER BY ?text",
          MAX_CAUSES, cause_concept, &concepts);
    if (status == PROPTER_OK) status = write_concepts(s, &concepts, path);
    if (status == PROPTER_OK) status = read_documents(s, true);
  }
  propter_buf_clear(&concepts);
  return status;
}

/* --- Answers ----------------------------------------------------------------------------------------------------------------------------- */

typedef struct {
  PropterStr metric, label, from, to;
  PropterDay day;
  double score, part;
} Move;
typedef PROPTER_VEC(Move) Moves;

static PropterStatus add_move(Start *s, const PropterTerm *row, void *payload) {
  Moves *moves = payload;
  Move m = {.metric = propter_arena_copy(&s->arena, row[0].value),
            .label = propter_arena_copy(&s->arena, row[1].value),
            .from = propter_arena_copy(&s->arena, row[2].value),
            .to = propter_arena_copy(&s->arena, row[3].value)};
  (void)propter_day_parse(row[2].value, &m.day), (void)propter_str_to_double(row[4].value, &m.score), (void)propter_str_to_double(row[5].value, &m.part);
  return m.metric.data && m.label.data && m.from.data && m.to.data && propter_vec_push(moves, m) ? PROPTER_OK : no_memory(s->err);
}

/* A way back is no news of its own: the metric had moved the other way, as far, not long before. */
static bool is_return(const Moves *moves, const Move *m) {
  for (size_t i = 0; i < moves->count; i++) {
    const Move *other = &moves->items[i];
    if (propter_str_equal(other->metric, m->metric) && other->day < m->day && m->day - other->day <= RETURN_DAYS && (other->score > 0) != (m->score > 0) &&
        fabs(other->score) * 2 >= fabs(m->score))
      return true;
  }
  return false;
}

static PropterStatus answer_first(Start *s) {
  Moves moves = {0};
  const Move *first = NULL;
  PropterStatus status = each(
      s,
      PREFIXES
      "SELECT ?metric (MIN(?l) AS ?label) ?from ?to ?score ?part { ?p a propter:Pattern ; propter:metric ?metric ; propter:start ?from ; propter:end ?to ; "
      "propter:score ?score ; propter:deviation ?d ; propter:expected ?e . ?metric skos:prefLabel ?l BIND (?d / ?e AS ?part) } "
      "GROUP BY ?metric ?from ?to ?score ?part ORDER BY DESC(ABS(?score)) ?metric ?from",
      MAX_MOVES, add_move, &moves);
  for (size_t i = 0, n = 0; i < moves.count && n < SURPRISES && status == PROPTER_OK; i++) {
    const Move *m = &moves.items[i];
    if (is_return(&moves, m)) continue;
    fprintf(s->call->out, "%s%zu %.*s, %.*s to %.*s: %+.1f %%, %.1f standard errors\n", n ? "         " : "moves    ", n + 1, (int)m->label.len, m->label.data,
            (int)m->from.len, m->from.data, (int)m->to.len, m->to.data, m->part * 100, m->score);
    if (!n++) first = m;
  }
  if (status == PROPTER_OK && !first) {
    fprintf(s->call->out, "moves    none: no figure left its usual course, or the series are too short to know one\n");
    status = propter_fail(s->err, PROPTER_DECLINED, "nothing to ask about: no figure left its usual course");
  }
  char *words[] = {first ? text(s, "--metric=%s%s", first->metric.data, "") : NULL, first ? text(s, "--from=%s%s", first->from.data, "") : NULL,
                   first ? text(s, "--to=%s%s", first->to.data, "") : NULL};
  propter_vec_clear(&moves);
  PROPTER_TRY(status);
  for (size_t i = 0; i < 3; i++)
    if (!words[i]) return no_memory(s->err);
  fputs("\nthe first of them\n", s->call->out);
  return step(s, "why", words, 3, s->call->out);
}

/* --- The whole ------------------------------------------------------------------------------------------------------------------------------ */

static PropterStatus write_job(Start *s) {
  PropterBuf job = {.max = 1 << 24};
  char *path = text(s, "%s/%s", s->pack, "job.ini"), *absolute = realpath(s->folder.data, NULL);
  propter_buf_printf(
      &job,
      "# Run again after the data or these files have changed: propter -g %s run %s/job.ini\n[job]\nname = %s\n\n[load]\nfiles = concepts.ttl\n\n[ingest]\n"
      "mapping = ",
      s->call->graph, s->pack, s->name.data);
  propter_buf_add(&job, propter_buf_str(&s->job));
  if (s->documents) propter_buf_printf(&job, "\n\n[read]\ndocuments =");
  for (size_t i = 0; i < s->files.count && absolute; i++)
    if (!s->files.items[i].table) propter_buf_printf(&job, " %s%s", absolute, s->files.items[i].path + s->folder.len);
  propter_buf_add(&job, PROPTER_STR("\n\n[infer]\n"));
  PropterStatus status = path && absolute ? propter_buf_status(&job, s->err) : no_memory(s->err);
  if (status == PROPTER_OK) status = propter_io_write_file(path, propter_buf_str(&job), s->err);
  propter_buf_clear(&job);
  free(absolute);
  return status;
}

static PropterStatus ingest(Start *s) {
  char **words = propter_arena_alloc(&s->arena, (s->mappings + 1) * sizeof *words);
  unsigned count = 0;
  PropterStr names = propter_buf_str(&s->job);
  if (!words) return no_memory(s->err);
  for (size_t at = 0, end; at < names.len; at = end + 1) {
    for (end = at; end < names.len && names.data[end] != ' ';) end++;
    PropterStr name = propter_arena_copy(&s->arena, (PropterStr){names.data + at, end - at});
    if (!name.data || !(words[count++] = text(s, "%s/%s", s->pack, name.data))) return no_memory(s->err);
  }
  return brief(s, "ingest", words, count, true);
}

static PropterStatus start(Start *s) {
  PROPTER_TRY(walk(s, s->folder.data, 0));
  if (mkdir(s->pack, 0777) < 0) {
    if (errno != EEXIST) return propter_io_fail(s->err, s->pack, "create the folder");
    return propter_fail(s->err, PROPTER_INVALID, "%s is there already: edit it and run propter run %s/job.ini, or name another with --pack", s->pack, s->pack);
  }
  for (size_t i = 0; i < s->files.count; i++) {
    if (!s->files.items[i].table) s->documents++;
    else if (!s->files.items[i].taken) PROPTER_TRY(use_table(s, i));
  }
  if (!s->mappings) {
    (void)rmdir(s->pack);
    return propter_fail(s->err, PROPTER_DECLINED,
                        "no table with days and amounts in %.*s: nothing can be asked; a CSV file with a column of dates and a column of numbers would do",
                        (int)s->folder.len, s->folder.data);
  }
  PROPTER_TRY(ingest(s));
  PROPTER_TRY(name_things(s));
  PROPTER_TRY(write_job(s));
  PROPTER_TRY(brief(s, "infer", NULL, 0, false));
  PropterStatus status = answer_first(s);
  fprintf(s->call->out, "\npack     %s: what was guessed, to be edited; then propter -g %s run %s/job.ini\n", s->pack, s->call->graph, s->pack);
  return status;
}

static PropterStatus run(CommandCall *call, PropterError *err) {
  Start s = {.call = call, .job = {.max = 1 << 20}, .err = err, .folder = propter_str(call->operands[0])};
  while (s.folder.len > 1 && s.folder.data[s.folder.len - 1] == '/') s.folder.len--;
  s.folder = propter_arena_copy(&s.arena, s.folder);
  char *whole = s.folder.data ? realpath(s.folder.data, NULL) : NULL;
  PropterStatus status = !s.folder.data ? no_memory(err) : !whole ? propter_io_fail(err, s.folder.data, "open the folder") : PROPTER_OK;
  if (status == PROPTER_OK && call->dry_run)
    status = propter_fail(err, PROPTER_USAGE, "start writes a pack and a graph; propter ingest --sniff FILE shows a guess and writes nothing");
  const char *name = status == PROPTER_OK ? stem_of(&s, whole) : NULL, *pack = cmd_value(call, "pack");
  if (status == PROPTER_OK) {
    s.name = propter_str(name), s.pack = pack ? pack : text(&s, "%s-pack%s", name ? name : "", "");
    status = name && s.pack ? start(&s) : no_memory(err);
  }
  free(whole);
  propter_buf_clear(&s.job);
  propter_vec_clear(&s.files);
  propter_arena_clear(&s.arena);
  return status;
}

static const CommandOption options[] = {{"pack", 0, "DIR", "where the guessed mappings, names and job file go (default FOLDER-pack); it must not be there yet"},
                                        {NULL, 0, NULL, NULL}};

const Command command_start = {
    .name = "start",
    .summary = "from a folder of tables and documents to a first answer",
    .operands = "FOLDER",
    .min_operands = 1,
    .max_operands = 1,
    .options = options,
    .details =
        "Looks at every table of the folder (CSV, TSV), guesses its time, measures and slices, and writes that down as mappings. Rows of single events, and "
        "many\n"
        "files with the same columns, are first added up by period and slice. Reads every other file that it can as a document, takes the causes they name as\n"
        "concepts, judges every move, lists the five most surprising and answers why for the first. What it guessed is a pack that can be edited and run "
        "again.\n"
        "Exit codes as those of propter why; 7 also where no table can be used.",
    .examples = "propter -g first.graph start ontology/packs/us-employment",
    .run = run};
