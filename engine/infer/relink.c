/* SPDX-License-Identifier: Apache-2.0 */
/* What names tell that no link does: events of a kind that claims name in words of the event's name ("Checkout outage": "the outage"), told events that bear
 * the name of one on record, and claims whose cause was taken for the place that its words also name ("the strike in the north" for the north): they speak of
 * the event that bears the other words. And what stands beside a claim: the happening that its passage dates. */
#include <ctype.h>

#include "../graph/id.h"
#include "know.h"

enum { LEAST = 4, STEM = 6 }; /* shorter words carry grammar, and so do endings */

static bool is_letter(char c) { return isalpha((unsigned char)c); }
static bool is_wordy(char c) { return isalnum((unsigned char)c) || (unsigned char)c >= 0x80; }

static bool next_run(PropterStr text, size_t *at, bool (*of)(char), PropterStr *run) {
  while (*at < text.len && !of(text.data[*at])) ++*at;
  size_t from = *at;
  while (*at < text.len && of(text.data[*at])) ++*at;
  *run = (PropterStr){text.data + from, *at - from};
  return run->len > 0;
}

static bool next_word(PropterStr text, size_t *at, PropterStr *word) { return next_run(text, at, is_letter, word); }

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

bool shares_word(PropterStr text, PropterStr name) { return bears(text, name, (PropterStr){"", 0}); }

/* All words of the kind's name stand in the event's. */
static bool named_by(PropterStr event, PropterStr kind) {
  PropterStr word;
  bool any = false;
  for (size_t at = 0; next_word(kind, &at, &word);) {
    if (word.len < LEAST) continue;
    if (!has_word(event, word)) return false;
    any = true;
  }
  return any;
}

/* Letters that a word of a label in some language is compared without. */
static const struct {
  const char *ending, *kept_behind; /* "glass" keeps its s */
} plurals[] = {
#define ARTICLE(word)
#define PLURAL(ending, kept_behind) {ending, kept_behind},
#include "labels.def"
#undef ARTICLE
#undef PLURAL
};

static bool is_article(PropterStr word) {
  static const char *const articles[] = {
#define ARTICLE(word) word,
#define PLURAL(ending, kept_behind)
#include "labels.def"
#undef ARTICLE
#undef PLURAL
  };
  for (size_t i = 0; i < sizeof articles / sizeof *articles; i++)
    if (propter_str_equal_caseless(word, propter_str(articles[i]))) return true;
  return false;
}

static bool ends_in(PropterStr word, PropterStr ending) {
  return word.len > ending.len && propter_str_equal_caseless((PropterStr){word.data + word.len - ending.len, ending.len}, ending);
}

/* The next word that is no article, without the ending of its plural; letters beyond ASCII are left whole. */
static bool next_folded(PropterStr text, size_t *at, PropterStr *word) {
  bool found = next_run(text, at, is_wordy, word);
  while (found && is_article(*word)) found = next_run(text, at, is_wordy, word);
  for (size_t i = 0; i < sizeof plurals / sizeof *plurals && word->len >= LEAST; i++) {
    PropterStr ending = propter_str(plurals[i].ending), stem = {word->data, word->len - ending.len};
    if (ends_in(*word, ending) && !ends_in(stem, propter_str(plurals[i].kept_behind))) return word->len = stem.len, found;
  }
  return found;
}

bool same_label(PropterStr a, PropterStr b) {
  PropterStr x, y;
  bool more = false;
  for (size_t i = 0, k = 0, words = 0;; words++) {
    more = next_folded(a, &i, &x);
    if (next_folded(b, &k, &y) != more || !more) return !more && !y.len && words > 0;
    if (!propter_str_equal_caseless(x, y)) return false;
  }
}

