/* SPDX-License-Identifier: Apache-2.0 */
/* HTTP: the input is what a client sends to a server on an empty graph. The server answers, closes or waits for the rest, and then says that it is well. The
 * first input starts it. */
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "propter/graph.h"
#include "propter/server.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static PropterServer *server;
static char folder[] = "/tmp/propter-fuzz-XXXXXX";

static int64_t now_ms(void) { return 1700000000000; }

static void stop(void) {
  char command[64];
  propter_server_stop(server);
  (void)snprintf(command, sizeof command, "rm -rf %s", folder);
  if (system(command)) _exit(1);
}

static void start(void) {
  static const PropterServerToken tokens[] = {{{"writer-token-0000", 17}, PROPTER_ACCESS_WRITE}};
  PropterServerOptions o = propter_server_options();
  PropterGraph *graph = NULL;
  PropterError err = {0};
  static char path[64];
  (void)signal(SIGPIPE, SIG_IGN);
  if (!mkdtemp(folder)) abort();
  (void)snprintf(path, sizeof path, "%s/g", folder);
  if (propter_graph_open(path, PROPTER_GRAPH_CREATE, NULL, &graph, &err) != PROPTER_OK) abort();
  propter_graph_close(graph);
  o.graph = path, o.port = 0, o.now_ms = now_ms, o.workers = 1, o.tokens = tokens, o.token_count = 1, o.grace_ms = 100, o.deadline_ms = 500;
  o.header_ms = o.body_ms = o.idle_ms = 500;
  if (propter_server_start(&o, &server, &err) != PROPTER_OK) abort();
  (void)atexit(stop);
}

/* Sends the bytes and the end of the stream; what comes back until the server closes, or says nothing for so long (it waits for the rest of a request). */
static size_t talk(const uint8_t *data, size_t size, char *reply, size_t most, bool half, int ms) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons(propter_server_port(server))};
  const struct timeval patience = {.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};
  size_t n = 0;
  if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) || connect(fd, (const struct sockaddr *)&at, sizeof at)) abort();
  for (size_t sent = 0; sent < size;) {
    ssize_t put = send(fd, data + sent, size - sent, MSG_NOSIGNAL);
    if (put <= 0) break;
    sent += (size_t)put;
  }
  if (half) (void)shutdown(fd, SHUT_WR);
  ssize_t got;
  while (n < most && (got = recv(fd, reply + n, most - n, 0)) > 0) n += (size_t)got;
  (void)close(fd);
  return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static char reply[1 << 20];
  static const char health[] = "GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
  if (!server) start();
  size_t n = talk(data, size, reply, sizeof reply, true, 15);
  if (n && (n < 9 || memcmp(reply, "HTTP/1.", 7) != 0)) abort(); /* an answer or nothing */
  n = talk((const uint8_t *)health, sizeof health - 1, reply, sizeof reply - 1, false, 20000);
  reply[n] = 0;
  if (n < 12 || memcmp(reply + 8, " 200", 4) != 0 || !strstr(reply, "\"status\":\"ok\"")) abort();
  return 0;
}
