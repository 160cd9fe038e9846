/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of XML documents: matched on the way they are those that XPath finds in the whole document. */
#include <stdio.h>
#include <string.h>

#include "propter/rng.h"
#include "propter/xml.h"
#include "support.h"

Suite *suite_xml(void);

typedef struct {
  PropterStr text;
  size_t piece, at; /* bytes a call */
  PropterStr repeat; /* given `times` times between text and end */
  size_t times;
  const char *end;
} Input;

static PropterStatus read_input(void *payload, void *bytes, size_t size, size_t *count, PropterError *err) {
  Input *in = payload;
  (void)err;
  if (in->at == in->text.len && in->times) in->text = in->repeat, in->times--, in->at = 0;
  else if (in->at == in->text.len && in->end) in->text = propter_str(in->end), in->end = NULL, in->at = 0;
  *count = in->text.len - in->at;
  if (*count > size) *count = size;
  if (in->piece && *count > in->piece) *count = in->piece;
  memcpy(bytes, in->text.data + in->at, *count);
  in->at += *count;
  return PROPTER_OK;
}

typedef struct {
  Input input;
  const char *iterator, *const *columns; /* ended by NULL */
  bool whole; /* an expression more, for whose sake the document is held */
  PropterLimits limits;
  PropterBuf out;
  size_t rows;
  bool held;
} Case;

static PropterStatus add(PropterXmlNode node, PropterStr text, void *payload, PropterError *err) {
  Case *c = payload;
  (void)node;
  propter_buf_printf(&c->out, "<%.*s>", (int)text.len, text.data);
  return propter_buf_status(&c->out, err);
}

static PropterStatus read_rows(Case *c, PropterXmlRows *rows, PropterError *err) {
  PropterXmlPath *paths[8], *outside;
  PropterXmlNode row;
  uint64_t line;
  size_t count = 0;
  PROPTER_TRY(propter_xml_rows_prefix(rows, "e", "http://e/", err));
  PROPTER_TRY(propter_xml_rows_iterator(rows, propter_str(c->iterator), err));
  for (; c->columns && c->columns[count]; count++) PROPTER_TRY(propter_xml_path(rows, propter_str(c->columns[count]), &paths[count], err));
  if (c->whole) PROPTER_TRY(propter_xml_path(rows, PROPTER_STR("/none"), &outside, err));
  propter_xml_rows_input(rows, read_input, &c->input, "t.xml", false);
  c->held = propter_xml_rows_whole(rows) != NULL;
  for (;;) {
    PROPTER_TRY(propter_xml_rows_next(rows, &row, &line, err));
    if (!row) return PROPTER_OK;
    c->rows++;
    if (!c->columns) continue;
    propter_buf_printf(&c->out, "%llu:", (unsigned long long)line);
    for (size_t i = 0; i < count; i++) {
      PROPTER_TRY(propter_xml_path_each(paths[i], row, add, c, err));
      propter_buf_add_char(&c->out, '|');
    }
    propter_buf_add_char(&c->out, '\n');
  }
}

static PropterStatus run(void *payload, PropterError *err) {
  Case *c = payload;
  PropterXmlRows *rows;
  propter_buf_reset(&c->out);
  c->input.at = c->rows = 0;
  PROPTER_TRY(propter_xml_rows_new(&c->limits, &rows, err));
  PropterStatus status = read_rows(c, rows, err);
  propter_xml_rows_free(rows);
  return status == PROPTER_OK ? propter_buf_status(&c->out, err) : status;
}

/* --- Both ways -------------------------------------------------------------------------------------------------------------------- */

static const char *const on_the_way[] = {"/r/p",
                                         "//p",
                                         "/r//p",
                                         "r/p",
                                         "/r/*",
                                         "//e:p",
                                         "/r/e:*",
                                         "//p[@k]",
                                         "/r/p[@k='1'][n]",
                                         "//p[n='x' or not(p)]",
                                         "//g[@k]/p",
                                         "/r/g[@k='2']//p[../@k]",
                                         "//p/n",
                                         "//*",
                                         "//p[count(n) > 1]",
                                         "//p[ancestor::g/@k='1']",
                                         "//g//g/p",
                                         " / r / p [ n ] ",
                                         "//and/p",
                                         "//n[. = 'x']",
                                         "//p[string-length(@k) > 0]"};
