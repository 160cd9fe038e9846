/* SPDX-License-Identifier: Apache-2.0 */
/* Terms from rows (RML-Core, "generating terms"; R2RML §11.2). */
#include "propter/rdf.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "execute.h"

struct ScratchBlock {
  ScratchBlock *next;
  size_t used, size;
  _Alignas(16) char bytes[];
};

void *scratch_alloc(Scratch *s, size_t size) {
  ScratchBlock *b = s->blocks;
  if (!b || b->size - b->used < size) {
    size_t want = size > 16384 ? size : 16384;
    b = propter_malloc(sizeof *b + want);
    if (!b) return NULL;
    *b = (ScratchBlock){s->blocks, 0, want};
    s->blocks = b;
  }
  void *p = b->bytes + b->used;
  b->used += (size + 15) & ~(size_t)15;
  if (b->used > b->size) b->used = b->size;
  return p;
}

void scratch_rewind(Scratch *s) {
  while (s->blocks && s->blocks->next) {
    ScratchBlock *old = s->blocks;
    s->blocks = old->next;
    propter_free(old);
  }
  if (s->blocks) s->blocks->used = 0;
}

void scratch_clear(Scratch *s) {
  scratch_rewind(s);
  propter_free(s->blocks);
  s->blocks = NULL;
}

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory executing a mapping"); }

static PropterStatus keep(Execution *x, PropterStr text, PropterStr *out, PropterError *err) {
  char *p = scratch_alloc(&x->scratch, text.len + 1);
  if (!p) return no_memory(err);
  if (text.len) memcpy(p, text.data, text.len);
  p[text.len] = '\0';
  *out = (PropterStr){p, text.len};
  return PROPTER_OK;
}

Outcome eval_reject(Execution *x, const char *rule, PropterStr column, PropterStr value, const char *format, ...) {
  x->rule = rule;
  x->column = column;
  x->value = value;
  va_list args;
  va_start(args, format);
  (void)vsnprintf(x->reason, sizeof x->reason, format, args);
  va_end(args);
  return REJECTED;
}

static bool is_null(const LogicalSource *s, PropterStr cell) {
  for (size_t i = 0; i < s->nulls.count; i++)
    if (propter_str_equal(s->nulls.items[i], cell)) return true;
  return false;
}

/* Characters of an IRI that need no escape in a value put into a template (RFC 3987 iunreserved). */
static bool unreserved(uint32_t c, bool ascii_only) {
  if (c < 0x80) return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
  if (ascii_only) return false;
  if (c < 0x10000) return (c >= 0xA0 && c <= 0xD7FF) || (c >= 0xF900 && c <= 0xFDCF) || (c >= 0xFDF0 && c <= 0xFFEF);
  return (c & 0xFFFF) <= 0xFFFD && c < 0xF0000 && (c < 0xE0000 || c >= 0xE1000);
}

static void add_encoded(PropterBuf *out, PropterStr value, bool ascii_only) {
  for (size_t i = 0; i < value.len;) {
    unsigned char lead = (unsigned char)value.data[i];
    size_t n = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    uint32_t c = n == 1 ? lead : lead & (0x7Fu >> n);
    for (size_t k = 1; k < n; k++) c = c << 6 | ((unsigned char)value.data[i + k] & 0x3F);
    if (unreserved(c, ascii_only))
      propter_buf_add(out, (PropterStr){value.data + i, n});
    else
      for (size_t k = 0; k < n; k++) propter_buf_printf(out, "%%%02X", (unsigned char)value.data[i + k]);
    i += n;
  }
}

/* Value of one column. */
static Outcome get_cell(Execution *x, const Part *part, PropterStr *cell, char day_text[16]) {
  *cell = x->row.cells[x->slots[part->slot]];
  if (is_null(&x->m->sources.items[x->source], *cell)) return MISSING;
  if (!part->is_day) return GOT;
  PropterDay day;
  if (!lexical_first_day(*cell, &day))
    return eval_reject(x, "time", part->text, *cell, "expected a date such as 2011-08-07, 2011-08, 2011-Q3, 2011-W32 or 2011, found \"%.*s\"", (int)(cell->len < 60 ? cell->len : 60), cell->data);
  propter_day_format(day, day_text);
  *cell = propter_str(day_text);
  return GOT;
}

/* The text of a reference or template. */
static PropterStatus get_text(Execution *x, const TermMap *t, PropterStr *out, Outcome *outcome, PropterError *err) {
  char day[16];
  if (t->kind == EXPRESSION_REFERENCE) {
    *outcome = get_cell(x, &t->parts[0], out, day);
    return *outcome == GOT && t->parts[0].is_day ? keep(x, *out, out, err) : PROPTER_OK;
  }
  propter_buf_reset(&x->text);
  for (size_t i = 0; i < t->part_count; i++) {
    PropterStr cell = t->parts[i].text;
    if (!t->parts[i].is_column) {
      propter_buf_add(&x->text, cell);
      continue;
    }
    *outcome = get_cell(x, &t->parts[i], &cell, day);
    if (*outcome != GOT) return PROPTER_OK;
    if (t->type == TYPE_IRI || t->type == TYPE_URI)
      add_encoded(&x->text, cell, t->type == TYPE_URI);
    else
      propter_buf_add(&x->text, cell);
  }
  *outcome = GOT;
  PROPTER_TRY(propter_buf_status(&x->text, err));
  return keep(x, propter_buf_str(&x->text), out, err);
}

