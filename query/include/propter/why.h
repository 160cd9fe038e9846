/* SPDX-License-Identifier: Apache-2.0 */
/* Why did a metric move: from a question in words or the WHY form to one answer, and from the answer to text, Markdown, JSON, CSV and HTML. */
#ifndef PROPTER_WHY_H
#define PROPTER_WHY_H

#include "propter/infer.h"
#include "propter/links.h"
#include "propter/put.h"

/* ---- names ----------------------------------------------------------------------------------------------------------------- */

/* What people call the metrics of a graph. Used by one thread at a time. Free with propter_lexicon_free. */
typedef struct PropterLexicon PropterLexicon;

/* Where a name comes from; the concept's names are those of what the metric measures. */
typedef enum { PROPTER_NAME_PREFERRED, PROPTER_NAME_ALTERNATIVE, PROPTER_NAME_HIDDEN, PROPTER_NAME_CONCEPT } PropterNameKind;

PROPTER_API PropterStatus propter_lexicon_new(PropterLexicon **out, PropterError *err);
PROPTER_API void propter_lexicon_free(PropterLexicon *lexicon);
/* Adds a metric. `about` is text about its data set: a word of it may stand in a question without narrowing what is asked ("US",
 * "seasonally adjusted"). Everything is copied. `label` is what answers call it; add it as a name as well. */
PROPTER_API PropterStatus propter_lexicon_add_metric(PropterLexicon *lexicon, PropterStr iri, PropterStr label, PropterStr about, size_t *metric,
                                                     PropterError *err);
/* +1: more of it is better; -1: less is; 0, as at first: not said. "Recovered" and "worse" are directions by it. */
PROPTER_API void propter_lexicon_set_good(PropterLexicon *lexicon, size_t metric, int direction);
PROPTER_API PropterStatus propter_lexicon_add_name(PropterLexicon *lexicon, size_t metric, PropterNameKind kind, PropterStr name, PropterError *err);
/* All metrics of a graph with skos:prefLabel, altLabel and hiddenLabel, those of their concepts, and the title of their data set. */
PROPTER_API PropterStatus propter_lexicon_load(PropterSnapshot *snapshot, PropterLexicon **out, PropterError *err);
/* Adds a name of a cause (an event or a kind), for "was it the strike", "since the strike", "why did it not … despite the strike": also without the date at its
 * end. `start` and `end` (PROPTER_NO_DAY: not known, or a kind) make it a time as well. Everything is copied. */
PROPTER_API PropterStatus propter_lexicon_add_cause(PropterLexicon *lexicon, PropterStr iri, PropterStr name, PropterDay start, PropterDay end,
                                                    PropterError *err);
/* A dimension of a cube held at one member, as terms. */
typedef struct {
  PropterStr dimension; /* IRI */
  PropterTerm member;   /* an IRI or a literal */
} PropterCut;
/* Adds a member of a dimension by which the metric can be cut; members of another metric are forgotten. Everything is copied. */
PROPTER_API PropterStatus propter_lexicon_add_member(PropterLexicon *lexicon, size_t metric, PropterCut slice, size_t *member, PropterError *err);
/* Adds a name of the member: as it is, and behind that of its dimension ("region North"). A name of nothing but numbers, small words or words of the
 * metrics' names counts only behind that of its dimension. */
PROPTER_API PropterStatus propter_lexicon_add_member_name(PropterLexicon *lexicon, size_t member, PropterStr dimension, PropterStr name, PropterError *err);
/* Names of all members that observations of this metric have, by propter:sliceBy: their skos:prefLabel, altLabel and rdfs:label, a literal itself, else
 * the local name. At most `most` members; beyond that none by name. */
PROPTER_API PropterStatus propter_lexicon_load_members(PropterLexicon *lexicon, PropterSnapshot *snapshot, size_t metric, size_t most, PropterError *err);
PROPTER_API size_t propter_lexicon_count(const PropterLexicon *lexicon);
/* Borrowed from the lexicon. */
PROPTER_API PropterStr propter_lexicon_iri(const PropterLexicon *lexicon, size_t metric);
PROPTER_API PropterStr propter_lexicon_label(const PropterLexicon *lexicon, size_t metric);

/* ---- questions ------------------------------------------------------------------------------------------------------------- */

