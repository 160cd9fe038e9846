/* SPDX-License-Identifier: Apache-2.0 */
#include "judge.h"

#include <libstemmer.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct Judge {
  const WordParts *parts;
  Linear models[JUDGE_MODELS];
  Tagger *tagger;
  struct sb_stemmer *stemmer;
  PropterWordnet *wordnet;
  Words words;
  Features features; /* scratch */
};

PropterStatus judge_use(Judge *j, JudgeModel which, PropterStr text, const char *source, PropterError *err) {
  if (which == JUDGE_TAGGER) tagger_free(j->tagger), j->tagger = NULL;
  linear_clear(&j->models[which]);
  PROPTER_TRY(linear_parse(text, source, &j->models[which], err));
  return which == JUDGE_TAGGER ? tagger_new(&j->models[which], &j->tagger, err) : PROPTER_OK;
}

PropterStatus judge_new(const WordParts *parts, PropterStr tagger, const PropterStr *claim, const PropterStr *words, Judge **out, PropterError *err) {
  Judge *j = propter_calloc(1, sizeof *j);
  PropterStatus status = j ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "no memory for the models");
  if (j) j->parts = parts;
  if (status == PROPTER_OK) status = judge_use(j, JUDGE_TAGGER, tagger, "tagger", err);
  if (status == PROPTER_OK && claim) status = judge_use(j, JUDGE_CLAIM, *claim, "claim", err);
  if (status == PROPTER_OK && words) status = words_parse(*words, "words", &j->words, err);
  if (status != PROPTER_OK) judge_free(j), j = NULL;
  *out = j;
  return status;
}

PropterStatus judge_look_up(Judge *j, const char *stemmer, PropterError *err) {
  if (!(j->stemmer = sb_stemmer_new(stemmer, "UTF_8"))) return propter_fail(err, PROPTER_NO_MEMORY, "no memory for the models");
  PropterStatus status = propter_wordnet_open(NULL, &j->wordnet, err);
  return status == PROPTER_NOT_FOUND ? PROPTER_OK : status;
}

void judge_free(Judge *j) {
  if (!j) return;
  tagger_free(j->tagger);
  for (int i = 0; i < JUDGE_MODELS; i++) linear_clear(&j->models[i]);
  if (j->stemmer) sb_stemmer_delete(j->stemmer);
  propter_wordnet_close(j->wordnet);
  words_clear(&j->words);
  propter_free(j);
}

const PropterWordnet *judge_wordnet(const Judge *j) { return j->wordnet; }

static void code(Tagged *t) {
  size_t n = 0;
  for (size_t i = 0; i < t->count; i++) {
    const char *tag = upos_name((Upos)t->tokens[i].tag);
    size_t size = strlen(tag);
    t->coded_at[i] = (uint32_t)n;
    if (n + t->tokens[i].len + size + 2 > sizeof t->coded) continue;
    memcpy(t->coded + n, t->tokens[i].word, t->tokens[i].len);
    n += t->tokens[i].len;
    t->coded[n++] = '/';
    memcpy(t->coded + n, tag, size);
    n += size;
    t->coded[n++] = ' ';
  }
  t->coded_at[t->count] = (uint32_t)n;
}

void judge_tag(Judge *j, PropterStr sentence, bool stems, Tagged *out) {
  out->text = sentence;
  out->wordnet = j->wordnet;
  out->words = j->words.rows.count ? &j->words : NULL;
  out->count = read_tokens(j->parts, sentence, out->tokens, TOKENS);
  tag_tokens(j->tagger, out->tokens, out->count);
  for (size_t i = 0; i < out->count && stems; i++) {
    const Token *t = &out->tokens[i];
    const sb_symbol *stem = sb_stemmer_stem(j->stemmer, (const sb_symbol *)t->word, t->len);
    size_t n = stem ? (size_t)sb_stemmer_length(j->stemmer) : 0;
    if (!stem || n >= TOKEN_WORD) stem = (const sb_symbol *)t->word, n = t->len;
    memcpy(out->stems[i], stem, n);
    out->stem_len[i] = (unsigned char)n;
  }
  code(out);
}

size_t judge_token(const Tagged *t, size_t byte) {
  size_t i = 0;
  while (i < t->count && t->tokens[i].end <= byte) i++;
  return i;
}

