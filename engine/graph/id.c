/* SPDX-License-Identifier: Apache-2.0 */
#include "id.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "propter/date.h"

#define XSD "http://www.w3.org/2001/XMLSchema#"
#define BIAS ((int64_t)1 << 55)
enum { DECIMAL_DIGITS = 6, DECIMAL_SCALE = 1000000 };

/* Bounds of the value spaces (XSD 1.1 part 2, §3.4); NULL-free table order fixes the tags. */
#define TYPE(name) {XSD name, sizeof XSD name - 1}
static const struct {
  PropterStr iri;
  int64_t low, high;
} integer_types[] = {{TYPE("integer"), -BIAS, BIAS - 1},
                     {TYPE("long"), -BIAS, BIAS - 1},
                     {TYPE("int"), INT32_MIN, INT32_MAX},
                     {TYPE("short"), INT16_MIN, INT16_MAX},
                     {TYPE("byte"), INT8_MIN, INT8_MAX},
                     {TYPE("nonNegativeInteger"), 0, BIAS - 1},
                     {TYPE("positiveInteger"), 1, BIAS - 1},
                     {TYPE("unsignedLong"), 0, BIAS - 1},
                     {TYPE("unsignedInt"), 0, UINT32_MAX},
                     {TYPE("unsignedShort"), 0, UINT16_MAX},
                     {TYPE("unsignedByte"), 0, UINT8_MAX},
                     {TYPE("nonPositiveInteger"), -BIAS, 0},
                     {TYPE("negativeInteger"), -BIAS, -1}};
enum { INTEGER_TYPES = sizeof integer_types / sizeof *integer_types };

static const struct {
  unsigned tag;
  PropterStr iri;
} other_types[] = {{ID_DECIMAL, TYPE("decimal")}, {ID_DOUBLE, TYPE("double")},  {ID_FLOAT, TYPE("float")},
                   {ID_BOOLEAN, TYPE("boolean")}, {ID_DATE, TYPE("date")}, {ID_DATETIME, TYPE("dateTime")}};

static PropterStr type_of(unsigned tag) {
  if (tag >= ID_INTEGER && tag < ID_INTEGER + INTEGER_TYPES) return integer_types[tag - ID_INTEGER].iri;
  for (size_t i = 0; i < sizeof other_types / sizeof *other_types; i++)
    if (other_types[i].tag == tag) return other_types[i].iri;
  return (PropterStr){"", 0};
}

static unsigned tag_of(PropterStr datatype) {
  for (unsigned i = 0; i < INTEGER_TYPES; i++)
    if (propter_str_equal(datatype, integer_types[i].iri)) return ID_INTEGER + i;
  for (size_t i = 0; i < sizeof other_types / sizeof *other_types; i++)
    if (propter_str_equal(datatype, other_types[i].iri)) return other_types[i].tag;
  return ID_TYPED;
}

static uint64_t biased(int64_t v) { return (uint64_t)(v + BIAS); }
static int64_t unbiased(PropterId id) { return (int64_t)(id & ID_PAYLOAD) - BIAS; }

/* Order-preserving image of a double's bits; the low byte, which the id does not keep, must be zero in the bits themselves. */
static uint64_t double_bits(double v) {
  uint64_t b;
  memcpy(&b, &v, sizeof b);
  return b >> 63 ? ~b : b | (uint64_t)1 << 63;
}

static double bits_double(uint64_t b) {
  b = b >> 63 ? b & ~((uint64_t)1 << 63) : ~(b | 255);
  double v;
  memcpy(&v, &b, sizeof v);
  return v;
}

static bool all_digits(const char *p, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (p[i] < '0' || p[i] > '9') return false;
  return n > 0;
}

