/* SPDX-License-Identifier: Apache-2.0 */
#include "results.h"

#include <string.h>

enum { FLUSH_AT = 1 << 16, HELD_MAX = 1 << 28 };

#define RESULT(name, media, boolean) extern const ResultWriter result_##name;
#include "results.def"
#undef RESULT

static const struct {
  PropterResultFormat format;
  const ResultWriter *writer;
} formats[] = {
#define RESULT(name, media, boolean) {{#name, media, boolean}, &result_##name},
#include "results.def"
#undef RESULT
};

enum { COUNT = sizeof formats / sizeof *formats };

const PropterResultFormat *propter_result_format_at(size_t n) { return n < COUNT ? &formats[n].format : NULL; }

const PropterResultFormat *propter_result_format(PropterStr name) {
  size_t semicolon = propter_str_find(name, PROPTER_STR(";"));
  if (semicolon != SIZE_MAX) name.len = semicolon;
  name = propter_str_trim(name);
  for (size_t i = 0; i < COUNT; i++)
    if (propter_str_equal_caseless(name, propter_str(formats[i].format.name)) || propter_str_equal_caseless(name, propter_str(formats[i].format.media_type)))
      return &formats[i].format;
  return NULL;
}

static PropterStatus find_writer(const char *format, const ResultWriter **writer, PropterError *err) {
  const PropterResultFormat *f = propter_result_format(propter_str(format));
  for (size_t i = 0; i < COUNT; i++)
    if (&formats[i].format == f) {
      *writer = formats[i].writer;
      return PROPTER_OK;
    }
  return propter_fail(err, PROPTER_USAGE, "unknown result format \"%s\": expected table, json, xml, csv or tsv", format);
}

static PropterStatus flush(PropterBuf *out, PropterWrite write, void *payload, PropterError *err) {
  PROPTER_TRY(propter_buf_status(out, err));
  if (!out->len) return PROPTER_OK;
  PropterStatus status = write(propter_buf_str(out), payload, err);
  propter_buf_reset(out);
  return status;
}

PropterStatus propter_rows_write(const PropterRows *rows, const char *format, bool raw, PropterWrite write, void *payload, uint64_t *count, PropterError *err) {
  const ResultWriter *writer = NULL;
  uint64_t n = 0;
  PROPTER_TRY(find_writer(format, &writer, err));
  PropterBuf out = {.max = 0};
  ResultCall call = {.rows = rows, .raw = raw, .out = &out, .held = {.limit = HELD_MAX}};
  writer->begin(&call);
  PropterStatus status = PROPTER_OK;
  while (status == PROPTER_OK) {
    const PropterTerm *row = NULL;
    status = rows->next(rows->payload, &row, err);
    if (status != PROPTER_OK || !row) break;
    status = writer->row(&call, row, n++, err);
    if (status == PROPTER_OK && out.len >= FLUSH_AT) status = flush(&out, write, payload, err);
  }
  if (status == PROPTER_OK) writer->end(&call, n);
  /* What came before a failure goes out: the caller says that it is not all. */
  PropterStatus flushed = flush(&out, write, payload, status == PROPTER_OK ? err : NULL);
  if (status == PROPTER_OK) status = flushed;
  propter_vec_clear(&call.cells);
  propter_arena_clear(&call.held);
  propter_buf_clear(&out);
  if (count) *count = n;
  return status;
}

PropterStatus propter_boolean_write(bool answer, const char *format, PropterWrite write, void *payload, PropterError *err) {
  const ResultWriter *writer = NULL;
  PROPTER_TRY(find_writer(format, &writer, err));
  if (!writer->boolean) return propter_fail(err, PROPTER_USAGE, "result format \"%s\" cannot say true or false: use table, json or xml", format);
  PropterBuf out = {.max = 4096};
  writer->boolean(answer, &out);
  PropterStatus status = flush(&out, write, payload, err);
  propter_buf_clear(&out);
  return status;
}

static PropterStatus pull(void *payload, const PropterTerm **row, PropterError *err) { return propter_results_next(payload, row, err); }

static PropterStatus write_solutions(PropterResults *r, const char *format, bool raw, PropterWrite write, void *payload, PropterError *err) {
  PropterStr *names = propter_calloc(propter_results_columns(r) + 1, sizeof *names);
  if (!names) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
  PropterRows rows = {names, propter_results_columns(r), pull, r};
  for (size_t i = 0; i < rows.columns; i++) names[i] = propter_results_name(r, i);
  PropterStatus status = propter_rows_write(&rows, format, raw, write, payload, NULL, err);
  propter_free(names);
  return status;
}

static PropterStatus write_triples(PropterResults *r, const char *format, PropterWrite write, void *payload, PropterError *err) {
  PropterRdfWriterOptions options = {.format = format};
  PropterRdfWriter *writer = NULL;
  const PropterTerm *row = NULL;
  PropterStatus status = propter_rdf_writer_open(&options, write, payload, &writer, err);
  do {
    if (status == PROPTER_OK) status = propter_results_next(r, &row, err);
    if (status != PROPTER_OK || !row) break;
    PropterStatement st = {.s = row[0], .p = row[1], .o = row[2], .g = {.value = {"", 0}, .datatype = {"", 0}, .language = {"", 0}}};
    status = propter_rdf_writer_add(writer, &st, err);
  } while (status == PROPTER_OK);
  if (status == PROPTER_OK) status = propter_rdf_writer_finish(writer, err);
  propter_rdf_writer_close(writer);
  return status;
}

PropterStatus propter_results_write(PropterResults *results, const char *format, bool raw, PropterWrite write, void *payload, PropterError *err) {
  switch (propter_results_kind(results)) {
  case PROPTER_RESULTS_SOLUTIONS: return write_solutions(results, format ? format : "table", raw, write, payload, err);
  case PROPTER_RESULTS_TRIPLES: return write_triples(results, format ? format : "turtle", write, payload, err);
  default: return propter_boolean_write(propter_results_boolean(results), format ? format : "table", write, payload, err);
  }
}
