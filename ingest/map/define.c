/* SPDX-License-Identifier: Apache-2.0 */
#include "define.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "propter/date.h"
#include "propter/hash.h"

enum { DEFINE_STATEMENTS = 1000000, DEFINE_LOOKS = 10000000 };

#define DEFINITIONS(name) extern const Definitions definitions_##name;
#include "definitions.def"
#undef DEFINITIONS

static const Definitions *const forms[] = {
#define DEFINITIONS(name) &definitions_##name,
#include "definitions.def"
#undef DEFINITIONS
};

const Meaning define_grains[] = {{"day", "P1D", 0}, {"week", "P7D", 0}, {"month", "P1M", 0}, {"quarter", "P3M", 0}, {"year", "P1Y", 0}, {NULL, NULL, 0}};
static const Meaning directions[] = {{"up", NULL, VOCAB_propter_Up}, {"down", NULL, VOCAB_propter_Down}, {NULL, NULL, 0}};

/* --- Nodes ---------------------------------------------------------------------------------------------------------------------------- */

static bool is_null(const yaml_node_t *node) {
  PropterStr text = yaml_text(node);
  return yaml_is_scalar(node) && node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
         (!text.len || propter_str_equal(text, PROPTER_STR("null")) || propter_str_equal(text, PROPTER_STR("~")));
}

static bool says_nothing(const yaml_node_t *node) {
  bool empty = (yaml_is_sequence(node) && node->data.sequence.items.top == node->data.sequence.items.start) ||
               (yaml_is_mapping(node) && node->data.mapping.pairs.top == node->data.mapping.pairs.start);
  return is_null(node) || empty || propter_str_equal(yaml_text(node), PROPTER_STR("false"));
}

yaml_node_t *define_get(Define *d, const yaml_node_t *node, const char *names) {
  yaml_node_t *found = yaml_get(d->file, node, names);
  return is_null(found) ? NULL : found;
}

static PropterStatus judge_key(const yaml_node_t *key, const yaml_node_t *value, const char *names, void *payload, PropterError *err) {
  const Define *d = payload;
  const PropterStr name = yaml_text(key);
  const char *refused = strstr(names, "|!");
  char changing[64];
  if (says_nothing(value)) return PROPTER_OK;
  (void)snprintf(changing, sizeof changing, "!%.*s", (int)name.len, name.data);
  if (!refused || !(yaml_among(names, propter_str(changing)) || yaml_among(names, PROPTER_STR("!*"))))
    return d->sink->warn(name, yaml_line(key), d->sink->rdf.payload, err);
  return yaml_fail(d->file, key, err, PROPTER_INVALID, "expected one of the keys %.*s: no metric can say what others do, found \"%.*s\"",
                   (int)(refused - names), names, (int)name.len, name.data);
}

PropterStatus define_keys(Define *d, const yaml_node_t *node, const char *names, PropterError *err) {
  return yaml_keys_but(d->file, node, names, judge_key, d, err);
}

yaml_node_t *define_said(yaml_node_t *node) { return yaml_is_scalar(node) && !yaml_text(node).len ? NULL : node; }

PropterStatus define_no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory reading metric definitions"); }

PropterStatus define_meaning(Define *d, const yaml_node_t *node, const Meaning *table, const Meaning **out, PropterError *err) {
  PropterStr text = yaml_text(node);
  PropterBuf names = {0};
  for (*out = table; (*out)->name; (*out)++)
    if (propter_str_equal(text, propter_str((*out)->name))) return PROPTER_OK;
  for (const Meaning *m = table; m->name; m++) propter_buf_printf(&names, "%s%s", m == table ? "" : m[1].name ? ", " : " or ", m->name);
  PropterStatus status = propter_buf_status(&names, err);
  if (status == PROPTER_OK) status = yaml_fail(d->file, node, err, PROPTER_INVALID, "expected %s, found \"%.*s\"", names.data, (int)text.len, text.data);
  propter_buf_clear(&names);
  return status;
}

