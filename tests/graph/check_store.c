/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "delta.h"
#include "propter/io.h"
#include "propter/rng.h"
#include "propter/vocab.h"
#include "snapshot.h"
#include "support.h"

Suite *suite_store(void);

/* With memory for so many changes of a commit, and a few new terms; 0: as ever. */
static PropterStatus open_spilling(const char *dir, uint64_t changes, PropterGraph **g, PropterError *error) {
  PropterLimits limits = propter_limits_default();
  if (changes) limits.commit_bytes = changes * 144;
  return propter_graph_open(dir, PROPTER_GRAPH_CREATE, &limits, g, error);
}

static PropterGraph *open_new_spilling(uint64_t changes) {
  PropterGraph *g = NULL;
  ck_ok(open_spilling(support_path(support_folder(), "g"), changes, &g, err));
  return g;
}

static PropterGraph *open_new(void) { return open_new_spilling(0); }

static PropterId iri(PropterWriter *w, const char *text) {
  PropterTerm t = propter_iri(propter_str(text));
  PropterId id = PROPTER_NO_ID;
  ck_ok(propter_writer_intern(w, &t, &id, err));
  return id;
}

static uint64_t count_all(PropterSnapshot *s) {
  uint64_t n = 0;
  ck_ok(propter_snapshot_count(s, PROPTER_SPOG, (PropterQuad){0}, 0, &n, err));
  return n;
}

START_TEST(terms_come_back_exactly) {
  static const PropterTerm terms[] = {{PROPTER_TERM_IRI, {"http://example.org/a", 20}, {"", 0}, {"", 0}},
                                      {PROPTER_TERM_BLANK, {"b1", 2}, {"", 0}, {"", 0}},
                                      {PROPTER_TERM_LITERAL, {"", 0}, {"", 0}, {"", 0}},
                                      {PROPTER_TERM_LITERAL, {"text", 4}, {"", 0}, {"", 0}},
                                      {PROPTER_TERM_LITERAL, {"text", 4}, {"", 0}, {"en", 2}},
                                      {PROPTER_TERM_LITERAL, {"text", 4}, {"", 0}, {"en-gb", 5}},
                                      {PROPTER_TERM_LITERAL, {"01", 2}, {"http://www.w3.org/2001/XMLSchema#integer", 40}, {"", 0}},
                                      {PROPTER_TERM_LITERAL, {"1", 1}, {"http://www.w3.org/2001/XMLSchema#integer", 40}, {"", 0}},
                                      {PROPTER_TERM_LITERAL, {"1", 1}, {"http://example.org/type", 23}, {"", 0}},
                                      {PROPTER_TERM_LITERAL, {"a\0b", 3}, {"", 0}, {"", 0}}};
  enum { N = sizeof terms / sizeof *terms };
  PropterGraph *g = open_new();
  PropterWriter *w = NULL;
  PropterId ids[N], again, p;
  ck_ok(propter_writer_open(g, false, &w, err));
  p = iri(w, "http://example.org/p");
  for (size_t i = 0; i < N; i++) {
    ck_ok(propter_writer_intern(w, &terms[i], &ids[i], err));
    for (size_t k = 0; k < i; k++) ck_assert_uint_ne(ids[i], ids[k]);
    ck_ok(propter_writer_add(w, (PropterQuad){ids[0], p, ids[i], PROPTER_DEFAULT_GRAPH}, err));
  }
  ck_ok(propter_writer_commit(w, err));
  propter_writer_close(w);
  PropterSnapshot *s = NULL;
  PropterArena arena = {0};
  ck_ok(propter_snapshot_open(g, 0, &s, err));
  for (size_t i = 0; i < N; i++) {
    PropterTerm t;
    ck_ok(propter_snapshot_find(s, &terms[i], &again, err));
    ck_assert_uint_eq(again, ids[i]);
    ck_ok(propter_snapshot_term(s, ids[i], &arena, &t, err));
    ck_assert_int_eq(t.kind, terms[i].kind);
    ck_assert(propter_str_equal(t.value, terms[i].value));
    ck_assert(propter_str_equal(t.language, terms[i].language));
    ck_assert(propter_str_equal(t.datatype, terms[i].datatype));
  }
  /* All at once, backwards, and the first ones again. */
  PropterId asked[2 * N + 1] = {0};
  PropterTerm together[2 * N + 1];
  for (size_t i = 0; i < N; i++) asked[i] = ids[N - 1 - i], asked[N + 1 + i] = ids[i];
  ck_ok(propter_snapshot_terms(s, asked, 2 * N + 1, NULL, NULL, &arena, together, err));
  for (size_t i = 0; i < 2 * N + 1; i++) {
    const PropterTerm *t = &together[i], *expected = i < N ? &terms[N - 1 - i] : i > N ? &terms[i - N - 1] : &(PropterTerm){.kind = PROPTER_TERM_NONE};
    ck_assert_int_eq(t->kind, expected->kind);
    ck_assert(propter_str_equal(t->value, expected->value) && propter_str_equal(t->datatype, expected->datatype));
    ck_assert(propter_str_equal(t->language, expected->language));
  }
  asked[0] = asked[0] + 1000000;
  ck_assert_int_eq(propter_snapshot_terms(s, asked, 1, NULL, NULL, &arena, together, NULL), PROPTER_NOT_FOUND);
  /* Language tags that differ in case only are the same (RDF 1.1 Concepts, 3.3). */
  PropterTerm british = {PROPTER_TERM_LITERAL, {"text", 4}, {"", 0}, {"en-GB", 5}};
  ck_ok(propter_snapshot_find(s, &british, &again, err));
  ck_assert_uint_eq(again, ids[5]);
  propter_arena_clear(&arena);
  propter_snapshot_close(s);
  propter_graph_close(g);
}
END_TEST

