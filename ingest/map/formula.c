/* SPDX-License-Identifier: Apache-2.0 */
#include "formula.h"

#include <ctype.h>
#include <string.h>

enum { FORMULA_DEPTH = 32 };

typedef struct {
  PropterStr rest;
  FormulaName put;
  void *payload;
  PropterBuf *sql;
  unsigned depth;
} Formula;

/* The next character that is no blank; NUL at the end. */
static char next(Formula *f) {
  while (f->rest.len && isspace((unsigned char)f->rest.data[0])) f->rest.data++, f->rest.len--;
  return f->rest.len ? f->rest.data[0] : '\0';
}

static bool take(Formula *f, char c) {
  if (next(f) != c || !c) return false;
  f->rest.data++, f->rest.len--;
  return true;
}

static PropterStatus expected(const Formula *f, const char *what, PropterError *err) {
  return f->rest.len ? propter_fail(err, PROPTER_INVALID, "expected %s, found \"%.*s\"", what, (int)(f->rest.len < 60 ? f->rest.len : 60), f->rest.data)
                     : propter_fail(err, PROPTER_INVALID, "expected %s, found the end", what);
}

static PropterStr take_while(Formula *f, const char *more) {
  PropterStr word = {f->rest.data, 0};
  while (word.len < f->rest.len && (isalnum((unsigned char)word.data[word.len]) || strchr(more, word.data[word.len]))) word.len++;
  f->rest.data += word.len, f->rest.len -= word.len;
  return word;
}

static PropterStatus put_sum(Formula *f, PropterError *err);

static PropterStatus put_factor(Formula *f, PropterError *err) {
  char c = next(f);
  double number;
  if (take(f, '(')) {
    propter_buf_add_char(f->sql, '(');
    PROPTER_TRY(put_sum(f, err));
    propter_buf_add_char(f->sql, ')');
    return take(f, ')') ? PROPTER_OK : expected(f, "\")\"", err);
  }
  if (take(f, '-')) {
    if (++f->depth > FORMULA_DEPTH) return expected(f, "fewer signs", err);
    propter_buf_add(f->sql, PROPTER_STR("(- "));
    PROPTER_TRY(put_factor(f, err));
    propter_buf_add_char(f->sql, ')');
    f->depth--;
    return PROPTER_OK;
  }
  if (isdigit((unsigned char)c)) {
    PropterStr word = take_while(f, ".");
    if (!propter_str_to_double(word, &number)) return propter_fail(err, PROPTER_INVALID, "expected a number, found \"%.*s\"", (int)word.len, word.data);
    propter_buf_add(f->sql, word);
    return PROPTER_OK;
  }
  if (!isalpha((unsigned char)c) && c != '_') return expected(f, "a name, a number or \"(\"", err);
  return f->put(f->payload, take_while(f, "_"), f->sql, err);
}

static PropterStatus put_product(Formula *f, PropterError *err) {
  propter_buf_add(f->sql, PROPTER_STR("1.0 * "));
  PROPTER_TRY(put_factor(f, err));
  for (;;) {
    bool times = take(f, '*'), over = !times && take(f, '/');
    if (!times && !over) return PROPTER_OK;
    propter_buf_add(f->sql, times ? PROPTER_STR(" * ") : PROPTER_STR(" / NULLIF("));
    PROPTER_TRY(put_factor(f, err));
    if (over) propter_buf_add(f->sql, PROPTER_STR(", 0)"));
  }
}

static PropterStatus put_sum(Formula *f, PropterError *err) {
  if (++f->depth > FORMULA_DEPTH) return expected(f, "fewer brackets", err);
  PROPTER_TRY(put_product(f, err));
  for (;;) {
    bool plus = take(f, '+'), minus = !plus && take(f, '-');
    if (!plus && !minus) break;
    propter_buf_add(f->sql, plus ? PROPTER_STR(" + ") : PROPTER_STR(" - "));
    PROPTER_TRY(put_product(f, err));
  }
  f->depth--;
  return PROPTER_OK;
}

PropterStatus formula_sql(PropterStr text, FormulaName put, void *payload, PropterBuf *sql, PropterError *err) {
  Formula f = {.rest = text, .put = put, .payload = payload, .sql = sql};
  PROPTER_TRY(put_sum(&f, err));
  return next(&f) ? expected(&f, "an operator or the end", err) : propter_buf_status(sql, err);
}
