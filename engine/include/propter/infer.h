/* SPDX-License-Identifier: Apache-2.0 */
/* From a graph to a judged question: metrics and their series, the candidates that knowledge, events and documents name for one window, their
 * scores (score.h), and for each everything that speaks for and against it with the place where it stands. Deterministic: equal
 * graph, question and options give equal results on any number of threads. Nothing here asks for the time or prints. */
#ifndef PROPTER_INFER_H
#define PROPTER_INFER_H

#include "propter/date.h"
#include "propter/graph.h"
#include "propter/score.h"

/* ---- metrics and series ------------------------------------------------------------------------------------------------- */

/* A dimension of a cube held at one member (propter:fixed, or a slice asked for). */
typedef struct {
  PropterId dimension;
  PropterId member;
  PropterId concept_id; /* what documents and events call the member: propter:concept of the node, else the member itself */
} PropterMember;

/* What is read of the cells of a metric. */
typedef enum {
  PROPTER_CELLS_AS_SAID, /* combined by propter:aggregation */
  PROPTER_CELLS_SUM,     /* of a mean: the sum behind it … */
  PROPTER_CELLS_SIZE     /* … and of how many values it is; a slice's mean is one by the other */
} PropterCellsAs;

/* Definition of a propter:Metric. Texts are never NULL; empty where the graph says nothing. */
typedef struct {
  PropterId id;
  PropterStr iri;
  PropterStr label;        /* skos:prefLabel, in English if there is one; else the local name */
  PropterStr unit, unit_label;
  double scale;            /* single things per unit; 1 if not said */
  PropterGrain grain;
  int reference_day;       /* 0: the whole period */
  size_t cells_per_period; /* observations that a period of the whole has: with fewer it is a gap; 0: not said */
  bool seasonally_adjusted;
  int good_direction;      /* +1, -1, 0: not said */
  PropterId aggregation;   /* id of propter:Sum …, PROPTER_NO_ID: Sum */
  PropterId dataset, measure, time; /* PROPTER_NO_ID for a ratio */
  PropterId numerator, denominator; /* metrics, of a ratio */
  PropterId concept_id;    /* PROPTER_NO_ID: none */
  PropterStr concept_label;
  size_t fixed_count;
  const PropterMember *fixed;
  size_t slice_dimensions; /* propter:sliceBy */
  const PropterId *slice_dimension;
  size_t apart_count;      /* propter:nonAdditive: dimensions over whose members values are not combined */
  const PropterId *apart;
  int completeness_delay, mutability_window; /* days; 0: none */
  PropterCellsAs cells;    /* as read: PROPTER_CELLS_AS_SAID */
} PropterMetric;

/* Reads a definition into `arena`. NOT_FOUND: no propter:Metric of that IRI. INVALID: names the property that is missing or wrong. */
PROPTER_API PropterStatus propter_metric_read(PropterSnapshot *snapshot, PropterId metric, PropterArena *arena, PropterMetric *out, PropterError *err);
/* A ratio that names no dimensions is cut by those of its numerator that its denominator has as well, by name if not itself. Of parts that are ratios the same,
 * as far down as `depth`; what is in a circle has none. Sets the dimensions of such a metric, in `arena`; any other stays as it is. */
PROPTER_API PropterStatus propter_metric_cut(PropterSnapshot *snapshot, PropterMetric *metric, unsigned depth, PropterArena *arena, PropterError *err);
/* Ids of all metrics, by IRI; appended. */
PROPTER_API PropterStatus propter_metric_list(PropterSnapshot *snapshot, PropterIds *out, PropterError *err);

/* A metric's values on its calendar, from the first period with an observation to the last; gaps are NaN. `observation[i]` is the observation
 * (the first by id where several were combined), PROPTER_NO_ID in a gap. Free with propter_metric_series_clear. */
