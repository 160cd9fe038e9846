/* SPDX-License-Identifier: Apache-2.0 */
/* One run of the pass over all patterns. */
#include <math.h>
#include <string.h>

#include "current.h"
#include "patterns.h"
#include "propter/math.h"
#include "propter/pool.h"
#include "propter/rdf.h"
#include "propter/run.h"

typedef struct {
  Know *know;
  const Stretch *stretches;
  PropterInference **inferences;
} Task;

static PropterStatus judge_one(size_t item, void *payload, PropterError *err) {
  Task *task = payload;
  const Stretch *stretch = &task->stretches[item];
  return infer_result(task->know, stretch->metric, stretch->from, stretch->to, &task->inferences[item], err);
}

static PropterStatus judge_all(Know *know, const PropterStr *names, size_t name_count, Sheet *sheet, PropterInferSummary *summary, PropterError *err) {
  KnowMetric **metrics = NULL;
  Stretches found = {0};
  PropterInference **inferences = NULL;
  PropterStatus status = metrics_named(know, names, name_count, &metrics, &summary->metrics, err);
  if (!status) status = patterns_find(know, metrics, summary->metrics, PROPTER_NO_DAY, PROPTER_NO_DAY, &found, err);
  if (!status && !(inferences = propter_calloc(found.count ? found.count : 1, sizeof(PropterInference *))))
    status = propter_fail(err, PROPTER_NO_MEMORY, "%zu patterns", found.count);
  if (!status) {
    Task task = {know, found.items, inferences};
    status = propter_pool_run(found.count, know->options.threads, judge_one, &task, err);
  }
  for (size_t i = 0; i < found.count && !status; i++) {
    const PropterInference *x = inferences[i];
    summary->patterns++;
    summary->hypotheses += x->causes;
    summary->answered += x->outcome == PROPTER_ANSWER_ANSWERED;
    summary->unknown += x->outcome == PROPTER_ANSWER_CAUSE_UNKNOWN;
    status = sheet_inference(sheet, x, err);
  }
  for (size_t i = 0; inferences && i < found.count; i++) propter_inference_free(inferences[i]);
  propter_free(inferences);
  propter_vec_clear(&found);
  if (!status) status = sheet_links(sheet, know, &summary->links, err);
  if (!status) status = left_out_of(know, metrics, summary->metrics, &summary->arena, &summary->left_out, &summary->left_out_count, err);
  propter_free(metrics);
  return status;
}

/* Where the statements about a subject begin among those sorted by it; their number: there are none. */
static size_t about(const PropterQuads *sorted, PropterId subject) {
  size_t low = 0, high = sorted->count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (sorted->items[middle].s < subject) low = middle + 1;
    else high = middle;
  }
  return low < sorted->count && sorted->items[low].s == subject ? low : sorted->count;
}

/* Patterns of metrics that were not asked for stay as they are. */
static PropterStatus keep_others(Sheet *sheet, Know *know, const PropterStr *names, size_t name_count, const PropterQuads *old, PropterError *err) {
  if (!name_count || !old->count) return PROPTER_OK;
  PROPTER_VEC(size_t) kept = {0}; /* where what is kept begins in `old` */
  bool *seen = propter_calloc(old->count, sizeof *seen);
  PropterStatus status = seen ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "patterns");
  for (size_t i = 0; i < old->count && !status; i++) {
    bool asked = false;
    if (old->items[i].p != know->v[VOCAB_propter_metric]) continue;
    for (size_t k = 0; k < name_count; k++) {
      const KnowMetric *m = know_metric(know, names[k]);
      asked |= m && m->def.id == old->items[i].o;
    }
    size_t at = about(old, old->items[i].s);
    if (asked || seen[at]) continue;
    seen[at] = true;
    if (!propter_vec_push(&kept, at)) status = propter_fail(err, PROPTER_NO_MEMORY, "patterns");
  }
  /* The pattern and all that hangs on it, down to the last node. */
  for (size_t i = 0; i < kept.count && !status; i++)
    for (size_t k = kept.items[i]; k < old->count && old->items[k].s == old->items[kept.items[i]].s && !status; k++) {
      if (old->items[k].p != know->v[VOCAB_propter_run] && !propter_vec_push(&sheet->quads, old->items[k]))
        status = propter_fail(err, PROPTER_NO_MEMORY, "patterns");
      size_t part = about(old, old->items[k].o);
      if (part == old->count || seen[part]) continue;
      seen[part] = true;
      if (!propter_vec_push(&kept, part)) status = propter_fail(err, PROPTER_NO_MEMORY, "patterns");
    }
  propter_free(seen);
  propter_vec_clear(&kept);
  return status;
}

