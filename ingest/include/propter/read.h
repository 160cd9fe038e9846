/* SPDX-License-Identifier: Apache-2.0 */
/* Sentences into claims: rules as data, what they find in a document, and the run that links it to the graph's concepts and stores it. */
#ifndef PROPTER_READ_H
#define PROPTER_READ_H

#include "propter/document.h"
#include "propter/graph.h"

/* --- Rules --------------------------------------------------------------------------------------------------------------- */

typedef struct PropterRules PropterRules;

/* The English rules of ontology/rules/en.rules, which are built in. `limits` NULL: defaults. Free with propter_rules_free. One thread at a time. */
PROPTER_API PropterStatus propter_rules_new(const PropterLimits *limits, PropterRules **out, PropterError *err);
/* Adds the rules and words of a rule file (format: ontology/rules/README.md); a rule of the same name replaces the earlier one. SYNTAX and LIMIT with
 * file and line; the rules stay as they were then. */
PROPTER_API PropterStatus propter_rules_add(PropterRules *rules, PropterStr text, const char *source, PropterError *err);
/* Codes of the languages with rules: those that are built in, the first "en", then those that rule files add by a first line "language fr" and a second
 * "stemmer french" (a stemmer of libstemmer). SYNTAX: a language without rules and stemmer; NOT_FOUND: no such file. */
typedef struct {
  char codes[16][12];
  size_t count;
} PropterLanguages;
PROPTER_API PropterStatus propter_languages(const char *const *files, size_t count, PropterLanguages *out, PropterError *err);
/* The rules of a language, by its code: the built-in ones, if there are such, and those of the files that say this language in their first line ("language de";
 * English if they say none). A rule of such a file that does not compile, has no example and counter-example or fails one is left out and reported
 * (propter_rules_report), the rest is used. NOT_FOUND: no such language, no such file; SYNTAX: no UTF-8, a language without rules. */
PROPTER_API PropterStatus propter_rules_open(const char *language, const char *const *files, size_t count, const PropterLimits *limits, PropterRules **out,
                                             PropterError *err);
PROPTER_API void propter_rules_free(PropterRules *rules);
PROPTER_API size_t propter_rules_count(const PropterRules *rules);
/* Hash of everything the rules say. */
PROPTER_API uint64_t propter_rules_hash(const PropterRules *rules);

/* A rule whose example gives no such claim or whose counter-example gives one; or one that took too many steps (`problem` says which). */
typedef void (*PropterRuleReport)(const char *source, unsigned line, const char *rule, const char *problem, void *payload);
/* Runs every example and counter-example; what was left out of rule files has failed, propter_rules_report tells why. */
PROPTER_API PropterStatus propter_rules_test(PropterRules *rules, PropterRuleReport report, void *payload, size_t *tried, size_t *failed, PropterError *err);
/* What was left out of rule files, and rules that ran into the step limit, on documents or on the texts they are probed with when they are added; after three
 * times a rule is left out (quarantined) until it is loaded again. */
PROPTER_API void propter_rules_report(const PropterRules *rules, PropterRuleReport report, void *payload);

/* --- What a document says ------------------------------------------------------------------------------------------------ */

typedef struct {
  size_t start, end; /* bytes of the document's text; equal: absent */
} PropterSpan;

typedef struct {
  PropterDay first, last; /* PROPTER_NO_DAY: not said */
} PropterPeriod;

/* A claim as the sentence makes it, before it is linked to concepts. */
typedef struct {
  const char *rule;       /* borrowed from the rules */
  double prior;           /* precision of the rule */
  double
      confidence; /* that the sentence says so with these arguments: the rule's precision, weighed by the model of claims; less for questions and table cells */
  PropterSpan quote;      /* the sentence; two if the cause or effect is the sentence before */
  PropterSpan sentence;   /* the one with the connective */
  PropterSpan trigger;    /* the connective */
  PropterSpan cause, effect;
  PropterSpan cause_phrase, effect_phrase; /* what of them could be a concept's label; empty: nothing, or no tagger */
  PropterSpan condition;  /* an if or unless */
  PropterSpan exception;  /* where or to whom it does not apply: "but not in the south" */
  int polarity;           /* 1 the effect goes up, -1 down, 0 not said */
  bool enabling;          /* the effect is made possible (polarity 1) or kept from coming about (-1), rather than moved */
  bool negated;
  bool counterfactual;    /* what would be, had the cause not been */
  PropterSpan speaker;    /* who says so, if the sentence names them */
  double hedge;           /* 0 asserted … 1 mere possibility */
  bool answered;          /* a question that the next sentence answers with yes or no */
  bool generic;           /* speaks of kinds of things: no date, no past */
  PropterPeriod when_cause, when_effect;
  bool when_effect_said;  /* false: when_effect comes from what stands before or from the heading above */
  const char *when_from;  /* then what said it: "headings" or "text before"; else NULL */
  char duration[16];      /* how long the effect is said to last, an xsd:duration; empty: not said */
  char cause_duration[16]; /* likewise the cause */
  double quantity;        /* a number of people or things in the sentence, 0: none */
  PropterSpan quantity_words;
  PropterStr unit;        /* of the number: UCUM, ISO 4217 or short (bp, pp), borrowed from the rules; empty: single things */
  PropterStr unit_per;    /* "120 units a month": of what it is counted for; empty: nothing */
  uint64_t line;          /* of its row, if a person wrote it into a list of claims (`rule` is "authored"); 0: read from a sentence */
  PropterSpan author;     /* of such a claim: who says so */
  PropterDay written;     /* of such a claim: when; PROPTER_NO_DAY: not said */
} PropterReading;