/* Why a question is not understood; PROPTER_GAP_NONE: it is. Rows: query/why/gaps.def. */
typedef enum {
  PROPTER_GAP_NONE, PROPTER_GAP_EMPTY, PROPTER_GAP_NO_METRIC, PROPTER_GAP_MANY_METRICS, PROPTER_GAP_NO_PERIOD, PROPTER_GAP_NO_YEAR,
  PROPTER_GAP_MANY_PERIODS, PROPTER_GAP_UNCLEAR_PERIOD, PROPTER_GAP_BAD_DATE, PROPTER_GAP_BACKWARDS, PROPTER_GAP_AHEAD, PROPTER_GAP_WORDS_LEFT,
  PROPTER_GAP_COMPARISON, PROPTER_GAP_NEGATED, PROPTER_GAP_NO_CAUSE, PROPTER_GAP_MANY_CAUSES, PROPTER_GAP_MANY_SLICES, PROPTER_GAP_TOO_LONG, PROPTER_GAP_LANGUAGE,
  PROPTER_GAP_COUNT
} PropterGap;
/* "no-metric" …, what it means, and what would help; static. */
PROPTER_API const char *propter_gap_code(PropterGap gap);
PROPTER_API const char *propter_gap_text(PropterGap gap);
PROPTER_API const char *propter_gap_help(PropterGap gap);

enum { PROPTER_QUESTION_BYTES = 4096, PROPTER_QUESTION_WORDS = 256, PROPTER_QUESTION_NEAREST = 5, PROPTER_QUESTION_NOTES = 16, PROPTER_WHY_SLICES = 8 };

/* Days that a calendar has in every year, or in some: named without the year. */
typedef struct {
  int month, day;           /* the first: month 1 to 12, day 0: all of it; other months: query/why/calendar.h */
  int month_last, day_last; /* the last: month beyond 12: in the next year */
  int days;                 /* > 0: so many days from the first on; < 0: so many up to the last; 0: from the first to the last */
  int weekday;              /* the first is one (Monday 1); 0: whichever */
  int shift;                /* all of it so many days later */
  bool week;                /* the whole week that holds the first */
} PropterRecurring;

/* How a time gets its days; some depend on the clock or on how far the data reach. */
typedef enum {
  PROPTER_WHEN_FIXED,      /* from … to */
  PROPTER_WHEN_BACK,       /* the unit that lies `count` whole units before now (0: the present one) */
  PROPTER_WHEN_STRETCH,    /* the last `count` whole units before now, together */
  PROPTER_WHEN_TO_DATE,    /* from the beginning of the present unit to now */
  PROPTER_WHEN_DAY,        /* the day `count` days before now */
  PROPTER_WHEN_WEEKDAY,    /* weekdays `run.month` to `run.month_last` (Monday 1), the latest before now, those of the week `count` weeks back, or the
                              -`count`th latest */
  PROPTER_WHEN_MONTHS,     /* the last such run of months that is over (count 1), or that has begun, as far as it has gone (0) */
  PROPTER_WHEN_OF_MONTH,   /* `run` in the month `count` months before now's, its months 0 there; count -1: in the latest in which it is over */
  PROPTER_WHEN_LATEST,     /* no year was named: the last such run that the data hold whole */
  PROPTER_WHEN_DAY_OR_YEAR, /* "May 14": the day, or that month of year `count`; the data decide, or it stays unclear */
  PROPTER_WHEN_EVENT       /* from … to, as far as the data go: the days of an event */
} PropterWhen;
/* What is asked about of that time: itself, or what lies on one side of it, to the end (or from the beginning) of the data. */
typedef enum { PROPTER_OPEN_NOT, PROPTER_OPEN_SINCE, PROPTER_OPEN_AFTER, PROPTER_OPEN_BEFORE, PROPTER_OPEN_UNTIL } PropterOpen;
/* What a window may be compared with besides the unit before it: the stretch of its own length before it; the same weekdays a week before. */
enum { PROPTER_UNIT_SAME = 6, PROPTER_UNIT_WEEKDAY = 7 };

