#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# page.sh PROPTER DRIVE BROWSER [HYPOTHESES]: how long the page takes over very many made hypotheses: its lists to show, turn, sort and filter, the other views (default
# 1,000,000), measured in the browser from the click to the table, and the processor time of the server: bench page-NAME VALUE ms.
set -eu
propter=$1 drive=$2 browser=$3 count=${4:-1000000}
t=$(mktemp -d "${TMPDIR:-/tmp}/propter-page-XXXXXX"); server=; trap '[ -z "$server" ] || kill "$server"; rm -rf "$t"' EXIT
awk -v n="$count" 'function decimal(  d) { d = sprintf("%.6f", rand()); sub(/0+$/, "", d); sub(/\.$/, ".0", d); return d } # as propter infer writes them
  BEGIN { srand(1); p = "<https://w3id.org/propter#"; a = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"; l = "<http://www.w3.org/2004/02/skos/core#prefLabel>"
  x = "^^<http://www.w3.org/2001/XMLSchema#"; split("Both TextOnly DataOnly Contradicted Unsupported", grade, " ")
  for (m = 0; m < 500; m++) printf "<http://x/m%d> %s %sMetric> .\n<http://x/m%d> %s \"metric number %d\"@en .\n", m, a, p, m, l, m
  for (c = 0; c < 2000; c++) printf "<http://x/c%d> %s \"cause number %d\"@en .\n", c, l, c
  for (q = 0; q < n / 5; q++) { y = 2000 + q % 24; k = q % 12 + 1
    printf "<http://x/p%d> %s %sPattern> .\n<http://x/p%d> %smetric> <http://x/m%d> .\n<http://x/p%d> %sstart> \"%d-%02d-01\"%sdate> .\n<http://x/p%d> %send> \"%d-%02d-28\"%sdate> .\n", q, a, p, q, p, q % 500, q, p, y, k, x, q, p, y, k, x
    printf "<http://x/p%d> %spatternKind> %sSpike> .\n<http://x/p%d> %sobserved> \"%d.0\"%sdecimal> .\n<http://x/p%d> %sexpected> \"%d.0\"%sdecimal> .\n<http://x/p%d> %sdeviation> \"%d.0\"%sdecimal> .\n<http://x/p%d> %sscore> \"%s\"%sdecimal> .\n", q, p, p, q, p, 100 + q % 77, x, q, p, 100, x, q, p, q % 77, x, q, p, decimal(), x }
  for (h = 0; h < n; h++)
    printf "<http://x/h%d> %s %sHypothesis> .\n<http://x/h%d> %sprobability> \"%s\"%sdecimal> .\n<http://x/h%d> %spattern> <http://x/p%d> .\n<http://x/h%d> %scause> <http://x/c%d> .\n<http://x/h%d> %sgrade> %s%s> .\n", h, a, p, h, p, decimal(), x, h, p, int(h / 5), h, p, int(2000 * rand()), h, p, p, grade[h % 5 + 1] }' |
  "$propter" -g "$t/g" load --format ntriples --graph-iri http://x/g - >"$t/load" 2>&1 || { cat "$t/load"; exit 1; }
"$propter" -g "$t/g" serve --port 0 >"$t/where" 2>"$t/errors" &
server=$!
while [ ! -s "$t/where" ]; do sleep 0.1; done
HOME=$t "$drive" "$browser" "$t/profile" "$(cat "$t/where")" 1 <<'STEPS' | sed -n "s|^bench \([a-z-]*\) |bench page-\1-$count |p"
size 1280 900
go #runs
check the page is there | shown('#rows')
do globalThis.spent = async () => 1000 * /^process_cpu_seconds_total (\S+)/m.exec(await (await fetch('/metrics')).text())[1]
do globalThis.timed = async (name, act) => { const before = await spent(), began = performance.now(); await act(); const took = performance.now() - began; return `${Math.round(took)} ms\nbench ${name}-processor ${Math.round(await spent() - before)} ms`; }
do globalThis.list = (name, offset, order, words = '') => timed(name, async () => { Object.assign(state, { list: 'hypotheses', rest: '', offset, order }); $('contains').value = words; await showList(); if (document.querySelectorAll('#rows tbody tr').length !== 50) throw new Error(text('#rows')); })
say list | list('list', 0, null)
say list-again | list('list-again', 0, null)
say turn | list('turn', 1000, null)
say deep | list('deep', 500000, null)
say sort | list('sort', 0, '?metric')
say sortdate | list('sortdate', 0, 'DESC(?from)')
say sortcause | list('sortcause', 0, '?cause')
say sortgrade | list('sortgrade', 0, 'DESC(?grade)')
say filter | list('filter', 0, null, 'cause number 1234')
say begin | timed('begin', showBegin)
say patterns | timed('patterns', async () => { Object.assign(state, { list: 'patterns', rest: '', offset: 0, order: null }); $('contains').value = ''; await showList(); if (document.querySelectorAll('#rows tbody tr').length !== 50) throw new Error(text('#rows')); })
say patterns-filter | timed('patterns-filter', async () => { $('contains').value = 'number 499'; await showList(); })
say patterns-metric | timed('patterns-metric', async () => { $('contains').value = ''; state.order = '?metric'; await showList(); })
say sources | timed('sources', async () => { Object.assign(state, { list: 'sources', rest: '', offset: 0, order: null }); await showList(); })
say links | timed('links', () => showGraph(null))
say metric | timed('metric', () => showMetric('http://x/m1'))
say predicates | timed('predicates', showPredicates)
STEPS
