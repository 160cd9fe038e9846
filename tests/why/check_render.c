/* SPDX-License-Identifier: Apache-2.0 */
/* Every renderer against its golden files (PROPTER_BLESS=1 rewrites them), the JSON against its schema, and hostile text against all of them. */
#include <libxml/HTMLparser.h>
#include <stdio.h>
#include <string.h>

#include "../../query/why/render.h"
#include "made.h"
#include "propter/io.h"
#include "schema.h"
#include "support.h"

Suite *suite_render(void);

static const char *const formats[] = {"text", "md", "json", "csv", "html", "svg"};
enum { FORMATS = sizeof formats / sizeof *formats };

static PropterWhyAnswer *answer_for(MadeKind kind, bool numbers) {
  PropterInference *f = made_inference(kind);
  PropterQuestion q = made_question(f, kind == MADE_HOSTILE ? made_payload : "why did information jobs fall");
  q.direction = kind == MADE_QUIET ? 1 : -1;
  PropterWhyOptions o = propter_why_options();
  o.numbers = o.explain = numbers;
  o.report = PROPTER_STR("why-information-employment-2011-08.html");
  PropterWhyAnswer *a;
  ck_ok(propter_why_answer(&q, f, &o, &a, err));
  if (kind == MADE_ANSWERED || kind == MADE_HOSTILE) made_parts(a, kind);
  return a;
}

static void render(const PropterWhyAnswer *a, const char *format, PropterBuf *out) {
  propter_buf_reset(out);
  ck_ok(propter_why_render(a, format, out, err));
}

static const char *golden_path(const char *name, const char *format) {
  static char path[512];
  (void)snprintf(path, sizeof path, "%s/tests/why/golden/%s.%s", getenv("srcdir"), name, strcmp(format, "text") == 0 ? "txt" : format);
  return path;
}

/* The style sheet is a file of its own; the golden texts leave it out. */
static void without_style(PropterBuf *text) {
  char *from = strstr(text->data, "<style>"), *to = from ? strstr(from, "</style>") : NULL;
  if (!to) return;
  from += strlen("<style>");
  memmove(from, to, text->len - (size_t)(to - text->data) + 1);
  text->len -= (size_t)(to - from);
}

static void compare(const char *name, const char *format, PropterBuf *got) {
  if (strcmp(format, "html") == 0 || strcmp(format, "svg") == 0) without_style(got);
  const char *path = golden_path(name, format);
  if (getenv("PROPTER_BLESS")) support_write(path, propter_buf_str(got));
  PropterBuf want = {0};
  ck_ok(propter_io_read_file(path, 0, &want, err));
  ck_assert_msg(propter_str_equal(propter_buf_str(&want), propter_buf_str(got)), "%s differs from %s", format, path);
  propter_buf_clear(&want);
}

START_TEST(answers_look_as_agreed) {
  PropterBuf out = {0};
  for (MadeKind k = MADE_ANSWERED; k <= MADE_NOT_TESTABLE; k++) {
    PropterWhyAnswer *a = answer_for(k, false);
    for (int i = 0; i < FORMATS; i++) {
      if (k != MADE_ANSWERED && (strcmp(formats[i], "html") == 0 || strcmp(formats[i], "svg") == 0)) continue; /* one report stands for all */
      render(a, formats[i], &out);
      compare(made_names[k], formats[i], &out);
    }
    propter_why_free(a);
  }
  PropterWhyAnswer *a = answer_for(MADE_ANSWERED, true);
  render(a, "text", &out);
  compare("answered-numbers", "text", &out);
  propter_why_free(a);
  propter_buf_clear(&out);
}
END_TEST

static json_t *schema(void) {
  char path[512];
  (void)snprintf(path, sizeof path, "%s/query/why/answer.schema.json", getenv("srcdir"));
  json_error_t e;
  json_t *s = json_load_file(path, 0, &e);
  ck_assert_msg(s != NULL, "%s: %s", path, e.text);
  return s;
}