START_TEST(bad_terms_are_refused) {
  static const PropterTerm bad[] = {{PROPTER_TERM_IRI, {"relative", 8}, {"", 0}, {"", 0}},
                                    {PROPTER_TERM_IRI, {"http://a b", 10}, {"", 0}, {"", 0}},
                                    {PROPTER_TERM_IRI, {"http://a/\xFF", 10}, {"", 0}, {"", 0}},
                                    {PROPTER_TERM_IRI, {"", 0}, {"", 0}, {"", 0}},
                                    {PROPTER_TERM_LITERAL, {"x", 1}, {"", 0}, {"e n", 3}},
                                    {PROPTER_TERM_LITERAL, {"x", 1}, {"type", 4}, {"", 0}},
                                    {PROPTER_TERM_LITERAL, {"\xC0", 1}, {"", 0}, {"", 0}},
                                    {PROPTER_TERM_NONE, {"x", 1}, {"", 0}, {"", 0}}};
  PropterGraph *g = open_new();
  PropterWriter *w = NULL;
  ck_ok(propter_writer_open(g, false, &w, err));
  PropterError error = {0};
  PropterId id;
  ck_assert_int_eq(propter_writer_intern(w, &bad[_i], &id, &error), PROPTER_INVALID);
  ck_assert_uint_gt(strlen(error.message), 10);
  propter_writer_close(w);
  propter_graph_close(g);
}
END_TEST

enum { SIDE = 12, CELLS = SIDE * SIDE * SIDE * 3 };

static int in_sequence(const unsigned char *sequence, PropterQuad x, PropterQuad y) {
  PropterId a[4] = {x.s, x.p, x.o, x.g}, b[4] = {y.s, y.p, y.o, y.g};
  int c = 0;
  for (int k = 0; k < 4 && c == 0; k++) c = (a[sequence[k]] > b[sequence[k]]) - (a[sequence[k]] < b[sequence[k]]);
  return c;
}

/* Every scan of every order and prefix gives exactly what a plain table of booleans says, and skips what stands before a row. */
static void compare(PropterSnapshot *s, const PropterId ids[SIDE], const bool *model) {
  static const unsigned char sequence[PROPTER_ORDER_COUNT][4] = {{0, 1, 2, 3}, {1, 0, 2, 3}, {1, 2, 0, 3}, {2, 0, 1, 3}, {3, 0, 1, 2}};
  PropterQuad rows[100];
  for (int order = 0; order < PROPTER_ORDER_COUNT; order++)
    for (unsigned bound = 0; bound <= 4; bound++)
      for (int pick = 0; pick < 6; pick++) {
        PropterId q[4] = {ids[pick], ids[(pick * 5 + 1) % SIDE], ids[(pick * 7 + 2) % SIDE], ids[pick % 3]};
        PropterQuad prefix = {q[0], q[1], q[2], q[3]}, last = {0};
        uint64_t expected = 0, counted = 0, seen = 0, before = 0, skipped = 0;
        for (int i = 0; i < CELLS; i++) {
          PropterId c[4] = {ids[i % SIDE], ids[i / SIDE % SIDE], ids[i / SIDE / SIDE % SIDE], ids[i / SIDE / SIDE / SIDE]};
          bool match = model[i];
          for (unsigned k = 0; k < bound; k++) match = match && c[sequence[order][k]] == q[sequence[order][k]];
          expected += match;
        }
        ck_ok(propter_snapshot_count(s, (PropterOrder)order, prefix, bound, &counted, err));
        ck_assert_uint_eq(counted, expected);
        PropterScan *scan = NULL;
        size_t n = 0;
        ck_ok(propter_scan_open(s, (PropterOrder)order, prefix, bound, &scan, err));
        for (;;) {
          ck_ok(propter_scan_next(scan, rows, 100, &n, err));
          if (!n) break;
          for (size_t i = 0; i < n; i++) {
            ck_assert_int_gt(in_sequence(sequence[order], rows[i], last), 0);
            before += in_sequence(sequence[order], rows[i], prefix) < 0;
            last = rows[i];
          }
          seen += n;
        }
        ck_assert_uint_eq(seen, expected);
        propter_scan_close(scan);
        ck_ok(propter_scan_open(s, (PropterOrder)order, prefix, bound, &scan, err));
        ck_ok(propter_scan_skip(scan, prefix, &skipped, err));
        ck_assert_uint_eq(skipped, before);
        ck_ok(propter_scan_next(scan, rows, 1, &n, err));
        ck_assert(n == 0 ? before == expected : in_sequence(sequence[order], rows[0], prefix) >= 0);
        propter_scan_close(scan);
      }
}

/* The writer tells each cell that changed, once. */
static void check_delta(const PropterWriter *w, const PropterId ids[SIDE], const bool *before, const bool *model, uint64_t expected) {
  static bool told[CELLS];
  PropterQuad q;
  PropterDelta *delta = NULL;
  bool added, more;
  uint64_t count = 0;
  memset(told, 0, sizeof told);
  ck_ok(propter_delta_open(w, &delta, err));
  for (;; count++) {
    ck_ok(propter_delta_next(delta, &q, &added, &more, err));
    if (!more) break;
    size_t cell = 0, side;
    for (int k = 3; k >= 0; k--) {
      PropterId id = k == 3 ? q.g : k == 2 ? q.o : k == 1 ? q.p : q.s;
      for (side = 0; side < SIDE && ids[side] != id;) side++;
      cell = cell * SIDE + side;
    }
    ck_assert(cell < CELLS && !told[cell] && before[cell] != model[cell] && model[cell] == added);
    told[cell] = true;
  }
  propter_delta_close(delta);
  ck_assert_uint_eq(count, expected);
}

/* What the graph held of a graph that is cleared goes, unless the writer has said something of it. */
static void clear_one(PropterWriter *w, PropterId graph, size_t first, const bool *before, const bool *said, bool *model) {
  ck_ok(propter_writer_clear_graph(w, graph, err));
  for (size_t i = first; i < first + CELLS / 3; i++)
    if (before[i] && !said[i]) model[i] = false;
}

