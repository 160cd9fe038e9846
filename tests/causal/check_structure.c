/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "propter/rng.h"
#include "propter/structure.h"
#include "support.h"

enum { P = 6, N = 2000, X = 0, Y, Z, W, COPY, STILL };

/* x → z ← y, z → w; a copy of z and a constant come with `extra`. */
static void fill(double *v, bool discrete) {
  PropterRng rng;
  propter_rng_seed(&rng, 11);
  for (size_t t = 0; t < N; t++) {
    double x = propter_rng_normal(&rng), y = propter_rng_normal(&rng), z = x + y + .5 * propter_rng_normal(&rng), w = z + propter_rng_normal(&rng);
    if (discrete) {
      x = propter_rng_unit(&rng) < .5, y = propter_rng_unit(&rng) < .5;
      z = propter_rng_unit(&rng) < .9 ? x + y : 1;
      w = propter_rng_unit(&rng) < .8 ? z : 0;
    }
    v[X * N + t] = x, v[Y * N + t] = y, v[Z * N + t] = z, v[W * N + t] = w, v[COPY * N + t] = z, v[STILL * N + t] = 0;
  }
}

static double continuous[P * N], codes[P * N];
static const unsigned levels[P] = {2, 2, 3, 3, 3, 1};
static void setup(void) { fill(continuous, false), fill(codes, true); }
static PropterData gaussian(size_t p) { return (PropterData){p, N, continuous, NULL}; }
static PropterData discrete(size_t p) { return (PropterData){p, N, codes, levels}; }

static bool arrow(const PropterCausalGraph *g, size_t i, size_t j) { return g->mark[i * g->p + j] == PROPTER_ARROW && g->mark[j * g->p + i] == PROPTER_TAIL; }

START_TEST(tests_tell_dependence_from_independence) {
  static const struct {
    const char *name;
    bool discrete;
  } rows[] = {{"fisherz", false}, {"gsquare", true}, {"chisquare", true}, {"conditional_gaussian", true}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    PropterData data = rows[i].discrete ? discrete(P) : gaussian(P);
    PropterIndependenceTest *test;
    PropterIndependence r;
    ck_ok(propter_independence_new(&data, rows[i].name, 1, &test, err));
    ck_ok(propter_independent(test, X, Y, NULL, 0, &r, err));
    ck_assert_msg(r.testable && r.p > .01, "%s: p %g", rows[i].name, r.p);
    ck_ok(propter_independent(test, X, Y, (size_t[]){Z}, 1, &r, err));
    ck_assert(r.testable && r.p < 1e-6);
    ck_ok(propter_independent(test, X, W, (size_t[]){Z}, 1, &r, err));
    ck_assert_msg(r.testable && r.p > .01, "%s: p %g", rows[i].name, r.p);
    ck_assert_uint_eq(r.rows, N);
    ck_ok(propter_independent(test, X, Z, (size_t[]){COPY}, 1, &r, err)); /* determined, not independent */
    ck_assert(!r.testable && r.reason && r.p == 1);
    ck_ok(propter_independent(test, X, STILL, NULL, 0, &r, err));
    ck_assert(!r.testable && r.reason);
    ck_assert_int_eq(propter_independent(test, X, X, NULL, 0, &r, NULL), PROPTER_INVALID);
    ck_assert_int_eq(propter_independent(test, X, P, NULL, 0, &r, NULL), PROPTER_INVALID);
    propter_independence_free(test);
  }
}
END_TEST

/* By hand: Fisher's z is atanh(r)·√(n − 3), normal; the table 10 5 / 4 11 has χ² 4.8214 and G² 4.9625 of 1 degree of freedom. */
/* y is a symmetric curve of x, which no correlation sees; w depends on z alone. */
START_TEST(the_kernel_test_sees_curves) {
  enum { ROWS = 600 };
  double v[4 * ROWS];
  PropterRng rng;
  propter_rng_seed(&rng, 2);
  for (size_t t = 0; t < ROWS; t++) {
    double x = propter_rng_normal(&rng);
    v[t] = x, v[ROWS + t] = x * x + .3 * propter_rng_normal(&rng), v[2 * ROWS + t] = sin(2 * x) + .3 * propter_rng_normal(&rng),
    v[3 * ROWS + t] = propter_rng_normal(&rng);
  }
  PropterData data = {4, ROWS, v, NULL};
  PropterIndependenceTest *test;
  PropterIndependence r, again;
  ck_ok(propter_independence_new(&data, "kernel", 3, &test, err));
  ck_ok(propter_independent(test, 0, 1, NULL, 0, &r, err));
  ck_assert(r.testable && r.p < 1e-3);
  ck_ok(propter_independent(test, 1, 2, (size_t[]){0}, 1, &r, err));
  ck_assert(r.testable && r.p > .01);
  ck_ok(propter_independent(test, 0, 3, NULL, 0, &r, err));
  ck_assert(r.testable && r.p > .01);
  ck_ok(propter_independent(test, 0, 3, NULL, 0, &again, err));
  ck_assert_double_eq(r.p, again.p);
  propter_independence_free(test);
}
END_TEST

