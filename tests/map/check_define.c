/* SPDX-License-Identifier: Apache-2.0 */
/* Metric definitions of Cube, Apache Ossie and dbt's compiled manifest: what they give, and what is refused where. */
#include <string.h>

#include "mapping.h"

Suite *suite_define(void);

#define P "https://w3id.org/propter#"
#define ORDERS "id,day,region,status,amount\n1,2024-01-01,north,done,10\n2,2024-01-01,north,open,5\n3,2024-01-02,south,done,7\n"
#define CUBE                                                                                                                                                   \
  "cubes:\n  - name: orders\n    sql_table: public.orders\n    segments: [{name: done}]\n    title: Orders\n"                                                      \
  "    dimensions:\n      - {name: id, sql: id, type: number, primary_key: true}\n      - {name: ordered, sql: \"{CUBE}.day\", type: time}\n"                  \
  "      - {name: region, sql: region, type: string, title: Sales region}\n      - {name: status, sql: \"${CUBE}.status\", type: string}\n    measures:\n"
#define REVENUE                                                                                                                                                \
  "      - {name: revenue, sql: amount, type: sum, title: Revenue, meta: {propter: {unit: EUR, grain: week, owner: sales desk, good_direction: up}}}\n"
#define EXPRESSION(sql) "expression: {dialects: [{dialect: SNOWFLAKE, expression: x}, {dialect: ANSI_SQL, expression: " sql "}]}"
#define OSSIE                                                                                                                                                  \
  "version: 0.2.0.dev0\nsemantic_model:\n  - name: shop\n    datasets:\n      - name: orders\n        source: sales.public.orders\n"                           \
  "        primary_key: [id]\n        fields:\n          - {name: day, " EXPRESSION(                                                                           \
      "day") ", dimension: {is_time: true}}\n"                                                                                                                 \
             "          - {name: region, label: Sales region, " EXPRESSION("region") ", dimension: {is_time: false}}\n"                                        \
                                                                                     "          - {name: amount, " EXPRESSION("amount") "}\n    metrics:\n"
static const char manifest[] =
    "{\"semantic_models\": [{\"name\": \"orders\", \"defaults\": {\"agg_time_dimension\": \"day\"}, \"description\": null, "
    "\"node_relation\": {\"alias\": \"orders\", \"schema_name\": \"x\"}, \"entities\": [{\"name\": \"order\", \"type\": \"primary\", "
    "\"role\": null, \"expr\": \"id\"}],\n\"measures\": [{\"name\": \"amount\", \"agg\": \"sum\", \"create_metric\": true, "
    "\"expr\": null, \"agg_params\": null, \"non_additive_dimension\": null},\n{\"name\": \"orders\", \"agg\": \"count\", "
    "\"expr\": \"id\"}],\n\"dimensions\": [{\"name\": \"day\", \"type\": \"time\", \"is_partition\": false, "
    "\"type_params\": {\"time_granularity\": \"day\", \"validity_params\": null}}, {\"name\": \"status\", \"type\": \"categorical\", "
    "\"type_params\": null}]}],\n\"metrics\": [{\"name\": \"amount\", \"type\": \"simple\", "
    "\"type_params\": {\"measure\": {\"name\": \"amount\", \"filter\": null, \"join_to_timespine\": false}, "
    "\"input_measures\": [{\"name\": \"amount\"}], \"metrics\": []}, \"filter\": null, \"label\": \"Amount\"},\n{\"name\": \"done\", "
    "\"type\": \"simple\", \"type_params\": {\"measure\": {\"name\": \"orders\"}}, "
    "\"filter\": {\"where_filters\": [{\"where_sql_template\": \"{{ Dimension('order__status') }} = 'done' AND {{ Dimension('status') }} = 'done'\"}]}}],\n"
    "\"project_configuration\": {\"x\": 1}, "
    "\"saved_queries\": []}\n";

/* A table to be joined. */
static const char *shops = "region,boss\nnorth,Ann\nsouth,Bob\nwest,Cid\n";

static const char *write_definitions(const char *name, const char *text) {
  const char *folder = support_folder(), *path = support_path(folder, name);
  support_write(path, propter_str(text));
  support_write(support_path(folder, "orders.csv"), PROPTER_STR(ORDERS));
  support_write(support_path(folder, "shops.csv"), propter_str(shops));
  return path;
}

