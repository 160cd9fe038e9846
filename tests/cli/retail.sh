#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A shop with known truth (tests/bench/retail) from outside: what the generator promises, the chain on its files, and what an event would do there.
. "$srcdir/tests/cli/tap.sh"
holds() { # name, awk program that exits 0 when it holds, file
  if awk -F'\t' "$2" "$3"; then ok "$1"; else not_ok "$1" "$(head -3 "$3")"; fi
}
t=$(mktemp -d "${TMPDIR:-/tmp}/propter-retail-XXXXXX"); trap 'rm -rf "$t"' EXIT
generate=${PROPTER%/query/propter}/tests/bench/retail/generate
cd "$t" || exit 99
printf 'days = 420 # a short one\nepisodes = 24\nbackground = 20\n' >small.conf
printf 'days = 420\nepisods = 24\n' >wrong.conf
expect "a parameter that is none" 3 'wrong.conf:2: no parameter "episods"' "$generate" wrong.conf no
expect "a value out of range" 3 "expected 0 to 1" sh -c "echo 'novel = 2' >far.conf; '$generate' far.conf no"
"$generate" small.conf one 7 && "$generate" small.conf two 7 && "$generate" small.conf other 8 || exit 99
if diff -r one two >/dev/null; then ok "equal arguments, equal bytes"; else not_ok "equal arguments, equal bytes"; fi
if cmp -s one/shop.csv other/shop.csv; then not_ok "another seed, another shop"; else ok "another seed, another shop"; fi
cat one/claims.tsv other/claims.tsv >claims
holds "at least 30 % of the sentences are of no rule's construction" '$3 == "after" || $3 == "denial" || $3 == "before" { n++; v += $4 } END { exit !(n > 40 && v >= .3 * n) }' claims
holds "true and false claims" '$5 == "false" { f++ } $5 == "true" { t++ } END { exit !(f > 10 && t > 10) }' claims
holds "moves with two known causes, and without one" '/"question":/ { k = gsub(/"event":/, ""); n++; two += k > 1; none += k == 0 } END { exit !(two * 10 >= n && none * 10 >= n) }' one/truth.json
for format in html md txt docx; do ls one/documents | grep -q "\.$format\$" || not_ok "documents in $format"; done
expect "the chain: graph" 0 "" "$PROPTER" -g g init
expect "the chain: load" 0 "" "$PROPTER" -g g load one/pack.ttl one/links.ttl one/calendar.ttl
expect "the chain: ingest" 0 "7,560 rows" "$PROPTER" -g g ingest one/mapping.ttl
expect "the chain: read" 0 "documents" "$PROPTER" -g g read one/documents
kind=$(sed -n 's/.*"calendar": true, "share": 1.000.*/&/p' one/truth.json | sed -n 's/.*"kind": "\([^"]*\)", "label": "\(carrier strike\|price [a-z]*\|promotion\|competitor offer\|supply shortage\)".*/\1/p' | head -1)
metric=$(grep -F "\"kind\": \"$kind\"" one/truth.json | sed -n 's/.*"metric": "\([^"]*\)".*/\1/p' | head -1)
expect "what an event of a kind would do" 0 "untouched slices" "$PROPTER" -g g what-if "$metric" --set "$kind=1"
expect "with its checks" 0 "against untouched slices: " "$PROPTER" -g g what-if "$metric" --set "$kind=1"
expect "the same as JSON" 0 '"identified":true' "$PROPTER" -g g what-if "$metric" --set "$kind=1" --format json
expect "a label instead of an IRI" 7 "would be needed" "$PROPTER" -g g what-if "orders for shoes in the North" --set "prices=1"
expect "what is forbidden by knowledge" 7 "Refunds are decided elsewhere." "$PROPTER" -g g what-if "refunds" --set "staff training=1"
expect "before anything was known" 7 "would be needed" "$PROPTER" -g g what-if "$metric" --set "$kind=1" --known-by 2023-01-01
expect "a cause that nothing answers to" 3 "no event and no kind of event" "$PROPTER" -g g what-if orders --set "flying saucer=1"
expect "a metric that nothing answers to" 3 "no metric is called" "$PROPTER" -g g what-if "flying saucers" --set "promotion=1"
expect "no amount" 2 "expected CAUSE=AMOUNT" "$PROPTER" -g g what-if orders --set promotion
expect "nothing to set" 2 "expected --set" "$PROPTER" -g g what-if orders
echo "1..$n"
