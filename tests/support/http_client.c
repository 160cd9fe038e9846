/* SPDX-License-Identifier: Apache-2.0 */
#include "http_client.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

int http_connect(uint16_t port) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
  struct timeval patience = {30, 0};
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  if (connect(fd, (struct sockaddr *)&to, sizeof to) == 0) return fd;
  (void)close(fd);
  return -1;
}

bool http_send(int fd, PropterStr bytes) {
  for (size_t done = 0; done < bytes.len;) {
    ssize_t n = send(fd, bytes.data + done, bytes.len - done, MSG_NOSIGNAL);
    if (n <= 0) return false;
    done += (size_t)n;
  }
  return true;
}

PropterStr http_field(const HttpAnswer *a, const char *name) {
  PropterStr head = propter_buf_str(&a->head);
  size_t n = strlen(name);
  for (size_t i = 0; i + n + 1 < head.len; i++) {
    if ((i && head.data[i - 1] != '\n') || strncasecmp(head.data + i, name, n) != 0 || head.data[i + n] != ':') continue;
    const char *end = memchr(head.data + i, '\r', head.len - i);
    return propter_str_trim((PropterStr){head.data + i + n + 1, (size_t)(end - head.data) - i - n - 1});
  }
  return PROPTER_STR("");
}

/* Chunked coding (RFC 9112 §7.1) undone in place. False: cut off. */
static bool unchunk(PropterBuf *body) {
  size_t from = 0, to = 0;
  while (from < body->len) {
    char *end;
    size_t size = strtoul(body->data + from, &end, 16);
    from = (size_t)(end - body->data) + 2;
    if (size == 0) {
      body->len = to;
      return true;
    }
    if (from + size + 2 > body->len) break;
    memmove(body->data + to, body->data + from, size);
    to += size, from += size + 2;
  }
  body->len = to;
  return false;
}

static bool chunks_over(const PropterBuf *body) {
  return body->len >= 5 && memcmp(body->data + body->len - 5, "0\r\n\r\n", 5) == 0 && (body->len == 5 || body->data[body->len - 6] == '\n');
}

bool http_receive(int fd, bool headless, HttpAnswer *out) {
  char piece[65536];
  int64_t length = -1;
  bool chunked = false, head = false;
  *out = (HttpAnswer){.head = {.max = 1 << 20}, .body = {.max = (size_t)1 << 30}};
  for (;;) {
    ssize_t n =
        head && (headless || (length >= 0 && out->body.len >= (size_t)length) || (chunked && chunks_over(&out->body))) ? 0 : recv(fd, piece, sizeof piece, 0);
    if (n <= 0 || out->head.failed || out->body.failed) break;
    propter_buf_add(head ? &out->body : &out->head, (PropterStr){piece, (size_t)n});
    size_t end = head ? 0 : propter_str_find(propter_buf_str(&out->head), PROPTER_STR("\r\n\r\n"));
    if (head || end == SIZE_MAX) continue;
    head = true;
    if (out->head.failed) return false;
    propter_buf_add(&out->body, (PropterStr){out->head.data + end + 4, out->head.len - end - 4});
    out->head.len = end + 2;
    out->code = (unsigned)strtoul(out->head.data + strlen("HTTP/1.1 "), NULL, 10);
    chunked = propter_str_equal(http_field(out, "Transfer-Encoding"), PROPTER_STR("chunked"));
    if (!propter_str_to_int64(http_field(out, "Content-Length"), &length)) length = -1;
  }
  if (!head) return false;
  out->whole = headless || (chunked ? unchunk(&out->body) : length < 0 || out->body.len == (size_t)length);
  return true;
}

bool http_ask(uint16_t port, const char *method, const char *target, const char *host, const char *head, PropterStr body, HttpAnswer *out) {
  PropterBuf request = {0};
  int fd = http_connect(port);
  *out = (HttpAnswer){0};
  if (fd < 0) return false;
  propter_buf_printf(&request, "%s %s HTTP/1.1\r\nHost: %s\r\n%s", method, target, host, head);
  if (body.len || strcmp(method, "POST") == 0 || strcmp(method, "PUT") == 0) propter_buf_printf(&request, "Content-Length: %zu\r\n", body.len);
  propter_buf_add(&request, PROPTER_STR("Connection: close\r\n\r\n"));
  propter_buf_add(&request, body);
  bool ok = propter_buf_status(&request, NULL) == PROPTER_OK;
  if (ok) (void)http_send(fd, propter_buf_str(&request)); /* a server that refuses early may close before it has read all */
  ok = ok && http_receive(fd, strcmp(method, "HEAD") == 0, out) && out->body.failed == PROPTER_OK && out->head.failed == PROPTER_OK;
  propter_buf_clear(&request);
  (void)close(fd);
  return ok;
}

void http_answer_clear(HttpAnswer *a) {
  propter_buf_clear(&a->head);
  propter_buf_clear(&a->body);
}