PropterStr judge_coded(const Tagged *t, PropterSpan span) {
  size_t from = judge_token(t, span.start), to = judge_token(t, span.end);
  if (to < from) to = from;
  return (PropterStr){t->coded + t->coded_at[from], t->coded_at[to] - t->coded_at[from]};
}

size_t judge_decoded(const Tagged *t, PropterSpan span, size_t at) {
  size_t from = judge_token(t, span.start), i = from;
  while (i < t->count && t->coded_at[i] - t->coded_at[from] < at) i++;
  return i < t->count && t->tokens[i].start < span.end ? t->tokens[i].start : span.end;
}

/* --- pieces of features ---------------------------------------------------------------------------------------------------------- */

/* How much a cosine counts beside features that are there or not, in the models of sentences: chosen in cross-validation. */
#define NEAR 10.f

static const PropterStr none = {"", 0}, edge = {"<>", 2};

static PropterStr stem(const Tagged *t, size_t i) { return i < t->count ? (PropterStr){t->stems[i], t->stem_len[i]} : edge; }
static PropterStr word(const Tagged *t, size_t i) { return i < t->count ? (PropterStr){t->tokens[i].word, t->tokens[i].len} : edge; }
static PropterStr tag(const Tagged *t, size_t i) { return i < t->count ? propter_str(upos_name((Upos)t->tokens[i].tag)) : edge; }
static PropterStr ending(PropterStr s, size_t n) { return s.len > n ? (PropterStr){s.data + s.len - n, n} : s; }

typedef struct {
  char text[160];
  size_t len;
} Joined;

static void join(Joined *j, PropterStr s) {
  if (j->len + s.len + 1 >= sizeof j->text) return;
  if (j->len) j->text[j->len++] = '_';
  memcpy(j->text + j->len, s.data, s.len);
  j->len += s.len;
}
static PropterStr joined(const Joined *j) { return (PropterStr){j->text, j->len}; }

static bool content(const Tagged *t, size_t i) {
  switch ((Upos)t->tokens[i].tag) {
  case UPOS_NOUN:
  case UPOS_PROPN:
  case UPOS_VERB:
  case UPOS_AUX:
  case UPOS_ADP:
  case UPOS_SCONJ:
  case UPOS_PART:
  case UPOS_CCONJ:
    return true;
  default:
    return false;
  }
}

/* How near the words of a stretch are to each landmark of the word vectors; `tag`: only those with it, UPOS_COUNT: all. */
static void near_features(const Tagged *t, size_t from, size_t to, Upos tag, const char *name, float scale, Features *out) {
  float sum[WORDS_DIMENSIONS] = {0};
  size_t known = 0;
  for (size_t i = from; i < to && i < t->count && t->words; i++)
    if (tag == UPOS_COUNT || t->tokens[i].tag == tag) known += words_add(t->words, word(t, i), sum);
  for (size_t k = 0; known && k < t->words->landmark_count; k++) {
    const WordsLandmark *l = &t->words->landmarks[k];
    float near = 0;
    for (size_t d = 0; d < WORDS_DIMENSIONS; d++) near += sum[d] * l->vector[d];
    feature_add_value(out, name, l->name, scale * near / (float)known);
  }
}

/* --- pairs --------------------------------------------------------------------------------------------------------------------------- */

static bool meets(PropterSpan a, PropterSpan b) { return a.start < b.end && b.start < a.end; }

static void rule_features(const PropterReading *readings, size_t count, PropterSpan first, PropterSpan second, Features *out) {
  for (size_t i = 0; i < count; i++) {
    const PropterReading *r = &readings[i];
    bool forth = meets(r->cause, first) && meets(r->effect, second), back = meets(r->cause, second) && meets(r->effect, first);
    PropterStr way = forth ? PROPTER_STR("12") : back ? PROPTER_STR("21") : PROPTER_STR("-");
    feature_add(out, "rule", propter_str(r->rule), way);
    feature_add(out, "any-rule", way, none);
  }
}

