/* SPDX-License-Identifier: Apache-2.0 */
#include "when.h"

#include <stdio.h>
#include <string.h>

#include "calendar.h"

enum { SHORT = 4, /* a month's name that may be an abbreviation */ AROUND = 12 /* bytes of a date in figures on each side of its strokes */ };

#define RANGE_WORDS (SET(TO) | SET(THROUGH) | SET(UNTIL) | SET(TILL) | SET(AND))
/* Before a month, before a year they say that it is one. */
#define BEFORE_ANY (SET(IN) | SET(OF) | SET(SINCE) | SET(BY) | SET(DURING) | SET(FROM) | SET(TO) | SET(UNTIL) | SET(THROUGH) | SET(FOR) | SET(BETWEEN))
#define BEFORE_MONTH (BEFORE_ANY | SET(LAST) | SET(THIS) | SET(EARLY) | SET(LATE) | SET(AND) | SET(NEXT) | SET(BEFORE) | SET(BEFORE_AGO) | SET(AFTER))
#define BEFORE_YEAR (BEFORE_ANY | SET(THROUGHOUT) | SET(BEFORE) | SET(BEFORE_AGO) | SET(AFTER) | SET(YEAR) | SET(END))

/* A part of a calendar without knowing which year, perhaps. */
typedef struct {
  WhenGrain grain;
  int year, month, day;      /* 0: not said; a day without a month is counted from Easter Sunday */
  int month_count;           /* length in months for month, season, quarter, half; 12 for a year */
  int third;                 /* 1 early, 2 mid, 3 late; 0 all of it */
  bool before_year;          /* winter: starts in December of the year before */
  bool past;                 /* "last spring": one that is over */
} Point;

typedef WhenToken Token;
typedef struct {
  const Token *items;
  size_t count;
} Tokens;

static bool is_any(const Tokens *t, size_t i, WordSet words) {
  return i < t->count && t->items[i].kind == T_WORD && t->items[i].word < OTHER && (words >> t->items[i].word & 1);
}
static bool is(const Tokens *t, size_t i, Word word) { return is_any(t, i, SET(word)); }

static bool day_at(const Tokens *t, size_t i) {
  return i < t->count && t->items[i].kind == T_NUMBER && !t->items[i].spelled && t->items[i].digits <= 2 && t->items[i].number >= 1 && t->items[i].number <= 31;
}

/* Abbreviations with a full stop or beside a number: "Aug. 7", "Sept 2011", "13 Jan". */
static int month_of(const PropterStr *s, const Tokens *t, size_t i) {
  if (i >= t->count || t->items[i].kind != T_WORD) return 0;
  const Token *w = &t->items[i];
  const bool stop = w->end < s->len && s->data[w->end] == '.', behind = i > 0 && w->capital && day_at(t, i - 1);
  const bool before = i + 1 < t->count && t->items[i + 1].kind == T_NUMBER && !t->items[i + 1].spelled;
  if (w->cut && !stop && !before && !behind) return 0;
  return w->month;
}

/* A word so short that a full stop after it belongs to it. */
static bool may_be_cut(const Token *t) { return t->cut || (t->month && t->end - t->start <= SHORT); }

static int season_of(const Tokens *t, size_t i) {
  if (is(t, i, SPRING)) return 3;
  if (is(t, i, SUMMER)) return 6;
  if (is_any(t, i, SET(AUTUMN) | SET(FALL))) return 9;
  if (is(t, i, WINTER)) return 12;
  return 0;
}

static bool year_at(const Tokens *t, size_t i) {
  return i < t->count && t->items[i].kind == T_NUMBER && t->items[i].digits == 4 && !t->items[i].ordinal && t->items[i].number >= 1800 &&
         t->items[i].number <= 2199;
}

static bool dot_at(const PropterStr *s, const Tokens *t, size_t i) { return i < t->count && t->items[i].kind == T_OTHER && s->data[t->items[i].start] == '.'; }

static size_t skip_year(const Tokens *t, size_t i, Point *p) {
  size_t j = i;
  if (j < t->count && t->items[j].kind == T_COMMA) j++;
  if (is_any(t, j, SET(OF) | SET(IN))) j++;
  if (!year_at(t, j)) return i;
  p->year = t->items[j].number;
  return j + 1;
}

static bool range_word(const Tokens *t, size_t i) { return i < t->count && (t->items[i].kind == T_DASH || is_any(t, i, RANGE_WORDS)); }

