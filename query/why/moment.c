/* SPDX-License-Identifier: Apache-2.0 */
/* The reader of single times: a day, month or part of one, season, quarter, year, "last month", an event. The words are dates.def. */
#include "period.h"

#include <stdarg.h>

/* "5 %", "3 points": a size is no part of a time. */
static bool is_size(const Reader *r, size_t i) {
  const Word *w = &r->words->word[i], *next = i + 1 < r->words->count ? w + 1 : NULL;
  size_t end = w->end;
  if (!w->number) return false;
  while (end < r->text.len && r->text.data[end] == ' ') end++;
  return (end < r->text.len && r->text.data[end] == '%') || (next && !next->mark && why_has(next, ROLE_SCALE));
}

const Word *why_word_at(const Reader *r, size_t i) {
  return i < r->words->count && r->words->word[i].used == USED_NOT && !r->words->word[i].named && !is_size(r, i) ? &r->words->word[i] : NULL;
}

bool why_is(const Reader *r, size_t i, DateKind kind, int *a, int *b) {
  const Word *w = why_word_at(r, i);
  return w && !w->number && why_date_word(w->text, kind, a, b);
}

bool why_plays(const Reader *r, size_t i, WordRole role) { return why_has(why_word_at(r, i), role); }

size_t why_skip(const Reader *r, size_t i, WordRole role) { return why_plays(r, i, role) ? i + 1 : i; }

size_t why_phrase(const Reader *r, size_t i, DateKind kind, int *a, int *b) { return why_word_at(r, i) ? why_date_phrase(r->words, i, kind, a, b) : 0; }

bool why_small_number(const Reader *r, size_t i, int *n) {
  const Word *w = why_word_at(r, i);
  if (w && w->number && w->digits <= 3 && w->value > 0) return *n = w->value, true;
  return why_is(r, i, DATE_NUMBER, n, NULL);
}

void why_period_note(Reader *r, const char *format, ...) {
  char text[256];
  va_list args;
  va_start(args, format);
  (void)vsnprintf(text, sizeof text, format, args);
  va_end(args);
  if (r->status == PROPTER_OK) r->status = why_question_note(r->question, r->arena, r->err, "%s", text);
}

/* Notes how the words from i to before `end` were taken. */
static void note_taken(Reader *r, size_t i, size_t end, const char *as) {
  const Word *first = &r->words->word[i], *last = &r->words->word[end - 1];
  why_period_note(r, "\"%.*s\" was taken as %s", (int)(last->end - first->begin), r->text.data + first->begin, as);
}

static int this_century(const Reader *r) { return why_year_of(r->today) / 100 * 100; }

/* "FY23", "fiscal 2023": the word before the year; the year is taken as the calendar's. */
static size_t fiscal(const Reader *r, size_t i) { return i + why_phrase(r, i, DATE_FISCAL, NULL, NULL); }

/* A year: 2011, '11 in the century that puts it nearest below today, FY11; index after it or 0. */
static size_t year_at(const Reader *r, size_t i, int *year) {
  const size_t j = fiscal(r, i);
  const Word *w = why_word_at(r, j);
  if (!w || !w->number) return 0;
  if (w->digits == 4 && w->value >= 1900 && w->value < 2100) return *year = w->value, j + 1;
  if (w->digits != 2 || (w->mark != '\'' && j == i)) return 0;
  *year = this_century(r) + w->value;
  if (*year > why_year_of(r->today) && j == i) *year -= 100;
  return j + 1;
}

/* A year after "of", a comma or nothing: "August 2011", "summer of 2010", "August, 2011", "November last year". */
static size_t year_after(const Reader *r, size_t i, int *year) {
  size_t j = why_skip(r, i, ROLE_GENITIVE);
  if (j == i) j = why_skip(r, i, ROLE_IN);
  const size_t end = year_at(r, j, year);
  if (end) return end;
  bool last = why_is(r, j, DATE_LAST, NULL, NULL), now = why_is(r, j, DATE_THIS, NULL, NULL);
  int unit, many;
  if ((!last && !now) || !why_is(r, j + 1, DATE_UNIT, &unit, &many) || unit != UNIT_YEAR || many > 1) return 0;
  *year = why_year_of(r->today) - last;
  return j + 2;
}

/* A month, or "last month", which now tells: month 0, count months back; index after it or 0. */
static size_t month_named(const Reader *r, size_t i, int *month, int *count) {
  int unit, many;
  if (why_is(r, i, DATE_MONTH, month, NULL)) return i + 1;
  const bool last = why_is(r, i, DATE_LAST, NULL, NULL);
  if ((!last && !why_is(r, i, DATE_THIS, NULL, NULL)) || !why_is(r, i + 1, DATE_UNIT, &unit, &many) || unit != UNIT_MONTH || many > 1) return 0;
  return *month = 0, *count = last, i + 2;
}

/* Behind a quarter, half or day of a month two digits are a year, too: "Q1 24", "12 Mar 24". */
static size_t short_year_after(const Reader *r, size_t i, int *year) {
  size_t k = year_after(r, i, year);
  const Word *w = why_word_at(r, i), *next = why_word_at(r, i + 1);
  if (k || !w || !w->number || w->digits != 2 || (w->mark && w->mark != '-' && w->mark != '/') || (next && next->number)) return k;
  if (w->mark && w->space && why_is(r, i + 1, DATE_MONTH, NULL, NULL)) return 0; /* 16 Feb - 22 Mar */
  *year = this_century(r) + w->value;
  return i + 1;
}

static bool is_year(const Reader *r, size_t i) {
  int unit, many;
  return why_is(r, i, DATE_UNIT, &unit, &many) && unit == UNIT_YEAR && many == 1;
}

static bool week_of(int year, int week, Span *s) { return s->has_year = true, why_week_of(year, week, &s->from, &s->to); }

static Span months(int year, int first, int last) {
  return (Span){.has_year = true, .from = propter_day(year, first, 1), .to = propter_day(year, last + 1, 1) - 1};
}
static Span yearless(int first, int last) { return (Span){.run = why_run_months(first, last)}; }

static bool tight(const Reader *r, size_t i, char mark) {
  const Word *w = why_word_at(r, i);
  return w && !w->space && w->mark == mark;
}

/* "1st", "2nd", "7th": the letters after the number. */
static size_t ordinal_ending(const Reader *r, size_t i) { return tight(r, i, 0) ? why_skip(r, i, ROLE_RANKS) : i; }

