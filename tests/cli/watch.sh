#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# propter watch: stored questions, reported and posted only when the answer changed; what may be posted to; a job file; nothing lost when a webhook is away.
. "$srcdir/tests/cli/tap.sh"
t=$(mktemp -d "${TMPDIR:-/tmp}/propter-watch-XXXXXX"); pids=; trap 'for p in $pids; do kill "$p" 2>/dev/null; done; rm -rf "$t"' EXIT
cd "$t" || exit 99
listen() { # file, status: sets port
  "$builddir/tests/http/listen" "$2" >"$1" & pids="$pids $!"
  filled "$1"
  port=$(head -1 "$1")
}
awk 'BEGIN {
  print "@prefix : <https://example.org/parcels#> . @prefix propter: <https://w3id.org/propter#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> ."
  print "@prefix qb: <http://purl.org/linked-data/cube#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> ."
  print ":cube a qb:DataSet .\n:sent a propter:Metric ; skos:prefLabel \"parcels sent\" ; propter:dataset :cube ; propter:measure :count ; propter:timeDimension :month ;"
  print "  propter:grain \"P1M\"^^xsd:duration ; propter:aggregation propter:Sum ; propter:concept :depot . :depot skos:prefLabel \"depot\" ."
  for (i = 0; i < 72; i++) {
    d = sprintf("%d-%02d-01", 2010 + int(i / 12), i % 12 + 1)
    printf ":o%d a qb:Observation ; qb:dataSet :cube ; :month \"%s\"^^xsd:date ; :count %d .\n", i, d, 5000 + 8 * i + (i * 37 % 23) - 11 - (d == "2013-05-01" ? 900 : 0)
  }
}' >parcels.ttl
cat >strike.ttl <<'T'
@prefix : <https://example.org/parcels#> . @prefix propter: <https://w3id.org/propter#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
:strike a propter:Event ; skos:prefLabel "Drivers strike" ; propter:concept :walkout ; propter:scope :depot ; propter:start "2013-05-02"^^xsd:date ; propter:end "2013-05-30"^^xsd:date ;
  propter:dose [ propter:value -900.0 ; propter:profile propter:Pulse ; propter:source "about 900 parcels stayed" ] . :walkout skos:prefLabel "strike" .
T
"$PROPTER" -g g load parcels.ttl >/dev/null 2>&1
p() { command=$1; shift; "$PROPTER" -g g --today 2016-02-10 "$command" "$@"; }
watch() { p watch "$@"; }
listen posts 200; hook=http://127.0.0.1:$port/answers

expect 'nothing is watched' 0 '0 of 0 answers changed' watch
expect 'a question that is not understood is not watched' 7 'words-left' watch add 'parcels sent to the moon in May 2013'
expect 'nor one about another time than the data' 3 '2010-01-01 to 2015-12-31' watch add 'parcels sent in 1999'
expect 'a question is' 0 'cause-unknown' watch add why did parcels sent fall in May 2013 --webhook "$hook"
expect 'so is a second one' 0 'did-not-move' watch add 'parcels sent in July 2012'
expect 'they are listed' 0 "posted to $hook" watch list
expect 'a webhook that is no URL' 3 'expected http://HOST' watch add 'parcels sent in July 2012' --webhook file:///etc/passwd
expect 'nothing new, nothing changed' 0 '0 of 2 answers changed' watch
version=$("$PROPTER" -g g status | sed -n 's/^version  //p')
watch >/dev/null 2>&1
[ "$("$PROPTER" -g g status | sed -n 's/^version  //p')" = "$version" ] && ok 'and nothing is written' || not_ok 'and nothing is written'

