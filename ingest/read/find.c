/* SPDX-License-Identifier: Apache-2.0 */
/* Claims and happenings in one sentence: patterns find the connective, the neighbourhood gives the arguments, word lists give the flags. */
#include <string.h>

#include "reading.h"

#define REFUSED .02 /* probability below which a proposal is no claim */
#define ANNOUNCED .2 /* hedge of what was to come when it was written */
enum { CANDIDATES = 48, NEAR_WORDS = 4, NEAR_BYTES = 32, FRONT_BYTES = 12 };

typedef struct {
  Rule *rule;
  const Pattern *pattern;
  PropterSpan core;          /* of the sentence: the connective */
  PropterSpan cause, effect; /* of the sentence; empty: the previous one */
  size_t lead;               /* where the argument before the connective begins */
  size_t match;              /* where the pattern matched */
  bool lasted;               /* how long is said of the cause */
  bool part;                 /* the effect is one of several: its own words alone say which way it goes */
} Candidate;

/* An argument found beside a place. */
typedef struct {
  size_t at, lead;
  PropterSpan argument;
} Side;

typedef struct {
  PropterRules *r;
  const Scene *scene;
  PropterStr s; /* the sentence */
  const Tagged *tagged;
  Whens whens; /* the scene's */
  WhenDuration lasted;
  Candidate found[CANDIDATES];
  size_t count;
  Side before[CANDIDATES], after[CANDIDATES]; /* many rules look at one place */
  size_t before_count, after_count;
} Work;

static PropterStr slice(PropterStr s, PropterSpan span) { return (PropterStr){s.data + span.start, span.end - span.start}; }
static bool empty(PropterSpan s) { return s.end <= s.start; }
static bool equal(PropterSpan a, PropterSpan b) { return a.start == b.start && a.end == b.end; }
static bool inside(PropterSpan a, PropterSpan b) { return a.start >= b.start && a.end <= b.end; }
static bool overlap(PropterSpan a, PropterSpan b) { return a.start < b.end && b.start < a.end; }
static bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80; }
static bool digit(char c) { return c >= '0' && c <= '9'; }

/* --- arguments ---------------------------------------------------------------------------------------------------------- */

static bool cut_off(const Expressions *list, const PropterRules *r, PropterStr text, PropterSpan *m) {
  return rules_last(r, list->items, list->count, text, m) && m->end == text.len && m->start < m->end;
}

/* Goes the sentence on behind a place without a mark? */
static bool goes_on(PropterStr s, size_t at) {
  while (at < s.len && s.data[at] == ' ') at++;
  return at < s.len && !strchr(".,;:!?)", s.data[at]);
}

static PropterSpan strip(const PropterRules *r, PropterStr s, PropterSpan a) {
  for (int round = 0; round < 12 && !empty(a); round++) {
    PropterSpan m;
    PropterStr text = slice(s, a);
    if (text.data[0] == ' ' || text.data[0] == ',') {
      a.start++;
    } else if (text.data[text.len - 1] == ' ' || text.data[text.len - 1] == ',') {
      a.end--;
    } else if (rules_first(r, r->strip_left.items, r->strip_left.count, text, 0, &m) && m.end) {
      a.start += m.end;
    } else if (cut_off(&r->strip_right, r, text, &m) || (goes_on(s, a.end) && cut_off(&r->strip_right_open, r, text, &m))) {
      a.end = a.start + m.start;
    } else {
      break;
    }
  }
  return a;
}

/* The coded words of an argument with the connective's beside them, which a bar divides. */
static PropterStr beside(const Work *w, PropterSpan first, PropterSpan second, char *out, size_t room, size_t *bar) {
  PropterStr a = judge_coded(w->tagged, first), b = judge_coded(w->tagged, second);
  if (a.len + b.len + 2 > room) return (PropterStr){"", 0};
  memcpy(out, a.data, a.len);
  memcpy(out + a.len, "| ", 2);
  memcpy(out + a.len + 2, b.data, b.len);
  *bar = a.len;
  return (PropterStr){out, a.len + 2 + b.len};
}

enum { BESIDE = 8192 };

/* Where an argument before a connective begins, by the words' tags: "a/DET bug/NOUN that/PRON | caused/VERB ". */
static void tagged_start(const Work *w, PropterSpan core, PropterSpan *a) {
  char room[BESIDE];
  size_t bar = 0;
  PropterSpan m;
  if (empty(*a) || core.start < a->end) return;
  PropterStr text = beside(w, (PropterSpan){a->start, core.start}, core, room, sizeof room, &bar);
  if (!rules_last(w->r, w->r->tagged_cut_left.items, w->r->tagged_cut_left.count, text, &m) || m.end > bar) return;
  PropterSpan rest = strip(w->r, w->s, (PropterSpan){judge_decoded(w->tagged, *a, m.end), a->end});
  if (rest.end > rest.start + 2) a->start = rest.start;
}

/* Where one behind it ends: the word before the connective, the bar, the argument ("that/PRON | the/DET fault/NOUN is/AUX "). */
static void tagged_end(const Work *w, PropterSpan core, PropterSpan *a) {
  char room[BESIDE];
  size_t bar = 0, first = judge_token(w->tagged, core.start);
  PropterSpan m, word = first ? (PropterSpan){w->tagged->tokens[first - 1].start, w->tagged->tokens[first - 1].end} : (PropterSpan){0, 0};
  if (empty(*a)) return;
  PropterStr text = beside(w, word, *a, room, sizeof room, &bar);
  if (rules_first(w->r, w->r->tagged_cut_right.items, w->r->tagged_cut_right.count, text, 0, &m) && m.start > bar + 2)
    a->end = strip(w->r, w->s, (PropterSpan){a->start, judge_decoded(w->tagged, *a, m.start - bar - 2)}).end;
}

/* A cause behind an effect without a verb, by the tags of both: "Losses due to the fire | led to layoffs". */
static void tagged_verbless(const Work *w, Candidate *c) {
  char room[BESIDE];
  size_t bar = 0;
  PropterSpan m;
  if (c->pattern->lead != PART_EFFECT || c->pattern->trail != PART_CAUSE || empty(c->effect) || empty(c->cause) || c->core.end <= c->effect.start) return;
  PropterStr text = beside(w, (PropterSpan){c->effect.start, c->core.end}, c->cause, room, sizeof room, &bar);
  if (rules_first(w->r, w->r->tagged_cut_verbless.items, w->r->tagged_cut_verbless.count, text, 0, &m) && m.start > bar + 2)
    c->cause.end = strip(w->r, w->s, (PropterSpan){c->cause.start, judge_decoded(w->tagged, c->cause, m.start - bar - 2)}).end;
}

static PropterSpan find_before(const Work *w, size_t end, size_t *lead) {
  PropterSpan a = {0, end}, m;
  PropterStr head = slice(w->s, a);
  while (rules_last(w->r, w->r->cut_left.items, w->r->cut_left.count, head, &m)) {
    /* "A bug in the table (PLA) caused it": the argument does not begin inside brackets that close in it. */
    if (w->s.data[m.start] == '(' && memchr(w->s.data + m.end, ')', end - m.end)) {
      head.len = m.start;
      continue;
    }
    /* A cut right before the connective would leave nothing: then what stands before it is the argument ("X – which led to Y"). */
    PropterSpan rest = strip(w->r, w->s, (PropterSpan){m.end, end});
    if (rest.end <= rest.start + 2 && m.start) {
      head.len = m.start;
      continue;
    }
    if (rest.end > rest.start + 2) a.start = m.end;
    break;
  }
  *lead = a.start;
  return strip(w->r, w->s, a);
}

static PropterSpan before(Work *w, size_t end, size_t *lead) {
  size_t i = 0;
  while (i < w->before_count && w->before[i].at != end) i++;
  Side s = i < w->before_count ? w->before[i] : (Side){.at = end};
  if (i == w->before_count) {
    s.argument = find_before(w, end, &s.lead);
    if (i < CANDIDATES) w->before[w->before_count++] = s;
  }
  *lead = s.lead;
  return s.argument;
}

static PropterSpan find_after(const Work *w, size_t start) {
  PropterSpan a = {start, w->s.len}, m;
  PropterStr tail = slice(w->s, a);
  for (size_t from = 0; rules_first(w->r, w->r->cut_right.items, w->r->cut_right.count, tail, from, &m); from = m.end) {
    /* "The controller (PLC) did not start": what stands in brackets ends no argument that goes on behind them. */
    const char *close = tail.data[m.start] == '(' ? memchr(tail.data + m.end, ')', tail.len - m.end) : NULL;
    size_t next = close ? (size_t)(close - tail.data) + 1 : tail.len;
    if (next + 1 < tail.len && tail.data[next] == ' ' && (letter(tail.data[next + 1]) || digit(tail.data[next + 1]))) {
      m.end = next;
      continue;
    }
    if (m.start > 1) a.end = start + m.start;
    break;
  }
  return strip(w->r, w->s, a);
}

static PropterSpan after(Work *w, size_t start) {
  size_t i = 0;
  while (i < w->after_count && w->after[i].at != start) i++;
  if (i < w->after_count) return w->after[i].argument;
  PropterSpan a = find_after(w, start);
  if (i < CANDIDATES) w->after[w->after_count++] = (Side){start, 0, a};
  return a;
}

