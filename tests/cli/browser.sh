#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The page end to end in Chromium on the demo graph, driven like a person would, where there is one; PROPTER_BROWSER=0 leaves it out, PROPTER_SHOTS=DIR keeps screenshots.
. "$srcdir/tests/cli/tap.sh"
[ -x "$builddir/tests/http/drive" ] || { echo '1..0 # SKIP Check is not installed'; exit 0; }
t=$(mktemp -d "${TMPDIR:-/tmp}/propter-browser-XXXXXX"); server=; trap '[ -z "$server" ] || kill "$server"; rm -rf "$t"' EXIT
find_browser "$t"
[ -n "$browser" ] || { echo "1..0 # SKIP $no_browser"; exit 0; }
export HOME="$t"
shots=${PROPTER_SHOTS:-$t}; case $shots in /*) ;; *) shots=$PWD/$shots ;; esac
cp -R "$srcdir/ontology" "$t/" && chmod -R u+w "$t/ontology" && cd "$t" || exit 99
"$PROPTER" -g g --today 2016-01-04 run ontology/packs/us-employment/job.ini >job 2>&1 || { echo "Bail out! $(tail -1 job)"; exit 99; }
printf 'write writing-token-01\n' >tokens; chmod 600 tokens
"$PROPTER" -g g --today 2016-01-04 serve --port 0 --token-file tokens >where 2>errors &
server=$!
filled where
port=$(sed -n 's|^http://127.0.0.1:\([0-9]*\)/$|\1|p' where)
sed "s|SHOTS|$shots|" "$srcdir/tests/cli/browser.steps" | "$builddir/tests/http/drive" "$browser" "$t/profile" "http://127.0.0.1:$port/" 1
