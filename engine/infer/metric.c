/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "../graph/id.h"
#include "node.h"
#include "propter/hash.h"
#include "propter/infer.h"

enum { METRIC_PERIODS_MAX = 10000000, RATIO_DEPTH = 4, SLICE_DIMENSIONS = 8, SLICES_MAX = 1000000 };

static const char *local_part(PropterStr iri, size_t *len) {
  size_t at = iri.len;
  while (at > 0 && iri.data[at - 1] != '#' && iri.data[at - 1] != '/' && iri.data[at - 1] != ':') at--;
  *len = iri.len - at;
  return iri.data + at;
}

PropterStatus propter_metric_read(PropterSnapshot *snapshot, PropterId metric, PropterArena *arena, PropterMetric *out, PropterError *err) {
  PropterId v[VOCAB_COUNT];
  PROPTER_TRY(propter_vocab_ids(snapshot, v, err));
  return metric_read(snapshot, v, metric, arena, out, err);
}

static PropterStatus read_members(Node *node, PropterArena *arena, PropterMetric *out, PropterError *err) {
  PropterStatus status = PROPTER_OK;
  PropterIds holders = {0};
  PropterMember *members = NULL;
  size_t count = 0;
  if ((status = node_all(node, VOCAB_propter_fixed, &holders, err))) goto done;
  if (holders.count && !(members = propter_arena_alloc(arena, holders.count * sizeof *members))) status = propter_fail(err, PROPTER_NO_MEMORY, "fixed members");
  for (size_t i = 0; !status && i < holders.count; i++) {
    Node inner = {0};
    if ((status = node_open(node->snapshot, node->v, holders.items[i], &inner, err))) break;
    PropterId dimension = node_one(&inner, VOCAB_propter_dimension), member = node_one(&inner, VOCAB_propter_member),
              concept = node_one(&inner, VOCAB_propter_concept);
    node_close(&inner);
    if (!dimension || !member)
      status = propter_fail(err, PROPTER_INVALID, "metric <%.*s>: propter:fixed needs propter:dimension and propter:member", (int)out->iri.len, out->iri.data);
    else members[count++] = (PropterMember){dimension, member, concept ? concept : member};
  }
  out->fixed = members;
  out->fixed_count = count;
done:
  propter_vec_clear(&holders);
  return status;
}

static PropterStatus read_dimensions(Node *node, PropterVocab property, PropterArena *arena, const PropterId **out, size_t *count, PropterError *err) {
  PropterIds dims = {0};
  PropterStatus status = node_all(node, property, &dims, err);
  if (!status && dims.count) {
    PropterId *copy = propter_arena_alloc(arena, dims.count * sizeof *copy);
    if (!copy) status = propter_fail(err, PROPTER_NO_MEMORY, "dimensions of a metric");
    else memcpy(copy, dims.items, dims.count * sizeof *copy), *out = copy, *count = dims.count;
  }
  propter_vec_clear(&dims);
  return status;
}

/* "P7D" in days; 0: not said. */
static PropterStatus read_days(Node *node, PropterVocab property, PropterArena *arena, const PropterMetric *m, int *days, PropterError *err) {
  const PropterId id = node_one(node, property);
  PropterStr text;
  *days = 0;
  if (!id) return PROPTER_OK;
  PROPTER_TRY(node_text(node->snapshot, id, arena, &text, err));
  if (propter_days_parse(text, days)) return PROPTER_OK;
  return propter_fail(err, PROPTER_INVALID, "metric <%.*s>: <%s> is \"%.*s\"; expected days such as P2D", (int)m->iri.len, m->iri.data,
                      propter_vocab_iri(property).data, (int)text.len, text.data);
}

/* Its own, else that of the metric that it divides. */
static PropterStatus find_grain(const Node *node, PropterId *grain, PropterError *err) {
  PropterId part = node_one(node, VOCAB_propter_numerator);
  *grain = node_one(node, VOCAB_propter_grain);
  for (int depth = 0; !*grain && part && depth < RATIO_DEPTH; depth++) {
    Node inner = {0};
    PROPTER_TRY(node_open(node->snapshot, node->v, part, &inner, err));
    *grain = node_one(&inner, VOCAB_propter_grain);
    part = node_one(&inner, VOCAB_propter_numerator);
    node_close(&inner);
  }
  return PROPTER_OK;
}

static PropterStatus read_grain(Node *node, PropterArena *arena, PropterMetric *out, PropterError *err) {
  PropterId grain;
  PROPTER_TRY(find_grain(node, &grain, err));
  if (!grain) {
    out->grain = PROPTER_GRAIN_MONTH;
    if (out->numerator) return PROPTER_OK; /* what is wrong with its parts is said when they are read */
    return propter_fail(err, PROPTER_INVALID, "metric <%.*s> has no propter:grain; expected P1D, P7D, P1M, P3M or P1Y", (int)out->iri.len, out->iri.data);
  }
  PropterStr text;
  PROPTER_TRY(node_text(node->snapshot, grain, arena, &text, err));
  if (propter_grain_parse(text, &out->grain)) return PROPTER_OK;
  return propter_fail(err, PROPTER_INVALID, "metric <%.*s>: propter:grain is \"%.*s\"; expected P1D, P7D, P1M, P3M or P1Y", (int)out->iri.len, out->iri.data,
                      (int)text.len, text.data);
}

