/* SPDX-License-Identifier: Apache-2.0 */
#include "decimal.h"

#include <ctype.h>
#include <math.h>

Decimal decimal_of(int64_t n) { return (Decimal){n, 0}; }

static Decimal trimmed(Decimal d) {
  while (d.scale > 0 && d.m % 10 == 0) d.m /= 10, d.scale--;
  return d;
}

static bool times_ten(Int128 *m) { return !__builtin_mul_overflow(*m, (Int128)10, m); }

bool decimal_parse(PropterStr text, bool fraction, Decimal *out) {
  size_t i = 0, digits = 0;
  bool negative = false, point = false;
  Decimal d = {0, 0};
  if (text.len > 0 && (text.data[0] == '-' || text.data[0] == '+')) negative = text.data[i++] == '-';
  for (; i < text.len; i++) {
    char c = text.data[i];
    if (c == '.' && fraction && !point) {
      point = true;
      continue;
    }
    if (!isdigit((unsigned char)c)) return false;
    digits++;
    if (point && d.scale == 36) {
      if (c != '0') return false;
      continue;
    }
    if (!times_ten(&d.m) || __builtin_add_overflow(d.m, (Int128)(c - '0'), &d.m)) return false;
    if (point) d.scale++;
  }
  if (digits == 0) return false;
  if (negative) d.m = -d.m;
  *out = trimmed(d);
  return true;
}

static bool align(Decimal *a, Decimal *b) {
  while (a->scale < b->scale) {
    if (!times_ten(&a->m)) return false;
    a->scale++;
  }
  while (b->scale < a->scale) {
    if (!times_ten(&b->m)) return false;
    b->scale++;
  }
  return true;
}

bool decimal_add(Decimal a, Decimal b, Decimal *out) {
  Decimal sum;
  if (!align(&a, &b) || __builtin_add_overflow(a.m, b.m, &sum.m)) return false;
  sum.scale = a.scale;
  *out = trimmed(sum);
  return true;
}

bool decimal_subtract(Decimal a, Decimal b, Decimal *out) {
  Decimal difference;
  if (!align(&a, &b) || __builtin_sub_overflow(a.m, b.m, &difference.m)) return false;
  difference.scale = a.scale;
  *out = trimmed(difference);
  return true;
}

bool decimal_multiply(Decimal a, Decimal b, Decimal *out) {
  Decimal product = {0, a.scale + b.scale};
  if (__builtin_mul_overflow(a.m, b.m, &product.m)) return false;
  product = trimmed(product);
  if (product.scale > 36) return false;
  *out = product;
  return true;
}

bool decimal_divide(Decimal a, Decimal b, Decimal *out) {
  if (b.m == 0) return false;
  Int128 quotient = a.m / b.m, rest = a.m % b.m;
  int scale = (int)a.scale - (int)b.scale;
  bool negative = (a.m < 0) != (b.m < 0);
  while (scale < 0 || (rest != 0 && scale < DECIMAL_DIGITS)) {
    Int128 more = quotient, left = rest;
    if (!times_ten(&left) || !times_ten(&more)) {
      if (scale < 0) return false;
      break;
    }
    if (__builtin_add_overflow(more, left / b.m, &more)) return false;
    quotient = more, rest = left % b.m;
    scale++;
  }
  /* Half away from zero at the last digit kept. */
  Int128 twice = rest < 0 ? -rest : rest, divisor = b.m < 0 ? -b.m : b.m;
  if (rest != 0 && twice >= divisor - twice) quotient += negative ? -1 : 1;
  *out = trimmed((Decimal){quotient, (unsigned)scale});
  return true;
}

int decimal_compare(Decimal a, Decimal b) {
  bool a_grows = a.scale < b.scale;
  int sign = (a_grows ? a.m : b.m) < 0 ? -1 : 1;
  if (align(&a, &b)) return (a.m > b.m) - (a.m < b.m);
  /* The one that left the range while growing to the other's scale is the larger in size. */
  return a_grows ? sign : -sign;
}

Decimal decimal_round(Decimal a, DecimalRounding how) {
  if (a.scale == 0) return a;
  Int128 unit = 1;
  for (unsigned i = 0; i < a.scale; i++) unit *= 10;
  Int128 whole = a.m / unit, rest = a.m % unit;
  if (rest < 0 && how != DECIMAL_TRUNCATE) whole--, rest += unit;
  if (rest != 0 && how == DECIMAL_CEIL) whole++;
  if (how == DECIMAL_HALF_UP && rest >= unit - rest) whole++;
  return (Decimal){whole, 0};
}

size_t decimal_print(Decimal a, char out[DECIMAL_TEXT]) {
  char digits[DECIMAL_TEXT];
  size_t n = 0, len = 0;
  bool negative = a.m < 0;
  /* Digits are taken from the negative side, where the lowest number has its place too. */
  Int128 m = negative ? a.m : -a.m;
  do digits[n++] = (char)('0' - (int)(m % 10)), m /= 10;
  while (m != 0);
  while (n <= a.scale) digits[n++] = '0';
  if (negative) out[len++] = '-';
  while (n > 0) {
    if (n == a.scale) out[len++] = '.';
    out[len++] = digits[--n];
  }
  out[len] = '\0';
  return len;
}

double decimal_to_double(Decimal a) {
  char text[DECIMAL_TEXT];
  double d = 0;
  size_t len = decimal_print(a, text);
  (void)propter_str_to_double((PropterStr){text, len}, &d);
  return d;
}

bool decimal_from_double(double d, Decimal *out) {
  if (!isfinite(d) || fabs(d) >= 1e37) return false;
  double whole = trunc(d), rest = d - whole;
  Decimal result = {(Int128)whole, 0};
  Int128 fraction = 0;
  unsigned scale = 0;
  while (rest != 0 && scale < DECIMAL_DIGITS) {
    rest *= 10;
    double digit = trunc(rest);
    fraction = fraction * 10 + (Int128)digit;
    rest -= digit;
    scale++;
  }
  return decimal_add(result, trimmed((Decimal){fraction, scale}), out);
}
