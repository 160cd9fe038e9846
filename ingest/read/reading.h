/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of ingest/read share. */
#ifndef READ_READING_H
#define READ_READING_H

#include "../doc/when.h"
#include "judge.h"
#include "propter/regex.h"

typedef PROPTER_VEC(PropterSpan) Spans;

/* --- language.c --- */
typedef struct {
  char code[12], name[24], stemmer[24];
  const PropterStr *tagger, *claim, *words; /* models, or NULL */
  const char *rules;                /* built in, or NULL */
  const size_t *rules_size;
} Language;
enum { LANGUAGES = 0
#define LANGUAGE(code, name, stemmer, claim, words) +1
#include "languages.def"
#undef LANGUAGE
  , READ_LANGUAGES = 16 };
extern const Language languages[LANGUAGES];
/* English, whose letters are ASCII. */
bool language_first(const Language *language);

typedef struct {
  Language items[READ_LANGUAGES];
  size_t count;
} Languages;
/* The built-in ones, then those that rule files add by the lines `language` and `stemmer` at their beginning. SYNTAX: a new language without a stemmer of
 * libstemmer. */
PropterStatus languages_of(const char *const *files, size_t count, Languages *out, PropterError *err);
/* Of the languages' models: other ones grade a document anew. */
uint64_t languages_hash(const Languages *all);
/* Code of the language that a rule file says in its first line, the first if it says none; *stemmer: of its second line, empty if it has none. */
PropterStr language_said(PropterStr text, PropterStr *stemmer);
/* Of a tag ("de", "de-AT"); SIZE_MAX: it has no rules. */
size_t language_of(const Languages *all, PropterStr tag);
/* Of a document: what its metadata declares, else the one whose commonest words (`common` in the rules) its beginning holds most of, else the first.
 * `rules`: one set for each. */
size_t language_of_document(const Languages *all, const PropterDocument *document, PropterRules *const *rules);

/* --- lemma.c --- */
/* Lines of rule files: the lemma of a form; what stands in place of an ending (-: nothing, +: nothing, then mended); what stands in place of a stem's end. */
typedef enum { LEMMA_FORM, LEMMA_ENDING, LEMMA_MEND } LemmaLine;
typedef struct {
  PropterMap lines; /* kind, tag and form to index into texts */
  PROPTER_VEC(PropterStr) texts;
} Lemmas;
/* A later line for the same form replaces the earlier. */
PropterStatus lemma_add(Lemmas *lemmas, PropterArena *arena, LemmaLine kind, PropterStr tag, PropterStr form, PropterStr text, PropterError *err);
void lemmas_clear(Lemmas *lemmas);
/* The lemma of a word in lower case, shorter than TOKEN_WORD, with this tag; itself where no line says anything of it. Lies in `room`, the word or the lines.
 */
PropterStr lemma_of(const Lemmas *lemmas, PropterStr word, Upos tag, char room[TOKEN_WORD]);

/* --- rules.c --- */
typedef enum { PART_NONE, PART_CAUSE, PART_EFFECT } Part;

typedef struct {
  const char *name;
  PropterRegex *regex;
} Named;

typedef struct {
  PropterRegex *regex;
  PropterRegex *rest;                 /* a part of it that says much, or NULL: where this does not match, it does not, and this is fast */
  Part lead, trail;                   /* argument before and after the match */
  unsigned cause_group, effect_group; /* inside it, 0: none */
  const Named *cause_shape, *effect_shape;
  bool front; /* anchored to the sentence's beginning */
} Pattern;

typedef struct {
  PropterStr text; /* with {cause:…} and {effect:…} */
  unsigned line;
  bool counter;
} Example;