static void expect(const char *name, const char *text, const char *const *wanted, size_t count, const char *observation) {
  const char *path = write_definitions(name, text);
  PropterBuf out = {0};
  PropterMapCounts counts;
  mapping_definitions(path, &out);
  for (size_t i = 0; i < count; i++) ck_assert_msg(strstr(out.data, wanted[i]) != NULL, "no %s in %s", wanted[i], out.data);
  propter_buf_reset(&out);
  ck_ok(mapping_run_at(path, false, &out, &counts, err));
  ck_assert_uint_eq(counts.rejects, 0);
  ck_assert_msg(strstr(out.data, observation) != NULL, "no %s in %s", observation, out.data);
  propter_buf_clear(&out);
}

static void refuse(const char *name, const char *text, uint64_t line, const char *words) {
  PropterError err = {0};
  PropterStatus status = mapping_judge(write_definitions(name, text), &err);
  ck_assert_msg(status == PROPTER_INVALID, "%s%s", text, err.message);
  ck_assert_msg(strstr(err.message, words) != NULL, "%s", err.message);
  ck_assert_msg(err.line == line && strstr(err.source, name), "%s:%u: %s", err.source, (unsigned)err.line, err.message);
}

START_TEST(measures_of_a_cube) {
  static const char *const wanted[] = {"#orders.revenue <http://www.w3.org/2004/02/skos/core#prefLabel> \"Revenue\"\n",
                                       "#orders.revenue <" P "sourceFile> \"orders.csv\"\n",
                                       "#orders.revenue <" P "timeColumn> \"day\"\n",
                                       "#orders.revenue <" P "grain> \"P7D\"^^",
                                       "#orders.revenue <" P "keyColumn> \"id\"\n",
                                       "#orders.revenue <" P "owner> \"sales desk\"\n",
                                       "#orders.revenue <" P "goodDirection> <" P "Up>\n",
                                       "#orders.revenue/dimension/region <http://www.w3.org/2004/02/skos/core#prefLabel> \"Sales region\"\n",
                                       "#orders.revenue <" P "sliceBy> #orders.revenue/dimension/status\n",
                                       "#orders.number <" P "aggregation> <" P "Count>\n",
                                       "#orders.done/fixed/status <" P "member> \"done\"\n",
                                       "#orders.done/fixed/region <" P "member> \"north\"\n",
                                       "#orders.mean <" P "numerator> #orders.revenue\n",
                                       "#orders.mean <" P "denominator> #orders.number\n"};
  static const char text[] =
      CUBE REVENUE "      - {name: number, type: count}\n      - {name: mean, type: number, sql: \"{revenue} / {number}\"}\n"
                   "      - {name: done, type: sum, sql: amount, filters: [{sql: \"{CUBE}.status = 'done' AND {CUBE.region} = 'north'\"}]}\n"
                   "      - {name: gone, type: count_distinct, meta: {propter: {skip: true}}}\n";
  expect("m.yml", text, wanted, sizeof wanted / sizeof *wanted, "#orders.number/value> \"1\"^^");
  PropterBuf out = {0};
  mapping_definitions(write_definitions("m.yml", text), &out);
  ck_assert_ptr_null(strstr(out.data, "#orders.done <" P "sliceBy> #orders.done/dimension/status"));
  ck_assert_ptr_null(strstr(out.data, "orders.gone"));
  propter_buf_clear(&out);
}
END_TEST

