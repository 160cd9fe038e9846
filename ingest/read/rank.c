/* SPDX-License-Identifier: Apache-2.0 */
/* What a phrase comes closest to, where no label stands in it word by word: labels and examples that share words, stems, kin ("economy",
 * "economic"), words alike or meanings with it, each weighed by how few things have it (inverse document frequency: Spärck Jones 1972). Meanings are
 * WordNet's (Miller 1995): a word of a label stands for the senses it may have, one of the phrase also for what those are kinds of ("rain" for
 * "weather"), each weighed by how common the sense is. The weights below were chosen on phrases with nodes of a taxonomy, each linked without the examples that
 * its own sentence gives. */
#include <math.h>
#include <string.h>

#include "names.h"
#include "propter/hash.h"
#include "rules.h"


enum { PHRASE = 24, HITS = 1024, CHAIN = 8, KIN = 4, BEST = 5, WORD_MIN = 3, CACHE = 1 << 14 };
#define HEAD 1.5    /* weight of the head of a phrase */
#define ALIKE .8    /* another word for it, another word of its family */
#define VAGUE_WEIGHT .3 /* of a vague word before what it is of, squared */
#define MEANT .6       /* a meaning in common */
#define MEANT_LEAST .4 /* of the two weights of that meaning */
#define EXAMPLE .875   /* an example, which may say more than the thing */
#define ABOVE .8    /* a word that only what is broader has; less by .7 with each further step */
#define NEAR .6        /* a vector that points the same way; less by the angle, */
#define NEAR_LEAST .5  /* nothing from this cosine on */
#define KIN_PART .6 /* of the longer stem two of a family share at least this */

/* A word of the phrase that is, or is akin to, a word of some label. */
typedef struct {
  uint32_t word;
  unsigned token;
  double likeness;
  PropterLikeness why;
} Hit;

/* By what a word of the phrase counts. */
typedef struct {
  double likeness;
  const Hit *hit; /* NULL: by nothing */
} Met;

typedef struct {
  const PropterNames *names;
  double weight[PHRASE]; /* of each word of the phrase, squared */
  PropterSpan at[PHRASE]; /* where it stands */
  double all;
  unsigned tokens;
  Hit hits[HITS];
  size_t hit_count;
} Phrase;

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "no memory for names"); }

static double rarity(const PropterNames *n, size_t with) { return log(1 + (double)n->things.count / (1 + (double)with)); }

/* Share of the longer stem that both begin with, 0 if that is too little to be one family. */
static double kinship(PropterStr a, PropterStr b) {
  size_t longer = a.len > b.len ? a.len : b.len, same = 0;
  while (same < a.len && same < b.len && a.data[same] == b.data[same]) same++;
  double part = (double)same / (double)longer;
  return same >= KIN && part >= KIN_PART ? part : 0;
}

static bool share_group(const PropterNames *n, const Posting *a, PropterStr stem) {
  const uint64_t *slot = propter_map_get(&n->alike, stem);
  const Posting *b = slot ? &n->groups.items[*slot] : NULL;
  for (size_t i = 0; b && i < b->count; i++)
    for (size_t k = 0; k < a->count; k++)
      if (a->items[k] == b->items[i]) return true;
  return false;
}

/* "insecurity" and "security": the same thing, as far as a concept's name goes. */
static bool negates(const PropterNames *n, PropterStr a, PropterStr b) {
  if (a.len < b.len) return negates(n, b, a);
  for (size_t i = 0; i < n->negating.count && b.len >= KIN; i++) {
    PropterStr prefix = n->negating.items[i];
    if (a.len == prefix.len + b.len && propter_str_starts(a, prefix) && memcmp(a.data + prefix.len, b.data, b.len) == 0) return true;
  }
  return false;
}

static PropterStatus like(Alikes *out, Alike a, PropterError *err) {
  for (size_t i = 0; i < out->count; i++)
    if (out->items[i].word == a.word) {
      if (out->items[i].likeness < a.likeness) out->items[i] = a;
      return PROPTER_OK;
    }
  return propter_vec_push(out, a) ? PROPTER_OK : no_memory(err);
}

