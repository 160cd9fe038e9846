#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# kills.sh [N]: kills a load, an update, a compaction or a backup at a random moment until N of them (1,000) were alive when the kill came, and looks at the
# graph after each: it must be whole, every acknowledged change there, and of what was not acknowledged all or nothing. PROPTER names the program. Prints a
# bench line; exit 1 at the first loss.
set -u
: "${PROPTER:?names the program}"
n=${1:-1000} rows=2000 dir=$(mktemp -d) || exit 75
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 75
lost() { echo "kills.sh: round $i ($what): $*" >&2; exit 1; }
document() { awk -v v="$1" -v n=$rows 'BEGIN { for (i = 0; i < n; i++) printf "<urn:s:%d> <urn:version> \"%s of %*d\" .\n", i, v, i % 50 ? 1 : 300, i }'; } # some long texts
# Runs propter and kills it somewhere in the time such a run takes, which is learned: longer after a kill that hit, shorter after one that came too late.
# 0: it had ended well before.
killed() {
  eval "span=\$span_$what"
  "$PROPTER" -g g "$@" >/dev/null 2>err &
  pid=$!
  sleep "$(awk -v s="$i" -v span="$span" 'BEGIN { srand(s); printf "%.6f", rand() * span / 1e6 }')"
  kill -9 $pid 2>/dev/null
  wait $pid 2>/dev/null
  code=$?
  case $code in
    137) dead=$((dead + 1)) span=$((span * 11 / 10)) ;;
    0) span=$((span * 7 / 10 + 500)) ;;
    *) lost "exit $code: $(cat err)" ;;
  esac
  eval "span_$what=$span dead_$what=\$((dead_$what + (code == 137)))"
  return $code
}
ask() { "$PROPTER" -g g query --format csv "$1" 2>err | tail -n +2 | tr -d '\r'; }
i=0 what=start version=0 dead=0
document 0 >doc.nt
"$PROPTER" -g g load --graph-iri urn:doc doc.nt >/dev/null || exit 70
for what in load update compact backup; do eval "span_$what=30000 dead_$what=0"; done # microseconds
: >inserted
while [ $dead -lt "$n" ]; do
  i=$((i + 1))
  case $((i % 4)) in
    0) what=load; document $i >doc.nt
       if killed load --graph-iri urn:doc doc.nt; then version=$i; fi ;;
    1) what=update
       if killed update "INSERT DATA { GRAPH <urn:live> { <urn:n:$i> <urn:p> 1 . <urn:n:$i> <urn:q> 2 } }"; then echo "urn:n:$i" >>inserted; fi ;;
    2) what=compact; killed compact ;;
    3) what=backup; rm -rf copy
       if killed backup copy; then "$PROPTER" -g copy verify >/dev/null 2>err || lost "the copy: $(cat err)"; fi ;;
  esac
  # The verifying child of a killed compaction is killed with it, a moment later, and holds the lock until then.
  tries=0
  while "$PROPTER" -g g verify >/dev/null 2>err; code=$?; [ $code -eq 4 ] && [ $tries -lt 20 ]; do tries=$((tries + 1)); sleep 0.05; done
  [ $code -eq 0 ] || lost "$(cat err)"
  found=$(ask 'SELECT DISTINCT ?v (COUNT(*) AS ?n) { GRAPH <urn:doc> { ?s <urn:version> ?o BIND(STRBEFORE(?o, " ") AS ?v) } } GROUP BY ?v')
  case $found in
    "$version,$rows") ;;
    "$i,$rows") version=$i ;; # committed, but killed before it could say so
    *) lost "version $version was acknowledged, found: $found" ;;
  esac
  if [ $what = update ] || [ $dead -ge "$n" ]; then
    ask 'SELECT ?s { GRAPH <urn:live> { ?s <urn:p> 1 ; <urn:q> 2 } } ORDER BY ?s' | LC_ALL=C sort >have
    LC_ALL=C sort inserted | LC_ALL=C comm -23 - have >gone
    [ ! -s gone ] || lost "acknowledged and gone: $(head -1 gone)"
    both=$(wc -l <have); all=$(ask 'SELECT (COUNT(*) AS ?n) { GRAPH <urn:live> { ?s ?p ?o } }')
    [ "$all" -eq $((2 * both)) ] || lost "half an update: $all quads, $both subjects"
  fi
done
echo "bench kills-survived $dead kills ($i rounds; alive when killed: $dead_load loads, $dead_update updates, $dead_compact compactions, $dead_backup backups)"
