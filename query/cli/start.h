/* SPDX-License-Identifier: Apache-2.0 */
/* From a folder to a first answer, in parts: its tables, names for what they measure, the moves. Each prints what it did. */
#ifndef CLI_START_H
#define CLI_START_H

#include "output.h"
#include "propter/hash.h"

typedef struct {
  char *path;      /* as opened */
  const char *sheet; /* of a workbook: each sheet is a table of its own */
  bool table;
  bool events;     /* a table of happenings */
  bool taken;      /* read together with an earlier table of the same columns */
  PropterStatus status;
} StartFile;

typedef struct {
  CommandCall *call;
  FILE *notes; /* what is done meanwhile: standard error */
  PropterArena arena;
  PROPTER_VEC(StartFile) files;
  PropterStr folder, name; /* last part of its name, as IRIs and files take it */
  const char *pack;
  PropterBuf job; /* names of the mappings, for the job file */
  PropterMap labels; /* of metrics: hash of the first metric's IRI */
  PropterMap parts;  /* of dimensions, by local name: hash of the first; and what is written of them */
  PropterStr cause, cause_name; /* of the concept written last: its key, its name */
  size_t mappings, documents, events;
  PropterError *err;
} Start;

/* A text that lives as long as `s`; NULL: out of memory. The format takes two strings. */
char *start_text(Start *s, const char *format, const char *a, const char *b);
PropterStatus start_no_memory(PropterError *err);
/* Letters and digits of a file's name, for IRIs and file names; NULL: out of memory. */
char *start_stem(Start *s, const char *path);

/* start_tables.c: the file's name ends as tables do. */
bool start_names_table(const char *name);
/* start_tables.c: the files of the folder; mappings for its tables, written into the pack. */
PropterStatus start_walk(Start *s);
PropterStatus start_tables(Start *s);
/* start_concepts.c: names for measures, members and causes; reads the documents. */
PropterStatus start_concepts(Start *s);
/* start_moves.c: the most surprising moves, and why the first. DECLINED: there are none. */
PropterStatus start_moves(Start *s);

/* cmd_start.c: runs a command with these words; what it prints goes to `out`. Rows or documents set aside are no failure. */
PropterStatus start_step(Start *s, const char *name, char **words, unsigned count, FILE *out);
/* The same, but what it prints of single files of the folder is left out, or everything. */
PropterStatus start_brief(Start *s, const char *name, char **words, unsigned count, bool show);
/* Rows of a query, one call for each. */
typedef PropterStatus (*StartUse)(Start *s, const PropterTerm *row, void *payload);
PropterStatus start_each(Start *s, const char *query, StartUse use, void *payload);

#define START_PREFIXES                                                                                                                                         \
  "PREFIX propter: <https://w3id.org/propter#> PREFIX skos: <http://www.w3.org/2004/02/skos/core#> PREFIX qb: <http://purl.org/linked-data/cube#> "            \
  "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "

#endif
