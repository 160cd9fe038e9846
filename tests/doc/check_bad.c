/* SPDX-License-Identifier: Apache-2.0 */
/* Bad documents give an error that says what and where, quickly, and nothing leaks or crashes. */
#include <string.h>

#include "doc_support.h"

Suite *suite_bad(void);

static void check_fails(PropterStr bytes, const char *name, const PropterLimits *limits, PropterStatus wanted, const char *words) {
  PropterError err = {0};
  PropterDocument *d = NULL;
  PropterStatus status = propter_document_parse(bytes, name, limits, &d, &err);
  ck_assert_msg(status == wanted, "%s: %s %s", name, propter_status_name(status), err.message);
  ck_assert_ptr_null(d);
  ck_assert_msg(strstr(err.message, words) != NULL, "\"%s\" does not say \"%s\"", err.message, words);
  ck_assert_str_eq(err.source, name);
}

START_TEST(nested_tags_of_50_mb) {
  PropterBuf b = {0};
  for (size_t i = 0; i < 50u << 20; i += 5) propter_buf_add(&b, PROPTER_STR("<div>"));
  check_fails(propter_buf_str(&b), "deep.html", NULL, PROPTER_LIMIT, "nested deeper than 256");
  propter_buf_clear(&b);
  for (size_t i = 0; i < 100000; i++) propter_buf_add(&b, PROPTER_STR("> "));
  propter_buf_add(&b, PROPTER_STR("x"));
  check_fails(propter_buf_str(&b), "deep.md", NULL, PROPTER_LIMIT, "nested deeper than 256");
  propter_buf_clear(&b);
}
END_TEST

START_TEST(broken_archives) {
  PropterBuf archive = {0};
  docx_make(&archive, docx_body("<w:p><w:r><w:t>text</w:t></w:r></w:p>"), NULL, NULL);
  check_fails((PropterStr){archive.data, archive.len / 2}, "half.docx", NULL, PROPTER_SYNTAX, "expected a zip archive");
  check_fails(PROPTER_STR(""), "none.docx", NULL, PROPTER_SYNTAX, "expected a zip archive");
  propter_buf_clear(&archive);
  docx_make(&archive, NULL, "<a/>", NULL);
  check_fails(propter_buf_str(&archive), "other.docx", NULL, PROPTER_INVALID, "word/document.xml");
  propter_buf_clear(&archive);
  docx_make(&archive, "<w:document><w:body>", NULL, NULL);
  check_fails(propter_buf_str(&archive), "cut.docx", NULL, PROPTER_SYNTAX, "word/document.xml: expected well-formed XML");
  propter_buf_clear(&archive);
  docx_make(&archive, "<!DOCTYPE d [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><d>&x;</d>", NULL, NULL);
  check_fails(propter_buf_str(&archive), "doctype.docx", NULL, PROPTER_INVALID, "DOCTYPE");
  propter_buf_clear(&archive);
}
END_TEST

/* Nothing that a document names outside of itself is opened, and no entity of its own is expanded. */
START_TEST(entities_and_doctypes) {
  static const char external[] = "<?xml version=\"1.0\"?><!DOCTYPE d [<!ENTITY x SYSTEM \"file:///etc/hostname\">]><d><p>a &x; b</p></d>";
  static const char parameter[] = "<?xml version=\"1.0\"?><!DOCTYPE d [<!ENTITY % p SYSTEM \"file:///etc/hostname\"> %p;]><d><p>a &x; b</p></d>";
  static const char bomb[] = "<?xml version=\"1.0\"?><!DOCTYPE d [<!ENTITY a \"ha ha ha ha\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\">"
                             "<!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;\">]><d><p>&c;</p></d>";
  static const char attribute[] = "<?xml version=\"1.0\"?><!DOCTYPE d [<!ENTITY a \"ha\">]><d x=\"&a;\"><p>word</p></d>";
  check_fails(propter_str(external), "x.xml", NULL, PROPTER_SYNTAX, "Entity 'x' not defined");
  check_fails(propter_str(parameter), "x.xml", NULL, PROPTER_INVALID, "&x;");
  check_fails(propter_str(bomb), "x.xml", NULL, PROPTER_SYNTAX, "not defined");
  check_fails(propter_str(attribute), "x.xml", NULL, PROPTER_SYNTAX, "not defined");
  static const char *const mime[] = {"application/vnd.oasis.opendocument.text", "application/epub+zip"}, *const entry[] = {"content.xml",
                                                                                                                           "META-INF/container.xml"};
  for (size_t i = 0; i < 2; i++) {
    PropterBuf archive = {0};
    archive_make(&archive, (const ArchivePart[]){{"mimetype", mime[i]}, {entry[i], external}, {NULL, NULL}});
    check_fails(propter_buf_str(&archive), "x", NULL, PROPTER_INVALID, "DOCTYPE");
    propter_buf_clear(&archive);
  }
}
END_TEST

