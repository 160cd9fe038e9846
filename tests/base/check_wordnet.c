/* SPDX-License-Identifier: Apache-2.0 */
/* A small WordNet of our own words, the one of Debian where it is installed, folders that are none. */
#include <stdio.h>
#include <string.h>

#include "propter/wordnet.h"
#include "support.h"

Suite *suite_wordnet(void);

#define LICENCE "  1 Words of a test\n"

/* Offsets are those of the lines. */
static const char nouns[] = LICENCE "00000020 03 n 01 thing 0 000 | what there is  \n"
                                    "00000067 19 n 02 storm 0 tempest 1 002 @ 00000020 n 0000 + 00000020 v 0101 | wind  \n"
                                    "00000151 19 n 01 Big_Blow 0 002 @i 00000067 n 0000 @ 00000020 n 0000 | one of them  \n";

static const char *small_wordnet(void) {
  static const struct {
    const char *name, *text;
  } files[] = {{"index.noun", LICENCE
                "big_blow n 1 2 @ @i 1 0 00000151  \nmouse n 1 0 1 0 00000999  \nstorm n 2 2 @ + 2 1 00000067 00000020  \nthing n 1 0 1 0 00000020  \n"},
               {"data.noun", nouns},
               {"noun.exc", "mice mouse\nstormen storm thing\n"},
               {"index.verb", LICENCE "rage v 1 1 + 1 0 00000020  \nstorm v 1 1 + 1 0 00000020  \n"},
               {"data.verb", LICENCE "00000020 43 v 02 rage 0 storm 0 001 + 00000067 n 0101 01 + 01 00 | to blow  \n"},
               {"verb.exc", "raught rage\n"},
               {"index.adj", LICENCE "galore a 1 0 1 0 00000020  \n"},
               {"data.adj", LICENCE "00000020 00 s 01 galore(ip) 0 000 | much  \n"},
               {"adj.exc", "more galore\n"},
               {"index.adv", LICENCE "so r 1 0 1 0 00000020  \n"},
               {"data.adv", LICENCE "00000020 99 r 01 so 0 000 | its class is none  \n"},
               {"adv.exc", "sower so\n"}};
  const char *folder = support_folder();
  for (size_t i = 0; i < sizeof files / sizeof *files; i++) support_write(support_path(folder, files[i].name), propter_str(files[i].text));
  return folder;
}

static void bases_are(const PropterWordnet *w, const char *form, PropterWordnetPos pos, const char *expected) {
  PropterStr out[8];
  PropterBuf b = {0};
  size_t n = propter_wordnet_bases(w, propter_str(form), pos, out, 8);
  for (size_t i = 0; i < n; i++) propter_buf_printf(&b, "%s%.*s", i ? " " : "", (int)out[i].len, out[i].data);
  ck_assert_msg(strcmp(b.data ? b.data : "", expected) == 0, "%s: \"%s\" instead of \"%s\"", form, b.data ? b.data : "", expected);
  propter_buf_clear(&b);
}

START_TEST(words_and_senses) {
  PropterWordnet *w = NULL;
  PropterSynset s[4], up[4];
  PropterStr words[4];
  ck_ok(propter_wordnet_open(small_wordnet(), &w, err));
  bases_are(w, "Storms", PROPTER_WORDNET_NOUN, "storm");
  bases_are(w, "mice", PROPTER_WORDNET_NOUN, "mouse");
  bases_are(w, "stormen", PROPTER_WORDNET_NOUN, "storm thing");
  bases_are(w, "big blow", PROPTER_WORDNET_NOUN, "big_blow");
  bases_are(w, "raging", PROPTER_WORDNET_VERB, "rage");
  bases_are(w, "raught", PROPTER_WORDNET_VERB, "rage");
  bases_are(w, "galores", PROPTER_WORDNET_ADJ, "");
  bases_are(w, "", PROPTER_WORDNET_NOUN, "");
  bases_are(w, "s", PROPTER_WORDNET_NOUN, "");
  bases_are(w, "  1", PROPTER_WORDNET_NOUN, "");
  ck_assert_uint_eq(propter_wordnet_senses(w, PROPTER_STR("storm"), PROPTER_WORDNET_NOUN, s, 4), 2);
  ck_assert_uint_eq(s[0].offset, 67);
  ck_assert_uint_eq(propter_wordnet_senses(w, PROPTER_STR("storm"), PROPTER_WORDNET_NOUN, s, 1), 1);
  ck_assert_str_eq(propter_wordnet_class(w, s[0]), "noun.phenomenon");
  ck_assert_uint_eq(propter_wordnet_words(w, s[0], words, 4), 2);
  ck_assert(propter_str_equal(words[1], PROPTER_STR("tempest")));
  ck_assert_uint_eq(propter_wordnet_pointers(w, s[0], "+", up, 4), 1);
  ck_assert(up[0].pos == PROPTER_WORDNET_VERB && up[0].offset == 20);
  ck_assert_str_eq(propter_wordnet_class(w, up[0]), "verb.weather");
  ck_assert_uint_eq(propter_wordnet_senses(w, PROPTER_STR("big blow"), PROPTER_WORDNET_NOUN, s, 4), 1);
  ck_assert_uint_eq(propter_wordnet_hypernyms(w, s[0], up, 4), 2);
  ck_assert(up[0].offset == 67 && up[1].offset == 20);
  ck_assert_uint_eq(propter_wordnet_senses(w, PROPTER_STR("galore"), PROPTER_WORDNET_ADJ, s, 4), 1);
  ck_assert_uint_eq(propter_wordnet_words(w, s[0], words, 4), 1);
  ck_assert(propter_str_equal(words[0], PROPTER_STR("galore")));
  propter_wordnet_close(w);
}
END_TEST

