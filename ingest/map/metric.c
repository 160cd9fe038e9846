/* SPDX-License-Identifier: Apache-2.0 */
/* Metric definitions to the model: a propter:Metric that names its file and columns is a data cube of one measure. What the definition
 * does not say is made from the metric's own IRI: data set, measure, dimensions, observations. */
#include <string.h>

#include "metric_dialect.h"
#include "metric_join.h"
#include "propter/rdf.h"
#include "warehouse.h"

#define REF_PERIOD "http://purl.org/linked-data/sdmx/2009/dimension#refPeriod"

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a metric definition"); }

typedef struct {
  PropterMapping *m;
  const DocTriple *at; /* the triple that says it is a metric */
  PropterTerm metric;
  uint32_t file;
  const DocTriple *table; /* it is added up by a database; NULL: it reads a file */
  bool sized;             /* its cells are means, and say of how many values */
  bool cut;               /* its slices are looked at */
  MetricSlices slices;
} Metric;

static const DocTriple *find(const Metric *x, PropterVocab word, size_t n) { return doc_find(&x->m->doc, x->at->s, word, n); }

static PropterStatus required(const Metric *x, PropterVocab word, const char *what, const DocTriple **t, PropterError *err) {
  PROPTER_TRY(metric_text(x->m, x->at->s, word, 0, t, err));
  if (!*t) return doc_fail(&x->m->doc, x->at, err, PROPTER_INVALID, "metric %s has no %s", doc_name(&x->m->doc, x->at->s), what);
  if (find(x, word, 1))
    return doc_fail(&x->m->doc, find(x, word, 1), err, PROPTER_INVALID, "metric %s: expected one %s, found several", doc_name(&x->m->doc, x->at->s), what);
  return PROPTER_OK;
}

static PropterStr value_of(const Metric *x, const DocTriple *t) { return doc_node(&x->m->doc, t->o)->term.value; }

static PropterStatus define(const Metric *x, PropterTerm s, PropterVocab p, PropterTerm o, PropterError *err) {
  PropterTerm predicate = model_word(p);
  return model_definition(x->m, x->file, &s, &predicate, &o, err);
}

/* <metric>/NAME */
static PropterStatus own_iri(const Metric *x, const char *name, PropterStr more, PropterTerm *out, PropterError *err) {
  PropterBuf iri = {0};
  propter_buf_printf(&iri, "%s/%s", x->metric.value.data, name);
  for (size_t i = 0; i < more.len; i++) {
    unsigned char c = (unsigned char)more.data[i];
    bool plain = c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || memchr("-._~", c, 4);
    plain ? propter_buf_add_char(&iri, (char)c) : propter_buf_printf(&iri, "%%%02X", c);
  }
  PropterStatus status = propter_buf_status(&iri, err);
  const char *why;
  if (status == PROPTER_OK && !propter_iri_valid(propter_buf_str(&iri), &why))
    status = doc_fail(&x->m->doc, x->at, err, PROPTER_INVALID, "%s is no IRI: %s", iri.data, why);
  if (status == PROPTER_OK) {
    *out = propter_iri(propter_arena_copy(&x->m->arena, propter_buf_str(&iri)));
    if (!out->value.data) status = no_memory(err);
  }
  propter_buf_clear(&iri);
  return status;
}

/* The IRI that the definition gives for `word`, or one of its own, which is then stated. */
static PropterStatus iri_for(const Metric *x, PropterVocab word, const char *name, const char *fixed, PropterVocab class, PropterTerm *out, PropterError *err) {
  const DocTriple *t = find(x, word, 0);
  if (t) {
    *out = doc_node(&x->m->doc, t->o)->term;
    if (out->kind != PROPTER_TERM_IRI) return doc_fail(&x->m->doc, t, err, PROPTER_INVALID, "expected an IRI, found %s", doc_name(&x->m->doc, t->o));
  } else {
    if (fixed) *out = propter_iri(propter_str(fixed));
    else PROPTER_TRY(own_iri(x, name, (PropterStr){"", 0}, out, err));
    PROPTER_TRY(define(x, x->metric, word, *out, err));
  }
  return define(x, *out, VOCAB_rdf_type, model_word(class), err);
}

static PropterStatus add_part(TermMap *t, size_t most, Part part, PropterError *err) {
  if (t->part_count == most) return propter_fail(err, PROPTER_BUG, "subject of a metric has too many parts");
  t->parts[t->part_count++] = part;
  return PROPTER_OK;
}

