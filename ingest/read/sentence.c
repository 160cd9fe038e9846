/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "reading.h"

static bool upper(char c) { return c >= 'A' && c <= 'Z'; }
static bool lower(char c) { return c >= 'a' && c <= 'z'; }
static bool digit(char c) { return c >= '0' && c <= '9'; }

/* The word that ends with the full stop at `dot`, with it. */
static PropterStr word_before(PropterStr s, size_t dot) {
  size_t start = dot;
  while (start > 0 && s.data[start - 1] != ' ' && s.data[start - 1] != '(' && s.data[start - 1] != '"' && s.data[start - 1] != '\n') start--;
  return (PropterStr){s.data + start, dot + 1 - start};
}

/* A word that commonly opens a sentence: after "U.S." it tells an end from a name. */
static bool opener(const PropterRules *r, PropterStr s, size_t at) {
  return rules_any(r, r->opener.items, r->opener.count, (PropterStr){s.data + at, s.len - at});
}

static bool abbreviation(const PropterRules *r, PropterStr s, size_t dot, size_t next) {
  PropterStr w = word_before(s, dot);
  /* One letter: an initial, unless it ends a label such as "option B." before an opener. */
  if (w.len == 2 && upper(w.data[0])) return !opener(r, s, next);
  const Abbreviation *a = abbreviation_of(&r->parts, w);
  if (a && a->before_number) return digit(s.data[next]);
  bool may_end = a && a->may_end;
  if (!a) {
    /* U.S.A., e.g.: letters with a stop each. */
    for (size_t i = 1; i < w.len; i += 2)
      if (w.data[i] != '.' || !(upper(w.data[i - 1]) || lower(w.data[i - 1]))) return false;
    if (w.len < 4 || w.len % 2) return false;
    may_end = upper(w.data[w.len - 2]);
  }
  return !may_end || !opener(r, s, next);
}

static bool ends(const PropterRules *r, PropterStr s, size_t i, size_t *after) {
  char c = s.data[i];
  if (c != '.' && c != '!' && c != '?') return false;
  size_t j = i + 1;
  while (j < s.len && (s.data[j] == '.' || s.data[j] == '!' || s.data[j] == '?')) j++;
  /* Closing quotes and brackets belong to the sentence. */
  for (;;) {
    if (j < s.len && (s.data[j] == '"' || s.data[j] == '\'' || s.data[j] == ')' || s.data[j] == ']'))
      j++;
    else if (j + 2 < s.len && (memcmp(s.data + j, "\xE2\x80\x9D", 3) == 0 || memcmp(s.data + j, "\xE2\x80\x99", 3) == 0))
      j += 3;
    else
      break;
  }
  *after = j;
  if (j >= s.len) return true;
  if (s.data[j] != ' ' && s.data[j] != '\n') return false;
  size_t n = j;
  while (n < s.len && (s.data[n] == ' ' || s.data[n] == '\n')) n++;
  if (n >= s.len) return true;
  char next = s.data[n];
  if (lower(next)) return false;
  if (c == '.' && j == i + 1 && abbreviation(r, s, i, n)) return false;
  /* "am 3. Juni", where the rules say so. */
  if (c == '.' && i > 0 && digit(s.data[i - 1]) && (i < 3 || !digit(s.data[i - 2]) || !digit(s.data[i - 3])) && calendar_stops(r->calendar)) return false;
  /* "1. First": the number of a list. */
  if (c == '.' && i > 0 && digit(s.data[i - 1]) && (i == 1 || (i == 2 && digit(s.data[0])))) return false;
  return true;
}

/* Converters lose blanks and line ends: "rose in 2020.Rents fell", "Net salesThe increase", "4,348.0Total sales", "approval•we received". */
static bool glued(const PropterRules *r, PropterStr s, size_t i) {
  char c = s.data[i], before = i ? s.data[i - 1] : ' ';
  size_t n = i + 2;
  if (i + 3 < s.len && memcmp(s.data + i + 1, "\xE2\x80\xA2", 3) == 0) return true;
  if (n + 1 >= s.len || !upper(s.data[i + 1]) || !lower(s.data[n])) return false;
  while (n < s.len && lower(s.data[n])) n++;
  if (n == s.len || (s.data[n] != ' ' && s.data[n] != ',' && s.data[n] != '\'' && (unsigned char)s.data[n] < 0x80)) return false;
  if (lower(c)) return opener(r, s, i + 1);
  if (digit(c) || c == '%' || c == ')') return before != ' ' && before != '(';
  bool name = n - i <= 4 && (propter_str_starts((PropterStr){s.data + i, s.len - i}, PROPTER_STR(".Com")) ||
                             propter_str_starts((PropterStr){s.data + i, s.len - i}, PROPTER_STR(".Net")));
  return (c == '.' || c == ':') && (lower(before) || digit(before) || before == ')' || before == '%') && !name;
}

bool read_sentences(const PropterRules *rules, PropterStr text, Spans *out) {
  size_t start = 0;
  for (size_t i = 0; i < text.len; i++) {
    size_t after = 0;
    bool long_enough = i - start >= rules->limits.sentence_bytes - 8;
    if (glued(rules, text, i)) {
      after = i + 1;
    } else if (!ends(rules, text, i, &after)) {
      /* Beyond the limit a sentence is cut at a clause, or where it stands. */
      if (!long_enough) continue;
      size_t cut = i;
      while (cut > start + 1 && text.data[cut] != ';' && text.data[cut] != ',' && text.data[cut] != ' ') cut--;
      if (cut <= start + 1) {
        cut = i;
        while (cut > start + 1 && ((unsigned char)text.data[cut] & 0xC0) == 0x80) cut--;
      }
      after = text.data[cut] == ' ' || text.data[cut] == ',' || text.data[cut] == ';' ? cut + (text.data[cut] != ' ') : cut;
    }
    if (!propter_vec_push(out, ((PropterSpan){start, after}))) return false;
    start = after;
    while (start < text.len && (text.data[start] == ' ' || text.data[start] == '\n')) start++;
    i = start ? start - 1 : 0;
    if (start >= text.len) return true;
  }
  return start >= text.len || propter_vec_push(out, ((PropterSpan){start, text.len}));
}
