/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <strings.h>

#include "reading.h"

static const struct {
  const char *word;
  double value;
  bool scale;
} words[] = {{"hundred", 100, true}, {"thousand", 1000, true}, {"million", 1e6, true}, {"billion", 1e9, true}, {"trillion", 1e12, true}, {"dozen", 12, true},   {"one", 1, false},
             {"two", 2, false},      {"three", 3, false},      {"four", 4, false},     {"five", 5, false},     {"six", 6, false},     {"seven", 7, false},
             {"eight", 8, false},    {"nine", 9, false},       {"ten", 10, false},     {"eleven", 11, false},  {"twelve", 12, false}, {"fifteen", 15, false},
             {"twenty", 20, false},  {"thirty", 30, false},    {"forty", 40, false},   {"fifty", 50, false},   {"sixty", 60, false},  {"seventy", 70, false},
             {"eighty", 80, false},  {"ninety", 90, false},    {"half", .5, false}};

static bool digit(char c) { return c >= '0' && c <= '9'; }
static bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

static size_t word_at(PropterStr s, size_t i) {
  size_t n = i;
  while (n < s.len && letter(s.data[n])) n++;
  return n - i;
}

static int lookup(PropterStr s, size_t i, size_t n) {
  for (size_t w = 0; w < sizeof words / sizeof *words; w++)
    if ((s.data[i] | 0x20) == words[w].word[0] && strlen(words[w].word) == n && strncasecmp(s.data + i, words[w].word, n) == 0) return (int)w;
  return -1;
}

/* 45,000 or 45.5 or 45 000 at i; returns the byte after it. */
static size_t figure(PropterStr s, size_t i, double *value) {
  double v = 0;
  size_t j = i;
  while (j < s.len && digit(s.data[j])) v = v * 10 + (s.data[j++] - '0');
  while (j + 3 < s.len + 0 && s.data[j] == ',' && digit(s.data[j + 1]) && digit(s.data[j + 2]) && digit(s.data[j + 3]) &&
         (j + 4 >= s.len || !digit(s.data[j + 4]))) {
    v = v * 1000 + (s.data[j + 1] - '0') * 100 + (s.data[j + 2] - '0') * 10 + (s.data[j + 3] - '0');
    j += 4;
  }
  if (j + 1 < s.len && s.data[j] == '.' && digit(s.data[j + 1])) {
    double place = .1;
    for (j++; j < s.len && digit(s.data[j]); j++, place /= 10) v += (s.data[j] - '0') * place;
  }
  *value = v;
  return j;
}

static size_t skip_blank(PropterStr s, size_t j) { return j < s.len && (s.data[j] == ' ' || s.data[j] == '-') ? j + 1 : j; }

/* Scale words after a number: "1.2 million", "45k", "eight thousand five hundred". */
static size_t scaled(PropterStr s, size_t j, double *value, bool *is_scaled) {
  double total = 0, part = *value;
  for (;;) {
    size_t at = skip_blank(s, j), n = word_at(s, at);
    if (n == 1 && at == j && (s.data[at] == 'k' || s.data[at] == 'K')) {
      part *= 1000, j = at + 1, *is_scaled = true;
      break;
    }
    /* "half a million" */
    if (part == .5 && n == 1 && s.data[at] == 'a') at = skip_blank(s, at + 1), n = word_at(s, at);
    int w = n ? lookup(s, at, n) : -1;
    if (w < 0) break;
    if (words[w].scale) {
      part *= words[w].value, *is_scaled = true;
      if (words[w].value >= 1000) total += part, part = 0;
    } else if (part == 0 || part >= 20) {
      part += words[w].value;
    } else {
      break;
    }
    j = at + n;
  }
  *value = total + part;
  return j;
}

/* What is counted follows within four words and is no time, money or share. */
static bool counts_things(PropterStr s, size_t j) {
  static const char *const never[] = {"percent", "per", "points", "point", "year",   "years",     "month",   "months",   "week",
                                      "weeks",   "day", "days",   "hours", "hour",   "minutes",   "dollars", "euros",    "pounds",
                                      "cents",   "o",   "times",  "miles", "barrel", "barrels",   "January", "February", "March",
                                      "April",   "May", "June",   "July",  "August", "September", "October", "November", "December"};
  if (j < s.len && (s.data[j] == '%' || s.data[j] == ':' || s.data[j] == '/')) return false;
  bool first = true;
  for (int step = 0; step < 4; step++) {
    if (j < s.len && s.data[j] == '-') return false;
    j = skip_blank(s, j);
    size_t n = word_at(s, j);
    if (!n) return !first;
    for (size_t w = 0; w < sizeof never / sizeof *never; w++)
      if (first && s.data[j] == never[w][0] && strlen(never[w]) == n && strncmp(s.data + j, never[w], n) == 0) return false;
    if (n > 3 && s.data[j + n - 1] == 's') return true;
    if ((n == 6 && strncasecmp(s.data + j, "people", 6) == 0) || (n == 5 && strncasecmp(s.data + j, "staff", 5) == 0) ||
        (n == 3 && strncasecmp(s.data + j, "men", 3) == 0))
      return true;
    first = false;
    j += n;
  }
  return false;
}

