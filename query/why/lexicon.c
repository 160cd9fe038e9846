/* SPDX-License-Identifier: Apache-2.0 */
#include "question.h"

typedef struct {
  PropterStr iri, label;
  PropterMap about; /* stems that may stand beside the name */
} Metric;

typedef struct {
  size_t metric;
  PropterNameKind kind;
  PropterStr text;
  size_t count; /* words without the joining ones */
  PropterStr *word, *stem;
} Name;

struct PropterLexicon {
  PropterArena arena;
  struct sb_stemmer *stemmer;
  PropterMap vocabulary; /* folded words of all names */
  PropterMap stems;
  PROPTER_VEC(Metric) metrics;
  PROPTER_VEC(Name) names;
  PropterLexicon *causes;
};

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory"); }

PropterStatus propter_lexicon_new(PropterLexicon **out, PropterError *err) {
  *out = NULL;
  PropterLexicon *l = propter_calloc(1, sizeof *l);
  if (!l) return no_memory(err);
  l->stemmer = sb_stemmer_new("english", "UTF_8");
  if (!l->stemmer) {
    propter_free(l);
    return no_memory(err);
  }
  *out = l;
  return PROPTER_OK;
}

void propter_lexicon_free(PropterLexicon *l) {
  if (!l) return;
  propter_lexicon_free(l->causes);
  for (size_t i = 0; i < l->metrics.count; i++) propter_map_clear(&l->metrics.items[i].about);
  propter_vec_clear(&l->metrics);
  propter_vec_clear(&l->names);
  propter_map_clear(&l->vocabulary);
  propter_map_clear(&l->stems);
  propter_arena_clear(&l->arena);
  sb_stemmer_delete(l->stemmer);
  propter_free(l);
}

size_t propter_lexicon_count(const PropterLexicon *lexicon) { return lexicon->metrics.count; }
PropterStr propter_lexicon_iri(const PropterLexicon *l, size_t metric) {
  return metric < l->metrics.count ? l->metrics.items[metric].iri : (PropterStr){"", 0};
}
PropterStr propter_lexicon_label(const PropterLexicon *l, size_t metric) {
  return metric < l->metrics.count ? l->metrics.items[metric].label : (PropterStr){"", 0};
}
struct sb_stemmer *why_lexicon_stemmer(PropterLexicon *l) { return l->stemmer; }
bool why_lexicon_knows(const PropterLexicon *l, const Word *w) {
  return propter_map_get(&l->vocabulary, w->text) != NULL || propter_map_get(&l->stems, w->stem) != NULL;
}

static PropterStatus add_about(PropterLexicon *l, Metric *m, PropterStr text, PropterError *err) {
  Words words;
  PropterArena scratch = {0};
  PropterStatus status = why_words_split(text, l->stemmer, PROPTER_QUESTION_WORDS, &scratch, &words, err);
  for (size_t i = 0; status == PROPTER_OK && i < words.count; i++)
    if (!words.word[i].number && !propter_map_put(&m->about, words.word[i].stem, 1, NULL)) status = no_memory(err);
  propter_arena_clear(&scratch);
  return status;
}

PropterStatus propter_lexicon_add_metric(PropterLexicon *l, PropterStr iri, PropterStr label, PropterStr about, size_t *metric, PropterError *err) {
  Metric m = {.iri = propter_arena_copy(&l->arena, iri), .label = propter_arena_copy(&l->arena, label)};
  if (!m.iri.data || !m.label.data || !propter_vec_push(&l->metrics, m)) return no_memory(err);
  if (metric) *metric = l->metrics.count - 1;
  return add_about(l, &l->metrics.items[l->metrics.count - 1], about, err);
}

static bool joins(const Word *w) { return w->kind == WORD_STOP || w->kind == WORD_JOIN; }

PropterStatus propter_lexicon_add_name(PropterLexicon *l, size_t metric, PropterNameKind kind, PropterStr name, PropterError *err) {
  if (metric >= l->metrics.count) return propter_fail(err, PROPTER_INVALID, "no such metric: %zu", metric);
  if (!propter_utf8_valid(name, NULL) || name.len > PROPTER_QUESTION_BYTES) return PROPTER_OK; /* nobody can ask by such a name */
  Words words;
  PROPTER_TRY(why_words_split(name, l->stemmer, PROPTER_QUESTION_WORDS, &l->arena, &words, err));
  Name n = {.metric = metric, .kind = kind, .text = propter_arena_copy(&l->arena, name)};
  n.word = propter_arena_alloc(&l->arena, (words.count + 1) * sizeof *n.word);
  n.stem = propter_arena_alloc(&l->arena, (words.count + 1) * sizeof *n.stem);
  if (!n.text.data || !n.word || !n.stem) return no_memory(err);
  for (int all = 0; all < 2 && n.count == 0; all++)
    for (size_t i = 0; i < words.count; i++)
      if (all || !joins(&words.word[i])) n.word[n.count] = words.word[i].text, n.stem[n.count++] = words.word[i].stem;
  if (n.count == 0) return PROPTER_OK;
  for (size_t i = 0; i < n.count; i++)
    if (!propter_map_put(&l->vocabulary, n.word[i], 1, NULL) || !propter_map_put(&l->stems, n.stem[i], 1, NULL)) return no_memory(err);
  if (!propter_vec_push(&l->names, n)) return no_memory(err);
  return add_about(l, &l->metrics.items[metric], name, err);
}

