/* SPDX-License-Identifier: Apache-2.0 */
/* The daemon: connections come and go, requests are read, guarded and queued. One thread runs libmicrohttpd, the workers of queue.c do the rest. */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http.h"
#include "propter/run.h"

/* A connection, so that one that sends its headers too slowly can be cut. */
typedef struct HttpPeer {
  int fd;
  uint64_t since_ms; /* when the present wait began */
  bool asked;        /* a request is under way */
  HttpRequest *answered; /* … and whole: this one */
  uint64_t left_ms;  /* when its client was seen to send no more */
  bool first;        /* none has come yet */
  struct HttpPeer *next, *before;
} HttpPeer;

PropterServerOptions propter_server_options(void) {
  return (PropterServerOptions){.graph = "propter.graph",
                                .address = "127.0.0.1",
                                .port = 3030,
                                .open_read = true,
                                .certificate = PROPTER_STR(""),
                                .key = PROPTER_STR(""),
                                .queue = 64,
                                .connections = 16384,
                                .connections_per_client = 16384,
                                .body_bytes = 64 << 20,
                                .header_ms = 10000,
                                .body_ms = 300000,
                                .idle_ms = 60000,
                                .deadline_ms = 120000,
                                .memory = (uint64_t)1 << 30,
                                .grace_ms = 5000,
                                .seed = 1};
}

/* --- Connections ------------------------------------------------------------------------------------------------------------------------------- */

static void on_connection(void *payload, struct MHD_Connection *connection, void **context, enum MHD_ConnectionNotificationCode code) {
  PropterServer *s = payload;
  HttpPeer *peer = *context;
  if (code == MHD_CONNECTION_NOTIFY_STARTED) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    *context = peer = propter_calloc(1, sizeof *peer);
    if (!peer || !info) return;
    peer->fd = info->connect_fd;
    peer->since_ms = http_clock_ms();
    peer->first = true;
    (void)pthread_mutex_lock(&s->lock);
    peer->next = s->peers;
    if (s->peers) s->peers->before = peer;
    s->peers = peer;
    s->peer_count++;
    (void)pthread_mutex_unlock(&s->lock);
  } else if (peer) {
    (void)pthread_mutex_lock(&s->lock);
    if (peer->before) peer->before->next = peer->next;
    else s->peers = peer->next;
    if (peer->next) peer->next->before = peer->before;
    s->peer_count--;
    (void)pthread_mutex_unlock(&s->lock);
    propter_free(peer);
  }
}

