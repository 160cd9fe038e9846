/* SPDX-License-Identifier: Apache-2.0 */
#include "lex.h"

#include <ctype.h>
#include <string.h>

void lex_lower(char *text, size_t len) {
  for (size_t i = 0; i < len; i++)
    if (text[i] >= 'A' && text[i] <= 'Z') text[i] = (char)(text[i] - 'A' + 'a');
}

static int hex(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/* The text is valid UTF-8 by then. */
static uint32_t decode(PropterStr text, size_t at, size_t *len) {
  const unsigned char *s = (const unsigned char *)text.data + at;
  if (s[0] < 0x80) return *len = 1, s[0];
  if (s[0] < 0xE0) return *len = 2, (uint32_t)(s[0] & 0x1F) << 6 | (s[1] & 0x3F);
  if (s[0] < 0xF0) return *len = 3, (uint32_t)(s[0] & 0x0F) << 12 | (uint32_t)(s[1] & 0x3F) << 6 | (s[2] & 0x3F);
  return *len = 4, (uint32_t)(s[0] & 0x07) << 18 | (uint32_t)(s[1] & 0x3F) << 12 | (uint32_t)(s[2] & 0x3F) << 6 | (s[3] & 0x3F);
}

static char at(const Lexer *l, size_t i) { return i < l->text.len ? l->text.data[i] : '\0'; }

void lex_place(const Lexer *lexer, size_t where, uint64_t *line, uint64_t *column) {
  *line = 1, *column = 1;
  size_t line_start = 0;
  for (size_t i = 0; i < where && i < lexer->text.len; i++) {
    if (lexer->text.data[i] == '\n')
      ++*line, *column = 1, line_start = i + 1;
    else if ((lexer->text.data[i] & 0xC0) != 0x80)
      ++*column;
  }
  for (size_t i = 0; i < lexer->shift_count; i++)
    if (lexer->shifts[i].at >= line_start && lexer->shifts[i].at < where) *column += lexer->shifts[i].shift;
}

static PropterStatus fail_at(const Lexer *l, size_t where, PropterError *err, const char *message) {
  uint64_t line, column;
  lex_place(l, where, &line, &column);
  PropterStatus status = propter_fail(err, PROPTER_SYNTAX, "%s", message);
  propter_error_at(err, NULL, line, column);
  return status;
}

static PropterStatus replace_escapes(Lexer *l, PropterStr text, PropterError *err) {
  size_t count = 0;
  for (size_t i = 0; i + 1 < text.len; i++) count += text.data[i] == '\\' && (text.data[i + 1] == 'u' || text.data[i + 1] == 'U');
  if (count == 0) return PROPTER_OK;
  char *out = propter_arena_alloc(l->arena, text.len + 1);
  l->shifts = propter_arena_alloc(l->arena, count * sizeof *l->shifts);
  if (!out || !l->shifts) return propter_fail(err, PROPTER_NO_MEMORY, "no memory for the query's text");
  l->text = (PropterStr){out, 0};
  for (size_t i = 0; i < text.len;) {
    char next = i + 1 < text.len ? text.data[i + 1] : '\0';
    if (text.data[i] != '\\' || (next != 'u' && next != 'U')) {
      bool pair = text.data[i] == '\\' && next == '\\';
      out[l->text.len++] = text.data[i++];
      if (pair) out[l->text.len++] = text.data[i++];
      continue;
    }
    size_t digits = next == 'u' ? 4 : 8;
    uint32_t value = 0;
    bool good = i + 2 + digits <= text.len;
    for (size_t d = 0; good && d < digits; d++) {
      int h = hex(text.data[i + 2 + d]);
      good = h >= 0 && value <= 0x10FFFF;
      value = value << 4 | (uint32_t)(h < 0 ? 0 : h);
    }
    if (!good || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF))
      return fail_at(l, l->text.len, err, "expected a character escape (\\u and 4, or \\U and 8 hexadecimal digits of a Unicode character)");
    PropterBuf one = {0};
    propter_buf_add_utf8(&one, value);
    if (one.failed) return propter_buf_status(&one, err);
    memcpy(out + l->text.len, one.data, one.len);
    /* A backslash made by an escape stands for itself and never begins another escape. */
    l->shifts[l->shift_count++] = (LexShift){l->text.len, 1 + digits};
    l->text.len += one.len;
    propter_buf_clear(&one);
    i += 2 + digits;
  }
  return PROPTER_OK;
}

PropterStatus lex_open(Lexer *lexer, PropterStr text, PropterArena *arena, PropterError *err) {
  size_t bad;
  *lexer = (Lexer){.text = text, .arena = arena};
  if (!propter_utf8_valid(text, &bad)) return fail_at(lexer, bad, err, "expected UTF-8 text, found a byte that is not");
  return replace_escapes(lexer, text, err);
}

static bool name_start_u(uint32_t c) { return c == '_' || propter_utf8_letter(c); }

/* What may follow in a variable; PN_CHARS adds the hyphen. */
static bool var_part(uint32_t c) {
  return name_start_u(c) || (c < 128 && isdigit((int)c)) || c == 0xB7 || (c >= 0x300 && c <= 0x36F) || c == 0x203F || c == 0x2040;
}
static bool name_part(uint32_t c) { return c == '-' || var_part(c); }

