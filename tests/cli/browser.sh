#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The page end to end in Chromium on the demo graph, driven like a person would, where there is one; PROPTER_BROWSER=0 leaves it out, PROPTER_SHOTS=DIR keeps screenshots.
. "$srcdir/tests/cli/tap.sh"
begin_browser
cp -R "$srcdir/ontology" "$t/" && chmod -R u+w "$t/ontology" && cd "$t" || exit 99
"$PROPTER" -g g --today 2016-01-04 run ontology/packs/us-employment/job.ini >job 2>&1 || { echo "Bail out! $(tail -1 job)"; exit 99; }
drive_page 2016-01-04 browser.steps
