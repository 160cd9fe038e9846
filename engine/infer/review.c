/* SPDX-License-Identifier: Apache-2.0 */
#include "propter/review.h"

#include <math.h>
#include <string.h>

#include "current.h"
#include "propter/rng.h"
#include "propter/run.h"

enum { AUDIT_ONE_IN = 10 };

/* --- writing -------------------------------------------------------------------------------------------------------------------------------------------- */

static PropterStr reviewer_iri(PropterStr reviewer, PropterArena *arena) {
  PropterBuf buf = {.max = 4096};
  bool iri = propter_str_find(reviewer, PROPTER_STR(":")) != SIZE_MAX && propter_str_find(reviewer, PROPTER_STR(" ")) == SIZE_MAX;
  if (iri) return reviewer;
  propter_buf_add(&buf, PROPTER_STR("urn:propter:person:"));
  for (size_t i = 0; i < reviewer.len; i++) {
    unsigned char c = (unsigned char)reviewer.data[i];
    bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
    if (plain)
      propter_buf_add_char(&buf, (char)c);
    else
      propter_buf_printf(&buf, "%%%02X", c);
  }
  PropterStr out = buf.failed ? (PropterStr){NULL, 0} : propter_arena_copy(arena, propter_buf_str(&buf));
  propter_buf_clear(&buf);
  return out;
}

static PropterStatus check(PropterSnapshot *snapshot, const PropterReviewEntry *entry, PropterId *hypothesis, PropterError *err) {
  PropterId v[VOCAB_COUNT];
  PropterTerm term = propter_iri(entry->hypothesis);
  Node node;
  PROPTER_TRY(propter_vocab_ids(snapshot, v, err));
  PROPTER_TRY(propter_snapshot_find(snapshot, &term, hypothesis, err));
  bool is = false;
  if (*hypothesis) {
    PROPTER_TRY(node_open(snapshot, v, *hypothesis, &node, err));
    is = node_has(&node, VOCAB_rdf_type, v[VOCAB_propter_Hypothesis]) || node_has(&node, VOCAB_rdf_type, v[VOCAB_propter_Claim]);
    node_close(&node);
  }
  if (!is) return propter_fail(err, PROPTER_INVALID, "<%.*s> is no hypothesis or claim of this graph", (int)entry->hypothesis.len, entry->hypothesis.data);
  if (entry->verdict != PROPTER_VERDICT_UNSURE && !propter_str_trim(entry->reason).len) return propter_fail(err, PROPTER_INVALID, "a verdict needs a reason");
  if (!propter_str_trim(entry->reviewer).len) return propter_fail(err, PROPTER_INVALID, "a verdict needs a reviewer");
  return PROPTER_OK;
}

static void say_time(int64_t now, char out[32]) {
  PropterDay day = (PropterDay)(now >= 0 ? now / 86400 : -((86399 - now) / 86400));
  int64_t rest = now - (int64_t)day * 86400;
  char date[16];
  propter_day_format(day, date);
  (void)snprintf(out, 32, "%sT%02d:%02d:%02dZ", date, (int)(rest / 3600), (int)(rest / 60 % 60), (int)(rest % 60));
}

