/* SPDX-License-Identifier: Apache-2.0 */
/* WHY among the query forms of SPARQL:
 *   WHY [NOT] metric [DESPITE cause] DURING day TO day [WHERE { ?slice dimension member … }] [COMPARED TO day TO day] [DEPTH n] [LIMIT n]
 * Metric, cause and days may be variables that patterns beside it bind. The solutions are those of the answer that propter why gives. */
#include "form_why.h"

#include <math.h>
#include <string.h>

#include "../sparql/answer.h"
#include "../sparql/parse.h"
#include "../sparql/print.h"
#include "propter/vocab.h"
#include "render.h"

extern const SparqlForm sparql_form_why; /* row of query/sparql/forms.def */

enum { IN_ANY, IN_NOT, IN_COMPARED, IN_SUSPECT };
static const struct {
  const char *name;
  int in;
} columns[] = {
#define COLUMN(name, in, text) {#name, IN_##in},
#include "columns.def"
#undef COLUMN
};
enum { COLUMNS = sizeof columns / sizeof *columns };
enum {
#define COLUMN(name, in, text) AT_##name,
#include "columns.def"
#undef COLUMN
};

/* The clauses. The terms are inputs of the select: metric, from, to, then the compared days, then the cause. */
typedef struct {
  bool negated, compared, cause; /* the cause of DESPITE or, without NOT, of SUSPECT */
  uint64_t depth, limit; /* 0: not said */
  size_t slice_count;
  PropterStr dimension[PROPTER_WHY_SLICES];
  PropterTerm member[PROPTER_WHY_SLICES];
} Clauses;

/* --- text to tree ------------------------------------------------------------------------------------------------------------------ */

static PropterStatus add_input(Parser *p, AstSelect *s, AstTerm term) { return parse_push(p, &s->inputs, &s->input_count, &term, sizeof term); }

static PropterStatus parse_name_of(Parser *p, AstSelect *s, const char *what) {
  AstTerm term;
  PROPTER_TRY(parse_var_or_iri(p, &term, what));
  return add_input(p, s, term);
}

static PropterStatus parse_day(Parser *p, AstSelect *s, PropterDay *day) {
  AstTerm term = {.kind = AST_VAR};
  size_t at = p->token.start;
  *day = PROPTER_NO_DAY;
  if (p->token.kind == TOKEN_VAR) {
    PROPTER_TRY(parse_var(p, &term.var));
  } else {
    if (p->token.kind != TOKEN_STRING) return parse_expected(p, "a date like \"2011-08-31\"^^xsd:date or a variable");
    PROPTER_TRY(parse_literal(p, &term));
    if (!propter_day_parse(term.term.value, day))
      return parse_fail(p, at, PROPTER_SYNTAX, "expected a date like \"2011-08-31\"^^xsd:date, found \"%.*s\"",
                        (int)(term.term.value.len < 40 ? term.term.value.len : 40), term.term.value.data);
  }
  return add_input(p, s, term);
}

static PropterStatus parse_days(Parser *p, AstSelect *s) {
  PropterDay from, to;
  PROPTER_TRY(parse_day(p, s, &from));
  PROPTER_TRY(parse_word(p, "TO"));
  size_t at = p->token.start;
  PROPTER_TRY(parse_day(p, s, &to));
  if (from != PROPTER_NO_DAY && to != PROPTER_NO_DAY && from > to)
    return parse_fail(p, at, PROPTER_SYNTAX, "expected a day after the first one: the window ends before it begins");
  return PROPTER_OK;
}

