/* SPDX-License-Identifier: Apache-2.0 */
/* Labels as sequences of folded stems; longest match. */
#include <libstemmer.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "names.h"
#include "propter/hash.h"
#include "rules.h"

enum {
  LETTERS = 3, /* of the shortest word that is more than grammar */
  LABEL_TOKENS = 16,
  PART = 4, /* bytes of the stem of a compound's part */
  BAG_MAX = 5,
  BAG_SLACK = 4,
  BAG_TEXT = 64
};

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "no memory for names"); }

/* The lines of a rule file by which labels are cut into words. */
static PropterStatus cut_by(PropterNames *n, PropterStr text, PropterError *err) {
  while (text.len) {
    const char *end = memchr(text.data, '\n', text.len);
    PropterStr line = {text.data, end ? (size_t)(end - text.data) : text.len};
    LabelLine l = {label_line_kind(rules_word(&line)), line};
    if (l.kind == LABEL_linking || l.kind == LABEL_joining || l.kind == LABEL_article || l.kind == LABEL_plural) PROPTER_TRY(names_line(n, l, err));
    text = (PropterStr){text.data + (end ? end + 1 - text.data : (ptrdiff_t)text.len), text.len - (end ? (size_t)(end + 1 - text.data) : text.len)};
  }
  return PROPTER_OK;
}

PropterStatus propter_names_new(PropterNames **out, PropterError *err) { return names_new_in(languages, out, err); }

PropterStatus names_new_in(const Language *language, PropterNames **out, PropterError *err) {
  *out = NULL;
  PropterNames *n = propter_calloc(1, sizeof *n);
  if (!n) return no_memory(err);
  (void)pthread_mutex_init(&n->stemming, NULL);
  (void)pthread_mutex_init(&n->learning, NULL);
  n->language = *language;
  PropterStatus status = (n->stemmer = sb_stemmer_new(language->stemmer, "UTF_8")) ? PROPTER_OK : no_memory(err);
  if (status == PROPTER_OK && language->rules) status = cut_by(n, (PropterStr){language->rules, *language->rules_size}, err);
  if (status != PROPTER_OK) propter_names_free(n), n = NULL;
  *out = n;
  return status;
}

void propter_names_free(PropterNames *n) {
  if (!n) return;
  for (size_t i = 0; i < n->lists.count; i++) propter_vec_clear(&n->lists.items[i]);
  propter_vec_clear(&n->lists);
  propter_map_clear(&n->by_label);
  propter_map_clear(&n->by_iri);
  for (size_t i = 0; i < n->postings.count; i++) propter_vec_clear(&n->postings.items[i]);
  propter_vec_clear(&n->postings);
  propter_vec_clear(&n->bags);
  propter_vec_clear(&n->bag_words);
  propter_vec_clear(&n->newest);
  propter_map_clear(&n->by_word);
  propter_map_clear(&n->small);
  for (size_t i = 0; i < n->groups.count; i++) propter_vec_clear(&n->groups.items[i]);
  propter_vec_clear(&n->groups);
  propter_map_clear(&n->alike);
  propter_vec_clear(&n->negating);
  propter_map_clear(&n->articles);
  propter_map_clear(&n->affixes);
  propter_vec_clear(&n->joints);
  propter_vec_clear(&n->plurals);
  propter_vec_clear(&n->forms);
  propter_map_clear(&n->by_sense);
  for (size_t i = 0; i < n->meant.count; i++) propter_vec_clear(&n->meant.items[i]);
  propter_vec_clear(&n->meant);
  propter_map_clear(&n->looked_up);
  for (size_t i = 0; i < n->likes.count; i++) propter_vec_clear(&n->likes.items[i]);
  propter_vec_clear(&n->likes);
  propter_wordnet_close(n->wordnet);
  words_clear(&n->vectors);
  (void)pthread_mutex_destroy(&n->learning);
  propter_map_clear(&n->label_words);
  propter_map_clear(&n->measured);
  propter_vec_clear(&n->things);
  propter_vec_clear(&n->edges);
  sb_stemmer_delete(n->stemmer);
  (void)pthread_mutex_destroy(&n->stemming);
  propter_arena_clear(&n->arena);
  propter_free(n);
}

