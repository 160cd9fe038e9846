/* SPDX-License-Identifier: Apache-2.0 */
/* The reader of dates: atoms (a day, month, season, quarter, year, "last month"), and ranges and lists of atoms. The words are dates.def. */
#include <stdarg.h>

#include "calendar.h"
#include "question.h"

typedef struct {
  Words *words;
  PropterStr text;
  PropterDay today;
  PropterArena *arena;
  PropterQuestion *question;
  PropterStatus status;
  PropterError *err;
  PropterGap gap; /* a gap found inside the words tried last */
} Reader;

/* What an atom means. Without a year it is a run of months (and perhaps a day) that waits for one. */
typedef struct {
  bool has_year;
  PropterDay from, to;
  int month, month_last, day; /* without a year */
  PropterWhen when;
  unsigned unit;
  int count;
  const char *vague; /* note: how a vague word was taken */
} Span;

static const Word *word_at(const Reader *r, size_t i) { return i < r->words->count && r->words->word[i].used == USED_NOT ? &r->words->word[i] : NULL; }

static bool is(const Reader *r, size_t i, DateKind kind, int *a, int *b) {
  const Word *w = word_at(r, i);
  return w && !w->number && why_date_word(w->text, kind, a, b);
}

static bool text_is(const Reader *r, size_t i, const char *text) {
  const Word *w = word_at(r, i);
  return w && propter_str_equal(w->text, propter_str(text));
}

static size_t skip(const Reader *r, size_t i, const char *text) { return text_is(r, i, text) ? i + 1 : i; }

static void note(Reader *r, const char *format, ...) PROPTER_PRINTF(2, 3);
static void note(Reader *r, const char *format, ...) {
  char text[256];
  va_list args;
  va_start(args, format);
  (void)vsnprintf(text, sizeof text, format, args);
  va_end(args);
  if (r->status == PROPTER_OK) r->status = why_question_note(r->question, r->arena, r->err, "%s", text);
}

/* A year: 2011, or '11 in the century that puts it nearest below today. */
static bool year_at(const Reader *r, size_t i, int *year) {
  const Word *w = word_at(r, i);
  if (!w || !w->number) return false;
  if (w->digits == 4 && w->value >= 1900 && w->value < 2100) return *year = w->value, true;
  if (w->digits != 2 || w->mark != '\'') return false;
  int y, m, d;
  propter_day_civil(r->today, &y, &m, &d);
  *year = y / 100 * 100 + w->value;
  if (*year > y) *year -= 100;
  return true;
}

/* A year after "of", a comma or nothing: "August 2011", "summer of 2010", "August, 2011", "November last year". */
static size_t year_after(const Reader *r, size_t i, int *year) {
  size_t j = skip(r, i, "of");
  if (j == i) j = skip(r, i, "in");
  if (year_at(r, j, year)) return j + 1;
  bool last = is(r, j, DATE_LAST, NULL, NULL), now = is(r, j, DATE_THIS, NULL, NULL);
  if ((!last && !now) || !text_is(r, j + 1, "year")) return 0;
  *year = why_year_of(r->today) - last;
  return j + 2;
}

/* Behind a quarter or half two digits are a year, too: "Q1 24". */
static size_t short_year_after(const Reader *r, size_t i, int *year) {
  size_t k = year_after(r, i, year);
  const Word *w = word_at(r, i);
  if (k || !w || !w->number || w->digits != 2 || (w->mark && w->mark != '-' && w->mark != '/')) return k;
  *year = why_year_of(r->today) / 100 * 100 + w->value;
  return i + 1;
}

static bool week_of(int year, int week, Span *s) { return s->has_year = true, why_week_of(year, week, &s->from, &s->to); }

static Span months(int year, int first, int last) {
  return (Span){.has_year = true, .from = propter_day(year, first, 1), .to = propter_day(year, last + 1, 1) - 1};
}
static Span yearless(int first, int last) { return (Span){.month = first, .month_last = last}; }

static bool tight(const Reader *r, size_t i, char mark) {
  const Word *w = word_at(r, i);
  return w && !w->space && w->mark == mark;
}

