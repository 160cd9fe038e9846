/* SPDX-License-Identifier: Apache-2.0 */
/* Places are exact: the original is opened again and the words are there. */
#include <string.h>

#include "doc_support.h"

Suite *suite_places(void);

static size_t find(const PropterDocument *d, const char *words) {
  size_t at = propter_str_find(d->text, propter_str(words));
  ck_assert_msg(at != SIZE_MAX, "\"%s\" is not in \"%.*s\"", words, (int)d->text.len, d->text.data);
  return at;
}

static void check_quote(const PropterDocument *d, PropterStr original, const char *words) {
  size_t at = find(d, words);
  PropterStr got = doc_original(d, original, at, at + strlen(words));
  ck_assert_msg(propter_str_equal(got, propter_str(words)), "found \"%.*s\", wanted \"%s\"", (int)got.len, got.data, words);
}

START_TEST(html_with_entities_breaks_and_markup) {
  PropterStr page = PROPTER_STR(
      "<html><body>\r\n<p>Caf&eacute; &amp; <i>bar</i> sales\r\n   fell &ndash; by <b>4</b>5&#8217;000, A&T said &unknown; x &lt; y.</p>\r\n<p>Na\xC3\xAFve &copy2; caf\xC3\xA9 ok");
  PropterDocument *d = doc_of(page, "x.html");
  check_quote(d, page, "Caf\xC3\xA9 & bar sales fell \xE2\x80\x93 by 45\xE2\x80\x99");
  check_quote(d, page, "000, A&T said");
  check_quote(d, page, "x < y.");
  check_quote(d, page, "Na\xC3\xAFve");
  PropterPlace p = propter_document_place(d, find(d, "Na"), find(d, "ve "));
  ck_assert_uint_eq(p.byte_start, (size_t)((const char *)memmem(page.data, page.len, "Na\xC3", 3) - page.data));
  propter_document_free(d);
}
END_TEST

START_TEST(a_long_text_keeps_its_places) {
  PropterBuf b = {0};
  propter_buf_add(&b, PROPTER_STR("<body>"));
  for (int i = 0; i < 3000; i++) propter_buf_printf(&b, "<p>Nr %d: caf&eacute; \xE2\x82\xAC%d &amp; <em>more</em>\n of it, %d</p>\n", i, i * 7, i * 13);
  PropterDocument *d = doc_of(propter_buf_str(&b), "long.html");
  doc_check_places(d, propter_buf_str(&b));
  size_t at = find(d, "Nr 2999");
  PropterPlace p = propter_document_place(d, at, at + 7);
  ck_assert_uint_eq(propter_utf8_length((PropterStr){d->text.data, at}), p.char_start);
  ck_assert_uint_eq(propter_document_byte_of(d, p.char_start), at);
  propter_document_free(d);
  propter_buf_clear(&b);
}
END_TEST

START_TEST(markdown_places) {
  PropterStr page = PROPTER_STR(
      "# A *b* c\r\n\r\nLine one ends\r\nin **bold text** and [a link](http://x.example/y \"t\") with `code` \\* star.\r\n\r\n> quoted\r\n> words\r\n\r\n1. first\r\n   more\r\n");
  PropterDocument *d = doc_of(page, "x.md");
  doc_check_places(d, page);
  size_t at = find(d, "Line one ends in bold text and a link with code * star.");
  PropterPlace p = propter_document_place(d, at, at + strlen("Line one ends in bold text"));
  ck_assert_msg(propter_str_equal((PropterStr){page.data + p.byte_start, p.byte_end - p.byte_start}, PROPTER_STR("Line one ends\r\nin **bold text")), "%zu",
                p.byte_start);
  check_quote(d, page, "first more");
  propter_document_free(d);
}
END_TEST

START_TEST(docx_places_in_the_part) {
  const char *body = docx_body("<w:p><w:r><w:t>Sales &amp; </w:t></w:r><w:r><w:t>jobs</w:t><w:tab/><w:t>fell in caf\xC3\xA9s</w:t></w:r></w:p>");
  char *copy = propter_strdup(propter_str(body));
  PropterBuf archive = {0};
  docx_make(&archive, body, NULL, NULL);
  PropterDocument *d = doc_of(propter_buf_str(&archive), "x.docx");
  PropterPlace p = propter_document_place(d, 0, 5);
  ck_assert(propter_str_equal(p.part, PROPTER_STR("word/document.xml")));
  ck_assert(propter_str_equal(p.path, PROPTER_STR("/1/1/1")));
  doc_check_places(d, propter_str(copy));
  check_quote(d, propter_str(copy), "Sales & jobs fell in caf\xC3\xA9s");
  propter_document_free(d);
  propter_buf_clear(&archive);
  propter_free(copy);
}
END_TEST

