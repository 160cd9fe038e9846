/* SPDX-License-Identifier: Apache-2.0 */
/* Databases as sources: joins that the database answers, and what happens when it goes away. PostgreSQL where its server can be started, SQLite always. */
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "graphs.h"
#include "propter/sniff.h"
#include "server.h"
#include "support.h"

Suite *suite_database(void);

/* Names that only quotes keep, keys of two columns, a row without a partner, one with two, NULL. */
#define TABLES                                                                                                                                                 \
  "CREATE TABLE \"Order\" (id INTEGER PRIMARY KEY, \"Cust Omer\" VARCHAR(9), land CHAR(2));\n"                                                                 \
  "CREATE TABLE customer (nr VARCHAR(9), land CHAR(2), name VARCHAR(20), since DATE);\n"                                                                       \
  "INSERT INTO \"Order\" VALUES (1, 'a', 'DE'), (2, 'b', 'DE'), (3, 'a', 'FR'), (4, NULL, 'DE'), (5, 'b', 'DE');\n"                                            \
  "INSERT INTO customer VALUES ('a', 'DE', 'A b', '2011-01-02'), ('b', 'DE', 'B', NULL), ('b', 'DE', 'C', NULL), ('c', 'FR', 'D', NULL);\n"
#define PREFIXES                                                                                                                                               \
  "@prefix rml: <http://w3id.org/rml/> . @prefix d2rq: <http://www.wiwiss.fu-berlin.de/suhl/bizer/D2RQ/0.1#> . @prefix ex: <http://example.org/> .\n"
#define TABLE(name) "rml:logicalSource [ rml:source ex:db ; rml:referenceFormulation rml:SQL2008Table ; rml:iterator \"" name "\" ] ;\n"
#define QUERY(text) "rml:logicalSource [ rml:source ex:db ; rml:referenceFormulation rml:SQL2008Query ; rml:iterator \"" text "\" ] ;\n"
#define ORDERS(join)                                                                                                                                           \
  "ex:order " TABLE("Order") " rml:subjectMap [ rml:template \"http://example.org/order/{id}\" ] ;\n"                                                          \
                             " rml:predicateObjectMap [ rml:predicate ex:land ; rml:objectMap [ rml:reference \"land\" ] ] ;\n"                                \
                             " rml:predicateObjectMap [ rml:predicate ex:by ; rml:graph ex:g ; rml:objectMap [ rml:parentTriplesMap ex:customer ; " join       \
                             " ] ] .\n"
#define CUSTOMERS(source) "ex:customer " source " rml:subjectMap [ rml:template \"http://example.org/customer/{name}/{LAND}\" ] .\n"
#define BY_TWO "rml:joinCondition [ rml:child \"Cust Omer\" ; rml:parent \"nr\" ] , [ rml:child \"land\" ; rml:parent \"land\" ]"
#define O "<http://example.org/order/"
#define BY "> <http://example.org/by> <http://example.org/customer/"
#define IN "/DE> <http://example.org/g>\n"
#define JOINED O "1" BY "A%20b" IN O "2" BY "B" IN O "2" BY "C" IN O "5" BY "B" IN O "5" BY "C" IN

static const char *folder;

static const char *mapping_of(const char *address, const char *turtle) {
  PropterBuf text = {0};
  const char *path = support_path(folder = support_folder(), "m.ttl");
  propter_buf_printf(&text, PREFIXES "ex:db d2rq:jdbcDSN \"%s\" .\n%s", address, turtle);
  support_write(path, propter_buf_str(&text));
  propter_buf_clear(&text);
  return path;
}

static const char *sqlite(void) {
  const char *path = support_path(support_folder(), "t.db"), *script = support_path(support_folder(), "t.sql");
  PropterBuf address = {0};
  support_write(script, PROPTER_STR(TABLES));
  ck_assert(sqlite_fill(path, script, NULL));
  propter_buf_printf(&address, "sqlite:%s", path);
  const char *kept = support_path("", address.data) + 1; /* support_path keeps it */
  propter_buf_clear(&address);
  return kept;
}

static const char *postgres(void) {
  const char *address = server_start(), *script = support_path(support_folder(), "t.sql");
  support_write(script, PROPTER_STR(TABLES));
  if (address) ck_assert(server_fill(script, NULL));
  return address;
}

static size_t joined_by_database(const char *mapping) {
  PropterMapping *m = NULL;
  PropterMapJoin join;
  size_t count = 0;
  ck_ok(propter_mapping_read(&mapping, 1, NULL, &m, err));
  for (size_t n = 0; propter_mapping_join(m, n, &join); n++) count += join.database;
  propter_mapping_free(m);
  return count;
}

