#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The README's console blocks are true (or those of the page $DOC, in a folder $DOC_FOLDER of the copy): each "$ command" runs, in order, in a copy of the
# tree, and prints what the page says, but for the time a line ends with (a plan's). PROPTER_BLESS=1 rewrites the page with what they print now.
doc=$srcdir/${DOC:-README.md}
t=$(mktemp -d "${TMPDIR:-/tmp}/propter-readme-XXXXXX"); trap 'chmod -R u+w "$t"; rm -rf "$t"' EXIT
mkdir -p "$t/tree/tests" "$t/x"; cp -r "$srcdir/ontology" "$t/tree/"; cp -r "$srcdir/tests/fixtures" "$t/tree/tests/"; chmod -R u+w "$t/tree"
mkdir "$t/bin"; printf '#!/bin/sh\nexec "%s" "$@"\n' "$PROPTER" >"$t/bin/propter"; chmod +x "$t/bin/propter"
PATH=$t/bin:$PATH; export PATH; unset PROPTER_GRAPH

# Command n to x/n.cmd, what it should print to x/n.exp.
awk -v d="$t/x" '
  /^```console$/ { inside = 1; next }
  /^```$/ { inside = 0; next }
  inside && /^\$ / { n++; print substr($0, 3) > (d "/" n ".cmd"); printf "" > (d "/" n ".exp"); next }
  inside && n { print > (d "/" n ".exp") }
  END { print n + 0 > (d "/count") }' "$doc"
count=$(cat "$t/x/count")

cd "$t/tree/${DOC_FOLDER:-.}" || exit 99
last=0; i=0
while [ $i -lt "$count" ]; do
  i=$((i + 1)); cmd=$(cat "$t/x/$i.cmd")
  (exit $last); eval "$cmd" >"$t/x/$i.out" 2>&1 </dev/null; last=$?
done

if [ -n "${PROPTER_BLESS:-}" ]; then
  awk -v d="$t/x" '
    /^```console$/ { inside = 1; print; next }
    /^```$/ { inside = 0; print; next }
    inside && /^\$ / { n++; print; while ((getline line < (d "/" n ".out")) > 0) print line; next }
    inside && n { next }
    { print }' "$doc" >"$t/README.md" && cat "$t/README.md" >"$doc"
fi
i=0
while [ $i -lt "$count" ]; do
  i=$((i + 1)); name=$(head -1 "$t/x/$i.cmd" | cut -c1-70 | tr '#' ' ')
  for kind in exp out; do sed 's/  [0-9.]* ms$/  … ms/' "$t/x/$i.$kind" >"$t/x/$i.$kind.timeless"; done
  if [ -n "${PROPTER_BLESS:-}" ] || cmp -s "$t/x/$i.exp.timeless" "$t/x/$i.out.timeless"; then echo "ok $i - $name"
  else diff "$t/x/$i.exp" "$t/x/$i.out" | head -20 | sed 's/^/# /'; echo "not ok $i - $name"; fi
done
[ "$count" -gt 0 ] || { count=1; echo 'not ok 1 - no console block'; }
echo "1..$count"
