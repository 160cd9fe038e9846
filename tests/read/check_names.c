/* SPDX-License-Identifier: Apache-2.0 */
/* Labels in text. */
#include <string.h>
#include <unistd.h>

#include "names.h"
#include "support.h"

Suite *suite_names(void);

enum { SECTOR, STRIKE, JOBS, RAIL };

static PropterNames *some(void) {
  static const struct {
    const char *iri, *label;
    unsigned role;
  } rows[] = {{"urn:sector", "Information sector", PROPTER_ROLE_SCOPE},
              {"urn:strike", "strike", PROPTER_ROLE_KIND},
              {"urn:jobs", "information jobs", PROPTER_ROLE_METRIC},
              {"urn:rail", "Rail strike", PROPTER_ROLE_EVENT}};
  PropterNames *n = NULL;
  size_t at;
  ck_ok(propter_names_new(&n, err));
  for (size_t i = 0; i < 4; i++) {
    ck_ok(propter_names_add(n, propter_str(rows[i].iri), rows[i].role, &at, err));
    ck_assert_uint_eq(at, i);
    ck_ok(propter_names_label(n, at, propter_str(rows[i].label), 1, err));
  }
  ck_ok(propter_names_label(n, SECTOR, PROPTER_STR("Caf\xC3\xA9s & bars"), .9, err));
  return n;
}

static const struct {
  const char *text, *words;
  size_t index;
} cases[] = {
    {"in the INFORMATION-sector today", "INFORMATION-sector", SECTOR},
    {"because of strikes there", "strikes", STRIKE},
    {"the information job", "information job", JOBS},
    {"a rail strike began", "rail strike", RAIL},
    {"at cafes and bars", "cafes and bars", SECTOR},
    {"the striking view", NULL, 0},
    {"informed people", NULL, 0},
};

START_TEST(longest_and_folded) {
  PropterNames *n = some();
  PropterNameMatches found = {0};
  ck_ok(propter_names_find(n, propter_str(cases[_i].text), &found, err));
  if (!cases[_i].words) {
    ck_assert_uint_eq(found.count, 0);
  } else {
    ck_assert_msg(found.count == 1, "%s: %zu", cases[_i].text, found.count);
    ck_assert_uint_eq(found.items[0].index, cases[_i].index);
    ck_assert(propter_str_equal((PropterStr){cases[_i].text + found.items[0].words.start, found.items[0].words.end - found.items[0].words.start},
                                propter_str(cases[_i].words)));
  }
  propter_vec_clear(&found);
  propter_names_free(n);
}
END_TEST

START_TEST(out_of_order) {
  PropterNames *n = some();
  PropterNameMatches found = {0};
  ck_ok(names_find_loose(n, PROPTER_STR("the strike of the rail workers"), &found, err));
  ck_assert_uint_eq(found.count, 1);
  ck_assert_uint_eq(found.items[0].index, RAIL);
  found.count = 0;
  ck_ok(names_find_loose(n, PROPTER_STR("a strike; and then, much later and far away from it, rail"), &found, err));
  ck_assert_uint_eq(found.count, 0);
  propter_vec_clear(&found);
  propter_names_free(n);
}
END_TEST

/* What a phrase comes closest to, or nothing. */
static const struct {
  const char *phrase, *iri;
} close_to[] = {
    {"the striking of railways", "urn:strike"},           /* a family by the beginning of the stem */
    {"walkouts on the rail", "urn:rail"},                 /* words alike */
    {"a collapse of all information services", "urn:sector"}, /* the rarer word decides; the example of jobs is farther */
    {"posts in publishing", "urn:jobs"},                  /* an example of it */
    {"bars in the north of the country", "urn:sector"},
    {"the moon", NULL},
};

START_TEST(what_a_phrase_comes_closest_to) {
  PropterNames *n = some();
  PropterRules *rules = NULL;
  PropterNameMatches found = {0};
  ck_ok(propter_rules_new(NULL, &rules, err));
  ck_ok(rules_lexicon(rules, n, err));
  ck_ok(propter_names_describe(n, JOBS, PROPTER_STR("posts in publishing"), .8, err));
  ck_ok(propter_names_rank(n, propter_str(close_to[_i].phrase), ~0u, &found, err));
  if (!close_to[_i].iri) {
    ck_assert_uint_eq(found.count, 0);
  } else {
    ck_assert_uint_gt(found.count, 0);
    ck_assert_msg(propter_str_equal(propter_names_get(n, found.items[0].index)->iri, propter_str(close_to[_i].iri)), "%s: %zu", close_to[_i].phrase,
                  found.items[0].index);
    for (size_t i = 1; i < found.count; i++) ck_assert_double_le(found.items[i].quality, found.items[i - 1].quality);
    ck_assert(found.items[0].quality > 0 && found.items[0].quality <= 1);
    /* Other roles are not looked at, and an example is no label. */
    found.count = 0;
    ck_ok(propter_names_rank(n, propter_str(close_to[_i].phrase), PROPTER_ROLE_CONCEPT, &found, err));
    ck_assert_uint_eq(found.count, 0);
    ck_ok(propter_names_find(n, PROPTER_STR("posts in publishing"), &found, err));
    ck_assert_uint_eq(found.count, 0);
  }
  propter_vec_clear(&found);
  propter_rules_free(rules);
  propter_names_free(n);
}
END_TEST