static size_t bad(Reader *r, PropterGap gap, size_t used) {
  r->gap = gap;
  return used;
}

static size_t day_of(Reader *r, int y, int m, int d, size_t used, Span *s) {
  if (m < 1 || m > 12 || d < 1 || d > propter_month_length(y, m)) return bad(r, PROPTER_GAP_BAD_DATE, used);
  s->has_year = true;
  s->from = s->to = propter_day(y, m, d);
  return used;
}

void why_moment_give_year(Reader *r, Span *s, int year) {
  if (!why_run_in(year, &s->run, &s->from, &s->to)) r->gap = PROPTER_GAP_BAD_DATE;
  s->has_year = true;
}

/* A run, with the year that stands behind it, if any. */
static size_t with_year(Reader *r, PropterRecurring run, size_t i, Span *s) {
  int y;
  *s = (Span){.run = run};
  const size_t k = year_after(r, i, &y);
  if (k) why_moment_give_year(r, s, y);
  return k ? k : i;
}

/* A run of month_named's month, with the year that stands behind it, if any. */
static size_t in_month(Reader *r, PropterRecurring run, int month, int count, size_t i, Span *s) {
  if (month) return with_year(r, run, i, s);
  *s = (Span){.has_year = true, .when = PROPTER_WHEN_OF_MONTH, .run = run, .count = count};
  return i;
}

/* Easter, Christmas 2010, Easter weekend. */
static size_t holiday_words(Reader *r, size_t i, Span *s) {
  int month, day;
  size_t n = why_phrase(r, i, DATE_FEAST, &month, &day);
  if (n) {
    const bool fixed = month > 100;
    const int a = month, b = day;
    PropterRecurring run = {fixed ? a / 100 : EASTER, fixed ? a % 100 : a, fixed ? b / 100 : EASTER, fixed ? b % 100 : b, 0, 0, 0, false};
    char taken[64];
    (void)snprintf(taken, sizeof taken, fixed ? "%d/%d to %d/%d (month/day)" : "%d to %d days from Easter Sunday on", fixed ? a / 100 : a, fixed ? a % 100 : b,
                   b / 100, b % 100);
    note_taken(r, i, i + n, taken);
    return with_year(r, run, i + n, s);
  }
  n = why_phrase(r, i, DATE_HOLIDAY, &month, &day);
  const bool other = i && (r->words->word[i - 1].kind == WORD_DESPITE || (i > 1 && r->words->word[i - 2].kind == WORD_DESPITE));
  if (n && month < 0) {
    int first = 0, last = 0;
    if (other || (why_is(r, i + n, DATE_WEEKDAY, &first, &last) && first == last)) return 0;
    return bad(r, PROPTER_GAP_UNCLEAR_PERIOD, i + n + (last > first)); /* "the bank holiday weekend" */
  }
  return n ? with_year(r, why_run_day(month ? month : EASTER, day), i + n, s) : 0;
}

static size_t quarter_or_half(Reader *r, unsigned unit, int n, bool has_year, int year, size_t used, Span *s) {
  int length = unit == UNIT_QUARTER ? 3 : 6, most = 12 / length;
  if (n == -1) n = most;
  if (n < 1 || n > most) return bad(r, PROPTER_GAP_BAD_DATE, used);
  *s = has_year ? months(year, (n - 1) * length + 1, n * length) : yearless((n - 1) * length + 1, n * length);
  return used;
}

/* 2011-08-07, 2011-08, 2011/08, 2008-Q3, 2008Q3, 2011-W32, 08/2011, 7.8.2011, 8/7/2011; 0: nothing of the kind. */
static size_t numeric(Reader *r, size_t i, Span *s) {
  const Word *w = why_word_at(r, i), *x = why_word_at(r, i + 1), *y = why_word_at(r, i + 2);
  if (!w || !x) return 0;
  int a;
  bool year_first = w->number && w->digits == 4 && w->value >= 1900 && w->value < 2100;
  if (year_first && !x->space && (x->mark == '-' || x->mark == 0) && why_date_word(x->text, DATE_LETTER, &a, NULL) && y && y->number && tight(r, i + 2, 0)) {
    if (a == UNIT_WEEK) return week_of(w->value, y->value, s) ? i + 3 : bad(r, PROPTER_GAP_BAD_DATE, i + 3);
    return quarter_or_half(r, (unsigned)a, y->value, true, w->value, i + 3, s);
  }
  if (!x->number || x->space) return 0;
  if (year_first && x->digits <= 2 && (x->mark == '-' || x->mark == '/')) {
    if (y && y->number && tight(r, i + 2, x->mark)) return day_of(r, w->value, x->value, y->value, i + 3, s);
    if (x->digits == 1 && x->mark == '-') return 0;
    if (x->value < 1 || x->value > 12) return bad(r, PROPTER_GAP_BAD_DATE, i + 2);
    *s = months(w->value, x->value, x->value);
    return i + 2;
  }
  if (!w->number || w->digits > 2) return 0;
  if (x->mark == '/' && x->digits == 4) {
    if (w->value < 1 || w->value > 12) return bad(r, PROPTER_GAP_BAD_DATE, i + 2);
    *s = months(x->value, w->value, w->value);
    return i + 2;
  }
  if ((x->mark == '/' || x->mark == '.') && x->digits <= 2 && y && y->number && y->digits == 4 && tight(r, i + 2, x->mark)) {
    int d = w->value, m = x->value;
    if (x->mark == '/' && d <= 12 && m <= 12 && d != m) { /* clear only if one of the two is still to come */
      const bool later = propter_day(y->value, m, d) > r->today, other = propter_day(y->value, d, m) > r->today;
      if (later == other) return bad(r, PROPTER_GAP_UNCLEAR_PERIOD, i + 3);
      if (later) d = x->value, m = w->value;
      why_period_note(r, "\"%.*s\" was read as day %d of month %d: the other reading is still to come", (int)(y->end - w->begin), r->text.data + w->begin, d,
                      m);
    } else if (m > 12) {
      d = x->value, m = w->value;
    }
    return day_of(r, y->value, m, d, i + 3, s);
  }
  const bool stop = x->end < r->text.len && r->text.data[x->end] == '.';
  if (x->mark == '.' && stop && x->digits <= 2 && w->value > 12 && x->value >= 1 && x->value <= 12 && !(y && y->number && !y->space)) /* 28.4. */
    return *s = (Span){.run = why_run_day(x->value, w->value)}, w->value <= propter_month_length(2024, x->value) ? i + 2 : bad(r, PROPTER_GAP_BAD_DATE, i + 2);
  if (x->mark == '/' && w->value > 12 && w->value < 32 && x->value >= 1 && x->value <= 12 && !(y && y->number && !y->space)) /* 28/04, 28/8 */
    return *s = (Span){.run = why_run_day(x->value, w->value)}, w->value <= propter_month_length(2024, x->value) ? i + 2 : bad(r, PROPTER_GAP_BAD_DATE, i + 2);
  if ((x->mark == '/' || x->mark == '.') && x->digits <= 2 && w->value > 12 && x->value <= 12 && y && y->number && y->digits == 2 && tight(r, i + 2, x->mark))
    return day_of(r, this_century(r) + y->value, x->value, w->value, i + 3, s); /* 14/5/24 */
  return 0;
}

