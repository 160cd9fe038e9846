/* SPDX-License-Identifier: Apache-2.0 */
#include "ids.h"

#include <float.h>
#include <math.h>

#include "../../engine/graph/id.h"

enum { INTEGER_TAGS = 13, ZONE_BITS = 11, ZONE_UTC = 841 };

static bool integer_tag(unsigned tag) { return tag >= ID_INTEGER && tag < ID_INTEGER + INTEGER_TAGS; }
/* A term only the query knows may be equal to nothing of the graph, but its kind is not in its id. */
static bool local(PropterId id) { return id_tag(id) == 255; }
static int64_t unbiased(PropterId id) { return (int64_t)(id & ID_PAYLOAD) - ((int64_t)1 << 55); }

static bool is_string(unsigned tag) { return tag == ID_STRING || tag == ID_LONG_STRING; }

bool id_integer(PropterId id, int64_t *value) {
  *value = unbiased(id);
  return integer_tag(id_tag(id));
}

bool id_compare(PropterId a, PropterId b, int *c) {
  unsigned x = id_tag(a), y = id_tag(b);
  PropterId i = a & ID_PAYLOAD, k = b & ID_PAYLOAD;
  if (integer_tag(x) && integer_tag(y)) return *c = (i > k) - (i < k), true;
  if (x == y && (x == ID_DECIMAL || x == ID_DATE || x == ID_BOOLEAN)) return *c = (i > k) - (i < k), true;
  if (x == y && x == ID_DATETIME) {
    PropterId zone = ((PropterId)1 << ZONE_BITS) - 1;
    *c = (i >> ZONE_BITS > k >> ZONE_BITS) - (i >> ZONE_BITS < k >> ZONE_BITS);
    return ((i & zone) != 0) == ((k & zone) != 0);
  }
  double d, e;
  if (x < ID_INLINE || y < ID_INLINE || x == ID_FLOAT || y == ID_FLOAT || (x != ID_DOUBLE && y != ID_DOUBLE) || !propter_id_number(a, &d) ||
      !propter_id_number(b, &e))
    return false;
  return *c = (d > e) - (d < e), true;
}

int id_equal(PropterId a, PropterId b) {
  unsigned x = id_tag(a), y = id_tag(b);
  bool name_x = x == ID_IRI || x == ID_BLANK, name_y = y == ID_IRI || y == ID_BLANK;
  int c;
  if (!a || !b) return -1;
  if (name_x || (is_string(x) && is_string(y))) return local(b) ? -1 : a == b;
  if (name_y) return local(a) ? -1 : 0;
  return id_compare(a, b, &c) ? c == 0 : -1;
}

Value id_value(PropterId id) {
  char text[ID_TEXT];
  PropterStr datatype;
  unsigned tag = id_tag(id);
  Value v;
  double d = 0;
  switch (tag) {
  case ID_INTEGER: v = value_integer(unbiased(id)); break;
  case ID_DECIMAL: {
    Decimal m = {unbiased(id), 6};
    while (m.scale > 0 && m.m % 10 == 0) m.m /= 10, m.scale--;
    v = value_decimal(VALUE_DECIMAL, m);
    break;
  }
  case ID_DOUBLE:
  case ID_FLOAT:
    (void)propter_id_number(id, &d);
    v = value_double(tag == ID_DOUBLE ? VALUE_DOUBLE : VALUE_FLOAT, d);
    break;
  case ID_BOOLEAN: v = value_boolean(id & 1); break;
  case ID_DATETIME: {
    unsigned zone = (unsigned)(id & ((1 << ZONE_BITS) - 1));
    int16_t offset = zone ? (int16_t)((int)zone - ZONE_UTC) : (int16_t)0;
    int64_t utc = (int64_t)((id & ID_PAYLOAD) >> ZONE_BITS) - ((int64_t)1 << 44);
    v = value_datetime(moment_from_ms(utc + offset * (int64_t)60000));
    v.moment.has_zone = zone != 0, v.moment.zone = offset;
    break;
  }
  default: {
    size_t len = id_lexical(id, text, &datatype);
    v = value_typed((PropterStr){text, len}, datatype);
    v.text = (PropterStr){NULL, 0};
  }
  }
  v.id = id;
  return v;
}

PropterId id_of_value(const Value *v) {
  static const int64_t tens[] = {1000000, 100000, 10000, 1000, 100, 10, 1}, bias = (int64_t)1 << 55;
  if (v->text.data || v->extra.len) return PROPTER_NO_ID;
  switch (v->type) {
  case VALUE_BOOLEAN: return id_make(ID_BOOLEAN, v->boolean);
  case VALUE_INTEGER: return v->decimal.m >= -bias && v->decimal.m < bias ? id_make(ID_INTEGER, (uint64_t)((int64_t)v->decimal.m + bias)) : PROPTER_NO_ID;
  case VALUE_DECIMAL: {
    const Int128 limit = (Int128)10000000000 * tens[0];
    if (v->decimal.scale > 6 || v->decimal.m <= -limit || v->decimal.m >= limit) return PROPTER_NO_ID;
    Int128 m = v->decimal.m * tens[v->decimal.scale];
    return m > -limit && m < limit ? id_make(ID_DECIMAL, (uint64_t)((int64_t)m + bias)) : PROPTER_NO_ID;
  }
  default: return PROPTER_NO_ID;
  }
}

