#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Each kind of defect of tests/bench/defects.py once: found, named with its place, nothing lost beside it.
. "$srcdir/tests/cli/tap.sh"
reason=
python3 -c '' 2>/dev/null || reason='python3 is not installed'
[ -z "${SANITIZED:-}" ] || reason='sanitized build'
if [ -n "$reason" ]; then skip 'defects' "$reason"
else
  out=$(SMALL=1 python3 "$srcdir/tests/bench/defects.py" 2>&1) && code=0 || code=$?
  same 'each defect is found with its place, no clean table raises an alarm' "$code" 0
  [ "$code" = 0 ] || printf '%s\n' "$out" | grep -v ' 1/1  *1/1 ' | sed 's/^/# /'
  same 'no kind is left out' "$(printf '%s\n' "$out" | grep -c ' skipped ')" 2 # those that need a server
fi
echo "1..$n"