typedef struct {
  PropterSeries series; /* series.value is owned by this structure */
  PropterId *observation;
  size_t observations;  /* read, before they were combined */
  PropterId apart;      /* the series is empty because its cells have several members of this dimension, over which the metric is not additive */
  PropterId apart_member[2]; /* two of them */
  PropterDay complete;  /* last day of the last period that is complete, where later ones were left out (propter:completenessDelay); else PROPTER_NO_DAY */
  PropterDay settled;   /* from this day on figures may still be corrected (propter:mutabilityWindow); PROPTER_NO_DAY: none of these */
} PropterMetricSeries;

/* Scans the cube by columns: dataset × fixed members (and `slice`, may be NULL). Several members of one dimension in `slice` are taken together; one that no
 * observation holds stands for the nearest of its skos:narrower ones that observations hold, by itself or as what a metric's member is called
 * (propter:concept). So a measure that adds up is their sum, a ratio that of the sums. `known_by` PROPTER_NO_DAY: everything; otherwise only
 * observations known by that day (propter:knownFrom; if that is absent, the last day of the period). An observation that was
 * superseded by then does not count. An empty series is no error. LIMIT for a calendar of more than 10 million periods. */
PROPTER_API PropterStatus propter_metric_series(PropterSnapshot *snapshot, const PropterMetric *metric, const PropterMember *slice, size_t slice_count,
                                                PropterDay known_by, PropterMetricSeries *out, PropterError *err);
PROPTER_API void propter_metric_series_clear(PropterMetricSeries *series);

/* False where values of slices say nothing of the whole by being added up: minima, maxima, last values and medians. Of a mean, sum and size add up. */
PROPTER_API PropterStatus propter_metric_adds_up(PropterSnapshot *snapshot, const PropterMetric *metric, bool *yes, PropterError *err);

/* The series of every slice of a metric that has observations: slice i holds member[i × dimensions + d] of dimension[d]. */
typedef struct {
  size_t dimensions, count;
  const PropterId *dimension;  /* borrowed from the caller */
  PropterId *member;
  PropterMetricSeries *series;
} PropterMetricSlices;

/* Reads all slices by `dimension` (1 to 8) in one scan of the columns; fixed members of these dimensions are not held. Observations without one of the
 * dimensions are totals and belong to no slice. INVALID: a ratio (read its parts), LIMIT: more than a million slices. Free with
 * propter_metric_slices_clear. */
PROPTER_API PropterStatus propter_metric_slices(PropterSnapshot *snapshot, const PropterMetric *metric, const PropterId *dimension, size_t dimensions,
                                                PropterDay known_by, PropterMetricSlices *out, PropterError *err);
PROPTER_API void propter_metric_slices_clear(PropterMetricSlices *slices);

/* One observation as evidence: its value and where it was read. `row` 0 and empty texts: not recorded. */
typedef struct {
  PropterDay first, last;  /* of the period */
  double value;            /* NaN: gap */
  PropterStr observation;  /* IRI; empty in a gap */
  PropterStr file;
  uint64_t row;            /* line of the file, the first is 1 */
  PropterStr column;
} PropterSourceCell;

/* ---- options ------------------------------------------------------------------------------------------------------------ */

/* How text counts. Defaults and where they come from: propter_infer_options. */
typedef struct {
  double source_error;      /* .05: σ of a document, that it is wrong as a whole (INDRA's readers) */
  double sentence_error;    /* .30: ρ of a sentence whose claim states no confidence (INDRA's readers); else 1 − confidence, at least .05 */
  double overtaken;         /* .5: what remains of a statement when another source says the opposite later; of the same source's nothing */
  double copy_similarity;   /* .5: common part of the words from which two statements of the same cause and effect are one release told twice */
  double attribution_lr;    /* 3: all attributions made after the fact together (design: at most 3 until 30 are audited) */
  double forecast_lr;       /* 10: statements made before the value was public; they could have failed. "Strong" from here on (Kass, Raftery 1995) */
  double type_lr;           /* 3: statements that one kind of thing causes another: plausible, silent about this case */
  double stretched;         /* .10: P(in scope) of a documented event where only text puts it outside its documented scope; as `happened_undated` */
  double reviewer_right, reviewer_wrong; /* 4 and 1: Beta prior of a reviewer's rate of right verdicts; LR .8/.2 = 4 */
  double seen_weight;       /* .5: exponent of a verdict given after the score was shown */
} PropterBeliefOptions;

