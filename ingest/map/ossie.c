/* SPDX-License-Identifier: Apache-2.0 */
/* Semantic models of Apache Ossie (core specification 0.2.0.dev0): metrics whose ANSI_SQL is AGGREGATE(dataset.field), or a quotient of two of them. A dataset
 * is the table that is called as the last part of its source and lies beside the document. What Ossie has no word for stands in custom_extensions of the vendor
 * PROPTER, as JSON. */
#include <string.h>
#include <strings.h>

#include "ossie.h"
#include "propter/date.h"

#define KEYS(name, keys) static const char keys_of_##name[] = keys;
#include "ossie.def"
#undef KEYS

static const Meaning aggregates[] = {{"SUM", NULL, VOCAB_propter_Sum},     {"AVG", NULL, VOCAB_propter_Mean},    {"MIN", NULL, VOCAB_propter_Minimum},
                                     {"MAX", NULL, VOCAB_propter_Maximum}, {"COUNT", NULL, VOCAB_propter_Count}, {NULL, NULL, 0}};

static bool is(const char *path) {
  PropterStr name = propter_str(path);
  if (propter_str_ends(name, PROPTER_STR(".json"))) return yaml_mentions(path, "\"semantic_model\"");
  return (propter_str_ends(name, PROPTER_STR(".yml")) || propter_str_ends(name, PROPTER_STR(".yaml"))) && yaml_begins(path, "semantic_model:");
}

/* The extension for propter, its JSON read as a document of its own. `own` is to be closed. */
static PropterStatus own_of(Define *d, yaml_node_t *node, Define *own, bool *found, PropterError *err) {
  yaml_node_t *extensions = define_get(d, node, "custom_extensions"), *one, *data = NULL;
  *own = (Define){.iri = d->iri, .sink = d->sink, .file = &own->held};
  *found = false;
  for (size_t i = 0; (one = define_item(d, extensions, i)); i++) {
    PROPTER_TRY(define_keys(d, one, keys_of_extension, err));
    if (propter_str_equal(yaml_text(define_get(d, one, "vendor_name")), PROPTER_STR("PROPTER"))) data = define_get(d, one, "data");
  }
  if (!data) return PROPTER_OK;
  if (yaml_of_text(&own->held, d->file->path, yaml_text(data), NULL) != PROPTER_OK || !yaml_is_mapping(yaml_root(&own->held))) {
    yaml_close(&own->held);
    return yaml_fail(d->file, data, err, PROPTER_INVALID, "expected a JSON object as data of PROPTER");
  }
  PropterStatus status = define_keys(own, yaml_root(&own->held), keys_of_own, err);
  *found = status == PROPTER_OK;
  if (status == PROPTER_OK) return PROPTER_OK;
  yaml_close(&own->held);
  if (err) propter_error_at(err, d->file->path, yaml_line(data), 0);
  return status;
}

/* Closes it; what is wrong in it is wrong at `node`. */
static PropterStatus close_own(Define *own, const yaml_node_t *node, PropterStatus status, PropterError *err) {
  if (status != PROPTER_OK && err) err->line = yaml_line(node);
  yaml_close(&own->held);
  propter_arena_clear(&own->arena);
  return status;
}

/* A text of that extension, in the arena; empty: it says none. */
static PropterStatus own_text(Define *d, yaml_node_t *node, const char *key, PropterStr *out, PropterError *err) {
  Define own;
  bool found;
  *out = (PropterStr){"", 0};
  PROPTER_TRY(own_of(d, node, &own, &found, err));
  if (!found) return PROPTER_OK;
  *out = propter_arena_copy(&d->arena, yaml_text(define_get(&own, yaml_root(&own.held), key)));
  yaml_close(&own.held);
  return out->data ? PROPTER_OK : define_no_memory(err);
}

/* The expression in standard SQL. */
static PropterStatus ansi(Define *d, yaml_node_t *node, yaml_node_t **out, PropterError *err) {
  yaml_node_t *expression = define_get(d, node, "expression"), *one;
  PROPTER_TRY(define_keys(d, expression ? expression : node, keys_of_expression, err));
  for (size_t i = 0; (one = define_item(d, define_get(d, expression, "dialects"), i)); i++) {
    PROPTER_TRY(define_keys(d, one, keys_of_dialect, err));
    *out = define_get(d, one, "expression");
    if (*out && propter_str_equal(yaml_text(define_get(d, one, "dialect")), PROPTER_STR("ANSI_SQL"))) return PROPTER_OK;
  }
  return yaml_fail(d->file, node, err, PROPTER_INVALID, "expected an expression of the dialect ANSI_SQL");
}

