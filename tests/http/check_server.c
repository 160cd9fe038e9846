/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "http.h"
#include "propter/pool.h"
#include "site.h"

#define ALL "/sparql?query=SELECT%20*%20%7B%3Fs%20%3Fp%20%3Fo%7D"
/* Runs for ever, for all that a test waits. */
#define ENDLESS                                                                                                                                                \
  "/sparql?query=SELECT%20%28COUNT%28*%29%20AS%20%3Fn%29%20%7B%3Fa%20%3Fp%20%3Fb.%3Fc%20%3Fp%20%3Fd.%3Fe%20%3Fp%20%3Ff.%3Fg%20%3Fp%20%3Fh%20FILTER%28%3Fb%2B%3Fd%2B%3Ff%2B%3Fh%3C0%29%7D"

static void nap(long ms) {
  struct timespec t = {ms / 1000, ms % 1000 * 1000000};
  (void)nanosleep(&t, NULL);
}

START_TEST(formats) {
  static const struct {
    const char *accept, *type, *text;
  } cases[] = {{"Accept: application/sparql-results+xml\r\n", "application/sparql-results+xml", "<sparql"},
               {"Accept: text/csv\r\n", "text/csv; charset=utf-8", "s,p,o"},
               {"Accept: text/tab-separated-values\r\n", "text/tab-separated-values; charset=utf-8", "?s\t?p\t?o"},
               {"", "application/sparql-results+json", "\"bindings\""}};
  PropterServerOptions o = site_options(10);
  PropterServer *server = site_start(&o);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    HttpAnswer a = site_ask(server, "GET", ALL, cases[i].accept, "");
    ck_assert_uint_eq(a.code, 200);
    ck_assert(propter_str_equal(http_field(&a, "Content-Type"), propter_str(cases[i].type)));
    ck_assert(a.whole && site_says(&a, cases[i].text));
    http_answer_clear(&a);
  }
  ck_assert_uint_eq(site_code(server, "GET", ALL, "Accept: image/png\r\n", ""), 406);
  HttpAnswer head = site_ask(server, "HEAD", ALL, "", "");
  ck_assert(head.code == 200 && head.body.len == 0);
  http_answer_clear(&head);
  propter_server_stop(server);
}
END_TEST

START_TEST(long_answers_stream_compressed) {
  PropterServerOptions o = site_options(50000);
  PropterServer *server = site_start(&o);
  HttpAnswer plain = site_ask(server, "GET", ALL, "Accept: text/csv\r\n", ""),
             packed = site_ask(server, "GET", ALL, "Accept: text/csv\r\nAccept-Encoding: gzip\r\n", ""),
             zstd = site_ask(server, "GET", ALL, "Accept: text/csv\r\nAccept-Encoding: zstd, gzip;q=.5\r\n", "");
  ck_assert(plain.whole && packed.whole && zstd.whole);
  ck_assert(propter_str_equal(http_field(&packed, "Content-Encoding"), PROPTER_STR("gzip")));
  ck_assert_uint_lt(packed.body.len * 3, plain.body.len);
  unsigned char *out = malloc(plain.body.len + 1);
  z_stream z = {
      .next_in = (unsigned char *)packed.body.data, .avail_in = (unsigned)packed.body.len, .next_out = out, .avail_out = (unsigned)plain.body.len + 1};
  ck_assert(out && inflateInit2(&z, 31) == Z_OK);
  ck_assert_int_eq(inflate(&z, Z_FINISH), Z_STREAM_END);
  ck_assert_uint_eq(z.total_out, plain.body.len);
  ck_assert(memcmp(out, plain.body.data, plain.body.len) == 0);
  (void)inflateEnd(&z);
  ck_assert(propter_str_equal(http_field(&zstd, "Content-Encoding"), PROPTER_STR("zstd")));
  ck_assert_uint_lt(zstd.body.len * 3, plain.body.len);
  ZSTD_DCtx *context = ZSTD_createDCtx();
  ZSTD_inBuffer in = {zstd.body.data, zstd.body.len, 0};
  ZSTD_outBuffer to = {out, plain.body.len + 1, 0};
  ck_assert(context && ZSTD_decompressStream(context, &to, &in) == 0);
  ck_assert_uint_eq(to.pos, plain.body.len);
  ck_assert(memcmp(out, plain.body.data, plain.body.len) == 0);
  (void)ZSTD_freeDCtx(context);
  free(out);
  http_answer_clear(&plain), http_answer_clear(&packed), http_answer_clear(&zstd);
  propter_server_stop(server);
}
END_TEST

