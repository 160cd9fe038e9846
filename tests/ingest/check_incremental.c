/* SPDX-License-Identifier: Apache-2.0 */
/* Nights of random inserts, updates and deletes: what the state of rows makes of each is what a full run makes. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "graphs.h"
#include "propter/io.h"
#include "propter/rng.h"
#include "propter/run.h"
#include "support.h"

Suite *suite_incremental(void);

#define PREFIXES                                                                                                                                       \
  "@prefix rml: <http://w3id.org/rml/> . @prefix ex: <http://example.org/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"                     \
  "@prefix qb: <http://purl.org/linked-data/cube#> . @prefix propter: <https://w3id.org/propter#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n"
#define FILE_OF(name, form) "[ rml:source [ rml:root rml:MappingDirectory ; rml:path \"" name "\" ] ; rml:referenceFormulation rml:" form " ]"
/* Shared objects, a join, a named graph, numbers that may be wrong. */
#define ORDERS                                                                                                                                         \
  "ex:o rml:logicalSource " FILE_OF("in/*.csv", "CSV") " ; rml:subjectMap [ rml:template \"http://example.org/o/{id}\" ; rml:class ex:Order ] ;\n"     \
  " rml:predicateObjectMap [ rml:predicate ex:n ; rml:objectMap [ rml:reference \"n\" ; rml:datatype xsd:integer ] ] ,\n"                              \
  "  [ rml:predicate ex:of ; rml:objectMap [ rml:template \"http://example.org/c/{c}\" ] ; rml:graphMap [ rml:template \"http://example.org/g/{c}\" ] ] ,\n" \
  "  [ rml:predicate ex:name ; rml:objectMap [ rml:parentTriplesMap ex:c ; rml:joinCondition [ rml:child \"c\" ; rml:parent \"key\" ] ] ] .\n"         \
  "ex:c rml:logicalSource " FILE_OF("c.csv", "CSV") " ; rml:subjectMap [ rml:template \"http://example.org/name/{name}\" ; rml:class ex:Customer ] .\n"
/* Places of rows are said. */
#define CUBE                                                                                                                                           \
  "ex:q rml:logicalSource " FILE_OF("in/*.csv", "CSV") " ; rml:subjectMap [ rml:template \"http://example.org/q/{id}\" ; rml:class qb:Observation ] ;\n" \
  " rml:predicateObjectMap [ rml:predicate ex:n ; rml:objectMap [ rml:reference \"n\" ] ] .\n"
/* The first of two rows with one key counts. */
#define METRIC                                                                                                                                         \
  "ex:m a propter:Metric ; skos:prefLabel \"n\"@en ; propter:sourceFile \"in/*.csv\" ; propter:timeColumn \"day\" ; propter:sourceColumn \"n\" ;\n"     \
  " propter:sliceColumn \"c\" ; propter:grain \"P1D\"^^xsd:duration ; propter:aggregation propter:Sum .\n"
/* Rows of a document, with nodes that have no name. */
#define JSON                                                                                                                                                          \
  "ex:j rml:logicalSource [ rml:source [ rml:root rml:MappingDirectory ; rml:path \"j.json\" ] ; rml:referenceFormulation rml:JSONPath ; rml:iterator \"$[*]\" ] ;\n" \
  " rml:subjectMap [ rml:termType rml:BlankNode ] ; rml:predicateObjectMap [ rml:predicate ex:v ; rml:objectMap [ rml:reference \"v[*]\" ] ] .\n"

