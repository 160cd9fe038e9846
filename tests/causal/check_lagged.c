/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "propter/lagged.h"
#include "propter/mem.h"
#include "propter/rng.h"
#include "support.h"

enum { A, B, C, D, P, N = 800 };

static double x[P * N];

/* a → b after 2 steps, b → c at once, c → d after 1; every series remembers itself; noise is even (not Gaussian), so that LiNGAM can tell b → c. */
static void setup(void) {
  PropterRng rng;
  propter_rng_seed(&rng, 31);
  for (size_t t = 0; t < N; t++) {
    double e[P];
    for (size_t i = 0; i < P; i++) e[i] = 3.4 * (propter_rng_unit(&rng) - .5) + (t ? .4 * x[i * N + t - 1] : 0);
    x[A * N + t] = e[A];
    x[B * N + t] = e[B] + (t > 1 ? .6 * x[A * N + t - 2] : 0);
    x[C * N + t] = e[C] + .7 * x[B * N + t];
    x[D * N + t] = e[D] + (t ? .5 * x[C * N + t - 1] : 0);
  }
}

static size_t cell(size_t lag, size_t i, size_t j) { return (lag * P + i) * P + j; }

static const PropterLaggedOptions two = {.lags = 2, .alpha = .001};

START_TEST(pcmci_plus_finds_the_links_and_no_others) {
  PropterLaggedGraph g;
  ck_ok(propter_lagged_search(P, N, x, "pcmci_plus", &two, &g, err));
  ck_assert_int_eq(g.mark[cell(2, A, B)], PROPTER_ARROW);
  ck_assert_int_eq(g.mark[cell(1, C, D)], PROPTER_ARROW);
  ck_assert(g.mark[cell(0, B, C)] == PROPTER_ARROW && g.mark[cell(0, C, B)] == PROPTER_TAIL); /* by the lagged arm a → b */
  size_t links = 0;
  for (size_t c = 0; c < 3 * P * P; c++) links += g.mark[c] != PROPTER_NO_EDGE;
  ck_assert_uint_eq(links, 4 + 2 + 2); /* four memories, two lagged links, both ends of b → c */
  propter_lagged_graph_free(&g);
}
END_TEST

START_TEST(autoregressions_find_them_too) {
  PropterLaggedGraph g;
  ck_ok(propter_lagged_search(P, N, x, "var", &two, &g, err));
  ck_assert(g.mark[cell(2, A, B)] == PROPTER_ARROW && g.mark[cell(1, C, D)] == PROPTER_ARROW && g.mark[cell(0, B, C)] == PROPTER_NO_EDGE);
  ck_assert_double_gt(g.strength[cell(2, A, B)], .2);
  ck_assert_int_eq(g.mark[cell(1, D, A)], PROPTER_NO_EDGE);
  propter_lagged_graph_free(&g);
  ck_ok(propter_lagged_search(P, N, x, "var_lingam", &two, &g, err));
  ck_assert(g.mark[cell(0, B, C)] == PROPTER_ARROW && g.mark[cell(0, C, B)] == PROPTER_TAIL);
  ck_assert_int_eq(g.mark[cell(2, A, C)], PROPTER_NO_EDGE); /* through b only */
  propter_lagged_graph_free(&g);
}
END_TEST

START_TEST(structure_searches_over_the_unrolled_series) {
  static const char *const names[] = {"pc", "boss"};
  for (size_t i = 0; i < 2; i++) {
    PropterLaggedGraph g;
    ck_ok(propter_lagged_search(P, N, x, names[i], &two, &g, err));
    ck_assert_int_eq(g.mark[cell(2, A, B)], PROPTER_ARROW);
    ck_assert_int_eq(g.mark[cell(1, C, D)], PROPTER_ARROW);
    ck_assert_int_ne(g.mark[cell(0, B, C)], PROPTER_NO_EDGE);
    ck_assert_int_eq(g.mark[cell(1, D, A)], PROPTER_NO_EDGE);
    ck_assert(g.p_value[cell(2, A, B)] < 1e-9 && g.strength[cell(2, A, B)] > .3);
    propter_lagged_graph_free(&g);
  }
}
END_TEST

