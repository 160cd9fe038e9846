/* SPDX-License-Identifier: Apache-2.0 */
#include "score_known.h"

#include <math.h>

#include "propter/math.h"
#include "propter/mem.h"

void set_clear(Set *set) {
  propter_free(set->column);
  set->column = NULL;
}

PropterStatus set_init(Set *set, const Frame *f, const Contrasts *contrasts, const PropterCandidate *const *candidates, const double *log_odds, size_t count,
                       double threshold, int direction, PropterError *err) {
  *set = (Set){.frame = f, .contrasts = contrasts, .count = count, .threshold = threshold, .direction = direction};
  size_t n = f->model->series.count;
  set->column = propter_malloc((count * COURSES + 1) * sizeof *set->column);
  double *work = propter_malloc((VARIANTS * n + n + VARIANTS * f->periods) * sizeof *work);
  if (!set->column || !work) {
    propter_free(work);
    set_clear(set);
    return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for %zu candidates", count);
  }
  double *scratch = work + VARIANTS * n, *shape = scratch + n;
  size_t total = 0;
  for (size_t i = 0; i < count; i++) {
    set->candidate[i] = candidates[i];
    set->log_odds[i] = log_odds[i];
    set->start[i] = total;
    size_t variants = candidate_changes(f, candidates[i], work, err);
    if (variants == SIZE_MAX) {
      propter_free(work);
      set_clear(set);
      return PROPTER_INVALID;
    }
    if (variants) candidate_columns(f, candidates[i], work, variants, 0, scratch, set->column + total, shape);
    else variants = undated_columns(f, set->column + total);
    total += variants;
  }
  set->start[count] = total;
  propter_free(work);
  return PROPTER_OK;
}

void frame_unknown(const Frame *f, double out[2]) {
  for (size_t rows = 0; rows < 2; rows++) out[rows] = set_evidence(f, (Look){rows, false}, NULL, 0, true, 0, 0, NULL).beside;
}

static const Solo nothing = {{{-INFINITY, -INFINITY}, {-INFINITY, -INFINITY}},
                             {{-INFINITY, -INFINITY}, {-INFINITY, -INFINITY}},
                             {{-INFINITY, -INFINITY}, {-INFINITY, -INFINITY}},
                             {{-INFINITY, -INFINITY}, {-INFINITY, -INFINITY}},
                             {{.top = -INFINITY}, {.top = -INFINITY}}};

static void add_log(double *sum, double term) { *sum = propter_log_add(*sum, term); }

static double log_material(const Tally *t) { return t->material[0] > 0 ? t->top + log(t->material[0]) : -INFINITY; }

void set_solo(const Set *set, size_t i, Solo *out) {
  bool dated = is_dated(set->candidate[i]);
  *out = nothing;
  for (size_t v = set->start[i]; v < set->start[i + 1]; v++)
    for (size_t rows = 0; rows < 2; rows++)
      for (size_t free_size = 0; free_size < (set->column[v].sized ? 2 : 1); free_size++) {
        const Column *one = &set->column[v];
        Tally effect[2];
        Evidence e = set_evidence(set->frame, (Look){rows, free_size}, &one, 1, one->null || dated, set->threshold, set->direction, effect);
        for (int beside = 0; beside < 2 && !rows && !free_size && !one->null; beside++) tally_add(&out->acting[beside], one->log_weight, &effect[beside]);
        if (!one->null && !dated) e.beside = e.alone, effect[1] = effect[0]; /* it is the unknown cause */
        add_log(&out->alone[rows][free_size], one->log_weight + e.alone);
        add_log(&out->alone_part[rows][free_size], one->log_weight + log_material(&effect[0]));
        add_log(&out->joint[rows][free_size], one->log_weight + e.beside);
        add_log(&out->joint_part[rows][free_size], one->log_weight + log_material(&effect[1]));
      }
  for (size_t rows = 0; rows < 2 && !set->column[set->start[i]].sized; rows++) {
    out->alone[rows][1] = out->alone[rows][0];
    out->alone_part[rows][1] = out->alone_part[rows][0];
    out->joint[rows][1] = out->joint[rows][0];
    out->joint_part[rows][1] = out->joint_part[rows][0];
  }
}

/* One shift: evidence of the variants, averaged. */
static void add_shift(const Set *set, size_t i, const double *change, size_t variants, size_t shift, double *scratch, double *shape, double log_share,
                      Solo *out) {
  Column column[VARIANTS];
  candidate_columns(set->frame, set->candidate[i], change, variants, shift, scratch, column, shape);
  for (size_t v = 0; v < variants; v++)
    for (size_t rows = 0; rows < 2; rows++) {
      const Column *one = &column[v];
      const double weight = log_share + one->log_weight;
      Evidence e = {0, 0};
      Tally effect[2] = {no_tally};
      for (size_t free_size = 0; free_size < 2; free_size++) {
        /* without a size of its own it is as free either way */
        if (!one->null && (one->sized || !free_size))
          e = set_evidence(set->frame, (Look){rows, free_size}, &one, 1, false, set->threshold, set->direction, effect);
        add_log(&out->alone[rows][free_size], weight + e.alone);
        add_log(&out->alone_part[rows][free_size], weight + log_material(&effect[0]));
      }
    }
}