/* { ?slice dimension member ; … }: held members, nothing to search for. */
static PropterStatus parse_slices(Parser *p, Clauses *c) {
  AstPattern *group;
  size_t at = p->token.start;
  PROPTER_TRY(parse_group(p, &group));
  const AstPattern *triples = group->count == 1 ? group->items[0] : NULL;
  bool fine = triples && triples->kind == PAT_TRIPLES && triples->triple_count <= PROPTER_WHY_SLICES;
  for (size_t i = 0; fine && i < triples->triple_count; i++) {
    const AstTriple *t = &triples->triples[i];
    const bool member = t->o.kind == AST_IRI || t->o.kind == AST_LITERAL;
    fine = !t->path && t->s.kind == AST_VAR && t->s.var == triples->triples[0].s.var && t->p.kind == AST_IRI && member;
    if (fine) c->dimension[c->slice_count] = t->p.term.value, c->member[c->slice_count++] = t->o.term;
  }
  if (fine) return PROPTER_OK;
  return parse_fail(p, at, PROPTER_SYNTAX, "expected the slice: { ?slice <dimension> <member> ; … } with one variable and at most %d dimensions",
                    PROPTER_WHY_SLICES);
}

static PropterStatus parse_count(Parser *p, const char *keyword, uint64_t most, uint64_t *value) {
  if (!parse_is_word(p, keyword)) return PROPTER_OK;
  PROPTER_TRY(parse_next(p));
  size_t at = p->token.start;
  PROPTER_TRY(parse_integer(p, value));
  return *value >= 1 && *value <= most ? PROPTER_OK : parse_fail(p, at, PROPTER_SYNTAX, "expected %s from 1 to %llu", keyword, (unsigned long long)most);
}

static bool shows(const Clauses *c, size_t column) {
  const int in = columns[column].in;
  return in == IN_ANY || (in == IN_NOT && c->negated) || (in == IN_COMPARED && c->compared) || (in == IN_SUSPECT && c->cause && !c->negated);
}

static PropterStatus parse_clauses(Parser *p, AstSelect *s, Clauses *c) {
  bool where, not_named = !parse_at_var_or_iri(p);
  if (not_named) PROPTER_TRY(parse_take_word(p, "NOT", &c->negated));
  PROPTER_TRY(parse_name_of(p, s, c->negated ? "the IRI of a metric or a variable" : "NOT, the IRI of a metric or a variable"));
  AstTerm cause = {0};
  PROPTER_TRY(parse_take_word(p, c->negated ? "DESPITE" : "SUSPECT", &c->cause));
  if (c->cause) PROPTER_TRY(parse_var_or_iri(p, &cause, "the IRI of a cause or a variable"));
  PROPTER_TRY(parse_word(p, "DURING"));
  PROPTER_TRY(parse_days(p, s));
  PROPTER_TRY(parse_take_word(p, "WHERE", &where));
  if (where) PROPTER_TRY(parse_slices(p, c));
  PROPTER_TRY(parse_take_word(p, "COMPARED", &c->compared));
  if (c->compared) {
    PROPTER_TRY(parse_word(p, "TO"));
    PROPTER_TRY(parse_days(p, s));
  }
  if (c->cause) PROPTER_TRY(add_input(p, s, cause));
  PROPTER_TRY(parse_count(p, "DEPTH", 5, &c->depth));
  return parse_count(p, "LIMIT", 1000, &c->limit);
}

static PropterStatus parse(Parser *p, AstSelect *s) {
  Clauses *c = parse_alloc(p, sizeof *c);
  if (!c) return parse_no_memory(p);
  s->extra = c;
  PROPTER_TRY(parse_clauses(p, s, c));
  for (size_t i = 0; i < COLUMNS; i++) {
    AstProjection item = {0};
    if (!shows(c, i)) continue;
    PROPTER_TRY(parse_name(p, propter_str(columns[i].name), false, &item.var));
    PROPTER_TRY(parse_push(p, &s->items, &s->item_count, &item, sizeof item));
  }
  return PROPTER_OK;
}

static void print_days(const PropterQuery *q, const AstSelect *s, const char *keyword, size_t at, PropterBuf *out) {
  propter_buf_printf(out, " %s ", keyword), print_term(q, &s->inputs[at], out);
  propter_buf_add(out, PROPTER_STR(" TO ")), print_term(q, &s->inputs[at + 1], out);
}

