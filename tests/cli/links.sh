#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# propter links from outside, on a small shop made here: which figure drives which, effects by name, knowledge, where a move came in; formats, wrong use.
. "$srcdir/tests/cli/tap.sh"
t=$(mktemp -d "${TMPDIR:-/tmp}/propter-links-XXXXXX"); trap 'rm -rf "$t"' EXIT
cd "$t" || exit 99
# 400 days in two regions: refunds follow delivery days one day later (4 more for a day more), orders follow visits the same day (.5 each), and visits follow ad
# spend one day later (3 each). A carrier strike in the north slows deliveries by two days for ten days.
# A month later the north spends 40 more on ads a day.
awk "$uniform"'function noise() { return uniform() + uniform() + uniform() + uniform() - 2 } BEGIN {
  print "@prefix : <https://example.org/shop#> . @prefix p: <https://w3id.org/propter#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> ."
  print "@prefix qb: <http://purl.org/linked-data/cube#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> ."
  n = split("ads visits orders delivery refunds", what, " "); split("north south", region, " ")
  split("ad spend,visits,orders,delivery days,refunds", label, ",")
  for (r = 1; r <= 2; r++) printf ":%s a skos:Concept ; skos:inScheme :regions ; skos:prefLabel \"%s\" .\n", region[r], region[r]
  for (m = 1; m <= n; m++) {
    printf ":c-%s a skos:Concept ; skos:inScheme :measures ; skos:prefLabel \"%s\" .\n", what[m], label[m]
    for (r = 1; r <= 2; r++)
      printf ":%s-%s a p:Metric ; skos:prefLabel \"%s %s\" ; p:dataset :cube ; p:measure :%s ; p:timeDimension :day ; p:grain \"P1D\"^^xsd:duration ; p:concept :c-%s ;\n  p:aggregation p:Sum ; p:fixed [ p:dimension :region ; p:member :%s ] .\n",
        what[m], region[r], label[m], region[r], what[m], what[m], region[r]
  }
  split("31 28 31 30 31 30 31 31 30 31 30 31", length_of, " ")
  y = 2024; m = 1; d = 1
  for (i = 0; i < 400; i++) {
    day = sprintf("%d-%02d-%02d", y, m, d)
    for (r = 1; r <= 2; r++) {
      ads = 50 + 6 * noise() + (r == 1 && i >= 330 && i < 340 ? 40 : 0); visits = 400 + 3 * lastads[r] + 8 * noise(); orders = .5 * visits + 4 * noise()
      delivery = 3 + .5 * noise() + (r == 1 && i >= 300 && i < 310 ? 2 : 0)
      refunds = 20 + 4 * (i ? lastdelivery[r] : 3) + noise()
      printf ":o%d-%d a qb:Observation ; qb:dataSet :cube ; :day \"%s\"^^xsd:date ; :region :%s ; :ads %.2f ; :visits %.2f ; :orders %.2f ; :delivery %.3f ; :refunds %.2f .\n", i, r, day, region[r], ads, visits, orders, delivery, refunds
      lastads[r] = ads; lastdelivery[r] = delivery
    }
    if (++d > length_of[m] + (m == 2 && y == 2024)) { d = 1; if (++m > 12) { m = 1; y++ } }
  }
  print ":strike a p:Event ; skos:prefLabel \"carrier strike\" ; p:concept :walkout ; p:scope :north ; p:start \"2024-10-27\"^^xsd:date ; p:end \"2024-11-05\"^^xsd:date ."
  print ":walkout a skos:Concept ; skos:inScheme :kinds ; skos:prefLabel \"strike\" ."
  print ":slow a p:CausalLink ; p:cause :walkout ; p:effect :c-delivery ; p:constraint p:Required ; p:polarity p:Raises ; p:reason \"no carrier, no parcel\" ."
}' >shop.ttl
propter() { "$PROPTER" -g graph "$@"; }
propter load shop.ttl >load.out 2>&1 || { cat load.out; echo "Bail out! load"; exit 1; }
s=https://example.org/shop#

