#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# propter why from outside, on a small graph made here: outcomes, exit codes, formats, files, wrong use.
. "$srcdir/tests/cli/tap.sh"
t=$(mktemp -d "${TMPDIR:-/tmp}/propter-why-XXXXXX"); trap 'rm -rf "$t"' EXIT
cd "$t" || exit 99
# Parcels per month, six years, a steady course with a small swing; half of the depot away in May 2013, an unexplained jump in October 2015.
awk 'BEGIN {
  print "@prefix : <https://example.org/parcels#> . @prefix propter: <https://w3id.org/propter#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> ."
  print "@prefix qb: <http://purl.org/linked-data/cube#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix dct: <http://purl.org/dc/terms/> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> ."
  print ":cube a qb:DataSet ; dct:title \"Parcels sent from the northern depot\" ."
  for (m = 1; m <= 2; m++) {
    name = m == 1 ? "sent" : "returned"; label = m == 1 ? "parcels sent" : "parcels returned"
    printf ":%s a propter:Metric ; skos:prefLabel \"%s\" ; skos:altLabel \"parcels\", \"%s parcels\" ; propter:dataset :cube ; propter:measure :%sCount ; propter:timeDimension :month ;\n", name, label, name, name
    printf "  propter:concept :depot%s ; propter:grain \"P1M\"^^xsd:duration ; propter:aggregation propter:Sum ; propter:unitLabel \"parcels\" .\n:depot%s a skos:Concept ; skos:prefLabel \"depot %s\" .\n", name, name, name
  }
  print ":handled a propter:Metric ; skos:prefLabel \"items handled\" ; propter:dataset :cube ; propter:measure :bothCount ; propter:timeDimension :month ; propter:grain \"P1M\"^^xsd:duration ; propter:unitLabel \"items\" ."
  print ":both a propter:Definition ; propter:operator propter:SumOf ; propter:whole :handled ; propter:part :sent, :returned ."
  for (i = 0; i < 72; i++) {
    y = 2010 + int(i / 12); mo = i % 12 + 1; d = sprintf("%d-%02d-01", y, mo)
    sent = 5000 + 8 * i + (i * 37 % 23) - 11; returned = 400 + (i * 29 % 17) - 8
    if (d == "2013-05-01") sent -= 900
    if (d == "2015-10-01") sent += 700
    printf ":o%d a qb:Observation ; qb:dataSet :cube ; :month \"%s\"^^xsd:date ; :sentCount %d ; :returnedCount %d ; :bothCount %d ; propter:sourceFile \"parcels.csv\" ; propter:sourceRow %d ; propter:sourceColumn \"sent\" .\n", i, d, sent, returned, sent + returned, i + 2
  }
  print ":strike a propter:Event ; skos:prefLabel \"Drivers strike of May 2013\" ; propter:concept :walkout ; propter:scope :depotsent ; propter:start \"2013-05-02\"^^xsd:date ; propter:end \"2013-05-30\"^^xsd:date ; propter:knownFrom \"2013-07-01\"^^xsd:date ;"
  print "  propter:dose [ propter:value -900.0 ; propter:profile propter:Pulse ; propter:source \"about 900 parcels stayed\" ] ."
  print ":told a propter:Event ; rdfs:label \"flooding of the yard\" ; propter:concept :flood ; propter:scope :depotreturned ; propter:start \"2012-02-03\"^^xsd:date ; propter:end \"2012-03-20\"^^xsd:date ; propter:document :memo ; propter:knownFrom \"2012-04-01\"^^xsd:date ."
  print ":flood a propter:EventKind ; skos:prefLabel \"flood\" . :outage a propter:EventKind ; skos:prefLabel \"sorter outage\" ."
  print ":walkout a skos:Concept ; skos:prefLabel \"strike\" ; propter:controllable true ; propter:owner :dispatch ; propter:nextStep \"call the works council\" . :dispatch skos:prefLabel \"head of dispatch\" ."
}' >parcels.ttl
"$PROPTER" -g g init >/dev/null 2>&1
"$PROPTER" -g g load parcels.ttl >out 2>&1 && ok 'the graph loads' || not_ok 'the graph loads' "$(cat out)"
why() { "$PROPTER" -g g --today 2016-02-10 why "$@"; }

