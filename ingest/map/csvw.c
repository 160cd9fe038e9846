/* SPDX-License-Identifier: Apache-2.0 */
/* Metadata documents to tables with columns. References are resolved as if the documents lay where the caller's base says; whatever lies below that is read
 * from the folder of the document, nothing is fetched. */
#include "csvw.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "propter/io.h"
#include "propter/rdf.h"

#define CONTEXT "http://www.w3.org/ns/csvw"

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for metadata"); }

/* A document and where it stands. */
typedef struct {
  PropterMapping *m;
  CsvwTable common; /* what every table of it begins as */
  PropterStr home;  /* URL of the folder */
  PropterStr folder;
} Place;

static bool is_table(const char *path) {
  PropterStr name = propter_str(path);
  return propter_str_ends(name, PROPTER_STR(".csv")) || propter_str_ends(name, PROPTER_STR(".tsv"));
}

bool csvw_is(const char *path) {
  if (is_table(path)) return true;
  PropterStr name = propter_str(path);
  if (!propter_str_ends(name, PROPTER_STR(".json"))) return false;
  PropterBuf text = {0};
  bool is =
      propter_io_read_file(path, 64 << 20, &text, NULL) == PROPTER_OK && propter_str_find(propter_buf_str(&text), PROPTER_STR("\"" CONTEXT "\"")) != SIZE_MAX;
  propter_buf_clear(&text);
  return is;
}

/* --- Addresses ------------------------------------------------------------------------------------------------------------------- */

static PropterStatus resolve(PropterMapping *m, PropterStr base, PropterStr reference, PropterStr *out, PropterError *err) {
  PropterBuf iri = {0};
  PropterStatus status = propter_iri_resolve(base, reference, &iri, err);
  if (status == PROPTER_OK) status = propter_buf_status(&iri, err);
  *out = status == PROPTER_OK ? propter_arena_copy(&m->arena, propter_buf_str(&iri)) : (PropterStr){"", 0};
  propter_buf_clear(&iri);
  return status != PROPTER_OK || out->data ? status : no_memory(err);
}

static PropterStatus path_of(const Place *p, PropterStr url, PropterStr *out, PropterError *err) {
  const char *end = memchr(url.data, '?', url.len), *hash = memchr(url.data, '#', url.len);
  if (hash && (!end || hash < end)) end = hash;
  if (end) url.len = (size_t)(end - url.data);
  PropterStr file = PROPTER_STR("file://");
  if (propter_str_starts(url, p->home))
    *out = propter_arena_printf(&p->m->arena, "%.*s%.*s", (int)p->folder.len, p->folder.data, (int)(url.len - p->home.len), url.data + p->home.len);
  else if (propter_str_starts(url, file)) *out = propter_arena_copy(&p->m->arena, (PropterStr){url.data + file.len, url.len - file.len});
  else return csvw_fail(&p->common, err, "expected a file below %s, found the address %s: propter fetches nothing", p->home.data, url.data);
  return out->data ? PROPTER_OK : no_memory(err);
}

static PropterStatus load_json(PropterMapping *m, const char *path, json_t **out, PropterError *err) {
  json_error_t why;
  PropterBuf text = {0};
  PropterStatus status = propter_io_read_file(path, 64 << 20, &text, err);
  *out = status == PROPTER_OK ? json_loadb(text.data ? text.data : "", text.len, JSON_REJECT_DUPLICATES, &why) : NULL;
  propter_buf_clear(&text);
  if (status != PROPTER_OK) return status;
  if (!*out || !json_is_object(*out)) {
    propter_error_at(err, path, *out ? 1 : (uint64_t)why.line, 0);
    json_decref(*out);
    return propter_fail(err, PROPTER_SYNTAX, "expected a JSON object: %s", *out ? "found another value" : why.text);
  }
  if (propter_vec_push(&m->csvw->documents, *out)) return PROPTER_OK;
  json_decref(*out);
  return no_memory(err);
}

