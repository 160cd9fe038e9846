/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "document.h"
#include "propter/hash.h"
#include "propter/rng.h"
#include "support.h"

static PropterStatus take(PropterStr bytes, void *payload, PropterError *err) {
  propter_buf_add(payload, bytes);
  return propter_buf_status(payload, err);
}

static PropterStatus pass(const PropterStatement *st, void *payload, PropterError *err) { return propter_rdf_writer_add(payload, st, err); }

/* Reads `text` and writes it again. */
static PropterStatus convert(const char *from, PropterStr text, const PropterRdfWriterOptions *options, PropterBuf *out, PropterError *err) {
  PropterRdfWriter *w = NULL;
  PROPTER_TRY(propter_rdf_writer_open(options, take, out, &w, err));
  PropterRdfSink sink = {pass, NULL, w};
  PropterRdfOptions read = {.format = from, .base = PROPTER_STR("http://b/")};
  PropterStatus status = propter_rdf_read_text(text, "test", &read, &sink, err);
  if (status == PROPTER_OK) status = propter_rdf_writer_finish(w, err);
  propter_rdf_writer_close(w);
  return status;
}

#define TRIG                                                                                                                     \
  "@prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"                    \
  "<a:z> skos:prefLabel 'z\\n\"'@en , 01, 1.50, 1e6, true, '1'^^xsd:byte, <a:o> ; a skos:Concept .\n"                               \
  "<a:z> skos:prefLabel <a:o> . <a:g> { <a:z> <a:p> skos:a-b, skos:, <a:\\u00e4> }"

START_TEST(test_turtle) {
  PropterBuf out = {.max = 100000};
  PropterRdfWriterOptions options = {.format = "trig"};
  ck_ok(convert("trig", PROPTER_STR(TRIG), &options, &out, err));
  ck_assert_str_eq(out.data, "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n\n"
                             "<a:z> a skos:Concept ;\n    skos:prefLabel 01, \"1\"^^xsd:byte, 1.50, 1e6, true, \"z\\n\\\"\"@en, <a:o> .\n"
                             "<a:g> {\n  <a:z> <a:p> <a:\xC3\xA4>, <http://www.w3.org/2004/02/skos/core#>, skos:a-b .\n}\n");
  PropterBuf again = {.max = 100000}, lines = {.max = 100000}, other = {.max = 100000};
  ck_ok(convert("trig", propter_buf_str(&out), &options, &again, err));
  ck_assert_str_eq(out.data, again.data);
  options.format = "nquads";
  options.canonical = true;
  ck_ok(convert("trig", PROPTER_STR(TRIG), &options, &lines, err));
  ck_ok(convert("trig", propter_buf_str(&out), &options, &other, err));
  ck_assert_str_eq(lines.data, other.data);
  /* A format without named graphs says each triple once. */
  propter_buf_reset(&out);
  options = (PropterRdfWriterOptions){.format = "turtle"};
  ck_ok(convert("nq", PROPTER_STR("<a:s> <a:p> <a:o> <a:g> .\n<a:s> <a:p> <a:o> <a:h> .\n"), &options, &out, err));
  ck_assert_str_eq(out.data, "<a:s> <a:p> <a:o> .\n");
  propter_buf_clear(&out);
  propter_buf_clear(&again);
  propter_buf_clear(&lines);
  propter_buf_clear(&other);
}
END_TEST

