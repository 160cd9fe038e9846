#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# propter start on folders of different shape: a table by month with a memo, files of single events, a wide table by week with a page; and on nothing usable.
. "$srcdir/tests/cli/tap.sh"
said() { if printf '%s' "$out" | grep -qF -- "$2"; then ok "$1"; else not_ok "$1: wanted \"$2\"" "$out"; fi; }
ended() { if [ "$got" -eq "$2" ]; then ok "$1"; else not_ok "$1: exit $got, wanted $2" "$out"; fi; }
t=$(mktemp -d "${TMPDIR:-/tmp}/propter-start-XXXXXX"); trap 'rm -rf "$t"' EXIT
cd "$t" || exit 99
start() { out=$("$PROPTER" -g "$1.g" --today 2024-07-01 start "$1" 2>&1 </dev/null); got=$?; }

# By month, with a memo.
mkdir shop; cp "$srcdir/tests/fixtures/refunds/refunds.csv" "$srcdir/tests/fixtures/refunds/memo-2024-06.md" shop/
start shop
said 'a table by month: its measures' 'refunds.csv: 60 rows by month, measures orders, refunds'
said 'the move is found' 'moves    1 refunds, 2024-05-01 to 2024-05-31: +20'
said 'and asked about' 'form        WHY m:refunds DURING "2024-05-01" TO "2024-05-31"'
said 'what the memo says is considered' 'Refunds jumped in May because of the flood'
said 'the pack is named' 'propter -g shop.g run shop-pack/job.ini'
case $got in 0|7) ok 'an answer or an honest refusal' ;; *) not_ok "exit $got" "$out" ;; esac
grep -q 'skos:prefLabel "flood"' shop-pack/concepts.ttl && ok 'a cause of the memo became a concept' || not_ok 'a cause of the memo became a concept' "$(cat shop-pack/concepts.ttl)"
out=$("$PROPTER" -g shop.g --today 2024-07-01 run shop-pack/job.ini 2>&1); got=$?
ended 'the pack runs again' 0
said 'and infers' 'infer   metrics     2'
out=$("$PROPTER" -g shop.g why 'refunds in May 2024' 2>&1); said 'and words ask' 'refunds'
# A folder with a blank in its name and more documents than fit into 200 bytes of a line.
mkdir 'my shop'; cp shop/refunds.csv 'my shop/'; for i in 1 2 3 4 5 6; do cp shop/memo-2024-06.md "my shop/memo of the warehouse, $i.md"; done
start 'my shop'
out=$("$PROPTER" -g 'my shop.g' --today 2024-07-01 run my-shop-pack/job.ini 2>&1); got=$?
ended 'the job of a folder with a blank in its name runs' 0
said 'with all of its documents' '6 documents unchanged'
start shop; ended 'a pack is not overwritten' 3; said 'but named' 'shop-pack is there already'
"$PROPTER" -g shop.g verify >/dev/null 2>&1 && ok 'the graph is whole' || not_ok 'the graph is whole'

# Single events in files of a day's span, two countries; half of one country's orders fail for four days.
mkdir -p events/2024
awk "$uniform"'BEGIN {
  for (day = 0; day < 90; day++) {
    file = sprintf("events/2024/part-%d.csv", day / 30)
    if (day % 30 == 0) print "order,when,country,amount eur" > file
    date = sprintf("2024-%02d-%02d", 1 + int(day / 30), 1 + day % 30 - (day >= 30 && day < 60 && day % 30 > 28 ? 1 : 0))
    if (day == 59) continue
    for (c = 0; c < 2; c++) { orders = 30 + int(5 * uniform()); if (c == 1 && day >= 70 && day < 74) orders = 8
      for (i = 0; i < orders; i++) printf "%d,%s %02d:15:00,%s,%d\n", ++k, date, i % 24, c ? "Norway" : "Spain", 20 + int(10 * uniform()) > file }
  }
}'
start events
said 'files of one shape are one table' 'and others like it'
said 'events are added up' 'rows of 3 files were added up to 178'
said 'the failed days are among the moves' '2024-03-1'
head -1 events-pack/events-cells.csv | grep -q '^when,country,amount eur,rows$' && ok 'their table can be read' || not_ok 'their table' "$(head -2 events-pack/events-cells.csv)"
case $got in 0|7) ok 'an answer or an honest refusal' ;; *) not_ok "exit $got" "$out" ;; esac

# Two measures of the same depots, a file each: never added up.
mkdir depots
awk "$uniform"'BEGIN { for (f = 0; f < 2; f++) { file = f ? "depots/late parcels.csv" : "depots/parcels.csv"; print "day;north;south" > file
  for (day = 0; day < 84; day++) printf "2024-%02d-%02d;%d;%d\n", 1 + int(day / 28), 1 + day % 28, (f ? 20 : 400) * (1 + uniform() / 9), (f ? 30 : 700) * (1 + uniform() / 9) > file } }'
start depots
said 'files that share their columns alone are tables of their own' 'depots/parcels.csv: 84 rows by day, measures parcels north, parcels south'
said 'and each is called by its table' 'depots/late parcels.csv: 84 rows by day, measures late parcels north, late parcels south'

out=$("$PROPTER" -g events.g --today 2024-07-01 why 'amount eur in Norwya on 12 March 2024' 2>&1)
said 'a part of the data by its name, a slip forgiven and said' '"Norwya" was read as "Norway"'
said 'literal members stand in the form' 'WHERE { ?slice d:country "Norway" }'
form=$(printf '%s\n' "$out" | sed -n 's/^form *//p')
out=$("$PROPTER" -g events.g --today 2024-07-01 why "$form" 2>&1); said 'which can be typed as it is printed' "form        $form"
out=$("$PROPTER" -g events.g --today 2024-07-01 why "${form% TO*}" 2>&1); said 'and whose mistakes have their place' 'question:1:'
out=$("$PROPTER" -g events.g --today 2024-07-01 why 'why did amount eur fall in March 2024, each?' 2>&1); got=$?
ended 'a word for all parts with nothing behind it' 7; said 'is left, and named' 'not understood: "each"'

# Stores that are called by numbers, one of them with a letter, are parts; what tells rows apart is named.
mkdir numbered
awk "$uniform"'BEGIN { print "date,store,ref,sales"
  for (d = 0; d < 280; d++) for (i = 0; i < 3; i++)
    printf "2024-%02d-%02d,%s,r%d,%d\n", 1 + int(d / 28), 1 + d % 28, substr("12 N731 ", 1 + 3 * i - (i == 2), 2), k++, (400 + 100 * i) * (1 + uniform() / 20) * (i == 0 && d >= 150 && d < 162 ? 1.4 : 1) }' >numbered/sales.csv
start numbered
said 'numbers that name stores are no amounts' 'by date, measures sales, slices store'
said 'a part that has a number is called by what it is one of' 'moves    1 sales, store 12, 2024-06-11 to 2024-06-22'
out=$("$PROPTER" -g numbered.g --today 2024-12-20 why 'sales in store N7 in June 2024' 2>&1); said 'and asked for so' 'understood  sales, store N7, in June 2024'

# As a statistics program writes numbers, with a list of what happened.
mkdir desk2
awk "$uniform"'BEGIN { print "day,office,calls"
  for (d = 0; d < 200; d++) for (o = 0; o < 3; o++) { v = 900 + 40 * uniform(); if (o == 1 && d >= 150 && d < 162) v *= 1.5
    printf "2024-%02d-%02d,%s,%.4e\n", 1 + int(d / 28), 1 + d % 28, substr("LimaOsloPune", 1 + 4 * o, 4), v } }' >desk2/calls.csv
