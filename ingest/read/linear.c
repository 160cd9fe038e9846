/* SPDX-License-Identifier: Apache-2.0 */
#include "linear.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "propter/hash.h"

static PropterStatus bad(const char *source, unsigned line, const char *expected, PropterError *err) {
  PropterStatus status = propter_fail(err, PROPTER_SYNTAX, "expected %s", expected);
  propter_error_at(err, source, line, 0);
  return status;
}

static PropterStatus take_classes(Linear *m, PropterStr names, const char *source, unsigned line, PropterError *err) {
  for (size_t i = 0, from = 0; i <= names.len; i++) {
    if (i < names.len && names.data[i] != ' ') continue;
    if (m->class_count == LINEAR_CLASSES || i == from) return bad(source, line, "up to 26 names of classes", err);
    m->classes[m->class_count++] = (PropterStr){names.data + from, i - from};
    from = i + 1;
  }
  return PROPTER_OK;
}

static uint32_t key_of(uint64_t hash) { return hash >> 32 ? (uint32_t)(hash >> 32) : 1; }

static PropterStatus take_row(Linear *m, PropterStr name, const char *at, const char *end, double scale, const char *source, unsigned line, PropterError *err) {
  uint64_t hash = propter_hash64(name);
  size_t first = m->weights.count;
  if (first >= 1u << 24) return bad(source, line, "fewer weights", err);
  while (at < end) {
    unsigned class_ = (unsigned)(*at++ - 'A');
    bool minus = at < end && *at == '-';
    at += minus;
    long value = 0;
    if (class_ >= m->class_count || at == end || *at < '0' || *at > '9') return bad(source, line, "a class and a whole number", err);
    for (; at < end && *at >= '0' && *at <= '9' && value < 1000000000; at++) value = value * 10 + (*at - '0');
    if (!propter_vec_push(&m->weights, ((LinearWeight){(float)((double)(minus ? -value : value) / scale), (unsigned char)class_})))
      return propter_fail(err, PROPTER_NO_MEMORY, "no memory for a model");
    if (at < end && *at++ != ' ') return bad(source, line, "a blank between weights", err);
  }
  LinearRow row = {key_of(hash), (uint32_t)(first << 8 | (m->weights.count - first))};
  size_t slot = hash & (m->slot_count - 1);
  while (m->rows[slot].key && m->rows[slot].key != row.key) slot = (slot + 1) & (m->slot_count - 1);
  if (m->rows[slot].key) return bad(source, line, "each feature once", err);
  m->rows[slot] = row;
  size_t bit = (size_t)(hash >> 32) & (LINEAR_MARKS * m->slot_count - 1);
  m->marks[bit / 64] |= UINT64_C(1) << (bit % 64);
  m->row_count++;
  return PROPTER_OK;
}

PropterStatus linear_parse(PropterStr text, const char *source, Linear *out, PropterError *err) {
  size_t lines = 1;
  for (size_t i = 0; i < text.len; i++) lines += text.data[i] == '\n';
  memset(out, 0, sizeof *out);
  for (out->slot_count = 64; out->slot_count < 2 * lines;) out->slot_count *= 2;
  out->rows = propter_calloc(out->slot_count, sizeof *out->rows);
  out->marks = propter_calloc(LINEAR_MARKS * out->slot_count / 64, sizeof *out->marks);
  PropterStatus status = out->rows && out->marks ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "no memory for a model");
  double scale = 1;
  unsigned line = 0;
  for (size_t at = 0; at < text.len && status == PROPTER_OK;) {
    const char *start = text.data + at, *end = memchr(start, '\n', text.len - at);
    if (!end) end = text.data + text.len;
    at = (size_t)(end - text.data) + 1;
    line++;
    PropterStr s = {start, (size_t)(end - start)};
    const char *tab = memchr(start, '\t', s.len);
    if (tab) status = take_row(out, (PropterStr){start, (size_t)(tab - start)}, tab + 1, end, scale, source, line, err);
    else if (!s.len || s.data[0] == '#') continue;
    else if (propter_str_starts(s, PROPTER_STR("classes ")) && !out->class_count)
      status = take_classes(out, (PropterStr){start + 8, s.len - 8}, source, line, err);
    else if (!propter_str_starts(s, PROPTER_STR("scale ")) || !propter_str_to_double((PropterStr){start + 6, s.len - 6}, &scale) || scale < 1)
      status = bad(source, line, "classes, scale, or a feature with its weights", err);
  }
  if (status == PROPTER_OK && !out->class_count) status = bad(source, line, "a line of classes", err);
  if (status != PROPTER_OK) linear_clear(out);
  return status;
}

