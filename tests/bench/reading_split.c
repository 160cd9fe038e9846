/* SPDX-License-Identifier: Apache-2.0 */
/* Learns where annotators split a passage into cause and effect: an averaged perceptron with a margin that ranks candidates (Collins 2002; Collins and Duffy
 * 2002), each a pair of whole sentences or the two sides of a connective in one. The passages of the fold that is asked for are left out. */
#include <string.h>

#include "propter/rng.h"
#include "reading_split.h"

enum {
  WEIGHTS = 1 << 22, /* features by their hash */
  SENTENCES = 6,     /* of a passage that are looked at */
  SKIPPED = 5,       /* tokens of a connective */
  EDGE = 14,         /* tokens of a clause that may be cut off at an edge */
  EPOCHS = 6,
  LOSS = 8,          /* margin of a candidate that has nothing in common with the truth */
  LEARNERS = 3 /* whose weights are added */
};

typedef struct {
  CorpusRelation relation;
  size_t first, count; /* of SplitSet.features */
} Candidate;

typedef struct {
  size_t first, count; /* of SplitSet.candidates */
} Passages;

struct SplitSet {
  PROPTER_VEC(uint32_t) features;
  PROPTER_VEC(Candidate) candidates;
  PROPTER_VEC(Passages) items;
  float *weights, *sums; /* of the last learned fold */
};

/* --- candidates ------------------------------------------------------------------------------------------------------------------ */

typedef struct {
  SplitSet *set;
  Trainer *t;
  PropterStr text;
  const CorpusRelation *known; /* of reading_passage, best first */
  size_t known_count, sentence_count, sentence;
  Spans sentences;
  uint32_t context; /* how many sentences, which of them */
} Make;

static void need(bool done) { reading_check(done ? PROPTER_OK : PROPTER_NO_MEMORY, &(PropterError){.message = "out of memory"}); }

static uint32_t mix(uint32_t a, uint32_t b) {
  uint64_t h = (uint64_t)(a ^ 0x9E3779B9u) * 0xBF58476D1CE4E5B9u + b;
  h ^= h >> 29, h *= 0x94D049BB133111EBu, h ^= h >> 32;
  return (uint32_t)h;
}

static uint32_t hash(PropterStr s) { return (uint32_t)propter_hash64(s); }

static void add(Make *m, uint32_t template_, uint32_t a, uint32_t b) {
  need(propter_vec_push(&m->set->features, mix(mix(template_, a), b) % WEIGHTS));
  m->set->candidates.items[m->set->candidates.count - 1].count++;
}

static PropterSpan trim(PropterStr s, PropterSpan a) {
  while (a.start < a.end && strchr(" ,;:-\n", s.data[a.start])) a.start++;
  while (a.end > a.start && strchr(" ,;:-\n", s.data[a.end - 1])) a.end--;
  return a;
}

static uint32_t figures(PropterStr text, PropterSpan s) {
  for (size_t i = s.start; i < s.end; i++)
    if (text.data[i] >= '0' && text.data[i] <= '9') return 1;
  return 0;
}

static uint32_t sizes(size_t n) { return n < 16 ? 0 : n < 32 ? 1 : n < 64 ? 2 : n < 128 ? 3 : n < 256 ? 4 : 5; }

static bool begin(Make *m, PropterSpan cause, PropterSpan effect) {
  cause = trim(m->text, cause), effect = trim(m->text, effect);
  if (span_size(cause) < 5 || span_size(effect) < 5) return false;
  need(propter_vec_push(&m->set->candidates, ((Candidate){{{0, 0}, cause, effect}, m->set->features.count, 0})));
  uint32_t order = cause.start < effect.start, rank = 9;
  for (size_t i = 0; i < m->known_count && rank == 9; i++)
    if (memcmp(&m->known[i].cause, &cause, sizeof cause) == 0 && memcmp(&m->known[i].effect, &effect, sizeof effect) == 0)
      rank = i < 3 ? (uint32_t)i : i < 6 ? 4 : 5;
  uint32_t number = figures(m->text, cause) * 2 + figures(m->text, effect);
  add(m, 1, m->context, order), add(m, 2, rank, 0), add(m, 3, rank, m->context);
  add(m, 4, number, order), add(m, 5, sizes(span_size(cause)), order), add(m, 6, sizes(span_size(effect)), order);
  add(m, 7, number, mix(m->context, order));
  return true;
}

