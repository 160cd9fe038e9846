/* SPDX-License-Identifier: Apache-2.0 */
#include "calendar.h"

#include <string.h>

enum { WORD_MAX = 16 };

static const char *const calendar[] = {
#define ROW(name, text) text,
    CALENDAR(ROW)
#undef ROW
};

static const char *const months[] = {"january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"};
static const char *const weekdays[] = {"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};
static const char *const numbers[] = {"one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"};

/* First and last word with a letter; none: {0, 0}, which is no word with that letter either. */
static const struct {
  unsigned char first, last;
} letters[26] = {
    ['a' - 'a'] = {AFTER, AUTUMN}, ['b' - 'a'] = {BEFORE, BY}, ['d' - 'a'] = {DAY, DURING}, ['e' - 'a'] = {EARLY, ENDING},
    ['f' - 'a'] = {FALL, FY}, ['h' - 'a'] = {H, HOUR}, ['i' - 'a'] = {IN, IN}, ['l' - 'a'] = {LAST, LATE}, ['m' - 'a'] = {MID, MONTH},
    ['n' - 'a'] = {NEXT, NEXT}, ['o' - 'a'] = {OF, OVER}, ['p' - 'a'] = {PAST, PAST}, ['q' - 'a'] = {Q, QUARTER}, ['s' - 'a'] = {SECOND, SUMMER},
    ['t' - 'a'] = {THAT, TOMORROW}, ['u' - 'a'] = {UNTIL, UNTIL}, ['w' - 'a'] = {WEEK, WINTER}, ['y' - 'a'] = {YEAR, YESTERDAY},
};

static Word word_named(const char *text, size_t n) {
  for (unsigned w = letters[text[0] - 'a'].first; w <= letters[text[0] - 'a'].last; w++)
    if (strncmp(calendar[w], text, n) == 0 && !calendar[w][n]) return (Word)w;
  return OTHER;
}

/* A word in lower case. */
static void name_word(const char *text, Token *t) {
  size_t n = strlen(text);
  t->word = OTHER;
  if (text[0] < 'a' || text[0] > 'z') return;
  t->word = word_named(text, n);
  if (t->word == OTHER && n > 3 && text[n - 1] == 's') t->plural = (t->word = word_named(text, n - 1)) != OTHER;
  if (t->word != OTHER) return;
  for (int m = 0; m < 12; m++) {
    if (strcmp(months[m], text) == 0) t->month = m + 1, t->cut = false;
    else if (!t->month && (n == 3 || (n == 4 && m == 8)) && strncmp(text, months[m], n) == 0) t->month = m + 1, t->cut = true;
  }
  for (int d = 0; d < 7; d++)
    if (strcmp(weekdays[d], text) == 0) t->weekday = d + 1;
  for (int k = 0; k < 12; k++)
    if (strcmp(numbers[k], text) == 0) t->kind = T_NUMBER, t->number = k + 1, t->spelled = true;
  if (strcmp(text, "a") == 0 || strcmp(text, "an") == 0) t->kind = T_NUMBER, t->number = 1, t->spelled = true;
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
        month = {.kind = T_WORD, .start = at[1], .end = at[2], .word = OTHER, .month = value[1], .capital = true},
        year = {.kind = T_NUMBER, .start = at[2], .end = at[3], .number = value[2], .digits = 4};
  *fits = propter_vec_push(out, day) && propter_vec_push(out, month) && propter_vec_push(out, year);
  return i;
}

bool calendar_tokens(PropterStr s, const WhenWords *words, Tokens *out) {
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
      /* "1H 2023" as "H1 2023". */
      if (t.digits == 1 && i < s.len && strchr("HQ", s.data[i]) && (i + 1 == s.len || !(letter(s.data[i + 1]) || digit(s.data[i + 1]))))
        t.kind = T_WORD, t.word = s.data[i] == 'H' ? H : Q, t.capital = true, i++;
      if (stops && t.digits <= 2 && i + 1 < s.len && s.data[i] == '.' && s.data[i + 1] == ' ') t.ordinal = true, i++;
      if (t.kind == T_NUMBER && i < s.len && (s.data[i] == '%' || (s.data[i] != 'Q' && letter(s.data[i])))) t.kind = T_OTHER;
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
      if (n == 1 && (t.word == Q || t.word == H) && t.capital && i < s.len && digit(s.data[i]) && (i + 1 == s.len || !digit(s.data[i + 1]))) t.number = s.data[i++] - '0';
      /* "FY2023", "FY23" */
      for (; t.word == FY && i < s.len && digit(s.data[i]) && t.digits < 4; t.digits++) t.number = t.number * 10 + (s.data[i++] - '0');
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