/* `by_database` joins are its queries; the lines with a customer are `wanted`. */
static void expect(const char *address, const char *turtle, size_t by_database, const char *wanted) {
  const char *mapping = mapping_of(address, turtle);
  ck_assert_uint_eq(joined_by_database(mapping), by_database);
  PropterGraph *graph = new_graph();
  PropterIngestResult result = {0};
  PropterBuf all = {0}, out = {0};
  ck_ok(ingest(graph, mapping, NULL, &result, err));
  dump(graph, &all);
  for (char *line = all.data, *end; *line; line = end + 1) {
    end = strchr(line, '\n');
    if (memmem(line, (size_t)(end - line), BY, strlen(BY))) propter_buf_add(&out, (PropterStr){line, (size_t)(end - line) + 1});
  }
  ck_assert_str_eq(out.data ? out.data : "", wanted);
  propter_buf_clear(&all);
  propter_buf_clear(&out);
  propter_ingest_result_clear(&result);
  propter_graph_close(graph);
}

static void join_everywhere(const char *address) {
  expect(address, ORDERS(BY_TWO) CUSTOMERS(TABLE("customer")), 1, JOINED);
  expect(address, ORDERS(BY_TWO) CUSTOMERS(QUERY("SELECT nr, land, upper(name) AS name FROM customer WHERE nr = 'a';")), 1, O "1" BY "A%20B" IN);
  /* What the query cannot say is joined here: a condition by a template. */
  expect(address,
         ORDERS("rml:joinCondition [ rml:childMap [ rml:template \"{Cust Omer}-{land}\" ] ; rml:parentMap [ rml:template \"{nr}-{land}\" ] ]")
             CUSTOMERS(TABLE("customer")),
         0, JOINED);
  /* Another row of one table, and each row itself. */
  expect(address,
         "ex:a " TABLE(
             "customer") " rml:subjectMap [ rml:template \"http://example.org/order/{name}\" ] ;\n"
                         " rml:predicateObjectMap [ rml:predicate ex:by ; rml:graph ex:g ; rml:objectMap [ rml:parentTriplesMap ex:customer ;\n"
                         " rml:joinCondition [ rml:child \"nr\" ; rml:parent \"nr\" ] , [ rml:child \"since\" ; rml:parent \"since\" ] ] ] .\n" CUSTOMERS(
                             TABLE("customer")),
         1, O "A%20b" BY "A%20b" IN);
}

START_TEST(sqlite_joins) { join_everywhere(sqlite()); }
END_TEST

START_TEST(postgres_joins) {
  const char *address = postgres();
  if (!address) return;
  join_everywhere(address);
  /* PostgreSQL compares no number with a text: joined here. */
  expect(address, ORDERS("rml:joinCondition [ rml:child \"id\" ; rml:parent \"nr\" ]") CUSTOMERS(TABLE("customer")), 0, "");
}
END_TEST

static PropterStatus fails(const char *address, const char *turtle, PropterError *err) {
  PropterGraph *graph = new_graph();
  PropterIngestResult result = {0};
  PropterBuf before = {0}, after = {0};
  dump(graph, &before);
  PropterStatus status = ingest(graph, mapping_of(address, turtle), NULL, &result, err);
  dump(graph, &after);
  ck_assert(propter_str_equal(propter_buf_str(&before), propter_buf_str(&after)));
  propter_buf_clear(&before);
  propter_buf_clear(&after);
  propter_ingest_result_clear(&result);
  propter_graph_close(graph);
  return status;
}

START_TEST(mistakes_in_a_join_are_named) {
  PropterError err = {0};
  ck_assert_int_eq(fails(sqlite(), ORDERS("rml:joinCondition [ rml:child \"no such\" ; rml:parent \"nr\" ]") CUSTOMERS(TABLE("customer")), &err),
                   PROPTER_NOT_FOUND);
  ck_assert_ptr_nonnull(strstr(err.message, "no column \"no such\""));
  ck_assert_uint_eq(err.line, 6);
}
END_TEST

#define CUT "SELECT id, CASE WHEN id = 60000 THEN pg_terminate_backend(pg_backend_pid()) END AS n FROM generate_series(1, 1000000) id"

START_TEST(a_database_that_goes_away_leaves_the_graph) {
  const char *address = postgres();
  PropterError err = {0};
  PropterBuf other = {0};
  if (!address) return;
  /* The connection is cut by its own row, long after the first rows were read. */
  static const char cut[] = "ex:m " QUERY(CUT) " rml:subjectMap [ rml:template \"http://example.org/{id}\" ; rml:class ex:C ] .\n";
  PropterStatus status = fails(address, cut, &err);
  ck_assert_int_eq(status, PROPTER_IO);
  ck_assert_ptr_nonnull(strstr(err.message, "PostgreSQL: "));
  propter_buf_printf(&other, "postgresql://nobody%s", strchr(address, '@'));
  err = (PropterError){0};
  ck_assert_int_eq(fails(other.data, "ex:m " TABLE("customer") " rml:subjectMap [ rml:template \"http://example.org/{nr}\" ; rml:class ex:C ] .\n", &err),
                   PROPTER_INVALID);
  ck_assert_ptr_nonnull(strstr(err.message, "role \"nobody\" does not exist"));
  propter_buf_clear(&other);
}
END_TEST

/* --- Metrics that the database adds up --------------------------------------------------------------------------------------------- */

