/* SPDX-License-Identifier: Apache-2.0 */
/* CSVW metadata, executed. The W3C's own cases are a suite of make conformance. */
#include <string.h>

#include "mapping.h"

Suite *suite_csvw(void);

#define CONTEXT "{\"@context\": \"http://www.w3.org/ns/csvw\", "
#define AT "https://shop.example/"
#define TYPE "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://schema.org/Product>\n"
#define XSD "http://www.w3.org/2001/XMLSchema#"

static const char *write_metadata(const char *json, const char *csv) {
  const char *folder = support_folder(), *path = support_path(folder, "m.json");
  support_write(path, propter_str(json));
  support_write(support_path(folder, "t.csv"), propter_str(csv));
  return path;
}

static const PropterMappingOptions minimal = {.base = {AT, sizeof AT - 1}, .minimal = true}, standard = {.base = {AT, sizeof AT - 1}};

static void expect(const PropterMappingOptions *how, const char *json, const char *csv, const char *wanted) {
  PropterBuf out = {0};
  PropterMapCounts counts;
  ck_ok(mapping_run_with(how, write_metadata(json, csv), false, &out, &counts, err));
  ck_assert_str_eq(out.data ? out.data : "", wanted);
  propter_buf_clear(&out);
}

static void refuse(const char *json, PropterStatus wanted, const char *words) {
  PropterBuf out = {0};
  PropterMapCounts counts;
  PropterError err = {0};
  ck_assert_msg(mapping_run_with(&minimal, write_metadata(json, "id,n\n1,2\n"), false, &out, &counts, &err) == wanted, "%s: %s", json, err.message);
  ck_assert_msg(strstr(err.message, words), "%s: %s", json, err.message);
  ck_assert_msg(strstr(err.source, "m.json"), "%s", err.source);
  propter_buf_clear(&out);
}

START_TEST(numbers_and_days_as_people_write_them) {
  expect(&minimal,
         CONTEXT
         "\"url\": \"t.csv\", \"tableSchema\": {\"aboutUrl\": \"#{id}\", \"columns\": [{\"titles\": \"id\", \"suppressOutput\": true},"
         "{\"name\": \"sum\", \"datatype\": {\"base\": \"decimal\", \"format\": {\"pattern\": \"#,##0.00\", \"decimalChar\": \",\", \"groupChar\": \".\"}}},"
         "{\"name\": \"share\", \"datatype\": {\"base\": \"decimal\", \"format\": \"0.0%\"}},"
         "{\"name\": \"day\", \"datatype\": {\"base\": \"date\", \"format\": \"d.M.yyyy\"}},"
         "{\"name\": \"at\", \"datatype\": {\"base\": \"dateTime\", \"format\": \"dd/MM/yyyy HH:mm:ss.SS XXX\"}},"
         "{\"name\": \"paid\", \"datatype\": {\"base\": \"boolean\", \"format\": \"ja|nein\"}}]}}",
         "id,sum,share,day,at,paid\n7,\"-1.234,50\",12.5%,3.4.2021,03/04/2021 17:05:09.5 +02:00,nein\n",
         "<" AT "t.csv#7> <" AT "t.csv#at> \"2021-04-03T17:05:09.5+02:00\"^^<" XSD "dateTime>\n"
         "<" AT "t.csv#7> <" AT "t.csv#day> \"2021-04-03\"^^<" XSD "date>\n"
         "<" AT "t.csv#7> <" AT "t.csv#paid> \"false\"^^<" XSD "boolean>\n"
         "<" AT "t.csv#7> <" AT "t.csv#share> \"0.125\"^^<" XSD "decimal>\n"
         "<" AT "t.csv#7> <" AT "t.csv#sum> \"-1234.50\"^^<" XSD "decimal>\n");
}
END_TEST

