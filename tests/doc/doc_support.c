/* SPDX-License-Identifier: Apache-2.0 */
#include "doc_support.h"

#include <string.h>
#include <zip.h>

static void add_part(zip_t *archive, const char *name, const char *text) {
  if (!text) return;
  zip_source_t *s = zip_source_buffer(archive, text, strlen(text), 0);
  ck_assert_ptr_nonnull(s);
  ck_assert_int_ge((int)zip_file_add(archive, name, s, 0), 0);
}

void docx_make(PropterBuf *out, const char *document, const char *styles, const char *core) {
  zip_error_t e;
  zip_error_init(&e);
  zip_source_t *memory = zip_source_buffer_create(NULL, 0, 0, &e);
  ck_assert_ptr_nonnull(memory);
  zip_source_keep(memory);
  zip_t *archive = zip_open_from_source(memory, ZIP_CREATE | ZIP_TRUNCATE, &e);
  ck_assert_ptr_nonnull(archive);
  add_part(archive, "[Content_Types].xml", "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>");
  add_part(archive, "word/document.xml", document);
  add_part(archive, "word/styles.xml", styles);
  add_part(archive, "docProps/core.xml", core);
  ck_assert_int_eq(zip_close(archive), 0);
  ck_assert_int_eq(zip_source_open(memory), 0);
  char block[4096];
  for (zip_int64_t n; (n = zip_source_read(memory, block, sizeof block)) > 0;) propter_buf_add(out, (PropterStr){block, (size_t)n});
  zip_source_close(memory);
  zip_source_free(memory);
}

const char *docx_body(const char *paragraphs) {
  static PropterBuf b;
  propter_buf_reset(&b);
  propter_buf_printf(
      &b,
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body>%s</w:body></w:document>",
      paragraphs);
  return b.data;
}

PropterDocument *doc_of(PropterStr bytes, const char *name) {
  PropterDocument *d = NULL;
  ck_ok(propter_document_parse(bytes, name, NULL, &d, err));
  ck_assert_ptr_nonnull(d);
  return d;
}

static const struct {
  const char *name, *text;
} entities[] = {
    {"&amp;", "&"}, {"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&eacute;", "\xC3\xA9"}, {"&ndash;", "\xE2\x80\x93"}, {"&#8217;", "\xE2\x80\x99"},
    {"&nbsp;", " "}};

PropterStr doc_original(const PropterDocument *d, PropterStr original, size_t start, size_t end) {
  static PropterBuf b;
  PropterPlace p = propter_document_place(d, start, end);
  ck_assert_uint_lt(p.byte_start, p.byte_end);
  ck_assert_uint_le(p.byte_end, original.len);
  propter_buf_reset(&b);
  bool markup = strcmp(d->format, "html") == 0 || strcmp(d->format, "docx") == 0;
  for (size_t i = p.byte_start; i < p.byte_end;) {
    PropterStr rest = {original.data + i, p.byte_end - i};
    if (markup && rest.data[0] == '<') {
      const char *close = memchr(rest.data, '>', rest.len);
      ck_assert_ptr_nonnull(close);
      bool white =
          propter_str_starts(rest, PROPTER_STR("<br")) || propter_str_starts(rest, PROPTER_STR("<w:tab")) || propter_str_starts(rest, PROPTER_STR("<w:br"));
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