/* A question as understood. Texts are borrowed from the arena or the lexicon. */
typedef struct {
  PropterGap gap;
  PropterStr text;           /* the question */
  PropterStr about;          /* the words the gap is about; may be empty */
  bool has_metric;
  size_t metric;             /* index in the lexicon */
  PropterStr metric_iri, metric_label;
  PropterStr metric_words;   /* the words of the question that name it */
  bool has_period;
  PropterStr period_words;   /* the words that name it */
  PropterWhen when;
  PropterOpen open;
  unsigned unit;             /* 0 day, 1 week, 2 month, 3 quarter, 4 half year, 5 year */
  int count;
  PropterRecurring run;
  PropterDay from, to;       /* inclusive; settled by propter_question_settle */
  bool negated;              /* why did it not move */
  PropterStr despite;        /* IRI of the cause that should have moved it; empty: whatever was in force */
  PropterStr suspect;        /* IRI of the cause that the question asks about ("was it the strike?"): its verdict comes first; empty: none */
  bool parted;               /* "by region", "which region": where it lies is asked for */
  PropterStr by, by_label;   /* IRI and name of that dimension; empty: whatever the figure is made of */
  bool compared;             /* with another time, inclusive: */
  PropterDay compared_from, compared_to;
  PropterWhen compared_when; /* FIXED; LATEST, WEEKDAY: the last such run or day before the window; BACK: the unit before it, the window a year
                                earlier */
  unsigned compared_unit;    /* as `unit`, or PROPTER_UNIT_SAME … */
  PropterRecurring compared_run;
  size_t slice_count;        /* dimensions, by IRI, each held at a member, or at several together, which stand side by side */
  PropterStr dimension[PROPTER_WHY_SLICES];
  PropterTerm member[PROPTER_WHY_SLICES];
  PropterStr slice_words;    /* "region North and South, product X"; empty: no slice, or not looked up */
  int direction;             /* -1: asked about a fall, +1: about a rise, 0: neither */
  PropterStr told_by;        /* IRI of the event by which the time was told ("since the strike"); else empty */
  bool passed;               /* a clause that is no part of the question was passed over; a note shows it */
  size_t nearest_count;      /* metrics to choose from: the candidates of MANY_METRICS, the nearest names of NO_METRIC; or so of causes */
  size_t nearest[PROPTER_QUESTION_NEAREST];
  size_t note_count;         /* how doubtful words were taken; each a sentence without full stop */
  PropterStr note[PROPTER_QUESTION_NOTES];
} PropterQuestion;

/* Reads a question in words. A question that is not understood is no error: `gap` says why, and what is known is filled in. Never takes part
 * of a question for the whole: words that are neither a name, a date nor said to be without meaning (words.def) are a gap. `today`
 * only decides the century of two-digit years. INVALID: not UTF-8. Texts go to `arena`. */
PROPTER_API PropterStatus propter_question_parse(PropterLexicon *lexicon, PropterStr text, PropterDay today, PropterArena *arena, PropterQuestion *out,
                                                 PropterError *err);

/* Gives an open or relative period its days, once the data are known to reach from `first` to `last`, and widens the period to whole periods
 * of the grain; of weeks it takes those that lie mostly in it, if any does. Relative periods count from `today`; where the data end earlier, from their end; a note says which. */
PROPTER_API PropterStatus propter_question_settle(PropterQuestion *question, PropterGrain grain, PropterDay first, PropterDay last, PropterDay today,
                                                  PropterArena *arena, PropterError *err);

/* ---- answers ----------------------------------------------------------------------------------------------------------------- */

/* One cause as answers show it: the judged cause and the words for it. */
typedef struct {
  const PropterCause *cause;
  PropterStr name;       /* label with its days: "Verizon strike, August 2011 (7-22 Aug)" with an en dash */
  const char *likely;    /* words for the probability */
  PropterStr share;      /* "identified, 80-120 %" with an en dash, or "not identified" */
  PropterStr grade;      /* "both", "text only, not separable from X at this grain" */
  PropterStr data;       /* what the data tests say, one sentence; empty: none was possible */
  size_t tests;          /* the tests behind it */
  const PropterEvidence **test;
  PropterStr rows;       /* "us-employment.csv:69 and 70, column information"; empty: none recorded */
  size_t quotes;         /* what documents say for it and the answer does not list as not borne out */
  const PropterEvidence **quote;
  size_t facts;          /* documented events, knowledge and reviews for it */
  const PropterEvidence **fact;
  size_t objections;     /* what speaks against it */
  const PropterEvidence **objection;
  int controllable;      /* by the graph: 1 yes, -1 no, 0 not said; of the event or its kind */
  PropterStr owner, next_step; /* who decides about it, what to do; empty: not said */
  const char *finding;   /* of WHY NOT: why it did not show (query/why/findings.def); else NULL */
  PropterStr finding_text; /* the same in a sentence without full stop */
} PropterWhyCause;