static bool month_at(Reader *r, size_t i, int *month, bool guess) {
  if (why_is(r, i, DATE_MONTH, month, NULL)) return true;
  const Word *w = why_word_at(r, i);
  const char *name = NULL;
  if (!guess || !w || w->number || w->known || !why_date_month_near(w->text, month, &name)) return false;
  why_period_note(r, "\"%.*s\" was read as %s", (int)(w->end - w->begin), r->text.data + w->begin, name);
  return true;
}

/* 7 August [2011], 7th of August ['11] */
static size_t day_and_month(Reader *r, size_t i, Span *s) {
  int m, y;
  const Word *w = why_word_at(r, i);
  size_t j = why_skip(r, ordinal_ending(r, i + 1), ROLE_GENITIVE);
  if (!why_is(r, j, DATE_MONTH, &m, NULL) || w->value < 1) return 0;
  size_t k = short_year_after(r, j + 1, &y);
  if (k) return day_of(r, y, m, w->value, k, s);
  *s = (Span){.run = why_run_day(m, w->value)};
  return j + 1;
}

/* August 7[th][, 2011]; "Aug 11", "Aug-11": a day or a year. */
static size_t month_and_day(Reader *r, size_t i, int m, Span *s) {
  int y;
  const Word *x = why_word_at(r, i + 1);
  size_t j = ordinal_ending(r, i + 2);
  size_t k = x->mark == '-' ? 0 : year_at(r, j, &y);
  if (k) return day_of(r, y, m, x->value, k, s);
  *s = (Span){.run = why_run_day(m, x->value)};
  const bool on = i > 0 && why_has(&r->words->word[i - 1], ROLE_ON);
  if (j > i + 2 || (x->digits == 1 && x->mark != '-') || (on && x->mark != '-')) return x->value < 1 || x->value > 31 ? bad(r, PROPTER_GAP_BAD_DATE, j) : j;
  if (x->value < 1 || x->value > 31) return *s = months(this_century(r) + x->value, m, m), j;
  s->has_year = true, s->when = PROPTER_WHEN_DAY_OR_YEAR, s->count = this_century(r) + x->value;
  return j;
}

/* Months with or without day and year. */
static size_t month_words(Reader *r, size_t i, Span *s) {
  int m, y;
  const Word *w = why_word_at(r, i);
  if (!w) return 0;
  if (w->number && w->digits <= 2) return day_and_month(r, i, s);
  bool exact = why_is(r, i, DATE_MONTH, &m, NULL);
  if (!exact) { /* a misspelt month only with its year behind it */
    size_t k = year_after(r, i + 1, &y);
    if (!k || !month_at(r, i, &m, true)) return 0;
    *s = months(y, m, m);
    return k;
  }
  const Word *x = why_word_at(r, i + 1);
  int nth;
  if (why_plays(r, i + 1, ROLE_THE) && why_is(r, i + 2, DATE_ORDINAL, &nth, NULL) && nth > 0 && !why_is(r, i + 3, DATE_UNIT, NULL, NULL))
    return with_year(r, why_run_day(m, nth), i + 3, s); /* March the first */
  if (x && x->number && x->digits <= 2 && x->mark != '\'' && x->mark != ':') return month_and_day(r, i, m, s);
  if (x && x->number && x->digits == 4 && x->mark == '-' && year_at(r, i + 1, &y)) { /* Aug-2011 */
    *s = months(y, m, m);
    return i + 2;
  }
  return with_year(r, why_run_months(m, m), i + 1, s);
}

size_t why_moment_more(Reader *r, size_t i, Span *before, Span *s) {
  const PropterRecurring *a = &before->run;
  const Word *w = why_word_at(r, i);
  int y;
  if ((before->has_year && before->when != PROPTER_WHEN_DAY_OR_YEAR) || !a->day || a->day != a->day_last || a->month != a->month_last) return 0;
  if ((a->month > 12 && a->month != WEEK) || a->days || a->week || !w || !w->number || w->digits > 2) return 0;
  size_t end = a->month == WEEK ? i + 1 : ordinal_ending(r, i + 1);
  const Word *next = why_word_at(r, end);
  if (next && (why_is(r, why_skip(r, end, ROLE_GENITIVE), DATE_MONTH, NULL, NULL) || why_is(r, end, DATE_UNIT, NULL, NULL) || (!next->space && !next->mark)))
    return 0;
  why_moment_as_day(before);
  *s = *before;
  s->run.day = s->run.day_last = w->value;
  size_t k = year_after(r, end, &y);
  if (!k) return end;
  why_moment_give_year(r, before, y), why_moment_give_year(r, s, y);
  return k;
}

void why_moment_as_day(Span *s) {
  if (s->when == PROPTER_WHEN_DAY_OR_YEAR) s->when = PROPTER_WHEN_FIXED, s->has_year = false;
}

