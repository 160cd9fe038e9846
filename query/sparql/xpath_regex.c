/* SPDX-License-Identifier: Apache-2.0 */
#include "xpath_regex.h"

#include <stdio.h>
#include <string.h>

#include "propter/regex.h"

enum { DEEPEST = 250 };

typedef struct {
  PropterStr in;
  size_t at;
  unsigned groups, depth;
} Reader;

/* What an escape stands for: `set` stands inside of [], `outside` holds the characters that are not in it. */
typedef struct {
  char letter;
  const char *set;
  bool outside;
} Escape;

#define DIGIT "\\p{Nd}"
#define SPACE " \\t\\n\\r"
#define NO_WORD "\\p{P}\\p{Z}\\p{C}"
/* Names of XML 1.0, fifth edition, productions 4 and 4a. */
#define INITIAL \
  ":A-Z_a-z\\x{C0}-\\x{D6}\\x{D8}-\\x{F6}\\x{F8}-\\x{2FF}\\x{370}-\\x{37D}\\x{37F}-\\x{1FFF}\\x{200C}\\x{200D}\\x{2070}-\\x{218F}\\x{2C00}-\\x{2FEF}" \
  "\\x{3001}-\\x{D7FF}\\x{F900}-\\x{FDCF}\\x{FDF0}-\\x{FFFD}\\x{10000}-\\x{EFFFF}"
#define NAME INITIAL "\\-.0-9\\x{B7}\\x{300}-\\x{36F}\\x{203F}\\x{2040}"

static const Escape escapes[] = {
    {'d', DIGIT, false}, {'D', DIGIT, true},  {'s', SPACE, false}, {'S', SPACE, true},   {'w', NO_WORD, true},
    {'W', NO_WORD, false}, {'i', INITIAL, false}, {'I', INITIAL, true}, {'c', NAME, false}, {'C', NAME, true},
};

static void add(PropterBuf *out, const char *text) { propter_buf_add(out, propter_str(text)); }

static char peek(const Reader *r, size_t ahead) { return r->at + ahead < r->in.len ? r->in.data[r->at + ahead] : '\0'; }

static const Escape *known(char letter) {
  for (size_t i = 0; i < sizeof escapes / sizeof *escapes; i++)
    if (escapes[i].letter == letter) return &escapes[i];
  return NULL;
}

static void add_escape(const Escape *e, PropterBuf *out) {
  add(out, e->outside ? "[^" : "[");
  add(out, e->set);
  propter_buf_add_char(out, ']');
}

static bool is_mark(char c) { return c > ' ' && c < 0x7F && !(c >= '0' && c <= '9') && !((c | 32) >= 'a' && (c | 32) <= 'z'); }

/* An escape that PCRE2 has, too: a category of Unicode, a control character, a mark that stands for itself. PCRE2 knows more, XPath does not; blocks of
 * characters (\p{IsGreek}) PCRE2 does not know. */
static bool read_shared(Reader *r, PropterBuf *out) {
  size_t len = 2;
  char letter = peek(r, 1);
  if (letter == 'p' || letter == 'P') {
    len = peek(r, 4) == '}' ? 5 : 6;
    if (peek(r, 2) != '{' || !memchr("LMNPZSC", peek(r, 3), 7) || peek(r, len - 1) != '}' || (len == 6 && !(peek(r, 4) >= 'a' && peek(r, 4) <= 'z')))
      return false;
  } else if (!memchr("nrt", letter, 3) && !is_mark(letter))
    return false;
  propter_buf_add(out, (PropterStr){r->in.data + r->at, len});
  r->at += len;
  return true;
}

/* One item of a class: characters go to `set`, what only an alternative can say ([^…]) to `others`. */
static bool read_item(Reader *r, PropterBuf *set, PropterBuf *others) {
  char c = peek(r, 0);
  if (c != '\\') {
    if (c == '[') return false;
    /* So that no mark means anything to PCRE2, as in [:alpha:]. */
    if (is_mark(c) && c != '-') propter_buf_add_char(set, '\\');
    propter_buf_add_char(set, c);
    r->at++;
    return true;
  }
  const Escape *e = known(peek(r, 1));
  if (!e) return read_shared(r, set);
  if (e->outside) {
    propter_buf_add_char(others, '|');
    add_escape(e, others);
  } else
    add(set, e->set);
  r->at += 2;
  return true;
}

/* [set], or (?:[set]|others) where there are such. */
static void add_members(PropterBuf *out, const PropterBuf *set, const PropterBuf *others, bool negated) {
  if (!others->len) {
    add(out, negated ? "[^" : "[");
    propter_buf_add(out, propter_buf_str(set));
    propter_buf_add_char(out, ']');
    return;
  }
  add(out, negated ? "(?:(?!" : "(?:");
  if (set->len) {
    propter_buf_add_char(out, '[');
    propter_buf_add(out, propter_buf_str(set));
    propter_buf_add_char(out, ']');
  }
  PropterStr rest = propter_buf_str(others);
  propter_buf_add(out, set->len ? rest : (PropterStr){rest.data + 1, rest.len - 1});
  add(out, negated ? ")(?s:.))" : ")");
}