static PropterStr sense_key(const PropterSynset *sense, uint64_t *room) {
  *room = (uint64_t)sense->pos << 32 | sense->offset;
  return (PropterStr){(const char *)room, sizeof *room};
}

/* What words of phrases are like. */
static void forget(PropterNames *n) {
  propter_map_clear(&n->looked_up);
  for (size_t i = 0; i < n->likes.count; i++) propter_vec_clear(&n->likes.items[i]);
  n->likes.count = 0;
}

/* Words of labels that came since are looked up in WordNet; what was learned of phrases holds no longer. */
static PropterStatus learn(PropterNames *n, PropterError *err) {
  if (n->learned == n->postings.count && n->likes.count < CACHE) return PROPTER_OK;
  forget(n);
  for (; n->learned < n->postings.count; n->learned++) {
    Meaning meanings[MEANINGS];
    PropterStr form = n->forms.items[n->learned];
    size_t count = n->wordnet && form.len >= WORD_MIN ? meanings_of(n->wordnet, form, false, meanings) : 0;
    for (size_t i = 0; i < count; i++) {
      uint64_t room;
      bool added = false;
      uint64_t *slot = propter_map_put(&n->by_sense, sense_key(&meanings[i].sense, &room), n->meant.count, &added);
      if (!slot || (added && !propter_vec_push(&n->meant, (Alikes){0}))) return no_memory(err);
      PROPTER_TRY(like(&n->meant.items[*slot], (Alike){(uint32_t)n->learned, meanings[i].weight, PROPTER_LIKE_MEANING}, err));
    }
  }
  return PROPTER_OK;
}

/* By the lines of the language; `known`: the stem stands in a label, and its kin are other words. */
static double stems_like(const PropterNames *n, PropterStr stem, const uint64_t *group, bool known, PropterStr other, PropterLikeness *why) {
  *why = PROPTER_LIKE_SAME;
  if (propter_str_equal(other, stem)) return 1;
  *why = PROPTER_LIKE_ALIKE;
  if ((group && share_group(n, &n->groups.items[*group], other)) || negates(n, stem, other)) return ALIKE;
  *why = PROPTER_LIKE_KIN;
  return !known && other.data[0] == stem.data[0] ? ALIKE * kinship(stem, other) : 0;
}

void senses_clear(Senses *senses) {
  for (size_t i = 0; i < senses->words.count; i++) propter_vec_clear(&senses->words.items[i]);
  propter_vec_clear(&senses->words);
  propter_map_clear(&senses->known);
}

bool senses_of(const PropterNames *n, const Word *w, Senses *senses, size_t *number) {
  Meaning meanings[MEANINGS];
  PropterStr word = propter_str(w->plain);
  MeaningList list = {0};
  bool added;
  const uint64_t *slot = propter_map_put(&senses->known, word, senses->words.count, &added);
  if (!slot) return false;
  *number = *slot;
  if (!added) return true;
  size_t count = n->wordnet && word.len >= WORD_MIN ? meanings_of(n->wordnet, word, false, meanings) : 0;
  bool room = true;
  for (size_t i = 0; i < count && room; i++) room = propter_vec_push(&list, meanings[i]);
  if (room && propter_vec_push(&senses->words, list)) return true;
  propter_vec_clear(&list);
  return false;
}

double names_likeness(const PropterNames *n, const Word *a, const Word *b, const MeaningList *x, const MeaningList *y) {
  PropterStr stem = propter_str(a->stem);
  PropterLikeness why;
  double best = stems_like(n, stem, propter_map_get(&n->alike, stem), false, propter_str(b->stem), &why);
  for (size_t i = 0; i < x->count && best < ALIKE; i++)
    for (size_t k = 0; k < y->count; k++) {
      const Meaning *p = &x->items[i], *q = &y->items[k];
      double near = p->weight * q->weight;
      if (p->sense.pos == q->sense.pos && p->sense.offset == q->sense.offset && near >= MEANT_LEAST && MEANT * near > best) best = MEANT * near;
    }
  return best;
}