/* A row that is no claim. */
typedef struct {
  uint64_t line;        /* of the file, from 1 */
  unsigned number;      /* of the column, from 1 */
  PropterStr column;    /* its name, of the document; likewise `value` */
  PropterStr value;
  const char *expected;
} PropterRowReject;

/* --- Names: what the graph's labels call things ---------------------------------------------------------------------------- */

enum { PROPTER_PLACES = 6 }; /* further ones are left out */
enum { PROPTER_ROLE_EVENT = 1, PROPTER_ROLE_METRIC = 2, PROPTER_ROLE_SCOPE = 4, PROPTER_ROLE_KIND = 8, PROPTER_ROLE_CONCEPT = 16 };

typedef struct {
  PropterStr iri;
  unsigned roles;        /* SCOPE: what metrics are about (a sector); KIND: what events are instances of (a strike) */
  PropterPeriod when;    /* of an event */
  size_t kind, scope;    /* of an event or metric: indexes, SIZE_MAX: none */
  size_t place[PROPTER_PLACES]; /* of an event or metric: all that bounds it, `scope` among them; places of different schemes are dimensions */
  size_t places;
  uint64_t scheme;       /* of a concept: equal for those that stand beside each other; 0: not said */
  double scale;          /* of a metric: single things per unit; of a scope: that of its metric; 0: not said */
  PropterStr unit;       /* likewise */
} PropterNamed;

typedef struct PropterNames PropterNames;

PROPTER_API PropterStatus propter_names_new(PropterNames **out, PropterError *err);
PROPTER_API void propter_names_free(PropterNames *names);
/* Index of the thing with this IRI, made if need be; roles are added. */
PROPTER_API PropterStatus propter_names_add(PropterNames *names, PropterStr iri, unsigned roles, size_t *index, PropterError *err);
/* A label of it; quality 1 for a preferred one, less for others. */
PROPTER_API PropterStatus propter_names_label(PropterNames *names, size_t index, PropterStr label, double quality, PropterError *err);
/* Words that describe it or an example of its use: they count for propter_names_rank, nothing is found by them word by word. */
PROPTER_API PropterStatus propter_names_describe(PropterNames *names, size_t index, PropterStr text, double quality, PropterError *err);
/* `narrow` is a kind or part of `broad`. */
PROPTER_API PropterStatus propter_names_broader(PropterNames *names, size_t narrow, size_t broad, PropterError *err);
PROPTER_API PropterNamed *propter_names_get(PropterNames *names, size_t index);
PROPTER_API size_t propter_names_count(const PropterNames *names);
/* True if a is b or below it. */
PROPTER_API bool propter_names_within(const PropterNames *names, size_t a, size_t b);
/* Everything labelled in the graph in the names' language or without one: skos:Concept, propter:Metric, propter:Event (but not events that were themselves read
 * from documents). */
PROPTER_API PropterStatus propter_names_load(PropterNames *names, PropterSnapshot *snapshot, PropterError *err);
/* Hash of all names, labels and events. */
PROPTER_API uint64_t propter_names_hash(const PropterNames *names);

typedef struct {
  size_t index;
  PropterSpan words;  /* bytes of the text searched */
  unsigned tokens;    /* words matched */
  double quality;     /* of the label */
} PropterNameMatch;
typedef PROPTER_VEC(PropterNameMatch) PropterNameMatches;

/* Longest labels in the text, left to right, not overlapping; a label of several things gives a match each. Words are compared folded (case, accents,
 * hyphens) and by stem; a label of one word by the word and its plural only. Articles do not count. */
PROPTER_API PropterStatus propter_names_find(const PropterNames *names, PropterStr text, PropterNameMatches *out, PropterError *err);

