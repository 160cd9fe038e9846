/* SPDX-License-Identifier: Apache-2.0 */
#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "pack.h"
#include "propter/io.h"
#include "propter/wordnet.h"
#include "support.h"

Suite *suite_question(void);

static PropterLexicon *lexicon;
static PropterArena arena;
static PropterDay today;

static void set_up(void) {
  lexicon = pack_lexicon();
  today = propter_day(2016, 1, 15);
}

/* Unknown words get a sense only where WordNet is there. */
static bool wordnet(void) { return access(PROPTER_WORDNET_FOLDER, F_OK) == 0; }

static void tear_down(void) {
  propter_lexicon_free(lexicon);
  propter_arena_clear(&arena);
}

/* A model to ask: names, and how far the data reach by which grain. */
typedef struct {
  const char *file;
  PropterGrain grain;
  PropterDay first, last, today;
  void (*members)(size_t metric); /* adds the members of the metric's dimensions; NULL: it has none */
} Model;

static const char *local(PropterStr iri) { return iri.len ? iri.data + propter_str_find(iri, PROPTER_STR("#")) + 1 : ""; }

static PropterStr about; /* what the question asked last does not say */

/* "information-employment 2011-08-01 2011-08-31 down", or "!gap". */
static const char *form(const Model *m, const char *text) {
  PropterQuestion q;
  ck_ok(propter_question_parse(lexicon, propter_str(text), m->today, &arena, &q, err));
  if (m->members && q.has_metric) { /* as propter_why_ask does once the metric is known */
    m->members(q.metric);
    ck_ok(propter_question_parse(lexicon, propter_str(text), m->today, &arena, &q, err));
  }
  about = q.about;
  if (q.gap != PROPTER_GAP_NONE) return propter_arena_printf(&arena, "!%s", propter_gap_code(q.gap)).data;
  ck_ok(propter_question_settle(&q, m->grain, m->first, m->last, m->today, &arena, err));
  if (q.gap != PROPTER_GAP_NONE) return propter_arena_printf(&arena, "!%s", propter_gap_code(q.gap)).data;
  char days[4][16] = {{0}};
  propter_day_format(q.from, days[0]), propter_day_format(q.to, days[1]);
  if (q.compared) propter_day_format(q.compared_from, days[2]), propter_day_format(q.compared_to, days[3]);
  PropterStr iri = q.metric_iri;
  const size_t hash = propter_str_find(iri, PROPTER_STR("#"));
  const char *in = "";
  for (size_t i = 0; i < q.slice_count; i++) in = propter_arena_printf(&arena, "%s in %.*s", in, (int)q.member[i].value.len, q.member[i].value.data).data;
  return propter_arena_printf(&arena, "%s%s %s %s%s%s%s%s%s%s%s%s%s%s", q.negated ? "not " : "", iri.data + hash + 1, days[0], days[1], in,
                              q.direction < 0   ? " down"
                              : q.direction > 0 ? " up"
                                                : "",
                              q.compared ? " vs " : "", days[2], q.compared ? " " : "", days[3], q.parted ? " by " : "",
                              q.parted ? q.by.len ? local(q.by) : "parts" : "",
                              q.suspect.len   ? " about "
                              : q.despite.len ? " despite "
                                              : "",
                              q.suspect.len ? local(q.suspect) : local(q.despite))
      .data;
}

typedef struct {
  int total, exact, misread;
} Asked;

static bool well_read(const Asked *a) { return !a->misread && (!wordnet() || a->exact * 100 >= a->total * 95); }

static Asked ask_all(Model *m, int least) {
  PropterBuf file = {0};
  ck_ok(propter_io_read_file(m->file, 0, &file, err));
  Asked a = {0};
  for (char *line = file.data, *next; line && *line; line = next) {
    next = strchr(line, '\n');
    if (next) *next++ = 0;
    char *tab = strchr(line, '\t');
    if (!tab || *line == '#' || *line == '@') continue;
    *tab = 0;
    a.total++;
    const char *got = form(m, line), *want = tab + 1;
    if (strcmp(got, want) == 0) {
      a.exact++;
    } else {
      /* An answer to another question is worse than none. */
      if (got[0] != '!') a.misread++;
      printf("# \"%s\": wanted %s, got %s (%.*s)\n", line, want, got, (int)about.len, about.data);
    }
  }
  propter_buf_clear(&file);
  printf("# %s: %d questions, %d exact, %d misread\n", m->file, a.total, a.exact, a.misread);
  (void)fflush(stdout); /* a failing test ends its process without */
  ck_assert_int_ge(a.total, least);
  return a;
}

START_TEST(written_questions_have_their_intended_form) {
  const char *path = propter_arena_printf(&arena, "%s/tests/why/questions.tsv", getenv("srcdir")).data;
  const Asked a = ask_all(&(Model){path, PROPTER_GRAIN_MONTH, propter_day(2006, 1, 1), propter_day(2015, 12, 31), today, NULL}, 400);
  ck_assert(well_read(&a));
}
END_TEST

/* --- companies: rows of a file before its questions, whose first field begins with @ -------------------------------------------------
 * @metric NAME LABEL [OTHER NAME …], @whole LABEL (of a metric that has no parts), @part DIMENSION MEMBER [OTHER NAME], @event NAME LABEL FIRST LAST,
 * @good METRIC 1 or -1 (less is better), @data FIRST LAST TODAY. */