/* An object, or the URL of a document that is one. */
static PropterStatus object_or_url(const Place *p, json_t *v, json_t **out, PropterError *err) {
  *out = json_is_object(v) ? v : NULL;
  if (!json_is_string(v)) return PROPTER_OK;
  PropterStr url, path;
  PROPTER_TRY(resolve(p->m, p->common.base, propter_str(json_string_value(v)), &url, err));
  PROPTER_TRY(path_of(p, url, &path, err));
  return load_json(p->m, path.data, out, err);
}

/* --- Dialects --------------------------------------------------------------------------------------------------------------------- */

static size_t count_of(const json_t *d, const char *name, size_t otherwise) {
  const json_t *v = json_object_get(d, name);
  return json_is_integer(v) && json_integer_value(v) >= 0 ? (size_t)json_integer_value(v) : otherwise;
}

static PropterStatus one_character(CsvwTable *t, const json_t *d, const char *name, char *out, PropterError *err) {
  const char *text = json_string_value(json_object_get(d, name));
  if (!text) return PROPTER_OK;
  if (!*text || text[1] || (unsigned char)*text >= 0x80) return csvw_fail(t, err, "%s: expected one ASCII character, found \"%s\"", name, text);
  *out = *text;
  return PROPTER_OK;
}

static PropterStatus set_dialect(CsvwTable *t, const json_t *d, PropterTableOptions *o, PropterError *err) {
  const json_t *trim = json_object_get(d, "trim"), *header = json_object_get(d, "header");
  const char *prefix = json_string_value(json_object_get(d, "commentPrefix")), *sides = json_string_value(trim),
             *encoding = json_string_value(json_object_get(d, "encoding"));
  o->no_header = true;
  o->comment = prefix && *prefix ? prefix : NULL;
  o->no_quote = json_is_null(json_object_get(d, "quoteChar"));
  o->encoding = encoding;
  PROPTER_TRY(one_character(t, d, "delimiter", &o->delimiter, err));
  PROPTER_TRY(one_character(t, d, "quoteChar", &o->quote, err));
  if (json_is_false(json_object_get(d, "doubleQuote"))) o->escape = '\\';
  t->header_rows = count_of(d, "headerRowCount", json_is_false(header) ? 0 : 1);
  t->skip_rows = count_of(d, "skipRows", 0);
  t->skip_columns = count_of(d, "skipColumns", 0);
  t->skip_blank = json_is_true(json_object_get(d, "skipBlankRows"));
  bool both = json_is_true(trim) || (sides && strcmp(sides, "true") == 0);
  t->trim_start = both || (sides && strcmp(sides, "start") == 0) || json_is_true(json_object_get(d, "skipInitialSpace"));
  t->trim_end = both || (sides && strcmp(sides, "end") == 0);
  return PROPTER_OK;
}

/* --- Columns ------------------------------------------------------------------------------------------------------------------------ */

static PropterStr name_of_title(PropterMapping *m, PropterStr title) {
  PropterBuf name = {0};
  for (size_t i = 0; i < title.len; i++) {
    unsigned char c = (unsigned char)title.data[i];
    bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || strchr("._", c);
    if (plain && c) propter_buf_add_char(&name, (char)c);
    else propter_buf_printf(&name, "%%%02X", c);
  }
  bool whole = propter_buf_status(&name, NULL) == PROPTER_OK;
  PropterStr kept = whole ? propter_arena_copy(&m->arena, propter_buf_str(&name)) : (PropterStr){NULL, 0};
  propter_buf_clear(&name);
  return kept;
}

static PropterStatus name_column(PropterMapping *m, CsvwTable *t, size_t n, PropterError *err) {
  CsvwColumn *c = &t->columns.items[n];
  if (!c->name.data && c->title.len) c->name = name_of_title(m, c->title);
  else if (!c->name.data) c->name = propter_arena_printf(&m->arena, "_col.%zu", n + 1);
  if (!c->name.data) return no_memory(err);
  for (size_t i = 0; i < n; i++)
    if (propter_str_equal(t->columns.items[i].name, c->name)) {
      if (c->json) return csvw_fail(t, err, "two columns are called %s", c->name.data);
      c->name = propter_arena_printf(&m->arena, "_col.%zu", n + 1);
    }
  return c->name.data ? PROPTER_OK : no_memory(err);
}

