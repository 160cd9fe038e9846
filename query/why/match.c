/* SPDX-License-Identifier: Apache-2.0 */
/* How the words of a question are matched with the names of a lexicon. */
#include "lexicon.h"

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory"); }

/* --- matching ----------------------------------------------------------------------------------------------------------------- */

typedef struct {
  const Name *name;
  unsigned cost;
  bool ordered;
  size_t count;
  size_t word[16]; /* indexes into the words of the question */
  size_t slipped;  /* one that was taken for another spelling, or SIZE_MAX */
  PropterStr slipped_for;
} Match;

enum { NAME_WORDS = 16, NO_MATCH = 255, BEGINNING = 5 };

/* What each word of a question costs as each term of the names: computed once, names share their words. */
typedef struct {
  const PropterLexicon *lexicon;
  const Words *words;
  uint8_t *cost;  /* words × terms */
  uint8_t *least; /* of each term */
} Spelling;

/* 0 the same, 1 the same stem, 2 or 3 one or two slips; a word that means something by itself is never a slip. */
static uint8_t cost_of(const PropterLexicon *l, const Word *w, const Term *t) {
  if (propter_str_equal(w->text, t->text)) return 0;
  if (w->number) return NO_MATCH;
  const bool other = why_derived(w) || w->kind == WORD_FILLER || w->kind == WORD_STOP; /* "even" is no evening */
  if (propter_str_equal(w->stem, t->stem)) return l->proper && other ? NO_MATCH : 1;
  unsigned slips = why_word_slips(w->text);
  if (l->proper) slips = slips && propter_utf8_length(w->text) > 4 && t->text.len && w->text.data[0] == t->text.data[0] ? 1 : 0;
  if (w->known || !slips) return NO_MATCH;
  if (l->proper && w->text.len >= BEGINNING && t->text.len > w->text.len + 1 && propter_str_starts(t->text, w->text)) return 2; /* "ortho" */
  unsigned d = why_word_distance(w->text, t->text, slips);
  return d <= slips ? (uint8_t)(1 + d) : NO_MATCH;
}

/* "Plus 5 %", "plus, visits fell": the word itself, no name. */
static bool adds(const Words *words, size_t i) {
  const Word *w = &words->word[i], *next = i + 1 < words->count ? w + 1 : NULL;
  return why_has(w, ROLE_ADDS) && !w->proper && next && (next->number || (next->mark && (!i || w->mark)));
}

static PropterStatus spell(const PropterLexicon *l, const Words *words, PropterArena *scratch, Spelling *out, PropterError *err) {
  const size_t terms = l->terms.count;
  *out = (Spelling){l, words, propter_arena_alloc(scratch, words->count * terms + 1), propter_arena_alloc(scratch, terms + 1)};
  if (!out->cost || !out->least) return no_memory(err);
  memset(out->least, NO_MATCH, terms + 1);
  for (size_t i = 0; i < words->count; i++)
    for (size_t t = 0; t < terms; t++) {
      uint8_t c = words->word[i].used == USED_NOT && !(l->proper && ((words->word[i].phrase && !words->word[i].proper) || adds(words, i)))
                      ? cost_of(l, &words->word[i], &l->terms.items[t])
                      : NO_MATCH;
      out->cost[i * terms + t] = c;
      if (c < out->least[t]) out->least[t] = c;
    }
  return PROPTER_OK;
}

static unsigned cost_at(const Spelling *s, size_t word, uint32_t term) { return s->cost[word * s->lexicon->terms.count + term]; }

/* Are the two words of a name in different clauses, with something else between them: "rides down, revenue up"? */
static bool torn(const Words *words, size_t a, size_t b) {
  const size_t low = a < b ? a : b, high = a < b ? b : a;
  for (size_t i = low + 1; i <= high && high > low + 1; i++)
    if (why_has(&words->word[i], ROLE_CLAUSE) || why_ends_clause(&words->word[i], ENDS_CLAUSE)) return true;
  return false;
}

/* Does the match take a word out of a compound that nobody knows: "bikes" of "e-bikes"? */
static bool breaks(const Spelling *s, const Match *m) {
  const Words *words = s->words;
  for (size_t k = 0; k < m->count; k++)
    for (int behind = 0; behind < 2; behind++) {
      const size_t at = m->word[k], other = behind ? at + 1 : at - 1;
      if ((!behind && !at) || other >= words->count || !why_tight(&words->word[behind ? other : at])) continue;
      const Word *w = &words->word[other];
      bool own = w->used != USED_NOT || w->number || w->kind != WORD_NONE || w->known;
      for (size_t j = 0; j < m->count; j++) own |= m->word[j] == other;
      if (!own || (s->lexicon->members && why_lexicon_spells(s->lexicon->members, w))) return true;
    }
  return false;
}

