/* SPDX-License-Identifier: Apache-2.0 */
/* From a folder of tables and documents to a first answer: guesses what the tables measure, writes that as a pack to be edited, and runs it. */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "propter/io.h"
#include "propter/sparql.h"
#include "start.h"

PropterStatus start_no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory"); }

char *start_text(Start *s, const char *format, const char *a, const char *b) {
  return (char *)(uintptr_t)propter_arena_printf(&s->arena, format, a, b).data;
}

/* --- Steps -------------------------------------------------------------------------------------------------------------------------- */

PropterStatus start_step(Start *s, const char *name, char **words, unsigned count, FILE *out) {
  CommandCall call = *s->call;
  bool help;
  call.command = cmd_find(name), call.out = out, call.data = out == s->call->out ? s->call->data : out, call.terminal &= out == s->call->out,
  call.given_count = call.operand_count = 0, call.operands = NULL;
  PROPTER_TRY(cmd_parse((int)count, words, &call, &help, s->err));
  PropterStatus status = call.command->run(&call, s->err);
  if (status == PROPTER_NEGATIVE && strcmp(name, "why") != 0) propter_error_clear(s->err), status = PROPTER_OK;
  return status;
}

/* What a step counts up, without its own name before it and the statements that it wrote behind it, some of which are written again later. */
static void print_summary(FILE *out, const char *name, char *line) {
  const char *said = strstr(line, ": ");
  const bool named = said && (size_t)(said - line) < strlen(name) + 4 && strncmp(line, name, strlen(name)) == 0 && *name;
  char *wrote = strstr(line, " added, ");
  while (wrote && wrote > line && *wrote != ';') wrote--;
  if (wrote && wrote > line) *wrote = 0;
  fprintf(out, "%-8s %s\n", name, named ? said + 2 : line);
}

/* Of each file of the folder a line would be too many: those that begin with one are left out. */
static void show_lines(const Start *s, const char *name, char *printed) {
  char *rest = printed;
  for (char *line; (line = strsep(&rest, "\n"));) {
    if (propter_str_starts(propter_str(line), s->folder) && rest) continue;
    print_summary(s->notes, name, line);
    name = "";
  }
}

PropterStatus start_brief(Start *s, const char *name, char **words, unsigned count, bool show) {
  char *printed = NULL;
  size_t size = 0;
  FILE *out = open_memstream(&printed, &size);
  if (!out) return start_no_memory(s->err);
  PropterStatus status = start_step(s, name, words, count, out);
  if (fclose(out) != 0 && status == PROPTER_OK) status = start_no_memory(s->err);
  while (status == PROPTER_OK && size && printed[size - 1] == '\n') printed[--size] = 0;
  if (status == PROPTER_OK && show) show_lines(s, name, printed);
  free(printed);
  return status;
}

typedef struct {
  Start *start;
  StartUse use;
  void *payload;
} Rows;

static PropterStatus use_row(const PropterTerm *row, void *payload, PropterError *err) {
  (void)err; /* as s->err */
  const Rows *rows = payload;
  return rows->use(rows->start, row, rows->payload);
}

PropterStatus start_each(Start *s, const char *query, StartUse use, void *payload) {
  PropterGraph *graph = NULL;
  PropterSnapshot *snapshot = NULL;
  PropterStatus status = propter_graph_open(s->call->graph, PROPTER_GRAPH_READ_ONLY, NULL, &graph, s->err);
  if (status == PROPTER_OK) status = propter_snapshot_open(graph, 0, &snapshot, s->err);
  if (status == PROPTER_OK) status = propter_query_each(snapshot, propter_str(query), use_row, &(Rows){s, use, payload}, s->err);
  propter_snapshot_close(snapshot);
  propter_graph_close(graph);
  return status;
}

/* --- The whole ------------------------------------------------------------------------------------------------------------------------------ */

static bool is_event_list(const StartFile *f) { return f->events; }
static bool is_document(const StartFile *f) { return !f->table; }

/* Inside quotes a quote stands twice. */
static void add_doubled(PropterBuf *job, const char *text) {
  for (; *text; text++) {
    if (*text == '"') propter_buf_add_char(job, '"');
    propter_buf_add_char(job, *text);
  }
}

static void add_section(const Start *s, const char *absolute, const char *head, bool (*of)(const StartFile *), PropterBuf *job) {
  propter_buf_printf(job, "\n\n%s =", head);
  for (size_t i = 0; i < s->files.count; i++)
    if (of(&s->files.items[i])) {
      propter_buf_add(job, PROPTER_STR(" \""));
      add_doubled(job, absolute), add_doubled(job, s->files.items[i].path + s->folder.len);
      propter_buf_add_char(job, '"');
    }
}

static PropterStatus write_job(Start *s) {
  PropterBuf job = {.max = 1 << 24};
  char *path = start_text(s, "%s/%s", s->pack, "job.ini"), *absolute = realpath(s->folder.data, NULL);
  propter_buf_printf(
      &job,
      "# Run again after the data or these files have changed: propter -g %s run %s/job.ini\n[job]\nname = %s\n\n[load]\nfiles = concepts.ttl\n\n[ingest]\n"
      "mapping = ",
      s->call->graph, s->pack, s->name.data);
  propter_buf_add(&job, propter_buf_str(&s->job));
  if (s->events && absolute) add_section(s, absolute, "[events]\nfiles", is_event_list, &job);
  if (s->documents && absolute) add_section(s, absolute, "[read]\ndocuments", is_document, &job);
  propter_buf_add(&job, PROPTER_STR("\n\n[infer]\nmetrics = all\n"));
  PropterStatus status = path && absolute ? propter_buf_status(&job, s->err) : start_no_memory(s->err);
  if (status == PROPTER_OK) status = propter_io_write_file(path, propter_buf_str(&job), s->err);
  propter_buf_clear(&job);
  free(absolute);
  return status;
}

