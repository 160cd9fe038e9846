#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Tables into a graph: counts, places, quarantine, bad input, undo.
. "$srcdir/tests/cli/tap.sh"
dir=$(mktemp -d) || exit 99
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 99
G=$dir/g
data() { "$PROPTER" -g "$G" export 2>/dev/null | grep -v 'propter/run/' | LC_ALL=C sort; }
pack=$srcdir/ontology/packs/us-employment/mapping.ttl

expect 'the pack' 0 'ingested: 120 rows, 22,080 quads; 22,080 added, 0 removed' "$PROPTER" -g "$G" ingest "$pack"
data > one
expect 'again: nothing to do' 0 'nothing to do: run r-' "$PROPTER" -g "$G" ingest "$pack"
expect 'nothing rejected' 0 'file,row,column,value,rule,reason' "$PROPTER" -g "$G" rejects -f csv
same '2760 observations' "$("$PROPTER" -g "$G" export | grep -c 'linked-data/cube#Observation>')" 2760

cat > m.ttl <<'END'
@prefix rml: <http://w3id.org/rml/> . @prefix ex: <http://example.org/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
ex:m rml:logicalSource [ rml:source [ rml:root rml:MappingDirectory ; rml:path "t.csv" ] ; rml:referenceFormulation rml:CSV ] ;
  rml:subjectMap [ rml:template "http://example.org/{id}" ] ;
  rml:predicateObjectMap [ rml:predicate ex:n ; rml:objectMap [ rml:reference "n" ; rml:datatype xsd:integer ] ] .
END
# Shapes before the commit.
cat > s.ttl <<'END'
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <http://example.org/> .
ex:S sh:targetSubjectsOf ex:n ; sh:property [ sh:path ex:n ; sh:maxInclusive 100 ; sh:severity sh:Warning ] , [ sh:path ex:n ; sh:minInclusive 0 ] .
END
printf 'id,n\n1,10\n2,200\n' > t.csv
expect 'a warning is committed' 0 'Warning  ex:2  ex:n  200  MaxInclusive' "$PROPTER" -g "$dir/v.g" ingest m.ttl --validate s.ttl
expect 'its report is on record' 0 '#validation> <http://www.w3.org/ns/prov#wasGeneratedBy> <' "$PROPTER" -g "$dir/v.g" export
"$PROPTER" -g "$dir/v.g" export | LC_ALL=C sort > before
printf 'id,n\n1,10\n2,200\n3,-5\n' > t.csv
expect 'a violation is not' 1 'Violation  ex:3  ex:n  -5  MinInclusive' "$PROPTER" -g "$dir/v.g" ingest m.ttl --validate s.ttl --report r.ttl
"$PROPTER" -g "$dir/v.g" export | LC_ALL=C sort > after
alike 'the graph is as it was' before after
if grep -q 'sh:focusNode <http://example.org/3>' r.ttl && ! grep -q 'example.org/2' r.ttl; then ok 'the report holds what would change'; else not_ok 'the report holds what would change' "$(cat r.ttl)"; fi
expect 'shapes look at a graph' 2 '--validate looks at a graph' "$PROPTER" ingest m.ttl --validate s.ttl --output x.nq
expect 'a graph is kept up to date, not a file' 2 '--incremental keeps a graph up to date' "$PROPTER" ingest m.ttl --incremental --output x.nq

# A project file; joins and samples of a dry run.
mkdir project
cat > project/maps.ttl <<'END'
@prefix rml: <http://w3id.org/rml/> . @prefix ex: <http://example.org/> .
ex:order rml:logicalSource [ rml:source [ rml:root rml:MappingDirectory ; rml:path "orders.csv" ] ; rml:referenceFormulation rml:CSV ] ;
  rml:subjectMap [ rml:template "http://example.org/o/{id}" ] ;
  rml:predicateObjectMap [ rml:predicate ex:by ; rml:objectMap [ rml:parentTriplesMap ex:customer ; rml:joinCondition [ rml:child "c" ; rml:parent "id" ] ] ] .
ex:customer rml:logicalSource [ rml:source [ rml:root rml:MappingDirectory ; rml:path "customers.csv" ] ; rml:referenceFormulation rml:CSV ] ;
  rml:subjectMap [ rml:template "http://example.org/c/{id}" ] ;
  rml:predicateObjectMap [ rml:predicate ex:name ; rml:objectMap [ rml:reference "name" ] ] .
