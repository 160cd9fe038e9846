/* SPDX-License-Identifier: Apache-2.0 */
/* Sizes and figures that the asker has in mind: they say which way, never how far. */
#include "reading.h"

/* "By a third", "a fifth lower", "two thirds down": how much, which is not looked at. */
void why_fractions(Words *words) {
  for (size_t i = 1; i < words->count; i++) {
    int n;
    Word *w = &words->word[i], *count = w - 1;
    if (!why_has(w, ROLE_FRACTION) || w->mark || w->used != USED_NOT) continue;
    if (!why_has(count, ROLE_ANY) && !why_has(count, ROLE_HALF) && !why_count_of(count, &n)) {
      if (!why_has(w, ROLE_HALF) || !why_has(count, ROLE_BY)) continue;
      count = w;
    }
    size_t before = (size_t)(count - words->word);
    while (before > 0 && !words->word[before].mark && words->word[before - 1].kind == WORD_FILLER) before--;
    Word *by = before > 0 && !words->word[before].mark && why_has(&words->word[before - 1], ROLE_BY) ? &words->word[before - 1] : NULL;
    const Word *last = before > 0 && !words->word[before].mark ? &words->word[before - 1] : NULL, *next = i + 1 < words->count && !w[1].mark ? w + 1 : NULL;
    if (!by && !(last && why_moves(last)) && !(next && (next->kind == WORD_UP || next->kind == WORD_DOWN))) continue;
    if (by) by->kind = WORD_FILLER, by->used = USED_PERIOD;
    for (Word *k = count; k <= w; k++) k->kind = WORD_FILLER, k->used = USED_PERIOD;
  }
}

/* "The huge number of refunds". */
static bool number_of_metric(const Words *words, size_t i) {
  const Word *w = &words->word[i];
  return i + 3 < words->count && why_has(w + 1, ROLE_COUNTS) && why_has(w + 2, ROLE_OF) &&
         (w[3].used == USED_METRIC || (i + 4 < words->count && w[4].used == USED_METRIC));
}

/* "So little scrap", "few orders", and "no accidents", where no change is denied: how much of the metric there was. */
void why_amounts(Words *words) {
  bool moves = false, goes = false;
  for (size_t i = 0; i < words->count; i++) {
    const Word *w = &words->word[i];
    moves |= w->used == USED_NOT && why_moves(w), goes |= w->used == USED_NOT && (w->kind == WORD_UP || w->kind == WORD_DOWN);
  }
  const Word end = {.mark = '.', .space = true}; /* "why so little?" */
  for (size_t i = 0; i < words->count; i++) {
    Word *w = &words->word[i];
    const Word *next = i + 1 < words->count ? w + 1 : &end;
    const bool metric = next->used == USED_METRIC && !next->mark, none = why_has(w, ROLE_NO);
    const bool small = why_has(w, ROLE_SMALL) && (w->kind == WORD_FILLER || w->kind == WORD_NONE) && !w->phrase;
    if (w->used == USED_NOT && w->kind == WORD_SIZE && number_of_metric(words, i)) w->kind = why_has(w, ROLE_SMALL) ? WORD_DOWN : WORD_UP;
    const bool behind = i && words->word[i - 1].used == USED_METRIC;
    if (w->used == USED_NOT && why_has(w, ROLE_NONE) && !goes && (behind || why_ends_clause(w, ENDS_CLAUSE))) w->kind = WORD_DOWN; /* "sign-ups: none" */
    const bool any = metric && !moves && w->used == USED_NOT && propter_str_equal(w->text, PROPTER_STR("any"));
    for (size_t k = i; any && k-- > 0 && !why_ends_clause(&words->word[k + 1], ENDS_CLAUSE);)
      if (words->word[k].kind == WORD_NOT && words->word[k].used == USED_NOT && why_has(&words->word[k], ROLE_BARE))
        words->word[k].kind = WORD_FILLER, w->kind = WORD_DOWN; /* "weren't there any orders" */
    if (w->used != USED_NOT || !(none || small) || (i && why_has(&w[-1], ROLE_A))) continue;
    if (small && next->kind == WORD_MOVE && !next->mark) w->kind = WORD_NOT; /* "little changed" */
    else if (none ? metric && !moves : metric || (i && why_has(&w[-1], ROLE_LINK) && (next->mark || next->kind == WORD_STOP || next->used == USED_PERIOD)))
      w->kind = WORD_DOWN;
  }
}