static bool says_something(const Work *w, PropterSpan a) {
  size_t letters = 0;
  for (size_t i = a.start; i < a.end; i++) letters += letter(w->s.data[i]) || digit(w->s.data[i]);
  if (letters < 2) return false;
  /* A pronoun stands for something if something was said before. */
  if (rules_any(w->r, w->r->pronoun.items, w->r->pronoun.count, slice(w->s, a))) return !empty(w->scene->previous) || a.start > 20;
  return !rules_any(w->r, w->r->nothing.items, w->r->nothing.count, slice(w->s, a));
}

static bool fits(const Work *w, const Named *shape, PropterSpan a) {
  bool found = false;
  if (!shape) return true;
  return propter_regex_match(shape->regex, w->r->matcher, slice(w->s, a), 0, &found, NULL) == PROPTER_OK && found;
}

static bool changes(const Work *w, PropterSpan a) {
  return rules_any(w->r, w->r->up.items, w->r->up.count, slice(w->s, a)) || rules_any(w->r, w->r->down.items, w->r->down.count, slice(w->s, a));
}

static bool amount_in(const Work *w, PropterStr s, double *value, PropterSpan *words) { return amount_find(w->r, s, value, words); }

static bool has_digit(const Work *w, PropterStr s) {
  double v;
  PropterSpan words;
  if (amount_in(w, s, &v, &words)) return true;
  for (size_t i = 0; i < s.len; i++)
    if (digit(s.data[i])) return true;
  return false;
}

/* --- candidates ---------------------------------------------------------------------------------------------------------- */

/* Both sides are there and look as the rule wants them. */
static bool whole(const Work *w, const Candidate *c) {
  const Rule *rule = c->rule;
  if (rule->previous && empty(w->scene->previous) && c->match < FRONT_BYTES) return false;
  if (rule->previous != PART_CAUSE && !says_something(w, c->cause)) return false;
  if (rule->previous != PART_EFFECT && !says_something(w, c->effect)) return false;
  if (!fits(w, c->pattern->cause_shape, c->cause) || !fits(w, c->pattern->effect_shape, c->effect)) return false;
  return (!rule->needs_change || changes(w, c->effect)) && (!rule->needs_number || has_digit(w, slice(w->s, c->effect)));
}

static void consider(Work *w, Rule *rule, const Pattern *p, PropterSpan match) {
  Candidate c = {.rule = rule, .pattern = p, .core = match, .match = match.start};
  PropterSpan inner;
  if (p->cause_group && propter_matcher_span(w->r->matcher, p->cause_group, &inner.start, &inner.end)) c.cause = inner;
  if (p->effect_group && propter_matcher_span(w->r->matcher, p->effect_group, &inner.start, &inner.end)) c.effect = inner;
  /* The connective of a pattern with arguments inside is what stands before the first of them. */
  size_t first = !empty(c.cause) && !empty(c.effect) ? (c.cause.start < c.effect.start ? c.cause.start : c.effect.start)
                 : !empty(c.cause)                   ? c.cause.start
                 : !empty(c.effect)                  ? c.effect.start
                                                     : match.end;
  if (first > match.start) c.core.end = first;
  if (!empty(c.cause)) c.cause = strip(w->r, w->s, c.cause);
  if (!empty(c.effect)) c.effect = strip(w->r, w->s, c.effect);
  c.lead = match.start;
  if (p->lead) *(p->lead == PART_CAUSE ? &c.cause : &c.effect) = before(w, match.start, &c.lead);
  if (p->trail) *(p->trail == PART_CAUSE ? &c.cause : &c.effect) = after(w, match.end);
  w->r->work += w->s.len;
  if (!whole(w, &c)) return;
  if (w->count < CANDIDATES) w->found[w->count++] = c;
}

static void try_rule(Work *w, Rule *rule) {
  for (size_t i = 0; i < rule->patterns.count; i++) {
    const Pattern *p = &rule->patterns.items[i];
    for (size_t from = 0; from < w->s.len;) {
      bool found = false;
      PropterSpan m;
      PropterStatus status = p->rest ? propter_regex_match(p->rest, w->r->matcher, w->s, from, &found, NULL) : PROPTER_OK;
      if (status == PROPTER_OK && p->rest && !found) break;
      if (status == PROPTER_OK) status = propter_regex_match(p->regex, w->r->matcher, w->s, from, &found, NULL);
      if (status == PROPTER_LIMIT) {
        rule->limits++;
        return;
      }
      if (status != PROPTER_OK || !found || !propter_matcher_span(w->r->matcher, 0, &m.start, &m.end)) break;
      size_t next = m.end > from ? m.end : from + 1;
      consider(w, rule, p, m);
      from = next;
      while (from < w->s.len && ((unsigned char)w->s.data[from] & 0xC0) == 0x80) from++;
    }
  }
}

/* The connective and two words on each side, coded: "which/PRON then/ADV | led/VERB to/ADP | the/DET outage/NOUN ", as lemmas with "lead". */
static bool around_fits(const Work *w, PropterRegex *const *expression, bool lemmas, PropterSpan core) {
  char text[1024], room[TOKEN_WORD];
  if (!*expression) return true;
  size_t from = judge_token(w->tagged, core.start), to = judge_token(w->tagged, core.end), n = 0;
  for (size_t i = from > 2 ? from - 2 : 0; i < to + 2 && i <= w->tagged->count; i++) {
    if (i == from) memcpy(text + n, "| ", 2), n += 2;
    if (i == to) memcpy(text + n, "| ", 2), n += 2;
    if (i == w->tagged->count) break;
    const Token *t = &w->tagged->tokens[i];
    PropterStr word = {t->word, t->len}, tag = propter_str(upos_name((Upos)t->tag));
    if (lemmas) word = lemma_of(&w->r->lemmas, word, (Upos)t->tag, room);
    if (n + word.len + tag.len + 8 > sizeof text) return true;
    memcpy(text + n, word.data, word.len), n += word.len;
    text[n++] = '/';
    memcpy(text + n, tag.data, tag.len), n += tag.len;
    text[n++] = ' ';
  }
  return rules_any(w->r, expression, 1, (PropterStr){text, n});
}

/* Only a sentence in which something was found is tagged. */
static PropterStatus tag_sentence(Work *w, PropterError *err) {
  PropterRules *r = w->r;
  if (!r->language.tagger) return PROPTER_OK;
  if (!r->judge) PROPTER_TRY(judge_new(&r->parts, *r->language.tagger, r->language.claim, r->language.words, &r->judge, err));
  if (!r->tagged && !(r->tagged = propter_malloc(sizeof *r->tagged))) return propter_fail(err, PROPTER_NO_MEMORY, "no memory for tags");
  judge_tag(r->judge, w->s, false, r->tagged);
  w->tagged = r->tagged;
  return PROPTER_OK;
}

static bool nothing_by_tags(const Work *w, PropterSpan a) {
  return !empty(a) && rules_any(w->r, w->r->tagged_nothing.items, w->r->tagged_nothing.count, judge_coded(w->tagged, a));
}

/* What of a span stands before its verb; "increase took" is a noun and a verb. */
static PropterSpan subject_of(const Work *w, PropterSpan a) {
  const Tagged *t = w->tagged;
  size_t first = t ? judge_token(t, a.start) : 0, end = first;
  for (; t && end < t->count && t->tokens[end].start < a.end; end++) {
    const Token *next = end + 1 < t->count ? &t->tokens[end + 1] : NULL;
    if (t->tokens[end].tag == UPOS_AUX || (t->tokens[end].tag == UPOS_VERB && !(next && (next->tag == UPOS_VERB || next->tag == UPOS_AUX)))) break;
  }
  return end == first ? (PropterSpan){0, 0} : (PropterSpan){t->tokens[first].start, t->tokens[end - 1].end};
}

/* "It was planned in March and cost 1,000 euros": the second verb has the first one's subject, which stands for something said before. */
static void pronoun_subject(const Work *w, const Candidate *c, PropterSpan *cause) {
  size_t verb = judge_token(w->tagged, c->core.start);
  if (c->pattern->lead != PART_CAUSE || !verb || w->tagged->tokens[verb - 1].tag != UPOS_CCONJ) return;
  PropterSpan subject = subject_of(w, *cause);
  if (!empty(subject) && rules_any(w->r, w->r->pronoun.items, w->r->pronoun.count, slice(w->s, subject))) *cause = subject;
}

/* Without tags every argument may hold one. */
static bool has_verb(const Work *w, PropterSpan a) {
  PropterStr coded = w->tagged ? judge_coded(w->tagged, a) : (PropterStr){"", 0};
  return !w->tagged || propter_str_find(coded, PROPTER_STR("/VERB ")) != SIZE_MAX || propter_str_find(coded, PROPTER_STR("/AUX ")) != SIZE_MAX;
}

/* "As sales fell", not "as full members using their own cars". */
static bool has_finite(const Work *w, PropterSpan a) {
  const Tagged *t = w->tagged;
  for (size_t i = judge_token(t, a.start); i < t->count && t->tokens[i].start < a.end; i++) {
    PropterStr word = {t->tokens[i].word, t->tokens[i].len};
    if (t->tokens[i].tag == UPOS_AUX || (t->tokens[i].tag == UPOS_VERB && !propter_str_ends(word, PROPTER_STR("ing")))) return true;
  }
  return rules_any(w->r, w->r->past.items, w->r->past.count, slice(w->s, a));
}