static void print_head(const PropterQuery *q, const AstSelect *s, PropterBuf *out) {
  const Clauses *c = s->extra;
  propter_buf_add(out, c->negated ? PROPTER_STR(" NOT ") : PROPTER_STR(" ")), print_term(q, &s->inputs[0], out);
  if (c->cause) propter_buf_add(out, c->negated ? PROPTER_STR(" DESPITE ") : PROPTER_STR(" SUSPECT ")), print_term(q, &s->inputs[s->input_count - 1], out);
  print_days(q, s, "DURING", 1, out);
  for (size_t i = 0; i < c->slice_count; i++) why_put_slice(out, ' ', i, c->slice_count, c->dimension[i], &c->member[i]);
  if (c->compared) print_days(q, s, "COMPARED TO", 3, out);
  if (c->depth) propter_buf_printf(out, " DEPTH %llu", (unsigned long long)c->depth);
  if (c->limit) propter_buf_printf(out, " LIMIT %llu", (unsigned long long)c->limit);
}

/* --- tree to answer ------------------------------------------------------------------------------------------------------------------ */

static PropterStatus day_of(const PropterTerm *t, const char *clause, PropterDay *day, PropterError *err) {
  if (t->kind == PROPTER_TERM_LITERAL && propter_day_parse(t->value, day)) return PROPTER_OK;
  return propter_fail(err, PROPTER_INVALID, "%s needs a date like \"2011-08-31\"^^xsd:date, found %s%.*s", clause,
                      t->kind == PROPTER_TERM_NONE ? "no value" : "", (int)(t->value.len < 80 ? t->value.len : 80), t->value.data);
}

static PropterStatus iri_of(const PropterTerm *t, const char *what, PropterStr *iri, PropterError *err) {
  if (t->kind != PROPTER_TERM_IRI) return propter_fail(err, PROPTER_INVALID, "WHY needs the IRI of %s, found none", what);
  *iri = t->value;
  return PROPTER_OK;
}

static PropterStatus form_of(const Clauses *c, const PropterTerm *input, size_t inputs, PropterWhyForm *form, PropterError *err) {
  *form = (PropterWhyForm){.negated = c->negated, .compared = c->compared, .despite = {"", 0}, .suspect = {"", 0}, .slice_count = c->slice_count};
  PROPTER_TRY(iri_of(&input[0], "a metric", &form->metric, err));
  PROPTER_TRY(day_of(&input[1], "DURING", &form->from, err));
  PROPTER_TRY(day_of(&input[2], "TO", &form->to, err));
  if (c->compared) {
    PROPTER_TRY(day_of(&input[3], "COMPARED TO", &form->compared_from, err));
    PROPTER_TRY(day_of(&input[4], "TO", &form->compared_to, err));
  }
  if (c->cause) PROPTER_TRY(iri_of(&input[inputs - 1], "a cause", c->negated ? &form->despite : &form->suspect, err));
  memcpy(form->dimension, c->dimension, sizeof form->dimension), memcpy(form->member, c->member, sizeof form->member);
  return PROPTER_OK;
}

PropterStatus why_form_of_query(const PropterQuery *query, PropterWhyForm *form, PropterWhyOptions *options, PropterError *err) {
  const AstSelect *s = query->select;
  PropterTerm input[6];
  if (!s || s->form != &sparql_form_why) return propter_fail(err, PROPTER_INVALID, "expected a WHY query; propter query answers the others");
  const Clauses *c = s->extra;
  for (size_t i = 0; i < s->input_count; i++) {
    if (s->inputs[i].kind == AST_VAR)
      return propter_fail(err, PROPTER_INVALID, "expected a value, found ?%.*s, which nothing binds", (int)query->names[s->inputs[i].var].text.len,
                          query->names[s->inputs[i].var].text.data);
    input[i] = s->inputs[i].term;
  }
  if (c->depth) options->infer.depth = (unsigned)c->depth;
  if (c->limit) options->limit = (size_t)c->limit;
  return form_of(c, input, s->input_count, form, err);
}

/* --- answer to solutions --------------------------------------------------------------------------------------------------------------- */

typedef struct {
  const Clauses *clauses;
  PropterArena arena;
  PropterTerm *terms; /* COLUMNS in a row */
  size_t rows;
  bool failed;
} Rows;

