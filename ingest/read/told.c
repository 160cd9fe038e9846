/* SPDX-License-Identifier: Apache-2.0 */
/* Which dated clause of a document a claim of it speaks of: "From 3 to 6 June a bug in the chat widget sent every message three times. The widget bug tripled
 * tickets." Content words are compared by stem, by the lines `alike`, by the words of change and by WordNet's derivations; all of the argument must be met. */
#include <string.h>

#include "names.h"

enum { FRONT_WORDS = 3 };  /* among the first of a clause stands what one word can speak of */
#define LEAST_ALIKE .4     /* what a word must have of one of the clause's */
#define SUPPOSED .29       /* hedge above which words only suppose */
#define SAID_ALIKE .9      /* two words of change that go the same way */

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "no memory for what claims speak of"); }

/* The content words of a text, what each means and which way it goes. */
typedef struct {
  NameWords words;
  size_t sense[TOLD_WORDS]; /* number in the join's senses */
  int way[TOLD_WORDS];
  size_t clause; /* index of the happening */
} Told;
typedef PROPTER_VEC(Told) Tolds;

typedef struct {
  const PropterNames *names;
  const PropterRules *rules;
  const PropterDocument *d;
  const PropterReadings *readings;
  Senses *senses;
  Tolds told;
} Join;

static PropterStr slice(const PropterDocument *d, PropterSpan s) { return (PropterStr){d->text.data + s.start, s.end > s.start ? s.end - s.start : 0}; }

static bool carries_nothing(const PropterNames *n, const Word *w) {
  const uint64_t *carries = propter_map_get(&n->small, propter_str(w->plain));
  return !w->stem[0] || (carries && *carries != VAGUE) || (w->plain[0] >= '0' && w->plain[0] <= '9');
}

/* False: no memory. */
static bool content(const Join *j, PropterStr text, Told *out) {
  size_t n = 0;
  if (!names_words(j->names, text, &out->words)) return false;
  for (size_t i = 0; i < out->words.count && n < TOLD_WORDS; i++) {
    Word w = out->words.items[i];
    PropterStr said = {text.data + w.span.start, w.span.end - w.span.start};
    if (carries_nothing(j->names, &w)) continue;
    if (!senses_of(j->names, &w, j->senses, &out->sense[n])) return false;
    bool up = rules_any(j->rules, j->rules->up.items, j->rules->up.count, said), down = rules_any(j->rules, j->rules->down.items, j->rules->down.count, said);
    out->way[n] = up - down;
    out->words.items[n++] = w;
  }
  out->words.count = n;
  return true;
}

/* "rollout": "rolled" and the word behind it. */
static bool makes(const Word *w, const Word *first, const Word *second) {
  size_t n = strlen(first->stem);
  return strncmp(w->plain, first->stem, n) == 0 && strcmp(w->plain + n, second->plain) == 0;
}

/* How well the clause's words meet all of the phrase's, 0 if one is left or none is the same. */
static double meets(const Join *j, const Told *phrase, const Told *clause) {
  double sum = 0;
  size_t same = 0, first = SIZE_MAX;
  for (size_t i = 0; i < phrase->words.count; i++) {
    double best = 0;
    for (size_t k = 0; k < clause->words.count && best < 1; k++) {
      const MeaningList *senses = j->senses->words.items;
      double likeness = names_likeness(j->names, &phrase->words.items[i], &clause->words.items[k], &senses[phrase->sense[i]], &senses[clause->sense[k]]);
      if (phrase->way[i] && phrase->way[i] == clause->way[k] && likeness < SAID_ALIKE) likeness = SAID_ALIKE;
      if (phrase->way[i] * clause->way[k] < 0) likeness = 0;
      if (k + 1 < clause->words.count && makes(&phrase->words.items[i], &clause->words.items[k], &clause->words.items[k + 1])) likeness = SAID_ALIKE;
      if (likeness == 1 && first == SIZE_MAX) first = k;
      if (likeness > best) best = likeness;
    }
    if (best < LEAST_ALIKE) return 0;
    same += best == 1, sum += best;
  }
  if (!same || (phrase->words.count == 1 && first >= FRONT_WORDS)) return 0;
  return sum / (double)phrase->words.count;
}

