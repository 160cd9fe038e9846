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
expect "a slice in words" 7 'WHY m:orders DURING "2013-05-01" TO "2013-05-31" WHERE { ?slice d:region <https://example.org/shop#north> }' propter --today 2016-01-01 why "why did orders fall in the North region in May 2013"
expect "named in the answer" 7 '"headline":"Orders, north, came in' propter --today 2016-01-01 why --format json "orders in region north in May 2013"
expect "its moves are offered as questions" 7 'orders for region north in May 2013' propter --today 2016-01-01 why "orders in the north"
expect "and can be asked" 7 'region north' propter --today 2016-01-01 why "orders for region north in May 2013"
expect "and stands in the JSON" 7 '"slices":[{"dimension":"https://example.org/shop#region","member":"https://example.org/shop#north"}]' propter --today 2016-01-01 why --format json "orders for region north in May 2013"
expect "a part nobody knows is not passed over" 7 '"Texas"' propter --today 2016-01-01 why "orders in Texas in May 2013"
expect "a quiet month" 1 'slice' propter detect --slices --metric ${m}orders --from 2012-03-01 --to 2012-03-31
expect "a ratio without dimensions is cut by those of its parts" 0 'slice' propter detect --slices --metric ${m}quotient --from 2013-05-01 --to 2013-05-31
expect "no dimension to cut by" 3 'propter:sliceBy' propter detect --slices --metric ${m}bare --from 2013-05-01 --to 2013-05-31
expect "no window" 2 '--slices needs' propter detect --slices --metric ${m}orders
expect "no such metric" 3 'no propter:Metric' propter detect --slices --metric ${m}none --from 2013-05-01 --to 2013-05-31
# A move begins where it was planted, in every grain: a shift, and two periods that are over, each just after one that stood out the same way by chance.
awk "$uniform"'
  # Day z after 1970-01-01 (Hinnant, days and civil dates).
  function civil(z,  era, doe, yoe, doy, mp, m) {
    z += 719468; era = int(z / 146097); doe = z - era * 146097; yoe = int((doe - int(doe / 1460) + int(doe / 36524) - int(doe / 146096)) / 365)
    doy = doe - (365 * yoe + int(yoe / 4) - int(yoe / 100)); mp = int((5 * doy + 2) / 153); m = mp < 10 ? mp + 3 : mp - 9
    return sprintf("%04d-%02d-%02d", yoe + era * 400 + (m <= 2), m, doy - int((153 * mp + 2) / 5) + 1)
  }
  function date(g, i) {
    return g == "P1D" ? civil(14613 + i) : g == "P7D" ? civil(14613 + 7 * i) : g == "P1M" ? sprintf("%d-%02d-01", 1990 + int(i / 12), i % 12 + 1) : \
           g == "P3M" ? sprintf("%d-%02d-01", 1970 + int(i / 4), i % 4 * 3 + 1) : sprintf("%d-01-01", 1900 + i)
  }
  BEGIN {
    print "@prefix : <https://example.org/grain#> . @prefix propter: <https://w3id.org/propter#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> ."
    print "@prefix qb: <http://purl.org/linked-data/cube#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> ."
    split("P1D P7D P1M P3M P1Y", grain, " ")
    for (k = 1; k <= 5; k++) for (over = 0; over < 2; over++) {
      name = grain[k] (over ? "-pulse" : "-shift")
      printf ":%s-data a qb:DataSet . :%s a propter:Metric ; skos:prefLabel \"%s\" ; propter:dataset :%s-data ; propter:measure :x ; propter:timeDimension :t ; propter:grain \"%s\"^^xsd:duration ; propter:aggregation propter:Sum .\n", name, name, name, name, grain[k]
      for (i = 0; i < 60; i++) {
        y = 1000 + 100 * (uniform() - .5) + (i == 35 ? 110 : 0) + (i >= 36 && (!over || i < 38) ? 400 : 0)
        printf ":%s-%d a qb:Observation ; qb:dataSet :%s-data ; :t \"%s\"^^xsd:date ; :x %.0f .\n", name, i, name, date(grain[k], i), y
      }
    }
  }' >grains.ttl
"$PROPTER" -g grains load grains.ttl >load.out 2>&1 || cat load.out
"$PROPTER" -g grains detect --format csv >moves.csv
while read -r grain first last; do
  for kind in shift pulse; do
    # First day, onset and last day of the largest move.
    found=$(awk -F, -v m="$grain-$kind" '$2 == m && $11 * $11 > most { most = $11 * $11; found = $3 " " $12 " " $4 } END { print found }' moves.csv)
    [ $kind = pulse ] || found=${found% *}
    same "$grain, $kind: found from the first period of it on" "$found" "$first $first$([ $kind = shift ] || echo " $last")"
  done
done <<END_OF
P1D 2010-02-09 2010-02-10
P7D 2010-09-13 2010-09-26
P1M 1993-01-01 1993-02-28
P3M 1979-01-01 1979-06-30
P1Y 1936-01-01 1937-12-31
END_OF
echo "1..$n"