static bool match_at(const Spelling *s, const size_t *seq, const Name *n, Match *out) {
  Match m = {.name = n, .ordered = true, .count = n->count, .slipped = SIZE_MAX};
  for (size_t k = 0; k < n->count; k++) {
    unsigned c = cost_at(s, seq[k], n->word[k]);
    if (c == NO_MATCH) {
      m.ordered = false;
      break;
    }
    m.cost += c;
    m.word[k] = seq[k];
    if (c > 1) m.slipped = seq[k], m.slipped_for = s->lexicon->terms.items[n->word[k]].text;
  }
  if (!m.ordered) { /* the same words in another order */
    bool taken[NAME_WORDS] = {false};
    m.cost = 0;
    m.slipped = SIZE_MAX;
    for (size_t k = 0; k < n->count; k++) {
      unsigned best = NO_MATCH;
      size_t at = 0;
      for (size_t j = 0; j < n->count; j++) {
        unsigned c = taken[j] ? NO_MATCH : cost_at(s, seq[j], n->word[k]);
        if (c < best) best = c, at = j;
      }
      if (best == NO_MATCH) return false;
      taken[at] = true;
      m.cost += best;
      m.word[k] = seq[at];
      if (best > 1) m.slipped = seq[at], m.slipped_for = s->lexicon->terms.items[n->word[k]].text;
    }
  }
  for (size_t k = 1; k < m.count; k++)
    if (torn(s->words, m.word[k - 1], m.word[k])) return false;
  if (!s->lexicon->proper && breaks(s, &m)) return false;
  *out = m;
  return true;
}

/* Has every word of the name a word of the question? */
static bool possible(const Spelling *s, const Name *n) {
  for (size_t k = 0; k < n->count; k++)
    if (s->least[n->word[k]] == NO_MATCH) return false;
  return true;
}

/* The words from the first to the last that a match uses. */
static void reach(const Match *m, size_t *low, size_t *high) {
  *low = SIZE_MAX, *high = 0;
  for (size_t k = 0; k < m->count; k++) {
    if (m->word[k] < *low) *low = m->word[k];
    if (m->word[k] > *high) *high = m->word[k];
  }
}

/* Do the two name the same words? Of members others are no rivals: each stands for itself. */
static bool rivals(const Spelling *s, const Match *a, const Match *b) {
  size_t low, high, low_b, high_b;
  reach(a, &low, &high), reach(b, &low_b, &high_b);
  return !s->lexicon->slices.count || (low <= high_b && low_b <= high);
}

/* The longest, then the best spelt, then the one in order. */
static int better(const Match *a, const Match *b) {
  if (a->count != b->count) return a->count > b->count ? 1 : -1;
  if (a->cost != b->cost) return a->cost < b->cost ? 1 : -1;
  if (a->ordered != b->ordered) return a->ordered ? 1 : -1;
  bool ca = a->name->kind == PROPTER_NAME_CONCEPT, cb = b->name->kind == PROPTER_NAME_CONCEPT;
  return ca == cb ? 0 : ca ? -1 : 1;
}

static size_t sequence(const Words *q, bool content_only, size_t *seq) {
  size_t n = 0;
  for (size_t i = 0; i < q->count; i++) {
    const Word *w = &q->word[i];
    if (w->used != USED_NOT || why_joins(w)) continue;
    if (content_only && w->kind != WORD_NONE) continue;
    seq[n++] = i;
  }
  return n;
}

static void candidate(PropterQuestion *q, size_t metric) {
  for (size_t i = 0; i < q->nearest_count; i++)
    if (q->nearest[i] == metric) return;
  if (q->nearest_count < PROPTER_QUESTION_NEAREST) q->nearest[q->nearest_count++] = metric;
}

static bool passed_over(const PropterLexicon *l, const Name *name) { return l->alone && name->metric + 1 != l->alone; }

/* The best match among the free words; ties between metrics become candidates. */
static bool best_match(const Spelling *spelling, Match *best, PropterQuestion *q) {
  const PropterLexicon *l = spelling->lexicon;
  size_t seq[PROPTER_QUESTION_WORDS];
  bool found = false;
  q->nearest_count = 0;
  for (int content_only = 0; content_only < 2; content_only++) {
    size_t n = sequence(spelling->words, content_only, seq);
    for (size_t i = 0; i < l->names.count; i++) {
      const Name *name = &l->names.items[i];
      if (passed_over(l, name) || name->count > n || name->count > NAME_WORDS || (found && name->count < best->count) || !possible(spelling, name)) continue;
      for (size_t s = 0; s + name->count <= n; s++) {
        Match m;
        if (!match_at(spelling, seq + s, name, &m)) continue;
        int c = found ? better(&m, best) : 1;
        if (c > 0) *best = m, found = true, q->nearest_count = 0;
        if (c > 0 || (c == 0 && rivals(spelling, &m, best))) candidate(q, name->metric);
      }
    }
  }
  return found;
}

static void use(Words *words, const Match *m, WordUse as) {
  size_t low, high;
  reach(m, &low, &high);
  for (size_t k = 0; k < m->count; k++) words->word[m->word[k]].used = as;
  for (size_t i = low; i <= high; i++)
    if (words->word[i].used == USED_NOT && why_joins(&words->word[i])) words->word[i].used = as;
}

/* --- names that come near ------------------------------------------------------------------------------------------------------- */

typedef struct {
  double score;
  size_t metric;
} Near;

/* Part of the words that question and name have in common (Dice), slips counting half. */
static double nearness(const Spelling *s, const Name *n) {
  const Words *q = s->words;
  const Term *terms = s->lexicon->terms.items;
  double common = 0;
  size_t content = 0;
  for (size_t i = 0; i < q->count; i++) {
    const Word *w = &q->word[i];
    if (w->used != USED_NOT || w->kind != WORD_NONE || w->number) continue;
    content++;
    double best = 0;
    for (size_t k = 0; k < n->count; k++) {
      const Term *t = &terms[n->word[k]];
      unsigned c = cost_at(s, i, n->word[k]);
      double v = c == 0 ? 1 : c == 1 ? 0.9 : c != NO_MATCH ? 0.5 : 0;
      /* a beginning in common ("telecoms", "telecommunications") */
      if (v == 0 && w->stem.len >= 4 && (propter_str_starts(t->text, w->stem) || (t->stem.len >= 4 && propter_str_starts(w->text, t->stem)))) v = 0.4;
      if (v > best) best = v;
    }
    common += best;
  }
  return content ? 2 * common / (double)(content + n->count) : 0;
}