PropterStatus events_rekind(Know *know, PropterError *err) {
  PropterIds kinds = {0};
  PropterStatus status = PROPTER_OK;
  bool without = false;
  for (size_t i = 0; i < know->events.count; i++) without |= !know->events.items[i].told && !know->events.items[i].kind;
  for (size_t i = 0; without && i < know->claims.count && !status; i++) {
    const PropterId cause = know->claims.items[i].cause;
    if (!cause || ids_have(&kinds, cause) || !concept_find(know, cause) || know_event(know, cause) || know_is_scope(know, cause)) continue;
    if (!propter_vec_push(&kinds, cause)) status = propter_fail(err, PROPTER_NO_MEMORY, "kinds of events");
  }
  for (size_t k = 0; k < kinds.count && !status; k++) {
    PropterStr name;
    status = label_of(know->snapshot, know->v, kinds.items[k], &know->arena, &name, err);
    for (size_t i = 0; !status && i < know->events.count; i++) {
      KnowEvent *e = &know->events.items[i];
      /* The longest name is the closest kind. */
      if (e->told || (e->kind && (!ids_have(&kinds, e->kind) || name.len <= e->kind_label.len)) || !named_by(e->label, name)) continue;
      e->kind = kinds.items[k], e->kind_label = name;
    }
  }
  propter_vec_clear(&kinds);
  return status;
}

/* What a clause tells and what is on record share a word that names no place of theirs. */
PropterStatus told_by_name(Know *know, const KnowEvent *told, const KnowEvent *known, bool *same, PropterError *err) {
  PropterBuf places = {.max = 1 << 16};
  PropterStatus status = PROPTER_OK;
  const PropterIds *scopes[] = {&told->scope, &known->scope};
  for (size_t s = 0; s < 2; s++)
    for (size_t i = 0; i < scopes[s]->count && !status; i++) {
      PropterStr place;
      if ((status = label_of(know->snapshot, know->v, scopes[s]->items[i], &know->arena, &place, err)) == PROPTER_OK)
        propter_buf_printf(&places, "%.*s ", (int)place.len, place.data);
    }
  if (!status) status = propter_buf_status(&places, err);
  *same = !status && bears(told->label, known->label, propter_buf_str(&places));
  propter_buf_clear(&places);
  return status;
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
    const KnowEvent *said = know_event(know, claim->cause);
    if (said && said->told && said->same_as != SIZE_MAX && claim->causes.count == 1)
      claim->cause = claim->causes.items[0] = know->events.items[said->same_as].id; /* what a clause tells is on record */
    if (!claim->cause || claim->causes.count != 1 || know_metric_id(know, claim->cause) || !know_is_scope(know, claim->cause)) continue;
    PROPTER_TRY(label_of(know->snapshot, know->v, claim->cause, &know->arena, &place, err));
    const KnowEvent *meant = event_meant(know, claim, place);
    if (meant) claim->cause = claim->causes.items[0] = meant->id;
  }
  return PROPTER_OK;
}

/* --- what stands beside a claim ------------------------------------------------------------------------------------------------------------- */

/* A claim that dates no cause and names nothing on record. */
static bool names_no_event(Know *know, const KnowClaim *claim) {
  if (claim->kind == CLAIM_TYPE_LEVEL || claim->negated || !claim->cause || claim->causes.count != 1 || claim->cause_start != PROPTER_NO_DAY ||
      claim->document == SIZE_MAX || know_event(know, claim->cause) || know_is_scope(know, claim->cause))
    return false;
  for (size_t i = 0; i < know->events.count; i++)
    if (know->events.items[i].kind && concept_covers(know, claim->cause, know->events.items[i].kind)) return false;
  return true;
}

/* It had begun when the effect showed, and was no older than an account reaches. */
static bool can_be_meant(const KnowClaim *claim, const KnowEvent *e) {
  const PropterDay first = claim->effect_start != PROPTER_NO_DAY ? claim->effect_start : claim->known;
  const PropterDay last = claim->effect_end != PROPTER_NO_DAY && claim->effect_end > first ? claim->effect_end - 1 : first;
  return e->told && !e->kind && e->same_as == SIZE_MAX && e->start != PROPTER_NO_DAY && first != PROPTER_NO_DAY && e->start <= last &&
         e->start + PROPTER_ACCOUNT_DAYS >= first;
}

/* Letters between two passages of one document; 0 where they meet. */
static uint64_t between(const KnowClaim *a, const KnowClaim *b) {
  return a->char_start > b->char_end ? a->char_start - b->char_end : b->char_start > a->char_end ? b->char_start - a->char_end : 0;
}