static void between_features(const Tagged *t, size_t from, size_t to, PropterStr h1, PropterStr h2, Features *out) {
  Joined all = {.len = 0}, tags = {.len = 0}, core = {.len = 0}, verbs = {.len = 0};
  for (size_t i = from; i < to; i++) {
    feature_add(out, "b", stem(t, i), none);
    feature_add(out, "bw", word(t, i), none);
    feature_add(out, "bb", stem(t, i), i + 1 < to ? stem(t, i + 1) : edge);
    if (i + 2 < to) {
      Joined three = {.len = 0};
      join(&three, stem(t, i)), join(&three, stem(t, i + 1)), join(&three, stem(t, i + 2));
      feature_add(out, "bbb", joined(&three), none);
    }
    join(&all, stem(t, i));
    join(&tags, tag(t, i));
    if (content(t, i)) join(&core, stem(t, i));
    Upos p = (Upos)t->tokens[i].tag;
    if (p == UPOS_VERB || p == UPOS_AUX || (p == UPOS_ADP && verbs.len)) join(&verbs, p == UPOS_AUX ? PROPTER_STR("aux") : stem(t, i));
    if (p == UPOS_VERB) {
      feature_add(out, "v,h1", stem(t, i), h1);
      feature_add(out, "v,h2", stem(t, i), h2);
      feature_add(out, "v,w", word(t, i), i > from && t->tokens[i - 1].tag == UPOS_AUX ? PROPTER_STR("aux") : none);
    }
  }
  if (to - from <= 8) feature_add(out, "b*", joined(&all), none);
  if (to - from <= 10) feature_add(out, "bt", joined(&tags), none);
  feature_add(out, "bc", joined(&core), none);
  feature_add(out, "bv", joined(&verbs), none);
  feature_add(out, "b1", stem(t, from), tag(t, from));
  if (to > from) feature_add(out, "bn", stem(t, to - 1), tag(t, to - 1));
  feature_add(out, "b1,bn", stem(t, from), to > from ? stem(t, to - 1) : none);
}

void judge_pair_features(const Tagged *t, PropterSpan first, PropterSpan second, const PropterReading *readings, size_t count, Features *out) {
  static const char *const distances[] = {"0", "1", "2", "3", "4", "5-6", "7-9", "10-"};
  /* The head of a phrase is its last word. */
  size_t a = judge_token(t, first.end ? first.end - 1 : 0), b = judge_token(t, second.end ? second.end - 1 : 0), b0 = judge_token(t, second.start),
         a0 = judge_token(t, first.start);
  size_t gap = b0 > a ? b0 - a - 1 : 0;
  PropterStr h1 = stem(t, a), h2 = stem(t, b);
  feature_add(out, "bias", none, none);
  feature_add(out, "h1", h1, none);
  feature_add(out, "h2", h2, none);
  feature_add(out, "w1", word(t, a), none);
  feature_add(out, "w2", word(t, b), none);
  feature_add(out, "h1,h2", h1, h2);
  feature_add(out, "s1", ending(word(t, a), 3), none);
  feature_add(out, "s2", ending(word(t, b), 3), none);
  feature_add(out, "s4-1", ending(word(t, a), 4), none);
  feature_add(out, "s4-2", ending(word(t, b), 4), none);
  feature_add(out, "s1,s2", ending(word(t, a), 3), ending(word(t, b), 3));
  feature_add(out, "t1,t2", tag(t, a), tag(t, b));
  feature_add(out, "far", propter_str(distances[gap < 5 ? gap : gap < 7 ? 5 : gap < 10 ? 6 : 7]), none);
  size_t from = a + 1 < t->count ? a + 1 : t->count, to = b0 > from ? b0 : from;
  between_features(t, from, to, h1, h2, out);
  PropterStr l1 = a0 > 0 ? stem(t, a0 - 1) : edge, l2 = a0 > 1 ? stem(t, a0 - 2) : edge, r1 = stem(t, b + 1), r2 = stem(t, b + 2);
  feature_add(out, "l1", l1, none);
  feature_add(out, "l2", l2, none);
  feature_add(out, "l2,l1", l2, l1);
  feature_add(out, "lt", a0 > 1 ? tag(t, a0 - 2) : edge, a0 > 0 ? tag(t, a0 - 1) : edge);
  feature_add(out, "r1", r1, none);
  feature_add(out, "r2", r2, none);
  feature_add(out, "r1,r2", r1, r2);
  feature_add(out, "rt", tag(t, b + 1), tag(t, b + 2));
  feature_add(out, "l1,b1", l1, stem(t, from));
  feature_add(out, "bn,r1", to > from ? stem(t, to - 1) : edge, r1);
  for (size_t i = 0; i < a0; i++)
    if (content(t, i) && a0 - i <= 6) feature_add(out, "ol", stem(t, i), none);
  for (size_t i = b + 1; i < t->count && i <= b + 6; i++)
    if (content(t, i)) feature_add(out, "or", stem(t, i), none);
  rule_features(readings, count, first, second, out);
  sense_features(t, a, b, b0, out);
}