enum { FIELDS = 8, PARTS = 32 };

static struct {
  char part[PARTS][3][64];
  size_t parts, added; /* the metric whose members the lexicon holds */
  char whole[64];
  Model model;
} company;

static void company_members(size_t metric) {
  if (metric == company.added || propter_str_equal(propter_lexicon_label(lexicon, metric), propter_str(company.whole))) return;
  company.added = metric;
  for (size_t i = 0; i < company.parts; i++) {
    size_t member;
    const PropterStr dimension = propter_str(company.part[i][0]), name = propter_str(company.part[i][1]), other = propter_str(company.part[i][2]);
    const PropterCut slice = {propter_arena_printf(&arena, "https://shop.example/#%s", dimension.data),
                              propter_literal(propter_arena_printf(&arena, "%s:%s", dimension.data, name.data))};
    ck_ok(propter_lexicon_add_member(lexicon, metric, slice, &member, err));
    ck_ok(propter_lexicon_add_member_name(lexicon, member, dimension, name, err));
    if (other.len) ck_ok(propter_lexicon_add_member_name(lexicon, member, dimension, other, err));
  }
}

static PropterDay day_of(const char *text) {
  PropterDay day;
  ck_assert_msg(propter_day_parse(propter_str(text), &day), "%s", text);
  return day;
}

static void company_row(Model *m, char *row) {
  char *field[FIELDS];
  size_t count = 0, metric;
  for (char *at = row, *tab; at && count < FIELDS; at = tab) {
    if ((tab = strchr(at, '\t'))) *tab++ = 0;
    field[count++] = at;
  }
  const PropterStr iri = propter_arena_printf(&arena, "https://shop.example/#%s", field[1]);
  if (strcmp(field[0], "@metric") == 0) {
    ck_ok(propter_lexicon_add_metric(lexicon, iri, propter_str(field[2]), PROPTER_STR("figures of the shop"), &metric, err));
    for (size_t k = 2; k < count; k++)
      ck_ok(propter_lexicon_add_name(lexicon, metric, k == 2 ? PROPTER_NAME_PREFERRED : PROPTER_NAME_ALTERNATIVE, propter_str(field[k]), err));
  } else if (strcmp(field[0], "@event") == 0) {
    ck_ok(propter_lexicon_add_cause(lexicon, iri, propter_str(field[2]), day_of(field[3]), day_of(field[4]), err));
  } else if (strcmp(field[0], "@part") == 0) {
    ck_assert_uint_lt(company.parts, PARTS);
    for (size_t k = 1; k < count; k++) (void)snprintf(company.part[company.parts][k - 1], sizeof company.part[0][0], "%s", field[k]);
    company.parts++;
  } else if (strcmp(field[0], "@good") == 0) {
    for (metric = 0; metric < propter_lexicon_count(lexicon) && !propter_str_equal(propter_lexicon_iri(lexicon, metric), iri); metric++) {
    }
    ck_assert_uint_lt(metric, propter_lexicon_count(lexicon));
    propter_lexicon_set_good(lexicon, metric, atoi(field[2]));
  } else if (strcmp(field[0], "@whole") == 0) {
    (void)snprintf(company.whole, sizeof company.whole, "%s", field[1]);
  } else {
    ck_assert_str_eq(field[0], "@data");
    m->first = day_of(field[1]), m->last = day_of(field[2]), m->today = day_of(field[3]);
  }
}

/* Makes the lexicon that of the file's company. */
static void open_company(const char *path) {
  PropterBuf file = {0};
  propter_lexicon_free(lexicon);
  ck_ok(propter_lexicon_new(&lexicon, err));
  memset(&company, 0, sizeof company), company.added = SIZE_MAX;
  company.model = (Model){.file = path, .grain = PROPTER_GRAIN_DAY, .members = company_members};
  ck_ok(propter_io_read_file(path, 0, &file, err));
  for (char *line = file.data, *next; line && *line; line = next) {
    if ((next = strchr(line, '\n'))) *next++ = 0;
    if (*line == '@') company_row(&company.model, line);
  }
  propter_buf_clear(&file);
}

static Asked ask_company(const char *path) {
  open_company(path);
  return ask_all(&company.model, 25);
}

/* Each file of questions besides the first is a company's. */
START_TEST(so_have_those_to_companies) {
  glob_t files;
  Asked all = {0};
  ck_assert_int_eq(glob(propter_arena_printf(&arena, "%s/tests/why/questions-*.tsv", getenv("srcdir")).data, 0, NULL, &files), 0);
  for (size_t i = 0; i < files.gl_pathc; i++) {
    const Asked a = ask_company(files.gl_pathv[i]);
    all.total += a.total, all.exact += a.exact, all.misread += a.misread;
  }
  globfree(&files);
  ck_assert_int_ge(all.total, 800);
  ck_assert(well_read(&all));
}
END_TEST

/* Names of places and a few words that English has as well are no other language. */
START_TEST(a_question_in_another_language_is_refused) {
  static const struct {
    const char *text;
    bool refused;
  } rows[] = {{"Warum sind die passengers im Mai gefallen?", false},
              {"Hallo. Pourquoi passengers en mai", true},
              {"Waarom zijn de passengers in mei gedaald?", true},
              {"why did passengers from Los Angeles, Las Vegas, Des Moines and Van Buren fall in May", false},
              {"why did passengers with a hat in a van fall below par in May", false}};
  open_company(propter_arena_printf(&arena, "%s/tests/why/questions-ferry.tsv", getenv("srcdir")).data);
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    const char *got = form(&company.model, rows[i].text);
    ck_assert_msg((strcmp(got, "!language") == 0) == rows[i].refused, "%s: %s", rows[i].text, got);
  }
}
END_TEST