/* Thirty series of noise that only remember themselves. */
START_TEST(the_rate_of_false_links_is_controlled) {
  enum { Q = 30, STEPS = 300, LAGS = 3 };
  double *noise = propter_malloc(Q * STEPS * sizeof *noise);
  PropterRng rng;
  PropterLaggedGraph g;
  size_t found[2] = {0};
  ck_assert_ptr_nonnull(noise);
  propter_rng_seed(&rng, 3);
  for (size_t t = 0; t < STEPS; t++)
    for (size_t i = 0; i < Q; i++)
      noise[i * STEPS + t] = propter_rng_normal(&rng) + (t ? .5 * noise[i * STEPS + t - 1] : 0) + (i == 1 && t > 1 ? .4 * noise[t - 2] : 0);
  for (int k = 0; k < 2; k++) {
    ck_ok(propter_lagged_search(Q, STEPS, noise, "pcmci_plus", &(PropterLaggedOptions){.lags = LAGS, .rate = k ? .05 : 0}, &g, err));
    for (size_t c = 0; c < (LAGS + 1) * Q * Q; c++) {
      found[k] += g.mark[c] != PROPTER_NO_EDGE && c / Q % Q != c % Q;
      ck_assert(g.q_value[c] >= 0 && g.q_value[c] <= 1);
      ck_assert(!k || g.mark[c] == PROPTER_NO_EDGE || c / Q % Q == c % Q || g.q_value[c] <= .05);
    }
    ck_assert_int_eq(g.mark[(2 * Q + 0) * Q + 1], PROPTER_ARROW);
    propter_lagged_graph_free(&g);
  }
  ck_assert_uint_ge(found[0], 5);
  ck_assert_uint_le(found[1], 2);
  propter_free(noise);
}
END_TEST

START_TEST(knowledge_binds) {
  static const char *const names[] = {"var", "var_lingam", "pcmci_plus", "pc", "boss"};
  uint8_t required[P * P] = {0}, forbidden[P * P] = {0};
  int tier[P] = {-1, 1, 0, -1}; /* c before b */
  double prior[P * P] = {0};
  PropterLaggedOptions o = two;
  PropterLaggedGraph g;
  PropterKnowledge know = {.required = required, .forbidden = forbidden, .tier = tier, .prior = prior};
  o.knowledge = &know;
  required[D * P + A] = 1, forbidden[A * P + B] = 1;
  for (size_t i = 0; i < 5; i++) {
    ck_ok(propter_lagged_search(P, N, x, names[i], &o, &g, err));
    bool there = false;
    for (size_t lag = 0; lag <= 2; lag++) {
      there |= g.mark[cell(lag, D, A)] == PROPTER_ARROW;
      if (lag) ck_assert_int_eq(g.mark[cell(lag, A, B)], PROPTER_NO_EDGE);
      if (lag) ck_assert_int_eq(g.mark[cell(lag, B, C)], PROPTER_NO_EDGE);
    }
    ck_assert(there);
    ck_assert(g.mark[cell(0, A, B)] != PROPTER_ARROW || g.mark[cell(0, B, A)] != PROPTER_TAIL);
    ck_assert(g.mark[cell(0, B, C)] != PROPTER_ARROW || g.mark[cell(0, C, B)] != PROPTER_TAIL);
    propter_lagged_graph_free(&g);
  }
  required[A * P + B] = 1;
  PropterError named = {0};
  ck_assert_int_eq(propter_lagged_search(P, N, x, "pcmci_plus", &o, &g, &named), PROPTER_INVALID);
}
END_TEST

/* A required link that says its lag stands there or one beside it, whatever lag fits best; what the data show in reach of it is enough. */
START_TEST(a_required_link_stands_at_its_lag) {
  static const char *const names[] = {"var", "var_lingam", "pcmci_plus", "pc", "boss"};
  enum { LAGS = 6 };
  uint8_t required[P * P] = {0};
  PropterKnowledge know = {.required = required};
  PropterLaggedOptions o = {.lags = LAGS, .knowledge = &know, .rate = .01};
  PropterLaggedGraph g;
  for (size_t said = 1; said <= LAGS; said++) {
    required[D * P + A] = (uint8_t)(1 + said);
    for (size_t i = 0; i < 5; i++) {
      size_t near = 0;
      ck_ok(propter_lagged_search(P, N, x, names[i], &o, &g, err));
      for (size_t lag = said > 1 ? said - 1 : 1; lag <= said + 1 && lag <= LAGS; lag++) near += g.mark[cell(lag, D, A)] == PROPTER_ARROW;
      ck_assert_msg(near > 0, "%s: none %zu steps later", names[i], said);
      propter_lagged_graph_free(&g);
    }
  }
}
END_TEST

