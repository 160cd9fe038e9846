/* SPDX-License-Identifier: Apache-2.0 */
/* What goes wrong with data and mappings, one row for each kind: every defect is found and named with its place, no good row is lost beside it, and after an
 * error the graph is what it was. */
#include <sqlite3.h>
#include <string.h>

#include "archive.h"
#include "graphs.h"
#include "propter/io.h"
#include "propter/pack.h"
#include "propter/rdf.h"
#include "support.h"

Suite *suite_defects(void);

#define PREFIXES                                                                                                                                               \
  "@prefix rml: <http://w3id.org/rml/> . @prefix ex: <http://example.org/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"                             \
  "@prefix fno: <https://w3id.org/imec/idlab/function#> . @prefix d2rq: <http://www.wiwiss.fu-berlin.de/suhl/bizer/D2RQ/0.1#> .\n"
#define SOURCE(file, formulation, more)                                                                                                                        \
  "ex:m rml:logicalSource [ rml:source [ rml:root rml:MappingDirectory ; rml:path \"" file "\" ] ; rml:referenceFormulation rml:" formulation more " ] ;\n"
#define SUBJECT " rml:subjectMap [ rml:template \"http://example.org/{id}\" ] ;\n"
#define SAYS(p, map) " rml:predicateObjectMap [ rml:predicate ex:" p " ; rml:objectMap [ " map " ] ]"
#define CSV_OF(file) PREFIXES SOURCE(file, "CSV", "") SUBJECT SAYS("n", "rml:reference \"n\" ; rml:datatype xsd:integer") " ."
#define CSV CSV_OF("t.csv")
#define TYPED(type) PREFIXES SOURCE("t.csv", "CSV", "") SUBJECT SAYS("n", "rml:reference \"n\" ; rml:datatype xsd:" type) " ."
#define JSON PREFIXES SOURCE("t.csv", "JSONPath", " ; rml:iterator \"$[*]\"") SUBJECT SAYS("n", "rml:reference \"$.n\"") " ."
#define NDJSON PREFIXES SOURCE("t.ndjson", "JSONPath", " ; rml:iterator \"$\"") SUBJECT SAYS("n", "rml:reference \"$.n\"") " ."
#define ANYWHERE PREFIXES SOURCE("t.csv", "JSONPath", " ; rml:iterator \"$..[?@.n]\"") SUBJECT SAYS("n", "rml:reference \"$.n\"") " ."
#define XML                                                                                                                                                    \
  PREFIXES SOURCE("t.csv", "XPath",                                                                                                                            \
                  " ; rml:iterator \"/r/e\"") " rml:subjectMap [ rml:template \"http://example.org/{@id}\" ] ;" SAYS("n", "rml:reference \"n\"") " ."

/* `line`: where it is; 0: the place is no line. `good`: quads of the rows beside a bad one; NONE: it is an error and nothing is taken. */
enum { NONE = -1 };
typedef struct {
  const char *name, *mapping, *file, *data;
  size_t size; /* of data; 0: its length */
  PropterStatus status;
  uint64_t line;
  const char *words;
  int good;
} Defect;