/* Cells alone decide. What a customer is, many rows say; some of it in a graph that is the file's own, and in a language whose tag has two spellings. */
#define CELLS                                                                                                                                          \
  "ex:p rml:logicalSource " FILE_OF("in/*.csv", "CSV") " ; rml:subjectMap [ rml:template \"http://example.org/p/{id}\" ; rml:class ex:Order ] ;\n"     \
  " rml:predicateObjectMap [ rml:predicate ex:n ; rml:objectMap [ rml:reference \"n\" ] ] .\n"                                                        \
  "ex:k rml:logicalSource " FILE_OF("in/*.csv", "CSV") " ; rml:subjectMap [ rml:template \"http://example.org/c/{c}\" ; rml:class ex:Customer ] ;\n"   \
  " rml:predicateObjectMap [ rml:predicate ex:day ; rml:objectMap [ rml:reference \"day\" ; rml:language \"en\" ] ] ,\n"                              \
  "  [ rml:predicate ex:day ; rml:objectMap [ rml:constant \"2024-01-07\"@EN ] ] ,\n"                                                                 \
  "  [ rml:predicate ex:n ; rml:objectMap [ rml:reference \"n\" ; rml:datatype xsd:string ] ; rml:graph ex:some ] .\n"

static const char *const mappings[] = {PREFIXES ORDERS, PREFIXES CUBE, PREFIXES METRIC, PREFIXES JSON, PREFIXES ORDERS JSON, PREFIXES CELLS};
enum { NIGHTS = 12, ROWS = 40, FILES = 3 };

typedef struct {
  const char *folder, *mapping, *state;
  PropterRng rng;
  int rows[FILES][ROWS][4]; /* id, n (13, 14: no number), customer, day; id 0: no row */
  int order, backwards;     /* of the columns; of the rows */
  const char *end;          /* of lines */
  int names[5];
} Shop;

static int below(Shop *s, int n) { return (int)propter_rng_below(&s->rng, (uint64_t)n); }

static void change(Shop *s, double share) {
  for (int f = 0; f < FILES; f++)
    for (int i = 0; i < ROWS; i++) {
      if (below(s, 1000) >= share * 1000) continue;
      int *row = s->rows[f][i];
      row[0] = below(s, 3) ? 1 + below(s, 60) : 0;
      row[1] = below(s, 15), row[2] = below(s, 5), row[3] = 1 + below(s, 28);
    }
  s->names[below(s, 5)] = below(s, 4);
}

static void write_shop(const Shop *s, int files) {
  PropterBuf text = {0};
  for (int f = 0; f < FILES; f++) {
    char name[32];
    (void)snprintf(name, sizeof name, "in/%d.csv", f);
    const char *path = support_path(s->folder, name);
    if (f >= files) {
      (void)unlink(path);
      continue;
    }
    propter_buf_reset(&text);
    /* Columns may stand in another order in every file. */
    bool first = (f + s->order) % 2;
    propter_buf_printf(&text, "%s,c,day%s", first ? "n,id" : "id,n", s->end);
    for (int i = 0; i < ROWS; i++) {
      const int *r = s->rows[f][s->backwards ? ROWS - 1 - i : i];
      char number[32];
      (void)snprintf(number, sizeof number, r[1] == 13 ? "many" : r[1] == 14 ? "\"a \"\"few\"\"\n\"" : "%d", r[1]);
      if (r[0] && first) propter_buf_printf(&text, "%s,%d,%d,2024-01-%02d%s", number, r[0], r[2], r[3], s->end);
      if (r[0] && !first) propter_buf_printf(&text, "%d,%s,%d,2024-01-%02d%s", r[0], number, r[2], r[3], s->end);
    }
    support_write(path, propter_buf_str(&text));
  }
  propter_buf_reset(&text);
  propter_buf_printf(&text, "key,name\n");
  for (int i = 0; i < 4; i++) propter_buf_printf(&text, "%d,n%d\n", i, s->names[i]);
  support_write(support_path(s->folder, "c.csv"), propter_buf_str(&text));
  propter_buf_reset(&text);
  for (int i = 0; i < 10; i++) propter_buf_printf(&text, "%s{\"v\":[%d,\"%d\"]}", i ? "," : "[", s->rows[0][i][1], s->rows[0][i][2]);
  propter_buf_printf(&text, "]");
  support_write(support_path(s->folder, "j.json"), propter_buf_str(&text));
  propter_buf_clear(&text);
}

