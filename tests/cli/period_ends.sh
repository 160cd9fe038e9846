#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Figures dated with the last day of their period (weeks by their Sunday, months by the 31st) are those of the same period dated with its first day: every
# command says the same of both.
. "$srcdir/tests/cli/tap.sh"
t=$(mktemp -d "${TMPDIR:-/tmp}/propter-period-ends-XXXXXX"); trap 'rm -rf "$t"' EXIT
cd "$t" || exit 99
made() { # first or last: two measures, the second of which follows the first, by week, month and quarter; one period in which the first falls
  awk -v dated="$1" "$uniform"'
  # Day z after 1970-01-01 (Hinnant, days and civil dates).
  function civil(z,  era, doe, yoe, doy, mp, m) {
    z += 719468; era = int(z / 146097); doe = z - era * 146097; yoe = int((doe - int(doe / 1460) + int(doe / 36524) - int(doe / 146096)) / 365)
    doy = doe - (365 * yoe + int(yoe / 4) - int(yoe / 100)); mp = int((5 * doy + 2) / 153); m = mp < 10 ? mp + 3 : mp - 9
    return sprintf("%04d-%02d-%02d", yoe + era * 400 + (m <= 2), m, doy - int((153 * mp + 2) / 5) + 1)
  }
  # Days from 1970-01-01 to the first of month i since 1990.
  function month(i,  y, m) {
    y = 1990 + int(i / 12); m = i % 12 + 1; if (m <= 2) { y--; m += 12 }
    return 365 * y + int(y / 4) - int(y / 100) + int(y / 400) + int((153 * (m - 3) + 2) / 5) - 719468
  }
  function starts(g, i) { return g == "P7D" ? 14613 + 7 * i : g == "P1M" ? month(i) : month(3 * i) }
  BEGIN {
    print "@prefix : <https://example.org/ends#> . @prefix propter: <https://w3id.org/propter#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> ."
    print "@prefix qb: <http://purl.org/linked-data/cube#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> ."
    split("P7D P1M P3M", grain, " ")
    for (k = 1; k <= 3; k++) {
      g = grain[k]; before = 0
      printf ":%s a qb:DataSet .\n", g
      for (m = 1; m <= 2; m++) printf ":%s-%s a propter:Metric ; skos:prefLabel \"%s %s\" ; propter:dataset :%s ; propter:measure :%s ; propter:timeDimension :t ; propter:grain \"%s\"^^xsd:duration ; propter:aggregation propter:Sum .\n", g, m == 1 ? "visits" : "orders", m == 1 ? "visits" : "orders", g, g, m == 1 ? "visits" : "orders", g
      for (i = 0; i < 90; i++) {
        visits = 1000 + 100 * (uniform() - .5) + (i == 40 ? -400 : 0); orders = 200 + .3 * before + 10 * (uniform() - .5); before = visits
        printf ":%s-%d a qb:Observation ; qb:dataSet :%s ; :t \"%s\"^^xsd:date ; :visits %.0f ; :orders %.0f .\n", g, i, g, civil(dated == "first" ? starts(g, i) : starts(g, i + 1) - 1), visits, orders
      }
    }
  }' >"$1.ttl"
  "$PROPTER" -g "$1" load "$1.ttl" >load.out 2>&1 || { cat load.out; echo "Bail out! load"; exit 1; }
}
made first; made last
# What a command prints of either graph, without the time that it took.
both() { # name, what must be in it, command...
  name=$1; text=$2; shift 2
  for d in first last; do "$PROPTER" -g $d "$@" 2>&1 | sed 's/ in [0-9.]* m*s\b.*//; s/[0-9.]* ms\b//g' >$d.out; done
  if cmp -s first.out last.out && grep -qF -- "$text" last.out; then ok "$name"; else not_ok "$name" "$(diff first.out last.out; grep -cF -- "$text" last.out; head -20 last.out)"; fi
}
grep -q '"2010-01-10"' last.ttl && grep -q '"1992-02-29"' last.ttl && ok 'the figures stand at the last days' || not_ok 'the figures stand at the last days'
both 'moves' '2010-10-11,2010-10-17' detect --format csv
both 'detectors' 'spike' detect --detectors
both 'links' 'visits' links
both 'inference' 'hypotheses' infer
while read -r grain from to; do
  set -- why --metric "https://example.org/ends#$grain-visits" --from "$from" --to "$to" --numbers
  both "a question, $grain" 'it moved' "$@"
  both "a question by what was known, $grain" 'lies outside the data' "$@" --known-by "$from"
  both "the moves of a time, $grain" '1 pattern' detect --metric "https://example.org/ends#$grain-visits" --from "$from" --to "$to"
done <<END_OF
P7D 2010-10-11 2010-10-17
P1M 1993-05-01 1993-05-31
P3M 2000-01-01 2000-03-31
END_OF
both 'a question in words' '2010' why 'Why did P7D visits fall in the week of 11 October 2010?' --today 2012-01-01
echo "1..$n"