/* What the tags say against the words alone: no such connective, narrower arguments, arguments that are none. */
static void refine(Work *w) {
  size_t n = 0;
  if (!w->tagged) return;
  for (size_t i = 0; i < w->count; i++) {
    Candidate c = w->found[i];
    if (!around_fits(w, &c.rule->tagged, false, c.core) || !around_fits(w, &c.rule->lemmas, true, c.core)) continue;
    if (c.rule->needs_verb && !has_finite(w, c.cause)) continue;
    if (c.pattern->lead) tagged_start(w, c.core, c.pattern->lead == PART_CAUSE ? &c.cause : &c.effect);
    if (c.pattern->trail) tagged_end(w, c.core, c.pattern->trail == PART_CAUSE ? &c.cause : &c.effect);
    tagged_verbless(w, &c);
    pronoun_subject(w, &c, &c.cause);
    bool same = equal(c.cause, w->found[i].cause) && equal(c.effect, w->found[i].effect);
    if (!nothing_by_tags(w, c.cause) && !nothing_by_tags(w, c.effect) && (same || whole(w, &c))) w->found[n++] = c;
  }
  w->count = n;
}

/* Of two readings of one connective the one that explains more of its words; then the more precise rule; then the earlier one. */
static bool better(const Candidate *a, const Candidate *b) {
  size_t la = a->core.end - a->core.start, lb = b->core.end - b->core.start;
  if (la != lb) return la > lb;
  if (a->rule->precision != b->rule->precision) return a->rule->precision > b->rule->precision;
  return false;
}

/* "The storm cut output and raised prices": the second verb has the first one's cause. What stands so in a list of effects and is no verb ("higher prices and
 * lower yields") makes no claim. */
static void share_causes(Work *w) {
  bool drop[CANDIDATES] = {false};
  for (size_t i = 0; w->tagged && i < w->count; i++)
    for (size_t k = 0; k < w->count; k++) {
      Candidate *a = &w->found[i], *b = &w->found[k];
      size_t verb = judge_token(w->tagged, b->core.start);
      if (i == k || drop[i] || a->pattern->trail != PART_EFFECT || b->pattern->lead != PART_CAUSE || b->effect.start < b->core.start) continue;
      if (!verb || w->tagged->tokens[verb - 1].tag != UPOS_CCONJ || !inside(a->core, b->cause)) continue;
      size_t joint = w->tagged->tokens[verb - 1].start;
      if (w->tagged->tokens[verb].tag == UPOS_VERB && a->pattern->lead == PART_CAUSE && a->effect.start < joint) {
        b->cause = a->cause, b->lead = a->lead;
        if (a->effect.end > joint) a->effect = strip(w->r, w->s, (PropterSpan){a->effect.start, joint}), a->part = true;
      } else if (w->tagged->tokens[verb].tag != UPOS_VERB && a->effect.end > b->core.start) {
        drop[k] = true;
      }
    }
  size_t n = 0;
  for (size_t i = 0; i < w->count; i++)
    if (!drop[i]) w->found[n++] = w->found[i];
  w->count = n;
}

/* "X because of A and due to B": the effect of B is X as well. "X due to A caused by B": that of B is A. */
static void share_effects(Work *w) {
  for (size_t i = 0; i < w->count; i++)
    for (size_t j = 0; j < w->count; j++) {
      Candidate *c = &w->found[i], *o = &w->found[j];
      if (i == j || c->pattern->lead != PART_EFFECT || o->pattern->lead != PART_EFFECT || empty(o->effect) || !inside(o->core, c->effect) ||
          o->effect.start > c->effect.start)
        continue;
      size_t last = w->tagged ? judge_token(w->tagged, c->core.start) : 0;
      PropterSpan between = strip(w->r, w->s, (PropterSpan){o->core.end, c->core.start});
      bool which =
          last && rules_any(w->r, w->r->relative.items, w->r->relative.count, (PropterStr){w->tagged->tokens[last - 1].word, w->tagged->tokens[last - 1].len});
      bool verb = last && w->tagged->tokens[last].tag == UPOS_VERB;
      bool noun = verb && w->tagged->tokens[last - 1].tag == UPOS_NOUN && !has_verb(w, between);
      if ((which || noun) && between.end > between.start + 2) c->effect = between;
      else c->effect = o->effect, c->lead = o->lead;
    }
}

static PropterSpan absolute(const Work *w, PropterSpan s) {
  return empty(s) ? (PropterSpan){0, 0} : (PropterSpan){s.start + w->scene->sentence.start, s.end + w->scene->sentence.start};
}

/* What the model of claims makes of a candidate, before its flags. */
static double worth(const Work *w, const Candidate *c) {
  PropterReading r = {.rule = c->rule->name, .prior = c->rule->precision, .sentence = w->scene->sentence};
  r.trigger = absolute(w, c->core), r.cause = absolute(w, c->cause), r.effect = absolute(w, c->effect);
  return judge_claim(w->r->judge, w->tagged, w->scene->sentence.start, &r, w->count);
}

/* "The price increase led to losses": a single word that is read as a verb, and the true verb behind it. Training must not look at what it trains. */
static bool noun_first(const Work *w, const Candidate *first, const Candidate *second) {
  PropterStr word = slice(w->s, first->core);
  bool adjacent = first->pattern->trail == PART_EFFECT && second->pattern->lead == PART_CAUSE;
  return w->tagged && !w->r->ungraded && adjacent && letter(word.data[0]) && !memchr(word.data, ' ', word.len) &&
         !rules_any(w->r, w->r->no_noun.items, w->r->no_noun.count, word) && worth(w, second) > worth(w, first);
}

static void settle(Work *w) {
  bool drop[CANDIDATES] = {false};
  for (size_t i = 0; i < w->count; i++)
    for (size_t j = i + 1; j < w->count; j++) {
      if (drop[i] || drop[j]) continue;
      Candidate *a = &w->found[i], *b = &w->found[j];
      bool forth = a->core.start < b->core.start;
      const Candidate *first = forth ? a : b, *second = forth ? b : a;
      /* "It stopped because of rain": what follows the verb is no object but the next connective; "stems from
       * lower receipts": what looks like a verb stands in an argument. */
      if (first->pattern->trail && second->pattern->lead && second->core.start >= first->core.end && second->core.start - first->core.end <= 1) {
        bool later = second->pattern->lead == PART_EFFECT || w->s.data[second->core.start] == ',' || noun_first(w, first, second);
        drop[later == forth ? i : j] = true;
        continue;
      }
      if ((equal(a->cause, b->cause) && equal(a->effect, b->effect)) || overlap(a->core, b->core)) drop[better(b, a) ? i : j] = true;
    }
  size_t n = 0;
  for (size_t i = 0; i < w->count; i++)
    if (!drop[i]) w->found[n++] = w->found[i];
  w->count = n;
  for (size_t i = 1; i < n; i++)
    for (size_t j = i; j > 0 && w->found[j].core.start < w->found[j - 1].core.start; j--) {
      Candidate c = w->found[j];
      w->found[j] = w->found[j - 1], w->found[j - 1] = c;
    }
}

/* --- flags ---------------------------------------------------------------------------------------------------------------- */

static size_t words_back(PropterStr s, size_t from, size_t at, int words) {
  while (at > from && words >= 0) {
    at--;
    if (s.data[at] == ' ') words--;
  }
  return words < 0 ? at + 1 : at;
}

static size_t words_on(PropterStr s, size_t at, int words) {
  while (at < s.len && s.data[at] == ' ') at++;
  while (at < s.len && !(s.data[at] == ' ' && --words <= 0)) at++;
  return at;
}

/* An expression of `list` in [start, end) that is not part of one of `excepted` ("not only", "than expected"); *at is its end. */
static bool said_in(const Work *w, PropterRegex *const *list, size_t count, PropterRegex *const *excepted, size_t excepted_count, size_t start, size_t end,
                    size_t *at) {
  PropterStr text = {w->s.data + start, end > start ? end - start : 0};
  PropterSpan m, except;
  for (size_t from = 0; rules_first(w->r, list, count, text, from, &m); from = m.end) {
    bool is_part = false;
    for (size_t e = 0; rules_first(w->r, excepted, excepted_count, w->s, e, &except); e = except.end > e ? except.end : e + 1)
      is_part |= inside((PropterSpan){m.start + start, m.end + start}, except);
    if (!is_part) {
      *at = m.end + start;
      return true;
    }
    if (m.end <= from) break;
  }
  return false;
}

static bool negation_in(const Work *w, size_t start, size_t end, size_t *at) {
  const PropterRules *r = w->r;
  return said_in(w, r->negation.items, r->negation.count, r->negation_except.items, r->negation_except.count, start, end, at);
}

static double hedge_in(const Work *w, size_t start, size_t end, double sure) {
  const PropterRules *r = w->r;
  size_t at;
  for (size_t i = 0; i < r->hedges.count; i++)
    if (said_in(w, &r->hedges.items[i].regex, 1, r->hedge_except.items, r->hedge_except.count, start, end, &at)) sure *= 1 - r->hedges.items[i].weight;
  return sure;
}

