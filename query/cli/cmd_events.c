/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include <string.h>
#include <unistd.h>

#include "output.h"
#include "propter/events.h"

static const char *const formats[] = {"table", "json", NULL};

enum { COLUMNS = 64 };

static void print_counts(const CommandCall *call, const PropterEventsResult *r) {
  FILE *out = call->out;
  if (call->format && strcmp(call->format, "json") == 0) {
    fputs("{\"run\":", out);
    output_json(out, r->run);
    fprintf(out, ",\"dryRun\":%s,\"entries\":%llu,\"events\":%llu,\"planned\":%llu,\"rejected\":%llu,\"withoutKind\":%llu,\"added\":%llu,\"removed\":%llu}\n",
            call->dry_run ? "true" : "false", (unsigned long long)r->entries, (unsigned long long)r->events, (unsigned long long)r->planned,
            (unsigned long long)r->rejected, (unsigned long long)r->kinds, (unsigned long long)r->added, (unsigned long long)r->removed);
    return;
  }
  if (!r->run.len) {
    fprintf(out, "nothing to do: the %s events stand in the graph\n", output_number(r->events));
    return;
  }
  fprintf(out, "%s: %s entries, %s events (%s planned); %s added, %s removed; run %s\n", call->dry_run ? "would read" : "read", output_number(r->entries),
          output_number(r->events), output_number(r->planned), output_number(r->added), output_number(r->removed), r->run.data);
  if (r->kinds) fprintf(out, "%s of a kind that no concept of the graph is called\n", output_number(r->kinds));
  if (r->rejected)
    fprintf(out, "%s rejected and put into quarantine%s%s\n", output_number(r->rejected), call->dry_run ? "" : "; to see them: propter rejects ",
            call->dry_run ? "" : r->run.data);
}

static PropterStatus run(CommandCall *call, PropterError *err) {
  const char *format, *columns[COLUMNS];
  PropterEventsOptions o = {.paths = (const char *const *)call->operands,
                            .count = call->operand_count,
                            .columns = columns,
                            .wait = cmd_flag(call, "wait"),
                            .dry_run = call->dry_run,
                            .now = call->now,
                            .log = call->log,
                            .software = PROPTER_STR("propter " PACKAGE_VERSION)};
  PROPTER_TRY(output_format(call, formats, &format, err));
  while (o.column_count < COLUMNS && (columns[o.column_count] = cmd_value_at(call, "column", (unsigned)o.column_count))) o.column_count++;
  for (unsigned i = 0; i < call->operand_count; i++)
    /* Before a graph is made for files that are not there. */
    if (access(call->operands[i], F_OK) != 0) {
      propter_error_at(err, call->operands[i], 0, 0);
      return propter_fail(err, PROPTER_NOT_FOUND, "no such file");
    }
  PropterGraph *graph = NULL;
  PropterEventsResult result = {0};
  PropterStatus status = propter_graph_open(call->graph, PROPTER_GRAPH_CREATE, NULL, &graph, err);
  if (status == PROPTER_OK) status = propter_events(graph, &o, &result, err);
  if (status == PROPTER_OK) print_counts(call, &result);
  if (status == PROPTER_OK && result.rejected) status = PROPTER_NEGATIVE;
  propter_graph_close(graph);
  propter_events_result_clear(&result);
  return status;
}

static const CommandOption options[] = {
    {"column", 0, "FIELD=NAME", "the column (in CloudEvents: JSONPath) of a field, where its name is none of those known; may be repeated"},
    {"wait", 0, NULL, "wait while another program writes to the graph, instead of exit 4"},
    {NULL, 0, NULL, NULL}};

const Command command_events = {
    .name = "events",
    .summary = "read lists of events: tables, calendars, CloudEvents, log records",
    .operands = "FILE...",
    .min_operands = 1,
    .max_operands = UINT32_MAX,
    .options = options,
    .details =
        "A table (CSV, TSV, XLSX, ODS) has a row for each event. Fields: title, start, end (the last day), known (the day from which it was known), kind,\n"
        "scope (several with ;), planned (yes or no), id, source, text. Their columns are found by name (start, from, begin, date ...) or told by --column; a\n"
        "column scope.DIMENSION, or called as a dimension of which metrics of the graph have a member (country), adds to the scope;\n"
        "so does one with any other name at least half of whose values are called as such members (the rest of them say nothing);\n"
        "columns that are not read are named. Where the header names no start or title, a table without amounts, of fewer rows than days go by, with a text of its\n"
        "own in each row is taken for a list of happenings by that shape, and it is said which columns were taken. Days are written 2024-03-01,\n"
        "5/Jan/24 10:00 AM, 5 Jan 2024, Jan 5, 2024, in seconds or milliseconds since 1970, or as propter ingest --sniff finds them. Exports of ThirdEye,\n"
        "Jira (from Created to Resolved) and GitHub releases (CSV or JSON) are read as they are.\n"
        "A calendar (.ics) gives a row for each occurrence: SUMMARY, DTSTART, DTEND, CATEGORIES (kind), CREATED or an earlier DTSTAMP (known; what was known\n"
        "before it began is planned); rules are followed to COUNT or UNTIL, else to a year after DTSTAMP; LOCATION, the column place, is the scope\n"
        "where the graph has a concept called so (--column scope=place: it must have one).\n"
        "An event whose kind or title ends in \"holiday\", or whose file is called so (holidays.ics), is a day that recurs: what it and the two days around it did\n"
        "to a figure of its scope twice is expected of it from then on.\n"
        "Log records of OpenTelemetry (OTLP in JSON) are events where they have a name: body or attribute title, time, observed time (known), name (kind),\n"
        "attribute scope or the resource's service.name (scope).\n"
        "A title or a kind, and a start, must be there. Other files in JSON hold CloudEvents 1.0: one, a batch, or one a line (.ndjson). time is the start unless data\n"
        "has a start, recordedtime is when it was known, type the kind (its last part is enough), subject the scope unless data has one; title, end, known and\n"
        "planned come from data.\n"
        "Kind and scope are found by label among the concepts of the graph: load the knowledge first. A kind that names nothing is kept as words. An entry\n"
        "whose scope names nothing is rejected, because without a scope it would hold everywhere; so is one with a date that is none, an end before the start,\n"
        "or the key of another. Planned changes are propter:PlannedChange as well. Days are those written, in the entry's own time zone.\n"
        "Each file is a graph of its own (FILE#events), replaced when it is read again. Exit 1: entries were put into quarantine (propter rejects shows them).",
    .examples = "(echo title,start,end; echo Summer sale,2024-06-14,2024-06-30) >events.csv && propter events events.csv\n"
                "propter events events.csv --column known=start --dry-run",
    .formats = formats,
    .run = run};