static void nearest(const Spelling *spelling, PropterQuestion *q) {
  const PropterLexicon *l = spelling->lexicon;
  Near top[PROPTER_QUESTION_NEAREST] = {{0}};
  size_t count = 0;
  for (size_t i = 0; i < l->names.count; i++) {
    const Name *n = &l->names.items[i];
    double s = nearness(spelling, n);
    size_t at = count;
    for (size_t k = 0; k < count; k++)
      if (top[k].metric == n->metric) at = k;
    if (at < count && top[at].score >= s) continue;
    if (at == count) {
      if (count < PROPTER_QUESTION_NEAREST) count++;
      else if (top[count - 1].score >= s) continue;
      else at = count - 1;
    }
    if (at >= count) at = count - 1;
    while (at > 0 && top[at - 1].score < s) top[at] = top[at - 1], at--;
    top[at] = (Near){s, n->metric};
  }
  q->nearest_count = 0;
  for (size_t k = 0; k < count && top[k].score > 0 && 2 * top[k].score >= top[0].score; k++) q->nearest[q->nearest_count++] = top[k].metric;
}

/* The words of the question that stand in a name as they are; `moves`: also those that say which way. */
static Match part_of(const Spelling *s, const Name *n, bool moves) {
  Match m = {.name = n, .slipped = SIZE_MAX};
  for (size_t i = 0; i < s->words->count && m.count < NAME_WORDS; i++) {
    const Word *w = &s->words->word[i];
    if (w->used != USED_NOT ||
        (w->kind != WORD_NONE && w->kind != WORD_WHO && w->kind != WORD_PARTS && w->kind != WORD_SPEAKER &&
         !(moves && (w->kind == WORD_DOWN || w->kind == WORD_UP))) ||
        (w->number && !w->named))
      continue;
    unsigned least = NO_MATCH;
    for (size_t k = 0; k < n->count; k++)
      if (cost_at(s, i, n->word[k]) < least) least = cost_at(s, i, n->word[k]);
    if (least <= 1) m.word[m.count++] = i, m.cost += least;
  }
  return m;
}

/* Is the one word what the name is about: "claims" of "damage claims", "share" of "share of voice"? */
static bool heads(const Spelling *s, const Match *m) {
  const PropterLexicon *l = s->lexicon;
  const Word *w = &s->words->word[m->word[0]];
  const Word *head = NULL, *rest = NULL;
  PropterArena scratch = {0};
  PropterError none;
  Words name;
  bool same = false;
  if (m->name->kind == PROPTER_NAME_CONCEPT || why_has(w, ROLE_COUNTS)) return false;
  if (m->word[0] + 1 < s->words->count && why_has(&w[1], ROLE_WHO)) return false; /* "users who left" */
  if (why_words_split(m->name->text, l->stemmer, NAME_WORDS, &scratch, &name, &none) == PROPTER_OK && name.count) {
    for (size_t i = 0; i < name.count && !(head && (name.word[i].mark == ',' || (why_joins(&name.word[i]) && name.word[i].mark != '-'))); i++)
      if (!head || !propter_str_ends(name.word[i].text, PROPTER_STR("ed"))) rest = head, head = &name.word[i]; /* "parcels returned" are parcels */
    same = propter_str_equal(head->stem, w->stem);
    same |= rest && !(rest > name.word && why_joins(rest - 1)) && why_has(head, ROLE_COUNTS) && propter_str_equal(rest->stem, w->stem);
  }
  propter_arena_clear(&scratch);
  return same;
}

static bool same_word(const Match *a, const Match *b) { return a->count == 1 && b->count == 1 && a->word[0] == b->word[0]; }

/* "Billing tickets" of "tickets opened, Billing": no whole name, but most words of a name; ties between metrics become candidates. */
static void most_words(const Spelling *s, bool moves, Match *best, PropterQuestion *q) {
  const PropterLexicon *l = s->lexicon;
  *best = (Match){.slipped = SIZE_MAX};
  q->nearest_count = 0;
  for (size_t i = 0; i < l->names.count; i++) {
    const Match m = part_of(s, &l->names.items[i], moves);
    if (passed_over(l, m.name) || !m.count || m.count < best->count || (same_word(&m, best) && m.cost > best->cost)) continue;
    if (m.count > best->count || (same_word(&m, best) && m.cost < best->cost)) *best = m, q->nearest_count = 0; /* "calls" are no "call waiting time" */
    candidate(q, m.name->metric);
  }
}

/* "Lift passes" of "lift passes sold": a word that moves elsewhere, right before the others as in the name. */
static void with_move(const Spelling *s, Match *m) {
  size_t first = m->count ? m->word[0] : 0, k = 1;
  const Words *words = s->words;
  if (!first || m->count == NAME_WORDS || words->word[first - 1].used != USED_NOT || !why_moves(&words->word[first - 1]) ||
      (words->word[first].mark && words->word[first].mark != '-'))
    return;
  while (k < m->name->count && cost_at(s, first, m->name->word[k]) > 1) k++;
  if (k == m->name->count || cost_at(s, first - 1, m->name->word[k - 1]) != 0) return;
  m->word[m->count++] = first - 1;
}