START_TEST(random_changes_match_a_plain_table) {
  static const uint64_t changes_in_memory[] = {0, 0, 0, 1, 2, 40, 700, 2000};
  const char *dir = support_path(support_folder(), "g");
  PropterGraph *g = NULL;
  ck_ok(open_spilling(dir, changes_in_memory[_i], &g, err));
  g->env->delta_share = _i % 2 ? 1 : UINT64_MAX; /* what comes waits in the delta; nothing does */
  bool waited = false;
  PropterRng rng;
  propter_rng_seed(&rng, (uint64_t)_i + 1);
  static bool model[CELLS], before[CELLS], said[CELLS];
  memset(model, 0, sizeof model);
  PropterId ids[SIDE];
  for (int round = 0; round < 8; round++) {
    PropterWriter *w = NULL;
    ck_ok(propter_writer_open(g, false, &w, err));
    for (int i = 0; i < SIDE; i++) {
      char text[64];
      (void)snprintf(text, sizeof text, "http://example.org/%d", i);
      ids[i] = iri(w, text);
    }
    memcpy(before, model, sizeof model);
    memset(said, 0, sizeof said);
    PropterSnapshot *own = NULL;
    uint64_t changes = round % 3 == 0 ? 4000 : propter_rng_below(&rng, 60);
    unsigned bias = round % 2 ? 30 : 80; /* percent of additions */
    for (uint64_t k = 0; k < changes; k++) {
      size_t i = (size_t)propter_rng_below(&rng, CELLS);
      bool add = propter_rng_below(&rng, 100) < bias;
      PropterQuad q = {ids[i % SIDE], ids[i / SIDE % SIDE], ids[i / SIDE / SIDE % SIDE], ids[i / SIDE / SIDE / SIDE]};
      if (add)
        ck_ok(propter_writer_add(w, q, err));
      else
        ck_ok(propter_writer_remove(w, q, err));
      model[i] = add, said[i] = true;
      if (propter_rng_below(&rng, changes) == 0) clear_one(w, ids[i % 3], i % 3 * (CELLS / 3), before, said, model);
      /* Flushed in several steps, of which later ones take back what earlier ones did. */
      if (round % 3 != 2 && propter_rng_below(&rng, changes / 5 + 1) == 0) ck_ok(propter_writer_snapshot(w, &own, err));
    }
    ck_ok(propter_writer_snapshot(w, &own, err));
    if (round % 4 == 1) compare(own, ids, model);
    bool drop = round == 4;
    uint64_t added, removed, plus = 0, minus = 0;
    for (int i = 0; i < CELLS; i++) plus += model[i] && !before[i], minus += before[i] && !model[i];
    propter_writer_counts(w, &added, &removed);
    ck_assert_uint_eq(added, plus);
    ck_assert_uint_eq(removed, minus);
    check_delta(w, ids, before, model, plus + minus);
    if (!drop) ck_ok(propter_writer_commit(w, err));
    propter_writer_close(w);
    if (drop) memcpy(model, before, sizeof model);
    PropterSnapshot *s = NULL;
    ck_ok(propter_snapshot_open(g, 0, &s, err));
    compare(s, ids, model);
    waited |= s->delta;
    propter_snapshot_close(s);
  }
  if (!changes_in_memory[_i]) ck_assert_int_eq(waited, _i % 2);
  ck_ok(propter_graph_verify(g->env->dir, NULL, err));
  propter_graph_close(g);
}
END_TEST

enum { QUAD_PARTS = 64, TOGGLES = 150, LOADED = 24000 };

static PropterQuad random_quad(PropterRng *rng, const PropterId ids[QUAD_PARTS]) {
  return (PropterQuad){ids[propter_rng_below(rng, QUAD_PARTS)], ids[propter_rng_below(rng, 6)], ids[propter_rng_below(rng, QUAD_PARTS)],
                       ids[propter_rng_below(rng, 3)]};
}

static PropterWriter *write_terms(PropterGraph *g, PropterId ids[QUAD_PARTS]) {
  PropterWriter *w = NULL;
  ck_ok(propter_writer_open(g, false, &w, err));
  for (int i = 0; i < QUAD_PARTS; i++) {
    char text[64];
    (void)snprintf(text, sizeof text, "http://example.org/%d", i);
    ids[i] = iri(w, text);
  }
  return w;
}

static void end_writer(PropterWriter *w) {
  ck_ok(propter_writer_commit(w, err));
  propter_writer_close(w);
}

static PropterSnapshot *snapshot(PropterGraph *g) {
  PropterSnapshot *s = NULL;
  ck_ok(propter_snapshot_open(g, 0, &s, err));
  return s;
}

/* Reads what is left by columns: how many, and their sum in order. */
static uint64_t drain(PropterScan *scan, unsigned want, uint64_t *sum) {
  const PropterId *columns[4];
  uint64_t count = 0;
  *sum = 0;
  for (size_t n = 1; n;) {
    ck_ok(propter_scan_columns(scan, want, columns, &n, err));
    for (size_t i = 0; i < n; i++)
      for (unsigned c = 0; c < 4; c++) {
        ck_assert_int_eq(columns[c] != NULL, want >> c & 1);
        if (columns[c]) *sum = (*sum ^ columns[c][i]) * UINT64_C(0x9E3779B97F4A7C15);
      }
    count += n;
  }
  return count;
}

