#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Each fuzz target takes its seeds and seeded mutants of them.
n=0
for target in "$builddir"/tests/fuzz/fuzz_*; do
  case ${target##*/} in *.*) continue ;; esac
  [ -x "$target" ] || continue
  name=${target##*/fuzz_}; n=$((n + 1))
  if out=$(timeout 300 "$target" "$srcdir/tests/fuzz/corpus/$name" 2>&1) && ! printf '%s' "$out" | grep -q '^not ok'; then echo "ok $n - $name: $(printf '%s' "$out" | tail -1)"
  else printf '%s\n' "$out" | tail -30 | sed 's/^/# /'; echo "not ok $n - $name"; fi
done
[ $n -gt 0 ] || { n=1; echo 'not ok 1 - no fuzz target was built'; }
echo "1..$n"
