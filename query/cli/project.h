/* SPDX-License-Identifier: Apache-2.0 */
/* Project files of propter ingest: an INI file with one section for each data source, as Morph-KGC has them. */
#ifndef CLI_PROJECT_H
#define CLI_PROJECT_H

#include "cmd.h"

/* Is the operand a project file (by its ending, .ini or .cfg)? */
bool project_is(const char *path);
/* Runs `command` (ingest) once for each data source of the file, with the options of `outer` and those of [CONFIGURATION]. The first failure ends it; rows in
 * quarantine do not. NOT_FOUND, SYNTAX, INVALID: with file and line or with section and key. */
PropterStatus project_run(const CommandCall *outer, const char *path, PropterError *err);

#endif
