/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "linear.h"
#include "propter/hash.h"

static const char *const upos_names[] = {
#define ROW(name) #name,
    UPOS(ROW)
#undef ROW
};

const char *upos_name(Upos tag) { return tag < UPOS_COUNT ? upos_names[tag] : "-"; }

static const char *const shapes[] = {"a", "A", "AA", "0", "a0", "."};

/* A part of a feature: what of which word, counted from the one to tag. */
typedef enum { NOTHING, WORD, ENDING, BEGINNING, SHAPE, TAG, IS_FIRST } Piece;
typedef struct {
  Piece piece;
  unsigned size; /* of ENDING and BEGINNING */
  int at;
} Part;
#define W(at)                                                                                                                                                  \
  { WORD, 0, at }
#define E(size, at)                                                                                                                                            \
  { ENDING, size, at }
#define B(size)                                                                                                                                                \
  { BEGINNING, size, 0 }
#define S(at)                                                                                                                                                  \
  { SHAPE, 0, at }
#define T(at)                                                                                                                                                  \
  { TAG, 0, at }
#define NO                                                                                                                                                     \
  { NOTHING, 0, 0 }

/* Ratnaparkhi 1996 with affixes of the neighbours. */
static const struct {
  const char *name;
  Part a, b;
} templates[] = {
    {"w", W(0), NO},           {"s1", E(1, 0), NO},      {"s2", E(2, 0), NO},      {"s3", E(3, 0), NO},
    {"s4", E(4, 0), NO},       {"p2", B(2), NO},         {"p3", B(3), NO},         {"sh", S(0), {IS_FIRST, 0, 0}},
    {"sh-s2", S(0), E(2, 0)},  {"sh-w", S(0), W(0)},     {"sh-1", S(-1), S(0)},    {"sh+1", S(0), S(1)},
    {"s5", E(5, 0), NO},       {"t-1", T(-1), NO},       {"t-1,w", T(-1), W(0)},   {"t-1,s2", T(-1), E(2, 0)},
    {"t-2,t-1", T(-2), T(-1)}, {"w-1", W(-1), NO},       {"w-1,w", W(-1), W(0)},   {"w+1", W(1), NO},
    {"w,w+1", W(0), W(1)},     {"t-1,w+1", T(-1), W(1)}, {"s3-1", E(3, -1), NO},   {"s3+1", E(3, 1), NO},
    {"s2+1", E(2, 1), S(1)},   {"w+1,w+2", W(1), W(2)},  {"w-1,w+1", W(-1), W(1)}, {"w-2", W(-2), NO},
    {"w+2", W(2), NO},         {"s3+2", E(3, 2), NO},
};
#undef W
#undef E
#undef B
#undef S
#undef T
#undef NO
enum { TEMPLATES = sizeof templates / sizeof *templates };

static const PropterStr edge = {"<>", 2};

/* `t` NULL: beyond the sentence. */
static PropterStr said(Part p, const Token *t, bool first) {
  size_t size = t && p.size < t->len ? p.size : t ? t->len : 0;
  switch (p.piece) {
  case NOTHING:
    return (PropterStr){"", 0};
  case IS_FIRST:
    return first ? edge : (PropterStr){"", 0};
  case WORD:
    return t ? (PropterStr){t->word, t->len} : edge;
  case ENDING:
    return t ? (PropterStr){t->word + t->len - size, size} : edge;
  case BEGINNING:
    return t ? (PropterStr){t->word, size} : edge;
  case SHAPE:
    return t ? propter_str(shapes[t->shape]) : edge;
  default:
    return t ? propter_str(upos_names[t->tag]) : edge;
  }
}

static const Token *token_at(const Token *tokens, size_t count, size_t at, int far) {
  size_t i = at + (size_t)far; /* wraps before the first */
  return i < count ? &tokens[i] : NULL;
}

static void add(size_t k, const Token *a, const Token *b, bool first, Features *out) {
  PropterStr left = said(templates[k].a, a, first), right = said(templates[k].b, b, first);
  /* Beyond the end there is nothing more to say than that. */
  if (!a && templates[k].a.piece == ENDING) right.len = 0;
  feature_add(out, templates[k].name, left, right);
}

static void add_at(size_t k, const Token *tokens, size_t count, size_t at, Features *out) {
  add(k, token_at(tokens, count, at, templates[k].a.at), token_at(tokens, count, at, templates[k].b.at), at == 0, out);
}

void tag_features(const Token *tokens, size_t count, size_t at, Features *out) {
  for (size_t k = 0; k < TEMPLATES; k++) add_at(k, tokens, count, at, out);
}

