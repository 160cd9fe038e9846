/* SPDX-License-Identifier: Apache-2.0 */
#include "when.h"

#include <string.h>

enum { WORD_MAX = 16 };

/* The words of the calendar in alphabetical order; which month a word is. */
/* clang-format off */
#define CALENDAR(row)                                                                                                                                        \
  row(AFTER, "after", 0) row(AND, "and", 0) row(APRIL, "april", 4) row(AUGUST, "august", 8) row(AUTUMN, "autumn", 0) row(BEFORE, "before", 0)                \
  row(BEGINNING, "beginning", 0) row(BETWEEN, "between", 0) row(BY, "by", 0) row(DECEMBER, "december", 12) row(DURING, "during", 0)                          \
  row(EARLY, "early", 0) row(END, "end", 0) row(FALL, "fall", 0) row(FEBRUARY, "february", 2) row(FIRST, "first", 0) row(FOR, "for", 0)                      \
  row(FOURTH, "fourth", 0) row(FROM, "from", 0) row(HALF, "half", 0) row(IN, "in", 0) row(JANUARY, "january", 1) row(JULY, "july", 7)                        \
  row(JUNE, "june", 6) row(LAST, "last", 0) row(LATE, "late", 0) row(MARCH, "march", 3) row(MAY, "may", 5) row(MID, "mid", 0)                                \
  row(MIDDLE, "middle", 0) row(MONTH, "month", 0) row(NEXT, "next", 0) row(NOVEMBER, "november", 11) row(OCTOBER, "october", 10) row(OF, "of", 0)            \
  row(OVER, "over", 0) row(Q, "q", 0) row(QUARTER, "quarter", 0) row(SECOND, "second", 0) row(SEPTEMBER, "september", 9) row(SINCE, "since", 0)              \
  row(SPRING, "spring", 0) row(START, "start", 0) row(SUMMER, "summer", 0) row(THAT, "that", 0) row(THE, "the", 0) row(THIRD, "third", 0)                    \
  row(THIS, "this", 0) row(THROUGH, "through", 0) row(THROUGHOUT, "throughout", 0) row(TILL, "till", 0) row(TO, "to", 0) row(UNTIL, "until", 0)              \
  row(WINTER, "winter", 0) row(YEAR, "year", 0)
/* clang-format on */
typedef enum {
#define ROW(name, text, month) name,
  CALENDAR(ROW)
#undef ROW
      OTHER
} Word;
_Static_assert(OTHER < 64, "sets of words are bits of a number");
typedef uint64_t WordSet;
#define SET(word) (UINT64_C(1) << (word))
#define RANGE_WORDS (SET(TO) | SET(THROUGH) | SET(UNTIL) | SET(TILL) | SET(AND))
/* Before a month, before a year they say that it is one. */
#define BEFORE_ANY (SET(IN) | SET(OF) | SET(SINCE) | SET(BY) | SET(DURING) | SET(FROM) | SET(TO) | SET(UNTIL) | SET(THROUGH) | SET(FOR) | SET(BETWEEN))
#define BEFORE_MONTH (BEFORE_ANY | SET(LAST) | SET(THIS) | SET(EARLY) | SET(LATE) | SET(AND) | SET(NEXT) | SET(BEFORE) | SET(AFTER))
#define BEFORE_YEAR (BEFORE_ANY | SET(THROUGHOUT) | SET(BEFORE) | SET(AFTER) | SET(YEAR) | SET(END))

typedef enum { T_WORD, T_NUMBER, T_DASH, T_COMMA, T_OTHER } TokenKind;
typedef struct {
  TokenKind kind;
  size_t start, end;
  Word word;
  int month; /* the word is one, or the beginning of one ("aug", "sept"); 0: neither */
  int number, digits;
  bool capital, ordinal, cut;
} Token;
typedef PROPTER_VEC(Token) Tokens;

/* A part of a calendar without knowing which year, perhaps. */
typedef struct {
  WhenGrain grain;
  int year, month, day;      /* 0: not said */
  int month_count;           /* length in months for month, season, quarter, half; 12 for a year */
  int third;                 /* 1 early, 2 mid, 3 late; 0 all of it */
  bool before_year;          /* winter: starts in December of the year before */
  int relative;              /* this: 1, last: 2, with unit in `grain` */
} Point;

