/* SPDX-License-Identifier: Apache-2.0 */
/* Functions of numbers, days, digests and patterns (OpenRefine's GREL, https://openrefine.org/docs/manual/grelfunctions). */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "function.h"
#include "propter/hash.h"
#include "written.h"

/* --- Numbers -------------------------------------------------------------------------------------------------------------------------- */

/* As XSD writes decimals, or with an exponent. */
bool call_to_number(const PropterStr *a, PropterBuf *out) {
  PropterStr text = propter_str_trim(a[0]);
  char digits[256];
  size_t length;
  if (text.len + WRITTEN_EXPONENT + 2 > sizeof digits) return false;
  bool number = written_exponent(text, digits, &length) || written_number(&(Written){.decimal = PROPTER_STR(".")}, text, digits, &length);
  return number && function_give(out, (PropterStr){digits, length});
}

/* Beyond 2⁵³ a double does not hold every integer. */
static bool give_integer(double x, PropterBuf *out) {
  char text[32];
  if (!(fabs(x) <= 9007199254740992.0)) return false;
  (void)snprintf(text, sizeof text, "%.0f", x + 0.0);
  return function_give(out, propter_str(text));
}

static bool number(PropterStr text, double *x) { return text.data && propter_str_to_double(propter_str_trim(text), x); }

/* A half goes up, as in GREL. */
bool call_round(const PropterStr *a, PropterBuf *out) {
  double x;
  return number(a[0], &x) && give_integer(floor(x + .5), out);
}

bool call_floor(const PropterStr *a, PropterBuf *out) {
  double x;
  return number(a[0], &x) && give_integer(floor(x), out);
}

bool call_ceil(const PropterStr *a, PropterBuf *out) {
  double x;
  return number(a[0], &x) && give_integer(ceil(x), out);
}

static bool less(const PropterStr *a, bool *first) {
  double x, y;
  if (!number(a[0], &x) || !number(a[1], &y)) return false;
  *first = x <= y;
  return true;
}

bool call_min(const PropterStr *a, PropterBuf *out) {
  bool first;
  return less(a, &first) && function_give(out, propter_str_trim(a[first ? 0 : 1]));
}

bool call_max(const PropterStr *a, PropterBuf *out) {
  bool first;
  return less(a, &first) && function_give(out, propter_str_trim(a[first ? 1 : 0]));
}

/* --- Days ----------------------------------------------------------------------------------------------------------------------------- */

static bool has_word(const char *words, PropterStr word) {
  for (size_t n; *words; words += n + (words[n] == ' ')) {
    n = strcspn(words, " ");
    if (propter_str_equal(word, (PropterStr){words, n})) return true;
  }
  return false;
}

enum { SYMBOLS = 128 };

/* The codes of strptime, which Python's engines read, as date field symbols. Nothing: another code, or too long. */
static PropterStr symbols_of(PropterStr pattern, char out[SYMBOLS]) {
  static const char *const codes[][2] = {{"Y", "yyyy"}, {"y", "yy"}, {"m", "M"},  {"d", "d"}, {"b", "MMM"},
                                         {"B", "MMMM"}, {"H", "HH"}, {"M", "mm"}, {"S", "ss"}};
  size_t length = 0, count = sizeof codes / sizeof *codes;
  for (size_t i = 0; i < pattern.len && length + 5 < SYMBOLS; i++) {
    size_t k = 0;
    if (pattern.data[i] != '%') {
      out[length++] = pattern.data[i];
      continue;
    }
    while (i + 1 < pattern.len && k < count && codes[k][0][0] != pattern.data[i + 1]) k++;
    if (++i >= pattern.len || k == count) return PROPTER_STR("");
    length += (size_t)snprintf(out + length, SYMBOLS - length, "%s", codes[k][1]);
  }
  return (PropterStr){out, length};
}

/* The day that a text says by a pattern: date field symbols of UTS #35, or the codes of strptime; without one ISO 8601. The time of day is passed over. */
bool call_to_date(const PropterStr *a, PropterBuf *out) {
  PropterStr text = propter_str_trim(a[0]), pattern = a[1];
  WrittenMoment moment;
  PropterDay day;
  char symbols[SYMBOLS], made[16];
  if (pattern.len && memchr(pattern.data, '%', pattern.len)) pattern = symbols_of(pattern, symbols);
  if (!pattern.data) {
    if (!propter_day_parse(text, &day)) return false;
  } else if (written_pattern(pattern)) {
    if (!written_day(pattern, text, &day)) return false;
  } else {
    if (!written_moment_pattern(pattern) || !written_moment(pattern, text, &moment) || !moment.day) return false;
    day = propter_day(moment.year, moment.month, moment.day);
  }
  propter_day_format(day, made);
  return function_give(out, propter_str(made));
}