uint64_t tag_known(const Token *token) {
  char name[TOKEN_WORD + 2];
  memcpy(name, "!=", 2);
  memcpy(name + 2, token->word, token->len);
  uint64_t hash = propter_hash64((PropterStr){name, token->len + 2u});
  return hash ? hash : 1;
}

/* --- tagging ------------------------------------------------------------------------------------------------------------------------- */

/* Features of one word alone are looked up once for each word, those of a word and a tag once for each two, those of tags and shapes alone once for all. Weights
 * are added in the order of the templates wherever they come from: sums of floats depend on it. */
enum { MEMORY = 6144, SLOTS = 16384, EDGE = UPOS_COUNT, SMALL, PAIRED = 4 };
#define UNKNOWN UINT32_MAX

typedef struct {
  char word[TOKEN_WORD];
  unsigned char len, shape;
  bool first;
  uint32_t known, rows[TEMPLATES]; /* weights of a row, 0: none; of the templates of one word, wherever that stands */
  uint32_t paired[PAIRED][SMALL];  /* of the templates of a tag and this word, by the tag; UNKNOWN: not looked up yet */
  float leading[UPOS_COUNT];       /* what the first templates add up to, all of the word itself */
} Remembered;

/* What a template's row depends on. */
typedef enum { BY_NAME, BY_WORD, BY_TAG, BY_NUMBER } Kind;

struct Tagger {
  const Linear *model;
  Kind kinds[TEMPLATES];
  size_t leading; /* how many templates come first that look at nothing but the word itself */
  size_t pair[TEMPLATES]; /* of those BY_TAG, which */
  uint32_t small[TEMPLATES][SMALL][SMALL];
  Remembered words[MEMORY], beyond;
  uint16_t slots[SLOTS]; /* 1 + word, 0: free */
  size_t count;
  Features features; /* scratch */
};

static bool few(Part p) { return p.piece == NOTHING || p.piece == SHAPE || p.piece == TAG; }

/* One word and not its tag; tags and shapes alone; a tag and one word; or else the whole name. */
static Kind kind_of(size_t k) {
  Part a = templates[k].a, b = templates[k].b;
  if (a.piece != TAG && (b.piece == NOTHING || a.at == b.at)) return BY_WORD;
  return few(a) && few(b) ? BY_NUMBER : a.piece == TAG ? BY_TAG : BY_NAME;
}

static uint32_t find(const Linear *m, uint64_t hash) {
  const LinearRow *row = linear_row(m, hash);
  return row ? row->weights : 0;
}

static uint32_t find_feature(Tagger *t, size_t k, const Token *a, const Token *b, bool first) {
  t->features.count = 0;
  add(k, a, b, first, &t->features);
  return find(t->model, t->features.hashes[0]);
}

static void sum(const Linear *m, uint32_t row, float *scores) {
  const LinearWeight *w = m->weights.items + (row >> 8);
  for (size_t n = row & 0xFF; n; n--, w++) scores[w->class_] += w->weight;
}

static void learn_word(Tagger *t, const Token *token, bool first, Remembered *out) {
  memset(out->paired, 0xFF, sizeof out->paired);
  for (size_t k = 0; k < TEMPLATES; k++) {
    if (t->kinds[k] == BY_WORD) out->rows[k] = find_feature(t, k, token, token, first);
    if (k < t->leading) sum(t->model, out->rows[k], out->leading);
  }
  if (token) out->known = find(t->model, tag_known(token));
}

/* The piece of a token that is one of few, as a number; false: there is none such. */
static bool numbered(Part p, size_t i, Token *token) {
  token->tag = token->shape = (unsigned char)i;
  return p.piece == NOTHING ? i == 0 : i == EDGE || p.piece == TAG || i < sizeof shapes / sizeof *shapes;
}

static size_t number(Part p, const Token *t) { return p.piece == NOTHING ? 0 : !t ? EDGE : p.piece == TAG ? t->tag : t->shape; }

static void learn_small(Tagger *t, size_t k) {
  Token a = {.len = 0}, b = {.len = 0};
  for (size_t i = 0; i < SMALL; i++)
    for (size_t j = 0; j < SMALL; j++)
      if (numbered(templates[k].a, i, &a) && numbered(templates[k].b, j, &b))
        t->small[k][i][j] = find_feature(t, k, i == EDGE ? NULL : &a, j == EDGE ? NULL : &b, false);
}

