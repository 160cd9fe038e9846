/* SPDX-License-Identifier: Apache-2.0 */
/* Who may ask: Host, Origin, tokens, sizes; nothing here may change the graph. */
#include <string.h>
#include <unistd.h>

#include "site.h"

#define UPDATE "Content-Type: application/sparql-update\r\n"
#define FORM "Content-Type: application/x-www-form-urlencoded\r\n"

static uint64_t quads(PropterServer *server) {
  HttpAnswer a = site_ask(server, "GET", "/health", "", "");
  const char *at = a.body.data ? strstr(a.body.data, "\"quads\":") : NULL;
  uint64_t n = at ? strtoull(at + 8, NULL, 10) : UINT64_MAX;
  http_answer_clear(&a);
  return n;
}

START_TEST(nothing_changes_without_a_token) {
  static const struct {
    const char *method, *target, *head, *body;
    unsigned code;
  } cases[] = {{"POST", "/sparql", UPDATE, "CLEAR ALL", 401},
               {"POST", "/sparql", FORM, "update=CLEAR%20ALL", 401},
               {"POST", "/sparql", READER UPDATE, "CLEAR ALL", 403},
               {"POST", "/sparql", READER FORM, "update=CLEAR%20ALL", 403},
               {"POST", "/sparql?update=CLEAR%20ALL", FORM, "", 401},
               {"GET", "/sparql?update=CLEAR%20ALL", WRITER, "", 400},
               {"PUT", "/data?default", "Content-Type: text/turtle\r\n", "<urn:a> <urn:b> 1 .", 401},
               {"POST", "/data?default", READER "Content-Type: text/turtle\r\n", "<urn:a> <urn:b> 1 .", 403},
               {"DELETE", "/data?default", "", "", 401},
               {"POST", "/sparql", "Authorization: Bearer wrong-token-0000\r\n" UPDATE, "CLEAR ALL", 401},
               {"POST", "/sparql", "Authorization: Bearer writer-token-000\r\n" UPDATE, "CLEAR ALL", 401},
               {"POST", "/sparql", "Authorization: Bearer \r\n" UPDATE, "CLEAR ALL", 401},
               {"POST", "/sparql", "Authorization: Basic d3JpdGVyLXRva2VuLTAwMDA=\r\n" UPDATE, "CLEAR ALL", 401},
               {"POST", "/sparql", WRITER UPDATE "Origin: http://evil.example\r\n", "CLEAR ALL", 403},
               {"POST", "/sparql", WRITER FORM "Origin: null\r\n", "update=CLEAR%20ALL", 403},
               {"DELETE", "/data?default", WRITER "Origin: http://127.0.0.1.evil.example\r\n", "", 403},
               {"POST", "/sparql", WRITER "Content-Type: text/plain\r\n", "CLEAR ALL", 415},
               {"POST", "/sparql", WRITER, "CLEAR ALL", 415},
               {"POST", "/sparql", WRITER "Content-Type: application/sparql-query\r\n", "CLEAR ALL", 400},
               {"GET", "/sparql?query=CLEAR%20ALL", WRITER, "", 400}};
  PropterServerOptions o = site_options(5);
  PropterServer *server = site_start(&o);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    unsigned code = site_code(server, cases[i].method, cases[i].target, cases[i].head, cases[i].body);
    ck_assert_msg(code == cases[i].code, "case %zu: %u", i, code);
    ck_assert_uint_eq(quads(server), 5);
  }
  propter_server_stop(server);
}
END_TEST

START_TEST(hosts_known) {
  static const char *const good[] = {"127.0.0.1", "localhost", "LOCALHOST:80", "[::1]:3030", "known.example"}, *const bad[] = {
                                                                                                                   "evil.example", "127.0.0.1.evil.example",
                                                                                                                   "localhost.evil", "", "known.example.evil"};
  static const char *const hosts[] = {"known.example", NULL};
  PropterServerOptions o = site_options(1);
  o.hosts = hosts;
  PropterServer *server = site_start(&o);
  for (size_t i = 0; i < 5; i++) {
    HttpAnswer a;
    ck_assert(http_ask(propter_server_port(server), "GET", "/health", good[i], "", PROPTER_STR(""), &a));
    ck_assert_msg(a.code == 200, "%s: %u", good[i], a.code);
    http_answer_clear(&a);
    ck_assert(http_ask(propter_server_port(server), "GET", "/health", bad[i], "", PROPTER_STR(""), &a));
    ck_assert_msg(a.code == 421 || a.code == 400, "%s: %u", bad[i], a.code);
    http_answer_clear(&a);
  }
  propter_server_stop(server);
}
END_TEST

