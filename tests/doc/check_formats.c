/* SPDX-License-Identifier: Apache-2.0 */
/* Each format gives the blocks, sections, title and date that its document has. */
#include <string.h>

#include "doc_support.h"

Suite *suite_formats(void);

static PropterStr block_text(const PropterDocument *d, const PropterBlock *b) { return (PropterStr){d->text.data + b->start, b->end - b->start}; }

static const PropterBlock *block_with(const PropterDocument *d, const char *words) {
  for (size_t i = 0; i < d->block_count; i++)
    if (propter_str_equal(block_text(d, &d->blocks[i]), propter_str(words))) return &d->blocks[i];
  ck_abort_msg("no block \"%s\" in:\n%.*s", words, (int)d->text.len, d->text.data);
}

static PropterDocument *sample(int which, PropterBuf *bytes) {
  doc_sample(doc_samples[which], bytes);
  return doc_of(propter_buf_str(bytes), doc_samples[which]);
}

/* What a format cannot say is left out of its sample. */
static const struct {
  const char *format, *section;
  bool cells, code, quote, navigation;
} expected[] = {{"html", "Review > Harbour", true, true, true, true},   {"markdown", "Review > Harbour", true, true, true, false},
                {"text", "Review > Harbour", false, false, true, false}, {"docx", "Review > Harbour", true, false, true, false},
                {"odt", "Review > Harbour", true, true, true, false},    {"xml", "Review > Harbour", true, true, true, false},
                {"epub", "Review > Harbour", true, true, true, false},   {"pptx", "Harbour", true, false, false, false},
                {"rtf", "Review > Harbour", true, true, true, false},    {"mail", "Review > Harbour", true, true, true, true},
                {"pdf", "Review > Harbour", false, false, false, false}};

START_TEST(blocks_sections_title_and_date) {
  PropterBuf bytes = {0};
  PropterDocument *d = sample(_i, &bytes);
  ck_assert_str_eq(d->format, expected[_i].format);
  ck_assert_msg(propter_str_equal(d->title, PROPTER_STR("Shop & harbour review")), "title \"%.*s\"", (int)d->title.len, d->title.data);
  ck_assert_int_eq(d->published, propter_day(2011, 9, 9));
  ck_assert_int_eq(block_with(d, "Review")->kind, PROPTER_BLOCK_HEADING);
  ck_assert_uint_eq(block_with(d, "Review")->level, 1);
  const PropterBlock *b = block_with(d, "Sales fell in May. Rain was heavy.");
  ck_assert_int_eq(b->kind, PROPTER_BLOCK_PARAGRAPH);
  ck_assert(propter_str_equal(b->section, PROPTER_STR("Review")));
  b = block_with(d, "Exports dropped because the crane strike closed the port.");
  ck_assert_int_eq(b->kind, PROPTER_BLOCK_PARAGRAPH);
  b = block_with(d, "Crews caf\xC3\xA9");
  ck_assert_int_eq(b->kind, PROPTER_BLOCK_LIST_ITEM);
  ck_assert_msg(propter_str_equal(b->section, propter_str(expected[_i].section)), "section \"%.*s\"", (int)b->section.len, b->section.data);
  if (expected[_i].cells) ck_assert_int_eq(block_with(d, "4,5")->kind, PROPTER_BLOCK_TABLE_CELL);
  if (expected[_i].code) ck_assert_int_eq(block_with(d, "a  b\n c")->kind, PROPTER_BLOCK_CODE);
  if (expected[_i].quote) ck_assert_int_eq(block_with(d, "The flood led to lower bread sales.")->kind, PROPTER_BLOCK_QUOTE);
  if (expected[_i].navigation) ck_assert_int_eq(block_with(d, "Home")->kind, PROPTER_BLOCK_BOILERPLATE);
  static const char *const hidden[] = {"Never", "var x", "a note"};
  for (size_t i = 0; i < 3; i++) ck_assert_msg(propter_str_find(d->text, propter_str(hidden[i])) == SIZE_MAX, "\"%s\" is shown", hidden[i]);
  propter_document_free(d);
  propter_buf_clear(&bytes);
}
END_TEST