static PropterStatus put_review(Sheet *sheet, PropterId review, PropterId hypothesis, const PropterReviewEntry *entry, PropterStr reviewer, PropterStr run,
                                int64_t now, PropterError *err) {
  static const PropterVocab verdicts[] = {VOCAB_propter_Refuted, VOCAB_propter_Unsure, VOCAB_propter_Confirmed};
  char time[32];
  PropterId stamp;
  say_time(now, time);
  PropterTerm term = propter_typed(propter_str(time), propter_vocab_iri(VOCAB_xsd_dateTime));
  PROPTER_TRY(propter_writer_intern(sheet->writer, &term, &stamp, err));
  PROPTER_TRY(put_is(sheet, review, VOCAB_rdf_type, VOCAB_propter_Review, err));
  PROPTER_TRY(put(sheet, review, VOCAB_propter_hypothesis, hypothesis, err));
  PROPTER_TRY(put_iri(sheet, review, VOCAB_propter_reviewer, reviewer, err));
  PROPTER_TRY(put_iri(sheet, review, VOCAB_prov_wasAssociatedWith, reviewer, err));
  PROPTER_TRY(put_is(sheet, review, VOCAB_propter_verdict, verdicts[entry->verdict + 1], err));
  PROPTER_TRY(put_text(sheet, review, VOCAB_propter_reason, entry->reason, err));
  PROPTER_TRY(put_text(sheet, review, VOCAB_propter_shown, entry->shown, err));
  PROPTER_TRY(put_yes(sheet, review, VOCAB_propter_blind, entry->blind, err));
  PROPTER_TRY(put_yes(sheet, review, VOCAB_propter_audit, entry->audit, err));
  if (entry->source_wrong) PROPTER_TRY(put_yes(sheet, review, VOCAB_propter_sourceWrong, true, err));
  PROPTER_TRY(put(sheet, review, VOCAB_prov_atTime, stamp, err));
  return put_iri(sheet, review, VOCAB_prov_wasGeneratedBy, run, err);
}

PropterStatus propter_review_add(PropterGraph *graph, const PropterReviewEntry *entry, PropterStr software, int64_t now, PropterArena *arena, PropterStr *iri,
                                 PropterError *err) {
  Sheet sheet = {0};
  PropterRun *run = NULL;
  PropterSnapshot *snapshot = NULL;
  PropterArena own = {0};
  PropterId hypothesis, review;
  PropterStr name, who, key;
  char hex[33];
  PropterStatus status = propter_writer_open(graph, false, &sheet.writer, err);
  if (status) goto done;
  if ((status = propter_snapshot_open(graph, 0, &snapshot, err)) || (status = check(snapshot, entry, &hypothesis, err))) goto done;
  who = reviewer_iri(propter_str_trim(entry->reviewer), &own);
  key = who.data ? propter_arena_printf(&own, "%.*s|%.*s|%d", (int)entry->hypothesis.len, entry->hypothesis.data, (int)who.len, who.data, (int)entry->verdict)
                 : who;
  if (!key.data) {
    status = propter_fail(err, PROPTER_NO_MEMORY, "review");
    goto done;
  }
  if ((status =
           propter_run_begin(sheet.writer, &(PropterRunOptions){.kind = "review", .now = now, .software = software, .parameters = key}, NULL, &run, err)) ||
      (status = propter_run_iri(run, &name, err)))
    goto done;
  /* The run's name is new each time, so no review ever lands on another. */
  key = propter_arena_printf(&own, "%.*s|%.*s", (int)name.len, name.data, (int)key.len, key.data);
  if (key.data) propter_hash_hex(key, hex);
  key = key.data ? propter_arena_printf(&own, "https://w3id.org/propter/id/review/%s", hex) : key;
  if (!key.data) {
    status = propter_fail(err, PROPTER_NO_MEMORY, "review");
    goto done;
  }
  PropterTerm term = propter_iri(key);
  if ((status = propter_writer_intern(sheet.writer, &term, &review, err))) goto done;
  sheet.graph = review;
  if ((status = put_review(&sheet, review, hypothesis, entry, who, name, now, err))) goto done;
  for (size_t i = 0; i < sheet.quads.count && !status; i++) status = propter_writer_add(sheet.writer, sheet.quads.items[i], err);
  if (!status && iri && !(*iri = propter_arena_copy(arena, key)).data) status = propter_fail(err, PROPTER_NO_MEMORY, "review");
  if (!status) status = propter_run_finish(run, err);
  if (!status) status = propter_writer_commit(sheet.writer, err);
done:
  propter_run_free(run);
  propter_snapshot_close(snapshot);
  sheet_clear(&sheet);
  propter_writer_close(sheet.writer);
  propter_arena_clear(&own);
  return status;
}

/* --- what to look at next ----------------------------------------------------------------------------------------------------------------------------------
 */

