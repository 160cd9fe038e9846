/* SPDX-License-Identifier: Apache-2.0 */
/* What the renderers share: each takes the finished answer, appends, and decides nothing. */
#ifndef WHY_RENDER_H
#define WHY_RENDER_H

#include "propter/why.h"

#define RENDERER(name, type) PropterStatus why_render_##name(const PropterWhyAnswer *answer, PropterBuf *out, PropterError *err);
#include "renderers.def"
#undef RENDERER

/* propter_why_answer for a graph of this version. */
PropterStatus why_answer_make(const PropterQuestion *question, PropterInference *inference, uint64_t version, const PropterWhyOptions *options,
                              PropterWhyAnswer **out, PropterError *err);

/* Fills the request gate (gate.c) of an answer whose outcome is known; nobody has looked for an owner yet. */
PropterStatus why_gate(PropterWhyAnswer *answer, PropterError *err);
/* Who decides about the metric; empty: nobody is recorded, then the named causes count. */
PropterStatus why_gate_owner(PropterWhyAnswer *answer, PropterStr owner, PropterError *err);

/* For an answer about a window (unmoved.c). WHY NOT: a finding for each cause. */
PropterStatus why_unmoved(PropterWhyAnswer *answer, PropterError *err);
/* … and for a cause that is no candidate: why. */
PropterStatus why_absent(PropterWhyAnswer *answer, PropterStr iri, PropterStr label, PropterDay start, PropterDay end, PropterError *err);
/* What the question asks besides why (asked.c): the cause it suspects is `at` (a->causes: none, the reason is in a->despite), the parts are known. */
PropterStatus why_asked(PropterWhyAnswer *answer, size_t at, PropterError *err);
/* What the question supposes of the move, held against the figures (premise.c): fills a->premise, anew once the answer compared with is there. */
PropterStatus why_premise(PropterWhyAnswer *answer, PropterError *err);
/* COMPARED TO: what the difference is made of. Takes `other`. */
PropterStatus why_compare(PropterWhyAnswer *answer, PropterWhyAnswer *other, PropterError *err);

/* propter_why_form; `inferrer` may be NULL, or one of this snapshot made with the same options and slices, which must outlive the answer. */
PropterStatus why_form_with(PropterSnapshot *snapshot, PropterInferrer *inferrer, const PropterWhyForm *form, const PropterWhyOptions *options,
                            PropterWhyAnswer **out, PropterError *err);
/* Ids of slices. NOT_FOUND. */
PropterStatus why_slices(PropterSnapshot *snapshot, size_t count, const PropterStr *dimension, const PropterTerm *member, PropterMember *out,
                         PropterError *err);

/* Slice `at` of `count` of the WHERE clause, behind the character `before`. */
void why_put_slice(PropterBuf *out, char before, size_t at, size_t count, PropterStr dimension, const PropterTerm *member);

/* --- numbers: the same on every machine; U+2212 for minus, a comma between thousands --- */

/* Decimals that show a number whose error is `se` to its last meaningful digit (at most 6). */
int why_number_decimals(double se);
void why_put_number(PropterBuf *out, double value, int decimals);
void why_put_signed(PropterBuf *out, double value, int decimals); /* with + or − */
void why_put_percent(PropterBuf *out, double part, bool sign);    /* .016 → "1.6 %" */
void why_put_probability(PropterBuf *out, double p);              /* .97; never rounded to 0 or 1 */
/* What is left for the unknown cause: "about 4 %", "nothing left over" (estimates of the others may sum above the whole), "not identified" where no share of a
 * likelier cause is, or nothing. */
void why_put_rest(PropterBuf *out, const PropterInference *inference);
/* It moved, and yet nothing may have acted: from 1 in 20 on it is said beside the unknown cause. */
bool why_may_be_chance(const PropterInference *inference);
/* Shortest decimal form that a JSON or CSV reader takes: 10 significant digits; `none` for what is no number. */
void why_put_plain(PropterBuf *out, double value, const char *none);
/* Decimals of an answer's values. */
int why_answer_decimals(const PropterWhyAnswer *answer);

