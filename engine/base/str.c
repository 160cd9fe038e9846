/* SPDX-License-Identifier: Apache-2.0 */
#include "propter/str.h"

#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

PropterStr propter_str(const char *text) { return text ? (PropterStr){text, strlen(text)} : (PropterStr){"", 0}; }

bool propter_str_equal(PropterStr a, PropterStr b) { return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0); }

bool propter_str_equal_caseless(PropterStr a, PropterStr b) { return a.len == b.len && (a.len == 0 || strncasecmp(a.data, b.data, a.len) == 0); }

PropterStr propter_str_base_name(PropterStr path) {
  size_t from = path.len;
  while (from && path.data[from - 1] != '/') from--;
  return (PropterStr){path.data ? path.data + from : NULL, path.len - from};
}

int propter_str_compare(PropterStr a, PropterStr b) {
  size_t n = a.len < b.len ? a.len : b.len;
  int c = n ? memcmp(a.data, b.data, n) : 0;
  return c ? c : (a.len > b.len) - (a.len < b.len);
}

bool propter_str_starts(PropterStr text, PropterStr prefix) {
  return text.len >= prefix.len && propter_str_equal((PropterStr){text.data, prefix.len}, prefix);
}

bool propter_str_ends(PropterStr text, PropterStr suffix) {
  return text.len >= suffix.len && propter_str_equal((PropterStr){text.data + (text.len - suffix.len), suffix.len}, suffix);
}

static bool space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

PropterStr propter_str_trim(PropterStr text) {
  while (text.len && space(text.data[0])) text.data++, text.len--;
  while (text.len && space(text.data[text.len - 1])) text.len--;
  return text;
}

size_t propter_str_find(PropterStr text, PropterStr needle) {
  if (needle.len == 0) return 0;
  const char *at = text.data;
  size_t left = text.len;
  while (left >= needle.len) {
    const char *hit = memchr(at, needle.data[0], left - needle.len + 1);
    if (!hit) return SIZE_MAX;
    if (memcmp(hit, needle.data, needle.len) == 0) return (size_t)(hit - text.data);
    left -= (size_t)(hit - at) + 1;
    at = hit + 1;
  }
  return SIZE_MAX;
}

/* Length of the well-formed sequence at p (RFC 3629 §4), 0 if there is none. */
static size_t sequence(const unsigned char *p, size_t left) {
  if (p[0] < 0x80) return 1;
  size_t n = p[0] >= 0xC2 && p[0] <= 0xDF ? 2 : (p[0] & 0xF0) == 0xE0 ? 3 : p[0] >= 0xF0 && p[0] <= 0xF4 ? 4 : 0;
  if (n == 0 || n > left) return 0;
  for (size_t i = 1; i < n; i++)
    if ((p[i] & 0xC0) != 0x80) return 0;
  if ((p[0] == 0xE0 && p[1] < 0xA0) || (p[0] == 0xED && p[1] > 0x9F) || (p[0] == 0xF0 && p[1] < 0x90) || (p[0] == 0xF4 && p[1] > 0x8F))
    return 0;
  return n;
}

bool propter_utf8_valid(PropterStr text, size_t *bad) {
  const unsigned char *p = (const unsigned char *)text.data;
  for (size_t i = 0; i < text.len;) {
    /* Eight characters of ASCII at a time: most text is nothing else. */
    uint64_t eight;
    if (text.len - i >= sizeof eight) {
      memcpy(&eight, p + i, sizeof eight);
      if (!(eight & 0x8080808080808080u)) {
        i += sizeof eight;
        continue;
      }
    }
    size_t n = sequence(p + i, text.len - i);
    if (n == 0) {
      if (bad) *bad = i;
      return false;
    }
    i += n;
  }
  return true;
}

uint32_t propter_utf8_next(PropterStr text, size_t *at) {
  const unsigned char *p = (const unsigned char *)text.data + *at;
  size_t need = p[0] < 0x80 ? 1 : p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : 4;
  uint32_t c = need == 1 ? p[0] : p[0] & (0x7FU >> need);
  if (need > text.len - *at || (need > 1 && !propter_utf8_valid((PropterStr){text.data + *at, need}, NULL))) return ++*at, 0xFFFD;
  for (size_t i = 1; i < need; i++) c = c << 6 | (p[i] & 0x3FU);
  *at += need;
  return c;
}

