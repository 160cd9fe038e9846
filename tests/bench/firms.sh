#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# firms.sh [-v] FOLDER...: made firms from start to answer. FOLDER/files is what a firm has; FOLDER/truth.tsv holds its day ("today", DATE) and questions, each with
# what the name of the right cause holds: alternatives by |, all words of one, none of those behind !; nothing where no document tells a cause. A cause counts as
# said where the answer stands (exit code 0). -v prints each answer.
set -u
verbose=; [ "${1:-}" = -v ] && { verbose=1; shift; }
[ $# -gt 0 ] || { echo 'usage: firms.sh [-v] FOLDER...' >&2; exit 2; }
PROPTER=${PROPTER:-propter}
t=$(mktemp -d "${TMPDIR:-/tmp}/propter-firms-XXXXXX"); trap 'rm -rf "$t"' EXIT

# What came of a question: right, wrong (another cause, or one where none is told), refused, unmoved, failed. Arguments: words, exit code, label of the first cause.
judge() {
  case $2 in 7) echo refused; return ;; 1) echo unmoved; return ;; 0) ;; *) echo failed; return ;; esac
  printf '%s\t%s\n' "$1" "$3" | awk -F'\t' '{
    name = tolower($2); n = split(tolower($1), alternative, "|"); right = wrong = 0
    for (i = 1; i <= n; i++) {
      if (sub(/^!/, "", alternative[i])) { if (index(name, alternative[i])) wrong = 1; continue }
      all = split(alternative[i], word, " ") > 0
      for (w in word) if (!index(name, word[w])) all = 0
      split("", word); if (all) right = 1
    }
    print right && !wrong ? "right" : "wrong" }'
}

# The label of the first cause, the twelfth field of the second line.
first_cause() {
  awk 'NR == 2 { for (i = 1; i < 12; i++) if (!sub(/^"([^"]|"")*",/, "")) sub(/^[^,]*,/, ""); if (match($0, /^"([^"]|"")*"/)) print substr($0, 2, RLENGTH - 2); else { sub(/,.*/, ""); print } }' "$t/answer"
}

for folder; do
  name=$(basename "$folder"); mkdir "$t/$name"; cp -r "$folder/files" "$t/$name/$name" && chmod -R u+w "$t/$name" || exit 99
  truth=$(cd "$folder" && pwd)/truth.tsv; today=$(sed -n 's/^today	//p' "$truth")
  (cd "$t/$name" && "$PROPTER" -g graph --today "$today" start "$name" >start.out 2>&1 </dev/null); code=$?
  case $code in 0 | 1 | 7) ;; *) echo "firms.sh: $name: start ended with $code" >&2; tail -3 "$t/$name/start.out" >&2; exit 1 ;; esac
  grep -v '^today	' "$truth" | while IFS='	' read -r question words; do
    "$PROPTER" -g "$t/$name/graph" --today "$today" why "$question" --format csv >"$t/answer" 2>/dev/null </dev/null; code=$?
    cause=$(first_cause); verdict=$(judge "$words" $code "$cause"); told=none; [ -n "$words" ] && told=told
    printf '%s\t%s\n' "$told" "$verdict" >>"$t/$name/verdicts"
    [ -z "$verbose" ] || printf '%s: %s\n  %s: %s\n' "$name" "$question" "$verdict" "$cause"
  done
  awk -F'\t' -v firm="$name" '
    { told += $1 == "told"; right += $1 == "told" && $2 == "right"; wrong += $2 == "wrong"; failed += $2 == "failed" }
    END { print "bench firms-" firm "-right", right + 0, "of-" told; print "bench firms-" firm "-wrong", wrong + 0, "causes"; print "bench firms-" firm "-failed", failed + 0, "questions" }' "$t/$name/verdicts"
done
