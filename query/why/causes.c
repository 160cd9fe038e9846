/* SPDX-License-Identifier: Apache-2.0 */
/* Causes that a question names: asked about, or, where a why is denied, conceded; and what is denied. */
#include "reading.h"

#define OWN_TIME "no other time was named: taken as that of the cause"

size_t why_first_of(const Words *words, WordKind kind, WordKind unless_before) {
  for (size_t i = 0; i < words->count; i++)
    if (words->word[i].kind == kind && !(unless_before && i + 1 < words->count && words->word[i + 1].kind == unless_before)) return i;
  return words->count;
}

/* "Even though the strike lasted a whole week, …": what else is said of the cause, up to a mark, says nothing of the question. */
static void concede(PropterLexicon *l, PropterLexicon *causes, Words *part) {
  size_t end = 1;
  while (end < part->count && !why_ends_clause(&part->word[end], ENDS_ANY)) {
    const Word *w = &part->word[end++];
    if (w->number || (w->kind != WORD_NONE && w->kind != WORD_STOP && !why_asks(w)) || (why_lexicon_spells(l, w) && !why_lexicon_spells(causes, w))) return;
  }
  for (size_t i = 1; i < end && end < part->count; i++)
    if (part->word[i].used == USED_NOT) part->word[i].used = USED_PERIOD;
}

/* The cause that stands behind "despite". */
static PropterStatus read_despite(PropterLexicon *l, Words *part, PropterStr text, PropterArena *arena, PropterQuestion *q, PropterGap *gap,
                                  PropterError *err) {
  PropterQuestion there = why_question_empty();
  PropterLexicon *causes = why_lexicon_causes(l);
  *gap = PROPTER_GAP_NO_CAUSE;
  if (causes) PROPTER_TRY(why_lexicon_find(causes, part, text, arena, &there, err));
  part->word[0].used = USED_PERIOD;
  if (causes && there.has_metric) {
    *gap = PROPTER_GAP_NONE, q->despite = there.metric_iri;
    why_lexicon_days(causes, there.metric, &q->from, &q->to);
    concede(l, causes, part);
  }
  if (causes && there.gap == PROPTER_GAP_MANY_METRICS) *gap = PROPTER_GAP_MANY_CAUSES;
  for (size_t i = 1; causes && i < part->count && *gap == PROPTER_GAP_NO_CAUSE; i++) { /* part of one's name: "despite Sandy" */
    WhyEvent event;
    PROPTER_TRY(why_lexicon_event(causes, part, i, &there, false, arena, &event, err));
    if (!event.end) continue;
    *gap = event.many ? PROPTER_GAP_MANY_CAUSES : PROPTER_GAP_NONE;
    if (!event.many) q->despite = event.iri, q->from = event.first, q->to = event.last;
    const int n = (int)(part->word[event.end - 1].end - part->word[i].begin);
    for (size_t k = i; k < event.end && !event.many; k++) part->word[k].used = USED_CAUSE;
    PROPTER_TRY(why_question_note(q, arena, err, "\"%.*s\" was read as %.*s", n, text.data + part->word[i].begin, (int)event.label.len, event.label.data));
  }
  q->nearest_count = there.nearest_count;
  for (size_t i = 0; i < there.nearest_count; i++) q->nearest[i] = there.nearest[i];
  return PROPTER_OK;
}

PropterStatus why_question_names_cause(PropterLexicon *lexicon, PropterStr text, bool *names, PropterError *err) {
  PropterArena arena = {0};
  Words words = {0};
  *names = false;
  if (text.len > PROPTER_QUESTION_BYTES || !propter_utf8_valid(text, NULL)) return PROPTER_OK;
  PropterStatus status = why_words_split(text, why_lexicon_stemmer(lexicon), PROPTER_QUESTION_WORDS, &arena, &words, err);
  if (status == PROPTER_OK) *names = why_first_of(&words, WORD_DESPITE, WORD_NONE) < words.count;
  propter_arena_clear(&arena);
  return status;
}

