/* SPDX-License-Identifier: Apache-2.0 */
#include "answer.h"
#include "parse.h"
#include "print.h"

static PropterStatus parse(Parser *p, AstSelect *s) {
  if (parse_is_mark(p, '*')) {
    s->star = true;
    PROPTER_TRY(parse_next(p));
  } else
    do {
      AstTerm term;
      PROPTER_TRY(parse_var_or_iri(p, &term, "*, a variable or an IRI"));
      PROPTER_TRY(parse_push(p, &s->describe, &s->describe_count, &term, sizeof term));
    } while (parse_at_var_or_iri(p));
  PROPTER_TRY(parse_dataset(p, s));
  PROPTER_TRY(parse_where(p, s, true));
  return parse_tail(p, s);
}

static void print_head(const PropterQuery *q, const AstSelect *s, PropterBuf *out) {
  if (s->star) propter_buf_add(out, PROPTER_STR(" *"));
  for (size_t i = 0; i < s->describe_count; i++) {
    propter_buf_add_char(out, ' ');
    print_term(q, &s->describe[i], out);
  }
}

const SparqlForm sparql_form_describe = {"DESCRIBE", PROPTER_RESULTS_TRIPLES, parse, print_head, answer_describe, NULL, NULL};
