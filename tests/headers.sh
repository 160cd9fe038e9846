#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Each public header compiles alone, and all of them together.
cd "$srcdir" || exit 99
said="${TMPDIR:-/tmp}/propter-header.$$"
n=0
compiles() { # NAME HEADER ...
  name=$1; shift
  n=$((n + 1))
  if { for h in "$@"; do printf '#include "propter/%s"\n' "$(basename "$h")"; done; echo 'extern int propter_header_compiles;'; } |
    ${CC:-cc} -std=c11 -Wall -Wextra -Wpedantic -Werror -Iengine/include -Iingest/include -Iquery/include -Iontology -x c -c -o /dev/null - 2>"$said"; then
    echo "ok $n - $name"
  else
    sed 's/^/# /' "$said"; echo "not ok $n - $name"
  fi
  rm -f "$said"
}
for h in engine/include/propter/*.h ingest/include/propter/*.h query/include/propter/*.h; do compiles "$h" "$h"; done
compiles 'all together' engine/include/propter/*.h ingest/include/propter/*.h query/include/propter/*.h
echo "1..$n"
