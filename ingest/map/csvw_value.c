/* SPDX-License-Identifier: Apache-2.0 */
/* Cells to values: https://www.w3.org/TR/tabular-data-model/#parsing-cells, §6.4.2 to §6.4.6. */
#include <string.h>

#include "csvw.h"

/* --- Numbers ------------------------------------------------------------------------------------------------------------------- */

/* A number pattern of UTS #35 taken apart. */
typedef struct {
  size_t whole, places;      /* digits before the fraction, at least, and at most before an exponent */
  size_t least, most;        /* of the fraction */
  size_t primary, secondary; /* digits between group characters; 0: none */
  size_t fraction_group;
  size_t exponent;          /* digits, at least; 0: none */
  PropterStr before, after; /* signs around the digits */
} NumberPattern;

static bool read_whole(const char **at, const char *end, NumberPattern *n) {
  size_t run = 0, commas = 0;
  bool zero = false;
  for (; *at < end && strchr("#0,", **at); ++*at) {
    if (**at == ',') {
      n->secondary = commas++ ? run : 0, run = 0;
      continue;
    }
    if (**at == '#' && zero) return false;
    zero |= **at == '0', n->whole += **at == '0', n->places++, run++;
  }
  if (commas) n->primary = run;
  if (commas && !n->secondary) n->secondary = run;
  return !commas || run;
}

static bool read_number_pattern(PropterStr pattern, NumberPattern *n) {
  const char *at = pattern.data, *end = pattern.data + pattern.len;
  *n = (NumberPattern){0};
  while (at < end && !strchr("#0,.", *at)) at++;
  n->before = (PropterStr){pattern.data, (size_t)(at - pattern.data)};
  const char *begin = at;
  if (!read_whole(&at, end, n)) return false;
  if (at < end && *at == '.') {
    size_t run = 0;
    for (at++; at < end && strchr("#0,", *at); at++) {
      if (*at == ',') {
        if (!n->fraction_group) n->fraction_group = run;
        continue;
      }
      if (*at == '0' && n->most > n->least) return false;
      n->least += *at == '0', n->most++, run++;
    }
  }
  if (at == begin) return false;
  if (at < end && *at == 'E') {
    at++;
    if (at < end && *at == '+') at++;
    while (at < end && *at == '#') at++;
    for (; at < end && *at == '0'; at++) n->exponent++;
    if (!n->exponent) return false;
  }
  n->after = (PropterStr){at, (size_t)(end - at)};
  for (size_t i = 0; i < n->after.len; i++)
    if (strchr("#0.,E", at[i])) return false;
  return true;
}

static bool take(PropterStr *text, PropterStr what) {
  if (!what.len || !propter_str_starts(*text, what)) return false;
  text->data += what.len, text->len -= what.len;
  return true;
}

/* Digits with groups as the pattern has them; without a pattern anywhere but beside one another. */
static bool take_whole(PropterStr *text, PropterStr group, const NumberPattern *n, PropterBuf *out, size_t *digits) {
  size_t run = 0, groups = 0;
  for (*digits = 0; text->len; run++, ++*digits) {
    if (take(text, group)) {
      if (!run || (n && (!n->primary || (groups ? run != n->secondary : run > n->secondary)))) return false;
      groups++, run = 0;
    }
    if (!text->len || !written_digit(*text->data)) break;
    propter_buf_add_char(out, *text->data);
    text->data++, text->len--;
  }
  if (groups && !run) return false;
  return !n || (*digits >= n->whole && (!n->exponent || *digits <= n->places) && (groups ? run == n->primary : !n->primary || run <= n->primary));
}

static bool take_fraction(PropterStr *text, PropterStr group, const NumberPattern *n, PropterBuf *out) {
  size_t digits = 0, run = 0;
  for (; text->len; digits++, run++) {
    if (n && n->fraction_group && run == n->fraction_group && text->len) {
      if (!take(text, group)) break;
      run = 0;
    }
    if (!text->len || !written_digit(*text->data)) break;
    propter_buf_add_char(out, *text->data);
    text->data++, text->len--;
  }
  return digits && (!n || (digits >= n->least && digits <= n->most));
}