/* Wherever such a word stands, the question is another one: it is asked back, or denied. */
START_TEST(no_word_that_changes_a_question_is_passed_over) {
  static const char *const words[] = {"mostly",     "mainly",  "largely", "partly",       "some of",     "half of", "another",
                                      "only",       "not",     "except",  "excluding",    "apart from",  "without", "all but",
                                      "other than", "outside", "most of", "the share of", "the planned", "as of",   "once"};
  static const char *const places[] = {"why did %s passengers on the Islands route fall in May", "why did passengers fall %s on the Islands route in May",
                                       "why did passengers on the Islands route fall %s in May", "%s Saver passengers in May", "passengers in May, %s Saver"};
  open_company(propter_arena_printf(&arena, "%s/tests/why/questions-ferry.tsv", getenv("srcdir")).data);
  for (size_t p = 0; p < sizeof places / sizeof *places; p++)
    for (size_t w = 0; w < sizeof words / sizeof *words; w++) {
      const char *at = strstr(places[p], "%s");
      const char *text = propter_arena_printf(&arena, "%.*s%s%s", (int)(at - places[p]), places[p], words[w], at + 2).data;
      const char *got = form(&company.model, text);
      ck_assert_msg(got[0] == '!' || strncmp(got, "not ", 4) == 0, "%s: %s", text, got);
    }
}
END_TEST

/* The ways of tests/why/times.tsv to name a time, each in several places of a question. */
START_TEST(every_way_to_name_a_time_has_its_days) {
  static const struct {
    const char *text, *direction;
  } frames[] = {{"why did visits fall %s?", " down"}, {"%s: why were visits up?", " up"}, {"visits %s", ""}};
  int rows = 0, wrong = 0;
  open_company(propter_arena_printf(&arena, "%s/tests/why/times.tsv", getenv("srcdir")).data);
  PropterBuf file = {0};
  ck_ok(propter_io_read_file(company.model.file, 0, &file, err));
  for (char *line = file.data, *next; line && *line; line = next) {
    if ((next = strchr(line, '\n'))) *next++ = 0;
    char *want = strchr(line, '\t');
    if (!want || *line == '#' || *line == '@') continue;
    *want++ = 0, rows++;
    const bool whole = strstr(line, "visits") != NULL;
    for (size_t k = 0; k < (whole ? 1 : sizeof frames / sizeof *frames); k++) {
      const char *at = strchr(frames[k].text, '%');
      const char *text = whole ? line : propter_arena_printf(&arena, "%.*s%s%s", (int)(at - frames[k].text), frames[k].text, line, at + 2).data;
      const char *expected = *want == '!' ? want : propter_arena_printf(&arena, "visits %s%s", want, whole ? "" : frames[k].direction).data;
      const char *got = form(&company.model, text);
      if (strcmp(got, expected) == 0) continue;
      printf("# \"%s\": wanted %s, got %s (%.*s)\n", text, expected, got, (int)about.len, about.data);
      wrong++;
    }
  }
  propter_buf_clear(&file);
  (void)fflush(stdout);
  ck_assert_int_ge(rows, 300);
  ck_assert_int_eq(wrong, 0);
}
END_TEST

/* Sentences beside the question change nothing of it, wherever they stand. */
START_TEST(talk_beside_a_question_changes_nothing) {
  static const char *const talk[] = {"I have a board meeting in an hour.",   "The trustees meet tomorrow.",   "We're all scratching our heads.",
                                     "Nobody seems to have a clue.",         "I don't want to look stupid.",  "I was on holiday when it happened.",
                                     "I started last week in controlling.",  "What should I tell them?",      "Should we be worried?",
                                     "Is that something to worry about?",    "The press is calling.",         "I need it by noon.",
                                     "My colleague Anna says it's nothing.", "The chairman will not let go.", "Could you take a look?"};
  static const char core[] = "Why did passengers on the Islands route fall in May?";
  (void)ask_company(propter_arena_printf(&arena, "%s/tests/why/questions-ferry.tsv", getenv("srcdir")).data);
  const char *want = propter_arena_printf(&arena, "%s", form(&company.model, core)).data;
  ck_assert_ptr_nonnull(strstr(want, " down"));
  for (size_t i = 0; wordnet() && i < sizeof talk / sizeof *talk; i++) {
    ck_assert_msg(strcmp(form(&company.model, propter_arena_printf(&arena, "%s %s", talk[i], core).data), want) == 0, "before: %s", talk[i]);
    ck_assert_msg(strcmp(form(&company.model, propter_arena_printf(&arena, "%s %s", core, talk[i]).data), want) == 0, "behind: %s", talk[i]);
  }
}
END_TEST

