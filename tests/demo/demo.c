/* SPDX-License-Identifier: Apache-2.0 */
#include "demo.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "propter/vocab.h"

#define EMP "https://w3id.org/propter/pack/us-employment#"
#define PROPTER_NS TERMS_propter

DemoCause demo_causes[64];
size_t demo_cause_count;
DemoQuestion demo_questions[128];
size_t demo_question_count;
DemoClaim demo_claims[256];
size_t demo_claim_count;

/* Lives as long as the program. */
static PropterArena arena;

static const char *full(const char *name) {
  if (!name || strncmp(name, "emp:", 4) != 0) return name;
  return propter_arena_printf(&arena, EMP "%s", name + 4).data;
}

const char *demo_pack(void) {
  const char *source = getenv("srcdir");
  return propter_arena_printf(&arena, "%s/ontology/packs/us-employment", source ? source : ".").data;
}

/* --- the two files ------------------------------------------------------------------------------------------------------------------------------ */

static json_t *read_json(const char *name) {
  json_error_t e;
  const char *source = getenv("srcdir");
  const char *path = propter_arena_printf(&arena, "%s/tests/demo/%s", source ? source : ".", name).data;
  json_t *root = json_load_file(path, 0, &e);
  ck_assert_msg(root != NULL, "%s:%d: %s", path, e.line, e.text);
  return root;
}

static const char *text_of(json_t *object, const char *key) { return full(json_string_value(json_object_get(object, key))); }

static void names_of(json_t *object, const char *key, DemoNames out) {
  json_t *list = json_object_get(object, key);
  ck_assert_uint_lt(json_array_size(list), DEMO_MOST);
  for (size_t i = 0; i < json_array_size(list); i++) out[i] = full(json_string_value(json_array_get(list, i)));
}

static int month_text(const char *text) { return text ? atoi(text) * 12 + atoi(text + 5) - 1 : 0; }

static PropterDay day_text(const char *text) {
  PropterDay day;
  ck_assert(propter_day_parse(propter_str(text), &day));
  return day;
}

static void read_cause(json_t *j) {
  DemoCause *c = &demo_causes[demo_cause_count++];
  ck_assert_uint_le(demo_cause_count, 64);
  c->id = text_of(j, "id");
  c->other_sector = text_of(j, "otherSector");
  names_of(j, "events", c->events);
  names_of(j, "kinds", c->kinds);
  names_of(j, "documents", c->documents);
  names_of(j, "overlaps", c->overlaps);
  json_t *windows = json_object_get(j, "windows");
  for (size_t i = 0; i < json_array_size(windows); i++) {
    json_t *w = json_array_get(windows, i);
    ck_assert_uint_lt(c->window_count, 4);
    c->windows[c->window_count++] = (DemoWindow){text_of(w, "sector"), month_text(text_of(w, "from")), month_text(text_of(w, "to"))};
  }
}

static void read_question(json_t *j) {
  DemoQuestion *q = &demo_questions[demo_question_count++];
  ck_assert_uint_le(demo_question_count, 128);
  q->id = text_of(j, "id");
  q->group = text_of(j, "group");
  q->text = text_of(j, "text");
  q->metric = text_of(j, "metric");
  q->from = day_text(text_of(j, "from"));
  q->to = day_text(text_of(j, "to"));
  names_of(j, "outcomes", q->outcomes);
  names_of(j, "accepted", q->accepted);
  names_of(j, "leads", q->leads);
  names_of(j, "grades", q->grades);
  names_of(j, "against", q->against);
  json_t *listed = json_object_get(j, "listed");
  for (size_t i = 0; i < json_array_size(listed); i++) {
    DemoListed *l = &q->listed[q->listed_count++];
    ck_assert_uint_le(q->listed_count, 2);
    l->cause = text_of(json_array_get(listed, i), "cause");
    names_of(json_array_get(listed, i), "grades", l->grades);
    l->not_first_above = json_number_value(json_object_get(json_array_get(listed, i), "notFirstAbove"));
  }
}

void demo_read(void) {
  if (demo_cause_count) return;
  static json_t *truth, *said; /* kept: their texts are used until the end */
  truth = read_json("truth.json");
  said = read_json("claims.json");
  json_t *list = json_object_get(truth, "causes");
  for (size_t i = 0; i < json_array_size(list); i++) read_cause(json_array_get(list, i));
  list = json_object_get(truth, "questions");
  for (size_t i = 0; i < json_array_size(list); i++) read_question(json_array_get(list, i));
  list = json_object_get(said, "claims");
  for (size_t i = 0; i < json_array_size(list); i++) {
    json_t *j = json_array_get(list, i);
    ck_assert_uint_lt(demo_claim_count, 256);
    demo_claims[demo_claim_count++] = (DemoClaim){text_of(j, "id"),
                                                  text_of(j, "document"),
                                                  text_of(j, "text"),
                                                  text_of(j, "cause"),
                                                  text_of(j, "effect"),
                                                  text_of(j, "truth"),
                                                  text_of(j, "form"),
                                                  text_of(j, "kind"),
                                                  month_text(text_of(j, "from")),
                                                  month_text(text_of(j, "to"))};
  }
  ck_assert_uint_gt(demo_cause_count, 10);
  ck_assert_uint_gt(demo_question_count, 40);
  ck_assert_uint_gt(demo_claim_count, 50);
}

