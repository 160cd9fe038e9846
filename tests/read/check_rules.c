/* SPDX-License-Identifier: Apache-2.0 */
/* The rule files: every example, bad files, rules that run away. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "doc_support.h"
#include "propter/io.h"
#include "reading.h"
#include "support.h"

Suite *suite_rules(void);

static void complain(const char *source, unsigned line, const char *rule, const char *problem, void *payload) {
  PropterBuf *b = payload;
  propter_buf_printf(b, "\n%s:%u %s: %s", source, line, rule, problem);
}

START_TEST(every_example_runs) {
  PropterRules *rules = NULL;
  PropterBuf b = {0};
  size_t tried = 0, failed = 0;
  ck_ok(propter_rules_new(NULL, &rules, err));
  ck_assert_uint_ge(propter_rules_count(rules), 40);
  ck_ok(propter_rules_test(rules, complain, &b, &tried, &failed, err));
  ck_assert_msg(failed == 0, "%zu of %zu%s", failed, tried, b.data);
  ck_assert_uint_ge(tried, 2 * propter_rules_count(rules));
  propter_rules_free(rules);
  propter_buf_clear(&b);
}
END_TEST

static const struct {
  const char *text, *words;
  unsigned line;
  PropterStatus status;
} bad[] = {
    {"rule x\ntrigger zz\npattern {cause} zz {effect}\nprecision .5\nexample a\n", "example and a counter-example", 1, PROPTER_SYNTAX},
    {"\n\nfrobnicate yes\n", "found \"frobnicate\"", 3, PROPTER_SYNTAX},
    {"rule x\ntrigger zz\npattern {cause} zz\nprecision .5\nexample a\ncounter b\n", "{cause} and {effect}", 1, PROPTER_SYNTAX},
    {"rule x\ntrigger zz\npattern {cause} (zz {effect}\nprecision .5\nexample a\ncounter b\n", "byte", 1, PROPTER_SYNTAX},
    {"rule x\ntrigger zz\npattern {cause} {nothere} {effect}\nprecision .5\nexample a\ncounter b\n", "name of a definition", 1, PROPTER_SYNTAX},
    {"rule x\nprecision 7\n", "0 to 1", 2, PROPTER_SYNTAX},
    {"rule x\ntagged (a\n", "byte", 2, PROPTER_SYNTAX},
    {"rule x\ntagged a\ntagged b\n", "one such expression", 3, PROPTER_SYNTAX},
    {"rule x\nlemmas (a\n", "byte", 2, PROPTER_SYNTAX},
    {"lemma VERB lead\n", "a tag and two words", 1, PROPTER_SYNTAX},
    {"\nending NOUN ies y ie\n", "a tag and two words", 2, PROPTER_SYNTAX},
    {"mend VERB us\n", "a tag and two words", 1, PROPTER_SYNTAX},
    {"define a {b}\ndefine b {a}\nrule x\ntrigger zz\npattern {cause} {a} {effect}\nprecision .5\nexample a\ncounter b\n", "nested", 3, PROPTER_SYNTAX},
    {"rule x\ntrigger zz\npattern {cause} a\\Cb {effect}\nprecision .5\nexample a\ncounter b\n", "byte", 1, PROPTER_SYNTAX},
    {"language de\n", "language en", 1, PROPTER_SYNTAX},
    {"\xFF\xFE", "UTF-8", 0, PROPTER_SYNTAX},
};

START_TEST(a_bad_file_says_where_and_changes_nothing) {
  PropterRules *rules = NULL;
  PropterError e = {0};
  ck_ok(propter_rules_new(NULL, &rules, err));
  size_t count = propter_rules_count(rules);
  uint64_t hash = propter_rules_hash(rules);
  ck_assert_int_eq(propter_rules_add(rules, propter_str(bad[_i].text), "mine.rules", &e), bad[_i].status);
  ck_assert_str_eq(e.source, "mine.rules");
  ck_assert_msg(e.line == bad[_i].line, "line %llu: %s", (unsigned long long)e.line, e.message);
  ck_assert_msg(strstr(e.message, bad[_i].words), "%s", e.message);
  ck_assert_uint_eq(propter_rules_count(rules), count);
  ck_assert(propter_rules_hash(rules) == hash);
  propter_rules_free(rules);
}
END_TEST

static PropterReadings read_sentence(PropterRules *rules, const char *text) {
  PropterReadings r = {0};
  PropterDocument *d = NULL;
  ck_ok(propter_document_parse(propter_str(text), "x.txt", NULL, &d, err));
  ck_ok(propter_read_document(rules, NULL, d, &r, err));
  propter_document_free(d);
  return r;
}

START_TEST(own_rules_need_no_rebuild) {
  PropterRules *rules = NULL;
  size_t tried = 0, failed = 0;
  ck_ok(propter_rules_new(NULL, &rules, err));
  PropterReadings r = read_sentence(rules, "Low pressure begets heavy rain in the hills.");
  ck_assert_uint_eq(r.claims.count, 0);
  propter_readings_clear(&r);
  ck_ok(propter_rules_add(
      rules,
      PROPTER_STR(
          "rule begets\ntrigger beget\npattern {cause} begets {effect}\nprecision .9\nexample {cause:Haste} begets {effect:waste}.\ncounter It begat much.\n"),
      "mine.rules", err));
  ck_ok(propter_rules_test(rules, NULL, NULL, &tried, &failed, err));
  ck_assert_uint_eq(failed, 0);
  r = read_sentence(rules, "Low pressure begets heavy rain in the hills.");
  ck_assert_uint_eq(r.claims.count, 1);
  ck_assert_str_eq(r.claims.items[0].rule, "begets");
  propter_readings_clear(&r);
  propter_rules_free(rules);
}
END_TEST

START_TEST(a_failing_example_is_reported) {
  PropterRules *rules = NULL;
  PropterBuf b = {0};
  size_t tried = 0, failed = 0;
  ck_ok(propter_rules_new(NULL, &rules, err));
  ck_ok(propter_rules_add(
      rules,
      PROPTER_STR(
          "rule begets\ntrigger beget\npattern {cause} begets {effect}\nprecision .9\nexample {cause:Haste} brings {effect:waste}.\ncounter Haste begets waste.\n"),
      "mine.rules", err));
  ck_ok(propter_rules_test(rules, complain, &b, &tried, &failed, err));
  ck_assert_uint_eq(failed, 2);
  ck_assert_ptr_nonnull(strstr(b.data, "mine.rules:5 begets"));
  ck_assert_ptr_nonnull(strstr(b.data, "mine.rules:6 begets"));
  propter_rules_free(rules);
  propter_buf_clear(&b);
}
END_TEST

/* A file with mistakes: each is told with its line, what is right is used, and a built-in rule stays in the place of a bad one of its name. */
START_TEST(mistakes_in_a_file_are_left_out) {
  static const char text[] =
      "rule begets\ntrigger beget\npattern {cause} begets {effect}\nprecision .9\nexample {cause:Haste} begets {effect:waste}.\ncounter It begat.\n\n"
      "rule broken\ntrigger zz\npattern {cause} (zz {effect}\nprecision .9\nexample {cause:Haste} zz {effect:waste}.\ncounter It begat.\n\n"
      "rule bare\ntrigger zz\npattern {cause} zz {effect}\nprecision .9\n\n"
      "rule because-of\ntrigger zz\npattern {cause} zzs {effect}\nprecision .9\nexample {cause:Haste} gives {effect:waste}.\ncounter It begat.\n\n"
      "condition (if\n";
  char path[] = "rules-XXXXXX";
  int file = mkstemp(path);
  ck_assert_int_ge(file, 0);
  ck_assert_int_eq(write(file, text, sizeof text - 1), (ssize_t)sizeof text - 1);
  ck_assert_int_eq(close(file), 0);
  const char *files[] = {path};
  PropterRules *plain = NULL, *rules = NULL;
  PropterBuf b = {0}, wanted = {0};
  ck_ok(propter_rules_new(NULL, &plain, err));
  PropterStatus status = propter_rules_open("en", files, 1, NULL, &rules, NULL);
  ck_assert_int_eq(unlink(path), 0);
  ck_assert_int_eq(status, PROPTER_OK);
  ck_assert_uint_eq(propter_rules_count(rules), propter_rules_count(plain) + 1);
  propter_rules_report(rules, complain, &b);
  propter_buf_printf(&wanted,
                     "\n%s:8 broken: was left out: regular expression, byte 22: missing closing parenthesis"
                     "\n%s:15 bare: was left out: expected a rule with an example and a counter-example, found \"bare\""
                     "\n%s:27 (none): was left out: regular expression, byte 3: missing closing parenthesis"
                     "\n%s:24 because-of: was left out: line 24: no claim comes from an example",
                     path, path, path, path);
  propter_buf_add_char(&b, '\0'), propter_buf_add_char(&wanted, '\0');
  ck_assert_str_eq(b.data, wanted.data);
  propter_buf_clear(&b), propter_buf_clear(&wanted);
  propter_rules_free(rules);
  propter_rules_free(plain);
}
END_TEST