/* Two scans of one order and prefix, in any sequence of steps, say the same. */
static void alike(PropterSnapshot *a, PropterSnapshot *b, PropterRng *rng, const PropterId ids[QUAD_PARTS]) {
  PropterQuad prefix = random_quad(rng, ids), here[200], there[200];
  PropterOrder order = (PropterOrder)propter_rng_below(rng, PROPTER_ORDER_COUNT);
  unsigned bound = (unsigned)propter_rng_below(rng, 5);
  uint64_t x = 0, y = 1, sum_x, sum_y;
  size_t m = 0, n = 1;
  PropterScan *p = NULL, *q = NULL;
  ck_ok(propter_snapshot_count(a, order, prefix, bound, &x, err));
  ck_ok(propter_snapshot_count(b, order, prefix, bound, &y, err));
  ck_assert_uint_eq(x, y);
  ck_ok(propter_scan_open(a, order, prefix, bound, &p, err));
  ck_ok(propter_scan_open(b, order, prefix, bound, &q, err));
  for (uint64_t steps = propter_rng_below(rng, 12); steps; steps--) {
    PropterQuad target = random_quad(rng, ids);
    size_t cap = 1 + (size_t)propter_rng_below(rng, 200);
    switch (propter_rng_below(rng, 4)) {
      case 0:
        ck_ok(propter_scan_seek(p, target, err));
        ck_ok(propter_scan_seek(q, target, err));
        break;
      case 1:
        ck_ok(propter_scan_skip(p, target, &x, err));
        ck_ok(propter_scan_skip(q, target, &y, err));
        ck_assert_uint_eq(x, y);
        break;
      default:
        ck_ok(propter_scan_next(p, here, cap, &m, err));
        ck_ok(propter_scan_next(q, there, cap, &n, err));
        ck_assert_uint_eq(m, n);
        ck_assert(memcmp(here, there, n * sizeof *here) == 0);
    }
  }
  unsigned want = (unsigned)propter_rng_below(rng, 16);
  ck_assert_uint_eq(drain(p, want, &sum_x), drain(q, want, &sum_y));
  ck_assert_uint_eq(sum_x, sum_y);
  propter_scan_close(p);
  propter_scan_close(q);
}

static void alike_in_statistics(PropterSnapshot *a, PropterSnapshot *b) {
  const PropterStatistics *x, *y;
  ck_ok(propter_snapshot_statistics(a, &x, err));
  ck_ok(propter_snapshot_statistics(b, &y, err));
  ck_assert(x->quads == y->quads && x->subjects == y->subjects && x->graphs == y->graphs && x->other_subjects == y->other_subjects);
  ck_assert(x->predicate_count == y->predicate_count && x->set_count == y->set_count);
  ck_assert(memcmp(x->predicates, y->predicates, x->predicate_count * sizeof *x->predicates) == 0);
}

/* A graph that many small commits changed, of which the last wait in the delta, reads like one that was loaded at once. */
START_TEST(a_graph_with_a_delta_reads_like_a_loaded_one) {
  PropterGraph *g = open_new(), *whole = open_new();
  PropterId ids[QUAD_PARTS], same[QUAD_PARTS];
  PropterRng rng;
  propter_rng_seed(&rng, (uint64_t)_i + 77);
  g->env->delta_share = 16;
  unsigned pending = 0;
  bool waits = false;
  for (int commit = 0; commit < 40 || !waits; commit++) {
    PropterWriter *w = write_terms(g, ids);
    uint64_t changes = commit ? TOGGLES : LOADED;
    for (uint64_t k = 0; k < changes; k++) {
      PropterQuad q = random_quad(&rng, ids);
      ck_ok(commit && k % 2 ? propter_writer_remove(w, q, err) : propter_writer_add(w, q, err));
    }
    end_writer(w);
    PropterSnapshot *s = snapshot(g);
    waits = s->delta;
    pending += waits;
    propter_snapshot_close(s);
  }
  ck_assert(pending > 25 && pending < 39); /* some commits folded it */
  PropterSnapshot *s = snapshot(g), *t = NULL;
  ck_assert(s->delta);
  PropterQuads quads = {0};
  ck_ok(propter_snapshot_match(s, (PropterQuad){0}, 0, &quads, err));
  PropterWriter *w = write_terms(whole, same);
  ck_assert(memcmp(ids, same, sizeof ids) == 0);
  for (size_t i = 0; i < quads.count; i++) ck_ok(propter_writer_add(w, quads.items[i], err));
  end_writer(w);
  t = snapshot(whole);
  ck_assert(!t->delta);
  for (int k = 0; k < 400; k++) alike(s, t, &rng, ids);
  alike_in_statistics(s, t);
  ck_ok(propter_graph_verify(g->env->dir, NULL, err));
  /* A commit that is too large for the delta folds it. */
  g->env->delta_share = UINT64_MAX;
  w = write_terms(g, ids);
  ck_ok(propter_writer_add(w, (PropterQuad){ids[0], ids[60], ids[0], ids[0]}, err));
  end_writer(w);
  propter_snapshot_close(t);
  w = write_terms(whole, same);
  ck_ok(propter_writer_add(w, (PropterQuad){ids[0], ids[60], ids[0], ids[0]}, err));
  end_writer(w);
  propter_snapshot_close(s);
  s = snapshot(g), t = snapshot(whole);
  ck_assert(!s->delta && t->delta);
  for (int k = 0; k < 200; k++) alike(s, t, &rng, ids);
  propter_snapshot_close(s);
  propter_snapshot_close(t);
  propter_vec_clear(&quads);
  ck_ok(propter_graph_verify(g->env->dir, NULL, err));
  ck_ok(propter_graph_verify(whole->env->dir, NULL, err));
  propter_graph_close(g);
  propter_graph_close(whole);
}
END_TEST

/* What is taken back leaves the delta empty. */
START_TEST(a_change_that_is_taken_back_leaves_no_delta) {
  PropterGraph *g = open_new();
  PropterId ids[QUAD_PARTS];
  g->env->delta_share = 1;
  for (int commit = 0; commit < 5; commit++) {
    PropterWriter *w = write_terms(g, ids);
    for (int i = 0; i < 40 && !commit; i++) ck_ok(propter_writer_add(w, (PropterQuad){ids[i], ids[0], ids[i], ids[1]}, err));
    const PropterQuad new = {ids[50], ids[0], ids[3], ids[1]}, old = {ids[7], ids[0], ids[7], ids[1]};
    if (commit) ck_ok(commit % 2 ? propter_writer_add(w, new, err) : propter_writer_remove(w, new, err));
    if (commit) ck_ok(commit % 2 ? propter_writer_remove(w, old, err) : propter_writer_add(w, old, err));
    end_writer(w);
    PropterSnapshot *s = snapshot(g);
    uint64_t waiting = 9;
    ck_ok(delta_count(s->env, s->txn, &waiting, err));
    ck_assert_uint_eq(waiting, commit % 2 ? 2 : 0);
    ck_assert_uint_eq(count_all(s), 40);
    propter_snapshot_close(s);
    ck_ok(propter_graph_verify(g->env->dir, NULL, err));
  }
  propter_graph_close(g);
}
END_TEST