printf 'title,started,ended,office\nBilling outage,2024-06-11,2024-06-22,Oslo\nOffice party,2024-03-01,,Lima\n' >desk2/incidents.csv
printf 'Date,Office,Trouble,Closed\n2024-02-03,Lima,Lift stood still,2024-02-05\n2024-05-09,Oslo,No heating on two floors,\n' >'desk2/defects of it.csv'
printf 'Date,Code\n2024-02-03,A\n2024-05-09,B\n2024-05-19,B\n' >"desk2/Bob's codes.csv"
start desk2
said 'so is one that has the shape of it' 'defects of it.csv: 2 events'
said 'and what stands where is said' 'by its shape a list of happenings: title Trouble, start Date, end Closed'
said 'advice that can be pasted' "propter -g desk2.g events 'desk2/Bob'\\''s codes.csv' --column title=COLUMN --column start=Date"
said 'exponents are amounts' '600 rows by day, measures calls, slices office'
said 'a list of happenings is read as one' 'incidents.csv: 2 events'
said 'and answers' ' 1 Billing outage, 11–22 Jun 2024'
out=$("$PROPTER" -g desk2.g show 'billing outage' 2>&1); said 'what an answer names can be shown: an event' 'from       2024-06-11'
out=$("$PROPTER" -g desk2.g show calls.csv:452 2>&1); said 'and a row' '>>>    452 '
out=$("$PROPTER" -g desk2.g show calls.csv:99999 2>&1); got=$?; ended 'not one that is not there' 3
out=$("$PROPTER" -g desk2.g why 'why did premiums rise in June 2024' 2>&1); said 'where no name comes near some are listed' 'names       calls   <'
said_to=$(rm -rf desk2-pack2; "$PROPTER" -g desk3.g --today 2024-07-01 start --pack desk2-pack2 desk2 2>notes </dev/null)
case $said_to in 'moves '*'why 1, the first of them'*'understood '*) ok 'moves and answer in their order on standard output, nothing else' ;; *) not_ok 'standard output' "$said_to" ;; esac
if grep -q '^table ' notes && grep -q '^pack ' notes; then ok 'what is done meanwhile on standard error'; else not_ok 'standard error' "$(cat notes)"; fi
by() { out=$("$PROPTER" -g desk2.g --today 2024-07-20 why --format "$@" 2>&1); got=$?; }
by text 'calls by office from 11 June to 22 June 2024'
said 'by a dimension: a table of all its members' 'where       office  observed    expected    deviation   share of the change'
if printf '%s\n' "$out" | grep -A3 '^where ' | tail -3 | awk '{ print $1 }' | sort | tr '\n' ' ' | grep -qx 'Lima Oslo Pune '; then ok 'none is left out'; else not_ok 'none is left out' "$out"; fi
by md 'calls by office on 3 March 2024'
said 'also of what did not move, without shares' '| office | observed | expected | deviation | share of the change |'
said 'whose cells are dashes' ' | – |'
by csv 'calls by office from 11 June to 22 June 2024'; said 'as rows' ',part,,,Pune,'
by json 'calls by office from 11 June to 22 June 2024'; said 'as data' '{"label":"Pune","metric":"","parent":null,"observed":'
by html 'calls by office from 11 June to 22 June 2024'; said 'with headers in HTML' '<tr><th scope="row">Pune</th><td class="n">'
grep -q 'incidents.csv' desk2-pack/job.ini && out=$("$PROPTER" -g desk2.g --today 2024-07-20 run desk2-pack/job.ini 2>&1); ended 'the pack reads it, too' 0

# A list of what happened from when to when stays one where it has an amount; one whose titles stand in no known column is known by its shape; the pack infers by itself.
mkdir desk5; cp desk2/calls.csv desk5/
printf 'title,start,end,severity,office\nBilling outage,2024-06-11,2024-06-22,1,Oslo\nOffice party,2024-03-01,2024-03-01,3,Lima\n' >desk5/incidents.csv
printf 'day,story\n2024-03-01,Painting of the stairs\n2024-04-02,A new canteen\n' >desk5/diary.csv
start desk5
said 'a severity makes no figure of a list' 'incidents.csv: 2 events, each from its start to its end'
said 'what is not read of it is named once' 'incidents.csv: columns not read: severity'
said 'its events are causes' ' 1 Billing outage, 11–22 Jun 2024'
said 'a story of each day makes one, too' 'diary.csv: 2 events'
rm -rf desk5.g; out=$("$PROPTER" -g desk5.g --today 2024-07-20 run desk5-pack/job.ini 2>&1); ended 'the pack makes a graph anew' 0
said 'and infers' 'infer   patterns'

# The list names the place in a column called as the slice: each event holds there only, the one without a place everywhere; and so it is when the pack runs again.
mkdir desk4; cp desk2/calls.csv desk4/
printf 'title,start,end,OFFICE,owner\nBilling outage,2024-06-11,2024-06-22,Oslo,Ann\nOffice party,2024-06-12,2024-06-21,Lima,Bo\nHeat,2024-06-14,2024-06-16,,Cy\nMove,2024-06-14,2024-06-16,Rome,Di\n' >desk4/incidents.csv
start desk4
said 'what is called as no slice is still named' 'incidents.csv: columns not read: owner'
said 'a place the data do not have is set aside' '1 rejected and put into quarantine'
out=$("$PROPTER" -g desk4.g --today 2024-07-20 why 'calls in Oslo from 11 June to 22 June 2024' 2>&1)
said 'the event of the place is a cause there' ' 1 Billing outage, 11–22 Jun 2024'
if printf '%s' "$out" | grep -q 'Office party'; then not_ok 'that of another place is none' "$out"; else ok 'that of another place is none'; fi
for once in start run; do
  out=$("$PROPTER" -g desk4.g query -f tsv 'PREFIX p: <https://w3id.org/propter#> PREFIX s: <http://www.w3.org/2004/02/skos/core#>
    SELECT ?where { ?e a p:Event ; s:prefLabel ?t OPTIONAL { ?e p:scope/s:prefLabel ?l } BIND(CONCAT(STR(?t), "@", COALESCE(STR(?l), "all")) AS ?where) } ORDER BY ?where' 2>&1 | tr '\n' ' ')
  said "scopes after $once" '"Billing outage@Oslo" "Heat@all" "Office party@Lima"'
  "$PROPTER" -g desk4.g --today 2024-07-20 run desk4-pack/job.ini >/dev/null 2>&1
done

# Revenue is made of rooms: neither is upstream of the other. Weeks below the usual level are no spike, and it was back within the month that is asked about.
mkdir inn
awk "$uniform"'BEGIN { print "date,rooms sold,room revenue"
  for (d = 0; d < 336; d++) { rooms = 80 + 12 * (d % 7 > 4) + int(8 * (uniform() + uniform() - 1)) - (d >= 202 && d < 218 ? 30 : 0) - (d >= 280 && d < 283 ? 40 : 0)
    printf "2024-%02d-%02d,%d,%.2f\n", 1 + int(d / 28), 1 + d % 28, rooms, rooms * (95 + 4 * uniform()) } }' >inn/nights.csv