START_TEST(docx_notes_are_parts) {
  static const char notes[] =
      "<w:footnotes xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:footnote w:type=\"separator\"><w:p><w:r>"
      "<w:separator/></w:r></w:p></w:footnote><w:footnote w:id=\"1\"><w:p><w:r><w:t>The strike cut exports.</w:t></w:r></w:p></w:footnote></w:footnotes>";
  PropterBuf archive = {0};
  archive_make(&archive, (const ArchivePart[]){
                             {"word/document.xml", docx_body("<w:p><w:r><w:t>Exports fell.</w:t></w:r></w:p>")}, {"word/footnotes.xml", notes}, {NULL, NULL}});
  PropterDocument *d = doc_of(propter_buf_str(&archive), "x.docx");
  ck_assert_msg(propter_str_equal(d->text, PROPTER_STR("Exports fell.\n\nThe strike cut exports.")), "%.*s", (int)d->text.len, d->text.data);
  size_t at = find(d, "strike");
  PropterPlace p = propter_document_place(d, at, at + 6);
  ck_assert(propter_str_equal(p.part, PROPTER_STR("word/footnotes.xml")));
  ck_assert(propter_str_equal((PropterStr){notes + p.byte_start, p.byte_end - p.byte_start}, PROPTER_STR("strike")));
  propter_document_free(d);
  propter_buf_clear(&archive);
}
END_TEST

START_TEST(text_places) {
  PropterStr page = PROPTER_STR("Title\n\n  The  first\n  line.\n\n* item one\n  goes on\n* item two\n\nMonth     Jobs   Change\nMay       1,234   -5\n");
  PropterDocument *d = doc_of(page, "x.txt");
  doc_check_places(d, page);
  check_quote(d, page, "The first line.");
  check_quote(d, page, "item one goes on");
  propter_document_free(d);
}
END_TEST

START_TEST(other_encodings) {
  PropterStr latin = PROPTER_STR("<meta charset=\"iso-8859-1\"><p>Caf\xE9 fell \x96 much");
  PropterDocument *d = doc_of(latin, "x.html");
  ck_assert_str_eq(d->encoding, "windows-1252");
  size_t at = find(d, "fell \xE2\x80\x93 much");
  PropterPlace p = propter_document_place(d, at, at + strlen("fell \xE2\x80\x93 much"));
  ck_assert(propter_str_equal((PropterStr){latin.data + p.byte_start, p.byte_end - p.byte_start}, PROPTER_STR("fell \x96 much")));
  propter_document_free(d);

  PropterStr wide = PROPTER_STR("\xFF\xFE" "J\0o\0b\0s\0\r\0\n\0f\0" "e\0l\0l\0 \0" "\x3D\xD8\x00\xDE" " \0o\0k\0.\0");
  d = doc_of(wide, "x.txt");
  ck_assert_str_eq(d->encoding, "UTF-16LE");
  ck_assert(propter_str_equal(d->text, PROPTER_STR("Jobs fell \xF0\x9F\x98\x80 ok.")));
  at = find(d, "ok");
  p = propter_document_place(d, at, at + 2);
  ck_assert(propter_str_equal((PropterStr){wide.data + p.byte_start, p.byte_end - p.byte_start}, PROPTER_STR("o\0k\0")));
  at = find(d, "fell");
  p = propter_document_place(d, at, at + 4);
  ck_assert(propter_str_equal((PropterStr){wide.data + p.byte_start, p.byte_end - p.byte_start}, PROPTER_STR("f\0e\0l\0l\0")));
  propter_document_free(d);

  d = doc_of(PROPTER_STR("\xEF\xBB\xBFJobs fell."), "x.txt");
  ck_assert_uint_eq(propter_document_place(d, 0, 4).byte_start, 3);
  propter_document_free(d);
}
END_TEST

Suite *suite_places(void) {
  Suite *s = suite_create("places");
  TCase *tc = tcase_create("places");
  tcase_add_test(tc, html_with_entities_breaks_and_markup);
  tcase_add_test(tc, a_long_text_keeps_its_places);
  tcase_add_test(tc, markdown_places);
  tcase_add_test(tc, docx_places_in_the_part);
  tcase_add_test(tc, docx_notes_are_parts);
  tcase_add_test(tc, text_places);
  tcase_add_test(tc, other_encodings);
  suite_add_tcase(s, tc);
  return s;
}