expect 'a documented cause is named' 0 'Drivers strike of May 2013' why 'parcels sent in May 2013'
expect 'the form as understood comes first' 0 'form        WHY m:sent DURING "2013-05-01" TO "2013-05-31"' why 'why did parcels sent fall in May 2013?'
expect 'words need no quotes' 0 'Drivers strike' why why did parcels sent drop in May 2013
expect 'who decides and what to do, where the graph knows' 0 'act    can be changed; decides: head of dispatch; next: call the works council' why 'parcels sent in May 2013'
expect 'also in a table' 0 ',true,head of dispatch,call the works council' why --format csv 'parcels sent in May 2013'
expect 'where it lies: the part of the sum that moved' 0 'where       parcels sent  −' why 'items handled in May 2013'
expect 'as data' 0 '"where":[{"label":"parcels sent","metric":"https://example.org/parcels#sent","parent":null,' why --format json 'items handled in May 2013'
expect 'as a list' 0 '- parcels sent: −' why --format md 'items handled in May 2013'
expect 'as a table' 0 ',part,,https://example.org/parcels#sent,parcels sent,' why --format csv 'items handled in May 2013'
expect 'as a tree' 0 '<title id="parts-t">Where the change lies</title>' why --format html 'items handled in May 2013'
expect 'despite a cause by its name' 0 'not-seen' why 'why did parcels returned not fall in May 2013 despite the drivers strike'
expect 'a cause of no name is not passed over' 7 'names a cause that the graph does not know' why 'why did parcels returned not fall in May 2013 despite the moon'
expect 'a suspect has its verdict first' 0 'asked       Drivers strike of May 2013 (2–30 May): ' why 'was the drivers strike the reason parcels sent fell in May 2013?'
expect 'and stands in the form' 0 'WHY m:sent SUSPECT <https://example.org/parcels#strike> DURING "2013-05-01" TO "2013-05-31"' why 'did the drivers strike hit parcels sent'
expect 'which is a question, too' 0 'asked       Drivers strike' why 'WHY <https://example.org/parcels#sent> SUSPECT <https://example.org/parcels#walkout> DURING "2013-05-01"^^<http://www.w3.org/2001/XMLSchema#date> TO "2013-05-31"^^<http://www.w3.org/2001/XMLSchema#date>'
expect 'one that is no candidate is no cause' 1 'asked       Drivers strike of May 2013: it was over on 2013-05-30' why 'did the drivers strike affect parcels sent in July 2014'
expect 'a suspect in JSON' 0 '"asked":"Drivers strike of May 2013' why --format json 'did the drivers strike hit parcels sent in May 2013'
expect 'a denied effect is WHY NOT' 0 'WHY NOT m:returned DESPITE <https://example.org/parcels#strike>' why "why didn't the drivers strike hurt parcels returned in May 2013"
expect 'a time told by an event' 0 '"strike" was taken as that of Drivers strike of May 2013, 2013-05-02 to 2013-05-30' why 'parcels sent during the strike'
expect 'one that a document tells, by the name of its kind' 1 '"flood" was taken as that of flooding of the yard, 2012-02-03 to 2012-03-20' why 'parcels returned during the flood'
expect 'which may be since when' 7 'DURING "2012-02-01" TO "2015-12-31"' why 'parcels returned since the flood'
expect 'or what is suspected' 1 'WHY m:returned SUSPECT <https://example.org/parcels#told> DURING "2012-02-01" TO "2012-03-31"' why 'what did the flood do to parcels returned'
expect 'a kind of which no event is known can be suspected' 0 'SUSPECT <https://example.org/parcels#outage>' why 'parcels sent in May 2013 - the sorter outage?'
expect 'a time to come is asked back' 7 'the time lies ahead: nothing has happened in it yet: "tomorrow"' why 'parcels sent tomorrow'
expect 'what names nothing is offered nothing' 7 'those that come near, or some of them' why 'zebra stripes in May 2013'
expect 'which part is asked for' 0 'asked       most of it lies in parcels sent (' why 'which parts drove items handled in May 2013'
expect 'what could be meant is offered, as a command' 7 "why 'parcels sent in May 2013'" why 'parcels sent in Utah in May 2013'
expect 'of each name that fits' 7 '"didYouMean":["parcels returned in May 2013","parcels sent in May 2013"]' why --format json 'parcels in May 2013'
expect 'compared in words' 0 'against May 2012' why 'parcels sent in May 2013 compared to a year earlier'
expect 'the rows are named' 0 'parcels.csv:' why 'parcels sent in May 2013'
expect 'a quiet month did not move' 1 'did-not-move' why 'parcels sent in July 2012'
expect 'a move without a cause is unknown' 7 'cause-unknown' why 'parcels sent in October 2015'
expect 'several periods are told as their mean' 0 'mean of 3 months' why 'parcels sent from April to June 2013'
expect 'in the headline, too' 0 'came in on average' why --format md 'parcels sent from April to June 2013'
expect 'a false premise is named' 0 'the question speaks of a rise' why 'why did parcels sent rise in May 2013'
expect 'also where the last month stood above the time before' 0 'the question speaks of a rise, but the figure stood' why 'why did parcels sent rise in May and June 2013'
expect 'against the time that it names' 0 'below what was to be expected; against May 2012 it fell by' why 'why did parcels sent rise in May 2013 compared to a year earlier'
expect 'a question about nothing known' 7 'no metric that the graph knows' why 'why is the sky blue in May 2013'
expect 'it offers what comes near' 7 'parcels returned' why 'why are there many returns in May 2013'
expect 'a name of two metrics is not guessed' 7 'more than one metric' why 'parcels in May 2013'
expect 'without a time it offers the moves' 7 'parcels sent in May 2013' why 'parcels sent'
expect 'unknown words are quoted' 7 '"Utah"' why 'parcels sent in Utah in May 2013'
expect 'a time outside the data' 3 '2010-01-01 to 2015-12-31' why 'parcels sent in 2031'
expect 'last month counts from today' 1 'counted from' why 'parcels sent last month'
expect 'an IRI and days' 0 'Drivers strike' why --metric 'https://example.org/parcels#sent' --from 2013-05-01 --to 2013-05-31
expect 'days are widened to periods' 0 'widened to whole months' why --metric 'https://example.org/parcels#sent' --from 2013-05-07 --to 2013-05-07
expect 'an unknown metric' 3 'https://example.org/none' why --metric https://example.org/none --from 2013-05-01 --to 2013-05-31
expect 'a window that ends before it begins' 3 'ends before it begins' why --metric 'https://example.org/parcels#sent' --from 2013-06-01 --to 2013-05-31
expect 'no such day' 3 'expected a date' why --metric 'https://example.org/parcels#sent' --from 2013-02-30 --to 2013-05-31
expect 'a name that nothing answers to cannot be left out' 3 'cannot leave out "nonsense"' why --without nonsense 'parcels sent in May 2013'
expect 'nor one of two' 3 'cannot leave out "nonsense"' why --without 'https://example.org/parcels#strike' --without nonsense 'parcels sent in May 2013'
expect 'the latest July is taken where no year is named' 1 'no year was named: taken as July 2015' why 'parcels sent in July'
expect 'a declined request says what it is short of' 7 'request     what is asked is clear (goal clarity); data or documents are missing (resource openness); nobody is recorded who decides (risk sharing)' why 'parcels sent in October 2015'
expect 'and what would help where it is acted on' 7 'would help  record who decides: propter:owner' why --decide 'parcels sent in October 2015'
expect 'as conditions in JSON' 7 '{"code":"goal-clarity","met":false,"text":"the question names no metric that the graph knows","help":"use a name that the graph has: those that come near, or some of them"}' why --format json 'the sky'
for f in text md html json svg; do
  expect "the next step in $f" 0 'call the works council' why --format $f 'parcels sent in May 2013'
  expect "why there is none in $f" 7 'names a cause for it' why --format $f 'parcels sent in October 2015'
