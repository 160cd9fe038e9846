/* SPDX-License-Identifier: Apache-2.0 */
#include "ids.h"

#include "../../engine/graph/id.h"

enum { INTEGER_TAGS = 13, ZONE_BITS = 11, ZONE_UTC = 841 };

static bool integer_tag(unsigned tag) { return tag >= ID_INTEGER && tag < ID_INTEGER + INTEGER_TAGS; }
/* A term only the query knows may be equal to nothing of the graph, but its kind is not in its id. */
static bool local(PropterId id) { return id_tag(id) == 255; }
static int64_t unbiased(PropterId id) { return (int64_t)(id & ID_PAYLOAD) - ((int64_t)1 << 55); }

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
  if (name_x || (x == ID_STRING && y == ID_STRING)) return local(b) ? -1 : a == b;
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
