/* SPDX-License-Identifier: Apache-2.0 */
/* RDF/XML, case by case of RDF 1.1 XML Syntax, section 7; the whole W3C suite runs in make conformance. */
#include <string.h>

#include "document.h"
#include "propter/rng.h"
#include "support.h"

#define HEAD "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" xmlns:a=\"http://a/\">\n"
#define TAIL "</rdf:RDF>"
#define RDF "http://www.w3.org/1999/02/22-rdf-syntax-ns#"

static const struct {
  const char *text, *truth;
} good[] = {
    {"<rdf:Description rdf:about=\"#s\"><a:p xml:lang=\"de\">\xC3\xA4\n\"x\\</a:p><a:q rdf:resource=\"o\"/></rdf:Description>",
     "<http://b/d#s> <http://a/p> \"\xC3\xA4\n\"x\\\"@de .\n<http://b/d#s> <http://a/q> <http://b/o> .\n"},
    {"<a:T rdf:nodeID=\"x\" a:p=\"v\" xml:lang=\"en\" rdf:type=\"http://a/U\"/>",
     "_:n1 <" RDF "type> <http://a/T> .\n_:n1 <http://a/p> \"v\"@en .\n_:n1 <" RDF "type> <http://a/U> .\n"},
    {"<rdf:Bag rdf:ID=\"i\"><rdf:li>1</rdf:li><rdf:_5>5</rdf:_5><rdf:li rdf:datatype=\"http://a/d\">2</rdf:li></rdf:Bag>",
     "<http://b/d#i> <" RDF "type> <" RDF "Bag> .\n<http://b/d#i> <" RDF "_1> \"1\" .\n<http://b/d#i> <" RDF "_5> \"5\" .\n<http://b/d#i> <" RDF
     "_2> \"2\"^^<http://a/d> .\n"},
    {"<rdf:Description rdf:about=\"http://a/s\"><a:l rdf:parseType=\"Collection\"><rdf:Description rdf:about=\"http://a/1\"/></a:l><a:e rdf:parseType=\"Collection\"/></rdf:Description>",
     "<http://a/s> <http://a/l> _:g1 .\n_:g1 <" RDF "first> <http://a/1> .\n_:g1 <" RDF "rest> <" RDF "nil> .\n<http://a/s> <http://a/e> <" RDF "nil> .\n"},
    {"<rdf:Description rdf:about=\"http://a/s\"><a:r rdf:parseType=\"Resource\"><a:p/></a:r></rdf:Description>",
     "<http://a/s> <http://a/r> _:g1 .\n_:g1 <http://a/p> \"\" .\n"},
    {"<rdf:Description rdf:about=\"http://a/s\"><a:x rdf:parseType=\"Literal\"><a:e z=\"2\" a:y=\"1\">&lt;<!--c--><f xmlns=\"http://f/\"/></a:e></a:x></rdf:Description>",
     "<http://a/s> <http://a/x> \"<a:e xmlns:a=\"http://a/\" z=\"2\" a:y=\"1\">&lt;<!--c--><f xmlns=\"http://f/\"></f></a:e>\"^^<" RDF "XMLLiteral> .\n"},
    {"<rdf:Description rdf:about=\"http://a/s\"><a:p rdf:ID=\"st\">v</a:p></rdf:Description>",
     "<http://a/s> <http://a/p> \"v\" .\n<http://b/d#st> <" RDF "type> <" RDF "Statement> .\n<http://b/d#st> <" RDF "subject> <http://a/s> .\n"
     "<http://b/d#st> <" RDF "predicate> <http://a/p> .\n<http://b/d#st> <" RDF "object> \"v\" .\n"},
    {"<rdf:Description rdf:about=\"http://a/s\" xml:base=\"http://c/e/\"><a:p><rdf:Description rdf:about=\"f\" a:q=\"1\"/></a:p></rdf:Description>",
     "<http://a/s> <http://a/p> <http://c/e/f> .\n<http://c/e/f> <http://a/q> \"1\" .\n"},
    /* Namespaces that are no URIs: an IRI, and one that its names make one. */
    {"<rdf:Description rdf:about=\"http://a/s\" xmlns:\xC3\xA4=\"http://\xC3\xA4.example/\" xmlns:q=\"http://a/%C3%\"><\xC3\xA4:p/><q:A9/></rdf:Description>",
     "<http://a/s> <http://\xC3\xA4.example/p> \"\" .\n<http://a/s> <http://a/%C3%A9> \"\" .\n"},
};

START_TEST(test_good) {
  PropterBuf text = {.max = 10000}, out = {.max = 10000};
  propter_buf_printf(&text, "%s%s%s", HEAD, good[_i].text, TAIL);
  ck_ok(document_read("rdfxml", "http://b/d", propter_buf_str(&text), &out, err));
  ck_assert_str_eq(out.data, good[_i].truth);
  propter_buf_clear(&text);
  propter_buf_clear(&out);
}
END_TEST