enum { ORDERS_MADE = 60, MONTHS = 3 };
static int month_of(int i) { return i % MONTHS; }
static double amount_of(int i) { return i * 1.5 + .25; }

static const char *orders_script(void) {
  const char *path = support_path(support_folder(), "orders.sql");
  PropterBuf text = {0};
  propter_buf_printf(&text, "CREATE TABLE orders (id INTEGER, day TIMESTAMP, region VARCHAR(9), buyer INTEGER, done BOOLEAN, amount DECIMAL(9, 2));\n");
  for (int i = 0; i < ORDERS_MADE; i++)
    propter_buf_printf(&text, "INSERT INTO orders VALUES (%d, '2024-%02d-%02d 10:30:00', '%s', %d, %s, %.2f);\n", i, month_of(i) + 1, i % 28 + 1,
                       i % 2 ? "south" : "no''rth", i % 7, i % 4 ? "FALSE" : "TRUE", amount_of(i));
  support_write(path, propter_buf_str(&text));
  propter_buf_clear(&text);
  return path;
}

#define MEASURES                                                                                                                                                    \
  "semantic_models:\n  - name: orders\n    model: ref('orders')\n    defaults: {agg_time_dimension: day}\n    entities: [{name: order, type: primary, expr: id}]\n" \
  "    dimensions:\n      - {name: day, type: time, type_params: {time_granularity: month}}\n      - {name: region, type: categorical}\n    measures:\n"            \
  "      - {name: revenue, agg: sum, expr: amount, create_metric: true}\n      - {name: orders, agg: count, expr: id, create_metric: true}\n"                       \
  "      - {name: twice, agg: sum, expr: amount * 2, create_metric: true}\n      - {name: ready, agg: sum_boolean, expr: done, create_metric: true}\n"              \
  "      - {name: buyers, agg: count_distinct, expr: buyer, create_metric: true}\n"
#define MEDIANS                                                                                                                                                \
  "      - {name: middle, agg: median, expr: amount, create_metric: true}\n"                                                                                   \
  "      - {name: upper, agg: percentile, expr: amount, agg_params: {percentile: 0.75}, create_metric: true}\n"
#define TOTALS                                                                                                                                                 \
  "metrics:\n  - {name: sofar, type: cumulative, type_params: {measure: revenue}}\n"                                                                           \
  "  - {name: margin, type: derived, type_params: {expr: (a - 2.5 * ready) / orders + -1, metrics: [{name: revenue, alias: a}, ready, orders]}}\n"             \
  "  - {name: southern, type: simple, type_params: {measure: revenue}, filter: \"{{ Dimension('order__region') }} = 'south'\"}\n"
#define WINDOWS                                                                                                                                                \
  "  - {name: last_three, type: cumulative, type_params: {measure: revenue, window: 3 months}}\n"                                                              \
  "  - {name: this_year, type: cumulative, type_params: {measure: revenue, cumulative_type_params: {grain_to_date: year}}}\n"                                  \
  "  - {name: growth, type: derived, type_params: {expr: now - then, metrics: [{name: revenue, alias: now}, {name: revenue, alias: then,\n"                    \
  "     offset_window: 2 months}]}}\n"                                                                                                                         \
  "  - {name: northern, type: simple, type_params: {measure: revenue}, filter: \"{{ Dimension('order__region') }} != 'south'\"}\n"                             \
  "  - {name: few, type: simple, type_params: {measure: orders}, filter: \"{{ Dimension('order__region') }} < 'o'\"}\n"

static void wants(const PropterBuf *all, const char *metric, int month, const char *region, double value) {
  char line[256];
  (void)snprintf(line, sizeof line, "#%s/observation/2024-%02d-01%s%s> <", metric, month + 1, *region ? "/" : "", region);
  char number[64];
  (void)snprintf(number, sizeof number, "#%s/value> \"%.15g\"^^", metric, value);
  for (const char *at = all->data; (at = strstr(at, line)); at++) {
    const char *end = strchr(at, '\n'), *found = strstr(at, number);
    if (found && found < end) return;
  }
  ck_abort_msg("no %s … %s in\n%s", line, number, all->data);
}

