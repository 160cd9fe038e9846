/* SPDX-License-Identifier: Apache-2.0 */
/* Walks a document's blocks and sentences; runs the examples of rules. */
#include <string.h>

#include "reading.h"

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "no memory for sentences"); }

enum { LONG_PERIOD = 366, STAMP_BYTES = 80, FORM_BYTES = 16 /* of a weekday between a label and its date */ };

static const PropterPeriod never = {PROPTER_NO_DAY, PROPTER_NO_DAY};

/* The year that dates name last, and the first period (a second one is mostly a comparison); both keep what they held if there is none. A review of ten years
 * says no year. */
static void time_of(const Whens *found, PropterDay published, int *year, PropterPeriod *period) {
  bool told = false;
  for (size_t i = 0; i < found->count; i++) {
    const When *w = &found->items[i];
    int m, dom;
    if (w->year_given && w->last - w->first <= LONG_PERIOD) propter_day_civil(w->last, year, &m, &dom);
    /* The day on which it was written is not what it is about; a single day is that of one happening. */
    if (period && !told && w->grain <= WHEN_SEASON && w->last > w->first && !(published != PROPTER_NO_DAY && w->first <= published && w->last >= published))
      *period = (PropterPeriod){w->first, w->last}, told = true;
  }
}

/* Without a figure or a capital in the middle there is no such year or period. */
static bool may_tell(PropterStr text) {
  for (size_t i = 0; i < text.len; i++)
    if ((text.data[i] >= '0' && text.data[i] <= '9') || (text.data[i] >= 'A' && text.data[i] <= 'Z' && i > 0)) return true;
  return false;
}

/* A form in a table: "Started | 3 May", "Ended | 9 May", "Cause | burst pipe". */
typedef enum { FORM_NONE, FORM_START, FORM_END, FORM_NAME } FormCell;
typedef struct {
  FormCell label; /* of the cell before */
  PropterPeriod when;
  PropterSpan quote, name, title; /* title: the heading above */
} Form;

/* A walk over a document's blocks. */
typedef struct {
  PropterRules *rules;
  const PropterNames *names;
  const PropterDocument *d;
  WhenOrder order;
  int title_year;          /* 0: none */
  PropterStr section;      /* the headings that were looked at last */
  int year;                /* of them, else of the title */
  PropterPeriod heading;   /* of them */
  PropterPeriod carried;   /* said last in this section */
  int month, month_year;   /* named last in this section; month 0: none */
  PropterPeriod cell;      /* the table's cell before is this day */
  PropterSpan head;        /* the last heading's words; empty: something but a day stood below it */
  PropterSpan title;       /* the last heading's words */
  Form form;
  SentenceDates dates;     /* of the sentence that is looked at */
  Whens found;             /* scratch */
  Spans sentences;         /* of the block */
  PropterReadings *out;
} Walk;

/* The month of which a later "on the 3rd" is. */
static void name_month(Walk *w, const Whens *whens) {
  int day;
  for (size_t i = 0; i < whens->count; i++)
    if (whens->items[i].grain <= WHEN_MONTH && !whens->items[i].relative) propter_day_civil(whens->items[i].first, &w->month_year, &w->month, &day);
}

/* What a text that is cut says of its time, if dates without a year are of *year. */
static PropterStatus time_in(Walk *w, const WhenText *cut, int *year, PropterPeriod *period, PropterError *err) {
  WhenContext context = {w->rules->calendar, w->d->published, *year, false, w->order, w->month, w->month_year};
  w->found.count = 0;
  if (!when_dates(cut, &context, &w->found)) return no_memory(err);
  name_month(w, &w->found);
  time_of(&w->found, w->d->published, year, period);
  return PROPTER_OK;
}

static PropterStatus time_of_text(Walk *w, PropterStr text, int *year, PropterPeriod *period, PropterError *err) {
  if (!may_tell(text) || !when_possible(text, w->rules->calendar)) return PROPTER_OK;
  if (!when_cut(text, w->rules->calendar, &w->dates.cut)) return no_memory(err);
  return time_in(w, &w->dates.cut, year, period, err);
}

