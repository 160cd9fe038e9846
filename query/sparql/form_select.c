/* SPDX-License-Identifier: Apache-2.0 */
#include "answer.h"
#include "parse.h"
#include "print.h"

static PropterStatus parse(Parser *p, AstSelect *s) { return parse_select(p, s, false); }

static void print_head(const PropterQuery *q, const AstSelect *s, PropterBuf *out) { print_projection(q, s, out); }

const SparqlForm sparql_form_select = {"SELECT", PROPTER_RESULTS_SOLUTIONS, parse, print_head, answer_select, NULL, NULL};
