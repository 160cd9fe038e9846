/* SPDX-License-Identifier: Apache-2.0 */
#include "written.h"

#include <string.h>
#include <strings.h>

#define NO_ROW(...)
#define DATE(pattern, says) {pattern, says},
#define MONTHS NO_ROW
#define MISSING NO_ROW
#define NUMBER NO_ROW
const WrittenDate written_dates[WRITTEN_MOST] = {
#include "written.def"
};
#undef DATE
#undef NUMBER
#define DATE NO_ROW
#define NUMBER(decimal, group) {decimal, group},
const WrittenNumber written_numbers[WRITTEN_MOST] = {
#include "written.def"
};
#undef MONTHS
#undef NUMBER
#define MONTHS(names) names,
#define NUMBER NO_ROW
static const char *const month_names[] = {
#include "written.def"
};
#undef MONTHS
#undef MISSING
#define MONTHS NO_ROW
#define MISSING(text) text,
static const char *const missing[] = {
#include "written.def"
};

bool written_missing(PropterStr text) {
  text = propter_str_trim(text);
  for (size_t i = 0; i < sizeof missing / sizeof *missing; i++)
    if (text.len == strlen(missing[i]) && strncasecmp(text.data, missing[i], text.len) == 0) return true;
  return false;
}

static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80; }

/* --- Days -------------------------------------------------------------------------------------------------------------------- */

/* The run of one letter that a pattern begins with. */
static size_t run_of(PropterStr pattern) {
  size_t n = 1;
  while (n < pattern.len && pattern.data[n] == pattern.data[0]) n++;
  return n;
}

static PropterStr skip(PropterStr text, size_t n) { return (PropterStr){text.data + n, text.len - n}; }

bool written_pattern(PropterStr pattern) {
  unsigned years = 0, months = 0, days = 0;
  for (PropterStr rest = pattern; rest.len;) {
    size_t n = run_of(rest);
    switch (rest.data[0]) {
    case 'd':
      days += n <= 2 ? 1 : 2;
      break;
    case 'M':
      months += n <= 4 ? 1 : 2;
      break;
    case 'y':
      years += n == 2 || n == 4 ? 1 : 2;
      break;
    default:
      if (is_letter(rest.data[0])) return false;
    }
    rest = skip(rest, n);
  }
  return years == 1 && months == 1 && days <= 1;
}

/* One digit or two for one symbol, else as many digits as symbols. */
static bool take_digits(PropterStr *text, size_t symbols, int *value) {
  size_t most = symbols == 1 ? 2 : symbols, n = 0;
  for (*value = 0; n < most && n < text->len && written_digit(text->data[n]); n++) *value = *value * 10 + (text->data[n] - '0');
  *text = skip(*text, n);
  return n && (symbols == 1 || n == symbols);
}

static bool begins_same(const char *name, PropterStr word) {
  for (size_t i = 0; i < word.len; i++) {
    char c = word.data[i];
    if (name[i] != (c >= 'A' && c <= 'Z' ? c + 32 : c)) return false;
  }
  return true;
}

static bool take_month(PropterStr *text, int *month) {
  PropterStr word = {text->data, 0};
  while (word.len < text->len && is_letter(text->data[word.len])) word.len++;
  if (word.len < 3) return false;
  for (size_t i = 0; i < sizeof month_names / sizeof *month_names; i++) {
    const char *name = month_names[i];
    for (*month = 1; *name; name += strcspn(name, " "), name += *name == ' ', ++*month)
      if (word.len <= strcspn(name, " ") && begins_same(name, word)) {
        *text = skip(*text, word.len + (word.len < text->len && text->data[word.len] == '.'));
        return true;
      }
  }
  return false;
}

/* Nothing, or a time of day: digits and colons, with am, pm or a zone. */
static bool only_time(PropterStr text) {
  if (!text.len) return true;
  if (text.data[0] != ' ' && text.data[0] != 'T' && text.data[0] != ',') return false;
  for (size_t i = 1; i < text.len; i++)
    if (!written_digit(text.data[i]) && !strchr(" :.,+-ZAPMapm", text.data[i])) return false;
  return text.len > 1;
}

