/* SPDX-License-Identifier: Apache-2.0 */
/* From words to concepts: what the two sides of a claim name, where it applies, and which event a kind with dates is. */
#include <string.h>

#include "reading.h"

enum { NEAR_DAYS = 3, REACH = 600 };
#define CLOSE .75 /* from here on a phrase without a label is linked to what it comes closest to */

static PropterStr slice(PropterStr s, PropterSpan span) { return (PropterStr){s.data + span.start, span.end - span.start}; }

/* How fitting a thing is for a side: an effect is first a metric or its sector, a cause first an event or a kind of one. */
static double fitting(unsigned roles, Part side) {
  if (side == PART_EFFECT)
    return roles & PROPTER_ROLE_METRIC ? 1 : roles & PROPTER_ROLE_SCOPE ? .97 : roles & PROPTER_ROLE_KIND ? .7 : roles & PROPTER_ROLE_EVENT ? .65 : .6;
  return roles & PROPTER_ROLE_EVENT ? 1 : roles & PROPTER_ROLE_KIND ? .97 : roles & PROPTER_ROLE_CONCEPT && !(roles & PROPTER_ROLE_SCOPE) ? .75 : .5;
}

static unsigned class_of(unsigned roles, Part side) {
  if (side == PART_EFFECT) return roles & (PROPTER_ROLE_METRIC | PROPTER_ROLE_SCOPE) ? 2 : 1;
  return roles & (PROPTER_ROLE_EVENT | PROPTER_ROLE_KIND) ? 2 : 1;
}

/* A metric is of this concept; other places are members of dimensions. */
static bool is_measured(PropterNames *names, size_t index) {
  for (size_t i = 0; i < propter_names_count(names); i++) {
    const PropterNamed *n = propter_names_get(names, i);
    if (n->roles & PROPTER_ROLE_METRIC && n->scope == index) return true;
  }
  return false;
}

static size_t word_count(PropterStr s) {
  size_t n = 0;
  for (size_t i = 0; i < s.len; i++) n += s.data[i] != ' ' && (i == 0 || s.data[i - 1] == ' ');
  return n ? n : 1;
}

/* Labels in `span`, without the notations that stand beside no word for what is measured. */
static PropterStatus matches_in(const PropterNames *names, PropterStr text, PropterSpan span, bool loose, PropterNameMatches *out, PropterError *err) {
  PropterStr s = slice(text, span);
  bool measured = false;
  out->count = 0;
  PROPTER_TRY(propter_names_find(names, s, out, err));
  PROPTER_TRY(names_measured(names, s, &measured, err));
  size_t exact = out->count;
  if (loose) PROPTER_TRY(names_find_loose(names, s, out, err));
  size_t n = 0;
  for (size_t i = 0; i < out->count; i++) {
    PropterNameMatch m = out->items[i];
    bool known = false;
    /* Word by word is surer than here and there. */
    for (size_t k = 0; i >= exact && k < n && !known; k++)
      known =
          out->items[k].index == m.index || (out->items[k].tokens >= m.tokens && out->items[k].quality > READ_NOTATION &&
                                             out->items[k].words.start - span.start <= m.words.start && out->items[k].words.end - span.start >= m.words.end);
    if (known) continue;
    if (m.quality <= READ_NOTATION && !measured) continue;
    m.words.start += span.start, m.words.end += span.start;
    out->items[n++] = m;
  }
  out->count = n;
  return PROPTER_OK;
}

/* One list in the words: only "and", "or", commas and articles lie between two of them. */
static bool listed(PropterStr text, PropterSpan a, PropterSpan b) {
  if (b.start < a.end || b.start - a.end > 40) return false;
  PropterStr gap = slice(text, (PropterSpan){a.end, b.start});
  return propter_str_find(gap, PROPTER_STR(" and ")) != SIZE_MAX || propter_str_find(gap, PROPTER_STR(" or ")) != SIZE_MAX ||
         propter_str_find(gap, PROPTER_STR(",")) != SIZE_MAX || propter_str_find(gap, PROPTER_STR("as well as")) != SIZE_MAX;
}

