#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Dimensions behind joins: of dbt, Cube and Ossie, over files and a database, asked about and drilled down to.
. "$srcdir/tests/cli/tap.sh"
dir=$(mktemp -d) || exit 99
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 99
# Nine customers in three countries; in ten days those of one country buy a third.
awk "$uniform"'BEGIN { split("31 29 31 30", days, " "); print "order_id,day,customer_id,channel,amount"
  for (m = 1; m <= 4; m++) for (d = 1; d <= days[m]; d++) for (c = 1; c <= 9; c++) for (k = 0; k < 2; k++)
    printf "%d,2024-%02d-%02d,c%d,%s,%.2f\n", ++n, m, d, c, k ? "web" : "shop", (90 + 20 * uniform()) * (m == 3 && d > 20 && d < 31 && c >= 4 && c <= 6 ? .3 : 1)
}' > orders.csv
{ echo id,country_id,segment; for c in 1 2 3 4 5 6 7 8 9; do echo "c$c,$(((c - 1) / 3)),$([ $((c % 2)) = 0 ] && echo large || echo small)"; done; } > customers.csv
printf 'id,country\n0,Germany\n1,France\n2,Italy\n' > countries.csv
cat > dbt.yml <<'END_OF'
semantic_models:
  - name: orders
    model: ref('orders')
    defaults: {agg_time_dimension: day}
    entities: [{name: order, type: primary, expr: order_id}, {name: customer, type: foreign, expr: customer_id}]
    dimensions: [{name: day, type: time, type_params: {time_granularity: day}}, {name: channel, type: categorical}]
    measures: [{name: revenue, agg: sum, expr: amount, create_metric: true}]
  - name: customers
    model: ref('customers')
    entities: [{name: customer, type: primary, expr: id}, {name: country, type: foreign, expr: country_id}]
    dimensions: [{name: segment, type: categorical}]
  - name: countries
    model: ref('countries')
    entities: [{name: country, type: primary, expr: id}]
    dimensions: [{name: country, type: categorical}]
metrics:
  - {name: french, type: simple, type_params: {measure: revenue}, filter: "{{ Dimension('customer__country__country') }} = 'France'"}
END_OF
cat > cube.yml <<'END_OF'
cubes:
  - name: orders
    sql_table: orders
    joins: [{name: customers, relationship: many_to_one, sql: "{CUBE}.customer_id = {customers.key}"}]
    dimensions:
      - {name: key, sql: order_id, type: number, primary_key: true}
      - {name: day, sql: day, type: time}
      - {name: customer, sql: customer_id, type: string}
      - {name: channel, sql: channel, type: string}
    measures: [{name: revenue, sql: amount, type: sum, title: revenue}]
  - name: customers
    sql_table: customers
    joins:
      - {name: countries, relationship: many_to_one, sql: "{customers}.country_id = {countries}.id"}
      - {name: orders, relationship: one_to_many, sql: "{CUBE}.id = {orders}.customer_id"}
    dimensions: [{name: key, sql: id, type: string, primary_key: true}, {name: segment, sql: segment, type: string}]
  - name: countries
    sql_table: countries
    dimensions: [{name: key, sql: id, type: string, primary_key: true}, {name: country, sql: country, type: string}]
END_OF
cat > ossie.yaml <<'END_OF'
version: 0.2.0.dev0
semantic_model:
  - name: shop
    datasets:
      - name: orders
        source: public.orders
        primary_key: [order_id]
        fields:
          - {name: day, expression: {dialects: [{dialect: ANSI_SQL, expression: day}]}, dimension: {is_time: true}}
          - {name: channel, expression: {dialects: [{dialect: ANSI_SQL, expression: channel}]}, dimension: {is_time: false}}
          - {name: amount, expression: {dialects: [{dialect: ANSI_SQL, expression: amount}]}}
      - name: customers
        source: public.customers
        primary_key: [id]
        fields: [{name: segment, expression: {dialects: [{dialect: ANSI_SQL, expression: segment}]}, dimension: {is_time: false}}]
      - name: countries
        source: public.countries
        primary_key: [id]
        fields: [{name: country, expression: {dialects: [{dialect: ANSI_SQL, expression: country}]}, dimension: {is_time: false}}]
    relationships:
      - {name: order_customer, from: orders, to: customers, from_columns: [customer_id], to_columns: [id]}
      - {name: customer_country, from: customers, to: countries, from_columns: [country_id], to_columns: [id]}
    metrics: [{name: revenue, expression: {dialects: [{dialect: ANSI_SQL, expression: SUM(orders.amount)}]}}]
END_OF
p() { "$PROPTER" -g "$dir/$G" "$@"; }
window='from 21 to 30 March 2024'
observed() { p why "revenue in France $window" -f json | sed -n 's/.*"observed":\([-0-9.]*\),"expected".*/\1/p' | head -1; }
for form in dbt.yml cube.yml ossie.yaml; do
  G=g-$form
  expect "$form: tables are joined" 0 'ingested: 2,178 rows' p ingest $form
  expect "$form: a slice by a dimension behind two joins" 7 'France' p why "revenue in France $window"
  expect "$form: a joined dimension by its own name alone" 1 'segment small' p why "revenue for segment small in February 2024"
  expect "$form: drill-down to it" 7 'country France' p why "revenue $window"