START_TEST(a_timeout_is_an_error) {
  PropterServerOptions o = site_options(2000);
  PropterServer *server = site_start(&o);
  HttpAnswer a = site_ask(server, "GET", ENDLESS "&timeout=0.2", "", "");
  ck_assert_uint_eq(a.code, 504);
  ck_assert(site_says(&a, "TIMEOUT"));
  http_answer_clear(&a);
  ck_assert_uint_eq(site_code(server, "GET", ALL "&timeout=banana", "", ""), 400);
  propter_server_stop(server);
}
END_TEST

START_TEST(a_failure_after_the_first_bytes_breaks_off) {
  /* Rows come at once, and the last one divides the deadline: the client must see that something is missing. */
  static const char slow[] =
      "/sparql?timeout=1&format=csv&query=SELECT%20*%20%7B%7B%3Fs%20%3Fp%20%3Fo%7DUNION%7B%3Fa%20%3Fp%20%3Fb.%3Fc%20%3Fp%20%3Fd.%3Fe%20%3Fp%20%3Ff%20FILTER%28%3Fb%2B%3Fd%2B%3Ff%3C0%29%7D%7D";
  PropterServerOptions o = site_options(20000);
  PropterServer *server = site_start(&o);
  HttpAnswer a = site_ask(server, "GET", slow, "", "");
  ck_assert(a.code == 504 || (a.code == 200 && !a.whole));
  http_answer_clear(&a);
  propter_server_stop(server);
}
END_TEST

START_TEST(who_does_not_read_holds_no_worker) {
  PropterServerOptions o = site_options(2000);
  HttpAnswer a;
  o.workers = 1, o.deadline_ms = 1000;
  PropterServer *server = site_start(&o);
  const int fd = http_connect(propter_server_port(server));
  ck_assert(http_send(fd, PROPTER_STR("GET /sparql?query=SELECT%20*%20%7B%3Fa%20%3Fb%20%3Fc%20.%20%3Fd%20%3Fe%20%3Ff%7D HTTP/1.1\r\nHost: localhost\r\n\r\n")));
  char byte;
  ck_assert_int_eq(recv(fd, &byte, 1, MSG_PEEK), 1);
  ck_assert_uint_eq(site_code(server, "GET", "/health", "", ""), 200);
  ck_assert(http_receive(fd, false, &a));
  ck_assert_msg(a.code == 200 && !a.whole, "%u, %s", a.code, a.whole ? "whole" : "cut");
  http_answer_clear(&a);
  (void)close(fd);
  propter_server_stop(server);
}
END_TEST

typedef struct {
  PropterServer *server;
  unsigned code;
  bool says_when; /* it has Retry-After */
} Asked;

static void *ask_endless(void *payload) {
  Asked *a = payload;
  HttpAnswer answer = site_ask(a->server, "GET", ENDLESS, "", "");
  a->code = answer.code;
  a->says_when = http_field(&answer, "Retry-After").len > 0;
  http_answer_clear(&answer);
  return NULL;
}

/* Waits until an endless query is among those that run, and says where it is. */
static void find_endless(PropterServer *server, char target[64]) {
  target[0] = 0;
  for (int i = 0; i < 200 && !target[0]; i++) {
    nap(25);
    HttpAnswer a = site_ask(server, "GET", "/queries", ADMIN, "");
    const char *id = a.body.data ? strstr(a.body.data, "\"id\":") : NULL;
    if (id && site_says(&a, "COUNT")) (void)snprintf(target, 64, "/queries/%lu", strtoul(id + 5, NULL, 10));
    http_answer_clear(&a);
  }
}

/* Does the plan of a count over all triples say that two threads read them? */
static bool read_by_two(PropterServer *server) {
  HttpAnswer a =
      site_ask(server, "GET", "/explain?query=SELECT%20%28COUNT%28*%29%20AS%20%3Fn%29%20%7B%3Fs%20%3Fp%20%3Fo%20FILTER%28%3Fo%20%21%3D%203%29%7D", "", "");
  ck_assert_uint_eq(a.code, 200);
  ck_assert(site_says(&a, "\"rows\":49999"));
  bool two = site_says(&a, "\"threads\":2");
  http_answer_clear(&a);
  return two;
}

