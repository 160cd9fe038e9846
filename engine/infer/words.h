/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers, periods and dates in words, the same everywhere. */
#ifndef INFER_WORDS_H
#define INFER_WORDS_H

#include "propter/infer.h"

/* "−45.2", "1,234": three significant digits or whole numbers, true minus sign. */
void say_number(PropterBuf *out, double value);
void say_value(PropterBuf *out, const PropterMetric *metric, double value);
/* With a sign even if positive. */
void say_change(PropterBuf *out, const PropterMetric *metric, double value);
/* "August 2011", "January to March 2013", "2015", "3 May 2012". */
void say_period(PropterBuf *out, PropterGrain grain, PropterDay first, PropterDay last);
/* The same behind its preposition: "in August 2011", "on 7 August 2011", "from 7 to 22 August 2011". */
void say_when(PropterBuf *out, PropterGrain grain, PropterDay first, PropterDay last);
/* "7 to 22 August 2011"; "from 3 May 2012"; "no date". */
void say_dates(PropterBuf *out, PropterDay start, PropterDay end);
/* "8", "8.3", ".004" */
void say_ratio(PropterBuf *out, double ratio);
/* The least probability that likely.def calls so. */
double likely_from(const char *words);

#endif
