/* SPDX-License-Identifier: Apache-2.0 */
/* What is unusual in one series: spikes, level shifts, changes of trend. */
#ifndef PROPTER_DETECT_H
#define PROPTER_DETECT_H

#include "propter/series.h"

/* P-value of the Kruskal–Wallis test (1952) that the changes from period to period do not depend on the season (month, quarter or week of the
 * year, day of the week); tied ranks averaged. 1 where fewer than three full cycles are there or the grain has no season. */
PROPTER_API PropterStatus propter_seasonality_test(const PropterSeries *series, double *p, PropterError *err);

#endif
