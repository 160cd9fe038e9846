/* SPDX-License-Identifier: Apache-2.0 */
/* Words of a question that nobody has given a meaning: which of them say nothing, and what is missing where the others stand. */
#include "calendar.h"
#include "question.h"

/* "and" between two things that are asked about must not be passed over; at the edge of a question, and within what one metric is called ("trucking and
 * storage"), it says nothing. */
static bool joins_two(const PropterLexicon *l, const PropterQuestion *q, const Words *words, size_t at) {
  if (at > 0 && at + 1 < words->count && q->has_metric && why_lexicon_names_only(l, q->metric, &words->word[at - 1]) &&
      why_lexicon_names_only(l, q->metric, &words->word[at + 1]))
    return false;
  size_t next = at + 1, clause = at + 1;
  while (clause < words->count && !why_has(&words->word[clause], ROLE_QUESTIONS) && (words->word[clause].kind == WORD_STOP || why_asks(&words->word[clause])))
    clause++; /* "and tell me why" */
  if (clause < words->count && (words->word[clause].kind == WORD_WHICH || why_has(&words->word[clause], ROLE_QUESTIONS) || words->word[clause].during))
    return false;
  if (clause > at + 1 && clause < words->count && why_moves(&words->word[clause]) && why_idles(&words->word[clause - 1])) {
    bool names = false; /* "and have stayed high" */
    for (size_t i = clause; i < words->count; i++) names |= words->word[i].used >= USED_METRIC && words->word[i].used <= USED_SLICE;
    if (!names) return false;
  }
  while (next + 1 < words->count && words->word[next].kind == WORD_FILLER) next++;
  if (at > 0 && next < words->count && why_moves(&words->word[at - 1]) && why_moves(&words->word[next]))
    return false; /* "the rise and fall", "fell and stay low" */
  bool before = false, after = false;
  for (size_t i = 0; i < words->count; i++) {
    if (i == at || why_names_nothing(&words->word[i]) || words->word[i].used == USED_PERIOD || words->word[i].used == USED_CAUSE) continue;
    if (i < at) before = true;
    else after = true;
  }
  return before && after;
}

/* "Customers" beside a part of the data or as those who do what is measured: "Pro customers", "people cancelling". */
static bool said_of_part(const Words *words, size_t i) {
  size_t before = i, after = i + 1;
  while (before > 0 && words->word[before - 1].kind == WORD_STOP) before--;
  while (after < words->count && words->word[after].kind == WORD_STOP) after++;
  if (i && i + 1 < words->count && words->word[i - 1].used == USED_AGAIN && why_idles(&words->word[i + 1])) return true; /* "the fraud team wants to know" */
  if (after < words->count && words->word[after].used == USED_METRIC && propter_str_ends(words->word[after].text, PROPTER_STR("ing"))) return true;
  return (before > 0 && words->word[before - 1].used == USED_SLICE) || (after < words->count && words->word[after].used == USED_SLICE);
}

typedef struct {
  const PropterLexicon *l;
  const PropterQuestion *q;
  const Words *words;
} Rest;

static const Word *at(const Rest *r, size_t i) { return i < r->words->count ? &r->words->word[i] : NULL; }

/* A word that asks, where a part of the data has that name and could be meant: "Report revenue" with a product called Report. */
static bool may_be_part(const Rest *r, size_t i) {
  const Words *words = r->words;
  if (!r->q->has_metric || !why_lexicon_idle(r->l, r->q->metric, &words->word[i])) return false;
  const Word *before = i > 0 ? &words->word[i - 1] : NULL, *next = i + 1 < words->count ? &words->word[i + 1] : NULL;
  return why_has(before, ROLE_OF) || (before && before->used == USED_METRIC) || (next && next->used == USED_METRIC);
}