int judge_pair_class(const Linear *m, const float *scores, double *sure) {
  *sure = 0;
  if (m->class_count < 3) return 0;
  double forth = linear_share(scores, m->class_count, 1), back = linear_share(scores, m->class_count, 2);
  *sure = forth + back;
  return *sure < JUDGE_PAIR_LEAST ? 0 : forth >= back ? 1 : 2;
}

int judge_pair(Judge *j, const Tagged *t, PropterSpan first, PropterSpan second, const PropterReading *readings, size_t count, double *sure) {
  float scores[LINEAR_CLASSES];
  const Linear *m = &j->models[JUDGE_PAIR];
  j->features.count = 0, j->features.names = NULL;
  judge_pair_features(t, first, second, readings, count, &j->features);
  features_once(&j->features); /* as in training */
  linear_score(m, j->features.hashes, j->features.values, j->features.count, scores);
  return judge_pair_class(m, scores, sure);
}

/* --- sentences ------------------------------------------------------------------------------------------------------------------------- */

void judge_sentence_features(const Tagged *t, const PropterReading *readings, size_t count, Features *out) {
  static const char *const lengths[] = {"short", "middle", "long", "very-long"};
  feature_add(out, "bias", none, none);
  feature_add(out, "size", propter_str(lengths[t->count < 12 ? 0 : t->count < 22 ? 1 : t->count < 35 ? 2 : 3]), none);
  bool hit = false;
  for (size_t i = 0; i < count; i++) {
    feature_add(out, "rule", propter_str(readings[i].rule), none);
    hit |= readings[i].prior >= .5;
  }
  feature_add(out, "rules", count == 0 ? PROPTER_STR("0") : count == 1 ? PROPTER_STR("1") : PROPTER_STR("2"), hit ? PROPTER_STR("sure") : none);
  for (size_t i = 0; i < t->count; i++) {
    Upos p = (Upos)t->tokens[i].tag;
    feature_add(out, "s", stem(t, i), none);
    feature_add(out, "w,t", word(t, i), tag(t, i));
    feature_add(out, "ss", stem(t, i), stem(t, i + 1));
    /* A function word with the kind of word on each side says how clauses hang together. */
    if (p == UPOS_ADP || p == UPOS_SCONJ || p == UPOS_PART || p == UPOS_CCONJ || p == UPOS_PUNCT || p == UPOS_ADV) {
      Joined around = {.len = 0};
      join(&around, i ? tag(t, i - 1) : edge), join(&around, word(t, i)), join(&around, tag(t, i + 1));
      feature_add(out, "f", joined(&around), none);
      feature_add(out, "f,s", word(t, i), stem(t, i + 1));
      feature_add(out, "s,f", i ? stem(t, i - 1) : edge, word(t, i));
      Joined wide = {.len = 0};
      join(&wide, word(t, i)), join(&wide, tag(t, i + 1)), join(&wide, tag(t, i + 2));
      feature_add(out, "ftt", joined(&wide), none);
    }
    if (p == UPOS_ADP || p == UPOS_SCONJ || p == UPOS_PART) {
      /* What is said before the function word and what after it: "detained for", "after … killed". */
      PropterStr before = edge, after = edge;
      for (size_t k = i; k-- > 0 && i - k <= 6 && before.data == edge.data;)
        if (t->tokens[k].tag == UPOS_VERB) before = stem(t, k);
      for (size_t k = i + 1; k < t->count && k - i <= 8 && after.data == edge.data; k++)
        if (t->tokens[k].tag == UPOS_VERB) after = stem(t, k);
      feature_add(out, "vf", before, word(t, i));
      feature_add(out, "fv", word(t, i), after);
      feature_add(out, "vfv", before.data == edge.data ? edge : PROPTER_STR("v"), word(t, i));
      feature_add(out, "f-v", word(t, i), after.data == edge.data ? edge : PROPTER_STR("v"));
      Joined both = {.len = 0};
      join(&both, before), join(&both, word(t, i));
      feature_add(out, "vfv*", joined(&both), after);
    }
    /* Two words that carry content, whatever stands between them. */
    if (p == UPOS_VERB || p == UPOS_NOUN || p == UPOS_ADP || p == UPOS_SCONJ)
      for (size_t k = i + 2, seen = 0; k < t->count && k <= i + 8 && seen < 3; k++)
        if (t->tokens[k].tag == UPOS_VERB || t->tokens[k].tag == UPOS_NOUN) feature_add(out, "s..s", stem(t, i), stem(t, k)), seen++;
    Joined three = {.len = 0};
    join(&three, tag(t, i)), join(&three, tag(t, i + 1)), join(&three, tag(t, i + 2));
    feature_add(out, "ttt", joined(&three), none);
    feature_add(out, "e", ending(word(t, i), 3), tag(t, i));
  }
  near_features(t, 0, t->count, UPOS_COUNT, "near", NEAR, out);
  near_features(t, 0, t->count, UPOS_VERB, "verbs-near", NEAR, out);
  near_features(t, 0, t->count, UPOS_NOUN, "nouns-near", NEAR, out);
  if (t->count) feature_add(out, "first", stem(t, 0), none);
  unsigned verbs = 0;
  for (size_t i = 0; i < t->count; i++) verbs += t->tokens[i].tag == UPOS_VERB;
  feature_add(out, "verbs", propter_str(verbs == 0 ? "0" : verbs == 1 ? "1" : verbs == 2 ? "2" : verbs < 5 ? "3" : "5"), none);
}