/* The cells are what adding up here gives. */
static void compare_cells(const PropterBuf *all, bool medians) {
  double sofar = 0, sums[MONTHS];
  for (int m = 0; m < MONTHS; m++) {
    double sum[2] = {0, 0}, month[ORDERS_MADE];
    int count[2] = {0, 0}, ready[2] = {0, 0}, buyers = 0, n = 0;
    bool seen[7] = {false};
    for (int i = 0; i < ORDERS_MADE; i++) {
      if (month_of(i) != m) continue;
      sum[i % 2] += amount_of(i), count[i % 2]++, ready[i % 2] += i % 4 == 0, month[n++] = amount_of(i);
      buyers += !seen[i % 7], seen[i % 7] = true;
    }
    sofar += sums[m] = sum[0] + sum[1];
    for (int r = 0; r < 2; r++) {
      const char *region = r ? "south" : "no%27rth";
      wants(all, "revenue", m, region, sum[r]);
      wants(all, "orders", m, region, count[r]);
      wants(all, "twice", m, region, 2 * sum[r]);
      wants(all, "ready", m, region, ready[r]);
    }
    wants(all, "southern", m, "south", sum[1]);
    wants(all, "buyers", m, "", buyers);
    wants(all, "sofar", m, "", sofar);
    wants(all, "margin", m, "", (sum[0] + sum[1] - 2.5 * (ready[0] + ready[1])) / n - 1);
    if (medians) wants(all, "last_three", m, "", sums[m] + (m > 0 ? sums[m - 1] : 0) + (m > 1 ? sums[m - 2] : 0));
    if (medians && m > 1) wants(all, "growth", m, "", sums[m] - sums[m - 2]);
    if (medians) wants(all, "this_year", m, "", sofar);
    if (medians) wants(all, "northern", m, "no%27rth", sum[0]);
    if (medians) wants(all, "few", m, "no%27rth", count[0]);
    if (medians) wants(all, "middle", m, "", (month[(n - 1) / 2] + month[n / 2]) / 2);
    if (medians) wants(all, "upper", m, "", month[14] + .25 * (month[15] - month[14]));
  }
}

static void add_up_everywhere(const char *address, bool medians) {
  const char *mapping = support_path(support_folder(), "m.yml");
  PropterGraph *graph = new_graph();
  PropterIngestResult result = {0};
  PropterBuf out = {0};
  PropterIngestOptions options = {.how.database = address};
  PropterError wrong = {0};
  support_write(mapping, propter_str(medians ? MEASURES MEDIANS TOTALS WINDOWS : MEASURES TOTALS));
  ck_ok(ingest(graph, mapping, &options, &result, err));
  ck_assert_uint_eq(result.rows.rejects, 0);
  /* Cells alone came here. */
  ck_assert_uint_eq(result.rows.rows, (size_t)((medians ? 5 + 3 + 2 * 2 : 3) + 4 * 2 + 1) * MONTHS);
  dump(graph, &out);
  compare_cells(&out, medians);
  ck_assert_ptr_nonnull(strstr(out.data, "#sourceQuery> \"SELECT "));
  support_write(mapping, PROPTER_STR("metrics:\n  - {name: m, model: \"ref('orders')\", calculation_method: sum,\n     expression: none, timestamp: day}\n"));
  ck_assert_int_eq(ingest(graph, mapping, &options, &result, &wrong), PROPTER_NOT_FOUND);
  ck_assert_msg(strstr(wrong.message, "no column \"none\"") && wrong.line == 2, "%u: %s", (unsigned)wrong.line, wrong.message);
  propter_buf_clear(&out);
  propter_ingest_result_clear(&result);
  propter_graph_close(graph);
}

START_TEST(sqlite_adds_up) {
  const char *path = support_path(support_folder(), "shop.db");
  PropterBuf odbc = {0};
  ck_assert(sqlite_fill(path, orders_script(), NULL));
  add_up_everywhere(path, true);
  propter_buf_printf(&odbc, "odbc:Driver=SQLite3;Database=%s", path);
  if (support_sqlite_odbc()) add_up_everywhere(odbc.data, false);
  propter_buf_clear(&odbc);
}
END_TEST

START_TEST(postgres_adds_up) {
  const char *address = server_start();
  if (!address) return;
  ck_assert(server_fill(orders_script(), NULL));
  add_up_everywhere(address, true);
}
END_TEST

/* --- A month back from each day ------------------------------------------------------------------------------------------------------ */

enum { DAYS = 80 };
/* 2024-01-15 and so many days later; of the window of a month the first day: the day after the same day of the month before, or after that month's last. */
static void day_at(int i, int *month, int *day) {
  static const int length[] = {31, 29, 31, 30};
  *month = 1, *day = 15 + i;
  while (*day > length[*month - 1]) *day -= length[(*month)++ - 1];
}

static bool in_window(int i, int back) {
  static const int last[] = {31, 31, 29, 31};
  int month, day, m, d;
  day_at(i, &month, &day);
  day_at(back, &m, &d);
  int same = day < last[month - 1] ? day : last[month - 1];
  return m == month || (m == month - 1 && d > same);
}

