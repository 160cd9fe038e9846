/* SPDX-License-Identifier: Apache-2.0 */
/* A mapping in Turtle from what was found in a table. */
#include <inttypes.h>
#include <string.h>

#include "propter/graph.h"
#include "propter/hash.h"
#include "sniff_seen.h"

static const char *const roles[] = {"not used", "time", "measure", "slice", "key"};

static void add_text(PropterBuf *out, PropterStr text) {
  propter_buf_add_char(out, '"');
  for (size_t i = 0; i < text.len; i++) {
    unsigned char c = (unsigned char)text.data[i];
    if (c == '"' || c == '\\')
      propter_buf_printf(out, "\\%c", c);
    else if (c < 0x20 || c == 0x7F)
      propter_buf_printf(out, "\\u%04X", c);
    else
      propter_buf_add_char(out, (char)c);
  }
  propter_buf_add_char(out, '"');
}

/* Inside a comment: one line whatever the text holds. */
static void add_plain(PropterBuf *out, PropterStr text) {
  for (size_t i = 0; i < text.len; i++) propter_buf_add_char(out, (unsigned char)text.data[i] < 0x20 ? ' ' : text.data[i]);
}

/* The local name of a column: its words with '-' between them, a number behind it where another column has that name already. */
static PropterStatus add_local(PropterBuf *out, const PropterColumn *column, size_t number, PropterMap *taken, PropterError *err) {
  PropterBuf name = {0};
  for (size_t at = 0; at < column->label.len;) {
    const uint32_t c = propter_utf8_next(column->label, &at);
    if (propter_utf8_letter(c) || (c >= '0' && c <= '9')) propter_buf_add_utf8(&name, c >= 'A' && c <= 'Z' ? c + 32 : c);
    else if (c == ' ') propter_buf_add_char(&name, '-');
  }
  if (!name.len) propter_buf_printf(&name, "column-%zu", number + 1);
  bool added = true;
  PropterStatus status = propter_buf_status(&name, err);
  uint64_t *at = status == PROPTER_OK ? propter_map_put(taken, propter_buf_str(&name), number, &added) : NULL;
  if (status == PROPTER_OK && !at) status = propter_fail(err, PROPTER_NO_MEMORY, "out of memory writing a mapping");
  if (status == PROPTER_OK && *at != number) propter_buf_printf(&name, "-%zu", number + 1);
  propter_buf_add(out, propter_buf_str(&name));
  propter_buf_clear(&name);
  return status;
}

static PropterStr local_type(const PropterColumn *column) {
  if (!column->datatype.len) return PROPTER_STR("text");
  const char *hash = memrchr(column->datatype.data, '#', column->datatype.len);
  return (PropterStr){hash + 1, column->datatype.len - (size_t)(hash + 1 - column->datatype.data)};
}

static void add_quoted(PropterBuf *out, uint64_t line, PropterStr text) {
  propter_buf_printf(out, " (line %" PRIu64 ": \"", line);
  add_plain(out, text);
  propter_buf_printf(out, "\")");
}

static void add_count(PropterBuf *out, uint64_t n, const char *what) { propter_buf_printf(out, "%" PRIu64 " %s%s", n, what, n == 1 ? "" : "s"); }

PropterStatus propter_sniff_left_out(const PropterSniff *s, PropterBuf *out, PropterError *err) {
  const char *before = "left out: ", *and = "; ";
  size_t begin = out->len;
  if (s->options.header_line)
    propter_buf_printf(out, "the names of the columns stand in line %" PRIu64 ": what stands above is no part of the table\n", s->options.header_line);
  begin = out->len;
  if (s->aside) {
    propter_buf_printf(out, "%s", before), add_count(out, s->aside, "row");
    propter_buf_printf(out, " without a day"), add_quoted(out, s->aside_line, s->aside_text);
  }
  if (s->bad_rows) {
    propter_buf_printf(out, "%s", out->len > begin ? and : before), add_count(out, s->bad_rows, "row");
    propter_buf_printf(out, " with a wrong number of cells");
  }
  for (size_t i = 0; i < s->count; i++) {
    const PropterColumn *c = &s->columns[i];
    if (c->role != PROPTER_COLUMN_MEASURE || !c->strays) continue;
    propter_buf_printf(out, "%s", out->len > begin ? and : before), add_count(out, c->strays, "cell"), propter_buf_printf(out, " of "), add_plain(out, c->name);
    propter_buf_printf(out, c->strays == 1 ? " that is no number" : " that are no numbers"), add_quoted(out, c->stray_line, c->stray);
  }
  if (out->len > begin) propter_buf_add_char(out, '\n');
  begin = out->len;
  for (size_t i = 0; i < s->count; i++) {
    const PropterColumn *c = &s->columns[i];
    if (!c->why) continue;
    propter_buf_printf(out, "%s", out->len > begin ? ", " : "columns not used: ");
    if (c->name.len) add_plain(out, c->name);
    else propter_buf_printf(out, "column %zu", i + 1);
    propter_buf_printf(out, " (%s)", c->why);
  }
  if (out->len > begin) propter_buf_add_char(out, '\n');
  if (s->lists.len) propter_buf_printf(out, "lists inside of rows, not used: "), add_plain(out, s->lists), propter_buf_add_char(out, '\n');
  for (size_t i = 0; i < s->count; i++) {
    const SniffWord *said = s->columns[i].role == PROPTER_COLUMN_SLICE ? sniff_word(s->columns[i].words, KIND_NEVER_ADDED) : NULL;
    if (!said) continue;
    propter_buf_printf(out, "amounts are %s %" PRIu64 " %s (column ", said->unit, s->columns[i].distinct, said->label), add_plain(out, s->columns[i].name);
    propter_buf_printf(out, "): only what is asked of one of them means something, no total over them\n");
  }
  return propter_buf_status(out, err);
}

