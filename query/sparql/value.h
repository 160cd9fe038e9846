/* SPDX-License-Identifier: Apache-2.0 */
/* RDF terms as values: what a literal means, how values compare and compute (SPARQL 1.1, section 17; XSD 1.1 part 2). */
#ifndef SPARQL_VALUE_H
#define SPARQL_VALUE_H

#include "moment.h"
#include "propter/graph.h"

typedef enum {
  VALUE_UNBOUND,
  VALUE_ERROR,
  VALUE_BLANK,
  VALUE_IRI,
  VALUE_STRING,
  VALUE_LANGUAGE,
  VALUE_BOOLEAN,
  VALUE_INTEGER, /* and its subtypes */
  VALUE_DECIMAL,
  VALUE_FLOAT,
  VALUE_DOUBLE,
  VALUE_DATETIME,
  VALUE_DATE,
  VALUE_TIME,
  VALUE_OTHER, /* a datatype we know nothing of */
  VALUE_ILL    /* a lexical form its datatype does not have */
} ValueType;

typedef struct {
  ValueType type;
  PropterId id;       /* 0: not known */
  PropterStr text;    /* IRI, label, lexical form; data NULL: to be made from the value */
  PropterStr extra;   /* language tag; datatype of INTEGER (empty: xsd:integer), OTHER, ILL */
  union {
    bool boolean;
    Decimal decimal; /* INTEGER, DECIMAL */
    double number;   /* FLOAT, DOUBLE */
    Moment moment;
  };
} Value;

static inline Value value_of(ValueType type) { return (Value){.type = type, .text = {NULL, 0}, .extra = {"", 0}}; }
static inline Value value_error(void) { return value_of(VALUE_ERROR); }
Value value_boolean(bool b);
Value value_integer(int64_t n);
Value value_decimal(ValueType type, Decimal d); /* INTEGER or DECIMAL */
Value value_double(ValueType type, double d);   /* FLOAT or DOUBLE */
Value value_string(PropterStr text);
Value value_iri(PropterStr text);
Value value_datetime(Moment m);

/* The value of a term; its texts are borrowed. */
Value value_of_term(const PropterTerm *term);
/* The literal `text`^^`datatype`. */
Value value_typed(PropterStr text, PropterStr datatype);
/* The term of a value that is not UNBOUND or ERROR; made texts are put into `arena`. False: no memory. */
bool value_term(const Value *value, PropterArena *arena, PropterTerm *term);
/* Lexical form, IRI or label: the value's own, or made in `buffer`. */
PropterStr value_text_in(const Value *value, char buffer[MOMENT_TEXT]);
/* The same, what was made copied into `arena`; data NULL: no memory. A value with such a text is no value: eval.c looks for it. */
PropterStr value_text(const Value *value, PropterArena *arena);
PropterStr value_datatype(const Value *value); /* full IRI of a literal's datatype */

static inline bool value_literal(const Value *v) { return v->type >= VALUE_STRING; }
static inline bool value_numeric(const Value *v) { return v->type >= VALUE_INTEGER && v->type <= VALUE_DOUBLE; }

/* Outcome of an operator: 1, 0, or -1 for a type error. */
int value_truth(const Value *v);                      /* effective boolean value */
int value_equal(const Value *a, const Value *b);      /* operator = */
int value_less(const Value *a, const Value *b, bool or_equal); /* a < b, a <= b */
bool value_same(const Value *a, const Value *b);      /* sameTerm */
/* Total order of ORDER BY: unbound, blank nodes, IRIs, literals; values that compare with < agree with it. Blank nodes by id. */
int value_order(const Value *a, const Value *b);

typedef enum { VALUE_ADD, VALUE_SUBTRACT, VALUE_MULTIPLY, VALUE_DIVIDE } ValueOperation;
Value value_compute(ValueOperation op, const Value *a, const Value *b);
Value value_negate(const Value *v);
double value_number(const Value *v); /* of a numeric value */
/* Casts by constructor function; ERROR if there is none. `type` is the full IRI; *known tells whether it is a cast at all. */
Value value_cast(const Value *v, PropterStr type, PropterArena *arena, bool *known);

#endif