static PropterStatus says(const Metric *x, TriplesMap *map, PropterTerm predicate, TermMap *object, bool is_required, PropterError *err) {
  PredicateObject po = {0};
  TermMap *p;
  PropterStatus status = model_constant(x->m, &predicate, x->at, &p, err);
  ObjectMap o = {.map = object, .required = is_required, .at = object->at};
  if (status == PROPTER_OK && (!propter_vec_push(&po.predicates, p) || !propter_vec_push(&po.objects, o) || !propter_vec_push(&map->says, po))) {
    propter_vec_clear(&po.predicates);
    propter_vec_clear(&po.objects);
    status = no_memory(err);
  }
  return status;
}

static PropterStatus says_constant(const Metric *x, TriplesMap *map, PropterTerm predicate, PropterTerm object, PropterError *err) {
  TermMap *o;
  PROPTER_TRY(model_constant(x->m, &object, x->at, &o, err));
  return says(x, map, predicate, o, false, err);
}

static PropterStatus typed_column(const Metric *x, const DocTriple *t, PropterVocab type, TermMap **out, PropterError *err) {
  PropterTerm datatype = model_word(type);
  PROPTER_TRY(model_reference(x->m, value_of(x, t), TYPE_LITERAL, t, out, err));
  return model_constant(x->m, &datatype, t, &(*out)->datatype, err);
}

/* The triple that fixes a member of the dimension, NULL: none; the n-th one of any dimension where that is NULL. */
static const DocTriple *fixed_of(const Metric *x, const PropterTerm *dimension, size_t n, PropterStr *of) {
  const DocTriple *fixed;
  for (size_t i = dimension ? 0 : n; (fixed = find(x, VOCAB_propter_fixed, i)); i++) {
    DocTriple holder = {.s = fixed->o};
    Metric inner = *x;
    inner.at = &holder;
    const DocTriple *t = find(&inner, VOCAB_propter_dimension, 0);
    *of = t ? value_of(x, t) : (PropterStr){"", 0};
    if (!dimension || propter_str_equal(*of, dimension->value)) return fixed;
  }
  return NULL;
}

/* Observations have a value for each slice column and for no other dimension. */
static PropterStatus check_fixed(const Metric *x, PropterError *err) {
  const DocTriple *fixed;
  PropterStr of;
  for (size_t i = 0; (fixed = fixed_of(x, NULL, i, &of)); i++) {
    bool found = false;
    for (size_t k = 0; !found && k < x->slices.slices.count; k++) {
      PropterTerm dimension;
      PROPTER_TRY(own_iri(x, "dimension/", x->slices.slices.items[k].name, &dimension, err));
      found = propter_str_equal(dimension.value, of);
    }
    if (!found)
      return doc_fail(&x->m->doc, fixed, err, PROPTER_INVALID,
                      "metric %s: expected a member of one of its slice columns to be fixed, found the dimension \"%.*s\"", doc_name(&x->m->doc, x->at->s),
                      (int)of.len, of.data);
  }
  return PROPTER_OK;
}

/* What a slice column says is not looked at where the cells of slices say nothing of the whole; a fixed one has one member and is. */
static PropterStatus is_looked_at(const Metric *x, PropterStr name, bool *looked, PropterError *err) {
  PropterTerm dimension;
  PropterStr of;
  PROPTER_TRY(own_iri(x, "dimension/", name, &dimension, err));
  *looked = x->cut || fixed_of(x, &dimension, 0, &of) != NULL;
  return PROPTER_OK;
}

/* A column enters the key. */
static PropterStatus add_key(const Metric *x, TriplesMap *map, size_t most, PropterStr column, const DocTriple *at, PropterError *err) {
  PROPTER_TRY(add_part(map->subject, most, (Part){.text = {"/", 1}}, err));
  return add_part(map->subject, most, (Part){.text = column, .is_column = true, .slot = x->m->slot_count++, .at = at}, err);
}