size_t propter_names_count(const PropterNames *n) { return n->things.count; }
PropterNamed *propter_names_get(PropterNames *n, size_t index) { return &n->things.items[index]; }
uint64_t propter_names_hash(const PropterNames *n) {
  uint64_t h = n->hash;
  for (size_t i = 0; i < n->things.count; i++) {
    const PropterNamed *t = &n->things.items[i];
    struct {
      uint64_t roles, kind, scope, places;
      int64_t first, last;
    } facts = {t->roles, t->kind, t->scope, 0, t->when.first, t->when.last};
    for (size_t k = 0; k < t->places; k++) facts.places = facts.places * 1099511628211u + t->place[k] + 1;
    h = h * 1099511628211u ^ propter_hash64((PropterStr){(const char *)&facts, sizeof facts});
  }
  return h;
}

static void stir(PropterNames *n, PropterStr text, uint64_t with) { n->hash = (n->hash ^ with) * 1099511628211u ^ propter_hash64(text); }

size_t names_of_iri(const PropterNames *names, PropterStr iri) {
  const uint64_t *index = propter_map_get(&names->by_iri, iri);
  return index ? (size_t)*index : SIZE_MAX;
}

PropterStatus propter_names_add(PropterNames *n, PropterStr iri, unsigned roles, size_t *index, PropterError *err) {
  bool added = false;
  uint64_t *slot = propter_map_put(&n->by_iri, iri, n->things.count, &added);
  if (!slot) return no_memory(err);
  if (added) {
    PropterNamed t = {.iri = propter_arena_copy(&n->arena, iri), .when = {PROPTER_NO_DAY, PROPTER_NO_DAY}, .kind = SIZE_MAX, .scope = SIZE_MAX};
    if (!t.iri.data || !propter_vec_push(&n->newest, SIZE_MAX) || !propter_vec_push(&n->things, t)) return no_memory(err);
    stir(n, iri, 1);
  }
  *index = (size_t)*slot;
  n->things.items[*index].roles |= roles;
  return PROPTER_OK;
}

PropterStatus propter_names_broader(PropterNames *n, size_t narrow, size_t broad, PropterError *err) {
  stir(n, n->things.items[narrow].iri, broad);
  return propter_vec_push(&n->edges, ((Edge){narrow, broad})) ? PROPTER_OK : no_memory(err);
}

static bool climb(const PropterNames *n, size_t a, size_t b, unsigned depth) {
  if (a == b) return true;
  if (depth > 32) return false;
  for (size_t i = 0; i < n->edges.count; i++)
    if (n->edges.items[i].narrow == a && climb(n, n->edges.items[i].broad, b, depth + 1)) return true;
  return false;
}

bool propter_names_within(const PropterNames *n, size_t a, size_t b) { return a != SIZE_MAX && b != SIZE_MAX && climb(n, a, b, 0); }

/* --- tokens ---------------------------------------------------------------------------------------------------------------- */

/* Bytes of a letter, digit or & at i, 0: none. Typographic punctuation (U+2000–U+206F) separates. */
static size_t word_byte(PropterStr s, size_t i) {
  unsigned char c = (unsigned char)s.data[i];
  if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) return 1;
  if (c < 0xC3) return 0;
  if (c == 0xE2 && i + 1 < s.len && ((unsigned char)s.data[i + 1] == 0x80 || (unsigned char)s.data[i + 1] == 0x81)) return 0;
  size_t n = c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
  return i + n <= s.len ? n : 0;
}

/* By the longest ending behind at least LETTERS bytes of the singular. */
static void singular(const PropterNames *names, char *w) {
  PropterStr word = propter_str(w);
  const Plural *best = NULL;
  for (size_t i = 0; i < names->plurals.count; i++) {
    const Plural *p = &names->plurals.items[i];
    if (propter_str_ends(word, p->ending) && word.len - p->ending.len + p->singular.len >= LETTERS && (!best || p->ending.len > best->ending.len)) best = p;
  }
  size_t stem = best ? word.len - best->ending.len : 0;
  if (!best || stem + best->singular.len >= TOKEN_MAX) return;
  if (best->singular.len) memcpy(w + stem, best->singular.data, best->singular.len);
  w[stem + best->singular.len] = '\0';
}

