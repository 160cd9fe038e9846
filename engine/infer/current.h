/* SPDX-License-Identifier: Apache-2.0 */
/* Results as statements: a sheet is filled, compared with what the graph holds, and only the difference is written. */
#ifndef INFER_CURRENT_H
#define INFER_CURRENT_H

#include "judge.h"
#include "propter/run.h"

typedef struct {
  PropterWriter *writer;
  PropterId graph, type, run_property;
  PropterId vocab[VOCAB_COUNT]; /* those met so far */
  PropterQuads quads;          /* all that shall stand, without the runs */
  PropterQuads added, removed; /* after sheet_changes */
  PropterIds stamped;          /* subjects that changed and name their run */
} Sheet;

PropterStatus put(Sheet *sheet, PropterId s, PropterVocab p, PropterId o, PropterError *err);
PropterStatus put_is(Sheet *sheet, PropterId s, PropterVocab p, PropterVocab o, PropterError *err);
PropterStatus put_iri(Sheet *sheet, PropterId s, PropterVocab p, PropterStr iri, PropterError *err); /* empty: nothing */
PropterStatus put_text(Sheet *sheet, PropterId s, PropterVocab p, PropterStr text, PropterError *err); /* empty: nothing */
PropterStatus put_number(Sheet *sheet, PropterId s, PropterVocab p, double value, PropterError *err); /* not finite: nothing */
PropterStatus put_real(Sheet *sheet, PropterId s, PropterVocab p, double value, PropterError *err); /* xsd:double, six digits; not finite: nothing */
PropterStatus put_whole(Sheet *sheet, PropterId s, PropterVocab p, int64_t value, PropterError *err);
PropterStatus put_yes(Sheet *sheet, PropterId s, PropterVocab p, bool yes, PropterError *err);
PropterStatus put_day(Sheet *sheet, PropterId s, PropterVocab p, PropterDay day, PropterError *err); /* none: nothing */
/* The node "base/kind/number"; number SIZE_MAX: base itself. */
PropterStatus put_node(Sheet *sheet, PropterStr base, const char *kind, size_t number, PropterId *id, PropterError *err);

PropterStatus sheet_inference(Sheet *sheet, const PropterInference *inference, PropterError *err);
PropterStatus sheet_links(Sheet *sheet, Know *know, size_t *count, PropterError *err);
/* `old`: what the graph holds, in SPO order. */
PropterStatus sheet_changes(Sheet *sheet, const PropterQuads *old, PropterError *err);
/* The run read every graph but this sheet's and the records of runs. */
PropterStatus sheet_inputs(const Sheet *sheet, PropterRun *run, PropterSnapshot *snapshot, const PropterId *v, PropterError *err);
/* Writes what sheet_changes found, finishes the run and commits; its name into iri[size]. */
PropterStatus sheet_commit(Sheet *sheet, PropterRun *run, uint64_t *added, uint64_t *removed, char *iri, size_t size, PropterError *err);
/* SPO order. */
int compare_spo(const void *a, const void *b);
void quads_sort(PropterQuads *quads);
void sheet_clear(Sheet *sheet);

#endif