END
printf 'id,c\n1,a\n2,b\n' > project/orders.csv; printf 'id,name\na,Anna\nb,Berta\n' > project/customers.csv
printf '[DEFAULT]\nname: maps\n[CONFIGURATION]\noutput_format: N-QUADS\non-error = stop\n[Shop]\nmappings: ${name}.ttl\n' > project/p.ini
expect 'a dry run shows joins' 0 'join   http://example.org/order with http://example.org/customer, 1 condition, the parent in memory  (' "$PROPTER" -g "$dir/p.g" ingest project/p.ini --dry-run
expect 'and samples' 0 'sample <http://example.org/c/a> <http://example.org/name> "Anna"' "$PROPTER" -g "$dir/p.g" ingest project/p.ini --dry-run
# How documents are read.
printf '<r>\n<g k="1"><p id="1"/><p id="2"/></g></r>\n' > project/t.xml
cat > project/xml.ttl <<'END'
@prefix rml: <http://w3id.org/rml/> . @prefix ex: <http://example.org/> .
ex:p rml:logicalSource [ rml:source [ rml:root rml:MappingDirectory ; rml:path "t.xml" ] ; rml:referenceFormulation rml:XPath ; rml:iterator "/r/g/p" ] ;
  rml:subjectMap [ rml:template "http://example.org/{../@k}/{@id}" ] ; rml:predicateObjectMap [ rml:predicate ex:n ; rml:objectMap [ rml:reference "@id" ] ] .
END
sed 's|"/r/g/p"|"/r/g/p[position() > 0]"|' project/xml.ttl > project/whole.ttl
expect 'XML by rows' 0 'project/t.xml, one row in memory' "$PROPTER" -g "$dir/p.g" ingest project/xml.ttl --dry-run
expect 'XML as a whole' 0 'project/t.xml, the whole document in memory because of /r/g/p[position() > 0]' "$PROPTER" -g "$dir/p.g" ingest project/whole.ttl --dry-run
"$PROPTER" ingest project/xml.ttl --output a.nq && "$PROPTER" ingest project/whole.ttl --output b.nq
if grep -q '<http://example.org/1/2>' a.nq && cmp -s a.nq b.nq; then ok 'both give the same'; else not_ok 'both give the same' "$(cat a.nq b.nq)"; fi
# A query over an RDF file, solutions in a file, statements.
printf '<http://example.org/a> <http://example.org/name> "Anna"@en ; <http://example.org/age> 33 .\n' > project/people.ttl
cat > project/rdf.ttl <<'END'
@prefix rml: <http://w3id.org/rml/> . @prefix ex: <http://example.org/> . @prefix formats: <http://www.w3.org/ns/formats/> .
ex:q rml:logicalSource [ rml:source [ rml:root rml:MappingDirectory ; rml:path "people.ttl" ] ; rml:referenceFormulation formats:SPARQL_Results_JSON ;
    rml:iterator "SELECT ?p ?age { ?p <http://example.org/age> ?age }" ] ;
  rml:subjectMap [ rml:reference "p" ] ; rml:predicateObjectMap [ rml:predicate ex:is ; rml:objectMap [ rml:reference "age" ] ] .
END
expect 'a query over an RDF file' 0 '<http://example.org/a> <http://example.org/is> "33"^^<http://www.w3.org/2001/XMLSchema#integer> .' env TMPDIR="$dir" "$PROPTER" ingest project/rdf.ttl --output -
for t in "$dir"/propter-rdf-*; do if [ -e "$t" ]; then not_ok 'its graph is gone' "$t"; else ok 'its graph is gone'; fi; done
sed 's|SELECT ?p ?age|ASK|' project/rdf.ttl > project/e.ttl
expect 'that is no SELECT' 3 'project/e.ttl:2: source project/people.ttl: expected a SELECT query' "$PROPTER" ingest project/e.ttl --output -
sed 's|formats:SPARQL_Results_JSON ;|formats:Turtle|; /rml:iterator/d; s|"p"|"subject"|; s|"age"|"object"|; s|ex:q rml:log|ex:q rml:log|; s|Turtle$|Turtle ] ;|' project/rdf.ttl > project/st.ttl
expect 'statements of an RDF file' 0 '<http://example.org/a> <http://example.org/is> "Anna" .' "$PROPTER" ingest project/st.ttl --output -
"$PROPTER" -g "$dir/people.g" load project/people.ttl > load.out 2>&1; "$PROPTER" -g "$dir/people.g" query 'SELECT ?p ?age { ?p <http://example.org/age> ?age }' --format xml > project/people.srx
sed 's|people.ttl|people.srx|; s|Results_JSON ;|Results_XML ] ;|; /rml:iterator/d' project/rdf.ttl > project/srx.ttl
expect 'solutions in a file' 0 '<http://example.org/a> <http://example.org/is> "33"^^<http://www.w3.org/2001/XMLSchema#integer> .' "$PROPTER" ingest project/srx.ttl --output -
expect 'a project' 0 'ingested: 4 rows, 4 quads; 4 added' "$PROPTER" -g "$dir/p.g" ingest project/p.ini
printf '[Shop]\nmappings = ${SHOP_MAPS}.ttl\n' > project/e.ini
expect 'a variable that is not set' 3 '[Shop] mappings: ${SHOP_MAPS} is no key and no variable of the environment' "$PROPTER" -g "$dir/p.g" ingest project/e.ini
expect 'a variable of the environment' 0 'nothing to do' env SHOP_MAPS=maps "$PROPTER" -g "$dir/p.g" ingest project/e.ini --on-error stop
printf '[CONFIGURATION]\nudfs = f.py\n[Shop]\nmappings = maps.ttl\n' > project/u.ini
expect 'what cannot be had is refused' 3 '[CONFIGURATION] udfs: functions written in Python are not run' "$PROPTER" -g "$dir/p.g" ingest project/u.ini
printf '[CONFIGURATION]\nfrobnicate = 3\n[Shop]\nmappings = maps.ttl\n' > project/o.ini
expect 'an unknown key' 2 'unknown option "--frobnicate=3"' "$PROPTER" -g "$dir/p.g" ingest project/o.ini
printf '[Shop]\ndb_url = mysql+pymysql://x:${PWD}@h/d\n' > project/d.ini
expect 'another database' 3 'expected the address of an SQLite or PostgreSQL database' "$PROPTER" -g "$dir/p.g" ingest project/d.ini
printf '[CONFIGURATION]\n' > project/n.ini
expect 'no data source' 3 'expected a section for a data source' "$PROPTER" -g "$dir/p.g" ingest project/n.ini
printf 'mappings\n' > project/s.ini
expect 'no key' 3 's.ini:1: expected a [section] or key = value' "$PROPTER" -g "$dir/p.g" ingest project/s.ini

