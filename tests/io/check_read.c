/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <zlib.h>

#include "document.h"
#include "propter/rng.h"
#include "support.h"

#define XSD "http://www.w3.org/2001/XMLSchema#"

#define TWICE "<a:s> <a:p> <a:o> .\n<a:s> <a:p> <a:o> .\n"

static const struct {
  const char *format, *text, *wanted;
} good[] = {
    {"nt", "", ""},
    {"nt", "# nothing\n\n", ""},
    {"nt", "<a:s> <a:p> <a:o> .", "<a:s> <a:p> <a:o> .\n"},
    {"nt", "<a:s><a:p>\"x\\u00e4\\U0001F600\\n\"@en-GB.# c\n_:a <a:p> _:b .\n", "<a:s> <a:p> \"x\xC3\xA4\xF0\x9F\x98\x80\n\"@en-GB .\n_:xa <a:p> _:xb .\n"},
    {"nt", "<a:s> <a:p> \"1\"^^<" XSD "string> .\n", "<a:s> <a:p> \"1\" .\n"},
    {"nt", "\xEF\xBB\xBF<a:s> <a:p> <a:o> .\n", "<a:s> <a:p> <a:o> .\n"},
    {"nq", "\xEF\xBB\xBF", ""},
    /* Subjects that are, or only begin like, the one before. */
    {"nt", "<a:s> <a:p> <a:o> .\n<a:s><a:p><a:o>.\n<a:st> <a:p> <a:s> .\n  <a:s> <a:p> <a:o> .\n", TWICE "<a:st> <a:p> <a:s> .\n<a:s> <a:p> <a:o> .\n"},
    {"nt", "<a:\\u0073> <a:p> <a:o> .\n<a:\\u0073> <a:p> <a:o> .\n", TWICE},
    {"nt", "<a:s> <a:p> <a:o> .\n_:s <a:p> <a:o> .\n<a:s> <a:p> <a:o> .", "<a:s> <a:p> <a:o> .\n_:xs <a:p> <a:o> .\n<a:s> <a:p> <a:o> .\n"},
    {"nq", "<a:s> <a:p> <a:o> <a:g> .\n<a:s> <a:p> \"\" _:g .\n", "<a:s> <a:p> <a:o> <a:g> .\n<a:s> <a:p> \"\" _:xg .\n"},
    {"ttl", "@prefix : <#> . :a a :b ; :c 1, -.5, 1e3, true .",
     "<http://b/d#a> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://b/d#b> .\n<http://b/d#a> <http://b/d#c> \"1\"^^<" XSD "integer> .\n"
     "<http://b/d#a> <http://b/d#c> \"-.5\"^^<" XSD "decimal> .\n<http://b/d#a> <http://b/d#c> \"1e3\"^^<" XSD
     "double> .\n<http://b/d#a> <http://b/d#c> \"true\"^^<" XSD "boolean> .\n"},
    {"ttl", "BASE <http://x/y/> PREFIX p: <z/> p:a.b <../q> \"\"\"a\"\"b\nc\"\"\".", "<http://x/y/z/a.b> <http://x/q> \"a\"\"b\nc\" .\n"},
    {"ttl", "<s> <p> '''it's \"''' , '', 'x' .",
     "<http://b/s> <http://b/p> \"it's \"\" .\n<http://b/s> <http://b/p> \"\" .\n<http://b/s> <http://b/p> \"x\" .\n"},
    {"ttl", "_:b1 <p> _:B1, [ <q> _:b2 ] .", "_:xb1 <http://b/p> _:xB1 .\n_:xb1 <http://b/p> _:b1 .\n_:b1 <http://b/q> _:xb2 .\n"},
    {"ttl", "@prefix a_: <http://u/> . a_:x <p> 5.<s> <p> a_:y.",
     "<http://u/x> <http://b/p> \"5\"^^<" XSD "integer> .\n<http://b/s> <http://b/p> <http://u/y> .\n"},
    {"ttl", "<s> <p> (1 <o>) .",
     "<http://b/s> <http://b/p> _:b1 .\n_:b1 <http://www.w3.org/1999/02/22-rdf-syntax-ns#first> \"1\"^^<" XSD "integer> .\n"
     "_:b1 <http://www.w3.org/1999/02/22-rdf-syntax-ns#rest> _:b2 .\n_:b2 <http://www.w3.org/1999/02/22-rdf-syntax-ns#first> <http://b/o> .\n"
     "_:b2 <http://www.w3.org/1999/02/22-rdf-syntax-ns#rest> <http://www.w3.org/1999/02/22-rdf-syntax-ns#nil> .\n"},
    {"ttl",
     "<a:s> <a:p> \"x\" @en , '' \n#@de\n@fr, \"\"\"y\"\"\" ^^ <a:d>, \"\"  #c\n, 'z' , \"w\" \n . #e\n<a:s> <a:p> 1.",
     "<a:s> <a:p> \"x\"@en .\n<a:s> <a:p> \"\"@fr .\n<a:s> <a:p> \"y\"^^<a:d> .\n<a:s> <a:p> \"\" .\n<a:s> <a:p> \"z\" .\n<a:s> <a:p> \"w\" .\n"
     "<a:s> <a:p> \"1\"^^<" XSD "integer> .\n"},
    {"trig", "<g> { <s> <p> <o> } GRAPH _:h { <s> <p> 1 . } { <s> <p> <z> }",
     "<http://b/s> <http://b/p> <http://b/o> <http://b/g> .\n<http://b/s> <http://b/p> \"1\"^^<" XSD
     "integer> _:xh .\n<http://b/s> <http://b/p> <http://b/z> .\n"},
};

