/* SPDX-License-Identifier: Apache-2.0 */
/* German beside English: its examples and dates, what its sentences say, which language a document is in, rules and labels kept apart. */
#include <string.h>

#include "names.h"
#include "support.h"

Suite *suite_language(void);

static void complain(const char *source, unsigned line, const char *rule, const char *problem, void *payload) {
  propter_buf_printf(payload, "\n%s:%u %s: %s", source, line, rule, problem);
}

START_TEST(every_example_of_every_language_runs) {
  const char *code;
  ck_assert(!propter_language(LANGUAGES));
  for (size_t i = 0; (code = propter_language(i)); i++) {
    PropterRules *rules = NULL;
    PropterBuf b = {0};
    size_t tried = 0, failed = 0;
    ck_ok(propter_rules_open(code, NULL, 0, NULL, &rules, err));
    ck_ok(propter_rules_test(rules, complain, &b, &tried, &failed, err));
    ck_assert_msg(failed == 0 && tried >= 2 * propter_rules_count(rules) && tried >= 40, "%s: %zu of %zu%s", code, failed, tried, b.data ? b.data : "");
    propter_rules_free(rules);
    propter_buf_clear(&b);
  }
}
END_TEST

static PropterDocument *document(const char *text, const char *name) {
  PropterDocument *d = NULL;
  ck_ok(propter_document_parse(propter_str(text), name, NULL, &d, err));
  return d;
}

static const struct {
  const char *text, *name, *language;
} documents[] = {
    {"<html lang='de-AT'><p>Sales fell.", "a.html", "de"},
    {"<html lang='en'><p>Der Umsatz sank und die Gäste blieben aus.", "a.html", "en"},
    {"---\nlang: de\n---\nUmsatz: 4\n", "a.md", "de"},
    {"---\nlanguage: EN-gb\n---\nDer Umsatz sank.\n", "a.md", "en"},
    {"<html lang='fr'><p>Der Umsatz sank, und die Gäste sind nicht gekommen.", "a.html", "de"},
    {"Im Juni war die Fähre geschlossen, und der Umsatz sank.", "a.txt", "de"},
    {"The ferry was closed in June and sales fell.", "a.txt", "en"},
    {"Umsatz 4711", "a.txt", "en"},
};

START_TEST(a_document_has_a_language) {
  PropterRules *rules[LANGUAGES] = {NULL};
  for (size_t i = 0; i < LANGUAGES; i++) ck_ok(propter_rules_open(propter_language(i), NULL, 0, NULL, &rules[i], err));
  for (size_t i = 0; i < sizeof documents / sizeof *documents; i++) {
    PropterDocument *d = document(documents[i].text, documents[i].name);
    ck_assert_msg(strcmp(languages[language_of_document(d, rules)].code, documents[i].language) == 0, "%s", documents[i].text);
    propter_document_free(d);
  }
  for (size_t i = 0; i < LANGUAGES; i++) propter_rules_free(rules[i]);
}
END_TEST

static const struct {
  const char *text, *first, *last; /* first NULL: no period */
} dates[] = {
    {"vom 3. bis 16. Juni 2024", "2024-06-03", "2024-06-16"},
    {"Vom 28. Mai bis zum 3. Juni 2024", "2024-05-28", "2024-06-03"},
    {"am 3. März 2024", "2024-03-03", "2024-03-03"},
    {"am 3.6.2024", "2024-06-03", "2024-06-03"},
    {"03.06.2024 bis 05.06.2024", "2024-06-03", "2024-06-05"},
    {"die Geschäftsführungsänderungsanträge im Mai", "2024-05-01", "2024-05-31"},
    {"Anfang Juni 2023", "2023-06-01", "2023-06-10"},
    {"im Frühjahr 2023", "2023-03-01", "2023-05-31"},
    {"im ersten Quartal 2023", "2023-01-01", "2023-03-31"},
    {"im letzten Jahr", "2023-01-01", "2023-12-31"},
    {"seit Dez. 2023", "2023-12-01", "2024-07-01"},
    {"Version 3.6.20245", NULL, NULL},
    {"45.000 Euro, 32.6.2024, 3.13.2024", NULL, NULL},
};

START_TEST(dates_in_german) {
  PropterRules *rules = NULL;
  Whens found = {0};
  char first[16], last[16];
  ck_ok(propter_rules_open("de", NULL, 0, NULL, &rules, err));
  ck_assert(when_scan(propter_str(dates[_i].text), &(WhenContext){.calendar = rules->calendar, .reference = propter_day(2024, 7, 1)}, &found));
  if (dates[_i].first) {
    ck_assert_uint_eq(found.count, 1);
    propter_day_format(found.items[0].first, first), propter_day_format(found.items[0].last, last);
    ck_assert_str_eq(first, dates[_i].first);
    ck_assert_str_eq(last, dates[_i].last);
  } else {
    ck_assert_uint_eq(found.count, 0);
  }
  propter_vec_clear(&found);
  propter_rules_free(rules);
}
END_TEST