# Files instead of a graph: each quad once, the same whatever the batches; keys repeat across them.
cat > w.ttl <<'END'
@prefix rml: <http://w3id.org/rml/> . @prefix ex: <http://example.org/> .
ex:a rml:logicalSource _:s ; rml:subjectMap [ rml:template "http://example.org/a/{id}" ] ;
  rml:predicateObjectMap [ rml:predicate ex:n ; rml:objectMap [ rml:reference "n" ] ] .
ex:b rml:logicalSource _:s ; rml:subjectMap [ rml:template "http://example.org/b/{n}" ; rml:class ex:B ] .
_:s rml:source [ rml:root rml:MappingDirectory ; rml:path "w.csv" ] ; rml:referenceFormulation rml:CSV .
END
awk 'BEGIN { print "id,n"; for (i = 0; i < 60000; i++) printf "%d,\"x \"\"%d\"\"\"\n", i, i % 1000 }' > w.csv
expect 'a file of quads' 0 'written' sh -c '"$PROPTER" ingest w.ttl --output w.nq && echo written'
awk 'BEGIN { for (i = 0; i < 60000; i++) printf "<http://example.org/a/%d> <http://example.org/n> \"x \\\"%d\\\"\" .\n", i, i % 1000
  for (i = 0; i < 1000; i++) printf "<http://example.org/b/x%%20%%22%d%%22> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://example.org/B> .\n", i }' | LC_ALL=C sort > wanted
LC_ALL=C sort w.nq > found
alike 'each quad once, none lost' wanted found
rm -f w.csv
expect 'no file after a failure' 3 'w.csv' "$PROPTER" ingest w.ttl --output w.nq
if [ -e w.nq ]; then not_ok 'half a file is removed'; else ok 'half a file is removed'; fi

# Packed sources, and files that a mapping wants written instead of the graph.
printf 'id,n\n1,10\n2,20\n' > t.csv; gzip -k t.csv; xz -k t.csv 2>/dev/null; tar czf t.tar.gz t.csv; bzip2 -k t.csv
for p in t.csv.gz t.csv.xz t.tar.gz t.csv.bz2; do
  sed "s|\"t.csv\"|\"$p\"|" m.ttl > p.ttl
  expect "$p" 0 'http://example.org/2> <http://example.org/n> "20"' "$PROPTER" ingest p.ttl --output -
done
head -c 60 t.csv.xz > cut.xz; sed 's|"t.csv"|"cut.xz"|' m.ttl > p.ttl
expect 'a packed file that ends too early' 3 'cut.xz: packed data' "$PROPTER" -g "$dir/cut.g" ingest p.ttl
sed 's|"http://example.org/{id}"|& ; rml:logicalTarget [ rml:target [ rml:path "out.ttl.gz" ] ; rml:serialization <http://www.w3.org/ns/formats/Turtle> ; rml:compression rml:gzip ]|' m.ttl > p.ttl
expect 'a target' 0 '0 added' "$PROPTER" -g "$dir/target.g" ingest p.ttl
expect 'is written' 0 '<http://example.org/2>' sh -c 'gunzip -c out.ttl.gz'
expect 'targets and single rows' 2 'rml:logicalTarget' "$PROPTER" -g "$dir/target2.g" ingest p.ttl --incremental
expect 'a dry run writes none' 0 'dry' env dir="$dir" sh -c 'rm out.ttl.gz; "$PROPTER" -g "$dir/target3.g" ingest p.ttl --dry-run && ls out.ttl.gz 2>&1 | grep -c out && echo dry'
rm -f t.csv

