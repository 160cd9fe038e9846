/* SPDX-License-Identifier: Apache-2.0 */
/* Every sector in every month, and the same with the figures moved in a circle. */
#include <stdio.h>
#include <string.h>

#include "demo.h"

#define EMP "https://w3id.org/propter/pack/us-employment#"

static bool said_falsely(const PropterCause *cause, const char *sector, int month) {
  for (size_t i = 0; i < demo_claim_count; i++) {
    const DemoClaim *c = &demo_claims[i];
    bool wrong = strcmp(c->truth, "false") == 0 || strcmp(c->truth, "misplaced") == 0;
    if (wrong && c->cause && propter_str_equal(propter_str(c->cause), cause->iri) && strcmp(c->effect, sector) == 0 &&
        (!c->from || (month >= c->from && month <= c->to)))
      return true;
  }
  return false;
}

static bool documented(const char *sector, int month) {
  for (size_t i = 0; i < demo_cause_count; i++)
    if (demo_right(&demo_causes[i], sector, month)) return true;
  return false;
}

START_TEST(hardly_ever_a_cause_where_none_is_documented) {
  PropterInferOptions options = propter_infer_options();
  options.threads = 1;
  Demo demo = demo_open(demo_graph(), &options);
  size_t windows = 0, empty = 0, wrong = 0, wrongly = 0;
  for (size_t i = 0; i < demo_sector_count; i++)
    for (int month = 2006 * 12; month < 2016 * 12; month++) {
      const char *sector = demo_sectors[i];
      PropterInference *x = demo_ask_month(&demo, demo_metric(sector), month);
      bool any = documented(sector, month), named = false;
      for (size_t k = 0; k < x->causes; k++) {
        const PropterCause *c = &x->cause[k];
        const DemoCause *truth = demo_match(c);
        bool right = truth && demo_right(truth, sector, month);
        if (!demo_named(x, c)) continue;
        named = true;
        wrongly += !right;
        if (!right && getenv("PROPTER_TABLE"))
          printf("# %s %d-%02d: %.*s %.2f %s%s\n", strchr(sector, '#') + 1, month / 12, month % 12 + 1, (int)c->label.len, c->label.data, c->score.p,
                 demo_grade(c->score.grade), any ? " (others are documented)" : "");
        ck_assert_msg(!(k == 0 && !right && said_falsely(c, sector, month)), "%s %d-%02d: a false claim comes first: %.*s", sector, month / 12, month % 12 + 1,
                      (int)c->label.len, c->label.data);
      }
      windows++;
      empty += !any;
      wrong += !any && named;
      propter_inference_free(x);
    }
  demo_close(&demo);
  if (getenv("PROPTER_TABLE"))
    printf("# %zu windows, %zu without a documented cause, named there: %zu; wrong names anywhere: %zu\n", windows, empty, wrong, wrongly);
  ck_assert_uint_eq(windows, 22 * 120);
  ck_assert_uint_gt(empty, 1000);
  ck_assert_msg(wrong * 100 <= empty, "a cause is named in %zu of %zu windows without one", wrong, empty);
}
END_TEST

/* Figures of each sector moved by so many months; what leaves at the end comes in at the beginning. */
static const char *turned(int by) {
  DemoEdit edit;
  const char *dir = demo_copy(&edit);
  PropterId measure = demo_iri(&edit, EMP "employees"), sector = demo_iri(&edit, EMP "sector"),
            period = demo_iri(&edit, "http://purl.org/linked-data/sdmx/2009/dimension#refPeriod");
  for (size_t i = 0; i < demo_sector_count; i++) {
    PropterQuad rows[120] = {{0}};
    PropterIds cells = {0};
    ck_ok(propter_snapshot_subjects(edit.snapshot, sector, demo_iri(&edit, demo_sectors[i]), &cells, err));
    for (size_t k = 0; k < cells.count; k++) {
      PropterQuads found = {0};
      PropterId when;
      PropterDay day;
      ck_ok(propter_snapshot_match(edit.snapshot, (PropterQuad){.s = cells.items[k], .p = measure}, 0, &found, err));
      ck_ok(propter_snapshot_object(edit.snapshot, cells.items[k], period, &when, err));
      if (found.count == 1 && propter_id_day(when, &day)) rows[demo_month(day) - 2006 * 12] = found.items[0];
      propter_vec_clear(&found);
    }
    propter_vec_clear(&cells);
    for (int m = 0; m < 120; m++) {
      PropterQuad row = rows[m];
      ck_assert(row.s != PROPTER_NO_ID);
      ck_ok(propter_writer_remove(edit.writer, row, err));
      row.o = rows[(m + 120 - by) % 120].o;
      ck_ok(propter_writer_add(edit.writer, row, err));
    }
  }
  demo_commit(&edit);
  return dir;
}

START_TEST(figures_moved_in_a_circle_are_not_explained) {
  static const int by[] = {29, 61, 88};
  PropterInferOptions options = propter_infer_options();
  options.threads = 1;
  Demo demo = demo_open(turned(by[_i]), &options);
  size_t windows = 0, both = 0;
  for (size_t i = 0; i < demo_sector_count; i++)
    for (int month = 2006 * 12; month < 2016 * 12; month++) {
      PropterInference *x = demo_ask_month(&demo, demo_metric(demo_sectors[i]), month);
      bool any = false;
      for (size_t k = 0; k < x->causes; k++) any |= x->cause[k].score.grade == PROPTER_GRADE_BOTH;
      if (any && getenv("PROPTER_TABLE"))
        printf("# turned by %d: %s %d-%02d %.*s\n", by[_i], strchr(demo_sectors[i], '#') + 1, month / 12, month % 12 + 1, (int)x->cause[0].label.len,
               x->cause[0].label.data);
      windows++;
      both += any;
      propter_inference_free(x);
    }
  demo_close(&demo);
  if (getenv("PROPTER_TABLE")) printf("# turned by %d: both in %zu of %zu\n", by[_i], both, windows);
  ck_assert_msg(both * 50 <= windows, "turned by %d months: grade both in %zu of %zu windows", by[_i], both, windows);
}
END_TEST

Suite *suite_windows(void) {
  Suite *s = suite_create("windows");
  TCase *t = tcase_create("all");
  tcase_set_timeout(t, 240);
  tcase_add_unchecked_fixture(t, demo_setup, NULL);
  tcase_add_test(t, hardly_ever_a_cause_where_none_is_documented);
  tcase_add_loop_test(t, figures_moved_in_a_circle_are_not_explained, 0, 3);
  suite_add_tcase(s, t);
  return s;
}
