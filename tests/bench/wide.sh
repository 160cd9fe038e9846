#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# wide.sh [SLICES [DAYS [FOLDER]]]: daily sales of so many stores (4,000 × 2,500 days: ten million observations) come in with `propter ingest`; then questions
# about the sum of all and about one store, patterns of the sum and the stores that carry a day. PROPTER names the program, FOLDER keeps the graph for another
# time. Prints bench lines: processor time, time on the clock and the most memory of each, with the answer's first line.
set -eu
: "${PROPTER:?names the program}"
slices=${1:-4000} days=${2:-2500} dir=${3:-$(mktemp -d)}
[ $# -gt 2 ] || trap 'rm -rf "$dir"' EXIT
mkdir -p "$dir" && cd "$dir"
measured() { # name, arguments of propter
  name=$1; shift
  code=0
  /usr/bin/time -f '%U %S %e %M' -o time "$PROPTER" "$@" >out 2>&1 || code=$?
  [ $code -le 1 ] || { cat out >&2; exit $code; }
  awk -v name="$name-$slices-$days" 'END { printf "bench wide-%s %.2f s processor, %.2f s on the clock, %d MB\n", name, $1 + $2, $3, $4 / 1024 }' time
  sed -n "s/^\(ingested\|observed\|[0-9]* patterns\|[0-9]* slices\).*/# &/p" out | head -1
}
if [ ! -d graph ]; then
  awk -v slices="$slices" -v days="$days" 'BEGIN { srand(1); print "day,store,sales"
    for (s = 0; s < slices; s++) { level[s] = 50 + int(100 * rand()); store[s] = sprintf("M%c%c%c", 97 + s % 26, 97 + int(s / 26) % 26, 97 + int(s / 676) % 26) }
    for (d = 0; d < days; d++) { date = strftime("%Y-%m-%d", 1420113600 + 86400 * d) # noon, whatever the zone
      for (s = 0; s < slices; s++) printf "%s,%s,%d\n", date, store[s], level[s] * (d % 7 > 4 ? 1.4 : 1) * (.8 + .4 * rand()) } }' >sales.csv
  cat >sales.ttl <<'TTL'
@prefix propter: <https://w3id.org/propter#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix : <https://example.org/sales#> .
:sales a propter:Metric ; skos:prefLabel "sales"@en ; propter:sourceFile "sales.csv" ; propter:timeColumn "day" ; propter:sourceColumn "sales" ;
  propter:sliceColumn "store" ; propter:grain "P1D"^^xsd:duration ; propter:aggregation propter:Sum ; propter:unit "1" ; propter:goodDirection propter:Up .
TTL
  measured ingest -g graph ingest sales.ttl
fi
measured why -g graph why "sales on 3 March 2016"
measured why-slice -g graph why "sales for Mhaa on 3 March 2016"
measured detect -g graph detect --metric https://example.org/sales#sales
measured slices -g graph detect --metric https://example.org/sales#sales --slices --from 2016-03-03 --to 2016-03-03