/* The first or the last word of a list that is no part of an amount ("by more than half"). */
static bool change_in(const Work *w, PropterRegex *const *list, size_t count, PropterStr text, bool last, PropterSpan *out) {
  PropterSpan m, amount;
  bool any = false;
  for (size_t from = 0; (last || !any) && from <= text.len && rules_first(w->r, list, count, text, from, &m); from = m.end > from ? m.end : from + 1) {
    bool part = false;
    for (size_t a = 0; !part && a < m.end && rules_first(w->r, w->r->amount.items, w->r->amount.count, text, a, &amount);
         a = amount.end > a ? amount.end : a + 1)
      part = inside(m, amount);
    if (!part) *out = m, any = true;
  }
  return any;
}

/* Direction of the change that is said of the effect: the word next to the connective counts. */
static int direction(const Work *w, PropterSpan effect, bool lead, size_t *at) {
  PropterSpan up, down;
  PropterStr text = slice(w->s, effect);
  bool u = change_in(w, w->r->up.items, w->r->up.count, text, lead, &up), d = change_in(w, w->r->down.items, w->r->down.count, text, lead, &down);
  if (u && d) {
    if (lead ? up.start > down.start : up.start < down.start) d = false;
    else u = false;
  }
  *at = effect.start + (u ? up.start : d ? down.start : 0);
  if (!u && !d) return 0;
  const PropterRules *r = w->r;
  size_t from = words_back(w->s, effect.start, *at, 2), end;
  bool turned = said_in(w, r->reverse.items, r->reverse.count, r->negation_except.items, r->negation_except.count, from, *at, &end);
  return u != turned ? 1 : -1;
}

static int direction_of(const Work *w, PropterStr text) {
  PropterSpan up = {0, 0}, down = {0, 0};
  bool u = change_in(w, w->r->up.items, w->r->up.count, text, true, &up), d = change_in(w, w->r->down.items, w->r->down.count, text, true, &down);
  return u && (!d || up.start > down.start) ? 1 : d ? -1 : 0;
}

/* "Cost us and orders fell": what moved has a verb of its own, which turns nothing. */
static bool own_clause(const Work *w, PropterSpan effect, size_t moved) {
  if (!w->tagged || moved <= effect.start) return false;
  size_t end = words_on(w->s, moved, 1);
  PropterStr before = judge_coded(w->tagged, (PropterSpan){effect.start, moved}), verb = judge_coded(w->tagged, (PropterSpan){moved, end});
  bool subject =
      propter_str_ends(before, PROPTER_STR("/NOUN ")) || propter_str_ends(before, PROPTER_STR("/PRON ")) || propter_str_ends(before, PROPTER_STR("/PROPN "));
  return subject && rules_any(w->r, w->r->tagged_moves.items, w->r->tagged_moves.count, verb);
}

/* A conjunction or an adverb: a denial behind it is the effect's own ("so there is no need"). */
static bool joins(const Work *w, PropterSpan core) {
  size_t end = w->tagged ? judge_token(w->tagged, core.end) : 0;
  while (end && w->tagged->tokens[end - 1].tag == UPOS_PUNCT) end--;
  if (!end) return false;
  Upos last = (Upos)w->tagged->tokens[end - 1].tag;
  return last == UPOS_ADV || last == UPOS_CCONJ || last == UPOS_SCONJ;
}

/* A sentence with an address. */
static bool is_reference(const Work *w) { return propter_str_find(w->s, PROPTER_STR("://")) != SIZE_MAX; }

static void flags(const Work *w, const Candidate *c, PropterReading *out) {
  bool effect_leads = c->pattern->lead == PART_EFFECT, effect_trails = c->pattern->trail == PART_EFFECT;
  size_t near = words_back(w->s, c->lead, c->core.start, NEAR_WORDS), at = 0, moved = 0;
  size_t beyond = effect_trails && !joins(w, c->core) ? words_on(w->s, c->core.end, 1) : c->core.end;
  int word = empty(c->effect) ? 0 : direction(w, c->effect, effect_leads, &moved);
  /* ", causing": a denial before the comma belongs to what came before. */
  if (w->s.data[c->core.start] == ',') near = c->core.start;
  bool negated = negation_in(w, near, beyond, &at);
  /* "while not down, it caused", "failed, which caused": the denial ends at the comma, unless two commas enclose a word ("did not, however, cause"). */
  size_t commas = 0;
  for (size_t i = at; negated && i <= c->core.start && i < w->s.len; i++) commas += w->s.data[i] == ',';
  if (commas == 1 && at <= c->core.start) negated = false;
  /* "was not noticed because of it" says why; "is not so because of it", "did not fall because of it", "saw no changes because of it" deny. */
  if (negated && effect_leads && !word && at + 4 < c->core.start && (at > c->effect.end || has_verb(w, (PropterSpan){at, c->effect.end}))) negated = false;
  /* "did not grow because of it" says what came of it; "did not fall because of it" denies it. */
  bool turned = negated && effect_leads && word > 0 && at <= moved + 1 && at <= c->core.start;
  if (turned) negated = false, word = -1;
  PropterStr head = {w->s.data, c->core.end};
  if (rules_any(w->r, w->r->negation_before.items, w->r->negation_before.count, head)) negated = true;
  /* "steigerte den Umsatz nicht" */
  PropterStr tail = {w->s.data + c->core.end, w->s.len - c->core.end};
  if (effect_trails && rules_any(w->r, w->r->negation_after.items, w->r->negation_after.count, tail)) negated = true;
  out->negated = negated != c->rule->negated ? true : c->rule->negated && negated;
  out->polarity = word && (!c->rule->polarity || own_clause(w, c->effect, moved)) ? word : c->rule->polarity * (word ? word : 1);
  /* "It accounts for most of that": which way that went was said before. */
  if (!out->polarity && !c->rule->polarity && !c->part && !empty(c->effect) &&
      (rules_any(w->r, w->r->pronoun.items, w->r->pronoun.count, slice(w->s, c->effect)) ||
       rules_any(w->r, w->r->definite.items, w->r->definite.count, slice(w->s, c->effect)) ||
       rules_any(w->r, w->r->partial.items, w->r->partial.count, slice(w->s, c->effect)) || c->effect.end - c->effect.start < 12)) {
    PropterSpan said = {0, c->lead};
    if (c->lead > 20) out->polarity = direction(w, said, true, &moved);
    else if (!empty(w->scene->previous)) out->polarity = direction_of(w, slice(w->scene->text, w->scene->previous));
  }
  if (c->rule->flip) out->polarity = -(word ? word : 1) * 1;
  out->enabling = c->rule->enabling && word >= 0;
  out->counterfactual = c->rule->counterfactual;
  double sure = 1 - c->rule->hedge;
  sure = hedge_in(w, 0, c->lead, sure);
  sure = hedge_in(w, near > c->lead ? near : c->lead, words_on(w->s, c->core.end, 2), sure);
  out->hedge = 1 - sure;
  bool question = w->s.len && memchr(w->s.data + (w->s.len > 3 ? w->s.len - 3 : 0), '?', w->s.len > 3 ? 3 : w->s.len);
  PropterStr next = slice(w->scene->text, w->scene->next);
  if (question && next.len && rules_any(w->r, w->r->answer_no.items, w->r->answer_no.count, next)) out->negated = true, question = false, out->answered = true;
  else if (question && next.len && rules_any(w->r, w->r->answer_yes.items, w->r->answer_yes.count, next)) question = false, out->answered = true;
  if (question && out->hedge < .9) out->hedge = .9;
  /* A reference: what a title in it says, the document does not. */
  bool reference = is_reference(w);
  out->confidence = c->rule->precision * w->scene->factor * (question ? .3 : reference ? .7 : 1);
  PropterSpan condition;
  bool conditional = rules_first(w->r, w->r->condition.items, w->r->condition.count, w->s, 0, &condition);
  /* "If rain caused the leak, …" supposes it. */
  if (conditional && inside(c->core, condition) && condition.start < c->core.start && out->hedge < .5) out->hedge = .5;
  if (conditional && c->core.start <= condition.start && overlap(condition, c->core)) {
    /* The connective is the if: "Only if prices fall will sales rise". */
    if (c->cause.end > condition.start && c->cause.end <= condition.end) out->condition = (PropterSpan){condition.start, c->cause.end};
  } else if (conditional && !overlap(condition, c->core)) {
    size_t end = condition.end < c->core.start || condition.start > c->core.end ? condition.end : c->core.start;
    while (end > condition.start && w->s.data[end - 1] == ' ') end--;
    out->condition = (PropterSpan){condition.start, end};
  }
}

/* Two dates of one argument are a list ("in September and October") or the nearer one to the connective counts. */
static void join(const Work *w, PropterPeriod *p, size_t *at, const When *when, size_t core) {
  size_t far = *at > core ? *at - core : core - *at, near = when->start > core ? when->start - core : core - when->start;
  PropterStr gap = {w->s.data + *at, when->start > *at ? when->start - *at : 0};
  gap = propter_str_trim(gap);
  bool list = p->first != PROPTER_NO_DAY && rules_any(w->r, w->r->list_gap.items, w->r->list_gap.count, gap);
  if (list) {
    p->first = when->first < p->first ? when->first : p->first;
    p->last = when->last > p->last ? when->last : p->last;
  } else if (p->first == PROPTER_NO_DAY || near < far) {
    *p = (PropterPeriod){when->first, when->last};
  } else {
    return;
  }
  *at = when->end;
}

