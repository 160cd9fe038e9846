/* SPDX-License-Identifier: Apache-2.0 */
/* Metric definitions of dbt: what they give, and what is refused where. */
#include <string.h>

#include "mapping.h"

Suite *suite_dbt(void);

#define RDF "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
#define PROPTER_IRI "https://w3id.org/propter#"
#define SKOS "http://www.w3.org/2004/02/skos/core#"
#define ORDERS "id,day,region,amount,returned\n1,2024-01-01,north,10,1\n2,2024-01-01,north,5,0\n3,2024-01-02,south,7,0\n"
#define CALCULATED                                                                                                                                             \
  "version: 2\nmetrics:\n  - name: revenue\n    label: Revenue\n    model: ref('orders')\n    calculation_method: sum\n    expression: amount\n"               \
  "    timestamp: day\n    time_grains: [month, week]\n    dimensions: [region, id]\n"
#define MODEL MODEL_OF("customer, type: foreign, config: {meta: {propter: {skip: true}}}")
#define MODEL_OF(customer)                                                                                                                                     \
  "semantic_models:\n  - name: orders\n    model: ref('orders')\n    defaults: {agg_time_dimension: ordered}\n    entities:\n"                                 \
  "      - {name: " customer "}\n      - {name: order, type: primary, expr: id}\n    dimensions:\n"                                                            \
  "      - {name: ordered, type: time, expr: day, type_params: {time_granularity: day}}\n      - {name: region, type: categorical, label: Sales region}\n"     \
  "    measures:\n      - {name: amount, agg: sum}\n      - {name: back, agg: max, expr: returned, create_metric: true}\n"
#define JOINED MODEL_OF("customer, type: foreign")
#define REVENUE "metrics:\n  - {name: revenue, type: simple, type_params: {measure: amount}}\n"

static const char *write_dbt(const char *yaml) {
  const char *folder = support_folder(), *path = support_path(folder, "m.yml");
  support_write(path, propter_str(yaml));
  support_write(support_path(folder, "orders.csv"), PROPTER_STR(ORDERS));
  return path;
}

