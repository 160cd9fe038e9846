/* SPDX-License-Identifier: Apache-2.0 */
/* The languages that rules are built in for, and which of them a document is in. */
#include <strings.h>

#include "reading.h"

enum { LOOKED_AT = 4096 }; /* bytes of a document's beginning that tell its language */

#define LANGUAGE(code, name, stemmer, full) \
  extern const char rules_##code[];         \
  extern const size_t rules_##code##_size;
#include "languages.def"
#undef LANGUAGE

const Language languages[LANGUAGES] = {
#define LANGUAGE(code, name, stemmer, full) {#code, name, stemmer, full, rules_##code, &rules_##code##_size},
#include "languages.def"
#undef LANGUAGE
};

const char *propter_language(size_t i) { return i < LANGUAGES ? languages[i].code : NULL; }

size_t language_of(PropterStr tag) {
  size_t n = 0;
  while (n < tag.len && tag.data[n] != '-' && tag.data[n] != '_') n++;
  for (size_t i = 0; i < LANGUAGES; i++)
    if (propter_str(languages[i].code).len == n && strncasecmp(languages[i].code, tag.data, n) == 0) return i;
  return SIZE_MAX;
}

/* How many of the commonest words of a language stand in a text. */
static size_t common_words(const PropterRules *r, PropterStr text) {
  size_t n = 0;
  PropterSpan m;
  for (size_t from = 0; rules_first(r, r->common.items, r->common.count, text, from, &m); from = m.end) n++;
  return n;
}

size_t language_of_document(const PropterDocument *d, PropterRules *const *rules) {
  size_t best = language_of(d->language), most = 0;
  if (best != SIZE_MAX) return best;
  PropterStr text = {d->text.data, d->text.len < LOOKED_AT ? d->text.len : LOOKED_AT};
  while (text.len < d->text.len && ((unsigned char)text.data[text.len] & 0xC0) == 0x80) text.len--;
  best = 0;
  for (size_t i = 0; i < LANGUAGES; i++) {
    size_t n = common_words(rules[i], text);
    if (n > most) most = n, best = i;
  }
  return best;
}