/* False: no memory. */
static bool stem_of(const PropterNames *n, const char *word, size_t len, char out[TOKEN_MAX]) {
  pthread_mutex_t *stemming = (pthread_mutex_t *)(uintptr_t)&n->stemming;
  (void)pthread_mutex_lock(stemming);
  const sb_symbol *stem = sb_stemmer_stem(n->stemmer, (const sb_symbol *)word, (int)len);
  size_t stem_len = stem ? (size_t)sb_stemmer_length(n->stemmer) : 0;
  if (stem_len > TOKEN_MAX - 1) stem_len = TOKEN_MAX - 1;
  if (stem) memcpy(out, stem, stem_len);
  out[stem_len] = '\0';
  (void)pthread_mutex_unlock(stemming);
  return stem != NULL;
}

/* False: no memory. */
static bool fold(const PropterNames *n, PropterStr word, Word *t) {
  bool ascii = true;
  size_t len = word.len < TOKEN_MAX - 1 ? word.len : TOKEN_MAX - 1;
  for (size_t i = 0; i < len; i++) {
    ascii &= (unsigned char)word.data[i] < 0x80;
    t->plain[i] = (char)(word.data[i] >= 'A' && word.data[i] <= 'Z' ? word.data[i] | 0x20 : word.data[i]);
  }
  t->plain[len] = '\0';
  if (!ascii) {
    utf8proc_uint8_t *folded = NULL;
    utf8proc_ssize_t size = utf8proc_map((const utf8proc_uint8_t *)word.data, (utf8proc_ssize_t)word.len, &folded,
                                         UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_DECOMPOSE | UTF8PROC_STRIPMARK | UTF8PROC_IGNORE);
    if (size == UTF8PROC_ERROR_NOMEM) return false;
    if (size >= 0) {
      len = (size_t)size < TOKEN_MAX - 1 ? (size_t)size : TOKEN_MAX - 1;
      memcpy(t->plain, folded, len);
      t->plain[len] = '\0';
    }
    free(folded); /* made by utf8proc with malloc */
  }
  if (!stem_of(n, t->plain, len, t->stem)) return false;
  /* One word alone is told apart by more than its stem, where the language's plurals are known. */
  if (n->plurals.count)
    singular(n, t->plain);
  else
    memcpy(t->plain, t->stem, strlen(t->stem) + 1);
  return true;
}

/* "'s" behind the apostrophe at `start`, else the word itself. */
static bool article(const PropterNames *n, PropterStr s, PropterSpan word) {
  char text[8] = "'";
  size_t from = word.start, len = word.end - from;
  bool quoted = from > 0 && (s.data[from - 1] == '\'' || (from > 2 && memcmp(s.data + from - 3, "\xE2\x80\x99", 3) == 0));
  if (len + 1 >= sizeof text) return false;
  for (size_t i = 0; i < len; i++) text[1 + i] = (char)(s.data[from + i] >= 'A' && s.data[from + i] <= 'Z' ? s.data[from + i] | 0x20 : s.data[from + i]);
  return propter_map_get(&n->articles, (PropterStr){text + 1, len}) || (quoted && propter_map_get(&n->articles, (PropterStr){text, len + 1}));
}

bool names_words(const PropterNames *n, PropterStr s, NameWords *out) {
  for (size_t i = 0; i < s.len;) {
    if (s.data[i] == '&') {
      Word t = {{i, i + 1}, "", "", false};
      if (n->and.len && (!fold(n, n->and, &t) || !propter_vec_push(out, t))) return false;
      i++;
      continue;
    }
    size_t step = word_byte(s, i);
    if (!step) {
      i++;
      continue;
    }
    size_t start = i;
    while (i < s.len && (step = word_byte(s, i))) i += step;
    Word t = {{start, i}, "", "", false};
    if (article(n, s, t.span)) continue;
    if (!fold(n, (PropterStr){s.data + start, i - start}, &t) || !propter_vec_push(out, t)) return false;
  }
  return true;
}

/* Makes the word what of it stands in a label, if that is long enough. */
static bool take(const PropterNames *n, Word *w, PropterStr stem) {
  if (stem.len < PART || !propter_map_get(&n->by_word, stem)) return false;
  w->part = true;
  memmove(w->stem, stem.data, stem.len), w->stem[stem.len] = '\0';
  memcpy(w->plain, w->stem, stem.len + 1);
  return true;
}