static const struct {
  const char *text;
  int month;
} calendar[] = {
#define ROW(name, text, month) {text, month},
    CALENDAR(ROW)
#undef ROW
};

/* First and last word with a letter; none: {0, 0}, which is no word with that letter either. */
static const struct {
  unsigned char first, last;
} letters[26] = {
    ['a' - 'a'] = {AFTER, AUTUMN}, ['b' - 'a'] = {BEFORE, BY}, ['d' - 'a'] = {DECEMBER, DURING}, ['e' - 'a'] = {EARLY, END},
    ['f' - 'a'] = {FALL, FROM}, ['h' - 'a'] = {HALF, HALF}, ['i' - 'a'] = {IN, IN}, ['j' - 'a'] = {JANUARY, JUNE},
    ['l' - 'a'] = {LAST, LATE}, ['m' - 'a'] = {MARCH, MONTH}, ['n' - 'a'] = {NEXT, NOVEMBER}, ['o' - 'a'] = {OCTOBER, OVER},
    ['q' - 'a'] = {Q, QUARTER}, ['s' - 'a'] = {SECOND, SUMMER}, ['t' - 'a'] = {THAT, TO}, ['u' - 'a'] = {UNTIL, UNTIL},
    ['w' - 'a'] = {WINTER, WINTER}, ['y' - 'a'] = {YEAR, YEAR},
};

/* A word in lower case. */
static void name_word(const char *text, Token *t) {
  size_t n = strlen(text);
  t->word = OTHER;
  if (text[0] < 'a' || text[0] > 'z') return;
  for (unsigned w = letters[text[0] - 'a'].first; w <= letters[text[0] - 'a'].last; w++) {
    if (strcmp(calendar[w].text, text) == 0) t->word = (Word)w, t->month = calendar[w].month, t->cut = false;
    else if (!t->month && calendar[w].month && (n == 3 || (n == 4 && w == SEPTEMBER)) && strncmp(text, calendar[w].text, n) == 0)
      t->month = calendar[w].month, t->cut = true;
  }
}

static Word month_word(int month) {
  unsigned w = 0;
  while (calendar[w].month != month) w++;
  return (Word)w;
}

static bool digit(char c) { return c >= '0' && c <= '9'; }
static bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/* A letter of Latin-1 beyond ASCII ("ä"). */
static bool accented(PropterStr s, size_t i) { return i + 1 < s.len && (unsigned char)s.data[i] == 0xC3; }

static const WhenWord *word_in(const WhenWords *words, PropterStr word) {
  for (size_t i = 0; words && i < words->count; i++)
    if (propter_str_equal(words->items[i].word, word)) return &words->items[i];
  return NULL;
}

bool when_ordinals(const WhenWords *words) { return word_in(words, PROPTER_STR(".")) != NULL; }

/* Puts the English word in the place of another language's; false: the word says nothing. */
static bool translate(const WhenWords *words, char word[WORD_MAX]) {
  const WhenWord *w = word_in(words, propter_str(word));
  if (!w) return true;
  size_t n = w->english.len < WORD_MAX - 1 ? w->english.len : WORD_MAX - 1;
  memcpy(word, w->english.data, n);
  word[n] = '\0';
  return n > 0;
}

/* "3.6.2024" at i: a day, a month and a year as if written in words; returns where it ends, or 0. */
static size_t figures(PropterStr s, size_t i, Tokens *out, bool *fits) {
  int value[3] = {0}, digits[3] = {0};
  size_t at[4] = {i};
  for (int k = 0; k < 3; k++) {
    while (i < s.len && digit(s.data[i]) && digits[k] < 5) value[k] = value[k] * 10 + (s.data[i++] - '0'), digits[k]++;
    if (!digits[k] || digits[k] > (k < 2 ? 2 : 4) || (k < 2 && (i >= s.len || s.data[i++] != '.'))) return 0;
    at[k + 1] = i;
  }
  if (digits[2] != 4 || (i < s.len && (digit(s.data[i]) || letter(s.data[i]))) || value[0] < 1 || value[0] > 31 || value[1] < 1 || value[1] > 12) return 0;
  Token day = {.kind = T_NUMBER, .start = at[0], .end = at[1], .number = value[0], .digits = digits[0]},
        month = {.kind = T_WORD, .start = at[1], .end = at[2], .word = month_word(value[1]), .month = value[1], .capital = true},
        year = {.kind = T_NUMBER, .start = at[2], .end = at[3], .number = value[2], .digits = 4};
  *fits = propter_vec_push(out, day) && propter_vec_push(out, month) && propter_vec_push(out, year);
  return i;
}