START_TEST(test_rdfxml) {
  static const char text[] =
      "<a:s> <http://b/p> \"x<&>\\r\\\"\"@en .\n<a:s> <http://b/p> \"1\"^^<http://d/t> .\n_:x-1 <http://b/c#q1> <a:\xC3\xA4&> .\n<a:s> <http://b/p> _:x-1 .\n";
  PropterRdfWriterOptions xml = {.format = "rdfxml"}, lines = {.format = "nquads", .canonical = true};
  PropterBuf out = {.max = 100000}, truth = {.max = 100000}, again = {.max = 100000};
  ck_ok(convert("nt", propter_str(text), &xml, &out, err));
  ck_ok(convert("nt", propter_str(text), &lines, &truth, err));
  ck_ok(convert("rdfxml", propter_buf_str(&out), &lines, &again, err));
  ck_assert_str_eq(again.data, truth.data);
  PropterError err = {0};
  ck_assert_int_eq(convert("nt", PROPTER_STR("<a:s> <http://b/1> \"x\" .\n"), &xml, &out, &err), PROPTER_INVALID);
  ck_assert_int_eq(convert("nt", PROPTER_STR("<a:s> <http://b/p> \"\\u0001\" .\n"), &xml, &out, &err), PROPTER_INVALID);
  propter_buf_clear(&out);
  propter_buf_clear(&truth);
  propter_buf_clear(&again);
}
END_TEST

START_TEST(test_rdf_json) {
  PropterBuf out = {.max = 100000}, again = {.max = 100000};
  PropterRdfWriterOptions options = {.format = "json"};
  ck_ok(convert("nt", PROPTER_STR("<a:s> <a:p> \"x\\n\"@en .\n<a:s> <a:p> \"1\"^^<a:d> .\n<a:s> <a:q> _:b .\n_:b <a:q> <a:s> .\n"), &options, &out, err));
  ck_assert_str_eq(out.data, "{\n\"a:s\":{\n  \"a:p\":[{\"value\":\"1\",\"type\":\"literal\",\"datatype\":\"a:d\"},"
                             "{\"value\":\"x\\n\",\"type\":\"literal\",\"lang\":\"en\"}],\n  \"a:q\":[{\"value\":\"_:xb\",\"type\":\"bnode\"}]},\n"
                             "\"_:xb\":{\n  \"a:q\":[{\"value\":\"a:s\",\"type\":\"uri\"}]}\n}\n");
  ck_ok(document_read("json", "http://b/", propter_buf_str(&out), &again, err));
  ck_assert_ptr_nonnull(strstr(again.data, "\"1\"^^<a:d>"));
  propter_buf_reset(&out);
  ck_ok(convert("nq", PROPTER_STR(""), &options, &out, err));
  ck_assert_str_eq(out.data, "{}\n");
  propter_buf_clear(&out);
  propter_buf_clear(&again);
}
END_TEST

START_TEST(test_jsonld) {
  PropterBuf out = {.max = 100000};
  PropterRdfWriterOptions options = {.format = "jsonld"};
  ck_ok(convert(
      "nq",
      PROPTER_STR(
          "<a:s> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <a:T> .\n<a:s> <a:p> \"x\\n\\\"\"@en .\n<a:s> <a:p> \"1\"^^<a:d> .\n_:b <a:q> <a:s> <a:g> .\n"),
      &options, &out, err));
  ck_assert_str_eq(
      out.data,
      "[\n{\"@id\":\"a:s\",\n  \"a:p\":[{\"@value\":\"1\",\"@type\":\"a:d\"},{\"@value\":\"x\\n\\\"\",\"@language\":\"en\"}],\n  \"@type\":[\"a:T\"]},\n"
      "{\"@id\":\"a:g\",\"@graph\":[\n{\"@id\":\"_:xb\",\n  \"a:q\":[{\"@id\":\"a:s\"}]}]}\n]\n");
  propter_buf_reset(&out);
  ck_ok(convert("nq", PROPTER_STR(""), &options, &out, err));
  ck_assert_str_eq(out.data, "[\n]\n");
  PropterError err = {0};
  ck_assert_int_eq(document_read("jsonld", "http://b/", PROPTER_STR("[]"), &out, &err), PROPTER_USAGE);
  propter_buf_clear(&out);
}
END_TEST