typedef struct {
  const char *name, *source;
  unsigned line;
  PROPTER_VEC(PropterStr) triggers;
  PROPTER_VEC(Pattern) patterns;
  PROPTER_VEC(PropterStr) pattern_texts;
  PROPTER_VEC(Example) examples;
  double precision, hedge;
  int polarity; /* 1, -1, or 0 */
  bool flip;    /* the effect did not come about */
  bool enabling, counterfactual;
  bool negated;
  Part previous; /* this argument is the sentence before */
  bool needs_change, needs_number, needs_verb;
  PropterRegex *tagged, *lemmas; /* of the connective and two words on each side, as words or lemmas with tags, or NULL */
  unsigned limits;      /* how often it took too many steps */
} Rule;

/* A rule or line of a user's file that was left out. */
typedef struct {
  const char *source, *name; /* name of the rule; NULL: a line outside of rules */
  unsigned first, line;      /* where the rule begins, where the problem is */
  const char *problem;
} LeftOut;
typedef PROPTER_VEC(LeftOut) LeftOuts;

/* A word for a unit. */
typedef struct {
  PropterStr word, code; /* UCUM, ISO 4217 or short */
  double times;          /* what one such word is in the unit */
  bool by;               /* counts only after what the lines unit-by-lead say: "by two days" */
  bool alone;            /* needs no number: "doubled" is 100 % */
  size_t next; /* 1 + the next with the same first byte, 0: none */
} Unit;

/* A word for a number: one; a power or dozen behind one; such a one short and right behind figures ("45k"); behind money only ("3.5m"); what may stand for one
 * before a scale ("a million"). */
typedef enum { NUMBER_ONE, NUMBER_SCALE, NUMBER_SHORT, NUMBER_MONEY, NUMBER_LEAD, NUMBER_KINDS } NumberKind;
typedef struct {
  PropterStr word;
  double value;
  NumberKind kind;
  bool cut;    /* a full stop may belong to it */
  size_t next; /* as in Unit */
} NumberWord;

typedef struct {
  double weight;
  PropterRegex *regex;
} Hedge;

typedef struct {
  const char *label;
  int polarity;
  PropterRegex *regex;
} Paraphrase;

typedef struct {
  PropterStr word;
  size_t rule;
  uint64_t key, mask; /* its first 8 bytes as they lie in memory; the bits that count */
  bool whole;         /* the word itself, not words that begin so */
} Trigger;

/* Words that tell how labels are compared; what each line holds: ontology/rules/README.md. */
#define LABEL_LINES(row) row(small) row(linking) row(joining) row(vague) row(negating) row(alike) row(article) row(plural) row(joint) row(affix)
typedef enum {
#define ROW(name) LABEL_##name,
  LABEL_LINES(ROW)
#undef ROW
      LABEL_LINE_KINDS
} LabelLineKind;
typedef struct {
  LabelLineKind kind;
  PropterStr text;
} LabelLine;
/* Kind of the line that begins with this word; LABEL_LINE_KINDS: of none. */
LabelLineKind label_line_kind(PropterStr word);

typedef PROPTER_VEC(PropterRegex *) Expressions;

enum { TRIGGER_BUCKETS = 27 * 27, READ_RULES = 1000 };

struct PropterRules {
  PropterArena arena;
  PropterLimits limits;
  PropterMatcher *matcher;
  Judge *judge;   /* made with the first claim */
  Tagged *tagged; /* scratch */
  bool ungraded;  /* claims keep their rule's precision (training) */
  bool parted;    /* lists are parted all the same: training on claims that were judged */
  PropterWeigh weigh; /* may be NULL */
  void *weigh_payload;
  Language language;
  bool built_in; /* the built-in ones are being read */
  PROPTER_VEC(Rule) rules;
  PROPTER_VEC(Named) defines; /* regex NULL; the text is in define_texts */
  PROPTER_VEC(PropterStr) define_texts;
  PROPTER_VEC(Named *) shapes;
  PROPTER_VEC(Hedge) hedges;
  PROPTER_VEC(Paraphrase) paraphrases;
#define EXPRESSIONS(field, word, kind) Expressions field;
#include "expressions.def"
#undef EXPRESSIONS
  PROPTER_VEC(Trigger) triggers; /* of all rules, by their first two letters: those of bucket b stand at [bucket[b], bucket[b + 1]) */
  size_t bucket[TRIGGER_BUCKETS + 1];
  PROPTER_VEC(Unit) units;
  PROPTER_VEC(NumberWord) numbers;
  size_t unit_first[256], number_first[256]; /* 1 + the first with this first byte, ASCII in lower case; 0: none */
  char decimal;                              /* the mark of decimals, 0: none */
  PROPTER_VEC(PropterStr) thousands;         /* marks between thousands */
  LeftOuts left_out;
  uint64_t work, work_max; /* bytes of sentences looked at for the proposals in the document that is being read, and at most */
  WordParts parts;
  PROPTER_VEC(LabelLine) label_lines;
  Calendar *calendar;
  Lemmas lemmas;
  uint64_t hash;
};