START_TEST(too_much_work_is_a_limit) {
  static const char text[] = "Sales fell because of the strike. Sales fell because of the storm.";
  PropterRules *rules = NULL;
  PropterReadings r = {0};
  PropterError e = {0};
  PropterDocument *d = doc_of(propter_str(text), "x.txt");
  ck_ok(propter_rules_new(NULL, &rules, err));
  ck_ok(propter_read_document(rules, NULL, d, &r, err));
  rules->work_max = sizeof text / 2;
  ck_assert_int_eq(propter_read_document(rules, NULL, d, &r, &e), PROPTER_LIMIT);
  ck_assert_msg(strstr(e.message, "text without full stops"), "%s", e.message);
  propter_readings_clear(&r);
  propter_document_free(d);
  propter_rules_free(rules);
}
END_TEST

START_TEST(rules_are_probed_when_they_are_added) {
  PropterRules *rules = NULL;
  PropterBuf b = {0};
  ck_ok(propter_rules_new(NULL, &rules, err));
  propter_rules_report(rules, complain, &b);
  ck_assert_uint_eq(b.len, 0);
  ck_ok(propter_rules_add(
      rules,
      PROPTER_STR(
          "rule bomb\ntrigger zz\npattern {cause} zz (?:\\w+\\s?)+: {effect}\nprecision .9\nexample {cause:Xy} zz aaab bb: {effect:sales}.\ncounter No.\n"
          "rule good\ntrigger begot\npattern {cause} begot {effect}\nprecision .9\nexample {cause:Rain} begot {effect:mud}.\ncounter No.\n"),
      "mine.rules", err));
  propter_rules_report(rules, complain, &b);
  ck_assert_msg(b.data && strstr(b.data, "bomb: took too many steps three times") && !strstr(b.data, "good"), "%s", b.data ? b.data : "nothing reported");
  propter_rules_free(rules);
  propter_buf_clear(&b);
}
END_TEST

