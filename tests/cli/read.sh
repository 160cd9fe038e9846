#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# propter read and propter show from outside: claims with exact quotes, nothing to do the second time, bad documents, bad rules.
. "$srcdir/tests/cli/tap.sh"
dir=$(mktemp -d "${TMPDIR:-/tmp}/propter-read.XXXXXX") || exit 99
trap 'rm -rf "$dir"' EXIT
p() { "$PROPTER" -g "$dir/g" "$@"; }
pack=$srcdir/ontology/packs/us-employment
mkdir "$dir/docs" "$dir/bad" "$dir/docs/sub"
printf -- '---\ntitle: Note\ndate: 2011-09-09\n---\n# Information\n\nInformation payrolls fell by 45,000 in August because of the strike at Verizon.\n' >"$dir/docs/note.md"
printf '<title>Old</title><meta name="date" content="2010-01-08"><p>Caf&eacute;s closed because of the recession.' >"$dir/docs/sub/old.html"
printf 'not read' >"$dir/docs/table.csv"
expect 'a graph with knowledge' 0 'loaded' p load "$srcdir/ontology/propter.ttl" "$pack/concepts.ttl" "$pack/metrics.ttl" "$pack/events.ttl"
expect 'no such path' 3 'nowhere' p read "$dir/nowhere"
expect 'no operand' 2 'expected: propter read' p read
expect 'a dry run changes nothing' 0 'would read: 2 documents' p read --dry-run "$dir/docs"
expect 'reads a folder' 0 'read: 2 documents, 0 unchanged, 0 rejected; 2 claims (1 linked)' p read "$dir/docs"
expect 'a table is said to be one' 0 'it is a table: propter start takes its folder, propter ingest --sniff its rows' "$PROPTER" -g "$dir/t.g" read "$dir/docs/table.csv"
expect 'load of a document names read' 2 'propter read takes what a document says in words' "$PROPTER" -g "$dir/t.g" load "$dir/docs/note.md"
expect 'and of a table start' 2 'propter start takes a folder of tables' "$PROPTER" -g "$dir/t.g" load "$dir/docs/table.csv"
expect 'has nothing to do again' 0 'nothing to do: 2 documents unchanged' p read "$dir/docs"
expect 'reads again when told' 0 '2 documents, 0 unchanged' p read --force "$dir/docs"
# What another model or other rules graded is graded anew; the update makes the first document look so.
for what in models rules; do
  expect "another run's $what" 0 '' p update "PREFIX p: <https://w3id.org/propter#> DELETE { GRAPH ?g { ?d p:parameters ?o } } INSERT { GRAPH ?g { ?d p:parameters ?n } }
    WHERE { GRAPH ?g { ?d p:parameters ?o } FILTER(STRENDS(STR(?d), \"note.md\")) BIND(REPLACE(?o, \"$what=[0-9a-f]{16}\", \"$what=0123456789abcdef\") AS ?n) FILTER(?n != ?o) }"
  expect "grades anew what other $what graded" 0 '2 documents, 1 unchanged' p read "$dir/docs"
done
expect 'JSON lines' 0 '"unchanged":2' p read --format jsonl "$dir/docs"
expect 'the claim is in the graph' 0 'event-verizon-strike-2011' p query --format csv 'SELECT ?c WHERE { ?x a <https://w3id.org/propter#Claim> ; <https://w3id.org/propter#cause> ?c }'
# From a claim to how it was made in one query; the run it names is on record under that name.
made=$(p query --format csv 'PREFIX p: <https://w3id.org/propter#> PREFIX prov: <http://www.w3.org/ns/prov#> SELECT ?quote ?section ?from ?to ?rule ?hash ?how ?run ?time {
  ?c p:cause ?cause ; p:quote ?quote ; p:section ?section ; p:charStart ?from ; p:charEnd ?to ; p:rule ?rule ; p:confidence ?sure ; p:document ?d .
  ?d p:hash ?hash ; p:parameters ?how ; prov:wasGeneratedBy ?run ; prov:generatedAtTime ?time FILTER(?sure > .5) }' | tail -1 | tr -d '\r')
same 'from a claim to how it was made' "$(printf '%s\n' "$made" | sed -E 's/[0-9a-f]{32}/HASH/; s/[0-9a-f]{16}/HASH/g; s/propter [0-9.]+,/VERSION,/; s/r-[0-9TZ]+-read-[0-9a-f]+(-[0-9]+)?/RUN/; s/[0-9T:-]{19}Z$/TIME/')" \
  '"Information payrolls fell by 45,000 in August because of the strike at Verizon.",Information,13,92,because-of,HASH,rules=HASH models=HASH names=HASH software=VERSION,https://w3id.org/propter/run/RUN,TIME'
run=$(printf '%s' "$made" | grep -o 'https://w3id.org/propter/run/[^,]*')
expect 'by a run on record' 0 '' p query "PREFIX prov: <http://www.w3.org/ns/prov#> ASK { GRAPH <$run> { <$run> a prov:Activity ; prov:startedAtTime \"${made##*,}\"^^<http://www.w3.org/2001/XMLSchema#dateTime> } }"
expect 'shows a document' 0 'published  2011-09-09' p show note.md
claim=$(p show note.md | sed -n 's/^claim *\(claim-[0-9a-f]*\).*/\1/p')
expect 'shows the words in their place' 0 '>>> Information payrolls fell by 45,000 in August because of the strike at Verizon. <<<' p show "$claim"
# Its weights add up to the probability that its confidence is made from.
weights=$(p show --weights "$claim")
expect 'lists what the model weighed' 0 'cause-kind=' p show --weights "$claim"
same 'the weights add up' "$(printf '%s\n' "$weights" | awk '/in all:/ { d = $1 - s; print (d < .2 && d > -.2) } /^ +[-+]/ { s += $1 }')" 1
expect 'an event has none' 0 'weights    none' p show --weights event-verizon-strike-2011
# The bytes the graph names are the words, in the file itself.
from=$(p show "$claim" | sed -n 's/.*bytes \([0-9]*\)-[0-9]*.*/\1/p'); to=$(p show "$claim" | sed -n 's/.*bytes [0-9]*-\([0-9]*\).*/\1/p')
same 'the bytes are the quote' "$(dd if="$dir/docs/note.md" bs=1 skip="$from" count=$((to - from)) 2>/dev/null)" 'Information payrolls fell by 45,000 in August because of the strike at Verizon.'
mkdir "$dir/table"; cp "$srcdir/tests/fixtures/refunds/refunds.csv" "$srcdir/tests/fixtures/refunds/refunds.ttl" "$dir/table"
expect 'a table' 0 'ingested: 60 rows' "$PROPTER" -g "$dir/rows" ingest "$dir/table/refunds.ttl"
row=$("$PROPTER" -g "$dir/rows" query --format csv 'SELECT ?o { ?o <https://w3id.org/propter#sourceRow> 54 }' | tail -1 | tr -d '\r')
expect 'shows a row in its table' 0 '>>>     54  2024-05-01 | 23782 | 1333' "$PROPTER" -g "$dir/rows" show "$row"
printf '2025-01-01,1,1\n' >>"$dir/table/refunds.csv"
expect 'but of no table that is not what was ingested' 1 'is gone or has changed since it was ingested' "$PROPTER" -g "$dir/rows" show "$row"
printf '<http://x/o> <https://w3id.org/propter#sourceFile> "/etc/passwd" ; <https://w3id.org/propter#sourceRow> 1 .\n' >"$dir/forged.ttl"
"$PROPTER" -g "$dir/rows" load "$dir/forged.ttl" >/dev/null 2>&1
expect 'and of no file that no run has read' 1 'is no file that a run of this graph has read' "$PROPTER" -g "$dir/rows" show http://x/o
expect 'shows an event' 0 'strike report' p show event-verizon-strike-2011
expect 'knows no such thing' 3 'is named "nothing"' p show nothing
printf ' More.\n' >>"$dir/docs/note.md"
expect 'notices a changed file' 1 'has changed since it was read' p show "$claim"
expect 'replaces what changed' 0 '1 unchanged' p read "$dir/docs"
printf 'PK\003\004cut' >"$dir/docs/cut.docx"
expect 'rejects a bad document and reads the others' 1 'cut.docx: expected a zip archive' p read "$dir/docs"
expect 'the rest still stands' 0 'published  2011-09-09' p show note.md
rm "$dir/docs/cut.docx" "$dir/docs/sub/old.html"
expect 'a document that is gone is withdrawn' 0 "withdrawn $(cd "$dir" && pwd -P)/docs/sub/old.html" p read "$dir/docs"
expect 'and only once' 0 'nothing to do: 1 document unchanged' p read "$dir/docs"
# A folder of many: formats by content, a bad one among them, a rule that runs away; the same graphs on one thread and on two.
mkdir "$dir/many"
i=0; while [ $i -lt 40 ]; do i=$((i + 1)); printf 'Date: 3 May 2012\n\nInformation payrolls fell by %d in April because of the strike at Verizon. Jobs zz aaaa bbbb cccc %d.\n' $i $i >"$dir/many/n$i.txt"; done
printf '{\\rtf1 Payrolls fell because of the flood.}' >"$dir/many/scan.dat"
printf '\001\002\003\000' >"$dir/many/n7.txt"
printf 'rule bomb\ntrigger zz\npattern {cause} zz (?:\\w+\\s?)+: {effect}\nprecision .9\nexample {cause:X} zz ab b: {effect:sales}.\ncounter No.\n' >"$dir/bad/bomb.rules"
for t in 1 2; do
  expect "reads a folder on $t threads" 1 'read: 41 documents, 0 unchanged, 1 rejected' "$PROPTER" -g "$dir/g$t" --today 2012-06-01 --threads $t read --rules "$dir/bad/bomb.rules" "$dir/many"
  "$PROPTER" -g "$dir/g$t" query --format csv 'SELECT ?g ?s ?p ?o WHERE { GRAPH ?g { ?s ?p ?o } FILTER(STRSTARTS(STR(?g), "https://w3id.org/propter/document/")) } ORDER BY ?g ?s ?p ?o' >"$dir/t$t" 2>&1
done
if [ -s "$dir/t1" ] && cmp -s "$dir/t1" "$dir/t2" && grep -q scan.dat "$dir/t1"; then ok 'the number of threads plays no part'; else not_ok 'the number of threads plays no part' "$(diff "$dir/t1" "$dir/t2")"; fi
printf 'rule x\ntrigger zz\npattern {cause} (a+)+b {effect}\nprecision .9\nexample x\n' >"$dir/bad/bad.rules"
expect 'a bad rule is left out: file, line, exit 1' 1 'bad.rules:1' p read --rules "$dir/bad/bad.rules" "$dir/docs"
expect 'every example of the built-in rules holds' 0 ', 0 failed' p read --test-rules
# A German note: its own labels, rules and dates, from a linked claim to a dated happening.
mkdir "$dir/de"
cat >"$dir/hafen.ttl" <<'END'
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix p: <https://w3id.org/propter#> .
@prefix : <urn:hafen:> .
:strike a skos:Concept, p:EventKind ; skos:inScheme :causes ; skos:prefLabel "strike"@en, "Streik"@de .
:closure a skos:Concept, p:EventKind ; skos:inScheme :causes ; skos:prefLabel "closure"@en, "Schließung"@de .
:ferry a skos:Concept ; skos:inScheme :places ; skos:prefLabel "ferry"@en, "Fähre"@de .
:shop a skos:Concept ; skos:inScheme :places ; skos:prefLabel "harbour shop"@en, "Hafenladen"@de .
:trips a p:Metric ; p:concept :ferry ; skos:prefLabel "ferry trips"@en, "Fahrten der Fähre"@de .
:sales a p:Metric ; p:concept :shop ; skos:prefLabel "shop sales"@en, "Umsatz im Hafenladen"@de .
END
printf -- '---\nlang: de\ndate: 2024-07-01\n---\n# Hafen\n\nVom 3. bis 16. Juni 2024 war die Fähre geschlossen.\n\nDer Umsatz im Hafenladen sank im Juni wegen des Streiks. Ein Streik bei der Fähre fand vom 20. bis 22. Juni 2024 statt.\n' >"$dir/de/notiz.md"
q() { "$PROPTER" -g "$dir/hafen" "$@"; }
expect 'German labels' 0 'loaded' q load "$dir/hafen.ttl"
expect 'a German note is read by German rules, and that is said' 0 'notiz.md: 3 sentences, 1 claim (1 linked), 2 dated happenings; language de, without a model of claims' q read "$dir/de"
expect 'its claim leads to concepts' 0 'urn:hafen:strike,urn:hafen:sales,https://w3id.org/propter#Decrease' \
  q query --format csv 'PREFIX p: <https://w3id.org/propter#> SELECT ?c ?e ?p { ?x a p:Claim ; p:cause ?c ; p:effect ?e ; p:polarity ?p }'
for event in closure,urn:hafen:ferry,2024-06-03,2024-06-16 strike,urn:hafen:ferry,2024-06-20,2024-06-22; do
  expect "its happening $event" 0 "urn:hafen:$event" \
    q query --format csv 'PREFIX p: <https://w3id.org/propter#> SELECT ?k ?s ?a ?b { ?x a p:Event ; p:document ?d ; p:concept ?k ; p:scope ?s ; p:start ?a ; p:end ?b }'
done
expect 'the language can be forced' 0 '0 claims (0 linked)' q read --language en "$dir/de"
expect 'and is told in JSON' 0 '"language":"de"' q read --language de --format jsonl "$dir/de"
expect 'there are rules for it or not' 3 'no reading rules for the language fr' q read --language fr "$dir/de"
# Claims of people.
mkdir "$dir/own"
printf '%s\n' cause,effect,direction,when,who,written,quote \
  'strike at Verizon,information payrolls,down,2011-08,A. Lee,2011-09-20,"They were ""out""."' ',information payrolls,up,,,,' >"$dir/own/team.csv"
expect 'a table of claims is recognised in a folder' 1 'read: 1 document, 0 unchanged, 0 rejected; 1 claim (1 linked)' p read "$dir/own"
expect 'its wrong row has line and column' 1 'team.csv:3:1: expected the words of a cause, found ""' p read "$dir/own"
expect 'and is told again' 1 '1 row of lists of claims rejected' p read "$dir/own"
expect 'as JSON' 1 '"line":3,"column":1,"status":"rejected"' p read --format jsonl "$dir/own"
expect 'and kept' 0 'own/team.csv:3:cause' p rejects
expect 'who, where, when' 0 'A. Lee,team.csv:2,2011-09-20' p query --format csv 'PREFIX p: <https://w3id.org/propter#> PREFIX dct: <http://purl.org/dc/terms/>
  SELECT ?w ?l ?k WHERE { ?c a p:Claim ; p:rule "authored" ; p:cause ?e ; dct:creator ?w ; p:locator ?l ; p:knownFrom ?k
    FILTER(CONTAINS(STR(?e), "event-verizon-strike-2011")) }'
claim=$(p show team.csv | sed -n 's/^claim *\(claim-[0-9a-f]*\).*/\1/p')
expect 'shown in its row' 0 '2011-09-20, >>> They were "out". <<<' p show "$claim"
sed -i 3d "$dir/own/team.csv"
expect 'a mended table is read' 0 'read: 1 document' p read "$dir/own"
expect 'and left alone then' 0 'nothing to do: 1 document unchanged' p read "$dir/own"
expect 'the claim has kept its name' 0 'A. Lee' p show "$claim"
printf 'cause,effect,confidense\na,b,1\n' >"$dir/own/team.csv"
expect 'a column that is none' 1 'team.csv:1:3: expected a column of claims' p read "$dir/own"
printf '%s\n' claims: '- cause: strike at Verizon' '  effect: information payrolls' '  direction: down' '  when: August 2011' '  who: A. Lee' '  written: 2011-09-20' \
  '- cause: rain' '  effect: payrolls' '  confidence: 2' >"$dir/own/team.yaml"
rm "$dir/own/team.csv"
expect 'claims as YAML, a wrong one with its line' 1 'team.yaml:10:3: expected a number from 0 to 1, found "2"' p read "$dir/own"
expect 'the same claim' 0 '#event-verizon-strike-2011,team.yaml:2,A. Lee' p query --format csv 'PREFIX p: <https://w3id.org/propter#> PREFIX dct: <http://purl.org/dc/terms/>
  SELECT ?c ?l ?w WHERE { ?x p:rule "authored" ; p:cause ?c ; p:locator ?l ; dct:creator ?w }'
rm "$dir/own/team.yaml"
strike=$(p query --format csv 'SELECT ?c WHERE { ?c a <https://w3id.org/propter#Event> FILTER(STRENDS(STR(?c), "event-verizon-strike-2011")) }' | sed -n 2p | tr -d '\r')
printf '%s\n' '@prefix p: <https://w3id.org/propter#> .' "[] a p:Claim ; p:cause <$strike> ; p:effectText \"information payrolls\" ; p:polarity p:Decrease ;" \
  '  p:effectStart "2011-08-01" ; p:effectEnd "2011-08-31" ; p:knownFrom "2011-09-20" .' '[] a p:Claim ; p:causeText "rain" .' >"$dir/own/team.ttl"
expect 'claims as RDF, a wrong one with its line' 1 'team.ttl:4: expected the words of an effect' p read "$dir/own"
expect 'linked by IRI, post hoc' 0 '#event-verizon-strike-2011,1.0,https://w3id.org/propter#PostHoc' p query --format csv 'PREFIX p: <https://w3id.org/propter#>
  SELECT ?c ?s ?k WHERE { ?x p:rule "authored" ; p:cause ?c ; p:causeScore ?s ; p:claimKind ?k }'
awk 'BEGIN { for (i = 0; i < 2000000; i++) printf "<div>" }' >"$dir/bad/deep.html"
expect 'a page of nested tags is a clean reject' 1 'nested deeper than 256' p read "$dir/bad/deep.html"
echo "1..$n"