static PropterStatus like_by_stem(const PropterNames *n, const Word *w, Alikes *out, PropterError *err) {
  PropterStr stem = propter_str(w->stem);
  bool known = propter_map_get(&n->by_word, stem) != NULL;
  const uint64_t *group = propter_map_get(&n->alike, stem);
  for (size_t i = 0; i < n->by_word.count; i++) {
    PropterLikeness why;
    double likeness = stems_like(n, stem, group, known, n->by_word.entries[i].key, &why);
    if (likeness > 0) PROPTER_TRY(like(out, (Alike){(uint32_t)n->by_word.entries[i].value, likeness, why}, err));
  }
  return PROPTER_OK;
}

static PropterStatus like_by_meaning(const PropterNames *n, PropterStr word, Alikes *out, PropterError *err) {
  Meaning meanings[MEANINGS];
  size_t count = n->wordnet && word.len >= WORD_MIN ? meanings_of(n->wordnet, word, true, meanings) : 0;
  for (size_t i = 0; i < count; i++) {
    uint64_t room;
    const uint64_t *at = propter_map_get(&n->by_sense, sense_key(&meanings[i].sense, &room));
    for (size_t k = 0; at && k < n->meant.items[*at].count; k++) {
      double near = meanings[i].weight * n->meant.items[*at].items[k].likeness;
      if (near >= MEANT_LEAST) PROPTER_TRY(like(out, (Alike){n->meant.items[*at].items[k].word, MEANT * near, PROPTER_LIKE_MEANING}, err));
    }
  }
  return PROPTER_OK;
}

static PropterStatus like_by_vector(const PropterNames *n, PropterStr word, Alikes *out, PropterError *err) {
  float own[WORDS_DIMENSIONS], other[WORDS_DIMENSIONS];
  size_t number = words_find(&n->vectors, word);
  if (number == WORDS_NONE) return PROPTER_OK;
  words_vector(&n->vectors, number, own);
  for (size_t i = 0; i < n->forms.count; i++) {
    if ((number = words_find(&n->vectors, n->forms.items[i])) == WORDS_NONE) continue;
    words_vector(&n->vectors, number, other);
    double near = (words_cosine(own, other) - NEAR_LEAST) / (1 - NEAR_LEAST);
    if (near > 0) PROPTER_TRY(like(out, (Alike){(uint32_t)i, NEAR * near, PROPTER_LIKE_NEAR}, err));
  }
  return PROPTER_OK;
}

/* Words of labels that may say what a word says. */
static PropterStatus likes_of(const PropterNames *n, const Word *w, Alikes *out, PropterError *err) {
  PROPTER_TRY(like_by_stem(n, w, out, err));
  PROPTER_TRY(like_by_meaning(n, propter_str(w->plain), out, err));
  return like_by_vector(n, propter_str(w->plain), out, err);
}

static PropterStatus look_up(Phrase *p, const Word *w, PropterError *err) {
  PropterNames *n = (PropterNames *)(uintptr_t)p->names;
  (void)pthread_mutex_lock(&n->learning);
  PropterStatus status = learn(n, err);
  const uint64_t *known = status == PROPTER_OK ? propter_map_get(&n->looked_up, propter_str(w->plain)) : NULL;
  size_t at = known ? *known : n->likes.count;
  if (status == PROPTER_OK && !known) {
    Alikes likes = {0};
    status = likes_of(n, w, &likes, err);
    if (status == PROPTER_OK && !propter_vec_push(&n->likes, likes)) status = no_memory(err);
    if (status != PROPTER_OK) {
      propter_vec_clear(&likes);
    } else if (!propter_map_put(&n->looked_up, propter_str(w->plain), at, NULL)) {
      n->likes.count--;
      propter_vec_clear(&n->likes.items[n->likes.count]);
      status = no_memory(err);
    }
  }
  for (size_t i = 0; status == PROPTER_OK && i < n->likes.items[at].count && p->hit_count < HITS; i++) {
    const Alike *a = &n->likes.items[at].items[i];
    p->hits[p->hit_count++] = (Hit){a->word, p->tokens, a->likeness, a->why};
  }
  (void)pthread_mutex_unlock(&n->learning);
  return status;
}