/* How long the name is that the text begins with. */
static size_t name_length(PropterStr text) {
  size_t n = 0;
  for (; n < text.len; n++) {
    char c = text.data[n];
    if (!(c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (n && c >= '0' && c <= '9'))) break;
  }
  return n;
}

static bool is_name(PropterStr text) { return text.len && name_length(text) == text.len; }

PropterStatus define_name(Define *d, const yaml_node_t *at, const yaml_node_t *node, const char *what, PropterStr *out, PropterError *err) {
  *out = yaml_text(node);
  if (!node) return yaml_fail(d->file, at, err, PROPTER_INVALID, "expected %s", what);
  if (is_name(*out)) return PROPTER_OK;
  return yaml_fail(d->file, node, err, PROPTER_INVALID, "expected %s, found \"%.*s\"", what, (int)out->len, out->data);
}

yaml_node_t *define_item(Define *d, yaml_node_t *list, size_t n) {
  bool empty = !list || (yaml_is_scalar(list) && !yaml_text(list).len);
  return empty || ++d->looks > DEFINE_LOOKS ? NULL : yaml_item(d->file, list, n);
}

static PropterStatus bounded(Define *d, const yaml_node_t *at, PropterError *err) {
  if (d->statements > DEFINE_STATEMENTS) return yaml_fail(d->file, at, err, PROPTER_LIMIT, "more than %d statements", DEFINE_STATEMENTS);
  if (d->looks > DEFINE_LOOKS) return yaml_fail(d->file, at, err, PROPTER_LIMIT, "more than %d items to look at", DEFINE_LOOKS);
  return PROPTER_OK;
}

yaml_node_t *define_named(Define *d, yaml_node_t *list, PropterStr name) {
  yaml_node_t *one;
  for (size_t i = 0; (one = define_item(d, list, i)); i++)
    if (propter_str_equal(yaml_text(define_get(d, one, "name")), name)) return one;
  return NULL;
}

bool define_true(const yaml_node_t *node) {
  static const char *const words[] = {"true", "True", "TRUE", "yes", "Yes", "on"};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (propter_str_equal(yaml_text(node), propter_str(words[i]))) return true;
  return false;
}

/* --- Texts ---------------------------------------------------------------------------------------------------------------------------- */

bool define_take(PropterStr *text, PropterStr word) {
  *text = propter_str_trim(*text);
  if (!propter_str_starts(*text, word)) return false;
  *text = propter_str_trim((PropterStr){text->data + word.len, text->len - word.len});
  return true;
}

PropterStr define_take_name(PropterStr *text) {
  PropterStr name = {text->data, name_length(*text)};
  *text = propter_str_trim((PropterStr){text->data + name.len, text->len - name.len});
  return name;
}

bool define_take_and(PropterStr *text) {
  *text = propter_str_trim(*text);
  if (text->len < 4 || strncasecmp(text->data, "and", 3) != 0 || !strchr(" \t\n{", text->data[3])) return false;
  *text = propter_str_trim((PropterStr){text->data + 3, text->len - 3});
  return true;
}

/* Longer ones first. */
static const struct {
  const char *written, *sql;
} comparisons[] = {{"==", "="}, {"!=", "<>"}, {"<>", "<>"}, {"<=", "<="}, {">=", ">="}, {"=", "="}, {"<", "<"}, {">", ">"}};

bool define_take_comparison(PropterStr *text, Comparison *out) {
  PropterStr *literal = &out->literal;
  out->is = NULL;
  for (size_t i = 0; !out->is && i < sizeof comparisons / sizeof *comparisons; i++)
    if (define_take(text, propter_str(comparisons[i].written))) out->is = comparisons[i].sql;
  if (!out->is || !text->len) return false;
  bool quoted = out->quoted = *text->data == '\'' || *text->data == '"';
  const char *end = quoted ? memchr(text->data + 1, *text->data, text->len - 1) : NULL;
  if (quoted && !end) return false;
  *literal = quoted ? (PropterStr){text->data + 1, (size_t)(end - text->data) - 1} : *text;
  for (size_t i = 0; !quoted && i < literal->len; i++)
    if (!strchr("0123456789.-_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", literal->data[i])) literal->len = i;
  size_t used = (size_t)(literal->data - text->data) + literal->len + quoted;
  *text = propter_str_trim((PropterStr){text->data + used, text->len - used});
  return literal->len && (!text->len || define_take_and(text));
}