start inn
out=$("$PROPTER" -g inn.g --today 2025-01-01 why 'rooms sold in August 2024' 2>&1)
said 'by sign and length, and the day on which it was back' 'level shift, back to normal on 23 Aug 2024'
if printf '%s' "$out" | grep -q '^upstream'; then not_ok 'what is made of a figure is not upstream of it' "$out"; else ok 'what is made of a figure is not upstream of it'; fi
out=$("$PROPTER" -g inn.g --today 2025-01-01 why 'rooms sold from 1 to 3 November 2024' 2>&1); said 'a short fall is a dip' ' %   mean of 3 days   dip, back to normal on 4 Nov 2024'

# A German question is put into English, which a note says; a word that is not known is asked back as it stands.
out=$("$PROPTER" -g inn.g --today 2025-01-01 why 'Warum sind die rooms sold im August 2024 gefallen?' 2>&1)
said 'a German question' 'level shift, back to normal on 23 Aug 2024'; said 'as it was read' 'the question was put into English word by word: why are the rooms sold in August 2024 fallen?'
out=$("$PROPTER" -g inn.g --today 2025-01-01 why 'Warum sind die rooms sold der Nebenhäuser im August 2024 gefallen?' 2>&1); got=$?
ended 'a German word that is not known' 7; said 'which it is' 'Nebenhäuser'

# What is asked in another language is refused as that, and not half of it answered.
for question in 'Pourquoi rooms sold en août 2024' 'Waarom zijn de rooms sold in augustus 2024 gedaald?'; do
  out=$("$PROPTER" -g inn.g --today 2025-01-01 why "$question" 2>&1); got=$?
  ended "$question" 7; said 'says so' 'the question is in a language that is not read here'
  if printf '%s' "$out" | grep -q '^form '; then not_ok 'nothing of it is read' "$out"; else ok 'nothing of it is read'; fi
done

# A column of the list that is called as nothing in the data says where by its values; one that the data do not know says nothing.
mkdir desk6; cp desk2/calls.csv desk6/
printf 'title,start,end,service\nBilling outage,2024-06-11,2024-06-22,Oslo\nOffice party,2024-06-12,2024-06-21,Lima\nHeat,2024-06-14,2024-06-16,\nMove,2024-06-14,2024-06-16,Rome\n' >desk6/incidents.csv
start desk6
out=$("$PROPTER" -g desk6.g query -f tsv 'PREFIX p: <https://w3id.org/propter#> PREFIX s: <http://www.w3.org/2004/02/skos/core#>
  SELECT ?where { ?e a p:Event ; s:prefLabel ?t OPTIONAL { ?e p:scope/s:prefLabel ?l } BIND(CONCAT(STR(?t), "@", COALESCE(STR(?l), "all")) AS ?where) } ORDER BY ?where' 2>&1 | tr '\n' ' ')
said 'where by its values' '"Billing outage@Oslo" "Heat@all" "Move@all" "Office party@Lima"'

# Thirty branches, one of them closed by a flood: each is watched; a document that cannot be read is named with its reason.
mkdir branches
awk "$uniform"'BEGIN { print "day,branch,takings"
  for (d = 0; d < 280; d++) for (b = 1; b <= 30; b++) printf "2024-%02d-%02d,Branch %02d,%.2f\n", 1 + int(d / 28), 1 + d % 28, b, 400 * (1 + b % 7) * (1 + .1 * uniform()) * (b == 11 && d >= 200 && d < 210 ? .2 : 1) }' >branches/takings.csv
printf '# Notes\n\nThe Branch 11 shop was closed from 5 to 14 August 2024 because of a flood. Takings in Branch 11 fell by 80 percent because of the closure.\n' >branches/notes.md
: >branches/empty.pdf
start branches
said 'of thirty parts each is watched' 'moves    1 takings, Branch 11, 2024-08-05 to 2024-08-14: −79.8 %'
said 'and the closure is its cause' ' 1 closure, 5–14 Aug 2024'
said 'a document that cannot be read is named' 'rejected branches/empty.pdf: expected %%EOF'

# Budgets beside actuals; a log whose rows have names: how many there were, also where there were none.
mkdir books
awk "$uniform"'BEGIN { print "Period,Cost centre,Actual EUR,Budget EUR,Variance vs budget %"
  for (i = 0; i < 48; i++) for (c = 1; c <= 2; c++) { b = 10000 * c * (1 + .1 * int(i / 12)); a = b * (.97 + .02 * uniform()) * (c == 1 && i == 40 ? 1.6 : 1)
    printf "%d-%02d,%s,%.0f,%.0f,%.1f\n", 2021 + int(i / 12), i % 12 + 1, c == 1 ? "Energy" : "Rent", a, b, 100 * (a / b - 1) } }' >books/costs.csv
start books
said 'a budget is no measure' '96 rows by Period, measures actual, slices cost centre'
said 'and that is said' 'Budget EUR (by its name it is planned or set against a plan, not what came about)'
said 'the move of the actuals comes first' 'moves    1 actual, Energy, 2024-05-01 to 2024-05-31: +'
mkdir log
awk "$uniform"'BEGIN { print "Ticket ID,created,channel"
  for (d = 0; d < 196; d++) for (c = 1; c <= 2; c++) { n = c == 2 && d >= 150 && d < 153 ? 0 : 8 + int(5 * uniform()); while (n-- > 0) printf "T-%d,2024-%02d-%02dT%02d:%02d:00,%s\n", ++k, 1 + int(d / 28), 1 + d % 28, 8 + n % 10, 60 * uniform(), c == 1 ? "mail" : "phone" } }' >log/export.csv
start log
said 'a log counts its rows, by their name' 'the measure "tickets" counts them'
said 'a day without any is no gap' 'moves    1 tickets, phone, 2024-06-11 to 2024-06-13: −100.0 %'

# Nothing but noise, in many figures: the largest of them is no news.
mkdir quiet
awk "$uniform"'BEGIN { printf "day"; for (k = 0; k < 20; k++) printf ",m%d", k; print ""
  for (d = 0; d < 200; d++) { printf "2024-%02d-%02d", 1 + int(d / 28), 1 + d % 28
    for (k = 0; k < 20; k++) { v = 100; for (i = 0; i < 12; i++) v += 5 * (uniform() - .5); printf ",%.2f", v } print "" } }' >quiet/t.csv
start quiet
said 'noise is no move' 'moves    none beyond chance: the largest has '
ended 'and nothing is asked' 7

# As a spreadsheet of another country saves it, with a note that tells when a part of it was closed.
mkdir stores
awk "$uniform"'BEGIN { split("Oslo Bergen Troms\303\270", city, " "); printf "Date;Store;Net revenue (EUR)\n"
  for (d = 0; d < 240; d++) { y = 2023; m = 1 + int(d / 28); day = 1 + d % 28; if (m > 12) { y = 2024; m -= 12 }
    for (c = 1; c <= 3; c++) { v = 1000 + 60 * uniform(); if (city[c] == "Bergen" && m == 6 && day >= 3 && day <= 16 && y == 2023) v *= .4
      x = sprintf("%.2f", v); sub(/[.]/, ",", x); printf "%02d.%02d.%d;%s;%s\n", day, m, y, city[c], x } } }' | iconv -f UTF-8 -t WINDOWS-1252 >'stores/Umsatz 2023.csv'
