/* SPDX-License-Identifier: Apache-2.0 */
/* A table that metadata describe, while its rows are read: what writers of quads and of JSON and the check of keys are given. */
#ifndef MAP_CSVW_ROW_H
#define MAP_CSVW_ROW_H

#include "csvw.h"

#define CSVW "http://www.w3.org/ns/csvw#"
#define RDF "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
#define XSD "http://www.w3.org/2001/XMLSchema#"

typedef PROPTER_VEC(PropterTerm) CsvwValues;

/* A failure is kept and what follows it does nothing. */
typedef struct {
  Execution *x;
  const CsvwTable *t;
  size_t map;         /* the table's triples map */
  PropterArena arena; /* of one record */
  PropterBuf text, value;
  CsvwValues *cells;     /* of each column */
  PropterStr *values;    /* of each column, as templates see it; no data: none */
  uint64_t number, line; /* of the row: among the data, among the rows of the file */
  uint64_t place;        /* line of the file where it begins */
  uint64_t breaks;       /* lines inside cells so far */
  const CsvwColumn *column;
  PropterStatus status;
  PropterError *err;
} CsvwRow;

void row_fail(CsvwRow *r, PropterStatus status);
/* The text, "" after no memory was left for it. */
PropterStr row_checked(CsvwRow *r, PropterStr text);
PropterStr row_keep(CsvwRow *r, PropterStr text);
/* What a buffer holds. */
PropterStr row_kept(CsvwRow *r, const PropterBuf *text);
/* csvw_expand. */
PropterStr row_named(CsvwRow *r, PropterStr text);
PropterStr row_resolved(CsvwRow *r, PropterStr base, PropterStr reference);
/* Percent-encoding undone. */
PropterStr row_decoded(CsvwRow *r, PropterStr text);
void row_reject(CsvwRow *r, const CsvwColumn *c, PropterStr text, const char *rule, const char *format, ...) PROPTER_PRINTF(5, 6);
/* A template's IRI, its prefix expanded, resolved against the table's URL; no data: it is none, which is rejected. */
PropterStr row_expand(CsvwRow *r, PropterStr template, const CsvwColumn *column);
/* Fills cells and values from a row of the file. */
void row_read(CsvwRow *r, const PropterRow *row);

/* csvw_json.c: CSV2JSON (https://www.w3.org/TR/csv2json/), piece by piece. */
void csvw_json_begin(CsvwRow *r);
void csvw_json_row(CsvwRow *r);
void csvw_json_end(CsvwRow *r);

/* csvw_keys.c: what a validator looks at besides the cells: that primary keys are unique and foreign keys name one row. */
void csvw_keys_row(CsvwRow *r);
/* After the last table. */
PropterStatus csvw_keys_end(Execution *x, PropterError *err);

#endif
