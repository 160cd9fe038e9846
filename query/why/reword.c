/* SPDX-License-Identifier: Apache-2.0 */
/* Words of a question that are put for others before it is read: what people call a measure (synonyms.def), numbers in
 * words, and slips in the words of the tables. */
#include "lexicon.h"

static const struct {
  const char *group;
  PropterStr words;
} same[] = {
#define SAME(group, text) {#group, {text, sizeof text - 1}},
#include "synonyms.def"
#undef SAME
};

enum { ROWS = sizeof same / sizeof *same, ROW_WORDS = 4, SLIP_LETTERS = 5 };

/* Has one name all the words of the row as they stand from i on? Singular and plural are one to it. */
static bool in_one_name(const PropterLexicon *l, const Words *words, size_t i, const Words *row) {
  for (size_t n = 0; n < l->names.count; n++) {
    const Name *name = &l->names.items[n];
    size_t found = 0;
    for (size_t k = 0; k < row->count; k++) {
      const Word *w = &words->word[i + k];
      size_t at = 0;
      while (at < name->count && !propter_str_equal(l->terms.items[name->word[at]].text, w->text) &&
             !propter_str_equal(l->terms.items[name->word[at]].stem, w->stem))
        at++;
      found += at < name->count;
    }
    if (found == row->count) return true;
  }
  return false;
}

static bool known(const PropterLexicon *l, const Words *words, size_t i, const Words *row) {
  return in_one_name(l, words, i, row) || (l->members && in_one_name(l->members, words, i, row)) || (l->causes && in_one_name(l->causes, words, i, row));
}

/* Are the words from i on those of the row, the last of them in the singular or plural? */
static bool begins(const Words *words, size_t i, const Words *row) {
  if (i + row->count > words->count) return false;
  for (size_t k = 0; k < row->count; k++) {
    const Word *w = &words->word[i + k], *x = &row->word[k];
    const bool longer = w->text.len > x->text.len;
    const bool last = k + 1 == row->count && propter_str_equal(w->stem, x->stem) && longer == propter_str_ends(w->text, PROPTER_STR("s")) &&
                      (longer || x->text.len <= w->text.len + 2); /* "late" is no "lateness" */
    if ((k && w->mark && w->mark != '-') || !(propter_str_equal(w->text, x->text) || last)) return false;
  }
  return row->count > 1 || words->word[i].kind == WORD_NONE;
}

/* The metric whose whole name these words are; false: of none. */
static bool names(const PropterLexicon *l, const Words *words, size_t *metric) {
  for (size_t i = 0; i < l->names.count; i++) {
    const Name *n = &l->names.items[i];
    size_t k = 0;
    if (n->count != words->count) continue;
    while (k < n->count && propter_str_equal(l->terms.items[n->word[k]].text, words->word[k].text)) k++;
    if (k == n->count) return *metric = n->metric, true;
  }
  return false;
}

/* Is the word in names of this metric and of no other, and no whole name? Then it is that metric's, as the group says: "sales" where "till sales" is takings.
 */
static bool only_part(const PropterLexicon *l, const Words *words, size_t i, const Words *row, const Words *as) {
  size_t metric, other;
  if (row->count != 1 || !as || !names(l, as, &metric) || names(l, row, &other)) return false;
  return why_lexicon_names_only(l, metric, &words->word[i]);
}

/* What of a group stands in the names of this graph, a whole name or else a word of names; `rows`: the words of each. NULL: nothing, or names of several
 * metrics. */
static const Words *known_of_group(const PropterLexicon *l, const Words *rows, const char *group) {
  const Words *whole = NULL, *part = NULL;
  size_t metric = 0, other = 0;
  for (size_t r = 0; r < ROWS; r++) {
    if (strcmp(same[r].group, group) != 0) continue;
    if (names(l, &rows[r], &other)) {
      if (whole && other != metric) return NULL;
      if (!whole) whole = &rows[r], metric = other;
    }
    if (!part && rows[r].count == 1 && why_lexicon_spells(l, &rows[r].word[0])) part = &rows[r];
  }
  return whole ? whole : part;
}

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory"); }

