#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Opt-in: 10,000 idle connections beside 200 that work, then a soak: PROPTER_CROWD=SECONDS of it, at most PROPTER_CROWD_ROUNDS times 200 answers a second.
. "$srcdir/tests/cli/tap.sh"
[ -n "${PROPTER_CROWD:-}" ] || { echo '1..0 # SKIP PROPTER_CROWD is not set: seconds of soak'; exit 0; }
[ -x "$builddir/tests/http/crowd" ] || { echo '1..0 # SKIP Check is not installed'; exit 0; }
t=$(mktemp -d "${TMPDIR:-/tmp}/propter-crowd-XXXXXX"); server=; trap '[ -z "$server" ] || kill "$server" 2>/dev/null; rm -rf "$t"' EXIT
cd "$t" || exit 99
ulimit -n "$(ulimit -Hn)"
awk 'BEGIN { for (i = 0; i < 1000; i++) printf "<http://x/s%d> <http://x/p> \"%d\" .\n", i, i }' >g.nt
"$PROPTER" -g g load g.nt >/dev/null || exit 99
"$PROPTER" -g g serve --port 0 --queue 1000 >where 2>errors & server=$!
filled where
port=$(sed -n 's|^http://127.0.0.1:\([0-9]*\)/$|\1|p' where)
if "$builddir/tests/http/crowd" "$port" "$server" "${PROPTER_CROWD_IDLE:-10000}" 200 "$PROPTER_CROWD" "${PROPTER_CROWD_ROUNDS:-0}" >out 2>&1; then echo 'ok 1 - a crowd is served, memory and descriptors stay'; else echo 'not ok 1 - a crowd is served, memory and descriptors stay'; fi
sed 's/^/# /' out
kill -TERM "$server"; wait "$server"; code=$?; server=
[ $code -eq 0 ] && echo 'ok 2 - SIGTERM ends it well' || echo "not ok 2 - SIGTERM: exit $code"
echo '1..2'