START_TEST(what_is_broader_fills_in) {
  PropterNames *n = some();
  PropterNameMatches found = {0};
  size_t book, film, trade;
  ck_ok(propter_names_add(n, PROPTER_STR("urn:book"), PROPTER_ROLE_CONCEPT, &book, err));
  ck_ok(propter_names_label(n, book, PROPTER_STR("printed output"), 1, err));
  ck_ok(propter_names_add(n, PROPTER_STR("urn:film"), PROPTER_ROLE_CONCEPT, &film, err));
  ck_ok(propter_names_label(n, film, PROPTER_STR("filmed output"), 1, err));
  ck_ok(propter_names_add(n, PROPTER_STR("urn:trade"), 0, &trade, err));
  ck_ok(propter_names_label(n, trade, PROPTER_STR("cinema"), 1, err));
  ck_ok(propter_names_broader(n, film, trade, err));
  ck_ok(propter_names_rank(n, PROPTER_STR("output of cinemas"), ~0u, &found, err));
  ck_assert(found.count >= 2 && found.items[0].index == film);
  propter_vec_clear(&found);
  propter_names_free(n);
}
END_TEST

/* Labels, and a phrase with the one it comes closest to. */
static const struct {
  const char *labels[3], *phrase;
  int best;
  bool meaning; /* WordNet is wanted for it */
} heads[] = {
    {{"level", "crop"}, "the level of crops", 1, false},
    {{"level", "crop"}, "the crop level", 0, false},
    {{"foreign affairs", "conflict at work"}, "foreign and local conflict", 1, false},
    {{"food safety", "physical insecurity"}, "physical security", 1, false},
    {{"livestock", "weather"}, "heavy rain in the west", 1, true},
    {{"production", "sale"}, "what they produced", 0, true},
};

START_TEST(heads_and_meanings) {
  PropterNames *n = NULL;
  PropterRules *rules = NULL;
  PropterNameMatches found = {0};
  ck_ok(propter_rules_new(NULL, &rules, err));
  ck_ok(propter_names_new(&n, err));
  ck_ok(rules_lexicon(rules, n, err));
  for (size_t i = 0; heads[_i].labels[i]; i++) {
    size_t at;
    ck_ok(propter_names_add(n, propter_str(heads[_i].labels[i]), PROPTER_ROLE_CONCEPT, &at, err));
    ck_ok(propter_names_label(n, at, propter_str(heads[_i].labels[i]), 1, err));
  }
  for (int twice = 0; twice < 2 && (n->wordnet || !heads[_i].meaning); twice++) {
    found.count = 0;
    ck_ok(propter_names_rank(n, propter_str(heads[_i].phrase), ~0u, &found, err));
    ck_assert_msg(found.count && (int)found.items[0].index == heads[_i].best, "%s", heads[_i].phrase);
  }
  propter_vec_clear(&found);
  propter_rules_free(rules);
  propter_names_free(n);
}
END_TEST

/* What only vectors know: diplomats are near envoys; and which word met which is told. */
START_TEST(near_words_are_told) {
  static const struct {
    const char *phrase, *iri, *word, *meets;
    PropterLikeness why;
  } near[] = {{"angry diplomats", "urn:envoys", "diplomats", "envoy", PROPTER_LIKE_NEAR},
              {"the striking of railways", "urn:strike", "striking", "strike", PROPTER_LIKE_SAME},
              {"the shortage of parts", "urn:scarce", "shortage", "scarcity", PROPTER_LIKE_ALIKE}};
  PropterNames *n = some();
  PropterRules *rules = NULL;
  PropterNameMatches found = {0};
  PropterArena arena = {0};
  size_t at;
  ck_ok(propter_rules_new(NULL, &rules, err));
  ck_ok(rules_lexicon(rules, n, err));
  ck_ok(propter_names_add(n, PROPTER_STR("urn:envoys"), PROPTER_ROLE_CONCEPT, &at, err));
  ck_ok(propter_names_label(n, at, PROPTER_STR("envoys"), 1, err));
  ck_ok(propter_names_add(n, PROPTER_STR("urn:scarce"), PROPTER_ROLE_CONCEPT, &at, err));
  ck_ok(propter_names_label(n, at, PROPTER_STR("scarcity of parts"), 1, err));
  propter_wordnet_close(n->wordnet);
  n->wordnet = NULL;
  ck_ok(propter_names_rank(n, propter_str(near[0].phrase), ~0u, &found, err));
  ck_assert_uint_eq(found.count, 0); /* no claim is linked by vectors */
  ck_ok(names_near(n, err));
  ck_ok(names_near(n, err));
  found.count = 0;
  ck_ok(propter_names_rank(n, propter_str(near[_i].phrase), ~0u, &found, err));
  ck_assert_uint_gt(found.count, 0);
  ck_assert_str_eq(propter_names_get(n, found.items[0].index)->iri.data, near[_i].iri);
  PropterNearConcept c = {.closeness = found.items[0].quality};
  ck_ok(names_like_words(n, propter_str(near[_i].phrase), found.items[0].index, &arena, &c, err));
  ck_assert_uint_gt(c.word_count, 0);
  bool told = false;
  for (size_t i = 0; i < c.word_count; i++) {
    ck_assert(c.words[i].likeness > 0 && c.words[i].likeness <= 1);
    told |= propter_str_equal(c.words[i].word, propter_str(near[_i].word)) && propter_str_equal(c.words[i].meets, propter_str(near[_i].meets)) &&
            c.words[i].why == near[_i].why;
  }
  ck_assert_msg(told, "%s", near[_i].phrase);
  propter_vec_clear(&found);
  propter_arena_clear(&arena);
  propter_rules_free(rules);
  propter_names_free(n);
}
END_TEST

