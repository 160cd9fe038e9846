/* SPDX-License-Identifier: Apache-2.0 */
/* WordNet: senses of English words, their synonyms and what they are kinds of, from a folder of its files as wndb(5WN) describes them (Debian: wordnet-base).
 * The files are mapped, not read: opening costs some system calls, a look-up a binary search in a sorted index. */
#ifndef PROPTER_WORDNET_H
#define PROPTER_WORDNET_H

#include "propter/str.h"

/* May be used from several threads. */
typedef struct PropterWordnet PropterWordnet;

typedef enum { PROPTER_WORDNET_NOUN, PROPTER_WORDNET_VERB, PROPTER_WORDNET_ADJ, PROPTER_WORDNET_ADV, PROPTER_WORDNET_POS_COUNT } PropterWordnetPos;

/* A set of synonyms: a sense. */
typedef struct {
  PropterWordnetPos pos;
  uint32_t offset; /* of its record in the file of its part of speech */
} PropterSynset;

/* Where Debian's package puts it. */
#define PROPTER_WORDNET_FOLDER "/usr/share/wordnet"

/* Opens the files of `folder` (NULL: PROPTER_WORDNET_FOLDER). NOT_FOUND: one is missing; SYNTAX: one is no file of WordNet; NO_MEMORY. Free with
 * propter_wordnet_close, which takes NULL. Records that turn out to be damaged give nothing. */
PROPTER_API PropterStatus propter_wordnet_open(const char *folder, PropterWordnet **out, PropterError *err);
PROPTER_API void propter_wordnet_close(PropterWordnet *w);

/* Words may be in any case, with blanks or underscores between the parts of a compound. Each function below fills at most `room` items and returns how many;
 * what it gives is borrowed from `w`, words with underscores. */

/* The words of the index that a form belongs to: itself, else by the list of exceptions, else by endings (morphy(7WN)). */
PROPTER_API size_t propter_wordnet_bases(const PropterWordnet *w, PropterStr form, PropterWordnetPos pos, PropterStr *out, size_t room);
/* Their senses, the commonest of a word first. */
PROPTER_API size_t propter_wordnet_senses(const PropterWordnet *w, PropterStr form, PropterWordnetPos pos, PropterSynset *out, size_t room);

/* The synonyms of a sense. */
PROPTER_API size_t propter_wordnet_words(const PropterWordnet *w, PropterSynset s, PropterStr *out, size_t room);
/* What a sense points to with one of the symbols of wninput(5WN), given with blanks between: "@ @i" what it is a kind or an instance of, "~" its kinds, "+"
 * senses of words derived from it, ">" what it causes, "#p" wholes of which it is a part. */
PROPTER_API size_t propter_wordnet_pointers(const PropterWordnet *w, PropterSynset s, const char *symbols, PropterSynset *out, size_t room);
/* All that a sense is a kind or an instance of, directly or not, each once, the nearest first. */
PROPTER_API size_t propter_wordnet_hypernyms(const PropterWordnet *w, PropterSynset s, PropterSynset *out, size_t room);
/* The coarse class of a sense, by lexnames(5WN): "noun.act", "verb.change"; NULL: damaged. Static. */
PROPTER_API const char *propter_wordnet_class(const PropterWordnet *w, PropterSynset s);

#endif
