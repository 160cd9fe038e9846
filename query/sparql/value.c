/* SPDX-License-Identifier: Apache-2.0 */
#include "value.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define XSD "http://www.w3.org/2001/XMLSchema#"
#define RDF "http://www.w3.org/1999/02/22-rdf-syntax-ns#"

/* Datatypes whose values are known. The bounds are those of the integer types (as text: some exceed 64 bits). */
typedef struct {
  PropterStr name; /* after XSD */
  ValueType type;
  const char *low, *high;
} Datatype;

#define NAME(s) {s, sizeof(s) - 1}
static const Datatype datatypes[] = {
    {NAME("integer"), VALUE_INTEGER, NULL, NULL},
    {NAME("decimal"), VALUE_DECIMAL, NULL, NULL},
    {NAME("double"), VALUE_DOUBLE, NULL, NULL},
    {NAME("float"), VALUE_FLOAT, NULL, NULL},
    {NAME("boolean"), VALUE_BOOLEAN, NULL, NULL},
    {NAME("dateTime"), VALUE_DATETIME, NULL, NULL},
    {NAME("date"), VALUE_DATE, NULL, NULL},
    {NAME("time"), VALUE_TIME, NULL, NULL},
    {NAME("string"), VALUE_STRING, NULL, NULL},
    {NAME("int"), VALUE_INTEGER, "-2147483648", "2147483647"},
    {NAME("long"), VALUE_INTEGER, "-9223372036854775808", "9223372036854775807"},
    {NAME("short"), VALUE_INTEGER, "-32768", "32767"},
    {NAME("byte"), VALUE_INTEGER, "-128", "127"},
    {NAME("nonNegativeInteger"), VALUE_INTEGER, "0", NULL},
    {NAME("positiveInteger"), VALUE_INTEGER, "1", NULL},
    {NAME("nonPositiveInteger"), VALUE_INTEGER, NULL, "0"},
    {NAME("negativeInteger"), VALUE_INTEGER, NULL, "-1"},
    {NAME("unsignedLong"), VALUE_INTEGER, "0", "18446744073709551615"},
    {NAME("unsignedInt"), VALUE_INTEGER, "0", "4294967295"},
    {NAME("unsignedShort"), VALUE_INTEGER, "0", "65535"},
    {NAME("unsignedByte"), VALUE_INTEGER, "0", "255"},
};

static const Datatype *find_datatype(PropterStr iri) {
  PropterStr xsd = PROPTER_STR(XSD);
  if (!propter_str_starts(iri, xsd)) return NULL;
  PropterStr name = {iri.data + xsd.len, iri.len - xsd.len};
  for (size_t i = 0; i < sizeof datatypes / sizeof *datatypes; i++)
    if (propter_str_equal(datatypes[i].name, name)) return &datatypes[i];
  return NULL;
}

Value value_boolean(bool b) {
  Value v = value_of(VALUE_BOOLEAN);
  v.boolean = b;
  return v;
}

Value value_decimal(ValueType type, Decimal d) {
  Value v = value_of(type);
  v.decimal = d;
  return v;
}

Value value_integer(int64_t n) { return value_decimal(VALUE_INTEGER, decimal_of(n)); }

Value value_double(ValueType type, double d) {
  Value v = value_of(type);
  v.number = type == VALUE_FLOAT ? (double)(float)d : d;
  return v;
}

Value value_string(PropterStr text) {
  Value v = value_of(VALUE_STRING);
  v.text = text;
  return v;
}

Value value_iri(PropterStr text) {
  Value v = value_of(VALUE_IRI);
  v.text = text;
  return v;
}

Value value_datetime(Moment m) {
  Value v = value_of(VALUE_DATETIME);
  v.moment = m;
  return v;
}

static bool parse_floating(PropterStr t, double *out) {
  if (propter_str_equal(t, PROPTER_STR("NaN"))) return *out = (double)NAN, true;
  if (propter_str_equal(t, PROPTER_STR("INF")) || propter_str_equal(t, PROPTER_STR("+INF"))) return *out = (double)INFINITY, true;
  if (propter_str_equal(t, PROPTER_STR("-INF"))) return *out = (double)-INFINITY, true;
  for (size_t i = 0; i < t.len; i++)
    if (!isdigit((unsigned char)t.data[i]) && !strchr("+-.eE", t.data[i])) return false;
  /* The number reader of C knows no sign + and reports what is out of range as failure; the XSD value is infinite or zero then. */
  if (t.len > 0 && t.data[0] == '+') t = (PropterStr){t.data + 1, t.len - 1};
  if (t.len == 0 || t.len > 300 || t.data[0] == '+') return false;
  if (propter_str_to_double(t, out)) return true;
  char copy[304], *end;
  memcpy(copy, t.data, t.len);
  copy[t.len] = '\0';
  *out = strtod(copy, &end);
  return *end == '\0' && end != copy;
}