static size_t season_words(Reader *r, size_t i, Span *s) {
  int a, b, y;
  if (!why_is(r, i, DATE_SEASON, &a, &b)) return 0;
  const bool fall = why_word_at(r, i)->kind == WORD_DOWN;
  size_t k = year_after(r, i + 1, &y);
  if (fall) { /* the verb and the season look alike */
    bool of = why_plays(r, i + 1, ROLE_GENITIVE), after_word = i > 0 && why_is(r, i - 1, DATE_PREP, NULL, NULL), asks = false;
    for (size_t j = 0; j < i; j++) asks |= why_has(&r->words->word[j], ROLE_AUXILIARY);
    if (!k || why_plays(r, i + 1, ROLE_IN)) return 0;
    if (!of && !after_word && asks) return 0;
    if (!after_word && !of && i > 0) return bad(r, PROPTER_GAP_UNCLEAR_PERIOD, k);
    why_period_note(r, "\"fall\" was taken as the season, September to November");
  }
  if (!k) {
    *s = yearless(a, b);
    return i + 1;
  }
  *s = months(y, a, b);
  if (b <= 12) return k;
  const Word *x = why_word_at(r, k);
  if (x && x->number && !x->space && (x->mark == '-' || x->mark == '/') && (x->value == (y + 1) % 100 || x->value == y + 1)) return k + 1;
  return bad(r, PROPTER_GAP_UNCLEAR_PERIOD, k); /* "winter of 2009" began or ended in 2009 */
}

/* Q3 2009, 3Q 2009, FY23 Q2, H1 2010, W32 2011, week 32 of 2011. */
static size_t numbered_words(Reader *r, size_t i, Span *s) {
  int a, y = 0, unit;
  const Word *w = why_word_at(r, i), *x = why_word_at(r, i + 1);
  if (!w || !x) return 0;
  if (!w->number && why_date_word(w->text, DATE_LETTER, &a, NULL) && x->number && tight(r, i + 1, 0)) {
    size_t k = a == UNIT_WEEK ? year_after(r, i + 2, &y) : short_year_after(r, i + 2, &y);
    const Word *z = why_word_at(r, i + 2);
    if (!k && z && z->number && z->digits == 4 && z->mark == '-') k = year_at(r, i + 2, &y);
    if (a == UNIT_WEEK) return with_year(r, why_run_day(WEEK, x->value), i + 2, s);
    return quarter_or_half(r, (unsigned)a, x->value, k != 0, y, k ? k : i + 2, s);
  }
  if (w->number && w->digits == 1 && !x->number && tight(r, i + 1, 0) && why_date_word(x->text, DATE_LETTER, &a, NULL) && a != UNIT_WEEK &&
      w->value <= (a == UNIT_QUARTER ? 4 : 2)) { /* "3h" is no half */
    size_t k = short_year_after(r, i + 2, &y);
    return quarter_or_half(r, (unsigned)a, w->value, k != 0, y, k ? k : i + 2, s);
  }
  if (why_is(r, i, DATE_UNIT, &unit, NULL) && (why_has(x, ROLE_NO) || why_has(x, ROLE_COUNTS))) x = why_word_at(r, ++i + 1), unit = UNIT_WEEK; /* week no. 20 */
  else if (!why_is(r, i, DATE_UNIT, &unit, NULL)) return 0;
  if (!x || !x->number || x->digits > 2) return 0;
  if (unit == UNIT_QUARTER && x->value <= 4) {
    size_t k = year_after(r, i + 2, &y);
    return quarter_or_half(r, UNIT_QUARTER, x->value, k != 0, y, k ? k : i + 2, s);
  }
  if (unit != UNIT_WEEK) return 0;
  const size_t k = with_year(r, why_run_day(WEEK, x->value), i + 2, s);
  return x->value < 1 || x->value > 53 ? bad(r, PROPTER_GAP_BAD_DATE, k) : k;
}

/* Which, and how many if that is said (else 0): "third", "3rd", "the last two", "the two first"; index of what is counted, or 0. */
static size_t ordinal_at(const Reader *r, size_t i, int *n, int *count) {
  const Word *w = why_word_at(r, i);
  size_t j = i + 1;
  *count = 0;
  if (!why_is(r, i, DATE_ORDINAL, n, NULL)) {
    const bool ranks = w && w->number && w->digits <= 2 && ordinal_ending(r, i + 1) > i + 1;
    if (ranks && (w->digits == 1 || why_is(r, i + 2, DATE_UNIT, NULL, NULL))) *n = w->value, j = i + 2;
    else return why_small_number(r, i, count) && why_is(r, i + 1, DATE_ORDINAL, n, NULL) && (*n == 1 || *n == -1) && !w[1].mark ? i + 2 : 0;
  }
  return (*n == 1 || *n == -1) && why_small_number(r, j, count) ? j + 1 : j;
}

static size_t event_words(Reader *r, size_t i, Span *s);

/* The n-th (or last) day, week, half, weekday of a month, or `count` of them unless 0; index after the month. */
static size_t nth_of_month(Reader *r, size_t i, int n, int count, size_t j, Span *s) {
  int unit, many, m, first, last, back = 0;
  const bool weekday = !count && n <= 5 && why_is(r, j, DATE_WEEKDAY, &first, &last);
  if (!weekday && !why_is(r, j, DATE_UNIT, &unit, &many)) return 0;
  const size_t end = month_named(r, why_skip(r, why_skip(r, j + 1, ROLE_GENITIVE), ROLE_IN), &m, &back);
  if (!end) return 0;
  const int days = (count ? count : 1) * (!weekday && unit == UNIT_WEEK ? 7 * many : 1);
  PropterRecurring run = why_run_months(m, m);
  if (weekday) {
    run.month = run.month_last = NTH + m, run.day = run.day_last = 100 * (n < 0 ? 5 : n) + 10 * first, run.days = last - first + 1;
  } else if (unit == UNIT_HALF && n <= 2) {
    run.month = run.month_last = HALF + m, run.day = run.day_last = n == 1 ? 1 : 2;
  } else if (unit > UNIT_WEEK || days > 31) {
    return 0;
  } else if (n < 0) {
    run.days = -days;
  } else {
    run.day = run.day_last = 1 + (n - 1) * days, run.days = days;
  }
  if (!weekday && !count && why_plays(r, j, ROLE_MANY)) return bad(r, PROPTER_GAP_UNCLEAR_PERIOD, end); /* "the first days of May" */
  if (!weekday && unit == UNIT_WEEK) note_taken(r, i, end, n < 0 ? "days up to its last, seven a week" : "days from its first on, seven a week");
  return in_month(r, run, m, back, end, s);
}