printf '# Notes\n\nThe Bergen store was closed from 3 to 16 June 2023 because of a burst pipe. Revenue in Bergen fell by more than half because of the closure.\n' >stores/notes.md
start stores
said 'semicolons, decimal commas and days before months are understood' '720 rows by Date, measures net revenue, slices store'
said 'the move is that of a part, and no way back leads' 'moves    1 net revenue, Bergen, 2023-06-03'
said 'what the note dates is the cause' ' 1 closure, 3–16 Jun 2023'
said 'with its sentence' 'The Bergen store was closed from 3 to 16 June 2023'
ended 'an answer' 0
grep -q 'propter:encoding "windows-1252"' stores-pack/Umsatz-2023.ttl && grep -q 'skos:prefLabel "net revenue, Tromsø"' stores-pack/concepts.ttl && ok 'letters of windows-1252 are read' || not_ok 'letters of windows-1252' "$(cat stores-pack/Umsatz-2023.ttl)"

# As a shop's till exports it: titles, cells without a number, subtotals, a total and a footnote, in windows-1252.
mkdir till
awk "$uniform"'BEGIN { split("M\303\274nchen K\303\266ln Hof", shop, " "); print "Umsatzbericht;;;;\nErstellt am 03.07.2024;;;;\n\nDatum;Filiale;Umsatz (\342\202\254);Kunden;Bemerkung"
  for (d = 0; d < 168; d++) { m = 1 + int(d / 28); for (s = 1; s <= 3; s++) { v = 1000 * s * (1 + .1 * uniform()); if (s == 2 && d >= 120 && d < 132) v *= .45
      x = sprintf("%.2f", v); n = length(x); x = substr(x, 1, n - 6) "." substr(x, n - 5, 3) "," substr(x, n - 1); if (v < 1000) { x = sprintf("%.2f", v); sub(/[.]/, ",", x) }
      printf "%02d.%02d.2024;%s;%s;%d;%s\n", 1 + d % 28, m, shop[s], (d % 40 == 7 && s == 3 ? "k.A." : x), v / 31, (d == 50 && s == 1 ? "neue Kasse" : "") }
    if (d % 28 == 27) printf "Summe Monat %d;;99.999,00;;\n", m }
  print "Summe;;999.999,00;;\n* vorl\303\244ufig" }' | iconv -f UTF-8 -t WINDOWS-1252 >'till/export (3).csv'
printf 'Telefon;Name\n12;A\n' >till/contacts.csv
start till
said 'titles, totals and footnotes do not hide a table' '504 rows by Datum, measures Umsatz, Kunden, slices Filiale'
grep -q '^:umsatz-filiale-köln a propter:Metric' till-pack/concepts.ttl && [ "$(grep -c '^:filiale-köln a skos:Concept' till-pack/concepts.ttl)" -eq 1 ] && ok 'names keep their letters, in IRIs, too, and each part is named once' || not_ok 'names of parts' "$(cat till-pack/concepts.ttl)"
said 'where it begins is said' 'the names of the columns stand in line 4'
said 'what is left out is said with line and value' 'left out: 7 rows without a day (line 89: "Summe Monat 1"); 1 row with a wrong number of cells; 5 cells of Umsatz (€) that are no numbers (line 28: "k.A.")'
said 'a column that is not used says why' 'columns not used: Bemerkung (not every row has one)'
said 'a total without one of its parts is no fall' ', Köln, 2024-05-09 to 2024-05-20: −54'
run=$(printf '%s' "$out" | sed -n 's/.*propter rejects \(r-[^ ]*\)$/\1/p'); "$PROPTER" -g till.g rejects "$run" 2>&1 | grep -q '28.*k.A.' && ok 'a cell without a number is a reject' || not_ok 'a cell without a number is a reject' "$("$PROPTER" -g till.g rejects "$run" 2>&1 | head)"

# Percentages and times are no sums.
mkdir desk
awk "$uniform"'BEGIN { split("Billing Shipping", queue, " "); print "week;queue;tickets opened;first response time (h);CSAT %;Avg. handling (min)"
  for (w = 0; w < 110; w++) for (q = 1; q <= 2; q++) { bad = q == 1 && w >= 100 && w < 103; x = sprintf("%d-W%02d;%s;%d;%.1f;%.1f;%.1f", 2022 + int(w / 52), w % 52 + 1, queue[q],
      300 * q * (1 + .1 * uniform()), 6 + uniform() + 6 * bad, 88 + uniform() - 20 * bad, 9 + uniform()); gsub(/[.]/, ",", x); print x } }' >desk/tickets.csv
start desk
said 'a time is a measure, units leave the names' 'measures tickets opened, first response time, csat, average handling, slices queue'
[ "$(grep -c 'propter:aggregation propter:Mean' desk-pack/tickets.ttl)" -eq 3 ] && ok 'what is no sum is a mean' || not_ok 'what is no sum is a mean' "$(cat desk-pack/tickets.ttl)"
out=$("$PROPTER" -g desk.g why 'csat in week 50 of 2023' 2>&1); said 'of all queues the mean, in percent' 'observed    78.'

# A workbook: notes first, then sheets with titles, one of them a table for each house.
if command -v zip >/dev/null; then
  mkdir -p hotel book/_rels book/xl/_rels book/xl/worksheets
  R=http://schemas.openxmlformats.org/officeDocument/2006/relationships
  printf '<Relationships><Relationship Id="a" Type="%s/officeDocument" Target="xl/workbook.xml"/></Relationships>' "$R" >book/_rels/.rels
  { printf '<workbook xmlns:r="%s"><sheets>' "$R"; for i in 1 2 3; do printf '<sheet name="%s" r:id="r%d"/>' "$(echo 'Read me,Occupancy,Complaints' | cut -d, -f$i)" $i; done; echo '</sheets></workbook>'; } >book/xl/workbook.xml
  { printf '<Relationships>'; for i in 1 2 3; do printf '<Relationship Id="r%d" Type="%s/worksheet" Target="worksheets/s%d.xml"/>' $i "$R" $i; done; echo '</Relationships>'; } >book/xl/_rels/workbook.xml.rels
  sheet() { awk -F'|' 'BEGIN { print "<worksheet><sheetData>" } { printf "<row r=\"%d\">", NR; for (i = 1; i <= NF; i++) if ($i != "") printf "<c r=\"%c%d\" t=\"%s\"><v>%s</v></c>", 64 + i, NR, $i ~ /^[0-9.]+$/ ? "n" : "str", $i
    print "</row>" } END { print "</sheetData></worksheet>" }' >"book/xl/worksheets/s$1.xml"; }
  printf 'Figures of the group\nprepared by controlling\n' | sheet 1
  awk "$uniform"'BEGIN { split("City Lake", house, " "); print "Group\nOccupancy by house\n\nMonth|House|Occupancy (%)|Rooms sold"; for (i = 0; i < 48; i++) for (h = 1; h <= 2; h++) { o = 60 + 8 * h + uniform() - (h == 2 && i == 40 ? 25 : 0)
    printf "%d-%02d|%s|%.1f|%d\n", 2020 + int(i / 12), i % 12 + 1, house[h], o, o * 36 } print "Total|||99999" }' | sheet 2
  awk "$uniform"'BEGIN { print "Month|Complaints"; for (i = 0; i < 48; i++) printf "%d-%02d|%d\n", 2020 + int(i / 12), i % 12 + 1, 20 + 4 * uniform() }' | sheet 3
  (cd book && zip -q -r ../hotel/figures.xlsx .)
  start hotel
  said 'each sheet is a table' 'figures.xlsx, sheet Occupancy: 96 rows by Month, measures occupancy, rooms sold, slices house'
  said 'one without a table says so' 'figures.xlsx, sheet Read me: not used'
  said 'and another' 'figures.xlsx, sheet Complaints: 48 rows by Month, measures complaints'
  said 'the move is found' 'Lake, 2023-05-01 to 2023-05-31: −3'
  row=$("$PROPTER" -g hotel.g query -f csv 'PREFIX p: <https://w3id.org/propter#> SELECT ?r { ?r p:sourceRow ?n ; p:sourceColumn "Complaints" } LIMIT 1' | sed -n 2p | tr -d '\r')
  out=$("$PROPTER" -g hotel.g show "$row" 2>&1)
  said 'a row names its sheet' 'sheet      Complaints'
