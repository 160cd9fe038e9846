/* SPDX-License-Identifier: Apache-2.0 */
/* Each format gives the blocks, sections, title and date that its document has. */
#include <string.h>

#include "doc_support.h"

Suite *suite_formats(void);

static const char html[] =
    "<!DOCTYPE html><html><head><title>Shop &amp; harbour review</title><meta name=\"date\" content=\"2011-09-09\"><style>p{}</style></head>"
    "<body><nav><a href=x>Home</a></nav><h1>Review</h1><p>Sales fell in\n  <b>May</b>.<br>Rain was heavy.</p><h2>Harbour</h2><ul><li>Cranes stood still"
    "<li>Crews caf&eacute;</ul><table><tr><th>Month<td>4,5</table><pre>a  b\n c</pre><blockquote>Nobody knew.</blockquote><footer>Imprint</footer><script>var x='<p>no';</script></body></html>";

static const char markdown[] =
    "---\ntitle: \"Shop & harbour review\"\ndate: 2011-09-09\n---\n# Review\n\nSales fell in\n**May**.  \nRain was heavy.\n\n## Harbour\n\n- Cranes stood still\n- Crews caf&eacute;\n\n"
    "| Month | 4,5 |\n|---|---|\n\n```\na  b\n c\n```\n\n> Nobody knew.\n\n<!-- a note -->\n";

static const char text[] =
    "Date: 9 September 2011\nSubject: Shop & harbour review\n\nReview\n======\n\nSales fell in\nMay. Rain was\nheavy.\n\nHarbour\n-------\n\n- Cranes stood still\n- Crews caf\xC3\xA9\n\nMonth    4,5    6\n\n> Nobody knew.\n";

static const char docx[] =
    "<w:p><w:pPr><w:pStyle w:val=\"Ueb1\"/></w:pPr><w:r><w:t>Review</w:t></w:r></w:p>"
    "<w:p><w:r><w:t xml:space=\"preserve\">Sales fell in </w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>May</w:t></w:r><w:r><w:t>.</w:t><w:br/><w:t>Rain was heavy.</w:t></w:r><w:del><w:r><w:delText>Never.</w:delText></w:r></w:del></w:p>"
    "<w:p><w:pPr><w:pStyle w:val=\"Heading2\"/></w:pPr><w:r><w:t>Harbour</w:t></w:r></w:p>"
    "<w:p><w:pPr><w:numPr/></w:pPr><w:r><w:t>Cranes stood still</w:t></w:r></w:p><w:p><w:pPr><w:numPr/></w:pPr><w:r><w:t>Crews caf\xC3\xA9</w:t></w:r></w:p>"
    "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>Month</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>4,5</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    "<w:p><w:pPr><w:pStyle w:val=\"Quote\"/></w:pPr><w:r><w:t>Nobody knew.</w:t></w:r></w:p>";
static const char styles[] =
    "<w:styles xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:style w:styleId=\"Ueb1\"><w:name w:val=\"heading 1\"/></w:style>"
    "<w:style w:styleId=\"Heading2\"><w:name w:val=\"heading 2\"/></w:style><w:style w:styleId=\"Quote\"><w:name w:val=\"Quote\"/></w:style></w:styles>";
static const char core[] =
    "<cp:coreProperties xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:dcterms=\"http://purl.org/dc/terms/\">"
    "<dc:title>Shop &amp; harbour review</dc:title><dcterms:created>2011-09-09T08:00:00Z</dcterms:created></cp:coreProperties>";

static PropterStr block_text(const PropterDocument *d, const PropterBlock *b) { return (PropterStr){d->text.data + b->start, b->end - b->start}; }

static const PropterBlock *block_with(const PropterDocument *d, const char *words) {
  for (size_t i = 0; i < d->block_count; i++)
    if (propter_str_equal(block_text(d, &d->blocks[i]), propter_str(words))) return &d->blocks[i];
  ck_abort_msg("no block \"%s\" in:\n%.*s", words, (int)d->text.len, d->text.data);
}

static PropterDocument *sample(int which, PropterBuf *archive) {
  switch (which) {
    case 0: return doc_of(propter_str(html), "a.html");
    case 1: return doc_of(propter_str(markdown), "a.md");
    case 2: return doc_of(propter_str(text), "a.txt");
    default: docx_make(archive, docx_body(docx), styles, core); return doc_of(propter_buf_str(archive), "a.docx");
  }
}

