/* SPDX-License-Identifier: Apache-2.0 */
/* https://www.w3.org/TR/sparql11-results-csv-tsv/ §3: plain values, RFC 4180 quoting, CRLF. */
#include <string.h>

#include "results.h"

static void quoted(PropterStr s, bool apostrophe, PropterBuf *out) {
  bool quote = false;
  for (size_t i = 0; i < s.len && !quote; i++) quote = strchr("\",\r\n", s.data[i]) != NULL;
  if (quote) propter_buf_add_char(out, '"');
  if (apostrophe) propter_buf_add_char(out, '\'');
  for (size_t i = 0; i < s.len; i++) {
    if (s.data[i] == '"') propter_buf_add_char(out, '"');
    propter_buf_add_char(out, s.data[i]);
  }
  if (quote) propter_buf_add_char(out, '"');
}

/* A spreadsheet would run it. */
static bool is_formula(PropterStr s) {
  double number;
  return s.len && strchr("=+-@\t\r", s.data[0]) && !propter_str_to_double(s, &number);
}

static void begin(ResultCall *call) {
  for (size_t i = 0; i < call->rows->columns; i++) {
    if (i) propter_buf_add_char(call->out, ',');
    quoted(call->rows->names[i], false, call->out);
  }
  propter_buf_add(call->out, PROPTER_STR("\r\n"));
}

static PropterStatus row(ResultCall *call, const PropterTerm *terms, uint64_t index, PropterError *err) {
  (void)index, (void)err;
  for (size_t i = 0; i < call->rows->columns; i++) {
    if (i) propter_buf_add_char(call->out, ',');
    if (terms[i].kind == PROPTER_TERM_BLANK) propter_buf_add(call->out, PROPTER_STR("_:"));
    if (terms[i].kind != PROPTER_TERM_NONE)
      quoted(terms[i].value, !call->raw && terms[i].kind == PROPTER_TERM_LITERAL && is_formula(terms[i].value), call->out);
  }
  propter_buf_add(call->out, PROPTER_STR("\r\n"));
  return PROPTER_OK;
}

static void end(ResultCall *call, uint64_t count) { (void)call, (void)count; }

const ResultWriter result_csv = {begin, row, end, NULL};