bool amount_find(PropterStr s, double *value, PropterSpan *span) {
  for (size_t i = 0; i < s.len; i++) {
    bool fresh = i == 0 || !(letter(s.data[i - 1]) || digit(s.data[i - 1]) || strchr("-.,:$/", s.data[i - 1]));
    if (!fresh || (i >= 3 && (memcmp(s.data + i - 3, "\xE2\x82\xAC", 3) == 0)) || (i >= 2 && memcmp(s.data + i - 2, "\xC2\xA3", 2) == 0)) continue;
    double v = 0;
    size_t j;
    bool is_scaled = false, figures = digit(s.data[i]);
    if (figures) {
      j = figure(s, i, &v);
      j = scaled(s, j, &v, &is_scaled);
      if (j < s.len && letter(s.data[j])) continue; /* 7th, 12mm */
    } else {
      size_t n = word_at(s, i);
      int w = n ? lookup(s, i, n) : -1;
      /* "a million", "a hundred thousand" */
      if (n == 1 && (s.data[i] == 'a' || s.data[i] == 'A') && i + 2 < s.len) {
        size_t m = word_at(s, i + 2);
        int scale = m ? lookup(s, i + 2, m) : -1;
        if (s.data[i + 1] == ' ' && scale >= 0 && words[scale].scale) w = lookup(PROPTER_STR("one"), 0, 3);
      }
      if (w < 0 || words[w].scale) {
        i += n ? n - 1 : 0;
        continue;
      }
      v = words[w].value;
      j = scaled(s, i + n, &v, &is_scaled);
      if (!is_scaled) continue;
    }
    bool year = figures && !is_scaled && v >= 1800 && v < 2200 && j - i == 4;
    if (v >= 10 && !year && counts_things(s, j)) {
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
  for (size_t u = 0; u < r->units.count; u++) {
    PropterStr word = r->units.items[u].word;
    if (r->units.items[u].alone != alone || word.len > s.len - i || strncasecmp(word.data, s.data + i, word.len) != 0 || (best && word.len <= best->word.len)) continue;
    size_t after = i + word.len;
    if (letter(word.data[word.len - 1]) && after < s.len && letter(s.data[after])) continue;
    best = &r->units.items[u], *end = after;
  }
  return best;
}

/* A number at i, in figures or words, with its scale; returns the byte after it, or 0. */
static size_t number_at(PropterStr s, size_t i, double *value) {
  bool is_scaled = false;
  if (digit(s.data[i])) return scaled(s, figure(s, i, value), value, &is_scaled);
  size_t n = word_at(s, i);
  int w = n ? lookup(s, i, n) : -1;
  if (w < 0 || words[w].scale) return 0;
  *value = words[w].value;
  return scaled(s, i + n, value, &is_scaled);
}

/* "3.5m", "1.2 bn": short scales that stand behind money only. */
static size_t short_scale(PropterStr s, size_t j, double *value) {
  static const struct {
    const char *word;
    double times;
  } scales[] = {{"m", 1e6}, {"mn", 1e6}, {"bn", 1e9}, {"b", 1e9}, {"k", 1e3}};
  size_t at = j < s.len && s.data[j] == ' ' ? j + 1 : j, n = word_at(s, at);
  for (size_t i = 0; n && i < sizeof scales / sizeof *scales; i++)
    if (strlen(scales[i].word) == n && strncasecmp(scales[i].word, s.data + at, n) == 0) {
      *value *= scales[i].times;
      return at + n;
    }
  return j;
}

/* A number with its unit that begins at i. */
static bool measure_at(const PropterRules *r, PropterStr s, size_t i, Measure *out) {
  size_t at, j, end = 0;
  const Unit *money = unit_at(r, s, i, false, &at);
  if (money && at < s.len && s.data[at] == ' ') at++;
  if (money && at < s.len && digit(s.data[at]) && (j = number_at(s, at, &out->value))) {
    out->unit = money;
    end = short_scale(s, j, &out->value);
  } else if ((j = number_at(s, i, &out->value)) && j < s.len) {
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