static PropterStatus read_plain(Node *node, PropterArena *arena, PropterMetric *out, PropterError *err) {
  double number;
  bool yes;
  PROPTER_TRY(node_string(node, VOCAB_propter_unit, arena, &out->unit, err));
  PROPTER_TRY(node_string(node, VOCAB_propter_unitLabel, arena, &out->unit_label, err));
  if (!out->unit_label.len) out->unit_label = out->unit;
  out->scale = node_number(node, VOCAB_propter_scale, &number) && number > 0 ? number : 1;
  out->reference_day = node_number(node, VOCAB_propter_referenceDay, &number) && number >= 1 && number <= 366 ? (int)number : 0;
  out->cells_per_period = node_number(node, VOCAB_propter_cellsPerPeriod, &number) && number >= 1 && number <= 1e9 ? (size_t)number : 0;
  PropterId adjusted = node_one(node, VOCAB_propter_seasonallyAdjusted);
  out->seasonally_adjusted = adjusted && propter_id_boolean(adjusted, &yes) && yes;
  PropterId good = node_one(node, VOCAB_propter_goodDirection);
  out->good_direction = !good ? 0 : good == node->v[VOCAB_propter_Up] ? 1 : good == node->v[VOCAB_propter_Down] ? -1 : 0;
  out->aggregation = node_one(node, VOCAB_propter_aggregation);
  out->numerator = node_one(node, VOCAB_propter_numerator);
  out->denominator = node_one(node, VOCAB_propter_denominator);
  out->dataset = node_one(node, VOCAB_propter_dataset);
  out->measure = node_one(node, VOCAB_propter_measure);
  out->time = node_one(node, VOCAB_propter_timeDimension);
  out->concept_id = node_one(node, VOCAB_propter_concept);
  return node_failed(node, err);
}

PropterStatus metric_read(PropterSnapshot *snapshot, const PropterId *v, PropterId metric, PropterArena *arena, PropterMetric *out, PropterError *err) {
  Node node = {0};
  *out = (PropterMetric){.id = metric, .scale = 1, .unit = {"", 0}, .unit_label = {"", 0}, .concept_label = {"", 0}};
  PropterStatus status = node_open(snapshot, v, metric, &node, err);
  if (!status) status = node_text(snapshot, metric, arena, &out->iri, err);
  if (!status && !node_has(&node, VOCAB_rdf_type, v[VOCAB_propter_Metric]))
    status = propter_fail(err, PROPTER_NOT_FOUND, "<%.*s> is no propter:Metric of this graph", (int)out->iri.len, out->iri.data);
  if (!status) status = read_plain(&node, arena, out, err);
  if (!status && !out->numerator != !out->denominator)
    status = propter_fail(err, PROPTER_INVALID, "metric <%.*s> has only one of propter:numerator and propter:denominator", (int)out->iri.len, out->iri.data);
  if (!status && !out->numerator && (!out->dataset || !out->measure || !out->time))
    status = propter_fail(err, PROPTER_INVALID, "metric <%.*s> has no %s", (int)out->iri.len, out->iri.data,
                          !out->dataset   ? "propter:dataset"
                          : !out->measure ? "propter:measure"
                                          : "propter:timeDimension");
  if (!status) status = read_grain(&node, arena, out, err);
  if (!status) status = read_members(&node, arena, out, err);
  if (!status) status = read_dimensions(&node, VOCAB_propter_sliceBy, arena, &out->slice_dimension, &out->slice_dimensions, err);
  if (!status) status = read_dimensions(&node, VOCAB_propter_nonAdditive, arena, &out->apart, &out->apart_count, err);
  if (!status) status = read_days(&node, VOCAB_propter_completenessDelay, arena, out, &out->completeness_delay, err);
  if (!status) status = read_days(&node, VOCAB_propter_mutabilityWindow, arena, out, &out->mutability_window, err);
  if (!status) status = label_of(snapshot, v, metric, arena, &out->label, err);
  if (!status && out->concept_id) status = label_of(snapshot, v, out->concept_id, arena, &out->concept_label, err);
  node_close(&node);
  return status;
}

PropterStatus label_of(PropterSnapshot *snapshot, const PropterId *v, PropterId id, PropterArena *arena, PropterStr *out, PropterError *err) {
  static const PropterVocab order[] = {VOCAB_skos_prefLabel, VOCAB_rdfs_label, VOCAB_dct_title};
  PropterIds labels = {0};
  PropterStatus status = PROPTER_OK;
  PropterTerm best = {0}, term;
  for (size_t k = 0; k < 3 && best.kind == PROPTER_TERM_NONE; k++) {
    labels.count = 0;
    if (!v[order[k]]) continue;
    if ((status = propter_snapshot_objects(snapshot, id, v[order[k]], &labels, err))) goto done;
    for (size_t i = 0; i < labels.count; i++) {
      if ((status = propter_snapshot_term(snapshot, labels.items[i], arena, &term, err))) goto done;
      if (term.kind != PROPTER_TERM_LITERAL) continue;
      bool english = propter_str_starts(term.language, PROPTER_STR("en")), held = propter_str_starts(best.language, PROPTER_STR("en"));
      if (best.kind == PROPTER_TERM_NONE || (english && !held) || (english == held && propter_str_compare(term.value, best.value) < 0)) best = term;
    }
  }
  if (best.kind == PROPTER_TERM_NONE) {
    if ((status = propter_snapshot_term(snapshot, id, arena, &term, err))) goto done;
    best = term;
    if (term.kind == PROPTER_TERM_IRI) best.value.data = local_part(term.value, &best.value.len);
  }
  *out = best.value;
done:
  propter_vec_clear(&labels);
  return status;
}

typedef struct {
  PropterId id;
  PropterStr iri;
} Named;

static int by_iri(const void *a, const void *b) { return propter_str_compare(((const Named *)a)->iri, ((const Named *)b)->iri); }

PropterStatus sort_by_iri(PropterSnapshot *snapshot, PropterId *ids, size_t count, PropterError *err) {
  PropterArena arena = {0};
  PropterStatus status = PROPTER_OK;
  Named *named = propter_calloc(count ? count : 1, sizeof *named);
  if (!named) return propter_fail(err, PROPTER_NO_MEMORY, "names of %zu things", count);
  for (size_t i = 0; i < count && !status; i++) {
    named[i].id = ids[i];
    status = node_text(snapshot, ids[i], &arena, &named[i].iri, err);
  }
  if (!status) {
    qsort(named, count, sizeof *named, by_iri);
    for (size_t i = 0; i < count; i++) ids[i] = named[i].id;
  }
  propter_free(named);
  propter_arena_clear(&arena);
  return status;
}

PropterStatus propter_metric_list(PropterSnapshot *snapshot, PropterIds *out, PropterError *err) {
  PropterId v[VOCAB_COUNT];
  PROPTER_TRY(propter_vocab_ids(snapshot, v, err));
  size_t before = out->count;
  if (!v[VOCAB_rdf_type] || !v[VOCAB_propter_Metric]) return PROPTER_OK;
  PROPTER_TRY(propter_snapshot_subjects(snapshot, v[VOCAB_rdf_type], v[VOCAB_propter_Metric], out, err));
  return sort_by_iri(snapshot, out->items + before, out->count - before, err);
}

