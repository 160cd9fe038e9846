/* SPDX-License-Identifier: Apache-2.0 */
#include "doc_support.h"

#include <string.h>

PropterDocument *doc_of(PropterStr bytes, const char *name) {
  PropterDocument *d = NULL;
  ck_ok(propter_document_parse(bytes, name, NULL, &d, err));
  ck_assert_ptr_nonnull(d);
  return d;
}

static const struct {
  const char *name, *text;
} entities[] = {
    {"&amp;", "&"},         {"&lt;", "<"},  {"&gt;", ">"}, {"&quot;", "\""}, {"&eacute;", "\xC3\xA9"}, {"&ndash;", "\xE2\x80\x93"}, {"&#8217;", "\xE2\x80\x99"},
    {"&#233;", "\xC3\xA9"}, {"&nbsp;", " "}};

PropterStr doc_original(const PropterDocument *d, PropterStr original, size_t start, size_t end) {
  static PropterBuf b;
  PropterPlace p = propter_document_place(d, start, end);
  ck_assert_uint_lt(p.byte_start, p.byte_end);
  ck_assert_uint_le(p.byte_end, original.len);
  propter_buf_reset(&b);
  static const char *const plain[] = {"text", "markdown", "pdf", "mail", "rtf"};
  bool markup = true;
  for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) markup &= strcmp(d->format, plain[i]) != 0;
  for (size_t i = p.byte_start; i < p.byte_end;) {
    PropterStr rest = {original.data + i, p.byte_end - i};
    if (markup && rest.data[0] == '<') {
      const char *close = memchr(rest.data, '>', rest.len);
      ck_assert_ptr_nonnull(close);
      bool white = propter_str_starts(rest, PROPTER_STR("<br")) || propter_str_starts(rest, PROPTER_STR("<w:tab")) ||
                   propter_str_starts(rest, PROPTER_STR("<w:br")) || propter_str_starts(rest, PROPTER_STR("<text:line-break")) ||
                   propter_str_starts(rest, PROPTER_STR("<text:s/")) || propter_str_starts(rest, PROPTER_STR("<a:br"));
      if (white) propter_buf_add_char(&b, ' ');
      i += (size_t)(close - rest.data) + 1;
      continue;
    }
    size_t e = 0, n = 0;
    for (; markup && e < sizeof entities / sizeof *entities; e++)
      if (propter_str_starts(rest, propter_str(entities[e].name))) {
        propter_buf_add(&b, propter_str(entities[e].text));
        n = strlen(entities[e].name);
        break;
      }
    if (!n) {
      propter_buf_add_char(&b, rest.data[0]);
      n = 1;
    }
    i += n;
  }
  size_t w = 0;
  for (size_t r = 0; r < b.len; r++) {
    char c = b.data[r] == '\n' || b.data[r] == '\r' || b.data[r] == '\t' ? ' ' : b.data[r];
    if (c == ' ' && w && b.data[w - 1] == ' ') continue;
    b.data[w++] = c;
  }
  return (PropterStr){b.data, w};
}

void doc_check_places(const PropterDocument *d, PropterStr original) {
  size_t words = 0;
  for (size_t i = 0; i < d->text.len;) {
    size_t end = i;
    while (end < d->text.len && d->text.data[end] != ' ' && d->text.data[end] != '\n') end++;
    if (end > i) {
      PropterStr found = doc_original(d, original, i, end), wanted = {d->text.data + i, end - i};
      ck_assert_msg(propter_str_equal(found, wanted), "\"%.*s\" stands where \"%.*s\" should", (int)found.len, found.data, (int)wanted.len, wanted.data);
      words++;
    }
    i = end + 1;
  }
  ck_assert_uint_gt(words, 0);
}