propter links >all.out 2>&1; code=$?
[ $code -eq 0 ] && [ "$(grep -c ' → ' all.out)" -eq 6 ] && grep -q '^6 links$' all.out && ok "the six links of the shop and no other" || not_ok "links: exit $code" "$(cat all.out)"
same "each at its lag" "$(grep ' → ' all.out | grep north)" "visits north → orders north, in the same day
delivery days north → refunds north, 1 day later
ad spend north → visits north, 1 day later"
propter links --format csv "refunds north" >one.csv
awk -F, 'NR == 2 { exit !($5 == 1 && $6 == 1 && $11 > .9 && $14 == "back door" && $16 > 3.6 && $16 < 4.4 && $17 < 4.05 && $18 > $16 && $20 == 5) } END { exit NR != 2 }' one.csv &&
  ok "the effect in its unit with interval, stability and refutations" || not_ok "effect" "$(cat one.csv)"
expect "refutations in words" 0 "With the cause shuffled among the rows" propter links "refunds north" --refute
expect "as JSON" 0 '"identifiedBy":"back door"' propter links ${s}refunds-north --format json
expect "each says whether an unseen cause may be behind it" 0 '"unseenCause":"' propter links ${s}refunds-north --format json
expect "in words too" 0 'unseen     a common cause of both' propter links "refunds north"
propter links --threads 1 --format json >t1; propter links --threads 2 --format json >t2; alike "the same on one and two threads" t1 t2
for method in pcmci_plus var var_lingam pc boss; do
  expect "$method" 0 'delivery days north → refunds north, 1 day later' propter links "refunds north" --method $method
done
expect "as changes" 0 'as changes' propter links "refunds north" --as changes
propter links --as changes --format json >changes.json
grep -q '"unseenCause":"open"' changes.json && ! grep -q '"unseenCause":"ruled out"' changes.json && ok "of changes no unseen cause is ruled out" || not_ok "ruled out of changes" "$(cat changes.json)"
expect "two that have nothing to do with each other" 1 '0 links' propter links --among "ad spend north" --among "delivery days north"
expect "an effect of ads on orders through visits" 0 '"adjustment":"seen after adjusting for' propter links --method var --lags 2 "orders north" --format json

# What ten more a day spent on ads would do: thirty more visits the next day, fifteen more orders with them.
propter what-if "orders north" --set "ad spend north=10" >set.out; code=$?
awk '/^effect/ { if ($2 > 13.5 && $2 < 16.5 && substr($5, 2) + 0 > 12 && $7 + 0 < 18) fit++ } /^through +ad spend north → visits north, 1 day later: \+[23]/ { fit++ } /visits north → orders north, in the same day/ { fit++ } END { exit fit != 3 }' set.out &&
  [ $code -eq 0 ] && ok "what setting a figure would do, and by which way" || not_ok "what-if a figure: exit $code" "$(cat set.out)"
expect "as JSON" 0 '"identified":true,"reason":"","effect":' propter what-if "orders north" --set "ad spend north=10" --format json
expect "against the arrows" 7 "no link leads from orders north to ad spend north" propter what-if "ad spend north" --set "orders north=1"
expect "the other region" 7 "no link leads from ad spend north to orders south" propter what-if "orders south" --set "ad spend north=1"
expect "what is set by itself" 3 "cause and outcome are one metric" propter what-if "orders north" --set "orders north=1"
expect "nobody hides what is not there" 3 'is no' propter what-if "orders north" --set "ad spend north=1" --hidden nothing
propter --threads 1 what-if "orders north" --set "ad spend north=10" >t1; propter --threads 2 what-if "orders north" --set "ad spend north=10" >t2; alike "on one and two threads" t1 t2

# A question walks up the chain, to what moved with nothing above it that did.
orders="orders north from 27 November 2024 to 6 December 2024"
propter why "$orders" >chain.out
grep -q '^upstream *visits north stood' chain.out && grep -q '^ *  ad spend north stood .* 1 day before; visits north follows it, .*; its own cause is not known; nothing that drives it moved$' chain.out && ok "up a chain" || not_ok "up a chain" "$(cat chain.out)"
expect "in JSON by places in the list" 7 '"label":"ad spend north","lag":1,"parent":0,"origin":true' propter why --format json "$orders"
expect "in Markdown as a list in a list" 7 '  - ad spend north stood' propter why --format md "$orders"
expect "in HTML too" 7 '</li></ul></li></ul>' propter why --format html "$orders"

