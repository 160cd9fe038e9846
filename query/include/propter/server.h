/* SPDX-License-Identifier: Apache-2.0 */
/* The HTTP server over one graph: SPARQL 1.1 Protocol, Graph Store HTTP Protocol, Service Description, WHY, completion, metrics. */
#ifndef PROPTER_SERVER_H
#define PROPTER_SERVER_H

#include "propter/log.h"
#include "propter/sparql.h"

typedef enum { PROPTER_ACCESS_NONE, PROPTER_ACCESS_READ, PROPTER_ACCESS_WRITE, PROPTER_ACCESS_ADMIN } PropterAccess;

/* A bearer token (RFC 6750) and what its owner may do; a scope includes the lower ones. */
typedef struct {
  PropterStr token;
  PropterAccess scope;
} PropterServerToken;

/* Borrowed until propter_server_stop. */
typedef struct {
  const char *graph;            /* directory */
  const char *address;          /* numeric IPv4 or IPv6 address to listen on */
  uint16_t port;                /* 0: any free one */
  const char *const *hosts;     /* further values of Host that are answered, without port; ended by NULL; may be NULL */
  const char *const *origins;   /* origins that browsers may read from (CORS); ended by NULL; may be NULL: none */
  const char *const *services;  /* what SERVICE may ask and LOAD may read: rules of propter/remote.h, ended by NULL; may be NULL: nothing */
  const char *const *loads;
  const PropterServerToken *tokens;
  size_t token_count;
  bool open_read;               /* reading needs no token */
  PropterStr certificate, key;  /* PEM; both or none */
  unsigned workers;             /* requests computed at the same time; 0: number of processors */
  unsigned queue;               /* requests that may wait for a worker; beyond: 503 */
  unsigned connections;         /* open at the same time */
  unsigned connections_per_client; /* from one address; beyond: closed at once */
  unsigned requests_per_client; /* of one address that may wait or be answered at the same time; beyond: 429; 0: as many as fit */
  uint64_t body_bytes;          /* of one request */
  uint32_t header_ms;           /* until the headers of a new connection are there */
  uint32_t body_ms;             /* until a body is there */
  uint32_t idle_ms;             /* between requests, and between bytes */
  uint32_t deadline_ms;         /* longest run of a query; clients may ask for less by `timeout` (seconds) */
  uint64_t memory;              /* of one query */
  uint32_t grace_ms;            /* for running requests after propter_server_stop */
  int64_t (*now_ms)(void);      /* the clock: milliseconds since 1970 */
  uint64_t seed;                /* RAND(), UUID() and request ids */
  const PropterLog *log;        /* may be NULL */
  void (*access)(PropterStr line, void *payload); /* one JSON object per request, without line end; any thread, one at a time; may be NULL */
  void *payload;
  /* Appends JSON about the file behind an IRI: words in their document, a row in its table. NOT_FOUND: none. NULL: /source is not offered. */
  PropterStatus (*source)(PropterSnapshot *snapshot, PropterStr iri, PropterBuf *out, PropterError *err);
} PropterServerOptions;

/* Loopback, port 3030, two minutes, 1 GiB a query, 64 MiB a body; no token, reading open. `now_ms` must be set. */
PROPTER_API PropterServerOptions propter_server_options(void);

typedef struct PropterServer PropterServer;

/* Opens the graph and starts to listen. Without a token of scope WRITE nothing can be changed. INVALID: bad address, certificate or key; LOCKED: the
 * port is taken; others as propter_graph_open. */
PROPTER_API PropterStatus propter_server_start(const PropterServerOptions *options, PropterServer **out, PropterError *err);
PROPTER_API uint16_t propter_server_port(const PropterServer *server);
/* Stops listening, lets running requests end for `grace_ms`, cancels the rest, closes the graph and frees the server. NULL is allowed. */
PROPTER_API void propter_server_stop(PropterServer *server);

#endif