/* --- Statements ----------------------------------------------------------------------------------------------------------------------- */

PropterStr define_iri(Define *d, PropterStr name) {
  return propter_arena_printf(&d->arena, "%.*s#%.*s", (int)d->iri.len, d->iri.data, (int)name.len, name.data);
}

PropterStatus define_say(Define *d, PropterStr metric, PropterVocab p, PropterTerm o, const yaml_node_t *at, PropterError *err) {
  PropterStr iri = define_iri(d, metric);
  PropterStatement st = {.s = propter_iri(iri), .p = propter_iri(propter_vocab_iri(p)), .o = o, .line = yaml_line(at)};
  if (!iri.data || !o.value.data) return define_no_memory(err);
  if (memchr(o.value.data, 0, o.value.len)) return yaml_fail(d->file, at, err, PROPTER_INVALID, "expected a text without NUL");
  d->statements++;
  PROPTER_TRY(bounded(d, at, err));
  return d->sink->rdf.statement(&st, d->sink->rdf.payload, err);
}

PropterStatus define_say_word(Define *d, PropterStr metric, PropterVocab p, PropterVocab o, const yaml_node_t *at, PropterError *err) {
  return define_say(d, metric, p, propter_iri(propter_vocab_iri(o)), at, err);
}

PropterStatus define_say_text(Define *d, PropterStr metric, PropterVocab p, const yaml_node_t *node, PropterError *err) {
  if (!node) return PROPTER_OK;
  if (!yaml_is_scalar(node) || !propter_str_trim(yaml_text(node)).len) return yaml_fail(d->file, node, err, PROPTER_INVALID, "expected a text");
  return define_say(d, metric, p, propter_literal(propter_str_trim(yaml_text(node))), node, err);
}

PropterStatus define_say_grain(Define *d, PropterStr metric, const Meaning *grain, const yaml_node_t *at, PropterError *err) {
  return define_say(d, metric, VOCAB_propter_grain, propter_typed(propter_str(grain->text), PROPTER_STR("http://www.w3.org/2001/XMLSchema#duration")), at, err);
}

static bool is_upper(PropterStr s, size_t i) { return i < s.len && s.data[i] >= 'A' && s.data[i] <= 'Z'; }
static bool is_lower(PropterStr s, size_t i) { return i < s.len && s.data[i] >= 'a' && s.data[i] <= 'z'; }

/* A name as words: of camelCase, too, whose capitals are small where they begin a word. */
static PropterStatus say_words(Define *d, PropterStr metric, PropterStr name, const yaml_node_t *at, PropterError *err) {
  char *words = propter_arena_alloc(&d->arena, 2 * name.len + 1), *end = words;
  if (!words) return define_no_memory(err);
  for (size_t i = 0; i < name.len; i++) {
    bool begins = is_upper(name, i) && is_lower(name, i + 1);
    if (i && is_upper(name, i) && is_lower(name, i - 1)) *end++ = ' ';
    *end++ = name.data[i] == '_' || name.data[i] == '.' ? ' ' : (char)(begins ? name.data[i] - 'A' + 'a' : name.data[i]);
  }
  *end = '\0';
  return define_say(d, metric, VOCAB_skos_prefLabel, propter_literal((PropterStr){words, (size_t)(end - words)}), at, err);
}

PropterStatus define_say_kind(Define *d, PropterStr name, PropterVocab class, PropterStr label, yaml_node_t *description, const yaml_node_t *at,
                              PropterError *err) {
  PROPTER_TRY(define_say_word(d, name, VOCAB_rdf_type, class, at, err));
  PROPTER_TRY(define_say(d, name, VOCAB_skos_notation, propter_literal(name), at, err));
  PROPTER_TRY(say_words(d, name, label, at, err));
  return define_say_text(d, name, VOCAB_rdfs_comment, define_said(description), err);
}