/* x continuous → z of three kinds → w continuous, y a coin. */
START_TEST(mixed_data) {
  static double v[4 * N];
  static const unsigned kinds[4] = {0, 2, 3, 0};
  PropterRng rng;
  propter_rng_seed(&rng, 8);
  for (size_t t = 0; t < N; t++) {
    double x = propter_rng_normal(&rng), s = x + .5 * propter_rng_normal(&rng);
    v[t] = x, v[N + t] = propter_rng_unit(&rng) < .5, v[2 * N + t] = s < -.5 ? 0 : s < .5 ? 1 : 2, v[3 * N + t] = v[2 * N + t] + propter_rng_normal(&rng);
  }
  PropterData data = {4, N, v, kinds};
  static const char *const names[] = {"pc", "boss", "fges"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    PropterCausalGraph g;
    ck_ok(propter_structure_search(&data, names[i], NULL, &g, err));
    ck_assert(g.mark[X * 4 + Z] && g.mark[Z * 4 + W] && !g.mark[X * 4 + Y] && !g.mark[Y * 4 + Z] && !g.mark[Y * 4 + W]);
    propter_causal_graph_free(&g);
  }
}
END_TEST

/* x → z ← y, z → w is told fully; with two hidden causes of neighbours in x → a ↔ b ← y the double arrow is. */
START_TEST(fci_allows_for_hidden_causes) {
  static double v[4 * N];
  PropterRng rng;
  propter_rng_seed(&rng, 12);
  for (size_t t = 0; t < N; t++) {
    double hidden = propter_rng_normal(&rng), x = propter_rng_normal(&rng), y = propter_rng_normal(&rng);
    v[t] = x, v[N + t] = y, v[2 * N + t] = x + hidden + .5 * propter_rng_normal(&rng), v[3 * N + t] = y + hidden + .5 * propter_rng_normal(&rng);
  }
  PropterData data = {4, N, v, NULL}, plain = gaussian(4);
  PropterCausalGraph g;
  ck_ok(propter_structure_search(&data, "fci", NULL, &g, err));
  ck_assert(g.mark[2 * 4 + 3] == PROPTER_ARROW && g.mark[3 * 4 + 2] == PROPTER_ARROW);
  ck_assert(g.mark[0 * 4 + 2] == PROPTER_ARROW && g.mark[2 * 4 + 0] == PROPTER_CIRCLE && g.mark[0 * 4 + 1] == PROPTER_NO_EDGE);
  propter_causal_graph_free(&g);
  ck_ok(propter_structure_search(&plain, "fci", NULL, &g, err));
  ck_assert(g.mark[X * 4 + Z] == PROPTER_ARROW && g.mark[Z * 4 + X] == PROPTER_CIRCLE);
  ck_assert(arrow(&g, Z, W));
  propter_causal_graph_free(&g);
}
END_TEST

START_TEST(open_edges_are_directed_by_their_values) {
  static double v[2 * N];
  PropterRng rng;
  propter_rng_seed(&rng, 14);
  for (size_t t = 0; t < N; t++) v[t] = 4 * propter_rng_unit(&rng) - 2, v[N + t] = v[t] * v[t] * v[t] + v[t] + .5 * propter_rng_normal(&rng);
  PropterData data = {2, N, v, NULL};
  PropterCausalGraph g;
  ck_ok(propter_structure_search(&data, "directed", NULL, &g, err));
  ck_assert(arrow(&g, 0, 1));
  propter_causal_graph_free(&g);
}
END_TEST

