/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the question reader share: words of a text, the tables of words, and the reader of dates. */
#ifndef WHY_QUESTION_H
#define WHY_QUESTION_H

#include <libstemmer.h>

#include "propter/hash.h"
#include "propter/sparql.h"
#include "propter/why.h"
#include "propter/wordnet.h"

typedef enum {
  WORD_NONE, WORD_STOP, WORD_JOIN, WORD_FILLER, WORD_ASK, WORD_DOWN, WORD_UP, WORD_MOVE, WORD_NORM, WORD_NOT, WORD_DESPITE, WORD_COMPARE, WORD_WHICH,
  WORD_BY, WORD_PARTS, WORD_MOST, WORD_WHO, WORD_SPEAKER, WORD_SIZE, WORD_UNDER, WORD_ABOVE, WORD_LIMIT, WORD_BETTER, WORD_WORSE, WORD_GOOD, WORD_BAD,
  WORD_NIL, WORD_HELD
} WordKind;
/* Kind of a folded word, by words.def. */
WordKind why_word_kind(PropterStr folded);

/* What a word is in the grammar of a sentence, by words.def. */
typedef enum {
#define WORD(kind, text)
#define ROLE(role, words) ROLE_##role,
#include "words.def"
#undef WORD
#undef ROLE
  ROLE_COUNT
} WordRole;

typedef enum {
  DATE_MONTH = 1, DATE_SEASON, DATE_PART, DATE_UNIT, DATE_ORDINAL, DATE_NUMBER, DATE_LAST, DATE_THIS, DATE_PAST, DATE_NOW, DATE_AGO,
  DATE_FROM, DATE_TO, DATE_BETWEEN, DATE_AND, DATE_SINCE, DATE_AFTER, DATE_BEFORE, DATE_UNTIL, DATE_ONWARDS, DATE_PREP, DATE_LETTER, DATE_HOLIDAY, DATE_FEAST,
  DATE_EARLIER, DATE_WEEKDAY, DATE_OVER, DATE_TO_DATE, DATE_ENDED, DATE_BEGUN, DATE_WEEK_OF, DATE_FISCAL, DATE_AROUND, DATE_DAYTIME, DATE_AHEAD, DATE_PRESENT,
  DATE_DURING, DATE_SO_FAR, DATE_OVER_NOW
} DateKind;
/* Whether the folded word has this meaning in dates.def, and its two numbers. */
bool why_date_word(PropterStr folded, DateKind kind, int *a, int *b);
/* Does it stand, by itself or with others, in dates.def? */
bool why_of_dates(PropterStr folded);
/* The month whose name is one slip away ("agust"); false when there is none or more than one. */
bool why_date_month_near(PropterStr folded, int *month, const char **name);

typedef enum { USED_NOT, USED_PERIOD, USED_METRIC, USED_AGAIN, USED_SLICE, USED_CAUSE } WordUse; /* AGAIN: a second name of the same metric */

/* A word of a text: a run of letters, or a run of digits. */
typedef struct {
  PropterStr text;     /* folded: no case, no accents, compatibility forms resolved */
  PropterStr stem;
  size_t begin, end;   /* bytes of the original */
  bool space;          /* white space before it */
  bool named;          /* a number in a name: part of no time */
  bool during;         /* begins the time of an event */
  bool proper;         /* begins with a capital letter inside a sentence */
  char mark;           /* last sign before it; ' and - also for their likes, ? for others beyond ASCII; 0: none */
  bool number;
  int digits;
  int value;
  WordKind kind;
  uint64_t roles[(ROLE_COUNT + 63) / 64]; /* a bit for each WordRole */
  bool phrase;         /* one of several that together mean something else than apart: "morning all", "free fall" */
  bool inflected;      /* has its kind from another form of the word */
  bool known;          /* stands in a table or in a name */
  bool mild;           /* and only says how good it was: counts where nothing else says which way */
  bool put;            /* stands for another word of the asker */
  bool valued;         /* a direction that says what is good: of a figure that had better fall it is the other one */
  WordUse used;
} Word;

typedef struct {
  Word *word;
  size_t count;
  bool too_many;
} Words;

/* Gives a word the roles of its text. */
void why_word_roles(Word *w);
static inline bool why_has(const Word *w, WordRole role) { return w && w->roles[role / 64] & UINT64_C(1) << role % 64; }
/* The second half of "no-shows". */
static inline bool why_tight(const Word *w) { return w->mark == '-' && !w->space; }
/* Says nothing about what is asked. */
static inline bool why_idles(const Word *w) { return w->kind == WORD_FILLER || w->kind == WORD_SPEAKER || w->kind == WORD_SIZE; }
/* Asks, and says nothing more. */
static inline bool why_asks(const Word *w) { return why_idles(w) || w->kind == WORD_ASK || w->kind == WORD_WHICH; }
/* Stands for nothing of the data: asks, joins, or only moves. */
static inline bool why_names_nothing(const Word *w) { return w->kind == WORD_STOP || w->kind == WORD_JOIN || w->kind == WORD_MOVE || why_asks(w); }
static inline bool why_moves(const Word *w) { return w->kind == WORD_DOWN || w->kind == WORD_UP || w->kind == WORD_MOVE; }
/* The count that a word says in digits or letters. */
static inline bool why_count_of(const Word *w, int *n) { return w->number ? (*n = w->value, true) : why_date_word(w->text, DATE_NUMBER, n, NULL); }

