/* SPDX-License-Identifier: Apache-2.0 */
#include "learn.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "propter/rng.h"

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "no memory for training"); }

/* --- features by number ------------------------------------------------------------------------------------------------------------ */

static bool grow(LearnIndex *x) {
  LearnIndex old = *x;
  x->slot_count = old.slot_count ? old.slot_count * 2 : 1 << 16;
  x->slots = propter_calloc(x->slot_count, sizeof *x->slots);
  x->numbers = propter_calloc(x->slot_count, sizeof *x->numbers);
  if (!x->slots || !x->numbers) return false;
  for (size_t i = 0; i < old.slot_count; i++) {
    if (!old.slots[i]) continue;
    size_t at = old.slots[i] & (x->slot_count - 1);
    while (x->slots[at]) at = (at + 1) & (x->slot_count - 1);
    x->slots[at] = old.slots[i], x->numbers[at] = old.numbers[i];
  }
  propter_free(old.slots);
  propter_free(old.numbers);
  return true;
}

uint32_t learn_number(LearnIndex *x, uint64_t hash, bool make) {
  if (make && x->count * 2 >= x->slot_count && !grow(x)) return UINT32_MAX;
  if (!x->slot_count) return UINT32_MAX;
  size_t at = hash & (x->slot_count - 1);
  while (x->slots[at] && x->slots[at] != hash) at = (at + 1) & (x->slot_count - 1);
  if (x->slots[at]) return x->numbers[at];
  if (!make) return UINT32_MAX;
  x->slots[at] = hash;
  return x->numbers[at] = (uint32_t)x->count++;
}

void learn_index_clear(LearnIndex *x) {
  propter_free(x->slots);
  propter_free(x->numbers);
  memset(x, 0, sizeof *x);
}

/* --- cases ------------------------------------------------------------------------------------------------------------------------- */

void learn_begin(LearnSet *set, Features *f) { f->count = 0, f->names = &set->names; }

bool learn_add(LearnSet *set, Features *f, int truth, unsigned document, double weight) {
  features_once(f);
  LearnCase c = {set->hashes.count, f->count, truth, weight, document};
  if (!propter_vec_reserve(&set->hashes, c.first + f->count) || !propter_vec_reserve(&set->values, c.first + f->count)) return false;
  if (f->count) memcpy(set->hashes.items + c.first, f->hashes, f->count * sizeof *f->hashes);
  if (f->count) memcpy(set->values.items + c.first, f->values, f->count * sizeof *f->values);
  set->hashes.count = set->values.count = c.first + f->count;
  return propter_vec_push(&set->cases, c);
}

void learn_set_clear(LearnSet *set) {
  propter_vec_clear(&set->hashes);
  propter_vec_clear(&set->values);
  propter_vec_clear(&set->cases);
  propter_map_clear(&set->names);
}

/* --- models as text ------------------------------------------------------------------------------------------------------------------ */

static void write_head(PropterBuf *out, const char *const *classes, size_t count, double scale) {
  propter_buf_add(out, PROPTER_STR("classes"));
  for (size_t c = 0; c < count; c++) propter_buf_printf(out, " %s", classes[c]);
  propter_buf_printf(out, "\nscale %.0f\n", scale);
}

static void write_row(PropterBuf *out, PropterStr name, const double *weights, size_t count, double scale) {
  bool any = false;
  for (size_t c = 0; c < count; c++) {
    long w = lround(weights[c] * scale);
    if (!w) continue;
    if (!any) propter_buf_add(out, name), propter_buf_add_char(out, '\t');
    propter_buf_printf(out, any ? " %c%ld" : "%c%ld", (char)('A' + c), w);
    any = true;
  }
  if (any) propter_buf_add_char(out, '\n');
}

static int by_name(const void *a, const void *b) { return propter_str_compare(((const PropterMapEntry *)a)->key, ((const PropterMapEntry *)b)->key); }

/* The names in their order; free with propter_free. */
static PropterMapEntry *sorted(const PropterMap *names) {
  PropterMapEntry *list = propter_malloc((names->count + 1) * sizeof *list);
  if (!list) return NULL;
  memcpy(list, names->entries, names->count * sizeof *list);
  qsort(list, names->count, sizeof *list, by_name);
  return list;
}

/* --- logistic regression ---------------------------------------------------------------------------------------------------------------- */

