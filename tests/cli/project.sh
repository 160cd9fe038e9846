#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The keys of Morph-KGC's configuration; standard input as a source.
. "$srcdir/tests/cli/tap.sh"
dir=$(mktemp -d) || exit 99
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 99
export LC_ALL=C
p() { "$PROPTER" -g "$dir/g" "$@"; }

cat > m.ttl <<'END'
@prefix rml: <http://semweb.mmlab.be/ns/rml#> . @prefix rr: <http://www.w3.org/ns/r2rml#> . @prefix ql: <http://semweb.mmlab.be/ns/ql#> . @prefix ex: <http://example.org/> .
ex:m rml:logicalSource [ rml:source "t.csv" ; rml:referenceFormulation ql:CSV ] ;
  rr:subjectMap [ rr:template "http://example.org/{id}" ; rr:graph ex:g ] ;
  rr:predicateObjectMap [ rr:predicate ex:n ; rr:objectMap [ rml:reference "n" ] ] .
END
printf 'id,n\na/b,1\nc,NA\nd,\n' > t.csv; printf 'id,n\nz,26\n' > u.csv
one='<http://example.org/a%2Fb> <http://example.org/n> "1" <http://example.org/g> .'
ini() { printf '[CONFIGURATION]\n%s\n[S]\nmappings: m.ttl\n%s\n' "$1" "$2" > p.ini; }

ini 'na_values: ,NA'
expect 'na_values are no values' 0 'ingested: 3 rows, 1 quads' p ingest p.ini
expect 'they are part of the run' 0 'null=NA' p export
ini 'na_values: ,NB'
expect 'other ones are another run' 0 'ingested: 3 rows, 2 quads; 1 added' p ingest p.ini
ini 'na_values: NA'
expect 'they stand for the default: an empty cell is a text' 0 'ingested: 3 rows, 2 quads' p ingest p.ini
expect 'also by option' 0 'ingested: 3 rows, 1 quads' p ingest m.ttl --null=,NA --replace

ini 'safe_percent_encoding: /:'
expect 'safe characters' 0 '' p ingest p.ini
expect 'they stay in templates' 0 '<http://example.org/a/b>' p export
ini '' 'file_path: u.csv'
expect 'another file' 0 'ingested: 1 rows, 1 quads' p ingest p.ini --max-removed 100% --replace

ini 'output_file: out.nt'
expect 'a file of triples' 0 '' p ingest p.ini
same 'without the names of graphs' "$(cat out.nt)" '<http://example.org/a%2Fb> <http://example.org/n> "1" .
<http://example.org/c> <http://example.org/n> "NA" .'
printf '[CONFIGURATION]\noutput_file = out.nq\noutput_format = N-QUADS\nna_values = ,NA\n[A]\nmappings = m.ttl\n[B]\nmappings = m.ttl\nfile_path = u.csv\n' > two.ini
expect 'a file of quads' 0 '' p ingest two.ini
same 'of all sources' "$(cat out.nq)" "$one
<http://example.org/z> <http://example.org/n> \"26\" <http://example.org/g> ."
printf '[CONFIGURATION]\noutput_file = out.nq\n[A]\nmappings = m.ttl\n[B]\nmappings = none.ttl\n' > bad.ini
expect 'a source that fails' 3 'none.ttl: no such file' p ingest bad.ini
same 'leaves no half' "$(ls out.nq 2>&1 | grep -c cannot)" 1
expect 'a dry run writes nothing' 0 'would ingest' p ingest two.ini --dry-run --replace --max-removed 100%
same 'no file' "$(ls out.nq 2>&1 | grep -c cannot)" 1
ini 'number_of_processes: 4'
expect 'what is passed over is said' 0 'p.ini: key number_of_processes is passed over: all processors are used' p ingest p.ini --replace --max-removed 100%
ini 'udfs: f.py'
expect 'what cannot be had is refused with its reason' 3 '[CONFIGURATION] udfs: functions written in Python are not run' p ingest p.ini
ini 'on_error: stop
na_values: ,NA
max_removed: 100%'
expect 'options of the command may be written as those keys are' 0 'ingested' p ingest p.ini --replace
ini 'on_eror: stop'
expect 'one that is none is refused with the file' 2 'p.ini: unknown option "--on-eror=stop"' p ingest p.ini
ini '' 'frob: 1'
expect 'an unknown key of a source' 3 '[S] frob: a data source has the keys mappings, db_url, file_path, encoding and limits' p ingest p.ini
expect '--append needs a file' 2 'expected --output' p ingest m.ttl --append
expect 'too many texts' 2 'at most 64 texts' p ingest m.ttl --null="$(printf '%70s' '' | tr ' ' ,)"

# Standard input: read twice (once to look for repeated subjects), joined with itself, hashed for the record.
sed 's/"t.csv"/"-"/; s/ ; rr:graph ex:g//' m.ttl > in.ttl
same 'standard input to a file' "$(p ingest in.ttl --output - < t.csv)" '<http://example.org/a%2Fb> <http://example.org/n> "1" .
<http://example.org/c> <http://example.org/n> "NA" .'
same 'through a pipe' "$(cat t.csv | p ingest in.ttl --output -)" "$(p ingest in.ttl --output - < t.csv)"
piped() { cat "$1" | "$PROPTER" -g "$dir/s" ingest in.ttl; }
expect 'into a graph' 0 'ingested: 3 rows, 2 quads' piped t.csv
expect 'the graph is called so' 0 '<stdin:>' "$PROPTER" -g "$dir/s" export
expect 'the same again' 0 'nothing to do' piped t.csv
printf 'id,n\nq,1,2\n' > bad.csv
expect 'a bad row has its line' 3 '/dev/stdin:2' sh -c 'cat bad.csv | "$0" -g "$1/s" ingest in.ttl --on-error stop' "$PROPTER" "$dir"
sed 's/"t.csv"/"-"/; s/ql:CSV/ql:JSONPath ; rml:iterator "$[*]"/; s/ ; rr:graph ex:g//' m.ttl > json.ttl
same 'JSON' "$(printf '[{"id":"k","n":3}]' | p ingest json.ttl --output -)" '<http://example.org/k> <http://example.org/n> "3" .'
same 'by option' "$(cat u.csv | p ingest m.ttl --source - --triples --output -)" '<http://example.org/z> <http://example.org/n> "26" .'
printf 'day,shop,sales\n2024-01-01,a,10\n2024-01-02,a,12\n2024-01-03,a,11\n2024-01-04,a,14\n' > sales.csv
expect 'a look at it' 0 'propter:sourceFile "-"' sh -c 'cat sales.csv | "$0" ingest --sniff -' "$PROPTER"
expect 'what it writes runs' 0 'ingested: 4 rows' sh -c '"$0" ingest --sniff sales.csv | sed "s/\"sales.csv\"/\"-\"/" > made.ttl && cat sales.csv | "$0" -g "$1/m" ingest made.ttl' "$PROPTER" "$dir"
echo "1..$n"
