#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The quality of a table, kept in the graph, compared and undone.
. "$srcdir/tests/cli/tap.sh"
dir=$(mktemp -d) || exit 99
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 99
p() { "$PROPTER" -g g --today 2024-01-10 "$@"; }
printf 'day;shop;n\n1.1.2024;a;5,5\n2.1.2024;b;\n3.1.2024;a;7,5\n' >t.csv
expect 'completeness of a column' 0 'n,completeness,0.666667,' p profile t.csv --format csv
expect 'numbers as the table writes them' 0 'n,meanValue,6.5,' p profile t.csv --format csv
expect 'the last day and its age' 0 'day,highest,2024-01-03,' p profile t.csv --format csv
expect 'as DQV' 0 'dqv:isMeasurementOf propter:uniqueness' p profile t.csv --format turtle
expect 'no graph was made' 3 'no graph' p status
expect 'kept' 0 'age' p profile t.csv --keep
printf 'day;shop;n\n1.1.2024;a;5,5\n2.1.2024;b;6,5\n3.1.2024;a;7,5\n4.1.2024;c;19,25\n' >t.csv
expect 'what changed' 0 'n,highest,19.25,7.5' p profile t.csv --format csv --keep
expect 'nothing changed' 0 'n,highest,19.25,' p profile t.csv --format csv
p undo last >/dev/null 2>&1
expect 'an undone profile is none' 0 'n,highest,19.25,7.5' p profile t.csv --format csv
printf 'day;shop;n\n1.1.2024;a\n2.1.2024;b;3\n' >bad.csv
expect 'rows that cannot be read' 0 ',badRows,1,' p profile bad.csv --format csv
expect 'a table that is not there' 3 'nowhere.csv' p profile nowhere.csv
expect 'a format that is none' 2 'found "poem"' p profile t.csv --format poem
echo "1..$n"