static const char *const held[] = {"/*",
                                   "/r",
                                   "//p[1]",
                                   "/r/p[last()]",
                                   "/r/p[position() < 3]",
                                   "//p[count(n)]",
                                   "//p/@k",
                                   "//p | //n",
                                   "//p[../n]",
                                   "/r/g[n]/p",
                                   "//p[following-sibling::p]",
                                   "//p/..",
                                   "//n/text()",
                                   "id('x')",
                                   "//p[@k]/self::p",
                                   "//p[//n]",
                                   "//p[ /r ]",
                                   "//p[n and /r/g]",
                                   "/",
                                   "//p[string-length() > 2]/n",
                                   "descendant::p",
                                   "(//p)[2]",
                                   "//p[@k * 1]"};
static const char *const columns[] = {"@k", "n", ".", "../@k", "count(.//n)", "concat(n, '-', ancestor::g/@k)", "n[1]/text()", NULL};

static void put_random(PropterBuf *out, PropterRng *rng, unsigned depth) {
  static const char *const names[] = {"p", "p", "n", "g", "e:p", "and"};
  static const char *const texts[] = {"x", "\xC3\xA9\xE2\x82\xAC\n", "&lt;&#233;", "<![CDATA[<p>]]>", "<!-- <p/> -->", "<?p i?>", " \n", "\xF0\x9F\x98\x80"};
  size_t n = propter_rng_below(rng, depth ? 5 : 1);
  for (size_t i = 0; i < n; i++) {
    const char *name = names[propter_rng_below(rng, 6)];
    propter_buf_printf(out, "<%s", name);
    if (propter_rng_below(rng, 2)) propter_buf_printf(out, " k='%u'", (unsigned)propter_rng_below(rng, 3));
    propter_buf_printf(out, "%s>%s", propter_rng_below(rng, 2) ? "\n" : "", texts[propter_rng_below(rng, 8)]);
    put_random(out, rng, depth - 1);
    propter_buf_printf(out, "</%s>%s", name, texts[propter_rng_below(rng, 8)]);
  }
}

static void random_document(PropterBuf *out, uint64_t seed) {
  PropterRng rng;
  propter_rng_seed(&rng, seed);
  propter_buf_reset(out);
  propter_buf_printf(out, "<?xml version='1.0'?>\n<!-- begins --><r xmlns:e='http://e/' k='1'>\n");
  for (int i = 0; i < 4; i++) put_random(out, &rng, 4);
  propter_buf_printf(out, "</r>\n<!-- ends -->");
  ck_ok(propter_buf_status(out, err));
}

START_TEST(both_ways) {
  static const size_t pieces[] = {1, 2, 3, 7, 16, 61, 0};
  PropterBuf document = {0};
  size_t rows = 0;
  for (uint64_t seed = 1; seed <= 40; seed++) {
    random_document(&document, seed);
    for (size_t i = 0; i < sizeof on_the_way / sizeof *on_the_way; i++) {
      Case a = {.input = {.text = propter_buf_str(&document), .piece = pieces[(seed + i) % 7]},
                .iterator = on_the_way[i],
                .columns = columns,
                .limits = propter_limits_default()};
      Case b = a;
      b.whole = true;
      ck_ok(run(&a, err));
      ck_ok(run(&b, err));
      ck_assert_msg(!a.held && b.held, "%s", a.iterator);
      ck_assert_msg(propter_str_equal(propter_buf_str(&a.out), propter_buf_str(&b.out)), "%s\n%s\non the way:\n%s\nin the whole:\n%s", document.data,
                    a.iterator, a.out.data ? a.out.data : "", b.out.data ? b.out.data : "");
      rows += a.rows;
      propter_buf_clear(&a.out);
      propter_buf_clear(&b.out);
    }
  }
  ck_assert_uint_gt(rows, 10000);
  propter_buf_clear(&document);
}
END_TEST

