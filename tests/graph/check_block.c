/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "block.h"
#include "id.h"
#include "propter/rng.h"
#include "support.h"

Suite *suite_block(void);

/* What stands in a column: one id, few or many neighbours, multiples, several tags, more tags than a block has frames, any bits; LATER and EARLIER are beyond
 * what NEAR has. */
enum { ONE, NEAR, FAR, STEPS, POWERS, TAGS, MANY_TAGS, ANY, LATER, EARLIER, KINDS };

static PropterId draw(PropterRng *rng, unsigned kind) {
  uint64_t n = propter_rng_below(rng, 1000), base = UINT64_C(1) << 30;
  switch (kind) {
  case ONE: return id_make(ID_IRI, 7);
  case NEAR: return id_make(ID_IRI, base + n);
  case FAR: return id_make(ID_IRI, base + n * n * n);
  case STEPS: return id_make(ID_DECIMAL, base + n * 10000);
  case POWERS: return id_make(ID_DOUBLE, base + (n << 20));
  case TAGS: return n < 300 ? id_make(ID_IRI, base + n) : n < 600 ? id_make(ID_DECIMAL, n * 250) : id_make(ID_STRING, n);
  case MANY_TAGS: return id_make((unsigned)n % 40 + 1, n);
  case LATER: return id_make(ID_IRI, base * 3 + n);
  case EARLIER: return id_make(ID_IRI, base / 3 + n);
  default: return id_make(1 + (unsigned)n % 3, propter_rng_below(rng, ID_PAYLOAD));
  }
}

static Row draw_row(PropterRng *rng, const unsigned kinds[4]) {
  return (Row){{draw(rng, kinds[0]), draw(rng, kinds[1]), draw(rng, kinds[2]), draw(rng, kinds[3])}};
}

static int compare(const void *a, const void *b) { return row_compare(a, b, 4); }

/* Ascending rows, each once. */
static size_t sort(Row *rows, size_t n) {
  size_t kept = 0;
  qsort(rows, n, sizeof *rows, compare);
  for (size_t i = 0; i < n; i++)
    if (!kept || row_compare(&rows[kept - 1], &rows[i], 4) != 0) rows[kept++] = rows[i];
  return kept;
}

/* Rows like those of the block, from every place on, by every number of columns. */
static void searches_like_a_walk(const Block *block, const Row *rows, size_t count) {
  static PropterRng rng;
  if (!rng.s[0]) propter_rng_seed(&rng, 31);
  for (int k = 0; k < 40; k++) {
    unsigned columns = (unsigned)propter_rng_below(&rng, 5), moved = (unsigned)propter_rng_below(&rng, 5);
    size_t from = propter_rng_below(&rng, 2) ? (size_t)propter_rng_below(&rng, count + 1) : 0, expected = from;
    bool behind = propter_rng_below(&rng, 2);
    Row target = rows[propter_rng_below(&rng, count)];
    static const PropterId steps[] = {1, (PropterId)-1, 1000, (PropterId)-1000, UINT64_C(1) << 56, -(UINT64_C(1) << 56), UINT64_C(1) << 40};
    if (moved < 4) target.c[moved] += steps[propter_rng_below(&rng, 7)];
    while (expected < count && row_compare(&rows[expected], &target, columns) < (behind ? 1 : 0)) expected++;
    ck_assert_uint_eq(block_search(block, from, &target, columns, behind), expected);
  }
}

static void opens_as(unsigned char *bytes, size_t size, const Row *rows, size_t count) {
  unsigned char key[32];
  Block block;
  row_key(&rows[0], key);
  ck_assert_uint_le(size, BLOCK_BYTES);
  ck_ok(block_open((MDB_val){sizeof key, key}, (MDB_val){size, bytes}, &block, err));
  ck_assert_uint_eq(block.count, count);
  PropterId ids[BLOCK_ROWS];
  size_t wrong = 0;
  for (unsigned c = 0; c < 4; c++) {
    block_column(&block, c, 0, count, ids);
    for (size_t i = 0; i < count; i++) wrong += ids[i] != rows[i].c[c];
  }
  for (size_t i = 0; i < count; i += 1 + count / 50) {
    Row row = block_row(&block, i);
    wrong += row_compare(&row, &rows[i], 4) != 0 || block_search(&block, 0, &rows[i], 4, false) != i;
  }
  ck_assert_uint_eq(wrong, 0);
  searches_like_a_walk(&block, rows, count);
}

