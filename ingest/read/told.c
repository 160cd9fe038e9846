/* SPDX-License-Identifier: Apache-2.0 */
/* Which dated clause of a document a claim of it speaks of: "From 3 to 6 June a bug in the chat widget sent every message three times. The widget bug tripled
 * tickets." Content words are compared by stem, by the lines `alike`, by the words of change and by WordNet's derivations; all of the argument must be met. */
#include <math.h>
#include <string.h>

#include "names.h"

enum { FRONT_WORDS = 3 };  /* among the first of a clause stands what one word can speak of */
#define LEAST_ALIKE .4     /* what a word must have of one of the clause's */
#define SUPPOSED .29       /* hedge above which words only suppose */
#define SAID_ALIKE .9      /* two words of change that go the same way */
#define SURE .3            /* what a claim must be for other sentences to date its cause */
#define DENIED .45         /* hedge from which on nothing happened */
/* How sure the day is of a cause that the claim dates itself, of one that another sentence names in all its words, by its head alone, of one that only the head
 * of the report dates, of one that the sentence beside it speaks of; set, not fitted. */
static const double dated_itself = .7, dated_by_words = .6, dated_by_head = .5, dated_by_form = .5, dated_beside = .4;

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
  PropterReadings *readings;
  Senses *senses;
  Tolds told;
  Tolds dated; /* the sentence of each named day; filled when the first claim asks for one */
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

/* How like the phrase's word i one of the clause is, 0 to 1; *first: the first that is the same, if none was before. */
static double likest(const Join *j, const Told *phrase, size_t i, const Told *clause, size_t *first) {
  double best = 0;
  for (size_t k = 0; k < clause->words.count && best < 1; k++) {
    const MeaningList *senses = j->senses->words.items;
    double likeness = names_likeness(j->names, &phrase->words.items[i], &clause->words.items[k], &senses[phrase->sense[i]], &senses[clause->sense[k]]);
    if (phrase->way[i] && phrase->way[i] == clause->way[k] && likeness < SAID_ALIKE) likeness = SAID_ALIKE;
    if (phrase->way[i] * clause->way[k] < 0) likeness = 0;
    if (k + 1 < clause->words.count && makes(&phrase->words.items[i], &clause->words.items[k], &clause->words.items[k + 1])) likeness = SAID_ALIKE;
    if (likeness == 1 && *first == SIZE_MAX) *first = k;
    if (likeness > best) best = likeness;
  }
  return best;
}

