/* SPDX-License-Identifier: Apache-2.0 */
/* Cause and effect in a passage that is known to hold them, as the annotators of FinCausal were told to mark them: a sentence that holds one fact is marked
 * whole, relations between sentences come before those inside one, the connective belongs to neither side. So the work is to choose where to split; the
 * connectives below and their order are those of the language's rules and of general grammar, strongest first. */
#include <string.h>

#include "../../ingest/read/reading.h"
#include "reading.h"

typedef enum { CAUSE_LEFT, CAUSE_RIGHT } Order;

typedef struct {
  const char *words;  /* folded words with blanks; -ING a participle, -V a verb */
  Order order;
  double strength;
  bool comma;         /* only after a comma */
} Split;

static const Split splits[] = {{"as a result of", CAUSE_RIGHT, .97, false},
                               {"due to", CAUSE_RIGHT, .97, false},
                               {"due primarily to", CAUSE_RIGHT, .97, false},
                               {"because of", CAUSE_RIGHT, .97, false},
                               {"because", CAUSE_RIGHT, .96, false},
                               {"thanks to", CAUSE_RIGHT, .96, false},
                               {"owing to", CAUSE_RIGHT, .96, false},
                               {"attributed to", CAUSE_RIGHT, .95, false},
                               {"driven by", CAUSE_RIGHT, .9, false},
                               {"caused by", CAUSE_RIGHT, .9, false},
                               {"fuelled by", CAUSE_RIGHT, .9, false},
                               {"fueled by", CAUSE_RIGHT, .9, false},
                               {"led to", CAUSE_LEFT, .93, false},
                               {"leading to", CAUSE_LEFT, .93, false},
                               {"resulted in", CAUSE_LEFT, .95, false},
                               {"resulting in", CAUSE_LEFT, .95, false},
                               {"result in", CAUSE_LEFT, .93, false},
                               {"so that", CAUSE_LEFT, .8, false},
                               {"which means", CAUSE_LEFT, .93, false},
                               {"meaning", CAUSE_LEFT, .92, true},
                               {"as a result", CAUSE_LEFT, .85, true},
                               {"therefore", CAUSE_LEFT, .85, false},
                               {"thus", CAUSE_LEFT, .8, false},
                               {"reflecting", CAUSE_RIGHT, .9, true},
                               {"in an effort to", CAUSE_RIGHT, .9, false},
                               {"in order to", CAUSE_RIGHT, .88, false},
                               {"following", CAUSE_RIGHT, .8, false},
                               {"based on", CAUSE_RIGHT, .75, false},
                               {"given", CAUSE_RIGHT, .7, false},
                               {"in response to", CAUSE_RIGHT, .9, false},
                               {"-ING", CAUSE_LEFT, .84, true},
                               {"which", CAUSE_LEFT, .55, true},
                               {"so", CAUSE_LEFT, .75, true},
                               {"after", CAUSE_RIGHT, .82, false},
                               {"since", CAUSE_RIGHT, .6, false},
                               {"if", CAUSE_RIGHT, .72, false},
                               {"when", CAUSE_RIGHT, .62, false},
                               {"as", CAUSE_RIGHT, .68, false},
                               {"amid", CAUSE_RIGHT, .75, false},
                               {"to -V", CAUSE_RIGHT, .5, false},
                               {"for", CAUSE_RIGHT, .42, false},
                               {"with", CAUSE_RIGHT, .35, false},
                               {"by -ING", CAUSE_RIGHT, .7, false},
                               {"by", CAUSE_RIGHT, .3, false},
                               {"from", CAUSE_RIGHT, .3, false},
                               {"and", CAUSE_LEFT, .3, false},
                               {"on", CAUSE_RIGHT, .1, false}};

static const char *const fronts[] = {
    "as a result of", "due to", "because of", "because",  "thanks to",      "owing to", "following", "after", "as", "since", "if",
    "when",           "with",   "given",      "based on", "in response to", "despite",  "by",        "once"};

typedef struct {
  CorpusRelation relation;
  double strength;
} Choice;

typedef struct {
  PropterStr text;
  const Tagged *t;
  size_t offset; /* of the tagged sentence in the text */
  PropterSpan sentence;
  Choice *out;
  size_t count, room;
} Find;

static PropterSpan trim(PropterStr s, PropterSpan a) {
  while (a.start < a.end && strchr(" ,;:-\n", s.data[a.start])) a.start++;
  while (a.end > a.start && strchr(" ,;:-\n", s.data[a.end - 1])) a.end--;
  return a;
}

