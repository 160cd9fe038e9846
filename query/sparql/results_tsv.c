/* SPDX-License-Identifier: Apache-2.0 */
/* https://www.w3.org/TR/sparql11-results-csv-tsv/ §4: terms in Turtle syntax (here N-Triples, which is a part of it). */
#include "results.h"

static void begin(ResultCall *call) {
  for (size_t i = 0; i < call->rows->columns; i++) {
    propter_buf_add(call->out, i ? PROPTER_STR("\t?") : PROPTER_STR("?"));
    propter_buf_add(call->out, call->rows->names[i]);
  }
  propter_buf_add_char(call->out, '\n');
}

static PropterStatus row(ResultCall *call, const PropterTerm *terms, uint64_t index, PropterError *err) {
  (void)index, (void)err;
  for (size_t i = 0; i < call->rows->columns; i++) {
    if (i) propter_buf_add_char(call->out, '\t');
    if (terms[i].kind != PROPTER_TERM_NONE) propter_term_write(&terms[i], call->out);
  }
  propter_buf_add_char(call->out, '\n');
  return PROPTER_OK;
}

static void end(ResultCall *call, uint64_t count) { (void)call, (void)count; }

const ResultWriter result_tsv = {begin, row, end, NULL};