/* "Delays in the North": where it was is no cause, unless the words are only that, with an article. */
static bool only_place(PropterNames *names, const PropterNameMatch *m, size_t words) {
  unsigned roles = propter_names_get(names, m->index)->roles;
  return roles & PROPTER_ROLE_SCOPE && !(roles & (PROPTER_ROLE_EVENT | PROPTER_ROLE_KIND | PROPTER_ROLE_METRIC)) && m->tokens + 1 < words &&
         !is_measured(names, m->index);
}

static void pick(PropterNames *names, PropterStr text, PropterSpan span, const PropterNameMatches *found, Part side, Link *out, size_t *count) {
  double words = (double)word_count(slice(text, span));
  if (words > 6) words = 6;
  *count = 0;
  size_t best = SIZE_MAX, whole = word_count(slice(text, span));
  double best_score = 0;
  /* The head of a phrase stands before what modifies it. */
  for (size_t i = 0; i < found->count; i++) {
    const PropterNameMatch *m = &found->items[i];
    if (side == PART_CAUSE && only_place(names, m, whole)) continue;
    double cover = (double)m->tokens / words;
    double late = .02 * (double)(word_count(slice(text, (PropterSpan){span.start, m->words.start > span.start ? m->words.start : span.start})) - 1);
    double score = fitting(propter_names_get(names, m->index)->roles, side) * m->quality * (.7 + .3 * (cover > 1 ? 1 : cover)) - (late > .2 ? .2 : late);
    for (size_t k = 0; k < found->count && m->quality <= NAMES_LOOSE; k++)
      /* "departure of the temporary workers": the head stands before a label that is only part of it. */
      if (k != i && found->items[k].quality > NAMES_LOOSE && found->items[k].words.start > m->words.start && found->items[k].words.end <= m->words.end &&
          found->items[k].tokens <= m->tokens) {
        score += .15;
        break;
      }
    /* Longer labels say more; the first of equals. */
    if (best == SIZE_MAX || score > best_score + 1e-9) best = i, best_score = score;
  }
  if (best == SIZE_MAX) return;
  unsigned class = class_of(propter_names_get(names, found->items[best].index)->roles, side);
  for (size_t i = 0; i < found->count && *count < LINKS; i++) {
    const PropterNameMatch *m = &found->items[i];
    bool same_words = i != best && m->words.start == found->items[best].words.start;
    if (i != best) {
      /* Other things in one list with the best; what is broader than something else there adds nothing. */
      if (same_words || class_of(propter_names_get(names, m->index)->roles, side) != class) continue;
      PropterSpan a = i < best ? m->words : found->items[best].words, b = i < best ? found->items[best].words : m->words;
      bool related = propter_names_within(names, m->index, found->items[best].index) || propter_names_within(names, found->items[best].index, m->index);
      if (related || !listed(text, a, b)) continue;
    }
    double cover = (double)m->tokens / words;
    out[(*count)++] = (Link){m->index, fitting(propter_names_get(names, m->index)->roles, side) * m->quality * (.7 + .3 * (cover > 1 ? 1 : cover)), m->words,
                             m->quality <= NAMES_LOOSE};
  }
}

static bool overlap(PropterPeriod a, PropterPeriod b, int slack) {
  return a.first != PROPTER_NO_DAY && b.first != PROPTER_NO_DAY && a.first <= b.last + slack && b.first <= a.last + slack;
}

static bool one_line(const PropterNames *names, size_t a, size_t b) {
  return a == SIZE_MAX || b == SIZE_MAX || propter_names_within(names, a, b) || propter_names_within(names, b, a);
}

/* Places of one scheme, or related ones: they can be compared. Places of no scheme can, too. */
static bool comparable(PropterNames *names, size_t a, size_t b) {
  return propter_names_get(names, a)->scheme == propter_names_get(names, b)->scheme || one_line(names, a, b);
}

