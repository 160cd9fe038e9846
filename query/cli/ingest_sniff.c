/* SPDX-License-Identifier: Apache-2.0 */
/* A mapping guessed from a table. */
#include <ctype.h>
#include <string.h>

#include "ingest_call.h"
#include "propter/io.h"
#include "propter/sniff.h"

/* IRIs that begin with an example's address and a name. */
static PropterStatus example_base(PropterStr name, PropterStr table, PropterBuf *iri, PropterError *err) {
  const PropterStr parts[] = {name, table};
  propter_buf_reset(iri);
  propter_buf_printf(iri, "https://example.org/");
  for (size_t k = 0; k < 2; k++) {
    if (k && table.len) propter_buf_add_char(iri, '-');
    for (size_t i = 0; i < parts[k].len; i++) propter_buf_add_char(iri, isalnum((unsigned char)parts[k].data[i]) ? parts[k].data[i] : '-');
  }
  propter_buf_add_char(iri, '#');
  return propter_buf_status(iri, err);
}

typedef struct {
  const char *path, *name; /* as it is read, and as a mapping calls it */
  PropterStr stem, base;   /* base: empty, one is made of the stem */
} Guess;

static PropterStatus guess(const Guess *g, const PropterTableOptions *options, PropterStr table, PropterBuf *text, PropterError *err) {
  PropterSniff found = {0};
  PropterBuf iri = {0};
  PropterStatus status = propter_sniff(g->path, options, NULL, &found, err);
  if (status == PROPTER_OK) status = example_base(g->stem, table, &iri, err);
  if (status == PROPTER_OK) status = propter_sniff_write(&found, propter_str(g->name), g->base.len ? g->base : propter_buf_str(&iri), text, err);
  propter_sniff_clear(&found);
  propter_buf_clear(&iri);
  return status;
}

/* Each table of a database; one that cannot be read is named. */
static PropterStatus guess_tables(const Guess *g, const char *format, PropterBuf *text, PropterError *err) {
  PropterArena arena = {0};
  PropterSheets tables = {0};
  PropterStatus status = propter_table_tables(g->path, NULL, &arena, &tables, err);
  for (size_t i = 0; i < tables.count && status == PROPTER_OK; i++) {
    const PropterTableOptions options = {.format = format, .table = tables.items[i].data};
    PropterError bad = {0};
    if (i) propter_buf_add_char(text, '\n');
    propter_buf_printf(text, "# Table %s\n", tables.items[i].data);
    status = guess(g, &options, tables.items[i], text, &bad);
    if (status == PROPTER_NO_MEMORY && err) *err = bad;
    else if (status != PROPTER_OK) propter_buf_printf(text, "# not read: %s\n", bad.message), status = PROPTER_OK;
  }
  if (status == PROPTER_OK && !tables.count) {
    propter_error_at(err, g->path, 0, 0);
    status = propter_fail(err, PROPTER_INVALID, "expected a table, found none in the database");
  }
  propter_vec_clear(&tables);
  propter_arena_clear(&arena);
  return status == PROPTER_OK ? propter_buf_status(text, err) : status;
}

PropterStatus ingest_sniff(const CommandCall *call, const char *path, PropterStr base, PropterError *err) {
  PropterBuf text = {0};
  const char *output = cmd_value(call, "output"), *slash = strrchr(path, '/'), *database = propter_table_database(path);
  bool standard = strcmp(path, "-") == 0; /* it is looked at more than once */
  Guess g = {standard ? "/dev/stdin" : path, path, standard ? PROPTER_STR("table") : propter_str(slash ? slash + 1 : path), base};
  const char *dot = memchr(g.stem.data, '.', g.stem.len);
  if (dot) g.stem.len = (size_t)(dot - g.stem.data);
  if (standard) PROPTER_TRY(propter_io_keep_input(propter_limits_default().table_bytes, err));
  const PropterTableOptions options = {.encoding = cmd_value(call, "encoding")};
  PropterStatus status = database ? guess_tables(&g, database, &text, err) : guess(&g, &options, (PropterStr){"", 0}, &text, err);
  if (status == PROPTER_OK && output && strcmp(output, "-") != 0) status = propter_io_write_file(output, propter_buf_str(&text), err);
  else if (status == PROPTER_OK) fwrite(text.data, 1, text.len, call->data);
  propter_buf_clear(&text);
  return status;
}