START_TEST(test_good) {
  PropterBuf out = {.max = 100000};
  ck_ok(document_read(good[_i].format, "http://b/d", propter_str(good[_i].text), &out, err));
  ck_assert_str_eq(out.data ? out.data : "", good[_i].wanted);
  propter_buf_clear(&out);
}
END_TEST

static const struct {
  const char *format, *text;
  PropterStatus status;
  unsigned line, column;
  const char *message;
} bad[] = {
    {"ttl", "<><>{", PROPTER_SYNTAX, 1, 5, ""},
    {"nt", "<a:s> <a:p> <a:o> .\n<a:s>", PROPTER_SYNTAX, 2, 5, "an IRI"},
    {"nt", "\xEF\xBB\xBF<a:s> x", PROPTER_SYNTAX, 1, 7, "an IRI"},
    {"nt", "<a:s> <a:p> <a:o> .\n\xEF\xBB\xBF<a:s> <a:p> <a:o> .", PROPTER_SYNTAX, 2, 1, "0xEF"},
    {"ttl", "<a:s> <a:p> \"\\uD800\" .", PROPTER_SYNTAX, 1, 19, "found U+D800"},
    {"ttl", "<a:s> <a:p> \"\\U00110000\" .", PROPTER_SYNTAX, 1, 23, "found U+110000"},
    {"ttl", "<a:s> <a:p> \"\\u12g4\" .", PROPTER_SYNTAX, 1, 18, "hexadecimal"},
    {"ttl", "<a:s> <a:p> \"\\x\" .", PROPTER_SYNTAX, 1, 15, "after \"\\\""},
    {"ttl", "<a:s>\n<a:p> \"\xFF\" .", PROPTER_SYNTAX, 2, 8, "found byte 0xFF"},
    {"ttl", "<a:s> <a:p> \"\xED\xA0\x80\" .", PROPTER_SYNTAX, 1, 14, "U+D800"},
    {"ttl", "<a:s> <a:p> \"\xC3", PROPTER_SYNTAX, 1, 14, "continuation"},
    {"ttl", "<a:s> <a:p> <a:o>\n", PROPTER_SYNTAX, 1, 0, ""},
    {"ttl", "<a:s> <a:p> (<a:o> .", PROPTER_SYNTAX, 1, 20, "expected the end of \"(\""},
    {"ttl", "<a:s> <a:p> (1.) .", PROPTER_SYNTAX, 1, 16, "expected the end of \"(\""},
    {"ttl", "<a:s> <a:p> [ <a:q> 1 ) .", PROPTER_SYNTAX, 1, 23, "found \")\""},
    {"ttl", "<a:s> <a:p> 1 ] .", PROPTER_SYNTAX, 1, 15, "without its"},
    {"ttl", "<a:s> <a:p> \"a\nb\" .", PROPTER_SYNTAX, 1, 15, "found the end of the line"},
    {"ttl", "<a:s> <a:p> \"\"\"a\n", PROPTER_SYNTAX, 1, 17, "end of the document"},
    {"ttl", "<a:s> <a:p> <a:o", PROPTER_SYNTAX, 1, 16, "end of the document"},
    {"ttl", "<a:s> <a:p> <a b> .", PROPTER_SYNTAX, 1, 15, "IRI"},
    {"ttl", "<a:s> <a:p> <a:\\u0020> .", PROPTER_SYNTAX, 1, 0, ""},
    {"ttl", "<a:s> <a:p> x:y .", PROPTER_SYNTAX, 1, 0, "declared prefix"},
    {"ttl", "<a:s> <a:p> _:-a .", PROPTER_SYNTAX, 1, 15, "first character"},
    {"ttl", "<a:s> <a:p> _:\xCC\x80 .", PROPTER_SYNTAX, 1, 15, "first character"},
    {"ttl", "<a:s> <a:p> \"x\"@en- .", PROPTER_SYNTAX, 1, 0, "language tag"},
    {"ttl", "\"x\" <a:p> <a:o> .", PROPTER_SYNTAX, 1, 0, ""},
    {"ttl", "[ = <a:x> ; <a:p> 1 ] .", PROPTER_SYNTAX, 1, 3, "RDF term"},
    {"ttl", "<a:s> <a:p> 1 .\n\n@prefix", PROPTER_SYNTAX, 3, 0, ""},
    {"ttl", "<a:s> _:p 1 .", PROPTER_SYNTAX, 1, 0, ""},
    {"trig", "<a:g> { <a:s> <a:p> 1 ", PROPTER_SYNTAX, 1, 0, ""},
    {"nt", "<s> <a:p> <a:o> .", PROPTER_SYNTAX, 1, 0, ""},
    {"nt", "<a:s> <a:p> <a:%zz> .", PROPTER_INVALID, 1, 0, "two hexadecimal digits"},
    {"nt", "<a:s> <a:p>\n<a:o> .", PROPTER_SYNTAX, 1, 12, "end of the line"},
    {"nt", "<a:s> <a:p> <a:o> . <a:s> <a:p> <a:o> .", PROPTER_SYNTAX, 1, 21, "end of the line after"},
    {"nt", "<a:s> a <a:o> .", PROPTER_SYNTAX, 1, 7, "found \"a\""},
    {"nt", "<a:s> <a:p> 'x' .", PROPTER_SYNTAX, 1, 13, ""},
    {"nt", "<a:s> <a:p> 1 .", PROPTER_SYNTAX, 1, 13, "found \"1\""},
    {"nt", "<a:s> <a:p> <a:o> <a:g> .", PROPTER_SYNTAX, 1, 0, ""},
    {"nq", "<a:s> <a:p> <a:o> \"g\" .", PROPTER_SYNTAX, 1, 0, ""},
    {"nt", "<a:s> <a:p> <a:o>", PROPTER_SYNTAX, 1, 17, "end of the document"},
};