PropterStatus define_say_metric(Define *d, PropterStr metric, PropterStr label, yaml_node_t *description, const yaml_node_t *at, PropterError *err) {
  PROPTER_TRY(define_say_word(d, metric, VOCAB_rdf_type, VOCAB_propter_Metric, at, err));
  PROPTER_TRY(define_say(d, metric, VOCAB_skos_notation, propter_literal(metric), at, err));
  label = propter_str_trim(label);
  if (!label.len) PROPTER_TRY(say_words(d, metric, metric, at, err));
  else PROPTER_TRY(define_say(d, metric, VOCAB_skos_prefLabel, propter_literal(label), at, err));
  return define_say_text(d, metric, VOCAB_rdfs_comment, define_said(description), err);
}

/* "2 days", or P2D. */
static PropterStatus say_days(Define *d, PropterStr metric, PropterVocab word, const yaml_node_t *node, PropterError *err) {
  PropterStr reach = yaml_text(node);
  int days;
  if (!node) return PROPTER_OK;
  if (!reach.len || *reach.data != 'P') PROPTER_TRY(define_window(d, node, &reach, err));
  if (!propter_days_parse(reach, &days))
    return yaml_fail(d->file, node, err, PROPTER_INVALID, "expected days or weeks, such as 2 days, found \"%.*s\"", (int)yaml_text(node).len,
                     yaml_text(node).data);
  return define_say(d, metric, word, propter_typed(reach, PROPTER_STR("http://www.w3.org/2001/XMLSchema#duration")), node, err);
}

PropterStatus define_say_non_additive(Define *d, PropterStr metric, Define *from, const yaml_node_t *meta, DefineSliceNamed named, yaml_node_t *owner,
                                      PropterError *err) {
  yaml_node_t *list = define_get(from, meta, "non_additive_dimensions"), *one;
  for (size_t i = 0; (one = define_item(from, list, i)); i++) {
    PropterStr slice = yaml_text(one);
    PROPTER_TRY(named(d, owner, from == d ? one : NULL, slice, &slice, err));
    PROPTER_TRY(define_say(d, metric, VOCAB_propter_nonAdditiveColumn, propter_literal(slice), from == d ? one : NULL, err));
  }
  return PROPTER_OK;
}

PropterStatus define_say_meta(Define *d, PropterStr metric, const yaml_node_t *meta, PropterError *err) {
  yaml_node_t *good = define_get(d, meta, "good_direction"), *synonyms = define_get(d, meta, "synonyms"), *one;
  const Meaning *direction;
  for (size_t i = 0; (one = define_item(d, synonyms, i)); i++) PROPTER_TRY(define_say_text(d, metric, VOCAB_skos_altLabel, one, err));
  PROPTER_TRY(define_say_text(d, metric, VOCAB_propter_unit, define_get(d, meta, "unit"), err));
  PROPTER_TRY(define_say_text(d, metric, VOCAB_propter_unitLabel, define_get(d, meta, "unit_label"), err));
  PROPTER_TRY(define_say_text(d, metric, VOCAB_propter_owner, define_get(d, meta, "owner"), err));
  PROPTER_TRY(say_days(d, metric, VOCAB_propter_completenessDelay, define_get(d, meta, "completeness_delay"), err));
  PROPTER_TRY(say_days(d, metric, VOCAB_propter_mutabilityWindow, define_get(d, meta, "mutability_window"), err));
  if (!good) return PROPTER_OK;
  PROPTER_TRY(define_meaning(d, good, directions, &direction, err));
  return define_say_word(d, metric, VOCAB_propter_goodDirection, direction->word, good, err);
}

