/* SPDX-License-Identifier: Apache-2.0 */
/* The reader of times: ranges, lists and stretches of the moments that moment.c reads. */
#include "period.h"

typedef struct {
  size_t end; /* word after the period, 0: none here */
  PropterGap gap;
  Span span;
} Found;

/* Years for moments that have none, from their neighbour: the later one's when they precede it, the earlier one's when they follow. */
static PropterGap borrow_year(Reader *r, Span *a, Span *b) {
  r->gap = PROPTER_GAP_NONE;
  if (!a->has_year) {
    why_moment_give_year(r, a, why_year_of(b->from));
    if (a->from > b->from) why_moment_give_year(r, a, why_year_of(b->from) - 1);
  } else if (!b->has_year) {
    why_moment_give_year(r, b, why_year_of(a->from));
    if (b->to < a->from) why_moment_give_year(r, b, why_year_of(a->from) + 1);
  }
  return r->gap;
}

enum { WRAPS = 9 };     /* months that two days may be apart across the end of a year: "from 16 May to 10 May" is a slip */
enum { LATE = 9 };      /* from which month on a part of dates.def is an end */
enum { SAMPLE = 2024 }; /* a leap year, in which runs without a year are tried */

/* From one run without a year to another: one run, the data will say of which year. */
static PropterGap run_on(Span *a, const Span *b) {
  PropterRecurring *run = &a->run;
  PropterDay from, to;
  const bool dated = b->run.days == 1 && b->run.weekday; /* "to Thursday 12 March" */
  if (run->days < 0 || run->week || run->shift || (b->run.days > 0 && !dated) || b->run.week || b->run.shift) return PROPTER_GAP_UNCLEAR_PERIOD;
  run->month_last = b->run.month_last, run->day_last = b->run.day_last, run->days = dated ? 0 : b->run.days;
  PropterRecurring plain = *run;
  plain.weekday = 0; /* tells the year */
  if (why_run_in(SAMPLE, &plain, &from, &to))
    return dated && run->weekday && (to - from - (b->run.weekday - run->weekday)) % 7 ? PROPTER_GAP_BAD_DATE : PROPTER_GAP_NONE;
  if (run->month_last > 12) return PROPTER_GAP_BACKWARDS;
  plain.month_last = run->month_last += 12;
  if (!why_run_in(SAMPLE, &plain, &from, &to)) return PROPTER_GAP_BAD_DATE;
  return run->day && run->day_last && run->month_last - run->month > WRAPS ? PROPTER_GAP_BACKWARDS : PROPTER_GAP_NONE;
}

/* A run that is left without a year: the latest in the data. */
static void latest(Span *s) {
  if (!s->has_year) s->has_year = true, s->when = PROPTER_WHEN_LATEST;
}

static bool fixed(const Span *s) { return s->when == PROPTER_WHEN_FIXED || s->when == PROPTER_WHEN_EVENT; }

/* From the first of two moments to the last. */
static PropterGap span_of(Reader *r, Span a, Span b, Span *out) {
  PropterGap gap;
  why_moment_as_day(&a), why_moment_as_day(&b);
  if (!a.has_year && !b.has_year) {
    gap = run_on(&a, &b);
    *out = a;
    latest(out);
    return gap;
  }
  if (a.when == PROPTER_WHEN_WEEKDAY && b.when == a.when) { /* Monday to Wednesday last week */
    *out = b;
    out->run.month = a.run.month;
    return a.run.month > b.run.month_last ? PROPTER_GAP_BACKWARDS : PROPTER_GAP_NONE;
  }
  const bool both = a.has_year && b.has_year;
  const bool new_year = b.has_year && b.from == propter_day(why_year_of(b.from), 1, 1) && b.to == b.from && !a.has_year && a.run.month == 12;
  if (new_year || !fixed(&a) || !fixed(&b)) return PROPTER_GAP_UNCLEAR_PERIOD;
  if ((gap = borrow_year(r, &a, &b))) return gap;
  if (!both && b.to > why_months_later(a.from, WRAPS + 1) && a.from == a.to && b.from == b.to) return PROPTER_GAP_BACKWARDS;
  *out = (Span){.has_year = true, .from = a.from, .to = b.to};
  return b.to < a.from ? PROPTER_GAP_BACKWARDS : PROPTER_GAP_NONE;
}

/* "To the end of the month": that of the day from which the range goes; word behind it or 0. */
static size_t end_of_unit(const Reader *r, size_t i, const Span *a, Span *b) {
  int part, unit, many;
  i = why_skip(r, i, ROLE_THE);
  if (!why_is(r, i, DATE_PART, &part, NULL) || part < LATE || !why_plays(r, i + 1, ROLE_GENITIVE) || !why_plays(r, i + 2, ROLE_THE)) return 0;
  if (!why_is(r, i + 3, DATE_UNIT, &unit, &many) || many > 1 || (unit != UNIT_MONTH && unit != UNIT_YEAR)) return 0;
  *b = *a;
  if (a->has_year && !fixed(a)) return 0;
  if (!a->has_year && a->run.month > 12) return 0;
  int y, m, d;
  propter_day_civil(a->to, &y, &m, &d);
  if (a->has_year) b->from = b->to = propter_day(y, (unit == UNIT_YEAR ? 12 : m) + 1, 1) - 1;
  else b->run = why_run_months(unit == UNIT_YEAR ? 12 : a->run.month_last, unit == UNIT_YEAR ? 12 : a->run.month_last);
  return i + 4;
}

static int month_now(const Reader *r) {
  int y, m, d;
  return propter_day_civil(r->today, &y, &m, &d), m;
}

/* "So far", "up to now": how many words. */
static size_t so_far_from(const Reader *r, size_t i) {
  const size_t n = why_phrase(r, i, DATE_SO_FAR, NULL, NULL);
  const Word *next = why_word_at(r, i + n);
  return next && !next->mark && (why_has(next, ROLE_BEHIND) || next->kind == WORD_UNDER || next->kind == WORD_ABOVE) ? 0 : n; /* "so far behind" */
}