static void dates(const Work *w, const Candidate *c, PropterReading *out) {
  PropterPeriod none = {PROPTER_NO_DAY, PROPTER_NO_DAY}, loose = none;
  size_t cause_at = 0, effect_at = 0, loose_at = 0;
  out->when_cause = out->when_effect = none;
  for (size_t i = 0; i < w->whens.count; i++) {
    const When *when = &w->whens.items[i];
    PropterSpan span = {when->start, when->end};
    if (overlap(span, c->cause)) join(w, &out->when_cause, &cause_at, when, c->core.start);
    else if (overlap(span, c->effect)) join(w, &out->when_effect, &effect_at, when, c->core.start);
    else join(w, &loose, &loose_at, when, c->core.start);
  }
  out->when_effect_said = true;
  if (out->when_effect.first == PROPTER_NO_DAY) out->when_effect = loose;
  if (out->when_cause.first == PROPTER_NO_DAY && loose.first != PROPTER_NO_DAY) out->when_cause = loose;
  /* What is to come has no period that was over when it was written. */
  bool past = w->scene->heading.last < w->scene->published && rules_any(w->r, w->r->future.items, w->r->future.count, w->s);
  if (!out->generic && !past && out->when_effect.first == PROPTER_NO_DAY && out->when_cause.first == PROPTER_NO_DAY &&
      w->scene->heading.first != PROPTER_NO_DAY) {
    out->when_effect = w->scene->heading;
    out->when_effect_said = false;
    out->when_from = w->scene->heading_from;
  }
}

void sentence_dates_clear(SentenceDates *d) {
  propter_vec_clear(&d->cut.tokens);
  propter_vec_clear(&d->whens);
}

PropterStatus find_dates(const PropterRules *r, const Scene *scene, PropterError *err) {
  SentenceDates *d = scene->dates;
  if (!d || d->known) return PROPTER_OK;
  d->whens.count = 0;
  const PropterStr said = slice(scene->text, scene->sentence);
  d->forward = rules_any(r, r->future.items, r->future.count, said) || rules_any(r, r->scheduled.items, r->scheduled.count, said);
  when_duration(&d->cut, &d->lasted);
  WhenContext context = {r->calendar, scene->published, scene->year, d->forward, scene->order, scene->month, scene->month_year};
  d->known = when_dates(&d->cut, &context, &d->whens);
  return d->known ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "no memory for dates");
}

static PropterStatus dates_of(Work *w, PropterError *err) {
  const SentenceDates *d = w->scene->dates;
  PROPTER_TRY(find_dates(w->r, w->scene, err));
  if (d) w->whens = d->whens, w->lasted = d->lasted;
  return PROPTER_OK;
}

/* "Last week the strike", "in May the recall": the date is the sentence's; "the August strike" is a name. */
static void cut_date(const Work *w, PropterSpan *a) {
  const PropterRules *r = w->r;
  for (size_t i = 0; i < w->whens.count && !empty(*a); i++) {
    const When *when = &w->whens.items[i];
    if (when->start < a->start || when->start - a->start > NEAR_BYTES || when->end >= a->end) continue;
    PropterStr lead = slice(w->s, (PropterSpan){a->start, when->start}), next = slice(w->s, (PropterSpan){when->end, a->end});
    if (next.data[0] != ' ' && next.data[0] != ',') continue; /* "last week's strike" */
    bool led = rules_any(r, r->date_lead.items, r->date_lead.count, lead), front = rules_any(r, r->date_front.items, r->date_front.count, lead);
    if (!led && !(front && (when->relative || rules_any(r, r->date_next.items, r->date_next.count, next)))) continue;
    PropterSpan rest = strip(r, w->s, (PropterSpan){when->end, a->end});
    if (rest.end > rest.start + 2) *a = rest;
  }
}

/* "The strike for three weeks": how long the cause lasted is no part of what it is called. */
static void cut_lasted(const Work *w, Candidate *c) {
  PropterSpan lasted = {w->lasted.start, w->lasted.end};
  if (!lasted.end || empty(c->cause) || !inside(lasted, c->cause)) return;
  c->lasted = true;
  PropterSpan rest = strip(w->r, w->s, (PropterSpan){c->cause.start, lasted.start});
  size_t next = w->tagged ? judge_token(w->tagged, lasted.start) : 0;
  bool verb = next && (w->tagged->tokens[next - 1].tag == UPOS_VERB || w->tagged->tokens[next - 1].tag == UPOS_AUX); /* "the strike lasted for three weeks" */
  if (!verb && lasted.end == c->cause.end && rest.end > rest.start + 2) c->cause = rest;
}

/* "The new price took effect on 2 September": a day is no effect. */
static void drop_dates(Work *w) {
  size_t n = 0;
  for (size_t i = 0; i < w->count; i++) {
    bool dated = false;
    for (size_t k = 0; k < w->whens.count; k++) {
      PropterSpan when = {w->whens.items[k].start, w->whens.items[k].end};
      dated |= (!empty(w->found[i].cause) && inside(w->found[i].cause, when)) || (!empty(w->found[i].effect) && inside(w->found[i].effect, when));
    }
    if (!dated) w->found[n++] = w->found[i];
  }
  w->count = n;
}

static PropterSpan previous_argument(const Work *w, const Candidate *c) {
  PropterSpan p = w->scene->previous;
  /* "The dam broke; as a result, …": what stands before in the same sentence. */
  if (c->core.start >= FRONT_BYTES) p = (PropterSpan){w->scene->sentence.start, w->scene->sentence.start + c->core.start};
  while (p.end > p.start && strchr(".!?;:,\"' ", w->scene->text.data[p.end - 1])) p.end--;
  return p;
}

/* Without a date at its edge: "the May 2024 storm" is a storm. */
static PropterSpan undated(const Work *w, PropterSpan a) {
  for (size_t i = 0; i < w->whens.count; i++) {
    const When *when = &w->whens.items[i];
    PropterSpan rest = when->start <= a.start && when->end > a.start ? (PropterSpan){when->end, a.end}
                       : when->end >= a.end && when->start < a.end   ? (PropterSpan){a.start, when->start}
                                                                     : a;
    rest = strip(w->r, w->s, rest);
    if (!equal(rest, a) && rest.end > rest.start + 2 && letter(w->s.data[rest.start])) a = rest;
  }
  return a;
}

/* What of an argument could be a concept's label. */
static PropterSpan phrase_of(const Work *w, PropterSpan a) {
  PropterSpan m;
  PropterRegex *const *phrases = w->r->tagged_phrase.items;
  if (!w->tagged || empty(a) || !rules_first(w->r, phrases, w->r->tagged_phrase.count, judge_coded(w->tagged, a), 0, &m)) return (PropterSpan){0, 0};
  return absolute(w, undated(w, strip(w->r, w->s, (PropterSpan){judge_decoded(w->tagged, a, m.start), judge_decoded(w->tagged, a, m.end)})));
}

/* "The price rise cut sales" names what was said before; "this move" does not. */
static PropterSpan phrase_before(const Work *w, PropterSpan core) {
  PropterSpan subject = subject_of(w, core), phrase = phrase_of(w, subject);
  if (empty(phrase)) phrase = absolute(w, strip(w->r, w->s, subject)); /* a noun was taken for a verb */
  PropterStr words = slice(w->scene->text, phrase);
  return words.len && memchr(words.data, ' ', words.len) ? phrase : (PropterSpan){0, 0};
}

/* Who says so; their name and the verb of saying are cut off the arguments. */
static PropterSpan speaker(const Work *w, Candidate *c) {
  for (size_t i = 0; i < w->r->attribution.count; i++) {
    PropterRegex *regex = w->r->attribution.items[i];
    bool found = false;
    PropterSpan m, who;
    if (propter_regex_match(regex, w->r->matcher, w->s, 0, &found, NULL) != PROPTER_OK || !found || !propter_matcher_span(w->r->matcher, 0, &m.start, &m.end) ||
        !propter_matcher_span(w->r->matcher, propter_regex_group(regex, "who"), &who.start, &who.end))
      continue;
    if (overlap(m, c->core) || rules_any(w->r, w->r->pronoun.items, w->r->pronoun.count, slice(w->s, who))) continue;
    PropterSpan *arguments[] = {&c->cause, &c->effect};
    for (int k = 0; k < 2; k++) {
      PropterSpan *a = arguments[k], rest = *a;
      if (a->start < m.end && m.end < a->end) rest.start = m.end;
      else if (a->start < m.start && m.start < a->end) rest.end = m.start;
      rest = strip(w->r, w->s, rest);
      if (rest.end > rest.start + 2) *a = rest;
    }
    if (m.end <= c->core.start && m.end > c->lead) c->lead = m.end;
    return who;
  }
  return (PropterSpan){0, 0};
}

/* The first number of a place: of things, or with a unit. */
static void quantity(const Work *w, PropterSpan place, PropterReading *out) {
  PropterStr text = slice(w->s, place);
  PropterSpan words = {0, 0};
  Measure m = {0};
  double value = 0;
  bool counted = amount_in(w, text, &value, &words), measured = measure_find(w->r, text, &m);
  if (measured && (!counted || m.words.start <= words.start)) {
    value = m.value, words = m.words;
    out->unit = m.unit->code;
    if (m.per) out->unit_per = m.per->code;
  } else if (!counted) {
    return;
  }
  out->quantity = value;
  out->quantity_words = absolute(w, (PropterSpan){words.start + place.start, words.end + place.start});
}

