#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPARQL from outside: forms, formats, refusals, deadline.
. "$srcdir/tests/cli/tap.sh"
t=$(mktemp -d "${TMPDIR:-/tmp}/propter-query-XXXXXX"); trap 'rm -rf "$t"' EXIT
cd "$t" || exit 99
# Rasqal loses memory when a query is wrong, and librdf the node of each GRAPH; under a leak check that is their matter (tests/librdf checks ours).
printf 'leak:librasqal\nleak:libraptor\n' >leaks; LSAN_OPTIONS="suppressions=$t/leaks:print_suppressions=0:${LSAN_OPTIONS:-}"; export LSAN_OPTIONS
q() { "$PROPTER" -g g query "$@"; }
printf '@prefix : <http://x/> . :a :p 1 ; :q "eins"@de . :b :p 2 . :c :p 3 .' >a.ttl
printf '<http://x/a> <http://x/p> "1"^^<http://www.w3.org/2001/XMLSchema#integer> <http://x/g> .\n' >b.nq
"$PROPTER" -g g load a.ttl b.nq >/dev/null

same 'a triple in two graphs counts once' "$(q -f tsv 'SELECT (COUNT(*) AS ?n) { ?s <http://x/p> ?o }')" "$(printf '?n\n"3"^^<http://www.w3.org/2001/XMLSchema#integer>')"
same 'records of runs are left out' "$(q -f csv 'SELECT (COUNT(*) AS ?n) { ?s ?p ?o }' | tr -d '\r')" "$(printf 'n\n4')"
same 'GRAPH names one' "$(q -f csv 'SELECT ?s { GRAPH <http://x/g> { ?s ?p ?o } }' | tr -d '\r')" "$(printf 's\nhttp://x/a')"
same 'GRAPH ?g' "$(q -f csv 'SELECT ?g { GRAPH ?g { <http://x/a> <http://x/p> ?o } } ORDER BY ?g' | tr -d '\r' | grep -c .)" 3
same 'JSON without unbound' "$(q -f json 'SELECT * { ?s <http://x/p> 2 OPTIONAL { ?s <http://x/q> ?l } }')" '{"head":{"vars":["s","l"]},"results":{"bindings":[
{"s":{"type":"uri","value":"http://x/b"}}
]}}'
expect 'XML' 0 '<literal xml:lang="de">eins</literal>' q -f xml 'SELECT * { ?s <http://x/q> ?l }'
expect 'a table' 0 '(3 rows)' q 'SELECT * { ?s <http://x/p> ?o FILTER(?o > 0) }'
expect 'no rows is an answer' 0 '(0 rows)' q 'SELECT * { ?s <http://x/none> ?o }'
expect 'ASK true' 0 'true' q 'ASK { <http://x/a> ?p ?o }'
expect 'ASK false: exit 1' 1 'false' q 'ASK { <http://x/none> ?p ?o }'
expect 'ASK in JSON' 0 '"boolean":true' q -f json 'ASK { <http://x/a> ?p ?o }'
same 'CONSTRUCT' "$(q -f nt 'CONSTRUCT { ?s <http://x/r> ?o } WHERE { ?s <http://x/q> ?o }')" '<http://x/a> <http://x/r> "eins"@de .'
printf 'PREFIX : <http://x/>\nSELECT ?s { ?s :q ?o }\n' >q.rq
expect 'a query in a file' 0 'http://x/a' q --file q.rq
expect 'relative IRIs with a base' 0 '(1 row)' q --base http://x/ 'SELECT ?o { <b> <p> ?o }'