# The move of the north came in at the delivery days, which moved themselves.
propter links --explain "refunds north" --from 2024-10-28 --to 2024-11-06 --format csv >why.csv; code=$?
awk -F, 'NR == 2 { exit !($1 ~ /delivery-north$/ && $3 == 1 && $4 == 1 && $6 > 5 && $9 > 5 && $10 <= $9 && $11 >= $9) }' why.csv && [ $code -eq 0 ] && ok "where a move came in" || not_ok "explain: exit $code" "$(cat why.csv)"
# A question about it says so beside the causes, which stay what they are.
expect "the answer walks on upstream" 0 'stability 1.00; its cause: carrier strike' propter why "refunds north from 28 October 2024 to 6 November 2024"
expect "as JSON too" 0 '"upstream":[{"metric":"https://example.org/shop#delivery-north","label":"delivery days north","lag":1,"parent":null,"origin":true,"first":"2024-10-27","last":"2024-11-05"' propter why --format json "refunds north from 28 October 2024 to 6 November 2024"
expect "in words" 0 'moved, with nothing upstream that moved' propter links --explain "refunds north" --from 2024-10-28 --to 2024-11-06
expect "as JSON" 0 '"origin":true' propter links --explain "refunds north" --from 2024-10-28 --to 2024-11-06 --format json

expect "another false discovery rate" 0 'false discovery rate 0.001 over' propter links --rate .001
for rate in 0 1 none -.1 .05x; do expect "a rate of $rate" 2 'number between 0 and 1' propter links "--rate=$rate"; done
expect "no such metric" 3 '"nothing" is no propter:Metric' propter links nothing
expect "no such method" 3 'no search of lagged links "magic"' propter links --method magic
expect "nobody hides what is not there" 3 '"nothing" is no' propter links --hidden nothing
expect "one alone" 3 'only one' propter links --among "refunds north"
expect "asked about, but not among" 3 'not among those' propter links "refunds north" --among "orders north"
expect "explain without a window" 2 '--explain needs' propter links --explain "refunds north"
expect "a window without explain" 2 'window of --explain' propter links --from 2024-10-28
expect "a window outside" 3 'lies outside the periods' propter links --explain "refunds north" --from 2030-01-01 --to 2030-01-02
expect "too far back" 2 'lags' propter links --lags 99

# Knowledge: of a forbidden link nothing remains, a required one stands whatever the data, what documents say counts beforehand.
cat >know.ttl <<'E2'
@prefix : <https://example.org/shop#> . @prefix p: <https://w3id.org/propter#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
:no a p:CausalLink ; p:cause :c-visits ; p:effect :c-orders ; p:constraint p:Forbidden ; p:reason "orders come by post" .
:back a p:CausalLink ; p:cause :c-orders ; p:effect :c-visits ; p:constraint p:Forbidden .
:must a p:CausalLink ; p:cause :c-ads ; p:effect :c-refunds ; p:constraint p:Required ; p:reason "the board says so" .
:memo a p:Document ; p:path "memo.txt" ; p:published "2025-03-01"^^xsd:date .
:said a p:Claim ; p:document :memo ; p:cause :c-delivery ; p:effect :c-refunds ; p:quote "Slow deliveries lead to refunds." ; p:confidence 0.9 ; p:claimKind p:TypeLevel ; p:polarity p:Raises .
E2
propter load know.ttl >load.out 2>&1 || not_ok "load" "$(cat load.out)"
propter links >known.out
grep -q 'visits .* orders' known.out && not_ok "a forbidden link" "$(cat known.out)" || ok "a forbidden link"
expect "a required one" 0 'ad spend north → refunds north' propter links "refunds north"
expect "with its reason" 0 'required: the board says so' propter links "refunds north"
cp -r graph late
printf '@prefix : <https://example.org/shop#> . @prefix p: <https://w3id.org/propter#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n:must p:lag "P3D"^^xsd:duration .\n' >late.ttl
"$PROPTER" -g late load late.ttl >load.out 2>&1 || not_ok "load" "$(cat load.out)"
expect "a lag of it is kept, a day more or less" 0 'required 3 days later: the board says so' "$PROPTER" -g late links "refunds north"
"$PROPTER" -g late links --format csv "refunds north" | awk -F, '$1 ~ /ads-north$/ { n++; far += $5 < 2 } END { exit !n || far }' && ok "and stands there" || not_ok "lag" "$("$PROPTER" -g late links --format csv "refunds north")"
expect "later than is searched is left out by name" 0 'left out   ad spend north → refunds north is required 3 days later, and lags up to 1 are searched' "$PROPTER" -g late links --lags 1 "refunds north"
expect "what documents say" 0 'documents say so (1 statement, belief' propter links "refunds north"
awk -F, 'NR > 1 && $1 ~ /delivery-north$/ { seen = $12 } END { exit !(seen > .3 && seen < 1.2) }' <<E3 && ok "as log odds" || not_ok "prior" "$(propter links --format csv "refunds north")"
$(propter links --format csv "refunds north")
E3
# The same in PyRCA's YAML, by names: nothing acts on a root, a leaf acts on nothing.
cat >pyrca.yml <<'E4'
causal-graph:
  root-nodes: [ad spend north]
  leaf-nodes:
    - visits south
  forbids:
    - ["visits north", "orders north"]
  requires:
    - [ad spend south, Refunds South]
