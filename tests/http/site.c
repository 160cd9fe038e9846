/* SPDX-License-Identifier: Apache-2.0 */
#include "site.h"

#include <stdio.h>

#include "propter/graph.h"

static int64_t now_ms(void) { return 1700000000000; }

PropterServerOptions site_options(unsigned triples) {
  static const PropterServerToken tokens[] = {
      {{"reader-token-0000", 17}, PROPTER_ACCESS_READ}, {{"writer-token-0000", 17}, PROPTER_ACCESS_WRITE}, {{"admin-token-00000", 17}, PROPTER_ACCESS_ADMIN}};
  PropterServerOptions o = propter_server_options();
  PropterGraph *graph = NULL;
  PropterWriter *writer = NULL;
  PropterQuad q = {.g = PROPTER_DEFAULT_GRAPH};
  o.graph = support_path(support_folder(), "graph");
  o.port = 0, o.now_ms = now_ms, o.workers = 2, o.tokens = tokens, o.token_count = 3, o.grace_ms = 200;
  ck_ok(propter_graph_open(o.graph, PROPTER_GRAPH_CREATE, NULL, &graph, err));
  ck_ok(propter_writer_open(graph, true, &writer, err));
  PropterTerm p = propter_iri(PROPTER_STR("urn:p"));
  ck_ok(propter_writer_intern(writer, &p, &q.p, err));
  for (unsigned i = 0; i < triples; i++) {
    char subject[32], number[32];
    (void)snprintf(subject, sizeof subject, "urn:s/%u", i);
    (void)snprintf(number, sizeof number, "%u", i);
    PropterTerm s = propter_iri(propter_str(subject)), n = propter_typed(propter_str(number), PROPTER_STR("http://www.w3.org/2001/XMLSchema#integer"));
    ck_ok(propter_writer_intern(writer, &s, &q.s, err));
    ck_ok(propter_writer_intern(writer, &n, &q.o, err));
    ck_ok(propter_writer_add(writer, q, err));
  }
  ck_ok(propter_writer_commit(writer, err));
  propter_writer_close(writer);
  propter_graph_close(graph);
  return o;
}

PropterServer *site_start(const PropterServerOptions *options) {
  PropterServer *server = NULL;
  ck_ok(propter_server_start(options, &server, err));
  ck_assert(propter_server_port(server) != 0);
  return server;
}

HttpAnswer site_ask(PropterServer *server, const char *method, const char *target, const char *head, const char *body) {
  HttpAnswer answer;
  ck_assert_msg(http_ask(propter_server_port(server), method, target, "127.0.0.1", head, propter_str(body), &answer), "%s %s: no answer", method, target);
  return answer;
}

unsigned site_code(PropterServer *server, const char *method, const char *target, const char *head, const char *body) {
  HttpAnswer answer = site_ask(server, method, target, head, body);
  unsigned code = answer.code;
  http_answer_clear(&answer);
  return code;
}

bool site_says(const HttpAnswer *answer, const char *text) {
  return answer->body.len && propter_str_find(propter_buf_str(&answer->body), propter_str(text)) != SIZE_MAX;
}
