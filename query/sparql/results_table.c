/* SPDX-License-Identifier: Apache-2.0 */
/* For people: columns as wide as their content (up to a bound), long values cut with "…" unless all is wanted, nothing that steers a terminal. */
#include "propter/put.h"
#include "propter/vocab.h"
#include "results.h"

enum { WIDEST = 60 };

/* Short form of an IRI: prefix:rest where the rest is plain. */
static bool shorten(PropterStr iri, PropterBuf *out) {
  static const struct {
    const char *name;
    PropterStr iri;
  } prefixes[] = {
#define PREFIX(prefix, text) {#prefix, {text, sizeof(text) - 1}},
#define TERM(prefix, local)
#include "terms.def"
#undef TERM
#undef PREFIX
  };
  for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
    PropterStr p = prefixes[i].iri;
    if (!propter_str_starts(iri, p) || iri.len == p.len) continue;
    PropterStr rest = {iri.data + p.len, iri.len - p.len};
    for (size_t k = 0; k < rest.len; k++)
      if (rest.data[k] == '/' || rest.data[k] == '#' || rest.data[k] == '?') return false;
    propter_buf_printf(out, "%s:", prefixes[i].name);
    propter_buf_add(out, rest);
    return true;
  }
  return false;
}

static PropterStatus cell(const PropterTerm *t, bool all, PropterBuf *out, PropterError *err) {
  PropterBuf whole = {.max = 1 << 26};
  if (t->kind == PROPTER_TERM_BLANK) {
    propter_buf_add(&whole, PROPTER_STR("_:"));
    propter_buf_add(&whole, t->value);
  } else if (t->kind == PROPTER_TERM_IRI) {
    if (!shorten(t->value, &whole)) {
      propter_buf_add_char(&whole, '<');
      propter_buf_add(&whole, t->value);
      propter_buf_add_char(&whole, '>');
    }
  } else if (t->kind == PROPTER_TERM_LITERAL) {
    propter_buf_add(&whole, t->value);
    if (t->language.len) {
      propter_buf_add_char(&whole, '@');
      propter_buf_add(&whole, t->language);
    }
  }
  PropterStatus status = propter_buf_status(&whole, err);
  if (all) propter_put_line(out, propter_buf_str(&whole));
  else propter_put_line_cut(out, propter_buf_str(&whole), WIDEST);
  propter_buf_clear(&whole);
  return status == PROPTER_OK ? propter_buf_status(out, err) : status;
}

static PropterStatus keep(ResultCall *call, PropterStr text, PropterError *err) {
  PropterStr copy = propter_arena_copy(&call->held, text);
  if (copy.data && propter_vec_push(&call->cells, copy)) return PROPTER_OK;
  return propter_fail(err, call->held.used + text.len >= call->held.limit ? PROPTER_LIMIT : PROPTER_NO_MEMORY,
                      "too many rows for a table: use --format csv or json");
}

static void begin(ResultCall *call) { (void)call; }

static PropterStatus row(ResultCall *call, const PropterTerm *terms, uint64_t index, PropterError *err) {
  (void)index;
  PropterStatus status = PROPTER_OK;
  PropterBuf text = {.max = 1 << 26};
  for (size_t i = 0; i < call->rows->columns && status == PROPTER_OK; i++) {
    propter_buf_reset(&text);
    status = cell(&terms[i], call->raw, &text, err);
    if (status == PROPTER_OK) status = keep(call, propter_buf_str(&text), err);
  }
  propter_buf_clear(&text);
  return status;
}

static void pad(PropterBuf *out, size_t n, char c) {
  while (n--) propter_buf_add_char(out, c);
}

static void end(ResultCall *call, uint64_t count) {
  size_t columns = call->rows->columns;
  size_t *widths = propter_arena_alloc(&call->held, (columns + 1) * sizeof *widths);
  if (!widths) {
    call->out->failed = PROPTER_NO_MEMORY;
    return;
  }
  for (size_t c = 0; c < columns; c++) {
    widths[c] = propter_utf8_length(call->rows->names[c]);
    for (size_t i = c; i < call->cells.count; i += columns) {
      size_t n = propter_utf8_length(call->cells.items[i]);
      if (n > widths[c]) widths[c] = n;
    }
  }
  for (size_t c = 0; c < columns; c++) {
    propter_buf_add(call->out, call->rows->names[c]);
    if (c + 1 < columns) pad(call->out, widths[c] - propter_utf8_length(call->rows->names[c]) + 2, ' ');
  }
  propter_buf_add_char(call->out, '\n');
  for (size_t c = 0; c < columns; c++) {
    pad(call->out, widths[c], '-');
    if (c + 1 < columns) pad(call->out, 2, ' ');
  }
  propter_buf_add_char(call->out, '\n');
  for (size_t i = 0; i < call->cells.count; i++) {
    propter_buf_add(call->out, call->cells.items[i]);
    if ((i + 1) % columns) pad(call->out, widths[i % columns] - propter_utf8_length(call->cells.items[i]) + 2, ' ');
    else propter_buf_add_char(call->out, '\n');
  }
  propter_buf_printf(call->out, "(%llu row%s)\n", (unsigned long long)count, count == 1 ? "" : "s");
}

static void boolean(bool answer, PropterBuf *out) { propter_buf_add(out, answer ? PROPTER_STR("true\n") : PROPTER_STR("false\n")); }

const ResultWriter result_table = {begin, row, end, boolean};
