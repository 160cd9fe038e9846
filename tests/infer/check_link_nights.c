/* SPDX-License-Identifier: Apache-2.0 */
/* Searches for links night after night: with what was kept of earlier ones they end where a search without ends. */
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "propter/io.h"
#include "propter/links.h"
#include "propter/rng.h"
#include "world.h"

enum { MEASURES = 5, DAYS = 400 /* from 1 January 2024: 3 February 2025 */, OVER = 396, RESAMPLES = 50, PORTIONS = 3 /* of twenty */ };
static const char *const measures[MEASURES] = {"push", "lever", "yield", "noise", "odd"};

typedef struct {
  int days, corrected; /* the day on which the lever has another figure; −1: none */
  int measures;
  bool forbidden;      /* that the push moves the lever */
  int still;           /* the odd one never changes, and has figures from this day on; 0: neither */
} Shop;

static const Shop whole = {.days = DAYS, .corrected = -1, .measures = MEASURES - 1};

/* The lever follows the push a day later (.8 for one), the yield the lever at once (2 for one). */
static PropterBuf figures(const Shop *shop) {
  PropterBuf out = {0};
  PropterRng rng;
  double x[MEASURES] = {0}, push = 0;
  propter_rng_seed(&rng, 21);
  for (int m = 0; m < shop->measures; m++)
    propter_buf_printf(&out,
                       "w:%s a p:Metric ; skos:prefLabel \"%s\" ; p:dataset w:mill ; p:measure w:m%d ; p:timeDimension w:day ; p:grain \"P1D\"^^xsd:duration .\n",
                       measures[m], measures[m], m);
  if (shop->forbidden) propter_buf_printf(&out, "w:no a p:CausalLink ; p:cause w:push ; p:effect w:lever ; p:constraint p:Forbidden .\n");
  for (int d = 0; d < shop->days; d++) {
    char date[16];
    for (int m = 0; m < MEASURES; m++) x[m] = propter_rng_normal(&rng);
    x[1] += .8 * push, x[2] += 2 * x[1], push = x[0];
    propter_day_format(propter_day(2024, 1, 1 + d), date);
    propter_buf_printf(&out, "w:d%d a qb:Observation ; qb:dataSet w:mill ; w:day \"%s\"^^xsd:date", d, date);
    for (int m = 0; m < MEASURES; m++) {
      if (m == 4 && d < shop->still) continue;
      propter_buf_printf(&out, " ; w:m%d %.3f", m, m == 4 && shop->still ? 5 : 100 + x[m] + (m == 1 && d == shop->corrected ? 3 : 0));
    }
    propter_buf_printf(&out, " .\n");
  }
  ck_ok(propter_buf_status(&out, err));
  return out;
}

static const char *new_graph(void) {
  const char *dir = support_path(support_folder(), "graph");
  PropterGraph *graph;
  ck_ok(propter_graph_open(dir, PROPTER_GRAPH_CREATE, NULL, &graph, err));
  propter_graph_close(graph);
  return dir;
}

static void put(const char *dir, const Shop *shop) {
  PropterBuf text = figures(shop);
  world_load(dir, "https://example.org/figures", text.data);
  propter_buf_clear(&text);
}

/* All that a search says. */
static void say(const PropterMetricLinks *x, PropterBuf *out) {
  propter_buf_printf(out, "%zu %zu %zu %zu %zu %d %d\n", x->metrics, x->steps, x->rows, x->tests, x->forbidden, x->levels, (int)x->until);
  for (size_t i = 0; i < x->links; i++) {
    const PropterMetricLink *l = &x->link[i];
    propter_buf_printf(out, "%.*s %.*s %d %d %.17g %.17g %.17g %.17g %.*s %.17g %.17g %.17g %zu\n", (int)l->cause.len, l->cause.data, (int)l->effect.len,
                       l->effect.data, l->lag, l->directed, l->strength, l->p, l->q, l->stability, (int)l->adjustment.len, l->adjustment.data, l->value, l->low,
                       l->high, l->rows);
    for (size_t r = 0; r < l->refutations; r++)
      propter_buf_printf(out, "  %s %d %.17g %s\n", l->refutation[r].name, l->refutation[r].passed, l->refutation[r].value, l->refutation[r].text);
  }
}

typedef struct {
  const char *dir, *kept;
  bool keep;
  unsigned threads;
  PropterMetricLinks x; /* without its arrays afterwards */
  PropterBuf said;
} Search;

