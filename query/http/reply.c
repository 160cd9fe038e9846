/* SPDX-License-Identifier: Apache-2.0 */
/* A reply on its way from the worker that makes it to the daemon's thread that sends it: a bounded buffer between the two, compressed on the way. */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <zlib.h>
#include <zstd.h>

#include "http.h"

/* The head is held back until so much is there or the reply has ended: a failure before that is a clean error document. */
enum { HOLD = 64 << 10, HIGH_WATER = 1 << 20, COMPRESS_FROM = 1 << 10, FIELDS = 8 };

typedef enum { CODING_NONE, CODING_GZIP, CODING_ZSTD } Coding;

struct HttpReply {
  pthread_mutex_t lock;
  pthread_cond_t drained;
  PropterBuf out;
  size_t sent;    /* bytes of `out` that the daemon took */
  uint64_t bytes; /* sent in all */
  unsigned code;
  const char *media_type;
  struct {
    const char *name;
    char value[512];
  } fields[FIELDS];
  unsigned field_count;
  Coding wanted, coding;
  z_stream gzip;
  ZSTD_CStream *zstd;
  bool ready;        /* the head may go out */
  bool over, broken; /* no more bytes; and those so far are not the whole */
  bool starved;      /* the connection sleeps until there is more */
  bool gone;         /* nobody reads any more */
};

HttpReply *http_reply_new(HttpRequest *request) {
  HttpReply *r = propter_calloc(1, sizeof *r);
  if (!r) return NULL;
  (void)pthread_mutex_init(&r->lock, NULL);
  (void)pthread_cond_init(&r->drained, NULL);
  r->code = MHD_HTTP_OK;
  r->media_type = "text/plain; charset=utf-8";
  r->out.max = (size_t)HIGH_WATER * 4;
  (void)request;
  return r;
}

void http_reply_free(HttpReply *r) {
  if (!r) return;
  if (r->coding == CODING_GZIP) (void)deflateEnd(&r->gzip);
  if (r->zstd) (void)ZSTD_freeCStream(r->zstd);
  propter_buf_clear(&r->out);
  (void)pthread_cond_destroy(&r->drained);
  (void)pthread_mutex_destroy(&r->lock);
  propter_free(r);
}

void http_reply_head(HttpRequest *request, unsigned code, const char *media_type) {
  request->reply->code = code;
  request->reply->media_type = media_type;
}

void http_reply_field(HttpRequest *request, const char *name, PropterStr value) {
  HttpReply *r = request->reply;
  if (r->field_count == FIELDS || value.len >= sizeof r->fields[0].value) return;
  r->fields[r->field_count].name = name;
  (void)snprintf(r->fields[r->field_count++].value, sizeof r->fields[0].value, "%.*s", (int)value.len, value.data);
}

/* --- Compression -------------------------------------------------------------------------------------------------------------------------- */

static PropterStatus gzip(HttpReply *r, PropterStr bytes, bool last, PropterError *err) {
  unsigned char piece[16384];
  r->gzip.next_in = (unsigned char *)(uintptr_t)bytes.data;
  r->gzip.avail_in = (uInt)bytes.len;
  for (;;) {
    r->gzip.next_out = piece, r->gzip.avail_out = sizeof piece;
    int done = deflate(&r->gzip, last ? Z_FINISH : Z_NO_FLUSH);
    if (done == Z_STREAM_ERROR) return propter_fail(err, PROPTER_BUG, "gzip failed");
    propter_buf_add(&r->out, (PropterStr){(char *)piece, sizeof piece - r->gzip.avail_out});
    if (last ? done == Z_STREAM_END : r->gzip.avail_in == 0 && r->gzip.avail_out != 0) return propter_buf_status(&r->out, err);
  }
}

static PropterStatus zstd(HttpReply *r, PropterStr bytes, bool last, PropterError *err) {
  char piece[16384] = "";
  ZSTD_inBuffer in = {bytes.data, bytes.len, 0};
  for (;;) {
    ZSTD_outBuffer out = {piece, sizeof piece, 0};
    size_t left = ZSTD_compressStream2(r->zstd, &out, &in, last ? ZSTD_e_end : ZSTD_e_continue);
    if (ZSTD_isError(left)) return propter_fail(err, PROPTER_BUG, "zstd: %s", ZSTD_getErrorName(left));
    propter_buf_add(&r->out, (PropterStr){piece, out.pos});
    if (last ? left == 0 : in.pos == in.size && out.pos < out.size) return propter_buf_status(&r->out, err);
  }
}