enum { RULE_QUARANTINE = 3, READ_WORK = 1 << 26 };

/* Eight bytes as a number. */
uint64_t rules_eight(const char *bytes);
/* Bucket of a word in lower case. */
size_t rules_bucket(const char *word, size_t len);
/* First match of any of `list` in `text`, the leftmost; a pattern that runs into the step limit does not match. */
bool rules_first(const PropterRules *r, PropterRegex *const *list, size_t count, PropterStr text, size_t from, PropterSpan *span);
/* The match that ends last. */
bool rules_last(const PropterRules *r, PropterRegex *const *list, size_t count, PropterStr text, PropterSpan *span);
bool rules_any(const PropterRules *r, PropterRegex *const *list, size_t count, PropterStr text);

/* --- factor.c --- */
/* Appends the pattern with its alternations ordered by first letters; it matches the same. False: not understood, or no memory. */
bool rules_factor(PropterStr pattern, bool caseless, PropterBuf *out);

/* --- document.c --- */
/* An example's text without its marks, and what they mark. False: a mark does not close, or no memory. */
bool rules_unmark(PropterStr text, PropterBuf *plain, PropterSpan *cause, PropterSpan *effect);

/* Runs the examples of the rules of one file (NULL: of all); a failed one is told with the line of its rule. */
typedef PropterStatus (*ExampleReport)(const Rule *rule, const Example *example, const char *problem, void *payload, PropterError *err);
PropterStatus rules_try(PropterRules *rules, const char *source, ExampleReport failed, void *payload, size_t *tried, PropterError *err);

/* --- sentence.c --- */
/* Appends the sentences of a block of text as spans relative to it. False: no memory. */
bool read_sentences(const PropterRules *rules, PropterStr text, Spans *out);

/* --- authored.c --- */
/* Appends the claims of a list and the rows that are none. INVALID: a column that is none of claims, or twice. */
PropterStatus read_authored(const PropterDocument *d, PropterReadings *out, PropterError *err);

/* At most `max` first bytes, whole characters. */
PropterStr read_beginning(PropterStr text, size_t max);

/* --- find.c --- */
/* What the calendar makes of a sentence, worked out once for all who ask. */
typedef struct {
  WhenText cut;
  Whens whens;
  WhenDuration lasted;
  bool known;   /* the dates are */
  bool forward; /* they are of what is to come */
} SentenceDates;
void sentence_dates_clear(SentenceDates *d);

/* One sentence in its surroundings. */
typedef struct {
  PropterStr text;                /* of the document */
  PropterSpan sentence, previous; /* previous empty: none in this block */
  PropterSpan next;
  PropterDay published;
  SentenceDates *dates;  /* of the sentence, cut into words; NULL: it holds no date */
  int year;              /* hint for dates without one, 0: none */
  int month, month_year; /* named last, for days without one; month 0: none */
  PropterPeriod heading; /* period that the sentences before or the headings name */
  PropterPeriod record;  /* day of the entry of a log that the sentence stands in, or none */
  WhenOrder order;       /* of dates in figures */
  const char *heading_from; /* what said it */
  double factor;         /* of confidence */
} Scene;
/* The dates of the scene's sentence. */
PropterStatus find_dates(const PropterRules *rules, const Scene *scene, PropterError *err);
PropterStatus find_claims(PropterRules *rules, const Scene *scene, const char *only_rule, PropterReadings *out, PropterError *err);
PropterStatus find_happenings(PropterRules *rules, const PropterNames *names, const Scene *scene, PropterReadings *out, PropterError *err);

