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
h=$(printf '%s\n' "$queue" | grep 'information jobs <- Verizon' | head -1 | sed 's/ .*//')
[ -n "$h" ] && ok 'the queue names the hypotheses' || not_ok 'the queue names the hypotheses' "$queue"
if printf '%s' "$queue" | grep -qE 'likely|P ='; then not_ok 'the queue shows no score' "$queue"; else ok 'the queue shows no score'; fi

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
expect 'and says where none is known' 0 'cause unknown' "$PROPTER" -g "$g" report --format md
expect 'as JSON' 0 '"schema":"propter-report-1"' "$PROPTER" -g "$g" report --format json
expect 'as a file' 0 'patterns in' "$PROPTER" -g "$g" report --file "$t/r.html"
grep -q '<table>' "$t/r.html" && ok 'which is HTML' || not_ok 'which is HTML'
expect 'an unknown form' 2 'expected table, json, csv, md or html' "$PROPTER" -g "$g" report --format xml
expect 'a run that is not there' 3 'the graph has no run' "$PROPTER" -g "$g" report --run https://example.org/none
echo "1..$n"