static PropterStatus take_apart(Phrase *p, PropterStr text, PropterError *err) {
  const PropterNames *n = p->names;
  NameWords t = {0};
  if (!names_text_words(n, text, &t)) {
    propter_vec_clear(&t);
    return no_memory(err);
  }
  PropterStatus status = PROPTER_OK;
  bool head_known = false, vague = false; /* vague: the last word */
  for (size_t i = 0; i < t.count && p->tokens < PHRASE && status == PROPTER_OK; i++) {
    PropterStr word = propter_str(t.items[i].plain);
    const uint64_t *carries = propter_map_get(&n->small, word);
    bool small = carries && *carries != VAGUE;
    /* The head is the last word before what modifies it begins with a small one ("farms | in the North"); a vague word leaves it open ("number of"). */
    if (small && *carries != JOINING && p->tokens && !head_known) {
      if (vague && i + 1 < t.count)
        p->weight[p->tokens - 1] *= VAGUE_WEIGHT;
      else
        p->weight[p->tokens - 1] *= HEAD * HEAD, head_known = true;
    }
    if (small || !t.items[i].stem[0]) continue;
    vague = carries && *carries == VAGUE;
    const uint64_t *slot = propter_map_get(&n->by_word, propter_str(t.items[i].stem));
    double w = rarity(n, slot ? n->postings.items[*slot].count : 0);
    status = look_up(p, &t.items[i], err);
    p->at[p->tokens] = t.items[i].span;
    p->weight[p->tokens++] = w * w;
  }
  if (p->tokens && !head_known) p->weight[p->tokens - 1] *= HEAD * HEAD;
  for (unsigned i = 0; i < p->tokens; i++) p->all += p->weight[i];
  propter_vec_clear(&t);
  return status;
}

/* What the words of a bag are like each word of the phrase; and, squared and weighed, how much of the bag the phrase has. */
static double cover_bag(const Phrase *p, const Bag *b, double factor, Met met[PHRASE]) {
  const PropterNames *n = p->names;
  double have = 0, all = 0;
  for (unsigned i = 0; i < b->words; i++) {
    uint32_t word = n->bag_words.items[b->first + i];
    double w = rarity(n, n->postings.items[word].count), best = 0;
    for (size_t h = 0; h < p->hit_count; h++) {
      const Hit *hit = &p->hits[h];
      if (hit->word != word) continue;
      if (hit->likeness > best) best = hit->likeness;
      if (hit->likeness * factor > met[hit->token].likeness) met[hit->token] = (Met){hit->likeness * factor, hit};
    }
    have += w * w * best, all += w * w;
  }
  return all > 0 ? have / all : 0;
}

static void climb(const Phrase *p, size_t index, double factor, unsigned depth, Met met[PHRASE]) {
  const PropterNames *n = p->names;
  for (size_t i = 0; i < n->edges.count && depth < CHAIN; i++) {
    if (n->edges.items[i].narrow != index) continue;
    for (size_t b = n->newest.items[n->edges.items[i].broad]; b != SIZE_MAX; b = n->bags.items[b].earlier)
      if (!n->bags.items[b].example) (void)cover_bag(p, &n->bags.items[b], factor, met);
    climb(p, n->edges.items[i].broad, factor * .7, depth + 1, met);
  }
}

/* Geometric mean of how much of the phrase the label has (or what is broader) and how much of the label the phrase has; 0 if it cannot reach `least`. */
static double score(const Phrase *p, const Bag *b, double least, Met met[PHRASE]) {
  double has = 0;
  for (unsigned i = 0; i < p->tokens; i++) met[i] = (Met){0, NULL};
  double covered = cover_bag(p, b, 1, met);
  double quality = b->quality * (b->example ? EXAMPLE : 1);
  if (quality * sqrt(covered) < least) return 0;
  climb(p, b->index, ABOVE, 0, met);
  for (unsigned i = 0; i < p->tokens; i++) has += p->weight[i] * met[i].likeness;
  return quality * sqrt(has / p->all * covered);
}