static PropterStatus say_fixed(Define *d, PropterStr metric, PropterStr column, PropterStr member, const yaml_node_t *at, PropterError *err) {
  PropterStr holder = propter_arena_printf(&d->arena, "%.*s/fixed/%.*s", (int)metric.len, metric.data, (int)column.len, column.data);
  PropterStr iri = define_iri(d, holder);
  PropterStr dimension =
      propter_arena_printf(&d->arena, "%.*s#%.*s/dimension/%.*s", (int)d->iri.len, d->iri.data, (int)metric.len, metric.data, (int)column.len, column.data);
  if (!holder.data || !iri.data || !dimension.data) return define_no_memory(err);
  PROPTER_TRY(define_say(d, metric, VOCAB_propter_fixed, propter_iri(iri), at, err));
  PROPTER_TRY(define_say(d, holder, VOCAB_propter_dimension, propter_iri(dimension), at, err));
  return define_say(d, holder, VOCAB_propter_member, propter_literal(member), at, err);
}

PropterStatus define_say_filter(Define *d, PropterStr metric, const Comparison *only, PropterStr *condition, const yaml_node_t *at, PropterError *err) {
  if (strcmp(only->is, "=") == 0) return say_fixed(d, metric, only->column, only->literal, at, err);
  PROPTER_TRY(define_by_database(d, at, "a filter other than =", err));
  if (memchr(only->column.data, '.', only->column.len))
    return yaml_fail(d->file, at, err, PROPTER_INVALID, "expected = in a filter over a joined table, found %s", only->is);
  if (memchr(only->literal.data, '\'', only->literal.len)) return yaml_fail(d->file, at, err, PROPTER_INVALID, "expected a literal without quotes inside");
  const char *quote = only->quoted ? "'" : "";
  *condition =
      propter_arena_printf(&d->arena, "%.*s%s%.*s %s %s%.*s%s", (int)condition->len, condition->data ? condition->data : "", condition->len ? " AND " : "",
                           (int)only->column.len, only->column.data, only->is, quote, (int)only->literal.len, only->literal.data, quote);
  return condition->data ? PROPTER_OK : define_no_memory(err);
}

PropterStatus define_where(Define *d, PropterStr condition, PropterStr *text, PropterError *err) {
  if (!condition.len || !text->len) return PROPTER_OK;
  *text = propter_arena_printf(&d->arena, "CASE WHEN %.*s THEN %.*s END", (int)condition.len, condition.data, (int)text->len, text->data);
  return text->data ? PROPTER_OK : define_no_memory(err);
}

PropterStatus define_window(Define *d, const yaml_node_t *node, PropterStr *out, PropterError *err) {
  static const struct {
    const char *name;
    int64_t length;
    char unit;
  } units[] = {{"day", 1, 'D'}, {"week", 7, 'D'}, {"month", 1, 'M'}, {"quarter", 3, 'M'}, {"year", 12, 'M'}};
  int64_t n = 0;
  PropterStr text = yaml_text(node), count = {text.data, 0};
  if (yaml_is_mapping(node)) {
    PROPTER_TRY(define_keys(d, node, "count|granularity|!*", err));
    count = yaml_text(define_get(d, node, "count")), text = yaml_text(define_get(d, node, "granularity"));
  } else {
    while (count.len < text.len && text.data[count.len] >= '0' && text.data[count.len] <= '9') count.len++;
    text = propter_str_trim((PropterStr){text.data + count.len, text.len - count.len});
  }
  if (text.len > 1 && text.data[text.len - 1] == 's') text.len--;
  const bool counted = count.len < 4 && propter_str_to_int64(count, &n) && n > 0;
  for (size_t i = 0; counted && i < sizeof units / sizeof *units; i++) {
    if (!propter_str_equal(text, propter_str(units[i].name))) continue;
    *out = propter_arena_printf(&d->arena, "P%" PRId64 "%c", n * units[i].length, units[i].unit);
    return out->data ? PROPTER_OK : define_no_memory(err);
  }
  return yaml_fail(d->file, node, err, PROPTER_INVALID, "expected a window such as 7 days or 3 months, found \"%.*s\"", (int)yaml_text(node).len,
                   yaml_text(node).data);
}

PropterStatus define_say_window(Define *d, PropterStr metric, const yaml_node_t *node, PropterError *err) {
  PropterStr reach;
  if (!node) return PROPTER_OK;
  PROPTER_TRY(define_window(d, node, &reach, err));
  return define_say(d, metric, VOCAB_propter_window, propter_typed(reach, PROPTER_STR("http://www.w3.org/2001/XMLSchema#duration")), node, err);
}

