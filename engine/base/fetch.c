/* SPDX-License-Identifier: Apache-2.0 */
#include "propter/fetch.h"

#include <curl/curl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <string.h>
#include <strings.h>

#include "propter/limits.h"

/* --- Addresses ------------------------------------------------------------------------------------------------------------ */

typedef struct {
  unsigned char address[16];
  unsigned bits;
} Net;

/* IANA IPv4 Special-Purpose Address Registry, multicast and reserved. */
static const Net special[] = {{{0}, 8},          {{10}, 8},         {{100, 64}, 10},  {{127}, 8},      {{169, 254}, 16},     {{172, 16}, 12},
                              {{192, 0, 0}, 24}, {{192, 0, 2}, 24}, {{192, 168}, 16}, {{198, 18}, 15}, {{198, 51, 100}, 24}, {{203, 0, 113}, 24},
                              {{224}, 3}};
/* Of IPv6 only global unicast is public, less what tunnels, documents or benchmarks. */
static const Net global6 = {{0x20}, 3};
static const Net special6[] = {{{0x20, 1}, 23}, {{0x20, 1, 0x0d, 0xb8}, 32}, {{0x20, 2}, 16}, {{0x3f, 0xff}, 20}};
static const Net mapped = {{[10] = 0xff, [11] = 0xff}, 96}; /* ::ffff:a.b.c.d */

static bool in_net(const unsigned char *a, const Net *net) {
  unsigned whole = net->bits / 8, rest = net->bits % 8;
  if (memcmp(a, net->address, whole) != 0) return false;
  return rest == 0 || ((a[whole] ^ net->address[whole]) & (0xff00u >> rest) & 0xff) == 0;
}

static bool in_any(const unsigned char *a, const Net *nets, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (in_net(a, &nets[i])) return true;
  return false;
}

bool propter_fetch_public(const unsigned char *address, size_t bytes) {
  if (bytes == 4) return !in_any(address, special, sizeof special / sizeof *special);
  if (bytes != 16) return false;
  if (in_net(address, &mapped)) return propter_fetch_public(address + 12, 4);
  return in_net(address, &global6) && !in_any(address, special6, sizeof special6 / sizeof *special6);
}

/* --- Rules ---------------------------------------------------------------------------------------------------------------- */

static pthread_once_t started = PTHREAD_ONCE_INIT;
static void start(void) { (void)curl_global_init(CURL_GLOBAL_DEFAULT); }

typedef struct {
  char *scheme, *host, *port, *path;
} Url;

static void url_free(Url *u) {
  curl_free(u->scheme), curl_free(u->host), curl_free(u->port), curl_free(u->path);
  *u = (Url){0};
}

/* libcurl lowers scheme and host, adds the port and removes dot segments. */
static PropterStatus url_parse(const char *text, Url *u, PropterError *err) {
  CURLU *handle = curl_url();
  *u = (Url){0};
  if (!handle) return propter_fail(err, PROPTER_NO_MEMORY, "no memory for a URL");
  CURLUcode code = curl_url_set(handle, CURLUPART_URL, text, CURLU_DISALLOW_USER);
  if (!code) code = curl_url_get(handle, CURLUPART_SCHEME, &u->scheme, 0);
  if (!code) code = curl_url_get(handle, CURLUPART_HOST, &u->host, 0);
  if (!code) code = curl_url_get(handle, CURLUPART_PORT, &u->port, CURLU_DEFAULT_PORT);
  if (!code) code = curl_url_get(handle, CURLUPART_PATH, &u->path, 0);
  curl_url_cleanup(handle);
  if (!code && (strcmp(u->scheme, "http") == 0 || strcmp(u->scheme, "https") == 0)) return PROPTER_OK;
  url_free(u);
  return code == CURLUE_OUT_OF_MEMORY
             ? propter_fail(err, PROPTER_NO_MEMORY, "no memory for a URL")
             : propter_fail(err, PROPTER_INVALID, "expected http://HOST… or https://HOST… without user and password, found \"%.200s\"", text);
}

static bool any_host(const char *rule) { return strcmp(rule, "http:") == 0 || strcmp(rule, "https:") == 0; }

PropterStatus propter_fetch_rule(const char *rule, PropterError *err) {
  Url u;
  if (any_host(rule)) return PROPTER_OK;
  PROPTER_TRY(url_parse(rule, &u, err));
  url_free(&u);
  return PROPTER_OK;
}