int judge_sentence_class(const Linear *m, const float *scores, double *sure) {
  *sure = m->class_count > 1 ? linear_share(scores, m->class_count, 1) : 0;
  return *sure >= JUDGE_SENTENCE_LEAST;
}

double judge_sentence(Judge *j, const Tagged *t, const PropterReading *readings, size_t count) {
  float scores[LINEAR_CLASSES];
  const Linear *m = &j->models[JUDGE_SENTENCE];
  j->features.count = 0, j->features.names = NULL;
  judge_sentence_features(t, readings, count, &j->features);
  features_once(&j->features);
  linear_score(m, j->features.hashes, j->features.values, j->features.count, scores);
  double sure;
  (void)judge_sentence_class(m, scores, &sure);
  return sure;
}

/* --- claims ----------------------------------------------------------------------------------------------------------------------------- */

static PropterStr binned(double value, double step, char *buf, size_t size) {
  (void)snprintf(buf, size, "%.2f", step * (double)(int)(value / step + .5));
  return propter_str(buf);
}

static bool verbal(const Tagged *t, size_t i) { return t->tokens[i].tag == UPOS_VERB || t->tokens[i].tag == UPOS_AUX; }
static bool nominal(const Tagged *t, size_t i) { return t->tokens[i].tag == UPOS_NOUN || t->tokens[i].tag == UPOS_PROPN || t->tokens[i].tag == UPOS_PRON; }

/* What things are called has no say in whether a sentence was read right: of words with content the tag alone. */
static PropterStr small_word(const Tagged *t, size_t i) {
  if (i >= t->count) return edge;
  Upos p = (Upos)t->tokens[i].tag;
  return p == UPOS_NOUN || p == UPOS_PROPN || p == UPOS_VERB || p == UPOS_ADJ || p == UPOS_NUM ? tag(t, i) : word(t, i);
}

/* Last noun before the first preposition, verb or comma behind a noun. */
static size_t head_of(const Tagged *t, size_t from, size_t to) {
  size_t head = to;
  for (size_t i = from; i < to; i++) {
    if (nominal(t, i)) head = i;
    else if (head < to && t->tokens[i].tag != UPOS_PART) break;
  }
  return head < to ? head : to > from ? to - 1 : from;
}

/* What kind of thing a word names, finely and coarsely. */
static void kind_features(const Tagged *t, size_t i, const char *side, Features *out) {
  char name[24];
  size_t number = t->words ? words_find(t->words, word(t, i)) : WORDS_NONE;
  (void)snprintf(name, sizeof name, "%s-kind", side);
  feature_add(out, name, number == WORDS_NONE ? edge : words_kind(t->words, number, 6), none);
  (void)snprintf(name, sizeof name, "%s-class", side);
  feature_add(out, name, number == WORDS_NONE ? edge : words_kind(t->words, number, 4), none);
}

