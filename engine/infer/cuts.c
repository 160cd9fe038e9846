/* SPDX-License-Identifier: Apache-2.0 */
/* Slices of one metric beside each other, as figures of their own: what can be compared with a slice, and the parts of a whole. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "know.h"

/* To be compared with: of so many members of a dimension, the first by IRI. */
enum { MOST_BESIDE = 64 };

typedef struct {
  PropterId id;
  PropterStr iri;
  size_t at; /* in the slices read */
} Member;

static int by_iri(const void *a, const void *b) { return propter_str_compare(((const Member *)a)->iri, ((const Member *)b)->iri); }

/* One of the members that the slice holds, or of a group that it holds. */
static bool is_own(const Know *know, const KnowMetric *m, PropterId dimension, PropterId member) {
  for (size_t k = 0; k < m->slice_count; k++)
    if (m->slice[k].dimension == dimension && concept_covers(know, m->slice[k].member, member)) return true;
  return false;
}

static bool is_held(const KnowMetric *m, PropterId dimension, PropterId member) {
  for (size_t k = 0; k < m->slice_count; k++)
    if (m->slice[k].dimension == dimension && m->slice[k].member == member) return true;
  return false;
}

static size_t held_of(const KnowMetric *m, PropterId dimension) {
  size_t n = 0;
  for (size_t k = 0; k < m->slice_count; k++) n += m->slice[k].dimension == dimension;
  return n;
}

/* Of the members of a dimension those beside the slice; else, where the slice holds several or a group, these. */
static bool is_wanted(const Know *know, const KnowMetric *m, PropterId dimension, PropterId member, bool beside) {
  const size_t held = held_of(m, dimension);
  if (beside || !held) return !is_own(know, m, dimension, member);
  return is_own(know, m, dimension, member) && (held > 1 || !is_held(m, dimension, member));
}

/* Members that scopes can name. */
static PropterStatus list_members(Know *know, const KnowMetric *m, const PropterMetricSlices *s, bool beside, Member **out, size_t *count,
                                  PropterError *err) {
  Member *list = propter_arena_alloc(&know->arena, (s->count + 1) * sizeof *list);
  if (!list) return propter_fail(err, PROPTER_NO_MEMORY, "%zu slices", s->count);
  *out = list, *count = 0;
  for (size_t i = 0; i < s->count; i++) {
    Member *one = &list[*count];
    *one = (Member){.id = s->member[i], .at = i};
    if (!concept_find(know, one->id) || !is_wanted(know, m, s->dimension[0], one->id, beside) || !s->series[i].series.count) continue;
    PROPTER_TRY(node_text(know->snapshot, one->id, &know->arena, &one->iri, err));
    ++*count;
  }
  if (*count) qsort(list, *count, sizeof *list, by_iri);
  return PROPTER_OK;
}

/* The metric's slice with this member in place of its own of the dimension, if it has any. */
static PropterStatus make_cut(Know *know, const KnowMetric *m, PropterId dimension, const Member *member, PropterMetricSeries *series, KnowMetric *out,
                              PropterError *err) {
  PropterMember *slice = propter_arena_alloc(&know->arena, (m->slice_count + 1) * sizeof *slice);
  PropterStr name;
  *out = (KnowMetric){.def = m->def, .slice = slice, .tier = m->tier};
  if (!slice) return propter_fail(err, PROPTER_NO_MEMORY, "a slice");
  for (size_t k = 0; k < m->slice_count; k++)
    if (m->slice[k].dimension != dimension) slice[out->slice_count++] = m->slice[k];
  slice[out->slice_count++] = (PropterMember){.dimension = dimension, .member = member->id};
  PROPTER_TRY(label_of(know->snapshot, know->v, member->id, &know->arena, &name, err));
  out->def.label = propter_arena_printf(&know->arena, "%.*s, %.*s", (int)m->def.label.len, m->def.label.data, (int)name.len, name.data);
  bool good = out->def.label.data != NULL;
  for (size_t k = 0; k < m->scope.count; k++)
    if (!is_held(m, dimension, m->scope.items[k])) good &= propter_vec_push(&out->scope, m->scope.items[k]);
  good &= propter_vec_push(&out->scope, member->id);
  if (!good) return propter_fail(err, PROPTER_NO_MEMORY, "a slice");
  out->series = *series;
  *series = (PropterMetricSeries){0};
  return know_take_series(know, out, err);
}

