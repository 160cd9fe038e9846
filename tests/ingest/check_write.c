/* SPDX-License-Identifier: Apache-2.0 */
/* Mappings to a file: rows executed by several threads, each quad once, in the order of the rows. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "propter/ingest.h"
#include "propter/io.h"
#include "support.h"

Suite *suite_write(void);

#define MAPPING                                                                                                                                                \
  "@prefix rml: <http://w3id.org/rml/> . @prefix ex: <http://example.org/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"                             \
  "ex:rows rml:logicalSource [ rml:source [ rml:root rml:MappingDirectory ; rml:path \"t.csv\" ] ; rml:referenceFormulation rml:CSV ] ;\n"                     \
  "  rml:subjectMap [ rml:template \"http://example.org/row/{id}\" ] ;\n"                                                                                      \
  "  rml:predicateObjectMap [ rml:predicate ex:says ; rml:objectMap [ rml:reference \"text\" ] ] ;\n"                                                          \
  "  rml:predicateObjectMap [ rml:predicate ex:n ; rml:objectMap [ rml:reference \"n\" ; rml:datatype xsd:integer ] ] ;\n"                                     \
  "  rml:predicateObjectMap [ rml:predicate ex:in ; rml:objectMap [ rml:parentTriplesMap ex:groups ;\n"                                                        \
  "    rml:joinCondition [ rml:child \"group\" ; rml:parent \"key\" ] ] ] .\n"                                                                                 \
  "ex:groups rml:logicalSource [ rml:source [ rml:root rml:MappingDirectory ; rml:path \"u.csv\" ] ; rml:referenceFormulation rml:CSV ] ;\n"                   \
  "  rml:subjectMap [ rml:template \"http://example.org/group/{name}\" ; rml:class ex:Group ] .\n"

/* The same group twice, and two of one key. */
#define GROUPS "key,name,line\n0,zero,1\n0,zero,2\n1,one,3\n1,uno,4\n0,zero,5\n"

static const char *folder;

/* The table, with the first text `shift` bytes longer, and what must come of it. */
static void make(size_t rows, size_t shift, PropterBuf *csv, PropterBuf *wanted, uint64_t *rejects) {
  propter_buf_add(csv, PROPTER_STR("id,text,n,group\r\n"));
  *rejects = 0;
  for (size_t i = 0; i < rows; i++) {
    PropterBuf pad = {0};
    for (size_t k = 0; i == 0 && k < shift; k++) propter_buf_add_char(&pad, 'x');
    bool twice = i % 100 == 99, bad = i % 50 == 20, shorter = i % 97 == 3;
    for (int k = 0; k < 1 + twice; k++) {
      if (shorter) propter_buf_printf(csv, "%zu,\"short\"\r\n", i);
      else propter_buf_printf(csv, "%zu,\"%sa \"\"%zu\"\", b\r\nc\",%s%zu,%zu\r\n", i, pad.data ? pad.data : "", i, bad ? "about " : "", i, i % 3);
      *rejects += shorter || bad;
    }
    if (!shorter && !bad) {
#define ROW "<http://example.org/row/%zu> <http://example.org/"
      propter_buf_printf(wanted, ROW "says> \"%sa \\\"%zu\\\", b\\r\\nc\" .\n", i, pad.data ? pad.data : "", i);
      propter_buf_printf(wanted, ROW "n> \"%zu\"^^<http://www.w3.org/2001/XMLSchema#integer> .\n", i, i);
      if (i % 3 == 0) propter_buf_printf(wanted, ROW "in> <http://example.org/group/zero> .\n", i);
      if (i % 3 == 1) propter_buf_printf(wanted, ROW "in> <http://example.org/group/one> .\n" ROW "in> <http://example.org/group/uno> .\n", i, i);
    }
    propter_buf_clear(&pad);
  }
  static const char *const names[] = {"zero", "one", "uno"};
  for (size_t i = 0; i < 3; i++)
    propter_buf_printf(wanted, "<http://example.org/group/%s> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://example.org/Group> .\n", names[i]);
}

static PropterStatus write_with(unsigned threads, PropterBuf *out, PropterIngestResult *result, PropterError *err) {
  const char *mapping = support_path(folder, "m.ttl"), *path = support_path(folder, "out.nq");
  PropterIngestOptions options = {.mappings = &mapping, .count = 1, .on_error = PROPTER_INGEST_SKIP, .threads = threads};
  PropterStatus status = propter_ingest_write(&options, path, result, err);
  if (status == PROPTER_OK) status = propter_io_read_file(path, 0, out, err);
  return status;
}

static void expect(size_t rows, size_t shift, unsigned threads) {
  PropterBuf csv = {0}, wanted = {0}, out = {0};
  PropterIngestResult result = {0};
  uint64_t rejects;
  make(rows, shift, &csv, &wanted, &rejects);
  ck_ok(propter_buf_status(&wanted, err));
  support_write(support_path(folder, "t.csv"), propter_buf_str(&csv));
  ck_ok(write_with(threads, &out, &result, err));
  ck_assert_uint_eq(result.rows.rejects, rejects);
  ck_assert(propter_str_equal(propter_buf_str(&out), propter_buf_str(&wanted)));
  propter_ingest_result_clear(&result);
  propter_buf_clear(&csv);
  propter_buf_clear(&wanted);
  propter_buf_clear(&out);
}

static void prepare(void) {
  folder = support_folder();
  support_write(support_path(folder, "m.ttl"), propter_str(MAPPING));
  support_write(support_path(folder, "u.csv"), propter_str(GROUPS));
}

START_TEST(any_number_of_threads_writes_the_same) {
  prepare();
  for (unsigned threads = 0; threads < 5; threads++) expect(20000, 0, threads);
}
END_TEST

/* Rows are about 30 bytes long, so that each place of a row comes to lie at the end of a block that was read, and of a batch. */
START_TEST(no_edge_of_a_buffer_matters) {
  prepare();
  for (size_t shift = 0; shift < 40; shift++) expect(4000, shift, 2);
}
END_TEST

static PropterStatus write_once(void *payload, PropterError *err) {
  PropterBuf out = {0};
  PropterIngestResult result = {0};
  PropterStatus status = write_with(*(unsigned *)payload, &out, &result, err);
  propter_ingest_result_clear(&result);
  propter_buf_clear(&out);
  return status;
}

START_TEST(every_failure_is_reported) {
  unsigned one = 1, two = 2;
  prepare();
  expect(12, 0, 1);
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, write_once, &one, false), 100);
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_IO, write_once, &one, true), 5);
  expect(3000, 0, 2);
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_THREAD, write_once, &two, true), 1);
}
END_TEST

Suite *suite_write(void) {
  Suite *s = suite_create("write");
  TCase *tc = tcase_create("write");
  tcase_set_timeout(tc, 60);
  tcase_add_test(tc, any_number_of_threads_writes_the_same);
  tcase_add_test(tc, no_edge_of_a_buffer_matters);
  tcase_add_test(tc, every_failure_is_reported);
  suite_add_tcase(s, tc);
  return s;
}