const DemoCause *demo_cause(const char *id) {
  for (size_t i = 0; i < demo_cause_count; i++)
    if (strcmp(demo_causes[i].id, id) == 0) return &demo_causes[i];
  ck_abort_msg("truth.json has no cause %s", id);
}

const DemoClaim *demo_claim(const char *id) {
  for (size_t i = 0; i < demo_claim_count; i++)
    if (strcmp(demo_claims[i].id, id) == 0) return &demo_claims[i];
  ck_abort_msg("claims.json has no claim %s", id);
}

bool demo_has(const DemoNames names, const char *name) {
  for (size_t i = 0; i < DEMO_MOST && names[i]; i++)
    if (strcmp(names[i], name) == 0) return true;
  return false;
}

/* --- months and sectors --------------------------------------------------------------------------------------------------------------------------- */

int demo_month(PropterDay day) {
  int y, m, d;
  propter_day_civil(day, &y, &m, &d);
  return y * 12 + m - 1;
}

PropterDay demo_month_first(int month) { return propter_day(month / 12, month % 12 + 1, 1); }
PropterDay demo_month_last(int month) { return propter_day(month / 12, month % 12 + 2, 1) - 1; }

const char *demo_sectors[32] = {EMP "nonfarm",
                                EMP "private",
                                EMP "goods-producing",
                                EMP "service-providing",
                                EMP "private-service-providing",
                                EMP "mining-and-logging",
                                EMP "construction",
                                EMP "manufacturing",
                                EMP "durable-goods",
                                EMP "nondurable-goods",
                                EMP "trade-transportation-utilities",
                                EMP "wholesale-trade",
                                EMP "retail-trade",
                                EMP "transportation-and-warehousing",
                                EMP "utilities",
                                EMP "information",
                                EMP "financial-activities",
                                EMP "professional-and-business-services",
                                EMP "education-and-health-services",
                                EMP "leisure-and-hospitality",
                                EMP "other-services",
                                EMP "government"};
size_t demo_sector_count = 22;

const char *demo_metric(const char *sector) { return propter_arena_printf(&arena, "%s-employment", sector).data; }

/* Narrower sectors with all that are wider, as the survey adds them up. */
static const struct {
  const char *sector, *wider;
} wider[] = {{"private", "nonfarm"},
             {"goods-producing", "private nonfarm"},
             {"service-providing", "nonfarm"},
             {"private-service-providing", "private service-providing nonfarm"},
             {"mining-and-logging", "goods-producing private nonfarm"},
             {"construction", "goods-producing private nonfarm"},
             {"manufacturing", "goods-producing private nonfarm"},
             {"durable-goods", "manufacturing goods-producing private nonfarm"},
             {"nondurable-goods", "manufacturing goods-producing private nonfarm"},
             {"trade-transportation-utilities", "private-service-providing private service-providing nonfarm"},
             {"wholesale-trade", "trade-transportation-utilities private-service-providing private service-providing nonfarm"},
             {"retail-trade", "trade-transportation-utilities private-service-providing private service-providing nonfarm"},
             {"transportation-and-warehousing", "trade-transportation-utilities private-service-providing private service-providing nonfarm"},
             {"utilities", "trade-transportation-utilities private-service-providing private service-providing nonfarm"},
             {"information", "private-service-providing private service-providing nonfarm"},
             {"financial-activities", "private-service-providing private service-providing nonfarm"},
             {"professional-and-business-services", "private-service-providing private service-providing nonfarm"},
             {"education-and-health-services", "private-service-providing private service-providing nonfarm"},
             {"leisure-and-hospitality", "private-service-providing private service-providing nonfarm"},
             {"other-services", "private-service-providing private service-providing nonfarm"},
             {"government", "service-providing nonfarm"}};

static bool is_wider(const char *narrow, const char *wide) {
  size_t n = strlen(wide);
  for (size_t i = 0; i < sizeof wider / sizeof *wider; i++) {
    if (strcmp(wider[i].sector, narrow) != 0) continue;
    for (const char *p = wider[i].wider; (p = strstr(p, wide)); p += n)
      if ((p == wider[i].wider || p[-1] == ' ') && (p[n] == ' ' || !p[n])) return true;
  }
  return false;
}

