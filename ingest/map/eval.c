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

PropterStatus eval_keep(Execution *x, PropterStr text, PropterStr *out, PropterError *err) {
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

/* Characters of an IRI that need no escape in a value put into a template (RFC 3987 iunreserved). */
static bool unreserved(uint32_t c, bool ascii_only) {
  if (c < 0x80) return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
  if (ascii_only) return false;
  if (c < 0x10000) return (c >= 0xA0 && c <= 0xD7FF) || (c >= 0xF900 && c <= 0xFDCF) || (c >= 0xFDF0 && c <= 0xFFEF);
  return (c & 0xFFFF) <= 0xFFFD && c < 0xF0000 && (c < 0xE0000 || c >= 0xE1000);
}

/* `also`: further ASCII characters that stay as they are. */
static void add_encoded(PropterBuf *out, PropterStr value, bool ascii_only, const char *also) {
  for (size_t i = 0; i < value.len;) {
    size_t plain = i;
    while (plain < value.len && (unsigned char)value.data[plain] < 0x80 &&
           (unreserved((unsigned char)value.data[plain], true) || (value.data[plain] && strchr(also, value.data[plain]))))
      plain++;
    if (plain > i) propter_buf_add(out, (PropterStr){value.data + i, plain - i});
    if ((i = plain) == value.len) return;
    unsigned char lead = (unsigned char)value.data[i];
    size_t n = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    uint32_t c = n == 1 ? lead : lead & (0x7Fu >> n);
    for (size_t k = 1; k < n; k++) c = c << 6 | ((unsigned char)value.data[i + k] & 0x3F);
    if (unreserved(c, ascii_only))
      propter_buf_add(out, (PropterStr){value.data + i, n});
    else
      for (size_t k = 0; k < n; k++) {
        static const char digits[] = "0123456789ABCDEF";
        unsigned char byte = (unsigned char)value.data[i + k];
        propter_buf_add(out, (PropterStr){(const char[]){'%', digits[byte >> 4], digits[byte & 15]}, 3});
      }
    i += n;
  }
}

void model_encode(PropterBuf *out, PropterStr value) { add_encoded(out, value, false, ""); }

/* --- Texts ----------------------------------------------------------------------------------------------------------------------- */

static PropterStatus push_text(Execution *x, PropterCell cell, PropterError *err) { return propter_vec_push(&x->texts, cell) ? PROPTER_OK : no_memory(err); }

static PropterStatus push_day(Execution *x, const Part *part, PropterCell cell, Outcome *outcome, PropterError *err) {
  PropterDay day;
  char text[16];
  PropterStr pattern = part->written ? part->written->date : (PropterStr){"", 0};
  if (!lexical_first_day(pattern, cell.text, &day)) {
    *outcome = eval_reject(x, "time", part->text, cell.text, "expected %s%s, found \"%.*s\"",
                           pattern.len ? "a date written as " : "a date such as 2011-08-07, 2011-08, 2011-Q3, 2011-W32 or 2011",
                           pattern.len ? pattern.data : "", (int)(cell.text.len < 60 ? cell.text.len : 60), cell.text.data);
    return PROPTER_OK;
  }
  propter_day_format(day, text);
  PROPTER_TRY(eval_keep(x, propter_str(text), &cell.text, err));
  return push_text(x, cell, err);
}

/* Blank cells stay what they are: whoever wants a number takes them for none. */
static PropterStatus push_number(Execution *x, const Part *part, PropterCell cell, Outcome *outcome, PropterError *err) {
  PropterStr text = propter_str_trim(cell.text);
  char *number = scratch_alloc(&x->scratch, text.len + 2);
  if (!number) return no_memory(err);
  if (!text.len) return push_text(x, cell, err);
  cell.text.data = number;
  if (written_number(part->written, text, number, &cell.text.len)) return push_text(x, cell, err);
  const Written *w = part->written;
  *outcome = eval_reject(x, "number", part->text, text, "expected a number with \"%s\" before the fraction%s%s%s, found \"%.*s\"", w->decimal.data,
                         w->group.len ? " and \"" : "", w->group.len ? w->group.data : "", w->group.len ? "\" between groups of digits" : "",
                         (int)(text.len < 60 ? text.len : 60), text.data);
  return PROPTER_OK;
}

/* What is no number stays as it is: its datatype refuses it. */
static PropterStatus push_amount(Execution *x, PropterCell cell, PropterError *err) {
  char number[128];
  size_t length;
  if (cell.text.len + WRITTEN_EXPONENT + 2 <= sizeof number && written_exponent(cell.text, number, &length))
    PROPTER_TRY(eval_keep(x, (PropterStr){number, length}, &cell.text, err));
  return push_text(x, cell, err);
}

/* Pushes the values of one column. */
static PropterStatus push_cells(Execution *x, const Part *part, Outcome *outcome, PropterError *err) {
  const LogicalSource *source = &x->m->sources.items[x->source];
  size_t slot = x->slots[part->slot], before = x->texts.count;
  PropterCell one = {.text = {NULL, 0}, .datatype = {"", 0}};
  PropterCells cells = {&one, 1};
  if (x->row.values)
    cells = x->row.values[slot];
  else
    one.text = x->row.cells[slot];
  *outcome = GOT;
  x->uses[part->slot].asked = true;
  x->uses[part->slot].found |= cells.count > 0;
  for (size_t i = 0; i < cells.count && *outcome == GOT; i++) {
    if (source_null(source, cells.items[i].text)) continue;
    if (cells.items[i].compound) {
      PropterStr text = cells.items[i].text;
      *outcome = eval_reject(x, "reference", part->text, text, "expected a value, found the array or object %.*s; its parts are reached by [*] or .name",
                             (int)(text.len < 60 ? text.len : 60), text.data);
      return PROPTER_OK;
    }
    if (part->is_day)
      PROPTER_TRY(push_day(x, part, cells.items[i], outcome, err));
    else if (part->written)
      PROPTER_TRY(push_number(x, part, cells.items[i], outcome, err));
    else if (part->is_amount)
      PROPTER_TRY(push_amount(x, cells.items[i], err));
    else
      PROPTER_TRY(push_text(x, cells.items[i], err));
  }
  if (*outcome == GOT && x->texts.count == before) *outcome = MISSING;
  return PROPTER_OK;
}

bool eval_empty(const Execution *x, const Part *part) {
  const LogicalSource *source = &x->m->sources.items[x->source];
  const size_t slot = x->slots[part->slot], count = x->row.values ? x->row.values[slot].count : 1;
  for (size_t i = 0; i < count; i++) {
    const PropterStr text = x->row.values ? x->row.values[slot].items[i].text : x->row.cells[slot];
    if (!source_null(source, text) && propter_str_trim(text).len) return false;
  }
  return true;
}

/* Pushes a template with one choice of the values of its columns; `chosen` has one for each part. */
static PropterStatus push_filled(Execution *x, const TermMap *t, const size_t *chosen, PropterError *err) {
  propter_buf_reset(&x->text);
  for (size_t i = 0; i < t->part_count; i++) {
    PropterStr text = t->parts[i].is_column ? x->texts.items[chosen[i]].text : t->parts[i].text;
    if (t->parts[i].is_column && (t->type == TYPE_IRI || t->type == TYPE_URI))
      add_encoded(&x->text, text, t->type == TYPE_URI, x->m->plain);
    else
      propter_buf_add(&x->text, text);
  }
  PROPTER_TRY(propter_buf_status(&x->text, err));
  PropterCell cell = {.text = {"", 0}, .datatype = {"", 0}};
  PROPTER_TRY(eval_keep(x, propter_buf_str(&x->text), &cell.text, err));
  return push_text(x, cell, err);
}

/* Steps through all combinations, the last digit fastest. */
static bool next_choice(size_t *chosen, const Range *ranges, size_t count) {
  while (count-- > 0) {
    if (++chosen[count] < ranges[count].end) return true;
    chosen[count] = ranges[count].begin;
  }
  return false;
}

/* Moves the texts from `from` on down to `to`. */
static void move_texts(Execution *x, size_t to, size_t from) {
  if (x->texts.count > from) memmove(x->texts.items + to, x->texts.items + from, (x->texts.count - from) * sizeof *x->texts.items);
  x->texts.count -= from - to;
}

/* Rows that share an empty key would become one thing. Slices of an observation may be empty. */
static bool needs_value(const Execution *x, const TermMap *t) {
  const TriplesMap *map = &x->m->maps.items[x->map];
  return t == map->subject && !map->observation && t->type != TYPE_LITERAL;
}

static PropterStatus push_template(Execution *x, const TermMap *t, Outcome *outcome, PropterError *err) {
  size_t begin = x->texts.count;
  const bool key = needs_value(x, t);
  Range *ranges = scratch_alloc(&x->scratch, t->part_count * sizeof *ranges);
  size_t *chosen = scratch_alloc(&x->scratch, t->part_count * sizeof *chosen);
  if (!ranges || !chosen) return no_memory(err);
  for (size_t i = 0; i < t->part_count; i++) {
    ranges[i] = (Range){0, 1};
    if (t->parts[i].is_column) {
      ranges[i].begin = x->texts.count;
      PROPTER_TRY(push_cells(x, &t->parts[i], outcome, err));
      if (*outcome != GOT) return PROPTER_OK;
      ranges[i].end = x->texts.count;
      for (size_t k = ranges[i].begin; key && k < ranges[i].end; k++)
        if (!x->texts.items[k].text.len) {
          *outcome =
              eval_reject(x, "key", t->parts[i].text, x->texts.items[k].text, "expected a value, because the subject is named by it; found an empty one");
          return PROPTER_OK;
        }
    }
    chosen[i] = ranges[i].begin;
  }
  size_t filled = x->texts.count;
  *outcome = GOT;
  do PROPTER_TRY(push_filled(x, t, chosen, err));
  while (next_choice(chosen, ranges, t->part_count));
  move_texts(x, begin, filled);
  return PROPTER_OK;
}

static PropterStatus push_texts(Execution *x, const TermMap *t, Outcome *outcome, PropterError *err);

/* Pushes what the function gives for one choice of its arguments. */
static PropterStatus push_result(Execution *x, const TermMap *t, const PropterStr *arguments, Outcome *outcome, PropterError *err) {
  const Function *f = t->call->function;
  if (f->change) {
    bool given = false;
    if (!arguments[0].data) return PROPTER_OK;
    PROPTER_TRY(change_given(x, f->change, arguments, &given, err));
    return given ? push_text(x, (PropterCell){.text = arguments[0], .datatype = {"", 0}}, err) : PROPTER_OK;
  }
  propter_buf_reset(&x->text);
  if (f->match && !x->matcher) PROPTER_TRY(propter_matcher_new(0, &x->matcher, err));
  if (f->match && arguments[0].data) PROPTER_TRY(f->match(t->call->regex, x->matcher, arguments, &x->text, err));
  if (!f->match && !f->call(arguments, &x->text)) {
    PropterStr none = {"", 0};
    *outcome = eval_reject(x, "function", none, arguments[0].data ? arguments[0] : none, "<%s> has no value for \"%.*s\"", f->iri,
                           (int)(arguments[0].len < 60 ? arguments[0].len : 60), arguments[0].data ? arguments[0].data : "");
    return PROPTER_OK;
  }
  PROPTER_TRY(propter_buf_status(&x->text, err));
  PropterStr all;
  PropterCell cell = {.text = {"", 0}, .datatype = {"", 0}};
  PROPTER_TRY(eval_keep(x, propter_buf_str(&x->text), &all, err));
  if (f->datatype) cell.datatype = propter_str(f->datatype);
  for (size_t at = 0; at < all.len; at += cell.text.len + 1) {
    cell.text = propter_str(all.data + at);
    PROPTER_TRY(push_text(x, cell, err));
  }
  return PROPTER_OK;
}

static PropterStatus push_call(Execution *x, const TermMap *t, Outcome *outcome, PropterError *err) {
  size_t begin = x->texts.count, chosen[FUNCTION_PARAMETERS];
  Range ranges[FUNCTION_PARAMETERS];
  if (x->gone.data) return push_text(x, (PropterCell){.text = x->gone, .datatype = {"", 0}}, err);
  for (size_t i = 0; i < FUNCTION_PARAMETERS; i++) {
    ranges[i] = (Range){SIZE_MAX - 1, SIZE_MAX};
    if (t->call->arguments[i]) {
      ranges[i].begin = x->texts.count;
      PROPTER_TRY(push_texts(x, t->call->arguments[i], outcome, err));
      if (*outcome == MISSING && function_may_miss(t->call->function, i)) x->texts.count = ranges[i].begin, ranges[i].begin = SIZE_MAX - 1;
      else if (*outcome != GOT) return PROPTER_OK;
      else ranges[i].end = x->texts.count;
    }
    chosen[i] = ranges[i].begin;
  }
  size_t results = x->texts.count;
  *outcome = GOT;
  do {
    PropterStr arguments[FUNCTION_PARAMETERS];
    for (size_t i = 0; i < FUNCTION_PARAMETERS; i++) arguments[i] = chosen[i] < SIZE_MAX - 1 ? x->texts.items[chosen[i]].text : (PropterStr){NULL, 0};
    PROPTER_TRY(push_result(x, t, arguments, outcome, err));
    if (*outcome != GOT) return PROPTER_OK;
  } while (next_choice(chosen, ranges, FUNCTION_PARAMETERS));
  move_texts(x, begin, results);
  if (x->texts.count == begin) *outcome = MISSING;
  return PROPTER_OK;
}

/* Pushes the texts of a term map, whatever kind of term they become. */
static PropterStatus push_texts(Execution *x, const TermMap *t, Outcome *outcome, PropterError *err) {
  *outcome = GOT;
  switch (t->kind) {
  case EXPRESSION_CONSTANT: return push_text(x, (PropterCell){t->constant.value, t->constant.datatype, false, 0}, err);
  case EXPRESSION_REFERENCE: return push_cells(x, &t->parts[0], outcome, err);
  case EXPRESSION_TEMPLATE: return push_template(x, t, outcome, err);
  case EXPRESSION_FUNCTION: return push_call(x, t, outcome, err);
  default: *outcome = MISSING; return PROPTER_OK;
  }
}

/* --- Terms ----------------------------------------------------------------------------------------------------------------------- */

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
      *outcome = eval_reject(x, "iri", column_of(t), text, "expected an absolute IRI, found \"%.*s\" and no base IRI", (int)(text.len < 100 ? text.len : 100),
                             text.data);
      return PROPTER_OK;
    }
    propter_buf_reset(&x->text);
    propter_buf_add(&x->text, t->base);
    propter_buf_add(&x->text, text);
    PROPTER_TRY(propter_buf_status(&x->text, err));
    PROPTER_TRY(eval_keep(x, propter_buf_str(&x->text), &iri, err));
  }
  bool unsafe = t->type == TYPE_UNSAFE_IRI || t->type == TYPE_UNSAFE_URI;
  if (!(unsafe && x->options->unsafe_iris) && !propter_iri_valid(iri, &why))
    *outcome = eval_reject(x, "iri", column_of(t), text, "expected an IRI, found \"%.*s\": %s", (int)(text.len < 100 ? text.len : 100), text.data,
                           why ? why : "not valid");
  *out = propter_iri(iri);
  return PROPTER_OK;
}