enum { MOST = 3000, FEW = 40 };

/* Edits of rows and what these are afterwards. */
typedef struct {
  Row come[FEW], rows[BLOCK_ROWS + FEW];
  BlockEdit edits[2 * BLOCK_ROWS];
  size_t count, left;
} Edited;

static void edit(PropterRng *rng, const Row *rows, size_t count, const unsigned kinds[4], Edited *e) {
  size_t n = (size_t)propter_rng_below(rng, FEW), k = 0, share = (size_t)propter_rng_below(rng, 20);
  e->count = e->left = 0;
  for (size_t i = 0; i < n; i++) e->come[i] = draw_row(rng, kinds);
  n = sort(e->come, n);
  for (size_t i = 0; i <= count; i++) {
    for (; k < n && (i == count || row_compare(&e->come[k], &rows[i], 4) < 0); k++) {
      e->edits[e->count++] = (BlockEdit){&e->come[k], i};
      e->rows[e->left++] = e->come[k];
    }
    if (i == count) break;
    if (k < n && row_compare(&e->come[k], &rows[i], 4) == 0) k++;
    if (propter_rng_below(rng, 100) < share)
      e->edits[e->count++] = (BlockEdit){NULL, i};
    else
      e->rows[e->left++] = rows[i];
  }
}

/* A block of some rows after edits, both ways, is what rows say; or it is known to be impossible. */
static void check_edits(PropterRng *rng, const Block *block, const Row *rows, const unsigned kinds[4], size_t done[2]) {
  static Edited e;
  unsigned char out[BLOCK_BYTES];
  Row first;
  edit(rng, rows, block->count, kinds, &e);
  size_t wide = block_edit(block, e.edits, e.count, false, out, &first);
  if (wide <= BLOCK_BYTES) {
    opens_as(out, wide, e.rows, e.left);
    ck_assert_int_eq(row_compare(&first, &e.rows[0], 4), 0);
  }
  size_t narrow = block_edit(block, e.edits, e.count, true, out, &first);
  ck_assert_uint_le(narrow, wide);
  if (narrow <= BLOCK_BYTES) opens_as(out, narrow, e.rows, e.left);
  if (e.left == 0 || e.left > BLOCK_ROWS) ck_assert_uint_gt(narrow, BLOCK_BYTES);
  done[narrow <= BLOCK_BYTES]++;
}

START_TEST(edited_blocks_are_what_their_rows_say) {
  static Row rows[MOST];
  PropterRng rng;
  BlockRows columns = {0};
  size_t done[2] = {0, 0};
  propter_rng_seed(&rng, (uint64_t)_i + 1);
  ck_assert(rows_reserve(&columns, MOST));
  for (int round = 0; round < 150; round++) {
    unsigned kinds[4], later[4];
    for (int c = 0; c < 4; c++) {
      kinds[c] = (unsigned)propter_rng_below(&rng, round % 3 ? ANY : KINDS);
      later[c] = propter_rng_below(&rng, 4) ? kinds[c] : (unsigned)propter_rng_below(&rng, KINDS);
    }
    size_t n = 1 + (size_t)propter_rng_below(&rng, round % 5 ? MOST : 20);
    for (size_t i = 0; i < n; i++) rows[i] = draw_row(&rng, kinds);
    n = sort(rows, n);
    columns.count = 0;
    for (size_t i = 0; i < n; i++) rows_push(&columns, &rows[i]);
    unsigned char bytes[BLOCK_BYTES], key[32];
    BlockShape shape;
    size_t at = (size_t)propter_rng_below(&rng, n), count = block_fit(&columns, at, &shape), size = block_write(&columns, at, count, &shape, bytes);
    ck_assert_uint_ge(count, 1);
    ck_assert_uint_eq(size, block_bytes(&shape, count));
    opens_as(bytes, size, rows + at, count);
    Block block;
    row_key(&rows[at], key);
    ck_ok(block_open((MDB_val){sizeof key, key}, (MDB_val){size, bytes}, &block, err));
    for (int k = 0; k < 4; k++) check_edits(&rng, &block, rows + at, later, done);
    size_t from = (size_t)propter_rng_below(&rng, count) / 8 * 8, to = from + 1 + (size_t)propter_rng_below(&rng, count - from);
    Block part = block_part(&block, from, to);
    check_edits(&rng, &part, rows + at + from, later, done);
  }
  rows_clear(&columns);
  /* Neither is rare. */
  ck_assert_uint_gt(done[true], 100);
  ck_assert_uint_gt(done[false], 20);
}
END_TEST

