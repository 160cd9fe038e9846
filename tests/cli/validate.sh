#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SHACL from outside: lines, formats, exit codes, bad shapes.
. "$srcdir/tests/cli/tap.sh"
dir=$(mktemp -d) || exit 99
trap 'rm -rf "$dir"' EXIT
cat >"$dir/shapes.ttl" <<'END'
@prefix ex: <http://example.org/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
ex:OrderShape sh:targetClass ex:Order ;
  sh:property [ sh:path ex:quantity ; sh:minCount 1 ;
    sh:minInclusive 1 ] ;
  sh:property [ sh:path ex:note ; sh:maxCount 1 ; sh:severity sh:Warning ] .
END
cat >"$dir/data.ttl" <<'END'
@prefix ex: <http://example.org/> .
ex:one a ex:Order ; ex:quantity 3 .
ex:two a ex:Order ; ex:note "a", "b" ; ex:quantity 1 .
END
p() { "$PROPTER" -g "$dir/g" "$@"; }
p load "$dir/data.ttl" >/dev/null 2>&1
expect 'a warning alone is exit 0' 0 "Warning  ex:two  ex:note  MaxCount: expected at most 1 value(s)  ($dir/shapes.ttl:7)" p validate --shapes "$dir/shapes.ttl"
echo '<http://example.org/three> a <http://example.org/Order> ; <http://example.org/quantity> 0 .' >"$dir/more.ttl"
p load "$dir/more.ttl" >/dev/null 2>&1
expect 'a violation is exit 1' 1 "Violation  ex:three  ex:quantity  0  MinInclusive: expected a value of at least 1  ($dir/shapes.ttl:6)" p validate --shapes "$dir/shapes.ttl"
expect 'the report in Turtle' 1 'sh:sourceConstraintComponent sh:MinInclusiveConstraintComponent' p validate --shapes "$dir/shapes.ttl" --format turtle
expect 'the report as rows' 1 'Violation,ex:three,ex:quantity,0,MinInclusive' p validate --shapes "$dir/shapes.ttl" --format csv
expect 'the graph by its folder' 1 'ex:three' "$PROPTER" validate "$dir/g" --shapes "$dir/shapes.ttl"
iri=$(p query --format csv 'SELECT DISTINCT ?g { GRAPH ?g { <http://example.org/one> ?p ?o } }' 2>/dev/null | tr -d '\r' | sed -n 2p)
expect 'one graph alone conforms' 0 'ex:two' p validate --shapes "$dir/shapes.ttl" --graph-iri "$iri"
printf 'day,shop,takings\n2024-01-01,north,5\n2024-01-01,south,6\n2024-01-02,north,7\n2024-01-02,south,8\n' >"$dir/t.csv"
cd "$dir" || exit 99
expect 'a cube is declared' 0 'propter:sliceColumn "shop"' p cube t.csv --time day --grain P1D --measure takings=EUR --dimension shop --base http://example.org/shop#
p cube t.csv --time day --grain P1D --measure takings=EUR --dimension shop --base http://example.org/shop# --output cube.ttl
expect 'it is ingested' 0 'ingested: 4 rows' "$PROPTER" -g c ingest cube.ttl
expect 'and keeps the integrity constraints' 0 'sh:conforms true' "$PROPTER" -g c validate --cubes --format turtle
expect 'its structure is there' 0 'shop#takings/structure' "$PROPTER" -g c query 'SELECT ?s { ?d <http://purl.org/linked-data/cube#structure> ?s }'
echo '<http://example.org/o> <http://purl.org/linked-data/cube#dataSet> <http://example.org/shop#takings/data> .' >o.nt
"$PROPTER" -g c load o.nt >/dev/null 2>&1
expect 'an observation without dimensions is found' 1 'IC-11: the observation has no value for the dimension <http://example.org/shop#takings/dimension/shop>' "$PROPTER" -g c validate --cubes
expect 'a column that is not there' 3 'the table has no column "hour"; it has day, shop, takings' p cube t.csv --time hour --measure takings --base http://example.org/shop#
expect 'no measure' 2 'expected --measure COLUMN' p cube t.csv --time day --base http://example.org/shop#
expect 'no shapes' 2 'expected --shapes FILE, --cubes or --csvw FILE' p validate
expect 'an unknown format' 2 'found "poem"' p validate --shapes "$dir/shapes.ttl" --format poem
expect 'shapes that are not there' 3 'nowhere.ttl' p validate --shapes "$dir/nowhere.ttl"
echo '<urn:s> <http://www.w3.org/ns/shacl#path> "x" .' >"$dir/bad.ttl"
echo '<urn:s> <http://www.w3.org/ns/shacl#targetNode> 1 .' >>"$dir/bad.ttl"
expect 'shapes that are not well formed' 3 'bad.ttl:1: expected a property path' p validate --shapes "$dir/bad.ttl"
expect 'shapes of the vocabulary' 0 'sh:conforms true' p validate --shapes "$srcdir/ontology/shapes.ttl" --format turtle
mkdir csvw
cat >csvw/m.json <<'END'
{"@context": "http://www.w3.org/ns/csvw", "tables": [
 {"url": "shops.csv", "tableSchema": {"primaryKey": "shop", "columns": [{"name": "shop", "titles": "shop"}, {"name": "opened", "titles": "opened", "datatype": "date"}]}},
 {"url": "takings.csv", "tableSchema": {"columns": [{"name": "shop", "titles": "shop"}, {"name": "sum", "titles": "takings", "datatype": "integer", "colour": "red"}],
  "foreignKeys": [{"columnReference": "shop", "reference": {"resource": "shops.csv", "columnReference": "shop"}}]}}]}