PropterStatus eval_blank(Execution *x, PropterStr text, PropterTerm *out, PropterError *err) {
  char label[34];
  model_blank(x->m, x->m->maps.items[x->map].at->file, text, label);
  *out = (PropterTerm){PROPTER_TERM_BLANK, {"", 0}, {"", 0}, {"", 0}};
  return eval_keep(x, propter_str(label), &out->value, err);
}

PropterStatus eval_add(Execution *x, const PropterMapTerm *term, uint32_t *index, PropterError *err) {
  *index = (uint32_t)x->terms.count;
  return propter_vec_push(&x->terms, *term) ? PROPTER_OK : no_memory(err);
}

static PropterStatus add_literal(Execution *x, const TermMap *t, PropterCell cell, PropterStr datatype, Outcome *outcome, PropterError *err) {
  PropterMapTerm out = {.term = propter_literal(cell.text), .targets = t->targets};
  const char *wanted;
  uint32_t index;
  if (!propter_str_equal(datatype, propter_vocab_iri(VOCAB_xsd_string))) out.term.datatype = datatype;
  if (lexical_collapses(datatype)) {
    out.term.value = propter_str_trim(cell.text);
    /* No text stands for a number, day or truth value: an empty cell says that there is none. */
    if (!out.term.value.len) return PROPTER_OK;
    if (!propter_lexical_valid(datatype, out.term.value, &wanted)) {
      *outcome = eval_reject(x, "datatype", column_of(t), cell.text, "expected %s, found \"%.*s\"", wanted, (int)(cell.text.len < 60 ? cell.text.len : 60),
                             cell.text.data);
      return PROPTER_OK;
    }
  }
  return eval_add(x, &out, &index, err);
}