static const struct {
  const char *text, *cause, *effect;
  int polarity;
  bool negated, condition;
  double hedge;
} claims[] = {
    {"Am 3. Juni stieg der Umsatz wegen des Festivals.", "des Festivals", "Am 3. Juni stieg der Umsatz", 1, false, false, 0},
    {"Der Umsatz sank nicht wegen des Streiks.", "des Streiks", "Der Umsatz sank", -1, true, false, 0},
    {"Der Streik führte wahrscheinlich zu einem Rückgang der Umsätze.", "Der Streik", "einem Rückgang der Umsätze", -1, false, false, .3},
    {"Wenn es regnet, führt die Sperrung zu weniger Umsatz.", "die Sperrung", "weniger Umsatz", -1, false, true, 0},
};

START_TEST(what_a_german_sentence_says) {
  PropterRules *rules = NULL;
  PropterReadings r = {0};
  ck_ok(propter_rules_open("de", NULL, 0, NULL, &rules, err));
  PropterDocument *d = document(claims[_i].text, "a.txt");
  ck_ok(propter_read_document(rules, NULL, d, &r, err));
  ck_assert_uint_eq(r.sentences, 1);
  ck_assert_uint_eq(r.claims.count, 1);
  const PropterReading *c = r.claims.items;
  const PropterSpan spans[] = {c->cause, c->effect};
  for (int i = 0; i < 2; i++) {
    PropterStr words = {d->text.data + spans[i].start, spans[i].end - spans[i].start};
    ck_assert_msg(propter_str_equal(words, propter_str(i ? claims[_i].effect : claims[_i].cause)), "%.*s", (int)words.len, words.data);
  }
  ck_assert_int_eq(c->polarity, claims[_i].polarity);
  ck_assert(c->negated == claims[_i].negated);
  ck_assert((c->condition.end > c->condition.start) == claims[_i].condition);
  ck_assert_double_eq_tol(c->hedge, claims[_i].hedge, 1e-9);
  propter_readings_clear(&r);
  propter_document_free(d);
  propter_rules_free(rules);
}
END_TEST

START_TEST(rules_of_one_language_stay_in_it) {
  const char *folder = support_folder();
  const char *file = support_path(folder, "mine.rules");
  PropterRules *en = NULL, *de = NULL;
  PropterError e = {0};
  support_write(file, PROPTER_STR("# mine\nlanguage de\nrule zeugt\ntrigger zeug\npattern {cause} zeugt {effect}\nprecision .9\n"
                      "example {cause:Eile} zeugt {effect:Ärger}.\ncounter Das Zeug lag da.\n"));
  ck_ok(propter_rules_open("en", &file, 1, NULL, &en, err));
  ck_ok(propter_rules_open("de", &file, 1, NULL, &de, err));
  ck_assert_str_eq(de->rules.items[de->rules.count - 1].name, "zeugt");
  ck_assert_str_ne(en->rules.items[en->rules.count - 1].name, "zeugt");
  propter_rules_free(en);
  en = NULL;
  support_write(file, PROPTER_STR("language fr\n"));
  ck_assert_int_eq(propter_rules_open("en", &file, 1, NULL, &en, &e), PROPTER_SYNTAX);
  ck_assert(!en && e.line == 1);
  ck_assert_int_eq(propter_rules_open("fr", NULL, 0, NULL, &en, &e), PROPTER_NOT_FOUND);
  ck_assert_int_eq(propter_rules_add(de, PROPTER_STR("language de\nrule x\ntagged a\n"), "mine.rules", &e), PROPTER_SYNTAX);
  ck_assert(strstr(e.message, "without a tagger"));
  ck_assert_int_eq(propter_rules_add(de, PROPTER_STR("language de\ndate may\n"), "mine.rules", &e), PROPTER_SYNTAX);
  propter_rules_free(de);
}
END_TEST

START_TEST(labels_are_found_by_german_plurals) {
  PropterNames *names = NULL;
  PropterNameMatches found = {0};
  size_t index;
  ck_ok(names_new_in(&languages[language_of(PROPTER_STR("de"))], &names, err));
  ck_ok(propter_names_add(names, PROPTER_STR("urn:closure"), PROPTER_ROLE_KIND, &index, err));
  ck_ok(propter_names_label(names, index, PROPTER_STR("Schließung"), 1, err));
  ck_ok(propter_names_find(names, PROPTER_STR("Nach den Schließungen im Mai"), &found, err));
  ck_assert_uint_eq(found.count, 1);
  propter_vec_clear(&found);
  propter_names_free(names);
}
END_TEST

Suite *suite_language(void) {
  Suite *s = suite_create("language");
  TCase *c = tcase_create("language");
  tcase_set_timeout(c, 60);
  tcase_add_test(c, every_example_of_every_language_runs);
  tcase_add_test(c, a_document_has_a_language);
  tcase_add_loop_test(c, dates_in_german, 0, (int)(sizeof dates / sizeof *dates));
  tcase_add_loop_test(c, what_a_german_sentence_says, 0, (int)(sizeof claims / sizeof *claims));
  tcase_add_test(c, rules_of_one_language_stay_in_it);
  tcase_add_test(c, labels_are_found_by_german_plurals);
  suite_add_tcase(s, c);
  return s;
}
