#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The demo: four answers of four kinds, a report, little memory, and the same graph whatever the processor. Its time is printed, not judged: tests run beside each other.
t=$(mktemp -d "${TMPDIR:-/tmp}/propter-demo-XXXXXX"); trap 'rm -rf "$t"' EXIT
echo 1..6
PROPTER_DEMO=$t/demo sh "$srcdir/tests/demo/run.sh" "$PROPTER" >"$t/out" 2>&1; code=$?
result() { if [ "$1" -eq 0 ]; then echo "ok $2"; else tail -20 "$t/out" | sed 's/^/# /'; echo "not ok $2"; fi; }
result $code "1 - each answer is of its kind"
[ "$(grep -c '^form        WHY m:' "$t/out")" -eq 4 ]; result $? "2 - each question is shown as understood"
grep -q 'Verizon strike' "$t/out" && grep -q '2010 Census' "$t/out"; result $? "3 - the two documented causes are named"
[ "$(find "$t/demo" -name 'why-*.html' | wc -l)" -eq 4 ] && grep -q '<svg' "$t/demo/why-information-employment-2011-08.html"; result $? "4 - the reports are there"
took=$(grep '^took ' "$t/out"); echo "# $took"
# Sanitizers take memory of their own.
if grep -qs '^INSTRUMENT_CFLAGS = *-fsanitize' "$builddir/Makefile"; then echo 'ok 5 - memory # SKIP sanitizer'; else
  mb=$(printf '%s' "$took" | sed 's/.*most \([0-9]*\) MB.*/\1/'); [ "${mb:-999}" -lt 200 ]; result $? "5 - less than 200 MB"; fi
# The kernels round in different ways; nothing but their name is to show in the graph.
sums=
cp -R "$srcdir/ontology" "$t/ontology"; chmod -R u+w "$t/ontology"
for kernel in Prescott Haswell SkylakeX; do
  OPENBLAS_CORETYPE=$kernel "$PROPTER" -g "$t/$kernel" --today 2016-01-04 run "$t/ontology/packs/us-employment/job.ini" >"$t/out" 2>&1 &&
    "$PROPTER" -g "$t/$kernel" query 'SELECT ?s ?p ?o { ?s ?p ?o }' -f csv | LC_ALL=C sort | grep -v "$kernel" >"$t/$kernel.csv"
  sums="$sums$(cksum <"$t/$kernel.csv")
"
done
[ -s "$t/Haswell.csv" ] && [ "$(printf '%s' "$sums" | sort -u | wc -l)" -eq 1 ]; result $? "6 - every kernel of OpenBLAS gives the same graph"
