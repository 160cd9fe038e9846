/* SPDX-License-Identifier: Apache-2.0 */
/* Claims that a person wrote into a table (or as YAML or RDF): what each column says, and which rows and lists are none. */
#include <string.h>

#include "doc_support.h"
#include "propter/read.h"

Suite *suite_authored(void);

typedef struct {
  PropterRules *rules;
  PropterDocument *d;
  PropterReadings r;
} Table;

static void read_table(Table *t, const char *text) {
  *t = (Table){0};
  ck_ok(propter_rules_new(NULL, &t->rules, err));
  t->d = doc_of(propter_str(text), "a.csv");
  ck_ok(propter_read_document(t->rules, NULL, t->d, &t->r, err));
}

static void done(Table *t) {
  propter_readings_clear(&t->r);
  propter_document_free(t->d);
  propter_rules_free(t->rules);
}

static void says(const Table *t, PropterSpan span, const char *text) {
  ck_assert_msg(span.end - span.start == strlen(text) && memcmp(t->d->text.data + span.start, text, strlen(text)) == 0, "\"%.*s\", not \"%s\"",
                (int)(span.end - span.start), t->d->text.data + span.start, text);
}

START_TEST(every_column) {
  Table t;
  read_table(&t, "cause,effect,direction,denied,condition,when,who,written,confidence,quote\n"
                 "crane strike,ferry jobs,Fall,no,if it lasts,2011-08,Ann,2011-09-03,.7,They stood still.\n"
                 "frost,bakery jobs,,yes,,from 3 May 2012 to 9 May 2012,,,,\n"
                 "rain,sales,+,,,,,,,\n");
  ck_assert_uint_eq(t.r.claims.count, 3);
  ck_assert_uint_eq(t.r.rejects.count, 0);
  const PropterReading *a = &t.r.claims.items[0], *b = a + 1, *c = a + 2;
  ck_assert_str_eq(a->rule, "authored");
  says(&t, a->cause, "crane strike");
  says(&t, a->effect, "ferry jobs");
  says(&t, a->condition, "if it lasts");
  says(&t, a->author, "Ann");
  says(&t, a->quote, "They stood still.");
  ck_assert(a->polarity == -1 && !a->negated && !a->generic && a->line == 2);
  ck_assert_double_eq(a->confidence, .7);
  ck_assert_int_eq(a->written, propter_day(2011, 9, 3));
  ck_assert(a->when_effect.first == propter_day(2011, 8, 1) && a->when_effect.last == propter_day(2011, 8, 31) && a->when_cause.first == a->when_effect.first);
  ck_assert(b->negated && b->polarity == 0 && b->line == 3 && b->written == PROPTER_NO_DAY);
  ck_assert(b->when_effect.first == propter_day(2012, 5, 3) && b->when_effect.last == propter_day(2012, 5, 9));
  says(&t, b->quote, "frost, bakery jobs, yes, from 3 May 2012 to 9 May 2012"); /* without a reason the row itself */
  ck_assert(c->generic && c->polarity == 1 && c->confidence == 1 && c->when_effect.first == PROPTER_NO_DAY);
  done(&t);
}
END_TEST

START_TEST(other_forms) {
  Table t;
  read_table(&t, "claims:\n- cause: frost\n  effect: bakery jobs\n  from: 2012-05-03\n  to: 2012-05-09\n- effect: mud\n"
                 "- {cause: rain, effect: mud, effect: mud}\n"
                 "- {cause: rain, effect: mud, from: 2012-05-09, to: 2012-05-03}\n- {cause: rain, effect: mud, to: 2012-05-03}\n");
  ck_assert_uint_eq(t.r.claims.count, 2);
  const PropterReading *a = &t.r.claims.items[0], *b = a + 1;
  says(&t, a->cause, "frost");
  ck_assert(a->line == 2 && !a->generic && a->when_effect.first == propter_day(2012, 5, 3) && a->when_cause.last == propter_day(2012, 5, 9));
  ck_assert(b->line == 9 && b->when_effect.first == propter_day(2012, 5, 3) && b->when_effect.last == b->when_effect.first);
  static const struct {
    uint64_t line;
    const char *expected;
  } bad[] = {{6, "the words of a cause"}, {7, "one value"}, {8, "a last day that is not before the first"}};
  ck_assert_uint_eq(t.r.rejects.count, 3);
  for (size_t i = 0; i < 3; i++) {
    ck_assert_uint_eq(t.r.rejects.items[i].line, bad[i].line);
    ck_assert_str_eq(t.r.rejects.items[i].expected, bad[i].expected);
  }
  done(&t);
  read_table(&t, "@prefix p: <https://w3id.org/propter#> .\n"
                 "[] a p:Claim ; p:cause <urn:k:frost> ; p:effectText \"jobs\" ; p:polarity p:Decrease ; p:confidence .5 .\n");
  ck_assert_uint_eq(t.r.claims.count, 1);
  says(&t, t.r.claims.items[0].cause, "urn:k:frost");
  ck_assert(t.r.claims.items[0].polarity == -1 && t.r.claims.items[0].generic && t.r.claims.items[0].line == 2);
  ck_assert_double_eq(t.r.claims.items[0].confidence, .5);
  done(&t);
}
END_TEST