/* Keeps the best few, each thing once; of equals the one known first. */
static PropterStatus keep_best(PropterNameMatches *out, size_t from, PropterNameMatch m, PropterError *err) {
  size_t at = from;
  for (; at < out->count; at++)
    if (out->items[at].index == m.index) {
      if (out->items[at].quality >= m.quality) return PROPTER_OK;
      memmove(out->items + at, out->items + at + 1, (out->count - at - 1) * sizeof m);
      out->count--;
      break;
    }
  for (at = out->count; at > from; at--) {
    const PropterNameMatch *o = &out->items[at - 1];
    if (o->quality > m.quality || (o->quality == m.quality && o->index < m.index)) break;
  }
  if (at == from + BEST) return PROPTER_OK;
  if (!propter_vec_push(out, m)) return no_memory(err);
  memmove(out->items + at + 1, out->items + at, (out->count - 1 - at) * sizeof m);
  out->items[at] = m;
  if (out->count > from + BEST) out->count = from + BEST;
  return PROPTER_OK;
}

PropterStatus propter_names_rank(const PropterNames *n, PropterStr phrase, unsigned roles, PropterNameMatches *out, PropterError *err) {
  Phrase *p = propter_calloc(1, sizeof *p);
  if (!p) return no_memory(err);
  p->names = n;
  size_t from = out->count;
  Met met[PHRASE];
  PropterStatus status = take_apart(p, phrase, err);
  for (size_t h = 0; h < p->hit_count && status == PROPTER_OK; h++) {
    bool again = false;
    for (size_t k = 0; k < h && !again; k++) again = p->hits[k].word == p->hits[h].word;
    const Posting *with = &n->postings.items[p->hits[h].word];
    for (size_t i = 0; i < with->count && !again && status == PROPTER_OK; i++) {
      const Bag *b = &n->bags.items[with->items[i]];
      if (!(n->things.items[b->index].roles & roles)) continue;
      double closeness = score(p, b, out->count == from + BEST ? out->items[out->count - 1].quality : 0, met);
      if (closeness > 0) status = keep_best(out, from, (PropterNameMatch){b->index, {0, phrase.len}, p->tokens, closeness}, err);
    }
  }
  propter_free(p);
  return status;
}

PropterStatus names_like_words(const PropterNames *n, PropterStr phrase, size_t index, PropterArena *arena, PropterNearConcept *out, PropterError *err) {
  Phrase *p = propter_calloc(1, sizeof *p);
  if (!p) return no_memory(err);
  p->names = n;
  Met met[PHRASE], best[PHRASE];
  double most = 0;
  PropterStatus status = take_apart(p, phrase, err);
  for (size_t b = n->newest.items[index]; status == PROPTER_OK && b != SIZE_MAX; b = n->bags.items[b].earlier) {
    double closeness = score(p, &n->bags.items[b], most, met);
    if (closeness > most) most = closeness, memcpy(best, met, sizeof met);
  }
  out->word_count = 0;
  if (status == PROPTER_OK && !(out->words = propter_arena_alloc(arena, sizeof *out->words * PHRASE))) status = no_memory(err);
  for (unsigned i = 0; status == PROPTER_OK && most > 0 && i < p->tokens; i++) {
    if (!best[i].hit) continue;
    PropterLikeWord w = {propter_arena_copy(arena, (PropterStr){phrase.data + p->at[i].start, p->at[i].end - p->at[i].start}),
                         propter_arena_copy(arena, n->forms.items[best[i].hit->word]), best[i].likeness, best[i].hit->why};
    out->words[out->word_count++] = w;
    if (!w.word.data || !w.meets.data) status = no_memory(err);
  }
  propter_free(p);
  return status;
}

/* --- words of a language ------------------------------------------------------------------------------------------------------------- */

static PropterStatus names_carry(PropterNames *n, PropterStr words, Carries what, PropterError *err) {
  NameWords t = {0};
  PropterStatus status = names_words(n, words, &t) ? PROPTER_OK : no_memory(err);
  for (size_t i = 0; i < t.count && status == PROPTER_OK; i++) {
    uint64_t *slot = propter_map_put(&n->small, propter_str(t.items[i].plain), what, NULL);
    if (slot)
      *slot = what;
    else
      status = no_memory(err);
  }
  propter_vec_clear(&t);
  return status;
}

