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

static bool names_block(const Reader *r) { return (peek(r, 1) == 'p' || peek(r, 1) == 'P') && peek(r, 2) == '{' && peek(r, 3) == 'I' && peek(r, 4) == 's'; }

/* One item of a class: characters go to `set`, what only an alternative can say ([^…]) to `others`. */
static bool read_item(Reader *r, PropterBuf *set, PropterBuf *others) {
  char c = peek(r, 0);
  if (c != '\\') {
    if (c == '[') return false;
    propter_buf_add_char(set, c);
    r->at++;
    return true;
  }
  if (r->at + 1 >= r->in.len || names_block(r)) return false;
  const Escape *e = known(peek(r, 1));
  if (!e) {
    propter_buf_add(set, (PropterStr){r->in.data + r->at, 2});
  } else if (e->outside) {
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
  out->failed |= set.failed || others.failed || minus.failed;
  propter_buf_clear(&set);
  propter_buf_clear(&others);
  propter_buf_clear(&minus);
  r->depth--;
  return valid;
}

/* \12 is group 12 where so many have begun, else group 1 before a "2". */
static bool read_reference(Reader *r, PropterBuf *out) {
  unsigned group = 0;
  char text[32];
  r->at++;
  while (peek(r, 0) >= '0' && peek(r, 0) <= '9' && group * 10 + (unsigned)(peek(r, 0) - '0') <= r->groups) group = group * 10 + (unsigned)(r->in.data[r->at++] - '0');
  snprintf(text, sizeof text, "\\g{%u}", group);
  add(out, text);
  return group > 0;
}

static bool read_escape(Reader *r, PropterBuf *out) {
  char letter = peek(r, 1);
  if (letter >= '1' && letter <= '9') return read_reference(r, out);
  if (r->at + 1 >= r->in.len || names_block(r)) return false;
  const Escape *e = known(letter);
  if (e)
    add_escape(e, out);
  else
    propter_buf_add(out, (PropterStr){r->in.data + r->at, 2});
  r->at += 2;
  return true;
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
    r.at++;
    if (flags & PROPTER_REGEX_EXTENDED && memchr(" \t\n\r", c, 4)) continue;
    /* "(*" would be a word to PCRE2 itself. */
    if (c == '(') valid = peek(&r, 0) != '*';
    if (c == '(' && peek(&r, 0) != '?') r.groups++;
    /* $ matches only at the very end; PCRE2 would also match before a last line break. */
    if (c == '$' && !(flags & PROPTER_REGEX_MULTILINE))
      add(out, "\\z");
    else
      propter_buf_add_char(out, c);
  }
  return valid;
}
