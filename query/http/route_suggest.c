/* SPDX-License-Identifier: Apache-2.0 */
/* Completion from the data: metrics by label for questions, predicates and classes in use for queries. */
#include <ctype.h>
#include <string.h>

#include "http.h"
#include "propter/vocab.h"
#include "propter/why.h"

typedef struct {
  PropterStr typed;
  size_t limit, found;
  PropterBuf out;
} Suggest;

static char lower(char c) { return (char)tolower((unsigned char)c); }

/* At the beginning of a word of the text, whatever the case. */
static bool matches(PropterStr text, PropterStr typed) {
  for (size_t i = 0; i + typed.len <= text.len; i++) {
    size_t n = 0;
    if (i && isalnum((unsigned char)text.data[i - 1]) && isalnum((unsigned char)text.data[i])) continue;
    while (n < typed.len && lower(text.data[i + n]) == lower(typed.data[n])) n++;
    if (n == typed.len) return true;
  }
  return false;
}

static void offer(Suggest *s, PropterStr iri, PropterStr label, uint64_t count) {
  if (s->found == s->limit || (!matches(label, s->typed) && !matches(iri, s->typed))) return;
  propter_buf_add(&s->out, s->found++ ? PROPTER_STR(",{\"iri\":") : PROPTER_STR("{\"iri\":"));
  propter_buf_add_json(&s->out, iri);
  propter_buf_add(&s->out, PROPTER_STR(",\"label\":"));
  propter_buf_add_json(&s->out, label);
  if (count) propter_buf_printf(&s->out, ",\"count\":%llu", (unsigned long long)count);
  propter_buf_add_char(&s->out, '}');
}

static PropterStatus metrics(PropterSnapshot *snapshot, Suggest *s, PropterError *err) {
  PropterLexicon *lexicon = NULL;
  PROPTER_TRY(propter_lexicon_load(snapshot, &lexicon, err));
  for (size_t i = 0; i < propter_lexicon_count(lexicon); i++) offer(s, propter_lexicon_iri(lexicon, i), propter_lexicon_label(lexicon, i), 0);
  propter_lexicon_free(lexicon);
  return PROPTER_OK;
}

/* The distinct values of the first free column, by skipping from one to the next. */
static PropterStatus distinct(PropterSnapshot *snapshot, PropterOrder order, PropterQuad prefix, unsigned bound, Suggest *s, PropterError *err) {
  PropterScan *scan = NULL;
  PropterArena arena = {0};
  PropterQuad row;
  size_t count = 1;
  PropterStatus status = propter_scan_open(snapshot, order, prefix, bound, &scan, err);
  while (status == PROPTER_OK && s->found < s->limit) {
    PropterTerm term;
    uint64_t quads;
    status = propter_scan_next(scan, &row, 1, &count, err);
    if (status != PROPTER_OK || !count) break;
    PropterId id = bound ? row.o : row.p;
    status = propter_snapshot_term(snapshot, id, &arena, &term, err);
    PropterQuad whole = bound ? (PropterQuad){.p = row.p, .o = row.o} : (PropterQuad){.p = row.p};
    if (status == PROPTER_OK) status = propter_snapshot_count(snapshot, order, whole, bound + 1, &quads, err);
    if (status == PROPTER_OK && term.kind == PROPTER_TERM_IRI) offer(s, term.value, term.value, quads);
    PropterQuad next = bound ? (PropterQuad){.p = row.p, .o = id + 1} : (PropterQuad){.p = id + 1};
    if (status == PROPTER_OK) status = propter_scan_seek(scan, next, err);
    propter_arena_clear(&arena);
  }
  propter_scan_close(scan);
  return status;
}

static PropterStatus collect(PropterSnapshot *snapshot, PropterStr kind, Suggest *s, PropterError *err) {
  PropterTerm type = propter_iri(propter_vocab_iri(VOCAB_rdf_type));
  PropterId id;
  if (!kind.len || propter_str_equal(kind, PROPTER_STR("metric"))) return metrics(snapshot, s, err);
  if (propter_str_equal(kind, PROPTER_STR("predicate"))) return distinct(snapshot, PROPTER_PSOG, (PropterQuad){0}, 0, s, err);
  if (!propter_str_equal(kind, PROPTER_STR("class"))) return propter_fail(err, PROPTER_INVALID, "kind: expected metric, predicate or class");
  PROPTER_TRY(propter_snapshot_find(snapshot, &type, &id, err));
  return id ? distinct(snapshot, PROPTER_POSG, (PropterQuad){.p = id}, 1, s, err) : PROPTER_OK;
}

static PropterStatus run(HttpRequest *r, PropterError *err) {
  Suggest s = {.limit = 20, .out = {.max = 4 << 20}};
  PropterStr kind, limit;
  int64_t n = 20;
  PropterSnapshot *snapshot = NULL;
  PROPTER_TRY(http_param(&r->params, "q", &s.typed, NULL, err));
  PROPTER_TRY(http_param(&r->params, "kind", &kind, NULL, err));
  PROPTER_TRY(http_param(&r->params, "limit", &limit, NULL, err));
  if (limit.len && (!propter_str_to_int64(limit, &n) || n < 1 || n > 1000)) return propter_fail(err, PROPTER_INVALID, "limit: expected 1 to 1000");
  s.limit = (size_t)n;
  propter_buf_add_char(&s.out, '[');
  PropterStatus status = http_snapshot(r, 2000, &snapshot, err);
  if (status == PROPTER_OK) status = collect(snapshot, kind, &s, err);
  propter_snapshot_close(snapshot);
  propter_buf_add(&s.out, PROPTER_STR("]\n"));
  if (status == PROPTER_OK) status = propter_buf_status(&s.out, err);
  http_reply_head(r, 200, "application/json");
  if (status == PROPTER_OK) status = http_reply_write(propter_buf_str(&s.out), r, err);
  propter_buf_clear(&s.out);
  return status;
}

static const HttpRouteParam params[] = {
    {"q", "what was typed so far", false}, {"kind", "metric (default), predicate or class", false}, {"limit", "1 to 1000, default 20", false}, {0}};

const HttpRoute http_route_suggest = {.path = "/suggest", .methods = "GET", .summary = "completion from the data", .params = params, .run = run};
