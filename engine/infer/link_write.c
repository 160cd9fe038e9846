/* SPDX-License-Identifier: Apache-2.0 */
/* Links that a search found, as statements of a graph of their own. */
#include <math.h>
#include <string.h>

#include "current.h"
#include "propter/hash.h"
#include "propter/links.h"
#include "propter/math.h"

/* Of working days the days of the calendar that they take on average: a duration knows no others. */
static PropterStatus put_lag(Sheet *sheet, PropterId link, const PropterMetricLinks *all, int lag, PropterError *err) {
  static const struct {
    int each;
    char unit;
  } grains[] = {{1, 'D'}, {7, 'D'}, {1, 'M'}, {3, 'M'}, {1, 'Y'}};
  char text[24];
  PropterId id;
  const double stretch = all->closed ? (double)(all->steps + all->closed) / (double)all->steps : 1;
  int n = snprintf(text, sizeof text, "P%d%c", (int)lround(lag * stretch) * grains[all->grain].each, lag ? grains[all->grain].unit : 'D');
  PropterTerm term = propter_typed((PropterStr){text, (size_t)n}, propter_vocab_iri(VOCAB_xsd_duration));
  PROPTER_TRY(propter_writer_intern(sheet->writer, &term, &id, err));
  return put(sheet, link, VOCAB_propter_lag, id, err);
}

static PropterStatus put_refutation(Sheet *sheet, PropterId link, PropterStr base, size_t number, const PropterRefutation *r, PropterError *err) {
  PropterId node;
  PROPTER_TRY(put_node(sheet, base, "refutation", number, &node, err));
  PROPTER_TRY(put(sheet, link, VOCAB_propter_evidence, node, err));
  PROPTER_TRY(put_is(sheet, node, VOCAB_rdf_type, VOCAB_propter_Evidence, err));
  PROPTER_TRY(put_is(sheet, node, VOCAB_propter_evidenceKind, VOCAB_propter_Test, err));
  PROPTER_TRY(put_is(sheet, node, VOCAB_propter_stance, r->passed ? VOCAB_propter_Supports : VOCAB_propter_Contradicts, err));
  PROPTER_TRY(put_text(sheet, node, VOCAB_propter_name, propter_str(r->name), err));
  return put_text(sheet, node, VOCAB_propter_value, propter_str(r->text), err);
}

static PropterStatus put_unseen(Sheet *sheet, PropterId link, PropterUnseen unseen, PropterError *err) {
  static const PropterVocab what[] = {[PROPTER_UNSEEN_OPEN] = VOCAB_propter_UnseenOpen, [PROPTER_UNSEEN_RULED_OUT] = VOCAB_propter_UnseenRuledOut,
                                      [PROPTER_UNSEEN_SHOWN] = VOCAB_propter_UnseenShown};
  return put_is(sheet, link, VOCAB_propter_unseenCause, what[unseen], err);
}

