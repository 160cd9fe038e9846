/* SPDX-License-Identifier: Apache-2.0 */
#include "words.h"

#include <math.h>
#include <string.h>

#include "propter/rng.h"
#include "support.h"
#include "train.h"

/* Centre k of each piece is (k, 0, 0) / 10, or (-k, 0, 0) / 10; all pieces of a word but the first have the same letter. */
static void made(PropterBuf *out) {
  static const struct {
    const char *word_path;
    char letter;
  } words[] = {{"fire\t10", '1'}, {"flood\t1o", '2'}, {"pen\t00", '4'}};
  propter_buf_add(out, PROPTER_STR("# made\nscale 10\nlandmarks pen flood\n"));
  for (int p = 0; p < WORDS_PIECES; p++) {
    propter_buf_add(out, PROPTER_STR("piece"));
    for (int k = 0; k < WORDS_CENTRES; k++) propter_buf_printf(out, " %d 0 0", p % 2 ? k : -k);
    propter_buf_add_char(out, '\n');
  }
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    propter_buf_printf(out, "%s0", words[i].word_path);
    for (int p = 1; p < WORDS_PIECES; p++) propter_buf_add_char(out, words[i].letter);
    propter_buf_add_char(out, '\n');
  }
}

START_TEST(reads) {
  PropterBuf text = {0};
  Words w;
  float a[WORDS_DIMENSIONS], b[WORDS_DIMENSIONS];
  made(&text);
  ck_ok(words_parse(propter_buf_str(&text), "made", &w, err));
  ck_assert_uint_eq(w.rows.count, 3);
  ck_assert_uint_eq(words_find(&w, PROPTER_STR("Fire")), 0);
  ck_assert_uint_eq(words_find(&w, PROPTER_STR("pen")), 2);
  static const char *const absent[] = {"", "a", "fir", "fires", "zoo", "a-word-that-is-longer-than-any-word-that-is-ever-looked-up-in-here-is"};
  for (size_t i = 0; i < sizeof absent / sizeof *absent; i++) ck_assert_uint_eq(words_find(&w, propter_str(absent[i])), WORDS_NONE);
  ck_assert(propter_str_equal(words_name(&w, 1), PROPTER_STR("flood")));
  ck_assert_uint_eq(w.landmark_count, 2);
  ck_assert(propter_str_equal(w.landmarks[1].name, PROPTER_STR("flood")));
  ck_assert_float_eq_tol(w.landmarks[1].vector[3], (float)(1 / sqrt(33)), 1e-6f);
  ck_assert_uint_eq(words_path(&w, 0), 64);
  ck_assert_uint_eq(words_path(&w, 1), 127);
  ck_assert_uint_eq(words_path(&w, 2), 0);
  words_vector(&w, 0, a);
  words_vector(&w, 2, b);
  ck_assert_float_eq_tol(a[0], 0, 1e-6f);
  ck_assert_float_eq_tol(a[3], (float)(1 / sqrt(33)), 1e-6f);
  ck_assert_float_eq_tol(a[6], (float)(-1 / sqrt(33)), 1e-6f);
  ck_assert_double_eq_tol(words_cosine(a, b), 1, 1e-6); /* the same direction, once its length is taken off */
  ck_assert(words_add(&w, PROPTER_STR("Flood"), b) && !words_add(&w, PROPTER_STR("unknown"), b));
  ck_assert_float_eq_tol(b[3], 2 * a[3], 1e-6f);
  memset(b, 0, sizeof b);
  ck_assert_double_eq_tol(words_cosine(a, b), 0, 1e-12);
  words_clear(&w);
  propter_buf_clear(&text);
}
END_TEST

/* The model with one piece of text put for another. */
static void refused(const char *from, const char *to, const char *expected) {
  PropterBuf text = {0}, changed = {0};
  Words w;
  PropterError e = {0};
  made(&text);
  PropterStr all = propter_buf_str(&text);
  size_t at = propter_str_find(all, propter_str(from));
  ck_assert_uint_ne(at, SIZE_MAX);
  propter_buf_add(&changed, (PropterStr){all.data, at});
  propter_buf_add(&changed, propter_str(to));
  propter_buf_add(&changed, (PropterStr){all.data + at + strlen(from), all.len - at - strlen(from)});
  ck_assert_int_eq(words_parse(propter_buf_str(&changed), "made", &w, &e), PROPTER_SYNTAX);
  ck_assert_msg(strstr(e.message, expected) != NULL, "%s", e.message);
  ck_assert_uint_eq(w.rows.count, 0);
  propter_buf_clear(&text);
  propter_buf_clear(&changed);
}

