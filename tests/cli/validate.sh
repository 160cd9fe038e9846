#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SHACL from outside: lines, formats, exit codes, bad shapes.
n=0
dir=$(mktemp -d) || exit 99
trap 'rm -rf "$dir"' EXIT
expect() { # name, wanted exit code, wanted text, command...
  n=$((n + 1)); name=$1; code=$2; text=$3; shift 3
  out=$("$@" 2>&1 </dev/null); got=$?
  if [ $got -eq "$code" ] && printf '%s' "$out" | grep -qF -- "$text"; then echo "ok $n - $name"
  else printf '%s\n' "$out" | head -20 | sed 's/^/# /'; echo "not ok $n - $name: exit $got, wanted $code and \"$text\""; fi
}
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
expect 'no shapes' 2 'expected --shapes FILE' p validate
expect 'an unknown format' 2 'found "poem"' p validate --shapes "$dir/shapes.ttl" --format poem
expect 'shapes that are not there' 3 'nowhere.ttl' p validate --shapes "$dir/nowhere.ttl"
echo '<urn:s> <http://www.w3.org/ns/shacl#path> "x" .' >"$dir/bad.ttl"
echo '<urn:s> <http://www.w3.org/ns/shacl#targetNode> 1 .' >>"$dir/bad.ttl"
expect 'shapes that are not well formed' 3 'bad.ttl:1: expected a property path' p validate --shapes "$dir/bad.ttl"
expect 'shapes of the vocabulary' 0 'sh:conforms true' p validate --shapes "$srcdir/ontology/shapes.ttl" --format turtle
echo "1..$n"