/* --- clause.c --- */
/* The one day or month that stands at an edge of the sentence; NULL: none, or several. */
const When *clause_date(PropterStr sentence, const Whens *whens);
/* The first clause within some of a sentence that says what happened on its date, by a list of expressions over tags: tagged_happening and the like. */
bool clause_find(const PropterRules *r, const Expressions *list, const Tagged *t, const Whens *whens, PropterSpan within, PropterSpan *words);
/* Where no expression knows the clause: the words around a date up to the marks that part clauses, before it or behind it, sooner where there is a verb. False:
 * they name nothing. *gap: what stands in them and is not theirs (a relative clause behind the subject, the date), or empty. */
bool clause_around(const PropterRules *r, const Tagged *t, const When *when, PropterSpan *words, PropterSpan *gap);
/* The day or month in a clause, else the nearest; NULL: none. */
const When *clause_when(const Whens *whens, PropterSpan words);
/* What of the clause `words` names it, with what follows if that says too little ("the run"); empty: nothing shorter. *gap: the date in it, with its preposition and blank. */
PropterSpan clause_name(const PropterRules *r, const Tagged *t, const Whens *whens, PropterSpan words, PropterSpan *gap);

/* --- list.c --- */
enum { LIST_PARTS = 8 };
typedef enum { LIST_SAME, LIST_AFFIRMED, LIST_DENIED } ListStance; /* said as the first part is, although or even if that is denied */
typedef struct {
  PropterSpan words;
  ListStance stance;
} ListPart;
/* The parts of an argument (bytes of the tagged sentence) by the rules' tagged-list lines; 0: it is no list. `trails`: it stands behind its connective, and may
 * have been cut before a contrast. */
size_t list_parts(const PropterRules *r, const Tagged *t, PropterSpan argument, bool trails, ListPart out[LIST_PARTS]);

/* --- names.c --- */
#define NAMES_LOOSE .88 /* quality of a label found out of order, or in part of a compound */
#define READ_NOTATION .5 /* quality of a notation: counts only beside a word for what is measured */
PropterStr names_keep(PropterNames *names, PropterStr text);
/* Index of the thing with this IRI, or SIZE_MAX. */
size_t names_of_iri(const PropterNames *names, PropterStr iri);
/* As propter_names_new, for texts and labels in another language; it knows the lines of the built-in rules by which labels are cut into words. */
PropterStatus names_new_in(const Language *language, PropterNames **out, PropterError *err);
/* After all labels: learns which words all metrics share ("jobs"), the words for what is measured. */
PropterStatus names_settle(PropterNames *names, PropterError *err);
/* Labels of two to five words whose words all stand close together in the text, in any order ("the shutdown in Minnesota" for "Minnesota shutdown"). */
PropterStatus names_find_loose(const PropterNames *names, PropterStr text, PropterNameMatches *out, PropterError *err);
/* True if the last word of the phrase stands in a label of the thing or of its kind. */
PropterStatus names_share_head(const PropterNames *names, PropterStr phrase, size_t index, bool *shares, PropterError *err);
/* True if the text holds one of them. */
PropterStatus names_measured(const PropterNames *names, PropterStr text, bool *found, PropterError *err);

/* --- rank.c --- */
/* What a line of a language says; the same line twice is no harm, but for `alike`. */
PropterStatus names_line(PropterNames *names, LabelLine line, PropterError *err);
/* The lines of a language that the rules hold, and for English WordNet if it is installed. */
PropterStatus rules_lexicon(const PropterRules *rules, PropterNames *names, PropterError *err);
/* From now on words near by their vectors count in propter_names_rank, too, if the language has vectors: for what a person looks at, not for claims. */
PropterStatus names_near(PropterNames *names, PropterError *err);
/* Fills in `words` of a thing that propter_names_rank found for the phrase: which word of the phrase met which of its labels. */
PropterStatus names_like_words(const PropterNames *names, PropterStr phrase, size_t index, PropterArena *arena, PropterNearConcept *out, PropterError *err);