E4
py() { "$PROPTER" -g "$t/py" "$@"; }
py init >/dev/null; py load shop.ttl >/dev/null 2>&1
expect "PyRCA's constraints are read" 0 'ingested: 0 rows' py ingest pyrca.yml
py links >py.out 2>&1
grep -q 'visits north → orders north' py.out && not_ok "a forbidden pair" "$(cat py.out)" || ok "a forbidden pair"
grep -q 'visits south → \|→ ad spend north' py.out && not_ok "roots and leaves" "$(cat py.out)" || ok "roots and leaves"
expect "a required pair with its place" 0 'required: pyrca.yml:8' py links "refunds south"
sed 's/visits south/vists south/' pyrca.yml >typo.yml; py undo last >/dev/null 2>&1; py ingest typo.yml >/dev/null 2>&1
expect "a name that nothing has" 3 'typo.yml:4: no metric or concept is called "vists south"' py links
printf 'causal-graph:\n  forbids:\n    - [visits north]\n  requires: [[ad spend north, visits north]]\n' >half.yml
expect "half a pair is a reject" 1 'half.yml:3: the definition of forbids/1 is left out: expected a pair [cause, effect]' py ingest half.yml
printf 'causal-graph:\n  roots: [visits north]\n' >key.yml
expect "another key" 3 'key.yml:2:3: ' py ingest key.yml

# Kept as statements: once, and again only what changed; never as knowledge for the next search.
propter links --write >written.out 2>&1; code=$?
[ $code -eq 0 ] && grep -q '^graph  *https://w3id.org/propter/id/links/[0-9a-f]*: [0-9,]* statements added, 0 removed; run ' written.out && ok "links are kept" || not_ok "write: exit $code" "$(cat written.out)"
expect "the same search again has nothing new" 0 'nothing new' propter links --write
expect "resamples are of the months that are over" 0 'up to 2025-01-31: stability, intervals and refutations' propter links
for file in graph/links-*.kept; do break; done
propter --threads 2 links --format json >from-kept; cp "$file" as-kept; rm "$file"; propter --threads 1 links --format json >anew
alike "what is kept of them changes nothing" anew from-kept
[ -e "$file" ] && not_ok "a search without --write wrote" "$file" || ok "only --write keeps them"
cp as-kept "$file"
propter links >after.out; cmp -s known.out after.out && ok "no search takes them for given" || not_ok "fed back" "$(diff known.out after.out)"
propter query --format csv 'PREFIX p: <https://w3id.org/propter#> PREFIX : <https://example.org/shop#> SELECT ?lag ?stability ?low ?high (COUNT(?refutation) AS ?n) (COUNT(?run) AS ?runs) {
  GRAPH ?g { ?l a p:CausalLink ; p:cause :delivery-north ; p:effect :refunds-north ; p:lag ?lag ; p:stability ?stability ; p:effectLow ?low ; p:effectHigh ?high ;
    p:qValue ?q ; p:directed true ; p:evidence ?refutation ; p:run ?run } FILTER(?q < 1e-6) } GROUP BY ?lag ?stability ?low ?high' >kept.csv