enum { COLUMNS = 10000 };

static PropterStatus add_column(PropterMapping *m, CsvwTable *t, size_t at, json_t *json, PropterError *err) {
  CsvwColumn c = {0};
  if (t->columns.count == COLUMNS) return csvw_fail(t, err, "more than %d columns", COLUMNS);
  PROPTER_TRY(csvw_column(m, t, json, &c, err));
  if (!propter_vec_push(&t->columns, c)) {
    propter_regex_free(c.type.regex);
    return no_memory(err);
  }
  for (size_t i = t->columns.count - 1; i > at; i--) t->columns.items[i] = t->columns.items[i - 1];
  t->columns.items[at] = c;
  return PROPTER_OK;
}

static PropterStatus described_columns(PropterMapping *m, CsvwTable *t, PropterError *err) {
  json_t *columns = t->schema ? json_object_get(t->schema, "columns") : NULL;
  bool was_virtual = false;
  for (size_t i = 0; json_is_array(columns) && i < json_array_size(columns); i++) {
    json_t *c = json_array_get(columns, i);
    if (!json_is_object(c)) continue;
    bool is_virtual = json_is_true(json_object_get(c, "virtual"));
    if (was_virtual && !is_virtual) return csvw_fail(t, err, "a virtual column stands before one that is none");
    was_virtual |= is_virtual;
    PROPTER_TRY(add_column(m, t, t->columns.count, c, err));
  }
  return PROPTER_OK;
}

static PropterStatus header_problem(PropterMapping *m, CsvwTable *t, const PropterRow *row, size_t column, PropterStr value, const char *reason,
                                    PropterError *err) {
  CsvwProblem p = {row->line, column, propter_arena_copy(&m->arena, value), reason};
  if (!p.value.data) return no_memory(err);
  if (m->csvw->validate) return propter_vec_push(&t->problems, p) ? PROPTER_OK : no_memory(err);
  return csvw_warn(m, "%s: \"%s\": %s", t->url.data, p.value.data, reason) == PROPTER_OK ? PROPTER_OK : no_memory(err);
}

static bool is_among(const json_t *texts, PropterStr text) {
  bool several = json_is_array(texts);
  for (size_t i = 0; i < (several ? json_array_size(texts) : 1); i++) {
    const char *one = json_string_value(several ? json_array_get(texts, i) : texts);
    if (one && propter_str_equal(propter_str(one), text)) return true;
  }
  return false;
}

/* Equal as far as the shorter one goes (BCP 47); "und" meets every language. */
static bool languages_meet(const char *a, const char *b) {
  size_t least = strlen(a) < strlen(b) ? strlen(a) : strlen(b);
  bool any = strcmp(a, "und") == 0 || strcmp(b, "und") == 0;
  return any || (strncasecmp(a, b, least) == 0 && strchr("-", a[least]) && strchr("-", b[least]));
}

/* Whether the header may stand for the column (metadata §5.5.1 and §5.6); titles of a header have the language of the table. */
static bool header_fits(PropterMapping *m, const CsvwTable *t, const CsvwColumn *c, PropterStr title) {
  json_t *titles = json_object_get(c->json, "titles"), *lang = csvw_inherited(t, NULL, "lang"), *v;
  const char *key, *language = lang ? json_string_value(lang) : "und";
  bool any = json_is_string(titles) || json_is_array(titles);
  if (!title.len || is_among(titles, title)) return true;
  json_object_foreach(titles, key, v) {
    if (!csvw_language(key)) continue;
    any = true;
    if (languages_meet(key, language) && is_among(v, title)) return true;
  }
  return !any && !(m->csvw->validate && json_object_get(c->json, "name"));
}