/* --- one column of the cube, met by ascending subjects -------------------------------------------------------------------- */

typedef struct {
  PropterScan *scan;
  PropterQuad of; /* its property; with an object: only subjects that have it */
  PropterQuad rows[1024];
  size_t count, at;
  bool end;
} Column;

static PropterStatus column_scan(PropterSnapshot *snapshot, PropterQuad of, Column *column, PropterError *err) {
  column->scan = NULL;
  column->of = of;
  column->count = column->at = 0;
  column->end = false;
  return propter_scan_open(snapshot, of.o ? PROPTER_POSG : PROPTER_PSOG, of, of.o ? 2 : 1, &column->scan, err);
}

static PropterStatus column_open(PropterSnapshot *snapshot, PropterId property, Column *column, PropterError *err) {
  return column_scan(snapshot, (PropterQuad){.p = property}, column, err);
}

/* Object of the subject, PROPTER_NO_ID for none; subjects must ascend from call to call. */
static PropterStatus column_at(Column *column, PropterId subject, PropterId *object, PropterError *err) {
  *object = PROPTER_NO_ID;
  for (bool sought = false; !column->end;) {
    while (column->at < column->count && column->rows[column->at].s < subject) column->at++;
    if (column->at < column->count) {
      if (column->rows[column->at].s == subject) *object = column->rows[column->at].o;
      return PROPTER_OK;
    }
    if (!sought && column->count) {
      PROPTER_TRY(propter_scan_seek(column->scan, (PropterQuad){.p = column->of.p, .o = column->of.o, .s = subject}, err));
      sought = true;
    }
    column->at = 0;
    PROPTER_TRY(propter_scan_next(column->scan, column->rows, sizeof column->rows / sizeof *column->rows, &column->count, err));
    column->end = column->count == 0;
  }
  return PROPTER_OK;
}

/* Of the subjects those with the member. */
static PropterStatus keep_member(PropterSnapshot *snapshot, PropterMember member, PropterIds *ids, PropterError *err) {
  const size_t all = ids->count;
  ids->count = 0;
  if (!all || !member.dimension || !member.member) return PROPTER_OK;
  Column *column = propter_calloc(1, sizeof *column);
  if (!column) return propter_fail(err, PROPTER_NO_MEMORY, "columns of a cube");
  PropterStatus status = column_scan(snapshot, (PropterQuad){.p = member.dimension, .o = member.member}, column, err);
  for (size_t i = 0; i < all && !status; i++) {
    PropterId found;
    status = column_at(column, ids->items[i], &found, err);
    if (!status && found) ids->items[ids->count++] = ids->items[i];
  }
  propter_scan_close(column->scan);
  propter_free(column);
  return status;
}

/* --- groups of members ------------------------------------------------------------------------------------------------------- */

static PropterStatus is_held(PropterSnapshot *snapshot, PropterId dimension, PropterId member, bool *held, PropterError *err) {
  PropterScan *scan = NULL;
  PropterQuad row;
  size_t count = 0;
  PropterStatus status = propter_scan_open(snapshot, PROPTER_POSG, (PropterQuad){.p = dimension, .o = member}, 2, &scan, err);
  if (!status) status = propter_scan_next(scan, &row, 1, &count, err);
  propter_scan_close(scan);
  *held = count > 0;
  return status;
}

/* Members that metrics call by the concept: texts of a column are no concepts themselves. */
static PropterStatus add_called(PropterSnapshot *snapshot, const PropterId *v, PropterId concept, PropterIds *found, PropterError *err) {
  PropterIds node = {0};
  if (!v[VOCAB_propter_concept] || !v[VOCAB_propter_member]) return PROPTER_OK;
  PropterStatus status = propter_snapshot_subjects(snapshot, v[VOCAB_propter_concept], concept, &node, err);
  for (size_t i = 0; i < node.count && !status; i++) status = propter_snapshot_objects(snapshot, node.items[i], v[VOCAB_propter_member], found, err);
  propter_vec_clear(&node);
  return status;
}

static PropterStatus add_narrower(PropterSnapshot *snapshot, const PropterId *v, PropterId concept, PropterIds *found, PropterError *err) {
  const size_t before = found->count;
  if (v[VOCAB_skos_broader]) PROPTER_TRY(propter_snapshot_subjects(snapshot, v[VOCAB_skos_broader], concept, found, err));
  if (v[VOCAB_skos_narrower]) PROPTER_TRY(propter_snapshot_objects(snapshot, concept, v[VOCAB_skos_narrower], found, err));
  PROPTER_TRY(add_called(snapshot, v, concept, found, err));
  size_t kept = before;
  for (size_t i = before; i < found->count; i++) { /* each once, so a circle ends */
    bool known = false;
    for (size_t k = 0; k < kept && !known; k++) known = found->items[k] == found->items[i];
    if (!known) found->items[kept++] = found->items[i];
  }
  found->count = kept;
  return PROPTER_OK;
}

/* What observations hold of a member: itself, else the nearest of what is narrower that they hold. */
static PropterStatus add_held(PropterSnapshot *snapshot, const PropterId *v, PropterMember member, PropterIds *out, PropterError *err) {
  PropterIds met = {0};
  if (!member.dimension || !member.member) return PROPTER_OK;
  PropterStatus status = propter_vec_push(&met, member.member) ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "a group of members");
  for (size_t i = 0; i < met.count && !status; i++) {
    bool held;
    status = is_held(snapshot, member.dimension, met.items[i], &held, err);
    if (!status && !held) status = add_narrower(snapshot, v, met.items[i], &met, err);
    if (!status && held && !propter_vec_push(out, met.items[i])) status = propter_fail(err, PROPTER_NO_MEMORY, "a group of members");
  }
  propter_vec_clear(&met);
  return status;
}