END
printf 'shop,opened\nnorth,2001-05-01\nsouth,2001-13-01\nnorth,2001-05-02\neast,\n' >csvw/shops.csv
printf 'shop,takings\nsouth,5\nwest,6\nnorth,x\n' >csvw/takings.csv
expect 'a cell that does not fit' 1 'shops.csv:3:opened  "2001-13-01"  datatype' p validate --csvw csvw/m.json
expect 'a primary key twice' 1 'shops.csv:4:shop  "north"  key  expected each primary key once, found that of line 2 again' p validate --csvw csvw/m.json
expect 'a foreign key of nothing' 1 'takings.csv:3:shop  "west"  key  expected a row that the foreign key refers to, found none' p validate --csvw csvw/m.json
expect 'a foreign key of two rows' 1 'csvw/takings.csv,4,shop,north,key,"expected one row that the foreign key refers to, found several"' p validate --csvw csvw/m.json --format csv
expect 'a property in vain is a warning' 1 'colour: not a property that may stand there' p validate --csvw csvw/m.json
printf 'shop,opened\nnorth,2001-05-01\nsouth,2001-12-01\n' >csvw/shops.csv
printf 'shop,takings\nsouth,5\nnorth,7\n' >csvw/takings.csv
expect 'all is well' 0 '[]' p validate --csvw csvw/m.json --format json
printf 'shop,profit\nsouth,5\n' >csvw/takings.csv
expect 'another header' 1 'takings.csv:1:takings  "profit"  header' p validate --csvw csvw/m.json
expect 'a table alone' 0 'file,row,column,value,rule,reason' p validate --csvw csvw/shops.csv --format csv
echo 'm.json' >csvw/csvm
expect 'and with the metadata that a site names' 1 'takings.csv:1:takings  "profit"  header' p validate --csvw csvw/shops.csv --csvm csvw/csvm
expect 'no metadata' 3 'expected metadata of CSV on the Web' p validate --csvw cube.ttl
expect 'a graph besides' 2 'expected no graph' p validate --cubes --csvw csvw/m.json
expect 'as JSON' 0 '' p ingest csvw/m.json --minimal --output csvw/out.json
expect 'which holds the rows' 0 '{"shop":"south","sum":5}' cat csvw/out.json
expect 'another mapping is no JSON' 2 'only what one document of CSVW metadata describes' p ingest cube.ttl --output csvw/out.json
echo "1..$n"