bool written_day(PropterStr pattern, PropterStr text, PropterDay *day) {
  int y = 0, m = 0, d = 1;
  text = propter_str_trim(text);
  while (pattern.len) {
    size_t n = run_of(pattern);
    bool found;
    switch (pattern.data[0]) {
    case 'd':
      found = take_digits(&text, n, &d);
      break;
    case 'M':
      found = n > 2 ? take_month(&text, &m) : take_digits(&text, n, &m);
      break;
    case 'y':
      found = take_digits(&text, n, &y);
      if (n == 2) y += y < 50 ? 2000 : 1900;
      break;
    default:
      n = 1;
      found = text.len && text.data[0] == pattern.data[0];
      if (found) text = skip(text, 1);
    }
    if (!found) return false;
    pattern = skip(pattern, n);
  }
  if (!only_time(text) || y < 1 || m < 1 || m > 12 || d < 1 || d > propter_month_length(y, m)) return false;
  *day = propter_day(y, m, d);
  return true;
}

/* --- Days with times of day ------------------------------------------------------------------------------------------------------ */

bool written_moment_pattern(PropterStr pattern) {
  static const struct {
    char symbol;
    size_t least, most;
  } symbols[] = {{'y', 4, 4}, {'M', 1, 2}, {'d', 1, 2}, {'H', 2, 2}, {'m', 2, 2}, {'s', 2, 2}, {'S', 1, 9}, {'X', 1, 3}, {'x', 1, 3}};
  unsigned seen = 0;
  for (PropterStr rest = pattern; rest.len;) {
    size_t n = run_of(rest), i = 0, count = sizeof symbols / sizeof *symbols;
    while (i < count && symbols[i].symbol != rest.data[0]) i++;
    bool known = i < count && n >= symbols[i].least && n <= symbols[i].most && !(seen & 1u << i);
    if (!known && !(n == 1 && strchr("-/.: T", rest.data[0]))) return false;
    if (known) seen |= 1u << i;
    rest = skip(rest, n);
  }
  bool day = (seen & 7) == 7, time = (seen & 24) == 24;
  return (day || !(seen & 7)) && (time || !(seen & 120)) && (day || time);
}

/* A zone by a run of X (or x, without Z). */
static bool take_zone(PropterStr *text, size_t symbols, bool z, WrittenMoment *out) {
  int hours = 0, minutes = 0;
  out->has_zone = true;
  if (z && text->len && text->data[0] == 'Z') return *text = skip(*text, 1), true;
  if (!text->len || (text->data[0] != '+' && text->data[0] != '-')) return false;
  int sign = text->data[0] == '-' ? -1 : 1;
  *text = skip(*text, 1);
  if (!take_digits(text, 2, &hours)) return false;
  bool colon = symbols == 3 && text->len && text->data[0] == ':';
  if (colon) *text = skip(*text, 1);
  if (symbols == 3 && !colon) return false;
  if ((symbols > 1 || (text->len && written_digit(text->data[0]))) && !take_digits(text, 2, &minutes)) return false;
  out->zone = sign * (hours * 60 + minutes);
  return hours <= 14 && minutes < 60;
}

static bool take_symbol(PropterStr *text, char symbol, size_t n, WrittenMoment *out) {
  switch (symbol) {
  case 'y':
    return take_digits(text, n, &out->year);
  case 'M':
    return take_digits(text, n, &out->month);
  case 'd':
    return take_digits(text, n, &out->day);
  case 'H':
    return take_digits(text, n, &out->hour);
  case 'm':
    return take_digits(text, n, &out->minute);
  case 's':
    return take_digits(text, n, &out->second);
  case 'X':
  case 'x':
    return take_zone(text, n, symbol == 'X', out);
  case 'S':
    out->fraction = (PropterStr){text->data, 0};
    while (out->fraction.len < n && out->fraction.len < text->len && written_digit(text->data[out->fraction.len])) out->fraction.len++;
    *text = skip(*text, out->fraction.len);
    return true;
  default:
    return text->len && text->data[0] == symbol && (*text = skip(*text, 1), true);
  }
}

bool written_moment(PropterStr pattern, PropterStr text, WrittenMoment *out) {
  *out = (WrittenMoment){.fraction = {"", 0}};
  bool day = memchr(pattern.data, 'd', pattern.len) != NULL;
  while (pattern.len) {
    size_t n = run_of(pattern);
    /* The point before a fraction goes with it. */
    if (pattern.data[0] == '.' && pattern.len > 1 && pattern.data[1] == 'S' && !(text.len && text.data[0] == '.')) {
      pattern = skip(pattern, 1);
      pattern = skip(pattern, run_of(pattern));
      continue;
    }
    if (!take_symbol(&text, pattern.data[0], n, out)) return false;
    pattern = skip(pattern, n);
  }
  bool valid = !day || (out->month >= 1 && out->month <= 12 && out->day >= 1 && out->day <= propter_month_length(out->year, out->month));
  return !text.len && valid && out->hour < 24 && out->minute < 60 && out->second < 60;
}