START_TEST(test_bad) {
  PropterBuf out = {.max = 100000};
  PropterError err = {0};
  PropterStatus status = document_read(bad[_i].format, "", propter_str(bad[_i].text), &out, &err);
  ck_assert_msg(status == bad[_i].status, "%s: %s %s", bad[_i].text, propter_status_name(status), err.message);
  ck_assert_str_eq(err.source, "test");
  ck_assert_msg(err.line == bad[_i].line, "%s: line %d, %s", bad[_i].text, (int)err.line, err.message);
  ck_assert_msg(!bad[_i].column || err.column == bad[_i].column, "%s: column %d, %s", bad[_i].text, (int)err.column, err.message);
  ck_assert_msg(strstr(err.message, bad[_i].message) != NULL, "%s: %s", bad[_i].text, err.message);
  propter_buf_clear(&out);
}
END_TEST

typedef struct {
  uint64_t lines[8];
  size_t count;
} Lines;

static PropterStatus note_line(const PropterStatement *st, void *payload, PropterError *err) {
  Lines *l = payload;
  if (l->count == 3) return propter_fail(err, PROPTER_DECLINED, "enough");
  l->lines[l->count++] = st->line;
  return PROPTER_OK;
}

START_TEST(test_lines_and_sink) {
  Lines l = {.count = 0};
  PropterRdfSink sink = {note_line, NULL, &l};
  PropterRdfOptions options = {.format = "ttl"};
  PropterError err = {0};
  PropterStatus status = propter_rdf_read_text(PROPTER_STR("<a:s>\n <a:p>\n <a:o> ,\n\n<a:q>;\n<a:r> 1 .\n# c\n<a:s> <a:p> 2 .\n"), "t", &options, &sink, &err);
  ck_assert_int_eq(status, PROPTER_DECLINED);
  ck_assert_str_eq(err.message, "enough");
  ck_assert_uint_eq(err.line, 8);
  ck_assert_uint_eq(l.count, 3);
  ck_assert_uint_eq(l.lines[0], 3);
  ck_assert_uint_eq(l.lines[1], 5);
  ck_assert_uint_eq(l.lines[2], 6);
}
END_TEST

