#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Each row of a table has its file and each file its row; the IRIs of terms.def stand in propter.ttl.
cd "$srcdir" || exit 99
n=0
check() { n=$((n + 1)); if [ -z "$2" ]; then echo "ok $n - $1"; else echo "$2" | sed 's/^/# /'; echo "not ok $n - $1"; fi; }
missing=$(for t in $(sed -n 's/^COMMAND(\([a-z_]*\)).*/\1/p' query/cli/cmds.def); do [ -f "query/cli/cmd_$t.c" ] || echo "no file for COMMAND($t)"; done
  for f in query/cli/cmd_*.c; do t=${f#query/cli/cmd_}; grep -q "^COMMAND(${t%.c})" query/cli/cmds.def || echo "no row for $f"; done)
check 'commands: files and rows agree' "$missing"
missing=$(for t in $(sed -n 's/^DETECTOR(\([a-z_]*\).*/\1/p' engine/detect/detectors.def); do [ -f "engine/detect/detect_$t.c" ] || echo "no file for DETECTOR($t)"; done
  for f in engine/detect/detect_*.c; do t=${f#engine/detect/detect_}; grep -q "^DETECTOR(${t%.c}," engine/detect/detectors.def || echo "no row for $f"; done)
check 'detectors: files and rows agree' "$missing"
missing=$(for t in $(sed -n 's/^TASK(\([a-z0-9_]*\),.*/\1/p' tests/bench/causal.def); do [ -f "tests/bench/causal_$t.c" ] || echo "no file for TASK($t)"; grep -q "causal_$t\.c" tests/bench/module.am || echo "causal_$t.c is not built"; done)
check 'tasks of the cause-finding benchmark: files, rows and build agree' "$missing"
missing=$(for d in tests/*/suites.def; do dir=$(dirname "$d")
  for t in $(sed -n 's/^SUITE(\([a-z0-9_]*\)).*/\1/p' "$d"); do [ -f "$dir/check_$t.c" ] || echo "no file for SUITE($t) of $dir"; grep -q "check_$t\.c" "$dir/module.am" || echo "check_$t.c is not built"; done
  for f in "$dir"/check_*.c; do t=$(basename "$f" .c); grep -q "^SUITE(${t#check_})" "$d" || echo "no row for $f"; done; done)
check 'suites: files, rows and build agree' "$missing"
missing=$(for t in $(sed -n 's/^TERM(propter, \([A-Za-z]*\)).*/\1/p' ontology/terms.def); do grep -q "propter:$t a " ontology/propter.ttl || echo "propter:$t is not defined in propter.ttl"; done)
check 'terms.def: every propter term is defined in propter.ttl' "$missing"
twice=$(sed -n 's/^TERM(\(.*\)).*/\1/p' ontology/terms.def | LC_ALL=C sort | uniq -d)
check 'terms.def: no row stands twice' "$twice"
twice=$(grep -v '^ \*' query/why/words.def | grep -o 'WORD([A-Z]*, "[^"]*")' | cut -d'"' -f2 | LC_ALL=C sort | uniq -d)
check 'words.def: no words stand twice, the second would never be read' "$twice"
missing=$(for f in tests/cli/*.sh; do grep -q "\`${f##*/}\`" tests/cli/README.md || echo "tests/cli/README.md does not name ${f##*/}"; done
  for f in $(grep -o '`[a-z_]*\.sh`' tests/cli/README.md | tr -d '`'); do [ -f "tests/cli/$f" ] || echo "no script $f"; done)
check 'tests/cli/README.md: names every script, and each is there' "$missing"
unlicensed=$(for f in $(find engine ontology ingest query tests -name '*.[ch]' -o -name '*.def' -o -name '*.am' -o -name '*.sh' -o -name '*.ttl' -o -name '*.rules' | LC_ALL=C sort) configure.ac Makefile.am autogen.sh; do
  case $f in *fixtures/*) continue ;; esac; head -3 "$f" | grep -q 'SPDX-License-Identifier: Apache-2.0' || echo "$f"; done)
check 'every source file names its licence' "$unlicensed"
unlisted=$(listed=$(find . -path './build*' -prune -o -name '*.am' -print | while read -r am; do sed "s|%D%|$(dirname "${am#./}")|g" "$am"; done | tr ' \\\t' '\n\n\n' | LC_ALL=C sort -u)
  for f in $(find engine ontology ingest query tests \( -name '*.[ch]' -o -name '*.def' \) -not -path '*/fixtures/*' | LC_ALL=C sort); do printf '%s\n' "$listed" | grep -qxF "$f" || echo "$f"; done)
check 'every source file stands in a makefile, so that the archive holds it' "$unlisted"
echo "1..$n"
