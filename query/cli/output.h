/* SPDX-License-Identifier: Apache-2.0 */
/* What commands share for their output. */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include "cmd.h"
#include "propter/put.h"
#include "propter/rdf.h"
#include "propter/run.h"

/* A PropterWrite whose payload is a FILE. */
PropterStatus output_write(PropterStr bytes, void *file, PropterError *err);
/* A stream onto `to` through which text goes as propter_put_lines makes it. NULL: no memory. Closing it leaves `to` open. */
FILE *output_screen(FILE *to);
/* As propter/put.h has them, text of others: as a JSON string with its quotes, a number of an object, a guarded field of a CSV file, in one line for people. */
void output_json(FILE *out, PropterStr text);
void output_json_number(FILE *out, const char *name, double value, int digits);
void output_csv(FILE *out, PropterStr text);
void output_line(FILE *out, PropterStr text);
/* One word of a shell command, quoted where it must be. */
void output_word(PropterBuf *out, PropterStr text);
/* "1,234,567"; the text stays until eight calls later. */
const char *output_number(uint64_t n);
/* propter_number of so many significant digits; valid until the eighth call after this. */
const char *output_figures(double value, int digits, bool sign);
/* What printf must be told as width to put the text into so many columns, whatever bytes its characters have. */
int output_width(PropterStr text, int columns);
/* "1,234 claims", "1 claim"; the text stays as long. `what` is the word for one, at most 30 bytes, whose plural has an s. */
const char *output_count(uint64_t n, const char *what);
/* "; run NAME" of a run, nothing in a dry run, into `text`. */
PropterStatus output_run(const CommandCall *call, PropterRun *run, char text[160], PropterError *err);
/* Is the word of --format one of these (ended by NULL; the first is the default)? USAGE names them. */
PropterStatus output_format(const CommandCall *call, const char *const *formats, const char **format, PropterError *err);
/* The value of an option that is an absolute IRI; empty if it was not given. INVALID: it is none. */
PropterStatus output_iri_option(const CommandCall *call, const char *name, PropterStr *iri, PropterError *err);
/* The value of an option that names a file to write, NULL if not given. USAGE: the folder for it is not there; said before any work is done. */
PropterStatus output_file_option(const CommandCall *call, const char *name, const char **path, PropterError *err);
/* The id of the graph in --graph-iri, PROPTER_NO_ID if not given. NOT_FOUND: the graph has none of that name. */
PropterStatus output_find_graph(PropterSnapshot *snapshot, PropterStr iri, PropterId *id, PropterError *err);

/* An option that is a day (INVALID); PROPTER_NO_DAY if not given. */
PropterStatus output_day_option(const CommandCall *call, const char *name, PropterDay *day, PropterError *err);
/* An option that is a whole number from `low` to `high` (USAGE); *n stays if not given. */
PropterStatus output_number_option(const CommandCall *call, const char *name, int64_t low, int64_t high, int64_t *n, PropterError *err);
/* … a number between `low` and `high`, without these. */
PropterStatus output_real_option(const CommandCall *call, const char *name, double low, double high, double *x, PropterError *err);

#endif