/* "Average revenue", "large orders" are other figures; "more than usual" and "a big revenue drop" are not. */
static bool changes_metric(const Rest *r, size_t i) {
  const Words *words = r->words;
  const WordKind kind = words->word[i].kind;
  size_t end = i + 1;
  while (end < words->count && words->word[end].used == USED_METRIC) end++;
  if (end > i + 1 && words->word[i].used == USED_NOT && why_has(&words->word[i], ROLE_NAMES) && !words->word[i + 1].mark) return true;
  if ((kind != WORD_NORM && kind != WORD_SIZE) || end == i + 1) return false;
  for (size_t k = i + 1; k < end; k++)
    if (kind == WORD_NORM && (why_has(at(r, k), ROLE_EACH) || why_has(at(r, k), ROLE_LASTS))) return false; /* "the average waiting time" is one */
  if (kind == WORD_SIZE) return end == words->count || !why_moves(&words->word[end]);
  return i == 0 || words->word[i - 1].kind != WORD_COMPARE;
}

static bool is_part(const Word *w) { return w && (w->used == USED_METRIC || w->used == USED_SLICE || w->used == USED_PERIOD); }

/* "Reported revenue" may be another figure than revenue. */
static bool narrows(const Rest *r, size_t i) {
  const Words *words = r->words;
  const Word *w = &words->word[i], *next = i + 1 < words->count ? w + 1 : NULL;
  if (why_has(w, ROLE_DEALS) && next && why_word_kind(next->text) == WORD_NOT) return true; /* "we shipped nothing" */
  if (why_has(w, ROLE_DEALS) && next && !next->mark && (next->used == USED_METRIC || next->used == USED_SLICE))
    return !(i && is_part(at(r, i - 1)) && !w->mark);
  return w->inflected && next && (next->used == USED_METRIC || next->used == USED_SLICE) && !next->mark && propter_str_ends(w->text, PROPTER_STR("ed"));
}

/* A word right before a name belongs to it ("regular visitors"), unless it is one of those that may lead to any name ("explain visitors", "our visitors"), or
 * what it belongs to is the change ("the recent visitors slump"). */
static bool belongs(const Rest *r, size_t i) {
  const Words *words = r->words;
  const Word *w = &words->word[i], *next = i + 1 < words->count ? w + 1 : NULL;
  if (w->kind != WORD_FILLER || w->phrase || w->mild || why_has(w, ROLE_LEADS) || !next || next->mark ||
      (next->used != USED_METRIC && next->used != USED_SLICE))
    return false;
  if (i && !w->mark && (w[-1].used == USED_METRIC || w[-1].used == USED_SLICE)) return false; /* "visitor numbers Castle" */
  size_t end = i + 1;
  while (end < words->count && (words->word[end].used == USED_METRIC || words->word[end].used == USED_SLICE)) end++;
  bool helped = false; /* "did recent sales fall" */
  for (size_t k = 0; k < i; k++) helped |= why_has(&words->word[k], ROLE_AUXILIARY);
  return helped || end == words->count || !why_moves(&words->word[end]);
}

/* "Driven by Germany", "due to the North": a part of the data is no cause. */
static bool blames(const Rest *r, size_t i) {
  const Words *words = r->words;
  size_t next = i + 1;
  while (next < words->count && words->word[next].used == USED_NOT &&
         (words->word[next].kind == WORD_STOP || words->word[next].kind == WORD_BY || words->word[next].phrase))
    next++;
  if (next == words->count || words->word[next].used != USED_SLICE) return false;
  if (i && why_has(&words->word[i - 1], ROLE_SUBJECT) && words->word[i + 1].kind != WORD_BY) return false; /* "what caused online sales to fall" */
  return why_has(&words->word[i], ROLE_CAUSAL) || (i && words->word[i].kind == WORD_BY && why_has(&words->word[i - 1], ROLE_CAUSAL));
}

static bool beside_slice(const Words *words, size_t i) {
  return (i && words->word[i - 1].used == USED_SLICE) || (i + 1 < words->count && words->word[i + 1].used == USED_SLICE);
}

/* --- each word that is not used is the first of these that it is ------------------------------------------------------------------ */

/* "New customers" are some of them. */
static bool some_of(const Rest *r, size_t i) {
  const Word *next = at(r, i + 1);
  return next && !next->mark && next->used == USED_NOT && next->kind == WORD_WHO && why_has(at(r, i), ROLE_NEW);
}