static PropterStatus search(void *payload, PropterError *err) {
  Search *s = payload;
  World w = world_open(s->dir);
  PropterInferrer *inferrer = NULL;
  PropterArena arena = {0};
  PropterInferOptions infer = world_options();
  infer.threads = s->threads;
  propter_buf_clear(&s->said);
  PropterStatus status = propter_inferrer_new(w.snapshot, &infer, &inferrer, err);
  const PropterLinkOptions options = {.resamples = RESAMPLES, .kept = s->kept, .keep = s->keep};
  if (!status) status = propter_links(inferrer, &options, &arena, &s->x, err);
  if (!status) say(&s->x, &s->said), status = propter_buf_status(&s->said, err);
  propter_arena_clear(&arena);
  propter_inferrer_free(inferrer);
  world_close(&w);
  return status;
}

/* A night, and a search that knows of none before it: the same, said with the same digits. */
static PropterMetricLinks night(const char *dir, const Shop *shop, unsigned threads) {
  Search with = {.dir = dir, .kept = support_path(dir, "links.kept"), .keep = true, .threads = threads}, without = {.dir = dir, .threads = 3 - threads};
  if (shop) put(dir, shop);
  ck_ok(search(&with, err));
  ck_ok(search(&without, err));
  ck_assert_msg(propter_str_equal(propter_buf_str(&with.said), propter_buf_str(&without.said)), "kept:\n%s\nanew:\n%s", with.said.data, without.said.data);
  ck_assert_uint_eq(without.x.kept + without.x.made, 0);
  propter_buf_clear(&with.said);
  propter_buf_clear(&without.said);
  return with.x;
}

START_TEST(a_new_day_changes_no_resample) {
  const char *dir = new_graph();
  Shop shop = whole;
  PropterMetricLinks x = night(dir, &shop, 1);
  ck_assert_int_eq(x.until, propter_day(2025, 1, 31));
  ck_assert(x.metrics == 4 && x.links >= 2 && x.kept == 0 && x.made == PORTIONS + x.links);
  const size_t all = x.made;
  x = night(dir, &shop, 2);
  ck_assert(x.kept == all && x.made == 0);
  shop.days += 7;
  x = night(dir, &shop, 1);
  ck_assert(x.steps == DAYS + 7 && x.kept == all && x.made == 0);
  shop.corrected = OVER + 2; /* not over */
  x = night(dir, &shop, 2);
  ck_assert_uint_eq(x.made, 0);
  shop.days += 25; /* a month ends */
  x = night(dir, &shop, 1);
  ck_assert_int_eq(x.until, propter_day(2025, 2, 28));
  ck_assert(x.kept == 0 && x.made == all);
}
END_TEST

START_TEST(any_change_ends_where_a_search_anew_ends) {
  const char *dir = new_graph();
  Shop shop = whole;
  PropterMetricLinks x = night(dir, &shop, 1);
  const size_t all = x.made;
  shop.corrected = 200;
  x = night(dir, &shop, 2);
  ck_assert_uint_ge(x.made, PORTIONS);
  shop.corrected = -1; /* taken back; that it was so once is not kept */
  x = night(dir, &shop, 1);
  ck_assert_uint_eq(x.made, all);
  shop.measures = MEASURES;
  x = night(dir, &shop, 2);
  ck_assert(x.metrics == MEASURES && x.made >= PORTIONS);
  shop.measures = MEASURES - 1;
  x = night(dir, &shop, 1);
  ck_assert(x.metrics == MEASURES - 1 && x.made >= PORTIONS);
  shop.forbidden = true;
  x = night(dir, &shop, 2);
  ck_assert_uint_ge(x.made, PORTIONS);
  shop = (Shop){.days = 300, .corrected = -1, .measures = MEASURES - 1};
  x = night(dir, &shop, 1);
  ck_assert(x.until == PROPTER_NO_DAY && x.steps == 300); /* no year is over */
  x = night(dir, &shop, 2);
  ck_assert_uint_eq(x.made, 0);
  shop.measures = MEASURES, shop.still = 50; /* left out, but the periods were those that it has */
  x = night(dir, &shop, 1);
  ck_assert(x.metrics == MEASURES - 1 && x.steps == 250 && x.made >= PORTIONS);
  shop.still = 20;
  x = night(dir, &shop, 2);
  ck_assert(x.metrics == MEASURES - 1 && x.steps == 280 && x.made >= PORTIONS);
}
END_TEST

static PropterBuf bytes_of(const char *path) {
  PropterBuf out = {0};
  ck_ok(propter_io_read_file(path, 0, &out, err));
  return out;
}

