/* SPDX-License-Identifier: Apache-2.0 */
/* What documents say: monthly reviews with right and wrong explanations, columns that agree on a wrong one, announcements, a handbook; HTML, Markdown, plain
 * text and DOCX in turn. claims.tsv lists every sentence about a cause with its truth. */
#include "retail.h"

#include <ctype.h>
#include <string.h>
#include <sys/stat.h>
#include <zip.h>

typedef enum { AFTER, DENY, BEFORE, TYPE } Use;
static const char *const use_names[] = {"after", "denial", "before", "type"};
static const struct {
  Use use;
  bool novel;
  const char *text;
} sayings[] = {
#define SAY(use, novel, text) {use, novel, text},
#include "sentences.def"
#undef SAY
};

typedef struct {
  char title[96], slug[48];
  PropterDay day;
  PropterBuf body; /* paragraphs, one a line */
} Paper;

typedef struct {
  Shop *shop;
  PROPTER_VEC(Paper) papers;
  FILE *claims;
  int *review; /* paper of each month, −1 */
} Teller;

static const char *const months[] = {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"};
static const char *const formats[] = {"html", "md", "txt", "docx"};

PropterDay day_of(int day) { return propter_day(2024, 1, 1) + day; }

static void date_words(PropterDay day, char *out, size_t size) {
  int y, m, d;
  propter_day_civil(day, &y, &m, &d);
  (void)snprintf(out, size, "%d %s %d", d, months[m - 1], y);
}

/* "4 to 9 March 2024", or "28 February to 3 March 2024". */
static void span_words(int from, int to, const char *join, char *out, size_t size) {
  int y, m, d, y2, m2, d2;
  propter_day_civil(day_of(from), &y, &m, &d);
  propter_day_civil(day_of(to), &y2, &m2, &d2);
  if (y != y2) (void)snprintf(out, size, "%d %s %d %s %d %s %d", d, months[m - 1], y, join, d2, months[m2 - 1], y2);
  else if (m != m2) (void)snprintf(out, size, "%d %s %s %d %s %d", d, months[m - 1], join, d2, months[m2 - 1], y2);
  else (void)snprintf(out, size, "%d %s %d %s %d", d, join, d2, months[m2 - 1], y2);
}

void series_phrase(Measure measure, int region, int product, char *out, size_t size) {
  (void)snprintf(out, size, "%s%s%s%s%s", measure_names[measure], product == ANY ? "" : " for ", product == ANY ? "" : product_names[product],
                 region == ANY ? "" : " in the ", region == ANY ? "" : region_names[region]);
}

static size_t add_paper(Teller *t, PropterDay day, const char *slug, const char *title) {
  Paper p = {.day = day, .body = {.max = 1 << 20}};
  (void)snprintf(p.slug, sizeof p.slug, "%s-%zu", slug, t->papers.count + 1);
  (void)snprintf(p.title, sizeof p.title, "%s", title);
  must_have(propter_vec_push(&t->papers, p));
  return t->papers.count - 1;
}

static void add_line(Teller *t, size_t paper, const char *text) { propter_buf_printf(&t->papers.items[paper].body, "%s\n", text); }

/* The review of the month of a day comes out on the fifth of the next one. */
static size_t review_of(Teller *t, int day) {
  int y, m, d;
  char title[96];
  propter_day_civil(day_of(day), &y, &m, &d);
  int at = (y - 2024) * 12 + m - 1;
  if (t->review[at] >= 0) return (size_t)t->review[at];
  (void)snprintf(title, sizeof title, "Trading review, %s %d", months[m - 1], y);
  t->review[at] = (int)add_paper(t, propter_day(y, m + 1, 5), "review", title);
  add_line(t, (size_t)t->review[at], "Figures are those of the weekly report. The desk adds what it heard.");
  return (size_t)t->review[at];
}

static void cause_words(Shop *s, const Event *e, bool by_kind, char *out, size_t size) {
  char days[64];
  (void)s;
  span_words(e->from, e->to, "to", days, sizeof days);
  if (by_kind) (void)snprintf(out, size, "the %s from %s", kinds[e->kind].name, days);
  else (void)snprintf(out, size, "the %s %s", e->name, kinds[e->kind].name);
}

typedef struct {
  char cause[128], effect[96], when[80];
  const char *plural, *measure;
  bool up;
} Words;

static void put(PropterBuf *out, const char *text, bool capital) {
  for (size_t i = 0; text[i]; i++) propter_buf_printf(out, "%c", i || !capital ? text[i] : toupper((unsigned char)text[i]));
}

static void fill(const char *text, const Words *w, PropterBuf *out) {
  for (; *text; text++) {
    if (*text != '{') {
      propter_buf_printf(out, "%c", *text);
      continue;
    }
    char code = text[1];
    text += 2;
    bool capital = isupper((unsigned char)code);
    switch (tolower((unsigned char)code)) {
    case 'c':
      put(out, w->cause, capital);
      break;
    case 'e':
      put(out, w->effect, capital);
      break;
    case 't':
      put(out, w->when, false);
      break;
    case 'v':
      put(out, w->up ? "rose" : "fell", false);
      break;
    case 'n':
      put(out, w->up ? "rise" : "fall", false);
      break;
    case 'l':
      put(out, w->up ? "raise" : "lower", false);
      break;
    case 'k':
      put(out, w->plural, capital);
      break;
    default:
      put(out, w->measure, false);
      break;
    }
  }
}

static void say(Teller *t, size_t paper, Use use, const Words *w, const char *truth, const char *cause, long episode) {
  Shop *s = t->shop;
  size_t count = sizeof sayings / sizeof *sayings, fit = 0, pick = 0;
  bool novel = use != TYPE && chance(s, s->p.novel);
  for (size_t i = 0; i < count; i++) fit += sayings[i].use == use && sayings[i].novel == novel;
  int at = between(s, 1, (int)fit);
  for (size_t i = 0; i < count && at; i++)
    if (sayings[i].use == use && sayings[i].novel == novel && !--at) pick = i;
  PropterBuf text = {.max = 4096};
  fill(sayings[pick].text, w, &text);
  PropterStr line = propter_buf_str(&text);
  (void)fprintf(t->claims, "%ld\t%s\t%s\t%d\t%s\t%s\t%.*s\n", episode, t->papers.items[paper].slug, use_names[use], novel, truth, cause, (int)line.len,
                line.data);
  propter_buf_printf(&t->papers.items[paper].body, "%.*s\n", (int)line.len, line.data);
  propter_buf_clear(&text);
}

static void event_id(const Event *e, char *out, size_t size) { (void)snprintf(out, size, "%s-%s", kinds[e->kind].id, e->name); }

static Words words_about(Teller *t, const Episode *e, const Event *cause, bool up) {
  Shop *s = t->shop;
  Words w = {.up = up};
  char days[64];
  cause_words(s, cause, chance(s, s->p.by_kind), w.cause, sizeof w.cause);
  series_phrase(e->measure, e->region, e->product, w.effect, sizeof w.effect);
  if (!chance(s, s->p.dated)) return w;
  int y, m, d;
  propter_day_civil(day_of(e->from), &y, &m, &d);
  span_words(e->from, e->to, "and", days, sizeof days);
  if (chance(s, .5)) (void)snprintf(w.when, sizeof w.when, " between %s", days);
  else (void)snprintf(w.when, sizeof w.when, " in %s %d", months[m - 1], y);
  return w;
}

static bool is_cause(const Episode *e, size_t event) {
  for (size_t i = 0; i < e->events; i++)
    if (e->event[i] == event) return true;
  return false;
}

/* A wrong cause: what happened beside it, or something known of about that time, here or elsewhere. SIZE_MAX: none. */
static size_t wrong_cause(Teller *t, const Episode *e) {
  Shop *s = t->shop;
  size_t found = SIZE_MAX, seen = 0;
  if (e->decoy != SIZE_MAX && chance(s, .6)) return e->decoy;
  for (size_t i = 0; i < s->events.count; i++) {
    const Event *x = &s->events.items[i];
    if (x->kind == HIDDEN || !x->calendar || is_cause(e, i) || x->from > e->to || x->to < e->from - 30) continue;
    if (propter_rng_below(&s->rng, ++seen) == 0) found = i;
  }
  return found;
}

static void tell_one(Teller *t, size_t paper, size_t number, size_t event, Use use, const char *truth) {
  Episode *e = &t->shop->episodes.items[number];
  const Event *x = &t->shop->events.items[event];
  const Event *first = &t->shop->events.items[e->event[0]];
  char id[96];
  Words w = words_about(t, e, x, first->size > 0);
  event_id(x, id, sizeof id);
  say(t, paper, use, &w, truth, id, (long)number);
}

static void tell_episode(Teller *t, size_t number) {
  Shop *s = t->shop;
  Episode *e = &s->episodes.items[number];
  size_t review = review_of(t, e->to), wrong = wrong_cause(t, e), known = 0;
  for (size_t i = 0; i < e->events; i++) known += s->events.items[e->event[i]].kind != HIDDEN;
  /* About the mean of a Poisson count: floor, and one more with what is left. */
  int count = (int)s->p.statements + chance(s, s->p.statements - (int)s->p.statements);
  for (int i = 0; i < count; i++) {
    bool false_one = !known || chance(s, s->p.false_claims);
    size_t cause = false_one ? wrong : e->event[between(s, 0, (int)known - 1)];
    if (cause != SIZE_MAX) tell_one(t, review, number, cause, AFTER, false_one ? "false" : "true");
    if (false_one && !e->consensus) wrong = wrong_cause(t, e);
  }
  if (wrong != SIZE_MAX && chance(s, s->p.denials)) tell_one(t, review, number, wrong, DENY, "true");
  for (int i = 0; e->consensus && wrong != SIZE_MAX && i < 3; i++) {
    char title[96], when[32];
    PropterDay day = day_of(e->to + between(s, 2, 9));
    date_words(day, when, sizeof when);
    (void)snprintf(title, sizeof title, "Column, %s", when);
    size_t column = add_paper(t, day, "column", title);
    tell_one(t, column, number, wrong, AFTER, "false");
    add_line(t, column, "That is what people in the trade say.");
  }
}

/* Facts: what is in no calendar is at least told with its days. */
static void tell_event(Teller *t, const Event *e) {
  Shop *s = t->shop;
  char line[512], days[64], place[96] = "", id[96];
  span_words(e->from, e->to, "to", days, sizeof days);
  event_id(e, id, sizeof id);
  if (!e->calendar) {
    (void)snprintf(place, sizeof place, "%s%s%s%s", e->product == ANY ? "" : " for ", e->product == ANY ? "" : product_names[e->product],
                   e->region == ANY ? "" : " in the ", e->region == ANY ? "" : region_names[e->region]);
    (void)snprintf(line, sizeof line, "There was a %s%s from %s.", kinds[e->kind].name, place, days);
    add_line(t, review_of(t, e->from), line);
  }
  if (!kinds[e->kind].planned || !chance(s, s->p.announced)) return;
  int early = between(s, 3, 10);
  Words w = {.up = kinds[e->kind].sign > 0};
  (void)snprintf(line, sizeof line, "Notice of the %s %s", e->name, kinds[e->kind].name);
  size_t paper = add_paper(t, day_of(e->from - early), "notice", line);
  (void)snprintf(line, sizeof line, "The %s %s runs from %s.", e->name, kinds[e->kind].name, days);
  add_line(t, paper, line);
  cause_words(s, e, false, w.cause, sizeof w.cause);
  series_phrase(kinds[e->kind].measure, e->region, e->product, w.effect, sizeof w.effect);
  say(t, paper, BEFORE, &w, e->size != 0 ? "true" : "false", id, -1);
}

static void tell_handbook(Teller *t) {
  size_t paper = add_paper(t, day_of(0) - 30, "handbook", "Handbook of the trading desk");
  for (int k = 0; k < kind_count; k++) {
    Words w = {.plural = kinds[k].plural, .measure = measure_names[kinds[k].measure], .up = kinds[k].sign > 0};
    if (kinds[k].weight || chance(t->shop, .5)) say(t, paper, TYPE, &w, kinds[k].weight ? "true" : "false", kinds[k].id, -1);
  }
}

/* --- files ------------------------------------------------------------------------------------------------------------------------ */

static void write_docx(const char *folder, const char *name, const Paper *p, const char *date) {
  static const char types[] = "<?xml version=\"1.0\"?><Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">"
                              "<Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>"
                              "<Default Extension=\"xml\" ContentType=\"application/xml\"/><Override PartName=\"/word/document.xml\" ContentType="
                              "\"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/></Types>";
  static const char relations[] = "<?xml version=\"1.0\"?><Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship "
                                  "Id=\"r1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" "
                                  "Target=\"word/document.xml\"/></Relationships>";
  PropterBuf body = {.max = 1 << 22};
  char path[4096];
  propter_buf_printf(&body, "<?xml version=\"1.0\"?><w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body>");
  propter_buf_printf(&body, "<w:p><w:r><w:t>%s</w:t></w:r></w:p><w:p><w:r><w:t>Date: %s</w:t></w:r></w:p>", p->title, date);
  PropterStr text = propter_buf_str(&p->body);
  for (size_t i = 0, start = 0; i < text.len; i++)
    if (text.data[i] == '\n') {
      propter_buf_printf(&body, "<w:p><w:r><w:t>%.*s</w:t></w:r></w:p>", (int)(i - start), text.data + start);
      start = i + 1;
    }
  propter_buf_printf(&body, "</w:body></w:document>");
  (void)snprintf(path, sizeof path, "%s/documents/%s", folder, name);
  int code = 0;
  zip_t *zip = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, &code);
  must_have(zip);
  PropterStr all = propter_buf_str(&body);
  const struct {
    const char *name, *data;
    size_t size;
  } part[] = {{"[Content_Types].xml", types, sizeof types - 1}, {"_rels/.rels", relations, sizeof relations - 1}, {"word/document.xml", all.data, all.len}};
  for (size_t i = 0; i < 3; i++) {
    zip_int64_t at = zip_file_add(zip, part[i].name, zip_source_buffer(zip, part[i].data, part[i].size, 0), 0);
    if (at < 0 || zip_file_set_mtime(zip, (zip_uint64_t)at, 1704067200, 0)) exit(70);
  }
  if (zip_close(zip)) exit(75);
  propter_buf_clear(&body);
}