static const struct {
  const char *text;
  uint64_t line;
  const char *say;
} bad[] = {
    {"", 1, "found nothing"},
    {"no XML", 1, "well-formed XML"},
    {HEAD, 1, "well-formed XML"},
    {HEAD "<rdf:Description rdf:ID=\"a\"/>\n<rdf:Description rdf:ID=\"a\"/>" TAIL, 3, "not given before"},
    {HEAD "<rdf:Description rdf:ID=\"1a\"/>" TAIL, 2, "expected a name, found \"1a\""},
    {HEAD "<rdf:Description rdf:nodeID=\"a:b\"/>" TAIL, 2, "rdf:nodeID: expected a name"},
    {HEAD "<rdf:Description\nrdf:about=\"http://a/b c\"/>" TAIL, 3, "invalid IRI"},
    {HEAD "<rdf:Description rdf:about=\"x\" rdf:nodeID=\"a\"/>" TAIL, 2, "only one of"},
    {HEAD "<rdf:li/>" TAIL, 2, "rdf:li cannot be a node"},
    {HEAD "<a:T><rdf:Description/></a:T>" TAIL, 2, "rdf:Description cannot be a property"},
    {HEAD "<a:T rdf:bagID=\"x\"/>" TAIL, 2, "cannot be an attribute"},
    {HEAD "<a:T who=\"x\"/>" TAIL, 2, "expected an attribute with a namespace, found \"who\""},
    {HEAD "<T/>" TAIL, 2, "expected a name with a namespace"},
    {HEAD "<b:T/>" TAIL, 2, "well-formed XML"},
    {HEAD "text" TAIL, 2, "expected an element, found the text \"text\""},
    {HEAD "<a:T><a:p>x<a:U/></a:p></a:T>" TAIL, 2, "found both"},
    {HEAD "<a:T><a:p><a:U/>\n<a:U/></a:p></a:T>" TAIL, 3, "found a second"},
    {HEAD "<a:T><a:p rdf:resource=\"x\"><a:U/></a:p></a:T>" TAIL, 2, "expected nothing inside"},
    {HEAD "<a:T><a:p rdf:parseType=\"Literal\" rdf:resource=\"x\"/></a:T>" TAIL, 2, "beside rdf:parseType"},
    {HEAD "<a:T><a:p rdf:datatype=\"http://a/d\" a:q=\"x\"/></a:T>" TAIL, 2, "beside rdf:datatype"},
    {HEAD "<a:T xml:lang=\"-\"/>" TAIL, 2, "language tag"},
    {"<!DOCTYPE r [<!ENTITY e SYSTEM \"file:///etc/hostname\">]>\n" HEAD "<a:T><a:p>&e;</a:p></a:T>" TAIL, 3, "well-formed XML"},
};

START_TEST(test_bad) {
  PropterBuf out = {.max = 10000};
  PropterError err = {0};
  PropterStatus status = document_read("rdfxml", "http://b/d", propter_str(bad[_i].text), &out, &err);
  ck_assert_msg(status == PROPTER_SYNTAX || status == PROPTER_INVALID, "%s", propter_status_name(status));
  ck_assert_str_eq(err.source, "test");
  ck_assert_msg(strstr(err.message, bad[_i].say) != NULL, "%s", err.message);
  ck_assert_uint_eq(err.line, bad[_i].line);
  propter_buf_clear(&out);
}
END_TEST

START_TEST(test_entities) {
  PropterBuf out = {.max = 10000};
  ck_ok(document_read("rdfxml", "http://b/d",
                      PROPTER_STR("<!DOCTYPE r [<!ENTITY a \"http://a/\"><!ENTITY t \"x &#38;amp; y\">]>\n<a:T xmlns:a=\"&a;\" xmlns:rdf=\"" RDF
                                  "\" rdf:about=\"&a;s\"><a:p>&t;&t;</a:p></a:T>"),
                      &out, err));
  ck_assert_str_eq(out.data, "<http://a/s> <" RDF "type> <http://a/T> .\n<http://a/s> <http://a/p> \"x & yx & y\" .\n");
  propter_buf_clear(&out);
  PropterBuf bomb = {.max = 10000};
  propter_buf_add(&bomb, PROPTER_STR("<!DOCTYPE r [<!ENTITY e0 \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\">"));
  for (int i = 1; i < 12; i++)
    propter_buf_printf(&bomb, "<!ENTITY e%d \"&e%d;&e%d;&e%d;&e%d;&e%d;&e%d;&e%d;&e%d;\">", i, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);
  propter_buf_add(&bomb, PROPTER_STR("]>\n" HEAD "<a:T><a:p>&e11;</a:p></a:T>" TAIL));
  PropterBuf huge = {.max = 1 << 26};
  PropterError err = {0};
  ck_assert_int_eq(document_read("rdfxml", "http://b/d", propter_buf_str(&bomb), &huge, &err), PROPTER_LIMIT);
  propter_buf_clear(&huge);
  propter_buf_clear(&bomb);
}
END_TEST