awk -F, 'NR == 2 { exit !($1 == "P1D" && $2 > .9 && $3 < 4.05 && $4 > 3.9 && $5 == 5) } END { exit NR != 2 }' kept.csv && ok "a query reaches them" || not_ok "kept" "$(cat kept.csv)"
expect "a dry run says what would change" 0 'would add' propter --dry-run links --write --lags 2
expect "write and explain" 2 'finds none' propter links --write --explain "refunds north" --from 2024-10-28 --to 2024-11-06
expect "the run can be undone" 0 '' propter undo "$(sed -n 's/.*; run //p' written.out)"

# An order of cause and effect: of the search, and of knowledge.
propter links --among "refunds north" --among "delivery days north" --order "refunds north" --order "delivery days north" --method var >order.out
grep -q 'delivery days north → refunds' order.out && not_ok "an order forbids" "$(cat order.out)" || ok "an order forbids"
expect "an order of what is not there" 3 '"nothing" is no' propter links --order nothing
cat >tier.ttl <<'E4'
@prefix : <https://example.org/shop#> . @prefix p: <https://w3id.org/propter#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix qb: <http://purl.org/linked-data/cube#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
:c-refunds p:tier 1 . :c-delivery p:tier 2 .
:all-ads a p:Metric ; skos:prefLabel "all ads" ; p:dataset :cube ; p:measure :ads ; p:timeDimension :day ; p:grain "P1D"^^xsd:duration ; p:aggregation p:Sum ; p:sliceBy :region .
:all-visits a p:Metric ; skos:prefLabel "all visits" ; p:dataset :cube ; p:measure :visits ; p:timeDimension :day ; p:grain "P1D"^^xsd:duration ; p:aggregation p:Sum ; p:sliceBy :region .
E4
propter load tier.ttl >load.out 2>&1 || not_ok "load" "$(cat load.out)"
propter links --among "refunds north" --among "delivery days north" --method var >tier.out
grep -q 'delivery days north → refunds' tier.out && not_ok "a tier forbids" "$(cat tier.out)" || ok "a tier forbids"

# A figure that is told on three days of five leaves no run of whole days: it is left out, by name, unless it is what is asked about.
awk 'BEGIN { print "@prefix : <https://example.org/shop#> . @prefix p: <https://w3id.org/propter#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix qb: <http://purl.org/linked-data/cube#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> ."
  print ":stock a p:Metric ; skos:prefLabel \"stock north\" ; p:dataset :shelf ; p:measure :pieces ; p:timeDimension :day ; p:grain \"P1D\"^^xsd:duration ; p:aggregation p:Sum ; p:fixed [ p:dimension :region ; p:member :north ] ."
  for (m = 1; m <= 12; m++) for (d = 1; d <= 28; d++) if ((d + m) % 5 < 3)
    printf ":s%d-%d a qb:Observation ; qb:dataSet :shelf ; :day \"2024-%02d-%02d\"^^xsd:date ; :region :north ; :pieces %d .\n", m, d, m, d, 50 + (7 * d + 3 * m) % 11 }' >stock.ttl
cp -r graph gaps
"$PROPTER" -g gaps load stock.ttl >load.out 2>&1 || not_ok "load" "$(cat load.out)"
expect "gaps are left out by name" 0 'left out   stock north: its gaps leave too few periods that all have' "$PROPTER" -g gaps links
expect "and the others are searched" 0 'ad spend north → visits north, 1 day later' "$PROPTER" -g gaps links
expect "what is asked about is not left out" 3 'whole steps before them' "$PROPTER" -g gaps links "stock north"

