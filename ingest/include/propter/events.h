/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of events that teams have already into the graph: tables with a row for each event, calendars (iCalendar), log records of OpenTelemetry (OTLP in JSON),
 * and CloudEvents 1.0 in JSON (one, a batch, or one a line), and releases as GitHub's REST API lists them. */
#ifndef PROPTER_EVENTS_H
#define PROPTER_EVENTS_H

#include "propter/graph.h"
#include "propter/log.h"
#include "propter/sniff.h"

typedef struct {
  const char *const *paths;
  size_t count;
  const char *const *columns; /* "start=Beginn": the column of a field (ingest/events.def) where its header is none of the known ones */
  size_t column_count;
  bool wait, dry_run;
  int64_t now; /* clock: seconds since 1970 */
  PropterStr software;
  const PropterLimits *limits; /* NULL: defaults */
  const PropterLog *log;       /* is told which columns are not read; NULL: nobody */
} PropterEventsOptions;

/* Zero-initialise; free with propter_events_result_clear. */
typedef struct {
  PropterStr run;      /* name of the run; empty: nothing changed, and nothing was recorded */
  uint64_t entries;    /* read */
  uint64_t events;     /* made */
  uint64_t planned;    /* of them planned changes */
  uint64_t rejected;
  uint64_t kinds;      /* events with a kind that no concept of the graph is called */
  uint64_t added, removed;
  PropterArena arena;
} PropterEventsResult;

/* Each file fills the graph <file: IRI#events>, replacing what it held: propter:Event (and propter:PlannedChange) with label, first and last day, the day
 * from which it was known, kind and scopes found by label among the concepts of the graph, file and line. Days are those written, in the entry's own time
 * zone; of seconds or milliseconds since 1970 those of UTC. An event's IRI is made from file, source and id, or else from file, title, start, kind and scope.
 * All in one transaction with the record of the run (kind "events"). A column called as a dimension of which metrics of the graph have a member
 * (propter:fixed), and no field's, adds to the scope. An entry without a title or kind or without a start, with a date that is none, an end before the start, a
 * scope that names nothing or several things, or a key that another has is rejected (OK, result->rejected): propter_run_rejects has file, line and reason. A
 * scope that names nothing is not left out, because the event would then seem to hold everywhere; a kind that names nothing is kept as words (dct:subject).
 * Where the header names no start or title, a table of fewer rows than days go by, with days, no amounts and a text of its own in each row is taken by that
 * shape, and the log is told; delimiter, encoding and the way of writing days are found by a look at the table (propter_sniff).
 * NOT_FOUND: no such file or column; INVALID: a table has no column for the start, or for title and kind; USAGE: a wrong `columns`; else as
 * propter_table_open and the writer. After any failure the graph is as it was. */
PROPTER_API PropterStatus propter_events(PropterGraph *graph, const PropterEventsOptions *options, PropterEventsResult *result, PropterError *err);
/* True if the file is a table whose header names a start, and a title or a kind, or that has the shape of such (`looked`: what propter_sniff found in it; NULL:
 * the header alone counts), or a document (JSON) of CloudEvents, log records or
 * releases. *spans (may be NULL): it is a table, and names a title, a start and an end, so that amounts beside them are of what happened (a severity). */
PROPTER_API bool propter_events_recognised(const char *path, const PropterSniff *looked, const PropterLimits *limits, bool *spans);
PROPTER_API void propter_events_result_clear(PropterEventsResult *result);

#endif