static PropterStatus read_limited(PropterStr text, PropterLimits limits, PropterError *err) {
  PropterBuf out = {.max = 1 << 26};
  PropterRdfSink sink = {document_line, NULL, &out};
  PropterRdfOptions options = {.format = "rdfxml", .base = PROPTER_STR("http://b/"), .limits = &limits};
  PropterStatus status = propter_rdf_read_text(text, "test", &options, &sink, err);
  propter_buf_clear(&out);
  return status;
}

START_TEST(test_limits) {
  PropterBuf deep = {.max = 1 << 20}, wide = {.max = 1 << 20};
  PropterError err = {0};
  propter_buf_add(&deep, PROPTER_STR(HEAD));
  for (int i = 0; i < 200; i++) propter_buf_add(&deep, PROPTER_STR("<a:T><a:p>"));
  ck_assert_int_eq(read_limited(propter_buf_str(&deep), propter_limits_default(), &err), PROPTER_LIMIT);
  propter_buf_add(&wide, PROPTER_STR(HEAD "<a:T><a:p>"));
  for (int i = 0; i < 5000; i++) propter_buf_add(&wide, PROPTER_STR("0123456789"));
  propter_buf_add(&wide, PROPTER_STR("</a:p></a:T>" TAIL));
  PropterLimits limits = propter_limits_default();
  ck_assert_int_eq(read_limited(propter_buf_str(&wide), limits, &err), PROPTER_OK);
  limits.term_bytes = 40000;
  ck_assert_int_ne(read_limited(propter_buf_str(&wide), limits, &err), PROPTER_OK);
  limits = propter_limits_default();
  limits.load_bytes = 40000;
  ck_assert_int_eq(read_limited(propter_buf_str(&wide), limits, &err), PROPTER_LIMIT);
  propter_buf_clear(&deep);
  propter_buf_clear(&wide);
}
END_TEST

START_TEST(test_garbage) {
  PropterRng rng;
  propter_rng_seed(&rng, 11);
  PropterBuf seed = {.max = 100000};
  propter_buf_add(&seed, PROPTER_STR(HEAD));
  for (size_t i = 0; i < sizeof good / sizeof *good; i++) propter_buf_add(&seed, propter_str(good[i].text));
  propter_buf_add(&seed, PROPTER_STR(TAIL));
  for (int i = 0; i < 2000; i++) {
    PropterBuf text = {.max = 100000}, out = {.max = 1 << 20};
    PropterError err = {0};
    propter_buf_add(&text, propter_buf_str(&seed));
    for (uint64_t k = propter_rng_below(&rng, 4); k > 0; k--) text.data[propter_rng_below(&rng, text.len)] = (char)propter_rng_below(&rng, 256);
    PropterStatus status = document_read("rdfxml", "http://b/", propter_buf_str(&text), &out, &err);
    ck_assert_msg(status == PROPTER_OK || (propter_exit_code(status) == 3 && err.line) || propter_exit_code(status) == 5, "%s: %s", propter_status_name(status),
                  err.message);
    propter_buf_clear(&text);
    propter_buf_clear(&out);
  }
  propter_buf_clear(&seed);
}
END_TEST

static PropterStatus read_once(void *payload, PropterError *err) {
  PropterBuf text = {.max = 10000}, out = {.max = 100000};
  (void)payload;
  propter_buf_add(&text, PROPTER_STR(HEAD));
  for (size_t i = 0; i < sizeof good / sizeof *good; i++) propter_buf_add(&text, propter_str(good[i].text));
  propter_buf_add(&text, PROPTER_STR(TAIL));
  PropterStatus status = propter_buf_status(&text, err);
  if (status == PROPTER_OK) status = document_read("rdfxml", "http://b/", propter_buf_str(&text), &out, err);
  propter_buf_clear(&text);
  propter_buf_clear(&out);
  return status;
}

START_TEST(test_faults) { ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, read_once, NULL, false), 10); }
END_TEST

Suite *suite_rdfxml(void);
Suite *suite_rdfxml(void) {
  Suite *s = suite_create("rdfxml");
  TCase *t = tcase_create("rdfxml");
  tcase_set_timeout(t, 60);
  tcase_add_loop_test(t, test_good, 0, sizeof good / sizeof *good);
  tcase_add_loop_test(t, test_bad, 0, sizeof bad / sizeof *bad);
  tcase_add_test(t, test_entities);
  tcase_add_test(t, test_limits);
  tcase_add_test(t, test_garbage);
  tcase_add_test(t, test_faults);
  suite_add_tcase(s, t);
  return s;
}