/* How an argument looks: what it begins and ends with, its head, what it holds. */
static void argument_features(const Tagged *t, size_t offset, PropterSpan span, const char *side, Features *out) {
  static const char *const sizes[] = {"0", "1", "2", "3", "4-6", "4-6", "4-6", "7-9", "7-9", "7-9", "10-14", "10-14", "10-14", "10-14", "10-14"};
  char name[24];
  if (span.end <= span.start || span.start < offset || span.start >= offset + t->text.len) {
    (void)snprintf(name, sizeof name, "%s-before", side);
    feature_add(out, name, none, none);
    return;
  }
  size_t from = judge_token(t, span.start - offset), to = judge_token(t, span.end - offset), verbs = 0, commas = 0, open = 0, close = 0, quotes = 0, code = 0, both = 0, words = to - from;
  if (to <= from) return;
  for (size_t i = from; i < to; i++) {
    verbs += verbal(t, i);
    char c = t->tokens[i].word[0];
    commas += c == ',', open += c == '(' || c == '[', close += c == ')' || c == ']', quotes += c == '"';
    code += t->tokens[i].tag == UPOS_SYM || t->tokens[i].tag == UPOS_X || memchr("`_*#/<>=|", c, 9) != NULL;
    both += t->tokens[i].tag == UPOS_CCONJ;
  }
  size_t head = head_of(t, from, to);
  PropterStr how = verbs ? PROPTER_STR("clause") : PROPTER_STR("phrase"), last = tag(t, to - 1), first = tag(t, from);
#define SAY(what, a, b) ((void)snprintf(name, sizeof name, "%s-%s", side, what), feature_add(out, name, a, b))
  SAY("size", propter_str(words < 15 ? sizes[words] : words < 25 ? "15-24" : "25-"), how);
  SAY("first", first, how);
  SAY("last", last, none);
  SAY("ends", first, last);
  SAY("word", small_word(t, from), none);
  SAY("head", tag(t, head), how);
  if (word(t, head).len > 6) SAY("suffix", ending(word(t, head), 4), none);
  SAY("commas", propter_str(commas == 0 ? "0" : commas == 1 ? "1" : "2"), how);
  if (open != close || quotes % 2) SAY("brackets", none, none);
  if (code) SAY("code", none, none);
  SAY("joined", propter_str(both == 0 ? "0" : both == 1 ? "1" : "2"), how);
  SAY("last-word", small_word(t, to - 1), none);
  SAY("right-word", small_word(t, to), none);
  SAY("left", from ? tag(t, from - 1) : edge, none);
  SAY("left-word", from ? small_word(t, from - 1) : edge, none);
  SAY("right", tag(t, to), none);
  if (from && t->tokens[from - 1].tag == UPOS_PUNCT) SAY("left-mark", word(t, from - 1), none);
#undef SAY
  kind_features(t, head, side, out);
}

/* A verb that is no participle behind a noun ("costs raised by tolls") nor at the beginning. */
static bool has_verb(const Tagged *t, size_t offset, PropterSpan span) {
  if (span.end <= span.start || span.start < offset || span.start >= offset + t->text.len) return false;
  size_t from = judge_token(t, span.start - offset), to = judge_token(t, span.end - offset);
  for (size_t i = from; i < to; i++) {
    if (t->tokens[i].tag == UPOS_AUX) return true;
    PropterStr w = word(t, i), next = i + 1 < t->count ? word(t, i + 1) : none;
    bool participle = (w.len > 4 && propter_str_ends(w, PROPTER_STR("ing"))) || propter_str_equal(next, PROPTER_STR("by")) || i == from ||
                      (i > from && propter_str_equal(word(t, i - 1), PROPTER_STR("to")));
    if (t->tokens[i].tag == UPOS_VERB && !participle) return true;
  }
  return false;
}

static const char *few(size_t n) { return n == 0 ? "0" : n == 1 ? "1" : n < 4 ? "2" : n < 8 ? "4" : "8"; }