static bool in_bounds(const Datatype *type, Decimal d) {
  Decimal bound;
  if (type->low && (!decimal_parse(propter_str(type->low), false, &bound) || decimal_compare(d, bound) < 0)) return false;
  return !type->high || (decimal_parse(propter_str(type->high), false, &bound) && decimal_compare(d, bound) <= 0);
}

/* Fills the value from its lexical form; false: the form is not one of the type. */
static bool parse_lexical(const Datatype *type, PropterStr t, Value *v) {
  t = propter_str_trim(t);
  switch (type->type) {
  case VALUE_STRING: return true;
  case VALUE_BOOLEAN:
    v->boolean = propter_str_equal(t, PROPTER_STR("true")) || propter_str_equal(t, PROPTER_STR("1"));
    return v->boolean || propter_str_equal(t, PROPTER_STR("false")) || propter_str_equal(t, PROPTER_STR("0"));
  case VALUE_INTEGER: return decimal_parse(t, false, &v->decimal) && in_bounds(type, v->decimal);
  case VALUE_DECIMAL: return decimal_parse(t, true, &v->decimal);
  case VALUE_FLOAT:
  case VALUE_DOUBLE:
    if (!parse_floating(t, &v->number)) return false;
    if (type->type == VALUE_FLOAT) v->number = (double)(float)v->number;
    return true;
  case VALUE_DATETIME: return moment_parse_datetime(t, &v->moment);
  case VALUE_DATE: return moment_parse_date(t, &v->moment);
  case VALUE_TIME: return moment_parse_time(t, &v->moment);
  default: return false;
  }
}

Value value_typed(PropterStr text, PropterStr datatype) {
  const Datatype *type = find_datatype(datatype);
  Value v = value_of(type ? type->type : VALUE_OTHER);
  if (type && !parse_lexical(type, text, &v)) v = value_of(VALUE_ILL);
  v.text = text;
  if (v.type == VALUE_OTHER || v.type == VALUE_ILL || (v.type == VALUE_INTEGER && type != datatypes)) v.extra = datatype;
  return v;
}

Value value_of_term(const PropterTerm *t) {
  Value v;
  switch (t->kind) {
  case PROPTER_TERM_NONE: return value_of(VALUE_UNBOUND);
  case PROPTER_TERM_BLANK: v = value_of(VALUE_BLANK); break;
  case PROPTER_TERM_IRI: v = value_of(VALUE_IRI); break;
  default:
    if (t->language.len == 0) return t->datatype.len ? value_typed(t->value, t->datatype) : value_string(t->value);
    v = value_of(VALUE_LANGUAGE);
    v.extra = t->language;
  }
  v.text = t->value;
  return v;
}

/* Canonical form of XSD 1.0: one digit before the point, at least one after it, E, exponent; the shortest that reads back. */
static size_t print_floating(double d, bool single, char out[MOMENT_TEXT]) {
  if (isnan(d)) return (size_t)snprintf(out, MOMENT_TEXT, "NaN");
  if (isinf(d)) return (size_t)snprintf(out, MOMENT_TEXT, d > 0 ? "INF" : "-INF");
  char raw[48];
  for (int digits = 1; digits <= 17; digits++) {
    (void)snprintf(raw, sizeof raw, "%.*e", digits, d);
    double back = strtod(raw, NULL);
    if (single ? !((float)back < (float)d) && !((float)back > (float)d) : !(back < d) && !(back > d)) break;
  }
  char *e = strchr(raw, 'e');
  int exponent = atoi(e + 1);
  *e = '\0';
  return (size_t)snprintf(out, MOMENT_TEXT, "%sE%d", raw, exponent);
}

PropterStr value_text_in(const Value *v, char text[MOMENT_TEXT]) {
  size_t len = 0;
  if (v->text.data) return v->text;
  switch (v->type) {
  case VALUE_BOOLEAN: return v->boolean ? PROPTER_STR("true") : PROPTER_STR("false");
  case VALUE_INTEGER:
  case VALUE_DECIMAL: len = decimal_print(v->decimal, text); break;
  case VALUE_FLOAT:
  case VALUE_DOUBLE: len = print_floating(v->number, v->type == VALUE_FLOAT, text); break;
  case VALUE_DATETIME: len = moment_print_datetime(&v->moment, text); break;
  case VALUE_DATE: len = moment_print_date(&v->moment, text); break;
  default: return PROPTER_STR("");
  }
  return (PropterStr){text, len};
}

