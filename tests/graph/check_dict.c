/* SPDX-License-Identifier: Apache-2.0 */
/* Terms of all lengths, in several commits; a graph of another format. */
#include <lmdb.h>
#include <string.h>
#include <unistd.h>

#include "env.h"
#include "guard.h"
#include "id.h"
#include "propter/rng.h"
#include "support.h"

Suite *suite_dict(void);

/* Around the length from which on a literal is kept with the long ones, a page, more pages than a block of texts has. */
static const size_t lengths[] = {1, 245, 246, 247, 253, 254, 255, 256, 257, 300, 1000, 4096, 16384, 70000, 300000};
enum { LENGTHS = sizeof lengths / sizeof *lengths, FORMS = 4, TERMS = LENGTHS * FORMS, COMMITS = 5, BULK = 400 };

/* The text says length, form and commit, and is not simple to compress. */
static PropterTerm term_of(size_t length, unsigned form, unsigned commit, PropterArena *arena) {
  static const PropterStr types[] = {{"", 0}, {"", 0}, {"http://example.org/type", 23}, {"", 0}};
  PropterRng rng;
  propter_rng_seed(&rng, length * 64 + form * 8 + commit);
  char *text = propter_arena_alloc(arena, length);
  for (size_t i = 0; i < length; i++) text[i] = (char)('a' + propter_rng_below(&rng, 26));
  if (form == 3) return propter_iri(propter_arena_printf(arena, "http://example.org/%.*s", (int)length, text));
  return (PropterTerm){PROPTER_TERM_LITERAL, {text, length}, types[form], {"en", form == 1 ? 2 : 0}};
}

static void commit_terms(PropterGraph *g, unsigned commit, PropterId ids[TERMS], PropterArena *arena) {
  static const size_t before[] = {1, 4, 9}; /* of a record, before the text */
  PropterWriter *w = NULL;
  PropterId p = PROPTER_NO_ID, o;
  ck_ok(propter_writer_open(g, false, &w, err));
  PropterTerm name = propter_iri(PROPTER_STR("http://example.org/p"));
  ck_ok(propter_writer_intern(w, &name, &p, err));
  for (unsigned i = 0; i < TERMS; i++) {
    PropterTerm t = term_of(lengths[i / FORMS], i % FORMS, commit, arena);
    ck_ok(propter_writer_intern(w, &t, &ids[i], err));
    ck_ok(propter_writer_add(w, (PropterQuad){p, p, ids[i], PROPTER_DEFAULT_GRAPH}, err));
    ck_assert_uint_eq(id_long(id_tag(ids[i])), i % FORMS < 3 && lengths[i / FORMS] + before[i % FORMS] >= 256);
  }
  for (unsigned i = 0; i < BULK; i++) {
    PropterTerm t = term_of(280 + i, 0, commit, arena);
    ck_ok(propter_writer_intern(w, &t, &o, err));
    ck_ok(propter_writer_add(w, (PropterQuad){p, p, o, PROPTER_DEFAULT_GRAPH}, err));
  }
  ck_ok(propter_writer_commit(w, err));
  propter_writer_close(w);
}

static void same_term(const PropterTerm *a, const PropterTerm *b) {
  ck_assert_int_eq(a->kind, b->kind);
  ck_assert(propter_str_equal(a->value, b->value));
  ck_assert(propter_str_equal(a->language, b->language) && propter_str_equal(a->datatype, b->datatype));
}