/* Titles of the header for the columns that the metadata do not describe; those that they do must fit. */
static PropterStatus header_columns(PropterMapping *m, CsvwTable *t, const PropterRow *row, bool titles, PropterError *err) {
  size_t real = 0, given = row->count > t->skip_columns ? row->count - t->skip_columns : 0;
  while (real < t->columns.count && !t->columns.items[real].is_virtual) real++;
  if (t->says_columns && titles && real != given)
    PROPTER_TRY(header_problem(m, t, row, SIZE_MAX, row->count ? row->cells[0] : (PropterStr){"", 0},
                               "the header has not as many columns as the metadata describe", err));
  for (size_t n = 0; n < given; n++) {
    PropterStr title = propter_str_trim(row->cells[n + t->skip_columns]);
    bool described = n < real;
    if (!described) PROPTER_TRY(add_column(m, t, n, NULL, err));
    CsvwColumn *c = &t->columns.items[n];
    if (described && c->json && titles && !header_fits(m, t, c, title))
      PROPTER_TRY(header_problem(m, t, row, n, title, "the header has not the title that the metadata describe", err));
    bool told = c->json ? json_object_get(c->json, "titles") != NULL : t->says_columns;
    if (told || !titles) continue;
    c->title = propter_arena_copy(&m->arena, title);
    if (!c->title.data) return no_memory(err);
  }
  return PROPTER_OK;
}

static PropterStatus read_header(PropterMapping *m, CsvwTable *t, PropterError *err) {
  PropterTable *table = NULL;
  PropterRow row;
  bool found = true;
  LogicalSource *s = &m->sources.items[t->source];
  PropterStatus status = propter_table_open(s->is.path.data, &s->options, m->options->limits, &table, err);
  if (status == PROPTER_USAGE && s->options.encoding) {
    if (csvw_warn(m, "the encoding \"%s\" is not known: passed over", s->options.encoding) != PROPTER_OK) return no_memory(err);
    s->options.encoding = NULL;
    status = propter_table_open(s->is.path.data, &s->options, m->options->limits, &table, err);
  }
  for (size_t left = t->header_rows ? t->header_rows : 1; status == PROPTER_OK && found && left;) {
    status = propter_table_next(table, &row, &found, err);
    if (status != PROPTER_OK || !found || row.line <= t->skip_rows) continue;
    status = header_columns(m, t, &row, t->header_rows > 0, err);
    left--;
  }
  propter_table_close(table);
  for (size_t i = 0; i < t->columns.count && status == PROPTER_OK; i++) status = name_column(m, t, i, err);
  return status;
}

/* --- Keys ------------------------------------------------------------------------------------------------------------------------- */

/* Numbers of the columns with these names, which the metadata must give; *columns NULL: one of them is not there. */
static PropterStatus find_columns(PropterMapping *m, const CsvwTable *t, const json_t *names, size_t **columns, size_t *count, PropterError *err) {
  bool several = json_is_array(names);
  *columns = NULL;
  *count = several ? json_array_size(names) : 1;
  size_t *found = model_alloc(m, (*count ? *count : 1) * sizeof *found, err);
  if (!found) return PROPTER_NO_MEMORY;
  for (size_t i = 0; i < *count; i++) {
    const char *name = json_string_value(several ? json_array_get(names, i) : names);
    size_t k = 0;
    for (; name && k < t->columns.count; k++) {
      const CsvwColumn *c = &t->columns.items[k];
      if ((!c->json || json_object_get(c->json, "name")) && propter_str_equal(c->name, propter_str(name))) break;
    }
    if (!name || k == t->columns.count) return PROPTER_OK;
    found[i] = k;
  }
  return *columns = found, PROPTER_OK;
}

static PropterStatus only(const CsvwTable *t, const json_t *object, const char *const names[], PropterError *err) {
  const char *key;
  json_t *v;
  json_object_foreach((json_t *)object, key, v) {
    size_t i = 0;
    while (names[i] && strcmp(names[i], key) != 0) i++;
    if (!names[i]) return csvw_fail(t, err, "a foreign key has the property %s", key);
  }
  return PROPTER_OK;
}

