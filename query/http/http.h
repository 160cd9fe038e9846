/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the server: a request, its reply, and the table of routes. */
#ifndef HTTP_HTTP_H
#define HTTP_HTTP_H

#include <microhttpd.h>
#include <pthread.h>

#include "propter/rdf.h"
#include "propter/remote.h"
#include "propter/server.h"

/* Of a report: it may style itself, and nothing in it runs. */
#define HTTP_REPORT_POLICY "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"

typedef struct {
  PropterStr name, value;
} HttpParam;

typedef struct {
  HttpParam *items;
  size_t count, cap;
} HttpParams;

typedef struct HttpReply HttpReply;
typedef struct HttpRoute HttpRoute;

/* A request. The thread of the daemon fills it in until it is queued; then it belongs to a worker, and the two share the reply only. */
typedef struct HttpRequest {
  PropterServer *server;
  struct MHD_Connection *connection;
  PropterArena arena;
  const HttpRoute *route;
  PropterStr method, uri; /* as sent */
  PropterStr path, rest;  /* decoded; `rest`: what follows the route's own path */
  HttpParams params;      /* of the query string */
  PropterBuf body;
  PropterAccess scope;     /* of the token it came with */
  unsigned char client[16]; /* its address; IPv4 in the first four bytes */
  uint64_t id, began_ms;
  uint64_t work_ms;        /* when its worker began */
  PropterStr about;       /* for the list of queries */
  atomic_bool cancel;
  atomic_bool running;
  HttpReply *reply;
  PropterRemote remote;   /* of its query */
  bool seen, whole, queued, over_size;
  struct HttpRequest *next, *newer, *older; /* of the queue; of all live requests */
  atomic_uint owners;
} HttpRequest;

/* --- Parameters (params.c) ----------------------------------------------------------------------------------------------------- */

/* Undoes %XX (and '+' in forms) into the arena; data NULL: memory. */
PropterStr http_decode(PropterArena *arena, PropterStr text, bool form);
/* Parses name=value&… and appends. */
PropterStatus http_params_parse(PropterArena *arena, PropterStr text, bool form, HttpParams *out, PropterError *err);
/* The only value of a parameter; empty if absent. INVALID: it is given twice, or is not UTF-8. */
PropterStatus http_param(const HttpParams *params, const char *name, PropterStr *value, bool *given, PropterError *err);
/* All values, into the arena. */
PropterStatus http_param_all(const HttpParams *params, const char *name, PropterArena *arena, PropterStr **values, size_t *count, PropterError *err);
/* A header as sent, or empty. Valid while the request is. */
PropterStr http_header(const HttpRequest *request, const char *name);
/* The media type of a Content-Type without its parameters, lower case, and one parameter of it. */
PropterStr http_media_type(PropterStr header);
PropterStr http_media_parameter(PropterStr header, const char *name);
/* Index of the offer that an Accept header (RFC 9110 §12.5.1) likes best, the first of equals; SIZE_MAX: none. Empty header: 0. */
size_t http_negotiate(PropterStr accept, const char *const *offers, size_t count);
/* Does an Accept-Encoding header take this coding? */
bool http_accepts_coding(PropterStr header, const char *coding);

/* --- Reply (reply.c) ------------------------------------------------------------------------------------------------------------- */

HttpReply *http_reply_new(HttpRequest *request);
void http_reply_free(HttpReply *reply);
/* Status and media type; before the first byte. Default 200. */
void http_reply_head(HttpRequest *request, unsigned code, const char *media_type);
/* A further header field; name is static, the value is copied. */
void http_reply_field(HttpRequest *request, const char *name, PropterStr value);
/* A PropterWrite whose payload is the request: waits while the client is slow. CANCELLED: the client or the server is gone. */
PropterStatus http_reply_write(PropterStr bytes, void *request, PropterError *err);
/* Ends the reply; a failure becomes the error document if nothing was sent yet, and otherwise breaks the connection off, so that no client takes a part for the
 * whole. */
void http_reply_end(HttpRequest *request, PropterStatus status, const PropterError *err);
/* A reply without a worker: the error document. */
enum MHD_Result http_refuse(HttpRequest *request, unsigned code, const char *detail);
/* For the daemon's thread: queues the reply whose head is ready. */
enum MHD_Result http_reply_send(HttpRequest *request);
/* Notes which codings the client takes. */
void http_reply_accept(HttpRequest *request);
bool http_reply_ready(const HttpRequest *request);
unsigned http_reply_code(const HttpRequest *request);
uint64_t http_reply_bytes(const HttpRequest *request);
/* Asks the worker to give up, also where it waits for the client. `gone`: there is no connection any more. */
void http_reply_cancel(HttpRequest *request, bool gone);

/* --- Routes ------------------------------------------------------------------------------------------------------------------------ */

typedef struct {
  const char *name, *help;
  bool many; /* may be repeated */
} HttpRouteParam;

