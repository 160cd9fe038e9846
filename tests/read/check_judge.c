/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "reading.h"
#include "support.h"

static PropterRules *english;
static void read_rules(void) { ck_assert_int_eq(propter_rules_new(NULL, &english, &(PropterError){0}), PROPTER_OK); }
static void free_rules(void) { propter_rules_free(english); }

/* What is remembered of words changes no tag: not when a word comes again, nor after more words than are remembered. */
START_TEST(tags_do_not_depend_on_what_came_before) {
  Judge *j = NULL;
  Tagged *first = propter_malloc(sizeof *first), *again = propter_malloc(sizeof *again);
  char text[64];
  PropterStr sentence = PROPTER_STR("The storm that hit the plant led to 4,000 layoffs, and the plant's owner sued.");
  ck_ok(judge_new(&english->parts, *english->language.tagger, NULL, NULL, &j, err));
  judge_tag(j, sentence, false, first);
  for (int i = 0; i < 4000; i++) {
    (void)snprintf(text, sizeof text, "x%c%c%c led plants", 'a' + i % 26, 'a' + i / 26 % 26, 'a' + i / 676);
    judge_tag(j, propter_str(text), false, again);
  }
  judge_tag(j, sentence, false, again);
  ck_assert_uint_eq(first->count, again->count);
  for (size_t i = 0; i < first->count; i++) ck_assert_msg(first->tokens[i].tag == again->tokens[i].tag, "%s", first->tokens[i].word);
  PropterError e = {0};
  ck_assert(judge_use(j, JUDGE_TAGGER, PROPTER_STR("classes a b c d e f g h i j k l m n o p q r\n"), "many", &e) == PROPTER_INVALID);
  judge_free(j);
  propter_free(first);
  propter_free(again);
}
END_TEST

Suite *suite_judge(void);

static void tokens_are(const char *text, const char *expected) {
  static Token found[TOKENS];
  size_t n = read_tokens(&english->parts, propter_str(text), found, TOKENS);
  PropterBuf b = {0};
  for (size_t i = 0; i < n; i++) propter_buf_printf(&b, "%s%.*s", i ? "|" : "", (int)(found[i].end - found[i].start), text + found[i].start);
  ck_assert_str_eq(b.data ? b.data : "", expected);
  propter_buf_clear(&b);
}

START_TEST(tokens) {
  tokens_are("The firm's profit didn't fall.", "The|firm|'s|profit|did|n't|fall|.");
  tokens_are("Output fell 1,200.5 units (3%) in the U.S. plan", "Output|fell|1,200.5|units|(|3|%|)|in|the|U.S.|plan");
  tokens_are("well-known \xE2\x80\x9Cquoted\xE2\x80\x9D words\xE2\x80\xA6", "well|-|known|\xE2\x80\x9C|quoted|\xE2\x80\x9D|words|\xE2\x80\xA6");
  tokens_are("It\xE2\x80\x99S Mr. Miller's, they'll ask Inc. No. 5, see No. Ask", "It|\xE2\x80\x99S|Mr.|Miller|'s|,|they|'ll|ask|Inc.|No.|5|,|see|No.|Ask");
  tokens_are("'s O'Brien rock'n'roll", "'|s|O'Brien|rock'n'roll");
  tokens_are("", "");
}
END_TEST

START_TEST(model_text) {
  Linear m;
  PropterError e = {0};
  float scores[LINEAR_CLASSES];
  ck_assert_int_eq(linear_parse(PROPTER_STR("# a note\nclasses no yes\nscale 10\nw=rain\tA-5 B20\nbias=\tA1\n"), "m", &m, &e), PROPTER_OK);
  Features f = {.count = 0};
  feature_add(&f, "w", PROPTER_STR("rain"), PROPTER_STR(""));
  feature_add(&f, "bias", PROPTER_STR(""), PROPTER_STR(""));
  feature_add(&f, "w", PROPTER_STR("sun"), PROPTER_STR(""));
  linear_score(&m, f.hashes, f.values, f.count, scores);
  ck_assert_double_eq_tol((double)scores[0], -.4, 1e-6);
  ck_assert_double_eq_tol((double)scores[1], 2, 1e-6);
  ck_assert_double_eq_tol(linear_share(scores, 2, 1) + linear_share(scores, 2, 0), 1, 1e-12);
  feature_add_value(&f, "w", PROPTER_STR("rain"), .25f);
  linear_score(&m, f.hashes + 3, f.values + 3, 1, scores);
  ck_assert_double_eq_tol((double)scores[1], .5, 1e-6);
  features_once(&f); /* the value that came first */
  ck_assert_uint_eq(f.count, 3);
  for (size_t i = 0; i < f.count; i++) ck_assert_float_eq_tol(f.values[i], 1, 1e-6f);
  linear_clear(&m);
  static const char *const bad[] = {"w=rain\tA1\n",
                                    "classes a b\nw=rain\tC1\n",
                                    "classes a\nw=rain\tA\n",
                                    "classes a\nw=x\tA1\nw=x\tA2\n",
                                    "classes a\nscale 0\n",
                                    "something\n",
                                    "",
                                    "classes a\nw=x\tA1,A2\n"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) ck_assert_int_eq(linear_parse(propter_str(bad[i]), "m", &m, &e), PROPTER_SYNTAX);
}
END_TEST