START_TEST(json_follows_its_schema) {
  json_t *s = schema();
  PropterBuf out = {0};
  for (MadeKind k = MADE_ANSWERED; k < MADE_COUNT; k++) {
    PropterWhyAnswer *a = answer_for(k, false);
    render(a, "json", &out);
    json_error_t e;
    json_t *v = json_loadb(out.data, out.len, JSON_REJECT_DUPLICATES, &e);
    ck_assert_msg(v != NULL, "%s: %s at %d", made_names[k], e.text, e.position);
    char why[600] = "";
    ck_assert_msg(schema_valid(s, v, why, sizeof why), "%s: %s", made_names[k], why);
    ck_assert_int_eq((int)json_integer_value(json_object_get(v, "exit")), propter_exit_code(a->status));
    json_decref(v);
    propter_why_free(a);
  }
  propter_buf_clear(&out);
  json_decref(s);
}
END_TEST

START_TEST(schema_refuses_what_it_should) {
  json_t *s = schema();
  PropterBuf out = {0};
  PropterWhyAnswer *a = answer_for(MADE_ANSWERED, false);
  render(a, "json", &out);
  char why[600];
  json_t *v = json_loadb(out.data, out.len, 0, NULL);
  json_object_set_new(v, "extra", json_true());
  ck_assert(!schema_valid(s, v, why, sizeof why));
  json_object_del(v, "extra");
  ck_assert(schema_valid(s, v, why, sizeof why));
  json_object_set_new(v, "outcome", json_string("perhaps"));
  ck_assert(!schema_valid(s, v, why, sizeof why));
  json_object_set_new(v, "outcome", json_string("answered"));
  json_object_del(json_array_get(json_object_get(v, "causes"), 0), "grade");
  ck_assert(!schema_valid(s, v, why, sizeof why));
  ck_assert_ptr_nonnull(strstr(why, "/causes/0: misses grade"));
  json_object_set_new(s, "dependentRequired", json_object());
  ck_assert(!schema_valid(s, v, why, sizeof why));
  ck_assert_ptr_nonnull(strstr(why, "unknown keyword"));
  json_decref(v);
  json_decref(s);
  propter_why_free(a);
  propter_buf_clear(&out);
}
END_TEST