static bool overlaps(PropterPeriod when, const PropterHappening *h) {
  return when.first == PROPTER_NO_DAY || ((!h->ends || when.first <= h->when.last) && when.last >= h->when.first);
}

/* What came about before it is none of its effects. */
static bool in_time(const PropterReading *r, const PropterHappening *h) {
  bool stated = r->when_cause.first != r->when_effect.first || r->when_cause.last != r->when_effect.last;
  return (!stated || overlaps(r->when_cause, h)) && (r->when_effect.first == PROPTER_NO_DAY || r->when_effect.last >= h->when.first);
}

static bool one_section(const PropterDocument *d, size_t a, size_t b) {
  const PropterBlock *x = propter_document_block_at(d, a), *y = propter_document_block_at(d, b);
  return x && y && propter_str_equal(x->section, y->section);
}

static size_t apart(PropterSpan a, PropterSpan b) { return a.start < b.start ? b.start - a.start : a.start - b.start; }

/* "We cut the fare. The fare increase …": not what the clause tells. */
static bool against(const Told *phrase, const Told *clause) {
  for (size_t i = 0; i < phrase->words.count; i++)
    for (size_t k = 0; k < clause->words.count; k++)
      if (phrase->way[i] * clause->way[k] < 0) return true;
  return false;
}

/* "The pipe burst. As a result, …": the argument holds the clause, and what else the sentence calls its cause does not go the other way. */
static size_t held(const Join *j, const PropterReading *r, const Told *phrase) {
  bool apart = r->cause_phrase.start >= r->cause.end;
  for (size_t i = 0; i < j->told.count; i++) {
    const PropterHappening *h = &j->readings->happenings.items[j->told.items[i].clause];
    bool within = h->words.start >= r->cause.start && h->words.end <= r->cause.end;
    if (within && !(apart && against(phrase, &j->told.items[i]))) return j->told.items[i].clause;
  }
  return SIZE_MAX;
}

/* "# Gearbox failure. From 4 to 8 March the press stood still.": what a heading or title calls the only happening that is told under it. */
static PropterStatus headed(const Join *j, const PropterReading *r, const Told *phrase, size_t *out, PropterError *err) {
  const PropterBlock *block = propter_document_block_at(j->d, r->sentence.start);
  PropterStr headings[] = {block ? block->section : (PropterStr){"", 0}, j->d->title};
  bool called = false;
  for (size_t i = 0; i < 2; i++) {
    Told heading = {.clause = SIZE_MAX};
    bool remembered = content(j, headings[i], &heading);
    called = called || (remembered && meets(j, phrase, &heading) > 0);
    propter_vec_clear(&heading.words);
    if (!remembered) return no_memory(err);
  }
  size_t only = SIZE_MAX;
  for (size_t i = 0; called && i < j->told.count; i++) {
    const PropterHappening *h = &j->readings->happenings.items[j->told.items[i].clause];
    if (h->named || !one_section(j->d, h->quote.start, r->sentence.start)) continue;
    if (only != SIZE_MAX || !in_time(r, h)) return PROPTER_OK;
    only = j->told.items[i].clause;
  }
  *out = only;
  return PROPTER_OK;
}

/* "A storm hit the port from 3 to 5 May; sales fell because of it": what the sentence told before. */
static size_t meant(const Join *j, const PropterReading *r) {
  if (!rules_any(j->rules, j->rules->pronoun.items, j->rules->pronoun.count, slice(j->d, r->cause))) return SIZE_MAX;
  for (size_t i = j->told.count; i-- > 0;) {
    const PropterHappening *h = &j->readings->happenings.items[j->told.items[i].clause];
    if (!h->named && h->quote.start == r->sentence.start && h->words.end <= r->cause.start) return j->told.items[i].clause;
  }
  return SIZE_MAX;
}

/* What others are only said to suppose ("many believe …") shows neither that its cause happened nor when. */
static bool hearsay(const PropterReading *r) { return r->speaker.end > r->speaker.start && r->hedge > SUPPOSED; }

