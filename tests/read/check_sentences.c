/* SPDX-License-Identifier: Apache-2.0 */
/* Sentences and amounts. */
#include <math.h>
#include <string.h>

#include "reading.h"
#include "support.h"

Suite *suite_sentences(void);

static const struct {
  const char *text;
  size_t count;
  const char *second;
} splits[] = {
    {"Mr. Lee of the U.S. Bureau paid 3.5 million. He left.", 2, "He left."},
    {"It closed at 5 p.m. The rest waited.", 2, "The rest waited."},
    {"\"It fell.\" That was all.", 2, "That was all."},
    {"Was it rain? No. It was snow!", 3, "No."},
    {"See Fig. 3 and J. Smith, e.g. on p. 7 of the report.", 1, NULL},
    {"The firm Widgets Inc. closed.", 1, NULL},
    {"Prices fell by 2.5 percent, i.e. by a lot", 1, NULL},
    {"It was cold... Then it thawed.", 2, "Then it thawed."},
    {"(It rained.) Nobody came.", 2, "Nobody came."},
    {"Rents rose in 2011.The rest fell.", 2, "The rest fell."},
    {"Harbour trafficThe port was shut.", 2, "The port was shut."},
    {"Two things:\xE2\x80\xA2 rain", 2, "\xE2\x80\xA2 rain"},
    {"The site is called example.Com by some.", 1, NULL},
};

START_TEST(splitting) {
  PropterRules *rules = NULL;
  Spans out = {0};
  PropterStr text = propter_str(splits[_i].text);
  ck_ok(propter_rules_new(NULL, &rules, err));
  ck_assert(read_sentences(rules, text, &out));
  ck_assert_msg(out.count == splits[_i].count, "%s: %zu sentences", splits[_i].text, out.count);
  if (splits[_i].second)
    ck_assert_msg(propter_str_equal((PropterStr){text.data + out.items[1].start, out.items[1].end - out.items[1].start}, propter_str(splits[_i].second)),
                  "%s: second is %.*s", splits[_i].text, (int)(out.items[1].end - out.items[1].start), text.data + out.items[1].start);
  ck_assert_uint_eq(out.items[out.count - 1].end, text.len);
  propter_vec_clear(&out);
  propter_rules_free(rules);
}
END_TEST

START_TEST(a_sentence_beyond_the_limit_is_cut) {
  PropterRules *rules = NULL;
  PropterBuf b = {0};
  Spans out = {0};
  for (int i = 0; i < 4000; i++) propter_buf_add(&b, i % 10 ? PROPTER_STR("w\xC3\xA9rd ") : PROPTER_STR("word, "));
  ck_ok(propter_rules_new(NULL, &rules, err));
  ck_assert(read_sentences(rules, propter_buf_str(&b), &out));
  ck_assert_uint_ge(out.count, 5);
  for (size_t i = 0; i < out.count; i++) {
    ck_assert_uint_le(out.items[i].end - out.items[i].start, 4096);
    ck_assert(propter_utf8_valid((PropterStr){b.data + out.items[i].start, out.items[i].end - out.items[i].start}, NULL));
  }
  propter_vec_clear(&out);
  propter_buf_clear(&b);
  /* One character without any border. */
  for (int i = 0; i < 3000; i++) propter_buf_add(&b, PROPTER_STR("\xE2\x82\xAC"));
  ck_assert(read_sentences(rules, propter_buf_str(&b), &out));
  ck_assert_uint_ge(out.count, 2);
  for (size_t i = 0; i < out.count; i++) ck_assert(propter_utf8_valid((PropterStr){b.data + out.items[i].start, out.items[i].end - out.items[i].start}, NULL));
  propter_vec_clear(&out);
  propter_buf_clear(&b);
  propter_rules_free(rules);
}
END_TEST

static const struct {
  const char *text;
  double value; /* 0: none */
  const char *words;
} amounts[] = {
    {"About 45,000 telephone workers left", 45000, "45,000"},
    {"some 1.2 million people", 1200000, "1.2 million"},
    {"45k jobs went", 45000, "45k"},
    {"eight thousand five hundred workers", 8500, "eight thousand five hundred"},
    {"half a million jobs", 500000, "half a million"},
    {"about a million jobs", 1e6, "a million"},
    {"411 thousand temporary workers", 411000, "411 thousand"},
    {"a rise of 3 percent in 2011", 0, NULL},
    {"$45,000 a year, 12 months, 5 o'clock", 0, NULL},
    {"the 7th of 30 days", 0, NULL},
    {"in 2010 workers left", 0, NULL},
};

START_TEST(counting) {
  double v = 0;
  PropterSpan words;
  PropterRules *rules = NULL;
  ck_ok(propter_rules_new(NULL, &rules, err));
  bool found = amount_find(rules, propter_str(amounts[_i].text), &v, &words);
  propter_rules_free(rules);
  ck_assert_msg(found == (amounts[_i].value > 0), "%s: found %g", amounts[_i].text, v);
  if (found) {
    ck_assert_msg(fabs(v - amounts[_i].value) < 1e-6, "%s: %g", amounts[_i].text, v);
    ck_assert(propter_str_equal((PropterStr){amounts[_i].text + words.start, words.end - words.start}, propter_str(amounts[_i].words)));
  }
}
END_TEST

Suite *suite_sentences(void) {
  Suite *s = suite_create("sentences");
  TCase *tc = tcase_create("sentences");
  tcase_add_loop_test(tc, splitting, 0, sizeof splits / sizeof *splits);
  tcase_add_test(tc, a_sentence_beyond_the_limit_is_cut);
  tcase_add_loop_test(tc, counting, 0, sizeof amounts / sizeof *amounts);
  suite_add_tcase(s, tc);
  return s;
}