/* "The first day of the strike", "the last two weeks of the sale": the n-th, or `count` of them; index after the event. */
static size_t nth_of_event(Reader *r, int n, int count, size_t j, Span *s) {
  int unit, many;
  if (!why_is(r, j, DATE_UNIT, &unit, &many) || unit > UNIT_WEEK || !why_plays(r, j + 1, ROLE_GENITIVE)) return 0;
  const bool events = r->events;
  r->events = true;
  const size_t end = event_words(r, why_skip(r, j + 2, ROLE_THE), s);
  r->events = events;
  if (!end || r->gap) return end;
  const int days = (count ? count : 1) * (unit == UNIT_WEEK ? 7 * many : 1);
  const PropterDay from = n < 0 ? s->to - days + 1 : s->from + (n - 1) * days;
  if (from < s->from || from + days - 1 > s->to) return bad(r, PROPTER_GAP_BAD_DATE, end);
  s->from = from, s->to = from + days - 1;
  return end;
}

/* third quarter of 2009, first half of 2010, first three months of 2010, last month of 2009, last week of February. */
static size_t ordinal_words(Reader *r, size_t i, Span *s) {
  int n, y = 0, unit, count;
  const size_t j = ordinal_at(r, i, &n, &count);
  if (!j) return 0;
  int m;
  if (n > 0 && !count && why_plays(r, j, ROLE_GENITIVE) && why_is(r, j + 1, DATE_MONTH, &m, NULL)) return with_year(r, why_run_day(m, n), j + 2, s);
  const size_t of_month = nth_of_month(r, i, n, count, j, s);
  if (of_month) return of_month;
  if (!why_is(r, j, DATE_UNIT, &unit, NULL)) return 0;
  const size_t of_event = nth_of_event(r, n, count, j, s);
  if (of_event) return of_event;
  const bool its_year = why_plays(r, j + 1, ROLE_GENITIVE) && why_plays(r, j + 2, ROLE_THE) && is_year(r, j + 3);
  const size_t k = year_after(r, j + 1, &y);
  if (unit == UNIT_WEEK && !count && n > 5) return n > 53 ? bad(r, PROPTER_GAP_BAD_DATE, j + 1) : with_year(r, why_run_day(WEEK, n), j + 1, s);
  if (count && count < 12 && n == 1 && unit == UNIT_MONTH && its_year) return *s = yearless(1, count), j + 4;
  if (k && (count || unit == UNIT_MONTH) && (unit == UNIT_MONTH || unit == UNIT_QUARTER) && (n == 1 || n == -1)) {
    const int length = (count ? count : 1) * (unit == UNIT_MONTH ? 1 : 3);
    if (length > 12) return bad(r, PROPTER_GAP_BAD_DATE, k);
    *s = n == 1 ? months(y, 1, length) : months(y, 13 - length, 12);
    return k;
  }
  if (n == 1 && count && unit == UNIT_MONTH && count < 12) return *s = yearless(1, count), its_year ? j + 4 : j + 1; /* "the first six months" */
  if (count || (unit != UNIT_QUARTER && unit != UNIT_HALF) || (!k && n == -1)) return 0;
  return quarter_or_half(r, (unsigned)unit, n, k != 0, y, k ? k : its_year ? j + 4 : unit == UNIT_HALF && is_year(r, j + 1) ? j + 2 : j + 1, s);
}

/* early 2009, mid-2008, the end of 2010; mid-March, early June 2024. */
static size_t vague_words(Reader *r, size_t i, Span *s) {
  static const char *const thirds[] = {"days 1 to 10", "days 11 to 20", "day 21 to its last"};
  int a, b, y, m, back = 0;
  if (!why_is(r, i, DATE_PART, &a, &b)) return 0;
  if (i && why_has(&r->words->word[i - 1], ROLE_LINK) && why_plays(r, i + 1, ROLE_IN)) return 0; /* "deliveries were late in May" */
  const size_t month = month_named(r, why_skip(r, why_skip(r, i + 1, ROLE_GENITIVE), ROLE_IN), &m, &back);
  if (month) {
    const int third = a < 5 ? 1 : a < 9 ? 2 : 3;
    note_taken(r, i, month, thirds[third - 1]);
    return in_month(r, why_run_day(THIRD + m, third), m, back, month, s);
  }
  size_t k = year_after(r, i + 1, &y);
  if (!k) return 0;
  *s = months(y, a, b);
  const Word *w = why_word_at(r, i);
  why_period_note(r, "\"%.*s %d\" was taken as months %d to %d", (int)(w->end - w->begin), r->text.data + w->begin, y, a, b);
  return k;
}

static size_t day_words(Reader *r, size_t i, Span *s);
static size_t day_of_month(Reader *r, size_t i, Span *s);

/* The day or days behind a weekday: "Friday 7 June 2024", "weekend of 8/9 June". */
static size_t dated_weekday(Reader *r, size_t k, int first, int last, Span *s) {
  size_t end = numeric(r, k, s);
  if (!end) end = month_words(r, k, s);
  if (!end && last > first && (end = day_words(r, k, s))) { /* the second day is said, too */
    Span second;
    end = month_words(r, why_skip(r, why_skip(r, end, ROLE_AND), ROLE_TO), &second);
  }
  if (!end && first == last && (end = day_of_month(r, k, s))) return s->run.weekday = first, end; /* "Friday the 6th" */
  if (!end) return 0;
  why_moment_as_day(s);
  if (r->gap) return end;
  if (!s->has_year) {
    if (!s->run.day) return 0;
    s->run.weekday = first, s->run.days = last - first + 1;
    return end;
  }
  if (s->from != s->to) return 0;
  if (propter_day_weekday(s->from) != first) return bad(r, PROPTER_GAP_BAD_DATE, end);
  s->to += last - first;
  return end;
}

/* Two Fridays ago, the Friday before last: index after it or 0. */
static size_t weekday_back(Reader *r, size_t i, Span *s) {
  int n = 1, first, last, unit;
  if (why_plays(r, i, ROLE_A) && why_is(r, i + 1, DATE_UNIT, &unit, &n) && unit == UNIT_WEEK && n == 1 && why_is(r, i + 2, DATE_LAST, NULL, NULL) &&
      why_is(r, i + 3, DATE_WEEKDAY, &first, &last)) /* "a week last Friday" */
    return *s = (Span){.has_year = true, .when = PROPTER_WHEN_WEEKDAY, .run = why_run_months(first, last), .count = -2}, i + 4;
  n = 1;
  const bool counted = why_small_number(r, i, &n);
  const Word *w = why_word_at(r, i + counted);
  if (!w || !(why_date_word(w->text, DATE_WEEKDAY, &first, &last) || (counted && why_date_word(w->stem, DATE_WEEKDAY, &first, &last)))) return 0;
  const size_t j = i + counted + 1;
  const bool ago = counted && why_is(r, j, DATE_AGO, NULL, NULL),
             before = !counted && why_is(r, j, DATE_BEFORE, NULL, NULL) && why_is(r, j + 1, DATE_LAST, NULL, NULL);
  if (!ago && !before) return 0;
  *s = (Span){.has_year = true, .when = PROPTER_WHEN_WEEKDAY, .run = why_run_months(first, last), .count = before ? -2 : -n};
  return ago ? j + 1 : j + 2;
}