/* "1st", "2nd", "7th": the letters after the number. */
static size_t ordinal_ending(const Reader *r, size_t i) {
  static const char *const endings[] = {"st", "nd", "rd", "th"};
  for (size_t k = 0; k < 4; k++)
    if (tight(r, i, 0) && text_is(r, i, endings[k])) return i + 1;
  return i;
}

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

/* Easter, Christmas 2010. */
static size_t holiday_words(Reader *r, size_t i, Span *s) {
  int month, day, y;
  size_t n = word_at(r, i) ? why_date_phrase(r->words, i, DATE_HOLIDAY, &month, &day) : 0;
  if (!n) return 0;
  size_t k = year_after(r, i + n, &y);
  *s = (Span){.month = month ? month : EASTER, .month_last = month ? month : EASTER, .day = month ? day : day + 1};
  if (!k) return i + n;
  s->has_year = why_run_in(y, s->month, s->month_last, s->day, &s->from, &s->to);
  return k;
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
  const Word *w = word_at(r, i), *x = word_at(r, i + 1), *y = word_at(r, i + 2);
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
    if (x->mark == '/' && d <= 12 && m <= 12 && d != m) return bad(r, PROPTER_GAP_UNCLEAR_PERIOD, i + 3);
    if (m > 12) d = x->value, m = w->value;
    return day_of(r, y->value, m, d, i + 3, s);
  }
  return 0;
}

static bool month_at(Reader *r, size_t i, int *month, bool guess) {
  if (is(r, i, DATE_MONTH, month, NULL)) return true;
  const Word *w = word_at(r, i);
  const char *name = NULL;
  if (!guess || !w || w->number || w->known || !why_date_month_near(w->text, month, &name)) return false;
  note(r, "\"%.*s\" was read as %s", (int)(w->end - w->begin), r->text.data + w->begin, name);
  return true;
}

/* Months with or without day and year. */
static size_t month_words(Reader *r, size_t i, Span *s) {
  int m, y;
  const Word *w = word_at(r, i);
  if (!w) return 0;
  if (w->number && w->digits <= 2) { /* 7 August [2011], 7th of August [2011] */
    size_t j = skip(r, ordinal_ending(r, i + 1), "of");
    if (!is(r, j, DATE_MONTH, &m, NULL) || w->value < 1) return 0;
    size_t k = year_after(r, j + 1, &y);
    if (k) return day_of(r, y, m, w->value, k, s);
    *s = (Span){.month = m, .month_last = m, .day = w->value};
    return j + 1;
  }
  bool exact = is(r, i, DATE_MONTH, &m, NULL);
  if (!exact) { /* a misspelt month only with its year behind it */
    size_t k = year_after(r, i + 1, &y);
    if (!k || !month_at(r, i, &m, true)) return 0;
    *s = months(y, m, m);
    return k;
  }
  const Word *x = word_at(r, i + 1);
  if (x && x->number && x->digits <= 2 && x->mark != '\'' && x->mark != '-') { /* August 7[th][, 2011] */
    size_t j = ordinal_ending(r, i + 2);
    size_t k = year_at(r, j, &y) ? j + 1 : 0;
    if (k) return day_of(r, y, m, x->value, k, s);
    return bad(r, PROPTER_GAP_UNCLEAR_PERIOD, j); /* "August 11": a day or a year */
  }
  if (x && x->number && x->digits == 4 && x->mark == '-' && year_at(r, i + 1, &y)) { /* Aug-2011 */
    *s = months(y, m, m);
    return i + 2;
  }
  size_t k = year_after(r, i + 1, &y);
  *s = k ? months(y, m, m) : yearless(m, m);
  return k ? k : i + 1;
}

