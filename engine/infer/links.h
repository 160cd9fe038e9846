/* SPDX-License-Identifier: Apache-2.0 */
/* Series that are searched for links together, and what knowledge and documents say of each pair of them. */
#ifndef INFER_LINKS_H
#define INFER_LINKS_H

#include "judge.h"
#include "propter/lagged.h"
#include "propter/links.h"

enum { LINK_LEVEL = 28 }; /* periods whose mean is the level: four weeks of days */

/* A metric that cannot be searched: its label and why. */
typedef struct {
  const KnowMetric *metric;
  PropterStr text;
} LinkLeftOut;

typedef struct LinkPanel {
  Know *know;
  const PropterLinkOptions *o;
  PropterArena *arena;
  KnowViews view;       /* of the series */
  struct LinkPanel *over; /* the same metrics up to the end of the months that are over: what resamples are drawn from, so that they stay as they are while a
                             month goes on; NULL: all. Only its steps are its own (link_resampled), and it has no graph */
  PropterDay until;       /* the last of its days; NO_DAY: it is none */
  PropterHash128 key;     /* of all that its links, or those of all without it, are computed from; where there is a memo */
  size_t p, n, lags, forbidden;
  KnowMetric **metric;  /* p; by IRI */
  PropterIds *place;    /* of each: concepts of its fixed members and its slice */
  int *tier;            /* p: of knowledge; −1: none */
  size_t *place_in;     /* p: place in the order of the options from 1; 0: none */
  PropterGrain grain;
  int32_t *period;      /* n: of each step; days of the week on which one of the series never has a figure are no steps */
  size_t closed;        /* days that are none */
  double *value;        /* p×n: without the season */
  bool levels;
  double *own;          /* p×n: its distance from the level before, else its changes */
  double *standard;     /* p×n: the same in robust standard units, drawn in: what is searched */
  PropterKnowledge knowledge;
  PropterStr *said;     /* p×p: who says so; empty: nobody */
  PropterLaggedGraph graph;
  PROPTER_VEC(LinkLeftOut) left_out;
} LinkPanel;

/* The metrics of the options (all, or those whose places overlap with the named ones), on the periods that all of them have, and the graph of their links.
 * Takes and leaves the lock of `know`. link_panel_close also after a failure. */
PropterStatus link_panel_open(Know *know, const PropterLinkOptions *o, PropterArena *arena, LinkPanel *panel, PropterError *err);
/* The stability of its links, by so many resamples; once. */
PropterStatus link_panel_resample(LinkPanel *panel, size_t resamples, PropterError *err);
void link_panel_close(LinkPanel *panel);
/* The name of the search that the options mean. */
const char *link_method(const PropterLinkOptions *options);
/* Place of a metric in the panel, SIZE_MAX: not there. */
size_t link_panel_find(const LinkPanel *panel, const KnowMetric *metric);
/* Value at a step less the mean of the periods before `origin`; NaN where half of these are missing. Linear and the same for every series, so what one does to
 * another stays what it is; a median would not. */
double link_above_level(const LinkPanel *panel, size_t series, size_t step, size_t origin);
/* Periods first … last, moved so many steps back; where a bound is no step, from the next one inside. Out of reach of the steps: by periods. */
void link_window_back(const LinkPanel *panel, size_t lag, int32_t *first, int32_t *last);
/* First step from this period on; n: none. */
size_t link_step(const LinkPanel *panel, int32_t period);
static inline size_t link_cell(const LinkPanel *panel, size_t lag, size_t i, size_t j) { return (lag * panel->p + i) * panel->p + j; }

/* A link from i to j that is not due to an unseen common cause of both. */
static inline bool link_acts(const LinkPanel *panel, size_t lag, size_t i, size_t j) {
  const size_t c = link_cell(panel, lag, i, j);
  return panel->graph.mark[c] == PROPTER_ARROW && panel->graph.unseen[c] != PROPTER_UNSEEN_SHOWN;
}

/* What resamples are drawn from: the panel's `over`, whose steps are filled when they are first asked for, else the panel. */
PropterStatus link_resampled(const LinkPanel *panel, const LinkPanel **out, PropterError *err);
/* link_kept.c: the share of resamples that show each link, into panel->graph. What the memo of `know` has is taken from there, the rest kept in it. */
PropterStatus link_stability(LinkPanel *panel, const char *method, const PropterLaggedOptions *search, PropterError *err);

/* What resampling says of an effect: standard error (NaN: none), attempts to refute it. */
typedef struct {
  double error;
  size_t attempts;
  PropterRefutation attempt[PROPTER_REFUTATIONS];
} LinkDoubt;
/* `what`: all that decides it besides the panel's key. */
PropterHash128 link_doubt_key(const LinkPanel *panel, PropterStr what);
bool link_doubt_get(const Know *know, PropterHash128 key, LinkDoubt *out);
PropterStatus link_doubt_put(const Know *know, PropterHash128 key, const LinkDoubt *doubt, PropterError *err);

/* What the link from i to j is but for its effect. */
void link_describe(const LinkPanel *panel, size_t i, size_t j, size_t lag, PropterMetricLink *out);
typedef enum { LINK_TOTAL, LINK_DIRECT } LinkEffect; /* of all ways that take this long, or of the link alone */
/* link_effects.c: by what the effect of i on j, `lag` steps later, is identified in the graph, and its estimate with interval and refutations. `draws`
 * [resamples] (NULL: not wanted): the estimate of each resample, NaN where nothing varies; the same resample has the same rows in every link. */
PropterStatus link_effect(const LinkPanel *panel, size_t i, size_t j, size_t lag, LinkEffect which, size_t resamples, PropterMetricLink *out, double *draws,
                          PropterError *err);

#endif