/* ---- whole graphs --------------------------------------------------------------------------------------------------------- */

enum { QUADS = 12000, ROOM = 40000 };

/* A graph and what should be in it, in SPOG order. */
typedef struct {
  PropterGraph *graph;
  PropterRng rng;
  Row rows[ROOM];
  size_t count;
  Change changes[ROOM];
  size_t changed;
} Model;

static const unsigned usual[4] = {NEAR, TAGS, FAR, ONE};

static void change(Model *m, Row row, bool add) { m->changes[m->changed++] = (Change){row, add, false}; }

static Row any_row(Model *m) { return m->rows[propter_rng_below(&m->rng, m->count)]; }

/* Updates all over the graph, whose new objects are of a kind. */
static void update(Model *m, unsigned kind) {
  for (int i = 0; i < 200 && m->count; i++) {
    Row row = any_row(m), other = row;
    other.c[2] = draw(&m->rng, kind);
    change(m, row, false);
    change(m, other, true);
  }
}

static void add_many(Model *m, size_t n, const unsigned kinds[4]) {
  for (size_t i = 0; i < n; i++) change(m, draw_row(&m->rng, kinds), true);
}

static void remove_ranges(Model *m) {
  for (int k = 0; k < 6; k++) {
    size_t from = k ? (size_t)propter_rng_below(&m->rng, m->count) : 0, n = 1 + (size_t)propter_rng_below(&m->rng, 1500);
    for (size_t i = from; i < m->count && i < from + n && m->changed < ROOM; i++) change(m, m->rows[i], false);
  }
}

/* What is there already, what is not there, and both. */
static void say_again(Model *m) {
  for (int i = 0; i < 100; i++) {
    Row row = any_row(m), absent = draw_row(&m->rng, usual);
    absent.c[3] = draw(&m->rng, LATER);
    change(m, row, true);
    change(m, absent, false);
    change(m, absent, i % 2);
    if (i % 3 == 0) change(m, row, false), change(m, row, true);
    if (i % 7 == 0) change(m, row, false);
  }
}

static void remove_most(Model *m) {
  for (size_t i = 0; i < m->count; i++)
    if (propter_rng_below(&m->rng, 100) < 97) change(m, m->rows[i], false);
}

static void plan(Model *m, int round) {
  static const unsigned clustered[4] = {ONE, TAGS, FAR, ONE}, raw[4] = {NEAR, NEAR, MANY_TAGS, ANY};
  m->changed = 0;
  switch (round % 12) {
  case 0: add_many(m, QUADS, usual); break;
  case 1: update(m, FAR); break;
  case 2: update(m, LATER); break;
  case 3: update(m, EARLIER); break;
  case 4: update(m, STEPS), update(m, POWERS); break;
  case 5: add_many(m, 3000, clustered); break;
  case 6: say_again(m); break;
  case 7: remove_ranges(m); break;
  case 8: update(m, MANY_TAGS), add_many(m, 100, raw); break;
  case 9: add_many(m, 30, usual); break;
  case 10: remove_most(m); break;
  default: update(m, ANY);
  }
}