/* "Since the strike ended", "was lifted". */
static size_t is_over(const Reader *r, size_t i) {
  while (why_word_at(r, i) && why_has(why_word_at(r, i), ROLE_FINITE)) i++;
  const size_t n = why_phrase(r, i, DATE_OVER_NOW, NULL, NULL);
  return n ? i + n : 0;
}

/* "… began", "was launched", "broke out": how many words. */
static size_t happened(const Reader *r, size_t i) {
  size_t k = i;
  while (why_word_at(r, k) && why_has(why_word_at(r, k), ROLE_FINITE)) k++;
  if (why_plays(r, k, ROLE_HAPPENS)) return k + 1 - i;
  return why_plays(r, k, ROLE_BREAKS_OUT) && why_plays(r, k + 1, ROLE_PUT) ? k + 2 - i : 0;
}

static Found from_to(Reader *r, size_t i, bool from, bool between) {
  Span a, b;
  Found f = {0};
  const PropterStr told_by = r->question->told_by;
  r->events = from || between; /* "between the strike and the end of April" */
  size_t j = why_moment(r, i, &a);
  r->events = false;
  if (!j) return f;
  if (!r->gap && between && a.when == PROPTER_WHEN_EVENT) a.from = ++a.to;
  PropterGap gap = r->gap;
  const Word *w = why_word_at(r, j);
  if (!from && !between && so_far_from(r, j) && a.run.month == a.run.month_last && a.run.month == month_now(r)) return f; /* "November up to now" */
  bool days = a.has_year && a.when == PROPTER_WHEN_FIXED && a.from == a.to;
  const bool joined = w && days && !w->space && (w->mark == '/' || w->mark == '.'); /* 2024-06-10/2024-06-16 (ISO 8601), 2024-06-10..2024-06-16 */
  bool dash = w && (w->mark == '-' || joined);
  const size_t to = between ? why_is(r, j, DATE_AND, NULL, NULL) : why_phrase(r, j, DATE_TO, NULL, NULL); /* how many words */
  if (!dash && !to) return f;
  const size_t now = to ? why_phrase(r, j + to, DATE_PRESENT, NULL, NULL) : 0;
  if (now) {
    f.end = j + to + now, f.gap = gap, f.span = a, f.span.open = PROPTER_OPEN_SINCE;
    latest(&f.span);
    return f;
  }
  Span more;
  r->events = from || between;
  size_t k = why_moment(r, j + to, &b);
  r->events = false;
  if (k && !r->gap && between && b.when == PROPTER_WHEN_EVENT) b.to = --b.from;
  if (from || between) r->question->told_by = told_by; /* neither is the cause of what happened between them */
  const PropterGap whole = r->gap;
  const size_t m = why_moment_more(r, why_skip(r, j + to, ROLE_THE), &a, &more);
  if (m > k || (m && m == k)) k = m, b = more; /* "14 to 15 May" is no "14 to 15" */
  else r->gap = whole;
  if (!k && to) k = end_of_unit(r, j + to, &a, &b);
  if (!k) return f;
  const size_t over = b.when == PROPTER_WHEN_EVENT ? is_over(r, k) : 0, begun = b.when == PROPTER_WHEN_EVENT ? happened(r, k) : 0;
  if (over) b.from = b.to, k = over; /* "until the strike ended" */
  else if (begun) b.to = --b.from, k += begun;
  f.end = k;
  f.gap = gap ? gap : r->gap;
  if (f.gap) return f;
  if (a.when == PROPTER_WHEN_OF_MONTH && b.when == a.when && b.count <= 0 + a.count + (a.count < 0) * 2) { /* "from the 3rd to the 9th of last month" */
    f.span = b, f.span.run.month = a.run.month, f.span.run.day = a.run.day;
    f.gap = a.run.month == b.run.month && a.run.day > b.run.day ? PROPTER_GAP_UNCLEAR_PERIOD : PROPTER_GAP_NONE;
    return f;
  }
  const bool month = !a.has_year && a.run.month <= 12 && !a.run.day && !a.run.days;
  if (month && w->mark == '-' && !w->space && b.when == PROPTER_WHEN_DAY_OR_YEAR) { /* "jan-jun 25" */
    const int year = b.count;
    b.run = why_run_months(b.run.month, b.run.month), b.when = PROPTER_WHEN_FIXED, b.has_year = false;
    why_moment_give_year(r, &b, year);
  }
  f.gap = span_of(r, a, b, &f.span);
  return f;
}

/* What a word that opens a time at one end makes of what follows: since, after, before, until; "from" only before "onwards". */
static PropterOpen opens(const Reader *r, size_t i, size_t *length) {
  *length = 1;
  const size_t until = why_phrase(r, i, DATE_UNTIL, NULL, NULL);
  if (until) return *length = until, PROPTER_OPEN_UNTIL;
  static const struct {
    DateKind kind;
    PropterOpen open;
  } sides[] = {{DATE_SINCE, PROPTER_OPEN_SINCE}, {DATE_AFTER, PROPTER_OPEN_AFTER}, {DATE_BEFORE, PROPTER_OPEN_BEFORE}, {DATE_BEGUN, PROPTER_OPEN_SINCE}};
  for (size_t k = 0; k < sizeof sides / sizeof *sides; k++) {
    *length = why_phrase(r, i, sides[k].kind, NULL, NULL);
    const bool part = *length == 1 && why_is(r, i, DATE_PART, NULL, NULL); /* "beginning 2025" */
    if (*length && !part && !(*length == 1 && why_is(r, i, DATE_FROM, NULL, NULL))) return sides[k].open;
  }
  return *length = 1, PROPTER_OPEN_NOT;
}

