/* SPDX-License-Identifier: Apache-2.0 */
/* Which of many moves chance does not make. */
#ifndef CLI_CHANCE_H
#define CLI_CHANCE_H

#include "propter/graph.h"

/* Figures that were looked at: the observations of the graph. */
PropterStatus chance_figures(PropterSnapshot *snapshot, size_t *figures, PropterError *err);
/* Of the scores (standard errors, the largest first, whatever their sign) so many from the first on are kept at a false discovery rate of .05 among the figures
 * looked at (propter_false_discovery). NO_MEMORY. */
PropterStatus chance_kept(const double *score, size_t count, size_t figures, size_t *kept, PropterError *err);

#endif