/* How well the clause's words meet all of the phrase's, 0 if one is left or none is the same. */
static double meets(const Join *j, const Told *phrase, const Told *clause) {
  double sum = 0;
  size_t same = 0, first = SIZE_MAX;
  for (size_t i = 0; i < phrase->words.count; i++) {
    double best = likest(j, phrase, i, clause, &first);
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
static PropterStatus retell(const Join *j, size_t i, PropterError *err) {
  PropterHappening *all = j->readings->happenings.items, *h = &all[j->told.items[i].clause];
  Told phrase = {.clause = SIZE_MAX};
  PropterStatus status = content(j, slice(j->d, h->subject), &phrase) ? PROPTER_OK : no_memory(err);
  for (size_t k = 0; status == PROPTER_OK && k < j->told.count && phrase.words.count > 1; k++) {
    const Told *told = &j->told.items[k];
    if (k == i || all[told->clause].again || all[told->clause].when.first != h->when.first || meets(j, &phrase, told) <= 0) continue;
    h->again = told->clause + 1;
    break;
  }
  propter_vec_clear(&phrase.words);
  return status;
}

/* --- causes that another sentence dates ------------------------------------------------------------------------------------------ */

/* What of a claim's cause names it. */
static PropterSpan name_of(const PropterReading *r) { return r->cause_phrase.end > r->cause_phrase.start ? r->cause_phrase : r->cause; }

static bool within(PropterSpan a, PropterSpan b) { return a.start >= b.start && a.end <= b.end; }

/* How well a sentence names the cause: in all its words, by the head of its phrase; 0: not. */
static double names_cause(const Join *j, const PropterReading *r, const Told *phrase, const Told *sentence) {
  size_t all = 0, first = SIZE_MAX;
  double last = 0;
  for (size_t i = 0; i < phrase->words.count; i++) all += (last = likest(j, phrase, i, sentence, &first)) >= LEAST_ALIKE;
  if (!all || first == SIZE_MAX || against(phrase, sentence)) return 0;
  if (all == phrase->words.count) return dated_by_words;
  const uint64_t *carries = propter_map_get(&j->names->small, propter_str(phrase->words.items[phrase->words.count - 1].plain));
  return last >= SAID_ALIKE && !carries && r->cause_phrase.end > r->cause_phrase.start ? dated_by_head : 0;
}

/* "It was the delisting. From 4 to 31 March our cups were not on sale there": the sentence beside the claim's dates what it speaks of. */
static bool beside(const Join *j, const PropterReading *r, const PropterDated *day) {
  const PropterBlock *block = propter_document_block_at(j->d, r->sentence.start);
  const size_t gap = day->sentence.start >= r->sentence.end ? day->sentence.start - r->sentence.end : SIZE_MAX;
  const bool period = day->when.last > day->when.first && r->when_effect.first != PROPTER_NO_DAY;
  if (!block || gap > 2 || day->sentence.end > block->end || !period || r->when_effect.first > day->when.last) return false;
  for (size_t i = 0; i < j->told.count; i++) {
    const PropterHappening *h = &j->readings->happenings.items[j->told.items[i].clause];
    if (!h->named && h->quote.start == day->sentence.start && h->when.first == day->when.first) return false;
  }
  return rules_any(j->rules, j->rules->here.items, j->rules->here.count, slice(j->d, day->sentence));
}

/* Its sentence tells of its cause as a happening already. */
static bool told_there(const Join *j, const PropterReading *r) {
  for (size_t i = 0; i < j->readings->happenings.count; i++) {
    const PropterHappening *h = &j->readings->happenings.items[i];
    if (h->quote.start == r->sentence.start && h->words.start < r->cause.end && r->cause.start < h->words.end) return true;
  }
  return false;
}

/* How sure a named day is that of the claim's cause; 0: it is none. */
static double dates_cause(const Join *j, const PropterReading *r, const Told *phrase, size_t which) {
  const PropterDated *day = &j->readings->dated.items[which];
  const PropterHappening then = {.when = day->when, .ends = day->when.first != day->when.last};
  const bool here = day->sentence.start == r->sentence.start;
  double sure = 0;
  if (day->words.end && day->words.start <= name_of(r).start && day->words.end > name_of(r).start) return 0; /* a day is no cause */
  if (day->words.end > day->words.start && within(day->words, r->cause) && within(name_of(r), r->cause) && !day->over) sure = dated_itself;
  else if (here && !day->over && r->when_cause.first == day->when.first && r->when_cause.last == day->when.last) sure = dated_itself;
  if (sure > 0 || here || day->off || !in_time(r, &then)) return sure;
  if (beside(j, r, day)) sure = dated_beside;
  /* "The move" is one that is told nearby. */
  if (day->over || (phrase->words.count < 2 && !one_section(j->d, day->sentence.start, r->sentence.start))) return sure;
  return fmax(sure, names_cause(j, r, phrase, &j->dated.items[which]));
}

static PropterStatus know_days(Join *j, PropterError *err) {
  while (j->dated.count < j->readings->dated.count) {
    Told sentence = {.clause = SIZE_MAX};
    if (content(j, slice(j->d, j->readings->dated.items[j->dated.count].sentence), &sentence) && propter_vec_push(&j->dated, sentence)) continue;
    propter_vec_clear(&sentence.words);
    return no_memory(err);
  }
  return PROPTER_OK;
}

/* A report with one head of days is about what happened then. */
static PropterHappening *only_form(const PropterReadings *readings) {
  PropterHappening *only = NULL;
  for (size_t i = 0; i < readings->happenings.count; i++) {
    PropterHappening *h = &readings->happenings.items[i];
    if (!h->form || h->moved.end) continue;
    if (only) return NULL;
    only = h;
  }
  return only;
}

/* The cause of a claim that no dated clause tells, on the surest day that the document has for it, of equals the earliest. */
static PropterStatus date_claim(Join *j, size_t i, PropterError *err) {
  const PropterReading *r = &j->readings->claims.items[i];
  const PropterSpan name = name_of(r);
  const PropterDated *day = NULL;
  Told phrase = {.clause = SIZE_MAX};
  double best = 0;
  if (r->line || r->generic || r->negated || r->counterfactual || r->hedge >= DENIED || hearsay(r) || r->confidence < SURE || told_there(j, r))
    return PROPTER_OK;
  PROPTER_TRY(know_days(j, err));
  PropterStatus status = content(j, slice(j->d, name), &phrase) ? PROPTER_OK : no_memory(err);
  for (size_t k = 0; status == PROPTER_OK && phrase.words.count && k < j->readings->dated.count; k++) {
    const PropterDated *d = &j->readings->dated.items[k];
    const double sure = dates_cause(j, r, &phrase, k);
    if (sure > best || (sure > 0 && sure == best && d->when.first < day->when.first)) day = d, best = sure;
  }
  PropterHappening *form = phrase.words.count ? only_form(j->readings) : NULL;
  propter_vec_clear(&phrase.words);
  if (status != PROPTER_OK) return status;
  PropterHappening h = {.words = name, .name = name, .place = name, .clause = true, .told = true, .moved = r->effect, .confidence = best};
  if (day) h.quote = day->sentence, h.when = day->when, h.ends = day->when.first != day->when.last;
  else if (form && in_time(r, form)) h.quote = form->quote, h.when = form->when, h.ends = form->ends, h.confidence = dated_by_form, h.form = form->named = true;
  else return PROPTER_OK;
  /* A sentence that tells a happening of a known kind has told it: "a strike was held from 20 to 22 June". */
  for (size_t k = 0; day && k < j->readings->happenings.count; k++) {
    const PropterHappening *known = &j->readings->happenings.items[k];
    if (!known->clause && known->quote.start == h.quote.start && known->when.first == h.when.first && known->when.last == h.when.last) return PROPTER_OK;
  }
  return propter_vec_push(&j->readings->happenings, h) ? PROPTER_OK : no_memory(err);
}

static PropterStatus know_clause(Join *j, size_t i, PropterError *err) {
  Told told = {.clause = i};
  if (!j->readings->happenings.items[i].clause) return PROPTER_OK;
  if (content(j, slice(j->d, j->readings->happenings.items[i].words), &told) && propter_vec_push(&j->told, told)) return PROPTER_OK;
  propter_vec_clear(&told.words);
  return no_memory(err);
}

PropterStatus told_join(const PropterNames *names, const PropterRules *rules, const PropterDocument *d, PropterReadings *readings, size_t *claims,
                        PropterError *err) {
  Senses senses = {0};
  Join j = {.names = names, .rules = rules, .d = d, .readings = readings, .senses = &senses};
  PropterStatus status = PROPTER_OK;
  for (size_t i = 0; i < readings->happenings.count && status == PROPTER_OK; i++) status = know_clause(&j, i, err);
  for (size_t i = 0; i < readings->claims.count && status == PROPTER_OK; i++) {
    const size_t known = readings->happenings.count;
    status = join(&j, &readings->claims.items[i], &claims[i], err);
    if (status == PROPTER_OK && claims[i] == SIZE_MAX) status = date_claim(&j, i, err);
    if (status == PROPTER_OK && readings->happenings.count > known) claims[i] = known, status = know_clause(&j, known, err);
  }
  for (size_t i = 0; i < j.told.count && status == PROPTER_OK; i++) status = retell(&j, i, err);
  Tolds *const all[] = {&j.told, &j.dated};
  for (size_t k = 0; k < 2; k++) {
    for (size_t i = 0; i < all[k]->count; i++) propter_vec_clear(&all[k]->items[i].words);
    propter_vec_clear(all[k]);
  }
  senses_clear(&senses);
  return status;
}