else ok 'each sheet is a table # SKIP no zip'; fi

# Wide, by week, tab-separated, a page that says what happened.
mkdir plant
awk "$uniform"'BEGIN { printf "week\toutput tonnes\tscrap pct\n"
  for (w = 0; w < 120; w++) { y = 2021 + int(w / 52); printf "%d-W%02d\t%d\t%.1f\n", y, w % 52 + 1, 800 + int(20 * uniform()) - (w >= 100 && w < 103 ? 300 : 0), 2 + uniform() } }' >plant/plant.tsv
cat >plant/notes.html <<'H'
<html><head><title>Plant notes</title><meta name="date" content="2023-02-01"></head><body><h1>Plant notes</h1>
<p>Output fell in December 2022 because of the furnace repair.</p></body></html>
H
start plant
said 'weeks are known' 'plant.tsv: 120 rows by week, measures output, scrap'
said 'the dip comes first' 'moves    1 output, 2022-12-'
said 'the page is quoted' 'furnace repair'
case $got in 0|7) ok 'an answer or an honest refusal' ;; *) not_ok "exit $got" "$out" ;; esac

# By ISO week, with regions, numbers of another country and a memo.
mkdir weeks
awk "$uniform"'BEGIN { split("North South", part, " "); print "Week;Region;Orders;Net sales"
  for (w = 0; w < 130; w++) for (r = 1; r <= 2; r++) { n = 500 + int(15 * uniform()); if (r == 2 && w >= 100 && w < 103) n -= 180
    x = sprintf("%.2f", n * 19.9 + 900 * uniform()); sub(/[.]/, ",", x); printf "%d-W%02d;%s;%d;%s\n", 2022 + int(w / 52), w % 52 + 1, part[r], n, x } }' >weeks/orders.csv
printf 'Date: 12 January 2024\n\nOrders in the South fell in December 2023 because of the strike.\n' >weeks/memo.txt
start weeks
said 'ISO weeks' 'orders.csv: 260 rows by Week, measures orders, net sales, slices region'
said 'the weeks of the strike come first, all three' 'moves    1 orders, South, 2023-12-04 to 2023-12-24'
said 'and the memo is quoted' 'Orders in the South fell in December 2023 because of the strike.'
if printf '%s' "$out" | grep -q '[0-9] 1:'; then not_ok 'the number one is no unit' "$out"; else ok 'the number one is no unit'; fi
ended 'an honest refusal' 7

# A column for each month.
mkdir wide
awk "$uniform"'BEGIN { split("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec", month, " "); split("Leeds York S\303\274d", site, " "); printf "Site,Unit"
  for (i = 0; i < 36; i++) printf ",%s %d", month[i % 12 + 1], 2021 + int(i / 12); print ""
  for (s = 1; s <= 3; s++) { printf "%s,MWh", site[s]; for (i = 0; i < 36; i++) printf ",%.1f", 300 * s * (1 + .02 * uniform()) * (s == 2 && i == 19 ? .65 : 1); print "" } }' >'wide/energy use.csv'
printf '# Notes\n\nEnergy use in York fell in August 2022 because of the furnace repair.\n' >wide/notes.md
start wide
said 'a column for each month is turned' '36 columns of periods turned into 108 rows, measures energy use, slices site'
said 'and its move found' 'moves    1 energy use, York, 2022-08-01 to 2022-08-31: −3'
said 'with what the notes say' 'because of the furnace repair'
ended 'answered or refused' 7
head -2 wide-pack/energy-use-long.csv | tail -1 | grep -q '^"Leeds","2021-01-01","3' && ok 'what was made can be read' || not_ok 'what was made can be read' "$(head -2 wide-pack/energy-use-long.csv)"
[ "$(grep -c 'a skos:Concept' wide-pack/concepts.ttl)" -eq "$(grep -o '^:[^ ]* a skos:Concept' wide-pack/concepts.ttl | sort -u | wc -l)" ] && ok 'no two names share a name of their own' || not_ok 'no two names share a name of their own' "$(cat wide-pack/concepts.ttl)"
mkdir survey
{ echo 'quarter,department,engagement score'; for q in 1 2 3 4 5 6 7 8; do for d in Sales Support; do echo "$((2023 + (q - 1) / 4)) Q$((1 + (q - 1) % 4)),$d,7.$(((q * 3) % 5))"; done; done; } >survey/engagement.csv
start survey; said 'quarters as people write them' '16 rows by quarter, measures engagement score, slices department'; ended 'refused' 7
said 'and why' 'too short to know'
mkdir mixed; printf 'KPI,2016,2017,2018,2019,2020,2021\nsales,1,2,3,4,5,6\ncosts,6,5,4,3,2,1\n' >mixed/kpis.csv
start mixed; said 'different measures are not added up' 'its rows are different measures (column KPI)'; ended 'refused' 7

# Five years of days with the same weeks before Christmas and the same closed days: what comes every year is no move, a fall of nine days in one spring is.
mkdir years
awk "$uniform"'BEGIN { print "day,area,orders"; split("31 28 31 30 31 30 31 31 30 31 30 31", days, " ")
  for (y = 2020; y < 2025; y++) for (m = 1; m <= 12; m++) for (d = 1; d <= days[m] + (m == 2 && y % 4 == 0); d++) for (a = 1; a <= 2; a++)
    printf "%d-%02d-%02d,%s,%d\n", y, m, d, a == 1 ? "North" : "South",
      (a == 1 ? 400 : 240) * (m == 12 && d > 9 && d < 23 ? 1.6 : m == 12 && d > 23 && d < 27 ? .2 : 1) * (a == 1 && y == 2024 && m == 3 && d > 3 && d < 13 ? .7 : 1) * (1 + .04 * uniform()) }' >years/orders.csv
start years
said 'what comes every year is no move' 'orders, North, 2024-03-04 to 2024-03-12: −30'
if printf '%s' "$out" | grep -qE -e '-12-[0-9]+ to .*(\+|−)[0-9]{2,}\.'; then not_ok 'Christmas is none' "$out"; else ok 'Christmas is none'; fi
out=$("$PROPTER" -g years.g why 'orders from 10 to 22 December 2023' 2>&1); got=$?
said 'an answer says what is usual' 'at this time of each year: part of what is expected'

# Faults of the data are told before anybody looks for a cause.
mkdir unit
awk "$uniform"'BEGIN { print "day,orders"; for (i = 0; i < 140; i++) printf "2024-%02d-%02d,%d\n", i / 28 + 1, i % 28 + 1, 400 * (1 + .1 * uniform()) * (i < 100 ? 1 : 1000) }' >unit/orders.csv
start unit
said 'a change of unit is said' 'look at the data first: 1000 times what was to be expected looks like a change of unit'
said 'what goes on to the end of the figures is no spike' 'level shift'
mkdir twice
awk "$uniform"'BEGIN { print "day,till,amount"; for (i = 0; i < 84; i++) for (k = 0; k < 4; k++) { row = sprintf("2024-%02d-%02d,%s,%.2f", i / 28 + 1, i % 28 + 1, k % 2 ? "A" : "B", 10 + 5 * uniform()); print row; if (i > 79) print row } }' >twice/sales.csv
start twice
said 'rows told twice are counted' 'told again: 16 rows equal an earlier one in every column, the first in twice/sales.csv, line 323'