static bool token_is(const Token *t, const char *word, size_t len) { return t->len == len && memcmp(t->word, word, len) == 0; }

/* Tokens that match the words at `at`, 0: none. */
static size_t matches(const Tagged *t, size_t at, const char *words) {
  size_t n = 0;
  for (const char *w = words; *w;) {
    size_t len = strcspn(w, " ");
    if (at + n >= t->count) return 0;
    const Token *k = &t->tokens[at + n];
    if (len == 4 && memcmp(w, "-ING", 4) == 0) {
      if (k->tag != UPOS_VERB || k->len < 5 || memcmp(k->word + k->len - 3, "ing", 3) != 0) return 0;
      /* The participle is the beginning of the effect. */
      return n ? n : SIZE_MAX;
    }
    if (len == 2 && memcmp(w, "-V", 2) == 0) return k->tag == UPOS_VERB || k->tag == UPOS_AUX ? n : 0;
    if (!token_is(k, w, len)) return 0;
    n++;
    w += len + (w[len] == ' ');
  }
  return n;
}

static void choose(Find *f, PropterSpan cause, PropterSpan effect, double strength) {
  cause = trim(f->text, cause), effect = trim(f->text, effect);
  if (span_size(cause) < 5 || span_size(effect) < 5 || f->count == f->room) return;
  f->out[f->count++] = (Choice){{{0, 0}, cause, effect}, strength};
}

static size_t start_of(const Find *f, size_t token) { return token < f->t->count ? f->offset + f->t->tokens[token].start : f->sentence.end; }
static size_t end_of(const Find *f, size_t token) { return f->offset + f->t->tokens[token].end; }

static void split_at_words(Find *f) {
  const Tagged *t = f->t;
  for (size_t i = 2; i + 1 < t->count; i++)
    for (size_t k = 0; k < sizeof splits / sizeof *splits; k++) {
      size_t n = matches(t, i, splits[k].words);
      bool comma = token_is(&t->tokens[i - 1], ",", 1);
      if (!n || (splits[k].comma && !comma)) continue;
      size_t after = n == SIZE_MAX ? i : i + n;
      /* "suggesting X", "indicating X": the participle only points to the effect. */
      if (n == SIZE_MAX && (token_is(&t->tokens[i], "suggesting", 10) || token_is(&t->tokens[i], "indicating", 10) || token_is(&t->tokens[i], "meaning", 7) ||
                            token_is(&t->tokens[i], "causing", 7)))
        after++;
      PropterSpan left = {f->sentence.start, end_of(f, i - 1)}, right = {start_of(f, after), f->sentence.end};
      /* Equally strong: the split that leaves two good halves. */
      double balance = (double)(i < t->count - i ? i : t->count - i) / (double)t->count;
      choose(f, splits[k].order == CAUSE_LEFT ? left : right, splits[k].order == CAUSE_LEFT ? right : left, splits[k].strength + .1 * balance);
      break;
    }
}

static void split_at_front(Find *f) {
  const Tagged *t = f->t;
  for (size_t k = 0; k < sizeof fronts / sizeof *fronts; k++) {
    size_t n = matches(t, 0, fronts[k]);
    if (!n || n == SIZE_MAX) continue;
    for (size_t i = n + 2; i + 2 < t->count; i++) {
      if (!token_is(&t->tokens[i], ",", 1)) continue;
      choose(f, (PropterSpan){start_of(f, n), end_of(f, i - 1)}, (PropterSpan){start_of(f, i + 1), f->sentence.end}, .9);
      return;
    }
    return;
  }
}

static void split_by_rules(Find *f, const PropterReadings *r) {
  for (size_t i = 0; i < r->claims.count; i++) {
    const PropterReading *x = &r->claims.items[i];
    if (x->confidence < .8 || x->cause.end <= x->cause.start || x->effect.end <= x->effect.start || x->trigger.start < 4) continue;
    PropterSpan left = {f->sentence.start, f->offset + x->trigger.start}, right = {f->offset + x->trigger.end, f->sentence.end};
    bool cause_left = x->cause.start < x->effect.start;
    choose(f, cause_left ? left : right, cause_left ? right : left, x->confidence + .02);
  }
}

static unsigned figures(PropterStr text, PropterSpan s) {
  unsigned n = 0;
  for (size_t i = s.start; i < s.end; i++)
    n += text.data[i] >= '0' && text.data[i] <= '9' && (i == s.start || !(text.data[i - 1] >= '0' && text.data[i - 1] <= '9'));
  return n;
}

static bool says(PropterStr text, PropterSpan s, const char *const *words, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (propter_str_find((PropterStr){text.data + s.start, s.end - s.start}, propter_str(words[i])) != SIZE_MAX) return true;
  return false;
}