START_TEST(what_a_cube_says_in_vain_is_refused) {
  refuse("m.yml", CUBE "      - {name: n, type: count_distinct, sql: id}\n", 12, "computed by a database only");
  refuse("m.yml", CUBE "      - {name: n, type: count, sql: region}\n", 12, "whether a column is empty is counted by a database only");
  refuse("m.yml", CUBE "      - {name: n, type: sum, sql: amount * 2}\n", 12, "SQL is computed by a database only");
  refuse("m.yml", CUBE "      - {name: n, type: sum, sql: amount, rolling_window: {trailing: 1 month}}\n", 12, "rolling_window is computed by a database only");
  refuse("m.yml", CUBE "      - {name: n, type: avg, sql: amount, rolling_window: {trailing: 1 month}}\n", 12, "of a sum");
  refuse("m.yml", CUBE "      - {name: n, type: sum, sql: amount, filters: [{sql: \"{CUBE}.amount > 3\"}]}\n", 12, "a filter other than =");
  refuse("m.yml", CUBE "      - {name: n, type: number, sql: \"{a} - {b}\"}\n", 12, "of other arithmetic");
  refuse("m.yml", CUBE "      - {name: n, type: number, sql: \"{n} / {b}\"}\n", 12, "no measure \"b\"");
  refuse("m.yml", CUBE REVENUE REVENUE, 13, "stands twice");
  refuse("m.yml", CUBE "      - {name: n, type: sum, sql: amount, filters: [{sql: \"{CUBE}.id = 1\"}]}\n", 12, "one of its slice columns");
  refuse("m.yml", "cubes:\n  - name: orders\n    sql: select 1\n", 3, "found \"sql\"");
  refuse("m.yml", "cubes:\n  - name: orders\n    sql_table: orders\n    measures: [{name: n, type: count}]\n", 2, "one dimension of type time");
}
END_TEST

#define SHOP "    joins: [{name: shops, relationship: %s, sql: \"%s\"}]\n"
#define SHOPS                                                                                                                                                  \
  "  - name: shops\n    sql_table: shops\n    dimensions:\n      - {name: key, sql: region, type: string, primary_key: true}\n"                                \
  "      - {name: manager, sql: boss, type: string, title: Manager}\n"

static const char *joined_cubes(const char *relationship, const char *sql, PropterBuf *out) {
  propter_buf_printf(out, CUBE REVENUE SHOP SHOPS, relationship, sql);
  return out->data;
}

static void refuse_join(const char *relationship, const char *sql, const char *words) {
  PropterBuf text = {0};
  refuse("m.yml", joined_cubes(relationship, sql, &text), 13, words);
  propter_buf_clear(&text);
}

/* Its dimensions are those of the measure, too, behind its name. */
START_TEST(cubes_are_joined) {
  static const char *const wanted[] = {"#orders.revenue/join/shops <" P "sourceFile> \"shops.csv\"\n",
                                       "#orders.revenue/join/shops/on/1 <http://w3id.org/rml/parent> \"region\"\n",
                                       "#orders.revenue <" P "sliceBy> #orders.revenue/dimension/shops.boss\n",
                                       "#orders.revenue/dimension/region <" P "rollsUpTo> #orders.revenue/dimension/shops.boss\n",
                                       "#orders.revenue/dimension/shops.boss <http://www.w3.org/2004/02/skos/core#prefLabel> \"Manager\"\n",
                                       "#orders.revenue/dimension/shops.boss <http://www.w3.org/2000/01/rdf-schema#label> \"shops boss\"\n"};
  static const char *const same[] = {"{CUBE}.region = {shops.key}", "{shops}.region = {CUBE.region}", "${orders}.region = ${shops}.region"};
  for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
    PropterBuf text = {0};
    expect("m.yml", joined_cubes("many_to_one", same[i], &text), wanted, sizeof wanted / sizeof *wanted, "/dimension/shops.boss> \"Bob\"\n");
    propter_buf_clear(&text);
  }
  refuse_join("one_to_many", "{CUBE}.region = {shops.key}", "what has several rows for one gives no dimension");
  refuse_join("many_to_many", "{CUBE}.region = {shops.key}", "found \"many_to_many\"");
  refuse_join("many_to_one", "{CUBE}.region > {shops.key}", "other conditions are not evaluated");
  refuse_join("many_to_one", "{CUBE}.region = {shops.key} OR TRUE", "other conditions are not evaluated");
  refuse_join("many_to_one", "{CUBE}.region = {CUBE}.status", "other conditions are not evaluated");
  refuse("m.yml", CUBE REVENUE "    joins: [{name: none, relationship: many_to_one, sql: x}]\n", 13, "no cube \"none\" in the given files");
  shops = "region,boss\nnorth,Ann\nnorth,Bob\n";
  PropterError why = {0};
  PropterBuf text = {0}, out = {0};
  PropterMapCounts counts;
  const char *path = write_definitions("m.yml", joined_cubes("many_to_one", same[0], &text));
  ck_assert_int_eq(mapping_run_at(path, false, &out, &counts, &why), PROPTER_INVALID);
  ck_assert_msg(strstr(why.source, "shops.csv") && why.line == 3 && strstr(why.message, "many to one"), "%s", why.message);
  shops = "region,boss\nnorth,Ann\nnorth,Ann\n";
  propter_buf_reset(&out);
  ck_ok(mapping_run_at(write_definitions("m.yml", text.data), false, &out, &counts, err));
  ck_assert_uint_eq(counts.rejects, 1);
  ck_assert_ptr_nonnull(strstr(out.data, "reject 4::join\n"));
  propter_buf_clear(&text);
  propter_buf_clear(&out);
}
END_TEST

