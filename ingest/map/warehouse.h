/* SPDX-License-Identifier: Apache-2.0 */
/* Metrics over the tables of a database: it adds them up by one query, so that only cells come here. */
#ifndef MAP_WAREHOUSE_H
#define MAP_WAREHOUSE_H

#include "metric_join.h"
#include "propter/vocab.h"

enum { WAREHOUSE_SLICES = 64 };
#define WAREHOUSE_SIZE "propter:size"

typedef struct {
  const DocTriple *at; /* the metric, for messages */
  PropterStr table;    /* "schema.table" */
  PropterStr time;     /* a column */
  PropterStr value;    /* a column; empty: rows are counted, or `expression` is added up */
  PropterStr expression, grain, share; /* SQL of a row; ISO 8601; of a percentile */
  PropterStr window, since; /* of a cumulative sum: as propter:window and propter:since say it; empty: none */
  PropterStr aggregation;   /* IRI */
  const MetricSlices *joined;
  /* Dimensions that the cells have a member of; of those that are fixed, the member. */
  struct {
    const MetricSlice *is;
    PropterStr member;
    bool fixed;
  } slice[WAREHOUSE_SLICES];
  size_t slices;
  const char *pattern; /* result: how the first days of periods are written; NULL: ISO 8601 */
  bool sized;          /* result: of a mean, the column WAREHOUSE_SIZE says of how many values it was taken */
  PropterStr sql;      /* result: the query, whose columns are called as those above; the value of rows and expressions "value" */
} Warehouse;

/* True if nothing but a database computes it. */
bool warehouse_only(PropterStr aggregation);
/* False: no database adds it up, or what it gives for slices says nothing of the whole (*combines). */
bool warehouse_aggregates(PropterStr aggregation, bool *combines);
/* True for days or months as a duration, P7D or P3M. */
bool warehouse_reach(PropterStr text);
/* Appends the SQL that aggregates a column or expression; false: it depends on the database, or on the period. */
bool warehouse_aggregate(PropterVocab word, PropterStr column, PropterBuf *sql);
/* Makes the query for the database that `s` is, its reader and address filled; the table and its columns are looked up there. NOT_FOUND, INVALID with the place
 * of the metric: no such table or column, a period or an aggregation that the database does not have. */
PropterStatus warehouse_query(PropterMapping *m, const LogicalSource *s, Warehouse *w, PropterError *err);

#endif