/* "Linen is being lost" of "linen lost": such a word behind the others, as in the name. */
static void with_move_behind(const Spelling *s, Match *m) {
  const Words *words = s->words;
  size_t low, i, k = 1;
  if (!m->count || m->count == NAME_WORDS) return;
  reach(m, &low, &i);
  while (++i < words->count && words->word[i].used == USED_NOT && !why_ends_clause(&words->word[i], ENDS_ANY) && !why_moves(&words->word[i]))
    if (!why_has(&words->word[i], ROLE_LINK) && !why_has(&words->word[i], ROLE_LEADS)) return;
  if (i == words->count || words->word[i].used != USED_NOT || !why_moves(&words->word[i]) || why_ends_clause(&words->word[i], ENDS_ANY)) return;
  while (k < m->name->count && cost_at(s, i, m->name->word[k]) != 0) k++;
  if (k < m->name->count && cost_at(s, m->word[m->count - 1], m->name->word[k - 1]) <= 1) m->word[m->count++] = i;
}

/* Is the one word the head of some name of the metric? */
static bool heads_one(const Spelling *s, const Match *m) {
  const PropterLexicon *l = s->lexicon;
  for (size_t i = 0; i < l->names.count; i++) {
    if (l->names.items[i].metric != m->name->metric) continue;
    const Match other = part_of(s, &l->names.items[i], false);
    if (same_word(&other, m) && heads(s, &other)) return true;
  }
  return heads(s, m);
}

/* May the word stand between those of a name: "business services shed jobs"? */
static bool passes(const Word *w) { return why_joins(w) || why_moves(w) || why_idles(w); }

/* "Login tickets" where "tickets" is a whole name, but more of it stands in that of another metric: "tickets opened, Login". */
static bool longer_part(const Spelling *s, Match *best, PropterQuestion *q) {
  Match m;
  PropterQuestion other = {0};
  size_t low, high;
  most_words(s, false, &m, &other);
  if (other.nearest_count != 1 || m.count <= best->count) return false;
  reach(&m, &low, &high);
  if (torn(s->words, low, high) || breaks(s, &m)) return false;
  for (size_t i = low, k = 0; i <= high; i++) {
    if (k < m.count && m.word[k] == i) k++;
    else if (!passes(&s->words->word[i])) return false;
  }
  *best = m;
  q->nearest_count = 1, q->nearest[0] = m.name->metric;
  return true;
}

/* --- parts of the data: members of dimensions ---------------------------------------------------------------------------------------- */

static PropterStr said(const Words *words, PropterStr text, size_t low, size_t high) {
  return (PropterStr){text.data + words->word[low].begin, words->word[high].end - words->word[low].begin};
}

static PropterStatus slice_gap(PropterQuestion *q, PropterGap gap, PropterStr about) {
  q->gap = gap, q->about = about, q->nearest_count = 0;
  return PROPTER_OK;
}

/* Do the words stand in a longer name, too: "Korea" in "South Korea"? Then "North Korea" may be a name that nobody has. */
static bool of_longer_name(const PropterLexicon *members, const Name *name) {
  for (size_t i = 0; i < members->names.count; i++) {
    const Name *other = &members->names.items[i];
    size_t found = 0;
    for (size_t k = 0; k < name->count; k++)
      for (size_t j = 0; j < other->count; j++)
        if (other->word[j] == name->word[k]) {
          found++;
          break;
        }
    if (found == name->count && other->count > name->count && other->kind == PROPTER_NAME_PREFERRED) return true; /* others have their dimension's before it */
  }
  return false;
}

/* Where the dimension stands among those of the members. */
static size_t dimension_rank(const PropterLexicon *members, PropterStr dimension) {
  size_t i = 0;
  while (i < members->slices.count && !propter_str_equal(members->slices.items[i].dimension, dimension)) i++;
  return i;
}

static bool stands_behind(const PropterLexicon *members, size_t a, size_t b) {
  const size_t x = dimension_rank(members, members->slices.items[a].dimension), y = dimension_rank(members, members->slices.items[b].dimension);
  return x != y ? x > y : a > b;
}

/* Holds one dimension at the member that was named, beside others of it; `held` are the members held so far. */
static PropterStatus hold(const PropterLexicon *members, const Words *words, PropterStr text, const Match *m, size_t same_name, size_t *held,
                          PropterArena *arena, PropterQuestion *q, PropterError *err) {
  const PropterCut *slice = &members->slices.items[m->name->metric];
  size_t low, high, before;
  reach(m, &low, &high);
  const PropterStr about = said(words, text, low, high);
  for (before = low; before > 0 && words->word[before - 1].kind == WORD_STOP;) before--;
  const bool denied = before > 0 && why_has(&words->word[before - 1], ROLE_NOT);
  if (denied && (before < low || before < 2 || words->word[before - 2].kind != WORD_ASK)) /* "not in Norway", "but not Norway"; but "did not Norway …" */
    return slice_gap(q, PROPTER_GAP_WORDS_LEFT, said(words, text, before - 1, high));
  const Word *first = &words->word[low], *next = high + 1 < words->count ? &words->word[high + 1] : NULL;
  const bool joined = (low > 0 && first[-1].used == USED_SLICE && !first->mark) || (next && next->used == USED_SLICE && !next->mark); /* "North Korea" */
  if (same_name > 1 || (joined && of_longer_name(members, m->name)) || q->slice_count == PROPTER_WHY_SLICES)
    return slice_gap(q, PROPTER_GAP_MANY_SLICES, about);
  for (size_t i = 0; i < q->slice_count; i++)
    if (held[i] == m->name->metric) return PROPTER_OK;
  size_t at = q->slice_count++; /* in the order of the dimensions and members, so that equal questions have equal answers */
  for (; at > 0 && stands_behind(members, held[at - 1], m->name->metric); at--)
    held[at] = held[at - 1], q->dimension[at] = q->dimension[at - 1], q->member[at] = q->member[at - 1];
  held[at] = m->name->metric, q->dimension[at] = slice->dimension, q->member[at] = slice->member;
  if (!m->cost) return PROPTER_OK;
  return why_question_note(q, arena, err, "\"%.*s\" was read as \"%.*s\"", (int)about.len, about.data, (int)m->name->text.len, m->name->text.data);
}