/* How much of the sentence belongs neither to the arguments nor to the connective: between them, and at all; and how many verbs and commas it has to be taken
 * apart by. */
static void rest_features(const Tagged *t, size_t offset, const PropterReading *r, size_t connective, Features *out) {
  PropterSpan first = r->cause.start < r->effect.start ? r->cause : r->effect, second = r->cause.start < r->effect.start ? r->effect : r->cause;
  if (first.start < offset || first.end <= first.start || second.start < first.end || second.end > offset + t->text.len) return;
  size_t from = judge_token(t, first.start - offset), between = judge_token(t, first.end - offset), again = judge_token(t, second.start - offset),
         to = judge_token(t, second.end - offset), verbs = 0, commas = 0, gap = again - between, marks = 0;
  for (size_t i = 0; i < t->count; i++) verbs += verbal(t, i), commas += t->tokens[i].word[0] == ',';
  for (size_t i = to; i < t->count; i++) marks += t->tokens[i].tag == UPOS_PUNCT;
  gap -= gap < connective ? gap : connective;
  size_t outside = from + gap + t->count - to - marks;
  Joined simple = {.len = 0};
  join(&simple, propter_str(few(outside))), join(&simple, propter_str(few(verbs))), join(&simple, propter_str(few(commas)));
  feature_add(out, "gap", propter_str(few(gap)), none);
  feature_add(out, "outside", propter_str(few(outside)), none);
  feature_add(out, "before", propter_str(few(from)), none);
  feature_add(out, "behind", propter_str(few(t->count - to - marks)), none);
  feature_add(out, "all-verbs", propter_str(few(verbs)), none);
  feature_add(out, "all-commas", propter_str(few(commas)), none);
  feature_add(out, "simple", joined(&simple), none);
}

void judge_claim_features(const Tagged *t, size_t offset, const PropterReading *r, size_t count, Features *out) {
  char buf[16];
  size_t from = judge_token(t, r->trigger.start > offset ? r->trigger.start - offset : 0),
         to = judge_token(t, r->trigger.end > offset ? r->trigger.end - offset : 0);
  PropterStr rule = propter_str(r->rule);
  bool forth = r->cause.start < r->effect.start;
  Joined words = {.len = 0}, tags = {.len = 0};
  size_t main = to;
  for (size_t i = from; i < to; i++) {
    join(&words, word(t, i)), join(&tags, tag(t, i));
    if (main == to && (verbal(t, i) || t->tokens[i].tag == UPOS_NOUN)) main = i;
  }
  feature_add(out, "bias", none, none);
  feature_add(out, "prior", binned(r->prior, .05, buf, sizeof buf), none);
  feature_add(out, "rule", rule, none);
  feature_add(out, "connective", joined(&words), none);
  feature_add(out, "connective-tags", joined(&tags), none);
  feature_add(out, "rule,tag", rule, main < to ? tag(t, main) : tag(t, from));
  /* "Due" in the middle of a sentence begins another one whose full stop was lost. */
  feature_add(out, "begins", from ? PROPTER_STR("inside") : edge, from < to && t->tokens[from].shape == 1 ? PROPTER_STR("capital") : none);
  feature_add(out, "order", forth ? PROPTER_STR("cause") : PROPTER_STR("effect"), none);
  PropterStr l1 = from ? tag(t, from - 1) : edge, r1 = tag(t, to);
  feature_add(out, "l1", l1, none);
  feature_add(out, "r1", r1, none);
  feature_add(out, "l1-word", from ? small_word(t, from - 1) : edge, none);
  feature_add(out, "r1-word", small_word(t, to), none);
  feature_add(out, "l2,l1", from > 1 ? tag(t, from - 2) : edge, l1);
  feature_add(out, "r1,r2", r1, tag(t, to + 1));
  feature_add(out, "rule,l1", rule, l1);
  feature_add(out, "rule,r1", rule, r1);
  for (size_t i = from > 4 ? from - 4 : 0; i < from; i++)
    if (t->tokens[i].tag == UPOS_AUX || t->tokens[i].tag == UPOS_PART || t->tokens[i].tag == UPOS_PRON || t->tokens[i].tag == UPOS_SCONJ ||
        t->tokens[i].tag == UPOS_ADV)
      feature_add(out, "near", word(t, i), none);
  /* "Delays due to ice led to losses": a verb on one side only may be the sentence's own. */
  Joined verbs = {.len = 0};
  join(&verbs, has_verb(t, offset, r->cause) ? PROPTER_STR("v") : edge), join(&verbs, has_verb(t, offset, r->effect) ? PROPTER_STR("v") : edge);
  feature_add(out, "verbs", joined(&verbs), forth ? PROPTER_STR("cause") : PROPTER_STR("effect"));
  feature_add(out, "rule,verbs", rule, joined(&verbs));
  rest_features(t, offset, r, to - from, out);
  argument_features(t, offset, r->cause, "cause", out);
  argument_features(t, offset, r->effect, "effect", out);
  feature_add(out, "claims", propter_str(count == 1 ? "1" : count == 2 ? "2" : "3"), none);
  feature_add(out, "hedge", binned(r->hedge, .25, buf, sizeof buf), none);
  if (r->negated) feature_add(out, "denied", none, none);
  if (r->generic) feature_add(out, "generic", none, none);
  if (r->polarity) {
    feature_add(out, "direction", propter_str(r->polarity > 0 ? "up" : "down"), none);
    feature_add(out, "direction-of", has_verb(t, offset, r->effect) ? PROPTER_STR("clause") : PROPTER_STR("phrase"), none);
  }
  if (r->condition.end > r->condition.start) feature_add(out, "condition", none, none);
  if (t->count) {
    feature_add(out, "begin", tag(t, 0), none);
    feature_add(out, "end", word(t, t->count - 1), none);
    feature_add(out, "size", propter_str(t->count < 12 ? "short" : t->count < 25 ? "middle" : t->count < 40 ? "long" : "very-long"), none);
  }
}