static PropterStatus join(const Join *j, const PropterReading *r, size_t *out, PropterError *err) {
  Told phrase = {.clause = SIZE_MAX};
  double best = 0;
  PropterStr argument = slice(j->d, r->cause);
  PropterSpan words = r->cause_phrase.end > r->cause_phrase.start ? r->cause_phrase : r->cause;
  *out = SIZE_MAX;
  if (!j->told.count || r->line || hearsay(r)) return PROPTER_OK;
  if (!content(j, slice(j->d, words), &phrase)) {
    propter_vec_clear(&phrase.words);
    return no_memory(err);
  }
  *out = held(j, r, &phrase);
  if (*out == SIZE_MAX) *out = meant(j, r);
  if (*out != SIZE_MAX || r->generic) {
    propter_vec_clear(&phrase.words);
    return PROPTER_OK;
  }
  bool definite = rules_any(j->rules, j->rules->front_definite.items, j->rules->front_definite.count, argument);
  for (size_t i = 0; i < j->told.count && phrase.words.count && (definite || phrase.words.count > 1); i++) {
    const Told *told = &j->told.items[i];
    const PropterHappening *h = &j->readings->happenings.items[told->clause];
    /* "The move" is one that is told nearby. */
    if (phrase.words.count == 1 && !one_section(j->d, h->quote.start, r->sentence.start)) continue;
    double likeness = in_time(r, h) ? meets(j, &phrase, told) : 0;
    if (likeness <= 0 || likeness < best) continue;
    if (likeness == best && apart(h->quote, r->sentence) >= apart(j->readings->happenings.items[*out].quote, r->sentence)) continue;
    *out = told->clause, best = likeness;
  }
  PropterStatus status = PROPTER_OK;
  if (*out == SIZE_MAX && phrase.words.count && (definite || phrase.words.count > 1)) status = headed(j, r, &phrase, out, err);
  propter_vec_clear(&phrase.words);
  return status;
}

/* "The price increase took effect": the phrase that opens a clause names what another one tells of the same day. */
static PropterStatus retell(const Join *j, size_t i, size_t *clauses, PropterError *err) {
  const PropterHappening *h = &j->readings->happenings.items[j->told.items[i].clause];
  Told phrase = {.clause = SIZE_MAX};
  PropterStatus status = content(j, slice(j->d, h->subject), &phrase) ? PROPTER_OK : no_memory(err);
  for (size_t k = 0; status == PROPTER_OK && k < j->told.count && phrase.words.count > 1; k++) {
    const Told *told = &j->told.items[k];
    if (k == i || clauses[told->clause] != SIZE_MAX || j->readings->happenings.items[told->clause].when.first != h->when.first) continue;
    if (meets(j, &phrase, told) <= 0) continue;
    clauses[j->told.items[i].clause] = told->clause;
    break;
  }
  propter_vec_clear(&phrase.words);
  return status;
}

PropterStatus told_join(const PropterNames *names, const PropterRules *rules, const PropterDocument *d, const PropterReadings *readings, size_t *claims,
                        size_t *clauses, PropterError *err) {
  Senses senses = {0};
  Join j = {.names = names, .rules = rules, .d = d, .readings = readings, .senses = &senses};
  PropterStatus status = PROPTER_OK;
  for (size_t i = 0; i < readings->happenings.count && status == PROPTER_OK; i++) {
    const PropterHappening *h = &readings->happenings.items[i];
    Told told = {.clause = i};
    if (!h->clause) continue;
    if (!content(&j, slice(d, h->words), &told) || !propter_vec_push(&j.told, told)) {
      propter_vec_clear(&told.words);
      status = no_memory(err);
    }
  }
  for (size_t i = 0; i < readings->claims.count && status == PROPTER_OK; i++) status = join(&j, &readings->claims.items[i], &claims[i], err);
  for (size_t i = 0; i < readings->happenings.count; i++) clauses[i] = SIZE_MAX;
  for (size_t i = 0; i < j.told.count && status == PROPTER_OK; i++) status = retell(&j, i, clauses, err);
  for (size_t i = 0; i < j.told.count; i++) propter_vec_clear(&j.told.items[i].words);
  propter_vec_clear(&j.told);
  senses_clear(&senses);
  return status;
}
