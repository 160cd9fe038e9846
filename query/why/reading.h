/* SPDX-License-Identifier: Apache-2.0 */
/* What the rooms of one reading share: question.c (the order of the steps), wording.c, sizes.c and causes.c. */
#ifndef WHY_READING_H
#define WHY_READING_H

#include "question.h"

typedef struct {
  PropterLexicon *lexicon, *causes; /* NULL: names of causes are not looked for */
  Words words;
  size_t compare, despite; /* the first word that does so; the count of words: none */
  PropterDay today;
  PropterArena *arena;
  PropterQuestion *q;
  PropterError *err;
  PropterQuestion named;                 /* what stands behind "despite" */
  PropterGap no_cause, no_time, several; /* why that, the time or a free cause is not known */
  PropterStr about_time, about_several;
  bool sized;
} Reading;

/* The first word of the kind that none of `unless_before` follows (WORD_NONE: whatever follows); the count of words: none. */
size_t why_first_of(const Words *words, WordKind kind, WordKind unless_before);

/* wording.c: gives words the kinds that they have beside each other, before anything is looked for. NO_MEMORY. */
PropterStatus why_wording(const PropterLexicon *lexicon, Words *words, PropterArena *arena, PropterQuestion *question, PropterError *err);
/* Once the metric is known: which way that is which words call better or worse. NO_MEMORY. */
PropterStatus why_turn_valued(const PropterLexicon *lexicon, Words *words, PropterArena *arena, PropterQuestion *question, PropterError *err);

/* sizes.c: "by a third"; before times are looked for. */
void why_fractions(Words *words);
/* Once the metric is known: how much of it there was. */
void why_amounts(Words *words);
/* Sizes, which are noted and not looked at; `sized`: one is a share. NO_MEMORY. */
PropterStatus why_read_sizes(PropterQuestion *question, const Words *words, bool *sized, PropterArena *arena, PropterError *err);
/* Figures that the asker has seen. NO_MEMORY. */
PropterStatus why_read_figures(PropterQuestion *question, const Words *words, PropterArena *arena, PropterError *err);
/* The gap of a question with the size of a change between two times. */
void why_size_of_a_change(PropterQuestion *question, const Words *words);

/* causes.c: the cause that should have moved what did not, before times are looked for. NO_MEMORY. */
PropterStatus why_read_conceded(Reading *reading);
/* The cause that free words name. `early`: before the metric is looked for, whole names of several words only. NO_MEMORY. */
PropterStatus why_read_free_cause(Reading *reading, bool early);
/* Gives cause and time to each other, where only one is told. NO_MEMORY. */
PropterStatus why_settle_cause(Reading *reading);
/* Words left over that stand where a cause does make the gap that of an unknown cause. */
void why_names_no_cause(const PropterLexicon *causes, PropterQuestion *question, const Words *words);
/* Takes the word that turns the question round. */
void why_negate(PropterQuestion *question, const Words *words);

#endif
