/* SPDX-License-Identifier: Apache-2.0 */
/* The cells of a row as values and IRIs: the tabular data model §6.4 with URI templates of RFC 6570. */
#include <ctype.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "csvw_row.h"
#include "propter/rdf.h"

static const PropterStr nothing = {NULL, 0};

void row_fail(CsvwRow *r, PropterStatus status) {
  if (r->status == PROPTER_OK && status != PROPTER_OK) r->status = status;
}

PropterStr row_checked(CsvwRow *r, PropterStr text) {
  if (!text.data && r->status == PROPTER_OK) r->status = propter_fail(r->err, PROPTER_NO_MEMORY, "out of memory executing a mapping");
  return text.data ? text : (PropterStr){"", 0};
}

PropterStr row_keep(CsvwRow *r, PropterStr text) { return row_checked(r, propter_arena_copy(&r->arena, text)); }

/* What a buffer holds. */
PropterStr row_kept(CsvwRow *r, const PropterBuf *text) {
  row_fail(r, propter_buf_status(text, r->err));
  return row_keep(r, propter_buf_str(text));
}

/* csvw_expand. */
PropterStr row_named(CsvwRow *r, PropterStr text) {
  PropterStr made = csvw_expand(&r->arena, text);
  if (!made.data && made.len) (void)row_checked(r, nothing);
  return made;
}

PropterStr row_resolved(CsvwRow *r, PropterStr base, PropterStr reference) {
  PropterBuf out = {0};
  PropterStr made = {"", 0};
  if (r->status == PROPTER_OK && propter_iri_resolve(base, reference, &out, NULL) == PROPTER_OK) made = row_kept(r, &out);
  propter_buf_clear(&out);
  return made;
}

void row_reject(CsvwRow *r, const CsvwColumn *c, PropterStr text, const char *rule, const char *format, ...) {
  Execution *x = r->x;
  char reason[300];
  va_list args;
  va_start(args, format);
  (void)vsnprintf(reason, sizeof reason, format, args);
  va_end(args);
  PropterReject reject = {.file = x->m->sources.items[x->source].is.path,
                          .row = r->place,
                          .column = c ? c->title.len ? c->title : c->name : (PropterStr){"", 0},
                          .value = text,
                          .rule = propter_str(rule),
                          .reason = propter_str(reason)};
  x->counts->rejects++;
  if (r->status == PROPTER_OK) row_fail(r, x->sink->reject(&reject, x->sink->payload, r->err));
}

static void reject(CsvwRow *r, const CsvwColumn *c, PropterStr text, const char *wanted) {
  row_reject(r, c, text, "datatype", "expected %s, found \"%.*s\"", wanted, (int)(text.len < 60 ? text.len : 60), text.data);
}

/* --- URI templates ------------------------------------------------------------------------------------------------------------------ */

PropterStr row_decoded(CsvwRow *r, PropterStr text) {
  PropterBuf out = {0};
  propter_buf_add_decoded(&out, text);
  PropterStr made = row_kept(r, &out);
  propter_buf_clear(&out);
  return made;
}

static PropterStr variable(CsvwRow *r, PropterStr name) {
  const struct {
    const char *name;
    uint64_t value;
  } numbers[] = {{"_row", r->number},
                 {"_sourceRow", r->line},
                 {"_column", r->column ? (uint64_t)(r->column - r->t->columns.items) + 1 : 0},
                 {"_sourceColumn", r->column ? (uint64_t)(r->column - r->t->columns.items) + 1 + r->t->skip_columns : 0}};
  for (size_t i = 0; i < 4; i++)
    if (propter_str_equal(name, propter_str(numbers[i].name))) return row_checked(r, propter_arena_printf(&r->arena, "%" PRIu64, numbers[i].value));
  if (propter_str_equal(name, PROPTER_STR("_name")) && r->column) return row_decoded(r, r->column->name);
  for (size_t i = 0; i < r->t->columns.count; i++)
    if (propter_str_equal(name, r->t->columns.items[i].name)) return r->values[i];
  return nothing;
}