static const struct {
  const char *row;
  unsigned column;
  const char *expected;
} wrong[] = {{",sales,,,,", 1, "the words of a cause"},
             {"rain,,,,,x", 2, "the words of an effect"},
             {"rain,sales,sideways,,,", 3, "increase, decrease"},
             {"rain,sales,,last week,,", 4, "a day or period with its year"},
             {"rain,sales,,in May,,", 4, "a day or period with its year"},
             {"rain,sales,,2011-13,,", 4, "a day or period with its year"},
             {"rain,sales,,,1.5,", 5, "a number from 0 to 1"},
             {"rain,sales,,,nan,", 5, "a number from 0 to 1"},
             {"rain,sales,,,,2011-02-30", 6, "a day as"},
             {"rain,sales", 2, "as many cells as columns"},
             {"rain,sales,,,,,more", 7, "as many cells as columns"}};

START_TEST(rows_that_are_no_claims) {
  char text[200];
  Table t;
  (void)snprintf(text, sizeof text, "cause,effect,direction,when,confidence,written\nfrost,sales,,,,\n%s\nsnow,sales,,,,\n", wrong[_i].row);
  read_table(&t, text);
  ck_assert_uint_eq(t.r.claims.count, 2);
  ck_assert_uint_eq(t.r.rejects.count, 1);
  ck_assert_uint_eq(t.r.sentences, 3);
  const PropterRowReject *bad = &t.r.rejects.items[0];
  ck_assert_uint_eq(bad->line, 3);
  ck_assert_uint_eq(bad->number, wrong[_i].column);
  ck_assert_ptr_nonnull(strstr(bad->expected, wrong[_i].expected));
  done(&t);
}
END_TEST

static void is_refused(const char *header, uint64_t line, uint64_t column, const char *message) {
  PropterRules *rules = NULL;
  PropterReadings r = {0};
  PropterError e = {0};
  PropterDocument *d = doc_of(propter_str(header), "a.csv");
  ck_ok(propter_rules_new(NULL, &rules, err));
  ck_assert_int_eq(propter_read_document(rules, NULL, d, &r, &e), PROPTER_INVALID);
  ck_assert(e.line == line && e.column == column);
  ck_assert_msg(strstr(e.message, message) != NULL, "%s", e.message);
  propter_readings_clear(&r);
  propter_document_free(d);
  propter_rules_free(rules);
}

START_TEST(headers_that_are_none) {
  is_refused("cause,effect,confidense\na,b,1\n", 1, 3, "found \"confidense\"");
  is_refused("cause,effect,cause\na,b,c\n", 1, 3, "stands there twice");
  is_refused("claims:\n- cause: a\n  efect: b\n", 3, 3, "found \"efect\"");
  is_refused("cause,,effect\na,b,c\n", 1, 2, "found \"\"");
}
END_TEST

static PropterStatus read_again(void *payload, PropterError *err) {
  Table *t = payload;
  PropterReadings r = {0};
  PropterStatus status = propter_read_document(t->rules, NULL, t->d, &r, err);
  propter_readings_clear(&r);
  return status;
}

START_TEST(failing_allocations) {
  Table t;
  read_table(&t, "cause,effect,when\nfrost,sales,May 2012\nrain,mud,never\n");
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, read_again, &t, true), 2);
  done(&t);
}
END_TEST

Suite *suite_authored(void) {
  Suite *s = suite_create("authored");
  TCase *tc = tcase_create("authored");
  tcase_add_test(tc, every_column);
  tcase_add_test(tc, other_forms);
  tcase_add_loop_test(tc, rows_that_are_no_claims, 0, sizeof wrong / sizeof *wrong);
  tcase_add_test(tc, headers_that_are_none);
  tcase_add_test(tc, failing_allocations);
  suite_add_tcase(s, tc);
  return s;
}
