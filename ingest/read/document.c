/* SPDX-License-Identifier: Apache-2.0 */
/* Walks a document's blocks and sentences; runs the examples of rules. */
#include <string.h>

#include "reading.h"

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "no memory for sentences"); }

enum { LONG_PERIOD = 366 };

/* The first period that a text names (a second one is mostly a comparison), and the last year; both keep what they held if it names none. A review of ten years
 * says no year. */
static PropterStatus time_of(const PropterRules *rules, PropterStr text, const PropterDocument *d, WhenOrder order, int *year, PropterPeriod *period, PropterError *err) {
  Whens found = {0};
  bool figure = false;
  for (size_t i = 0; i < text.len && !figure; i++)
    figure = (text.data[i] >= '0' && text.data[i] <= '9') || (text.data[i] >= 'A' && text.data[i] <= 'Z' && i > 0);
  if (!figure) return PROPTER_OK;
  WhenContext context = {&rules->dates, d->published, *year, false, order};
  bool fits = when_scan(text, &context, &found), told = false;
  for (size_t i = 0; i < found.count && fits; i++) {
    const When *w = &found.items[i];
    int m, dom;
    if (w->year_given && w->last - w->first <= LONG_PERIOD) propter_day_civil(w->last, year, &m, &dom);
    /* The day on which it was written is not what it is about; a single day is that of one happening. */
    if (period && !told && w->grain <= WHEN_SEASON && w->last > w->first && !(d->published != PROPTER_NO_DAY && w->first <= d->published && w->last >= d->published))
      *period = (PropterPeriod){w->first, w->last}, told = true;
  }
  propter_vec_clear(&found);
  return fits ? PROPTER_OK : no_memory(err);
}

static double factor_of(PropterBlockKind kind) {
  switch (kind) {
  case PROPTER_BLOCK_PARAGRAPH:
  case PROPTER_BLOCK_LIST_ITEM:
    return 1;
  case PROPTER_BLOCK_QUOTE:
    return .9; /* somebody else's words */
  case PROPTER_BLOCK_TABLE_CELL:
    return .7; /* fragments */
  default:
    return 0;
  }
}

/* Years: of the sentence itself, else of the headings, else of the title, else of what was said before. Periods for claims without a date: said last in
 * this section, else in the headings. */
static PropterStatus read_block(PropterRules *rules, const PropterNames *names, const PropterDocument *d, const PropterBlock *block, WhenOrder order,
                                PropterPeriod *carried, PropterReadings *out, PropterError *err) {
  Spans sentences = {0};
  PropterStr text = {d->text.data + block->start, block->end - block->start};
  Scene scene = {.text = d->text, .published = d->published, .order = order, .factor = factor_of(block->kind), .heading = {PROPTER_NO_DAY, PROPTER_NO_DAY}};
  int frame = 0, said = 0;
  PropterStatus status = time_of(rules, d->title, d, order, &frame, NULL, err);
  if (status == PROPTER_OK) status = time_of(rules, block->section, d, order, &frame, &scene.heading, err);
  if (status == PROPTER_OK && !read_sentences(rules, text, &sentences)) status = no_memory(err);
  bool apart = block->kind == PROPTER_BLOCK_LIST_ITEM || block->kind == PROPTER_BLOCK_TABLE_CELL; /* one item does not speak of another */
  if (carried->first != PROPTER_NO_DAY && !apart) scene.heading = *carried;
  scene.heading_from = carried->first != PROPTER_NO_DAY && !apart ? "text before" : "headings";
  for (size_t i = 0; i < sentences.count && status == PROPTER_OK; i++) {
    scene.sentence = (PropterSpan){sentences.items[i].start + block->start, sentences.items[i].end + block->start};
    scene.next =
        i + 1 < sentences.count ? (PropterSpan){sentences.items[i + 1].start + block->start, sentences.items[i + 1].end + block->start} : (PropterSpan){0, 0};
    PropterStr s = {d->text.data + scene.sentence.start, scene.sentence.end - scene.sentence.start};
    int own = 0;
    scene.dated = when_possible(s, &rules->dates);
    if (scene.dated && (status = time_of(rules, s, d, order, &own, NULL, err)) != PROPTER_OK) break;
    scene.year = own ? own : frame ? frame : said;
    out->sentences++;
    size_t blanks = 0;
    for (size_t k = 0; k < s.len && blanks < 2; k++) blanks += s.data[k] == ' ';
    if (blanks >= 2) {
      status = find_claims(rules, &scene, NULL, out, err);
      if (status == PROPTER_OK && rules->work > rules->work_max)
        status = propter_fail(err, PROPTER_LIMIT, "more than %llu bytes of sentences to compare with rules by character %zu: text without full stops?",
                              (unsigned long long)rules->work_max, scene.sentence.end);
      if (status == PROPTER_OK) status = find_happenings(rules, names, &scene, out, err);
      scene.previous = scene.sentence;
    }
    said = scene.year;
    PropterPeriod before = scene.heading;
    if (status == PROPTER_OK && scene.dated) status = time_of(rules, s, d, order, &said, &scene.heading, err);
    if (before.first != scene.heading.first || before.last != scene.heading.last) scene.heading_from = "text before";
  }
  if (!apart && strcmp(scene.heading_from, "text before") == 0) *carried = scene.heading;
  propter_vec_clear(&sentences);
  return status;
}

