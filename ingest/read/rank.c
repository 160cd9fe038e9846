/* SPDX-License-Identifier: Apache-2.0 */
/* What a phrase comes closest to, where no label stands in it word by word: labels and examples that share words, stems, kin ("economy", "economic") or
 * words alike with it, each weighed by how few things have it (inverse document frequency: Spärck Jones 1972). */
#include <math.h>
#include <string.h>

#include "names.h"
#include "propter/hash.h"

enum { PHRASE = 24, HITS = 512, CHAIN = 8, KIN = 4, BEST = 5 };
#define HEAD 1.5    /* weight of the head of a phrase */
#define ALIKE .8    /* another word for it, another word of its family */
#define ABOVE .5    /* a word that only what is broader has; less by .7 with each further step */
#define KIN_PART .6 /* of the longer stem two of a family share at least this */

/* A word of the phrase that is, or is akin to, a word of some label. */
typedef struct {
  uint32_t word;
  unsigned token;
  double likeness;
} Hit;

typedef struct {
  const PropterNames *names;
  double weight[PHRASE]; /* of each word of the phrase, squared */
  double all;
  unsigned tokens;
  Hit hits[HITS];
  size_t hit_count;
} Phrase;

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "no memory for names"); }

static double rarity(const PropterNames *n, size_t with) { return log(1 + (double)n->things.count / (1 + (double)with)); }

static void hit(Phrase *p, uint32_t word, unsigned token, double likeness) {
  for (size_t i = 0; i < p->hit_count; i++)
    if (p->hits[i].word == word && p->hits[i].token == token) {
      if (p->hits[i].likeness < likeness) p->hits[i].likeness = likeness;
      return;
    }
  if (p->hit_count < HITS) p->hits[p->hit_count++] = (Hit){word, token, likeness};
}

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

static void look_up(Phrase *p, const char *stem_, unsigned token) {
  const PropterNames *n = p->names;
  PropterStr stem = propter_str(stem_);
  const uint64_t *slot = propter_map_get(&n->by_word, stem), *group = propter_map_get(&n->alike, stem);
  if (slot) hit(p, (uint32_t)*slot, token, 1);
  for (size_t i = 0; i < n->by_word.count; i++) {
    PropterStr other = n->by_word.entries[i].key;
    if (group && share_group(n, &n->groups.items[*group], other)) {
      hit(p, (uint32_t)n->by_word.entries[i].value, token, ALIKE);
    } else if (!slot && other.data[0] == stem.data[0]) {
      double kin = kinship(stem, other);
      if (kin > 0) hit(p, (uint32_t)n->by_word.entries[i].value, token, ALIKE * kin);
    }
  }
}

static PropterStatus take_apart(Phrase *p, PropterStr text, PropterError *err) {
  const PropterNames *n = p->names;
  Words t = {0};
  if (!names_words(n, text, &t)) {
    propter_vec_clear(&t);
    return no_memory(err);
  }
  bool head_known = false;
  for (size_t i = 0; i < t.count && p->tokens < PHRASE; i++) {
    bool small = propter_map_get(&n->small, propter_str(t.items[i].plain)) != NULL;
    /* The head is the last word before what modifies it begins with a small one ("the number | of cattle"). */
    if (small && p->tokens && !head_known) p->weight[p->tokens - 1] *= HEAD * HEAD, head_known = true;
    if (small || !t.items[i].stem[0]) continue;
    const uint64_t *slot = propter_map_get(&n->by_word, propter_str(t.items[i].stem));
    double w = rarity(n, slot ? n->postings.items[*slot].count : 0);
    look_up(p, t.items[i].stem, p->tokens);
    p->weight[p->tokens++] = w * w;
  }
  if (p->tokens && !head_known) p->weight[p->tokens - 1] *= HEAD * HEAD;
  for (unsigned i = 0; i < p->tokens; i++) p->all += p->weight[i];
  propter_vec_clear(&t);
  return PROPTER_OK;
}