#define SELLERS                                                                                                                                                \
  "      - {name: n, " EXPRESSION("SUM(orders.amount)") "}\n    relationships:\n      - {name: r, from: orders, to: sellers, from_columns: [region],\n"          \
                                                      "         to_columns: [%s]}\n"
#define TWO "version: 0.2.0.dev0\nsemantic_model:\n  - name: shop\n    datasets:\n      - {name: sellers, source: sellers, primary_key: [region], fields: []}\n"

START_TEST(relationships_of_ossie_are_many_to_one) {
  static const struct {
    const char *column, *words;
  } rows[] = {{"boss", "expected a primary or unique key"}, {"region, boss", "expected a primary or unique key"}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    PropterBuf text = {0};
    propter_buf_printf(&text, "%s%s", TWO, strstr(OSSIE, "      - name: orders"));
    propter_buf_printf(&text, SELLERS, rows[i].column);
    refuse("m.yaml", text.data, 17, rows[i].words);
    propter_buf_clear(&text);
  }
  refuse("m.yaml", OSSIE "      - {name: n, " EXPRESSION("SUM(orders.amount)") "}\n    relationships: [{name: r, from: orders, to: none}]\n", 14,
         "no dataset \"none\" in the given files");
}
END_TEST

START_TEST(metrics_of_ossie) {
  static const char *const wanted[] = {"#revenue <http://www.w3.org/2004/02/skos/core#prefLabel> \"Takings\"\n",
                                       "#revenue <http://www.w3.org/2004/02/skos/core#altLabel> \"turnover\"\n",
                                       "#revenue <" P "unit> \"EUR\"\n",
                                       "#revenue <" P "grain> \"P1M\"^^",
                                       "#revenue <" P "aggregation> <" P "Mean>\n",
                                       "#revenue <" P "sliceBy> #revenue/dimension/region\n",
                                       "#mean <" P "numerator> #mean_numerator\n",
                                       "#mean_denominator <" P "aggregation> <" P "Count>\n",
                                       "#mean_denominator <" P "grain> \"P1D\"^^"};
  expect("m.yaml",
         OSSIE
         "      - {name: revenue, " EXPRESSION("AVG(orders.amount)") ", ai_context: {synonyms: [turnover]}, custom_extensions: [{vendor_name: PROPTER,\n"
                                                                     "         data: '{\"unit\": \"EUR\", \"grain\": \"P1M\", \"label\": \"Takings\"}'}]}\n"
                                                                     "      - {name: mean, " EXPRESSION("SUM(orders.amount) / COUNT(orders.id)") "}\n",
         wanted, sizeof wanted / sizeof *wanted, "#mean_numerator/value> \"10\"^^");
}
END_TEST

START_TEST(what_ossie_says_in_vain_is_refused) {
  refuse("m.yaml", "version: 0.1.1\nsemantic_model:\n  - name: shop\n", 1, "expected version: 0.2.0.dev0");
  refuse("m.yaml", OSSIE "      - {name: n, " EXPRESSION("COUNT(DISTINCT orders.id)") "}\n", 13, "computed by a database only");
  refuse("m.yaml", OSSIE "      - {name: n, " EXPRESSION("COUNT(orders.region)") "}\n", 13, "expected the primary key");
  refuse("m.yaml", OSSIE "      - {name: n, " EXPRESSION("SUM(orders.none)") "}\n", 13, "no field \"none\"");
  refuse("m.yaml", OSSIE "      - {name: n, " EXPRESSION("SUM(customers.id)") "}\n", 13, "no dataset \"customers\"");
  refuse("m.yaml", OSSIE "      - {name: n, expression: {dialects: [{dialect: MDX, expression: x}]}}\n", 13, "of the dialect ANSI_SQL");
  refuse("m.yaml", OSSIE "      - {name: n, " EXPRESSION("SUM(orders.amount)") ", filter: x}\n", 13, "found \"filter\"");
  refuse("m.yaml", OSSIE "      - {name: n, " EXPRESSION("SUM(orders.amount)") ",\n         custom_extensions: [{vendor_name: PROPTER, data: '[1]'}]}\n", 14,
         "expected a JSON object");
  refuse("m.yaml",
         OSSIE "      - {name: n, " EXPRESSION("SUM(orders.amount)") ",\n         custom_extensions: [{vendor_name: PROPTER, data: '{\"colour\": 1}'}]}\n", 14,
         "found \"colour\"");
}
END_TEST