typedef struct {
  LearnIndex index;
  double *weights, *squares, *sums;
  size_t classes;
  uint32_t *numbers; /* of every hash of the set, UINT32_MAX: left out */
  double *holds;     /* of each number: what its weights are held by in a case */
} Logistic;

static bool in_fold(const LearnCase *c, const LearnOptions *o) { return o->folds && c->document % o->folds == o->fold; }

static PropterStatus number_features(Logistic *l, const LearnSet *set, const LearnOptions *o, PropterError *err) {
  LearnIndex all = {0};
  PROPTER_VEC(unsigned) seen = {0};
  PropterStatus status = (l->numbers = propter_malloc((set->hashes.count + 1) * sizeof *l->numbers)) ? PROPTER_OK : no_memory(err);
  for (size_t i = 0; i < set->cases.count && status == PROPTER_OK; i++) {
    const LearnCase *c = &set->cases.items[i];
    for (size_t k = 0; k < c->count && status == PROPTER_OK && !in_fold(c, o); k++) {
      uint32_t n = learn_number(&all, set->hashes.items[c->first + k], true);
      if (n == UINT32_MAX || (n >= seen.count && !propter_vec_push(&seen, 0u))) status = no_memory(err);
      if (status == PROPTER_OK) seen.items[n]++;
    }
  }
  for (size_t i = 0; i < set->hashes.count && status == PROPTER_OK; i++) {
    uint32_t n = learn_number(&all, set->hashes.items[i], false);
    l->numbers[i] = n != UINT32_MAX && seen.items[n] >= o->least ? learn_number(&l->index, set->hashes.items[i], true) : UINT32_MAX;
  }
  if (status == PROPTER_OK && !(l->holds = propter_calloc(l->index.count + 1, sizeof *l->holds))) status = no_memory(err);
  for (size_t i = 0; i < set->hashes.count && status == PROPTER_OK; i++)
    if (l->numbers[i] != UINT32_MAX)
      l->holds[l->numbers[i]] = o->l2 + o->ridge / (double)seen.items[learn_number(&all, set->hashes.items[i], false)];
  learn_index_clear(&all);
  propter_vec_clear(&seen);
  return status;
}

static void step(Logistic *l, const LearnCase *c, const float *values, const LearnOptions *o) {
  double score[LINEAR_CLASSES] = {0}, sum = 0, top = -1e30;
  const uint32_t *mine = l->numbers + c->first;
  for (size_t k = 0; k < c->count; k++)
    for (size_t y = 0; y < l->classes && mine[k] != UINT32_MAX; y++) score[y] += l->weights[mine[k] * l->classes + y] * (double)values[k];
  for (size_t y = 0; y < l->classes; y++) top = score[y] > top ? score[y] : top;
  for (size_t y = 0; y < l->classes; y++) sum += score[y] = exp(score[y] - top);
  for (size_t y = 0; y < l->classes; y++) {
    double gradient = c->weight * (score[y] / sum - ((int)y == c->truth));
    for (size_t k = 0; k < c->count; k++) {
      if (mine[k] == UINT32_MAX) continue;
      size_t at = mine[k] * l->classes + y;
      double g = gradient * (double)values[k] + l->holds[mine[k]] * l->weights[at];
      l->squares[at] += g * g;
      l->weights[at] -= o->rate * g / sqrt(l->squares[at] + 1e-8);
    }
  }
}

/* Passes over the cases; how many were added to the sums. */
static unsigned run(Logistic *l, const LearnSet *set, size_t *order, size_t count, PropterRng *rng, const LearnOptions *o) {
  unsigned added = 0;
  for (unsigned e = 0; e < o->epochs; e++) {
    for (size_t i = count; i > 1; i--) {
      size_t j = propter_rng_below(rng, i), t = order[i - 1];
      order[i - 1] = order[j], order[j] = t;
    }
    for (size_t i = 0; i < count; i++) {
      const LearnCase *c = &set->cases.items[order[i]];
      step(l, c, set->values.items + c->first, o);
    }
    if (e * 2 < o->epochs) continue;
    added++;
    for (size_t i = 0; i < (l->index.count + 1) * l->classes; i++) l->sums[i] += l->weights[i];
  }
  return added;
}

