#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# init, load, export, verify, backup, compact, status from outside, with good input and bad.
. "$srcdir/tests/cli/tap.sh"
t=$(mktemp -d "${TMPDIR:-/tmp}/propter-rdf-XXXXXX"); trap 'kill $holder 2>/dev/null; umount "$t/small" 2>/dev/null; rm -rf "$t"' EXIT
holder=
g=$t/g
p() { "$PROPTER" -g "$g" "$@"; }
dump() { p export --canonical --without-runs 2>/dev/null; }
cd "$t" || exit 99

# --- Good input
expect 'no graph yet' 3 'no graph here' p status
expect 'init would' 0 'would be made' p init --dry-run
[ ! -e "$g" ] && ok 'a dry run makes nothing' || not_ok 'a dry run makes nothing'
expect 'init' 0 'made' p init
expect 'init again' 0 'there already' p init
printf '@prefix : <#> .\n:a :b "\\u00e4"@de, 5, [ :c true ] .\n' >a.ttl
printf '<a:s> <a:p> <a:o> .\n' >b.nt
printf '<a:s> <a:p> "1" <a:g> .\n<a:s> <a:p> "0" .\n' | gzip >c.nq.gz
printf '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="a:"><rdf:Description rdf:about="#x"><e:p>t</e:p></rdf:Description></rdf:RDF>' >d.rdf
printf '<a:h> { <a:s> <a:p> 2 }' >e.trig
expect 'load five formats at once' 0 '9 added, 0 removed, 7 graphs written' p load a.ttl b.nt c.nq.gz d.rdf e.trig
expect 'the same again' 0 'nothing to do' p load a.ttl b.nt c.nq.gz d.rdf e.trig
expect 'forced: nothing really changes' 0 '0 added, 0 removed' p load --force a.ttl b.nt c.nq.gz d.rdf e.trig
printf '<a:s> <a:p> <a:o2> .\n' >b.nt
expect 'a changed file replaces its graph only' 0 '1 added, 1 removed, 1 graph written; run r-' p load b.nt
expect 'standard input' 0 '1 added' sh -c 'echo "<a:s> <a:p> 3 ." | "$0" -g "$1" load --format ttl --graph-iri a:in -' "$PROPTER" "$g"
expect 'status' 0 'a:in' p status
p status --format json >s.json
grep -q '"iri":"a:g","quads":1,"run":false' s.json && ok 'status in JSON' || not_ok 'status in JSON' "$(cat s.json)"
same 'export of one graph' "$(p export --graph-iri a:g -f nt 2>&1)" '<a:s> <a:p> "1" .'
expect 'export as TriG' 0 'a:h> {' p export -f trig
dump >one.nq
"$PROPTER" -g h load --default-graph one.nq >/dev/null 2>&1
"$PROPTER" -g h export --canonical --without-runs >two.nq
cmp -s one.nq two.nq && ok 'an export loads as the same graph' || not_ok 'an export loads as the same graph' "$(diff one.nq two.nq | head)"
p export --canonical --without-runs -f trig >one.trig
"$PROPTER" -g i load --default-graph one.trig >/dev/null 2>&1
"$PROPTER" -g i export --canonical --without-runs >three.nq
cmp -s one.nq three.nq && ok 'so does its TriG' || not_ok 'so does its TriG' "$(diff one.nq three.nq | head)"
expect 'verify' 0 'is whole' p verify
expect 'backup' 0 'copied' p backup saved
"$PROPTER" -g saved export --canonical --without-runs | cmp -s one.nq - && ok 'the copy says the same' || not_ok 'the copy says the same'
expect 'backup onto something' 3 'new directory' p backup saved
expect 'compact' 0 'bytes before' p compact
dump | cmp -s one.nq - && ok 'compact changes nothing' || not_ok 'compact changes nothing'
printf '<a:s> <a:p> 4 .' >f.ttl
expect 'dry run of a load' 0 'would load: 1 added' p load --dry-run f.ttl
dump | cmp -s one.nq - && ok 'and nothing happened' || not_ok 'and nothing happened'
expect 'dry run without a graph' 0 'would load: into the new graph' "$PROPTER" -g nowhere load --dry-run f.ttl
[ ! -e nowhere ] && ok 'which makes none' || not_ok 'which makes none'

