/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <strings.h>

#include "reading.h"

static bool digit(char c) { return c >= '0' && c <= '9'; }
static bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
/* A letter of Latin-1 beyond ASCII, or its second byte. */
static bool accented(PropterStr s, size_t i) { return (unsigned char)s.data[i] == 0xC3 || (i > 0 && (unsigned char)s.data[i - 1] == 0xC3); }
static unsigned char folded(char c) { return (unsigned char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c); }

static size_t word_at(PropterStr s, size_t i) {
  size_t n = i;
  while (n < s.len && (letter(s.data[n]) || accented(s, n))) n++;
  return n - i;
}

/* A number word of one of these kinds with `len` letters at i, or NULL. */
static const NumberWord *named(const PropterRules *r, PropterStr s, size_t i, size_t len, unsigned kinds) {
  for (size_t w = r->number_first[folded(s.data[i])]; w; w = r->numbers.items[w - 1].next) {
    const NumberWord *n = &r->numbers.items[w - 1];
    if (kinds >> n->kind & 1 && n->word.len == len && strncasecmp(n->word.data, s.data + i, len) == 0) return n;
  }
  return NULL;
}

typedef struct {
  double value;
  bool known, scale, scaled; /* scale: a power; scaled: a number times one in a word ("dreitausend") */
  size_t end;
} Spelled;

#define KIND(kind) (1u << (kind))

static Spelled lookup(const PropterRules *r, PropterStr s, size_t i) {
  size_t n = word_at(s, i);
  const NumberWord *w = n ? named(r, s, i, n, KIND(NUMBER_ONE) | KIND(NUMBER_SCALE)) : NULL;
  if (w) return (Spelled){w->value, true, w->kind == NUMBER_SCALE, false, i + n + (w->cut && i + n < s.len && s.data[i + n] == '.')};
  for (size_t k = n ? r->number_first[folded(s.data[i])] : 0; k; k = r->numbers.items[k - 1].next) {
    const NumberWord *one = &r->numbers.items[k - 1];
    if (one->kind != NUMBER_ONE || one->word.len >= n || strncasecmp(one->word.data, s.data + i, one->word.len) != 0) continue;
    if ((w = named(r, s, i + one->word.len, n - one->word.len, KIND(NUMBER_SCALE)))) return (Spelled){one->value * w->value, true, false, true, i + n};
  }
  return (Spelled){.end = i};
}

/* The mark between thousands at j, if three digits stand behind it; its length, or 0. */
static size_t thousands_at(const PropterRules *r, PropterStr s, size_t j) {
  for (size_t k = 0; k < r->thousands.count; k++) {
    size_t n = r->thousands.items[k].len, d = 0;
    if (j + n >= s.len || memcmp(s.data + j, r->thousands.items[k].data, n) != 0) continue;
    while (j + n + d < s.len && digit(s.data[j + n + d])) d++;
    if (d == 3) return n;
  }
  return 0;
}

/* 45,000 or 45.5 at i, with the marks of the language; returns the byte after it. */
static size_t figure(const PropterRules *r, PropterStr s, size_t i, double *value) {
  double v = 0;
  size_t j = i, n;
  while (j < s.len && digit(s.data[j])) v = v * 10 + (s.data[j++] - '0');
  while ((n = thousands_at(r, s, j))) {
    v = v * 1000 + (s.data[j + n] - '0') * 100 + (s.data[j + n + 1] - '0') * 10 + (s.data[j + n + 2] - '0');
    j += n + 3;
  }
  if (j + 1 < s.len && r->decimal && s.data[j] == r->decimal && digit(s.data[j + 1])) {
    double place = .1;
    for (j++; j < s.len && digit(s.data[j]); j++, place /= 10) v += (s.data[j] - '0') * place;
  }
  *value = v;
  return j;
}

static size_t skip_blank(PropterStr s, size_t j) { return j < s.len && (s.data[j] == ' ' || s.data[j] == '-') ? j + 1 : j; }

/* Scale words after a number: "1.2 million", "45k", "eight thousand five hundred". */
static size_t scaled(const PropterRules *r, PropterStr s, size_t j, double *value, bool *is_scaled) {
  double total = 0, part = *value;
  for (;;) {
    size_t at = skip_blank(s, j), n = word_at(s, at);
    const NumberWord *near = n && at == j ? named(r, s, at, n, KIND(NUMBER_SHORT)) : NULL;
    if (near) {
      part *= near->value, j = at + n, *is_scaled = true;
      break;
    }
    /* "half a million" */
    if (part == .5 && n && named(r, s, at, n, KIND(NUMBER_LEAD))) at = skip_blank(s, at + n);
    Spelled w = at < s.len ? lookup(r, s, at) : (Spelled){.end = at};
    if (!w.known || w.scaled) break;
    if (w.scale) {
      part *= w.value, *is_scaled = true;
      if (w.value >= 1000) total += part, part = 0;
    } else if (part == 0 || part >= 20) {
      part += w.value;
    } else {
      break;
    }
    j = w.end;
  }
  *value = total + part;
  return j;
}

