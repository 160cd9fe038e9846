/* SPDX-License-Identifier: Apache-2.0 */
/* The mapping documents as triples in memory, with the line of each. */
#ifndef MAP_DOC_H
#define MAP_DOC_H

#include "propter/graph.h"
#include "propter/hash.h"
#include "propter/map.h"
#include "propter/vocab.h"

typedef enum {
  WORD_NONE,
#define WORD(name) WORD_##name,
#include "words.def"
#undef WORD
  WORD_COUNT
} Word;

/* Which vocabulary a word was taken from. */
typedef enum { VOCABULARY_NONE, VOCABULARY_RML, VOCABULARY_2014, VOCABULARY_CSVW, VOCABULARY_PROPTER, VOCABULARY_RDF } Vocabulary;

typedef uint32_t Node;
#define NO_NODE UINT32_MAX

typedef struct {
  PropterTerm term;
  Word word; /* WORD_NONE unless it is an IRI of a vocabulary */
  Vocabulary vocabulary;
  uint32_t file; /* of blank nodes */
} NodeInfo;

typedef struct {
  Node s, p, o;
  uint32_t file;
  uint64_t line;
} DocTriple;

typedef struct {
  const char *path;
  PropterStr directory; /* "" or ends with '/' */
  bool definitions;     /* of one of the forms of definitions.def */
  PropterStr iri;       /* file: IRI */
  PropterStr base;      /* declared by @base; empty: none */
} DocFile;

typedef struct {
  PropterArena *arena; /* texts; the mapping's */
  PropterMap index;    /* term in N-Triples syntax → node */
  PROPTER_VEC(NodeInfo) nodes;
  PROPTER_VEC(DocTriple) triples; /* sorted by subject, then in the order of the documents */
  PROPTER_VEC(DocFile) files;
  PROPTER_VEC(PropterMapRefusal) refusals;
  PROPTER_VEC(const char *) warnings; /* keys of definitions that are passed over, each once */
  PropterMap warned;
  bool database; /* the caller names one */
  PropterBuf key;
  uint32_t reading; /* the file that statements come from */
} Doc;

/* Reads the documents into `doc` (zero but for arena and database). */
PropterStatus doc_read(Doc *doc, const char *const *paths, size_t count, const PropterLimits *limits, PropterError *err);
void doc_clear(Doc *doc);

/* Triples of a subject: *first and count. */
size_t doc_subject(const Doc *doc, Node s, const DocTriple **first);
/* The n-th triple of `s` with that property; NULL: none. */
const DocTriple *doc_get(const Doc *doc, Node s, Word property, size_t n);
/* The same by a term of the vocabulary. */
const DocTriple *doc_find(const Doc *doc, Node s, PropterVocab property, size_t n);
const NodeInfo *doc_node(const Doc *doc, Node n);
/* Fails with the place of a triple. */
PropterStatus doc_fail(const Doc *doc, const DocTriple *at, PropterError *err, PropterStatus status, const char *format, ...) PROPTER_PRINTF(5, 6);
/* Name of a node for messages: local name, IRI, "a blank node" or the text. */
const char *doc_name(const Doc *doc, Node n);

#endif