/* --- Ranges ------------------------------------------------------------------------------------------------------------------- */

#define TAGS(first, last) {(PropterId)(first) << 56, ((PropterId)(last) << 56) | ID_PAYLOAD}
/* Other literals keep their values in the dictionary: numbers that could not be inlined are among them. */
#define TYPED_IDS TAGS(ID_TYPED, ID_INLINE - 1)
const IdRange id_blanks = TAGS(ID_BLANK, ID_BLANK), id_iris = TAGS(ID_IRI, ID_IRI), id_literals = TAGS(ID_STRING, 254),
              id_numbers[2] = {TYPED_IDS, TAGS(ID_INTEGER, ID_FLOAT)};

static size_t one_range(IdRange range, IdRange *out) { return *out = range, 1; }

static bool wants_less(AstExprOp r) { return r == EXPR_LESS || r == EXPR_LESS_EQUAL; }
static bool wants_greater(AstExprOp r) { return r == EXPR_GREATER || r == EXPR_GREATER_EQUAL; }

/* Numbers of all tags; ends lie a little outside of what is asked for, so that rounding cuts nothing off, but for integers, which are often few. */
static size_t number_ranges(AstExprOp relation, const Value *constant, IdRange *out) {
  double c = value_number(constant), slack = fabs(c) * 1e-6 + DBL_MIN;
  double low = wants_less(relation) ? -DBL_MAX : c - slack, high = wants_greater(relation) ? DBL_MAX : c + slack;
  bool exact = constant->type <= VALUE_DECIMAL && fabs(c) < 1e15, whole = exact && !(c > floor(c));
  size_t n = one_range(id_numbers[0], out);
  if (isnan(c)) return n + one_range(id_numbers[1], out + n);
  for (unsigned tag = ID_INTEGER; tag <= ID_FLOAT; tag++) {
    IdRange r = TAGS(tag, tag);
    if (tag < ID_INTEGER + INTEGER_TAGS && exact) {
      if (!wants_less(relation)) r.from = id_floor(tag, ceil(c)) + (whole && relation == EXPR_GREATER);
      if (!wants_greater(relation)) r.last = id_floor(tag, c) - (whole && relation == EXPR_LESS);
    } else if (tag < ID_INTEGER + INTEGER_TAGS || tag == ID_DECIMAL || tag >= ID_DOUBLE) {
      r.from = id_floor(tag, low), r.last = id_floor(tag, high);
    } else
      continue;
    if (r.from <= r.last) out[n++] = r;
  }
  return n;
}

/* A time without a zone and one with a zone compare only where every zone gives the same answer, which is the one of UTC. */
static PropterId time_floor(unsigned tag, double ms) {
  enum { DAY_MS = 86400000 };
  const double half = (double)((int64_t)1 << 44);
  if (tag == ID_DATE) return id_floor(ID_DATE, ms / DAY_MS);
  return id_make(tag, (uint64_t)(fmin(fmax(ms, -half), half - 1) + half) << ZONE_BITS);
}

static size_t time_ranges(AstExprOp relation, const Value *constant, IdRange *out) {
  double ms = (double)moment_ms(&constant->moment);
  unsigned tag = constant->type == VALUE_DATE ? ID_DATE : ID_DATETIME;
  IdRange r = TAGS(tag, tag);
  if (!wants_less(relation)) r.from = time_floor(tag, ms);
  if (!wants_greater(relation)) r.last = time_floor(tag, ms) | (tag == ID_DATETIME ? ((PropterId)1 << ZONE_BITS) - 1 : 0);
  size_t n = one_range((IdRange)TYPED_IDS, out);
  return n + one_range(r, out + n);
}

size_t id_ranges(AstExprOp relation, const Value *c, IdRange out[ID_RANGES]) {
  bool equal = relation == EXPR_EQUAL;
  size_t n;
  if (value_numeric(c)) return number_ranges(relation, c, out);
  switch (c->type) {
  case VALUE_IRI: return equal && c->id ? one_range((IdRange){c->id, c->id}, out) : one_range(id_iris, out);
  case VALUE_STRING: return equal && c->id ? one_range((IdRange){c->id, c->id}, out) : one_range((IdRange)TAGS(ID_STRING, ID_LONG_STRING), out);
  case VALUE_LANGUAGE: return one_range((IdRange)TAGS(ID_LANGUAGE, ID_LONG_LANGUAGE), out);
  case VALUE_DATE:
  case VALUE_DATETIME: return time_ranges(relation, c, out);
  case VALUE_BOOLEAN:
    n = one_range((IdRange)TYPED_IDS, out);
    return n + one_range((IdRange)TAGS(ID_BOOLEAN, ID_BOOLEAN), out + n);
  default: return one_range((IdRange){0, UINT64_MAX}, out);
  }
}

size_t ids_gallop(const PropterId *id, size_t at, size_t end, PropterId least) {
  size_t step = 1, low = at;
  if (at == end || id[at] >= least) return at;
  while (low + step < end && id[low + step] < least) low += step, step *= 2;
  size_t high = low + step < end ? low + step : end;
  while (low + 1 < high) {
    size_t mid = low + (high - low) / 2;
    if (id[mid] < least)
      low = mid;
    else
      high = mid;
  }
  return high;
}