static uint64_t decimal_payload(PropterStr t, bool *ok) {
  bool negative = t.len && t.data[0] == '-';
  const char *p = t.data + negative;
  size_t n = t.len - negative, whole = 0;
  while (whole < n && p[whole] != '.') whole++;
  size_t part = whole < n ? n - whole - 1 : 0;
  *ok = whole <= 10 && part <= DECIMAL_DIGITS && all_digits(p, whole) && (whole == n || all_digits(p + whole + 1, part));
  if (!*ok) return 0;
  int64_t v = 0;
  for (size_t i = 0; i < whole; i++) v = v * 10 + (p[i] - '0');
  for (size_t i = 0; i < DECIMAL_DIGITS; i++) v = v * 10 + (i < part ? p[whole + 1 + i] - '0' : 0);
  return biased(negative ? -v : v);
}

/* YYYY-MM-DDThh:mm:ss[.fff][Z|±hh:mm] to UTC milliseconds (45 bits) and zone (11 bits: 0 none, else minutes + 841). */
static uint64_t datetime_payload(PropterStr t, bool *ok) {
  PropterDay day;
  *ok = false;
  if (t.len < 19 || t.len > 32 || t.data[10] != 'T' || !propter_day_parse(t, &day)) return 0;
  const char *p = t.data;
  if (!all_digits(p + 11, 2) || p[13] != ':' || !all_digits(p + 14, 2) || p[16] != ':' || !all_digits(p + 17, 2)) return 0;
  int h = (p[11] - '0') * 10 + p[12] - '0', m = (p[14] - '0') * 10 + p[15] - '0', s = (p[17] - '0') * 10 + p[18] - '0';
  if (h > 23 || m > 59 || s > 59) return 0;
  size_t at = 19;
  int64_t ms = 0;
  if (at < t.len && p[at] == '.') {
    size_t n = 0;
    while (at + 1 + n < t.len && p[at + 1 + n] >= '0' && p[at + 1 + n] <= '9') n++;
    if (n == 0 || n > 3) return 0;
    for (size_t i = 0; i < 3; i++) ms = ms * 10 + (i < n ? p[at + 1 + i] - '0' : 0);
    at += 1 + n;
  }
  uint64_t zone = 0;
  int offset = 0;
  if (at < t.len && p[at] == 'Z' && at + 1 == t.len) {
    zone = 841;
  } else if (at + 6 == t.len && (p[at] == '+' || p[at] == '-') && all_digits(p + at + 1, 2) && p[at + 3] == ':' && all_digits(p + at + 4, 2)) {
    offset = ((p[at + 1] - '0') * 10 + p[at + 2] - '0') * 60 + (p[at + 4] - '0') * 10 + p[at + 5] - '0';
    if (p[at] == '-') offset = -offset;
    if (offset < -840 || offset > 840 || offset == 0) return 0;
    zone = (uint64_t)(offset + 841);
  } else if (at != t.len) {
    return 0;
  }
  int64_t utc = ((int64_t)day * 86400 + h * 3600 + m * 60 + s - (int64_t)offset * 60) * 1000 + ms, half = (int64_t)1 << 44;
  if (utc < -half || utc >= half) return 0;
  *ok = true;
  return (uint64_t)(utc + half) << 11 | zone;
}

static size_t print_datetime(PropterId id, char *text) {
  uint64_t zone = id & 2047;
  int64_t utc = (int64_t)((id & ID_PAYLOAD) >> 11) - ((int64_t)1 << 44);
  int offset = zone ? (int)zone - 841 : 0;
  int64_t local = utc + (int64_t)offset * 60000, days = local / 86400000, ms = local % 86400000;
  if (ms < 0) ms += 86400000, days--;
  char date[16], fraction[8] = "", tail[8] = "";
  propter_day_format((PropterDay)days, date);
  if (ms % 1000) {
    (void)snprintf(fraction, sizeof fraction, ".%03d", (int)(ms % 1000));
    for (size_t n = strlen(fraction); fraction[n - 1] == '0'; n--) fraction[n - 1] = '\0';
  }
  if (zone == 841)
    (void)snprintf(tail, sizeof tail, "Z");
  else if (zone)
    (void)snprintf(tail, sizeof tail, "%c%02d:%02d", offset < 0 ? '-' : '+', abs(offset) / 60 % 100, abs(offset) % 60);
  int s = (int)(ms / 1000);
  return (size_t)snprintf(text, ID_TEXT, "%sT%02d:%02d:%02d%s%s", date, s / 3600, s / 60 % 60, s % 60, fraction, tail);
}

