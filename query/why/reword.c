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

typedef struct {
  bool known, put;
} Mark;

/* Puts the words of `by` in the place of `n` words; all of them stand where those stood. `mark`: whether they are known, and put there. */
static PropterStatus put(Words *words, size_t i, size_t n, const Words *by, Mark mark, PropterArena *arena, PropterError *err) {
  const size_t count = words->count - n + by->count;
  Word *w = propter_arena_alloc(arena, (count + 1) * sizeof *w);
  if (!w) return no_memory(err);
  const Word *first = &words->word[i], *last = &words->word[i + n - 1];
  memcpy(w, words->word, i * sizeof *w);
  for (size_t k = 0; k < by->count; k++) {
    w[i + k] = by->word[k];
    w[i + k].begin = first->begin, w[i + k].end = last->end, w[i + k].known = mark.known, w[i + k].put = mark.put;
    w[i + k].space = k ? by->word[k].space || by->word[k].mark : first->space, w[i + k].mark = k ? 0 : first->mark;
  }
  memcpy(w + i + by->count, words->word + i + n, (words->count - i - n) * sizeof *w);
  words->word = w, words->count = count;
  return PROPTER_OK;
}

static PropterStatus reread(PropterQuestion *q, PropterArena *arena, size_t begin, size_t end, PropterStr as, PropterError *err) {
  return why_question_note(q, arena, err, "\"%.*s\" was read as \"%.*s\"", (int)(end - begin), q->text.data + begin, (int)as.len, as.data);
}

