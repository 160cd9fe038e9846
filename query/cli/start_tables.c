/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of a folder: what they measure is guessed and written down as mappings. */
#include <ctype.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "propter/cells.h"
#include "propter/document.h"
#include "propter/events.h"
#include "propter/io.h"
#include "start.h"

enum { MAX_FILES = 10000, MAX_DEPTH = 8 };

static bool ends_in(const char *name, const char *const *endings) {
  size_t n = strlen(name);
  for (; *endings; endings++) {
    size_t m = strlen(*endings);
    if (n > m && strcasecmp(name + n - m, *endings) == 0) return true;
  }
  return false;
}

bool start_names_table(const char *name) {
  static const char *const endings[] = {".csv", ".tsv", ".tab", ".csv.gz", ".tsv.gz", ".xlsx", ".ods", ".parquet", ".json", ".ndjson", ".jsonl", ".ics", NULL};
  return ends_in(name, endings);
}

/* Data that are neither a table nor something to read. */
static bool is_other(const char *name) {
  static const char *const endings[] = {".ttl", ".nt",  ".nq",  ".rdf", ".xml", ".ini", ".db", ".sqlite", ".sql",
                                        ".gz",  ".zip", ".png", ".jpg", ".svg", ".css", ".js", NULL};
  return ends_in(name, endings);
}

/* A file, or each sheet of a workbook; one that cannot be read is refused when it is looked at. */
static PropterStatus add_file(Start *s, char *path) {
  PropterSheets sheets = {0};
  StartFile file = {.path = path, .table = start_names_table(path) && !propter_document_recognised(path)}; /* a list of claims is read */
  PropterStatus status = PROPTER_OK;
  if (file.table && propter_table_sheets(path, NULL, &s->arena, &sheets, NULL) != PROPTER_OK) sheets.count = 0;
  for (size_t i = 0; i == 0 || i < sheets.count; i++) {
    file.sheet = i < sheets.count ? sheets.items[i].data : NULL;
    if (s->files.count == MAX_FILES) status = propter_fail(s->err, PROPTER_LIMIT, "more than %d files in the folder", MAX_FILES);
    else if (!propter_vec_push(&s->files, file)) status = start_no_memory(s->err);
  }
  propter_vec_clear(&sheets);
  return status;
}

static PropterStatus walk(Start *s, const char *folder, int depth) {
  struct dirent **entries = NULL;
  int count = scandir(folder, &entries, NULL, alphasort);
  if (count < 0) return propter_io_fail(s->err, folder, "open the folder");
  PropterStatus status = PROPTER_OK;
  for (int i = 0; i < count; i++) {
    const char *name = entries[i]->d_name;
    struct stat info;
    char *path = name[0] == '.' || status != PROPTER_OK ? NULL : start_text(s, "%s/%s", folder, name);
    if (path && stat(path, &info) == 0 && S_ISDIR(info.st_mode)) {
      if (depth < MAX_DEPTH) status = walk(s, path, depth + 1);
    } else if (path && S_ISREG(info.st_mode) && !is_other(name)) {
      status = add_file(s, path);
    }
    free(entries[i]);
  }
  free(entries);
  return status;
}

/* --- Tables ------------------------------------------------------------------------------------------------------------------------ */