START_TEST(expressions) {
  static const char *const stay[] = {"@id",
                                     "n",
                                     "x/y[2]",
                                     ".//z",
                                     "count(n)",
                                     "normalize-space(.)",
                                     "../@id",
                                     "../../@id",
                                     "ancestor::g/@id",
                                     "n | m",
                                     "text()",
                                     "'/..'",
                                     "concat(n, \" ../x \")",
                                     "n[last()]",
                                     "self::p/n",
                                     "descendant::n[@a = '1' and b]",
                                     "2 * n",
                                     "a - b",
                                     "../@e:*",
                                     "lang('en')"};
  static const char *const leave[] = {"..",
                                      "../n",
                                      "/r",
                                      "//n",
                                      "n | /r",
                                      "a and /r",
                                      "2 * /r",
                                      "n[/r]",
                                      "preceding-sibling::p",
                                      "ancestor::g",
                                      "../..",
                                      "string(..)",
                                      "id('x')",
                                      "ancestor::g[1]/@id",
                                      "../@id/../n",
                                      "$x",
                                      "concat(n, //m)",
                                      "..//@id",
                                      "namespace::*",
                                      "following::n",
                                      "nothing(n)"};
  for (int side = 0; side < 2; side++)
    for (size_t i = 0; i < (side ? sizeof leave : sizeof stay) / sizeof *stay; i++) {
      PropterXmlRows *rows;
      PropterXmlPath *path;
      PropterStr text = propter_str(side ? leave[i] : stay[i]);
      ck_ok(propter_xml_rows_new(NULL, &rows, err));
      ck_ok(propter_xml_rows_iterator(rows, PROPTER_STR("/r/p"), err));
      ck_ok(propter_xml_path(rows, text, &path, err));
      ck_assert_msg((propter_xml_rows_whole(rows) != NULL) == side, "%s", text.data);
      if (side) ck_assert_str_eq(propter_xml_rows_whole(rows), text.data);
      propter_xml_rows_free(rows);
    }
  PropterXmlRows *rows;
  for (size_t i = 0; i < sizeof held / sizeof *held; i++) {
    ck_ok(propter_xml_rows_new(NULL, &rows, err));
    ck_ok(propter_xml_rows_iterator(rows, propter_str(held[i]), err));
    ck_assert_msg(propter_xml_rows_whole(rows) != NULL, "%s", held[i]);
    propter_xml_rows_free(rows);
  }
}
END_TEST

/* --- Limits and mistakes ------------------------------------------------------------------------------------------------------------ */

/* 16 MB of which 64 KiB may be held. */
START_TEST(bounded) {
  PropterBuf rows = {0};
  for (int i = 0; i < 100; i++)
    propter_buf_printf(&rows, "<skipped><p>no row</p> text </skipped>\n<p k='%d'><n>\xC3\xA9</n> text &amp; more of it</p>\n<!-- between -->", i);
  Case c = {.input = {.text = PROPTER_STR("<r>"), .repeat = propter_buf_str(&rows), .times = 1600, .end = "</r>"},
            .iterator = "/r/p[n]",
            .limits = propter_limits_default()};
  c.limits.document_bytes = 1 << 16;
  ck_ok(run(&c, err));
  ck_assert_uint_eq(c.rows, 160000);
  PropterError err = {0};
  Case held_case = {
      .input = {.text = PROPTER_STR("<r>"), .repeat = propter_buf_str(&rows), .times = 1600, .end = "</r>"}, .iterator = "/r/p[1]", .limits = c.limits};
  ck_assert_int_eq(run(&held_case, &err), PROPTER_LIMIT);
  ck_assert_msg(strstr(err.message, "the document is longer than the limit of 65536 bytes") != NULL, "%s", err.message);
  err = (PropterError){0};
  Case long_row = {
      .input = {.text = PROPTER_STR("<r>\n<p>"), .repeat = propter_buf_str(&rows), .times = 1600, .end = "</p></r>"}, .iterator = "/r/p", .limits = c.limits};
  ck_assert_int_eq(run(&long_row, &err), PROPTER_LIMIT);
  ck_assert_msg(strstr(err.message, "one row is longer than the limit of 65536 bytes") != NULL, "%s", err.message);
  propter_buf_clear(&rows);
}
END_TEST

static void expect_error(const char *text, const char *iterator, PropterStatus status, uint64_t line, const char *words) {
  for (int whole = 0; whole < 2; whole++) {
    PropterError err = {0};
    Case c = {.input = {.text = propter_str(text)}, .iterator = iterator, .whole = whole, .limits = propter_limits_default()};
    ck_assert_int_eq(run(&c, &err), status);
    ck_assert_msg(strstr(err.message, words) != NULL, "%s", err.message);
    ck_assert_msg(err.line == line, "%s: %s: line %llu", text, err.message, (unsigned long long)err.line);
    propter_buf_clear(&c.out);
  }
}

