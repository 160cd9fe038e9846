/* SPDX-License-Identifier: Apache-2.0 */
/* https://www.w3.org/TR/sparql11-results-csv-tsv/ §3: plain values, RFC 4180 quoting, CRLF. */
#include "propter/put.h"
#include "results.h"

static void begin(ResultCall *call) {
  for (size_t i = 0; i < call->rows->columns; i++) {
    if (i) propter_buf_add_char(call->out, ',');
    propter_put_csv(call->out, call->rows->names[i], false);
  }
  propter_buf_add(call->out, PROPTER_STR("\r\n"));
}

static PropterStatus row(ResultCall *call, const PropterTerm *terms, uint64_t index, PropterError *err) {
  (void)index, (void)err;
  for (size_t i = 0; i < call->rows->columns; i++) {
    if (i) propter_buf_add_char(call->out, ',');
    if (terms[i].kind == PROPTER_TERM_BLANK) propter_buf_add(call->out, PROPTER_STR("_:"));
    if (terms[i].kind != PROPTER_TERM_NONE)
      propter_put_csv(call->out, terms[i].value, !call->raw && terms[i].kind == PROPTER_TERM_LITERAL);
  }
  propter_buf_add(call->out, PROPTER_STR("\r\n"));
  return PROPTER_OK;
}

static void end(ResultCall *call, uint64_t count) { (void)call, (void)count; }

const ResultWriter result_csv = {begin, row, end, NULL};