/* Lines before the header are skipped, whether the first one declares the delimiter or not. */
START_TEST(skipped_lines_and_a_declared_delimiter) {
  static const char wanted[] = "<" AT "t.csv#7> <" AT "t.csv#n> \"1,5\"\n";
#define COLUMNS                                                                                                                                                \
  "\"url\": \"t.csv\", \"tableSchema\": {\"aboutUrl\": \"#{id}\", \"columns\": [{\"titles\": \"id\", \"suppressOutput\": true}, {\"titles\": \"n\"}]}"
  expect(&minimal, CONTEXT COLUMNS "}", "sep=;\nid;n\n7;1,5\n", wanted);
  expect(&minimal, CONTEXT COLUMNS ", \"dialect\": {\"delimiter\": \";\"}}", "sep=;\nid;n\n7;1,5\n", wanted);
  expect(&minimal, CONTEXT COLUMNS ", \"dialect\": {\"skipRows\": 1, \"delimiter\": \";\"}}", "sep=;\nid;n\n7;1,5\n", wanted);
  expect(&minimal, CONTEXT COLUMNS ", \"dialect\": {\"skipRows\": 2, \"delimiter\": \";\"}}", "sales;\n\nid;n\n7;1,5\n", wanted);
  expect(&minimal, CONTEXT COLUMNS ", \"dialect\": {\"skipRows\": 1, \"headerRowCount\": 2, \"delimiter\": \";\"}}", "sales;\nid;n\n;\n7;1,5\n", wanted);
#undef COLUMNS
}
END_TEST

START_TEST(a_cell_that_does_not_fit_stays_text_and_is_rejected) {
  const char *json =
      CONTEXT "\"url\": \"t.csv\", \"tableSchema\": {\"aboutUrl\": \"#r{_row}\", \"columns\": [{\"name\": \"n\", \"datatype\": "
              "{\"base\": \"integer\", \"minimum\": 2, \"maxExclusive\": 5}}, {\"name\": \"code\", \"datatype\": {\"base\": \"string\", \"length\": 2}}]}}";
  expect(&minimal, json, "n,code\n2,ab\n5,abc\nx,äö\n",
         "<" AT "t.csv#r1> <" AT "t.csv#code> \"ab\"\n<" AT "t.csv#r1> <" AT "t.csv#n> \"2\"^^<" XSD "integer>\n"
         "<" AT "t.csv#r2> <" AT "t.csv#code> \"abc\"\n<" AT "t.csv#r2> <" AT "t.csv#n> \"5\"\n"
         "<" AT "t.csv#r3> <" AT "t.csv#code> \"äö\"\n<" AT "t.csv#r3> <" AT "t.csv#n> \"x\"\n"
         "reject 3:code:datatype\nreject 3:n:datatype\nreject 4:n:datatype\n");
}
END_TEST

START_TEST(templates_nulls_lists_and_virtual_columns) {
  expect(
      &minimal,
      CONTEXT
      "\"lang\": \"de\", \"url\": \"t.csv\", \"dialect\": {\"delimiter\": \";\", \"commentPrefix\": \"%\", \"trim\": true}, \"tableSchema\": {\"aboutUrl\": "
      "\"item/{id}\", \"columns\": [{\"name\": \"id\", \"suppressOutput\": true}, {\"name\": \"name\", \"propertyUrl\": \"schema:name\", \"null\": [\"-\", \"\"]},"
      "{\"name\": \"tags\", \"separator\": \"|\", \"lang\": \"und\"}, {\"name\": \"up\", \"valueUrl\": \"item/{up}\"},"
      "{\"name\": \"type\", \"virtual\": true, \"propertyUrl\": \"rdf:type\", \"valueUrl\": \"schema:Product\"}]}}",
      "id;name;tags;up\n%none\na b; Hut ;x|y;\n2;-;;a b\n",
      "<" AT "item/2> " TYPE "<" AT "item/2> <" AT "t.csv#up> <" AT "item/a%20b>\n<" AT "item/a%20b> <http://schema.org/name> \"Hut\"@de\n"
      "<" AT "item/a%20b> " TYPE "<" AT "item/a%20b> <" AT "t.csv#tags> \"x\"\n<" AT "item/a%20b> <" AT "t.csv#tags> \"y\"\n");
}
END_TEST

START_TEST(standard_mode_says_tables_and_rows) {
  PropterBuf out = {0};
  PropterMapCounts counts;
  const char *json =
      CONTEXT "\"@id\": \"#t\", \"url\": \"t.csv\", \"dc:title\": {\"@value\": \"Hats\", \"@language\": \"en\"}, \"tableSchema\": {\"aboutUrl\": \"#{id}\"}}";
  ck_ok(mapping_run_with(&standard, write_metadata(json, "id\n1\n"), false, &out, &counts, err));
  ck_assert_ptr_nonnull(strstr(out.data, "<" AT "m.json#t> <http://purl.org/dc/terms/title> \"Hats\"@en\n"));
  ck_assert_ptr_nonnull(strstr(out.data, "<http://www.w3.org/ns/csvw#describes> <" AT "t.csv#1>\n"));
  ck_assert_ptr_nonnull(strstr(out.data, "<http://www.w3.org/ns/csvw#url> <" AT "t.csv#row=2>\n"));
  ck_assert_ptr_nonnull(strstr(out.data, "<http://www.w3.org/ns/csvw#rownum> \"1\"^^<" XSD "integer>\n"));
  ck_assert_uint_eq(counts.rows, 1);
  propter_buf_clear(&out);
}
END_TEST