/* "and" between two parts of different dimensions says nothing. */
static void use_joins(Words *words) {
  size_t last = SIZE_MAX;
  for (size_t i = 0; i < words->count; i++) {
    Word *w = &words->word[i];
    if (w->used == USED_SLICE) {
      for (size_t k = last; last != SIZE_MAX && k < i; k++)
        if (words->word[k].used == USED_NOT && why_has(&words->word[k], ROLE_AND)) words->word[k].used = USED_SLICE;
      last = i;
    } else if (w->used != USED_NOT || !why_joins(w)) {
      last = SIZE_MAX;
    }
  }
}

/* --- lists of members of one dimension: "Germany, France and Spain" ---------------------------------------------------------------------- */

enum { NO_PART = SIZE_MAX };

/* Do words a and b stand beside each other in a list? */
static bool side_by_side(const Words *words, size_t a, size_t b) {
  bool joined = false;
  for (size_t i = a + 1; i <= b; i++) {
    const Word *w = &words->word[i];
    if (w->mark && !strchr(",/&+", w->mark)) return false;
    joined |= w->mark || w->kind == WORD_JOIN;
    if (i < b && (w->used != USED_NOT || (w->kind != WORD_STOP && w->kind != WORD_JOIN))) return false;
  }
  return joined;
}

/* Are the members of a list from word a to b set against each other, or is one of them asked for: "A or B, which fell more", "why do A and B differ", "sales fell
 * in A and B was fine"? Alternatives are together only behind a preposition, and where nothing says that one is more. */
static bool set_apart(const PropterQuestion *q, const Words *words, size_t a, size_t b) {
  bool either = false, moved = false;
  size_t before = a;
  while (before > 0 && why_has(&words->word[before - 1], ROLE_ARTICLE)) before--;
  for (size_t i = a; i < b; i++) either |= words->word[i].kind == WORD_JOIN && !why_has(&words->word[i], ROLE_AND);
  if (either && (!before || words->word[before - 1].kind != WORD_STOP)) return true;
  for (size_t i = 0; i < words->count; i++) {
    const Word *w = &words->word[i];
    if (w->used != USED_NOT) continue;
    if (why_has(w, ROLE_RIVALS) || (either && (why_has(w, ROLE_MORE) || why_has(w, ROLE_LESS)))) return true;
    if (!q->compared && (why_has(w, ROLE_COMPARING) || why_has(w, ROLE_APART))) return true;
    moved |= i < a && why_moves(w);
  }
  return moved && b + 1 < words->count && !words->word[b + 1].mark && why_has(&words->word[b + 1], ROLE_FINITE);
}

/* The members of each dimension stand in one list, whose words are then used; `part`: the member that a word names. Else the gap. */
static void read_list(const PropterLexicon *members, Words *words, PropterStr text, const size_t *part, PropterStr dimension, PropterQuestion *q) {
  size_t first = NO_PART, last = NO_PART;
  bool several = false, list = !q->parted || (q->by.len && !propter_str_equal(q->by, dimension));
  for (size_t i = 0; i < words->count; i++) {
    if (part[i] == NO_PART || !propter_str_equal(members->slices.items[part[i]].dimension, dimension)) continue;
    if (first == NO_PART) first = i;
    if (last != NO_PART && part[last] != part[i]) several = true, list &= side_by_side(words, last, i);
    last = i;
  }
  if (!several) return;
  if (!list || set_apart(q, words, first, last)) {
    (void)slice_gap(q, PROPTER_GAP_MANY_SLICES, said(words, text, first, last));
    return;
  }
  if (last + 1 < words->count && why_has(&words->word[last + 1], ROLE_SUMMED)) last++;
  for (size_t i = first; i <= last; i++) words->word[i].used = USED_SLICE;
}

/* The words of a dimension's name from word i on, also in the plural; index after them or 0. */
static size_t dimension_at(const PropterLexicon *members, const Words *words, size_t i, PropterStr *by, PropterStr *label) {
  for (size_t d = 0; members && d < members->dimensions.count; d++) {
    const Words *name = &members->dimensions.items[d].words;
    size_t k = 0;
    for (; k < name->count && i + k < words->count; k++)
      if (words->word[i + k].used != USED_NOT || !propter_str_equal(words->word[i + k].stem, name->word[k].stem)) break;
    const Word *behind = k == name->count && i + k < words->count ? &words->word[i + k] : NULL;
    if (k && behind && (behind->kind == WORD_PARTS || why_has(behind, ROLE_DIVISION)) && !behind->mark) k++; /* "customer group" */
    if (k && k >= name->count) return *by = members->dimensions.items[d].iri, *label = members->dimensions.items[d].name, i + k;
  }
  return 0;
}

