#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Lists of events into a graph: tables, CloudEvents, quarantine, undo.
. "$srcdir/tests/cli/tap.sh"
dir=$(mktemp -d) || exit 99
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 99
G=$dir/g
data() { "$PROPTER" -g "$G" export 2>/dev/null | grep -v 'propter/run/' | LC_ALL=C sort; }
cp "$srcdir"/tests/fixtures/events/* .
cat > k.ttl <<'END_K'
@prefix : <https://example.org/shop#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
:shop a skos:Concept ; skos:prefLabel "shop"@en .
:flood a skos:Concept ; skos:prefLabel "warehouse flood"@en ; skos:altLabel "flood"@en .
END_K
expect 'no such file' 3 'nothere.csv: no such file' "$PROPTER" -g "$G" events nothere.csv
expect 'scopes need concepts' 1 '2 rejected and put into quarantine' "$PROPTER" -g "$dir/empty" events events.csv
expect 'knowledge' 0 'loaded' "$PROPTER" -g "$G" load k.ttl
data > before
expect 'a dry run' 0 'would read: 3 entries, 3 events (2 planned)' "$PROPTER" -g "$G" events events.csv --dry-run
data > dry
alike 'changes nothing' before dry
expect 'a table' 0 'read: 3 entries, 3 events (2 planned); 26 added, 0 removed; run r-' "$PROPTER" -g "$G" events events.csv
expect 'again: nothing to do' 0 'nothing to do: the 3 events stand in the graph' "$PROPTER" -g "$G" events events.csv
expect 'happened and became known' 0 '2024-06-14,2024-05-28' "$PROPTER" -g "$G" query -f csv \
  'PREFIX p: <https://w3id.org/propter#> PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
   SELECT ?start ?known { ?e a p:PlannedChange ; p:scope/skos:prefLabel "shop"@en ; p:start ?start ; p:knownFrom ?known }'
data > table
expect 'CloudEvents' 0 '"entries":2,"events":2,"planned":1,"rejected":0,"withoutKind":1' "$PROPTER" -g "$G" events batch.json -f json
batch=$(printf '%s' "$out" | sed 's/.*"run":"\([^"]*\)".*/\1/')
printf 'title,start\nA,2024-01-01\nB,yesterday\n' > bad.csv
expect 'quarantine' 1 '1 rejected and put into quarantine; to see them: propter rejects r-' "$PROPTER" -g "$G" events bad.csv
expect 'with file, line and reason' 0 'bad.csv:3:start  "yesterday"  date  expected a date such as 2024-03-31' "$PROPTER" -g "$G" rejects
expect 'undo' 0 'undid run r-' "$PROPTER" -g "$G" undo last
expect 'undo of the run before' 0 'undid run r-' "$PROPTER" -g "$G" undo "$batch"
data > undone
alike 'what was there is there again' table undone
printf 'Was,Beginn\nMesse,2024-03-01\n' > m.csv
expect 'no column' 3 'm.csv:1: no column for the start of events' "$PROPTER" -g "$G" events m.csv
expect 'columns can be told' 0 '1 entries, 1 events' "$PROPTER" -g "$G" events m.csv --column start=Beginn --column title=Was
expect 'a wrong field' 2 'column "x=Was"' "$PROPTER" -g "$G" events m.csv --column x=Was
printf 'Datum;Anlage;Meldung;Bis\n03.02.2024;Halle 2;Presse steht, Lager defekt;05.02.2024\n17.04.2024;Halle 1;Strom weg bis Mittag;\n' > stoerungen.csv
expect 'a list known by its shape, and what it was taken for' 0 'by its shape a list of happenings: title Meldung, start Datum, end Bis' "$PROPTER" -g "$G" events stoerungen.csv --dry-run
"$PROPTER" -g "$dir/d" load k.ttl >/dev/null 2>&1
expect 'is read in its dialect' 0 'read: 2 entries, 2 events' "$PROPTER" -g "$dir/d" events stoerungen.csv
expect 'with its days' 0 '2024-02-03,2024-02-05,"Presse steht, Lager defekt"' "$PROPTER" -g "$dir/d" query -f csv \
  'PREFIX p: <https://w3id.org/propter#> PREFIX skos: <http://www.w3.org/2004/02/skos/core#> SELECT ?start ?end ?label { ?e a p:Event ; p:start ?start ; p:end ?end ; skos:prefLabel ?label }'
printf 'Reported;Who;Code\n2024-02-03;Ann;A\n2024-02-17;Bob;B\n' > codes.csv
expect 'no text, no list' 3 'codes.csv:1: no column for the start of events' "$PROPTER" -g "$G" events codes.csv
printf 'Reported,What went wrong,Cost\n2024-02-03,pump stood still,5\n2024-02-17,pump stood again,7\n' > costs.csv
expect 'amounts are no list' 3 'costs.csv:1: no column for the start of events' "$PROPTER" -g "$G" events costs.csv
cat > shop.ics <<'END_C'
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//example.org//EN
BEGIN:VEVENT
UID:fair@example.org
DTSTAMP:20240101T000000Z
SUMMARY:Fair
LOCATION:shop
DTSTART;TZID=Europe/Berlin:20240301T190000
DTEND;TZID=Europe/Berlin:20240302T000000
RRULE:FREQ=MONTHLY;COUNT=2
END:VEVENT
END:VCALENDAR
END_C
expect 'a calendar' 0 'read: 2 entries, 2 events (2 planned)' "$PROPTER" -g "$G" events shop.ics --column scope=place
expect 'each day once, known before' 0 '2024-04-01,2024-04-01,2024-01-01' "$PROPTER" -g "$G" query -f csv \
  'PREFIX p: <https://w3id.org/propter#> SELECT ?start ?end ?known { ?e a p:PlannedChange ; p:start ?start ; p:end ?end ; p:knownFrom ?known ; p:sourceRow 4 }'
printf '%s' '{"resourceLogs": [{"resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "shop"}}]}, "scopeLogs": [{"logRecords": [
 {"timeUnixNano": "1709283600000000000", "eventName": "flood"}, {"timeUnixNano": "1709283600000000000", "body": {"stringValue": "a log"}}]}]}]}' > logs.json
expect 'log records of OpenTelemetry' 0 'read: 1 entries, 1 events' "$PROPTER" -g "$G" events logs.json
printf 'tag_name,published_at,created_at,html_url\nv2.0,2024-03-05T10:00:00Z,2024-03-01T10:00:00Z,https://example.org/v2\n' > releases.csv
expect 'releases' 0 'read: 1 entries, 1 events' "$PROPTER" -g "$G" events releases.csv
printf 'title,start,severity,owner\nA,2024-01-01,1,me\n' > unread.csv
expect 'columns that are not read' 0 'unread.csv: columns not read: severity, owner' "$PROPTER" -g "$G" events unread.csv
printf '[{"specversion": "1.0", ' > half.json
expect 'half a file' 3 'half.json' "$PROPTER" -g "$G" events half.json
echo "1..$n"