static PropterStatus check_foreign_key(PropterMapping *m, size_t table, const json_t *key, PropterError *err) {
  static const char *const of_key[] = {"columnReference", "reference", NULL}, *const of_reference[] = {"resource", "schemaReference", "columnReference", NULL};
  const json_t *reference = json_object_get(key, "reference");
  const char *resource = json_string_value(json_object_get(reference, "resource")), *schema = json_string_value(json_object_get(reference, "schemaReference"));
  const CsvwTable *t = &m->csvw->tables.items[table], *other = NULL;
  CsvwKey found = {.table = table};
  size_t others;
  PropterStr url;
  PROPTER_TRY(only(t, key, of_key, err));
  if (!json_is_object(reference)) return csvw_fail(t, err, "a foreign key has no reference");
  PROPTER_TRY(only(t, reference, of_reference, err));
  PROPTER_TRY(find_columns(m, t, json_object_get(key, "columnReference"), &found.columns, &found.count, err));
  if (!found.columns) return csvw_fail(t, err, "a foreign key names a column that the table does not have");
  if (!resource && !schema) return csvw_fail(t, err, "the reference of a foreign key names neither a table nor a schema");
  PROPTER_TRY(resolve(m, t->base, propter_str(resource ? resource : schema), &url, err));
  for (size_t i = 0; i < m->csvw->tables.count && !other; i++) {
    const CsvwTable *candidate = &m->csvw->tables.items[i];
    const char *id = candidate->schema ? json_string_value(json_object_get(candidate->schema, "@id")) : NULL;
    if (!id) id = json_string_value(json_object_get(candidate->json, "tableSchema"));
    PropterStr own = candidate->url;
    if (!resource && !id) continue;
    if (!resource) PROPTER_TRY(resolve(m, candidate->base, propter_str(id), &own, err));
    if (propter_str_equal(own, url)) other = candidate;
  }
  if (!other) return csvw_fail(t, err, "a foreign key refers to %s, which is no table of the group", url.data);
  found.other = (size_t)(other - m->csvw->tables.items);
  PROPTER_TRY(find_columns(m, other, json_object_get(reference, "columnReference"), &found.other_columns, &others, err));
  if (!found.other_columns) return csvw_fail(t, err, "a foreign key refers to a column that %s does not have", other->url.data);
  if (others != found.count) return csvw_fail(t, err, "a foreign key of %zu columns refers to %zu", found.count, others);
  return propter_vec_push(&m->csvw->keys, found) ? PROPTER_OK : no_memory(err);
}

static PropterStatus check_keys(PropterMapping *m, size_t table, PropterError *err) {
  const CsvwTable *t = &m->csvw->tables.items[table];
  const json_t *keys = t->schema ? json_object_get(t->schema, "foreignKeys") : NULL, *primary = t->schema ? json_object_get(t->schema, "primaryKey") : NULL;
  CsvwKey own = {.table = table, .other = SIZE_MAX};
  for (size_t i = 0; json_is_array(keys) && i < json_array_size(keys); i++) {
    if (json_is_object(json_array_get(keys, i))) PROPTER_TRY(check_foreign_key(m, table, json_array_get(keys, i), err));
  }
  if (!primary) return PROPTER_OK;
  PROPTER_TRY(find_columns(m, t, primary, &own.columns, &own.count, err));
  if (own.columns && own.count) return propter_vec_push(&m->csvw->keys, own) ? PROPTER_OK : no_memory(err);
  return csvw_warn(m, "the primary key names a column that the table does not have: passed over") == PROPTER_OK ? PROPTER_OK : no_memory(err);
}

/* --- Tables ------------------------------------------------------------------------------------------------------------------------ */

static PropterStatus check_object(PropterMapping *m, const CsvwTable *t, const json_t *object, const char *type, PropterError *err) {
  if (!json_is_object(object)) return PROPTER_OK;
  const json_t *is = json_object_get(object, "@type");
  const char *problem = csvw_annotation_problem(object);
  if (problem) return csvw_fail(t, err, "%s", problem);
  if (is && (!json_is_string(is) || strcmp(json_string_value(is), type) != 0)) return csvw_fail(t, err, "@type of a %s: expected \"%s\"", type, type);
  return csvw_check_properties(m, object, strcmp(type, "TableGroup") == 0 ? 'G' : strcmp(type, "Template") == 0 ? 'X' : *type, err);
}

static PropterStatus check_all(PropterMapping *m, const CsvwTable *t, const json_t *objects, const char *type, PropterError *err) {
  for (size_t i = 0; json_is_array(objects) && i < json_array_size(objects); i++) PROPTER_TRY(check_object(m, t, json_array_get(objects, i), type, err));
  return PROPTER_OK;
}