/* What is no talk is not passed over as a sentence either. */
START_TEST(a_sentence_that_changes_the_question_is_asked_back) {
  static const char *const more[] = {"Only online.",        "Without Saver.",    "I mean repeat customers.",   "What if we had kept the fares?",
                                     "Was it the weather?", "Exclude weekends.", "Just the first-time buyers."};
  (void)ask_company(propter_arena_printf(&arena, "%s/tests/why/questions-ferry.tsv", getenv("srcdir")).data);
  for (size_t i = 0; i < sizeof more / sizeof *more; i++) {
    const char *text = propter_arena_printf(&arena, "Why did passengers on the Islands route fall in May? %s", more[i]).data;
    const char *got = form(&company.model, text);
    ck_assert_msg(got[0] == '!', "%s: %s", text, got);
  }
}
END_TEST

/* Only the words that the table names may stand right before a name. */
START_TEST(no_word_of_the_tables_narrows_a_name_in_silence) {
  static const char *const words[] = {"recent", "basic", "main", "true", "possible", "significant", "correct", "serious", "visible", "plausible", "detailed"};
  static const char *const places[] = {"why did %s passengers fall in May", "%s passengers in May", "passengers on the %s Islands route in May"};
  (void)ask_company(propter_arena_printf(&arena, "%s/tests/why/questions-ferry.tsv", getenv("srcdir")).data);
  for (size_t p = 0; p < sizeof places / sizeof *places; p++)
    for (size_t w = 0; w < sizeof words / sizeof *words; w++) {
      const char *at = strstr(places[p], "%s");
      const char *text = propter_arena_printf(&arena, "%.*s%s%s", (int)(at - places[p]), places[p], words[w], at + 2).data;
      const char *got = form(&company.model, text);
      ck_assert_msg(got[0] == '!', "%s: %s", text, got);
    }
}
END_TEST

/* Any time with any change in any sentence, about metrics, parts and times that no wording was made for. */
START_TEST(times_changes_and_sentences_combine) {
  static const struct {
    const char *said, *days;
  } times[] = {{"in the first half of May", "2026-05-01 2026-05-15"},
               {"in the month to 15 March", "2026-02-16 2026-03-15"},
               {"since mid-September", "2026-09-11 2026-10-13"},
               {"in the last fortnight", "2026-09-30 2026-10-13"},
               {"between 28 April and 5 May", "2026-04-28 2026-05-05"},
               {"since the guards' strike ended", "2026-04-23 2026-10-13"},
               {"on the first Monday in May", "2026-05-04 2026-05-04"},
               {"in the ten days before the guards' strike", "2026-04-10 2026-04-19"},
               {"in weeks 32 and 33", "2026-08-03 2026-08-16"},
               {"from the 5th to the 12th of May", "2026-05-05 2026-05-12"},
               {"so far this month", "2026-10-01 2026-10-13"},
               {"between the roof leak and the guards' strike", "2026-02-16 2026-04-19"},
               {"over the Castle renovation", "2026-08-03 2026-09-20"},
               {"in the second quarter of last year", "2025-04-01 2025-06-30"},
               {"on Museum Night", "2026-05-16 2026-05-16"},
               {"in the three months to the end of June", "2026-04-01 2026-06-30"},
               {"a week last Friday", "2026-10-02 2026-10-02"},
               {"in the first six months", "2026-01-01 2026-06-30"},
               {"until 30 May, starting on 5 May", "2026-05-05 2026-05-30"},
               {"on the weekend of 3 and 4 October", "2026-10-03 2026-10-04"}};
  static const struct {
    const char *said, *form;
  } changes[] = {{"fall", " down"},          {"go down by a fifth", " down"},
                 {"thin out", " down"},      {"do so badly", " down"},
                 {"take a tumble", " down"}, {"shoot up", " up"},
                 {"grow by half", " up"},    {"do better than anyone expected", " up"},
                 {"hit a new high", " up"},  {"behave so strangely", ""}};
  static const struct {
    const char *said, *in;
  } subjects[] = {{"audio guides at the Maritime", "audio %s in museum:Maritime"},
                  {"gift shop sales to pensioners", "shop %s in visitor type:Seniors"},
                  {"donations", "donations %s"},
                  {"online admission income at the Castle", "tickets %s in museum:Castle in channel:Online"}};
  static const char *const sentences[] = {"Why did %1$s %2$s %3$s?", "%3$s, what made %1$s %2$s?", "Could you tell me what made %1$s %2$s %3$s?",
                                          "What caused %1$s to %2$s %3$s?"};
  size_t exact = 0, total = 0;
  (void)ask_company(propter_arena_printf(&arena, "%s/tests/why/questions-museums.tsv", getenv("srcdir")).data);
  for (size_t n = 0; wordnet() && n < 400; n++) {
    const size_t t = n % 20, c = n / 2 % 10, m = n / 3 % 4, s = n / 7 % 4;
    const char *text = propter_arena_printf(&arena, sentences[s], subjects[m].said, changes[c].said, times[t].said).data;
    const char *got = form(&company.model, text);
    const char *subject = subjects[m].in, *days = strstr(subject, "%s");
    const char *want = propter_arena_printf(&arena, "%.*s%s%s%s", (int)(days - subject), subject, times[t].days, days + 2, changes[c].form).data;
    const bool same = strcmp(got, want) == 0;
    if (!same) printf("# \"%s\": wanted %s, got %s\n", text, want, got);
    total++, exact += same;
    ck_assert_msg(same || got[0] == '!', "%s: %s", text, got);
  }
  ck_assert_uint_ge(exact * 100, total * 95);
}
END_TEST