static PropterStatus enter_section(Walk *w, PropterStr section, PropterError *err) {
  if (section.data == w->section.data && section.len == w->section.len) return PROPTER_OK;
  w->section = section, w->year = w->title_year, w->heading = (PropterPeriod){PROPTER_NO_DAY, PROPTER_NO_DAY};
  return time_of_text(w, section, &w->year, &w->heading, err);
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

/* The words of the calendar in the scene's sentence, if it may hold a date. */
static PropterStatus cut_sentence(const PropterRules *rules, Scene *scene, SentenceDates *dates, PropterError *err) {
  PropterStr s = {scene->text.data + scene->sentence.start, scene->sentence.end - scene->sentence.start};
  dates->known = false;
  scene->dates = when_possible(s, rules->calendar) ? dates : NULL;
  return !scene->dates || when_cut(s, rules->calendar, &dates->cut) ? PROPTER_OK : no_memory(err);
}

/* "2024-05-04", "[4 May", "Sat 4 May", and before a time who speaks: "jo 2024-05-04 10:02". */
static bool opens(const PropterRules *r, PropterStr text, const When *day) {
  const PropterStr before = {text.data, day->start}, behind = {text.data + day->end, text.len - day->end};
  return day->start <= 1 || rules_any(r, r->record_lead.items, r->record_lead.count, before) ||
         (rules_any(r, r->record_who.items, r->record_who.count, before) && rules_any(r, r->record_clock.items, r->record_clock.count, behind));
}

/* The day that opens an entry of a log or chat, with its time and who speaks, and how long that is; 0: none. */
static PropterStatus stamp_of(Walk *w, PropterStr text, size_t *length, PropterPeriod *day, PropterError *err) {
  PropterStr front = read_beginning(text, STAMP_BYTES);
  PropterSpan mark;
  *length = 0, *day = never;
  if (!w->rules->record_stamp.count || !when_possible(front, w->rules->calendar)) return PROPTER_OK;
  int year = w->year;
  w->found.count = 0;
  if (!when_cut(front, w->rules->calendar, &w->dates.cut)) return no_memory(err);
  PROPTER_TRY(time_in(w, &w->dates.cut, &year, NULL, err));
  const When *first = w->found.count ? w->found.items : NULL;
  if (!first || !opens(w->rules, front, first) || first->grain > WHEN_DAY || first->relative || first->open) return PROPTER_OK;
  PropterStr rest = {text.data + first->end, text.len - first->end};
  if (!rules_first(w->rules, w->rules->record_stamp.items, w->rules->record_stamp.count, rest, 0, &mark) || mark.start) return PROPTER_OK;
  *length = first->end + mark.end, *day = (PropterPeriod){first->first, first->last};
  return PROPTER_OK;
}

static PropterStatus tell(Walk *w, PropterSpan quote, PropterSpan words, PropterPeriod when, bool form, PropterError *err) {
  PropterHappening h = {.quote = quote, .words = words, .name = words, .subject = words, .place = words, .when = when, .form = form};
  h.clause = h.told = true, h.confidence = .7;
  h.ends = when.last != PROPTER_NO_DAY;
  if (!h.ends) h.when.last = when.first;
  return words.end > words.start && !propter_vec_push(&w->out->happenings, h) ? no_memory(err) : PROPTER_OK;
}

/* What a form told, by its own name or that of the heading above. */
static PropterStatus close_form(Walk *w, PropterError *err) {
  Form f = w->form;
  w->form = (Form){.when = never};
  if (f.when.first == PROPTER_NO_DAY || (f.when.last != PROPTER_NO_DAY && f.when.last < f.when.first)) return PROPTER_OK;
  return tell(w, f.quote, f.name.end > f.name.start ? f.name : f.title, f.when, true, err);
}

/* What a cell announces. */
static FormCell form_cell(const PropterRules *r, PropterStr text) {
  if (rules_any(r, r->form_start.items, r->form_start.count, text)) return FORM_START;
  if (rules_any(r, r->form_end.items, r->form_end.count, text)) return FORM_END;
  return rules_any(r, r->form_name.items, r->form_name.count, text) ? FORM_NAME : FORM_NONE;
}

/* What the last one to four words of a text announce. */
static FormCell form_label(const PropterRules *r, PropterStr text) {
  FormCell label = FORM_NONE;
  text = propter_str_trim(text);
  for (size_t words = 0, from = text.len; words < 4 && from > 0 && label == FORM_NONE; words++) {
    do from--;
    while (from > 0 && text.data[from - 1] != ' ');
    label = form_cell(r, (PropterStr){text.data + from, text.len - from});
  }
  return label == FORM_NAME ? FORM_NONE : label;
}

static void form_days(Form *f, FormCell label, PropterPeriod days, PropterSpan quote) {
  f->quote.end = quote.end;
  if (label == FORM_START) f->when.first = days.first;
  if (label == FORM_END || days.last > days.first) f->when.last = days.last;
}

/* "Started: 3 May 07:10 Resolved: 9 May", "Period: 3 to 9 May"; *any: there is such a day. */
static PropterStatus read_labelled(Walk *w, const PropterBlock *block, PropterStr text, bool *any, PropterError *err) {
  int year = w->year;
  *any = false;
  if (!memchr(text.data, ':', text.len) || !when_possible(text, w->rules->calendar)) return PROPTER_OK;
  if (!when_cut(text, w->rules->calendar, &w->dates.cut)) return no_memory(err);
  PROPTER_TRY(time_in(w, &w->dates.cut, &year, NULL, err));
  for (size_t i = 0; i < w->found.count; i++) {
    const When *when = &w->found.items[i];
    size_t colon = when->start, from = i ? w->found.items[i - 1].end : 0;
    while (colon > from && text.data[colon - 1] != ':' && when->start - colon < FORM_BYTES) colon--;
    if (colon <= from || text.data[colon - 1] != ':' || when->grain > WHEN_DAY || when->relative) continue;
    const FormCell label = form_label(w->rules, (PropterStr){text.data + from, colon - 1 - from});
    if (label == FORM_NONE) continue;
    form_days(&w->form, label, (PropterPeriod){when->first, when->last}, (PropterSpan){block->start, block->end});
    *any = true;
  }
  return PROPTER_OK;
}

/* "Machine: Crane 2" */
static void form_named(const PropterRules *r, const PropterBlock *block, PropterStr text, Form *f) {
  const size_t colon = propter_str_find(text, PROPTER_STR(": "));
  if (colon != SIZE_MAX && form_cell(r, (PropterStr){text.data, colon}) == FORM_NAME) f->name = (PropterSpan){block->start + colon + 2, block->end};
}

static PropterStatus read_form(Walk *w, const PropterBlock *block, PropterPeriod day, PropterError *err) {
  const PropterRules *r = w->rules;
  PropterStr text = {w->d->text.data + block->start, block->end - block->start};
  Form *f = &w->form;
  bool any = false;
  const bool head = block->kind == PROPTER_BLOCK_BOILERPLATE || block->kind == PROPTER_BLOCK_TABLE_CELL;
  if (f->quote.end == 0) f->quote = (PropterSpan){block->start, block->start + 1}, f->title = w->title;
  if (block->kind != PROPTER_BLOCK_TABLE_CELL || memchr(text.data, ':', text.len)) PROPTER_TRY(read_labelled(w, block, text, &any, err));
  if (block->kind == PROPTER_BLOCK_BOILERPLATE) form_named(r, block, text, f);
  if (block->kind != PROPTER_BLOCK_TABLE_CELL) return any || head ? PROPTER_OK : close_form(w, err);
  const FormCell label = f->label;
  f->label = form_cell(r, text);
  if ((label == FORM_START || label == FORM_END) && day.first != PROPTER_NO_DAY) form_days(f, label, day, (PropterSpan){block->start, block->end});
  else if (label == FORM_NAME) f->name = (PropterSpan){block->start, block->end}, f->quote.end = block->end;
  return PROPTER_OK;
}

/* The days that a sentence names, or the day of its entry in a log. */
static PropterStatus note_dates(Walk *w, const Scene *scene, PropterError *err) {
  const PropterRules *r = w->rules;
  PropterStr s = {scene->text.data + scene->sentence.start, scene->sentence.end - scene->sentence.start};
  PROPTER_TRY(find_dates(r, scene, err));
  const Whens *whens = scene->dates ? &w->dates.whens : NULL;
  PropterDated dated = {.sentence = scene->sentence, .when = scene->record};
  const bool entry = (!whens || !whens->count) && scene->record.first != PROPTER_NO_DAY;
  if (!entry && (!whens || !whens->count)) return PROPTER_OK;
  dated.over = rules_any(r, r->over.items, r->over.count, s);
  dated.off = rules_any(r, r->off.items, r->off.count, s) || rules_any(r, r->condition.items, r->condition.count, s) || s.data[s.len - 1] == '?';
  if (entry && !propter_vec_push(&w->out->dated, dated)) return no_memory(err);
  for (size_t i = 0; !entry && i < whens->count; i++) {
    const When *when = &whens->items[i];
    if (when->grain > WHEN_DAY) continue;
    dated.words = (PropterSpan){when->start + scene->sentence.start, when->end + scene->sentence.start};
    dated.when = (PropterPeriod){when->first, when->open ? when->first : when->last};
    /* "From 4 March until Easter (31 March)" */
    const When *next = i + 1 < whens->count && !when[1].relative ? when + 1 : NULL;
    if (next && next->grain == WHEN_DAY && next->last > when->last &&
        rules_any(r, r->through.items, r->through.count, (PropterStr){s.data + when->end, next->start - when->end}))
      dated.when.last = next->last, dated.words.end = next->end + scene->sentence.start, i++;
    if (!propter_vec_push(&w->out->dated, dated)) return no_memory(err);
  }
  return PROPTER_OK;
}

/* Claims, happenings and days; two words say none of them. */
static PropterStatus read_sentence(Walk *w, Scene *scene, PropterStr s, PropterError *err) {
  PropterRules *rules = w->rules;
  size_t blanks = 0;
  for (size_t k = 0; k < s.len && blanks < 2; k++) blanks += s.data[k] == ' ';
  if (blanks < 2) return PROPTER_OK;
  PROPTER_TRY(find_claims(rules, scene, NULL, w->out, err));
  if (rules->work > rules->work_max)
    return propter_fail(err, PROPTER_LIMIT, "more than %llu bytes of sentences to compare with rules by character %zu: text without full stops?",
                        (unsigned long long)rules->work_max, scene->sentence.end);
  PROPTER_TRY(find_happenings(rules, w->names, scene, w->out, err));
  PROPTER_TRY(note_dates(w, scene, err));
  if (w->dates.known && scene->dates) name_month(w, &w->dates.whens);
  scene->previous = scene->sentence;
  return PROPTER_OK;
}

/* Years: of the sentence itself, else of the headings, else of the title, else of what was said before. Periods for claims without a date: said last in
 * this section, else in the headings. */
static PropterStatus read_block(Walk *w, const PropterBlock *block, PropterError *err) {
  const PropterDocument *d = w->d;
  PropterRules *rules = w->rules;
  PropterStr text = {d->text.data + block->start, block->end - block->start};
  int said = 0;
  size_t stamp;
  PropterPeriod record, cell = w->cell;
  PROPTER_TRY(enter_section(w, block->section, err));
  PROPTER_TRY(stamp_of(w, text, &stamp, &record, err));
  PROPTER_TRY(read_form(w, block, record, err));
  const PropterSpan head = w->head;
  const size_t told = w->out->happenings.count;
  w->head = (PropterSpan){0, 0};
  w->cell = block->kind == PROPTER_BLOCK_TABLE_CELL && stamp == text.len ? record : never;
  if (block->kind == PROPTER_BLOCK_TABLE_CELL && !stamp) record = cell;
  text = (PropterStr){text.data + stamp, text.len - stamp};
  const size_t begin = block->start + stamp;
  w->sentences.count = 0;
  if (!read_sentences(rules, text, &w->sentences)) return no_memory(err);
  Scene scene = {.text = d->text, .published = d->published, .order = w->order, .factor = factor_of(block->kind), .heading = w->heading, .record = record};
  if (record.first != PROPTER_NO_DAY) scene.published = record.last, w->month = 0; /* its "yesterday" */
  bool apart = block->kind == PROPTER_BLOCK_LIST_ITEM || block->kind == PROPTER_BLOCK_TABLE_CELL; /* one item does not speak of another */
  if (w->carried.first != PROPTER_NO_DAY && !apart) scene.heading = w->carried;
  scene.heading_from = w->carried.first != PROPTER_NO_DAY && !apart ? "text before" : "headings";
  for (size_t i = 0; i < w->sentences.count; i++) {
    const PropterSpan *sentence = &w->sentences.items[i];
    scene.sentence = (PropterSpan){sentence->start + begin, sentence->end + begin};
    scene.next = i + 1 < w->sentences.count ? (PropterSpan){sentence[1].start + begin, sentence[1].end + begin} : (PropterSpan){0, 0};
    PropterStr s = {d->text.data + scene.sentence.start, scene.sentence.end - scene.sentence.start};
    int own = 0;
    PROPTER_TRY(cut_sentence(rules, &scene, &w->dates, err));
    if (scene.dates && when_says_year(&w->dates.cut)) PROPTER_TRY(time_in(w, &w->dates.cut, &own, NULL, err));
    scene.year = own ? own : w->year ? w->year : said;
    scene.month = w->month, scene.month_year = w->month_year;
    w->out->sentences++;
    PROPTER_TRY(read_sentence(w, &scene, s, err));
    said = scene.year;
    PropterPeriod before = scene.heading;
    if (scene.dates && may_tell(s)) {
      /* What was found for claims serves, if it was not of what is to come. */
      if (w->dates.known && !w->dates.forward) time_of(&w->dates.whens, d->published, &said, &scene.heading);
      else PROPTER_TRY(time_in(w, &w->dates.cut, &said, &scene.heading, err));
    }
    if (before.first != scene.heading.first || before.last != scene.heading.last) scene.heading_from = "text before";
  }
  if (!apart && strcmp(scene.heading_from, "text before") == 0) w->carried = scene.heading;
  /* "Harbour fair" above "3 to 9 May, on the old quay": the heading is what happened then. */
  const bool days = stamp && record.last > record.first && record.last - record.first <= LONG_PERIOD && block->kind != PROPTER_BLOCK_TABLE_CELL;
  if (days && head.end > head.start && w->out->happenings.count == told) return tell(w, (PropterSpan){block->start, block->end}, head, record, false, err);
  return PROPTER_OK;
}

/* "Website outage of 14 September": a heading claims nothing, but may name what happened and when. */
static PropterStatus read_heading(Walk *w, const PropterBlock *block, PropterError *err) {
  Scene scene = {.text = w->d->text, .published = w->d->published, .order = w->order, .factor = .9, .year = w->title_year, .record = never};
  scene.sentence = (PropterSpan){block->start, block->end};
  PROPTER_TRY(cut_sentence(w->rules, &scene, &w->dates, err));
  if (!scene.dates) return PROPTER_OK;
  PROPTER_TRY(find_happenings(w->rules, w->names, &scene, w->out, err));
  return note_dates(w, &scene, err);
}

static PropterStatus read_blocks(Walk *w, PropterError *err) {
  const PropterDocument *d = w->d;
  if (!when_order(d->text, &w->order)) return no_memory(err);
  PROPTER_TRY(time_of_text(w, d->title, &w->title_year, NULL, err));
  w->year = w->title_year;
  for (size_t i = 0; i < d->block_count; i++) {
    /* A new section begins with what its headings say. */
    if (d->blocks[i].kind == PROPTER_BLOCK_HEADING) {
      w->carried.first = PROPTER_NO_DAY;
      w->head = w->title = (PropterSpan){d->blocks[i].start, d->blocks[i].end};
      PROPTER_TRY(close_form(w, err));
      PROPTER_TRY(read_heading(w, &d->blocks[i], err));
    }
    if (factor_of(d->blocks[i].kind) > 0) PROPTER_TRY(read_block(w, &d->blocks[i], err));
    else if (d->blocks[i].kind == PROPTER_BLOCK_BOILERPLATE) PROPTER_TRY(read_form(w, &d->blocks[i], never, err));
  }
  return close_form(w, err);
}

PropterStatus propter_read_document(PropterRules *rules, const PropterNames *names, const PropterDocument *d, PropterReadings *out, PropterError *err) {
  if (d->column_count) return read_authored(d, out, err);
  Walk w = {.rules = rules, .names = names, .d = d, .heading = never, .carried = never, .cell = never, .form = {.when = never}, .out = out};
  rules->work = 0;
  PropterStatus status = read_blocks(&w, err);
  sentence_dates_clear(&w.dates);
  propter_vec_clear(&w.found);
  propter_vec_clear(&w.sentences);
  return status;
}

void propter_readings_clear(PropterReadings *r) {
  propter_vec_clear(&r->claims);
  propter_vec_clear(&r->happenings);
  propter_vec_clear(&r->dated);
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
  SentenceDates dates = {.known = false};
  PropterStatus status = PROPTER_OK;
  if (!rules_unmark(example->text, plain, cause, effect))
    return propter_fail(err, PROPTER_SYNTAX, "%s:%u: example with a mark that does not close", rule->source, example->line);
  PropterStr text = propter_buf_str(plain);
  if (!read_sentences(rules, text, &sentences)) status = no_memory(err);
  Scene scene = {.text = text, .published = PROPTER_NO_DAY, .heading = never, .record = never, .factor = 1};
  for (size_t i = 0; i < sentences.count && status == PROPTER_OK; i++) {
    scene.sentence = sentences.items[i];
    scene.next = i + 1 < sentences.count ? sentences.items[i + 1] : (PropterSpan){0, 0};
    status = cut_sentence(rules, &scene, &dates, err);
    if (status == PROPTER_OK) status = find_claims(rules, &scene, NULL, readings, err);
    scene.previous = scene.sentence;
  }
  sentence_dates_clear(&dates);
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
