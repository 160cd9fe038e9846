#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Reviews from outside: the evidence before the verdict, the score after it; append-only; the next inference counts the verdict. And the report.
. "$srcdir/tests/cli/tap.sh"
t=$(mktemp -d "${TMPDIR:-/tmp}/propter-review-XXXXXX"); trap 'chmod -R u+w "$t"; rm -rf "$t"' EXIT
p=$srcdir/ontology/packs/us-employment; g=$t/g
"$PROPTER" -g "$g" load "$srcdir/ontology/propter.ttl" "$p/concepts.ttl" "$p/metrics.ttl" "$p/events.ttl" >/dev/null 2>&1
"$PROPTER" -g "$g" ingest "$p/mapping.ttl" >/dev/null 2>&1
expect 'nothing waits before inference' 1 'nothing waits' "$PROPTER" -g "$g" review --reviewer ada
"$PROPTER" -g "$g" infer >/dev/null 2>&1

queue=$("$PROPTER" -g "$g" review --reviewer ada --queue)
h=$(printf '%s\n' "$queue" | grep '2011-08-01 *information jobs <- Verizon' | sed 's/ .*//')
[ -n "$h" ] && ok 'the queue names the hypotheses' || not_ok 'the queue names the hypotheses' "$queue"
if printf '%s' "$queue" | grep -qE 'likely|P ='; then not_ok 'the queue shows no score' "$queue"; else ok 'the queue shows no score'; fi
"$PROPTER" -g "$g" review --reviewer ada --queue --format json >"$t/queue.json"
if [ -x "$builddir/tests/why/validate" ]; then
  "$builddir/tests/why/validate" "$srcdir/engine/infer/review-queue.schema.json" <"$t/queue.json" >"$t/out" 2>&1 && ok 'as JSON of its schema' || not_ok 'as JSON of its schema' "$(cat "$t/out")"
