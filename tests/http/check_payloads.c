/* SPDX-License-Identifier: Apache-2.0 */
/* Hostile text in every place of a request: the status is right, nothing of it comes back active, no header is added, the graph stays. */
#include <stdio.h>
#include <string.h>

#include "site.h"

#define PROBLEM "application/problem+json"

Suite *suite_payloads(void);

static const char *const payloads[] = {"<script>alert(1)</script>",
                                       "\"><img src=x onerror=alert(1)>",
                                       "'><svg onload=alert(1)>",
                                       "</pre><script>alert(1)</script>",
                                       "</textarea><script>alert(1)</script>",
                                       "<iframe src=javascript:alert(1)>",
                                       "<a href=\"javascript:alert(1)\">x</a>",
                                       "<style>@import 'http://evil.example'</style>",
                                       "<base href=http://evil.example/>",
                                       "<meta http-equiv=refresh content=0;url=http://evil.example>",
                                       "=cmd|'/c calc'!A0",
                                       "+1+cmd|' /C calc'!A0",
                                       "-2+3+cmd|' /C calc'!A0",
                                       "@SUM(1+9)*cmd|' /C calc'!A0",
                                       "\t=1+1",
                                       "\r\nX-Injected: yes\r\n\r\n<script>",
                                       "../../../../etc/passwd",
                                       "..\\..\\windows\\win.ini",
                                       "/etc/passwd\1",
                                       "file:///etc/passwd",
                                       "\x1b]0;owned\x07\x1b[31m",
                                       "\xE2\x80\xAE\xE2\x81\xA6gnp.exe",
                                       "' OR 1=1; --",
                                       "{{7*7}}${7*7}#{7*7}",
                                       "%0d%0aX-Injected:%20yes"};
enum { PAYLOADS = sizeof payloads / sizeof *payloads };

/* Where it goes: `target` has %s for the payload, encoded; the answer's status, the type of its body, and words of it. */
static const struct {
  const char *target;
  unsigned code;
  const char *type, *says;
} places[] = {{"/why?format=html&q=%s", 200, "text/html", "names no metric"},
              {"/why?format=json&q=%s", 200, "application/json", "\"outcome\":\"not-understood\""},
              {"/why?format=csv&q=%s", 200, "text/csv", ""},
              {"/why?format=md&q=%s", 200, "text/markdown", "What would help"},
              {"/why?format=text&q=%s", 200, "text/plain", "would help"},
              {"/why?format=%s&q=sales", 406, PROBLEM, "there are json, html, text, md, csv, svg, png"},
              {"/why?metric=%s&from=2024-05-01&to=2024-05-31", 400, PROBLEM, "expected an absolute IRI"},
              {"/sparql?query=%s", 400, PROBLEM, "\"line\":"},
              {"/sparql?format=json&query=SELECT(%%27%%27%%27%s%%27%%27%%27%%20AS%%20?x)%%7B%%7D", 200, "application/sparql-results+json", "\"x\":{"},
              {"/sparql?query=ASK%%7B%%7D&default-graph-uri=%s", 400, PROBLEM, "default-graph-uri: expected"},
              {"/explain?query=%s", 400, PROBLEM, "\"line\":"},
              {"/suggest?q=%s", 200, "application/json", "["},
              {"/suggest?kind=%s", 400, PROBLEM, "expected metric, predicate or class"},
              {"/data?graph=%s", 400, PROBLEM, "graph: expected"},
              {"/%s", 404, PROBLEM, "/openapi.json"}};
enum { PLACES = sizeof places / sizeof *places };

/* Payloads that mean something where they go: file:///etc/passwd is an IRI, and a backslash escapes in a string of SPARQL. */
static const struct {
  const char *place, *payload;
  unsigned code;
  const char *type, *says;
} meant[] = {{"/why?metric=", "file:", 404, PROBLEM, "no metric <file:///etc/passwd>"},
             {"/sparql?format=json", "..\\", 400, PROBLEM, "in a string"},
             {"/sparql?query=ASK", "file:", 200, "application/sparql-results+json", "true"},
             {"/data?graph=", "file:", 404, PROBLEM, "there is no graph"}};

