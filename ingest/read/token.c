/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "linear.h"

static bool upper(char c) { return c >= 'A' && c <= 'Z'; }
static bool digit(char c) { return c >= '0' && c <= '9'; }
static bool letter(char c) { return upper(c) || (c >= 'a' && c <= 'z') || (unsigned char)c >= 0x80; }

/* General punctuation (dashes, quotes, dots) is no letter. */
static size_t dash_or_quote(PropterStr s, size_t i) {
  return i + 2 < s.len && (unsigned char)s.data[i] == 0xE2 && (unsigned char)s.data[i + 1] == 0x80 ? 3 : 0;
}
static bool right_quote(PropterStr s, size_t i) {
  return dash_or_quote(s, i) && ((unsigned char)s.data[i + 2] == 0x99 || (unsigned char)s.data[i + 2] == 0x98);
}

void token_fold(PropterStr word, Token *out) {
  bool any_upper = false, any_lower = false, any_digit = false, any_letter = false;
  out->len = 0;
  for (size_t i = 0; i < word.len; i++) {
    char c = word.data[i];
    size_t quote = dash_or_quote(word, i);
    any_upper |= upper(c), any_digit |= digit(c);
    any_lower |= letter(c) && !upper(c) && !quote, any_letter |= letter(c) && !quote;
    if (right_quote(word, i)) c = '\'', i += 2;
    if (out->len < TOKEN_WORD - 1) out->word[out->len++] = upper(c) ? (char)(c + 32) : digit(c) ? '0' : c;
  }
  out->word[out->len] = '\0';
  out->shape = any_digit ? (any_letter ? 4 : 3) : !any_letter ? 5 : !any_upper ? 0 : any_lower || word.len == 1 ? 1 : 2;
  if (any_upper && !upper(word.data[0]) && !any_digit) out->shape = 0;
  out->tag = 0, out->known = false;
}

static bool add(PropterStr s, size_t start, size_t end, Token *out, size_t *n, size_t room) {
  if (end <= start) return true;
  if (*n >= room) return false;
  token_fold((PropterStr){s.data + start, end - start}, &out[*n]);
  out[*n].start = start, out[*n].end = end;
  ++*n;
  return true;
}

/* Where the ending begins in s[start, end), one typographic quote being as good as another; SIZE_MAX: it does not end so, or is all there is. */
static size_t ends_with(PropterStr s, size_t start, size_t end, PropterStr ending) {
  size_t i = end, k = ending.len;
  while (k && i > start) {
    size_t step = ending.data[k - 1] == '\'' && i >= start + 3 && right_quote(s, i - 3) ? 3 : 1;
    char c = step == 3 ? '\'' : upper(s.data[i - 1]) ? (char)(s.data[i - 1] | 0x20) : s.data[i - 1];
    if (c != ending.data[k - 1]) return SIZE_MAX;
    i -= step, k--;
  }
  return k || i == start ? SIZE_MAX : i;
}

/* Where the clitic of a word begins ("n't", "'s", "'ll"), or its end. */
static size_t clitic(const WordParts *parts, PropterStr s, size_t start, size_t end) {
  bool quote = false;
  for (size_t i = start + 1; i < end && !quote; i++) quote = s.data[i] == '\'' || right_quote(s, i);
  for (size_t i = 0; quote && i < parts->clitics.count; i++) {
    size_t at = ends_with(s, start, end, parts->clitics.items[i]);
    if (at != SIZE_MAX) return at;
  }
  return end;
}

const Abbreviation *abbreviation_of(const WordParts *parts, PropterStr word) {
  for (size_t i = 0; i < parts->abbreviations.count; i++)
    if (propter_str_equal(parts->abbreviations.items[i].text, word)) return &parts->abbreviations.items[i];
  return NULL;
}

static size_t word_end(const WordParts *parts, PropterStr s, size_t i) {
  size_t start = i;
  while (i < s.len) {
    char c = s.data[i];
    if (right_quote(s, i)) {
      if (i + 3 >= s.len || !letter(s.data[i + 3])) break;
      i += 3;
    } else if (dash_or_quote(s, i)) {
      break;
    } else if (letter(c) || digit(c)) {
      i++;
    } else if (c == '\'' && i > start && i + 1 < s.len && letter(s.data[i + 1])) {
      i++;
    } else if ((c == '.' || c == ',' || c == ':' || c == '/') && i > start && i + 1 < s.len && digit(s.data[i - 1]) && digit(s.data[i + 1])) {
      i++;
    } else if (c == '.' && i > start && letter(s.data[i - 1]) && (i < start + 2 || s.data[i - 2] == '.') && i + 1 < s.len && s.data[i + 1] != '\n') {
      i++; /* "U.S.", an initial */
    } else if (c == '.' && i > start && upper(s.data[start]) && i + 2 < s.len && s.data[i + 1] == ' ' && (upper(s.data[i + 2]) || digit(s.data[i + 2])) &&
               abbreviation_of(parts, (PropterStr){s.data + start, i + 1 - start})) {
      return i + 1; /* "Mr.", "Corp." before a name */
    } else {
      break;
    }
  }
  return i;
}

size_t read_tokens(const WordParts *parts, PropterStr s, Token *out, size_t room) {
  size_t n = 0;
  for (size_t i = 0; i < s.len;) {
    if (s.data[i] == ' ' || s.data[i] == '\n' || s.data[i] == '\t') {
      i++;
      continue;
    }
    size_t end = word_end(parts, s, i);
    if (end == i) {
      size_t size = dash_or_quote(s, i);
      end = i + (size ? size : 1);
      while (!size && end < s.len && s.data[end] == s.data[i]) end++; /* "..." and "--" are one */
      while (end < s.len && ((unsigned char)s.data[end] & 0xC0) == 0x80) end++;
      if (!add(s, i, end, out, &n, room)) return n;
    } else {
      size_t cut = clitic(parts, s, i, end);
      if (!add(s, i, cut, out, &n, room) || !add(s, cut, end, out, &n, room)) return n;
    }
    i = end;
  }
  return n;
}