static void start(Shop *s, const char *mapping, uint64_t seed) {
  *s = (Shop){.folder = support_folder(), .end = "\n"};
  s->mapping = support_path(s->folder, "m.ttl");
  s->state = support_path(s->folder, "rows");
  propter_rng_seed(&s->rng, seed);
  support_write(s->mapping, propter_str(mapping));
  ck_assert_int_eq(mkdir(support_path(s->folder, "in"), 0777), 0);
  change(s, 1);
}

/* The graph and the rejects of a full run of the same files in a graph of its own. */
static void full(const Shop *s, PropterBuf *wanted, uint64_t *rejects) {
  PropterGraph *graph = new_graph();
  PropterIngestResult result = {0};
  ck_ok(ingest(graph, s->mapping, NULL, &result, err));
  *rejects = result.rows.rejects;
  dump(graph, wanted);
  propter_ingest_result_clear(&result);
  propter_graph_close(graph);
}

START_TEST(every_night_is_a_full_run) {
  PropterGraph *graph = new_graph();
  PropterIngestResult result = {0};
  PropterBuf wanted = {0}, found = {0};
  Shop s;
  start(&s, mappings[_i], 7 + (uint64_t)_i);
  uint64_t known = 0;
  for (int night = 0; night < NIGHTS; night++) {
    write_shop(&s, 1 + night % FILES);
    PropterIngestOptions o = {.state = s.state, .now = night};
    ck_ok(ingest(graph, s.mapping, &o, &result, err));
    uint64_t rejects;
    full(&s, &wanted, &rejects);
    dump(graph, &found);
    size_t same = 0;
    while (wanted.data[same] && wanted.data[same] == found.data[same]) same++;
    ck_assert_msg(strcmp(wanted.data, found.data) == 0, "mapping %d, night %d: wanted %.200s\nfound %.200s", _i, night, wanted.data + same, found.data + same);
    ck_assert_uint_eq(result.rows.rejects, rejects);
    known += result.known;
    change(&s, .05);
    /* Some nights all rows look or stand otherwise, or a file has none. */
    s.end = night == 3 ? "\r\n" : "\n";
    s.order = night == 5;
    s.backwards = night > 6;
    for (int i = 0; night == 8 && i < ROWS; i++) s.rows[0][i][0] = 0;
  }
  ck_assert_uint_gt(known, 20);
  propter_buf_clear(&wanted), propter_buf_clear(&found);
  propter_ingest_result_clear(&result);
  propter_graph_close(graph);
}
END_TEST

/* After a run by others of the same graphs, an undo, a damaged or lost state, or a changed mapping the state says nothing. The damage of the last two ways is
 * in what rows gave, which shows only when it is needed. */