PropterStatus learn_logistic(const LearnSet *set, const char *const *classes, size_t class_count, const LearnOptions *o, double scale, PropterBuf *out,
                             PropterError *err) {
  Logistic l = {.classes = class_count};
  PropterMapEntry *names = NULL;
  size_t *order = propter_malloc((set->cases.count + 1) * sizeof *order), n = 0, size;
  PropterStatus status = order ? number_features(&l, set, o, err) : no_memory(err);
  if (status != PROPTER_OK) goto done;
  size = (l.index.count + 1) * class_count;
  l.weights = propter_calloc(size, sizeof *l.weights), l.squares = propter_calloc(size, sizeof *l.squares), l.sums = propter_calloc(size, sizeof *l.sums);
  names = sorted(&set->names);
  if (!l.weights || !l.squares || !l.sums || !names) {
    status = no_memory(err);
    goto done;
  }
  for (size_t i = 0; i < set->cases.count; i++)
    if (!in_fold(&set->cases.items[i], o)) order[n++] = i;
  PropterRng rng;
  propter_rng_seed(&rng, 7);
  unsigned averaged = 0;
  for (unsigned r = 0; r < (o->runs ? o->runs : 1); r++) {
    memset(l.weights, 0, size * sizeof *l.weights), memset(l.squares, 0, size * sizeof *l.squares);
    averaged += run(&l, set, order, n, &rng, o);
  }
  for (size_t i = 0; i < size && averaged; i++) l.sums[i] /= averaged;
  uint32_t bias = learn_number(&l.index, propter_hash64(PROPTER_STR("bias=")), false);
  if (bias != UINT32_MAX) l.sums[(bias + 1) * class_count - 1] += o->shift;
  write_head(out, classes, class_count, scale);
  for (size_t i = 0; i < set->names.count; i++) {
    uint32_t number = learn_number(&l.index, names[i].value ? names[i].value : 1, false);
    if (number == UINT32_MAX) continue;
    write_row(out, names[i].key, l.sums + number * class_count, class_count, scale);
  }
  status = propter_buf_status(out, err);
done:
  learn_index_clear(&l.index);
  propter_free(l.weights);
  propter_free(l.squares);
  propter_free(l.sums);
  propter_free(l.numbers);
  propter_free(l.holds);
  propter_free(names);
  propter_free(order);
  return status;
}

/* --- the tagger ---------------------------------------------------------------------------------------------------------------------------- */

enum { KNOWN_LEAST = 20 };

typedef struct {
  PROPTER_VEC(Token) tokens;
  PROPTER_VEC(size_t) ends; /* of sentences */
} Treebank;

static int upos_of(PropterStr name) {
  for (int t = 0; t < UPOS_COUNT; t++)
    if (propter_str_equal(name, propter_str(upos_name((Upos)t)))) return t;
  return -1;
}

/* "6-7  im": a word that is written as one; unless `parted`, it is one, with the tag of its first part. */
static PropterStatus read_conllu(PropterStr text, bool parted, Treebank *bank, PropterError *err) {
  PropterStr whole = {NULL, 0};
  double last = 0; /* number of its last part */
  for (size_t at = 0; at < text.len;) {
    size_t end = at, n = 0;
    PropterStr field[4] = {{0}};
    while (end < text.len && text.data[end] != '\n') end++;
    for (size_t i = at, from = at; i <= end && n < 4; i++)
      if (i == end || text.data[i] == '\t') field[n++] = (PropterStr){text.data + from, i - from}, from = i + 1;
    at = end + 1;
    size_t before = bank->ends.count ? bank->ends.items[bank->ends.count - 1] : 0;
    if (!field[0].len && bank->tokens.count > before && !propter_vec_push(&bank->ends, bank->tokens.count)) return no_memory(err);
    int tag = n == 4 ? upos_of(field[3]) : -1;
    const char *dash = field[0].len ? memchr(field[0].data, '-', field[0].len) : NULL;
    double number = 0;
    if (!field[0].len) last = 0;
    if (n == 4 && dash && !parted && propter_str_to_double((PropterStr){dash + 1, (size_t)(field[0].data + field[0].len - dash) - 1}, &last)) whole = field[1];
    if (tag < 0 || field[0].data[0] == '#') continue;
    bool part = last > 0 && propter_str_to_double(field[0], &number) && number <= last;
    if (part && !whole.data) continue;
    Token t = {0};
    token_fold(part ? whole : field[1], &t);
    whole.data = NULL;
    t.tag = (unsigned char)tag;
    if (!propter_vec_push(&bank->tokens, t)) return no_memory(err);
  }
  return PROPTER_OK;
}

