/* SPDX-License-Identifier: Apache-2.0 */
/* For shell tests: listen [STATUS] takes POSTs on a free port of this machine, prints the port and then the body of each in a line, and answers with the
 * status (200). listen PATH binds a datagram socket there instead, as a service manager does, and prints each datagram in a line. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { MOST = 1 << 20 };

/* Reads a request to the end of its body. */
static const char *body_of(int fd, char *text) {
  size_t n = 0;
  for (ssize_t got; n < MOST && (got = read(fd, text + n, MOST - n)) > 0;) {
    n += (size_t)got;
    text[n] = 0;
    const char *end = strstr(text, "\r\n\r\n"), *length = strcasestr(text, "content-length:");
    if (end && n >= (size_t)(end + 4 - text) + (length && length < end ? strtoul(length + 15, NULL, 10) : 0)) return end + 4;
  }
  return NULL;
}

static int hear_datagrams(const char *path, char *text) {
  int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  struct sockaddr_un at = {.sun_family = AF_UNIX};
  (void)snprintf(at.sun_path, sizeof at.sun_path, "%s", path);
  if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at)) return 1;
  printf("ready\n");
  (void)fflush(stdout);
  for (ssize_t got; (got = read(fd, text, MOST)) >= 0; (void)fflush(stdout)) printf("%.*s\n", (int)got, text);
  return 1;
}

int main(int argc, char **argv) {
  static char text[MOST + 1];
  if (argc > 1 && argv[1][0] == '/') return hear_datagrams(argv[1], text);
  const char *status = argc > 1 ? argv[1] : "200";
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof at;
  if (fd < 0 || bind(fd, (struct sockaddr *)&at, size) || listen(fd, 8) || getsockname(fd, (struct sockaddr *)&at, &size)) return 1;
  printf("%u\n", ntohs(at.sin_port));
  (void)fflush(stdout);
  for (int one; (one = accept(fd, NULL, NULL)) >= 0; (void)close(one)) {
    const char *body = body_of(one, text);
    if (!body) continue;
    printf("%s\n", body);
    (void)fflush(stdout);
    (void)dprintf(one, "HTTP/1.1 %s x\r\nContent-Length: 2\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\nok", status);
  }
  return 1;
}