# Three days of files, the second corrected and the first gone at last: each time as a full run.
mkdir daily; sed 's|"t.csv"|"daily/*.csv"|' m.ttl > d.ttl
printf 'id,n\n1,10\n2,20\n' > daily/1.csv
expect 'first night' 0 'ingested: 2 rows, 2 quads; 2 added, 0 removed' "$PROPTER" -g "$dir/daily.g" ingest d.ttl --incremental
printf 'n,id\n30,3\n' > daily/2.csv
expect 'second night' 0 '2 rows are those of the last run' "$PROPTER" -g "$dir/daily.g" ingest d.ttl --incremental
printf 'n,id\n31,3\n20,2\n' > daily/2.csv; rm daily/1.csv
expect 'third night' 0 'ingested: 2 rows, 2 quads; 1 added, 2 removed' "$PROPTER" -g "$dir/daily.g" ingest d.ttl --incremental
"$PROPTER" -g "$dir/daily.f" ingest d.ttl >/dev/null
for g in f g; do "$PROPTER" -g "$dir/daily.$g" export | grep -v 'propter/run/' | LC_ALL=C sort > daily.$g.nq; done
alike 'as a full run' daily.f.nq daily.g.nq
expect 'no file, no table' 3 'no file matches' sh -c 'rm daily/2.csv; "$PROPTER" -g "$1" ingest d.ttl' - "$dir/daily.g"

# An export that is empty or cut does not erase the graph.
awk 'BEGIN { print "id,n"; for (i = 0; i < 500; i++) printf "%d,%d\n", i, i }' > all.csv; cp all.csv t.csv
"$PROPTER" -g "$dir/s.g" ingest m.ttl > s.out; "$PROPTER" -g "$dir/s.g" export | LC_ALL=C sort > before
for mode in --incremental --force; do
  head -1 all.csv > t.csv
  expect "only a header, $mode" 3 't.csv would shrink from 500 quads to 0, by more than 50 %: is a source empty or cut short?' "$PROPTER" -g "$dir/s.g" ingest m.ttl $mode
  head -200 all.csv > t.csv
  expect "a third, $mode" 3 't.csv would shrink from 500 quads to 199' "$PROPTER" -g "$dir/s.g" ingest m.ttl $mode
done
expect 'and dry' 3 'would shrink' "$PROPTER" -g "$dir/s.g" ingest m.ttl --dry-run
"$PROPTER" -g "$dir/s.g" export | LC_ALL=C sort > after
alike 'the graph stays' before after
expect 'a number of quads' 3 'by more than 300 quads' "$PROPTER" -g "$dir/s.g" ingest m.ttl --max-removed 300
expect 'no limit' 2 'expected a number of quads, or 0% to 100%, found "200%"' "$PROPTER" -g "$dir/s.g" ingest m.ttl --max-removed 200%
head -400 all.csv | head -c -1 > t.csv
expect 'the end of the last line is missing' 0 't.csv: its last line has no end, and it gives 101 quads fewer than before: it may be cut short' "$PROPTER" -g "$dir/s.g" ingest m.ttl
sed '2,$s/,/,1/' all.csv | head -400 > t.csv
expect 'changed rows are no loss' 0 '399 added, 399 removed' "$PROPTER" -g "$dir/s.g" ingest m.ttl --max-removed 0
head -1 all.csv > t.csv
expect 'what is accepted' 0 '0 added, 399 removed' "$PROPTER" -g "$dir/s.g" ingest m.ttl --max-removed 100%

# From one run to another, forwards and backwards.
D=$dir/diff.g; sed 's|"t.csv"|"e.csv"|; s| ; rml:datatype xsd:integer||' m.ttl > e.ttl
i=0; for rows in '1,a' '1,a\n2,b' '2,b\n3,c'; do
  i=$((i + 1)); printf "id,n\n$rows\n" > e.csv; "$PROPTER" -g "$D" --today 2024-01-0$i ingest e.ttl >/dev/null; done
"$PROPTER" -g "$D" diff r-20240101 2>/dev/null | sed 's| <file:.*||' | LC_ALL=C sort >found
{ for p in '2> <http://example.org/n> "b"' '3> <http://example.org/n> "c"'; do echo "+ <http://example.org/$p"; done
  echo '- <http://example.org/1> <http://example.org/n> "a"'; } >wanted
alike 'what three runs changed' wanted found
"$PROPTER" -g "$D" diff last r-20240101 2>/dev/null | sed 's| <file:.*||' | LC_ALL=C sort >found
tr '+-' '-+' <wanted | LC_ALL=C sort >turned
alike 'backwards' turned found
same 'nothing from a run to itself' "$("$PROPTER" -g "$D" diff last last 2>/dev/null)" ""
same 'what the last one did' "$("$PROPTER" -g "$D" diff last 2>/dev/null | sed 's| <file:.*||' | LC_ALL=C sort)" '+ <http://example.org/3> <http://example.org/n> "c"
- <http://example.org/1> <http://example.org/n> "a"'
expect 'undo of the first asks for the others' 3 'undo them first, the newest first: r-20240102' "$PROPTER" -g "$D" undo r-20240101
same 'or lists them' "$("$PROPTER" -g "$D" undo r-20240101 --cascade --dry-run | sed 's/T.*//')" 'would undo run r-20240103
would undo run r-20240102
would undo run r-20240101'
same 'or undoes them' "$("$PROPTER" -g "$D" undo r-20240101 --cascade | sed 's/T.*//')" 'undid run r-20240103
undid run r-20240102
undid run r-20240101'
same 'nothing is left' "$("$PROPTER" -g "$D" export 2>/dev/null | grep -c 'http://example.org/n')" 0
expect 'an undo is undone' 0 'undid run' "$PROPTER" -g "$D" undo last
expect 'and shows what it took back' 0 '+ <http://example.org/1> <http://example.org/n> "a"' "$PROPTER" -g "$D" diff last