static uint64_t draw(PropterStr hypothesis, uint64_t seed) {
  PropterRng rng;
  propter_rng_seed(&rng, propter_hash64(hypothesis) ^ (seed * 0x9E3779B97F4A7C15u));
  return propter_rng_next(&rng);
}

bool propter_review_is_audit(PropterStr hypothesis, uint64_t seed) { return draw(hypothesis, seed) % AUDIT_ONE_IN == 0; }

typedef struct {
  PropterReviewItem item;
  uint64_t drawn;
} Waiting;

static int by_draw(const void *a, const void *b) {
  const Waiting *x = a, *y = b;
  return x->drawn != y->drawn ? (x->drawn < y->drawn ? -1 : 1) : propter_str_compare(x->item.hypothesis, y->item.hypothesis);
}

static int by_doubt(const void *a, const void *b) {
  const Waiting *x = a, *y = b;
  double p = fabs(x->item.probability - .5), q = fabs(y->item.probability - .5);
  return p != q ? (p < q ? -1 : 1) : propter_str_compare(x->item.hypothesis, y->item.hypothesis);
}

static PropterGrade grade_of(const PropterId *v, PropterId grade) {
  static const PropterVocab grades[] = {VOCAB_propter_Both, VOCAB_propter_DataOnly, VOCAB_propter_TextOnly, VOCAB_propter_NotSeparable,
                                        VOCAB_propter_Contradicted};
  for (size_t i = 0; i < sizeof grades / sizeof *grades; i++)
    if (grade && v[grades[i]] == grade) return (PropterGrade)i;
  return PROPTER_GRADE_UNSUPPORTED;
}

static PropterStatus read_item(PropterSnapshot *snapshot, const PropterId *v, PropterId id, PropterArena *arena, PropterReviewItem *item, PropterError *err) {
  Node node, pattern = {0};
  PropterStatus status = node_open(snapshot, v, id, &node, err);
  *item = (PropterReviewItem){.pattern = {"", 0},
                              .metric = {"", 0},
                              .metric_label = {"", 0},
                              .cause = {"", 0},
                              .cause_label = {"", 0},
                              .first = PROPTER_NO_DAY,
                              .last = PROPTER_NO_DAY};
  if (status) return status;
  PropterId cause = node_one(&node, VOCAB_propter_cause), of = node_one(&node, VOCAB_propter_pattern);
  item->grade = grade_of(v, node_one(&node, VOCAB_propter_grade));
  (void)node_number(&node, VOCAB_propter_probability, &item->probability);
  status = node_text(snapshot, id, arena, &item->hypothesis, err);
  if (!status && cause) status = node_text(snapshot, cause, arena, &item->cause, err);
  if (!status && cause) status = label_of(snapshot, v, cause, arena, &item->cause_label, err);
  if (!status && of && !(status = node_open(snapshot, v, of, &pattern, err))) {
    PropterId metric = node_one(&pattern, VOCAB_propter_metric);
    (void)node_day(&pattern, VOCAB_propter_start, &item->first);
    (void)node_day(&pattern, VOCAB_propter_end, &item->last);
    status = node_text(snapshot, of, arena, &item->pattern, err);
    if (!status && metric) status = node_text(snapshot, metric, arena, &item->metric, err);
    if (!status && metric) status = label_of(snapshot, v, metric, arena, &item->metric_label, err);
    if (!status) status = node_failed(&pattern, err);
  }
  if (!status) status = node_failed(&node, err);
  node_close(&pattern);
  node_close(&node);
  return status;
}

static PropterStatus judged_by(PropterSnapshot *snapshot, const PropterId *v, PropterId hypothesis, PropterId reviewer, bool *done, unsigned *others,
                               PropterError *err) {
  PropterIds reviews = {0};
  PropterStatus status = PROPTER_OK;
  *done = false;
  *others = 0;
  if (!v[VOCAB_propter_hypothesis] || !v[VOCAB_propter_Review]) return PROPTER_OK;
  status = propter_snapshot_subjects(snapshot, v[VOCAB_propter_hypothesis], hypothesis, &reviews, err);
  for (size_t i = 0; i < reviews.count && !status; i++) {
    Node node;
    if ((status = node_open(snapshot, v, reviews.items[i], &node, err))) break;
    if (node_has(&node, VOCAB_rdf_type, v[VOCAB_propter_Review])) {
      if (reviewer && node_has(&node, VOCAB_propter_reviewer, reviewer))
        *done = true;
      else
        ++*others;
    }
    node_close(&node);
  }
  propter_vec_clear(&reviews);
  return status;
}