PropterStr value_text(const Value *v, PropterArena *arena) {
  char text[MOMENT_TEXT];
  PropterStr made = value_text_in(v, text);
  return made.data == text ? propter_arena_copy(arena, made) : made;
}

PropterStr value_datatype(const Value *v) {
  static const PropterStr names[] = {[VALUE_STRING] = NAME(XSD "string"),   [VALUE_LANGUAGE] = NAME(RDF "langString"), [VALUE_BOOLEAN] = NAME(XSD "boolean"),
                                     [VALUE_INTEGER] = NAME(XSD "integer"), [VALUE_DECIMAL] = NAME(XSD "decimal"),     [VALUE_FLOAT] = NAME(XSD "float"),
                                     [VALUE_DOUBLE] = NAME(XSD "double"),   [VALUE_DATETIME] = NAME(XSD "dateTime"),   [VALUE_DATE] = NAME(XSD "date"),
                                     [VALUE_TIME] = NAME(XSD "time")};
  if (v->type != VALUE_LANGUAGE && v->extra.len) return v->extra;
  return v->type >= VALUE_STRING && v->type <= VALUE_TIME ? names[v->type] : PROPTER_STR("");
}

bool value_term(const Value *v, PropterArena *arena, PropterTerm *term) {
  *term = (PropterTerm){.kind = v->type == VALUE_BLANK ? PROPTER_TERM_BLANK
                                : v->type == VALUE_IRI ? PROPTER_TERM_IRI
                                                       : PROPTER_TERM_LITERAL,
                        .datatype = {"", 0},
                        .language = {"", 0}};
  term->value = value_text(v, arena);
  if (v->type == VALUE_LANGUAGE)
    term->language = v->extra;
  else if (v->type > VALUE_LANGUAGE)
    term->datatype = value_datatype(v);
  return term->value.data != NULL;
}

/* --- Comparison ------------------------------------------------------------------------------------------------------ */

int value_truth(const Value *v) {
  switch (v->type) {
  case VALUE_BOOLEAN: return v->boolean;
  case VALUE_STRING: return v->text.len > 0;
  case VALUE_INTEGER:
  case VALUE_DECIMAL: return v->decimal.m != 0;
  case VALUE_FLOAT:
  case VALUE_DOUBLE: return v->number > 0 || v->number < 0;
  case VALUE_ILL: {
    /* Malformed numbers and booleans are false (17.2.2). */
    const Datatype *type = find_datatype(v->extra);
    return type && type->type >= VALUE_BOOLEAN && type->type <= VALUE_DOUBLE ? 0 : -1;
  }
  default: return -1;
  }
}

double value_number(const Value *v) { return v->type <= VALUE_DECIMAL ? decimal_to_double(v->decimal) : v->number; }

static bool exact(const Value *v) { return v->type == VALUE_INTEGER || v->type == VALUE_DECIMAL; }

/* -1, 0, 1; 2: not a number is involved. */
static int compare_numbers(const Value *a, const Value *b) {
  if (exact(a) && exact(b)) return decimal_compare(a->decimal, b->decimal);
  double x = value_number(a), y = value_number(b);
  if (a->type != VALUE_DOUBLE && b->type != VALUE_DOUBLE) x = (double)(float)x, y = (double)(float)y;
  return x < y ? -1 : x > y ? 1 : isnan(x) || isnan(y) ? 2 : 0;
}

/* Numbers, times and booleans have no text when they were computed. */
static bool same_text(const Value *a, const Value *b) {
  char x[MOMENT_TEXT], y[MOMENT_TEXT];
  return propter_str_equal(value_text_in(a, x), value_text_in(b, y));
}

bool value_same(const Value *a, const Value *b) {
  if (a->id && b->id) return a->id == b->id;
  if (a->type != b->type || !same_text(a, b)) return false;
  return a->type == VALUE_LANGUAGE ? propter_str_equal_caseless(a->extra, b->extra) : propter_str_equal(value_datatype(a), value_datatype(b));
}

/* Types between whose values equality is known to be false: their value spaces are disjoint and every literal in them is understood. */
static bool understood(const Value *v) { return v->type < VALUE_OTHER; }