/* The beginning of a compound, with or without a joint at its end. */
static bool take_first(const PropterNames *n, Word *w, PropterStr before) {
  char stem[TOKEN_MAX];
  for (size_t i = 0; i <= n->joints.count; i++) {
    PropterStr joint = i ? n->joints.items[i - 1] : (PropterStr){"", 0};
    if (before.len < joint.len + PART || !propter_str_ends(before, joint)) continue;
    if (stem_of(n, before.data, before.len - joint.len, stem) && take(n, w, propter_str(stem))) return true;
  }
  return false;
}

/* "Heizlüfter" is a "Lüfter"; "Preiserhöhung", whose end is vague, is about the "Preis". The longest end counts. */
static void take_part(const PropterNames *n, Word *w) {
  PropterStr stem = propter_str(w->stem);
  if (propter_map_get(&n->by_word, stem)) return;
  for (size_t at = LETTERS; at + PART <= stem.len; at++) {
    PropterStr before = {stem.data, at}, end = {stem.data + at, stem.len - at};
    const uint64_t *carries = propter_map_get(&n->small, end);
    if (!propter_map_get(&n->affixes, before) && take(n, w, end)) return;
    if (carries && *carries == VAGUE && take_first(n, w, before)) return;
  }
}

bool names_text_words(const PropterNames *n, PropterStr text, NameWords *out) {
  size_t from = out->count;
  if (!names_words(n, text, out)) return false;
  for (size_t i = from; i < out->count && n->joints.count; i++) {
    unsigned char first = (unsigned char)text.data[out->items[i].span.start];
    if ((first >= 'A' && first <= 'Z') || first >= 0x80) take_part(n, &out->items[i]); /* a noun: "gelernt" has no "Ernte" */
  }
  return true;
}

/* Key of tokens [from, from + count): stems, or for one word the word itself. */
static PropterStr key_of(const NameWords *t, size_t from, size_t count, char *buf, size_t size) {
  size_t len = 0;
  for (size_t i = from; i < from + count; i++) {
    const char *w = count == 1 ? t->items[i].plain : t->items[i].stem;
    size_t n = strlen(w);
    if (len + n + 2 > size) break;
    buf[len++] = count == 1 ? '=' : ' ';
    memcpy(buf + len, w, n);
    len += n;
  }
  return (PropterStr){buf, len};
}

/* A word of a label that names nothing. */
static bool links(const PropterNames *n, const Word *w) {
  const uint64_t *carries = propter_map_get(&n->small, propter_str(w->plain));
  return carries && (*carries == LINKING || *carries == JOINING);
}

/* High half: how many metrics have the word; low half: the last that had it, plus one. "of" and "in" measure nothing. */
static PropterStatus count_words(PropterNames *n, size_t index, const NameWords *t, PropterError *err) {
  for (size_t i = 0; i < t->count; i++) {
    if (strlen(t->items[i].plain) < LETTERS || links(n, &t->items[i])) continue;
    uint64_t *slot = propter_map_put(&n->label_words, propter_str(t->items[i].plain), 0, NULL);
    if (!slot) return no_memory(err);
    if ((*slot & 0xFFFFFFFFu) != index + 1) *slot = ((*slot >> 32) + 1) << 32 | (index + 1);
  }
  return PROPTER_OK;
}

static PropterStatus add_bag(PropterNames *n, size_t index, double quality, bool example, const NameWords *t, PropterError *err) {
  Bag bag = {index, quality, n->bag_words.count, 0, example, n->newest.items[index]};
  size_t at = n->bags.count;
  for (size_t i = 0; i < t->count; i++) {
    bool skip = links(n, &t->items[i]), added = false;
    for (size_t k = 0; k < i && !skip; k++) skip = strcmp(t->items[k].stem, t->items[i].stem) == 0;
    if (skip) continue;
    uint64_t *slot = propter_map_put(&n->by_word, propter_str(t->items[i].stem), n->postings.count, &added);
    if (!slot || (added && !propter_vec_push(&n->postings, (Posting){0}))) return no_memory(err);
    if (added) {
      PropterStr form = propter_arena_copy(&n->arena, propter_str(t->items[i].plain));
      if (!form.data || !propter_vec_push(&n->forms, form)) return no_memory(err);
    }
    if (!propter_vec_push(&n->postings.items[*slot], at) || !propter_vec_push(&n->bag_words, (uint32_t)*slot)) return no_memory(err);
    bag.words++;
  }
  if (!propter_vec_push(&n->bags, bag)) return no_memory(err);
  n->newest.items[index] = at;
  return PROPTER_OK;
}

