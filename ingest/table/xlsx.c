/* SPDX-License-Identifier: Apache-2.0 */
/* Workbooks of Office Open XML (ECMA-376 part 1, §18): one sheet, its texts from the shared strings, its dates known by their number format. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "propter/date.h"
#include "sheet.h"

/* What a number format shows of a serial number. */
typedef enum { SHOWS_NUMBER, SHOWS_DATE = 1, SHOWS_TIME = 2 } Shows;

typedef struct {
  PropterStr name, relation;
  bool hidden;
} Tab;

typedef struct {
  PropterStr id, type, target;
} Relation;

typedef struct {
  Sheet sheet;
  PROPTER_VEC(Relation) relations; /* of the part read last */
  PROPTER_VEC(Tab) tabs;
  PROPTER_VEC(PropterStr) strings;
  PROPTER_VEC(unsigned char) styles; /* Shows, by the index of a cell's format */
  struct {
    long id;
    unsigned char shows;
  } *formats; /* custom number formats */
  size_t format_count, format_cap;
  bool since_1904;

  /* where the parse stands */
  bool in_text, in_phonetic, in_formats;
  PropterBuf text;
  uint64_t line, column;
  PropterStr kind;
  size_t style;
} Xlsx;

static PropterStatus no_memory(const Xlsx *x, PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory reading %s", x->sheet.path); }

static bool named(PropterXmlName name, const char *local) { return propter_str_equal(name.local, propter_str(local)); }

static PropterStr attribute(const PropterXmlElement *e, const char *name) {
  for (size_t i = 0; i < e->count; i++)
    if (named(e->attributes[i].name, name)) return e->attributes[i].value;
  return (PropterStr){"", 0};
}

static bool is_true(PropterStr text) { return propter_str_equal(text, PROPTER_STR("1")) || propter_str_equal(text, PROPTER_STR("true")); }

static PropterStatus keep(Xlsx *x, const PropterXmlElement *e, const char *name, PropterStr *out, PropterError *err) {
  return table_sheet_copy(&x->sheet, attribute(e, name), out, err);
}

static PropterStatus ignore_end(void *payload, PropterXmlName name, PropterStr prefix, uint64_t line, PropterError *err) {
  (void)payload, (void)name, (void)prefix, (void)line, (void)err;
  return PROPTER_OK;
}

static PropterStatus take_text(void *payload, PropterStr text, PropterError *err) {
  Xlsx *x = payload;
  if (!x->in_text) return PROPTER_OK;
  propter_buf_add(&x->text, text);
  return propter_buf_status(&x->text, err);
}

/* --- Workbook ------------------------------------------------------------------------------------------------------------------ */

static PropterStatus relations_start(void *payload, const PropterXmlElement *e, uint64_t line, PropterError *err) {
  (void)line;
  Xlsx *x = payload;
  Relation r;
  if (!named(e->name, "Relationship")) return PROPTER_OK;
  PROPTER_TRY(keep(x, e, "Id", &r.id, err));
  PROPTER_TRY(keep(x, e, "Type", &r.type, err));
  PROPTER_TRY(keep(x, e, "Target", &r.target, err));
  return propter_vec_push(&x->relations, r) ? PROPTER_OK : no_memory(x, err);
}

static PropterStatus workbook_start(void *payload, const PropterXmlElement *e, uint64_t line, PropterError *err) {
  (void)line;
  Xlsx *x = payload;
  if (named(e->name, "workbookPr")) x->since_1904 = is_true(attribute(e, "date1904"));
  if (!named(e->name, "sheet")) return PROPTER_OK;
  PropterStr state = attribute(e, "state");
  Tab tab = {.hidden = state.len && !propter_str_equal(state, PROPTER_STR("visible"))};
  PROPTER_TRY(keep(x, e, "name", &tab.name, err));
  PROPTER_TRY(keep(x, e, "id", &tab.relation, err));
  return propter_vec_push(&x->tabs, tab) ? PROPTER_OK : no_memory(x, err);
}

/* By its Id, or the first whose type ends so. */
static const Relation *relation(const Xlsx *x, PropterStr id, const char *type) {
  for (size_t i = 0; i < x->relations.count; i++) {
    const Relation *r = &x->relations.items[i];
    if ((!id.len || propter_str_equal(r->id, id)) && propter_str_ends(r->type, propter_str(type))) return r;
  }
  return NULL;
}

/* Name of an entry: targets are relative to the folder of the part that has them. */
static const char *part_of(Xlsx *x, const Relation *r, const char *base) {
  if (r->target.len && r->target.data[0] == '/') return r->target.data + 1;
  const char *slash = strrchr(base, '/');
  return propter_arena_printf(&x->sheet.arena, "%.*s%s", slash ? (int)(slash + 1 - base) : 0, base, r->target.data).data;
}

static PropterStatus read_relations(Xlsx *x, const char *name, PropterError *err) {
  static const PropterXmlStream stream = {.start = relations_start, .end = ignore_end, .text = take_text, .no_doctype = true};
  x->relations.count = 0;
  return table_sheet_part(&x->sheet, name, &stream, x, err);
}

static PropterStatus read_workbook(Xlsx *x, const char **workbook, PropterError *err) {
  static const PropterXmlStream stream = {.start = workbook_start, .end = ignore_end, .text = take_text, .no_doctype = true};
  PropterStr any = {"", 0};
  if (!propter_zip_has(x->sheet.zip, "_rels/.rels")) {
    propter_error_at(err, x->sheet.path, 0, 0);
    return propter_fail(err, PROPTER_INVALID, "expected a workbook, found an archive without _rels/.rels");
  }
  PROPTER_TRY(read_relations(x, "_rels/.rels", err));
  const Relation *main = relation(x, any, "/officeDocument");
  *workbook = main ? part_of(x, main, "") : "xl/workbook.xml";
  if (!*workbook) return no_memory(x, err);
  const char *slash = strrchr(*workbook, '/'), *file = slash ? slash + 1 : *workbook;
  PropterStr relations = propter_arena_printf(&x->sheet.arena, "%.*s_rels/%s.rels", (int)(file - *workbook), *workbook, file);
  if (!relations.data) return no_memory(x, err);
  PROPTER_TRY(table_sheet_part(&x->sheet, *workbook, &stream, x, err));
  return read_relations(x, relations.data, err);
}

static PropterStatus no_sheet(const Xlsx *x, const char *name, PropterError *err) {
  PropterBuf list = {.max = 1 << 16};
  propter_error_at(err, x->sheet.path, 0, 0);
  if (!name) return propter_fail(err, PROPTER_INVALID, "expected a workbook with a sheet, found none");
  for (size_t i = 0; i < x->tabs.count; i++)
    if (relation(x, x->tabs.items[i].relation, "/worksheet")) propter_buf_printf(&list, "%s%s", list.len ? ", " : "", x->tabs.items[i].name.data);
  PropterStatus status = propter_fail(err, PROPTER_NOT_FOUND, "no sheet \"%s\"; its sheets: %.300s", name, list.data ? list.data : "none");
  propter_buf_clear(&list);
  return status;
}

/* The sheet of that name, else the first that is shown; charts have tabs too. */
static PropterStatus choose_sheet(Xlsx *x, const char *name, const char *workbook, const char **part, PropterError *err) {
  const Relation *chosen = NULL;
  bool shown = false;
  for (size_t i = 0; i < x->tabs.count; i++) {
    const Tab *t = &x->tabs.items[i];
    const Relation *r = t->relation.len ? relation(x, t->relation, "/worksheet") : NULL;
    bool fits = r && (name ? propter_str_equal(t->name, propter_str(name)) : !chosen || (!shown && !t->hidden));
    if (fits) chosen = r, shown = !t->hidden;
  }
  if (!chosen) return no_sheet(x, name, err);
  *part = part_of(x, chosen, workbook);
  return *part ? PROPTER_OK : no_memory(x, err);
}

/* --- Shared strings -------------------------------------------------------------------------------------------------------------- */

/* _x000D_ stands for a character that XML cannot hold (ECMA-376 part 1, §22.4.2.4). In place. */
static PropterStr unescape(PropterBuf *b) {
  size_t to = 0;
  for (size_t i = 0; i < b->len; i++) {
    const char *p = b->data + i;
    char *end = NULL;
    bool escape = b->len - i >= 7 && p[0] == '_' && p[1] == 'x' && p[6] == '_' && strspn(p + 2, "0123456789abcdefABCDEF") >= 4;
    long c = escape ? strtol(p + 2, &end, 16) : 0;
    if (escape && c > 0 && c < 0x80) i += 6;
    b->data[to++] = escape && c > 0 && c < 0x80 ? (char)c : *p;
  }
  b->len = to;
  return propter_buf_str(b);
}

static PropterStatus strings_start(void *payload, const PropterXmlElement *e, uint64_t line, PropterError *err) {
  (void)line, (void)err;
  Xlsx *x = payload;
  if (named(e->name, "si")) propter_buf_reset(&x->text);
  if (named(e->name, "rPh")) x->in_phonetic = true;
  if (named(e->name, "t")) x->in_text = !x->in_phonetic;
  return PROPTER_OK;
}

static PropterStatus strings_end(void *payload, PropterXmlName name, PropterStr prefix, uint64_t line, PropterError *err) {
  (void)prefix, (void)line;
  Xlsx *x = payload;
  PropterStr text;
  if (named(name, "t")) x->in_text = false;
  if (named(name, "rPh")) x->in_phonetic = false;
  if (!named(name, "si")) return PROPTER_OK;
  PROPTER_TRY(table_sheet_copy(&x->sheet, unescape(&x->text), &text, err));
  return propter_vec_push(&x->strings, text) ? PROPTER_OK : no_memory(x, err);
}

/* --- Number formats -------------------------------------------------------------------------------------------------------------- */

/* Those that have a number only (ECMA-376 part 1, §18.8.30, with the East Asian dates). */
static Shows shows_builtin(long id) {
  static const struct {
    short from, to;
    Shows shows;
  } ranges[] = {{14, 17, SHOWS_DATE}, {18, 21, SHOWS_TIME}, {22, 22, SHOWS_DATE | SHOWS_TIME}, {27, 31, SHOWS_DATE},
                {32, 35, SHOWS_TIME}, {36, 36, SHOWS_DATE}, {45, 45, SHOWS_TIME},              {47, 47, SHOWS_TIME}, {50, 54, SHOWS_DATE},
                {55, 56, SHOWS_TIME}, {57, 58, SHOWS_DATE}};
  for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
    if (id >= ranges[i].from && id <= ranges[i].to) return ranges[i].shows;
  return SHOWS_NUMBER;
}

/* The first section of a format code; what is quoted, escaped or in brackets is not its letters. [h] counts hours beyond a day: a length, no time. */
static Shows shows_code(PropterStr code) {
  int shows = SHOWS_NUMBER;
  bool month = false;
  for (size_t i = 0; i < code.len && code.data[i] != ';'; i++) {
    char c = code.data[i] | 0x20;
    const char *rest = code.data + i + 1, *close = NULL;
    if (code.data[i] == '"') close = memchr(rest, '"', code.len - i - 1);
    if (code.data[i] == '[') {
      if (strchr("hHmMsS", *rest) && (rest[1] == ']' || rest[1] == rest[0])) return SHOWS_NUMBER;
      close = memchr(rest, ']', code.len - i - 1);
    }
    if (close) i = (size_t)(close - code.data);
    if (code.data[i] == '\\' || code.data[i] == '_' || code.data[i] == '*') {
      i++;
      continue;
    }
    if (!close && (c == 'y' || c == 'd')) shows |= SHOWS_DATE;
    if (!close && (c == 'h' || c == 's')) shows |= SHOWS_TIME;
    if (!close && c == 'm') month = true;
  }
  /* An m beside hours or seconds is minutes. */
  return (Shows)(month && !shows ? SHOWS_DATE : shows);
}

static PropterStatus styles_start(void *payload, const PropterXmlElement *e, uint64_t line, PropterError *err) {
  (void)line;
  Xlsx *x = payload;
  int64_t id = 0;
  if (named(e->name, "cellXfs")) x->in_formats = true;
  (void)propter_str_to_int64(attribute(e, "numFmtId"), &id);
  if (named(e->name, "numFmt")) {
    if (!propter_vec_grow((void **)&x->formats, &x->format_cap, x->format_count + 1, sizeof *x->formats)) return no_memory(x, err);
    x->formats[x->format_count].id = (long)id;
    x->formats[x->format_count++].shows = (unsigned char)shows_code(attribute(e, "formatCode"));
  } else if (named(e->name, "xf") && x->in_formats) {
    unsigned char shows = (unsigned char)shows_builtin((long)id);
    for (size_t i = 0; i < x->format_count; i++)
      if (x->formats[i].id == (long)id) shows = x->formats[i].shows;
    if (!propter_vec_push(&x->styles, shows)) return no_memory(x, err);
  }
  return PROPTER_OK;
}

static PropterStatus styles_end(void *payload, PropterXmlName name, PropterStr prefix, uint64_t line, PropterError *err) {
  (void)prefix, (void)line, (void)err;
  Xlsx *x = payload;
  if (named(name, "cellXfs")) x->in_formats = false;
  return PROPTER_OK;
}

/* --- Cells ------------------------------------------------------------------------------------------------------------------------- */

/* A serial number as the date or time it is shown as; what it cannot be it is not: then false. Serial 60 of the 1900 system is the 29 February
 * that 1900 did not have. A time is said wherever there is one, whatever the format shows of it. */
static bool date_text(const Xlsx *x, PropterStr stored, Shows shows, char out[40], SheetType *type) {
  double serial;
  if (!propter_str_to_double(stored, &serial) || !(serial >= 0 && serial < 2958466)) return false;
  int64_t ms = llround((serial - floor(serial)) * 86400000), days = (int64_t)serial + ms / 86400000;
  ms %= 86400000;
  if (!x->since_1904 && days == 60) return false;
  char day[16], clock[24];
  int n = snprintf(clock, sizeof clock, "%02d:%02d:%02d", (int)(ms / 3600000), (int)(ms / 60000 % 60), (int)(ms / 1000 % 60));
  if (ms % 1000) (void)snprintf(clock + n, sizeof clock - (size_t)n, ".%03d", (int)(ms % 1000));
  if (days == 0 && !x->since_1904) {
    if (!(shows & SHOWS_TIME)) return false;
    *type = SHEET_TIME;
    (void)snprintf(out, 40, "%s", clock);
    return true;
  }
  PropterDay zero = x->since_1904 ? propter_day(1904, 1, 1) : propter_day(1899, 12, days < 60 ? 31 : 30);
  propter_day_format(zero + (PropterDay)days, day);
  bool timed = ms || shows & SHOWS_TIME;
  *type = !timed ? SHEET_DATE : days == 0 && !(shows & SHOWS_DATE) ? SHEET_TIME : SHEET_DATETIME;
  (void)snprintf(out, 40, "%s%s%s", *type == SHEET_TIME ? "" : day, *type == SHEET_DATETIME ? "T" : "", timed ? clock : "");
  return true;
}

/* "BC12" is column 54, from 0. */
static bool column_of(PropterStr reference, uint64_t *column) {
  uint64_t n = 0;
  size_t i = 0;
  for (; i < reference.len && i < 4 && reference.data[i] >= 'A' && reference.data[i] <= 'Z'; i++) n = n * 26 + (uint64_t)(reference.data[i] - 'A' + 1);
  *column = n - 1;
  return i > 0 && i < reference.len && reference.data[i] >= '0' && reference.data[i] <= '9';
}

static PropterStatus cell_start(Xlsx *x, const PropterXmlElement *e, PropterError *err) {
  int64_t style = 0;
  PropterStr reference = attribute(e, "r");
  if (!reference.len)
    x->column++;
  else if (!column_of(reference, &x->column))
    return propter_fail(err, PROPTER_INVALID, "expected the name of a cell such as B2, found \"%.*s\"", (int)(reference.len > 40 ? 40 : reference.len),
                        reference.data);
  (void)propter_str_to_int64(attribute(e, "s"), &style);
  x->style = style < 0 ? 0 : (size_t)style;
  propter_buf_reset(&x->text);
  static const char *const kinds[] = {"n", "s", "str", "inlineStr", "b", "e", "d"};
  PropterStr kind = attribute(e, "t");
  x->kind = propter_str(kinds[0]);
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
    if (propter_str_equal(kind, propter_str(kinds[i]))) x->kind = propter_str(kinds[i]);
  return PROPTER_OK;
}

static PropterStatus sheet_start(void *payload, const PropterXmlElement *e, uint64_t line, PropterError *err) {
  (void)line;
  Xlsx *x = payload;
  if (named(e->name, "row")) {
    int64_t number;
    x->line = propter_str_to_int64(attribute(e, "r"), &number) && number > 0 ? (uint64_t)number : x->line + 1;
    x->column = UINT64_MAX;
    return table_sheet_row(&x->sheet, x->line, 1, err);
  }
  if (named(e->name, "c")) return x->line ? cell_start(x, e, err) : propter_fail(err, PROPTER_INVALID, "a cell stands outside a row");
  if (named(e->name, "rPh")) x->in_phonetic = true;
  x->in_text = named(e->name, "v") || (named(e->name, "t") && !x->in_phonetic);
  return PROPTER_OK;
}

static PropterStatus shared_string(const Xlsx *x, PropterStr index, PropterStr *text, PropterError *err) {
  int64_t i;
  if (!propter_str_to_int64(propter_str_trim(index), &i) || i < 0 || (uint64_t)i >= x->strings.count)
    return propter_fail(err, PROPTER_INVALID, "row %llu, column %llu: expected the number of one of %zu shared strings, found \"%.*s\"",
                        (unsigned long long)x->line, (unsigned long long)x->column + 1, x->strings.count, (int)(index.len > 40 ? 40 : index.len), index.data);
  *text = x->strings.items[i];
  return PROPTER_OK;
}

/* Errors (#N/A) stay text: a column that wants a number rejects them, and a mapping can name them as NULL. */
static PropterStatus end_cell(Xlsx *x, PropterError *err) {
  PropterStr stored = propter_buf_str(&x->text), text = {"", 0};
  SheetType type = SHEET_TEXT;
  Shows shows = x->style < x->styles.count ? (Shows)x->styles.items[x->style] : SHOWS_NUMBER;
  char date[40];
  if (!stored.len) return PROPTER_OK;
  if (propter_str_equal(x->kind, PROPTER_STR("s"))) {
    PROPTER_TRY(shared_string(x, stored, &text, err));
  } else if (propter_str_equal(x->kind, PROPTER_STR("b"))) {
    type = SHEET_BOOLEAN;
    text = is_true(stored) ? PROPTER_STR("true") : PROPTER_STR("false");
  } else if (propter_str_equal(x->kind, PROPTER_STR("n"))) {
    if (shows && date_text(x, stored, shows, date, &type))
      PROPTER_TRY(table_sheet_copy(&x->sheet, propter_str(date), &text, err));
    else
      PROPTER_TRY(table_sheet_number(&x->sheet, stored, &text, &type, err));
  } else {
    if (propter_str_equal(x->kind, PROPTER_STR("d"))) type = memchr(stored.data, 'T', stored.len) ? SHEET_DATETIME : SHEET_DATE;
    PROPTER_TRY(table_sheet_copy(&x->sheet, unescape(&x->text), &text, err));
  }
  return table_sheet_cell(&x->sheet, x->column, 1, text, type, err);
}

static PropterStatus sheet_end(void *payload, PropterXmlName name, PropterStr prefix, uint64_t line, PropterError *err) {
  (void)prefix, (void)line;
  Xlsx *x = payload;
  x->in_text = false;
  if (named(name, "rPh")) x->in_phonetic = false;
  return named(name, "c") ? end_cell(x, err) : PROPTER_OK;
}

/* --- The reader ------------------------------------------------------------------------------------------------------------------ */

static void close_xlsx(void *state) {
  Xlsx *x = state;
  propter_vec_clear(&x->relations);
  propter_vec_clear(&x->tabs);
  propter_vec_clear(&x->strings);
  propter_vec_clear(&x->styles);
  propter_free(x->formats);
  propter_buf_clear(&x->text);
  table_sheet_clear(&x->sheet);
  propter_free(x);
}

static PropterStatus sheets_xlsx(const char *path, const PropterLimits *limits, PropterArena *arena, PropterSheets *out, PropterError *err) {
  static const PropterTableOptions options;
  Xlsx *x = propter_calloc(1, sizeof *x);
  if (!x) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory opening %s", path);
  const char *workbook = NULL;
  PropterStatus status = table_sheet_open(&x->sheet, path, &options, limits, err);
  if (status == PROPTER_OK) status = read_workbook(x, &workbook, err);
  for (size_t i = 0; i < x->tabs.count && status == PROPTER_OK; i++) {
    const Tab *t = &x->tabs.items[i];
    if (t->hidden || !t->relation.len || !relation(x, t->relation, "/worksheet")) continue;
    PropterStr name = propter_arena_copy(arena, t->name);
    if (!name.data || !propter_vec_push(out, name)) status = no_memory(x, err);
  }
  close_xlsx(x);
  return status;
}

static PropterStatus read_if_there(Xlsx *x, const char *type, const char *workbook, const PropterXmlStream *stream, PropterError *err) {
  const Relation *r = relation(x, (PropterStr){"", 0}, type);
  if (!r) return PROPTER_OK;
  const char *part = part_of(x, r, workbook);
  return part ? table_sheet_part(&x->sheet, part, stream, x, err) : no_memory(x, err);
}

static PropterStatus open_xlsx(const char *path, const PropterTableOptions *options, const PropterLimits *limits, void **state, PropterError *err) {
  static const PropterXmlStream strings = {.start = strings_start, .end = strings_end, .text = take_text, .no_doctype = true},
                                styles = {.start = styles_start, .end = styles_end, .text = take_text, .no_doctype = true},
                                sheet = {.start = sheet_start, .end = sheet_end, .text = take_text, .no_doctype = true};
  Xlsx *x = propter_calloc(1, sizeof *x);
  if (!x) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory opening %s", path);
  *state = x;
  x->text.max = limits->line_bytes;
  const char *workbook = NULL, *part = NULL;
  PROPTER_TRY(table_sheet_open(&x->sheet, path, options, limits, err));
  PROPTER_TRY(read_workbook(x, &workbook, err));
  PROPTER_TRY(choose_sheet(x, options->table, workbook, &part, err));
  PROPTER_TRY(read_if_there(x, "/sharedStrings", workbook, &strings, err));
  PROPTER_TRY(read_if_there(x, "/styles", workbook, &styles, err));
  PROPTER_TRY(table_sheet_part(&x->sheet, part, &sheet, x, err));
  table_sheet_close_archive(&x->sheet);
  return PROPTER_OK;
}

static PropterStatus next_xlsx(void *state, PropterRow *row, bool *found, PropterError *err) {
  Xlsx *x = state;
  return table_sheet_next(&x->sheet, row, found, err);
}

const TableReader table_reader_xlsx = {.name = "xlsx",
                                       .extensions = "xlsx xlsm",
                                       .summary = "a sheet of an Office Open XML workbook",
                                       .open = open_xlsx,
                                       .next = next_xlsx,
                                       .close = close_xlsx,
                                       .sheets = sheets_xlsx,
                                       .sheet = true};