START_TEST(names_that_lead_out_of_an_archive) {
  PropterBuf archive = {0};
  archive_make(&archive,
               (const ArchivePart[]){{"mimetype", "application/epub+zip"},
                                     {"META-INF/container.xml", "<container><rootfiles><rootfile full-path=\"../../etc/hostname\"/></rootfiles></container>"},
                                     {NULL, NULL}});
  check_fails(propter_buf_str(&archive), "x.epub", NULL, PROPTER_INVALID, "../../etc/hostname");
  propter_buf_clear(&archive);
  static const char slides[] = "<p xmlns:r=\"r\"><sldId r:id=\"a\"/><sldId r:id=\"b\"/></p>";
  static const char relations[] = "<Relationships><Relationship Id=\"a\" Type=\"/slide\" Target=\"../../../etc/hostname\"/>"
                                  "<Relationship Id=\"b\" Type=\"/slide\" Target=\"/etc/hostname\"/></Relationships>";
  archive_make(&archive, (const ArchivePart[]){{"ppt/presentation.xml", slides}, {"ppt/_rels/presentation.xml.rels", relations}, {NULL, NULL}});
  check_fails(propter_buf_str(&archive), "x.pptx", NULL, PROPTER_NOT_FOUND, "no entry \"etc/hostname\"");
  propter_buf_clear(&archive);
}
END_TEST

START_TEST(encrypted_documents) {
  PropterBuf archive = {0};
  static const char manifest[] =
      "<m:manifest xmlns:m=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\"><m:file-entry m:full-path=\"content.xml\"><m:encryption-data/></m:file-entry></m:manifest>";
  archive_make(&archive,
               (const ArchivePart[]){
                   {"mimetype", "application/vnd.oasis.opendocument.text"}, {"META-INF/manifest.xml", manifest}, {"content.xml", "\x01\x02"}, {NULL, NULL}});
  check_fails(propter_buf_str(&archive), "x.odt", NULL, PROPTER_INVALID, "encrypted");
  propter_buf_clear(&archive);
  check_fails(PROPTER_STR("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 EncryptedPackage"), "x.docx", NULL, PROPTER_INVALID, "encrypted");
  archive_make(&archive, (const ArchivePart[]){{"xl/workbook.xml", "<w/>"}, {NULL, NULL}});
  check_fails(propter_buf_str(&archive), "x.dat", NULL, PROPTER_INVALID, "archive");
  propter_buf_clear(&archive);
}
END_TEST

START_TEST(damage_is_noticed) {
  static const char *const names[] = {"a.docx", "a.odt", "a.epub", "a.pptx"};
  PropterBuf archive = {0};
  doc_sample(names[_i], &archive);
  /* Turn over one byte at a time: an answer or an error, never a crash. */
  unsigned failed = 0;
  for (size_t i = 0; i < archive.len; i++) {
    PropterError err = {0};
    PropterDocument *d = NULL;
    archive.data[i] = (char)(archive.data[i] ^ 0x55);
    failed += propter_document_parse(propter_buf_str(&archive), names[_i], NULL, &d, &err) != PROPTER_OK;
    propter_document_free(d);
    archive.data[i] = (char)(archive.data[i] ^ 0x55);
  }
  ck_assert_uint_gt(failed, archive.len / 16);
  propter_buf_clear(&archive);
}
END_TEST