START_TEST(a_state_that_does_not_fit_is_not_believed) {
  PropterGraph *graph = new_graph();
  PropterIngestResult result = {0};
  PropterBuf wanted = {0}, found = {0}, bytes = {0};
  PropterWriter *writer = NULL;
  uint64_t rejects;
  Shop s;
  start(&s, mappings[0], 99);
  PropterIngestOptions incremental = {.state = s.state};
  for (int way = 0; way < 7; way++) {
    write_shop(&s, FILES);
    ck_ok(ingest(graph, s.mapping, &incremental, &result, err));
    change(&s, .1);
    write_shop(&s, FILES);
    PropterBuf command = {0};
    switch (way) {
    case 0: ck_ok(ingest(graph, s.mapping, NULL, &result, err)); break;
    case 1:
      ck_ok(ingest(graph, s.mapping, &incremental, &result, err));
      ck_ok(propter_writer_open(graph, false, &writer, err));
      ck_ok(propter_run_undo(writer, PROPTER_STR("last"), 5, PROPTER_STR("test"), &result.arena, NULL, err));
      ck_ok(propter_writer_commit(writer, err));
      propter_writer_close(writer);
      break;
    case 2:
      propter_buf_printf(&command, "for f in '%s'/*; do head -c 500 \"$f\" >t.$$ && mv t.$$ \"$f\"; done", s.state);
      ck_assert_int_eq(system(command.data), 0);
      break;
    case 3:
      propter_buf_printf(&command, "rm -r '%s'", s.state);
      ck_assert_int_eq(system(command.data), 0);
      break;
    case 4:
      propter_buf_printf(&command,
                         "for f in '%s'/*.[01]; do s=$(wc -c <\"$f\"); head -c $((s - 1)) \"$f\" >t.$$; "
                         "printf '\\377' >>t.$$; mv t.$$ \"$f\"; done", s.state);
      ck_assert_int_eq(system(command.data), 0);
      break;
    case 5:
      propter_buf_printf(&command,
                         "for f in '%s'/*.[01]; do printf '\\377\\377\\377\\377\\377\\377\\377\\377' | "
                         "dd of=\"$f\" bs=4 seek=1 conv=notrunc 2>/dev/null; done", s.state);
      ck_assert_int_eq(system(command.data), 0);
      break;
    default: support_write(s.mapping, PROPTER_STR(PREFIXES CUBE)); break;
    }
    propter_buf_clear(&command);
    change(&s, .1);
    write_shop(&s, FILES);
    ck_ok(ingest(graph, s.mapping, &incremental, &result, err));
    ck_assert_uint_eq(result.known, 0);
    full(&s, &wanted, &rejects);
    dump(graph, &found);
    ck_assert_msg(strcmp(wanted.data, found.data) == 0, "way %d", way);
  }
  propter_buf_clear(&wanted), propter_buf_clear(&found), propter_buf_clear(&bytes);
  propter_ingest_result_clear(&result);
  propter_graph_close(graph);
}
END_TEST

/* Whatever fails: the graph is that of before or of after, and the next run makes it that of after. */
static void fail_everywhere(PropterFaultKind kind) {
  PropterGraph *graph = new_graph();
  PropterIngestResult result = {0};
  PropterBuf before = {0}, after = {0}, found = {0};
  uint64_t rejects, points = 0;
  Shop s;
  start(&s, mappings[0], 3);
  PropterIngestOptions o = {.state = s.state, .force = true};
  write_shop(&s, 2);
  full(&s, &after, &rejects);
  for (bool done = false; !done;) {
    write_shop(&s, 1);
    ck_ok(ingest(graph, s.mapping, &o, &result, err));
    dump(graph, &before);
    write_shop(&s, 2);
    PropterError e = {0};
    points++;
    propter_fault_plan(kind, points, points % 2, 28);
    PropterStatus status = ingest(graph, s.mapping, &o, &result, &e);
    done = propter_fault_end(kind) < points;
    dump(graph, &found);
    ck_assert_msg(strcmp(found.data, after.data) == 0 || (status != PROPTER_OK && strcmp(found.data, before.data) == 0), "point %llu: %s",
                  (unsigned long long)points, e.message);
    ck_ok(ingest(graph, s.mapping, &o, &result, err));
    dump(graph, &found);
    ck_assert_str_eq(found.data, after.data);
    if (points > 40) points += points / 8; /* calls of one kind follow one another */
  }
  ck_assert_uint_gt(points, 10);
  propter_buf_clear(&before), propter_buf_clear(&after), propter_buf_clear(&found);
  propter_ingest_result_clear(&result);
  propter_graph_close(graph);
}

START_TEST(failing_memory_changes_nothing) { fail_everywhere(PROPTER_FAULT_ALLOCATION); }
END_TEST

START_TEST(failing_files_change_nothing) { fail_everywhere(PROPTER_FAULT_IO); }
END_TEST

Suite *suite_incremental(void) {
  Suite *suite = suite_create("incremental");
  TCase *t = tcase_create("incremental");
  tcase_set_timeout(t, 120);
  tcase_add_loop_test(t, every_night_is_a_full_run, 0, sizeof mappings / sizeof *mappings);
  tcase_add_test(t, a_state_that_does_not_fit_is_not_believed);
  tcase_add_test(t, failing_memory_changes_nothing);
  tcase_add_test(t, failing_files_change_nothing);
  suite_add_tcase(suite, t);
  return suite;
}
