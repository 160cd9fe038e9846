#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Redland's own rdfproc on the storage module: it sees what propter loaded, and propter sees what it wrote.
. "$srcdir/tests/cli/tap.sh"
has() { # name, wanted text, found text
  if printf '%s\n' "$3" | grep -qF -- "$2"; then ok "$1"; else not_ok "$1: wanted \"$2\"" "$3"; fi
}
command -v rdfproc >/dev/null 2>&1 || { echo '1..0 # SKIP rdfproc is not installed (Debian package redland-utils)'; exit 0; }
t=$(mktemp -d "${TMPDIR:-/tmp}/propter-librdf-XXXXXX"); trap 'rm -rf "$t"' EXIT
cd "$t" || exit 99
module=$builddir/query/librdf/.libs/librdf_storage_propter.so
[ -f "$module" ] || module=$builddir/query/librdf/librdf_storage_propter.so
REDLAND_MODULE_PATH=$builddir/query/librdf; export REDLAND_MODULE_PATH
# The runtime of the address or thread sanitizer must come first (that of the undefined-behaviour one need not, and makes librdf's programs hang
# when it does); librdf's own leaks are not ours.
preload=
for r in asan tsan; do
  nm -D "$module" "$builddir/query/.libs/libpropter.so" 2>/dev/null | grep -q " U __${r}_" || continue
  for lib in lib$r.so "libclang_rt.$r-$(uname -m).so" "libclang_rt.$r.so"; do
    f=$(${CC:-cc} -print-file-name="$lib" 2>/dev/null); [ -f "$f" ] && { preload=$f; break; }
  done
done
ASAN_OPTIONS="detect_leaks=0:${ASAN_OPTIONS:-}"; export ASAN_OPTIONS
r() { LD_PRELOAD="$preload" rdfproc -q -s propter g "$@" 2>&1; }
p() { "$PROPTER" -g g "$@" 2>&1; }

exported=$(${NM:-nm} -D --defined-only "$module" | awk '$2 ~ /[TDRBVW]/ {print $3}' | grep -vE '^(_init|_fini|__bss_start|_edata|_end|__(asan|ubsan|odr|gcov|sancov|llvm).*)$')
[ "$exported" = librdf_storage_module_register_factory ] && ok 'the module exports its one function' || not_ok 'the module exports its one function' "$exported"

printf '@prefix : <http://x/> . :a :p "eins"@de, 7, :o . ' >a.ttl
printf '<http://x/a> <http://x/p> "in" <http://x/g> .\n' >b.nq
p load --default-graph a.ttl b.nq >/dev/null
has 'it sees what propter loaded' '"eins"@de' "$(r find http://x/a - -)"
has 'numbers keep their datatype' '"7"^^<http://www.w3.org/2001/XMLSchema#integer>' "$(r find - http://x/p -)"
has 'contexts' 'Context: <http://x/g>' "$(r contexts)"
has 'find in a context' '"in" with context <http://x/g>' "$(r find - - - http://x/g)"
[ "$(r find - - - http://x/g | grep -c 'Matched triple')" = 1 ] && ok 'and only there' || not_ok 'and only there'
has 'contains' 'the graph contains the triple' "$(LD_PRELOAD="$preload" rdfproc -s propter g contains http://x/a http://x/p http://x/o 2>&1)"
r add http://x/a http://x/p added >/dev/null
has 'propter sees what it added' '"added"' "$(p export -f nt)"
r add http://x/a http://x/p http://x/new http://x/h >/dev/null
has 'also in a context' '<http://x/a> <http://x/p> <http://x/new> <http://x/h> .' "$(p export)"
r remove http://x/a http://x/p http://x/new http://x/h >/dev/null
printf '%s' "$(p export)" | grep -q x/new && not_ok 'remove' || ok 'remove'
printf '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://x/"><rdf:Description rdf:about="#d"><e:p>parsed</e:p></rdf:Description></rdf:RDF>' >d.rdf
before=$(r size | grep -o '[0-9]*')
r parse d.rdf rdfxml http://x/doc >/dev/null
[ "$(r size | grep -o '[0-9]*')" = $((before + 1)) ] && ok 'parse and size' || not_ok 'parse and size' "$(r size)"
r parse d.rdf rdfxml http://x/doc2 http://x/ctx >/dev/null
has 'parse into a context' '<http://x/doc2#d> <http://x/p> "parsed" <http://x/ctx> .' "$(p export)"
has 'query' 'parsed' "$(r query sparql - 'SELECT ?o WHERE { <http://x/doc#d> <http://x/p> ?o }')"
has 'query a context' 'http://x/ctx' "$(r query sparql - 'SELECT ?g WHERE { GRAPH ?g { ?s ?p "parsed" } }')"
has 'print' 'http://x/doc#d' "$(r print)"
has 'serialize' 'eins' "$(r serialize ntriples)"
r remove-context http://x/ctx >/dev/null
printf '%s' "$(p export)" | grep -q x/ctx && not_ok 'remove a context' || ok 'remove a context'
p verify | grep -q 'is whole' && ok 'the graph is whole' || not_ok 'the graph is whole'
LD_PRELOAD="$preload" rdfproc -q -n -s propter g add http://x/a http://x/p only >/dev/null 2>&1
[ "$(r size | grep -o '[0-9]*')" = 1 ] && ok 'new empties it' || not_ok 'new empties it' "$(r size)"
LD_PRELOAD="$preload" rdfproc -q -s propter /proc/nowhere size >out 2>&1
grep -q 'propter storage' out && ok 'a graph that cannot be: said, not crashed' || not_ok 'a graph that cannot be: said, not crashed' "$(cat out)"
echo "1..$n"