static HttpPeer *peer_of(HttpRequest *request) {
  const union MHD_ConnectionInfo *info = MHD_get_connection_info(request->connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
  return info ? info->socket_context : NULL;
}

/* A connection whose request is computed is not read, so that nothing else tells that its client is gone. One that has only closed its half, to say that
 * it asks no more, looks the same: it is waited on for a while. Once the reply has begun, sending it fails. */
static bool has_left(HttpPeer *p, uint64_t now) {
  enum { LEFT_MS = 2000 };
  struct pollfd fd = {.fd = p->fd, .events = POLLRDHUP};
  if (atomic_load(&p->answered->cancel) || http_reply_ready(p->answered)) return false;
  if (poll(&fd, 1, 0) <= 0) return false;
  if (!p->left_ms) p->left_ms = now;
  return now - p->left_ms >= LEFT_MS;
}

/* The daemon's own timeout counts from the last byte, so that a byte now and then would keep a connection for ever. */
static void sweep(PropterServer *s) {
  (void)pthread_mutex_lock(&s->lock);
  const uint64_t now = http_clock_ms();
  for (HttpPeer *p = s->peers; p; p = p->next) {
    if (p->answered && has_left(p, now)) http_queue_cancel(s, p->answered);
    uint64_t most = p->answered ? (uint64_t)s->options.deadline_ms + s->options.body_ms
                    : p->asked   ? s->options.body_ms
                    : p->first   ? s->options.header_ms
                                 : (uint64_t)s->options.idle_ms + s->options.header_ms;
    if (!(p->answered && !s->options.deadline_ms) && now - p->since_ms > most) (void)shutdown(p->fd, SHUT_RDWR);
  }
  (void)pthread_mutex_unlock(&s->lock);
}

void http_nudge(const PropterServer *s) { (void)!write(s->nudge, &(uint64_t){1}, sizeof(uint64_t)); }

/* The daemon's own loop would sleep on work: MHD_epoll (0.9.75 to 1.0.1) takes 128 events at a time and waits for more before it handles any, so exactly 128 of
 * them stall until the next event. MHD_run takes what is there and never waits. Nothing but the nudge tells this loop that a connection was resumed. */
static void *run_network(void *payload) {
  enum { TICK_MS = 250 };
  PropterServer *s = payload;
  struct pollfd events[] = {{.fd = MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd, .events = POLLIN}, {.fd = s->nudge, .events = POLLIN}};
  uint64_t swept = 0, nudges;
  while (!atomic_load(&s->closing)) {
    MHD_UNSIGNED_LONG_LONG left = TICK_MS;
    if (MHD_get_timeout(s->daemon, &left) == MHD_YES && left > TICK_MS) left = TICK_MS;
    if (poll(events, 2, (int)left) > 0 && events[1].revents) (void)!read(s->nudge, &nudges, sizeof nudges);
    (void)MHD_run(s->daemon);
    if (http_clock_ms() - swept >= TICK_MS) sweep(s), swept = http_clock_ms();
  }
  return NULL;
}

/* Which wait of the connection begins. */
static void peer_waits(HttpRequest *request, bool asked, bool whole) {
  HttpPeer *peer = peer_of(request);
  if (!peer) return;
  (void)pthread_mutex_lock(&request->server->lock);
  peer->asked = asked;
  peer->first = false;
  peer->answered = whole ? request : NULL;
  peer->left_ms = 0;
  peer->since_ms = http_clock_ms();
  (void)pthread_mutex_unlock(&request->server->lock);
}

/* --- Requests ----------------------------------------------------------------------------------------------------------------------------------------- */

static const struct sockaddr *client_of(const HttpRequest *r) {
  const union MHD_ConnectionInfo *info = MHD_get_connection_info(r->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
  return info ? info->client_addr : NULL;
}

static void note_client(HttpRequest *r) {
  const struct sockaddr *a = client_of(r);
  if (a && a->sa_family == AF_INET) memcpy(r->client, &((const struct sockaddr_in *)(const void *)a)->sin_addr, 4);
  if (a && a->sa_family == AF_INET6) memcpy(r->client, &((const struct sockaddr_in6 *)(const void *)a)->sin6_addr, 16);
}

/* The request line is there: the one place where the target is still as it was sent. */
static void *on_uri(void *payload, const char *uri, struct MHD_Connection *connection) {
  PropterServer *s = payload;
  HttpRequest *r = propter_calloc(1, sizeof *r);
  if (!r) return NULL;
  r->server = s;
  r->connection = connection;
  r->arena.limit = 8 << 20;
  r->body.max = s->options.body_bytes + 1;
  r->began_ms = http_clock_ms();
  r->uri = propter_arena_copy(&r->arena, propter_str(uri));
  r->reply = http_reply_new(r);
  atomic_init(&r->owners, 1);
  if (!r->reply || !r->uri.data) {
    http_request_release(r);
    return NULL;
  }
  note_client(r);
  (void)pthread_mutex_lock(&s->lock);
  r->id = ++s->next_id;
  r->older = s->live;
  if (s->live) s->live->newer = r;
  s->live = r;
  s->live_count++;
  (void)pthread_mutex_unlock(&s->lock);
  return r;
}

static void write_access(HttpRequest *r, uint64_t took) {
  PropterServer *s = r->server;
  PropterBuf line = {.max = 1 << 16};
  char client[INET6_ADDRSTRLEN] = "";
  if (!s->options.access) return;
  const struct sockaddr *a = client_of(r);
  if (a) (void)inet_ntop(a->sa_family, r->client, client, sizeof client);
  propter_buf_printf(&line, "{\"at\":%lld,\"id\":%llu,\"client\":\"%s\",\"method\":", (long long)s->options.now_ms(), (unsigned long long)r->id, client);
  propter_buf_add_json(&line, r->method);
  propter_buf_add(&line, PROPTER_STR(",\"path\":"));
  propter_buf_add_json(&line, r->path.len ? r->path : PROPTER_STR("?"));
  propter_buf_printf(&line, ",\"status\":%u,\"bytes\":%llu,\"ms\":%llu}", http_reply_code(r), (unsigned long long)http_reply_bytes(r),
                     (unsigned long long)took);
  (void)pthread_mutex_lock(&s->log_lock);
  if (propter_buf_status(&line, NULL) == PROPTER_OK) s->options.access(propter_buf_str(&line), s->options.payload);
  (void)pthread_mutex_unlock(&s->log_lock);
  propter_buf_clear(&line);
}

static void on_completed(void *payload, struct MHD_Connection *connection, void **context, enum MHD_RequestTerminationCode code) {
  PropterServer *s = payload;
  HttpRequest *r = *context;
  (void)connection, (void)code;
  if (!r) return;
  uint64_t took = http_clock_ms() - r->began_ms;
  unsigned hundred = http_reply_code(r) / 100;
  http_reply_cancel(r, true);
  peer_waits(r, false, false);
  write_access(r, took);
  (void)pthread_mutex_lock(&s->lock);
  if (r->newer) r->newer->older = r->older;
  else s->live = r->older;
  if (r->older) r->older->newer = r->newer;
  s->live_count--;
  s->replies[hundred < HTTP_CODES ? hundred : 0]++;
  s->bytes += http_reply_bytes(r);
  s->took_ms += took;
  s->took[http_took_slot(took)]++;
  (void)pthread_cond_broadcast(&s->idle);
  (void)pthread_mutex_unlock(&s->lock);
  *context = NULL;
  http_request_release(r);
}

/* What is misspelt is said, not passed over: without its known-by an answer would be another. */
static bool params_known(HttpRequest *r, const char **why) {
  for (size_t i = 0; i < r->params.count && !r->route->lax; i++) {
    const PropterStr name = r->params.items[i].name;
    const HttpRouteParam *p = r->route->params;
    while (p && p->name && !propter_str_equal(name, propter_str(p->name))) p++;
    if (p && p->name) continue;
    *why = propter_arena_printf(&r->arena, "parameter \"%.*s\": not known at %s; GET /openapi.json lists those that are", name.len < 40 ? (int)name.len : 40,
                                name.data, r->route->path)
               .data;
    if (!*why || !propter_utf8_valid(propter_str(*why), NULL)) *why = "a parameter that is not known here; GET /openapi.json lists those that are";
    return false;
  }
  return true;
}

typedef struct {
  unsigned hosts, lengths, codings, strange; /* `strange`: a coding that is not taken */
} Framing;

static enum MHD_Result count_framing(void *payload, enum MHD_ValueKind kind, const char *name, const char *value) {
  Framing *f = payload;
  (void)kind;
  f->hosts += strcasecmp(name, MHD_HTTP_HEADER_HOST) == 0;
  f->lengths += strcasecmp(name, MHD_HTTP_HEADER_CONTENT_LENGTH) == 0;
  f->codings += strcasecmp(name, MHD_HTTP_HEADER_TRANSFER_ENCODING) == 0;
  f->strange += strcasecmp(name, MHD_HTTP_HEADER_TRANSFER_ENCODING) == 0 && strcasecmp(value, "chunked") != 0;
  return MHD_YES;
}

/* A proxy before this server might cut the stream elsewhere (RFC 9112 §11.2). */
static bool framed_once(HttpRequest *r) {
  Framing f = {0};
  (void)MHD_get_connection_values(r->connection, MHD_HEADER_KIND, count_framing, &f);
  return f.hosts <= 1 && f.lengths + f.codings <= 1 && !f.strange;
}

/* Splits the target, finds the route. 0, or the status code to refuse with. */
static unsigned prepare(HttpRequest *r, const char *method, const char **why) {
  PropterError err = {0};
  PropterStr raw = r->uri, query = PROPTER_STR("");
  const char *mark = raw.len ? memchr(raw.data, '?', raw.len) : NULL;
  if (mark) {
    raw.len = (size_t)(mark - r->uri.data);
    query = (PropterStr){mark + 1, r->uri.len - raw.len - 1};
  }
  *why = "out of memory";
  r->method = propter_arena_copy(&r->arena, propter_str(method));
  r->path = http_decode(&r->arena, raw, false);
  if (!r->method.data || !r->path.data) return 503;
  *why = "the path is not UTF-8, or holds a NUL";
  if (!propter_utf8_valid(r->path, NULL) || memchr(r->path.data, 0, r->path.len)) return 400;
  *why = "expected one Host, and one of Content-Length and Transfer-Encoding: chunked";
  if (!framed_once(r)) return 400;
  *why = "the query string has too many parameters";
  if (http_params_parse(&r->arena, query, true, &r->params, &err) != PROPTER_OK) return err.status == PROPTER_LIMIT ? 414 : 503;
  r->route = http_route_find(r->path, &r->rest);
  unsigned code = http_guard(r, why);
  if (code) return code;
  *why = "there is nothing here; GET /openapi.json lists what there is";
  if (!r->route) return 404;
  if (!http_route_allows(r->route, r->method)) {
    const PropterStr takes = propter_arena_printf(&r->arena, "this path does not take that method; it takes %s", r->route->methods);
    *why = takes.data ? takes.data : "out of memory";
    return takes.data ? 405 : 503;
  }
  if (!params_known(r, why)) return 400;
  *why = "Content-Encoding: bodies are taken as they are, not compressed";
  PropterStr coding = http_header(r, MHD_HTTP_HEADER_CONTENT_ENCODING), length = http_header(r, MHD_HTTP_HEADER_CONTENT_LENGTH);
  if (coding.len && !propter_str_equal_caseless(coding, PROPTER_STR("identity"))) return 415;
  double bytes;
  *why = "the body is larger than this server takes";
  if (length.len && propter_str_to_double(length, &bytes) && bytes > (double)r->server->options.body_bytes) return 413;
  http_reply_accept(r);
  return 0;
}

static enum MHD_Result on_request(void *payload, struct MHD_Connection *connection, const char *url, const char *method, const char *version, const char *data,
                                  size_t *size, void **context) {
  PropterServer *s = payload;
  HttpRequest *r = *context;
  const char *why;
  (void)connection, (void)url, (void)version;
  if (!r) return MHD_NO; /* no memory for it */
  if (!r->seen) {
    r->seen = true;
    peer_waits(r, true, false);
    unsigned code = prepare(r, method, &why);
    return code ? http_refuse(r, code, why) : MHD_YES;
  }
  if (*size) {
    propter_buf_add(&r->body, (PropterStr){data, *size});
    r->over_size = r->over_size || r->body.failed || r->body.len > s->options.body_bytes;
    *size = 0;
    return MHD_YES;
  }
  if (r->over_size) return http_refuse(r, 413, "the body is larger than this server takes");
  /* Asked again, the daemon has stopped reading: a connection suspended before would be read first when it goes on, and one whose client has closed its half be
   * given up without its answer. */
  if (!r->whole) {
    r->whole = true;
    return MHD_YES;
  }
  if (!r->queued) {
    peer_waits(r, true, true);
    MHD_suspend_connection(r->connection);
    unsigned refused = http_queue_push(s, r);
    if (!refused) return MHD_YES;
    MHD_resume_connection(r->connection);
    http_nudge(s);
    return http_refuse(r, refused,
                       refused == 429 ? "this client has as many requests under way as one client may have" : "all workers are busy and the queue is full");
  }
  return http_reply_ready(r) ? http_reply_send(r) : MHD_YES;
}

/* --- Start and stop --------------------------------------------------------------------------------------------------------------------------------- */

static bool address_parse(const PropterServerOptions *o, struct sockaddr_storage *out) {
  struct sockaddr_in *v4 = (struct sockaddr_in *)(void *)out;
  struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)(void *)out;
  memset(out, 0, sizeof *out);
  if (inet_pton(AF_INET, o->address, &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(o->port);
    return true;
  }
  memset(out, 0, sizeof *out);
  v6->sin6_family = AF_INET6;
  v6->sin6_port = htons(o->port);
  return inet_pton(AF_INET6, o->address, &v6->sin6_addr) == 1;
}

/* As many descriptors as the connections need, as far as the system allows. */
static void raise_descriptors(unsigned connections) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  rlim_t want = (rlim_t)connections + 256;
  if (limit.rlim_cur >= want) return;
  limit.rlim_cur = limit.rlim_max < want ? limit.rlim_max : want;
  (void)setrlimit(RLIMIT_NOFILE, &limit);
}

/* A connection that has asked once keeps all of this resident; targets of 24,000 bytes still fit. */
enum { POOL = 32 << 10 };

static PropterStatus listen_at(PropterServer *s, PropterError *err) {
  const PropterServerOptions *o = &s->options;
  struct sockaddr_storage address;
  if (!address_parse(o, &address)) return propter_fail(err, PROPTER_INVALID, "address: expected a numeric IPv4 or IPv6 address, found \"%s\"", o->address);
  unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | (address.ss_family == AF_INET6 ? (unsigned)MHD_USE_IPv6 : 0);
  bool tls = o->certificate.len > 0;
  struct MHD_OptionItem secure[] = {{MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)(uintptr_t)o->certificate.data},
                                    {MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)o->key.data},
                                    {MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t) "NORMAL:-VERS-TLS1.0:-VERS-TLS1.1"}, /* RFC 8996 */
                                    {MHD_OPTION_END, 0, NULL}};
  struct MHD_OptionItem none[] = {{MHD_OPTION_END, 0, NULL}};
  raise_descriptors(o->connections);
  errno = 0;
  s->daemon = MHD_start_daemon(flags | (tls ? (unsigned)MHD_USE_TLS : 0), o->port, NULL, NULL, on_request, s, MHD_OPTION_SOCK_ADDR, (struct sockaddr *)&address,
                               MHD_OPTION_URI_LOG_CALLBACK, on_uri, s, MHD_OPTION_NOTIFY_COMPLETED, on_completed, s, MHD_OPTION_NOTIFY_CONNECTION,
                               on_connection, s, MHD_OPTION_CONNECTION_LIMIT, o->connections, MHD_OPTION_PER_IP_CONNECTION_LIMIT, o->connections_per_client,
                               MHD_OPTION_CONNECTION_TIMEOUT, (o->idle_ms + 999) / 1000, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)POOL,
                               MHD_OPTION_LISTEN_BACKLOG_SIZE, 1024U, MHD_OPTION_ARRAY, tls ? secure : none, MHD_OPTION_END);
  if (!s->daemon)
    return propter_fail(err, errno == EADDRINUSE ? PROPTER_LOCKED : PROPTER_INVALID, "cannot listen at %s port %u: %s", o->address, o->port,
                        errno ? strerror(errno) : "certificate or key not usable");
  const union MHD_DaemonInfo *info = MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_BIND_PORT);
  s->port = info ? info->port : o->port;
  return PROPTER_OK;
}