# Nothing from outside, whatever the query says.
printf '<http://secret/s> <http://secret/p> "secret" .\n' >secret.nt
nothing() { # name, wanted exit code, wanted text, query
  expect "$1" "$2" "$3" q "$4"
  if printf '%s' "$out" | grep -q '"secret"'; then not_ok 'and nothing was read' "$out"; else ok 'and nothing was read'; fi
}
nothing 'FROM names a graph of the store' 0 '(0 rows)' "SELECT * FROM <file://$t/secret.nt> { ?s ?p ?o }"
nothing 'so does FROM NAMED' 0 '(0 rows)' "SELECT * FROM NAMED <file://$t/secret.nt> { GRAPH ?g { ?s ?p ?o } }"
nothing 'SERVICE is refused' 3 'not allowed' 'SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }'
nothing 'SERVICE SILENT gives nothing' 0 '(1 row)' 'SELECT * { service silent <http://127.0.0.1:9/> { ?s ?p ?o } }'
expect 'FROM a graph that is there' 0 '(1 row)' q 'SELECT * FROM <http://x/g> { ?s ?p ?o }'
expect 'a word in a string is no keyword' 0 '(0 rows)' q 'SELECT * { ?s ?p " SERVICE FROM LOAD " # SERVICE
}'
expect 'nor in a name or an IRI' 0 '(0 rows)' q 'PREFIX service: <http://x/-SERVICE> PREFIX s: <http://x/> SELECT ?from { ?from s:service "x" }'
expect 'an update' 3 'propter update' q 'INSERT DATA { <a:s> <a:p> 1 }'
expect 'an empty text is no query' 3 'expected a query, found nothing' q ' '
expect 'DESCRIBE' 0 '"eins"@de' q 'DESCRIBE <http://x/a>'
long=http://x/$(printf '%0100d' 7)
echo "<$long> <http://x/long> \"$long\" ." >long.nt
"$PROPTER" -g g load long.nt >/dev/null
expect 'a table in a pipe cuts nothing' 0 "<$long>  $long" q 'SELECT * { ?s <http://x/long> ?o }'
expect 'the plan' 0 'estimated' q --explain 'SELECT ?s { ?s <http://x/p> ?o . ?s <http://x/q> ?l }'
expect 'the plan as JSON' 0 '"operator":"project"' q --explain -f json 'SELECT ?s { ?s <http://x/p> ?o }'
u() { "$PROPTER" -g g update "$@"; }
expect 'an update is counted' 0 'added 2 quads, removed 0; run r-' u 'INSERT DATA { <http://u/a> <http://u/p> 1 . GRAPH <http://u/g> { <http://u/b> <http://u/p> 2 } }'
expect 'a dry run changes nothing' 0 'would add 0 quads, remove 1' u --dry-run 'CLEAR GRAPH <http://u/g>'
expect 'it is there' 0 '(2 rows)' q 'SELECT * { ?s <http://u/p> ?o }'
expect 'an update can be undone' 0 '' "$PROPTER" -g g undo last
expect 'it is gone' 0 '(0 rows)' q 'SELECT * { ?s <http://u/p> ?o }'
expect 'CLEAR ALL leaves the records of runs' 0 '' sh -c '"$0" -g g update --dry-run "CLEAR ALL"' "$PROPTER"
expect 'LOAD is refused' 3 'LOAD is not allowed' u "LOAD <file://$t/secret.nt>"
expect 'a query is no update' 3 'propter query' u 'ASK {}'
expect 'a mistake in an update has its line' 3 'update:1:15' u 'INSERT DATA { ?x <a:p> 1 }'
expect 'a mistake has its line' 3 'query:2' q 'SELECT *
{ ?s ?p }'
expect 'a path' 0 '(3 rows)' q 'SELECT * { ?s <http://x/p>+ ?o }'
expect 'nothing at all' 3 '' q ''
expect 'no query' 2 'expected either a query or --file' q
expect 'unknown format' 2 'expected one of table' q -f docx 'ASK {}'
expect 'CSV cannot say true' 2 'cannot say true or false' q -f csv 'ASK { ?s ?p ?o }'
expect 'no graph' 3 'no graph here' "$PROPTER" -g none query 'ASK {}'
i=0; while [ $i -lt 400 ]; do echo "<a:s$i> <a:p> $i ."; i=$((i + 1)); done >many.ttl
"$PROPTER" -g g load many.ttl >/dev/null
expect 'the deadline holds' 5 'deadline' q --timeout 0.5 'SELECT (COUNT(*) AS ?n) { ?a <a:p> ?b . ?c <a:p> ?d . ?e <a:p> ?f . ?g <a:p> ?h }'
expect 'a plan of what the deadline ends' 5 'planning  ' q --timeout 0.5 --explain 'SELECT (COUNT(*) AS ?n) { ?a <a:p> ?b . ?c <a:p> ?d . ?e <a:p> ?f . ?g <a:p> ?h }'
expect 'and its error' 5 'deadline' q --timeout 0.5 --explain 'SELECT (COUNT(*) AS ?n) { ?a <a:p> ?b . ?c <a:p> ?d . ?e <a:p> ?f . ?g <a:p> ?h }'
expect 'a cap on memory' 5 'it may use' q --timeout 600 --memory 8 'SELECT DISTINCT ?a ?b ?c { ?a <a:p> ?x . ?b <a:p> ?y . ?c <a:p> ?z }'
expect 'nothing leaks onto standard error' 0 '' sh -c '[ -z "$("$0" -g g query "SELECT (SUM(?o) AS ?n) { ?s <a:p> ?o } GROUP BY ?x" 2>&1 >/dev/null)" ]' "$PROPTER"
echo "1..$n"
