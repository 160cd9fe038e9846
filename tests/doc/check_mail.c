/* SPDX-License-Identifier: Apache-2.0 */
/* Messages and mailboxes: transfer encodings keep their places, alternatives are read once, attachments not at all. */
#include <string.h>

#include "doc_support.h"

Suite *suite_mail(void);

static const char box[] =
    "From ann@a.example Fri Sep  9 08:00:00 2011\nMessage-ID: <1@a.example>\nFrom: ann@a.example\nSubject: =?iso-8859-1?Q?Caf=E9?= jobs\nDate: Fri, 9 Sep 2011 08:00:00 +0000\n"
    "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"x\"\n\nignored preamble\n--x\nContent-Type: multipart/alternative; boundary=\"y\"\n\n"
    "--y\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\nSm9icyBmZWxsIGlu\nIGNhZsOpcy4K\n--y\nContent-Type: text/html\n\n<p>Never twice</p>\n--y--\n"
    "--x\nContent-Type: text/plain\nContent-Disposition: attachment; filename=a.txt\n\nNever attached\n--x--\n\n"
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

START_TEST(a_mailbox) {
  PropterStr all = propter_str(box);
  PropterDocument *d = doc_of(all, "archive");
  ck_assert_str_eq(d->format, "mail");
  ck_assert(propter_str_equal(d->text, PROPTER_STR("Caf\xC3\xA9 jobs\n\nJobs fell in caf\xC3\xA9s.\n\nRe: jobs\n\nSales rose.\n\nJobs fell.")));
  ck_assert(propter_str_equal(d->title, PROPTER_STR("Caf\xC3\xA9 jobs")));
  ck_assert_int_eq(d->published, propter_day(2011, 9, 10));
  static const PropterBlockKind kinds[] = {PROPTER_BLOCK_HEADING, PROPTER_BLOCK_PARAGRAPH, PROPTER_BLOCK_HEADING, PROPTER_BLOCK_PARAGRAPH, PROPTER_BLOCK_QUOTE};
  ck_assert_uint_eq(d->block_count, 5);
  for (size_t i = 0; i < 5; i++) ck_assert_int_eq(d->blocks[i].kind, kinds[i]);
  ck_assert(propter_str_equal(d->blocks[4].section, PROPTER_STR("Re: jobs")));
  ck_assert(propter_str_equal(bytes_at(d, "Jobs", all), PROPTER_STR("Sm9icy")) || propter_str_equal(bytes_at(d, "Jobs", all), PROPTER_STR("Sm9icyBm")));
  ck_assert(propter_str_equal(bytes_at(d, "Sales rose.", all), PROPTER_STR("Sales rose.")));
  ck_assert(propter_str_equal(bytes_at(d, "Caf\xC3\xA9 jobs", all), PROPTER_STR(" =?iso-8859-1?Q?Caf=E9?= jobs")));
  propter_document_free(d);
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
  PropterStr secret = PROPTER_STR("MIME-Version: 1.0\nMessage-ID: <1@a>\nSubject: x\nContent-Type: multipart/encrypted; protocol=\"application/pgp-encrypted\"; boundary=b\n\n"
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
  tcase_add_test(tc, a_mailbox);
  tcase_add_test(tc, quoted_printable_places);
  tcase_add_test(tc, letters_are_no_mail);
  tcase_add_test(tc, bad_messages);
  suite_add_tcase(s, tc);
  return s;
}