PropterStatus propter_server_start(const PropterServerOptions *options, PropterServer **out, PropterError *err) {
  PropterServer *s = propter_calloc(1, sizeof *s);
  *out = NULL;
  if (!s) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
  s->options = *options;
  if (!s->options.workers) s->options.workers = 2;
  s->started_ms = http_clock_ms();
  (void)pthread_mutex_init(&s->lock, NULL);
  (void)pthread_mutex_init(&s->log_lock, NULL);
  for (int i = 0; i < HTTP_LANES; i++) s->lane[i].server = s, (void)pthread_cond_init(&s->lane[i].work, NULL);
  (void)pthread_cond_init(&s->idle, NULL);
  s->nudge = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  PropterStatus status = s->nudge < 0 ? propter_fail(err, PROPTER_IO, "no event descriptor: %s", strerror(errno)) : PROPTER_OK;
  if (status == PROPTER_OK) status = propter_graph_open(options->graph, 0, NULL, &s->graph, err);
  if (status == PROPTER_OK) status = http_queue_start(s, err);
  if (status == PROPTER_OK) status = listen_at(s, err);
  if (status == PROPTER_OK) {
    s->networking = pthread_create(&s->network, NULL, run_network, s) == 0;
    if (!s->networking) status = propter_fail(err, PROPTER_NO_MEMORY, "cannot start a thread");
  }
  if (status == PROPTER_OK) *out = s;
  else propter_server_stop(s);
  return status;
}

uint16_t propter_server_port(const PropterServer *server) { return server->port; }

void propter_server_stop(PropterServer *s) {
  if (!s) return;
  if (s->daemon) {
    MHD_socket listener = MHD_quiesce_daemon(s->daemon);
    if (listener != MHD_INVALID_SOCKET) (void)shutdown(listener, SHUT_RDWR), (void)close(listener);
  }
  http_queue_stop(s, s->options.grace_ms);
  atomic_store(&s->closing, true);
  http_nudge(s);
  if (s->networking) (void)pthread_join(s->network, NULL);
  if (s->daemon) MHD_stop_daemon(s->daemon);
  if (s->nudge >= 0) (void)close(s->nudge);
  if (s->hidden) propter_vec_clear(&s->hidden->graphs);
  propter_free(s->hidden);
  propter_graph_close(s->graph);
  for (int i = 0; i < HTTP_LANES; i++) (void)pthread_cond_destroy(&s->lane[i].work);
  (void)pthread_cond_destroy(&s->idle);
  (void)pthread_mutex_destroy(&s->lock);
  (void)pthread_mutex_destroy(&s->log_lock);
  propter_free(s);
}