/* The event and the places have a dimension in common, and in none do they lie apart. */
static bool is_there(PropterNames *names, const PropterNamed *e, const size_t *scopes, size_t scope_count) {
  bool met = scope_count == 0 || !e->places;
  for (size_t i = 0; i < scope_count; i++)
    for (size_t k = 0; k < e->places; k++) {
      if (!comparable(names, scopes[i], e->place[k])) continue;
      if (!one_line(names, scopes[i], e->place[k])) return false;
      met = true;
    }
  return met;
}

/* The one event of this kind in that time and scope, or SIZE_MAX. */
static size_t only_event(PropterNames *names, size_t kind, PropterPeriod when, int slack, const size_t *scopes, size_t scope_count) {
  size_t found = SIZE_MAX;
  for (size_t i = 0; i < propter_names_count(names); i++) {
    const PropterNamed *e = propter_names_get(names, i);
    if (!(e->roles & PROPTER_ROLE_EVENT) || !propter_names_within(names, e->kind, kind) || !overlap(e->when, when, slack)) continue;
    if (!is_there(names, e, scopes, scope_count)) continue;
    if (found != SIZE_MAX) return SIZE_MAX;
    found = i;
  }
  return found;
}

/* Days by which an event may lie beside what is told of it: a day may be told a little wrongly, but a stretch that shares no day with the event is another
 * one. */
static int slack_of(PropterPeriod told) { return told.last > told.first ? 0 : NEAR_DAYS; }

/* The one event of this kind that began and ended on these very days, or SIZE_MAX. */
static size_t of_days(PropterNames *names, size_t kind, PropterPeriod when) {
  size_t found = SIZE_MAX;
  if (when.last <= when.first) return SIZE_MAX;
  for (size_t i = 0; i < propter_names_count(names); i++) {
    const PropterNamed *e = propter_names_get(names, i);
    if (!(e->roles & PROPTER_ROLE_EVENT) || !propter_names_within(names, e->kind, kind) || e->when.first != when.first) continue;
    if (e->when.last != when.last && e->when.last != e->when.first) continue; /* when it ended may not be said */
    if (found != SIZE_MAX) return SIZE_MAX;
    found = i;
  }
  return found;
}

/* --- scope ------------------------------------------------------------------------------------------------------------------ */

static void add_scope(size_t scope, size_t *scopes, size_t *count) {
  bool known = false;
  for (size_t k = 0; k < *count; k++) known |= scopes[k] == scope;
  if (!known && *count < LINKS) scopes[(*count)++] = scope;
}

static const PropterSpan nothing;

/* What of the span is named, but for what `without` names. */
static PropterStatus scopes_in(PropterNames *names, PropterStr text, PropterSpan span, PropterSpan without, size_t *scopes, size_t *count, PropterError *err) {
  PropterNameMatches found = {0};
  PropterStatus status = matches_in(names, text, span, false, &found, err);
  for (size_t i = 0; i < found.count && status == PROPTER_OK && *count < LINKS; i++) {
    const PropterNamed *n = propter_names_get(names, found.items[i].index);
    if (found.items[i].words.start >= without.start && found.items[i].words.start < without.end) continue;
    if (n->roles & PROPTER_ROLE_METRIC)
      for (size_t k = 0; k < n->places; k++) add_scope(n->place[k], scopes, count);
    else if (n->roles & PROPTER_ROLE_SCOPE)
      add_scope(found.items[i].index, scopes, count);
  }
  propter_vec_clear(&found);
  return status;
}

/* Where it applies: what the words themselves name, else the sentence, else the headings from the inside. */
/* Text of the section before a place: where what it speaks of was named. */
static PropterSpan said_before(const PropterDocument *d, size_t at) {
  const PropterBlock *block = propter_document_block_at(d, at);
  PropterSpan s = {at, at};
  if (!block) return s;
  const PropterBlock *first = block;
  while (first > d->blocks && first[-1].kind != PROPTER_BLOCK_HEADING && propter_str_equal(first[-1].section, block->section)) first--;
  s.start = at - first->start > REACH ? at - REACH : first->start;
  while (s.start < at && ((unsigned char)d->text.data[s.start] & 0xC0) == 0x80) s.start++;
  return s;
}

