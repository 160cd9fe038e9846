/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "propter/drill.h"
#include "propter/rng.h"
#include "support.h"

/* Regions × products × channels. */
enum { A = 5, B = 12, C = 4, CELLS = A * B * C, DIMS = 3 };
static const size_t levels[DIMS] = {A, B, C};
static const uint32_t any = PROPTER_LEVEL_ANY;

typedef struct {
  uint32_t level[CELLS * DIMS];
  double actual[CELLS], expected[CELLS];
} Cells;

static bool within(const Cells *c, size_t i, const uint32_t *level) {
  for (size_t d = 0; d < DIMS; d++)
    if (level[d] != any && level[d] != c->level[i * DIMS + d]) return false;
  return true;
}

static void fill(Cells *c, double noise, uint64_t seed) {
  PropterRng rng;
  propter_rng_seed(&rng, seed);
  for (size_t i = 0; i < CELLS; i++) {
    c->level[i * DIMS] = (uint32_t)(i / (B * C)), c->level[i * DIMS + 1] = (uint32_t)(i / C % B), c->level[i * DIMS + 2] = (uint32_t)(i % C);
    c->expected[i] = floor(exp(5 + propter_rng_normal(&rng)));
    c->actual[i] = c->expected[i] * (1 + noise * propter_rng_normal(&rng));
  }
}

static void change(Cells *c, const uint32_t *level, double factor) {
  for (size_t i = 0; i < CELLS; i++)
    if (within(c, i, level)) c->actual[i] *= factor;
}

static PropterCube cube_of(const Cells *c) { return (PropterCube){CELLS, DIMS, c->level, levels, c->actual, c->expected, NULL, NULL}; }

static bool has(const PropterSlices *found, const uint32_t *level) {
  for (size_t i = 0; i < found->count; i++)
    if (memcmp(found->items[i].level, level, DIMS * sizeof *level) == 0) return true;
  return false;
}

START_TEST(planted_slices_are_found_exactly) {
  const uint32_t region[DIMS] = {2, any, any}, pair[DIMS] = {any, 7, 1};
  for (uint64_t seed = 1; seed <= 10; seed++) {
    Cells c;
    PropterSlices found = {0};
    fill(&c, 0.03, seed);
    change(&c, region, 0.6);
    change(&c, pair, 1.5);
    PropterCube cube = cube_of(&c);
    ck_ok(propter_drill(&cube, NULL, &found, NULL, 0, err));
    ck_assert_uint_eq(found.count, 2);
    ck_assert(has(&found, region) && has(&found, pair));
    ck_assert_uint_eq(found.items[0].cells, B * C); /* the region has more evidence */
    double share = 0;
    for (size_t i = 0; i < found.count; i++) share += found.items[i].share;
    ck_assert_double_eq_tol(share, 1, 0.15);
    propter_vec_clear(&found);
  }
}
END_TEST

/* Twelve products in four groups: a group is one slice, a product is named without its group. */
START_TEST(levels_of_a_hierarchy_are_not_told_twice) {
  const uint32_t decides[DIMS] = {0, 4, 0}, group[DIMS] = {any, any, 3}, product[DIMS] = {any, 5, any};
  for (uint64_t seed = 1; seed <= 10; seed++) {
    Cells c;
    PropterSlices found = {0};
    fill(&c, 0.03, seed);
    for (size_t i = 0; i < CELLS; i++) c.level[i * DIMS + 2] = c.level[i * DIMS + 1] / 3;
    change(&c, group, 0.6);
    change(&c, product, 1.5);
    PropterCube cube = cube_of(&c);
    cube.decides = decides;
    ck_ok(propter_drill(&cube, NULL, &found, NULL, 0, err));
    ck_assert_uint_eq(found.count, 2);
    ck_assert(has(&found, group) && has(&found, product));
    propter_vec_clear(&found);
  }
}
END_TEST

START_TEST(quiet_cubes_stay_quiet) {
  size_t total = 0;
  for (uint64_t seed = 20; seed < 60; seed++) {
    Cells c;
    PropterSlices found = {0};
    fill(&c, 0.05, seed);
    PropterCube cube = cube_of(&c);
    ck_ok(propter_drill(&cube, NULL, &found, NULL, 0, err));
    total += found.count;
    propter_vec_clear(&found);
  }
  ck_assert_uint_le(total, 1);
}
END_TEST

START_TEST(scopes_of_causes_are_judged_in_the_same_pass) {
  Cells c;
  PropterSlices found = {0};
  const uint32_t region[DIMS] = {2, any, any};
  PropterSlice scope[3] = {{.level = {2, any, any}}, {.level = {3, any, any}}, {.level = {any, any, any}}};
  fill(&c, 0.03, 3);
  change(&c, region, 0.5);
  PropterCube cube = cube_of(&c);
  ck_ok(propter_drill(&cube, NULL, &found, scope, 3, err));
  ck_assert_double_gt(scope[0].evidence, 50);
  ck_assert_double_lt(scope[1].evidence, -20); /* the cause acted in a region that did not move */
  ck_assert_double_gt(scope[0].evidence, scope[2].evidence);
  ck_assert_double_eq_tol(scope[0].share, 1, 0.1);
  ck_assert_double_eq_tol(scope[2].share, 1, 1e-9);
  ck_assert_uint_eq(scope[2].cells, CELLS);
  propter_vec_clear(&found);
}
END_TEST