# A password in an address is in no message.
printf '[S]\nmappings = e.ttl\ndb_url = mysql://me:s3cret@host/d\n' > url.ini
for c in "profile postgresql://me:s3cret@127.0.0.1:1/x" "ingest --database postgresql://me:s3cret@127.0.0.1:1/x --base http://e/" "ingest --database odbc:Driver=None;UID=a;PWD=s3cret --base http://e/" \
  "ingest postgresql://me:s3cret@h/x" "ingest url.ini" "load http://me:s3cret@127.0.0.1:1/x" "ingest e.ttl --source https://me:s3cret@h/x.csv"; do
  "$PROPTER" -g "$dir/pw.g" $c > said 2>&1; if grep -q s3cret said || ! grep -q . said; then not_ok "no password: $c" "$(cat said)"; else ok "no password: ${c%%:*}"; fi
done
expect 'no such run' 3 'no run "r-9"' "$PROPTER" -g "$D" diff r-9

# A guessed mapping is one that can be ingested as it is.
printf 'day,region,orders,price_eur\n2024-01-01,north,3,1.5\n2024-01-01,south,4,2\n2024-01-02,north,5,1.5\n2024-01-02,south,6,2\n' > shop.csv
expect 'a mapping guessed' 0 'propter:unit "EUR"' sh -c '"$PROPTER" ingest --sniff shop.csv --output shop.ttl --base https://example.org/shop# && cat shop.ttl'
expect 'and ingested' 0 'ingested: 4 rows' "$PROPTER" -g "$dir/shop" ingest shop.ttl
expect 'no mapping besides' 2 'expected no other' "$PROPTER" ingest --sniff shop.csv m.ttl
# The line that declares the delimiter is none of the rows, but one of the lines, also where spreadsheet programs write UTF-16.
printf 'sep=;\r\nday;orders\r\n2024-01-01;3\r\n2024-01-02;x;5\r\n2024-01-03;4\r\n' > declared.csv
{ printf '\377\376'; iconv -t UTF-16LE declared.csv; } > wide.csv
iconv -t UTF-16BE declared.csv > unmarked.csv
for f in declared wide unmarked; do
  expect "$f: guessed" 0 'propter:delimiter ";"' sh -c '"$PROPTER" ingest --sniff $1.csv --output $1.ttl --base https://example.org/shop# && cat $1.ttl' - $f
  expect "$f: ingested" 1 'ingested: 3 rows' "$PROPTER" -g "$dir/$f.g" ingest $f.ttl
  expect "$f: the line of a reject" 0 "$f.csv:4  \"2024-01-02,x,5\"" "$PROPTER" -g "$dir/$f.g" rejects
done

printf 'id,n\n1,10\n2,"a ""b"", c"\n3\n4,40\n' > t.csv
expect 'dry run' 1 'would ingest: 4 rows, 2 quads' "$PROPTER" -g "$G" ingest m.ttl --dry-run
data > two
alike 'a dry run changes nothing' one two
expect 'stop at the first bad row' 3 't.csv:3: column n: expected a whole number such as -12, found "a "b", c"' "$PROPTER" -g "$G" ingest m.ttl --on-error stop
expect 'too many bad rows' 3 'more than 1 bad rows' "$PROPTER" -g "$G" ingest m.ttl --max-errors 1
data > two
alike 'a failed ingest changes nothing' one two
expect 'quarantine' 1 '2 rejected and put into quarantine' "$PROPTER" -g "$G" ingest m.ttl
expect 'which stand when nothing changed' 1 'nothing to do: run r-' "$PROPTER" -g "$G" ingest m.ttl
expect 'and are told again' 1 '2 rejected and put into quarantine; to see them: propter rejects r-' "$PROPTER" -g "$G" ingest m.ttl
expect 'counted' 1 '"unchanged":true,"dryRun":false,"rows":0,"quads":0,"added":0,"removed":0,"rejected":2' "$PROPTER" -g "$G" ingest m.ttl -f json
expect 'rejects as lines' 0 't.csv:3:n  "a "b", c"  datatype  expected a whole number' "$PROPTER" -g "$G" rejects
expect 'rejects as CSV' 0 't.csv,3,n,"a ""b"", c",datatype,' "$PROPTER" -g "$G" rejects last -f csv
expect 'rejects as JSON' 0 '{"file":"t.csv","row":4,"column":"","value":"3","rule":"columns","reason":"expected 2 cells as in the header, found 1"}]' "$PROPTER" -g "$G" rejects -f json
expect 'skip' 0 '2 rejected and left out' "$PROPTER" -g "$G" ingest m.ttl --on-error skip
expect 'skipped ones are no negative result' 0 'nothing to do' "$PROPTER" -g "$G" ingest m.ttl --on-error skip
expect 'unknown run' 3 'no run "r-1"' "$PROPTER" -g "$G" rejects r-1
expect 'wrong mode' 2 'expected quarantine, skip or stop' "$PROPTER" -g "$G" ingest m.ttl --on-error ignore
expect 'result as JSON' 0 '"added":0,"removed":0,"rejected":2' "$PROPTER" -g "$G" ingest m.ttl --on-error skip --force -f json
data > before