static bool allowed_element(const char *name) {
  static const char *const names[] = {"html",  "head",    "meta",     "title",  "style",   "body",   "main",       "h1",     "h2",         "h3",      "p",
                                      "dl",    "div",     "dt",       "dd",     "small",   "figure", "figcaption", "svg",    "desc",       "rect",    "line",
                                      "text",  "polygon", "polyline", "circle", "section", "header", "span",       "strong", "blockquote", "details", "summary",
                                      "table", "tr",      "th",       "td",     "ul",      "li",     "pre",        "code",   "footer",     "br"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (strcmp(names[i], name) == 0) return true;
  return false;
}

static unsigned walk(const xmlNode *node) {
  unsigned count = 0;
  for (; node; node = node->next) {
    if (node->type == XML_COMMENT_NODE) ck_abort_msg("a comment came in");
    if (node->type != XML_ELEMENT_NODE) continue;
    ck_assert_msg(allowed_element((const char *)node->name), "element %s", (const char *)node->name);
    count++;
    for (const xmlAttr *at = node->properties; at; at = at->next) {
      ck_assert_msg(strncmp((const char *)at->name, "on", 2) != 0, "attribute %s", (const char *)at->name);
      ck_assert(strcmp((const char *)at->name, "href") != 0 && strcmp((const char *)at->name, "src") != 0);
    }
    count += walk(node->children);
  }
  return count;
}

static void on_error(void *context, const char *message, ...) { (void)context, (void)message; }

START_TEST(hostile_text_stays_text) {
  PropterWhyAnswer *a = answer_for(MADE_HOSTILE, true);
  PropterBuf out = {0};
  render(a, "html", &out);
  ck_assert_ptr_null(strstr(out.data, "<script"));
  ck_assert_ptr_null(strstr(out.data, "<img"));
  ck_assert_ptr_null(strstr(out.data, "http-equiv=\"refresh"));
  xmlSetGenericErrorFunc(NULL, on_error);
  htmlDocPtr doc = htmlReadMemory(out.data, (int)out.len, NULL, "UTF-8", HTML_PARSE_RECOVER | HTML_PARSE_NONET | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING);
  ck_assert_ptr_nonnull(doc);
  ck_assert_uint_gt(walk(xmlDocGetRootElement(doc)), 40);
  xmlFreeDoc(doc);

  render(a, "text", &out);
  for (size_t i = 0; i < out.len; i++) ck_assert_msg((unsigned char)out.data[i] >= 0x20 || out.data[i] == '\n', "control character %d", out.data[i]);
  ck_assert_ptr_null(strstr(out.data, "\xe2\x80\xae")); /* right-to-left override */

  render(a, "md", &out);
  ck_assert_ptr_null(strstr(out.data, "<script"));
  ck_assert_ptr_null(strstr(out.data, "<img"));
  ck_assert_ptr_null(strstr(out.data, "![x]("));

  render(a, "csv", &out);
  bool start = true, quoted = false;
  unsigned fields = 0;
  for (size_t i = 0; i < out.len; i++) {
    char c = out.data[i];
    if (start) {
      size_t k = c == '"' ? i + 1 : i;
      ck_assert_msg(!strchr("=+@", out.data[k]) && !(out.data[k] == '-' && c == '"'), "field %u begins with %c", fields, out.data[k]);
      start = false;
    }
    if (c == '"') quoted = !quoted;
    else if (!quoted && (c == ',' || c == '\n')) start = true, fields++;
  }
  ck_assert(!quoted);
  ck_assert_uint_eq(fields % 28, 0);

  render(a, "json", &out);
  json_t *v = json_loadb(out.data, out.len, 0, NULL);
  ck_assert_ptr_nonnull(v);
  ck_assert_str_eq(json_string_value(json_object_get(json_array_get(json_object_get(v, "causes"), 0), "label")), made_payload);
  json_decref(v);
  propter_why_free(a);
  propter_buf_clear(&out);
}
END_TEST

START_TEST(formula_starts_are_defused) {
  static const char *const starts[][2] = {{"=1+1", ",'=1+1,"}, {"+1+A1", ",'+1+A1,"}, {"-A1", ",'-A1,"},  {"@SUM(A1)", ",'@SUM(A1),"}, {"\t=1", ",'=1,"},
                                          {"\r=1", ",'=1,"},   {"  =1", ",'=1,"},     {"+1", ",+1,"},     {"-1", ",-1,"},             {"a\n=1", ",a =1,"}};
  for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
    PropterInference *f = made_inference(MADE_UNKNOWN);
    ((PropterCause *)f->cause)->label = propter_str(starts[i][0]);
    PropterQuestion q = made_question(f, "x");
    PropterWhyOptions o = propter_why_options();
    PropterWhyAnswer *a;
    ck_ok(propter_why_answer(&q, f, &o, &a, err));
    PropterBuf out = {0};
    render(a, "csv", &out);
    ck_assert_msg(strstr(out.data, starts[i][1]) != NULL, "%s", out.data);
    propter_buf_clear(&out);
    propter_why_free(a);
  }
}
END_TEST

START_TEST(equal_input_gives_equal_bytes_and_ids) {
  PropterBuf one = {0}, two = {0};
  for (int i = 0; i < FORMATS; i++) {
    PropterWhyAnswer *a = answer_for(MADE_ANSWERED, true), *b = answer_for(MADE_ANSWERED, true);
    render(a, formats[i], &one), render(b, formats[i], &two);
    ck_assert(propter_str_equal(propter_buf_str(&one), propter_buf_str(&two)));
    ck_assert_str_eq(a->id, b->id);
    propter_why_free(a), propter_why_free(b);
  }
  propter_buf_clear(&one), propter_buf_clear(&two);
}
END_TEST

/* The premise of a question in these words, of a window that stood `deviation` from what was expected and `change` from the time before. */
static PropterWhyAnswer *supposed(int direction, bool negated, bool moved, double deviation, double change) {
  PropterInference *f = made_inference(moved ? MADE_ANSWERED : MADE_QUIET);
  PropterQuestion q = made_question(f, "why");
  PropterWhyOptions o = propter_why_options();
  PropterWhyAnswer *a;
  q.direction = direction, q.negated = negated;
  f->deviation = deviation, f->change = change;
  ck_ok(propter_why_answer(&q, f, &o, &a, err));
  return a;
}