START_TEST(who_is_alone_has_all_processors) {
  PropterServerOptions o = site_options(50000);
  PropterServer *server = site_start(&o);
  Asked asked = {server, 0, false};
  pthread_t thread;
  char target[64];
  ck_assert_int_eq(read_by_two(server), propter_pool_threads(0) > 1);
  ck_assert_int_eq(pthread_create(&thread, NULL, ask_endless, &asked), 0);
  find_endless(server, target);
  ck_assert(target[0] && !read_by_two(server));
  ck_assert_uint_eq(site_code(server, "DELETE", target, ADMIN, ""), 200);
  ck_assert_int_eq(pthread_join(thread, NULL), 0);
  propter_server_stop(server);
}
END_TEST

START_TEST(list_and_cancel) {
  PropterServerOptions o = site_options(2000);
  PropterServer *server = site_start(&o);
  Asked asked = {server, 0, false};
  pthread_t thread;
  char target[64];
  ck_assert_int_eq(pthread_create(&thread, NULL, ask_endless, &asked), 0);
  find_endless(server, target);
  ck_assert_uint_eq(site_code(server, "DELETE", target, READER, ""), 403);
  ck_assert_uint_eq(site_code(server, "DELETE", target, ADMIN, ""), 200);
  ck_assert_int_eq(pthread_join(thread, NULL), 0);
  ck_assert_uint_eq(asked.code, 503);
  ck_assert_uint_eq(site_code(server, "DELETE", "/queries/999999", ADMIN, ""), 404);
  ck_assert_uint_eq(site_code(server, "DELETE", "/queries/x", ADMIN, ""), 400);
  propter_server_stop(server);
}
END_TEST

START_TEST(a_full_queue_is_said) {
  PropterServerOptions o = site_options(2000);
  Asked asked[6];
  pthread_t threads[6];
  unsigned refused = 0;
  o.workers = 1, o.queue = 1, o.deadline_ms = 1500;
  PropterServer *server = site_start(&o);
  for (int i = 0; i < 6; i++) {
    asked[i] = (Asked){server, 0, false};
    ck_assert_int_eq(pthread_create(&threads[i], NULL, ask_endless, &asked[i]), 0);
  }
  for (int i = 0; i < 6; i++) {
    ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
    ck_assert(asked[i].code == 503 || asked[i].code == 504);
    ck_assert(asked[i].says_when == (asked[i].code == 503));
    refused += asked[i].code == 503;
  }
  ck_assert_uint_ge(refused, 4);
  propter_server_stop(server);
}
END_TEST

START_TEST(a_full_server_can_be_looked_at_and_relieved) {
  PropterServerOptions o = site_options(2000);
  Asked asked[2];
  pthread_t threads[2];
  char target[64];
  o.workers = 1, o.queue = 1, o.requests_per_client = 2;
  PropterServer *server = site_start(&o);
  HttpAnswer a = {0};
  for (int i = 0; i < 2; i++) {
    asked[i] = (Asked){server, 0, false};
    ck_assert_int_eq(pthread_create(&threads[i], NULL, ask_endless, &asked[i]), 0);
    for (int k = 0; k < 400 && !site_says(&a, i ? "waiting" : "running"); k++)
      nap(25), http_answer_clear(&a), a = site_ask(server, "GET", "/queries", ADMIN, "");
  }
  http_answer_clear(&a);
  ck_assert_uint_eq(site_code(server, "GET", ALL, "", ""), 503);
  ck_assert_uint_eq(site_code(server, "GET", "/health", "", ""), 200);
  a = site_ask(server, "GET", "/metrics", "", "");
  ck_assert(a.code == 200 && site_says(&a, "propter_requests_waiting 1\n") && site_says(&a, "propter_requests_running 1\n"));
  http_answer_clear(&a);
  a = site_ask(server, "GET", "/queries", WRITER, "");
  ck_assert(a.code == 403 && site_says(&a, "scope admin"));
  http_answer_clear(&a);
  for (find_endless(server, target); target[0]; find_endless(server, target)) (void)site_code(server, "DELETE", target, ADMIN, "");
  for (int i = 0; i < 2; i++) {
    ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
    ck_assert_uint_eq(asked[i].code, 503);
  }
  ck_assert_uint_eq(site_code(server, "GET", ALL, "", ""), 200);
  propter_server_stop(server);
}
END_TEST