#define UNSEEN_SIZE "the size in the question (%.*s) was not looked at; what is observed and expected says how much it was"

/* "From" and "to" of sizes are judged with the times they may stand before. */
static bool time_word(const Word *w) { return why_has(w, ROLE_FROM) || why_has(w, ROLE_TO); }

/* "Sank below 2 million"; but "days with sales below 5,000" are a part of the data. */
static bool sets_size(const Words *words, const Word *w) {
  const bool limit = w->kind == WORD_UNDER || w->kind == WORD_ABOVE || why_has(w, ROLE_BEYOND);
  for (const Word *v = words->word; limit && v < w; v++)
    if (v->used == USED_NOT && (v->kind == WORD_UP || v->kind == WORD_DOWN || why_has(v, ROLE_PUSHES))) return true;
  return time_word(w) || why_has(w, ROLE_BY);
}

/* "Pushed past 300": the word before the size says which way. */
static void pass_size(Word *w) {
  if (why_has(w, ROLE_BY)) w->used = USED_PERIOD;
  else if (!time_word(w)) w->kind = w->kind == WORD_UNDER ? WORD_DOWN : WORD_UP;
}

/* The word behind a figure with what measures it: "300 ms", "5.2 per thousand"; `measured`: something does. */
static size_t figure_end(const Words *words, size_t i, bool *measured) {
  const Word *next = i + 1 < words->count ? &words->word[i + 1] : NULL;
  const bool group = next && next->number && !next->space && ((next->mark == ',' && next->digits == 3) || next->mark == '.');
  size_t end = i + 1 + group;
  *measured = false;
  if (end < words->count && !words->word[end].mark && (why_has(&words->word[end], ROLE_UNITS) || why_has(&words->word[end], ROLE_SCALE)))
    end++, *measured = true;
  if (end + 1 < words->count && why_has(&words->word[end], ROLE_PER) && !words->word[end].mark && !why_has(&words->word[end + 1], ROLE_CENT))
    end += 2, *measured = true;
  return end;
}

/* "by 3 %", "a 20 % drop", "40 thousand": a size that the asker has in mind. It is not compared with the figures, which the note says. */
PropterStatus why_read_sizes(PropterQuestion *q, const Words *words, bool *sized, PropterArena *arena, PropterError *err) {
  for (size_t i = 0; i < words->count; i++) {
    Word *w = &words->word[i], *next = i + 1 < words->count ? w + 1 : NULL;
    int n;
    const bool fewer = next && (why_has(next, ROLE_MORE) || why_has(next, ROLE_LESS));
    if (w->used != USED_NOT || w->phrase || !(w->number || (next && (fewer || why_has(next, ROLE_SCALE)) && why_count_of(w, &n)))) continue; /* "ten percent" */
    size_t end = w->end;
    while (end < q->text.len && q->text.data[end] == ' ') end++;
    bool size = end < q->text.len && q->text.data[end] == '%';
    const bool cent = next && i + 2 < words->count && why_has(next, ROLE_PER) && why_has(&next[1], ROLE_CENT);
    const bool scaled = next && next->used == USED_NOT && (why_has(next, ROLE_SCALE) || cent);
    const bool counted = fewer && !next->mark;
    size_t than = i + 2;
    while (counted && than < words->count && words->word[than].used == USED_METRIC) than++;
    if (counted && than < words->count && words->word[than].kind == WORD_COMPARE) { /* "three more (orders) than in April" */
      w->used = USED_PERIOD;
      PROPTER_TRY(why_question_note(q, arena, err, UNSEEN_SIZE, (int)(w->end - w->begin), q->text.data + w->begin));
      continue;
    }
    const bool decimal = next && next->number && next->mark == '.' && !next->space;                                        /* by 0.3 */
    if (decimal && i + 2 < words->count && why_has(&w[2], ROLE_SCALE) && !w[2].mark) continue;                             /* by 0.3 points: from the 3 on */
    const bool grouped = next && next->number && next->digits == 3 && next->mark == ',' && !next->space && w->digits <= 3; /* 4,200 */
    const bool plain = w->digits > 2 && !(w->digits == 4 && w->value >= 1900 && w->value < 2100);
    const bool said = w > words->word && sets_size(words, &w[-1]);
    const bool tied = i > 1 && !w->mark && (why_has(&w[-1], ROLE_BY) || why_has(&w[-1], ROLE_TO)); /* "dropped by 40", "to 80" */
    const bool by = tied && (w[-2].kind == WORD_UP || w[-2].kind == WORD_DOWN);
    if (!size && !scaled && said && (grouped || plain || decimal || by)) {
      bool measured;
      const Word *end_word = &words->word[figure_end(words, i, &measured) - 1];
      for (Word *k = w; k <= end_word; k++) k->used = USED_PERIOD;
      pass_size(&w[-1]);
      PROPTER_TRY(why_question_note(q, arena, err, UNSEEN_SIZE, (int)(end_word->end - w->begin), q->text.data + w->begin));
      continue;
    }
    if (!size && !scaled) continue;
    *sized = true;
    if (scaled) next->used = USED_PERIOD;
    const bool below_one = i && w->mark == '.' && !w->space && w[-1].number && !w[-1].value; /* 0.5x */
    size_t norm = i + 2;
    while (norm < words->count && (words->word[norm].kind == WORD_STOP || why_has(&words->word[norm], ROLE_LEADS))) norm++; /* "3x the usual" */
    if (scaled && why_has(next, ROLE_FOLD) && norm < words->count && words->word[norm].kind == WORD_NORM) w->kind = below_one ? WORD_DOWN : WORD_UP;
    if (cent) (++next)->used = USED_PERIOD;
    end = (scaled ? next : w)->end;
    if (w->mark == '+' || (w->mark == '-' && w->space && w->begin && q->text.data[w->begin - 1] == '-')) w->kind = w->mark == '+' ? WORD_UP : WORD_DOWN;
    if (i && w->mark == '.' && !w->space && w[-1].number && w[-1].used == USED_NOT) w->used = USED_PERIOD, w--; /* 3.5 */
    w->used = USED_PERIOD;
    if (w > words->word && w[-1].used == USED_NOT && sets_size(words, &w[-1])) pass_size(&w[-1]);
    size_t before = (size_t)(w - words->word);
    if (before && why_has(&w[-1], ROLE_BY)) before--;
    if (before && why_has(&words->word[before - 1], ROLE_LACKS)) words->word[before - 1].kind = WORD_DOWN; /* "off by 5 %" */
    PROPTER_TRY(why_question_note(q, arena, err, UNSEEN_SIZE, (int)(end - w->begin), q->text.data + w->begin));
  }
  return PROPTER_OK;
}