/* --- link.c --- */
typedef struct {
  size_t index;      /* of the name, SIZE_MAX: none */
  double score;      /* how well it matches, 0 to 1 */
  PropterSpan words; /* of the document's text */
  bool loose;        /* the label's words stand out of order */
} Link;

enum { LINKS = 6 };

typedef struct {
  Link causes[LINKS], effects[LINKS];
  size_t cause_count, effect_count; /* at least 1 each; the first may be none */
  size_t scopes[LINKS];
  size_t scope_count;
  bool elsewhere; /* the effect's words name nothing, its sector stands elsewhere: which way that moved they do not say */
  int kind; /* 0 type-level, 1 ex ante, 2 post hoc */
} Linked;

/* Concepts of a claim's two sides and its scope. */
PropterStatus link_claim(PropterNames *names, const PropterRules *rules, const PropterDocument *document, const PropterReading *reading, Linked *out,
                         PropterError *err);

typedef struct {
  size_t kind, event; /* event: the one in the graph that it is, SIZE_MAX: none */
  size_t scopes[LINKS];
  size_t scope_count; /* 0: only what a clause tells can be used */
  bool apart;         /* two places of one scheme: which is meant the words do not say */
  bool figure;        /* the subject is a figure that moved: no happening */
} LinkedHappening;
/* The first thing of one of these roles that a label names; SIZE_MAX: none. */
PropterStatus link_label(PropterNames *names, const char *label, unsigned roles, size_t *index, PropterError *err);
/* `file`: the document's name without folders and ending. */
PropterStatus link_happening(PropterNames *names, const PropterRules *rules, const PropterDocument *document, const PropterHappening *happening,
                             PropterStr file, LinkedHappening *out, PropterError *err);

/* --- told.c --- */
enum { TOLD_WORDS = 32 }; /* content words of a clause that count */
/* claims[i], of claim i: the happening that a clause tells (PropterHappening.clause) and the claim gives as its cause, in the clause itself or in words that
 * the clause has, SIZE_MAX: none; of several the closest, then the nearest. A cause that no such clause tells becomes a happening of its own, appended to the
 * readings, where a sentence of the document that names it, or the head of a report, says on which days. What tells another one again says so (again). */
PropterStatus told_join(const PropterNames *names, const PropterRules *rules, const PropterDocument *document, PropterReadings *readings, size_t *claims,
                        PropterError *err);

/* --- candidate.c --- */
/* IRI of the candidate concept that a phrase stands for, the same for all forms of its words; empty: none. */
PropterStatus candidate_of(const PropterNames *names, PropterStr phrase, PropterArena *arena, PropterStr *iri, PropterError *err);

/* --- store.c --- */
/* Writes what a document says as its graph, which must have been cleared. */
typedef struct {
  size_t claims, linked, happenings;
} Stored;
PropterStatus store_document(PropterWriter *writer, PropterStr iri, PropterStr path, PropterStr fingerprint, PropterNames *names, const PropterRules *rules,
                             const PropterDocument *document, PropterReadings *readings, Stored *stored, PropterError *err);

/* --- amount.c --- */
/* First number of things ("about 45,000 workers", "forty thousand", "1.2 million"), not money, per cent, dates or a rank. */
bool amount_find(const PropterRules *r, PropterStr text, double *value, PropterSpan *words);

typedef struct {
  double value;
  PropterSpan words; /* with the unit; empty: none */
  const Unit *unit, *per;
} Measure;
/* The first number with a unit ("12 percent", "$1.2 million", "by two days", "120 units a month"). */
bool measure_find(const PropterRules *r, PropterStr text, Measure *out);
/* The first word that is an amount by itself ("halved" is 50 %). */
bool measure_alone(const PropterRules *r, PropterStr text, Measure *out);

#endif