/* "user type" of a column called user_type. {NULL}: no memory. */
static PropterStr plain_name(PropterStr name, PropterArena *arena) {
  const PropterStr out = propter_arena_copy(arena, name);
  for (size_t i = 0; i < out.len; i++)
    if (out.data[i] == '_') ((char *)(uintptr_t)out.data)[i] = ' ';
  return out;
}

/* "Where does the growth come from" asks why, "where did the complaints come from" where they lie. */
static bool comes_from(const Words *words, size_t i) {
  bool moves = false, metric = false;
  for (; i < words->count && !why_has(&words->word[i], ROLE_COMES); i++) moves |= why_moves(&words->word[i]), metric |= words->word[i].used == USED_METRIC;
  return i + 1 < words->count && why_has(&words->word[i + 1], ROLE_FROM) && (moves || !metric);
}

/* "By region", "which products", "where", "top contributors": the answer is to say where the change lies. */
static PropterStatus read_parted(const PropterLexicon *l, Words *words, PropterArena *arena, PropterQuestion *q, PropterError *err) {
  for (size_t i = 0; i < words->count; i++) {
    if ((words->word[i].kind != WORD_BY && words->word[i].kind != WORD_WHICH) || words->word[i].used != USED_NOT) continue;
    const bool where = why_has(&words->word[i], ROLE_WHERE);
    if (where && comes_from(words, i)) {
      words->word[i].kind = WORD_FILLER;
      continue;
    }
    PropterStr by = {"", 0}, label = by;
    size_t from = i + 1;
    for (int n; words->word[i].kind == WORD_WHICH && from < words->count; from++) { /* "which of our regions", "of the two plants" */
      const Word *w = &words->word[from];
      if (w->kind != WORD_STOP && !why_has(w, ROLE_ONE_OF) && !(from > i + 1 && why_count_of(w, &n))) break;
    }
    size_t end = where ? from : dimension_at(l->members_of == q->metric ? l->members : NULL, words, from, &by, &label);
    if (!end && from < words->count && words->word[from].kind == WORD_PARTS) end = from + 1;
    if (!end || (q->parted && !propter_str_equal(by, q->by))) continue; /* of another dimension: left over */
    q->parted = true, q->by = by, q->by_label = plain_name(label, arena);
    if (by.len && !q->by_label.data) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a question");
    for (size_t k = i; k < end; k++) words->word[k].used = USED_PERIOD;
    const size_t length = end - from; /* "museum by museum" */
    bool twice = !where && i >= length;
    for (size_t k = 0; twice && k < length; k++) twice = propter_str_equal(words->word[i - length + k].stem, words->word[from + k].stem);
    for (size_t k = 0; twice && k < length; k++) words->word[i - length + k].used = USED_PERIOD;
  }
  for (size_t i = 0; i + 1 < words->count && !q->parted; i++)
    q->parted = words->word[i].kind == WORD_MOST && words->word[i + 1].kind == WORD_PARTS && words->word[i + 1].used == USED_NOT;
  return PROPTER_OK;
}

/* "in the North region", "for product X in Germany": the parts of the data that the free words name, of the metric's dimensions. */
static PropterStatus read_slices(const PropterLexicon *l, Words *words, PropterStr text, PropterArena *arena, PropterQuestion *q, PropterError *err) {
  Spelling spelling;
  Match m;
  PropterQuestion same = {0};
  size_t held[PROPTER_WHY_SLICES], part[PROPTER_QUESTION_WORDS];
  for (size_t i = 0; i < PROPTER_QUESTION_WORDS; i++) part[i] = NO_PART;
  if (!l->members || l->members_of != q->metric) return PROPTER_OK;
  PROPTER_TRY(spell(l->members, words, arena, &spelling, err));
  for (size_t round = 0; round <= PROPTER_QUESTION_WORDS && best_match(&spelling, &m, &same); round++) {
    PROPTER_TRY(hold(l->members, words, text, &m, same.nearest_count, held, arena, q, err));
    if (q->gap != PROPTER_GAP_NONE) return PROPTER_OK;
    use(words, &m, USED_SLICE);
    for (size_t k = 0; k < m.count; k++) part[m.word[k]] = m.name->metric;
  }
  for (size_t i = 0; i < q->slice_count && q->gap == PROPTER_GAP_NONE; i++)
    if (!i || !propter_str_equal(q->dimension[i], q->dimension[i - 1])) read_list(l->members, words, text, part, q->dimension[i], q);
  use_joins(words);
  return PROPTER_OK;
}

/* "Rides down, revenue up": does a direction stand between what is named and the metric's name? */
static bool apart(const Words *words, const Match *m) {
  bool moved[2] = {false};
  for (int way = 0; way < 2; way++)
    for (size_t i = m->word[0]; i < words->count; way ? i++ : i--) {
      const Word *w = &words->word[i];
      moved[way] |= w->kind == WORD_UP || w->kind == WORD_DOWN;
      if (w->used == USED_METRIC && moved[way]) return true;
      if (w->used == USED_METRIC) return false;
    }
  return false;
}

/* "First reply time" where the name is "first reply", but not "complaints rate": the word behind the name, or the last of it. */
static size_t measured(const PropterLexicon *l, const Words *words, const Match *m, size_t high) {
  const Word *w = &words->word[high], *next = w + 1;
  bool spelt = false;
  for (size_t k = 0; k < m->count; k++) spelt |= m->word[k] == high && propter_str_equal(l->terms.items[m->name->word[k]].text, w->text);
  if (!spelt || high + 1 == words->count || next->used != USED_NOT || next->mark || !why_has(next, ROLE_COUNTS)) return high;
  return why_has(next, ROLE_EACH) && propter_str_ends(w->text, PROPTER_STR("s")) ? high : high + 1;
}

