#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The library exports propter_* and nothing else.
echo 1..2
lib=$builddir/query/.libs/libpropter.so
[ -f "$lib" ] || { echo 'not ok 1 - the library was built'; echo 'not ok 2 - exports'; exit 1; }
echo 'ok 1 - the library was built'
extra=$(${NM:-nm} -D --defined-only "$lib" | awk '$2 ~ /[TDRBVW]/ && $3 !~ /^propter_/ && $3 !~ /^__(asan|odr|ubsan|sancov|gcov|llvm)/ && $3 !~ /^(_init|_fini|__bss_start|_edata|_end)$/ {print $3}')
if [ -z "$extra" ]; then echo 'ok 2 - only propter_* is exported'; else echo "# $extra" | tr '\n' ' '; echo; echo 'not ok 2 - only propter_* is exported'; fi