/* What a mark before a word ends, by the marks that do it: each has those of the one before it, too. */
typedef enum {
  ENDS_SENTENCE, /* . ? ! ; */
  ENDS_CLAUSE,   /* and , : - */
  ENDS_BRACKET,  /* (, which sets aside what follows */
  ENDS_ANY       /* any but an apostrophe */
} WordEnd;
/* Does a mark with white space before the word end what stands before it? */
bool why_ends_clause(const Word *w, WordEnd end);

/* How many words from i on are a row of this kind, the longest such row, and its two numbers (NULL: not wanted); 0: none. */
size_t why_date_phrase(const Words *words, size_t i, DateKind kind, int *a, int *b);

/* Splits valid UTF-8 into at most `max` words. NO_MEMORY. */
PropterStatus why_words_split(PropterStr text, struct sb_stemmer *stemmer, size_t max, PropterArena *arena, Words *out, PropterError *err);

/* Optimal string alignment distance of two folded words in characters (insert, delete, replace, swap neighbours), or `bound` + 1 when it is
 * more than `bound` (at most 2). */
unsigned why_word_distance(PropterStr a, PropterStr b, unsigned bound);
/* How many slips a word of this length may have: none up to 3 letters, 1 up to 7, 2 beyond (most typing errors are one slip: Damerau 1964). */
unsigned why_word_slips(PropterStr folded);

/* The one word of the tables a slip away from this one, with the same first and last letter; false: none, or several that mean different things. */
bool why_word_near(PropterStr folded, PropterStr *meant);
/* The words of a German question in English, each standing where what it was put for stands; a note says how it was read. `read`: it was German, or named a
 * month in German; else `out` is not touched. NO_MEMORY. */
PropterStatus why_german(const PropterLexicon *lexicon, PropterStr text, size_t max, PropterArena *arena, Words *out, PropterQuestion *question, bool *read,
                         PropterError *err);
/* Puts the graph's words for what people call its measures, and mends slips in words of the tables; notes say so. */
PropterStatus why_reword(PropterLexicon *lexicon, Words *words, PropterArena *arena, PropterQuestion *question, PropterError *err);

/* Once the metric is known: gives words that no table and no name has their meaning by WordNet (senses.def), where it is there: those that move up or down, and
 * those that say nothing about what is asked, which are passed over. Notes say so. NO_MEMORY. */
PropterStatus why_senses(PropterLexicon *lexicon, Words *words, PropterArena *arena, PropterQuestion *question, PropterError *err);

/* Passes over talk: clauses in which somebody speaks and nothing of a question stands. Notes quote them. NO_MEMORY. */
PropterStatus why_talk(PropterLexicon *lexicon, Words *words, PropterArena *arena, PropterQuestion *question, PropterError *err);
/* Passes over whole sentences beside the question, before anything else is read. NO_MEMORY. */
PropterStatus why_asides(PropterLexicon *lexicon, Words *words, PropterDay today, PropterArena *arena, PropterQuestion *question, PropterError *err);
/* "I don't see why …": what denies in such a clause denies nothing of the question. Before the metric is looked for. */
void why_talk_denies(const PropterLexicon *lexicon, Words *words);

/* Finds the periods among the words and marks them USED_PERIOD; fills has_period, when, from, to, notes, or the gap of the question. `causes`: names of events
 * that may stand for a time ("since the strike"); NULL: none. */
PropterStatus why_period_find(Words *words, PropterStr text, PropterDay today, PropterLexicon *causes, PropterArena *arena, PropterQuestion *question,
                              PropterError *err);

/* Finds the time that the one asked about is compared with and marks its words USED_PERIOD; fills compared and its fields. `compare`: the first word that
 * compares, or the count of words. NO_MEMORY. */
PropterStatus why_comparison(Words *words, size_t compare, PropterDay today, PropterArena *arena, PropterQuestion *question, PropterError *err);

/* Finds the metric among the words that no period uses, and the parts of its data, and marks their words; fills has_metric, slices, nearest, notes, or the
 * gap. */
