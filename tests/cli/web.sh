#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The page: needs nothing from the network, its queries answer, and a browser, where there is one, shows the answer. SKIPs the browser without chromium.
n=0
ok() { n=$((n + 1)); echo "ok $n - $1"; }
not_ok() { n=$((n + 1)); [ -z "${2:-}" ] || printf '%s\n' "$2" | head -20 | sed 's/^/# /'; echo "not ok $n - $1"; }
skip() { n=$((n + 1)); echo "ok $n - # SKIP $1"; }
[ -x "$builddir/tests/http/ask" ] || { echo '1..0 # SKIP Check is not installed'; exit 0; }
web=$srcdir/query/web
t=$(mktemp -d "${TMPDIR:-/tmp}/propter-web-XXXXXX"); server=; trap '[ -z "$server" ] || kill "$server"; rm -rf "$t"' EXIT
cd "$t" || exit 99
found=$(grep -nE '(src|href)="(https?:)?//|@import|url\(|innerHTML|insertAdjacentHTML|document\.write|eval\(|[^a-z]on[a-z]+="' "$web"/*.html "$web"/*.css "$web"/*.js)
[ -z "$found" ] && ok 'nothing from elsewhere, no text taken for markup' || not_ok 'nothing from elsewhere, no text taken for markup' "$found"
missing=$(for f in "$web"/*.html "$web"/*.css "$web"/*.js; do grep -q "$(basename "$f" | tr . _)" "$web/assets.def" || echo "$f"; done)
[ -z "$missing" ] && ok 'every file has its row' || not_ok 'every file has its row' "$missing"

cat >g.ttl <<'T'
@prefix propter: <https://w3id.org/propter#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix : <http://x/> .
:m a propter:Metric ; skos:prefLabel "sales <img src=x onerror=alert(1)>"@en .
:p a propter:Pattern ; propter:metric :m ; propter:patternKind propter:Spike ; propter:start "2024-05-01"^^xsd:date ; propter:end "2024-05-31"^^xsd:date ; propter:observed 9.0 ; propter:expected 5.0 ; propter:score 7.5 .
:h a propter:Hypothesis ; propter:pattern :p ; propter:cause :flood ; propter:probability 0.9 ; propter:grade propter:Both .
:c a propter:Claim ; propter:quote "the flood did it" ; propter:document <http://x/memo.md> ; propter:causeText "flood" ; propter:charStart 1 .
:l a propter:CausalLink ; propter:cause :flood ; propter:effect :m ; propter:beliefFor 0.7 .
T
"$PROPTER" -g g load g.ttl >/dev/null
"$PROPTER" -g g serve --port 0 >where 2>errors &
server=$!
i=0; while [ ! -s where ] && [ $i -lt 200 ]; do sleep 0.05; i=$((i + 1)); done
port=$(sed -n 's|^http://127.0.0.1:\([0-9]*\)/$|\1|p' where)
"$builddir/tests/http/ask" "$port" GET / >page && grep -q page.js page && ok 'the page comes' || not_ok 'the page comes' "$(cat errors page)"

browser=$(command -v chromium || command -v chromium-browser || true)
[ -z "${SANITIZED:-}" ] && [ -n "$browser" ] && [ -n "${PROPTER_BROWSER:-}" ] || browser=
view() { # hash: the page's document after its scripts ran
  timeout 60 "$browser" --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync --user-data-dir="$t/profile" \
    --virtual-time-budget=5000 --dump-dom "http://127.0.0.1:$port/#$1" 2>/dev/null
}
for case in 'patterns|sales &lt;img' 'hypotheses|http://x/flood' 'claims|the flood did it' 'links|0.7' 'sources|g.ttl' 'runs|load' 'query|core#prefLabel' 'ask?q=what+is+this|has no propter:dataset (400)'; do
  name=${case%%|*}; text=${case#*|}
  [ -n "$browser" ] || { skip "view $name: set PROPTER_BROWSER=1, with chromium installed"; continue; }
  shown=$(view "$name")
  if printf '%s' "$shown" | grep -qF -- "$text" && ! printf '%s' "$shown" | grep -q '<img'; then ok "view $name"; else not_ok "view $name" "$shown"; fi
done
echo "1..$n"
