#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Figures that no textbook has, and knowledge that contradicts itself, from the table to the answer: ingest, detect, infer, links, why. Each gives a defined
# result or names the reason, and no answer holds a number that is none.
. "$srcdir/tests/cli/tap.sh"
t=$(mktemp -d "${TMPDIR:-/tmp}/propter-irregular-XXXXXX"); trap 'rm -rf "$t"' EXIT
cd "$t" || exit 99
p() { "$PROPTER" -g graph --today 2024-12-31 "$@"; }
# 200 days from 10 January 2024 on; from 30 April to 6 May a promotion lifts orders by half. Copies and sums of them, figures that never change, are missing, two, without end,
# in another unit from 10 April on, or end in February.
awk "$uniform"'
  function date(i,  m) { for (m = 1; i >= days[m]; m++) i -= days[m]; return sprintf("2024-%02d-%02d", m, i + 1) }
  BEGIN {
    split("31 29 31 30 31 30 31 31 30 31 30 31", days, " ")
    print "day,orders,twin,double,sum,other,constant,missing,two,infinite,jump,dead"
    for (i = 9; i < 209; i++) {
      o = int(1000 + 100 * uniform() + (i >= 120 && i < 127 ? 500 : 0)); x = int(500 + 60 * uniform())
      printf "%s,%d,%d,%d,%d,%d,7,,%s,%s,%d,%s\n", date(i), o, o, 2 * o, o + x, x, i == 50 || i == 51 ? i : "", i == 100 ? "INF" : o, \
        i < 100 ? o : 1000 * o, i < 60 ? o : ""
    }
  }' >days.csv
awk "$uniform"'BEGIN { print "month,monthly"; for (i = 0; i < 36; i++) printf "%d-%02d-01,%d\n", 2022 + int(i / 12), i % 12 + 1, 30000 + 2000 * uniform() }' >months.csv
# Two figures for one moment; and days with the hour of the change of clocks, before and after it.
awk "$uniform"'BEGIN { print "at,clock"; for (i = 1; i <= 60; i++) { d = i <= 31 ? sprintf("2024-03-%02d", i) : sprintf("2024-04-%02d", i - 31); zone = i < 31 ? "+01:00" : "+02:00"
    for (k = 0; k < 2; k++) printf "%sT00:30:00%s,%d\n%sT23:30:00%s,%d\n", d, zone, 50 + 5 * uniform(), d, zone, 50 + 5 * uniform() } }' >clock.csv
{
  echo '@prefix propter: <https://w3id.org/propter#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix : <https://example.org/odd#> .'
  metric() { echo ":$1 a propter:Metric ; skos:prefLabel \"$1\" ; propter:sourceFile \"$2\" ; propter:timeColumn \"$3\" ; propter:sourceColumn \"$1\" ; propter:grain \"$4\"^^xsd:duration ; propter:aggregation propter:Sum ; propter:unit \"1\" ; propter:goodDirection propter:Up ."; }
  for m in orders twin double sum other constant missing two infinite jump dead; do metric $m days.csv day P1D; done
  metric monthly months.csv month P1M
  metric clock clock.csv at P1D
} >metrics.ttl
# Figures at the ends of what a number can be; a metric without any; a link that is required and forbidden; causes in a circle; 3,000 metrics of three days.
awk "$uniform"'BEGIN {
  print "@prefix propter: <https://w3id.org/propter#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> ."
  print "@prefix qb: <http://purl.org/linked-data/cube#> . @prefix : <https://example.org/odd#> ."
  split("denormal huge unending never", names, " ")
  for (k = 1; k <= 4; k++) printf ":%s a propter:Metric ; skos:prefLabel \"%s\" ; propter:dataset :cube ; propter:measure :%s-value ; propter:timeDimension :day ; propter:grain \"P1D\"^^xsd:duration ; propter:aggregation propter:Sum .\n", names[k], names[k], names[k]
  for (i = 1; i <= 30; i++) printf ":o%d a qb:Observation ; qb:dataSet :cube ; :day \"2024-06-%02d\"^^xsd:date ; :denormal-value \"%.3fe-310\"^^xsd:double ; :huge-value \"%.6fe307\"^^xsd:double ; :unending-value \"%s\"^^xsd:double .\n", i, i, 1 + uniform(), 1 + uniform(), i % 3 ? "INF" : "NaN"
}' >ends.ttl
awk 'BEGIN {
  print "@prefix propter: <https://w3id.org/propter#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> ."
  print "@prefix qb: <http://purl.org/linked-data/cube#> . @prefix : <https://example.org/small#> ."
  for (k = 1; k <= 3000; k++) printf ":m%d a propter:Metric ; skos:prefLabel \"m%d\" ; propter:dataset :cube ; propter:measure :v%d ; propter:timeDimension :day ; propter:grain \"P1D\"^^xsd:duration ; propter:aggregation propter:Sum .\n", k, k, k
  for (i = 1; i <= 3; i++) for (k = 1; k <= 3000; k++) printf ":o%d qb:dataSet :cube ; :day \"2024-06-%02d\"^^xsd:date ; :v%d %d .\n", i, i, k, i * k % 7
}' >small.ttl
cat >knowledge.ttl <<'END_OF'
@prefix propter: <https://w3id.org/propter#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix : <https://example.org/odd#> .
:promotion a skos:Concept ; skos:prefLabel "promotion" . :rush a skos:Concept ; skos:prefLabel "rush" .
:e1 a propter:Event ; skos:prefLabel "spring promotion" ; propter:concept :promotion ; propter:start "2024-04-30"^^xsd:date ; propter:end "2024-05-06"^^xsd:date ; propter:leadsTo :e2 .
:e2 a propter:Event ; skos:prefLabel "spring rush" ; propter:concept :rush ; propter:start "2024-04-30"^^xsd:date ; propter:end "2024-05-06"^^xsd:date ; propter:leadsTo :e1 .
:l1 a propter:CausalLink ; propter:cause :promotion ; propter:effect :rush ; propter:beliefFor 0.9 .
:l2 a propter:CausalLink ; propter:cause :rush ; propter:effect :promotion ; propter:beliefFor 0.9 .
END_OF
cat >contradiction.ttl <<'END_OF'
@prefix propter: <https://w3id.org/propter#> . @prefix : <https://example.org/odd#> .
:yes a propter:CausalLink ; propter:cause :jump ; propter:effect :other ; propter:constraint propter:Required .
:no a propter:CausalLink ; propter:cause :jump ; propter:effect :other ; propter:constraint propter:Forbidden .
END_OF
# The same, and no number in it that is none.
sane() { expect "$@"; case $(printf '%s' "$out" | tr 'A-Z' 'a-z' | grep -ow -e nan -e -nan -e inf -e -inf -e infinity) in '') ok "$1: numbers are numbers" ;; *) not_ok "$1: a number that is none" "$out" ;; esac; }
expect 'what is no figure is set aside, the rest is read' 0 'days.csv:93:infinite' sh -c '"$PROPTER" -g graph --today 2024-12-31 ingest metrics.ttl; "$PROPTER" -g graph rejects last'
expect 'two figures of one time' 0 'clock.csv:3  "https://example.org/odd#clock/observation/2024-03-01"  duplicate  the same time and slices as line 2' p rejects last
p load knowledge.ttl ends.ttl >load.out 2>&1 || not_ok load "$(cat load.out)"
for f in table json; do
  sane "patterns ($f)" 0 orders p detect -f $f
  sane "findings ($f)" 0 orders p detect --detectors -f $f
  sane "causes of all ($f)" 0 unending p infer --dry-run -f $f
  sane "links ($f)" 0 'it never changes' p links -f $f
