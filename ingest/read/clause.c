/* SPDX-License-Identifier: Apache-2.0 */
/* A plain sentence that dates what happened: "A second line was opened in November 2023". */
#include <string.h>

#include "reading.h"

enum { EDGE_WORDS = 3 /* what may stand between a date and the sentence's edge */, WIDE_TOKENS = 14 /* of a name of which one word says too little */ };

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
    size_t k = judge_token(t, gap.start);
    while (k > 0 && t->tokens[k - 1].tag == UPOS_DET) k--;
    if (k > 0 && t->tokens[k - 1].tag == UPOS_ADP) k--; /* not the "out" of "went out on Friday" */
    gap.start = k < t->count && t->tokens[k].start < gap.start ? t->tokens[k].start : gap.start;
    size_t next = judge_token(t, gap.end);
    if (next < t->count && t->tokens[next].start < words.end) gap.end = t->tokens[next].start;
    return gap;
  }
  return (PropterSpan){0, 0};
}

/* "The run that went out on Friday has estimated readings on about 31,000 accounts": up to the first mark, or the first preposition behind a noun that is
 * told of it after its day. */
static PropterSpan widened(const Tagged *t, const Whens *whens, PropterSpan words, PropterSpan *gap) {
  const size_t first = judge_token(t, words.start);
  size_t to = first, day = 0;
  bool verb = false, told = false;
  for (size_t i = 0; i < whens->count && !day; i++)
    if (whens->items[i].start >= words.end) day = whens->items[i].end;
  for (; to < t->count && to - first < WIDE_TOKENS; to++) {
    const Upos tag = t->tokens[to].tag;
    if (tag == UPOS_PUNCT || (told && (tag == UPOS_ADP || tag == UPOS_SCONJ))) break;
    verb |= t->tokens[to].start >= day && (tag == UPOS_VERB || tag == UPOS_AUX);
    told |= verb && (tag == UPOS_NOUN || tag == UPOS_PROPN);
  }
  if (to == first) return (PropterSpan){0, 0};
  const PropterSpan wide = {words.start, t->tokens[to - 1].end};
  *gap = gap_in(t, whens, wide);
  return wide;
}