static PropterStatus check_parts(PropterMapping *m, const CsvwTable *t, const json_t *dialect, PropterError *err) {
  PROPTER_TRY(check_object(m, t, t->json, "Table", err));
  PROPTER_TRY(check_object(m, t, t->schema, "Schema", err));
  PROPTER_TRY(check_object(m, t, dialect, "Dialect", err));
  PROPTER_TRY(check_all(m, t, json_object_get(t->json, "transformations"), "Template", err));
  return check_all(m, t, json_object_get(t->schema, "columns"), "Column", err);
}

static PropterStatus add_source(const Place *p, CsvwTable *t, LogicalSource *s, PropterError *err) {
  PropterMapping *m = p->m;
  PropterStr *file = model_alloc(m, sizeof *file, err);
  TermMap *none = model_alloc(m, sizeof *none, err);
  if (!file || !none) return PROPTER_NO_MEMORY;
  PROPTER_TRY(path_of(p, t->url, &s->is.path, err));
  *file = s->is.path;
  s->is.files = file, s->is.file_count = 1, s->is.graph = t->url, s->csvw = true;
  t->source = m->sources.count;
  TriplesMap map = {.source = t->source, .node = NO_NODE, .subject = none};
  if (!propter_vec_push(&m->sources, *s) || !propter_vec_push(&m->maps, map)) return no_memory(err);
  return PROPTER_OK;
}

static PropterStatus add_table(const Place *p, json_t *json, PropterError *err) {
  PropterMapping *m = p->m;
  CsvwTable t = p->common;
  LogicalSource s = {0};
  json_t *dialect;
  const json_t *url = json_is_object(json) ? json_object_get(json, "url") : NULL;
  if (!json_is_string(url)) return csvw_fail(&t, err, "a table has no url");
  t.json = json;
  PROPTER_TRY(resolve(m, t.base, propter_str(json_string_value(url)), &t.url, err));
  json_t *schema = json_object_get(json, "tableSchema"), *how = json_object_get(json, "dialect");
  if (!schema && t.group) schema = json_object_get(t.group, "tableSchema");
  if (!how && t.group) how = json_object_get(t.group, "dialect");
  PROPTER_TRY(object_or_url(p, schema, &t.schema, err));
  PROPTER_TRY(object_or_url(p, how, &dialect, err));
  PROPTER_TRY(check_parts(m, &t, dialect, err));
  PROPTER_TRY(set_dialect(&t, dialect, &s.options, err));
  t.suppressed = json_is_true(json_object_get(json, "suppressOutput"));
  t.says_columns = schema && (!t.schema || json_object_get(t.schema, "columns"));
  t.row_titles = t.schema ? json_object_get(t.schema, "rowTitles") : NULL;
  PROPTER_TRY(add_source(p, &t, &s, err));
  if (!propter_vec_push(&m->csvw->tables, t)) return no_memory(err);
  CsvwTable *kept = &m->csvw->tables.items[m->csvw->tables.count - 1];
  PROPTER_TRY(described_columns(m, kept, err));
  return read_header(m, kept, err);
}

/* --- Documents ---------------------------------------------------------------------------------------------------------------------- */

static PropterStatus read_context(Place *p, const json_t *context, PropterError *err) {
  CsvwTable *t = &p->common;
  const json_t *first = json_is_array(context) ? json_array_get(context, 0) : context, *more = json_is_array(context) ? json_array_get(context, 1) : NULL;
  const char *key;
  json_t *v;
  if (!json_is_string(first) || strcmp(json_string_value(first), CONTEXT) != 0) return csvw_fail(t, err, "@context: expected \"" CONTEXT "\"");
  json_object_foreach((json_t *)more, key, v) {
    bool base = strcmp(key, "@base") == 0, language = strcmp(key, "@language") == 0;
    if (!base && !language) return csvw_fail(t, err, "@context: expected @base and @language only, found %s", key);
    if (base && json_is_string(v)) PROPTER_TRY(resolve(p->m, t->base, propter_str(json_string_value(v)), &t->base, err));
    if (language && json_is_string(v) && csvw_language(json_string_value(v))) t->lang = propter_str(json_string_value(v));
    else if (language && csvw_warn(p->m, "@language: expected a language tag: passed over") != PROPTER_OK) return no_memory(err);
  }
  return PROPTER_OK;
}