/* --- causes asked about -------------------------------------------------------------------------------------------------------- */

static bool has(const Words *words, WordKind kind) { return why_first_of(words, kind, WORD_NONE) < words->count; }

/* The "no" of "no-shows" denies nothing. */
static bool denies(const Words *words) {
  for (size_t i = 0; i < words->count; i++)
    if (words->word[i].kind == WORD_NOT && words->word[i].used == USED_NOT && !(i + 1 < words->count && why_tight(&words->word[i + 1]))) return true;
  return false;
}

static bool says(const Words *words, WordRole role) {
  for (size_t i = 0; i < words->count; i++)
    if (why_has(&words->word[i], role)) return true;
  return false;
}

/* Is the time that of an event: "during the strike"? */
static bool goes_on(const Words *words) {
  for (size_t i = 0; i < words->count; i++)
    if (words->word[i].during) return true;
  return false;
}

/* Does the metric stand in the rest of the clause? */
static bool metric_behind(const Words *words, size_t i) {
  for (; i < words->count && !why_ends_clause(&words->word[i], ENDS_BRACKET); i++)
    if (words->word[i].used == USED_METRIC) return true;
  return false;
}

/* Would one of these words be left over? */
static bool unread(const PropterLexicon *l, const PropterQuestion *q, const Words *words, size_t from, size_t end) {
  for (size_t i = from; i < end; i++) {
    const Word *w = &words->word[i];
    if (w->kind == WORD_NONE && !w->number && !(q->has_metric && why_lexicon_harmless(l, q->metric, w))) return true;
  }
  return false;
}

/* Is the cause named in a clause of its own: "my hunch is the strike, but …", "… when we opened the shop"? */
static bool own_clause(const Words *words, size_t from, size_t end) {
  const size_t first = from, behind = end;
  while (from > 0 && !why_ends_clause(&words->word[from], ENDS_BRACKET)) from--;
  while (end < words->count && !why_ends_clause(&words->word[end], ENDS_BRACKET)) end++;
  if (from == 0 && end == words->count) return false;
  for (size_t i = from; i < end; i++) {
    const Word *w = &words->word[i];
    if (i >= first && i < behind) continue;
    if (w->used != USED_NOT || w->number || (w->kind != WORD_NONE && w->kind != WORD_STOP && !why_asks(w))) return false;
  }
  return true;
}

/* Is it said to do something: "the strike would bring sales down", "the outage wiped out demand"? */
static bool acts(const Words *words, size_t end) {
  const size_t verb = end;
  while (end < words->count && why_has(&words->word[end], ROLE_MODAL)) end++;
  return end > verb || (end < words->count && why_moves(&words->word[end]) && !words->word[end].mark && metric_behind(words, end));
}

/* "Those affected by the strike", "why did orders hit by the strike fall": some of what is measured. "Were orders hit by the strike", "orders hit by the
 * strike" ask about it. */
static bool some_of_it(const Words *words, size_t at, size_t end) {
  bool moves = false;
  if (at < 3 || words->word[at - 1].kind != WORD_BY) return false;
  const size_t verb = at - 2, noun = verb - 1;
  const WordKind kind = words->word[verb].kind;
  const bool hit = kind == WORD_ASK || kind == WORD_DOWN || kind == WORD_UP; /* "logged by the app" says which */
  if (!hit && !propter_str_ends(words->word[verb].text, PROPTER_STR("ed"))) return false;
  for (size_t from = noun; from > 0 && !why_ends_clause(&words->word[from], ENDS_CLAUSE); from--)
    if (why_has(&words->word[from - 1], ROLE_LINK) || why_has(&words->word[from], ROLE_LINK)) return false; /* "were orders hit by …" */
  for (size_t i = end; i < words->count && !why_ends_clause(&words->word[i], ENDS_CLAUSE); i++) moves |= why_moves(&words->word[i]);
  const Word *w = &words->word[noun];
  if (w->used == USED_METRIC) return !hit || moves || (noun > 0 && why_has(&words->word[noun - 1], ROLE_ARTICLE));
  return w->used == USED_NOT && (w->kind == WORD_WHO || w->kind == WORD_NONE || why_has(w, ROLE_POINTS));
}