#define ONTOLOGY "version: 0.2.0.dev0\nname: shop\nontology:\n"
#define STORE                                                                                                                                                  \
  "  - concept: Store\n    type: EntityType\n    description: A place that sells\n    extends: [Any]\n    identify_by: [nr]\n    relationships:\n"             \
  "      - {name: nr, roles: [concept: StoreNr], multiplicity: OneToOne, verbalizes: [\"{Store} has {StoreNr}\"]}\n"                                           \
  "      - {name: lies_in, roles: [concept: Region], multiplicity: ManyToOne, verbalizes: [\"{Store} lies in {Region}\"]}\n"                                   \
  "      - {name: is_open, verbalizes: [\"{Store} is open\"]}\n"                                                                                               \
  "  - concept: Region\n    type: EntityType\n  - concept: StoreNr\n    type: ValueType\n    extends: [Integer]\n"                                             \
  "  - concept: FlagshipStore\n    type: EntityType\n    extends: [Store]\n"

START_TEST(concepts_of_an_ontology) {
  static const char *const wanted[] = {
      "#Store <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://www.w3.org/2004/02/skos/core#Concept>\n",
      "#Store <http://www.w3.org/2000/01/rdf-schema#comment> \"A place that sells\"\n",
      "#FlagshipStore <http://www.w3.org/2004/02/skos/core#prefLabel> \"flagship store\"\n",
      "#FlagshipStore <http://www.w3.org/2004/02/skos/core#broader> #Store\n",
      "#Store.lies_in <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://www.w3.org/2002/07/owl#FunctionalProperty>\n",
      "#Store.lies_in <http://www.w3.org/2000/01/rdf-schema#range> #Region\n",
      "#Store.nr <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://www.w3.org/2002/07/owl#InverseFunctionalProperty>\n",
      "#Store.is_open <http://www.w3.org/2000/01/rdf-schema#range> <http://www.w3.org/2001/XMLSchema#boolean>\n"};
  PropterBuf out = {0};
  mapping_definitions(write_definitions("o.yaml", ONTOLOGY STORE), &out);
  for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) ck_assert_msg(strstr(out.data, wanted[i]) != NULL, "no %s in %s", wanted[i], out.data);
  ck_assert_ptr_null(strstr(out.data, "broader> <http://www.w3.org/2001"));
  propter_buf_clear(&out);
}
END_TEST