static PropterStatus names_list(PropterNames *n, Strings *list, PropterStr words, PropterError *err) {
  while (words.len) {
    PropterStr word = propter_arena_copy(&n->arena, rules_word(&words));
    if (!word.data || !propter_vec_push(list, word)) return no_memory(err);
  }
  return PROPTER_OK;
}

static PropterStatus names_alike(PropterNames *n, PropterStr words, PropterError *err) {
  NameWords t = {0};
  PropterStatus status = names_words(n, words, &t) ? PROPTER_OK : no_memory(err);
  size_t group = n->group_count++;
  for (size_t i = 0; i < t.count && status == PROPTER_OK; i++) {
    bool added = false;
    uint64_t *slot = propter_map_put(&n->alike, propter_str(t.items[i].stem), n->groups.count, &added);
    if (!slot || (added && !propter_vec_push(&n->groups, (Posting){0})) || !propter_vec_push(&n->groups.items[*slot], group)) status = no_memory(err);
  }
  propter_vec_clear(&t);
  return status;
}

static PropterStatus each_in(PropterMap *set, PropterStr words, PropterError *err) {
  while (words.len)
    if (!propter_map_put(set, rules_word(&words), 1, NULL)) return no_memory(err);
  return PROPTER_OK;
}

/* "ies y": an ending and what stands in its place in the singular, "-" for nothing. */
static PropterStatus names_plural(PropterNames *n, PropterStr words, PropterError *err) {
  Plural p = {.ending = propter_arena_copy(&n->arena, rules_word(&words))};
  p.singular = propter_arena_copy(&n->arena, rules_word(&words));
  if (propter_str_equal(p.singular, PROPTER_STR("-"))) p.singular.len = 0;
  for (size_t i = 0; i < n->plurals.count; i++)
    if (propter_str_equal(n->plurals.items[i].ending, p.ending)) return n->plurals.items[i] = p, PROPTER_OK;
  return p.ending.data && p.singular.data && propter_vec_push(&n->plurals, p) ? PROPTER_OK : no_memory(err);
}

static PropterStatus names_joining(PropterNames *n, PropterStr words, PropterError *err) {
  PROPTER_TRY(names_carry(n, words, JOINING, err));
  if (!n->and.len && !(n->and = propter_arena_copy(&n->arena, rules_word(&words))).data) return no_memory(err);
  return PROPTER_OK;
}

PropterStatus names_line(PropterNames *names, LabelLine line, PropterError *err) {
  switch (line.kind) {
  case LABEL_small:
    return names_carry(names, line.text, SMALL, err);
  case LABEL_linking:
    return names_carry(names, line.text, LINKING, err);
  case LABEL_joining:
    return names_joining(names, line.text, err);
  case LABEL_vague:
    return names_carry(names, line.text, VAGUE, err);
  case LABEL_negating:
    return names_list(names, &names->negating, line.text, err);
  case LABEL_alike:
    return names_alike(names, line.text, err);
  case LABEL_article:
    return each_in(&names->articles, line.text, err);
  case LABEL_plural:
    return names_plural(names, line.text, err);
  case LABEL_joint:
    return names_list(names, &names->joints, line.text, err);
  case LABEL_affix:
    return each_in(&names->affixes, line.text, err);
  default:
    return PROPTER_OK;
  }
}

PropterStatus rules_lexicon(const PropterRules *rules, PropterNames *names, PropterError *err) {
  for (size_t i = 0; i < rules->label_lines.count; i++) PROPTER_TRY(names_line(names, rules->label_lines.items[i], err));
  if (!language_first(&names->language) || names->wordnet) return PROPTER_OK;
  PropterStatus status = propter_wordnet_open(NULL, &names->wordnet, err);
  if (status == PROPTER_NO_MEMORY) return status;
  names->hash ^= names->wordnet != NULL; /* documents are linked anew when it has come or gone */
  propter_error_clear(err);
  return PROPTER_OK;
}

PropterStatus names_near(PropterNames *names, PropterError *err) {
  if (!language_first(&names->language) || names->vectors.rows.count) return PROPTER_OK;
  forget(names);
  return words_parse(model_en_words, "en.words", &names->vectors, err);
}