/* More changes than a writer keeps in memory, of quads that come and go: few of them, so that repeated ones are dropped; many, so that they are put aside. */
START_TEST(the_last_of_many_changes_counts) {
  enum { TERMS = 150, QUADS = TERMS * TERMS, CHANGES = 2000000 };
  static bool model[QUADS];
  PropterGraph *g = open_new_spilling(_i ? 20000 : 100000);
  PropterWriter *w = NULL;
  PropterSnapshot *s = NULL;
  PropterRng rng;
  PropterId ids[TERMS];
  propter_rng_seed(&rng, 11);
  ck_ok(propter_writer_open(g, false, &w, err));
  for (int i = 0; i < TERMS; i++) {
    char text[40];
    (void)snprintf(text, sizeof text, "http://e/%d", i);
    ids[i] = iri(w, text);
  }
  for (int k = 0; k < CHANGES; k++) {
    size_t i = (size_t)propter_rng_below(&rng, QUADS);
    PropterQuad q = {ids[i % TERMS], ids[0], ids[i / TERMS], PROPTER_DEFAULT_GRAPH};
    model[i] = !model[i];
    PropterStatus status = model[i] ? propter_writer_add(w, q, NULL) : propter_writer_remove(w, q, NULL);
    if (status != PROPTER_OK) ck_abort_msg("change %d failed", k);
  }
  ck_ok(propter_writer_commit(w, err));
  propter_writer_close(w);
  ck_ok(propter_snapshot_open(g, 0, &s, err));
  for (size_t i = 0; i < QUADS; i++) {
    PropterQuad q = {ids[i % TERMS], ids[0], ids[i / TERMS], PROPTER_DEFAULT_GRAPH};
    uint64_t count;
    PropterStatus status = propter_snapshot_count(s, PROPTER_SPOG, q, 4, &count, NULL);
    if (status != PROPTER_OK || count != model[i]) ck_abort_msg("quad %zu", i);
  }
  propter_snapshot_close(s);
  propter_graph_close(g);
}
END_TEST

START_TEST(a_snapshot_does_not_see_later_commits) {
  PropterGraph *g = open_new();
  PropterSnapshot *before = NULL, *after = NULL;
  PropterWriter *w = NULL;
  ck_ok(propter_snapshot_open(g, 0, &before, err));
  ck_ok(propter_writer_open(g, false, &w, err));
  PropterId a = iri(w, "http://example.org/a");
  ck_ok(propter_writer_add(w, (PropterQuad){a, a, a, PROPTER_DEFAULT_GRAPH}, err));
  ck_ok(propter_writer_commit(w, err));
  propter_writer_close(w);
  ck_ok(propter_snapshot_open(g, 0, &after, err));
  ck_assert_uint_eq(count_all(before), 0);
  ck_assert_uint_eq(count_all(after), 1);
  ck_assert_uint_ne(propter_snapshot_version(before), propter_snapshot_version(after));
  propter_snapshot_close(before);
  propter_snapshot_close(after);
  propter_graph_close(g);
}
END_TEST

START_TEST(there_is_one_writer) {
  PropterGraph *g = open_new();
  PropterWriter *w = NULL, *second = NULL;
  PropterError error = {0};
  ck_ok(propter_writer_open(g, false, &w, err));
  ck_assert_int_eq(propter_writer_open(g, false, &second, &error), PROPTER_LOCKED);
  propter_writer_close(w);
  ck_ok(propter_writer_open(g, false, &second, err));
  propter_writer_close(second);
  propter_graph_close(g);
}
END_TEST

START_TEST(clearing_a_graph_spares_what_the_writer_added) {
  PropterGraph *g = open_new_spilling((uint64_t)_i);
  PropterWriter *w = NULL;
  ck_ok(propter_writer_open(g, false, &w, err));
  PropterId a = iri(w, "http://example.org/a"), b = iri(w, "http://example.org/b"), c = iri(w, "http://example.org/c");
  ck_ok(propter_writer_add(w, (PropterQuad){a, a, a, b}, err));
  ck_ok(propter_writer_add(w, (PropterQuad){a, a, b, b}, err));
  ck_ok(propter_writer_add(w, (PropterQuad){a, a, a, c}, err));
  ck_ok(propter_writer_commit(w, err));
  propter_writer_close(w);
  ck_ok(propter_writer_open(g, false, &w, err));
  ck_ok(propter_writer_add(w, (PropterQuad){a, a, a, b}, err));
  ck_ok(propter_writer_clear_graph(w, b, err));
  ck_ok(propter_writer_add(w, (PropterQuad){a, a, c, b}, err));
  ck_ok(propter_writer_commit(w, err));
  PropterQuad quad;
  PropterDelta *delta = NULL;
  bool added, more;
  ck_ok(propter_delta_open(w, &delta, err));
  ck_ok(propter_delta_next(delta, &quad, &added, &more, err));
  ck_assert(more && !added && quad.o == b);
  ck_ok(propter_delta_next(delta, &quad, &added, &more, err));
  ck_assert(more && added && quad.o == c);
  ck_ok(propter_delta_next(delta, &quad, &added, &more, err));
  ck_assert(!more);
  propter_delta_close(delta);
  propter_writer_close(w);
  PropterSnapshot *s = NULL;
  PropterIds objects = {0};
  ck_ok(propter_snapshot_open(g, 0, &s, err));
  ck_assert_uint_eq(count_all(s), 3);
  ck_ok(propter_snapshot_objects(s, a, a, &objects, err));
  ck_assert_uint_eq(objects.count, 2);
  propter_vec_clear(&objects);
  propter_snapshot_close(s);
  propter_graph_close(g);
}
END_TEST