/* The subjects that hold a member of the dimension of slice[at], any of those that the slice names of it. */
static PropterStatus add_subjects(PropterSnapshot *snapshot, const PropterMember *slice, size_t count, size_t at, const PropterId *v, PropterIds *out,
                                  PropterError *err) {
  PropterIds member = {0};
  PropterStatus status = PROPTER_OK;
  for (size_t i = at; i < count && !status; i++)
    if (slice[i].dimension == slice[at].dimension) status = add_held(snapshot, v, slice[i], &member, err);
  ids_sort(&member, 0);
  for (size_t i = 0; i < member.count && !status; i++) status = propter_snapshot_subjects(snapshot, slice[at].dimension, member.items[i], out, err);
  if (member.count > 1) ids_sort(out, 0);
  propter_vec_clear(&member);
  return status;
}

bool is_first_of_dimension(const PropterMember *slice, size_t at) {
  for (size_t i = 0; i < at; i++)
    if (slice[i].dimension == slice[at].dimension) return false;
  return true;
}

/* Is it one member that observations hold? Its column is then read beside the subjects, and not all of its subjects. */
static PropterStatus is_plain(PropterSnapshot *snapshot, const PropterMember *slice, size_t count, size_t at, bool *plain, PropterError *err) {
  for (size_t i = at + 1; i < count; i++)
    if (slice[i].dimension == slice[at].dimension) return *plain = false, PROPTER_OK;
  *plain = true;
  return slice[at].dimension && slice[at].member ? is_held(snapshot, slice[at].dimension, slice[at].member, plain, err) : PROPTER_OK;
}

/* Of the subjects those in the slice: members of one dimension stand together. */
static PropterStatus keep_slice(PropterSnapshot *snapshot, const PropterId *v, const PropterMember *slice, size_t count, size_t at, PropterIds *ids,
                                PropterError *err) {
  PropterIds group = {0};
  bool plain;
  size_t kept = 0;
  if (!is_first_of_dimension(slice, at) || !ids->count) return PROPTER_OK;
  PROPTER_TRY(is_plain(snapshot, slice, count, at, &plain, err));
  if (plain) return keep_member(snapshot, slice[at], ids, err);
  PropterStatus status = add_subjects(snapshot, slice, count, at, v, &group, err);
  for (size_t i = 0; i < ids->count && !status; i++)
    if (ids_have(&group, ids->items[i])) ids->items[kept++] = ids->items[i];
  ids->count = kept;
  propter_vec_clear(&group);
  return status;
}

/* --- cells ------------------------------------------------------------------------------------------------------------------- */

typedef struct {
  int32_t period;
  PropterDay day;
  double value, weight; /* weight: of how many values a mean was taken */
  PropterId id;
} Cell;
typedef PROPTER_VEC(Cell) Cells;

static int by_period(const void *a, const void *b) {
  const Cell *x = a, *y = b;
  if (x->period != y->period) return x->period < y->period ? -1 : 1;
  if (x->day != y->day) return x->day < y->day ? -1 : 1;
  return x->id < y->id ? -1 : x->id > y->id;
}

PropterStatus node_value_number(PropterSnapshot *snapshot, PropterId id, double *value, bool *is, PropterError *err) {
  *is = propter_id_number(id, value);
  if (*is || propter_id_kind(id) != PROPTER_TERM_LITERAL) return PROPTER_OK;
  PropterArena arena = {0};
  PropterTerm term;
  PropterStatus status = propter_snapshot_term(snapshot, id, &arena, &term, err);
  if (!status) *is = propter_str_to_double(propter_str_trim(term.value), value);
  propter_arena_clear(&arena);
  return status;
}

PropterStatus node_value_day(PropterSnapshot *snapshot, PropterId id, PropterDay *day, bool *is, PropterError *err) {
  *is = propter_id_day(id, day);
  if (*is || propter_id_kind(id) != PROPTER_TERM_LITERAL) return PROPTER_OK;
  PropterArena arena = {0};
  PropterTerm term;
  char text[16];
  PropterStatus status = propter_snapshot_term(snapshot, id, &arena, &term, err);
  if (!status) {
    if (term.value.len >= 10) *is = propter_day_parse(term.value, day);
    else if (term.value.len == 7 || term.value.len == 4) { /* gYearMonth, gYear */
      (void)snprintf(text, sizeof text, "%.*s%s", (int)term.value.len, term.value.data, term.value.len == 7 ? "-01" : "-01-01");
      *is = propter_day_parse(propter_str(text), day);
    }
  }
  propter_arena_clear(&arena);
  return status;
}

typedef struct {
  PropterSnapshot *snapshot;
  const PropterId *v;
  const PropterMetric *metric;
  PropterDay known_by;
} Reading;

/* Known by the day in question, and not replaced by then. */
static PropterStatus known(const Reading *reading, Column *from, Column *until, PropterId id, PropterDay end, bool *yes, PropterError *err) {
  *yes = true;
  PropterId object;
  PropterDay day;
  bool is;
  if (from->scan) {
    PROPTER_TRY(column_at(from, id, &object, err));
    if (object) {
      PROPTER_TRY(node_value_day(reading->snapshot, object, &day, &is, err));
      if (is) end = day;
    }
  }
  if (reading->known_by != PROPTER_NO_DAY) *yes = end <= reading->known_by;
  if (*yes && until->scan) {
    PROPTER_TRY(column_at(until, id, &object, err));
    if (object) {
      PROPTER_TRY(node_value_day(reading->snapshot, object, &day, &is, err));
      if (is && (reading->known_by == PROPTER_NO_DAY || day <= reading->known_by)) *yes = false;
    }
  }
  return PROPTER_OK;
}

/* Columns of the observations of a cube, read side by side. */
typedef struct {
  Column value, time, from, until, size;
} CellColumns;

static void cells_close(CellColumns *c) {
  Column *const all[] = {&c->value, &c->time, &c->from, &c->until, &c->size};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) propter_scan_close(all[i]->scan);
  propter_free(c);
}