PropterStatus shifted_solo(const Set *set, size_t i, const double unknown[2], Solo *out, PropterError *err) {
  const Frame *f = set->frame;
  size_t n = f->model->series.count, most = (size_t)f->model->options.shifts, shifts = n < most ? n : most;
  double *work = propter_malloc((VARIANTS * n + n + VARIANTS * f->periods) * sizeof *work);
  if (!work) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a timing test");
  PropterStatus status = PROPTER_OK;
  size_t variants = candidate_changes(f, set->candidate[i], work, err);
  if (variants == SIZE_MAX) status = PROPTER_INVALID;
  if (status == PROPTER_OK && !variants) set_solo(set, i, out); /* undated: there is no date to forget */
  if (status == PROPTER_OK && variants) {
    *out = nothing;
    for (size_t s = 0; s < shifts; s++)
      add_shift(set, i, work, variants, s * n / shifts, work + VARIANTS * n, work + VARIANTS * n + n, -log((double)shifts), out);
    /* with the unknown cause beside it, an event of any date adds nothing that matters */
    for (size_t rows = 0; rows < 2; rows++)
      for (int free_size = 0; free_size < 2; free_size++) out->joint[rows][free_size] = unknown[rows];
  }
  propter_free(work);
  return status;
}

double solo_logit(const Set *set, size_t i, const Solo *dated, const Solo *undated, const double unknown[2], const Prior *prior, unsigned groups) {
  const PropterCandidate *c = set->candidate[i];
  double acts = groups & GROUP_HISTORY ? prior->seen : prior->stated, odds = propter_logit(acts);
  if (groups & GROUP_TEXT) odds = propter_logit(acts * prior->happened) + log(c->text_lr);
  if (groups & GROUP_REVIEW) odds += log(c->review_lr);
  if (!(groups & (GROUP_TIMING | GROUP_SIZE | GROUP_RETURN | GROUP_CONTRAST))) return odds;
  /* The contrast is of the other slices alone: where nothing else counts, of this one nothing was seen. */
  static const Solo unseen = {0};
  static const double as_likely[2] = {0};
  bool own = groups & (GROUP_TIMING | GROUP_SIZE | GROUP_RETURN);
  const Solo *s = !own ? &unseen : groups & GROUP_TIMING ? dated : undated;
  if (!own) unknown = as_likely;
  size_t rows = groups & GROUP_RETURN ? 0 : 1, free_size = groups & GROUP_SIZE ? 0 : 1;
  double rho = set->frame->rho, still = log1p(-rho), moved = log(rho), c_none = 0, c_unknown = 0, c_own = 0, c_both = 0;
  if (groups & GROUP_CONTRAST) {
    c_none = set_contrast(set, NULL, 0, false);
    c_own = set_contrast(set, &i, 1, false);
    c_unknown = set_contrast(set, NULL, 0, true);
    c_both = set_contrast(set, &i, 1, true);
  }
  double without = propter_log_add(still + c_none, moved + unknown[rows] + c_unknown);
  double with = propter_log_add(still + s->alone[rows][free_size] + c_own, moved + s->joint[rows][free_size] + c_both);
  double part = propter_log_add(still + s->alone_part[rows][free_size] + c_own, moved + s->joint_part[rows][free_size] + c_both);
  if (part > with) part = with;
  double rest = with > part ? with + log1p(-exp(part - with) + 1e-300) : -INFINITY;
  return odds + part - propter_log_add(without, odds + rest);
}

/* ---- posterior over sets ------------------------------------------------------------------------------------------------ */

typedef struct {
  const Set *set;
  Known *known;
  double top, total;
  Posterior sum; /* scaled by exp(-top) */
  size_t kept[PROPTER_SCORE_CANDIDATES][COURSES], kept_count[PROPTER_SCORE_CANDIDATES];
  bool sorted; /* the above is there */
} Sweep;

static void rescale(Sweep *w, double log_weight) {
  if (log_weight <= w->top) return;
  double factor = w->top > -INFINITY ? exp(w->top - log_weight) : 0;
  w->top = log_weight;
  w->total *= factor;
  w->sum.unknown *= factor;
  w->sum.none *= factor;
  for (size_t i = 0; i < w->set->count; i++) {
    w->sum.active[i] *= factor;
    w->sum.material[i] *= factor;
    w->sum.mean[i] *= factor;
    w->sum.square[i] *= factor;
  }
}

