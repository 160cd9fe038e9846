/* SPDX-License-Identifier: Apache-2.0 */
/* Which series drive which, at which lag. */
#ifndef PROPTER_LAGGED_H
#define PROPTER_LAGGED_H

#include "propter/structure.h"

/* What the series say of a common cause of the two ends of a link that is none of them. */
typedef enum {
  PROPTER_UNSEEN_OPEN,      /* nothing: there may be one or not */
  PROPTER_UNSEEN_RULED_OUT, /* what comes before the cause acts on the effect through it alone, so the link is one of cause and effect */
  PROPTER_UNSEEN_SHOWN      /* what comes before the cause does not reach the effect, so the link is due to one; that it acts does not show */
} PropterUnseen;

typedef struct {
  size_t lags;      /* largest lag; 0: 1, at most 60 */
  double alpha;     /* level of the tests; 0: .01 */
  double rate;      /* false discovery rate of the links between series (Benjamini and Hochberg 1995), over all pairs and lags; 0: the level alone decides */
  size_t depth;     /* largest set of contemporaneous conditions; 0: 4 */
  size_t resamples; /* of the block bootstrap behind `stability`; 0: none */
  size_t block;     /* its block length in steps; 0: the cube root of the length, as Künsch's rate asks, at least 2·lags */
  bool unseen;      /* tell of each link whether an unseen common cause may be behind it; pcmci_plus, which looks back twice its lags, can tell most */
  unsigned threads; /* 0: all processors; the result does not depend on it */
  uint64_t seed;
  const PropterKnowledge *knowledge; /* of the series, whatever the lag; NULL: none. A prior weighs the p-values for the rate (Genovese, Roeder and Wasserman
                                        2006); a required link that no lag shows stands at its best lag. Where its cell is not 1 but 1 + a lag
                                        from 1 to `lags`, it stands at that one, one more or one less */
} PropterLaggedOptions;

/* Cell ((lag·p) + i)·p + j is the link from series i, lag steps earlier, to series j; lag 0 … lags. */
typedef struct {
  size_t p, lags, rows;
  uint8_t *mark;     /* the mark at j's end: NO_EDGE; ARROW for every lagged link; for lag 0 as in PropterCausalGraph */
  double *strength;  /* partial correlation (pcmci_plus), else standardised coefficient; 0 without a link */
  double *p_value;   /* of the link's test */
  double *q_value;   /* least rate at which the link would be kept; of a series' own memory its p */
  double *stability; /* share of resamples with the link; NULL without resamples */
  uint8_t *unseen;   /* PropterUnseen of each link between series; NULL unless asked for */
} PropterLaggedGraph;

PROPTER_API void propter_lagged_graph_free(PropterLaggedGraph *graph);

/* x[p×n]: p series of n steps, one row per series, NaN where missing (a step that looks at a missing value is left out). The searches are the
 * rows of lagged.def:
 *   var         vector autoregression by least squares, t tests; no links of lag 0
 *   var_lingam  that, and links of lag 0 from its residuals by DirectLiNGAM (Hyvärinen, Zhang, Shimizu and Hoyer 2010; Shimizu and others 2011)
 *   pcmci_plus  lagged conditions by PC1, then momentary conditional independence with contemporaneous links and colliders (Runge, UAI 2020)
 *   pc, boss    propter_structure_search over the series and their past as so many variables, time as tiers; p-values by least squares on the parents found
 * `unseen`, of a link x → y whose cause has something w before it (its own past, or what leads to it): where w and y are independent given the other causes of
 * y and x, but not without x, w acts through x alone, which a common cause of x and y would not allow; where they are independent without x, but not with it,
 * x is a collider on the way from w to y. So FCI's rules 0 and 1 have it (Spirtes, Glymour and Scheines 2000), and Zhang (2008) that an edge directed so has no
 * common cause behind it; Cooper (1997) has it for three variables, Gerhardus and Runge (2020) for series. Where witnesses contradict each other, or the cause
 * has none, it stays open. A link without direction is open, a required one never due to an unseen cause alone.
 * A constant series has no links. INVALID: infinite values, contradictory knowledge, fewer steps than the fit needs (saying how many); NOT_FOUND: no such
 * search; LIMIT: too many lags. The graph is the caller's; empty on failure. */
PROPTER_API PropterStatus propter_lagged_search(size_t p, size_t n, const double *x, const char *search, const PropterLaggedOptions *options,
                                                PropterLaggedGraph *graph, PropterError *err);

/* The resamples behind the stability a few at a time: adds to shown[(lags + 1)·p·p] how many of the `count` from the `first` on have the link of each cell.
 * All options.resamples of them, in whatever portions, make the stability of propter_lagged_search. Errors as there; after one `shown` holds a part. */
PROPTER_API PropterStatus propter_lagged_resample(size_t p, size_t n, const double *x, const char *search, const PropterLaggedOptions *options, size_t first,
                                                  size_t count, uint32_t *shown, PropterError *err);

#endif
