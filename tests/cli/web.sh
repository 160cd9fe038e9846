#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The page: needs nothing from the network, its queries answer, and a browser, where there is one, shows the answer. SKIPs the browser without chromium.
. "$srcdir/tests/cli/tap.sh"
[ -x "$builddir/tests/http/ask" ] || { echo '1..0 # SKIP Check is not installed'; exit 0; }
web=$srcdir/query/web
t=$(mktemp -d "${TMPDIR:-/tmp}/propter-web-XXXXXX"); server=; trap '[ -z "$server" ] || kill "$server"; rm -rf "$t"' EXIT
cd "$t" || exit 99
found=$(grep -nE '(src|href)="(https?:)?//|@import|url\(|innerHTML|insertAdjacentHTML|document\.write|eval\(|[^a-z]on[a-z]+="' "$web"/*.html "$web"/*.css "$web"/*.js)
[ -z "$found" ] && ok 'nothing from elsewhere, no text taken for markup' || not_ok 'nothing from elsewhere, no text taken for markup' "$found"
missing=$(for f in "$web"/*.html "$web"/*.css "$web"/*.js; do grep -q "$(basename "$f" | tr . _)" "$web/assets.def" || echo "$f"; done)
[ -z "$missing" ] && ok 'every file has its row' || not_ok 'every file has its row' "$missing"

cat >g.ttl <<'T'
@prefix propter: <https://w3id.org/propter#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix qb: <http://purl.org/linked-data/cube#> . @prefix : <http://x/> .
:m skos:prefLabel "Umsatz"@de . :flood skos:prefLabel "Hochwasser"@de, "flood"@en .
:part a propter:Metric ; skos:prefLabel "sales, Elm"@en ; propter:dataset :d ; propter:measure :v ; propter:timeDimension :t ; propter:fixed [ propter:dimension :ward ; propter:member "Elm" ] .
:o1 qb:dataSet :d ; :t "2024-05-01"^^xsd:date ; :ward "Elm" ; :v 3 . :o2 qb:dataSet :d ; :t "2024-05-02"^^xsd:date ; :ward "Elm" ; :v 4 . :o3 qb:dataSet :d ; :t "2024-05-02"^^xsd:date ; :ward "Oak" ; :v 90 .
:m a propter:Metric ; skos:prefLabel "sales <img src=x onerror=alert(1)>"@en .
:p a propter:Pattern ; propter:metric :m ; propter:patternKind propter:Spike ; propter:start "2024-05-01"^^xsd:date ; propter:end "2024-05-31"^^xsd:date ; propter:observed 9.0 ; propter:expected 5.0 ; propter:score 7.5 .
:h a propter:Hypothesis ; propter:pattern :p ; propter:cause :flood ; propter:probability 0.9 ; propter:grade propter:Both .
:c a propter:Claim ; propter:quote "the flood did it" ; propter:document <http://x/memo.md> ; propter:causeText "flood" ; propter:charStart 1 .
:l a propter:CausalLink ; propter:cause :flood ; propter:effect :m ; propter:beliefFor 0.7 .
:l2 a propter:CausalLink ; propter:cause :m ; propter:effect :refunds ; propter:beliefFor 0.6 .
:l3 a propter:CausalLink ; propter:cause :refunds ; propter:effect :flood ; propter:beliefFor 0.1 .
T
"$PROPTER" -g g load g.ttl >/dev/null
printf 'read reading-token-01\nwrite writing-token-01\n' >tokens; chmod 600 tokens
"$PROPTER" -g g serve --port 0 >where 2>errors &
server=$!
filled where
port=$(sed -n 's|^http://127.0.0.1:\([0-9]*\)/$|\1|p' where)
"$builddir/tests/http/ask" "$port" GET / >page && grep -q page.js page && ok 'the page comes' || not_ok 'the page comes' "$(cat errors page)"

find_browser "$t"
view() { # hash: the page's document after its scripts ran
  HOME=$t timeout 60 "$browser" --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync --user-data-dir="$t/profile" \
    --virtual-time-budget=5000 --dump-dom "http://127.0.0.1:$port/#$1" 2>/dev/null
}
for case in 'patterns|sales &lt;img' 'hypotheses|>flood</td>' 'hypotheses|>Review</button>' 'metric|No series of its own' 'metric?m=http%3A%2F%2Fx%2Fpart|2 values, the largest 4.' 'graph|flood → sales &lt;img src=x onerror=alert(1)&gt;: belief 0.7' 'graph|3 links'  'graph|between 3 things in 3 columns' 'claims|the flood did it' 'links|0.7' 'sources|g.ttl' 'claims?link=%3Cx%3E|the flood did it' 'runs|load' 'query|core#prefLabel' 'ask?q=what+is+this|has no propter:dataset (400)'; do
  name=${case%%|*}; text=${case#*|}
  [ -n "$browser" ] || { skip "view $name" "$no_browser"; continue; }
  shown=$(view "$name")
  if printf '%s' "$shown" | grep -qF -- "$text" && ! printf '%s' "$shown" | grep -qE '<img|Umsatz|Hochwasser'; then ok "view $name"; else not_ok "view $name" "$shown"; fi
done
kill "$server"; wait "$server" 2>/dev/null

# Where reading needs a token, the page asks for it.
if [ -n "$browser" ]; then
  rm -f where; "$PROPTER" -g g serve --address 0.0.0.0 --port 0 --token-file tokens >where 2>errors &
  server=$!
  filled where
  port=$(sed -n 's|^http://0.0.0.0:\([0-9]*\)/$|\1|p' where)
  shown=$(view patterns)
  if printf '%s' "$shown" | grep -qF 'This server reads to holders of a token'; then ok 'a token is asked for'; else not_ok 'a token is asked for' "$shown"; fi
  kill "$server"; wait "$server" 2>/dev/null
else
  skip 'a token is asked for' "$no_browser"
fi

# What the page's dialog sends: a verdict with a token, kept, listed, and refused without one.
rm -f where; "$PROPTER" -g g serve --port 0 --token-file tokens >where 2>errors &
server=$!
filled where
port=$(sed -n 's|^http://127.0.0.1:\([0-9]*\)/$|\1|p' where)
form='Content-Type: application/x-www-form-urlencoded'
token='
Authorization: Bearer writing-token-01'
send() { # name, wanted text, head, body
  out=$("$builddir/tests/http/ask" "$port" POST /review "$3" "$4" 2>&1)
  if printf '%s' "$out" | grep -qF -- "$2"; then ok "$1"; else not_ok "$1: wanted \"$2\"" "$out"; fi
}
good='hypothesis=http%3A%2F%2Fx%2Fh&verdict=confirmed&reason=seen+it+%3Cb%3Emyself%3C%2Fb%3E&reviewer=ada&shown=9+of+10'
send 'no verdict without a token' 401 "$form" "$good"
send 'nor with one that only reads' 403 "$form
Authorization: Bearer reading-token-01" "$good"
send 'a verdict is kept' '"review":"https://w3id.org/propter/id/review/' "$form$token" "$good"
send 'of another form of body' 415 "Content-Type: application/json$token" '{}'
send 'no verdict without its word' 'expected confirmed, refuted or unsure' "$form$token" 'hypothesis=http%3A%2F%2Fx%2Fh&verdict=maybe&reviewer=ada'
send 'nor without a name' 'reviewer: expected a name' "$form$token" 'hypothesis=http%3A%2F%2Fx%2Fh&verdict=unsure'
send 'nor about nothing' 400 "$form$token" 'hypothesis=http%3A%2F%2Fx%2Fnone&verdict=confirmed&reason=x&reviewer=ada'
send 'nor without a reason' 400 "$form$token" 'hypothesis=http%3A%2F%2Fx%2Fh&verdict=refuted&reviewer=ada'
waits() { "$builddir/tests/http/ask" "$port" GET "/review?queue=$1" 'Authorization: Bearer reading-token-01'; }
expect 'what ada judged waits for her no more' 0 '"reviewer":"ada","waiting":[' waits ada
if waits ada | grep -qF 'http://x/h"'; then not_ok 'it is not listed' "$(waits ada)"; else ok 'it is not listed'; fi
"$PROPTER" -g g review --reviewer bob --queue --format json >queue; waits bob | tail -n +2 >there; alike 'for bob it is, byte by byte what the command line says' queue there
expect 'nobody waits' 0 'expected the name of a reviewer' waits ''
expect 'so many are none' 0 'expected a number from 1' waits 'bob&limit=0'
send 'a verdict before the score was seen' '"review":"' "$form$token" "${good%ada*}bob&blind=1"
"$PROPTER" -g g review --list | grep -q 'confirmed blind .*bob' && ok 'is recorded so' || not_ok 'is recorded so' "$("$PROPTER" -g g review --list)"
"$builddir/tests/http/ask" "$port" GET '/review?hypothesis=http%3A%2F%2Fx%2Fh' 'Authorization: Bearer reading-token-01' >listed
grep -qF '"verdict":"confirmed","reason":"seen it <b>myself</b>"' listed && ok 'and listed' || not_ok 'and listed' "$(cat listed)"
"$PROPTER" -g g review --list | grep -q confirmed && ok 'the command line lists it too' || not_ok 'the command line lists it too'
echo "1..$n"
