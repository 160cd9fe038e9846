/* SPDX-License-Identifier: Apache-2.0 */
/* The graph of a call, opened for reading at one state. */
#ifndef CLI_VIEW_H
#define CLI_VIEW_H

#include "cmd.h"
#include "propter/run.h"

typedef struct {
  PropterGraph *graph;
  PropterWriter *writer;     /* of a past state, else NULL */
  PropterSnapshot *snapshot;
} CommandView;

/* As the graph is now. On failure, too, view_close. */
PropterStatus view_open(const CommandCall *call, CommandView *view, PropterError *err);
/* As the graph was after a run, or at the end of a day; *version is its number then. Nothing is written, but nobody else can write meanwhile (LOCKED). Errors
 * of propter_run_past. */
PropterStatus view_open_past(const CommandCall *call, const char *when, CommandView *view, uint64_t *version, PropterError *err);
void view_close(CommandView *view);

#endif
