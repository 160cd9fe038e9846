/* SPDX-License-Identifier: Apache-2.0 */
/* Messages and mailboxes: transfer encodings keep their places, alternatives are read once, attachments by the reader of their format. */
#include <glib.h>
#include <string.h>

#include "doc_support.h"

Suite *suite_mail(void);

static const char box[] =
    "From ann@a.example Fri Sep  9 08:00:00 2011\nMessage-ID: <1@a.example>\nFrom: ann@a.example\nSubject: =?iso-8859-1?Q?Caf=E9?= jobs\nDate: Fri, 9 Sep 2011 08:00:00 +0000\n"
    "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"x\"\n\nignored preamble\n--x\nContent-Type: multipart/alternative; boundary=\"y\"\n\n"
    "--y\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\nSm9icyBmZWxsIGlu\nIGNhZsOpcy4K\n--y\nContent-Type: text/html\n\n<p>Never twice</p>\n--y--\n"
    "--x\nContent-Type: text/plain\nContent-Disposition: attachment; filename=a.txt\n\nRain fell.\n--x\n"
    "Content-Type: image/png\nContent-Disposition: attachment; filename=a.png\n\nNever\n--x--\n\n"
    "From bob@b.example Sat Sep 10 08:00:00 2011\nMessage-ID: <2@b.example>\nFrom: bob@b.example\nSubject: Re: jobs\nDate: Sat, 10 Sep 2011 08:00:00 +0000\n\n"
    "Sales rose.\n\n> Jobs fell.\n";

static PropterStr bytes_at(const PropterDocument *d, const char *words, PropterStr all) {
  size_t at = propter_str_find(d->text, propter_str(words));
  ck_assert_msg(at != SIZE_MAX, "\"%s\" is not in \"%.*s\"", words, (int)d->text.len, d->text.data);
  PropterPlace p = propter_document_place(d, at, at + strlen(words));
  ck_assert_uint_eq(p.part.len, 0);
  ck_assert_uint_le(p.byte_end, all.len);
  return (PropterStr){all.data + p.byte_start, p.byte_end - p.byte_start};
}

START_TEST(a_part_beyond_the_limit_is_not_unpacked) {
  PropterBuf mail = {0};
  PropterLimits limits = propter_limits_default();
  PropterDocument *d = NULL;
  PropterError e = {0};
  limits.text_bytes = 4096;
  propter_buf_add(&mail, PROPTER_STR("From: a@b.example\nTo: c@d.example\nSubject: x\nMIME-Version: 1.0\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n\n"));
  for (int i = 0; i < 200; i++) propter_buf_add(&mail, PROPTER_STR("U2FsZXMgZmVsbCBiZWNhdXNlIG9mIHJhaW4uIFNhbGVzIGZlbGwgYmVjYXVzZSBvZiByYWlu\n"));
  ck_assert_int_eq(propter_document_parse(propter_buf_str(&mail), "x.eml", &limits, &d, &e), PROPTER_LIMIT);
  ck_assert_ptr_nonnull(strstr(e.message, "more than 4096 bytes"));
  limits.text_bytes = 1 << 16;
  ck_ok(propter_document_parse(propter_buf_str(&mail), "x.eml", &limits, &d, err));
  ck_assert(propter_str_starts(d->text, PROPTER_STR("x")));
  propter_document_free(d);
  propter_buf_clear(&mail);
}
END_TEST

START_TEST(a_mailbox) {
  PropterStr all = propter_str(box);
  PropterDocument *d = doc_of(all, "archive");
  ck_assert_str_eq(d->format, "mail");
  ck_assert(propter_str_equal(d->text, PROPTER_STR("Caf\xC3\xA9 jobs\n\nJobs fell in caf\xC3\xA9s.\n\nRain fell.\n\nRe: jobs\n\nSales rose.\n\nJobs fell.")));
  ck_assert(propter_str_equal(d->title, PROPTER_STR("Caf\xC3\xA9 jobs")));
  ck_assert_int_eq(d->published, propter_day(2011, 9, 10));
  static const PropterBlockKind kinds[] = {PROPTER_BLOCK_HEADING, PROPTER_BLOCK_PARAGRAPH, PROPTER_BLOCK_PARAGRAPH,
                                            PROPTER_BLOCK_HEADING, PROPTER_BLOCK_PARAGRAPH, PROPTER_BLOCK_QUOTE};
  ck_assert_uint_eq(d->block_count, 6);
  for (size_t i = 0; i < 6; i++) ck_assert_int_eq(d->blocks[i].kind, kinds[i]);
  ck_assert(propter_str_equal(d->blocks[5].section, PROPTER_STR("Re: jobs")));
  ck_assert(propter_str_equal(bytes_at(d, "Jobs", all), PROPTER_STR("Sm9icy")) || propter_str_equal(bytes_at(d, "Jobs", all), PROPTER_STR("Sm9icyBm")));
  ck_assert(propter_str_equal(bytes_at(d, "Sales rose.", all), PROPTER_STR("Sales rose.")));
  ck_assert(propter_str_equal(bytes_at(d, "Caf\xC3\xA9 jobs", all), PROPTER_STR(" =?iso-8859-1?Q?Caf=E9?= jobs")));
  propter_document_free(d);
}
END_TEST