static PropterStatus scope_of(PropterNames *names, const PropterDocument *d, PropterSpan near, PropterSpan sentence, PropterSpan without, size_t *scopes,
                              size_t *count, bool *said, PropterError *err) {
  *count = 0;
  *said = true;
  if (near.end > near.start) PROPTER_TRY(scopes_in(names, d->text, near, without, scopes, count, err));
  if (!*count) PROPTER_TRY(scopes_in(names, d->text, sentence, without, scopes, count, err));
  if (*count || d->column_count) return PROPTER_OK; /* the rows of a list do not speak of one another */
  *said = false;
  const PropterBlock *block = propter_document_block_at(d, sentence.start);
  PropterSpan before = said_before(d, sentence.start);
  if (before.end > before.start) {
    size_t all[LINKS], n = 0;
    PROPTER_TRY(scopes_in(names, d->text, before, nothing, all, &n, err));
    if (n) scopes[(*count)++] = all[n - 1];
  }
  PropterStr path = block ? block->section : (PropterStr){"", 0};
  while (path.len && !*count) {
    size_t cut = path.len;
    while (cut > 0 && !(cut >= 3 && memcmp(path.data + cut - 3, " > ", 3) == 0)) cut--;
    PROPTER_TRY(scopes_in(names, path, (PropterSpan){cut, path.len}, nothing, scopes, count, err));
    path.len = cut >= 3 ? cut - 3 : 0;
  }
  return PROPTER_OK;
}

/* --- claims ------------------------------------------------------------------------------------------------------------------ */

PropterStatus link_label(PropterNames *names, const char *label, unsigned roles, size_t *index, PropterError *err) {
  PropterNameMatches found = {0};
  *index = SIZE_MAX;
  PropterStatus status = propter_names_find(names, propter_str(label), &found, err);
  for (size_t i = 0; i < found.count && status == PROPTER_OK && *index == SIZE_MAX; i++)
    if (propter_names_get(names, found.items[i].index)->roles & roles) *index = found.items[i].index;
  propter_vec_clear(&found);
  return status;
}

/* "45,000 workers walked out": no label, but words for a kind of happening. */
static PropterStatus paraphrased(PropterNames *names, const PropterRules *rules, PropterStr text, PropterSpan span, bool strong, Link *out, size_t *count,
                                 PropterError *err) {
  for (size_t i = 0; i < rules->paraphrases.count; i++) {
    bool found = false;
    PropterSpan m;
    if (propter_regex_match(rules->paraphrases.items[i].regex, rules->matcher, slice(text, span), 0, &found, NULL) != PROPTER_OK || !found ||
        !propter_matcher_span(rules->matcher, 0, &m.start, &m.end))
      continue;
    size_t index;
    PROPTER_TRY(link_label(names, rules->paraphrases.items[i].label, PROPTER_ROLE_KIND, &index, err));
    if (index == SIZE_MAX) continue;
    /* "The strike had ended" says more than its label "strike" inside it. */
    PropterSpan words = {m.start + span.start, m.end + span.start};
    if (strong && !(out[0].words.start >= words.start && out[0].words.end <= words.end && out[0].words.end > out[0].words.start)) continue;
    out[0] = (Link){index, .8, {m.start + span.start, m.end + span.start}, false};
    *count = 1;
    return PROPTER_OK;
  }
  return PROPTER_OK;
}