static size_t season_words(Reader *r, size_t i, Span *s) {
  int a, b, y;
  if (!is(r, i, DATE_SEASON, &a, &b)) return 0;
  bool fall = text_is(r, i, "fall");
  size_t k = year_after(r, i + 1, &y);
  if (fall) { /* the verb and the season look alike */
    bool of = text_is(r, i + 1, "of"), after_word = i > 0 && is(r, i - 1, DATE_PREP, NULL, NULL), asks = false;
    for (size_t j = 0; j < i; j++)
      asks |= propter_str_equal(r->words->word[j].text, PROPTER_STR("did")) || propter_str_equal(r->words->word[j].text, PROPTER_STR("does"));
    if (!k || text_is(r, i + 1, "in")) return 0;
    if (!of && !after_word && asks) return 0;
    if (!after_word && !of && i > 0) return bad(r, PROPTER_GAP_UNCLEAR_PERIOD, k);
    note(r, "\"fall\" was taken as the season, September to November");
  }
  if (!k) {
    *s = yearless(a, b);
    return i + 1;
  }
  *s = months(y, a, b);
  if (b <= 12) return k;
  const Word *x = word_at(r, k);
  if (x && x->number && !x->space && (x->mark == '-' || x->mark == '/') && (x->value == (y + 1) % 100 || x->value == y + 1)) return k + 1;
  return bad(r, PROPTER_GAP_UNCLEAR_PERIOD, k); /* "winter of 2009" began or ended in 2009 */
}

static bool small_number(const Reader *r, size_t i, int *n) {
  const Word *w = word_at(r, i);
  if (w && w->number && w->digits <= 3 && w->value > 0) return *n = w->value, true;
  return is(r, i, DATE_NUMBER, n, NULL);
}

/* Q3 2009, 3Q 2009, third quarter of 2009, H1 2010, first half of 2010, first three months of 2010, last month of 2009, week 32 of 2011. */
static size_t part_words(Reader *r, size_t i, Span *s) {
  int a, n, y = 0, unit;
  const Word *w = word_at(r, i), *x = word_at(r, i + 1);
  if (w && !w->number && why_date_word(w->text, DATE_LETTER, &a, NULL) && x && x->number && tight(r, i + 1, 0)) {
    size_t k = a == UNIT_WEEK ? year_after(r, i + 2, &y) : short_year_after(r, i + 2, &y);
    const Word *z = word_at(r, i + 2);
    if (!k && z && z->number && z->digits == 4 && z->mark == '-' && year_at(r, i + 2, &y)) k = i + 3;
    if (a == UNIT_WEEK) return !k ? 0 : week_of(y, x->value, s) ? k : bad(r, PROPTER_GAP_BAD_DATE, k);
    return quarter_or_half(r, (unsigned)a, x->value, k != 0, y, k ? k : i + 2, s);
  }
  if (w && w->number && w->digits == 1 && x && !x->number && tight(r, i + 1, 0) && why_date_word(x->text, DATE_LETTER, &a, NULL) && a != UNIT_WEEK) {
    size_t k = short_year_after(r, i + 2, &y);
    return quarter_or_half(r, (unsigned)a, w->value, k != 0, y, k ? k : i + 2, s);
  }
  if (is(r, i, DATE_UNIT, &unit, NULL) && unit == UNIT_WEEK && x && x->number && x->digits <= 2) {
    size_t k = year_after(r, i + 2, &y);
    if (!k && x->value >= 1 && x->value <= 53) return *s = (Span){.month = WEEK, .month_last = WEEK, .day = x->value}, i + 2;
    return !k ? bad(r, PROPTER_GAP_BAD_DATE, i + 2) : week_of(y, x->value, s) ? k : bad(r, PROPTER_GAP_BAD_DATE, k);
  }
  bool ordinal = is(r, i, DATE_ORDINAL, &n, NULL);
  size_t j = i + 1;
  if (!ordinal && w && w->number && w->digits == 1 && ordinal_ending(r, i + 1) > i + 1) ordinal = true, n = w->value, j = i + 2;
  if (!ordinal) return 0;
  int count;
  if ((n == 1 || n == -1) && small_number(r, j, &count) && is(r, j + 1, DATE_UNIT, &unit, NULL) && (unit == UNIT_MONTH || unit == UNIT_QUARTER)) {
    size_t k = year_after(r, j + 2, &y);
    int length = count * (unit == UNIT_MONTH ? 1 : 3);
    if (!k) return 0;
    if (length > 12) return bad(r, PROPTER_GAP_BAD_DATE, k);
    *s = n == 1 ? months(y, 1, length) : months(y, 13 - length, 12);
    return k;
  }
  if (!is(r, j, DATE_UNIT, &unit, NULL)) return 0;
  int m;
  size_t month = skip(r, j + 1, "of");
  if (unit == UNIT_HALF && (n == 1 || n == 2 || n == -1) && is(r, month, DATE_MONTH, &m, NULL)) { /* first half of June */
    *s = (Span){.month = HALF + m, .month_last = HALF + m, .day = n == 1 ? 1 : 2};
    size_t k = year_after(r, month + 1, &y);
    if (k) s->has_year = why_run_in(y, s->month, s->month_last, s->day, &s->from, &s->to);
    return k ? k : month + 1;
  }
  size_t k = year_after(r, j + 1, &y);
  if (unit == UNIT_MONTH && k && (n == 1 || n == -1)) {
    *s = n == 1 ? months(y, 1, 1) : months(y, 12, 12);
    return k;
  }
  if ((unit != UNIT_QUARTER && unit != UNIT_HALF) || (!k && n == -1)) return 0;
  return quarter_or_half(r, (unsigned)unit, n, k != 0, y, k ? k : j + 1, s);
}