static PropterStatus cut_by(Know *know, const KnowMetric *m, PropterId dimension, bool beside, KnowCuts *out, PropterError *err) {
  PropterMetric def = m->def;
  PropterMetricSlices read = {0};
  Member *member = NULL;
  size_t count = 0;
  PropterMember *fixed = propter_arena_alloc(&know->arena, (def.fixed_count + m->slice_count + 1) * sizeof *fixed);
  if (!fixed) return propter_fail(err, PROPTER_NO_MEMORY, "slices");
  if (def.fixed_count) memcpy(fixed, def.fixed, def.fixed_count * sizeof *fixed);
  for (size_t k = 0; k < m->slice_count; k++)
    if (m->slice[k].dimension != dimension) fixed[def.fixed_count++] = m->slice[k];
  def.fixed = fixed;
  PropterStatus status = propter_metric_slices(know->snapshot, &def, &dimension, 1, know->options.known_by, &read, err);
  if (!status) status = list_members(know, m, &read, beside, &member, &count, err);
  if (beside && count > MOST_BESIDE) count = MOST_BESIDE;
  KnowMetric *all = status ? NULL : propter_realloc(out->items, (out->count + count + 1) * sizeof *all);
  if (!status && !all) status = propter_fail(err, PROPTER_NO_MEMORY, "%zu slices", count);
  if (all) out->items = all;
  for (size_t i = 0; i < count && !status; i++) status = make_cut(know, m, dimension, &member[i], &read.series[member[i].at], &all[out->count++], err);
  propter_metric_slices_clear(&read);
  return status;
}

/* Has the metric parts by this dimension? A slice of it has, where it holds several members or one that others are narrower than. */
static bool is_divided(const Know *know, const KnowMetric *m, PropterId dimension) {
  const size_t held = held_of(m, dimension);
  bool group = held != 1;
  for (size_t k = 0; k < m->slice_count && !group; k++) {
    const KnowConcept *c = m->slice[k].dimension == dimension ? concept_find(know, m->slice[k].member) : NULL;
    group = c && c->leaves.count > 1;
  }
  return group;
}

PropterStatus know_cuts(Know *know, KnowMetric *m, bool beside, KnowCuts **out, PropterError *err) {
  *out = &m->cuts[beside];
  if ((*out)->read || m->def.numerator || !m->def.measure) return PROPTER_OK;
  (*out)->read = true;
  for (size_t k = 0; k < m->slice_count && beside; k++)
    if (is_first_of_dimension(m->slice, k)) PROPTER_TRY(cut_by(know, m, m->slice[k].dimension, true, *out, err));
  for (size_t d = 0; d < m->def.slice_dimensions && !beside; d++)
    if (is_divided(know, m, m->def.slice_dimension[d])) PROPTER_TRY(cut_by(know, m, m->def.slice_dimension[d], false, *out, err));
  return PROPTER_OK;
}

/* Sums of what the parts told in each period; a gap where none told anything. */
static PropterStatus add_parts(const KnowMetric *const *part, size_t count, const PropterSeries *like, PropterArena *arena, PropterSeries **out,
                               PropterError *err) {
  PropterSeries *sum = propter_arena_alloc(arena, sizeof *sum);
  double *value = propter_arena_alloc(arena, (like->count + 1) * sizeof *value);
  if (!sum || !value) return propter_fail(err, PROPTER_NO_MEMORY, "the part in which a cause acts");
  *sum = *like, sum->value = value;
  for (size_t t = 0; t < like->count; t++) {
    value[t] = NAN;
    for (size_t i = 0; i < count; i++) {
      const PropterSeries *s = &part[i]->series.series;
      const int64_t at = (int64_t)like->first + (int64_t)t - s->first;
      if (at < 0 || at >= (int64_t)s->count || isnan(s->value[at])) continue;
      value[t] = isnan(value[t]) ? s->value[at] : value[t] + s->value[at];
    }
  }
  *out = sum;
  return PROPTER_OK;
}

PropterStatus know_part(Know *know, KnowMetric *m, const PropterIds *scope, PropterArena *arena, PropterSeries **out, PropterError *err) {
  KnowCuts *cuts;
  *out = NULL;
  if (!metric_adds_up(know->v, &m->def) || metric_is_quotient(know->v, &m->def)) return PROPTER_OK;
  PROPTER_TRY(know_cuts(know, m, false, &cuts, err));
  const KnowMetric **covered = propter_malloc((cuts->count + 1) * sizeof(const KnowMetric *));
  if (!covered) return propter_fail(err, PROPTER_NO_MEMORY, "%zu slices", cuts->count);
  PropterStatus status = PROPTER_OK;
  for (size_t i = 0, end; i < cuts->count && !*out && !status; i = end) { /* by one dimension after the other */
    const PropterId dimension = cuts->items[i].slice[cuts->items[i].slice_count - 1].dimension;
    size_t n = 0;
    bool exact = true;
    for (end = i; end < cuts->count && cuts->items[end].slice[cuts->items[end].slice_count - 1].dimension == dimension; end++) {
      double part;
      const Relation r = place_relation(know, scope, &cuts->items[end].scope, &part);
      exact &= r != RELATION_CHILD;
      if (r == RELATION_SAME || r == RELATION_PARENT) covered[n++] = &cuts->items[end];
    }
    if (exact && n && n < end - i) status = add_parts(covered, n, &m->series.series, arena, out, err);
  }
  propter_free(covered);
  return status;
}

void cuts_clear(KnowMetric *m) {
  for (int k = 0; k < 2; k++) {
    for (size_t i = 0; i < m->cuts[k].count; i++) know_metric_clear(&m->cuts[k].items[i]);
    propter_free(m->cuts[k].items);
    m->cuts[k] = (KnowCuts){0};
  }
}
