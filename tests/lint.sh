#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# make lint: static checks of our own sources; needs cppcheck and clang-tidy. Exits non-zero on any finding.
set -u
cd "$srcdir" || exit 99
fail=0
have() { command -v "$1" >/dev/null 2>&1 || { echo "lint: $1 is missing (Debian packages cppcheck, clang-tidy)" >&2; exit 75; }; }
have cppcheck; have clang-tidy
sources=$(find engine ingest query -name '*.c' | LC_ALL=C sort)
cppcheck --quiet --error-exitcode=1 --std=c11 --enable=warning,portability --inline-suppr --suppress=missingIncludeSystem \
  --suppress=normalCheckLevelMaxBranches -D_GNU_SOURCE -Iengine/include -Iingest/include -Iquery/include -Iontology $sources || fail=1
flags="-std=c11 -D_GNU_SOURCE -Iengine/include -Iingest/include -Iquery/include -Iontology -I$builddir -I$builddir/query/http -I$builddir/query/why
  $(pkg-config --cflags redland serd-0 libxml-2.0 libpcre2-8 openblas libzip libpq gmime-3.0)"
# A few files at a time on each processor: one run over all of them takes half an hour.
# shellcheck disable=SC2086
printf '%s\n' $sources | xargs -P "$(nproc)" -n 8 sh -c 'flags=$0; clang-tidy --quiet --warnings-as-errors="*" "$@" -- $flags "-DPROPTER_LIBEXEC_DIR=\"\"" 2>&1' "$flags" \
  | grep -E 'warning:|error:' && fail=1
for f in $(find . -name '*.sh' -not -path './build*' | LC_ALL=C sort) autogen.sh; do sh -n "$f" || fail=1; done
long=$(grep -rnE '[[:space:]]+$' engine ingest query ontology tests --include='*.[ch]' --include='*.def' --include='*.sh' --include='*.am' | head -5)
[ -z "$long" ] || { echo "lint: white space at the end of a line:"; echo "$long"; fail=1; }
[ $fail -eq 0 ] && echo 'lint: clean'
exit $fail