/* early 2009, mid-2008, the end of 2010. */
static size_t vague_words(Reader *r, size_t i, Span *s) {
  int a, b, y;
  if (!is(r, i, DATE_PART, &a, &b)) return 0;
  size_t k = year_after(r, i + 1, &y);
  if (!k && year_at(r, i + 1, &y)) k = i + 2;
  if (!k) return 0;
  *s = months(y, a, b);
  const Word *w = word_at(r, i);
  note(r, "\"%.*s %d\" was taken as months %d to %d", (int)(w->end - w->begin), r->text.data + w->begin, y, a, b);
  return k;
}

/* Friday, last Friday, Tuesday last week, the weekend; Friday 7 June 2024, if it was one. */
static size_t weekday_words(Reader *r, size_t i, Span *s) {
  int first, last, unit;
  size_t j = is(r, i, DATE_LAST, NULL, NULL) || is(r, i, DATE_THIS, NULL, NULL) || is(r, i, DATE_PAST, NULL, NULL) ? i + 1 : i;
  if (!is(r, j, DATE_WEEKDAY, &first, &last)) return 0;
  size_t k = skip(r, j + 1, "the"), end = numeric(r, k, s);
  if (!end) end = month_words(r, k, s);
  if (end && first == last && (s->day || (s->has_year && s->from == s->to)))
    return r->gap || !s->has_year || propter_day_weekday(s->from) == first ? end : bad(r, PROPTER_GAP_BAD_DATE, end);
  r->gap = PROPTER_GAP_NONE;
  *s = (Span){.has_year = true, .when = PROPTER_WHEN_WEEKDAY, .month = first, .month_last = last};
  k = skip(r, j + 1, "of"), k = k == j + 1 ? skip(r, k, "in") : k;
  bool week = is(r, k + 1, DATE_UNIT, &unit, NULL) && unit == UNIT_WEEK;
  if (week && is(r, k, DATE_LAST, NULL, NULL)) return s->count = 1, k + 2;
  return j + 1;
}