void linear_clear(Linear *m) {
  propter_free(m->rows);
  propter_free(m->marks);
  propter_vec_clear(&m->weights);
  memset(m, 0, sizeof *m);
}

const LinearRow *linear_row(const Linear *m, uint64_t hash) {
  if (!linear_may_have(m, hash)) return NULL;
  for (size_t slot = hash & (m->slot_count - 1); m->rows[slot].key; slot = (slot + 1) & (m->slot_count - 1))
    if (m->rows[slot].key == key_of(hash)) return &m->rows[slot];
  return NULL;
}

const LinearWeight *linear_weights(const Linear *m, const LinearRow *row, size_t *count) {
  *count = row ? row->weights & 0xFF : 0;
  return row ? m->weights.items + (row->weights >> 8) : NULL;
}

void linear_score(const Linear *m, const uint64_t *features, const float *values, size_t count, float *scores) {
  for (size_t c = 0; c < m->class_count; c++) scores[c] = 0;
  if (!m->slot_count) return;
  /* The table is larger than the processor's cache and the features lie anywhere in it: ask for all before waiting for the first. */
  for (size_t i = 0; i < count; i++)
    if (linear_may_have(m, features[i])) __builtin_prefetch(&m->rows[features[i] & (m->slot_count - 1)]);
  for (size_t i = 0; i < count; i++) {
    const LinearRow *row = linear_row(m, features[i]);
    if (row) __builtin_prefetch(&m->weights.items[row->weights >> 8]);
  }
  for (size_t i = 0; i < count; i++) {
    size_t n;
    const LinearWeight *w = linear_weights(m, linear_row(m, features[i]), &n);
    float value = values ? values[i] : 1;
    for (size_t k = 0; k < n; k++) scores[w[k].class_] += w[k].weight * value;
  }
}

double linear_share(const float *scores, size_t count, size_t class_) {
  double sum = 0;
  for (size_t c = 0; c < count; c++) sum += exp((double)scores[c] - (double)scores[class_]);
  return 1 / sum;
}

void feature_add(Features *f, const char *template_, PropterStr a, PropterStr b) {
  char name[256];
  size_t n = strlen(template_);
  if (f->count >= LINEAR_FEATURES || n > 32) return;
  memcpy(name, template_, n);
  if (a.len > 100) a.len = 100;
  if (b.len > 100) b.len = 100;
  name[n++] = '=';
  memcpy(name + n, a.data, a.len), n += a.len;
  if (b.len) {
    name[n++] = '|';
    memcpy(name + n, b.data, b.len), n += b.len;
  }
  uint64_t hash = propter_hash64((PropterStr){name, n});
  f->values[f->count] = 1;
  f->hashes[f->count++] = hash ? hash : 1;
  if (f->names) (void)propter_map_put(f->names, (PropterStr){name, n}, hash, &(bool){false});
}

void feature_add_value(Features *f, const char *template_, PropterStr a, float value) {
  size_t before = f->count;
  feature_add(f, template_, a, (PropterStr){"", 0});
  if (f->count > before) f->values[before] = value;
}

typedef struct {
  uint64_t hash;
  float value;
  unsigned place;
} Feature;

static int by_hash(const void *a, const void *b) {
  const Feature *x = a, *y = b;
  if (x->hash != y->hash) return x->hash < y->hash ? -1 : 1;
  return (x->place > y->place) - (x->place < y->place);
}

void features_once(Features *f) {
  Feature all[LINEAR_FEATURES];
  size_t n = 0;
  for (size_t i = 0; i < f->count; i++) all[i] = (Feature){f->hashes[i], f->values[i], (unsigned)i};
  if (f->count) qsort(all, f->count, sizeof *all, by_hash);
  for (size_t i = 0; i < f->count; i++) {
    if (n && all[i].hash == f->hashes[n - 1]) continue;
    f->hashes[n] = all[i].hash, f->values[n++] = all[i].value;
  }
  f->count = n;
}