static void put(Rows *r, size_t column, PropterTerm term) { r->terms[(r->rows - 1) * COLUMNS + column] = term; }
static void put_iri(Rows *r, size_t column, PropterStr iri) {
  if (iri.len) put(r, column, propter_iri(iri));
}
static void put_text(Rows *r, size_t column, PropterStr text) {
  if (text.len) put(r, column, propter_literal(text));
}

static void put_typed(Rows *r, size_t column, PropterBuf *text, PropterVocab type) {
  PropterStr copy = text->failed ? (PropterStr){NULL, 0} : propter_arena_copy(&r->arena, propter_buf_str(text));
  if (copy.data) put(r, column, propter_typed(copy, propter_vocab_iri(type)));
  else r->failed = true;
  propter_buf_clear(text);
}

/* Canonical decimals as the graph has them: a sum of what is shown adds up. */
static void put_number(Rows *r, size_t column, double value) {
  PropterBuf text = {0};
  if (!isfinite(value)) return;
  propter_buf_printf(&text, "%.6f", value);
  while (text.len && text.data[text.len - 1] == '0' && text.data[text.len - 2] != '.') text.data[--text.len] = 0;
  put_typed(r, column, &text, VOCAB_xsd_decimal);
}

static void put_day(Rows *r, size_t column, PropterDay day) {
  PropterBuf text = {0};
  if (day == PROPTER_NO_DAY) return;
  why_put_day(&text, day);
  put_typed(r, column, &text, VOCAB_xsd_date);
}

static void put_rank(Rows *r, int rank) {
  PropterBuf text = {0};
  propter_buf_printf(&text, "%d", rank);
  put_typed(r, AT_rank, &text, VOCAB_xsd_integer);
}

/* What every row says of its window. */
static void begin(Rows *r, const PropterWhyAnswer *a, const char *window, double difference) {
  static const PropterVocab outcomes[] = {[PROPTER_ANSWER_ANSWERED] = VOCAB_propter_Answered,
                                          [PROPTER_ANSWER_DID_NOT_MOVE] = VOCAB_propter_DidNotMove,
                                          [PROPTER_ANSWER_CAUSE_UNKNOWN] = VOCAB_propter_CauseUnknown,
                                          [PROPTER_ANSWER_NOT_TESTABLE] = VOCAB_propter_NotTestable,
                                          [PROPTER_ANSWER_NOT_UNDERSTOOD] = VOCAB_propter_NotUnderstood};
  const PropterInference *f = a->inference;
  r->rows++;
  for (size_t i = 0; i < COLUMNS; i++) put(r, i, (PropterTerm){.kind = PROPTER_TERM_NONE, .value = {"", 0}, .datatype = {"", 0}, .language = {"", 0}});
  put_iri(r, AT_outcome, propter_vocab_iri(outcomes[a->outcome]));
  put_day(r, AT_first, f->first), put_day(r, AT_last, f->last);
  put_number(r, AT_observed, f->observed), put_number(r, AT_expected, f->expected), put_number(r, AT_deviation, f->deviation);
  put_iri(r, AT_pattern, f->pattern);
  if (a->outcome != PROPTER_ANSWER_DID_NOT_MOVE && a->outcome != PROPTER_ANSWER_NOT_TESTABLE) put_day(r, AT_onset, f->onset);
  put_text(r, AT_window, propter_str(window)), put_number(r, AT_difference, difference);
}

static const PropterEvidence *strongest(const PropterCause *c) {
  const PropterEvidence *best = NULL;
  for (size_t i = 0; i < c->evidences; i++) {
    const PropterEvidence *e = &c->evidence[i];
    if (!e->iri.len || e->against || e->kind == PROPTER_EVIDENCE_ROW) continue;
    if (!best || (isfinite(e->weight) && (!isfinite(best->weight) || e->weight > best->weight))) best = e;
  }
  return best;
}