static PropterStatus read_limited(PropterStr text, const char *format, PropterLimits limits, PropterError *err) {
  PropterBuf out = {.max = 1 << 24};
  PropterRdfSink sink = {document_line, NULL, &out};
  PropterRdfOptions options = {.format = format, .limits = &limits};
  PropterStatus status = propter_rdf_read_text(text, "test", &options, &sink, err);
  propter_buf_clear(&out);
  return status;
}

START_TEST(test_limits) {
  PropterLimits limits = propter_limits_default();
  PropterError err = {0};
  limits.line_bytes = 20;
  ck_assert_int_eq(read_limited(PROPTER_STR("<a:s> <a:p>\n <a:o> .\n<a:s> <a:p> <a:ooooooo> .\n"), "ttl", limits, &err), PROPTER_LIMIT);
  ck_assert_uint_eq(err.line, 3);
  limits = propter_limits_default();
  limits.term_bytes = 8;
  ck_assert_int_eq(read_limited(PROPTER_STR("<a:s> <a:p> \"0123456789\" ."), "ttl", limits, &err), PROPTER_LIMIT);
  ck_assert_int_eq(read_limited(PROPTER_STR("<a:s> <a:p> x:123456789 ."), "ttl", limits, &err), PROPTER_LIMIT);
  limits = propter_limits_default();
  limits.load_bytes = 10;
  ck_assert_int_eq(read_limited(PROPTER_STR("<a:s> <a:p> <a:o> ."), "nt", limits, &err), PROPTER_LIMIT);
  limits = propter_limits_default();
  PropterBuf deep = {.max = 1 << 20};
  propter_buf_add(&deep, PROPTER_STR("<a:s> <a:p> "));
  for (int i = 0; i < 100000; i++) propter_buf_add(&deep, PROPTER_STR("[<a:p>"));
  ck_assert_int_eq(read_limited(propter_buf_str(&deep), "ttl", limits, &err), PROPTER_LIMIT);
  propter_buf_reset(&deep);
  propter_buf_add(&deep, PROPTER_STR("<a:s> <a:p> "));
  for (int i = 0; i < 900; i++) propter_buf_add(&deep, PROPTER_STR("([<a:p>"));
  propter_buf_reset(&deep);
  propter_buf_add(&deep, PROPTER_STR("<a:s> <a:p> "));
  for (int i = 0; i < 500; i++) propter_buf_add(&deep, PROPTER_STR("([<a:p>"));
  propter_buf_add(&deep, PROPTER_STR("1"));
  for (int i = 0; i < 500; i++) propter_buf_add(&deep, PROPTER_STR("])"));
  propter_buf_add(&deep, PROPTER_STR("."));
  ck_assert_msg(read_limited(propter_buf_str(&deep), "ttl", limits, &err) == PROPTER_OK, "%s", err.message);
  propter_buf_clear(&deep);
}
END_TEST