PropterStatus why_lexicon_find(PropterLexicon *lexicon, Words *words, PropterStr text, PropterArena *arena, PropterQuestion *question, PropterError *err);
/* From now on only this metric is looked for by name; SIZE_MAX: all are. */
void why_lexicon_alone(PropterLexicon *lexicon, size_t metric);
/* Whether a word may stand beside the metric's name without narrowing it: it occurs in the metric's own names or in what is said about its data. */
bool why_lexicon_harmless(const PropterLexicon *lexicon, size_t metric, const Word *word);
/* Whether the word stands in names of this metric and of no other. */
bool why_lexicon_names_only(const PropterLexicon *lexicon, size_t metric, const Word *word);
/* Whether a part of the metric's data is called by this word alone, which elsewhere only asks. */
bool why_lexicon_idle(const PropterLexicon *lexicon, size_t metric, const Word *word);
/* Whether the word stands in the name of a dimension of the metric. */
bool why_lexicon_divides(const PropterLexicon *lexicon, size_t metric, const Word *word);
/* Which way of the metric is good: 1, -1, 0 if nobody said. */
int why_lexicon_good(const PropterLexicon *lexicon, size_t metric);
/* WordNet, opened once; NULL: it is not there. NO_MEMORY. */
PropterStatus why_lexicon_wordnet(PropterLexicon *lexicon, const PropterWordnet **out, PropterError *err);
struct sb_stemmer *why_lexicon_stemmer(PropterLexicon *lexicon);
bool why_lexicon_knows(const PropterLexicon *lexicon, const Word *word);
/* Is it spelt just like a word of the names? */
bool why_lexicon_spells(const PropterLexicon *lexicon, const Word *word);
/* Marks the numbers that stand in a name with other words: "Line 4", "version 5". */
void why_lexicon_names_numbers(const PropterLexicon *lexicon, Words *words);
/* Is it by itself one of the names? */
bool why_lexicon_calls(const PropterLexicon *lexicon, const Word *word);
/* A cause named from some word on. */
typedef struct {
  size_t end;  /* word after its name; 0: none is named */
  bool many;   /* more than one has the name equally well */
  bool whole;  /* all words of one of its names are there */
  size_t cause;
  PropterStr iri, label;
  PropterDay first, last; /* PROPTER_NO_DAY: not known; a last day that is not is the first */
} WhyEvent;
/* The longest name of a cause, or part of one, from word i on among the words not used. Of several, one that lasts in the question's window is meant. `time`:
 * only causes whose days are known. */
PropterStatus why_lexicon_event(const PropterLexicon *causes, const Words *words, size_t i, const PropterQuestion *question, bool time, PropterArena *arena,
                                WhyEvent *out, PropterError *err);
/* The days of a cause, as in WhyEvent. */
void why_lexicon_days(const PropterLexicon *causes, size_t cause, PropterDay *first, PropterDay *last);
/* Names of causes; NULL: none were added. */
PropterLexicon *why_lexicon_causes(PropterLexicon *lexicon);
/* Does the text name, after "despite", a cause that a lexicon of causes should know? */
PropterStatus why_question_names_cause(PropterLexicon *lexicon, PropterStr text, bool *names, PropterError *err);

/* propter_query_each of a text that was put together; clears it. */
PropterStatus why_each_row(PropterSnapshot *snapshot, PropterBuf *text, PropterUseRow use, void *payload, PropterError *err);
/* Appends the declarations of m: and d: that a WHY form without any needs (form_short.c): nothing where they are declared, or several things answer to a
 * name. */
PropterStatus why_declare_short(PropterSnapshot *snapshot, PropterStr text, PropterBuf *out, PropterError *err);
/* "region North, product X", by the labels in the graph. */
PropterStatus why_slice_words(PropterSnapshot *snapshot, const PropterMember *slice, size_t count, PropterArena *arena, PropterStr *out, PropterError *err);

/* What no other reader has used: sets the gap of the question and the stretch it is about, from the first such word to the last, or nothing. */
void why_leftovers(const PropterLexicon *lexicon, PropterQuestion *question, const Words *words);

/* Nothing asked yet. */
PropterQuestion why_question_empty(void);

/* Adds a note (dropped beyond the limit of notes). */
PropterStatus why_question_note(PropterQuestion *question, PropterArena *arena, PropterError *err, const char *format, ...) PROPTER_PRINTF(4, 5);

/* "In March" of what happened from 12 to 25 March: where the period as a whole did not move and a move in it did, the answer about that one in place of
 * *inference, and a note. Where the period moved, a day in it that has a cause would say nothing of the rest. `inferrer` NULL: that of *inference. */
PropterStatus why_look_inside(PropterInferrer *inferrer, PropterQuestion *q, PropterArena *arena, PropterInference **inference, PropterError *err);
/* Where nothing moved in the period (or, of no known cause, the other way) and a move holds it that goes beyond it: the answer about that move in place
 * of *inference, and a note; where a move overlaps it otherwise, or the period is to be judged as a `whole`, the note. `inferrer` NULL: that of *inference. */
PropterStatus why_look_around(PropterInferrer *inferrer, PropterQuestion *q, bool whole, PropterArena *arena, PropterInference **inference, PropterError *err);

#endif
