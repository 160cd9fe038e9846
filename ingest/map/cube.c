/* SPDX-License-Identifier: Apache-2.0 */
/* Data models of Cube in YAML (https://cube.dev/docs/product/data-modeling/reference/cube): each measure is a metric, "cube.measure", over the table that is
 * called as sql_table and lies beside the document. */
#include <string.h>

#include "define.h"

#define KEYS(name, keys) static const char keys_of_##name[] = keys;
#include "cube.def"
#undef KEYS

static const Meaning types[] = {{"sum", NULL, VOCAB_propter_Sum},
                                {"avg", NULL, VOCAB_propter_Mean},
                                {"min", NULL, VOCAB_propter_Minimum},
                                {"max", NULL, VOCAB_propter_Maximum},
                                {"count", NULL, VOCAB_propter_Count},
                                {"count_distinct", NULL, VOCAB_propter_CountDistinct},
                                {"count_distinct_approx", NULL, VOCAB_propter_CountDistinct},
                                {"number", "ratio", 0},
                                {NULL, NULL, 0}};
static const Meaning dimension_types[] = {{"string", "", 0}, {"number", "", 0}, {"boolean", "", 0}, {"geo", "", 0}, {"time", "1", 0}, {NULL, NULL, 0}};

static bool is(const char *path) {
  PropterStr name = propter_str(path);
  return (propter_str_ends(name, PROPTER_STR(".yml")) || propter_str_ends(name, PROPTER_STR(".yaml"))) && yaml_begins(path, "cubes:");
}

static yaml_node_t *meta_of(Define *d, const yaml_node_t *node) { return define_get(d, define_get(d, node, "meta"), "propter"); }

/* COLUMN, {CUBE}.COLUMN or {CUBE.COLUMN}, with or without $. */
static bool take_column(PropterStr *text, PropterStr *column) {
  static const PropterStr self = {"CUBE", 4};
  (void)define_take(text, PROPTER_STR("$"));
  bool braces = define_take(text, PROPTER_STR("{"));
  *column = define_take_name(text);
  if (!braces) return column->len > 0;
  bool own = propter_str_equal(*column, self), inside = own && define_take(text, PROPTER_STR("."));
  if (inside) *column = define_take_name(text);
  if (!define_take(text, PROPTER_STR("}"))) return false;
  if (own && !inside) {
    if (!define_take(text, PROPTER_STR("."))) return false;
    *column = define_take_name(text);
  }
  return column->len > 0;
}

static PropterStatus column_of(Define *d, yaml_node_t *node, PropterStr *column, PropterError *err) {
  yaml_node_t *sql = define_get(d, node, "sql");
  PropterStr text = yaml_text(sql ? sql : define_get(d, node, "name"));
  if (take_column(&text, column) && !text.len) return PROPTER_OK;
  text = yaml_text(sql);
  return yaml_fail(d->file, sql ? sql : node, err, PROPTER_INVALID, "expected the name of a column as sql (SQL is not evaluated), found \"%.*s\"",
                   (int)text.len, text.data);
}