START_TEST(a_false_premise_is_named) {
  static const struct {
    int direction;
    bool negated, moved;
    double deviation, change;
    const char *premise;
    PropterStatus status;
  } cases[] = {
      {1, false, true, -43, -42,
       "the question speaks of a rise, but the figure stood 43 k below what was to be expected; against the month before it fell by 42 k", PROPTER_OK},
      {1, false, true, -43, 2,
       "the question speaks of a rise, but the figure stood 43 k below what was to be expected; against the month before it rose by 2 k", PROPTER_OK},
      {-1, false, true, 43, NAN, "the question speaks of a fall, but the figure stood 43 k above what was to be expected", PROPTER_OK},
      {-1, false, true, -43, 2, "", PROPTER_OK},
      {0, false, true, -43, 2, "", PROPTER_OK},
      {1, false, false, 2, 0, "the question speaks of a rise, but the figure stood within what was to be expected; against the month before it did not change",
       PROPTER_NEGATIVE},
      {0, true, true, -43, 2, "the question says that the figure did not move, but it stood 43 k below what was to be expected", PROPTER_NEGATIVE},
      {-1, true, true, -43, 2, "the question says that the figure did not fall, but it stood 43 k below what was to be expected", PROPTER_NEGATIVE},
      {1, true, true, -43, 2, "", PROPTER_OK},
      {1, true, false, 2, 2, "", PROPTER_OK},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    PropterWhyAnswer *a = supposed(cases[i].direction, cases[i].negated, cases[i].moved, cases[i].deviation, cases[i].change);
    ck_assert_msg(strcmp(a->premise.data, cases[i].premise) == 0, "%zu: %s", i, a->premise.data);
    ck_assert_int_eq(a->status, cases[i].status);
    propter_why_free(a);
  }
}
END_TEST

START_TEST(a_comparison_that_a_question_names_is_held_against_it) {
  PropterWhyAnswer *a = supposed(-1, false, true, -43, -42), *b = answer_for(MADE_ANSWERED, false);
  ck_assert_uint_eq(a->premise.len, 0);
  b->inference->observed = a->inference->observed - 10;
  ck_ok(why_compare(a, b, err));
  ck_assert_str_eq(a->premise.data,
                   "the question speaks of a fall, but against August 2011 the figure rose by 10 k; it stood 43 k below what was to be expected");
  propter_why_free(a);
  a = supposed(1, false, false, -2, -42), b = answer_for(MADE_ANSWERED, false);
  b->inference->observed = a->inference->observed - 10;
  ck_ok(why_compare(a, b, err));
  ck_assert_str_eq(a->premise.data, "the question speaks of a rise, but the figure stood within what was to be expected; against August 2011 it rose by 10 k");
  propter_why_free(a);
}
END_TEST

START_TEST(probabilities_are_words_unless_asked_for) {
  PropterBuf out = {0};
  for (int i = 0; i < FORMATS; i++) {
    if (strcmp(formats[i], "json") == 0) continue; /* the details */
    PropterWhyAnswer *a = answer_for(MADE_ANSWERED, false);
    render(a, formats[i], &out);
    ck_assert_ptr_nonnull(strstr(out.data, "very likely"));
    if (strcmp(formats[i], "html") != 0) ck_assert_msg(!strstr(out.data, ".97") && !strstr(out.data, "0.968"), "%s shows a number", formats[i]);
    propter_why_free(a);
    a = answer_for(MADE_ANSWERED, true);
    render(a, formats[i], &out);
    ck_assert(strstr(out.data, ".97") || strstr(out.data, "0.968"));
    propter_why_free(a);
  }
  propter_buf_clear(&out);
}
END_TEST

START_TEST(outcomes_have_their_exit_codes) {
  static const int exits[] = {0, 1, 7, 7};
  for (MadeKind k = MADE_ANSWERED; k <= MADE_NOT_TESTABLE; k++) {
    PropterWhyAnswer *a = answer_for(k, false);
    ck_assert_int_eq(propter_exit_code(a->status), exits[k]);
    propter_why_free(a);
  }
  PropterQuestion q = {.gap = PROPTER_GAP_NO_METRIC, .text = PROPTER_STR("why is the sky blue")};
  PropterWhyOptions o = propter_why_options();
  PropterWhyAnswer *a;
  ck_ok(propter_why_answer(&q, NULL, &o, &a, err));
  ck_assert_int_eq(propter_exit_code(a->status), 7);
  PropterBuf out = {0};
  for (int i = 0; i < FORMATS; i++) render(a, formats[i], &out), compare("not-understood", formats[i], &out);
  propter_why_free(a);
  propter_buf_clear(&out);
}
END_TEST