/* What it belongs to stays. */
START_TEST(what_an_ontology_cannot_give_is_said) {
  static const struct {
    const char *text, *name, *words;
    uint64_t line;
  } rows[] = {
      {ONTOLOGY STORE "    requires: [ 'Store.nr' ]\n", "FlagshipStore.requires", "rules over the things of a concept", 21},
      {ONTOLOGY STORE "  - concept: Visit\n    type: EntityType\n    relationships:\n      - {name: of, roles: [{concept: Store}, {concept: Date}]}\n",
       "Visit.of", "expected one further role", 24},
      {ONTOLOGY STORE "  - concept: Visit\n    type: EntityType\n    relationships:\n      - {name: of, roles: [{concept: Shop}]}\n", "Visit.of",
       "no concept \"Shop\" in this ontology", 24},
      {ONTOLOGY STORE "  - concept: Visit\n    type: EntityType\n    relationships:\n      - {name: of, derived_by: ['x']}\n", "Visit.of", "a rule derives",
       24},
      {ONTOLOGY STORE "  - concept: Store\n    type: EntityType\n", "Store", "stands twice", 21},
      {ONTOLOGY STORE "  - concept: Visit\n    type: Thing\n", "Visit", "expected EntityType or ValueType", 22},
      {ONTOLOGY STORE "ontology_mappings:\n  - semantic_model: {name: x}\n    concept_mappings: [{concept: Store}]\n", "concept_mappings", "expected a mapping",
       23},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    PropterMapping *mapping = NULL;
    const char *path = write_definitions("o.yaml", rows[i].text);
    PropterStatus status = propter_mapping_read(&path, 1, NULL, &mapping, NULL);
    ck_assert_int_eq(status, PROPTER_OK);
    const PropterMapRefusal *r = propter_mapping_refusal(mapping, 0);
    ck_assert_ptr_nonnull(r);
    ck_assert_msg(strcmp(r->name.data, rows[i].name) == 0 && strstr(r->reason.data, rows[i].words) && r->line == rows[i].line, "%s:%u: %s", r->name.data,
                  (unsigned)r->line, r->reason.data);
    ck_assert_ptr_null(propter_mapping_refusal(mapping, 1));
    PropterBuf out = {0};
    mapping_definitions(path, &out);
    ck_assert_ptr_nonnull(strstr(out.data, "#Region <http://www.w3.org/2004/02/skos/core#prefLabel> \"region\"\n"));
    propter_buf_clear(&out);
    propter_mapping_free(mapping);
  }
}
END_TEST

/* Pairs, roots and leaves; an entry that is none is told alone. */
START_TEST(constraints_of_pyrca) {
  static const char *const wanted[] = {"#forbids/1 <" P "constraint> <" P "Forbidden>\n", "#forbids/1 <" P "causeText> \"a\"\n", "#forbids/1 <" P "effectText> \"b c\"\n",
                                       "#requires/1 <" P "constraint> <" P "Required>\n", "#requires/1 <" P "reason> \"p.yml:6\"\n",
                                       "#root-nodes/1 <" P "effectText> \"a\"\n",        "#leaf-nodes/1 <" P "causeText> \"d\"\n"};
  PropterBuf out = {0};
  PropterMapping *mapping = NULL;
  const char *path = write_definitions("p.yml", "causal-graph:\n  root-nodes: [a]\n  leaf-nodes: [d]\n  forbids: [[a, b c], [a, b, c], [[a], b], a]\n  requires:\n    - [b, d]\n");
  mapping_definitions(path, &out);
  for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) ck_assert_msg(strstr(out.data, wanted[i]) != NULL, "no %s in %s", wanted[i], out.data);
  ck_assert_ptr_null(strstr(out.data, "#root-nodes/1 <" P "causeText>"));
  ck_ok(propter_mapping_read(&path, 1, NULL, &mapping, err));
  for (size_t i = 0; i < 3; i++) {
    const PropterMapRefusal *r = propter_mapping_refusal(mapping, i);
    ck_assert_ptr_nonnull(r);
    ck_assert_msg(r->line == 4 && strstr(r->reason.data, i == 1 ? "the name of a metric" : "expected a pair [cause, effect]"), "%u: %s", (unsigned)r->line, r->reason.data);
  }
  ck_assert_ptr_null(propter_mapping_refusal(mapping, 3));
  propter_mapping_free(mapping);
  propter_buf_clear(&out);
}
END_TEST

START_TEST(a_compiled_manifest_of_dbt) {
  static const char *const wanted[] = {"#amount <http://www.w3.org/2004/02/skos/core#prefLabel> \"Amount\"\n", "#amount <" P "sourceFile> \"orders.csv\"\n",
                                       "#amount <" P "sourceColumn> \"amount\"\n", "#done <" P "aggregation> <" P "Count>\n",
                                       "#done/fixed/status <" P "member> \"done\"\n"};
  expect("semantic_manifest.json", manifest, wanted, sizeof wanted / sizeof *wanted, "#done/value> \"1\"^^");
}
END_TEST