# Desks that are open from Monday to Friday: trades follow calls one working day later, over weekends too, and Fridays are busy. Of a figure of every day the
# working days count, and what moved on a Monday is looked for on the Friday before.
days_of_2024='function days_of_2024(cube, names,   what, n, m) {
  print "@prefix : <https://example.org/" cube "#> . @prefix p: <https://w3id.org/propter#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix qb: <http://purl.org/linked-data/cube#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> ."
  n = split(names, what, " ")
  for (m = 1; m <= n; m++)
    printf ":%s a p:Metric ; skos:prefLabel \"%s\" ; p:dataset :%s ; p:measure :m-%s ; p:timeDimension :day ; p:grain \"P1D\"^^xsd:duration ; p:aggregation p:Sum .\n", what[m], what[m], cube, what[m]
  split("31 29 31 30 31 30 31 31 30 31 30 31", length_of, " ")
}
'
awk "$uniform$days_of_2024"'function noise() { return uniform() + uniform() + uniform() + uniform() - 2 } BEGIN {
  days_of_2024("desk", "calls trades rain")
  for (m = 1; m <= 12; m++) for (d = 1; d <= length_of[m]; d++) {
    weekday = (i++) % 7 # 1 January 2024 is a Monday
    printf ":o%d a qb:Observation ; qb:dataSet :desk ; :day \"2024-%02d-%02d\"^^xsd:date ; :m-rain %.2f", i, m, d, 10 + noise()
    if (weekday < 5) {
      calls = 100 + 5 * noise() + (weekday == 4 ? 30 : 0) + (m == 10 && d == 11 ? 60 : 0)
      printf " ; :m-calls %.2f ; :m-trades %.2f", calls, 20 + 2 * last + noise(); last = calls
    }
    print " ."
  } }' >desk.ttl
"$PROPTER" -g desk load desk.ttl >load.out 2>&1 || not_ok "load" "$(cat load.out)"
"$PROPTER" -g desk links >desk.out
[ "$(grep -c ' → ' desk.out)" -eq 1 ] && grep -q 'calls → trades, 1 working day later' desk.out && grep -q '3 metrics, 262 working days in common' desk.out &&
  ok "working days" || not_ok "working days" "$(cat desk.out)"
"$PROPTER" -g desk links --format csv >desk.csv
awk -F, 'NR == 2 { exit !($16 > 1.9 && $16 < 2.1) } END { exit NR != 2 }' desk.csv && ok "their effect" || not_ok "effect" "$(cat desk.csv)"
expect "a Monday comes from a Friday" 7 '"metric":"https://example.org/desk#calls","label":"calls","lag":3,"parent":null,"origin":true,"first":"2024-10-11","last":"2024-10-11"' "$PROPTER" -g desk why --format json "trades on 14 October 2024"
expect "where it came in" 0 '"lag":1,"origin":true' "$PROPTER" -g desk links --explain trades --from 2024-10-14 --to 2024-10-14 --format json

# A lag of working days is written as the days it takes on average. Series that share no day of the week are refused with these days.
"$PROPTER" -g desk links --write >/dev/null 2>&1
same "a working day as a duration" "$("$PROPTER" -g desk query 'PREFIX p: <https://w3id.org/propter#> SELECT ?lag WHERE { GRAPH ?g { ?l a p:CausalLink ; p:lag ?lag } }' --format csv | tail -1 | tr -d '\r')" P1D
awk "$days_of_2024"'BEGIN {
  days_of_2024("turns", "early late")
  for (m = 1; m <= 12; m++) for (d = 1; d <= length_of[m]; d++) {
    weekday = (i++) % 7
    printf ":o%d a qb:Observation ; qb:dataSet :turns ; :day \"2024-%02d-%02d\"^^xsd:date", i, m, d
    if (weekday < 3) printf " ; :m-early %d", 100 + i * 7919 % 13
    if (weekday >= 3) printf " ; :m-late %d", 100 + i * 104729 % 17
    print " ."
  } }' >turns.ttl
"$PROPTER" -g turns load turns.ttl >load.out 2>&1 || not_ok "load" "$(cat load.out)"
expect "no day of the week in common" 3 'have no day of the week in common: early has figures on Monday, Tuesday, Wednesday; late has figures on Thursday, Friday, Saturday, Sunday' "$PROPTER" -g turns links

