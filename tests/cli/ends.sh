#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# How the program ends when it is stopped, mistaken, or may not write: exit codes 128+n, 70 and 75; the graph stays as it was.
. "$srcdir/tests/cli/tap.sh"
ends() { # name, wanted exit code, what came out, exit code
  if [ "$4" -eq "$2" ]; then ok "$1"; else not_ok "$1: exit $4, wanted $2" "$3"; fi
}
t=$(mktemp -d "${TMPDIR:-/tmp}/propter-ends-XXXXXX"); trap 'rm -rf "$t"' EXIT
cd "$t" || exit 99
i=0; while [ $i -lt 400 ]; do echo "<a:s$i> <a:p> $i ."; i=$((i + 1)); done >many.ttl
"$PROPTER" -g g load many.ttl >/dev/null 2>&1
"$PROPTER" -g g export --canonical 2>/dev/null >before.nq
same() { "$PROPTER" -g g verify >out 2>&1 && "$PROPTER" -g g export --canonical 2>/dev/null | cmp -s - before.nq && ok "$1" || not_ok "$1" "$(cat out)"; }

# timeout sends the signal; --preserve-status tells how the program ended, not that time was up.
slow='SELECT (COUNT(*) AS ?n) { ?a <a:p> ?b . ?c <a:p> ?d . ?e <a:p> ?f . ?g <a:p> ?h . FILTER(?b + ?d + ?f + ?h = 1) }'
for s in INT:130 TERM:143 HUP:129; do
  out=$(timeout --preserve-status -s "${s%:*}" 1 "$PROPTER" -g g query "$slow" 2>&1); ends "SIG${s%:*} during a query" "${s#*:}" "$out" $?
  out=$( (while :; do echo '<a:x> <a:y> "endless" .'; done) 2>/dev/null | timeout --preserve-status -s "${s%:*}" 1 "$PROPTER" -g g load --default-graph --format ntriples - 2>&1); ends "SIG${s%:*} while loading" "${s#*:}" "$out" $?
  same "nothing of it stays, and the graph is whole"
done

if ${CC:-cc} -shared -fPIC -std=c11 -D_GNU_SOURCE -I"$srcdir/engine/include" -o mistake.so "$srcdir/tests/support/mistake.c" 2>out; then
  out=$(ASAN_OPTIONS="verify_asan_link_order=0:${ASAN_OPTIONS:-}" LD_PRELOAD="$t/mistake.so" "$PROPTER" -g g status 2>&1); ends "a mistake of propter's own" 70 "$out" $?
  case $out in *'a mistake made for the test'*) ok 'and it says which' ;; *) not_ok 'and it says which' "$out" ;; esac
else not_ok 'the mistake compiles' "$(cat out)"; fi

# A graph where nothing can be written: it answers, and says why it cannot change.
mkdir ro; cp -r g ro/g; rm -f ro/g/*lock*
cat >ro.sh <<'EOF'
mount --bind ro ro && mount -o remount,bind,ro ro || exit 99
"$PROPTER" -g ro/g export --canonical >ro.nq 2>/dev/null || exit 98
"$PROPTER" -g ro/g verify >/dev/null 2>&1 || exit 97
"$PROPTER" -g ro/g load many.ttl
EOF
out=$(unshare -rm sh ro.sh 2>&1); code=$?
case $code in
99 | 1 | 127) skip 'a graph on a read-only file system' 'no private mounts here' ;;
*) ends 'a graph on a read-only file system cannot change' 75 "$out" $code
  case $out in *'Read-only file system'*) ok 'and it says so' ;; *) not_ok 'and it says so' "$out" ;; esac
  cmp -s ro.nq before.nq && ok 'and it answers' || not_ok 'and it answers' ;;
esac

# A graph of someone else, which may only be read: it answers, is whole, cannot change; also while its owner has changed it, and if it is a copy of theirs.
as_other() { if [ "$(id -u)" = 0 ]; then setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; else "$@"; fi; }
mkdir theirs; cp -r g theirs/g; rm -f theirs/g/*lock*; chmod 755 "$t" theirs theirs/g; chmod 644 theirs/g/*; "$PROPTER" -g theirs/g status >/dev/null 2>&1
if [ "$(id -u)" = 0 ]; then chmod 644 theirs/g/*; else chmod 444 theirs/g/*; chmod 555 theirs/g; fi
if as_other "$PROPTER" --version >/dev/null 2>&1; then
  as_other "$PROPTER" -g theirs/g export --canonical >other.nq 2>out && cmp -s other.nq before.nq && ok 'a graph that may only be read answers' || not_ok 'a graph that may only be read answers' "$(cat out)"
  as_other "$PROPTER" -g theirs/g verify >/dev/null 2>out && ok 'and verifies' || not_ok 'and verifies' "$(cat out)"
  out=$(as_other "$PROPTER" -g theirs/g load many.ttl 2>&1); ends 'and cannot change' 75 "$out" $?
  case $out in *'Permission denied'*) ok 'and says so' ;; *) not_ok 'and says so' "$out" ;; esac
  rm -rf copied; cp -r theirs/g copied; chmod -R a+rX copied; [ "$(id -u)" = 0 ] || chmod a-w copied copied/*
  as_other "$PROPTER" -g copied export --canonical >other.nq 2>out && cmp -s other.nq before.nq && ok 'so does a copy that has no mark of its own' || not_ok 'so does a copy that has no mark of its own' "$(cat out)"
  chmod u+w copied copied/*
else skip 'a graph that may only be read' 'no other user can run this program'; fi
chmod u+w theirs/g theirs/g/*
echo "1..$n"
