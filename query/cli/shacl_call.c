/* SPDX-License-Identifier: Apache-2.0 */
#include "shacl_call.h"

#include <string.h>

#include "propter/results.h"

PropterStatus shacl_call_files(const CommandCall *call, const char *option, const char *files[SHACL_CALL_FILES], size_t *count, PropterError *err) {
  *count = 0;
  for (const char *f; (f = cmd_value_at(call, option, (unsigned)*count)); files[(*count)++] = f)
    if (*count == SHACL_CALL_FILES) return propter_fail(err, PROPTER_USAGE, "--%s: at most %d", option, SHACL_CALL_FILES);
  return PROPTER_OK;
}

static const PropterRdfFormat *rdf_format(const char *format) {
  const PropterRdfFormat *f = propter_rdf_format(propter_str(format));
  return f && f->writes ? f : NULL;
}

bool shacl_call_format(const char *format) { return strcmp(format, "text") == 0 || rdf_format(format) || propter_result_format(propter_str(format)); }

/* One line whatever the text holds. */
static void put(FILE *out, PropterStr text) {
  for (size_t i = 0; i < text.len; i++) fputc((unsigned char)text.data[i] < 0x20 || text.data[i] == 0x7F ? ' ' : text.data[i], out);
}

static PropterStatus write_lines(PropterShaclReport *report, FILE *out, PropterError *err) {
  const PropterShaclResult *r;
  for (size_t n = 0;; n++) {
    PROPTER_TRY(propter_shacl_result(report, n, &r, err));
    if (!r) return PROPTER_OK;
    put(out, r->severity), fputs("  ", out), put(out, r->focus);
    if (r->path.len) fputs("  ", out), put(out, r->path);
    if (r->value.len) fputs("  ", out), put(out, r->value);
    fputs("  ", out), put(out, r->rule), fputs(": ", out), put(out, r->message);
    fputs("  (", out), put(out, r->file), fprintf(out, ":%llu)\n", (unsigned long long)r->line);
  }
}

/* --- Rows ------------------------------------------------------------------------------------------------------------------------- */

enum { COLUMNS = 9 };
typedef struct {
  PropterShaclReport *report;
  size_t n;
  char line[24];
  PropterTerm row[COLUMNS];
} Rows;

static PropterStatus next(void *payload, const PropterTerm **row, PropterError *err) {
  Rows *rows = payload;
  const PropterShaclResult *r;
  *row = NULL;
  PROPTER_TRY(propter_shacl_result(rows->report, rows->n++, &r, err));
  if (!r) return PROPTER_OK;
  (void)snprintf(rows->line, sizeof rows->line, "%llu", (unsigned long long)r->line);
  const PropterStr texts[COLUMNS] = {r->severity, r->focus, r->path, r->value, r->rule, r->message, r->shape, r->file, propter_str(rows->line)};
  for (int i = 0; i < COLUMNS; i++) rows->row[i] = texts[i].len ? propter_literal(texts[i]) : (PropterTerm){.kind = PROPTER_TERM_NONE};
  *row = rows->row;
  return PROPTER_OK;
}

static PropterStatus write_rows(PropterShaclReport *report, const char *format, FILE *out, PropterError *err) {
  static const PropterStr names[COLUMNS] = {{"severity", 8}, {"focus", 5}, {"path", 4}, {"value", 5}, {"rule", 4},
                                            {"message", 7},  {"shape", 5}, {"file", 4}, {"line", 4}};
  Rows rows = {.report = report};
  PropterRows source = {names, COLUMNS, next, &rows};
  return propter_rows_write(&source, format, false, output_write, out, NULL, err);
}

/* --- RDF -------------------------------------------------------------------------------------------------------------------------- */

static PropterStatus add(const PropterStatement *st, void *writer, PropterError *err) { return propter_rdf_writer_add(writer, st, err); }

static PropterStatus write_rdf(PropterShaclReport *report, const char *format, FILE *out, PropterError *err) {
  PropterRdfWriterOptions options = {.format = format};
  PropterRdfWriter *writer;
  PROPTER_TRY(propter_rdf_writer_open(&options, output_write, out, &writer, err));
  PropterRdfSink sink = {add, NULL, writer};
  PropterStatus status = propter_shacl_statements(report, NULL, &sink, err);
  if (status == PROPTER_OK) status = propter_rdf_writer_finish(writer, err);
  propter_rdf_writer_close(writer);
  return status;
}

PropterStatus shacl_call_write(PropterShaclReport *report, const char *format, FILE *out, PropterError *err) {
  if (strcmp(format, "text") == 0) return write_lines(report, out, err);
  return rdf_format(format) ? write_rdf(report, format, out, err) : write_rows(report, format, out, err);
}