# --- Bad input: the place, what was expected, and an unchanged graph
unchanged() { expect "$@"; dump | cmp -s one.nq - && ok "$1: the graph is unchanged" || not_ok "$1: the graph is unchanged"; }
printf '<><>{' >bad.ttl;                                unchanged '<><>{' 3 'bad.ttl:1:5: ' p load f.ttl bad.ttl
printf '<><>{' >bad.trig;                               unchanged '<><>{ as TriG' 3 'bad.trig:1:5: ' p load bad.trig
printf '<><>{' >bad.rdf;                                unchanged '<><>{ as RDF/XML' 3 'bad.rdf:1:2: expected well-formed XML' p load bad.rdf
printf '<><>{' >bad.rj;                                 unchanged '<><>{ as RDF/JSON' 3 'bad.rj' p load bad.rj
printf '<a:s> <a:p> <a:o> .\n<a:s> <a:p> <a b> .\n' >bad.nt; unchanged 'invalid IRI' 3 'bad.nt:2:15: expected ">" or a character of an IRI' p load f.ttl bad.nt
printf '<a:s> <a:p> <o> .\n' >bad.nt;                   unchanged 'relative IRI in N-Triples' 3 'bad.nt:1' p load bad.nt
printf '<a:s> <a:p> "\\uD800" .\n' >bad.ttl;            unchanged 'surrogate escape' 3 'found U+D800' p load bad.ttl
printf '<a:s> <a:p> "\377" .\n' >bad.ttl;               unchanged 'not UTF-8' 3 'found byte 0xFF' p load bad.ttl
printf '<a:s> <a:p> "x"@en-toolonglanguage .\n' >bad.ttl; unchanged 'language tag' 3 'expected a language tag' p load bad.ttl
head -c 40 c.nq.gz >bad.nq.gz;                          unchanged 'truncated gzip' 3 'gzip data' p load bad.nq.gz
(printf '# '; head -c 17000000 /dev/zero | tr '\0' x) >bad.nt;       unchanged 'a line without end' 5 'longer than the limit' p load bad.nt
(printf '<a:s> <a:p> '; head -c 200000 /dev/zero | tr '\0' '(') >bad.ttl; unchanged 'brackets without end' 5 'nested deeper' p load bad.ttl
unchanged 'no such file' 3 'nothing.ttl: no such file' p load f.ttl nothing.ttl
unchanged 'a folder' 3 'expected a file' p load --format ttl "$t"
unchanged 'a folder without a format' 3 'expected a file' p load .
: >one.xyz; unchanged 'unknown extension' 2 'cannot tell the RDF format' p load one.xyz
unchanged 'unknown format' 2 'expected one of ntriples' p load --format docx f.ttl
unchanged 'graph name that is no IRI' 3 'expected an absolute IRI' p load --graph-iri g f.ttl
unchanged 'standard input without a format' 2 'needs --format' p load -
unchanged 'two places at once' 2 'exclude each other' p load --graph-iri a:x --default-graph f.ttl
unchanged 'no file' 2 'expected: propter load FILE...' p load
: >empty.ttl; expect 'an empty file is an empty graph' 0 '0 added' p load empty.ttl
: >empty.rdf; unchanged 'empty RDF/XML' 3 'empty.rdf' p load empty.rdf
expect 'no such named graph' 3 'no graph <a:none>' p export --graph-iri a:none
expect 'a format without writer' 2 'expected one of nquads, ntriples' p export -f rdfa
expect 'a full output device' 75 'cannot write' sh -c '"$0" -g "$1" export >/dev/full' "$PROPTER" "$g"
printf x >file; expect 'a file where a graph should be' 3 'expected a graph directory' "$PROPTER" -g file load f.ttl
PROPTER_LIBEXEC=/nonexistent; export PROPTER_LIBEXEC
echo '{}' >d.rj; unchanged 'no helper program' 75 'cannot start' p load d.rj
echo '<p>Sales fell because of rain.</p>' >page.html; unchanged 'a page without the helper is for propter read' 75 'propter read takes what it says in words' p load page.html
PROPTER_LIBEXEC=$builddir/engine/graph/io