/* "Mostly on the Islands", "some orders", "Family mostly"; but not "mostly because", "some reason". */
static bool portion(const Rest *r, size_t i) {
  size_t next = i + 1;
  if (!why_has(at(r, i), ROLE_PORTION)) return false;
  while (at(r, next) && !at(r, next)->mark && at(r, next)->used == USED_NOT && at(r, next)->kind == WORD_STOP) next++;
  const Word *behind = at(r, next);
  if (is_part(behind) && !behind->mark) return true;
  return i && is_part(at(r, i - 1)) && !at(r, i)->mark && (!behind || behind->mark);
}

/* "Orders expected", "passengers planned": another figure, unless a verb stands before ("were orders expected to fall"). */
static bool supposed(const Rest *r, size_t i) {
  const Word *next = at(r, i + 1);
  if (at(r, i)->kind == WORD_NORM && i && why_has(at(r, i - 1), ROLE_ARTICLE) && next && next->used == USED_PERIOD) return true; /* "than in a normal May" */
  if (at(r, i)->kind != WORD_NORM || at(r, i)->mark || !i || (at(r, i - 1)->used != USED_METRIC && at(r, i - 1)->used != USED_SLICE)) return false;
  for (size_t k = 0; k < i; k++)
    if (why_has(at(r, k), ROLE_FINITE)) return false;
  return true;
}

/* "Why is there no scrap data": not the scrap was none. */
static bool no_data(const Rest *r, size_t i) {
  if (!why_has(at(r, i), ROLE_DATA)) return false;
  while (i > 0 && !at(r, i)->mark && (at(r, i - 1)->used == USED_METRIC || at(r, i - 1)->kind == WORD_STOP)) i--;
  return i > 0 && !at(r, i)->mark && why_has(at(r, i - 1), ROLE_NO);
}

/* "Well into October", "in an October"; but not "a May slump". */
static bool vague_time(const Rest *r, size_t i) {
  const Word *next = at(r, i + 1), *behind = at(r, i + 2);
  if (!next || next->used != USED_PERIOD || next->mark) return false;
  if (why_has(at(r, i), ROLE_INTO)) return true;
  return why_has(at(r, i), ROLE_ANY) && why_date_word(next->text, DATE_MONTH, NULL, NULL) && !(behind && !behind->mark && why_moves(behind));
}

/* "During and after the strike", "on or after 5 May". */
static bool other_side(const Rest *r, size_t i) {
  if (at(r, i)->kind == WORD_JOIN && i && at(r, i - 1)->kind == WORD_STOP && at(r, i - 1)->used == USED_NOT && at(r, i + 1) && why_has(at(r, i + 1), ROLE_WHEN))
    return true;
  return why_has(at(r, i), ROLE_WHEN) && at(r, i + 1) && at(r, i + 1)->kind == WORD_JOIN && at(r, i + 2) && why_has(at(r, i + 2), ROLE_WHEN);
}

/* "At every studio but Station". */
static bool excepts(const Rest *r, size_t i) {
  size_t next = i + 1;
  while (at(r, next) && at(r, next)->used == USED_NOT && at(r, next)->kind == WORD_STOP) next++;
  return why_has(at(r, i), ROLE_BUT) && !at(r, i)->mark && at(r, next) && at(r, next)->used == USED_SLICE;
}

/* "At its lowest since January" does not ask about all the time since, "the lowest revenue in May" not about all of May. */
static bool one_of_many(const Rest *r, size_t i) {
  const Word *next = at(r, i + 1);
  if (!propter_str_ends(at(r, i)->text, PROPTER_STR("est")) || !next || next->mark) return false;
  return next->used == USED_METRIC || (next->used == USED_PERIOD && why_date_word(next->text, DATE_SINCE, NULL, NULL));
}

/* "I can't see why visits would have gone down": asks, with little faith. */
static bool asked_why(const Rest *r, size_t i) {
  if (!why_has(at(r, i), ROLE_WOULD)) return false;
  while (i > 0 && !at(r, i)->mark && (is_part(at(r, i - 1)) || why_has(at(r, i - 1), ROLE_ARTICLE) || at(r, i - 1)->kind == WORD_STOP)) i--;
  return i > 0 && !at(r, i)->mark && why_has(at(r, i - 1), ROLE_QUESTIONS);
}