static void expect(const char *yaml, const char *const *wanted, size_t count, const char *observation) {
  const char *path = write_dbt(yaml);
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

static void refuse(const char *yaml, PropterStatus wanted, uint64_t line, const char *words) {
  PropterError err = {0};
  PropterStatus status = mapping_judge(write_dbt(yaml), &err);
  ck_assert_msg(status == wanted, "%s%s", yaml, err.message);
  ck_assert_msg(strstr(err.message, words) != NULL, "%s", err.message);
  ck_assert_msg(strstr(err.source, "m.yml") != NULL, "%s", err.source);
  ck_assert_msg(err.line == line, "line %u: %s", (unsigned)err.line, err.message);
}

START_TEST(metrics_with_a_calculation_method) {
  static const char *const wanted[] = {"#revenue <" SKOS "prefLabel> \"Revenue\"\n",
                                       "#revenue <" SKOS "notation> \"revenue\"\n",
                                       "#revenue <https://w3id.org/propter#grain> \"P7D\"^^",
                                       "#revenue <https://w3id.org/propter#aggregation> <https://w3id.org/propter#Sum>\n",
                                       "#revenue <https://w3id.org/propter#sliceBy> #revenue/dimension/region\n",
                                       "#revenue <https://w3id.org/propter#goodDirection> <https://w3id.org/propter#Up>\n",
                                       "#revenue <" SKOS "altLabel> \"turnover\"\n",
                                       "#share <https://w3id.org/propter#numerator> #revenue\n",
                                       "#share <https://w3id.org/propter#denominator> #returned_orders\n",
                                       "#returned_orders <" SKOS "prefLabel> \"returned orders\"\n"};
  expect(CALCULATED "    meta: {propter: {good_direction: up, synonyms: [turnover], unit: EUR}}\n"
                    "  - {name: returned_orders, model: \"ref('x')\", calculation_method: max, expression: returned, timestamp: day, dimensions: [id],\n"
                    "     time_grains: [week], config: {meta: {propter: {source_file: orders.csv}}}}\n"
                    "  - {name: share, calculation_method: derived, expression: \"{{metric('revenue')}} / {{ metric(\\\"returned_orders\\\") }}\"}\n"
                    "  - {name: gone, calculation_method: median, config: {enabled: false}}\n",
         wanted, sizeof wanted / sizeof *wanted, "#revenue/value> \"10\"^^");
}
END_TEST

START_TEST(metrics_over_semantic_models) {
  static const char *const wanted[] = {"#revenue <" SKOS "prefLabel> \"revenue\"\n",
                                       "#revenue <https://w3id.org/propter#keyColumn> \"id\"\n",
                                       "#revenue <https://w3id.org/propter#timeColumn> \"day\"\n",
                                       "#revenue <https://w3id.org/propter#grain> \"P1D\"^^",
                                       "#monthly <https://w3id.org/propter#grain> \"P1M\"^^",
                                       "#revenue/dimension/region <" SKOS "prefLabel> \"Sales region\"\n",
                                       "#back <https://w3id.org/propter#aggregation> <https://w3id.org/propter#Maximum>\n",
                                       "#rate <https://w3id.org/propter#numerator> #back\n",
                                       "#rate <https://w3id.org/propter#denominator> #revenue\n",
                                       "#rate2 <https://w3id.org/propter#numerator> #revenue\n",
                                       "#rate2 <https://w3id.org/propter#denominator> #monthly\n",
                                       "#north <https://w3id.org/propter#fixed> #north/fixed/region\n",
                                       "#north/fixed/region <https://w3id.org/propter#dimension> #north/dimension/region\n",
                                       "#north/fixed/region <https://w3id.org/propter#member> \"north\"\n"};
  expect(MODEL REVENUE "  - {name: monthly, type: simple, type_params: {measure: {name: amount}}, time_granularity: month}\n"
                       "  - {name: rate, type: ratio, type_params: {numerator: back, denominator: {name: revenue}}}\n"
                       "  - {name: rate2, type: derived, type_params: {expr: a / monthly, metrics: [{name: revenue, alias: a}, {name: monthly}]}}\n"
                       "  - {name: north, type: simple, filter: \"{{ Dimension('order__region') }} = 'north'\", type_params: {measure: amount}}\n"
                       "  - {name: left, type: conversion, config: {meta: {propter: {skip: true}}}}\n",
         wanted, sizeof wanted / sizeof *wanted, "/north/2> <");
}
END_TEST

/* dbt Core 1.12: the same as MODEL and its metrics, inside a model. */
START_TEST(metrics_inside_models) {
  static const char *const wanted[] = {"#revenue <" SKOS "prefLabel> \"Revenue\"\n",
                                       "#revenue <https://w3id.org/propter#sourceFile> \"orders.csv\"\n",
                                       "#revenue <https://w3id.org/propter#timeColumn> \"day\"\n",
                                       "#revenue <https://w3id.org/propter#sourceColumn> \"amount\"\n",
                                       "#revenue <https://w3id.org/propter#keyColumn> \"id\"\n",
                                       "#revenue <https://w3id.org/propter#sliceColumn> \"region\"\n",
                                       "#revenue/dimension/region <" SKOS "prefLabel> \"Sales region\"\n",
                                       "#rate <https://w3id.org/propter#numerator> #back\n",
                                       "#mean <https://w3id.org/propter#denominator> #back\n"};
  expect("models:\n  - name: plain\n    columns: [{name: id, data_tests: [unique]}]\n"
         "  - name: orders\n    semantic_model: {enabled: true}\n    agg_time_dimension: ordered\n    columns:\n"
         "      - {name: id, entity: {type: primary, name: order}, data_type: int}\n"
         "      - {name: day, granularity: day, dimension: {type: time, name: ordered}}\n"
         "      - {name: region, dimension: {type: categorical, label: Sales region}}\n"
         "    metrics:\n      - {name: revenue, label: Revenue, type: simple, agg: sum, expr: amount}\n"
         "      - {name: back, agg: max, expr: returned}\n"
         "      - {name: rate, type: ratio, numerator: back, denominator: revenue}\n"
         "metrics:\n  - {name: mean, type: derived, expr: a / back, input_metrics: [{name: revenue, alias: a}, {name: back}]}\n",
         wanted, sizeof wanted / sizeof *wanted, "#revenue/value> \"10\"^^");
  refuse(
      "models:\n  - name: orders\n    semantic_model: {enabled: true}\n    agg_time_dimension: day\n    columns:\n"
      "      - {name: day, granularity: day, dimension: {type: time}}\n    metrics:\n      - name: m\n        agg: sum\n        fill_nulls_with: 0\n        expr: amount\n",
      PROPTER_INVALID, 10, "found \"fill_nulls_with\"");
}
END_TEST

#define CUSTOMERS                                                                                                                                               \
  "  - name: customers\n    model: ref('customers')\n    entities: [{name: customer, type: primary, expr: nr}, {name: land, type: foreign}]\n    dimensions:\n" \
  "      - {name: segment, type: categorical%s}\n  - name: lands\n    model: ref('lands')\n    entities: [{name: land, type: unique, expr: code}]\n"            \
  "    dimensions: [{name: continent, type: categorical}, {name: since, type: time}]\n"

/* One that cannot be joined is left out alone, and told once for all metrics. */
START_TEST(foreign_entities_are_joined) {
  static const char *const wanted[] = {"#revenue/join/customer <" PROPTER_IRI "sourceFile> \"customers.csv\"\n",
                                       "#revenue/join/customer/on/1 <http://w3id.org/rml/child> \"customer\"\n",
                                       "#revenue/join/customer.land/on/1 <http://w3id.org/rml/parent> \"code\"\n",
                                       "#revenue <" PROPTER_IRI "sliceBy> #revenue/dimension/customer.segment\n",
                                       "#revenue <" PROPTER_IRI "sliceBy> #revenue/dimension/customer.land.continent\n",
                                       "#old/fixed/customer.land.continent <" PROPTER_IRI "member> \"Europe\"\n"};
  PropterBuf text = {0}, out = {0};
  PropterMapping *mapping = NULL;
  propter_buf_printf(&text, JOINED CUSTOMERS REVENUE, "");
  propter_buf_printf(
      &text, "  - {name: old, type: simple, type_params: {measure: amount},\n     filter: \"{{ Dimension('customer__land__continent') }} = 'Europe'\"}\n");
  mapping_definitions(write_dbt(text.data), &out);
  for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) ck_assert_msg(strstr(out.data, wanted[i]) != NULL, "no %s in %s", wanted[i], out.data);
  propter_buf_reset(&text), propter_buf_reset(&out);
  propter_buf_printf(&text, JOINED CUSTOMERS REVENUE, ", expr: lower(x)");
  const char *path = write_dbt(text.data);
  ck_ok(propter_mapping_read(&path, 1, NULL, &mapping, err));
  const PropterMapRefusal *r = propter_mapping_refusal(mapping, 0);
  ck_assert_ptr_nonnull(r);
  ck_assert_msg(strcmp(r->name.data, "orders.customer") == 0 && r->line == 18 && strstr(r->reason.data, "SQL is not evaluated"), "%s:%u: %s", r->name.data,
                (unsigned)r->line, r->reason.data);
  ck_assert_ptr_null(propter_mapping_refusal(mapping, 1));
  propter_mapping_free(mapping);
  mapping_definitions(path, &out);
  ck_assert_ptr_nonnull(strstr(out.data, "#revenue <" PROPTER_IRI "sliceBy> #revenue/dimension/region\n"));
  ck_assert_ptr_null(strstr(out.data, "/join/"));
  propter_buf_reset(&text);
  propter_buf_printf(&text, JOINED CUSTOMERS REVENUE, ", type_params: {validity_params: {is_start: true}}");
  refuse(text.data, PROPTER_INVALID, 18, "rows that hold for a time");
  propter_buf_clear(&text);
  propter_buf_clear(&out);
}
END_TEST