static void write_paper(const char *folder, const Paper *p, size_t number) {
  static const char *const before[] = {("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>%s</title>\n"
                                        "<meta name=\"dcterms.date\" content=\"%s\"></head>\n<body><h1>%s</h1>\n"),
                                       "---\ntitle: \"%s\"\ndate: %s\n---\n\n# %s\n\n", "%s\nDate: %s\n\n%.0s"};
  const char *format = formats[number % 4];
  char name[96], iso[16], words[32];
  propter_day_format(p->day, iso);
  date_words(p->day, words, sizeof words);
  (void)snprintf(name, sizeof name, "%s.%s", p->slug, format);
  if (number % 4 == 3) {
    write_docx(folder, name, p, words);
    return;
  }
  char path[4096];
  (void)snprintf(path, sizeof path, "%s/documents", folder);
  FILE *file = open_file(path, name);
  if (number % 4 == 0) (void)fprintf(file, before[0], p->title, iso, p->title);
  else if (number % 4 == 1) (void)fprintf(file, before[1], p->title, iso, p->title);
  else (void)fprintf(file, before[2], p->title, words, "");
  PropterStr text = propter_buf_str(&p->body);
  for (size_t i = 0, start = 0; i < text.len; i++)
    if (text.data[i] == '\n') {
      (void)fprintf(file, number % 4 == 0 ? "<p>%.*s</p>\n" : "%.*s\n\n", (int)(i - start), text.data + start);
      start = i + 1;
    }
  if (number % 4 == 0) (void)fprintf(file, "</body></html>\n");
  close_file(file);
}

void tell(Shop *s, const char *folder) {
  Teller t = {.shop = s, .claims = open_file(folder, "claims.tsv")};
  size_t month_count = (size_t)s->p.days / 28 + 3;
  char path[4096];
  (void)snprintf(path, sizeof path, "%s/documents", folder);
  (void)mkdir(path, 0777);
  t.review = propter_malloc(month_count * sizeof *t.review);
  must_have(t.review);
  for (size_t i = 0; i < month_count; i++) t.review[i] = -1;
  (void)fprintf(t.claims, "question\tdocument\tuse\tnovel\ttruth\tcause\tsentence\n");
  tell_handbook(&t);
  for (size_t i = 0; i < s->events.count; i++)
    if (s->events.items[i].kind != HIDDEN) tell_event(&t, &s->events.items[i]);
  for (size_t i = 0; i < s->episodes.count; i++) tell_episode(&t, i);
  for (size_t i = 0; i < t.papers.count; i++) {
    write_paper(folder, &t.papers.items[i], i);
    propter_buf_clear(&t.papers.items[i].body);
  }
  close_file(t.claims);
  propter_vec_clear(&t.papers);
  propter_free(t.review);
}