# A plan that is sold on one day in five: no sale of it is a surprise, the outage is. A list of events may have numbers.
mkdir rare
awk "$uniform"'BEGIN { print "account_id,plan,signed,mrr eur" >"rare/accounts.csv"; print "day,visits" >"rare/visits.csv"
  for (d = 0; d < 280; d++) { date = sprintf("2024-%02d-%02d", 1 + int(d / 28), 1 + d % 28); n = 6 + int(4 * uniform())
    while (n-- > 0) printf "A%05d,Starter,%s,%d\n", ++k, date, 20 + int(9 * uniform()) >"rare/accounts.csv"
    if (uniform() < .2) printf "A%05d,Enterprise,%s,%d\n", ++k, date, 300 + int(200 * uniform()) >"rare/accounts.csv"
    printf "%s,%d\n", date, 900 * (1 + .05 * uniform()) * (d >= 150 && d < 153 ? .6 : 1) >"rare/visits.csv" } }'
printf 'title,start,end,severity\nCheckout outage,2024-06-11,2024-06-13,1\nSlow search,2024-02-02,2024-02-02,3\n' >rare/incidents.csv
start rare
said 'numbers do not hide a list of events' 'incidents.csv: 2 events'
said 'the outage comes first' 'moves    1 visits, 2024-06-11 to 2024-06-13: −39'
said 'with its cause' ' 1 Checkout outage, 11–13 Jun 2024'
if printf '%s' "$out" | grep -q '^ *\(moves\)\{0,1\} *[1-5] .*Enterprise'; then not_ok 'a seldom sale is no surprise' "$out"; else ok 'a seldom sale is no surprise'; fi

# Files of single trips: what they are called is counted, and means of means are weighed.
mkdir -p ride/trips
awk 'BEGIN { for (d = 0; d < 84; d++) { file = sprintf("ride/trips/trips_2024_%02d.csv", 1 + int(d / 28)); if (d % 28 == 0) print "started,start_station,duration_min" >file
  for (i = 0; i < 33; i++) printf "2024-%02d-%02d %02d:10,%s,%d\n", 1 + int(d / 28), 1 + d % 28, i % 24, i < 30 ? "Harbour" : "Hill", i < 30 ? 9 + i % 3 : 59 + i % 3 >file } }'
printf 'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20240101T000000Z\r\nSUMMARY:Harbour fair\r\nDTSTART;VALUE=DATE:20240210\r\nLOCATION:Harbour\r\nEND:VEVENT\r\n' >ride/city.ics
printf 'BEGIN:VEVENT\r\nUID:2\r\nDTSTAMP:20240101T000000Z\r\nSUMMARY:Council\r\nDTSTART;VALUE=DATE:20240211\r\nLOCATION:Room 4\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n' >>ride/city.ics
start ride
said 'many files are called what they have in common' 'the measure "trips" counts them'
out=$("$PROPTER" -g ride.g --today 2024-07-01 why 'duration on 12 March 2024' 2>&1); said 'a few long trips weigh as few' 'observed    14.5'
out=$("$PROPTER" -g ride.g --today 2024-07-01 why 'trips by start station on 12 March 2024' 2>&1); said 'a column is named in words' 'where       start station'
out=$("$PROPTER" -g ride.g query -f tsv 'PREFIX p: <https://w3id.org/propter#> PREFIX s: <http://www.w3.org/2004/02/skos/core#>
  SELECT ?where { ?e a p:Event ; s:prefLabel ?t OPTIONAL { ?e p:scope/s:prefLabel ?l } BIND(CONCAT(STR(?t), "@", COALESCE(STR(?l), "all")) AS ?where) } ORDER BY ?where' 2>&1 | tr '\n' ' ')
said 'a place of a calendar that is a part of the data is a scope, another is none' '"Council@all" "Harbour fair@Harbour"'

# A rate in the title is no sum; a note below a table has no figures, so that nothing of it is rejected night after night.
mkdir rates
awk "$uniform"'BEGIN { split("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec", month, " "); split("Nurses Doctors Porters", group, " "); print "Sickness rate in % by month"; printf "Staff group"
  for (i = 0; i < 36; i++) printf ",%s %d", month[i % 12 + 1], 2021 + int(i / 12); print ""
  for (g = 1; g <= 3; g++) { printf "%s", group[g]; for (i = 0; i < 36; i++) printf ",%.2f", 4 + .2 * uniform(); print "" } }' >rates/sickness.csv
awk "$uniform"'BEGIN { print "day,falls,visits"; for (d = 0; d < 112; d++) printf "2024-%02d-%02d,%d,%d\n", 1 + int(d / 28), 1 + d % 28, 20 + 9 * uniform(), 400 + 40 * uniform(); print "* provisional figures,," }' >rates/ward.csv
start rates
said 'the title above a table names its measure' 'turned into 108 rows, measures sickness rate, slices staff group'
out=$("$PROPTER" -g rates.g --today 2024-07-01 why 'sickness rate in March 2023' 2>&1); said 'which is averaged' 'observed    4.'
out=$("$PROPTER" -g rates.g --today 2024-07-01 run rates-pack/job.ini 2>&1); got=$?; ended 'a note below a table rejects nothing' 0

# Documents only.
mkdir words; printf '# Memo\n\nSales fell in May 2023 because of the flood.\n' >words/memo.md
start words; said 'documents alone' 'nothing can be asked of its documents alone'; ended 'refused as well' 7

# Nothing that can be asked about.
mkdir none; printf 'name,colour\na,red\nb,blue\n' >none/things.csv; printf 'a,b\n"open\n' >none/broken.csv; printf 'Hello.\n' >none/a.txt
start none
ended 'nothing usable: declined' 7
said 'why each table was not used' 'things.csv: not used: it has no column of days'
said 'a broken one too' 'broken.csv: not used'
said 'what would help' 'a CSV file with a column of dates'
[ ! -e none-pack ] && [ ! -e none.g ] && ok 'and nothing is left behind' || not_ok 'and nothing is left behind' "$(ls)"
out=$("$PROPTER" -g x.g start nowhere 2>&1); got=$?; ended 'no such folder' 3
out=$("$PROPTER" -g x.g start --dry-run shop 2>&1); got=$?; ended 'there is no dry run' 2

# One happening in a list, in a note's clause and under the name that the note gives it: one cause; a strike of a day becomes a concept and ends that day.
mkdir kiosk
awk "$uniform"'BEGIN { print "day,orders"
  for (d = 0; d < 336; d++) { v = 900 + 40 * uniform(); if (d == 300) v *= .6; if (d == 240) v *= .5
    printf "2024-%02d-%02d,%d\n", 1 + int(d / 28), 1 + d % 28, v } }' >kiosk/orders.csv
