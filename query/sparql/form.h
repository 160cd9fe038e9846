/* SPDX-License-Identifier: Apache-2.0 */
/* What a query form is: one file with one descriptor and one row in forms.def. */
#ifndef SPARQL_FORM_H
#define SPARQL_FORM_H

#include "ast.h"

typedef struct Parser Parser;
typedef struct PropterResults PropterResults;

struct SparqlForm {
  const char *keyword;
  PropterResultsKind kind;
  /* Everything after the keyword; parse.h has the clauses the forms share. */
  PropterStatus (*parse)(Parser *parser, AstSelect *select);
  /* Between the keyword and the dataset clauses; NULL: nothing to print. */
  void (*print_head)(const PropterQuery *query, const AstSelect *select, PropterBuf *out);
  /* Starts answering (answer.h); rows are pulled through the results' `next`. */
  PropterStatus (*start)(PropterResults *results, const AstSelect *select, PropterError *err);
};

/* All forms, in the order of forms.def, ended by NULL. */
extern const SparqlForm *const sparql_forms[];
extern const SparqlForm sparql_form_select;

#endif