/* A weak link that the level misses is found where it is expected, and the other way round. */
START_TEST(priors_move_the_level) {
  double prior[P * P] = {0}, q[2];
  PropterKnowledge know = {.prior = prior};
  PropterLaggedOptions o = {.lags = 2, .knowledge = &know, .rate = .05};
  PropterLaggedGraph g;
  for (size_t t = 0; t < N; t++) x[D * N + t] -= t ? .42 * x[C * N + t - 1] : 0; /* .5 becomes .08 */
  for (int k = 0; k < 2; k++) {
    prior[C * P + D] = k ? 3 : -3;
    ck_ok(propter_lagged_search(P, N, x, "pcmci_plus", &o, &g, err));
    q[k] = g.q_value[cell(1, C, D)];
    ck_assert_int_eq(g.mark[cell(1, C, D)] != PROPTER_NO_EDGE, k);
    propter_lagged_graph_free(&g);
  }
  ck_assert_double_lt(q[1], q[0]);
}
END_TEST

START_TEST(stability_and_threads) {
  PropterLaggedOptions o = two;
  PropterLaggedGraph g, h;
  o.resamples = 10, o.seed = 4, o.threads = 1;
  ck_ok(propter_lagged_search(P, N, x, "pcmci_plus", &o, &g, err));
  ck_assert_double_ge(g.stability[cell(2, A, B)], .9);
  ck_assert_double_le(g.stability[cell(1, D, A)], .5);
  o.threads = 2;
  ck_ok(propter_lagged_search(P, N, x, "pcmci_plus", &o, &h, err));
  ck_assert_mem_eq(g.mark, h.mark, 3 * P * P);
  ck_assert_mem_eq(g.strength, h.strength, 3 * P * P * sizeof(double));
  ck_assert_mem_eq(g.stability, h.stability, 3 * P * P * sizeof(double));
  propter_lagged_graph_free(&g), propter_lagged_graph_free(&h);
}
END_TEST

/* Something unseen moves p and, one or two steps later than p, q; p moves r a step later. All remember themselves, or p does not. */
enum { SEEN = 3, UNSEEN_STEPS = 800, ROUNDS = 20 };
static PropterUnseen *unseen_of(uint64_t seed, size_t later, double memory, const PropterKnowledge *k, PropterUnseen found[2]) {
  static double y[SEEN * UNSEEN_STEPS], u[UNSEEN_STEPS];
  PropterLaggedGraph g;
  PropterRng rng;
  propter_rng_seed(&rng, seed);
  for (size_t t = 0; t < UNSEEN_STEPS; t++) {
    double *p = y + t, *q = p + UNSEEN_STEPS, *r = q + UNSEEN_STEPS;
    u[t] = propter_rng_normal(&rng), *p = propter_rng_normal(&rng), *q = propter_rng_normal(&rng), *r = propter_rng_normal(&rng);
    if (t < 4) continue;
    *p += memory * p[-1] + u[t - 1], *q += .5 * q[-1] + u[t - 1 - later], *r += .5 * r[-1] + .6 * p[-1];
  }
  ck_ok(propter_lagged_search(SEEN, UNSEEN_STEPS, y, "pcmci_plus", &(PropterLaggedOptions){.lags = 3, .rate = .05, .unseen = true, .knowledge = k}, &g, err));
  ck_assert(g.mark[(later * SEEN + 0) * SEEN + 1] == PROPTER_ARROW && g.mark[(SEEN + 0) * SEEN + 2] == PROPTER_ARROW);
  found[0] = (PropterUnseen)g.unseen[(later * SEEN + 0) * SEEN + 1], found[1] = (PropterUnseen)g.unseen[(SEEN + 0) * SEEN + 2];
  propter_lagged_graph_free(&g);
  return found;
}

START_TEST(unseen_common_causes_are_told_from_effects) {
  const size_t later = (size_t)_i;
  size_t shown = 0, ruled_out = 0;
  PropterUnseen found[2];
  for (uint64_t seed = 0; seed < ROUNDS; seed++) {
    unseen_of(seed + 100, later, .6, NULL, found);
    shown += found[0] == PROPTER_UNSEEN_SHOWN, ruled_out += found[1] == PROPTER_UNSEEN_RULED_OUT;
    ck_assert(found[0] != PROPTER_UNSEEN_RULED_OUT && found[1] != PROPTER_UNSEEN_SHOWN);
  }
  ck_assert_msg(shown >= 15 && ruled_out >= 15, "%zu shown, %zu ruled out", shown, ruled_out);
}
END_TEST