START_TEST(a_rule_that_runs_away_is_left_out) {
  PropterRules *rules = NULL;
  PropterBuf b = {0}, text = {0};
  ck_ok(propter_rules_new(NULL, &rules, err));
  ck_ok(propter_rules_add(
      rules,
      PROPTER_STR("rule bomb\ntrigger aaaa\npattern {cause} (?:a+)+b {effect}\nprecision .9\nexample {cause:Xy} aaab {effect:zz}.\ncounter Nothing here.\n"),
      "mine.rules", err));
  for (int i = 0; i < 6; i++) {
    propter_buf_add(&text, PROPTER_STR("Here is "));
    for (int k = 0; k < 400; k++) propter_buf_add_char(&text, 'a');
    propter_buf_add(&text, PROPTER_STR(" because of a word. Sales fell because of rain. "));
  }
  PropterReadings r = read_sentence(rules, text.data);
  size_t rain = 0;
  for (size_t i = 0; i < r.claims.count; i++) rain += strcmp(r.claims.items[i].rule, "because-of") == 0;
  ck_assert_uint_ge(rain, 6); /* the other rules go on */
  propter_rules_report(rules, complain, &b);
  ck_assert_msg(b.data && strstr(b.data, "mine.rules:1 bomb: took too many steps three times"), "%s", b.data ? b.data : "nothing reported");
  propter_readings_clear(&r);
  propter_rules_free(rules);
  propter_buf_clear(&b);
  propter_buf_clear(&text);
}
END_TEST

static PropterStatus make(void *payload, PropterError *err) {
  (void)payload;
  PropterRules *rules = NULL;
  PropterStatus status = propter_rules_new(NULL, &rules, err);
  propter_rules_free(rules);
  return status;
}