static PropterStatus open_columns(const Reading *reading, CellColumns *c, PropterError *err) {
  const PropterMetric *m = reading->metric;
  const PropterId *v = reading->v;
  PROPTER_TRY(column_open(reading->snapshot, m->measure, &c->value, err));
  PROPTER_TRY(column_open(reading->snapshot, m->time, &c->time, err));
  if (reading->known_by != PROPTER_NO_DAY && v[VOCAB_propter_knownFrom]) PROPTER_TRY(column_open(reading->snapshot, v[VOCAB_propter_knownFrom], &c->from, err));
  const bool mean = m->aggregation && m->aggregation == v[VOCAB_propter_Mean];
  if (mean && v[VOCAB_propter_sampleSize]) PROPTER_TRY(column_open(reading->snapshot, v[VOCAB_propter_sampleSize], &c->size, err));
  return v[VOCAB_propter_supersededAt] ? column_open(reading->snapshot, v[VOCAB_propter_supersededAt], &c->until, err) : PROPTER_OK;
}

static PropterStatus cells_open(const Reading *reading, CellColumns **out, PropterError *err) {
  CellColumns *c = propter_calloc(1, sizeof *c);
  if (!c) return propter_fail(err, PROPTER_NO_MEMORY, "columns of a cube");
  PropterStatus status = open_columns(reading, c, err);
  if (status) cells_close(c);
  else *out = c;
  return status;
}

/* Appends the cell of an observation, if it is one of the metric's; ids must ascend. */
static PropterStatus add_cell(const Reading *reading, CellColumns *c, PropterId id, Cells *cells, PropterError *err) {
  const PropterMetric *m = reading->metric;
  PropterId number, when, weight = PROPTER_NO_ID;
  bool is = false;
  Cell cell = {.id = id, .weight = 1};
  PROPTER_TRY(column_at(&c->value, id, &number, err));
  PROPTER_TRY(column_at(&c->time, id, &when, err));
  if (!number || !when) return PROPTER_OK;
  PROPTER_TRY(node_value_number(reading->snapshot, number, &cell.value, &is, err));
  if (!is || !isfinite(cell.value)) return PROPTER_OK;
  if (c->size.scan) PROPTER_TRY(column_at(&c->size, id, &weight, err));
  if (weight) PROPTER_TRY(node_value_number(reading->snapshot, weight, &cell.weight, &is, err));
  if (!is || !(cell.weight > 0)) return PROPTER_OK;
  PROPTER_TRY(node_value_day(reading->snapshot, when, &cell.day, &is, err));
  if (!is) return PROPTER_OK;
  cell.period = propter_period_of(m->grain, cell.day);
  PROPTER_TRY(known(reading, &c->from, &c->until, id, propter_period_last(m->grain, cell.period), &is, err));
  return !is || propter_vec_push(cells, cell) ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "%zu observations", cells->count);
}

static PropterStatus collect(const Reading *reading, const PropterIds *ids, Cells *cells, PropterError *err) {
  CellColumns *columns = NULL;
  PROPTER_TRY(cells_open(reading, &columns, err));
  PropterStatus status = PROPTER_OK;
  for (size_t i = 0; i < ids->count && !status; i++) status = add_cell(reading, columns, ids->items[i], cells, err);
  cells_close(columns);
  return status;
}

static double combine(const Reading *reading, const Cell *cells, size_t count) {
  const PropterId *v = reading->v, how = reading->metric->aggregation;
  double sum = 0, weighed = 0, size = 0, low = cells[0].value, high = low;
  for (size_t i = 0; i < count; i++) {
    sum += cells[i].value, weighed += cells[i].weight * cells[i].value, size += cells[i].weight;
    if (cells[i].value < low) low = cells[i].value;
    if (cells[i].value > high) high = cells[i].value;
  }
  if (reading->metric->cells != PROPTER_CELLS_AS_SAID) return reading->metric->cells == PROPTER_CELLS_SUM ? weighed : size;
  if (!how) return sum;
  if (how == v[VOCAB_propter_Mean]) return weighed / size;
  if (how == v[VOCAB_propter_Minimum]) return low;
  if (how == v[VOCAB_propter_Maximum]) return high;
  if (how == v[VOCAB_propter_Last]) return cells[count - 1].value;
  return sum;
}

static PropterStatus allocate(PropterGrain grain, int32_t first, int64_t count, const PropterMetric *m, PropterMetricSeries *out, PropterError *err) {
  if (count > METRIC_PERIODS_MAX)
    return propter_fail(err, PROPTER_LIMIT, "metric <%.*s> spans %lld periods; at most %d", (int)m->iri.len, m->iri.data, (long long)count, METRIC_PERIODS_MAX);
  double *value = propter_malloc((size_t)count * sizeof *value);
  out->observation = propter_calloc((size_t)count, sizeof *out->observation);
  out->series = (PropterSeries){
      .grain = grain, .first = first, .count = (size_t)count, .value = value, .reference_day = m->reference_day, .seasonally_adjusted = m->seasonally_adjusted};
  if (!value || !out->observation) return propter_fail(err, PROPTER_NO_MEMORY, "%lld periods", (long long)count);
  for (int64_t i = 0; i < count; i++) value[i] = NAN;
  return PROPTER_OK;
}

/* Errors are compared by their squares: what has none but 0 is 0, and what has no finite one is no figure. */
static double figure(double value) {
  const double smallest = 1e-150, largest = 1e150;
  return fabs(value) < smallest ? 0 : fabs(value) > largest ? NAN : value;
}

/* A period with fewer than `least` cells is a gap: a part of it is not known. */
static PropterStatus fill(const Reading *reading, Cells *cells, size_t least, PropterMetricSeries *out, PropterError *err) {
  if (!cells->count) return PROPTER_OK;
  qsort(cells->items, cells->count, sizeof *cells->items, by_period);
  int32_t first = cells->items[0].period, last = cells->items[cells->count - 1].period;
  PROPTER_TRY(allocate(reading->metric->grain, first, (int64_t)last - first + 1, reading->metric, out, err));
  double *value = (double *)(uintptr_t)out->series.value;
  for (size_t i = 0, j; i < cells->count; i = j) {
    for (j = i + 1; j < cells->count && cells->items[j].period == cells->items[i].period;) j++;
    if (j - i < least) continue;
    value[cells->items[i].period - first] = figure(combine(reading, cells->items + i, j - i));
    out->observation[cells->items[i].period - first] = cells->items[i].id;
  }
  return PROPTER_OK;
}