int value_equal(const Value *a, const Value *b) {
  if (a->type <= VALUE_ERROR || b->type <= VALUE_ERROR) return -1;
  if (value_numeric(a) && value_numeric(b)) return compare_numbers(a, b) == 0;
  if (!value_literal(a) || !value_literal(b)) return a->type == b->type && value_same(a, b);
  if (a->type == b->type) switch (a->type) {
    case VALUE_STRING: return propter_str_equal(a->text, b->text);
    case VALUE_LANGUAGE: return propter_str_equal(a->text, b->text) && propter_str_equal_caseless(a->extra, b->extra);
    case VALUE_BOOLEAN: return a->boolean == b->boolean;
    case VALUE_DATETIME:
    case VALUE_DATE:
    case VALUE_TIME: {
      int c = moment_compare(&a->moment, &b->moment);
      return c == 2 ? -1 : c == 0;
    }
    default: break;
    }
  if (value_same(a, b)) return 1;
  /* A text with a language equals nothing but such texts, whatever the other literal means. */
  if ((a->type == VALUE_LANGUAGE) != (b->type == VALUE_LANGUAGE)) return 0;
  return understood(a) && understood(b) ? 0 : -1;
}

int value_less(const Value *a, const Value *b, bool or_equal) {
  int c = 2;
  if (value_numeric(a) && value_numeric(b)) {
    c = compare_numbers(a, b);
    if (c == 2) return 0;
  } else if (a->type == b->type)
    switch (a->type) {
    case VALUE_STRING: c = propter_str_compare(a->text, b->text); break;
    case VALUE_BOOLEAN: c = (int)a->boolean - (int)b->boolean; break;
    case VALUE_DATETIME:
    case VALUE_DATE:
    case VALUE_TIME: c = moment_compare(&a->moment, &b->moment); break;
    default: break;
    }
  if (c == 2 && !(a->type == b->type && a->type == VALUE_STRING)) return -1;
  return or_equal ? c <= 0 : c < 0;
}

/* Rank of a type in the total order; types that compare with each other share one. */
static int rank(const Value *v) {
  switch (v->type) {
  case VALUE_UNBOUND:
  case VALUE_ERROR: return 0;
  case VALUE_BLANK: return 1;
  case VALUE_IRI: return 2;
  case VALUE_STRING: return 3;
  case VALUE_LANGUAGE: return 4;
  case VALUE_BOOLEAN: return 5;
  case VALUE_INTEGER:
  case VALUE_DECIMAL:
  case VALUE_FLOAT:
  case VALUE_DOUBLE: return 6;
  case VALUE_DATETIME: return 7;
  case VALUE_DATE: return 8;
  case VALUE_TIME: return 9;
  default: return 10;
  }
}

static int order_texts(const Value *a, const Value *b) {
  char x[MOMENT_TEXT], y[MOMENT_TEXT];
  int c = propter_str_compare(value_text_in(a, x), value_text_in(b, y));
  return c ? c : propter_str_compare(value_datatype(a), value_datatype(b));
}

static int order_numbers(const Value *a, const Value *b) {
  int c = compare_numbers(a, b);
  if (c != 2) return c;
  /* Not-a-number stands before all others. */
  bool x = !exact(a) && isnan(a->number), y = !exact(b) && isnan(b->number);
  return (int)y - (int)x;
}

int value_order(const Value *a, const Value *b) {
  int x = rank(a), y = rank(b), c = 0;
  if (x != y) return x < y ? -1 : 1;
  if (a->id && a->id == b->id) return 0;
  switch (x) {
  case 0: return 0;
  case 1: return a->id < b->id ? -1 : a->id > b->id;
  case 4:
    c = propter_str_compare(a->text, b->text);
    return c ? c : propter_str_compare(a->extra, b->extra);
  case 5: c = (int)a->boolean - (int)b->boolean; break;
  case 6: c = order_numbers(a, b); break;
  case 7:
  case 8:
  case 9: c = moment_order(&a->moment, &b->moment); break;
  default: break;
  }
  return c ? c : order_texts(a, b);
}

/* --- Arithmetic ------------------------------------------------------------------------------------------------------ */

Value value_compute(ValueOperation op, const Value *a, const Value *b) {
  if (!value_numeric(a) || !value_numeric(b)) return value_error();
  if (exact(a) && exact(b)) {
    Decimal d;
    bool ok = op == VALUE_ADD        ? decimal_add(a->decimal, b->decimal, &d)
              : op == VALUE_SUBTRACT ? decimal_subtract(a->decimal, b->decimal, &d)
              : op == VALUE_MULTIPLY ? decimal_multiply(a->decimal, b->decimal, &d)
                                     : decimal_divide(a->decimal, b->decimal, &d);
    bool whole = a->type == VALUE_INTEGER && b->type == VALUE_INTEGER && op != VALUE_DIVIDE;
    return ok ? value_decimal(whole ? VALUE_INTEGER : VALUE_DECIMAL, d) : value_error();
  }
  bool twice = a->type == VALUE_DOUBLE || b->type == VALUE_DOUBLE;
  double x = value_number(a), y = value_number(b);
  if (!twice) x = (double)(float)x, y = (double)(float)y;
  double r = op == VALUE_ADD ? x + y : op == VALUE_SUBTRACT ? x - y : op == VALUE_MULTIPLY ? x * y : x / y;
  return value_double(twice ? VALUE_DOUBLE : VALUE_FLOAT, r);
}