PropterStatus propter_review_queue(PropterSnapshot *snapshot, PropterStr reviewer, uint64_t seed, size_t limit, PropterReviewQueue *queue, PropterError *err) {
  PropterId v[VOCAB_COUNT], who = PROPTER_NO_ID;
  PropterIds ids = {0};
  PROPTER_VEC(Waiting) random = {0}, rest = {0};
  PropterStr iri = reviewer_iri(propter_str_trim(reviewer), &queue->arena);
  PropterTerm term = propter_iri(iri);
  PropterStatus status = iri.data ? propter_vocab_ids(snapshot, v, err) : propter_fail(err, PROPTER_NO_MEMORY, "reviewer");
  if (!status && iri.len) status = propter_snapshot_find(snapshot, &term, &who, err);
  if (!status && v[VOCAB_rdf_type] && v[VOCAB_propter_Hypothesis])
    status = propter_snapshot_subjects(snapshot, v[VOCAB_rdf_type], v[VOCAB_propter_Hypothesis], &ids, err);
  for (size_t i = 0; i < ids.count && !status; i++) {
    Waiting w = {0};
    bool done;
    unsigned others;
    if ((status = judged_by(snapshot, v, ids.items[i], who, &done, &others, err)) || done) continue;
    if ((status = read_item(snapshot, v, ids.items[i], &queue->arena, &w.item, err))) break;
    w.item.reviews = others;
    w.drawn = draw(w.item.hypothesis, seed);
    w.item.audit = propter_review_is_audit(w.item.hypothesis, seed);
    if (w.item.audit ? !propter_vec_push(&random, w) : !propter_vec_push(&rest, w)) status = propter_fail(err, PROPTER_NO_MEMORY, "%zu hypotheses", ids.count);
  }
  if (random.count) qsort(random.items, random.count, sizeof(Waiting), by_draw);
  if (rest.count) qsort(rest.items, rest.count, sizeof(Waiting), by_doubt);
  for (size_t a = 0, b = 0, n = 0; !status && (a < random.count || b < rest.count) && (!limit || n < limit); n++) {
    bool chance = a < random.count && (n % AUDIT_ONE_IN == 0 || b >= rest.count);
    if (!propter_vec_push(queue, chance ? random.items[a].item : rest.items[b].item)) status = propter_fail(err, PROPTER_NO_MEMORY, "queue");
    if (chance)
      a++;
    else
      b++;
  }
  propter_vec_clear(&random);
  propter_vec_clear(&rest);
  propter_vec_clear(&ids);
  if (status) propter_review_queue_clear(queue);
  return status;
}

void propter_review_queue_json(const PropterReviewQueue *queue, PropterStr reviewer, PropterBuf *out) {
  propter_buf_add(out, PROPTER_STR("{\"schema\":\"https://w3id.org/propter/review-queue/1\",\"reviewer\":"));
  propter_buf_add_json(out, reviewer);
  propter_buf_add(out, PROPTER_STR(",\"waiting\":["));
  for (size_t i = 0; i < queue->count; i++) {
    const PropterReviewItem *w = &queue->items[i];
    char day[16];
    const struct {
      const char *name;
      PropterStr text;
    } members[] = {{"{\"hypothesis\":", w->hypothesis}, {",\"pattern\":", w->pattern}, {",\"metric\":", w->metric}, {",\"metricLabel\":", w->metric_label},
                   {",\"cause\":", w->cause}, {",\"causeLabel\":", w->cause_label}};
    propter_buf_add(out, i ? PROPTER_STR(",\n") : PROPTER_STR("\n"));
    for (size_t m = 0; m < sizeof members / sizeof *members; m++)
      propter_buf_add(out, propter_str(members[m].name)), propter_buf_add_json(out, members[m].text);
    if (w->first != PROPTER_NO_DAY) propter_day_format(w->first, day), propter_buf_printf(out, ",\"first\":\"%s\"", day);
    if (w->last != PROPTER_NO_DAY) propter_day_format(w->last, day), propter_buf_printf(out, ",\"last\":\"%s\"", day);
    propter_buf_printf(out, ",\"audit\":%s,\"reviews\":%u}", w->audit ? "true" : "false", w->reviews);
  }
  propter_buf_add(out, PROPTER_STR("]}\n"));
}

