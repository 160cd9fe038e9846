/* SPDX-License-Identifier: Apache-2.0 */
/* Evaluation of expressions (SPARQL 1.1, section 17). A type error is a value of type ERROR; a status other than OK ends the query. */
#ifndef SPARQL_EVAL_H
#define SPARQL_EVAL_H

#include "op.h"

/* Values of a variable for a whole batch, decoded together by whoever asks for the first of them, each block of the dictionary opened once. Only where terms
 * have been decoded for much of the batch before, since few different ones are kept by the run. */
typedef struct {
  uint32_t slot; /* one the expression surely looks at; NO_SLOT: none */
  bool pays, filled;
  uint64_t decoded; /* by the run when the batch began */
  size_t rows;      /* of the batch before */
  Value *values;
  PropterArena texts;
} Column;

/* What an expression that depends on one variable alone has given for the ids met last, directly mapped; given up where few come again. */
typedef struct {
  uint32_t slot; /* the variable; NO_SLOT: there is no such */
  PropterId *ids, *results;
  size_t asked, found;
} Memo;

/* Where an expression is evaluated: one row. Texts made go into `scratch`. */
typedef struct {
  Exec *run;
  const Op *op;
  const Batch *batch;
  size_t row;
  uint64_t solution; /* number of the row in its operator, for BNODE("label") */
  PropterArena *scratch;
  Column *column; /* or NULL */
} Env;

void column_init(Column *column, const Expr *expr);
/* Another batch begins. */
void column_batch(Column *column, const Exec *run, size_t rows);
void column_clear(Exec *run, Column *column);

void memo_init(Memo *memo, const Exec *run, const Expr *expr);
/* The variable's id in the row, PROPTER_NO_ID where nothing is to be kept; *result: what is known for it, if *known. */
PropterStatus memo_look(Memo *memo, const Env *env, PropterId *id, PropterId *result, bool *known, PropterError *err);
void memo_keep(Memo *memo, PropterId id, PropterId result);
void memo_clear(Exec *run, Memo *memo);

PropterStatus eval(Expr *expr, Env *env, Value *out, PropterError *err);
/* Effective boolean value: 1, 0, -1 for an error. */
PropterStatus eval_truth(Expr *expr, Env *env, int *truth, PropterError *err);

typedef PropterStatus Function(Env *env, const Value *args, size_t count, Value *out, PropterError *err);
#define FUNCTION(name, keyword, least, most, evaluate) Function evaluate;
#include "functions.def"
#undef FUNCTION
/* Head of such a function; what it says of arguments it has no use for. */
#define CALL(name) PropterStatus name(Env *env, const Value *args, size_t count, Value *out, PropterError *err)
#define UNUSED (void)env, (void)args, (void)count, (void)err

/* The compiled form of an XPath regular expression, kept by the run (pattern.c). *out NULL: not a valid one. */
typedef struct PropterRegex PropterRegex;
typedef struct PropterMatcher PropterMatcher;
PropterStatus pattern_get(Exec *run, PropterStr pattern, PropterStr flags, PropterRegex **out, PropterError *err);
PropterStatus pattern_matcher(Exec *run, PropterMatcher **out, PropterError *err);
void pattern_clear(Exec *run);

#endif