typedef struct {
  PropterDay known_by;      /* PROPTER_NO_DAY: everything in the graph. Otherwise only observations, events, points and claims known by
                               that day; a document without a date is left out then */
  const PropterStr *without; /* IRIs of documents, claims, events, links or reviews to leave out; a document also by its path or file name.
                               NOT_FOUND: nothing in the graph answers to one of them */
  size_t without_count;
  const PropterMember *slice;
  size_t slice_count;
  unsigned depth;           /* hops of a chain, 1 … 5; default 3 */
  unsigned threads;         /* 0: all processors */
  const char *kept;         /* propter_infer_run: a file in which scores are kept from run to run, so that only what changed is scored anew; the result does
                               not depend on it. It may be deleted at any time. NULL: none */
  bool unlimited;           /* take every candidate's evidence; default at most 40 pieces each */
  PropterBeliefOptions belief;
  PropterScoreOptions score; /* seed inside */
} PropterInferOptions;

PROPTER_API PropterInferOptions propter_infer_options(void);

/* ---- what comes out ------------------------------------------------------------------------------------------------------ */

typedef enum {
  PROPTER_EVIDENCE_QUOTE,   /* a claim: text is the exact quote */
  PROPTER_EVIDENCE_EVENT,   /* a documented event: text says what, when, how large; source_text who says so */
  PROPTER_EVIDENCE_LINK,    /* curated knowledge (required or forbidden link): text is its reason */
  PROPTER_EVIDENCE_ROW,     /* observations: text is "value (change)" */
  PROPTER_EVIDENCE_TEST,    /* a data test: text is a sentence with its numbers */
  PROPTER_EVIDENCE_VERDICT  /* a review: text is its reason */
} PropterEvidenceKind;

/* What the judge made of a claim, for this window. */
typedef enum {
  PROPTER_SAID_SUPPORTS,    /* counted for its cause */
  PROPTER_SAID_DENIES,      /* a negated claim, counted against its cause */
  PROPTER_SAID_COPY,        /* says again what another piece of evidence says; not counted twice */
  PROPTER_SAID_UNSUPPORTED, /* about this window, but neither the data nor anything else documented speaks for it */
  PROPTER_SAID_CONTRADICTED /* about this window, and data or documented facts speak against it */
} PropterSaid;

typedef struct {
  PropterEvidenceKind kind;
  bool against;            /* speaks against the cause */
  bool counted;            /* entered the probability */
  double weight;           /* natural-log likelihood ratio where it has one of its own, else NaN */
  PropterStr iri;          /* of the claim, event, link, observation or review; empty for a test */
  PropterStr text;
  PropterStr source_text;  /* in words: publication, reviewer, test name */
  /* quotes */
  PropterSaid said;
  PropterStr reason;       /* for people: why unsupported, contradicted or a copy; else empty */
  PropterStr cause_label;  /* what the claim says is the cause */
  int polarity;            /* +1, -1, 0 */
  bool negated;
  double hedge, confidence;
  PropterStr rule;
  PropterStr document;     /* IRI */
  PropterStr path, title;  /* of the document; path is what was read */
  PropterDay published;    /* PROPTER_NO_DAY: unknown */
  PropterStr section;      /* path of headings */
  PropterStr part;         /* part inside an archive; empty: the file itself */
  uint64_t char_start, char_end; /* in the document's text */
  uint64_t byte_start, byte_end; /* in the file or part */
  bool has_bytes;
  /* rows */
  PropterSourceCell cell;
} PropterEvidence;

/* One hop of a chain, from the more distant cause to the nearer. */
typedef struct {
  PropterStr cause, cause_label;
  PropterStr effect, effect_label;
  double belief;
  PropterStr claim;        /* IRI of the claim, link or event that states it */
} PropterHop;

