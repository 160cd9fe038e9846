#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Measures that do not add up over a dimension, means by slices, figures that are not complete or not final yet: in dbt, Cube and Ossie, asked about.
. "$srcdir/tests/cli/tap.sh"
dir=$(mktemp -d) || exit 99
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 99
# Two currencies, three shops of different size, one with orders of half the size in the last ten days of March.
awk "$uniform"'BEGIN { split("31 29 31 29", days, " "); print "id,day,shop,currency,amount"
  for (m = 1; m <= 4; m++) for (d = 1; d <= days[m]; d++) for (s = 1; s <= 3; s++) for (k = 0; k < s * s; k++) for (c = 0; c < 2; c++)
    printf "%d,2024-%02d-%02d,s%d,%s,%.2f\n", ++n, m, d, s, c ? "JPY" : "EUR", (c ? 15000 : 100) * (.9 + uniform() / 5) * (m == 3 && d > 20 && d < 31 && s == 2 ? .5 : 1)
}' > orders.csv
meta='non_additive_dimensions: [currency], completeness_delay: 2 days, mutability_window: 1 week'
cat > dbt.yml <<END_OF
semantic_models:
  - name: orders
    model: ref('orders')
    defaults: {agg_time_dimension: day}
    entities: [{name: order, type: primary, expr: id}]
    dimensions: [{name: day, type: time, type_params: {time_granularity: day}}, {name: shop, type: categorical}, {name: currency, type: categorical}]
    measures: [{name: amount, agg: sum}, {name: size, agg: average, expr: amount}, {name: count, agg: count, expr: id}]
metrics:
  - {name: takings, type: simple, type_params: {measure: amount}, config: {meta: {propter: {$meta}}}}
  - {name: daily, type: simple, type_params: {measure: count}, config: {meta: {propter: {completeness_delay: 2 days}}}}
  - {name: euros, type: simple, type_params: {measure: size}, filter: "{{ Dimension('order__currency') }} = 'EUR'", config: {meta: {propter: {mutability_window: 40 days}}}}
END_OF
cat > cube.yml <<END_OF
cubes:
  - name: orders
    sql_table: orders
    dimensions: [{name: key, sql: id, type: number, primary_key: true}, {name: day, sql: day, type: time}, {name: shop, sql: shop, type: string}, {name: currency, sql: currency, type: string}]
    measures: [{name: takings, sql: amount, type: sum, title: takings, meta: {propter: {$meta}}}]
END_OF
field() { echo "{name: $1, expression: {dialects: [{dialect: ANSI_SQL, expression: $1}]}$2}"; }
cat > ossie.yaml <<END_OF
version: 0.2.0.dev0
semantic_model:
  - name: shop
    datasets:
      - {name: orders, source: orders, primary_key: [id], fields: [$(field day ', dimension: {is_time: true}'), $(field shop ', dimension: {is_time: false}'), $(field currency ', dimension: {is_time: false}'), $(field amount)]}
    metrics:
      - name: takings
        expression: {dialects: [{dialect: ANSI_SQL, expression: SUM(orders.amount)}]}
        custom_extensions: [{vendor_name: PROPTER, data: '{"non_additive_dimensions": ["currency"], "completeness_delay": "P2D", "mutability_window": "P7D"}'}]
END_OF
p() { "$PROPTER" -g "$dir/$G" "$@"; }
for form in dbt.yml cube.yml ossie.yaml; do
  G=g-$form
  expect "$form: read" 0 'ingested: ' p ingest $form
  expect "$form: no total over currencies" 3 'takings does not add up over currency (EUR, JPY): ask about one' p why 'takings in the last ten days of March 2024'
  expect "$form: one of them" 7 'observed ' p why 'takings in EUR from 21 to 30 March 2024'
  expect "$form: with the part that moved in it" 7 'shop s2' p why 'takings in EUR for shop s2 from 21 to 30 March 2024'
  expect "$form: the last days are not complete" 1 'figures after 2024-04-27 are not complete yet and not judged' p why 'takings in EUR from 20 to 29 April 2024'
  expect "$form: and are no window" 3 'later ones are not complete yet' p why 'takings in EUR on 29 April 2024'
  expect "$form: those before may still change" 1 'figures from 2024-04-23 on may still be corrected' p why 'takings in EUR on 25 April 2024'