/* Appends the (at most five) things of one of these roles that a phrase comes closest to, best first, by words, stems and kin shared with their labels and
 * descriptions and with labels of what is broader, each weighed by its rarity. `quality` is 0 to 1: the geometric mean of how much of the phrase the label has
 * and how much of the label the phrase has; `words` is the whole phrase. */
PROPTER_API PropterStatus propter_names_rank(const PropterNames *names, PropterStr phrase, unsigned roles, PropterNameMatches *out, PropterError *err);

/* --- Candidates: what claims speak of that no label names --------------------------------------------------------------------- */

/* Why a word of a phrase counts for one of a label: it is the same by its stem, one that the rules call alike or the other turned round by "in-", of the same
 * family by its beginning, has a meaning in common by WordNet, or stands where the other stands in texts (near by its vector). */
typedef enum { PROPTER_LIKE_SAME, PROPTER_LIKE_ALIKE, PROPTER_LIKE_KIN, PROPTER_LIKE_MEANING, PROPTER_LIKE_NEAR } PropterLikeness;

/* A word of a phrase and what it meets of a thing's label. */
typedef struct {
  PropterStr word, meets;
  double likeness; /* above 0, to 1 */
  PropterLikeness why;
} PropterLikeWord;

/* Something the graph knows that the words come close to, and how close, 0 to 1. */
typedef struct {
  PropterStr iri;
  double closeness;
  PropterLikeWord *words; /* by which it is close, in the order of the phrase */
  size_t word_count;
} PropterNearConcept;
enum { PROPTER_NEAR = 5 };

typedef struct {
  PropterStr iri;
  PropterStr *labels;       /* all forms of the words, the best one first; N-Triples literals with their language */
  size_t label_count;
  size_t causes, effects;   /* claims that have it as their cause, as their effect */
  PropterStr quote;         /* of one of them */
  PropterNearConcept near[PROPTER_NEAR]; /* by propter_concept_candidates_near */
  size_t near_count;
} PropterConceptCandidate;

typedef struct {
  PropterConceptCandidate *items;
  size_t count, cap;
  PropterArena arena;
} PropterConceptCandidates;

/* The candidate concepts of all documents, those with the most claims first. Zero-initialise; free with propter_concept_candidates_clear. */
PROPTER_API PropterStatus propter_concept_candidates(PropterSnapshot *snapshot, PropterConceptCandidates *out, PropterError *err);
/* For the `first` candidates of the list: the concepts, metrics and kinds that the best label comes closest to by propter_names_rank, best first, in the
 * label's language if it has rules that are built in. English words that are near by their vectors count, too; no claim is linked by those. Fills in `near`,
 * whose texts are the list's. NO_MEMORY, or an error of reading the graph. */
PROPTER_API PropterStatus propter_concept_candidates_near(PropterSnapshot *snapshot, size_t first, PropterConceptCandidates *candidates, PropterError *err);
PROPTER_API void propter_concept_candidates_clear(PropterConceptCandidates *candidates);

/* --- What a document says, continued --------------------------------------------------------------------------------------- */

/* A dated happening that a sentence states: "About 45,000 telephone workers stopped work on 7 August". */
typedef struct {
  PropterSpan quote;      /* the sentence */
  PropterSpan words;      /* what names the kind of happening; of a plain clause all of it: "A second line was opened" */
  bool clause;            /* it has no kind: the clause says what happened */
  bool named;             /* of a clause that alone may only report: it is a happening where a claim of the document gives it as its cause */
  bool loose;             /* of a `named` one: it may be a happening without such a claim, too, less surely */
  bool told;              /* the sentence is a plain clause: that it happened is said, with a place or without */
  size_t again;           /* 1 + index of the one that tells the same; 0: none */
  bool form;              /* the head of a report gives its days */
  PropterSpan moved;      /* of a cause that other words than its own clause date: what its claim says it moved; else empty */
  PropterSpan place;      /* what beside the words and the date says where: "for tents in the North"; empty: nothing */
  const char *label;      /* a label of the kind if it was said in other words ("strike" for "stopped work"), or NULL: the words are a label */
  int polarity;           /* which way it moves what it happens to, 0: not said */
  PropterSpan name;       /* of a plain clause, what names it: "second line was opened"; else empty */
  PropterSpan name_gap;   /* the date with its preposition where it stands within the name ("was from 3 to 9 May closed"); else empty */
  PropterSpan subject;    /* of a plain clause, what stands before its verb */
  PropterPeriod when;
  bool ends;              /* the words say that it was over at the end of `when`; else a single day, or the time in which something new began, is a beginning */
  double confidence, hedge;
  double quantity;
  PropterSpan quantity_words;
} PropterHappening;

