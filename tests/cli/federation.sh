#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SERVICE and LOAD: off by default, what a list allows, no address that is not public unless its host is named; a server of ours is the other machine.
. "$srcdir/tests/cli/tap.sh"
t=$(mktemp -d "${TMPDIR:-/tmp}/propter-federation-XXXXXX"); first=; second=; trap '[ -z "$first" ] || kill "$first"; [ -z "$second" ] || kill "$second"; rm -rf "$t"' EXIT
cd "$t" || exit 99
http_proxy=http://127.0.0.1:9; export http_proxy # must not be used

serve() { # folder, options...: sets port
  g=$1; shift
  "$PROPTER" -g "$g" serve --port 0 "$@" >"$g.where" 2>"$g.errors" &
  pid=$!; filled "$g.where"
  port=$(sed -n 's|^http://127.0.0.1:\([0-9]*\)/$|\1|p' "$g.where")
  case $port in ''|0) not_ok "a server for $g" "$(cat "$g.where" "$g.errors")"; echo "1..$n"; exit 1 ;; esac
}
printf '@prefix : <http://x/> . :a :name "there", "dort"@de ; :n 1 . :b :name "also <&>" ; :n 2.50 . _:z :n 3 .\n' >there.ttl
printf '@prefix : <http://x/> . :a :here true . _:z :here false .\n' >here.ttl
"$PROPTER" -g there load --default-graph there.ttl >/dev/null; "$PROPTER" -g here load --default-graph here.ttl >/dev/null
printf 'write writing-token-01\n' >tokens; chmod 600 tokens
serve there; first=$pid; far=http://127.0.0.1:$port/sparql
q() { "$PROPTER" -g here query -f csv "$@"; }
u() { "$PROPTER" -g here update "$@"; }
names="PREFIX : <http://x/> SELECT ?s ?l { ?s :here true SERVICE <$far> { ?s :name ?l } } ORDER BY ?l"

expect 'off without a list' 3 'SERVICE is not allowed here: --allow-service URL' q "$names"
expect 'a list that names another port' 3 'not on the list' q --allow-service http://127.0.0.1:1/ "$names"
expect 'and another path' 3 'not on the list' q --allow-service "$far/x" "$names"
expect 'a path is a whole one' 3 'not on the list' q --allow-service "${far%rql}" "$names"
expect 'every public host is not this machine' 3 'not public' q --allow-service http: "$names"
expect 'nor by a name that leads here' 3 'not public' q --allow-service http: "SELECT * { SERVICE <http://localhost:$port/sparql> { ?s ?p ?o } }"
expect 'https: is not http:' 3 'not on the list' q --allow-service https: "$names"
expect 'a rule that is none' 3 'expected http://HOST' q --allow-service ftp://x/ "$names"
expect 'rows of the other graph, joined' 0 'http://x/a,there' q --allow-service "$far" "$names"
if [ "$(printf '%s\n' "$out" | grep -c http://x/a)" = 2 ]; then ok 'all of them and no others'; else not_ok 'all of them and no others' "$out"; fi
expect 'literals come through whole' 0 '"also <&>"	"2.50"^^<http://www.w3.org/2001/XMLSchema#decimal>' "$PROPTER" -g here query -f tsv --allow-service "$far" \
  "PREFIX : <http://x/> SELECT ?l ?n { SERVICE <$far> { :b :name ?l ; :n ?n } }"
expect 'a name allowed by name may lead here' 0 ',also' q --allow-service "http://localhost:$port/" "SELECT ?x ?l { SERVICE <http://localhost:$port/sparql> { ?s <http://x/n> 2.50 ; <http://x/name> ?l } }"
expect 'blank nodes of two graphs stay apart' 0 '(0 rows)' "$PROPTER" -g here query --allow-service "$far" "SELECT * { ?z <http://x/here> false SERVICE <$far> { ?z <http://x/n> 3 } }"
expect 'in a federated filter' 0 'http://x/b' q --allow-service "$far" "SELECT ?s { SERVICE <$far> { ?s <http://x/n> ?n FILTER(?n > 2 && isIRI(?s)) } }"
expect 'what is wrong there is told' 3 'answered with status' q --allow-service "http://127.0.0.1:$port/" "SELECT * { SERVICE <http://127.0.0.1:$port/none> { ?s ?p ?o } }"
expect 'a page is no answer' 3 'expected application/sparql-results+xml' q --allow-service "http://127.0.0.1:$port/" "SELECT * { SERVICE <$far?format=csv> { ?s ?p ?o } }"
expect 'SILENT goes on' 0 'http://x/a,' q --allow-service "http://127.0.0.1:$port/" "SELECT ?s ?l { ?s <http://x/here> true SERVICE SILENT <http://127.0.0.1:$port/none> { ?s <http://x/name> ?l } }"
expect 'nobody there' 75 'cannot fetch' q --allow-service http://127.0.0.1:9/ 'SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }'
expect 'a name and password in the URL' 3 'without user' q --allow-service "$far" "SELECT * { SERVICE <http://me:secret@127.0.0.1:$port/sparql> { ?s ?p ?o } }"