static void encode(PropterBuf *out, const char *type, const char *name, PropterStr bytes) {
  gchar *text = g_base64_encode((const guchar *)bytes.data, bytes.len);
  propter_buf_printf(out, "--x\nContent-Type: %s\nContent-Disposition: attachment; filename=\"%s\"\nContent-Transfer-Encoding: base64\n\n%s\n", type, name,
                     text);
  g_free(text);
}

static const char before[] = "MIME-Version: 1.0\nMessage-ID: <1@a>\nSubject: Report\nDate: Fri, 9 Sep 2011 08:00:00 +0000\n"
                             "Content-Type: multipart/mixed; boundary=x\n\n"
                             "--x\nContent-Type: text/plain\n\nSee below.\n";

START_TEST(attachments_have_places_of_their_own) {
  PropterBuf docx = {0}, mail = {0};
  docx_make(&docx, docx_body("<w:p><w:r><w:t>Sales fell because of the frost.</w:t></w:r></w:p>"), "<x/>", "<x/>");
  propter_buf_add(&mail, propter_str(before));
  encode(&mail, "application/octet-stream", "C:/old/report.docx", propter_buf_str(&docx));
  encode(&mail, "text/plain", "note.txt", PROPTER_STR("Rain was heavy."));
  propter_buf_add(&mail, PROPTER_STR("--x\nContent-Type: text/plain\n\nAnn sends regards.\n--x--\n"));
  PropterDocument *d = doc_of(propter_buf_str(&mail), "a.eml");
  PropterStr whole = PROPTER_STR("Report\n\nSee below.\n\nSales fell because of the frost.\n\nRain was heavy.\n\nAnn sends regards.");
  ck_assert_msg(propter_str_equal(d->text, whole), "%.*s", (int)d->text.len, d->text.data);
  ck_assert_int_eq(d->published, propter_day(2011, 9, 9));
  PropterPlace p = propter_document_place(d, d->blocks[2].start, d->blocks[2].end);
  ck_assert(propter_str_equal(p.part, PROPTER_STR("report.docx/word/document.xml")));
  ck_assert(propter_str_equal(d->blocks[2].section, PROPTER_STR("report.docx")));
  p = propter_document_place(d, d->blocks[3].start, d->blocks[3].end);
  ck_assert(propter_str_equal(p.part, PROPTER_STR("note.txt")) && p.byte_start == 0 && p.byte_end == 15);
  p = propter_document_place(d, d->blocks[4].start, d->blocks[4].end);
  ck_assert(p.part.len == 0 && propter_str_equal((PropterStr){mail.data + p.byte_start, p.byte_end - p.byte_start}, PROPTER_STR("Ann sends regards.")));
  ck_assert(propter_str_equal(d->blocks[4].section, PROPTER_STR("Report")));
  propter_document_free(d);
  propter_buf_clear(&docx);
  propter_buf_clear(&mail);
}
END_TEST

START_TEST(bad_attachments_are_said_and_stop_nothing) {
  PropterBuf mail = {0};
  propter_buf_add(&mail, propter_str(before));
  encode(&mail, "application/pdf", "cut.pdf", PROPTER_STR("%PDF-1.4\ncut off"));
  encode(&mail, "text/csv", "own.csv", PROPTER_STR("cause,effect\nfrost,sales\n"));
  encode(&mail, "application/octet-stream", "in.eml", PROPTER_STR("MIME-Version: 1.0\nMessage-ID: <2@a>\nSubject: x\n\nNever.\n"));
  propter_buf_add(&mail, PROPTER_STR("--x--\n"));
  PropterDocument *d = doc_of(propter_buf_str(&mail), "a.eml");
  ck_assert_uint_eq(d->column_count, 0);
  ck_assert_uint_eq(d->block_count, 5);
  for (size_t i = 2; i < 5; i++) ck_assert_int_eq(d->blocks[i].kind, PROPTER_BLOCK_BOILERPLATE);
  ck_assert_msg(propter_str_find(d->text, PROPTER_STR("[cut.pdf: ")) != SIZE_MAX, "%.*s", (int)d->text.len, d->text.data);
  ck_assert(propter_str_find(d->text, PROPTER_STR("[own.csv: read only as a file of its own]\n\n[in.eml: read only")) != SIZE_MAX);
  ck_assert(propter_str_find(d->text, PROPTER_STR("Never")) == SIZE_MAX);
  propter_document_free(d);
  propter_buf_clear(&mail);
}
END_TEST