/* A day, or part of a month. */
static bool of_days(const Span *s) {
  if (s->has_year) return s->when == PROPTER_WHEN_FIXED && s->to - s->from < 15;
  return s->run.day || s->run.month >= THIRD;
}

/* The moment behind "starting from", "since", "from"; 0: none of these. */
static size_t begun_at(const Reader *r, size_t i) {
  size_t n = why_phrase(r, i, DATE_BEGUN, NULL, NULL);
  if (!n) n = why_phrase(r, i, DATE_SINCE, NULL, NULL);
  return n ? i + n : 0;
}

/* Since X, X onwards, after X, before X, until X: open at one end. "The beginning of" X changes nothing for "since", "the end of" makes it "after". */
static Found open_ended(Reader *r, size_t i) {
  static const PropterOpen of_edge[][2] = {[PROPTER_OPEN_SINCE] = {PROPTER_OPEN_SINCE, PROPTER_OPEN_AFTER},
                                           [PROPTER_OPEN_AFTER] = {PROPTER_OPEN_NOT, PROPTER_OPEN_AFTER},
                                           [PROPTER_OPEN_BEFORE] = {PROPTER_OPEN_BEFORE, PROPTER_OPEN_NOT},
                                           [PROPTER_OPEN_UNTIL] = {PROPTER_OPEN_BEFORE, PROPTER_OPEN_UNTIL}};
  Found f = {0};
  Span a;
  int part;
  size_t length, end = 0;
  PropterOpen open = opens(r, i, &length);
  const bool from = why_is(r, i, DATE_FROM, NULL, NULL);
  if (!open && !from) return f;
  if (from && i && r->words->word[i - 1].valued && r->words->word[i - 1].kind == WORD_UP) open = PROPTER_OPEN_AFTER; /* "recovered from the flood" */
  const size_t at = why_skip(r, i + length, ROLE_THE);
  const bool edge = why_is(r, at, DATE_PART, &part, NULL) && part != 5 && why_plays(r, at + 1, ROLE_GENITIVE);
  const PropterOpen meant = edge ? of_edge[open][part > 5] : PROPTER_OPEN_NOT;
  r->events = true; /* "from the strike on" */
  if (from && edge && (end = why_moment(r, at + 2, &a)) && a.when == PROPTER_WHEN_EVENT) {
    r->events = false;
    f.end = end, f.gap = r->gap, f.span = a, f.span.open = part > 5 ? PROPTER_OPEN_AFTER : PROPTER_OPEN_SINCE;
    return f;
  }
  end = meant ? why_moment(r, at + 2, &a) : 0;
  if (end) open = meant;
  else end = why_moment(r, i + length, &a);
  r->events = false;
  if (!end) return f;
  if (from && !open) {
    if ((a.when == PROPTER_WHEN_EVENT || r->gap == PROPTER_GAP_MANY_CAUSES) && !why_is(r, end, DATE_ONWARDS, NULL, NULL)) return f;
    const bool on = why_is(r, end, DATE_ONWARDS, NULL, NULL);
    f.end = on ? end + 1 : end;
    f.gap = r->gap ? r->gap : on || of_days(&a) ? PROPTER_GAP_NONE : PROPTER_GAP_UNCLEAR_PERIOD;
    open = PROPTER_OPEN_SINCE;
  } else {
    f.end = end, f.gap = r->gap;
    const size_t begun = open == PROPTER_OPEN_UNTIL ? begun_at(r, end) : 0; /* "until 30 June, starting from 1 May" */
    Span first;
    const PropterGap gap = f.gap;
    const size_t whole = begun ? why_moment(r, begun, &first) : 0;
    if (whole) return f.end = whole, f.gap = gap ? gap : r->gap ? r->gap : span_of(r, first, a, &f.span), f;
  }
  const size_t over = a.when == PROPTER_WHEN_EVENT ? is_over(r, f.end) : 0;
  if (over) f.end = over, open = open == PROPTER_OPEN_BEFORE || open == PROPTER_OPEN_UNTIL ? PROPTER_OPEN_UNTIL : PROPTER_OPEN_AFTER;
  f.span = a, f.span.open = open;
  if (!f.gap && !a.has_year && (open == PROPTER_OPEN_BEFORE || open == PROPTER_OPEN_UNTIL)) f.gap = PROPTER_GAP_NO_YEAR; /* "before March": how long before? */
  latest(&f.span);
  return f;
}

enum { LIST = 12 };

/* "May", "march" (dates.def says which), "spring" and "fall" are words, too: they are a time only where a time is expected, a month also at either end of the
 * question. */
static bool may_stand_alone(const Reader *r, size_t i, const Span *a, size_t end) {
  int month, other;
  if (why_is(r, i, DATE_MONTH, &month, &other) && !other) return true;
  if (i > 0 && why_is(r, i - 1, DATE_PREP, NULL, NULL)) return true;
  if (why_is(r, i, DATE_SEASON, NULL, NULL)) return false;
  if (a->run.month > 12 || a->run.day || a->run.month != a->run.month_last || a->run.days) return true;
  const Word *w = why_word_at(r, i), *next = why_word_at(r, end);
  if (next && next->mark == '\'' && why_has(next, ROLE_OWNS)) return true;                     /* "May's churn" */
  if (!next || next->kind == WORD_COMPARE || (next->mark && next->mark != '\'')) return i > 0; /* what is compared with is no word any more */
  return (i == 0 || (w && w->mark == ',')) && next && next->kind == WORD_NONE;
}