static PropterStatus add(HttpReply *r, PropterStr bytes, bool last, PropterError *err) {
  switch (r->coding) {
  case CODING_GZIP:
    return gzip(r, bytes, last, err);
  case CODING_ZSTD:
    return zstd(r, bytes, last, err);
  default:
    propter_buf_add(&r->out, bytes);
    return propter_buf_status(&r->out, err);
  }
}

/* Begins to compress what is held; a coder that cannot start leaves the reply as it is. */
static PropterStatus compress_held(HttpReply *r, PropterError *err) {
  Coding coding = r->wanted;
  if (r->coding != CODING_NONE || coding == CODING_NONE || r->out.len < COMPRESS_FROM) return PROPTER_OK;
  if (coding == CODING_ZSTD && !(r->zstd = ZSTD_createCStream())) return PROPTER_OK;
  if (coding == CODING_GZIP && deflateInit2(&r->gzip, 5, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY) != Z_OK) return PROPTER_OK;
  PropterBuf plain = r->out;
  r->out = (PropterBuf){.max = plain.max};
  r->coding = coding;
  PropterStatus status = add(r, propter_buf_str(&plain), false, err);
  propter_buf_clear(&plain);
  return status;
}

/* --- The worker's side ---------------------------------------------------------------------------------------------------------------------- */

/* The daemon has something to do: the head is ready, or more bytes are there. Called with the lock held, under which the connection stays; true: nudge the
 * network when the lock is free again, since its thread will want it. */
static bool wake(HttpRequest *request) {
  HttpReply *r = request->reply;
  if (r->gone || (r->ready && !r->starved)) return false;
  r->ready = true;
  r->starved = false;
  MHD_resume_connection(request->connection);
  return true;
}

/* A client that reads a byte now and then must not keep a worker: an answer is to be taken within the time that a query may take. False: it is over. */
static bool wait_drained(HttpRequest *request) {
  HttpReply *r = request->reply;
  struct timespec until;
  const uint64_t end = request->work_ms + request->server->options.deadline_ms, now = http_clock_ms();
  if (!request->server->options.deadline_ms) return pthread_cond_wait(&r->drained, &r->lock) == 0;
  if (now >= end) return false;
  (void)clock_gettime(CLOCK_REALTIME, &until);
  until.tv_sec += (time_t)((end - now) / 1000 + 1);
  (void)pthread_cond_timedwait(&r->drained, &r->lock, &until);
  return true;
}

PropterStatus http_reply_write(PropterStr bytes, void *payload, PropterError *err) {
  HttpRequest *request = payload;
  HttpReply *r = request->reply;
  PropterStatus status = PROPTER_OK;
  bool woken = false, in_time = true;
  (void)pthread_mutex_lock(&r->lock);
  while (in_time && r->ready && r->out.len - r->sent > HIGH_WATER && !r->gone && !atomic_load(&request->cancel)) in_time = wait_drained(request);
  if (r->gone || atomic_load(&request->cancel)) {
    status = propter_fail(err, PROPTER_CANCELLED, "the client is gone or the request was cancelled");
  } else if (!in_time) {
    status = propter_fail(err, PROPTER_TIMEOUT, "the client reads too slowly");
  } else {
    if (r->sent > HIGH_WATER || (r->sent && r->sent == r->out.len)) {
      memmove(r->out.data, r->out.data + r->sent, r->out.len - r->sent);
      r->out.len -= r->sent;
      r->sent = 0;
    }
    status = add(r, bytes, false, err);
    if (status == PROPTER_OK && !r->ready && r->out.len >= HOLD) status = compress_held(r, err);
    if (status == PROPTER_OK && (r->ready ? r->out.len > r->sent : r->out.len >= HOLD || r->coding != CODING_NONE)) woken = wake(request);
  }
  (void)pthread_mutex_unlock(&r->lock);
  if (woken) http_nudge(request->server);
  return status;
}