/* The weekday or weekend next to the days of an event. */
static size_t weekday_by_event(Reader *r, size_t i, int first, int last, bool after, Span *s) {
  const bool events = r->events;
  r->events = true;
  const size_t end = event_words(r, why_skip(r, i, ROLE_THE), s);
  r->events = events;
  if (!end || r->gap) return end;
  s->when = PROPTER_WHEN_FIXED;
  if (after) s->from = s->to + 1 + (first - propter_day_weekday(s->to + 1) + 7) % 7, s->to = s->from + last - first;
  else s->to = s->from - 1 - (propter_day_weekday(s->from - 1) - last + 7) % 7, s->from = s->to - (last - first);
  return end;
}

/* The Tuesday after Easter, the Friday before Whitsun: feasts that fall on the same weekday each year. */
static size_t weekday_by_feast(Reader *r, size_t i, Span *s) {
  int first, last, month, day;
  const bool after = why_is(r, i + 1, DATE_AFTER, NULL, NULL);
  if (!why_is(r, i, DATE_WEEKDAY, &first, &last) || (!after && !why_is(r, i + 1, DATE_BEFORE, NULL, NULL))) return 0;
  const size_t n = why_phrase(r, i + 2, DATE_HOLIDAY, &month, &day);
  if (!n) return weekday_by_event(r, i + 2, first, last, after, s);
  if (month) return 0;
  const int weekday = (day % 7 + 13) % 7 + 1; /* Easter is a Sunday */
  const int ahead = (first - weekday + 6) % 7 + 1;
  PropterRecurring run = why_run_day(EASTER, after ? day + ahead : day + (ahead == 7 ? -7 : ahead - 7));
  run.day_last += last - first;
  return with_year(r, run, i + 2 + n, s);
}

/* Friday, last Friday, two Fridays ago, Tuesday last week, the weekend; Friday 7 June 2024, if it was one. */
static size_t weekday_words(Reader *r, size_t i, Span *s) {
  int first, last, unit;
  size_t back = weekday_back(r, i, s);
  if (!back) back = weekday_by_feast(r, i, s);
  if (back) return back;
  size_t j = why_is(r, i, DATE_LAST, NULL, NULL) || why_is(r, i, DATE_THIS, NULL, NULL) || why_is(r, i, DATE_PAST, NULL, NULL) ? i + 1 : i;
  if (!why_is(r, j, DATE_WEEKDAY, &first, &last)) return 0;
  const size_t end = dated_weekday(r, why_skip(r, why_skip(r, j + 1, ROLE_GENITIVE), ROLE_THE), first, last, s);
  if (end) return end;
  r->gap = PROPTER_GAP_NONE;
  const Word *one = j == i && i ? &r->words->word[i - 1] : NULL;
  if (why_has(one, ROLE_ONE_OF) && !why_has(one, ROLE_THE)) return 0; /* "on a Sunday" is any of them */
  *s = (Span){.has_year = true, .when = PROPTER_WHEN_WEEKDAY, .run = why_run_months(first, last)};
  size_t k = why_skip(r, j + 1, ROLE_GENITIVE);
  k = k == j + 1 ? why_skip(r, k, ROLE_IN) : k;
  bool week = why_is(r, k + 1, DATE_UNIT, &unit, NULL) && unit == UNIT_WEEK;
  if (week && why_is(r, k, DATE_LAST, NULL, NULL)) return s->count = 1, k + 2;
  if (week && why_is(r, k, DATE_THIS, NULL, NULL)) return k + 2;
  return j + 1;
}

/* "Last week on Tuesday", "two weeks ago on Friday". */
static size_t weekday_within(const Reader *r, size_t i, Span *s) {
  int first, last;
  const size_t j = why_skip(r, i, ROLE_ON);
  if (s->when != PROPTER_WHEN_BACK || s->unit != UNIT_WEEK || !why_is(r, j, DATE_WEEKDAY, &first, &last)) return i;
  s->when = PROPTER_WHEN_WEEKDAY, s->run = why_run_months(first, last);
  return j + 1;
}

/* The unit from its beginning to now: "ytd", "year to date". */
static size_t to_date(const Reader *r, size_t i, int *unit) {
  const size_t n = why_phrase(r, i, DATE_TO_DATE, unit, NULL);
  if (n) return i + n;
  return why_is(r, i, DATE_UNIT, unit, NULL) && why_plays(r, i + 1, ROLE_TO) && why_phrase(r, i + 2, DATE_PRESENT, NULL, NULL) ? i + 3 : 0;
}

/* Does a number or a word of dates stand there? */
static bool of_time(const Reader *r, size_t i) {
  const Word *w = why_word_at(r, i);
  return w && (w->number || why_of_dates(w->text));
}