PropterStatus define_say_file(Define *d, PropterStr metric, PropterStr name, PropterStr table, const yaml_node_t *at, PropterError *err) {
  PropterStr path = propter_arena_printf(&d->arena, "%.*s.csv", (int)name.len, name.data);
  PROPTER_TRY(define_say(d, metric, VOCAB_propter_sourceTable, propter_literal(table), at, err));
  return define_say(d, metric, VOCAB_propter_sourceFile, propter_literal(path), at, err);
}

PropterStatus define_by_database(Define *d, const yaml_node_t *node, const char *what, PropterError *err) {
  if (d->database) return PROPTER_OK;
  return yaml_fail(d->file, node, err, PROPTER_INVALID, "%s is computed by a database only: name it with --database", what);
}

PropterStatus define_say_value(Define *d, PropterStr metric, PropterStr text, const yaml_node_t *at, PropterError *err) {
  if (is_name(text)) return define_say(d, metric, VOCAB_propter_sourceColumn, propter_literal(text), at, err);
  if (!text.len) return yaml_fail(d->file, at, err, PROPTER_INVALID, "expected a column or an expression");
  if (propter_str_find(text, PROPTER_STR("{{")) != SIZE_MAX || memchr(text.data, ';', text.len))
    return yaml_fail(d->file, at, err, PROPTER_INVALID, "expected one expression without templates, found \"%.*s\"", (int)text.len, text.data);
  PROPTER_TRY(define_by_database(d, at, "SQL", err));
  return define_say(d, metric, VOCAB_propter_sourceExpression, propter_literal(text), at, err);
}

PropterStatus define_say_slice(Define *d, PropterStr metric, const DefineJoin *join, PropterStr column, yaml_node_t *label, const yaml_node_t *at,
                               PropterError *err) {
  const PropterStr path = join ? join->path : (PropterStr){"", 0};
  PropterStr property = propter_arena_printf(&d->arena, "%.*s/dimension/%.*s%s%.*s", (int)metric.len, metric.data, (int)path.len, path.data, join ? "." : "",
                                             (int)column.len, column.data);
  if (!property.data) return define_no_memory(err);
  PROPTER_TRY(define_say(d, join ? join->node : metric, VOCAB_propter_sliceColumn, propter_literal(column), at, err));
  return define_say_text(d, property, VOCAB_skos_prefLabel, define_said(label), err);
}

PropterStatus define_say_join(Define *d, const DefineJoin *around, PropterStr metric, PropterStr name, const yaml_node_t *table, const yaml_node_t *at,
                              DefineJoin *out, PropterError *err) {
  *out = (DefineJoin){.around = around, .path = name, .table = table};
  if (around) out->path = propter_arena_printf(&d->arena, "%.*s.%.*s", (int)around->path.len, around->path.data, (int)name.len, name.data);
  if (!out->path.data) return define_no_memory(err);
  out->node = propter_arena_printf(&d->arena, "%.*s/join/%.*s", (int)metric.len, metric.data, (int)out->path.len, out->path.data);
  const PropterStr iri = out->node.data ? define_iri(d, out->node) : out->node;
  if (!iri.data) return define_no_memory(err);
  PROPTER_TRY(define_say(d, around ? around->node : metric, VOCAB_propter_join, propter_iri(iri), at, err));
  return define_say(d, out->node, VOCAB_skos_notation, propter_literal(name), at, err);
}

bool define_join_ends(const DefineJoin *around, const yaml_node_t *own, const yaml_node_t *table) {
  size_t n = 0;
  bool met = own == table;
  for (const DefineJoin *j = around; j; j = j->around, n++) met |= j->table == table;
  return met || n == DEFINE_JOINS;
}