static PropterStatus put_link(Sheet *sheet, PropterStr graph, const PropterMetricLinks *all, const PropterMetricLink *l, PropterError *err) {
  PropterArena arena = {0};
  char hex[33];
  PropterId node;
  PropterStr iri = {NULL, 0};
  PropterStr key = propter_arena_printf(&arena, "%.*s\n%.*s\n%.*s\n%d", (int)graph.len, graph.data, (int)l->cause.len, l->cause.data, (int)l->effect.len,
                                        l->effect.data, l->lag);
  if (key.data) propter_hash_hex(key, hex), iri = propter_arena_printf(&arena, "https://w3id.org/propter/id/link/%s", hex);
  PropterStatus status = iri.data ? put_node(sheet, iri, "", SIZE_MAX, &node, err) : propter_fail(err, PROPTER_NO_MEMORY, "name of a link");
  if (status || (status = put_is(sheet, node, VOCAB_rdf_type, VOCAB_propter_CausalLink, err)) ||
      (status = put_iri(sheet, node, VOCAB_propter_cause, l->cause, err)) || (status = put_iri(sheet, node, VOCAB_propter_effect, l->effect, err)) ||
      (status = put_lag(sheet, node, all, l->lag, err)) ||
      (status = put_yes(sheet, node, VOCAB_propter_directed, l->directed && l->unseen != PROPTER_UNSEEN_SHOWN, err)) ||
      (status = put_unseen(sheet, node, l->unseen, err)) || (status = put_number(sheet, node, VOCAB_propter_stability, l->stability, err)) ||
      (status = put_text(sheet, node, VOCAB_propter_reason, l->knowledge, err)) ||
      (status = put_text(sheet, node, VOCAB_propter_adjustment, l->adjustment, err)))
    goto done;
  const struct {
    PropterVocab property;
    double value;
  } numbers[] = {{VOCAB_propter_strength, l->strength}, {VOCAB_propter_pValue, l->p},       {VOCAB_propter_qValue, l->q},
                 {VOCAB_propter_effectSize, l->value},  {VOCAB_propter_effectLow, l->low}, {VOCAB_propter_effectHigh, l->high}};
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers && !status; i++) status = put_real(sheet, node, numbers[i].property, numbers[i].value, err);
  for (size_t i = 0; i < l->refutations && !status; i++) status = put_refutation(sheet, node, iri, i + 1, &l->refutation[i], err);
done:
  propter_arena_clear(&arena);
  return status;
}

static PropterStatus begin(Sheet *sheet, const char *graph, PropterRun *run, PropterError *err) {
  PropterTerm term = propter_iri(propter_str(graph));
  PROPTER_TRY(propter_writer_intern(sheet->writer, &term, &sheet->graph, err));
  PROPTER_TRY(propter_vocab_intern(sheet->writer, VOCAB_rdf_type, &sheet->type, err));
  PROPTER_TRY(propter_vocab_intern(sheet->writer, VOCAB_propter_run, &sheet->run_property, err));
  PROPTER_TRY(propter_run_generated(run, sheet->graph, err));
  return propter_run_kernel(run, propter_str(propter_math_kernel()), err);
}

PropterStatus propter_links_write(PropterGraph *graph, PropterInferrer *know, const PropterMetricLinks *links, PropterStr parameters, PropterStr software,
                                  int64_t now, bool dry, PropterLinksWritten *out, PropterError *err) {
  Sheet sheet = {0};
  PropterRun *run = NULL;
  PropterQuads old = {0};
  char hex[33];
  *out = (PropterLinksWritten){0};
  propter_hash_hex(parameters, hex);
  (void)snprintf(out->graph, sizeof out->graph, "https://w3id.org/propter/id/links/%s", hex);
  PropterStatus status = propter_writer_open(graph, false, &sheet.writer, err);
  if (!status)
    status =
        propter_run_begin(sheet.writer, &(PropterRunOptions){.kind = "links", .now = now, .software = software, .parameters = parameters}, NULL, &run, err);
  if (!status) status = begin(&sheet, out->graph, run, err);
  if (!status) status = propter_snapshot_match(know->snapshot, (PropterQuad){.g = sheet.graph}, 0, &old, err);
  for (size_t i = 0; i < links->links && !status; i++) status = put_link(&sheet, propter_str(out->graph), links, &links->link[i], err);
  quads_sort(&old);
  if (!status) status = sheet_changes(&sheet, &old, err);
  if (!status) status = sheet_inputs(&sheet, run, know->snapshot, know->v, err);
  out->added = sheet.added.count, out->removed = sheet.removed.count;
  if (!status && !dry && (out->added || out->removed)) status = sheet_commit(&sheet, run, &out->added, &out->removed, out->run, sizeof out->run, err);
  if (status) *out = (PropterLinksWritten){0};
  propter_vec_clear(&old);
  sheet_clear(&sheet);
  propter_run_free(run);
  propter_writer_close(sheet.writer);
  return status;
}