static Judge *judge;
extern const PropterStr model_en_pair, model_en_sentence;
static void start(void) {
  const Language *l = &english->language;
  ck_ok(judge_new(&english->parts, *l->tagger, l->claim, l->words, &judge, err));
  ck_ok(judge_look_up(judge, "english", err));
  ck_ok(judge_use(judge, JUDGE_PAIR, model_en_pair, "en.pair", err));
  ck_ok(judge_use(judge, JUDGE_SENTENCE, model_en_sentence, "en.sentence", err));
}
static void stop(void) { judge_free(judge); }

static int pair_of(const char *text, const char *first, const char *second, int rule) {
  static Tagged t;
  PropterStr s = propter_str(text);
  size_t a = propter_str_find(s, propter_str(first)), b = propter_str_find(s, propter_str(second));
  double sure;
  PropterSpan x = {a, a + strlen(first)}, y = {b, b + strlen(second)};
  PropterReading said = {.rule = "causes", .cause = rule == 1 ? x : y, .effect = rule == 1 ? y : x};
  judge_tag(judge, s, true, &t);
  return judge_pair(judge, &t, x, y, &said, rule != 0, &sure);
}

START_TEST(tags) {
  static Tagged t;
  static const Upos expected[] = {UPOS_DET, UPOS_ADJ, UPOS_NOUN, UPOS_AUX, UPOS_VERB, UPOS_ADP, UPOS_NUM, UPOS_NOUN, UPOS_PUNCT};
  judge_tag(judge, PROPTER_STR("The old bridge was closed for three weeks."), true, &t);
  ck_assert_uint_eq(t.count, 9);
  for (size_t i = 0; i < t.count; i++) ck_assert_int_eq(t.tokens[i].tag, expected[i]);
}
END_TEST

START_TEST(pairs) {
  ck_assert_int_eq(pair_of("The blaze was caused by a spark from the mill.", "blaze", "spark", 2), 2);
  ck_assert_int_eq(pair_of("The drought has caused a famine in the north.", "drought", "famine", 1), 1);
  ck_assert_int_eq(pair_of("The letter is in the drawer of the desk.", "letter", "drawer", 0), 0);
}
END_TEST

static bool has_feature(const PropterMap *names, const char *name) { return propter_map_get(names, propter_str(name)) != NULL; }

START_TEST(senses) {
  static Tagged t;
  static Features f;
  PropterMap names = {0};
  judge_tag(judge, PROPTER_STR("The earthquakes have been triggered by a sudden collapse of mines."), true, &t);
  if (!t.wordnet) {
    printf("# judge/senses: SKIPPED, no WordNet\n");
    return;
  }
  f.count = 0, f.names = &names;
  sense_features(&t, 1, 8, 6, &f);
  static const char *const expected[] = {"1first-class=noun.event",
                                         "classes=noun.event noun.state",
                                         "v,used=trigger|be ed by",
                                         "2class=noun.event",
                                         "1kind=entity|1740",
                                         "p,1class=by|noun.event",
                                         "path,2class=have be trigger by|noun.state"};
  for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) ck_assert_msg(has_feature(&names, expected[i]), "%s", expected[i]);
  ck_assert(!has_feature(&names, "path,2class=have be trigger by sudden|noun.state"));
  size_t before = f.count;
  t.wordnet = NULL;
  sense_features(&t, 1, 8, 6, &f);
  ck_assert_uint_eq(f.count, before);
  propter_map_clear(&names);
}
END_TEST

START_TEST(words_near) {
  static Tagged t;
  static Features f;
  PropterMap names = {0};
  judge_tag(judge, PROPTER_STR("Gunmen wounded a policeman."), true, &t);
  f.count = 0, f.names = &names;
  judge_sentence_features(&t, NULL, 0, &f);
  static const char *const expected[] = {"near=war", "verbs-near=war", "nouns-near=war", "verbs-near=silver"};
  float values[4] = {0};
  for (size_t i = 0; i < 4; i++) {
    ck_assert_msg(has_feature(&names, expected[i]), "%s", expected[i]);
    for (size_t k = 0; k < f.count; k++)
      if (f.hashes[k] == *propter_map_get(&names, propter_str(expected[i]))) values[i] = f.values[k];
  }
  ck_assert_float_gt(values[1], values[3] + 1); /* to wound is nearer to war than to silver */
  size_t all = f.count;
  t.words = NULL;
  f.count = 0;
  judge_sentence_features(&t, NULL, 0, &f);
  ck_assert_uint_eq(f.count, all - (size_t)3 * WORDS_LANDMARKS);
  propter_map_clear(&names);
}
END_TEST