/* "Visits could have been higher", "were meant to grow" say that they did not, unless a denial is asked about ("were supposed to, why didn't they"). */
static bool contrary(const Rest *r, size_t i) {
  const Word *w = at(r, i), *next = at(r, i + 1);
  size_t part = i + 1;
  while (at(r, part) && at(r, part)->used == USED_NOT && !at(r, part)->mark && why_has(at(r, part), ROLE_ONE_OF)) part++;
  if (why_has(w, ROLE_MODAL) && i && !w->mark && why_has(at(r, i - 1), ROLE_WHAT) && is_part(at(r, part)) && !at(r, part)->mark) return true;
  if (why_has(w, ROLE_INTENDED)) return why_has(next, ROLE_TO) && !r->q->negated;
  const Word *behind = at(r, i + 2);
  if (why_has(w, ROLE_MODAL) && behind && next->kind == WORD_FILLER && behind->kind == WORD_ASK) return false; /* "can be put down to" */
  if (!why_has(w, ROLE_MODAL) || w->mark || !i || !is_part(at(r, i - 1)) || !next || r->q->negated) return false;
  return !why_has(at(r, i - 1), ROLE_QUESTIONS) && !asked_why(r, i);
}

/* "The basic reason" where a plan is called Basic. */
static bool reason_called_so(const Rest *r, size_t i) { return i && why_has(at(r, i), ROLE_REASON) && at(r, i - 1)->used == USED_SLICE && !at(r, i)->mark; }

/* "…; but what about login tickets?": another question. */
static bool asks_again(const Rest *r, size_t i) {
  const Word *w = at(r, i), *next = at(r, i + 1);
  bool asked = false;
  if (!i || !(why_has(at(r, i - 1), ROLE_WHAT) || why_has(at(r, i - 1), ROLE_HOW)) || !why_has(w, ROLE_OF_WHAT) || !next || why_has(next, ROLE_POINTS))
    return false;
  for (size_t k = 0; k < i; k++) asked |= at(r, k)->used == USED_METRIC;
  return asked && (next->used == USED_AGAIN || next->used == USED_SLICE || next->kind == WORD_NONE);
}

/* "Energy costs" where only "spending" is a word of the names: what was put for it is of no name that was read. */
static bool put_in_vain(const Rest *r, size_t i) { return at(r, i)->put; }

/* "Is leakage expected to fall": of the present, a forecast. */
static bool foretold(const Rest *r, size_t i) {
  if (at(r, i)->kind != WORD_NORM || !why_has(at(r, i + 1), ROLE_TO)) return false;
  for (size_t k = 0; k < i; k++)
    if (why_has(at(r, k), ROLE_PRESENT) && !at(r, k)->mark) return true;
  return false;
}

/* "Bookings for returning fell", "bookings (overnight)": which of them. */
static bool which_of(const Rest *r, size_t i) {
  const Word *w = at(r, i), *last = i ? at(r, i - 1) : NULL, *next = at(r, i + 1);
  if (w->kind != WORD_FILLER || w->phrase || why_has(w, ROLE_LEADS) || !last) return false;
  const PropterStr text = r->q->text;
  if (last->used == USED_METRIC) return w->mark == '(' && w->end < text.len && text.data[w->end] == ')';
  const bool tied = (why_has(last, ROLE_FOR) || why_has(last, ROLE_FROM)) && last->used == USED_NOT && !w->mark && !last->mark;
  return tied && i > 1 && at(r, i - 2)->used == USED_METRIC && next && !next->mark && why_moves(next);
}

/* What a word does that says nothing elsewhere, but here: without it another question would be answered. */
static bool another(const Rest *r, size_t i) {
  static bool (*const does[])(const Rest *, size_t) = {put_in_vain, foretold,         which_of,   some_of,     portion,        supposed, no_data,
                                                       other_side,  vague_time,       excepts,    one_of_many, contrary,       reason_called_so,
                                                       asks_again,  may_be_part,      changes_metric, belongs, narrows,        blames};
  for (size_t k = 0; k < sizeof does / sizeof *does; k++)
    if (does[k](r, i)) return true;
  return false;
}

