/* SPDX-License-Identifier: Apache-2.0 */
#include "kept.h"

#include <gnu/libc-version.h>
#include <link.h>
#include <math.h>
#include <string.h>

#include "propter/math.h"
#include "score_known.h"

/* --- who computed ------------------------------------------------------------------------------------------------------------------------------- */

typedef struct {
  PropterHash128 hash;
  bool found;
} Code;

/* The constant segments of the program or library that this function is in. */
static int read_code(struct dl_phdr_info *info, size_t size, void *payload) {
  Code *code = payload;
  const uintptr_t here = (uintptr_t)&kept_maker;
  PropterHash128 parts[16] = {{0, 0}};
  size_t n = 0;
  (void)size;
  for (int i = 0; i < info->dlpi_phnum; i++) {
    const ElfW(Phdr) *p = &info->dlpi_phdr[i];
    const uintptr_t at = info->dlpi_addr + p->p_vaddr;
    if (p->p_type != PT_LOAD || (p->p_flags & PF_W) || !(p->p_flags & PF_R) || n == sizeof parts / sizeof *parts) continue;
    code->found |= here >= at && here < at + p->p_memsz;
    parts[n++] = (PropterHash128){at, p->p_filesz};
  }
  if (!code->found) return 0;
  for (size_t i = 0; i < n; i++) parts[i] = propter_hash128((PropterStr){(const char *)(uintptr_t)parts[i].low, (size_t)parts[i].high});
  code->hash = propter_hash128((PropterStr){(const char *)parts, n * sizeof *parts});
  return 1;
}

PropterStatus kept_maker(PropterHash128 *out, PropterError *err) {
  Code code = {.found = false};
  PropterBuf buf = {.max = 1 << 16};
  (void)dl_iterate_phdr(read_code, &code);
  propter_buf_printf(&buf, "%016llx%016llx %s %s", (unsigned long long)code.hash.high, (unsigned long long)code.hash.low, propter_math_kernel(),
                     gnu_get_libc_version());
  PropterStatus status = propter_buf_status(&buf, err);
  if (!status) *out = propter_hash128(propter_buf_str(&buf));
  propter_buf_clear(&buf);
  return status;
}

/* --- keys ---------------------------------------------------------------------------------------------------------------------------------------- */

/* Structures are taken apart, since the bytes between their fields are nobody's. Whoever adds a field meets these lines. */
#if UINTPTR_MAX == UINT64_MAX
_Static_assert(sizeof(PropterSeries) == 40, "a new field of PropterSeries belongs into add_series");
_Static_assert(sizeof(PropterEffect) == 48, "a new field of PropterEffect belongs into add_effect");
_Static_assert(sizeof(PropterCandidate) == 216, "a new field of PropterCandidate belongs into add_effect or add_candidate");
_Static_assert(sizeof(Column) == 208, "a new field of Column belongs into kept_columns");
_Static_assert(sizeof(PropterScoreOptions) == 216, "a new field of PropterScoreOptions belongs into add_options");
#endif

static void add_whole(PropterBuf *key, uint64_t x) { propter_buf_add(key, (PropterStr){(const char *)&x, sizeof x}); }

/* All that is no number is one thing, whatever its bits. */
static void add_numbers(PropterBuf *key, const double *x, size_t n) {
  for (size_t i = 0; i < n; i++) {
    double value = isnan(x[i]) ? (double)NAN : x[i];
    propter_buf_add(key, (PropterStr){(const char *)&value, sizeof value});
  }
}

static void add_calendar(PropterBuf *key, const PropterSeries *s) {
  add_whole(key, (uint64_t)s->grain);
  add_whole(key, (uint64_t)(int64_t)s->first);
  add_whole(key, s->count);
  add_whole(key, (uint64_t)(int64_t)s->reference_day);
  add_whole(key, s->seasonally_adjusted);
}