bool amount_find(const PropterRules *r, PropterStr s, double *value, PropterSpan *span) {
  for (size_t i = 0; r->counted.count && i < s.len; i++) {
    bool fresh = i == 0 || !(letter(s.data[i - 1]) || accented(s, i - 1) || digit(s.data[i - 1]) || strchr("-.,:$/", s.data[i - 1]));
    if (!fresh || (i >= 3 && (memcmp(s.data + i - 3, "\xE2\x82\xAC", 3) == 0)) || (i >= 2 && memcmp(s.data + i - 2, "\xC2\xA3", 2) == 0)) continue;
    double v = 0;
    size_t j;
    bool is_scaled = false, figures = digit(s.data[i]);
    if (figures) {
      j = scaled(r, s, figure(r, s, i, &v), &v, &is_scaled);
      if (j < s.len && letter(s.data[j])) continue; /* 7th, 12mm */
    } else {
      size_t n = word_at(s, i);
      Spelled w = n ? lookup(r, s, i) : (Spelled){.end = i};
      /* "a million", "a hundred thousand" */
      const NumberWord *lead = n && i + n + 1 < s.len && s.data[i + n] == ' ' ? named(r, s, i, n, KIND(NUMBER_LEAD)) : NULL;
      if (lead && lookup(r, s, i + n + 1).scale) w = (Spelled){lead->value, true, false, false, i + n};
      if (!w.known || w.scale) {
        i += n ? n - 1 : 0;
        continue;
      }
      v = w.value, is_scaled = w.scaled;
      j = w.scaled ? w.end : scaled(r, s, w.end, &v, &is_scaled);
      if (!is_scaled) continue;
    }
    bool year = figures && !is_scaled && v >= 1800 && v < 2200 && j - i == 4;
    /* What is counted follows and is no time, money or share. */
    if (v >= 10 && !year && rules_any(r, r->counted.items, r->counted.count, (PropterStr){s.data + j, s.len - j})) {
      *value = v;
      *span = (PropterSpan){i, j};
      return true;
    }
    i = j > i ? j - 1 : i;
  }
  return false;
}

/* --- with a unit ------------------------------------------------------------------------------------------------------------ */

/* The longest word for a unit at i that ends there; `alone`: that needs no number. */
static const Unit *unit_at(const PropterRules *r, PropterStr s, size_t i, bool alone, size_t *end) {
  const Unit *best = NULL;
  for (size_t u = i < s.len ? r->unit_first[folded(s.data[i])] : 0; u; u = r->units.items[u - 1].next) {
    const Unit *unit = &r->units.items[u - 1];
    PropterStr word = unit->word;
    if (unit->alone != alone || word.len > s.len - i || (best && word.len <= best->word.len) || strncasecmp(word.data, s.data + i, word.len) != 0) continue;
    size_t after = i + word.len;
    if (letter(word.data[word.len - 1]) && after < s.len && (letter(s.data[after]) || accented(s, after))) continue;
    best = unit, *end = after;
  }
  return best;
}

/* A number at i, in figures or words, with its scale; returns the byte after it, or 0. */
static size_t number_at(const PropterRules *r, PropterStr s, size_t i, double *value) {
  bool is_scaled = false;
  if (digit(s.data[i])) return scaled(r, s, figure(r, s, i, value), value, &is_scaled);
  Spelled w = lookup(r, s, i);
  if (!w.known || w.scale) return 0;
  *value = w.value;
  return w.scaled ? w.end : scaled(r, s, w.end, value, &is_scaled);
}

/* "3.5m", "1.2 bn": short scales that stand behind money only. */
static size_t short_scale(const PropterRules *r, PropterStr s, size_t j, double *value) {
  size_t at = j < s.len && s.data[j] == ' ' ? j + 1 : j, n = word_at(s, at);
  const NumberWord *w = n ? named(r, s, at, n, KIND(NUMBER_MONEY)) : NULL;
  if (!w) return j;
  *value *= w->value;
  return at + n;
}

/* A number with its unit that begins at i. */
static bool measure_at(const PropterRules *r, PropterStr s, size_t i, Measure *out) {
  size_t at, j, end = 0;
  const Unit *money = unit_at(r, s, i, false, &at);
  if (money && money->by) money = NULL; /* "in the year 2020" */
  if (money && at < s.len && s.data[at] == ' ') at++;
  if (money && at < s.len && digit(s.data[at]) && (j = number_at(r, s, at, &out->value))) {
    out->unit = money;
    end = short_scale(r, s, j, &out->value);
  } else if ((j = number_at(r, s, i, &out->value)) && j < s.len) {
    out->unit = unit_at(r, s, skip_blank(s, j), false, &end);
    if (out->unit && out->unit->by && !rules_any(r, r->unit_by_lead.items, r->unit_by_lead.count, (PropterStr){s.data, i})) return false;
  }
  if (!out->unit || !end) return false;
  out->value *= out->unit->times;
  PropterSpan m;
  size_t after = 0;
  if (rules_first(r, r->unit_per.items, r->unit_per.count, (PropterStr){s.data + end, s.len - end}, 0, &m) && m.start == 0 && end + m.end < s.len)
    out->per = unit_at(r, s, end + m.end, false, &after);
  out->words = (PropterSpan){i, out->per ? after : end};
  return true;
}

bool measure_alone(const PropterRules *r, PropterStr s, Measure *out) {
  size_t end;
  for (size_t i = 0; r->units.count && i < s.len; i++) {
    const Unit *unit = i && letter(s.data[i - 1]) ? NULL : unit_at(r, s, i, true, &end);
    if (!unit) continue;
    *out = (Measure){.value = unit->times, .unit = unit, .words = {i, end}};
    return true;
  }
  return false;
}

bool measure_find(const PropterRules *r, PropterStr s, Measure *out) {
  for (size_t i = 0; r->units.count && i < s.len; i++) {
    bool fresh = i == 0 || !(letter(s.data[i - 1]) || digit(s.data[i - 1]) || ((unsigned char)s.data[i] & 0xC0) == 0x80 || strchr("-.,:/", s.data[i - 1]));
    *out = (Measure){0};
    if (fresh && s.data[i] != ' ' && measure_at(r, s, i, out)) return true;
  }
  *out = (Measure){0};
  return false;
}