typedef struct {
  PropterStr iri;          /* of the event, kind or concept */
  PropterStr label;
  PropterStr kind_label;   /* kind of the event; empty: none */
  size_t aliases;          /* other events that are the same, and the ends of this one */
  const PropterStr *alias, *alias_label;
  PropterDay start, end;   /* PROPTER_NO_DAY: not said */
  PropterStr scope_label;
  bool documented;         /* an event of the graph; otherwise only text names it */
  PropterChannel channel;  /* the one that gives it most of its prior */
  bool has_dose;
  PropterProfile profile;
  double dose;             /* full size; of a path the largest level */
  PropterStr dose_source;
  double predicted, actual; /* change of the level in the window (its last period) that the dose predicts, and the deviation; NaN without a dose */
  PropterCauseScore score; /* probability, prior, terms, tests, share, grade, rank */
  PropterStr inseparable_from; /* label; empty: none */
  size_t hops;             /* chain behind it, most distant first */
  const PropterHop *hop;
  size_t evidences;        /* for first, then against; within that by weight, then by place */
  const PropterEvidence *evidence;
  PropterStr hypothesis;   /* IRI under which propter infer stores it */
} PropterCause;

typedef struct {
  PropterDay first, last;  /* of the period */
  double value;            /* NaN: gap */
  double expected, low, high; /* baseline with its 95 % interval; NaN before the baseline begins */
  bool in_window;
} PropterPathPoint;

typedef enum {
  PROPTER_ANSWER_ANSWERED, PROPTER_ANSWER_DID_NOT_MOVE, PROPTER_ANSWER_CAUSE_UNKNOWN, PROPTER_ANSWER_NOT_TESTABLE,
  PROPTER_ANSWER_NOT_UNDERSTOOD /* never set here: for the reader of questions */
} PropterAnswerOutcome;
/* "answered", "did-not-move", "cause-unknown", "not-testable", "not-understood"; static. */
PROPTER_API const char *propter_answer_outcome_name(PropterAnswerOutcome outcome);
/* "both", "data only", "text only", "not separable", "contradicted", "unsupported"; static. */
PROPTER_API const char *propter_grade_name(PropterGrade grade);
/* "spike", "level shift", "trend change"; static. */
PROPTER_API const char *propter_pattern_name(PropterPatternKind kind);
/* What people call a move of that kind, sign and length (infer/forms.def): "dip" for a spike down, "level shift" for one of weeks; static. */
PROPTER_API const char *propter_pattern_form(PropterPatternKind kind, double deviation, size_t periods, size_t days);

/* A checkable statement the answer commits to; `text` is a whole sentence. */
typedef struct {
  PropterPredictionKind kind;
  PropterStr text;
  PropterStr metric;       /* IRI of the series that will show it */
  PropterDay day;
  double low, high;
} PropterForecast;