static void add_series(PropterBuf *key, const PropterSeries *s) {
  add_calendar(key, s);
  add_whole(key, s->holiday != NULL);
  if (s->holiday) propter_buf_add(key, (PropterStr){(const char *)s->holiday, s->count});
  add_numbers(key, s->value, s->count);
}

static void add_control(PropterBuf *key, const PropterSeries *control, const PropterSeries *series) {
  const double none = NAN;
  add_whole(key, (uint64_t)control->grain);
  add_whole(key, control->seasonally_adjusted);
  for (size_t i = 0; i < series->count; i++) {
    int64_t at = (int64_t)series->first + (int64_t)i - control->first;
    add_numbers(key, at >= 0 && at < (int64_t)control->count ? &control->value[at] : &none, 1);
  }
}

static void add_options(PropterBuf *key, const PropterScoreOptions *o) {
  const double numbers[] = {o->material,     o->moved_z,        o->cost_wrong,    o->cost_silent, o->text_belief,   o->test_lr,       o->contradict_lr,
                            o->dose_error,   o->unknown_rate,   o->unknown_weight, o->unknown_scale, o->scope_reach, o->unknown_reach, o->unknown_wider,
                            o->history_weight, o->happened_undated, o->calibration.edge};
  add_numbers(key, o->budget, PROPTER_CHANNELS);
  add_numbers(key, numbers, sizeof numbers / sizeof *numbers);
  add_numbers(key, o->calibration.abc, 3);
  add_whole(key, (uint64_t)(int64_t)o->drift_reach);
  add_whole(key, o->seed);
  add_whole(key, (uint64_t)(int64_t)o->shifts);
}

static void add_effect(PropterBuf *key, const PropterCandidate *c) {
  const PropterEffect *e = &c->effect;
  const double numbers[] = {e->dose, e->dose_sd, c->lasted};
  const int64_t wholes[] = {c->direction, (int64_t)c->scope, c->lag_min, c->lag_max, e->start, e->end, (int64_t)e->profile, e->has_dose, (int64_t)e->points,
                            (int64_t)c->ended, (int64_t)c->open, c->slice != NULL};
  add_numbers(key, numbers, sizeof numbers / sizeof *numbers);
  for (size_t i = 0; i < sizeof wholes / sizeof *wholes; i++) add_whole(key, (uint64_t)wholes[i]);
  for (size_t i = 0; i < e->points; i++) {
    add_whole(key, (uint64_t)(int64_t)e->point[i].at);
    add_numbers(key, &e->point[i].value, 1);
  }
  if (c->slice) add_series(key, c->slice), add_numbers(key, &c->part, 1), add_numbers(key, &c->part_error, 1);
}

static void add_candidate(PropterBuf *key, const PropterCandidate *c, size_t controls) {
  const double numbers[] = {c->happened, c->text_lr, c->review_lr, c->belief_for, c->belief_against, c->controls_in_scope};
  add_numbers(key, c->weight, PROPTER_CHANNELS);
  add_numbers(key, numbers, sizeof numbers / sizeof *numbers);
  add_effect(key, c);
  add_whole(key, c->control_part != NULL);
  if (c->control_part) add_numbers(key, c->control_part, controls);
  add_whole(key, c->pasts);
  add_numbers(key, c->past, c->pasts);
}

static PropterStatus finish(PropterBuf *key, PropterHash128 *out, PropterError *err) {
  PropterStatus status = propter_buf_status(key, err);
  if (!status) *out = propter_hash128(propter_buf_str(key));
  propter_buf_clear(key);
  return status;
}

PropterStatus kept_series(const PropterSeries *series, PropterHash128 *out, PropterError *err) {
  PropterBuf key = {0};
  add_series(&key, series);
  return finish(&key, out, err);
}

PropterStatus kept_control(const PropterSeries *control, const PropterSeries *series, PropterHash128 *out, PropterError *err) {
  PropterBuf key = {0};
  add_control(&key, control, series);
  return finish(&key, out, err);
}

