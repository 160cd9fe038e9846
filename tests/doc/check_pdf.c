/* SPDX-License-Identifier: Apache-2.0 */
/* Pages: words, blocks and places by pdftotext, and what is refused. */
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "doc_support.h"
#include "propter/child.h"
#include "when.h"

Suite *suite_pdf(void);

static void check_fails(PropterStr bytes, const PropterLimits *limits, PropterStatus wanted, const char *words) {
  PropterError err = {0};
  PropterDocument *d = NULL;
  PropterStatus status = propter_document_parse(bytes, "a.pdf", limits, &d, &err);
  ck_assert_msg(status == wanted && strstr(err.message, words), "%s: %s", propter_status_name(status), err.message);
}

START_TEST(pages_and_places) {
  PropterBuf bytes = {0};
  doc_sample("a.pdf", &bytes);
  PropterDocument *d = doc_of(propter_buf_str(&bytes), "a.pdf");
  ck_assert_msg(
      propter_str_equal(
          d->text,
          PROPTER_STR(
              "Review\n\nSales fell in May. Rain was heavy.\n\nHarbour\n\nExports dropped because the crane strike closed the port.\n\nCranes stood still\n\nCrews caf\xC3\xA9\n\nThe flood led to lower bread sales.")),
      "%.*s", (int)d->text.len, d->text.data);
  size_t at = propter_str_find(d->text, PROPTER_STR("crane strike"));
  PropterPlace p = propter_document_place(d, at, at + strlen("crane strike"));
  ck_assert(propter_str_equal(p.part, PROPTER_STR("page 2")));
  ck_assert_uint_eq(p.byte_start, strlen("Harbour\nExports dropped because the "));
  ck_assert_uint_eq(p.byte_end - p.byte_start, strlen("crane strike"));
  /* Across the page's end a place is what stands on the first page. */
  p = propter_document_place(d, at, at + strlen("crane strike closed the port."));
  ck_assert(propter_str_equal(p.part, PROPTER_STR("page 2")));
  ck_assert_uint_eq(p.byte_end, strlen("Harbour\nExports dropped because the crane strike clo- sed the\npage 2 of 3"));
  at = propter_str_find(d->text, PROPTER_STR("The flood"));
  ck_assert(propter_str_equal(propter_document_place(d, at, at + 9).part, PROPTER_STR("page 3")));
  propter_document_free(d);
  propter_buf_clear(&bytes);
}
END_TEST

