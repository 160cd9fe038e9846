#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The program's outer contract: version, help, wrong use.
. "$srcdir/tests/cli/tap.sh"
dir=$(mktemp -d) || exit 99
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 99
expect 'version' 0 'propter 0.' "$PROPTER" version
expect 'says under which licences' 0 'en.tagger, which is CC BY-SA 4.0' "$PROPTER" version
expect '--version' 0 'propter 0.' "$PROPTER" --version
expect 'overview' 0 'commands' "$PROPTER"
expect 'help of a command' 0 'print the version' "$PROPTER" version --help
expect 'unknown command' 2 'unknown command "frobnicate"' "$PROPTER" frobnicate
expect 'unknown option' 2 'unknown option "--frobnicate"' "$PROPTER" version --frobnicate
expect 'an operand too many' 2 'expected options only, found "x"' "$PROPTER" detect x
expect 'option without value' 2 'needs a value' "$PROPTER" version --seed
expect 'bad number' 2 'expected a whole number' "$PROPTER" version --seed x
expect 'bad date' 2 'expected a date' "$PROPTER" version --today 2011-02-30
expect 'full output device' 75 'cannot write to standard output' sh -c '"$0" version >/dev/full' "$PROPTER"
# A command writes the formats that its help names, and none else.
for command in $("$PROPTER" --help | sed -n '/^commands/,/^$/s/^  \([a-z-]*\) .*/\1/p'); do
  if "$PROPTER" help "$command" | grep -q '^forms (--format): '; then
    expect "$command -f names its formats" 2 'expected one of' "$PROPTER" "$command" -f none
  else
    expect "$command takes no -f" 2 'takes no --format' "$PROPTER" "$command" -f json
  fi
done
"$PROPTER" init -g formats.graph >/dev/null
for format in $("$PROPTER" help export | sed -n 's/^forms (--format): //p' | tr -d ,); do
  expect "export -f $format" 0 '' "$PROPTER" export -g formats.graph -f "$format"
done
for format in $("$PROPTER" help query | sed -n 's/^forms (--format): //p' | tr -d ,); do
  case $format in
  table | json | xml | csv | tsv) text='SELECT * { ?s ?p ?o }' ;;
  *) text='CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }' ;;
  esac
  expect "query -f $format" 0 '' "$PROPTER" query -g formats.graph -f "$format" "$text"
done
echo "1..$n"