/* Leaves out periods whose figures may still be missing on the last day of the data, and marks those that may still be corrected. */
static void settle(const PropterMetric *m, PropterDay last, PropterMetricSeries *out) {
  PropterSeries *s = &out->series;
  const size_t before = s->count;
  while (m->completeness_delay && s->count && propter_period_last(s->grain, s->first + (int32_t)s->count - 1) > last - m->completeness_delay) s->count--;
  if (s->count < before) out->complete = propter_period_last(s->grain, s->first + (int32_t)s->count - 1);
  for (size_t i = s->count; m->mutability_window && i-- > 0 && propter_period_last(s->grain, s->first + (int32_t)i) > last - m->mutability_window;)
    out->settled = propter_period_first(s->grain, s->first + (int32_t)i);
}

static PropterDay last_day(const Cells *cells) {
  PropterDay last = PROPTER_NO_DAY;
  for (size_t i = 0; i < cells->count; i++)
    if (last == PROPTER_NO_DAY || cells->items[i].day > last) last = cells->items[i].day;
  return last;
}

/* The first dimension over which the metric is not additive and of which the observations have several members. */
static PropterStatus find_apart(const Reading *reading, const PropterIds *ids, PropterMetricSeries *out, PropterError *err) {
  const PropterMetric *m = reading->metric;
  Column *column = m->apart_count ? propter_calloc(1, sizeof *column) : NULL;
  if (m->apart_count && !column) return propter_fail(err, PROPTER_NO_MEMORY, "columns of a cube");
  PropterStatus status = PROPTER_OK;
  for (size_t d = 0; d < m->apart_count && !out->apart && !status; d++) {
    PropterId one = PROPTER_NO_ID, member = PROPTER_NO_ID;
    status = column_open(reading->snapshot, m->apart[d], column, err);
    for (size_t i = 0; i < ids->count && !out->apart && !status; i++) {
      status = column_at(column, ids->items[i], &member, err);
      if (member && one && member != one) out->apart = m->apart[d], out->apart_member[0] = one, out->apart_member[1] = member;
      if (member) one = member;
    }
    propter_scan_close(column->scan);
  }
  propter_free(column);
  return status;
}

static PropterStatus series_of(const Reading *reading, const PropterMember *slice, size_t slice_count, unsigned depth, PropterMetricSeries *out,
                               PropterError *err);

PropterStatus metric_dimension(PropterSnapshot *snapshot, const PropterId *v, const PropterMetric *part, PropterId dimension, PropterArena *arena,
                               PropterId *out, PropterError *err) {
  PropterStr name, other;
  *out = dimension;
  for (size_t d = 0; d < part->slice_dimensions; d++)
    if (part->slice_dimension[d] == dimension) return PROPTER_OK;
  PROPTER_TRY(label_of(snapshot, v, dimension, arena, &name, err));
  for (size_t d = 0; d < part->slice_dimensions; d++) {
    PROPTER_TRY(label_of(snapshot, v, part->slice_dimension[d], arena, &other, err));
    if (propter_str_equal(name, other)) *out = part->slice_dimension[d];
  }
  return PROPTER_OK;
}

PropterStatus metric_cut(PropterSnapshot *snapshot, const PropterId *v, PropterMetric *metric, unsigned depth, PropterArena *arena, PropterError *err) {
  if (!metric->numerator || metric->slice_dimensions || !depth) return PROPTER_OK;
  PropterMetric part[2];
  for (int k = 0; k < 2; k++) {
    PROPTER_TRY(metric_read(snapshot, v, k ? metric->denominator : metric->numerator, arena, &part[k], err));
    PROPTER_TRY(metric_cut(snapshot, v, &part[k], depth - 1, arena, err));
  }
  PropterId *both = propter_arena_alloc(arena, (part[0].slice_dimensions + 1) * sizeof *both), found;
  if (!both) return propter_fail(err, PROPTER_NO_MEMORY, "dimensions of a metric");
  metric->slice_dimension = both;
  for (size_t d = 0; d < part[0].slice_dimensions; d++) {
    const PropterId own = part[0].slice_dimension[d];
    PROPTER_TRY(metric_dimension(snapshot, v, &part[1], own, arena, &found, err));
    for (size_t k = 0; k < part[1].slice_dimensions; k++)
      if (part[1].slice_dimension[k] == found) both[metric->slice_dimensions++] = own;
  }
  return PROPTER_OK;
}

PropterStatus propter_metric_cut(PropterSnapshot *snapshot, PropterMetric *metric, unsigned depth, PropterArena *arena, PropterError *err) {
  PropterId v[VOCAB_COUNT];
  PROPTER_TRY(propter_vocab_ids(snapshot, v, err));
  return metric_cut(snapshot, v, metric, depth, arena, err);
}

/* The members of slices in the dimensions of a part of a ratio. */
static PropterStatus members_in(const Reading *part, const PropterMember *slice, size_t count, PropterArena *arena, PropterMember *out, PropterError *err) {
  for (size_t i = 0; i < count; i++) {
    out[i] = slice[i];
    PROPTER_TRY(metric_dimension(part->snapshot, part->v, part->metric, slice[i].dimension, arena, &out[i].dimension, err));
  }
  return PROPTER_OK;
}

