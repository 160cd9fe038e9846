# SPDX-License-Identifier: Apache-2.0
# Sourced by the scripts of this folder: each check prints one line of the Test Anything Protocol, what a failed one saw stands in comments.
n=0
ok() { n=$((n + 1)); echo "ok $n - $1"; } # name
not_ok() { n=$((n + 1)); [ -z "${2:-}" ] || printf '%s\n' "$2" | head -40 | sed 's/^/# /'; echo "not ok $n - $1"; } # name, what was seen
skip() { n=$((n + 1)); echo "ok $n - $1 # SKIP $2"; } # name, reason
expect() { # name, wanted exit code, text that must be in the output (empty: any), command...
  name=$1; code=$2; text=$3; shift 3
  out=$("$@" 2>&1 </dev/null); got=$?
  if [ $got -eq "$code" ] && { [ -z "$text" ] || printf '%s' "$out" | grep -qF -- "$text"; }; then ok "$name"; else not_ok "$name: exit $got, wanted $code and \"$text\"" "$out"; fi
}
same() { if [ "$2" = "$3" ]; then ok "$1"; else not_ok "$1" "found: $2
wanted: $3"; fi; } # name, found, wanted
alike() { if cmp -s "$2" "$3"; then ok "$1"; else not_ok "$1" "$(diff "$2" "$3")"; fi; } # name, file, file
filled() { i=0; while [ ! -s "$1" ] && [ $i -lt 400 ]; do sleep 0.05; i=$((i + 1)); done; } # waits until the file is there and not empty
# Sets $browser to a Chromium that starts here, or to nothing and $no_browser to the reason.
find_browser() {
  browser=$(command -v chromium || command -v chromium-browser || true)
  if [ -z "$browser" ]; then no_browser='chromium is not installed'
  elif [ -n "${SANITIZED:-}" ]; then no_browser='sanitized build'
  elif [ "${PROPTER_BROWSER:-1}" = 0 ]; then no_browser='PROPTER_BROWSER=0'
  elif ! HOME=$1 timeout 60 "$browser" --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --user-data-dir="$1/probe" --dump-dom about:blank 2>/dev/null | grep -q '<body>'; then no_browser="$browser does not start here"
  else return 0; fi
  browser=
} # folder for its profile
# A function of awk: numbers from 0 to 1, the same in every awk, whose rand() are not (Park and Miller 1988, minimal standard).
uniform='function uniform() { state = (state ? state : 7) * 16807 % 2147483647; return state / 2147483647 } '
# A folder $t and a Chromium, or the end of the script with the reason; screenshots go to $shots.
begin_browser() {
  [ -x "$builddir/tests/http/drive" ] || { echo '1..0 # SKIP Check is not installed'; exit 0; }
  t=$(mktemp -d "${TMPDIR:-/tmp}/propter-browser-XXXXXX"); server=; trap '[ -z "$server" ] || kill "$server"; rm -rf "$t"' EXIT
  find_browser "$t"
  [ -n "$browser" ] || { echo "1..0 # SKIP $no_browser"; exit 0; }
  export HOME="$t"
  shots=${PROPTER_SHOTS:-$t}; case $shots in /*) ;; *) shots=$PWD/$shots ;; esac
}
# Does the steps on the page of the graph g.
drive_page() { # day, file of steps
  printf 'write writing-token-01\n' >tokens; chmod 600 tokens
  "$PROPTER" -g g --today "$1" serve --port 0 --token-file tokens >where 2>errors &
  server=$!
  filled where
  port=$(sed -n 's|^http://127.0.0.1:\([0-9]*\)/$|\1|p' where)
  sed "s|SHOTS|$shots|" "$srcdir/tests/cli/$2" | "$builddir/tests/http/drive" "$browser" "$t/profile" "http://127.0.0.1:$port/" 1
}
