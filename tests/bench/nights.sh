#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# nights.sh [SEED]: a shop with known truth (retail/README.md) of two years, then nights on which something came in, each on its own copy of the graph: nothing; a
# week of days for every figure (1 %); a document; a figure of an old day corrected, for five figures that were drawn by lot. Processor time of `propter infer`
# with what it kept against --periods all; both must end in the same statements. PROPTER and GENERATE name the programs. Prints bench lines; exit 1 where the
# statements differ.
set -u
: "${PROPTER:?names the program}" "${GENERATE:?names the generator of shops}"
seed=${1:-101} dir=$(mktemp -d) || exit 75
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 75
seconds() { awk 'NR == 2 { split($1, t, /[ms]/); print 60 * t[1] + t[2] }' "$1"; } # of what `times` wrote: by programs that have ended, as 0m0.00s
inferred() { # graph, periods: sets cpu
  times >before # not in a subshell, which has spent nothing
  "$PROPTER" --threads 1 -g "$1" infer --periods "$2" >out 2>&1 || { cat out >&2; exit 1; }
  times >after
  cpu=$(awk -v a="$(seconds after)" -v b="$(seconds before)" 'BEGIN { print a - b }')
}
statements() { "$PROPTER" -g "$1" export --graph-iri https://w3id.org/propter#current --canonical | grep -v 'propter#run>'; }
must() { "$@" >out 2>&1 || { cat out >&2; exit 1; }; }

echo 'days = 738' >shop.conf
must "$GENERATE" shop.conf shop "$seed"
mv shop/shop.csv all.csv
late=$(ls shop/documents | grep review | head -1)
mv "shop/documents/$late" late.txt
awk -F, 'NR == 1 || $1 < "2026-01-01"' all.csv >shop/shop.csv
must "$PROPTER" -g base run shop/job.ini
corrections='2024-05-02,North,tents,store,price,53.78 2025-11-26,North,lamps,store,orders,75 2025-03-26,West,tents,store,stockouts,9
2024-12-11,South,lamps,store,refunds,11 2024-01-26,West,lamps,web,stockouts,8'
for night in nothing week document $corrections; do
  rm -rf kept anew
  cp shop/shop.csv figures.csv
  cp -r base kept
  case $night in
    week) cp all.csv shop/shop.csv && must "$PROPTER" -g kept ingest shop/mapping.ttl ;;
    *,*)
      awk -F, -v OFS=, -v new="$night" 'BEGIN { split(new, n) } NR == 1 { for (i = 1; i <= NF; i++) if ($i == n[5]) at = i }
        $1 == n[1] && $2 == n[2] && $3 == n[3] && $4 == n[4] { $at = n[6] } { print }' figures.csv >shop/shop.csv
      must "$PROPTER" -g kept ingest shop/mapping.ttl ;;
    document) cp late.txt "shop/documents/$late" && must "$PROPTER" -g kept read shop/documents ;;
  esac
  cp figures.csv shop/shop.csv
  cp -r kept anew
  for graph in kept anew; do must "$PROPTER" -g "$graph" status; done # a copy is verified at its first use, which is no part of a night
  inferred kept new
  night_cpu=$cpu
  inferred anew all
  statements kept >kept.nq
  statements anew >anew.nq
  cmp -s kept.nq anew.nq || { echo "nights.sh: after $night the results differ from a full run's" >&2; exit 1; }
  awk -v name="$night" -v a="$night_cpu" -v b="$cpu" 'BEGIN { printf "bench infer-night-%s %.3g s vs all %.3g %.3g\n", name, a, b, a / b }'
done