static void write_gzip(const char *path, const char *mode, const char *text) {
  gzFile z = gzopen(path, mode);
  ck_assert_ptr_nonnull(z);
  ck_assert_int_eq(gzwrite(z, text, (unsigned)strlen(text)), (int)strlen(text));
  ck_assert_int_eq(gzclose(z), Z_OK);
}

static PropterStatus read_path(const char *path, const PropterLimits *limits, PropterBuf *out, PropterError *err) {
  PropterRdfSink sink = {document_line, NULL, out};
  PropterRdfOptions options = {.limits = limits};
  return propter_rdf_read(path, &options, &sink, err);
}

START_TEST(test_files) {
  const char *folder = support_folder(), *path = support_path(folder, "a.nt.gz");
  PropterBuf out = {.max = 1 << 24};
  PropterError error = {0};
  write_gzip(path, "wb", "<a:s> <a:p> \"1\" .\n");
  write_gzip(path, "ab", "<a:s> <a:p> \"2\" .\n");
  ck_ok(read_path(path, NULL, &out, err));
  ck_assert_str_eq(out.data, "<a:s> <a:p> \"1\" .\n<a:s> <a:p> \"2\" .\n");
  PropterBuf packed = {.max = 1 << 20};
  FILE *f = fopen(path, "rb");
  for (int c; (c = fgetc(f)) != EOF;) propter_buf_add_char(&packed, (char)c);
  (void)fclose(f);
  const char *cut = support_path(folder, "cut.nt.gz");
  support_write(cut, (PropterStr){packed.data, packed.len - 9});
  ck_assert_int_eq(read_path(cut, NULL, &out, &error), PROPTER_SYNTAX);
  ck_assert_str_eq(error.source, cut);
  ck_assert_ptr_nonnull(strstr(error.message, "gzip"));
  packed.data[packed.len - 6] ^= 1;
  support_write(cut, propter_buf_str(&packed));
  ck_assert_int_eq(read_path(cut, NULL, &out, &error), PROPTER_SYNTAX);
  propter_buf_clear(&packed);
  /* A small file that unpacks to more than the limit. */
  char *wide = malloc(1 << 20);
  memset(wide, '\n', (1 << 20) - 1);
  wide[(1 << 20) - 1] = 0;
  write_gzip(path, "wb", wide);
  free(wide);
  PropterLimits limits = propter_limits_default();
  limits.load_bytes = 1 << 19;
  ck_assert_int_eq(read_path(path, &limits, &out, &error), PROPTER_LIMIT);
  /* The file's own IRI is the base. */
  const char *turtle = support_path(folder, "t.ttl");
  support_write(turtle, PROPTER_STR("<#x> <a:p> <> ."));
  propter_buf_reset(&out);
  ck_ok(read_path(turtle, NULL, &out, err));
  PropterBuf wanted = {.max = 10000}, own = {.max = 10000};
  ck_ok(propter_iri_of_file(turtle, &own, err));
  propter_buf_printf(&wanted, "<%s#x> <a:p> <%s> .\n", own.data, own.data);
  ck_assert_str_eq(out.data, wanted.data);
  propter_buf_clear(&wanted);
  propter_buf_clear(&own);
  ck_assert_int_eq(read_path(support_path(folder, "absent.ttl"), NULL, &out, &error), PROPTER_NOT_FOUND);
  ck_assert_int_eq(read_path(support_path(folder, "x.bin"), NULL, &out, &error), PROPTER_USAGE);
  ck_assert_int_eq(read_path(folder, NULL, &out, &error), PROPTER_USAGE);
  PropterRdfSink sink = {document_line, NULL, &out};
  PropterRdfOptions options = {.format = "nt"};
  ck_assert_int_eq(propter_rdf_read(folder, &options, &sink, &error), PROPTER_NOT_FOUND);
  propter_buf_clear(&out);
}
END_TEST