printf 'title,start,end\nCheckout outage,2024-11-21,2024-11-21\n' >kiosk/incidents.csv
printf '# Notes\n\nPublished 20 December 2024.\n\nOn 21 November 2024 the checkout was down for five hours. The outage cost us about 350 orders and orders fell by 40 per cent.\n\nThe tram strike of 17 September 2024 halved orders.\n' >kiosk/notes.md
start kiosk
out=$("$PROPTER" -g kiosk.g --today 2024-12-20 why 'why did orders fall on 21 November 2024' 2>&1); got=$?
ended 'a happening told three times is found' 0
said 'under its name on record' ' 1 Checkout outage, 21 Nov 2024'
printf '%s' "$out" | grep -q '^ *[12] .*\(checkout was down\|^ *2 outage\)' && not_ok 'and stands there once' "$out" || ok 'and stands there once'
[ "$(printf '%s' "$out" | grep -c 'says   "The outage cost us')" -eq 1 ] && ok 'with each sentence once' || not_ok 'with each sentence once' "$out"
out=$("$PROPTER" -g kiosk.g --today 2024-12-20 why 'why did orders rise on 17 September 2024' 2>&1)
said 'a cause told with its date is a candidate' '1 tram strike, 17 Sep 2024'
said 'and a false premise is named' 'the question speaks of a rise, but the figure stood'

out=$("$PROPTER" -g kiosk.g --today 2024-12-20 what-if orders --set "tram strike=1" 2>&1); got=$?
ended 'what a told event did is an effect' 0
said 'and where it is from' '1 of 1 past events, 1 of them told by documents alone'
out=$("$PROPTER" -g kiosk.g --today 2024-12-20 why --without incidents.csv 'why did orders fall on 21 November 2024' 2>&1)
printf '%s' "$out" | grep -q 'Checkout outage' && not_ok 'a list of events can be left out' "$out" || said 'a list of events can be left out' 'without     incidents.csv'

# A calendar of holidays: what each does to a figure is expected once it was seen two times, with the day before it.
mkdir park
awk "$uniform"'BEGIN { print "day,visitors"
  for (y = 2023; y < 2025; y++) for (d = 0; d < 336; d++) { v = 800 + 60 * uniform(); if (d == 254) v *= .35; if (d == 253) v *= 1.5; if (d == 112) v *= .4; if (d == 182) v *= 1.6
    printf "%d-%02d-%02d,%d\n", y, 1 + int(d / 28), 1 + d % 28, v } }' >park/visitors.csv
printf 'BEGIN:VCALENDAR\r\nVERSION:2.0\r\n' >park/holidays.ics
for h in 1003:Unity 0501:Labour 0715:Fair; do
  printf 'BEGIN:VEVENT\r\nUID:%s@example.org\r\nDTSTAMP:20221201T000000Z\r\nSUMMARY:%s Day\r\nDTSTART;VALUE=DATE:2023%s\r\nRRULE:FREQ=YEARLY;COUNT=2\r\nEND:VEVENT\r\n' \
    "${h#*:}" "${h#*:}" "${h%:*}"
done >>park/holidays.ics
printf 'END:VCALENDAR\r\n' >>park/holidays.ics
start park
said 'a calendar is a list of events' 'holidays.ics: 6 events'
said 'and its days are no moves' 'moves    none beyond chance'
out=$("$PROPTER" -g park.g --today 2024-12-20 why 'visitors on 3 October 2024' 2>&1); got=$?
ended 'a holiday is usual' 1
said 'by its name' ' for the holiday Unity Day: part of what is expected'
out=$("$PROPTER" -g park.g --today 2024-12-20 why 'visitors on 2 October 2024' 2>&1)
said 'and so is what it does to the day before' ' next to the holiday Unity Day: part of what is expected'
out=$("$PROPTER" -g park.g --today 2024-12-20 what-if Visitors --set "Fair Day=1" --format json 2>&1)
said 'what a holiday would do comes from all of its days' '"events":2'
effect=$(printf '%s' "$out" | sed -n 's/.*"effect":\([0-9]*\).*/\1/p' | head -1)
if [ "${effect:-0}" -gt 400 ] && [ "$effect" -lt 600 ]; then ok 'and is what it always does, not what was unusual of it'; else not_ok 'what a holiday would do' "$out"; fi

# A holiday that did more than it always does is not denied: first what is usual for it, then what is left. It is a cause of that only where it may well be.
for more in 104 135; do
  mkdir fair$more
  awk -F, -v more=$more '{ if ($1 == "2024-07-15") $2 = int($2 * more / 100); print $1 "," $2 }' park/visitors.csv >fair$more/visitors.csv
  cp park/holidays.ics fair$more
  start fair$more
done
out=$("$PROPTER" -g fair104.g --today 2024-12-20 why 'visitors on 15 July 2024' 2>&1); got=$?
ended 'a little more than usual has no known cause' 7
said 'but a usual part, told first' 'for the holiday Fair Day: part of what is expected'
said 'before what is left' 'cause-unknown it moved beyond what is usual here'
if printf '%s' "$out" | grep -q '^ [0-9] Fair Day'; then not_ok 'the holiday is denied on its day' "$out"; else ok 'and the holiday is not denied on its day'; fi
out=$("$PROPTER" -g fair104.g --today 2024-12-20 why --format json 'visitors on 15 July 2024' 2>&1)
said 'the same in JSON' ' for the holiday Fair Day. Beyond that, visitors came in '
said 'with its number' '"usual":{"value":5'
out=$("$PROPTER" -g fair104.g --today 2024-12-20 why --format html 'visitors on 15 July 2024' 2>&1)
said 'and in HTML' ' for the holiday Fair Day</small>'
out=$("$PROPTER" -g fair104.g --today 2024-12-20 why 'was it Fair Day, visitors 15 July 2024?' 2>&1)
said 'asked for by its name, too' 'asked       Fair Day: what it always does is expected here (+5'
out=$("$PROPTER" -g fair135.g --today 2024-12-20 why 'visitors on 15 July 2024' 2>&1); got=$?
ended 'much more than usual is its work' 0
said 'and said so' ' 1 Fair Day (beyond its usual effect), 15 Jul 2024'

# The largest move has no cause that can be named, the one after it has: that is answered, too, and its answer is how it ends.
mkdir second
awk "$uniform"'BEGIN { print "day,shop,orders"
  for (d = 0; d < 252; d++) for (s = 0; s < 2; s++) printf "2023-%02d-%02d,%s,%d\n", 1 + int(d / 28), 1 + d % 28, s ? "Riga" : "Turku",
      800 * (1 + .06 * uniform()) * (!s && d >= 150 && d < 156 ? 1.9 : s && d >= 200 && d < 210 ? .6 : 1) }' >second/orders.csv
printf '# Notes\n\nThe Riga shop was closed from 5 to 14 August 2023. Orders in Riga fell by 40 percent because of the closure.\n' >second/notes.md
start second
said 'the first move' 'moves    1 orders, Turku, 2023-06-11 to 2023-06-16: +'
said 'has no cause' 'cause-unknown it moved'
said 'which is said' 'why 2, since no cause can be named for the first and one can for this'
said 'and the next one is answered' ', 5–14 Aug 2023'
ended 'which counts' 0

# What a thing did to a figure that tripled meanwhile is a part of it: twice half as much again, not twice so many.
mkdir grown
awk "$uniform"'BEGIN { print "day,sales"; for (d = 0; d < 672; d++) { v = 300 * exp(d / 600) * (1 + .1 * (uniform() - .5)); if (d % 300 > 195 && d % 300 < 200) v *= 1.5
  printf "%d-%02d-%02d,%d\n", 2023 + int(d / 336), 1 + int(d % 336 / 28), 1 + d % 28, v } }' >grown/sales.csv