START_TEST(damaged) {
  Words w;
  PropterError e = {0};
  refused("flood\t", "fire\t", "once");
  refused("flood\t", "aflood\t", "order");
  refused("flood\t1o", "flood\t1", "a letter for each piece");
  refused("flood\t1o", "flood\t1oo", "a letter for each piece");
  refused("flood\t1o", "flood\t1p", "letters from 0 to o");
  refused("flood\t1o", "flood\t1\xC3", "letters from 0 to o");
  refused("flood\t", "flood ", "or a word");
  refused("scale 10", "scale 0", "scale");
  refused("landmarks pen", "landmarks ink", "landmarks that are words");
  refused("piece 0", "piece x", "centres");
  refused("piece 0", "piece", "centres");
  refused("piece 0 0 0", "piece 0 0 0 0", "centres");
  refused("piece 0", "pieces 0", "centres");
  ck_assert_int_eq(words_parse(PROPTER_STR(""), "empty", &w, &e), PROPTER_SYNTAX);
  ck_assert_int_eq(words_parse(PROPTER_STR("scale 10\n"), "empty", &w, &e), PROPTER_SYNTAX);
}
END_TEST

static PropterStatus parse(void *payload, PropterError *e) {
  Words w;
  PropterStatus status = words_parse(propter_buf_str(payload), "made", &w, e);
  words_clear(&w);
  return status;
}

START_TEST(failing_allocations) {
  PropterBuf text = {0};
  made(&text);
  ck_assert_uint_ge(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, parse, &text, false), 1);
  propter_buf_clear(&text);
}
END_TEST

/* The sum of a phrase's words. */
static void add_all(const Words *w, const char *phrase, float sum[WORDS_DIMENSIONS]) {
  bool known = false;
  for (size_t n; *phrase; phrase += n + (phrase[n] == ' ')) {
    n = strcspn(phrase, " ");
    known |= words_add(w, (PropterStr){phrase, n}, sum);
  }
  ck_assert(known);
}

static double near(const Words *w, const char *a, const char *b) {
  float x[WORDS_DIMENSIONS] = {0}, y[WORDS_DIMENSIONS] = {0};
  add_all(w, a, x), add_all(w, b, y);
  return words_cosine(x, y);
}

START_TEST(of_english) {
  Words w;
  ck_ok(words_parse(model_en_words, "en.words", &w, err));
  ck_assert_uint_eq(w.rows.count, 32000);
  ck_assert_uint_eq(w.landmark_count, WORDS_LANDMARKS);
  static const char *const nearer[][3] = {{"flood", "landslides", "piano"},       {"killed", "wounded", "knitting"},    {"revenue", "profits", "goalkeeper"},
                                          {"a dock strike", "walkout", "bakery"}, {"drought", "water shortage", "tax"}, {"because", "although", "kitchen"}};
  for (size_t i = 0; i < sizeof nearer / sizeof *nearer; i++)
    ck_assert_msg(near(&w, nearer[i][0], nearer[i][1]) > near(&w, nearer[i][0], nearer[i][2]) + .2, "%s", nearer[i][0]);
  unsigned killed = words_path(&w, words_find(&w, PROPTER_STR("killed"))), wounded = words_path(&w, words_find(&w, PROPTER_STR("wounded")));
  ck_assert_uint_eq(killed >> (WORDS_BITS - 8), wounded >> (WORDS_BITS - 8));
  PropterStr kind = words_kind(&w, words_find(&w, PROPTER_STR("killed")), 6), other = words_kind(&w, words_find(&w, PROPTER_STR("bakery")), 6);
  ck_assert(propter_str_equal(kind, words_kind(&w, words_find(&w, PROPTER_STR("wounded")), 6)) && !propter_str_equal(kind, other));
  ck_assert_uint_ne(words_find(&w, kind), WORDS_NONE);
  words_clear(&w);
}
END_TEST

/* --- learning ---------------------------------------------------------------------------------------------------------------------- */

enum { MADE = 90 };

