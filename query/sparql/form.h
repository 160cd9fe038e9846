/* SPDX-License-Identifier: Apache-2.0 */
/* What a query form is: one file with one descriptor and one row in forms.def. */
#ifndef SPARQL_FORM_H
#define SPARQL_FORM_H

#include "ast.h"

typedef struct Parser Parser;
typedef struct PropterResults PropterResults;

/* A form whose solutions are made elsewhere, being asked for them. */
typedef struct {
  PropterSnapshot *snapshot;
  const PropterQueryOptions *options;
  const AstSelect *select;
  const PropterTerm *input; /* values of select->inputs */
} FormCall;

struct SparqlForm {
  const char *keyword;
  PropterResultsKind kind;
  /* Everything after the keyword; parse.h has the clauses the forms share. */
  PropterStatus (*parse)(Parser *parser, AstSelect *select);
  /* Between the keyword and the dataset clauses; NULL: nothing to print. */
  void (*print_head)(const PropterQuery *query, const AstSelect *select, PropterBuf *out);
  /* Starts answering (answer.h); rows are pulled through the results' `next`. */
  PropterStatus (*start)(PropterResults *results, const AstSelect *select, PropterError *err);
  /* Solutions that no pattern gives (NULL: a pattern does): `parse` fills inputs and items, also where the form stands in braces among patterns; a variable
   * among the inputs waits there for its value. *out has a column for each item. What is worth keeping for further calls of one query goes
   * to *kept, which `drop` frees. */
  PropterStatus (*solve)(const FormCall *call, void **kept, PropterResults **out, PropterError *err);
  void (*drop)(void *kept);
};

/* All forms, in the order of forms.def, ended by NULL. */
extern const SparqlForm *const sparql_forms[];
extern const SparqlForm sparql_form_select;

#endif