/* Then the options name its reader. */
static bool is_database(const PropterSniff *s) { return s->options.format != NULL; }

static void write_head(const PropterSniff *s, PropterStr source, PropterStr base, PropterBuf *out) {
  propter_buf_printf(out, "# Guessed by propter ingest --sniff from ");
  add_plain(out, source);
  char rows[PROPTER_NUMBER];
  propter_buf_printf(out, ": %s%s rows", s->whole ? "" : "the first ", propter_number(rows, (double)s->rows, 0, false));
  if (s->bad_rows) propter_buf_printf(out, ", %" PRIu64 " of them with a wrong number of cells", s->bad_rows);
  propter_buf_printf(out, ".\n# Edit it, try it with propter ingest --dry-run, then ingest it.\n#\n# column: type, values, different ones, taken as\n");
  for (size_t i = 0; i < s->count; i++) {
    const PropterColumn *c = &s->columns[i];
    PropterStr type = local_type(c);
    propter_buf_printf(out, "#   ");
    add_plain(out, c->name);
    bool reference = c->parent_row.len && c->role == PROPTER_COLUMN_OTHER && !c->why;
    propter_buf_printf(out, ": %.*s, %" PRIu64 ", %s%" PRIu64 ", %s", (int)type.len, type.data, c->values,
                       c->distinct == PROPTER_SNIFF_DISTINCT ? "at least " : "", c->distinct, reference ? "reference" : roles[c->role]);
    if (c->parent.len) {
      propter_buf_printf(out, ", refers to "), add_plain(out, c->parent);
      propter_buf_printf(out, "."), add_plain(out, c->parent_column);
    }
    propter_buf_add_char(out, '\n');
  }
  for (size_t i = 0; i < s->references.count; i++) {
    const PropterReference *r = &s->references.items[i];
    propter_buf_printf(out, "# ");
    for (size_t k = 0; k < r->count; k++) propter_buf_printf(out, "%s", k ? ", " : ""), add_plain(out, s->columns[r->columns[k]].name);
    propter_buf_printf(out, " together refer to "), add_plain(out, r->parent);
    for (size_t k = 0; k < r->count; k++) propter_buf_printf(out, "%s", k ? ", " : " ("), add_plain(out, r->parent_columns[k]);
    propter_buf_printf(out, ")\n");
  }
  PropterBuf left = {.max = 1 << 20};
  if (propter_sniff_left_out(s, &left, NULL) != PROPTER_OK) out->failed = left.failed;
  for (size_t at = 0, end; at < left.len; at = end + 1) {
    for (end = at; end < left.len && left.data[end] != '\n';) end++;
    propter_buf_printf(out, "# %.*s\n", (int)(end - at), left.data + at);
  }
  propter_buf_clear(&left);
  if (s->repeated)
    propter_buf_printf(
        out, "# %" PRIu64 " rows have the time, slices and keys of an earlier row: they will be rejected unless propter:keyColumn tells them apart.\n",
        s->repeated);
  propter_buf_printf(out,
                     "@prefix csvw: <http://www.w3.org/ns/csvw#> .\n@prefix propter: <https://w3id.org/propter#> .\n@prefix rml: <http://w3id.org/rml/> .\n"
                     "%s@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n@prefix : <%.*s> .\n",
                     is_database(s) ? "@prefix d2rq: <http://www.wiwiss.fu-berlin.de/suhl/bizer/D2RQ/0.1#> .\n" : "", (int)base.len, base.data);
}