static void terms_are_there(PropterGraph *g, PropterId ids[COMMITS][TERMS]) {
  PropterSnapshot *s = NULL;
  PropterArena arena = {0};
  PropterTerm together[TERMS];
  ck_ok(propter_snapshot_open(g, 0, &s, err));
  for (unsigned c = 0; c < COMMITS; c++) {
    ck_ok(propter_snapshot_terms(s, ids[c], TERMS, NULL, NULL, &arena, together, err));
    for (unsigned i = 0; i < TERMS; i++) {
      PropterTerm expected = term_of(lengths[i / FORMS], i % FORMS, c, &arena), got;
      PropterId id = PROPTER_NO_ID;
      same_term(&together[i], &expected);
      ck_ok(propter_snapshot_term(s, ids[c][i], &arena, &got, err));
      same_term(&got, &expected);
      ck_ok(propter_snapshot_find(s, &expected, &id, err));
      ck_assert_uint_eq(id, ids[c][i]);
    }
    propter_arena_clear(&arena);
  }
  propter_snapshot_close(s);
}

START_TEST(terms_of_all_lengths_come_back_from_all_commits) {
  const char *dir = support_path(support_folder(), "g");
  static PropterId ids[COMMITS][TERMS];
  PropterGraph *g = NULL;
  PropterArena arena = {0};
  ck_ok(propter_graph_open(dir, PROPTER_GRAPH_CREATE, NULL, &g, err));
  for (unsigned c = 0; c < COMMITS; c++) commit_terms(g, c, ids[c], &arena);
  propter_arena_clear(&arena);
  terms_are_there(g, ids);
  propter_graph_close(g);
  ck_ok(propter_graph_verify(dir, NULL, err));
  g = NULL;
  ck_ok(propter_graph_open(dir, PROPTER_GRAPH_READ_ONLY, NULL, &g, err));
  terms_are_there(g, ids);
  propter_graph_close(g);
}
END_TEST

static void refused_by_name(PropterStatus status, const PropterError *error) {
  ck_assert_int_eq(status, PROPTER_INVALID);
  ck_assert_msg(strstr(error->message, "the graph has format 5, this program reads format 6") != NULL, "%s", error->message);
}

START_TEST(a_graph_of_another_format_is_named) {
  const char *dir = support_path(support_folder(), "g");
  PropterGraph *g = NULL;
  ck_ok(propter_graph_open(dir, PROPTER_GRAPH_CREATE, NULL, &g, err));
  propter_graph_close(g);
  MDB_env *lmdb = NULL;
  MDB_txn *txn = NULL;
  MDB_dbi meta, texts;
  uint64_t before = ENV_FORMAT - 1;
  MDB_val key = {6, (void *)(uintptr_t)"format"}, value = {sizeof before, &before};
  ck_assert_int_eq(mdb_env_create(&lmdb), 0);
  ck_assert_int_eq(mdb_env_set_maxdbs(lmdb, ENV_DATABASES), 0);
  ck_assert_int_eq(mdb_env_open(lmdb, dir, 0, 0666), 0);
  ck_assert_int_eq(mdb_txn_begin(lmdb, NULL, 0, &txn), 0);
  ck_assert_int_eq(mdb_dbi_open(txn, "meta", 0, &meta), 0);
  ck_assert_int_eq(mdb_put(txn, meta, &key, &value, 0), 0);
  ck_assert_int_eq(mdb_dbi_open(txn, "texts", 0, &texts), 0); /* which it did not have */
  ck_assert_int_eq(mdb_drop(txn, texts, 1), 0);
  ck_assert_int_eq(mdb_txn_commit(txn), 0);
  mdb_env_close(lmdb);
  PropterError error = {0};
  refused_by_name(propter_graph_verify(dir, NULL, &error), &error);
  refused_by_name(propter_graph_open(dir, 0, NULL, &g, &error), &error);
  guard_mark(dir); /* as if its own program had written it */
  refused_by_name(propter_graph_open(dir, 0, NULL, &g, &error), &error);
}
END_TEST

Suite *suite_dict(void) {
  Suite *s = suite_create("dict");
  TCase *tc = tcase_create("dict");
  tcase_set_timeout(tc, 120);
  tcase_add_test(tc, terms_of_all_lengths_come_back_from_all_commits);
  tcase_add_test(tc, a_graph_of_another_format_is_named);
  suite_add_tcase(s, tc);
  return s;
}
