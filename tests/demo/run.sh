#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# run.sh PROPTER: the main job on real input. Makes the folder ./propter-demo (or $PROPTER_DEMO) with a graph of the us-employment pack and asks it
# four questions: two with a documented cause, one about a quiet month, one about a move that nobody explained. Exits 1 when one of them does not
# come out as its kind.
set -u
[ $# -ge 1 ] && [ -x "$1" ] || { echo 'usage: run.sh PROPTER' >&2; exit 2; }
propter=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
src=$(cd "$(dirname "$0")/../.." && pwd)
demo=${PROPTER_DEMO:-$PWD/propter-demo}

# Time and memory come from a helper of the build, which runs this script once more.
measure=$(dirname "$propter")/../tests/support/measure
if [ -z "${PROPTER_MEASURED:-}" ] && [ -x "$measure" ]; then
  PROPTER_MEASURED=1; export PROPTER_MEASURED
  exec "$measure" sh "$0" "$@"
fi
helpers=$(dirname "$propter")/../engine/graph/io
[ -d "$helpers" ] && { PROPTER_LIBEXEC=$(cd "$helpers" && pwd); export PROPTER_LIBEXEC; }

mkdir -p "$demo" && cd "$demo" || exit 75
rm -rf graph
pack=$src/ontology/packs/us-employment
failed=0

# Fills the graph; what a step prints is shown, the folders of this machine are not.
step() {
  printf '$ propter %s\n' "$(printf '%s ' "$@" | sed "s|$src/||g; s| \$||")"
  "$propter" -g graph "$@" >step.log 2>&1; code=$?
  tail -n 1 step.log | sed "s|$src/||g; s|^|  |"
  # 1: some rows or documents went into quarantine, the others are there.
  [ $code -le 1 ] || { sed "s|$src/||g" step.log >&2; echo "demo: propter $1 ended with $code" >&2; exit 1; }
}
step load "$src/ontology/propter.ttl" "$pack/concepts.ttl" "$pack/metrics.ttl" "$pack/events.ttl"
step ingest "$pack/mapping.ttl"
step read "$pack/documents"
step infer

ask() { # wanted exit code, question
  wanted=$1; shift
  printf '\n$ propter why "%s"\n' "$*"
  "$propter" -g graph why --report "$*"; code=$?
  if [ $code -eq "$wanted" ]; then echo "(exit $code)"; else echo "(exit $code, but $wanted was to be expected)"; failed=1; fi
}
ask 0 'information jobs in August 2011'
ask 0 'government jobs in May 2010'
ask 1 'information jobs in March 2011'
ask 7 'information jobs in February 2013'

printf '\nthe report, one file for any browser: %s\n' "$demo/why-information-employment-2011-08.html"
rm -f step.log
exit $failed
