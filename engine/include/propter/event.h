/* SPDX-License-Identifier: Apache-2.0 */
/* Event studies: what a dated event did to the slice it touched. */
#ifndef PROPTER_EVENT_H
#define PROPTER_EVENT_H

#include "propter/status.h"

/* The touched series and `controls` untouched ones, one row each, `before` steps up to the event and `after` from it on. All finite. */
typedef struct {
  size_t controls, before, after;
  const double *treated; /* [before + after] */
  const double *control; /* [controls × (before + after)] */
  bool logs;             /* they are logarithms: the text tells effects in per cent */
} PropterEventPanel;

typedef struct {
  bool synthetic;          /* synthetic difference in differences; otherwise an interrupted time series, for want of three controls */
  double effect;           /* mean per step from the event on */
  double error, low, high; /* 95 %: spread of the same estimate on untouched slices, with Student's t; or Newey and West's error */
  double p_space;          /* rank of the effect among those of untouched slices; NaN without controls */
  double p_time;           /* rank among those at false dates before the event; NaN where there are fewer than three */
  size_t in_space, in_time;
  double trend, trend_p;   /* slope of treated less synthetic before the event, and its p-value among those of untouched slices: a small
                            * one says that they already went apart */
  char text[400];          /* what was found, for a person */
} PropterEventEffect;

/* Synthetic difference in differences with its default regularisation (Arkhangelsky, Athey, Hirshberg, Imbens and Wager, American Economic Review 2021),
 * placebo variance, where there are three controls or more; otherwise a level shift beside a linear trend. weights[controls] (may be NULL) gets the controls'
 * weights. INVALID: fewer than 5 steps before or none after, values that are missing, infinite or from 1e150 on. */
PROPTER_API PropterStatus propter_event_effect(const PropterEventPanel *panel, double *weights, PropterEventEffect *effect, PropterError *err);

#endif