static bool take_exponent(PropterStr *text, const NumberPattern *n, PropterBuf *out) {
  size_t digits = 0;
  if (!text->len || (*text->data != 'E' && *text->data != 'e')) return !n || !n->exponent;
  if (n && !n->exponent) return false;
  propter_buf_add_char(out, *text->data);
  text->data++, text->len--;
  if (text->len && strchr("+-", *text->data)) {
    if (*text->data == '-') propter_buf_add_char(out, '-');
    text->data++, text->len--;
  }
  for (; text->len && written_digit(*text->data); digits++, text->data++, text->len--) propter_buf_add_char(out, *text->data);
  return digits && (!n || digits >= n->exponent);
}

/* What a percent or per mille sign divides. */
static bool divide(PropterBuf *out, size_t begin, double by) {
  double value;
  if (!propter_str_to_double((PropterStr){out->data + begin, out->len - begin}, &value)) return false;
  out->len = begin;
  propter_buf_printf(out, "%.15g", value / by);
  return true;
}

static bool number(const CsvwType *t, PropterStr text, PropterBuf *out) {
  NumberPattern pattern, *n = NULL;
  size_t begin = out->len, digits;
  double by = 1;
  if (propter_str_equal(text, PROPTER_STR("NaN")) || propter_str_equal(text, PROPTER_STR("INF")) || propter_str_equal(text, PROPTER_STR("-INF")))
    return propter_buf_add(out, text), true;
  if (t->format.len && read_number_pattern(t->format, &pattern)) n = &pattern;
  bool minus = n && n->before.len && *n->before.data == '-', plus = n && n->before.len && *n->before.data == '+';
  if (take(&text, PROPTER_STR("%"))) by = 100;
  if (take(&text, PROPTER_STR("‰"))) by = 1000;
  if (text.len && (*text.data == '-' || *text.data == '+')) {
    propter_buf_add_char(out, *text.data);
    text.data++, text.len--;
  } else if (minus || plus) {
    return false;
  }
  if (!take_whole(&text, t->written.group, n, out, &digits)) return false;
  if (take(&text, t->written.decimal)) {
    propter_buf_add_char(out, '.');
    if (!take_fraction(&text, t->written.group, n, out)) return false;
  } else if (!digits || (n && n->least)) {
    return false;
  }
  if (!take_exponent(&text, n, out)) return false;
  if (take(&text, PROPTER_STR("%"))) by = 100;
  if (take(&text, PROPTER_STR("‰"))) by = 1000;
  return !text.len && (by == 1 || divide(out, begin, by));
}

/* --- Days and times ------------------------------------------------------------------------------------------------------------ */

static bool date(const CsvwType *t, PropterStr text, PropterBuf *out) {
  WrittenMoment w;
  if (!written_moment(t->format, text, &w)) return false;
  bool time = strcmp(t->base, "time") == 0, day = strcmp(t->base, "date") == 0;
  if (!time) propter_buf_printf(out, "%04d-%02d-%02d", w.year, w.month, w.day);
  if (!time && !day) propter_buf_add_char(out, 'T');
  if (!day) propter_buf_printf(out, "%02d:%02d:%02d", w.hour, w.minute, w.second);
  while (w.fraction.len && w.fraction.data[w.fraction.len - 1] == '0') w.fraction.len--;
  if (!day && w.fraction.len) propter_buf_printf(out, ".%.*s", (int)w.fraction.len, w.fraction.data);
  if (w.has_zone && !w.zone) propter_buf_add_char(out, 'Z');
  if (w.has_zone && w.zone)
    propter_buf_printf(out, "%c%02d:%02d", w.zone < 0 ? '-' : '+', (w.zone < 0 ? -w.zone : w.zone) / 60, (w.zone < 0 ? -w.zone : w.zone) % 60);
  return true;
}