PropterStatus tagger_new(const Linear *model, Tagger **out, PropterError *err) {
  *out = NULL;
  if (model->class_count > UPOS_COUNT) return propter_fail(err, PROPTER_INVALID, "expected at most %d tags, found %zu", UPOS_COUNT, model->class_count);
  Tagger *t = propter_calloc(1, sizeof *t);
  if (!t) return propter_fail(err, PROPTER_NO_MEMORY, "no memory for the tagger");
  t->model = model;
  for (size_t k = 0, pairs = 0; k < TEMPLATES; k++) {
    t->kinds[k] = kind_of(k);
    if (t->kinds[k] == BY_TAG && pairs == PAIRED) t->kinds[k] = BY_NAME;
    if (t->kinds[k] == BY_TAG) t->pair[k] = pairs++;
  }
  while (t->leading < TEMPLATES && t->kinds[t->leading] == BY_WORD && !templates[t->leading].a.at) t->leading++;
  for (size_t k = 0; k < TEMPLATES; k++)
    if (t->kinds[k] == BY_NUMBER) learn_small(t, k);
  learn_word(t, NULL, false, &t->beyond);
  *out = t;
  return PROPTER_OK;
}

void tagger_free(Tagger *t) { propter_free(t); }

static Remembered *remember(Tagger *t, const Token *token, bool first) {
  size_t slot = (propter_hash64((PropterStr){token->word, token->len}) + token->shape * 2u + first) & (SLOTS - 1);
  for (; t->slots[slot]; slot = (slot + 1) & (SLOTS - 1)) {
    Remembered *r = &t->words[t->slots[slot] - 1];
    if (r->len == token->len && r->shape == token->shape && r->first == first && memcmp(r->word, token->word, r->len) == 0) return r;
  }
  Remembered *r = &t->words[t->count++];
  t->slots[slot] = (uint16_t)t->count;
  *r = (Remembered){.len = token->len, .shape = token->shape, .first = first};
  memcpy(r->word, token->word, token->len);
  learn_word(t, token, first, r);
  return r;
}

/* Row of a template of a tag and a word. */
static uint32_t paired_row(Tagger *t, Remembered *const *words, const Token *tokens, size_t count, size_t at, size_t k) {
  const Token *a = token_at(tokens, count, at, templates[k].a.at), *b = token_at(tokens, count, at, templates[k].b.at);
  uint32_t *row = &(b ? words[b - tokens] : &t->beyond)->paired[t->pair[k]][number(templates[k].a, a)];
  if (*row == UNKNOWN) {
    add(k, a, b, at == 0, &t->features);
    *row = find(t->model, t->features.hashes[--t->features.count]);
  }
  return *row;
}

static size_t decide(Tagger *t, Remembered *const *words, const Token *tokens, size_t count, size_t at) {
  uint32_t rows[TEMPLATES];
  float scores[LINEAR_CLASSES] = {0};
  Features *f = &t->features;
  const Linear *m = t->model;
  f->count = 0;
  for (size_t k = t->leading; k < TEMPLATES; k++) {
    Part a = templates[k].a, b = templates[k].b;
    size_t i = at + (size_t)a.at;
    if (t->kinds[k] == BY_WORD) {
      rows[k] = (i < count ? words[i] : &t->beyond)->rows[k];
    } else if (t->kinds[k] == BY_NUMBER) {
      rows[k] = t->small[k][number(a, token_at(tokens, count, at, a.at))][number(b, token_at(tokens, count, at, b.at))];
    } else if (t->kinds[k] == BY_TAG) {
      rows[k] = paired_row(t, words, tokens, count, at, k);
    } else {
      add_at(k, tokens, count, at, f);
      /* The table is larger than the processor's cache: ask for all before waiting for the first. */
      uint64_t hash = f->hashes[f->count - 1];
      if (linear_may_have(m, hash)) __builtin_prefetch(&m->rows[hash & (m->slot_count - 1)]);
    }
  }
  for (size_t k = t->leading, n = 0; k < TEMPLATES; k++) {
    if (t->kinds[k] == BY_NAME) rows[k] = find(m, f->hashes[n++]);
    __builtin_prefetch(&m->weights.items[rows[k] >> 8]);
  }
  memcpy(scores, words[at]->leading, sizeof words[at]->leading);
  for (size_t k = t->leading; k < TEMPLATES; k++) sum(m, rows[k], scores);
  size_t best = 0;
  for (size_t c = 1; c < m->class_count; c++)
    if (scores[c] > scores[best]) best = c;
  return best;
}

void tag_tokens(Tagger *t, Token *tokens, size_t count) {
  Remembered *words[TOKENS];
  if (t->count + count > MEMORY) memset(t->slots, 0, sizeof t->slots), t->count = 0;
  for (size_t i = 0; i < count; i++) words[i] = remember(t, &tokens[i], i == 0);
  for (size_t i = 0; i < count; i++) {
    tokens[i].known = words[i]->known > 0;
    tokens[i].tag = (unsigned char)(tokens[i].known ? t->model->weights.items[words[i]->known >> 8].class_ : decide(t, words, tokens, count, i));
  }
}