START_TEST(a_ratio_is_told_from_its_traffic) {
  Cells top, bottom;
  double expected[CELLS];
  PropterSlices found = {0};
  const uint32_t traffic[DIMS] = {1, any, any}, rate[DIMS] = {any, 3, any};
  fill(&bottom, 0.02, 5);
  fill(&top, 0, 5);
  for (size_t i = 0; i < CELLS; i++) top.expected[i] = 0.4 * bottom.expected[i];
  change(&bottom, traffic, 2);
  for (size_t i = 0; i < CELLS; i++) top.actual[i] = 0.4 * bottom.actual[i] * (1 + 0.01 * sin((double)i));
  change(&top, rate, 0.7);
  propter_drill_ratio(CELLS, top.actual, bottom.actual, top.expected, bottom.expected, expected);
  PropterCube cube = cube_of(&top);
  cube.expected = expected;
  ck_ok(propter_drill(&cube, NULL, &found, NULL, 0, err));
  ck_assert_uint_eq(found.count, 1);
  ck_assert(has(&found, rate));
  propter_vec_clear(&found);
}
END_TEST

START_TEST(adtributor_on_a_known_split) {
  const uint32_t level[] = {0, 1, 2};
  const size_t three[] = {3};
  const double expected[] = {100, 100, 200}, actual[] = {50, 100, 210};
  double power[3], surprise[3];
  PropterCube cube = {3, 1, level, three, actual, expected, NULL, NULL};
  ck_ok(propter_adtributor(&cube, 0, power, surprise, err));
  ck_assert_double_eq_tol(power[0], 1.25, 1e-12);
  ck_assert_double_eq_tol(power[0] + power[1] + power[2], 1, 1e-12);
  double p = 0.25, q = 50.0 / 360, m = (p + q) / 2;
  ck_assert_double_eq_tol(surprise[0], 0.5 * (p * log(p / m) + q * log(q / m)), 1e-12);
  ck_assert_double_gt(surprise[0], surprise[1]);
  ck_assert_int_eq(propter_adtributor(&cube, 1, power, surprise, NULL), PROPTER_INVALID);
}
END_TEST

START_TEST(bad_cubes_have_a_defined_result) {
  Cells c;
  PropterSlices found = {0};
  PropterError e = {0};
  fill(&c, 0, 1);
  PropterCube cube = cube_of(&c);
  ck_ok(propter_drill(&cube, NULL, &found, NULL, 0, err)); /* exactly as expected */
  ck_assert_uint_eq(found.count, 0);
  for (size_t i = 0; i < CELLS; i++) c.actual[i] = i % 3 ? NAN : INFINITY;
  c.actual[0] = 1e300, c.expected[0] = -1e300, c.actual[1] = 5e-324, c.expected[1] = 0;
  ck_ok(propter_drill(&cube, NULL, &found, NULL, 0, err));
  for (size_t i = 0; i < found.count; i++) ck_assert(isfinite(found.items[i].share) && isfinite(found.items[i].evidence));
  cube.cells = 0;
  propter_vec_clear(&found);
  ck_ok(propter_drill(&cube, NULL, &found, NULL, 0, err));
  ck_assert_uint_eq(found.count, 0);
  cube.cells = CELLS;
  c.level[4] = B;
  ck_assert_int_eq(propter_drill(&cube, NULL, &found, NULL, 0, &e), PROPTER_INVALID);
  ck_assert(strstr(e.message, "cell 1 has level 12 of dimension 1"));
  cube.dimensions = 0;
  ck_assert_int_eq(propter_drill(&cube, NULL, &found, NULL, 0, NULL), PROPTER_LIMIT);
  const size_t many[DIMS] = {1u << 20, 1u << 20, 1u << 20};
  const uint32_t none[DIMS] = {0};
  const double one = 1, two = 2;
  PropterCube wide = {1, DIMS, none, many, &one, &two, NULL, NULL};
  ck_assert_int_eq(propter_drill(&wide, NULL, &found, NULL, 0, NULL), PROPTER_LIMIT);
}
END_TEST

static PropterStatus drill_once(void *payload, PropterError *err) {
  PropterSlices found = {0};
  PropterCube cube = cube_of(payload);
  PropterStatus status = propter_drill(&cube, NULL, &found, NULL, 0, err);
  propter_vec_clear(&found);
  return status;
}

START_TEST(failing_allocations) {
  Cells c;
  const uint32_t region[DIMS] = {2, any, any};
  fill(&c, 0.03, 1);
  change(&c, region, 0.5);
  ck_assert_uint_eq(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, drill_once, &c, false), 10);
}
END_TEST

Suite *suite_drill(void) {
  Suite *suite = suite_create("drill");
  TCase *tc = tcase_create("drill");
  tcase_add_test(tc, planted_slices_are_found_exactly);
  tcase_add_test(tc, levels_of_a_hierarchy_are_not_told_twice);
  tcase_add_test(tc, quiet_cubes_stay_quiet);
  tcase_add_test(tc, scopes_of_causes_are_judged_in_the_same_pass);
  tcase_add_test(tc, a_ratio_is_told_from_its_traffic);
  tcase_add_test(tc, adtributor_on_a_known_split);
  tcase_add_test(tc, bad_cubes_have_a_defined_result);
  tcase_add_test(tc, failing_allocations);
  suite_add_tcase(suite, tc);
  return suite;
}