PropterStatus why_lexicon_find(PropterLexicon *l, Words *words, PropterStr text, PropterArena *arena, PropterQuestion *q, PropterError *err) {
  for (size_t i = 0; i < words->count; i++) words->word[i].known |= why_lexicon_knows(l, &words->word[i]);
  for (size_t i = 0; i < words->count && l->members; i++) words->word[i].known |= why_lexicon_knows(l->members, &words->word[i]);
  Match m;
  Spelling spelling;
  PROPTER_TRY(spell(l, words, arena, &spelling, err));
  const bool whole = best_match(&spelling, &m, q);
  bool part = whole && longer_part(&spelling, &m, q);
  if (!whole) {
    most_words(&spelling, false, &m, q);
    if (!q->nearest_count) most_words(&spelling, true, &m, q);                                                              /* "the losses in July" */
    const bool derived = m.count == 1 && m.cost && why_derived(&words->word[m.word[0]]);                                    /* a "visiter" is no school visit */
    part = q->nearest_count == 1 && !derived && (m.count > 1 || (heads_one(&spelling, &m) && !words->word[m.word[0]].put)); /* one guess, not two */
    if (!part && q->nearest_count < 2) {
      nearest(&spelling, q);
      q->gap = PROPTER_GAP_NO_METRIC;
      q->about = (PropterStr){"", 0};
      return PROPTER_OK;
    }
  }
  if (part) with_move(&spelling, &m), with_move_behind(&spelling, &m);
  size_t low, high;
  reach(&m, &low, &high);
  const size_t last = part || q->nearest_count > 1 ? high : measured(l, words, &m, high);
  q->metric_words = said(words, text, low, last);
  if (part || last > high) {
    const PropterStr label = l->metrics.items[m.name->metric].label;
    PROPTER_TRY(why_question_note(q, arena, err, "\"%.*s\" was read as \"%.*s\"", (int)q->metric_words.len, q->metric_words.data, (int)label.len, label.data));
  }
  if (q->nearest_count > 1) {
    q->gap = PROPTER_GAP_MANY_METRICS;
    q->about = q->metric_words;
    return PROPTER_OK;
  }
  if (m.slipped != SIZE_MAX) {
    const Word *w = &words->word[m.slipped];
    PROPTER_TRY(why_question_note(q, arena, err, "\"%.*s\" was read as \"%.*s\"", (int)(w->end - w->begin), text.data + w->begin, (int)m.slipped_for.len,
                                  m.slipped_for.data));
  }
  use(words, &m, USED_METRIC);
  words->word[last].used = USED_METRIC;
  size_t metric = m.name->metric;
  q->metric = metric;
  PROPTER_TRY(read_parted(l, words, arena, q, err));
  PROPTER_TRY(read_slices(l, words, text, arena, q, err));
  PropterQuestion rest = {0};
  for (unsigned round = 0; round < 8 && best_match(&spelling, &m, &rest) && m.slipped == SIZE_MAX; round++) { /* "sales of cake" are none of a cafe */
    use(words, &m, USED_AGAIN);
    for (size_t k = 0; k < rest.nearest_count; k++) {
      bool same = rest.nearest_count == 1 && rest.nearest[k] == metric;
      if (same) continue;
      /* a second name of another metric */
      bool own = true;
      for (size_t j = 0; j < m.count; j++) own &= why_lexicon_harmless(l, metric, &words->word[m.word[j]]);
      own &= !apart(words, &m);
      if (own) continue;
      q->gap = PROPTER_GAP_MANY_METRICS;
      q->nearest_count = 0;
      candidate(q, metric);
      for (size_t c = 0; c < rest.nearest_count; c++) candidate(q, rest.nearest[c]);
      q->about = (PropterStr){"", 0};
      return PROPTER_OK;
    }
  }
  if (q->gap == PROPTER_GAP_NONE) q->nearest_count = 0;
  q->has_metric = true;
  q->metric_iri = l->metrics.items[metric].iri;
  q->metric_label = l->metrics.items[metric].label;
  return PROPTER_OK;
}

/* A number that is one word with the letters before it, as in the name, is none of days or sizes: "p95", "fra1". */
static void name_joined(const PropterLexicon *l, const Name *name, Words *words) {
  for (size_t i = 1; i < words->count; i++) {
    Word *w = &words->word[i];
    for (size_t k = 1; k < name->count && w->number && !w->space && !w->mark && !w->named; k++)
      w->named = propter_str_equal(w->text, l->terms.items[name->word[k]].text) && propter_str_equal(w[-1].text, l->terms.items[name->word[k - 1]].text);
  }
}

void why_lexicon_names_numbers(const PropterLexicon *l, Words *words) {
  for (size_t n = 0; l && n < l->names.count; n++) {
    const Name *name = &l->names.items[n];
    name_joined(l, name, words);
    for (size_t i = 0; name->count > 1 && i + name->count <= words->count; i++) {
      size_t k = 0, numbers = 0;
      while (k < name->count && propter_str_equal(words->word[i + k].text, l->terms.items[name->word[k]].text)) numbers += words->word[i + k++].number;
      for (size_t j = 0; k == name->count && numbers < name->count && j < k; j++)
        words->word[i + j].named |= words->word[i + j].number && words->word[i + j].digits < 4;
    }
  }
  if (l && (l->members || l->causes)) why_lexicon_names_numbers(l->members, words), why_lexicon_names_numbers(l->causes, words);
}