/* "customer region", of the column region of the joined table customer; "customer country" of the column country of customer.country. */
static PropterStatus slice_words(const Metric *x, const MetricSlice *slice, PropterTerm *out, PropterError *err) {
  char *words = (char *)(uintptr_t)propter_arena_copy(&x->m->arena, slice->name).data;
  if (!words) return no_memory(err);
  PropterStr around = {words, slice->join == SIZE_MAX ? 0 : slice->name.len - slice->column.len - 1};
  const bool twice = around.len && propter_str_ends(around, slice->column);
  for (size_t i = 0; around.len && i <= around.len; i++)
    if (words[i] == '.' || words[i] == '_') words[i] = ' ';
  *out = propter_literal(twice ? around : (PropterStr){words, slice->name.len});
  return PROPTER_OK;
}

/* "region" of "customer region", where no other slice is called so. */
static PropterStatus say_short(const Metric *x, const MetricSlice *slice, PropterTerm dimension, PropterError *err) {
  bool other = slice->join == SIZE_MAX;
  for (size_t i = 0; !other && i < x->slices.slices.count; i++)
    other = &x->slices.slices.items[i] != slice && propter_str_equal(x->slices.slices.items[i].column, slice->column);
  return other ? PROPTER_OK : define(x, dimension, VOCAB_skos_altLabel, propter_literal(slice->column), err);
}

/* The n-th slice is a dimension of its own. */
static PropterStatus read_slice(const Metric *x, TriplesMap *map, size_t n, PropterError *err) {
  const MetricSlice *slice = &x->slices.slices.items[n];
  PropterTerm dimension, finer, words;
  PropterStr of;
  TermMap *member;
  PROPTER_TRY(own_iri(x, "dimension/", slice->name, &dimension, err));
  /* A metric of one member is not cut by its dimension. */
  if (!fixed_of(x, &dimension, 0, &of)) PROPTER_TRY(define(x, x->metric, VOCAB_propter_sliceBy, dimension, err));
  PROPTER_TRY(define(x, dimension, VOCAB_rdf_type, model_word(VOCAB_qb_DimensionProperty), err));
  PROPTER_TRY(slice_words(x, slice, &words, err));
  PROPTER_TRY(define(x, dimension, VOCAB_rdfs_label, words, err));
  PROPTER_TRY(say_short(x, slice, dimension, err));
  for (size_t i = 0, k; (k = metric_finer(&x->slices, n, i)) != SIZE_MAX; i++) {
    PROPTER_TRY(own_iri(x, "dimension/", x->slices.slices.items[k].name, &finer, err));
    PROPTER_TRY(define(x, finer, VOCAB_propter_rollsUpTo, dimension, err));
  }
  PROPTER_TRY(model_reference(x->m, slice->name, TYPE_LITERAL, slice->at, &member, err));
  return says(x, map, dimension, member, true, err);
}

/* Dimensions over which the measure is not additive. */
static PropterStatus read_additivity(const Metric *x, PropterError *err) {
  const DocTriple *t;
  PropterTerm dimension;
  for (size_t i = 0; (t = find(x, VOCAB_propter_nonAdditiveColumn, i)); i++) {
    size_t k = 0;
    while (k < x->slices.slices.count && !propter_str_equal(x->slices.slices.items[k].name, value_of(x, t))) k++;
    if (k == x->slices.slices.count)
      return doc_fail(&x->m->doc, t, err, PROPTER_INVALID,
                      "metric %s: expected one of its slices, found \"%.*s\": over time, values combine as propter:aggregation says",
                      doc_name(&x->m->doc, x->at->s), (int)value_of(x, t).len, value_of(x, t).data);
    PROPTER_TRY(own_iri(x, "dimension/", value_of(x, t), &dimension, err));
    PROPTER_TRY(define(x, x->metric, VOCAB_propter_nonAdditive, dimension, err));
  }
  return PROPTER_OK;
}

/* What slices the metric, and columns that only tell rows apart: rows that a database has added up need no telling apart. */
static PropterStatus read_keys(const Metric *x, TriplesMap *map, size_t most, PropterError *err) {
  const DocTriple *t;
  for (size_t i = 0; i < x->slices.slices.count; i++) {
    bool looked;
    PROPTER_TRY(is_looked_at(x, x->slices.slices.items[i].name, &looked, err));
    if (!looked) continue;
    PROPTER_TRY(add_key(x, map, most, x->slices.slices.items[i].name, x->slices.slices.items[i].at, err));
    PROPTER_TRY(read_slice(x, map, i, err));
  }
  for (size_t i = 0;; i++) {
    PROPTER_TRY(metric_text(x->m, x->at->s, VOCAB_propter_keyColumn, i, &t, err));
    if (!t) return PROPTER_OK;
    if (!x->table) PROPTER_TRY(add_key(x, map, most, value_of(x, t), t, err));
  }
}

