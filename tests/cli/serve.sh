#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# propter serve from outside: start, questions, tokens, log, graceful stop, wrong use.
. "$srcdir/tests/cli/tap.sh"
ask() { "$builddir/tests/http/ask" "$port" "$@"; }
t=$(mktemp -d "${TMPDIR:-/tmp}/propter-serve-XXXXXX"); server=; trap '[ -z "$server" ] || kill "$server"; rm -rf "$t"' EXIT
[ -x "$builddir/tests/http/ask" ] || { echo '1..0 # SKIP Check is not installed'; exit 0; }
cd "$t" || exit 99
printf '<http://x/a> <http://x/p> 1, 2 .\n' >a.ttl
"$PROPTER" -g g load a.ttl >/dev/null
printf '# who\nread reading-token-01\nwrite writing-token-01\n' >tokens; chmod 600 tokens

expect 'a port that is none' 2 'expected 0 to 65535' "$PROPTER" -g g serve --port 70000
expect 'other machines need tokens' 2 '--token-file' "$PROPTER" -g g serve --address 0.0.0.0
expect 'a name is no address' 3 'numeric' "$PROPTER" -g g serve --token-file tokens --address localhost --port 0
expect 'no graph' 3 'propter init' "$PROPTER" -g none serve --port 0
expect 'a key without certificate' 2 'go together' "$PROPTER" -g g serve --key a.ttl
expect 'no token file' 3 'nothing' "$PROPTER" -g g serve --token-file nothing
printf 'write short\n' >bad; chmod 600 bad
expect 'a token too short, with its line' 3 'bad:1:1' "$PROPTER" -g g serve --token-file bad
chmod 644 bad
expect 'a token file that all may read' 3 'chmod 600' "$PROPTER" -g g serve --token-file bad

"$PROPTER" -g g serve --port 0 --token-file tokens --access-log log >where 2>errors &
server=$!
filled where
port=$(sed -n 's|^http://127.0.0.1:\([0-9]*\)/$|\1|p' where)
case $port in ''|0) not_ok 'says where it listens' "$(cat where errors)"; echo "1..$n"; exit 1 ;; *) ok 'says where it listens' ;; esac
expect 'health' 0 '"status":"ok"' ask GET /health
expect 'a query' 0 'http://x/p,2' ask GET '/sparql?format=csv&query=SELECT*%7B?s?p?o%7D'
expect 'a question' 0 '"outcome"' ask GET '/why?q=sales%20in%20May%202024'
expect 'an update without token' 0 '401' ask POST /sparql 'Content-Type: application/sparql-update' 'CLEAR ALL'
expect 'an update with one' 0 '"added":1' ask POST /sparql 'Content-Type: application/sparql-update
Authorization: Bearer writing-token-01' 'INSERT DATA { <http://x/b> <http://x/p> 3 }'
expect 'the command line sees it' 0 'http://x/b' "$PROPTER" -g g query 'SELECT * { ?s <http://x/p> 3 }'
"$PROPTER" -g g update 'INSERT DATA { <http://x/c> <http://x/p> 4 }' >/dev/null
expect 'and the server what the command line writes' 0 'http://x/c' ask GET '/sparql?format=csv&query=SELECT*%7B?s%20?p%204%7D'
expect 'an update is a run that can be undone' 0 'undid run r-' "$PROPTER" -g g undo last
printf 'no archive' >broken.docx; "$PROPTER" -g g read broken.docx >/dev/null 2>&1
expect 'what a run left out, and why' 0 'broken.docx","column":"","value"' ask GET /rejects
expect 'status names the run' 0 '-read-' "$PROPTER" -g g status
expect 'in JSON, too' 0 '"kind":"read"' "$PROPTER" -g g status --format json
expect 'another server on the port' 4 'cannot listen' "$PROPTER" -g g serve --port "$port"
kill -TERM "$server"; wait "$server"; code=$?; server=
if [ $code -eq 0 ]; then ok 'SIGTERM ends it well'; else not_ok "SIGTERM: exit $code" "$(cat errors)"; fi
if [ "$(grep -c '"path":"/sparql","status":' log)" -ge 4 ] && grep -q '"status":401' log; then ok 'one line of log per request'; else not_ok 'one line of log per request' "$(cat log)"; fi

mv log log.1
"$builddir/tests/http/listen" "$t/manager" >told & manager=$!
filled told
NOTIFY_SOCKET="$t/manager" "$PROPTER" -g g serve --port 0 --access-log log >where2 2>errors &
server=$!
filled where2
port=$(sed -n 's|^http://127.0.0.1:\([0-9]*\)/$|\1|p' where2)
expect 'health again' 0 '"status":"ok"' ask GET /health
filled log
mv log log.2; kill -HUP "$server"; i=0; while [ ! -e log ] && [ $i -lt 400 ]; do sleep .05; i=$((i + 1)); done
expect 'and after a rotation' 0 '"status":"ok"' ask GET /health
i=0; while [ ! -s log ] && [ $i -lt 100 ]; do sleep .1; i=$((i + 1)); done
same 'a hangup opens the log again' "$(grep -c health log.2) $(grep -c health log)" '1 1'
kill -TERM "$server"; wait "$server"; server=
i=0; while [ "$(wc -l <told)" -lt 3 ] && [ $i -lt 100 ]; do sleep .1; i=$((i + 1)); done
kill "$manager"
same 'the service manager is told' "$(tr '\n' ' ' <told)" 'ready READY=1 STOPPING=1 '
sed -n 's/^LIKELY(\(0*\)\([.0-9]*\), "\(.*\)")$/[\1\2, '"'\\3'"']/p' "$srcdir/engine/infer/likely.def" >likely
steps=$(while read -r row; do grep -cF "$row" "$srcdir/query/web/lists.js"; done <likely | tr '\n' ' ')
if [ "$steps" = '1 1 1 1 1 1 ' ]; then ok 'the page has the words of likely.def'; else not_ok 'the page has the words of likely.def' "$steps$(cat likely)"; fi
expect 'verify after it' 0 '' "$PROPTER" -g g verify
echo "1..$n"