static PropterStatus ingest(Start *s) {
  char **words = propter_arena_alloc(&s->arena, (s->mappings + 1) * sizeof *words);
  unsigned count = 0;
  PropterStr names = propter_buf_str(&s->job);
  if (!words) return start_no_memory(s->err);
  for (size_t at = 0, end; at < names.len; at = end + 1) {
    for (end = at; end < names.len && names.data[end] != ' ';) end++;
    PropterStr name = propter_arena_copy(&s->arena, (PropterStr){names.data + at, end - at});
    if (!name.data || !(words[count++] = start_text(s, "%s/%s", s->pack, name.data))) return start_no_memory(s->err);
  }
  return start_brief(s, "ingest", words, count, true);
}

static PropterStatus start(Start *s) {
  PROPTER_TRY(start_walk(s));
  if (mkdir(s->pack, 0777) < 0) {
    if (errno != EEXIST) return propter_io_fail(s->err, s->pack, "create the folder");
    return propter_fail(s->err, PROPTER_INVALID, "%s is there already: edit it and run propter -g %s run %s/job.ini, or name another with --pack", s->pack,
                        s->call->graph, s->pack);
  }
  PROPTER_TRY(start_tables(s));
  if (!s->mappings) {
    (void)rmdir(s->pack);
    return propter_fail(s->err, PROPTER_DECLINED,
                        "no table with days and amounts in %.*s: nothing can be asked%s; a CSV file with a column of dates and a column of numbers would do",
                        (int)s->folder.len, s->folder.data, s->documents ? " of its documents alone" : "");
  }
  PROPTER_TRY(ingest(s));
  PROPTER_TRY(start_concepts(s));
  PROPTER_TRY(write_job(s));
  PROPTER_TRY(start_brief(s, "infer", NULL, 0, false));
  PropterStatus status = start_moves(s);
  fprintf(s->notes, "\npack     %s: what was guessed, to be edited; then propter -g %s run %s/job.ini\n", s->pack, s->call->graph, s->pack);
  return status;
}

static PropterStatus run(CommandCall *call, PropterError *err) {
  Start s = {.call = call, .notes = output_screen(stderr), .job = {.max = 1 << 20}, .err = err, .folder = propter_str(call->operands[0])};
  if (!s.notes || setvbuf(s.notes, NULL, _IOLBF, BUFSIZ) != 0) {
    if (s.notes) (void)fclose(s.notes);
    return start_no_memory(err);
  }
  while (s.folder.len > 1 && s.folder.data[s.folder.len - 1] == '/') s.folder.len--;
  s.folder = propter_arena_copy(&s.arena, s.folder);
  char *whole = s.folder.data ? realpath(s.folder.data, NULL) : NULL;
  PropterStatus status = !s.folder.data ? start_no_memory(err) : !whole ? propter_io_fail(err, s.folder.data, "open the folder") : PROPTER_OK;
  if (status == PROPTER_OK && call->dry_run)
    status = propter_fail(err, PROPTER_USAGE, "start writes a pack and a graph; propter ingest --sniff FILE shows a guess and writes nothing");
  char *last = whole ? strrchr(whole, '/') : NULL;
  for (char *c = last; c && *c; c++)
    if (*c == '.') *c = '-'; /* of a file's name start_stem takes what stands before it */
  const char *name = status == PROPTER_OK ? start_stem(&s, whole) : NULL, *pack = cmd_value(call, "pack");
  if (status == PROPTER_OK) {
    s.name = propter_str(name), s.pack = pack ? pack : start_text(&s, "%s-pack%s", name ? name : "", "");
    status = name && s.pack ? start(&s) : start_no_memory(err);
  }
  free(whole);
  (void)fclose(s.notes);
  propter_buf_clear(&s.job);
  propter_map_clear(&s.labels);
  propter_map_clear(&s.parts);
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
        "Looks at every table of the folder (CSV, TSV, each sheet of XLSX and ODS, Parquet, JSON and NDJSON, calendars), guesses its time, measures and\n"
        "slices, and writes that down as mappings. Lines above and below a table and cells that are no numbers are left out and named, and so is each\n"
        "column that is not used. Rows of single events, and many files with the same columns, are first added up by period and slice; a column for each\n"
        "period becomes a row for each.\n"
        "A calendar (.ics), a table without amounts whose header names titles and starts, one of titles, starts and ends, or one of days\n"
        "and a text of its own in each row is a list of events (propter events); its columns called as a slice say where each held.\n"
        "Reads every other file that it can as a document, takes the causes they name as concepts, judges every move, lists the five most\n"
        "surprising (the same move of a whole, of its parts and of other measures of a file once) and answers why for the first; where that is refused, also\n"
        "for the next that has a cause.\n"
        "What it guessed is a pack that can be edited and run again. The moves and the answer go to\n"
        "standard output, what is done meanwhile to standard error.\n"
        "Each part of a slice is a figure of its own, the slices of the fewest parts first, up to 400 figures; rows with names of their own are counted.\n"
        "Budgets, targets and forecasts beside what came about, and totals among the rows, are left out and named.\n"
        "Exit codes as those of propter why; 7 also where no table can be used.",
    .examples = "propter -g first.graph start ontology/packs/us-employment",
    .run = run};