static PropterStatus column_of(Define *d, yaml_node_t *field, PropterStr *out, PropterError *err) {
  yaml_node_t *expression;
  PROPTER_TRY(define_keys(d, field, keys_of_field, err));
  PROPTER_TRY(ansi(d, field, &expression, err));
  return define_name(d, field, expression, "the name of a column (SQL is not evaluated)", out, err);
}

/* --- What a metric is of --------------------------------------------------------------------------------------------------------------- */

static PropterStatus say_table(Define *d, PropterStr metric, yaml_node_t *dataset, PropterError *err) {
  yaml_node_t *source = define_get(d, dataset, "source");
  PropterStr file, text = yaml_text(source), name = {"", 0};
  PROPTER_TRY(own_text(d, dataset, "source_file", &file, err));
  if (file.len) return define_say(d, metric, VOCAB_propter_sourceFile, propter_literal(file), dataset, err);
  do name = define_take_name(&text);
  while (name.len && define_take(&text, PROPTER_STR(".")));
  if (name.len && !text.len) return define_say_file(d, metric, name, yaml_text(source), source, err);
  return yaml_fail(d->file, source ? source : dataset, err, PROPTER_INVALID, "expected the name of a table as source (a query is not evaluated)");
}

/* What `key` of propter's extension says of the metric, else of its dataset. */
static PropterStatus own_either(Define *d, yaml_node_t *node, yaml_node_t *dataset, const char *key, PropterStr *out, PropterError *err) {
  PROPTER_TRY(own_text(d, node, key, out, err));
  return out->len ? PROPTER_OK : own_text(d, dataset, key, out, err);
}

static PropterStatus say_time(Define *d, PropterStr metric, yaml_node_t *node, yaml_node_t *dataset, PropterError *err) {
  yaml_node_t *fields = define_get(d, dataset, "fields"), *one, *time = NULL;
  PropterStr named, grain, column;
  PropterGrain is = PROPTER_GRAIN_DAY;
  PROPTER_TRY(own_either(d, node, dataset, "time_dimension", &named, err));
  PROPTER_TRY(own_either(d, node, dataset, "grain", &grain, err));
  if (named.len) time = define_named(d, fields, named);
  for (size_t i = 0, found = 0; !named.len && (one = define_item(d, fields, i)); i++)
    if (define_true(define_get(d, define_get(d, one, "dimension"), "is_time"))) time = found++ ? NULL : one;
  if (!time)
    return yaml_fail(d->file, dataset, err, PROPTER_INVALID, "expected one field with dimension: {is_time: true}, or PROPTER's time_dimension to name it");
  if (grain.len && !propter_grain_parse(grain, &is))
    return yaml_fail(d->file, node, err, PROPTER_INVALID, "expected P1D, P7D, P1M, P3M or P1Y as PROPTER's grain, found \"%s\"", grain.data);
  PROPTER_TRY(column_of(d, time, &column, err));
  PROPTER_TRY(define_say(d, metric, VOCAB_propter_timeColumn, propter_literal(column), time, err));
  Meaning period = {"", grain.len ? grain.data : "P1D", 0};
  return define_say_grain(d, metric, &period, time, err);
}

/* The fields with a dimension that is no time; `join` NULL: of the metric's own table. */
static PropterStatus say_slices(Define *d, PropterStr metric, const DefineJoin *join, yaml_node_t *dataset, PropterError *err) {
  yaml_node_t *one;
  PropterStr column, skip;
  for (size_t i = 0; (one = define_item(d, define_get(d, dataset, "fields"), i)); i++) {
    yaml_node_t *dimension = define_get(d, one, "dimension");
    PROPTER_TRY(define_keys(d, one, keys_of_field, err));
    if (dimension) PROPTER_TRY(define_keys(d, dimension, keys_of_dimension, err));
    PROPTER_TRY(own_text(d, one, "skip", &skip, err));
    if (!dimension || define_true(define_get(d, dimension, "is_time")) || (skip.len && !propter_str_equal(skip, PROPTER_STR("false")))) continue;
    PROPTER_TRY(column_of(d, one, &column, err));
    PROPTER_TRY(define_say_slice(d, metric, join, column, define_get(d, one, "label"), one, err));
  }
  return PROPTER_OK;
}