PropterStatus kept_model_key(PropterHash128 series, const unsigned char *covered, size_t count, const PropterScoreOptions *options, PropterHash128 *out,
                             PropterError *err) {
  PropterBuf key = {0};
  add_options(&key, options);
  propter_buf_add(&key, (PropterStr){(const char *)&series, sizeof series});
  propter_buf_add(&key, (PropterStr){(const char *)covered, count});
  return finish(&key, out, err);
}

PropterHash128 kept_key(PropterHash128 model, KeptKind kind, size_t from, size_t to) {
  const uint64_t parts[] = {model.low, model.high, (uint64_t)kind, from, to};
  return propter_hash128((PropterStr){(const char *)parts, sizeof parts});
}

PropterStatus kept_answer_key(PropterHash128 model, size_t from, size_t to, const PropterCandidate *candidates, size_t count, size_t controls,
                              PropterHash128 *out, PropterError *err) {
  PropterBuf key = {0};
  const PropterHash128 asked = kept_key(model, KEPT_ANSWER, from, to);
  propter_buf_add(&key, (PropterStr){(const char *)&asked, sizeof asked});
  add_whole(&key, count);
  for (size_t i = 0; i < count; i++) add_candidate(&key, &candidates[i], controls);
  return finish(&key, out, err);
}

PropterStatus kept_effect(const PropterCandidate *candidate, PropterHash128 *out, PropterError *err) {
  PropterBuf key = {0};
  add_effect(&key, candidate);
  return finish(&key, out, err);
}

PropterStatus kept_deviations(const Frame *f, double threshold, int direction, PropterHash128 *out, PropterError *err) {
  PropterBuf key = {0};
  add_whole(&key, f->lead);
  add_whole(&key, f->window_bins);
  add_whole(&key, f->bins);
  add_whole(&key, f->courses);
  add_whole(&key, (uint64_t)(int64_t)direction);
  add_numbers(&key, &threshold, 1);
  add_numbers(&key, &f->size, 1);
  add_numbers(&key, f->deviation, f->bins);
  add_numbers(&key, f->part, f->bins);
  add_numbers(&key, f->still, 2);
  for (size_t b = 0; b < f->bins; b++) {
    add_numbers(&key, f->noise[b], f->bins);
    add_numbers(&key, f->course[b], f->courses);
  }
  return finish(&key, out, err);
}

PropterStatus kept_columns(const Column *column, size_t count, bool dated, PropterHash128 *out, PropterError *err) {
  PropterBuf key = {0};
  add_whole(&key, dated);
  for (size_t i = 0; i < count; i++) {
    const Column *c = &column[i];
    const double numbers[] = {c->mean, c->sd, c->material, c->scale, c->shape_error, c->log_weight};
    const int64_t wholes[] = {c->sized, c->sign, c->null};
    add_numbers(&key, numbers, sizeof numbers / sizeof *numbers);
    for (size_t k = 0; k < sizeof wholes / sizeof *wholes; k++) add_whole(&key, (uint64_t)wholes[k]);
    add_numbers(&key, c->bin, DIM);
  }
  return finish(&key, out, err);
}

PropterStatus kept_periods(const Frame *f, PropterHash128 *out, PropterError *err) {
  const PropterSeries *s = &f->model->series;
  const PropterScoreOptions *o = &f->model->options;
  const double numbers[] = {f->rho, f->unit, f->mean_se, o->dose_error};
  const uint64_t wholes[] = {(uint64_t)s->grain, (uint64_t)(int64_t)s->first, s->count, f->from, f->length, f->periods, f->rows, f->window_rows,
                             (uint64_t)(int64_t)o->shifts};
  PropterBuf key = {0};
  add_numbers(&key, numbers, sizeof numbers / sizeof *numbers);
  propter_buf_add(&key, (PropterStr){(const char *)&f->error_model, sizeof f->error_model});
  for (size_t i = 0; i < sizeof wholes / sizeof *wholes; i++) add_whole(&key, wholes[i]);
  for (size_t i = 0; i < f->rows; i++) add_whole(&key, f->at[i]);
  for (size_t b = 0; b < f->lead; b++) add_whole(&key, f->lead_at[b]);
  for (size_t i = f->from, k = 0; k <= f->base.width && i != SIZE_MAX; k++) add_whole(&key, i = baseline_back(&f->base, f->from, i)); /* the level before */
  return finish(&key, out, err);
}