/* A word that is explained in the midst of a paragraph, first or later, is part of it; a strong line heads the rest of its block. */
static const struct {
  const char *name, *bytes, *block;
} inside[] = {
    {"a.xml", "<?xml version='1.0'?><document><para><term>Skill</term> is what people can do.</para></document>", "Skill is what people can do."},
    {"a.xml", "<?xml version='1.0'?><document><para>At work <term>skill</term> pays.</para></document>", "At work skill pays."},
    {"a.xml", "<?xml version='1.0'?><book><varlistentry><term>Skill</term><listitem>What people can do.</listitem></varlistentry></book>", "Skill"},
    {"a.html", "<html><p><strong>Jobs and Wages </strong><br/>Pay rose.</p></html>", "Pay rose."},
    {"a.html", "<html><p><b>Jobs</b> were few<br/>in May.</p></html>", "Jobs were few in May."},
    {"a.txt", "03/05/2024  Lift out.\n04/05/2024  Lift in\nagain.\n", "04/05/2024 Lift in again."},
    {"a.txt", "jo [10:02]: who moved it?\nsam [10:03]: not me\n", "jo [10:02]: who moved it?"},
    {"a.txt", "3 May 2024 - Lift out.\n4 May 2024 - Lift in.\n", "3 May 2024 - Lift out."},
    {"a.txt", "[03.05.2024 09:12] Jo: out\n[03.05.2024 09:13] Al: in\n", "[03.05.2024 09:12] Jo: out"},
};

START_TEST(parts_of_a_paragraph) {
  PropterDocument *d = doc_of(propter_str(inside[_i].bytes), inside[_i].name);
  ck_assert_int_ne(block_with(d, inside[_i].block)->kind, PROPTER_BLOCK_HEADING);
  propter_document_free(d);
}
END_TEST

/* The name plays no part where the bytes say enough. */
START_TEST(content_chooses_the_reader) {
  PropterBuf bytes = {0};
  static const char *const names[] = {"html", "docx", "odt", "xml", "epub", "pptx", "rtf", "pdf"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    char name[16];
    (void)snprintf(name, sizeof name, "a.%s", names[i]);
    doc_sample(name, &bytes);
    PropterDocument *d = doc_of(propter_buf_str(&bytes), "report.txt");
    ck_assert_str_eq(d->format, names[i]);
    propter_document_free(d);
  }
  propter_buf_clear(&bytes);
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
  ck_assert(d->published_guessed);
  propter_document_free(d);
  d = doc_of(PROPTER_STR("# Digest, September 2011\n\nText.\n"), "x.md");
  ck_assert_int_eq(d->published, propter_day(2011, 9, 30));
  ck_assert(!d->published_guessed);
  propter_document_free(d);
  d = doc_of(PROPTER_STR("Ferries\n\nALBANY, 5 August 2011 (Wire) - The strike of 2 August 2011 goes on.\n"), "x.txt");
  ck_assert_int_eq(d->published, propter_day(2011, 8, 5));
  ck_assert(!d->published_guessed);
  propter_document_free(d);
  d = doc_of(PROPTER_STR("<?xml version=\"1.0\"?><report date=\"2024-06-15\"><p date=\"2011-01-01\">Sales fell.</p></report>"), "x.xml");
  ck_assert_int_eq(d->published, propter_day(2024, 6, 15));
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
  tcase_add_loop_test(tc, blocks_sections_title_and_date, 0, sizeof expected / sizeof *expected);
  tcase_add_test(tc, content_chooses_the_reader);
  tcase_add_loop_test(tc, parts_of_a_paragraph, 0, sizeof inside / sizeof *inside);
  tcase_add_loop_test(tc, equal_bytes_give_equal_texts, 0, sizeof expected / sizeof *expected);
  tcase_add_test(tc, a_letter_head_is_no_text);
  tcase_add_test(tc, a_time_element_or_the_text_gives_the_date);
  tcase_add_test(tc, the_first_bytes_choose_when_the_name_does_not);
  suite_add_tcase(s, tc);
  return s;
}