PropterStatus define_say_on(Define *d, DefineJoin *join, PropterStr child, PropterStr parent, const yaml_node_t *at, PropterError *err) {
  PropterStr on = propter_arena_printf(&d->arena, "%.*s/on/%zu", (int)join->node.len, join->node.data, ++join->columns);
  const PropterStr iri = on.data ? define_iri(d, on) : on;
  if (!iri.data) return define_no_memory(err);
  PROPTER_TRY(define_say(d, join->node, VOCAB_rml_joinCondition, propter_iri(iri), at, err));
  PROPTER_TRY(define_say(d, on, VOCAB_rml_child, propter_literal(child), at, err));
  return define_say(d, on, VOCAB_rml_parent, propter_literal(parent), at, err);
}

PropterStatus define_say_part(Define *d, PropterStr metric, int part, PropterStr other, const yaml_node_t *at, PropterError *err) {
  PropterStr iri = propter_arena_printf(&d->arena, "%.*s#%.*s", (int)d->iri.len, d->iri.data, (int)other.len, other.data);
  if (!propter_vec_push(&d->parts, ((DefinePart){d->metrics.count - 1, other, at}))) return define_no_memory(err);
  return define_say(d, metric, part ? VOCAB_propter_denominator : VOCAB_propter_numerator, propter_iri(iri), at, err);
}

/* --- Metrics --------------------------------------------------------------------------------------------------------------------------- */

PropterStatus define_metric(Define *d, PropterStr name, DefineReader read, yaml_node_t *owner, yaml_node_t *node, PropterError *err) {
  void *payload = d->sink->rdf.payload;
  PropterError why = {0};
  size_t n = d->metrics.count, from = d->sink->mark(payload);
  if (!name.data || !propter_vec_push(&d->metrics, ((DefineMetric){name, from, from, false}))) return define_no_memory(err);
  PropterStatus status = read(d, owner, node, &why);
  d->metrics.items[n].to = d->sink->mark(payload);
  if (status == PROPTER_OK) return PROPTER_OK;
  if (status == PROPTER_INVALID) {
    d->metrics.items[n].refused = true;
    return d->sink->refuse(name, &why, payload, err);
  }
  if (err) *err = why;
  return status;
}

PropterStatus define_part(Define *d, PropterStr name, DefinePartReader read, const void *payload, PropterError *err) {
  PropterError why = {0};
  const size_t from = d->sink->mark(d->sink->rdf.payload);
  const PropterStatus status = read(d, payload, &why);
  if (status != PROPTER_INVALID) return status == PROPTER_OK || !err ? status : (*err = why, status);
  d->sink->forget(from, d->sink->mark(d->sink->rdf.payload), d->sink->rdf.payload);
  PropterBuf key = {0};
  bool added = false;
  propter_buf_printf(&key, "%.*s\n%" PRIu64 "\n%s", (int)name.len, name.data, why.line, why.message);
  PropterStatus told = propter_buf_status(&key, err);
  if (told == PROPTER_OK && !propter_map_put(&d->told, propter_buf_str(&key), 0, &added)) told = define_no_memory(err);
  propter_buf_clear(&key);
  return told == PROPTER_OK && added ? d->sink->refuse(name, &why, d->sink->rdf.payload, err) : told;
}

static PropterStatus note_refused(PropterMap *refused, DefineMetric *metric, PropterError *err) {
  bool added;
  metric->refused = true;
  return propter_map_put(refused, metric->name, 0, &added) ? PROPTER_OK : define_no_memory(err);
}

/* What is made of a metric that is refused is refused, too, and what is made of that. */
static PropterStatus refuse_wholes(Define *d, PropterMap *refused, PropterError *err) {
  for (size_t i = 0; i < d->metrics.count; i++)
    if (d->metrics.items[i].refused) PROPTER_TRY(note_refused(refused, &d->metrics.items[i], err));
  for (bool more = refused->count > 0; more;) {
    more = false;
    for (size_t i = 0; i < d->parts.count; i++) {
      const DefinePart *p = &d->parts.items[i];
      DefineMetric *metric = &d->metrics.items[p->metric];
      PropterError why = {0};
      if (metric->refused || !propter_map_get(refused, p->other)) continue;
      (void)yaml_fail(d->file, p->at, &why, PROPTER_INVALID, "it is made of the metric \"%.*s\", which is refused", (int)p->other.len, p->other.data);
      PROPTER_TRY(note_refused(refused, metric, err));
      PROPTER_TRY(d->sink->refuse(metric->name, &why, d->sink->rdf.payload, err));
      more = true;
    }
  }
  for (size_t i = d->metrics.count; i-- > 0;)
    if (d->metrics.items[i].refused) d->sink->forget(d->metrics.items[i].from, d->metrics.items[i].to, d->sink->rdf.payload);
  return PROPTER_OK;
}