/* What a route is: one file with one descriptor and one row in routes.def. */
struct HttpRoute {
  const char *path;    /* "/sparql"; a trailing slash is ignored */
  const char *below;   /* paths below it are its as well: what stands there ("number"); may be NULL */
  const char *methods; /* "GET POST" */
  const char *summary; /* for /openapi.json */
  const HttpRouteParam *params; /* ended by a row whose name is NULL; may be NULL: none. All others are refused … */
  bool lax;                     /* … unless clients are known to send those of other servers */
  bool prompt;                  /* short, and answered while all workers are busy: by whoever looks after the server */
  const char *bodies;           /* media types that POST and PUT take, divided by blanks; may be NULL */
  /* What a request needs at least; called before the body is read. NULL: read. */
  PropterAccess (*scope)(const HttpRequest *request);
  PropterStatus (*run)(HttpRequest *request, PropterError *err);
};

extern const HttpRoute *const http_routes[]; /* ended by NULL */
const HttpRoute *http_route_find(PropterStr path, PropterStr *rest);
bool http_route_allows(const HttpRoute *route, PropterStr method);

/* --- Server ------------------------------------------------------------------------------------------------------------------------- */

/* Graphs with records of runs, as of a version of the graph; shared by counting. */
typedef struct {
  uint64_t version;
  PropterIds graphs;
  unsigned users;
} HttpHidden;

enum { HTTP_CODES = 8, HTTP_TOOK = 12 };

/* Requests that wait, and their workers: those that compute, and one for what is prompt, so that a full server can still be looked at and its queries
 * stopped. */
typedef enum { HTTP_COMPUTED, HTTP_PROMPT, HTTP_LANES } HttpLaneName;

typedef struct {
  PropterServer *server;
  HttpRequest *first, *last;
  unsigned waiting, running;
  pthread_cond_t work;
} HttpLane;

struct PropterServer {
  PropterServerOptions options;
  PropterGraph *graph;
  struct MHD_Daemon *daemon;
  uint16_t port;
  pthread_mutex_t lock; /* of everything below */
  pthread_cond_t idle;
  HttpLane lane[HTTP_LANES];
  HttpRequest *live; /* all requests that are not over */
  unsigned live_count;
  bool stopping;
  pthread_t *threads;
  unsigned thread_count;
  pthread_t network;
  bool networking;
  int nudge;            /* an eventfd: something was resumed, or `closing` was set */
  atomic_bool closing;  /* the network's thread is to end */
  struct HttpPeer *peers;
  unsigned peer_count;
  uint64_t next_id;
  HttpHidden *hidden;
  /* Counted since the start. */
  uint64_t replies[HTTP_CODES]; /* by hundreds of the status code */
  uint64_t bytes, refused_full, refused_client, cancelled, queries, updates, took_ms;
  uint64_t took[HTTP_TOOK];     /* histogram by http_took_slot */
  uint64_t started_ms;
  pthread_mutex_t log_lock;
};

uint64_t http_clock_ms(void); /* monotonic */
/* Wakes the network's thread, which sees then what was resumed; any thread. */
void http_nudge(const PropterServer *server);
unsigned http_took_slot(uint64_t ms); /* below HTTP_TOOK; its bounds stand in route_metrics.c */
/* Milliseconds the request may still run: the server's deadline or less by the parameter `timeout`. */
PropterStatus http_deadline(const HttpRequest *request, const HttpParams *params, uint32_t *ms, PropterError *err);
/* Snapshot with a deadline, which ends when the request is cancelled. */
PropterStatus http_snapshot(HttpRequest *request, uint32_t deadline_ms, PropterSnapshot **snapshot, PropterError *err);
/* The same with the graphs hidden from its default graph; give both back with http_leave. */
PropterStatus http_enter(HttpRequest *request, uint32_t deadline_ms, PropterSnapshot **snapshot, HttpHidden **hidden, PropterError *err);
void http_leave(HttpRequest *request, PropterSnapshot *snapshot, HttpHidden *hidden);
/* A writer; waits for other writers until the deadline, then LOCKED. */
PropterStatus http_writer(HttpRequest *request, uint32_t deadline_ms, PropterWriter **writer, PropterError *err);
/* Query options of this server with deadline and cancellation. */
PropterQueryOptions http_query_options(HttpRequest *request, uint32_t deadline_ms, const HttpHidden *hidden);
/* Marks a request for cancellation; false: there is none of that number. */
bool http_cancel(PropterServer *server, uint64_t id);

/* queue.c */
PropterStatus http_queue_start(PropterServer *server, PropterError *err);
/* Hands the request to the workers, or says the status (503: the queue is full, 429: its client has as many as it may have at once); 0: queued. */
unsigned http_queue_push(PropterServer *server, HttpRequest *request);
/* Asks for the end of a request that was queued; one that still waits is answered at once, by the prompt worker. The server's lock is held. */
void http_queue_cancel(PropterServer *server, HttpRequest *request);
/* Waits until the requests are over or the time is up, cancels the rest, joins the workers. */
void http_queue_stop(PropterServer *server, uint32_t grace_ms);
void http_request_release(HttpRequest *request);

/* guard.c: may this request be answered at all? 0, or the status code with *why. */
unsigned http_guard(HttpRequest *request, const char **why);
/* The value of Access-Control-Allow-Origin, or NULL. */
const char *http_guard_origin(const HttpRequest *request);

#endif