/* A dot or slash in disguise may mean another path to the server than it does here. */
static bool disguised(const char *path) {
  for (; (path = strchr(path, '%')) != NULL; path++)
    if (strncasecmp(path, "%2e", 3) == 0 || strncasecmp(path, "%2f", 3) == 0 || strncasecmp(path, "%5c", 3) == 0) return true;
  return false;
}

static bool below(const char *path, const char *top) {
  size_t n = strlen(top);
  if (strcmp(top, "/") == 0) return true;
  return strncmp(path, top, n) == 0 && (top[n - 1] == '/' || path[n] == 0 || path[n] == '/') && !disguised(path);
}

static PropterStatus allows(const char *rule, const Url *u, bool *yes, bool *named, PropterError *err) {
  Url r;
  if (any_host(rule)) {
    *yes = *yes || strcmp(u->scheme, strcmp(rule, "http:") == 0 ? "http" : "https") == 0;
    return PROPTER_OK;
  }
  PROPTER_TRY(url_parse(rule, &r, err));
  if (strcmp(r.scheme, u->scheme) == 0 && strcasecmp(r.host, u->host) == 0 && strcmp(r.port, u->port) == 0 && below(u->path, r.path)) *yes = *named = true;
  url_free(&r);
  return PROPTER_OK;
}

PropterStatus propter_fetch_allowed(const char *const *rules, PropterStr url, bool *named, PropterError *err) {
  Url u;
  bool yes = false, own = false;
  PropterBuf text = {.max = 1 << 16};
  (void)pthread_once(&started, start);
  if (memchr(url.data, 0, url.len)) return propter_fail(err, PROPTER_INVALID, "a URL with a zero byte");
  propter_buf_add(&text, url);
  propter_buf_add(&text, PROPTER_STR(""));
  PropterStatus status = propter_buf_status(&text, err);
  if (status == PROPTER_OK) status = url_parse(text.data ? text.data : "", &u, err);
  if (status == PROPTER_OK) {
    for (size_t i = 0; status == PROPTER_OK && rules && rules[i]; i++) status = allows(rules[i], &u, &yes, &own, err);
    url_free(&u);
    if (status == PROPTER_OK && !yes) status = propter_fail(err, PROPTER_INVALID, "<%.200s> is not on the list of what may be fetched", text.data);
  }
  propter_buf_clear(&text);
  if (named) *named = own;
  return status;
}

/* --- Fetching ------------------------------------------------------------------------------------------------------------- */

typedef struct {
  const PropterFetchOptions *options;
  PropterBuf *reply;
  bool named, refused;
} Transfer;

static curl_socket_t open_socket(void *payload, curlsocktype purpose, struct curl_sockaddr *to) {
  Transfer *t = payload;
  const struct sockaddr *at = &to->addr;
  (void)purpose;
  bool open = at->sa_family == AF_INET    ? propter_fetch_public((const unsigned char *)&((const struct sockaddr_in *)(const void *)at)->sin_addr, 4)
              : at->sa_family == AF_INET6 ? propter_fetch_public((const unsigned char *)&((const struct sockaddr_in6 *)(const void *)at)->sin6_addr, 16)
                                          : false;
  t->refused = t->refused || !(open || t->named);
  return open || t->named ? socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol) : CURL_SOCKET_BAD;
}

static size_t receive(char *bytes, size_t size, size_t count, void *payload) {
  Transfer *t = payload;
  propter_buf_add(t->reply, (PropterStr){bytes, size * count});
  return t->reply->failed == PROPTER_OK ? size * count : 0;
}

static int progress(void *payload, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d) {
  const Transfer *t = payload;
  (void)a, (void)b, (void)c, (void)d;
  return t->options->cancel && atomic_load(t->options->cancel);
}

