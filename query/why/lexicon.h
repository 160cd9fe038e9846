/* SPDX-License-Identifier: Apache-2.0 */
/* The inside of a lexicon, for what fills it (lexicon.c) and what looks names up in it (match.c). */
#ifndef WHY_LEXICON_H
#define WHY_LEXICON_H

#include "question.h"

typedef struct {
  PropterStr iri, label;
  PropterMap about;       /* words and stems that may stand beside the name */
  PropterDay first, last; /* of a cause; a last day that is not known is the first */
  int good;               /* +1: more is better; -1: less is; 0: not said */
} Metric;

typedef struct {
  size_t metric;
  PropterNameKind kind;
  PropterStr text;
  size_t count;   /* words without the joining ones */
  uint32_t *word; /* indexes of terms */
} Name;

/* A dimension of the members, by one of its names. */
typedef struct {
  PropterStr iri, name;
  Words words;
} Dimension;

/* A word of the names, once. */
typedef struct {
  PropterStr text, stem;
} Term;

struct PropterLexicon {
  PropterArena arena;
  struct sb_stemmer *stemmer;
  PropterMap vocabulary; /* folded words of all names: index of the term */
  PropterMap stems;
  PROPTER_VEC(Term) terms;
  PROPTER_VEC(Metric) metrics;
  PROPTER_VEC(Name) names;
  Words *measures; /* words of the rows of synonyms.def; NULL: not yet */
  size_t alone;          /* 1 + the only metric that is looked for; 0: all are */
  PropterLexicon *causes;
  PropterLexicon *members;        /* each "metric" of it is a member of a dimension */
  size_t members_of;              /* the metric that has these dimensions */
  PROPTER_VEC(PropterCut) slices; /* of a lexicon of members: what each is */
  PROPTER_VEC(Dimension) dimensions;
  PropterMap idle;                /* of a lexicon of members: names that are a word which asks, and so name nothing */
  PropterWordnet *wordnet;        /* NULL: not there, or not yet looked for */
  bool looked;                    /* for it */
  bool proper; /* proper names: near ones are others, so only one slip is forgiven, and it is always said */
};

/* Is it, by its ending, another word than one of the same stem: "planned" than "plan", "basically" than "basic"? */
static inline bool why_derived(const Word *w) {
  static const char *const endings[] = {"ed", "ing", "ly", "er"};
  for (size_t k = 0; k < sizeof endings / sizeof *endings; k++)
    if (propter_str_ends(w->text, propter_str(endings[k]))) return true;
  return false;
}

/* A word that joins others: names are compared without it. */
static inline bool why_joins(const Word *w) { return w->kind == WORD_STOP || w->kind == WORD_JOIN; }

#endif