/* A dimension that propter is told to skip is no slice. */
START_TEST(skipped_dimensions_are_no_slices) {
  static const char *const texts[][2] = {
      {"m.yml",
       "semantic_models:\n  - name: orders\n    model: ref('orders')\n    defaults: {agg_time_dimension: day}\n    dimensions:\n"
       "      - {name: day, type: time, type_params: {time_granularity: day}}\n      - {name: region, type: categorical}\n"
       "      - {name: status, type: categorical, config: {meta: {propter: {skip: true}}}}\n    measures: [{name: amount, agg: sum, create_metric: true}]\n"},
      {"m.yaml", OSSIE "      - {name: amount, " EXPRESSION("SUM(orders.amount)") "}\n"}};
  PropterBuf out = {0};
  mapping_definitions(write_definitions(texts[0][0], texts[0][1]), &out);
  ck_assert_ptr_nonnull(strstr(out.data, "sliceColumn> \"region\""));
  ck_assert_ptr_null(strstr(out.data, "sliceColumn> \"status\""));
  propter_buf_reset(&out);
  mapping_definitions(write_definitions(texts[1][0], texts[1][1]), &out);
  ck_assert_ptr_nonnull(strstr(out.data, "sliceColumn> \"region\""));
  PropterBuf skipped = {0};
  const char *at = strstr(texts[1][1], "dimension: {is_time: false}");
  propter_buf_printf(&skipped, "%.*sdimension: {is_time: false}, custom_extensions: [{vendor_name: PROPTER, data: '{\"skip\": true}'}]%s",
                     (int)(at - texts[1][1]), texts[1][1], at + strlen("dimension: {is_time: false}"));
  propter_buf_reset(&out);
  mapping_definitions(write_definitions("m.yaml", skipped.data), &out);
  ck_assert_ptr_null(strstr(out.data, "sliceColumn> \"region\""));
  propter_buf_clear(&skipped);
  propter_buf_clear(&out);
}
END_TEST

static PropterStatus read_once(void *payload, PropterError *err) {
  const char *path = payload;
  PropterMapping *mapping = NULL;
  PropterStatus status = propter_mapping_read(&path, 1, NULL, &mapping, err);
  propter_mapping_free(mapping);
  return status;
}

START_TEST(every_allocation_may_fail) {
  const char *path = write_definitions("m.yml", CUBE REVENUE "      - {name: n, type: count, filters: [{sql: \"{CUBE}.status = 'done'\"}]}\n"
                                                             "      - {name: mean, type: number, sql: \"{revenue} / {n}\"}\n");
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, read_once, (char *)(uintptr_t)path, true), 50);
  path = write_definitions(
      "m.yaml",
      OSSIE "      - {name: mean, " EXPRESSION(
          "SUM(orders.amount) / COUNT(orders.id)") ",\n"
                                                   "         custom_extensions: [{vendor_name: PROPTER, data: '{\"unit\": \"EUR\", \"label\": \"Mean\"}'}]}\n");
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, read_once, (char *)(uintptr_t)path, true), 50);
  PropterBuf joined = {0};
  path = write_definitions("m.yml", joined_cubes("many_to_one", "{CUBE}.region = {shops.key}", &joined));
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, mapping_try, (char *)(uintptr_t)path, true), 100);
  propter_buf_clear(&joined);
  path = write_definitions("p.yml", "causal-graph:\n  root-nodes: [a]\n  forbids: [[a, b], [a]]\n  requires:\n    - [b, c]\n");
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, read_once, (char *)(uintptr_t)path, true), 20);
  path = write_definitions("o.yaml", ONTOLOGY STORE "    requires: [ 'Store.nr' ]\n");
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, read_once, (char *)(uintptr_t)path, true), 30);
}
END_TEST

Suite *suite_define(void) {
  Suite *s = suite_create("define");
  TCase *t = tcase_create("define");
  tcase_add_test(t, measures_of_a_cube);
  tcase_add_test(t, what_a_cube_says_in_vain_is_refused);
  tcase_add_test(t, cubes_are_joined);
  tcase_add_test(t, relationships_of_ossie_are_many_to_one);
  tcase_add_test(t, metrics_of_ossie);
  tcase_add_test(t, what_ossie_says_in_vain_is_refused);
  tcase_add_test(t, concepts_of_an_ontology);
  tcase_add_test(t, what_an_ontology_cannot_give_is_said);
  tcase_add_test(t, constraints_of_pyrca);
  tcase_add_test(t, a_compiled_manifest_of_dbt);
  tcase_add_test(t, skipped_dimensions_are_no_slices);
  tcase_add_test(t, every_allocation_may_fail);
  suite_add_tcase(s, t);
  return s;
}