/* All about one question; free with propter_inference_free (if it came from an inferrer, before that one: texts are shared). */
typedef struct {
  PropterMetric metric;
  PropterDay from, to;     /* as asked */
  PropterDay first, last;  /* whole periods judged */
  bool provisional;        /* figures of some of them may still be corrected */
  PropterAnswerOutcome outcome;
  PropterStr reason;       /* one sentence: why this outcome */
  double observed, expected, expected_low, expected_high, deviation; /* mean of the window; 95 % interval */
  double relative;         /* deviation ÷ expected */
  double usual;            /* part of `expected`: what days that stand apart every year add to it, where that is more than its error; else 0 */
  PropterStr usual_text;   /* that in words: "+412 (+57 %) for the holiday Black Friday"; empty where `usual` is 0 */
  PropterStr usual_cause;  /* IRI of the holiday on these days or next to them; empty: nobody named one */
  double z;
  double change;           /* mean of the window less that of as many periods before it; NaN where the series does not reach back so far */
  size_t usable;           /* n: observations the baseline rests on */
  PropterPatternKind pattern_kind;
  PropterStr pattern;      /* IRI under which propter infer stores it */
  PropterDay onset;        /* first day of the likeliest period of onset */
  double onset_probability;
  double p_unknown, p_none, unknown_share;
  double rho, unknown_size;
  size_t points;           /* the whole series, for a picture; expected in the window and an equal time after it */
  const PropterPathPoint *point;
  size_t cells;            /* rows: the period before, the window, an equal time after it */
  const PropterSourceCell *cell;
  size_t causes;           /* by rank; without the holiday whose usual effect `expected` holds, unless what is left is at least possibly its work */
  const PropterCause *cause;
  size_t said;             /* claims about this window: those that are wrong, then those that nothing supports; by document and place */
  const PropterEvidence *saying;
  size_t excluded;         /* causes knowledge forbids here though something names them: label and reason */
  const PropterStr *excluded_label, *excluded_reason;
  size_t would_change;     /* what would change this answer, each a clause */
  const PropterStr *would_change_text;
  size_t forecasts;
  const PropterForecast *forecast;
  size_t audited;          /* audited reviews behind the track record */
  size_t audited_right;
  bool calibrated;         /* false: fewer than 200 audited cases, print words instead of percentages */
  char kernel[32];
  uint64_t version;        /* of the snapshot */
  PropterArena arena;
  struct PropterInferrer *holder; /* owned: what the texts are borrowed from; NULL if the caller has it */
} PropterInference;

PROPTER_API void propter_inference_free(PropterInference *inference);

/* Words for a probability, to be used while `calibrated` is false: "very unlikely" below .1, "unlikely", "possible" from .33, "likely" from .66,
 * "very likely" from .9, "almost certain" from .99 (the scale of the IPCC's guidance note of 2010); static. */
PROPTER_API const char *propter_likelihood_words(double p);

/* ---- one question ---------------------------------------------------------------------------------------------------------- */

/* Judges the periods of `metric` (IRI) that hold the days from … to, both inclusive. NOT_FOUND: no such metric. INVALID: from after to, or a window
 * outside the data (the message names the first and last day there are). Whatever the data say, including nothing, is OK with
 * an outcome. */
PROPTER_API PropterStatus propter_infer_window(PropterSnapshot *snapshot, PropterStr metric, PropterDay from, PropterDay to,
                                               const PropterInferOptions *options, PropterInference **out, PropterError *err);

/* ---- many questions ---------------------------------------------------------------------------------------------------------- */

/* Knowledge of a snapshot, loaded once for many windows: metrics, series, concepts, events, claims, links, reviews. The snapshot must stay
 * open. Windows may be judged from several threads. Free with propter_inferrer_free. */
typedef struct PropterInferrer PropterInferrer;
PROPTER_API PropterStatus propter_inferrer_new(PropterSnapshot *snapshot, const PropterInferOptions *options, PropterInferrer **out, PropterError *err);
PROPTER_API void propter_inferrer_free(PropterInferrer *inferrer);
PROPTER_API PropterStatus propter_inferrer_window(PropterInferrer *inferrer, PropterStr metric, PropterDay from, PropterDay to,
                                                  PropterInference **out, PropterError *err);

/* A stretch of a series that left its baseline. */
typedef struct {
  PropterStr iri;
  PropterStr metric, label; /* of the metric (and slice) */
  PropterDay first, last;
  PropterPatternKind kind;
  double observed, expected, expected_low, expected_high, deviation, z;
  PropterDay onset;
  double onset_probability;
  size_t usable;
} PropterPattern;

/* Patterns of one metric (empty view: of all), by metric and first day. `from`, `to` PROPTER_NO_DAY: everything. Free the list
 * with propter_patterns_free. */
PROPTER_API PropterStatus propter_patterns(PropterInferrer *inferrer, PropterStr metric, PropterDay from, PropterDay to, PropterPattern **out, size_t *count,
                                           PropterError *err);
PROPTER_API void propter_patterns_free(PropterPattern *found, size_t count);