START_TEST(sentences) {
  static Tagged t;
  judge_tag(judge, PROPTER_STR("The workers went on strike to demand higher wages because prices had risen."), true, &t);
  double causal = judge_sentence(judge, &t, NULL, 0);
  judge_tag(judge, PROPTER_STR("The meeting takes place in the hall on Friday."), true, &t);
  double plain = judge_sentence(judge, &t, NULL, 0);
  ck_assert_double_gt(causal, .6);
  ck_assert_double_lt(plain, JUDGE_SENTENCE_LEAST);
}
END_TEST

static double sure_of(PropterRules *rules, const char *text, size_t *cause) {
  PropterReadings r = {0};
  PropterError e = {0};
  PropterStr s = propter_str(text);
  PropterBlock block = {.kind = PROPTER_BLOCK_PARAGRAPH, .end = s.len};
  PropterDocument d = {.format = "text", .encoding = "UTF-8", .published = PROPTER_NO_DAY, .text = s, .blocks = &block, .block_count = 1};
  ck_assert_int_eq(propter_read_document(rules, NULL, &d, &r, &e), PROPTER_OK);
  double sure = r.claims.count ? r.claims.items[0].confidence : 0;
  if (cause) *cause = r.claims.count ? r.claims.items[0].cause.start : SIZE_MAX;
  propter_readings_clear(&r);
  return sure;
}

/* The same rule's proposal is worth more where it reads a cause than where it does not; tags leave a purpose out of the cause. */
START_TEST(claims) {
  PropterRules *rules = NULL;
  PropterError e = {0};
  size_t cause;
  ck_assert_int_eq(propter_rules_new(NULL, &rules, &e), PROPTER_OK);
  ck_assert_double_gt(sure_of(rules, "The flood led to higher prices in the valley.", NULL), .8);
  ck_assert_double_lt(sure_of(rules, "We asked what led to the decision.", NULL), .5);
  ck_assert_double_gt(sure_of(rules, "To save time, a shortcut in the script caused the crash.", &cause), 0);
  ck_assert_uint_eq(cause, strlen("To save time, "));
  ck_assert_double_gt(sure_of(rules, "An overflow in the table of ids (32 bits wide) caused the crash.", &cause), 0);
  ck_assert_uint_eq(cause, 0);
  propter_rules_free(rules);
}
END_TEST

START_TEST(coded) {
  static Tagged t;
  judge_tag(judge, PROPTER_STR("The storm damaged the bridge."), false, &t);
  PropterStr all = judge_coded(&t, (PropterSpan){0, 29});
  ck_assert_msg(propter_str_equal(all, PROPTER_STR("the/DET storm/NOUN damaged/VERB the/DET bridge/NOUN ./PUNCT ")), "%.*s", (int)all.len, all.data);
  ck_assert_uint_eq(judge_decoded(&t, (PropterSpan){0, 29}, strlen("the/DET storm/NOUN ")), strlen("The storm "));
}
END_TEST

