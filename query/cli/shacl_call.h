/* SPDX-License-Identifier: Apache-2.0 */
/* What the commands validate and ingest share. */
#ifndef CLI_SHACL_CALL_H
#define CLI_SHACL_CALL_H

#include "output.h"
#include "propter/shacl.h"

enum { SHACL_CALL_FILES = 32 };

/* The files of a repeated option, at most SHACL_CALL_FILES. */
PropterStatus shacl_call_files(const CommandCall *call, const char *option, const char *files[SHACL_CALL_FILES], size_t *count, PropterError *err);
/* Writes a report as "text" (a line for each result), as rows (table, json, csv, tsv, xml) or as RDF. */
PropterStatus shacl_call_write(PropterShaclReport *report, const char *format, FILE *out, PropterError *err);
/* Is it a format of reports? */
bool shacl_call_format(const char *format);

#endif