/* A kind becomes the event that dates and scope pick out; an event whose dates the sentence contradicts becomes its kind. */
static void settle_event(PropterNames *names, const PropterDocument *d, const PropterReading *r, const Linked *l, Link *cause) {
  const PropterNamed *n = propter_names_get(names, cause->index);
  if (n->roles & PROPTER_ROLE_EVENT) {
    if (r->when_cause.first != PROPTER_NO_DAY && n->when.first != PROPTER_NO_DAY && !overlap(n->when, r->when_cause, 31) && n->kind != SIZE_MAX) {
      cause->index = n->kind;
      cause->score *= .8;
      return;
    }
    /* A label that only resembles the words, and an effect before it began: another one of its kind is meant. */
    if (!(cause->loose && n->kind != SIZE_MAX && r->when_effect.first != PROPTER_NO_DAY && n->when.first != PROPTER_NO_DAY &&
          n->when.first > r->when_effect.last))
      return;
    cause->index = n->kind;
    n = propter_names_get(names, cause->index);
  }
  if (!(n->roles & PROPTER_ROLE_KIND) || r->generic) return;
  size_t event = SIZE_MAX;
  PropterPeriod recent = {d->published == PROPTER_NO_DAY ? PROPTER_NO_DAY : d->published - PROPTER_ACCOUNT_DAYS, d->published};
  if (r->when_cause.first != PROPTER_NO_DAY) {
    event = only_event(names, cause->index, r->when_cause, slack_of(r->when_cause), l->scopes, l->scope_count);
    if (event == SIZE_MAX) event = of_days(names, cause->index, r->when_cause);
  } else if (r->when_effect.first != PROPTER_NO_DAY)
    event = only_event(names, cause->index, r->when_effect, NEAR_DAYS, l->scopes, l->scope_count);
  else if (recent.first != PROPTER_NO_DAY)
    event = only_event(names, cause->index, recent, 0, l->scopes, l->scope_count);
  if (event != SIZE_MAX) {
    cause->index = event;
    cause->score *= .85;
  }
}

/* Several events have this label: the one whose time it is. */
static void same_label(PropterNames *names, const PropterReading *r, const PropterNameMatches *found, Link *cause) {
  const PropterNamed *n = propter_names_get(names, cause->index);
  PropterPeriod when = r->when_cause.first != PROPTER_NO_DAY ? r->when_cause : r->when_effect;
  if (!(n->roles & PROPTER_ROLE_EVENT) || overlap(n->when, when, 0) || when.first == PROPTER_NO_DAY) return;
  for (size_t i = 0; i < found->count; i++) {
    const PropterNamed *m = propter_names_get(names, found->items[i].index);
    if (found->items[i].words.start != cause->words.start || found->items[i].words.end != cause->words.end) continue;
    if (m->roles & PROPTER_ROLE_EVENT && overlap(m->when, when, 0)) {
      cause->index = found->items[i].index;
      return;
    }
  }
}

static int kind_of(const PropterRules *rules, const PropterDocument *d, const PropterReading *r) {
  if (r->generic) return 0;
  PropterDay known = r->line ? r->written : d->published_guessed ? PROPTER_NO_DAY : d->published;
  if (r->when_effect.first != PROPTER_NO_DAY && known != PROPTER_NO_DAY) return known <= r->when_effect.last ? 1 : 2;
  return rules_any(rules, rules->future.items, rules->future.count, slice(d->text, r->sentence)) ? 1 : 2;
}

/* "It", "the storm", "these losses": the nearest thing of the right kind that was named before in the block. */
static PropterStatus antecedent(PropterNames *names, const PropterRules *rules, const PropterDocument *d, PropterSpan words, Part side, Link *out,
                                size_t *count, PropterError *err) {
  PropterStr text = slice(d->text, words);
  const PropterBlock *block = propter_document_block_at(d, words.start);
  bool pronoun = rules_any(rules, rules->pronoun.items, rules->pronoun.count, text);
  if (!block || d->column_count || words.end <= words.start) return PROPTER_OK;
  if (!pronoun && !rules_any(rules, rules->definite.items, rules->definite.count, text)) return PROPTER_OK;
  PropterSpan before = said_before(d, words.start);
  PropterNameMatches found = {0};
  PropterStatus status = matches_in(names, d->text, before, side == PART_CAUSE, &found, err);
  for (size_t i = found.count; i-- > 0 && status == PROPTER_OK;) {
    unsigned roles = propter_names_get(names, found.items[i].index)->roles;
    if (!(roles & (side == PART_CAUSE ? PROPTER_ROLE_EVENT | PROPTER_ROLE_KIND : PROPTER_ROLE_METRIC | PROPTER_ROLE_SCOPE))) continue;
    bool fits = pronoun || side == PART_EFFECT;
    if (!fits) status = names_share_head(names, text, found.items[i].index, &fits, err);
    if (!fits) continue;
    out[0] = (Link){found.items[i].index, pronoun ? .6 : .65, found.items[i].words, false};
    *count = 1;
    break;
  }
  propter_vec_clear(&found);
  return status;
}