/* A graph with some thousand quads; returns its folder. */
static const char *filled(void) {
  const char *dir = support_path(support_folder(), "g");
  PropterGraph *g = NULL;
  PropterWriter *w = NULL;
  ck_ok(propter_graph_open(dir, PROPTER_GRAPH_CREATE, NULL, &g, err));
  ck_ok(propter_writer_open(g, false, &w, err));
  PropterId p = iri(w, "http://example.org/p");
  for (int i = 0; i < 6000; i++) {
    char text[64];
    (void)snprintf(text, sizeof text, "http://example.org/thing/%d", i);
    PropterId s = iri(w, text);
    ck_ok(propter_writer_add(w, (PropterQuad){s, p, s, PROPTER_DEFAULT_GRAPH}, err));
  }
  ck_ok(propter_writer_commit(w, err));
  propter_writer_close(w);
  propter_graph_close(g);
  return dir;
}

START_TEST(a_good_graph_verifies_and_backs_up) {
  const char *dir = filled(), *copy = support_path(support_folder(), "copy");
  ck_ok(propter_graph_verify(dir, NULL, err));
  PropterGraph *g = NULL, *c = NULL;
  ck_ok(propter_graph_open(dir, 0, NULL, &g, err));
  ck_ok(propter_graph_backup(g, copy, err));
  PropterError error = {0};
  ck_assert_int_eq(propter_graph_backup(g, copy, &error), PROPTER_INVALID);
  propter_graph_close(g);
  ck_ok(propter_graph_verify(copy, NULL, err));
  PropterSnapshot *s = NULL;
  ck_ok(propter_graph_open(copy, PROPTER_GRAPH_READ_ONLY, NULL, &c, err));
  ck_ok(propter_snapshot_open(c, 0, &s, err));
  ck_assert_uint_eq(count_all(s), 6000);
  propter_snapshot_close(s);
  propter_graph_close(c);
}
END_TEST

START_TEST(no_graph_and_no_folder_are_told_apart) {
  const char *folder = support_folder(), *file = support_path(folder, "file");
  PropterGraph *g = NULL;
  PropterError error = {0};
  ck_assert_int_eq(propter_graph_open(folder, 0, NULL, &g, &error), PROPTER_NOT_FOUND);
  ck_assert_int_eq(propter_graph_open(support_path(folder, "absent"), 0, NULL, &g, &error), PROPTER_NOT_FOUND);
  support_write(file, PROPTER_STR("x"));
  ck_assert_int_eq(propter_graph_open(file, 0, NULL, &g, &error), PROPTER_INVALID);
}
END_TEST

typedef struct {
  const char *dir;
  uint64_t round, changes; /* that memory is for */
} Target;

static PropterStatus add_some(void *payload, PropterError *err) {
  Target *target = payload;
  PropterGraph *g = NULL;
  PropterWriter *w = NULL;
  PropterSnapshot *s = NULL;
  PropterStatus status = open_spilling(target->dir, target->changes, &g, err);
  if (status == PROPTER_OK) g->env->delta_share = 1;
  if (status == PROPTER_OK) status = propter_writer_open(g, false, &w, err);
  uint64_t round = target->round++;
  for (uint64_t i = 0; i < 40 && status == PROPTER_OK; i++) {
    char text[64];
    (void)snprintf(text, sizeof text, "http://example.org/%llu/%llu", (unsigned long long)round, (unsigned long long)i);
    PropterTerm t = propter_iri(propter_str(text));
    PropterId id;
    if ((status = propter_writer_intern(w, &t, &id, err)) == PROPTER_OK) status = propter_writer_add(w, (PropterQuad){id, id, id, PROPTER_DEFAULT_GRAPH}, err);
  }
  if (status == PROPTER_OK) status = propter_writer_commit(w, err);
  propter_writer_close(w);
  /* All of a commit or nothing. */
  PropterError ignored = {0};
  if (g && propter_snapshot_open(g, 0, &s, &ignored) == PROPTER_OK) {
    uint64_t n = 1;
    if (propter_snapshot_count(s, PROPTER_SPOG, (PropterQuad){0}, 0, &n, &ignored) == PROPTER_OK) ck_assert_uint_eq(n % 40, 0);
    propter_snapshot_close(s);
  }
  propter_graph_close(g);
  return status;
}

START_TEST(every_failed_call_leaves_whole_commits) {
  Target target = {.dir = support_path(support_folder(), "g"), .changes = (uint64_t)_i * 10};
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, add_some, &target, true), 20);
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_IO, add_some, &target, true), _i ? 10 : 1);
  ck_ok(propter_graph_verify(target.dir, NULL, err));
}
END_TEST

START_TEST(the_vocabulary_has_its_iris) {
  ck_assert(propter_str_equal(propter_vocab_iri(VOCAB_rdf_type), PROPTER_STR("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")));
  ck_assert(propter_str_equal(propter_vocab_prefix(PROPTER_STR("skos")), PROPTER_STR("http://www.w3.org/2004/02/skos/core#")));
  ck_assert_uint_eq(propter_vocab_prefix(PROPTER_STR("absent")).len, 0);
}
END_TEST

/* A snapshot looks its terms up once, one of a writer each time, since terms come in beside it. */
START_TEST(the_vocabulary_of_a_snapshot) {
  PropterGraph *g = open_new();
  PropterWriter *w = NULL;
  PropterSnapshot *s = NULL;
  PropterId ids[VOCAB_COUNT], again[VOCAB_COUNT], type;
  ck_ok(propter_writer_open(g, true, &w, err));
  ck_ok(propter_writer_snapshot(w, &s, err));
  ck_ok(propter_vocab_ids(s, ids, err));
  ck_assert_uint_eq(ids[VOCAB_rdf_type], PROPTER_NO_ID);
  ck_ok(propter_vocab_intern(w, VOCAB_rdf_type, &type, err));
  ck_ok(propter_writer_snapshot(w, &s, err));
  ck_ok(propter_vocab_ids(s, ids, err));
  ck_assert_uint_eq(ids[VOCAB_rdf_type], type);
  ck_ok(propter_writer_commit(w, err));
  propter_writer_close(w);
  ck_ok(propter_snapshot_open(g, 0, &s, err));
  ck_ok(propter_vocab_ids(s, ids, err));
  ck_ok(propter_vocab_ids(s, again, err));
  ck_assert_uint_eq(ids[VOCAB_rdf_type], type);
  ck_assert_uint_eq(ids[VOCAB_skos_broader], PROPTER_NO_ID);
  ck_assert_mem_eq(ids, again, sizeof ids);
  propter_snapshot_close(s);
  propter_graph_close(g);
}
END_TEST