Value value_negate(const Value *v) {
  if (!value_numeric(v)) return value_error();
  if (!exact(v)) return value_double(v->type, -v->number);
  Decimal d;
  return decimal_subtract(decimal_of(0), v->decimal, &d) ? value_decimal(v->type, d) : value_error();
}

/* --- Casts (17.5) ---------------------------------------------------------------------------------------------------- */

/* Text of a number as XPath casts it to a string: plain digits for what is neither tiny nor huge. */
static PropterStr cast_text(const Value *v, PropterArena *arena) {
  if (v->type != VALUE_FLOAT && v->type != VALUE_DOUBLE) {
    if (v->type == VALUE_DECIMAL || v->type == VALUE_INTEGER || v->type == VALUE_BOOLEAN) {
      Value plain = *v;
      plain.text = (PropterStr){NULL, 0};
      return value_text(&plain, arena);
    }
    return value_text(v, arena);
  }
  double size = fabs(v->number);
  Value plain = value_double(v->type, v->number);
  if (size <= 0) return signbit(v->number) ? PROPTER_STR("-0") : PROPTER_STR("0");
  if (!(size >= 1e-6 && size < 1e6)) return value_text(&plain, arena);
  char text[64];
  for (int digits = 0; digits <= 24; digits++) {
    (void)snprintf(text, sizeof text, "%.*f", digits, v->number);
    double back = strtod(text, NULL);
    if (v->type == VALUE_FLOAT) back = (double)(float)back;
    if (!(back < v->number) && !(back > v->number)) break;
  }
  return propter_arena_copy(arena, propter_str(text));
}

static Value cast_exact(const Value *v, const Datatype *type) {
  Decimal d;
  if (v->type == VALUE_BOOLEAN)
    d = decimal_of(v->boolean);
  else if (exact(v))
    d = v->decimal;
  else if (!decimal_from_double(v->number, &d))
    return value_error();
  if (type->type == VALUE_INTEGER) d = decimal_round(d, DECIMAL_TRUNCATE);
  return in_bounds(type, d) ? value_decimal(type->type, d) : value_error();
}

static Value cast_from_value(const Value *v, const Datatype *type) {
  bool number = value_numeric(v);
  switch (type->type) {
  case VALUE_BOOLEAN: return v->type == VALUE_BOOLEAN ? value_boolean(v->boolean) : number ? value_boolean(value_truth(v) == 1) : value_error();
  case VALUE_INTEGER:
  case VALUE_DECIMAL: return number || v->type == VALUE_BOOLEAN ? cast_exact(v, type) : value_error();
  case VALUE_FLOAT:
  case VALUE_DOUBLE:
    return v->type == VALUE_BOOLEAN ? value_double(type->type, v->boolean) : number ? value_double(type->type, value_number(v)) : value_error();
  case VALUE_DATETIME:
    if (v->type != VALUE_DATETIME && v->type != VALUE_DATE) return value_error();
    return value_datetime(v->moment);
  case VALUE_DATE: {
    if (v->type != VALUE_DATETIME && v->type != VALUE_DATE) return value_error();
    Value day = value_of(VALUE_DATE);
    day.moment = v->moment;
    day.moment.hour = day.moment.minute = day.moment.second = 0;
    day.moment.fraction_m = 0, day.moment.fraction_scale = 0;
    return day;
  }
  case VALUE_TIME: return v->type == VALUE_TIME ? *v : value_error();
  default: return value_error();
  }
}

Value value_cast(const Value *v, PropterStr iri, PropterArena *arena, bool *known) {
  const Datatype *type = find_datatype(iri);
  *known = type != NULL;
  if (!type || v->type < VALUE_IRI) return value_error();
  if (type->type == VALUE_STRING) return value_string(cast_text(v, arena));
  Value result;
  if (v->type == VALUE_STRING) {
    result = value_of(type->type);
    if (!parse_lexical(type, v->text, &result)) return value_error();
    /* The others have a canonical form. */
    if (result.type == VALUE_TIME) result.text = propter_str_trim(v->text);
  } else
    result = cast_from_value(v, type);
  if (result.type == VALUE_INTEGER && type != datatypes) result.extra = iri;
  return result;
}
