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

static PropterStr word(const Token *t) { return (PropterStr){t->word, t->len}; }
static PropterStr ending(const Token *t, size_t n) { return n < t->len ? (PropterStr){t->word + t->len - n, n} : word(t); }
static PropterStr tag_str(const Token *t) { return propter_str(upos_names[t->tag]); }

uint64_t tag_known(const Token *token) {
  char name[TOKEN_WORD + 2];
  memcpy(name, "!=", 2);
  memcpy(name + 2, token->word, token->len);
  uint64_t hash = propter_hash64((PropterStr){name, token->len + 2u});
  return hash ? hash : 1;
}

/* Ratnaparkhi 1996 with affixes of the neighbours. */
void tag_features(const Token *tokens, size_t count, size_t at, Features *out) {
  static const char *const shapes[] = {"a", "A", "AA", "0", "a0", "."};
  const PropterStr none = {"", 0}, edge = PROPTER_STR("<>");
  const Token *t = &tokens[at], *l = at ? t - 1 : NULL, *l2 = at > 1 ? t - 2 : NULL, *r = at + 1 < count ? t + 1 : NULL, *r2 = at + 2 < count ? t + 2 : NULL;
  PropterStr lw = l ? word(l) : edge, rw = r ? word(r) : edge, lt = l ? tag_str(l) : edge;
  feature_add(out, "w", word(t), none);
  feature_add(out, "s1", ending(t, 1), none);
  feature_add(out, "s2", ending(t, 2), none);
  feature_add(out, "s3", ending(t, 3), none);
  feature_add(out, "s4", ending(t, 4), none);
  feature_add(out, "p2", (PropterStr){t->word, t->len < 2 ? t->len : 2u}, none);
  feature_add(out, "p3", (PropterStr){t->word, t->len < 3 ? t->len : 3u}, none);
  feature_add(out, "sh", propter_str(shapes[t->shape]), l ? none : edge);
  feature_add(out, "sh-s2", propter_str(shapes[t->shape]), ending(t, 2));
  feature_add(out, "sh-w", propter_str(shapes[t->shape]), word(t));
  feature_add(out, "sh-1", l ? propter_str(shapes[l->shape]) : edge, propter_str(shapes[t->shape]));
  feature_add(out, "sh+1", propter_str(shapes[t->shape]), r ? propter_str(shapes[r->shape]) : edge);
  feature_add(out, "s5", ending(t, 5), none);
  feature_add(out, "t-1", lt, none);
  feature_add(out, "t-1,w", lt, word(t));
  feature_add(out, "t-1,s2", lt, ending(t, 2));
  feature_add(out, "t-2,t-1", l2 ? tag_str(l2) : edge, lt);
  feature_add(out, "w-1", lw, none);
  feature_add(out, "w-1,w", lw, word(t));
  feature_add(out, "w+1", rw, none);
  feature_add(out, "w,w+1", word(t), rw);
  feature_add(out, "t-1,w+1", lt, rw);
  feature_add(out, "s3-1", l ? ending(l, 3) : edge, none);
  feature_add(out, "s3+1", r ? ending(r, 3) : edge, none);
  feature_add(out, "s2+1", r ? ending(r, 2) : edge, r ? propter_str(shapes[r->shape]) : none);
  feature_add(out, "w+1,w+2", rw, r2 ? word(r2) : edge);
  feature_add(out, "w-1,w+1", lw, rw);
  feature_add(out, "w-2", l2 ? word(l2) : edge, none);
  feature_add(out, "w+2", r2 ? word(r2) : edge, none);
  feature_add(out, "s3+2", r2 ? ending(r2, 3) : edge, none);
}

void tag_tokens(const Linear *tagger, Token *tokens, size_t count) {
  Features f;
  float scores[LINEAR_CLASSES];
  for (size_t i = 0; i < count; i++) {
    size_t best = 0, known;
    const LinearWeight *always = linear_weights(tagger, linear_row(tagger, tag_known(&tokens[i])), &known);
    if (known) {
      best = always->class_;
    } else {
      f.count = 0, f.names = NULL;
      tag_features(tokens, count, i, &f);
      linear_score(tagger, f.hashes, f.count, scores);
      for (size_t c = 1; c < tagger->class_count; c++)
        if (scores[c] > scores[best]) best = c;
    }
    tokens[i].tag = (unsigned char)best;
    tokens[i].known = known > 0;
  }
}