static void add_columns(const PropterSniff *s, PropterColumnRole role, const char *property, PropterBuf *out) {
  for (size_t i = 0; i < s->count; i++) {
    if (s->columns[i].role != role) continue;
    propter_buf_printf(out, "  %s ", property);
    add_text(out, s->columns[i].name);
    propter_buf_printf(out, " ;\n");
  }
}

static void add_option(PropterBuf *out, const char *property, const char *text) {
  if (!text) return;
  propter_buf_printf(out, "  propter:%s ", property);
  add_text(out, propter_str(text));
  propter_buf_printf(out, " ;\n");
}

/* A file of SQLite, or the address of a server. */
static void add_address(PropterBuf *out, const char *before, PropterStr source) {
  bool address = propter_str_find(source, PROPTER_STR("://")) != SIZE_MAX;
  propter_buf_printf(out, "%s\"%s", before, address ? "" : "sqlite:");
  propter_buf_printf(out, "%.*s\"", (int)source.len, source.data);
}

/* "10*3.EUR", in words "thousand euros". */
static void write_unit(const PropterColumn *c, PropterBuf *out) {
  const char *unit = c->unit ? c->unit : "1", *label = c->unit_label ? c->unit_label : c->scale_label;
  if (!c->scale) add_text(out, propter_str(unit));
  else propter_buf_printf(out, "\"10*%zu%s%s\" ; propter:scale %s", strlen(c->scale) - 1, c->unit ? "." : "", c->unit ? c->unit : "", c->scale);
  const bool both = c->scale && c->unit_label;
  if (label) propter_buf_printf(out, " ; propter:unitLabel \"%s%s%s\"", both ? c->scale_label : "", both ? " " : "", label);
}

static PropterStatus write_metric(const PropterSniff *s, size_t n, PropterStr source, PropterMap *taken, PropterBuf *out, PropterError *err) {
  const PropterColumn *c = &s->columns[n];
  propter_buf_printf(out, "\n:");
  PROPTER_TRY(add_local(out, c, n, taken, err));
  propter_buf_printf(out, " a propter:Metric ;\n  skos:prefLabel ");
  add_text(out, c->label.len ? c->label : c->name);
  propter_buf_printf(out, "@en ;\n");
  if (c->label.len && !propter_str_equal(c->words, c->label))
    propter_buf_printf(out, "  skos:altLabel "), add_text(out, c->words), propter_buf_printf(out, "@en ;\n");
  if (is_database(s)) add_address(out, "  propter:sourceDatabase ", source);
  propter_buf_printf(out, is_database(s) ? " ; propter:sourceTable " : "  propter:sourceFile ");
  add_text(out, is_database(s) ? propter_str(s->options.table) : source);
  propter_buf_printf(out, " ; propter:timeColumn ");
  add_text(out, s->columns[s->time].name);
  propter_buf_printf(out, " ; propter:sourceColumn ");
  add_text(out, c->name);
  propter_buf_printf(out, " ;\n");
  const char delimiter[2] = {s->options.delimiter, 0}, quote[2] = {s->options.quote, 0}, escape[2] = {s->options.escape, 0};
  add_option(out, "delimiter", *delimiter ? delimiter : NULL);
  add_option(out, "quoteChar", *quote ? quote : NULL);
  add_option(out, "escapeChar", *escape ? escape : NULL);
  add_option(out, "commentPrefix", s->options.comment);
  if (s->options.trailing) propter_buf_printf(out, "  propter:trailingDelimiter true ;\n");
  add_option(out, "encoding", s->options.encoding);
  add_option(out, "iterator", s->options.iterator);
  if (!is_database(s)) add_option(out, "sheet", s->options.table);
  if (s->options.header_line) propter_buf_printf(out, "  propter:headerLine %" PRIu64 " ;\n", s->options.header_line);
  add_option(out, "dateFormat", s->columns[s->time].date_format);
  add_option(out, "decimalChar", c->decimal), add_option(out, "groupChar", c->group);
  add_columns(s, PROPTER_COLUMN_SLICE, "propter:sliceColumn", out);
  for (size_t i = 0; i < s->count; i++)
    if (s->columns[i].role == PROPTER_COLUMN_SLICE && sniff_word(s->columns[i].words, KIND_NEVER_ADDED))
      propter_buf_printf(out, "  propter:nonAdditiveColumn "), add_text(out, s->columns[i].name), propter_buf_printf(out, " ;\n");
  if (!is_database(s)) add_columns(s, PROPTER_COLUMN_KEY, "propter:keyColumn", out); /* it adds up whatever the keys are */
  propter_buf_printf(out, "  propter:grain \"%s\"^^xsd:duration ; propter:aggregation propter:%s ;\n  propter:unit ", s->grain, c->mean ? "Mean" : "Sum");
  write_unit(c, out);
  if (c->mean && s->sizes.len) propter_buf_printf(out, " ; propter:sampleSizeColumn "), add_text(out, s->sizes);
  /* A total without one of its parts would look like a fall. */
  bool gaps = c->values - c->strays < s->rows - s->bad_rows - s->aside;
  if (gaps && s->cells > 1 && !s->repeated) propter_buf_printf(out, " ; propter:cellsPerPeriod %" PRIu64, s->cells);
  if (c->direction) propter_buf_printf(out, " ; propter:goodDirection propter:%s", c->direction > 0 ? "Up" : "Down");
  propter_buf_printf(out, " .%s\n", c->unit ? "" : " # the name says no unit");
  return PROPTER_OK;
}