/* ISO date at token i: number dash number dash number without blanks. */
static size_t iso(const Tokens *t, size_t i, Point *p) {
  if (i + 4 >= t->count) return 0;
  const Token *a = &t->items[i];
  if (a->kind != T_NUMBER || a->digits != 4 || a[1].kind != T_DASH || a[2].kind != T_NUMBER || a[2].digits != 2 || a[3].kind != T_DASH || a[4].digits != 2)
    return 0;
  if (a[0].end != a[1].start || a[1].end != a[2].start || a[2].end != a[3].start || a[3].end != a[4].start) return 0;
  if (a[2].number < 1 || a[2].number > 12 || a[4].number < 1 || a[4].number > propter_month_length(a->number, a[2].number)) return 0;
  *p = (Point){WHEN_DAY, a->number, a[2].number, a[4].number, 0, 0, false, false};
  return i + 5;
}

/* "On Good Friday", "Boxing Day 2024:", not "the Boxing Day sale". */
static size_t feast_at(const Tokens *t, size_t i, bool loose, Point *p) {
  static const WordSet lead = BEFORE_ANY | SET(ON) | SET(TILL) | SET(LAST) | SET(NEXT) | SET(BEFORE) | SET(BEFORE_AGO) | SET(AFTER) | SET(AND);
  *p = (Point){.grain = WHEN_DAY};
  calendar_feast(t->items[i].feast, &p->month, &p->day);
  const size_t after = skip_year(t, i + 1, p);
  const bool ends = after == t->count || t->items[after].kind != T_WORD;
  return loose || ends || (i > 0 && is_any(t, i - 1, lead)) ? after : 0;
}

/* One point in the calendar at token i; returns the token after it, or 0. `loose`: a bare month or year is enough. */
static size_t point_at(const PropterStr *s, const Tokens *t, size_t i, bool loose, Point *p) {
  size_t j = iso(t, i, p);
  if (j) return j;
  if (i < t->count && t->items[i].feast) return feast_at(t, i, loose, p);
  memset(p, 0, sizeof *p);
  size_t begin = i;
  if (is_any(t, i, SET(EARLY) | SET(MID) | SET(LATE))) {
    p->third = is(t, i, EARLY) ? 1 : is(t, i, MID) ? 2 : 3;
    i++;
    if (i < t->count && t->items[i].kind == T_DASH) i++;
    if (is(t, i, IN)) i++;
    loose = true;
  } else if (is_any(t, i, SET(BEGINNING) | SET(START) | SET(MIDDLE) | SET(END)) && is(t, i + 1, OF)) {
    p->third = is(t, i, MIDDLE) ? 2 : is(t, i, END) ? 3 : 1;
    i += 2;
    loose = true;
  }
  int m;
  if (day_at(t, i) && !p->third) {
    size_t k = i + 1;
    if (is(t, k, OF)) k++;
    if ((m = month_of(s, t, k))) {
      *p = (Point){WHEN_DAY, 0, m, t->items[i].number, 0, 0, false, false};
      k++;
      if (dot_at(s, t, k) && may_be_cut(&t->items[k - 1])) k++;
      return skip_year(t, k, p);
    }
    return 0;
  }
  if ((m = month_of(s, t, i))) {
    size_t k = i + 1;
    if (dot_at(s, t, k) && may_be_cut(&t->items[i])) k++;
    p->month = m;
    if (day_at(t, k) && !p->third) {
      p->grain = WHEN_DAY, p->day = t->items[k].number;
      return skip_year(t, k + 1, p);
    }
    p->grain = WHEN_MONTH, p->month_count = 1;
    size_t after = skip_year(t, k, p);
    if (after != k) return after;
    /* "May" and "March" are other words as well, but not alone: "March.", "May:" */
    bool alone = begin == 0 && (k == t->count || t->items[k].kind == T_OTHER);
    bool led = alone || (begin > 0 && is_any(t, begin - 1, BEFORE_MONTH));
    return t->items[i].doubtful && !led && !p->third && !loose ? 0 : k;
  }
  int season = season_of(t, i);
  if (season) {
    bool led = begin > 0 && is_any(t, begin - 1, SET(THIS) | SET(LAST) | SET(THAT) | SET(THE) | SET(IN) | SET(OVER) | SET(DURING) | SET(SINCE) | SET(OF));
    Point q = *p;
    q.grain = WHEN_SEASON, q.month = season, q.month_count = 3, q.before_year = season == 12;
    size_t after = skip_year(t, i + 1, &q);
    if (after == i + 1 && (!led || is(t, i + 1, IN) || is(t, i + 1, OF))) return 0;
    /* "the fall in orders" is no season, nor is "in fall" without a year. */
    if (after == i + 1 && is(t, i, FALL) && !(begin > 0 && is_any(t, begin - 1, SET(THIS) | SET(LAST)))) return 0;
    /* "The winter boots" are boots; "over the winter orders fell" has a date. */
    bool named = begin > 0 && is(t, begin - 1, THE) && !(begin > 1 && is_any(t, begin - 2, SET(IN) | SET(OVER) | SET(DURING) | SET(SINCE) | SET(OF)));
    if (after == i + 1 && named && i + 1 < t->count && t->items[i + 1].kind == T_WORD && t->items[i + 1].word == OTHER) return 0;
    if (after == i + 1 && begin > 0 && is(t, begin - 1, LAST)) q.past = true;
    *p = q;
    return after;
  }
  if (is_any(t, i, SET(Q) | SET(H)) && t->items[i].number >= 1 && t->items[i].number <= (is(t, i, Q) ? 4 : 2)) {
    p->grain = WHEN_SEASON, p->month_count = is(t, i, Q) ? 3 : 6, p->month = p->month_count * (t->items[i].number - 1) + 1;
    size_t after = skip_year(t, i + 1, p);
    return after == i + 1 && is(t, i, H) && !(begin > 0 && is_any(t, begin - 1, BEFORE_ANY)) ? 0 : after;
  }
  if (is(t, i, FY) && t->items[i].digits) {
    *p = (Point){WHEN_YEAR, t->items[i].digits == 2 ? 2000 + t->items[i].number : t->items[i].number, 1, 0, 12, 0, false, false};
    return t->items[i].digits % 2 ? 0 : i + 1;
  }
  /* A year of accounts is taken for the year of the calendar; when it ends is not said. */
  if (is_any(t, i, SET(FISCAL) | SET(FY)) && year_at(t, is(t, i + 1, YEAR) ? i + 2 : i + 1)) i += is(t, i + 1, YEAR) ? 2 : 1, loose = true;
  static const Word ordinals[] = {FIRST, SECOND, THIRD, FOURTH};
  for (int n = 0; n < 4; n++) {
    if (!is(t, i, ordinals[n])) continue;
    bool half = is(t, i + 1, HALF) && n < 2;
    if (!half && !is(t, i + 1, QUARTER)) return 0;
    p->grain = WHEN_SEASON, p->month = half ? 6 * n + 1 : 3 * n + 1, p->month_count = half ? 6 : 3;
    size_t k = i + 2;
    if (is(t, k, OF) && is(t, k + 1, THE) && is(t, k + 2, YEAR)) return k + 3;
    size_t after = skip_year(t, k, p);
    return after == k && half ? 0 : after;
  }
  if (year_at(t, i)) {
    bool led = begin > 0 && is_any(t, begin - 1, BEFORE_YEAR);
    if (!led && !loose && !p->third) return 0;
    p->grain = WHEN_YEAR, p->year = t->items[i].number, p->month = 1, p->month_count = 12;
    return i + 1;
  }
  return 0;
}