START_TEST(lemmas) {
  static const struct {
    const char *word;
    Upos tag;
    const char *lemma;
  } known[] = {{"led", UPOS_VERB, "lead"},           {"led", UPOS_NOUN, "led"},     {"were", UPOS_AUX, "be"},       {"caused", UPOS_VERB, "cause"},
               {"causing", UPOS_VERB, "cause"},      {"added", UPOS_VERB, "add"},   {"stopped", UPOS_VERB, "stop"}, {"tried", UPOS_VERB, "try"},
               {"tries", UPOS_VERB, "try"},          {"rises", UPOS_VERB, "rise"},  {"bring", UPOS_VERB, "bring"},  {"needed", UPOS_VERB, "need"},
               {"cities", UPOS_NOUN, "city"},        {"losses", UPOS_NOUN, "loss"}, {"bus", UPOS_NOUN, "bus"},      {"crises", UPOS_NOUN, "crisis"},
               {"lower", UPOS_ADJ, "low"},           {"lower", UPOS_VERB, "lower"}, {"is", UPOS_NOUN, "is"},        {"s", UPOS_NOUN, "s"},
               {"increased", UPOS_ADJ, "increased"}, {"the", UPOS_DET, "the"}};
  PropterRules *rules = NULL;
  char room[TOKEN_WORD];
  ck_ok(propter_rules_new(NULL, &rules, err));
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    PropterStr lemma = lemma_of(&rules->lemmas, propter_str(known[i].word), known[i].tag, room);
    ck_assert_msg(propter_str_equal(lemma, propter_str(known[i].lemma)), "%s: %.*s", known[i].word, (int)lemma.len, lemma.data);
  }
  /* A file of the user's adds to them, and its rules see lemmas where the tags have them. */
  static const char *const expressions[] = {"\\| beget/VERB", "\\| begetted/VERB"};
  double sure[2];
  for (int i = 0; i < 2; i++) {
    PropterBuf text = {0};
    propter_buf_printf(&text,
                       "lemma VERB beget begetted\nrule begets\ntrigger beg\npattern {cause} (?:begets|begetted) {effect}\nlemmas %s\n"
                       "precision .8\nexample {cause:The fear} begetted {effect:silence}.\ncounter Fear fell.\n",
                       expressions[i]);
    ck_ok(propter_rules_add(rules, propter_buf_str(&text), i ? "other.rules" : "mine.rules", err));
    sure[i] = sure_of(rules, "The loss of the ship begetted the silence of the town.", NULL);
    propter_buf_clear(&text);
  }
  ck_assert_double_gt(sure[0], 0);
  ck_assert_double_eq(sure[1], 0);
  propter_rules_free(rules);
}
END_TEST

typedef struct {
  Tagged *tagged;
  PropterReading reading;
  double expected;
  size_t told;
} Weighing;

static void weighed(const PropterReading *r, const PropterFeature *features, size_t count, double probability, void *payload) {
  Weighing *w = payload;
  double sum = 0, last = INFINITY;
  bool rule = false;
  ck_assert_ptr_eq(r, &w->reading);
  for (size_t i = 0; i < count; i++) {
    ck_assert_double_le(fabs(features[i].weight), last);
    last = fabs(features[i].weight), sum += features[i].weight;
    rule |= propter_str_equal(features[i].name, PROPTER_STR("connective=caused"));
  }
  ck_assert(rule);
  ck_assert_double_eq_tol(1 / (1 + exp(-sum)), w->expected, 1e-4);
  ck_assert_double_eq(probability, w->expected);
  w->told++;
}

static PropterStatus weigh_once(void *payload, PropterError *e) {
  Weighing *w = payload;
  size_t before = w->told;
  PropterStatus status = judge_claim_weigh(judge, w->tagged, 0, &w->reading, 1, weighed, w, e);
  ck_assert_uint_eq(w->told, before + (status == PROPTER_OK));
  return status;
}

/* What is told of a claim adds up to its probability, or nothing is told. */
START_TEST(weights) {
  Weighing w = {.tagged = propter_malloc(sizeof *w.tagged),
                .reading = {.rule = "causes", .prior = .9, .trigger = {10, 16}, .cause = {0, 9}, .effect = {17, 27}}};
  judge_tag(judge, PROPTER_STR("The storm caused the delay."), false, w.tagged);
  w.expected = judge_claim(judge, w.tagged, 0, &w.reading, 1);
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, weigh_once, &w, false), 3);
  propter_free(w.tagged);
}
END_TEST

static PropterStatus parse(void *payload, PropterError *e) {
  (void)payload;
  Linear m;
  PropterStatus status = linear_parse(PROPTER_STR("classes a b\nw=rain\tA1 B-1\n"), "m", &m, e);
  if (status == PROPTER_OK) linear_clear(&m);
  return status;
}

START_TEST(failing_allocations) { ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, parse, NULL, false), 1); }
END_TEST

Suite *suite_judge(void) {
  Suite *s = suite_create("judge");
  TCase *tc = tcase_create("text"), *models = tcase_create("models");
  tcase_add_unchecked_fixture(tc, read_rules, free_rules);
  tcase_add_test(tc, tokens);
  tcase_add_test(tc, model_text);
  tcase_add_test(tc, failing_allocations);
  tcase_add_unchecked_fixture(models, read_rules, free_rules);
  tcase_add_checked_fixture(models, start, stop);
  tcase_set_timeout(models, 120); /* rules are compiled several times */
  tcase_add_test(models, tags);
  tcase_add_test(models, pairs);
  tcase_add_test(models, words_near);
  tcase_add_test(models, senses);
  tcase_add_test(models, sentences);
  tcase_add_test(models, claims);
  tcase_add_test(models, weights);
  tcase_add_test(models, coded);
  tcase_add_test(models, lemmas);
  tcase_add_test(models, tags_do_not_depend_on_what_came_before);
  suite_add_tcase(s, tc);
  suite_add_tcase(s, models);
  return s;
}