static PropterStatus parameters(const PropterInferOptions *o, PropterArena *arena, PropterStr *out, PropterError *err) {
  char known[16] = "";
  if (o->known_by != PROPTER_NO_DAY) propter_day_format(o->known_by, known);
  PropterBuf buf = {.max = 1 << 20};
  propter_buf_printf(&buf, "seed=%llu depth=%u known-by=%s budget=%g,%g,%g,%g material=%g moved=%g", (unsigned long long)o->score.seed, o->depth, known,
                     o->score.budget[0], o->score.budget[1], o->score.budget[2], o->score.budget[3], o->score.material, o->score.moved_z);
  for (size_t i = 0; i < o->without_count; i++) propter_buf_printf(&buf, " without=%.*s", (int)o->without[i].len, o->without[i].data);
  PropterStatus status = keep(&buf, arena, out, err);
  propter_buf_clear(&buf);
  return status;
}

void propter_infer_summary_clear(PropterInferSummary *summary) { propter_arena_clear(&summary->arena); }

PropterStatus propter_infer_run(PropterGraph *graph, const PropterStr *metrics, size_t metric_count, const PropterInferOptions *options, PropterStr software,
                                int64_t now, bool dry, PropterInferSummary *summary, PropterError *err) {
  Sheet sheet = {0};
  PropterRun *run = NULL;
  PropterSnapshot *snapshot = NULL;
  PropterInferrer *know = NULL;
  PropterQuads old = {0};
  PropterArena arena = {0};
  PropterHash128 maker;
  PropterInferOptions used = options ? *options : propter_infer_options();
  PropterStr text = {"", 0};
  *summary = (PropterInferSummary){0};
  PropterStatus status = propter_writer_open(graph, false, &sheet.writer, err);
  if (status) goto done;
  if ((status = parameters(&used, &arena, &text, err))) goto done;
  if ((status = propter_run_begin(sheet.writer, &(PropterRunOptions){.kind = "infer", .now = now, .software = software, .parameters = text}, NULL, &run, err)))
    goto done;
  if ((status = propter_vocab_intern(sheet.writer, VOCAB_propter_current, &sheet.graph, err)) ||
      (status = propter_vocab_intern(sheet.writer, VOCAB_rdf_type, &sheet.type, err)) ||
      (status = propter_vocab_intern(sheet.writer, VOCAB_propter_run, &sheet.run_property, err)))
    goto done;
  /* The writer keeps others out, so a reader's snapshot taken now is what the changes will apply to. */
  if ((status = propter_snapshot_open(graph, 0, &snapshot, err)) || (status = propter_inferrer_new(snapshot, &used, &know, err))) goto done;
  if (used.kept && ((status = kept_maker(&maker, err)) || (status = memo_open(used.kept, maker, !dry, &know->memo, err)))) goto done;
  if ((status = propter_snapshot_match(snapshot, (PropterQuad){.g = sheet.graph}, 0, &old, err))) goto done;
  quads_sort(&old);
  if ((status = sheet_inputs(&sheet, run, snapshot, know->v, err))) goto done;
  if ((status = judge_all(know, metrics, metric_count, &sheet, summary, err)) || (status = keep_others(&sheet, know, metrics, metric_count, &old, err)))
    goto done;
  if ((status = sheet_changes(&sheet, &old, err))) goto done;
  summary->added = sheet.added.count;
  summary->removed = sheet.removed.count;
  if (!dry && (sheet.added.count || sheet.removed.count)) {
    if ((status = propter_run_generated(run, sheet.graph, err)) || (status = propter_run_kernel(run, propter_str(propter_math_kernel()), err))) goto done;
    if ((status = sheet_commit(&sheet, run, &summary->added, &summary->removed, summary->run, sizeof summary->run, err))) goto done;
  }
  memo_counts(know->memo, &summary->kept, &summary->scored);
  status = memo_settle(know->memo, metric_count > 0, err);
done:
  if (know) memo_close(know->memo);
  propter_inferrer_free(know);
  propter_snapshot_close(snapshot);
  propter_vec_clear(&old);
  sheet_clear(&sheet);
  propter_run_free(run);
  propter_writer_close(sheet.writer);
  propter_arena_clear(&arena);
  return status;
}