static void span(const Point *p, int year, PropterDay *first, PropterDay *last) {
  if (p->grain == WHEN_DAY && !p->month) {
    *first = *last = propter_day_easter(year) + p->day;
    return;
  }
  if (p->grain == WHEN_DAY) {
    int max = propter_month_length(year, p->month);
    *first = *last = propter_day(year, p->month, p->day > max ? max : p->day);
    return;
  }
  if (p->before_year) year--;
  *first = propter_day(year, p->month, 1);
  *last = propter_day(year, p->month + p->month_count, 1) - 1;
  if (p->third && p->month_count == 1) {
    PropterDay start = *first, end = *last;
    *first = p->third == 1 ? start : p->third == 2 ? start + 10 : start + 20;
    *last = p->third == 1 ? start + 9 : p->third == 2 ? start + 19 : end;
  } else if (p->third) {
    int part = p->month_count / 3;
    *first = propter_day(year, p->month + (p->third - 1) * part, 1);
    *last = propter_day(year, p->month + p->third * part, 1) - 1;
  }
}

/* Dates of a point that names no year: in the hinted year, else the last that had begun by the reference day. */
static bool resolve(const Point *p, PropterDay reference, int hint, bool forward, PropterDay *first, PropterDay *last) {
  int y = 0, m = 0, d = 0;
  if (reference != PROPTER_NO_DAY) propter_day_civil(reference, &y, &m, &d);
  if (p->year) {
    span(p, p->year, first, last);
    return true;
  }
  if (hint) {
    span(p, hint, first, last);
    /* What has been is not still to come. */
    if (!forward && reference != PROPTER_NO_DAY && *first > reference) span(p, hint - 1, first, last);
    return true;
  }
  if (reference == PROPTER_NO_DAY) return false;
  int year = forward ? y - 1 : y + 1;
  do span(p, forward ? year++ : year--, first, last);
  while (forward ? *last < reference : *first > reference || (p->past && *last >= reference));
  return true;
}

static int point_order(const Point *p) { return (p->month ? p->month : 4) * 100 + p->day; }

