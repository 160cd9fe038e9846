/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of an argument that is an enumeration: "late parcels, wrong sizes and poor packaging", "the strike, not the weather". */
#include <string.h>

#include "reading.h"

/* Whether one of `list` matches the coded words from byte `at` on; *start, *end: what it keeps. */
static bool matches(const PropterRules *r, const Expressions *list, PropterStr coded, size_t at, size_t *start, size_t *end) {
  PropterSpan m;
  if (!rules_first(r, list->items, list->count, (PropterStr){coded.data + at, coded.len - at}, 0, &m)) return false;
  *start = at + m.start, *end = at + m.end;
  return true;
}

static PropterSpan words(const Tagged *t, PropterSpan reach, size_t from, size_t to) {
  PropterSpan s = {judge_decoded(t, reach, from), judge_decoded(t, reach, to)};
  while (s.end > s.start && t->text.data[s.end - 1] == ' ') s.end--;
  return s;
}

/* What stands between two parts, if it is at `at`, and what it says of the second. */
static bool gap(const PropterRules *r, PropterStr coded, size_t at, ListStance *stance, size_t *end) {
  size_t start;
  *stance = LIST_AFFIRMED;
  if (matches(r, &r->list_but, coded, at, &start, end)) return true;
  *stance = LIST_DENIED;
  if (matches(r, &r->list_not, coded, at, &start, end)) return true;
  *stance = LIST_SAME;
  return matches(r, &r->list_and, coded, at, &start, end);
}

size_t list_parts(const PropterRules *r, const Tagged *t, PropterSpan argument, bool trails, ListPart out[LIST_PARTS]) {
  PropterSpan reach = {argument.start, trails ? t->text.len : argument.end};
  PropterStr coded = judge_coded(t, reach), own = judge_coded(t, argument);
  size_t n = 0, at = 0, start, end, ignored, stop = 0;
  bool told = matches(r, &r->list_intro, coded, 0, &start, &at), joined = told;
  if (!told) at = 0;
  ListStance stance = LIST_SAME;
  while (n < LIST_PARTS && matches(r, &r->list_part, coded, at, &start, &end)) {
    /* Beyond the argument only a contrast leads on ("…, not the weather"), and only if no clause begins with it. */
    if (!told && end > own.len && (stance == LIST_SAME || !matches(r, &r->list_end, coded, end, &ignored, &ignored))) break;
    out[n++] = (ListPart){words(t, reach, start, end), stance};
    stop = end;
    if (!gap(r, coded, stop, &stance, &at)) break;
    joined = told || !propter_str_equal((PropterStr){coded.data + stop, at - stop}, PROPTER_STR(",/PUNCT "));
  }
  if (!told && (n < 2 || !joined || rules_any(r, r->list_except.items, r->list_except.count, (PropterStr){coded.data, stop}))) return 0;
  if (n && stop < own.len) {
    /* What is left of the argument belongs to the last part, unless the list goes on or it makes a clause of it. */
    if (matches(r, &r->list_clause, own, stop, &ignored, &ignored)) return 0;
    out[n - 1].words.end = argument.end;
  }
  return n;
}