/* The first note of a question, after it was settled. */
static const char *note_of(const char *text, PropterGrain grain, PropterDay first, PropterDay last, PropterDay now, PropterQuestion *q) {
  ck_ok(propter_question_parse(lexicon, propter_str(text), now, &arena, q, err));
  ck_assert_msg(q->gap == PROPTER_GAP_NONE, "%s: %s", text, propter_gap_code(q->gap));
  ck_ok(propter_question_settle(q, grain, first, last, now, &arena, err));
  return q->note_count ? q->note[q->note_count - 1].data : "";
}

START_TEST(relative_times_say_what_they_count_from) {
  PropterQuestion q;
  PropterDay first = propter_day(2006, 1, 1), last = propter_day(2015, 12, 31);
  ck_assert_str_eq(note_of("information jobs last month", PROPTER_GRAIN_MONTH, first, last, propter_day(2012, 3, 31), &q), "counted from today, 2012-03-31");
  ck_assert_int_eq(q.from, propter_day(2012, 2, 1));
  ck_assert_int_eq(q.to, propter_day(2012, 2, 29));
  ck_assert_str_eq(note_of("information jobs last month", PROPTER_GRAIN_MONTH, first, last, propter_day(2026, 11, 23), &q),
                   "counted from the end of the data, 2015-12-31, because they end before today, 2026-11-23");
  ck_assert_int_eq(q.from, propter_day(2015, 12, 1));
  ck_assert_str_eq(note_of("information jobs since June 2015", PROPTER_GRAIN_MONTH, first, last, today, &q), "to the end of the data, 2015-12-31");
  ck_assert_str_eq(note_of("information jobs in 2015", PROPTER_GRAIN_MONTH, first, propter_day(2015, 5, 31), today, &q), "to the end of the data, 2015-05-31");
  ck_assert_int_eq(q.from, propter_day(2015, 1, 1));
  ck_assert_int_eq(q.to, propter_day(2015, 5, 31));
  ck_assert_str_eq(note_of("information jobs in 2006", PROPTER_GRAIN_DAY, propter_day(2006, 3, 4), last, today, &q),
                   "from the beginning of the data, 2006-03-04");
  ck_assert_int_eq(q.from, propter_day(2006, 3, 4));
  ck_assert_str_eq(note_of("information jobs in 2031", PROPTER_GRAIN_MONTH, first, last, today, &q), "");
  ck_assert_int_eq(q.to, propter_day(2031, 12, 31));
  ck_assert_str_eq(note_of("information jobs on 2011-08-07", PROPTER_GRAIN_MONTH, first, last, today, &q),
                   "the data are in months: 2011-08-07 to 2011-08-07 was widened to whole months");
  ck_assert_str_eq(note_of("information jobs on 2011-08-07", PROPTER_GRAIN_DAY, first, last, today, &q), "");
  ck_assert_str_eq(note_of("informaton jobs in August 2011", PROPTER_GRAIN_MONTH, first, last, today, &q), "\"informaton\" was read as \"information\"");
  ck_assert_str_eq(note_of("information jobs in early 2009", PROPTER_GRAIN_MONTH, first, last, today, &q), "\"early 2009\" was taken as months 1 to 4");
  ck_assert_str_eq(note_of("information jobs in May", PROPTER_GRAIN_MONTH, first, last, today, &q),
                   "no year was named: taken as May 2015, the latest in the data");
  (void)note_of("information jobs in May", PROPTER_GRAIN_MONTH, first, propter_day(2015, 5, 30), today, &q); /* that May is not over */
  ck_assert_int_eq(q.from, propter_day(2014, 5, 1));
  (void)note_of("information jobs on 29 February", PROPTER_GRAIN_DAY, first, last, today, &q);
  ck_assert_int_eq(q.from, propter_day(2012, 2, 29));
  ck_assert_str_eq(note_of("information jobs in March 2014", PROPTER_GRAIN_WEEK, first, last, today, &q),
                   "the data are in weeks: taken are the weeks that lie mostly in 2014-03-01 to 2014-03-31");
  ck_assert_int_eq(q.from, propter_day(2014, 3, 3)); /* that from 24 February on has two days in March, that to 6 April one */
  ck_assert_int_eq(q.to, propter_day(2014, 3, 30));
  ck_assert_str_eq(note_of("information jobs in May 2014", PROPTER_GRAIN_WEEK, first, last, today, &q),
                   "the data are in weeks: 2014-05-01 to 2014-05-31 was widened to whole weeks");
  ck_assert_int_eq(q.from, propter_day(2014, 4, 28));
  ck_assert_int_eq(q.to, propter_day(2014, 6, 1));
  ck_assert_str_eq(note_of("information jobs on 2011-08-07", PROPTER_GRAIN_WEEK, first, last, today, &q),
                   "the data are in weeks: 2011-08-07 to 2011-08-07 was widened to whole weeks");
  (void)note_of("information jobs in week 32 of 2011", PROPTER_GRAIN_WEEK, first, last, today, &q);
  ck_assert_int_eq(q.from, propter_day(2011, 8, 8));
  ck_assert_int_eq(q.to, propter_day(2011, 8, 14));
  (void)note_of("information jobs yesterday", PROPTER_GRAIN_DAY, first, last, propter_day(2011, 8, 8), &q);
  ck_assert_int_eq(q.from, propter_day(2011, 8, 7));
  (void)note_of("information jobs year to date", PROPTER_GRAIN_MONTH, first, last, propter_day(2011, 8, 8), &q);
  ck_assert_int_eq(q.from, propter_day(2011, 1, 1));
  ck_assert_int_eq(q.to, propter_day(2011, 8, 31));
}
END_TEST