/* Canonical form of XSD 1.0: one digit before the point, at least one after it, E, exponent; the shortest that reads back. */
static size_t print_double(double v, bool single, char *text) {
  if (isnan(v)) return (size_t)snprintf(text, ID_TEXT, "NaN");
  if (isinf(v)) return (size_t)snprintf(text, ID_TEXT, v > 0 ? "INF" : "-INF");
  char raw[48];
  for (int digits = 1; digits <= 17; digits++) {
    (void)snprintf(raw, sizeof raw, "%.*e", digits, v);
    double back = strtod(raw, NULL);
    if (single ? (float)back == (float)v : memcmp(&back, &v, sizeof v) == 0) break;
  }
  char *e = strchr(raw, 'e');
  int exponent = atoi(e + 1);
  *e = '\0';
  return (size_t)snprintf(text, ID_TEXT, "%sE%d", raw, exponent);
}

size_t id_lexical(PropterId id, char text[ID_TEXT], PropterStr *datatype) {
  unsigned tag = id_tag(id);
  *datatype = type_of(tag);
  if (tag >= ID_INTEGER && tag < ID_INTEGER + INTEGER_TYPES) return (size_t)snprintf(text, ID_TEXT, "%lld", (long long)unbiased(id));
  switch (tag) {
    case ID_DECIMAL: {
      int64_t v = unbiased(id);
      uint64_t u = (uint64_t)(v < 0 ? -v : v);
      size_t n =
          (size_t)snprintf(text, ID_TEXT, "%s%llu.%06llu", v < 0 ? "-" : "", (unsigned long long)(u / DECIMAL_SCALE), (unsigned long long)(u % DECIMAL_SCALE));
      while (text[n - 1] == '0') n--;
      if (text[n - 1] == '.') n--;
      text[n] = '\0';
      return n;
    }
    case ID_DOUBLE: return print_double(bits_double(id << 8), false, text);
    case ID_FLOAT: return print_double(bits_double((id & ID_PAYLOAD) << 8), true, text);
    case ID_BOOLEAN: return (size_t)snprintf(text, ID_TEXT, "%s", id & 1 ? "true" : "false");
    case ID_DATE: {
      char day[16];
      propter_day_format((PropterDay)unbiased(id), day);
      return (size_t)snprintf(text, ID_TEXT, "%s", day);
    }
    case ID_DATETIME: return print_datetime(id, text);
    default: text[0] = '\0'; return 0;
  }
}

/* The payload for the lexical form if it could be inlined; the caller checks that the form comes back from it. */
static PropterId candidate(unsigned tag, PropterStr t) {
  if (tag >= ID_INTEGER && tag < ID_INTEGER + INTEGER_TYPES) {
    int64_t v;
    if (!propter_str_to_int64(t, &v) || v < integer_types[tag - ID_INTEGER].low || v > integer_types[tag - ID_INTEGER].high) return PROPTER_NO_ID;
    return id_make(tag, biased(v));
  }
  bool ok = false;
  uint64_t payload = 0;
  double d;
  PropterDay day;
  switch (tag) {
    case ID_DECIMAL: payload = decimal_payload(t, &ok); break;
    case ID_DOUBLE:
    case ID_FLOAT:
      if (!propter_str_to_double(t, &d)) break;
      if (tag == ID_FLOAT) d = (double)(float)d;
      ok = isfinite(d) && ((double_bits(d) & 255) == 0 || (double_bits(d) & 255) == 255);
      payload = double_bits(d) >> 8;
      break;
    case ID_BOOLEAN:
      ok = true;
      payload = propter_str_equal(t, PROPTER_STR("true"));
      break;
    case ID_DATE:
      ok = t.len == 10 && propter_day_parse(t, &day);
      payload = ok ? biased(day) : 0;
      break;
    case ID_DATETIME: payload = datetime_payload(t, &ok); break;
    default: break;
  }
  return ok ? id_make(tag, payload) : PROPTER_NO_ID;
}