static PropterStatus read_document(Place *p, json_t *json, PropterError *err) {
  json_t *tables = json_object_get(json, "tables");
  size_t first = p->m->csvw->tables.count;
  PROPTER_TRY(read_context(p, json_object_get(json, "@context"), err));
  if (tables) {
    if (!json_is_array(tables) || !json_array_size(tables)) return csvw_fail(&p->common, err, "tables: expected an array with a table in it");
    PROPTER_TRY(check_object(p->m, &p->common, json, "TableGroup", err));
    PROPTER_TRY(check_all(p->m, &p->common, json_object_get(json, "transformations"), "Template", err));
    p->common.group = json;
  }
  for (size_t i = 0; i < (tables ? json_array_size(tables) : 1); i++) {
    json_t *table = tables ? json_array_get(tables, i) : json;
    if (json_is_object(table)) PROPTER_TRY(add_table(p, table, err));
  }
  if (first == p->m->csvw->tables.count) return csvw_fail(&p->common, err, "tables: expected an array with a table in it");
  for (size_t i = first; i < p->m->csvw->tables.count; i++) PROPTER_TRY(check_keys(p->m, i, err));
  return PROPTER_OK;
}

static bool describes(const Place *p, const json_t *json, PropterStr url) {
  const json_t *tables = json_object_get(json, "tables");
  bool found = false;
  for (size_t i = 0; i < (tables ? json_array_size(tables) : 1) && !found; i++) {
    const char *named = json_string_value(json_object_get(tables ? json_array_get(tables, i) : json, "url"));
    PropterStr own;
    found = named && resolve(p->m, p->common.base, propter_str(named), &own, NULL) == PROPTER_OK && propter_str_equal(own, url);
  }
  return found;
}

/* The file that a line of csvm stands for; no data: none below the folder. A file has no query. */
static PropterStatus place_of(const Place *p, const char *path, PropterStr line, PropterStr *out, PropterError *err) {
  PropterStr own = PROPTER_STR("{+url}");
  bool with_url = propter_str_starts(line, own);
  *out = (PropterStr){NULL, 0};
  if (with_url && memchr(p->common.base.data, '?', p->common.base.len)) return PROPTER_OK;
  if (with_url) line.data += own.len, line.len -= own.len;
  if (!line.len || line.data[0] == '/' || memchr(line.data, '{', line.len) || propter_str_find(line, PROPTER_STR("..")) != SIZE_MAX ||
      propter_str_find(line, PROPTER_STR("://")) != SIZE_MAX)
    return csvw_warn(p->m, "%.*s names no file beside %s: passed over", (int)line.len, line.data, path) == PROPTER_OK ? PROPTER_OK : no_memory(err);
  PropterStr before = with_url ? propter_str(path) : p->folder;
  *out = propter_arena_printf(&p->m->arena, "%.*s%.*s", (int)before.len, before.data, (int)line.len, line.data);
  return out->data ? PROPTER_OK : no_memory(err);
}

/* The first of the places that has metadata which describe the table; *out stays NULL: none. */
static PropterStatus find_metadata(Place *p, const char *path, PropterStr places, json_t **out, PropterError *err) {
  while (places.len) {
    const char *end = memchr(places.data, '\n', places.len);
    PropterStr line = {places.data, end ? (size_t)(end - places.data) : places.len}, beside;
    json_t *found;
    places.data += line.len + (end != NULL), places.len -= line.len + (end != NULL);
    line = propter_str_trim(line);
    if (!line.len) continue;
    PROPTER_TRY(place_of(p, path, line, &beside, err));
    if (!beside.data || access(beside.data, R_OK) != 0) continue;
    PROPTER_TRY(load_json(p->m, beside.data, &found, err));
    if (describes(p, found, p->common.base)) return p->common.file = beside.data, *out = found, PROPTER_OK;
    if (csvw_warn(p->m, "%s does not describe %s: passed over", beside.data, path) != PROPTER_OK) return no_memory(err);
  }
  return PROPTER_OK;
}