START_TEST(an_unknown_word_is_read_by_its_senses_and_said) {
  static const struct {
    const char *text;
    int direction;
    const char *note; /* NULL: asked back */
  } cases[] = {{"why did information jobs attenuate in August 2011", -1, "\"attenuate\" was read as a fall"},
               {"information jobs prospered in August 2011", 1, "\"prospered\" was read as a rise"},
               {"the dwarfish slide of information jobs in August 2011", -1, "\"dwarfish\" was passed over"},
               {"information jobs reportedly fell in August 2011", -1, "\"reportedly\" was passed over"},
               {"information jobs trickled lower in August 2011", -1, "\"trickled\" was passed over"},
               {"who fathoms the drop in information jobs in August 2011", -1, "\"fathoms\" was passed over"},
               {"information jobs fell regionally in August 2011", 0, NULL},
               {"discounted information jobs in August 2011", 0, NULL},
               {"information jobs stopped growing in August 2011", 0, NULL},
               {"information jobs grew annually in August 2011", 0, NULL},
               {"information jobs prospered in Attenuate in August 2011", 0, NULL},
               {"information jobs leakage in August 2011", 0, NULL}};
  for (size_t i = 0; wordnet() && i < sizeof cases / sizeof *cases; i++) {
    PropterQuestion q;
    ck_ok(propter_question_parse(lexicon, propter_str(cases[i].text), today, &arena, &q, err));
    ck_assert_msg((q.gap == PROPTER_GAP_NONE) == (cases[i].note != NULL), "%s: %s", cases[i].text, propter_gap_code(q.gap));
    if (!cases[i].note) continue;
    ck_assert_msg(q.direction == cases[i].direction && q.note_count, "%s", cases[i].text);
    ck_assert_str_eq(q.note[0].data, cases[i].note);
  }
}
END_TEST