static bool add(Whens *out, const Tokens *t, size_t from, size_t to, PropterDay first, PropterDay last, WhenGrain grain, bool year) {
  if (last < first) return true;
  /* "In January 2009, twice as many as in December": the December just before it. */
  if (!year && grain <= WHEN_SEASON && out->count && out->items[out->count - 1].year_given && out->items[out->count - 1].grain <= WHEN_SEASON) {
    PropterDay anchor = out->items[out->count - 1].first;
    int y, m, d, y2, m2, d2;
    propter_day_civil(first, &y, &m, &d);
    propter_day_civil(last, &y2, &m2, &d2);
    PropterDay before = propter_day(y - 1, m, d);
    if (first - anchor > 240 && before < anchor && anchor - before <= 62) first = before, last = propter_day(y2 - 1, m2, d2);
  }
  When w = {.start = t->items[from].start, .end = t->items[to - 1].end, .first = first, .last = last, .grain = grain, .year_given = year};
  return propter_vec_push(out, w);
}

static bool comma_at(const Tokens *t, size_t i) { return i < t->count && t->items[i].kind == T_COMMA; }

/* The day that goes with the one at i: "7–22", "14 and 15", "14, and Wednesday, 15"; 0: none. */
static size_t second_day(const Tokens *t, size_t i) {
  size_t k = i + 1;
  if (!day_at(t, i)) return 0;
  if (comma_at(t, k) && is(t, k + 1, AND)) k++;
  if (!range_word(t, k++)) return 0;
  if (k < t->count && t->items[k].weekday) k += comma_at(t, k + 1) ? 2 : 1;
  return day_at(t, k) ? k : 0;
}

/* "7–22 August 2011", "August 7 to 22, 2011": two days that share a month. */
static size_t shared_month(const PropterStr *s, const Tokens *t, size_t i, Point *a, Point *b) {
  int m;
  size_t j, second = second_day(t, i);
  if (second) {
    j = second + 1;
    if (is(t, j, OF)) j++;
    if (!(m = month_of(s, t, j))) return 0;
    j++;
    *a = (Point){WHEN_DAY, 0, m, t->items[i].number, 0, 0, false, false};
    *b = (Point){WHEN_DAY, 0, m, t->items[second].number, 0, 0, false, false};
    j = skip_year(t, j, b);
    a->year = b->year;
    return j;
  }
  if ((m = month_of(s, t, i)) && day_at(t, i + 1) && range_word(t, i + 2) && day_at(t, i + 3) && !month_of(s, t, i + 4)) {
    *a = (Point){WHEN_DAY, 0, m, t->items[i + 1].number, 0, 0, false, false};
    *b = (Point){WHEN_DAY, 0, m, t->items[i + 3].number, 0, 0, false, false};
    j = skip_year(t, i + 4, b);
    a->year = b->year;
    return j;
  }
  return 0;
}

/* --- counted from a day ------------------------------------------------------------------------------------------------------ */

#define UNITS (SET(DAY) | SET(WEEK) | SET(MONTH) | SET(QUARTER) | SET(YEAR))

static PropterDay shifted(PropterDay day, Word unit, int n) {
  int y, m, d;
  if (unit == DAY || unit == WEEK) return day + n * (unit == WEEK ? 7 : 1);
  propter_day_civil(day, &y, &m, &d);
  PropterDay first = propter_day(y, m + n * (unit == YEAR ? 12 : unit == QUARTER ? 3 : 1), 1);
  propter_day_civil(first, &y, &m, &(int){0});
  int length = propter_month_length(y, m);
  return first + (d > length ? length : d) - 1;
}

/* The day, week (from Monday), month, quarter or year that a day lies in. */
static WhenGrain around(PropterDay day, Word unit, PropterDay *first, PropterDay *last) {
  int y, m, d;
  propter_day_civil(day, &y, &m, &d);
  if (unit == DAY) return *first = *last = day, WHEN_DAY;
  if (unit == WEEK) return *first = day - propter_day_weekday(day) + 1, *last = *first + 6, WHEN_DAY;
  int length = unit == YEAR ? 12 : unit == QUARTER ? 3 : 1;
  m = (m - 1) / length * length + 1;
  *first = propter_day(y, m, 1), *last = propter_day(y, m + length, 1) - 1;
  return unit == YEAR ? WHEN_YEAR : unit == QUARTER ? WHEN_SEASON : WHEN_MONTH;
}

static bool count_at(const Tokens *t, size_t i) {
  return i < t->count && t->items[i].kind == T_NUMBER && !t->items[i].ordinal && t->items[i].digits <= 3 && t->items[i].number >= 1;
}

/* "Monday", "last Friday", "on Tuesday": the nearest one, the day itself if it is one. */
/* "Sat 4th": the nearest such day of a month that is such a weekday, or none. */
static PropterDay day_that_is(PropterDay reference, int weekday, int day, bool forward) {
  enum { DAYS = 400 };
  int y, m, d;
  for (int n = 0; n < DAYS; n++) {
    const PropterDay at = forward ? reference + n : reference - n;
    propter_day_civil(at, &y, &m, &d);
    if (d == day && propter_day_weekday(at) == weekday) return at;
  }
  return PROPTER_NO_DAY;
}

