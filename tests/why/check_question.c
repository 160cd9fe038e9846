/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "pack.h"
#include "propter/io.h"
#include "support.h"

Suite *suite_question(void);

static PropterLexicon *lexicon;
static PropterArena arena;
static PropterDay today;

static void set_up(void) {
  lexicon = pack_lexicon();
  today = propter_day(2016, 1, 15);
}

static void tear_down(void) {
  propter_lexicon_free(lexicon);
  propter_arena_clear(&arena);
}

/* "information-employment 2011-08-01 2011-08-31 down", or "!gap". */
static const char *form(const char *text) {
  PropterQuestion q;
  ck_ok(propter_question_parse(lexicon, propter_str(text), today, &arena, &q, err));
  if (q.gap != PROPTER_GAP_NONE) return propter_arena_printf(&arena, "!%s", propter_gap_code(q.gap)).data;
  ck_ok(propter_question_settle(&q, PROPTER_GRAIN_MONTH, propter_day(2006, 1, 1), propter_day(2015, 12, 31), today, &arena, err));
  char a[16], b[16];
  propter_day_format(q.from, a), propter_day_format(q.to, b);
  PropterStr iri = q.metric_iri;
  size_t hash = propter_str_find(iri, PROPTER_STR("#"));
  return propter_arena_printf(&arena, "%s %s %s%s", iri.data + hash + 1, a, b, q.direction < 0 ? " down" : q.direction > 0 ? " up" : "").data;
}

START_TEST(written_questions_have_their_intended_form) {
  PropterBuf file = {0};
  char path[512];
  (void)snprintf(path, sizeof path, "%s/tests/why/questions.tsv", getenv("srcdir"));
  ck_ok(propter_io_read_file(path, 0, &file, err));
  int total = 0, exact = 0, misread = 0;
  for (char *line = file.data, *next; line && *line; line = next) {
    next = strchr(line, '\n');
    if (next) *next++ = 0;
    char *tab = strchr(line, '\t');
    if (!tab || *line == '#') continue;
    *tab = 0;
    total++;
    const char *got = form(line), *want = tab + 1;
    if (strcmp(got, want) == 0) {
      exact++;
    } else {
      /* An answer to another question is worse than none. */
      if (got[0] != '!') misread++;
      printf("# \"%s\": wanted %s, got %s\n", line, want, got);
    }
  }
  propter_buf_clear(&file);
  printf("# %d questions, %d exact, %d misread\n", total, exact, misread);
  ck_assert_int_ge(total, 120);
  ck_assert_int_eq(misread, 0);
  ck_assert_msg(exact * 100 >= total * 95, "%d of %d exact", exact, total);
}
END_TEST

Suite *suite_question(void) {
  Suite *s = suite_create("question");
  TCase *t = tcase_create("question");
  tcase_add_checked_fixture(t, set_up, tear_down);
  tcase_set_timeout(t, 60);
  tcase_add_test(t, written_questions_have_their_intended_form);
  suite_add_tcase(s, t);
  return s;
}