/* "Retailers added jobs": a sector that moves is not the cause of its own move. */
static void drop_own_moves(PropterNames *names, Linked *l) {
  for (size_t c = 0; c < l->cause_count; c++) {
    const PropterNamed *n = propter_names_get(names, l->causes[c].index);
    if (!(n->roles & (PROPTER_ROLE_METRIC | PROPTER_ROLE_SCOPE)) || n->roles & PROPTER_ROLE_KIND) continue;
    size_t own = n->roles & PROPTER_ROLE_METRIC && n->scope != SIZE_MAX ? n->scope : l->causes[c].index;
    bool same = false;
    for (size_t e = 0; e < l->effect_count; e++) {
      const PropterNamed *m = propter_names_get(names, l->effects[e].index);
      size_t other = m->roles & PROPTER_ROLE_METRIC && m->scope != SIZE_MAX ? m->scope : l->effects[e].index;
      same |= propter_names_within(names, own, other) || propter_names_within(names, other, own);
    }
    if (same) l->causes[c--] = l->causes[--l->cause_count];
  }
}

/* No label stands in it: what it comes closest to, if that is close. */
static PropterStatus closest(PropterNames *names, PropterStr text, PropterSpan words, Part side, Link *out, size_t *count, PropterError *err) {
  PropterNameMatches found = {0};
  unsigned roles = PROPTER_ROLE_METRIC | PROPTER_ROLE_SCOPE | PROPTER_ROLE_KIND | PROPTER_ROLE_CONCEPT;
  PropterStatus status = words.end > words.start ? propter_names_rank(names, slice(text, words), roles, &found, err) : PROPTER_OK;
  if (status == PROPTER_OK && found.count && found.items[0].quality >= CLOSE) {
    const PropterNamed *n = propter_names_get(names, found.items[0].index);
    out[(*count)++] = (Link){found.items[0].index, .7 * found.items[0].quality * fitting(n->roles, side), words, true};
  }
  propter_vec_clear(&found);
  return status;
}

/* The words are the IRI of something the graph knows: a person has linked it. */
static void named(const PropterNames *names, PropterStr text, PropterSpan words, Link *out, size_t *count) {
  size_t index = names_of_iri(names, slice(text, words));
  if (index == SIZE_MAX) return;
  out[0] = (Link){index, 1, words, false};
  *count = 1;
}

