/* SPDX-License-Identifier: Apache-2.0 */
/* The record of one activity (load, ingest, read, infer, review, undo): PROV-O in a named graph of its own, named like the run, together
 * with what the run added and removed, so that it can be undone. */
#ifndef PROPTER_RUN_H
#define PROPTER_RUN_H

#include "propter/graph.h"

/* --- Writing a run ------------------------------------------------------------------------------------------------------- */

typedef struct PropterRun PropterRun;

/* Borrowed until propter_run_finish. */
typedef struct {
  const char *kind;      /* "load", "ingest", "read", "infer", "review", "undo": letters and '-' */
  int64_t now;           /* the caller's clock: seconds since 1970 */
  PropterStr software;   /* version of the program */
  PropterStr parameters; /* everything else that decides the result, in one canonical text */
  bool untracked;        /* leave out what was added and removed: the run cannot be undone (for first loads of very many quads) */
} PropterRunOptions;

/* One rejected row or document. Empty strings and 0 mean: does not apply. Bytes that are not UTF-8 are replaced, values are cut at 200
 * bytes, those of whole rows (without a column) at 4,096. Copied. */
typedef struct {
  PropterStr file;
  uint64_t row;      /* line of the file, from 1 */
  PropterStr column; /* name of the column */
  PropterStr value;  /* what stood there */
  PropterStr rule;   /* short name of the rule it broke: "columns", "iri", "datatype", "duplicate", … */
  PropterStr reason; /* a sentence: expected, found */
} PropterReject;

/* Begins a run on a writer that has not changed anything yet. `limits` NULL: defaults (rejects). Free with propter_run_free. */
PROPTER_API PropterStatus propter_run_begin(PropterWriter *writer, const PropterRunOptions *options, const PropterLimits *limits, PropterRun **out,
                                            PropterError *err);
PROPTER_API void propter_run_free(PropterRun *run);

/* An input: `role` says what it is for ("data", "mapping", "document", "rules", …), `name` is what people call it, mostly its path. `hash`:
 * 32 hexadecimal digits (propter_hash_hex); empty: the file `name` is hashed. All inputs must be given before propter_run_iri,
 * propter_run_sign, propter_run_unchanged and propter_run_finish. */
PROPTER_API PropterStatus propter_run_input(PropterRun *run, PropterStr role, PropterStr name, PropterStr hash, PropterError *err);
/* A graph that the run reads without writing it: the run that wrote that graph cannot be undone before this one. */
PROPTER_API PropterStatus propter_run_used(PropterRun *run, PropterId graph, PropterError *err);
/* A graph whose content is this run's work (replaced or extended). */
PROPTER_API PropterStatus propter_run_generated(PropterRun *run, PropterId graph, PropterError *err);
/* The BLAS kernel. */
PROPTER_API PropterStatus propter_run_kernel(PropterRun *run, PropterStr kernel, PropterError *err);
/* Adds to the number of rows (or documents) read. */
PROPTER_API void propter_run_rows(PropterRun *run, uint64_t rows);
/* Records a reject. Beyond limits.rejects only the count goes on. */
PROPTER_API PropterStatus propter_run_reject(PropterRun *run, const PropterReject *reject, PropterError *err);

/* The run's IRI: made from clock, kind and a hash of the inputs, so equal runs have equal names; a number is appended where the graph has
 * a run of that name. From now on no input can be added. Borrowed from the run. */
PROPTER_API PropterStatus propter_run_iri(PropterRun *run, PropterStr *iri, PropterError *err);

/* Says in `graph` that `thing` is this run's work: prov:wasGeneratedBy the run, prov:generatedAtTime its clock. A question about everything leaves out the
 * run's record, but not this. From now on no input can be added. */
PROPTER_API PropterStatus propter_run_sign(PropterRun *run, PropterId thing, PropterId graph, PropterError *err);

/* True if the run would repeat what stands already: for every graph declared by propter_run_generated the newest run that generated it
 * (or, when none is declared, the newest run of this kind) has the same kind, software, parameters and inputs, was not undone, and the
 * graph has as many quads as that run left. *last (if not NULL) is that run's name, borrowed from the run. */
PROPTER_API PropterStatus propter_run_unchanged(PropterRun *run, bool *same, PropterStr *last, PropterError *err);

/* True if no run of the graph generated one of the graphs declared so far: then propter_run_unchanged would say no, whatever the inputs hold. */
PROPTER_API PropterStatus propter_run_first(const PropterRun *run, bool *first, PropterError *err);

/* Writes the record into the graph named by the run's IRI. Call after the last change and before the commit; the writer's changes so
 * far (without the record) are what an undo reverses. Does not commit. */
PROPTER_API PropterStatus propter_run_finish(PropterRun *run, PropterError *err);

/* Quads the run itself added and removed; valid after propter_run_finish. */
PROPTER_API void propter_run_counts(const PropterRun *run, uint64_t *added, uint64_t *removed);

/* --- Reading runs ---------------------------------------------------------------------------------------------------------- */

typedef struct {
  PropterStr role, name, hash;
} PropterRunInput;