static bool silent(const Rest *r, size_t i) {
  const Word *w = at(r, i);
  return (w->kind == WORD_STOP || why_asks(w) || w->kind == WORD_NORM || why_moves(w)) && !another(r, i);
}

/* Is the time asked about one such unit? */
static bool lasts(const PropterQuestion *q, unsigned unit) {
  const PropterRecurring *run = &q->run;
  const int days = (int)(q->to - q->from) + 1;
  if (q->when == PROPTER_WHEN_FIXED || q->when == PROPTER_WHEN_EVENT) return unit == UNIT_DAY ? days == 1 : unit == UNIT_WEEK ? days == 7 : days >= 28;
  if (q->when != PROPTER_WHEN_LATEST) return unit == (q->when == PROPTER_WHEN_DAY || q->when == PROPTER_WHEN_WEEKDAY ? UNIT_DAY : q->unit);
  const bool day = run->day && run->day == run->day_last && run->month == run->month_last && !run->days && !run->week;
  return unit == UNIT_DAY ? day : unit == UNIT_WEEK ? run->week || run->month == WEEK || run->days == 7 || run->days == -7 : !day;
}

/* "A bad day", "1 May was the worst day"; but "the worst day in May" is one of them. */
static bool unit_of_mild(const Rest *r, size_t i) {
  int unit;
  if (!why_date_word(at(r, i)->text, DATE_UNIT, &unit, NULL)) return false;
  while (i > 0 && (at(r, i - 1)->kind == WORD_STOP || why_date_word(at(r, i - 1)->text, DATE_UNIT, NULL, NULL))) i--;
  return i > 0 && at(r, i - 1)->mild && (why_word_kind(at(r, i - 1)->text) != WORD_MOST || lasts(r->q, (unsigned)unit));
}

/* "…, Ghent only, May": a clause that holds nothing but the part. */
static bool only(const Rest *r, size_t i) {
  const Word *w = at(r, i), *next = at(r, i + 1);
  if (!why_has(w, ROLE_ONLY) || (next && !(next->mark && next->space)) || w->mark) return false;
  while (i > 0 && at(r, i - 1)->used == USED_SLICE && !at(r, i - 1)->mark) i--;
  return i > 0 && at(r, i - 1)->used == USED_SLICE;
}

/* "Three reasons", "the two main drivers": how many answers are wanted. */
static bool number_of_answers(const Rest *r, size_t i) {
  int n;
  if (at(r, i)->digits > 2 || !why_count_of(at(r, i), &n)) return false;
  const Word *answers = at(r, ++i);
  while (answers && !answers->mark && answers->kind == WORD_MOST) answers = at(r, ++i);
  return answers && !answers->mark && answers->used == USED_NOT && why_asks(answers) && propter_str_ends(answers->text, PROPTER_STR("s"));
}

/* "Rides by commuters", "by which cause", "… went up. By what?" */
static bool by(const Rest *r, size_t i) {
  if (at(r, i)->kind != WORD_BY) return false;
  const bool each = r->q->parted && at(r, i + 1) && !at(r, i + 1)->mark;
  size_t behind = i + 1;
  while (at(r, behind) && !at(r, behind)->mark && at(r, behind)->used == USED_NOT && why_has(at(r, behind), ROLE_ARTICLE)) behind++;
  const Word *next = at(r, behind);
  if (each && next && (why_moves(next) || next->used == USED_METRIC)) return true; /* "which were hit hardest by the rise" */
  if (!next) return i && why_has(at(r, i - 1), ROLE_SUBJECT);
  return (next->used == USED_SLICE && !blames(r, i)) || next->kind == WORD_WHICH || next->kind == WORD_ASK;
}

/* "The biggest effect", "the main reason"; where a part is asked for, which did most. */
static bool most(const Rest *r, size_t i) {
  const Word *w = at(r, i), *next = at(r, i + 1);
  if (r->q->parted && (w->kind == WORD_MOST || w->kind == WORD_WHO || w->kind == WORD_PARTS)) return true;
  return (w->kind == WORD_MOST && next && next->kind == WORD_ASK) || (w->kind == WORD_WHO && said_of_part(r->words, i));
}