/* Does a clause end before word i, or a time or a comparison begin there? */
static bool figure_stands(const Words *words, size_t i) {
  if (i >= words->count || why_ends_clause(&words->word[i], ENDS_ANY)) return true;
  const Word *w = &words->word[i];
  return w->used == USED_PERIOD || w->kind == WORD_COMPARE || (w->kind == WORD_STOP && i + 1 < words->count && w[1].used == USED_PERIOD);
}

/* Does what stands around the figure say that it is one that was seen: "up 3 mins", "3 h more", "from 300 ms", "was 38 in May", "…: 38 in week 44"? */
static bool seen(const Words *words, size_t i, size_t end, bool measured) {
  const Word *w = &words->word[i], *last = i ? w - 1 : NULL, *behind = end < words->count && !words->word[end].mark ? &words->word[end] : NULL;
  const bool beside = last && !w->mark;
  if (w->mark && w->space && strchr(":-(", w->mark) && figure_stands(words, end)) return true;
  const bool usual = beside && (why_has(last, ROLE_LINK) || last->kind == WORD_NORM || why_has(last, ROLE_USUALLY));
  if (usual && figure_stands(words, end)) return true; /* "normally 20" */
  if (!measured) return false;
  const bool goes = behind && !w->mark && (behind->kind == WORD_UP || behind->kind == WORD_DOWN || why_has(behind, ROLE_MORE) || why_has(behind, ROLE_LESS));
  return goes || (beside && (last->kind == WORD_UP || last->kind == WORD_DOWN || why_has(last, ROLE_BY) || why_has(last, ROLE_FROM) || why_has(last, ROLE_TO)));
}

/* "Only 38 in week 39", "212 new members", "400 l of fuel", "as against 61": figures that the asker has seen. A number behind an unknown word may be
 * part of a name. */