bool propter_utf8_letter(uint32_t character) {
  static const uint32_t ranges[][2] = {{'A', 'Z'},         {'a', 'z'},         {0xC0, 0xD6},     {0xD8, 0xF6},     {0xF8, 0x2FF},
                                       {0x370, 0x37D},     {0x37F, 0x1FFF},    {0x200C, 0x200D}, {0x2070, 0x218F}, {0x2C00, 0x2FEF},
                                       {0x3001, 0xD7FF},   {0xF900, 0xFDCF},   {0xFDF0, 0xFFFD}, {0x10000, 0xEFFFF}};
  for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
    if (character >= ranges[i][0] && character <= ranges[i][1]) return true;
  return false;
}

size_t propter_utf8_length(PropterStr text) {
  const uint64_t high = UINT64_C(0x8080808080808080);
  size_t n = text.len, i = 0;
  /* Bytes that continue a character are 10xxxxxx; eight at a time. */
  for (uint64_t eight; i + sizeof eight <= text.len; i += sizeof eight) {
    memcpy(&eight, text.data + i, sizeof eight);
    if (eight & high) n -= (size_t)__builtin_popcountll(eight & high & ~(eight << 1));
  }
  for (; i < text.len; i++) n -= ((unsigned char)text.data[i] & 0xC0) == 0x80;
  return n;
}

bool propter_str_to_double(PropterStr text, double *value) {
  char copy[64];
  if (text.len == 0 || text.len >= sizeof copy || space(text.data[0])) return false;
  memcpy(copy, text.data, text.len);
  copy[text.len] = '\0';
  /* strtod follows the locale's decimal point; only a program that called setlocale sees another than '.'. */
  char point = localeconv()->decimal_point[0];
  if (point != '.')
    for (size_t i = 0; i < text.len; i++)
      if (copy[i] == '.') copy[i] = point;
  for (size_t i = 0; i < text.len; i++)
    if (copy[i] == 'x' || copy[i] == 'X') return false;
  char *end = NULL;
  errno = 0;
  double v = strtod(copy, &end);
  if (end != copy + text.len || (errno == ERANGE && fabs(v) > 1) || !isfinite(v)) return false;
  *value = v;
  return true;
}

bool propter_str_to_int64(PropterStr text, int64_t *value) {
  char copy[32];
  if (text.len == 0 || text.len >= sizeof copy || space(text.data[0])) return false;
  memcpy(copy, text.data, text.len);
  copy[text.len] = '\0';
  char *end = NULL;
  errno = 0;
  long long v = strtoll(copy, &end, 10);
  if (end != copy + text.len || errno == ERANGE) return false;
  *value = v;
  return true;
}

char *propter_number(char out[PROPTER_NUMBER], double value, int decimals, bool sign) {
  char digits[PROPTER_NUMBER];
  size_t n = 0;
  if (!isfinite(value)) return memcpy(out, "n/a", 4);
  const bool zero = fabs(value) < .5 * pow(10, -decimals);
  const int length = snprintf(digits, sizeof digits, "%.*f", decimals, zero ? 0 : fabs(value));
  int whole = 0;
  while (whole < length && digits[whole] >= '0' && digits[whole] <= '9') whole++;
  if (!zero && value < 0) memcpy(out, "\xE2\x88\x92", 3), n = 3;
  else if (!zero && sign) out[n++] = '+';
  for (int i = 0; i < length; i++) {
    if (i > 0 && i < whole && (whole - i) % 3 == 0) out[n++] = ',';
    out[n++] = i == whole ? '.' : digits[i];
  }
  out[n] = '\0';
  return out;
}

int propter_number_decimals(double value, int digits) {
  const int size = value != 0 && isfinite(value) ? (int)floor(log10(fabs(value))) : 0, decimals = digits - 1 - size;
  return decimals < 0 ? 0 : decimals > 6 ? 6 : decimals;
}