/* A metric, or the last figures of one, in which nothing can be found. */
typedef struct {
  PropterStr metric, label;
  bool whole;               /* false: only the figures that the reason names */
  PropterStr reason, needed; /* why; what would make it possible */
} PropterLeftOut;

/* What of one metric (empty view: of all) is left out of propter_patterns, propter_findings and propter_infer_run; each metric once. List and texts are in
 * `arena`. */
PROPTER_API PropterStatus propter_left_out(PropterInferrer *inferrer, PropterStr metric, PropterArena *arena, PropterLeftOut **out, size_t *count,
                                           PropterError *err);

/* What one detector found in the series of one metric. */
typedef struct {
  PropterStr metric, label;
  const char *detector;       /* row of the table; static */
  PropterPatternKind kind;
  PropterDay first, last;     /* a stretch, or the first period of a new course */
  PropterDay onset_low, onset_high; /* the periods that hold its beginning with 95 % */
  double onset_probability;   /* of the first period itself */
  double size, score;         /* as in PropterDetection */
  double p, q;                /* q: adjusted over all metrics asked and detectors */
  PropterStr leader;          /* of a lagged association: label of the metric that leads by `lag` periods */
  int lag;
} PropterFinding;

/* Runs every detector over one metric (empty view: all), those that are kept at the false discovery rate `rate`, by metric, time, detector. Each metric may
 * lead another one where at most 64 are asked. Free the list with propter_free; its texts live as long as the inferrer. */
PROPTER_API PropterStatus propter_findings(PropterInferrer *inferrer, PropterStr metric, double rate, PropterFinding **out, size_t *count, PropterError *err);

/* A slice that carries a deviation: members as text ("region EU, product shoes"), values over the window. */
typedef struct {
  PropterStr members;
  double observed, expected, share, evidence;
  size_t cells;
} PropterDrilled;

/* Drill-down of a metric with propter:sliceBy in the window: every finest slice is compared with its own baseline, and the shortest list of slices that
 * accounts for the deviations is returned (drill.h); of a ratio, by its numerator given its denominator. Texts are in `arena`. INVALID: no propter:sliceBy, or
 * a window outside the data. Free the list with propter_free. */
PROPTER_API PropterStatus propter_drill_metric(PropterInferrer *inferrer, PropterStr metric, PropterDay from, PropterDay to, PropterArena *arena,
                                               PropterDrilled **out, size_t *count, PropterError *err);

/* A part of a figure that carries some of its deviation: a slice of it, or a metric that it is the sum of. */
typedef struct {
  PropterStr label;          /* "region EU, product shoes", or what the metric is called */
  PropterStr metric;         /* IRI; empty: a slice */
  size_t parent;             /* index of the part that this is part of; SIZE_MAX: of the figure itself */
  double observed, expected; /* means per period, as of the figure; NaN: slices of a ratio */
  double share;              /* of the figure's deviation; those of all parts of one parent, with what is not listed, sum to the parent's */
} PropterPart;

/* Where the deviation of a metric in the window lies, as a tree: its slices (propter_drill_metric), else the parts of a propter:Definition with propter:SumOf,
 * each against its own baseline, parents before their parts, large before small. Of several definitions of one whole the one whose largest part carries most;
 * parts of less than a twentieth are left out, parts of a quarter and more are taken apart again, three levels deep. Nothing is listed where parts cancel out,
 * where one has no expectation, and where the inferrer holds a slice. Free the list with propter_free; its texts are in `arena`. Errors as
 * propter_drill_metric. */
PROPTER_API PropterStatus propter_where(PropterInferrer *inferrer, PropterStr metric, PropterDay from, PropterDay to, PropterArena *arena, PropterPart **out,
                                        size_t *count, PropterError *err);

/* Every member of one of the metric's dimensions in the window, each the sum of its finest slices against their own baselines: those that carry most of the
 * deviation first, those that cannot be judged (NaN) last; where the deviations cancel out exactly, none has a share (NaN). `parent` and `metric` are those of
 * a slice. Nothing is listed where the inferrer holds a slice, and for what is no dimension of the metric. Free the list with propter_free; its texts, the
 * members without the name of the dimension, are in `arena`. */