/* last month, past year, last 6 months, this quarter, last August, two months ago, yesterday, year to date. */
static size_t relative_words(Reader *r, size_t i, Span *s) {
  int unit, n, m, b;
  size_t used = word_at(r, i) ? why_date_phrase(r->words, i, DATE_NOW, &n, &b) : 0;
  if (used) {
    *s = (Span){.has_year = true, .when = PROPTER_WHEN_DAY, .count = -n};
    return i + used;
  }
  if (is(r, i, DATE_TO_DATE, &unit, NULL)) {
    *s = (Span){.has_year = true, .when = PROPTER_WHEN_TO_DATE, .unit = (unsigned)unit};
    return i + 1;
  }
  if (is(r, i, DATE_UNIT, &unit, NULL) && text_is(r, i + 1, "to") && text_is(r, i + 2, "date")) {
    *s = (Span){.has_year = true, .when = PROPTER_WHEN_TO_DATE, .unit = (unsigned)unit};
    return i + 3;
  }
  if ((small_number(r, i, &n) || (text_is(r, i, "a") && (n = 1))) && is(r, i + 1, DATE_UNIT, &unit, NULL) && is(r, i + 2, DATE_AGO, NULL, NULL)) {
    *s = (Span){.has_year = true, .when = PROPTER_WHEN_BACK, .unit = (unsigned)unit, .count = n};
    return i + 3;
  }
  bool last = is(r, i, DATE_LAST, NULL, NULL), past = is(r, i, DATE_PAST, NULL, NULL), now = is(r, i, DATE_THIS, NULL, NULL);
  if (!last && !past && !now) return 0;
  if (!now && small_number(r, i + 1, &n) && is(r, i + 2, DATE_UNIT, &unit, NULL)) {
    *s = (Span){.has_year = true, .when = PROPTER_WHEN_STRETCH, .unit = (unsigned)unit, .count = n};
    return i + 3;
  }
  if (is(r, i + 1, DATE_UNIT, &unit, NULL)) {
    *s = (Span){.has_year = true, .when = PROPTER_WHEN_BACK, .unit = (unsigned)unit, .count = now ? 0 : 1};
    if (past && unit >= UNIT_QUARTER) { /* "the past year" is the twelve months that have just gone by */
      s->when = PROPTER_WHEN_STRETCH;
      s->count = unit == UNIT_YEAR ? 12 : unit == UNIT_HALF ? 6 : 3;
      s->unit = UNIT_MONTH;
    }
    return i + 2;
  }
  if (last && word_at(r, i + 1) && (used = why_date_phrase(r->words, i + 1, DATE_HOLIDAY, &m, &n))) { /* last Easter */
    *s = (Span){.has_year = true, .when = PROPTER_WHEN_LATEST, .month = m ? m : EASTER, .month_last = m ? m : EASTER, .day = m ? n : n + 1};
    return i + 1 + used;
  }
  if (last && (is(r, i + 1, DATE_MONTH, &m, NULL) ? (b = m, true) : is(r, i + 1, DATE_SEASON, &m, &b))) {
    int y;
    if (year_after(r, i + 2, &y)) return 0;
    *s = (Span){.has_year = true, .when = PROPTER_WHEN_MONTHS, .month = m, .month_last = b};
    return i + 2;
  }
  return 0;
}

static size_t year_words(Reader *r, size_t i, Span *s) {
  int y;
  if (text_is(r, i, "year") || text_is(r, i, "calendar")) {
    size_t j = text_is(r, i, "calendar") ? skip(r, i + 1, "year") : i + 1;
    if (!year_at(r, j, &y)) return 0;
    *s = months(y, 1, 12);
    return j + 1;
  }
  if (!year_at(r, i, &y)) return 0;
  const Word *x = word_at(r, i + 1);
  if (x && !x->space && x->mark == 0) return 0; /* "2000s" */
  *s = months(y, 1, 12);
  return i + 1;
}

/* Days whose month stands with the last of them: "4" in "4 to 10 April 2025", "4 and 5 April". */
static size_t day_words(Reader *r, size_t i, Span *s) {
  const Word *w = word_at(r, i);
  if (!w || !w->number || w->digits > 2 || w->value < 1 || w->value > 31) return 0;
  size_t end = ordinal_ending(r, i + 1);
  const Word *x = word_at(r, end);
  bool word = is(r, end, DATE_TO, NULL, NULL) || is(r, end, DATE_AND, NULL, NULL);
  if (!x || (!word && x->mark != '-' && x->mark != ',')) return 0;
  size_t next = skip(r, word ? end + 1 : end, "the");
  size_t last = month_words(r, next, s);
  if (!last) last = day_words(r, next, s);
  if (!last || r->gap) return last ? end : 0;
  if (!s->has_year) {
    if (!s->day) return 0;
    s->day = w->value;
    return end;
  }
  if (s->from != s->to) return 0;
  int y, m, d;
  propter_day_civil(s->from, &y, &m, &d);
  return day_of(r, y, m, w->value, end, s);
}

/* One atom from word i on: index after it, 0 if there is none. */
static size_t atom(Reader *r, size_t i, Span *s) {
  static size_t (*const readers[])(Reader *, size_t, Span *) = {numeric,      part_words,  holiday_words,  month_words, season_words,
                                                                 vague_words, weekday_words, relative_words, year_words, day_words};
  i = skip(r, i, "the");
  const Word *next = word_at(r, i + 1);
  if (is(r, i, DATE_UNIT, NULL, NULL) && next && next->number && next->digits == 4) i++; /* the week 2024-W20, the month 2024-05 */
  size_t notes = r->question->note_count;
  for (size_t k = 0; k < sizeof readers / sizeof *readers; k++) {
    *s = (Span){0};
    r->gap = PROPTER_GAP_NONE;
    size_t end = readers[k](r, i, s);
    if (end) return end;
    r->question->note_count = notes;
  }
  return 0;
}