PropterSpan clause_name(const PropterRules *r, const Tagged *t, const Whens *whens, PropterSpan words, PropterSpan *gap) {
  PropterSpan m;
  *gap = gap_in(t, whens, words);
  if (!rules_first(r, r->tagged_happening_name.items, r->tagged_happening_name.count, judge_coded(t, words), 0, &m) || m.end <= m.start) {
    const PropterStr said = {t->text.data + words.start, words.end - words.start};
    return rules_any(r, r->vague_name.items, r->vague_name.count, said) ? widened(t, whens, words, gap) : (PropterSpan){0, 0};
  }
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

/* --- a clause that no expression knows -------------------------------------------------------------------------------------------- */

enum { AROUND_TOKENS = 24 /* of a clause; beyond, its own marks are to be found */, RELATIVE_TOKENS = 14 };

static bool is_mark(const Tagged *t, size_t i) {
  const Token *k = &t->tokens[i];
  return k->tag == UPOS_PUNCT && !(k->end == k->start + 1 && strchr("-'/&", t->text.data[k->start])) && k->end - k->start < 4;
}

static bool is_comma(const Tagged *t, size_t i) { return t->text.data[t->tokens[i].start] == ','; }

static bool empty(PropterSpan s) { return s.end <= s.start; }

static bool is_verb(Upos tag) { return tag == UPOS_VERB || tag == UPOS_AUX; }

/* Another clause begins here: a mark, what subordinates, "and" before a verb or a pronoun. */
static bool parts_here(const Tagged *t, size_t i) {
  const Upos next = i + 1 < t->count ? t->tokens[i + 1].tag : UPOS_PUNCT;
  return is_mark(t, i) || t->tokens[i].tag == UPOS_SCONJ || (t->tokens[i].tag == UPOS_CCONJ && (is_verb(next) || next == UPOS_PRON));
}

static bool leads(Upos tag) { return tag == UPOS_ADP || tag == UPOS_SCONJ || tag == UPOS_CCONJ || tag == UPOS_DET; }

/* "Our" of "our supplier". */
static bool is_owner(const Tagged *t, size_t i) {
  const Upos next = i + 1 < t->count ? t->tokens[i + 1].tag : UPOS_PUNCT;
  return t->tokens[i].tag == UPOS_PRON && (next == UPOS_NOUN || next == UPOS_PROPN || next == UPOS_ADJ);
}

/* Tokens from, to: without what only leads to the date or to the next clause. */
static void trim(const Tagged *t, size_t *from, size_t *to) {
  while (*from < *to && (leads(t->tokens[*from].tag) || is_mark(t, *from) || is_owner(t, *from))) ++*from;
  while (*to > *from && (leads(t->tokens[*to - 1].tag) || is_mark(t, *to - 1))) --*to;
}

/* A thing and what became of it, or a thing and what it is called. */
static bool says_something(const Tagged *t, size_t from, size_t to, bool *verb) {
  size_t nouns = 0, other = 0;
  *verb = false;
  for (size_t i = from; i < to; i++) {
    const Upos tag = t->tokens[i].tag;
    if (is_verb(tag)) *verb = true;
    else if (tag == UPOS_NOUN || tag == UPOS_PROPN) nouns++;
    else if (tag == UPOS_ADJ) other++;
  }
  return nouns > 0 && (*verb || nouns + other > 1);
}

/* Its subject stands before a relative clause: "the reservoir, which feeds the town, was drained". */
static size_t subject_before(const Tagged *t, size_t from, PropterSpan *gap) {
  size_t open = from;
  if (!from || !is_comma(t, from - 1)) return from;
  for (open = from - 1; open && from - open < RELATIVE_TOKENS && !is_comma(t, open - 1); open--) {}
  if (!open || !is_comma(t, open - 1)) return from;
  size_t start = --open;
  while (start && !parts_here(t, start - 1)) start--;
  *gap = (PropterSpan){t->tokens[open].start, t->tokens[from - 1].end};
  return start;
}

/* Before the date, over commas until there is a verb, but no further than a stronger mark. */
static void before_date(const Tagged *t, size_t date, size_t *from, size_t *to) {
  bool verb = false;
  *to = date;
  while (*to && leads(t->tokens[*to - 1].tag)) --*to;
  *from = *to;
  while (*from && *to - *from < AROUND_TOKENS) {
    while (*from && !parts_here(t, *from - 1)) --*from;
    const bool opens = *from < *to && is_verb(t->tokens[*from].tag); /* its subject is parted from it */
    if (opens || (says_something(t, *from, *to, &verb) && verb) || !*from || !is_comma(t, *from - 1)) break;
    --*from;
  }
  trim(t, from, to);
}

/* Behind it: past what stands in brackets, over commas until there is a verb. */
static void behind_date(const Tagged *t, size_t date, size_t *from, size_t *to) {
  const size_t end = t->count;
  bool verb = false;
  for (*from = date; *from < end && is_mark(t, *from); ++*from) {
    if (t->text.data[t->tokens[*from].start] != '(') continue;
    while (*from + 1 < end && t->text.data[t->tokens[*from].start] != ')') ++*from;
  }
  for (*to = *from; *to < end && *to - *from < AROUND_TOKENS; ++*to)
    if (parts_here(t, *to) && (!is_comma(t, *to) || is_verb(t->tokens[*from].tag) || (says_something(t, *from, *to, &verb) && verb))) break;
  trim(t, from, to);
}

bool clause_around(const PropterRules *r, const Tagged *t, const When *when, PropterSpan *words, PropterSpan *gap) {
  size_t first = judge_token(t, when->start), last = judge_token(t, when->end), from, to, a, b;
  bool told = false, named = false;
  *gap = (PropterSpan){0, 0};
  /* "On Monday" belongs to the date. */
  if (first && rules_any(r, r->record_lead.items, r->record_lead.count,
                         (PropterStr){t->text.data + t->tokens[first - 1].start, when->start - t->tokens[first - 1].start}))
    first--;
  if (first && last < t->count && t->text.data[t->tokens[first - 1].start] == '(' && t->text.data[t->tokens[last].start] == ')') first--, last++;
  before_date(t, first, &from, &to);
  if (from < to && is_verb(t->tokens[from].tag)) from = subject_before(t, from, gap), trim(t, &from, &to);
  behind_date(t, last, &a, &b);
  const bool before = from < to && !is_verb(t->tokens[from].tag), whole = before && says_something(t, from, to, &told);
  const bool on = told ? is_verb(t->tokens[to - 1].tag) || (b > 0 && is_verb(t->tokens[b - 1].tag)) : a < b && is_verb(t->tokens[a].tag);
  const bool goes_on = before && last < b && a < b && !is_mark(t, last) && empty(*gap) && on;
  /* "The leak on 3 May emptied the tank", "war vom 3. bis 9. Mai gesperrt". */
  if (goes_on) {
    *gap = (PropterSpan){t->tokens[to].start, t->tokens[a].start};
    to = b;
  } else {
    const bool led = first && leads(t->tokens[first - 1].tag); /* "On 3 May", not "3 May was a fine day" */
    const bool behind = a < b && ((to == from && led) || !is_verb(t->tokens[a].tag)) && says_something(t, a, b, &named);
    if (!whole && !behind) return false;
    if (!whole || (behind && named && !told)) from = a, to = b, *gap = (PropterSpan){0, 0};
  }
  *words = (PropterSpan){t->tokens[from].start, t->tokens[to - 1].end};
  return true;
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