START_TEST(a_table_finds_the_metadata_beside_it) {
  const char *folder = support_folder(), *path = support_path(folder, "t.csv");
  support_write(path, PROPTER_STR("id,n\n1,2\n"));
  support_write(
      support_path(folder, "t.csv-metadata.json"),
      PROPTER_STR(
          CONTEXT
          "\"url\": \"t.csv\", \"tableSchema\": {\"columns\": [{\"name\": \"id\"}, {\"name\": \"n\", \"datatype\": \"integer\"}], \"aboutUrl\": \"#{id}\"}}"));
  PropterBuf out = {0};
  PropterMapCounts counts;
  ck_ok(mapping_run_with(&minimal, path, false, &out, &counts, err));
  ck_assert_str_eq(out.data, "<" AT "t.csv#1> <" AT "t.csv#id> \"1\"\n<" AT "t.csv#1> <" AT "t.csv#n> \"2\"^^<" XSD "integer>\n");
  propter_buf_clear(&out);
}
END_TEST

/* A site says where metadata lie: the first that describe the table count; an address with a query is no file's, but may be a table's. */
START_TEST(a_site_says_where_metadata_lie) {
  const char *folder = support_folder(), *path = support_path(folder, "t.csv"), *csvm = support_path(folder, "csvm");
  support_write(path, PROPTER_STR("id\n1\n"));
  support_write(csvm, PROPTER_STR("http://other.example/m.json\n/root.json\n../up.json\n{+url}.json\n\n own.json \n"));
  support_write(support_path(folder, "t.csv.json"),
                PROPTER_STR(CONTEXT "\"url\": \"t.csv\", \"tableSchema\": {\"columns\": [{\"name\": \"a\"}], \"aboutUrl\": \"#x\"}}"));
  support_write(support_path(folder, "own.json"),
                PROPTER_STR(CONTEXT "\"url\": \"t.csv?q=1\", \"tableSchema\": {\"columns\": [{\"name\": \"b\"}], \"aboutUrl\": \"#y\"}}"));
  PropterBuf out = {0};
  PropterMapCounts counts;
  PropterMappingOptions how = {.base = PROPTER_STR(AT "t.csv"), .minimal = true, .csvm = csvm};
  ck_ok(mapping_run_with(&how, path, false, &out, &counts, err));
  ck_assert_str_eq(out.data, "<" AT "t.csv#x> <" AT "t.csv#a> \"1\"\n");
  propter_buf_reset(&out);
  how.base = PROPTER_STR(AT "t.csv?q=1");
  ck_ok(mapping_run_with(&how, path, false, &out, &counts, err));
  ck_assert_str_eq(out.data, "<" AT "t.csv?q=1#y> <" AT "t.csv?q=1#b> \"1\"\n");
  PropterError err = {0};
  how.csvm = support_path(folder, "none");
  ck_assert_int_eq(mapping_run_with(&how, path, false, &out, &counts, &err), PROPTER_NOT_FOUND);
  ck_assert_ptr_nonnull(strstr(err.source, "none"));
  propter_buf_clear(&out);
}
END_TEST

START_TEST(mistakes_are_refused) {
  refuse("{\"@context\": [\"http://www.w3.org/ns/csvw\", {\"dc\": \"x\"}], \"url\": \"t.csv\"}", PROPTER_INVALID, "@base and @language only");
  refuse(CONTEXT "\"tables\": []}", PROPTER_INVALID, "tables");
  refuse(CONTEXT "\"tables\": [{}]}", PROPTER_INVALID, "no url");
  refuse(CONTEXT "\"url\": \"http://elsewhere.example/t.csv\"}", PROPTER_INVALID, "fetches nothing");
  refuse(CONTEXT "\"url\": \"t.csv\", \"tableSchema\": {\"columns\": [{\"name\": \"a\"}, {\"name\": \"a\"}]}}", PROPTER_INVALID, "two columns");
  refuse(CONTEXT "\"url\": \"t.csv\", \"tableSchema\": {\"columns\": [{\"name\": \"a\", \"virtual\": true}, {\"name\": \"b\"}]}}", PROPTER_INVALID, "virtual");
  refuse(CONTEXT "\"url\": \"t.csv\", \"tableSchema\": {\"columns\": [{\"name\": \"a\", \"datatype\": {\"base\": \"string\", \"minimum\": 1}}]}}",
         PROPTER_INVALID, "no order");
  refuse(CONTEXT "\"url\": \"t.csv\", \"tableSchema\": {\"columns\": [{\"name\": \"a\"}], \"foreignKeys\": [{\"columnReference\": \"a\", \"reference\": "
                 "{\"resource\": \"u.csv\", \"columnReference\": \"b\"}}]}}",
         PROPTER_INVALID, "no table of the group");
  refuse(CONTEXT "\"url\": \"t.csv\", \"dc:title\": {\"@list\": []}}", PROPTER_INVALID, "keyword");
  refuse(CONTEXT "\"url\": }", PROPTER_SYNTAX, "JSON");
}
END_TEST

