/* SPDX-License-Identifier: Apache-2.0 */
/* Many connections at once: most say nothing, some send their headers too slowly, some work; afterwards everything is given back. */
#include <dirent.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "site.h"

enum { IDLE = 1000, SLOW = 20, ACTIVE = 50, ROUNDS = 4, HEADER_MS = 1500, TOGETHER = 300 };
static const char ask[] = "GET /sparql?query=SELECT%20*%20%7B%3Fs%20%3Fp%20%3Fo%7D HTTP/1.1\r\nHost: localhost\r\nAccept: text/csv\r\n\r\n";
static const char hello[] = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n";

static size_t descriptors(void) {
  DIR *folder = opendir("/proc/self/fd");
  size_t n = 0;
  ck_assert_ptr_nonnull(folder);
  while (readdir(folder)) n++;
  (void)closedir(folder);
  return n;
}

static void connect_all(uint16_t port, int *fd, size_t count, PropterStr first) {
  for (size_t i = 0; i < count; i++) {
    fd[i] = http_connect(port);
    ck_assert_int_ge(fd[i], 0);
    ck_assert(!first.len || http_send(fd[i], first));
  }
}

static void close_all(const int *fd, size_t count) {
  for (size_t i = 0; i < count; i++) (void)close(fd[i]);
}

/* Did the server end the connection within so many milliseconds? */
static bool cut(int fd, int ms) {
  struct pollfd p = {.fd = fd, .events = POLLIN};
  char byte;
  return poll(&p, 1, ms) == 1 && recv(fd, &byte, 1, MSG_DONTWAIT) <= 0;
}

/* The server closes what its clients left in its own time. */
static bool back_to(size_t before) {
  struct timespec nap = {0, 50 * 1000000};
  for (int i = 0; i < 400 && descriptors() > before; i++) (void)nanosleep(&nap, NULL);
  return descriptors() <= before;
}

static void receive_all(const int *fd, size_t count, const char *text) {
  for (size_t i = 0; i < count; i++) {
    HttpAnswer a;
    ck_assert_msg(http_receive(fd[i], false, &a), "of %zu clients number %zu is not answered", count, i);
    ck_assert_msg(a.code == 200 && a.whole && site_says(&a, text), "of %zu clients number %zu: %u", count, i, a.code);
    http_answer_clear(&a);
  }
}

static void send_all(const int *fd, size_t count, const char *text) {
  for (size_t i = 0; i < count; i++) ck_assert(http_send(fd[i], propter_str(text)));
}

START_TEST(many_connections_leave_nothing_behind) {
  static int idle[IDLE], active[ACTIVE];
  struct rlimit limit;
  PropterServerOptions o = site_options(100);
  o.queue = ACTIVE;
  PropterServer *server = site_start(&o);
  ck_assert_uint_eq(site_code(server, "GET", "/health", "", ""), 200);
  ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
  ck_assert_msg(limit.rlim_cur > 2 * (IDLE + ACTIVE) + 100, "both ends live here: needs more than %llu descriptors", (unsigned long long)limit.rlim_cur);
  size_t before = descriptors();
  connect_all(propter_server_port(server), idle, IDLE, PROPTER_STR(""));
  connect_all(propter_server_port(server), active, ACTIVE, PROPTER_STR(""));
  for (int round = 0; round < ROUNDS; round++) {
    send_all(active, ACTIVE, ask);
    receive_all(active, ACTIVE, "urn:s/99");
  }
  for (size_t i = 0; i < IDLE; i++) ck_assert(!cut(idle[i], 0));
  /* The first request's connection may have been open when they were counted. */
  ck_assert_uint_ge(descriptors() + 1, before + 2 * (IDLE + ACTIVE));
  close_all(idle, IDLE), close_all(active, ACTIVE);
  ck_assert_msg(back_to(before), "%zu descriptors, %zu before", descriptors(), before);
  propter_server_stop(server);
}
END_TEST

/* A server in a process of its own, so that it can be stopped; its port through the pipe. */
static pid_t serve_apart(const PropterServerOptions *options, uint16_t *port) {
  int pipes[2];
  ck_assert_int_eq(pipe(pipes), 0);
  pid_t child = fork();
  ck_assert_int_ge(child, 0);
  if (child == 0) {
    const uint16_t mine = propter_server_port(site_start(options));
    if (write(pipes[1], &mine, sizeof mine) == sizeof mine) (void)pause();
    _exit(1);
  }
  (void)close(pipes[1]);
  ck_assert_int_eq(read(pipes[0], port, sizeof *port), sizeof *port);
  (void)close(pipes[0]);
  return child;
}

/* libmicrohttpd takes 128 events at a time; its own loop slept on exactly that many, and on twice as many. */
START_TEST(as_many_as_become_ready_together) {
  static const size_t counts[] = {128, 256, TOGETHER};
  static int fd[TOGETHER];
  const size_t count = counts[_i];
  uint16_t port;
  int state;
  PropterServerOptions o = site_options(100);
  o.queue = TOGETHER, o.idle_ms = 20000;
  pid_t server = serve_apart(&o, &port);
  connect_all(port, fd, count, propter_str(hello));
  receive_all(fd, count, "ok");
  ck_assert_int_eq(kill(server, SIGSTOP), 0);
  ck_assert_int_eq(waitpid(server, &state, WUNTRACED), server);
  send_all(fd, count, ask);
  ck_assert_int_eq(kill(server, SIGCONT), 0);
  receive_all(fd, count, "urn:s/99");
  close_all(fd, count);
  ck_assert_int_eq(kill(server, SIGKILL), 0);
  ck_assert_int_eq(waitpid(server, &state, 0), server);
}
END_TEST

START_TEST(many_slow_headers_are_cut) {
  int slow[SLOW], idle[SLOW];
  PropterServerOptions o = site_options(1);
  o.header_ms = HEADER_MS;
  PropterServer *server = site_start(&o);
  ck_assert_uint_eq(site_code(server, "GET", "/health", "", ""), 200);
  size_t before = descriptors();
  connect_all(propter_server_port(server), slow, SLOW, PROPTER_STR("GET /health HTTP/1.1\r\nHost: "));
  connect_all(propter_server_port(server), idle, SLOW, PROPTER_STR(""));
  for (size_t i = 0; i < SLOW; i++) ck_assert_msg(cut(slow[i], 20000) && cut(idle[i], 20000), "client %zu may take all day", i);
  ck_assert_uint_eq(site_code(server, "GET", "/health", "", ""), 200);
  close_all(slow, SLOW), close_all(idle, SLOW);
  ck_assert_msg(back_to(before), "%zu descriptors, %zu before", descriptors(), before);
  propter_server_stop(server);
}
END_TEST

Suite *suite_crowd(void);
Suite *suite_crowd(void) {
  Suite *s = suite_create("crowd");
  TCase *c = tcase_create("crowd");
  tcase_set_timeout(c, 60);
  tcase_add_test(c, many_connections_leave_nothing_behind);
  tcase_add_loop_test(c, as_many_as_become_ready_together, 0, 3);
  tcase_add_test(c, many_slow_headers_are_cut);
  suite_add_tcase(s, c);
  return s;
}