/* Words of a span, by what kind of side it is. */
static void words(Make *m, uint32_t side, PropterSpan s) {
  size_t from = s.start;
  uint32_t before = 0;
  for (size_t i = s.start; i <= s.end; i++) {
    if (i < s.end && m->text.data[i] != ' ') continue;
    if (i > from) {
      Token t;
      PropterStr w = {m->text.data + from, i - from};
      while (w.len > 1 && strchr(".,;:", w.data[w.len - 1])) w.len--;
      token_fold(w, &t);
      uint32_t h = hash((PropterStr){t.word, t.len});
      add(m, 20 + side, h, 0);
      add(m, 30 + side, before, h);
      if (from == s.start) add(m, 40 + side, h, m->context);
      before = h;
    }
    from = i + 1;
  }
}

static void across(Make *m) {
  size_t n = m->sentence_count;
  for (size_t i = 0; i < n; i++)
    for (size_t j = i; j < n; j++)
      for (size_t k = j + 1; k < n; k++)
        for (size_t l = k; l < n; l++) {
          PropterSpan a = {m->sentences.items[i].start, m->sentences.items[j].end}, b = {m->sentences.items[k].start, m->sentences.items[l].end};
          for (uint32_t order = 0; order < 2; order++) {
            m->context = mix((uint32_t)(n * 64 + i * 8 + j), (uint32_t)(k * 8 + l));
            if (!begin(m, order ? a : b, order ? b : a)) continue;
            words(m, order, a);
            words(m, 2 + order, b);
          }
        }
}

static uint32_t word(const Tagged *t, size_t i) { return i < t->count ? hash((PropterStr){t->tokens[i].word, t->tokens[i].len}) : 7; }
static uint32_t tag(const Tagged *t, size_t i) { return i < t->count ? t->tokens[i].tag + 1u : 0; }
static bool comma(const Tagged *t, size_t i) { return t->tokens[i].len == 1 && t->tokens[i].word[0] == ','; }

static bool joins(const Tagged *t, size_t i) {
  switch ((Upos)t->tokens[i].tag) {
  case UPOS_NOUN:
  case UPOS_PROPN:
  case UPOS_NUM:
  case UPOS_ADJ:
  case UPOS_SYM:
    return false;
  default:
    return true;
  }
}

typedef struct {
  size_t start, left, right, end; /* tokens: [start, left) | connective | [right, end) */
} Cut;

static PropterSpan span_of(const Make *m, const Tagged *t, size_t from, size_t to) {
  size_t base = m->sentences.items[m->sentence].start;
  size_t end = to < t->count ? t->tokens[to - 1].end + base : m->sentences.items[m->sentence].end;
  return (PropterSpan){t->tokens[from].start + base, end};
}

static void cut(Make *m, const Tagged *t, Cut c) {
  for (uint32_t order = 0; order < 2; order++) {
    PropterSpan a = span_of(m, t, c.start, c.left), b = span_of(m, t, c.right, c.end);
    m->context = mix((uint32_t)m->sentence_count, (uint32_t)m->sentence + 100);
    if (!begin(m, order ? a : b, order ? b : a)) continue;
    uint32_t connective = 0, tags = 0, front = c.start ? word(t, 0) : 0, back = c.end < t->count ? mix(word(t, c.end), word(t, c.end + 1)) : 0;
    for (size_t i = c.left; i < c.right; i++) connective = mix(connective, word(t, i)), tags = mix(tags, tag(t, i));
    add(m, 50, connective, order), add(m, 51, tags, order);
    add(m, 52, word(t, c.left), order), add(m, 53, word(t, c.right - 1), order);
    add(m, 54, word(t, c.left - 1), connective), add(m, 55, word(t, c.right), mix(connective, order));
    add(m, 56, tag(t, c.left - 1), mix(connective, order)), add(m, 57, mix(tag(t, c.right), tag(t, c.right + 1)), mix(connective, order));
    add(m, 58, mix(tag(t, c.left - 1), tags), mix(tag(t, c.right), order)), add(m, 59, word(t, c.right), order);
    add(m, 60, (uint32_t)c.start, mix(front, order)), add(m, 61, (uint32_t)(c.start > 2), connective), add(m, 62, mix(front, (uint32_t)c.start), connective);
    add(m, 63, back, order), add(m, 64, c.end < t->count, connective), add(m, 65, c.end < t->count, tag(t, c.end + 1));
    size_t left = c.left - c.start, right = c.end - c.right;
    add(m, 66, left < 4 ? (uint32_t)left : left < 8 ? 5 : 6, mix(connective, order));
    add(m, 67, right < 4 ? (uint32_t)right : right < 8 ? 5 : 6, mix(connective, order));
    add(m, 68, (uint32_t)(left * 5 / (left + right)), order), add(m, 69, word(t, c.start), order), add(m, 70, connective, m->context);
    add(m, 71, mix(word(t, c.right), word(t, c.right + 1)), mix(connective, order));
    add(m, 72, mix(word(t, c.left - 1), tag(t, c.left)), order), add(m, 73, connective == 0, mix(tag(t, c.right), order));
    for (size_t i = c.start; i < c.left; i++) {
      add(m, 74, word(t, i), order);
      if (t->tokens[i].tag == UPOS_SCONJ || t->tokens[i].tag == UPOS_VERB) add(m, 76, word(t, i), mix(connective, order));
    }
    for (size_t i = c.right; i < c.end; i++) {
      add(m, 75, word(t, i), order);
      if (t->tokens[i].tag == UPOS_SCONJ || t->tokens[i].tag == UPOS_VERB) add(m, 77, word(t, i), mix(connective, order));
    }
  }
}

