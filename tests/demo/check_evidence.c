/* SPDX-License-Identifier: Apache-2.0 */
/* Every link of every answer leads to the words or the row it names, in the file itself. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "demo.h"
#include "propter/document.h"
#include "propter/io.h"
#include "propter/zip.h"

static const char *file_name(PropterStr path, char *out, size_t size) {
  (void)snprintf(out, size, "%.*s", (int)path.len, path.data);
  const char *slash = strrchr(out, '/');
  return slash ? slash + 1 : out;
}

/* --- quotes ------------------------------------------------------------------------------------------------------------------------------------------ */

static const struct {
  const char *code, *text;
} entities[] = {{"&amp;", "&"},
                {"&lt;", "<"},
                {"&gt;", ">"},
                {"&quot;", "\""},
                {"&apos;", "'"},
                {"&nbsp;", " "},
                {"&#160;", " "},
                {"&#xA0;", " "},
                {"&ndash;", "\xE2\x80\x93"},
                {"&mdash;", "\xE2\x80\x94"},
                {"&rsquo;", "\xE2\x80\x99"},
                {"&lsquo;", "\xE2\x80\x98"},
                {"&ldquo;", "\xE2\x80\x9C"},
                {"&rdquo;", "\xE2\x80\x9D"},
                {"&#8217;", "\xE2\x80\x99"},
                {"&#39;", "'"}};

/* A reader of its own: the bytes without tags, entities decoded, without marks of emphasis, all white space gone. */
static void bare(PropterStr bytes, bool markup, bool emphasis, PropterBuf *out) {
  for (size_t i = 0; i < bytes.len; i++) {
    char c = bytes.data[i];
    if (markup && c == '<') {
      while (i < bytes.len && bytes.data[i] != '>') i++;
      continue;
    }
    bool decoded = false;
    for (size_t k = 0; markup && c == '&' && k < sizeof entities / sizeof *entities && !decoded; k++)
      if (propter_str_starts((PropterStr){bytes.data + i, bytes.len - i}, propter_str(entities[k].code))) {
        if (entities[k].text[0] != ' ') propter_buf_add(out, propter_str(entities[k].text));
        i += strlen(entities[k].code) - 1;
        decoded = true;
      }
    if (decoded) continue;
    if (emphasis && (c == '*' || c == '_' || c == '\\' || c == '`' || c == '>')) continue;
    if (c == ' ' || c == '\n' || c == '\r' || c == '\t') continue;
    if (c == '\xC2' && i + 1 < bytes.len && bytes.data[i + 1] == '\xA0') {
      i++;
      continue;
    }
    propter_buf_add_char(out, c);
  }
}

static void same_text(const PropterEvidence *e, PropterStr bytes, const char *name) {
  PropterBuf a = {0}, b = {0};
  bool markup = strstr(name, ".html") || strstr(name, ".docx"), emphasis = strstr(name, ".md") != NULL;
  ck_assert_msg(e->byte_end <= bytes.len && e->byte_start < e->byte_end, "%s: bytes %llu to %llu of %zu", name, (unsigned long long)e->byte_start,
                (unsigned long long)e->byte_end, bytes.len);
  bare((PropterStr){bytes.data + e->byte_start, (size_t)(e->byte_end - e->byte_start)}, markup, emphasis, &a);
  bare(e->text, false, emphasis, &b);
  ck_assert_msg(propter_str_equal(propter_buf_str(&a), propter_buf_str(&b)), "%s bytes %llu to %llu:\n%.*s\nquote:\n%.*s", name,
                (unsigned long long)e->byte_start, (unsigned long long)e->byte_end, (int)a.len, a.data, (int)b.len, b.data);
  propter_buf_clear(&a);
  propter_buf_clear(&b);
}

static void quote_resolves(const PropterEvidence *e) {
  char held[1024];
  const char *name = file_name(e->path, held, sizeof held), *path = support_path(support_path(demo_pack(), "documents"), name);
  PropterDocument *document;
  PropterBuf bytes = {0};
  ck_assert_msg(e->char_end > e->char_start, "%s: no characters", name);
  ck_ok(propter_document_open(path, NULL, &document, err));
  size_t from = propter_document_byte_of(document, (size_t)e->char_start), to = propter_document_byte_of(document, (size_t)e->char_end);
  ck_assert_msg(propter_str_equal((PropterStr){document->text.data + from, to - from}, e->text), "%s characters %llu to %llu: \"%.*s\", quote: \"%.*s\"", name,
                (unsigned long long)e->char_start, (unsigned long long)e->char_end, (int)(to - from), document->text.data + from, (int)e->text.len,
                e->text.data);
  propter_document_free(document);
  ck_assert_msg(e->has_bytes, "%s: no bytes", name);
  ck_ok(propter_io_read_file(path, 0, &bytes, err));
  if (e->part.len) {
    PropterZip *zip;
    PropterBuf part = {0};
    char part_name[256];
    (void)snprintf(part_name, sizeof part_name, "%.*s", (int)e->part.len, e->part.data);
    ck_ok(propter_zip_open(propter_buf_str(&bytes), NULL, &zip, err));
    ck_ok(propter_zip_read(zip, part_name, &part, err));
    same_text(e, propter_buf_str(&part), name);
    propter_zip_close(zip);
    propter_buf_clear(&part);
  } else {
    same_text(e, propter_buf_str(&bytes), name);
  }
  propter_buf_clear(&bytes);
}