static double share(const Judge *j, const PropterReading *reading) {
  float scores[LINEAR_CLASSES];
  const Linear *m = &j->models[JUDGE_CLAIM];
  linear_score(m, j->features.hashes, j->features.values, j->features.count, scores);
  return m->class_count > 1 ? linear_share(scores, m->class_count, 1) : reading->prior;
}

double judge_claim(Judge *j, const Tagged *t, size_t offset, const PropterReading *reading, size_t count) {
  j->features.count = 0, j->features.names = NULL;
  judge_claim_features(t, offset, reading, count, &j->features);
  return share(j, reading);
}

static double heft(const Linear *m, uint64_t hash) {
  float scores[LINEAR_CLASSES];
  linear_score(m, &hash, NULL, 1, scores);
  return m->class_count > 1 ? scores[1] - scores[0] : 0;
}

static int heavier(const void *a, const void *b) {
  const PropterFeature *x = a, *y = b;
  double d = fabs(y->weight) - fabs(x->weight);
  return d > 0 ? 1 : d < 0 ? -1 : propter_str_compare(x->name, y->name);
}

PropterStatus judge_claim_weigh(Judge *j, const Tagged *t, size_t offset, const PropterReading *reading, size_t count, PropterWeigh weigh, void *payload,
                                PropterError *err) {
  PropterMap names = {0};
  PROPTER_VEC(PropterFeature) all = {0};
  PropterStatus status = PROPTER_OK;
  size_t told = 0;
  j->features.count = 0, j->features.names = &names;
  judge_claim_features(t, offset, reading, count, &j->features);
  j->features.names = NULL;
  for (size_t i = 0; i < names.count && status == PROPTER_OK; i++) {
    double value = 0;
    for (size_t k = 0; k < j->features.count; k++) {
      if (j->features.hashes[k] != names.entries[i].value) continue;
      value += (double)j->features.values[k];
      told++;
    }
    PropterFeature f = {names.entries[i].key, value * heft(&j->models[JUDGE_CLAIM], names.entries[i].value)};
    if (fabs(f.weight) > 0 && !propter_vec_push(&all, f)) status = propter_fail(err, PROPTER_NO_MEMORY, "no memory for weights");
  }
  if (status == PROPTER_OK && told != j->features.count) status = propter_fail(err, PROPTER_NO_MEMORY, "no memory for names of features");
  if (all.count) qsort(all.items, all.count, sizeof *all.items, heavier);
  if (status == PROPTER_OK) weigh(reading, all.items, all.count, share(j, reading), payload);
  propter_vec_clear(&all);
  propter_map_clear(&names);
  return status;
}