START_TEST(what_a_metric_cannot_say_is_refused_with_its_line) {
  refuse(MODEL "metrics:\n  - name: m\n    type: simple\n    filter: \"{{ Dimension('order__region') }} > 'north'\"\n"
               "    type_params: {measure: amount}\n",
         PROPTER_INVALID, 17, "a filter other than = is computed by a database only");
  refuse(MODEL "metrics:\n  - name: m\n    type: simple\n    filter: \"{{ Dimension('order__region') }} like 'n'\"\n    type_params: {measure: amount}\n",
         PROPTER_INVALID, 17, "SQL is not evaluated");
  refuse(MODEL "metrics:\n  - name: m\n    type: simple\n    filter: \"{{ Dimension('order__id') }} = 1\"\n    type_params: {measure: amount}\n",
         PROPTER_INVALID, 17, "no categorical dimension \"id\"");
  refuse(MODEL "      - {name: n, agg: count, expr: region, create_metric: true}\n", PROPTER_INVALID, 14, "the column of the primary entity");
  refuse(MODEL "metrics:\n  - name: m\n    type: conversion\n", PROPTER_INVALID, 16, "expected simple, ratio, derived or cumulative, found \"conversion\"");
  refuse(MODEL "metrics:\n  - name: m\n    type: cumulative\n    type_params: {measure: amount}\n", PROPTER_INVALID, 12,
         "cumulative is computed by a database only");
  refuse(MODEL "metrics:\n  - name: m\n    type: cumulative\n    type_params: {measure: amount, window: 7 moons}\n", PROPTER_INVALID, 17,
         "expected a window such as 7 days");
  refuse(MODEL "metrics:\n  - name: m\n    type: cumulative\n    type_params: {measure: amount, window: {count: 7x, granularity: day}}\n", PROPTER_INVALID, 17,
         "expected a window such as 7 days");
  refuse(MODEL "metrics:\n  - name: m\n    type: cumulative\n    type_params: {measure: amount, window: 7 days, grain_to_date: month}\n", PROPTER_INVALID, 17,
         "expected window or grain_to_date");
  refuse(MODEL "metrics:\n  - name: m\n    type: cumulative\n    type_params: {measure: amount, cumulative_type_params: {period_agg: last}}\n", PROPTER_INVALID,
         17, "found \"period_agg\"");
  refuse(MODEL "metrics:\n  - name: m\n    type: simple\n    type_params:\n      measure: {name: amount, fill_nulls_with: 0}\n", PROPTER_INVALID, 18,
         "found \"fill_nulls_with\"");
  refuse(MODEL "metrics:\n  - name: m\n    type: simple\n    type_params: {measure: none}\n", PROPTER_INVALID, 17, "no measure \"none\"");
  refuse(MODEL "metrics:\n  - name: m\n    type: derived\n    type_params: {expr: back - back, metrics: [back]}\n", PROPTER_INVALID, 17,
         "one metric / another");
  refuse(MODEL
         "metrics:\n  - name: m\n    type: derived\n    type_params: {expr: back / was, metrics: [back, {name: back, alias: was, offset_window: 1 month}]}\n",
         PROPTER_INVALID, 17, "offset_window is computed by a database only");
  refuse(MODEL "metrics:\n  - name: m\n    type: ratio\n    type_params: {numerator: {name: back, offset_window: 1 month}, denominator: back}\n",
         PROPTER_INVALID, 17, "found \"offset_window\"");
  refuse(MODEL "metrics:\n  - name: m\n    type: ratio\n    type_params: {numerator: back, denominator: no}\n", PROPTER_INVALID, 17, "no metric \"no\"");
  refuse("semantic_models:\n  - {name: o, config: {enabled: false}, measures: [{name: back, create_metric: true}]}\nmetrics:\n"
         "  - {name: m, type: ratio, type_params: {numerator: back, denominator: m}}\n",
         PROPTER_INVALID, 4, "no metric \"back\"");
  refuse(MODEL "metrics:\n  - {name: back, type: ratio}\n", PROPTER_INVALID, 13, "stands twice");
  refuse(MODEL "      - {name: n, agg: count_distinct, expr: id, create_metric: true}\n", PROPTER_INVALID, 14, "count_distinct is computed by a database only");
  refuse(MODEL "      - {name: n, agg: sum, expr: amount * 2, create_metric: true}\n", PROPTER_INVALID, 14, "SQL is computed by a database only");
  refuse(MODEL "      - {name: n, agg: sum, expr: amount, create_metric: true, non_additive_dimension: {name: region}}\n", PROPTER_INVALID, 14,
         "expected non_additive_dimension: {name: ordered}");
  refuse(CALCULATED "    filters: [a]\n", PROPTER_INVALID, 11, "found \"filters\"");
  refuse(CALCULATED "    config: {treat_null_values_as_zero: true}\n", PROPTER_INVALID, 11, "found \"treat_null_values_as_zero\"");
  refuse("metrics:\n  - name: m\n    model: source('a', 'b')\n    calculation_method: sum\n    expression: amount\n    timestamp: day\n", PROPTER_INVALID, 3,
         "expected model: ref('NAME')");
  refuse("metrics:\n  - {name: m, model: \"ref('orders')\", calculation_method: sum,\n     expression: nope, timestamp: day}\n", PROPTER_NOT_FOUND, 3,
         "no column \"nope\"");
  refuse("metrics:\n  - {name: m, model: \"ref('orders')\", calculation_method: sum, expression: amount, timestamp: day,\n     time_grains: [hour]}\n",
         PROPTER_INVALID, 3, "found \"hour\"");
  refuse("models:\n  - name: orders\n    metrics: [{name: m}]\n", PROPTER_INVALID, 3, "expected semantic_model: {enabled: true}");
  refuse("metrics:\n  - name: a b\n    calculation_method: sum\n", PROPTER_INVALID, 2, "a name of letters");
}
END_TEST

