/* SPDX-License-Identifier: Apache-2.0 */
/* Which metrics of a graph drive which, at which lag, by how much; and where in that graph a deviation came from. Deterministic as infer.h. */
#ifndef PROPTER_LINKS_H
#define PROPTER_LINKS_H

#include "propter/effects.h"
#include "propter/infer.h"
#include "propter/lagged.h"

/* Changes from period to period for levels that wander; distances from the mean of the 28 periods before for levels that are returned to. As they are: by
 * which of the two most series are, from the correlation of neighbouring changes. */
typedef enum { PROPTER_LINKS_AS_THEY_ARE, PROPTER_LINKS_CHANGES, PROPTER_LINKS_LEVELS } PropterLinksAs;

typedef struct {
  const PropterStr *metric; /* IRIs or labels, as below: links that end or begin at one of these, searched among all metrics of overlapping places; none: all
                               links of all */
  size_t metrics;
  const PropterStr *among;  /* only these are searched; none: all */
  size_t amongs;
  const PropterStr *hidden; /* part of the causal graph, but not to be adjusted for, as if nobody had measured them */
  size_t hiddens;
  const PropterStr *order;  /* from first to last in an order of cause and effect: none of these acts on one before it */
  size_t orders;
  size_t most;              /* LIMIT where more series would be searched together; 0: as memory allows */
  const char *method;       /* row of lagged.def; NULL: pcmci_plus, which keeps its false discovery rate where a plain autoregression does not */
  size_t lags;              /* in periods; 0: 3, at most 30 */
  double rate;              /* false discovery rate; 0: .05 */
  size_t resamples;         /* of the block bootstrap; 0: 100 */
  PropterLinksAs as;        /* how series are taken */
  const char *kept;         /* file that keeps what resamples said from one search to the next, one of its own for each search; NULL: none. Every value lies
                               under a hash of all it was computed from: what is damaged, or another's, is computed again */
  bool keep;                /* it is written, else only read */
} PropterLinkOptions;

/* A link from one metric to another, and what it rests on. Texts live in the arena or as long as the inferrer. */
typedef struct {
  PropterStr cause, cause_label, effect, effect_label; /* IRI and label; of an undirected link in their order */
  int lag;                  /* periods by which the effect follows */
  bool directed;            /* false: at the same time, and neither data nor knowledge say which way */
  bool required;            /* by knowledge */
  PropterUnseen unseen;     /* whether a common cause that is none of the metrics searched may be behind it; shown: no effect of its own is told; of
                               changes none is ruled out */
  double strength;          /* partial correlation, or standardised coefficient */
  double p, q, stability;   /* of the test; adjusted over all pairs and lags; share of resamples that show it */
  double prior;             /* log odds that knowledge and documents gave it beforehand; 0: none */
  PropterStr knowledge;     /* who says so; empty: nobody */
  PropterIdentification by;
  PropterStr adjustment;    /* a sentence with names: what the effect is seen through, or why not */
  double value, low, high;  /* of one unit more of the cause on the effect, in units of both, 95 %; NaN: not identified */
  size_t rows;
  size_t refutations;       /* 0, or PROPTER_REFUTATIONS attempts */
  const PropterRefutation *refutation;
} PropterMetricLink;

typedef struct {
  size_t metrics, steps, rows; /* series searched, their common periods, those with all lags */
  PropterGrain grain;
  size_t tests;                /* pairs and lags that the false discovery rate counts */
  size_t forbidden;            /* ordered pairs ruled out: by knowledge, by definitions, places that do not overlap */
  size_t lags;
  size_t closed;               /* days that are no steps, since one of the series never has figures on these days of the week, or none has one */
  size_t kept, made;           /* results of resampling taken from options.kept, and those that had to be made for it */
  PropterDay until;            /* last day of what the resamples are drawn from; NO_DAY: of all */
  bool levels;                 /* they were taken as distances from the level before, not as changes */
  const char *method;
  size_t links;                /* by effect, then q, then cause and lag */
  const PropterMetricLink *link;
  size_t left_out;             /* metrics that could not be searched, each with the reason */
  const PropterStr *left_out_text;
} PropterMetricLinks;

/* Searches the graph's metrics for links. Each series is taken without its season (the baseline's), as changes or distances from its level, in robust
 * standard units drawn in to 3.5; effects are fitted to the same as they are. Periods count that all have, with those before them that a search looks at: where
 * these are fewer than 48, metrics that were not asked about are left out, the one with most gaps first. A metric is no cause of what it is a part, a whole or
 * an operand of, nor of what happens elsewhere; curated links require and forbid, and the beliefs of claims from metric to metric are the prior log odds.
 * Stability and the effects' intervals are by moving blocks. Where a period is a day or a week and at least a year of months is over, these and the attempts
 * to refute an effect are by the months that are over (`until`), the links and the effects by all: resamples then change once a month.
 * NOT_FOUND: no such metric or method; LIMIT: more series than `most`, or than 8 GB hold at these lags; INVALID: too few common periods, or knowledge that
 * contradicts itself. */
PROPTER_API PropterStatus propter_links(PropterInferrer *inferrer, const PropterLinkOptions *options, PropterArena *arena, PropterMetricLinks *out,
                                        PropterError *err);