/* last month, past year, last 6 months, this quarter, last August, two months ago, yesterday, year to date. */
static size_t relative_words(Reader *r, size_t i, Span *s) {
  int unit, many, n, m, b;
  size_t used = why_phrase(r, i, DATE_NOW, &n, NULL);
  if (used) {
    *s = (Span){.has_year = true, .when = PROPTER_WHEN_DAY, .count = -n};
    return i + used;
  }
  if ((used = why_phrase(r, i, DATE_AHEAD, NULL, NULL)) && !(i && why_has(&r->words->word[i - 1], ROLE_THE))) return bad(r, PROPTER_GAP_AHEAD, i + used);
  if ((used = to_date(r, i, &unit))) {
    *s = (Span){.has_year = true, .when = PROPTER_WHEN_TO_DATE, .unit = (unsigned)unit};
    return used;
  }
  if ((why_small_number(r, i, &n) || (why_plays(r, i, ROLE_A) && (n = 1))) && why_is(r, i + 1, DATE_UNIT, &unit, &many) &&
      why_is(r, i + 2, DATE_AGO, NULL, NULL)) {
    *s = (Span){.has_year = true, .when = PROPTER_WHEN_BACK, .unit = (unsigned)unit, .count = n * many};
    return weekday_within(r, i + 3, s);
  }
  if (why_is(r, i, DATE_UNIT, &unit, &many) && why_is(r, i + 1, DATE_BEFORE, NULL, NULL) &&
      why_is(r, i + 2, DATE_LAST, NULL, NULL)) { /* the week before last */
    *s = (Span){.has_year = true, .when = PROPTER_WHEN_BACK, .unit = (unsigned)unit, .count = 2 * many};
    return i + 3;
  }
  const bool long_ = why_plays(r, i, ROLE_FOR) && !(why_is(r, i + 3, DATE_PREP, NULL, NULL) &&
                                                    of_time(r, why_skip(r, i + 4, ROLE_THE))); /* "fallen for two weeks", not "for two weeks in May" */
  if ((long_ || why_is(r, i, DATE_SINCE, NULL, NULL)) && why_small_number(r, i + 1, &n) && why_is(r, i + 2, DATE_UNIT, &unit, &many) &&
      !why_is(r, i + 3, DATE_AGO, NULL, NULL)) { /* "since two weeks" */
    if (unit == UNIT_WEEK) unit = UNIT_DAY, many *= 7;
    *s = (Span){.has_year = true, .when = PROPTER_WHEN_STRETCH, .unit = (unsigned)unit, .count = n * many};
    return i + 3;
  }
  bool last = why_is(r, i, DATE_LAST, NULL, NULL), past = why_is(r, i, DATE_PAST, NULL, NULL), now = why_is(r, i, DATE_THIS, NULL, NULL);
  if (!last && !past && !now) return 0;
  if (!now && why_small_number(r, i + 1, &n) && why_is(r, i + 2, DATE_UNIT, &unit, &many)) {
    if (unit == UNIT_WEEK) unit = UNIT_DAY, many *= 7; /* "the past six weeks" reach to today */
    *s = (Span){.has_year = true, .when = PROPTER_WHEN_STRETCH, .unit = (unsigned)unit, .count = n * many};
    return i + 3;
  }
  if (why_is(r, i + 1, DATE_UNIT, &unit, &many)) {
    *s = (Span){.has_year = true, .when = PROPTER_WHEN_BACK, .unit = (unsigned)unit, .count = now ? 0 : 1};
    if (many > 1) s->when = PROPTER_WHEN_STRETCH, s->unit = unit == UNIT_WEEK ? UNIT_DAY : s->unit, s->count = unit == UNIT_WEEK ? 7 * many : many;
    if (past && unit >= UNIT_QUARTER) { /* "the past year" is the twelve months that have just gone by */
      s->when = PROPTER_WHEN_STRETCH;
      s->count = unit == UNIT_YEAR ? 12 : unit == UNIT_HALF ? 6 : 3;
      s->unit = UNIT_MONTH;
    }
    return weekday_within(r, i + 2, s);
  }
  if (last && (used = why_phrase(r, i + 1, DATE_HOLIDAY, &m, &n)) && m >= 0) { /* last Easter */
    *s = (Span){.has_year = true, .when = PROPTER_WHEN_LATEST, .run = why_run_day(m ? m : EASTER, n)};
    return i + 1 + used;
  }
  if ((last || now) && (why_is(r, i + 1, DATE_MONTH, &m, NULL) ? (b = m, true) : why_is(r, i + 1, DATE_SEASON, &m, &b))) {
    int y;
    if (year_after(r, i + 2, &y)) return 0;
    *s = (Span){.has_year = true, .when = PROPTER_WHEN_MONTHS, .run = why_run_months(m, b), .count = last};
    return i + 2;
  }
  return 0;
}

/* 2011, the year 2011, calendar 2011, FY11; with a part of it behind: "2024 Q2", "FY23 H1". */
static size_t year_words(Reader *r, size_t i, Span *s) {
  int y;
  size_t j = i;
  if ((is_year(r, i) && fiscal(r, i) == i) || why_plays(r, i, ROLE_CALENDAR)) j = i + (why_plays(r, i, ROLE_CALENDAR) && is_year(r, i + 1) ? 2 : 1);
  const Word *w = why_word_at(r, j);
  if (w && w->number && w->digits == 2) return 0; /* '11 alone */
  const size_t k = year_at(r, j, &y);
  if (!k) return 0;
  const Word *x = why_word_at(r, k);
  const bool named = fiscal(r, j) > j;
  if (named && x && x->number && (x->mark == '/' || x->mark == '-') && !x->space) return bad(r, PROPTER_GAP_UNCLEAR_PERIOD, k + 1); /* FY23/24 */
  const size_t part = x && (!x->mark || x->mark == '-' || x->mark == '/') ? numbered_words(r, k, s) : 0;
  if (part && !s->has_year && !r->gap) return why_moment_give_year(r, s, y), part;
  if (part && r->gap) return part;
  r->gap = PROPTER_GAP_NONE;
  if (x && !x->space && x->mark == 0) return 0; /* "2000s" */
  *s = months(y, 1, 12);
  return k;
}

/* Days whose month stands with the last of them: "4" in "4 to 10 April 2025", "4 and 5 April", "8/9 June". */
static size_t day_words(Reader *r, size_t i, Span *s) {
  const Word *w = why_word_at(r, i);
  if (!w || !w->number || w->digits > 2 || w->value < 1 || w->value > 31) return 0;
  size_t end = ordinal_ending(r, i + 1);
  const Word *x = why_word_at(r, end);
  bool word = why_is(r, end, DATE_TO, NULL, NULL) || why_is(r, end, DATE_AND, NULL, NULL);
  if (!x || (!word && x->mark != '-' && x->mark != ',' && (x->mark != '/' || !x->number || x->value != w->value + 1))) return 0;
  size_t next = why_skip(r, word ? end + 1 : end, ROLE_THE);
  size_t last = month_words(r, next, s);
  if (!last) last = day_words(r, next, s);
  if (!last || r->gap) return last ? end : 0;
  if (!s->has_year) {
    if (!s->run.day) return 0;
    s->run.day = s->run.day_last = w->value;
    return end;
  }
  if (s->from != s->to) return 0;
  int y, m, d;
  propter_day_civil(s->from, &y, &m, &d);
  return day_of(r, y, m, w->value, end, s);
}