/* --- Relationships ---------------------------------------------------------------------------------------------------------------------- */

typedef struct {
  const DefineJoin *around;
  PropterStr metric;
  yaml_node_t *model, *own, *said; /* own: the metric's dataset */
} Join;

static PropterStatus say_columns(Define *d, DefineJoin *join, yaml_node_t *said, PropterError *err) {
  yaml_node_t *from = define_get(d, said, "from_columns"), *to = define_get(d, said, "to_columns"), *child, *parent;
  PropterStr column[2];
  for (size_t i = 0;; i++) {
    child = define_item(d, from, i), parent = define_item(d, to, i);
    if (!child && !parent && i) return PROPTER_OK;
    if (!child || !parent) return yaml_fail(d->file, said, err, PROPTER_INVALID, "expected as many from_columns as to_columns, at least one");
    PROPTER_TRY(define_name(d, said, child, "the name of a column", &column[0], err));
    PROPTER_TRY(define_name(d, said, parent, "the name of a column", &column[1], err));
    PROPTER_TRY(define_say_on(d, join, column[0], column[1], child, err));
  }
}

static PropterStatus say_relationships(Define *d, PropterStr metric, yaml_node_t *model, yaml_node_t *own, yaml_node_t *dataset, const DefineJoin *around,
                                       PropterError *err);

/* A dataset, its model, and the document that they stand in. */
typedef struct {
  PropterStr name;
  yaml_node_t *dataset, *model;
  DefineFile *in;
} Other;

static yaml_node_t *dataset_here(Define *d, void *payload) {
  Other *o = payload;
  yaml_node_t *models = define_get(d, yaml_root(d->file), "semantic_model"), *found = NULL;
  for (size_t i = 0; !found && (o->model = define_item(d, models, i)); i++) found = define_named(d, define_get(d, o->model, "datasets"), o->name);
  return found;
}

/* In the model itself, else in another one. */
static bool find_dataset(Define *d, yaml_node_t *model, Other *o) {
  o->in = d->in, o->model = model;
  if (!(o->dataset = define_named(d, define_get(d, model, "datasets"), o->name))) o->dataset = define_find(d, dataset_here, o, &o->in);
  return o->dataset != NULL;
}

enum { KEY_COLUMNS = 16 };
typedef struct {
  PropterStr names[KEY_COLUMNS];
  size_t count;
} Columns;

static bool are_key(Define *d, yaml_node_t *key, const Columns *columns) {
  yaml_node_t *one;
  size_t n = 0;
  for (; (one = define_item(d, key, n)); n++) {
    bool found = false;
    for (size_t i = 0; i < columns->count; i++) found |= propter_str_equal(yaml_text(one), columns->names[i]);
    if (!found) return false;
  }
  return n > 0 && n == columns->count;
}

/* Whether they are a key of the dataset, where it declares one. */
static bool are_key_of(Define *d, yaml_node_t *dataset, const Columns *columns) {
  yaml_node_t *key = define_get(d, dataset, "primary_key"), *unique = define_get(d, dataset, "unique_keys"), *one;
  bool found = (!key && !unique) || are_key(d, key, columns);
  for (size_t i = 0; !found && (one = define_item(d, unique, i)); i++) found = are_key(d, one, columns);
  return found;
}

static PropterStatus check_key(Define *d, const Other *o, yaml_node_t *said, PropterError *err) {
  yaml_node_t *list = define_get(d, said, "to_columns"), *one;
  Columns columns = {.count = 0};
  while (columns.count < KEY_COLUMNS && (one = define_item(d, list, columns.count))) columns.names[columns.count++] = yaml_text(one);
  DefineFile *here = define_go(d, o->in);
  const bool found = are_key_of(d, o->dataset, &columns);
  (void)define_go(d, here);
  if (found) return PROPTER_OK;
  return yaml_fail(d->file, list ? list : said, err, PROPTER_INVALID,
                   "expected a primary or unique key as to_columns: what has several rows for one gives no dimension");
}

/* What the dataset says of itself, in its own document. */
static PropterStatus say_other(Define *d, const Join *j, const DefineJoin *join, const Other *o, PropterError *err) {
  PROPTER_TRY(define_keys(d, o->dataset, keys_of_dataset, err));
  PROPTER_TRY(say_table(d, join->node, o->dataset, err));
  PROPTER_TRY(say_slices(d, j->metric, join, o->dataset, err));
  return say_relationships(d, j->metric, o->model, j->own, o->dataset, join, err);
}