/* "… did not. Why not?" */
static bool why_not(const Rest *r, size_t i) { return at(r, i)->kind == WORD_NOT && i && !at(r, i + 1) && why_has(at(r, i - 1), ROLE_WHY); }

static bool denies_again(const Rest *r, size_t i) { return at(r, i)->kind == WORD_NOT; }

/* "Than usual": the answer always compares with that. */
static bool than_usual(const Rest *r, size_t i) { return at(r, i)->kind == WORD_COMPARE && at(r, i + 1) && at(r, i + 1)->kind == WORD_NORM; }

static bool compares(const Rest *r, size_t i) { return at(r, i)->kind == WORD_COMPARE; }

static bool idle_join(const Rest *r, size_t i) { return at(r, i)->kind == WORD_JOIN && !other_side(r, i) && !joins_two(r->l, r->q, r->words, i); }

/* "On all platforms", "at every museum". */
static bool all_parts(const Rest *r, size_t i) {
  while (i > 0 && at(r, i)->used == USED_NOT && !at(r, i)->mark && why_lexicon_divides(r->l, r->q->metric, at(r, i))) i--;
  return r->q->has_metric && why_has(at(r, i), ROLE_EVERY) && at(r, i + 1) && why_lexicon_divides(r->l, r->q->metric, at(r, i + 1));
}

/* A word of the metric's own names or title; "cargo bike rides". */
static bool of_metric(const Rest *r, size_t i) {
  const Word *w = at(r, i);
  if (w->number || !r->q->has_metric || (w->kind != WORD_NONE && w->kind != WORD_PARTS && w->kind != WORD_WHO)) return false;
  return why_lexicon_harmless(r->l, r->q->metric, w) || (w->kind == WORD_NONE && beside_slice(r->words, i) && why_lexicon_divides(r->l, r->q->metric, w));
}

static bool left(const Rest *r, size_t i) { return (void)r, (void)i, true; }

static const struct {
  bool (*is)(const Rest *, size_t);
  PropterGap gap; /* NONE: it says nothing */
} rows[] = {{silent, PROPTER_GAP_NONE},     {unit_of_mild, PROPTER_GAP_NONE},   {only, PROPTER_GAP_NONE},      {number_of_answers, PROPTER_GAP_NONE},
            {by, PROPTER_GAP_NONE},         {most, PROPTER_GAP_NONE},           {why_not, PROPTER_GAP_NONE},   {denies_again, PROPTER_GAP_NEGATED},
            {than_usual, PROPTER_GAP_NONE}, {compares, PROPTER_GAP_COMPARISON}, {idle_join, PROPTER_GAP_NONE}, {of_metric, PROPTER_GAP_NONE},
            {all_parts, PROPTER_GAP_NONE},  {left, PROPTER_GAP_WORDS_LEFT}};

static PropterGap gap_at(const Rest *r, size_t i) {
  size_t k = 0;
  while (!rows[k].is(r, i)) k++;
  return rows[k].gap;
}

/* The first gap found stands, but one that says more than words that are left goes before these. */
static bool goes_before(PropterGap gap, PropterGap found) {
  return found == PROPTER_GAP_NONE || (found == PROPTER_GAP_WORDS_LEFT && gap != PROPTER_GAP_WORDS_LEFT) ||
         (found == PROPTER_GAP_MANY_PERIODS && gap == PROPTER_GAP_COMPARISON);
}

void why_leftovers(const PropterLexicon *l, PropterQuestion *q, const Words *words) {
  const Rest rest = {l, q, words};
  size_t first = SIZE_MAX, last = 0;
  for (size_t i = 0; i < words->count; i++) {
    const Word *w = &words->word[i];
    const PropterGap gap = w->used == USED_NOT ? gap_at(&rest, i) : PROPTER_GAP_NONE;
    if (gap == PROPTER_GAP_NONE) continue;
    if (goes_before(gap, q->gap)) q->gap = gap, first = SIZE_MAX;
    if (gap != q->gap) continue;
    if (first == SIZE_MAX) first = w->begin;
    last = gap == PROPTER_GAP_COMPARISON ? words->word[words->count - 1].end : w->end; /* with what is compared as well */
  }
  if (first != SIZE_MAX) q->about = (PropterStr){q->text.data + first, last - first};
}