static PropterStr column_of(const TermMap *t) {
  for (size_t i = 0; i < t->part_count; i++)
    if (t->parts[i].is_column) return t->parts[i].text;
  return (PropterStr){"", 0};
}

static bool has_scheme(PropterStr text) {
  for (size_t i = 0; i < text.len; i++) {
    char c = text.data[i];
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (c == ':') return i > 0;
    if (!letter && (i == 0 || !((c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.'))) return false;
  }
  return false;
}

/* R2RML §11.2 puts the base before what is no absolute IRI, without resolving dots. */
static PropterStatus make_iri(Execution *x, const TermMap *t, PropterStr text, PropterTerm *out, Outcome *outcome, PropterError *err) {
  const char *why = NULL;
  PropterStr iri = text;
  if (!has_scheme(text)) {
    if (!t->base.len) {
      *outcome = eval_reject(x, "iri", column_of(t), text, "expected an absolute IRI, found \"%.*s\" and no base IRI", (int)(text.len < 100 ? text.len : 100), text.data);
      return PROPTER_OK;
    }
    propter_buf_reset(&x->text);
    propter_buf_add(&x->text, t->base);
    propter_buf_add(&x->text, text);
    PROPTER_TRY(propter_buf_status(&x->text, err));
    PROPTER_TRY(keep(x, propter_buf_str(&x->text), &iri, err));
  }
  if (!propter_iri_valid(iri, &why))
    *outcome = eval_reject(x, "iri", column_of(t), text, "expected an IRI, found \"%.*s\": %s", (int)(text.len < 100 ? text.len : 100), text.data, why ? why : "not valid");
  *out = propter_iri(iri);
  return PROPTER_OK;
}

static PropterStatus make_blank(Execution *x, PropterStr text, PropterTerm *out, PropterError *err) {
  char label[34];
  model_blank(x->m, x->m->maps.items[x->map].at->file, text, label);
  *out = (PropterTerm){PROPTER_TERM_BLANK, {"", 0}, {"", 0}, {"", 0}};
  return keep(x, propter_str(label), &out->value, err);
}

static PropterStatus make_literal(Execution *x, const TermMap *t, PropterStr text, PropterTerm *out, Outcome *outcome, PropterError *err) {
  *out = propter_literal(text);
  PropterMapTerm part;
  const char *wanted;
  if (t->language) {
    PROPTER_TRY(eval_term(x, t->language, &part, outcome, err));
    if (*outcome != GOT) return PROPTER_OK;
    if (!propter_language_valid(part.term.value))
      *outcome = eval_reject(x, "language", column_of(t->language), part.term.value, "expected a language tag such as \"en\", found \"%.*s\"", (int)(part.term.value.len < 60 ? part.term.value.len : 60), part.term.value.data);
    out->language = part.term.value;
    return PROPTER_OK;
  }
  if (!t->datatype) return PROPTER_OK;
  PROPTER_TRY(eval_term(x, t->datatype, &part, outcome, err));
  if (*outcome != GOT || propter_str_equal(part.term.value, propter_vocab_iri(VOCAB_xsd_string))) return PROPTER_OK;
  out->datatype = part.term.value;
  if (!lexical_collapses(out->datatype)) return PROPTER_OK;
  out->value = propter_str_trim(text);
  /* No text stands for a number, day or truth value: an empty cell says that there is none. */
  if (!out->value.len)
    *outcome = MISSING;
  else if (!propter_lexical_valid(out->datatype, out->value, &wanted))
    *outcome = eval_reject(x, "datatype", column_of(t), text, "expected %s, found \"%.*s\"", wanted, (int)(text.len < 60 ? text.len : 60), text.data);
  return PROPTER_OK;
}

PropterStatus eval_term(Execution *x, const TermMap *t, PropterMapTerm *out, Outcome *outcome, PropterError *err) {
  *outcome = GOT;
  *out = (PropterMapTerm){.term = t->constant, .constant = t->number};
  if (t->kind == EXPRESSION_CONSTANT) {
    if (!t->datatype && !t->language) return PROPTER_OK;
    out->constant = 0;
    return make_literal(x, t, t->constant.value, &out->term, outcome, err);
  }
  PropterStr text = {"", 0};
  if (t->kind == EXPRESSION_NONE) {
    char fresh[64];
    (void)snprintf(fresh, sizeof fresh, "\001%zu\001%llu", x->map, (unsigned long long)x->row.number);
    return make_blank(x, propter_str(fresh), &out->term, err);
  }
  PROPTER_TRY(get_text(x, t, &text, outcome, err));
  if (*outcome != GOT) return PROPTER_OK;
  if (t->type == TYPE_LITERAL) return make_literal(x, t, text, &out->term, outcome, err);
  if (t->type == TYPE_BLANK) return make_blank(x, text, &out->term, err);
  return make_iri(x, t, text, &out->term, outcome, err);
}
