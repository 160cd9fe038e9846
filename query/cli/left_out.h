/* SPDX-License-Identifier: Apache-2.0 */
/* Metrics in which nothing can be found, for commands that search many. */
#ifndef CLI_LEFT_OUT_H
#define CLI_LEFT_OUT_H

#include "output.h"
#include "propter/infer.h"

/* A line for each reason, with the first metrics that it keeps out. */
void left_out_lines(FILE *out, const PropterLeftOut *left, size_t count);
/* One JSON object. */
void left_out_json(FILE *out, const PropterLeftOut *left);

#endif