else skip 'as JSON of its schema' 'Check is not installed'; fi
[ "$(sed -n 's/^{"hypothesis":"\([^"]*\)".*/\1/p' "$t/queue.json")" = "$(printf '%s\n' "$queue" | sed 's/ .*//')" ] && ok 'the same, in the same order' || not_ok 'the same, in the same order' "$(cat "$t/queue.json")"
if grep -qE '"[^"]*(robability|grade|score|likel)[^"]*":|#(Both|DataOnly|TextOnly)' "$t/queue.json"; then not_ok 'and no score either' "$(cat "$t/queue.json")"; else ok 'and no score either'; fi
expect 'at most so many' 0 '"reviews":0}]}' "$PROPTER" -g "$g" review --reviewer ada --queue --format json --limit 1
expect 'one of them' 0 "\"waiting\":[
{\"hypothesis\":\"$h\"," "$PROPTER" -g "$g" review --reviewer ada --queue --format json "$h"
expect 'none of them' 3 '"waiting":[]}' "$PROPTER" -g "$g" review --reviewer ada --queue --format json urn:x
expect 'a person is asked in words' 2 'expected one of table' "$PROPTER" -g "$g" review --reviewer ada --format json

out=$(printf 'c\nthe strike is documented to the day\n' | "$PROPTER" -g "$g" review --reviewer ada "$h" 2>"$t/asked"); code=$?
[ $code -eq 0 ] && ok 'a person is asked and answers' || not_ok 'a person is asked and answers' "$out"
order=$(printf '%s\n' "$out" | sed -n 's/^\(pattern\|cause\|review\|score\) .*/\1/p' | tr '\n' ' ')
[ "$order" = 'pattern cause review score ' ] && ok 'evidence, verdict, score: in this order' || not_ok "evidence, verdict, score: in this order, not $order" "$out"
grep -q '^verdict: .*reason: ' "$t/asked" && ok 'questions go to standard error' || not_ok 'questions go to standard error' "$(cat "$t/asked")"
expect 'the record says that it was blind' 0 'confirmed blind' "$PROPTER" -g "$g" review --list
expect 'what ada judged waits for her no more' 3 'waits for a verdict of ada' "$PROPTER" -g "$g" review --reviewer ada "$h" --verdict unsure
expect 'it still waits for bob, who sees the score first' 0 'score     ' "$PROPTER" -g "$g" review --reviewer bob --seen "$h" --verdict refuted --reason 'I doubt the dates'
expect 'and the record says so' 0 'refuted   seen' "$PROPTER" -g "$g" review --list
expect 'records as JSON' 0 '"verdict":"refuted","blind":false' "$PROPTER" -g "$g" review --list --format json
expect 'the score counts the verdicts' 0 'review' "$PROPTER" -g "$g" why --numbers --explain-score 'information jobs in August 2011'

expect 'a verdict needs a reason' 2 'needs --reason' "$PROPTER" -g "$g" review --reviewer eve "$h" --verdict refuted
expect 'a wrong verdict' 2 'expected confirmed, refuted or unsure' "$PROPTER" -g "$g" review --reviewer eve "$h" --verdict perhaps
expect 'an unknown hypothesis' 3 'no hypothesis' "$PROPTER" -g "$g" review --reviewer eve https://example.org/none --verdict unsure
expect 'nobody reviews' 2 'give --reviewer' env -u USER "$PROPTER" -g "$g" review

expect 'the report names the cause' 0 'Verizon strike, August 2011' "$PROPTER" -g "$g" report
sorts() { "$PROPTER" -g "$g" report "$@" | grep -v ' left out: ' | sort; }
first() { "$PROPTER" -g "$g" report "$@" | sed -n 1p; }
[ "$(sorts)" = "$(sorts --newest)" ] && [ "$(first)" != "$(first --newest)" ] && ok 'another order than the newest' || not_ok 'another order than the newest' "$(first)"
"$PROPTER" -g "$g" report | awk '/ sigma  /{ for (i = 1; i <= NF; i++) if ($i == "sigma") { n = $(i - 1) + 0; if (NR > 1 && n > last) exit 1; last = n } }' \
  && ok 'the most surprising first' || not_ok 'the most surprising first' "$("$PROPTER" -g "$g" report)"
expect 'what chance makes is left out and counted' 0 ' left out: chance makes as much where 2,760 figures are looked at (--all)' "$PROPTER" -g "$g" report
[ "$(sorts | wc -l)" -lt "$(sorts --all | wc -l)" ] && ok 'but can be listed' || not_ok 'but can be listed' "$(sorts --all | wc -l)"
if "$PROPTER" -g "$g" report --all | grep -q 'e+0'; then not_ok 'numbers have no exponents' "$(sorts --all)"; else ok 'numbers have no exponents'; fi
expect 'and says where none is known' 0 'cause unknown' "$PROPTER" -g "$g" report --format md
expect 'as JSON' 0 '"schema":"propter-report-1"' "$PROPTER" -g "$g" report --format json
expect 'as a file' 0 'patterns in' "$PROPTER" -g "$g" report --file "$t/r.html"
expect 'told as of why' 0 'patterns in' "$PROPTER" -g "$g" report --out "$t/r.html"
grep -q '<table>' "$t/r.html" && ok 'which is HTML' || not_ok 'which is HTML'
expect 'an unknown form' 2 'expected one of table, json, csv, md, html' "$PROPTER" -g "$g" report --format xml
expect 'a run that is not there' 3 'the graph has no run' "$PROPTER" -g "$g" report --run https://example.org/none

# What no concept is called by: listed, accepted into the pack, linked by the next reading.
cat >"$t/pack.ttl" <<'END'
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix p: <https://w3id.org/propter#> .
@prefix : <https://example.org/harbour#> .
:sales a p:Metric ; p:concept :shop ; skos:prefLabel "shop sales"@en .
:shop a skos:Concept ; skos:prefLabel "harbour shop"@en .
:pallets a skos:Concept ; skos:prefLabel "pallet supply"@en .
END
printf -- '---\ndate: 2024-07-01\n---\n# Notes\n\nShop sales fell because of a crane strike. Shop sales fell in June because of crane strikes.\n\nPallet shortages led to lower shop sales.\n' >"$t/a.md"
r() { "$PROPTER" -g "$t/harbour" "$@"; }
r load "$t/pack.ttl" >/dev/null 2>&1
expect 'no candidates yet' 1 'no candidates' r review --candidates
r read "$t/a.md" >/dev/null 2>&1
expect 'forms of the same words are one candidate' 0 '  2 claims (2 cause, 0 effect)  "crane strike"@en, "crane strikes"@en' r review --candidates --limit 1
expect 'as JSON' 0 '"causes":2,"effects":0,"labels":["\"crane strike\"@en","\"crane strikes\"@en"],"near":[],"quote":"Shop sales fell because of a crane strike."' r review --candidates --format json
expect 'with what they come close to' 0 '    near 0.' r review --candidates
expect 'which has a name' 0 '"near":[{"concept":"https://example.org/harbour#pallets","closeness":0.' r review --candidates --format json
expect 'by which of its words' 0 '"words":[{"word":"Pallet","meets":"pallet","likeness":1.00,"why":"same"},{"word":"shortages","meets":"supply","likeness":' r review --candidates --format json
expect 'in words' 0 'harbour#pallets  (Pallet, shortages near supply 0.' r review --candidates
expect 'the graph holds them' 0 '2' r query --format csv 'SELECT (COUNT(?c) AS ?n) { ?c <https://w3id.org/propter#causeCandidate> ?x . ?x <http://www.w3.org/2000/01/rdf-schema#label> "crane strike"@en }'
crane=$(r review --candidates --limit 1 | sed -n '1s/ .*//p'); pallet=$(r review --candidates | sed -n 's/ .*Pallet.*//p')
expect 'accepting needs a pack' 2 'needs --pack' r review --accept "$crane"
expect 'which is Turtle' 2 'expected a Turtle file' r review --accept "$crane" --pack "$t/pack.nt"
expect 'an unknown one' 3 'no candidate urn:x' r review --accept urn:x --pack "$t/pack.ttl"
expect 'a pack without concepts' 2 'give --namespace' r review --accept "$crane" --pack "$t/new.ttl"
cp "$t/pack.ttl" "$t/before.ttl"
expect 'a dry run' 0 'https://example.org/harbour#crane-strike' r --dry-run review --accept "$crane" --pack "$t/pack.ttl"
alike 'writes nothing' "$t/before.ttl" "$t/pack.ttl"
expect 'accepted' 0 'https://example.org/harbour#crane-strike' r review --accept "$crane" --pack "$t/pack.ttl"
expect 'its words are labels' 0 'crane strike,crane strikes' r query --format csv 'PREFIX s: <http://www.w3.org/2004/02/skos/core#> SELECT ?p ?a { <https://example.org/harbour#crane-strike> a s:Concept ; s:prefLabel ?p ; s:altLabel ?a }'
expect 'the next reading links to it' 0 '2 linked' r read "$t/a.md"
if r review --candidates | grep -q crane; then not_ok 'it is no candidate any more'; else ok 'it is no candidate any more'; fi
expect 'another is one more name of a concept' 0 'concept   https://example.org/harbour#crane-strike' r review --accept "$pallet" --pack "$t/pack.ttl" --as https://example.org/harbour#crane-strike
expect 'and is linked, too' 0 '3 linked' r read "$t/a.md"

# Verdicts on claims: error rates of rules and documents.
claim=$(r query --format csv 'PREFIX p: <https://w3id.org/propter#> SELECT ?c { ?c a p:Claim ; p:quote "Pallet shortages led to lower shop sales." }' | sed -n 2p | tr -d '\r')
expect 'no rates yet' 1 'no claim has a verdict' r review --rates
expect 'a verdict on a claim' 0 'review    https://w3id.org/propter/id/review/' r review --reviewer ada "$claim" --verdict refuted --reason 'it does not say so'
expect 'teaches its rule' 0 'rule      right 0.2  wrong 0.8  rate 0.' r review --rates
expect 'and not its document' 0 '[{"kind":"rule","name":"leads-to","right":0.200,"wrong":0.800,' r review --rates --format json
expect 'unless the document is wrong' 0 'review    ' r review --reviewer bob "$claim" --verdict refuted --source-wrong --reason 'it was the strike'
expect 'then both' 0 '{"kind":"document","name":' r review --rates --format json
expect 'what is neither' 3 'is no hypothesis or claim' r review --reviewer ada 'urn:x#claim-1' --verdict unsure
echo "1..$n"