static const Defect defects[] = {
    /* Rows: quarantined alone. */
    {"a shifted row", CSV, "t.csv", "id,n\n1,10\n2,x,20\n3,30\n", 0, PROPTER_INVALID, 3, "expected 2 cells", 2},
    {"a row that is too short", CSV, "t.csv", "id,n\n1,10\n2\n3,30\n", 0, PROPTER_INVALID, 3, "expected 2 cells", 2},
    {"a word for a number", CSV, "t.csv", "id,n\n1,ten\n2,20\n", 0, PROPTER_INVALID, 2, "column n: expected a whole number", 1},
    {"a decimal comma", TYPED("decimal"), "t.csv", "id,n\n1,\"1.234,56\"\n2,2.5\n", 0, PROPTER_INVALID, 2, "column n", 1},
    {"another unit", TYPED("decimal"), "t.csv", "id,n\n1,5 kg\n2,2.5\n", 0, PROPTER_INVALID, 2, "5 kg", 1},
    {"a day that does not exist", TYPED("date"), "t.csv", "id,n\n1,2011-02-29\n2,2012-02-29\n", 0, PROPTER_INVALID, 2, "2011-02-29", 1},
    {"a day in another order", TYPED("date"), "t.csv", "id,n\n1,29/02/2012\n2,2012-02-29\n", 0, PROPTER_INVALID, 2, "29/02/2012", 1},
    {"an hour that does not exist", TYPED("dateTime"), "t.csv", "id,n\n1,2011-02-01T25:00:00\n2,2011-02-01T23:00:00\n", 0, PROPTER_INVALID, 2, "column n", 1},
    {"yes for true", TYPED("boolean"), "t.csv", "id,n\n1,yes\n2,true\n", 0, PROPTER_INVALID, 2, "yes", 1},
    {"a number too large for its type", TYPED("byte"), "t.csv", "id,n\n1,300\n2,30\n", 0, PROPTER_INVALID, 2, "300", 1},
    {"no IRI", PREFIXES SOURCE("t.csv", "CSV", "") SUBJECT SAYS("n", "rml:reference \"n\" ; rml:termType rml:IRI") " .", "t.csv",
     "id,n\n1,http://a b\n2,http://example.org/b\n", 0, PROPTER_INVALID, 2, "column n", 1},
    {"no language", PREFIXES SOURCE("t.csv", "CSV", "") SUBJECT SAYS("n", "rml:reference \"n\" ; rml:languageMap [ rml:reference \"n\" ]") " .", "t.csv",
     "id,n\n1,english!\n2,en\n", 0, PROPTER_INVALID, 2, "english!", 1},
    {"an object for a value", JSON, "t.csv", "[{\"id\":1,\"n\":{\"a\":1}},{\"id\":2,\"n\":2}]", 0, PROPTER_INVALID, 1, "found the array or object", 1},
    {"a line of NDJSON that is cut", NDJSON, "t.ndjson", "{\"id\":1,\"n\":2}\n{\"id\":2,\"n\n{\"id\":3,\"n\":3}\n", 0, PROPTER_INVALID, 2, "not JSON", 2},
    {"a line of NDJSON without its bracket", NDJSON, "t.ndjson", "{\"id\":1,\"n\":2}\n{\"id\":2,\"n\":[3\n{\"id\":3,\"n\":3}\n", 0, PROPTER_INVALID, 2,
     "not JSON", 2},
    {"NDJSON cut short", NDJSON, "t.ndjson", "{\"id\":1,\n\"n\":2}\n{\"id\":2", 0, PROPTER_INVALID, 3, "not JSON", 1},
    {"a member that stands twice", JSON, "t.csv", "[{\"id\":1,\"n\":1},\n{\"id\":2,\"n\":2,\"n\":3}]", 0, PROPTER_INVALID, 2, "duplicate object key", 1},
    {"a member that stands twice in a line", NDJSON, "t.ndjson", "{\"id\":1,\"n\":1,\"id\":2}\n{\"id\":3,\"n\":3}", 0, PROPTER_INVALID, 1,
     "duplicate object key", 1},
    {"the same key twice",
     "@prefix propter: <https://w3id.org/propter#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"
     "<http://example.org/m> a propter:Metric ; skos:prefLabel \"n\"@en ; propter:sourceFile \"t.csv\" ; propter:timeColumn \"id\" ; propter:sourceColumn \"n\" ;\n"
     " propter:grain \"P1D\"^^xsd:duration ; propter:aggregation propter:Sum .",
     "t.csv", "id,n\n2011-08-01,1\n2011-08-01,2\n2011-08-02,3\n", 0, PROPTER_INVALID, 3, "the same time and slices as line 2", 0},
    /* Files: nothing is taken. */
    {"two encodings in one file", CSV, "t.csv", "id,n\n\xC3\xA9,10\n\xE9,20\n", 0, PROPTER_INVALID, 3, "expected UTF-8", NONE},
    {"a NUL inside", CSV, "t.csv", "id,n\n1,1\0000\n2,20\n", 16, PROPTER_INVALID, 2, "NUL", NONE},
    {"an open quote", CSV, "t.csv", "id,n\n1,\"10\n2,20\n", 0, PROPTER_SYNTAX, 2, "never closed", NONE},
    {"text behind a quote", CSV, "t.csv", "id,n\n1,\"10\"0\n2,20\n", 0, PROPTER_SYNTAX, 2, "", NONE},
    {"an empty file", CSV, "t.csv", "", 0, PROPTER_INVALID, 0, "found an empty file", NONE},
    {"no file", CSV_OF("none.csv"), "t.csv", "id,n\n", 0, PROPTER_NOT_FOUND, 0, "No such file", NONE},
    {"a missing column", CSV, "t.csv", "id,m\n1,10\n", 0, PROPTER_NOT_FOUND, 5, "no column \"n\"", NONE},
    {"another delimiter", CSV, "t.csv", "id;n\n1;10\n", 0, PROPTER_NOT_FOUND, 0, "its columns: id;n", NONE},
    {"a column that stands twice", CSV, "t.csv", "id,n,n\n1,10,11\n", 0, PROPTER_INVALID, 0, "stands 2 times", NONE},
    {"half-written JSON", JSON, "t.csv", "[{\"id\":1,\"n\":2},\n{\"id\":2,", 0, PROPTER_SYNTAX, 2, "", NONE},
    {"a member that stands twice in a document held whole", ANYWHERE, "t.csv", "[{\"id\":1,\"n\":1},\n{\"id\":2,\"n\":2,\"n\":3}]", 0, PROPTER_SYNTAX, 2,
     "duplicate object key", NONE},
    {"rows that stand twice", PREFIXES SOURCE("t.csv", "JSONPath", " ; rml:iterator \"$.a[*]\"") SUBJECT SAYS("n", "rml:reference \"$.n\"") " .", "t.csv",
     "{\"a\":[{\"id\":1,\"n\":2}],\n\"a\":[]}", 0, PROPTER_SYNTAX, 2, "duplicate object key", NONE},
    {"JSON with something behind it", JSON, "t.csv", "[{\"id\":1,\"n\":2}]\n]", 0, PROPTER_SYNTAX, 2, "", NONE},
    {"half-written XML", XML, "t.csv", "<r>\n<e id='1'><n>2</n></e>\n<e", 0, PROPTER_SYNTAX, 3, "", NONE},
    {"an XML bomb", XML, "t.csv", "<!DOCTYPE r [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;'>]>\n<r><e id='1'><n>&b;</n></e></r>", 0,
     PROPTER_INVALID, 1, "DOCTYPE", NONE},
    {"XML without end of depth", XML, "t.csv", NULL, 0, PROPTER_LIMIT, 1, "nested deeper", NONE},
    {"gzip cut short", CSV_OF("t.csv.gz"), "t.csv.gz", "gzip", 0, PROPTER_SYNTAX, 0, "ends too early", NONE},
    {"xz cut short", CSV_OF("t.csv.xz"), "t.csv.xz", "tarxz", 0, PROPTER_SYNTAX, 0, "packed data", NONE},
    {"a bomb of plain CSV, gzip", CSV_OF("t.csv.gz"), "t.csv.gz", "bomb gzip", 0, PROPTER_LIMIT, 0, "times as many is the limit", NONE},
    {"a bomb of plain CSV, zip", CSV_OF("t.csv.zip"), "t.csv.zip", "bomb zip", 0, PROPTER_LIMIT, 0, "times as many is the limit", NONE},
    {"a bomb of plain CSV, xz", CSV_OF("t.csv.xz"), "t.csv.xz", "bomb tarxz", 0, PROPTER_LIMIT, 0, "times as many is the limit", NONE},
    {"a bomb in a workbook", CSV_OF("t.xlsx"), "t.xlsx", "bomb", 0, PROPTER_LIMIT, 0, "times its size", NONE},
    {"a workbook with a password", CSV_OF("t.xlsx"), "t.xlsx", "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 and more", 0, PROPTER_INVALID, 0, "encrypted", NONE},
    {"a damaged database",
     PREFIXES
     "ex:db d2rq:jdbcDSN \"sqlite:t.db\" . ex:m rml:logicalSource [ rml:source ex:db ; rml:referenceFormulation rml:SQL2008Table ; rml:iterator \"t\" ] ;\n" SUBJECT
         SAYS("n", "rml:reference \"n\"") " .",
     "t.db", "database", 0, PROPTER_INVALID, 0, "t.db", NONE},
    {"a database that is not there",
     PREFIXES "ex:db d2rq:jdbcDSN \"postgresql://127.0.0.1:1/x\" ; d2rq:username \"u\" ; d2rq:password \"s3cret\" .\n"
              "ex:m rml:logicalSource [ rml:source ex:db ; rml:referenceFormulation rml:SQL2008Table ; rml:iterator \"t\" ] ;\n" SUBJECT SAYS(
                  "n", "rml:reference \"n\"") " .",
     "t.csv", "", 0, PROPTER_STATUS_COUNT, 0, "127.0.0.1", NONE},
    {"a database that is not there, with the password in its address",
     PREFIXES "ex:db d2rq:jdbcDSN \"postgresql://u:s3cret@127.0.0.1:1/x\" .\n"
              "ex:m rml:logicalSource [ rml:source ex:db ; rml:referenceFormulation rml:SQL2008Table ; rml:iterator \"t\" ] ;\n" SUBJECT SAYS(
                  "n", "rml:reference \"n\"") " .",
     "t.csv", "", 0, PROPTER_STATUS_COUNT, 0, "127.0.0.1", NONE},
    {"a password among the parameters",
     PREFIXES "ex:db d2rq:jdbcDSN \"postgresql://127.0.0.1:1/x?user=u&password=s3cret\" .\n"
              "ex:m rml:logicalSource [ rml:source ex:db ; rml:referenceFormulation rml:SQL2008Table ; rml:iterator \"t\" ] ;\n" SUBJECT SAYS(
                  "n", "rml:reference \"n\"") " .",
     "t.csv", "", 0, PROPTER_INVALID, 0, "must not hold", NONE},
    /* Mappings. */
    {"a mapping that calls itself",
     PREFIXES SOURCE("t.csv", "CSV", "") SUBJECT SAYS(
         "n",
         "rml:functionExecution ex:f") " .\n"
                                       "ex:f rml:function fno:slugify ; rml:input [ rml:parameter fno:str ; rml:inputValueMap [ rml:functionExecution ex:f ] ] .",
     "t.csv", "id,n\n1,10\n", 0, PROPTER_INVALID, 0, "itself", NONE},
    {"a mapping that joins without a condition",
     PREFIXES SOURCE("t.csv", "CSV", "") SUBJECT SAYS(
         "n",
         "rml:parentTriplesMap ex:o") " .\n"
                                      "ex:o rml:logicalSource [ rml:source [ rml:root rml:MappingDirectory ; rml:path \"m.ttl\" ] ; rml:referenceFormulation rml:CSV ] ; rml:subject ex:s .",
     "t.csv", "id,n\n1,10\n", 0, PROPTER_INVALID, 5, "expected a join condition", NONE},
    {"a function that nobody knows", PREFIXES SOURCE("t.csv", "CSV", "") SUBJECT SAYS("n", "rml:functionExecution [ rml:function ex:none ]") " .", "t.csv",
     "id,n\n1,10\n", 0, PROPTER_INVALID, 5, "no function", NONE},
    {"a path that is none", PREFIXES SOURCE("t.csv", "JSONPath", " ; rml:iterator \"$[\"") SUBJECT SAYS("n", "rml:reference \"$.n\"") " .", "t.csv", "[]", 0,
     PROPTER_SYNTAX, 0, "", NONE},
    {"a brace without its partner", PREFIXES SOURCE("t.csv", "CSV", "") " rml:subjectMap [ rml:template \"http://example.org/{id\" ] .", "t.csv",
     "id,n\n1,10\n", 0, PROPTER_INVALID, 4, "expected '}'", NONE},
};

