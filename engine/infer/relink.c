/* SPDX-License-Identifier: Apache-2.0 */
/* Claims whose cause was taken for the place that its words also name ("the strike in the north" for the north): they speak of the event that bears the
 * other words. */
#include <ctype.h>

#include "know.h"

enum { LEAST = 4, STEM = 6 }; /* shorter words carry grammar, and so do endings */

static bool next_word(PropterStr text, size_t *at, PropterStr *word) {
  while (*at < text.len && !isalpha((unsigned char)text.data[*at])) ++*at;
  size_t from = *at;
  while (*at < text.len && isalpha((unsigned char)text.data[*at])) ++*at;
  *word = (PropterStr){text.data + from, *at - from};
  return word->len > 0;
}

static bool same_stem(PropterStr a, PropterStr b) {
  size_t n = a.len < STEM ? a.len : STEM;
  if (n != (b.len < STEM ? b.len : STEM)) return false;
  for (size_t i = 0; i < n; i++)
    if (tolower((unsigned char)a.data[i]) != tolower((unsigned char)b.data[i])) return false;
  return true;
}

static bool has_word(PropterStr text, PropterStr word) {
  PropterStr own;
  for (size_t at = 0; next_word(text, &at, &own);)
    if (same_stem(own, word)) return true;
  return false;
}

/* A word of the name stands in the text that the place does not explain. */
static bool bears(PropterStr text, PropterStr name, PropterStr place) {
  PropterStr word;
  for (size_t at = 0; next_word(name, &at, &word);)
    if (word.len >= LEAST && !has_word(place, word) && has_word(text, word)) return true;
  return false;
}

/* Only what is on record, the last before the claim was known or its effect was over. */
static const KnowEvent *event_meant(Know *know, const KnowClaim *claim, PropterStr place) {
  PropterDay until = claim->effect_end != PROPTER_NO_DAY ? claim->effect_end : claim->effect_start != PROPTER_NO_DAY ? claim->effect_start : claim->known;
  const KnowEvent *meant = NULL;
  for (size_t i = 0; i < know->events.count; i++) {
    const KnowEvent *e = &know->events.items[i];
    if (e->told || e->start == PROPTER_NO_DAY || (until != PROPTER_NO_DAY && e->start > until) || (meant && e->start <= meant->start)) continue;
    if (bears(claim->cause_text, e->label, place) || bears(claim->cause_text, e->kind_label, place)) meant = e;
  }
  return meant;
}

PropterStatus claims_relink(Know *know, PropterError *err) {
  for (size_t i = 0; i < know->claims.count; i++) {
    KnowClaim *claim = &know->claims.items[i];
    PropterStr place;
    if (!claim->cause || claim->causes.count != 1 || know_metric_id(know, claim->cause) || !know_is_scope(know, claim->cause)) continue;
    PROPTER_TRY(label_of(know->snapshot, know->v, claim->cause, &know->arena, &place, err));
    const KnowEvent *meant = event_meant(know, claim, place);
    if (meant) claim->cause = claim->causes.items[0] = meant->id;
  }
  return PROPTER_OK;
}