/* What did not move lists dated causes only; nothing of the others before them may stay in the place of those that are listed. */
START_TEST(a_cause_left_out_leaves_nothing_behind) {
  PropterInference *f = made_inference(MADE_ANSWERED);
  PropterCause *cause = malloc(3 * sizeof *cause);
  ck_assert_uint_eq(f->causes, 3);
  cause[0] = cause[1] = f->cause[2], cause[2] = f->cause[0];
  cause[0].evidence = cause[2].evidence, cause[0].evidences = cause[2].evidences;
  f->outcome = PROPTER_ANSWER_DID_NOT_MOVE, f->cause = cause;
  PropterQuestion q = made_question(f, "why did information jobs fall");
  PropterWhyOptions o = propter_why_options();
  PropterWhyAnswer *a;
  ck_ok(propter_why_answer(&q, f, &o, &a, err));
  ck_assert_uint_eq(a->causes, 1);
  const PropterWhyCause *w = a->cause;
  ck_assert_ptr_eq(w->cause, &cause[2]);
  ck_assert_uint_gt(w->tests, 0);
  ck_assert_uint_le(w->quotes + w->tests + w->facts + w->objections, cause[2].evidences);
  for (size_t i = 0; i < w->tests; i++) ck_assert_ptr_nonnull(w->test[i]);
  PropterBuf out = {0};
  for (int i = 0; i < FORMATS; i++) render(a, formats[i], &out);
  propter_buf_clear(&out);
  propter_why_free(a);
  free(cause);
}
END_TEST

START_TEST(a_disputed_statement_never_passes_for_support) {
  PropterWhyAnswer *a = answer_for(MADE_ANSWERED, false);
  PropterBuf out = {0};
  static const char *const quoting[] = {"text", "md", "html"};
  for (size_t i = 0; i < sizeof quoting / sizeof *quoting; i++) {
    render(a, quoting[i], &out);
    const char *once = strstr(out.data, "Layoffs at newspapers drove"); /* among the statements not borne out */
    ck_assert_ptr_nonnull(once);
    ck_assert_ptr_null(strstr(once + 1, "Layoffs at newspapers drove"));
    ck_assert_ptr_nonnull(strstr(out.data, "contradicted"));
  }
  render(a, "csv", &out);
  ck_assert_ptr_null(strstr(out.data, "Layoffs at newspapers drove"));
  render(a, "json", &out);
  for (const char *at = out.data; (at = strstr(at, "Layoffs at newspapers drove")); at++)
    ck_assert_int_eq(strncmp(strstr(at, "\"said\":"), "\"said\":\"contradicted\"", 21), 0);
  propter_why_free(a);
  propter_buf_clear(&out);
}
END_TEST

START_TEST(report_names_are_file_names) {
  char name[160];
  propter_why_report_name(PROPTER_STR("https://x/y#information-employment"), propter_day(2011, 8, 1), propter_day(2011, 8, 31), name);
  ck_assert_str_eq(name, "why-information-employment-2011-08.html");
  propter_why_report_name(PROPTER_STR("https://x/../../e t.c"), propter_day(2008, 9, 1), propter_day(2009, 3, 31), name);
  ck_assert_str_eq(name, "why-e-t-c-2008-09-to-2009-03.html");
  propter_why_report_name(PROPTER_STR("urn:a:b"), propter_day(2008, 9, 2), propter_day(2008, 9, 2), name);
  ck_assert_str_eq(name, "why-b-2008-09-02.html");
}
END_TEST

/* An answer to "by region": what is known of every member, what is not is no number. */
static void make_members(PropterWhyAnswer *a) {
  static PropterPart part[] = {{PROPTER_STR("North"), {"", 0}, SIZE_MAX, 1000, 1030, .7}, {PROPTER_STR("South"), {"", 0}, SIZE_MAX, 401, 398, -.06},
                               {PROPTER_STR("Isles"), {"", 0}, SIZE_MAX, 12, 12, NAN},    {PROPTER_STR("Abroad"), {"", 0}, SIZE_MAX, NAN, NAN, NAN}};
  a->question.parted = true, a->question.by = PROPTER_STR("https://example.org/region"), a->question.by_label = PROPTER_STR("region");
  a->parts = sizeof part / sizeof *part, a->part = part, a->members = true;
}