/* The metadata that lie beside a table, else none but its url. */
static PropterStatus metadata_of_table(Place *p, const char *path, json_t **out, PropterError *err) {
  PropterBuf places = {.max = 65536};
  const char *csvm = p->m->options->csvm;
  PropterStatus status = csvm ? propter_io_read_file(csvm, places.max, &places, err) : PROPTER_OK;
  if (!csvm) propter_buf_add(&places, PROPTER_STR("{+url}-metadata.json\ncsv-metadata.json"));
  if (status == PROPTER_OK) status = propter_buf_status(&places, err);
  *out = NULL;
  if (status == PROPTER_OK) status = find_metadata(p, path, propter_buf_str(&places), out, err);
  propter_buf_clear(&places);
  if (status != PROPTER_OK || *out) return status;
  *out = json_pack("{s:s,s:s}", "@context", CONTEXT, "url", p->common.base.data);
  if (*out && propter_vec_push(&p->m->csvw->documents, *out)) return PROPTER_OK;
  json_decref(*out);
  return no_memory(err);
}

/* The address of a document by the caller's: of one that lies where it says, with its query if it has one. */
static PropterStatus address_of(PropterMapping *m, PropterStr given, PropterStr name, PropterStr *out, PropterError *err) {
  const char *query = memchr(given.data, '?', given.len);
  PROPTER_TRY(resolve(m, given, name, out, err));
  if (query && propter_str_equal(*out, (PropterStr){given.data, (size_t)(query - given.data)})) *out = given;
  return PROPTER_OK;
}

static PropterStatus compile_document(PropterMapping *m, size_t n, PropterError *err) {
  const DocFile *f = &m->doc.files.items[n];
  Place p = {.m = m, .folder = f->directory, .common = {.file = f->path, .document = (uint32_t)n, .minimal = m->options->minimal, .base = f->iri}};
  json_t *json;
  PropterStr name = propter_str(f->path + f->directory.len);
  if (m->options->base.len) PROPTER_TRY(address_of(m, m->options->base, name, &p.common.base, err));
  const char *query = memchr(p.common.base.data, '?', p.common.base.len);
  const char *slash = memrchr(p.common.base.data, '/', query ? (size_t)(query - p.common.base.data) : p.common.base.len);
  p.home = propter_arena_copy(&m->arena, (PropterStr){p.common.base.data, slash ? (size_t)(slash - p.common.base.data) + 1 : p.common.base.len});
  if (!p.home.data) return no_memory(err);
  if (is_table(f->path)) PROPTER_TRY(metadata_of_table(&p, f->path, &json, err));
  else PROPTER_TRY(load_json(m, f->path, &json, err));
  return read_document(&p, json, err);
}

PropterStatus csvw_compile(PropterMapping *m, PropterError *err) {
  for (size_t i = 0; i < m->doc.files.count; i++) {
    if (!csvw_is(m->doc.files.items[i].path)) continue;
    if (!m->csvw && !(m->csvw = propter_calloc(1, sizeof *m->csvw))) return no_memory(err);
    m->csvw->validate = m->options->validate;
    PROPTER_TRY(compile_document(m, i, err));
  }
  return PROPTER_OK;
}

void csvw_free(Csvw *c) {
  if (!c) return;
  for (size_t i = 0; i < c->tables.count; i++) {
    for (size_t k = 0; k < c->tables.items[i].columns.count; k++) propter_regex_free(c->tables.items[i].columns.items[k].type.regex);
    propter_vec_clear(&c->tables.items[i].columns);
    propter_vec_clear(&c->tables.items[i].problems);
  }
  for (size_t i = 0; i < c->documents.count; i++) json_decref(c->documents.items[i]);
  propter_vec_clear(&c->tables);
  propter_vec_clear(&c->documents);
  propter_vec_clear(&c->warnings);
  propter_vec_clear(&c->keys);
  propter_free(c);
}