static size_t weekday_at(const PropterStr *s, const Tokens *t, size_t i, const WhenContext *c, When *w) {
  size_t k = i + is_any(t, i, SET(LAST) | SET(NEXT) | SET(THIS));
  if (k >= t->count || !t->items[k].weekday) return 0;
  /* "Good Friday" is a name; "Monday, 7 August" says it itself. */
  if (k == i && i > 0 && t->items[i - 1].capital && t->items[i - 1].word == OTHER) return 0;
  Point ignored, also;
  size_t next = k + 1 < t->count && t->items[k + 1].kind == T_COMMA ? k + 2 : k + 1;
  if (point_at(s, t, next, false, &ignored) || shared_month(s, t, next, &ignored, &also)) return 0;
  if (next < t->count && is(t, next, THE)) next++;
  if (k == i && day_at(t, next) && t->items[next].ordinal) {
    w->first = w->last = day_that_is(c->reference, t->items[k].weekday, t->items[next].number, c->forward);
    w->grain = WHEN_DAY;
    return w->first == PROPTER_NO_DAY ? 0 : next + 1;
  }
  if (t->items[k].cut) return 0; /* "sat", "sun" */
  int back = (propter_day_weekday(c->reference) - t->items[k].weekday + 7) % 7, on = (7 - back) % 7;
  bool forward = is(t, i, NEXT) || (c->forward && !is(t, i, LAST));
  w->first = w->last = forward ? c->reference + (on ? on : is(t, i, NEXT) ? 7 : 0) : c->reference - (back ? back : is(t, i, LAST) ? 7 : 0);
  w->grain = WHEN_DAY;
  return k + 1;
}

/* "week 21", "week 21 of 2024". */
static size_t week_at(const Tokens *t, size_t i, const WhenContext *c, When *w) {
  if (!is(t, i, WEEK) || t->items[i].plural || !count_at(t, i + 1) || t->items[i + 1].spelled || t->items[i + 1].number > 53) return 0;
  Point p = {.year = c->year};
  size_t k = skip_year(t, i + 2, &p);
  w->year_given = k > i + 2;
  int y, m, d;
  if (!p.year && c->reference == PROPTER_NO_DAY) return 0;
  if (!p.year) propter_day_civil(c->reference, &p.year, &m, &d);
  for (y = p.year;; y--) {
    /* The week with 4 January is the first (ISO 8601). */
    (void)around(propter_day(y, 1, 4), WEEK, &w->first, &w->last);
    w->first += 7 * (t->items[i + 1].number - 1), w->last = w->first + 6;
    if (w->year_given || c->forward || c->reference == PROPTER_NO_DAY || w->first <= c->reference) break;
  }
  w->grain = WHEN_DAY;
  return k;
}

/* "three months ended March 31, 2024", "the year ended June 30". */
static size_t ended_at(const PropterStr *s, const Tokens *t, size_t i, const WhenContext *c, When *w) {
  size_t k = i + count_at(t, i);
  if (!is_any(t, k, UNITS) || !is_any(t, k + 1, SET(ENDED) | SET(ENDING))) return 0;
  Point p;
  PropterDay first;
  size_t after = point_at(s, t, k + 2 + is(t, k + 2, ON), true, &p);
  if (!after || !resolve(&p, c->reference, c->year, c->forward, &first, &w->last)) return 0;
  w->first = shifted(w->last + 1, t->items[k].word, k > i ? -t->items[i].number : -1);
  w->grain = t->items[k].word == YEAR ? WHEN_YEAR : WHEN_SEASON, w->year_given = p.year != 0;
  return after;
}

