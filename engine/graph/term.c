/* SPDX-License-Identifier: Apache-2.0 */
#include "term.h"

#include <arpa/inet.h>
#include <string.h>

/* Bytes that are written otherwise: 1 in literals, 2 in IRIs. */
static const unsigned char escaped[256] = {
    3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 2, ['"'] = 3, ['<'] = 2, ['>'] = 2,
    ['\\'] = 3, ['^'] = 2, ['`'] = 2, ['{'] = 2, ['|'] = 2, ['}'] = 2, [0x7F] = 3};

static void escape(PropterStr text, bool iri, PropterBuf *out) {
  size_t from = 0;
  const unsigned char *p = (const unsigned char *)text.data;
  unsigned char kind = iri ? 2 : 1;
  for (size_t i = 0; i < text.len; i++) {
    while (text.len - i > 8 && !((escaped[p[i]] | escaped[p[i + 1]] | escaped[p[i + 2]] | escaped[p[i + 3]] | escaped[p[i + 4]] | escaped[p[i + 5]] |
                                  escaped[p[i + 6]] | escaped[p[i + 7]]) &
                                 kind))
      i += 8;
    unsigned char c = p[i];
    if (!(escaped[c] & kind)) continue;
    const char *named = iri ? NULL : c == '"' ? "\\\"" : c == '\\' ? "\\\\" : c == '\n' ? "\\n" : c == '\r' ? "\\r" : c == '\t' ? "\\t" : NULL;
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

static bool hex(char c) { return digit(c) || ((c | 32) >= 'a' && (c | 32) <= 'f'); }

/* Bytes that an IRI never has or only in company: controls, space, <>"{}|^`\\ and DEL; '%', and C2, which begins U+0080 to U+009F; and those
 * that have a place of their own in an authority. */
static const bool special[256] = {
#define B true
    B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, ['"'] = B, ['<'] = B, ['>'] = B, ['{'] = B,
    ['}'] = B, ['|'] = B, ['^'] = B, ['`'] = B, ['\\'] = B, [0x7F] = B, ['%'] = B, [0xC2] = B, ['['] = B, [']'] = B, [':'] = B
#undef B
};

/* An address in brackets: IPv6, or one of a version to come. */
static bool ip_literal(PropterStr text) {
  char address[INET6_ADDRSTRLEN] = "";
  unsigned char bytes[sizeof(struct in6_addr)];
  if (text.len > 3 && (text.data[0] | 32) == 'v') return hex(text.data[1]) && memchr(text.data + 2, '.', text.len - 3) && !memchr(text.data, '[', text.len);
  if (!text.len || text.len >= sizeof address) return false;
  memcpy(address, text.data, text.len);
  return inet_pton(AF_INET6, address, bytes) == 1;
}

/* [userinfo "@"] host [":" port] (RFC 3987 §2.2), as far as brackets and colons go: what else may stand there may stand anywhere. */
static const char *authority_reason(PropterStr iri, size_t begin) {
  size_t end = begin;
  while (end < iri.len && !strchr("/?#", iri.data[end])) end++;
  const char *at = memrchr(iri.data + begin, '@', end - begin);
  size_t host = at ? (size_t)(at + 1 - iri.data) : begin, port = host;
  if (memchr(iri.data + begin, '[', host - begin) || memchr(iri.data + begin, ']', host - begin)) return "an IRI has brackets around an IP address only";
  if (host < end && iri.data[host] == '[') {
    while (port < end && iri.data[port] != ']') port++;
    if (port == end || !ip_literal((PropterStr){iri.data + host + 1, port - host - 1})) return "expected an IP address between the brackets of an IRI's host";
    port++;
  } else {
    while (port < end && iri.data[port] != ':' && iri.data[port] != '[' && iri.data[port] != ']') port++;
  }
  if (port < end && iri.data[port] != ':') return "an IRI has brackets around an IP address only";
  for (size_t i = port + 1; i < end; i++)
    if (!digit(iri.data[i])) return "the port in an IRI is a number";
  return NULL;
}

/* Of the byte at i. `authority`: where one begins that was not looked at, 0: none; looked at once, at the first byte that has its place there. */
static const char *special_reason(PropterStr iri, size_t *authority, size_t i) {
  unsigned char c = (unsigned char)iri.data[i];
  if (c == '[' || c == ']' || c == ':') {
    const size_t begin = *authority;
    *authority = 0;
    return begin ? authority_reason(iri, begin) : NULL;
  }
  if (c == '%') return i + 2 < iri.len && hex(iri.data[i + 1]) && hex(iri.data[i + 2]) ? NULL : "% in an IRI is followed by two hexadecimal digits";
  if (c == 0xC2 && !(i + 1 < iri.len && (unsigned char)iri.data[i + 1] < 0xA0)) return NULL;
  return c <= 0x20 || c >= 0x7F ? "an IRI holds no blanks or control characters" : "an IRI holds none of < > \" { } | \\ ^ `";
}

bool propter_iri_valid(PropterStr iri, const char **why) {
  const char *reason = NULL;
  size_t i = 0;
  while (i < iri.len && (letter(iri.data[i]) || (i && (digit(iri.data[i]) || strchr("+-.", iri.data[i]))))) i++;
  if (!iri.len) reason = "expected an IRI, found nothing";
  else if (!i || i == iri.len || iri.data[i] != ':') reason = "expected an absolute IRI (scheme:...), found a relative one";
  const unsigned char *p = (const unsigned char *)iri.data;
  size_t authority = iri.len > i + 2 && p[i + 1] == '/' && p[i + 2] == '/' ? i + 3 : 0;
  for (i++; i < iri.len && !reason; i++) {
    while (iri.len - i > 8 && !(special[p[i]] | special[p[i + 1]] | special[p[i + 2]] | special[p[i + 3]] | special[p[i + 4]] | special[p[i + 5]] |
                                special[p[i + 6]] | special[p[i + 7]]))
      i += 8;
    if (special[p[i]]) reason = special_reason(iri, &authority, i);
  }
  if (why) *why = reason;
  return !reason;
}

bool propter_language_valid(PropterStr tag) {
  size_t part = 0;
  bool first = true;
  for (size_t i = 0; i <= tag.len; i++) {
    if (i == tag.len || tag.data[i] == '-') {
      if (part < 1 || part > 8) return false;
      part = 0;
      first = false;
    } else if (letter(tag.data[i]) || (!first && digit(tag.data[i]))) {
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
      if (!propter_iri_valid(term->value, NULL)) return propter_fail(err, PROPTER_INVALID, "expected an absolute IRI, found <%.*s>", shown, term->value.data);
      return PROPTER_OK;
    case PROPTER_TERM_BLANK:
      if (!term->value.len || memchr(term->value.data, ' ', term->value.len))
        return propter_fail(err, PROPTER_INVALID, "expected a blank node label, found \"%.*s\"", shown, term->value.data);
      return PROPTER_OK;
    case PROPTER_TERM_LITERAL:
      if (term->language.len && !propter_language_valid(term->language))
        return propter_fail(err, PROPTER_INVALID, "expected a language tag, found \"%.*s\"", (int)term->language.len, term->language.data);
      if (!term->language.len && term->datatype.len && !propter_iri_valid(term->datatype, NULL))
        return propter_fail(err, PROPTER_INVALID, "expected an absolute IRI as datatype, found <%.*s>",
                            term->datatype.len > 120 ? 120 : (int)term->datatype.len, term->datatype.data);
      return PROPTER_OK;
    default: return propter_fail(err, PROPTER_INVALID, "expected an IRI, a blank node or a literal");
  }
}