done
expect 'a code in JSON for what is missing' 7 '"outcome":"cause-unknown"' why --format json 'parcels sent in October 2015'
expect 'and in CSV' 7 'cause-unknown,' why --format csv 'parcels sent in October 2015'
expect 'and for what is not understood' 7 'not-understood,' why --format csv 'the sky'
expect 'who decides is named' 0 '{"code":"risk-sharing","met":true,"text":"head of dispatch","help":""}' why --format json --decide 'parcels sent in May 2013'
expect 'nobody to decide: looked at, not acted on' 1 'did-not-move' why 'parcels returned in July 2012'
expect 'and declined where it shall be acted on' 7 'nobody is recorded who decides (risk sharing)' why --decide 'parcels returned in July 2012'
expect 'a file in no folder' 2 'found no folder nowhere/here' why --out nowhere/here/a.html 'parcels sent in May 2013'
expect 'no question' 2 'expected a question' why
expect 'question and metric' 2 'found both' why --metric x 'parcels sent in May 2013'
expect 'days without metric' 2 '--from and --to go with --metric' why --from 2013-05-01 'parcels sent'
expect 'an unknown format' 2 'text, json, md, html, csv, svg, png' why --format pdf 'parcels sent in May 2013'
why --out a.svg 'parcels sent in May 2013'
head -c 200 a.svg | grep -q '<svg xmlns="http://www.w3.org/2000/svg"' && ok 'the ending of --out says the format: one picture with words' || not_ok 'the ending of --out says the format' "$(head -c 300 a.svg)"
if command -v rsvg-convert >/dev/null 2>&1; then
  why --out a.png 'parcels sent in May 2013'; why --out b.png 'parcels sent in October 2015'
  for f in a b; do [ "$(od -An -tx1 -N8 $f.png | tr -d ' ')" = 89504e470d0a1a0a ] && [ "$(wc -c <$f.png)" -gt 20000 ] && ok "$f is a PNG" || not_ok "$f is a PNG" "$(ls -l $f.png)"; done
  tr -d '\000' <a.png | grep -qa 'iTXtDescriptionenWhy: parcels sent, May 2013' && ok 'with its words' || not_ok 'with its words'