/* In a template, braces and backslashes of a column's name are escaped. */
static void add_reference(PropterBuf *out, PropterStr name) {
  PropterBuf text = {0};
  for (size_t i = 0; i < name.len; i++) {
    if (strchr("{}\\", name.data[i])) propter_buf_add_char(&text, '\\');
    propter_buf_add_char(&text, name.data[i]);
  }
  propter_buf_add_char(out, '{');
  for (size_t i = 0; i < text.len; i++)
    text.data[i] == '"' || text.data[i] == '\\' ? propter_buf_printf(out, "\\%c", text.data[i]) : propter_buf_add_char(out, text.data[i]);
  propter_buf_add_char(out, '}');
  propter_buf_clear(&text);
}

/* The IRI of the row that cells name. In values '/' is escaped, so no two keys are one. */
static void add_row(PropterBuf *out, PropterStr base, const PropterColumn *const *key, size_t count) {
  propter_buf_printf(out, "rml:template \"%.*srow-", (int)base.len, base.data);
  for (size_t i = 0; i < count; i++) {
    if (i) propter_buf_add_char(out, '/');
    add_reference(out, key[i]->name);
  }
  propter_buf_add_char(out, '"');
}

size_t propter_sniff_row_key(const PropterSniff *s, const PropterColumn *key[PROPTER_SNIFF_KEY]) {
  size_t count = 0;
  for (size_t i = 0; i < s->count; i++) {
    if (s->columns[i].role == PROPTER_COLUMN_MEASURE) return 0;
    if (s->columns[i].row_key) key[s->columns[i].row_key - 1] = &s->columns[i], count++;
  }
  return count;
}

/* Columns that name a row of another table together: a predicate of its own, called like that table. */
static PropterStatus write_reference(const PropterSniff *s, size_t n, PropterMap *taken, PropterBuf *out, PropterError *err) {
  const PropterReference *r = &s->references.items[n];
  const PropterColumn *key[PROPTER_SNIFF_KEY];
  PropterBuf label = {0};
  if (!r->parent_row.len) return PROPTER_OK;
  for (size_t i = 0; i < r->count; i++) key[i] = &s->columns[r->columns[i]];
  for (size_t i = 0; i < r->parent.len; i++) {
    char c = r->parent.data[i];
    propter_buf_add_char(&label, c >= 'A' && c <= 'Z' ? (char)(c + 32) : c == '_' ? ' ' : c);
  }
  PropterStatus status = propter_buf_status(&label, err);
  propter_buf_printf(out, " ;\n  rml:predicateObjectMap [ rml:predicate :");
  const PropterColumn like = {.label = propter_buf_str(&label)};
  if (status == PROPTER_OK) status = add_local(out, &like, s->count + n, taken, err);
  propter_buf_printf(out, " ; rml:objectMap [ "), add_row(out, r->parent_row, key, r->count), propter_buf_printf(out, " ] ]");
  propter_buf_clear(&label);
  return status;
}

static bool has_dialect(const PropterTableOptions *o) {
  return o->delimiter || o->quote || o->escape || o->comment || o->trailing || o->encoding || o->header_line;
}