/* Puts the words of `by` in the place of `n` words; all of them stand where those stood. */
static PropterStatus put(Words *words, size_t i, size_t n, const Words *by, PropterArena *arena, PropterError *err) {
  const size_t count = words->count - n + by->count;
  Word *w = propter_arena_alloc(arena, (count + 1) * sizeof *w);
  if (!w) return no_memory(err);
  const Word *first = &words->word[i], *last = &words->word[i + n - 1];
  memcpy(w, words->word, i * sizeof *w);
  for (size_t k = 0; k < by->count; k++) {
    w[i + k] = by->word[k];
    w[i + k].begin = first->begin, w[i + k].end = last->end, w[i + k].known = w[i + k].put = true;
    w[i + k].space = k ? by->word[k].space || by->word[k].mark : first->space, w[i + k].mark = k ? 0 : first->mark;
  }
  memcpy(w + i + by->count, words->word + i + n, (words->count - i - n) * sizeof *w);
  words->word = w, words->count = count;
  return PROPTER_OK;
}

static PropterStatus reread(PropterQuestion *q, PropterArena *arena, size_t begin, size_t end, PropterStr as, PropterError *err) {
  return why_question_note(q, arena, err, "\"%.*s\" was read as \"%.*s\"", (int)(end - begin), q->text.data + begin, (int)as.len, as.data);
}

/* The words of the rows, once for a lexicon. */
static PropterStatus split_rows(PropterLexicon *l, PropterError *err) {
  if (l->measures) return PROPTER_OK;
  Words *rows = propter_arena_alloc(&l->arena, ROWS * sizeof *rows);
  if (!rows) return no_memory(err);
  for (size_t r = 0; r < ROWS; r++) PROPTER_TRY(why_words_split(same[r].words, l->stemmer, ROW_WORDS, &l->arena, &rows[r], err));
  l->measures = rows;
  return PROPTER_OK;
}

/* Do the words from before i to behind it make up one of the names that hold more words: "till sales"? */
static bool in_whole_name(const PropterLexicon *l, const Words *words, size_t i) {
  for (size_t n = 0; n < l->names.count; n++) {
    const Name *name = &l->names.items[n];
    for (size_t k = 0; name->count > 1 && k < name->count && k <= i; k++) {
      size_t j = 0;
      while (j < name->count && i - k + j < words->count && propter_str_equal(l->terms.items[name->word[j]].stem, words->word[i - k + j].stem)) j++;
      if (j == name->count) return true;
    }
  }
  return false;
}

static PropterStatus measures(PropterLexicon *l, Words *words, PropterArena *arena, PropterQuestion *q, PropterError *err) {
  PROPTER_TRY(split_rows(l, err));
  const Words *rows = l->measures;
  for (size_t i = 0; i < words->count; i++) {
    size_t best = ROWS;
    for (size_t r = 0; r < ROWS; r++)
      if (begins(words, i, &rows[r]) && (best == ROWS || rows[r].count > rows[best].count)) best = r;
    if (best == ROWS) continue;
    const size_t n = rows[best].count, begin = words->word[i].begin, end = words->word[i + n - 1].end;
    const Words *as = known_of_group(l, rows, same[best].group);
    if (known(l, words, i, &rows[best]) && !(only_part(l, words, i, &rows[best], as) && !in_whole_name(l, words, i))) as = NULL;
    if (!as || words->count - n + as->count > PROPTER_QUESTION_WORDS) {
      i += n - 1;
      continue;
    }
    PROPTER_TRY(put(words, i, n, as, arena, err));
    PROPTER_TRY(reread(q, arena, begin, end, same[as - rows].words, err));
    i += as->count - 1;
  }
  return PROPTER_OK;
}

/* Does the word come near one of the names that are matched with slips? Then it is theirs. */
static bool near_name(const PropterLexicon *l, const Word *w) {
  const unsigned slips = why_word_slips(w->text);
  for (size_t t = 0; l && t < l->terms.count; t++)
    if (why_word_distance(w->text, l->terms.items[t].text, slips) <= slips) return true;
  return l && (near_name(l->members, w) || (l->causes && why_lexicon_spells(l->causes, w)));
}