/* "Halved the takings": the word is its own number. */
static void quantity_alone(const Work *w, PropterSpan place, PropterReading *out) {
  Measure m;
  if (!measure_alone(w->r, slice(w->s, place), &m)) return;
  out->quantity = m.value, out->unit = m.unit->code;
  out->quantity_words = absolute(w, (PropterSpan){m.words.start + place.start, m.words.end + place.start});
}

/* "In the north, but not in the south": what stands so in an argument or right behind it. */
static PropterSpan exception(const Work *w, const Candidate *c) {
  const PropterSpan arguments[] = {c->effect, c->cause};
  PropterSpan m;
  for (size_t from = 0; rules_first(w->r, w->r->exception.items, w->r->exception.count, slice(w->s, (PropterSpan){0, w->s.len}), from, &m); from = m.end) {
    for (int i = 0; i < 2; i++) {
      PropterSpan a = arguments[i];
      if (empty(a) || m.start <= a.start || m.start > a.end + 1) continue;
      if (m.start < a.end && m.end > a.end) m.end = a.end;
      while (m.start < m.end && (w->s.data[m.start] == ',' || w->s.data[m.start] == ' ')) m.start++;
      while (m.end > m.start && w->s.data[m.end - 1] == ' ') m.end--;
      return m;
    }
  }
  return (PropterSpan){0, 0};
}

/* All that the sentence says of a claim with these arguments, but how sure the model of claims is. */
static void fill(const Work *w, const Candidate *c, PropterReading *reading) {
  PropterSpan words;
  double any;
  reading->generic = !w->whens.count && c->rule->previous == PART_NONE && !c->rule->flip && !rules_any(w->r, w->r->past.items, w->r->past.count, w->s) &&
                     !rules_any(w->r, w->r->front_definite.items, w->r->front_definite.count, slice(w->s, c->cause));
  if (reading->generic && amount_in(w, w->s, &any, &words)) reading->generic = false;
  flags(w, c, reading);
  dates(w, c, reading);
  if (w->lasted.end) memcpy(c->lasted ? reading->cause_duration : reading->duration, w->lasted.duration, sizeof reading->duration);
  reading->exception = absolute(w, exception(w, c));
  /* The number next to the effect, then the one next to the cause, then any. */
  PropterSpan places[3] = {c->effect, c->cause, {0, w->s.len}};
  for (int i = 0; i < 3 && reading->quantity == 0; i++)
    if (!empty(places[i])) quantity(w, places[i], reading);
  const PropterSpan words_of_change[2] = {c->effect, c->core};
  for (int i = 0; i < 2 && reading->quantity == 0; i++)
    if (!empty(words_of_change[i])) quantity_alone(w, words_of_change[i], reading);
  reading->sentence = reading->quote = w->scene->sentence;
  if (c->rule->previous && c->core.start < FRONT_BYTES) reading->quote.start = w->scene->previous.start;
  if (reading->answered) reading->quote.end = w->scene->next.end;
  reading->trigger = absolute(w, c->core);
  reading->cause = c->rule->previous == PART_CAUSE ? previous_argument(w, c) : absolute(w, c->cause);
  reading->effect = c->rule->previous == PART_EFFECT ? previous_argument(w, c) : absolute(w, c->effect);
  reading->cause_phrase = c->rule->previous == PART_CAUSE ? phrase_before(w, c->core) : phrase_of(w, c->cause);
  reading->effect_phrase = phrase_of(w, c->effect);
  reading->condition = absolute(w, reading->condition);
}

/* One argument's parts; an argument that is no list is its only part. */
static size_t parts_of(const Work *w, const Candidate *c, Part side, ListPart parts[LIST_PARTS]) {
  PropterSpan argument = side == PART_CAUSE ? c->cause : c->effect;
  size_t n = 0;
  if (w->tagged && (!w->r->ungraded || w->r->parted) && c->rule->previous != side && !empty(argument))
    n = list_parts(w->r, w->tagged, argument, c->pattern->trail == side, parts);
  if (!n) parts[n++] = (ListPart){argument, LIST_SAME};
  return n;
}

static bool denied(bool whole, ListStance a) { return a == LIST_DENIED || (whole && a != LIST_AFFIRMED); }

/* What the model of claims makes of a claim, or its rule's precision where none grades. */
static double sure_of(const Work *w, const PropterReading *r) {
  return w->r->ungraded || !w->tagged ? r->prior : judge_claim(w->r->judge, w->tagged, w->scene->sentence.start, r, w->count);
}

/* A claim for each part of each argument; each is weighed by its own words. */
static PropterStatus emit(Work *w, Candidate *c, PropterReadings *out, PropterError *err) {
  PropterReading reading = {.rule = c->rule->name, .prior = c->rule->precision};
  ListPart causes[LIST_PARTS], effects[LIST_PARTS];
  reading.speaker = absolute(w, speaker(w, c));
  fill(w, c, &reading);
  if (sure_of(w, &reading) < REFUSED) return PROPTER_OK;
  size_t cause_count = parts_of(w, c, PART_CAUSE, causes), effect_count = parts_of(w, c, PART_EFFECT, effects);
  for (size_t i = 0; i < cause_count; i++)
    for (size_t k = 0; k < effect_count; k++) {
      Candidate part = *c;
      PropterReading r = reading;
      part.cause = causes[i].words, part.effect = effects[k].words, part.part = effect_count > 1;
      if (!equal(part.cause, c->cause) || !equal(part.effect, c->effect)) {
        r = (PropterReading){.rule = reading.rule, .prior = reading.prior, .speaker = reading.speaker};
        fill(w, &part, &r);
      }
      /* "Lower sales and profits": the word stands for both. */
      bool bare = effect_count > 1 && !memchr(w->s.data + part.effect.start, ' ', part.effect.end - part.effect.start);
      if (bare && !r.polarity) r.polarity = reading.polarity, r.enabling = reading.enabling;
      r.negated = denied(denied(reading.negated, causes[i].stance), effects[k].stance);
      r.confidence *= sure_of(w, &r) / r.prior;
      if (!w->r->ungraded && w->tagged && w->r->weigh)
        PROPTER_TRY(judge_claim_weigh(w->r->judge, w->tagged, w->scene->sentence.start, &r, w->count, w->r->weigh, w->r->weigh_payload, err));
      if (!propter_vec_push(&out->claims, r)) return propter_fail(err, PROPTER_NO_MEMORY, "no memory for claims");
    }
  return PROPTER_OK;
}

/* Marks the rules of which a trigger begins a word of the sentence; eight bytes more can be read behind `low`. */
static void find_triggered(const PropterRules *r, PropterStr low, bool *rules) {
  for (size_t i = 0; i + 1 < low.len; i++) {
    if (low.data[i] < 'a' || low.data[i] > 'z' || (i > 0 && letter(low.data[i - 1]))) continue;
    size_t b = rules_bucket(low.data + i, low.len - i);
    uint64_t here = rules_eight(low.data + i);
    for (size_t t = r->bucket[b]; t < r->bucket[b + 1]; t++) {
      const Trigger *trigger = &r->triggers.items[t];
      PropterStr word = trigger->word;
      if ((here & trigger->mask) != trigger->key || rules[trigger->rule] || word.len > low.len - i) continue;
      if (trigger->whole && i + word.len < low.len && letter(low.data[i + word.len])) continue;
      if (word.len <= 8 || memcmp(word.data, low.data + i, word.len) == 0) rules[trigger->rule] = true;
    }
  }
}

PropterStatus find_claims(PropterRules *rules, const Scene *scene, const char *only_rule, PropterReadings *out, PropterError *err) {
  Work w = {.r = rules, .scene = scene, .s = slice(scene->text, scene->sentence)};
  char low[16384];
  if (w.s.len < 4 || w.s.len + 8 >= sizeof low) return PROPTER_OK;
  memset(low + w.s.len, 0, 8);
  for (size_t i = 0; i < w.s.len; i++) low[i] = (char)(w.s.data[i] >= 'A' && w.s.data[i] <= 'Z' ? w.s.data[i] | 0x20 : w.s.data[i]);
  bool triggered[READ_RULES] = {false};
  find_triggered(rules, (PropterStr){low, w.s.len}, triggered);
  for (size_t i = 0; i < rules->rules.count; i++) {
    Rule *rule = &rules->rules.items[i];
    if (rule->limits >= RULE_QUARANTINE || (only_rule && strcmp(only_rule, rule->name) != 0) || !triggered[i]) continue;
    try_rule(&w, rule);
  }
  if (!w.count) return PROPTER_OK;
  PROPTER_TRY(tag_sentence(&w, err));
  refine(&w);
  if (!w.count) return PROPTER_OK;
  settle(&w);
  share_effects(&w);
  share_causes(&w);
  PropterStatus status = dates_of(&w, err);
  for (size_t i = 0; i < w.count; i++) cut_date(&w, &w.found[i].cause), cut_date(&w, &w.found[i].effect), cut_lasted(&w, &w.found[i]);
  drop_dates(&w);
  for (size_t i = 0; i < w.count && status == PROPTER_OK; i++) status = emit(&w, &w.found[i], out, err);
  return status;
}

/* --- happenings ------------------------------------------------------------------------------------------------------------ */