/* --- All ------------------------------------------------------------------------------------------------------------------------ */

static bool boolean(PropterStr format, PropterStr text, PropterBuf *out) {
  const char *bar = memchr(format.data, '|', format.len);
  PropterStr yes = {format.data, (size_t)(bar - format.data)}, no = {bar + 1, format.len - yes.len - 1};
  bool is = propter_str_equal(text, yes);
  if (!is && !propter_str_equal(text, no)) return false;
  propter_buf_add(out, is ? PROPTER_STR("true") : PROPTER_STR("false"));
  return true;
}

static int compare(const CsvwType *t, PropterStr a, PropterStr b) {
  double x, y;
  if (t->kind == CSVW_NUMBER && propter_str_to_double(a, &x) && propter_str_to_double(b, &y)) return (x > y) - (x < y);
  return propter_str_compare(a, b);
}

static int64_t length_of(const CsvwType *t, PropterStr text) {
  if (strcmp(t->base, "hexBinary") == 0) return (int64_t)text.len / 2;
  if (t->kind != CSVW_BINARY) return (int64_t)propter_utf8_length(text);
  int64_t n = 0;
  for (size_t i = 0; i < text.len; i++) n += !strchr("= \r\n\t", text.data[i]);
  return n * 3 / 4;
}

static bool matches(const PropterRegex *regex, PropterStr text) {
  PropterMatcher *matcher = NULL;
  bool found = false;
  size_t start, end;
  if (propter_matcher_new(0, &matcher, NULL) != PROPTER_OK) return false;
  if (propter_regex_match(regex, matcher, text, 0, &found, NULL) != PROPTER_OK) found = false;
  if (found) found = propter_matcher_span(matcher, 0, &start, &end) && start == 0 && end == text.len;
  propter_matcher_free(matcher);
  return found;
}

static const char *problem(const CsvwType *t, PropterStr text, PropterBuf *out) {
  const char *wanted;
  if (t->kind == CSVW_NUMBER && !number(t, text, out)) return "a number as the column's format has it";
  if (t->kind == CSVW_DATE && t->format.len && !date(t, text, out)) return "a day or time as the column's format has it";
  if (t->kind == CSVW_BOOLEAN && !t->format.len) (void)boolean(PROPTER_STR("1|0"), text, out);
  if (t->kind == CSVW_BOOLEAN && t->format.len && !boolean(t->format, text, out)) return "one of the two texts of the column's format";
  if (t->regex && !matches(t->regex, text)) return "a text that the column's format matches";
  if (!out->len) propter_buf_add(out, text);
  PropterStr made = propter_buf_str(out);
  if (!propter_lexical_valid(t->base_iri, made, &wanted)) return wanted;
  int64_t length = t->length >= 0 || t->shortest >= 0 || t->longest >= 0 ? length_of(t, made) : 0;
  if ((t->length >= 0 && length != t->length) || (t->shortest >= 0 && length < t->shortest) || (t->longest >= 0 && length > t->longest))
    return "a text of the column's length";
  int low = t->low.len ? compare(t, made, t->low) : 1, high = t->high.len ? compare(t, made, t->high) : -1;
  if (low < 0 || (!low && t->low_open) || high > 0 || (!high && t->high_open)) return "a value between the column's bounds";
  return NULL;
}

bool csvw_value(const CsvwType *t, PropterStr text, PropterBuf *out, const char **wanted) {
  propter_buf_reset(out);
  *wanted = problem(t, text, out);
  if (!*wanted) return true;
  propter_buf_reset(out);
  propter_buf_add(out, text);
  return false;
}

bool csvw_format_known(const CsvwType *t, PropterStr format) {
  NumberPattern n;
  if (t->kind == CSVW_NUMBER) return read_number_pattern(format, &n);
  if (t->kind == CSVW_DATE) return written_moment_pattern(format);
  const char *bar = t->kind == CSVW_BOOLEAN ? memchr(format.data, '|', format.len) : NULL;
  return bar && bar > format.data && bar + 1 < format.data + format.len;
}