PropterStatus propter_names_label(PropterNames *n, size_t index, PropterStr label, double quality, PropterError *err) {
  NameWords t = {0};
  char buf[TOKEN_MAX * LABEL_TOKENS + LABEL_TOKENS];
  PropterStatus status = names_words(n, label, &t) ? PROPTER_OK : no_memory(err);
  if (status == PROPTER_OK && t.count && t.count <= LABEL_TOKENS) {
    bool added = false;
    PropterStr key = key_of(&t, 0, t.count, buf, sizeof buf);
    uint64_t *slot = propter_map_put(&n->by_label, key, n->lists.count, &added);
    if (!slot || (added && !propter_vec_push(&n->lists, (LabelList){0}))) {
      status = no_memory(err);
    } else {
      LabelList *list = &n->lists.items[*slot];
      bool known = false;
      for (size_t i = 0; i < list->count; i++)
        if (list->items[i].index == index) {
          known = true;
          if (list->items[i].quality < quality) list->items[i].quality = quality;
        }
      if (!known && !propter_vec_push(list, ((LabelOf){index, quality}))) status = no_memory(err);
      if (status == PROPTER_OK && !known) status = add_bag(n, index, quality, false, &t, err);
      if (t.count > n->longest) n->longest = (unsigned)t.count;
      if (status == PROPTER_OK && n->things.items[index].roles & PROPTER_ROLE_METRIC) status = count_words(n, index, &t, err);
      stir(n, label, index);
    }
  }
  propter_vec_clear(&t);
  return status;
}

PropterStatus propter_names_describe(PropterNames *n, size_t index, PropterStr text, double quality, PropterError *err) {
  NameWords t = {0};
  PropterStatus status = names_words(n, text, &t) ? PROPTER_OK : no_memory(err);
  if (status == PROPTER_OK) status = add_bag(n, index, quality, true, &t, err);
  propter_vec_clear(&t);
  stir(n, text, index);
  return status;
}

PropterStr names_keep(PropterNames *n, PropterStr text) { return propter_arena_copy(&n->arena, text); }

PropterStatus names_settle(PropterNames *n, PropterError *err) {
  size_t metrics = 0;
  for (size_t i = 0; i < n->things.count; i++) metrics += (n->things.items[i].roles & PROPTER_ROLE_METRIC) != 0;
  size_t enough = metrics / 3 > 2 ? metrics / 3 : 2;
  for (size_t i = 0; i < n->label_words.count; i++)
    if ((n->label_words.entries[i].value >> 32) >= enough && !propter_map_put(&n->measured, n->label_words.entries[i].key, 1, NULL)) return no_memory(err);
  return PROPTER_OK;
}

PropterStatus names_measured(const PropterNames *n, PropterStr text, bool *found, PropterError *err) {
  NameWords t = {0};
  *found = false;
  if (!n->measured.count) return PROPTER_OK;
  PropterStatus status = names_text_words(n, text, &t) ? PROPTER_OK : no_memory(err);
  for (size_t i = 0; i < t.count && !*found; i++) *found = propter_map_get(&n->measured, propter_str(t.items[i].plain)) != NULL;
  propter_vec_clear(&t);
  return status;
}