/* A cause of the graph that a question names is asked about, unless it stands there as something else: a time ("since the strike"), what is left out or
 * compared ("without the strike"), or a part of what is measured ("sales of the launch"). */
static bool suspected(const PropterLexicon *l, const Words *words, size_t from, const WhyEvent *event) {
  size_t at = from, end = event->end;
  if (own_clause(words, from, end) || acts(words, end)) return true;
  while (end < words->count && words->word[end].kind == WORD_STOP) end++;
  if (end < words->count && words->word[end].kind == WORD_ASK) return true; /* "the strike the reason" */
  while (at > 0 && !words->word[at].mark && (why_has(&words->word[at - 1], ROLE_ARTICLE) || why_has(&words->word[at - 1], ROLE_ONE_OF))) at--;
  if (at == 0 || why_ends_clause(&words->word[at], ENDS_BRACKET)) return true;
  const Word *last = &words->word[at - 1], *before = at > 1 ? last - 1 : NULL;
  if (some_of_it(words, at, event->end)) return false;
  if (last->kind == WORD_LIMIT || last->kind == WORD_COMPARE || last->kind == WORD_DESPITE || why_has(last, ROLE_WHILE) || last->used == USED_METRIC ||
      last->used == USED_SLICE)
    return false;
  if (why_has(last, ROLE_WHEN) || (!event->whole && at == from && last->kind == WORD_NONE && last->used == USED_NOT))
    return false; /* "hours worked" of "shorter hours worked" */
  const bool ties = last->kind == WORD_STOP || last->kind == WORD_FILLER || last->kind == WORD_BY;
  const bool named = before && (before->used == USED_METRIC || before->used == USED_SLICE || (before->kind == WORD_NONE && why_lexicon_spells(l, before)));
  if (why_has(last, ROLE_FROM) && has(words, WORD_NOT)) return true; /* "no dip in calls from the outage" */
  if (ties && named && !last->mark) return false;                    /* "calls about the outage" */
  return !why_has(last, ROLE_OF) || !before || before->kind == WORD_ASK || why_idles(before);
}

/* "The moratorium of 2010": the time right behind the cause is not the question's but that of the cause. */
static bool dates(const Words *words, const PropterQuestion *q, size_t end) {
  if (end + 1 >= words->count || !why_has(&words->word[end], ROLE_GENITIVE)) return false;
  return words->word[end + 1].used == USED_PERIOD && q->text.data + words->word[end + 1].begin == q->period_words.data;
}

/* The cause that free words name: the one asked about, or, where a why is denied, the one that should have shown. Before the metric is looked for only a whole
 * name of several words counts. Without any other time its own is meant. */