START_TEST(members_are_a_table_with_every_figure) {
  static const struct {
    const char *format;
    const char *line[5];
  } tables[] = {
      {"text",
       {"where       region  observed    expected    deviation   share of the change\n", "            North   1,000       1,030       −30         70 %\n",
        "            South   401         398         +3          −6.0 %\n", "            Isles   12          12          0           –\n",
        "            Abroad  –           –           –           –\n"}},
      {"md",
       {"| region | observed | expected | deviation | share of the change |\n", "| North | 1,000 | 1,030 | −30 | 70 % |\n",
        "| South | 401 | 398 | +3 | −6.0 % |\n", "| Isles | 12 | 12 | 0 | – |\n", "| Abroad | – | – | – | – |\n"}},
      {"csv",
       {"\n", ",2011-08-31,1000,1030,-30,118,part,,,North,,,,,0.7,", ",2011-08-31,401,398,3,118,part,,,South,,,,,-0.06,",
        ",2011-08-31,12,12,0,118,part,,,Isles,,,,,,", ",2011-08-31,,,,118,part,,,Abroad,,,,,,"}},
      {"json",
       {"\"where\":[", "{\"label\":\"North\",\"metric\":\"\",\"parent\":null,\"observed\":1000,\"expected\":1030,\"deviation\":-30,\"share\":0.7}",
        "{\"label\":\"South\",\"metric\":\"\",\"parent\":null,\"observed\":401,\"expected\":398,\"deviation\":3,\"share\":-0.06}",
        "{\"label\":\"Isles\",\"metric\":\"\",\"parent\":null,\"observed\":12,\"expected\":12,\"deviation\":0,\"share\":null}",
        "{\"label\":\"Abroad\",\"metric\":\"\",\"parent\":null,\"observed\":null,\"expected\":null,\"deviation\":null,\"share\":null}]"}},
      {"html",
       {"<th scope=\"col\">region</th><th scope=\"col\" class=\"n\">observed</th>",
        "<th scope=\"row\">North</th><td class=\"n\">1,000</td><td class=\"n\">1,030</td><td class=\"n\">−30</td><td class=\"n\">70 %</td></tr>",
        "<th scope=\"row\">South</th><td class=\"n\">401</td><td class=\"n\">398</td><td class=\"n\">+3</td><td class=\"n\">−6.0 %</td></tr>",
        "<th scope=\"row\">Isles</th><td class=\"n\">12</td><td class=\"n\">12</td><td class=\"n\">0</td><td class=\"n\">–</td></tr>",
        "<th scope=\"row\">Abroad</th><td class=\"n\">–</td><td class=\"n\">–</td><td class=\"n\">–</td><td class=\"n\">–</td></tr>"}},
  };
  PropterWhyAnswer *a = answer_for(MADE_ANSWERED, false);
  PropterBuf out = {0};
  make_members(a);
  for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
    render(a, tables[i].format, &out);
    const char *at = out.data;
    for (size_t k = 0; k < 5; k++) {
      const char *found = strstr(at, tables[i].line[k]);
      ck_assert_msg(found != NULL, "%s: %s is not in its place in %s", tables[i].format, tables[i].line[k], out.data);
      at = found + 1;
    }
  }
  json_t *s = schema(), *v;
  char why[600] = "";
  render(a, "json", &out);
  v = json_loadb(out.data, out.len, JSON_REJECT_DUPLICATES, NULL);
  ck_assert_msg(schema_valid(s, v, why, sizeof why), "%s", why);
  json_decref(v);
  json_decref(s);
  propter_why_free(a);
  propter_buf_clear(&out);
}
END_TEST

typedef struct {
  MadeKind kind;
  bool members;
} Whole;

