/* SPDX-License-Identifier: Apache-2.0 */
/* Contrast: did the other slices move as the scope of a cause says? All of them as one series, and by event study those that it touches against those that
 * it leaves alone. */
#include <math.h>

#include "propter/event.h"
#include "propter/math.h"
#include "propter/mem.h"
#include "score_sets.h"

/* Fewer untouched slices make no synthetic one, and more than the first so many cost more (their square) than they add. So many windows before it are
 * looked at, and periods at least. */
enum { LEAST_UNTOUCHED = 3, MOST_UNTOUCHED = 24, BEFORE = 4, LEAST_BEFORE = 10 };

static const double too_large = 1e100;

/* Part of a control that the scope of a cause covers if it is one of those that it should move. */
static const double covered = .5;

static bool is_covered(const PropterCandidate *c, size_t control) { return c->control_part && c->control_part[control] >= covered; }

static bool same_cover(const PropterCandidate *a, const PropterCandidate *b, size_t controls) {
  for (size_t i = 0; i < controls; i++)
    if (is_covered(a, i) != is_covered(b, i)) return false;
  return true;
}

/* A control before the window and in it, in standard units of its changes; false where a value is missing. */
static bool take_row(const Frame *f, size_t control, size_t before, size_t steps, double *row) {
  const PropterScoreModel *m = f->model;
  bool whole = true;
  for (size_t t = 0; t < steps; t++) whole &= fabs(row[t] = m->control[control]->y[f->from - before + t] / m->control_spread[control]) < too_large;
  return whole;
}

/* What acts on several slices moves the others at least half as much as this one, which was asked about because it moved. */
static const double least_part = .5;

/* ln of the density of the effect if the cause moved them to that if nothing did. It moves them as it moves the series: by some part of its deviation, give or
 * take a fifth. */
static double ratio_of(const Frame *f, const PropterEventEffect *e) {
  enum { PARTS = 9 };
  double freedom = (double)e->in_space, size = f->mean / f->unit / f->model->spread, moved[PARTS];
  for (int k = 0; k < PARTS; k++) {
    double part = size * (least_part + (1 - least_part) * k / (PARTS - 1)), sd = hypot(e->error, f->model->options.dose_error * part);
    moved[k] = propter_t_log_density((e->effect - part) / sd, freedom) - log(sd);
  }
  return propter_log_sum_exp(moved, PARTS) - log(PARTS) - propter_t_log_density(e->effect / e->error, freedom) + log(e->error);
}

/* The slices that such a cause should move besides this series, as one, the others as controls. row: room for all controls and one more. */
static PropterStatus study(const Frame *f, const PropterCandidate *c, double *row, Group *g, PropterError *err) {
  size_t controls = f->model->control_count, before = BEFORE * f->length < LEAST_BEFORE ? LEAST_BEFORE : BEFORE * f->length;
  if (before > f->from) before = f->from;
  size_t steps = before + f->length;
  double *next = row + steps;
  for (size_t t = 0; t < steps; t++) row[t] = 0;
  for (size_t i = 0; i < controls; i++) {
    if ((!is_covered(c, i) && g->untouched == MOST_UNTOUCHED) || !take_row(f, i, before, steps, next)) continue;
    if (!is_covered(c, i)) {
      next += steps, g->untouched++;
      continue;
    }
    g->touched++;
    for (size_t t = 0; t < steps; t++) row[t] += next[t];
  }
  if (!g->touched || g->untouched < LEAST_UNTOUCHED || before < LEAST_BEFORE) return PROPTER_OK;
  for (size_t t = 0; t < steps; t++) row[t] /= (double)g->touched;
  PropterEventEffect e;
  PROPTER_TRY(propter_event_effect(&(PropterEventPanel){g->untouched, before, f->length, row, row + steps, false}, NULL, &e, err));
  g->studied = e.error > 0;
  if (g->studied) g->ratio = ratio_of(f, &e);
  return PROPTER_OK;
}

void contrasts_clear(Contrasts *c) {
  propter_free(c->group_of);
  propter_free(c->group);
}

PropterStatus contrasts_init(Contrasts *out, const Frame *f, const PropterCandidate *c, size_t count, PropterError *err) {
  size_t controls = f->model->control_count;
  *out = (Contrasts){.candidate = c, .group_of = propter_malloc((count + 1) * sizeof *out->group_of), .group = propter_calloc(count + 1, sizeof *out->group)};
  double *row = propter_malloc((controls + 2) * (BEFORE * f->length + LEAST_BEFORE + f->length) * sizeof *row);
  PropterStatus status = out->group_of && out->group && row ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "out of memory for event studies");
  for (size_t i = 0; i < count && status == PROPTER_OK; i++) {
    size_t same = 0;
    while (same < i && !same_cover(&c[same], &c[i], controls)) same++;
    out->group_of[i] = same < i ? out->group_of[same] : out->groups;
    if (same == i) status = study(f, &c[i], row, &out->group[out->groups++], err);
  }
  propter_free(row);
  return status;
}

size_t set_place(const Set *set, size_t i) { return (size_t)(set->candidate[i] - set->contrasts->candidate); }

const Group *set_group(const Set *set, size_t i) { return &set->contrasts->group[set->contrasts->group_of[set_place(set, i)]]; }

/* Log density of what moved with probability `moved`, against nobody having moved it. */
static double either(double moved, double ratio) { return propter_log_add(log1p(-moved), log(moved) + ratio); }

static double contrast_of(const Set *set, const size_t *member, size_t members, bool unknown) {
  const Frame *f = set->frame;
  const PropterScoreOptions *o = &f->model->options;
  double still = 1 - f->control_rho, sum = 0;
  if (unknown) still *= 1 - o->unknown_reach;
  for (size_t i = 0; i < members; i++)
    if (!set_group(set, member[i])->studied) still *= 1 - o->scope_reach * set->candidate[member[i]]->controls_in_scope;
  if (f->has_control) sum += either(1 - still, f->control_ratio);
  for (size_t g = 0; g < set->contrasts->groups; g++) {
    const Group *group = &set->contrasts->group[g];
    still = (1 - f->rho) * (unknown ? 1 - o->unknown_wider : 1);
    for (size_t i = 0; i < members; i++)
      if (set_group(set, member[i]) == group) still *= 1 - o->scope_reach;
    if (group->studied) sum += either(1 - still, group->ratio);
  }
  return sum;
}

/* One without a date stands for the unknown cause: that the others move as it is said may speak against it, not for it. */
double set_contrast(const Set *set, const size_t *member, size_t members, bool unknown) {
  size_t dated[PROPTER_SCORE_SUBSET], n = 0;
  for (size_t i = 0; i < members; i++)
    if (is_dated(set->candidate[member[i]])) dated[n++] = member[i];
  double said = contrast_of(set, member, members, unknown);
  return n == members ? said : fmin(said, contrast_of(set, dated, n, true));
}