/* A literal for each language or datatype that their maps give. */
static PropterStatus add_annotated(Execution *x, const TermMap *t, PropterCell cell, Outcome *outcome, PropterError *err) {
  const TermMap *by = t->language ? t->language : t->datatype;
  size_t terms = x->terms.count;
  Range range;
  PROPTER_TRY(eval_terms(x, by, &range, outcome, err));
  if (*outcome != GOT) return PROPTER_OK;
  size_t count = range.end - range.begin;
  PropterMapTerm *tags = scratch_alloc(&x->scratch, count * sizeof *tags);
  if (!tags) return no_memory(err);
  memcpy(tags, x->terms.items + range.begin, count * sizeof *tags);
  x->terms.count = terms;
  for (size_t i = 0; i < count && *outcome == GOT; i++) {
    PropterStr tag = tags[i].term.value;
    uint32_t index;
    size_t before = x->terms.count;
    if (t->datatype)
      PROPTER_TRY(add_literal(x, t, cell, tag, outcome, err));
    else if (!propter_language_valid(tag))
      *outcome = eval_reject(x, "language", column_of(t->language), tag, "expected a language tag such as \"en\", found \"%.*s\"",
                             (int)(tag.len < 60 ? tag.len : 60), tag.data);
    else
      PROPTER_TRY(eval_add(x, &(PropterMapTerm){.term = {PROPTER_TERM_LITERAL, cell.text, {"", 0}, tag}, .targets = t->targets}, &index, err));
    if (x->terms.count > before) x->terms.items[before].targets |= tags[i].targets;
  }
  return PROPTER_OK;
}