START_TEST(test_bare_literals) {
  /* Only spellings that keep their datatype may stand without quotes. */
  static const char *const kept[] = {"1", "-0", "+7", ".5", "-1.0", "1.e1", "1E5", ".5e-2", "true"};
  static const char *const types[] = {"integer", "integer", "integer", "decimal", "decimal", "double", "double", "double", "boolean"};
  static const char *const odd[] = {"", "1.", "a", "1 ", "0x1", "INF", "1e", "TRUE", "."};
  for (size_t i = 0; i < 9; i++)
    for (int which = 0; which < 2; which++) {
      PropterBuf text = {.max = 1000}, out = {.max = 1000}, back = {.max = 1000}, direct = {.max = 1000};
      PropterRdfWriterOptions options = {.format = "turtle"};
      propter_buf_printf(&text, "<a:s> <a:p> \"%s\"^^<http://www.w3.org/2001/XMLSchema#%s> .\n", which ? odd[i] : kept[i], types[i]);
      ck_ok(convert("nt", propter_buf_str(&text), &options, &out, err));
      ck_ok(document_read("ttl", "", propter_buf_str(&out), &back, err));
      ck_ok(document_read("nt", "", propter_buf_str(&text), &direct, err));
      ck_assert_str_eq(back.data, direct.data);
      propter_buf_clear(&text);
      propter_buf_clear(&out);
      propter_buf_clear(&back);
      propter_buf_clear(&direct);
    }
}
END_TEST

/* A random graph with blank nodes, its lines shuffled and its labels renamed: the canonical text must not change. */
START_TEST(test_canonical) {
  PropterRng rng;
  propter_rng_seed(&rng, 3);
  for (int round = 0; round < 40; round++) {
    enum { LINES = 30, NODES = 9 };
    struct {
      unsigned s, p, o;
    } lines[LINES];
    for (int i = 0; i < LINES; i++) {
      lines[i].s = (unsigned)propter_rng_below(&rng, NODES);
      lines[i].p = (unsigned)propter_rng_below(&rng, 3);
      lines[i].o = (unsigned)propter_rng_below(&rng, NODES + 3);
    }
    PropterBuf texts[2] = {{.max = 100000}, {.max = 100000}}, outs[2] = {{.max = 100000}, {.max = 100000}};
    for (int copy = 0; copy < 2; copy++) {
      for (int i = 0; i < LINES; i++) {
        int k = copy ? (i * 7 + round) % LINES : i; /* 7 and 30 have no common divisor */
        propter_buf_printf(&texts[copy], "_:n%u <a:p%u> ", copy ? (lines[k].s * 5 + 2) % NODES : lines[k].s, lines[k].p);
        if (lines[k].o < NODES)
          propter_buf_printf(&texts[copy], "_:n%u .\n", copy ? (lines[k].o * 5 + 2) % NODES : lines[k].o);
        else
          propter_buf_printf(&texts[copy], "\"%u\" .\n", lines[k].o);
      }
      PropterRdfWriterOptions options = {.format = "nt", .canonical = true};
      ck_ok(convert("nt", propter_buf_str(&texts[copy]), &options, &outs[copy], err));
    }
    ck_assert_str_eq(outs[0].data, outs[1].data);
    for (int copy = 0; copy < 2; copy++) propter_buf_clear(&texts[copy]), propter_buf_clear(&outs[copy]);
  }
}
END_TEST

START_TEST(test_alike) {
  PropterBuf text = {.max = 1 << 20}, out = {.max = 1 << 20};
  for (int i = 0; i < 1200; i++) propter_buf_printf(&text, "_:n%d <a:p> <a:o> .\n", i);
  PropterRdfWriterOptions options = {.format = "nt", .canonical = true};
  PropterError error = {0};
  ck_assert_int_eq(convert("nt", propter_buf_str(&text), &options, &out, &error), PROPTER_LIMIT);
  ck_assert_ptr_nonnull(strstr(error.message, "alike"));
  propter_buf_clear(&text);
  propter_buf_clear(&out);
}
END_TEST

