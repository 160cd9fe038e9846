#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# page.sh PROPTER DRIVE BROWSER [HYPOTHESES]: how long the page's list of hypotheses takes to show, turn, sort and filter over very many made hypotheses (default
# 1,000,000), measured in the browser from the click to the table: bench page-NAME VALUE ms.
set -eu
propter=$1 drive=$2 browser=$3 count=${4:-1000000}
t=$(mktemp -d "${TMPDIR:-/tmp}/propter-page-XXXXXX"); server=; trap '[ -z "$server" ] || kill "$server"; rm -rf "$t"' EXIT
awk -v n="$count" 'function decimal(  d) { d = sprintf("%.6f", rand()); sub(/0+$/, "", d); sub(/\.$/, ".0", d); return d } # as propter infer writes them
  BEGIN { srand(1); p = "<https://w3id.org/propter#"; a = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"; l = "<http://www.w3.org/2004/02/skos/core#prefLabel>"
  x = "^^<http://www.w3.org/2001/XMLSchema#"; split("Both TextOnly DataOnly Contradicted Unsupported", grade, " ")
  for (m = 0; m < 500; m++) printf "<http://x/m%d> %s %sMetric> .\n<http://x/m%d> %s \"metric number %d\"@en .\n", m, a, p, m, l, m
  for (c = 0; c < 2000; c++) printf "<http://x/c%d> %s \"cause number %d\"@en .\n", c, l, c
  for (q = 0; q < n / 5; q++) { y = 2000 + q % 24; k = q % 12 + 1
    printf "<http://x/p%d> %s %sPattern> .\n<http://x/p%d> %smetric> <http://x/m%d> .\n<http://x/p%d> %sstart> \"%d-%02d-01\"%sdate> .\n<http://x/p%d> %send> \"%d-%02d-28\"%sdate> .\n", q, a, p, q, p, q % 500, q, p, y, k, x, q, p, y, k, x }
  for (h = 0; h < n; h++)
    printf "<http://x/h%d> %s %sHypothesis> .\n<http://x/h%d> %sprobability> \"%s\"%sdecimal> .\n<http://x/h%d> %spattern> <http://x/p%d> .\n<http://x/h%d> %scause> <http://x/c%d> .\n<http://x/h%d> %sgrade> %s%s> .\n", h, a, p, h, p, decimal(), x, h, p, int(h / 5), h, p, int(2000 * rand()), h, p, p, grade[h % 5 + 1] }' |
  "$propter" -g "$t/g" load --format ntriples --graph-iri http://x/g - >"$t/load" 2>&1 || { cat "$t/load"; exit 1; }
"$propter" -g "$t/g" serve --port 0 >"$t/where" 2>"$t/errors" &
server=$!
while [ ! -s "$t/where" ]; do sleep 0.1; done
"$drive" "$browser" "$t/profile" "$(cat "$t/where")" 1 <<'STEPS' | sed -n "s|^bench \([a-z]*\) |bench page-\1-$count |p"
size 1280 900
go #runs
check the page is there | shown('#rows')
say list | (async () => { const t = performance.now(); state.list = 'hypotheses'; state.offset = 0; state.order = null; await showList(); return document.querySelectorAll('#rows tbody tr').length + ' rows: ' + Math.round(performance.now() - t) + ' ms'; })()
say turn | (async () => { const t = performance.now(); state.offset = 1000; await showList(); return document.querySelectorAll('#rows tbody tr').length + ' rows: ' + Math.round(performance.now() - t) + ' ms'; })()
say deep | (async () => { const t = performance.now(); state.offset = 500000; await showList(); return document.querySelectorAll('#rows tbody tr').length + ' rows: ' + Math.round(performance.now() - t) + ' ms'; })()
say sort | (async () => { const t = performance.now(); state.offset = 0; state.order = '?metric'; await showList(); return document.querySelectorAll('#rows tbody tr').length + ' rows: ' + Math.round(performance.now() - t) + ' ms'; })()
say sortdate | (async () => { const t = performance.now(); state.order = 'DESC(?from)'; await showList(); return document.querySelectorAll('#rows tbody tr').length + ' rows: ' + Math.round(performance.now() - t) + ' ms'; })()
say sortcause | (async () => { const t = performance.now(); state.order = '?cause'; await showList(); return document.querySelectorAll('#rows tbody tr').length + ' rows: ' + Math.round(performance.now() - t) + ' ms'; })()
say sortgrade | (async () => { const t = performance.now(); state.order = 'DESC(?grade)'; await showList(); return document.querySelectorAll('#rows tbody tr').length + ' rows: ' + Math.round(performance.now() - t) + ' ms'; })()
say filter | (async () => { const t = performance.now(); state.order = null; $('contains').value = 'cause number 1234'; await showList(); return document.querySelectorAll('#rows tbody tr').length + ' rows: ' + Math.round(performance.now() - t) + ' ms'; })()
STEPS