static PropterStatus read_cause(const PropterLexicon *l, PropterLexicon *causes, Words *words, bool early, PropterArena *arena, PropterQuestion *q,
                                PropterGap *gap, PropterStr *about, PropterError *err) {
  const bool denied = denies(words);
  for (size_t i = 0; i < words->count && !q->suspect.len && !q->despite.len; i++) {
    WhyEvent event;
    PROPTER_TRY(why_lexicon_event(causes, words, i, q, !q->has_period && q->gap == PROPTER_GAP_NONE, arena, &event, err));
    const bool part = event.end == i + 1 && !event.whole && q->has_metric; /* "of the museums" is no museum night */
    if (part && (why_lexicon_divides(l, q->metric, &words->word[i]) || why_has(&words->word[i], ROLE_COUNTS))) continue;
    if (!event.end || (early && (!event.whole || event.many || event.end < i + 2)) || (!early && !unread(l, q, words, i, event.end))) continue;
    if (!early && event.end < words->count && words->word[event.end].used >= USED_METRIC && words->word[event.end].used <= USED_AGAIN &&
        !words->word[event.end].mark)
      continue; /* "outage tickets" */
    if (propter_str_equal(event.iri, q->told_by) && i > 1 && words->word[i - 1].kind == WORD_ASK && words->word[i - 2].used == USED_PERIOD &&
        propter_str_ends(words->word[i].text, PROPTER_STR("ed"))) { /* "since version 5 was launched" */
      for (size_t k = i; k < event.end; k++) words->word[k].used = USED_CAUSE;
      continue;
    }
    if (!suspected(l, words, i, &event) || (denied && !says(words, ROLE_WHY) && !says(words, ROLE_HOW))) continue;
    const PropterStr said = {q->text.data + words->word[i].begin, words->word[event.end - 1].end - words->word[i].begin};
    if (event.many) {
      *gap = PROPTER_GAP_MANY_CAUSES, *about = said;
      continue;
    }
    if (denied) q->despite = event.iri;
    else q->suspect = event.iri;
    for (size_t k = i; k < event.end; k++) words->word[k].used = USED_CAUSE;
    for (size_t k = i; k-- > 0 && (words->word[k].kind == WORD_STOP || words->word[k].kind == WORD_BY);)
      if (words->word[k].kind == WORD_BY) words->word[k].used = USED_CAUSE; /* "caused by the strike" */
    *gap = PROPTER_GAP_NONE;
    if (!propter_str_equal_caseless(said, event.label))
      PROPTER_TRY(why_question_note(q, arena, err, "\"%.*s\" was read as %.*s", (int)said.len, said.data, (int)event.label.len, event.label.data));
    const bool own = q->has_period && dates(words, q, event.end);
    if ((q->has_period && !own) || q->gap != PROPTER_GAP_NONE || event.first == PROPTER_NO_DAY) continue;
    q->has_period = true, q->when = PROPTER_WHEN_EVENT, q->open = PROPTER_OPEN_NOT, q->period_words = said;
    q->from = event.first, q->to = event.last;
    PROPTER_TRY(why_question_note(q, arena, err, OWN_TIME));
  }
  return PROPTER_OK;
}

/* "… since the roadworks started - is that the reason?": the cause by which the time was told. */
static bool points_back(const Words *words) {
  if (why_has(&words->word[words->count - 1], ROLE_CHANCE)) return true; /* "Coincidence?" */
  const size_t last = words->count - 1;
  if (last > 1 && why_has(&words->word[last], ROLE_POINTS) && why_has(&words->word[last - 1], ROLE_GENITIVE) && why_has(&words->word[last - 2], ROLE_CAUSAL))
    return true; /* "Because of it?" */
  for (size_t i = 1; i + 1 < words->count; i++) {
    size_t end = i + 1;
    if (!why_has(&words->word[i], ROLE_POINTS) || words->word[i - 1].kind != WORD_ASK) continue;
    while (end < words->count && words->word[end].kind == WORD_STOP) end++;
    if (end + 1 == words->count && words->word[end].kind == WORD_ASK) return true;
  }
  return false;
}

/* Says the word that something moved, or did so because of something? */
static bool changes(const Word *w) {
  return why_moves(w) || (w->kind == WORD_ASK && !why_has(w, ROLE_FINITE) && !why_has(w, ROLE_AUXILIARY) && !why_has(w, ROLE_LINK) &&
                          !why_has(w, ROLE_MODAL) && !why_has(w, ROLE_REASON));
}

/* One denying word turns the question round; what another sentence denies is the same again. "Why did nobody order"
 * denies no change: it is left over. */