START_TEST(cross_origin_reading_is_off) {
  static const char *const origins[] = {"https://notebook.example", NULL};
  PropterServerOptions o = site_options(1);
  PropterServer *server = site_start(&o);
  HttpAnswer a = site_ask(server, "GET", "/health", "Origin: https://notebook.example\r\n", "");
  ck_assert(a.code == 200 && http_field(&a, "Access-Control-Allow-Origin").len == 0);
  http_answer_clear(&a);
  propter_server_stop(server);
  o.origins = origins;
  server = site_start(&o);
  a = site_ask(server, "GET", "/health", "Origin: https://notebook.example\r\n", "");
  ck_assert(propter_str_equal(http_field(&a, "Access-Control-Allow-Origin"), PROPTER_STR("https://notebook.example")));
  http_answer_clear(&a);
  a = site_ask(server, "GET", "/health", "Origin: https://other.example\r\n", "");
  ck_assert_uint_eq(http_field(&a, "Access-Control-Allow-Origin").len, 0);
  http_answer_clear(&a);
  propter_server_stop(server);
}
END_TEST

START_TEST(reading_can_need_a_token) {
  PropterServerOptions o = site_options(1);
  o.open_read = false;
  PropterServer *server = site_start(&o);
  ck_assert_uint_eq(site_code(server, "GET", "/sparql?query=ASK%7B%7D", "", ""), 401);
  ck_assert_uint_eq(site_code(server, "GET", "/sparql?query=ASK%7B%7D", READER, ""), 200);
  ck_assert_uint_eq(site_code(server, "GET", "/why?q=x", "", ""), 401);
  ck_assert_uint_eq(site_code(server, "GET", "/data?default", "", ""), 401);
  ck_assert_uint_eq(site_code(server, "GET", "/", "", ""), 200); /* the page holds nothing of the graph */
  ck_assert_uint_eq(site_code(server, "GET", "/health", "", ""), 200);
  propter_server_stop(server);
}
END_TEST

START_TEST(sizes) {
  PropterServerOptions o = site_options(1);
  PropterBuf big = {0}, head = {0};
  o.body_bytes = 1000;
  PropterServer *server = site_start(&o);
  for (int i = 0; i < 2000; i++) propter_buf_add_char(&big, ' ');
  ck_assert_uint_eq(site_code(server, "POST", "/sparql", WRITER UPDATE, big.data), 413);
  for (int i = 0; i < 200000; i++) propter_buf_add_char(&head, 'a');
  propter_buf_reset(&big);
  propter_buf_printf(&big, "X-Long: %s\r\n", head.data);
  HttpAnswer a;
  bool answered = http_ask(propter_server_port(server), "GET", "/health", "127.0.0.1", big.data, PROPTER_STR(""), &a);
  ck_assert(!answered || a.code == 431 || a.code == 413 || a.code == 400 || a.code == 0);
  http_answer_clear(&a);
  ck_assert_uint_eq(site_code(server, "GET", "/health", "", ""), 200);
  propter_buf_clear(&big), propter_buf_clear(&head);
  propter_server_stop(server);
}
END_TEST

START_TEST(nonsense_bytes) {
  static const char *const texts[] = {"\r\n\r\n",
                                      "GET\r\n\r\n",
                                      "GET / HTTP/9.9\r\n\r\n",
                                      "\x16\x03\x01\x02",
                                      "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
                                      "POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
                                      "POST /sparql HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\nzz\r\n"};
  PropterServerOptions o = site_options(2);
  o.header_ms = 500, o.body_ms = 500;
  PropterServer *server = site_start(&o);
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    HttpAnswer a = {0};
    int fd = http_connect(propter_server_port(server));
    ck_assert_int_ge(fd, 0);
    ck_assert(http_send(fd, propter_str(texts[i])));
    bool answered = http_receive(fd, false, &a);
    ck_assert_msg(!answered || a.code >= 400, "%zu: %u", i, a.code);
    http_answer_clear(&a);
    (void)close(fd);
  }
  ck_assert_uint_eq(quads(server), 2);
  propter_server_stop(server);
}
END_TEST

Suite *suite_guard(void);
Suite *suite_guard(void) {
  Suite *s = suite_create("guard");
  TCase *c = tcase_create("guard");
  tcase_set_timeout(c, 30);
  tcase_add_test(c, nothing_changes_without_a_token);
  tcase_add_test(c, hosts_known);
  tcase_add_test(c, cross_origin_reading_is_off);
  tcase_add_test(c, reading_can_need_a_token);
  tcase_add_test(c, sizes);
  tcase_add_test(c, nonsense_bytes);
  suite_add_tcase(s, c);
  return s;
}
