#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Figures in another unit than those before, and those that are only different.
. "$srcdir/tests/cli/tap.sh"
dir=$(mktemp -d) || exit 99
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 99
cat > m.ttl <<'END'
@prefix propter: <https://w3id.org/propter#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix : <https://example.org/shop#> .
:weight a propter:Metric ; skos:prefLabel "weight"@en ; propter:sourceFile "t.csv" ; propter:timeColumn "day" ; propter:sourceColumn "weight" ;
  propter:sliceColumn "shop" ; propter:grain "P1D"^^xsd:duration ; propter:aggregation propter:Sum .
END
# Four shops of very different size, sixty days, ±10 %.
rows() { awk -v days="$1" -v factor="$2" 'BEGIN { print "day,shop,weight"; s = 7; for (d = 1; d <= days; d++) for (k = 1; k <= 4; k++) {
  s = (s * 1103515245 + 12345) % 2147483648; f = d > 58 || factor < 0 ? factor : 1; if (f < 0) f = -f;
  printf "2024-%02d-%02d,s%d,%.3f\n", 1 + int((d - 1) / 29), 1 + (d - 1) % 29, k, 10 ^ k * (.9 + s / 2147483648 / 5) * f } }'; }
p() { "$PROPTER" -g "$dir/$G" ingest m.ttl "$@"; }
G=a; rows 56 1 > t.csv; expect 'sixty days' 0 'ingested: 224 rows' p
rows 58 1 > t.csv; expect 'two more are nothing special' 0 'ingested: 232 rows' p
rows 59 1000 > t.csv; expect 'a day in grams' 1 'look as if the unit had changed' p
expect 'again' 1 'nothing to do: run r-' p
expect 'counted as before' 1 '"rejected":0,"withoutSubject":0,"known":0,"suspect":1' p -f json
expect 'with both medians and the factor' 0 'times 1000 (thousands)' "$PROPTER" -g "$dir/a" rejects
expect 'by file and measure' 0 't.csv,,weight,' "$PROPTER" -g "$dir/a" rejects -f csv
"$PROPTER" -g "$dir/a" undo last > /dev/null
expect 'a stop refuses it' 3 'another unit?' p --on-error stop
rows 59 .45359237 > t.csv; expect 'a day in another unit of nearly the same size' 1 'look as if the unit had changed' p
"$PROPTER" -g "$dir/a" undo last > /dev/null
rows 59 1.5 > t.csv; expect 'half as much again is business' 0 'ingested: 236 rows' p
rows 59 -60 > t.csv; expect 'everything anew in another unit' 1 'look as if the unit had changed' p
expect 'its factor' 0 'times 60 (minutes and seconds' "$PROPTER" -g "$dir/a" rejects
G=i; rows 58 1 > t.csv; expect 'row by row' 0 'ingested: 232 rows' p --incremental
rows 59 .001 > t.csv; expect 'a day in tonnes' 1 '"suspect":1' p --incremental -f json
echo "1..$n"