static char *encoded(const char *text) {
  static char out[1024];
  size_t n = 0;
  for (const unsigned char *c = (const unsigned char *)text; *c; c++) n += (size_t)snprintf(out + n, sizeof out - n, "%%%02X", *c);
  return out;
}

static bool lines_begin_with(const HttpAnswer *a, const char *marks) {
  for (size_t i = 0; i < a->body.len; i++)
    if ((i == 0 || a->body.data[i - 1] == '\n' || a->body.data[i - 1] == ',' ||
         (a->body.data[i - 1] == '"' && (i < 2 || strchr(",\n", a->body.data[i - 2])))) &&
        a->body.data[i] && strchr(marks, a->body.data[i]))
      return true;
  return false;
}

/* Nothing of it runs in a browser, a spreadsheet or a terminal. */
static bool inert(const HttpAnswer *a, const char *type) {
  static const char *const active[] = {
      "<script", "<img", "<iframe", "<base", "<a href=\"javascript", "<svg onload", "<style>@import", "<meta http-equiv=refresh"};
  bool markup = strcmp(type, "text/html") == 0 || strcmp(type, "text/markdown") == 0;
  for (size_t i = 0; markup && i < sizeof active / sizeof *active; i++)
    if (site_says(a, active[i])) return false;
  if (strcmp(type, "text/csv") == 0 && lines_begin_with(a, "=+-@\t\r")) return false;
  for (size_t i = 0; i < a->body.len; i++)
    if ((unsigned char)a->body.data[i] < ' ' && !strchr("\n\r\t", a->body.data[i])) return false;
  return true;
}

static void check(PropterServer *server, size_t place, const char *payload) {
  char target[4096];
  const char *type = places[place].type, *says = places[place].says;
  unsigned code = places[place].code;
  for (size_t i = 0; i < sizeof meant / sizeof *meant; i++)
    if (propter_str_starts(propter_str(places[place].target), propter_str(meant[i].place)) &&
        propter_str_starts(propter_str(payload), propter_str(meant[i].payload)))
      code = meant[i].code, type = meant[i].type, says = meant[i].says;
  (void)snprintf(target, sizeof target, places[place].target, encoded(payload));
  HttpAnswer a = site_ask(server, "GET", target, "", "");
  ck_assert_msg(a.code == code, "%s: %u, wanted %u", target, a.code, code);
  ck_assert_msg(propter_str_starts(http_field(&a, "Content-Type"), propter_str(type)), "%s: no %s", target, type);
  ck_assert_msg(propter_str_equal(http_field(&a, "X-Content-Type-Options"), PROPTER_STR("nosniff")), "%s: its type may be guessed", target);
  ck_assert_msg(!*says || site_says(&a, says), "%s: \"%s\" is not in %s", target, says, a.body.data);
  ck_assert_msg(!http_field(&a, "X-Injected").len, "%s: a header of its own", target);
  ck_assert_msg(strcmp(type, "text/html") != 0 || propter_str_find(http_field(&a, "Content-Security-Policy"), PROPTER_STR("default-src 'none'")) != SIZE_MAX,
                "%s: no policy", target);
  ck_assert_msg(inert(&a, type), "%s: active in %s", target, a.body.data);
  ck_assert_msg(!site_says(&a, "root:x:0"), "%s: a file", target);
  http_answer_clear(&a);
}

START_TEST(two_hundred_payloads_and_none_active) {
  PropterServerOptions o = site_options(3);
  PropterServer *server = site_start(&o);
  ck_assert_uint_ge(PLACES * PAYLOADS, 200);
  for (size_t place = 0; place < PLACES; place++)
    for (size_t payload = 0; payload < PAYLOADS; payload++) check(server, place, payloads[payload]);
  HttpAnswer a = site_ask(server, "GET", "/health", "", "");
  ck_assert(site_says(&a, "\"quads\":3"));
  http_answer_clear(&a);
  propter_server_stop(server);
}
END_TEST

Suite *suite_payloads(void) {
  Suite *s = suite_create("payloads");
  TCase *t = tcase_create("payloads");
  tcase_set_timeout(t, 60);
  tcase_add_test(t, two_hundred_payloads_and_none_active);
  suite_add_tcase(s, t);
  return s;
}
