/* SPDX-License-Identifier: Apache-2.0 */
/* YARRRML (https://rml.io/yarrrml/spec) as the RML of 2014 that it stands for, statement by statement with the line of the YAML it comes from. */
#ifndef MAP_YARRRML_H
#define MAP_YARRRML_H

#include "propter/rdf.h"

/* Documents that may name each other's prefixes, sources, targets and mappings. */
typedef struct Yarrrml Yarrrml;

/* True for the extensions yml, yaml, yarrrml, unless dbt_is; and for a file whose extension says nothing if a line of its first 64 KiB begins with
 * "mappings:". */
bool yarrrml_is(const char *path);
/* Reads the documents at those of `paths` (borrowed until yarrrml_free) that are YARRRML. Errors as yaml_open. Free also after a failure. */
PropterStatus yarrrml_open(const char *const *paths, size_t count, const PropterLimits *limits, Yarrrml **out, PropterError *err);
void yarrrml_free(Yarrrml *y);
/* Hands over the statements of the document at path number `n`; each mapping is an IRI: the file's and '#' and its name. INVALID with line and column: what is
 * wrong, or has no RML; LIMIT: more than a million statements. */
PropterStatus yarrrml_read(Yarrrml *y, size_t n, const PropterRdfSink *sink, PropterError *err);

#endif