/* RML names no delimiter: CSVW does. */
static void write_csvw(const PropterSniff *s, PropterStr source, PropterBuf *out) {
  char delimiter[2] = {s->options.delimiter ? s->options.delimiter : ',', 0};
  propter_buf_printf(out, "[ a csvw:Table ; csvw:url ");
  add_text(out, source);
  propter_buf_printf(out, " ; csvw:dialect [ csvw:delimiter ");
  add_text(out, propter_str(delimiter));
  if (s->options.quote) propter_buf_printf(out, " ; csvw:quoteChar \"%c\"", s->options.quote);
  if (s->options.escape) propter_buf_printf(out, " ; csvw:doubleQuote false");
  if (s->options.comment) propter_buf_printf(out, " ; csvw:commentPrefix "), add_text(out, propter_str(s->options.comment));
  if (s->options.trailing) propter_buf_printf(out, " ; propter:trailingDelimiter true");
  if (s->options.encoding) propter_buf_printf(out, " ; csvw:encoding "), add_text(out, propter_str(s->options.encoding));
  if (s->options.header_line) propter_buf_printf(out, " ; csvw:skipRows %" PRIu64, s->options.header_line - 1);
  propter_buf_printf(out, " ] ]");
}

static PropterStatus write_rows(const PropterSniff *s, PropterStr source, PropterStr base, PropterMap *taken, PropterBuf *out, PropterError *err) {
  propter_buf_printf(out, "\n:rows a rml:TriplesMap ;\n  rml:logicalSource [ rml:source ");
  if (is_database(s))
    add_address(out, "[ a d2rq:Database ; d2rq:jdbcDSN ", source), propter_buf_printf(out, " ]");
  else if (has_dialect(&s->options))
    write_csvw(s, source, out);
  else
    propter_buf_printf(out, "[ a rml:RelativePathSource ; rml:root rml:MappingDirectory ; rml:path "), add_text(out, source), propter_buf_printf(out, " ]");
  propter_buf_printf(out, " ; rml:referenceFormulation rml:%s", is_database(s) ? "SQL2008Table" : s->formulation ? s->formulation : "CSV");
  if (s->options.iterator || is_database(s))
    propter_buf_printf(out, " ; rml:iterator "), add_text(out, propter_str(is_database(s) ? s->options.table : s->options.iterator));
  else if (s->options.table) propter_buf_printf(out, " ; rml:tableName "), add_text(out, propter_str(s->options.table));
  propter_buf_printf(out, " ] ;\n  rml:subjectMap [ ");
  const PropterColumn *key[PROPTER_SNIFF_KEY];
  size_t parts = propter_sniff_row_key(s, key);
  if (parts) add_row(out, base, key, parts), propter_buf_printf(out, " ; ");
  else propter_buf_printf(out, "rml:termType rml:BlankNode ; ");
  propter_buf_printf(out, "rml:class :Row ]");
  for (size_t i = 0; i < s->count; i++) {
    const PropterColumn *c = &s->columns[i];
    PropterStr type = local_type(c);
    if (!c->values) continue;
    propter_buf_printf(out, " ;\n  rml:predicateObjectMap [ rml:predicate :");
    PROPTER_TRY(add_local(out, c, i, taken, err));
    propter_buf_printf(out, " ; rml:objectMap [ ");
    if (c->parent_row.len) {
      add_row(out, c->parent_row, &c, 1), propter_buf_printf(out, " ] ]");
      continue;
    }
    propter_buf_printf(out, "rml:reference "), add_text(out, c->name);
    if (c->datatype.len && !c->decimal) propter_buf_printf(out, " ; rml:datatype xsd:%.*s", (int)type.len, type.data);
    propter_buf_printf(out, " ] ]");
  }
  for (size_t i = 0; i < s->references.count; i++) PROPTER_TRY(write_reference(s, i, taken, out, err));
  propter_buf_printf(out, " .\n");
  return PROPTER_OK;
}

PropterStatus propter_sniff_write(const PropterSniff *sniff, PropterStr source, PropterStr base, PropterBuf *out, PropterError *err) {
  PropterMap taken = {0};
  PropterStatus status = PROPTER_OK;
  bool metrics = false;
  write_head(sniff, source, base, out);
  for (size_t i = 0; i < sniff->count && status == PROPTER_OK; i++) {
    if (sniff->columns[i].role != PROPTER_COLUMN_MEASURE) continue;
    metrics = true;
    status = write_metric(sniff, i, source, &taken, out, err);
  }
  if (status == PROPTER_OK && !metrics) status = write_rows(sniff, source, base, &taken, out, err);
  propter_map_clear(&taken);
  return status == PROPTER_OK ? propter_buf_status(out, err) : status;
}