# Within a slice.
expect "in a slice" 0 'all ads → all visits, 1 day later' propter links --among "all ads" --among "all visits" --where region=south
propter links --among "all ads" --among "all visits" --where region=south --format csv >south.csv
propter links --among "ad spend south" --among "visits south" --format csv >fixed.csv
same "its figures are those of the slice" "$(cut -d, -f5-12 south.csv)" "$(cut -d, -f5-12 fixed.csv)"

# A group that no observation holds is what is narrower, together; so are members that are listed.
printf '@prefix : <https://example.org/shop#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n:isle a skos:Concept ; skos:prefLabel "Isle"@en ; skos:narrower :north , :south .\n' >isle.ttl
propter load isle.ttl >load.out 2>&1 || not_ok "load" "$(cat load.out)"
propter links --among "all ads" --among "all visits" --format csv >whole.csv
propter links --among "all ads" --among "all visits" --where region=isle --format csv >isle.csv
propter links --among "all ads" --among "all visits" --where region=north --where region=south --format csv >both.csv
same "a group is the sum of its members" "$(cut -d, -f5-12 isle.csv)" "$(cut -d, -f5-12 whole.csv)"
same "so are members listed" "$(cut -d, -f5-12 both.csv)" "$(cut -d, -f5-12 whole.csv)"
propter why --format json "all visits on the Isle in October 2024" >isle.json; propter why --format json "all visits in October 2024" >all.json
observed() { sed -n 's/.*"observed":\([0-9.]*\).*/\1/p' "$1" | head -1; }
same "a question names it" "$(observed isle.json)" "$(observed all.json)"
expect "and is understood so" 1 'WHERE { ?slice d:region <https://example.org/shop#isle> }' propter why "all visits on the Isle in October 2024"
form='PREFIX : <https://example.org/shop#> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> WHY :all-visits DURING "2024-10-01"^^xsd:date TO "2024-10-31"^^xsd:date WHERE { ?slice :region'
propter query --format csv "$form :north , :south }" >both.csv 2>&1; propter query --format csv "$form :isle }" >isle.csv 2>&1
same "the form takes both" "$(sed 's/,[^,]*$//' both.csv)" "$(sed 's/,[^,]*$//' isle.csv)" # all but the name of the pattern
expect "a slice of no name" 3 'no dimension of that name' propter links --where colour=red
expect "no slice at all" 2 'expected DIM=VALUE' propter links --where region

# As many as memory holds.
awk "$uniform"'BEGIN {
  print "@prefix : <https://example.org/many#> . @prefix p: <https://w3id.org/propter#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> ."
  print "@prefix qb: <http://purl.org/linked-data/cube#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> ."
  for (m = 1; m <= 90; m++)
    printf ":metric%d a p:Metric ; skos:prefLabel \"metric %d\" ; p:dataset :cube ; p:measure :m%d ; p:timeDimension :year ; p:grain \"P1Y\"^^xsd:duration .\n", m, m, m
  for (t = 0; t < 240; t++) {
    printf ":o%d a qb:Observation ; qb:dataSet :cube ; :year \"%d\"^^xsd:gYear", t, 1700 + t
    for (m = 1; m <= 90; m++) printf " ; :m%d %.4f", m, 10 + uniform()
    print " ."
  }
}' >many.ttl
"$PROPTER" -g many load many.ttl >load.out 2>&1 || not_ok "load" "$(cat load.out)"
"$PROPTER" -g many links --lags 1 --resamples 20 >many.out 2>&1; code=$?
[ $code -le 1 ] && grep -q '^searched   90 metrics' many.out && ok "ninety metrics at once" || not_ok "ninety metrics: exit $code" "$(head -3 many.out)"

# A required link against the order.
printf '@prefix : <https://example.org/shop#> . @prefix p: <https://w3id.org/propter#> .\n:c-ads p:tier 3 .\n' >against.ttl
propter load against.ttl >load.out 2>&1 || not_ok "load" "$(cat load.out)"
expect "knowledge that contradicts itself" 3 'is required to act on' propter links
echo "1..$n"