fi
expect 'a wrong limit' 2 '--limit' why --limit 0 'parcels sent in May 2013'
expect 'not UTF-8' 3 'expected UTF-8' why "$(printf 'parcels sent in M\377y 2013')"
expect 'no graph' 3 'no graph' "$PROPTER" -g nowhere why 'parcels sent in May 2013'
expect 'without its event the cause is gone' 7 'cause-unknown' why --without 'https://example.org/parcels#strike' 'parcels sent in May 2013'
expect 'before it was known it is not named' 7 'known by    2013-06-15' why --known-by 2013-06-15 'parcels sent in May 2013'
expect 'afterwards it is' 0 'Drivers strike' why --known-by 2013-07-15 'parcels sent in May 2013'
expect 'numbers on request' 0 'number P' why --numbers 'parcels sent in May 2013'
expect 'the score on request' 0 'log odds: prior' why --explain-score 'parcels sent in May 2013'
expect 'json' 0 '"schema":"https://w3id.org/propter/answer/1"' why --format json 'parcels sent in May 2013'
expect 'csv' 0 'outcome,metric,from,to,observed,' why --format csv 'parcels sent in May 2013'
expect 'md' 0 '# Why: parcels sent, May 2013' why --format md 'parcels sent in May 2013'
expect 'a json of what is not understood' 7 '"code":"no-metric"' why --format json 'why is the sky blue'

why --format html --out report.html 'parcels sent in May 2013' >out 2>&1
[ $? -eq 0 ] && [ ! -s out ] && grep -q '</html>' report.html && ok 'an answer goes to a file' || not_ok 'an answer goes to a file' "$(cat out)"
why --report 'parcels sent in May 2013' >out 2>err
grep -q 'report  why-sent-2013-05.html' out && [ ! -s err ] && grep -q '<svg' why-sent-2013-05.html && ok 'a report on request' || not_ok 'a report on request' "$(cat err out)"
why 'parcels sent in April 2013' >/dev/null 2>&1; [ ! -e why-sent-2013-04.html ] && ok 'and not without' || not_ok 'and not without'
! grep -Eiq '<script|<link|<iframe|src=|href=|https?://[^"]*\.(css|js)' why-sent-2013-05.html && ok 'the report loads nothing' || not_ok 'the report loads nothing'
expect 'an ending that is no form' 2 '--out a.pdf: ' why --out a.pdf 'parcels sent in May 2013'
why --out a.txt 'parcels sent in May 2013'
grep -q '^understood' a.txt && ok 'a .txt is text' || not_ok 'a .txt is text' "$(head -3 a.txt)"
expect 'a folder that does not exist' 2 'nowhere' why --out nowhere/x.txt 'parcels sent in May 2013'
why --format json 'parcels sent in May 2013' >one; "$PROPTER" -g g --today 2016-02-10 --threads 1 why --format json 'parcels sent in May 2013' >two
for q in 'parcels sent in May 2013' 'parcels sent in July 2012' 'parcels sent in October 2015' 'parcels sent' 'parcels' 'why is the sky blue'; do
  why --format json "$q" | "$builddir/tests/why/validate" "$srcdir/query/why/answer.schema.json" >out 2>&1 && ok "valid JSON: $q" || not_ok "valid JSON: $q" "$(cat out)"