/* SQL over the cube's own table, {CUBE} being that. */
static PropterStatus own_expression(Define *d, yaml_node_t *sql, PropterStr *out, PropterError *err) {
  PropterStr text = yaml_text(sql);
  char *to = propter_arena_alloc(&d->arena, text.len + 1), *end = to;
  if (!to) return define_no_memory(err);
  while (text.len) {
    PropterStr rest = text, column;
    bool own = (*text.data == '{' || *text.data == '$') && take_column(&rest, &column);
    if (!own && *text.data == '{')
      return yaml_fail(d->file, sql, err, PROPTER_INVALID, "expected {CUBE}.COLUMN: other members are not evaluated, found \"%.*s\"", (int)yaml_text(sql).len,
                       yaml_text(sql).data);
    size_t n = own ? column.len : 1;
    memcpy(end, own ? column.data : text.data, n);
    end += n;
    if (own && rest.len && strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", *rest.data)) *end++ = ' ';
    text = own ? rest : (PropterStr){text.data + 1, text.len - 1};
  }
  *out = (PropterStr){to, (size_t)(end - to)};
  return PROPTER_OK;
}

/* CUBE.MEMBER */
static PropterStr name_of(Define *d, yaml_node_t *cube, PropterStr measure) {
  PropterStr own = yaml_text(define_get(d, cube, "name"));
  return propter_arena_printf(&d->arena, "%.*s.%.*s", (int)own.len, own.data, (int)measure.len, measure.data);
}

/* --- What a measure is of -------------------------------------------------------------------------------------------------------------- */

static PropterStatus say_table(Define *d, PropterStr metric, yaml_node_t *cube, PropterError *err) {
  yaml_node_t *file = define_get(d, meta_of(d, cube), "source_file"), *table = define_get(d, cube, "sql_table");
  PropterStr text = yaml_text(table), name = {"", 0};
  if (file) return define_say_text(d, metric, VOCAB_propter_sourceFile, file, err);
  do name = define_take_name(&text);
  while (name.len && define_take(&text, PROPTER_STR(".")));
  if (name.len && !text.len) return define_say_file(d, metric, name, yaml_text(table), table, err);
  return yaml_fail(d->file, table ? table : cube, err, PROPTER_INVALID, "expected sql_table: NAME, or the table as meta: {propter: {source_file: FILE}}");
}

/* The one dimension of time, or that which is named to propter; at its grain, else a day. */
static PropterStatus say_time(Define *d, PropterStr metric, yaml_node_t *cube, yaml_node_t *measure, PropterError *err) {
  yaml_node_t *dimensions = define_get(d, cube, "dimensions"), *meta = meta_of(d, measure), *one, *time = NULL;
  yaml_node_t *named = define_get(d, meta, "time_dimension"), *grain = define_get(d, meta, "grain");
  const Meaning *is = define_grains;
  PropterStr column;
  if (!named) named = define_get(d, meta_of(d, cube), "time_dimension");
  if (!grain) grain = define_get(d, meta_of(d, cube), "grain");
  if (named) time = define_named(d, dimensions, yaml_text(named));
  for (size_t i = 0, found = 0; !named && (one = define_item(d, dimensions, i)); i++)
    if (propter_str_equal(yaml_text(define_get(d, one, "type")), PROPTER_STR("time"))) time = found++ ? NULL : one;
  if (!time)
    return yaml_fail(d->file, named ? named : cube, err, PROPTER_INVALID,
                     "expected one dimension of type time, or the one that is meant as meta: {propter: {time_dimension: NAME}}");
  PROPTER_TRY(column_of(d, time, &column, err));
  PROPTER_TRY(define_say(d, metric, VOCAB_propter_timeColumn, propter_literal(column), time, err));
  if (grain) PROPTER_TRY(define_meaning(d, grain, define_grains, &is, err));
  return define_say_grain(d, metric, is, grain ? grain : time, err);
}

/* A dimension of the cube; CUBE.COLUMN of another one stays as it is. */
static PropterStatus slice_named(Define *d, yaml_node_t *cube, const yaml_node_t *at, PropterStr name, PropterStr *slice, PropterError *err) {
  yaml_node_t *dimension = define_named(d, define_get(d, cube, "dimensions"), name);
  *slice = name;
  if (dimension) return column_of(d, dimension, slice, err);
  if (memchr(name.data, '.', name.len)) return PROPTER_OK;
  return yaml_fail(d->file, at, err, PROPTER_INVALID, "no dimension \"%.*s\" in its cube", (int)name.len, name.data);
}

/* Every dimension but those of time is a slice. Primary keys tell rows apart (`keys`: how many); that of a joined cube (`join` not NULL) is no dimension. */
static PropterStatus say_dimensions(Define *d, PropterStr metric, const DefineJoin *join, yaml_node_t *cube, size_t *keys, PropterError *err) {
  yaml_node_t *dimensions = define_get(d, cube, "dimensions"), *one;
  const Meaning *type;
  PropterStr column;
  *keys = 0;
  for (size_t i = 0; (one = define_item(d, dimensions, i)); i++) {
    bool key = define_true(define_get(d, one, "primary_key"));
    PROPTER_TRY(define_keys(d, one, keys_of_dimension, err));
    PROPTER_TRY(define_meaning(d, define_get(d, one, "type"), dimension_types, &type, err));
    if (*type->text || (key && join) || define_true(define_get(d, meta_of(d, one), "skip"))) continue;
    PROPTER_TRY(column_of(d, one, &column, err));
    *keys += key;
    PROPTER_TRY(key ? define_say(d, metric, VOCAB_propter_keyColumn, propter_literal(column), one, err)
                    : define_say_slice(d, metric, join, column, define_get(d, one, "title"), one, err));
  }
  return PROPTER_OK;
}

/* --- Joins ------------------------------------------------------------------------------------------------------------------------------ */

static const Meaning relationships[] = {{"many_to_one", "", 0}, {"belongs_to", "", 0},   {"belongsTo", "", 0}, {"one_to_one", "", 0}, {"has_one", "", 0},
                                        {"hasOne", "", 0},      {"one_to_many", "n", 0}, {"has_many", "n", 0}, {"hasMany", "n", 0},   {NULL, NULL, 0}};

typedef struct {
  const DefineJoin *around;
  PropterStr metric;
  yaml_node_t *own, *cube, *said; /* the metric's cube, the one that joins, and its words */
} Join;

/* The cube that is joined, and the document that it stands in. */
typedef struct {
  PropterStr name;
  yaml_node_t *cube;
  DefineFile *in;
} Other;

static yaml_node_t *cube_here(Define *d, void *payload) { return define_named(d, define_get(d, yaml_root(d->file), "cubes"), ((const Other *)payload)->name); }

/* What the dimension of that name is a column of; a name that is none of them is the column. */
static bool find_column(Define *d, yaml_node_t *cube, DefineFile *in, PropterStr *column) {
  DefineFile *here = define_go(d, in);
  yaml_node_t *dimension = define_named(d, define_get(d, cube, "dimensions"), *column);
  const bool good = column->len && (!dimension || column_of(d, dimension, column, NULL) == PROPTER_OK);
  (void)define_go(d, here);
  return good;
}

/* {OTHER}.COLUMN or {OTHER.MEMBER}, with or without $: what it is of, and its column there. */
static bool take_member(Define *d, PropterStr *text, yaml_node_t *cube, const Other *other, bool *of_other, PropterStr *column) {
  const PropterStr own = yaml_text(define_get(d, cube, "name"));
  (void)define_take(text, PROPTER_STR("$"));
  if (!define_take(text, PROPTER_STR("{"))) return false;
  PropterStr name = define_take_name(text);
  *of_other = propter_str_equal(name, other->name);
  if (!*of_other && !propter_str_equal(name, own) && !propter_str_equal(name, PROPTER_STR("CUBE"))) return false;
  const bool member = define_take(text, PROPTER_STR("."));
  if (member) *column = define_take_name(text);
  if (!define_take(text, PROPTER_STR("}"))) return false;
  if (!member && !define_take(text, PROPTER_STR("."))) return false;
  if (!member) return *column = define_take_name(text), column->len > 0;
  return *of_other ? find_column(d, other->cube, other->in, column) : find_column(d, cube, d->in, column);
}

/* {CUBE}.COLUMN = {OTHER.MEMBER}, several of them joined by AND. */
static PropterStatus say_conditions(Define *d, DefineJoin *join, const Join *j, const Other *other, PropterError *err) {
  yaml_node_t *sql = define_get(d, j->said, "sql");
  PropterStr text = yaml_text(sql), side[2];
  bool good = text.len > 0, of_other[2];
  while (good && text.len) {
    good = take_member(d, &text, j->cube, other, &of_other[0], &side[0]) && define_take(&text, PROPTER_STR("=")) &&
           take_member(d, &text, j->cube, other, &of_other[1], &side[1]) && of_other[0] != of_other[1];
    if (good) PROPTER_TRY(define_say_on(d, join, side[of_other[0]], side[!of_other[0]], sql, err));
    if (good && text.len) good = define_take_and(&text);
  }
  if (good) return PROPTER_OK;
  return yaml_fail(d->file, sql ? sql : j->said, err, PROPTER_INVALID,
                   "expected sql: \"{CUBE}.COLUMN = {OTHER}.COLUMN\", or several joined by AND: other conditions are not evaluated");
}

static PropterStatus say_joins(Define *d, PropterStr metric, yaml_node_t *own, yaml_node_t *cube, const DefineJoin *around, PropterError *err);

/* What the joined cube says of itself, in its own document. */
static PropterStatus say_other(Define *d, const Join *j, const DefineJoin *join, yaml_node_t *cube, PropterError *err) {
  size_t keys;
  PROPTER_TRY(say_table(d, join->node, cube, err));
  PROPTER_TRY(say_dimensions(d, j->metric, join, cube, &keys, err));
  return say_joins(d, j->metric, j->own, cube, join, err);
}

static PropterStatus read_join(Define *d, const void *payload, PropterError *err) {
  const Join *j = payload;
  yaml_node_t *at = define_get(d, j->said, "name");
  const Meaning *relationship;
  Other other;
  DefineJoin join;
  PROPTER_TRY(define_keys(d, j->said, keys_of_join, err));
  PROPTER_TRY(define_name(d, j->said, at, "the name of a cube", &other.name, err));
  PROPTER_TRY(define_meaning(d, define_get(d, j->said, "relationship"), relationships, &relationship, err));
  if (!(other.cube = define_find(d, cube_here, &other, &other.in)))
    return yaml_fail(d->file, at, err, PROPTER_INVALID, "no cube \"%.*s\" in the given files: its dimensions are left out", (int)other.name.len,
                     other.name.data);
  if (define_join_ends(j->around, j->own, other.cube)) return PROPTER_OK;
  if (*relationship->text)
    return yaml_fail(d->file, j->said, err, PROPTER_INVALID, "what has several rows for one gives no dimension: expected many_to_one or one_to_one, found %s",
                     relationship->name);
  PROPTER_TRY(define_say_join(d, j->around, j->metric, other.name, other.cube, j->said, &join, err));
  PROPTER_TRY(say_conditions(d, &join, j, &other, err));
  DefineFile *here = define_go(d, other.in);
  const PropterStatus status = say_other(d, j, &join, other.cube, err);
  (void)define_go(d, here);
  return status;
}

static PropterStatus say_joins(Define *d, PropterStr metric, yaml_node_t *own, yaml_node_t *cube, const DefineJoin *around, PropterError *err) {
  yaml_node_t *one;
  for (size_t i = 0; (one = define_item(d, define_get(d, cube, "joins"), i)); i++) {
    const Join j = {around, metric, own, cube, one};
    const PropterStr called = name_of(d, cube, yaml_text(define_get(d, one, "name")));
    if (!called.data) return define_no_memory(err);
    PROPTER_TRY(define_part(d, called, read_join, &j, err));
  }
  return PROPTER_OK;
}

/* {CUBE}.status = 'done', several of them joined by "and". */
static PropterStatus say_filters(Define *d, PropterStr metric, yaml_node_t *filters, PropterStr *condition, PropterError *err) {
  yaml_node_t *one;
  for (size_t i = 0; (one = define_item(d, filters, i)); i++) {
    Comparison only;
    PropterStr text = yaml_text(define_get(d, one, "sql"));
    PROPTER_TRY(define_keys(d, one, keys_of_filter, err));
    bool good = text.len > 0;
    while (good && text.len) {
      good = take_column(&text, &only.column) && define_take_comparison(&text, &only);
      if (good) PROPTER_TRY(define_say_filter(d, metric, &only, condition, one, err));
    }
    if (!good) return yaml_fail(d->file, one, err, PROPTER_INVALID, "expected sql: \"{CUBE}.COLUMN = 'value'\": other SQL is not evaluated");
  }
  return PROPTER_OK;
}

/* --- Measures -------------------------------------------------------------------------------------------------------------------------- */

/* {a} / {b}, two measures of the cube. */
static PropterStatus read_ratio(Define *d, PropterStr metric, yaml_node_t *cube, yaml_node_t *measure, PropterError *err) {
  yaml_node_t *sql = define_get(d, measure, "sql"), *measures = define_get(d, cube, "measures");
  PropterStr text = yaml_text(sql), part[2];
  if (define_take(&text, PROPTER_STR("1.0"))) (void)define_take(&text, PROPTER_STR("*"));
  bool good = text.len && take_column(&text, &part[0]) && define_take(&text, PROPTER_STR("/")) && take_column(&text, &part[1]) && !text.len;
  if (!good)
    return yaml_fail(d->file, sql ? sql : measure, err, PROPTER_INVALID,
                     "expected sql: \"{measure} / {measure}\": of other arithmetic propter makes no metric");
  for (int k = 0; k < 2; k++) {
    PropterStr other = name_of(d, cube, part[k]);
    if (!other.data) return define_no_memory(err);
    if (!define_named(d, measures, part[k]))
      return yaml_fail(d->file, sql, err, PROPTER_INVALID, "no measure \"%.*s\" in its cube", (int)part[k].len, part[k].data);
    PROPTER_TRY(define_say_part(d, metric, k, other, sql, err));
  }
  return PROPTER_OK;
}

/* A sum over the periods before, too: {trailing: 7 day}, or all of them, {trailing: unbounded}. */
static PropterStatus say_rolling(Define *d, PropterStr metric, const yaml_node_t *node, const Meaning *type, const Meaning **out, PropterError *err) {
  static const Meaning cumulated = {"cumulative", NULL, VOCAB_propter_CumulativeSum};
  yaml_node_t *rolling = define_get(d, node, "rolling_window"), *trailing = define_get(d, rolling, "trailing"), *offset = define_get(d, rolling, "offset");
  *out = type;
  if (!rolling) return PROPTER_OK;
  PROPTER_TRY(define_keys(d, rolling, keys_of_rolling, err));
  if (type->word != VOCAB_propter_Sum || !trailing || (offset && !propter_str_equal(yaml_text(offset), PROPTER_STR("end"))))
    return yaml_fail(d->file, rolling, err, PROPTER_INVALID, "expected rolling_window: {trailing: …} of a sum, up to the end of the period");
  PROPTER_TRY(define_by_database(d, rolling, "rolling_window", err));
  *out = &cumulated;
  return propter_str_equal(yaml_text(trailing), PROPTER_STR("unbounded")) ? PROPTER_OK : define_say_window(d, metric, trailing, err);
}

static PropterStatus read_measure(Define *d, yaml_node_t *cube, yaml_node_t *node, PropterError *err) {
  yaml_node_t *at = define_get(d, node, "name"), *meta = meta_of(d, node);
  const Meaning *type;
  PropterStr name, metric, column, condition = {"", 0};
  size_t keys;
  PROPTER_TRY(define_name(d, node, at, "a name of letters, digits and _ for the measure", &name, err));
  if (meta) PROPTER_TRY(define_keys(d, meta, keys_of_meta, err));
  if (define_true(define_get(d, meta, "skip"))) return PROPTER_OK;
  PROPTER_TRY(define_keys(d, node, keys_of_measure, err));
  if (define_named(d, define_get(d, cube, "measures"), name) != node)
    return yaml_fail(d->file, node, err, PROPTER_INVALID, "the measure \"%.*s\" stands twice", (int)name.len, name.data);
  if (!(metric = name_of(d, cube, name)).data) return define_no_memory(err);
  PROPTER_TRY(define_meaning(d, define_get(d, node, "type"), types, &type, err));
  PROPTER_TRY(define_say_metric(d, metric, yaml_text(define_get(d, node, "title")), define_get(d, node, "description"), at, err));
  PROPTER_TRY(define_say_meta(d, metric, meta, err));
  if (type->text) return read_ratio(d, metric, cube, node, err);
  PROPTER_TRY(say_rolling(d, metric, node, type, &type, err));
  PROPTER_TRY(define_say_word(d, metric, VOCAB_propter_aggregation, type->word, node, err));
  PROPTER_TRY(say_table(d, metric, cube, err));
  PROPTER_TRY(say_time(d, metric, cube, node, err));
  PROPTER_TRY(say_filters(d, metric, define_get(d, node, "filters"), &condition, err));
  PROPTER_TRY(say_dimensions(d, metric, NULL, cube, &keys, err));
  PROPTER_TRY(say_joins(d, metric, cube, cube, NULL, err));
  PROPTER_TRY(define_say_non_additive(d, metric, d, meta, slice_named, cube, err));
  yaml_node_t *sql = define_get(d, node, "sql");
  if (type->word == VOCAB_propter_Count) {
    PropterStr ones = PROPTER_STR("1");
    PROPTER_TRY(define_where(d, condition, &ones, err));
    if (condition.len && !sql) return define_say_value(d, metric, ones, node, err);
    if ((keys || d->database) && !sql) return PROPTER_OK;
    if (!d->database)
      return yaml_fail(d->file, node, err, PROPTER_INVALID,
                       "a count needs a dimension with primary_key: true and no sql: whether a column is empty is counted by a database only (--database)");
  }
  if (type->word == VOCAB_propter_CountDistinct) PROPTER_TRY(define_by_database(d, node, "the type count_distinct", err));
  if (!sql) return yaml_fail(d->file, node, err, PROPTER_INVALID, "expected the name of a column as sql");
  PropterStr text = yaml_text(sql);
  if (take_column(&text, &column) && !text.len && !condition.len) return define_say(d, metric, VOCAB_propter_sourceColumn, propter_literal(column), node, err);
  PROPTER_TRY(own_expression(d, sql, &text, err));
  PROPTER_TRY(define_where(d, condition, &text, err));
  return define_say_value(d, metric, text, sql, err);
}

static PropterStatus read_document(Define *d, PropterError *err) {
  yaml_node_t *root = yaml_root(d->file), *cubes = define_get(d, root, "cubes"), *cube, *one;
  PropterStr name;
  PROPTER_TRY(define_keys(d, root, keys_of_document, err));
  for (size_t i = 0; (cube = define_item(d, cubes, i)); i++) {
    PROPTER_TRY(define_keys(d, cube, keys_of_cube, err));
    PROPTER_TRY(define_name(d, cube, define_get(d, cube, "name"), "a name of letters, digits and _ for the cube", &name, err));
    if (define_named(d, cubes, name) != cube) return yaml_fail(d->file, cube, err, PROPTER_INVALID, "the cube \"%.*s\" stands twice", (int)name.len, name.data);
    if (meta_of(d, cube)) PROPTER_TRY(define_keys(d, meta_of(d, cube), keys_of_meta, err));
    if (define_true(define_get(d, meta_of(d, cube), "skip"))) continue;
    for (size_t k = 0; (one = define_item(d, define_get(d, cube, "measures"), k)); k++)
      PROPTER_TRY(define_metric(d, name_of(d, cube, yaml_text(define_get(d, one, "name"))), read_measure, cube, one, err));
  }
  return PROPTER_OK;
}

const Definitions definitions_cube = {is, read_document, NULL};