/* Without a past that bears witness nothing can be told; what knowledge requires acts. */
START_TEST(what_no_witness_tells_stays_open) {
  uint8_t required[SEEN * SEEN] = {0};
  required[1] = 1;
  PropterUnseen found[2];
  unseen_of(100, 1, 0, NULL, found);
  ck_assert(found[0] == PROPTER_UNSEEN_OPEN && found[1] == PROPTER_UNSEEN_OPEN);
  unseen_of(100, 1, .6, &(PropterKnowledge){.required = required}, found);
  ck_assert_int_ne(found[0], PROPTER_UNSEEN_SHOWN);
}
END_TEST

START_TEST(bad_input_is_defined_or_named) {
  static const char *const names[] = {"var", "var_lingam", "pcmci_plus", "pc", "boss"};
  PropterError named = {0};
  PropterLaggedGraph g;
  for (size_t t = 0; t < N; t++) x[D * N + t] = 5, x[C * N + t] = x[B * N + t]; /* constant, copy */
  for (size_t t = 100; t < 110; t++) x[A * N + t] = NAN;
  for (size_t i = 0; i < 5; i++) {
    ck_ok(propter_lagged_search(P, N, x, names[i], &two, &g, err));
    for (size_t c = 0; c < 3 * P * P; c++) ck_assert(isfinite(g.strength[c]) && isfinite(g.p_value[c]));
    for (size_t v = 0; v < P; v++) ck_assert(g.mark[cell(1, D, v)] == PROPTER_NO_EDGE && g.mark[cell(1, v, D)] == PROPTER_NO_EDGE);
    propter_lagged_graph_free(&g);
    ck_assert_int_eq(propter_lagged_search(P, 2, x, names[i], &two, &g, &named), PROPTER_INVALID);
    ck_assert_ptr_nonnull(strstr(named.message, "whole steps"));
  }
  ck_assert_int_eq(propter_lagged_search(P, N, x, "none", &two, &g, NULL), PROPTER_NOT_FOUND);
  ck_assert_int_eq(propter_lagged_search(P, N, x, "var", &(PropterLaggedOptions){.lags = 1000}, &g, NULL), PROPTER_LIMIT);
  x[7] = -INFINITY;
  ck_assert_int_eq(propter_lagged_search(P, N, x, "var", &two, &g, &named), PROPTER_INVALID);
  ck_assert_ptr_nonnull(strstr(named.message, "step 7 of series 0"));
  for (size_t t = 0; t < N; t++) x[t] = NAN;
  ck_assert_int_eq(propter_lagged_search(P, N, x, "var", &two, &g, NULL), PROPTER_INVALID);
}
END_TEST

static PropterStatus once(void *payload, PropterError *err) {
  PropterLaggedGraph g;
  PROPTER_TRY(propter_lagged_search(P, 100, x, payload, &(PropterLaggedOptions){.threads = 1, .resamples = 1}, &g, err));
  propter_lagged_graph_free(&g);
  return PROPTER_OK;
}

START_TEST(failing_allocations) {
  static char names[][16] = {"var", "var_lingam", "pcmci_plus", "pc", "boss"};
  for (size_t i = 0; i < 5; i++) ck_assert_uint_ge(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, once, names[i], false), 8);
}
END_TEST

Suite *suite_lagged(void) {
  Suite *suite = suite_create("lagged");
  TCase *tc = tcase_create("lagged");
  tcase_add_checked_fixture(tc, setup, NULL);
  tcase_add_test(tc, pcmci_plus_finds_the_links_and_no_others);
  tcase_add_test(tc, autoregressions_find_them_too);
  tcase_add_test(tc, structure_searches_over_the_unrolled_series);
  tcase_add_test(tc, the_rate_of_false_links_is_controlled);
  tcase_add_test(tc, knowledge_binds);
  tcase_add_test(tc, a_required_link_stands_at_its_lag);
  tcase_add_test(tc, priors_move_the_level);
  tcase_add_test(tc, stability_and_threads);
  tcase_add_loop_test(tc, unseen_common_causes_are_told_from_effects, 1, 3);
  tcase_add_test(tc, what_no_witness_tells_stays_open);
  tcase_add_test(tc, bad_input_is_defined_or_named);
  tcase_add_test(tc, failing_allocations);
  suite_add_tcase(suite, tc);
  return suite;
}