bad() { expect "$1" "$2" "$3" "$PROPTER" -g "$G" ingest m.ttl; } # name, exit code, text
printf 'id,n\n1,"10\n2,20\n' > t.csv; bad 'broken quotes' 3 't.csv:2: cell 2: the quote opened here is never closed'
printf 'id,n\n1,10\n\351,20\n' > t.csv; bad 'wrong encoding' 3 'byte 10: expected UTF-8, found byte 0xE9'
: > t.csv; bad 'empty file' 3 'expected a header line, found an empty file'
printf 'id,m\n1,10\n' > t.csv; bad 'missing column' 3 'no column "n" in t.csv; its columns: id, m'
printf 'id,n\n' > t.csv; truncate -s 2G t.csv
expect 'a line of 2 GB' 5 'row is longer than the limit' "$PROPTER" -g "$G" ingest m.ttl
rm t.csv
expect 'no file' 3 't.csv: cannot open' "$PROPTER" -g "$G" ingest m.ttl
expect 'no mapping' 3 'no such file' "$PROPTER" -g "$G" ingest none.ttl
printf '<><>{' > broken.ttl
expect 'no Turtle' 3 'broken.ttl:1' "$PROPTER" -g "$G" ingest broken.ttl
printf 'id,n\n1,10\n' > t.csv; printf '@prefix ex: <http://example.org/> . ex:a ex:b ex:c .\n' > other.ttl
expect 'no mapping in it' 3 'expected RML triples maps or metric definitions' "$PROPTER" -g "$G" ingest other.ttl
data > after
alike 'no bad input changed the graph' before after

printf 'id,n\n1,11\n9,90\n' > t.csv
expect 'a correction' 0 '2 added, 2 removed' "$PROPTER" -g "$G" ingest m.ttl
expect 'undo, dry' 0 'would undo run r-' "$PROPTER" -g "$G" undo last --dry-run
expect 'undo' 0 'undid run r-' "$PROPTER" -g "$G" undo last
data > after
alike 'undo restores the graph' before after
first=$("$PROPTER" -g "$G" export | sed -n 's|^<https://w3id.org/propter/run/\(r-[^>#]*\)> <https://w3id.org/propter#sequence> "2"^^.*|\1|p')
expect 'undo asks later runs' 3 'later runs used or changed' "$PROPTER" -g "$G" undo "$first"

cat > metric.ttl <<'END'
@prefix propter: <https://w3id.org/propter#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix : <https://example.org/shop#> .
:refunds a propter:Metric ; skos:prefLabel "refunds"@en ; skos:altLabel "returned orders"@en ;
  propter:sourceFile "orders.csv" ; propter:timeColumn "month" ; propter:sourceColumn "refunds" ;
  propter:grain "P1M"^^xsd:duration ; propter:aggregation propter:Sum ;
  propter:unit "1" ; propter:unitLabel "orders" ; propter:goodDirection propter:Down .
