/* SPDX-License-Identifier: Apache-2.0 */
/* A blocking HTTP/1.1 client for tests: says exactly the bytes it is given. */
#ifndef SUPPORT_HTTP_CLIENT_H
#define SUPPORT_HTTP_CLIENT_H

#include "propter/mem.h"

typedef struct {
  unsigned code;     /* 0: the connection ended without an answer */
  bool whole;        /* the body ended as it should */
  PropterBuf head, body;
} HttpAnswer;

/* A connected socket to 127.0.0.1, or -1. */
int http_connect(uint16_t port);
bool http_send(int fd, PropterStr bytes);
/* Reads one answer; `headless`: it has no body (HEAD). False: the connection broke before the head was there. */
bool http_receive(int fd, bool headless, HttpAnswer *out);
/* Connects, sends head lines (each ended by \r\n, without Host and Content-Length) and body, receives, closes. */
bool http_ask(uint16_t port, const char *method, const char *target, const char *host, const char *head, PropterStr body, HttpAnswer *out);
/* Value of a header field; empty if absent. */
PropterStr http_field(const HttpAnswer *answer, const char *name);
void http_answer_clear(HttpAnswer *answer);

#endif