/* "Incerase", "yestreday": one slip inside a word of the tables. First and last letter stay, so that no other form of a word is taken for it. */
static PropterStatus slips(PropterLexicon *l, Words *words, PropterArena *arena, PropterQuestion *q, PropterError *err) {
  for (size_t i = 0; i < words->count; i++) {
    Word *w = &words->word[i];
    PropterStr meant;
    if (w->known || propter_utf8_length(w->text) < SLIP_LETTERS || !why_word_near(w->text, &meant) || near_name(l, w)) continue;
    PROPTER_TRY(reread(q, arena, w->begin, w->end, meant, err));
    w->text = meant, w->kind = why_word_kind(meant), w->known = true;
    why_word_roles(w);
  }
  return PROPTER_OK;
}

/* Puts the figure for `n` words that say it: "21" for "twenty-one", "21st" for "twenty-first". */
static PropterStatus figure(PropterLexicon *l, Words *words, size_t i, size_t n, int value, bool ranks, PropterArena *arena, PropterError *err) {
  Words by;
  const PropterStr text = propter_arena_printf(arena, ranks ? "%dth" : "%d", value);
  if (!text.data) return no_memory(err);
  PROPTER_TRY(why_words_split(text, l->stemmer, ROW_WORDS, arena, &by, err));
  return put(words, i, n, &by, arena, err);
}

/* "The tenth and the fourteenth of March": how many words from an ordinal up to another that has its month; 0: none. */
static size_t ordinals(const Words *words, size_t i, size_t *second) {
  size_t k = i + 1;
  int n;
  if (!why_date_word(words->word[i].text, DATE_ORDINAL, &n, NULL) || n < 1 || k + 2 >= words->count) return 0;
  if (why_date_word(words->word[k].text, DATE_AND, NULL, NULL) || why_date_word(words->word[k].text, DATE_TO, NULL, NULL)) k++;
  else if (words->word[k].mark != '-') return 0;
  if (why_has(&words->word[k], ROLE_THE)) k++;
  if (k + 1 >= words->count || !why_date_word(words->word[*second = k].text, DATE_ORDINAL, &n, NULL) || n < 1) return 0;
  k += why_has(&words->word[k + 1], ROLE_GENITIVE) ? 2 : 1;
  return k < words->count && why_date_word(words->word[k].text, DATE_MONTH, NULL, NULL) ? k - i : 0;
}

/* Numbers of several words, and days told by ordinals, in figures. */
static PropterStatus numerals(PropterLexicon *l, Words *words, PropterArena *arena, PropterError *err) {
  int tens, n;
  for (size_t i = 0; i + 1 < words->count; i++) {
    const Word *w = &words->word[i], *next = w + 1;
    if (!why_date_word(w->text, DATE_NUMBER, &tens, NULL) || tens < 20 || tens % 10 || (next->mark && next->mark != '-')) continue;
    const bool ranks = why_date_word(next->text, DATE_ORDINAL, &n, NULL);
    if ((!ranks && !why_date_word(next->text, DATE_NUMBER, &n, NULL)) || n < 1 || n > 9 || (ranks && words->count == PROPTER_QUESTION_WORDS)) continue;
    PROPTER_TRY(figure(l, words, i, 2, tens + n, ranks, arena, err));
  }
  for (size_t i = 0; i + 2 < words->count; i++) /* "a couple of weeks" */
    if (why_has(&words->word[i], ROLE_COUPLE) && why_has(&words->word[i + 1], ROLE_GENITIVE) && why_date_word(words->word[i + 2].text, DATE_UNIT, NULL, NULL))
      PROPTER_TRY(figure(l, words, i, 2, 2, false, arena, err));
  for (size_t i = 0, second; i < words->count; i++) {
    if (!ordinals(words, i, &second) || words->count + 2 > PROPTER_QUESTION_WORDS) continue;
    (void)why_date_word(words->word[second].text, DATE_ORDINAL, &n, NULL);
    PROPTER_TRY(figure(l, words, second, 1, n, true, arena, err));
    (void)why_date_word(words->word[i].text, DATE_ORDINAL, &n, NULL);
    PROPTER_TRY(figure(l, words, i, 1, n, true, arena, err));
  }
  return PROPTER_OK;
}

PropterStatus why_reword(PropterLexicon *l, Words *words, PropterArena *arena, PropterQuestion *q, PropterError *err) {
  PROPTER_TRY(numerals(l, words, arena, err));
  PROPTER_TRY(measures(l, words, arena, q, err));
  return slips(l, words, arena, q, err);
}