/* --- causes ---------------------------------------------------------------------------------------------------------------------------- */

/* Is it another word for the same direction: "price rise" of "price increase"? */
static bool same_way(const Spelling *s, const Word *w, uint32_t term) {
  return (w->kind == WORD_UP || w->kind == WORD_DOWN) && why_word_kind(s->lexicon->terms.items[term].text) == w->kind;
}

/* Are all the content words from i to before `end` in the name? `all`: and all of the name among them. A direction may be said with another word beside one
 * that no metric has ("job losses" are no "job cuts"). */
static bool in_name(const Spelling *s, const Name *n, size_t i, size_t end, bool *all) {
  bool taken[NAME_WORDS] = {false}, own = false;
  size_t count = 0;
  for (size_t k = i; k < end; k++) own |= s->words->word[k].kind == WORD_NONE && !s->words->word[k].known;
  for (size_t k = i; k < end; k++) {
    const Word *w = &s->words->word[k];
    if (why_joins(w) || (k > i && why_has(w, ROLE_ONE_OF))) continue; /* "the price cut of our rival" */
    size_t at = 0;
    while (at < n->count && (taken[at] || (cost_at(s, k, n->word[at]) > 1 && !(own && same_way(s, w, n->word[at]))))) at++;
    if (at == n->count) return false;
    taken[at] = true, count++;
  }
  *all = count == n->count;
  return count > 0;
}

/* Has the name all words of some name of the cause: "the end of the Verizon strike" those of "Verizon strike"? */
static bool within(const PropterLexicon *c, size_t cause, const Name *longer) {
  for (size_t n = 0; n < c->names.count; n++) {
    const Name *shorter = &c->names.items[n];
    size_t i = 0;
    for (; shorter->metric == cause && i < shorter->count; i++) {
      size_t k = 0;
      while (k < longer->count && longer->word[k] != shorter->word[i]) k++;
      if (k == longer->count) break;
    }
    if (shorter->metric == cause && i == shorter->count) return true;
  }
  return false;
}

/* Causes whose names hold the words; those with the whole name go before the others (a kind of event that has it behind an event in the window), then those
 * that last in the window, then those whose name is part of the other's. */
static void causes_with(const Spelling *s, size_t i, size_t end, const PropterQuestion *q, bool time, WhyEvent *out) {
  const PropterLexicon *c = s->lexicon;
  int best = -1;
  const Name *chosen = NULL;
  const bool window = q->has_period && q->when == PROPTER_WHEN_FIXED && !q->open;
  for (size_t k = 0; k < c->names.count; k++) {
    const Name *n = &c->names.items[k];
    bool all;
    if (n->count > NAME_WORDS || !in_name(s, n, i, end, &all)) continue;
    const Metric *m = &c->metrics.items[n->metric];
    const bool dated = m->first != PROPTER_NO_DAY;
    const bool during = window && dated && m->first <= q->to && m->last >= q->from;
    if (time && !dated) continue;
    const int rank = (!all ? dated : dated ? 5 : window ? 2 : 4) + 2 * during;
    if (rank < best || (rank == best && (n->metric == out->cause || within(c, chosen->metric, n)))) continue;
    out->many = rank == best && (out->many || !within(c, n->metric, chosen));
    best = rank, chosen = n;
    out->end = end, out->whole = all, out->cause = n->metric;
  }
}

/* Can the word be none of a name? Words that ask are, unless a cause has them in its name. */
static bool outside(const PropterLexicon *c, const Word *w) {
  return w->used != USED_NOT || (why_asks(w) && !why_lexicon_spells(c, w) && !why_has(w, ROLE_ONE_OF));
}

PropterStatus why_lexicon_event(const PropterLexicon *c, const Words *words, size_t i, const PropterQuestion *q, bool time, PropterArena *arena, WhyEvent *out,
                                PropterError *err) {
  Spelling spelling;
  *out = (WhyEvent){.first = PROPTER_NO_DAY, .last = PROPTER_NO_DAY};
  if (i >= words->count || why_joins(&words->word[i])) return PROPTER_OK;
  size_t end = i;
  bool named = false;
  while (end < words->count && end < i + NAME_WORDS && !outside(c, &words->word[end]) && !(end > i && why_ends_clause(&words->word[end], ENDS_SENTENCE))) end++;
  const Words part = {words->word, end, false};
  PROPTER_TRY(spell(c, &part, arena, &spelling, err));
  for (; end > i && !out->end; end--) {
    if (why_joins(&words->word[end - 1]) || (end > i + 1 && why_has(&words->word[end - 1], ROLE_ONE_OF))) continue; /* "roof leak -> more visitors" */
    named = false;
    bool dated = true;
    for (size_t k = i; k < end; k++) named |= words->word[k].kind == WORD_NONE && !words->word[k].number, dated &= why_of_dates(words->word[k].text);
    if (named) causes_with(&spelling, i, end, q, time, out);
    if (out->end && dated && !out->whole) *out = (WhyEvent){.first = PROPTER_NO_DAY, .last = PROPTER_NO_DAY}; /* "night" is no museum night */
  }
  if (!out->end) return PROPTER_OK;
  const Metric *m = &c->metrics.items[out->cause];
  out->iri = m->iri, out->label = m->label, out->first = m->first, out->last = m->last;
  return PROPTER_OK;
}