/* One component of the structure of a metric's own data set, in the order in which they are given. */
static PropterStatus define_component(const Metric *x, PropterTerm structure, PropterVocab kind, PropterTerm property, unsigned order, PropterError *err) {
  PropterTerm component, number;
  char digits[16];
  (void)snprintf(digits, sizeof digits, "%u", order);
  PROPTER_TRY(own_iri(x, "component/", propter_str(digits), &component, err));
  number = propter_typed(propter_arena_copy(&x->m->arena, propter_str(digits)), propter_vocab_iri(VOCAB_xsd_integer));
  if (!number.value.data) return no_memory(err);
  PROPTER_TRY(define(x, structure, VOCAB_qb_component, component, err));
  PROPTER_TRY(define(x, component, VOCAB_qb_order, number, err));
  return define(x, component, kind, property, err);
}

/* The data structure definition of a data set that is the metric's own, with what its integrity constraints ask for. Where a column only tells rows apart, they
 * are no cube. */
static PropterStatus define_structure(const Metric *x, PropterTerm dataset, PropterTerm period, PropterTerm measure, PropterError *err) {
  PropterTerm structure, dimension;
  unsigned order = 0;
  if (find(x, VOCAB_propter_dataset, 0) || (find(x, VOCAB_propter_keyColumn, 0) && !x->table)) return PROPTER_OK;
  PROPTER_TRY(own_iri(x, "structure", (PropterStr){"", 0}, &structure, err));
  PROPTER_TRY(define(x, dataset, VOCAB_qb_structure, structure, err));
  PROPTER_TRY(define(x, structure, VOCAB_rdf_type, model_word(VOCAB_qb_DataStructureDefinition), err));
  for (size_t i = 0; i < x->slices.slices.count; i++) {
    bool looked;
    PROPTER_TRY(is_looked_at(x, x->slices.slices.items[i].name, &looked, err));
    if (!looked) continue;
    PROPTER_TRY(own_iri(x, "dimension/", x->slices.slices.items[i].name, &dimension, err));
    PROPTER_TRY(define(x, dimension, VOCAB_rdfs_range, model_word(VOCAB_xsd_string), err));
    PROPTER_TRY(define_component(x, structure, VOCAB_qb_dimension, dimension, ++order, err));
  }
  PROPTER_TRY(define(x, period, VOCAB_rdfs_range, model_word(VOCAB_xsd_date), err));
  PROPTER_TRY(define_component(x, structure, VOCAB_qb_dimension, period, ++order, err));
  PROPTER_TRY(define(x, measure, VOCAB_rdfs_range, model_word(VOCAB_xsd_decimal), err));
  return define_component(x, structure, VOCAB_qb_measure, measure, ++order, err);
}

static PropterStatus check_days(const Metric *x, PropterVocab word, PropterError *err) {
  const DocTriple *t;
  int days;
  PROPTER_TRY(metric_text(x->m, x->at->s, word, 0, &t, err));
  if (!t || propter_days_parse(value_of(x, t), &days)) return PROPTER_OK;
  return doc_fail(&x->m->doc, t, err, PROPTER_INVALID, "expected days such as \"P2D\"^^xsd:duration, found \"%s\"", value_of(x, t).data);
}

static PropterStatus check_definition(const Metric *x, PropterError *err) {
  const DocTriple *t;
  PropterGrain grain;
  PROPTER_TRY(required(x, VOCAB_propter_grain, "propter:grain such as \"P1D\"^^xsd:duration", &t, err));
  if (!propter_grain_parse(value_of(x, t), &grain))
    return doc_fail(&x->m->doc, t, err, PROPTER_INVALID, "expected P1D, P7D, P1M, P3M or P1Y as grain, found \"%s\"", value_of(x, t).data);
  if (!find(x, VOCAB_skos_prefLabel, 0))
    return doc_fail(&x->m->doc, x->at, err, PROPTER_INVALID, "metric %s has no skos:prefLabel: questions could not name it", doc_name(&x->m->doc, x->at->s));
  t = find(x, VOCAB_propter_aggregation, 0);
  if (!t)
    return doc_fail(&x->m->doc, x->at, err, PROPTER_INVALID, "metric %s has no propter:aggregation (propter:Sum, propter:Mean, …)",
                    doc_name(&x->m->doc, x->at->s));
  PROPTER_TRY(check_days(x, VOCAB_propter_completenessDelay, err));
  return check_days(x, VOCAB_propter_mutabilityWindow, err);
}

