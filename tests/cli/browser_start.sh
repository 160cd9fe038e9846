#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The page in Chromium on a graph that `propter start` made of a folder, where there is one; PROPTER_BROWSER=0 leaves it out, PROPTER_SHOTS=DIR keeps screenshots.
. "$srcdir/tests/cli/tap.sh"
begin_browser
mkdir "$t/boats" && cd "$t" || exit 99
# A boatyard over 700 days: something that nobody notes moves footfall and a day later enquiries; footfall moves the till takings. A flood keeps all away for a week.
awk "$uniform"'function noise() { return uniform() + uniform() + uniform() + uniform() - 2 } BEGIN {
  print "day,footfall,enquiries,till takings (EUR)"
  split("31 28 31 30 31 30 31 31 30 31 30 31", length_of, " "); y = 2023; m = 9; d = 1
  for (i = 0; i < 700; i++) {
    unseen[i] = 3 * noise()
    footfall = .6 * f + 1.7 * noise() + unseen[i - 1]; enquiries = .5 * e + 1.7 * noise() + unseen[i - 2]; takings = .5 * k + 1.7 * noise() + .6 * f
    f = footfall; e = enquiries; k = takings
    day = sprintf("%d-%02d-%02d", y, m, d); flood = day >= "2025-05-12" && day <= "2025-05-18"
    printf "%s,%d,%.1f,%.2f\n", day, 220 + 10 * f - 120 * flood, 60 + 4 * e, 900 + 40 * k - 300 * flood
    if (++d > length_of[m] + (m == 2 && y == 2024)) { d = 1; if (++m > 12) { m = 1; y++ } }
  } }' >boats/daily.csv
cat >boats/notes-2025-05.md <<'END'
---
title: Boatyard notes, May 2025
date: 2025-05-30
---
# May

The towpath was flooded from 12 to 18 May 2025, and footfall fell because of the flood. Till takings were low in the same week, since nobody came to the kiosk.

A new rota led to more enquiries, says the office.
END
printf '%s\n' title,started,ended 'Towpath flooded,2025-05-12,2025-05-18' 'Jetty closed for repair,2024-10-07,2024-10-09' >boats/log.csv
"$PROPTER" -g g --today 2025-08-01 start boats >started 2>&1 && "$PROPTER" -g g --today 2025-08-02 links --as levels --write >links 2>&1 || { echo "Bail out! $(tail -1 started links)"; exit 99; }
drive_page 2025-08-02 browser_start.steps