/* --- rows --------------------------------------------------------------------------------------------------------------------------------------------- */

static PropterStr line_of(PropterStr text, uint64_t number) {
  size_t at = 0;
  for (uint64_t n = 1; n < number && at < text.len; at++) n += text.data[at] == '\n';
  size_t end = at;
  while (end < text.len && text.data[end] != '\n' && text.data[end] != '\r') end++;
  return (PropterStr){text.data + at, end - at};
}

/* The file has no quotes. */
static PropterStr field(PropterStr line, size_t n) {
  size_t at = 0;
  for (size_t i = 0; i < n && at < line.len; at++) i += line.data[at] == ',';
  size_t end = at;
  while (end < line.len && line.data[end] != ',') end++;
  return (PropterStr){line.data + at, end - at};
}

static void row_resolves(const PropterSourceCell *cell, PropterStr csv) {
  char held[1024], month[16];
  double value;
  size_t column = 0;
  ck_assert_str_eq(file_name(cell->file, held, sizeof held), "us-employment.csv");
  ck_assert_msg(cell->row > 1 && cell->column.len, "row %llu, column \"%.*s\"", (unsigned long long)cell->row, (int)cell->column.len, cell->column.data);
  PropterStr header = line_of(csv, 1), line = line_of(csv, cell->row);
  while (column < 24 && !propter_str_equal(field(header, column), cell->column)) column++;
  ck_assert_msg(column < 24, "no column \"%.*s\"", (int)cell->column.len, cell->column.data);
  propter_day_format(cell->first, month);
  ck_assert_msg(propter_str_equal(field(line, 0), propter_str(month)), "line %llu is %.*s, not %s", (unsigned long long)cell->row, (int)field(line, 0).len,
                field(line, 0).data, month);
  ck_assert(propter_str_to_double(field(line, column), &value));
  ck_assert_double_eq_tol(value, cell->value, 1e-9);
}

/* --- all of them --------------------------------------------------------------------------------------------------------------------------------------- */

START_TEST(every_link_leads_to_its_words_or_row) {
  PropterInferOptions options = propter_infer_options();
  options.threads = 1;
  options.unlimited = true;
  Demo demo = demo_open(demo_graph(), &options);
  PropterBuf csv = {0};
  size_t quotes = 0, rows = 0;
  ck_ok(propter_io_read_file(support_path(demo_pack(), "us-employment.csv"), 0, &csv, err));
  for (size_t i = 0; i < demo_question_count; i++) {
    PropterInference *x = demo_ask(&demo, &demo_questions[i]);
    for (size_t k = 0; k < x->cells; k++) row_resolves(&x->cell[k], propter_buf_str(&csv)), rows++;
    for (size_t k = 0; k < x->said; k++) quote_resolves(&x->saying[k]), quotes++;
    for (size_t c = 0; c < x->causes; c++)
      for (size_t k = 0; k < x->cause[c].evidences; k++) {
        const PropterEvidence *e = &x->cause[c].evidence[k];
        if (e->kind == PROPTER_EVIDENCE_QUOTE) quote_resolves(e), quotes++;
        if (e->kind == PROPTER_EVIDENCE_ROW) row_resolves(&e->cell, propter_buf_str(&csv)), rows++;
        if (e->kind == PROPTER_EVIDENCE_TEST) ck_assert(isfinite(e->weight));
        ck_assert_msg(e->kind == PROPTER_EVIDENCE_LINK || e->text.len > 0, "evidence without words");
      }
    propter_inference_free(x);
  }
  demo_close(&demo);
  propter_buf_clear(&csv);
  ck_assert_uint_gt(quotes, 30);
  ck_assert_uint_gt(rows, 300);
}
END_TEST

Suite *suite_evidence(void) {
  Suite *s = suite_create("evidence");
  TCase *t = tcase_create("links");
  tcase_set_timeout(t, 240);
  tcase_add_unchecked_fixture(t, demo_setup, NULL);
  tcase_add_test(t, every_link_leads_to_its_words_or_row);
  suite_add_tcase(s, t);
  return s;
}