PROPTER_API PropterStatus propter_members(PropterInferrer *inferrer, PropterStr metric, PropterStr dimension, PropterDay from, PropterDay to,
                                          PropterArena *arena, PropterPart **out, size_t *count, PropterError *err);

/* One past event, studied by itself. */
typedef struct {
  PropterStr event, label;   /* IRI */
  PropterDay first, last;    /* days studied */
  double effect, low, high, error; /* mean per period from its first day on, with 95 % interval and standard error */
  size_t controls;           /* untouched slices it was compared with; fewer than three: with the series' own course */
  PropterStr effect_text, range_text; /* "+1,585", "+1,370 to +1,799"; of a relative effect in per cent */
  PropterStr checks;         /* what placebo slices, false dates and the course before it say, in words */
} PropterPastEffect;

typedef struct {
  PropterStr metric, cause;  /* labels */
  bool identified;
  bool figure;               /* the cause is a metric: propter_total_effect (links.h) tells what setting it does */
  PropterStr reason;         /* not identified: why, and what would be needed */
  size_t events;             /* events of the cause in the metric's scope, on record or told by a document */
  size_t told;               /* of them, those that only a document tells */
  size_t pasts;              /* those that could be studied */
  const PropterPastEffect *past;
  double effect, low, high;  /* of one more such event per period, times the amount; 95 % */
  PropterStr effect_text, range_text; /* as of one past event */
  /* The figure's spread grows with its level, so effects are told, pooled and scaled as ratios: `effect` is that at the present level, the median of the last
   * periods, as many as an event was looked at before it at least. */
  bool relative;
  double part, part_low, part_high; /* of the level: .5 is half as much again; NaN where not relative */
  double level;
  PropterStr level_text;
  double between;            /* standard deviation of the effect from event to event; of a relative one that of the ratio's logarithm */
  bool between_assumed;      /* fewer than three events do not show it: at least half of the effect is taken */
} PropterWhatIf;

/* What an event, or one of a kind (label or IRI), would do to a metric (label or IRI): event studies (event.h) of what is documented of it in the metric's
 * scope, against the slices of the same cube that it does not touch; pooled by random effects. An event that shares half of its days with another documented
 * one there is left out. `amount` scales the effect: 1 as in the past, 0 nothing. Texts are in `arena` or live as long as the inferrer. NOT_FOUND: no such
 * metric, no such cause. */
PROPTER_API PropterStatus propter_what_if(PropterInferrer *inferrer, PropterStr metric, PropterStr cause, double amount, PropterArena *arena,
                                          PropterWhatIf *out, PropterError *err);

/* What an inference run did. */
typedef struct {
  size_t metrics, patterns, hypotheses, links;
  size_t answered, unknown;
  size_t kept, scored;     /* scores taken from options.kept, and those that had to be made */
  uint64_t added, removed; /* quads; both 0: nothing was new, and no run was recorded */
  char run[128];           /* IRI of the run; empty if nothing was written */
  PropterLeftOut *left_out;
  size_t left_out_count;
  PropterArena arena;      /* of what is left out */
} PropterInferSummary;
PROPTER_API void propter_infer_summary_clear(PropterInferSummary *summary);

/* Judges every pattern of the metrics (none: all) and replaces the live patterns, hypotheses and causal links in propter:current by the result; what did
 * not change keeps its statements and the run that found it. A run that changes something is recorded with PROV in a graph of its own,
 * which also lists what it added and removed. `software` and `now` (seconds since 1970) are for the record only. `dry`: nothing is written. The summary is to
 * be cleared, also after a failure.
 * LOCKED: somebody else writes. */
PROPTER_API PropterStatus propter_infer_run(PropterGraph *graph, const PropterStr *metrics, size_t metric_count, const PropterInferOptions *options,
                                            PropterStr software, int64_t now, bool dry, PropterInferSummary *summary, PropterError *err);

#endif