static void add_encoded(PropterBuf *out, PropterStr value, bool reserved) {
  for (size_t i = 0; i < value.len; i++) {
    unsigned char c = (unsigned char)value.data[i];
    bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c && strchr("-._~", c)) ||
                 (reserved && c && strchr(":/?#[]@!$&'()*+,;=", c)) ||
                 (reserved && c == '%' && i + 2 < value.len && isxdigit((unsigned char)value.data[i + 1]) && isxdigit((unsigned char)value.data[i + 2]));
    if (plain) propter_buf_add_char(out, (char)c);
    else propter_buf_printf(out, "%%%02X", c);
  }
}

/* One expression without its braces. */
static void expression(CsvwRow *r, PropterStr e) {
  char operator= e.len && strchr("+#./;?&", *e.data) ? *e.data : '\0';
  bool named = operator&& strchr(";?&", operator), first = true;
  char separator = operator== '/' || operator== '.' || operator== ';' ? operator: operator== '?' || operator== '&' ? '&' : ',';
  if (operator) e.data++, e.len--;
  while (e.len) {
    const char *comma = memchr(e.data, ',', e.len);
    PropterStr name = {e.data, comma ? (size_t)(comma - e.data) : e.len};
    e.data += name.len + (comma != NULL), e.len -= name.len + (comma != NULL);
    if (name.len && name.data[name.len - 1] == '*') name.len--;
    PropterStr value = variable(r, name);
    if (!value.data) continue;
    if (!first || (operator&& operator!= '+')) propter_buf_add_char(&r->text, first ? operator : separator);
    if (named) propter_buf_printf(&r->text, "%.*s%s", (int)name.len, name.data, operator== ';' && !value.len ? "" : "=");
    add_encoded(&r->text, value, operator== '+' || operator== '#');
    first = false;
  }
}

/* A template's IRI, its prefix expanded, resolved against the table's URL; no data: it is none, which is rejected. */
PropterStr row_expand(CsvwRow *r, PropterStr template, const CsvwColumn *column) {
  r->column = column;
  propter_buf_reset(&r->text);
  for (size_t i = 0; i < template.len; i++) {
    const char *end = template.data[i] == '{' ? memchr(template.data + i, '}', template.len - i) : NULL;
    if (!end) {
      propter_buf_add_char(&r->text, template.data[i]);
      continue;
    }
    expression(r, (PropterStr){template.data + i + 1, (size_t)(end - template.data) - i - 1});
    i = (size_t)(end - template.data);
  }
  row_fail(r, propter_buf_status(&r->text, r->err));
  PropterStr text = row_keep(r, propter_buf_str(&r->text)), made = row_named(r, text);
  if (!made.data) made = row_resolved(r, r->t->url, text);
  if (propter_iri_valid(made, NULL)) return made;
  reject(r, column, made, "an IRI");
  return nothing;
}

/* --- Cells -------------------------------------------------------------------------------------------------------------------------- */

static bool is_null(const CsvwColumn *c, PropterStr text) {
  if (!c->nulls) return !text.len;
  for (size_t i = 0; i < (json_is_array(c->nulls) ? json_array_size(c->nulls) : 1); i++)
    if (propter_str_equal(text, propter_str(json_string_value(json_is_array(c->nulls) ? json_array_get(c->nulls, i) : c->nulls)))) return true;
  return false;
}

/* White space as the datatype wants it: kept, each a blank, or runs of it one blank. */
static PropterStr normal(CsvwRow *r, const CsvwType *type, PropterStr text) {
  static const char *const keeps[] = {"string", "json", "xml", "html", "anyAtomicType", "any"};
  for (size_t i = 0; i < sizeof keeps / sizeof *keeps; i++)
    if (strcmp(type->base, keeps[i]) == 0) return text;
  bool collapse = strcmp(type->base, "normalizedString") != 0, changed = false;
  PropterBuf out = {0};
  if (collapse) text = propter_str_trim(text);
  for (size_t i = 0; i < text.len; i++) {
    bool space = strchr(" \t\r\n", text.data[i]) != NULL;
    if (space && collapse && strchr(" \t\r\n", text.data[i - 1])) changed = true;
    else propter_buf_add_char(&out, space ? ' ' : text.data[i]), changed |= space && text.data[i] != ' ';
  }
  if (changed) text = row_kept(r, &out);
  propter_buf_clear(&out);
  return text;
}

