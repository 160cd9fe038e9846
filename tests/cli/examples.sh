#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every example of every command's help runs, in one folder and one graph, in the order of the help; exit 0, 1 and 7 are answers.
t=$(mktemp -d "${TMPDIR:-/tmp}/propter-examples-XXXXXX"); trap 'chmod -R u+w "$t"; rm -rf "$t"' EXIT
mkdir "$t/bin"; ln -s "$PROPTER" "$t/bin/propter"
cp -r "$srcdir/ontology" "$t/ontology"; chmod -R u+w "$t/ontology"
cd "$t" || exit 99
PATH=$t/bin:$PATH; export PATH
unset PROPTER_GRAPH
propter --help | sed -n '/^commands$/,/^$/s/^  \([a-z][a-z-]*\) .*/\1/p' >commands
n=0
while read -r command; do
  propter "$command" --help | sed -n '/^examples$/,$s/^  //p' >lines
  while read -r line <&4; do
    n=$((n + 1))
    timeout 300 sh -c "$line" >out 2>&1 </dev/null; code=$?
    case $code in
      0|1|7) echo "ok $n - $line" ;;
      *) head -20 out | sed 's/^/# /'; echo "not ok $n - $line: exit $code" ;;
    esac
  done 4<lines
done <commands
echo "1..$n"