START_TEST(a_client_that_leaves_frees_its_worker) {
  PropterServerOptions o = site_options(2000);
  o.workers = 1;
  PropterServer *server = site_start(&o);
  int fd = http_connect(propter_server_port(server));
  char target[64];
  ck_assert(http_send(fd, PROPTER_STR("GET " ENDLESS " HTTP/1.1\r\nHost: localhost\r\n\r\n")));
  find_endless(server, target);
  ck_assert(target[0]);
  (void)close(fd);
  ck_assert_uint_eq(site_code(server, "GET", ALL, "", ""), 200);
  HttpAnswer a = site_ask(server, "GET", "/metrics", "", "");
  ck_assert(site_says(&a, "propter_cancelled_total 1\n"));
  http_answer_clear(&a);
  propter_server_stop(server);
}
END_TEST

/* Asks from another address of this machine. */
static unsigned ask_from(const char *address, PropterServer *server, const char *target) {
  struct sockaddr_in from = {.sin_family = AF_INET},
                     to = {.sin_family = AF_INET, .sin_port = htons(propter_server_port(server)), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  char text[200];
  HttpAnswer answer = {0};
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ck_assert_int_eq(inet_pton(AF_INET, address, &from.sin_addr), 1);
  ck_assert(fd >= 0 && bind(fd, (struct sockaddr *)&from, sizeof from) == 0 && connect(fd, (struct sockaddr *)&to, sizeof to) == 0);
  (void)snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n", target);
  unsigned code = http_send(fd, propter_str(text)) && http_receive(fd, false, &answer) ? answer.code : 0;
  (void)close(fd);
  http_answer_clear(&answer);
  return code;
}

START_TEST(one_client_leaves_room_for_others) {
  PropterServerOptions o = site_options(2000);
  Asked asked[3];
  pthread_t threads[3];
  unsigned refused = 0;
  o.workers = 4, o.queue = 4, o.requests_per_client = 2, o.deadline_ms = 1500;
  PropterServer *server = site_start(&o);
  for (int i = 0; i < 3; i++) {
    asked[i] = (Asked){server, 0, false};
    ck_assert_int_eq(pthread_create(&threads[i], NULL, ask_endless, &asked[i]), 0);
  }
  ck_assert_uint_eq(ask_from("127.0.0.2", server, "/health"), 200);
  for (int i = 0; i < 3; i++) {
    ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
    ck_assert_msg(asked[i].code == 504 || (asked[i].code == 429 && asked[i].says_when), "%u", asked[i].code);
    refused += asked[i].code == 429;
  }
  ck_assert_uint_eq(refused, 1);
  ck_assert_uint_eq(site_code(server, "GET", "/health", "", ""), 200); /* what is over no longer counts */
  HttpAnswer a = site_ask(server, "GET", "/metrics", "", "");
  ck_assert(site_says(&a, "propter_refused_client_total 1\n") && site_says(&a, "\nprocess_cpu_seconds_total "));
  http_answer_clear(&a);
  propter_server_stop(server);
}
END_TEST

START_TEST(one_client_has_its_share_of_connections) {
  PropterServerOptions o = site_options(10);
  o.connections_per_client = 2;
  PropterServer *server = site_start(&o);
  int idle[2] = {http_connect(propter_server_port(server)), http_connect(propter_server_port(server))};
  ck_assert(idle[0] >= 0 && idle[1] >= 0);
  /* The daemon has taken both when it answers another address. */
  ck_assert_uint_eq(ask_from("127.0.0.2", server, "/health"), 200);
  ck_assert_uint_eq(ask_from("127.0.0.1", server, "/health"), 0);
  ck_assert_uint_eq(ask_from("127.0.0.2", server, "/health"), 200);
  (void)close(idle[0]), (void)close(idle[1]);
  unsigned code = 0;
  for (int i = 0; i < 200 && code != 200; i++) nap(25), code = ask_from("127.0.0.1", server, "/health");
  ck_assert_uint_eq(code, 200);
  propter_server_stop(server);
}
END_TEST

START_TEST(stop_ends_what_runs) {
  PropterServerOptions o = site_options(2000);
  PropterServer *server = site_start(&o);
  Asked asked = {server, 0, false};
  pthread_t thread;
  ck_assert_int_eq(pthread_create(&thread, NULL, ask_endless, &asked), 0);
  nap(300);
  propter_server_stop(server);
  ck_assert_int_eq(pthread_join(thread, NULL), 0);
  ck_assert_uint_eq(asked.code, 503);
}
END_TEST

START_TEST(slow_headers_are_cut) {
  PropterServerOptions o = site_options(1);
  o.header_ms = 500;
  PropterServer *server = site_start(&o);
  int fd = http_connect(propter_server_port(server));
  char byte;
  ck_assert_int_ge(fd, 0);
  ck_assert(http_send(fd, PROPTER_STR("GET / HTTP/1.1\r\nHost: ")));
  while (http_send(fd, PROPTER_STR("a")) && recv(fd, &byte, 1, MSG_DONTWAIT) != 0) nap(50);
  (void)close(fd);
  ck_assert_uint_eq(site_code(server, "GET", "/health", "", ""), 200);
  propter_server_stop(server);
}
END_TEST

START_TEST(a_client_that_says_no_more_is_answered) {
  PropterServerOptions o = site_options(2000);
  PropterServer *server = site_start(&o);
  HttpAnswer a;
  int other = http_connect(propter_server_port(server)), fd = http_connect(propter_server_port(server)); /* alone, it would not be read again */
  ck_assert(http_send(fd, PROPTER_STR("GET " ENDLESS "&timeout=0.3 HTTP/1.1\r\nHost: localhost\r\n\r\n")));
  ck_assert_int_eq(shutdown(fd, SHUT_WR), 0);
  ck_assert(http_receive(fd, false, &a));
  ck_assert_msg(a.code == 504 && a.whole && site_says(&a, "TIMEOUT"), "%u", a.code);
  http_answer_clear(&a);
  (void)close(fd), (void)close(other);
  propter_server_stop(server);
}
END_TEST

START_TEST(updates_and_runs) {
  PropterServerOptions o = site_options(1);
  PropterServer *server = site_start(&o);
  static const char type[] = WRITER "Content-Type: application/sparql-update\r\n";
  HttpAnswer a = site_ask(server, "POST", "/sparql", type, "INSERT DATA { <urn:a> <urn:b> 1, 2 }");
  ck_assert(a.code == 200 && site_says(&a, "\"added\":2"));
  http_answer_clear(&a);
  ck_assert_uint_eq(site_code(server, "POST", "/sparql", type, "INSERT DATA { <urn:a> <urn:b> }"), 400);
  ck_assert_uint_eq(site_code(server, "POST", "/sparql", type, "LOAD <file:///etc/passwd>"), 400);
  a = site_ask(server, "GET", "/sparql?query=SELECT%20*%20%7B%3Curn%3Aa%3E%20%3Fp%20%3Fo%7D", "Accept: text/csv\r\n", "");
  ck_assert_str_eq(a.body.data, "p,o\r\nurn:b,1\r\nurn:b,2\r\n");
  http_answer_clear(&a);
  ck_assert_uint_eq(site_code(server, "PUT", "/data?graph=urn:g", WRITER "Content-Type: text/turtle\r\n", "<urn:x> <urn:y> _:z ."), 201);
  ck_assert_uint_eq(site_code(server, "PUT", "/data?graph=urn:g", WRITER "Content-Type: text/turtle\r\n", "<urn:x> <urn:y> ."), 400);
  ck_assert_uint_eq(site_code(server, "PUT", "/data?graph=urn:g", WRITER "Content-Type: image/png\r\n", "x"), 415);
  ck_assert_uint_eq(site_code(server, "GET", "/data?graph=urn:g", "", ""), 200);
  ck_assert_uint_eq(site_code(server, "GET", "/data?graph=nothing", "", ""), 400);
  ck_assert_uint_eq(site_code(server, "GET", "/data", "", ""), 400);
  ck_assert_uint_eq(site_code(server, "GET", "/data?graph=urn:g&default", "", ""), 400);
  ck_assert_uint_eq(site_code(server, "DELETE", "/data?graph=urn:g", WRITER, ""), 200);
  ck_assert_uint_eq(site_code(server, "GET", "/data?graph=urn:g", "", ""), 404);
  propter_server_stop(server);
}
END_TEST

START_TEST(other_paths) {
  PropterServerOptions o = site_options(3);
  PropterServer *server = site_start(&o);
  static const struct {
    const char *target, *text;
    unsigned code;
  } cases[] = {{"/health", "\"quads\":3", 200},
               {"/metrics", "propter_graph_quads 3", 200},
               {"/openapi.json", "\"/sparql\"", 200},
               {"/explain?query=ASK%7B%3Fs%20%3Fp%20%3Fo%7D", "scan", 200},
               {"/suggest?kind=predicate&q=ur", "\"urn:p\"", 200},
               {"/suggest?kind=what", "expected metric", 400},
               {"/suggest?limit=0", "limit", 400},
               {"/explain?query=nonsense", "\"line\":1", 400},
               {"/why", "expected one of q", 400},
               {"/why?q=x&format=pdf", "no format", 406},
               {"/why?q=what%20is%20this", "not-understood", 200},
               {"/why?q=what%20is%20this&format=json&report=1", "\"report\":\"\\u003c!doctype html>", 200},
               {"/why?q=what%20is%20this&format=text&report=1", "report: a member of an answer as json", 400},
               {"/report", "<title>The answer</title>", 200},
               {"/moves", "{\"moves\":[],\"questions\":[],\"figures\":0,\"largest\":0}", 200},
               {"/sparql?query=ASK%7B", "SYNTAX", 400},
               {"/", "page.js", 200},
               {"/lists.js", "LISTS", 200},
               {"/runs", "[", 200},
               {"/rejects", "[]", 200},
               {"/rejects?run=r-none", "no run", 404},
               {"/page.css", "prefers-color-scheme", 200},
               {"/../etc/passwd", "nothing here", 404},
               {"/data/%2e%2e/x", "there is no graph", 404},
               {"/%00", "NUL", 400},
               {"/%ff", "UTF-8", 400}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    HttpAnswer a = site_ask(server, "GET", cases[i].target, "", "");
    ck_assert_msg(a.code == cases[i].code && site_says(&a, cases[i].text), "%s: %u %s", cases[i].target, a.code, a.body.data);
    ck_assert(propter_str_equal(http_field(&a, "X-Content-Type-Options"), PROPTER_STR("nosniff")));
    http_answer_clear(&a);
  }
  ck_assert_uint_eq(site_code(server, "PATCH", "/sparql", "", ""), 405);
  ck_assert_uint_eq(site_code(server, "POST", "/metrics", "", ""), 405);
  propter_server_stop(server);
}
END_TEST

static PropterStatus start_and_stop(void *payload, PropterError *err) {
  PropterServer *server = NULL;
  PROPTER_TRY(propter_server_start(payload, &server, err));
  propter_server_stop(server);
  return PROPTER_OK;
}

/* The description is made from the table of routes; here the server does what it says: methods, parameters, bodies. */
START_TEST(does_what_its_description_says) {
  static const char *const all[] = {"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH"};
  PropterServerOptions o = site_options(3);
  PropterServer *server = site_start(&o);
  HttpAnswer description = site_ask(server, "GET", "/openapi.json", "", "");
  for (const HttpRoute *const *r = http_routes; *r; r++) {
    char target[512], text[512];
    const char *const path = (*r)->path[0] ? (*r)->path : "/";
    (void)snprintf(text, sizeof text, "\"%s\":{", path);
    ck_assert_msg(site_says(&description, text), "%s", path);
    (void)snprintf(text, sizeof text, "\"%s/{%s}\":{", (*r)->path, (*r)->below ? (*r)->below : "");
    ck_assert_msg(!(*r)->below || site_says(&description, text), "%s", text);
    for (size_t m = 0; m < sizeof all / sizeof *all; m++) {
      const unsigned code = site_code(server, all[m], path, ADMIN, "");
      ck_assert_msg((code == 405) == !http_route_allows(*r, propter_str(all[m])), "%s %s: %u", all[m], path, code);
      const bool body = (*r)->bodies && (m == 2 || m == 3) && http_route_allows(*r, propter_str(all[m]));
      (void)snprintf(target, sizeof target, "%s%s", path, (*r)->below ? "?default" : "");
      ck_assert_msg(!body || site_code(server, all[m], target, ADMIN "Content-Type: text/nonsense\r\n", "x") == 415, "%s %s takes any body", all[m], path);
    }
    for (const HttpRouteParam *p = (*r)->params; p && p->name; p++) {
      (void)snprintf(text, sizeof text, "\"name\":\"%s\"", p->name);
      ck_assert(site_says(&description, text));
      if (p->many) continue;
      const bool asks = strcmp(path, "/sparql") == 0 && strcmp(p->name, "query") != 0, stores = strcmp(path, "/data") == 0 && strcmp(p->name, "format") == 0;
      const bool queues = strcmp(path, "/review") == 0 && strcmp(p->name, "limit") == 0;
      const char *const first = asks ? "query=ASK%7B%7D&" : stores ? "default&" : queues ? "queue=a&" : ""; /* without these it is refused before */
      (void)snprintf(target, sizeof target, "%s?%s%s=1&%s=1", path, first, p->name, p->name);
      HttpAnswer a = site_ask(server, "GET", target, "", "");
      (void)snprintf(text, sizeof text, "parameter %s: expected once", p->name);
      ck_assert_msg(a.code == 400 && site_says(&a, text), "%s: not read", target);
      http_answer_clear(&a);
    }
    (void)snprintf(target, sizeof target, "%s?no-such=1", path);
    const unsigned code = site_code(server, "GET", target, ADMIN, "");
    ck_assert_msg((code == 400) == !(*r)->lax, "%s: %u", target, code);
  }
  http_answer_clear(&description);
  propter_server_stop(server);
}
END_TEST

START_TEST(failing_allocations_at_start) {
  PropterServerOptions o = site_options(1);
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, start_and_stop, &o, false), 1);
}
END_TEST