/* How its days and numbers are written; NULL: as XSD writes them. */
static PropterStatus read_written(const Metric *x, const Written **days, const Written **numbers, PropterError *err) {
  Written *w = model_alloc(x->m, sizeof *w, err);
  if (!w) return PROPTER_NO_MEMORY;
  PROPTER_TRY(metric_optional(x->m, x->at->s, VOCAB_propter_dateFormat, &w->date, err));
  PROPTER_TRY(metric_optional(x->m, x->at->s, VOCAB_propter_decimalChar, &w->decimal, err));
  PROPTER_TRY(metric_optional(x->m, x->at->s, VOCAB_propter_groupChar, &w->group, err));
  if (w->date.len && !written_pattern(w->date))
    return doc_fail(&x->m->doc, find(x, VOCAB_propter_dateFormat, 0), err, PROPTER_INVALID,
                    "expected a date format of d, dd, M, MM, MMM, yy and yyyy with a month and a year, such as d.M.yyyy, found \"%s\"", w->date.data);
  if (w->group.len && (!w->decimal.len || propter_str_equal(w->group, w->decimal)))
    return doc_fail(&x->m->doc, find(x, VOCAB_propter_groupChar, 0), err, PROPTER_INVALID, "expected a propter:decimalChar other than propter:groupChar \"%s\"",
                    w->group.data);
  *days = w->date.len ? w : NULL;
  *numbers = w->decimal.len ? w : NULL;
  return PROPTER_OK;
}

/* --- Tables of a database -------------------------------------------------------------------------------------------------------- */

/* The member that the dimension is fixed to. */
static bool fixed_member(const Metric *x, const PropterTerm *dimension, PropterStr *member) {
  PropterStr of;
  const DocTriple *fixed = fixed_of(x, dimension, 0, &of), *t = fixed ? doc_find(&x->m->doc, fixed->o, VOCAB_propter_member, 0) : NULL;
  return t ? (*member = value_of(x, t), true) : false;
}

static PropterStatus collect_slices(const Metric *x, Warehouse *w, PropterError *err) {
  for (size_t i = 0; i < x->slices.slices.count; i++) {
    const MetricSlice *slice = &x->slices.slices.items[i];
    bool looked;
    PropterTerm dimension;
    PROPTER_TRY(is_looked_at(x, slice->name, &looked, err));
    if (!looked) continue;
    if (w->slices == WAREHOUSE_SLICES) return doc_fail(&x->m->doc, slice->at, err, PROPTER_LIMIT, "more than %d slice columns", WAREHOUSE_SLICES);
    PROPTER_TRY(own_iri(x, "dimension/", slice->name, &dimension, err));
    w->slice[w->slices].is = slice;
    w->slice[w->slices].fixed = fixed_member(x, &dimension, &w->slice[w->slices].member);
    w->slices++;
  }
  return PROPTER_OK;
}

/* Days or months, as a duration; one that is not there is empty. */
static PropterStatus read_reach(const Metric *x, PropterVocab p, bool cumulative, PropterStr *out, PropterError *err) {
  const DocTriple *t = find(x, p, 0);
  PropterGrain grain;
  *out = t ? value_of(x, t) : (PropterStr){"", 0};
  if (!t) return PROPTER_OK;
  if (!cumulative) return doc_fail(&x->m->doc, t, err, PROPTER_INVALID, "expected it with propter:aggregation propter:CumulativeSum only");
  if (p == VOCAB_propter_since ? propter_grain_parse(*out, &grain) : warehouse_reach(*out)) return PROPTER_OK;
  return doc_fail(&x->m->doc, t, err, PROPTER_INVALID, "expected a duration such as P7D or P3M, found \"%.*s\"", (int)out->len, out->data);
}

