/* SPDX-License-Identifier: Apache-2.0 */
/* Constraints on each value node alone (SHACL 1.0, sections 4.1, 4.3 to 4.4 and 4.8). */
#include <strings.h>

#include "../../engine/graph/id.h"
#include "../sparql/eval.h"
#include "../sparql/ids.h"
#include "propter/regex.h"
#include "shacl.h"

/* Does a value pass? 1, 0; `value` is decoded only where the test asks for it. */
typedef PropterStatus Test(Validator *v, const Constraint *c, PropterId id, const Value *value, bool *pass, PropterError *err);

static PropterStatus each_value(Validator *v, const Constraint *c, const Nodes *n, Verdict *to, bool decode, Test *test, PropterError *err) {
  PropterArena text = {0};
  PropterStatus status = PROPTER_OK;
  Value *values = NULL;
  size_t i = 0, all = nodes_value_count(n);
  for (size_t k = 0; k < all && status == PROPTER_OK; k++) {
    bool pass = true;
    while (n->first[i + 1] <= k) i++;
    if (decode && k % BATCH == 0) {
      size_t count = all - k < BATCH ? all - k : BATCH;
      propter_arena_clear(&text);
      values = propter_arena_alloc(&text, count * sizeof *values);
      status = values ? exec_values(&v->run, n->value + k, count, &text, values, err) : exec_fail_memory(&v->run, err);
    }
    if (status == PROPTER_OK) status = test(v, c, n->value[k], decode ? &values[k % BATCH] : NULL, &pass, err);
    if (status == PROPTER_OK && !pass) status = shacl_found(v, c, n, i, n->value[k], to, err);
    if (status == PROPTER_OK) status = exec_tick(&v->run, err);
  }
  propter_arena_clear(&text);
  return status;
}

/* --- Types ------------------------------------------------------------------------------------------------------------------------ */

static PropterStatus test_datatype(Validator *v, const Constraint *c, PropterId id, const Value *value, bool *pass, PropterError *err) {
  (void)v, (void)id, (void)err;
  *pass = value_literal(value) && value->type != VALUE_ILL && propter_str_equal(value_datatype(value), c->bound.text);
  return PROPTER_OK;
}

PropterStatus check_datatype(Validator *v, const Constraint *c, const Nodes *n, Verdict *to, PropterError *err) {
  return each_value(v, c, n, to, true, test_datatype, err);
}

static PropterStatus test_kind(Validator *v, const Constraint *c, PropterId id, const Value *value, bool *pass, PropterError *err) {
  static const struct {
    PropterVocab word;
    bool allows[4];
  } kinds[] = {{VOCAB_sh_IRI, {[PROPTER_TERM_IRI] = true}},
               {VOCAB_sh_BlankNode, {[PROPTER_TERM_BLANK] = true}},
               {VOCAB_sh_Literal, {[PROPTER_TERM_LITERAL] = true}},
               {VOCAB_sh_BlankNodeOrIRI, {[PROPTER_TERM_BLANK] = true, [PROPTER_TERM_IRI] = true}},
               {VOCAB_sh_BlankNodeOrLiteral, {[PROPTER_TERM_BLANK] = true, [PROPTER_TERM_LITERAL] = true}},
               {VOCAB_sh_IRIOrLiteral, {[PROPTER_TERM_IRI] = true, [PROPTER_TERM_LITERAL] = true}}};
  (void)value, (void)err;
  *pass = false;
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
    if (c->value == v->word[kinds[i].word]) *pass = kinds[i].allows[exec_kind(&v->run, id)];
  return PROPTER_OK;
}

PropterStatus check_nodeKind(Validator *v, const Constraint *c, const Nodes *n, Verdict *to, PropterError *err) {
  return each_value(v, c, n, to, false, test_kind, err);
}

/* --- Ranges ----------------------------------------------------------------------------------------------------------------------- */

static PropterStatus test_above(Validator *v, const Constraint *c, PropterId id, const Value *value, bool *pass, PropterError *err) {
  (void)v, (void)id, (void)err;
  *pass = value_less(&c->bound, value, c->component->check == check_minInclusive) == 1;
  return PROPTER_OK;
}

static PropterStatus test_below(Validator *v, const Constraint *c, PropterId id, const Value *value, bool *pass, PropterError *err) {
  (void)v, (void)id, (void)err;
  *pass = value_less(value, &c->bound, c->component->check == check_maxInclusive) == 1;
  return PROPTER_OK;
}

PropterStatus check_minExclusive(Validator *v, const Constraint *c, const Nodes *n, Verdict *to, PropterError *err) {
  return each_value(v, c, n, to, true, test_above, err);
}
PropterStatus check_minInclusive(Validator *v, const Constraint *c, const Nodes *n, Verdict *to, PropterError *err) {
  return each_value(v, c, n, to, true, test_above, err);
}
PropterStatus check_maxExclusive(Validator *v, const Constraint *c, const Nodes *n, Verdict *to, PropterError *err) {
  return each_value(v, c, n, to, true, test_below, err);
}
PropterStatus check_maxInclusive(Validator *v, const Constraint *c, const Nodes *n, Verdict *to, PropterError *err) {
  return each_value(v, c, n, to, true, test_below, err);
}