/* A reader takes what is kept, and writes nothing; damage costs time. */
START_TEST(a_damaged_file_is_made_again) {
  const char *dir = new_graph(), *path = support_path(dir, "links.kept");
  const size_t all = night(dir, &whole, 1).made;
  PropterBuf kept = bytes_of(path);
  Search reader = {.dir = dir, .kept = path, .threads = 1};
  ck_ok(search(&reader, err));
  ck_assert_uint_eq(reader.x.kept, all);
  for (size_t at = 5; at < kept.len; at += kept.len / 5) {
    kept.data[at] ^= 16;
    support_write(path, propter_buf_str(&kept));
    ck_ok(search(&reader, err));
    PropterBuf still = bytes_of(path);
    ck_assert(propter_str_equal(propter_buf_str(&still), propter_buf_str(&kept)));
    propter_buf_clear(&still);
    const PropterMetricLinks x = night(dir, NULL, 2);
    ck_assert(x.made > 0 && x.kept + x.made == all);
    kept.data[at] ^= 16;
  }
  support_write(path, (PropterStr){kept.data, kept.len / 2});
  const PropterMetricLinks x = night(dir, NULL, 1);
  ck_assert(x.made > 0 && x.kept + x.made == all);
  propter_buf_clear(&reader.said);
  propter_buf_clear(&kept);
}
END_TEST

/* Killed after longer and longer, until one gets to its end. */
START_TEST(a_killed_search_is_taken_up_again) {
  const char *dir = new_graph();
  Search s = {.dir = dir, .kept = support_path(dir, "links.kept"), .keep = true, .threads = 2};
  put(dir, &whole);
  bool ended = false;
  for (unsigned wait = 1; !ended; wait += wait) {
    pid_t pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0) _exit(search(&s, NULL) ? 1 : 0);
    int how;
    (void)usleep(1000 * wait);
    (void)kill(pid, SIGKILL);
    ck_assert_int_eq(waitpid(pid, &how, 0), pid);
    ended = WIFEXITED(how);
    ck_assert(!ended || WEXITSTATUS(how) == 0);
  }
  ck_assert_uint_eq(night(dir, NULL, 1).made, 0);
}
END_TEST

/* A search that memory fails leaves what it has made. */
START_TEST(failing_calls_lose_time_only) {
  const char *dir = new_graph(), *path = support_path(dir, "links.kept");
  Search s = {.dir = dir, .kept = path, .keep = true, .threads = 1};
  put(dir, &whole);
  uint64_t points = 1;
  for (uint64_t n = 0, every = 1; n < points; n += every) {
    PropterError named = {0};
    (void)unlink(path);
    World w = world_open(dir);
    PropterInferrer *inferrer;
    PropterArena arena = {0};
    const PropterInferOptions infer = world_options();
    const PropterLinkOptions options = {.resamples = RESAMPLES, .kept = path, .keep = true};
    ck_ok(propter_inferrer_new(w.snapshot, &infer, &inferrer, err));
    propter_fault_plan(PROPTER_FAULT_ALLOCATION, n, false, 0);
    PropterStatus status = propter_links(inferrer, &options, &arena, &s.x, &named);
    uint64_t reached = propter_fault_end(PROPTER_FAULT_ALLOCATION);
    if (!n) ck_assert_msg(status == PROPTER_OK, "%s", named.message), points = reached, every = points / 30 + 1;
    else ck_assert_msg(status == PROPTER_NO_MEMORY || reached < n, "point %llu went unnoticed", (unsigned long long)n);
    propter_arena_clear(&arena);
    propter_inferrer_free(inferrer);
    world_close(&w);
    if (n + every < points) continue;
    const PropterMetricLinks x = night(dir, NULL, 2); /* the last one failed near its end */
    ck_assert_uint_ge(x.kept, PORTIONS);
  }
}
END_TEST

Suite *suite_link_nights(void) {
  Suite *suite = suite_create("link_nights");
  TCase *tc = tcase_create("link_nights");
  tcase_set_timeout(tc, 120);
  tcase_add_test(tc, a_new_day_changes_no_resample);
  tcase_add_test(tc, any_change_ends_where_a_search_anew_ends);
  tcase_add_test(tc, a_damaged_file_is_made_again);
  tcase_add_test(tc, a_killed_search_is_taken_up_again);
  tcase_add_test(tc, failing_calls_lose_time_only);
  suite_add_tcase(suite, tc);
  return suite;
}