static bool tokenize(PropterStr s, const WhenWords *words, Tokens *out) {
  bool stops = when_ordinals(words), fits = true;
  for (size_t i = 0; i < s.len;) {
    Token t = {.kind = T_OTHER, .start = i};
    size_t end = stops && digit(s.data[i]) ? figures(s, i, out, &fits) : 0;
    if (end) {
      if (!fits) return false;
      i = end;
      continue;
    }
    if (digit(s.data[i])) {
      t.kind = T_NUMBER;
      while (i < s.len && digit(s.data[i])) {
        if (t.digits < 6) t.number = t.number * 10 + (s.data[i] - '0');
        t.digits++, i++;
      }
      if (i + 1 < s.len && letter(s.data[i]) && letter(s.data[i + 1]) && (i + 2 == s.len || !letter(s.data[i + 2]))) {
        char a = s.data[i], b = s.data[i + 1];
        if ((a == 's' && b == 't') || (a == 'n' && b == 'd') || (a == 'r' && b == 'd') || (a == 't' && b == 'h')) t.ordinal = true, i += 2;
      }
      /* 45,000 and 3.5 and $2011 are amounts. */
      if (i + 1 < s.len && (s.data[i] == ',' || s.data[i] == '.') && digit(s.data[i + 1])) t.kind = T_OTHER;
      if (t.start > 1 && (s.data[t.start - 1] == ',' || s.data[t.start - 1] == '.') && digit(s.data[t.start - 2])) t.kind = T_OTHER;
      if (t.start > 0 && s.data[t.start - 1] == '$') t.kind = T_OTHER;
      if (stops && t.digits <= 2 && i + 1 < s.len && s.data[i] == '.' && s.data[i + 1] == ' ') t.ordinal = true, i++;
      if (i < s.len && (s.data[i] == '%' || (s.data[i] != 'Q' && letter(s.data[i])))) t.kind = T_OTHER;
    } else if (letter(s.data[i]) || (words && accented(s, i))) {
      t.kind = T_WORD;
      t.capital = s.data[i] >= 'A' && s.data[i] <= 'Z';
      char word[WORD_MAX];
      size_t n = 0;
      while (i < s.len && (letter(s.data[i]) || (words && accented(s, i)))) {
        size_t size = letter(s.data[i]) ? 1 : 2;
        if (n + size < WORD_MAX) {
          if (size == 2) word[n++] = s.data[i];
          word[n++] = (char)(s.data[i + size - 1] | 0x20);
        }
        i += size;
      }
      word[n] = '\0';
      if (!translate(words, word)) continue;
      name_word(word, &t);
      if (n == 1 && t.word == Q && i < s.len && digit(s.data[i]) && (i + 1 == s.len || !digit(s.data[i + 1]))) t.number = s.data[i] - '0', i++;
    } else if ((unsigned char)s.data[i] == 0xE2 && i + 2 < s.len && (unsigned char)s.data[i + 1] == 0x80 &&
               ((unsigned char)s.data[i + 2] == 0x93 || (unsigned char)s.data[i + 2] == 0x94 || (unsigned char)s.data[i + 2] == 0x91)) {
      t.kind = T_DASH, i += 3;
    } else {
      t.kind = s.data[i] == '-' ? T_DASH : s.data[i] == ',' ? T_COMMA : T_OTHER;
      if (s.data[i] == ' ' || s.data[i] == '\n' || s.data[i] == '\t') {
        i++;
        continue;
      }
      i++;
    }
    t.end = i;
    if (!propter_vec_push(out, t)) return false;
  }
  return true;
}

static bool is_any(const Tokens *t, size_t i, WordSet words) {
  return i < t->count && t->items[i].kind == T_WORD && t->items[i].word < OTHER && (words >> t->items[i].word & 1);
}
static bool is(const Tokens *t, size_t i, Word word) { return is_any(t, i, SET(word)); }