/* Texts live in the arena of the list. */
typedef struct {
  PropterId id;
  PropterStr iri;
  PropterStr name; /* last part of the IRI */
  PropterStr kind, started, software, parameters, kernel;
  PropterStr fingerprint; /* hash of kind, software, parameters and inputs */
  int64_t sequence;       /* 1 for the graph's first run */
  uint64_t rows_read, rows_rejected, added, removed;
  uint64_t version;  /* of the graph with this run; 0: not recorded */
  bool undoable;     /* what it added and removed is known */
  PropterId undoes;  /* the run that this one undid, or PROPTER_NO_ID */
  bool undone;       /* a later run undid it (and was not undone itself) */
  PROPTER_VEC(PropterRunInput) inputs;
  PropterIds generated, used; /* graphs */
} PropterRunInfo;

typedef struct {
  PropterRunInfo *items;
  size_t count, cap;
  PropterArena arena;
} PropterRunList;

/* All runs, oldest first. Zero-initialise `list`; free with propter_run_list_clear. */
PROPTER_API PropterStatus propter_run_list(PropterSnapshot *snapshot, PropterRunList *list, PropterError *err);
PROPTER_API void propter_run_list_clear(PropterRunList *list);
/* The graphs of all run records, appended: what a question about everything leaves out. */
PROPTER_API PropterStatus propter_run_graphs(PropterSnapshot *snapshot, PropterIds *graphs, PropterError *err);

/* In a list: the run with this name, IRI or unique beginning of a name, or the newest one for "last" or an empty text.
 * NOT_FOUND, INVALID (several begin so). */
PROPTER_API PropterStatus propter_run_find(const PropterRunList *list, PropterStr name, const PropterRunInfo **run, PropterError *err);
/* The same, and for a day ("2016-02-29") the last run that began by its end (UTC). NOT_FOUND: the first run is later. */
PROPTER_API PropterStatus propter_run_find_past(const PropterRunList *list, PropterStr when, const PropterRunInfo **run, PropterError *err);
/* In a list: the newest run of this kind (NULL: any) that generated `graph` (PROPTER_NO_ID: any) and is not undone; NULL if there is none. */
PROPTER_API const PropterRunInfo *propter_run_find_last(const PropterRunList *list, const char *kind, PropterId graph);
/* In a list: the newest run that takes rows or documents in and may reject some; NULL if there is none. */
PROPTER_API const PropterRunInfo *propter_run_find_intake(const PropterRunList *list);

/* True if every graph that a run generated has as many quads as the run left in it; nothing is counted while the run is the last commit. */
PROPTER_API PropterStatus propter_run_stands(PropterWriter *writer, const PropterRunInfo *run, bool *stands, PropterError *err);

/* The rejects of a run in the order they came; `reject` is called for each (texts borrowed for the call). */
PROPTER_API PropterStatus propter_run_rejects(PropterSnapshot *snapshot, const PropterRunInfo *run,
                                              PropterStatus (*reject)(const PropterReject *reject, void *payload, PropterError *err), void *payload,
                                              PropterError *err);

/* Appends a reject as an object of JSON: file, row (where there is one), column, value, rule and reason. */
PROPTER_API void propter_reject_json(const PropterReject *reject, PropterBuf *out);

/* What a run added and removed, appended in SPOG order. INVALID: not recorded, or recorded in another store (the record holds ids). */
PROPTER_API PropterStatus propter_run_delta(PropterSnapshot *snapshot, const PropterRunInfo *run, PropterQuads *added, PropterQuads *removed,
                                            PropterError *err);

/* Ids of the later runs that used or changed what a run of the list wrote, and of those that stand on them in turn, the newest first: what to undo before it.
 */
PROPTER_API PropterStatus propter_run_standing_on(const PropterRunList *list, const PropterRunInfo *run, PropterIds *out, PropterError *err);

/* Reverses a run on a fresh writer as a run of its own (kind "undo", so an undo can be undone); the caller commits. INVALID, naming them:
 * later runs used or changed its graphs; it is undone already; it was not tracked. *undo (if not NULL) gets the name of the new run,
 * copied into `arena`. */
PROPTER_API PropterStatus propter_run_undo(PropterWriter *writer, PropterStr name, int64_t now, PropterStr software, PropterArena *arena, PropterStr *undo,
                                           PropterError *err);

/* Takes back inside a fresh writer all that came after a run of the list, records included: propter_writer_snapshot then shows the graph as that run left
 * it, ids included. For reading only: close the writer without a commit. INVALID: a later change is not known (untracked, or made without a run). */
PROPTER_API PropterStatus propter_run_rewind(PropterWriter *writer, const PropterRunList *list, const PropterRunInfo *run, PropterError *err);
/* The same for a run by its name or a day (propter_run_find_past, with its errors): the graph as it left it, borrowed from the writer, and its version. */
PROPTER_API PropterStatus propter_run_past(PropterWriter *writer, PropterStr when, PropterSnapshot **snapshot, uint64_t *version, PropterError *err);

#endif