/* Two metrics of four are refused, one for what it says and one for what it is made of; the others stay. */
START_TEST(one_refused_metric_leaves_the_others) {
  const char *path = write_dbt(MODEL REVENUE "  - {name: strange, type: simple, type_params: {measure: none}}\n"
                                             "  - {name: whole, type: ratio, type_params: {numerator: part, denominator: revenue}}\n"
                                             "  - {name: part, type: ratio, type_params: {numerator: strange, denominator: revenue}}\n"
                                             "  - {name: good, type: ratio, type_params: {numerator: back, denominator: revenue}}\n");
  static const char *const words[] = {"no measure \"none\"", "made of the metric \"strange\"", "made of the metric \"part\""};
  static const uint64_t lines[] = {16, 18, 17};
  PropterMapping *mapping = NULL;
  PropterBuf out = {0};
  PropterMapCounts counts;
  ck_ok(propter_mapping_read(&path, 1, NULL, &mapping, err));
  for (size_t i = 0; i < 3; i++) {
    const PropterMapRefusal *r = propter_mapping_refusal(mapping, i);
    ck_assert_msg(r && strstr(r->reason.data, words[i]) && r->line == lines[i], "%s", r ? r->reason.data : "none");
  }
  ck_assert_ptr_null(propter_mapping_refusal(mapping, 3));
  propter_mapping_free(mapping);
  mapping_definitions(path, &out);
  ck_assert_ptr_nonnull(strstr(out.data, "#good <https://w3id.org/propter#numerator> #back\n"));
  ck_assert_ptr_null(strstr(out.data, "#part"));
  ck_assert_ptr_null(strstr(out.data, "#strange"));
  propter_buf_reset(&out);
  ck_ok(mapping_run_at(path, false, &out, &counts, err));
  ck_assert_uint_eq(counts.rejects, 3);
  ck_assert_ptr_nonnull(strstr(out.data, "reject 16:strange:definition\n"));
  propter_buf_clear(&out);
}
END_TEST