/* Letters and digits of a file's name, for IRIs and file names. */
char *start_stem(Start *s, const char *path) {
  const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path, *dot = strchr(name, '.');
  const PropterStr whole = {name, dot && dot != name ? (size_t)(dot - name) : strlen(name)};
  PropterBuf stem = {0};
  for (size_t at = 0; at < whole.len;) {
    const uint32_t c = propter_utf8_next(whole, &at);
    propter_buf_add_utf8(&stem, propter_utf8_letter(c) || (c >= '0' && c <= '9') ? c : '-');
  }
  const PropterStr kept = stem.failed ? (PropterStr){NULL, 0} : propter_arena_copy(&s->arena, propter_buf_str(&stem));
  propter_buf_clear(&stem);
  return (char *)(uintptr_t)kept.data;
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

static bool has_slices(const PropterSniff *f) {
  for (size_t i = 0; i < f->count; i++)
    if (f->columns[i].role == PROPTER_COLUMN_SLICE) return true;
  return false;
}

static PropterStatus write_mapping(Start *s, const PropterSniff *found, const char *source, const char *stem) {
  PropterBuf mapping = {.max = 16 << 20};
  char *base = start_text(s, "https://example.org/%s/", s->name.data, ""), *path = start_text(s, "%s/%s.ttl", s->pack, stem);
  char *iri = base ? start_text(s, "%s%s#", base, stem) : NULL;
  PropterStatus status = path && iri ? propter_sniff_write(found, propter_str(source), propter_str(iri), &mapping, s->err) : start_no_memory(s->err);
  if (status == PROPTER_OK) status = propter_io_write_file(path, propter_buf_str(&mapping), s->err);
  if (status == PROPTER_OK) propter_buf_printf(&s->job, "%s%s.ttl", s->mappings++ ? " " : "", stem);
  propter_buf_clear(&mapping);
  return status;
}

/* A table made of the folder's, in the pack; `counts`: its column that says of how many rows a cell is, if it has one. */
static PropterStatus use_made(Start *s, PropterBuf *made, const char *stem, const char *kind, PropterStr counts, PropterSniff *sniff) {
  char *name = start_text(s, "%s-%s.csv", stem, kind), *path = name ? start_text(s, "%s/%s", s->pack, name) : NULL;
  PropterStatus status = path ? propter_io_write_file(path, propter_buf_str(made), s->err) : start_no_memory(s->err);
  if (status == PROPTER_OK) status = propter_sniff(path, NULL, NULL, sniff, s->err);
  sniff->sizes = counts;
  return status == PROPTER_OK ? write_mapping(s, sniff, name, stem) : status;
}

/* "trips" of trips_2025_07.csv, trips_2025_08.csv ...: what the names of the files begin with, where that is said of several and no column is called so;
 * else what was found. {NULL}: no memory. */
static PropterStr counted(Start *s, const PropterSniff *found, const PropterCellsTable *tables, size_t count) {
  const PropterStr rows = PROPTER_STR("rows");
  if (found->counted.len && !propter_str_equal(found->counted, rows)) return found->counted;
  char *name = start_stem(s, tables[0].path);
  size_t len = name ? strlen(name) : 0;
  for (size_t i = 1; i < count && name; i++) {
    const char *other = start_stem(s, tables[i].path);
    if (!other) return (PropterStr){NULL, 0};
    for (size_t k = 0; k < len; k++)
      if (name[k] != other[k]) len = k;
  }
  while (len && !isalpha((unsigned char)name[len - 1])) len--;
  for (size_t i = 0; i < len; i++) name[i] = name[i] == '-' ? ' ' : (char)tolower((unsigned char)name[i]);
  PropterStr all = {name, len};
  for (size_t i = 0; i < found->count; i++)
    if (propter_str_equal(found->columns[i].label, all)) return rows;
  return !name || (len > 3 && name[len - 1] == 's' && name[len - 2] != 's') ? all : rows;
}

/* Rows of facts, or many files of one shape: added up into one table of the pack. */
static PropterStatus add_up(Start *s, const PropterSniff *sniffed, const PropterCellsTable *tables, size_t count, const char *stem) {
  PropterSniff called = *sniffed, *found = &called;
  if (!(called.counted = counted(s, sniffed, tables, count)).data) return start_no_memory(s->err);
  PropterBuf cells = {.max = 1 << 30}, left = {.max = 1 << 28};
  PropterCellsSummary summary;
  PropterSniff sniff = {0};
  if (count > 1) stem = s->name.data; /* no one file's name */
  PropterStatus status = propter_cells(tables, count, found, &cells, &left, &summary, s->err);
  char *record = start_text(s, "%s/%s-left-out.csv", s->pack, stem);
  if (status == PROPTER_OK && !record) status = start_no_memory(s->err);
  if (status == PROPTER_OK && left.len) status = propter_io_write_file(record, propter_buf_str(&left), s->err);
  if (status == PROPTER_OK) status = use_made(s, &cells, stem, "cells", found->counted, &sniff);
  propter_buf_clear(&cells);
  if (status == PROPTER_OK)
    fprintf(s->notes,
            "         several rows a period: the %s rows of %zu file%s were added up to %s, one for each period%s; the measure \"%.*s\" counts them\n",
            output_number(summary.rows), count, count == 1 ? "" : "s", output_number(summary.cells), has_slices(found) ? " and part" : "",
            (int)found->counted.len, found->counted.data);
  for (size_t i = 0; status == PROPTER_OK && i < found->count && i < 64; i++)
    if (summary.fixed >> i & 1)
      fprintf(s->notes, "         not used: %.*s, which is the same in all rows of a part\n", (int)found->columns[i].name.len, found->columns[i].name.data);
  if (status == PROPTER_OK && summary.repeated)
    fprintf(s->notes, "         told again: %s rows equal an earlier one in every column, the first in %s, line %llu; they are added up all the same\n",
            output_number(summary.repeated), summary.repeated_table->path, (unsigned long long)summary.repeated_line);
  if (status == PROPTER_OK && summary.left_out)
    fprintf(s->notes, "         left out: %s row%s or cell%s, with line, value and reason in %s\n", output_number(summary.left_out),
            summary.left_out == 1 ? "" : "s", summary.left_out == 1 ? "" : "s", record);
  propter_buf_clear(&left);
  propter_sniff_clear(&sniff);
  return status;
}

/* A column for each period: made into a row for each. *wide false: it is no such table. */
static PropterStatus turn(Start *s, const PropterSniff *found, const char *path, const char *called, const char *stem, bool *wide) {
  PropterBuf made = {.max = 1 << 30};
  PropterSniff sniff = {0};
  PropterMelted melted;
  PropterStatus status = propter_melt(path, found, &made, &melted, s->err);
  *wide = melted.periods > 0;
  if (status == PROPTER_OK && *wide && melted.mixed) {
    fprintf(s->notes, "table    %s: not used: its rows are different measures (column %s); give each a column or a file of its own\n", called, melted.mixed);
  } else if (status == PROPTER_OK && *wide) {
    status = use_made(s, &made, stem, "long", (PropterStr){"", 0}, &sniff);
    if (status == PROPTER_OK) {
      fprintf(s->notes, "table    %s: %zu columns of periods turned into %s rows", called, melted.periods, output_number(melted.rows));
      say_columns(s->notes, &sniff, PROPTER_COLUMN_MEASURE, ", measures "), say_columns(s->notes, &sniff, PROPTER_COLUMN_SLICE, ", slices ");
      fputc('\n', s->notes);
      if (melted.totals)
        fprintf(s->notes, "         left out: %s row%s of totals (line %llu)\n", output_number(melted.totals), melted.totals == 1 ? "" : "s",
                (unsigned long long)melted.total_line);
    }
  }
  propter_sniff_clear(&sniff);
  propter_buf_clear(&made);
  return status;
}

/* What a total would say nothing of. */
static void say_means(FILE *out, const PropterSniff *f) {
  bool any = false;
  for (size_t i = 0; i < f->count; i++) {
    const PropterColumn *c = &f->columns[i];
    if (c->role != PROPTER_COLUMN_MEASURE || !c->mean) continue;
    fprintf(out, "%s%.*s", any ? ", " : "         averaged, not added up: ", (int)c->label.len, c->label.data);
    any = true;
  }
  if (any) fputc('\n', out);
}

/* A figure a thousand times as small as the amount. */
static void say_scales(FILE *out, const PropterSniff *f) {
  for (size_t i = 0; i < f->count; i++) {
    const PropterColumn *c = &f->columns[i];
    if (c->role != PROPTER_COLUMN_MEASURE || !c->scale) continue;
    const char *unit = c->unit_label;
    fprintf(out, "         in %s%s%s by its name: %.*s\n", c->scale_label, unit ? " " : "", unit ? unit : "s", (int)c->label.len, c->label.data);
  }
}

/* Nothing is dropped without a word. */
static PropterStatus say_left_out(Start *s, const PropterSniff *found) {
  PropterBuf left = {.max = 1 << 20};
  PropterStatus status = propter_sniff_left_out(found, &left, s->err);
  for (size_t at = 0, end; at < left.len && status == PROPTER_OK; at = end + 1) {
    for (end = at; end < left.len && left.data[end] != '\n';) end++;
    fprintf(s->notes, "         %.*s\n", (int)(end - at), left.data + at);
  }
  propter_buf_clear(&left);
  return status;
}

static void use_events(Start *s, const StartFile *file, const char *called, uint64_t rows, bool spans) {
  s->files.items[file - s->files.items].events = true, s->events++;
  if (rows) fprintf(s->notes, "table    %s: %s events%s\n", called, output_number(rows), spans ? ", each from its start to its end" : "");
  else fprintf(s->notes, "table    %s: a list of events\n", called);
}

/* Fewer rows than days go by, none of them for the same parts: numbers beside a title, a start and an end say more of each. Else they are to be added up. */
static bool is_sparse(const PropterSniff *f) {
  return f->time == SIZE_MAX || (!f->repeated && !f->counted.len && (double)f->rows <= f->columns[f->time].high - f->columns[f->time].low);
}

/* How to say that they are, for a shell. */
static PropterStatus advise_events(Start *s, const char *path, PropterStr days) {
  PropterBuf text = {.max = 1 << 16};
  const PropterStr start = propter_arena_printf(&s->arena, "start=%.*s", (int)days.len, days.data);
  if (!start.data) return start_no_memory(s->err);
  propter_buf_printf(&text, "         if its rows are happenings: propter -g "), output_word(&text, propter_str(s->call->graph));
  propter_buf_printf(&text, " events "), output_word(&text, propter_str(path));
  propter_buf_printf(&text, " --column title=COLUMN --column "), output_word(&text, start);
  const PropterStatus status = propter_buf_status(&text, s->err);
  if (status == PROPTER_OK) fprintf(s->notes, "%s; why counts them at once, the report after propter infer\n", text.data);
  propter_buf_clear(&text);
  return status;
}

static PropterStatus use_found(Start *s, const PropterSniff *found, const StartFile *file, const char *called, const PropterCellsTable *tables, size_t count,
                               const char *stem) {
  FILE *out = s->notes;
  size_t measures = 0;
  for (size_t i = 0; i < found->count; i++) measures += found->columns[i].role == PROPTER_COLUMN_MEASURE;
  bool wide = false, spans = false;
  if (count == 1 && found->time == SIZE_MAX) PROPTER_TRY(turn(s, found, file->path, called, stem, &wide));
  if (wide) return PROPTER_OK;
  if (count == 1 && !file->sheet && propter_events_recognised(file->path, found, NULL, &spans) &&
      (!measures || found->formulation || (spans && is_sparse(found)))) {
    use_events(s, file, called, found->rows - found->bad_rows, measures && !found->formulation);
    return PROPTER_OK;
  }
  if (found->time == SIZE_MAX || (!measures && !found->counted.len)) {
    fprintf(out, "table    %s: not used: it has no %s\n", called, found->time == SIZE_MAX ? "column of days or periods" : "column of amounts");
    if (found->time != SIZE_MAX) PROPTER_TRY(advise_events(s, file->path, found->columns[found->time].name));
    return say_left_out(s, found);
  }
  fprintf(out, "table    %s%s: %s rows by %.*s", called, count > 1 ? " and others like it" : "", output_number(found->rows - found->aside - found->bad_rows),
          (int)found->columns[found->time].name.len, found->columns[found->time].name.data);
  say_columns(out, found, PROPTER_COLUMN_MEASURE, ", measures "), say_columns(out, found, PROPTER_COLUMN_SLICE, ", slices ");
  say_columns(out, found, PROPTER_COLUMN_KEY, ", told apart by ");
  fputc('\n', out);
  say_means(out, found), say_scales(out, found);
  PROPTER_TRY(say_left_out(s, found));
  if (found->repeated || found->counted.len || count > 1) return add_up(s, found, tables, count, stem);
  char *absolute = realpath(file->path, NULL);
  PropterStatus status = absolute ? write_mapping(s, found, absolute, stem) : propter_io_fail(s->err, file->path, "open");
  free(absolute);
  return status;
}

/* A mapping of this name is there. */
static bool taken(Start *s, const char *stem) {
  char *path = start_text(s, "%s/%s.ttl", s->pack, stem);
  return path && access(path, F_OK) == 0;
}

static char letter_at(const char *s, size_t *i) {
  while (s[*i] && !((s[*i] | 32) >= 'a' && (s[*i] | 32) <= 'z')) ++*i;
  return s[*i] ? (char)(s[(*i)++] | 32) : '\0';
}

static bool same_letters(const char *a, const char *b) {
  size_t i = 0, k = 0;
  for (;;) {
    char x = letter_at(a, &i), y = letter_at(b, &k);
    if (x != y) return false;
    if (!x) return true;
  }
}

/* A table of the same columns goes on with this one where their names differ by numbers alone or their days lie apart; else it measures something else, which
 * its name says ("shipments.csv", "late deliveries.csv"). */
static bool goes_on(Start *s, const PropterSniff *found, const StartFile *file, const StartFile *other) {
  const char *a = start_stem(s, file->sheet ? file->sheet : file->path), *b = start_stem(s, other->sheet ? other->sheet : other->path);
  if (!a || !b || same_letters(a, b)) return true;
  const PropterTableOptions options = {.table = other->sheet};
  PropterSniff second = {0};
  PropterError ignored = {0};
  const PropterColumn *days = &found->columns[found->time];
  bool apart = propter_sniff(other->path, &options, NULL, &second, &ignored) == PROPTER_OK && second.time != SIZE_MAX &&
               (second.columns[second.time].low > days->high || second.columns[second.time].high < days->low);
  propter_sniff_clear(&second);
  return apart;
}

/* Where several tables have columns of one name, what each measures is called by its table, too. */
static PropterStatus call_by_table(Start *s, PropterSniff *found, const char *stem) {
  for (size_t i = 0; i < found->count; i++) {
    PropterColumn *c = &found->columns[i];
    if (c->role != PROPTER_COLUMN_MEASURE) continue;
    const PropterStr label = propter_arena_printf(&s->arena, "%s %.*s", stem, (int)c->label.len, c->label.data);
    if (!label.data) return start_no_memory(s->err);
    for (char *x = (char *)(uintptr_t)label.data; *x; x++)
      if (*x == '-' || *x == '_') *x = ' ';
    c->label = label;
  }
  return PROPTER_OK;
}

static PropterStatus use_table(Start *s, size_t at) {
  PropterSniff found = {0};
  const StartFile *file = &s->files.items[at];
  const PropterTableOptions options = {.table = file->sheet};
  const char *stem = start_stem(s, file->path), *called = file->path;
  const char *sheet = file->sheet ? start_stem(s, file->sheet) : NULL;
  if (stem && sheet) called = start_text(s, "%s, sheet %s", file->path, file->sheet), stem = start_text(s, "%s-%s", stem, sheet);
  const char *first = stem;
  for (int n = 2; stem && taken(s, stem) && n < 1000; n++) stem = propter_arena_printf(&s->arena, "%s-%d", first, n).data;
  PropterCellsTable *tables = propter_arena_alloc(&s->arena, s->files.count * sizeof *tables);
  if (!stem || !called || !tables) return start_no_memory(s->err);
  PropterError bad = {0};
  if (propter_sniff(file->path, &options, NULL, &found, &bad) != PROPTER_OK) {
    propter_sniff_clear(&found);
    if (bad.status != PROPTER_NO_MEMORY && !file->sheet && propter_events_recognised(file->path, NULL, NULL, NULL))
      return use_events(s, file, called, 0, false), PROPTER_OK;
    fprintf(s->notes, "table    %s: not used: %s\n", called, bad.message);
    return bad.status == PROPTER_NO_MEMORY ? propter_fail(s->err, bad.status, "%s", bad.message) : PROPTER_OK;
  }
  size_t count = 0;
  bool several = false;
  s->files.items[at].taken = true, tables[count++] = (PropterCellsTable){file->path, file->sheet};
  for (size_t i = 0; i < s->files.count; i++) {
    StartFile *other = &s->files.items[i];
    if (i == at || !other->table || found.time == SIZE_MAX || !propter_sniff_same(&found, other->path, other->sheet, NULL)) continue;
    if (!goes_on(s, &found, file, other)) several = true;
    else if (!other->taken) other->taken = true, tables[count++] = (PropterCellsTable){other->path, other->sheet};
  }
  PropterStatus status = several ? call_by_table(s, &found, first) : PROPTER_OK;
  if (status == PROPTER_OK) status = use_found(s, &found, file, called, tables, count, stem);
  propter_sniff_clear(&found);
  return status;
}

PropterStatus start_walk(Start *s) { return walk(s, s->folder.data, 0); }

PropterStatus start_tables(Start *s) {
  for (size_t i = 0; i < s->files.count; i++) {
    if (!s->files.items[i].table) s->documents++;
    else if (!s->files.items[i].taken) PROPTER_TRY(use_table(s, i));
  }
  return PROPTER_OK;
}
