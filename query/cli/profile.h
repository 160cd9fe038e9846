/* SPDX-License-Identifier: Apache-2.0 */
/* What a table is like, measured: for the command profile, and for the limits of a run. */
#ifndef CLI_PROFILE_H
#define CLI_PROFILE_H

#include "propter/date.h"
#include "propter/graph.h"
#include "propter/rdf.h"
#include "propter/table.h"
#include "propter/vocab.h"

typedef struct {
  PropterStr column; /* empty: of the table */
  PropterVocab metric;
  double value, before; /* before: NAN, not known */
  bool day;             /* days since 1970-01-01 */
} Measured;

/* Zero-initialise; free with profile_clear. */
typedef struct {
  PropterArena arena;
  PropterStr file; /* IRI of the table */
  PROPTER_VEC(Measured) items;
} Profile;

/* Measures a table as profile.def says; `today` is what its age is counted to. Errors as propter_sniff. */
PropterStatus profile_measure(Profile *p, const char *path, const PropterTableOptions *options, PropterDay today, PropterError *err);
/* The measure's name: the local part of its IRI. */
PropterStr profile_name(const Measured *m);
/* `before` of each measurement: what the graph says under `base`. */
PropterStatus profile_recall(Profile *p, PropterStr base, PropterSnapshot *snapshot, PropterError *err);
/* A value as people read it: a day, or a number with at most six digits behind the point. */
void profile_print(const Measured *m, double value, char text[32]);
/* The measurements in the W3C Data Quality Vocabulary; their IRIs begin with `base`. */
PropterStatus profile_statements(const Profile *p, PropterStr base, const PropterRdfSink *sink, PropterError *err);
void profile_clear(Profile *p);

#endif