static PropterStatus ratio(const Reading *reading, const PropterMember *slice, size_t slice_count, unsigned depth, PropterMetricSeries *out,
                           PropterError *err) {
  const PropterMetric *m = reading->metric;
  if (depth >= RATIO_DEPTH)
    return propter_fail(err, PROPTER_INVALID, "metric <%.*s>: ratio of ratios deeper than %d, or in a circle", (int)m->iri.len, m->iri.data, RATIO_DEPTH);
  PropterArena arena = {0};
  PropterMetric parts[2];
  PropterMetricSeries series[2] = {{.complete = PROPTER_NO_DAY, .settled = PROPTER_NO_DAY}, {.complete = PROPTER_NO_DAY, .settled = PROPTER_NO_DAY}};
  PropterMember *members = propter_arena_alloc(&arena, (slice_count + 1) * sizeof *members);
  PropterStatus status = members ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "members of a ratio");
  for (int k = 0; k < 2 && !status; k++) {
    Reading inner = *reading;
    inner.metric = &parts[k];
    status = metric_read(reading->snapshot, reading->v, k ? m->denominator : m->numerator, &arena, &parts[k], err);
    if (!status) status = members_in(&inner, slice, slice_count, &arena, members, err);
    if (!status) status = series_of(&inner, members, slice_count, depth + 1, &series[k], err);
  }
  if (!status && parts[0].grain != parts[1].grain)
    status = propter_fail(err, PROPTER_INVALID, "metric <%.*s>: numerator and denominator have different grains", (int)m->iri.len, m->iri.data);
  const PropterSeries *a = &series[0].series, *b = &series[1].series;
  if (!status && a->count && b->count) {
    int64_t first = a->first > b->first ? a->first : b->first;
    int64_t end_a = (int64_t)a->first + (int64_t)a->count, end_b = (int64_t)b->first + (int64_t)b->count, end = end_a < end_b ? end_a : end_b;
    if (first < end && !(status = allocate(a->grain, (int32_t)first, end - first, m, out, err))) {
      double *value = (double *)(uintptr_t)out->series.value;
      for (int64_t p = first; p < end; p++) {
        double above = a->value[p - a->first], below = b->value[p - b->first];
        if (isfinite(above) && isfinite(below) && below != 0) {
          value[p - first] = figure(above / below);
          out->observation[p - first] = series[0].observation[p - a->first];
        }
      }
      out->observations = series[0].observations + series[1].observations;
    }
  }
  const PropterMetricSeries *apart = series[0].apart ? &series[0] : &series[1];
  out->apart = apart->apart, memcpy(out->apart_member, apart->apart_member, sizeof out->apart_member);
  for (int k = 0; k < 2; k++) {
    if (out->complete == PROPTER_NO_DAY || (series[k].complete != PROPTER_NO_DAY && series[k].complete < out->complete)) out->complete = series[k].complete;
    if (out->settled == PROPTER_NO_DAY || (series[k].settled != PROPTER_NO_DAY && series[k].settled < out->settled)) out->settled = series[k].settled;
  }
  for (int k = 0; k < 2; k++) propter_metric_series_clear(&series[k]);
  propter_arena_clear(&arena);
  return status;
}

static PropterStatus series_of(const Reading *reading, const PropterMember *slice, size_t slice_count, unsigned depth, PropterMetricSeries *out,
                               PropterError *err) {
  const PropterMetric *m = reading->metric;
  if (m->numerator) return ratio(reading, slice, slice_count, depth, out, err);
  out->series = (PropterSeries){.grain = m->grain, .reference_day = m->reference_day, .seasonally_adjusted = m->seasonally_adjusted};
  PropterIds ids = {0};
  Cells cells = {0};
  /* A member has fewer observations than the cube. */
  const PropterMember cube = {.dimension = reading->v[VOCAB_qb_dataSet], .member = m->dataset};
  const PropterMember *first = m->fixed_count ? m->fixed : slice_count ? slice : &cube;
  PropterStatus status = first == slice ? add_subjects(reading->snapshot, slice, slice_count, 0, reading->v, &ids, err)
                                        : propter_snapshot_subjects(reading->snapshot, first->dimension, first->member, &ids, err);
  for (size_t i = 0; !status && i < m->fixed_count; i++)
    if (first != &m->fixed[i]) status = keep_member(reading->snapshot, m->fixed[i], &ids, err);
  for (size_t i = 0; !status && i < slice_count; i++)
    if (first != &slice[i]) status = keep_slice(reading->snapshot, reading->v, slice, slice_count, i, &ids, err);
  if (!status && first != &cube) status = keep_member(reading->snapshot, cube, &ids, err);
  if (!status) status = find_apart(reading, &ids, out, err);
  if (!status && ids.count && !out->apart) status = collect(reading, &ids, &cells, err);
  if (!status) status = fill(reading, &cells, slice_count ? 0 : m->cells_per_period, out, err);
  if (!status) settle(m, last_day(&cells), out);
  out->observations = cells.count;
  propter_vec_clear(&ids);
  propter_vec_clear(&cells);
  return status;
}

PropterStatus metric_series(PropterSnapshot *snapshot, const PropterId *v, const PropterMetric *metric, const PropterMember *slice, size_t slice_count,
                            PropterDay known_by, PropterMetricSeries *out, PropterError *err) {
  *out = (PropterMetricSeries){.complete = PROPTER_NO_DAY, .settled = PROPTER_NO_DAY};
  PropterStatus status = series_of(&(Reading){snapshot, v, metric, known_by}, slice, slice_count, 0, out, err);
  if (status) propter_metric_series_clear(out);
  return status;
}

PropterStatus propter_metric_series(PropterSnapshot *snapshot, const PropterMetric *metric, const PropterMember *slice, size_t slice_count, PropterDay known_by,
                                    PropterMetricSeries *out, PropterError *err) {
  PropterId v[VOCAB_COUNT];
  PROPTER_TRY(propter_vocab_ids(snapshot, v, err));
  return metric_series(snapshot, v, metric, slice, slice_count, known_by, out, err);
}

void propter_metric_series_clear(PropterMetricSeries *series) {
  propter_free((void *)(uintptr_t)series->series.value);
  propter_free(series->observation);
  *series = (PropterMetricSeries){0};
}

bool metric_is_quotient(const PropterId *v, const PropterMetric *m) { return m->numerator || (m->aggregation && m->aggregation == v[VOCAB_propter_Mean]); }

bool metric_adds_up(const PropterId *v, const PropterMetric *metric) {
  const PropterId how = metric->aggregation;
  return !how || how == v[VOCAB_propter_Sum] || how == v[VOCAB_propter_Count] || how == v[VOCAB_propter_Mean];
}

PropterStatus propter_metric_adds_up(PropterSnapshot *snapshot, const PropterMetric *metric, bool *yes, PropterError *err) {
  PropterId v[VOCAB_COUNT];
  PROPTER_TRY(propter_vocab_ids(snapshot, v, err));
  *yes = metric_adds_up(v, metric);
  return PROPTER_OK;
}

