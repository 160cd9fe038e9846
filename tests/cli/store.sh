#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A graph file that is damaged, cut, emptied or kept from growing, from outside.
. "$srcdir/tests/cli/tap.sh"
dir=$(mktemp -d) || exit 99
trap 'rm -rf "$dir"' EXIT
triples() { awk -v from="$1" -v to="$2" 'BEGIN { for (i = from; i < to; i++) printf "<http://example.org/%d> <http://example.org/p> \"value %d\" .\n", i, i }'; }
triples 0 4000 >"$dir/some.nt"
triples 4000 60000 >"$dir/more.nt"
fresh() { # a good graph in $dir/g
  rm -rf "$dir/g"
  cp -r "$dir/good" "$dir/g"
}
ask() { "$PROPTER" -g "$dir/g" query 'SELECT (COUNT(*) AS ?n) { ?s ?p ?o }' --format csv; }
"$PROPTER" -g "$dir/good" load "$dir/some.nt" >/dev/null 2>&1
size=$(wc -c <"$dir/good/data.mdb")

fresh
expect 'a copy answers' 0 '4000' ask
expect 'a copy verifies' 0 '' "$PROPTER" -g "$dir/g" verify
dd if=/dev/zero of="$dir/g/data.mdb" bs=4096 seek=9 count=1 conv=notrunc 2>/dev/null
expect 'a zeroed page: no answer' 6 'page 9' ask
expect 'a zeroed page: no load' 6 'page 9' "$PROPTER" -g "$dir/g" load "$dir/some.nt"
expect 'a zeroed page: verify' 6 'page 9' "$PROPTER" -g "$dir/g" verify
fresh
head -c $((size / 2)) "$dir/good/data.mdb" >"$dir/g/data.mdb"
expect 'half a file' 6 "$dir/g" ask
fresh
: >"$dir/g/data.mdb"
expect 'an emptied file' 6 "$dir/g" ask
fresh
rm "$dir/g/data.mdb"
expect 'a lost file' 6 'data.mdb is gone' ask
fresh
head -c "$size" /dev/urandom >"$dir/g/data.mdb"
expect 'noise' 6 'meta page 0' ask
expect 'noise: init does not hide it' 6 'meta page 0' "$PROPTER" -g "$dir/g" init
fresh
expect 'a file that may not grow' 75 '' sh -c 'ulimit -f 4000; "$@"' sh "$PROPTER" -g "$dir/g" load "$dir/more.nt"
expect 'the graph is as before' 0 '4000' ask
expect 'and whole' 0 '' "$PROPTER" -g "$dir/g" verify
expect 'and takes the load with room' 0 '' "$PROPTER" -g "$dir/g" load "$dir/more.nt"
expect 'all is there' 0 '60000' ask
echo "1..$n"
