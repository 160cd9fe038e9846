#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# make check-large: one line of 2 GB, in each form that is read. Each must be refused for its length, with little memory, and leave the graph as
# it was. Not part of make check: it writes 2.2 GB into $TMPDIR and takes minutes; the limit itself is tested there with shorter lines.
t=$(mktemp -d "${TMPDIR:-/tmp}/propter-large-XXXXXX"); trap 'rm -rf "$t"' EXIT
cd "$t" || exit 99
bad=0
"$PROPTER" -g g init >/dev/null 2>&1 && "$PROPTER" -g g load "$srcdir/ontology/propter.ttl" >/dev/null 2>&1 || exit 99
# A refused document is on record: the graph is what it was but for the records of runs.
dump() { "$PROPTER" -g g export --canonical 2>/dev/null | grep -v '<https://w3id.org/propter/run/'; }
dump >before.nq
line() { yes 'more of the same ' | tr -d '\n' | head -c 2200000000; }
refused() { # name, exit code wanted, command...; standard input goes to the command
  name=$1; want=$2; shift 2
  "$builddir/tests/support/measure" "$PROPTER" -g g "$@" >out 2>&1; code=$?
  dump | cmp -s - before.nq && same=unchanged || same=CHANGED
  echo "$name: exit $code, graph $same: $(tail -2 out | tr '\n' ' ' | cut -c1-300)"
  [ $code -eq "$want" ] && [ $same = unchanged ] || bad=1
}
(printf '<a:s> <a:p> "'; line) | refused 'N-Triples through a pipe' 5 load --default-graph --format ntriples -
(printf '<a:s> <a:p> "'; line) | refused 'Turtle through a pipe' 5 load --default-graph --format turtle -
(printf 'day,value\n2010-01-01,'; line) >big.csv
cat >map.ttl <<'EOF'
@prefix rml: <http://w3id.org/rml/> .
<#m> a rml:TriplesMap ; rml:logicalSource [ rml:source [ a rml:RelativePathSource ; rml:path "big.csv" ] ; rml:referenceFormulation rml:CSV ] ;
  rml:subjectMap [ rml:template "http://x/{day}" ] ;
  rml:predicateObjectMap [ rml:predicate <http://x/value> ; rml:objectMap [ rml:reference "value" ] ] .
EOF
refused 'CSV' 5 ingest map.ttl
for ending in txt md html docx; do mv big.* "big.$ending"; refused "$ending" 1 read "big.$ending"; done
exit $bad