static void put_cause(Rows *r, const PropterWhyCause *w, int rank) {
  static const PropterVocab grades[] = {[PROPTER_GRADE_BOTH] = VOCAB_propter_Both, [PROPTER_GRADE_DATA_ONLY] = VOCAB_propter_DataOnly,
                                        [PROPTER_GRADE_TEXT_ONLY] = VOCAB_propter_TextOnly, [PROPTER_GRADE_NOT_SEPARABLE] = VOCAB_propter_NotSeparable,
                                        [PROPTER_GRADE_CONTRADICTED] = VOCAB_propter_Contradicted, [PROPTER_GRADE_UNSUPPORTED] = VOCAB_propter_Unsupported};
  const PropterCause *c = w->cause;
  const PropterCauseScore *s = &c->score;
  const PropterEvidence *e = strongest(c), *quote = w->quotes ? w->quote[0] : NULL;
  put_rank(r, rank), put_iri(r, AT_cause, c->iri), put_text(r, AT_label, w->name);
  put_text(r, AT_finding, propter_str(w->finding)), put_text(r, AT_reason, w->finding_text);
  if (e) put_iri(r, AT_evidence, e->iri);
  if (quote) put_text(r, AT_quote, quote->text), put_iri(r, AT_document, quote->document);
  if (w->controllable) {
    PropterBuf text = {0};
    propter_buf_add(&text, w->controllable > 0 ? PROPTER_STR("true") : PROPTER_STR("false"));
    put_typed(r, AT_controllable, &text, VOCAB_xsd_boolean);
  }
  put_text(r, AT_owner, w->owner), put_text(r, AT_nextStep, w->next_step);
  if (r->clauses->negated) return; /* a probability that it moved what did not move says nothing */
  put_number(r, AT_probability, s->p), put_text(r, AT_likely, propter_str(w->likely)), put_iri(r, AT_grade, propter_vocab_iri(grades[s->grade]));
  if (s->share_identified) put_number(r, AT_share, s->share), put_number(r, AT_shareLow, s->share_low), put_number(r, AT_shareHigh, s->share_high);
  put_iri(r, AT_hypothesis, c->hypothesis);
}

/* Marks the row as that of the suspected cause or of another; an answer about no suspect has no such columns. */
static void mark(Rows *r, const PropterWhyAnswer *a, bool suspected) {
  PropterBuf text = {0};
  if (!a->question.suspect.len) return;
  propter_buf_add(&text, suspected ? PROPTER_STR("true") : PROPTER_STR("false"));
  put_typed(r, AT_suspected, &text, VOCAB_xsd_boolean);
  if (suspected) put_text(r, AT_verdict, a->asked);
}

/* The suspected cause beyond the limit, or that is not judged here. */
static void put_suspect(Rows *r, const PropterWhyAnswer *a, const char *window, double difference, bool moved) {
  if (!a->question.suspect.len || (moved && a->suspected && a->suspected <= a->causes)) return;
  begin(r, a, window, difference), mark(r, a, true);
  if (a->suspected && moved) put_cause(r, &a->cause[a->suspected - 1], (int)a->suspected);
  else put_iri(r, AT_cause, a->question.suspect), put_text(r, AT_label, a->suspected ? a->cause[a->suspected - 1].name : a->despite.label);
}

static size_t rows_of(const PropterWhyAnswer *a) { return a ? a->causes + 2 : 0; }

static void put_answer(Rows *r, const PropterWhyAnswer *a, const char *window, double difference) {
  const PropterInference *f = a->inference;
  bool moved = a->outcome == PROPTER_ANSWER_ANSWERED || a->outcome == PROPTER_ANSWER_CAUSE_UNKNOWN, negated = r->clauses->negated;
  for (size_t i = 0; i < a->causes && (moved || negated); i++)
    begin(r, a, window, difference), put_cause(r, &a->cause[i], (int)i + 1), mark(r, a, i + 1 == a->suspected);
  if (negated && a->causes) return;
  put_suspect(r, a, window, difference, moved);
  begin(r, a, window, difference), mark(r, a, false);
  if (a->despite.finding && a->question.despite.len) {
    put_iri(r, AT_cause, a->question.despite), put_text(r, AT_label, a->despite.label);
    put_text(r, AT_finding, propter_str(a->despite.finding)), put_text(r, AT_reason, a->despite.text);
  } else if (moved && !negated) {
    put_iri(r, AT_cause, propter_vocab_iri(VOCAB_propter_UnknownCause)), put_text(r, AT_label, PROPTER_STR("unknown cause"));
    put_number(r, AT_probability, f->p_unknown);
    put_text(r, AT_likely, propter_str(propter_likelihood_words(f->p_unknown))), put_number(r, AT_share, f->unknown_share);
  } else {
    put_iri(r, AT_cause, propter_vocab_iri(VOCAB_propter_NoCause)), put_text(r, AT_label, f->reason);
  }
}