/* A period that is counted from the reference day; returns the token after it, or 0. */
static size_t relative_at(const PropterStr *s, const Tokens *t, size_t i, const WhenContext *c, When *w) {
  size_t after = ended_at(s, t, i, c, w);
  if (!after) after = week_at(t, i, c, w);
  if (after || c->reference == PROPTER_NO_DAY) return after;
  if (is_any(t, i, SET(YESTERDAY) | SET(TODAY) | SET(TOMORROW))) {
    w->first = w->last = c->reference + (is(t, i, YESTERDAY) ? -1 : is(t, i, TODAY) ? 0 : 1);
    w->grain = WHEN_DAY;
    return i + 1;
  }
  if (count_at(t, i) && is_any(t, i + 1, UNITS) && is(t, i + 2, AGO)) {
    w->grain = around(shifted(c->reference, t->items[i + 1].word, -t->items[i].number), t->items[i + 1].word, &w->first, &w->last);
    return i + 3;
  }
  /* "vor zwei Wochen" */
  if (is(t, i, BEFORE_AGO) && count_at(t, i + 1) && is_any(t, i + 2, UNITS)) {
    w->grain = around(shifted(c->reference, t->items[i + 2].word, -t->items[i + 1].number), t->items[i + 2].word, &w->first, &w->last);
    return i + 3;
  }
  if ((after = weekday_at(s, t, i, c, w))) return after;
  if (!is_any(t, i, SET(THIS) | SET(LAST) | SET(NEXT) | SET(PAST))) return 0;
  bool counted = count_at(t, i + 1) && !is(t, i, THIS);
  size_t k = i + 1 + counted;
  if (!is_any(t, k, UNITS) || is(t, k + 1, OF)) return 0;
  Word unit = t->items[k].word;
  if (counted || is(t, i, PAST)) {
    int n = counted ? t->items[i + 1].number : 1;
    w->first = is(t, i, NEXT) ? c->reference + 1 : shifted(c->reference, unit, -n) + 1;
    w->last = is(t, i, NEXT) ? shifted(c->reference, unit, n) : c->reference;
    w->grain = unit == YEAR ? WHEN_YEAR : WHEN_SEASON;
    return k + 1;
  }
  if (unit == DAY || t->items[k].plural) return 0;
  w->grain = around(shifted(c->reference, unit, is(t, i, THIS) ? 0 : is(t, i, LAST) ? -1 : 1), unit, &w->first, &w->last);
  return k + 1;
}

/* Numbers apart by strokes at token i, such as 05/03/2024: which of the first two could be the month. */
static size_t stroked(const PropterStr *s, const Tokens *t, size_t i, bool *day_first, bool *month_first) {
  if (i + 4 >= t->count || t->items[i].kind != T_NUMBER || !year_at(t, i + 4)) return 0;
  const Token *a = &t->items[i];
  for (int k = 0; k < 4; k++)
    if (a[k].end != a[k + 1].start || (k % 2 && s->data[a[k].start] != '/')) return 0;
  if (!day_at(t, i) || !day_at(t, i + 2)) return 0;
  *day_first = a[2].number <= 12, *month_first = a[0].number <= 12;
  return *day_first || *month_first ? i + 5 : 0;
}

static size_t stroked_at(const PropterStr *s, const Tokens *t, size_t i, WhenOrder order, Point *p) {
  bool day_first, month_first;
  size_t after = stroked(s, t, i, &day_first, &month_first);
  if (!after || (day_first && month_first && order == WHEN_ORDER_UNKNOWN && t->items[i].number != t->items[i + 2].number)) return 0;
  bool day = day_first && !(month_first && order == WHEN_MONTH_FIRST);
  *p = (Point){WHEN_DAY, t->items[i + 4].number, t->items[day ? i + 2 : i].number, t->items[day ? i : i + 2].number, 0, 0, false, false};
  return after;
}

bool when_order(PropterStr text, WhenOrder *order) {
  WhenText cut = {0};
  bool days = false, months = false, day_first, month_first, fits = true;
  *order = WHEN_ORDER_UNKNOWN;
  /* Figures that might be such a date begin one or two digits before a stroke. */
  for (size_t at = 0; fits && at < text.len;) {
    const char *stroke = memchr(text.data + at, '/', text.len - at);
    if (!stroke) break;
    at = (size_t)(stroke - text.data);
    size_t from = at < AROUND ? 0 : at - AROUND, to = text.len - at < AROUND ? text.len : at + AROUND;
    fits = when_cut((PropterStr){text.data + from, to - from}, calendar_default(), &cut);
    Tokens t = {cut.tokens.items, cut.tokens.count};
    for (size_t i = 0; fits && i < t.count; i++)
      if (stroked(&cut.text, &t, i, &day_first, &month_first) && day_first != month_first) *(day_first ? &days : &months) = true;
    at++;
  }
  if (days != months) *order = days ? WHEN_DAY_FIRST : WHEN_MONTH_FIRST;
  propter_vec_clear(&cut.tokens);
  return fits;
}