static PropterStatus add_term(Execution *x, const TermMap *t, PropterCell cell, Outcome *outcome, PropterError *err) {
  PropterMapTerm out = {.targets = t->targets};
  uint32_t index;
  if (t->type == TYPE_LITERAL && (t->datatype || t->language)) return add_annotated(x, t, cell, outcome, err);
  if (t->type == TYPE_LITERAL) {
    bool natural = t->kind != EXPRESSION_TEMPLATE && !x->m->sources.items[x->source].plain_values;
    return add_literal(x, t, cell, natural ? cell.datatype : (PropterStr){"", 0}, outcome, err);
  }
  if (t->type == TYPE_BLANK)
    PROPTER_TRY(eval_blank(x, cell.text, &out.term, err));
  else
    PROPTER_TRY(make_iri(x, t, cell.text, &out.term, outcome, err));
  return *outcome == GOT ? eval_add(x, &out, &index, err) : PROPTER_OK;
}

static PropterStatus add_fresh(Execution *x, const TermMap *t, PropterError *err) {
  char fresh[64];
  uint32_t index;
  PropterMapTerm out = {.targets = t->targets};
  int n = snprintf(fresh, sizeof fresh, "\001%u\001%llu", t->number, (unsigned long long)x->row.number);
  if (x->file) (void)snprintf(fresh + n, sizeof fresh - (size_t)n, "\001%zu", x->file);
  PROPTER_TRY(eval_blank(x, propter_str(fresh), &out.term, err));
  return eval_add(x, &out, &index, err);
}

