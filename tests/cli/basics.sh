#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The program's outer contract: version, help, wrong use.
. "$srcdir/tests/cli/tap.sh"
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
echo "1..$n"