static PropterStatus take_json(PropterStr piece, void *payload, PropterError *err) {
  propter_buf_add(payload, piece);
  return propter_buf_status(payload, err);
}

static PropterStatus no_record(const PropterMapRecord *r, void *payload, PropterError *err) {
  (void)r, (void)payload;
  return propter_fail(err, PROPTER_INVALID, "a record");
}

static PropterStatus no_reject(const PropterReject *r, void *payload, PropterError *err) {
  (void)payload, (void)err;
  ck_assert_msg(r->reason.len > 0, "no reason");
  return PROPTER_OK;
}

static PropterStatus to_json(const PropterMappingOptions *how, const char *path, PropterBuf *out, PropterError *err) {
  PropterMapping *mapping = NULL;
  PropterMapCounts counts;
  PropterMapSink sink = {.record = no_record, .reject = no_reject, .json = take_json, .payload = out};
  PROPTER_TRY(propter_mapping_read(&path, 1, how, &mapping, err));
  PropterStatus status = propter_mapping_run(mapping, NULL, &sink, &counts, err);
  propter_mapping_free(mapping);
  return status;
}

/* An order with its customer, who is named once, and a carrier, who is named twice. */
static const char orders[] = CONTEXT
    "\"@id\": \"#orders\", \"url\": \"t.csv\", \"dc:title\": {\"@value\": \"Orders\", \"@language\": \"en\"}, \"tableSchema\": {\"rowTitles\": [\"id\"], "
    "\"columns\": [{\"titles\": \"id\", \"aboutUrl\": \"#o{id}\", \"datatype\": \"integer\"},"
    "{\"titles\": \"sum\", \"aboutUrl\": \"#o{id}\", \"propertyUrl\": \"schema:price\", \"datatype\": \"decimal\"},"
    "{\"titles\": \"paid\", \"aboutUrl\": \"#o{id}\", \"datatype\": \"boolean\"},"
    "{\"titles\": \"tags\", \"aboutUrl\": \"#o{id}\", \"separator\": \" \"},"
    "{\"titles\": \"who\", \"aboutUrl\": \"#c-{who}\", \"propertyUrl\": \"schema:name\"},"
    "{\"name\": \"c\", \"virtual\": true, \"aboutUrl\": \"#o{id}\", \"propertyUrl\": \"schema:customer\", \"valueUrl\": \"#c-{who}\"},"
    "{\"name\": \"k\", \"virtual\": true, \"aboutUrl\": \"#o{id}\", \"propertyUrl\": \"rdf:type\", \"valueUrl\": \"schema:Order\"}]}}";
static const char order_rows[] = "id,sum,paid,tags,who\n1,+07.50,1,a b,Ann\n2,.5,0,,Bob\n";
#define ORDER "\"schema:customer\":{\"@id\":\"" AT "t.csv#c-"

START_TEST(json_nests_what_is_named_once) {
  PropterBuf out = {0};
  ck_ok(to_json(&minimal, write_metadata(orders, order_rows), &out, err));
  ck_assert_str_eq(out.data, "[\n{\"@id\":\"" AT "t.csv#o1\",\"id\":1,\"schema:price\":7.5,\"paid\":true,\"tags\":[\"a\",\"b\"]," ORDER
                             "Ann\",\"schema:name\":\"Ann\"},\"@type\":\"schema:Order\"},\n"
                             "{\"@id\":\"" AT "t.csv#o2\",\"id\":2,\"schema:price\":0.5,\"paid\":false," ORDER
                             "Bob\",\"schema:name\":\"Bob\"},\"@type\":\"schema:Order\"}\n]\n");
  propter_buf_reset(&out);
  ck_ok(to_json(&standard, write_metadata(orders, order_rows), &out, err));
  ck_assert_msg(strncmp(out.data, "{\"tables\":[\n{\"url\":\"" AT "t.csv\",\"@id\":\"" AT "m.json#orders\",\"dc:title\":\"Orders\",\"row\":[\n", 100) == 0,
                "%s", out.data);
  ck_assert_ptr_nonnull(strstr(out.data, "{\"url\":\"" AT "t.csv#row=3\",\"rownum\":2,\"titles\":\"2\",\"describes\":[{\"@id\":\"" AT "t.csv#o2\""));
  propter_buf_clear(&out);
}
END_TEST