/* A day or period of days that a sentence names, whatever it says of it. */
typedef struct {
  PropterSpan sentence;
  PropterSpan words;      /* the date; empty: the entry of a log is of that day */
  PropterPeriod when;
  bool over;              /* the sentence says that something was over then */
  bool off;               /* it speaks of what did not come about, or is supposed */
} PropterDated;

typedef struct {
  PROPTER_VEC(PropterReading) claims;
  PROPTER_VEC(PropterHappening) happenings;
  PROPTER_VEC(PropterDated) dated;       /* in the order of the text */
  PROPTER_VEC(PropterRowReject) rejects; /* of a list of claims; borrow from the document */
  size_t sentences;                      /* or rows of such a table */
} PropterReadings;

/* Appends what the document says, in the order of its text. Headings, code and boilerplate say nothing. `names` (may be NULL) gives the labels of kinds
 * of happening; without it only the rules' own words for them count. A list of claims says what its rows say; INVALID with line and column: a column
 * that is none of claims. */
PROPTER_API PropterStatus propter_read_document(PropterRules *rules, const PropterNames *names, const PropterDocument *document, PropterReadings *out,
                                                PropterError *err);
PROPTER_API void propter_readings_clear(PropterReadings *readings);

/* Something that the model of claims looks at in a claim ("rule=due-to"), and what it adds to the logit that the sentence says so. */
typedef struct {
  PropterStr name;
  double weight;
} PropterFeature;
typedef void (*PropterWeigh)(const PropterReading *reading, const PropterFeature *features, size_t count, double probability, void *payload);
/* From now on tells of each claim that propter_read_document finds what was weighed in it, heaviest first, and the probability that comes of it; the texts live
 * until `weigh` returns. NULL: no longer. Nothing is told of claims that no model graded (languages with rules alone, lists of claims). */
PROPTER_API void propter_rules_weigh(PropterRules *rules, PropterWeigh weigh, void *payload);

/* --- Documents into the graph ------------------------------------------------------------------------------------------------ */

typedef struct {
  const char *path;
  PropterStr iri;          /* of the document and of its graph */
  bool unchanged;          /* same file, rules, models and labels as when it was read last: left alone */
  bool withdrawn;          /* the file is gone: so is what was read from it */
  const char *namesake;    /* another file that has the IRI this one would have; NULL: none */
  const char *format;      /* NULL if unchanged or rejected */
  const char *language;    /* whose rules read it; likewise */
  bool ungraded;           /* no model of claims for it: confidence is the rule's precision */
  size_t sentences, claims, linked, happenings; /* linked: both sides lead to something the graph knows */
  const PropterError *bad; /* why it was rejected, or NULL; with a line above 1: why this row of a list of claims was, the others are read */
} PropterReadReport;

typedef struct {
  const char *const *paths; /* files and folders; a folder is read with all below it, in order of names, hidden files and what is no document left out;
                             * documents that were read from it and are gone are withdrawn */
  size_t path_count;
  const char *const *rule_files; /* besides the built-in rules */
  size_t rule_file_count;
  const char *language;          /* of all documents; NULL: of each what its metadata declares, else what its commonest words are */
  PropterStr software;           /* for the run's record */
  int64_t now;
  bool force;                    /* read unchanged documents again */
  bool wait, dry_run;
  unsigned threads;              /* 0: all processors; what is read does not depend on it */
  const PropterLimits *limits;
  const PropterLog *log;
  void (*document)(const PropterReadReport *report, void *payload); /* may be NULL */
  PropterRuleReport rule;                                          /* rules that took too many steps; may be NULL */
  void *payload;
} PropterReadOptions;

typedef struct {
  size_t documents, unchanged, rejected, withdrawn, claims, linked, happenings;
  size_t rules_left_out;   /* of the rule files: rules and lines that do not compile, rules whose examples fail; and rules that took too many steps */
  size_t rows_rejected;    /* of lists of claims */
  size_t passed;           /* files in folders of no format that is known */
  uint64_t added, removed; /* quads */
  char run[256];           /* IRI of the run, empty if there was nothing to do */
} PropterReadResult;

/* Reads documents into the graph: one named graph per document, replaced when the document, the rules or the graph's labels changed; one transaction,
 * one run. A document that cannot be read is rejected with its reason, recorded with the run, and leaves what was read from it before. IRIs follow
 * the path below the folder that was given, with that folder's name, so they do not depend on where it lies; where another file that still exists has that IRI,
 * in this run or in the graph, a segment ~HASH of the absolute path comes first. What cannot be opened below a folder (a dangling link, no permission) is a
 * rejected document. NOT_FOUND: a path or language does not exist; IO; LOCKED; errors of rule files and of the graph. */
PROPTER_API PropterStatus propter_read(PropterGraph *graph, const PropterReadOptions *options, PropterReadResult *out, PropterError *err);

#endif
