/* SPDX-License-Identifier: Apache-2.0 */
/* Events among log records of OpenTelemetry (OTLP in JSON: one export, or one a line): records with an event name, or the older attribute event.name. Other
 * records are logs and no rows. Days are those of UTC. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "list.h"
#include "propter/date.h"

enum { ID, TITLE, START, END, KNOWN, KIND, PLANNED, SCOPE, SOURCE, TEXT };
static const char *const names[] = {"id", "title", "start", "end", "known", "kind", "planned", "scope", "source", "text", NULL};

typedef struct {
  List list;
  const char *path;
} Otlp;

/* The text of an AnyValue; NULL: it is none. */
static const char *text_of(const json_t *value) { return json_string_value(json_object_get(value, "stringValue")); }

static const json_t *attribute(const json_t *attributes, const char *name) {
  for (size_t i = 0; json_is_array(attributes) && i < json_array_size(attributes); i++) {
    const json_t *one = json_array_get(attributes, i);
    const char *key = json_string_value(json_object_get(one, "key"));
    if (key && strcmp(key, name) == 0) return json_object_get(one, "value");
  }
  return NULL;
}

static PropterStatus set(Otlp *o, ListRow *row, size_t column, const char *text, PropterError *err) {
  return text && !row->cells[column].len ? list_set(&o->list, row, column, propter_str(text), err) : PROPTER_OK;
}

/* Nanoseconds since 1970, a text in JSON because they are more than a double holds. */
static PropterStatus set_day(Otlp *o, ListRow *row, size_t column, const json_t *nanoseconds, PropterError *err) {
  const char *text = json_string_value(nanoseconds);
  char day[16], *end = NULL;
  unsigned long long n = text ? strtoull(text, &end, 10) : json_is_integer(nanoseconds) ? (unsigned long long)json_integer_value(nanoseconds) : 0;
  if (text && (*end || end == text)) return list_set(&o->list, row, column, propter_str(text), err);
  if (!n) return PROPTER_OK;
  propter_day_format((PropterDay)(n / 86400000000000ULL), day);
  return list_set(&o->list, row, column, propter_str(day), err);
}

static PropterStatus read_record(Otlp *o, const json_t *record, const json_t *resource, uint64_t line, PropterError *err) {
  const json_t *attributes = json_object_get(record, "attributes"), *of_resource = json_object_get(resource, "attributes");
  const json_t *time = json_object_get(record, "timeUnixNano"), *observed = json_object_get(record, "observedTimeUnixNano");
  const char *name = json_string_value(json_object_get(record, "eventName"));
  if (!name || !*name) name = text_of(attribute(attributes, "event.name"));
  if (!name) return PROPTER_OK;
  ListRow *row;
  PROPTER_TRY(list_add(&o->list, line, &row, err));
  PROPTER_TRY(set(o, row, ID, text_of(attribute(attributes, "event.id")), err));
  PROPTER_TRY(set(o, row, ID, text_of(attribute(attributes, "log.record.uid")), err));
  PROPTER_TRY(set(o, row, TITLE, text_of(attribute(attributes, "title")), err));
  PROPTER_TRY(set(o, row, TITLE, text_of(json_object_get(record, "body")), err));
  PROPTER_TRY(set(o, row, TITLE, name, err));
  PROPTER_TRY(set(o, row, KIND, name, err));
  PROPTER_TRY(set(o, row, PLANNED, text_of(attribute(attributes, "planned")), err));
  PROPTER_TRY(set(o, row, SCOPE, text_of(attribute(attributes, "scope")), err));
  PROPTER_TRY(set(o, row, SCOPE, text_of(attribute(of_resource, "service.name")), err));
  PROPTER_TRY(set(o, row, SOURCE, text_of(attribute(attributes, "url.full")), err));
  PROPTER_TRY(set(o, row, TEXT, text_of(json_object_get(record, "body")), err));
  PROPTER_TRY(set_day(o, row, START, time, err));
  if (!row->cells[START].len) PROPTER_TRY(set_day(o, row, START, observed, err));
  return set_day(o, row, KNOWN, observed, err);
}

static const json_t *member(const json_t *array, size_t i) { return json_is_array(array) ? json_array_get(array, i) : NULL; }

static PropterStatus read_export(Otlp *o, const json_t *json, uint64_t line, PropterError *err) {
  const json_t *resources = json_object_get(json, "resourceLogs"), *resource, *scope, *record;
  if (!json_is_array(resources)) {
    propter_error_at(err, o->path, line, 0);
    return propter_fail(err, PROPTER_INVALID, "expected log records of OpenTelemetry: an object with an array resourceLogs");
  }
  for (size_t i = 0; (resource = member(resources, i)); i++)
    for (size_t k = 0; (scope = member(json_object_get(resource, "scopeLogs"), k)); k++)
      for (size_t n = 0; (record = member(json_object_get(scope, "logRecords"), n)); n++)
        PROPTER_TRY(read_record(o, record, json_object_get(resource, "resource"), line, err));
  return PROPTER_OK;
}

/* One document after the other, each from the line where it begins. */
static PropterStatus read_exports(Otlp *o, PropterStr text, PropterError *err) {
  uint64_t line = 1;
  for (size_t at = 0; at < text.len;) {
    json_error_t why;
    if (strchr(" \t\r\n", text.data[at])) {
      line += text.data[at++] == '\n';
      continue;
    }
    json_t *json = json_loadb(text.data + at, text.len - at, JSON_DISABLE_EOF_CHECK, &why);
    if (!json) {
      propter_error_at(err, o->path, line + (uint64_t)why.line - 1, 0);
      return propter_fail(err, PROPTER_SYNTAX, "expected JSON: %s", why.text);
    }
    PropterStatus status = read_export(o, json, line, err);
    json_decref(json);
    PROPTER_TRY(status);
    for (size_t end = at + (size_t)why.position; at < end; at++) line += text.data[at] == '\n';
  }
  return PROPTER_OK;
}

static void close_otlp(void *state) {
  Otlp *o = state;
  list_clear(&o->list);
  propter_free(o);
}

static PropterStatus open_otlp(const char *path, const PropterTableOptions *options, const PropterLimits *limits, void **state, PropterError *err) {
  (void)options;
  Otlp *o = propter_calloc(1, sizeof *o);
  PropterBuf text = {0};
  if (!o) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for log records");
  *state = o;
  o->path = path;
  o->list.names = names;
  PropterStatus status = list_read(path, limits, &text, err);
  if (status == PROPTER_OK) status = read_exports(o, propter_buf_str(&text), err);
  propter_buf_clear(&text);
  return status;
}

static PropterStatus next_otlp(void *state, PropterRow *row, bool *found, PropterError *err) { return list_next(&((Otlp *)state)->list, row, found, err); }

const TableReader table_reader_otlp = {.name = "otlp",
                                       .extensions = "otlp",
                                       .summary = "events among log records of OpenTelemetry (OTLP in JSON)",
                                       .open = open_otlp,
                                       .next = next_otlp,
                                       .close = close_otlp};