/* The dated happening that the claim's own sentence tells, or one at most a short sentence away in its section: the nearest, the first of several as near. */
static KnowEvent *told_beside(Know *know, size_t claim) {
  enum { NEAR = 120, SENTENCE = 2000 }; /* letters */
  const KnowClaim *own = &know->claims.items[claim];
  KnowEvent *meant = NULL;
  uint64_t nearest = NEAR + 1;
  size_t from = claim;
  while (from > 0 && know->claims.items[from - 1].document == own->document && know->claims.items[from - 1].char_start + SENTENCE > own->char_start) from--;
  for (size_t i = from; i < know->claims.count && know->claims.items[i].document == own->document; i++) {
    const KnowClaim *x = &know->claims.items[i];
    if (x->char_start > own->char_end + NEAR) break;
    KnowEvent *e = between(own, x) < nearest && propter_str_equal(x->section, own->section) ? know_event(know, x->id) : NULL;
    if (e && can_be_meant(own, e)) meant = e, nearest = between(own, x);
  }
  return meant;
}

/* A report that dates what happened and calls it by its heading. */
static bool is_headed(const Know *know, const KnowEvent *e) {
  const size_t said = e->told && e->label.len ? know_claim(know, e->quote) : SIZE_MAX;
  return said != SIZE_MAX && propter_str_ends(know->claims.items[said].section, e->label);
}

/* It began on the very day and in the place of the effect that the claim, of any document, explains: the report is of what the claim names. */
static KnowEvent *reported(Know *know, const KnowClaim *claim) {
  for (size_t i = 0; i < know->events.count && claim->effect_start != PROPTER_NO_DAY && !claim->period_guessed; i++) {
    KnowEvent *e = &know->events.items[i];
    bool there = e->scope.count > 0;
    for (size_t k = 0; k < e->scope.count; k++) there &= claim->effect == e->scope.items[k] || ids_have(&claim->scope, e->scope.items[k]);
    if (there && e->start == claim->effect_start && claim->effect_end > claim->effect_start && can_be_meant(claim, e) && is_headed(know, e)) return e;
  }
  return NULL;
}

/* What a claim speaks of, where it names no event on record. */
typedef struct {
  bool nameless;
  KnowEvent *event;
} Meant;

static PropterStatus speak_of(Know *know, Meant *meant, PropterError *err) {
  for (size_t i = 0; i < know->claims.count; i++) {
    const KnowClaim *claim = &know->claims.items[i];
    meant[i].nameless = names_no_event(know, claim);
    if (meant[i].nameless && !(meant[i].event = told_beside(know, i))) meant[i].event = reported(know, claim);
  }
  /* What another document says of the same thing and the same time, too. */
  for (size_t i = 0; i < know->claims.count; i++)
    for (size_t k = 0; k < know->claims.count && meant[i].event; k++) {
      const KnowClaim *other = &know->claims.items[k];
      if (!meant[k].nameless || meant[k].event || other->cause != know->claims.items[i].cause) continue;
      if (can_be_meant(other, meant[i].event)) meant[k].event = meant[i].event;
    }
  for (size_t i = 0; i < know->claims.count; i++) {
    static const double guessed = .6; /* as what a pronoun stands for (ingest/read) */
    KnowClaim *claim = &know->claims.items[i];
    KnowEvent *e = meant[i].event;
    if (!e) continue;
    if (is_headed(know, e)) PROPTER_TRY(label_of(know->snapshot, know->v, claim->cause, &know->arena, &e->label, err)); /* a claim says what it was */
    claim->cause = claim->causes.items[0] = e->id;
    if (!(claim->cause_score <= guessed)) claim->cause_score = guessed;
  }
  return PROPTER_OK;
}

PropterStatus claims_date(Know *know, PropterError *err) {
  Meant *meant = propter_calloc(know->claims.count + 1, sizeof *meant);
  if (!meant) return propter_fail(err, PROPTER_NO_MEMORY, "%zu claims", know->claims.count);
  PropterStatus status = speak_of(know, meant, err);
  propter_free(meant);
  return status;
}