/* Words of two kinds, in one of the two forms; `broken`: what stands for the fifth number of the fortieth word. */
static const char *vectors(bool json, const char *broken) {
  PropterBuf b = {0};
  PropterRng rng;
  propter_rng_seed(&rng, 3);
  if (json) propter_buf_add(&b, PROPTER_STR("{\"dimensions\":100,\"words\":[\"the\"],\"vectors\":{\"0\":["));
  else propter_buf_add(&b, PROPTER_STR("0 "));
  for (int d = 0; d < WORDS_DIMENSIONS; d++) propter_buf_printf(&b, d ? "%c9" : "9", json ? ',' : ' '); /* no word of letters: left out */
  for (int i = 0; i < MADE; i++) {
    propter_buf_printf(&b, json ? "],\"%s%c%c\":[" : "\n%s%c%c ", i % 2 ? "odd" : "even", 'a' + i / 26, 'a' + i % 26);
    for (int d = 0; d < WORDS_DIMENSIONS; d++) {
      int n = (int)propter_rng_below(&rng, 100) + (i % 2 ? 60 : 0);
      if (d) propter_buf_add_char(&b, json ? ',' : ' ');
      if (i == 39 && d == 4 && broken) propter_buf_add(&b, propter_str(broken));
      else propter_buf_printf(&b, "%d.%d", n, d % 10);
    }
    if (json) propter_buf_printf(&b, ",7.5,%d", i); /* the package adds the length and the word's number */
  }
  propter_buf_add(&b, json ? PROPTER_STR("]}}") : PROPTER_STR("\n"));
  const char *path = support_path(support_folder(), json ? "v.json" : "v.txt");
  support_write(path, propter_buf_str(&b));
  propter_buf_clear(&b);
  return path;
}

START_TEST(learns) {
  PropterBuf text = {0}, again = {0}, package = {0};
  Words w;
  ck_ok(train_words(vectors(false, NULL), &text, err));
  ck_ok(train_words(vectors(false, NULL), &again, err));
  ck_ok(train_words(vectors(true, NULL), &package, err));
  ck_assert(propter_str_equal(propter_buf_str(&text), propter_buf_str(&again)));
  ck_assert(propter_str_equal(propter_buf_str(&text), propter_buf_str(&package)));
  ck_ok(words_parse(propter_buf_str(&text), "learned", &w, err));
  ck_assert_uint_eq(w.rows.count, MADE);
  unsigned even = words_path(&w, 0) >> (WORDS_BITS - 1);
  for (size_t i = 0; i < MADE; i++)
    ck_assert_uint_eq(words_path(&w, i) >> (WORDS_BITS - 1), propter_str_starts(words_name(&w, i), PROPTER_STR("odd")) ? !even : even);
  ck_assert_double_lt(near(&w, "evenaa", "oddab"), 0);
  words_clear(&w);
  propter_buf_clear(&text);
  propter_buf_clear(&again);
  propter_buf_clear(&package);
}
END_TEST

START_TEST(learns_from_no_other_file) {
  static const struct {
    const char *text, *expected;
  } bad[] = {{"a text", "expected 100 numbers, found 1"}, {"{\"words\":[]}", "\"vectors\""}, {"", "at least 64 words"}};
  PropterBuf out = {0};
  PropterError e = {0};
  const char *path = support_path(support_folder(), "bad");
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    support_write(path, propter_str(bad[i].text));
    ck_assert_int_eq(train_words(path, &out, &e), PROPTER_SYNTAX);
    ck_assert_msg(strstr(e.message, bad[i].expected) != NULL, "%s", e.message);
  }
  ck_assert_int_eq(train_words(vectors(true, "x7"), &out, &e), PROPTER_SYNTAX);
  ck_assert_ptr_nonnull(strstr(e.message, "word 41: expected a number, found x7"));
  ck_assert_int_eq(train_words("/no/such/file", &out, &e), PROPTER_NOT_FOUND);
  propter_buf_clear(&out);
}
END_TEST

static PropterStatus learn_once(void *payload, PropterError *e) {
  PropterBuf out = {0};
  PropterStatus status = train_words(payload, &out, e);
  propter_buf_clear(&out);
  return status;
}

START_TEST(failing_calls) {
  char path[4096];
  (void)snprintf(path, sizeof path, "%s", vectors(true, NULL));
  ck_assert_uint_ge(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, learn_once, path, false), 6);
}
END_TEST

Suite *suite_words(void) {
  Suite *s = suite_create("words");
  TCase *tc = tcase_create("words"), *learning = tcase_create("learning");
  tcase_add_test(tc, reads);
  tcase_add_test(tc, damaged);
  tcase_add_test(tc, failing_allocations);
  tcase_add_test(tc, of_english);
  suite_add_tcase(s, tc);
  tcase_set_timeout(learning, 120);
  tcase_add_test(learning, learns);
  tcase_add_test(learning, learns_from_no_other_file);
  tcase_add_test(learning, failing_calls);
  suite_add_tcase(s, learning);
  return s;
}