static void give_year(Reader *r, Span *s, int year) {
  if (!why_run_in(year, s->month, s->month_last, s->day, &s->from, &s->to)) r->gap = PROPTER_GAP_BAD_DATE;
  s->has_year = true;
}

/* Years for atoms that have none, from their neighbour: the later one's when they precede it, the earlier one's when they follow. */
static PropterGap borrow_year(Reader *r, Span *a, Span *b) {
  if (!a->has_year && !b->has_year) return PROPTER_GAP_NO_YEAR;
  r->gap = PROPTER_GAP_NONE;
  if (!a->has_year) {
    give_year(r, a, why_year_of(b->from));
    if (a->from > b->from) give_year(r, a, why_year_of(b->from) - 1);
  } else if (!b->has_year) {
    give_year(r, b, why_year_of(a->from));
    if (b->from < a->from) give_year(r, b, why_year_of(a->from) + 1);
  }
  return r->gap;
}

/* Two atoms without a year and without days, from the first to the second: one run of months, the data will say of which year. */
static bool run_on(Span *a, const Span *b) {
  if (a->has_year || b->has_year || a->day || b->day) return false;
  a->month_last = b->month < a->month ? b->month_last + 12 : b->month_last;
  return true;
}

/* A run of months that is left without a year: the latest in the data. */
static void latest(Span *s, PropterWhen when) {
  if (!s->has_year) s->has_year = true, s->when = when;
}

typedef struct {
  size_t end;   /* word after the period, 0: none here */
  PropterGap gap;
  Span span;
} Found;

static Found from_to(Reader *r, size_t i, bool between) {
  Span a, b;
  Found f = {0};
  size_t j = atom(r, i, &a);
  if (!j) return f;
  PropterGap gap = r->gap;
  const Word *w = word_at(r, j);
  bool days = a.has_year && a.when == PROPTER_WHEN_FIXED && a.from == a.to;
  bool dash = w && (w->mark == '-' || (w->mark == '/' && days)); /* 2024-06-10/2024-06-16 (ISO 8601) */
  bool to = between ? is(r, j, DATE_AND, NULL, NULL) : is(r, j, DATE_TO, NULL, NULL);
  if (!dash && !to) return f;
  size_t k = atom(r, to ? j + 1 : j, &b);
  if (!k) return f;
  f.end = k;
  f.gap = gap ? gap : r->gap;
  if (f.gap) return f;
  if (run_on(&a, &b)) {
    f.span = a;
    latest(&f.span, PROPTER_WHEN_LATEST);
    return f;
  }
  if (a.when == PROPTER_WHEN_WEEKDAY && b.when == a.when) { /* Monday to Wednesday last week */
    f.span = b;
    f.span.month = a.month;
    f.gap = a.month > b.month_last ? PROPTER_GAP_BACKWARDS : PROPTER_GAP_NONE;
    return f;
  }
  if (a.when != PROPTER_WHEN_FIXED || b.when != PROPTER_WHEN_FIXED) f.gap = PROPTER_GAP_UNCLEAR_PERIOD;
  else f.gap = borrow_year(r, &a, &b);
  if (!f.gap && b.to < a.from) f.gap = PROPTER_GAP_BACKWARDS;
  f.span = (Span){.has_year = true, .from = a.from, .to = b.to};
  return f;
}

