/* SPDX-License-Identifier: Apache-2.0 */
/* Evaluation of expressions (SPARQL 1.1, section 17). A type error is a value of type ERROR; a status other than OK ends the query. */
#ifndef SPARQL_EVAL_H
#define SPARQL_EVAL_H

#include "op.h"

/* Where an expression is evaluated: one row. Texts made go into `scratch`. */
typedef struct {
  Exec *run;
  const Op *op;
  const Batch *batch;
  size_t row;
  uint64_t solution; /* number of the row in its operator, for BNODE("label") */
  PropterArena *scratch;
} Env;

PropterStatus eval(Expr *expr, Env *env, Value *out, PropterError *err);
/* Effective boolean value: 1, 0, -1 for an error. */
PropterStatus eval_truth(Expr *expr, Env *env, int *truth, PropterError *err);

typedef PropterStatus Function(Env *env, const Value *args, size_t count, Value *out, PropterError *err);
#define FUNCTION(name, keyword, least, most, evaluate) Function evaluate;
#include "functions.def"
#undef FUNCTION

/* The compiled form of an XPath regular expression, kept by the run (regex.c). *out NULL: not a valid one. */
typedef struct PropterRegex PropterRegex;
typedef struct PropterMatcher PropterMatcher;
PropterStatus pattern_get(Exec *run, PropterStr pattern, PropterStr flags, PropterRegex **out, PropterError *err);
PropterStatus pattern_matcher(Exec *run, PropterMatcher **out, PropterError *err);
void pattern_clear(Exec *run);

/* Hexadecimal digests (digest.c); `out` holds 129 bytes. */
typedef enum { DIGEST_MD5, DIGEST_SHA1, DIGEST_SHA256, DIGEST_SHA384, DIGEST_SHA512 } DigestKind;
void digest(DigestKind kind, PropterStr bytes, char out[129]);

#endif
