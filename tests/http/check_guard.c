/* SPDX-License-Identifier: Apache-2.0 */
/* Who may ask: Host, Origin, tokens, sizes; nothing here may change the graph. */
#include <string.h>
#include <sys/socket.h>
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

#define L "Host: localhost\r\n"
#define SQL "Content-Type: application/sparql-query\r\n"
/* What no client of good will sends; the status, or 0: cut off without an answer. Never a second answer. */
static const struct {
  const char *bytes;
  unsigned code;
} hostile[] = {{"\r\n\r\n", 0},
               {"GET\r\n\r\n", 0},
               {"GET / HTTP/9.9\r\n\r\n", 505},
               {"\x16\x03\x01\x02", 0},
               {"get /health HTTP/1.1\r\n" L "\r\n", 405},
               {"TRACE /health HTTP/1.1\r\n" L "\r\n", 405},
               {"GET /health HTTP/1.1\r\n\r\n", 421},
               {"GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n", 400},
               {"GET /health HTTP/1.1\r\nHost: evil.example\r\n\r\n", 421},
               {"GET /health HTTP/1.1\r\nHost: localhost.evil.example\r\n\r\n", 421},
               {"GET /health HTTP/1.1\r\nHost: 127.0.0.1.evil.example:80\r\n\r\n", 421},
               {"GET /health HTTP/1.1\r\nHost: evil.example#localhost\r\n\r\n", 421},
               {"GET /health HTTP/1.1\r\nHost: localhost@evil.example\r\n\r\n", 421},
               {"POST /sparql HTTP/1.1\r\n" L "Origin: https://evil.example\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 14\r\n\r\n"
                "query=ASK%7B%7D",
                403},
               {"POST /sparql HTTP/1.1\r\n" L "Origin: null\r\nContent-Type: text/plain\r\nContent-Length: 9\r\n\r\nCLEAR ALL", 403},
               {"POST /sparql HTTP/1.1\r\n" L SQL "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /health HTTP/1.1\r\n" L "\r\n", 400},
               {"POST /sparql HTTP/1.1\r\n" L SQL "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\nGET /health HTTP/1.1\r\n" L "\r\n", 400},
               {"POST /sparql HTTP/1.1\r\n" L SQL "Content-Length: 5\r\nContent-Length: 6\r\n\r\nASK{}xGET /health HTTP/1.1\r\n" L "\r\n", 400},
               {"POST /sparql HTTP/1.1\r\n" L SQL "Content-Length: -1\r\n\r\n", 400},
               {"POST /sparql HTTP/1.1\r\n" L SQL "Transfer-Encoding: gzip\r\n\r\nASK{}", 400},
               {"POST /sparql HTTP/1.1\r\n" L SQL "Content-Encoding: gzip\r\nContent-Length: 5\r\n\r\nASK{}", 415},
               {"POST /sparql HTTP/1.1\r\n" L SQL "Content-Length: 99999999999999999999999\r\n\r\n", 413},
               {"POST /sparql HTTP/1.1\r\n" L SQL "Content-Length: 0x5\r\n\r\nASK{}", 400},
               {"POST /sparql HTTP/1.1\r\n" L SQL "Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\nASK{}\r\n", 413},
               {"POST /sparql HTTP/1.1\r\n" L SQL "Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400},
               {"POST /sparql HTTP/1.1\r\n" L SQL "Transfer-Encoding: chunked\r\n\r\n-5\r\nASK{}\r\n0\r\n\r\n", 400},
               {"GET /%00 HTTP/1.1\r\n" L "\r\n", 400},
               {"GET /health%00.html HTTP/1.1\r\n" L "\r\n", 400},
               {"GET /%c0%ae%c0%ae/%c0%ae%c0%ae/etc/passwd HTTP/1.1\r\n" L "\r\n", 400},
               {"GET /%e0%80%af HTTP/1.1\r\n" L "\r\n", 400},
               {"GET /%f5%80%80%80 HTTP/1.1\r\n" L "\r\n", 400},
               {"GET /%ed%a0%80 HTTP/1.1\r\n" L "\r\n", 400},
               {"GET /../../../../etc/passwd HTTP/1.1\r\n" L "\r\n", 404},
               {"GET /..%2f..%2f..%2fetc%2fpasswd HTTP/1.1\r\n" L "\r\n", 404},
               {"GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\n" L "\r\n", 404},
               {"GET //etc/passwd HTTP/1.1\r\n" L "\r\n", 404},
               {"GET http://evil.example/health HTTP/1.1\r\n" L "\r\n", 404},
               {"CONNECT evil.example:80 HTTP/1.1\r\n" L "\r\n", 404},
               {"GET /suggest?q=%ff%fe HTTP/1.1\r\n" L "\r\n", 400},
               {"GET /why?q=%c0%bc HTTP/1.1\r\n" L "\r\n", 400}};

START_TEST(nonsense_bytes) {
  PropterServerOptions o = site_options(2);
  o.header_ms = 500, o.body_ms = 500;
  PropterServer *server = site_start(&o);
  for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) {
    HttpAnswer a = {0}, second = {0};
    int fd = http_connect(propter_server_port(server));
    ck_assert_int_ge(fd, 0);
    ck_assert(http_send(fd, propter_str(hostile[i].bytes)));
    (void)shutdown(fd, SHUT_WR);
    const bool answered = http_receive(fd, false, &a);
    ck_assert_msg((answered ? a.code : 0) == hostile[i].code, "%zu: %u, not %u: %.60s", i, answered ? a.code : 0, hostile[i].code, hostile[i].bytes);
    ck_assert_msg(!http_receive(fd, false, &second), "%zu: two answers", i);
    http_answer_clear(&a), http_answer_clear(&second);
    (void)close(fd);
  }
  ck_assert_uint_eq(quads(server), 2);
  propter_server_stop(server);
}
END_TEST

/* A request line of 100 KB, a thousand header fields. */
START_TEST(too_much_of_a_head) {
  PropterServerOptions o = site_options(1);
  PropterServer *server = site_start(&o);
  for (int kind = 0; kind < 2; kind++) {
    PropterBuf text = {0};
    HttpAnswer a;
    propter_buf_add(&text, PROPTER_STR("GET /health"));
    for (int i = 0; kind == 0 && i < 100000; i++) propter_buf_add_char(&text, i ? 'x' : '?');
    propter_buf_add(&text, PROPTER_STR(" HTTP/1.1\r\n" L));
    for (int i = 0; kind == 1 && i < 1000; i++) propter_buf_printf(&text, "X-Field-%d: %032d\r\n", i, i);
    propter_buf_add(&text, PROPTER_STR("\r\n"));
    const int fd = http_connect(propter_server_port(server));
    (void)http_send(fd, propter_buf_str(&text)); /* the server may close while it is being sent */
    const bool answered = http_receive(fd, false, &a);
    ck_assert_msg(!answered || a.code == (kind ? 431 : 414), "%d: %u", kind, a.code);
    http_answer_clear(&a), propter_buf_clear(&text);
    (void)close(fd);
    ck_assert_uint_eq(site_code(server, "GET", "/health", "", ""), 200);
  }
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
  tcase_add_test(c, too_much_of_a_head);
  suite_add_tcase(s, c);
  return s;
}