START_TEST(archives_that_grow) {
  PropterBuf text = {0}, archive = {0};
  for (int i = 0; i < 200000; i++) propter_buf_add(&text, PROPTER_STR("<w:p></w:p>"));
  docx_make(&archive, docx_body(text.data), NULL, NULL);
  check_fails(propter_buf_str(&archive), "bomb.docx", NULL, PROPTER_LIMIT, "times its size");
  PropterLimits limits = propter_limits_default();
  limits.zip_ratio = 1000000;
  limits.zip_bytes = 1 << 20;
  check_fails(propter_buf_str(&archive), "bomb.docx", &limits, PROPTER_LIMIT, "unpacks to more than");
  limits.zip_entries = 1;
  check_fails(propter_buf_str(&archive), "many.docx", &limits, PROPTER_LIMIT, "entries");
  propter_buf_clear(&text);
  propter_buf_clear(&archive);
}
END_TEST

START_TEST(too_large_and_no_text) {
  PropterLimits limits = propter_limits_default();
  limits.document_bytes = 100;
  char big[200];
  memset(big, 'x', sizeof big);
  check_fails((PropterStr){big, sizeof big}, "big.txt", &limits, PROPTER_LIMIT, "at most 100");
  limits.document_bytes = 1000;
  limits.text_bytes = 50;
  check_fails((PropterStr){big, sizeof big}, "big.txt", &limits, PROPTER_LIMIT, "50");
  char zeros[300] = "MZ";
  check_fails((PropterStr){zeros, sizeof zeros}, "program.txt", NULL, PROPTER_INVALID, "binary");
  PropterError missing = {0};
  PropterDocument *d = NULL;
  ck_assert_int_eq(propter_document_open("/nonexistent/x.txt", NULL, &d, &missing), PROPTER_NOT_FOUND);
  ck_ok(propter_document_parse(PROPTER_STR(""), "empty.html", NULL, &d, err));
  ck_assert_uint_eq(d->block_count, 0);
  ck_assert_ptr_null(propter_document_block_at(d, 0));
  propter_document_free(d);
}
END_TEST

START_TEST(one_line_of_100_mb) {
  PropterBuf b = {0};
  while (b.len < 100u << 20) propter_buf_add(&b, PROPTER_STR("all in one line because nobody broke it, "));
  static const char *const names[] = {"long.txt", "long.md", "long.html", "long.rtf"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) check_fails(propter_buf_str(&b), names[i], NULL, PROPTER_LIMIT, "67108864");
  propter_buf_clear(&b);
}
END_TEST

/* Packed or encrypted data holds few zeros, but control characters all over. */
START_TEST(noise_with_the_name_of_a_text) {
  char noise[6000];
  uint32_t x = 1;
  for (size_t i = 0; i < sizeof noise; i++) x = x * 1664525u + 1013904223u, noise[i] = (char)(x >> 24 ? x >> 24 : 1);
  check_fails((PropterStr){noise, sizeof noise}, "noise.txt", NULL, PROPTER_INVALID, "binary");
  check_fails((PropterStr){noise, sizeof noise}, "noise.html", NULL, PROPTER_INVALID, "binary");
}
END_TEST

START_TEST(encodings_are_found) {
  static const struct {
    const char *bytes, *name, *encoding, *text;
  } rows[] = {{"<?xml version='1.0' encoding='iso-8859-2'?><article><para>Sprzeda\xBF spad\xB3"
               "a</para></article>",
               "a.xml", "iso-8859-2",
               "Sprzeda\xC5\xBC spad\xC5\x82"
               "a"},
              {"<meta charset=koi8-r><p>\xD3\xD0\xD2\xCF\xD3", "a.html", "koi8-r", "\xD1\x81\xD0\xBF\xD1\x80\xD0\xBE\xD1\x81"},
              {"<meta charset=shift_jis><p>\x94\x84\x8F\xE3", "a.html", "shift_jis", "\xE5\xA3\xB2\xE4\xB8\x8A"},
              {"The caf\xE9s\x92 sales fell because of the strike, said the owner\x97"
               "and he should know.",
               "a.txt", NULL, "The caf\xC3\xA9s\xE2\x80\x99 sales"},
              {"<meta charset=no-such-thing><p>caf\xE9", "a.html", NULL, "caf\xC3\xA9"}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    PropterDocument *d = doc_of(propter_str(rows[i].bytes), rows[i].name);
    if (rows[i].encoding) ck_assert_str_eq(d->encoding, rows[i].encoding);
    ck_assert_msg(propter_str_starts(d->text, propter_str(rows[i].text)), "%s: %.*s", d->encoding, (int)d->text.len, d->text.data);
    propter_document_free(d);
  }
  PropterDocument *d = doc_of(PROPTER_STR("J\0o\0b\0s\0 \0f\0e\0l\0l\0.\0"), "a.txt"); /* UTF-16 without a mark */
  ck_assert_str_eq(d->encoding, "UTF-16LE");
  ck_assert(propter_str_equal(d->text, PROPTER_STR("Jobs fell.")));
  propter_document_free(d);
}
END_TEST