p load strike.ttl >/dev/null 2>&1
expect 'a dry run tells of a change' 0 'now  WHY m:sent DURING "2013-05-01" TO "2013-05-31": answered, Drivers strike' watch --dry-run
expect 'no list, no post: the option is named' 3 "<$hook> is not allowed: expected --allow-webhook" watch
expect 'what changed is counted all the same' 3 '1 of 2 answers changed, 1 not posted' watch
expect 'another list, no post' 3 'is not allowed: expected --allow-webhook' watch --allow-webhook http://127.0.0.1:1/
expect 'public hosts are not this machine' 3 'not public' watch --allow-webhook http:
[ "$(wc -l <posts)" -eq 1 ] && ok 'nothing was posted' || not_ok 'nothing was posted' "$(cat posts)"
expect 'allowed, it is posted' 0 '1 of 2 answers changed' watch --allow-webhook "http://127.0.0.1:$port/"
[ "$(wc -l <posts)" -eq 2 ] && ok 'once' || not_ok 'once' "$(cat posts)"
tail -1 posts | grep -q '"was":"WHY m:sent DURING .*: cause-unknown","now":"WHY m:sent DURING .*: answered, Drivers strike.*","answer":{"schema":"https://w3id.org/propter/answer/1"' && ok 'with what was, what is, and the answer' || not_ok 'what was posted' "$(tail -1 posts)"
expect 'and not again' 0 '0 of 2 answers changed' watch --allow-webhook "http://127.0.0.1:$port/"

"$PROPTER" -g g update 'DELETE WHERE { GRAPH ?g { <https://example.org/parcels#strike> ?p ?o } }' >/dev/null 2>&1
listen broken 500; away=http://127.0.0.1:$port/
watch add why did parcels sent fall in May 2013 --webhook "$away" >/dev/null 2>&1; p load --replace strike.ttl >/dev/null 2>&1 || p load strike.ttl >/dev/null 2>&1
"$PROPTER" -g g update 'INSERT DATA { <https://example.org/parcels#strike> <https://w3id.org/propter#knownFrom> "2013-06-01"^^<http://www.w3.org/2001/XMLSchema#date> }' >/dev/null 2>&1
out=$(watch --dry-run 2>&1); case $out in *'1 of 2'*) ok 'changed back' ;; *) not_ok 'changed back' "$out" ;; esac
out=$(watch --allow-webhook "$away" 2>&1); got=$?
case $got$out in 75*'not posted'*'1 of 2 answers changed, 1 not posted'*) ok 'a webhook that fails is told' ;; *) not_ok "a webhook that fails is told: exit $got" "$out" ;; esac
out=$(watch --dry-run 2>&1); case $out in *'1 of 2'*) ok 'and its answer waits for the next time' ;; *) not_ok 'its answer waits' "$out" ;; esac
"$PROPTER" -g g update 'DELETE { GRAPH ?g { ?w <https://w3id.org/propter#answer> ?a } } INSERT { GRAPH ?g { ?w <https://w3id.org/propter#answer> "of before" } } WHERE { GRAPH ?g { ?w <https://w3id.org/propter#answer> ?a } }' >/dev/null 2>&1
out=$(watch --allow-webhook "$away" 2>&1); got=$?
case $got$out in 75*'2 of 2 answers changed, 1 not posted'*) ok 'the others are reported and kept' ;; *) not_ok "the others are reported and kept: exit $got" "$out" ;; esac
out=$(watch --dry-run 2>&1); case $out in *'1 of 2'*) ok 'and the one alone waits' ;; *) not_ok 'the one alone waits' "$out" ;; esac

printf '[job]\nname = night\n[infer]\n[watch]\nallow-webhook = http://127.0.0.1:1/\n' >job.ini
name=$(watch list | sed -n 's/^\([0-9a-f]*\)  why did.*/\1/p')
expect 'a question is dropped' 0 'dropped  why did parcels' watch drop "$name"
expect 'a name nobody has' 3 'propter watch list' watch drop "$name"
expect 'the job watches' 0 'watch   0 of 1 answers changed' p run job.ini
expect 'an unknown word' 2 'expected check, add, list or drop' watch forget
expect 'watching can be undone' 0 'undid run' "$PROPTER" -g g undo "$("$PROPTER" -g g watch add 'parcels sent in August 2012' >/dev/null && echo last)"
expect 'then it is not watched' 0 'July 2012' watch list
printf '%s' "$out" | grep -q 'August 2012' && not_ok 'the undone one is gone' "$out" || ok 'the undone one is gone'
echo "1..$n"