PropterStatus propter_read_document(PropterRules *rules, const PropterNames *names, const PropterDocument *d, PropterReadings *out, PropterError *err) {
  if (d->column_count) return read_authored(d, out, err);
  PropterPeriod carried = {PROPTER_NO_DAY, PROPTER_NO_DAY};
  WhenOrder order;
  rules->work = 0;
  if (!when_order(d->text, &order)) return no_memory(err);
  for (size_t i = 0; i < d->block_count; i++) {
    /* A new section begins with what its headings say. */
    if (d->blocks[i].kind == PROPTER_BLOCK_HEADING) carried.first = PROPTER_NO_DAY;
    if (factor_of(d->blocks[i].kind) > 0) PROPTER_TRY(read_block(rules, names, d, &d->blocks[i], order, &carried, out, err));
  }
  return PROPTER_OK;
}

void propter_readings_clear(PropterReadings *r) {
  propter_vec_clear(&r->claims);
  propter_vec_clear(&r->happenings);
  propter_vec_clear(&r->rejects);
}

/* --- examples -------------------------------------------------------------------------------------------------------------- */

bool rules_unmark(PropterStr text, PropterBuf *plain, PropterSpan *cause, PropterSpan *effect) {
  PropterSpan *open = NULL;
  *cause = *effect = (PropterSpan){0, 0};
  for (size_t i = 0; i < text.len; i++) {
    PropterStr rest = {text.data + i, text.len - i};
    bool c = propter_str_starts(rest, PROPTER_STR("{cause:")), e = propter_str_starts(rest, PROPTER_STR("{effect:"));
    if (c || e) {
      open = c ? cause : effect;
      open->start = plain->len;
      i += c ? 6 : 7;
    } else if (text.data[i] == '}' && open) {
      open->end = plain->len;
      open = NULL;
    } else {
      propter_buf_add_char(plain, text.data[i]);
    }
  }
  return plain->failed == PROPTER_OK && !open;
}

static PropterStatus run_example(PropterRules *rules, const Rule *rule, const Example *example, PropterReadings *readings, PropterBuf *plain,
                                 PropterSpan *cause, PropterSpan *effect, PropterError *err) {
  Spans sentences = {0};
  PropterStatus status = PROPTER_OK;
  if (!rules_unmark(example->text, plain, cause, effect))
    return propter_fail(err, PROPTER_SYNTAX, "%s:%u: example with a mark that does not close", rule->source, example->line);
  PropterStr text = propter_buf_str(plain);
  if (!read_sentences(rules, text, &sentences)) status = no_memory(err);
  Scene scene = {.text = text, .published = PROPTER_NO_DAY, .heading = {PROPTER_NO_DAY, PROPTER_NO_DAY}, .factor = 1};
  for (size_t i = 0; i < sentences.count && status == PROPTER_OK; i++) {
    scene.sentence = sentences.items[i];
    scene.next = i + 1 < sentences.count ? sentences.items[i + 1] : (PropterSpan){0, 0};
    scene.dated = when_possible((PropterStr){text.data + scene.sentence.start, scene.sentence.end - scene.sentence.start}, &rules->dates);
    status = find_claims(rules, &scene, NULL, readings, err);
    scene.previous = scene.sentence;
  }
  propter_vec_clear(&sentences);
  return status;
}

