#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Each public header compiles alone.
cd "$srcdir" || exit 99
n=0
for h in engine/include/propter/*.h ingest/include/propter/*.h query/include/propter/*.h; do
  [ -f "$h" ] || continue
  n=$((n + 1))
  if printf '#include "propter/%s"\nextern int propter_header_compiles;\n' "$(basename "$h")" | ${CC:-cc} -std=c11 -Wall -Wextra -Wpedantic -Werror -Iengine/include -Iingest/include -Iquery/include -Iontology -x c -c -o /dev/null - 2>"${TMPDIR:-/tmp}/propter-header.$$"; then
    echo "ok $n - $h"
  else
    sed 's/^/# /' "${TMPDIR:-/tmp}/propter-header.$$"; echo "not ok $n - $h"
  fi
  rm -f "${TMPDIR:-/tmp}/propter-header.$$"
done
echo "1..$n"