/* --- Errors ----------------------------------------------------------------------------------------------------------------------------------- */

static const struct {
  PropterStatus status;
  unsigned code;
} codes[] = {{PROPTER_USAGE, 400},   {PROPTER_SYNTAX, 400},  {PROPTER_INVALID, 400}, {PROPTER_NOT_FOUND, 404}, {PROPTER_LOCKED, 503}, {PROPTER_LIMIT, 507},
             {PROPTER_TIMEOUT, 504}, {PROPTER_DAMAGED, 500}, {PROPTER_BUG, 500},     {PROPTER_NO_MEMORY, 503}, {PROPTER_IO, 503},     {PROPTER_CANCELLED, 503}};

static unsigned code_of(PropterStatus status) {
  for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
    if (codes[i].status == status) return codes[i].code;
  return 500;
}

/* RFC 9457. */
static void problem(PropterBuf *out, unsigned code, const char *name, const char *detail, const PropterError *err) {
  propter_buf_printf(out, "{\"type\":\"about:blank\",\"title\":");
  propter_buf_add_json(out, propter_str(MHD_get_reason_phrase_for(code)));
  propter_buf_printf(out, ",\"status\":%u,\"code\":", code);
  propter_buf_add_json(out, propter_str(name));
  propter_buf_add(out, PROPTER_STR(",\"detail\":"));
  propter_buf_add_json(out, propter_str(detail));
  if (err && err->line) propter_buf_printf(out, ",\"line\":%llu,\"column\":%llu", (unsigned long long)err->line, (unsigned long long)err->column);
  propter_buf_add(out, PROPTER_STR("}\n"));
}

void http_reply_end(HttpRequest *request, PropterStatus status, const PropterError *err) {
  HttpReply *r = request->reply;
  PropterError failed = {0};
  (void)pthread_mutex_lock(&r->lock);
  if (status == PROPTER_OK && !r->ready) status = compress_held(r, &failed);
  if (status == PROPTER_OK && r->coding != CODING_NONE) status = add(r, PROPTER_STR(""), true, &failed);
  if (status != PROPTER_OK && !r->ready) {
    if (r->coding == CODING_GZIP) (void)deflateEnd(&r->gzip);
    r->coding = CODING_NONE;
    propter_buf_reset(&r->out);
    r->sent = 0;
    unsigned own = r->code >= 400 ? r->code : code_of(status);
    r->code = own;
    r->media_type = "application/problem+json";
    problem(&r->out, own, propter_status_name(status),
            err && err->message[0] ? err->message
            : failed.message[0]    ? failed.message
                                   : propter_strerror(status),
            err);
    if (propter_buf_status(&r->out, NULL) != PROPTER_OK) propter_buf_reset(&r->out);
  } else if (status != PROPTER_OK) {
    r->broken = true;
  }
  r->over = true;
  const bool woken = wake(request);
  (void)pthread_mutex_unlock(&r->lock);
  if (woken) http_nudge(request->server);
}

/* --- The daemon's side ---------------------------------------------------------------------------------------------------------------------------- */

static ssize_t send_more(void *payload, uint64_t position, char *to, size_t room) {
  HttpRequest *request = payload;
  HttpReply *r = request->reply;
  ssize_t n;
  (void)position;
  (void)pthread_mutex_lock(&r->lock);
  size_t left = r->out.len - r->sent;
  if (left) {
    if (left > room) left = room;
    memcpy(to, r->out.data + r->sent, left);
    r->sent += left;
    r->bytes += left;
    n = (ssize_t)left;
    (void)pthread_cond_signal(&r->drained);
  } else if (r->over) {
    n = r->broken ? (ssize_t)MHD_CONTENT_READER_END_WITH_ERROR : (ssize_t)MHD_CONTENT_READER_END_OF_STREAM;
  } else {
    r->starved = true;
    MHD_suspend_connection(request->connection);
    n = 0;
  }
  (void)pthread_mutex_unlock(&r->lock);
  return n;
}

