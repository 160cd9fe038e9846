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
expect 'no shapes' 2 'expected --shapes FILE or --cubes' p validate
expect 'an unknown format' 2 'found "poem"' p validate --shapes "$dir/shapes.ttl" --format poem
expect 'shapes that are not there' 3 'nowhere.ttl' p validate --shapes "$dir/nowhere.ttl"
echo '<urn:s> <http://www.w3.org/ns/shacl#path> "x" .' >"$dir/bad.ttl"
echo '<urn:s> <http://www.w3.org/ns/shacl#targetNode> 1 .' >>"$dir/bad.ttl"
expect 'shapes that are not well formed' 3 'bad.ttl:1: expected a property path' p validate --shapes "$dir/bad.ttl"
expect 'shapes of the vocabulary' 0 'sh:conforms true' p validate --shapes "$srcdir/ontology/shapes.ttl" --format turtle
echo "1..$n"