/* Abbreviations with a full stop or before a number: "Aug. 7", "Sept 2011". */
static int month_of(const PropterStr *s, const Tokens *t, size_t i) {
  if (i >= t->count || t->items[i].kind != T_WORD || !t->items[i].capital) return 0;
  const Token *w = &t->items[i];
  if (w->cut && !((w->end < s->len && s->data[w->end] == '.') || (i + 1 < t->count && t->items[i + 1].kind == T_NUMBER))) return 0;
  return w->month;
}

/* A word so short that a full stop after it belongs to it. */
static bool may_be_cut(const Token *t) { return t->cut || t->word == MAY || t->word == JUNE || t->word == JULY; }

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

static bool day_at(const Tokens *t, size_t i) {
  return i < t->count && t->items[i].kind == T_NUMBER && t->items[i].digits <= 2 && t->items[i].number >= 1 && t->items[i].number <= 31;
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
  *p = (Point){WHEN_DAY, a->number, a[2].number, a[4].number, 0, 0, false, 0};
  return i + 5;
}

/* One point in the calendar at token i; returns the token after it, or 0. `loose`: a bare month or year is enough. */
static size_t point_at(const PropterStr *s, const Tokens *t, size_t i, bool loose, Point *p) {
  size_t j = iso(t, i, p);
  if (j) return j;
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
      *p = (Point){WHEN_DAY, 0, m, t->items[i].number, 0, 0, false, 0};
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
    /* "may" and "march" are words; other months need their capital only. */
    bool word = m == 3 || m == 5;
    bool led = begin > 0 && is_any(t, begin - 1, BEFORE_MONTH);
    return word && !led && !p->third && !loose ? 0 : k;
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
    if (after == i + 1 && begin > 0 && is(t, begin - 1, LAST)) q.relative = 2;
    *p = q;
    return after;
  }
  if (is(t, i, Q) && t->items[i].number >= 1 && t->items[i].number <= 4) {
    p->grain = WHEN_SEASON, p->month = 3 * t->items[i].number - 2, p->month_count = 3;
    return skip_year(t, i + 1, p);
  }
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
  if (is_any(t, i, SET(THIS) | SET(LAST)) && is_any(t, i + 1, SET(MONTH) | SET(YEAR) | SET(QUARTER))) {
    p->relative = is(t, i, THIS) ? 1 : 2;
    p->grain = is(t, i + 1, MONTH) ? WHEN_MONTH : is(t, i + 1, YEAR) ? WHEN_YEAR : WHEN_SEASON;
    return i + 2;
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
static bool resolve(Point *p, PropterDay reference, int hint, bool forward, PropterDay *first, PropterDay *last) {
  if (p->relative && p->grain != WHEN_SEASON && reference == PROPTER_NO_DAY) return false;
  int y = 0, m = 0, d = 0;
  if (reference != PROPTER_NO_DAY) propter_day_civil(reference, &y, &m, &d);
  if (p->relative && !(p->grain == WHEN_SEASON && p->month)) {
    if (reference == PROPTER_NO_DAY) return false;
    int back = p->relative - 1;
    if (p->grain == WHEN_YEAR) {
      *first = propter_day(y - back, 1, 1), *last = propter_day(y - back, 12, 31);
    } else if (p->grain == WHEN_MONTH) {
      *first = propter_day(y, m - back, 1), *last = propter_day(y, m - back + 1, 1) - 1;
    } else {
      int q = (m - 1) / 3 * 3 + 1;
      *first = propter_day(y, q - 3 * back, 1), *last = propter_day(y, q - 3 * back + 3, 1) - 1;
    }
    return true;
  }
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
  while (forward ? *last < reference : *first > reference || (p->relative == 2 && *last >= reference));
  return true;
}

static int point_order(const Point *p) { return p->month * 100 + p->day; }

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
  When w = {t->items[from].start, t->items[to - 1].end, first, last, grain, year};
  return propter_vec_push(out, w);
}