void propter_review_queue_clear(PropterReviewQueue *queue) {
  propter_vec_clear(queue);
  propter_arena_clear(&queue->arena);
}

/* --- the ledger
 * ------------------------------------------------------------------------------------------------------------------------------------------------ */

static int by_time(const void *a, const void *b) {
  const PropterReviewRecord *x = a, *y = b;
  int c = propter_str_compare(x->time, y->time);
  return c ? c : propter_str_compare(x->iri, y->iri);
}

static PropterStatus read_record(const Node *node, PropterArena *arena, PropterReviewRecord *r, PropterError *err) {
  PropterId about = node_one(node, VOCAB_propter_hypothesis), who = node_one(node, VOCAB_propter_reviewer), time = node_one(node, VOCAB_prov_atTime),
            verdict = node_one(node, VOCAB_propter_verdict);
  *r = (PropterReviewRecord){.hypothesis = {"", 0}, .reviewer = {"", 0}, .time = {"", 0}};
  r->verdict = !verdict                                      ? PROPTER_VERDICT_UNSURE
               : verdict == node->v[VOCAB_propter_Confirmed] ? PROPTER_VERDICT_CONFIRMED
               : verdict == node->v[VOCAB_propter_Refuted]   ? PROPTER_VERDICT_REFUTED
                                                             : PROPTER_VERDICT_UNSURE;
  r->blind = node_true(node, VOCAB_propter_blind);
  r->audit = node_true(node, VOCAB_propter_audit);
  PROPTER_TRY(node_text(node->snapshot, node->id, arena, &r->iri, err));
  if (about) PROPTER_TRY(node_text(node->snapshot, about, arena, &r->hypothesis, err));
  if (who) PROPTER_TRY(node_text(node->snapshot, who, arena, &r->reviewer, err));
  if (time) PROPTER_TRY(node_text(node->snapshot, time, arena, &r->time, err));
  PROPTER_TRY(node_string(node, VOCAB_propter_reason, arena, &r->reason, err));
  return node_string(node, VOCAB_propter_shown, arena, &r->shown, err);
}

PropterStatus propter_review_list(PropterSnapshot *snapshot, PropterStr hypothesis, PropterReviewRecords *out, PropterError *err) {
  PropterId v[VOCAB_COUNT];
  PropterIds ids = {0};
  PropterStatus status = propter_vocab_ids(snapshot, v, err);
  if (!status && v[VOCAB_rdf_type] && v[VOCAB_propter_Review])
    status = propter_snapshot_subjects(snapshot, v[VOCAB_rdf_type], v[VOCAB_propter_Review], &ids, err);
  for (size_t i = 0; i < ids.count && !status; i++) {
    Node node;
    PropterReviewRecord r;
    if ((status = node_open(snapshot, v, ids.items[i], &node, err))) break;
    status = read_record(&node, &out->arena, &r, err);
    node_close(&node);
    if (!status && (!hypothesis.len || propter_str_equal(hypothesis, r.hypothesis)) && !propter_vec_push(out, r))
      status = propter_fail(err, PROPTER_NO_MEMORY, "reviews");
  }
  if (!status && out->count) qsort(out->items, out->count, sizeof *out->items, by_time);
  if (status) propter_review_records_clear(out);
  propter_vec_clear(&ids);
  return status;
}

void propter_review_records_clear(PropterReviewRecords *records) {
  propter_vec_clear(records);
  propter_arena_clear(&records->arena);
}
