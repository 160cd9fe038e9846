#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# No command steers the terminal: labels, ids, quotes, cells, file names and arguments hold ESC, BEL, CSI in eight bits and a turn of direction; whatever is
# printed, on both streams, none of it comes through. Formats for programs are read on a terminal, too (script(1)), where they are made as harmless.
. "$srcdir/tests/cli/tap.sh"
t=$(mktemp -d "${TMPDIR:-/tmp}/propter-terminal-XXXXXX"); trap 'rm -rf "$t"' EXIT
cd "$t" || exit 99
bad=$(printf '\033[31mred\007\302\2332J\342\200\256evil\033]0;title\007')
mkdir -p docs folder
awk -v bad="$bad" 'BEGIN {
  print "@prefix : <https://example.org/p#> . @prefix propter: <https://w3id.org/propter#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> ."
  print "@prefix qb: <http://purl.org/linked-data/cube#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix dct: <http://purl.org/dc/terms/> ."
  print ":cube a qb:DataSet ; dct:title \"Parcels " bad "\" ."
  print ":sent a propter:Metric ; skos:prefLabel \"parcels sent " bad "\" ; skos:altLabel \"parcels\" ; propter:dataset :cube ; propter:measure :sentCount ; propter:timeDimension :month ;"
  print "  propter:concept :depot ; propter:grain \"P1M\"^^xsd:duration ; propter:aggregation propter:Sum ; propter:unitLabel \"u" bad "\" ; propter:owner \"boss " bad "\" ."
  print ":depot a skos:Concept ; skos:prefLabel \"depot " bad "\" ."
  for (i = 0; i < 72; i++) {
    d = sprintf("%d-%02d-01", 2010 + int(i / 12), i % 12 + 1); sent = 5000 + 8 * i + (i * 37 % 23) - 11 - (d == "2013-05-01" ? 900 : 0) + (d == "2015-10-01" ? 700 : 0)
    printf ":o%d a qb:Observation ; qb:dataSet :cube ; :month \"%s\"^^xsd:date ; :sentCount %d ; propter:sourceFile \"f%s.csv\" ; propter:sourceRow %d ; propter:sourceColumn \"sent%s\" .\n", i, d, sent, bad, i + 2, bad
  }
  print ":strike a propter:Event ; skos:prefLabel \"Strike " bad "\" ; propter:concept :walkout ; propter:scope :depot ; propter:start \"2013-05-02\"^^xsd:date ; propter:end \"2013-05-30\"^^xsd:date ; propter:dose [ propter:value -900.0 ; propter:profile propter:Pulse ; propter:source \"src " bad "\" ] ."
  print ":walkout a skos:Concept ; skos:prefLabel \"walkout " bad "\" ; propter:nextStep \"next " bad "\" ."
  print ":claim a propter:Claim ; propter:cause :walkout ; propter:effect :depot ; propter:polarity propter:Decrease ; propter:confidence 0.8 ; propter:document :doc ; propter:quote \"because of " bad "\" ; propter:causeText \"" bad "\" ; propter:rule \"because\" ; propter:charStart 1 ; propter:charEnd 20 ."
  print ":doc a propter:Document ; propter:path \"doc" bad ".txt\" ; dct:title \"title " bad "\" ."
}' | sed 's/\\/\\\\/g' >"graph.ttl"
printf 'day,shop,sales\n2024-01-01,%s,12\n2024-01-02,%s,x%s\n' "$bad" "$bad" "$bad" >"t$bad.csv"
cp "t$bad.csv" folder/; printf 'The %s strike cut sales in May 2013.\n' "$bad" >"docs/d$bad.txt"; cp "docs/d$bad.txt" folder/

clean() { # name, file: nothing of it but line feeds and tabs steers
  if LC_ALL=C grep -qa "$(printf '[\001-\010\013\014\016-\037\177]')" "$2" || LC_ALL=C grep -qa "$(printf '\302[\200-\237]')" "$2" || LC_ALL=C grep -qa "$(printf '\342\200[\216\217\250-\256]')" "$2"
  then not_ok "$1" "$(cat -v "$2")"; else ok "$1"; fi
}
seen=0
say() { name=$1; shift; "$PROPTER" -g g --today 2016-02-10 "$@" >out 2>errors </dev/null; clean "$name" out; clean "$name, messages" errors; if grep -q red out errors; then seen=$((seen + 1)); fi; }
say init init
say load load graph.ttl
[ "$("$PROPTER" -g g query -f csv 'SELECT (COUNT(*) AS ?n) { ?s ?p ?o FILTER(CONTAINS(STR(?o), "red")) }' | sed -n 2p | tr -d '\r')" -gt 100 ] && ok 'the graph holds it' || not_ok 'the graph holds it' "$(cat errors)"
say 'load, a name' load "none$bad.ttl"
say infer infer
for c in status detect 'detect --format csv' 'detect --slices' 'report --format text' 'review --list' 'review --rates' 'review --candidates' 'watch list' 'rejects last' 'diff last' 'undo last --dry-run' validate verify config cube; do say "$c" $c; done
for f in text md json csv html svg; do say "why, $f" why --format $f 'parcels in May 2013'; done
say 'why not understood' why "why $bad parcels in May 2013"
say 'why unknown' why 'parcels in October 2015'
say 'why, a form' why "WHY <https://example.org/p#$bad> DURING \"2013-05-01\" TO \"2013-05-31\""
say 'why --diff' why --diff last
say query query 'SELECT * { ?s ?p ?o FILTER(CONTAINS(STR(?o), "red")) }'
say 'query, a mistake' query "SELECT $bad"
say 'query --explain' query --explain "SELECT * { ?s ?p \"$bad\" }"
for i in claim strike o40 doc sent none; do say "show $i" show "https://example.org/p#$i"; done
say 'show, a name' show "$bad"
say 'what-if' what-if "Strike $bad" "parcels sent $bad"
say 'watch add' watch add "parcels in May 2013 $bad"; say watch watch
say profile profile "t$bad.csv"; say 'ingest --sniff' ingest --sniff "t$bad.csv" --output m.yml; say ingest ingest m.yml
say 'rejects' rejects last; say read read docs; say 'start' start folder
say 'no command' "$bad"; say 'no option' status "--$bad"; say 'a job' run "job$bad.ini"; say 'no graph' -g "g$bad" status; say backup backup "b$bad"; say export export "x$bad.nt"
[ $seen -ge 20 ] && ok "$seen of the calls print of it" || not_ok "$seen of the calls print of it"
if command -v script >/dev/null 2>&1; then
  for c in 'export' 'query -f csv "SELECT * { ?s ?p ?o }"' 'why --format json "parcels in May 2013"'; do
    script -qec "'$PROPTER' -g g $c" /dev/null </dev/null 2>/dev/null | tr -d '\r' >out; clean "on a terminal: $c" out
    [ -s out ] && ok 'something is printed' || not_ok 'something is printed'
  done
else
  skip 'on a terminal' 'script(1) is not installed'
fi
echo "1..$n"