START_TEST(markup_soup_never_crashes) {
  static const char *const pages[] = {"<",
                                      "<p",
                                      "&",
                                      "&#",
                                      "&#x;",
                                      "&#99999999;",
                                      "<p>&amp",
                                      "</p></p></div>x",
                                      "<table><p>x<td>y<tr>",
                                      "<!--",
                                      "<![CDATA[x]]>y",
                                      "<p \0 x>",
                                      "<svg><p>x</svg>y",
                                      "<title>a",
                                      "<b><i>x</b>y</i>",
                                      "<a href='",
                                      "\xFF\xFE<",
                                      "<p>\xF0\x9F"};
  for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
    PropterError err = {0};
    PropterDocument *d = NULL;
    PropterStatus status = propter_document_parse(propter_str(pages[i]), "soup.html", NULL, &d, &err);
    ck_assert_msg(status == PROPTER_OK, "%s: %s", pages[i], err.message);
    if (d->text.len) (void)propter_document_place(d, 0, d->text.len);
    propter_document_free(d);
  }
}
END_TEST

typedef struct {
  PropterStr bytes;
  const char *name;
} Input;

static PropterStatus parse(void *payload, PropterError *err) {
  Input *in = payload;
  PropterDocument *d = NULL;
  PropterStatus status = propter_document_parse(in->bytes, in->name, NULL, &d, err);
  propter_document_free(d);
  return status;
}

START_TEST(failing_allocations) {
  PropterBuf bytes = {0};
  for (size_t i = 0; doc_samples[i]; i++) {
    doc_sample(doc_samples[i], &bytes);
    Input in = {propter_buf_str(&bytes), doc_samples[i]};
    ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, parse, &in, true), 3);
  }
  propter_buf_clear(&bytes);
}
END_TEST

static PropterStatus open_file(void *payload, PropterError *err) {
  PropterDocument *d = NULL;
  PropterStatus status = propter_document_open(payload, NULL, &d, err);
  propter_document_free(d);
  return status;
}

START_TEST(failing_reads) {
  char path[512];
  (void)snprintf(path, sizeof path, "%s", support_path(support_folder(), "a.txt"));
  support_write(path, PROPTER_STR("one line.\n"));
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_IO, open_file, path, true), 1);
}
END_TEST

Suite *suite_bad(void) {
  Suite *s = suite_create("bad");
  TCase *tc = tcase_create("bad");
  tcase_set_timeout(tc, 60);
  tcase_add_test(tc, nested_tags_of_50_mb);
  tcase_add_test(tc, broken_archives);
  tcase_add_loop_test(tc, damage_is_noticed, 0, 4);
  tcase_add_test(tc, entities_and_doctypes);
  tcase_add_test(tc, names_that_lead_out_of_an_archive);
  tcase_add_test(tc, encrypted_documents);
  tcase_add_test(tc, archives_that_grow);
  tcase_add_test(tc, too_large_and_no_text);
  tcase_add_test(tc, one_line_of_100_mb);
  tcase_add_test(tc, noise_with_the_name_of_a_text);
  tcase_add_test(tc, encodings_are_found);
  tcase_add_test(tc, markup_soup_never_crashes);
  tcase_add_test(tc, failing_allocations);
  tcase_add_test(tc, failing_reads);
  suite_add_tcase(s, tc);
  return s;
}
