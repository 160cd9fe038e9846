/* SPDX-License-Identifier: Apache-2.0 */
/* What WordNet says of two nouns and of the words between them: classes and hypernyms of nominals, of verbs and of what nominals are derived from, as in
 * Rink and Harabagiu 2010; in place of a parse the words between are taken as chunks: a run of nouns counts as one. */
#include <stdio.h>
#include <string.h>

#include "judge.h"

enum { NOUN_SENSES = 3, VERB_SENSES = 2, ALL_SENSES = 32, HYPERNYMS = 64, CHUNKS = 64, PATH = 6, DERIVED = 8 };

typedef struct {
  const PropterWordnet *w;
  const Tagged *t;
  Features *out;
} Look;

static PropterStr word(const Look *l, size_t i) { return (PropterStr){l->t->tokens[i].word, l->t->tokens[i].len}; }
static bool is(const Look *l, size_t i, Upos tag) { return l->t->tokens[i].tag == tag; }

static PropterStr lemma(const Look *l, size_t i) {
  static const unsigned char pos[UPOS_COUNT] = {[UPOS_NOUN] = 1 + PROPTER_WORDNET_NOUN,
                                                [UPOS_PROPN] = 1 + PROPTER_WORDNET_NOUN,
                                                [UPOS_VERB] = 1 + PROPTER_WORDNET_VERB,
                                                [UPOS_AUX] = 1 + PROPTER_WORDNET_VERB,
                                                [UPOS_ADJ] = 1 + PROPTER_WORDNET_ADJ,
                                                [UPOS_ADV] = 1 + PROPTER_WORDNET_ADV};
  unsigned p = pos[l->t->tokens[i].tag];
  PropterStr base;
  return p && propter_wordnet_bases(l->w, word(l, i), (PropterWordnetPos)(p - 1), &base, 1) ? base : word(l, i);
}

/* A sense by its class, or by its first word and its number. */
static void add_class(const Look *l, const char *name, PropterSynset s) {
  const char *class_ = propter_wordnet_class(l->w, s);
  if (class_) feature_add(l->out, name, propter_str(class_), (PropterStr){"", 0});
}

static void add_sense(const Look *l, const char *name, PropterSynset s) {
  char number[16];
  PropterStr first = {"", 0};
  (void)propter_wordnet_words(l->w, s, &first, 1);
  (void)snprintf(number, sizeof number, "%u", s.offset);
  feature_add(l->out, name, first, propter_str(number));
}

static void add_kinds(const Look *l, const char *name, const PropterSynset *senses, size_t count) {
  for (size_t i = 0; i < count; i++) {
    PropterSynset up[HYPERNYMS];
    size_t n = propter_wordnet_hypernyms(l->w, senses[i], up, HYPERNYMS);
    add_sense(l, name, senses[i]);
    for (size_t k = 0; k < n; k++) add_sense(l, name, up[k]);
  }
}

/* Features of one of the two nouns have its number in their names. */
typedef struct {
  const char *class_, *first_class, *kind, *derived_class, *derived;
} Names;
static const Names names[2] = {{"1class", "1first-class", "1kind", "1derived-class", "1derived"},
                               {"2class", "2first-class", "2kind", "2derived-class", "2derived"}};

/* The class of its commonest sense. */
static PropterStr add_noun(const Look *l, size_t at, const Names *n) {
  PropterSynset senses[NOUN_SENSES], verbs[DERIVED];
  size_t count = propter_wordnet_senses(l->w, word(l, at), PROPTER_WORDNET_NOUN, senses, NOUN_SENSES);
  const char *first = count ? propter_wordnet_class(l->w, senses[0]) : NULL;
  PropterStr class_ = propter_str(first ? first : "?");
  feature_add(l->out, n->first_class, class_, (PropterStr){"", 0});
  for (size_t i = 0; i < count; i++) add_class(l, n->class_, senses[i]);
  add_kinds(l, n->kind, senses, count);
  for (size_t i = 0; i < count && i < 2; i++)
    for (size_t k = 0, from = propter_wordnet_pointers(l->w, senses[i], "+", verbs, DERIVED); k < from; k++)
      if (verbs[k].pos == PROPTER_WORDNET_VERB) add_class(l, n->derived_class, verbs[k]), add_sense(l, n->derived, verbs[k]);
  return class_;
}

/* The words between, without what only describes: places of tokens. */
typedef struct {
  size_t at[CHUNKS], count;
} Path;

static bool nominal(const Look *l, size_t i) { return is(l, i, UPOS_NOUN) || is(l, i, UPOS_PROPN) || is(l, i, UPOS_NUM); }