static void add_tally(Sweep *w, const size_t *member, size_t members, bool beside, const Tally *t, double log_weight) {
  if (!(t->total > 0)) return;
  rescale(w, log_weight + t->top);
  const double weight = exp(log_weight + t->top - w->top);
  w->total += weight * t->total;
  if (beside) w->sum.unknown += weight * t->total;
  else if (!members) w->sum.none += weight * t->total;
  for (size_t i = 0; i < members; i++) {
    w->sum.active[member[i]] += weight * t->total;
    w->sum.material[member[i]] += weight * t->material[i];
    w->sum.mean[member[i]] += weight * t->mean[i];
    w->sum.square[member[i]] += weight * t->square[i];
  }
}

/* Variants that touch the window, best first, so that sets of several causes use the best few. */
static void keep_variants(Sweep *w, size_t i) {
  const Set *set = w->set;
  double value[COURSES];
  size_t n = 0;
  for (size_t v = set->start[i]; v < set->start[i + 1]; v++) {
    const Column *one = &set->column[v];
    if (one->null) continue;
    double e = set_evidence(set->frame, (Look){0}, &one, 1, false, 0, 0, NULL).alone;
    size_t at = n++;
    for (; at && value[at - 1] < e; at--) value[at] = value[at - 1], w->kept[i][at] = w->kept[i][at - 1];
    value[at] = e;
    w->kept[i][at] = v;
  }
  w->kept_count[i] = n < KEPT ? n : KEPT;
}

/* All choices of variants, without the unknown cause and, where all have a date, with it. */
static void weigh_set(Sweep *w, const size_t *member, size_t members, bool dated, Tally acting[2]) {
  const Set *set = w->set;
  size_t choice[PROPTER_SCORE_SUBSET] = {0}, i = 0;
  const Column *column[PROPTER_SCORE_SUBSET];
  for (size_t k = 0; k < set->count && !w->sorted; k++) keep_variants(w, k);
  w->sorted = true;
  acting[0] = acting[1] = no_tally;
  for (size_t k = 0; k < members; k++)
    if (!w->kept_count[member[k]]) return;
  while (i < members) {
    Tally one[2];
    double log_weight = 0;
    for (size_t k = 0; k < members; k++) column[k] = &set->column[w->kept[member[k]][choice[k]]], log_weight += column[k]->log_weight;
    (void)set_evidence(set->frame, (Look){0}, column, members, dated, set->threshold, set->direction, one);
    for (int beside = 0; beside < 2; beside++) tally_add(&acting[beside], log_weight, &one[beside]);
    for (i = 0; i < members && ++choice[i] == w->kept_count[member[i]];) choice[i++] = 0;
  }
}

/* A cause without a date takes the place of the unknown one. */
static PropterStatus add_subset(Sweep *w, const size_t *member, size_t members, PropterError *err) {
  const Set *set = w->set;
  const double rho = set->frame->rho;
  size_t place[PROPTER_SCORE_SUBSET];
  double log_weight = 0;
  bool dated = true, fresh;
  for (size_t i = 0; i < members; i++) {
    place[i] = set_place(set, member[i]);
    log_weight += set->log_odds[member[i]];
    dated &= is_dated(set->candidate[member[i]]);
  }
  Tally none[2] = {{.total = 1}, {.top = w->known->unknown[0], .total = 1}}, *acting = members ? w->known->cause[place[0]].dated.acting : none;
  if (members > 1) {
    KnownSet *known;
    PROPTER_TRY(known_set(w->known, place, members, &known, &fresh, err));
    acting = known->acting;
    if (fresh) weigh_set(w, member, members, dated, acting);
  }
  add_tally(w, member, members, false, &acting[0], log_weight + (dated ? log1p(-rho) : 0) + set_contrast(set, member, members, false));
  if (dated) add_tally(w, member, members, true, &acting[1], log_weight + log(rho) + set_contrast(set, member, members, true));
  return PROPTER_OK;
}

PropterStatus set_posterior(const Set *set, Known *known, Posterior *out, PropterError *err) {
  Sweep w = {.set = set, .known = known, .top = -INFINITY};
  size_t n = set->count, member[PROPTER_SCORE_SUBSET] = {0};
  PROPTER_TRY(add_subset(&w, member, 0, err));
  for (size_t a = 0; a < n; a++) {
    member[0] = a;
    PROPTER_TRY(add_subset(&w, member, 1, err));
    for (size_t b = a + 1; b < n; b++) {
      member[1] = b;
      PROPTER_TRY(add_subset(&w, member, 2, err));
      for (size_t c = b + 1; c < n; c++) {
        member[2] = c;
        PROPTER_TRY(add_subset(&w, member, 3, err));
      }
    }
  }
  *out = w.sum;
  out->unknown /= w.total;
  out->none /= w.total;
  for (size_t i = 0; i < n; i++) {
    out->active[i] /= w.total;
    out->material[i] /= w.total;
    out->mean[i] /= w.total;
    out->square[i] /= w.total;
  }
  return PROPTER_OK;
}