static PropterStatus outcome(CURL *curl, CURLcode code, const Transfer *t, const PropterFetchRequest *request, PropterError *err) {
  long http = 0;
  char *to = NULL;
  int n = (int)(request->url.len < 200 ? request->url.len : 200);
  if (t->reply->failed != PROPTER_OK) return propter_buf_status(t->reply, err);
  if (code == CURLE_OUT_OF_MEMORY) return propter_fail(err, PROPTER_NO_MEMORY, "no memory to fetch <%.*s>", n, request->url.data);
  if (code == CURLE_ABORTED_BY_CALLBACK) return propter_fail(err, PROPTER_CANCELLED, "cancelled while fetching <%.*s>", n, request->url.data);
  if (code == CURLE_OPERATION_TIMEDOUT) return propter_fail(err, PROPTER_TIMEOUT, "<%.*s> did not answer in time", n, request->url.data);
  if (t->refused && code != CURLE_OK)
    return propter_fail(err, PROPTER_INVALID, "<%.*s> has an address that is not public; only a rule that names its host allows that", n, request->url.data);
  if (code != CURLE_OK) return propter_fail(err, PROPTER_IO, "cannot fetch <%.*s>: %s", n, request->url.data, curl_easy_strerror(code));
  (void)curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &http);
  (void)curl_easy_getinfo(curl, CURLINFO_REDIRECT_URL, &to);
  if (http == 200) return PROPTER_OK;
  bool later = http >= 500 || http == 408 || http == 429; /* RFC 9110 §15: it may work another time */
  return propter_fail(err, later ? PROPTER_IO : PROPTER_INVALID, "<%.*s> answered with status %ld%s%.200s", n, request->url.data, http,
                      to ? ", elsewhere: " : "", to ? to : "");
}

static bool header(struct curl_slist **list, const char *name, PropterStr value) {
  PropterBuf line = {.max = 1 << 12};
  propter_buf_printf(&line, "%s: %.*s", name, (int)value.len, value.data);
  struct curl_slist *longer = propter_buf_status(&line, NULL) == PROPTER_OK ? curl_slist_append(*list, line.data) : NULL;
  propter_buf_clear(&line);
  if (longer) *list = longer;
  return longer != NULL;
}

/* False: no memory. */
static bool prepare(CURL *c, const PropterFetchRequest *request, Transfer *t, const char *url, struct curl_slist **headers) {
  bool ok = header(headers, "Accept", request->accept);
  if (request->body.len) ok = ok && header(headers, "Content-Type", request->content_type);
  ok = ok && curl_easy_setopt(c, CURLOPT_URL, url) == CURLE_OK && curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
       curl_easy_setopt(c, CURLOPT_USERAGENT, "propter") == CURLE_OK && curl_easy_setopt(c, CURLOPT_PROXY, "") == CURLE_OK &&
       curl_easy_setopt(c, CURLOPT_ACCEPT_ENCODING, "") == CURLE_OK;
  (void)curl_easy_setopt(c, CURLOPT_HTTPHEADER, *headers);
  (void)curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
  (void)curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)t->options->ms);
  (void)curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, open_socket);
  (void)curl_easy_setopt(c, CURLOPT_OPENSOCKETDATA, t);
  (void)curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, receive);
  (void)curl_easy_setopt(c, CURLOPT_WRITEDATA, t);
  (void)curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
  (void)curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, progress);
  (void)curl_easy_setopt(c, CURLOPT_XFERINFODATA, t);
  if (!request->body.len) return ok;
  (void)curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.len);
  return ok && curl_easy_setopt(c, CURLOPT_POSTFIELDS, request->body.data) == CURLE_OK;
}

PropterStatus propter_fetch(const PropterFetchRequest *request, const PropterFetchOptions *options, PropterBuf *reply, PropterBuf *type, PropterError *err) {
  Transfer t = {.options = options, .reply = reply};
  struct curl_slist *headers = NULL;
  char *sent = NULL;
  PropterBuf url = {.max = 1 << 16};
  PROPTER_TRY(propter_fetch_allowed(options->rules, request->url, &t.named, err));
  reply->max = options->bytes ? options->bytes : propter_limits_default().document_bytes;
  propter_buf_add(&url, request->url);
  PropterStatus status = propter_buf_status(&url, err);
  CURL *curl = status == PROPTER_OK ? curl_easy_init() : NULL;
  if (status == PROPTER_OK && !(curl && prepare(curl, request, &t, url.data, &headers)))
    status = propter_fail(err, PROPTER_NO_MEMORY, "no memory to fetch a document");
  if (status == PROPTER_OK) status = outcome(curl, curl_easy_perform(curl), &t, request, err);
  if (status == PROPTER_OK && curl_easy_getinfo(curl, CURLINFO_CONTENT_TYPE, &sent) == CURLE_OK && sent) propter_buf_add(type, propter_str(sent));
  if (status == PROPTER_OK) status = propter_buf_status(type, err);
  curl_easy_cleanup(curl);
  curl_slist_free_all(headers);
  propter_buf_clear(&url);
  return status;
}