static void find_path(const Look *l, size_t from, size_t to, Path *path) {
  path->count = 0;
  for (size_t i = from; i < to && path->count < CHUNKS; i++) {
    while ((nominal(l, i) || is(l, i, UPOS_PRON)) && i + 1 < to && nominal(l, i + 1)) i++;
    switch ((Upos)l->t->tokens[i].tag) {
    case UPOS_ADJ:
    case UPOS_ADV:
    case UPOS_DET:
    case UPOS_INTJ:
    case UPOS_SYM:
    case UPOS_X:
      break;
    default:
      path->at[path->count++] = i;
    }
  }
}

typedef struct {
  char text[128];
  size_t len;
} Joined;

static PropterStr join(Joined *j, PropterStr s) {
  if (j->len + s.len + 1 < sizeof j->text) {
    if (j->len) j->text[j->len++] = ' ';
    memcpy(j->text + j->len, s.data, s.len);
    j->len += s.len;
  }
  return (PropterStr){j->text, j->len};
}

static void add_verb(const Look *l, const Path *path, size_t k, PropterStr c1, PropterStr c2) {
  size_t at = path->at[k];
  PropterStr w = word(l, at), verb = lemma(l, at), behind = {"", 0};
  bool passive = false;
  for (size_t i = k > 2 ? k - 2 : 0; i < k; i++) passive |= is(l, path->at[i], UPOS_AUX) && propter_str_equal(lemma(l, path->at[i]), PROPTER_STR("be"));
  bool plain = propter_str_equal(w, verb) || propter_str_ends(w, PROPTER_STR("s"));
  const char *form = propter_str_ends(w, PROPTER_STR("ing")) ? "ing" : plain ? "" : "ed";
  if (k + 1 < path->count && (is(l, path->at[k + 1], UPOS_ADP) || is(l, path->at[k + 1], UPOS_PART))) behind = word(l, path->at[k + 1]);
  Joined way = {.len = 0}, both = {.len = 0};
  (void)join(&way, propter_str(passive ? "be" : "-")), (void)join(&way, propter_str(form));
  PropterStr used = join(&way, behind), classes = (join(&both, c1), join(&both, c2));
  feature_add(l->out, "v", verb, (PropterStr){"", 0});
  feature_add(l->out, "v,to", verb, behind);
  feature_add(l->out, "v,used", verb, used);
  feature_add(l->out, "used", used, (PropterStr){"", 0});
  PropterSynset senses[ALL_SENSES];
  size_t n = propter_wordnet_senses(l->w, w, PROPTER_WORDNET_VERB, senses, ALL_SENSES);
  for (size_t i = 0; i < n; i++) add_class(l, "vclass", senses[i]);
  add_kinds(l, "vkind", senses, n < VERB_SENSES ? n : VERB_SENSES);
  const char *class_ = n ? propter_wordnet_class(l->w, senses[0]) : NULL;
  if (!class_) return;
  Joined usage = {.len = 0}, with = {.len = 0};
  (void)join(&usage, propter_str(class_)), (void)join(&with, verb);
  PropterStr kind_used = join(&usage, used), verb_to = join(&with, behind);
  feature_add(l->out, "vclass,used", kind_used, (PropterStr){"", 0});
  feature_add(l->out, "vclass,used,classes", kind_used, classes);
  feature_add(l->out, "v,to,1class", verb_to, c1);
  feature_add(l->out, "v,to,2class", verb_to, c2);
}

void sense_features(const Tagged *t, size_t first, size_t second, size_t second_start, Features *out) {
  Look l = {t->wordnet, t, out};
  if (!l.w || first >= t->count || second >= t->count) return;
  Path path;
  Joined classes = {.len = 0}, words = {.len = 0};
  PropterStr c1 = add_noun(&l, first, &names[0]), c2 = add_noun(&l, second, &names[1]), both = (join(&classes, c1), join(&classes, c2)), all = {"", 0};
  feature_add(out, "classes", both, (PropterStr){"", 0});
  find_path(&l, first + 1, second_start, &path);
  for (size_t k = 0; k < path.count; k++) {
    size_t at = path.at[k];
    if (is(&l, at, UPOS_VERB)) add_verb(&l, &path, k, c1, c2);
    if (is(&l, at, UPOS_ADP) || is(&l, at, UPOS_SCONJ) || is(&l, at, UPOS_PART)) {
      feature_add(out, "p,classes", word(&l, at), both);
      feature_add(out, "p,1class", word(&l, at), c1);
      feature_add(out, "p,2class", word(&l, at), c2);
    }
    if (k < PATH) all = join(&words, nominal(&l, at) ? PROPTER_STR("N") : lemma(&l, at));
  }
  feature_add(out, "path,1class", all, c1);
  feature_add(out, "path,2class", all, c2);
  feature_add(out, "path,classes", all, both);
}