/* Is a form, which was read as that id, surely the one the id is printed as? The common cases, without printing; false says nothing. */
static bool surely_canonical(unsigned tag, PropterStr t) {
  const char *p = t.data;
  if (tag >= ID_INTEGER && tag < ID_INTEGER + INTEGER_TYPES) {
    bool negative = p[0] == '-';
    return p[negative] >= '1' && p[negative] <= '9' && all_digits(p + negative, t.len - negative);
  }
  return tag == ID_DATE || (tag == ID_DATETIME && (t.len == 19 || p[19] != '.'));
}

PropterId id_inline(PropterStr lexical, PropterStr datatype) {
  unsigned tag = tag_of(datatype);
  if (tag < ID_INLINE || lexical.len == 0 || lexical.len >= ID_TEXT) return PROPTER_NO_ID;
  PropterId id = candidate(tag, lexical);
  if (id == PROPTER_NO_ID || surely_canonical(tag, lexical)) return id;
  char text[ID_TEXT];
  PropterStr back;
  size_t n = id_lexical(id, text, &back);
  return propter_str_equal((PropterStr){text, n}, lexical) ? id : PROPTER_NO_ID;
}

PropterId id_floor(unsigned tag, double v) {
  if (tag == ID_DOUBLE || tag == ID_FLOAT) return id_make(tag, double_bits(v) >> 8);
  double units = floor(tag == ID_DECIMAL ? v * DECIMAL_SCALE : v), most = (double)(BIAS - 128);
  return id_make(tag, biased(units > most ? BIAS - 1 : units < -most ? -BIAS : (int64_t)units));
}

PropterTermKind propter_id_kind(PropterId id) {
  unsigned tag = id_tag(id);
  return tag == ID_SPECIAL ? PROPTER_TERM_NONE : tag == ID_BLANK ? PROPTER_TERM_BLANK : tag == ID_IRI ? PROPTER_TERM_IRI : PROPTER_TERM_LITERAL;
}

bool propter_id_number(PropterId id, double *value) {
  unsigned tag = id_tag(id);
  if (tag >= ID_INTEGER && tag < ID_INTEGER + INTEGER_TYPES)
    *value = (double)unbiased(id);
  else if (tag == ID_DECIMAL)
    *value = (double)unbiased(id) / DECIMAL_SCALE;
  else if (tag == ID_DOUBLE || tag == ID_FLOAT)
    *value = bits_double((id & ID_PAYLOAD) << 8);
  else
    return false;
  return true;
}

bool propter_id_boolean(PropterId id, bool *value) {
  if (id_tag(id) != ID_BOOLEAN) return false;
  *value = id & 1;
  return true;
}

bool propter_id_day(PropterId id, int32_t *day) {
  if (id_tag(id) == ID_DATE) {
    *day = (int32_t)unbiased(id);
    return true;
  }
  if (id_tag(id) != ID_DATETIME) return false;
  char text[ID_TEXT];
  PropterStr type;
  size_t n = id_lexical(id, text, &type);
  return propter_day_parse((PropterStr){text, n}, day);
}

int id_order(const void *a, const void *b) {
  PropterId x = *(const PropterId *)a, y = *(const PropterId *)b;
  return (x > y) - (x < y);
}

void ids_sort(PropterIds *ids, size_t from) {
  size_t kept = from;
  bool sorted = true; /* as what a scan found is */
  if (ids->count <= from) return;
  for (size_t i = from + 1; i < ids->count && sorted; i++) sorted = ids->items[i - 1] <= ids->items[i];
  if (!sorted) qsort(ids->items + from, ids->count - from, sizeof *ids->items, id_order);
  for (size_t i = from; i < ids->count; i++)
    if (i == from || ids->items[i] != ids->items[kept - 1]) ids->items[kept++] = ids->items[i];
  ids->count = kept;
}

bool id_among(const PropterId *id, size_t count, PropterId which) {
  size_t low = 0, high = count;
  while (low < high) {
    size_t mid = low + (high - low) / 2;
    if (id[mid] < which)
      low = mid + 1;
    else
      high = mid;
  }
  return low < count && id[low] == which;
}