/* The query becomes the metric's source, and evidence. */
static PropterStatus read_table(Metric *x, const DocTriple *time, const DocTriple *value, size_t *source, const Written **days, PropterStr *column,
                                PropterError *err) {
  PropterMapping *m = x->m;
  const DocTriple *database = find(x, VOCAB_propter_sourceDatabase, 0), *expression = find(x, VOCAB_propter_sourceExpression, 0);
  const DocTriple *share = find(x, VOCAB_propter_percentile, 0), *how = find(x, VOCAB_propter_aggregation, 0);
  Warehouse w = {.at = x->table, .table = value_of(x, x->table), .time = value_of(x, time), .aggregation = value_of(x, how), .joined = &x->slices};
  LogicalSource s = {.at = database ? database : x->table};
  PropterStr none = {"", 0};
  double number;
  w.value = value ? value_of(x, value) : none;
  w.expression = expression ? value_of(x, expression) : none;
  w.share = share ? value_of(x, share) : none;
  w.grain = value_of(x, find(x, VOCAB_propter_grain, 0));
  if (!warehouse_aggregates(w.aggregation, &x->cut)) return doc_fail(&m->doc, how, err, PROPTER_INVALID, "no database computes %s", doc_name(&m->doc, how->o));
  if (propter_str_equal(w.aggregation, propter_vocab_iri(VOCAB_propter_Percentile)) && !(propter_str_to_double(w.share, &number) && number > 0 && number < 1))
    return doc_fail(&m->doc, share ? share : how, err, PROPTER_INVALID, "expected propter:percentile between 0 and 1");
  bool cumulative = propter_str_equal(w.aggregation, propter_vocab_iri(VOCAB_propter_CumulativeSum));
  PROPTER_TRY(read_reach(x, VOCAB_propter_window, cumulative, &w.window, err));
  PROPTER_TRY(read_reach(x, VOCAB_propter_since, cumulative, &w.since, err));
  if (value && expression) return doc_fail(&m->doc, expression, err, PROPTER_INVALID, "expected propter:sourceColumn or propter:sourceExpression, found both");
  PROPTER_TRY(collect_slices(x, &w, err));
  PROPTER_TRY(source_at_address(m, &s, database ? value_of(x, database) : none, m->doc.files.items[x->file].directory, err));
  PROPTER_TRY(warehouse_query(m, &s, &w, err));
  s.options.query = w.sql.data, x->sized = w.sized;
  if (w.pattern) {
    Written *written = model_alloc(m, sizeof *written, err);
    if (!written) return PROPTER_NO_MEMORY;
    *written = (Written){.date = propter_str(w.pattern)};
    *days = written;
  }
  *column = w.value.len ? w.value : PROPTER_STR("value");
  PROPTER_TRY(define(x, x->metric, VOCAB_propter_sourceQuery, propter_literal(w.sql), err));
  return source_keep(m, &s, source, err);
}

/* A table is read from the database that the definition or the caller names, else from a file. */
static PropterStatus choose_source(Metric *x, PropterError *err) {
  const DocTriple *table = find(x, VOCAB_propter_sourceTable, 0), *database = find(x, VOCAB_propter_sourceDatabase, 0);
  const DocTriple *file = find(x, VOCAB_propter_sourceFile, 0);
  if (database || x->m->options->database) {
    x->table = table;
    if (!table)
      return doc_fail(&x->m->doc, database ? database : x->at, err, PROPTER_INVALID,
                      "a database is given, and metric %s names no table of it: expected propter:sourceTable", doc_name(&x->m->doc, x->at->s));
  } else if (!file) {
    return doc_fail(&x->m->doc, table, err, PROPTER_INVALID, "metric %s reads the table of a database: name it with --database or propter:sourceDatabase",
                    doc_name(&x->m->doc, x->at->s));
  }
  return PROPTER_OK;
}

static PropterStatus says_size(const Metric *x, TriplesMap *map, PropterError *err) {
  TermMap *size;
  PropterTerm integer = model_word(VOCAB_xsd_integer);
  const DocTriple *column = NULL;
  if (!x->table) PROPTER_TRY(metric_text(x->m, x->at->s, VOCAB_propter_sampleSizeColumn, 0, &column, err));
  if (!x->sized && !column) return PROPTER_OK;
  const DocTriple *at = column ? column : x->table;
  PROPTER_TRY(model_reference(x->m, column ? value_of(x, column) : PROPTER_STR(WAREHOUSE_SIZE), TYPE_LITERAL, at, &size, err));
  PROPTER_TRY(model_constant(x->m, &integer, at, &size->datatype, err));
  return says(x, map, model_word(VOCAB_propter_sampleSize), size, false, err);
}