/* A number of a day or dateTime of ISO 8601, by the units of GREL. */
bool call_date_part(const PropterStr *a, PropterBuf *out) {
  static const char *const units[] = {"years year", "months month", "days day d", "hours hour h", "minutes minute min", "seconds sec s"};
  PropterStr text = propter_str_trim(a[0]);
  PropterDay day;
  int civil[3];
  int64_t n = 0;
  size_t unit = 0, count = sizeof units / sizeof *units;
  while (unit < count && !has_word(units[unit], a[1])) unit++;
  if (unit == count || !propter_day_parse(text, &day)) return false;
  propter_day_civil(day, &civil[0], &civil[1], &civil[2]);
  if (unit < 3) return give_integer(civil[unit], out);
  size_t at = 11 + 3 * (unit - 3);
  return text.len >= at + 2 && text.data[10] == 'T' && propter_str_to_int64((PropterStr){text.data + at, 2}, &n) && give_integer((double)n, out);
}

/* --- Digests, the first value --------------------------------------------------------------------------------------------------------- */

static bool give_digest(PropterDigest kind, PropterStr text, PropterBuf *out) {
  char hex[129];
  propter_digest(kind, text, hex);
  return function_give(out, propter_str(hex));
}

bool call_md5(const PropterStr *a, PropterBuf *out) { return give_digest(PROPTER_DIGEST_MD5, a[0], out); }
bool call_sha1(const PropterStr *a, PropterBuf *out) { return give_digest(PROPTER_DIGEST_SHA1, a[0], out); }
bool call_sha256(const PropterStr *a, PropterBuf *out) { return give_digest(PROPTER_DIGEST_SHA256, a[0], out); }

/* What is empty is no value, as in GREL's isBlank. */
bool call_coalesce(const PropterStr *a, PropterBuf *out) {
  for (size_t i = 0; i < 4; i++)
    if (a[i].len) return function_give(out, a[i]);
  return true;
}

/* --- Patterns: a[1] is compiled --------------------------------------------------------------------------------------------------------- */

PropterStatus match_replace(const PropterRegex *regex, PropterMatcher *matcher, const PropterStr *a, PropterBuf *out, PropterError *err) {
  PROPTER_TRY(propter_regex_replace(regex, matcher, a[0], a[2].data ? a[2] : PROPTER_STR(""), out, err));
  propter_buf_add_char(out, '\0');
  return PROPTER_OK;
}

/* The groups of a pattern that matches the whole text; nothing where it does not. */
PropterStatus match_groups(const PropterRegex *regex, PropterMatcher *matcher, const PropterStr *a, PropterBuf *out, PropterError *err) {
  bool found;
  size_t start, end;
  PROPTER_TRY(propter_regex_match(regex, matcher, a[0], 0, &found, err));
  if (!found || !propter_matcher_span(matcher, 0, &start, &end) || start || end != a[0].len) return PROPTER_OK;
  for (unsigned i = propter_regex_groups(regex) ? 1 : 0; i <= propter_regex_groups(regex); i++)
    if (propter_matcher_span(matcher, i, &start, &end)) (void)function_give(out, (PropterStr){a[0].data + start, end - start});
  return PROPTER_OK;
}

/* Every match, or its first group. */
PropterStatus match_find(const PropterRegex *regex, PropterMatcher *matcher, const PropterStr *a, PropterBuf *out, PropterError *err) {
  bool found = true;
  size_t start, end;
  for (size_t at = 0; at <= a[0].len;) {
    PROPTER_TRY(propter_regex_match(regex, matcher, a[0], at, &found, err));
    if (!found) break;
    (void)propter_matcher_span(matcher, 0, &start, &end);
    if (end > start) (void)function_give(out, (PropterStr){a[0].data + start, end - start});
    at = end > start ? end : end + 1;
    while (at < a[0].len && ((unsigned char)a[0].data[at] & 0xC0) == 0x80) at++;
  }
  return PROPTER_OK;
}