START_TEST(better_is_a_fall_of_what_had_better_fall) {
  static const struct {
    int good, direction;
    const char *note; /* NULL: none */
  } cases[] = {{1, 1, NULL},
               {-1, -1, "\"recovered\" was read as a fall: less is better"},
               {0, 1, "\"recovered\" was read as a rise: the graph does not say which way is better"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    PropterQuestion q;
    PropterLexicon *l;
    size_t metric;
    ck_ok(propter_lexicon_new(&l, err));
    ck_ok(propter_lexicon_add_metric(l, PROPTER_STR("urn:m"), PROPTER_STR("claims"), PROPTER_STR(""), &metric, err));
    ck_ok(propter_lexicon_add_name(l, metric, PROPTER_NAME_PREFERRED, PROPTER_STR("claims"), err));
    propter_lexicon_set_good(l, metric, cases[i].good);
    ck_ok(propter_question_parse(l, PROPTER_STR("claims recovered in May 2010"), today, &arena, &q, err));
    ck_assert_int_eq(q.gap, PROPTER_GAP_NONE);
    ck_assert_int_eq(q.direction, cases[i].direction);
    ck_assert_uint_eq(q.note_count, cases[i].note != NULL);
    if (cases[i].note) ck_assert_str_eq(q.note[0].data, cases[i].note);
    propter_lexicon_free(l);
  }
}
END_TEST

START_TEST(what_is_not_understood_is_quoted_and_names_come_near) {
  PropterQuestion q;
  ck_ok(propter_question_parse(lexicon, PROPTER_STR("information jobs in Texas in August 2011"), today, &arena, &q, err));
  ck_assert_msg(propter_str_equal(q.about, PROPTER_STR("Texas")), "%.*s", (int)q.about.len, q.about.data);
  ck_assert(q.has_metric && q.has_period);
  ck_ok(propter_question_parse(lexicon, PROPTER_STR("media in August 2011"), today, &arena, &q, err));
  ck_assert_int_eq(q.gap, PROPTER_GAP_NO_METRIC);
  ck_assert_uint_gt(q.nearest_count, 0);
  ck_assert(propter_str_equal(propter_lexicon_label(lexicon, q.nearest[0]), PROPTER_STR("information jobs")));
  ck_ok(propter_question_parse(lexicon, PROPTER_STR("jobs in the media in August 2011"), today, &arena, &q, err)); /* part of one name: taken, and said */
  ck_assert(q.has_metric && q.gap == PROPTER_GAP_NONE && q.note_count == 1);
  ck_assert(propter_str_equal(q.note[0], PROPTER_STR("\"jobs in the media\" was read as \"information jobs\"")));
  ck_ok(propter_question_parse(lexicon, PROPTER_STR("jobs in August 2011"), today, &arena, &q, err)); /* of many */
  ck_assert_int_eq(q.gap, PROPTER_GAP_MANY_METRICS);
  ck_ok(propter_question_parse(lexicon, PROPTER_STR("information jobs in May 2010 compared to last month"), today, &arena, &q, err));
  ck_assert(propter_str_equal(q.about, PROPTER_STR("compared to last month")));
  ck_ok(propter_question_parse(lexicon, PROPTER_STR("information jobs on 31 February 2011"), today, &arena, &q, err));
  ck_assert(propter_str_equal(q.about, PROPTER_STR("31 February 2011")));
  ck_ok(propter_question_parse(lexicon, PROPTER_STR("information jobs and construction jobs in May 2010"), today, &arena, &q, err));
  ck_assert_int_eq(q.gap, PROPTER_GAP_MANY_METRICS);
  ck_assert_uint_eq(q.nearest_count, 2);
  PropterError err_ = {0};
  ck_assert_int_eq(propter_question_parse(lexicon, PROPTER_STR("information \xff jobs"), today, &arena, &q, &err_), PROPTER_INVALID);
  ck_assert_uint_eq(err_.byte, 12);
}
END_TEST

/* "p95" and "fra1" are words of a name, and their numbers no sizes or days. */
START_TEST(numbers_within_words_belong_to_the_name) {
  PropterLexicon *l = NULL;
  PropterQuestion q;
  size_t fra, iad;
  ck_ok(propter_lexicon_new(&l, err));
  ck_ok(propter_lexicon_add_metric(l, PROPTER_STR("http://example.org/fra"), PROPTER_STR("p95 latency ms fra1"), PROPTER_STR(""), &fra, err));
  ck_ok(propter_lexicon_add_metric(l, PROPTER_STR("http://example.org/iad"), PROPTER_STR("p95 latency ms iad2"), PROPTER_STR(""), &iad, err));
  ck_ok(propter_lexicon_add_name(l, fra, PROPTER_NAME_PREFERRED, PROPTER_STR("p95 latency ms fra1"), err));
  ck_ok(propter_lexicon_add_name(l, iad, PROPTER_NAME_PREFERRED, PROPTER_STR("p95 latency ms iad2"), err));
  ck_ok(propter_question_parse(l, PROPTER_STR("Why was the p95 latency in fra1 higher from 18 August to 5 September 2025?"), today, &arena, &q, err));
  ck_assert_msg(q.gap == PROPTER_GAP_NONE, "%s", propter_gap_code(q.gap));
  ck_assert_uint_eq(q.metric, fra);
  ck_assert_int_eq(q.from, propter_day(2025, 8, 18));
  ck_ok(propter_question_parse(l, PROPTER_STR("Why was the p95 latency in fra7 higher in August 2025?"), today, &arena, &q, err));
  ck_assert_int_ne(q.gap, PROPTER_GAP_NONE);
  propter_lexicon_free(l);
}
END_TEST

START_TEST(two_metrics_of_one_name_are_offered_not_chosen) {
  PropterLexicon *l;
  size_t a, b;
  PropterQuestion q;
  ck_ok(propter_lexicon_new(&l, err));
  ck_ok(propter_lexicon_add_metric(l, PROPTER_STR("urn:gross"), PROPTER_STR("gross sales"), PROPTER_STR(""), &a, err));
  ck_ok(propter_lexicon_add_metric(l, PROPTER_STR("urn:net"), PROPTER_STR("net sales"), PROPTER_STR(""), &b, err));
  ck_ok(propter_lexicon_add_name(l, a, PROPTER_NAME_ALTERNATIVE, PROPTER_STR("sales"), err));
  ck_ok(propter_lexicon_add_name(l, b, PROPTER_NAME_ALTERNATIVE, PROPTER_STR("sales"), err));
  ck_ok(propter_lexicon_add_name(l, b, PROPTER_NAME_PREFERRED, PROPTER_STR("net sales"), err));
  ck_ok(propter_question_parse(l, PROPTER_STR("sales in May 2010"), today, &arena, &q, err));
  ck_assert_int_eq(q.gap, PROPTER_GAP_MANY_METRICS);
  ck_assert_uint_eq(q.nearest_count, 2);
  ck_ok(propter_question_parse(l, PROPTER_STR("net sales in May 2010"), today, &arena, &q, err));
  ck_assert_int_eq(q.gap, PROPTER_GAP_NONE);
  ck_assert_uint_eq(q.metric, b);
  propter_lexicon_free(l);
}
END_TEST

/* Whatever people type: no crash, and no answer to half a question (the sanitizers watch the rest). */
START_TEST(shuffled_and_broken_questions_do_no_harm) {
  static const char *const pieces[] = {"information",
                                       "jobs",
                                       "in",
                                       "August",
                                       "2011",
                                       "2011-08",
                                       "the",
                                       "fall",
                                       "of",
                                       "from",
                                       "to",
                                       "March",
                                       "-",
                                       "/",
                                       "'",
                                       "11",
                                       "31",
                                       "Q3",
                                       "W32",
                                       "last",
                                       "month",
                                       "quarter",
                                       "and",
                                       ",",
                                       "first",
                                       "half",
                                       "winter",
                                       "mid",
                                       "2008/09",
                                       "since",
                                       "between",
                                       "1st",
                                       "\xc3\xa9",
                                       "\xe2\x80\x93",
                                       "9999999999999999999999",
                                       "ago",
                                       "two",
                                       "early",
                                       "week",
                                       "54",
                                       "q",
                                       "h",
                                       "0",
                                       "year",
                                       "date"};
  uint64_t state = 20260101;
  for (int i = 0; i < 20000; i++) {
    char text[512] = "";
    size_t n = 0;
    for (int k = 0; k < 3 + i % 12; k++) {
      state = state * 6364136223846793005u + 1442695040888963407u;
      const char *p = pieces[(state >> 33) % (sizeof pieces / sizeof *pieces)];
      n += (size_t)snprintf(text + n, sizeof text - n, "%s%s", (state >> 20) & 3 ? " " : "", p);
    }
    PropterQuestion q;
    ck_ok(propter_question_parse(lexicon, propter_str(text), today, &arena, &q, err));
    if (q.gap == PROPTER_GAP_NONE) {
      ck_ok(propter_question_settle(&q, PROPTER_GRAIN_MONTH, propter_day(2006, 1, 1), propter_day(2015, 12, 31), today, &arena, err));
      ck_assert(q.has_metric && q.from <= q.to);
    }
    if (i % 100 == 0) propter_arena_clear(&arena);
  }
}
END_TEST

static PropterStatus whole_question(void *payload, PropterError *err) {
  (void)payload;
  PropterLexicon *l = NULL;
  PropterArena a = {0};
  PropterQuestion q;
  size_t metric = 0;
  PropterStatus status = propter_lexicon_new(&l, err);
  if (status == PROPTER_OK)
    status = propter_lexicon_add_metric(l, PROPTER_STR("urn:m"), PROPTER_STR("information jobs"), PROPTER_STR("US employment by sector"), &metric, err);
  if (status == PROPTER_OK) status = propter_lexicon_add_name(l, metric, PROPTER_NAME_PREFERRED, PROPTER_STR("information jobs"), err);
  if (status == PROPTER_OK) status = propter_question_parse(l, PROPTER_STR("informaton jobs prospered since June 2015"), today, &a, &q, err);
  if (status == PROPTER_OK) status = propter_question_settle(&q, PROPTER_GRAIN_MONTH, propter_day(2006, 1, 1), propter_day(2015, 12, 31), today, &a, err);
  if (status == PROPTER_OK) ck_assert(q.gap == PROPTER_GAP_NONE ? q.note_count == 2u + wordnet() : !wordnet());
  propter_arena_clear(&a);
  propter_lexicon_free(l);
  return status;
}

/* In German, with a compound, an ordinal and a verb in two parts; and what is shortened. */
static PropterStatus shortened_question(void *payload, PropterError *err) {
  const char *text = payload;
  PropterLexicon *l = NULL;
  PropterArena a = {0};
  PropterQuestion q;
  size_t metric = 0;
  PropterStatus status = propter_lexicon_new(&l, err);
  if (status == PROPTER_OK) status = propter_lexicon_add_metric(l, PROPTER_STR("urn:m"), PROPTER_STR("Umsatz"), PROPTER_STR(""), &metric, err);
  if (status == PROPTER_OK) status = propter_lexicon_add_name(l, metric, PROPTER_NAME_PREFERRED, PROPTER_STR("Umsatz"), err);
  if (status == PROPTER_OK) status = propter_lexicon_add_name(l, metric, PROPTER_NAME_ALTERNATIVE, PROPTER_STR("net product sales"), err);
  if (status == PROPTER_OK) status = propter_question_parse(l, propter_str(text), today, &a, &q, err);
  if (status == PROPTER_OK) ck_assert_msg(q.gap == PROPTER_GAP_NONE && q.has_metric && q.direction < 0, "%s: %s", text, propter_gap_code(q.gap));
  propter_arena_clear(&a);
  propter_lexicon_free(l);
  return status;
}

START_TEST(no_failing_allocation_goes_unnoticed) {
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, whole_question, NULL, false), 10);
  static char german[] = "Warum der Umsatzrückgang in der zweiten Märzhälfte 2015, ging er zurück?", quarter[] = "Wieso fiel der Umsatz im 1. Quartal 2015",
              initials[] = "why did NPS fall in June 2015";
  char *const texts[] = {german, quarter, initials};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
    ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, shortened_question, texts[i], false), 10);
}
END_TEST