/* The table of a file, with what is joined to it. */
static PropterStatus read_file(const Metric *x, const DocTriple *file, const DocTriple *time, const DocTriple *value, const PropterTableOptions *dialect,
                               size_t *source, PropterError *err) {
  PROPTER_VEC(const DocTriple *) columns = {0};
  const DocTriple *t;
  bool room = propter_vec_push(&columns, time) && (!value || propter_vec_push(&columns, value));
  for (size_t i = 0; room && (t = find(x, VOCAB_propter_keyColumn, i)); i++) room = propter_vec_push(&columns, t);
  if (room && (t = find(x, VOCAB_propter_sampleSizeColumn, 0))) room = propter_vec_push(&columns, t);
  PropterStatus status = room ? source_of_file(x->m, file, value_of(x, file), dialect, source, err) : no_memory(err);
  if (status == PROPTER_OK) status = metric_joined_file(x->m, &x->slices, columns.items, columns.count, source, err);
  propter_vec_clear(&columns);
  return status;
}

static PropterStatus read_metric(Metric *x, TriplesMap *map, PropterError *err) {
  PropterMapping *m = x->m;
  const DocTriple *file, *time, *value = find(x, VOCAB_propter_sourceColumn, 0);
  PROPTER_TRY(metric_slices_read(m, x->at->s, &x->slices, err));
  PROPTER_TRY(choose_source(x, err));
  if (!x->table) PROPTER_TRY(required(x, VOCAB_propter_sourceFile, "propter:sourceFile", &file, err));
  PROPTER_TRY(required(x, VOCAB_propter_timeColumn, "propter:timeColumn", &time, err));
  const DocTriple *how = find(x, VOCAB_propter_aggregation, 0);
  bool counts = how && propter_str_equal(value_of(x, how), propter_vocab_iri(VOCAB_propter_Count));
  bool says_more = find(x, VOCAB_propter_sourceExpression, 0) != NULL;
  if (!counts && !says_more) PROPTER_TRY(required(x, VOCAB_propter_sourceColumn, "propter:sourceColumn", &value, err));
  else if (value && !x->table) return doc_fail(&m->doc, value, err, PROPTER_INVALID, "propter:Count counts rows: expected no propter:sourceColumn");
  PROPTER_TRY(check_definition(x, err));
  if (!x->table && (says_more || (how && warehouse_only(value_of(x, how)))))
    return doc_fail(&m->doc, x->at, err, PROPTER_INVALID,
                    "metric %s is computed by a database: name it with --database or propter:sourceDatabase, and propter:sourceTable",
                    doc_name(&m->doc, x->at->s));
  PropterTableOptions dialect = {0};
  const Written *days = NULL, *numbers = NULL;
  PropterStr column = {"", 0};
  PROPTER_TRY(metric_dialect(m, x->at->s, &dialect, err));
  PROPTER_TRY(read_written(x, &days, &numbers, err));
  if (x->table) PROPTER_TRY(read_table(x, time, value, &map->source, &days, &column, err));
  else PROPTER_TRY(read_file(x, file, time, value, &dialect, &map->source, err));

  PropterTerm dataset, measure, period, observations;
  PROPTER_TRY(iri_for(x, VOCAB_propter_dataset, "data", NULL, VOCAB_qb_DataSet, &dataset, err));
  PROPTER_TRY(iri_for(x, VOCAB_propter_measure, "value", NULL, VOCAB_qb_MeasureProperty, &measure, err));
  PROPTER_TRY(iri_for(x, VOCAB_propter_timeDimension, NULL, REF_PERIOD, VOCAB_qb_DimensionProperty, &period, err));
  PROPTER_TRY(define_structure(x, dataset, period, measure, err));
  PROPTER_TRY(own_iri(x, "observation/", (PropterStr){"", 0}, &observations, err));

  size_t keys = x->slices.slices.count;
  for (size_t k = 0; find(x, VOCAB_propter_keyColumn, k); k++) keys++;
  size_t most = 2 + 2 * keys;
  TermMap *subject = model_alloc(m, sizeof *subject, err);
  if (!subject || !(subject->parts = model_alloc(m, most * sizeof *subject->parts, err))) return PROPTER_NO_MEMORY;
  subject->kind = EXPRESSION_TEMPLATE;
  subject->at = time;
  map->subject = subject;
  PROPTER_TRY(add_part(subject, most, (Part){.text = observations.value}, err));
  PROPTER_TRY(add_part(subject, most, (Part){.text = value_of(x, time), .is_column = true, .is_day = true, .written = days, .slot = m->slot_count++}, err));

  TermMap *day, *number;
  PROPTER_TRY(says_constant(x, map, model_word(VOCAB_rdf_type), model_word(VOCAB_qb_Observation), err));
  PROPTER_TRY(says_constant(x, map, model_word(VOCAB_qb_dataSet), dataset, err));
  PROPTER_TRY(typed_column(x, time, VOCAB_xsd_date, &day, err));
  day->parts[0].is_day = true;
  day->parts[0].written = days;
  PROPTER_TRY(says(x, map, period, day, true, err));
  PROPTER_TRY(check_fixed(x, err));
  PROPTER_TRY(read_additivity(x, err));
  PROPTER_TRY(read_keys(x, map, most, err));
  PropterTerm one = propter_typed(PROPTER_STR("1"), propter_vocab_iri(VOCAB_xsd_decimal));
  if (x->table) {
    PropterTerm decimal = model_word(VOCAB_xsd_decimal);
    PROPTER_TRY(model_reference(m, column, TYPE_LITERAL, x->table, &number, err));
    PROPTER_TRY(model_constant(m, &decimal, x->table, &number->datatype, err));
  } else if (counts) {
    PROPTER_TRY(model_constant(m, &one, x->at, &number, err));
  } else {
    PROPTER_TRY(typed_column(x, value, VOCAB_xsd_decimal, &number, err));
    number->parts[0].written = numbers;
    number->parts[0].is_amount = true;
  }
  PROPTER_TRY(says_size(x, map, err));
  map->observation = map->unique = true;
  return says(x, map, measure, number, true, err);
}