static PropterStatus results_of(const AstSelect *s, const PropterWhyAnswer *a, PropterResults **out, PropterError *err) {
  Rows r = {.clauses = s->extra};
  PropterStr names[COLUMNS];
  size_t at[COLUMNS] = {0}, shown = 0, most = rows_of(a) + rows_of(a->compared);
  r.terms = propter_arena_alloc(&r.arena, most * COLUMNS * sizeof *r.terms);
  r.failed = !r.terms;
  if (!r.failed) put_answer(&r, a, a->compared ? "during" : "", a->difference);
  if (!r.failed && a->compared) put_answer(&r, a->compared, "compared", a->difference);
  for (size_t i = 0; i < COLUMNS; i++)
    if (shows(r.clauses, i)) names[shown] = propter_str(columns[i].name), at[shown++] = i;
  for (size_t row = 0; !r.failed && row < r.rows; row++)
    for (size_t i = 0; i < shown; i++) r.terms[row * shown + i] = r.terms[row * COLUMNS + at[i]];
  PropterStatus status =
      r.failed ? propter_fail(err, PROPTER_NO_MEMORY, "no memory for the solutions of WHY") : propter_results_make(names, shown, r.terms, r.rows, out, err);
  propter_arena_clear(&r.arena);
  return status;
}

/* What the graph knows, loaded once for all calls of a query. */
typedef struct {
  PropterMember slice[PROPTER_WHY_SLICES];
  PropterInferrer *inferrer;
} Kept;

static void drop(void *kept) {
  propter_inferrer_free(((Kept *)kept)->inferrer);
  propter_free(kept);
}

static PropterStatus keep_inferrer(const FormCall *call, const Clauses *c, const PropterWhyOptions *options, void **kept, PropterError *err) {
  PropterInferOptions infer = options->infer;
  if (*kept) return PROPTER_OK;
  Kept *k = propter_calloc(1, sizeof *k);
  if (!k) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
  PropterStatus status = why_slices(call->snapshot, c->slice_count, c->dimension, c->member, k->slice, err);
  infer.slice = k->slice, infer.slice_count = c->slice_count;
  if (status == PROPTER_OK) status = propter_inferrer_new(call->snapshot, &infer, &k->inferrer, err);
  if (status == PROPTER_OK) *kept = k;
  else propter_free(k);
  return status;
}

static PropterStatus solve(const FormCall *call, void **kept, PropterResults **out, PropterError *err) {
  const Clauses *c = call->select->extra;
  PropterWhyOptions options = propter_why_options();
  PropterWhyForm form;
  PropterWhyAnswer *answer = NULL;
  if (call->options->from_count || call->options->from_named_count)
    return propter_fail(err, PROPTER_INVALID, "WHY reads the whole graph: expected no dataset (default-graph-uri, named-graph-uri)");
  options.today = (PropterDay)(call->options->now_ms / 86400000);
  options.infer.threads = 1;
  options.infer.score.seed = call->options->seed;
  if (c->depth) options.infer.depth = (unsigned)c->depth;
  options.limit = c->limit ? (size_t)c->limit : 1000;
  PROPTER_TRY(form_of(c, call->input, call->select->input_count, &form, err));
  PROPTER_TRY(keep_inferrer(call, c, &options, kept, err));
  PROPTER_TRY(why_form_with(call->snapshot, ((Kept *)*kept)->inferrer, &form, &options, &answer, err));
  PropterStatus status = results_of(call->select, answer, out, err);
  propter_why_free(answer);
  return status;
}

const SparqlForm sparql_form_why = {"WHY", PROPTER_RESULTS_SOLUTIONS, parse, print_head, answer_select, solve, drop};