static void windows_of_a_month(const char *address, bool (*fill)(const char *script, const char *address)) {
  const char *script = support_path(support_folder(), "d.sql"), *mapping = support_path(support_folder(), "d.yml");
  PropterGraph *graph = new_graph();
  PropterIngestResult result = {0};
  PropterBuf text = {0}, out = {0};
  propter_buf_printf(&text, "CREATE TABLE sales (day DATE, amount INTEGER);\n");
  for (int i = 0; i < DAYS; i++) {
    int month, day;
    day_at(i, &month, &day);
    propter_buf_printf(&text, "INSERT INTO sales VALUES ('2024-%02d-%02d', %d);\n", month, day, i * i + 1);
  }
  support_write(script, propter_buf_str(&text));
  ck_assert(fill(script, address));
  support_write(mapping, PROPTER_STR("semantic_models:\n  - name: sales\n    model: ref('sales')\n    defaults: {agg_time_dimension: day}\n"
                                     "    dimensions: [{name: day, type: time, type_params: {time_granularity: day}}]\n"
                                     "    measures: [{name: amount, agg: sum}]\n"
                                     "metrics:\n  - {name: month, type: cumulative, type_params: {measure: amount, window: 1 month}}\n"));
  ck_ok(ingest(graph, mapping, &(PropterIngestOptions){.how.database = address}, &result, err));
  ck_assert_uint_eq(result.rows.rejects, 0);
  dump(graph, &out);
  for (int i = 0; i < DAYS; i++) {
    int month, day, sum = 0;
    char line[128];
    for (int k = 0; k <= i; k++) sum += in_window(i, k) ? k * k + 1 : 0;
    day_at(i, &month, &day);
    (void)snprintf(line, sizeof line, "#month/observation/2024-%02d-%02d> <", month, day);
    const char *at = out.data, *end = NULL;
    char number[64];
    (void)snprintf(number, sizeof number, "/value> \"%d\"^^", sum);
    for (bool found = false; !found; at++) {
      at = strstr(at, line);
      ck_assert_msg(at, "no %s … %s", line, number);
      end = strchr(at, '\n');
      const char *value = strstr(at, number);
      found = value && value < end;
    }
  }
  propter_buf_clear(&text);
  propter_buf_clear(&out);
  propter_ingest_result_clear(&result);
  propter_graph_close(graph);
}

static bool fill_file(const char *script, const char *path) { return sqlite_fill(path, script, NULL); }
static bool fill_server(const char *script, const char *address) { return (void)address, server_fill(script, NULL); }

START_TEST(sqlite_windows) { windows_of_a_month(support_path(support_folder(), "d.db"), fill_file); }
END_TEST

START_TEST(postgres_windows) {
  const char *address = server_start();
  if (address) windows_of_a_month(address, fill_server);
}
END_TEST

/* --- Dimensions behind two joins --------------------------------------------------------------------------------------------------------- */

#define LANDS                                                                                                                                                  \
  "CREATE TABLE buyers (id INTEGER, land_code VARCHAR(2));\nCREATE TABLE lands (code VARCHAR(2), land VARCHAR(20));\n"                                         \
  "INSERT INTO lands VALUES ('FR', 'France'), ('IT', 'Italy'), ('ES', NULL);\n"
#define OF_BUYERS                                                                                                                                              \
  "semantic_models:\n  - name: orders\n    model: ref('orders')\n    defaults: {agg_time_dimension: day}\n"                                                    \
  "    entities: [{name: order, type: primary, expr: id}, {name: buyer, type: foreign}]\n"                                                                     \
  "    dimensions: [{name: day, type: time, type_params: {time_granularity: month}}]\n    measures: [{name: revenue, agg: sum, expr: amount}]\n"               \
  "  - name: buyers\n    model: ref('buyers')\n    entities: [{name: buyer, type: primary, expr: id}, {name: land, type: foreign, expr: land_code}]\n"         \
  "  - name: lands\n    model: ref('lands')\n    entities: [{name: land, type: primary, expr: code}]\n    dimensions: [{name: land, type: categorical}]\n"     \
  "metrics:\n  - {name: sold, type: simple, type_params: {measure: revenue}}\n"                                                                                \
  "  - {name: french, type: simple, type_params: {measure: revenue}, filter: \"{{ Dimension('buyer__land__land') }} = 'France'\"}\n"

/* Buyers with odd numbers are in France. */
static void joins_of(const char *address, bool (*fill)(const char *script, const char *address)) {
  const char *script = support_path(support_folder(), "joined.sql"), *mapping = support_path(support_folder(), "joined.yml");
  PropterGraph *graph = new_graph();
  PropterIngestResult result = {0};
  PropterBuf text = {0}, out = {0};
  double sum[MONTHS][2] = {{0}};
  propter_buf_printf(&text, LANDS "CREATE TABLE orders (id INTEGER, day DATE, buyer INTEGER, amount DECIMAL(9, 2));\n");
  for (int i = 0; i < 7; i++) propter_buf_printf(&text, "INSERT INTO buyers VALUES (%d, '%s');\n", i, i % 2 ? "FR" : "IT");
  for (int i = 0; i < ORDERS_MADE; i++) {
    propter_buf_printf(&text, "INSERT INTO orders VALUES (%d, '2024-%02d-%02d', %d, %.2f);\n", i, month_of(i) + 1, i % 28 + 1, i % 7, amount_of(i));
    sum[month_of(i)][i % 7 % 2] += amount_of(i);
  }
  support_write(script, propter_buf_str(&text));
  ck_assert(fill(script, address));
  support_write(mapping, PROPTER_STR(OF_BUYERS));
  ck_ok(ingest(graph, mapping, &(PropterIngestOptions){.how.database = address}, &result, err));
  ck_assert_uint_eq(result.rows.rejects, 0);
  dump(graph, &out);
  for (int m = 0; m < MONTHS; m++) {
    wants(&out, "sold", m, "Italy", sum[m][0]);
    wants(&out, "sold", m, "France", sum[m][1]);
    wants(&out, "french", m, "France", sum[m][1]);
  }
  ck_assert_ptr_null(strstr(out.data, "#french/observation/2024-01-01/Italy"));
  propter_buf_clear(&text);
  propter_buf_clear(&out);
  propter_ingest_result_clear(&result);
  propter_graph_close(graph);
}