static size_t skip_space(const Lexer *l, size_t i) {
  for (;; i++) {
    char c = at(l, i);
    if (c == '#')
      while (i < l->text.len && l->text.data[i] != '\n' && l->text.data[i] != '\r') i++;
    else if (c != ' ' && c != '\t' && c != '\n' && c != '\r')
      return i;
    if (i >= l->text.len) return l->text.len;
  }
}

/* End of PN_CHARS and dots from i on, without trailing dots. */
static size_t scan_name(const Lexer *l, size_t i) {
  size_t end = i;
  while (i < l->text.len) {
    size_t n;
    uint32_t c = decode(l->text, i, &n);
    if (!name_part(c) && c != '.') break;
    i += n;
    if (c != '.') end = i;
  }
  return end;
}

static PropterStatus lex_local(const Lexer *l, size_t i, Token *t, PropterError *err) {
  size_t start = i, end = i;
  bool escaped = false;
  while (i < l->text.len) {
    size_t n;
    uint32_t c = decode(l->text, i, &n);
    if (c == '%') {
      if (hex(at(l, i + 1)) < 0 || hex(at(l, i + 2)) < 0) break;
      n = 3;
    } else if (c == '\\') {
      if (!at(l, i + 1) || !strchr("_~.-!$&'()*+,;=/?#@%", at(l, i + 1))) break;
      n = 2, escaped = true;
    } else if (!(i == start ? name_start_u(c) || c == ':' || (c < 128 && isdigit((int)c)) : name_part(c) || c == '.' || c == ':'))
      break;
    i += n;
    if (c != '.') end = i;
  }
  t->end = end;
  t->value = (PropterStr){l->text.data + start, end - start};
  if (escaped) {
    char *copy = propter_arena_alloc(l->arena, end - start + 1);
    if (!copy) return propter_fail(err, PROPTER_NO_MEMORY, "no memory for a name");
    size_t len = 0;
    for (size_t k = start; k < end; k++) {
      if (l->text.data[k] == '\\') k++;
      copy[len++] = l->text.data[k];
    }
    t->value = (PropterStr){copy, len};
  }
  return PROPTER_OK;
}

static PropterStatus lex_string(const Lexer *l, Token *t, PropterError *err) {
  size_t i = t->start;
  char quote = at(l, i);
  bool longer = at(l, i + 1) == quote && at(l, i + 2) == quote;
  i += longer ? 3 : 1;
  size_t start = i;
  bool escaped = false;
  for (;; i++) {
    if (i >= l->text.len) return fail_at(l, t->start, err, "expected the end of the string that begins here, found the end of the text");
    char c = l->text.data[i];
    if (c == '\\') {
      escaped = true, i++;
      if (!at(l, i) || !strchr("tbnrf\\\"'", at(l, i))) return fail_at(l, i - 1, err, "expected one of \\t \\b \\n \\r \\f \\\\ \\\" \\' in a string");
    } else if (c == quote && (!longer || (at(l, i + 1) == quote && at(l, i + 2) == quote)))
      break;
    else if (!longer && (c == '\n' || c == '\r'))
      return fail_at(l, i, err, "expected the end of the string, found the end of the line");
  }
  t->kind = TOKEN_STRING;
  t->end = i + (longer ? 3 : 1);
  t->value = (PropterStr){l->text.data + start, i - start};
  if (!escaped) return PROPTER_OK;
  char *copy = propter_arena_alloc(l->arena, i - start + 1);
  if (!copy) return propter_fail(err, PROPTER_NO_MEMORY, "no memory for a string");
  size_t len = 0;
  for (size_t k = start; k < i; k++) {
    char c = l->text.data[k];
    if (c == '\\') {
      static const char from[] = "tbnrf\\\"'", to[] = "\t\b\n\r\f\\\"'";
      c = to[strchr(from, l->text.data[++k]) - from];
    }
    copy[len++] = c;
  }
  t->value = (PropterStr){copy, len};
  return PROPTER_OK;
}

static void lex_number(const Lexer *l, Token *t) {
  size_t i = t->start;
  t->kind = TOKEN_INTEGER;
  while (isdigit((unsigned char)at(l, i))) i++;
  size_t fraction = i;
  if (at(l, i) == '.') {
    fraction++;
    while (isdigit((unsigned char)at(l, fraction))) fraction++;
    if (fraction > i + 1) t->kind = TOKEN_DECIMAL;
  }
  size_t e = fraction;
  if ((at(l, e) == 'e' || at(l, e) == 'E') && (i > t->start || t->kind == TOKEN_DECIMAL)) {
    e++;
    if (at(l, e) == '+' || at(l, e) == '-') e++;
    if (isdigit((unsigned char)at(l, e))) {
      while (isdigit((unsigned char)at(l, e))) e++;
      t->kind = TOKEN_DOUBLE;
      i = e;
    }
  }
  if (t->kind == TOKEN_DECIMAL) i = fraction;
  t->end = i;
  t->value = (PropterStr){l->text.data + t->start, i - t->start};
}

