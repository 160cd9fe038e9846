/* SPDX-License-Identifier: Apache-2.0 */
/* What a suite of published cases is. */
#ifndef CONFORMANCE_H
#define CONFORMANCE_H

#include "propter/graph.h"
#include "propter/hash.h"

/* Quads of a dataset, texts in its arena. */
typedef struct {
  PropterTerm term[4]; /* s, p, o, g */
} DatasetQuad;
typedef struct {
  DatasetQuad *items;
  size_t count, cap;
  PropterArena arena;
  PropterMap seen;
} Dataset;
/* Adds a quad unless it is there. */
bool dataset_add(Dataset *d, const PropterTerm term[4]);
PropterStatus dataset_read(Dataset *d, const char *path, const char *format, PropterError *err);
/* Equal as sets of quads up to the names of blank nodes. On false, `difference` gets a quad that only one of them has. */
bool dataset_equal(Dataset *a, Dataset *b, PropterBuf *difference);
/* The n-th object of subject and predicate, NULL: there is none. */
const PropterTerm *dataset_object(const Dataset *d, const PropterTerm *s, const char *p, size_t nth);
PropterStatus dataset_read_text(Dataset *d, PropterStr text, const char *format, PropterStr base, PropterError *err);
/* JSON-LD (`linked`) or RDF/JSON, as far as json_dataset.c says. */
PropterStatus dataset_read_json(Dataset *d, PropterStr text, bool linked, PropterError *err);
/* Writes each xsd:double in one way. */
void dataset_numbers(Dataset *d);
/* Integers lose their type. */
void dataset_plain_integers(Dataset *d);
void dataset_clear(Dataset *d);

typedef struct {
  const char *name;   /* as printed */
  const char *folder; /* below the data folder */
  /* Calls conformance_case for every case of the suite in `folder`. */
  void (*run)(const char *folder);
} ConformanceSuite;

/* Counts one case; true if it is to be run (not in the skip list). */
bool conformance_case(const char *name);
/* Counts one case as skipped: what it needs is not on this machine, which has been said. */
void conformance_skip(void);
/* The outcome of that case. */
void conformance_pass(void);
void conformance_failed(const char *format, ...) PROPTER_PRINTF(1, 2);

/* Names in a folder, sorted, that begin and end so. Free each and the list. */
char **conformance_list(const char *folder, const char *prefix, const char *suffix, size_t *count);

#endif