typedef struct {
  Row row; /* first, for `compare` */
  size_t at;
  bool add;
} Word;

static int compare_words(const void *a, const void *b) {
  size_t x = ((const Word *)a)->at, y = ((const Word *)b)->at;
  int order = compare(a, b);
  return order ? order : (x > y) - (x < y);
}

/* The last word on each row holds. */
static void change_model(Model *m) {
  static Word words[ROOM];
  static Row before[ROOM];
  size_t old = m->count, i = 0;
  for (size_t k = 0; k < m->changed; k++) words[k] = (Word){m->changes[k].row, k, m->changes[k].add};
  qsort(words, m->changed, sizeof *words, compare_words);
  memcpy(before, m->rows, old * sizeof *before);
  m->count = 0;
  for (size_t k = 0; k < m->changed; k++) {
    if (k + 1 < m->changed && compare(&words[k], &words[k + 1]) == 0) continue;
    while (i < old && compare(&before[i], &words[k]) < 0) m->rows[m->count++] = before[i++];
    if (i < old && compare(&before[i], &words[k]) == 0) i++;
    if (words[k].add) m->rows[m->count++] = words[k].row;
  }
  while (i < old) m->rows[m->count++] = before[i++];
}

static void change_graph(Model *m, bool commit) {
  PropterWriter *w = NULL;
  PropterSnapshot *own = NULL;
  ck_ok(propter_writer_open(m->graph, false, &w, err));
  for (size_t k = 0; k < m->changed; k++) {
    const Change *c = &m->changes[k];
    PropterQuad quad = row_quad(PROPTER_SPOG, c->row);
    if ((c->add ? propter_writer_add(w, quad, NULL) : propter_writer_remove(w, quad, NULL)) != PROPTER_OK) ck_abort_msg("a change is refused");
    /* In two steps: the second meets blocks that this transaction has written. */
    if (k == m->changed / 2) ck_ok(propter_writer_snapshot(w, &own, err));
  }
  if (commit) ck_ok(propter_writer_commit(w, err));
  propter_writer_close(w);
}

static void same_in_all_orders(const Model *m) {
  static Row expected[ROOM];
  static PropterQuad rows[1000];
  PropterSnapshot *s = NULL;
  ck_ok(propter_snapshot_open(m->graph, 0, &s, err));
  for (int order = 0; order < PROPTER_ORDER_COUNT; order++) {
    for (size_t i = 0; i < m->count; i++) expected[i] = row_of((PropterOrder)order, row_quad(PROPTER_SPOG, m->rows[i]));
    qsort(expected, m->count, sizeof *expected, compare);
    PropterScan *scan = NULL;
    size_t n = 1, seen = 0, wrong = 0;
    ck_ok(propter_scan_open(s, (PropterOrder)order, (PropterQuad){0}, 0, &scan, err));
    for (; n; seen += n) {
      ck_ok(propter_scan_next(scan, rows, sizeof rows / sizeof *rows, &n, err));
      ck_assert_uint_le(seen + n, m->count);
      for (size_t i = 0; i < n; i++) {
        Row row = row_of((PropterOrder)order, rows[i]);
        wrong += row_compare(&row, &expected[seen + i], 4) != 0;
      }
    }
    ck_assert_uint_eq(seen, m->count);
    ck_assert_uint_eq(wrong, 0);
    propter_scan_close(scan);
  }
  propter_snapshot_close(s);
}

START_TEST(batches_of_all_kinds_leave_what_a_list_says) {
  static Model m;
  const char *dir = support_path(support_folder(), "g");
  ck_ok(propter_graph_open(dir, PROPTER_GRAPH_CREATE, NULL, &m.graph, err));
  propter_rng_seed(&m.rng, (uint64_t)_i + 1);
  for (int round = 0; round < 26; round++) {
    plan(&m, round < 12 ? round : round == 12 ? 0 : 1 + (int)propter_rng_below(&m.rng, 11));
    bool commit = round % 9 != 8;
    change_graph(&m, commit);
    if (commit) change_model(&m);
    same_in_all_orders(&m);
    if (m.count == 0) break;
  }
  propter_graph_close(m.graph);
  ck_ok(propter_graph_verify(dir, NULL, err));
}
END_TEST

