#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The quality of a table, kept in the graph, compared and undone.
. "$srcdir/tests/cli/tap.sh"
dir=$(mktemp -d) || exit 99
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 99
p() { "$PROPTER" -g g --today 2024-01-10 "$@"; }
printf 'day;shop;n\n1.1.2024;a;5,5\n2.1.2024;b;\n3.1.2024;a;7,5\n' >t.csv
expect 'completeness of a column' 0 'n,completeness,0.666667,' p profile t.csv --format csv
expect 'numbers as the table writes them' 0 'n,meanValue,6.5,' p profile t.csv --format csv
expect 'the last day and its age' 0 'day,highest,2024-01-03,' p profile t.csv --format csv
expect 'as DQV' 0 'dqv:isMeasurementOf propter:uniqueness' p profile t.csv --format turtle
expect 'no graph was made' 3 'no graph' p status
expect 'kept' 0 'age' p profile t.csv --keep
printf 'day;shop;n\n1.1.2024;a;5,5\n2.1.2024;b;6,5\n3.1.2024;a;7,5\n4.1.2024;c;19,25\n' >t.csv
expect 'what changed' 0 'n,highest,19.25,7.5' p profile t.csv --format csv --keep
expect 'nothing changed' 0 'n,highest,19.25,' p profile t.csv --format csv
p undo last >/dev/null 2>&1
expect 'an undone profile is none' 0 'n,highest,19.25,7.5' p profile t.csv --format csv
printf 'day;shop;n\n1.1.2024;a\n2.1.2024;b;3\n' >bad.csv
expect 'rows that cannot be read' 0 ',badRows,1,' p profile bad.csv --format csv
expect 'a table that is not there' 3 'nowhere.csv' p profile nowhere.csv
expect 'a format that is none' 2 'found "poem"' p profile t.csv --format poem

# Limits of quality: what a run must be like before anything of it comes in, and since the last one.
cat >m.ttl <<'END'
@prefix propter: <https://w3id.org/propter#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<https://example.org/orders> a propter:Metric ; skos:prefLabel "orders"@en ; propter:sourceFile "s.csv" ; propter:timeColumn "day" ; propter:sourceColumn "orders" ;
  propter:sliceColumn "shop" ; propter:grain "P1D"^^xsd:duration ; propter:aggregation propter:Sum ; propter:unit "1" .
END
table() { printf 'day,shop,orders\n2024-01-06,a,3\n2024-01-07,a,4\n2024-01-08,b,%s\n2024-01-09,b,6\n' "$1" >s.csv; }
q() { "$PROPTER" -g q --today 2024-01-10 "$@"; }
project() { printf '[shop]\nmappings = m.ttl\nlimits = %s\n' "$1" >shop.ini; }
project 'orders completeness >= 0.9, badRows = 0, age <= 3,
  orders completeness drop <= 5%, rowCount change <= 20%, warn orders highest <= 5, "shop" uniqueness <= 0.5, day highest >= 2024-01-09'
table 5
expect 'within the limits; one warns' 0 's.csv: orders: highest is 6: expected warn orders highest <= 5' q ingest shop.ini
run=$(q export | sed -n 's|.*<\([^>]*\)#quality-[0-9a-f]*/completeness/orders>.*|\1|p' | head -n 1)
expect 'the measurements are DQV in the record of the run' 0 'orders,1' q query --format csv "PREFIX p: <https://w3id.org/propter#> PREFIX dqv: <http://www.w3.org/ns/dqv#>
  SELECT ?c ?v FROM NAMED <$run> { GRAPH ?run { ?m dqv:isMeasurementOf p:completeness ; p:sourceColumn ?c ; dqv:value ?v } FILTER(?c = 'orders') }"
q export >before
table ''
expect 'a value is missing' 1 's.csv: orders: completeness is 0.75 (1 before): expected orders completeness >= 0.9' q ingest shop.ini
expect 'each limit is named' 1 'expected orders completeness drop <= 5%' q ingest shop.ini
expect 'and how many' 1 '2 limit(s) of quality broken: the graph stays as it was' q ingest shop.ini
q export >after
alike 'the graph is as it was' before after
table 5
expect 'the same data grow old' 1 's.csv: age is 21 (1 before): expected age <= 3' "$PROPTER" -g q --today 2024-01-30 ingest shop.ini
printf '2024-01-09,c,7\n' >>s.csv
expect 'more rows than before' 1 'rowCount is 5 (4 before): expected rowCount change <= 20%' q ingest shop.ini
project 'orders completeness drop <= 0.1'
expect 'by another limit it comes in' 0 'ingested: 5 rows' q ingest shop.ini
q undo last >/dev/null 2>&1
project 'rowCount = 5, rowCount rise <= 0'
expect 'an undone run measured nothing' 1 'rowCount is 5 (4 before): expected rowCount rise <= 0' q ingest shop.ini
expect 'a column that is not there' 1 'price completeness >= 1: no table of the mapping has this' q ingest m.ttl --limits 'price completeness >= 1'
expect 'a file is not written either' 1 'no file is written' q ingest m.ttl --limits 'orders lowest >= 9' --output out.nq
expect 'a limit that is none' 2 'found "orders beauty >= 1"' q ingest m.ttl --limits 'badRows = 0, orders beauty >= 1'
for bad in 'completeness >= 1' 'orders rowCount = 1' 'orders highest = x' 'orders highest <= 5%' 'orders highest' '"orders highest = 1' 'a b c d highest = 1'; do
  expect "none: $bad" 2 '--limits: expected' q ingest m.ttl --limits "$bad"
done
echo "1..$n"