START_TEST(known_values) {
  double v[24] = {0};
  for (size_t t = 0; t < 12; t++) v[t] = t % 2 ? 1 : -1, v[12 + t] = t % 4 > 1 ? 1 + (double)t : -1;
  PropterData data = {2, 12, v, NULL};
  PropterIndependenceTest *test;
  PropterIndependence r;
  ck_ok(propter_independence_new(&data, NULL, 1, &test, err));
  ck_ok(propter_independent(test, 0, 1, NULL, 0, &r, err));
  ck_assert_double_eq_tol(r.p, erfc(atanh(fabs(r.statistic)) * 3 / sqrt(2)), 1e-12);
  propter_independence_free(test);
  double table[60];
  static const size_t count[4] = {10, 5, 4, 11};
  for (size_t c = 0, t = 0; c < 4; c++)
    for (size_t k = 0; k < count[c]; k++, t++) table[t] = (double)(c / 2), table[30 + t] = (double)(c % 2);
  PropterData two = {2, 30, table, (unsigned[]){2, 2}};
  static const struct {
    const char *name;
    double statistic;
  } rows[] = {{"chisquare", 4.82142857142857}, {"gsquare", 4.96251836744167}};
  for (size_t i = 0; i < 2; i++) {
    ck_ok(propter_independence_new(&two, rows[i].name, 1, &test, err));
    ck_ok(propter_independent(test, 0, 1, NULL, 0, &r, err));
    ck_assert_double_eq_tol(r.statistic, rows[i].statistic, 1e-9);
    ck_assert_double_eq(r.df, 1);
    propter_independence_free(test);
  }
}
END_TEST

START_TEST(missing_rows_are_left_out_of_a_test) {
  for (int d = 0; d < 2; d++) {
    double *v = d ? codes : continuous;
    for (size_t t = 0; t < 100; t++) v[Z * N + t] = NAN;
    for (size_t t = 50; t < 120; t++) v[X * N + t] = NAN;
    PropterData data = d ? discrete(4) : gaussian(4);
    PropterIndependenceTest *test;
    PropterIndependence r;
    ck_ok(propter_independence_new(&data, NULL, 1, &test, err));
    ck_ok(propter_independent(test, X, Y, NULL, 0, &r, err));
    ck_assert_uint_eq(r.rows, N - 70);
    ck_ok(propter_independent(test, X, Y, (size_t[]){Z}, 1, &r, err));
    ck_assert_uint_eq(r.rows, N - 120);
    ck_assert(r.p < 1e-6);
    propter_independence_free(test);
  }
}
END_TEST

static void finds_the_collider(const char *search, PropterData data, unsigned threads) {
  PropterCausalGraph g;
  PropterSearchOptions o = {.threads = threads};
  ck_ok(propter_structure_search(&data, search, &o, &g, err));
  ck_assert_msg(arrow(&g, X, Z) && arrow(&g, Y, Z) && arrow(&g, Z, W), "%s", search);
  size_t edges = 0;
  for (size_t i = 0; i < g.p * g.p; i++) edges += g.mark[i] != PROPTER_NO_EDGE;
  ck_assert_msg(edges == 6, "%s: %zu", search, edges / 2);
  propter_causal_graph_free(&g);
}