static bool between(const Work *w, PropterRegex *const *list, size_t count, size_t from, size_t to) {
  return rules_any(w->r, list, count, (PropterStr){w->s.data + from, to - from});
}

/* Where the places end that are named from `at` on: "for tents in the North"; `at`: none. */
static size_t places_end(const Work *w, const PropterNames *names, const PropterNameMatches *found, size_t at) {
  for (size_t i = 0; i < found->count; i++) {
    PropterSpan m = found->items[i].words;
    if (m.start < at || !(propter_names_get((PropterNames *)names, found->items[i].index)->roles & (PROPTER_ROLE_SCOPE | PROPTER_ROLE_METRIC))) continue;
    if (m.start - at > NEAR_BYTES || !between(w, w->r->place.items, w->r->place.count, at, m.start)) break;
    at = m.end;
  }
  return at;
}

/* "the strike of 7 August", "a sale for tents from 3 to 9 May", "on 5 May a storm", "the August strike": else the date belongs to something else. */
static bool dates_it(const Work *w, PropterSpan words, size_t place_end, const When *when) {
  if (when->start >= place_end) return when->start - place_end <= NEAR_BYTES && between(w, w->r->gap.items, w->r->gap.count, place_end, when->start);
  if (when->end > words.start) return when->start < words.end; /* "the October shutdown" is its label */
  if (when->grain == WHEN_SEASON && !when->year_given && words.start - when->end <= 1) return false; /* "the summer holidays" */
  size_t d = words.start - when->end;
  return d <= 3 || (d <= NEAR_BYTES && between(w, w->r->lead.items, w->r->lead.count, when->end, words.start));
}

/* "Expired on 3 May and was renewed on 6 May", "and stayed out until the 22nd": what stands behind the date says on which day it was over. */
static void ends_behind(const Work *w, const When *when, PropterHappening *h) {
  const PropterRules *r = w->r;
  for (size_t i = 0; i < w->whens.count && !h->ends; i++) {
    const When *end = &w->whens.items[i];
    if (end->start < when->end || end->first <= h->when.first || end->first != end->last) continue;
    if (between(w, r->lasted_until.items, r->lasted_until.count, when->end, end->start)) h->when.last = end->last, h->ends = true;
    else if (between(w, r->over.items, r->over.count, when->end, end->start)) h->when.last = end->first - 1, h->ends = true;
  }
}

/* A day told with how long it lasted, or that it was that day's, has its end; what was opened or begun in a month goes on after it. */
static void ending(const Work *w, const When *when, PropterSpan words, PropterHappening *h) {
  const PropterRules *r = w->r;
  PropterSpan lasted = {w->lasted.start, w->lasted.end};
  bool near = overlap(lasted, words) || (lasted.start >= words.end && lasted.start - words.end <= NEAR_BYTES) ||
              (lasted.start >= when->end && lasted.start - when->end <= NEAR_BYTES);
  PropterSpan said = {words.start < when->start ? words.start : when->start, words.end > when->end ? words.end : when->end};
  h->ends = h->when.first != h->when.last;
  if (h->ends && when->grain > WHEN_DAY && rules_any(r, r->begins.items, r->begins.count, slice(w->s, said))) h->ends = false;
  else if (h->ends) return;
  else if (lasted.end && near) h->when.last = when_lasted(&w->lasted, h->when.first), h->ends = true;
  else if (!when->open && when->start > words.end && when->start - words.end <= NEAR_BYTES)
    h->ends = between(w, r->of_day.items, r->of_day.count, words.end, when->start) && !rules_any(r, r->lasting.items, r->lasting.count, slice(w->s, words));
  if (!h->ends && !when->open && when->grain == WHEN_DAY) h->ends = rules_any(r, r->one_day.items, r->one_day.count, w->s);
  if (!h->ends) ends_behind(w, when, h);
}

/* `beside`: the date must stand beside the words. `found`: the names in the sentence. */
static PropterStatus happening(const Work *w, const PropterNames *names, const PropterNameMatches *found, PropterSpan words, const char *label, int polarity,
                               bool beside, PropterReadings *out, PropterError *err) {
  const When *nearest = NULL;
  size_t distance = SIZE_MAX, place_end = places_end(w, names, found, words.end);
  for (size_t i = 0; i < w->whens.count; i++) {
    const When *when = &w->whens.items[i];
    size_t d = when->start >= words.end ? when->start - words.end : words.start >= when->end ? words.start - when->end : 0;
    if (d < distance && when->grain <= WHEN_SEASON && (!beside || dates_it(w, words, place_end, when))) nearest = when, distance = d;
  }
  if (!nearest) return PROPTER_OK;
  PropterHappening h = {.quote = w->scene->sentence, .words = absolute(w, words), .label = label, .polarity = polarity};
  h.when = (PropterPeriod){nearest->first, nearest->open ? nearest->first : nearest->last};
  ending(w, nearest, words, &h);
  if (nearest->start >= place_end) {
    size_t later = places_end(w, names, found, nearest->end);
    if (later > nearest->end) place_end = later;
  }
  if (place_end > words.end) h.place = absolute(w, (PropterSpan){words.end, place_end});
  h.hedge = 1 - hedge_in(w, 0, w->s.len, 1);
  h.confidence = .7 * w->scene->factor;
  PropterSpan amount;
  if (amount_in(w, w->s, &h.quantity, &amount)) h.quantity_words = absolute(w, amount);
  return propter_vec_push(&out->happenings, h) ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "no memory for happenings");
}

/* The sentence says why something happened rather than that. */
static bool is_claim(const Work *w, const PropterReadings *out) {
  for (size_t i = out->claims.count; i-- > 0 && out->claims.items[i].sentence.start == w->scene->sentence.start;)
    if (out->claims.items[i].confidence >= .5) return true;
  return false;
}

/* A word of four letters or more that both texts hold. */
static bool share_word(PropterStr a, PropterStr b) {
  for (size_t i = 0, end; i < a.len; i = end + 1) {
    for (end = i; end < a.len && !strchr(" .,;:()", a.data[end]);) end++;
    PropterStr word = {a.data + i, end - i};
    if (word.len >= 4 && propter_str_find(b, word) != SIZE_MAX) return true;
  }
  return false;
}

/* "On 15 September all worked again": that ends what was told last and had no end; in a log, the last that shares a word with it. */
static bool ends_last(const Work *w, PropterReadings *out) {
  const PropterRules *r = w->r;
  const When *when = clause_date(w->s, &w->whens);
  const bool record = !when && w->scene->record.first != PROPTER_NO_DAY;
  PropterDay day = record ? w->scene->record.first : when && when->first == when->last ? when->first : PROPTER_NO_DAY;
  if (day == PROPTER_NO_DAY || !out->happenings.count || !rules_any(r, r->over.items, r->over.count, w->s)) return false;
  PropterHappening *h = &out->happenings.items[out->happenings.count - 1];
  for (size_t i = out->happenings.count; record && i-- > 0;)
    if (!out->happenings.items[i].ends && share_word(w->s, slice(w->scene->text, out->happenings.items[i].quote))) {
      h = &out->happenings.items[i];
      break;
    }
  if (h->ends || day < h->when.first) return false;
  /* "Until the evening of 6 May": that day is lost, too. */
  const bool late = rules_any(r, r->late.items, r->late.count, (PropterStr){w->s.data, when ? when->start : w->s.len});
  h->when.last = day > h->when.first && !late ? day - 1 : day;
  return h->ends = true;
}

/* What is supposed or was called off did not happen. */
static bool may_tell(const Work *w) {
  const PropterRules *r = w->r;
  return r->tagged_happening.count && !rules_any(r, r->condition.items, r->condition.count, w->s) && !rules_any(r, r->off.items, r->off.count, w->s);
}

/* The date of the clause that a list finds within some of the sentence, at most so coarse; its words into h. */
static const When *clause_of(const Work *w, const Expressions *list, PropterSpan within, WhenGrain coarsest, PropterHappening *h) {
  PropterSpan words;
  if (!list->count || !clause_find(w->r, list, w->tagged, &w->whens, within, &words)) return NULL;
  const When *when = clause_when(&w->whens, words);
  if (!when || when->grain > coarsest) return NULL;
  h->words = words;
  return when;
}

/* "By the 9th", "until 9 May". */
static bool ends_on(const Work *w, const When *when) {
  return rules_any(w->r, w->r->until.items, w->r->until.count, (PropterStr){w->s.data, when->start});
}

/* What no list knows: the words around the first day that are any. Days on which something ended or was done by are none. */
static const When *around_date(const Work *w, PropterHappening *h) {
  const PropterRules *r = w->r;
  if (!r->tagged_happening_not.count || rules_any(r, r->future.items, r->future.count, w->s)) return NULL;
  for (size_t i = 0; i < w->whens.count; i++) {
    const When *when = &w->whens.items[i];
    if (when->grain > WHEN_DAY || ends_on(w, when) || !clause_around(r, w->tagged, when, &h->words, &h->name_gap)) continue;
    h->named = true;
    return when;
  }
  return NULL;
}

