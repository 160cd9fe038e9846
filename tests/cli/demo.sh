#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The demo: four answers of four kinds, a report, and little memory. Its time is printed, not judged: tests run beside each other.
t=$(mktemp -d "${TMPDIR:-/tmp}/propter-demo-XXXXXX"); trap 'rm -rf "$t"' EXIT
echo 1..5
PROPTER_DEMO=$t/demo sh "$srcdir/tests/demo/run.sh" "$PROPTER" >"$t/out" 2>&1; code=$?
result() { if [ "$1" -eq 0 ]; then echo "ok $2"; else tail -20 "$t/out" | sed 's/^/# /'; echo "not ok $2"; fi; }
result $code "1 - each answer is of its kind"
[ "$(grep -c '^understood  WHY m:' "$t/out")" -eq 4 ]; result $? "2 - each question is shown as understood"
grep -q 'Verizon strike' "$t/out" && grep -q '2010 Census' "$t/out"; result $? "3 - the two documented causes are named"
[ "$(find "$t/demo" -name 'why-*.html' | wc -l)" -eq 4 ] && grep -q '<svg' "$t/demo/why-information-employment-2011-08.html"; result $? "4 - the reports are there"
took=$(grep '^took ' "$t/out"); echo "# $took"
# Sanitizers take memory of their own.
if grep -qs '^INSTRUMENT_CFLAGS = *-fsanitize' "$builddir/Makefile"; then echo 'ok 5 - memory # SKIP sanitizer'; else
  mb=$(printf '%s' "$took" | sed 's/.*most \([0-9]*\) MB.*/\1/'); [ "${mb:-999}" -lt 200 ]; result $? "5 - less than 200 MB"; fi
