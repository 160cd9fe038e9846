/* SPDX-License-Identifier: Apache-2.0 */
/* A mapping guessed from a table. */
#include <ctype.h>
#include <string.h>

#include "ingest_call.h"
#include "propter/io.h"
#include "propter/sniff.h"

static void add_name(PropterBuf *iri, PropterStr name) {
  for (size_t i = 0; i < name.len; i++) propter_buf_add_char(iri, isalnum((unsigned char)name.data[i]) ? name.data[i] : '-');
}

typedef struct {
  const char *path, *name; /* as it is read, and as a mapping calls it */
  PropterStr stem, base;   /* base: empty, one is made of the stem */
} Guess;

typedef struct {
  PropterSniff found;
  PropterBuf base;
} Looked;

/* IRIs begin with the base, else with an example's address and a name, and with the table of a database. */
static PropterStatus look(const Guess *g, const PropterTableOptions *options, PropterStr table, Looked *out, PropterError *err) {
  PROPTER_TRY(propter_sniff(g->path, options, NULL, &out->found, err));
  PropterBuf *iri = &out->base;
  propter_buf_add(iri, g->base.len ? g->base : PROPTER_STR("https://example.org/"));
  if (!g->base.len) add_name(iri, g->stem);
  if (!g->base.len && table.len) propter_buf_add_char(iri, '-');
  add_name(iri, table);
  if (!g->base.len || table.len) propter_buf_add_char(iri, g->base.len ? '-' : '#');
  return propter_buf_status(iri, err);
}

static PropterStatus write_mapping(const Guess *g, const Looked *l, PropterBuf *text, PropterError *err) {
  return propter_sniff_write(&l->found, propter_str(g->name), propter_buf_str(&l->base), text, err);
}

static void forget(Looked *l) {
  propter_sniff_clear(&l->found);
  propter_buf_clear(&l->base);
}

static PropterStatus guess(const Guess *g, const PropterTableOptions *options, PropterBuf *text, PropterError *err) {
  Looked one = {0};
  PropterStatus status = look(g, options, (PropterStr){"", 0}, &one, err);
  if (status == PROPTER_OK) status = write_mapping(g, &one, text, err);
  forget(&one);
  return status;
}

/* Puts the columns of a reference into the order of the parent's key; false: they are another one. */
static bool match_key(PropterReference *r, const PropterColumn *const *key, size_t parts) {
  if (r->count != parts) return false;
  for (size_t i = 0; i < parts; i++) {
    size_t k = i;
    while (k < parts && !propter_str_equal(r->parent_columns[k], key[i]->name)) k++;
    if (k == parts) return false;
    PropterStr name = r->parent_columns[i];
    size_t column = r->columns[i];
    r->parent_columns[i] = r->parent_columns[k], r->parent_columns[k] = name;
    r->columns[i] = r->columns[k], r->columns[k] = column;
  }
  return true;
}

/* References of one table to the columns that name the rows of another one are those to its rows. */
static void refer_to(PropterSniff *from, const Looked *parent, PropterStr name) {
  const PropterColumn *key[PROPTER_SNIFF_KEY];
  size_t parts = propter_sniff_row_key(&parent->found, key);
  for (size_t c = 0; c < from->count && parts == 1; c++)
    if (propter_str_equal(from->columns[c].parent, name) && propter_str_equal(from->columns[c].parent_column, key[0]->name))
      from->columns[c].parent_row = propter_buf_str(&parent->base);
  for (size_t i = 0; i < from->references.count; i++) {
    PropterReference *r = &from->references.items[i];
    if (propter_str_equal(r->parent, name) && match_key(r, key, parts)) r->parent_row = propter_buf_str(&parent->base);
  }
}

static void refer(Looked *all, const PropterSheets *tables) {
  for (size_t i = 0; i < tables->count; i++)
    for (size_t k = 0; k < tables->count; k++) refer_to(&all[i].found, &all[k], tables->items[k]);
}

/* Each table of a database; one that cannot be read is named. */
static PropterStatus guess_each(const Guess *g, const char *format, const PropterSheets *tables, Looked *all, PropterBuf *text, PropterError *err) {
  PropterStatus status = PROPTER_OK;
  for (size_t i = 0; i < tables->count && status == PROPTER_OK; i++) {
    const PropterTableOptions options = {.format = format, .table = tables->items[i].data};
    PropterError bad = {0};
    status = look(g, &options, tables->items[i], &all[i], &bad);
    if (status == PROPTER_NO_MEMORY && err) *err = bad;
    else if (status != PROPTER_OK) propter_buf_printf(text, "# Table %s\n# not read: %s\n\n", tables->items[i].data, bad.message), status = PROPTER_OK;
  }
  if (status == PROPTER_OK) refer(all, tables);
  for (size_t i = 0, written = 0; i < tables->count && status == PROPTER_OK; i++) {
    if (!all[i].found.count) continue;
    propter_buf_printf(text, "%s# Table %s\n", written++ ? "\n" : "", tables->items[i].data);
    status = write_mapping(g, &all[i], text, err);
  }
  return status;
}

static PropterStatus guess_tables(const Guess *g, const char *format, PropterBuf *text, PropterError *err) {
  PropterArena arena = {0};
  PropterSheets tables = {0};
  Looked *all = NULL;
  PropterStatus status = propter_table_tables(g->path, NULL, &arena, &tables, err);
  if (status == PROPTER_OK && !tables.count) {
    propter_error_at(err, g->path, 0, 0);
    status = propter_fail(err, PROPTER_INVALID, "expected a table, found none in the database");
  }
  if (status == PROPTER_OK && !(all = propter_calloc(tables.count, sizeof *all)))
    status = propter_fail(err, PROPTER_NO_MEMORY, "out of memory looking at tables");
  if (status == PROPTER_OK) status = guess_each(g, format, &tables, all, text, err);
  for (size_t i = 0; all && i < tables.count; i++) forget(&all[i]);
  propter_free(all);
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
  PropterStatus status = database ? guess_tables(&g, database, &text, err) : guess(&g, &options, &text, err);
  if (status == PROPTER_OK && output && strcmp(output, "-") != 0) status = propter_io_write_file(output, propter_buf_str(&text), err);
  else if (status == PROPTER_OK) fwrite(text.data, 1, text.len, call->data);
  propter_buf_clear(&text);
  return status;
}