/* Blank columns make cells of a block, in rows that their distances tell apart or the first column; marks of a list and two lines of prose make none. */
START_TEST(tables_on_pages) {
  static const struct {
    PdfLine lines[16];
    const char *blocks; /* kind:text, a line each */
  } rows[] = {
      {{{0, 10, 700, "Region", 72},
        {0, 10, 700, "Sales", 140},
        {0, 10, 700, "Reason", 200},
        {0, 10, 688, "North", 72},
        {0, 10, 688, "1,200", 140},
        {0, 10, 688, "The storm led", 200},
        {0, 10, 676, "to lower sales.", 200},
        {0, 10, 664, "South", 72},
        {0, 10, 664, "900", 140},
        {0, 10, 664, "none", 200}},
       "3:Region\n3:Sales\n3:Reason\n3:North\n3:1,200\n3:The storm led to lower sales.\n3:South\n3:900\n3:none\n"},
      {{{0, 10, 700, "Rain fell on the harbour for three days, and because of", 0},
        {0, 10, 688, "it two ships were late; the crane stood still for a week.", 0}},
       "1:Rain fell on the harbour for three days, and because of it two ships were late; the crane stood still for a week.\n"},
      {{{0, 10, 700, "Rain fell on the harbour for", 72},
        {0, 10, 688, "three days, and two ships", 72},
        {0, 10, 676, "were late by a week or so.", 72},
        {0, 10, 700, "The crane stood still until", 300},
        {0, 10, 688, "the middle of June because", 300},
        {0, 10, 676, "its motor was at the works.", 300}},
       "1:Rain fell on the harbour for three days, and two ships were late by a week or so.\n"
       "1:The crane stood still until the middle of June because its motor was at the works.\n"},
      {{{0, 10, 700, "1.", 72}, {0, 10, 700, "Close the gate", 100}, {0, 10, 688, "2.", 72}, {0, 10, 688, "Stop the crane", 100}},
       "2:Close the gate\n2:Stop the crane\n"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    PropterBuf bytes = {0}, said = {0};
    pdf_make(&bytes, "", rows[i].lines);
    PropterDocument *d = doc_of(propter_buf_str(&bytes), "a.pdf");
    for (size_t b = 0; b < d->block_count; b++) {
      const PropterBlock *block = &d->blocks[b];
      propter_buf_printf(&said, "%d:%.*s\n", (int)block->kind, (int)(block->end - block->start), d->text.data + block->start);
    }
    ck_assert_str_eq(said.data ? said.data : "", rows[i].blocks);
    size_t at = propter_str_find(d->text, PROPTER_STR("to lower"));
    if (at != SIZE_MAX) ck_assert(propter_str_equal(propter_document_place(d, at, at + 8).part, PROPTER_STR("page 1")));
    propter_document_free(d);
    propter_buf_clear(&bytes);
    propter_buf_clear(&said);
  }
}
END_TEST

/* A file printed late, and named by what printed it. */
START_TEST(the_text_dates_what_was_printed_later) {
#define MADE(day) "/CreationDate (D:" day "080000Z)"
  static const struct {
    const char *info, *line;
    int published[3], today[3]; /* by the day the file was made; where that lies ahead */
    bool guessed;
    const char *title;
  } rows[] = {
      {"/Title (strike.html) " MADE("20261128"), "21 October 2024", {2024, 10, 21}, {2024, 10, 21}, false, "Note on the strike"},
      {"/Title (Strike, note 2.1) " MADE("20261128"), "Lyon, 21 October 2024", {2024, 10, 21}, {2024, 10, 21}, false, "Strike, note 2.1"},
      {MADE("20261128"), "Date: 21 October 2024", {2024, 10, 21}, {2024, 10, 21}, false, "Note on the strike"},
      /* What a sentence tells dates it only where the file's day cannot be right, and no day after the file's. */
      {MADE("20261128"), "The strike began on 14 October 2024.", {2026, 11, 28}, {2024, 10, 14}, true, "Note on the strike"},
      {MADE("20261128"), "October 2024", {2026, 11, 28}, {2024, 10, 31}, false, "Note on the strike"},
      {MADE("20241022"), "1 December 2024", {2024, 10, 22}, {2024, 10, 22}, false, "Note on the strike"},
      {MADE("20261128"), "Nothing says when.", {2026, 11, 28}, {2026, 11, 28}, false, "Note on the strike"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    const PdfLine lines[] = {{0, 20, 760, "Note on the strike", 0}, {0, 10, 700, rows[i].line, 0}, {0, 10, 660, "The staff of the office went on strike, and calls were late.", 0}, {0}};
    PropterBuf bytes = {0};
    pdf_make(&bytes, rows[i].info, lines);
    PropterDocument *d = doc_of(propter_buf_str(&bytes), "strike.pdf");
    const int *p = rows[i].published, *t = rows[i].today;
    ck_assert_msg(d->published == propter_day(p[0], p[1], p[2]), "%zu: %d", i, (int)d->published);
    ck_assert(!d->published_guessed);
    ck_assert_msg(propter_str_equal(d->title, propter_str(rows[i].title)), "%zu: title \"%.*s\"", i, (int)d->title.len, d->title.data);
    document_head(d, calendar_default(), propter_day(2025, 11, 24));
    ck_assert_msg(d->published == propter_day(t[0], t[1], t[2]), "%zu, today: %d", i, (int)d->published);
    ck_assert(d->published_guessed == rows[i].guessed);
    propter_document_free(d);
    propter_buf_clear(&bytes);
  }
}
END_TEST

START_TEST(bad_pages) {
  PropterBuf bytes = {0};
  pdf_make(&bytes, "", (const PdfLine[]){{0, 10, 700, " ", 0}, {0, 0, 0, NULL, 0}});
  check_fails(propter_buf_str(&bytes), NULL, PROPTER_INVALID, "1 page without any");
  propter_buf_clear(&bytes);
  doc_sample("a.pdf", &bytes);
  check_fails((PropterStr){bytes.data, bytes.len / 2}, NULL, PROPTER_SYNTAX, "cut off");
  check_fails(PROPTER_STR("%PDF-1.4\nnothing at all\n%%EOF\n"), NULL, PROPTER_SYNTAX, "pdftotext");
  PropterLimits limits = propter_limits_default();
  limits.page_bytes = 1 << 20;
  PropterError err = {0};
  PropterDocument *d = NULL;
  ck_assert_int_ne(propter_document_parse(propter_buf_str(&bytes), "a.pdf", &limits, &d, &err), PROPTER_OK);
  const char *path = getenv("PATH");
  PropterBuf old = {0};
  propter_buf_add(&old, propter_str(path));
  ck_assert_int_eq(setenv("PATH", "/nonexistent", 1), 0);
  check_fails(propter_buf_str(&bytes), NULL, PROPTER_NOT_FOUND, "expected the program pdftotext");
  ck_assert_int_eq(setenv("PATH", old.data, 1), 0);
  propter_buf_clear(&old);
  propter_buf_clear(&bytes);
}
END_TEST

/* A security handler whose user password is not the empty one (ISO 32000-1, 7.6.3): only its presence matters here, nothing is decrypted. */
START_TEST(encrypted_pages) {
  PropterBuf plain = {0}, locked = {0};
  doc_sample("a.pdf", &plain);
  size_t at = propter_str_find(propter_buf_str(&plain), PROPTER_STR("trailer << "));
  ck_assert(at != SIZE_MAX);
  at += strlen("trailer << ");
  propter_buf_add(&locked, (PropterStr){plain.data, at});
  propter_buf_printf(&locked, "/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <%064d> /U <%064d> >> /ID [<%032d> <%032d>] ", 1, 2, 3, 3);
  propter_buf_add(&locked, (PropterStr){plain.data + at, plain.len - at});
  check_fails(propter_buf_str(&locked), NULL, PROPTER_INVALID, "an encrypted one");
  propter_buf_clear(&plain);
  propter_buf_clear(&locked);
}
END_TEST

/* Each of its limits ends a child; it sees nothing but its input. */
START_TEST(children_are_limited) {
  PropterChildLimits limits = {1, 1 << 28, 1 << 20};
  PropterBuf out = {0}, said = {0};
  int code = -1, extra = dup(1);
  ck_assert_int_ge(extra, 3);
  static const char *const copy[] = {"sh", "-c", "cat; ls /proc/self/fd | wc -l; env | grep -c SECRET; exit 3", NULL};
  ck_assert_int_eq(setenv("SECRET", "x", 1), 0);
  ck_ok(propter_child_run(copy, PROPTER_STR("hello\n"), &limits, &code, &out, &said, err));
  ck_assert_int_eq(code, 3);
  propter_buf_add_char(&out, 0);
  ck_assert_str_eq(out.data, "hello\n4\n0\n");
  (void)close(extra);
  static const char *const spin[] = {"sh", "-c", "while :; do :; done", NULL}, *const sleeps[] = {"sleep", "60", NULL},
                           *const writes[] = {"sh", "-c", "exec cat /dev/zero", NULL}, *const dies[] = {"sh", "-c", "kill -SEGV $$", NULL},
                           *const none[] = {"no-such-program", NULL};
  static const struct {
    const char *const *argv;
    PropterStatus status;
  } rows[] = {{spin, PROPTER_TIMEOUT}, {sleeps, PROPTER_TIMEOUT}, {writes, PROPTER_LIMIT}, {dies, PROPTER_SYNTAX}, {none, PROPTER_NOT_FOUND}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    PropterError err = {0};
    PropterStatus status = propter_child_run(rows[i].argv, PROPTER_STR(""), &limits, &code, &out, &said, &err);
    ck_assert_msg(status == rows[i].status, "%s: %s", rows[i].argv[0], err.message);
  }
  propter_buf_clear(&out);
  propter_buf_clear(&said);
}
END_TEST

Suite *suite_pdf(void) {
  Suite *s = suite_create("pdf");
  TCase *tc = tcase_create("pdf");
  tcase_set_timeout(tc, 60);
  tcase_add_test(tc, pages_and_places);
  tcase_add_test(tc, tables_on_pages);
  tcase_add_test(tc, the_text_dates_what_was_printed_later);
  tcase_add_test(tc, bad_pages);
  tcase_add_test(tc, encrypted_pages);
  tcase_add_test(tc, children_are_limited);
  suite_add_tcase(s, tc);
  return s;
}