static bool equal(PropterSpan a, PropterSpan b) { return a.start == b.start && a.end == b.end; }

static bool judge(const Rule *rule, const Example *e, const PropterReadings *readings, PropterStr text, PropterSpan cause, PropterSpan effect, char *why,
                  size_t size) {
  const PropterReading *mine = NULL;
  for (size_t i = 0; i < readings->claims.count && !mine; i++)
    if (strcmp(readings->claims.items[i].rule, rule->name) == 0) mine = &readings->claims.items[i];
  if (e->counter) {
    (void)snprintf(why, size, "line %u: a claim comes from a counter-example", e->line);
    return !mine;
  }
  if (!mine) {
    (void)snprintf(why, size, "line %u: no claim comes from an example%s%s", e->line, readings->claims.count ? ", but one by " : "",
                   readings->claims.count ? readings->claims.items[0].rule : "");
    return false;
  }
  /* An argument that is the sentence before needs no mark. */
  bool cause_right = rule->previous == PART_CAUSE || equal(cause, mine->cause), effect_right = rule->previous == PART_EFFECT || equal(effect, mine->effect);
  (void)snprintf(why, size, "line %u: found cause \"%.*s\", effect \"%.*s\"", e->line, (int)(mine->cause.end - mine->cause.start),
                 text.data + mine->cause.start, (int)(mine->effect.end - mine->effect.start), text.data + mine->effect.start);
  return cause_right && effect_right;
}

PropterStatus rules_try(PropterRules *rules, const char *source, ExampleReport failed, void *payload, size_t *tried, PropterError *err) {
  *tried = 0;
  PropterStatus status = PROPTER_OK;
  bool ungraded = rules->ungraded;
  rules->ungraded = true; /* what a rule proposes, before the model of claims weighs it */
  for (size_t i = 0; i < rules->rules.count && status == PROPTER_OK; i++) {
    const Rule *rule = &rules->rules.items[i];
    if (source && strcmp(rule->source, source) != 0) continue;
    for (size_t k = 0; k < rule->examples.count && status == PROPTER_OK; k++) {
      PropterReadings readings = {0};
      PropterBuf plain = {0};
      PropterSpan cause, effect;
      char why[600] = "";
      status = run_example(rules, rule, &rule->examples.items[k], &readings, &plain, &cause, &effect, err);
      if (status == PROPTER_OK) {
        ++*tried;
        if (!judge(rule, &rule->examples.items[k], &readings, propter_buf_str(&plain), cause, effect, why, sizeof why))
          status = failed(rule, &rule->examples.items[k], why, payload, err);
      }
      propter_readings_clear(&readings);
      propter_buf_clear(&plain);
    }
  }
  rules->ungraded = ungraded;
  return status;
}

typedef struct {
  PropterRuleReport report;
  void *payload;
  size_t failed;
} Test;

static PropterStatus tell_failed(const Rule *rule, const Example *example, const char *problem, void *payload, PropterError *err) {
  (void)err;
  Test *t = payload;
  t->failed++;
  if (t->report) t->report(rule->source, example->line, rule->name, problem, t->payload);
  return PROPTER_OK;
}

PropterStatus propter_rules_test(PropterRules *rules, PropterRuleReport report, void *payload, size_t *tried, size_t *failed, PropterError *err) {
  Test t = {report, payload, 0};
  PropterStatus status = rules_try(rules, NULL, tell_failed, &t, tried, err);
  *failed = t.failed + rules->left_out.count;
  return status;
}