END
printf 'month,refunds\n2011-01,3\n2011-02,4\n2011-02,5\n' > orders.csv
expect 'a metric definition' 1 '3 rows' "$PROPTER" -g "$G" ingest metric.ttl
expect 'a month that stands twice' 0 'orders.csv:4  "https://example.org/shop#refunds/observation/2011-02-01"  duplicate  the same time and slices as line 3' "$PROPTER" -g "$G" rejects
printf 'id,n\n1,"=HYPERLINK(""http://x"")"\n2,-x\n3,10\n' > t.csv
expect 'a formula for a number' 1 '3 rows' "$PROPTER" -g "$dir/f.g" ingest m.ttl
expect 'is no formula in the list of rejects' 0 "t.csv,2,n,\"'=HYPERLINK(\"\"http://x\"\")\"," "$PROPTER" -g "$dir/f.g" rejects -f csv
cat > o.ttl <<'END'
@prefix rml: <http://w3id.org/rml/> . @prefix d2rq: <http://www.wiwiss.fu-berlin.de/suhl/bizer/D2RQ/0.1#> . @prefix ex: <http://example.org/> .
ex:db d2rq:jdbcDSN "odbc:DSN=none;PWD=s3cret" .
ex:m rml:logicalSource [ rml:source ex:db ; rml:referenceFormulation rml:SQL2008Table ; rml:iterator "t" ] ; rml:subject ex:s .
END
expect 'a password in a connection string' 3 'o.ttl:3: a connection string must not hold the password' "$PROPTER" -g "$G" ingest o.ttl
expect 'the direct mapping by ODBC' 3 'odbc' "$PROPTER" -g "$G" ingest --database odbc:DSN=none --base http://example.org/
gzip -c orders.csv > z.csv.gz; sed 's/orders.csv/z.csv.gz/; s/shop#/shop2#/' metric.ttl > z.ttl
expect 'a packed table' 1 '3 rows' "$PROPTER" -g "$G" ingest z.ttl
# Metrics of dbt.
cat > schema.yml <<'END'
semantic_models:
  - name: sales
    model: ref('sales')
    defaults: {agg_time_dimension: month}
    dimensions: [{name: month, type: time, type_params: {time_granularity: month}}]
    measures: [{name: refunds, agg: sum, create_metric: true}, {name: orders, agg: sum, create_metric: true}]
metrics:
  - {name: refund_rate, type: ratio, type_params: {numerator: refunds, denominator: orders}}
END
{ echo month,refunds,orders; i=1; while [ $i -le 24 ]; do printf '20%d-%02d,%d,100\n' $((10 + (i - 1) / 12)) $(((i - 1) % 12 + 1)) $((i == 20 ? 60 : 10 + i % 3)); i=$((i + 1)); done; } > sales.csv
expect 'metrics of dbt' 0 'ingested: 24 rows' "$PROPTER" -g "$dir/d.g" ingest schema.yml
expect 'a ratio of dbt is asked about' 7 'observed    0.60   expected 0.12' "$PROPTER" -g "$dir/d.g" why 'refund rate in August 2011'
sed 's/type: ratio/type: conversion/' schema.yml > cumulative.yml
expect 'what a metric cannot say has its line' 1 'cumulative.yml:8: the definition of refund_rate is left out: expected simple, ratio, derived or cumulative, found "conversion"' "$PROPTER" -g "$dir/e.g" ingest cumulative.yml
{ cat schema.yml; echo '  - {name: odd, type: conversion}'; echo '  - {name: odder, type: ratio, type_params: {numerator: odd, denominator: orders}}'; } > odd.yml
expect 'one such metric leaves the others' 1 'odd.yml:9: the definition of odd is left out' "$PROPTER" -g "$dir/odd.g" ingest odd.yml
expect 'and what is made of it is refused with its line' 0 'odd.yml:10:odder  ""  definition  it is made of the metric "odd"' "$PROPTER" -g "$dir/odd.g" rejects
expect 'or ends the run' 3 'odd.yml:9: column odd: expected simple' "$PROPTER" -g "$dir/odd.g" ingest odd.yml --on-error stop --force
if command -v sqlite3 >/dev/null; then
  sqlite3 shop.db "CREATE TABLE sales (month DATE, refunds INTEGER, orders INTEGER); INSERT INTO sales VALUES ('2024-01-03', 2, 10), ('2024-01-09', 3, 20), ('2024-02-01', 4, 30)"
  printf '[Shop]\nmappings = schema.yml\ndb_url = sqlite:///shop.db\n' > shop.ini
  expect 'metrics of dbt over a database' 0 'ingested: 4 rows' "$PROPTER" -g "$dir/shop.g" ingest shop.ini
  expect 'which adds them up' 0 '#refunds/value> "5"^^' "$PROPTER" -g "$dir/shop.g" export
  sqlite3 ref.db "CREATE TABLE region (name TEXT, nr INTEGER PRIMARY KEY); CREATE TABLE shop (code TEXT PRIMARY KEY, region INTEGER REFERENCES region);
    CREATE TABLE visits (day DATE, region INTEGER REFERENCES region (nr), n INTEGER); INSERT INTO region VALUES ('North', 10), ('South', 20);
    INSERT INTO shop VALUES ('a', 10), ('b', 20), ('c', NULL); INSERT INTO visits VALUES ('2024-01-01', 10, 5), ('2024-01-01', 20, 6), ('2024-01-02', 10, 7), ('2024-01-02', 20, 8)"
  expect 'a declared reference is a slice' 0 '#   region: integer, 4, 2, slice, refers to region.nr' sh -c '"$PROPTER" ingest --sniff ref.db --output ref.ttl; cat ref.ttl'
  expect 'or one to the row it names' 0 '#   region: integer, 2, 2, reference, refers to region.nr' cat ref.ttl
  expect 'the mapping of all tables runs' 0 'ingested: 9 rows' "$PROPTER" -g "$dir/ref" ingest ref.ttl
  expect 'under a base of its own, too' 0 'ingested: 9 rows' sh -c '"$0" ingest --sniff ref.db --base https://example.org/b# --output ref.ttl; "$0" -g "$1/refb" ingest ref.ttl' "$PROPTER" "$dir"
  expect 'and of rows the row it names' 0 '<https://example.org/ref-shop#row-b> <https://example.org/ref-shop#region> <https://example.org/ref-region#row-20>' "$PROPTER" -g "$dir/ref" export
  expect 'which has its name' 0 '<https://example.org/ref-region#row-20> <https://example.org/ref-region#name> "South"' "$PROPTER" -g "$dir/ref" export