printf 'title,start,end\nFlash sale,2023-08-01,2023-08-04\nFlash sale,2024-06-21,2024-06-24\n' >grown/events.csv
start grown
out=$("$PROPTER" -g grown.g --today 2024-12-20 what-if sales --set 'Flash sale=1' 2>&1); got=$?
ended 'an effect that grows with the figure' 0
said 'is pooled as a part of it' 'as large a part of the figure as then, whose spread grows with its level'
said 'and told at its present level' ' at its present level of '
out=$("$PROPTER" -g grown.g --today 2024-12-20 what-if sales --set 'Flash sale=1' --format json 2>&1)
part=$(printf '%s' "$out" | sed -n 's/.*"relative":true,"part":0\.\([0-9][0-9]\).*/\1/p')
if [ "${part:-0}" -gt 44 ] && [ "$part" -lt 56 ]; then ok 'which is half of it'; else not_ok 'which is half of it' "$out"; fi

# A move of which no day stands out is listed, not its way back.
mkdir slow
awk 'function uniform() { seed = (seed * 16807) % 2147483647; return seed / 2147483647 }
BEGIN { seed = 9876; print "date,waste"; split("31 29 31 30 31 30 31 31 30 31 30 31", days, " ")
  for (m = 1; m <= 12; m++) for (d = 1; d <= days[m]; d++) { t++; x = -6; for (k = 0; k < 12; k++) x += uniform()
    printf "2024-%02d-%02d,%d\n", m, d, 1000 * (1 + .1 * x) * (t >= 218 && t <= 238 ? 1.35 : 1) } }' >slow/waste.csv
start slow
said 'a move is told from where it began until it was back' 'waste, 2024-08-05 to 2024-08-25: +32.1 %'
case $out in *'2024-08-26 to'*) not_ok 'and its way back is no move' "$out" ;; *) ok 'and its way back is no move' ;; esac

# Numbers of receipts name rows, which are counted by their German name; two slices of one size of which only one can be watched.
mkdir belege
awk "$uniform"'BEGIN { print "Belegnr;Buchungsdatum;Kostenstelle;Betrag EUR"; for (i = 0; i < 4000; i++) { d = int((i + 9 * uniform()) / 10)
  printf "%d;%02d.%02d.%d;%s;%d,50\n", 10000 + i, 1 + d % 28, 1 + int(d % 336 / 28), 2023 + int(d / 336), uniform() < .5 ? "Wartung" : "Einkauf", 20 + 40 * uniform() } }' >belege/journal.csv
cat >belege/notiz.md <<'X'
Der Betrag sank wegen des Getriebeschadens. Der Betrag stieg wegen der zweiten Schicht. Der Betrag fiel, weil der Umbau begann.
X
cat >belege/note.md <<'X'
Betrag jumped right after the redesign went live. Many believe the new logo drove Betrag up in March 2023.
X
start belege
said 'numbers of receipts are no measure, receipts are' 'measures Betrag, slices Kostenstelle'
said 'and counted by their name' 'the measure "belege" counts them'
labels=$(sed -n 's/^:cause.*skos:prefLabel "\([^"]*\)".*/\1/p' belege-pack/concepts.ttl | LC_ALL=C sort | tr '\n' ';')
case ";$labels" in *';Getriebeschaden;'*) ok 'a cause has its first case' ;; *) not_ok 'a cause has its first case' "$labels" ;; esac
case ";$labels" in *';zweite Schicht;'*) ok 'with its adjective' ;; *) not_ok 'with its adjective' "$labels" ;; esac
case ";$labels" in *';redesign;'*) ok 'a name is no clause' ;; *) not_ok 'a name is no clause' "$labels" ;; esac
case ";$labels" in *'Many believe'*|*'went live'*) not_ok 'nor what people believe' "$labels" ;; *) ok 'nor what people believe' ;; esac
mkdir two.sizes
awk "$uniform"'BEGIN { print "day,shop,line,sales,cost"; for (d = 0; d < 28; d++) for (i = 0; i < 150; i++) printf "2024-01-%02d,shop %d,line %d,%d,%d\n", d + 1, i, (7 * i + d) % 150, 50 + 9 * uniform(), 9 + 3 * uniform() }' >two.sizes/sales.csv
start two.sizes
out2=$(printf '%s' "$out" | grep -c 'too many to watch each by itself'); if [ "$out2" -eq 1 ]; then ok 'of two slices of one size the second is left'; else not_ok 'of two slices of one size the second is left' "$out"; fi
if [ -d two-sizes-pack ]; then ok 'a folder keeps what stands behind its dot'; else not_ok 'a folder keeps what stands behind its dot' "$(ls)"; fi

# Figures and happenings as programs write them down: lists in JSON and NDJSON, events as CloudEvents.
mkdir web
awk "$uniform"' BEGIN { printf "{\"export\": 1, \"rows\": ["; for (i = 0; i < 300; i++) printf "%s{\"day\": \"2023-%02d-%02d\", \"shop\": {\"region\": \"%s\"}, \"orders\": %d}", i ? ", " : "",
  int(i / 2 / 28) + 1, int(i / 2) % 28 + 1, i % 2 ? "south" : "north", 50 + 6 * uniform() + (i == 200 || i == 202 ? 40 : 0); print "]}" }' >web/orders.json
awk "$uniform"' BEGIN { for (i = 0; i < 900; i++) { day = int((i + 9 * uniform()) / 6)
  printf "{\"ticket id\": \"T-%05d\", \"opened\": \"2023-%02d-%02d\", \"product\": \"%s\"}\n", i, int(day / 28) + 1, day % 28 + 1, uniform() < .5 ? "ink" : "toner" } }' >web/tickets.ndjson
printf '[{"specversion": "1.0", "id": "1", "source": "/ci", "type": "deployment", "time": "2023-04-20T10:00:00Z", "data": {"title": "Release 7"}}]\n' >web/ci.json
printf '{"name": "shop", "version": 3}\n' >web/package.json
sed -n '1,450p' web/tickets.ndjson >web/tickets-1.ndjson; sed -n '451,$p' web/tickets.ndjson >web/tickets-2.ndjson; rm web/tickets.ndjson
printf 'The shop was closed on 3 May 2023 because of a strike.\n' >'web/a "quoted" name.txt'
start web
ended 'lists in JSON are tables' 7
said 'with their measures and slices' 'web/orders.json: 300 rows by day, measures orders, slices shop region'
said 'rows of happenings in files of one shape are added up' 'several rows a period: the 900 rows of 2 files were added up to'
said 'CloudEvents are events' 'web/ci.json: 1 events'
said 'and a file that is none is named' 'web/package.json: not used: it has no column of days'

out=$("$PROPTER" -g web2.g --today 2024-07-01 run web-pack/job.ini 2>&1); got=$?
case $out in *'quote opens'* | *'no such file'*) not_ok 'the job runs again, whatever the names of files' "$out" ;; *) [ "$got" -ne 3 ] && ok 'the job runs again, whatever the names of files' || not_ok 'the job runs again' "$out" ;; esac

data=${PROPTER_DATA:-}/ingest/online-retail-daily
if [ -n "${PROPTER_DATA:-}" ] && [ -d "$data" ]; then
  out=$("$PROPTER" -g retail.g --today 2011-12-31 start --pack retail "$data" 2>&1); got=$?
  said 'a shop of the real world' 'measures quantity, unit price, slices country'; case $got in 0|7) ok 'is answered or declined' ;; *) not_ok "exit $got" "$out" ;; esac
else ok 'a shop of the real world # SKIP PROPTER_DATA is not set'; fi
echo "1..$n"