/* The literal of one value; false: there is none. */
static bool value_term(CsvwRow *r, const CsvwColumn *c, PropterStr text, PropterTerm *out) {
  const char *wanted;
  text = normal(r, &c->type, text);
  if (!text.len && c->otherwise.data) text = c->otherwise;
  if (is_null(c, text)) return false;
  bool good = csvw_value(&c->type, text, &r->value, &wanted);
  row_fail(r, propter_buf_status(&r->value, r->err));
  if (!good) reject(r, c, text, wanted);
  *out = propter_literal(row_keep(r, propter_buf_str(&r->value)));
  bool plain = !good || strcmp(c->type.base, "string") == 0;
  if (good && !propter_str_equal(c->type.iri, PROPTER_STR(XSD "string"))) out->datatype = c->type.iri;
  else if (plain && c->lang.len && !propter_str_equal(c->lang, PROPTER_STR("und"))) out->language = c->lang;
  return true;
}

static void cell_values(CsvwRow *r, const CsvwColumn *c, PropterStr text, CsvwValues *out) {
  PropterTerm t;
  PropterStr rest = c->separator.data ? normal(r, &c->type, text) : text;
  if (c->separator.data && !rest.len && c->otherwise.data) rest = c->otherwise;
  bool listed = c->separator.data && rest.len && !is_null(c, rest);
  if (!c->separator.data) {
    if (value_term(r, c, text, &t) && !propter_vec_push(out, t)) (void)row_checked(r, nothing);
    else if (!out->count && c->required) reject(r, c, text, "a value, which the column requires");
  }
  while (listed) {
    size_t end = propter_str_find(rest, c->separator);
    PropterStr item = {rest.data, end == SIZE_MAX ? rest.len : end};
    if (c->type.kind != CSVW_ANY && strcmp(c->type.base, "string") != 0) item = propter_str_trim(item);
    if (value_term(r, c, item, &t) && !propter_vec_push(out, t)) (void)row_checked(r, nothing);
    if (end == SIZE_MAX) break;
    rest.data += end + c->separator.len, rest.len -= end + c->separator.len;
  }
}

static PropterStr joined(CsvwRow *r, const CsvwValues *values) {
  if (!values->count) return nothing;
  if (values->count == 1) return values->items[0].value;
  PropterBuf out = {0};
  for (size_t i = 0; i < values->count; i++) propter_buf_printf(&out, "%s%.*s", i ? "," : "", (int)values->items[i].value.len, values->items[i].value.data);
  PropterStr made = row_kept(r, &out);
  propter_buf_clear(&out);
  return made;
}

/* --- Rows ---------------------------------------------------------------------------------------------------------------------- */

static PropterStr trimmed(const CsvwTable *t, PropterStr text) {
  PropterStr inner = propter_str_trim(text);
  if (!inner.len) return t->trim_start || t->trim_end ? inner : text;
  PropterStr out = text;
  if (t->trim_start) out.len -= (size_t)(inner.data - out.data), out.data = inner.data;
  if (t->trim_end) out.len = (size_t)(inner.data + inner.len - out.data);
  return out;
}

void row_read(CsvwRow *r, const PropterRow *row) {
  const CsvwTable *t = r->t;
  for (size_t i = 0; i < t->columns.count; i++) {
    const CsvwColumn *c = &t->columns.items[i];
    size_t at = i + t->skip_columns;
    r->cells[i].count = 0;
    r->values[i] = nothing;
    if (!c->is_virtual && at < row->count) cell_values(r, c, trimmed(t, row->cells[at]), &r->cells[i]);
    if (c->is_virtual && c->otherwise.data) cell_values(r, c, c->otherwise, &r->cells[i]);
    r->values[i] = joined(r, &r->cells[i]);
  }
}