/* since X, X onwards, after X, before X, until X: open at one end. */
static Found open_ended(Reader *r, size_t i) {
  Found f = {0};
  Span a;
  bool since = is(r, i, DATE_SINCE, NULL, NULL), after = is(r, i, DATE_AFTER, NULL, NULL), before = is(r, i, DATE_BEFORE, NULL, NULL),
       until = is(r, i, DATE_UNTIL, NULL, NULL), from = is(r, i, DATE_FROM, NULL, NULL);
  if (!since && !after && !before && !until && !from) return f;
  size_t j = atom(r, i + 1, &a);
  if (!j) return f;
  if (from && !is(r, j, DATE_ONWARDS, NULL, NULL)) {
    f.end = j;
    f.gap = r->gap ? r->gap : PROPTER_GAP_UNCLEAR_PERIOD;
    return f;
  }
  f.end = from ? j + 1 : j;
  if (!r->gap && !a.has_year && (since || from)) {
    f.span = a;
    latest(&f.span, PROPTER_WHEN_LATEST_OPEN);
    return f;
  }
  f.gap = r->gap ? r->gap : !a.has_year ? PROPTER_GAP_NO_YEAR : a.when != PROPTER_WHEN_FIXED ? PROPTER_GAP_UNCLEAR_PERIOD : PROPTER_GAP_NONE;
  if (f.gap == PROPTER_GAP_UNCLEAR_PERIOD && !r->gap && since && a.when == PROPTER_WHEN_LATEST) { /* since last Easter */
    f.gap = PROPTER_GAP_NONE, f.span = a, f.span.when = PROPTER_WHEN_LATEST_OPEN;
    return f;
  }
  if (f.gap == PROPTER_GAP_UNCLEAR_PERIOD && !r->gap && since && a.when == PROPTER_WHEN_WEEKDAY) { /* since Wednesday */
    f.gap = PROPTER_GAP_NONE, f.span = a, f.span.month_last = 0;
    return f;
  }
  f.span = (Span){.has_year = true, .when = PROPTER_WHEN_OPEN, .from = PROPTER_NO_DAY, .to = PROPTER_NO_DAY};
  if (since || from) f.span.from = a.from;
  if (after) f.span.from = a.to + 1;
  if (before) f.span.to = a.from - 1;
  if (until) f.span.to = a.to;
  return f;
}

enum { LIST = 12 };

/* "May", "march", "spring" and "fall" are words, too: they are a time only where a time is expected, a month also at either end of the question. */
static bool may_stand_alone(const Reader *r, size_t i, const Span *a, size_t end) {
  if (i > 0 && is(r, i - 1, DATE_PREP, NULL, NULL)) return true;
  if (is(r, i, DATE_SEASON, NULL, NULL)) return false;
  if (a->month > 12 || a->day || a->month != a->month_last) return true;
  const Word *w = word_at(r, i), *next = word_at(r, end);
  if (end == r->words->count || (next && next->kind == WORD_COMPARE)) return i > 0;
  return (i == 0 || (w && w->mark == ',')) && next && next->kind == WORD_NONE;
}

/* Months that follow each other, none with a year. */
static Found months_alone(const Reader *r, size_t i, const Span *a, size_t n, Found f) {
  if (!may_stand_alone(r, i, a, f.end)) return (Found){0};
  f.span = a[0];
  for (size_t k = 1; k < n; k++) {
    if (a[k].day || a[0].day || a[k].month != f.span.month_last % 12 + 1) f.gap = PROPTER_GAP_MANY_PERIODS;
    f.span.month_last += a[k].month_last - a[k].month + 1;
  }
  latest(&f.span, PROPTER_WHEN_LATEST);
  return f;
}

/* One atom, or several that follow each other without a hole: "January and February 2014". */
static Found list(Reader *r, size_t i) {
  Found f = {0};
  Span a[LIST];
  size_t n = 0, j = i;
  while (n < LIST) {
    size_t k = atom(r, j, &a[n]);
    if (!k) break;
    f.end = k;
    n++;
    if (r->gap) {
      f.gap = r->gap;
      return f;
    }
    const Word *w = word_at(r, k);
    j = is(r, k, DATE_AND, NULL, NULL) ? k + 1 : w && w->mark == ',' ? k : 0;
    if (!j) break;
  }
  if (!n) return f;
  bool yearless = true;
  for (size_t k = 0; k < n; k++) yearless &= !a[k].has_year;
  if (yearless) return months_alone(r, i, a, n, f);
  for (size_t k = n; k-- > 1;) {
    if (a[k].when != PROPTER_WHEN_FIXED || a[k - 1].when != PROPTER_WHEN_FIXED) f.gap = PROPTER_GAP_MANY_PERIODS;
    if (!f.gap && !a[k - 1].has_year && a[k].has_year) f.gap = borrow_year(r, &a[k - 1], &a[k]);
  }
  for (size_t k = 1; k < n && !f.gap; k++)
    if (!a[k].has_year) f.gap = borrow_year(r, &a[k - 1], &a[k]);
  for (size_t k = 1; k < n && !f.gap; k++)
    if (a[k].from != a[k - 1].to + 1) f.gap = PROPTER_GAP_MANY_PERIODS;
  f.span = a[0];
  f.span.to = a[n - 1].to;
  return f;
}