static PropterStatus read_relationship(Define *d, const void *payload, PropterError *err) {
  const Join *j = payload;
  yaml_node_t *at = define_get(d, j->said, "to");
  Other other = {0};
  DefineJoin join;
  PROPTER_TRY(define_keys(d, j->said, keys_of_relationship, err));
  PROPTER_TRY(define_name(d, j->said, at, "the name of a dataset as to", &other.name, err));
  if (!find_dataset(d, j->model, &other))
    return yaml_fail(d->file, at, err, PROPTER_INVALID, "no dataset \"%.*s\" in the given files: its dimensions are left out", (int)other.name.len,
                     other.name.data);
  if (define_join_ends(j->around, j->own, other.dataset)) return PROPTER_OK;
  PROPTER_TRY(check_key(d, &other, j->said, err));
  PROPTER_TRY(define_say_join(d, j->around, j->metric, other.name, other.dataset, j->said, &join, err));
  PROPTER_TRY(say_columns(d, &join, j->said, err));
  DefineFile *here = define_go(d, other.in);
  const PropterStatus status = say_other(d, j, &join, &other, err);
  (void)define_go(d, here);
  return status;
}

static PropterStatus say_relationships(Define *d, PropterStr metric, yaml_node_t *model, yaml_node_t *own, yaml_node_t *dataset, const DefineJoin *around,
                                       PropterError *err) {
  yaml_node_t *one;
  const PropterStr from = yaml_text(define_get(d, dataset, "name"));
  for (size_t i = 0; (one = define_item(d, define_get(d, model, "relationships"), i)); i++) {
    const Join j = {around, metric, model, own, one};
    if (!propter_str_equal(yaml_text(define_get(d, one, "from")), from)) continue;
    const PropterStr own_name = yaml_text(define_get(d, one, "name"));
    PROPTER_TRY(define_part(d, own_name.len ? own_name : from, read_relationship, &j, err));
  }
  return PROPTER_OK;
}

static PropterStatus say_fields(Define *d, PropterStr metric, yaml_node_t *model, yaml_node_t *dataset, PropterError *err) {
  yaml_node_t *key;
  for (size_t i = 0; (key = define_item(d, define_get(d, dataset, "primary_key"), i)); i++)
    PROPTER_TRY(define_say_text(d, metric, VOCAB_propter_keyColumn, key, err));
  PROPTER_TRY(say_slices(d, metric, NULL, dataset, err));
  return say_relationships(d, metric, model, dataset, dataset, NULL, err);
}

/* A field of the dataset; DATASET.COLUMN of another one stays as it is. */
static PropterStatus slice_named(Define *d, yaml_node_t *dataset, const yaml_node_t *at, PropterStr name, PropterStr *slice, PropterError *err) {
  yaml_node_t *field = define_named(d, define_get(d, dataset, "fields"), name);
  *slice = propter_arena_copy(&d->arena, name);
  if (!slice->data) return define_no_memory(err);
  if (field) return column_of(d, field, slice, err);
  if (memchr(name.data, '.', name.len)) return PROPTER_OK;
  return yaml_fail(d->file, at ? at : dataset, err, PROPTER_INVALID, "no field \"%.*s\" in the dataset", (int)name.len, name.data);
}

static PropterStatus say_non_additive(Define *d, PropterStr metric, yaml_node_t *node, yaml_node_t *dataset, PropterError *err) {
  Define own;
  bool found;
  PROPTER_TRY(own_of(d, node, &own, &found, err));
  if (!found) return PROPTER_OK;
  return close_own(&own, node, define_say_non_additive(d, metric, &own, yaml_root(&own.held), slice_named, dataset, err), err);
}

/* --- Metrics --------------------------------------------------------------------------------------------------------------------------- */

typedef struct {
  const Meaning *aggregate;
  PropterStr dataset, field; /* field "*": rows */
  bool distinct;
} Aggregate;