else skip 'metrics of dbt over a database' 'sqlite3 is not installed'; fi
expect 'its metrics as a semantic model of Ossie' 0 'expression: "SUM(sales.refunds) / SUM(sales.orders)"' "$PROPTER" -g "$dir/d.g" export --format ossie
"$PROPTER" -g "$dir/d.g" export --format ossie > ossie.yaml
expect 'which is read back' 0 'ingested: 24 rows' "$PROPTER" -g "$dir/o.g" ingest ossie.yaml
expect 'with the same answer' 7 'observed    0.60   expected 0.12' "$PROPTER" -g "$dir/o.g" why 'refund rate in August 2011'
mkdir csvw && printf 'id,n\n1,2\n2,x\n' > csvw/t.csv
cat > csvw/m.json <<'END'
{"@context": "http://www.w3.org/ns/csvw", "url": "t.csv", "tableSchema": {"aboutUrl": "http://example.org/{id}", "columns": [{"name": "id"}, {"name": "n", "datatype": "integer"}]}}
END
expect 'CSVW metadata, and a cell that is no integer' 1 '2 rows, 4 quads; 4 added, 0 removed' "$PROPTER" -g "$dir/w" ingest --minimal csvw/m.json
expect 'the cell has its place' 0 't.csv,3,n,x,datatype' "$PROPTER" -g "$dir/w" rejects -f csv
expect 'the same again is nothing to do, but for the cell' 1 'nothing to do' "$PROPTER" -g "$dir/w" ingest --minimal csvw/m.json
expect 'the other mode replaces it' 1 '2 rows, 20 quads; 14 added, 0 removed' "$PROPTER" -g "$dir/w" ingest csvw/m.json
echo 'm.json' > csvw/csvm
expect 'a table finds its metadata where the site says' 1 '<http://example.org/1>' "$PROPTER" ingest --minimal csvw/t.csv --csvm csvw/csvm --output -
expect 'CSVW as N-Quads' 1 '<http://example.org/1>' "$PROPTER" ingest --minimal csvw/m.json --output -
# Rows that can be mended from the list; paths that match nothing.
cat > nd.ttl <<'END'
@prefix rml: <http://w3id.org/rml/> . @prefix ex: <http://example.org/> .
ex:m rml:logicalSource [ rml:source [ rml:root rml:MappingDirectory ; rml:path "t.ndjson" ] ; rml:referenceFormulation rml:JSONPath ; rml:iterator "$" ] ;
  rml:subjectMap [ rml:template "http://example.org/{$.id}" ] ; rml:predicateObjectMap [ rml:predicate ex:n ; rml:objectMap [ rml:reference "$.n" ] ] .
END
printf '{"id":1,"n":5}\n{"id":2,"n":\n{"id":3,"n":7}\n' > t.ndjson
expect 'a line that is no JSON is one reject' 1 'ingested: 3 rows, 2 quads' "$PROPTER" -g "$dir/nd" ingest nd.ttl
expect 'with what stands there' 0 't.ndjson,2,,"{""id"":2,""n"":",syntax,not JSON' "$PROPTER" -g "$dir/nd" rejects -f csv
expect 'left out' 0 '1 rejected and left out' "$PROPTER" -g "$dir/nd" ingest nd.ttl --on-error skip --force
expect 'or it ends the run' 3 't.ndjson:2: not JSON' "$PROPTER" -g "$dir/nd" ingest nd.ttl --on-error stop --force
expect 'incrementally' 1 '2 rows are those of the last run' sh -c '"$0" -g "$1/ndi" ingest nd.ttl --incremental; "$0" -g "$1/ndi" ingest nd.ttl --incremental --force' "$PROPTER" "$dir"
sed 's/iterator "\$"/iterator "$.rows[*]"/' nd.ttl > no.ttl; printf '{"id":1,"n":5}\n' > t.ndjson
expect 'an iterator that matches nothing is said' 0 't.ndjson: $.rows[*] matches no row' "$PROPTER" -g "$dir/no" ingest no.ttl
expect 'and counts as shrinking' 3 'would' "$PROPTER" -g "$dir/nd" ingest no.ttl --replace
printf 'id,n\n1,10\n2,"a ""b"", c",3\n' > t.csv
expect 'a row with too many cells' 1 '1 rejected' "$PROPTER" -g "$dir/cc" ingest m.ttl
expect 'is listed whole' 0 't.csv,3,,"2,""a """"b"""", c"",3",columns,' "$PROPTER" -g "$dir/cc" rejects -f csv
echo "1..$n"
