#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# propter detect from outside, on a small cube made here: detectors with their significance, slices of a sum and of a ratio, formats, wrong use.
. "$srcdir/tests/cli/tap.sh"
t=$(mktemp -d "${TMPDIR:-/tmp}/propter-detect-XXXXXX"); trap 'rm -rf "$t"' EXIT
cd "$t" || exit 99
# Orders and refunds of four regions and six products, six years by month. Region north orders a third less in May 2013; product p3 is refunded twice as
# often in August 2014, when everybody orders half as much again in region south; all orders fall by a fifth in 2015.
awk "$uniform"'BEGIN {
  print "@prefix : <https://example.org/shop#> . @prefix propter: <https://w3id.org/propter#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> ."
  print "@prefix qb: <http://purl.org/linked-data/cube#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> ."
  print ":cube a qb:DataSet . :region rdfs:label \"region\" . :product rdfs:label \"product\" ."
  split("north south east west", region, " ")
  for (m = 1; m <= 2; m++) {
    name = m == 1 ? "orders" : "refunds"
    printf ":%s a propter:Metric ; skos:prefLabel \"%s\" ; propter:dataset :cube ; propter:measure :%sCount ; propter:timeDimension :month ; propter:sliceBy :region, :product ;\n", name, name, name
    print "  propter:grain \"P1M\"^^xsd:duration ; propter:aggregation propter:Sum ."
  }
  print ":rate a propter:Metric ; skos:prefLabel \"refund rate\" ; propter:numerator :refunds ; propter:denominator :orders ; propter:sliceBy :region, :product ."
  print ":quotient a propter:Metric ; skos:prefLabel \"refunds by orders\" ; propter:numerator :refunds ; propter:denominator :orders ."
  print ":bare a propter:Metric ; skos:prefLabel \"bare\" ; propter:dataset :cube ; propter:measure :refundsCount ; propter:timeDimension :month ;"
  print "  propter:grain \"P1M\"^^xsd:duration ; propter:aggregation propter:Sum ."
  for (i = 0; i < 72; i++) {
    d = sprintf("%d-%02d-01", 2010 + int(i / 12), i % 12 + 1)
    for (r = 1; r <= 4; r++) for (p = 1; p <= 6; p++) {
      k = int(101 * uniform())
      orders = 1000 * r + 200 * p + k - 50
      refunds = int(orders / 10 + 17 * uniform() - 8)
      if (d == "2013-05-01" && r == 1) orders = int(orders * 2 / 3)
      if (d >= "2015-01-01") orders = int(orders * 4 / 5)
      if (d == "2014-08-01" && r == 2) { orders = int(orders * 3 / 2); refunds = int(refunds * 3 / 2) }
      if (d == "2014-08-01" && p == 3) refunds *= 2
      printf ":o%d-%d-%d a qb:Observation ; qb:dataSet :cube ; :month \"%s\"^^xsd:date ; :region :%s ; :product :p%d ; :ordersCount %d ; :refundsCount %d .\n", i, r, p, d, region[r], p, orders, refunds
    }
  }
}' >shop.ttl
propter() { "$PROPTER" -g graph "$@"; }
propter load shop.ttl >load.out 2>&1 || { cat load.out; echo "Bail out! load"; exit 1; }
m=https://example.org/shop#

propter detect --detectors --metric ${m}orders --format csv >found.csv 2>err; code=$?
[ $code -eq 0 ] && grep -q '^'"${m}orders"',shift,2015-01-01,' found.csv; [ $? -eq 0 ] && ok "the fall of 2015 is a level shift" || not_ok "level shift" "$(cat found.csv err)"
awk -F, 'NR > 1 && !($10 <= $11 && $11 <= .05 && $9 >= 0 && $9 <= 1) { bad = 1 } END { exit bad || NR < 2 }' found.csv && ok "p, q and the probability of the onset" || not_ok "p, q" "$(cat found.csv)"
expect "as JSON" 0 '"detector":"shift","first":"2015-01-01"' propter detect --detectors --metric ${m}orders --format json
propter detect --detectors --threads 1 >one; propter detect --detectors --threads 2 >two; cmp -s one two && ok "the same on one and two threads" || not_ok "threads"
expect "outside its time" 1 'series' propter detect --detectors --metric ${m}orders --from 2011-01-01 --to 2011-06-30
expect "the slice of a sum" 0 'region north ' propter detect --slices --metric ${m}orders --from 2013-05-01 --to 2013-05-31
[ "$(propter detect --slices --metric ${m}orders --from 2013-05-01 --to 2013-05-31 --format jsonl | wc -l)" -eq 1 ] && ok "and no other" || not_ok "one slice"
expect "the slice of a ratio, not the traffic" 0 '"slice":"product p3"' propter detect --slices --metric ${m}rate --from 2014-08-01 --to 2014-08-31 --format json
[ "$(propter detect --slices --metric ${m}rate --from 2014-08-01 --to 2014-08-31 --format csv | wc -l)" -eq 2 ] && ok "and no other" || not_ok "one slice of a ratio"
expect "a slice asked about in the WHY form" 0 '6811.0' propter query "PREFIX m: <$m> SELECT ?observed { { WHY m:orders DURING \"2013-05-01\" TO \"2013-05-31\" WHERE { ?s m:region m:north } } } LIMIT 1"
expect "of no such member" 3 'no member <' propter why "PREFIX m: <$m> WHY m:orders DURING \"2013-05-01\" TO \"2013-05-31\" WHERE { ?s m:region m:up }"
expect "of a member without rows" 3 'no observation of this slice' propter why "PREFIX m: <$m> WHY m:orders DURING \"2013-05-01\" TO \"2013-05-31\" WHERE { ?s m:region m:p1 }"
expect "a slice in words" 7 'WHY m:orders DURING "2013-05-01" TO "2013-05-31" WHERE { ?slice <https://example.org/shop#region> <https://example.org/shop#north> }' propter --today 2016-01-01 why "why did orders fall in the North region in May 2013"
expect "named in the answer" 7 '"headline":"Orders, north stood' propter --today 2016-01-01 why --format json "orders in region north in May 2013"
expect "its moves are offered as questions" 7 'orders for region north in May 2013' propter --today 2016-01-01 why "orders in the north"
expect "and can be asked" 7 'region north' propter --today 2016-01-01 why "orders for region north in May 2013"
expect "and stands in the JSON" 7 '"slices":[{"dimension":"https://example.org/shop#region","member":"https://example.org/shop#north"}]' propter --today 2016-01-01 why --format json "orders for region north in May 2013"
expect "a part nobody knows is not passed over" 7 '"Texas"' propter --today 2016-01-01 why "orders in Texas in May 2013"
expect "a quiet month" 1 'slice' propter detect --slices --metric ${m}orders --from 2012-03-01 --to 2012-03-31
expect "a ratio without dimensions is cut by those of its parts" 0 'slice' propter detect --slices --metric ${m}quotient --from 2013-05-01 --to 2013-05-31
expect "no dimension to cut by" 3 'propter:sliceBy' propter detect --slices --metric ${m}bare --from 2013-05-01 --to 2013-05-31
expect "no window" 2 '--slices needs' propter detect --slices --metric ${m}orders
expect "no such metric" 3 'no propter:Metric' propter detect --slices --metric ${m}none --from 2013-05-01 --to 2013-05-31
echo "1..$n"