PropterStatus link_claim(PropterNames *names, const PropterRules *rules, const PropterDocument *d, const PropterReading *r, Linked *out, PropterError *err) {
  memset(out, 0, sizeof *out);
  PropterNameMatches found = {0};
  bool said = false, measured = false;
  PropterStatus status = matches_in(names, d->text, r->effect, true, &found, err);
  if (status == PROPTER_OK) pick(names, d->text, r->effect, &found, PART_EFFECT, out->effects, &out->effect_count);
  named(names, d->text, r->effect, out->effects, &out->effect_count);
  if (status == PROPTER_OK) status = scope_of(names, d, r->effect, r->sentence, r->exception, out->scopes, &out->scope_count, &said, err);
  if (status == PROPTER_OK) status = names_measured(names, slice(d->text, r->effect), &measured, err);
  if (status == PROPTER_OK) status = matches_in(names, d->text, r->cause, true, &found, err);
  if (status != PROPTER_OK) goto done;
  if (!out->effect_count && (status = antecedent(names, rules, d, r->effect, PART_EFFECT, out->effects, &out->effect_count, err)) != PROPTER_OK) goto done;
  /* "Payrolls fell by 45,000": what is measured is said, its sector stands elsewhere. */
  bool sector = out->effect_count && propter_names_get(names, out->effects[0].index)->roles & (PROPTER_ROLE_METRIC | PROPTER_ROLE_SCOPE);
  if (!sector && out->scope_count && (measured || (!out->effect_count && (r->polarity || r->quantity != 0)))) {
    out->effect_count = 0;
    out->elsewhere = !measured && r->quantity == 0;
    for (size_t i = 0; i < out->scope_count; i++)
      out->effects[out->effect_count++] = (Link){out->scopes[i], (said ? .6 : .45) * (measured ? 1.2 : 1), {0, 0}, false};
  }
  pick(names, d->text, r->cause, &found, PART_CAUSE, out->causes, &out->cause_count);
  bool strong = out->cause_count && propter_names_get(names, out->causes[0].index)->roles & (PROPTER_ROLE_EVENT | PROPTER_ROLE_KIND);
  if ((status = paraphrased(names, rules, d->text, r->cause, strong, out->causes, &out->cause_count, err)) != PROPTER_OK) goto done;
  named(names, d->text, r->cause, out->causes, &out->cause_count);
  if (!out->cause_count && (status = antecedent(names, rules, d, r->cause, PART_CAUSE, out->causes, &out->cause_count, err)) != PROPTER_OK) goto done;
  if (!out->cause_count && (status = closest(names, d->text, r->cause, PART_CAUSE, out->causes, &out->cause_count, err)) != PROPTER_OK) goto done;
  if (!out->effect_count && (status = closest(names, d->text, r->effect, PART_EFFECT, out->effects, &out->effect_count, err)) != PROPTER_OK) goto done;
  drop_own_moves(names, out);
  for (size_t i = 0; i < out->cause_count; i++) {
    same_label(names, r, &found, &out->causes[i]);
    settle_event(names, d, r, out, &out->causes[i]);
  }
  if (!out->cause_count) out->causes[out->cause_count++] = (Link){SIZE_MAX, 0, {0, 0}, false};
  if (!out->effect_count) out->effects[out->effect_count++] = (Link){SIZE_MAX, 0, {0, 0}, false};
  out->kind = kind_of(rules, d, r);
done:
  propter_vec_clear(&found);
  return status;
}

/* --- happenings ---------------------------------------------------------------------------------------------------------------- */

/* Two of the places are of one scheme: which is meant the sentence does not say. */
static bool apart(PropterNames *names, const size_t *scopes, size_t count) {
  for (size_t i = 0; i < count; i++)
    for (size_t k = 0; k < i; k++)
      if (comparable(names, scopes[i], scopes[k])) return true;
  return false;
}

/* A kind whose name opens the clause did it: "Storm Agnes closed the port". One named later was only touched. */
static PropterStatus subject(PropterNames *names, PropterStr clause, size_t *kind, PropterError *err) {
  PropterNameMatches found = {0};
  PropterStatus status = propter_names_find(names, clause, &found, err);
  for (size_t i = 0; i < found.count && status == PROPTER_OK && *kind == SIZE_MAX; i++) {
    const bool opens = found.items[i].words.start == 0 || word_count((PropterStr){clause.data, found.items[i].words.start}) == 1;
    if (opens && propter_names_get(names, found.items[i].index)->roles & PROPTER_ROLE_KIND) *kind = found.items[i].index;
  }
  propter_vec_clear(&found);
  return status;
}

/* "1,200 visits reached the site": the subject is a figure that moved, and no happening. */
static PropterStatus tells_figure(PropterNames *names, const PropterDocument *d, const PropterHappening *h, bool *figure, PropterError *err) {
  PropterNameMatches found = {0};
  PropterStr words = slice(d->text, h->subject);
  PropterStatus status = words.len ? propter_names_find(names, words, &found, err) : PROPTER_OK;
  for (size_t i = 0; i < found.count && status == PROPTER_OK; i++)
    *figure = *figure || ((h->loose || found.items[i].words.end == words.len) && propter_names_get(names, found.items[i].index)->roles & PROPTER_ROLE_METRIC);
  propter_vec_clear(&found);
  return status;
}

/* Adds the places that some of a text names, unless it names two of one dimension. What is measured is none: "we doubled ad spend" need not touch ad spend
 * alone. */
static PropterStatus places_in(PropterNames *names, PropterStr text, PropterSpan within, LinkedHappening *out, PropterError *err) {
  size_t scopes[LINKS], count = 0;
  PROPTER_TRY(scopes_in(names, text, within, nothing, scopes, &count, err));
  for (size_t i = 0; i < count; i++)
    if (!is_measured(names, scopes[i])) out->scopes[out->scope_count++] = scopes[i];
  if (apart(names, out->scopes, out->scope_count)) out->scope_count = 0, out->apart = true;
  return PROPTER_OK;
}