PropterLexicon *why_lexicon_causes(PropterLexicon *l) { return l->causes; }

/* A name up to the first number or month in it: "Verizon strike" of "Verizon strike, August 2011". */
static PropterStr undated(const Words *words, PropterStr name) {
  size_t end = 0;
  for (size_t i = 0; i < words->count; i++) {
    if (words->word[i].number || why_date_word(words->word[i].text, DATE_MONTH, NULL, NULL)) break;
    end = words->word[i].end;
  }
  return (PropterStr){name.data, end};
}

PropterStatus propter_lexicon_add_cause(PropterLexicon *l, PropterStr iri, PropterStr name, PropterError *err) {
  if (!propter_utf8_valid(name, NULL) || name.len > PROPTER_QUESTION_BYTES) return PROPTER_OK;
  if (!l->causes) PROPTER_TRY(propter_lexicon_new(&l->causes, err));
  PropterLexicon *c = l->causes;
  size_t at = c->metrics.count;
  Words words;
  for (size_t i = c->metrics.count; i-- > 0 && at == c->metrics.count;)
    if (propter_str_equal(c->metrics.items[i].iri, iri)) at = i;
  if (at == c->metrics.count) PROPTER_TRY(propter_lexicon_add_metric(c, iri, name, PROPTER_STR(""), &at, err));
  PROPTER_TRY(propter_lexicon_add_name(c, at, PROPTER_NAME_PREFERRED, name, err));
  PROPTER_TRY(why_words_split(name, c->stemmer, PROPTER_QUESTION_WORDS, &c->arena, &words, err));
  const PropterStr plain = undated(&words, name);
  return plain.len && plain.len < name.len ? propter_lexicon_add_name(c, at, PROPTER_NAME_ALTERNATIVE, plain, err) : PROPTER_OK;
}

bool why_lexicon_harmless(const PropterLexicon *l, size_t metric, const Word *w) { return propter_map_get(&l->metrics.items[metric].about, w->stem) != NULL; }

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

enum { NAME_WORDS = 16, NO_MATCH = 1000 };

/* 0 the same, 1 the same stem, 2 or 3 one or two slips; a word that means something by itself is never a slip. */
static unsigned cost_of(const Word *w, PropterStr word, PropterStr stem) {
  if (propter_str_equal(w->text, word)) return 0;
  if (w->number) return NO_MATCH;
  if (propter_str_equal(w->stem, stem)) return 1;
  unsigned slips = why_word_slips(w->text);
  if (w->known || !slips) return NO_MATCH;
  unsigned d = why_word_distance(w->text, word, slips);
  return d <= slips ? 1 + d : NO_MATCH;
}