/* What one more unit of a metric in one period does to another one. */
typedef struct {
  PropterStr cause, outcome;  /* labels */
  bool identified;
  PropterStr reason;          /* not identified: why, and what would be needed */
  PropterGrain grain;
  size_t closed, steps;       /* as of PropterMetricLinks */
  const char *method;
  size_t periods;
  const double *after;        /* periods: what comes 0, 1, … periods later, in units of both */
  double value, low, high;    /* their sum, 95 %; NaN: not identified */
  size_t links;               /* those on the ways from cause to outcome, as far as they could be followed; by lag, then as in the graph. Where none leads
                                 there: those of the ways between the two that are due to something unseen */
  const PropterMetricLink *link;
} PropterTotalEffect;

/* The effect of setting `cause` one unit higher in one period and back in the next: the sum over all ways through the graph that propter_links finds of the
 * products of their links' direct effects, each identified by itself (Wright 1921; Pearl 2009, 5.3: so a common cause of the two ends that
 * nobody measured does no harm where all that acts passes through a figure between them, the front door). Links into `cause` do not count, others' persistence
 * does. The interval is from resamples in which all links are fitted to the same rows. Not identified where no link leads there, where one on the way has no
 * direction, or no effect of its own that the data can tell. `options->metric` is not looked at. Errors as propter_links. */
PROPTER_API PropterStatus propter_total_effect(PropterInferrer *inferrer, PropterStr cause, PropterStr outcome, const PropterLinkOptions *options,
                                               PropterArena *arena, PropterTotalEffect *out, PropterError *err);

typedef struct {
  char graph[128], run[128]; /* IRIs; run: empty if nothing was written; all empty after an error */
  uint64_t added, removed;
} PropterLinksWritten;

/* Writes links into a graph of their own, named after the search (`parameters`: all that decides its result, in one canonical text), as propter:CausalLink
 * with lag, strength, p, q, stability and effect. The same search again replaces what changed, by a run with PROV; nothing new: no run. `inferrer` is the one
 * that searched; `dry`: only counts. LOCKED: somebody else writes. */
PROPTER_API PropterStatus propter_links_write(PropterGraph *graph, PropterInferrer *inferrer, const PropterMetricLinks *links, PropterStr parameters,
                                              PropterStr software, int64_t now, bool dry, PropterLinksWritten *written, PropterError *err);

/* A metric upstream of the one asked about, in the window moved back by its lags. */
typedef struct {
  PropterStr metric, label;
  int lag;                 /* of its strongest path, in periods */
  double deviation, z;     /* as propter_infer_window has it */
  double score;            /* robust: largest distance from the median before in interquartile ranges (PROPTER_DEVIATION_PEAK) */
  bool origin;             /* it moved, and no metric that drives it did */
  double own;              /* its standard errors less those of the moved metrics that drive it; NaN: it did not move, or nothing that moved leads to it */
  double share, low, high; /* of the change of the asked metric: what came in here, Shapley, 95 %; the shares sum to it */
} PropterOrigins;

typedef struct {
  PropterMetric metric;
  PropterDay first, last;
  double deviation, z;
  double explained;        /* sum of the shares: change of the mean against the time before */
  size_t origins;          /* the metric itself and what is upstream, by |share| */
  const PropterOrigins *origin;
} PropterExplained;

/* Root causes among metrics: deviations, the traversal "moved with nothing upstream that moved" (rootcause.h), and Shapley values of mechanisms (mechanism.h)
 * on the graph that propter_links finds. Errors as there; INVALID: a window outside the data, or fewer than 20 periods before it. */
PROPTER_API PropterStatus propter_explain(PropterInferrer *inferrer, PropterStr metric, PropterDay from, PropterDay to, const PropterLinkOptions *options,
                                          PropterArena *arena, PropterExplained *out, PropterError *err);

/* A metric that drives the one asked about and left its own course at the time that its link leads to: not a rival of the causes, which may act through it. */
typedef struct {
  PropterStr metric, label;
  size_t parent;              /* place of what it drives in the list; SIZE_MAX: the metric asked about */
  size_t depth;               /* links to the metric asked about, less one */
  bool origin;                /* nothing that drives it moved */
  int lag;                    /* periods by which what it drives follows */
  PropterGrain grain;
  PropterDay first, last;     /* of the window moved back */
  double deviation, z;        /* there, as propter_infer_window has it */
  double q, stability;        /* of the link */
  PropterStr knowledge;       /* who says so; empty: only the figures */
  double value, low, high;    /* effect of one more, 95 %; NaN: not identified */
  PropterStr adjustment;
  PropterAnswerOutcome outcome; /* of the question why it moved */
  PropterStr cause;           /* the likeliest cause of that; empty: none may be named */
  double probability;
} PropterUpstream;

/* What moved upstream of a metric in the window: metrics with a link to it (propter_links, the surest lag of each) that moved by their own course, the one that
 * brings most first, each with its own likeliest cause and followed by what moved upstream of it, and so on; each metric once, on the shortest way. A measure
 * of the same table that moved in the same period (revenue of rooms) is listed where knowledge says that it acts, or on the way to what is listed. Nothing
 * where too few or too many metrics are near to be searched. The list lives in the arena, its texts too or as long as the inferrer. */
PROPTER_API PropterStatus propter_upstream(PropterInferrer *inferrer, PropterStr metric, PropterDay from, PropterDay to, PropterArena *arena,
                                           PropterUpstream **out, size_t *count, PropterError *err);

#endif
