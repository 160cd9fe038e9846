/* SPDX-License-Identifier: Apache-2.0 */
/* Keys of tables that metadata describe (tabular data model §6.6): what was seen of each, and what is wrong with it. */
#include <inttypes.h>

#include "csvw_row.h"
#include "propter/hash.h"

/* A row that refers to another. */
typedef struct {
  uint64_t place;
  size_t key; /* number of its value among those of `wanted` */
} Reference;

typedef struct {
  PropterMap had;    /* values of the referenced columns, or of the primary key → line of the first row, or 0 after a second one */
  PropterMap wanted; /* values of a foreign key */
  PROPTER_VEC(Reference) references;
} Seen;

struct CsvwSeen {
  Seen *keys; /* as in the metadata */
};

void csvw_seen_free(const Csvw *csvw, CsvwSeen *seen) {
  for (size_t i = 0; seen && seen->keys && i < csvw->keys.count; i++) {
    propter_map_clear(&seen->keys[i].had);
    propter_map_clear(&seen->keys[i].wanted);
    propter_vec_clear(&seen->keys[i].references);
  }
  if (seen) propter_free(seen->keys);
  propter_free(seen);
}

/* The values of the columns one after the other; a column without a value is told from an empty one. False: none has any. */
static bool values_of(CsvwRow *r, const size_t *columns, size_t count) {
  bool any = false;
  propter_buf_reset(&r->text);
  for (size_t i = 0; i < count; i++) {
    PropterStr v = r->values[columns[i]];
    any |= v.data != NULL;
    propter_buf_add_char(&r->text, v.data ? '=' : '-');
    propter_buf_add(&r->text, v);
    propter_buf_add_char(&r->text, '\0');
  }
  row_fail(r, propter_buf_status(&r->text, r->err));
  return any && r->status == PROPTER_OK;
}

static void add_had(CsvwRow *r, const CsvwKey *key, Seen *seen, const size_t *columns) {
  bool added, foreign = key->other != SIZE_MAX;
  if (!values_of(r, columns, key->count)) return;
  uint64_t *first = propter_map_put(&seen->had, propter_buf_str(&r->text), r->place, &added);
  if (!first) (void)row_checked(r, (PropterStr){NULL, 0});
  else if (!added && foreign) *first = 0;
  else if (!added)
    row_reject(r, &r->t->columns.items[columns[0]], r->values[columns[0]], "key", "expected each primary key once, found that of line %" PRIu64 " again",
               *first);
}

static void add_wanted(CsvwRow *r, const CsvwKey *key, Seen *seen) {
  bool added;
  if (!values_of(r, key->columns, key->count)) return;
  const uint64_t *number = propter_map_put(&seen->wanted, propter_buf_str(&r->text), seen->wanted.count, &added);
  Reference one = {r->place, number ? (size_t)*number : 0};
  if (!number || !propter_vec_push(&seen->references, one)) (void)row_checked(r, (PropterStr){NULL, 0});
}

void csvw_keys_row(CsvwRow *r) {
  const Csvw *c = r->x->m->csvw;
  size_t table = (size_t)(r->t - c->tables.items);
  if (!r->x->csvw_seen && c->keys.count) {
    r->x->csvw_seen = propter_calloc(1, sizeof *r->x->csvw_seen);
    if (r->x->csvw_seen) r->x->csvw_seen->keys = propter_calloc(c->keys.count, sizeof *r->x->csvw_seen->keys);
    if (!r->x->csvw_seen || !r->x->csvw_seen->keys) (void)row_checked(r, (PropterStr){NULL, 0});
  }
  for (size_t i = 0; i < c->keys.count && r->status == PROPTER_OK; i++) {
    const CsvwKey *key = &c->keys.items[i];
    Seen *seen = &r->x->csvw_seen->keys[i];
    bool foreign = key->other != SIZE_MAX;
    if (foreign && key->table == table) add_wanted(r, key, seen);
    if ((foreign ? key->other : key->table) == table) add_had(r, key, seen, foreign ? key->other_columns : key->columns);
  }
}

static PropterStatus reject(Execution *x, const CsvwKey *key, const Seen *seen, const Reference *one, const char *reason, PropterError *err) {
  const CsvwTable *t = &x->m->csvw->tables.items[key->table];
  const CsvwColumn *c = &t->columns.items[key->columns[0]];
  PropterStr value = seen->wanted.entries[one->key].key;
  value.data++, value.len = strlen(value.data);
  PropterReject reject = {.file = x->m->sources.items[t->source].is.path,
                          .row = one->place,
                          .column = c->title.len ? c->title : c->name,
                          .value = value,
                          .rule = PROPTER_STR("key"),
                          .reason = propter_str(reason)};
  x->counts->rejects++;
  return x->sink->reject(&reject, x->sink->payload, err);
}

PropterStatus csvw_keys_end(Execution *x, PropterError *err) {
  const Csvw *c = x->m->csvw;
  for (size_t i = 0; x->csvw_seen && i < c->keys.count; i++) {
    const Seen *seen = &x->csvw_seen->keys[i];
    for (size_t k = 0; k < seen->references.count; k++) {
      const Reference *one = &seen->references.items[k];
      const uint64_t *row = propter_map_get(&seen->had, seen->wanted.entries[one->key].key);
      const char *reason = !row    ? "expected a row that the foreign key refers to, found none"
                           : !*row ? "expected one row that the foreign key refers to, found several"
                                   : NULL;
      if (reason) PROPTER_TRY(reject(x, &c->keys.items[i], seen, one, reason, err));
    }
  }
  return PROPTER_OK;
}