/* ---- failing calls -------------------------------------------------------------------------------------------------------- */

enum { BASE = 6000, MARKED = 300 };

static PropterQuad marked(uint64_t i, uint64_t mark) {
  return (PropterQuad){id_make(ID_IRI, i * (BASE / MARKED) + 5), id_make(ID_IRI, 3), id_make(ID_INTEGER, 1000000 + mark), PROPTER_DEFAULT_GRAPH};
}

typedef struct {
  const char *dir;
  uint64_t mark;
} Marking;

/* Gives quads all over the graph the next mark instead of the one they have. */
static PropterStatus mark_anew(void *payload, PropterError *err) {
  Marking *m = payload;
  PropterGraph *g = NULL;
  PropterWriter *w = NULL;
  PropterSnapshot *s = NULL;
  uint64_t mark = ++m->mark;
  PropterStatus status = propter_graph_open(m->dir, 0, NULL, &g, err);
  if (status == PROPTER_OK) status = propter_writer_open(g, false, &w, err);
  for (uint64_t i = 0; i < MARKED && status == PROPTER_OK; i++) {
    for (uint64_t old = mark > 3 ? mark - 3 : 0; old < mark && status == PROPTER_OK; old++) status = propter_writer_remove(w, marked(i, old), err);
    if (status == PROPTER_OK) status = propter_writer_add(w, marked(i, mark), err);
  }
  if (status == PROPTER_OK) status = propter_writer_commit(w, err);
  propter_writer_close(w);
  PropterError ignored = {0};
  if (g && propter_snapshot_open(g, 0, &s, &ignored) == PROPTER_OK) {
    uint64_t n = 0;
    if (propter_snapshot_count(s, PROPTER_POSG, marked(0, mark), 2, &n, &ignored) == PROPTER_OK) ck_assert_uint_eq(n, status == PROPTER_OK ? MARKED : 0);
    propter_snapshot_close(s);
  }
  propter_graph_close(g);
  return status;
}

START_TEST(every_failed_call_leaves_the_blocks_as_they_were) {
  Marking m = {support_path(support_folder(), "g"), 0};
  PropterGraph *g = NULL;
  PropterWriter *w = NULL;
  ck_ok(propter_graph_open(m.dir, PROPTER_GRAPH_CREATE, NULL, &g, err));
  ck_ok(propter_writer_open(g, false, &w, err));
  for (uint64_t i = 0; i < BASE; i++)
    ck_ok(propter_writer_add(w, (PropterQuad){id_make(ID_IRI, i), id_make(ID_IRI, 2), id_make(ID_IRI, i * 7 % 1000), PROPTER_DEFAULT_GRAPH}, err));
  ck_ok(propter_writer_commit(w, err));
  propter_writer_close(w);
  propter_graph_close(g);
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, mark_anew, &m, true), 5);
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_IO, mark_anew, &m, true), 1);
  ck_ok(propter_graph_verify(m.dir, NULL, err));
}
END_TEST

Suite *suite_block(void) {
  Suite *s = suite_create("block");
  TCase *edits = tcase_create("edits"), *graphs = tcase_create("graphs"), *failing = tcase_create("failing");
  tcase_set_timeout(graphs, 120);
  tcase_set_timeout(failing, 120);
  tcase_add_loop_test(edits, edited_blocks_are_what_their_rows_say, 0, 8);
  tcase_add_loop_test(graphs, batches_of_all_kinds_leave_what_a_list_says, 0, 6);
  tcase_add_test(failing, every_failed_call_leaves_the_blocks_as_they_were);
  suite_add_tcase(s, edits);
  suite_add_tcase(s, graphs);
  suite_add_tcase(s, failing);
  return s;
}