/* Where the left side may begin: at the sentence, behind its first words, behind a first clause. */
static size_t beginnings(const Tagged *t, size_t out[5]) {
  size_t n = 0, i = 0;
  out[n++] = 0;
  for (; i < 3 && i + 2 < t->count && joins(t, i); i++) out[n++] = i + 1;
  for (i = 1; i < EDGE && i + 4 < t->count; i++)
    if (comma(t, i)) {
      out[n++] = i + 1;
      break;
    }
  return n;
}

static void inside(Make *m) {
  const Tagged *t = m->t->tagged;
  if (t->count < 6) return;
  size_t starts[5], start_count = beginnings(t, starts), ends[2] = {t->count, t->count}, end_count = 1;
  for (size_t i = t->count - 2; i + EDGE > t->count && i > 4; i--)
    if (comma(t, i)) {
      ends[end_count++] = i;
      break;
    }
  for (size_t left = 2; left + 2 < t->count; left++)
    for (size_t right = left; right <= left + SKIPPED && right + 1 < t->count; right++) {
      if (right > left && (!joins(t, left) || (!joins(t, right - 1) && right - left > 4))) continue;
      if (right == left && !(t->tokens[left].tag == UPOS_VERB || t->tokens[left].tag == UPOS_PART || t->tokens[left].tag == UPOS_SCONJ)) continue;
      for (size_t s = 0; s < start_count; s++)
        for (size_t e = 0; e < end_count; e++)
          if (starts[s] + 1 < left && right + 1 < ends[e]) cut(m, t, (Cut){starts[s], left, right ? right : left, ends[e]});
    }
}

SplitSet *split_set(Trainer *t, const Corpus *c) {
  SplitSet *set = propter_calloc(1, sizeof *set);
  need(set != NULL);
  for (size_t i = 0; i < c->items.count; i++) {
    CorpusRelation known[64];
    Make m = {.set = set, .t = t, .text = c->items.items[i].text, .known = known};
    Passages p = {set->candidates.count, 0};
    m.known_count = reading_passage(t, m.text, known, sizeof known / sizeof *known);
    need(read_sentences(t->rules, m.text, &m.sentences));
    m.sentence_count = m.sentences.count < SENTENCES ? m.sentences.count : SENTENCES;
    for (size_t k = 0; k < m.sentence_count; k++) m.sentences.items[k] = trim(m.text, m.sentences.items[k]);
    across(&m);
    for (m.sentence = 0; m.sentence < m.sentence_count; m.sentence++) {
      PropterSpan s = m.sentences.items[m.sentence];
      judge_tag(t->judge, (PropterStr){m.text.data + s.start, span_size(s)}, false, t->tagged);
      inside(&m);
    }
    p.count = set->candidates.count - p.first;
    need(propter_vec_push(&set->items, p));
    propter_vec_clear(&m.sentences);
  }
  return set;
}

void split_clear(SplitSet *set) {
  propter_vec_clear(&set->features);
  propter_vec_clear(&set->candidates);
  propter_vec_clear(&set->items);
  propter_free(set->weights);
  propter_free(set->sums);
  propter_free(set);
}