START_TEST(sqlite_joins_dimensions) { joins_of(support_path(support_folder(), "j.db"), fill_file); }
END_TEST

START_TEST(postgres_joins_dimensions) {
  const char *address = server_start();
  if (address) joins_of(address, fill_server);
}
END_TEST

static PropterStatus read_metrics(void *payload, PropterError *err) {
  const char *const *paths = payload;
  PropterMapping *mapping = NULL;
  PropterStatus status = propter_mapping_read(paths, 1, &(PropterMappingOptions){.database = paths[1]}, &mapping, err);
  propter_mapping_free(mapping);
  return status;
}

START_TEST(what_is_no_arithmetic_is_refused) {
  static const char *const bad[][2] = {{"revenue - nope", "\"nope\" is not among its metrics"},
                                       {"(revenue", "expected \")\", found the end"},
                                       {"revenue revenue", "expected an operator or the end, found \"revenue\""},
                                       {"revenue * 2x", "expected a number, found \"2x\""},
                                       {"revenue + ;", "expected a name, a number or \"(\", found \";\""},
                                       {"revenue + southern", "one measure without a filter"},
                                       {"revenue - sofar", "one measure without a filter"},
                                       {"revenue - middle", "means, minima or maxima in arithmetic, found median"},
                                       {"1 + 1", "names no metric"},
                                       {"((((((((((((((((((((((((((((((((((1))))))))))))))))))))))))))))))))))", "expected fewer brackets"},
                                       {"----------------------------------revenue", "expected fewer signs"}};
  const char *database = support_path(support_folder(), "shop.db"), *mapping = support_path(support_folder(), "bad.yml");
  ck_assert(sqlite_fill(database, orders_script(), NULL));
  const char *paths[] = {mapping, database};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    PropterBuf text = {0};
    PropterMapping *read = NULL;
    propter_buf_printf(
        &text, MEASURES MEDIANS TOTALS "  - {name: odd, type: derived, type_params: {expr: \"%s\", metrics: [revenue, southern, sofar, middle]}}\n", bad[i][0]);
    support_write(mapping, propter_buf_str(&text));
    ck_ok(propter_mapping_read(&mapping, 1, &(PropterMappingOptions){.database = database}, &read, err));
    const PropterMapRefusal *refused = propter_mapping_refusal(read, 0);
    ck_assert_msg(refused && strstr(refused->reason.data, bad[i][1]), "%s: %s", bad[i][0], refused ? refused->reason.data : "taken");
    propter_mapping_free(read);
    propter_buf_clear(&text);
  }
  support_write(mapping, propter_str(MEASURES TOTALS));
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, read_metrics, paths, true), 100);
}
END_TEST

/* --- Declared keys ------------------------------------------------------------------------------------------------------------------ */

#define SHOPS                                                                                                                                                  \
  "CREATE TABLE region (name VARCHAR(9), nr INTEGER PRIMARY KEY);\n"                                                                                           \
  "CREATE TABLE shop (a INTEGER, b INTEGER, region INTEGER REFERENCES region, PRIMARY KEY (b, a));\n"                                                          \
  "CREATE TABLE visit (day DATE, region INTEGER REFERENCES region (nr), a INTEGER, b INTEGER, n INTEGER, FOREIGN KEY (a, b) REFERENCES shop (a, b));\n"        \
  "INSERT INTO region VALUES ('North', 10), ('South', 20);\nINSERT INTO shop VALUES (1, 1, 10), (1, 2, 20);\n"                                                 \
  "INSERT INTO visit VALUES ('2024-01-01', 10, 1, 1, 5), ('2024-01-01', 20, 1, 2, 6), ('2024-01-02', 10, 1, 1, 7), ('2024-01-02', 20, 1, 2, 8);\n"

static const PropterColumn *column_of(const PropterSniff *s, const char *name) {
  for (size_t i = 0; i < s->count; i++)
    if (propter_str_equal(s->columns[i].name, propter_str(name))) return &s->columns[i];
  ck_abort_msg("no column %s", name);
}