/* The sentence that explains what the others say. */
static const char *const explains[] = {" because ",    "due to",    "reflect",    "driven by",   "attributed to", "as a result of", "thanks to", "is based on",
                                       "was based on", "caused by", "following ", "comes after", "came after",    "the reason",     "owing to"};

static void across(Find *f, const Spans *s) {
  size_t n = s->count, last = n - 1;
  PropterSpan whole[3] = {trim(f->text, s->items[0]), trim(f->text, s->items[n > 2 ? n / 2 : last]), trim(f->text, s->items[last])};
  bool backward = says(f->text, s->items[last], explains, sizeof explains / sizeof *explains) && figures(f->text, s->items[0]) > 0;
  PropterSpan first = whole[0], end = whole[2];
  if (n > 2 && figures(f->text, whole[2]) == 0 && figures(f->text, whole[1]) > 0) end = whole[1];
  choose(f, backward ? end : first, backward ? first : end, 1.2);
  if (n > 2) {
    choose(f, first, end.start == whole[1].start ? whole[2] : whole[1], 1.1);
    choose(f, whole[1], whole[2], 1.05);
  }
}

static bool adverb(const Token *t) { return t->len > 3 && memcmp(t->word + t->len - 2, "ly", 2) == 0; }

/* The same words with adverbs between them: "resulted primarily from". */
static size_t matches_loosely(const Tagged *t, size_t at, const char *words) {
  size_t n = 0;
  for (const char *w = words; *w;) {
    size_t len = strcspn(w, " ");
    while (n && at + n < t->count && adverb(&t->tokens[at + n])) n++;
    if (at + n >= t->count || !token_is(&t->tokens[at + n], w, len)) return 0;
    n++;
    w += len + (w[len] == ' ');
  }
  return n;
}

/* How filings explain a figure: the effect first, unless `order` says otherwise. */
static const Split explanations[] = {{"was due to", CAUSE_RIGHT, .9, false},
                                     {"were due to", CAUSE_RIGHT, .9, false},
                                     {"is due to", CAUSE_RIGHT, .9, false},
                                     {"due to", CAUSE_RIGHT, .85, false},
                                     {"was driven by", CAUSE_RIGHT, .9, false},
                                     {"were driven by", CAUSE_RIGHT, .9, false},
                                     {"driven by", CAUSE_RIGHT, .85, false},
                                     {"resulted from", CAUSE_RIGHT, .9, false},
                                     {"resulting from", CAUSE_RIGHT, .8, false},
                                     {"was the result of", CAUSE_RIGHT, .9, false},
                                     {"as a result of", CAUSE_RIGHT, .88, false},
                                     {"was attributable to", CAUSE_RIGHT, .9, false},
                                     {"were attributable to", CAUSE_RIGHT, .9, false},
                                     {"is attributable to", CAUSE_RIGHT, .9, false},
                                     {"attributable to", CAUSE_RIGHT, .85, false},
                                     {"attributed to", CAUSE_RIGHT, .85, false},
                                     {"was caused by", CAUSE_RIGHT, .9, false},
                                     {"because of", CAUSE_RIGHT, .88, false},
                                     {"reflects", CAUSE_RIGHT, .7, false},
                                     {"reflected", CAUSE_RIGHT, .7, false},
                                     {"reflecting", CAUSE_RIGHT, .7, false},
                                     {"consists of", CAUSE_RIGHT, .6, false},
                                     {"was offset by", CAUSE_RIGHT, .7, false},
                                     {"were offset by", CAUSE_RIGHT, .7, false},
                                     {"was partially offset by", CAUSE_RIGHT, .75, false},
                                     {"were partially offset by", CAUSE_RIGHT, .75, false},
                                     {"resulted in", CAUSE_LEFT, .85, false},
                                     {"resulting in", CAUSE_LEFT, .85, false},
                                     {"led to", CAUSE_LEFT, .85, false},
                                     {"contributed to", CAUSE_LEFT, .8, false}};

static const char *const unsure[] = {" may ", " could ", " might ", " would ", " can ", " should ", " if ", " If ", " will ", " expect"};
static const char *const changes[] = {"ncrease", "ecrease", "ecline", "higher", "lower",  "growth", "grew",     "rose", "fell",
                                      "mprove",  "educ",    "gain",   "loss",   "impact", "charge", "compared", "%",    "$"};

