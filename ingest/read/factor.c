/* SPDX-License-Identifier: Apache-2.0 */
/* Alternations of words by their beginnings: "(?:rise|fall|rose|fell)" becomes "(?:r(?:ise|ose)|f(?:all|ell))", so that a place where none begins is left
 * after a few comparisons. Alternatives that begin with different letters exclude each other, so their order may change; among those of one letter it stays,
 * and so does what matches. */
#include <string.h>

#include "reading.h"

enum { FEWEST = 4, MOST = 512, DEEPEST = 40 };

typedef struct {
  PropterStr items[MOST];
  size_t count;
} Alternatives;

static bool plain(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/* Splits at the bars outside brackets. False: too many, or not understood. */
static bool split(PropterStr s, Alternatives *out) {
  out->count = 0;
  for (size_t i = 0, from = 0;;) {
    if (i == s.len || s.data[i] == '|') {
      if (out->count == MOST) return false;
      out->items[out->count++] = (PropterStr){s.data + from, i - from};
      if (i == s.len) return true;
      from = ++i;
      continue;
    }
    if (!(i = propter_regex_item_end(s, i))) return false;
  }
}

/* Length of "(?:", "(?=", "(?!", "(?i:", "(?<name>" or "(" at the beginning of a bracket whose inside may be factored, 0: leave it. */
static size_t opening(PropterStr bracket) {
  static const char *const known[] = {"(?:", "(?=", "(?!", "(?i:"};
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (propter_str_starts(bracket, propter_str(known[i]))) return strlen(known[i]);
  if (bracket.len > 3 && memcmp(bracket.data, "(?<", 3) == 0 && plain(bracket.data[3])) {
    const char *end = memchr(bracket.data, '>', bracket.len);
    return end ? (size_t)(end - bracket.data) + 1 : 0;
  }
  return bracket.len > 1 && bracket.data[1] != '?' && bracket.data[1] != '*' ? 1 : 0;
}

/* Numbered brackets must stay in their order, and an option holds for the alternatives after it. */
static bool movable(PropterStr s) {
  static const char *const known[] = {"(?:", "(?=", "(?!", "(?<=", "(?<!"};
  for (size_t i = 0; i < s.len; i++) {
    if (s.data[i] == '\\') {
      i++;
    } else if (s.data[i] == '(') {
      bool fine = false;
      for (size_t k = 0; k < sizeof known / sizeof *known && !fine; k++) fine = propter_str_starts((PropterStr){s.data + i, s.len - i}, propter_str(known[k]));
      if (!fine) return false;
    }
  }
  return true;
}

static bool leads(PropterStr s) { return s.len && plain(s.data[0]) && !(s.len > 1 && memchr("?*+{", s.data[1], 4)) && movable(s); }

static bool write_all(const Alternatives *a, bool caseless, unsigned depth, PropterBuf *out);

/* One alternative, with the brackets in it factored. */
static bool write_one(PropterStr s, bool caseless, unsigned depth, PropterBuf *out) {
  for (size_t i = 0; i < s.len;) {
    size_t end = propter_regex_item_end(s, i), inner;
    if (!end) return false;
    PropterStr item = {s.data + i, end - i};
    if (item.data[0] == '(' && (inner = opening(item)) > 0 && depth < DEEPEST) {
      Alternatives *a = propter_malloc(sizeof *a);
      bool good = a && split((PropterStr){item.data + inner, item.len - inner - 1}, a);
      propter_buf_add(out, (PropterStr){item.data, inner});
      good = good && write_all(a, caseless || (inner == 4 && item.data[2] == 'i'), depth + 1, out);
      propter_free(a);
      if (!good) return false;
      propter_buf_add(out, PROPTER_STR(")"));
    } else {
      propter_buf_add(out, item);
    }
    i = end;
  }
  return true;
}

static bool same_letter(PropterStr a, PropterStr b, bool caseless) { return a.data[0] == b.data[0] || (caseless && (a.data[0] | 0x20) == (b.data[0] | 0x20)); }

/* A run of alternatives that begin with letters, those of one letter together. */
static bool write_run(const PropterStr *run, size_t count, bool caseless, unsigned depth, PropterBuf *out) {
  bool done[MOST] = {false}, first = true;
  for (size_t i = 0; i < count; i++) {
    if (done[i]) continue;
    if (!first) propter_buf_add(out, PROPTER_STR("|"));
    first = false;
    Alternatives *same = propter_malloc(sizeof *same);
    if (!same) return false;
    same->count = 0;
    for (size_t k = i; k < count; k++)
      if (!done[k] && same_letter(run[i], run[k], caseless)) done[k] = true, same->items[same->count++] = (PropterStr){run[k].data + 1, run[k].len - 1};
    bool good = true;
    if (same->count == 1) {
      good = write_one(run[i], caseless, depth, out);
    } else {
      propter_buf_add(out, (PropterStr){run[i].data, 1});
      propter_buf_add(out, PROPTER_STR("(?:"));
      good = write_all(same, caseless, depth + 1, out);
      propter_buf_add(out, PROPTER_STR(")"));
    }
    propter_free(same);
    if (!good) return false;
  }
  return true;
}

static bool write_all(const Alternatives *a, bool caseless, unsigned depth, PropterBuf *out) {
  for (size_t i = 0; i < a->count;) {
    size_t run = 0;
    while (i + run < a->count && leads(a->items[i + run])) run++;
    if (i) propter_buf_add(out, PROPTER_STR("|"));
    if (run >= FEWEST && depth < DEEPEST) {
      if (!write_run(a->items + i, run, caseless, depth, out)) return false;
      i += run;
    } else if (!write_one(a->items[i++], caseless, depth, out)) {
      return false;
    }
  }
  return true;
}

bool rules_factor(PropterStr pattern, bool caseless, PropterBuf *out) {
  Alternatives *a = propter_malloc(sizeof *a);
  bool good = a && split(pattern, a) && write_all(a, caseless, 0, out);
  propter_free(a);
  return good;
}