/* Ordered by first letters (NULL: not understood), and it matches the same. */
static const struct {
  const char *pattern, *factored;
  bool caseless;
} factored[] = {
    {"(?:rise|fall|rose|fell)s?", "(?:r(?:ise|ose)|f(?:all|ell))s?", false},
    {"so|sold|soon|song|a|an|ant", "s(?:o(?:|ld|on|ng))|a(?:|n|nt)", false}, /* the first that fits still counts */
    {"rise|Rose|fall|Fell", "r(?:ise|ose)|f(?:all|ell)", true},
    {"rise|Rose|fall|Fell", "rise|Rose|fall|Fell", false},
    {"say|says|\\w+ing|said|sold", "say|says|\\w+ing|said|sold", false}, /* others may not be passed */
    {"a?b|ab|ac|ad|ba", "a?b|a(?:b|c|d)|ba", false},
    {"(x|y)|a(b)|ac|ad|ba|bc", "(x|y)|a(b)|a(?:c|d)|b(?:a|c)", false},
    {"[|)]|(?<=on|off|or|at) a", "[|)]|(?<=on|off|or|at) a", false},
    {"(?<cause>be|bat|by|but) is", "(?<cause>b(?:e|at|y|ut)) is", false},
    {"\\Qa|b\\E", NULL, false},
    {"a(b", NULL, false},
};

START_TEST(alternations_by_first_letters) {
  static const char *const texts[] = {"Rise rose falls FELL", "so sold soon songs an ant a", "saying said says he sold", "ab b ac ba bc ad x by",
                                      "on a off a | ) bats is but is"};
  PropterBuf out = {0};
  PropterRegex *a, *b;
  PropterMatcher *m;
  bool good = rules_factor(propter_str(factored[_i].pattern), factored[_i].caseless, &out);
  ck_assert(good == (factored[_i].factored != NULL));
  if (good) {
    ck_assert_msg(propter_str_equal(propter_buf_str(&out), propter_str(factored[_i].factored)), "%.*s", (int)out.len, out.data);
    unsigned flags = factored[_i].caseless ? PROPTER_REGEX_CASELESS : 0;
    ck_ok(propter_regex_compile(propter_str(factored[_i].pattern), flags, NULL, &a, err));
    ck_ok(propter_regex_compile(propter_buf_str(&out), flags, NULL, &b, err));
    ck_ok(propter_matcher_new(0, &m, err));
    for (size_t t = 0; t < sizeof texts / sizeof *texts; t++)
      for (size_t from = 0; from < strlen(texts[t]); from++) {
        bool found_a, found_b;
        size_t s[2] = {0, 0}, e[2] = {0, 0};
        ck_ok(propter_regex_match(a, m, propter_str(texts[t]), from, &found_a, err));
        if (found_a) ck_assert(propter_matcher_span(m, 0, &s[0], &e[0]));
        ck_ok(propter_regex_match(b, m, propter_str(texts[t]), from, &found_b, err));
        if (found_b) ck_assert(propter_matcher_span(m, 0, &s[1], &e[1]));
        ck_assert(found_a == found_b && s[0] == s[1] && e[0] == e[1]);
      }
    propter_matcher_free(m);
    propter_regex_free(a);
    propter_regex_free(b);
  }
  propter_buf_clear(&out);
}
END_TEST

START_TEST(failing_allocations) {
  /* Every point of so long a file would take minutes: the first and the last ones, and sixty between. */
  PropterError e = {0};
  propter_fault_plan(PROPTER_FAULT_ALLOCATION, 0, false, 0);
  ck_ok(make(NULL, err));
  uint64_t points = propter_fault_end(PROPTER_FAULT_ALLOCATION);
  ck_assert_uint_gt(points, 100);
  for (uint64_t n = 1; n <= points; n += n < 40 || n + 20 > points ? 1 : points / 60) {
    propter_fault_plan(PROPTER_FAULT_ALLOCATION, n, true, 0);
    (void)make(NULL, &e);
    (void)propter_fault_end(PROPTER_FAULT_ALLOCATION);
  }
  ck_ok(make(NULL, err));
}
END_TEST

Suite *suite_rules(void) {
  Suite *s = suite_create("rules");
  TCase *tc = tcase_create("rules");
  tcase_set_timeout(tc, 180);
  tcase_add_test(tc, every_example_runs);
  tcase_add_loop_test(tc, a_bad_file_says_where_and_changes_nothing, 0, sizeof bad / sizeof *bad);
  tcase_add_test(tc, own_rules_need_no_rebuild);
  tcase_add_test(tc, a_failing_example_is_reported);
  tcase_add_test(tc, mistakes_in_a_file_are_left_out);
  tcase_add_test(tc, too_much_work_is_a_limit);
  tcase_add_test(tc, rules_are_probed_when_they_are_added);
  tcase_add_test(tc, a_rule_that_runs_away_is_left_out);
  tcase_add_loop_test(tc, alternations_by_first_letters, 0, sizeof factored / sizeof *factored);
  tcase_add_test(tc, failing_allocations);
  suite_add_tcase(s, tc);
  return s;
}
