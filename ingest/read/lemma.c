/* SPDX-License-Identifier: Apache-2.0 */
/* The word that a form belongs to: irregular forms by a table, the rest by endings, both from rule files. */
#include <string.h>

#include "reading.h"

enum { KEY = TOKEN_WORD + 16, ENDING_LEAST = 2 };
static const PropterStr nothing = {"-", 1}, mended = {"+", 1};

/* "ending VERB ied": what a line of this kind says of words of this tag. */
static PropterStr key_of(LemmaLine kind, PropterStr tag, PropterStr form, char *key) {
  if (tag.len + form.len + 3 > KEY) return (PropterStr){"", 0};
  key[0] = (char)('0' + kind), key[1] = ' ';
  memcpy(key + 2, tag.data, tag.len);
  key[tag.len + 2] = ' ';
  memcpy(key + tag.len + 3, form.data, form.len);
  return (PropterStr){key, tag.len + form.len + 3};
}

static const PropterStr *look_up(const Lemmas *l, LemmaLine kind, PropterStr tag, PropterStr form) {
  char key[KEY];
  const uint64_t *slot = propter_map_get(&l->lines, key_of(kind, tag, form, key));
  return slot ? &l->texts.items[*slot] : NULL;
}

PropterStatus lemma_add(Lemmas *l, PropterArena *arena, LemmaLine kind, PropterStr tag, PropterStr form, PropterStr text, PropterError *err) {
  char key[KEY];
  bool added = false;
  PropterStr copy = propter_arena_copy(arena, text), name = key_of(kind, tag, form, key);
  uint64_t *slot = copy.data && name.len ? propter_map_put(&l->lines, name, l->texts.count, &added) : NULL;
  if (!name.len) return propter_fail(err, PROPTER_SYNTAX, "expected a shorter word, found \"%.*s\"", (int)form.len, form.data);
  if (!slot || (added && !propter_vec_push(&l->texts, copy))) return propter_fail(err, PROPTER_NO_MEMORY, "no memory for lemmas");
  l->texts.items[*slot] = copy;
  return PROPTER_OK;
}

void lemmas_clear(Lemmas *l) {
  propter_map_clear(&l->lines);
  propter_vec_clear(&l->texts);
}

static bool has_vowel(PropterStr s) {
  for (size_t i = 0; i < s.len; i++)
    if (memchr("aeiouy", s.data[i], 6) || (unsigned char)s.data[i] >= 0x80) return true;
  return false;
}

/* The longest ending of the word with a line of this kind, before which `least` letters stand, a vowel among them or in what replaces it; NULL: none. */
static const PropterStr *longest(const Lemmas *l, LemmaLine kind, PropterStr tag, PropterStr word, size_t least, size_t *stem) {
  for (*stem = least; *stem < word.len; ++*stem) {
    const PropterStr *text = look_up(l, kind, tag, (PropterStr){word.data + *stem, word.len - *stem});
    if (text && (!least || has_vowel((PropterStr){word.data, *stem}) || has_vowel(*text))) return text;
  }
  return NULL;
}

static PropterStr with_end(PropterStr stem, PropterStr end, char *room) {
  size_t n = stem.len + end.len < TOKEN_WORD ? end.len : 0;
  memcpy(room, stem.data, stem.len);
  memcpy(room + stem.len, end.data, n);
  return (PropterStr){room, stem.len + n};
}

PropterStr lemma_of(const Lemmas *l, PropterStr word, Upos tag, char room[TOKEN_WORD]) {
  PropterStr name = propter_str(upos_name(tag == UPOS_AUX ? UPOS_VERB : tag));
  const PropterStr *text = look_up(l, LEMMA_FORM, name, word);
  size_t at;
  if (text) return *text;
  if (!(text = longest(l, LEMMA_ENDING, name, word, ENDING_LEAST, &at))) return word;
  PropterStr stem = {word.data, at};
  if (propter_str_equal(*text, nothing)) return stem;
  if (!propter_str_equal(*text, mended)) return with_end(stem, *text, room);
  const PropterStr *mend = longest(l, LEMMA_MEND, name, stem, 0, &at);
  return mend ? with_end((PropterStr){stem.data, at}, *mend, room) : stem;
}