/* --- learning -------------------------------------------------------------------------------------------------------------------- */

static double alike(const CorpusRelation *a, const CorpusRelation *b) { return (span_iou(a->cause, b->cause) + span_iou(a->effect, b->effect)) / 2; }

static double score(const SplitSet *set, const Candidate *c) {
  double sum = 0;
  for (size_t k = 0; k < c->count; k++) sum += set->weights[set->features.items[c->first + k]];
  return sum;
}

static void move(SplitSet *set, const Candidate *c, float by, double now) {
  for (size_t k = 0; k < c->count; k++) {
    uint32_t f = set->features.items[c->first + k];
    set->weights[f] += by, set->sums[f] += (float)(by * now);
  }
}

/* The candidate most like the truth against the one that scores highest with its loss; those that are another relation's are nobody's mistake. */
static void step(SplitSet *set, const Passages *p, const CorpusRelation *truths, size_t truth_count, size_t which, double now) {
  const Candidate *all = set->candidates.items + p->first, *target = NULL, *worst = NULL;
  double close = .5, most = 0;
  for (size_t i = 0; i < p->count; i++)
    if (alike(&all[i].relation, &truths[which]) > close) close = alike(&all[i].relation, &truths[which]), target = &all[i];
  if (!target) return;
  for (size_t i = 0; i < p->count; i++) {
    bool other = &all[i] == target;
    for (size_t k = 0; k < truth_count; k++) other |= k != which && alike(&all[i].relation, &truths[k]) > .9;
    if (other) continue;
    double s = score(set, &all[i]) + LOSS * (1 - alike(&all[i].relation, &target->relation));
    if (!worst || s > most) worst = &all[i], most = s;
  }
  if (!worst || score(set, target) > most) return;
  move(set, target, 1, now), move(set, worst, -1, now);
}

/* One pass of learning from an order of its own; the averaged weights are added to `all`. */
static void learn(SplitSet *set, const Corpus *c, size_t *order, size_t n, uint64_t seed, float *all) {
  PropterRng rng;
  double now = 0;
  propter_rng_seed(&rng, seed);
  memset(set->weights, 0, WEIGHTS * sizeof *set->weights);
  memset(set->sums, 0, WEIGHTS * sizeof *set->sums);
  for (int e = 0; e < EPOCHS; e++) {
    for (size_t i = n; i > 1; i--) {
      size_t j = propter_rng_below(&rng, i), t = order[i - 1];
      order[i - 1] = order[j], order[j] = t;
    }
    for (size_t i = 0; i < n; i++) {
      const CorpusItem *item = &c->items.items[order[i]];
      for (size_t k = 0; k < item->count; k++) step(set, &set->items.items[order[i]], c->relations.items + item->first, item->count, k, now++);
    }
  }
  for (size_t i = 0; i < WEIGHTS && now > 0; i++) all[i] += set->weights[i] - (float)(set->sums[i] / now);
}

void split_learn(SplitSet *set, const Corpus *c, unsigned folds, unsigned fold) {
  size_t *order = propter_malloc((set->items.count + 1) * sizeof *order), n = 0;
  float *all = propter_calloc(WEIGHTS, sizeof *all);
  if (!set->weights) set->weights = propter_calloc(WEIGHTS, sizeof *set->weights), set->sums = propter_calloc(WEIGHTS, sizeof *set->sums);
  need(set->weights && set->sums && order && all);
  for (size_t i = 0; i < set->items.count; i++)
    if (c->items.items[i].document % folds != fold) order[n++] = i;
  for (uint64_t seed = 1; seed <= LEARNERS; seed++) learn(set, c, order, n, seed, all);
  propter_free(set->weights);
  set->weights = all;
  propter_free(order);
}

size_t split_best(const SplitSet *set, size_t item, CorpusRelation *found, size_t room) {
  const Passages *p = &set->items.items[item];
  size_t n = 0;
  while (n < room) {
    const Candidate *best = NULL;
    double most = 0;
    for (size_t i = 0; i < p->count; i++) {
      const Candidate *x = &set->candidates.items[p->first + i];
      bool taken = false;
      for (size_t k = 0; k < n; k++) taken |= alike(&x->relation, &found[k]) > .6;
      double s = taken ? 0 : score(set, x);
      if (!taken && (!best || s > most)) best = x, most = s;
    }
    if (!best) break;
    found[n++] = best->relation;
  }
  return n;
}