/* AGGREGATE(dataset.field) or COUNT(*), which has no dataset. */
static bool take_aggregate(PropterStr *text, Aggregate *out) {
  PropterStr name = define_take_name(text);
  *out = (Aggregate){.dataset = {"", 0}, .field = {"*", 1}};
  for (const Meaning *m = aggregates; m->name; m++)
    if (name.len == strlen(m->name) && strncasecmp(name.data, m->name, name.len) == 0) out->aggregate = m;
  if (!out->aggregate || !define_take(text, PROPTER_STR("("))) return false;
  out->dataset = define_take_name(text);
  out->distinct = out->dataset.len == 8 && strncasecmp(out->dataset.data, "DISTINCT", 8) == 0 && out->aggregate->word == VOCAB_propter_Count;
  if (out->distinct) out->dataset = define_take_name(text);
  if (!out->dataset.len || !define_take(text, PROPTER_STR("."))) return false;
  if (!define_take(text, PROPTER_STR("*"))) out->field = define_take_name(text);
  return out->field.len && define_take(text, PROPTER_STR(")"));
}

static bool is_key(Define *d, yaml_node_t *dataset, PropterStr field) {
  yaml_node_t *key = define_get(d, dataset, "primary_key");
  return define_item(d, key, 0) && !define_item(d, key, yaml_is_sequence(key) ? 1 : 2) && propter_str_equal(yaml_text(define_item(d, key, 0)), field);
}

/* What a metric, or one side of a quotient, adds up. */
static PropterStatus say_aggregate(Define *d, PropterStr metric, yaml_node_t *model, yaml_node_t *node, const Aggregate *a, yaml_node_t *at,
                                   PropterError *err) {
  yaml_node_t *dataset = define_named(d, define_get(d, model, "datasets"), a->dataset), *field;
  PropterStr column;
  if (!dataset) return yaml_fail(d->file, at, err, PROPTER_INVALID, "no dataset \"%.*s\" in this model", (int)a->dataset.len, a->dataset.data);
  PROPTER_TRY(define_keys(d, dataset, keys_of_dataset, err));
  PROPTER_TRY(define_say_word(d, metric, VOCAB_propter_aggregation, a->distinct ? VOCAB_propter_CountDistinct : a->aggregate->word, at, err));
  PROPTER_TRY(say_table(d, metric, dataset, err));
  PROPTER_TRY(say_time(d, metric, node, dataset, err));
  PROPTER_TRY(say_fields(d, metric, model, dataset, err));
  PROPTER_TRY(say_non_additive(d, metric, node, dataset, err));
  bool rows = propter_str_equal(a->field, PROPTER_STR("*"));
  if (a->distinct) PROPTER_TRY(define_by_database(d, at, "COUNT (DISTINCT …)", err));
  if (a->aggregate->word == VOCAB_propter_Count && !a->distinct && !(d->database && !rows && !is_key(d, dataset, a->field))) {
    if (rows || is_key(d, dataset, a->field)) return PROPTER_OK;
    return yaml_fail(d->file, at, err, PROPTER_INVALID,
                     "expected the primary key of the dataset to be counted: whether others are empty is counted by a database only (--database)");
  }
  field = rows ? NULL : define_named(d, define_get(d, dataset, "fields"), a->field);
  if (!field) return yaml_fail(d->file, at, err, PROPTER_INVALID, "no field \"%.*s\" in the dataset", (int)a->field.len, a->field.data);
  PROPTER_TRY(column_of(d, field, &column, err));
  return define_say(d, metric, VOCAB_propter_sourceColumn, propter_literal(column), field, err);
}

static PropterStatus say_quotient(Define *d, PropterStr metric, yaml_node_t *model, yaml_node_t *node, const Aggregate part[2], yaml_node_t *at,
                                  PropterError *err) {
  static const char *const names[] = {"numerator", "denominator"};
  for (int k = 0; k < 2; k++) {
    PropterStr own = propter_arena_printf(&d->arena, "%.*s_%s", (int)metric.len, metric.data, names[k]);
    if (!own.data) return define_no_memory(err);
    PROPTER_TRY(define_say_metric(d, own, (PropterStr){"", 0}, NULL, at, err));
    PROPTER_TRY(say_aggregate(d, own, model, node, &part[k], at, err));
    PROPTER_TRY(define_say_part(d, metric, k, own, at, err));
  }
  return PROPTER_OK;
}

/* Synonyms of ai_context, and what its extension says to propter. */
static PropterStatus say_context(Define *d, PropterStr metric, yaml_node_t *node, PropterError *err) {
  yaml_node_t *context = define_get(d, node, "ai_context"), *one;
  Define own;
  bool found;
  if (yaml_is_mapping(context)) PROPTER_TRY(define_keys(d, context, keys_of_context, err));
  for (size_t i = 0; (one = define_item(d, define_get(d, context, "synonyms"), i)); i++) PROPTER_TRY(define_say_text(d, metric, VOCAB_skos_altLabel, one, err));
  PROPTER_TRY(own_of(d, node, &own, &found, err));
  if (!found) return PROPTER_OK;
  return close_own(&own, node, define_say_meta(&own, metric, yaml_root(&own.held), err), err);
}

