/* SPDX-License-Identifier: Apache-2.0 */
#include "mapping.h"

#include <stdlib.h>
#include <string.h>

const char mapping_prefixes[] =
    "@prefix rml: <http://w3id.org/rml/> . @prefix rr: <http://www.w3.org/ns/r2rml#> . @prefix ql: <http://semweb.mmlab.be/ns/ql#> . "
    "@prefix old: <http://semweb.mmlab.be/ns/rml#> . @prefix ex: <http://example.org/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> . "
    "@prefix qb: <http://purl.org/linked-data/cube#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix propter: <https://w3id.org/propter#> .\n";

typedef PROPTER_VEC(char *) Lines;

static PropterStatus add_line(Lines *lines, const PropterBuf *text, PropterError *err) {
  char *copy = propter_strdup(propter_buf_str(text));
  if (copy && propter_vec_push(lines, copy)) return PROPTER_OK;
  propter_free(copy);
  return propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
}

static PropterStatus on_record(const PropterMapRecord *r, void *payload, PropterError *err) {
  PropterStatus status = PROPTER_OK;
  for (size_t i = 0; i < r->quad_count && status == PROPTER_OK; i++) {
    const PropterMapQuad *q = &r->quads[i];
    PropterBuf text = {0};
    propter_term_write(&r->terms[q->s].term, &text), propter_buf_add_char(&text, ' ');
    propter_term_write(&r->terms[q->p].term, &text), propter_buf_add_char(&text, ' ');
    propter_term_write(&r->terms[q->o].term, &text);
    if (q->g != PROPTER_MAP_DEFAULT) propter_buf_add_char(&text, ' '), propter_term_write(&r->terms[q->g].term, &text);
    status = propter_buf_status(&text, err);
    if (status == PROPTER_OK) status = add_line(payload, &text, err);
    propter_buf_clear(&text);
  }
  return status;
}

static PropterStatus on_reject(const PropterReject *r, void *payload, PropterError *err) {
  PropterBuf text = {0};
  propter_buf_printf(&text, "reject %llu:%.*s:%.*s", (unsigned long long)r->row, (int)r->column.len, r->column.data, (int)r->rule.len, r->rule.data);
  PropterStatus status = propter_buf_status(&text, err);
  if (status == PROPTER_OK) status = add_line(payload, &text, err);
  propter_buf_clear(&text);
  return status;
}

static int by_text(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

PropterStatus mapping_run_at(const char *path, bool provenance, PropterBuf *out, PropterMapCounts *counts, PropterError *err) {
  return mapping_run_with(NULL, path, provenance, out, counts, err);
}

PropterStatus mapping_try(void *payload, PropterError *err) {
  PropterBuf out = {0};
  PropterMapCounts counts;
  PropterStatus status = mapping_run_at(payload, false, &out, &counts, err);
  propter_buf_clear(&out);
  return status;
}

PropterStatus mapping_run_with(const PropterMappingOptions *how, const char *path, bool provenance, PropterBuf *out, PropterMapCounts *counts,
                               PropterError *err) {
  PropterMapping *mapping = NULL;
  Lines lines = {0};
  PropterMapSink sink = {.record = on_record, .reject = on_reject, .payload = &lines};
  PropterMapOptions options = {.provenance = provenance};
  PROPTER_TRY(propter_mapping_read(&path, 1, how, &mapping, err));
  PropterStatus status = propter_mapping_run(mapping, &options, &sink, counts, err);
  if (lines.count) qsort(lines.items, lines.count, sizeof *lines.items, by_text);
  for (size_t i = 0; i < lines.count; i++) {
    if (i == 0 || strcmp(lines.items[i], lines.items[i - 1]) != 0) propter_buf_printf(out, "%s\n", lines.items[i]);
  }
  for (size_t i = 0; i < lines.count; i++) propter_free(lines.items[i]);
  propter_vec_clear(&lines);
  propter_mapping_free(mapping);
  return status == PROPTER_OK ? propter_buf_status(out, err) : status;
}

PropterStatus mapping_judge(const char *path, PropterError *err) {
  PropterMapping *mapping = NULL;
  PropterBuf out = {0};
  PropterMapCounts counts;
  PROPTER_TRY(propter_mapping_read(&path, 1, NULL, &mapping, err));
  const PropterMapRefusal *r = propter_mapping_refusal(mapping, 0);
  if (r) propter_error_at(err, r->file.data, r->line, 0);
  PropterStatus status = r ? propter_fail(err, PROPTER_INVALID, "%s", r->reason.data) : mapping_run_at(path, false, &out, &counts, err);
  propter_mapping_free(mapping);
  propter_buf_clear(&out);
  return status;
}

const char *mapping_write(const char *turtle, const char *csv, const char *other) {
  const char *folder = support_folder(), *path = support_path(folder, "m.ttl");
  PropterBuf text = {0};
  propter_buf_printf(&text, "%s%s", mapping_prefixes, turtle);
  support_write(path, propter_buf_str(&text));
  propter_buf_clear(&text);
  support_write(support_path(folder, "t.csv"), propter_str(csv));
  if (other) support_write(support_path(folder, "u.csv"), propter_str(other));
  return path;
}

PropterStatus mapping_run(const char *turtle, const char *csv, const char *other, bool provenance, PropterBuf *out, PropterMapCounts *counts,
                          PropterError *err) {
  return mapping_run_at(mapping_write(turtle, csv, other), provenance, out, counts, err);
}

void mapping_expect(const char *turtle, const char *csv, const char *other, const char *wanted) {
  PropterBuf out = {0};
  PropterMapCounts counts;
  ck_ok(mapping_run(turtle, csv, other, false, &out, &counts, err));
  ck_assert_str_eq(out.data ? out.data : "", wanted);
  propter_buf_clear(&out);
}

void mapping_refuse(const char *turtle, const char *csv, PropterStatus status, uint64_t line, const char *words) {
  PropterBuf out = {0};
  PropterMapCounts counts;
  PropterError err = {0};
  PropterStatus found = mapping_run(turtle, csv, NULL, false, &out, &counts, &err);
  ck_assert_msg(found == status, "%s: %s", propter_status_name(found), err.message);
  ck_assert_msg(strstr(err.message, words) != NULL, "%s", err.message);
  ck_assert_msg(strstr(err.source, "m.ttl") != NULL, "place %s", err.source);
  if (line) ck_assert_uint_eq(err.line, line + 1);
  propter_buf_clear(&out);
}

static PropterStatus on_definition(const PropterTerm q[4], void *payload, PropterError *err) {
  PropterBuf *out = payload;
  for (int i = 0; i < 3; i++) {
    PropterStr v = q[i].value;
    const char *hash = q[i].kind == PROPTER_TERM_IRI && propter_str_starts(v, PROPTER_STR("file:")) ? memchr(v.data, '#', v.len) : NULL;
    if (hash) propter_buf_add(out, (PropterStr){hash, v.len - (size_t)(hash - v.data)});
    else propter_term_write(&q[i], out);
    propter_buf_add_char(out, i < 2 ? ' ' : '\n');
  }
  return propter_buf_status(out, err);
}

void mapping_definitions(const char *path, PropterBuf *out) {
  PropterMapping *mapping = NULL;
  ck_ok(propter_mapping_read(&path, 1, NULL, &mapping, err));
  ck_ok(propter_mapping_definitions(mapping, on_definition, out, err));
  propter_mapping_free(mapping);
}
