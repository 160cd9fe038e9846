/* SPDX-License-Identifier: Apache-2.0 */
/* Links between metrics, and where a move came in, as tables, JSON and CSV. */
#ifndef CLI_LINKS_PRINT_H
#define CLI_LINKS_PRINT_H

#include <stdio.h>

#include "propter/links.h"

/* `refute`: every attempt to refute an effect, not only those that it did not pass. */
void links_table(FILE *out, const PropterMetricLinks *links, double rate, bool refute);
void links_json(FILE *out, const PropterMetricLinks *links, double rate);
void links_csv(FILE *out, const PropterMetricLinks *links);
void explained_table(FILE *out, const PropterExplained *explained);
void explained_json(FILE *out, const PropterExplained *explained);
void explained_csv(FILE *out, const PropterExplained *explained);

/* What `amount` more of the cause in one period does. */
void total_table(FILE *out, const PropterTotalEffect *effect, double amount);
void total_json(FILE *out, const PropterTotalEffect *effect, double amount);

#endif