/* Puts the words of `by`, which `as` is made of, in the place of the `n` words at *i, notes it, and goes on to the last of them. */
static PropterStatus replace(Words *words, size_t *i, size_t n, const Words *by, PropterStr as, Mark mark, PropterArena *arena, PropterQuestion *q,
                             PropterError *err) {
  const size_t begin = words->word[*i].begin, end = words->word[*i + n - 1].end;
  PROPTER_TRY(put(words, *i, n, by, mark, arena, err));
  *i += by->count - 1;
  return reread(q, arena, begin, end, as, err);
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
    const size_t n = rows[best].count;
    const Words *as = known_of_group(l, rows, same[best].group);
    if (known(l, words, i, &rows[best]) && !(only_part(l, words, i, &rows[best], as) && !in_whole_name(l, words, i))) as = NULL;
    if (!as || words->count - n + as->count > PROPTER_QUESTION_WORDS) {
      i += n - 1;
      continue;
    }
    PROPTER_TRY(replace(words, &i, n, as, same[as - rows].words, (Mark){.known = true, .put = true}, arena, q, err));
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

/* "Hwo", "wyh": letters of a short word that asks, swapped. */
static PropterStatus swaps(Words *words, PropterArena *arena, PropterQuestion *q, PropterError *err) {
  static const PropterStr asks[] = {{"why", 3}, {"what", 4}, {"how", 3}, {"when", 4}, {"where", 5}, {"which", 5}, {"did", 3}, {"does", 4}, {"the", 3}};
  for (size_t i = 0; i < words->count; i++)
    for (size_t k = 0; k < sizeof asks / sizeof *asks && !words->word[i].known; k++) {
      Word *w = &words->word[i];
      size_t at = 0;
      if (w->text.len != asks[k].len) continue;
      while (at < w->text.len && w->text.data[at] == asks[k].data[at]) at++;
      if (at + 1 >= w->text.len || w->text.data[at] != asks[k].data[at + 1] || w->text.data[at + 1] != asks[k].data[at] ||
          memcmp(w->text.data + at + 2, asks[k].data + at + 2, w->text.len - at - 2) != 0)
        continue;
      PROPTER_TRY(reread(q, arena, w->begin, w->end, asks[k], err));
      w->text = w->stem = asks[k], w->kind = why_word_kind(asks[k]), w->known = true;
      why_word_roles(w);
    }
  return PROPTER_OK;
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
  return put(words, i, n, &by, (Mark){.known = true, .put = true}, arena, err);
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

/* --- what people shorten --------------------------------------------------------------------------------------------------------------- */

/* Does English have the word? Without WordNet nobody knows. */
static bool is_word(const PropterWordnet *wordnet, PropterStr word) {
  PropterStr base;
  PropterSynset sense;
  bool found = wordnet == NULL;
  for (int part = PROPTER_WORDNET_NOUN; part <= PROPTER_WORDNET_ADV && !found; part++)
    found = propter_wordnet_senses(wordnet, word, (PropterWordnetPos)part, &sense, 1) > 0 ||
            propter_wordnet_bases(wordnet, word, (PropterWordnetPos)part, &base, 1) > 0;
  return found;
}

static bool vowel(char c) { return strchr("aeiou", c) != NULL; }

/* Is it the term without its vowels: "shpmnts"? */
static bool skeleton(PropterStr word, PropterStr term) {
  size_t k = 1;
  if (word.len < 4 || word.len >= term.len || word.data[0] != term.data[0]) return false;
  for (size_t i = 1; i < term.len; i++) {
    if (vowel(term.data[i])) continue;
    if (k == word.len || word.data[k++] != term.data[i]) return false;
  }
  return k == word.len;
}

/* Is it the beginning of the term, as "apps" of "applications": at least so many letters of it? */
static bool truncates(PropterStr word, PropterStr term, size_t least) {
  const bool plural = propter_str_ends(word, PROPTER_STR("s")) && propter_str_ends(term, PROPTER_STR("s"));
  const PropterStr head = {word.data, word.len - plural};
  return head.len >= least && term.len > word.len + 1 && propter_str_starts(term, head);
}

/* The term of the metrics' names that the word shortens: one that stands in a name beside the word's neighbour, or the only one; NO_TERM: none. */
enum { NO_TERM = -1, BESIDE = 3, ALONE = 4, LETTERS = 6 };
static int shortened(const PropterLexicon *l, const PropterWordnet *wordnet, const Words *words, size_t i, PropterStr text) {
  const Word *w = &words->word[i];
  const bool stop = w->end + 1 < text.len && text.data[w->end] == '.';
  int alone = NO_TERM;
  bool several = false;
  if (w->number || w->kind != WORD_NONE || why_of_dates(w->text)) return NO_TERM;
  for (size_t n = 0; n < l->names.count; n++)
    for (size_t k = 0; k < l->names.items[n].count; k++) {
      const Name *name = &l->names.items[n];
      const PropterStr term = l->terms.items[name->word[k]].text;
      const bool beginning = truncates(w->text, term, BESIDE);
      if (propter_str_equal(w->text, term)) return NO_TERM;
      if (!beginning && !skeleton(w->text, term)) continue;
      if (i && k && propter_str_equal(w[-1].text, l->terms.items[name->word[k - 1]].text)) return (int)name->word[k];
      if (i + 1 < words->count && k + 1 < name->count && propter_str_equal(w[1].text, l->terms.items[name->word[k + 1]].text)) return (int)name->word[k];
      if (beginning && !stop && !truncates(w->text, term, ALONE)) continue;
      several |= alone != NO_TERM && alone != (int)name->word[k];
      alone = (int)name->word[k];
    }
  const bool other = (l->members && why_lexicon_spells(l->members, w)) || (l->causes && why_lexicon_spells(l->causes, w));
  return several || w->known || other || (alone != NO_TERM && !stop && is_word(wordnet, w->text)) ? NO_TERM : alone;
}

/* The name whose words begin with the letters of the word: "NPS" of "net promoter score"; NULL: none, or names of several metrics. Two letters only as
 * capitals. */
static const Name *initials(const PropterLexicon *l, const PropterWordnet *wordnet, const Word *w, PropterStr text) {
  const Name *found = NULL;
  if (w->known || w->number || w->text.len < 2 || w->text.len > LETTERS || w->end - w->begin != w->text.len) return NULL;
  bool capitals = true;
  for (size_t i = w->begin; i < w->end; i++) capitals &= text.data[i] >= 'A' && text.data[i] <= 'Z';
  if (!capitals && w->text.len == 2) return NULL;
  for (size_t n = 0; n < l->names.count; n++) {
    const Name *name = &l->names.items[n];
    size_t k = 0;
    if (name->kind == PROPTER_NAME_CONCEPT || name->count != w->text.len) continue;
    while (k < name->count && l->terms.items[name->word[k]].text.len && l->terms.items[name->word[k]].text.data[0] == w->text.data[k]) k++;
    if (k < name->count) continue;
    if (found && found->metric != name->metric) return NULL;
    if (!found) found = name;
  }
  return found && !capitals && is_word(wordnet, w->text) ? NULL : found; /* "car" is no card approval rate */
}

/* "Butterabsatz" of a firm whose metric is called Absatz: that of butter. */
static PropterStatus compounds(PropterLexicon *l, Words *words, PropterArena *arena, PropterQuestion *q, PropterError *err) {
  enum { METRIC = 5, PART = 3 };
  const PropterWordnet *wordnet;
  PROPTER_TRY(why_lexicon_wordnet(l, &wordnet, err));
  for (size_t i = 0; i < words->count; i++) {
    const Word *w = &words->word[i];
    PropterStr tail = {"", 0};
    if (w->known || w->number) continue;
    for (size_t n = 0; n < l->names.count; n++) {
      const PropterStr name = l->names.items[n].count == 1 ? l->terms.items[l->names.items[n].word[0]].text : (PropterStr){"", 0};
      if (name.len >= METRIC && name.len > tail.len && w->text.len >= name.len + PART && propter_str_ends(w->text, name)) tail = name;
    }
    const PropterStr head = {w->text.data, w->text.len - tail.len};
    Word first = {.text = head};
    why_word_roles(&first);
    bool named = tail.len && why_word_kind(head) == WORD_NONE && !why_of_dates(head); /* "backorders" are no orders */
    for (size_t k = 0; k < sizeof first.roles / sizeof *first.roles; k++) named &= !first.roles[k];
    if (!named || words->count + 2 > PROPTER_QUESTION_WORDS || (wordnet && is_word(wordnet, w->text))) continue;
    const PropterStr as = propter_arena_printf(arena, "%.*s of %.*s", (int)tail.len, tail.data, (int)head.len, head.data);
    Words by;
    if (!as.data) return no_memory(err);
    PROPTER_TRY(why_words_split(as, l->stemmer, ROW_WORDS, arena, &by, err));
    PROPTER_TRY(replace(words, &i, 1, &by, as, (Mark){0}, arena, q, err));
  }
  return PROPTER_OK;
}

static PropterStatus abbreviations(PropterLexicon *l, Words *words, PropterArena *arena, PropterQuestion *q, PropterError *err) {
  const PropterWordnet *wordnet;
  PROPTER_TRY(why_lexicon_wordnet(l, &wordnet, err));
  for (size_t i = 0; i < words->count; i++) {
    if (words->word[i].kind != WORD_NONE || words->word[i].number) continue;
    const Name *name = initials(l, wordnet, &words->word[i], q->text);
    const int term = name ? NO_TERM : shortened(l, wordnet, words, i, q->text);
    if (!name && term == NO_TERM) continue;
    const PropterStr as = name ? name->text : l->terms.items[term].text;
    Words by;
    PROPTER_TRY(why_words_split(as, l->stemmer, PROPTER_QUESTION_WORDS, arena, &by, err));
    if (!by.count || words->count - 1 + by.count > PROPTER_QUESTION_WORDS) continue;
    PROPTER_TRY(replace(words, &i, 1, &by, as, (Mark){.known = true}, arena, q, err)); /* it names what it shortens */
  }
  return PROPTER_OK;
}

PropterStatus why_reword(PropterLexicon *l, Words *words, PropterArena *arena, PropterQuestion *q, PropterError *err) {
  PROPTER_TRY(numerals(l, words, arena, err));
  PROPTER_TRY(compounds(l, words, arena, q, err));
  PROPTER_TRY(abbreviations(l, words, arena, q, err));
  PROPTER_TRY(measures(l, words, arena, q, err));
  PROPTER_TRY(swaps(words, arena, q, err));
  return slips(l, words, arena, q, err);
}