static PropterStatus ask_once(void *payload, PropterError *err) {
  HttpAnswer a;
  bool ok = http_ask(propter_server_port(payload), "GET", ALL, "127.0.0.1", "Accept: text/csv\r\n", PROPTER_STR(""), &a);
  unsigned code = a.code;
  bool whole = ok && a.whole && code == 200;
  http_answer_clear(&a);
  ck_assert_msg(!ok || code == 200 || code == 503, "%u", code);
  return whole ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "status %u", code);
}

START_TEST(failing_allocations_of_a_request) {
  PropterServerOptions o = site_options(100);
  PropterServer *server = site_start(&o);
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, ask_once, server, true), 5);
  propter_server_stop(server);
}
END_TEST

START_TEST(bad_starts) {
  PropterServerOptions o = site_options(1);
  PropterServer *server = site_start(&o), *second = NULL;
  PropterServerOptions again = o, nowhere = o, certificate = o;
  again.port = propter_server_port(server);
  ck_assert_int_eq(propter_server_start(&again, &second, NULL), PROPTER_LOCKED);
  nowhere.address = "localhost";
  ck_assert_int_eq(propter_server_start(&nowhere, &second, NULL), PROPTER_INVALID);
  certificate.certificate = certificate.key = PROPTER_STR("nonsense");
  ck_assert_int_eq(propter_server_start(&certificate, &second, NULL), PROPTER_INVALID);
  ck_assert_ptr_null(second);
  propter_server_stop(server);
  propter_server_stop(NULL);
}
END_TEST