done

# As a run left the graph, byte by byte: what came later is taken back for the answer, and only for it.
past() { "$PROPTER" -g past "$@"; }
asked() { past --today 2016-02-10 why "$@" 'parcels sent in May 2013'; }
past --today 2016-02-01 load parcels.ttl >/dev/null 2>&1
for f in json text html csv; do asked --format $f >then.$f 2>&1; done
past --today 2016-02-11 update 'PREFIX m: <https://example.org/parcels#> DELETE { GRAPH ?g { ?o m:sentCount ?n } } INSERT { GRAPH ?g { ?o m:sentCount 4000 ; m:note "later" } }
  WHERE { GRAPH ?g { ?o m:month ?d ; m:sentCount ?n } FILTER (STR(?d) = "2013-05-01") } ; DELETE WHERE { GRAPH ?g { m:strike ?p ?o } }' >/dev/null 2>&1
past --today 2016-02-12 infer >/dev/null 2>&1
expect 'later the cause is gone' 7 'cause-unknown' asked
same=0; for f in json text html csv; do asked --as-of r-20160201 --format $f >now.$f 2>&1; cmp -s then.$f now.$f && same=$((same + 1)); done
[ $same -eq 4 ] && ok 'as of the run the answer is what it was, byte by byte' || not_ok "as of the run: $same of 4 the same" "$(diff then.text now.text)"
expect 'and the graph is what it is' 7 'cause-unknown' asked
same=0; for d in 2016-02-01 2016-02-10; do for f in json text html csv; do asked --as-of $d --format $f >now.$f 2>&1; cmp -s then.$f now.$f && same=$((same + 1)); done; done
[ $same -eq 8 ] && ok 'as of the end of its day and of a later one, too' || not_ok "as of a day: $same of 8 the same" "$(diff then.text now.text)"
expect 'as of the day on which it changed' 7 'cause-unknown' asked --as-of 2016-02-11
expect 'as of a day before there was anything' 3 'no run by the end of 2016-01-31; the first is r-20160201' asked --as-of 2016-01-31
expect 'as of a day that is none' 3 'no run "2016-02-30"' asked --as-of 2016-02-30
expect 'days compared' 0 'between   r-20160212' past why --diff 2016-02-11 2016-02-12
expect 'as of no such run' 3 'no run' asked --as-of nothing
expect 'as of the last run nothing is taken back' 7 'cause-unknown' asked --as-of last

# The form itself, as a question and as a query.
P='PREFIX m: <https://example.org/parcels#> '; D='DURING "2013-05-01" TO "2013-05-31"'
q() { "$PROPTER" -g g query "$@"; }
expect 'the form is a question' 0 'Drivers strike' why "$P WHY m:sent $D"
expect 'what is wrong with it has its place' 3 'question:1:54: expected DURING, found "DURNG"' why "$P WHY m:sent DURNG"
expect 'another form is no question' 3 'expected a WHY query' why "$P SELECT * { ?s ?p ?o }"
expect 'a variable nobody binds' 3 'found ?x, which nothing binds' why "$P WHY ?x $D"
expect 'compared: expected course, here, there' 0 'how far it stood off it here, less ' why "$P WHY m:sent $D COMPARED TO \"2012-05-01\" TO \"2012-05-31\""
expect 'why not: the premise is wrong' 1 'says that the figure did not move, but it stood ' why "$P WHY NOT m:sent $D"
expect 'why not: it should have shown' 0 '(2–30 May): not-seen, its documented size predicts' why "$P WHY NOT m:returned DESPITE m:strike $D"
expect 'why not: at another time' 0 'not-then, it was over on 2013-05-30' why "$P WHY NOT m:returned DESPITE m:strike DURING \"2013-07-01\" TO \"2013-07-31\""
expect 'why not: of nothing known' 3 'no cause <https://example.org/parcels#nobody>' why "$P WHY NOT m:returned DESPITE m:nobody $D"
for w in "WHY m:sent $D COMPARED TO \"2012-05-01\" TO \"2012-05-31\"" "WHY NOT m:sent DESPITE m:strike $D" "WHY NOT m:returned DESPITE m:strike $D"; do
  why --format json "$P $w" | "$builddir/tests/why/validate" "$srcdir/query/why/answer.schema.json" >out 2>&1 && ok "valid JSON: $w" || not_ok "valid JSON: $w" "$(cat out)"
  for f in md csv html text; do why --format $f "$P $w" >out 2>&1; [ $? -le 1 ] && [ -s out ] || not_ok "$f: $w" "$(cat out)"; done