# --- A locked graph: another load waits for its input and holds the lock.
mkfifo pipe
p load --wait --format nt --graph-iri a:lock - <pipe >held 2>&1 & holder=$!
exec 3>pipe
i=0; while [ $i -lt 200 ]; do p load --force f.ttl >out 2>&1; code=$?; [ $code -eq 4 ] && break; i=$((i + 1)); done
{ [ $code -eq 4 ] && grep -q 'another program or thread writes' out; } && ok 'a locked graph: exit 4' || not_ok "a locked graph: exit $code, wanted 4" "$(cat out)"
expect 'which compact respects' 4 'writes to this graph' p compact
expect 'and readers do not notice' 0 'a:in' p status
exec 3>&-; wait $holder; same 'the holder ends well' "$?" 0; holder=

# --- A damaged file
cp -r "$g" damaged
"$PROPTER" -g damaged verify >/dev/null 2>&1 || not_ok 'the copy is whole'
size=$(wc -c <damaged/data.mdb)
i=3; wrong=
while [ $((i * 4096 + 4080)) -lt "$size" ]; do
  cp "$g/data.mdb" damaged/data.mdb
  printf '\252\125\252\125' | dd of=damaged/data.mdb bs=1 seek=$((i * 4096 + 4080)) conv=notrunc 2>/dev/null
  "$PROPTER" -g damaged verify >/dev/null 2>out; code=$?
  case $code in 0|6) ;; *) wrong="$wrong page $i: exit $code $(head -1 out)" ;; esac
  [ $code -eq 6 ] && found=1
  i=$((i + 1))
done
[ -z "$wrong" ] && [ "${found:-0}" = 1 ] && ok 'a damaged page is exit 6' || not_ok 'a damaged page is exit 6' "$wrong"
head -c $((size / 2)) "$g/data.mdb" >damaged/data.mdb
expect 'half a file' 6 '' "$PROPTER" -g damaged verify
expect 'half a file is not read' 6 '' "$PROPTER" -g damaged export
head -c 100 /dev/urandom >damaged/data.mdb
expect 'noise' 6 '' "$PROPTER" -g damaged status

# --- A full disk: a file system of its own where we may mount one, else a limit on the size of files.
i=0; while [ $i -lt 60000 ]; do echo "<a:s$i> <a:p> \"value number $i, long enough to take some room in the dictionary\" ."; i=$((i + 1)); done >large.nt
mkdir small
if mount -t tmpfs -o size=2m none small 2>/dev/null; then
  cp -r saved small/g; "$PROPTER" -g small/g export --canonical >before
  expect 'a full disk: exit 75' 75 '' "$PROPTER" -g small/g load large.nt
  "$PROPTER" -g small/g export --canonical | cmp -s before - && ok 'the graph is unchanged' || not_ok 'the graph is unchanged'
  expect 'and whole' 0 'is whole' "$PROPTER" -g small/g verify
  expect 'and goes on when there is room' 0 'loaded' "$PROPTER" -g small/g load f.ttl
else
  cp -r saved small/g; "$PROPTER" -g small/g export --canonical >before
  expect 'a file limit: exit 75' 75 '' sh -c 'trap "" XFSZ; ulimit -f 2048; "$0" -g small/g load large.nt' "$PROPTER"
  "$PROPTER" -g small/g export --canonical | cmp -s before - && ok 'the graph is unchanged' || not_ok 'the graph is unchanged'
  expect 'and whole' 0 'is whole' "$PROPTER" -g small/g verify
  expect 'and goes on when there is room' 0 'loaded' "$PROPTER" -g small/g load f.ttl
fi
# A load that is killed leaves the last commit.
"$PROPTER" -g saved export --canonical >before
for delay in 0.05 0.2 0.5; do
  "$PROPTER" -g saved load --force large.nt >/dev/null 2>&1 & pid=$!
  sleep $delay; kill -9 $pid 2>/dev/null; wait $pid 2>/dev/null; code=$?
  [ $code -eq 137 ] || break
  "$PROPTER" -g saved verify >out 2>&1 && "$PROPTER" -g saved export --canonical | cmp -s before - || not_ok "killed after $delay s" "$(cat out)"
done
ok 'killed loads change nothing'
echo "1..$n"