START_TEST(where_none_is_left_all_are_told) {
  refuse("metrics:\n  - {name: a, type: conversion}\n  - {name: b, type: none}\n", PROPTER_INVALID, 2, "found \"conversion\"; line 3: expected");
}
END_TEST

static PropterStatus read_once(void *payload, PropterError *err) {
  const char *path = payload;
  PropterMapping *mapping = NULL;
  PropterStatus status = propter_mapping_read(&path, 1, NULL, &mapping, err);
  propter_mapping_free(mapping);
  return status;
}

/* What no version gives a meaning is told once, with its line; the metrics stay. */
START_TEST(unknown_keys_are_warnings) {
  PropterMapping *mapping = NULL;
  const char *path = write_dbt(
      MODEL
      "metrics:\n  - name: revenue\n    type: simple\n    type_params: {measure: amount}\n    docs: {show: true}\n    config: {colour: red, meta: {theirs: 1}}\n"
      "  - {name: other, type: simple, type_params: {measure: amount, sahpe: round}}\n");
  ck_ok(propter_mapping_read(&path, 1, NULL, &mapping, err));
  ck_assert_ptr_null(propter_mapping_refusal(mapping, 0));
  static const char *const words[] = {":19: the key \"colour\"", ":18: the key \"docs\"", ":20: the key \"sahpe\""};
  for (size_t i = 0; i < 3; i++) ck_assert_msg(strstr(propter_mapping_warning(mapping, i), words[i]) != NULL, "%s", propter_mapping_warning(mapping, i));
  ck_assert_ptr_null(propter_mapping_warning(mapping, 3));
  propter_mapping_free(mapping);
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, read_once, (char *)(uintptr_t)path, true), 50);
}
END_TEST