/* The launch, the strike at Verizon: the days of an event, where one may be meant. */
static size_t event_words(Reader *r, size_t i, Span *s) {
  WhyEvent event;
  if (!r->events || !r->causes) return 0;
  while (why_word_at(r, i) && why_word_at(r, i)->kind == WORD_SPEAKER) i++; /* "since we launched …" */
  PropterStatus status = why_lexicon_event(r->causes, r->words, i, r->question, true, r->arena, &event, r->err);
  const size_t named = why_skip(r, i + 2, ROLE_THE);
  if (status == PROPTER_OK && !event.end && why_word_at(r, i) && why_has(why_word_at(r, i), ROLE_ONSET) && why_plays(r, i + 1, ROLE_GENITIVE)) {
    status = why_lexicon_event(r->causes, r->words, i = named, r->question, true, r->arena, &event, r->err);
    event.last = event.first;
  }
  if (status != PROPTER_OK) return r->status = status, 0;
  if (!event.end) return 0;
  const Word *head = &r->words->word[event.end - 1];
  const PropterStr name = {r->text.data + head->begin, head->end - head->begin};
  r->whole = event.whole || (name.len + 1 < event.label.len && event.label.data[event.label.len - name.len - 1] == ' ' &&
                             propter_str_equal_caseless((PropterStr){event.label.data + event.label.len - name.len, name.len}, name)); /* "the strike" */
  if (event.many) return bad(r, PROPTER_GAP_MANY_CAUSES, event.end);
  if (event.first == PROPTER_NO_DAY) return 0;
  *s = (Span){.has_year = true, .when = PROPTER_WHEN_EVENT, .from = event.first, .to = event.last};
  r->question->told_by = event.iri;
  const Word *first = &r->words->word[i], *last = &r->words->word[event.end - 1];
  char a[16], b[16];
  propter_day_format(s->from, a), propter_day_format(s->to, b);
  int unit, many;
  r->its_days = why_is(r, event.end, DATE_UNIT, &unit, &many) && unit == UNIT_DAY &&
                (s->from == s->to || propter_str_ends(why_word_at(r, event.end)->text, PROPTER_STR("s")));
  event.end += r->its_days;
  why_period_note(r, "\"%.*s\" was taken as that of %.*s, %s%s%s", (int)(last->end - first->begin), r->text.data + first->begin, (int)event.label.len,
                  event.label.data, a, s->to > s->from ? " to " : "", s->to > s->from ? b : "");
  return event.end;
}

/* "The 3rd", "the 20th of last month": a day of a month that now tells. */
static size_t day_of_month(Reader *r, size_t i, Span *s) {
  const Word *w = why_word_at(r, i);
  const size_t end = ordinal_ending(r, i + 1);
  int m, count = -1;
  if (!w || !w->number || w->digits > 2 || end == i + 1 || w->value < 1 || w->value > 31) return 0;
  const size_t named = month_named(r, why_skip(r, end, ROLE_GENITIVE), &m, &count);
  const Word *next = why_word_at(r, end);
  const bool alone = i && why_has(&r->words->word[i - 1], ROLE_THE) &&
                     (!next || next->mark || (next->kind != WORD_NONE && !why_of_dates(next->text)) || why_is(r, end, DATE_TO, NULL, NULL) ||
                      why_is(r, end, DATE_AND, NULL, NULL) || why_is(r, end, DATE_ONWARDS, NULL, NULL));
  if (named && m) return 0;
  if (!named && !alone) return 0;
  *s = (Span){.has_year = true, .when = PROPTER_WHEN_OF_MONTH, .run = why_run_day(0, w->value), .count = count};
  return named ? named : end;
}

/* "Last year's fourth quarter", "last year in March", "2025's summer": the year stands first. */
static size_t year_first(Reader *r, size_t i, Span *s) {
  int y;
  size_t k = year_at(r, i, &y);
  const bool last = !k && why_is(r, i, DATE_LAST, NULL, NULL), now = !k && why_is(r, i, DATE_THIS, NULL, NULL);
  const WordKind before = i ? r->words->word[i - 1].kind : WORD_NONE;
  const bool compared = before == WORD_COMPARE || before == WORD_UNDER || before == WORD_ABOVE;
  if ((last || now) && is_year(r, i + 1)) k = i + 2, y = why_year_of(r->today) - last;
  const Word *w = k ? why_word_at(r, k) : NULL;
  if (!w) return 0;
  const bool owns = w->mark == '\'' && why_has(w, ROLE_OWNS), within = (last || now) && !w->mark && !compared && (why_has(w, ROLE_IN) || why_has(w, ROLE_ON));
  const size_t end = owns || within ? why_moment(r, k + 1, s) : 0;
  if (!end || r->gap || s->has_year) return r->gap = PROPTER_GAP_NONE, 0;
  why_moment_give_year(r, s, y);
  return end;
}

/* The reader that takes the most words of those that may; a name of an event only where one may be meant. */
size_t why_moment(Reader *r, size_t i, Span *s) {
  static size_t (*const readers[])(Reader *, size_t, Span *) = {year_first,  numeric,      numbered_words, ordinal_words, holiday_words,
                                                                month_words, season_words, vague_words,    weekday_words, relative_words,
                                                                year_words,  day_words,    day_of_month,   event_words};
  enum { READERS = sizeof readers / sizeof *readers };
  i = why_skip(r, i, ROLE_THE);
  const Word *next = why_word_at(r, i + 1);
  if (why_is(r, i, DATE_UNIT, NULL, NULL) && next && next->number && next->digits == 4) i++; /* the week 2024-W20, the month 2024-05 */
  const size_t notes = r->question->note_count;
  const PropterStr told_by = r->question->told_by;
  size_t event = event_words(r, i, s); /* "the summer sale" is no summer */
  for (size_t k = i + 1; k < event; k++)
    if (why_ends_clause(&r->words->word[k], ENDS_ANY)) event = 0;
  for (size_t k = 0; k < READERS; k++) {
    r->question->note_count = notes, r->question->told_by = told_by;
    *s = (Span){0};
    r->gap = PROPTER_GAP_NONE;
    size_t end = readers[k](r, i, s);
    if (end && (k + 1 == READERS || end >= event)) return end;
  }
  r->question->note_count = notes, r->question->told_by = told_by;
  return 0;
}