void why_negate(PropterQuestion *q, const Words *words) {
  bool again = true, moved = q->despite.len > 0, none = false;
  for (size_t i = 0; i < words->count; i++)
    none |= words->word[i].kind == WORD_DOWN && (why_has(&words->word[i], ROLE_NO) || why_has(&words->word[i], ROLE_NONE));
  for (size_t i = 0; i < words->count; i++) moved |= words->word[i].used == USED_NOT && changes(&words->word[i]);
  for (size_t i = 0; i < words->count; i++) {
    Word *w = &words->word[i];
    again |= why_ends_clause(w, ENDS_SENTENCE);
    if (w->kind != WORD_NOT || w->used != USED_NOT || !again) continue;
    if (none && i && i + 1 == words->count && why_has(w - 1, ROLE_WHY)) continue; /* "no orders in May. Why not?" */
    if (why_has(w, ROLE_BARE) && !w->phrase && !moved) {
      w->kind = WORD_LIMIT;
      continue;
    }
    w->used = USED_PERIOD, q->negated = true, again = false;
  }
}

/* Is it a whole phrase of words that nobody knows: "marketing push"? */
static bool unknown_phrase(const Words *words, size_t from, size_t end) {
  for (size_t i = from; i < end; i++) {
    const Word *w = &words->word[i];
    if (w->used != USED_NOT || w->number || (w->kind != WORD_NONE && w->kind != WORD_STOP && !why_idles(w))) return false;
  }
  return from < end;
}

/* The word before i, past what says nothing of a noun: "because of | the bad weather". */
static size_t before_noun(const Words *words, size_t i) {
  while (i > 0 && !words->word[i].mark && words->word[i - 1].used == USED_NOT && !words->word[i - 1].phrase &&
         (words->word[i - 1].kind == WORD_STOP || why_has(&words->word[i - 1], ROLE_ONE_OF) || words->word[i - 1].kind == WORD_BAD ||
          words->word[i - 1].kind == WORD_GOOD || words->word[i - 1].kind == WORD_SIZE || words->word[i - 1].mild || why_has(&words->word[i - 1], ROLE_NEW)))
    i--;
  return i;
}

/* "Because of …", "driven by …", "hit by …", "on account of …". */
static bool blamed(const Words *words, size_t i) {
  if (!i || words->word[i].mark) return false;
  const Word *before = &words->word[i - 1], *verb = i > 1 ? before - 1 : NULL;
  if (why_has(before, ROLE_BY)) return verb && (why_has(verb, ROLE_CAUSAL) || verb->kind == WORD_ASK || verb->kind == WORD_UP || verb->kind == WORD_DOWN);
  while (before > words->word && before->phrase && before->kind == WORD_FILLER) before--;
  return why_has(before, ROLE_CAUSAL) || (before->phrase && before->kind == WORD_ASK);
}

/* "Did … cause", "does … explain", "could … be the reason", "did … lift sales". */
static bool asked_of(const Words *words, size_t i, size_t end) {
  if (!i || words->word[i].mark) return false;
  const Word *before = &words->word[i - 1];
  const bool points = why_has(before, ROLE_POINTS) && i > 1 && why_has(before - 1, ROLE_FINITE); /* "was it the rain" */
  if (points) return true;
  if (!why_has(before, ROLE_AUXILIARY) && !why_has(before, ROLE_FINITE) && !why_has(before, ROLE_MODAL)) return false;
  for (; end < words->count && !why_ends_clause(&words->word[end], ENDS_CLAUSE); end++) {
    const Word *w = &words->word[end];
    if ((w->kind == WORD_ASK && !why_has(w, ROLE_FINITE)) || why_has(w, ROLE_EXPLAINS)) return true;
    if (why_moves(w)) return metric_behind(words, end);
    if (w->kind != WORD_STOP && !why_idles(w) && w->kind != WORD_NONE) return false;
  }
  return false;
}

/* "Because of the heat", "did the campaign cause the rise": do the words left over stand where a cause does? */
void why_names_no_cause(const PropterLexicon *causes, PropterQuestion *q, const Words *words) {
  size_t from = 0, end = words->count;
  if (q->gap != PROPTER_GAP_WORDS_LEFT || q->suspect.len || q->despite.len || !q->about.len) return;
  const size_t first = (size_t)(q->about.data - q->text.data), last = first + q->about.len;
  while (from < words->count && words->word[from].begin < first) from++;
  while (end > from && words->word[end - 1].end > last) end--;
  while (from < end && (why_has(&words->word[from], ROLE_BY) || words->word[from].kind == WORD_STOP)) from++;
  if (!unknown_phrase(words, from, end)) return;
  for (size_t i = from; causes && i < end; i++)
    if (why_lexicon_spells(causes, &words->word[i])) return; /* a known one, that stands there as something else */
  from = before_noun(words, from);
  if (blamed(words, from) || asked_of(words, from, end)) q->gap = PROPTER_GAP_NO_CAUSE;
}