/* A move that could be asked about. */
typedef struct {
  PropterDay first, last;
  double deviation, z;
  PropterStr question;   /* in words, as propter_question_parse reads it */
} PropterWhyMove;

typedef struct {
  PropterStr iri, label;
} PropterWhyName;

/* The request gate: what a question needs before it can be answered and acted on (query/why/gates.def). Goal clarity: it is known what is asked; resource
 * openness: the data and the documents are there; risk sharing: somebody is recorded who decides. */
typedef enum { PROPTER_GATE_GOAL, PROPTER_GATE_RESOURCES, PROPTER_GATE_RISK, PROPTER_GATES } PropterGate;
typedef struct {
  enum { PROPTER_GATE_NOT_LOOKED, PROPTER_GATE_MET, PROPTER_GATE_MISSING } state;
  PropterStr text; /* what is missing, or who decides; may be empty */
  PropterStr help; /* what would supply it; empty unless missing */
} PropterWhyGate;
/* "goal-clarity" …; static. */
PROPTER_API const char *propter_gate_code(PropterGate gate);

typedef struct {
  PropterDay today;        /* the clock, for relative periods */
  PropterInferOptions infer;
  bool decide;             /* the answer will be acted on: DECLINED unless somebody is recorded who decides */
  bool numbers;            /* show probabilities although they are not calibrated */
  bool explain;            /* show the terms of each score */
  size_t limit;            /* causes listed; 0: 5 */
  uint64_t version;        /* of the graph, as the answer names it; 0: the snapshot's */
  PropterStr report;       /* file name of the report that goes with the answer; empty: none */
  PropterStr command;      /* text: what runs a question that is offered ("propter -g DIR why"), which follows in quotes for a shell; empty: plain questions */
  PropterStr source;       /* html: address to which the IRI of a quote or row is appended, percent-encoded, to open it in its file; empty: no such links */
} PropterWhyOptions;

PROPTER_API PropterWhyOptions propter_why_options(void);

/* One answer; every renderer shows this and nothing else. Owns all it points to; free with propter_why_free. */
typedef struct PropterWhyAnswer PropterWhyAnswer;
struct PropterWhyAnswer {
  PropterAnswerOutcome outcome;
  PropterStatus status;      /* OK, NEGATIVE or DECLINED: what the program's exit code says */
  PropterQuestion question;
  PropterInference *inference; /* NULL: not understood */
  PropterStr form;           /* the WHY form with its prefixes; of a question not understood, of the part that is, or empty */
  PropterStr form_short;     /* in one line */
  PropterStr form_words;     /* the same in words */
  PropterStr title;          /* "information jobs, August 2011" */
  PropterStr headline;       /* the answer in one or two sentences */
  PropterStr premise;        /* the question assumes a direction that the data do not show; else empty */
  PropterStr mean;           /* "mean of 31 days", what observed, expected and deviation then are; empty: the window is one period */
  PropterStr back;           /* "back to normal in September 2011"; empty: nothing can be said */
  size_t causes;             /* shown, by rank */
  PropterWhyCause *cause;
  size_t named;              /* the first of them that are named as causes */
  size_t others;             /* judged, but beyond the limit */
  PropterWhyGate gate[PROPTER_GATES];
  PropterStr request;        /* the gate in words */
  PropterStr rows;           /* the rows of the window and of the period before it */
  PropterStr track;          /* the track record in words */
  size_t parts;              /* where the deviation lies (propter_where); none of what did not move */
  PropterPart *part;
  bool members;              /* the parts are all members of the dimension that the question asks for ("by region"), also of what did not move */
  size_t upstreams;          /* metrics that drive this one and moved (propter_upstream); none of what did not move */
  PropterUpstream *upstream;
  size_t nearest;
  PropterWhyName *near;
  size_t moves;
  PropterWhyMove *move;
  size_t rewrites;           /* not understood: questions near it that are */
  PropterStr *rewrite;
  struct {                   /* WHY NOT … DESPITE: what is no candidate here at all, and why (query/why/findings.def); else empty */
    PropterStr label, text;
    const char *finding;
  } despite;
  PropterWhyAnswer *compared; /* COMPARED TO: the answer for the other window; else NULL */
  double difference, difference_expected; /* observed here less there, and what was to be expected of it; NaN: no such window */
  PropterStr comparison;     /* the same in a sentence */
  PropterStr asked;          /* what the question asks besides why: the verdict of the cause it suspects, the part that carries most; else empty */
  size_t suspected;          /* 1 + index in `cause` of the one that is suspected, also beyond `causes`; 0: none, or it is not judged here */
  char id[17];               /* equal graph, question, options and version give equal ids */
  uint64_t version;          /* of the graph */
  PropterWhyOptions options;
  PropterArena arena;
};

