/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a mapping written in a test and gives what it made as sorted N-Quads lines. */
#ifndef MAPPING_H
#define MAPPING_H

#include "propter/map.h"
#include "support.h"

/* The prefixes rml, rr, ql, old (RML of 2014), ex, xsd, qb, skos, propter. */
extern const char mapping_prefixes[];

/* Writes the files of mapping_run and gives the path of the mapping. */
const char *mapping_write(const char *turtle, const char *csv, const char *other);
/* Runs it from there; mapping_run_with: read with these options. */
PropterStatus mapping_run_with(const PropterMappingOptions *how, const char *path, bool provenance, PropterBuf *out, PropterMapCounts *counts,
                               PropterError *err);
PropterStatus mapping_run_at(const char *path, bool provenance, PropterBuf *out, PropterMapCounts *counts, PropterError *err);

/* Runs the mapping whose path is the payload: for support_fail_everywhere. */
PropterStatus mapping_try(void *payload, PropterError *err);

/* Writes "m.ttl" (prefixes and `turtle`) and "t.csv" (and "u.csv" unless NULL) into a new folder and runs the mapping. Lines of quads and
 * lines "reject ROW:COLUMN:RULE" are appended to `out`, sorted. */
PropterStatus mapping_run(const char *turtle, const char *csv, const char *other, bool provenance, PropterBuf *out, PropterMapCounts *counts,
                          PropterError *err);

/* Reads and runs it; metric definitions that are refused are an error, the first one's. */
PropterStatus mapping_judge(const char *path, PropterError *err);

/* Appends the definitions of a mapping, with '#name' for the IRIs of the file. */
void mapping_definitions(const char *path, PropterBuf *out);

/* The result must be this text. */
void mapping_expect(const char *turtle, const char *csv, const char *other, const char *wanted);
/* The mapping must be refused at this line after the prefixes (0: any), with these words. */
void mapping_refuse(const char *turtle, const char *csv, PropterStatus status, uint64_t line, const char *words);

#endif