START_TEST(searches_find_a_collider) {
  static const char *const names[] = {"pc", "boss", "fges"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    for (unsigned threads = 1; threads < 3; threads++)
      finds_the_collider(names[i], gaussian(4), threads), finds_the_collider(names[i], discrete(4), threads);
}
END_TEST

/* A rare state with two causes and two weak signs: where an order has the signs first, no move of one variable leads out of it. */
START_TEST(where_a_search_over_orders_begins_does_not_matter) {
  static double v[5 * N];
  static const unsigned two[5] = {2, 2, 2, 2, 2};
  static const double rare[2][2] = {{.01, .03}, {.04, .09}};
  size_t differ = 0;
  for (unsigned world = 0; world < 10; world++) {
    PropterRng rng;
    propter_rng_seed(&rng, world);
    for (size_t t = 0; t < N; t++) {
      bool x = propter_rng_unit(&rng) < .3, y = propter_rng_unit(&rng) < .3, z = propter_rng_unit(&rng) < rare[x][y];
      v[t] = x, v[N + t] = y, v[2 * N + t] = z, v[3 * N + t] = propter_rng_unit(&rng) < (z ? .9 : .2), v[4 * N + t] = propter_rng_unit(&rng) < (z ? .7 : .3);
    }
    PropterData data = {5, N, v, two};
    PropterCausalGraph g, h;
    ck_ok(propter_structure_search(&data, "boss", NULL, &g, err));
    for (uint64_t seed = 1; seed < 20; seed++) {
      ck_ok(propter_structure_search(&data, "boss", &(PropterSearchOptions){.seed = seed}, &h, err));
      differ += memcmp(g.mark, h.mark, 25) != 0;
      propter_causal_graph_free(&h);
    }
    propter_causal_graph_free(&g);
  }
  ck_assert_uint_eq(differ, 0);
}
END_TEST

START_TEST(columns_in_another_order_give_the_same_graph) {
  double turned[4 * N];
  for (size_t v = 0; v < 4; v++) memcpy(turned + v * N, continuous + (3 - v) * N, N * sizeof(double));
  static const char *const names[] = {"pc", "boss", "fges"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    PropterData a = gaussian(4), b = {4, N, turned, NULL};
    PropterCausalGraph g, h;
    ck_ok(propter_structure_search(&a, names[i], NULL, &g, err));
    ck_ok(propter_structure_search(&b, names[i], NULL, &h, err));
    for (size_t k = 0; k < 16; k++) ck_assert_int_eq(g.mark[k], h.mark[15 - k]);
    propter_causal_graph_free(&g), propter_causal_graph_free(&h);
  }
}
END_TEST

START_TEST(knowledge_binds) {
  static const char *const names[] = {"pc", "boss", "fges"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    uint8_t required[16] = {0}, forbidden[16] = {0};
    PropterKnowledge k = {.required = required, .forbidden = forbidden};
    PropterSearchOptions o = {.knowledge = &k};
    PropterData data = gaussian(4);
    PropterCausalGraph g;
    required[W * 4 + Y] = 1, forbidden[X * 4 + Z] = forbidden[Z * 4 + X] = 1;
    ck_ok(propter_structure_search(&data, names[i], &o, &g, err));
    ck_assert(arrow(&g, W, Y));
    ck_assert_int_eq(g.mark[X * 4 + Z], PROPTER_NO_EDGE);
    propter_causal_graph_free(&g);
    PropterKnowledge tiers = {.tier = (int[]){0, 0, 2, 1}};
    o.knowledge = &tiers;
    ck_ok(propter_structure_search(&data, names[i], &o, &g, err));
    ck_assert(arrow(&g, W, Z));
    propter_causal_graph_free(&g);
    double against[16] = {0};
    against[X * 4 + Y] = against[Y * 4 + X] = 500; /* belief strong enough to keep what the data do not show */
    PropterKnowledge belief = {.prior = against};
    o.knowledge = &belief;
    ck_ok(propter_structure_search(&data, names[i], &o, &g, err));
    ck_assert_int_ne(g.mark[X * 4 + Y], PROPTER_NO_EDGE);
    propter_causal_graph_free(&g);
  }
}
END_TEST

START_TEST(contradictory_knowledge_is_named) {
  uint8_t required[16] = {0}, forbidden[16] = {0};
  PropterKnowledge k = {.required = required, .forbidden = forbidden};
  PropterData data = gaussian(4);
  PropterSearchOptions o = {.knowledge = &k};
  PropterCausalGraph g;
  PropterError named = {0};
  required[1] = forbidden[1] = 1;
  ck_assert_int_eq(propter_structure_search(&data, "pc", &o, &g, &named), PROPTER_INVALID);
  ck_assert_ptr_nonnull(strstr(named.message, "from 0 to 1 is both required and forbidden"));
  ck_assert_ptr_null(g.mark);
  forbidden[1] = 0, required[1 * 4 + 2] = required[2 * 4 + 0] = 1;
  ck_assert_int_eq(propter_structure_search(&data, "boss", &o, &g, &named), PROPTER_INVALID);
  ck_assert_ptr_nonnull(strstr(named.message, "cycle"));
  memset(required, 0, sizeof required);
  required[1] = 1, k.tier = (int[]){1, 0, -1, -1};
  ck_assert_int_eq(propter_structure_search(&data, "pc", &o, &g, &named), PROPTER_INVALID);
  ck_assert_ptr_nonnull(strstr(named.message, "tier"));
}
END_TEST

START_TEST(bad_input_has_a_defined_result) {
  static const char *const names[] = {"pc", "fci", "boss", "directed", "fges"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    PropterCausalGraph g;
    for (int d = 0; d < 2; d++) { /* a copy and a constant */
      PropterData data = d ? discrete(P) : gaussian(P);
      ck_ok(propter_structure_search(&data, names[i], NULL, &g, err));
      for (size_t v = 0; v < P; v++) ck_assert_int_eq(g.mark[STILL * P + v], PROPTER_NO_EDGE);
      ck_assert_msg(g.mark[Z * P + COPY] != PROPTER_NO_EDGE || i > 1, "%s", names[i]);
      propter_causal_graph_free(&g);
    }
    PropterData two = {3, 2, continuous, NULL}, none = {0, 0, NULL, NULL};
    PropterStatus status = propter_structure_search(&two, names[i], NULL, &g, NULL);
    ck_assert(status == PROPTER_OK || status == PROPTER_INVALID);
    propter_causal_graph_free(&g);
    status = propter_structure_search(&none, names[i], NULL, &g, NULL);
    ck_assert(status == PROPTER_OK || status == PROPTER_INVALID);
    propter_causal_graph_free(&g);
  }
  PropterData data = gaussian(4);
  PropterCausalGraph g;
  ck_assert_int_eq(propter_structure_search(&data, "nothing", NULL, &g, NULL), PROPTER_NOT_FOUND);
  ck_assert_int_eq(propter_structure_search(&data, "pc", &(PropterSearchOptions){.test = "gsquare"}, &g, NULL), PROPTER_INVALID);
  continuous[5] = INFINITY;
  PropterError named = {0};
  ck_assert_int_eq(propter_structure_search(&data, "pc", NULL, &g, &named), PROPTER_INVALID);
  ck_assert_ptr_nonnull(strstr(named.message, "row 5 of variable 0"));
  for (size_t t = 0; t < N; t++) continuous[X * N + t] = NAN;
  ck_ok(propter_structure_search(&data, "pc", NULL, &g, err)); /* never seen: like a constant */
  for (size_t v = 0; v < 4; v++) ck_assert_int_eq(g.mark[v], PROPTER_NO_EDGE);
  propter_causal_graph_free(&g);
}
END_TEST

static PropterStatus once(void *payload, PropterError *err) {
  PropterData data = payload ? (PropterData){4, 200, codes, levels} : (PropterData){4, 200, continuous, NULL}; /* fewer rows: many runs */
  PropterSearchOptions o = {.threads = 1};
  PropterCausalGraph g;
  static const char *const names[] = {"pc", "boss", "directed", "fci", "fges"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    PROPTER_TRY(propter_structure_search(&data, names[i], &o, &g, err));
    propter_causal_graph_free(&g);
  }
  PropterIndependenceTest *test;
  static const char *const tests[] = {NULL, "conditional_gaussian", "kernel"};
  for (size_t i = 0; i < 3; i++) {
    PROPTER_TRY(propter_independence_new(&data, tests[i], 1, &test, err));
    propter_independence_free(test);
  }
  return PROPTER_OK;
}

START_TEST(failing_allocations) {
  static int yes;
  ck_assert_uint_ge(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, once, NULL, false), 10);
  ck_assert_uint_ge(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, once, &yes, false), 10);
}
END_TEST