/* What some of the sentence tells of itself, by kinds of clauses. */
static const When *told_in(const Work *w, PropterSpan within, PropterHappening *h) {
  const PropterRules *r = w->r;
  const bool past = (rules_any(r, r->past.items, r->past.count, w->s) || rules_any(r, r->failed.items, r->failed.count, w->s)) &&
                    !rules_any(r, r->future.items, r->future.count, w->s);
  const When *when = NULL;
  if (past) when = clause_of(w, &r->tagged_happening, within, WHEN_MONTH, h);
  if (past && !when) when = clause_of(w, &r->tagged_happening_inside, within, WHEN_DAY, h);
  if (!when && (when = clause_of(w, &r->tagged_happening_present, within, WHEN_MONTH, h)))
    h->hedge = w->scene->published != PROPTER_NO_DAY && when->first > w->scene->published ? ANNOUNCED : 0;
  if (past && !when && (when = clause_of(w, &r->tagged_happening_named, within, WHEN_MONTH, h))) h->named = true;
  return when;
}

/* A claim says why something happened: of it what came over something on such days, or what a clause within its arguments tells. */
static const When *told_by_claim(const Work *w, const PropterReadings *out, PropterHappening *h) {
  const When *when = clause_of(w, &w->r->tagged_happening_struck, (PropterSpan){0, w->s.len}, WHEN_DAY, h);
  const size_t base = w->scene->sentence.start;
  for (size_t i = out->claims.count; i-- > 0 && out->claims.items[i].sentence.start == base;) {
    const PropterReading *c = &out->claims.items[i];
    PropterSpan arguments[] = {c->cause, c->effect};
    for (size_t k = 0; k < 2 && !when; k++) {
      PropterSpan a = arguments[k], other = arguments[1 - k];
      if (a.end <= a.start || a.start < base) continue;
      /* A date before the argument was cut off it. */
      PropterSpan within = {other.start < a.start ? a.start - base : 0, a.end - base};
      when = told_in(w, within, h);
      if (when && h->words.start + base < a.start) when = NULL;
      if (when && k == 1 && h->named) when = NULL, h->named = false;
    }
  }
  return when;
}

/* The clause whose date stands at its edge, in it or right behind it, into h; else a phrase with its days, else what stands around one. `when` is
 * NULL: there is none. */
static PropterStatus dated_clause(Work *w, const PropterReadings *out, bool claim, PropterHappening *h, const When **when, PropterError *err) {
  const PropterSpan all = {0, w->s.len};
  *when = NULL;
  PROPTER_TRY(tag_sentence(w, err));
  if (!w->tagged) return PROPTER_OK;
  *when = claim ? told_by_claim(w, out, h) : told_in(w, all, h);
  if (*when && !h->named) return PROPTER_OK;
  PropterHappening phrase = *h;
  const When *days = clause_of(w, &w->r->tagged_happening_phrase, all, WHEN_DAY, &phrase);
  if (days) *when = days, *h = phrase, h->named = false;
  else if (!*when && !claim) *when = around_date(w, h);
  return PROPTER_OK;
}

/* A label with its date may only be spoken of; a plain clause tells it. */
static PropterStatus tells(Work *w, PropterReadings *out, PropterHappening *h, PropterError *err) {
  PropterHappening clause = {0};
  const When *when = NULL;
  if (may_tell(w)) PROPTER_TRY(dated_clause(w, out, is_claim(w, out), &clause, &when, err));
  h->told = when != NULL && !clause.named;
  return PROPTER_OK;
}

/* What no expression knows may still have happened: not what only reports or measures, nor the line that dates the document. */
static bool may_be_loose(const Work *w, PropterSpan words, const When *when) {
  const Expressions *not = &w->r->tagged_happening_not;
  const bool own_date = when->relative || (when->first == w->scene->published && when->last == when->first);
  return not->count && when->grain <= WHEN_DAY && !is_reference(w) && !ends_on(w, when) && (!own_date || has_verb(w, words)) &&
         !rules_any(w->r, not->items, not->count, judge_coded(w->tagged, words));
}

/* No label, no other words for a kind. */
static PropterStatus plain_clause(Work *w, PropterReadings *out, PropterError *err) {
  const PropterRules *r = w->r;
  size_t at, end;
  const When *when;
  PropterHappening h = {.quote = w->scene->sentence, .clause = true, .told = true, .confidence = .7 * w->scene->factor};
  const bool claim = is_claim(w, out);
  if (!may_tell(w) || ((!claim || w->scene->record.first != PROPTER_NO_DAY) && ends_last(w, out))) return PROPTER_OK;
  PROPTER_TRY(dated_clause(w, out, claim, &h, &when, err));
  const PropterPeriod day = w->scene->record;
  const When entry = {.first = day.first, .last = day.last, .grain = WHEN_DAY};
  if (!when && day.first != PROPTER_NO_DAY && !w->whens.count && !claim && w->tagged &&
      clause_find(r, &r->tagged_happening_record, w->tagged, &w->whens, (PropterSpan){0, w->s.len}, &h.words))
    when = &entry;
  if (!when) return PROPTER_OK;
  /* What follows the clause neither denies nor hedges it; "could not log in" tells what failed. */
  end = when->end > h.words.end ? when->end : h.words.end;
  const bool failed = rules_any(r, r->failed.items, r->failed.count, slice(w->s, h.words));
  if (!failed && negation_in(w, 0, end, &at)) return PROPTER_OK;
  h.when = (PropterPeriod){when->first, when->open ? when->first : when->last};
  ending(w, when, h.words, &h);
  h.loose = h.named && !claim && !negation_in(w, 0, w->s.len, &at) && may_be_loose(w, h.words, when);
  const PropterSpan apart = h.name_gap;
  h.name = absolute(w, clause_name(r, w->tagged, &w->whens, h.words, &h.name_gap));
  if (!empty(apart)) h.name = absolute(w, h.words), h.name_gap = apart;
  h.name_gap = absolute(w, h.name_gap);
  h.subject = absolute(w, subject_of(w, h.words));
  h.place = h.words = absolute(w, h.words);
  if (!failed) h.hedge = 1 - hedge_in(w, 0, end, 1 - h.hedge);
  /* "The patch was installed on 3 May": the end of something is a cause where a claim gives it as one. */
  const PropterStr told = slice(w->s, (PropterSpan){h.words.start - w->scene->sentence.start, end});
  if (h.when.first == h.when.last && rules_any(r, r->over.items, r->over.count, told)) h.named = true, h.loose = false;
  return propter_vec_push(&out->happenings, h) ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "no memory for happenings");
}

/* One happening per sentence: paraphrases before labels, since they say what happened and labels may only refer to it; then plain clauses. */
PropterStatus find_happenings(PropterRules *rules, const PropterNames *names, const Scene *scene, PropterReadings *out, PropterError *err) {
  Work w = {.r = rules, .scene = scene, .s = slice(scene->text, scene->sentence)};
  if ((!scene->dates && scene->record.first == PROPTER_NO_DAY) || !w.s.len || w.s.data[w.s.len - 1] == '?') return PROPTER_OK;
  if (rules_any(rules, rules->order.items, rules->order.count, w.s)) return PROPTER_OK;
  PropterStatus status = dates_of(&w, err);
  size_t at;
  const bool dated = status == PROPTER_OK && w.whens.count;
  const bool rejected = dated && rules_any(rules, rules->negation_before.items, rules->negation_before.count, w.s);
  const bool denied = dated && negation_in(&w, 0, w.s.len, &at);
  PropterNameMatches matches = {0};
  const size_t before = out->happenings.count;
  if (names && dated && !denied && !rejected) status = propter_names_find(names, w.s, &matches, err);
  if (status == PROPTER_OK && !dated && scene->record.first != PROPTER_NO_DAY) status = plain_clause(&w, out, err);
  if (status != PROPTER_OK || !dated || rejected) goto done;
  for (size_t i = 0; !denied && i < rules->paraphrases.count; i++) {
    bool found = false;
    PropterSpan m;
    if (propter_regex_match(rules->paraphrases.items[i].regex, rules->matcher, w.s, 0, &found, NULL) != PROPTER_OK || !found) continue;
    if (!propter_matcher_span(rules->matcher, 0, &m.start, &m.end)) continue;
    size_t kind = 0;
    if (names && (status = link_label((PropterNames *)names, rules->paraphrases.items[i].label, PROPTER_ROLE_KIND, &kind, err)) != PROPTER_OK) goto done;
    if (kind == SIZE_MAX) continue; /* no kind of this graph: the sentence may tell of another */
    status = happening(&w, names, &matches, m, rules->paraphrases.items[i].label, rules->paraphrases.items[i].polarity, false, out, err);
    goto done;
  }
  for (size_t i = 0; i < matches.count && status == PROPTER_OK && out->happenings.count == before; i++) {
    const PropterNamed *n = propter_names_get((PropterNames *)names, matches.items[i].index);
    if (!(n->roles & (PROPTER_ROLE_KIND | PROPTER_ROLE_EVENT)) || n->roles & (PROPTER_ROLE_SCOPE | PROPTER_ROLE_METRIC)) continue;
    /* A label may only refer to what happened; with its date beside it, it says when. */
    status = happening(&w, names, &matches, matches.items[i].words, NULL, 0, true, out, err);
  }
  if (status == PROPTER_OK && out->happenings.count == before) status = plain_clause(&w, out, err);
done:
  if (status == PROPTER_OK && out->happenings.count > before) {
    PropterHappening *h = &out->happenings.items[before];
    if (!h->clause) status = tells(&w, out, h, err);
  }
  propter_vec_clear(&matches);
  return status;
}