/* Runs that follow each other, none with a year. */
static Found runs_alone(const Reader *r, size_t i, const Span *a, size_t n, Found f) {
  if (!may_stand_alone(r, i, a, f.end)) return (Found){0};
  f.span = a[0];
  const PropterRecurring *half = &a[n - 1].run;
  if (n == 2 && a->run.month == a->run.month_last && a->run.month <= 12 && !a->run.day && !a->run.days && half->month_last - half->month == 5 && !half->day) {
    f.span.run.month = f.span.run.month_last = HALF + a->run.month; /* "in June, second half" */
    f.span.run.day = f.span.run.day_last = half->month == 1 ? 1 : 2;
    n = 1;
  }
  for (size_t k = 1; k < n && !f.gap; k++) {
    PropterDay from, to, next, ignore;
    const PropterRecurring before = f.span.run;
    f.gap = run_on(&f.span, &a[k]);
    const int year = f.span.run.month_last > 12 && a[k].run.month <= 12 ? SAMPLE + 1 : SAMPLE;
    if (f.gap || !why_run_in(SAMPLE, &before, &from, &to) || !why_run_in(year, &a[k].run, &next, &ignore) || next != to + 1) f.gap = PROPTER_GAP_MANY_PERIODS;
  }
  latest(&f.span);
  return f;
}

/* "Monday and Tuesday this week": adds the later day to the earlier. */
static bool next_weekday(Span *a, const Span *b) {
  if (a->when != PROPTER_WHEN_WEEKDAY || b->when != a->when || a->run.month_last + 1 != b->run.month) return false;
  const int first = a->run.month;
  *a = *b, a->run.month = first;
  return true;
}

