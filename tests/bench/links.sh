#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# links.sh [STORES]: stores with five figures each (18: 90 metrics) over two years of days, in which refunds follow delivery days, visits ad spend and orders
# visits; then nights, each on its own copy of the graph: nothing; a week of days for every figure (1 %); a figure of an old day corrected; the days after which a
# month is over. Processor time of `propter links --write` with what it kept against a copy without; both must end in the same statements. PROPTER names the
# program. Prints bench lines; exit 1 where the statements differ.
set -u
: "${PROPTER:?names the program}"
stores=${1:-18} dir=$(mktemp -d) || exit 75
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 75
must() { "$@" >out 2>&1 || { cat out >&2; exit 1; }; }

days() { # from, to: the days as Turtle; with those before day 1 the definitions
  awk -v from="$1" -v to="$2" -v stores="$stores" 'function noise() { return uniform() + uniform() + uniform() + uniform() - 2 }
  function uniform() { seed = (seed * 16807) % 2147483647; return seed / 2147483647 }
  BEGIN {
    seed = 7
    print "@prefix : <https://example.org/shop#> . @prefix p: <https://w3id.org/propter#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> ."
    print "@prefix qb: <http://purl.org/linked-data/cube#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> ."
    n = split("ads visits orders delivery refunds", what, " ")
    for (s = 1; s <= stores && !from; s++) {
      printf ":s%d a skos:Concept ; skos:inScheme :stores ; skos:prefLabel \"store %d\" .\n", s, s
      for (m = 1; m <= n; m++)
        printf ":%s-%d a p:Metric ; skos:prefLabel \"%s %d\" ; p:dataset :cube ; p:measure :%s ; p:timeDimension :day ; p:grain \"P1D\"^^xsd:duration ; p:aggregation p:Sum ; p:fixed [ p:dimension :store ; p:member :s%d ] .\n", what[m], s, what[m], s, what[m], s
    }
    split("31 28 31 30 31 30 31 31 30 31 30 31", length_of, " ")
    y = 2024; m = 1; d = 1
    for (i = 0; i < to; i++) {
      day = sprintf("%d-%02d-%02d", y, m, d)
      for (s = 1; s <= stores; s++) {
        ads = 50 + 6 * noise(); visits = 400 + 3 * last_ads[s] + 8 * noise(); orders = .5 * visits + 4 * noise()
        delivery = 3 + .5 * noise(); refunds = 20 + 4 * (i ? last_delivery[s] : 3) + noise()
        if (i >= from) printf ":o%d-%d a qb:Observation ; qb:dataSet :cube ; :day \"%s\"^^xsd:date ; :store :s%d ; :ads %.2f ; :visits %.2f ; :orders %.2f ; :delivery %.3f ; :refunds %.2f .\n", i, s, day, s, ads, visits, orders, delivery, refunds
        last_ads[s] = ads; last_delivery[s] = delivery
      }
      if (++d > length_of[m] + (m == 2 && y % 4 == 0)) { d = 1; if (++m > 12) { m = 1; y++ } }
    }
  }'
}
seconds() { awk 'NR == 2 { split($1, u, /[ms]/); split($2, s, /[ms]/); print 60 * (u[1] + s[1]) + u[2] + s[2] }' "$1"; } # of what `times` wrote: by programs that have ended
searched() { # graph: sets cpu
  times >before # not in a subshell, which has spent nothing
  "$PROPTER" --threads 1 -g "$1" links --write >out 2>&1 || { cat out >&2; exit 1; }
  times >after
  cpu=$(awk -v a="$(seconds after)" -v b="$(seconds before)" 'BEGIN { print a - b }')
}
statements() { # graph
  iri=$(sed -n 's/^graph *\(https:[^ ]*\): .*/\1/p' out)
  "$PROPTER" -g "$1" export --graph-iri "$iri" --canonical | grep -v 'propter#run>'
}

days 0 735 >all.ttl # to 4 January 2026
must "$PROPTER" -g base load all.ttl
must "$PROPTER" -g base links --write
for night in nothing week correction month; do
  rm -rf kept anew
  cp -r base kept
  case $night in
    week) days 735 742 >night.ttl && must "$PROPTER" -g kept load night.ttl ;;
    month) days 735 763 >night.ttl && must "$PROPTER" -g kept load night.ttl ;;
    correction)
      sed '/^:o200-1 /s/:ads /:ads 1/' all.ttl >old.ttl && mv all.ttl right.ttl && mv old.ttl all.ttl && must "$PROPTER" -g kept load all.ttl && mv right.ttl all.ttl ;;
  esac
  cp -r kept anew
  rm -f anew/links-*.kept
  for graph in kept anew; do must "$PROPTER" -g "$graph" status; done # a copy is verified at its first use, which is no part of a night
  searched kept
  night_cpu=$cpu
  statements kept >kept.nq
  searched anew
  statements anew >anew.nq
  [ -s kept.nq ] && cmp -s kept.nq anew.nq || { echo "links.sh: after $night the links differ from those of a full search" >&2; exit 1; }
  awk -v name="$night" -v a="$night_cpu" -v b="$cpu" 'BEGIN { printf "bench links-night-%s %.3g s vs anew %.3g %.3g\n", name, a, b, b / a }'
done
