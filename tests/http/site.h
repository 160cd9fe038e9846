/* SPDX-License-Identifier: Apache-2.0 */
/* A running server over a small graph, and one-line requests to it. */
#ifndef HTTP_SITE_H
#define HTTP_SITE_H

#include "http_client.h"
#include "propter/server.h"
#include "support.h"

#define READER "Authorization: Bearer reader-token-0000\r\n"
#define WRITER "Authorization: Bearer writer-token-0000\r\n"
#define ADMIN "Authorization: Bearer admin-token-00000\r\n"

/* Options over a fresh graph of `triples` statements <urn:s/N> <urn:p> N, on a free port, with the three tokens. */
PropterServerOptions site_options(unsigned triples);
/* Starts, or the test fails. */
PropterServer *site_start(const PropterServerOptions *options);
/* One request to Host 127.0.0.1; the answer must come. Clear it. */
HttpAnswer site_ask(PropterServer *server, const char *method, const char *target, const char *head, const char *body);
/* The status alone. */
unsigned site_code(PropterServer *server, const char *method, const char *target, const char *head, const char *body);
bool site_says(const HttpAnswer *answer, const char *text);

#endif