PROPTER_API void propter_why_free(PropterWhyAnswer *answer);

/* Answers a question in words, or one that is a WHY query itself (SYNTAX: it is not right). OK with any outcome. INVALID: the window lies outside the data (the
 * message names their first and last day), the text is not UTF-8. Others as propter_infer_window. */
PROPTER_API PropterStatus propter_why_ask(PropterSnapshot *snapshot, PropterStr question, const PropterWhyOptions *options, PropterWhyAnswer **out,
                                          PropterError *err);
/* A question as the WHY form puts it. IRIs are absolute; days inclusive. */
typedef struct {
  PropterStr metric;
  PropterDay from, to;
  bool compared;                         /* COMPARED TO: */
  PropterDay compared_from, compared_to;
  bool negated;                          /* WHY NOT: why did it not move */
  PropterStr despite;                    /* DESPITE: the cause that should have moved it; empty: whatever was in force */
  PropterStr suspect;                    /* SUSPECT, of WHY without NOT: the cause whose verdict is asked for; empty: none */
  size_t slice_count;                    /* WHERE: dimensions held at a member, or at several together */
  PropterStr dimension[PROPTER_WHY_SLICES];
  PropterTerm member[PROPTER_WHY_SLICES]; /* IRIs or literals */
} PropterWhyForm;

/* Answers it. NOT_FOUND: the graph knows no such metric, dimension, member or cause. INVALID: a window outside the data, a slice without
 * observations. COMPARED TO: the difference between the two windows is the expected course, what this window deviates and what the other
 * one does; each has its causes. WHY NOT: the answer is that it did not move (OK), or that it did after all (NEGATIVE). `options` may not
 * name slices. */
PROPTER_API PropterStatus propter_why_form(PropterSnapshot *snapshot, const PropterWhyForm *form, const PropterWhyOptions *options, PropterWhyAnswer **out,
                                           PropterError *err);
/* The same for a metric by IRI and days, both inclusive. */
PROPTER_API PropterStatus propter_why_window(PropterSnapshot *snapshot, PropterStr metric, PropterDay from, PropterDay to, const PropterWhyOptions *options,
                                             PropterWhyAnswer **out, PropterError *err);
/* The answer to a question already judged. Takes `inference` (NULL for a question not understood), also on failure. The texts of `question` are copied. */
PROPTER_API PropterStatus propter_why_answer(const PropterQuestion *question, PropterInference *inference, const PropterWhyOptions *options,
                                             PropterWhyAnswer **out, PropterError *err);

/* A move among others: what it is to them. */
typedef struct {
  PropterStr metric, measure; /* IRI; what is one for a whole and its parts (the metric, where nothing is) */
  bool part;                  /* of what the measure is of */
  bool stands;                /* beyond chance, or with a cause */
  PropterDay first;
  double score, share;        /* with their signs: standard errors from its usual course; deviation by what was expected */
  PropterDay back_of;         /* set: it is the way back of the move that began then, of the figure or of a part of it: within 62 days, half as rare or more;
                                 else PROPTER_NO_DAY */
  PropterDay as_on;           /* set: the figure moved the same way, by half to twice as much, on this day about a year before, else after;
                                 else PROPTER_NO_DAY */
} PropterMoveKin;
/* Sets back_of and as_on. NO_MEMORY. */
PROPTER_API PropterStatus propter_why_relate(PropterMoveKin *moves, size_t count, PropterError *err);