void when_duration(const WhenText *text, WhenDuration *out) {
  static const struct {
    Word unit;
    const char *before;
    int times;
    char letter;
  } units[] = {{DAY, "P", 1, 'D'},  {WEEK, "P", 7, 'D'},  {MONTH, "P", 1, 'M'},  {QUARTER, "P", 3, 'M'},
               {YEAR, "P", 1, 'Y'}, {HOUR, "PT", 1, 'H'}, {MINUTE, "PT", 1, 'M'}};
  Tokens t = {text->tokens.items, text->tokens.count};
  *out = (WhenDuration){0};
  for (size_t i = 0; !out->end && i + 2 < t.count; i++) {
    if (!is(&t, i, FOR)) continue;
    size_t k = i + 1;
    /* "for nearly two weeks", "for more than two weeks" */
    while (k < i + 3 && k < t.count && t.items[k].kind == T_WORD && t.items[k].word == OTHER) k++;
    if (!count_at(&t, k)) continue;
    for (size_t u = 0; u < sizeof units / sizeof *units; u++)
      if (is(&t, k + 1, units[u].unit) && !is(&t, k + 2, AGO)) {
        const int n = t.items[k].number * units[u].times;
        *out = (WhenDuration){.start = t.items[i].start, .end = t.items[k + 1].end};
        if (units[u].letter == 'M' && units[u].before[1] != 'T') out->months = n;
        else if (units[u].letter == 'Y') out->months = 12 * n;
        else out->days = units[u].letter == 'D' ? n : units[u].letter == 'H' ? (n + 23) / 24 : 1;
        (void)snprintf(out->duration, sizeof out->duration, "%s%d%c", units[u].before, t.items[k].number * units[u].times, units[u].letter);
      }
  }
}

PropterDay when_lasted(const WhenDuration *duration, PropterDay first) {
  int year, month, day;
  if (!duration->months) return first + (duration->days > 1 ? duration->days : 1) - 1;
  propter_day_civil(first, &year, &month, &day);
  month += duration->months;
  int most = propter_month_length(year + (month - 1) / 12, (month - 1) % 12 + 1);
  return propter_day(year + (month - 1) / 12, (month - 1) % 12 + 1, day < most ? day : most) - 1;
}

/* --- all of a text ------------------------------------------------------------------------------------------------------------- */

bool when_says_year(const WhenText *text) {
  bool says = false;
  for (size_t i = 0; i < text->tokens.count && !says; i++) {
    const Token *t = &text->tokens.items[i];
    says = t->digits == 4 || (t->word == FY && t->digits);
  }
  return says;
}

/* Token i stands behind "until" or "until the". */
static bool led_by(const Tokens *t, size_t i, WordSet words) { return i > 0 && (is_any(t, i - 1, words) || (i > 1 && is(t, i - 1, THE) && is_any(t, i - 2, words))); }

/* "Stopped work on 7 August and stayed out until the 22nd": the next such day after the one before it. */
static size_t day_of_it(const Tokens *t, size_t i, const When *day, When *w) {
  int y, m, d;
  bool closed = i + 1 == t->count || t->items[i + 1].kind == T_OTHER || t->items[i + 1].kind == T_COMMA || is(t, i + 1, AND);
  if (!day || day->grain != WHEN_DAY || !day_at(t, i) || !t->items[i].ordinal || !closed || !led_by(t, i, SET(UNTIL) | SET(TILL) | SET(THROUGH))) return 0;
  propter_day_civil(day->last, &y, &m, &d);
  if (t->items[i].number <= d && ++m > 12) m = 1, y++;
  if (t->items[i].number > propter_month_length(y, m)) return 0;
  w->first = w->last = propter_day(y, m, t->items[i].number);
  w->grain = WHEN_DAY, w->year_given = day->year_given;
  return i + 1;
}

/* What follows is no noun that is counted ("on the 3rd floor"). */
static bool counts_nothing(const Tokens *t, size_t i, bool stops) {
  const Token *next = i + 1 < t->count ? &t->items[i + 1] : NULL;
  if (!next || next->kind == T_OTHER || next->kind == T_COMMA || next->spelled) return true;
  return next->kind == T_WORD && !next->month && (stops ? !next->capital : next->word != OTHER && !is_any(t, i + 1, UNITS | SET(QUARTER)));
}

/* "On the 3rd", "am 3." */
static bool day_alone(const Tokens *t, size_t i, bool stops) {
  static const WordSet lead = SET(ON) | SET(SINCE) | SET(FROM) | SET(BY) | SET(UNTIL) | SET(TILL) | SET(THROUGH) | SET(TO) | SET(AFTER) | SET(BEFORE);
  return day_at(t, i) && t->items[i].ordinal && led_by(t, i, lead) && counts_nothing(t, i, stops);
}

/* "The 1st to the 20th": the token of the second day, or 0. */
static size_t day_range(const Tokens *t, size_t i, bool stops) {
  size_t k = i + 2;
  if (!range_word(t, i + 1) || is(t, i + 1, AND)) return 0;
  if (is(t, k, THE)) k++;
  return day_at(t, k) && t->items[k].ordinal && t->items[k].number > t->items[i].number && counts_nothing(t, k, stops) ? k : 0;
}