/* The quarter ended 31 March 2024; the twelve months to March 2024; the week to 9 June 2024. */
static Found told_by_end(Reader *r, size_t i) {
  static const int length[] = {[UNIT_MONTH] = 1, [UNIT_QUARTER] = 3, [UNIT_HALF] = 6, [UNIT_YEAR] = 12};
  Found f = {0};
  Span a;
  int n = 1, unit, y, m, d;
  size_t j = skip(r, i, "the"), k = small_number(r, j, &n) ? j + 1 : j;
  if (!is(r, k, DATE_UNIT, &unit, NULL) || !is(r, k + 1, DATE_ENDED, NULL, NULL)) return f;
  size_t end = atom(r, k + 2, &a);
  if (!end) return f;
  f.end = end;
  f.gap = r->gap ? r->gap : !a.has_year ? PROPTER_GAP_NO_YEAR : a.when != PROPTER_WHEN_FIXED ? PROPTER_GAP_UNCLEAR_PERIOD : PROPTER_GAP_NONE;
  if (f.gap) return f;
  propter_day_civil(a.to + 1, &y, &m, &d);
  PropterDay from = unit <= UNIT_WEEK ? a.to + 1 - n * (unit == UNIT_WEEK ? 7 : 1) : propter_day(y, m - n * length[unit], d);
  f.span = (Span){.has_year = true, .from = from, .to = a.to};
  return f;
}

static Found period(Reader *r, size_t i) {
  size_t notes = r->question->note_count;
  Found ended = told_by_end(r, i);
  if (ended.end) return ended;
  r->question->note_count = notes;
  bool from = is(r, i, DATE_FROM, NULL, NULL), between = is(r, i, DATE_BETWEEN, NULL, NULL);
  Found f = from_to(r, from || between ? i + 1 : i, between);
  if (f.end) return f;
  r->question->note_count = notes;
  f = open_ended(r, i);
  if (f.end) return f;
  r->question->note_count = notes;
  f = list(r, i);
  if (!f.end) r->question->note_count = notes;
  return f;
}

PropterStatus why_period_find(Words *words, PropterStr text, PropterDay today, PropterArena *arena, PropterQuestion *q, PropterError *err) {
  Reader r = {.words = words, .text = text, .today = today, .arena = arena, .question = q, .err = err};
  for (size_t i = 0; i < words->count;) {
    Found f = period(&r, i);
    if (r.status != PROPTER_OK) return r.status;
    if (!f.end) {
      i++;
      continue;
    }
    PropterStr said = {text.data + words->word[i].begin, words->word[f.end - 1].end - words->word[i].begin};
    for (size_t k = i; k < f.end; k++) words->word[k].used = USED_PERIOD;
    i = f.end;
    if (q->has_period || q->gap != PROPTER_GAP_NONE) {
      if (q->gap == PROPTER_GAP_NONE || q->has_period) q->gap = PROPTER_GAP_MANY_PERIODS;
      q->about.len = (size_t)(said.data + said.len - q->about.data);
      continue;
    }
    q->about = said;
    q->gap = f.gap;
    if (f.gap != PROPTER_GAP_NONE) continue;
    q->has_period = true;
    q->when = f.span.when;
    q->unit = f.span.unit;
    q->count = f.span.count;
    q->month = f.span.month;
    q->month_last = f.span.month_last;
    q->day = f.span.day;
    q->from = f.span.from;
    q->to = f.span.to;
  }
  if (q->gap == PROPTER_GAP_NONE) q->about = (PropterStr){"", 0};
  if (q->gap != PROPTER_GAP_NONE) q->has_period = false;
  return PROPTER_OK;
}