START_TEST(a_deadline_is_an_error) {
  const char *dir = filled();
  PropterGraph *g = NULL;
  PropterSnapshot *s = NULL;
  PropterScan *scan = NULL;
  PropterQuad row;
  size_t n = 1;
  ck_ok(propter_graph_open(dir, 0, NULL, &g, err));
  ck_ok(propter_snapshot_open(g, 1, &s, err));
  ck_ok(propter_scan_open(s, PROPTER_SPOG, (PropterQuad){0}, 0, &scan, err));
  (void)usleep(5000);
  PropterError error = {0};
  ck_assert_int_eq(propter_scan_next(scan, &row, 1, &n, &error), PROPTER_TIMEOUT);
  propter_scan_close(scan);
  propter_snapshot_close(s);
  propter_graph_close(g);
}
END_TEST

START_TEST(a_cancelled_scan_ends) {
  PropterGraph *g = NULL;
  PropterSnapshot *s = NULL, *clone = NULL;
  PropterScan *scan = NULL;
  PropterQuad row;
  size_t n = 0;
  atomic_bool cancel = false;
  ck_ok(propter_graph_open(filled(), 0, NULL, &g, err));
  ck_ok(propter_snapshot_open(g, 0, &s, err));
  propter_snapshot_limit(s, 0, &cancel);
  ck_ok(propter_snapshot_clone(s, &clone, err));
  ck_ok(propter_scan_open(clone, PROPTER_SPOG, (PropterQuad){0}, 0, &scan, err));
  ck_ok(propter_scan_next(scan, &row, 1, &n, err));
  ck_assert_uint_eq(n, 1);
  atomic_store(&cancel, true);
  PropterError error = {0};
  ck_assert_int_eq(propter_scan_next(scan, &row, 1, &n, &error), PROPTER_CANCELLED);
  propter_scan_close(scan);
  propter_snapshot_close(clone);
  propter_snapshot_close(s);
  propter_graph_close(g);
}
END_TEST

START_TEST(statistics_count_predicates_and_stars) {
  const char *dir = support_path(support_folder(), "g");
  PropterGraph *g = NULL;
  PropterWriter *w = NULL;
  PropterSnapshot *s = NULL, *later = NULL;
  const PropterStatistics *st = NULL, *again = NULL;
  ck_ok(propter_graph_open(dir, PROPTER_GRAPH_CREATE, NULL, &g, err));
  ck_ok(propter_writer_open(g, false, &w, err));
  PropterId p = iri(w, "http://e/p"), q = iri(w, "http://e/q"), g1 = iri(w, "http://e/g");
  for (unsigned i = 0; i < 300; i++) {
    char text[40];
    (void)snprintf(text, sizeof text, "http://e/s%u", i);
    PropterId subject = iri(w, text);
    ck_ok(propter_writer_add(w, (PropterQuad){subject, p, g1, PROPTER_DEFAULT_GRAPH}, err));
    ck_ok(propter_writer_add(w, (PropterQuad){subject, p, subject, i % 2 ? g1 : PROPTER_DEFAULT_GRAPH}, err));
    if (i < 100) ck_ok(propter_writer_add(w, (PropterQuad){subject, q, p, PROPTER_DEFAULT_GRAPH}, err));
  }
  ck_ok(propter_writer_commit(w, err));
  propter_writer_close(w);
  ck_ok(propter_snapshot_open(g, 0, &s, err));
  bool has = true;
  ck_ok(propter_snapshot_has_statistics(s, &has, err));
  ck_assert(!has);
  ck_ok(propter_snapshot_statistics(s, &st, err));
  ck_ok(propter_snapshot_has_statistics(s, &has, err));
  ck_assert(has);
  ck_assert_uint_eq(st->quads, 700);
  ck_assert_uint_eq(st->graphs, 2);
  ck_assert_uint_eq(st->subjects, 300);
  ck_assert_uint_eq(st->predicate_count, 2);
  ck_assert(st->predicates[0].p == p && st->predicates[0].quads == 600 && st->predicates[0].subjects == 300 && st->predicates[0].objects == 301);
  ck_assert(st->predicates[1].p == q && st->predicates[1].quads == 100 && st->predicates[1].subjects == 100 && st->predicates[1].objects == 1);
  ck_assert_uint_eq(st->set_count, 2);
  ck_assert(st->sets[0].subjects == 200 && st->sets[0].count == 1 && st->sets[0].predicates[0] == p && st->sets[0].quads[0] == 400);
  ck_assert(st->sets[1].subjects == 100 && st->sets[1].count == 2 && st->sets[1].quads[0] == 200 && st->sets[1].quads[1] == 100);
  ck_assert_uint_eq(st->other_subjects, 0);
  /* A small change keeps them; they outlive the snapshot they were gathered in. A large one makes new ones. */
  for (unsigned round = 0; round < 2; round++) {
    ck_ok(propter_writer_open(g, false, &w, err));
    for (unsigned i = 0; i < (round ? 300U : 5U); i++) {
      char text[40];
      (void)snprintf(text, sizeof text, "http://e/t%u", i);
      ck_ok(propter_writer_add(w, (PropterQuad){iri(w, text), q, q, PROPTER_DEFAULT_GRAPH}, err));
    }
    ck_ok(propter_writer_commit(w, err));
    propter_writer_close(w);
    ck_ok(propter_snapshot_open(g, 0, &later, err));
    ck_ok(propter_snapshot_statistics(later, &again, err));
    ck_assert_uint_eq(again->version, round ? 3 : 1);
    ck_assert_uint_eq(again->predicates[1].quads, round ? 400 : 100);
    propter_snapshot_close(later);
  }
  ck_assert_uint_eq(st->quads, 700);
  /* How long a reader is behind comes from the times of the commits, here moved into the past. */
  const char *mark = support_path(dir, "data.mark");
  PropterBuf times = {0};
  ck_ok(propter_io_read_file(mark, 0, &times, err));
  for (size_t at = 128; at + 16 <= times.len; at += 16) {
    int64_t pair[2];
    memcpy(pair, times.data + at, sizeof pair);
    pair[1] -= pair[0] ? 5000 : 0;
    memcpy(times.data + at, pair, sizeof pair);
  }
  support_write(mark, propter_buf_str(&times));
  propter_buf_clear(&times);
  PropterReaders readers = {0};
  ck_ok(propter_graph_readers(g, &readers, err));
  ck_assert_uint_eq(readers.count, 1);
  ck_assert_int_eq(readers.items[0].process, getpid());
  ck_assert_uint_eq(readers.items[0].behind, 2);
  ck_assert(readers.items[0].seconds >= 4999 && readers.items[0].seconds < 6000);
  propter_vec_clear(&readers);
  propter_snapshot_close(s);
  propter_graph_close(g);
}
END_TEST

