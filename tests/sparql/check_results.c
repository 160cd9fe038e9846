/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "propter/results.h"
#include "support.h"

#define T(kind, value, datatype, language) {PROPTER_TERM_##kind, {value, sizeof(value) - 1}, {datatype, sizeof(datatype) - 1}, {language, sizeof(language) - 1}}

static const PropterTerm terms[][3] = {
    {T(IRI, "a:x", "", ""), T(LITERAL, "say \"hi\", <you> & me\n", "", "en"), T(NONE, "", "", "")},
    {T(BLANK, "b0", "", ""), T(LITERAL, "-5", "http://www.w3.org/2001/XMLSchema#integer", ""), T(LITERAL, "=1+1", "", "")},
    {T(NONE, "", "", ""), T(LITERAL, "\x1B[31m\x01\xC2\x9Bred", "", ""), T(LITERAL, "", "", "")},
};
static const PropterStr names[] = {{"s", 1}, {"o", 1}, {"x", 1}};

typedef struct {
  size_t at, rows;
  PropterStatus failure;
} Feed;

static PropterStatus next(void *payload, const PropterTerm **row, PropterError *err) {
  Feed *f = payload;
  *row = NULL;
  if (f->at < f->rows)
    *row = terms[f->at++];
  else if (f->failure != PROPTER_OK)
    return propter_fail(err, f->failure, "stopped");
  return PROPTER_OK;
}

static PropterStatus take(PropterStr bytes, void *payload, PropterError *err) {
  propter_buf_add(payload, bytes);
  return propter_buf_status(payload, err);
}

static PropterStatus write_rows(const char *format, bool raw, size_t rows, PropterStatus failure, PropterBuf *out, PropterError *err) {
  Feed f = {0, rows, failure};
  PropterRows r = {names, 3, next, &f};
  return propter_rows_write(&r, format, raw, take, out, NULL, err);
}

#define XSD "http://www.w3.org/2001/XMLSchema#"

static const struct Format {
  const char *format, *wanted;
  size_t rows;
} formats[] = {
    {"json",
     "{\"head\":{\"vars\":[\"s\",\"o\",\"x\"]},\"results\":{\"bindings\":[\n"
     "{\"s\":{\"type\":\"uri\",\"value\":\"a:x\"},\"o\":{\"type\":\"literal\",\"value\":\"say \\\"hi\\\", <you> & me\\n\",\"xml:lang\":\"en\"}},\n"
     "{\"s\":{\"type\":\"bnode\",\"value\":\"b0\"},\"o\":{\"type\":\"literal\",\"value\":\"-5\",\"datatype\":\"" XSD
     "integer\"},\"x\":{\"type\":\"literal\",\"value\":\"=1+1\"}},\n"
     "{\"o\":{\"type\":\"literal\",\"value\":\"\\u001b[31m\\u0001\xC2\x9Bred\"},\"x\":{\"type\":\"literal\",\"value\":\"\"}}\n]}}\n",
     3},
    {"application/sparql-results+xml; charset=utf-8",
     "<?xml version=\"1.0\"?>\n<sparql xmlns=\"http://www.w3.org/2005/sparql-results#\">\n  <head>\n    <variable name=\"s\"/>\n    <variable name=\"o\"/>\n    <variable name=\"x\"/>\n  </head>\n  <results>\n"
     "    <result>\n      <binding name=\"s\"><uri>a:x</uri></binding>\n      <binding name=\"o\"><literal xml:lang=\"en\">say &quot;hi&quot;, &lt;you&gt; &amp; me\n</literal></binding>\n    </result>\n"
     "    <result>\n      <binding name=\"s\"><bnode>b0</bnode></binding>\n      <binding name=\"o\"><literal datatype=\"" XSD
     "integer\">-5</literal></binding>\n      <binding name=\"x\"><literal>=1+1</literal></binding>\n    </result>\n"
     "  </results>\n</sparql>\n",
     2},
    {"csv", "s,o,x\r\na:x,\"say \"\"hi\"\", <you> & me\n\",\r\n_:b0,-5,'=1+1\r\n,\x1B[31m\x01\xC2\x9Bred,\r\n", 3},
    {"tsv", "?s\t?o\t?x\n<a:x>\t\"say \\\"hi\\\", <you> & me\\n\"@en\t\n_:b0\t\"-5\"^^<" XSD "integer>\t\"=1+1\"\n\t\"\\u001B[31m\\u0001\xC2\x9Bred\"\t\"\"\n",
     3},
    {"table",
     "s      o                         x\n-----  ------------------------  ----\n<a:x>  say \"hi\", <you> & me @en  \n_:b0   -5                        =1+1\n       \xEF\xBF\xBD[31m\xEF\xBF\xBD\xEF\xBF\xBD"
     "red                \n(3 rows)\n",
     3},
};

START_TEST(test_formats) {
  PropterBuf out = {.max = 100000};
  ck_ok(write_rows(formats[_i].format, false, formats[_i].rows, PROPTER_OK, &out, err));
  ck_assert_str_eq(out.data, formats[_i].wanted);
  propter_buf_clear(&out);
}
END_TEST

START_TEST(test_raw_csv) {
  PropterBuf out = {.max = 100000};
  ck_ok(write_rows("csv", true, 2, PROPTER_OK, &out, err));
  ck_assert_ptr_nonnull(strstr(out.data, ",=1+1\r\n"));
  propter_buf_clear(&out);
}
END_TEST