/* Bytes drawn from what the grammar is made of: any outcome but a crash, a hang or text that is not UTF-8. */
static PropterStatus only_utf8(const PropterStatement *st, void *payload, PropterError *err) {
  (void)payload, (void)err;
  ck_assert(propter_utf8_valid(st->s.value, NULL) && propter_utf8_valid(st->p.value, NULL) && propter_utf8_valid(st->o.value, NULL));
  ck_assert(st->s.kind != PROPTER_TERM_IRI || propter_iri_valid(st->s.value, NULL));
  return PROPTER_OK;
}

START_TEST(test_garbage) {
  static const char *const pieces[] = {"<a:s>",   "<a>",      "<",      ">",     "\"",
                                       "'",       "\"\"\"",   "\\",     "\\u",   "\\U0010FFFF",
                                       "_:",      "_:b1",     "a",      ":",     "p:",
                                       "@prefix", "@base",    "PREFIX", "GRAPH", "@en",
                                       "^^",      "(",        ")",      "[",     "]",
                                       "{",       "}",        ".",      ",",     ";",
                                       " ",       "\n",       "\r",     "#",     "=",
                                       "1",       "-",        "1.",     ".5",    "1e",
                                       "true",    "\xC3\xA4", "\xC3",   "\xFF",  "\xEF\xBB\xBF",
                                       "%",       "%20",      "x",      "\t",    "<a:s> <a:p> <a:o> .\n"};
  static const char *const names[] = {"nt", "nq", "ttl", "trig"};
  PropterRng rng;
  propter_rng_seed(&rng, 7);
  PropterRdfSink sink = {only_utf8, NULL, NULL};
  PropterBuf text = {.max = 10000};
  unsigned fine = 0;
  for (int i = 0; i < 20000; i++) {
    propter_buf_reset(&text);
    size_t n = 1 + propter_rng_below(&rng, 24);
    for (size_t k = 0; k < n; k++) propter_buf_add(&text, propter_str(pieces[propter_rng_below(&rng, sizeof pieces / sizeof *pieces)]));
    PropterRdfOptions options = {.format = names[i % 4], .base = PROPTER_STR("http://b/")};
    PropterError err = {0};
    PropterStatus status = propter_rdf_read_text(propter_buf_str(&text), "g", &options, &sink, &err);
    ck_assert_msg(status == PROPTER_OK || status == PROPTER_SYNTAX || status == PROPTER_INVALID, "%s: %s", text.data, err.message);
    ck_assert_msg(status == PROPTER_OK || err.line > 0, "%s: no line, %s", text.data, err.message);
    fine += status == PROPTER_OK;
  }
  ck_assert_uint_gt(fine, 10);
  propter_buf_clear(&text);
}
END_TEST

static PropterStatus read_once(void *payload, PropterError *err) {
  PropterBuf out = {.max = 100000};
  PropterStatus status = document_read("trig", "http://b/", PROPTER_STR("@prefix p: <q/> . @base <x/> . <g> { p:a p:b [ p:c (1 'x'@en) ] }"), &out, err);
  if (payload && status == PROPTER_OK) status = read_path(payload, NULL, &out, err);
  propter_buf_clear(&out);
  return status;
}

START_TEST(test_faults) {
  const char *path = support_path(support_folder(), "a.ttl.gz");
  write_gzip(path, "wb", "@prefix : <#> . :a :b :c .");
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, read_once, (void *)(uintptr_t)path, false), 5);
  /* A close that fails after everything was read changes nothing. */
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_IO, read_once, (void *)(uintptr_t)path, true), 2);
}
END_TEST

Suite *suite_read(void);
Suite *suite_read(void) {
  Suite *s = suite_create("read");
  TCase *t = tcase_create("read");
  tcase_set_timeout(t, 60);
  tcase_add_loop_test(t, test_good, 0, sizeof good / sizeof *good);
  tcase_add_loop_test(t, test_bad, 0, sizeof bad / sizeof *bad);
  tcase_add_test(t, test_lines_and_sink);
  tcase_add_test(t, test_limits);
  tcase_add_test(t, test_files);
  tcase_add_test(t, test_garbage);
  tcase_add_test(t, test_faults);
  suite_add_tcase(s, t);
  return s;
}