done
left='left out    '
detected=$(p detect)
says() { case $detected in *"$2"*) ok "$1" ;; *) not_ok "$1: $2" "$detected" ;; esac; }
says 'without figures' "$left"'missing, never, unending: it has no observations'
says 'figures without a square' "$left"'huge: none of its periods has a figure that can be used'
says 'two figures' "$left"'two: it has 2 figures, too few near each other to know its usual course; would help: 14 periods on end with figures'
linked=$(p links)
tied() { case $linked in *"$2"*) ok "$1" ;; *) not_ok "$1: $2" "$linked" ;; esac; }
tied 'figures that never change' 'left out   constant: it never changes'
tied 'copies of one' 'left out   orders: its figures are those of double, or a multiple of them'
tied 'and the other' 'left out   twin: its figures are those of double, or a multiple of them'
tied 'other grains' 'left out   monthly: its periods are of another length'
tied 'a sum of two in its panel' 'searched   5 metrics'
sane 'causes in a circle' 7 'the likeliest, spring' p why 'orders from 30 April to 6 May 2024'
sane 'the same as JSON' 7 '"outcome":"cause-unknown"' p why -f json 'orders from 30 April to 6 May 2024'
sane 'of figures that never change' 1 'did-not-move' p why 'constant from 30 April to 6 May 2024'
sane 'with one day that is no number' 7 'cause-unknown' p why 'infinite from 30 April to 6 May 2024'
sane 'another unit' 7 'looks like a change of unit' p why 'jump from 10 to 16 April 2024'
sane 'without figures, asked about' 3 'has no observations' p why 'missing on 1 May 2024'
sane 'never seen' 3 'has no observations' p why 'never on 1 May 2024'
sane 'neither finite' 3 'has no observations' p why 'unending on 1 June 2024'
sane 'two days' 7 'not-testable no observation before the window' p why 'two from 20 to 21 February 2024'
sane 'after its end' 3 'they go from 2024-01-10 to 2024-02-29' p why 'dead on 1 May 2024'
sane 'figures near nothing' 1 'did-not-move' p why 'denormal on 20 June 2024'
sane 'figures near no end' 7 'not-testable' p why 'huge on 20 June 2024'
sane 'months among days' 1 'widened to whole months' p why 'monthly from 30 April to 6 May 2024'
# The clocks go forward on 31 March.
sane 'days around a change of clocks' 1 'rows        clock.csv:118 and 122' p why 'clock on 31 March 2024'
p load contradiction.ttl >load.out 2>&1 || not_ok load "$(cat load.out)"
expect 'required and forbidden' 3 'requires what <https://example.org/odd#no> forbids' p links
sane 'and asked about' 1 'observed ' p why 'other on 1 May 2024'
"$PROPTER" -g small load small.ttl >load.out 2>&1 || not_ok load "$(cat load.out)"
expect 'thousands of tiny series' 1 'and 2,997 more: it has 3 figures' "$PROPTER" -g small detect
expect 'inferred' 0 'patterns    0' "$PROPTER" -g small infer
echo "1..$n"
