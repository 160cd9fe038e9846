/* SPDX-License-Identifier: Apache-2.0 */
#include "term.h"

#include <string.h>

static void escape(PropterStr text, bool iri, PropterBuf *out) {
  size_t from = 0;
  for (size_t i = 0; i < text.len; i++) {
    unsigned char c = (unsigned char)text.data[i];
    const char *named = iri ? NULL : c == '"' ? "\\\"" : c == '\\' ? "\\\\" : c == '\n' ? "\\n" : c == '\r' ? "\\r" : c == '\t' ? "\\t" : NULL;
    bool code = c < 0x20 || c == 0x7F || (iri && (c == 0x20 || strchr("<>\"{}|^`\\", c)));
    if (!named && !code) continue;
    propter_buf_add(out, (PropterStr){text.data + from, i - from});
    if (named)
      propter_buf_add(out, propter_str(named));
    else
      propter_buf_printf(out, "\\u%04X", c);
    from = i + 1;
  }
  propter_buf_add(out, (PropterStr){text.data + from, text.len - from});
}

void propter_term_write(const PropterTerm *term, PropterBuf *out) {
  switch (term->kind) {
    case PROPTER_TERM_BLANK:
      propter_buf_add(out, PROPTER_STR("_:"));
      propter_buf_add(out, term->value);
      break;
    case PROPTER_TERM_IRI:
      propter_buf_add_char(out, '<');
      escape(term->value, true, out);
      propter_buf_add_char(out, '>');
      break;
    case PROPTER_TERM_LITERAL:
      propter_buf_add_char(out, '"');
      escape(term->value, false, out);
      propter_buf_add_char(out, '"');
      if (term->language.len) {
        propter_buf_add_char(out, '@');
        propter_buf_add(out, term->language);
      } else if (!term_is_string(term)) {
        propter_buf_add(out, PROPTER_STR("^^<"));
        escape(term->datatype, true, out);
        propter_buf_add_char(out, '>');
      }
      break;
    case PROPTER_TERM_NONE: break;
  }
}

bool term_is_string(const PropterTerm *term) {
  return term->language.len == 0 && (term->datatype.len == 0 || propter_str_equal(term->datatype, PROPTER_STR("http://www.w3.org/2001/XMLSchema#string")));
}

static bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
static bool digit(char c) { return c >= '0' && c <= '9'; }

/* Bytes that no IRI has: controls, space, <>"{}|^`\ and DEL. */
static const bool forbidden[256] = {
#define B true
    B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, ['"'] = B, ['<'] = B, ['>'] = B, ['{'] = B, ['}'] = B, ['|'] = B, ['^'] = B, ['`'] = B, ['\\'] = B, [0x7F] = B
#undef B
};

/* RFC 3987 with the characters RDF forbids in an IRI; absolute: it has a scheme. */
static bool iri_valid(PropterStr t) {
  size_t i = 0;
  if (!t.len || !letter(t.data[0])) return false;
  while (i < t.len && (letter(t.data[i]) || digit(t.data[i]) || strchr("+-.", t.data[i]))) i++;
  if (i == t.len || t.data[i] != ':') return false;
  bool bad = false;
  for (; i < t.len; i++) bad |= forbidden[(unsigned char)t.data[i]];
  return !bad;
}

/* Shape of BCP 47 as RDF 1.1 Turtle has it. */
static bool language_valid(PropterStr t) {
  size_t part = 0;
  bool first = true;
  for (size_t i = 0; i <= t.len; i++) {
    if (i == t.len || t.data[i] == '-') {
      if (part < 1 || part > 8) return false;
      part = 0;
      first = false;
    } else if (letter(t.data[i]) || (!first && digit(t.data[i]))) {
      part++;
    } else {
      return false;
    }
  }
  return true;
}

PropterStatus term_check(const PropterTerm *term, uint64_t max, PropterError *err) {
  size_t bad = 0;
  if (term->value.len > max || term->datatype.len > max || term->language.len > 255)
    return propter_fail(err, PROPTER_INVALID, "term of %zu bytes is longer than the limit of %llu", term->value.len, (unsigned long long)max);
  if (!propter_utf8_valid(term->value, &bad)) return propter_fail(err, PROPTER_INVALID, "term is not UTF-8: byte %zu", bad);
  int shown = term->value.len > 120 ? 120 : (int)term->value.len;
  switch (term->kind) {
    case PROPTER_TERM_IRI:
      if (!iri_valid(term->value)) return propter_fail(err, PROPTER_INVALID, "expected an absolute IRI, found <%.*s>", shown, term->value.data);
      return PROPTER_OK;
    case PROPTER_TERM_BLANK:
      if (!term->value.len || memchr(term->value.data, ' ', term->value.len)) return propter_fail(err, PROPTER_INVALID, "expected a blank node label, found \"%.*s\"", shown, term->value.data);
      return PROPTER_OK;
    case PROPTER_TERM_LITERAL:
      if (term->language.len && !language_valid(term->language))
        return propter_fail(err, PROPTER_INVALID, "expected a language tag, found \"%.*s\"", (int)term->language.len, term->language.data);
      if (!term->language.len && term->datatype.len && !iri_valid(term->datatype))
        return propter_fail(err, PROPTER_INVALID, "expected an absolute IRI as datatype, found <%.*s>", term->datatype.len > 120 ? 120 : (int)term->datatype.len, term->datatype.data);
      return PROPTER_OK;
    default: return propter_fail(err, PROPTER_INVALID, "expected an IRI, a blank node or a literal");
  }
}