/* --- Texts ------------------------------------------------------------------------------------------------------------------------ */

/* STR() of a value; none for a blank node. */
static bool text_of(const Value *value, char buffer[MOMENT_TEXT], PropterStr *text) {
  if (value->type == VALUE_BLANK) return false;
  *text = value_text_in(value, buffer);
  return true;
}

static PropterStatus test_length(Validator *v, const Constraint *c, PropterId id, const Value *value, bool *pass, PropterError *err) {
  char buffer[MOMENT_TEXT];
  PropterStr text;
  (void)v, (void)id, (void)err;
  *pass = text_of(value, buffer, &text);
  if (!*pass) return PROPTER_OK;
  size_t length = propter_utf8_length(text);
  *pass = c->component->check == check_minLength ? length >= (uint64_t)c->number : length <= (uint64_t)c->number;
  return PROPTER_OK;
}

PropterStatus check_minLength(Validator *v, const Constraint *c, const Nodes *n, Verdict *to, PropterError *err) {
  return each_value(v, c, n, to, true, test_length, err);
}
PropterStatus check_maxLength(Validator *v, const Constraint *c, const Nodes *n, Verdict *to, PropterError *err) {
  return each_value(v, c, n, to, true, test_length, err);
}

static PropterStatus test_pattern(Validator *v, const Constraint *c, PropterId id, const Value *value, bool *pass, PropterError *err) {
  char buffer[MOMENT_TEXT];
  PropterStr text;
  PropterRegex *regex;
  PropterMatcher *matcher;
  (void)id;
  *pass = text_of(value, buffer, &text);
  if (!*pass) return PROPTER_OK;
  PROPTER_TRY(pattern_get(&v->run, c->bound.text, c->flags, &regex, err));
  PROPTER_TRY(pattern_matcher(&v->run, &matcher, err));
  return propter_regex_match(regex, matcher, text, 0, pass, err);
}

PropterStatus check_pattern(Validator *v, const Constraint *c, const Nodes *n, Verdict *to, PropterError *err) {
  return each_value(v, c, n, to, true, test_pattern, err);
}

/* Basic filtering of RFC 4647. */
static bool in_range(PropterStr tag, PropterStr range) {
  return tag.len >= range.len && strncasecmp(tag.data, range.data, range.len) == 0 && (tag.len == range.len || tag.data[range.len] == '-');
}

static PropterStatus test_language(Validator *v, const Constraint *c, PropterId id, const Value *value, bool *pass, PropterError *err) {
  PropterArena scratch = {0};
  PropterStatus status = PROPTER_OK;
  (void)id;
  *pass = false;
  for (size_t i = 0; i < c->count && status == PROPTER_OK && value->type == VALUE_LANGUAGE && !*pass; i++) {
    PropterTerm range;
    status = exec_term(&v->run, c->list[i], &scratch, &range, err);
    if (status == PROPTER_OK) *pass = in_range(value->extra, range.value);
  }
  propter_arena_clear(&scratch);
  return status;
}

PropterStatus check_languageIn(Validator *v, const Constraint *c, const Nodes *n, Verdict *to, PropterError *err) {
  return each_value(v, c, n, to, true, test_language, err);
}

/* --- Lists, closed shapes --------------------------------------------------------------------------------------------------------- */

static PropterStatus test_in(Validator *v, const Constraint *c, PropterId id, const Value *value, bool *pass, PropterError *err) {
  (void)v, (void)value, (void)err;
  *pass = id_among(c->list, c->count, id);
  return PROPTER_OK;
}

PropterStatus check_in(Validator *v, const Constraint *c, const Nodes *n, Verdict *to, PropterError *err) {
  return each_value(v, c, n, to, false, test_in, err);
}

static PropterStatus closed_value(Validator *v, const Constraint *c, const Nodes *n, size_t i, PropterId value, Matcher *m, Verdict *to, PropterError *err) {
  PROPTER_TRY(matcher_open(&v->run, m, &v->run.default_graph, (PropterQuad){.s = value}, err));
  for (size_t count;;) {
    PROPTER_TRY(matcher_next(&v->run, m, BATCH, &count, err));
    if (!count) return PROPTER_OK;
    for (size_t k = 0; k < count; k++) {
      const PropterQuad *q = &m->rows[k];
      if (id_among(c->list, c->count, q->p)) continue;
      PROPTER_TRY(shacl_found_more(v, c, i, &(Found){.focus = n->focus[i], .path = q->p, .value = q->o, .constraint = c}, to, err));
    }
  }
}

PropterStatus check_closed(Validator *v, const Constraint *c, const Nodes *n, Verdict *to, PropterError *err) {
  Matcher m = {0};
  PropterStatus status = PROPTER_OK;
  for (size_t i = 0; i < n->count && status == PROPTER_OK; i++)
    for (size_t k = n->first[i]; k < n->first[i + 1] && status == PROPTER_OK; k++)
      if (exec_kind(&v->run, n->value[k]) != PROPTER_TERM_LITERAL) status = closed_value(v, c, n, i, n->value[k], &m, to, err);
  matcher_free(&v->run, &m);
  return status;
}