/* What every reply says, so that a browser that shows it runs nothing of it. */
static void add_common(HttpRequest *request, struct MHD_Response *response) {
  const char *origin = http_guard_origin(request);
  char id[32];
  (void)MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
  (void)MHD_add_response_header(response, "Cross-Origin-Resource-Policy", origin ? "cross-origin" : "same-origin");
  (void)MHD_add_response_header(response, "Referrer-Policy", "no-referrer");
  (void)MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
  (void)MHD_add_response_header(response, MHD_HTTP_HEADER_VARY, "Accept, Accept-Encoding, Origin");
  if (origin) (void)MHD_add_response_header(response, MHD_HTTP_HEADER_ACCESS_CONTROL_ALLOW_ORIGIN, origin);
  const unsigned code = request->reply->code;
  if (code == 503 || code == 429) (void)MHD_add_response_header(response, MHD_HTTP_HEADER_RETRY_AFTER, "1");
  if (code == 401) (void)MHD_add_response_header(response, MHD_HTTP_HEADER_WWW_AUTHENTICATE, "Bearer realm=\"propter\"");
  (void)snprintf(id, sizeof id, "%llu", (unsigned long long)request->id);
  (void)MHD_add_response_header(response, "Propter-Request", id);
}

enum MHD_Result http_refuse(HttpRequest *request, unsigned code, const char *detail) {
  HttpReply *r = request->reply;
  r->code = code;
  problem(&r->out, code, "REFUSED", detail, NULL);
  struct MHD_Response *response = MHD_create_response_from_buffer(r->out.len, r->out.data ? r->out.data : (char *)(uintptr_t) "", MHD_RESPMEM_MUST_COPY);
  if (!response) return MHD_NO;
  r->bytes = r->out.len;
  r->ready = r->over = true;
  add_common(request, response);
  (void)MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, "application/problem+json");
  if (code == 405 && request->route) (void)MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, request->route->methods);
  for (unsigned i = 0; i < r->field_count; i++) (void)MHD_add_response_header(response, r->fields[i].name, r->fields[i].value);
  enum MHD_Result result = MHD_queue_response(request->connection, code, response);
  MHD_destroy_response(response);
  return result;
}

enum MHD_Result http_reply_send(HttpRequest *request) {
  HttpReply *r = request->reply;
  (void)pthread_mutex_lock(&r->lock);
  const bool whole = r->over && !r->broken;
  const Coding coding = r->coding;
  if (whole) r->bytes = r->sent = r->out.len;
  (void)pthread_mutex_unlock(&r->lock);
  /* What is whole goes out with its head in one piece. */
  struct MHD_Response *response = whole ? MHD_create_response_from_buffer(r->out.len, r->out.len ? r->out.data : (char *)(uintptr_t) "", MHD_RESPMEM_PERSISTENT)
                                        : MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 65536, send_more, request, NULL);
  if (!response) return MHD_NO;
  add_common(request, response);
  (void)MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, r->media_type);
  if (coding != CODING_NONE) (void)MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_ENCODING, coding == CODING_GZIP ? "gzip" : "zstd");
  for (unsigned i = 0; i < r->field_count; i++) (void)MHD_add_response_header(response, r->fields[i].name, r->fields[i].value);
  enum MHD_Result result = MHD_queue_response(request->connection, r->code, response);
  MHD_destroy_response(response);
  return result;
}

bool http_reply_ready(const HttpRequest *request) {
  (void)pthread_mutex_lock(&request->reply->lock);
  bool ready = request->reply->ready;
  (void)pthread_mutex_unlock(&request->reply->lock);
  return ready;
}

unsigned http_reply_code(const HttpRequest *request) { return request->reply->code; }
uint64_t http_reply_bytes(const HttpRequest *request) { return request->reply->bytes; }

void http_reply_cancel(HttpRequest *request, bool gone) {
  HttpReply *r = request->reply;
  atomic_store(&request->cancel, true);
  (void)pthread_mutex_lock(&r->lock);
  if (gone) r->gone = true;
  (void)pthread_cond_signal(&r->drained);
  (void)pthread_mutex_unlock(&r->lock);
}

void http_reply_accept(HttpRequest *request) {
  PropterStr codings = http_header(request, MHD_HTTP_HEADER_ACCEPT_ENCODING);
  request->reply->wanted = http_accepts_coding(codings, "zstd") ? CODING_ZSTD : http_accepts_coding(codings, "gzip") ? CODING_GZIP : CODING_NONE;
}