static PropterStatus whole_answer(void *payload, PropterError *err) {
  const Whole *whole = payload;
  const MadeKind kind = whole->kind;
  PropterInference *f = made_inference(kind);
  PropterQuestion q = made_question(f, "why");
  q.note[q.note_count++] = PROPTER_STR("a note");
  PropterWhyOptions o = propter_why_options();
  o.numbers = o.explain = true;
  PropterWhyAnswer *a;
  PROPTER_TRY(propter_why_answer(&q, f, &o, &a, err));
  if (whole->members) make_members(a);
  else if (kind == MADE_ANSWERED) made_parts(a, kind);
  PropterBuf out = {0};
  PropterStatus status = PROPTER_OK;
  for (int i = 0; i < FORMATS && status == PROPTER_OK; i++) propter_buf_reset(&out), status = propter_why_render(a, formats[i], &out, err);
  propter_buf_clear(&out);
  propter_why_free(a);
  return status;
}

START_TEST(no_failing_allocation_goes_unnoticed) {
  for (MadeKind k = MADE_ANSWERED; k <= MADE_UNKNOWN; k++)
    for (int members = 0; members < 2; members++)
      ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, whole_answer, &(Whole){k, members}, false), 20);
}
END_TEST

/* Knowledge may say that one figure drives another where the figures do not say which way. */
START_TEST(an_effect_that_may_be_nothing_is_not_told_as_one) {
  PropterUpstream u = {.label = PROPTER_STR("delivery days"), .grain = PROPTER_GRAIN_DAY, .deviation = 1.1, .parent = SIZE_MAX, .stability = .77,
                       .value = -1.4, .low = -3.28, .high = .48, .knowledge = PROPTER_STR("required")};
  PropterWhyAnswer a = {.upstreams = 1, .upstream = &u};
  PropterBuf out = {0};
  why_put_upstream(&out, &a, 0, propter_put_line);
  ck_assert_msg(strstr(out.data, "follows it, by how much the figures do not tell (\xE2\x88\x92" "3.28 to +0.480 for one more, 95 %)") != NULL, "%s", out.data);
  propter_buf_clear(&out), out = (PropterBuf){0};
  u.value = 2, u.low = 1, u.high = 3;
  why_put_upstream(&out, &a, 0, propter_put_line);
  ck_assert_msg(strstr(out.data, "follows it, +2.00 for one more (+1.00 to +3.00, 95 %)") != NULL, "%s", out.data);
  propter_buf_clear(&out);
}
END_TEST

START_TEST(a_long_line_is_cut_at_a_word) {
  PropterBuf out = {0};
  propter_put_line_cut(&out, PROPTER_STR("because of the pipe burst"), 22);
  ck_assert_str_eq(out.data, "because of the pipe\xE2\x80\xA6");
  propter_buf_clear(&out), out = (PropterBuf){0};
  propter_put_line_cut(&out, PROPTER_STR("because of the pipe burst"), 19);
  ck_assert_str_eq(out.data, "because of the pipe\xE2\x80\xA6");
  propter_buf_clear(&out), out = (PropterBuf){0};
  propter_put_line_cut(&out, PROPTER_STR("a https://example.org/one/long/name"), 12); /* most of the line is the word */
  ck_assert_str_eq(out.data, "a https://ex\xE2\x80\xA6");
  propter_buf_clear(&out);
}
END_TEST

Suite *suite_render(void) {
  Suite *s = suite_create("render");
  TCase *t = tcase_create("render");
  tcase_set_timeout(t, 60);
  tcase_add_test(t, a_long_line_is_cut_at_a_word);
  tcase_add_test(t, answers_look_as_agreed);
  tcase_add_test(t, json_follows_its_schema);
  tcase_add_test(t, schema_refuses_what_it_should);
  tcase_add_test(t, hostile_text_stays_text);
  tcase_add_test(t, formula_starts_are_defused);
  tcase_add_test(t, equal_input_gives_equal_bytes_and_ids);
  tcase_add_test(t, a_false_premise_is_named);
  tcase_add_test(t, a_comparison_that_a_question_names_is_held_against_it);
  tcase_add_test(t, probabilities_are_words_unless_asked_for);
  tcase_add_test(t, outcomes_have_their_exit_codes);
  tcase_add_test(t, members_are_a_table_with_every_figure);
  tcase_add_test(t, no_failing_allocation_goes_unnoticed);
  tcase_add_test(t, a_disputed_statement_never_passes_for_support);
  tcase_add_test(t, a_cause_left_out_leaves_nothing_behind);
  tcase_add_test(t, report_names_are_file_names);
  tcase_add_test(t, an_effect_that_may_be_nothing_is_not_told_as_one);
  suite_add_tcase(s, t);
  return s;
}