/* What the words of a bag are like each word of the phrase; and, squared and weighed, how much of the bag the phrase has. */
static double cover_bag(const Phrase *p, const Bag *b, double factor, double *likeness) {
  const PropterNames *n = p->names;
  double have = 0, all = 0;
  for (unsigned i = 0; i < b->words; i++) {
    uint32_t word = n->bag_words.items[b->first + i];
    double w = rarity(n, n->postings.items[word].count), best = 0;
    for (size_t h = 0; h < p->hit_count; h++) {
      if (p->hits[h].word != word) continue;
      if (p->hits[h].likeness > best) best = p->hits[h].likeness;
      if (p->hits[h].likeness * factor > likeness[p->hits[h].token]) likeness[p->hits[h].token] = p->hits[h].likeness * factor;
    }
    have += w * w * best, all += w * w;
  }
  return all > 0 ? have / all : 0;
}

static void climb(const Phrase *p, size_t index, double factor, unsigned depth, double *likeness) {
  const PropterNames *n = p->names;
  for (size_t i = 0; i < n->edges.count && depth < CHAIN; i++) {
    if (n->edges.items[i].narrow != index) continue;
    for (size_t b = n->newest.items[n->edges.items[i].broad]; b != SIZE_MAX; b = n->bags.items[b].earlier)
      if (!n->bags.items[b].example) (void)cover_bag(p, &n->bags.items[b], factor, likeness);
    climb(p, n->edges.items[i].broad, factor * .7, depth + 1, likeness);
  }
}

/* Geometric mean of how much of the phrase the label has (or what is broader) and how much of the label the phrase has; 0 if it cannot reach `least`. */
static double score(const Phrase *p, const Bag *b, double least) {
  double likeness[PHRASE] = {0}, has = 0;
  double covered = cover_bag(p, b, 1, likeness);
  if (b->quality * sqrt(covered) < least) return 0;
  climb(p, b->index, ABOVE, 0, likeness);
  for (unsigned i = 0; i < p->tokens; i++) has += p->weight[i] * likeness[i];
  return b->quality * sqrt(has / p->all * covered);
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
  PropterStatus status = take_apart(p, phrase, err);
  for (size_t h = 0; h < p->hit_count && status == PROPTER_OK; h++) {
    bool again = false;
    for (size_t k = 0; k < h && !again; k++) again = p->hits[k].word == p->hits[h].word;
    const Posting *with = &n->postings.items[p->hits[h].word];
    for (size_t i = 0; i < with->count && !again && status == PROPTER_OK; i++) {
      const Bag *b = &n->bags.items[with->items[i]];
      if (!(n->things.items[b->index].roles & roles)) continue;
      double closeness = score(p, b, out->count == from + BEST ? out->items[out->count - 1].quality : 0);
      if (closeness > 0) status = keep_best(out, from, (PropterNameMatch){b->index, {0, phrase.len}, p->tokens, closeness}, err);
    }
  }
  propter_free(p);
  return status;
}

/* --- words of a language ------------------------------------------------------------------------------------------------------------- */

static PropterStatus names_small(PropterNames *n, PropterStr words, PropterError *err) {
  Words t = {0};
  PropterStatus status = names_words(n, words, &t) ? PROPTER_OK : no_memory(err);
  for (size_t i = 0; i < t.count && status == PROPTER_OK; i++)
    if (!propter_map_put(&n->small, propter_str(t.items[i].plain), 1, NULL)) status = no_memory(err);
  propter_vec_clear(&t);
  return status;
}

static PropterStatus names_alike(PropterNames *n, PropterStr words, PropterError *err) {
  Words t = {0};
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

PropterStatus rules_lexicon(const PropterRules *rules, PropterNames *names, PropterError *err) {
  for (size_t i = 0; i < rules->small.count; i++) PROPTER_TRY(names_small(names, rules->small.items[i], err));
  for (size_t i = 0; i < rules->alike.count; i++) PROPTER_TRY(names_alike(names, rules->alike.items[i], err));
  return PROPTER_OK;
}