START_TEST(broader) {
  PropterNames *n = some();
  ck_ok(propter_names_broader(n, RAIL, STRIKE, err));
  ck_ok(propter_names_broader(n, STRIKE, SECTOR, err));
  ck_ok(propter_names_broader(n, SECTOR, RAIL, err)); /* a circle ends */
  ck_assert(propter_names_within(n, RAIL, SECTOR));
  ck_assert(!propter_names_within(n, RAIL, JOBS));
  ck_assert(!propter_names_within(n, SIZE_MAX, JOBS));
  propter_names_free(n);
}
END_TEST

START_TEST(the_hash_follows_the_labels) {
  PropterNames *a = some(), *b = some();
  ck_assert(propter_names_hash(a) == propter_names_hash(b));
  ck_ok(propter_names_label(b, RAIL, PROPTER_STR("train strike"), 1, err));
  ck_assert(propter_names_hash(a) != propter_names_hash(b));
  propter_names_free(a);
  propter_names_free(b);
}
END_TEST

static PropterStatus build(void *payload, PropterError *err) {
  (void)payload;
  PropterNames *n = NULL;
  PropterNameMatches found = {0};
  size_t at;
  PropterStatus status = propter_names_new(&n, err);
  if (status == PROPTER_OK) status = propter_names_add(n, PROPTER_STR("urn:a"), PROPTER_ROLE_METRIC, &at, err);
  if (status == PROPTER_OK) status = propter_names_label(n, at, PROPTER_STR("total jobs"), 1, err);
  if (status == PROPTER_OK) status = propter_names_find(n, PROPTER_STR("all total jobs"), &found, err);
  if (status == PROPTER_OK) status = names_find_loose(n, PROPTER_STR("jobs in total"), &found, err);
  if (status == PROPTER_OK && access(PROPTER_WORDNET_FOLDER, F_OK) == 0) status = propter_wordnet_open(NULL, &n->wordnet, err);
  if (status == PROPTER_OK) status = propter_names_describe(n, at, PROPTER_STR("posts filled"), .8, err);
  if (status == PROPTER_OK) status = names_near(n, err);
  if (status == PROPTER_OK) status = propter_names_rank(n, PROPTER_STR("posts and jobs"), ~0u, &found, err);
  PropterArena arena = {0};
  PropterNearConcept near = {.closeness = 1};
  if (status == PROPTER_OK) status = names_like_words(n, PROPTER_STR("posts and jobs"), at, &arena, &near, err);
  propter_arena_clear(&arena);
  propter_vec_clear(&found);
  propter_names_free(n);
  return status;
}

START_TEST(failing_allocations) { ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, build, NULL, false), 5); }
END_TEST

Suite *suite_names(void) {
  Suite *s = suite_create("names");
  TCase *tc = tcase_create("names");
  tcase_set_timeout(tc, 60); /* the vectors are read anew for each allocation that fails */
  tcase_add_loop_test(tc, longest_and_folded, 0, sizeof cases / sizeof *cases);
  tcase_add_test(tc, out_of_order);
  tcase_add_loop_test(tc, what_a_phrase_comes_closest_to, 0, sizeof close_to / sizeof *close_to);
  tcase_add_test(tc, what_is_broader_fills_in);
  tcase_add_loop_test(tc, heads_and_meanings, 0, sizeof heads / sizeof *heads);
  tcase_add_loop_test(tc, near_words_are_told, 0, 3);
  tcase_add_test(tc, broader);
  tcase_add_test(tc, the_hash_follows_the_labels);
  tcase_add_test(tc, failing_allocations);
  suite_add_tcase(s, tc);
  return s;
}