/* --- the steps of the reading ------------------------------------------------------------------------------------------------------ */

/* "Even though we changed the washers": what somebody did is no cause of the graph, and says nothing of the question; word behind it or 0. */
static size_t own_act(const PropterLexicon *l, const Words *words, size_t from) {
  size_t end = from + 1;
  if (!why_has(&words->word[from], ROLE_CLAUSE) || end + 2 > words->count || words->word[end].kind != WORD_SPEAKER) return 0;
  for (; end < words->count && !why_ends_clause(&words->word[end], ENDS_ANY); end++) {
    const Word *w = &words->word[end];
    if (w->used != USED_NOT || w->number || w->proper || (w->kind == WORD_NONE && why_lexicon_spells(l, w)) ||
        (w->kind != WORD_NONE && w->kind != WORD_STOP && w->kind != WORD_MOVE && !why_asks(w)))
      return 0;
  }
  return end > from + 2 ? end : 0;
}

/* The cause that should have moved what did not move. */
PropterStatus why_read_conceded(Reading *r) {
  const Words *words = &r->words;
  PropterQuestion *q = r->q;
  if (r->despite == words->count || !has(words, WORD_NOT)) return PROPTER_OK;
  if (r->despite + 1 < words->count && why_has(&words->word[r->despite + 1], ROLE_POINTS)) return PROPTER_OK;
  Words part = {words->word + r->despite, words->count - r->despite, false};
  size_t act = own_act(r->lexicon, words, r->despite);
  const PropterStr said = {q->text.data + words->word[r->despite].begin, act ? words->word[act - 1].end - words->word[r->despite].begin : 0};
  PROPTER_TRY(read_despite(r->lexicon, &part, q->text, r->arena, &r->named, &r->no_cause, r->err));
  q->despite = r->named.despite;
  if (act && r->no_cause == PROPTER_GAP_NO_CAUSE) {
    for (r->no_cause = PROPTER_GAP_NONE; act-- > r->despite;) words->word[act].used = USED_PERIOD;
    r->despite = words->count;
    return why_question_note(q, r->arena, r->err, "\"%.*s\" was passed over", (int)said.len, said.data);
  }
  for (size_t i = 0; i < r->named.note_count && q->note_count < PROPTER_QUESTION_NOTES; i++) q->note[q->note_count++] = r->named.note[i];
  return PROPTER_OK;
}

/* The cause by which the time was told, where the question asks about it; the time of the cause, where there is no other. */
PropterStatus why_settle_cause(Reading *r) {
  PropterQuestion *q = r->q;
  const bool told = r->causes && q->told_by.len && !q->suspect.len && !q->despite.len, denied = denies(&r->words);
  if (told && !denied && points_back(&r->words)) q->suspect = q->told_by;
  if (told && denied && goes_on(&r->words)) q->despite = q->told_by;
  if (!q->despite.len || q->has_period || q->gap != PROPTER_GAP_NONE || r->no_time != PROPTER_GAP_NONE || r->named.from == PROPTER_NO_DAY) return PROPTER_OK;
  q->has_period = true, q->when = PROPTER_WHEN_EVENT, q->from = r->named.from, q->to = r->named.to, q->period_words = q->text;
  return why_question_note(q, r->arena, r->err, OWN_TIME);
}

PropterStatus why_read_free_cause(Reading *r, bool early) {
  return r->causes ? read_cause(r->lexicon, r->causes, &r->words, early, r->arena, r->q, &r->several, &r->about_several, r->err) : PROPTER_OK;
}