/* All that the document says goes into the graph with the definition. */
static PropterStatus take_document(PropterMapping *m, uint32_t file, PropterError *err) {
  for (size_t i = 0; i < m->doc.triples.count; i++) {
    const DocTriple *t = &m->doc.triples.items[i];
    if (t->file == file)
      PROPTER_TRY(model_definition(m, file, &doc_node(&m->doc, t->s)->term, &doc_node(&m->doc, t->p)->term, &doc_node(&m->doc, t->o)->term, err));
  }
  return PROPTER_OK;
}

PropterStatus metric_compile(PropterMapping *m, PropterError *err) {
  uint64_t taken = 0; /* documents, as bits; more than 64 are refused below */
  for (size_t i = 0; i < m->doc.files.count && i < 64; i++)
    if (m->doc.files.items[i].definitions) {
      PROPTER_TRY(take_document(m, (uint32_t)i, err));
      taken |= UINT64_C(1) << i;
    }
  for (size_t i = 0; i < m->doc.triples.count; i++) {
    const DocTriple *t = &m->doc.triples.items[i];
    if (doc_node(&m->doc, t->p)->word != WORD_type || !propter_str_equal(doc_node(&m->doc, t->o)->term.value, propter_vocab_iri(VOCAB_propter_Metric)))
      continue;
    Metric x = {.m = m, .at = t, .metric = doc_node(&m->doc, t->s)->term, .file = t->file, .cut = true};
    if (!find(&x, VOCAB_propter_sourceFile, 0) && !find(&x, VOCAB_propter_sourceTable, 0)) continue;
    if (x.metric.kind != PROPTER_TERM_IRI) return doc_fail(&m->doc, t, err, PROPTER_INVALID, "a metric needs an IRI, found a blank node");
    if (t->file >= 64) return doc_fail(&m->doc, t, err, PROPTER_LIMIT, "more than 64 documents with metric definitions");
    if (!(taken >> t->file & 1)) PROPTER_TRY(take_document(m, t->file, err));
    taken |= UINT64_C(1) << t->file;
    if (!propter_vec_push(&m->maps, ((TriplesMap){.node = t->s, .at = t}))) return no_memory(err);
    PropterStatus status = read_metric(&x, &m->maps.items[m->maps.count - 1], err);
    metric_slices_clear(&x.slices);
    PROPTER_TRY(status);
  }
  return PROPTER_OK;
}