static void treebank_clear(Treebank *b) {
  propter_vec_clear(&b->tokens);
  propter_vec_clear(&b->ends);
}

typedef struct {
  LearnIndex index;
  PropterMap names;
  PROPTER_VEC(double) weights, sums;
  PROPTER_VEC(double) stamps; /* when a feature's weights last changed */
  double now;
} Perceptron;

static bool touch(Perceptron *p, uint32_t number, size_t class_, double by) {
  size_t at = (size_t)number * UPOS_COUNT + class_;
  while (p->weights.count <= (size_t)number * UPOS_COUNT + UPOS_COUNT)
    if (!propter_vec_push(&p->weights, 0.0) || !propter_vec_push(&p->sums, 0.0) || !propter_vec_push(&p->stamps, 0.0)) return false;
  p->sums.items[at] += (p->now - p->stamps.items[at]) * p->weights.items[at];
  p->stamps.items[at] = p->now;
  p->weights.items[at] += by;
  return true;
}

static PropterStatus learn_sentence(Perceptron *p, Token *tokens, size_t count, Features *f, PropterError *err) {
  unsigned char truth[TOKENS];
  for (size_t i = 0; i < count; i++) truth[i] = tokens[i].tag;
  for (size_t i = 0; i < count; i++) {
    uint32_t numbers[64];
    double score[UPOS_COUNT] = {0};
    if (tokens[i].known) {
      tokens[i].tag = truth[i];
      continue;
    }
    f->count = 0, f->names = &p->names;
    tag_features(tokens, count, i, f);
    p->now++;
    for (size_t k = 0; k < f->count; k++) {
      if ((numbers[k] = learn_number(&p->index, f->hashes[k], true)) == UINT32_MAX) return no_memory(err);
      size_t at = (size_t)numbers[k] * UPOS_COUNT;
      for (size_t y = 0; y < UPOS_COUNT && at + UPOS_COUNT <= p->weights.count; y++) score[y] += p->weights.items[at + y];
    }
    size_t best = 0;
    for (size_t y = 1; y < UPOS_COUNT; y++)
      if (score[y] > score[best]) best = y;
    for (size_t k = 0; k < f->count && best != truth[i]; k++)
      if (!touch(p, numbers[k], truth[i], 1) || !touch(p, numbers[k], best, -1)) return no_memory(err);
    tokens[i].tag = (unsigned char)best;
  }
  for (size_t i = 0; i < count; i++) tokens[i].tag = truth[i];
  return PROPTER_OK;
}

/* Words that occur often and always with one tag need no decision. */
static PropterStatus learn_known(Treebank *bank, PropterBuf *out, PropterError *err) {
  PropterMap first = {0}, counts = {0};
  PropterStatus status = PROPTER_OK;
  for (size_t i = 0; i < bank->tokens.count && status == PROPTER_OK; i++) {
    const Token *t = &bank->tokens.items[i];
    PropterStr word = {t->word, t->len};
    bool added;
    uint64_t *tag = propter_map_put(&first, word, t->tag, &added), *n = propter_map_put(&counts, word, 0, &added);
    if (!tag || !n) status = no_memory(err);
    if (status == PROPTER_OK) *n = *tag == t->tag ? *n + 1 : 1u << 31;
  }
  for (size_t i = 0; i < counts.count && status == PROPTER_OK; i++)
    if (counts.entries[i].value >= KNOWN_LEAST && counts.entries[i].value < 1u << 30)
      propter_buf_printf(out, "!=%.*s\t%c1\n", (int)counts.entries[i].key.len, counts.entries[i].key.data, (char)('A' + first.entries[i].value));
  for (size_t i = 0; i < bank->tokens.count && status == PROPTER_OK; i++) {
    Token *t = &bank->tokens.items[i];
    const uint64_t *n = propter_map_get(&counts, (PropterStr){t->word, t->len});
    t->known = n && *n >= KNOWN_LEAST && *n < 1u << 30;
  }
  propter_map_clear(&first);
  propter_map_clear(&counts);
  return status;
}

static int descending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x < y) - (x > y);
}