/* "7–22 August 2011", "August 7 to 22, 2011": two days that share a month. */
static size_t shared_month(const PropterStr *s, const Tokens *t, size_t i, Point *a, Point *b) {
  int m;
  size_t j;
  if (day_at(t, i) && range_word(t, i + 1) && day_at(t, i + 2)) {
    j = i + 3;
    if (is(t, j, OF)) j++;
    if (!(m = month_of(s, t, j))) return 0;
    j++;
    *a = (Point){WHEN_DAY, 0, m, t->items[i].number, 0, 0, false, 0};
    *b = (Point){WHEN_DAY, 0, m, t->items[i + 2].number, 0, 0, false, 0};
    j = skip_year(t, j, b);
    a->year = b->year;
    return j;
  }
  if ((m = month_of(s, t, i)) && day_at(t, i + 1) && range_word(t, i + 2) && day_at(t, i + 3) && !month_of(s, t, i + 4)) {
    *a = (Point){WHEN_DAY, 0, m, t->items[i + 1].number, 0, 0, false, 0};
    *b = (Point){WHEN_DAY, 0, m, t->items[i + 3].number, 0, 0, false, 0};
    j = skip_year(t, i + 4, b);
    a->year = b->year;
    return j;
  }
  return 0;
}

/* Most sentences hold neither a figure nor a word of the calendar: seen without cutting them into words. */
bool when_possible(PropterStr s, const WhenWords *own) {
  static const char words[] = "jan feb mar apr may jun jul aug sep oct nov dec spr sum aut fal win qua hal mon yea";
  if (own && own->count) return s.len > 0;
  static const char beginnings[] = "jfmasondwqhy";
  uint32_t first = 0;
  for (const char *w = beginnings; *w; w++) first |= 1u << (*w - 'a');
  for (size_t i = 0; i < s.len; i++) {
    if (digit(s.data[i])) return true;
    if (!letter(s.data[i])) continue;
    /* Only words that begin with one of these letters are looked at. */
    if (!(first >> ((s.data[i] | 0x20) - 'a') & 1)) {
      while (i < s.len && letter(s.data[i])) i++;
      continue;
    }
    char three[4] = "";
    for (size_t k = 0; k < 3 && i + k < s.len && letter(s.data[i + k]); k++) three[k] = (char)(s.data[i + k] | 0x20);
    if (three[2])
      for (const char *w = words; *w; w += w[3] ? 4 : 3)
        if (w[0] == three[0] && w[1] == three[1] && w[2] == three[2]) return true;
    while (i < s.len && letter(s.data[i])) i++;
  }
  return false;
}

bool when_scan(PropterStr text, const WhenWords *words, PropterDay reference, int year, bool forward, Whens *out) {
  Tokens t = {0};
  if (words && !words->count) words = NULL;
  if (!when_possible(text, words)) return true;
  bool fits = tokenize(text, words, &t);
  for (size_t i = 0; fits && i < t.count;) {
    Point a, b;
    PropterDay first, last, first2, last2;
    const Token *begin = &t.items[i];
    if (begin->kind != T_NUMBER && (begin->kind != T_WORD || (begin->word == OTHER && !begin->month))) {
      i++;
      continue;
    }
    size_t j = shared_month(&text, &t, i, &a, &b);
    if (j) {
      if (resolve(&a, reference, year, forward, &first, &last) && resolve(&b, reference, year, forward, &first2, &last2))
        fits = add(out, &t, i, j, first, last2, WHEN_DAY, a.year != 0);
      i = j;
      continue;
    }
    if (!(j = point_at(&text, &t, i, false, &a))) {
      i++;
      continue;
    }
    size_t k = 0;
    bool joined = range_word(&t, j) && (!is(&t, j, AND) || (i > 0 && is(&t, i - 1, BETWEEN)));
    if (joined && !a.relative) k = point_at(&text, &t, j + 1, true, &b);
    if (k && !b.relative) {
      bool same = a.grain != WHEN_YEAR || b.grain == WHEN_YEAR;
      if (!a.year && b.year && same) a.year = point_order(&a) > point_order(&b) ? b.year - 1 : b.year;
      if (!b.year && a.year && same) b.year = point_order(&b) < point_order(&a) ? a.year + 1 : a.year;
      if (same && resolve(&a, reference, year, forward, &first, &last) && resolve(&b, reference, year, forward, &first2, &last2) && last2 >= first) {
        fits = add(out, &t, i, k, first, last2, a.grain > b.grain ? a.grain : b.grain, a.year != 0);
        i = k;
        continue;
      }
    }
    if (resolve(&a, reference, year, forward, &first, &last)) fits = add(out, &t, i, j, first, last, a.grain, a.year != 0);
    i = j;
  }
  propter_vec_clear(&t);
  return fits;
}