static PropterStatus parse_mail(void *payload, PropterError *err) {
  PropterDocument *d = NULL;
  PropterStatus status = propter_document_parse(propter_buf_str(payload), "a.eml", NULL, &d, err);
  propter_document_free(d);
  return status;
}

START_TEST(failing_allocations_in_attachments) {
  PropterBuf mail = {0};
  propter_buf_add(&mail, propter_str(before));
  encode(&mail, "text/plain", "note.txt", PROPTER_STR("Rain was heavy."));
  encode(&mail, "application/pdf", "cut.pdf", PROPTER_STR("%PDF-1.4\ncut off"));
  propter_buf_add(&mail, PROPTER_STR("--x--\n"));
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, parse_mail, &mail, true), 3);
  propter_buf_clear(&mail);
}
END_TEST

START_TEST(quoted_printable_places) {
  PropterBuf bytes = {0};
  doc_sample("a.eml", &bytes);
  PropterDocument *d = doc_of(propter_buf_str(&bytes), "a.eml");
  ck_assert(propter_str_equal(bytes_at(d, "caf\xC3\xA9", propter_buf_str(&bytes)), PROPTER_STR("caf=E9")));
  ck_assert(propter_str_equal(bytes_at(d, "Cranes", propter_buf_str(&bytes)), PROPTER_STR("Cranes")));
  propter_document_free(d);
  propter_buf_clear(&bytes);
}
END_TEST

START_TEST(letters_are_no_mail) {
  PropterDocument *d = doc_of(PROPTER_STR("From: the office\nDate: 9 September 2011\nSubject: Jobs\n\nJobs fell.\n"), "a.txt");
  ck_assert_str_eq(d->format, "text");
  propter_document_free(d);
}
END_TEST

START_TEST(bad_messages) {
  PropterError err = {0};
  PropterDocument *d = NULL;
  PropterStr secret =
      PROPTER_STR("MIME-Version: 1.0\nMessage-ID: <1@a>\nSubject: x\nContent-Type: multipart/encrypted; protocol=\"application/pgp-encrypted\"; boundary=b\n\n"
                  "--b\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n--b\nContent-Type: application/octet-stream\n\nxxxx\n--b--\n");
  ck_assert_int_eq(propter_document_parse(secret, "a.eml", NULL, &d, &err), PROPTER_INVALID);
  ck_assert_ptr_nonnull(strstr(err.message, "encrypted"));
  PropterBuf deep = {0};
  propter_buf_add(&deep, PROPTER_STR("MIME-Version: 1.0\nMessage-ID: <1@a>\n"));
  for (int i = 0; i < 3000; i++) propter_buf_printf(&deep, "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i);
  propter_buf_add(&deep, PROPTER_STR("\nend\n"));
  err = (PropterError){0};
  ck_assert_int_eq(propter_document_parse(propter_buf_str(&deep), "a.eml", NULL, &d, &err), PROPTER_LIMIT);
  propter_buf_clear(&deep);
  doc_sample("a.eml", &deep);
  for (size_t n = 0; n < deep.len; n += 7) {
    (void)propter_document_parse((PropterStr){deep.data, n}, "a.eml", NULL, &d, NULL);
    propter_document_free(d);
  }
  propter_buf_clear(&deep);
}
END_TEST

Suite *suite_mail(void) {
  Suite *s = suite_create("mail");
  TCase *tc = tcase_create("mail");
  tcase_add_test(tc, a_part_beyond_the_limit_is_not_unpacked);
  tcase_add_test(tc, a_mailbox);
  tcase_add_test(tc, attachments_have_places_of_their_own);
  tcase_add_test(tc, bad_attachments_are_said_and_stop_nothing);
  tcase_add_test(tc, failing_allocations_in_attachments);
  tcase_add_test(tc, quoted_printable_places);
  tcase_add_test(tc, letters_are_no_mail);
  tcase_add_test(tc, bad_messages);
  suite_add_tcase(s, tc);
  return s;
}
