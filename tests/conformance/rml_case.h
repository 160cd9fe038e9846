/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RML_CASE_H
#define RML_CASE_H

#include <stdbool.h>

/* What is to be executed inside a folder, and what must come of it. Zero: the defaults. */
typedef struct {
  const char *mapping;  /* NULL: mapping.ttl */
  const char *truth;    /* a file of N-Quads (or what its extension says); where there is none, the mapping must be refused */
  const char *base;     /* NULL: none */
  const char *dsn;      /* stands for CONNECTIONDSN in the mapping */
  bool direct;          /* no mapping: the direct mapping of the database */
  const char *database; /* of R2RML's logical tables */
  bool plain_too;       /* values of databases may be typed or plain, the truth is not consistent there */
  bool any_number;      /* doubles are compared by value */
  bool any_integer;     /* integers may have no type */
  bool fails;           /* must be refused whatever files there are */
} RmlCase;
void rml_case(const char *folder, const char *name, RmlCase c);

/* Runs every case whose folder's name begins and ends so and for which `rml` gives a case. */
void rml_cases(const char *folder, const char *prefix, const char *suffix, RmlCase (*rml)(const char *folder, const char *name));
/* True if a row of FOLDER/metadata.csv begins with that name and ends with "true": an error is expected. */
bool rml_error_expected(const char *folder, const char *name);

#endif