START_TEST(test_empty) {
  PropterBuf out = {.max = 100000};
  ck_ok(write_rows("json", false, 0, PROPTER_OK, &out, err));
  ck_assert_str_eq(out.data, "{\"head\":{\"vars\":[\"s\",\"o\",\"x\"]},\"results\":{\"bindings\":[]}}\n");
  PropterBuf table = {.max = 100000};
  ck_ok(write_rows("table", false, 0, PROPTER_OK, &table, err));
  ck_assert_str_eq(table.data, "s  o  x\n-  -  -\n(0 rows)\n");
  propter_buf_clear(&out);
  propter_buf_clear(&table);
}
END_TEST

START_TEST(what_xml_has_no_form_for_is_an_error) {
  PropterError err = {0};
  PropterBuf out = {.max = 100000};
  ck_assert_int_eq(write_rows("xml", false, 3, PROPTER_OK, &out, &err), PROPTER_INVALID);
  ck_assert_str_eq(err.message, "XML has no form for the characters of ?o: ask for JSON instead");
  ck_assert_ptr_null(strstr(out.data, "</sparql>"));
  propter_buf_clear(&out);
}
END_TEST

START_TEST(test_failures) {
  PropterError err = {0};
  for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
    PropterBuf out = {.max = 100000};
    ck_assert_int_eq(write_rows(formats[i].format, false, 2, PROPTER_TIMEOUT, &out, &err), PROPTER_TIMEOUT);
    ck_assert_str_eq(err.message, "stopped");
    /* A short result never looks like a whole one. */
    ck_assert_ptr_null(out.data ? strstr(out.data, "]}}") : NULL);
    ck_assert_ptr_null(out.data ? strstr(out.data, "</sparql>") : NULL);
    propter_buf_clear(&out);
  }
  PropterBuf out = {.max = 100000};
  ck_assert_int_eq(write_rows("docx", false, 1, PROPTER_OK, &out, &err), PROPTER_USAGE);
  ck_assert_int_eq(propter_boolean_write(true, "csv", take, &out, &err), PROPTER_USAGE);
  propter_buf_clear(&out);
}
END_TEST

START_TEST(test_boolean) {
  PropterBuf out = {.max = 100000};
  ck_ok(propter_boolean_write(true, "json", take, &out, err));
  ck_assert_str_eq(out.data, "{\"head\":{},\"boolean\":true}\n");
  propter_buf_reset(&out);
  ck_ok(propter_boolean_write(false, "xml", take, &out, err));
  ck_assert_ptr_nonnull(strstr(out.data, "<boolean>false</boolean>"));
  propter_buf_clear(&out);
}
END_TEST

/* Takes what is written until it is full. */
typedef struct {
  size_t calls, full_at, largest;
} Disk;

static PropterStatus onto_disk(PropterStr bytes, void *payload, PropterError *err) {
  Disk *d = payload;
  if (bytes.len > d->largest) d->largest = bytes.len;
  return ++d->calls == d->full_at ? propter_fail(err, PROPTER_IO, "the disk is full") : PROPTER_OK;
}

/* The third row is not for XML. */
static PropterStatus next_again(void *payload, const PropterTerm **row, PropterError *err) {
  (void)err;
  Feed *f = payload;
  *row = f->at < f->rows ? terms[f->at++ % 2] : NULL;
  return PROPTER_OK;
}

static PropterStatus write_many(const char *format, Disk *disk, PropterError *err) {
  Feed feed = {.rows = 15000};
  PropterRows rows = {names, 3, next_again, &feed};
  return propter_rows_write(&rows, format, false, onto_disk, disk, NULL, err);
}

/* All but the table, whose columns are as wide as their widest cell, go out as they come. */
START_TEST(test_a_full_disk_at_any_write) {
  const char *format = formats[_i].format;
  Disk whole = {0};
  ck_ok(write_many(format, &whole, err));
  ck_assert(strcmp(format, "table") == 0 || (whole.calls > 2 && whole.largest < 1 << 17));
  for (size_t n = 1; n <= whole.calls; n++) {
    Disk disk = {.full_at = n};
    PropterError err = {0};
    ck_assert_int_eq(write_many(format, &disk, &err), PROPTER_IO);
    ck_assert_str_eq(err.message, "the disk is full");
    ck_assert_uint_eq(disk.calls, n);
  }
}
END_TEST

static PropterStatus write_once(void *payload, PropterError *err) {
  const struct Format *f = payload;
  PropterBuf out = {.max = 100000};
  PropterStatus status = write_rows(f->format, false, f->rows, PROPTER_OK, &out, err);
  propter_buf_clear(&out);
  return status;
}

START_TEST(test_faults) { ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, write_once, (void *)(uintptr_t)&formats[_i], false), 1); }
END_TEST

Suite *suite_results(void);
Suite *suite_results(void) {
  Suite *s = suite_create("results");
  TCase *t = tcase_create("results");
  tcase_add_loop_test(t, test_formats, 0, sizeof formats / sizeof *formats);
  tcase_add_test(t, test_raw_csv);
  tcase_add_test(t, test_empty);
  tcase_add_test(t, what_xml_has_no_form_for_is_an_error);
  tcase_add_test(t, test_failures);
  tcase_add_test(t, test_boolean);
  tcase_add_loop_test(t, test_a_full_disk_at_any_write, 0, sizeof formats / sizeof *formats);
  tcase_add_loop_test(t, test_faults, 0, sizeof formats / sizeof *formats);
  suite_add_tcase(s, t);
  return s;
}