/* Keeps the features whose weights move most: those with the largest absolute weight. */
static PropterStatus write_tagger(const Perceptron *p, size_t keep, PropterBuf *out, PropterError *err) {
  PropterMapEntry *names = sorted(&p->names);
  double *size = propter_calloc(p->index.count + 1, sizeof *size), *order = propter_calloc(p->index.count + 1, sizeof *order);
  PropterStatus status = names && size && order ? PROPTER_OK : no_memory(err);
  for (uint32_t n = 0; status == PROPTER_OK && n < p->index.count; n++) {
    for (size_t y = 0; y < UPOS_COUNT && (size_t)n * UPOS_COUNT + y < p->sums.count; y++)
      size[n] = fmax(size[n], fabs(p->sums.items[(size_t)n * UPOS_COUNT + y]));
    order[n] = size[n];
  }
  if (status == PROPTER_OK) {
    qsort(order, p->index.count, sizeof *order, descending);
    double least = keep < p->index.count ? order[keep] : 0;
    for (size_t i = 0; i < p->names.count; i++) {
      uint32_t n = learn_number((LearnIndex *)(uintptr_t)&p->index, names[i].value ? names[i].value : 1, false);
      if (n != UINT32_MAX && size[n] > least) write_row(out, names[i].key, p->sums.items + (size_t)n * UPOS_COUNT, UPOS_COUNT, 10);
    }
  }
  propter_free(names);
  propter_free(size);
  propter_free(order);
  return status;
}

PropterStatus learn_tagger(PropterStr conllu, bool parted, unsigned epochs, size_t features, PropterBuf *out, PropterError *err) {
  Treebank bank = {0};
  Perceptron p = {0};
  Features *f = propter_malloc(sizeof *f);
  const char *classes[UPOS_COUNT];
  for (int t = 0; t < UPOS_COUNT; t++) classes[t] = upos_name((Upos)t);
  write_head(out, classes, UPOS_COUNT, 10);
  PropterStatus status = f ? read_conllu(conllu, parted, &bank, err) : no_memory(err);
  if (status == PROPTER_OK) status = learn_known(&bank, out, err);
  size_t *order = propter_malloc((bank.ends.count + 1) * sizeof *order);
  if (status == PROPTER_OK && !order) status = no_memory(err);
  PropterRng rng;
  propter_rng_seed(&rng, 11);
  for (size_t i = 0; order && i < bank.ends.count; i++) order[i] = i;
  for (unsigned e = 0; e < epochs && status == PROPTER_OK; e++) {
    for (size_t i = bank.ends.count; i > 1; i--) {
      size_t j = propter_rng_below(&rng, i), t = order[i - 1];
      order[i - 1] = order[j], order[j] = t;
    }
    for (size_t i = 0; i < bank.ends.count && status == PROPTER_OK; i++) {
      size_t from = order[i] ? bank.ends.items[order[i] - 1] : 0, count = bank.ends.items[order[i]] - from;
      status = learn_sentence(&p, bank.tokens.items + from, count < TOKENS ? count : TOKENS, f, err);
    }
  }
  for (size_t i = 0; i < p.sums.count && status == PROPTER_OK; i++)
    p.sums.items[i] = (p.sums.items[i] + (p.now - p.stamps.items[i]) * p.weights.items[i]) / p.now;
  if (status == PROPTER_OK) status = write_tagger(&p, features, out, err);
  if (status == PROPTER_OK) status = propter_buf_status(out, err);
  propter_free(order);
  propter_free(f);
  treebank_clear(&bank);
  learn_index_clear(&p.index);
  propter_map_clear(&p.names);
  propter_vec_clear(&p.weights);
  propter_vec_clear(&p.sums);
  propter_vec_clear(&p.stamps);
  return status;
}

PropterStatus learn_tag_score(PropterStr conllu, bool parted, const Linear *model, size_t *right, size_t *all, PropterError *err) {
  Treebank bank = {0};
  Tagger *tagger = NULL;
  PropterStatus status = tagger_new(model, &tagger, err);
  if (status == PROPTER_OK) status = read_conllu(conllu, parted, &bank, err);
  for (size_t i = 0, from = 0; i < bank.ends.count && status == PROPTER_OK; from = bank.ends.items[i++]) {
    Token sentence[TOKENS];
    size_t count = bank.ends.items[i] - from;
    if (count > TOKENS) count = TOKENS;
    memcpy(sentence, bank.tokens.items + from, count * sizeof *sentence);
    tag_tokens(tagger, sentence, count);
    for (size_t k = 0; k < count; k++) *right += sentence[k].tag == bank.tokens.items[from + k].tag;
    *all += count;
  }
  tagger_free(tagger);
  treebank_clear(&bank);
  return status;
}