static PropterStatus is_met(Execution *x, const TermMap *condition, Outcome *outcome, PropterError *err) {
  size_t before = x->texts.count;
  PROPTER_TRY(push_texts(x, condition, outcome, err));
  if (*outcome == GOT && !propter_str_equal(x->texts.items[before].text, PROPTER_STR("true"))) *outcome = MISSING;
  x->texts.count = before;
  return PROPTER_OK;
}

static PropterStatus add_terms(Execution *x, const TermMap *t, Outcome *outcome, PropterError *err) {
  uint32_t index;
  if (t->kind == EXPRESSION_NONE) return add_fresh(x, t, err);
  if (t->kind == EXPRESSION_CONSTANT && !t->datatype && !t->language) return eval_add(x, &(PropterMapTerm){t->constant, t->targets, t->number}, &index, err);
  size_t before = x->texts.count;
  PROPTER_TRY(push_texts(x, t, outcome, err));
  for (size_t i = before; i < x->texts.count && *outcome == GOT; i++) PROPTER_TRY(add_term(x, t, x->texts.items[i], outcome, err));
  x->texts.count = before;
  return PROPTER_OK;
}

PropterStatus eval_terms(Execution *x, const TermMap *t, Range *out, Outcome *outcome, PropterError *err) {
  *outcome = GOT;
  *out = (Range){x->terms.count, x->terms.count};
  if (t->condition) PROPTER_TRY(is_met(x, t->condition, outcome, err));
  if (*outcome != GOT) return PROPTER_OK;
  PROPTER_TRY(t->kind == EXPRESSION_GATHER ? gather_terms(x, t, out, outcome, err) : add_terms(x, t, outcome, err));
  out->end = x->terms.count;
  if (*outcome == GOT && out->begin == out->end) *outcome = MISSING;
  return PROPTER_OK;
}