/* --- days in words --- */

void why_put_day(PropterBuf *out, PropterDay day);                          /* 2011-08-07 */
void why_put_period(PropterBuf *out, PropterDay first, PropterDay last);    /* August 2011; March to May 2010; 2015; 7-22 Aug 2011 */
/* The same behind its preposition: in August 2011; from March to May 2010; on 7-22 Aug 2011. */
void why_put_when(PropterBuf *out, PropterDay first, PropterDay last);
void why_put_days(PropterBuf *out, PropterDay first, PropterDay last, bool year); /* 7-22 Aug 2011, always by days */

/* "contradicted", "unsupported" or "not counted": what the judge made of a statement about the window. */
const char *why_verdict(const PropterEvidence *saying);
/* "can be changed", "cannot be changed", "not said whether it can be changed"; static. */
const char *why_controllable(const PropterWhyCause *cause);
/* The statement among those not borne out that this quote is, or NULL: it must not stand as support as well. */
const PropterEvidence *why_disputed(const PropterWhyAnswer *answer, const PropterEvidence *quote);
/* The text of a buffer, kept in an arena; the buffer is cleared. On failure *out stays. */
PropterStatus why_keep(PropterBuf *text, PropterArena *arena, PropterStr *out, PropterError *err);
/* Frees a buffer that was used on the way; `out` takes over its failure. */
void why_drop(PropterBuf *out, PropterBuf *used);
/* Columns a terminal needs for the text. */
size_t why_text_width(PropterStr text);
void why_put_pad(PropterBuf *out, size_t columns);
/* Metric `at` of those upstream, in a sentence; `put` writes text of others. */
void why_put_upstream(PropterBuf *out, const PropterWhyAnswer *answer, size_t at, void (*put)(PropterBuf *out, PropterStr text));
/* How many parts stand above part `at` of an answer. */
size_t why_part_depth(const PropterWhyAnswer *answer, size_t at);
/* Of a part: "−15.1 k, 97 % of the change", unescaped but for the unit, which `put` writes. */
void why_put_part(PropterBuf *out, const PropterWhyAnswer *answer, const PropterPart *part, void (*put)(PropterBuf *out, PropterStr text));
/* A column of the table of members: observed, expected, deviation, share of the change; a dash for what is not known. */
enum { WHY_MEMBER_COLUMNS = 4 };
extern const char *const why_member_column[WHY_MEMBER_COLUMNS];
void why_put_member(PropterBuf *out, const PropterWhyAnswer *answer, const PropterPart *part, int column);
/* File name at the end of a path. */
PropterStr why_base_name(PropterStr path);
/* "digest-2011-09.html § Information, characters 412-497" with an en dash, unescaped. */
void why_put_place(PropterBuf *out, const PropterEvidence *quote);
/* What the unit is called; empty for the plain number (UCUM "1"). */
PropterStr why_unit(const PropterMetric *metric);
/* Unit of the metric, written by `put` (one of the above), with a blank before it; or nothing. */
void why_put_unit(PropterBuf *out, const PropterWhyAnswer *answer, void (*put)(PropterBuf *out, PropterStr text));
/* Rows that no cause before this one rests on: the same are printed once. */
bool why_new_rows(const PropterWhyAnswer *answer, const PropterWhyCause *cause);
/* What its pattern is called (propter_pattern_form), "none" where it did not move; static. */
const char *why_pattern(const PropterWhyAnswer *answer);
/* Of a window that was judged: "2,634 k; expected 2,673 k (2,660-2,686); ..." with `gap` between the parts, unescaped. */
void why_put_observed(PropterBuf *out, const PropterWhyAnswer *answer, const char *gap);

#endif
