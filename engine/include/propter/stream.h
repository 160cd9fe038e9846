/* SPDX-License-Identifier: Apache-2.0 */
/* One series as it arrives: how surprising each observation is, given only what came before, and whether that is worth an alert. */
#ifndef PROPTER_STREAM_H
#define PROPTER_STREAM_H

#include "propter/status.h"

enum { PROPTER_STREAM_SEASONS = 4 };

typedef struct {
  size_t season[PROPTER_STREAM_SEASONS]; /* lengths in observations, e.g. of a day and of a week; unused: 0. At most 1,000,000 in all */
  size_t memory;     /* 1,000 observations after which the weight of an error, and of a value in the level, has fallen to 1/e */
  double adaptation; /* 0.1: weight of the newest value of a season's place */
  double alert;      /* 3: surprise of an alert, i.e. what one observation in twenty reaches on every scale at once */
  double margin;     /* ln 10: a second alert at once must be ten times rarer than the first; what it must be falls to `alert` over `hush` observations */
  size_t hush;       /* 0: the first season; without seasons the widest window, 32 */
} PropterStreamOptions;
PROPTER_API PropterStreamOptions propter_stream_options(void);

typedef struct PropterStream PropterStream;

typedef struct {
  double expected; /* value expected of this observation, without those just before it; NaN for the first */
  double surprise; /* ≥ 0; 0 until 48 observations are there */
  bool alert;
} PropterSurprise;

/* options NULL: the defaults, no seasons. INVALID: no memory, seasons too long, adaptation outside (0, 1], a threshold that is no number from 0 on. */
PROPTER_API PropterStatus propter_stream_new(const PropterStreamOptions *options, PropterStream **out, PropterError *err);
PROPTER_API void propter_stream_free(PropterStream *stream);

/* Takes the next observation. NaN and magnitudes from 1e150 on are gaps: nothing is learned, no surprise. Needs no memory; constant time.
 *
 * The value expected is the recent level or the mean of the season's place, whichever has been nearer lately. Surprise is the quadratic mean of −ln p
 * over eight scales of misfit: the error from one value to the next, its mean size over 8 and 32, the distance from the value expected alone and as a
 * mean of 4, 8, 16 and 32. p comes from the 48 largest misfits of that scale so far, as the tail index of Hill (1975) continues them, so heavy tails
 * raise fewer alerts. Alerts are worth looking at in the order of their surprise. */
PROPTER_API PropterSurprise propter_stream_next(PropterStream *stream, double value);

#endif