static size_t day_of_month(const Tokens *t, size_t i, const When *said, const WhenContext *c, When *w) {
  int y = c->month_year, m = c->month, d = 0;
  const bool stops = c->calendar && calendar_stops(c->calendar);
  if (!day_alone(t, i, stops)) return 0;
  if (said && said->grain == WHEN_DAY && led_by(t, i, SET(UNTIL) | SET(TILL) | SET(THROUGH))) return 0; /* the next one, and there is none */
  if (said && said->grain <= WHEN_MONTH) propter_day_civil(said->last, &y, &m, &d);
  const size_t end = day_range(t, i, stops);
  const int day = t->items[i].number, until = end ? t->items[end].number : day;
  if (!m && c->reference == PROPTER_NO_DAY) return 0;
  if (!m) {
    propter_day_civil(c->reference, &y, &m, &d);
    if (c->forward ? day < d : day > d) m += c->forward ? 1 : -1;
    if (m < 1 || m > 12) y += m < 1 ? -1 : 1, m = m < 1 ? 12 : 1;
  }
  if (until > propter_month_length(y, m)) return 0;
  w->first = propter_day(y, m, day), w->last = propter_day(y, m, until), w->grain = WHEN_DAY, w->year_given = said && said->year_given;
  return (end ? end : i) + 1;
}

/* What has lasted since then lasts until the reference day. */
static void since(const Tokens *t, size_t i, const WhenContext *c, Whens *out) {
  if (!led_by(t, i, SET(SINCE)) || !out->count || c->reference == PROPTER_NO_DAY || out->items[out->count - 1].last > c->reference) return;
  out->items[out->count - 1].last = c->reference;
  out->items[out->count - 1].open = true;
}

bool when_dates(const WhenText *cut, const WhenContext *c, Whens *out) {
  PropterStr text = cut->text;
  Tokens t = {cut->tokens.items, cut->tokens.count};
  const size_t found = out->count;
  bool fits = true;
  for (size_t i = 0; fits && i < t.count;) {
    Point a, b;
    PropterDay first, last, first2, last2;
    const Token *begin = &t.items[i];
    size_t before = out->count, at = i, j;
    When w = {0};
    if (begin->kind != T_NUMBER && (begin->kind != T_WORD || (begin->word == OTHER && !begin->month && !begin->weekday && !begin->feast))) {
      i++;
      continue;
    }
    if ((j = day_of_it(&t, i, before > found ? &out->items[before - 1] : NULL, &w))) {
      fits = add(out, &t, i, j, w.first, w.last, w.grain, w.year_given);
    } else if ((j = relative_at(&text, &t, i, c, &w))) {
      fits = add(out, &t, i, j, w.first, w.last, w.grain, w.year_given);
      if (out->count > before) out->items[before].relative = true;
    } else if ((j = shared_month(&text, &t, i, &a, &b))) {
      if (resolve(&a, c->reference, c->year, c->forward, &first, &last) && resolve(&b, c->reference, c->year, c->forward, &first2, &last2))
        fits = add(out, &t, i, j, first, last2, WHEN_DAY, a.year != 0);
    } else if ((j = stroked_at(&text, &t, i, c->order, &a)) || (j = point_at(&text, &t, i, false, &a))) {
      size_t k = 0;
      bool joined = range_word(&t, j) && (!is(&t, j, AND) || (i > 0 && is(&t, i - 1, BETWEEN)));
      if (joined) k = point_at(&text, &t, j + 1 + (j + 1 < t.count && t.items[j + 1].weekday), true, &b);
      bool same = k && (a.grain != WHEN_YEAR || b.grain == WHEN_YEAR);
      if (same && !a.year && b.year) a.year = point_order(&a) > point_order(&b) ? b.year - 1 : b.year;
      if (same && !b.year && a.year) b.year = point_order(&b) < point_order(&a) ? a.year + 1 : a.year;
      if (same && resolve(&a, c->reference, c->year, c->forward, &first, &last) && resolve(&b, c->reference, c->year, c->forward, &first2, &last2) &&
          last2 >= first) {
        fits = add(out, &t, i, k, first, last2, a.grain > b.grain ? a.grain : b.grain, a.year != 0);
        j = k;
      } else if (resolve(&a, c->reference, c->year, c->forward, &first, &last)) {
        fits = add(out, &t, i, j, first, last, a.grain, a.year != 0);
      }
    } else if ((j = day_of_month(&t, i, before > found ? &out->items[before - 1] : NULL, c, &w))) {
      fits = add(out, &t, i, j, w.first, w.last, w.grain, w.year_given);
    } else {
      j = i + 1;
    }
    i = j;
    if (out->count > before) since(&t, at, c, out);
  }
  return fits;
}

bool when_scan(PropterStr text, const WhenContext *context, Whens *out) {
  const Calendar *calendar = context->calendar ? context->calendar : calendar_default();
  WhenText cut = {0};
  if (!when_possible(text, calendar)) return true;
  bool fits = when_cut(text, calendar, &cut) && when_dates(&cut, context, out);
  propter_vec_clear(&cut.tokens);
  return fits;
}