static const PropterMappingOptions validating = {.base = {AT, sizeof AT - 1}, .validate = true};
static const char keys[] = CONTEXT
    "\"url\": \"t.csv\", \"tableSchema\": {\"primaryKey\": [\"id\", \"n\"], \"columns\": [{\"name\": \"id\", \"titles\": [\"number\", \"id\"]}, {\"name\": "
    "\"n\", \"titles\": {\"en\": \"n\"}}, {\"name\": \"up\"}], \"foreignKeys\": [{\"columnReference\": \"up\", \"reference\": {\"resource\": \"t.csv\", "
    "\"columnReference\": \"id\"}}]}}";

START_TEST(a_validator_looks_at_headers_and_keys) {
  expect(&validating, keys, "id,n,\n1,1,\n1,2,2\n2,1,1\n1,1,\n3,,9\n", "reject 4:up:key\nreject 5:number:key\nreject 6:up:key\n");
  expect(&validating, keys, "ID,n,up\n1,1,\n", "reject 1:number:header\nreject 1:up:header\n");
  expect(&validating, keys, "id,n\n1,1\n", "reject 1::header\n");
}
END_TEST

static PropterStatus validate_once(void *payload, PropterError *err) {
  PropterBuf out = {0};
  PropterMapCounts counts;
  PropterStatus status = mapping_run_with(&validating, payload, false, &out, &counts, err);
  propter_buf_clear(&out);
  return status;
}

static PropterStatus json_once(void *payload, PropterError *err) {
  PropterBuf out = {0};
  PropterStatus status = to_json(&standard, payload, &out, err);
  propter_buf_clear(&out);
  return status;
}

static PropterStatus run_once(void *payload, PropterError *err) {
  PropterBuf out = {0};
  PropterMapCounts counts;
  PropterStatus status = mapping_run_with(&standard, payload, false, &out, &counts, err);
  propter_buf_clear(&out);
  return status;
}

START_TEST(every_allocation_and_file_call_may_fail) {
  const char *path = write_metadata(
      CONTEXT "\"url\": \"t.csv\", \"dc:title\": \"Hats\", \"tableSchema\": {\"aboutUrl\": \"schema:{id}\", \"columns\": [{\"titles\": \"id\"}, {\"name\": "
              "\"l\", \"separator\": \" \", \"ordered\": true, \"datatype\": {\"base\": \"string\", \"format\": \"[a-z]\"}}]}}",
      "id,l\n1,a b\n");
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, run_once, (char *)(uintptr_t)path, true), 50);
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_IO, run_once, (char *)(uintptr_t)path, true), 5);
  path = write_metadata(keys, "id,n,\n1,1,\n1,2,2\n1,1,\n");
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, validate_once, (char *)(uintptr_t)path, true), 50);
  path = write_metadata(orders, order_rows);
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, json_once, (char *)(uintptr_t)path, true), 50);
}
END_TEST

Suite *suite_csvw(void) {
  Suite *s = suite_create("csvw");
  TCase *t = tcase_create("csvw");
  tcase_add_test(t, numbers_and_days_as_people_write_them);
  tcase_add_test(t, skipped_lines_and_a_declared_delimiter);
  tcase_add_test(t, a_cell_that_does_not_fit_stays_text_and_is_rejected);
  tcase_add_test(t, templates_nulls_lists_and_virtual_columns);
  tcase_add_test(t, standard_mode_says_tables_and_rows);
  tcase_add_test(t, a_table_finds_the_metadata_beside_it);
  tcase_add_test(t, a_site_says_where_metadata_lie);
  tcase_add_test(t, json_nests_what_is_named_once);
  tcase_add_test(t, a_validator_looks_at_headers_and_keys);
  tcase_add_test(t, mistakes_are_refused);
  tcase_add_test(t, every_allocation_and_file_call_may_fail);
  suite_add_tcase(s, t);
  return s;
}