bool demo_within(const char *sector, const char *of) {
  const char *a = strchr(sector, '#') + 1, *b = strchr(of, '#') + 1;
  return strcmp(a, b) == 0 || is_wider(a, b) || is_wider(b, a);
}

bool demo_right(const DemoCause *cause, const char *sector, int month) {
  for (size_t i = 0; i < cause->window_count; i++)
    if (month >= cause->windows[i].from && month <= cause->windows[i].to && demo_within(sector, cause->windows[i].sector)) return true;
  return false;
}

/* --- the graph ---------------------------------------------------------------------------------------------------------------------------------------- */

void demo_run(const char *format, ...) {
  char arguments[8192];
  va_list list;
  va_start(list, format);
  (void)vsnprintf(arguments, sizeof arguments, format, list);
  va_end(list);
  const char *program = getenv("PROPTER");
  PropterStr line = propter_arena_printf(&arena, "'%s' %s >/dev/null", program ? program : "query/propter", arguments);
  int code = system(line.data);
  ck_assert_msg(code == 0, "%s: ended with %d", line.data, code);
}

const char *demo_graph(void) {
  static const char *dir;
  if (dir) return dir;
  const char *pack = demo_pack(), *path = support_path(support_folder(), "graph");
  demo_run("-g '%s' load '%s/../../propter.ttl' '%s/concepts.ttl' '%s/metrics.ttl' '%s/events.ttl'", path, pack, pack, pack, pack);
  demo_run("-g '%s' ingest '%s/mapping.ttl'", path, pack);
  demo_run("-g '%s' read '%s/documents'", path, pack);
  return dir = path;
}

void demo_setup(void) {
  demo_read();
  (void)demo_graph();
}

Demo demo_open(const char *dir, const PropterInferOptions *options) {
  Demo demo = {0};
  ck_ok(propter_graph_open(dir, PROPTER_GRAPH_READ_ONLY, NULL, &demo.graph, err));
  ck_ok(propter_snapshot_open(demo.graph, 0, &demo.snapshot, err));
  ck_ok(propter_inferrer_new(demo.snapshot, options, &demo.inferrer, err));
  return demo;
}

void demo_close(Demo *demo) {
  propter_inferrer_free(demo->inferrer);
  propter_snapshot_close(demo->snapshot);
  propter_graph_close(demo->graph);
  *demo = (Demo){0};
}

PropterInference *demo_ask(const Demo *demo, const DemoQuestion *question) {
  PropterInference *x;
  ck_ok(propter_inferrer_window(demo->inferrer, propter_str(question->metric), question->from, question->to, &x, err));
  return x;
}

PropterInference *demo_ask_month(const Demo *demo, const char *metric, int month) {
  PropterInference *x;
  ck_ok(propter_inferrer_window(demo->inferrer, propter_str(metric), demo_month_first(month), demo_month_last(month), &x, err));
  return x;
}

/* --- what was found ---------------------------------------------------------------------------------------------------------------------------------- */

static bool names_it(const DemoNames names, PropterStr iri) {
  for (size_t i = 0; names[i]; i++)
    if (propter_str_equal(propter_str(names[i]), iri)) return true;
  return false;
}

static bool is_cause(const PropterCause *cause, const DemoCause *truth) {
  if (names_it(truth->events, cause->iri) || (!cause->documented && names_it(truth->kinds, cause->iri))) return true;
  for (size_t i = 0; i < cause->aliases; i++)
    if (names_it(truth->events, cause->alias[i])) return true;
  return false;
}

const DemoCause *demo_match(const PropterCause *cause) {
  for (size_t i = 0; i < demo_cause_count; i++)
    if (is_cause(cause, &demo_causes[i])) return &demo_causes[i];
  return NULL;
}

const PropterCause *demo_find(const PropterInference *x, const DemoCause *cause) {
  for (size_t i = 0; i < x->causes; i++)
    if (is_cause(&x->cause[i], cause)) return &x->cause[i];
  return NULL;
}

double demo_p(const PropterInference *x, const DemoCause *cause) {
  const PropterCause *found = demo_find(x, cause);
  return found ? found->score.p : 0;
}

bool demo_named(const PropterInference *x, const PropterCause *cause) {
  PropterScoreOptions o = propter_score_options();
  return x->outcome == PROPTER_ANSWER_ANSWERED && cause->score.p >= o.cost_wrong / (o.cost_wrong + o.cost_silent);
}

const char *demo_grade(PropterGrade grade) {
  static const char *const names[] = {"Both", "DataOnly", "TextOnly", "NotSeparable", "Contradicted", "Unsupported"};
  return names[grade];
}