Suite *suite_server(void);
Suite *suite_server(void) {
  Suite *s = suite_create("server");
  TCase *c = tcase_create("server");
  tcase_set_timeout(c, 30);
  tcase_add_test(c, formats);
  tcase_add_test(c, long_answers_stream_compressed);
  tcase_add_test(c, a_timeout_is_an_error);
  tcase_add_test(c, a_failure_after_the_first_bytes_breaks_off);
  tcase_add_test(c, who_is_alone_has_all_processors);
  tcase_add_test(c, list_and_cancel);
  tcase_add_test(c, a_full_queue_is_said);
  tcase_add_test(c, a_full_server_can_be_looked_at_and_relieved);
  tcase_add_test(c, a_client_that_leaves_frees_its_worker);
  tcase_add_test(c, one_client_leaves_room_for_others);
  tcase_add_test(c, one_client_has_its_share_of_connections);
  tcase_add_test(c, stop_ends_what_runs);
  tcase_add_test(c, slow_headers_are_cut);
  tcase_add_test(c, a_client_that_says_no_more_is_answered);
  tcase_add_test(c, who_does_not_read_holds_no_worker);
  tcase_add_test(c, updates_and_runs);
  tcase_add_test(c, other_paths);
  tcase_add_test(c, does_what_its_description_says);
  tcase_add_test(c, failing_allocations_at_start);
  tcase_add_test(c, failing_allocations_of_a_request);
  tcase_add_test(c, bad_starts);
  suite_add_tcase(s, c);
  return s;
}