START_TEST(mistakes) {
  expect_error("<r>\n<p>\n</r>", "/r/p", PROPTER_SYNTAX, 3, "not well-formed XML: Opening and ending tag mismatch");
  expect_error("<r>\n<p>\n<n>half", "/r/p", PROPTER_SYNTAX, 3, "the document ends inside <n>");
  expect_error("<r>\n<p/>", "/r/p", PROPTER_SYNTAX, 2, "the document ends inside <r>");
  expect_error("", "/r/p", PROPTER_SYNTAX, 1, "found nothing");
  expect_error("no", "/r/p", PROPTER_SYNTAX, 1, "not well-formed XML");
  expect_error("<r/>\n<r/>", "/r/p", PROPTER_SYNTAX, 2, "not well-formed XML");
  expect_error("<r>\n<p>&none;</p></r>", "/r/p", PROPTER_SYNTAX, 2, "Entity 'none' not defined");
  expect_error("<!DOCTYPE r [\n<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;'>]><r><p>&b;</p></r>", "/r/p", PROPTER_INVALID, 1, "without a DOCTYPE");
  expect_error("<!DOCTYPE r SYSTEM 'file:///etc/passwd'><r><p/></r>", "/r/p", PROPTER_INVALID, 1, "without a DOCTYPE");
  expect_error("<r>\n<p>\xFF</p></r>", "/r/p", PROPTER_SYNTAX, 2, "not well-formed XML");
  expect_error("<r><p/></r>", "//x:p", PROPTER_INVALID, 0, "XPath: it has a prefix that is not bound");
  expect_error("<r><p/></r>", "count(//p)", PROPTER_INVALID, 0, "an iterator that gives nodes");
  expect_error("<r><p/></r>", "//namespace::*", PROPTER_INVALID, 0, "an iterator that gives nodes");
  expect_error("<r><p/></r>", "/r/nothing(p)", PROPTER_SYNTAX, 0, "is no XPath");
  expect_error("<r><p/></r>", "nothing(p)", PROPTER_INVALID, 0, "a function that XPath 1.0 has not");
  expect_error("<r/>", "/r/p[", PROPTER_SYNTAX, 0, "is no XPath: a mistake at character");
  PropterBuf deep = {0};
  for (int i = 0; i < 300; i++) propter_buf_add(&deep, PROPTER_STR("\n<p>"));
  expect_error(deep.data, "//n", PROPTER_LIMIT, 258, "nested deeper than 256");
  propter_buf_clear(&deep);
  PropterError err = {0};
  Case slow = {.input = {.text = PROPTER_STR("<r><p/><p/><p/></r>")}, .iterator = "//p", .columns = (const char *const[]){"count(//p[//p[//p[//p]]])", NULL},
               .limits = propter_limits_default()};
  slow.limits.match_steps = 1;
  ck_assert_int_eq(run(&slow, &err), PROPTER_LIMIT);
  ck_assert_msg(strstr(err.message, "too many steps") != NULL, "%s", err.message);
  propter_buf_clear(&slow.out);
}
END_TEST

/* In other encodings, as the document declares them or as its first bytes show. */
START_TEST(encodings) {
  Case c = {.input = {.text = PROPTER_STR("<?xml version='1.0' encoding='ISO-8859-1'?><r><p>\xE9</p></r>"), .piece = 5},
            .iterator = "/r/p",
            .columns = (const char *const[]){".", NULL},
            .limits = propter_limits_default()};
  ck_ok(run(&c, err));
  ck_assert_str_eq(c.out.data, "1:<\xC3\xA9>|\n");
  c.input.text = PROPTER_STR("\xEF\xBB\xBF<r><p>\xC3\xA9</p></r>");
  ck_ok(run(&c, err));
  ck_assert_str_eq(c.out.data, "1:<\xC3\xA9>|\n");
  propter_buf_clear(&c.out);
}
END_TEST

START_TEST(failing_calls) {
  Case c = {
      .input = {.text = PROPTER_STR("<r><p k='1'><n>a</n></p><p/></r>")}, .iterator = "/r/p[@k][n]", .columns = columns, .limits = propter_limits_default()};
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, run, &c, false), 10);
  propter_buf_clear(&c.out);
}
END_TEST

Suite *suite_xml(void) {
  Suite *s = suite_create("xml");
  TCase *t = tcase_create("xml");
  tcase_set_timeout(t, 60);
  tcase_add_test(t, both_ways);
  tcase_add_test(t, expressions);
  tcase_add_test(t, bounded);
  tcase_add_test(t, mistakes);
  tcase_add_test(t, encodings);
  tcase_add_test(t, failing_calls);
  suite_add_tcase(s, t);
  return s;
}