static void declared_keys(const char *address) {
  PropterSniff s = {0};
  PropterTableOptions options = {.format = propter_table_database(address), .table = "region"};
  ck_ok(propter_sniff(address, &options, NULL, &s, err));
  ck_assert(column_of(&s, "nr")->primary);
  const PropterColumn *key[PROPTER_SNIFF_KEY];
  ck_assert_uint_eq(propter_sniff_row_key(&s, key), 1);
  ck_assert_ptr_eq(key[0], column_of(&s, "nr")); /* the name is as good a key, and stands first */
  propter_sniff_clear(&s);
  options.table = "shop";
  ck_ok(propter_sniff(address, &options, NULL, &s, err));
  ck_assert(column_of(&s, "a")->primary && column_of(&s, "b")->primary && !column_of(&s, "region")->primary);
  ck_assert_uint_eq(propter_sniff_row_key(&s, key), 2);
  ck_assert_ptr_eq(key[0], column_of(&s, "b")); /* as the database says, not as the columns stand */
  ck_assert_ptr_eq(key[1], column_of(&s, "a"));
  ck_assert_str_eq(column_of(&s, "region")->parent.data, "region");
  ck_assert_str_eq(column_of(&s, "region")->parent_column.data, "nr");
  propter_sniff_clear(&s);
  options.table = "visit";
  ck_ok(propter_sniff(address, &options, NULL, &s, err));
  ck_assert_int_eq(column_of(&s, "region")->role, PROPTER_COLUMN_SLICE);
  ck_assert_int_eq(column_of(&s, "n")->role, PROPTER_COLUMN_MEASURE);
  ck_assert_uint_eq(column_of(&s, "a")->parent.len, 0); /* one column of two refers to nothing */
  ck_assert_int_ne(column_of(&s, "a")->role, PROPTER_COLUMN_MEASURE);
  ck_assert_uint_eq(s.references.count, 1);
  ck_assert_uint_eq(s.references.items[0].count, 2);
  ck_assert_str_eq(s.references.items[0].parent.data, "shop");
  ck_assert_ptr_eq(&s.columns[s.references.items[0].columns[1]], column_of(&s, "b"));
  propter_sniff_clear(&s);
}

START_TEST(sqlite_keys) {
  const char *path = support_path(support_folder(), "k.db"), *script = support_path(support_folder(), "k.sql");
  support_write(script, PROPTER_STR(SHOPS));
  ck_assert(sqlite_fill(path, script, NULL));
  declared_keys(path);
}
END_TEST

static PropterStatus sniff_shop(void *path, PropterError *err) {
  PropterSniff s = {0};
  PropterStatus status = propter_sniff(path, &(PropterTableOptions){.format = "sqlite", .table = "shop"}, NULL, &s, err);
  propter_sniff_clear(&s);
  return status;
}

START_TEST(keys_under_failing_allocations) {
  const char *path = support_path(support_folder(), "k.db"), *script = support_path(support_folder(), "k.sql");
  support_write(script, PROPTER_STR(SHOPS));
  ck_assert(sqlite_fill(path, script, NULL));
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, sniff_shop, (char *)(uintptr_t)path, true), 50);
}
END_TEST

START_TEST(postgres_keys) {
  const char *address = server_start(), *script = support_path(support_folder(), "k.sql");
  support_write(script, PROPTER_STR(SHOPS));
  if (!address) return;
  ck_assert(server_fill(script, NULL));
  declared_keys(address);
}
END_TEST

/* --- Nights ------------------------------------------------------------------------------------------------------------------------- */

static bool fill_postgres(const char *script) { return server_fill(script, NULL); }

static const char *nights_file;
static bool fill_sqlite(const char *script) { return sqlite_fill(nights_file, script, NULL); }

/* Each night the rows that are new or changed are executed, and what rows that are gone gave is taken back: the graph is that of a full run. */
static void nights(const char *address, bool (*fill)(const char *script)) {
  static const struct {
    const char *rows;
    uint64_t known, added, removed;
  } night[] = {{"(1, 10, 'a'), (2, 20, 'b'), (3, 30, 'c'), (4, NULL, 'd')", 0, 7, 0},
               {"(1, 10, 'a'), (2, 20, 'b'), (3, 30, 'c'), (4, NULL, 'd')", 4, 0, 0},
               {"(1, 10, 'a'), (2, 21, 'b'), (3, 30, 'c'), (4, NULL, 'd')", 3, 1, 1},
               {"(1, 10, 'a'), (3, 30, 'c'), (4, NULL, 'd')", 3, 0, 2},
               {"(1, 10, 'a'), (3, 30, 'c'), (4, 40, 'd'), (5, 50, 'e')", 2, 3, 0}};
  static const char items[] =
      "ex:item " TABLE("item") " rml:subjectMap [ rml:template \"http://example.org/item/{id}\" ] ;\n"
                               " rml:predicateObjectMap [ rml:predicate ex:n ; rml:objectMap [ rml:reference \"n\" ] ] , [ rml:predicate ex:name ; "
                               "rml:objectMap [ rml:reference \"name\" ] ] .\n";
  const char *mapping = mapping_of(address, items), *script = support_path(folder, "n.sql");
  const PropterIngestOptions kept = {.state = support_path(folder, "rows")};
  PropterGraph *graph = new_graph();
  for (size_t i = 0; i < sizeof night / sizeof *night; i++) {
    PropterGraph *anew = new_graph();
    PropterIngestResult result = {0};
    PropterBuf sql = {0}, found = {0}, wanted = {0};
    propter_buf_printf(&sql, "CREATE TABLE item (id INTEGER PRIMARY KEY, n INTEGER, name VARCHAR(9));\nINSERT INTO item VALUES %s;\n", night[i].rows);
    support_write(script, propter_buf_str(&sql));
    ck_assert(fill(script));
    ck_ok(ingest(graph, mapping, &kept, &result, err));
    if (!result.unchanged) ck_assert_uint_eq(result.known, night[i].known); /* a file is known by its hash */
    ck_assert_uint_eq(result.added, night[i].added);
    ck_assert_uint_eq(result.removed, night[i].removed);
    propter_ingest_result_clear(&result);
    ck_ok(ingest(anew, mapping, NULL, &result, err));
    dump(graph, &found), dump(anew, &wanted);
    ck_assert_str_eq(found.data, wanted.data);
    propter_ingest_result_clear(&result);
    propter_buf_clear(&sql), propter_buf_clear(&found), propter_buf_clear(&wanted);
    propter_graph_close(anew);
  }
  propter_graph_close(graph);
}

