#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The nightly job: does its steps, changes nothing the second time, is alone on its graph, and is resumed after a kill.
. "$srcdir/tests/cli/tap.sh"
t=$(mktemp -d "${TMPDIR:-/tmp}/propter-run-XXXXXX"); trap 'chmod -R u+w "$t"; rm -rf "$t"' EXIT
pack=$srcdir/ontology/packs/us-employment
mkdir "$t/packs"; cp -r "$pack" "$t/packs/pack"; cp "$srcdir/ontology/propter.ttl" "$t/propter.ttl"; chmod -R u+w "$t"
job=$t/packs/pack/job.ini

dump() { "$PROPTER" -g "$1" export --format nquads --without-runs 2>"$t/err" | LC_ALL=C sort; }

expect 'a job runs' 0 'load' "$PROPTER" -g "$t/a" --today 2016-01-04 run "$job"
dump "$t/a" >"$t/a.nq"
[ "$(wc -l <"$t/a.nq")" -gt 10000 ] && ok 'and fills the graph' || not_ok 'and fills the graph' "$(head -3 "$t/err"; wc -l <"$t/a.nq")"
[ -s "$t/packs/pack/report.html" ] && ok 'and writes the report' || not_ok 'and writes the report'
"$PROPTER" -g "$t/a" export --format nquads | LC_ALL=C sort >"$t/a1.nq"
expect 'a second run ends well' 0 '' "$PROPTER" -g "$t/a" --today 2016-01-05 run "$job"
"$PROPTER" -g "$t/a" export --format nquads | LC_ALL=C sort >"$t/a2.nq"
cmp -s "$t/a1.nq" "$t/a2.nq" && ok 'and changes nothing, not even the list of runs' || not_ok 'and changes nothing, not even the list of runs' "$(diff "$t/a1.nq" "$t/a2.nq" | head -5)"

# A job whose log is a pipe nobody reads waits there, holding its lock.
mkfifo "$t/pipe"; sed "s|^name = .*|&\nlog = $t/pipe|" "$job" >"$t/packs/pack/wait.ini"
waiting=
i=0; while [ $i -lt 100 ]; do
  # The one that waits may itself have met the lock of the other: start it again.
  [ -n "$waiting" ] && kill -0 $waiting 2>/dev/null || { "$PROPTER" -g "$t/a" run "$t/packs/pack/wait.ini" >/dev/null 2>&1 & waiting=$!; sleep 0.2; }
  "$PROPTER" -g "$t/a" run "$job" >"$t/out" 2>&1; code=$?; [ $code -eq 4 ] && break; i=$((i + 1)); done
grep -q 'another job runs' "$t/out" && [ $code -eq 4 ] && ok 'a second job on the same graph exits with 4' || not_ok "a second job on the same graph exits with 4: exit $code" "$(cat "$t/out")"
kill -9 $waiting 2>/dev/null; wait $waiting 2>/dev/null
expect 'the lock ends with the killed job' 0 '' "$PROPTER" -g "$t/a" run "$job"

# Killed at several moments, run again: the same graph as without the kill.
for delay in 0.02 0.1 0.3 0.8; do
  rm -rf "$t/k"; "$PROPTER" -g "$t/k" --today 2016-01-04 run "$job" >/dev/null 2>&1 & pid=$!
  sleep $delay; kill -9 $pid 2>/dev/null; wait $pid 2>/dev/null
  "$PROPTER" -g "$t/k" --today 2016-01-04 run "$job" >"$t/out" 2>&1; code=$?
  dump "$t/k" >"$t/k.nq"
  if [ $code -eq 0 ] && cmp -s "$t/a.nq" "$t/k.nq"; then ok "killed after $delay s and resumed"; else not_ok "killed after $delay s and resumed: exit $code" "$(tail -3 "$t/out"; diff "$t/a.nq" "$t/k.nq" | head -5)"; fi
done

sed "s|^name = .*|&\nlog = $t/log.jsonl|" "$job" >"$t/packs/pack/log.ini"
expect 'a job with a log' 0 '' "$PROPTER" -g "$t/a" --today 2016-01-06 run "$t/packs/pack/log.ini"
if [ "$(grep -c '^{"run":"us-employment-[0-9]*-[0-9a-f]*","level":"info"' "$t/log.jsonl")" -ge 5 ]; then ok 'each line of the log has the run id'; else not_ok 'each line of the log has the run id' "$(cat "$t/log.jsonl")"; fi

printf '[infer]\n' >"$t/infer.ini"; expect 'a step without keys is a step' 0 'infer ' "$PROPTER" -g "$t/a" run "$t/infer.ini"
printf '[job]\nname = x\n[load]\nfrob = 1\n' >"$t/bad.ini"; expect 'an unknown key' 3 'bad.ini:4: [load] has no key "frob"' "$PROPTER" -g "$t/b" run "$t/bad.ini"
printf '[frob]\na = 1\n' >"$t/bad.ini"; expect 'an unknown section' 3 'bad.ini:2: unknown section [frob]' "$PROPTER" -g "$t/b" run "$t/bad.ini"
printf 'frob\n' >"$t/bad.ini"; expect 'no key' 3 'bad.ini:1: expected [section], key = value' "$PROPTER" -g "$t/b" run "$t/bad.ini"
printf '[load]\nfiles = "x.ttl y\n' >"$t/bad.ini"; expect 'an open quote' 3 'bad.ini:2: a quote opens before "x.ttl y" and is not closed' "$PROPTER" -g "$t/b" run "$t/bad.ini"
printf '[load]\nfiles = "no ""where"".ttl" x.ttl\n' >"$t/bad.ini"; expect 'a quote inside quotes stands twice' 3 'no "where".ttl' "$PROPTER" -g "$t/b" run "$t/bad.ini"
printf '[load]\nfiles = nowhere.ttl\n' >"$t/bad.ini"; expect 'a missing file' 3 'nowhere.ttl' "$PROPTER" -g "$t/b" run "$t/bad.ini"
expect 'no job file' 3 'cannot open' "$PROPTER" -g "$t/b" run "$t/nothing.ini"
expect 'no operand' 2 'expected: propter run JOB.ini' "$PROPTER" run
echo "1..$n"