START_TEST(blocks_sections_title_and_date) {
  PropterBuf archive = {0};
  PropterDocument *d = sample(_i, &archive);
  static const char *const formats[] = {"html", "markdown", "text", "docx"};
  ck_assert_str_eq(d->format, formats[_i]);
  ck_assert_msg(propter_str_equal(d->title, PROPTER_STR("Shop & harbour review")), "title \"%.*s\"", (int)d->title.len, d->title.data);
  ck_assert_int_eq(d->published, propter_day(2011, 9, 9));
  ck_assert_int_eq(block_with(d, "Review")->kind, PROPTER_BLOCK_HEADING);
  ck_assert_uint_eq(block_with(d, "Review")->level, 1);
  const PropterBlock *b = block_with(d, "Sales fell in May. Rain was heavy.");
  ck_assert_int_eq(b->kind, PROPTER_BLOCK_PARAGRAPH);
  ck_assert(propter_str_equal(b->section, PROPTER_STR("Review")));
  b = block_with(d, "Crews caf\xC3\xA9");
  ck_assert_int_eq(b->kind, PROPTER_BLOCK_LIST_ITEM);
  ck_assert(propter_str_equal(b->section, PROPTER_STR("Review > Harbour")));
  if (_i != 2) ck_assert_int_eq(block_with(d, "4,5")->kind, PROPTER_BLOCK_TABLE_CELL);
  if (_i < 2) ck_assert_int_eq(block_with(d, "a  b\n c")->kind, PROPTER_BLOCK_CODE);
  ck_assert_int_eq(block_with(d, "Nobody knew.")->kind, PROPTER_BLOCK_QUOTE);
  if (_i == 0) ck_assert_int_eq(block_with(d, "Home")->kind, PROPTER_BLOCK_BOILERPLATE);
  ck_assert_uint_eq(propter_str_find(d->text, PROPTER_STR("Never")), SIZE_MAX);
  ck_assert_uint_eq(propter_str_find(d->text, PROPTER_STR("var x")), SIZE_MAX);
  ck_assert_uint_eq(propter_str_find(d->text, PROPTER_STR("a note")), SIZE_MAX);
  propter_document_free(d);
  propter_buf_clear(&archive);
}
END_TEST

START_TEST(a_letter_head_is_no_text) {
  PropterDocument *d = doc_of(PROPTER_STR("Reference: 12\nMonthly letter\nDate: 11 October 2011\n\nHEADLINE\n\nSales rose: the note says why.\n"), "x.txt");
  ck_assert_int_eq(d->published, propter_day(2011, 10, 11));
  ck_assert(propter_str_equal(d->title, PROPTER_STR("Monthly letter")));
  ck_assert_int_eq(block_with(d, "Reference: 12")->kind, PROPTER_BLOCK_BOILERPLATE);
  ck_assert_int_eq(block_with(d, "HEADLINE")->kind, PROPTER_BLOCK_HEADING);
  ck_assert_int_eq(block_with(d, "Sales rose: the note says why.")->kind, PROPTER_BLOCK_PARAGRAPH);
  propter_document_free(d);
  d = doc_of(PROPTER_STR("Note: this one line of prose is long enough to be no head of a letter, whatever its colon says.\n\nMore.\n"), "x.txt");
  ck_assert_int_eq(d->blocks[0].kind, PROPTER_BLOCK_PARAGRAPH);
  propter_document_free(d);
}
END_TEST

START_TEST(equal_bytes_give_equal_texts) {
  PropterBuf archive = {0};
  PropterDocument *a = sample(_i, &archive);
  propter_buf_reset(&archive);
  PropterDocument *b = sample(_i, &archive);
  ck_assert_str_eq(a->hash, b->hash);
  ck_assert(propter_str_equal(a->text, b->text));
  ck_assert_uint_eq(a->block_count, b->block_count);
  propter_document_free(a);
  propter_document_free(b);
  propter_buf_clear(&archive);
}
END_TEST

START_TEST(a_time_element_or_the_text_gives_the_date) {
  PropterDocument *d = doc_of(PROPTER_STR("<p><time datetime=\"2012-08-03\">today</time> it rained"), "x.html");
  ck_assert_int_eq(d->published, propter_day(2012, 8, 3));
  propter_document_free(d);
  d = doc_of(PROPTER_STR("Monthly note\n\nWritten on 5 October 2012 after the flood of 2 October 2012.\n"), "x.txt");
  ck_assert_int_eq(d->published, propter_day(2012, 10, 5));
  propter_document_free(d);
  d = doc_of(PROPTER_STR("# Digest, September 2011\n\nText.\n"), "x.md");
  ck_assert_int_eq(d->published, propter_day(2011, 9, 30));
  propter_document_free(d);
  d = doc_of(PROPTER_STR("Nothing here says when.\n"), "x.txt");
  ck_assert_int_eq(d->published, PROPTER_NO_DAY);
  propter_document_free(d);
}
END_TEST

START_TEST(the_first_bytes_choose_when_the_name_does_not) {
  PropterDocument *d = doc_of(PROPTER_STR("<!doctype html><p>one"), "page");
  ck_assert_str_eq(d->format, "html");
  propter_document_free(d);
  d = doc_of(PROPTER_STR("one"), "page.unknown");
  ck_assert_str_eq(d->format, "text");
  propter_document_free(d);
  ck_assert(propter_document_known("A.HTM") && propter_document_known("d/b.md") && !propter_document_known("a.csv") && !propter_document_known("md"));
}
END_TEST

Suite *suite_formats(void) {
  Suite *s = suite_create("formats");
  TCase *tc = tcase_create("formats");
  tcase_add_loop_test(tc, blocks_sections_title_and_date, 0, 4);
  tcase_add_loop_test(tc, equal_bytes_give_equal_texts, 0, 4);
  tcase_add_test(tc, a_letter_head_is_no_text);
  tcase_add_test(tc, a_time_element_or_the_text_gives_the_date);
  tcase_add_test(tc, the_first_bytes_choose_when_the_name_does_not);
  suite_add_tcase(s, tc);
  return s;
}
