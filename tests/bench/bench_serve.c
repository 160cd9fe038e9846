/* SPDX-License-Identifier: Apache-2.0 */
/* propter serve from outside, on the graph of the demo, which is made first: from its start to the first answer to a question in words, and what clients get
 * that keep their connections. */
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"
#include "http_client.h"

enum { CLIENTS = 4, SECONDS = 3, STARTS = 5 };
static const char question[] = "/why?q=information%20jobs%20in%20August%202011";
static const struct {
  const char *name, *target;
} asked[] = {{"serve-health", "/health"},
             {"serve-lookup", "/sparql?format=json&query=SELECT%20%3Fp%20%3Fo%20%7B%20%3Chttps%3A%2F%2Fw3id.org%2Fpropter%23Metric%3E%20%3Fp%20%3Fo%20%7D"},
             {"serve-page-of-rows", "/sparql?format=json&query=SELECT%20%2A%20%7B%20%3Fs%20a%20%3Ft%20%7D%20LIMIT%20100"}};

extern char **environ;
static uint16_t port;
static pid_t server;

static void fail(const char *what) {
  fprintf(stderr, "bench_serve: %s\n", what);
  if (server) (void)kill(server, SIGTERM);
  exit(1);
}

static void start(const char *propter) {
  char *const argv[] = {(char *)(uintptr_t)propter, "-g", "bench-serve/graph", "serve", "--port", "0", NULL};
  posix_spawn_file_actions_t to_pipe;
  int ends[2];
  char line[64] = "";
  if (pipe(ends) || posix_spawn_file_actions_init(&to_pipe) || posix_spawn_file_actions_adddup2(&to_pipe, ends[1], 1)) fail("no pipe");
  if (posix_spawn_file_actions_addclose(&to_pipe, ends[0]) || posix_spawn(&server, propter, &to_pipe, NULL, argv, environ)) fail("cannot start PROPTER");
  (void)posix_spawn_file_actions_destroy(&to_pipe);
  (void)close(ends[1]);
  if (read(ends[0], line, sizeof line - 1) <= 0 || !strrchr(line, ':')) fail("it does not say where it listens");
  (void)close(ends[0]);
  port = (uint16_t)strtoul(strrchr(line, ':') + 1, NULL, 10);
}

static void stop(void) {
  int state;
  (void)kill(server, SIGTERM);
  if (waitpid(server, &state, 0) != server || state != 0) fail("it did not end well");
  server = 0;
}

static void ask(int fd, const char *target) {
  char request[512];
  HttpAnswer a;
  (void)snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", target);
  if (!http_send(fd, propter_str(request)) || !http_receive(fd, false, &a) || a.code != 200 || !a.whole) fail(target);
  http_answer_clear(&a);
}

static void first_answer(const char *propter) {
  start(propter);
  const int fd = http_connect(port);
  ask(fd, question);
  (void)close(fd);
}

typedef struct {
  const char *target;
  double end;
  long answers;
} Client;

static void *client(void *payload) {
  Client *c = payload;
  const int fd = http_connect(port);
  while (bench_now() < c->end) ask(fd, c->target), c->answers++;
  (void)close(fd);
  return NULL;
}

static double per_second(const char *target) {
  Client clients[CLIENTS];
  pthread_t threads[CLIENTS];
  const double began = bench_now();
  long answers = 0;
  for (int i = 0; i < CLIENTS; i++) {
    clients[i] = (Client){.target = target, .end = began + SECONDS};
    if (pthread_create(&threads[i], NULL, client, &clients[i])) fail("no thread");
  }
  for (int i = 0; i < CLIENTS; i++) (void)pthread_join(threads[i], NULL), answers += clients[i].answers;
  return (double)answers / (bench_now() - began);
}

int main(void) {
  const char *propter = getenv("PROPTER"), *source = getenv("srcdir");
  char command[4096];
  double seconds[STARTS];
  if (!propter || !source) fail("PROPTER and srcdir are not set: make bench sets them");
  (void)snprintf(command, sizeof command, "PROPTER_DEMO=bench-serve sh '%s/tests/demo/run.sh' '%s' >bench-serve.log 2>&1", source, propter);
  if (system(command)) fail("the demo failed: bench-serve.log");
  for (int i = 0; i < STARTS; i++) {
    const double began = bench_now();
    first_answer(propter);
    seconds[i] = bench_now() - began;
    if (i + 1 < STARTS) stop();
  }
  qsort(seconds, STARTS, sizeof *seconds, bench_compare);
  bench_print("serve-first-answer", seconds[STARTS / 2], "s");
  for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) bench_print(asked[i].name, per_second(asked[i].target), "answers/s");
  const double began = bench_now();
  const int fd = http_connect(port);
  for (int i = 0; i < STARTS; i++) ask(fd, question);
  bench_print("serve-question", (bench_now() - began) / STARTS, "s");
  (void)close(fd);
  stop();
  return system("rm -rf bench-serve bench-serve.log");
}