done
for f in table json xml csv tsv; do expect "solutions as $f" 0 'https://example.org/parcels#strike' q -f $f "$P WHY m:sent $D"; done
[ "$(q -f csv "$P SELECT ?cause { { WHY m:sent DURING \"2012-07-01\" TO \"2012-07-31\" } }" | tail -1 | tr -d '\r')" = 'https://w3id.org/propter#NoCause' ] && ok 'nothing to explain' || not_ok 'nothing to explain'
expect 'it joins with patterns beside it' 0 '2013-05-02' q "$P PREFIX p: <https://w3id.org/propter#> SELECT ?start { { WHY m:sent $D } ?cause p:start ?start }"
expect 'who decides and what to do are columns' 0 'true,head of dispatch,call the works council' q -f csv "$P SELECT ?controllable ?owner ?nextStep { { WHY m:sent $D } FILTER (?cause = m:strike) }"
expect 'and takes its terms from them' 0 '(1 row)' q "$P PREFIX p: <https://w3id.org/propter#> SELECT * { VALUES (?m ?a ?b) { (m:sent \"2013-05-01\" \"2013-05-31\") } { WHY ?m DURING ?a TO ?b } FILTER (?cause = m:strike) }"
expect 'also where it may be missing' 0 '(2 rows)' q "$P SELECT ?m ?grade { VALUES ?m { m:sent m:returned } OPTIONAL { { WHY ?m $D LIMIT 1 } FILTER (?cause = m:strike) } }"
expect 'a term without value' 3 'WHY needs the IRI of a metric' q "$P WHY ?m $D"
expect 'asked' 0 'true' q "$P PREFIX p: <https://w3id.org/propter#> ASK { { WHY m:sent $D } FILTER (?grade = p:DataOnly) }"
expect 'constructed' 0 'parcels#strike> .' q -f nt "$P CONSTRUCT { m:sent m:because ?cause } { { WHY m:sent $D LIMIT 1 } FILTER (?rank = 1) }"
expect 'in the plan' 0 'service' q --explain "$P WHY m:sent $D"

# Two runs compared: with the strike left out, and with it.
"$PROPTER" -g g infer --without 'https://example.org/parcels#strike' >first 2>/dev/null; "$PROPTER" -g g infer >second 2>/dev/null
first=$(sed -n 's|.*/run/\(r-.*\)|\1|p' first)
expect 'two runs compared' 0 'new       parcels sent, 2013-05-01 to 2013-05-31: Drivers strike of May 2013' why --diff "$first" last
expect 'the run between is named' 0 'between   r-' why --diff "$first"
expect 'in JSON' 0 '"before":null,"after":{"grade":"DataOnly","outcome":"Answered"' why --diff "$first" --format json
expect 'a run and itself' 0 'causes    0 changed' why --diff last
expect 'a question has no place there' 2 'no question, found "parcels sent in July 2012"' why --diff last 'parcels sent in July 2012'
expect 'no such run' 3 'r-none' why --diff r-none
expect 'what the newest inference changed' 0 'likely? ' why --diff
expect 'three runs' 2 'at most two runs' why --diff a b c
# What a person wrote into a table is text evidence like a sentence.
printf '%s\n' cause,effect,direction,when,who,written,confidence,reason 'strike,parcels sent,down,May 2013,Ida Berg,2013-07-02,0.9,No van left the yard.' \
  'strike,parcels sent,aside,,,,,' >beliefs.csv
expect 'claims of people are read, a wrong row is named' 1 'rejected beliefs.csv:3:3: expected increase, decrease, up, down' "$PROPTER" -g g read beliefs.csv
expect 'an authored claim is text evidence' 0 'says   "No van left the yard."    beliefs.csv, characters' why 'parcels sent in May 2013'
expect 'beside the data: both' 0 '"grade":"both"' why --format json 'parcels sent in May 2013'
expect 'but not before it was written' 7 'known by    2013-06-15' why --known-by 2013-06-15 'parcels sent in May 2013'

cmp -s one two && ok 'equal bytes on one thread and on many' || not_ok 'equal bytes on one thread and on many'
expect 'a full device' 75 'cannot write' sh -c '"$0" -g g why "parcels sent in May 2013" >/dev/full' "$PROPTER"
# Calls a day at 200 but for noise, a level of 150 from 13 January to 27 February 2025 and on four days of July 2024: seen from the level just before, most of a later period did not move.
mkdir calls && awk "$uniform"'BEGIN { print "date,calls"; for (i = 0; i < 440; i++) { ("date -u -d \"2024-01-01 +" i " days\" +%F") | getline d
  print d "," int(200 + 20 * (uniform() + uniform() - 1) - (i >= 378 && i < 424 || i >= 200 && i < 204 ? 50 : 0)) } }' >calls/calls.csv
