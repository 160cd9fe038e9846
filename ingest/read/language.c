/* SPDX-License-Identifier: Apache-2.0 */
/* The languages there are rules for, built in or in files, and which of them a document is in. */
#include <libstemmer.h>
#include <string.h>

#include "propter/hash.h"
#include "propter/io.h"
#include "rules.h"
#include "words.h"

enum { LOOKED_AT = 4096 }; /* bytes of a document's beginning that tell its language */

#define LANGUAGE(code, name, stemmer, claim, words)                                                                                                            \
  extern const char rules_##code[];                                                                                                                            \
  extern const size_t rules_##code##_size;                                                                                                                     \
  extern const PropterStr model_##code##_tagger;
#include "languages.def"
#undef LANGUAGE
extern const PropterStr model_en_claim;

const Language languages[LANGUAGES] = {
#define LANGUAGE(code, name, stemmer, claim, words) {#code, name, stemmer, &model_##code##_tagger, claim, words, rules_##code, &rules_##code##_size},
#include "languages.def"
#undef LANGUAGE
};

bool language_first(const Language *language) { return strcmp(language->code, languages->code) == 0; }

size_t language_of(const Languages *all, PropterStr tag) {
  size_t n = 0;
  while (n < tag.len && tag.data[n] != '-' && tag.data[n] != '_') n++;
  for (size_t i = 0; i < all->count; i++)
    if (propter_str_equal_caseless((PropterStr){tag.data, n}, propter_str(all->items[i].code))) return i;
  return SIZE_MAX;
}

PropterStr language_said(PropterStr text, PropterStr *stemmer) {
  PropterStr said = propter_str(languages->code);
  *stemmer = (PropterStr){"", 0};
  for (size_t at = 0, end, lines = 0; at < text.len && lines < 2; at = end + 1) {
    for (end = at; end < text.len && text.data[end] != '\n';) end++;
    PropterStr rest = propter_str_trim((PropterStr){text.data + at, end - at});
    if (!rest.len || rest.data[0] == '#') continue;
    PropterStr key = rules_word(&rest);
    if (!propter_str_equal(key, lines++ ? PROPTER_STR("stemmer") : PROPTER_STR("language"))) break;
    *(lines == 1 ? &said : stemmer) = rest;
  }
  return said;
}

static PropterStatus add_language(PropterStr code, PropterStr stemmer, const char *path, Languages *out, PropterError *err) {
  Language l = {.tagger = NULL};
  struct sb_stemmer *known = NULL;
  bool fits = code.len && code.len < sizeof l.code && stemmer.len && stemmer.len < sizeof l.stemmer && out->count < READ_LANGUAGES;
  if (fits) {
    memcpy(l.code, code.data, code.len), memcpy(l.name, code.data, code.len), memcpy(l.stemmer, stemmer.data, stemmer.len);
    known = sb_stemmer_new(l.stemmer, "UTF_8");
  }
  if (!known) {
    PropterStatus status = propter_fail(
        err, PROPTER_SYNTAX, "expected a language with rules, or behind it the line stemmer and one of libstemmer's, found language \"%.*s\", stemmer \"%.*s\"",
        (int)(code.len < 40 ? code.len : 40), code.data, (int)(stemmer.len < 40 ? stemmer.len : 40), stemmer.data);
    propter_error_at(err, path, 1, 0);
    return status;
  }
  sb_stemmer_delete(known);
  out->items[out->count++] = l;
  return PROPTER_OK;
}

PropterStatus languages_of(const char *const *files, size_t count, Languages *out, PropterError *err) {
  PropterStatus status = PROPTER_OK;
  memcpy(out->items, languages, sizeof languages);
  out->count = LANGUAGES;
  for (size_t i = 0; i < count && status == PROPTER_OK; i++) {
    PropterBuf text = {0};
    PropterStr stemmer = {"", 0}, said = {"", 0};
    status = propter_io_read_file(files[i], RULE_BYTES, &text, err);
    if (status == PROPTER_OK) said = language_said(propter_buf_str(&text), &stemmer);
    if (status == PROPTER_OK && language_of(out, said) == SIZE_MAX) status = add_language(said, stemmer, files[i], out, err);
    propter_buf_clear(&text);
  }
  return status;
}

uint64_t languages_hash(const Languages *all) {
  uint64_t hash = 0;
  for (size_t i = 0; i < all->count; i++) {
    const PropterStr *models[] = {all->items[i].tagger, all->items[i].claim, all->items[i].words};
    for (size_t k = 0; k < sizeof models / sizeof *models; k++)
      if (models[k]) hash = hash * 31 + propter_hash64(*models[k]);
  }
  return hash;
}

PropterStatus propter_languages(const char *const *files, size_t count, PropterLanguages *out, PropterError *err) {
  Languages all;
  PROPTER_TRY(languages_of(files, count, &all, err));
  _Static_assert(sizeof out->codes / sizeof *out->codes == READ_LANGUAGES && sizeof *out->codes == sizeof all.items->code, "codes of all");
  for (out->count = 0; out->count < all.count; out->count++) memcpy(out->codes[out->count], all.items[out->count].code, sizeof *out->codes);
  return PROPTER_OK;
}

/* How many of the commonest words of a language stand in a text. */
static size_t common_words(const PropterRules *r, PropterStr text) {
  size_t n = 0;
  PropterSpan m;
  for (size_t from = 0; rules_first(r, r->common.items, r->common.count, text, from, &m); from = m.end) n++;
  return n;
}

size_t language_of_document(const Languages *all, const PropterDocument *d, PropterRules *const *rules) {
  size_t best = language_of(all, d->language), most = 0;
  if (best != SIZE_MAX) return best;
  PropterStr text = {d->text.data, d->text.len < LOOKED_AT ? d->text.len : LOOKED_AT};
  while (text.len < d->text.len && ((unsigned char)text.data[text.len] & 0xC0) == 0x80) text.len--;
  best = 0;
  for (size_t i = 0; i < all->count; i++) {
    size_t n = common_words(rules[i], text);
    if (n > most) most = n, best = i;
  }
  return best;
}