done
expect 'a filter by it' 7 'understood  french' sh -c "'$PROPTER' -g '$dir/g-dbt.yml' why 'french $window'"
{ sed 's/measures: \[/&{name: orders, agg: count, expr: order_id, create_metric: true}, /' dbt.yml; echo '  - {name: basket, type: ratio, type_params: {numerator: revenue, denominator: orders}}'; } > ratio.yml
G=ratio; p ingest ratio.yml > /dev/null 2>&1
expect 'a ratio is asked about by a dimension of both sides, in their periods' 7 'mean of 10 days' p why "basket in France $window"
expect 'which is that of its own for each' 7 'understood  basket, France (customer country France), ' p why "basket in France $window"
expect 'and taken apart by it' 7 'most of it lies in customer country France' p why "basket $window by customer country"
G=g-cube.yml
expect 'the column that it is joined by is a finer level' 0 '"customers countries country"' p query 'PREFIX p: <https://w3id.org/propter#> SELECT ?l { ?d p:rollsUpTo ?c . ?c <http://www.w3.org/2000/01/rdf-schema#label> ?l }' -f json
if command -v sqlite3 > /dev/null; then
  sqlite3 shop.db '.mode csv' '.import orders.csv orders' '.import customers.csv customers' '.import countries.csv countries'
  G=db; expect 'a database joins' 0 'ingested:' p ingest --database shop.db dbt.yml
  G=g-dbt.yml; file=$(observed); G=db; same 'and adds up the same' "$(observed)" "$file"
  sqlite3 shop.db "INSERT INTO customers VALUES ('c1', '2', 'small')"
  expect 'two partners are a mistake there, too' 3 'a join is many to one' p ingest --database shop.db dbt.yml
else
  skip 'a database joins' 'sqlite3 is not installed'
fi
# Night by night.
G=night; p ingest --incremental dbt.yml > /dev/null 2>&1
sed -i 's/^c4,1/c4,2/' customers.csv
expect 'a partner that changes is read again' 0 '4,840 added' p ingest --incremental dbt.yml
G=whole; p ingest dbt.yml > /dev/null 2>&1
cells() { p export | grep 'observation/' | grep -v '/run/' | LC_ALL=C sort; }
G=night; cells > night.nt; G=whole; cells > whole.nt; alike 'as if read anew' night.nt whole.nt
echo 'c1,2,small' >> customers.csv
expect 'two partners are a mistake, with file and line' 3 'customers.csv:11: expected one row for each id' p ingest dbt.yml
sed -i '$d' customers.csv; echo '5000,2024-04-01,c77,web,5' >> orders.csv
expect 'a row without a partner is a reject' 1 'rejected' p ingest dbt.yml
expect 'with the value' 0 'customers.csv has "c77" as id' p rejects
sed 's/many_to_one, sql: "{CUBE}/one_to_many, sql: "{CUBE}/' cube.yml > many.yml
G=many; expect 'several rows for one: a reject' 1 'what has several rows for one gives no dimension' p ingest many.yml
expect 'with its place' 0 'many.yml:4:' p rejects
# The other side in another file of the call, in a folder of its own.
mkdir -p apart/geo; cp orders.csv apart/; cp customers.csv countries.csv apart/geo/
sed '$d' apart/orders.csv > o && mv o apart/orders.csv
part() { sed -n "1,$2p" "$1" | sed "$3"; }
split() { # FORM FIRST LAST HEAD: lines FIRST to LAST go to the other file, under HEAD
  sed "$2,$3d" "$1" > "apart/$1"; { printf "$4"; sed -n "$2,$3p" "$1"; } > "apart/geo/$1"
}
split dbt.yml 8 15 'semantic_models:\n'
split cube.yml 11 20 'cubes:\n'
sed '12,19d; 22d' ossie.yaml > apart/ossie.yaml
{ sed -n 1,4p ossie.yaml; sed -n '12,20p' ossie.yaml; sed -n 22p ossie.yaml; } > apart/geo/ossie.yaml
for form in dbt.yml cube.yml ossie.yaml; do
  G=apart-$form
  expect "$form: a join into another file" 7 'country France' sh -c "'$PROPTER' -g '$dir/$G' ingest apart/$form apart/geo/$form && '$PROPTER' -g '$dir/$G' why 'revenue $window'"
  expect "$form: in the other order nothing is new" 0 '' p ingest --replace "apart/geo/$form" "apart/$form"
  G=alone-$form
  expect "$form: without that file a reject" 1 'rejected' p ingest "apart/$form"
  expect "$form: with its place" 0 "apart/$form:" p rejects
done
echo "1..$n"