/* One moment, or several that follow each other without a hole: "January and February 2014". */
static Found list(Reader *r, size_t i) {
  Found f = {0};
  Span a[LIST];
  size_t n = 0, j = i;
  while (n < LIST) {
    size_t k = n ? why_moment_more(r, why_skip(r, j, ROLE_THE), &a[n - 1], &a[n]) : 0;
    if (!k) k = why_moment(r, j, &a[n]);
    if (!k) break;
    f.end = k;
    n++;
    if (r->gap) {
      f.gap = r->gap;
      return f;
    }
    const Word *w = why_word_at(r, k);
    const bool stroke = w && w->mark == '/' && !w->space && why_is(r, k, DATE_MONTH, NULL, NULL); /* may/june */
    j = why_is(r, k, DATE_AND, NULL, NULL) ? k + 1 : w && (w->mark == ',' || stroke) ? k : 0;
    if (!j) break;
  }
  if (!n) return f;
  bool yearless = true;
  while (n > 1 && next_weekday(&a[n - 2], &a[n - 1])) n--;
  for (size_t k = 0; k < n && n > 1; k++) why_moment_as_day(&a[k]);
  for (size_t k = 0; k < n; k++) yearless &= !a[k].has_year;
  if (yearless) return runs_alone(r, i, a, n, f);
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

/* --- stretches told by a moment at their edge ------------------------------------------------------------------------------------- */

enum { COMMON = 2023 }; /* a year without a leap day */
typedef enum { EDGE_END, EDGE_BEGIN, EDGE_AFTER, EDGE_BEFORE, EDGE_WITHIN } Edge;

/* So many months that end, begin, follow or go before with a day or month of any year. */
static PropterGap stretch_of_months(PropterRecurring *run, int n, Edge edge) {
  enum { LONGEST = 24 };
  const bool back = edge == EDGE_END || edge == EDGE_BEFORE, behind = edge == EDGE_END || edge == EDGE_AFTER;
  if (edge == EDGE_END && run->month > THIRD && run->day == 3) *run = why_run_months(run->month - THIRD, run->month - THIRD); /* "to the end of June" */
  if (run->month > 12 || edge == EDGE_WITHIN || n > LONGEST) return PROPTER_GAP_UNCLEAR_PERIOD;
  int month = behind ? run->month_last : run->month, day = behind ? run->day_last : run->day; /* becomes the first behind it, or its own */
  if (behind && day && day < propter_month_length(COMMON, (month - 1) % 12 + 1)) day++;
  else if (behind) month++, day = 1;
  const int first = back ? month - n : month, last = back ? month : month + n;
  *run = why_run_months(first, last - 1);
  if (day <= 1) return PROPTER_GAP_NONE;
  run->month_last = last, run->day_last = day - 1, run->day = day;
  const int length = propter_month_length(COMMON, (first + 2 * LONGEST - 1) % 12 + 1),
            length_last = propter_month_length(COMMON, (last + 2 * LONGEST - 1) % 12 + 1);
  if (run->day > length) run->month++, run->day = 1; /* "the month to 30 March" begins on 1 March */
  if (run->day_last > length_last) run->day_last = length_last;
  return PROPTER_GAP_NONE;
}

static const int month_count[] = {[UNIT_MONTH] = 1, [UNIT_QUARTER] = 3, [UNIT_HALF] = 6, [UNIT_YEAR] = 12};

static PropterGap stretch_in_run(Span *s, int n, int unit, Edge edge) {
  PropterRecurring *run = &s->run;
  const bool one_day =
      (run->day || run->month == EASTER) && run->day == run->day_last && run->month == run->month_last && run->month != WEEK && run->month < HALF;
  const int days = unit == UNIT_WEEK ? 7 * n : n;
  if (run->days == 1 && run->weekday) run->days = 0, run->weekday = 0; /* "Sunday 25 January" */
  if (run->days || run->week || run->shift) return PROPTER_GAP_UNCLEAR_PERIOD;
  if (unit > UNIT_WEEK) return stretch_of_months(run, n * month_count[unit], edge);
  if (edge == EDGE_WITHIN && one_day && days == 1) return PROPTER_GAP_NONE; /* "the day of 1 May" */
  if ((edge >= EDGE_AFTER && !one_day) || (edge == EDGE_WITHIN && (n != 1 || unit != UNIT_WEEK))) return PROPTER_GAP_UNCLEAR_PERIOD;
  run->week = edge == EDGE_WITHIN;
  run->days = run->week ? 0 : edge == EDGE_END || edge == EDGE_BEFORE ? -days : days;
  run->shift = edge == EDGE_AFTER ? 1 : edge == EDGE_BEFORE ? -1 : 0;
  return PROPTER_GAP_NONE;
}

static PropterGap stretch_of_days(Span *s, int n, int unit, Edge edge) {
  if (s->when == PROPTER_WHEN_DAY && s->count == 1 && edge == EDGE_END && unit <= UNIT_WEEK) { /* "the 30 days to yesterday" */
    s->when = PROPTER_WHEN_STRETCH, s->count = unit == UNIT_WEEK ? 7 * n : n, s->unit = UNIT_DAY;
    return PROPTER_GAP_NONE;
  }
  if (!fixed(s)) return PROPTER_GAP_UNCLEAR_PERIOD;
  if (edge == EDGE_WITHIN && unit == UNIT_DAY && n == s->to - s->from + 1) return PROPTER_GAP_NONE; /* "the three days of the strike" */
  if (edge == EDGE_WITHIN) {
    const PropterDay monday = s->from - (propter_day_weekday(s->from) - 1);
    if (s->to > monday + 6 || n != 1 || unit != UNIT_WEEK) return PROPTER_GAP_UNCLEAR_PERIOD;
    s->from = monday, s->to = monday + 6;
    return PROPTER_GAP_NONE;
  }
  const bool back = edge == EDGE_END || edge == EDGE_BEFORE;
  const PropterDay base = edge == EDGE_END ? s->to + 1 : edge == EDGE_AFTER ? s->to + 1 : s->from; /* the day behind it, or its first */
  const int days = unit == UNIT_WEEK ? 7 * n : n;
  const PropterDay other =
      unit <= UNIT_WEEK ? (back ? base - days : base + days) : why_months_later(base, back ? -n * month_count[unit] : n * month_count[unit]);
  s->from = back ? other : base, s->to = (back ? base : other) - 1;
  return PROPTER_GAP_NONE;
}

/* The words between the unit and the moment; index after them or 0. */
static size_t edge_at(Reader *r, size_t i, Edge *edge) {
  size_t n;
  if ((n = why_phrase(r, i, DATE_ENDED, NULL, NULL))) return *edge = EDGE_END, i + n;
  if ((n = why_phrase(r, i, DATE_BEGUN, NULL, NULL))) return *edge = EDGE_BEGIN, i + n;
  if ((n = why_phrase(r, i, DATE_AFTER, NULL, NULL))) return *edge = EDGE_AFTER, i + n;
  if ((n = why_phrase(r, i, DATE_BEFORE, NULL, NULL))) return *edge = EDGE_BEFORE, i + n;
  return why_plays(r, i, ROLE_GENITIVE) ? (*edge = EDGE_WITHIN, i + 1) : 0;
}

/* "In the fortnight after", "the week after it": the days of the event that the question names elsewhere; word behind or 0. */
static size_t event_elsewhere(Reader *r, size_t from, size_t end, Span *s) {
  const PropterStr told_by = r->question->told_by;
  const size_t notes = r->question->note_count;
  if (why_plays(r, end, ROLE_POINTS)) end++;
  if (!r->causes || (why_word_at(r, end) && !why_ends_clause(why_word_at(r, end), ENDS_ANY))) return 0;
  r->events = true;
  for (int whole = 1; whole >= 0; whole--)
    for (size_t i = 0, k; i < r->words->count; i++) {
      if (i >= from && i < end) continue;
      r->gap = PROPTER_GAP_NONE;
      if ((k = why_moment(r, i, s)) && s->when == PROPTER_WHEN_EVENT && (r->whole || !whole) && (k <= from || i >= end)) return r->events = false, end;
      r->question->told_by = told_by, r->question->note_count = notes;
    }
  r->gap = PROPTER_GAP_NONE;
  return r->events = false, 0;
}

/* "The week the fire broke out", "the day the strike ended". */
static Found of_happening(Reader *r, size_t i) {
  Found f = {0};
  int unit, many, y, m, d;
  const size_t j = why_skip(r, i, ROLE_THE), notes = r->question->note_count;
  const PropterStr told_by = r->question->told_by;
  if (!why_is(r, j, DATE_UNIT, &unit, &many) || many != 1 || unit > UNIT_MONTH || !why_word_at(r, j + 1)) return f;
  size_t end = why_skip(r, why_skip(r, j + 1, ROLE_CLAUSE), ROLE_THAT);
  r->events = true;
  end = why_moment(r, end, &f.span);
  r->events = false;
  const size_t over = end && f.span.when == PROPTER_WHEN_EVENT ? is_over(r, end) : 0, began = over ? 0 : happened(r, end);
  if (!end || f.span.when != PROPTER_WHEN_EVENT || (!over && !began)) {
    r->question->note_count = notes, r->question->told_by = told_by;
    return (Found){0};
  }
  if (over) f.span.from = f.span.to;
  else f.span.to = f.span.from;
  f.end = over ? over : end + began;
  f.gap = r->gap;
  if (!f.gap && unit == UNIT_WEEK) f.gap = stretch_of_days(&f.span, 1, UNIT_WEEK, EDGE_WITHIN);
  if (unit == UNIT_MONTH) propter_day_civil(f.span.from, &y, &m, &d), f.span.from = propter_day(y, m, 1), f.span.to = propter_day(y, m + 1, 1) - 1;
  return f;
}

/* The quarter ended 31 March 2024; the twelve months to March; two weeks ending 16 June; three days from 4 June; the week after Easter; the week of 4 March;
 * w/c 4 March. */
static Found told_by_edge(Reader *r, size_t i) {
  Found f = {0};
  Span a;
  Edge edge;
  int n = 1, unit = UNIT_WEEK, many = 1, side = 0;
  bool vague = false;
  size_t j = why_skip(r, i, ROLE_THE), k = why_phrase(r, j, DATE_WEEK_OF, &side, NULL);
  if (k) {
    edge = side > 0 ? EDGE_BEGIN : side == -1 ? EDGE_END : EDGE_BEFORE, k += j;
    if (edge == EDGE_BEFORE) unit = UNIT_DAY; /* "the eve of" */
  } else {
    if (why_is(r, j, DATE_ORDINAL, &side, NULL) && side == 1) j++; /* the first week after it */
    const bool counted = why_small_number(r, j, &n);
    k = counted ? j + 1 : j;
    const Word *units = why_word_at(r, k);
    vague = !counted && units && propter_str_ends(units->text, PROPTER_STR("s")); /* "in the days after": how many? */
    if (why_phrase(r, j, DATE_NOW, &side, NULL)) return f;                        /* "the day before yesterday" */
    if (!why_is(r, k, DATE_UNIT, &unit, &many) || !(k = edge_at(r, k + 1, &edge))) return f;
  }
  r->events = true;
  size_t end = why_moment(r, k, &a);
  r->events = false;
  if (!end && (edge == EDGE_AFTER || edge == EDGE_BEFORE)) end = event_elsewhere(r, i, k, &a);
  if (end && edge == EDGE_END && !a.has_year && a.run.month > THIRD && a.run.day == 3) a.run = why_run_months(a.run.month - THIRD, a.run.month - THIRD);
  if (!end || (side == 1 && edge != EDGE_AFTER && j > i && why_is(r, j - 1, DATE_ORDINAL, NULL, NULL))) return f;
  const Word *behind = why_word_at(r, end);
  const bool dashed = behind && behind->mark == '-' && (behind->number || why_is(r, end, DATE_MONTH, NULL, NULL) || why_is(r, end, DATE_WEEKDAY, NULL, NULL));
  if (behind && edge == EDGE_BEGIN && (dashed || why_is(r, end, DATE_TO, NULL, NULL))) return f; /* a range: "the week from 3 to 9 June" */
  const Word *before = i > 0 ? &r->words->word[i - 1] : NULL;
  const bool told = j > i || (before && why_date_word(before->text, DATE_PREP, NULL, NULL));
  if (edge >= EDGE_AFTER && edge < EDGE_WITHIN && (vague || (n * many > 1 && !told))) f.gap = PROPTER_GAP_UNCLEAR_PERIOD; /* "two days after": a day, or two? */
  why_moment_as_day(&a);
  if (edge == EDGE_WITHIN && !r->gap &&
      !(a.has_year ? a.to - a.from < 7 && fixed(&a) : (a.run.day || a.run.month == EASTER) && !a.run.days && a.run.month <= EASTER))
    return a.when == PROPTER_WHEN_EVENT && unit > UNIT_WEEK ? (Found){.end = end, .gap = PROPTER_GAP_UNCLEAR_PERIOD} : f; /* "the month of the strike" */
  f.end = end;
  f.gap = f.gap ? f.gap : r->gap ? r->gap : a.has_year ? stretch_of_days(&a, n * many, unit, edge) : stretch_in_run(&a, n * many, unit, edge);
  f.span = a;
  latest(&f.span);
  return f;
}

/* "Around 20 January": three days before it to three after it. */
static Found around(Reader *r, size_t i) {
  Found f = {0};
  int days;
  const size_t n = why_phrase(r, i, DATE_AROUND, &days, NULL);
  if (!n || !(f.end = why_moment(r, i + n, &f.span))) return (Found){0};
  Span *s = &f.span;
  why_moment_as_day(s);
  const PropterRecurring *run = &s->run;
  const bool day = s->has_year ? fixed(s) && s->from == s->to
                               : (run->day || run->month == EASTER) && run->day == run->day_last && run->month == run->month_last && !run->days && !run->shift;
  f.gap = r->gap ? r->gap : days && day && run->month != WEEK && run->month < HALF ? PROPTER_GAP_NONE : PROPTER_GAP_UNCLEAR_PERIOD;
  s->from -= days, s->to += days;
  s->run.days = 2 * days + 1, s->run.shift = -days;
  latest(s);
  if (!f.gap)
    why_period_note(r, "\"%.*s\" was taken as %d days before it to %d after it", (int)(r->words->word[f.end - 1].end - r->words->word[i].begin),
                    r->text.data + r->words->word[i].begin, days, days);
  return f;
}

/* "During the strike", "through the recession". */
static Found during(Reader *r, size_t i) {
  Found f = {0};
  int of_day; /* as dates.def has it */
  const size_t n = why_phrase(r, i, DATE_DURING, &of_day, NULL);
  if (of_day == 2 && !why_plays(r, i + n, ROLE_THE)) return f; /* "in flooded shops" */
  if (!n || (of_day && i && (r->words->word[i - 1].kind == WORD_ASK || why_has(&r->words->word[i - 1], ROLE_BLAMES)))) return f; /* "blame it on the strike" */
  r->events = true;
  f.end = why_moment(r, i + n, &f.span);
  r->events = false;
  if (of_day && (why_is(r, f.end, DATE_UNIT, NULL, NULL) || why_is(r, f.end, DATE_WEEKDAY, NULL, NULL))) return (Found){0}; /* "on the launch weekend" */
  if (of_day && (r->gap || !r->whole || (f.span.from == f.span.to) != (of_day == 1))) return (Found){0};
  f.gap = r->gap;
  size_t on = f.end; /* "while the strike was on" */
  while (f.end && why_plays(r, on, ROLE_FINITE)) on++;
  if (on > f.end && why_plays(r, on, ROLE_LASTING)) f.end = on + 1;
  r->words->word[i].during = f.end && f.span.when == PROPTER_WHEN_EVENT;
  return f.end && (f.gap || f.span.when == PROPTER_WHEN_EVENT) ? f : (Found){0};
}

/* "The marathon weekend", "launch week": that in which the event lies. */
static Found named_week(Reader *r, size_t i) {
  enum { NAME_WORDS = 4 };
  Found f = {0};
  int a, b, unit;
  const size_t from = why_skip(r, i, ROLE_THE), notes = r->question->note_count;
  const PropterStr told_by = r->question->told_by;
  size_t k = from + 1;
  while (k <= from + NAME_WORDS && !(why_is(r, k, DATE_UNIT, &unit, &b) && unit <= UNIT_WEEK && b == 1) && !(why_is(r, k, DATE_WEEKDAY, &a, &b) && a < b)) k++;
  if (k > from + NAME_WORDS || !why_word_at(r, k) || !why_word_at(r, from) || why_word_at(r, from)->kind != WORD_NONE) return f;
  r->events = true;
  const size_t end = why_moment(r, from, &f.span);
  r->events = false;
  const bool week = why_is(r, k, DATE_UNIT, &unit, &b);
  if (end == k + 1 && f.span.when == PROPTER_WHEN_EVENT && r->its_days) return f.end = end, f.gap = r->gap, f;
  if (end == k && f.span.when == PROPTER_WHEN_EVENT && f.span.to - f.span.from < 7) {
    f.end = k + 1, f.gap = r->gap ? r->gap : stretch_of_days(&f.span, 1, UNIT_WEEK, EDGE_WITHIN);
    if (!week) f.span.from += a - 1, f.span.to = f.span.from + b - a;
    return f;
  }
  r->question->note_count = notes, r->question->told_by = told_by;
  return (Found){0};
}

/* "The three weeks from 13 April to 3 May", "the days between 23 and 28 May", "days 1-9 Feb": so many, if it is said. */
static Found counted_range(Reader *r, size_t i) {
  Found f = {0};
  int n = 1, unit, many = 1;
  const size_t j = why_skip(r, i, ROLE_THE), k = why_small_number(r, j, &n) ? j + 1 : j;
  if (!why_is(r, k, DATE_UNIT, &unit, &many)) return f;
  const bool from = why_is(r, k + 1, DATE_FROM, NULL, NULL), between = why_is(r, k + 1, DATE_BETWEEN, NULL, NULL);
  if (!from && !between && (unit != UNIT_DAY || k > j || !why_word_at(r, k + 1) || !why_word_at(r, k + 1)->number)) return f;
  f = from_to(r, from || between ? k + 2 : k + 1, from, between);
  if (!f.end || f.gap || (n * many == 1 && k == j)) return f;
  PropterDay first = f.span.from, last = f.span.to;
  const bool known = f.span.when == PROPTER_WHEN_FIXED || (f.span.when == PROPTER_WHEN_LATEST && why_run_in(SAMPLE + 1, &f.span.run, &first, &last));
  if (!known || unit > UNIT_WEEK || last - first + 1 != n * many * (unit == UNIT_WEEK ? 7 : 1)) f.gap = PROPTER_GAP_UNCLEAR_PERIOD;
  return f;
}

/* "February so far", "Q3 so far", in that month or quarter. */
static void so_far(const Reader *r, size_t i, Found *f) {
  const PropterRecurring *run = &f->span.run;
  const size_t now = so_far_from(r, f->end);
  const int month = month_now(r);
  while (i > 0 && why_is(r, i - 1, DATE_PREP, NULL, NULL)) i--;
  const bool before = i > 1 && so_far_from(r, i - 2) == 2; /* "so far in June" */
  const int length = run->month_last - run->month + 1;
  if (!(now || before) || f->span.when != PROPTER_WHEN_LATEST || f->span.open || run->day || run->days || run->month > month || run->month_last < month)
    return;
  if (length != 1 && (length != 3 || run->month % 3 != 1)) return;
  f->span.when = PROPTER_WHEN_BACK, f->span.unit = length == 1 ? UNIT_MONTH : UNIT_QUARTER, f->span.count = 0, f->end += now;
}

static Found period(Reader *r, size_t i) {
  const size_t from = why_phrase(r, i, DATE_BEGUN, NULL, NULL), between = why_phrase(r, i, DATE_BETWEEN, NULL, NULL);
  const size_t notes = r->question->note_count;
  const PropterStr told_by = r->question->told_by;
  static Found (*const readers[])(Reader *, size_t) = {during, told_by_edge, of_happening, counted_range, NULL, open_ended, named_week, around, list};
  Found f = {0};
  for (size_t k = 0; k < sizeof readers / sizeof *readers && !f.end; k++) {
    r->question->note_count = notes, r->question->told_by = told_by;
    f = readers[k] ? readers[k](r, i) : from_to(r, i + from + between, from > 0, between > 0);
  }
  if (!f.end) r->question->note_count = notes, r->question->told_by = told_by;
  if (f.end && !f.gap) so_far(r, i, &f);
  return f;
}

/* A fiscal year may be another than the calendar's. */
static void note_fiscal(Reader *r, size_t from, size_t end) {
  for (size_t i = from; i < end; i++)
    if (why_phrase(r, i, DATE_FISCAL, NULL, NULL)) {
      why_period_note(r, "fiscal years were taken as calendar years");
      return;
    }
}

/* "On 1 April, … in that month": the whole of it; word behind it or 0. */
static size_t that_unit(const Reader *r, size_t i, PropterQuestion *q) {
  int unit, n, y, m, d;
  if (!q->has_period || q->open || !why_plays(r, i, ROLE_THAT) || !why_is(r, i + 1, DATE_UNIT, &unit, &n) || n != 1) return 0;
  PropterRecurring *run = &q->run;
  if (q->when == PROPTER_WHEN_LATEST && unit == UNIT_MONTH && run->month <= 12 && run->month == run->month_last && !run->shift) {
    *run = why_run_months(run->month, run->month);
  } else if (q->when == PROPTER_WHEN_FIXED && unit == UNIT_MONTH && q->to - q->from < 31) {
    propter_day_civil(q->from, &y, &m, &d);
    q->from = propter_day(y, m, 1), q->to = propter_day(y, m + 1, 1) - 1;
  } else {
    q->gap = PROPTER_GAP_UNCLEAR_PERIOD, q->has_period = false, q->about = q->period_words;
  }
  for (size_t k = i; k < i + 2; k++) r->words->word[k].used = USED_PERIOD;
  return i + 2;
}

/* "During the outage, on 11 November 2025": a date that says of an event when it was. */
static bool same_days(const PropterQuestion *q, const Span *s) {
  const bool event = q->when == PROPTER_WHEN_EVENT || s->when == PROPTER_WHEN_EVENT, known = q->when == PROPTER_WHEN_FIXED || s->when == PROPTER_WHEN_FIXED;
  return event && known && !q->open && !s->open && q->from == s->from && q->to == s->to;
}

/* "In the half-term week, 16 to 22 February", "in summer, June to August": within the time named before. Both without a year, by months and days. */
static bool narrower(const PropterQuestion *q, const Span *s) {
  PropterDay from, to, first, last;
  if (q->open || s->open || q->when != s->when) return false;
  if (q->when == PROPTER_WHEN_FIXED) return s->from >= q->from && s->to <= q->to;
  return q->when == PROPTER_WHEN_LATEST && q->run.month <= 12 && !q->run.day && !q->run.days && why_run_in(COMMON, &q->run, &from, &to) &&
         why_run_in(COMMON, &s->run, &first, &last) && first >= from && last <= to;
}

/* "The summer campaign", "the Easter sale": the word behind a cause that has the name of a time in its own, as it stands here; 0: none. */
static size_t cause_at(Reader *r, size_t i) {
  WhyEvent event;
  i = why_skip(r, i, ROLE_THE);
  if (!r->causes || r->events || (!why_is(r, i, DATE_SEASON, NULL, NULL) && !why_is(r, i, DATE_HOLIDAY, NULL, NULL) && !why_is(r, i, DATE_MONTH, NULL, NULL)))
    return 0;
  r->status = why_lexicon_event(r->causes, r->words, i, r->question, false, r->arena, &event, r->err);
  return r->status == PROPTER_OK && event.whole && event.end > i + 1 ? event.end : 0;
}

/* "Thursday's ops review": the word behind what the time before i belongs to, which is not asked about; 0: nothing of the kind. */
static size_t of_gathering(const Reader *r, size_t i) {
  enum { NAME_WORDS = 4 };
  if (!why_plays(r, i, ROLE_OWNS)) return 0;
  for (size_t k = i + 1; k < i + NAME_WORDS && why_word_at(r, k) && !why_ends_clause(why_word_at(r, k), ENDS_ANY); k++)
    if (why_plays(r, k, ROLE_GATHERING)) return k + 1;
  return 0;
}

PropterStatus why_period_find(Words *words, PropterStr text, PropterDay today, PropterLexicon *causes, PropterArena *arena, PropterQuestion *q,
                              PropterError *err) {
  PropterStr ahead = {"", 0};
  Reader r = {.words = words, .text = text, .today = today, .causes = causes, .arena = arena, .question = q, .err = err};
  for (size_t i = 0; i < words->count;) {
    size_t passed = cause_at(&r, i);
    if (!passed) passed = that_unit(&r, i, q);
    if (passed) {
      i = passed;
      continue;
    }
    Found f = period(&r, i);
    if (r.status != PROPTER_OK) return r.status;
    if (!f.end) {
      i++;
      continue;
    }
    PropterStr said = {text.data + words->word[i].begin, words->word[f.end - 1].end - words->word[i].begin};
    const size_t gathering = of_gathering(&r, f.end);
    if (gathering) {
      for (; i < gathering; i++) words->word[i].used = USED_PERIOD, words->word[i].kind = WORD_FILLER;
      PROPTER_TRY(why_question_note(q, arena, err, "\"%.*s\" was passed over", (int)(words->word[i - 1].end - (size_t)(said.data - text.data)), said.data));
      continue;
    }
    note_fiscal(&r, i, f.end);
    for (size_t k = i; k < f.end; k++) words->word[k].used = USED_PERIOD;
    if (f.gap == PROPTER_GAP_AHEAD) { /* "… and I meet the board tomorrow" says nothing, where another time is asked about */
      for (ahead = said; i < f.end; i++) words->word[i].used = USED_NOT, words->word[i].kind = WORD_FILLER;
      continue;
    }
    i = f.end;
    if (q->has_period && f.gap == PROPTER_GAP_NONE && same_days(q, &f.span)) continue;
    if (q->has_period && f.gap == PROPTER_GAP_NONE && narrower(q, &f.span)) q->has_period = false, q->gap = PROPTER_GAP_NONE;
    if (q->has_period || q->gap != PROPTER_GAP_NONE) {
      if (q->gap == PROPTER_GAP_NONE || q->has_period) q->gap = PROPTER_GAP_MANY_PERIODS;
      q->about.len = (size_t)(said.data + said.len - q->about.data);
      continue;
    }
    q->about = said;
    q->gap = f.gap;
    if (f.gap != PROPTER_GAP_NONE) continue;
    q->has_period = true;
    q->when = f.span.when, q->open = f.span.open;
    q->unit = f.span.unit, q->count = f.span.count;
    q->run = f.span.run;
    q->from = f.span.from, q->to = f.span.to;
    q->period_words = said;
  }
  if (r.status != PROPTER_OK) return r.status;
  if (ahead.len && !q->has_period && q->gap == PROPTER_GAP_NONE) q->gap = PROPTER_GAP_AHEAD, q->about = ahead;
  else if (ahead.len) PROPTER_TRY(why_question_note(q, arena, err, "\"%.*s\" was passed over", (int)ahead.len, ahead.data));
  if (q->gap == PROPTER_GAP_NONE) q->about = (PropterStr){"", 0};
  if (q->gap != PROPTER_GAP_NONE) q->has_period = false;
  return PROPTER_OK;
}