/* Data that no text in the table can be. */
static void make_data(const Defect *d, const char *path, PropterBuf *out) {
  if (!d->data) {
    for (int i = 0; i < 100000; i++) propter_buf_add(out, PROPTER_STR("<r>"));
  } else if (strcmp(d->data, "gzip") == 0 || strcmp(d->data, "tarxz") == 0) {
    PropterBuf text = {0};
    propter_buf_add(&text, PROPTER_STR("id,n\n"));
    for (int i = 0; i < 9000; i++) propter_buf_printf(&text, "%d,%d\n", i, i * i % 7919);
    ck_ok(propter_pack(propter_str(d->data), "t.csv", propter_buf_str(&text), out, err));
    out->len /= 2;
    propter_buf_clear(&text);
  } else if (strncmp(d->data, "bomb ", 5) == 0) {
    PropterBuf text = {0};
    propter_buf_add(&text, PROPTER_STR("id,n\n"));
    for (int i = 0; i < 700000; i++) propter_buf_add(&text, PROPTER_STR("1,2\n"));
    ck_ok(propter_pack(propter_str(d->data + 5), "t.csv", propter_buf_str(&text), out, err));
    propter_buf_clear(&text);
  } else if (strcmp(d->data, "bomb") == 0) {
    PropterBuf text = {0};
    for (int i = 0; i < 3000000; i++) propter_buf_add_char(&text, ' ');
    archive_make(out, (const ArchivePart[]){{"_rels/.rels", text.data}, {NULL, NULL}});
    propter_buf_clear(&text);
  } else if (strcmp(d->data, "database") == 0) {
    sqlite3 *db = NULL;
    ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(db,
                                  "CREATE TABLE t (id INTEGER, n TEXT); WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 5000) "
                                  "INSERT INTO t SELECT i, 'row ' || i FROM c;",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
    ck_ok(propter_io_read_file(path, 0, out, err));
    for (size_t i = out->len / 2; i < out->len / 2 + 8192; i++) out->data[i] = (char)0xA5;
  } else {
    propter_buf_add(out, (PropterStr){d->data, d->size ? d->size : strlen(d->data)});
  }
}

static size_t lines_with(const PropterBuf *text, const char *words) {
  size_t n = 0;
  for (const char *at = text->data; at && (at = strstr(at, words)); at++) n++;
  return n;
}

static void check_row(PropterGraph *graph, const char *mapping, const Defect *d) {
  PropterIngestResult result = {0};
  PropterBuf out = {0};
  PropterError err = {0};
  ck_assert_msg(ingest(graph, mapping, NULL, &result, &err) == PROPTER_OK, "%s: %s", d->name, err.message);
  ck_assert_msg(result.rows.rejects == 1, "%s: %llu rejects", d->name, (unsigned long long)result.rows.rejects);
  dump(graph, &out);
  if (d->good) ck_assert_msg(lines_with(&out, "<http://example.org/n>") == (size_t)d->good + 1, "%s: %s", d->name, out.data);
  propter_buf_clear(&out);
  propter_ingest_result_clear(&result);
}

static void check(const Defect *d) {
  const char *folder = support_folder(), *mapping = support_path(folder, "m.ttl"), *clean = support_path(folder, "clean.ttl"),
             *file = support_path(folder, d->file);
  PropterGraph *graph = new_graph();
  PropterIngestResult result = {0};
  PropterBuf data = {0}, before = {0}, after = {0};
  PropterError why = {0};
  char place[1024];
  support_write(support_path(folder, "c.csv"), PROPTER_STR("id,n\nclean,1\n"));
  support_write(clean, PROPTER_STR(CSV_OF("c.csv")));
  ck_ok(ingest(graph, clean, NULL, &result, err));
  dump(graph, &before);
  make_data(d, file, &data);
  support_write(file, propter_buf_str(&data));
  support_write(mapping, propter_str(d->mapping));
  PropterLimits limits = propter_limits_default();
  limits.unpack_free = 1 << 20; /* a bomb of 64 MiB takes seconds */
  PropterStatus status = ingest(graph, mapping, &(PropterIngestOptions){.on_error = PROPTER_INGEST_STOP, .limits = &limits}, &result, &why);
  (void)propter_error_format(&why, place, sizeof place);
  ck_assert_msg(status != PROPTER_OK && (d->status == PROPTER_STATUS_COUNT || status == d->status), "%s: %s %s", d->name, propter_status_name(status), place);
  ck_assert_msg(strstr(place, d->words) != NULL, "%s: %s", d->name, place);
  ck_assert_msg(!d->line || why.line == d->line, "%s: line %llu in %s", d->name, (unsigned long long)why.line, place);
  ck_assert_msg(why.source[0] || strstr(place, folder) || d->status == PROPTER_STATUS_COUNT, "%s: no place in %s", d->name, place);
  ck_assert_msg(!strstr(place, "s3cret"), "%s", place);
  dump(graph, &after);
  ck_assert_msg(propter_str_equal(propter_buf_str(&before), propter_buf_str(&after)), "%s: the graph is another", d->name);
  if (d->good != NONE) check_row(graph, mapping, d);
  propter_buf_clear(&data);
  propter_buf_clear(&before);
  propter_buf_clear(&after);
  propter_ingest_result_clear(&result);
  propter_graph_close(graph);
}

START_TEST(each_defect_is_found) { check(&defects[_i]); }
END_TEST

/* What looks odd and is right: quotes, lines inside cells, blanks, signs, leap days, other scripts, a mark at the beginning. */
START_TEST(clean_data_raises_no_alarm) {
  const char *folder = support_folder(), *mapping = support_path(folder, "m.ttl");
  PropterGraph *graph = new_graph();
  PropterIngestResult result = {0};
  PropterBuf data = {0};
  propter_buf_add(&data, PROPTER_STR("\xEF\xBB\xBFid,n,d,x,t\r\n"));
  for (int i = 0; i < 1000; i++)
    propter_buf_printf(&data, "%d, %s%d ,%s,%s%d.%02d,\"%s\"\r\n", i, i % 3 ? "-" : "+", i, i % 2 ? "2012-02-29" : "1999-12-31", i % 5 ? "" : "-", i, i % 100,
                       i % 4 ? "a \"\"b\"\", c\nd" : "\xE6\x97\xA5\xE6\x9C\xAC \xD8\xB9 =1+1");
  support_write(support_path(folder, "t.csv"), propter_buf_str(&data));
  support_write(
      mapping,
      PROPTER_STR(
          PREFIXES SOURCE("t.csv", "CSV", "")
              SUBJECT SAYS("n", "rml:reference \"n\" ; rml:datatype xsd:integer") " ;" SAYS("d", "rml:reference \"d\" ; rml:datatype xsd:date") " ;" SAYS(
                  "x", "rml:reference \"x\" ; rml:datatype xsd:decimal") " ;" SAYS("t", "rml:reference \"t\"") " ."));
  ck_ok(ingest(graph, mapping, NULL, &result, err));
  ck_assert_uint_eq(result.rows.rows, 1000);
  ck_assert_uint_eq(result.rows.rejects, 0);
  ck_assert_uint_eq(result.quads, 4000);
  propter_buf_clear(&data);
  propter_ingest_result_clear(&result);
  propter_graph_close(graph);
}
END_TEST

Suite *suite_defects(void) {
  Suite *s = suite_create("defects");
  TCase *t = tcase_create("defects");
  tcase_add_loop_test(t, each_defect_is_found, 0, sizeof defects / sizeof *defects);
  tcase_add_test(t, clean_data_raises_no_alarm);
  suite_add_tcase(s, t);
  return s;
}