START_TEST(equivalence_classes) {
  enum { T = PROPTER_TAIL, A = PROPTER_ARROW };
  uint8_t chain[9] = {0, A, 0, T, 0, A, 0, T, 0}, collider[9] = {0, A, 0, T, 0, T, 0, A, 0}, cycle[9] = {0, A, T, T, 0, A, A, T, 0};
  ck_ok(propter_dag_to_cpdag(3, chain, err));
  ck_assert(chain[1] == T && chain[3] == T && chain[5] == T && chain[7] == T);
  uint8_t before[9];
  memcpy(before, collider, 9);
  ck_ok(propter_dag_to_cpdag(3, collider, err));
  ck_assert_mem_eq(before, collider, 9);
  size_t bare;
  ck_assert_uint_eq(propter_graph_distance(3, chain, collider, &bare), 2);
  ck_assert_uint_eq(bare, 0);
  ck_assert_int_eq(propter_dag_to_cpdag(3, cycle, NULL), PROPTER_INVALID);
}
END_TEST

Suite *suite_structure(void) {
  Suite *suite = suite_create("structure");
  TCase *tc = tcase_create("structure");
  tcase_add_checked_fixture(tc, setup, NULL);
  tcase_add_test(tc, tests_tell_dependence_from_independence);
  tcase_add_test(tc, the_kernel_test_sees_curves);
  tcase_add_test(tc, mixed_data);
  tcase_add_test(tc, fci_allows_for_hidden_causes);
  tcase_add_test(tc, open_edges_are_directed_by_their_values);
  tcase_add_test(tc, known_values);
  tcase_add_test(tc, missing_rows_are_left_out_of_a_test);
  tcase_add_test(tc, searches_find_a_collider);
  tcase_add_test(tc, where_a_search_over_orders_begins_does_not_matter);
  tcase_add_test(tc, columns_in_another_order_give_the_same_graph);
  tcase_add_test(tc, knowledge_binds);
  tcase_add_test(tc, contradictory_knowledge_is_named);
  tcase_add_test(tc, bad_input_has_a_defined_result);
  tcase_add_test(tc, failing_allocations);
  tcase_add_test(tc, equivalence_classes);
  suite_add_tcase(suite, tc);
  return suite;
}