done
G=g-dbt.yml
expect 'the mean of all orders' 7 'observed    85.8 ' p why 'euros from 21 to 30 March 2024'
expect 'a mean is not summed over slices' 7 'where       shop s2  1' p why 'euros from 21 to 30 March 2024'
left='left out    takings: it does not add up over currency, of which it has EUR and JPY; would help: a metric of one of them (propter:fixed), or a question about one'
expect 'detect says what it cannot judge' 0 "$left" p detect
takings=$(p query -f csv 'PREFIX p: <https://w3id.org/propter#> SELECT DISTINCT ?m { ?m p:nonAdditive ?d }' | sed -n 2p | tr -d '\r')
expect 'its detectors do' 1 "$left" p detect --detectors --metric "$takings"
expect 'and figures that are not complete' 0 'left out    daily: figures after 2024-04-27 are not complete yet; would help: figures of later days' p detect
same 'each once' "$(p detect | grep -c '^left out')" 2
same 'as JSON' "$(p detect -f json | grep -o '"label":"takings","leftOut":"[^"]*","wouldHelp":"[^"]*"')" '"label":"takings","leftOut":"it does not add up over currency, of which it has EUR and JPY","wouldHelp":"a metric of one of them (propter:fixed), or a question about one"'
same 'apart from the patterns' "$(p detect -f json | tr -d '\n' | grep -c '^{"schema":"propter-detect-1","patterns":\[.*\],"leftOut":\[{"metric":.*}\]}$')" 1
same 'as lines of JSON' "$(p detect -f jsonl | grep -c '"leftOut"')" 2
same 'beside CSV' "$(p detect -f csv 2>&1 >/dev/null | grep -c '^left out')" 2
expect 'no slices of what does not add up' 3 'takings cannot be cut: it does not add up over currency' p detect --slices --metric "$takings" --from 2024-03-21 --to 2024-03-30
expect 'infer says it as JSON' 0 '"leftOut":[{' p infer --dry-run -f json
expect 'and in words' 0 "$left" p infer
expect 'a pattern among figures that may change is provisional' 0 '"boolean":true' p query -f json 'PREFIX p: <https://w3id.org/propter#> ASK { ?x a p:Pattern ; p:provisional true }'
expect 'and nothing is found in what does not add up' 1 '"boolean":false' p query -f json 'PREFIX p: <https://w3id.org/propter#> ASK { ?x a p:Pattern ; p:metric ?m . ?m p:nonAdditive ?d }'
if command -v sqlite3 > /dev/null; then
  sqlite3 shop.db '.mode csv' '.import orders.csv orders'
  file=$(p why 'euros for shop s2 from 21 to 30 March 2024' | sed -n 2p)
  G=db; p ingest --database shop.db dbt.yml > /dev/null 2>&1
  same 'a database gives means by slices' "$(p why 'euros for shop s2 from 21 to 30 March 2024' | sed -n 2p)" "$file"
  expect 'with how many values they are of' 0 '"9"' p query -f json 'PREFIX p: <https://w3id.org/propter#> SELECT (MAX(?n) AS ?most) { ?o p:sampleSize ?n }'
  expect 'which weigh them' 7 'observed    85.8 ' p why 'euros from 21 to 30 March 2024'
else
  skip 'a database gives means by slices' 'sqlite3 is not installed'
fi
bad() { sed "s/$2/$3/" "$1" > bad-$1; G=bad; expect "$4" "$5" "$6" p ingest bad-$1; }
bad dbt.yml 'dimensions: .currency. *,' 'dimensions: [colour],' 'a dimension that is none' 1 'bad-dbt.yml:9: the definition of takings is left out: no categorical dimension "colour"'
bad cube.yml '2 days' 'soon' 'days that are none' 3 'expected a window such as 7 days'
bad cube.yml '2 days' '2 months' 'months are no days' 3 'expected days or weeks'
bad ossie.yaml 'P2D' 'P1Y' 'with the line of the metric' 3 'bad-ossie.yaml:7: expected days or weeks'
echo "1..$n"