"$PROPTER" -g calls.graph --today 2025-03-17 start calls >out 2>&1
calls() { "$PROPTER" -g calls.graph --today 2025-03-17 why "$@"; }
expect 'a period inside of a move' 7 'note        a move goes beyond this time: judged is 13' calls 'why did calls fall in February 2025?'
expect 'which went the way that was asked for' 7 'observed    149   expected 205' calls 'why did calls fall in February 2025?'
expect 'whatever way it is asked for' 7 'expected 205' calls 'calls in February 2025'
expect 'is judged as told where a form tells it' 7 'observed    150   expected 143' calls 'WHY m:calls DURING "2025-02-01" TO "2025-02-28"'
expect 'a period with a move in it' 1 'note        a move overlaps this time: 19–22 Jul 2024 (−19 %)' calls 'why did calls rise in July 2024?'
expect 'asked without a time: its moves' 7 'moves       calls from 13 Jan to 27 Feb 2025' calls 'why were calls so low?'
if calls 'why were calls so low?' | grep -q 'calls .* +[0-9]'; then not_ok 'that went the way it says'; else ok 'that went the way it says'; fi
expect 'a quiet period' 1 'did-not-move' calls 'why did calls fall in June 2024?'
if calls 'why did calls fall in June 2024?' | grep -q 'a move '; then not_ok 'has no move around it'; else ok 'has no move around it'; fi
# The server says the same, byte by byte; in HTML its claims and events are links to their documents, too.
if [ -x "$builddir/tests/http/ask" ]; then
  "$PROPTER" -g past serve --port 0 >where 2>errors & server=$!; trap 'kill $server 2>/dev/null; rm -rf "$t"' EXIT
  i=0; while [ ! -s where ] && [ $i -lt 200 ]; do sleep 0.05; i=$((i + 1)); done
  port=$(sed -n 's|^http://127.0.0.1:\([0-9]*\)/$|\1|p' where)
  q=parcels+sent+in+May+2013
  same() { # name, target, options of why...
    name=$1; target=$2; shift 2
    "$PROPTER" -g past why "$@" >here 2>/dev/null
    "$builddir/tests/http/ask" "$port" GET "$target" >there 2>&1; [ "$(head -n 1 there)" = 200 ] && tail -n +2 there | cmp -s - here && [ -s here ] && ok "the server, too: $name" || not_ok "the server, too: $name" "$(cat there here)"
  }
  for f in json text csv md; do
    same "$f" "/why?q=$q&format=$f" --format $f 'parcels sent in May 2013'
    same "$f as of a day" "/why?q=$q&format=$f&as-of=2016-02-10" --format $f --as-of 2016-02-10 'parcels sent in May 2013'
    same "$f as of a run" "/why?q=$q&format=$f&as-of=r-20160201" --format $f --as-of r-20160201 'parcels sent in May 2013'
  done
  same 'known by a day' "/why?q=$q&format=text&known-by=2013-07-01&as-of=r-20160201" --known-by 2013-07-01 --as-of r-20160201 'parcels sent in May 2013'
  same 'without an event' "/why?q=$q&format=json&without=https://example.org/parcels%23strike&as-of=r-20160201" --format json --without 'https://example.org/parcels#strike' --as-of r-20160201 \
    'parcels sent in May 2013'
  same 'numbers, one cause, one hop' "/why?q=$q&format=text&numbers=1&limit=1&depth=1" --numbers --limit 1 --depth 1 'parcels sent in May 2013'
  same 'how scores add up' "/why?q=$q&format=text&explain=1&as-of=r-20160201" --explain-score --as-of r-20160201 'parcels sent in May 2013'
  same 'by metric and days' '/why?metric=https://example.org/parcels%23sent&from=2013-05-01&to=2013-05-31&format=text' --metric 'https://example.org/parcels#sent' --from 2013-05-01 --to 2013-05-31
  same 'to be acted on' "/why?q=$q&format=text&decide=1" --decide 'parcels sent in May 2013'
  same 'two runs compared' '/why?diff=r-20160201&format=text' --diff r-20160201
  same 'two runs compared, in JSON' '/why?diff=r-20160201&diff=last' --diff r-20160201 last --format json
  ask() { "$builddir/tests/http/ask" "$port" GET "$1" | head -n 1; }
  expect 'as of no such run' 0 404 ask "/why?q=$q&as-of=nothing"
  expect 'as of a day before there was anything' 0 404 ask "/why?q=$q&as-of=2016-01-31"
  expect 'three runs' 0 400 ask '/why?diff=last&diff=last&diff=last'
  expect 'a question and runs' 0 400 ask "/why?q=$q&diff=last"
  expect 'runs are no page' 0 406 ask '/why?diff=last&format=html'
  expect 'no time' 0 504 ask "/why?q=$q&timeout=0.001"
  kill $server; wait $server; [ $? -eq 0 ] && ok 'it ends well' || not_ok 'it ends well' "$(cat errors)"