/* A pattern that the last inference found, in words. */
typedef struct {
  PropterStr metric, label, unit;      /* IRI; unit may be empty */
  PropterDay first, last;
  double deviation, expected, score;   /* score: standard errors from its usual course, with its sign */
  double part;                         /* deviation by what was expected; 0: nothing was */
  bool answered;                       /* a cause of it may be named */
  PropterDay as_on;                    /* as PropterMoveKin */
  PropterStr question;                 /* as propter_question_parse reads it */
} PropterMove;

enum { PROPTER_WHY_MOVES = 5, PROPTER_WHY_ALSO = 3, PROPTER_WHY_EXAMPLES = 3 };

/* The most surprising moves of a graph, where somebody can begin who does not know yet what to ask: with a cause or beyond what chance makes of so many
 * figures, the same move of a whole, of its parts and of other measures of its file once, no way back from another move; what neither a cause nor another measure
 * confirms, and chance makes more often than once in a hundred such graphs, behind the others; what has no cause and was there in another year, too, last. */
typedef struct {
  size_t count;
  PropterMove move[PROPTER_WHY_MOVES]; /* the most surprising first */
  PropterMove most[PROPTER_WHY_MOVES]; /* of each, where it was the largest part of what was expected: in the whole or in a part; may be the move itself */
  PropterMove also[PROPTER_WHY_MOVES][PROPTER_WHY_ALSO]; /* of each, other measures of its file that moved in about the same days, at most one move of each */
  size_t alsos[PROPTER_WHY_MOVES];
  PropterStr example[PROPTER_WHY_EXAMPLES];    /* questions in words about them; none without a move */
  size_t figures;                              /* looked at: observations of the graph */
  double largest;                              /* standard errors of the largest pattern there is, chance or not; 0: none */
} PropterMoves;

/* Texts are in `arena`. NO_MEMORY, and as propter_query_each. */
PROPTER_API PropterStatus propter_why_moves(PropterSnapshot *snapshot, PropterArena *arena, PropterMoves *out, PropterError *err);
/* Figures that were looked at: the observations of the graph. */
PROPTER_API PropterStatus propter_why_figures(PropterSnapshot *snapshot, size_t *figures, PropterError *err);
/* Of scores (standard errors, the largest first, whatever their sign) so many from the first on are kept at a false discovery rate of .05 among the figures
 * looked at (propter_false_discovery). NO_MEMORY. */
PROPTER_API PropterStatus propter_why_beyond_chance(const double *score, size_t count, size_t figures, size_t *kept, PropterError *err);

/* A form of the answer (query/why/renderers.def): text, json, html, md, csv, svg, png. */
typedef struct {
  const char *name, *media_type;
} PropterWhyFormat;
/* The `at`-th; NULL: there are no more. Static. */
PROPTER_API const PropterWhyFormat *propter_why_format(size_t at);
/* By name. INVALID: no such format; the message lists them. */
PROPTER_API PropterStatus propter_why_find_format(const char *name, const PropterWhyFormat **format, PropterError *err);
/* Appends the answer in a format. INVALID: no such format. Limits and memory as PropterBuf. png is drawn by the program rsvg-convert (librsvg), which sees
 * nothing but the svg: NOT_FOUND without it or without any font, otherwise as propter_child_run. */
PROPTER_API PropterStatus propter_why_render(const PropterWhyAnswer *answer, const char *format, PropterBuf *out, PropterError *err);
/* Gives the answer the name of its report, so that it is shown; "why-not-understood.html" where there is no window. */
PROPTER_API PropterStatus propter_why_name_report(PropterWhyAnswer *answer, PropterError *err);
/* "why-information-employment-2011-08.html" and a terminator: a file name for the report on a window. */
PROPTER_API void propter_why_report_name(PropterStr metric, PropterDay first, PropterDay last, char out[160]);

/* Appends what two runs say differently about causes (propter/changed.h, with its errors), as text that lists at most `limit` of them or as JSON with all. */
PROPTER_API PropterStatus propter_why_changes(PropterSnapshot *snapshot, PropterStr from, PropterStr to, bool json, size_t limit, PropterBuf *out,
                                              PropterError *err);

#endif
