/* SPDX-License-Identifier: Apache-2.0 */
/* The same document says the same in every format. */
#include <stdlib.h>
#include <string.h>

#include "doc_support.h"
#include "propter/read.h"

Suite *suite_formats(void);

static void add_words(PropterBuf *out, const PropterDocument *d, PropterSpan span) {
  propter_buf_printf(out, "|%.*s", (int)(span.end - span.start), d->text.data + span.start);
}

/* Converters turn typewriter quotes into typographic ones. */
static void fold_quotes(PropterBuf *b) {
  static const char *const marks[] = {"\xE2\x80\x98'", "\xE2\x80\x99'", "\xE2\x80\x9C\"", "\xE2\x80\x9D\""};
  size_t to = 0;
  for (size_t at = 0; at < b->len; to++) {
    size_t m = 0;
    while (m < 4 && memcmp(b->data + at, marks[m], b->len - at < 3 ? b->len - at : 3) != 0) m++;
    b->data[to] = m < 4 ? marks[m][3] : b->data[at];
    at += m < 4 ? 3 : 1;
  }
  b->len = to;
  b->data[to] = '\0';
}

/* The claims as lines: rule, words of the sentence and of its sides, what is said about them. */
static void claims_of(PropterRules *rules, const PropterDocument *d, PropterBuf *out) {
  PropterReadings r = {0};
  ck_ok(propter_read_document(rules, NULL, d, &r, err));
  for (size_t i = 0; i < r.claims.count; i++) {
    const PropterReading *c = &r.claims.items[i];
    propter_buf_printf(out, "%s %d %d %.2f", c->rule, c->polarity, c->negated, c->hedge);
    add_words(out, d, c->quote);
    add_words(out, d, c->cause);
    add_words(out, d, c->effect);
    propter_buf_add_char(out, '\n');
  }
  propter_readings_clear(&r);
}

START_TEST(the_sample_says_the_same_in_every_format) {
  PropterBuf bytes = {0}, first = {0}, other = {0};
  PropterRules *rules = NULL;
  ck_ok(propter_rules_new(NULL, &rules, err));
  for (size_t i = 0; doc_samples[i]; i++) {
    doc_sample(doc_samples[i], &bytes);
    PropterDocument *d = doc_of(propter_buf_str(&bytes), doc_samples[i]);
    propter_buf_reset(&other);
    claims_of(rules, d, i ? &other : &first);
    if (i)
      ck_assert_msg(propter_str_equal(propter_buf_str(&other), propter_buf_str(&first)), "%s:\n%s\n%s:\n%s", doc_samples[0], first.data, doc_samples[i],
                    other.data);
    propter_document_free(d);
  }
  ck_assert_ptr_nonnull(strstr(first.data, "crane strike"));
  ck_assert_ptr_nonnull(strstr(first.data, "The flood"));
  propter_rules_free(rules);
  propter_buf_clear(&bytes);
  propter_buf_clear(&first);
  propter_buf_clear(&other);
}
END_TEST

/* Three real documents, converted by a common converter. */
START_TEST(real_documents_say_the_same_in_every_format) {
  static const char *const names[] = {"handbook", "playbook", "postmortem"}, *const formats[] = {"md", "html", "docx", "odt", "epub", "dbk.xml"};
  const char *data = getenv("PROPTER_DATA");
  if (!data) {
    printf("# real documents in many formats: SKIPPED, no PROPTER_DATA\n");
    return;
  }
  PropterBuf first = {0}, other = {0};
  PropterRules *rules = NULL;
  ck_ok(propter_rules_new(NULL, &rules, err));
  for (size_t n = 0; n < 3; n++)
    for (size_t f = 0; f < sizeof formats / sizeof *formats; f++) {
      char path[1024];
      PropterDocument *d = NULL;
      (void)snprintf(path, sizeof path, "%s/docs/realdocs/same-text-many-formats/%s.%s", data, names[n], formats[f]);
      ck_ok(propter_document_open(path, NULL, &d, err));
      PropterBuf *out = f ? &other : &first;
      propter_buf_reset(out);
      claims_of(rules, d, out);
      ck_assert_uint_gt(out->len, 0);
      fold_quotes(out);
      if (f) ck_assert_msg(propter_str_equal(propter_buf_str(&other), propter_buf_str(&first)), "%s:\n%.2000s\nmd:\n%.2000s", path, other.data, first.data);
      propter_document_free(d);
    }
  propter_rules_free(rules);
  propter_buf_clear(&first);
  propter_buf_clear(&other);
}
END_TEST

Suite *suite_formats(void) {
  Suite *s = suite_create("formats");
  TCase *tc = tcase_create("formats");
  tcase_set_timeout(tc, 60);
  tcase_add_test(tc, the_sample_says_the_same_in_every_format);
  tcase_add_test(tc, real_documents_say_the_same_in_every_format);
  suite_add_tcase(s, tc);
  return s;
}