Suite *suite_question(void) {
  Suite *s = suite_create("question");
  TCase *t = tcase_create("question");
  tcase_add_checked_fixture(t, set_up, tear_down);
  tcase_set_timeout(t, 180);
  tcase_add_test(t, written_questions_have_their_intended_form);
  tcase_add_test(t, so_have_those_to_companies);
  tcase_add_test(t, no_word_that_changes_a_question_is_passed_over);
  tcase_add_test(t, talk_beside_a_question_changes_nothing);
  tcase_add_test(t, a_sentence_that_changes_the_question_is_asked_back);
  tcase_add_test(t, no_word_of_the_tables_narrows_a_name_in_silence);
  tcase_add_test(t, times_changes_and_sentences_combine);
  tcase_add_test(t, relative_times_say_what_they_count_from);
  tcase_add_test(t, an_unknown_word_is_read_by_its_senses_and_said);
  tcase_add_test(t, better_is_a_fall_of_what_had_better_fall);
  tcase_add_test(t, what_is_not_understood_is_quoted_and_names_come_near);
  tcase_add_test(t, numbers_within_words_belong_to_the_name);
  tcase_add_test(t, a_question_in_another_language_is_refused);
  tcase_add_test(t, two_metrics_of_one_name_are_offered_not_chosen);
  tcase_add_test(t, shuffled_and_broken_questions_do_no_harm);
  tcase_add_test(t, no_failing_allocation_goes_unnoticed);
  suite_add_tcase(s, t);
  TCase *times = tcase_create("times");
  tcase_add_checked_fixture(times, set_up, tear_down);
  tcase_set_timeout(times, 60);
  tcase_add_test(times, every_way_to_name_a_time_has_its_days);
  suite_add_tcase(s, times);
  return s;
}
