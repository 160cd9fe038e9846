#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# No #include points upward: a folder includes only itself and what stands above it in this list. Beside public headers it may include those headers of another
# folder that are shared: contracts like public ones, but not installed.
order='engine/base engine/graph engine/math engine/causal engine/detect engine/infer ingest query/sparql query/shacl query/why query/librdf query/http query/cli'
shared='engine/base/fault.h engine/graph/id.h engine/graph/io/io.h engine/graph/sort_keys.h engine/detect/baseline.h query/sparql/eval.h
  query/sparql/ids.h query/sparql/print.h query/sparql/parse.h query/sparql/answer.h query/sparql/prepared.h query/sparql/form.h query/web/assets.def'
# Which folder owns a public header, by name.
owner() {
  case $1 in
    child|date|fault|fetch|hash|io|limits|log|mem|pack|put|pool|rng|status|str|wordnet|xml|regex|zip) echo engine/base ;;
    graph|vocab|rdf|store|access|run) echo engine/graph ;;
    math) echo engine/math ;;
    causal|rootcause|structure|direction|lagged|effects|mechanism|event) echo engine/causal ;;
    decompose|detect|drill|series|stream) echo engine/detect ;;
    score|infer|belief|review|changed|links) echo engine/infer ;;
    ingest|events|ossie|read|document|table|map|sniff|cells) echo ingest ;;
    sparql|results|remote) echo query/sparql ;;
    shacl) echo query/shacl ;;
    why) echo query/why ;;
    server) echo query/http ;;
    *) echo unknown ;;
  esac
}
rank() { i=0; for m in $order; do i=$((i + 1)); case $1/ in $m/*) echo $i; return ;; esac; done; echo 0; }
echo 1..3
cd "$srcdir" || exit 99
bad=; unknown=; private=
for f in $(find engine ingest query -name '*.[ch]' | LC_ALL=C sort); do
  case $f in
    */include/propter/*) me=$(owner "$(basename "$f" .h)") ;;
    *) me=$(dirname "$f") ;;
  esac
  mine=$(rank "$me")
  for inc in $(sed -n 's/^#include "\([^"]*\)".*/\1/p' "$f"); do
    case $inc in
      propter/*.def) continue ;;
      propter/*) target=$(owner "$(basename "$inc" .h)"); [ "$target" = unknown ] && unknown="$unknown $inc" ;;
      config.h|terms.def) continue ;;
      *) target=$(cd "$(dirname "$f")" && d=$(dirname "$inc") && [ -d "$d" ] && cd "$d" && pwd | sed "s|^$(cd "$srcdir" && pwd)/||") ;;
    esac
    theirs=$(rank "$target")
    case $inc:$shared in
      propter/*|config.h*|terms.def*) ;;
      *) [ "$mine" = "$theirs" ] || case " $(echo $shared) " in *" $target/$(basename "$inc") "*) ;; *) private="$private
# $f includes $inc" ;; esac ;;
    esac
    if [ "$theirs" -gt "$mine" ]; then bad="$bad
# $f includes $inc ($target)"; fi
    case $me:$target in query/sparql*:ingest*|query/why*:ingest*|query/shacl*:ingest*|query/librdf*:ingest*|query/http*:ingest*|ingest*:query*) bad="$bad
# $f includes $inc ($target)" ;; esac
  done
done
[ -z "$bad" ] && echo 'ok 1 - no include points upward' || { echo "$bad"; echo 'not ok 1 - no include points upward'; }
[ -z "$unknown" ] && echo 'ok 2 - every public header has its folder' || { echo "# $unknown"; echo 'not ok 2 - every public header has its folder in tests/layers.sh'; }
[ -z "$private" ] && echo 'ok 3 - of other folders only public and shared headers' || { echo "$private"; echo 'not ok 3 - of other folders only public and shared headers'; }
