/* SPDX-License-Identifier: Apache-2.0 */
/* Who may ask: the Host that was meant (DNS rebinding), the page that asks (Origin), the token. */
#include <string.h>
#include <strings.h>

#include "http.h"

/* "name:port" or "[v6]:port" without its port. */
static PropterStr without_port(PropterStr host) {
  size_t end = host.len;
  if (host.len && host.data[0] == '[') {
    const char *close = memchr(host.data, ']', host.len);
    return close ? (PropterStr){host.data, (size_t)(close - host.data) + 1} : host;
  }
  for (size_t i = 0; i < host.len; i++)
    if (host.data[i] == ':') {
      end = i;
      break;
    }
  return (PropterStr){host.data, end};
}

static bool is(PropterStr a, const char *b) { return propter_str_equal_caseless(a, propter_str(b)); }

static bool host_known(const PropterServer *s, PropterStr host) {
  static const char *const own[] = {"localhost", "127.0.0.1", "[::1]"};
  host = without_port(host);
  for (size_t i = 0; i < sizeof own / sizeof *own; i++)
    if (is(host, own[i])) return true;
  if (is(host, s->options.address)) return true;
  if (host.len > 2 && host.data[0] == '[' && is((PropterStr){host.data + 1, host.len - 2}, s->options.address)) return true;
  for (const char *const *h = s->options.hosts; h && *h; h++)
    if (is(host, *h)) return true;
  return false;
}

const char *http_guard_origin(const HttpRequest *request) {
  PropterStr origin = http_header(request, MHD_HTTP_HEADER_ORIGIN);
  for (const char *const *o = request->server->options.origins; origin.len && o && *o; o++)
    if (is(origin, *o)) return *o;
  return NULL;
}

/* A page of this server itself: its origin ends in the Host that was asked for. */
static bool same_origin(PropterStr origin, PropterStr host) {
  PropterStr s = PROPTER_STR("https://"), p = PROPTER_STR("http://");
  PropterStr scheme = propter_str_starts(origin, s) ? s : propter_str_starts(origin, p) ? p : PROPTER_STR("");
  return scheme.len && propter_str_equal((PropterStr){origin.data + scheme.len, origin.len - scheme.len}, host);
}

/* Takes the same time wherever two tokens differ. */
static bool token_equal(PropterStr a, PropterStr b) {
  unsigned char different = a.len != b.len;
  for (size_t i = 0; i < a.len; i++) different |= (unsigned char)(a.data[i] ^ (b.len ? b.data[i % b.len] : 0));
  return !different;
}

static PropterAccess scope_of(const HttpRequest *request, bool *bad) {
  const PropterServerOptions *o = &request->server->options;
  PropterAccess scope = o->open_read ? PROPTER_ACCESS_READ : PROPTER_ACCESS_NONE;
  PropterStr header = http_header(request, MHD_HTTP_HEADER_AUTHORIZATION), bearer = PROPTER_STR("Bearer ");
  *bad = false;
  if (!header.len) return scope;
  *bad = true;
  if (header.len <= bearer.len || strncasecmp(header.data, bearer.data, bearer.len) != 0) return scope;
  PropterStr token = propter_str_trim((PropterStr){header.data + bearer.len, header.len - bearer.len});
  for (size_t i = 0; i < o->token_count; i++)
    if (token_equal(token, o->tokens[i].token)) {
      *bad = false;
      if (o->tokens[i].scope > scope) scope = o->tokens[i].scope;
    }
  return scope;
}

static bool changes(PropterStr method) { return !(is(method, "GET") || is(method, "HEAD") || is(method, "OPTIONS")); }

unsigned http_guard(HttpRequest *request, const char **why) {
  PropterStr host = http_header(request, MHD_HTTP_HEADER_HOST), origin = http_header(request, MHD_HTTP_HEADER_ORIGIN);
  bool bad;
  *why = "this server does not answer to that Host";
  if (!host_known(request->server, host)) return 421;
  *why = "a page of another origin may not do this";
  if (origin.len && !same_origin(origin, host) && !http_guard_origin(request) && changes(request->method)) return 403;
  request->scope = scope_of(request, &bad);
  *why = "expected a known token: Authorization: Bearer TOKEN";
  if (bad) return 401;
  PropterAccess need = request->route && request->route->scope ? request->route->scope(request) : PROPTER_ACCESS_READ;
  *why = need >= PROPTER_ACCESS_ADMIN   ? "this needs a token of scope admin"
         : need >= PROPTER_ACCESS_WRITE ? "this needs a token that may write"
                                        : "this needs a token";
  if (request->scope >= need) return 0;
  return http_header(request, MHD_HTTP_HEADER_AUTHORIZATION).len ? 403 : 401;
}