/* An IRI if one stands here; otherwise the less-than sign. */
static bool lex_iri(const Lexer *l, Token *t) {
  for (size_t i = t->start + 1; i < l->text.len; i++) {
    unsigned char c = (unsigned char)l->text.data[i];
    if (c == '>') {
      t->kind = TOKEN_IRI;
      t->value = (PropterStr){l->text.data + t->start + 1, i - t->start - 1};
      t->end = i + 1;
      return true;
    }
    if (c <= 0x20 || strchr("<\"{}|^`\\", c)) return false;
  }
  return false;
}

static void lex_mark(const Lexer *l, Token *t) {
  static const struct {
    char text[3];
    int mark;
  } pairs[] = {{"<=", MARK_LE}, {">=", MARK_GE}, {"!=", MARK_NE}, {"&&", MARK_AND}, {"||", MARK_OR}, {"^^", MARK_CARETS}};
  t->kind = TOKEN_MARK;
  t->mark = (unsigned char)at(l, t->start);
  t->end = t->start + 1;
  for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
    if (pairs[i].text[0] == at(l, t->start) && pairs[i].text[1] == at(l, t->start + 1)) t->mark = pairs[i].mark, t->end++;
  char close = t->mark == '(' ? ')' : t->mark == '[' ? ']' : '\0';
  size_t after = close ? skip_space(l, t->end) : 0;
  if (close && at(l, after) == close) {
    t->kind = close == ')' ? TOKEN_NIL : TOKEN_ANON;
    t->end = after + 1;
  }
}

static PropterStatus lex_name(const Lexer *l, Token *t, PropterError *err) {
  size_t i = scan_name(l, t->start);
  if (at(l, i) == ':') {
    t->kind = TOKEN_PNAME;
    t->prefix = (PropterStr){l->text.data + t->start, i - t->start};
    PROPTER_TRY(lex_local(l, i + 1, t, err));
    t->colon_only = t->end == i + 1;
    return PROPTER_OK;
  }
  for (i = t->start; isalnum((unsigned char)at(l, i)) || at(l, i) == '_'; i++) {}
  if (i == t->start) return fail_at(l, i, err, "expected a token of SPARQL, found a character that begins none");
  t->kind = TOKEN_WORD;
  t->end = i;
  t->value = (PropterStr){l->text.data + t->start, i - t->start};
  return PROPTER_OK;
}

PropterStatus lex_token(const Lexer *l, size_t from, Token *t, PropterError *err) {
  size_t i = skip_space(l, from), n;
  *t = (Token){.kind = TOKEN_END, .start = i, .end = i, .prefix = {"", 0}, .value = {"", 0}};
  if (i >= l->text.len) return PROPTER_OK;
  char c = l->text.data[i];
  if (c == '<' && lex_iri(l, t)) return PROPTER_OK;
  if (c == '"' || c == '\'') return lex_string(l, t, err);
  if (isdigit((unsigned char)c) || (c == '.' && isdigit((unsigned char)at(l, i + 1)))) return lex_number(l, t), PROPTER_OK;
  if (c == '?' || c == '$') {
    size_t end = i + 1;
    while (end < l->text.len) {
      uint32_t u = decode(l->text, end, &n);
      if (!var_part(u) || (end == i + 1 && !name_start_u(u) && !(u < 128 && isdigit((int)u)))) break;
      end += n;
    }
    if (end > i + 1) {
      t->kind = TOKEN_VAR, t->end = end;
      t->value = (PropterStr){l->text.data + i + 1, end - i - 1};
      return PROPTER_OK;
    }
    if (c == '$') return fail_at(l, i, err, "expected a variable name after $");
  }
  if (c == '@') {
    size_t end = i + 1;
    while (isalpha((unsigned char)at(l, end))) end++;
    if (end == i + 1) return fail_at(l, i, err, "expected a language tag after @");
    while (at(l, end) == '-' && isalnum((unsigned char)at(l, end + 1)))
      for (end++; isalnum((unsigned char)at(l, end)); end++) {}
    t->kind = TOKEN_LANG, t->end = end;
    t->value = (PropterStr){l->text.data + i + 1, end - i - 1};
    return PROPTER_OK;
  }
  if (c == '_' && at(l, i + 1) == ':') {
    uint32_t u = i + 2 < l->text.len ? decode(l->text, i + 2, &n) : 0;
    if (!name_start_u(u) && !(u < 128 && isdigit((int)u))) return fail_at(l, i, err, "expected a blank node label after _:");
    t->kind = TOKEN_BLANK, t->end = scan_name(l, i + 2);
    t->value = (PropterStr){l->text.data + i + 2, t->end - i - 2};
    return PROPTER_OK;
  }
  if (strchr("{}()[].;,|^/*+?!=<>&-", c)) return lex_mark(l, t), PROPTER_OK;
  uint32_t u = decode(l->text, i, &n);
  if (propter_utf8_letter(u) || c == ':') return lex_name(l, t, err);
  return fail_at(l, i, err, "expected a token of SPARQL, found a character that begins none");
}