static bool read_class(Reader *r, PropterBuf *out);

static bool read_members(Reader *r, PropterBuf *set, PropterBuf *others, PropterBuf *minus) {
  while (r->at < r->in.len && peek(r, 0) != ']') {
    if (peek(r, 0) == '-' && peek(r, 1) == '[') {
      r->at++;
      if (!read_class(r, minus) || peek(r, 0) != ']') return false;
    } else if (!read_item(r, set, others))
      return false;
  }
  return r->at++ < r->in.len && (set->len || others->len);
}

/* [a-z-[aeiou]] is written (?:(?![aeiou])[a-z]): PCRE2 cannot take a class from a class. */
static bool read_class(Reader *r, PropterBuf *out) {
  PropterBuf set = {0}, others = {0}, minus = {0};
  if (++r->depth > DEEPEST) return false;
  bool negated = peek(r, 1) == '^';
  r->at += negated ? 2 : 1;
  bool valid = read_members(r, &set, &others, &minus);
  if (valid && minus.len) {
    add(out, "(?:(?!");
    propter_buf_add(out, propter_buf_str(&minus));
    propter_buf_add_char(out, ')');
  }
  if (valid) add_members(out, &set, &others, negated);
  if (valid && minus.len) propter_buf_add_char(out, ')');
  if (!out->failed) out->failed = set.failed ? set.failed : others.failed ? others.failed : minus.failed;
  propter_buf_clear(&set);
  propter_buf_clear(&others);
  propter_buf_clear(&minus);
  r->depth--;
  return valid;
}

/* \12 is group 12 where so many have begun, else group 1 before a "2". A group that took no part is empty. */
static bool read_reference(Reader *r, PropterBuf *out) {
  unsigned group = 0;
  char text[48];
  r->at++;
  while (peek(r, 0) >= '0' && peek(r, 0) <= '9' && group * 10 + (unsigned)(peek(r, 0) - '0') <= r->groups)
    group = group * 10 + (unsigned)(r->in.data[r->at++] - '0');
  (void)snprintf(text, sizeof text, "(?(%u)\\g{%u})", group, group);
  add(out, text);
  return group > 0;
}

static bool read_escape(Reader *r, PropterBuf *out) {
  char letter = peek(r, 1);
  if (letter >= '1' && letter <= '9') return read_reference(r, out);
  const Escape *e = known(letter);
  if (!e) return read_shared(r, out);
  add_escape(e, out);
  r->at += 2;
  return true;
}

/* Length of a quantifier, with the ? of a reluctant one; 0: there is none. */
static size_t quantifier(const Reader *r) {
  size_t n = 1;
  if (peek(r, 0) == '{') {
    while ((peek(r, n) >= '0' && peek(r, n) <= '9') || (peek(r, n) == ',' && n > 1)) n++;
    if (n == 1 || peek(r, n++) != '}') return 0;
  } else if (peek(r, 0) != '*' && peek(r, 0) != '+' && peek(r, 0) != '?')
    return 0;
  return n + (peek(r, n) == '?');
}

bool xpath_regex(PropterStr pattern, unsigned flags, PropterBuf *out) {
  Reader r = {.in = pattern};
  bool valid = true;
  while (valid && r.at < pattern.len) {
    char c = peek(&r, 0);
    if (c == '\\') {
      valid = read_escape(&r, out);
      continue;
    }
    if (c == '[') {
      valid = read_class(&r, out);
      continue;
    }
    size_t len = quantifier(&r);
    if (len) {
      propter_buf_add(out, (PropterStr){pattern.data + r.at, len});
      r.at += len;
      /* A second one would make it possessive to PCRE2. */
      valid = !quantifier(&r);
      continue;
    }
    r.at++;
    if (flags & PROPTER_REGEX_EXTENDED && memchr(" \t\n\r", c, 4)) continue;
    /* To PCRE2 "(*" begins a word to itself, and "(?" much that is not XPath's. */
    if (c == '(') valid = peek(&r, 0) != '*' && (peek(&r, 0) != '?' || peek(&r, 1) == ':');
    if (c == '(' && peek(&r, 0) != '?') r.groups++;
    /* $ matches only at the very end; PCRE2 would also match before a last line break. */
    if (c == '$' && !(flags & PROPTER_REGEX_MULTILINE))
      add(out, "\\z");
    else
      propter_buf_add_char(out, c);
  }
  return valid;
}