enum { SHARED_QUADS = 20000 };

/* Scans, counts and reads the terms of its clone; payload: the clone, replaced by NULL if what it saw is right. */
static void *read_clone(void *payload) {
  PropterSnapshot **clone = payload, *s = *clone;
  PropterArena arena = {0};
  uint64_t wrong = 0;
  for (int order = 0; order < PROPTER_ORDER_COUNT; order++) {
    PropterScan *scan = NULL;
    const PropterId *columns[4];
    size_t n = 1, rows = 0;
    wrong += propter_scan_open(s, (PropterOrder)order, (PropterQuad){0}, 0, &scan, NULL) != PROPTER_OK;
    while (n && !wrong) {
      wrong += propter_scan_columns(scan, 15, columns, &n, NULL) != PROPTER_OK;
      for (size_t i = 0; i < n && !wrong; i += 97) {
        PropterTerm term;
        PropterId again;
        wrong += propter_snapshot_term(s, columns[0][i], &arena, &term, NULL) != PROPTER_OK;
        wrong += propter_snapshot_find(s, &term, &again, NULL) != PROPTER_OK || again != columns[0][i];
      }
      rows += n;
      propter_arena_clear(&arena);
    }
    propter_scan_close(scan);
    wrong += rows != SHARED_QUADS;
  }
  if (!wrong) *clone = NULL;
  propter_snapshot_close(s);
  return NULL;
}

START_TEST(threads_share_a_snapshot) {
  enum { THREADS = 4 };
  PropterGraph *g = open_new();
  PropterWriter *w = NULL;
  PropterSnapshot *s = NULL, *mine = NULL, *clones[THREADS];
  pthread_t threads[THREADS];
  for (unsigned round = 0; round < 3; round++) {
    ck_ok(propter_writer_open(g, false, &w, err));
    for (unsigned i = 0; i < SHARED_QUADS; i++) {
      char text[40];
      (void)snprintf(text, sizeof text, "http://e/s%u.%u", round, i / 4);
      PropterId subject = iri(w, text);
      ck_ok(propter_writer_add(w, (PropterQuad){subject, iri(w, "http://e/p"), subject + i % 4, PROPTER_DEFAULT_GRAPH}, err));
    }
    if (round == 2) {
      ck_ok(propter_writer_snapshot(w, &mine, err));
      ck_assert_int_eq(propter_snapshot_clone(mine, &clones[0], NULL), PROPTER_NOT_FOUND);
    }
    if (round) {
      ck_ok(propter_snapshot_clone(s, &clones[2 * round - 2], err));
      ck_ok(propter_snapshot_clone(s, &clones[2 * round - 1], err));
      for (unsigned i = 2 * round - 2; i < 2 * round; i++) ck_assert_int_eq(pthread_create(&threads[i], NULL, read_clone, &clones[i]), 0);
    }
    ck_ok(propter_writer_commit(w, err)); /* while they read */
    propter_writer_close(w);
    if (!round) ck_ok(propter_snapshot_open(g, 0, &s, err));
  }
  ck_assert_uint_eq(count_all(s), SHARED_QUADS);
  for (unsigned i = 0; i < THREADS; i++) {
    ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
    ck_assert_ptr_null(clones[i]);
  }
  propter_snapshot_close(s);
  propter_graph_close(g);
}
END_TEST

Suite *suite_store(void) {
  Suite *s = suite_create("store");
  TCase *tc = tcase_create("store");
  tcase_set_timeout(tc, 120);
  tcase_add_test(tc, terms_come_back_exactly);
  tcase_add_loop_test(tc, bad_terms_are_refused, 0, 8);
  tcase_add_loop_test(tc, random_changes_match_a_plain_table, 0, 8);
  tcase_add_loop_test(tc, a_graph_with_a_delta_reads_like_a_loaded_one, 0, 4);
  tcase_add_test(tc, a_change_that_is_taken_back_leaves_no_delta);
  tcase_add_loop_test(tc, the_last_of_many_changes_counts, 0, 2);
  tcase_add_test(tc, a_snapshot_does_not_see_later_commits);
  tcase_add_test(tc, there_is_one_writer);
  tcase_add_loop_test(tc, clearing_a_graph_spares_what_the_writer_added, 0, 2);
  tcase_add_test(tc, a_good_graph_verifies_and_backs_up);
  tcase_add_test(tc, no_graph_and_no_folder_are_told_apart);
  tcase_add_loop_test(tc, every_failed_call_leaves_whole_commits, 0, 2);
  tcase_add_test(tc, the_vocabulary_has_its_iris);
  tcase_add_test(tc, the_vocabulary_of_a_snapshot);
  tcase_add_test(tc, a_deadline_is_an_error);
  tcase_add_test(tc, a_cancelled_scan_ends);
  tcase_add_test(tc, statistics_count_predicates_and_stars);
  suite_add_tcase(s, tc);
  TCase *threads = tcase_create("threads");
  tcase_set_timeout(threads, 120);
  tcase_add_test(threads, threads_share_a_snapshot);
  suite_add_tcase(s, threads);
  return s;
}
