/* SPDX-License-Identifier: Apache-2.0 */
/* A plain sentence that dates what happened: "A second line was opened in November 2023". */
#include <string.h>

#include "reading.h"

enum { EDGE_WORDS = 3 }; /* what may stand between a date and the sentence's edge */

/* The tokens as coded words with "date/DATE " in place of each date; at[i]: where token i stands in it. */
static PropterStr code(const Tagged *t, const Whens *whens, char *out, size_t size, size_t at[TOKENS + 1]) {
  size_t n = 0, w = 0, said = SIZE_MAX;
  for (size_t i = 0; i < t->count; i++) {
    size_t from = t->coded_at[i], len = t->coded_at[i + 1] - from;
    while (w < whens->count && whens->items[w].end <= t->tokens[i].start) w++;
    bool dated = w < whens->count && whens->items[w].start < t->tokens[i].end;
    PropterStr piece = dated ? said == w ? (PropterStr){"", 0} : PROPTER_STR("date/DATE ") : (PropterStr){t->coded + from, len};
    at[i] = dated && said == w ? at[i - 1] : n; /* the further words of a date stand where it begins */
    if (dated) said = w;
    if (n + piece.len > size) break;
    if (piece.len) memcpy(out + n, piece.data, piece.len);
    n += piece.len;
  }
  at[t->count] = n;
  return (PropterStr){out, n};
}

static size_t words_in(PropterStr s) {
  size_t n = 0;
  for (size_t i = 0; i < s.len; i++) n += s.data[i] != ' ' && (i == 0 || s.data[i - 1] == ' ');
  return n;
}

const When *clause_date(PropterStr sentence, const Whens *whens) {
  const When *found = NULL;
  for (size_t i = 0; i < whens->count; i++) {
    const When *w = &whens->items[i];
    PropterStr before = {sentence.data, w->start}, behind = {sentence.data + w->end, sentence.len - w->end};
    if (w->grain > WHEN_MONTH || (words_in(before) >= EDGE_WORDS && words_in(behind) >= EDGE_WORDS)) continue;
    if (found) return NULL; /* which of two it is the words do not say */
    found = w;
  }
  return found;
}

/* A date within the words, with the prepositions and articles before it and the blank behind. */
static PropterSpan gap_in(const Tagged *t, const Whens *whens, PropterSpan words) {
  for (size_t i = 0; i < whens->count; i++) {
    PropterSpan gap = {whens->items[i].start, whens->items[i].end};
    if (gap.start <= words.start || gap.end >= words.end) continue;
    for (size_t k = judge_token(t, gap.start); k-- > 0 && (t->tokens[k].tag == UPOS_ADP || t->tokens[k].tag == UPOS_DET);) gap.start = t->tokens[k].start;
    size_t next = judge_token(t, gap.end);
    if (next < t->count && t->tokens[next].start < words.end) gap.end = t->tokens[next].start;
    return gap;
  }
  return (PropterSpan){0, 0};
}

PropterSpan clause_name(const PropterRules *r, const Tagged *t, const Whens *whens, PropterSpan words, PropterSpan *gap) {
  PropterSpan m;
  *gap = gap_in(t, whens, words);
  if (!rules_first(r, r->tagged_happening_name.items, r->tagged_happening_name.count, judge_coded(t, words), 0, &m) || m.end <= m.start)
    return (PropterSpan){0, 0};
  size_t from = judge_decoded(t, words, m.start), to = from;
  /* Where its last token ends: the next may stand after a blank. */
  for (size_t i = 0, end = judge_decoded(t, words, m.end); i < t->count && t->tokens[i].start < end; i++) to = t->tokens[i].end;
  if (gap->end > from) to = words.end; /* the verb goes on behind the date */
  return (PropterSpan){from, to};
}

const When *clause_when(const Whens *whens, PropterSpan words) {
  const When *nearest = NULL;
  size_t distance = SIZE_MAX;
  for (size_t i = 0; i < whens->count; i++) {
    const When *w = &whens->items[i];
    size_t d = w->start >= words.end ? w->start - words.end : words.start >= w->end ? words.start - w->end : 0;
    if (w->grain <= WHEN_MONTH && d < distance) nearest = w, distance = d;
  }
  return nearest;
}

bool clause_find(const PropterRules *r, const Expressions *list, const Tagged *t, const Whens *whens, PropterSpan within, PropterSpan *words) {
  char text[sizeof t->coded];
  size_t at[TOKENS + 1], begin = 0, end = t->count;
  PropterSpan m = {0, 0}, mark;
  PropterStr coded = code(t, whens, text, sizeof text, at);
  while (begin < end && t->tokens[begin].start < within.start) begin++;
  while (end > begin && t->tokens[end - 1].start >= within.end) end--;
  /* Each clause is looked at as if it stood alone, with what follows it. */
  for (size_t skip = at[begin];;) {
    PropterStr rest = {coded.data + skip, at[end] > skip ? at[end] - skip : 0};
    if (rules_first(r, list->items, list->count, rest, 0, &m) && m.end > m.start) {
      m.start += skip, m.end += skip;
      break;
    }
    if (!rules_first(r, r->tagged_clause_mark.items, r->tagged_clause_mark.count, rest, 0, &mark) || mark.end <= mark.start) return false;
    skip += mark.end;
  }
  size_t from = 0, to;
  while (from < t->count && at[from] < m.start) from++;
  for (to = from; to < t->count && at[to] < m.end;) to++;
  if (to <= from) return false;
  *words = (PropterSpan){t->tokens[from].start, t->tokens[to - 1].end};
  return true;
}