/* The places that the clause names, else those of what its claim says it moved, of the nearest heading with some, of the title, of the
 * file's name. */
static PropterStatus clause_scope(PropterNames *names, const PropterDocument *d, const PropterHappening *h, PropterStr file, LinkedHappening *out,
                                  PropterError *err) {
  const PropterBlock *block = propter_document_block_at(d, h->quote.start);
  PROPTER_TRY(places_in(names, d->text, h->words, out, err));
  if (!out->scope_count && !out->apart && h->form) PROPTER_TRY(places_in(names, d->text, h->quote, out, err));
  if (!out->scope_count && !out->apart && h->moved.end) PROPTER_TRY(places_in(names, d->text, h->moved, out, err));
  PropterStr path = block ? block->section : (PropterStr){"", 0};
  while (path.len && !out->scope_count && !out->apart) {
    size_t cut = path.len;
    while (cut > 0 && !(cut >= 3 && memcmp(path.data + cut - 3, " > ", 3) == 0)) cut--;
    PROPTER_TRY(places_in(names, path, (PropterSpan){cut, path.len}, out, err));
    path.len = cut >= 3 ? cut - 3 : 0;
  }
  if (!out->scope_count && !out->apart) PROPTER_TRY(places_in(names, d->title, (PropterSpan){0, d->title.len}, out, err));
  if (!out->scope_count && !out->apart) PROPTER_TRY(places_in(names, file, (PropterSpan){0, file.len}, out, err));
  out->apart = out->apart && h->moved.end;
  return PROPTER_OK;
}

PropterStatus link_happening(PropterNames *names, const PropterRules *rules, const PropterDocument *d, const PropterHappening *h, PropterStr file,
                             LinkedHappening *out, PropterError *err) {
  (void)rules;
  *out = (LinkedHappening){.kind = SIZE_MAX, .event = SIZE_MAX};
  if (h->clause) {
    PROPTER_TRY(tells_figure(names, d, h, &out->figure, err));
    PROPTER_TRY(subject(names, slice(d->text, h->words), &out->kind, err));
    return clause_scope(names, d, h, file, out, err);
  }
  if (h->label) {
    PROPTER_TRY(link_label(names, h->label, PROPTER_ROLE_KIND, &out->kind, err));
  } else {
    PropterNameMatches found = {0};
    PropterStatus status = propter_names_find(names, slice(d->text, h->words), &found, err);
    for (size_t i = 0; i < found.count && status == PROPTER_OK; i++) {
      const PropterNamed *n = propter_names_get(names, found.items[i].index);
      if (n->roles & PROPTER_ROLE_EVENT) out->kind = n->kind;
      if (n->roles & PROPTER_ROLE_KIND && out->kind == SIZE_MAX) out->kind = found.items[i].index;
    }
    propter_vec_clear(&found);
    PROPTER_TRY(status);
  }
  if (out->kind == SIZE_MAX) return PROPTER_OK;
  bool said;
  size_t count;
  PROPTER_TRY(scope_of(names, d, h->place, h->quote, nothing, out->scopes, &count, &said, err));
  out->event = only_event(names, out->kind, h->when, slack_of(h->when), out->scopes, count);
  /* What a sentence only speaks of may have happened elsewhere: its days tell which it is. */
  if (out->event == SIZE_MAX && h->place.end == h->place.start) out->event = of_days(names, out->kind, h->when);
  /* Without a place it would be said of everything: then only what the graph knows already tells where. */
  if (out->event != SIZE_MAX) {
    const PropterNamed *e = propter_names_get(names, out->event);
    out->scope_count = e->places;
    memcpy(out->scopes, e->place, e->places * sizeof *e->place);
  } else {
    out->apart = apart(names, out->scopes, count);
    out->scope_count = out->apart ? 0 : count;
  }
  return PROPTER_OK;
}