/* --- Numbers ------------------------------------------------------------------------------------------------------------------- */

static bool take(PropterStr *text, const char *what) {
  PropterStr w = propter_str(what);
  if (!w.len || !propter_str_starts(*text, w)) return false;
  *text = skip(*text, w.len);
  return true;
}

static bool drop(PropterStr *text, const char *what) {
  PropterStr w = propter_str(what);
  if (!propter_str_ends(*text, w)) return false;
  text->len -= w.len;
  return true;
}

/* Currency signs and percent, blanks (also those that do not break) and signs around the digits. */
static bool strip(PropterStr *text) {
  static const char *const signs[] = {" ", "\u00A0", "\u202F", "$", "€", "£", "¥", "₹", "%"};
  bool negative = false, parenthesis = false, again = true;
  while (again) {
    again = false;
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) again |= take(text, signs[i]) || drop(text, signs[i]);
    if (!negative && (take(text, "-") || take(text, "\u2212"))) negative = again = true;
    if (!parenthesis && !negative && text->len > 1 && text->data[0] == '(' && drop(text, ")")) parenthesis = negative = again = take(text, "(");
  }
  if (!negative) (void)take(text, "+");
  return negative;
}

/* Digits in groups, or without any. */
static bool take_whole(PropterStr *text, PropterStr group, char *out, size_t *length) {
  size_t digits = 0, groups = 0, begin = *length;
  for (;;) {
    size_t n = 0;
    while (n < text->len && written_digit(text->data[n])) out[(*length)++] = text->data[n++];
    *text = skip(*text, n);
    digits = n;
    if (groups && n != 3 && n != 2) return false;
    if (!n || !group.len || !propter_str_starts(*text, group) || (!groups && n > 3)) break;
    *text = skip(*text, group.len);
    groups++;
  }
  if (groups && (digits != 3 || out[begin] == '0')) return false;
  return *length > begin;
}

bool written_number(const Written *w, PropterStr text, char *out, size_t *length) {
  text = propter_str_trim(text);
  *length = 0;
  if (strip(&text)) out[(*length)++] = '-';
  bool whole = take_whole(&text, w->group, out, length);
  if (!whole && (!w->decimal.len || !propter_str_starts(text, w->decimal))) return false;
  if (w->decimal.len && propter_str_starts(text, w->decimal)) {
    size_t n = 0;
    text = skip(text, w->decimal.len);
    out[(*length)++] = '.';
    while (n < text.len && written_digit(text.data[n])) out[(*length)++] = text.data[n++];
    text = skip(text, n);
    if (!whole && !n) return false;
    if (!n) --*length;
  }
  return !text.len;
}

bool written_exponent(PropterStr text, char *out, size_t *length) {
  int64_t exponent;
  size_t mark = 0, n = 0;
  text = propter_str_trim(text);
  while (mark < text.len && text.data[mark] != 'e' && text.data[mark] != 'E') mark++;
  if (mark + 1 >= text.len) return false;
  PropterStr digits = {text.data, mark}, power = skip(text, mark + 1);
  if (*power.data == '+') power = skip(power, 1);
  if (!propter_str_to_int64(power, &exponent) || exponent > WRITTEN_EXPONENT || exponent < -WRITTEN_EXPONENT) return false;
  bool minus = digits.len && (*digits.data == '-' || *digits.data == '+');
  if (minus && *digits.data == '-') out[n++] = '-';
  digits = skip(digits, minus);
  size_t point = 0, count = 0;
  while (point < digits.len && digits.data[point] != '.') point++;
  int64_t before = (int64_t)point + exponent; /* digits before the point of the result */
  if (before <= 0) out[n++] = '0', out[n++] = '.';
  for (int64_t zeros = before; zeros < 0; zeros++) out[n++] = '0';
  for (size_t i = 0; i < digits.len; i++) {
    if (i == point) continue;
    if (!written_digit(digits.data[i])) return false;
    if (before > 0 && (int64_t)count == before) out[n++] = '.';
    out[n++] = digits.data[i];
    count++;
  }
  if (!count) return false;
  for (; (int64_t)count < before; count++) out[n++] = '0';
  *length = n;
  return true;
}