/* "The increase was due to …": a change whose figure stood in the sentence before. */
static bool refers_back(PropterStr s) {
  static const char *const heads[] = {"The increase",  "The decrease",  "The decline",   "The change",   "The improvement", "The growth",
                                      "The reduction", "This increase", "This decrease", "This decline", "These increases", "These decreases"};
  for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
    if (propter_str_starts(s, propter_str(heads[i]))) return true;
  return false;
}

size_t reading_filing(Trainer *t, PropterStr text, CorpusRelation *found, double *belief, size_t room) {
  PropterError err = {0};
  PropterSpan s = {0, 0}, previous;
  size_t n = 0;
  for (size_t line = 0; line < text.len;) {
    size_t end = line;
    Spans sentences = {0};
    while (end < text.len && text.data[end] != '\n') end++;
    reading_check(read_sentences(t->rules, (PropterStr){text.data + line, end - line}, &sentences) ? PROPTER_OK : PROPTER_NO_MEMORY, &err);
    for (size_t i = 0; i < sentences.count; i++) {
      previous = s;
      s = (PropterSpan){sentences.items[i].start + line, sentences.items[i].end + line};
      PropterStr words = {text.data + s.start, span_size(s)};
      Choice choices[64];
      Find f = {.text = text, .t = t->tagged, .offset = s.start, .sentence = s, .out = choices, .room = 64};
      if (words.len < 20 || says(text, s, unsure, sizeof unsure / sizeof *unsure) || !says(text, s, changes, sizeof changes / sizeof *changes)) continue;
      judge_tag(t->judge, words, true, t->tagged);
      for (size_t at = 1; at + 1 < t->tagged->count && f.count < f.room; at++)
        /* Of two explanations the outer one is the sentence's own: mostly the first. */
        for (size_t k = 0; k < sizeof explanations / sizeof *explanations; k++) {
          size_t size = matches_loosely(t->tagged, at, explanations[k].words);
          if (!size) continue;
          size_t from = at, to = at + size;
          while (from > 1 && adverb(&t->tagged->tokens[from - 1])) from--;
          while (to + 1 < t->tagged->count && adverb(&t->tagged->tokens[to])) to++;
          PropterSpan left = {s.start, end_of(&f, from - 1)}, right = {start_of(&f, to), s.end};
          bool cause_left = explanations[k].order == CAUSE_LEFT;
          choose(&f, cause_left ? left : right, cause_left ? right : left, explanations[k].strength / (1 + .005 * (double)at));
          at += size - 1;
          break;
        }
      Choice *best = NULL;
      for (size_t k = 0; k < f.count; k++)
        if (!best || choices[k].strength > best->strength) best = &choices[k];
      if (!best || n == room) continue;
      CorpusRelation r = best->relation;
      if (refers_back((PropterStr){text.data + r.effect.start, span_size(r.effect)}) && r.effect.start < r.cause.start && !figures(text, r.effect) &&
          figures(text, previous))
        r = (CorpusRelation){{0, 0}, trim(text, s), trim(text, previous)};
      if (!figures(text, r.effect) && !figures(text, r.cause) && !refers_back((PropterStr){text.data + r.effect.start, span_size(r.effect)}) &&
          !says(text, r.effect, changes, sizeof changes / sizeof *changes))
        continue;
      belief[n] = best->strength;
      found[n++] = r;
    }
    propter_vec_clear(&sentences);
    line = end + 1;
  }
  return n;
}

size_t reading_passage(Trainer *t, PropterStr text, CorpusRelation *found, size_t room) {
  Choice choices[256];
  Spans sentences = {0};
  PropterError err = {0};
  Find f = {.text = text, .out = choices, .room = sizeof choices / sizeof *choices};
  reading_check(read_sentences(t->rules, text, &sentences) ? PROPTER_OK : PROPTER_NO_MEMORY, &err);
  if (sentences.count > 1) across(&f, &sentences);
  for (size_t i = 0; i < sentences.count; i++) {
    f.sentence = sentences.items[i], f.offset = f.sentence.start;
    reading_check(trainer_read(t, (PropterStr){text.data + f.sentence.start, span_size(f.sentence)}, &err), &err);
    f.t = t->tagged;
    split_by_rules(&f, &t->readings);
    split_at_front(&f);
    split_at_words(&f);
  }
  propter_vec_clear(&sentences);
  for (size_t i = 1; i < f.count; i++)
    for (size_t j = i; j > 0 && choices[j].strength > choices[j - 1].strength; j--) {
      Choice c = choices[j];
      choices[j] = choices[j - 1], choices[j - 1] = c;
    }
  size_t n = 0;
  for (; n < f.count && n < room; n++) found[n] = choices[n].relation;
  return n;
}