fi
# Each part is a figure of its own, as start makes them: several in a list are read of the whole.
mkdir shops && awk 'BEGIN { print "Month,town,channel,orders"; for (m = 0; m < 48; m++) for (t = 1; t <= 3; t++) for (c = 1; c <= 2; c++)
  printf "%d-%02d,%s,%s,%d\n", 2020 + int(m / 12), m % 12 + 1, t == 1 ? "Bath" : t == 2 ? "York" : "Hull", c == 1 ? "shop" : "web", 200 + (m * 37 + t * 11 + c * 5) % 9 - (m == 44 && t < 3 ? 60 : 0) }' >shops/orders.csv
expect 'a folder with parts' 7 'understood' "$PROPTER" -g shop start shops
together='WHY m:orders DURING "2023-09-01" TO "2023-09-30" WHERE { ?slice d:town "Bath" , "York" }'
orders() { "$PROPTER" -g shop --today 2024-02-10 why "$@"; }
for q in 'why did orders in Bath and York fall in September 2023' 'orders at York/Bath in September 2023' 'orders in York or Bath, September 2023'; do expect "together: $q" 7 "form        $together" orders "$q"; done
expect 'and as it is printed' 7 "form        $together" orders "$together"
expect 'in words' 7 'understood  orders, Bath, York (town Bath and York), in Sep' orders "$together"
expect 'all three, of one channel' 7 'd:town "Bath" , "Hull" , "York" }' orders 'orders on the web in Bath, York and Hull in September 2023'
expect 'one but not the other is asked back' 7 'is not understood: "not York"' orders 'orders in Bath but not York in September 2023'
expect 'two set against each other are' 7 'names more than one part of the data' orders 'difference in orders between Bath and York in September 2023'
expect 'one of two is asked for' 7 'not clear   ' orders 'which of Bath and York lost more orders in September 2023'
expect 'what else is named is not passed over' 7 'not clear   ' orders 'orders in Bath and York and Leeds in September 2023'
echo "1..$n"