START_TEST(sqlite_nights) {
  PropterBuf address = {0};
  nights_file = support_path(support_folder(), "n.db");
  propter_buf_printf(&address, "sqlite:%s", nights_file);
  nights(address.data, fill_sqlite);
  if (support_sqlite_odbc()) {
    propter_buf_reset(&address);
    propter_buf_printf(&address, "odbc:Driver=SQLite3;Database=%s", nights_file);
    nights(address.data, fill_sqlite);
  }
  propter_buf_clear(&address);
}
END_TEST

START_TEST(postgres_nights) {
  const char *address = server_start();
  if (address) nights(address, fill_postgres);
}
END_TEST

START_TEST(mysql_nights) {
  const char *address = mysql_start();
  if (address) nights(address, mysql_fill);
}
END_TEST

START_TEST(a_database_that_nothing_reads_is_refused) {
  const char *mapping = support_path(support_folder(), "m.ttl");
  PropterGraph *graph = new_graph();
  PropterIngestResult result = {0};
  PropterError e = {0};
  support_write(mapping, PROPTER_STR("@prefix p: <https://w3id.org/propter#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n"
                                     "<urn:m> a p:Metric ; skos:prefLabel \"m\" ; p:sourceFile \"t.csv\" ; p:timeColumn \"d\" ; p:sourceColumn \"n\" ;\n"
                                     "  p:grain \"P1D\" ; p:aggregation p:Sum .\n"));
  ck_assert_int_eq(ingest(graph, mapping, &(PropterIngestOptions){.how.database = sqlite() + strlen("sqlite:")}, &result, &e), PROPTER_INVALID);
  ck_assert_msg(strstr(e.message, "names no table of it") && e.line == 2, "%s", e.message);
  propter_ingest_result_clear(&result);
  propter_graph_close(graph);
}
END_TEST

static PropterStatus run_join(void *payload, PropterError *err) {
  PropterGraph *graph = new_graph();
  PropterIngestResult result = {0};
  PropterStatus status = ingest(graph, payload, NULL, &result, err);
  propter_ingest_result_clear(&result);
  propter_graph_close(graph);
  return status;
}

static PropterStatus read_join(void *payload, PropterError *err) {
  PropterMapping *m = NULL;
  const char *path = payload;
  PropterStatus status = propter_mapping_read(&path, 1, NULL, &m, err);
  propter_mapping_free(m);
  return status;
}

START_TEST(every_failure_is_reported) {
  const char *mapping = mapping_of(sqlite(), ORDERS(BY_TWO) CUSTOMERS(TABLE("customer")));
  ck_ok(run_join((char *)(uintptr_t)mapping, err));
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, read_join, (char *)(uintptr_t)mapping, true), 50);
}
END_TEST

Suite *suite_database(void) {
  Suite *s = suite_create("database");
  TCase *tc = tcase_create("database");
  tcase_set_timeout(tc, 60);
  tcase_add_test(tc, sqlite_joins);
  tcase_add_test(tc, postgres_joins);
  tcase_add_test(tc, sqlite_keys);
  tcase_add_test(tc, postgres_keys);
  tcase_add_test(tc, keys_under_failing_allocations);
  tcase_add_test(tc, sqlite_nights);
  tcase_add_test(tc, postgres_nights);
  tcase_add_test(tc, mysql_nights);
  tcase_add_test(tc, sqlite_adds_up);
  tcase_add_test(tc, postgres_adds_up);
  tcase_add_test(tc, sqlite_windows);
  tcase_add_test(tc, postgres_windows);
  tcase_add_test(tc, sqlite_joins_dimensions);
  tcase_add_test(tc, postgres_joins_dimensions);
  tcase_add_test(tc, what_is_no_arithmetic_is_refused);
  tcase_add_test(tc, a_database_that_nothing_reads_is_refused);
  tcase_add_test(tc, mistakes_in_a_join_are_named);
  tcase_add_test(tc, a_database_that_goes_away_leaves_the_graph);
  tcase_add_test(tc, every_failure_is_reported);
  suite_add_tcase(s, tc);
  return s;
}