static bool match_at(const Words *q, const size_t *seq, const Name *n, Match *out) {
  Match m = {.name = n, .ordered = true, .count = n->count, .slipped = SIZE_MAX};
  for (size_t k = 0; k < n->count; k++) {
    unsigned c = cost_of(&q->word[seq[k]], n->word[k], n->stem[k]);
    if (c == NO_MATCH) {
      m.ordered = false;
      break;
    }
    m.cost += c;
    m.word[k] = seq[k];
    if (c > 1) m.slipped = seq[k], m.slipped_for = n->word[k];
  }
  if (!m.ordered) { /* the same words in another order */
    bool taken[NAME_WORDS] = {false};
    m.cost = 0;
    m.slipped = SIZE_MAX;
    for (size_t k = 0; k < n->count; k++) {
      unsigned best = NO_MATCH;
      size_t at = 0;
      for (size_t j = 0; j < n->count; j++) {
        unsigned c = taken[j] ? NO_MATCH : cost_of(&q->word[seq[j]], n->word[k], n->stem[k]);
        if (c < best) best = c, at = j;
      }
      if (best == NO_MATCH) return false;
      taken[at] = true;
      m.cost += best;
      m.word[k] = seq[at];
      if (best > 1) m.slipped = seq[at], m.slipped_for = n->word[k];
    }
  }
  *out = m;
  return true;
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
    if (w->used != USED_NOT || joins(w)) continue;
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

/* The best match among the free words; ties between metrics become candidates. */
static bool best_match(const PropterLexicon *l, const Words *words, Match *best, PropterQuestion *q) {
  size_t seq[PROPTER_QUESTION_WORDS];
  bool found = false;
  q->nearest_count = 0;
  for (int content_only = 0; content_only < 2; content_only++) {
    size_t n = sequence(words, content_only, seq);
    for (size_t i = 0; i < l->names.count; i++) {
      const Name *name = &l->names.items[i];
      if (name->count > n || name->count > NAME_WORDS || (found && name->count < best->count)) continue;
      for (size_t s = 0; s + name->count <= n; s++) {
        Match m;
        if (!match_at(words, seq + s, name, &m)) continue;
        int c = found ? better(&m, best) : 1;
        if (c > 0) *best = m, found = true, q->nearest_count = 0;
        if (c >= 0) candidate(q, name->metric);
      }
    }
  }
  return found;
}

static void use(Words *words, const Match *m) {
  size_t low = SIZE_MAX, high = 0;
  for (size_t k = 0; k < m->count; k++) {
    words->word[m->word[k]].used = USED_METRIC;
    if (m->word[k] < low) low = m->word[k];
    if (m->word[k] > high) high = m->word[k];
  }
  for (size_t i = low; i <= high; i++)
    if (words->word[i].used == USED_NOT && joins(&words->word[i])) words->word[i].used = USED_METRIC;
}

/* --- names that come near ------------------------------------------------------------------------------------------------------- */

typedef struct {
  double score;
  size_t metric;
} Near;

/* Part of the words that question and name have in common (Dice), slips counting half. */
static double nearness(const Words *q, const Name *n) {
  double common = 0;
  size_t content = 0;
  for (size_t i = 0; i < q->count; i++) {
    const Word *w = &q->word[i];
    if (w->used != USED_NOT || w->kind != WORD_NONE || w->number) continue;
    content++;
    double best = 0;
    for (size_t k = 0; k < n->count; k++) {
      unsigned c = cost_of(w, n->word[k], n->stem[k]);
      double v = c == 0 ? 1 : c == 1 ? 0.9 : c != NO_MATCH ? 0.5 : 0;
      /* a beginning in common ("telecoms", "telecommunications") */
      if (v == 0 && w->stem.len >= 4 && (propter_str_starts(n->word[k], w->stem) || (n->stem[k].len >= 4 && propter_str_starts(w->text, n->stem[k])))) v = 0.4;
      if (v > best) best = v;
    }
    common += best;
  }
  return content ? 2 * common / (double)(content + n->count) : 0;
}

static void nearest(const PropterLexicon *l, const Words *words, PropterQuestion *q) {
  Near top[PROPTER_QUESTION_NEAREST] = {{0}};
  size_t count = 0;
  for (size_t i = 0; i < l->names.count; i++) {
    const Name *n = &l->names.items[i];
    double s = nearness(words, n);
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
  q->nearest_count = count;
  for (size_t k = 0; k < count; k++) q->nearest[k] = top[k].metric;
}

PropterStatus why_lexicon_find(PropterLexicon *l, Words *words, PropterStr text, PropterArena *arena, PropterQuestion *q, PropterError *err) {
  for (size_t i = 0; i < words->count; i++) words->word[i].known |= why_lexicon_knows(l, &words->word[i]);
  Match m;
  if (!best_match(l, words, &m, q)) {
    nearest(l, words, q);
    q->gap = PROPTER_GAP_NO_METRIC;
    q->about = (PropterStr){"", 0};
    return PROPTER_OK;
  }
  size_t low = words->word[m.word[0]].begin, high = 0;
  for (size_t k = 0; k < m.count; k++) {
    const Word *w = &words->word[m.word[k]];
    if (w->begin < low) low = w->begin;
    if (w->end > high) high = w->end;
  }
  q->metric_words = (PropterStr){text.data + low, high - low};
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
  use(words, &m);
  size_t metric = m.name->metric;
  PropterQuestion rest = {0};
  for (unsigned round = 0; round < 8 && best_match(l, words, &m, &rest); round++) {
    use(words, &m);
    for (size_t k = 0; k < rest.nearest_count; k++) {
      bool same = rest.nearest_count == 1 && rest.nearest[k] == metric;
      if (same) continue;
      /* a second name of another metric */
      bool own = true;
      for (size_t j = 0; j < m.count; j++) own &= why_lexicon_harmless(l, metric, &words->word[m.word[j]]);
      if (own) continue;
      q->gap = PROPTER_GAP_MANY_METRICS;
      q->nearest_count = 0;
      candidate(q, metric);
      for (size_t c = 0; c < rest.nearest_count; c++) candidate(q, rest.nearest[c]);
      q->about = (PropterStr){"", 0};
      return PROPTER_OK;
    }
  }
  q->nearest_count = 0;
  q->has_metric = true;
  q->metric = metric;
  q->metric_iri = l->metrics.items[metric].iri;
  q->metric_label = l->metrics.items[metric].label;
  return PROPTER_OK;
}