expect 'LOAD is off' 3 'LOAD is not allowed here: --allow-load URL' u "LOAD <file://$t/there.ttl>"
expect 'a folder that is not on the list' 3 'not on the list' u --allow-load "file://$t/none/" "LOAD <file://$t/there.ttl>"
mkdir in; ln -s ../there.ttl in/link.ttl; cp here.ttl in/a%20b.ttl; mkdir in2; cp here.ttl in2/
expect 'a link does not lead out of it' 3 'not on the list' u --allow-load "file://$t/in/" "LOAD <file://$t/in/link.ttl>"
expect 'nor do dots' 3 'not on the list' u --allow-load "file://$t/in/" "LOAD <file://$t/in/../there.ttl>"
expect 'a folder of like name is another' 3 'not on the list' u --allow-load "file://$t/in" "LOAD <file://$t/in2/here.ttl>"
expect 'a file' 0 'added 6 quads' u --allow-load "file://$t/" "LOAD <file://$t/there.ttl> INTO GRAPH <http://x/g>"
expect 'and LOAD adds, it does not replace' 0 'http://x/m' sh -c "'$PROPTER' -g here update 'INSERT DATA { GRAPH <http://x/g> { <http://x/m> <http://x/m> 1 } }' && '$PROPTER' -g here update --allow-load 'file://$t/' 'LOAD <file://$t/here.ttl> INTO GRAPH <http://x/g>' && '$PROPTER' -g here query 'SELECT ?s { GRAPH <http://x/g> { ?s <http://x/m> 1 } }'"
printf '<http://x/c> <http://x/p> 1 .\n<http://x/c> <http://x/p> "broken .\n' >bad.ttl
expect 'a broken file, with its place' 3 'bad.ttl:2' u --allow-load "file://$t/" "LOAD <file://$t/bad.ttl>"
expect 'SILENT adds nothing of it' 0 'added 0 quads' u --allow-load "file://$t/" "LOAD SILENT <file://$t/bad.ttl>"
printf '<http://x/s> <http://x/p> <http://x/o> <http://x/g> .\n' >g.nq
expect 'named graphs are for propter load' 3 'propter load' u --allow-load "file://$t/" "LOAD <file://$t/g.nq>"
expect 'over HTTP' 0 'added' u --allow-load "http://127.0.0.1:$port/data" "LOAD <http://127.0.0.1:$port/data?default> INTO GRAPH <http://x/h>"
expect 'what came' 0 'there' q 'SELECT ?l { GRAPH <http://x/h> { <http://x/a> <http://x/name> ?l } }'
expect 'not from here by a rule for all' 3 'not public' u --allow-load http: "LOAD <http://127.0.0.1:$port/data?default>"

serve here --token-file tokens --allow-service "$far" --allow-load "file://$t/in2/"; second=$pid; here=$port
ask() { "$builddir/tests/http/ask" "$port" "$@"; }
federates() { ask GET /sparql 'Accept: application/n-triples' | grep -c '#BasicFederatedQuery>'; }
if [ -x "$builddir/tests/http/ask" ]; then
  expect 'the service description says so' 0 1 federates
  port=${far#*1:}; port=${port%/*}; expect 'and not of a server without a list' 1 0 federates; port=$here
  expect 'SERVICE in the server' 0 'there' ask POST '/sparql?format=csv' 'Content-Type: application/sparql-query' "$names"
  expect 'another endpoint is refused there' 0 'not on the list' ask POST '/sparql?format=csv' 'Content-Type: application/sparql-query' 'SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }'
  expect 'LOAD in the server' 0 '"added":2' ask POST /sparql 'Content-Type: application/sparql-update
Authorization: Bearer writing-token-01' "LOAD <file://$t/in2/here.ttl> INTO GRAPH <http://x/k>"
  expect 'another file is refused there' 0 'not on the list' ask POST /sparql 'Content-Type: application/sparql-update
Authorization: Bearer writing-token-01' "LOAD <file://$t/here.ttl>"
else ok 'the server # SKIP Check is not installed'; fi
expect 'the help tells of paths, which ask nobody' 0 'SERVICE propter:path' "$PROPTER" query --help
kill -STOP "$first"
expect 'an endpoint that says nothing: the deadline holds' 5 'in time' q --timeout 0.5 --allow-service "$far" "$names"
expect 'also with SILENT' 5 '' q --timeout 0.5 --allow-service "$far" "SELECT * { SERVICE SILENT <$far> { ?s ?p ?o } }"
kill -CONT "$first"
echo "1..$n"