/* --- every slice at once ------------------------------------------------------------------------------------------------------- */

typedef struct {
  PropterMetricSlices *out;
  PropterMap index;            /* members of a slice → its place */
  PROPTER_VEC(Cells) cells;    /* of each slice, by observation */
  PropterIds members;          /* of the slices, dimension by dimension */
} Sorting;

/* Puts an observation to its slice; one that lacks a dimension belongs to none (it is a total). */
static PropterStatus sort_one(const Reading *reading, Sorting *sorting, Column *columns, CellColumns *cells, PropterId id, PropterError *err) {
  PropterId key[SLICE_DIMENSIONS];
  size_t dims = sorting->out->dimensions;
  for (size_t d = 0; d < dims; d++) {
    PROPTER_TRY(column_at(&columns[d], id, &key[d], err));
    if (!key[d]) return PROPTER_OK;
  }
  bool added, ok = true;
  uint64_t *place = propter_map_put(&sorting->index, (PropterStr){(const char *)key, dims * sizeof *key}, sorting->cells.count, &added);
  if (!place) return propter_fail(err, PROPTER_NO_MEMORY, "slices of a cube");
  size_t at = (size_t)*place;
  if (added) {
    if (sorting->cells.count == SLICES_MAX)
      return propter_fail(err, PROPTER_LIMIT, "more than %d slices of a cube; expected fewer dimensions in propter:sliceBy", SLICES_MAX);
    ok = propter_vec_push(&sorting->cells, (Cells){0});
    for (size_t d = 0; d < dims && ok; d++) ok = propter_vec_push(&sorting->members, key[d]);
  }
  return ok ? add_cell(reading, cells, id, &sorting->cells.items[at], err) : propter_fail(err, PROPTER_NO_MEMORY, "slices of a cube");
}

static PropterStatus sort_observations(const Reading *reading, const PropterIds *ids, Sorting *sorting, PropterError *err) {
  PropterStatus status = PROPTER_OK;
  size_t dims = sorting->out->dimensions;
  CellColumns *cells = NULL;
  Column *columns = propter_calloc(dims, sizeof *columns);
  if (!columns) return propter_fail(err, PROPTER_NO_MEMORY, "columns of a cube");
  status = cells_open(reading, &cells, err);
  for (size_t d = 0; d < dims && !status; d++) status = column_open(reading->snapshot, sorting->out->dimension[d], &columns[d], err);
  for (size_t i = 0; i < ids->count && !status; i++) status = sort_one(reading, sorting, columns, cells, ids->items[i], err);
  for (size_t d = 0; d < dims; d++) propter_scan_close(columns[d].scan);
  if (cells) cells_close(cells);
  propter_free(columns);
  return status;
}

static PropterStatus slice_series(const Reading *reading, Sorting *sorting, PropterError *err) {
  const PropterMetric *m = reading->metric;
  PropterMetricSlices *out = sorting->out;
  PropterStatus status = PROPTER_OK;
  out->series = propter_calloc(sorting->cells.count + 1, sizeof *out->series);
  if (!out->series) return propter_fail(err, PROPTER_NO_MEMORY, "%zu slices", sorting->cells.count);
  PropterDay last = PROPTER_NO_DAY;
  for (; out->count < sorting->cells.count && !status; out->count++) {
    Cells *cells = &sorting->cells.items[out->count];
    PropterMetricSeries *series = &out->series[out->count];
    series->complete = series->settled = PROPTER_NO_DAY;
    series->series = (PropterSeries){.grain = m->grain, .reference_day = m->reference_day, .seasonally_adjusted = m->seasonally_adjusted};
    status = fill(reading, cells, 0, series, err);
    series->observations = cells->count;
    if (cells->count && (last == PROPTER_NO_DAY || last_day(cells) > last)) last = last_day(cells);
    propter_vec_clear(cells);
  }
  for (size_t i = 0; i < out->count && !status; i++) settle(m, last, &out->series[i]);
  return status;
}

PropterStatus propter_metric_slices(PropterSnapshot *snapshot, const PropterMetric *metric, const PropterId *dimension, size_t dimensions, PropterDay known_by,
                                    PropterMetricSlices *out, PropterError *err) {
  PropterId v[VOCAB_COUNT];
  PropterIds ids = {0};
  Sorting sorting = {.out = out};
  *out = (PropterMetricSlices){.dimensions = dimensions, .dimension = dimension};
  if (metric->numerator || !dimensions || dimensions > SLICE_DIMENSIONS)
    return propter_fail(err, PROPTER_INVALID, "metric <%.*s> has no 1 to %d dimensions of its own to be cut by", (int)metric->iri.len, metric->iri.data,
                        SLICE_DIMENSIONS);
  PROPTER_TRY(propter_vocab_ids(snapshot, v, err));
  Reading reading = {snapshot, v, metric, known_by};
  PropterStatus status = PROPTER_OK;
  if (v[VOCAB_qb_dataSet]) status = propter_snapshot_subjects(snapshot, v[VOCAB_qb_dataSet], metric->dataset, &ids, err);
  for (size_t i = 0; !status && i < metric->fixed_count; i++) {
    bool cut = false;
    for (size_t d = 0; d < dimensions; d++) cut |= metric->fixed[i].dimension == dimension[d];
    if (!cut) status = keep_slice(snapshot, v, metric->fixed, metric->fixed_count, i, &ids, err);
  }
  if (!status) status = sort_observations(&reading, &ids, &sorting, err);
  if (!status) status = slice_series(&reading, &sorting, err);
  out->member = sorting.members.items;
  for (size_t i = 0; i < sorting.cells.count; i++) propter_vec_clear(&sorting.cells.items[i]);
  propter_vec_clear(&sorting.cells);
  propter_map_clear(&sorting.index);
  propter_vec_clear(&ids);
  if (status) propter_metric_slices_clear(out);
  return status;
}

void propter_metric_slices_clear(PropterMetricSlices *slices) {
  for (size_t i = 0; i < slices->count; i++) propter_metric_series_clear(&slices->series[i]);
  propter_free(slices->series);
  propter_free(slices->member);
  *slices = (PropterMetricSlices){0};
}