PropterStatus propter_names_find(const PropterNames *n, PropterStr text, PropterNameMatches *out, PropterError *err) {
  NameWords t = {0};
  char buf[TOKEN_MAX * LABEL_TOKENS + LABEL_TOKENS];
  PropterStatus status = names_text_words(n, text, &t) ? PROPTER_OK : no_memory(err);
  for (size_t i = 0; i < t.count && status == PROPTER_OK;) {
    size_t most = t.count - i < n->longest ? t.count - i : n->longest, taken = 0;
    for (size_t len = most; len > 0 && !taken; len--) {
      const uint64_t *slot = propter_map_get(&n->by_label, key_of(&t, i, len, buf, sizeof buf));
      if (!slot) continue;
      const LabelList *list = &n->lists.items[*slot];
      double whole = 1;
      for (size_t k = i; k < i + len; k++) whole = t.items[k].part ? NAMES_LOOSE : whole;
      for (size_t k = 0; k < list->count && status == PROPTER_OK; k++) {
        PropterNameMatch m = {list->items[k].index, {t.items[i].span.start, t.items[i + len - 1].span.end}, (unsigned)len, list->items[k].quality * whole};
        if (!propter_vec_push(out, m)) status = no_memory(err);
      }
      taken = len;
    }
    i += taken ? taken : 1;
  }
  propter_vec_clear(&t);
  return status;
}

/* Where each bag that meets the window [i, …] has all its words; a posting is walked for each word of the text. */
PropterStatus names_find_loose(const PropterNames *n, PropterStr text, PropterNameMatches *out, PropterError *err) {
  NameWords t = {0};
  PROPTER_VEC(uint32_t) seen = {0}; /* per bag: how many of its words, and the first and last token */
  PropterStatus status = names_text_words(n, text, &t) ? PROPTER_OK : no_memory(err);
  size_t count = t.count < BAG_TEXT ? t.count : BAG_TEXT;
  if (status == PROPTER_OK && n->bags.count && !propter_vec_reserve(&seen, n->bags.count)) status = no_memory(err);
  for (size_t i = 0; i < count && status == PROPTER_OK; i++) {
    /* Bags whose first word is here: count their words from here on. */
    const uint64_t *slot = propter_map_get(&n->by_word, propter_str(t.items[i].stem));
    if (!slot) continue;
    const Posting *here = &n->postings.items[*slot];
    for (size_t b = 0; b < here->count; b++) seen.items[here->items[b]] = 1u | (uint32_t)i << 8;
    size_t limit = i + BAG_MAX + BAG_SLACK < count ? i + BAG_MAX + BAG_SLACK : count;
    for (size_t k = i + 1; k < limit && status == PROPTER_OK; k++) {
      bool again = false;
      for (size_t j = i; j < k && !again; j++) again = strcmp(t.items[j].stem, t.items[k].stem) == 0;
      const uint64_t *next = again ? NULL : propter_map_get(&n->by_word, propter_str(t.items[k].stem));
      for (size_t p = 0; next && p < n->postings.items[*next].count && status == PROPTER_OK; p++) {
        size_t bag = n->postings.items[*next].items[p];
        bool starts_here = false;
        for (size_t h = 0; h < here->count && !starts_here; h++) starts_here = here->items[h] == bag;
        if (!starts_here || seen.items[bag] >> 8 != i) continue;
        unsigned words = (++seen.items[bag]) & 0xFF;
        const Bag *b = &n->bags.items[bag];
        if (words > BAG_MAX || words != b->words || b->example || k - i >= words + BAG_SLACK) continue;
        PropterNameMatch m = {b->index, {t.items[i].span.start, t.items[k].span.end}, words, b->quality * NAMES_LOOSE};
        if (!propter_vec_push(out, m)) status = no_memory(err);
      }
    }
  }
  propter_vec_clear(&seen);
  propter_vec_clear(&t);
  return status;
}

/* "the storm" may be what has "storm" in a label of its own or of its kind. */
PropterStatus names_share_head(const PropterNames *n, PropterStr phrase, size_t index, bool *shares, PropterError *err) {
  NameWords t = {0};
  *shares = false;
  PropterStatus status = names_text_words(n, phrase, &t) ? PROPTER_OK : no_memory(err);
  if (status == PROPTER_OK && t.count) {
    const uint64_t *slot = propter_map_get(&n->by_word, propter_str(t.items[t.count - 1].stem));
    size_t kind = n->things.items[index].kind;
    for (size_t b = 0; slot && b < n->postings.items[*slot].count && !*shares; b++) {
      size_t owner = n->bags.items[n->postings.items[*slot].items[b]].index;
      *shares = owner == index || owner == kind;
    }
  }
  propter_vec_clear(&t);
  return status;
}