START_TEST(damaged) {
  PropterWordnet *w = NULL;
  PropterSynset s[4];
  PropterStr words[4];
  ck_ok(propter_wordnet_open(small_wordnet(), &w, err));
  static const PropterSynset none[] = {{PROPTER_WORDNET_NOUN, 999}, {PROPTER_WORDNET_NOUN, 21}, {PROPTER_WORDNET_NOUN, 0}, {PROPTER_WORDNET_ADV, 20}};
  for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
    ck_assert_ptr_null(propter_wordnet_class(w, none[i]));
    ck_assert_uint_eq(propter_wordnet_words(w, none[i], words, 4), 0);
    ck_assert_uint_eq(propter_wordnet_hypernyms(w, none[i], s, 4), 0);
  }
  propter_wordnet_close(w);
  PropterError e = {0};
  ck_assert_int_eq(propter_wordnet_open("/no/such/folder", &w, &e), PROPTER_NOT_FOUND);
  ck_assert_ptr_nonnull(strstr(e.message, "/no/such/folder/index.noun"));
  const char *folder = small_wordnet();
  support_write(support_path(folder, "data.verb"), PROPTER_STR("verbs\n"));
  ck_assert_int_eq(propter_wordnet_open(folder, &w, &e), PROPTER_SYNTAX);
  support_write(support_path(folder, "data.verb"), PROPTER_STR(""));
  ck_assert_int_eq(propter_wordnet_open(folder, &w, &e), PROPTER_SYNTAX);
  ck_assert_ptr_null(w);
}
END_TEST

static PropterStatus opens(void *folder, PropterError *err) {
  PropterWordnet *w = NULL;
  PropterStatus status = propter_wordnet_open(folder, &w, err);
  ck_assert((w != NULL) == (status == PROPTER_OK));
  propter_wordnet_close(w);
  return status;
}

START_TEST(failing_calls) {
  char folder[4096];
  (void)snprintf(folder, sizeof folder, "%s", small_wordnet());
  ck_assert_uint_ge(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, opens, folder, false), 1);
  ck_assert_uint_ge(support_fail_everywhere(PROPTER_FAULT_IO, opens, folder, true), 12);
}
END_TEST

START_TEST(of_debian) {
  PropterWordnet *w = NULL;
  PropterError e = {0};
  PropterStatus status = propter_wordnet_open(NULL, &w, &e);
  if (status == PROPTER_NOT_FOUND) {
    printf("# wordnet/of_debian: SKIPPED, %s\n", e.message);
    return;
  }
  ck_assert_msg(status == PROPTER_OK, "%s", e.message);
  PropterSynset s[64], up[64];
  PropterStr words[16];
  bases_are(w, "geese", PROPTER_WORDNET_NOUN, "goose");
  bases_are(w, "caused", PROPTER_WORDNET_VERB, "cause");
  bases_are(w, "strikes", PROPTER_WORDNET_NOUN, "strike");
  bases_are(w, "'hood", PROPTER_WORDNET_NOUN, "'hood"); /* the first and the last of the index */
  bases_are(w, "zyrian", PROPTER_WORDNET_NOUN, "zyrian");
  ck_assert_uint_gt(propter_wordnet_senses(w, PROPTER_STR("earthquake"), PROPTER_WORDNET_NOUN, s, 64), 1);
  ck_assert_str_eq(propter_wordnet_class(w, s[0]), "noun.event");
  ck_assert_uint_eq(propter_wordnet_words(w, s[0], words, 16), 4);
  ck_assert(propter_str_equal(words[1], PROPTER_STR("quake")));
  size_t n = propter_wordnet_hypernyms(w, s[0], up, 64);
  ck_assert_uint_gt(n, 4);
  ck_assert_uint_eq(propter_wordnet_words(w, up[n - 1], words, 16), 1);
  ck_assert(propter_str_equal(words[0], PROPTER_STR("entity")));
  propter_wordnet_close(w);
}
END_TEST

Suite *suite_wordnet(void) {
  Suite *s = suite_create("wordnet");
  TCase *t = tcase_create("wordnet");
  tcase_add_test(t, words_and_senses);
  tcase_add_test(t, damaged);
  tcase_add_test(t, failing_calls);
  tcase_add_test(t, of_debian);
  suite_add_tcase(s, t);
  return s;
}
