/* SPDX-License-Identifier: Apache-2.0 */
#include "answer.h"
#include "parse.h"

static PropterStatus parse(Parser *p, AstSelect *s) {
  PROPTER_TRY(parse_dataset(p, s));
  PROPTER_TRY(parse_where(p, s, false));
  return parse_tail(p, s);
}

const SparqlForm sparql_form_ask = {"ASK", PROPTER_RESULTS_BOOLEAN, parse, NULL, answer_ask, NULL, NULL};