/* --- Documents ------------------------------------------------------------------------------------------------------------------------ */

static const Definitions *form_of(const char *path) {
  for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
    if (forms[i]->is(path)) return forms[i];
  return NULL;
}

bool define_is(const char *path) { return form_of(path) != NULL; }

static PropterStatus open_file(DefineFiles *files, const char *path, size_t number, const PropterLimits *limits, PropterError *err) {
  const DefineFile file = {.form = form_of(path), .number = number};
  if (!file.form) return PROPTER_OK;
  if (!propter_vec_push(&files->items, file)) return define_no_memory(err);
  DefineFile *in = &files->items.items[files->items.count - 1];
  Define d = {.file = &in->tree, .in = in};
  PROPTER_TRY(yaml_open(&in->tree, path, limits, err));
  return in->form->prepare ? in->form->prepare(&d, err) : PROPTER_OK;
}

PropterStatus define_open(const char *const *paths, size_t count, const PropterLimits *limits, DefineFiles *out, PropterError *err) {
  for (size_t i = 0; i < count; i++) PROPTER_TRY(open_file(out, paths[i], i, limits, err));
  return PROPTER_OK;
}

void define_close(DefineFiles *files) {
  for (size_t i = 0; i < files->items.count; i++) yaml_close(&files->items.items[i].tree);
  propter_vec_clear(&files->items);
}

DefineFile *define_go(Define *d, DefineFile *to) {
  DefineFile *from = d->in;
  d->in = to, d->file = &to->tree;
  d->sink->stand(to->number, d->sink->rdf.payload);
  return from;
}

yaml_node_t *define_find(Define *d, DefineFinder find, void *payload, DefineFile **in) {
  DefineFile *here = *in = d->in;
  yaml_node_t *found = find(d, payload);
  for (size_t i = 0; !found && i < d->others->items.count; i++) {
    *in = &d->others->items.items[i];
    if (*in == here || (*in)->form != here->form) continue;
    (void)define_go(d, *in);
    found = find(d, payload);
  }
  (void)define_go(d, here);
  return found;
}

static PropterStatus read_all(Define *d, PropterError *err) {
  PropterMap refused = {0};
  PropterStatus status = d->in->form->read(d, err);
  if (status == PROPTER_OK) status = bounded(d, yaml_root(d->file), err);
  if (status == PROPTER_OK) status = refuse_wholes(d, &refused, err);
  propter_map_clear(&refused);
  return status;
}

PropterStatus define_read(DefineFiles *files, size_t n, bool database, const DefineSink *sink, PropterError *err) {
  Define d = {.sink = sink, .others = files, .database = database};
  PropterBuf iri = {0};
  for (size_t i = 0; !d.in && i < files->items.count; i++)
    if (files->items.items[i].number == n) d.in = &files->items.items[i];
  if (!d.in) return propter_fail(err, PROPTER_IO, "metric definitions cannot be read again");
  d.file = &d.in->tree;
  PropterStatus status = propter_iri_of_file(d.file->path, &iri, err);
  if (status == PROPTER_OK) status = propter_buf_status(&iri, err);
  d.iri = propter_buf_str(&iri);
  if (status == PROPTER_OK) status = read_all(&d, err);
  propter_map_clear(&d.told);
  propter_vec_clear(&d.metrics);
  propter_vec_clear(&d.parts);
  propter_arena_clear(&d.arena);
  propter_buf_clear(&iri);
  return status;
}