static PropterStatus read_both(void *payload, PropterError *err) {
  PropterMapping *mapping = NULL;
  PropterStatus status = propter_mapping_read(payload, 2, NULL, &mapping, err);
  propter_mapping_free(mapping);
  return status;
}

/* What a file does not have another of the call has; what none has is refused at its place. */
START_TEST(entities_lead_to_other_files) {
  PropterBuf text = {0};
  PropterMapping *mapping = NULL;
  propter_buf_printf(&text, "semantic_models:\n" CUSTOMERS, "");
  const char *path[2] = {write_dbt(JOINED REVENUE), NULL};
  const char *other = support_path(support_folder(), "customers.yml");
  support_write(other, propter_buf_str(&text));
  path[1] = other;
  refuse(JOINED REVENUE, PROPTER_INVALID, 6, "no model of the given files has \"customer\"");
  ck_ok(propter_mapping_read(path, 2, NULL, &mapping, err));
  ck_assert_ptr_null(propter_mapping_refusal(mapping, 0));
  size_t joined = 0;
  for (size_t i = 0; propter_mapping_source(mapping, i); i++) joined += strstr(propter_mapping_source(mapping, i)->path.data, "lands.csv") != NULL;
  ck_assert_uint_eq(joined, 1);
  propter_mapping_free(mapping);
  propter_buf_reset(&text);
  propter_buf_printf(&text, "semantic_models:\n" CUSTOMERS, ", expr: lower(x)");
  support_write(other, propter_buf_str(&text));
  ck_ok(propter_mapping_read(path, 2, NULL, &mapping, err));
  const PropterMapRefusal *r = propter_mapping_refusal(mapping, 0);
  ck_assert_msg(r && strcmp(r->file.data, other) == 0 && r->line == 6, "%s:%u", r ? r->file.data : "none", r ? (unsigned)r->line : 0);
  propter_mapping_free(mapping);
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, read_both, path, true), 50);
  propter_buf_clear(&text);
}
END_TEST

START_TEST(every_allocation_and_read_may_fail) {
  const char *path = write_dbt(MODEL REVENUE "  - {name: rate, type: ratio, type_params: {numerator: back, denominator: revenue}}\n");
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, read_once, (char *)(uintptr_t)path, true), 50);
  path = write_dbt(MODEL REVENUE "  - {name: part, type: none}\n  - {name: rate, type: ratio, type_params: {numerator: part, denominator: revenue}}\n");
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, read_once, (char *)(uintptr_t)path, true), 50);
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_IO, read_once, (char *)(uintptr_t)path, true), 3);
}
END_TEST

Suite *suite_dbt(void) {
  Suite *s = suite_create("dbt");
  TCase *tc = tcase_create("dbt");
  tcase_add_test(tc, metrics_with_a_calculation_method);
  tcase_add_test(tc, metrics_over_semantic_models);
  tcase_add_test(tc, metrics_inside_models);
  tcase_add_test(tc, foreign_entities_are_joined);
  tcase_add_test(tc, entities_lead_to_other_files);
  tcase_add_test(tc, unknown_keys_are_warnings);
  tcase_add_test(tc, what_a_metric_cannot_say_is_refused_with_its_line);
  tcase_add_test(tc, one_refused_metric_leaves_the_others);
  tcase_add_test(tc, where_none_is_left_all_are_told);
  tcase_add_test(tc, every_allocation_and_read_may_fail);
  suite_add_tcase(s, tc);
  return s;
}