PropterStatus kept_open(const PropterScoreModel *model, size_t from, size_t to, Memo *memo, PropterHash128 own, PropterScoreFrame **frame, PropterError *err) {
  *frame = NULL;
  if (from > to || to >= model->series.count)
    return propter_fail(err, PROPTER_INVALID, "window %zu … %zu does not lie in a series of %zu periods", from, to, model->series.count);
  Frame *f = propter_malloc(sizeof *f);
  if (!f) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a window");
  PropterStatus status = frame_init(f, model, from, to, memo, own, err);
  if (status == PROPTER_OK) *frame = f;
  else propter_score_free(f);
  return status;
}

/* --- answers -------------------------------------------------------------------------------------------------------------------------------------- */

/* Lengths of the four arrays, the structure as it is without its addresses, its causes, its arrays, its reason. */
enum { ARRAYS = 4 };

static void arrays_of(PropterAnswer *a, double **array[ARRAYS]) {
  array[0] = &a->path, array[1] = &a->path_low, array[2] = &a->path_high, array[3] = &a->onset;
}

PropterStatus kept_encode(const PropterAnswer *answer, PropterBuf *out, PropterError *err) {
  PropterAnswer a = *answer;
  double **array[ARRAYS], *held[ARRAYS];
  uint64_t count[ARRAYS];
  arrays_of(&a, array);
  for (int i = 0; i < ARRAYS; i++) {
    count[i] = !*array[i] ? 0 : i < 3 ? a.periods : a.window;
    held[i] = *array[i];
    *array[i] = NULL;
  }
  a.cause = NULL;
  a.reason = NULL;
  propter_buf_add(out, (PropterStr){(const char *)count, sizeof count});
  propter_buf_add(out, (PropterStr){(const char *)&a, sizeof a});
  if (a.causes) propter_buf_add(out, (PropterStr){(const char *)answer->cause, a.causes * sizeof *a.cause});
  for (int i = 0; i < ARRAYS; i++)
    if (count[i]) propter_buf_add(out, (PropterStr){(const char *)held[i], count[i] * sizeof(double)});
  if (answer->reason) propter_buf_add(out, (PropterStr){answer->reason, strlen(answer->reason) + 1});
  return propter_buf_status(out, err);
}

bool kept_take(PropterStr *rest, void *to, size_t size) {
  if (rest->len < size || !to) return false;
  memcpy(to, rest->data, size);
  *rest = (PropterStr){rest->data + size, rest->len - size};
  return true;
}

PropterStatus kept_decode(PropterStr value, PropterAnswer *answer, PropterError *err) {
  PropterAnswer *a = answer;
  double **array[ARRAYS];
  uint64_t count[ARRAYS];
  if (!kept_take(&value, count, sizeof count) || !kept_take(&value, a, sizeof *a)) return propter_fail(err, PROPTER_BUG, "a kept answer is too short");
  arrays_of(a, array);
  a->cause = propter_calloc(a->causes + 1, sizeof *a->cause);
  bool whole = a->cause != NULL && kept_take(&value, a->cause, a->causes * sizeof *a->cause);
  for (int i = 0; i < ARRAYS && whole; i++)
    if (count[i]) whole = (*array[i] = propter_malloc(count[i] * sizeof(double))) && kept_take(&value, *array[i], count[i] * sizeof(double));
  if (!whole) {
    propter_answer_clear(a);
    return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a kept answer");
  }
  if (value.len) a->reason = value.data;
  return PROPTER_OK;
}