static void letters(PropterStr text, PropterBuf *out) {
  for (size_t i = 0; i < text.len; i++) {
    unsigned char c = (unsigned char)text.data[i];
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) propter_buf_add_char(out, (char)c);
    if (c >= 'A' && c <= 'Z') propter_buf_add_char(out, (char)(c + 32));
  }
}

bool demo_is_claim(const PropterEvidence *e, const DemoClaim *claim) {
  PropterBuf a = {0}, b = {0};
  if (e->kind != PROPTER_EVIDENCE_QUOTE || !propter_str_ends(e->path, propter_str(claim->document))) return false;
  letters(e->text, &a);
  letters(propter_str(claim->text), &b);
  bool same =
      a.len > 10 && b.len > 10 &&
      (propter_str_find(propter_buf_str(&a), propter_buf_str(&b)) != SIZE_MAX || propter_str_find(propter_buf_str(&b), propter_buf_str(&a)) != SIZE_MAX);
  propter_buf_clear(&a);
  propter_buf_clear(&b);
  return same;
}

/* --- changing a graph -------------------------------------------------------------------------------------------------------------------------------- */

const char *demo_copy(DemoEdit *edit) {
  PropterGraph *from;
  const char *to = support_path(support_folder(), "graph");
  ck_ok(propter_graph_open(demo_graph(), PROPTER_GRAPH_READ_ONLY, NULL, &from, err));
  ck_ok(propter_graph_backup(from, to, err));
  propter_graph_close(from);
  ck_ok(propter_graph_open(to, 0, NULL, &edit->graph, err));
  ck_ok(propter_snapshot_open(edit->graph, 0, &edit->snapshot, err));
  ck_ok(propter_writer_open(edit->graph, false, &edit->writer, err));
  return to;
}

void demo_commit(DemoEdit *edit) {
  ck_ok(propter_writer_commit(edit->writer, err));
  propter_writer_close(edit->writer);
  propter_snapshot_close(edit->snapshot);
  propter_graph_close(edit->graph);
}

PropterId demo_iri(DemoEdit *edit, const char *iri) {
  PropterId id;
  PropterTerm term = propter_iri(propter_str(iri));
  ck_ok(propter_writer_intern(edit->writer, &term, &id, err));
  return id;
}

PropterId demo_date(DemoEdit *edit, PropterDay day) {
  char text[16];
  PropterId id;
  propter_day_format(day, text);
  PropterTerm term = propter_typed(propter_str(text), propter_vocab_iri(VOCAB_xsd_date));
  ck_ok(propter_writer_intern(edit->writer, &term, &id, err));
  return id;
}

void demo_add(DemoEdit *edit, const char *s, const char *p, PropterId o) {
  ck_ok(propter_writer_add(edit->writer, (PropterQuad){demo_iri(edit, s), demo_iri(edit, p), o, demo_iri(edit, "https://example.org/added")}, err));
}

void demo_replace(DemoEdit *edit, const char *s, const char *p, PropterId o) {
  PropterQuads rows = {0};
  ck_ok(propter_snapshot_match(edit->snapshot, (PropterQuad){.s = demo_iri(edit, s), .p = demo_iri(edit, p)}, 0, &rows, err));
  ck_assert_msg(rows.count > 0, "%s has no %s", s, p);
  for (size_t i = 0; i < rows.count; i++) ck_ok(propter_writer_remove(edit->writer, rows.items[i], err));
  PropterQuad row = rows.items[0];
  row.o = o;
  ck_ok(propter_writer_add(edit->writer, row, err));
  propter_vec_clear(&rows);
}

static PropterDay add_months(PropterDay day, int months) {
  int y, m, d;
  propter_day_civil(day, &y, &m, &d);
  int month = y * 12 + m - 1 + months, length = propter_month_length(month / 12, month % 12 + 1);
  return propter_day(month / 12, month % 12 + 1, d < length ? d : length);
}

static void shift_dates(DemoEdit *edit, PropterId node, int months, unsigned depth) {
  PropterQuads rows = {0};
  ck_ok(propter_snapshot_match(edit->snapshot, (PropterQuad){.s = node}, 0, &rows, err));
  PropterId dose = demo_iri(edit, PROPTER_NS "dose"), point = demo_iri(edit, PROPTER_NS "point");
  for (size_t i = 0; i < rows.count; i++) {
    PropterDay day;
    PropterQuad row = rows.items[i];
    if (depth && (row.p == dose || row.p == point)) shift_dates(edit, row.o, months, depth - 1);
    if (!propter_id_day(row.o, &day)) continue;
    ck_ok(propter_writer_remove(edit->writer, row, err));
    row.o = demo_date(edit, add_months(day, months));
    ck_ok(propter_writer_add(edit->writer, row, err));
  }
  propter_vec_clear(&rows);
}

void demo_shift(DemoEdit *edit, const char *event, int months) { shift_dates(edit, demo_iri(edit, event), months, 3); }