START_TEST(test_no_writer) {
  PropterRdfWriter *w = NULL;
  PropterError err = {0};
  PropterRdfWriterOptions options = {.format = "rdfa"};
  ck_assert_int_eq(propter_rdf_writer_open(&options, take, NULL, &w, &err), PROPTER_USAGE);
  ck_assert_ptr_nonnull(strstr(err.message, "turtle"));
  ck_assert_ptr_null(w);
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

static PropterStatus write_many(const char *format, Disk *disk, PropterError *err) {
  PropterRdfWriterOptions options = {.format = format};
  PropterRdfWriter *w = NULL;
  PROPTER_TRY(propter_rdf_writer_open(&options, onto_disk, disk, &w, err));
  PropterStatus status = PROPTER_OK;
  for (int i = 0; i < 5000 && status == PROPTER_OK; i++) {
    char subject[40], value[40];
    (void)snprintf(subject, sizeof subject, "http://e/subject/%d", i / 3);
    (void)snprintf(value, sizeof value, "some text of number %d", i);
    PropterStatement st = {.s = propter_iri(propter_str(subject)), .p = propter_iri(PROPTER_STR("http://e/p")), .o = propter_literal(propter_str(value))};
    status = propter_rdf_writer_add(w, &st, err);
  }
  if (status == PROPTER_OK) status = propter_rdf_writer_finish(w, err);
  propter_rdf_writer_close(w);
  return status;
}

START_TEST(test_a_full_disk_at_any_write) {
  static const char *const names[] = {"ntriples", "nquads", "turtle", "trig", "rdfxml", "jsonld"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    Disk whole = {0};
    ck_ok(write_many(names[i], &whole, err));
    ck_assert_uint_gt(whole.calls, 2);
    ck_assert_uint_lt(whole.largest, 1 << 17);
    for (size_t n = 1; n <= whole.calls; n++) {
      Disk disk = {.full_at = n};
      PropterError err = {0};
      ck_assert_int_eq(write_many(names[i], &disk, &err), PROPTER_IO);
      ck_assert_str_eq(err.message, "the disk is full");
      ck_assert_uint_eq(disk.calls, n);
    }
  }
}
END_TEST

/* Documents of several stretches: statement i of the graphs in turn, blank nodes that are named in one stretch and described in another. */
enum { MANY = 200000 };

static PropterStatement many_statement(int i, char text[3][60]) {
  (void)snprintf(text[0], sizeof text[0], i % 50 ? "http://e/s/%d" : "n%d", i / 3);
  (void)snprintf(text[1], sizeof text[1], i / 70000 ? "http://www.w3.org/2004/02/skos/core#p%d" : "http://e/p%d", i % 7);
  (void)snprintf(text[2], sizeof text[2], i % 100 ? "text %d" : "n%d", i);
  PropterStatement st = {.s = {.kind = i % 50 ? PROPTER_TERM_IRI : PROPTER_TERM_BLANK, .value = propter_str(text[0])},
                         .p = propter_iri(propter_str(text[1])),
                         .o = {.kind = i % 100 ? PROPTER_TERM_LITERAL : PROPTER_TERM_BLANK, .value = propter_str(text[2])}};
  if (i / 25000 % 2) st.g = propter_iri(PROPTER_STR("http://e/g"));
  return st;
}

/* What a document says, whatever its order and the labels of its blank nodes, which readers make anew. */
typedef struct {
  uint64_t sum;
  PropterMap labels;
} Content;

static PropterStatus add_up(const PropterStatement *st, void *payload, PropterError *err) {
  Content *c = payload;
  uint64_t hashes[4];
  const PropterTerm *terms[] = {&st->s, &st->p, &st->o, &st->g};
  (void)err;
  for (int i = 0; i < 4; i++) {
    bool blank = terms[i]->kind == PROPTER_TERM_BLANK;
    if (blank) ck_assert_ptr_nonnull(propter_map_put(&c->labels, terms[i]->value, 1, NULL));
    hashes[i] = (uint64_t)terms[i]->kind + (blank ? 0 : propter_hash64(terms[i]->value));
  }
  c->sum += propter_hash64((PropterStr){(const char *)hashes, sizeof hashes});
  return PROPTER_OK;
}

START_TEST(test_large_documents_come_in_stretches) {
  static const char *const names[] = {"turtle", "trig", "rdfxml", "jsonld"};
  for (size_t f = 0; f < sizeof names / sizeof *names; f++) {
    PropterBuf out = {.max = 100u << 20};
    PropterRdfWriterOptions options = {.format = names[f]};
    PropterRdfWriter *w = NULL;
    Content expected = {0}, found = {0};
    size_t least = SIZE_MAX;
    char text[3][60];
    ck_ok(propter_rdf_writer_open(&options, take, &out, &w, err));
    for (int i = 0; i < MANY; i++) {
      PropterStatement st = many_statement(i, text);
      ck_ok(propter_rdf_writer_add(w, &st, err));
      if (!propter_rdf_format(propter_str(names[f]))->named_graphs) st.g = (PropterTerm){.kind = PROPTER_TERM_NONE};
      (void)add_up(&st, &expected, NULL);
      if (i == MANY * 3 / 4) least = out.len;
    }
    ck_ok(propter_rdf_writer_finish(w, err));
    propter_rdf_writer_close(w);
    ck_assert_uint_gt(least, out.len / 2); /* what was not written yet is what memory holds */
    if (strcmp(names[f], "jsonld") == 0) {
      size_t nodes = 0;
      const char *end = out.data + out.len, node[] = "{\"@id\":\"http://e/s/";
      for (const char *p = out.data; (p = memmem(p, (size_t)(end - p), node, sizeof node - 1)); p++) nodes++;
      ck_assert_uint_ge(nodes, MANY / 3);
      ck_assert_ptr_null(strstr(out.data, "[,"));
      ck_assert_ptr_null(strstr(out.data, "}\n{"));
      ck_assert_ptr_null(strstr(out.data, ",\n]"));
    } else {
      PropterRdfOptions read = {.format = names[f], .base = PROPTER_STR("http://b/")};
      PropterRdfSink sink = {add_up, NULL, &found};
      ck_ok(propter_rdf_read_text(propter_buf_str(&out), "test", &read, &sink, err));
      ck_assert_uint_eq(found.sum, expected.sum);
      ck_assert_uint_eq(found.labels.count, expected.labels.count);
    }
    propter_map_clear(&expected.labels);
    propter_map_clear(&found.labels);
    propter_buf_clear(&out);
  }
}
END_TEST

static PropterStatus write_once(void *payload, PropterError *err) {
  PropterBuf out = {.max = 100000};
  PropterRdfWriterOptions options = {.format = payload, .canonical = true};
  PropterStatus status = convert("trig", PROPTER_STR("_:a <a:p> _:b . _:b <a:p> _:a . <g> { _:a a <a:T> }"), &options, &out, err);
  propter_buf_clear(&out);
  return status;
}

START_TEST(test_faults) {
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, write_once, (void *)(uintptr_t) "trig", false), 10);
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, write_once, (void *)(uintptr_t) "nq", false), 10);
}
END_TEST

Suite *suite_write(void);
Suite *suite_write(void) {
  Suite *s = suite_create("write");
  TCase *t = tcase_create("write");
  tcase_set_timeout(t, 60);
  tcase_add_test(t, test_turtle);
  tcase_add_test(t, test_rdfxml);
  tcase_add_test(t, test_rdf_json);
  tcase_add_test(t, test_jsonld);
  tcase_add_test(t, test_bare_literals);
  tcase_add_test(t, test_canonical);
  tcase_add_test(t, test_alike);
  tcase_add_test(t, test_no_writer);
  tcase_add_test(t, test_a_full_disk_at_any_write);
  tcase_add_test(t, test_large_documents_come_in_stretches);
  tcase_add_test(t, test_faults);
  suite_add_tcase(s, t);
  return s;
}
