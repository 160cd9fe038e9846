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
  for (size_t i = 0; i < LANGUAGES; i++) {
    const char *code = languages[i].code;
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
  Languages all;
  ck_ok(languages_of(NULL, 0, &all, err));
  for (size_t i = 0; i < LANGUAGES; i++) ck_ok(propter_rules_open(languages[i].code, NULL, 0, NULL, &rules[i], err));
  for (size_t i = 0; i < sizeof documents / sizeof *documents; i++) {
    PropterDocument *d = document(documents[i].text, documents[i].name);
    ck_assert_msg(strcmp(languages[language_of_document(&all, d, rules)].code, documents[i].language) == 0, "%s", documents[i].text);
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
    {"im Fall 2020", NULL, NULL},
    {"am 9. August 2023", "2023-08-09", "2023-08-09"},
    {"im September 2023", "2023-09-01", "2023-09-30"},
    {"gestern", "2024-06-30", "2024-06-30"},
    {"letzte Woche", "2024-06-24", "2024-06-30"},
    {"in den letzten zwei Wochen", "2024-06-18", "2024-07-01"},
    {"im nächsten Monat", "2024-08-01", "2024-08-31"},
    {"im Sommer 2022", "2022-06-01", "2022-08-31"},
    {"vor zwei Wochen", "2024-06-17", "2024-06-23"},
    {"Q3 2023", "2023-07-01", "2023-09-30"},
    {"die Last 2020 war hoch", NULL, NULL},
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
    {"Der Umsatz fiel im Mai, weil die Brücke gesperrt war.", "die Brücke gesperrt war", "Der Umsatz fiel im Mai", -1, false, false, 0},
    {"Die Besucherzahlen stiegen dank des Festivals.", "des Festivals", "Die Besucherzahlen stiegen", 1, false, false, 0},
    {"Aufgrund der Sperrung sank der Absatz um 12 Prozent.", "der Sperrung", "sank der Absatz um 12 Prozent", -1, false, false, 0},
    {"Infolge des Frostes stiegen die Preise.", "des Frostes", "stiegen die Preise", 1, false, false, 0},
    {"Der Frost erhöhte die Preise.", "Der Frost", "die Preise", 1, false, false, 0},
    {"Die Baustelle belastete den Absatz.", "Die Baustelle", "den Absatz", -1, false, false, 0},
    {"Die Werbung steigerte den Umsatz nicht.", "Die Werbung", "den Umsatz", 1, true, false, 0},
    {"Das Hochwasser führte zu einem Rückgang der Buchungen.", "Das Hochwasser", "einem Rückgang der Buchungen", -1, false, false, 0},
    {"Der neue Fahrplan hat zu mehr Gästen geführt.", "Der neue Fahrplan", "mehr Gästen", 1, false, false, 0},
    {"Das Unwetter verursachte hohe Schäden.", "Das Unwetter", "hohe Schäden", 0, false, false, 0},
    {"Der Stromausfall wurde durch einen Blitz verursacht.", "einen Blitz", "Der Stromausfall", 0, false, false, 0},
    {"Der Rückgang ist auf den Streik zurückzuführen.", "den Streik", "Der Rückgang", -1, false, false, 0},
    {"Der Anstieg geht auf die Rabatte zurück.", "die Rabatte", "Der Anstieg", 1, false, false, 0},
    {"Die Verluste waren eine Folge der Schließung.", "Schließung", "Die Verluste", -1, false, false, 0},
    {"Der Grund für den Anstieg war das Festival.", "das Festival", "den Anstieg", 1, false, false, 0},
    {"Die Werbung war die wichtigste Ursache für das Wachstum.", "Die Werbung", "das Wachstum", 1, false, false, 0},
    {"Die Fähre fiel aus, weshalb weniger Gäste kamen.", "Die Fähre fiel aus", "weniger Gäste kamen", -1, false, false, 0},
    {"Die Ernte sank, denn es regnete wochenlang.", "es regnete wochenlang", "Die Ernte sank", -1, false, false, 0},
    {"Der Umsatz sank möglicherweise wegen des Wetters.", "des Wetters", "Der Umsatz sank", -1, false, false, 0.5},
    {"Der Umsatz sank vermutlich wegen des Wetters.", "des Wetters", "Der Umsatz sank", -1, false, false, 0.3},
    {"Angeblich sank der Umsatz wegen des Streiks.", "des Streiks", "Angeblich sank der Umsatz", -1, false, false, 0.4},
    {"Die Verspätung geht nicht auf den Streik zurück.", "den Streik", "Die Verspätung", 0, true, false, 0},
    {"Der Preis stieg nicht wegen der Steuer.", "der Steuer", "Der Preis stieg", 1, true, false, 0},
    {"Nach der Schließung sanken die Einnahmen.", "Schließung", "sanken die Einnahmen", -1, false, false, 0},
    {"Weil die Maschine stillstand, verringerte sich der Absatz.", "die Maschine stillstand", "verringerte sich der Absatz", -1, false, false, 0},
    {"Dank der Rabatte verdoppelte sich der Absatz.", "der Rabatte", "verdoppelte sich der Absatz", 1, false, false, 0},
    {"Der Mangel an Fahrern bremste das Wachstum.", "Der Mangel an Fahrern", "das Wachstum", -1, false, false, 0},
    {"Falls es schneit, führt die Glätte zu mehr Unfällen.", "die Glätte", "mehr Unfällen", 1, false, true, 0},
    {"Der neue Deich verhinderte eine Flut.", "Der neue Deich", "eine Flut", -1, false, false, 0},
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

static const struct {
  const char *text;
  double value;
  const char *unit; /* NULL: a count of things; "": none */
} sizes[] = {
    {"rund 45.000 Beschäftigte legten die Arbeit nieder", 45000, NULL},
    {"dreitausend neue Kunden kamen", 3000, NULL},
    {"1,2 Millionen Fahrgäste", 1.2e6, NULL},
    {"12 Uhr im Jahr 2020", 0, ""},
    {"um 12,5 Prozent", 12.5, "%"},
    {"3,4 Mio. Euro mehr", 3.4e6, "EUR"},
    {"um drei Tage später", 3, "d"},
    {"20 Tonnen pro Monat", 20, "t"},
};

START_TEST(sizes_in_german) {
  PropterRules *rules = NULL;
  double value = 0;
  PropterSpan words;
  Measure m = {.value = 0};
  ck_ok(propter_rules_open("de", NULL, 0, NULL, &rules, err));
  PropterStr text = propter_str(sizes[_i].text);
  bool counted = amount_find(rules, text, &value, &words), measured = measure_find(rules, text, &m);
  if (!sizes[_i].unit) ck_assert(counted);
  if (!sizes[_i].unit) ck_assert_double_eq_tol(value, sizes[_i].value, 1e-6);
  if (sizes[_i].unit) ck_assert(measured == (*sizes[_i].unit != 0));
  if (measured && sizes[_i].unit) {
    ck_assert_double_eq_tol(m.value, sizes[_i].value, 1e-6);
    ck_assert(propter_str_equal(m.unit->code, propter_str(sizes[_i].unit)));
  }
  propter_rules_free(rules);
}
END_TEST

/* A language of files alone: rules, calendar, words of change, stemmer. */
static const char french[] = "language fr\nstemmer french\n"
                             "common le la les des est une dans pour avec sur du que\n"
                             "up hausse augment* progress*\ndown baisse baiss* recul* chut*\nnegation n' ne pas\n"
                             "hedge .5 peut-être\ncut-right [.;]\nstrip-right [,.;]+$\n"
                             "opener (?:La|Les|Il)[ ]\nabbreviation M. etc.? n.#\nclitic 'hui\npartial [ ]de[ ]\n"
                             "article le la les l un une des du d\nplural aux al\nplural s -\nlinking de en\njoining et ou\nsmall très\n"
                             "date label publié\ndate june juin\ndate march mars?\ndate in en\ndate ordinal er\ndate to au\ndate from du\n"
                             "rule a-cause\ntrigger cause\npattern {effect} à cause (?:de |du |des ){cause}\nprecision .85\n"
                             "example {effect:Les ventes ont baissé} à cause de {cause:la grève}.\ncounter La cause est inconnue.\n\n"
                             "rule a-entraine\ntrigger entra\npattern {cause} a entraîné {effect}\nprecision .8\n"
                             "example {cause:La grève} a entraîné {effect:une baisse des ventes}.\ncounter Il a entra les chiens.\n";

START_TEST(a_language_of_files_alone) {
  const char *folder = support_folder(), *file = support_path(folder, "fr.rules");
  PropterRules *fr = NULL, *sets[READ_LANGUAGES] = {NULL};
  PropterReadings r = {0};
  PropterNames *names = NULL;
  Languages all;
  size_t tried, failed;
  support_write(file, propter_str(french));
  ck_ok(languages_of(&file, 1, &all, err));
  ck_assert_uint_eq(all.count, LANGUAGES + 1);
  for (size_t i = 0; i < all.count; i++) ck_ok(propter_rules_open(all.items[i].code, &file, 1, NULL, &sets[i], err));
  fr = sets[LANGUAGES];
  PropterError e = {0};
  ck_assert_int_eq(propter_rules_add(fr, PROPTER_STR("language fr\nrule x\ntagged a\n"), "mine.rules", &e), PROPTER_SYNTAX);
  ck_assert(strstr(e.message, "without a tagger"));
  ck_ok(propter_rules_test(fr, NULL, NULL, &tried, &failed, err));
  ck_assert_uint_eq(tried, 4);
  ck_assert_uint_eq(failed, 0);
  PropterDocument *d = document("Les ventes ont baissé du 3 au 9 juin 2024 à cause de la grève dans les ports. Le pont est ouvert pour une semaine.", "a.txt");
  ck_assert_uint_eq(language_of_document(&all, d, sets), LANGUAGES);
  ck_ok(propter_read_document(fr, NULL, d, &r, err));
  ck_assert_uint_eq(r.claims.count, 1);
  const PropterReading *c = r.claims.items;
  ck_assert(propter_str_equal((PropterStr){d->text.data + c->cause.start, c->cause.end - c->cause.start}, PROPTER_STR("la grève dans les ports")));
  ck_assert_int_eq(c->polarity, -1);
  ck_assert_int_eq(c->when_effect.first, propter_day(2024, 6, 3));
  ck_assert_int_eq(c->when_effect.last, propter_day(2024, 6, 9));
  propter_readings_clear(&r);
  propter_document_free(d);
  /* What it says of sentences, words, labels and a document's own date. */
  Spans sentences = {0};
  ck_assert(read_sentences(fr, PROPTER_STR("M. Dupont ferme le pont etc. La ville attend. Voir n. 5 etc. et n. La suite."), &sentences));
  ck_assert_uint_eq(sentences.count, 4);
  propter_vec_clear(&sentences);
  Token tokens[8];
  ck_assert_uint_eq(read_tokens(&fr->parts, PROPTER_STR("M. Dupont aujourd'hui"), tokens, 8), 4);
  ck_ok(names_new_in(&all.items[LANGUAGES], &names, err));
  ck_ok(rules_lexicon(fr, names, err));
  static const struct {
    const char *label, *text;
  } labels[] = {{"canal", "dans les canaux"}, {"fermeture de l'usine", "La fermeture d\xE2\x80\x99usines"}, {"cafés & bars", "les cafés et les bars"}};
  for (size_t i = 0, index; i < sizeof labels / sizeof *labels; i++) {
    PropterNameMatches found = {0};
    char iri[] = "urn:0";
    iri[4] = (char)('0' + i);
    ck_ok(propter_names_add(names, propter_str(iri), PROPTER_ROLE_KIND, &index, err));
    ck_ok(propter_names_label(names, index, propter_str(labels[i].label), 1, err));
    ck_ok(i == 1 ? names_find_loose(names, propter_str(labels[i].text), &found, err) : propter_names_find(names, propter_str(labels[i].text), &found, err));
    ck_assert_msg(found.count == 1 && found.items[0].index == index, "%s: %zu", labels[i].text, found.count);
    propter_vec_clear(&found);
  }
  propter_names_free(names);
  d = document("Publié: 3 juin 2024\n\nLes ventes ont baissé. La moitié de cela est venue à cause de la grève.", "a.txt");
  ck_assert_int_eq(d->published, PROPTER_NO_DAY);
  document_head(d, fr->calendar, INT32_MAX);
  ck_assert_int_eq(d->published, propter_day(2024, 6, 3));
  ck_ok(propter_read_document(fr, NULL, d, &r, err));
  ck_assert_uint_eq(r.claims.count, 1);
  ck_assert_int_eq(r.claims.items[0].polarity, -1);
  propter_readings_clear(&r);
  propter_document_free(d);
  for (size_t i = 0; i < all.count; i++) propter_rules_free(sets[i]);
}
END_TEST

/* The words before a document's title and day are its language's; what metadata say stays. */
START_TEST(a_head_is_read_by_its_language) {
  static const struct {
    const char *file, *text, *first, *title;
  } rows[] = {
      {"a.txt", "Betreff: Preise im Juni\nStand: 3. Juni 2024\n\nPreise\n======\n\nDer Umsatz sank.\n", "Preise", "Preise im Juni"},
      {"a.txt", "Subject: Prices in June\nDate: 3 June 2024\n\nPrices\n======\n\nSales fell.\n", "Prices in June", "Prices in June"},
      {"a.md", "---\ntitle: Umsatz\n---\nBetreff: Preise\n\nDer Umsatz sank.\n", "Umsatz", "Umsatz"},
  };
  PropterRules *de = NULL;
  ck_ok(propter_rules_open("de", NULL, 0, NULL, &de, err));
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    PropterDocument *d = document(rows[i].text, rows[i].file);
    ck_assert_msg(propter_str_equal(d->title, propter_str(rows[i].first)), "%zu: %.*s", i, (int)d->title.len, d->title.data);
    document_head(d, de->calendar, INT32_MAX);
    ck_assert_msg(propter_str_equal(d->title, propter_str(rows[i].title)), "%zu: %.*s", i, (int)d->title.len, d->title.data);
    if (i < 2) ck_assert_int_eq(d->published, propter_day(2024, 6, 3));
    propter_document_free(d);
  }
  propter_rules_free(de);
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
  ck_assert_int_eq(propter_rules_add(de, PROPTER_STR("language de\ndate may\n"), "mine.rules", &e), PROPTER_SYNTAX);
  propter_rules_free(de);
}
END_TEST

static const struct {
  const char *text, *claims; /* cause>effect, ! denied, one behind another */
} lists[] = {
    {"Wegen des Streiks und der Sperrung sank der Umsatz.", "des Streiks>sank der Umsatz|der Sperrung>sank der Umsatz|"},
    {"Der Absatz wuchs wegen des Festivals und der Rabatte.", "des Festivals>Der Absatz wuchs|der Rabatte>Der Absatz wuchs|"},
    {"Der Brand verursachte lange Wartezeiten, hohe Kosten und viele Beschwerden.",
     "Der Brand>lange Wartezeiten|Der Brand>hohe Kosten|Der Brand>viele Beschwerden|"},
    {"Der Streik, nicht das Wetter, verursachte die Ausfälle.", "Der Streik>die Ausfälle|!das Wetter>die Ausfälle|"},
    {"Die Werbung steigerte den Absatz von Zelten und Schlafsäcken.", "Die Werbung>den Absatz von Zelten und Schlafsäcken|"},
    {"Die Maschine verringerte den Ausschuss und senkte die Kosten.", "Die Maschine>den Ausschuss|Die Maschine>die Kosten|"},
};

START_TEST(lists_in_german) {
  PropterRules *rules = NULL;
  PropterReadings r = {0};
  PropterBuf said = {0};
  ck_ok(propter_rules_open("de", NULL, 0, NULL, &rules, err));
  PropterDocument *d = document(lists[_i].text, "a.txt");
  ck_ok(propter_read_document(rules, NULL, d, &r, err));
  for (size_t i = 0; i < r.claims.count; i++) {
    const PropterReading *c = &r.claims.items[i];
    propter_buf_printf(&said, "%s%.*s>%.*s|", c->negated ? "!" : "", (int)(c->cause.end - c->cause.start), d->text.data + c->cause.start,
                       (int)(c->effect.end - c->effect.start), d->text.data + c->effect.start);
  }
  ck_assert_str_eq(said.data ? said.data : "", lists[_i].claims);
  propter_buf_clear(&said);
  propter_readings_clear(&r);
  propter_document_free(d);
  propter_rules_free(rules);
}
END_TEST

START_TEST(labels_are_found_by_german_plurals) {
  PropterNames *names = NULL;
  PropterNameMatches found = {0};
  size_t index;
  ck_ok(names_new_in(&languages[1], &names, err));
  ck_ok(propter_names_add(names, PROPTER_STR("urn:closure"), PROPTER_ROLE_KIND, &index, err));
  ck_ok(propter_names_label(names, index, PROPTER_STR("Schließung"), 1, err));
  ck_ok(propter_names_find(names, PROPTER_STR("Nach den Schließungen im Mai"), &found, err));
  ck_assert_uint_eq(found.count, 1);
  propter_vec_clear(&found);
  propter_names_free(names);
}
END_TEST

/* A compound that no label has is what a label says of its end, or of its beginning where the end is vague. */
static const struct {
  const char *label, *text, *words; /* words NULL: nothing is found */
  double quality;
} compounds[] = {
    {"Lüfter", "Ein Heizlüfter fiel aus", "Heizlüfter", .88},
    {"Preis", "Die Preiserhöhung wirkte", "Preiserhöhung", .88},
    {"Lieferung", "wegen Lieferungsausfalls", "Lieferungsausfalls", .88},
    {"Markt", "auf den Weltmärkten", "Weltmärkten", .88},
    {"Kabelbrand", "Der Kabelbrand im Keller", "Kabelbrand", 1},
    {"Preis", "Die Preisrichter kamen", NULL, 0},   /* a jury is no price */
    {"Ernte", "was sie gelernt haben", NULL, 0},    /* no noun */
    {"Kosten", "Das Verkosten dauerte", NULL, 0},   /* "ver" is no part */
    {"Werk", "Das Netz stand", NULL, 0},
};

START_TEST(compounds_are_found_by_a_part) {
  PropterNames *names = NULL;
  PropterRules *rules = NULL;
  PropterNameMatches found = {0};
  size_t index;
  PropterStr text = propter_str(compounds[_i].text);
  ck_ok(propter_rules_open("de", NULL, 0, NULL, &rules, err));
  ck_ok(names_new_in(&languages[1], &names, err));
  ck_ok(rules_lexicon(rules, names, err));
  ck_ok(propter_names_add(names, PROPTER_STR("urn:x"), PROPTER_ROLE_METRIC, &index, err));
  ck_ok(propter_names_label(names, index, propter_str(compounds[_i].label), 1, err));
  ck_ok(propter_names_find(names, text, &found, err));
  ck_assert_msg(found.count == (compounds[_i].words != NULL), "%s: %zu", compounds[_i].text, found.count);
  if (found.count) {
    PropterSpan at = found.items[0].words;
    ck_assert(propter_str_equal((PropterStr){text.data + at.start, at.end - at.start}, propter_str(compounds[_i].words)));
    ck_assert_double_eq_tol(found.items[0].quality, compounds[_i].quality, 1e-9);
  }
  propter_vec_clear(&found);
  propter_names_free(names);
  propter_rules_free(rules);
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
  tcase_add_loop_test(c, sizes_in_german, 0, (int)(sizeof sizes / sizeof *sizes));
  tcase_add_loop_test(c, lists_in_german, 0, (int)(sizeof lists / sizeof *lists));
  tcase_add_test(c, a_language_of_files_alone);
  tcase_add_test(c, a_head_is_read_by_its_language);
  tcase_add_test(c, rules_of_one_language_stay_in_it);
  tcase_add_test(c, labels_are_found_by_german_plurals);
  tcase_add_loop_test(c, compounds_are_found_by_a_part, 0, sizeof compounds / sizeof *compounds);
  suite_add_tcase(s, c);
  return s;
}