PropterStatus why_read_figures(PropterQuestion *q, const Words *words, PropterArena *arena, PropterError *err) {
  int told = -1; /* the figure told before */
  for (size_t i = 0; i < words->count; i++) {
    Word *w = &words->word[i], *last = i ? w - 1 : NULL, *next = i + 1 < words->count ? w + 1 : NULL;
    const bool grouped = next && next->number && next->digits == 3 && next->mark == ',' && !next->space && w->digits <= 3;
    const size_t figure = i + (grouped ? 2 : 1);
    const bool measured = figure + 2 < words->count && why_has(&words->word[figure], ROLE_UNITS) && why_has(&words->word[figure + 1], ROLE_GENITIVE);
    const size_t end = figure + (measured ? 2 : 0); /* "400 l of" */
    const Word *behind = end < words->count ? &words->word[end] : NULL;
    if (!w->number || w->used != USED_NOT || w->named) continue;
    const bool few = last && !w->mark && why_has(last, ROLE_FEW) && last->used == USED_NOT, of_metric = behind && !behind->mark && behind->used == USED_METRIC;
    const bool against = q->compared && last && !w->mark && why_word_kind(last->text) == WORD_COMPARE;
    const bool zero = !w->value && w->digits == 1 && !(next && next->number) && i && why_ends_clause(w, ENDS_CLAUSE); /* "near misses: 0 in August" */
    if (last && why_has(last, ROLE_FOLD) && !w->space && !w->mark && w->value > 1 && !last->phrase) { /* "x3" */
      last->kind = WORD_UP, w->used = USED_PERIOD;
      PROPTER_TRY(why_question_note(q, arena, err, UNSEEN_SIZE, (int)(w->end - last->begin), q->text.data + last->begin));
      continue;
    }
    if (zero) {
      w->kind = WORD_DOWN;
      continue;
    }
    bool measure;
    const size_t stop = figure_end(words, i, &measure);
    const Word *second = stop + 1 < words->count && why_has(&words->word[stop], ROLE_TO) ? &words->word[stop + 1] : NULL;
    const bool leads = last && (why_has(last, ROLE_FROM) || (!w->mark && (last->kind == WORD_UP || last->kind == WORD_DOWN)));
    if (!few && !of_metric && leads && second && second->number && second->used == USED_NOT && !second->mark) {
      bool more;
      const size_t behind_second = figure_end(words, stop + 1, &more); /* "from 3 to 17": not of times, which are read before */
      if (why_has(last, ROLE_FROM)) last->kind = second->value > w->value ? WORD_UP : WORD_DOWN, last->mild = true;
      for (size_t k = i; k < behind_second; k++) words->word[k].used = USED_PERIOD;
      PROPTER_TRY(why_question_note(q, arena, err, UNSEEN_SIZE, (int)(words->word[behind_second - 1].end - last->begin), q->text.data + last->begin));
      continue;
    }
    if (!few && !of_metric && !against && seen(words, i, stop, measure)) {
      if (told >= 0 && i && (last->kind == WORD_NORM || why_has(last, ROLE_USUALLY)) && told != w->value)
        last->kind = told < w->value ? WORD_DOWN : WORD_UP, last->mild = true; /* "9. Normally 20" */
      told = w->value;
      if (i && (why_has(last, ROLE_BY) || why_has(last, ROLE_FROM) || why_has(last, ROLE_TO))) last->used = USED_PERIOD;
      for (size_t k = i; k < stop; k++) words->word[k].used = USED_PERIOD;
      PROPTER_TRY(why_question_note(q, arena, err, UNSEEN_SIZE, (int)(words->word[stop - 1].end - w->begin), q->text.data + w->begin));
      continue;
    }
    if (!few && !of_metric && !against) continue;
    if (few) last->kind = WORD_DOWN, last->mild = true;
    const size_t used = of_metric ? end : figure;
    for (size_t k = i; k < used; k++) words->word[k].used = USED_PERIOD;
    PROPTER_TRY(why_question_note(q, arena, err, UNSEEN_SIZE, (int)(words->word[figure - 1].end - w->begin), q->text.data + w->begin));
  }
  return PROPTER_OK;
}

/* "A drop of 20 % from April to May" is a change between the two, not one within them: with a size it is asked back. */
void why_size_of_a_change(PropterQuestion *q, const Words *words) {
  for (size_t i = 0; i < words->count; i++) {
    const Word *w = &words->word[i];
    if (w->used != USED_PERIOD || !why_has(w, ROLE_FROM)) continue;
    q->gap = PROPTER_GAP_UNCLEAR_PERIOD, q->has_period = false;
    q->about = (PropterStr){q->text.data + w->begin, words->word[words->count - 1].end - w->begin};
    return;
  }
}