static PropterStatus read_metric(Define *d, yaml_node_t *model, yaml_node_t *node, PropterError *err) {
  yaml_node_t *at = define_get(d, node, "name"), *expression;
  PropterStr name, skip, label, text;
  Aggregate part[2];
  PROPTER_TRY(define_name(d, node, at, "a name of letters, digits and _ for the metric", &name, err));
  PROPTER_TRY(own_text(d, node, "skip", &skip, err));
  if (skip.len && !propter_str_equal(skip, PROPTER_STR("false"))) return PROPTER_OK;
  PROPTER_TRY(define_keys(d, node, keys_of_metric, err));
  if (define_named(d, define_get(d, model, "metrics"), name) != node)
    return yaml_fail(d->file, node, err, PROPTER_INVALID, "the metric \"%.*s\" stands twice", (int)name.len, name.data);
  PROPTER_TRY(ansi(d, node, &expression, err));
  text = yaml_text(expression);
  bool one = text.len && take_aggregate(&text, &part[0]), two = one && define_take(&text, PROPTER_STR("/")) && take_aggregate(&text, &part[1]);
  if (!one || text.len) {
    text = yaml_text(expression);
    return yaml_fail(d->file, expression, err, PROPTER_INVALID,
                     "expected SUM, AVG, MIN, MAX or COUNT of dataset.field, or one of them / another: other SQL is not evaluated, found \"%.*s\"",
                     (int)text.len, text.data);
  }
  PROPTER_TRY(own_text(d, node, "label", &label, err));
  PROPTER_TRY(define_say_metric(d, name, label, define_get(d, node, "description"), at, err));
  PROPTER_TRY(say_context(d, name, node, err));
  return two ? say_quotient(d, name, model, node, part, expression, err) : say_aggregate(d, name, model, node, &part[0], expression, err);
}

/* A relationship is read where its dataset is: of one that is not there nothing would be. */
static PropterStatus check_from(Define *d, const void *payload, PropterError *err) {
  const Join *j = payload;
  yaml_node_t *from = define_get(d, j->said, "from");
  const PropterStr name = yaml_text(from);
  if (define_named(d, define_get(d, j->model, "datasets"), name)) return PROPTER_OK;
  return yaml_fail(d->file, from ? from : j->said, err, PROPTER_INVALID,
                   "no dataset \"%.*s\" in this model: the relationship is to stand in the model that has it", (int)name.len, name.data);
}

PropterStatus ossie_model(Define *d, yaml_node_t *model, PropterError *err) {
  yaml_node_t *one;
  PROPTER_TRY(define_keys(d, model, keys_of_model, err));
  for (size_t k = 0; (one = define_item(d, define_get(d, model, "relationships"), k)); k++) {
    const Join j = {.model = model, .said = one};
    PROPTER_TRY(define_part(d, yaml_text(define_get(d, one, "name")), check_from, &j, err));
  }
  for (size_t k = 0; (one = define_item(d, define_get(d, model, "metrics"), k)); k++)
    PROPTER_TRY(define_metric(d, yaml_text(define_get(d, one, "name")), read_metric, model, one, err));
  return PROPTER_OK;
}

PropterStatus ossie_version(Define *d, PropterError *err) {
  yaml_node_t *root = yaml_root(d->file), *version = define_get(d, root, "version");
  if (propter_str_equal(yaml_text(version), PROPTER_STR(OSSIE_VERSION))) return PROPTER_OK;
  return yaml_fail(d->file, version ? version : root, err, PROPTER_INVALID, "expected version: " OSSIE_VERSION ", the one that propter knows");
}

static PropterStatus read_document(Define *d, PropterError *err) {
  yaml_node_t *root = yaml_root(d->file), *model;
  PROPTER_TRY(define_keys(d, root, keys_of_document, err));
  PROPTER_TRY(ossie_version(d, err));
  for (size_t i = 0; (model = define_item(d, define_get(d, root, "semantic_model"), i)); i++) PROPTER_TRY(ossie_model(d, model, err));
  return PROPTER_OK;
}

const Definitions definitions_ossie = {is, read_document, NULL};
